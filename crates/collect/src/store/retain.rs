//! Retention: removes snapshots, and blocks of the journal, that no release can use any more.
//!
//! Not here: which event is too old to be accepted (room `journal`), whose state leaves (crate
//! `fold`), the contents of a snapshot (room `state`).
//!
//! Invariants:
//! 1. The last two snapshots are kept, and every block that a fold from the older of them reads: if
//!    the newer one is damaged, it is folded again from the older one and the journal, and the
//!    operator is warned (`tidegauge/tests/retention.rs`: `a_damaged_snapshot_is_folded_again`).
//! 2. A file is removed only after one synced transaction has taken its name and its salt from the
//!    control store; after a crash in between, the next opening removes the file
//!    (`tidegauge/tests/retention.rs`: `a_killed_store_forgets_and_counts_as_an_undisturbed_one`).
//! 3. Events past the horizon are nowhere in the store, even for someone who has its key
//!    (`tidegauge/tests/retention.rs`: `a_canary_past_the_horizon_leaves_no_trace`).

use std::fs;
use std::path::{Path, PathBuf};

use super::control::{SegmentChange, SnapshotName};
use super::group::Progress;
use super::open::Store;
use crate::calendar::StepNumber;
use crate::error::Error;
use crate::journal::{Block, Segment, copy};
use crate::layout::{
    SNAPSHOT_ENDING, journal_directory, segment_name, snapshot_name, state_directory,
    sync_directory,
};
use crate::state::FoldState;

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
        let snapshots = self.control.snapshots()?;
        let names: Vec<&str> = snapshots.iter().map(|snapshot| snapshot.name.as_str()).collect();
        remove_leftovers(&state_directory(&self.directory), &names, |name| {
            name.ends_with(SNAPSHOT_ENDING)
        })
    }

    /// Every segment of the journal.
    pub(super) fn open_segments(&self) -> Result<Vec<Segment>, Error> {
        let (directory, attributes) = (journal_directory(&self.directory), self.plan.event_codes());
        let names = self.control.segments()?;
        let open = |name| Segment::open(&directory, name, attributes, &self.key);
        names.iter().map(open).collect()
    }

    /// The state to go on from: the newest snapshot or, if that is corrupt, the one before it. The
    /// fault is reported to `progress` before the corrupt snapshot is removed. A snapshot that the
    /// operating system does not let us read stays.
    ///
    /// Errors: those of the newest snapshot, where the one before it cannot be read either; disk.
    pub(super) fn newest_state(
        &mut self,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<FoldState, Error> {
        let width = self.kernel.width();
        let snapshots = self.control.snapshots()?;
        let Some(newest) = snapshots.first() else { return Ok(FoldState::new(width)) };
        let read = |name: &SnapshotName| {
            FoldState::read(
                &state_directory(&self.directory).join(&name.name),
                self.key.file(&name.salt),
                width,
            )
        };
        let fault = match read(newest) {
            Ok(state) => return Ok(state),
            Err(fault @ Error::Corrupt { .. }) => fault,
            Err(error) => return Err(error),
        };
        let Some(before) = snapshots.get(1) else { return Err(fault) };
        let Ok(state) = read(before) else { return Err(fault) };
        progress(Progress::PassedOver(&fault));
        self.control.drop_newest_snapshot()?;
        self.remove_leaving()?;
        Ok(state)
    }

    /// Writes a snapshot, so that the next release need not fold from the beginning. The snapshot
    /// before it stays; the one before that is removed.
    pub(super) fn keep(&mut self, state: &FoldState, threads: usize) -> Result<(), Error> {
        let name = snapshot_name(state.next);
        let newest = self.control.snapshots()?.into_iter().next();
        if newest.is_some_and(|newest| newest.name == name) {
            return Ok(());
        }
        let (salt, cipher) = self.key.new_file()?;
        state.write(&state_directory(&self.directory).join(&name), cipher, threads)?;
        sync_directory(&state_directory(&self.directory))?;
        self.control.add_snapshot(&SnapshotName { name, next: state.next, salt })?;
        self.remove_leaving()
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
        let snapshots = self.control.snapshots()?;
        let [_, before] = &snapshots[..] else { return Ok(()) };
        // A fold from the older snapshot reads the blocks of its own steps, and those of the steps
        // for which late events may still have come.
        let (next, oldest) = (before.next, self.oldest_taken(before.next));
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
    fn remove_leaving(&mut self) -> Result<(), Error> {
        let leaving = self.control.leaving()?;
        if leaving.is_empty() {
            return Ok(());
        }
        for name in leaving {
            let path: PathBuf = match name.ends_with(SNAPSHOT_ENDING) {
                true => state_directory(&self.directory).join(name),
                false => journal_directory(&self.directory).join(name),
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
