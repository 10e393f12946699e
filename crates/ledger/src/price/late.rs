//! Late counts: when each vintage of a step is due, and its measurements.
//!
//! Not here: which events are late (the private tower), and the joint cost of counts on time and
//! late counts (the parent module).
//!
//! With `vintages = [7, 30]` a step is measured again 7 steps and 30 steps later: vintage 1 counts
//! the events that arrived within 7 steps after it, vintage 2 those that arrived after that, within
//! 30 steps. A vintage that would be released at a step that the plan does not allow is never due.
//!
//! Invariants:
//! 1. Every vintage of every step is due at no more than one step, and the vintages of a step are
//!    due in order (`late::tests::every_vintage_is_due_once`).

use tidegauge_model::{Period, Plan};
use tidegauge_privacy::Node;

use super::{Price, Slot};

/// A vintage of a step after the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LateVintage {
    /// The step in which the events occurred.
    pub step: Period,
    /// The number of the vintage, from 1.
    pub vintage: u32,
}

/// The vintages of earlier steps that are due together with a step, the latest step first.
pub fn late_due(plan: &Plan, dataflow: usize, with: Period) -> Vec<LateVintage> {
    let Some(dataflow) = plan.dataflows.get(dataflow) else { return Vec::new() };
    let due = (1..).zip(&dataflow.vintages).filter_map(|(vintage, &after)| {
        // Fits: the vintages of a plan are at most 254 steps.
        let step = with.shifted(-(after as i32))?;
        (step >= plan.first_step()).then_some(LateVintage { step, vintage })
    });
    due.collect()
}

/// The number of vintages after the first that a step will have: those that would be released at a
/// step that the plan allows.
pub fn vintages_due_of(plan: &Plan, dataflow: usize, step: Period) -> u32 {
    let vintages = plan.dataflows.get(dataflow).map_or(&[][..], |dataflow| &dataflow.vintages);
    let allowed = |after: &&u32| step.shifted(**after as i32).is_some_and(|at| plan.allows(at));
    // A plan has at most 8 vintages.
    vintages.iter().take_while(allowed).count() as u32
}

/// The measurements of a later vintage of a step: every cell, or each residual of a table. `prices`
/// are those of the dataflow in the window of the step. Empty if the dataflow has no late counts.
pub fn late_slots(prices: &[Price], step: Period) -> Vec<Slot> {
    let slot = |price: &Price| {
        let (part, variance, at) = (price.part.late()?, price.late?, price.number(step)?);
        Some(Slot {
            part,
            node: Node { level: 0, number: at, first: at, last: at },
            grain: step.grain().word().to_owned(),
            period: step.to_string(),
            weight: 1,
            variance,
            measurand: price.measurand.clone(),
        })
    };
    prices.iter().filter_map(slot).collect()
}

#[cfg(test)]
mod tests {
    use testkit::plan::Value;
    use testkit::{PlanText, edit, toml};

    use super::super::prices;
    use super::*;
    use crate::part::Part;

    const CROSSINGS: &str = include_str!("../../../../testdata/crossings.toml");

    /// The plan of crossings with vintages, this strategy of its flow, and a bound of a month or
    /// none.
    fn plan(strategy: Value, has_month_bound: bool) -> Plan {
        let text = edit(CROSSINGS)
            .add("dataflow.BORDER_FLOW.vintages", toml("[7, 30]"))
            .change("dataflow.BORDER_FLOW.strategy", strategy);
        parsed(match has_month_bound {
            true => text,
            false => text.remove("dataflow.BORDER_FLOW.bound_month"),
        })
    }

