//! The figures that are served from a store's public files, all of them, as their readers get them.
//!
//! Not here: how figures are made (crate `figures`), and what a change of them proves (`canaries`).
//!
//! Invariants:
//! 1. Whatever a reader gets is here: every dataflow, every series, every period
//!    (`served::tests::every_row_with_a_margin_is_read`).

use std::collections::BTreeMap;
use std::path::Path;

use tidegauge_figures::{Error, Format, Parameters, export};
use tidegauge_model::{Dataflow, Marginal, Plan, SeriesPart};

use super::error::AuditError;

/// The column of a figure; that of its margin is the next one.
const VALUE: &str = "OBS_VALUE";

/// The figures of a store by their row, which is all in it but the figure, the margin and the
/// interval.
pub(super) struct ServedFigures {
    figures: BTreeMap<String, ServedFigure>,
}

#[derive(Clone, Copy)]
struct ServedFigure {
    value: f64,
    margin: f64,
}

/// By how much a person moved a figure, divided by its squared margin.
pub(super) struct ServedChange {
    row: String,
    by: f64,
}

impl ServedFigures {
    /// Reads everything that is served from a public directory.
    ///
    /// Errors: figures that are refused.
    pub(super) fn read(public: &Path, plan: &Plan) -> Result<Self, AuditError> {
        let mut parameters = Parameters::default();
        parameters.take("decimals", "3").map_err(AuditError::Served)?;
        let mut figures = BTreeMap::new();
        let read = |id: &str, key: &str| {
            let all = export(public, id, key, &parameters, Format::SdmxCsv2);
            all.and_then(Iterator::collect::<Result<Vec<Vec<u8>>, Error>>)
        };
        for dataflow in &plan.dataflows {
            for key in keys(dataflow) {
                let pieces = match read(&dataflow.id, &key) {
                    // No period of its grain is released yet.
                    Err(Error::NothingReleased | Error::Unmeasured) => continue,
                    pieces => pieces.map_err(AuditError::Served)?,
                };
                read_rows(&String::from_utf8_lossy(&pieces.concat()), &mut figures);
            }
        }
        Ok(Self { figures })
    }

    /// Every row that is here and not there, or the other way round.
    pub(super) fn differing(&self, other: &Self) -> Vec<String> {
        let missing = |one: &Self, other: &Self| {
            let missing = one.figures.keys().filter(|row| !other.figures.contains_key(*row));
            missing.map(|row| format!("served: {row}")).collect::<Vec<_>>()
        };
        [missing(self, other), missing(other, self)].concat()
    }

    /// By how much each figure differs from that of a reference.
    pub(super) fn changes(&self, reference: &Self) -> Vec<ServedChange> {
        let changes = self.figures.iter().filter_map(|(row, figure)| {
            let by = figure.value - reference.figures.get(row)?.value;
            let weighted = by / (figure.margin * figure.margin).max(f64::MIN_POSITIVE);
            (by != 0.0).then(|| ServedChange { row: row.clone(), by: weighted })
        });
        changes.collect()
    }

    /// How much more these figures look like those with the person, compared with a reference: the
    /// sum of the figures times the changes.
    pub(super) fn statistic(&self, changes: &[ServedChange], reference: &Self) -> f64 {
        let terms = changes.iter().filter_map(|ServedChange { row, by }| {
            let value = self.figures.get(row)?.value - reference.figures.get(row)?.value;
            Some(value * by)
        });
        terms.sum()
    }
}

/// The keys under which readers get every figure of a dataflow: of a table one for each marginal.
fn keys(dataflow: &Dataflow) -> Vec<String> {
    if dataflow.marginals.is_empty() {
        return vec!["all".to_owned()];
    }
    let dimensions = dataflow.structure.dimensions();
    let key = |marginal: &Marginal| {
        let levels = dimensions.iter().zip(&marginal.levels);
        let own = levels.map(|(dimension, level)| {
            SeriesPart::Level(*level).ids(&dimension.code_list).join("+")
        });
        // A table without dimensions has one of its own, UNIT, which an empty part selects.
        format!("...{}", own.collect::<Vec<_>>().join("."))
    };
    dataflow.marginals.iter().map(key).collect()
}

/// Reads the rows of a message in SDMX-CSV that have a figure with a margin.
fn read_rows(text: &str, figures: &mut BTreeMap<String, ServedFigure>) {
    let mut lines = text.lines();
    let columns = lines.next().unwrap_or_default().split(',');
    let Some(place) = columns.clone().position(|column| column == VALUE) else { return };
    let status = columns.clone().position(|column| column == "OBS_STATUS");
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |place: usize| fields.get(place).and_then(|field| field.parse().ok());
        let (Some(value), Some(margin)) = (number(place), number(place + 1)) else { continue };
        // The figure, its margin, and both ends of its interval follow from one another.
        let rest = fields.iter().enumerate().filter(|(n, _)| !(place..place + 4).contains(n));
        // So does whether it is less than its margin needs.
        let is_small = |n, field| Some(n) == status && field == "U";
        let rest = rest.map(|(n, field)| if is_small(n, *field) { "A" } else { *field });
        let row: Vec<&str> = rest.collect();
        figures.insert(row.join(","), ServedFigure { value, margin });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_with_a_margin_is_read() {
        let text = "FREQ,TIME_PERIOD,OBS_VALUE,MARGIN,CI_LOW,CI_HIGH,OBS_STATUS\n\
                    D,2024-01-01,12,3,9,15,A\nD,2024-01-02,-1,3,-4,2,A\nD,2024-01-03,,,,,A\n";
        let mut figures = BTreeMap::new();
        read_rows(text, &mut figures);
        let one = ServedFigures { figures };
        assert_eq!(one.figures.len(), 2);
        let mut figures = BTreeMap::new();
        read_rows(&text.replace("12,3,9,15,A", "21,3,18,24,U"), &mut figures);
        let other = ServedFigures { figures };
        assert_eq!(one.differing(&other), Vec::<String>::new());
        let changes = other.changes(&one);
        assert_eq!(changes.len(), 1);
        // 9 / 3^2, times 9.
        assert!((other.statistic(&changes, &one) - 9.0).abs() < 1e-9);
        assert!(one.statistic(&changes, &one).abs() < 1e-9);
        let fewer = ServedFigures { figures: BTreeMap::new() };
        assert_eq!(one.differing(&fewer).len(), 2);
    }
}
