//! Corrections and retractions, checked against a naive implementation of the rule.
//!
//! Not here: files and stores (`tidegauge/tests/corrections.rs`), late events that correct nothing
//! (`late.rs`).

mod crossings;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crossings::{CROSSINGS, LATE_MAX, Once, with_vintages};
use proptest::prelude::*;
use tidegauge_fold::{
    ATTRIBUTES_MAX, EarlierEvents, Event, Kernel, LateTally, NO_CODE, Partition, Pseudonym,
    RETRACTED, StepCounts, StepKind,
};
use tidegauge_model::Plan;

const STEPS: usize = 40;
const WINDOW: usize = 14;
/// Cells of the flow.
const CELLS: usize = 12;
/// The stock of the plan, which follows the flow.
const STOCK: usize = 1;

/// A plan whose events can be corrected, with one late vintage and bounds small enough that random
/// histories exceed them.
fn plan(bound: u32, month: u32, once: Once) -> Plan {
    let from = "model = \"border\"";
    let text = CROSSINGS.replacen(from, &format!("{from}\ncorrections = true"), 1);
    with_vintages(&text, bound, month, once)
}

/// One row of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    id: u64,
    /// The step in which the event occurred, and the number of steps between it and the row's
    /// arrival.
    step: usize,
    after: usize,
    second: u16,
    kind: u8,
    point: u16,
    class: u16,
    revision: u16,
}

impl Row {
    fn folded(&self) -> usize {
        self.step + self.after
    }

    fn stands(&self) -> bool {
        self.kind != RETRACTED
    }

    fn at(&self) -> (usize, u16) {
        (self.step, self.second)
    }

    fn cell(&self) -> usize {
        usize::from((self.point * 2 + u16::from(self.kind)) * 3 + self.class)
    }

    fn event(&self, now: usize) -> Event {
        let mut codes = [NO_CODE; ATTRIBUTES_MAX];
        codes[..3].copy_from_slice(&[self.point, self.class, self.revision]);
        let at = self.step as i64 * 86_400_000 + i64::from(self.second) * 1000;
        let (pseudonym, age) = (Pseudonym::from_bits(7), (now - self.step) as u8);
        Event { pseudonym, id: self.id, at, kind: self.kind, age, codes }
    }
}

/// Increments of the flow by (step of occurrence, step of admission or `None` if on time, cell),
/// and of the stock by (step, cell). Zeros are left out.
#[derive(Debug, Default, PartialEq)]
struct Counted {
    flow: BTreeMap<(usize, Option<usize>, usize), i64>,
    stock: BTreeMap<(usize, usize), i64>,
}

/// The counts of the kernel, driven as a host drives it.
fn fold(plan: &Plan, rows: &[Row]) -> Counted {
    let kernel = Kernel::new(plan).expect("few attributes");
    assert!(kernel.corrects());
    let mut partition = Partition::new(kernel.width());
    let mut counted = Counted::default();
    for step in 0..STEPS {
        let (window, in_window) = ((step / WINDOW) as u32, (step % WINDOW) as u32);
        if window == 0 && in_window == 0 {
            kernel.begin_window(&mut partition, window, &mut kernel.tally());
        }
        let came = |occurred: usize| {
            let rows = rows.iter().filter(move |row| row.step == occurred);
            rows.filter(move |row| row.folded() == step).map(move |row| row.event(step))
        };
        let mut now: Vec<Event> = came(step).collect();
        let mut earlier = EarlierEvents::default();
        for occurred in 0..step {
            let late: Vec<Event> = came(occurred).collect();
            if !late.is_empty() {
                let known = rows.iter().filter(|row| row.step == occurred && row.folded() < step);
                let known = known.map(|row| (row.folded() as i32, row.event(row.folded())));
                let age = (step - occurred) as u8;
                now.extend(kernel.revise_late(&mut earlier, known.collect(), late, age));
            }
        }
        let (mut tally, mut late) = (kernel.tally(), LateTally::default());
        let kind = StepKind::Step { window, month: 1 + window, in_window, last: step as i32 };
        let number = step as i32;
        let counts = StepCounts { number, tally: &mut tally, earlier: &earlier, late: &mut late };
        kernel.fold_late(&mut partition, &mut now, kind, counts);
        let cells = |dataflow| {
            let cells = tally.cells(dataflow).iter().copied().enumerate();
            cells.filter(|(_, count)| *count != 0)
        };
        counted.flow.extend(cells(0).map(|(cell, count)| ((step, None, cell), count)));
        counted.stock.extend(cells(STOCK).map(|(cell, count)| ((step, cell), count)));
        for ((age, dataflow, cell), count) in late.counts().filter(|(_, count)| *count != 0) {
            assert_eq!(dataflow, 0, "flows alone have vintages");
            counted.flow.insert((step - usize::from(age), Some(step), cell), count);
        }
    }
    counted
}

