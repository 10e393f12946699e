//! Retention: removes files of the state, and blocks of the journal, that no release can use any
//! more.
//!
//! Not here: which event is too old to be accepted (room `journal`), whose state leaves (crate
//! `fold`), the files of a state (room `state`).
//!
//! Invariants:
//! 1. The last two states are kept, and every block that a fold from the older of them reads: if
//!    what only the newer one has is damaged, it is folded again from the older one and the
//!    journal, and the operator is warned (`tidegauge/tests/retention.rs`:
//!    `a_damaged_state_is_folded_again`).
//! 2. A file is removed only after one synced transaction has taken its name and its salt from the
//!    control store; after a crash in between, the next opening removes the file
//!    (`tidegauge/tests/retention.rs`: `a_killed_store_forgets_and_counts_as_an_undisturbed_one`).
//! 3. Events past the horizon are nowhere in the store, even for someone who has its key
//!    (`tidegauge/tests/retention.rs`: `a_canary_past_the_horizon_leaves_no_trace`).

use std::fs;
use std::path::{Path, PathBuf};

use super::control::{RunChange, SegmentChange, SnapshotName};
use super::open::Store;
use crate::calendar::StepNumber;
use crate::error::Error;
use crate::journal::{Block, Segment, copy};
use crate::layout::{
    RUN_ENDING, SNAPSHOT_ENDING, journal_directory, run_name, segment_name, segment_number,
    state_directory, sync_directory,
};
use crate::state::{FoldState, RunName};

/// The treatment of a segment, by the share of it that is past the horizon.
enum SegmentFate {
    /// None, or less than half of its bytes: too little to rewrite it.
    Stays,
    /// At least half of its bytes.
    Shrinks,
    /// All of it.
    Leaves,
}

/// The number of segments of about one size that are merged.
const ALIKE_MAX: usize = 16;
/// Segments from this class on, 256 MiB, are not merged.
const SIZE_CLASS_MAX: u32 = 7;

impl Store {
    /// Removes the files that a crash left: those that were to be removed, and those that were not
    /// yet in the control store.
    pub(super) fn remove_crash_leftovers(&mut self) -> Result<(), Error> {
        self.remove_leaving()?;
        let segments = self.control.segments()?;
        let names: Vec<&str> = segments.iter().map(|segment| segment.name.as_str()).collect();
        let unfinished = segment_name(self.control.next_segment()?);
        remove_leftovers(&journal_directory(&self.directory), &names, |name| name == unfinished)?;
        let (snapshots, runs) = (self.control.snapshots()?, self.control.runs()?);
        let runs: Vec<String> = runs.iter().map(|run| run_name(run.number)).collect();
        let snapshots = snapshots.iter().map(|snapshot| snapshot.name.as_str());
        let names: Vec<&str> = snapshots.chain(runs.iter().map(String::as_str)).collect();
        remove_leftovers(&state_directory(&self.directory), &names, |name| {
            name.ends_with(RUN_ENDING) || name.ends_with(SNAPSHOT_ENDING)
        })
    }

    /// Every segment of the journal.
    pub(super) fn open_segments(&self) -> Result<Vec<Segment>, Error> {
        let (directory, attributes) = (journal_directory(&self.directory), self.plan.event_codes());
        let names = self.control.segments()?;
        let open = |name| Segment::open(&directory, name, attributes, &self.key);
        names.iter().map(open).collect()
    }

    /// The state to go on from; a new one in a store that has none.
    ///
    /// Errors: a file of it that is damaged or missing; disk.
    pub(super) fn newest_state(&self) -> Result<FoldState, Error> {
        self.read_state(&self.control.runs()?, &self.control.snapshots()?)
    }

    /// Reads the state of these runs, the oldest first, or else of the first of these snapshots.
    fn read_state(&self, runs: &[RunName], snapshots: &[SnapshotName]) -> Result<FoldState, Error> {
        let directory = state_directory(&self.directory);
        match snapshots.first().filter(|_| runs.is_empty()) {
            Some(SnapshotName { name, salt, .. }) => {
                FoldState::read_snapshot(&directory.join(name), self.key.file(salt), &self.kernel)
            }
            None => FoldState::read(&directory, runs, &self.key, &self.kernel),
        }
    }

