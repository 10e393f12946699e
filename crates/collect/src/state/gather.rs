//! The events that a step folds, read from the journal's blocks, by partition.
//!
//! Not here: the effects of the events (module `fold`).
//!
//! Invariants:
//! 1. The order of segments, blocks and threads changes nothing
//!    (`tidegauge/tests/same_bytes.rs`).
//! 2. A late copy of an event that an earlier step folded is left out
//!    (`tidegauge/tests/same_bytes.rs`: `copies_and_replays_change_no_byte`).

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use tidegauge_fold::{EarlierEvents, Event, Kernel, PARTITIONS, Partition, Pseudonym};

use crate::calendar::StepNumber;
use crate::error::Error;
use crate::journal::{Block, Segment};

/// Runs the same work on this many threads, this one included.
pub(super) fn in_threads<T: Send>(threads: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(&work)).collect();
        let mine = work();
        let theirs = others.into_iter().map(|other| match other.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        std::iter::once(mine).chain(theirs).collect()
    })
}

/// Events by the partition of their person.
pub(super) type EventsByPartition = Vec<Vec<Event>>;
/// A block, and the segment that it is in.
type SegmentBlock<'a> = (&'a Segment, &'a Block);

/// The events that a step folds, by partition, and for the fold of late events the cells in which
/// their persons have earlier events of the same step.
pub(super) fn gather(
    kernel: &Kernel,
    segments: &[Segment],
    step: StepNumber,
    threads: usize,
) -> Result<(EventsByPartition, EarlierEvents), Error> {
    let (mut late, on_time): (Vec<SegmentBlock>, Vec<SegmentBlock>) = blocks(segments)
        .filter(|(_, block)| block.folded == step)
        .partition(|(_, block)| block.is_late());
    let mut events = read(&on_time, threads)?;
    let mut earlier = EarlierEvents::default();
    late.sort_by_key(|(_, block)| block.occurred);
    for late_blocks in late.chunk_by(|(_, one), (_, next)| one.occurred == next.occurred) {
        let mut late_events = Vec::new();
        for (segment, block) in late_blocks {
            segment.events(block, |event| late_events.push(event))?;
        }
        let persons: HashSet<Pseudonym> = late_events.iter().map(|event| event.pseudonym).collect();
        let (_, first_block) = late_blocks[0];
        let (occurred, age) = (first_block.occurred, first_block.age());
        // Events that were folded before, by person and id: the same id of another person says
        // nothing about this one.
        let mut known = HashSet::new();
        let mut earlier_rows = Vec::new();
        let is_earlier = |block: &Block| block.occurred == occurred && block.folded < step;
        for (segment, block) in blocks(segments).filter(|(_, block)| is_earlier(block)) {
            segment.events(block, |event| {
                if persons.contains(&event.pseudonym) {
                    if kernel.corrects() {
                        earlier_rows.push((block.folded, event));
                    } else {
                        known.insert((event.pseudonym, event.id));
                        kernel.note_earlier(&mut earlier, &event, age);
                    }
                }
            })?;
        }
        late_events.retain(|event| !known.contains(&(event.pseudonym, event.id)));
        for event in kernel.revise_late(&mut earlier, earlier_rows, late_events, age) {
            events[Partition::of(event.pseudonym)].push(event);
        }
    }
    Ok((events, earlier))
}

/// Every block of the journal.
pub(super) fn blocks(segments: &[Segment]) -> impl Iterator<Item = SegmentBlock<'_>> {
    segments.iter().flat_map(|segment| segment.blocks().iter().map(move |block| (segment, block)))
}

/// Reads blocks on this many threads.
fn read(blocks: &[SegmentBlock], threads: usize) -> Result<EventsByPartition, Error> {
    // Pseudonyms spread evenly, so all partitions are of nearly the same size.
    let rows: usize = blocks.iter().map(|(segment, block)| segment.rows(block)).sum();
    let share = rows / threads.max(1) / PARTITIONS;
    let next = AtomicUsize::new(0);
    let read_blocks = || -> Result<EventsByPartition, Error> {
        let mut events: EventsByPartition =
            (0..PARTITIONS).map(|_| Vec::with_capacity(share + share / 4)).collect();
        while let Some((segment, block)) = blocks.get(next.fetch_add(1, Ordering::Relaxed)) {
            segment.events(block, |event| events[Partition::of(event.pseudonym)].push(event))?;
        }
        Ok(events)
    };
    let mut thread_events = in_threads(threads, read_blocks).into_iter();
    let mut events = thread_events.next().unwrap_or_else(|| Ok(vec![vec![]; PARTITIONS]))?;
    for others in thread_events {
        for (partition, mut more) in events.iter_mut().zip(others?) {
            partition.append(&mut more);
        }
    }
    Ok(events)
}
