//! The agent at work: reads, maps, spools, delivers, notes; one delivery after the other.
//!
//! Not here: the parts of that (rooms `rows`, `mapping`, `state`, `deliver`).
//!
//! Invariants:
//! 1. No position moves on without a receipt, and no delivery is made anew while one is under way
//!    (`tests/kills.rs`).
//! 2. What is printed has places and rules, never a value; `run` prints no counts
//!    (`tests/canaries.rs`).

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tidegauge_delivery::{
    ContentFormat, Delivery, Encoding, OnBadRow, PlanColumns, Receipt, content_digest, digest_of,
};

use super::complete::{self, Advance, day_of_name};
use super::parcel::{FAULTS_MAX, Parcel};
use super::patience::Patience;
use crate::deliver::{
    AddressFrom, Answer, Deliver, Files, Http, Signer, fetch_columns, known_source, web_client,
};
use crate::error::{BAD_INPUT, BUSY, Error, REFUSED};
use crate::fault::Fault;
use crate::keyed::{FileKey, Keyed, Pseudonyms};
use crate::keys::signing_key;
use crate::mapping::Mapping;
use crate::rows::{Chunk, Directory, Input, Next, StandardInput, Wanted};
use crate::say::say;
use crate::secret::{Purpose, Secret};
use crate::settings::{BadRow, CompleteBy, InputPart, Kind, Settings, Way};
use crate::state::{InputState, StateDirectory, UnderWay, replace};

/// The description of the plan that was last read, for starts without a connection.
const COLUMNS: &str = "plan.json";
/// Between two looks whether the plan changed.
const PLAN_AGE_MAX: Duration = Duration::from_secs(600);
/// From so many bad rows on without a good one, not the rows are wrong but the mapping.
const BAD_ROWS_MAX: u64 = 100;

/// One input with its mapping.
struct Line {
    part: InputPart,
    input: Box<dyn Input>,
    mapping: Mapping,
}

/// An agent.
pub struct Agent {
    settings: Settings,
    columns: PlanColumns,
    pseudonyms: Pseudonyms,
    lines: Vec<Line>,
    state: StateDirectory,
    deliver: Box<dyn Deliver>,
    web: Option<ureq::Agent>,
    columns_read: Instant,
    /// Whether it runs until its inputs are empty.
    once: bool,
    /// What holds inputs, and since when.
    held: BTreeMap<String, Instant>,
}

/// What the plan of the settings takes: asked from the intake, or from a file.
pub(crate) fn read_columns(settings: &Settings) -> Result<PlanColumns, Error> {
    if let Some(intake) = &settings.plan.intake {
        let agent = web_client(settings)?;
        let fetched = fetch_columns(&agent, intake, AddressFrom::Settings);
        match (fetched, cached(settings)) {
            (Ok(columns), _) => return Ok(columns),
            (Err(_), Some(columns)) => return Ok(columns),
            (Err(error), None) if settings.plan.columns.is_none() => return Err(error),
            (Err(_), None) => {}
        }
    }
    let Some(file) = &settings.plan.columns else {
        let rule = "has no address; write `plan.intake`, or `plan.columns` with a copy of \
                    /intake/v1/plan";
        return Err(Error::input("settings", "agent.toml", "plan", rule));
    };
    let path = settings.path(file);
    let bytes = std::fs::read(&path).map_err(Error::system(&path, "read"))?;
    serde_json::from_slice(&bytes).map_err(|_| {
        let rule = "is not a copy of /intake/v1/plan; fetch it again";
        Error::input("plan-columns", path.display(), "file", rule)
    })
}

/// The same, trying again while the intake is away.
fn read_columns_patiently(settings: &Settings, once: bool) -> Result<PlanColumns, Error> {
    let mut patience = Patience::new(settings, once);
    loop {
        match read_columns(settings) {
            Err(error) if error.exit_code() == BUSY => {
                if !patience.wait(None, "plan", &error) {
                    return Err(error);
                }
            }
            done => return done,
        }
    }
}

