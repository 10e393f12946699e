//! The plan of crossings with a late vintage, for the tests that fold late events.
//!
//! Not here: what is folded.

use tidegauge_model::Plan;

/// The plan as it stands.
pub const CROSSINGS: &str = include_str!("../../../../testdata/crossings.toml");
/// Steps after its own at which a step is measured for the last time.
pub const LATE_MAX: usize = 12;

/// The plan, in this form of its text, with vintages, bounds and unit of its flow.
pub fn with_vintages(text: &str, bound: u32, month: u32, unit: &str) -> Plan {
    let (flow, rest) = text.split_once("id = \"VISITORS_PRESENT\"").expect("both dataflows");
    let month = if unit == "PERSONS" { format!("bound_month = {month}") } else { String::new() };
    let (head, flow) = flow.split_once("[[dataflow]]").expect("a dataflow");
    let flow = flow
        .replace("unit = \"PERSONS\"", &format!("unit = \"{unit}\"\nvintages = [5, {LATE_MAX}]"))
        .replace("bound = 24", &format!("bound = {bound}"))
        .replace("bound_month = 4", &month);
    Plan::parse(&format!("{head}[[dataflow]]{flow}id = \"VISITORS_PRESENT\"{rest}")).expect("sound")
}
