//! The state between two steps, and the fold of one step from the journal.
//!
//! Not here: the kernel's rules (crate `fold`), how a recursion goes on (crate `privacy`), noise,
//! anything public.
//!
//! Invariants:
//! 1. The state after a step is a pure function of the journal, for any number of segments and
//!    threads (`tidegauge/tests/same_bytes.rs`).
//! 2. A person's event counts once: copies within a fold are told by the kernel, a late copy of
//!    an event of an earlier fold is told here; a copy with a time of another step is another
//!    event (`tidegauge/tests/same_bytes.rs`:
//!    `copies_and_replays_change_no_byte`). So it is with corrections
//!    (`tidegauge/tests/corrections.rs`: `order_split_and_replays_change_no_byte`).
//! 3. Late counts wait here, exact, from the step that admits an event to the vintage that measures
//!    it, and are gone then (`tidegauge/tests/vintages.rs`).
//! 4. A snapshot is read back whole and as it was written, or the store is corrupt
//!    (`cipher::tests::a_stream_cut_or_mixed_is_refused`).
//!
//! Format of a snapshot: an encrypted stream (module `cipher`) of one line of JSON (next step,
//! words of a state, shape of the sums, late counts as dataflow, step, cell and count), then the
//! sums, then for each partition its length and its bytes; integers little endian.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{BufRead, Read, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};
use tidegauge_fold::{
    EarlierEvents, Event, Kernel, LateTally, PARTITIONS, Partition, Pseudonym, StepCounts,
    StepKind, Tally,
};
use tidegauge_ledger::{Part, Price, Scheme, Slot};

use crate::calendar::Step;
use crate::cipher::{Decrypting, Encrypting, FileCipher};
use crate::error::Error;
use crate::journal::{Block, Segment};
use crate::schema::{SEED, StepNumber};

/// What every stream of the plan keeps from step to step. Of nodes, the exact sums of those
/// still open, by level and cell; of a recursion, one row: the states of all cells.
pub type Sums = Vec<Vec<Vec<i64>>>;

/// Everything that one step hands to the next. Private in every part.
pub struct State {
    /// The step that is folded next.
    pub(crate) next: StepNumber,
    sums: Sums,
    /// Of each stream that is a recursion, the exact integers of the step folded last.
    rows: Vec<Vec<i64>>,
    /// Late counts that wait for their vintage, by dataflow, step of occurrence and cell.
    late: BTreeMap<Waiting, i64>,
    partitions: Vec<Partition>,
    width: usize,
}

/// A dataflow, the step in which events occurred, and a cell.
type Waiting = (usize, StepNumber, usize);

/// What the fold of one step counted.
pub struct Folded {
    /// Exact increments of the step.
    pub(crate) step: Tally,
    /// Exact base of the stocks, where the step begins a window.
    pub(crate) base: Option<Tally>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Head {
    next: StepNumber,
    width: usize,
    sums: Vec<Vec<usize>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    late: Vec<(Waiting, i64)>,
}

impl State {
    /// The state of a store that has seen nobody.
    pub(crate) fn new(width: usize) -> Self {
        let partitions = (0..PARTITIONS).map(|_| Partition::new(width)).collect();
        let late = BTreeMap::new();
        Self { next: SEED, sums: vec![], rows: vec![], late, partitions, width }
    }

    /// Folds everything that occurred before the plan's start: it sets states alone.
    pub(crate) fn seed(
        &mut self,
        kernel: &Kernel,
        segments: &[Segment],
        threads: usize,
    ) -> Result<(), Error> {
        self.fold_events(kernel, segments, StepKind::Seed, false, threads).map(|_| ())
    }

    /// Folds the next step, which must be this one, and adds it to the sums of the open nodes.
    pub(crate) fn fold(
        &mut self,
        kernel: &Kernel,
        segments: &[Segment],
        step: &Step,
        threads: usize,
    ) -> Result<Folded, Error> {
        let begins = step.begins_window();
        let folded = self.fold_events(kernel, segments, step.kind(), begins, threads)?;
        self.rows.clear();
        self.sums.resize(step.streams().count(), vec![]);
        for ((dataflow, price), sums) in step.streams().zip(&mut self.sums) {
            let counts = counts(folded.step.cells(dataflow), price)?;
            if price.begins == step.period {
                *sums = zeros(price);
            }
            let row = match &price.scheme {
                Scheme::Nodes { .. } | Scheme::Periods { .. } => {
                    for (sum, count) in
                        sums.iter_mut().flat_map(|sums| sums.iter_mut().zip(counts.iter()))
                    {
                        *sum = sum.checked_add(*count).ok_or_else(overflow)?;
                    }
                    vec![]
                }
                Scheme::Recursion(recursion) => {
                    let at = price.number(step.period).unwrap_or(0);
                    let states = sums[0].chunks_exact_mut(recursion.width());
                    let cells = counts.iter().zip(states);
                    cells
                        .map(|(&count, state)| recursion.encode(at, count, state))
                        .collect::<Result<_, _>>()?
                }
            };
            self.rows.push(row);
        }
        Ok(folded)
    }