fn cached(settings: &Settings) -> Option<PlanColumns> {
    let bytes = std::fs::read(settings.state().join(COLUMNS)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// The pseudonyms of the settings, under the key that the plan names.
pub(crate) fn pseudonyms(settings: &Settings, columns: &PlanColumns) -> Result<Pseudonyms, Error> {
    known_source(columns, &settings.plan.source, ("agent.toml", "plan.source"))?;
    let (key, place) = agencies_key(settings)?;
    match &columns.pseudonym_key {
        Some(id) if id == key.id() => {}
        Some(id) => {
            let rule = format!("has the id {}, the plan wants {id}; ask for that key", key.id());
            return Err(Error::new(REFUSED, "wrong-key", place, "key", rule));
        }
        None => {
            let rule = "the plan names no key of agencies, so it takes no deliveries; ask the \
                        statistics office";
            return Err(Error::new(REFUSED, "no-sources", "plan", "pseudonym_key", rule));
        }
    }
    if let Some(store) = &settings.plan.store
        && *store != columns.store
    {
        let rule = format!("the intake is of the store {}; check both", columns.store);
        return Err(Error::new(REFUSED, "other-store", "plan", "store", rule));
    }
    Ok(Pseudonyms::new(key, columns.synthetic))
}

/// The agencies' key, in a device or a file, and its place.
fn agencies_key(settings: &Settings) -> Result<(Box<dyn Keyed>, String), Error> {
    #[cfg(feature = "pkcs11")]
    if let Some(token) = &settings.plan.token {
        let key = crate::token::TokenKey::open(token, &settings.folder)?;
        return Ok((Box::new(key), token.token.clone()));
    }
    let path = settings.path(&settings.plan.pseudonym_key);
    let key = FileKey::new(&Secret::read(&path, Purpose::Pseudonyms)?);
    Ok((Box::new(key), path.display().to_string()))
}

/// The mapping of an input, and the fields that it reads.
pub(crate) fn mapping(
    settings: &Settings,
    part: &InputPart,
    columns: &PlanColumns,
) -> Result<(Mapping, Wanted), Error> {
    let mut wanted = Wanted::default();
    let rules = part.rules(&settings.mapping);
    let cursor = part.complete_time.as_ref();
    let made = Mapping::new(&rules, cursor, columns, &settings.folder, &mut wanted)?;
    Ok((made, wanted))
}

/// The input of this part of the settings; with `once` a server may not be away for ever.
#[cfg_attr(
    not(any(feature = "kafka", feature = "nats", feature = "postgres")),
    expect(unused_variables, reason = "only servers have patience")
)]
fn input(
    settings: &Settings,
    part: &InputPart,
    wanted: &Wanted,
    once: bool,
) -> Result<Box<dyn Input>, Error> {
    let form = part.form()?;
    #[cfg(any(feature = "kafka", feature = "nats", feature = "postgres"))]
    let opening = crate::connect::Opening {
        name: &part.name,
        folder: &settings.folder,
        wanted,
        patience: once.then(|| settings.delivery.give_up()),
    };
    Ok(match part.kind {
        #[cfg(feature = "kafka")]
        Kind::Kafka => {
            let topic = part.kafka.as_ref().ok_or_else(|| part.needs("kafka"))?;
            Box::new(crate::connect::Kafka::new(topic, &form, &opening)?)
        }
        #[cfg(feature = "nats")]
        Kind::Nats => {
            let consumer = part.nats.as_ref().ok_or_else(|| part.needs("nats"))?;
            Box::new(crate::connect::Nats::new(consumer, &form, &opening)?)
        }
        #[cfg(feature = "postgres")]
        Kind::Postgres => {
            let database = part.postgres.as_ref().ok_or_else(|| part.needs("postgres"))?;
            crate::connect::postgres(database, &opening)?
        }
        Kind::Stdin => Box::new(StandardInput::new(&form, wanted)),
        Kind::Directory => {
            let path = settings.path(part.path.as_deref().unwrap_or(Path::new("")));
            let (files, settle, taken) = (&part.files, part.settle(), part.taken);
            Box::new(Directory::new(&path, files, settle, taken, &form, wanted))
        }
    })
}

