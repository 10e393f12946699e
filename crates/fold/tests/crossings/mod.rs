//! The plan of crossings with a late vintage, for the tests that fold late events.
//!
//! Not here: what is folded.

use proptest::prelude::*;
use tidegauge_model::Plan;

/// How often a person counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Once {
    /// At every event.
    Event,
    /// Once in each cell of a step.
    Cell,
    /// Once in each step, whatever the cell: a table.
    Step,
}

impl Once {
    /// The unit in which a person counts once: the cell itself, or 0 for the whole step.
    pub fn place(self, cell: usize) -> usize {
        if self == Once::Step { 0 } else { cell }
    }

    /// Any of them.
    pub fn any() -> impl Strategy<Value = Self> {
        prop_oneof![Just(Once::Event), Just(Once::Cell), Just(Once::Step)]
    }
}

/// The plan as it stands.
pub const CROSSINGS: &str = include_str!("../../../../testdata/crossings.toml");
/// Steps after its own at which a step is measured for the last time.
pub const LATE_MAX: usize = 12;

/// The plan in the given text, with these vintages, bounds and unit of its flow.
pub fn with_vintages(text: &str, bound: u32, month: u32, once: Once) -> Plan {
    let (flow, rest) = text.split_once("id = \"VISITORS_PRESENT\"").expect("both dataflows");
    let (unit, month) = match once {
        Once::Event => ("EVENTS", String::new()),
        Once::Cell | Once::Step => ("PERSONS", format!("bound_month = {month}")),
    };
    let (head, flow) = flow.split_once("[[dataflow]]").expect("a dataflow");
    let mut flow = flow
        .replace("unit = \"PERSONS\"", &format!("unit = \"{unit}\"\nvintages = [5, {LATE_MAX}]"))
        .replace("bound = 24", &format!("bound = {bound}"))
        .replace("bound_month = 4", &month);
    if once == Once::Step {
        let strategy = flow.find("strategy = ").expect("a strategy");
        let end = strategy + flow[strategy..].find('\n').expect("a line");
        let margins = "strategy = \"identity\"\nmargins = [{ of = [], grain = \"day\" }]";
        flow.replace_range(strategy..end, margins);
    }
    Plan::parse(&format!("{head}[[dataflow]]{flow}id = \"VISITORS_PRESENT\"{rest}")).expect("sound")
}
