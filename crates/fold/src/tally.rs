//! Exact counts of one step: the one place where exact counts exist.
//!
//! Not here: anything that prints or stores them. The host hands them to the release and
//! drops them.
//!
//! Invariants:
//! 1. Counts never wrap: they are summed with a check (`tally::tests::an_overflow_is_refused`).

/// Exact increments of every cell of every dataflow.
#[derive(Clone, PartialEq, Eq)]
pub struct Tally {
    dataflows: Vec<Vec<i64>>,
}

/// A sum of counts that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sum of counts does not fit 64 bits")]
pub struct Overflow;

impl Tally {
    /// A tally of zeros with this many cells for each dataflow.
    pub fn new(cells: &[usize]) -> Self {
        Self { dataflows: cells.iter().map(|&cells| vec![0; cells]).collect() }
    }

    /// How many dataflows it has.
    pub fn dataflows(&self) -> usize {
        self.dataflows.len()
    }

    /// The increments of a dataflow, one for each cell, in cell order.
    pub fn cells(&self, dataflow: usize) -> &[i64] {
        &self.dataflows[dataflow]
    }

    /// A tally of these counts, by dataflow and cell; `None` if its shape is another than this
    /// one's.
    pub fn filled(&self, cells: Vec<Vec<i64>>) -> Option<Self> {
        let alike = self.dataflows.iter().map(Vec::len).eq(cells.iter().map(Vec::len));
        alike.then_some(Self { dataflows: cells })
    }

    /// Adds one person's increment. A step holds fewer than 2^63 events, so the sum cannot wrap.
    pub(crate) fn add(&mut self, dataflow: usize, cell: usize, increment: i64) {
        self.dataflows[dataflow][cell] += increment;
    }

    /// Adds another tally of the same shape.
    ///
    /// Errors: [`Overflow`] when a sum does not fit.
    pub fn merge(&mut self, other: &Tally) -> Result<(), Overflow> {
        for (mine, theirs) in self.dataflows.iter_mut().zip(&other.dataflows) {
            for (sum, &count) in mine.iter_mut().zip(theirs) {
                *sum = sum.checked_add(count).ok_or(Overflow)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overflow_is_refused() {
        let mut one = Tally { dataflows: vec![vec![i64::MAX, 0]] };
        assert_eq!(one.merge(&Tally { dataflows: vec![vec![1, 0]] }), Err(Overflow));
        assert_eq!(one.merge(&Tally { dataflows: vec![vec![-1, 5]] }), Ok(()));
        assert_eq!(one.cells(0), [i64::MAX - 1, 5]);
    }
}