/// The inputs of the settings, each from its position.
fn lines(
    settings: &Settings,
    columns: &PlanColumns,
    state: &StateDirectory,
    once: bool,
) -> Result<Vec<Line>, Error> {
    let line = |part: &InputPart| {
        let (mapping, wanted) = mapping(settings, part, columns)?;
        let mut input = input(settings, part, &wanted, once)?;
        let position = state.state.inputs.get(&part.name).and_then(|kept| kept.position.clone());
        if let Some(position) = &position {
            // A kill may have come before the input put its file away.
            input.commit(position)?;
        }
        input.rewind(position.as_ref())?;
        Ok(Line { part: part.clone(), input, mapping })
    };
    settings.inputs.iter().map(line).collect()
}

/// Checks that the positions of a state belong to the store, and notes whose they are.
fn check_store(
    state: &mut StateDirectory,
    columns: &PlanColumns,
    source: &str,
) -> Result<(), Error> {
    match &state.state.store {
        Some(store) if *store != columns.store => {
            let rule = format!(
                "is of the store {store}, the intake of {}; give the new store its own state",
                columns.store
            );
            Err(Error::new(REFUSED, "other-store", "agent.toml", "delivery.state", rule))
        }
        Some(_) if state.state.source.is_some() => Ok(()),
        _ => {
            state.state.store = Some(columns.store.clone());
            state.state.source = Some(source.to_owned());
            state.save()
        }
    }
}

/// The way of the settings.
fn way(settings: &Settings, web: Option<&ureq::Agent>) -> Result<Box<dyn Deliver>, Error> {
    let key = signing_key(&settings.path(&settings.plan.signing_key))?;
    let signer = Signer::new(key, &settings.plan.signing_key_id);
    match (settings.delivery.deliver, web) {
        (Way::Http, Some(web)) => Ok(Box::new(Http::new(settings, web.clone(), signer)?)),
        _ => {
            let directory = settings.delivery.directory.clone().unwrap_or_default();
            Ok(Box::new(Files::new(&settings.path(&directory), signer)?))
        }
    }
}

impl Agent {
    /// An agent with these settings, in the state in which the last one ended. `rebuild` gives up a
    /// delivery that is under way: its rows are read again.
    ///
    /// Errors: settings, keys or a plan that do not fit, another agent with this state.
    pub fn new(settings: Settings, once: bool, rebuild: bool) -> Result<Self, Error> {
        let mut state = StateDirectory::open(&settings.state())?;
        state.state.check_source(&settings.plan.source)?;
        if rebuild {
            state.give_up()?;
        }
        let columns = read_columns_patiently(&settings, once)?;
        check_store(&mut state, &columns, &settings.plan.source)?;
        replace(&state.file(COLUMNS), &serde_json::to_vec(&columns).unwrap_or_default())?;
        let pseudonyms = pseudonyms(&settings, &columns)?;
        let web = match settings.delivery.deliver {
            Way::Http => Some(web_client(&settings)?),
            Way::Files => None,
        };
        let deliver = way(&settings, web.as_ref())?;
        let lines = lines(&settings, &columns, &state, once)?;
        let columns_read = Instant::now();
        let held = BTreeMap::new();
        Ok(Self {
            settings,
            columns,
            pseudonyms,
            lines,
            state,
            deliver,
            web,
            columns_read,
            once,
            held,
        })
    }

