//! A store: the order in which everything happens, and what a restart does.
//!
//! Not here: the pieces themselves (journal, state, release, ledger); this module only says
//! what comes after what.
//!
//! Invariants:
//! 1. Charge, draw, seal, append, show, in this order; opening a store finishes what is sealed
//!    and draws nothing (`tidegauge/tests/crash.rs`).
//! 2. A store whose public ledger is not the one it left is refused: ahead of it, behind it or
//!    another (`tests/fork.rs`).
//! 3. What a store is (real or synthetic, seeded or not, its plan) never changes.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use num_rational::BigRational;
use tidegauge_fold::{Kernel, StepKind};
use tidegauge_ledger::merkle::{Tree, leaf_hash};
use tidegauge_ledger::{
    Entry, Log, Part, Price, Release, SigningKey, StoreClass, digest, plan_path, prices, publish,
};
use tidegauge_model::{Period, Plan};
use tidegauge_privacy::budget::{Budget, Rho};
use tidegauge_privacy::entropy::OsEntropy;

use crate::error::Error;
use crate::journal::{Segment, SegmentWriter, remove_unnamed, sync_directory};
use crate::keys::{self, Rekey};
use crate::read::{Format, read};
use crate::release::{Complete, Noise, Sealed, SealedFile, no_sums};
use crate::schema::{SEED, Schema, StepNumber, Steps};
use crate::state::{Folded, State};
use crate::storage::{Control, Genesis, Pending, SnapshotName};

/// The largest window budget (zCDP) that a real store may have.
pub const RHO_CEILING: u32 = 2;

/// What a store is made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Class {
    /// Real persons: noise from the operating system alone, the system's clock alone.
    Real,
    /// Synthetic persons, for exercises and tests.
    Synthetic {
        /// A seed that makes the noise the same every time; public, in the ledger.
        noise_seed: Option<[u8; 32]>,
    },
}

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

/// An open store, held by this process alone.
pub struct Store {
    directory: PathBuf,
    control: Control,
    genesis: Genesis,
    plan: Plan,
    steps: Steps,
    kernel: Kernel,
    log: Log,
    /// The lock is held as long as the file is open.
    _lock: File,
}

fn private(directory: &Path) -> PathBuf {
    directory.join("private")
}

