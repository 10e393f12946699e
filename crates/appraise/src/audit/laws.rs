//! Laws of persons, which hold whatever anything costs: exact equalities between the public outputs
//! of stores that have the same noise.
//!
//! 1. *Persons do not meet.* What several persons change together is the sum of what each of them
//!    changes alone, late, corrected and over the turns of windows.
//! 2. *Presence takes turns.* One person is present in a stock once or not at all, at the end of
//!    every step.
//!
//! The noise of both stores is the same, so it cancels in the difference of two released values,
//! and the difference is that of the exact counts of invented persons. In a recursion the integers
//! of its state are rounded; there a difference counts from half a count on.
//!
//! Not here: costs (`cost`).
//!
//! Invariants:
//! 1. The laws hold for every person of every plan
//!    (`tests/random_plans.rs`: `no_new_plan_breaks_a_law_or_a_claim`), and are not vacuous
//!    (`laws::tests::a_person_who_meets_another_is_found`,
//!    `laws::tests::a_person_present_twice_is_found`).

use std::collections::BTreeMap;

use tidegauge_ledger::{Measurand, Part, Price, Scheme};
use tidegauge_model::Period;

use super::cost::MovedMeasurement;
use super::prices::PlanPrices;

/// The rule of the first law, in a finding.
pub(super) const MEETING: &str = "counts: persons together must count what each counts alone";
/// What breaks the second law, in a finding.
pub(super) const PRESENT_TWICE: &str = "must be present once or not at all";

/// Where values are: the file, and the number of the measurement in it.
type Place<'m> = (&'m str, usize);

/// Every place at which persons together do not change what they change one by one.
pub(super) fn meetings<'m>(
    together: &'m [MovedMeasurement],
    alone: impl IntoIterator<Item = &'m MovedMeasurement>,
) -> Vec<String> {
    let mut left: BTreeMap<Place<'m>, (u64, Vec<i128>)> = BTreeMap::new();
    let mut add = |moved: &'m MovedMeasurement, sign: i128| {
        let (_, sums) = left
            .entry((&moved.path, moved.number))
            .or_insert_with(|| (moved.unit, vec![0; moved.by.len()]));
        sums.iter_mut().zip(&moved.by).for_each(|(sum, by)| *sum += sign * by);
    };
    together.iter().for_each(|moved| add(moved, 1));
    alone.into_iter().for_each(|moved| add(moved, -1));
    let differs = |(unit, sums): &(u64, Vec<i128>)| {
        sums.iter().any(|sum| 2 * sum.unsigned_abs() >= u128::from(*unit))
    };
    let broken = left.into_iter().filter(|(_, values)| differs(values));
    broken.map(|((path, _), _)| path.to_owned()).collect()
}

/// Every stock in which a person is not present once or not at all at the end of every step, with
/// the first such step.
pub(super) fn wrong_presence(
    prices: &PlanPrices,
    steps: &[Period],
    moved: &[MovedMeasurement],
) -> Vec<String> {
    let dataflows = prices.plan.dataflows.iter().enumerate();
    let stocks = dataflows.filter(|(_, flow)| flow.present().is_some());
    let wrong = stocks.filter_map(|(number, flow)| {
        let own: Vec<_> = moved.iter().filter(|moved| moved.charged.dataflow == flow.id).collect();
        let step = first_wrong(prices, number, steps, &own)?;
        Some(format!("{} {step}", flow.id))
    });
    wrong.collect()
}

/// The first step after which the level of one person is neither 0 nor 1.
fn first_wrong(
    prices: &PlanPrices,
    dataflow: usize,
    steps: &[Period],
    moved: &[&MovedMeasurement],
) -> Option<Period> {
    let plan = &prices.plan;
    let continues = plan.dataflows.get(dataflow)?.continues();
    let (mut level, mut decoder): (i64, Option<LevelDecoder>) = (0, None);
    let window = |step: &Period| plan.window_of(*step);
    for of_window in steps.chunk_by(|one, next| window(one) == window(next)) {
        let first = of_window[0];
        let prices = prices.of(dataflow, window(&first))?;
        if !continues || decoder.is_none() {
            let base = prices.iter().find(|price| price.part.is_base() && is_total(price))?;
            level = sum_of(moved, first, base.part, None);
            let is_level = |price: &Price| !price.part.is_base() && !price.part.is_turnover();
            let stream = prices.iter().find(|price| is_level(price) && is_total(price))?;
            decoder = Some(LevelDecoder::new(stream.clone()));
        }
        for &step in of_window {
            level += decoder.as_mut()?.change(moved, step)?;
            if !(0..=1).contains(&level) {
                return Some(step);
            }
        }
    }
    None
}

/// Whether the sum of the values of a price is that of all cells.
fn is_total(price: &Price) -> bool {
    match &price.measurand {
        Measurand::Cells(_) => true,
        Measurand::Residual(residual) => residual.marginal.is_total(),
    }
}

