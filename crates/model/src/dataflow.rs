//! A dataflow: its measure, its unit, its step, its bound and its share of the budget.
//!
//! Not here: the mathematics of a strategy (crate `privacy`) and its price (crate `ledger`).
//!
//! Invariants:
//! 1. A dataflow exists only inside a checked [`crate::Plan`]; only the plan's parser builds one.

use num_rational::BigRational;

use crate::method::MethodNote;
use crate::period::Grain;
use crate::structure::DataStructure;
use crate::text::Text;

/// The measure of a dataflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Persons who went beyond the bound of another dataflow: +1 in the step and cell of the first
    /// contribution of the window that is not counted there.
    AtBound {
        /// Position of the bounded dataflow in [`crate::Plan::dataflows`].
        of: usize,
    },
    /// Arrivals, departures and persons present, measured together: the net change of presence,
    /// which goes on over the windows from a base measured once, and the turnover (the number of
    /// changes), which begins again with each window. The published figures balance exactly.
    Balance {
        /// Positions of the statuses in the plan's life cycle.
        statuses: Vec<usize>,
        /// The share of the dataflow's budget that the base takes, in the plan's first window.
        base_share: BigRational,
        /// The share of the rest that the net takes; the turnover takes the remainder.
        net_share: BigRational,
    },
    /// Persons who entered a set of statuses, by their later transitions: every transition into,
    /// within and out of the set counts, in the cell of its age in calendar months since the spell
    /// began. The cohort of a month at some age is read from the steps that lie that much later.
    Cohort {
        /// Positions of the statuses in the plan's life cycle.
        statuses: Vec<usize>,
    },
    /// Spells in a set of statuses: +1 at the step in which a spell ends, in the cell of the band
    /// of its length.
    Duration {
        /// Positions of the statuses in the plan's life cycle.
        statuses: Vec<usize>,
        /// The end of each band except the last, in seconds, ascending. A spell exactly as long as
        /// a limit lies in the next band.
        bands: Vec<u64>,
    },
    /// Counted transitions: +1 at (step, cell).
    Flow,
    /// Persons in a set of statuses at the end of a step: a base measured once for each window,
    /// plus the sum of +1 and -1 up to the step.
    Stock {
        /// Positions of the statuses in the plan's life cycle.
        statuses: Vec<usize>,
        /// The share of the dataflow's budget that the base takes, strictly between 0 and 1.
        base_share: BigRational,
    },
    /// Counted transitions: for each person only the first in each cell and window.
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

/// The transitions that a dataflow counts, if not all that have a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Only {
    /// Those by an event of these kinds: positions in the plan's life cycle. A timer has no kind.
    Kinds(Vec<usize>),
    /// Those of these names: positions in the plan's life cycle.
    Transitions(Vec<usize>),
}

/// The unit of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatisticalUnit {
    /// Every counted event, even several of one person in one step and cell.
    Events,
    /// Every person, once in each step and cell.
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

/// The most that one person contributes to a dataflow; further contributions are not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContributionBound {
    /// Most contributions (for a stock: changes of presence) in one accounting window.
    pub window: u32,
    /// Most contributions in one calendar month; `None` if the plan has no bound by the month.
    pub month: Option<u32>,
}

/// The strategy that the plan chooses for a dataflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StrategyChoice {
    /// One measurement at each step by a recursion with a few numbers of state. For a stock it goes
    /// on over the windows; for a balance the net goes on, and the turnover is a calendar
    /// recursion.
    Blt,
    /// One measurement at each step by a recursion that is accurate at every grain and begins again
    /// with each window.
    CalendarBlt,
    /// A measurement of every period of each of these grains, with an integer weight; the finest
    /// grain is the step. Estimates combine all of them by least squares.
    Calendar(Vec<(Grain, u32)>),
    /// A measurement of every step.
    Identity,
}