    /// Works until the inputs are empty, or for ever.
    ///
    /// Errors: what somebody must decide: a bad row, a refusal, a broken file. `status` shows it.
    pub fn work(&mut self) -> Result<(), Error> {
        let worked = self.work_on();
        if let Err(error) = &worked
            && [BAD_INPUT, REFUSED].contains(&error.exit_code())
        {
            // A disk that is full must not hide why the agent ends.
            let _ = self.state.note_refusal(error, Timestamp::now());
        }
        worked
    }

    fn work_on(&mut self) -> Result<(), Error> {
        if self.state.state.under_way.is_some() {
            self.finish_under_way()?;
            // The inputs stand before its rows.
            self.lines = lines(&self.settings, &self.columns, &self.state, self.once)?;
        }
        loop {
            let mut has_more = false;
            let mut is_coming = false;
            for line in 0..self.lines.len() {
                let rows = self.rows_max();
                // What is put there after this instant is not part of what was found empty.
                let looked_at = Timestamp::now();
                match self.lines[line].input.next(rows)? {
                    Next::Chunk(chunk) => {
                        self.take(line, &chunk)?;
                        has_more = true;
                    }
                    Next::Soon => is_coming = true,
                    Next::Held(why) => {
                        self.hold(why)?;
                        is_coming = true;
                    }
                    Next::Waiting | Next::Finished => self.note_empty(line, looked_at),
                }
            }
            if has_more {
                continue;
            }
            self.declare(is_coming)?;
            match (self.once, is_coming) {
                (true, false) => return Ok(()),
                (true, true) => thread::sleep(Duration::from_millis(200)),
                (false, _) => {
                    thread::sleep(Duration::from_secs(self.settings.delivery.poll_seconds.max(1)));
                    self.refresh()?;
                }
            }
        }
    }

    /// Reports what holds an input, once.
    ///
    /// Errors: for `once` whatever does not end by waiting, or not for long.
    fn hold(&mut self, why: Error) -> Result<(), Error> {
        let (code, text) = (why.code(), why.to_string());
        let is_new = !self.held.contains_key(&text);
        let since = *self.held.entry(text).or_insert_with(Instant::now);
        if self.once
            && (why.exit_code() != BUSY || since.elapsed() >= self.settings.delivery.give_up())
        {
            return Err(why);
        }
        if is_new {
            say(format_args!("warning[{code}]: {why}"));
        }
        Ok(())
    }

    fn rows_max(&self) -> usize {
        let limit = usize::try_from(self.columns.limits.rows).unwrap_or(usize::MAX).max(1);
        self.settings.delivery.rows.min(limit)
    }

    /// Takes a chunk: maps, spools and delivers it.
    fn take(&mut self, line: usize, chunk: &Chunk) -> Result<(), Error> {
        let part = self.lines[line].part.clone();
        let parcel = Parcel::new(chunk, &self.lines[line].mapping, &self.pseudonyms)?;
        self.report(&parcel, &chunk.origin)?;
        self.check_size(&parcel, &chunk.origin)?;
        let ended = chunk.ended.as_deref();
        warn_of_name(&part, ended);
        let zone = TimeZone::get(&self.columns.time_zone).unwrap_or(TimeZone::UTC);
        let before = self.state.state.inputs.get(&part.name).cloned().unwrap_or_default();
        let advance =
            Advance { before: &before, cursor: parcel.cursor, ended, now: Timestamp::now() };
        let after = complete::after_rows(&part, &advance, &zone);
        let after = InputState { position: Some(chunk.position.clone()), ..after };
        let declared = complete::of_source(
            &self.settings.inputs,
            &self.state.state,
            Some((&part.name, after.complete_until)),
        );
        // The store may find that not one row of it is good: then nothing must be declared by it.
        let is_doubtful = self.skips()
            && self.settings.delivery.deliver == Way::Http
            && parcel.rows() + parcel.faulty >= BAD_ROWS_MAX;
        let declared = declared.filter(|_| !is_doubtful);
        if parcel.rows() == 0 && declared.is_none() {
            self.state.state.inputs.insert(part.name, after);
            self.state.save()?;
            return self.lines[line].input.commit(&chunk.position);
        }
        let under_way = UnderWay {
            id: fresh_id()?,
            created: Timestamp::now(),
            input: Some(part.name),
            after,
            origin: chunk.origin.clone(),
            digest: content_digest(&digest_of(&parcel.body)),
            pseudonym_key: self.pseudonyms.key_id().to_owned(),
            has_body: parcel.rows() > 0,
            complete_until: declared,
            runs: parcel.runs,
            left_out: parcel.faulty,
        };
        self.state.begin(under_way, &parcel.body)?;
        self.finish_under_way()
    }

