//! The kernel: a plan compiled to tables, and the fold of one partition's events of one step.
//!
//! Not here: where events wait (the host's journal), when a step closes (the host's calendar).
//!
//! Invariants:
//! 1. A person counts at most once in each cell of a step where the unit is PERSONS, and
//!    presence in a stock changes at most once in a step (`tests/laws.rs`).
//! 2. A person's event id counts once in a fold, in whatever order its copies came
//!    (`tests/laws.rs`: `copies_change_nothing`).
//! 3. A late event moves the state and the stocks when it is folded. In a flow with vintages it
//!    counts for the step in which it occurred (`tests/late.rs`); in others it is not counted.
//!
//! A state is words: 0 the status, 1 the window that the counters belong to (number plus one),
//! then one word for each flow and each stock, in the order of the plan; a flow with vintages has
//! a second one, its counters of the window before.

use tidegauge_model::{Bound, Dataflow, Measure, Plan, Source, StatisticalUnit};

use crate::bound::{FlowUse, Outcome, Stay};
use crate::event::{ATTRIBUTES_MAX, Event};
use crate::late::{Counts, Earlier, LateTally};
use crate::notes::Notes;
use crate::partition::Partition;
use crate::tally::Tally;

const STATUS: usize = 0;
const WINDOW: usize = 1;
const DATAFLOWS: usize = 2;

/// What kind of step is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Events before the plan's start: they set the state and are counted nowhere.
    Seed,
    /// A step of the plan.
    Step {
        /// Number of its accounting window, from 0.
        window: u32,
        /// Its calendar month, 1 to 12.
        month: u32,
        /// Its number in its window, from 0.
        in_window: u32,
    },
}

/// For one dimension: where the code comes from, and each code's share of the cell number.
struct Lookup {
    source: Source,
    /// By code position: offset in the cell number, or `None` outside the dataflow.
    offsets: Vec<Option<u32>>,
}

enum Rule {
    /// Persons cut by the bound of a flow: `of` counts for it.
    AtBound,
    Flow {
        bound: Bound,
        once: bool,
        word: usize,
        at_bound: Vec<usize>,
        /// The greatest age of an event that counts; 0 without vintages. Above 0, the word after
        /// `word` holds the counters of the window before.
        late_max: u8,
    },
    /// Persons present.
    Stock {
        statuses: Vec<bool>,
        bound: Bound,
        word: usize,
        goes_on: bool,
        /// Of a balance: its turnover is counted so many cells behind the net.
        turnover: Option<usize>,
    },
}

struct Compiled {
    rule: Rule,
    lookups: Vec<Lookup>,
}

impl Compiled {
    /// The cell of an event; `None` when one of its codes is outside the dataflow.
    fn cell(&self, event: &Event) -> Option<usize> {
        self.lookups.iter().try_fold(0, |cell, lookup| {
            let code = match lookup.source {
                Source::Kind => usize::from(event.kind),
                Source::Attribute(attribute) => usize::from(event.codes[attribute]),
            };
            lookup.offsets.get(code).copied().flatten().map(|offset| cell + offset as usize)
        })
    }
}

/// A plan, compiled for the fold.
pub struct Kernel {
    life_cycle: tidegauge_model::plan::LifeCycle,
    dataflows: Vec<Compiled>,
    cells: Vec<usize>,
    width: usize,
}

impl Kernel {
    /// Compiles a plan; `None` when it has more than [`ATTRIBUTES_MAX`] attributes.
    pub fn new(plan: &Plan) -> Option<Self> {
        if plan.attributes.len() > ATTRIBUTES_MAX {
            return None;
        }
        let mut width = DATAFLOWS;
        let mut word = || {
            width += 1;
            width - 1
        };
        let dataflows = plan
            .dataflows
            .iter()
            .enumerate()
            .map(|(number, dataflow)| Compiled {
                rule: rule(plan, number, dataflow, &mut word),
                lookups: lookups(plan, dataflow),
            })
            .collect();
        let cells = plan.dataflows.iter().map(|dataflow| match dataflow.measure {
            Measure::Balance { .. } => 2 * dataflow.structure.cells(),
            _ => dataflow.structure.cells(),
        });
        let cells = cells.collect();
        Some(Self { life_cycle: plan.life_cycle.clone(), dataflows, cells, width })
    }

    /// Words of one person's state.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A tally of zeros, one count for each cell of each dataflow; of a balance, the net changes
    /// of every cell and then the turnover of every cell.
    pub fn tally(&self) -> Tally {
        Tally::new(&self.cells)
    }

    /// Begins a window for every person of a partition and counts the base of the stocks.
    pub fn begin_window(&self, partition: &mut Partition, window: u32, base: &mut Tally) {
        for state in partition.states_mut() {
            self.renew(state, window);
            for (number, dataflow) in self.dataflows.iter().enumerate() {
                if let Rule::Stock { word, .. } = dataflow.rule
                    && let Some(cell) = Stay::from_word(state[word]).cell()
                {
                    base.add(number, cell, 1);
                }
            }
        }
    }

