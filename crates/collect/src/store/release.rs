//! A store: the order in which everything happens, and what a restart does.
//!
//! Not here: the pieces themselves (journal, state, release, ledger); this module only says
//! what comes after what.
//!
//! Invariants:
//! 1. Charge, draw, seal, append, show, in this order; opening a store finishes what is sealed
//!    and draws nothing (`tidegauge/tests/crash.rs`).
//! 2. A store whose public ledger is not the one it left is refused: ahead of it, behind it or
//!    another (`tidegauge/tests/fork.rs`).
//! 3. What a store is (real or synthetic, seeded or not, the plan that it begins with) never
//!    changes; its plan is amended on the ledger alone (module `amend`).

use std::borrow::Cow;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tidegauge_fold::Kernel;
use tidegauge_ledger::{
    Entry, Late, Log, Part, Release, SigningKey, Slot, late_due, late_slots, prices, publish, slots,
};
use tidegauge_model::{Period, Plan};
use tidegauge_privacy::budget::{Budget, Rho};
use tidegauge_privacy::entropy::OsEntropy;

use super::control::{Control, Genesis, Pending, SegmentChange};
use crate::calendar::Step;
use crate::error::Error;
use crate::intake::schema::{SEED, Schema, StepNumber, Steps};
use crate::intake::{Format, read};
use crate::journal::{SegmentWriter, segment_name, sync_directory};
use crate::release::{Noise, Sealed, SealedFile, blind, draw};
use crate::state::{Folded, State};
use crate::vault::cipher::StoreKey;
use crate::vault::keys::{self, Rekey};

/// The control store's file.
pub(crate) const CONTROL: &str = "control.sqlite";

/// How files are taken in.
#[derive(Clone, Debug)]
pub struct Ingest {
    /// The format; `None` for the files' endings.
    pub format: Option<Format>,
    /// Who submits: event ids are told apart by submitter.
    pub submitter: String,
    /// How many threads may read.
    pub threads: usize,
    /// The clock.
    pub now: Timestamp,
}

/// What a release tells while it goes on.
#[derive(Debug)]
pub enum Progress<'e> {
    /// The newest snapshot is damaged: it leaves, and the one before it is folded again.
    PassedOver(&'e Error),
    /// A step became public.
    Released(Period),
}

/// An open store, held by this process alone.
pub struct Store {
    pub(super) directory: PathBuf,
    pub(super) control: Control,
    pub(super) genesis: Genesis,
    pub(super) key: StoreKey,
    /// The plan in force.
    pub(super) plan: Arc<Plan>,
    pub(super) steps: Steps,
    pub(super) kernel: Kernel,
    pub(super) log: Log,
    /// The lock is held as long as the file is open.
    pub(super) _lock: File,
}

/// The private directory of a store, which is never served.
pub(crate) fn private(directory: &Path) -> PathBuf {
    directory.join("private")
}

/// The public directory of a store: all that the world may see.
pub fn public(directory: &Path) -> PathBuf {
    directory.join("public")
}

fn signing_key(directory: &Path) -> Result<SigningKey, Error> {
    let secret = keys::read(&private(directory).join("signing.key"))?;
    Ok(SigningKey::from_bytes(&secret))
}