/// The public directory of a store: all that the world may see.
pub fn public(directory: &Path) -> PathBuf {
    directory.join("public")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn signing_key(directory: &Path) -> Result<SigningKey, Error> {
    let secret = keys::read(&private(directory).join("signing.key"))?;
    Ok(SigningKey::from_bytes(&secret))
}

impl Store {
    /// Makes a store in a directory that does not exist or is empty.
    ///
    /// Errors: a budget above the ceiling for a real store; nothing is left behind.
    pub fn init(
        directory: &Path,
        plan_text: &str,
        plan: &Plan,
        class: &Class,
        now: Timestamp,
    ) -> Result<(), Error> {
        let ceiling = BigRational::from_integer(RHO_CEILING.into());
        if *class == Class::Real && plan.privacy.rho > ceiling {
            let given = plan.privacy.rho.to_string();
            return Err(Error::RhoAboveCeiling { given, ceiling: RHO_CEILING });
        }
        Kernel::new(plan)
            .ok_or(Error::PlanTooLarge { limit: tidegauge_fold::ATTRIBUTES_MAX })?;
        for position in 0..plan.dataflows.len() {
            prices(plan, position, plan.window_of(plan.first_step()))?;
        }
        let taken = || Error::DirectoryTaken { place: directory.display().to_string() };
        if directory.exists() {
            let mut entries = fs::read_dir(directory).map_err(|_| taken())?;
            if entries.next().is_some() {
                return Err(taken());
            }
        }
        let parent = match directory.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(Error::system(parent, "create"))?;
        // Built beside its place, then renamed: a store is there whole or not at all.
        let building = tempfile::Builder::new()
            .prefix(".tidegauge-")
            .tempdir_in(parent)
            .map_err(Error::system(parent, "create a directory in"))?;
        build(building.path(), plan_text, plan, class, now)?;
        let built = building.keep();
        fs::rename(&built, directory).map_err(Error::system(directory, "rename to"))?;
        sync_directory(parent)
    }

    /// Opens a store and finishes what an earlier process left pending.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let inside = private(directory);
        if !inside.is_dir() {
            return Err(Error::NotAStore { place: directory.display().to_string() });
        }
        let lock_path = inside.join("lock");
        let lock = File::create(&lock_path).map_err(Error::system(&lock_path, "open"))?;
        lock.try_lock()
            .map_err(|_| Error::Locked { place: directory.display().to_string() })?;
        let control = Control::open(&inside.join("control.sqlite"))?;
        let genesis = control.genesis()?;
        let plan = open_plan(directory, &genesis.plan)?;
        let kernel = Kernel::new(&plan)
            .ok_or(Error::PlanTooLarge { limit: tidegauge_fold::ATTRIBUTES_MAX })?;
        let log = Log::open(&public(directory), &signing_key(directory)?)?;
        let mut store = Self {
            directory: directory.to_owned(),
            steps: Steps::new(&plan),
            control,
            genesis,
            plan,
            kernel,
            log,
            _lock: lock,
        };
        store.check_head()?;
        store.finish_pending()?;
        let names = store.control.segments()?;
        let names: Vec<&str> = names.iter().map(|name| name.name.as_str()).collect();
        remove_unnamed(&store.journal(), &names)?;
        let snapshot = store.control.snapshot()?;
        let names: Vec<&str> = snapshot.iter().map(|name| name.name.as_str()).collect();
        remove_unnamed(&store.states(), &names)?;
        Ok(store)
    }

    /// Whether the store takes synthetic persons only.
    pub fn is_synthetic(&self) -> bool {
        self.genesis.synthetic
    }

    /// The store's plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    fn journal(&self) -> PathBuf {
        private(&self.directory).join("journal")
    }

    fn states(&self) -> PathBuf {
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
        if root_at(&self.log, size)? != root {
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
    fn seal(&mut self, sealed: &Sealed) -> Result<(), Error> {
        let bytes = serde_json::to_vec(sealed).map_err(|_| {
            Error::corrupt(Path::new("private/control.sqlite"), "pending", "cannot be written")
        })?;
        self.control.seal(&Pending { first_index: self.log.size(), sealed: bytes })
    }

    /// Appends to the ledger what is sealed, then makes its files visible. Every release takes
    /// this path, and so does every restart.
    fn finish_pending(&mut self) -> Result<(), Error> {
        let Some(pending) = self.control.pending()? else { return Ok(()) };
        let sealed = self.sealed(&pending)?;
        // A failure here leaves the release sealed: the next opening goes on from this line.
        self.log.append_at(pending.first_index, &sealed.entries)?;
        for file in &sealed.files {
            publish(&public(&self.directory), &file.path, file.text.as_bytes())?;
        }
        let head = self.log.head();
        self.control.unseal(head.size, head.root)
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
        let number = self.control.segments()?.len();
        let path = self.journal().join(format!("{number:08}.segment"));
        let attributes = self.plan.attributes.len();
        let writer = SegmentWriter::create(path.clone(), attributes, self.first_open())?;
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
            self.control.add_segments(&[name])?;
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
        let passed = self.steps.passed(now.as_millisecond());
        let is_meant = |&step: &StepNumber| {
            until.is_none_or(|until| self.steps.period(step).last() <= until.last())
        };
        // Fits: it is at most `passed`.
        (0..passed).take_while(is_meant).count() as StepNumber
    }

    /// How many steps have closed and are not released.
    pub fn closed_unreleased(&self, until: Option<Period>, now: Timestamp) -> u64 {
        u64::from((self.closed(until, now) - self.first_open()).max(0).unsigned_abs())
    }

    /// Releases every step that has closed by the clock, up to and including `until`. Tells
    /// `progress` each step that became public.
    ///
    /// Errors: a step that cannot be released stops here; those before it are public.
    pub fn release(
        &mut self,
        until: Option<Period>,
        now: Timestamp,
        threads: usize,
        progress: &mut dyn FnMut(Period),
    ) -> Result<(), Error> {
        if until.is_some_and(|until| until.last() < self.plan.statement.start) {
            return Err(Error::Until { rule: "lies before the plan's first step" });
        }
        let (first_open, closed) = (self.first_open(), self.closed(until, now));
        if first_open >= closed {
            return Ok(());
        }
        let directory = self.journal();
        let attributes = self.plan.attributes.len();
        let names = self.control.segments()?;
        let segments = names
            .iter()
            .map(|name| Segment::open(&directory, name, attributes))
            .collect::<Result<Vec<_>, _>>()?;
        let mut state = match self.control.snapshot()? {
            Some(name) => State::read(&self.states().join(&name.name), &name.digest)?,
            None => State::new(self.kernel.width()),
        };
        let mut noise = match self.genesis.noise_seed {
            Some(seed) => Noise::Seed(seed),
            None => Noise::System(OsEntropy::new()),
        };
        let mut window = None;
        while state.next < closed {
            let number = state.next;
            if number == SEED {
                state.fold(&self.kernel, &segments, StepKind::Seed, false, threads)?;
                continue;
            }
            let step = Step::new(self, number, window.take(), now)?;
            let folded = step.fold(self, &mut state, &segments, threads)?;
            if number >= first_open {
                self.publish(&step, &state, &folded, &mut noise, now)?;
                progress(step.period);
            }
            step.close_nodes(&mut state);
            window = Some(step.of_window);
        }
        self.keep(&state)
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
        let charges = self.charge(step, now)?;
        let mut sealed = Sealed { entries: vec![], files: vec![] };
        for (position, dataflow) in self.plan.dataflows.iter().enumerate() {
            let complete = Complete {
                id: &dataflow.id,
                position,
                step: step.period,
                in_window: step.in_window,
                window: step.of_window.period,
                prices: &step.of_window.prices[position],
                sums: &state.sums[position],
                base: folded.base.as_ref(),
            };
            let release = complete.measure(noise)?;
            let text = String::from_utf8(release.to_bytes())
                .map_err(|_| Error::corrupt(Path::new("release"), "text", "is not UTF-8"))?;
            let path = Release::path(&release.dataflow, &release.step, release.vintage);
            sealed.entries.push(Entry::Release {
                dataflow: dataflow.id.clone(),
                step: release.step,
                vintage: release.vintage,
                charges: charges[position].clone(),
                path: path.clone(),
                digest: digest(text.as_bytes()),
                bytes: text.len() as u64,
                at: second(now),
            });
            sealed.files.push(SealedFile { path, text });
        }
        self.seal(&sealed)?;
        self.finish_pending()
    }

    /// Makes sure that the window's charges are on the ledger, before anything is drawn.
    /// Returns their ledger indices by dataflow.
    fn charge(&mut self, step: &Step, now: Timestamp) -> Result<Vec<Vec<u64>>, Error> {
        let window = step.of_window.period.to_string();
        let exhausted = || Error::BudgetExhausted { window: window.clone() };
        let mut budget = Budget::new(Rho::new(self.plan.privacy.rho.clone())?);
        let mut entries = Vec::new();
        for (position, prices) in step.of_window.prices.iter().enumerate() {
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
        if self.charges_of(&window).is_empty() {
            self.seal(&Sealed { entries, files: vec![] })?;
            self.finish_pending()?;
        }
        let charged = self.charges_of(&window);
        Ok(self
            .plan
            .dataflows
            .iter()
            .map(|dataflow| charged.get(&dataflow.id).cloned().unwrap_or_default())
            .collect())
    }

    /// Ledger indices of a window's charges, by dataflow.
    fn charges_of(&self, of: &str) -> HashMap<String, Vec<u64>> {
        let mut charges: HashMap<String, Vec<u64>> = HashMap::new();
        for (index, entry) in (0..).zip(self.log.entries()) {
            if let Entry::Charge { dataflow, window, .. } = entry
                && window == of
            {
                charges.entry(dataflow.clone()).or_default().push(index);
            }
        }
        charges
    }

    /// Keeps the state, so that the next release need not fold from the beginning.
    fn keep(&mut self, state: &State) -> Result<(), Error> {
        let name = format!("{:08}.state", state.next);
        let path = self.states().join(&name);
        let before = self.control.snapshot()?;
        if before.as_ref().is_some_and(|before| before.name == name) {
            return Ok(());
        }
        let digest = state.write(&path)?;
        sync_directory(&self.states())?;
        self.control.set_snapshot(&SnapshotName { name, next: state.next, digest })?;
        if let Some(before) = before {
            let path = self.states().join(before.name);
            fs::remove_file(&path).map_err(Error::system(&path, "remove"))?;
        }
        Ok(())
    }
}

/// An accounting window with its prices, by dataflow.
struct Window {
    period: Period,
    number: u32,
    steps: Vec<Period>,
    prices: Vec<Vec<Price>>,
}

/// A step with everything that the plan says of it.
struct Step {
    period: Period,
    in_window: u32,
    of_window: Window,
}

impl Step {
    /// `known` is the window of the step before, so that prices are computed once.
    fn new(
        store: &Store,
        number: StepNumber,
        known: Option<Window>,
        _now: Timestamp,
    ) -> Result<Self, Error> {
        let plan = &store.plan;
        let period = store.steps.period(number);
        let window = plan.window_of(period);
        let of_window = match known.filter(|known| known.period == window) {
            Some(known) => known,
            None => Window {
                period: window,
                number: plan.window_number(window).unwrap_or(0),
                steps: plan.steps_of(window),
                prices: (0..plan.dataflows.len())
                    .map(|position| prices(plan, position, window))
                    .collect::<Result<_, _>>()?,
            },
        };
        // A step of the plan lies in its window; a window has at most 366 steps.
        let in_window = of_window.steps.binary_search(&period).unwrap_or(0) as u32;
        Ok(Self { period, in_window, of_window })
    }

    /// Folds the step and adds it to the sums of the open nodes.
    fn fold(
        &self,
        store: &Store,
        state: &mut State,
        segments: &[Segment],
        threads: usize,
    ) -> Result<Folded, Error> {
        let begins = self.in_window == 0;
        if begins {
            let dataflows = store.plan.dataflows.iter().zip(&self.of_window.prices);
            state.sums = dataflows
                .map(|(dataflow, prices)| no_sums(prices, dataflow.structure.cells()))
                .collect();
        }
        let kind = StepKind::Step {
            window: self.of_window.number,
            month: self.period.first().month().unsigned_abs().into(),
        };
        let folded = state.fold(&store.kernel, segments, kind, begins, threads)?;
        for (position, levels) in state.sums.iter_mut().enumerate() {
            for sums in levels {
                for (sum, increment) in sums.iter_mut().zip(folded.step.cells(position)) {
                    *sum = sum.checked_add(*increment).ok_or_else(|| {
                        Error::corrupt(Path::new("journal"), "counts", "do not fit 64 bits")
                    })?;
                }
            }
        }
        Ok(folded)
    }

    /// Sums of nodes that end with this step begin again at zero.
    fn close_nodes(&self, state: &mut State) {
        for (levels, prices) in state.sums.iter_mut().zip(&self.of_window.prices) {
            for price in prices.iter().filter(|price| price.part == Part::Stream) {
                for node in price.strategy.completed_at(self.in_window) {
                    levels[node.level].fill(0);
                }
            }
        }
    }
}

/// An instant as the ledger writes it: to the second, in universal time.
fn second(now: Timestamp) -> String {
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

fn open_plan(directory: &Path, of: &str) -> Result<Plan, Error> {
    let path = public(directory).join(plan_path(of));
    let bytes = fs::read(&path).map_err(Error::system(&path, "read"))?;
    let corrupt = |rule| Error::corrupt(&path, "plan", rule);
    if digest(&bytes) != of {
        return Err(corrupt("the digest is not that of the store's plan"));
    }
    let text = String::from_utf8(bytes).map_err(|_| corrupt("is not UTF-8"))?;
    Plan::parse(&text).map_err(|_| corrupt("is not a plan that this program reads"))
}

/// Fills the directory of a new store.
fn build(
    directory: &Path,
    plan_text: &str,
    plan: &Plan,
    class: &Class,
    now: Timestamp,
) -> Result<(), Error> {
    let (inside, outside) = (private(directory), public(directory));
    for path in [inside.join("journal"), inside.join("state")] {
        fs::create_dir_all(&path).map_err(Error::system(&path, "create"))?;
    }
    let signing = keys::fresh()?;
    keys::write(&inside.join("signing.key"), &signing)?;
    keys::write(&inside.join("pseudonym.key"), &keys::fresh()?)?;
    let store = hex(&keys::fresh()?[..16]);
    let digest = digest(plan_text.as_bytes());
    let noise_seed = match class {
        Class::Real => None,
        Class::Synthetic { noise_seed } => *noise_seed,
    };
    let synthetic = *class != Class::Real;
    let genesis =
        Genesis { synthetic, noise_seed, plan: digest.clone(), store: store.clone() };
    let control_path = inside.join("control.sqlite");
    Control::create(&control_path, &genesis)?;
    publish(&outside, &plan_path(&digest), plan_text.as_bytes())?;
    let mut log = Log::create(&outside, &store, &SigningKey::from_bytes(&signing))?;
    let at = second(now);
    log.append_at(
        0,
        &[
            Entry::Genesis {
                format: 1,
                store,
                class: if synthetic { StoreClass::Synthetic } else { StoreClass::Real },
                noise: noise_seed.map_or("os".into(), |seed| format!("seed:{}", hex(&seed))),
                at: at.clone(),
            },
            Entry::Plan {
                digest,
                bytes: plan_text.len() as u64,
                id: plan.statement.id.clone(),
                title: plan.statement.title.clone(),
                rho: plan.privacy.rho.to_string(),
                windows: plan.privacy.windows,
                window: plan.privacy.window.word().into(),
                at,
            },
        ],
    )?;
    let head = log.head();
    Control::open(&control_path)?.unseal(head.size, head.root)
}

/// The root that the ledger had at an earlier size.
fn root_at(log: &Log, size: u64) -> Result<[u8; 32], Error> {
    let mut tree = Tree::default();
    for (_, entry) in (0..size).zip(log.entries()) {
        let bytes = entry.to_bytes();
        let bytes = bytes.map_err(|_| Error::corrupt(Path::new("ledger"), "entry", "is too long"))?;
        tree.push(leaf_hash(&bytes));
    }
    Ok(tree.root())
}
