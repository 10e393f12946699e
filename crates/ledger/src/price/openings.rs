//! The steps in which a table is read with a code.
//!
//! Not here: the steps in which a code is open (crate `model`, module `plan::open`), and figures
//! (crate `figures`).
//!
//! A table is measured as if all codes were open, and read without those that are not. What is
//! measured over periods longer than a step cannot be divided within one of them, so where a code
//! opens or closes within one, the table is read with it over the whole of it.
//!
//! Invariants:
//! 1. A table is read with a code in every step in which it is open, and changes only where no
//!    measured period of the code, or of a group that changes with it, is divided
//!    (`price::openings::tests::no_measured_period_is_divided`).

use std::ops::Range;

use tidegauge_model::{Dataflow, Period, Plan};
use tidegauge_privacy::residual::CodeTree;

use super::{Measurand, Price};

/// For each dimension of a table the positions, in the steps of a window, of the steps in which it
/// is read with each code; `prices` are those of the window.
///
/// Shape: one range for each code; empty for one that is never open. None for a dataflow that is
/// not a table.
pub fn read_codes(
    plan: &Plan,
    dataflow: &Dataflow,
    steps: &[Period],
    prices: &[Price],
) -> Vec<Vec<Range<u32>>> {
    let residuals: Vec<_> = prices
        .iter()
        .filter(|price| price.is_stream())
        .filter_map(|price| match &price.measurand {
            Measurand::Residual(residual) => Some((residual, price.grain())),
            Measurand::Cells(_) => None,
        })
        .collect();
    let Some((first, _)) = residuals.first() else { return vec![] };
    let dimensions = plan.open_codes(dataflow, steps).into_iter().enumerate();
    let read = |(dimension, codes): (usize, Vec<Range<u32>>)| {
        let tree = &first.table.dimensions()[dimension];
        // Whether a table may be read with more or fewer codes from this step on.
        let may_change = |at: u32, changes: &dyn Fn(usize) -> bool| {
            let Some(step) = steps.get(at as usize).filter(|_| at > 0) else { return true };
            residuals.iter().all(|(residual, grain)| {
                let level = residual.marginal.levels()[dimension];
                let is_divided = step.within(*grain).start() != step.start();
                !(level > 0 && is_divided && changes(level))
            })
        };
        let widened = |(code, range): (usize, &Range<u32>)| {
            if range.is_empty() {
                return range.clone();
            }
            let is_alone = |level, at: Option<u32>| {
                at.is_none_or(|at| !is_open(tree, &codes, (code, level), at))
            };
            let opens = |level| is_alone(level, range.start.checked_sub(1));
            let closes = |level| is_alone(level, Some(range.end));
            let start = (0..=range.start).rev().find(|at| may_change(*at, &opens));
            // Fits: a window has fewer than 2^16 steps.
            let all = steps.len() as u32;
            let end = (range.end..all).find(|at| may_change(*at, &closes));
            start.unwrap_or(0)..end.unwrap_or(all)
        };
        codes.iter().enumerate().map(widened).collect()
    };
    dimensions.map(read).collect()
}

/// Whether some code with the same ancestor on a level as this one is open in a step.
fn is_open(
    tree: &CodeTree,
    codes: &[Range<u32>],
    (code, level): (usize, usize),
    step: u32,
) -> bool {
    let depth = tree.depth();
    let ancestor = tree.ancestor(depth, code, level);
    let mut siblings = codes.iter().enumerate();
    siblings.any(|(other, steps)| {
        steps.contains(&step) && tree.ancestor(depth, other, level) == ancestor
    })
}

#[cfg(test)]
mod tests {
    use testkit::{edit, toml};

    use super::*;
    use crate::price::prices;

    /// The steps of the border points in the first year of a table of days and months, and of one
    /// of weeks, months and quarters of groups, with these days of codes.
    fn read(validity: &[(&str, &str)]) -> [Vec<Range<u32>>; 2] {
        let text = edit(include_str!("../../../../testdata/tables.toml"));
        let text = text.add("code_list.CL_BORDER_POINT.reserved", toml("{ SEA = 1 }"));
        let text = validity.iter().fold(text, |text, (key, day)| {
            text.add(&format!("code_list.CL_BORDER_POINT.codes.{key}"), *day)
        });
        let plan = Plan::parse(&text.text()).unwrap();
        ["CROSSINGS", "BY_TYPE"].map(|id| {
            let (number, dataflow) = plan.dataflow(id).unwrap();
            let window = plan.window_of(plan.first_step());
            let prices = prices(&plan, number, window).unwrap();
            read_codes(&plan, dataflow, &plan.steps_of(window), &prices).swap_remove(0)
        })
    }

    #[test]
    fn no_measured_period_is_divided() {
        // Points are measured by the month: 10 February to 20 May becomes February to May.
        let [days, weeks] =
            read(&[("FERRY.valid_from", "2024-02-10"), ("FERRY.valid_to", "2024-05-20")]);
        assert_eq!((&days[4], &weeks[4]), (&(31..152), &(31..152)));
        // Places that are reserved are the last of their group.
        assert_eq!((&days[5], &weeks[5]), (&(0..0), &(0..0)));
        assert_eq!((&days[9], &weeks[9]), (&(0..366), &(0..366)));
        // Where a whole group opens, so do its quarters.
        let [days, weeks] = read(&[
            ("NORTH_AIRPORT.valid_from", "2024-05-10"),
            ("SOUTH_AIRPORT.valid_from", "2024-06-10"),
        ]);
        assert_eq!(
            (&days[..2], &weeks[..2]),
            (&[121..366, 152..366][..], &[91..366, 152..366][..])
        );
    }
}