/// The id and time of the event that made the last transition, and the presence and class before
/// it.
type Last = (u64, (usize, u16), Option<bool>, u16);

/// A person whose complete history is known.
#[derive(Default)]
struct Naive {
    present: Option<bool>,
    /// The class under which the person is present so far in the step; 0 for a resident.
    class: u16,
    /// The class of the stay at the end of the previous step.
    stay: u16,
    /// Whether this step corrects the entry that began the stay.
    corrected: bool,
    /// The event and time of the last transition, and the presence and class before it.
    last: Option<Last>,
    /// Where the flow counts the person: (step of occurrence, cell).
    held: Vec<(usize, usize)>,
    /// Contributions to the flow by window: all of them, and those on time.
    used: BTreeMap<usize, (u32, u32)>,
    counted: Counted,
}

impl Naive {
    fn makes(&self, kind: u8) -> bool {
        self.present != Some(kind == 0)
    }

    fn make(&mut self, row: &Row) {
        self.last = Some((row.id, row.at(), self.present, self.class));
        if row.kind == 0 {
            self.class = row.class;
        }
        self.present = Some(row.kind == 0);
    }

    /// Ends a step: a stay keeps its class unless its entry is corrected.
    fn close(&mut self) {
        if self.present != Some(true) {
            self.stay = 0;
        } else if self.stay == 0 || self.corrected {
            self.stay = self.class;
        }
        (self.class, self.corrected) = (self.stay, false);
    }

    fn holds(&self, place: (usize, usize)) -> usize {
        self.held.iter().filter(|held| **held == place).count()
    }

    /// Whether the person is to count once more in this (step, cell), given how often it should
    /// count there.
    fn lacks(&self, place: (usize, usize), wanted: usize, once: Once) -> bool {
        match once {
            Once::Step => wanted > 0 && self.held.iter().all(|held| held.0 != place.0),
            _ => self.holds(place) < wanted,
        }
    }

    fn add(&mut self, place: (usize, usize), admitted: Option<usize>, increment: i64) {
        if increment > 0 {
            self.held.push(place);
        } else if let Some(held) = self.held.iter().position(|held| *held == place) {
            self.held.remove(held);
        }
        let used = self.used.entry(place.0 / WINDOW).or_default();
        used.0 += 1;
        used.1 += u32::from(admitted.is_none());
        *self.counted.flow.entry((place.0, admitted, place.1)).or_default() += increment;
    }
}

/// The row of an event that stands among the rows folded up to and including step `by`.
fn standing(rows: &[Row], id: u64, occurred: usize, by: usize) -> Option<Row> {
    let of = rows.iter().filter(|row| row.id == id && row.step == occurred && row.folded() <= by);
    let order = |row: &&Row| {
        let content = (row.second, row.kind, row.point, row.class);
        (Reverse(row.revision), row.folded(), content)
    };
    of.min_by_key(order).copied()
}

/// Replaces one row of a person's event by another. Returns whether the new row must still be
/// folded as a late event.
fn revise(
    person: &mut Naive,
    (before, after): (&Row, &Row),
    step: usize,
    (most, once): (u32, Once),
    wanted: impl Fn((usize, usize)) -> usize,
) -> bool {
    let mut undone = false;
    if let Some((id, at, present, class)) = person.last
        && (id, at) == (before.id, before.at())
    {
        (person.present, person.class, person.last) = (present, class, None);
        undone = true;
    }
    let makes = undone && after.stands() && person.makes(after.kind);
    let same = !undone && after.kind == before.kind;
    let old = (before.step, before.cell());
    let new = (makes || same).then(|| (after.step, after.cell()));
    if step - before.step <= LATE_MAX && Some(old) != new && person.holds(old) > 0 {
        let down = person.holds(old) > wanted(old);
        let up = if down && once == Once::Step {
            let cells = (0..CELLS).map(|cell| (old.0, cell));
            new.into_iter().chain(cells).find(|&place| wanted(place) > 0)
        } else {
            new.filter(|&new| person.lacks(new, wanted(new), once))
        };
        let used = person.used.get(&(old.0 / WINDOW)).map_or(0, |used| used.0);
        if used + u32::from(down) + u32::from(up.is_some()) <= most {
            if down {
                person.add(old, Some(step), -1);
            }
            if let Some(new) = up {
                person.add(new, Some(step), 1);
            }
        }
    }
    if makes {
        person.corrected |= (before.kind, after.kind) == (0, 0);
        person.make(after);
    }
    !makes && !undone && !same && after.stands()
}

