//! Watches a public directory and keeps its newest verified catalogue.
//!
//! Not here: the contents of a catalogue ([`crate::catalogue`]).
//!
//! The system's clock decides what is public. Another clock is used for a synthetic store only,
//! whose genesis entry says that it contains no real person.
//!
//! Invariants:
//! 1. Verified data stay served while later data do not verify, and the fault is reported
//!    (`serve::tests::a_rolled_back_ledger_is_refused`).
//! 2. The figures of one state of one window are estimated once, by one thread at a time, and the
//!    released region of a dataflow is made once for each state
//!    (`serve::tests::sdmx::availability_follows_the_releases`).
//! 3. Verified files are read again in turn, [`REREAD_FILES`] at each refresh; one that has changed
//!    since is reported (`serve::tests::a_tampered_release_is_not_served`). This includes files
//!    under embargo, so that a damaged one is known before its hour.
//! 4. No clock but the system's ends an embargo of a real store
//!    (`serve::tests::embargo::a_real_store_uses_the_system_s_clock`).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tidegauge_ledger::{
    DirectorySource, Entry, Source, StoreClass, VerifiedLog, read_public, read_verified,
};
use tidegauge_model::Period;

use super::figures::WindowFigures;
use super::known::KnownWindow;
use crate::catalogue::catalogue::{Catalogue, CatalogueFault, verifies};
use crate::catalogue::window::ReleasedWindow;
use crate::error::Error;

/// The most states of windows whose figures are cached.
pub(crate) const FIGURES_MAX: usize = 64;
/// Verified files that are read again at each refresh.
pub(crate) const REREAD_FILES: usize = 16;

/// Why there is no catalogue before the first refresh.
const NOT_READ: &str = "the public directory has not been read yet";

/// A dataflow, a window and the number of its known steps.
type WindowState = (usize, Period, u32);

/// A clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A clock that shows this instant now and goes on from there.
pub fn clock_from(instant: Timestamp) -> Clock {
    let begun = Instant::now();
    Arc::new(move || instant.saturating_add(begun.elapsed()).unwrap_or(Timestamp::MAX))
}

/// A public directory and its newest verified catalogue.
pub struct Reader {
    directory: PathBuf,
    /// The clock of a synthetic store, if it is not the system's.
    clock: Option<Clock>,
    newest: Mutex<Newest>,
    figures: Mutex<VecDeque<(WindowState, Arc<WindowFigures>)>>,
    estimating: Mutex<()>,
}

#[derive(Debug, Default)]
struct Newest {
    checkpoint: Option<Vec<u8>>,
    catalogue: Option<Arc<Catalogue>>,
    fault: Option<Arc<CatalogueFault>>,
    /// Indices of release entries whose file has changed since it was verified.
    changed: BTreeSet<u64>,
    reread: u64,
    /// Since when the file of a new entry is awaited.
    awaited: Option<Instant>,
}

/// How long a file that a new entry names may be missing before that is a fault.
const FILE_AWAITED: Duration = Duration::from_secs(3);

/// A file that the ledger names but that is not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnservedFile {
    /// The index of its entry.
    pub entry: u64,
    /// Its path as the entry names it.
    pub path: String,
    /// The rule that it breaks.
    pub reason: String,
}