    fn parsed(text: PlanText) -> Plan {
        Plan::parse(&text.text()).unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn day(text: &str) -> Period {
        Period::parse(text).unwrap()
    }

    #[test]
    fn every_vintage_is_due_once() {
        let plan = plan("identity".into(), true);
        let steps: Vec<Period> =
            std::iter::successors(Some(plan.first_step()), |step| Some(step.next()))
                .take_while(|&step| plan.allows(step))
                .collect();
        let mut due = Vec::new();
        for &with in &steps {
            due.extend(late_due(&plan, 0, with));
            assert!(late_due(&plan, 1, with).is_empty(), "a stock has none");
        }
        let mut expected = Vec::new();
        for &step in &steps {
            expected.extend(
                (1..=vintages_due_of(&plan, 0, step)).map(|v| LateVintage { step, vintage: v }),
            );
        }
        due.sort();
        assert_eq!(due, expected);
        assert_eq!(due.len(), 2 * steps.len() - 7 - 30);
        let last = *steps.last().unwrap();
        assert_eq!(vintages_due_of(&plan, 0, last), 0);
    }

    /// If a person can reach the bound on time, late counts cost nothing, with every strategy; a
    /// late count is at least as precise as a step measured by itself.
    #[test]
    fn late_counts_are_free_if_the_bound_can_be_reached_on_time() {
        let calendar = toml("{ calendar = { day = 6, week = 2, month = 3 } }");
        for strategy in ["identity".into(), calendar, "calendar_blt".into()] {
            for has_month_bound in [true, false] {
                let with = plan(strategy.clone(), has_month_bound);
                let mut without = with.clone();
                without.dataflows[0].vintages.clear();
                let priced = |plan: &Plan| prices(plan, 0, day("2024")).unwrap().remove(0);
                let (with, without) = (priced(&with), priced(&without));
                assert!(with.late.is_some() && without.late.is_none());
                assert_eq!(with.scheme, without.scheme);
                // The rounding of a recursion is bounded for each number of cells separately, which
                // costs slightly more.
                let free = with.delta2 - without.delta2 <= without.delta2 / 1_000_000;
                assert!(free && with.delta2 >= without.delta2, "{strategy} {has_month_bound}");
            }
        }
    }

    /// The first window begins late in the year: a person cannot reach the bound on time.
    #[test]
    fn a_short_window_pays_for_late_counts() {
        let text = edit(CROSSINGS)
            .add("dataflow.BORDER_FLOW.vintages", toml("[7, 30]"))
            .change("statement.start", "2024-12-20");
        let with = parsed(text);
        assert_eq!(with.first_step(), day("2024-12-20"));
        let mut without = with.clone();
        without.dataflows[0].vintages.clear();
        let priced = |plan: &Plan| prices(plan, 0, day("2024")).unwrap().remove(0);
        let (with, without) = (priced(&with), priced(&without));
        assert!(with.delta2 > without.delta2);
        assert!(with.variance > without.variance, "the budget stays, the noise grows");
    }

    #[test]
    fn a_late_slot_names_what_it_measures() {
        let plan = plan("identity".into(), true);
        let flow = prices(&plan, 0, day("2024")).unwrap();
        let [slot] = late_slots(&flow, day("2024-02-03")).try_into().unwrap();
        assert_eq!((slot.part, slot.weight), (Part::Late, 1));
        assert_eq!((&*slot.grain, &*slot.period), ("day", "2024-02-03"));
        assert_eq!(slot.variance, flow[0].variance, "identity: as precise as the step itself");
        let stock = prices(&plan, 1, day("2024")).unwrap();
        assert_eq!(late_slots(&stock, day("2024-02-03")), []);
    }

    fn table(corrections: bool) -> Plan {
        let text = edit(include_str!("../../../../testdata/tables.toml"))
            .add("dataflow.CROSSINGS.vintages", toml("[2, 5]"));
        parsed(if corrections { text.add("life_cycle.corrections", true) } else { text })
    }

    /// Every residual has late counts of each step, whatever the grain at which it is measured on
    /// time; its own charge pays, and the shares are those of the plan without late counts.
    #[test]
    fn a_late_count_of_a_table_measures_every_residual() {
        let priced = |plan: &Plan| prices(plan, 0, day("2024")).unwrap();
        let mut without = table(false);
        without.dataflows[0].vintages.clear();
        let without = priced(&without);
        for corrections in [false, true] {
            let with = priced(&table(corrections));
            let slots = late_slots(&with, day("2024-02-03"));
            assert_eq!(slots.len(), with.len());
            for ((price, slot), plain) in with.iter().zip(&slots).zip(&without) {
                assert_eq!(slot.part.paid_by(), price.part);
                assert_eq!((&*slot.grain, &*slot.period), ("day", "2024-02-03"));
                assert_eq!((Some(slot.variance), &slot.measurand), (price.late, &price.measurand));
                assert_eq!(price.part, plain.part);
                let cost = price.delta2 as f64 / plain.delta2 as f64;
                // A direction has only one sibling, where withdrawals cost most.
                let cost_max = if corrections { 1.6 } else { 1.000_001 };
                assert!((1.0..cost_max).contains(&cost), "{}: {cost}", price.part);
                assert!(price.rho.as_ratio() <= plain.rho.as_ratio() || cost > 1.0);
            }
        }
    }
}