    /// Folds one step's events of one partition; sorts them on the way.
    pub fn fold(
        &self,
        partition: &mut Partition,
        events: &mut [Event],
        step: StepKind,
        tally: &mut Tally,
    ) {
        let (earlier, mut late) = (Earlier::default(), LateTally::default());
        self.fold_late(partition, events, step, tally, &earlier, &mut late);
    }

    /// The greatest age at which some flow still counts a late event; 0 for none.
    pub fn late_max(&self) -> u8 {
        let ages = self.dataflows.iter().map(|dataflow| match dataflow.rule {
            Rule::Flow { late_max, .. } => late_max,
            Rule::AtBound | Rule::Stock { .. } => 0,
        });
        ages.max().unwrap_or(0)
    }

    /// Notes an event that was folded before, in a step that lies so many steps back: its person
    /// counts there no second time.
    pub fn note_earlier(&self, earlier: &mut Earlier, event: &Event, age: u8) {
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            if let Rule::Flow { once: true, late_max, .. } = dataflow.rule
                && age <= late_max
                && let Some(cell) = dataflow.cell(event)
            {
                earlier.0.insert((event.pseudonym, age, number, cell));
            }
        }
    }

    /// As [`Self::fold`], and counts late events for the steps in which they occurred. `earlier`
    /// holds every event of the late events' persons that was folded before in those steps.
    pub fn fold_late(
        &self,
        partition: &mut Partition,
        events: &mut [Event],
        step: StepKind,
        tally: &mut Tally,
        earlier: &Earlier,
        late: &mut LateTally,
    ) {
        events.sort_unstable_by_key(Event::order);
        let mut notes = Notes::default();
        let by_person = || events.chunk_by(|one, next| one.pseudonym == next.pseudonym);
        // Finding everyone first lets the processor wait for many rows of memory at once.
        let places: Vec<usize> =
            by_person().map(|events| partition.place(events[0].pseudonym)).collect();
        for (of_one_person, place) in by_person().zip(places) {
            notes.clear();
            let mut counts = Counts { tally, earlier, late };
            self.fold_person(partition.state(place), of_one_person, step, &mut notes, &mut counts);
        }
    }

    /// Starts the counters of a window afresh, once.
    fn renew(&self, state: &mut [u32], window: u32) {
        if state[WINDOW] == window + 1 {
            return;
        }
        let follows = state[WINDOW] == window && window > 0;
        state[WINDOW] = window + 1;
        for dataflow in &self.dataflows {
            match dataflow.rule {
                Rule::AtBound => {}
                Rule::Flow { word, late_max, .. } => {
                    if late_max > 0 {
                        state[word + 1] = if follows { state[word] } else { 0 };
                    }
                    state[word] = FlowUse::default().word();
                }
                Rule::Stock { word, goes_on, .. } => {
                    let mut stay = Stay::from_word(state[word]);
                    if goes_on && window > 0 {
                        stay.go_on();
                    } else {
                        stay.begin_window();
                    }
                    state[word] = stay.word();
                }
            }
        }
    }

    fn fold_person(
        &self,
        state: &mut [u32],
        events: &[Event],
        step: StepKind,
        notes: &mut Notes,
        counts: &mut Counts,
    ) {
        if let StepKind::Step { window, .. } = step {
            self.renew(state, window);
        }
        for (place, event) in events.iter().enumerate() {
            if !notes.first(event.id, events.len()) {
                continue;
            }
            let before = state[STATUS] as usize;
            let Some(after) = self.life_cycle.next(before, usize::from(event.kind)) else {
                continue;
            };
            state[STATUS] = after as u32;
            for (number, dataflow) in self.dataflows.iter().enumerate() {
                match &dataflow.rule {
                    Rule::AtBound => {}
                    Rule::Flow { .. } if event.age > 0 => {
                        self.count_late(number, state, event, step, notes, counts);
                    }
                    Rule::Flow { .. } => {
                        self.count_flow(number, state, event, step, notes, counts.tally);
                    }
                    Rule::Stock { statuses, .. } => {
                        if statuses[after] && !statuses[before] {
                            notes.entered.retain(|&(other, _)| other != number);
                            notes.entered.push((number, place));
                        }
                    }
                }
            }
        }
        self.close_stocks(state, events, step, notes, counts.tally);
    }

    /// Counts a late event for the step in which it occurred, where the flow still takes it.
    fn count_late(
        &self,
        number: usize,
        state: &mut [u32],
        event: &Event,
        step: StepKind,
        notes: &mut Notes,
        counts: &mut Counts,
    ) {
        let dataflow = &self.dataflows[number];
        let (Rule::Flow { bound, once, word, late_max, .. }, StepKind::Step { in_window, .. }) =
            (&dataflow.rule, step)
        else {
            return;
        };
        let age = event.age;
        let Some(cell) = dataflow.cell(event).filter(|_| age <= *late_max) else { return };
        if *once
            && (notes.late.contains(&(number, age, cell))
                || counts.earlier.0.contains(&(event.pseudonym, age, number, cell)))
        {
            return;
        }
        // In this window or the one before: no vintage is later than a window is long.
        let word = if u32::from(age) <= in_window { *word } else { *word + 1 };
        let mut used = FlowUse::from_word(state[word]);
        if used.contribute_late(bound) {
            state[word] = used.word();
            counts.late.add(age, number, cell);
            notes.late.push((number, age, cell));
        }
    }

    fn count_flow(
        &self,
        number: usize,
        state: &mut [u32],
        event: &Event,
        step: StepKind,
        notes: &mut Notes,
        tally: &mut Tally,
    ) {
        let dataflow = &self.dataflows[number];
        let (Rule::Flow { bound, once, word, at_bound, .. }, StepKind::Step { month, .. }) =
            (&dataflow.rule, step)
        else {
            return;
        };
        let Some(cell) = dataflow.cell(event) else { return };
        if *once && notes.counted.contains(&(number, cell)) {
            return;
        }
        let mut used = FlowUse::from_word(state[*word]);
        let outcome = used.contribute(bound, month);
        state[*word] = used.word();
        match outcome {
            Outcome::Counted => {
                tally.add(number, cell, 1);
                // No longer than the bounds of the plan's flows together.
                notes.counted.push((number, cell));
            }
            Outcome::CutFirst => {
                for &of_bound in at_bound {
                    if let Some(cell) = self.dataflows[of_bound].cell(event) {
                        tally.add(of_bound, cell, 1);
                    }
                }
            }
            Outcome::CutAgain => {}
        }
    }

    /// Presence counts as it is at the end of the step: at most one change for each stock.
    fn close_stocks(
        &self,
        state: &mut [u32],
        events: &[Event],
        step: StepKind,
        notes: &Notes,
        tally: &mut Tally,
    ) {
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            let Rule::Stock { statuses, bound, word, turnover, .. } = &dataflow.rule else {
                continue;
            };
            let mut stay = Stay::from_word(state[*word]);
            let cell = notes
                .entered
                .iter()
                .find(|&&(other, _)| other == number)
                .and_then(|&(_, place)| dataflow.cell(&events[place]));
            let present = statuses[state[STATUS] as usize];
            match (step, present) {
                (StepKind::Seed, true) => stay.seed(stay.cell().or(cell)),
                (StepKind::Seed, false) => stay.seed(None),
                (StepKind::Step { .. }, true) => {
                    let entered = cell.and_then(|cell| stay.enter(cell, bound));
                    change(tally, number, entered, 1, *turnover);
                }
                (StepKind::Step { .. }, false) => {
                    change(tally, number, stay.leave(), -1, *turnover);
                }
            }
            state[*word] = stay.word();
        }
    }
}

