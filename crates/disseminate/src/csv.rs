//! SDMX-CSV 2.0: one line for each observation.
//!
//! Not here: figures, and rounding of any kind ([`crate::decimal`]).
//!
//! Invariants:
//! 1. Every field is a code, a period or a number, so no field needs quotes: codes hold only
//!    letters, digits, `_`, `@`, `$` and `-` (`tests::every_format_tells_the_same_figures`).
//! 2. The figures are character for character those of the JSON
//!    (`tests::every_format_tells_the_same_figures`).
//!
//! Format (`tests/golden/crossings.csv`):
//! `STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,BORDER_POINT,TIME_PERIOD,OBS_VALUE,...`
//! `dataflow,TG:CROSSINGS(1.0.0),I,D,XX,FLOW,AIR,2024-01-01,12.345,3.210,9.135,15.555,P,17,PER,0,3`

use std::fmt::Write;

use tidegauge_model::{Dataflow, Plan, StatisticalUnit};

use crate::answer::Series;
use crate::decimal::{DECIMALS, Milli};
use crate::key::LEADING;

/// The media type, as it is answered.
pub const MEDIA_TYPE: &str = "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8";

/// The version of every structure: a plan fixes its dataflows once and for all.
pub const STRUCTURE_VERSION: &str = "1.0.0";

/// The line of column names.
pub fn header(dataflow: &Dataflow) -> String {
    let mut line = String::from("STRUCTURE,STRUCTURE_ID,ACTION");
    let dimensions = dataflow.structure.dimensions().iter().map(|dimension| &*dimension.id);
    for id in LEADING.into_iter().chain(dimensions) {
        line.push(',');
        line.push_str(id);
    }
    line.push_str(",TIME_PERIOD,OBS_VALUE,MARGIN,CI_LOW,CI_HIGH,OBS_STATUS,VINTAGE");
    line.push_str(",UNIT_MEASURE,UNIT_MULT,DECIMALS\n");
    line
}

/// The lines of one series.
pub fn lines(plan: &Plan, dataflow: &Dataflow, series: &Series) -> String {
    let agency = &plan.statement.agency;
    let mut start = format!("dataflow,{agency}:{}({STRUCTURE_VERSION}),I", dataflow.id);
    for code in &series.key {
        start.push(',');
        start.push_str(code);
    }
    let unit = unit_measure(dataflow.unit);
    let mut lines = String::with_capacity(series.observations.len() * (start.len() + 90));
    for observation in &series.observations {
        let (low, high) = crate::answer::interval(observation);
        let (value, margin) = (Milli(observation.value_milli), Milli(observation.margin_milli));
        let (status, vintage) = (observation.status.code(), observation.vintage);
        // Writing to a string cannot fail.
        let _ = writeln!(
            lines,
            "{start},{},{value},{margin},{},{},{status},{vintage},{unit},0,{DECIMALS}",
            observation.period,
            Milli(low),
            Milli(high),
        );
    }
    lines
}

/// The SDMX code of the unit of measure.
pub fn unit_measure(unit: StatisticalUnit) -> &'static str {
    match unit {
        StatisticalUnit::Events => "EVT",
        StatisticalUnit::Persons => "PER",
    }
}