/// By how much a part of a step is moved, all values together; if a grain is given, only the
/// measurement of that grain, and divided by its weight.
fn sum_of(moved: &[&MovedMeasurement], step: Period, part: Part, grain: Option<&str>) -> i64 {
    let is_here = |moved: &&&MovedMeasurement| {
        moved.step == step && moved.part == part && grain.is_none_or(|grain| moved.grain == grain)
    };
    let sums = moved.iter().filter(is_here).map(|moved| {
        let sum: i128 = moved.by.iter().sum();
        sum / i128::from(moved.weight.max(1))
    });
    // Few persons, and integers of 64 bits.
    sums.sum::<i128>() as i64
}

/// Reads the changes of a level from the difference of two outputs.
struct LevelDecoder {
    price: Price,
    /// The state of a recursion.
    state: Vec<i64>,
}

impl LevelDecoder {
    fn new(price: Price) -> Self {
        let state = match &price.scheme {
            Scheme::Recursion(recursion) => recursion.start(),
            Scheme::Nodes { .. } | Scheme::Periods { .. } => vec![],
        };
        Self { price, state }
    }

    /// The change of the level in a step.
    fn change(&mut self, moved: &[&MovedMeasurement], step: Period) -> Option<i64> {
        let Self { price, state } = self;
        let Scheme::Recursion(recursion) = &price.scheme else {
            return Some(sum_of(moved, step, price.part, Some(step.grain().word())));
        };
        let (number, measured) = (price.number(step)?, sum_of(moved, step, price.part, None));
        let scaled = recursion.decode(number, measured, state).ok()?;
        let scale = i64::try_from(recursion.row(number).scale).ok()?;
        Some((2 * scaled + scale).div_euclid(2 * scale))
    }
}

#[cfg(test)]
mod tests {
    use super::super::cost::ChargedPart;
    use super::*;
    use testkit::plans::SHORT;
    use tidegauge_model::Plan;

    fn plan() -> Plan {
        Plan::parse(SHORT).unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn moved(plan: &Plan, dataflow: &str, day: usize, part: Part, by: &[i128]) -> MovedMeasurement {
        let window = plan.window_of(plan.first_step());
        let step = plan.steps_of(window)[day];
        let charged = ChargedPart {
            dataflow: dataflow.into(),
            part: part.paid_by(),
            window: window.to_string(),
        };
        MovedMeasurement {
            path: format!("release/{dataflow}/{step}.v0.json"),
            number: 0,
            step,
            part,
            grain: if part.is_base() { "month" } else { "day" }.into(),
            weight: 1,
            unit: 1,
            charged,
            variance: "1".parse().expect("a ratio"),
            multiples: None,
            by: by.to_vec(),
        }
    }

    #[test]
    fn a_person_who_meets_another_is_found() {
        let plan = plan();
        let flow = |by: &[i128]| moved(&plan, "BORDER_FLOW", 3, Part::Stream, by);
        let (one, other) = (flow(&[1, 0]), flow(&[1, 2]));
        assert_eq!(meetings(&[flow(&[2, 2])], [&one, &other]), Vec::<String>::new());
        let found = meetings(&[flow(&[1, 2])], [&one, &other]);
        assert_eq!(found, ["release/BORDER_FLOW/2024-01-21.v0.json"]);
        assert_eq!(meetings(&[], [&one]).len(), 1, "what is missing is found too");
        // In a recursion a count is many units.
        let fine = |by: &[i128]| MovedMeasurement { unit: 1000, ..flow(by) };
        assert_eq!(
            meetings(&[fine(&[2003])], [&fine(&[1001]), &fine(&[1000])]),
            Vec::<String>::new()
        );
        assert_eq!(meetings(&[fine(&[1003])], [&fine(&[1001]), &fine(&[1000])]).len(), 1);
    }

    #[test]
    fn a_person_present_twice_is_found() {
        let plan = plan();
        let steps = plan.steps_of(plan.window_of(plan.first_step()));
        let prices = PlanPrices::new(&plan, &steps);
        let change = |day, by| moved(&plan, "VISITORS_PRESENT", day, Part::Stream, &[by]);
        let base = moved(&plan, "VISITORS_PRESENT", 0, Part::Base, &[1]);
        let wrong = |moved: &[MovedMeasurement]| wrong_presence(&prices, &steps, moved);
        assert_eq!(wrong(&[change(1, 1), change(4, -1), change(6, 1)]), Vec::<String>::new());
        assert_eq!(wrong(&[change(1, 1), change(4, 1)]), ["VISITORS_PRESENT 2024-01-22"]);
        assert_eq!(wrong(&[change(2, -1)]), ["VISITORS_PRESENT 2024-01-20"]);
        assert_eq!(wrong(&[base, change(1, 1)]), ["VISITORS_PRESENT 2024-01-19"]);
    }
}
