//! Drives the kernel as a host does, on the rows of the naive counter; and the plan of crossings
//! with a late vintage, for the tests that fold late rows.
//!
//! Not here: the rows, and the expected counts (`testkit::counter`).

#![allow(dead_code, reason = "each test file uses its own part of this")]

use proptest::prelude::*;
use testkit::counter::{Calendar, CountPlace, CountedHistory, HistoryRow};
use testkit::{PlanText, toml};
use tidegauge_fold::{
    ATTRIBUTES_MAX, EarlierEvents, Event, Kernel, LateTally, NO_CODE, Partition, Pseudonym,
    RETRACTED, StepCounts, StepKind, TOO_LATE, Tally,
};
use tidegauge_model::{EventOrder, Plan};

/// 1 January 2024: the first day of the tests' plans.
pub const FIRST_DAY: i32 = 19_723;

/// The event of a row that is folded in a step.
pub fn event(plan: &Plan, row: &HistoryRow, folded: i32) -> Event {
    let mut codes = [NO_CODE; ATTRIBUTES_MAX];
    codes[..2].copy_from_slice(&row.codes);
    let cycle = &plan.life_cycle;
    let date = row.until.map_or(NO_CODE, |days| (FIRST_DAY + row.step + i32::from(days)) as u16);
    let further_codes = cycle
        .has_dates()
        .then_some(date)
        .into_iter()
        .chain(cycle.corrections.then_some(row.revision));
    codes[2..].iter_mut().zip(further_codes).for_each(|(code, value)| *code = value);
    Event {
        pseudonym: Pseudonym::from_bits(u128::from(row.person) << 120 | u128::from(row.person)),
        id: row.id,
        at: (i64::from(FIRST_DAY) * 86_400 + row.at()) * 1000,
        kind: row.kind.unwrap_or(RETRACTED),
        age: (folded - row.step).clamp(0, TOO_LATE.into()) as u8,
        codes,
    }
}

/// An event: (step in which it occurred, number of steps by which it came late, second, kind,
/// point, class).
pub type GivenLate = (i32, i32, u16, u8, u16, u16);

/// Events of one person, each of one row.
pub fn rows(given: &[GivenLate]) -> Vec<HistoryRow> {
    let row = |(id, &(step, after, second, kind, point, class)): (u64, &GivenLate)| HistoryRow {
        id,
        step,
        after,
        second,
        kind: Some(kind),
        codes: [point, class],
        ..HistoryRow::PLAIN
    };
    (0..).zip(given).map(row).collect()
}

/// Counts by the kernel of a new store, with persons spread over this many partitions; without the
/// stays of stocks.
pub fn fold(
    plan: &Plan,
    calendar: &Calendar,
    rows: &[HistoryRow],
    partitions: u8,
) -> CountedHistory {
    fold_in(plan, EventOrder::LifeCycle, calendar, rows, partitions)
}

/// Counts by the kernel of a store with this rule for events of one instant.
pub fn fold_in(
    plan: &Plan,
    order: EventOrder,
    calendar: &Calendar,
    rows: &[HistoryRow],
    partitions: u8,
) -> CountedHistory {
    let mut counted = CountedHistory::default();
    for number in 0..partitions {
        let own: Vec<HistoryRow> =
            rows.iter().filter(|row| row.person % partitions == number).copied().collect();
        Host::new(plan, order, calendar, &own).fold(&mut counted);
    }
    counted.changes.retain(|_, count| *count != 0);
    counted
}

/// A partition and the rows of its persons.
struct Host<'h> {
    plan: &'h Plan,
    calendar: &'h Calendar,
    rows: &'h [HistoryRow],
    kernel: Kernel,
    partition: Partition,
    present: Tally,
}

impl<'h> Host<'h> {
    fn new(
        plan: &'h Plan,
        order: EventOrder,
        calendar: &'h Calendar,
        rows: &'h [HistoryRow],
    ) -> Self {
        let kernel = Kernel::new(plan, order).expect("few codes");
        let partition = Partition::new(kernel.width());
        let present = kernel.presence();
        Self { plan, calendar, rows, kernel, partition, present }
    }

    fn fold(mut self, counted: &mut CountedHistory) {
        let early_rows = self.rows.iter().filter(|row| row.step < 0);
        let mut seeds: Vec<Event> = early_rows.map(|row| event(self.plan, row, row.step)).collect();
        let counts = (&mut self.kernel.tally(), &mut self.present);
        self.kernel.fold(&mut self.partition, &mut seeds, StepKind::Seed, counts);
        let (mut first, mut before) = (0, None);
        for step in 0..self.calendar.steps {
            let window = (self.calendar.window_of)(step);
            if before != Some(window) {
                (first, before) = (step, Some(window));
                self.begin_window(step, counted);
            }
            let kind = StepKind::Step {
                window: window as u32,
                month: (self.calendar.month_of)(step) as u32,
                in_window: (step - first) as u32,
                last: FIRST_DAY + step,
            };
            self.step(step, kind, counted);
        }
    }

    fn begin_window(&mut self, step: i32, counted: &mut CountedHistory) {
        for (dataflow, cell, count) in cells(self.plan, &self.present) {
            *counted.bases.entry((step, dataflow, cell)).or_default() += count;
        }
    }