/// A panic leaves a lock only between two complete states, so its contents are valid.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reader {
    /// A reader of this directory; nothing is read yet.
    pub fn new(directory: &Path) -> Self {
        Self::with_clock(directory, None)
    }

    /// As [`Self::new`], with a clock for a synthetic store. A real store always uses the system's
    /// clock.
    pub fn with_clock(directory: &Path, clock: Option<Clock>) -> Self {
        Self {
            directory: directory.to_owned(),
            clock,
            newest: Mutex::default(),
            figures: Mutex::default(),
            estimating: Mutex::default(),
        }
    }

    /// Looks at the directory once: verifies new entries, and reads some of the old files again.
    pub fn refresh(&self) {
        let source = DirectorySource::new(&self.directory);
        let (seen, earlier, fault) = {
            let newest = lock(&self.newest);
            (newest.checkpoint.clone(), newest.catalogue.clone(), newest.fault.clone())
        };
        let checkpoint = read_public(&source, "checkpoint").ok().flatten();
        let complete = earlier.as_ref().is_some_and(|catalogue| catalogue.fault().is_none());
        let is_over = earlier.as_ref().is_some_and(|catalogue| {
            let until = catalogue.embargoed_until();
            until.is_some_and(|until| until <= self.now(catalogue.ledger()))
        });
        if !complete || is_over || fault.is_some() || checkpoint.is_none() || checkpoint != seen {
            let grown = self.grow(earlier.as_deref(), &source);
            let mut newest = lock(&self.newest);
            // A release enters the ledger a moment before its file appears.
            let is_incomplete = grown.as_ref().is_ok_and(Catalogue::lacks_a_file);
            if complete && is_incomplete {
                let since = *newest.awaited.get_or_insert_with(Instant::now);
                if since.elapsed() < FILE_AWAITED {
                    return;
                }
            }
            newest.awaited = None;
            newest.checkpoint = checkpoint;
            match grown {
                Ok(catalogue) => {
                    newest.catalogue = Some(Arc::new(catalogue));
                    newest.fault = None;
                }
                Err(fault) => newest.fault = Some(Arc::new(fault)),
            }
        }
        self.read_again(&source);
    }

    /// Reads new entries, and estimates their figures before anyone can ask for them.
    fn grow(
        &self,
        earlier: Option<&Catalogue>,
        source: &dyn Source,
    ) -> Result<Catalogue, CatalogueFault> {
        let log = match earlier {
            None => read_verified(source, None)?,
            Some(earlier) => {
                let mut log = earlier.ledger().clone();
                log.refresh(source)?;
                log
            }
        };
        let now = self.now(&log);
        let catalogue = Catalogue::grow(earlier, log, source, now)?;
        for dataflow in 0..catalogue.flows.len() {
            // An estimate that fails is an error of the requests that need it.
            let _ = self.known(&catalogue, dataflow, catalogue.size());
        }
        Ok(catalogue)
    }

    /// The time for the store of a ledger.
    fn now(&self, log: &VerifiedLog) -> Timestamp {
        let synthetic = Some(StoreClass::Synthetic);
        let class = log.entries.first().and_then(|entry| match entry {
            Entry::Genesis { class, .. } => Some(*class),
            _ => None,
        });
        match &self.clock {
            Some(clock) if class == synthetic => clock(),
            _ => Timestamp::now(),
        }
    }

    /// The time until the next embargo ends; `None` if nothing is under embargo.
    pub fn next_hour(&self) -> Option<Duration> {
        let catalogue = self.catalogue().ok()?;
        let left = catalogue.embargoed_until()?.duration_since(self.now(catalogue.ledger()));
        Some(left.try_into().unwrap_or(Duration::ZERO))
    }

    /// The newest verified catalogue.
    ///
    /// Errors: nothing has verified yet.
    pub fn catalogue(&self) -> Result<Arc<Catalogue>, Error> {
        let newest = lock(&self.newest);
        newest.catalogue.clone().ok_or_else(|| {
            let fault = newest.fault.as_ref().map(ToString::to_string);
            Error::NotReady { reason: fault.unwrap_or_else(|| NOT_READ.into()) }
        })
    }

    /// The first thing that does not verify; `None` if everything does.
    pub fn fault(&self) -> Option<String> {
        let newest = lock(&self.newest);
        let catalogue = newest.catalogue.as_ref();
        let fault = newest.fault.as_deref().or_else(|| catalogue.and_then(|c| c.fault()));
        match (fault, newest.changed.first()) {
            (Some(fault), _) => Some(fault.to_string()),
            (None, Some(entry)) => {
                Some(format!("entry {entry}: its file has changed since it was verified"))
            }
            (None, None) => catalogue.is_none().then(|| NOT_READ.into()),
        }
    }

    /// Why the last refresh failed; `None` if it read the whole ledger.
    pub fn refresh_fault(&self) -> Option<String> {
        lock(&self.newest).fault.as_ref().map(ToString::to_string)
    }

    /// The files that the ledger names but that are not served, in the order of their entries.
    pub fn unserved(&self) -> Vec<UnservedFile> {
        let newest = lock(&self.newest);
        let Some(catalogue) = &newest.catalogue else { return Vec::new() };
        let mut reasons: BTreeMap<u64, String> = newest
            .changed
            .iter()
            .map(|&entry| (entry, "the file has changed since it was verified".to_owned()))
            .collect();
        reasons.extend(catalogue.faults().map(|(entry, fault)| (entry, fault.to_string())));
        let file = |(entry, reason)| {
            // Fits: a ledger has at most 2^24 entries.
            let path = match catalogue.ledger().entries.get(entry as usize) {
                Some(Entry::Release { path, .. }) => path.clone(),
                _ => String::new(),
            };
            UnservedFile { entry, path, reason }
        };
        reasons.into_iter().map(file).collect()
    }

    /// The time that a store's release calendar uses; `None` for a synthetic store without a clock
    /// of its own, which is released on request.
    pub fn calendar_time(&self, catalogue: &Catalogue) -> Option<Timestamp> {
        let runs_by_clock = self.clock.is_some() || !catalogue.is_synthetic();
        runs_by_clock.then(|| self.now(catalogue.ledger()))
    }

    /// A file of the public directory, verified if it is a release.
    ///
    /// Errors: no such file, or not the one that its entry names.
    pub fn file(&self, path: &str) -> Result<Vec<u8>, Error> {
        let source = DirectorySource::new(&self.directory);
        let read = || read_public(&source, path).ok().flatten().ok_or(Error::NotFound);
        if path.starts_with("release/") {
            let catalogue = self.catalogue()?;
            let entry = catalogue.release(path)?;
            let content = read()?;
            return if verifies(entry, &content) { Ok(content) } else { Err(Error::Unverified) };
        }
        read()
    }

    /// The windows of a dataflow as known at a tree size, with their figures.
    ///
    /// Errors: a window whose figures cannot be estimated.
    pub(crate) fn known(
        &self,
        catalogue: &Catalogue,
        dataflow: usize,
        size: u64,
    ) -> Result<Vec<KnownWindow>, Error> {
        let mut known = Vec::new();
        let windows = &catalogue.flows[dataflow].windows;
        for (number, window) in windows.iter().enumerate() {
            let steps = window.steps_at(size);
            if steps == 0 {
                break;
            }
            let figures = self.figures((dataflow, window.period, steps), &windows[..=number])?;
            known.push(KnownWindow { window: Arc::clone(window), steps, figures });
        }
        Ok(known)
    }

    /// The figures of the last of these windows.
    fn figures(
        &self,
        state: WindowState,
        windows: &[Arc<ReleasedWindow>],
    ) -> Result<Arc<WindowFigures>, Error> {
        if let Some(figures) = self.cached(state) {
            return Ok(figures);
        }
        let _turn = lock(&self.estimating);
        if let Some(figures) = self.cached(state) {
            return Ok(figures);
        }
        let figures = Arc::new(WindowFigures::estimate(windows, state.2)?);
        let mut cache = lock(&self.figures);
        cache.push_front((state, Arc::clone(&figures)));
        cache.truncate(FIGURES_MAX);
        Ok(figures)
    }

    /// The figures of a state, if they are cached; they move to the front.
    fn cached(&self, state: WindowState) -> Option<Arc<WindowFigures>> {
        let mut cache = lock(&self.figures);
        let position = cache.iter().position(|(known, _)| *known == state)?;
        let entry = cache.remove(position)?;
        let figures = Arc::clone(&entry.1);
        cache.push_front(entry);
        Some(figures)
    }

    /// Reads some verified files again, and those that had changed.
    fn read_again(&self, source: &dyn Source) {
        let (catalogue, from, changed) = {
            let newest = lock(&self.newest);
            let Some(catalogue) = newest.catalogue.clone() else { return };
            (catalogue, newest.reread, newest.changed.clone())
        };
        let releases = (0u64..)
            .zip(&catalogue.ledger().entries)
            .filter(|(_, entry)| matches!(entry, Entry::Release { .. }));
        let due = releases.clone().filter(|&(index, _)| index >= from).take(REREAD_FILES);
        let again = releases.filter(|(index, _)| changed.contains(index));
        let next = due.clone().last().map_or(0, |(index, _)| index + 1);
        let mut now_changed = BTreeSet::new();
        for (index, entry) in due.chain(again) {
            let Entry::Release { path, .. } = entry else { continue };
            let content = read_public(source, path).ok().flatten();
            if !content.is_some_and(|content| verifies(entry, &content)) {
                now_changed.insert(index);
            }
        }
        let mut newest = lock(&self.newest);
        newest.changed = now_changed;
        newest.reread = next;
    }
}