    /// Whether bad rows are left out of deliveries, and a receipt shows how many.
    fn skips(&self) -> bool {
        self.settings.delivery.on_bad_row == BadRow::Skip
    }

    /// Prints the bad rows of a chunk.
    ///
    /// Errors: there are some, and the settings do not pass over them; many, and no good one.
    fn report(&self, parcel: &Parcel, origin: &str) -> Result<(), Error> {
        let refuse = !self.skips();
        let is_hopeless = parcel.rows() == 0 && parcel.faulty >= BAD_ROWS_MAX;
        let word = if refuse || is_hopeless { "error" } else { "warning" };
        for fault in &parcel.faults {
            say(fault.line(word, origin));
        }
        if parcel.faulty > FAULTS_MAX as u64 {
            say(format_args!("{word}[bad-rows]: {origin}: rows: the first {FAULTS_MAX} are shown"));
        }
        if refuse && parcel.faulty > 0 {
            let rule = "nothing of these rows was delivered; correct the file or the mapping, \
                        or set `delivery.on_bad_row = \"skip\"`";
            return Err(Error::input("bad-rows", origin, "rows", rule));
        }
        if is_hopeless { Err(no_good_row(origin)) } else { Ok(()) }
    }

    fn check_size(&self, parcel: &Parcel, origin: &str) -> Result<(), Error> {
        let limits = self.columns.limits;
        if parcel.body.len() as u64 > limits.body_bytes || parcel.expanded > limits.expanded_bytes {
            let rule = "the store takes fewer bytes at once; lower `delivery.rows`";
            return Err(Error::input("too-large", origin, "rows", rule));
        }
        Ok(())
    }

    /// Notes that an input was found empty at this time.
    fn note_empty(&mut self, line: usize, now: Timestamp) {
        let part = &self.lines[line].part;
        let kept = self.state.state.inputs.entry(part.name.clone()).or_default();
        complete::when_empty(part, kept, now);
    }

    /// Declares completeness by itself, if more than before can be declared.
    fn declare(&mut self, is_coming: bool) -> Result<(), Error> {
        if is_coming {
            return Ok(());
        }
        let declared = self.state.state.declared;
        let until = complete::of_source(&self.settings.inputs, &self.state.state, None);
        let Some(until) = until else { return Ok(()) };
        let pause = i64::try_from(self.settings.delivery.declare_minutes).unwrap_or(i64::MAX);
        let is_soon = declared
            .is_some_and(|declared| until.duration_since(declared).as_mins() < pause && !self.once);
        if is_soon {
            return Ok(());
        }
        let under_way = UnderWay {
            id: fresh_id()?,
            created: Timestamp::now(),
            input: None,
            after: InputState::default(),
            origin: "declaration".to_owned(),
            digest: content_digest(&digest_of(b"")),
            pseudonym_key: self.pseudonyms.key_id().to_owned(),
            has_body: false,
            complete_until: Some(until),
            runs: vec![],
            left_out: 0,
        };
        self.state.begin(under_way, b"")?;
        self.finish_under_way()
    }

