//! A data structure in the SDMX sense: dimensions over closed code lists, and the cells of their
//! product.
//!
//! Not here: time (every series has the same periods) and attributes of observations.
//!
//! Invariants:
//! 1. Cells are the product of the code lists; the last dimension varies fastest
//!    (`structure::tests::cells_are_the_product_of_the_code_lists`).
//! 2. Combinations of codes that stand apart are numbered likewise
//!    (`structure::tests::combinations_apart_are_numbered_in_the_order_of_cells`).

use std::sync::Arc;

use crate::code::CodeList;
use crate::text::Text;

/// Most cells of one dataflow, so that every cell can be published at every step.
pub const CELLS_MAX: usize = 1_000_000;

/// Where the code of an event for a dimension comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeSource {
    /// The status after the transition.
    After,
    /// Calendar months since the month in which the spell began; the last code is open-ended.
    Age,
    /// An attribute of the event: its position in [`crate::Plan::attributes`]. A transition by a
    /// timer has the codes of the event that led to the status.
    Attribute(usize),
    /// The band in which the length of the spell lies.
    Band,
    /// The status before the transition.
    Before,
    /// The kind of the event; a transition by a timer has no kind.
    Kind,
    /// As [`CodeSource::Attribute`], but of the event with which the spell began.
    Start(usize),
    /// The name of the transition, by an event or by a timer.
    Transition,
}

/// One dimension of a dataflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// SDMX identifier, upper case, for instance `BORDER_POINT`.
    pub id: String,
    /// Name for people.
    pub name: Text,
    /// The closed list of its codes. Events with another code are not part of the dataflow.
    pub code_list: Arc<CodeList>,
    /// Where the code of an event comes from.
    pub source: CodeSource,
    /// Whether the dimension stands apart: a table never sums over its codes, so every marginal has
    /// them, and a person counts once in a step for each of them.
    pub is_apart: bool,
}

impl Dimension {
    /// The dimension at a level of its list, as a plan names it in a marginal: `CITIZENSHIP`, or
    /// `CITIZENSHIP/1` for groups.
    pub fn at_level(&self, level: usize) -> String {
        match level == self.code_list.depth() {
            true => self.id.clone(),
            false => format!("{}/{level}", self.id),
        }
    }
}

/// The dimensions of a dataflow; their product is its set of cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataStructure {
    dimensions: Vec<Dimension>,
}

impl DataStructure {
    /// A structure with these dimensions, in key order; without dimensions it has one cell. `None`
    /// if it would have more than [`CELLS_MAX`] cells.
    pub fn new(dimensions: Vec<Dimension>) -> Option<Self> {
        let cells = dimensions.iter().try_fold(1usize, |product, dimension| {
            product.checked_mul(dimension.code_list.codes().len()).filter(|&n| n <= CELLS_MAX)
        });
        cells.map(|_| Self { dimensions })
    }

    /// The dimensions, in key order.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The dimensions, to change their texts.
    pub(crate) fn dimensions_mut(&mut self) -> &mut [Dimension] {
        &mut self.dimensions
    }

    /// Whether the cell of an event depends only on the event.
    pub fn follows_from_event(&self) -> bool {
        let is_of_event = |dimension: &Dimension| {
            matches!(dimension.source, CodeSource::Attribute(_) | CodeSource::Kind)
        };
        self.dimensions.iter().all(is_of_event)
    }

    /// The dimensions that stand apart, each with its position.
    pub fn apart(&self) -> impl Iterator<Item = (usize, &Dimension)> {
        self.dimensions.iter().enumerate().filter(|(_, dimension)| dimension.is_apart)
    }

    /// Replaces the code list with the same identifier, which must have as many codes.
    pub(crate) fn replace_list(&mut self, list: &Arc<CodeList>) {
        for dimension in self.dimensions.iter_mut().filter(|known| known.code_list.id == list.id) {
            dimension.code_list = Arc::clone(list);
        }
    }

    /// The number of cells.
    pub fn cells(&self) -> usize {
        self.dimensions.iter().map(|dimension| dimension.code_list.codes().len()).product()
    }

    /// The number of the cell with these code positions, one for each dimension.
    ///
    /// Panics if there are not as many positions as dimensions.
    pub fn cell(&self, positions: &[u16]) -> usize {
        assert_eq!(positions.len(), self.dimensions.len(), "one position for each dimension");
        self.dimensions.iter().zip(positions).fold(0, |cell, (dimension, &position)| {
            cell * dimension.code_list.codes().len() + usize::from(position)
        })
    }

    /// The combination of codes, by number, that a cell has in the dimensions that stand apart; 0
    /// without any.
    pub fn combination_apart(&self, cell: usize) -> usize {
        let (mut rest, mut stride, mut combination) = (cell, 1, 0);
        for dimension in self.dimensions.iter().rev() {
            let codes = dimension.code_list.codes().len();
            if dimension.is_apart {
                combination += rest % codes * stride;
                stride *= codes;
            }
            rest /= codes;
        }
        combination
    }

    /// The code positions of a cell, one for each dimension: the inverse of [`Self::cell`].
    pub fn positions(&self, cell: usize) -> Vec<u16> {
        let mut rest = cell;
        let mut positions = vec![0; self.dimensions.len()];
        for (position, dimension) in positions.iter_mut().zip(&self.dimensions).rev() {
            let codes = dimension.code_list.codes().len();
            // Fits: a list has at most CODES_MAX codes.
            *position = (rest % codes) as u16;
            rest /= codes;
        }
        positions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;

    fn dimension(id: &str, codes: usize) -> Dimension {
        let codes =
            (0..codes).map(|n| Code::new(&format!("C{n}"), Text::english("code"))).collect();
        let list =
            CodeList::new(format!("CL_{id}"), "1.0.0".into(), Text::english(id), codes).unwrap();
        Dimension {
            id: id.into(),
            name: Text::english(id),
            code_list: Arc::new(list),
            source: CodeSource::Kind,
            is_apart: false,
        }
    }

    #[test]
    fn cells_are_the_product_of_the_code_lists() {
        let structure =
            DataStructure::new(vec![dimension("A", 3), dimension("B", 2), dimension("C", 4)])
                .unwrap();
        assert_eq!(structure.cells(), 24);
        for cell in 0..24 {
            assert_eq!(structure.cell(&structure.positions(cell)), cell);
        }
        assert_eq!(structure.cell(&[0, 0, 1]), 1, "the last dimension varies fastest");
    }

    #[test]
    fn combinations_apart_are_numbered_in_the_order_of_cells() {
        let apart = |id, codes| Dimension { is_apart: true, ..dimension(id, codes) };
        let structure =
            DataStructure::new(vec![apart("A", 3), dimension("B", 2), apart("C", 4)]).unwrap();
        for cell in 0..structure.cells() {
            let [a, _, c] = structure.positions(cell)[..] else { panic!("three") };
            assert_eq!(structure.combination_apart(cell), usize::from(a * 4 + c));
        }
        let plain = DataStructure::new(vec![dimension("A", 3), dimension("B", 2)]).unwrap();
        assert!((0..6).all(|cell| plain.combination_apart(cell) == 0));
    }

    #[test]
    fn a_structure_without_dimensions_has_one_cell() {
        let structure = DataStructure::new(vec![]).unwrap();
        assert_eq!((structure.cells(), structure.cell(&[])), (1, 0));
    }

    #[test]
    fn too_many_cells_are_refused() {
        let list = || vec![dimension("A", 4000), dimension("B", 4000)];
        assert!(DataStructure::new(list()).is_none());
    }
}
