//! The codes of a cell in the dimensions that stand apart: a table counts a person once in a step
//! for each combination of them.
//!
//! Not here: how often a person counts (module `marks`).
//!
//! Invariants:
//! 1. Cells have the same number if and only if they agree in every dimension that stands apart
//!    (`kernel::apart::tests::a_combination_is_that_of_the_structure`).

use tidegauge_model::DataStructure;

/// The dimensions that stand apart, as (stride of a code in the number of a cell, number of codes).
#[derive(Default)]
pub(super) struct Apart(Vec<(usize, usize)>);

impl Apart {
    pub(super) fn new(structure: &DataStructure) -> Self {
        let mut stride = structure.cells();
        let mut apart = Vec::new();
        for dimension in structure.dimensions() {
            let codes = dimension.code_list.codes().len();
            stride /= codes;
            if dimension.is_apart {
                apart.push((stride, codes));
            }
        }
        Self(apart)
    }

    /// The number of the combination of codes that a cell has; 0 without such dimensions.
    pub(super) fn combination(&self, cell: usize) -> usize {
        self.0.iter().fold(0, |number, (stride, codes)| number * codes + cell / stride % codes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{edit, toml};
    use tidegauge_model::Plan;

    #[test]
    fn a_combination_is_that_of_the_structure() {
        const TABLES: &str = include_str!("../../../../testdata/tables.toml");
        for apart in ["[\"DIRECTION\"]", "[\"TRAVELLER_CLASS\", \"BORDER_POINT\"]"] {
            let text = edit(TABLES)
                .change("dataflow.CROSSINGS.margins", toml("[{ of = [], grain = \"month\" }]"))
                .add("dataflow.CROSSINGS.apart", toml(apart))
                .text();
            let plan = Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}"));
            let structure = &plan.dataflow("CROSSINGS").expect("a dataflow").1.structure;
            let compiled = Apart::new(structure);
            for cell in 0..structure.cells() {
                assert_eq!(compiled.combination(cell), structure.combination_apart(cell));
            }
        }
    }
}