    /// Sends the delivery that is under way, if one is, until it is taken.
    ///
    /// Errors: a refusal; for `once` an intake that does not answer for long.
    fn finish_under_way(&mut self) -> Result<(), Error> {
        let Some(under_way) = self.state.state.under_way.clone() else { return Ok(()) };
        let body = self.state.body(&under_way)?;
        let delivery = self.head(&under_way, &body);
        let mut patience = Patience::new(&self.settings, self.once);
        loop {
            self.deliver.allow(patience.left());
            let (after, why) = match self.deliver.deliver(&delivery, under_way.created, &body)? {
                Answer::Taken(receipt) => return self.received(&under_way, &receipt),
                Answer::Written(path) => return self.written(&under_way, &path),
                Answer::BadRows(faults) => return self.refused_rows(&under_way, &faults),
                Answer::TooLarge(error) => {
                    self.give_up()?;
                    return Err(error);
                }
                Answer::Later { after, why } => (after, why),
            };
            if !patience.wait(after, "delivery", &why) {
                let rule = format!("{why}; the delivery is kept, run the command again later");
                return Err(Error::new(BUSY, "intake", "intake", "delivery", rule));
            }
        }
    }

    /// The head of the delivery under way.
    fn head(&self, under_way: &UnderWay, body: &[u8]) -> Delivery {
        let has_body = under_way.has_body;
        Delivery {
            source: self.settings.plan.source.clone(),
            id: under_way.id.clone(),
            store: self.columns.store.clone(),
            format: has_body.then_some(ContentFormat::Csv),
            encoding: has_body.then_some(Encoding::Zstd),
            digest: digest_of(body),
            pseudonym_key: has_body.then(|| under_way.pseudonym_key.clone()),
            complete_until: under_way.complete_until,
            on_bad_row: match self.settings.delivery.on_bad_row {
                BadRow::Refuse => OnBadRow::Refuse,
                BadRow::Skip => OnBadRow::Skip,
            },
        }
    }

    /// Notes the receipt of the delivery under way.
    ///
    /// Errors: many rows, and none that the store took: the mapping is wrong.
    fn received(&mut self, under_way: &UnderWay, receipt: &Receipt) -> Result<(), Error> {
        let bad = receipt.rows.refused.saturating_add(under_way.left_out);
        let is_hopeless = receipt.rows.taken == 0 && bad >= BAD_ROWS_MAX;
        if under_way.has_body && is_hopeless {
            self.print_faults(under_way, &receipt.faults, "error");
            self.give_up()?;
            return Err(no_good_row(&under_way.origin));
        }
        self.finish(under_way, &receipt.at)?;
        let UnderWay { id, origin, .. } = under_way;
        let until =
            under_way.complete_until.map_or(String::new(), |t| format!("; complete until {t}"));
        say(format_args!("delivered {id}: {origin}{until}"));
        self.print_faults(under_way, &receipt.faults, "warning");
        if self.once && under_way.has_body {
            say(format_args!("  {}", summary(receipt)));
        }
        Ok(())
    }

    /// Notes that the delivery under way is in a file.
    fn written(&mut self, under_way: &UnderWay, path: &Path) -> Result<(), Error> {
        self.finish(under_way, &Timestamp::now().to_string())?;
        let (origin, path) = (&under_way.origin, path.display());
        say(format_args!(
            "wrote {path}: {origin}; carry it to the statistics office, where \
             `tidegauge ingest STORE FILE` takes it in"
        ));
        Ok(())
    }

    /// Notes that the delivery under way is where it should be.
    fn finish(&mut self, under_way: &UnderWay, at: &str) -> Result<(), Error> {
        self.state.finish(at)?;
        let input =
            self.lines.iter_mut().find(|line| Some(&line.part.name) == under_way.input.as_ref());
        if let (Some(line), Some(position)) = (input, &under_way.after.position) {
            line.input.commit(position)?;
        }
        Ok(())
    }

    /// Reports rows that the store refuses: nothing of the delivery was taken.
    fn refused_rows(
        &mut self,
        under_way: &UnderWay,
        faults: &[tidegauge_delivery::RowFault],
    ) -> Result<(), Error> {
        self.print_faults(under_way, faults, "error");
        self.give_up()?;
        let rule = "the store refuses rows, and took nothing of this delivery; correct the \
                    file or the mapping, or set `delivery.on_bad_row = \"skip\"`";
        Err(Error::input("bad-rows", &under_way.origin, "rows", rule))
    }

