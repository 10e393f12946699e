//! The steps of a window in which each cell is open; in the others it is a structural zero.
//!
//! Not here: the rule, which follows only from the plan (crate `model`, module `plan::open`); how a
//! table leaves closed codes out ([`super::phases`]).
//!
//! Every cell is measured at every step, open or not, so that prices and sensitivities are those of
//! the plan without validity. The measurement of a closed step is noise about a known zero: figures
//! leave it out, and its variance too. So a sum of cells and steps is the sum over the open ones,
//! and parts still add up to their whole.
//!
//! A cell of a stock that opens within a run was empty before: its level is the sum of its steps
//! since, without a base, and earlier measurements are left out as well.
//!
//! Invariants:
//! 1. Cells that are summed fall into groups of one range each, and each cell is in one group
//!    (`catalogue::open::tests::groups_have_every_cell_once`).
//! 2. A figure over closed steps only is 0 with margin 0 and status `M`; every other is the sum
//!    over the open steps and cells
//!    (`serve::tests::validity::open_cells_keep_their_figures_and_sums_hold`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use tidegauge_model::{Dataflow, Period, Plan};

use super::phases::Phase;
use super::spans::Span;

/// For each cell, the steps of the window in which it is open.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    all: Range<u32>,
    /// `None` if every cell is open in every step.
    cells: Option<Arc<Vec<Range<u32>>>>,
}

impl Open {
    /// The open steps of a window by the plan.
    pub(crate) fn of(plan: &Plan, dataflow: &Dataflow, steps: &[Period]) -> Self {
        let cells = plan.open_steps(dataflow, steps).map(Arc::new);
        // Fits: a window has at most 366 steps.
        Self { all: 0..steps.len() as u32, cells }
    }

    /// The steps in which a cell is open.
    pub(crate) fn steps(&self, cell: usize) -> Range<u32> {
        self.cells.as_ref().map_or(self.all.clone(), |cells| cells[cell].clone())
    }

    /// The ranges of some cells, each once.
    pub(crate) fn ranges(&self, cells: impl Fn() -> Vec<usize>) -> Vec<Range<u32>> {
        match self.cells {
            None => vec![self.all.clone()],
            Some(_) => self.groups(&cells()).into_iter().map(|(steps, _)| steps).collect(),
        }
    }

    /// The ranges of these cells, each with the number of cells that have it.
    pub(crate) fn groups(&self, cells: &[usize]) -> Vec<(Range<u32>, usize)> {
        if self.cells.is_none() {
            return vec![(self.all.clone(), cells.len())];
        }
        let mut groups = BTreeMap::new();
        for range in cells.iter().map(|&cell| self.steps(cell)) {
            *groups.entry((range.start, range.end)).or_insert(0) += 1;
        }
        groups.into_iter().map(|((start, end), count)| (start..end, count)).collect()
    }

    /// The remaining parts of spans that the range of some cell cuts.
    pub(crate) fn cut(&self, spans: &BTreeSet<Span>) -> BTreeSet<Span> {
        let Some(cells) = &self.cells else { return BTreeSet::new() };
        let ranges: BTreeSet<(u32, u32)> =
            cells.iter().map(|range| (range.start, range.end)).collect();
        let parts = ranges.into_iter().flat_map(|(start, end)| {
            spans.iter().filter_map(move |&span| within(span, &(start..end)))
        });
        parts.filter(|span| !spans.contains(span)).collect()
    }
}

/// The part of a span that lies in a range.
pub(crate) fn within((first, last): Span, range: &Range<u32>) -> Option<Span> {
    let (first, end) = (first.max(range.start), range.end.min(last + 1));
    (first < end).then(|| (first, end - 1))
}

/// The first open step of each cell of a stock, counted from the first step of the run; one after
/// all steps for a cell that is not open in the known part of the run. A table has phases instead.
#[derive(Debug, Default)]
pub(crate) struct Openings {
    /// `None` if every cell is open from the start.
    cells: Option<Vec<u32>>,
    /// The phases of a table over the run.
    pub(crate) phases: Vec<Phase>,
}

/// After all steps of a run.
pub(crate) const NEVER: u32 = u32::MAX;

impl Openings {
    /// The openings in a run of windows.
    pub(crate) fn of<'a>(run: impl Iterator<Item = &'a Open>, cells: usize) -> Self {
        let mut openings = vec![NEVER; cells];
        let mut offset = 0;
        for window in run {
            for (cell, opening) in openings.iter_mut().enumerate() {
                let steps = window.steps(cell);
                if *opening == NEVER && !steps.is_empty() {
                    *opening = offset + steps.start;
                }
            }
            offset += window.all.end;
        }
        let limited = openings.iter().any(|opening| *opening > 0);
        Self { cells: limited.then_some(openings), phases: vec![] }
    }

    /// The openings of a table with these phases.
    pub(crate) fn of_table(phases: Vec<Phase>) -> Self {
        Self { cells: None, phases }
    }

    /// The opening of a cell.
    pub(crate) fn at(&self, cell: usize) -> u32 {
        self.cells.as_ref().map_or(0, |cells| cells[cell])
    }

    /// Every later step at which some cell opens.
    pub(crate) fn steps(&self) -> BTreeSet<u32> {
        let phases = self.phases.iter().map(|phase| phase.steps.start);
        let steps = self.cells.iter().flatten().copied().chain(phases);
        steps.filter(|&step| step > 0 && step != NEVER).collect()
    }

    /// The number of these cells with each opening.
    pub(crate) fn groups(&self, cells: &[usize]) -> Vec<(u32, usize)> {
        let mut groups = BTreeMap::new();
        for &cell in cells {
            *groups.entry(self.at(cell)).or_insert(0) += 1;
        }
        groups.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_opens_once_in_a_run() {
        let window = |cells: Vec<Range<u32>>| Open { all: 0..10, cells: Some(Arc::new(cells)) };
        let run =
            [window(vec![0..10, 10..10, 0..0, 4..10]), window(vec![0..10, 3..10, 0..0, 0..10])];
        let openings = Openings::of(run.iter(), 4);
        assert_eq!([0, 1, 2, 3].map(|cell| openings.at(cell)), [0, 13, NEVER, 4]);
        assert_eq!(openings.steps(), BTreeSet::from([4, 13]));
        let whole = Open { all: 0..10, cells: None };
        assert_eq!(Openings::of([&whole].into_iter(), 4).at(3), 0);
    }

    #[test]
    fn groups_have_every_cell_once() {
        let cells = Some(Arc::new(vec![0..10, 0..4, 0..10, 7..7]));
        let open = Open { all: 0..10, cells };
        let groups = open.groups(&[0, 1, 2, 3]);
        assert_eq!(groups, [(0..4, 1), (0..10, 2), (7..7, 1)]);
        assert_eq!(Open { all: 0..10, cells: None }.groups(&[1, 3]), [(0..10, 2)]);
        let spans = BTreeSet::from([(0, 2), (3, 6), (7, 9)]);
        assert_eq!(open.cut(&spans), BTreeSet::from([(3, 3)]));
        assert_eq!(within((3, 6), &(4..9)), Some((4, 6)));
        assert_eq!(within((3, 6), &(7..9)), None);
    }
}