    /// Goes back to an older state, if this fault is of a file of the state: to the one before, if
    /// the file is what only the newest has, else to the first event, if the journal still has all.
    /// What the operating system does not let us read is no such fault. Returns whether it did.
    pub(super) fn go_back(&mut self, fault: &Error) -> Result<bool, Error> {
        let Error::Corrupt { place, .. } = fault else { return Ok(false) };
        let directory = state_directory(&self.directory);
        let is_at = |name: &str| *place == directory.join(name).display().to_string();
        let (runs, snapshots) = (self.control.runs()?, self.control.snapshots()?);
        match (&runs[..], &snapshots[..]) {
            ([before @ .., newest], _)
                if is_at(&run_name(newest.number))
                    && newest.has_before
                    && (!before.is_empty() || !snapshots.is_empty())
                    && self.read_state(before, &snapshots).is_ok() =>
            {
                self.control.drop_newest_run(newest)?;
            }
            ([], [newest, before @ ..])
                if is_at(&newest.name)
                    && !before.is_empty()
                    && self.read_state(&[], before).is_ok() =>
            {
                self.control.drop_newest_snapshot()?;
            }
            _ => {
                let is_state = Path::new(place).parent() == Some(&directory);
                if !is_state || self.plan.retention.events_steps.is_some() {
                    return Ok(false);
                }
                self.control.drop_states()?;
            }
        }
        self.remove_leaving()?;
        Ok(true)
    }

    /// Writes a state, so that the next release need not fold from the beginning. The file is
    /// durable, but not yet in the control store. `None` if there is nothing new.
    pub(super) fn write_state(
        &mut self,
        state: &mut FoldState,
        threads: usize,
    ) -> Result<Option<RunChange>, Error> {
        let newest = self.control.runs()?.into_iter().next_back();
        if newest.as_ref().is_some_and(|newest| newest.next == state.next) {
            return Ok(None);
        }
        let directory = state_directory(&self.directory);
        let number = newest.map_or(1, |newest| newest.number + 1);
        let age_max = self.age_max(state.next);
        let new = state.write(&directory, (number, &self.key), &self.kernel, age_max, threads)?;
        sync_directory(&directory)?;
        Ok(Some(RunChange { new, staying: state.keep_needed_runs() }))
    }

    /// Writes a state and adds it to the store. The state before it stays; what only older ones
    /// need is removed.
    pub(super) fn keep(&mut self, state: &mut FoldState, threads: usize) -> Result<(), Error> {
        if let Some(change) = self.write_state(state, threads)? {
            self.control.add_run(&change)?;
        }
        self.remove_leaving()
    }

    /// How many steps old a row on disk may be: what an older state says of a person leaves as soon
    /// as events past the horizon do, or with the window.
    fn age_max(&self, next: StepNumber) -> StepNumber {
        let step = self.steps.period((next - 1).max(0));
        let window = self.plan.steps_of(self.plan.window_of(step)).len();
        let window = StepNumber::try_from(window).unwrap_or(StepNumber::MAX);
        let events = self.plan.retention.events_steps;
        let events = events.and_then(|steps| StepNumber::try_from(steps).ok());
        events.map_or(window, |events| window.min(events))
    }

    /// The first step whose events are still accepted when `first_open` is the first open step.
    pub(super) fn oldest_taken(&self, first_open: StepNumber) -> StepNumber {
        let steps = self.plan.retention.events_steps;
        steps.map_or(StepNumber::MIN, |steps| first_open.saturating_sub_unsigned(steps))
    }

    /// Removes every block that no fold reads any more. Called after a release is public and its
    /// snapshot durable; `segments` are those of the journal.
    pub(super) fn remove_past_blocks(&mut self, segments: &[Segment]) -> Result<(), Error> {
        if self.plan.retention.events_steps.is_none() {
            return Ok(());
        }
        // A fold from the older state reads the blocks of its own steps, and those of the steps for
        // which late events may still have come.
        let runs = self.control.runs()?;
        let before = match &runs[..] {
            [.., before, _] => before.next,
            [_] => match self.control.snapshots()?.first() {
                Some(snapshot) => snapshot.next,
                None => return Ok(()),
            },
            [] => return Ok(()),
        };
        let (next, oldest) = (before, self.oldest_taken(before));
        let is_past = |block: &Block| block.folded < next && block.occurred < oldest;
        let fate = |segment: &Segment| {
            let (past, all) = segment.bytes_of(is_past);
            match past {
                _ if past == all => SegmentFate::Leaves,
                _ if 2 * past >= all => SegmentFate::Shrinks,
                _ => SegmentFate::Stays,
            }
        };
        let mut leaving = vec![];
        for segment in segments {
            match fate(segment) {
                SegmentFate::Stays => {}
                SegmentFate::Leaves => leaving.push(segment.name()),
                SegmentFate::Shrinks => self.rewrite(&[segment], |block| !is_past(block))?,
            }
        }
        if !leaving.is_empty() {
            self.control.change_segments(&SegmentChange { leaving, new: None })?;
        }
        self.remove_leaving()
    }