    /// What a slot of a dataflow's streams measures at the step folded last: exact integers and
    /// what they are still to be multiplied by.
    pub(crate) fn exact(&self, step: &Step, dataflow: usize, slot: &Slot) -> Option<(u32, &[i64])> {
        let mut streams = step.streams().zip(self.sums.iter().zip(&self.rows));
        let is_meant = |(of, price): (usize, &Price)| of == dataflow && price.part == slot.part;
        let ((_, price), (sums, row)) = streams.find(|(stream, _)| is_meant(*stream))?;
        Some(match price.scheme {
            Scheme::Nodes { .. } | Scheme::Periods { .. } => (slot.weight, &sums[slot.node.level]),
            Scheme::Recursion(_) => (1, row),
        })
    }

    /// Sums of nodes that end with this step begin again at zero.
    pub(crate) fn close_nodes(&mut self, step: &Step) {
        for ((_, price), levels) in step.streams().zip(&mut self.sums) {
            let Some(at) = price.number(step.period) else { continue };
            match &price.scheme {
                Scheme::Nodes { strategy, .. } => {
                    for node in strategy.completed_at(at) {
                        levels[node.level].fill(0);
                    }
                }
                Scheme::Periods { level, .. } => {
                    if level.completed_at(0, at).is_some() {
                        levels[0].fill(0);
                    }
                }
                Scheme::Recursion(_) => {}
            }
        }
    }

    /// The late counts of a step that wait for its next vintage: every cell of the dataflow.
    pub(crate) fn late(&self, dataflow: usize, step: StepNumber, cells: usize) -> Vec<i64> {
        let mut counts = vec![0; cells];
        for (&(.., cell), &count) in self.late.range((dataflow, step, 0)..(dataflow, step, cells)) {
            counts[cell] = count;
        }
        counts
    }

    /// Late counts of a step have been measured and begin again at zero.
    pub(crate) fn close_late(&mut self, dataflow: usize, step: StepNumber) {
        self.late.retain(|&(of, at, _), _| (of, at) != (dataflow, step));
    }

    fn fold_events(
        &mut self,
        kernel: &Kernel,
        segments: &[Segment],
        kind: StepKind,
        begins: bool,
        threads: usize,
    ) -> Result<Folded, Error> {
        let number = self.next;
        let (events, earlier) = gather(kernel, segments, number, threads)?;
        let work = Mutex::new(self.partitions.iter_mut().zip(events));
        let fold_some = || {
            let (mut step, mut base) = (kernel.tally(), kernel.tally());
            let mut late = LateTally::default();
            loop {
                let next = work.lock().map_or(None, |mut work| work.next());
                let Some((partition, mut events)) = next else { return (step, base, late) };
                if let (true, StepKind::Step { window, .. }) = (begins, kind) {
                    kernel.begin_window(partition, window, &mut base);
                }
                let earlier = &earlier;
                let counts = StepCounts { number, tally: &mut step, earlier, late: &mut late };
                kernel.fold_late(partition, &mut events, kind, counts);
            }
        };
        let (mut step, mut base) = (kernel.tally(), kernel.tally());
        let mut late = LateTally::default();
        for (of_step, of_base, came_late) in &in_threads(threads, fold_some) {
            step.merge(of_step).map_err(|_| overflow())?;
            base.merge(of_base).map_err(|_| overflow())?;
            late.merge(came_late).map_err(|_| overflow())?;
        }
        for ((age, dataflow, cell), count) in late.counts() {
            let waits = (dataflow, self.next - StepNumber::from(age), cell);
            let sum = self.late.entry(waits).or_default();
            *sum = sum.checked_add(count).ok_or_else(overflow)?;
        }
        self.next += 1;
        Ok(Folded { step, base: begins.then_some(base) })
    }

    /// Writes a snapshot.
    pub(crate) fn write(
        &self,
        path: &Path,
        cipher: FileCipher,
        threads: usize,
    ) -> Result<(), Error> {
        let failed = |doing| Error::system(path, doing);
        let file = File::create_new(path).map_err(failed("create"))?;
        let mut out = Encrypting::new(cipher, file).on_threads(threads);
        let shape = |levels: &Vec<Vec<i64>>| levels.iter().map(Vec::len).collect();
        let head = Head {
            next: self.next,
            width: self.width,
            sums: self.sums.iter().map(shape).collect(),
            late: self.late.iter().map(|(&waiting, &count)| (waiting, count)).collect(),
        };
        let head = serde_json::to_string(&head)
            .map_err(|_| Error::corrupt(path, "head", "cannot be written"))?;
        let mut write = |bytes: &[u8]| out.write_all(bytes).map_err(failed("write"));
        write(format!("{head}\n").as_bytes())?;
        for sum in self.sums.iter().flatten().flatten() {
            write(&sum.to_le_bytes())?;
        }
        let mut bytes = Vec::new();
        for partition in &self.partitions {
            bytes.clear();
            partition.write(&mut bytes);
            write(&(bytes.len() as u64).to_le_bytes())?;
            write(&bytes)?;
        }
        out.finish().map_err(failed("sync"))
    }

