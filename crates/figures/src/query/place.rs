//! The cell of a marginal of a table that a series shows.
//!
//! Not here: which marginals are measured ([`crate::estimate::marginal`]).
//!
//! Invariants:
//! 1. The cells of a marginal are numbered in the order of the table's cells
//!    (`serve::tests::table::marginals_and_periods_fit_exactly`).

use tidegauge_model::DataStructure;

use super::series::Pick;

/// The cell of a marginal that a series shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MarginalCell {
    /// For each dimension, the level in its list: 0 for the total.
    pub(crate) levels: Vec<usize>,
    /// The number of the cell in the marginal, the last dimension running fastest.
    pub(crate) cell: usize,
}

/// The place of a series.
pub(crate) fn place(structure: &DataStructure, picks: &[Pick]) -> MarginalCell {
    let mut place = MarginalCell { levels: Vec::with_capacity(picks.len()), cell: 0 };
    for (pick, dimension) in picks.iter().zip(structure.dimensions()) {
        let list = &dimension.code_list;
        let (level, position) = match *pick {
            Pick::Code(position) => (list.depth(), usize::from(position)),
            Pick::Group(position) => {
                // The groups of a level follow each other, in the order of their codes.
                let (before, rest) = list.groups().split_at(usize::from(position));
                let level = rest[0].level;
                (level, before.iter().filter(|other| other.level == level).count())
            }
            Pick::Total => (0, 0),
        };
        place.levels.push(level);
        place.cell = place.cell * list.members(level) + position;
    }
    place
}
