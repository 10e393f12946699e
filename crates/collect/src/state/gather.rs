//! The events that a step folds, read from the journal's blocks, by partition.
//!
//! Not here: what the events change (module `fold`).
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

/// Runs the same work on each thread, one of them this one.
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

type ByPartition = Vec<Vec<Event>>;
type SegmentBlock<'a> = (&'a Segment, &'a Block);

/// The events that a step folds, by partition, and what late events need to know: who has an
/// earlier event in a cell of their step.
pub(super) fn gather(
    kernel: &Kernel,
    segments: &[Segment],
    step: StepNumber,
    threads: usize,
) -> Result<(ByPartition, EarlierEvents), Error> {
    let of_step = blocks(segments).filter(|(_, block)| block.folded == step);
    let (mut late, on_time): (Vec<SegmentBlock>, Vec<SegmentBlock>) =
        of_step.partition(|(_, b)| b.is_late());
    let mut events = read(&on_time, threads)?;
    let mut earlier = EarlierEvents::default();
    late.sort_by_key(|(_, block)| block.occurred);
    for of_step in late.chunk_by(|(_, one), (_, next)| one.occurred == next.occurred) {
        let mut came = Vec::new();
        for (segment, block) in of_step {
            segment.events(block, |event| came.push(event))?;
        }
        let persons: HashSet<Pseudonym> = came.iter().map(|event| event.pseudonym).collect();
        let (occurred, age) = (of_step[0].1.occurred, of_step[0].1.age());
        // Who and which was folded before. A person goes with each id: an id that somebody else
        // used says nothing about this person.
        let (mut known, mut rows) = (HashSet::new(), Vec::new());
        let before = |block: &Block| block.occurred == occurred && block.folded < step;
        for (segment, block) in blocks(segments).filter(|(_, block)| before(block)) {
            segment.events(block, |event| {
                if persons.contains(&event.pseudonym) {
                    if kernel.corrects() {
                        rows.push((block.folded, event));
                    } else {
                        known.insert((event.pseudonym, event.id));
                        kernel.note_earlier(&mut earlier, &event, age);
                    }
                }
            })?;
        }
        came.retain(|event| !known.contains(&(event.pseudonym, event.id)));
        for event in kernel.revise_late(&mut earlier, rows, came, age) {
            events[Partition::of(event.pseudonym)].push(event);
        }
    }
    Ok((events, earlier))
}

fn blocks(segments: &[Segment]) -> impl Iterator<Item = SegmentBlock<'_>> {
    segments.iter().flat_map(|segment| segment.blocks().iter().map(move |block| (segment, block)))
}

/// Reads blocks on so many threads.
fn read(blocks: &[SegmentBlock], threads: usize) -> Result<ByPartition, Error> {
    // Pseudonyms spread evenly, so each partition's share is known but for some chance.
    let rows: usize = blocks.iter().map(|(segment, block)| segment.rows(block)).sum();
    let share = rows / threads.max(1) / PARTITIONS;
    let next = AtomicUsize::new(0);
    let read_some = || -> Result<ByPartition, Error> {
        let mut events: ByPartition =
            (0..PARTITIONS).map(|_| Vec::with_capacity(share + share / 4)).collect();
        while let Some((segment, block)) = blocks.get(next.fetch_add(1, Ordering::Relaxed)) {
            segment.events(block, |event| events[Partition::of(event.pseudonym)].push(event))?;
        }
        Ok(events)
    };
    let mut of_threads = in_threads(threads, read_some).into_iter();
    let mut events = of_threads.next().unwrap_or_else(|| Ok(vec![vec![]; PARTITIONS]))?;
    for others in of_threads {
        for (mine, mut theirs) in events.iter_mut().zip(others?) {
            mine.append(&mut theirs);
        }
    }
    Ok(events)
}
