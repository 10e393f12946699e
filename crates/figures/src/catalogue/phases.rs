//! Phases of a table: consecutive steps in which it is read with the same codes.
//!
//! Not here: with which codes it is read in a step (crate `ledger`, module `price::openings`);
//! cells that are measured separately ([`super::open`]).
//!
//! A table is measured as if all its codes were open, and read without those that are not. A sum
//! over steps is the sum over its phases, each read with its own open codes.
//!
//! Invariants:
//! 1. Phases follow each other without a gap, and change where a code opens or closes
//!    (`catalogue::phases::tests::a_phase_ends_where_a_code_opens_or_closes`).
//! 2. Codes of a table that are closed are exactly 0, and the others add up to their total
//!    (`serve::tests::closed_codes::open_codes_add_up_to_their_total`).

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use tidegauge_ledger::{Measurand, Price, read_codes};
use tidegauge_model::{Dataflow, Period, Plan};
use tidegauge_privacy::residual::ContingencyTable;

use super::spans::Span;

/// Consecutive steps in which the same codes of a table are open.
#[derive(Clone, Debug)]
pub(crate) struct Phase {
    /// The steps: of a window, or of a run of windows.
    pub(crate) steps: Range<u32>,
    /// The table with these codes open.
    pub(crate) table: Arc<ContingencyTable>,
}

/// The phases of a window, in order; none if the dataflow is not a table.
///
/// Errors: a table with other codes than the dataflow.
pub(super) fn phases(
    plan: &Plan,
    dataflow: &Dataflow,
    steps: &[Period],
    prices: &[Price],
) -> Result<Vec<Phase>, &'static str> {
    let table = prices.iter().find_map(|price| match &price.measurand {
        Measurand::Residual(residual) => Some(&residual.table),
        Measurand::Cells(_) => None,
    });
    let Some(table) = table else { return Ok(vec![]) };
    // Fits: a window has fewer than 2^16 steps.
    let end = steps.len() as u32;
    let codes = read_codes(plan, dataflow, steps, prices);
    let ends = codes.iter().flatten().flat_map(|code| [code.start, code.end]).chain([0, end]);
    let ends: Vec<u32> = ends.collect::<BTreeSet<_>>().into_iter().collect();
    let phase = |ends: &[u32]| {
        let is_open = |code: &Range<u32>| code.contains(&ends[0]);
        let open = codes.iter().map(|codes| codes.iter().map(is_open).collect());
        let open: Vec<Vec<bool>> = open.collect();
        let table = match open.iter().flatten().all(|is_open| *is_open) {
            true => Arc::clone(table),
            false => Arc::new(table.with_open(&open).map_err(|_| "its table has other codes")?),
        };
        Ok(Phase { steps: ends[0]..ends[1], table })
    };
    ends.windows(2)
        .map(phase)
        .collect::<Result<_, _>>()
        .map(|phases| joined(phases, |one, other| one == other))
}

/// The phases of a run of windows, counted from its first step, from those of each window.
pub(crate) fn of_run<'a>(windows: impl Iterator<Item = &'a [Phase]>) -> Vec<Phase> {
    let (mut phases, mut offset) = (Vec::new(), 0);
    for window in windows {
        let moved = |phase: &Phase| {
            let steps = offset + phase.steps.start..offset + phase.steps.end;
            Phase { steps, table: Arc::clone(&phase.table) }
        };
        phases.extend(window.iter().map(moved));
        offset = phases.last().map_or(offset, |phase| phase.steps.end);
    }
    joined(phases, |one, other| one == other)
}

/// The phases in which a marginal of two places is read alike, each with its steps: places on these
/// levels of each dimension, and phases that follow each other.
pub(crate) fn alike(phases: &[Phase], levels: [&[usize]; 2]) -> Vec<Phase> {
    let is_split = |dimension: usize| levels.iter().any(|levels| levels[dimension] > 0);
    let same = |one: &ContingencyTable, other: &ContingencyTable| {
        let mut dimensions = one.dimensions().iter().zip(other.dimensions()).enumerate();
        dimensions.all(|(number, (one, other))| !is_split(number) || one == other)
    };
    joined(phases.to_vec(), same)
}

/// Joins phases that follow each other and whose tables are the same.
fn joined(
    phases: Vec<Phase>,
    same: impl Fn(&ContingencyTable, &ContingencyTable) -> bool,
) -> Vec<Phase> {
    let mut joined: Vec<Phase> = Vec::with_capacity(phases.len());
    for phase in phases {
        match joined.last_mut() {
            Some(last) if same(&last.table, &phase.table) => last.steps.end = phase.steps.end,
            _ => joined.push(phase),
        }
    }
    joined
}

/// The remaining parts of spans whose ends are ends of the span or of a phase.
pub(super) fn cut(phases: &[Phase], spans: &BTreeSet<Span>) -> BTreeSet<Span> {
    let starts = || phases.iter().map(|phase| phase.steps.start);
    let parts = spans.iter().flat_map(|&(first, last)| {
        let inside = starts().filter(move |start| (first + 1..=last).contains(start));
        let ends: Vec<u32> = [first].into_iter().chain(inside).chain([last + 1]).collect();
        let part = |start: usize| {
            let ends = ends.clone();
            (start + 1..ends.len()).map(move |end| (ends[start], ends[end] - 1))
        };
        (0..ends.len()).flat_map(part).collect::<Vec<_>>()
    });
    parts.filter(|span| !spans.contains(span)).collect()
}

#[cfg(test)]
mod tests {
    use testkit::edit;
    use tidegauge_ledger::prices;

    use super::*;

    /// The phases of 2024 of a dataflow of the ready-made border plan, changed.
    fn of_border(changes: &[(&str, &str)], id: &str) -> Vec<Phase> {
        let border = include_str!("../../../../plans/border.toml");
        let text = changes.iter().fold(edit(border), |text, (key, day)| text.add(key, *day));
        let plan = Plan::parse(&text.text()).unwrap();
        let (number, dataflow) = plan.dataflow(id).unwrap();
        let window = plan.window_of(plan.first_step());
        let prices = prices(&plan, number, window).unwrap();
        phases(&plan, dataflow, &plan.steps_of(window), &prices).unwrap()
    }

    #[test]
    fn a_phase_ends_where_a_code_opens_or_closes() {
        let code = "code_list.CL_BORDER_POINT.codes.LO_WU";
        let changes = [(format!("{code}.valid_from"), "2024-03-01")];
        let changes: Vec<(&str, &str)> =
            changes.iter().map(|(key, day)| (key.as_str(), *day)).collect();
        let phases = of_border(&changes, "BORDER_FLOW");
        let steps: Vec<Range<u32>> = phases.iter().map(|phase| phase.steps.clone()).collect();
        // One point closes after 30 July.
        assert_eq!(steps, [0..60, 60..212, 212..366]);
        assert!(phases[0].table != phases[1].table);
        assert_eq!(of_run([&phases[..], &phases[..]].into_iter()).len(), 6);
        assert_eq!(of_run([&phases[..1], &phases[..1]].into_iter()).len(), 1);
        assert_eq!(alike(&phases, [&[0, 1, 1], &[0, 0, 1]]).len(), 1);
        assert_eq!(alike(&phases, [&[0, 1, 1], &[1, 0, 1]]).len(), 3);
        let cut = cut(&phases, &BTreeSet::from([(0, 30), (31, 220)]));
        let parts = [(31, 59), (31, 211), (60, 211), (60, 220), (212, 220)];
        assert_eq!(cut, BTreeSet::from(parts));
    }
}
