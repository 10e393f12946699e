//! The key of series that a plan names: its headline figures, and the view of a dataflow.
//!
//! Not here: the grammar of keys and their meaning ([`crate::query`]).
//!
//! Invariants:
//! 1. Every key is one that readers can ask for, and has the series that the plan names
//!    (`structure::key::tests::a_key_has_the_series_that_the_plan_names`).
//!
//! Format: `M.HK.FLOW._T.ENTRY+EXIT._T`.

use tidegauge_model::{Dataflow, Plan, SeriesChoice};

/// The key of these series of a dataflow, as in a request.
pub fn key_of(plan: &Plan, dataflow: &Dataflow, series: &SeriesChoice) -> String {
    let dimensions = dataflow.structure.dimensions();
    let unit = dimensions.is_empty().then(|| dataflow.unit.unit_measure());
    let leading = [series.grain.frequency(), &plan.statement.reference_area, series.indicator];
    let parts = dimensions.iter().zip(&series.parts);
    let parts = parts.map(|(dimension, part)| part.ids(&dimension.code_list).join("+"));
    let leading = leading.into_iter().chain(unit).map(str::to_owned);
    leading.chain(parts).collect::<Vec<String>>().join(".")
}

#[cfg(test)]
mod tests {
    use testkit::{edit, toml};

    use super::*;
    use crate::query::grammar::parse_key;
    use crate::query::series::Selection;

    const TABLES: &str = include_str!("../../../../testdata/tables.toml");

    #[test]
    fn a_key_has_the_series_that_the_plan_names() {
        let group = "[[headline]]\ndataflow = \"CROSSINGS\"\nperiod = \"week\"\n\
                     series = { BORDER_POINT = \"AIR\", DIRECTION = \"ENTRY\" }\n";
        let view = "{ marginal = [\"BORDER_POINT/1\", \"DIRECTION\"], period = \"day\" }";
        let text = edit(TABLES).append(group).add("dataflow.CROSSINGS.view", toml(view)).text();
        let plan = Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}"));
        let dataflow = &plan.dataflows[0];
        let area = &plan.statement.reference_area;
        let headline = key_of(&plan, dataflow, &plan.headlines[0].series);
        assert_eq!(headline, format!("W.{area}.FLOW.AIR.ENTRY._T"));
        let view = key_of(&plan, dataflow, plan.view(0).unwrap());
        assert_eq!(view, format!("D.{area}.FLOW.AIR+SEA+LAND.ENTRY+EXIT._T"));
        for (key, series) in [(headline, 1), (view, 6)] {
            let selection = Selection::new(&parse_key(&key).unwrap(), &plan, 0).unwrap();
            assert_eq!((selection.grains.len(), selection.per_grain()), (1, series), "{key}");
        }
    }
}
