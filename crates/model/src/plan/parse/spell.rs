//! Measures of spells: the bands of a duration, and the dimensions that durations and cohorts need.
//!
//! Not here: statuses (`dataflow.rs`) and all other dimensions (`dimension.rs`).
//!
//! Invariants:
//! 1. A duration has as many bands as its dimension has codes, and a cohort has a dimension of ages
//!    (`tests/life_cycles.rs`: `each_fault_of_a_spell_is_reported`).
//!
//! Format: `bands = ["45 s", "10 min", "2 h", "30 d"]`.

use super::fault::PlanFault;
use super::node::{TomlTable, TomlValue};
use crate::dataflow::Measure;
use crate::plan::limits::{BAND_DAYS_MAX, BANDS_MAX};
use crate::structure::{CodeSource, DataStructure};

/// Parses a length of time, a whole number and a unit, as seconds.
fn seconds(text: &str) -> Option<u64> {
    let (number, unit) = text.split_once(' ')?;
    let is_plain = number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
    let unit = match unit {
        "s" => 1,
        "min" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    let seconds = number.parse::<u64>().ok().filter(|_| is_plain)?.checked_mul(unit)?;
    (seconds <= BAND_DAYS_MAX * 86_400).then_some(seconds)
}

/// The end of each band except the last.
pub(super) fn bands(node: &TomlValue) -> Option<Vec<u64>> {
    let mut bands: Vec<u64> = Vec::new();
    for node in node.array(BANDS_MAX)? {
        let rule = "a length of time is a whole number and s, min, h or d, for instance \"30 d\"";
        let band = node.word(rule, seconds)?;
        if bands.last().is_some_and(|&last| last >= band) {
            node.refuse(PlanFault::BadValue, "each band must end later than the one before");
            return None;
        }
        bands.push(band);
    }
    Some(bands)
}

/// Refuses a structure that lacks the dimension that its measure needs.
pub(super) fn refuse_unfit(table: &TomlTable, measure: &Measure, structure: &DataStructure) {
    let refuse = |rule: String| table.refuse("dimensions", PlanFault::BadValue, rule);
    let codes = |source: CodeSource| {
        let dimension = structure.dimensions().iter().find(|dim| dim.source == source)?;
        Some(dimension.code_list.codes().len())
    };
    match measure {
        Measure::Duration { bands, .. } => match codes(CodeSource::Band) {
            None => refuse("a duration needs a dimension from band".into()),
            Some(codes) if codes != bands.len() + 1 => {
                let bands = bands.len() + 1;
                refuse(format!("{bands} bands need as many codes, given {codes}"));
            }
            Some(_) => {}
        },
        Measure::Cohort { .. } if codes(CodeSource::Age).is_none() => {
            refuse("a cohort needs a dimension from age".into());
        }
        _ => {}
    }
}