    /// Merges small segments, so that a store that takes many deliveries keeps few files: whenever
    /// [`ALIKE_MAX`] segments have about the same size they become one. Every event is rewritten
    /// a few times at most, since each time it is in a segment of another size.
    pub(super) fn merge_small_segments(&mut self) -> Result<(), Error> {
        let segments = self.control.segments()?;
        let mut sizes: Vec<u32> =
            segments.iter().map(|segment| size_class(segment.bytes)).collect();
        sizes.sort_unstable();
        let is_many = |alike: &&[u32]| alike.len() >= ALIKE_MAX && alike[0] < SIZE_CLASS_MAX;
        let Some(alike) = sizes.chunk_by(|one, other| one == other).find(is_many) else {
            return Ok(());
        };
        let alike: Vec<Segment> = self
            .open_segments()?
            .into_iter()
            .filter(|segment| size_class(segment.file_bytes()) == alike[0])
            .collect();
        self.rewrite(&alike.iter().collect::<Vec<_>>(), |_| true)?;
        self.remove_leaving()
    }

    /// Writes segments again as one, with only some of their blocks, under a new salt, and removes
    /// the old ones.
    fn rewrite(
        &mut self,
        segments: &[&Segment],
        stays: impl Fn(&Block) -> bool,
    ) -> Result<(), Error> {
        let path =
            journal_directory(&self.directory).join(segment_name(self.control.next_segment()?));
        let written = copy(segments, stays, path.clone(), &self.key);
        if !matches!(written, Ok(Some(_))) {
            // The file is not in the journal. If this fails, the next opening removes it.
            let _ = fs::remove_file(&path);
        }
        let new = written?;
        sync_directory(&journal_directory(&self.directory))?;
        let leaving = segments.iter().map(|segment| segment.name()).collect();
        self.control.change_segments(&SegmentChange { leaving, new })
    }

    /// Removes the files that the control store lists for removal, then every trace of their salts.
    pub(super) fn remove_leaving(&mut self) -> Result<(), Error> {
        let leaving = self.control.leaving()?;
        if leaving.is_empty() {
            return Ok(());
        }
        for name in leaving {
            let path: PathBuf = match segment_number(&name) {
                None => state_directory(&self.directory).join(name),
                Some(_) => journal_directory(&self.directory).join(name),
            };
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::system(&path, "remove")(error));
                }
                _ => {}
            }
        }
        sync_directory(&journal_directory(&self.directory))?;
        sync_directory(&state_directory(&self.directory))?;
        self.control.forget_leaving()
    }
}

/// The size of a segment, roughly: each class is of files sixteen times larger than the last.
fn size_class(bytes: u64) -> u32 {
    bytes.checked_ilog2().unwrap_or(0) / 4
}

/// Removes the files that a crash left in a directory: those whose names are not among `names` and
/// which a crash can leave according to `is_leftover`.
///
/// Errors: any other file, for then the control store is not the one that belongs to this store.
fn remove_leftovers(
    directory: &Path,
    names: &[&str],
    is_leftover: impl Fn(&str) -> bool,
) -> Result<(), Error> {
    for entry in fs::read_dir(directory).map_err(Error::system(directory, "list"))? {
        let path = entry.map_err(Error::system(directory, "list"))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() || names.contains(&name.as_str()) {
            continue;
        }
        if !is_leftover(&name) {
            return Err(Error::corrupt(&path, "name", "is not known to the control store"));
        }
        fs::remove_file(&path).map_err(Error::system(&path, "remove"))?;
    }
    Ok(())
}