/// A marginal of a table that the plan promises to readers, and how much its accuracy matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marginal {
    /// For each dimension the level of its code list by which the marginal is divided: 0 for the
    /// total, 1 for the coarsest groups, [`crate::CodeList::depth`] for the codes.
    pub levels: Vec<usize>,
    /// The grain of the shortest periods for which it is read; for a stock or a balance the step.
    pub grain: Grain,
    /// The weight of its accuracy, of all its cells together, relative to the other marginals.
    pub weight: u32,
}

/// The weight of a residual of a table, which is what a marginal adds to all coarser ones: its part
/// of the table's budget relative to the other residuals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightedResidual {
    /// The level of each dimension, as in a marginal.
    pub levels: Vec<usize>,
    /// The weight of its counts; for a stock or a balance, of its changes.
    pub weight: u32,
    /// The weight of its base, for a stock or a balance.
    pub base: u32,
    /// The weight of its turnover, for a balance.
    pub turnover: u32,
}

/// A dataflow of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataflow {
    /// SDMX identifier, upper case.
    pub id: String,
    /// Name for people.
    pub name: Text,
    /// One or two sentences on what is counted and what is not.
    pub description: Text,
    /// Texts on its method and quality, besides those of the plan.
    pub method: Vec<MethodNote>,
    /// Its measure.
    pub measure: Measure,
    /// The position in [`crate::Plan::dataflows`] of the flow of which this one counts only each
    /// person's first contributions, as many as its own bound allows; `None` for any other.
    pub first_of: Option<usize>,
    /// The transitions that are counted; `None` for all that have a cell.
    pub only: Option<Only>,
    /// The unit of a count.
    pub unit: StatisticalUnit,
    /// Dimensions; their product is the set of cells.
    pub structure: DataStructure,
    /// The length of a step: day or month, the same for every dataflow of a plan.
    pub step: Grain,
    /// The most that one person contributes.
    pub bound: ContributionBound,
    /// The share of a window's budget that this dataflow takes.
    pub share: BigRational,
    /// The strategy.
    pub strategy: StrategyChoice,
    /// After how many steps a step is measured again, to count the events that arrived since:
    /// ascending. Empty if late events are not counted; always empty for persons present.
    pub vintages: Vec<u32>,
    /// The marginals of a table, each with its own grain; a person counts in only one cell in a
    /// step (for each combination of codes of the dimensions that stand apart), and is present in
    /// only one at a time. Empty if each cell is measured by itself.
    pub marginals: Vec<Marginal>,
    /// The weight of every residual that the marginals need; empty if the weights of marginals
    /// decide.
    pub residuals: Vec<WeightedResidual>,
}

impl Dataflow {
    /// The statuses in which persons are counted as present; `None` if the measure counts no
    /// presence.
    pub fn present(&self) -> Option<&[usize]> {
        match &self.measure {
            Measure::Balance { statuses, .. } | Measure::Stock { statuses, .. } => Some(statuses),
            _ => None,
        }
    }

    /// The statuses whose spells are counted; `None` if the measure counts no spells.
    pub fn spell(&self) -> Option<&[usize]> {
        match &self.measure {
            Measure::Cohort { statuses } | Measure::Duration { statuses, .. } => Some(statuses),
            _ => None,
        }
    }

    /// Whether an event by itself shows whether and where it counts, whatever transition it makes.
    pub fn follows_from_event(&self) -> bool {
        self.measure == Measure::Flow
            && self.structure.follows_from_event()
            && !matches!(self.only, Some(Only::Transitions(_)))
    }

    /// The number of steps after its own within which an event can still arrive and count; 0 if
    /// only events on time count.
    pub fn late_max(&self) -> u32 {
        self.vintages.last().copied().unwrap_or(0)
    }

    /// Whether later steps of a window refine the figures of earlier ones. Only least squares does
    /// so, because it improves with every measurement.
    pub fn is_refined(&self) -> bool {
        matches!(self.strategy, StrategyChoice::Calendar(_))
    }

    /// Whether the count of persons present goes on over the windows, from a base measured once.
    pub fn continues(&self) -> bool {
        self.present().is_some() && self.strategy == StrategyChoice::Blt
    }
}