/// The counts by the rule, from the whole history and without a packed state. Of the stock it
/// reports only the end.
fn naive(plan: &Plan, rows: &[Row], once: Once) -> Naive {
    let bound = plan.dataflows[0].bound;
    let mut person = Naive::default();
    let keys: BTreeSet<(usize, u64)> = rows.iter().map(|row| (row.step, row.id)).collect();
    for step in 0..STEPS {
        let (mut plain, mut revised) = (Vec::new(), Vec::new());
        let wanted = |(occurred, cell): (usize, usize)| {
            let stand = keys.iter().filter(|key| key.0 == occurred);
            let stand = stand.filter_map(|&(_, id)| standing(rows, id, occurred, step));
            let stand = stand.filter(|row| row.stands() && row.cell() == cell).count();
            if once == Once::Event { stand } else { stand.min(1) }
        };
        for &(occurred, id) in &keys {
            let before = step.checked_sub(1).and_then(|by| standing(rows, id, occurred, by));
            let Some(after) = standing(rows, id, occurred, step) else { continue };
            match before {
                Some(before) if before == after || before.revision == after.revision => {}
                Some(before) if before.stands() => revised.push((before, after)),
                _ if after.stands() => plain.push(after),
                _ => {}
            }
        }
        revised.sort_by_key(|(_, after)| (after.at(), after.id));
        for (before, after) in revised {
            if revise(&mut person, (&before, &after), step, (bound.window, once), wanted) {
                plain.push(after);
            }
        }
        plain.sort_by_key(|row| (row.at(), row.id));
        let mut today = BTreeSet::new();
        for row in plain.iter().filter(|row| row.stands()) {
            if !person.makes(row.kind) {
                continue;
            }
            person.make(row);
            let place = (row.step, row.cell());
            let (all, on_time) = person.used.get(&(row.step / WINDOW)).copied().unwrap_or_default();
            let late = row.step < step;
            let free = match late {
                true => step - row.step <= LATE_MAX && person.lacks(place, wanted(place), once),
                false => {
                    bound.month.is_none_or(|most| on_time < most)
                        && !(once != Once::Event && today.contains(&once.place(place.1)))
                }
            };
            if free && all < bound.window {
                if !late {
                    today.insert(once.place(place.1));
                }
                person.add(place, late.then_some(step), 1);
            }
        }
        person.close();
    }
    person.counted.flow.retain(|_, count| *count != 0);
    person
}