    fn print_faults(
        &self,
        under_way: &UnderWay,
        faults: &[tidegauge_delivery::RowFault],
        word: &str,
    ) {
        for fault in faults.iter().take(FAULTS_MAX) {
            let row = under_way.row(fault.row).unwrap_or(fault.row);
            let (code, rule) = (fault.code.clone(), fault.rule.clone());
            let located = Fault::Intake { code, rule }.at(row, &fault.column);
            say(located.line(word, &under_way.origin));
        }
    }

    /// Gives up the delivery under way, so that its rows are read again.
    fn give_up(&mut self) -> Result<(), Error> {
        self.state.give_up()?;
        self.lines = lines(&self.settings, &self.columns, &self.state, self.once)?;
        Ok(())
    }

    /// Asks now and then whether the plan has changed, and maps by the new one.
    fn refresh(&mut self) -> Result<(), Error> {
        let (Some(web), Some(intake)) = (&self.web, &self.settings.plan.intake) else {
            return Ok(());
        };
        if self.columns_read.elapsed() < PLAN_AGE_MAX {
            return Ok(());
        }
        self.columns_read = Instant::now();
        // An intake that is away now is met again at the next delivery.
        let fetched = fetch_columns(web, intake, AddressFrom::Settings);
        let Ok(columns) = fetched else { return Ok(()) };
        if columns == self.columns {
            return Ok(());
        }
        self.pseudonyms = pseudonyms(&self.settings, &columns)?;
        self.lines = lines(&self.settings, &columns, &self.state, self.once)?;
        replace(&self.state.file(COLUMNS), &serde_json::to_vec(&columns).unwrap_or_default())?;
        self.columns = columns;
        say("the plan has changed: mapped anew");
        Ok(())
    }
}

/// Warns of a delivered file by whose name nothing can be declared.
fn warn_of_name(part: &InputPart, ended: Option<&str>) {
    if let (CompleteBy::File, Some(name)) = (part.complete, ended)
        && day_of_name(part, name).is_none()
    {
        let form = part.complete_name.as_deref().unwrap_or_default();
        say(format_args!(
            "warning[complete-name]: {name}: complete_name: the name is not of the form {form}, so \
             nothing is declared by this file; correct the form or the name"
        ));
    }
}

/// The error of many bad rows without a good one.
fn no_good_row(origin: &str) -> Error {
    let rule = format_args!(
        "of {BAD_ROWS_MAX} rows or more not one is good, so the mapping is wrong and not the rows; \
         nothing of them was delivered or declared; correct the mapping, and check again"
    );
    Error::input("no-good-row", origin, "rows", rule)
}

/// What a receipt says about rows that do not count as usual.
fn summary(receipt: &Receipt) -> String {
    let dates = receipt.dates;
    let mut parts =
        vec![format!("rows taken {}, refused {}", receipt.rows.taken, receipt.rows.refused)];
    for (number, words) in [
        (dates.before_start, "before the plan's start"),
        (dates.released_late, "in released steps, counted only in later vintages"),
        (dates.released_nowhere, "in released steps, counted nowhere"),
        (dates.past_horizon, "past the horizon, dropped"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {words}"));
        }
    }
    parts.join("; ")
}

/// A new id of a delivery: the time, and chance.
fn fresh_id() -> Result<String, Error> {
    let mut chance = [0; 6];
    getrandom::fill(&mut chance).map_err(|_| {
        Error::new(
            crate::error::SYSTEM,
            "system",
            "operating system",
            "random bytes",
            "are missing",
        )
    })?;
    let chance: String = chance.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{}-{chance}", Timestamp::now().strftime("%Y%m%dT%H%M%SZ")))
}