    /// Reads a snapshot of states of so many words.
    pub(crate) fn read(path: &Path, cipher: FileCipher, width: usize) -> Result<Self, Error> {
        let failed =
            |_| Error::corrupt(path, "snapshot", "is not, or not wholly, what was written");
        let file = File::open(path).map_err(Error::system(path, "open"))?;
        let mut input = Decrypting::new(cipher, file).map_err(Error::system(path, "read"))?;
        let mut line = Vec::new();
        input.read_until(b'\n', &mut line).map_err(failed)?;
        let head: Head = serde_json::from_slice(&line)
            .map_err(|_| Error::corrupt(path, "head", "is not that of a snapshot"))?;
        if head.width != width {
            return Err(Error::corrupt(path, "width", "is not that of the plan's states"));
        }
        let mut word = [0; 8];
        let mut sums: Sums = vec![];
        for levels in &head.sums {
            let mut of_dataflow = vec![];
            for &cells in levels {
                let mut of_level = Vec::new();
                for _ in 0..cells {
                    input.read_exact(&mut word).map_err(failed)?;
                    of_level.push(i64::from_le_bytes(word));
                }
                of_dataflow.push(of_level);
            }
            sums.push(of_dataflow);
        }
        let mut partitions = Vec::with_capacity(PARTITIONS);
        for _ in 0..PARTITIONS {
            input.read_exact(&mut word).map_err(failed)?;
            let mut bytes = Vec::new();
            let length = u64::from_le_bytes(word);
            input.by_ref().take(length).read_to_end(&mut bytes).map_err(failed)?;
            let partition = Partition::read(head.width, &bytes)
                .ok_or_else(|| Error::corrupt(path, "partition", "is no whole number of rows"))?;
            partitions.push(partition);
        }
        if !input.fill_buf().map_err(failed)?.is_empty() {
            return Err(Error::corrupt(path, "snapshot", "goes on after its last partition"));
        }
        let Head { next, width, late, .. } = head;
        let late = late.into_iter().collect();
        Ok(Self { next, sums, rows: vec![], late, partitions, width })
    }
}

/// What a stream keeps before its first step.
fn zeros(price: &Price) -> Vec<Vec<i64>> {
    let values = price.over.values();
    match &price.scheme {
        Scheme::Nodes { strategy, .. } => vec![vec![0; values]; strategy.levels().len()],
        Scheme::Periods { .. } => vec![vec![0; values]],
        Scheme::Recursion(recursion) => vec![vec![0; values * recursion.width()]],
    }
}

/// What a part counts, from the counts of its dataflow's cells: a balance has net changes and
/// turnover, one behind the other, a table its residuals.
fn counts<'a>(cells: &'a [i64], price: &Price) -> Result<Cow<'a, [i64]>, Error> {
    Ok(match price.part {
        Part::Net => Cow::Borrowed(&cells[..cells.len() / 2]),
        Part::Turnover => Cow::Borrowed(&cells[cells.len() / 2..]),
        _ => price.over.exact(cells)?,
    })
}

fn overflow() -> Error {
    Error::corrupt(Path::new("journal"), "counts", "do not fit 64 bits")
}

/// Runs the same work on each thread, one of them this one.
fn in_threads<T: Send>(threads: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
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
type Place<'a> = (&'a Segment, &'a Block);

/// The events that a step folds, by partition, and what late events need to know: who has an
/// earlier event in a cell of their step.
fn gather(
    kernel: &Kernel,
    segments: &[Segment],
    step: StepNumber,
    threads: usize,
) -> Result<(ByPartition, EarlierEvents), Error> {
    let of_step = blocks(segments).filter(|(_, block)| block.folded == step);
    let (mut late, on_time): (Vec<Place>, Vec<Place>) = of_step.partition(|(_, b)| b.is_late());
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

fn blocks(segments: &[Segment]) -> impl Iterator<Item = Place<'_>> {
    segments.iter().flat_map(|segment| segment.blocks().iter().map(move |block| (segment, block)))
}

/// Reads blocks on so many threads.
fn read(blocks: &[Place], threads: usize) -> Result<ByPartition, Error> {
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