/// Few events with many rows each. One id can occur in two steps; it then names two events.
fn histories() -> impl Strategy<Value = Vec<Row>> {
    let after = prop_oneof![2 => Just(0usize), 3 => 0..LATE_MAX + 3];
    let kind = prop_oneof![3 => Just(0u8), 3 => Just(1u8), 2 => Just(RETRACTED)];
    let one = (0..12u64, 0..5usize, after, 0..9u16, kind, 0..2u16, 0..3u16, 0..4u16);
    let row = one.prop_map(|(id, shift, after, second, kind, point, class, revision)| {
        let step = (id as usize * 2 + shift / 4).min(STEPS - 1);
        Row { id, step, after, second, kind, point, class, revision }
    });
    prop::collection::vec(row, 0..70)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_fold_corrects_as_a_naive_counter_does(
        rows in histories(), bound in 1..9u32, month in 1..5u32, once in Once::any(),
    ) {
        let plan = plan(bound, month.min(bound), once);
        let (folded, naive) = (fold(&plan, &rows), naive(&plan, &rows, once));
        prop_assert_eq!(folded.flow, naive.counted.flow);
        // The classes of visitors are the second and third of the plan's; no history reaches the
        // bound of the stock. All rows arrive some steps before the last one, so no stay is still
        // being moved.
        let mut cells = BTreeMap::new();
        for (&(_, cell), count) in &folded.stock {
            *cells.entry(cell).or_insert(0) += count;
        }
        cells.retain(|_, count| *count != 0);
        let expected = usize::from(naive.stay).checked_sub(1).map(|cell| (cell, 1));
        prop_assert_eq!(cells, expected.into_iter().collect());
    }

    #[test]
    fn order_and_copies_change_nothing(
        rows in histories(), later in 0..4usize, once in Once::any(),
    ) {
        let plan = plan(6, 4, once);
        let expected = fold(&plan, &rows);
        let turned: Vec<Row> = rows.iter().rev().copied().collect();
        prop_assert_eq!(&fold(&plan, &turned), &expected);
        let copies = rows.iter().map(|row| Row { after: row.after + later, ..*row });
        let twice: Vec<Row> = copies.chain(rows.iter().copied()).collect();
        prop_assert_eq!(&fold(&plan, &twice), &expected);
    }

    /// Retracting events that never occurred changes nothing, whenever the retraction comes.
    #[test]
    fn an_open_step_sees_only_what_stands(rows in histories(), once in Once::any()) {
        let plan = plan(6, 4, once);
        let rows: Vec<Row> = rows.into_iter().map(|row| Row { after: 0, ..row }).collect();
        let keys: BTreeSet<(usize, u64)> = rows.iter().map(|row| (row.step, row.id)).collect();
        let stand = keys.iter().filter_map(|&(step, id)| standing(&rows, id, step, STEPS));
        let mut stand: Vec<Row> = stand.filter(Row::stands).collect();
        let expected = fold(&plan, &rows);
        prop_assert_eq!(&fold(&plan, &stand), &expected);
        let never = |id| Row { id, kind: RETRACTED, after: (id % 3) as usize, ..rows[0] };
        if !rows.is_empty() {
            stand.extend((100..110).map(never));
            prop_assert_eq!(&fold(&plan, &stand), &expected);
        }
    }

    /// The price of late counts rests on this: every change is a contribution within the bound, and
    /// in a flow of PERSONS no change moves a measurement by more than one.
    #[test]
    fn no_correction_passes_a_bound(
        rows in histories(), bound in 1..9u32, once in Once::any(),
    ) {
        let persons = once != Once::Event;
        let plan = plan(bound, bound, once);
        let counted = fold(&plan, &rows);
        let (mut windows, mut cells) = (BTreeMap::new(), BTreeMap::new());
        for (&(occurred, _, cell), &count) in &counted.flow {
            prop_assert!(!persons || count.abs() == 1);
            *windows.entry(occurred / WINDOW).or_insert(0) += count.unsigned_abs();
            *cells.entry((occurred, cell)).or_insert(0) += count;
        }
        prop_assert!(windows.values().all(|&count| count <= u64::from(bound)));
        prop_assert!(cells.values().all(|&count| count >= 0 && (!persons || count <= 1)));
        if once == Once::Step {
            // In a table a person counts in one cell of a step or in none after every vintage. So
            // the changes that reach one vintage at most move the person from one cell to another.
            let mut standing = BTreeMap::<usize, BTreeMap<usize, i64>>::new();
            let mut by_vintage: Vec<_> = counted.flow.iter().collect();
            by_vintage.sort_by_key(|((occurred, admitted, _), _)| (*occurred, *admitted));
            for of_vintage in by_vintage.chunk_by(|one, next| {
                (one.0.0, one.0.1) == (next.0.0, next.0.1)
            }) {
                for &(&(occurred, _, cell), &count) in of_vintage {
                    *standing.entry(occurred).or_default().entry(cell).or_insert(0) += count;
                }
                let cells = &standing[&of_vintage[0].0.0];
                prop_assert!(cells.values().all(|&count| count >= 0));
                prop_assert!(cells.values().sum::<i64>() <= 1);
            }
        }
        // A stock rises and falls alternately, at most once in a step.
        let (mut steps, mut present) = (BTreeSet::new(), 0);
        for (&(step, _), &count) in &counted.stock {
            prop_assert!(steps.insert(step), "two changes in a step");
            present += count;
            prop_assert!(count.abs() == 1 && (0..=1).contains(&present));
        }
    }

    /// Within the bound nothing is lost and nothing is invented: the vintages of a step add up to
    /// what stands, however often and in whatever order it was corrected and retracted.
    #[test]
    fn vintages_add_up_to_what_stands(
        after in prop::collection::vec(
            (0..LATE_MAX, 0..2u16, 0..3u16, prop::bool::weighted(0.3)),
            1..9,
        ),
        once in Once::any(),
    ) {
        let plan = plan(24, 24, once);
        let rows: Vec<Row> = (0..)
            .zip(&after)
            .map(|(revision, &(after, point, class, retracts))| Row {
                id: 1, step: 10, after, second: 0, point, class, revision,
                kind: if retracts { RETRACTED } else { 0 },
            })
            .collect();
        let counted = fold(&plan, &rows);
        let mut cells = BTreeMap::new();
        for (&(_, _, cell), &count) in &counted.flow {
            *cells.entry(cell).or_insert(0) += count;
        }
        cells.retain(|_, count| *count != 0);
        let stands = standing(&rows, 1, 10, STEPS).filter(Row::stands);
        prop_assert_eq!(cells, stands.map(|row| (row.cell(), 1)).into_iter().collect());
    }
}