    fn step(&mut self, step: i32, kind: StepKind, counted: &mut CountedHistory) {
        let (plan, rows) = (self.plan, self.rows);
        let arrived = |occurred: i32| {
            rows.iter()
                .filter(move |row| row.step == occurred && row.folded() == step)
                .map(move |row| event(plan, row, step))
        };
        let mut now: Vec<Event> = arrived(step).collect();
        let mut earlier = EarlierEvents::default();
        for occurred in 0..step {
            let age = (step - occurred).min(TOO_LATE.into()) as u8;
            let known = rows
                .iter()
                .filter(|row| row.step == occurred && row.folded() < step)
                .map(|row| (row.folded(), event(plan, row, row.folded())));
            if self.kernel.corrects() {
                let late: Vec<Event> = arrived(occurred).collect();
                if !late.is_empty() {
                    now.extend(self.kernel.revise_late(&mut earlier, known.collect(), late, age));
                }
            } else {
                known.for_each(|(_, event)| self.kernel.note_earlier(&mut earlier, &event, age));
                now.extend(arrived(occurred));
            }
        }
        let (mut tally, mut late) = (self.kernel.tally(), LateTally::default());
        let has_vintages = self.plan.dataflows.iter().any(|flow| !flow.vintages.is_empty());
        if !has_vintages && !self.kernel.corrects() {
            let counts = (&mut tally, &mut self.present);
            self.kernel.fold(&mut self.partition, &mut now, kind, counts);
        } else {
            let (tally, present, late) = (&mut tally, &mut self.present, &mut late);
            let counts = StepCounts { number: step, tally, present, earlier: &earlier, late };
            self.kernel.fold_late(&mut self.partition, &mut now, kind, counts);
        }
        let mut scanned = self.kernel.presence();
        self.kernel.count_present(&mut self.partition.clone(), &mut scanned);
        assert!(scanned == self.present, "the sum of all changes is who is present");
        for (dataflow, cell, count) in cells(self.plan, &tally) {
            let place = CountPlace { occurred: step, admitted: None, dataflow, cell };
            *counted.changes.entry(place).or_default() += count;
        }
        for ((age, dataflow, cell), count) in late.counts() {
            assert!(
                !self.plan.dataflows[dataflow].vintages.is_empty(),
                "only dataflows with vintages have late counts"
            );
            let occurred = step - i32::from(age);
            let place = CountPlace { occurred, admitted: Some(step), dataflow, cell };
            *counted.changes.entry(place).or_default() += count;
        }
    }
}

/// The counts of a tally by dataflow and cell, without zeros.
fn cells(plan: &Plan, tally: &Tally) -> Vec<(usize, usize, i64)> {
    let flow_cells = |dataflow: usize| {
        let cells = tally.cells(dataflow).iter().copied().enumerate();
        cells.map(move |(cell, count)| (dataflow, cell, count))
    };
    let all = (0..plan.dataflows.len()).flat_map(flow_cells);
    all.filter(|(.., count)| *count != 0).collect()
}

/// How often a person counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OncePer {
    /// At every event.
    Event,
    /// Once in each cell of a step.
    Cell,
    /// Once in each step, whatever the cell: a table.
    Step,
    /// Once in each step for each direction, which stands apart: a table.
    StepAndDirection,
}

impl OncePer {
    /// The unit in which a person counts once: the cell itself, the direction, or 0 for the whole
    /// step.
    pub fn place(self, cell: usize) -> usize {
        match self {
            OncePer::Step => 0,
            // Three classes, then two directions.
            OncePer::StepAndDirection => cell / 3 % 2,
            OncePer::Event | OncePer::Cell => cell,
        }
    }

    /// Whether the flow is a table.
    pub fn is_table(self) -> bool {
        matches!(self, OncePer::Step | OncePer::StepAndDirection)
    }

    /// Any of them.
    pub fn any() -> impl Strategy<Value = Self> {
        use OncePer::{Cell, Event, Step, StepAndDirection};
        prop::sample::select(vec![Event, Cell, Step, StepAndDirection])
    }
}

/// The plan of crossings, unchanged.
pub const CROSSINGS: &str = include_str!("../../../../testdata/crossings.toml");
/// The number of steps after its own at which a step is measured for the last time.
pub const LATE_MAX: i32 = 12;
/// The number of steps of a window, and of a month, in the tests with late rows.
pub const WINDOW: i32 = 14;

/// The steps of the tests with late rows.
pub const LATE_STEPS: Calendar = Calendar {
    first: 0,
    steps: 40,
    window_of: |step| step / WINDOW,
    month_of: |step| 1 + step / WINDOW,
};

/// The plan of crossings with vintages, bounds and unit of its flow.
pub fn with_vintages(plan: PlanText, bound: u32, month: u32, once: OncePer) -> Plan {
    let flow = |key: &str| format!("dataflow.BORDER_FLOW.{key}");
    let plan = plan
        .add(&flow("vintages"), toml(&format!("[5, {LATE_MAX}]")))
        .set(&flow("bound"), i64::from(bound));
    let plan = match once {
        OncePer::Event => plan.change(&flow("unit"), "EVENTS").remove(&flow("bound_month")),
        _ => plan.set(&flow("bound_month"), i64::from(month)),
    };
    let plan = match once.is_table() {
        true => plan
            .change(&flow("strategy"), "identity")
            .add(&flow("margins"), toml("[{ of = [], grain = \"day\" }]")),
        false => plan,
    };
    let plan = match once {
        OncePer::StepAndDirection => plan.add(&flow("apart"), toml("[\"DIRECTION\"]")),
        _ => plan,
    };
    Plan::parse(&plan.text()).unwrap_or_else(|errors| panic!("{errors}"))
}