/// Counts a change of presence in a cell, if there is one, and its turnover behind the net.
fn change(
    tally: &mut Tally,
    number: usize,
    cell: Option<usize>,
    sign: i64,
    turnover: Option<usize>,
) {
    let Some(cell) = cell else { return };
    tally.add(number, cell, sign);
    if let Some(behind) = turnover {
        tally.add(number, behind + cell, 1);
    }
}

fn rule(plan: &Plan, number: usize, dataflow: &Dataflow, word: &mut impl FnMut() -> usize) -> Rule {
    match &dataflow.measure {
        Measure::AtBound { .. } => Rule::AtBound,
        Measure::Flow => Rule::Flow {
            bound: dataflow.bound,
            once: dataflow.unit == StatisticalUnit::Persons,
            word: flow_word(dataflow, word),
            // A plan's vintages lie below the age that is too late for any.
            late_max: dataflow.late_max() as u8,
            at_bound: plan
                .dataflows
                .iter()
                .enumerate()
                .filter(|(_, other)| other.measure == Measure::AtBound { of: number })
                .map(|(position, _)| position)
                .collect(),
        },
        Measure::Balance { statuses, .. } | Measure::Stock { statuses, .. } => Rule::Stock {
            statuses: (0..plan.life_cycle.statuses.len())
                .map(|status| statuses.contains(&status))
                .collect(),
            bound: dataflow.bound,
            word: word(),
            goes_on: dataflow.continues(),
            turnover: matches!(dataflow.measure, Measure::Balance { .. })
                .then(|| dataflow.structure.cells()),
        },
    }
}

/// The word of a flow's counters; one with vintages takes a second word behind it.
fn flow_word(dataflow: &Dataflow, word: &mut impl FnMut() -> usize) -> usize {
    let first = word();
    if dataflow.late_max() > 0 {
        word();
    }
    first
}

fn lookups(plan: &Plan, dataflow: &Dataflow) -> Vec<Lookup> {
    let mut stride = dataflow.structure.cells();
    dataflow
        .structure
        .dimensions()
        .iter()
        .map(|dimension| {
            stride /= dimension.code_list.codes().len();
            let offset = |code: &str| {
                dimension.code_list.position(code).map(|at| u32::from(at) * stride as u32)
            };
            let offsets = match dimension.source {
                Source::Kind => plan.life_cycle.kinds.iter().map(|kind| offset(kind)).collect(),
                Source::Attribute(attribute) => plan.attributes[attribute]
                    .code_list
                    .codes()
                    .iter()
                    .map(|code| offset(&code.id))
                    .collect(),
            };
            Lookup { source: dimension.source.clone(), offsets }
        })
        .collect()
}