/// Makes sure that the laws above are not vacuous: corrections of every kind have an effect.
#[test]
fn a_retraction_takes_back_what_counts_and_no_more() {
    let plan = plan(6, 6, Once::Cell);
    let entry =
        Row { id: 1, step: 3, after: 0, second: 0, kind: 0, point: 0, class: 1, revision: 0 };
    let retracted = Row { kind: RETRACTED, after: 4, revision: 1, ..entry };
    let counted = fold(&plan, &[entry, retracted]);
    let flow = [((3, None, entry.cell()), 1), ((3, Some(7), entry.cell()), -1)];
    assert_eq!(counted.flow, flow.into());
    assert_eq!(counted.stock, [((3, 0), 1), ((7, 0), -1)].into());
    // Another event of the person stands in the cell: nothing is taken back.
    let exit = Row { id: 2, kind: 1, second: 1, ..entry };
    let again = Row { id: 3, second: 2, ..entry };
    let counted = fold(&plan, &[entry, exit, again, retracted]);
    assert!(counted.flow.keys().all(|key| key.1.is_none()), "{counted:?}");
    // After the last vintage a retraction changes the stock and no flow.
    let too_late = Row { after: LATE_MAX + 1, ..retracted };
    let counted = fold(&plan, &[entry, too_late]);
    assert_eq!(counted.flow, [((3, None, entry.cell()), 1)].into());
    assert_eq!(counted.stock, [((3, 0), 1), ((4 + LATE_MAX, 0), -1)].into());
}

/// One change in each step: the stay leaves the old cell when the correction is admitted and enters
/// the new one at the next step, with or without another event.
#[test]
fn a_stay_moves_to_the_cell_of_its_correction() {
    let plan = plan(6, 6, Once::Cell);
    let entry =
        Row { id: 1, step: 3, after: 0, second: 0, kind: 0, point: 0, class: 1, revision: 0 };
    let corrected = Row { class: 2, after: 4, revision: 1, ..entry };
    let expected = [((3, 0), 1), ((7, 0), -1), ((8, 1), 1)];
    assert_eq!(fold(&plan, &[entry, corrected]).stock, expected.into());
    // Retracting a departure returns its person to the cell of before.
    let exit = Row { id: 2, kind: 1, step: 9, ..entry };
    let never = Row { kind: RETRACTED, after: 2, revision: 1, ..exit };
    let rows = [entry, corrected, exit, never];
    let expected = [((3, 0), 1), ((7, 0), -1), ((8, 1), 1), ((9, 1), -1), ((11, 1), 1)];
    assert_eq!(fold(&plan, &rows).stock, expected.into());
}

/// In a table a person counts in one cell of a step: that of the event that stands, even if it is
/// another event.
#[test]
fn a_table_moves_to_what_stands() {
    let plan = plan(6, 6, Once::Step);
    let entry =
        Row { id: 1, step: 3, after: 0, second: 0, kind: 0, point: 0, class: 1, revision: 0 };
    let corrected = Row { class: 2, after: 4, revision: 1, ..entry };
    let moved = [
        ((3, None, entry.cell()), 1),
        ((3, Some(7), entry.cell()), -1),
        ((3, Some(7), corrected.cell()), 1),
    ];
    assert_eq!(fold(&plan, &[entry, corrected]).flow, moved.into());
    // The exit on the same day counted nowhere; once the entry is retracted, the exit is what
    // stands.
    let exit = Row { id: 2, kind: 1, second: 1, ..entry };
    let retracted = Row { kind: RETRACTED, after: 5, revision: 1, ..entry };
    let counted = fold(&plan, &[entry, exit, retracted]).flow;
    let taken_over = [
        ((3, None, entry.cell()), 1),
        ((3, Some(8), entry.cell()), -1),
        ((3, Some(8), exit.cell()), 1),
    ];
    assert_eq!(counted, taken_over.into());
}