impl Store {
    /// Opens a store that keeps its own key, and finishes what an earlier process left pending.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        Self::open_with_key(directory, None)
    }

    /// As [`Store::open`], with the file in which the store's key is, if it is elsewhere.
    pub fn open_with_key(directory: &Path, key_path: Option<&Path>) -> Result<Self, Error> {
        let inside = private(directory);
        if !inside.is_dir() {
            return Err(Error::NotAStore { place: directory.display().to_string() });
        }
        let lock_path = inside.join("lock");
        let lock = File::create(&lock_path).map_err(Error::system(&lock_path, "open"))?;
        lock.try_lock().map_err(|_| Error::Locked { place: directory.display().to_string() })?;
        let control = Control::open(&inside.join(CONTROL))?;
        let genesis = control.genesis()?;
        let key = keys::of_store(directory, key_path, &genesis.key_mark)?;
        let log = Log::open(&public(directory), &signing_key(directory)?)?;
        let plan = super::amend::in_force(directory, &log, &genesis.plan)?;
        let kernel = super::amend::kernel(&plan)?;
        let mut store = Self {
            directory: directory.to_owned(),
            steps: Steps::new(&plan),
            control,
            genesis,
            key,
            plan,
            kernel,
            log,
            _lock: lock,
        };
        store.check_head()?;
        store.finish_pending()?;
        store.clear_away()?;
        Ok(store)
    }

    /// Whether the store takes synthetic persons only.
    pub fn is_synthetic(&self) -> bool {
        self.genesis.synthetic
    }

    /// The store's plan in force, its amendments included.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) fn journal(&self) -> PathBuf {
        private(&self.directory).join("journal")
    }

    pub(super) fn states(&self) -> PathBuf {
        private(&self.directory).join("state")
    }

    /// The clock: the system's, or for a synthetic store the one that is given.
    pub fn clock(&self, given: Option<Timestamp>) -> Result<Timestamp, Error> {
        match given {
            Some(_) if !self.genesis.synthetic => {
                Err(Error::NowForbidden { place: self.directory.display().to_string() })
            }
            Some(now) => Ok(now),
            None => Ok(Timestamp::now()),
        }
    }

    /// The ledger must be as this store left it, give or take what is pending.
    fn check_head(&self) -> Result<(), Error> {
        let fork = |rule| Error::Fork { place: "public/checkpoint".into(), rule };
        let (size, root) = self.control.head()?.unwrap_or((0, [0; 32]));
        let sealed = match self.control.pending()? {
            Some(pending) => self.sealed(&pending)?.entries.len() as u64,
            None => 0,
        };
        if self.log.size() < size {
            return Err(fork("the public ledger is behind the store: it was rolled back"));
        }
        if self.log.size() > size + sealed {
            let rule = "the public ledger is ahead of the store: the store is an old copy";
            return Err(fork(rule));
        }
        if self.log.root_at(size) != Some(root) {
            return Err(fork("the public ledger is not the one that this store wrote"));
        }
        Ok(())
    }

    fn sealed(&self, pending: &Pending) -> Result<Sealed, Error> {
        serde_json::from_slice(&pending.sealed).map_err(|_| {
            Error::corrupt(Path::new("private/control.sqlite"), "pending", "cannot be read")
        })
    }

    /// Seals entries and files; nobody sees them yet, and nothing is drawn for them again.
    pub(super) fn seal(&mut self, sealed: &Sealed) -> Result<(), Error> {
        let bytes = serde_json::to_vec(sealed).map_err(|_| {
            Error::corrupt(Path::new("private/control.sqlite"), "pending", "cannot be written")
        })?;
        self.control.seal(&Pending { first_index: self.log.size(), sealed: bytes })
    }

    /// Appends to the ledger what is sealed, then makes its files visible. Every release takes
    /// this path, and so does every restart.
    pub(super) fn finish_pending(&mut self) -> Result<(), Error> {
        let Some(pending) = self.control.pending()? else { return Ok(()) };
        let sealed = self.sealed(&pending)?;
        // The text of an amendment is there before the entry that puts it in force.
        let amends = sealed.entries.iter().any(|entry| matches!(entry, Entry::Amendment { .. }));
        if amends {
            self.show(&sealed)?;
        }
        // A failure here leaves the release sealed: the next opening goes on from this line.
        self.log.append_at(pending.first_index, &sealed.entries)?;
        if !amends {
            self.show(&sealed)?;
        }
        let head = self.log.head();
        self.control.unseal(head.size, head.root)?;
        if amends { self.turn_to_plan() } else { Ok(()) }
    }

    /// Makes sealed files visible; those that are stay as they are.
    fn show(&self, sealed: &Sealed) -> Result<(), Error> {
        let of =
            |file: &SealedFile| publish(&public(&self.directory), &file.path, file.text.as_bytes());
        Ok(sealed.files.iter().try_for_each(of)?)
    }

    /// The first step that has not been released.
    fn first_open(&self) -> StepNumber {
        let released = |entry: &Entry| match entry {
            Entry::Release { step, .. } => Period::parse(step).and_then(|s| self.steps.number(s)),
            _ => None,
        };
        self.log.entries().iter().filter_map(released).max().map_or(0, |last| last + 1)
    }

    /// Takes files of events into the journal, all of them or none.
    ///
    /// Errors: the first fault of the first file that has one; nothing is kept then.
    pub fn ingest(&mut self, files: &[PathBuf], how: &Ingest) -> Result<(), Error> {
        let secret = keys::read(&private(&self.directory).join("pseudonym.key"))?;
        let rekey = Rekey::new(&secret, &how.submitter);
        let schema = Schema::new(&self.plan, self.genesis.synthetic, how.now, rekey);
        let path = self.journal().join(segment_name(self.control.next_segment()?));
        let attributes = self.plan.event_codes();
        let first_open = self.first_open();
        let writer = SegmentWriter::create(path.clone(), attributes, first_open, &self.key)?
            .taking_from(self.oldest_taken(first_open));
        let taken = self.take(files, how, &schema, &writer);
        let named = match taken {
            Ok(()) => writer.finish(),
            Err(error) => Err(error),
        };
        if !matches!(named, Ok(Some(_))) {
            // Not named, so not in the journal; if this fails, the next opening removes it.
            let _ = fs::remove_file(&path);
        }
        if let Some(name) = named? {
            sync_directory(&self.journal())?;
            self.control.change_segments(&SegmentChange { leaving: vec![], new: Some(name) })?;
        }
        Ok(())
    }

    fn take(
        &self,
        files: &[PathBuf],
        how: &Ingest,
        schema: &Schema,
        writer: &SegmentWriter,
    ) -> Result<(), Error> {
        let mut sinks: Vec<_> = (0..how.threads.max(1)).map(|_| writer.sink()).collect();
        for file in files {
            read(file, how.format, schema, &mut sinks)?;
        }
        sinks.into_iter().try_for_each(|sink| sink.finish())
    }

    /// The number of steps that have closed by the clock, up to and including `until`.
    fn closed(&self, until: Option<Period>, now: Timestamp) -> StepNumber {
        let delay = i64::from(self.plan.statement.release_delay_minutes) * 60_000;
        let passed = self.steps.passed(now.as_millisecond() - delay);
        let is_meant =
            |&step: &StepNumber| until.is_none_or(|until| until.reaches(self.steps.period(step)));
        // Fits: it is at most `passed`.
        (0..passed).take_while(is_meant).count() as StepNumber
    }

    /// How many steps have closed and are not released.
    pub fn closed_unreleased(&self, until: Option<Period>, now: Timestamp) -> u64 {
        u64::from((self.closed(until, now) - self.first_open()).max(0).unsigned_abs())
    }

    /// Releases every step that has closed by the clock, up to and including `until`. Tells
    /// `progress` each step that became public, and a snapshot that it has to pass over.
    ///
    /// Errors: a step that cannot be released stops here; those before it are public.
    pub fn release(
        &mut self,
        until: Option<Period>,
        now: Timestamp,
        threads: usize,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), Error> {
        if until.is_some_and(|until| until.end() <= self.plan.first_step().start()) {
            return Err(Error::Until { rule: "lies before the plan's first step" });
        }
        let (first_open, closed) = (self.first_open(), self.closed(until, now));
        if first_open >= closed {
            return Ok(());
        }
        let mut state = self.newest_state(progress)?;
        let segments = self.open_segments()?;
        if state.next > first_open {
            let rule = "lies beyond what the ledger says is released";
            return Err(Error::corrupt(&self.states(), "snapshot", rule));
        }
        let mut noise = match self.genesis.noise_seed {
            Some(seed) => Noise::Seed(seed),
            None => Noise::System(OsEntropy::new()),
        };
        if state.next == SEED {
            state.seed(&self.kernel, &segments, threads)?;
        }
        let (mut window, begun) = (None, state.next);
        while state.next < closed {
            let number = state.next;
            if begun < number && number + 1 == closed {
                self.keep(&state, threads)?;
            }
            let step = Step::new(&self.plan, self.steps.period(number), window.take())?;
            let folded = state.fold(&self.kernel, &segments, &step, threads)?;
            if number >= first_open {
                self.publish(&step, &state, &folded, &mut noise, now)?;
                progress(Progress::Released(step.period));
            }
            state.close_nodes(&step);
            for dataflow in 0..self.plan.dataflows.len() {
                for late in late_due(&self.plan, dataflow, step.period) {
                    state.close_late(dataflow, self.number(late.step)?);
                }
            }
            window = Some(step.window);
        }
        self.keep(&state, threads)?;
        self.let_go(&segments)
    }

    /// Charges, draws, seals; then what is sealed goes its way.
    fn publish(
        &mut self,
        step: &Step,
        state: &State,
        folded: &Folded,
        noise: &mut Noise,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut charges = self.charge(step, now)?.into_iter();
        let mut sealed = Sealed { entries: vec![], files: vec![] };
        for (position, dataflow) in self.plan.dataflows.iter().enumerate() {
            let prices = &step.window.prices[position];
            let slots = slots(&self.plan, prices, step.period);
            let cells = dataflow.structure.cells();
            let exact = |slot: &Slot| {
                if slot.part.is_base() {
                    // A balance counts turnover behind the net, and has no base of it.
                    let base = &folded.base.as_ref()?.cells(position)[..cells];
                    return Some((slot.weight, slot.over.exact(base).ok()?));
                }
                let (weight, exact) = state.exact(step, position, slot)?;
                Some((weight, Cow::Borrowed(exact)))
            };
            let release = draw(&dataflow.id, (step.period, 0), slots, exact, noise)?;
            let is_drawn = |part: Part| release.parts.iter().any(|drawn| drawn.part == part);
            let paid = prices.iter().zip(charges.by_ref());
            let paid = paid.filter(|(price, _)| is_drawn(price.part)).map(|(_, index)| index);
            let paid = paid.collect();
            sealed.add(&self.blinded(release, noise), paid, now)?;
            for late in late_due(&self.plan, position, step.period) {
                let (release, paid) = self.draw_late(position, late, step, state, noise)?;
                sealed.add(&self.blinded(release, noise), paid, now)?;
            }
        }
        self.seal(&sealed)?;
        self.finish_pending()
    }

    /// A release as it is named on the ledger while its file is under embargo, where it is.
    fn blinded(&self, release: Release, noise: &mut Noise) -> Release {
        if self.plan.statement.embargo.is_some() { blind(release, noise) } else { release }
    }

    /// Draws a later vintage of a step: what came since the vintage before. Returns with it the
    /// charges that pay for it, which are those of the window in which the events occurred.
    fn draw_late(
        &self,
        position: usize,
        late: Late,
        with: &Step,
        state: &State,
        noise: &mut Noise,
    ) -> Result<(Release, Vec<u64>), Error> {
        let dataflow = &self.plan.dataflows[position];
        let window = self.plan.window_of(late.step);
        let slots = if window == with.window.period {
            late_slots(&with.window.prices[position], late.step)
        } else {
            late_slots(&prices(&self.plan, position, window)?, late.step)
        };
        let window = window.to_string();
        let pays = |slot: &Slot| {
            let mut charges = self.charges_of(&window);
            let is_meant = |entry: &Entry| match entry {
                Entry::Charge { dataflow: of, part, .. } => {
                    *of == dataflow.id && *part == slot.part.paid_by()
                }
                _ => false,
            };
            charges.find_map(|(index, entry)| is_meant(entry).then_some(index))
        };
        let paid: Option<Vec<u64>> = slots.iter().map(pays).collect();
        let Some(paid) = paid.filter(|paid| !paid.is_empty()) else {
            return Err(Error::ChargesDiffer { window });
        };
        let counts = state.late(position, self.number(late.step)?, dataflow.structure.cells());
        let exact = |slot: &Slot| Some((slot.weight, slot.over.exact(&counts).ok()?));
        let of = (late.step, late.vintage);
        Ok((draw(&dataflow.id, of, slots, exact, noise)?, paid))
    }

    /// The number of a step of the plan.
    fn number(&self, step: Period) -> Result<StepNumber, Error> {
        let missing = || Error::corrupt(Path::new("release"), "step", "is none of the plan");
        self.steps.number(step).ok_or_else(missing)
    }

    /// Makes sure that the window's charges are on the ledger, before anything is drawn. Returns
    /// their ledger indices, in the order of the dataflows and their prices.
    fn charge(&mut self, step: &Step, now: Timestamp) -> Result<Vec<u64>, Error> {
        let window = step.window.period.to_string();
        let exhausted = || Error::BudgetExhausted { window: window.clone() };
        let mut budget = Budget::new(Rho::new(self.plan.privacy.rho.clone())?);
        let mut entries = Vec::new();
        for (position, prices) in step.window.prices.iter().enumerate() {
            for price in prices {
                budget.charge(&price.rho).map_err(|_| exhausted())?;
                entries.push(Entry::Charge {
                    dataflow: self.plan.dataflows[position].id.clone(),
                    window: window.clone(),
                    part: price.part,
                    delta2: price.delta2.to_string(),
                    variance: price.variance.to_string(),
                    rho: price.rho.to_string(),
                    at: second(now),
                });
            }
        }
        if self.charges_of(&window).next().is_none() {
            self.seal(&Sealed { entries: entries.clone(), files: vec![] })?;
            self.finish_pending()?;
        }
        let (indices, charged): (Vec<u64>, Vec<&Entry>) = self.charges_of(&window).unzip();
        let alike = charged.into_iter().zip(&entries).all(|(one, other)| charges_alike(one, other));
        if indices.len() != entries.len() || !alike {
            return Err(Error::ChargesDiffer { window });
        }
        Ok(indices)
    }

    /// A window's charges on the ledger, with their indices.
    fn charges_of(&self, window: &str) -> impl Iterator<Item = (u64, &Entry)> {
        (0..).zip(self.log.entries()).filter(
            move |(_, entry)| matches!(entry, Entry::Charge { window: of, .. } if of == window),
        )
    }
}

/// Whether two entries charge the same, whenever they did.
fn charges_alike(one: &Entry, other: &Entry) -> bool {
    let without_time = |entry: &Entry| {
        let mut entry = entry.clone();
        if let Entry::Charge { at, .. } = &mut entry {
            at.clear();
        }
        entry
    };
    without_time(one) == without_time(other)
}

/// An instant as the ledger writes it: to the second, in universal time.
pub(crate) fn second(now: Timestamp) -> String {
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}
