//! A dataflow: what is measured, for whom, how often, within which bound and at which share.
//!
//! Not here: the mathematics of a strategy (crate `privacy`) and its price (crate `ledger`).
//!
//! Invariants:
//! 1. A dataflow exists only inside a checked [`crate::Plan`]; nothing builds one elsewhere.

use num_rational::BigRational;

use crate::period::Grain;
use crate::structure::DataStructure;

/// What a dataflow measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Persons whom a bound of another dataflow of the plan cut (its position): +1 in the step and
    /// cell of the first contribution of the window that is not counted there.
    AtBound {
        /// Position of the bounded dataflow in [`crate::Plan::dataflows`].
        of: usize,
    },
    /// Arrivals, departures and persons present, measured as one: the net of the changes of
    /// presence, which goes on over the windows from a base measured once, and their turnover,
    /// which begins again with each window. What is published keeps the balance exactly.
    Balance {
        /// Positions of the statuses in the plan's life cycle.
        statuses: Vec<usize>,
        /// The part of the dataflow's budget that the base takes, in the plan's first window.
        base_share: BigRational,
        /// The part of the rest that the net takes; the turnover takes what is left.
        net_share: BigRational,
    },
    /// Those who came into a set of statuses, by what became of them: every transition into,
    /// within and out of it counts, in the cell with its age in calendar months since the spell
    /// began. The cohort of a month at an age is the cells whose step lies as much later.
    Cohort {
        /// Positions of the statuses in the plan's life cycle.
        statuses: Vec<usize>,
    },
    /// Spells in a set of statuses: +1 at the step in which one ends, in the cell with the band of
    /// its length.
    Duration {
        /// Positions of the statuses in the plan's life cycle.
        statuses: Vec<usize>,
        /// Where each band but the last ends, in seconds, ascending: a spell as long as a limit
        /// lies in the next band.
        bands: Vec<u64>,
    },
    /// Counted transitions: +1 at (step, cell).
    Flow,
    /// Persons in a set of statuses at the end of a step: the prefix sum of +1 and -1 on a base
    /// that is measured once for each window.
    Stock {
        /// Positions of the statuses in the plan's life cycle.
        statuses: Vec<usize>,
        /// The part of the dataflow's budget that the base takes, strictly between 0 and 1.
        base_share: BigRational,
    },
    /// Counted transitions, of each person the first in each cell and window.
    Transition,
}

impl Measure {
    /// The word for this measure in a plan.
    pub fn word(&self) -> &'static str {
        match self {
            Measure::AtBound { .. } => "at_bound",
            Measure::Balance { .. } => "balance",
            Measure::Cohort { .. } => "cohort",
            Measure::Duration { .. } => "duration",
            Measure::Flow => "flow",
            Measure::Stock { .. } => "stock",
            Measure::Transition => "transition",
        }
    }
}

/// What is counted once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatisticalUnit {
    /// Every counted event, several of one person in one step and cell included.
    Events,
    /// A person once in each step and cell.
    Persons,
}

impl StatisticalUnit {
    /// The code of the unit of measure in SDMX.
    pub fn unit_measure(self) -> &'static str {
        match self {
            StatisticalUnit::Events => "EVT",
            StatisticalUnit::Persons => "PER",
        }
    }
}

/// The most that one person contributes to a dataflow; what comes after is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Contributions (for a stock: changes of presence) in one accounting window.
    pub window: u32,
    /// Contributions in one calendar month, where the plan cuts evenly; `None` for no such cut.
    pub month: Option<u32>,
}

/// The strategy that the plan chooses for a dataflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StrategyChoice {
    /// One measurement a step by a recursion with a few numbers of state. Of a stock, it goes on
    /// over the windows; of a balance, the net does, and the turnover is a calendar recursion.
    Blt,
    /// One measurement a step by a recursion that is accurate at every grain, begun again with
    /// each window.
    CalendarBlt,
    /// A measurement for every period of each of these grains, with an integer weight; the
    /// finest grain is the step. Estimates are least squares over all of them.
    Calendar(Vec<(Grain, u32)>),
    /// A measurement for every step.
    Identity,
}

/// A margin of a table that readers are promised, and how much it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Margin {
    /// For each dimension the level of its list on which the margin tells apart: 0 for none, 1 for
    /// the coarsest groups, [`crate::CodeList::depth`] for the codes.
    pub levels: Vec<usize>,
    /// The shortest periods that it is read at; of a stock the step.
    pub grain: Grain,
    /// What its accuracy counts beside that of the others, all its cells together.
    pub weight: u32,
}

/// A dataflow of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataflow {
    /// SDMX identifier, upper case.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// One or two sentences on what is counted and what is not.
    pub description: String,
    /// What is measured.
    pub measure: Measure,
    /// What is counted once.
    pub unit: StatisticalUnit,
    /// Dimensions; their product is the set of cells.
    pub structure: DataStructure,
    /// The length of a step: day or month, the same for every dataflow of a plan.
    pub step: Grain,
    /// The most that one person contributes.
    pub bound: Bound,
    /// The part of a window's budget that this dataflow takes.
    pub share: BigRational,
    /// The strategy.
    pub strategy: StrategyChoice,
    /// After how many steps a step is measured again, for what came since: ascending; empty where
    /// late events count in no vintage. Not for presence.
    pub vintages: Vec<u32>,
    /// The margins of a table, each with its own grain; every person counts in one cell of a step,
    /// and is present in one at a time. Empty where each cell is measured by itself.
    pub margins: Vec<Margin>,
}

impl Dataflow {
    /// The statuses whose persons are counted as present; `None` where nobody is.
    pub fn present(&self) -> Option<&[usize]> {
        match &self.measure {
            Measure::Balance { statuses, .. } | Measure::Stock { statuses, .. } => Some(statuses),
            _ => None,
        }
    }

    /// The statuses whose spells are counted; `None` where none are.
    pub fn spell(&self) -> Option<&[usize]> {
        match &self.measure {
            Measure::Cohort { statuses } | Measure::Duration { statuses, .. } => Some(statuses),
            _ => None,
        }
    }

    /// The latest that an event can come and still count, in steps after its own; 0 for on time.
    pub fn late_max(&self) -> u32 {
        self.vintages.last().copied().unwrap_or(0)
    }

    /// Whether the level of persons present goes on over the windows, from a base measured once.
    pub fn continues(&self) -> bool {
        self.present().is_some() && self.strategy == StrategyChoice::Blt
    }
}
