//! Which steps of a window each cell is open in: in the others it is a structural zero.
//!
//! Not here: the rule, which the plan alone tells (crate `model`, module `validity`).
//!
//! Every cell is measured at every step, open or not, so that prices and sensitivities are those of
//! the plan without validity. What is measured in a closed step is noise about a known zero:
//! figures leave it out, and with it its variance. So a sum of cells and steps is the sum over the
//! open ones, and parts still add up to their whole.
//!
//! Invariants:
//! 1. Cells taken together fall into groups of one range each, and each cell lies in one
//!    (`open::tests::groups_hold_every_cell_once`).
//! 2. A figure over closed steps alone is 0 with margin 0 and status `M`; every other is the sum
//!    over the open steps and cells
//!    (`tests::validity::open_cells_keep_their_figures_and_sums_hold`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use tidegauge_model::{Dataflow, Period, Plan};

use crate::figures::Span;

/// For each cell the steps of the window in which it can hold anyone.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    all: Range<u32>,
    /// `None` where every cell is open in every step.
    cells: Option<Arc<Vec<Range<u32>>>>,
}

impl Open {
    /// What a plan says of the steps of a window.
    pub(crate) fn of(plan: &Plan, dataflow: &Dataflow, steps: &[Period]) -> Self {
        let cells = plan.open_steps(dataflow, steps).map(Arc::new);
        // Fits: a window has at most 366 steps.
        Self { all: 0..steps.len() as u32, cells }
    }

    /// Whether some cell is closed in some step.
    pub(crate) fn is_limited(&self) -> bool {
        self.cells.is_some()
    }

    /// The steps in which a cell is open.
    pub(crate) fn steps(&self, cell: usize) -> Range<u32> {
        self.cells.as_ref().map_or(self.all.clone(), |cells| cells[cell].clone())
    }

    /// The ranges of these cells, each with how many of them have it.
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

    /// What is left of these spans where the range of some cell cuts them.
    pub(crate) fn cut(&self, spans: &BTreeSet<Span>) -> BTreeSet<Span> {
        let Some(cells) = &self.cells else { return BTreeSet::new() };
        let ranges: BTreeSet<(u32, u32)> = cells.iter().map(|one| (one.start, one.end)).collect();
        let ranges = ranges.into_iter();
        let left = ranges.flat_map(|(start, end)| {
            spans.iter().filter_map(move |&span| within(span, &(start..end)))
        });
        left.filter(|span| !spans.contains(span)).collect()
    }
}

/// The part of a span that lies in a range.
pub(crate) fn within((first, last): Span, range: &Range<u32>) -> Option<Span> {
    let (first, end) = (first.max(range.start), range.end.min(last + 1));
    (first < end).then(|| (first, end - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_hold_every_cell_once() {
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
