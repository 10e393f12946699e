//! `export`: published figures as a file, the same bytes that a server answers.
//!
//! Not here: anything private; this reads only a store's public directory.
//!
//! Invariants:
//! 1. No figure without its margin (crate `figures`).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use tidegauge_figures::{Concept, Error, Format, Parameters, Reader, dimensions};
use tidegauge_model::near::offered;
use tidegauge_model::{Dataflow, Plan};

use super::arguments::{period, public_directory};
use super::output::{print_answer, print_pieces};
use crate::failure::{Done, Failure};

#[derive(Args)]
pub(crate) struct Export {
    /// The directory of a store, or a public directory.
    directory: PathBuf,
    /// The dataflow. With --derive it may also be a rate of the plan, COHORTS.WAITING for a cohort
    /// dataflow COHORTS, LENGTHS.LONGER for a duration LENGTHS, RETURNS.NOWCAST for a dataflow
    /// RETURNS with vintages, CROSSINGS.CUT for a flow CROSSINGS whose bound an at_bound watches,
    /// or FIRST.RANGE for a flow FIRST of first contributions. Without it the dataflows of the
    /// plan are named.
    #[arg(long)]
    dataflow: Option<String>,
    /// The series, as an SDMX key: the codes of the dimensions separated by dots, alternatives
    /// joined by plus, an empty part for all codes. Each dimension left out at the end is its
    /// total.
    #[arg(long, default_value = "all")]
    key: String,
    /// The first period.
    #[arg(long)]
    start: Option<String>,
    /// The last period.
    #[arg(long)]
    end: Option<String>,
    /// Show the figures as they were when the ledger had this number of entries, or at this
    /// instant in RFC 3339 format.
    #[arg(long)]
    as_of: Option<String>,
    /// Write figures with this number of decimals: 3. Without it they have those of the dataflow:
    /// none where every margin is at least 1.
    #[arg(long)]
    decimals: Option<String>,
    /// Compute derived statistics, as CSV: for a duration its quartiles, or with .LONGER the share
    /// that lasts longer than each band; for a cohort the persons who are left; for a flow by
    /// transition the share of each transition among those that the key selects; a rate of the
    /// plan; with .WAITING the persons who are still waiting at the end of each month, by length of
    /// the wait; with .NOWCAST what provisional figures will be when all that is late has come,
    /// and with .NOWCAST_HELD how often that held; with .CUT what a bound cuts, and with .RANGE
    /// between which counts a cell lies that two bounds tell together.
    #[arg(long, conflicts_with = "format")]
    derive: bool,
    /// The output format: csv, json, jsonstat, parquet, sdmx-csv-1, sdmx-json, sdmx-ml,
    /// sdmx-ml-generic or xlsx.
    #[arg(long, default_value = "csv")]
    format: String,
}

impl Export {
    pub(crate) fn run(self) -> Done {
        let mut parameters = Parameters {
            start: period("--start", self.start.as_deref())?,
            end: period("--end", self.end.as_deref())?,
            ..Parameters::default()
        };
        if let Some(as_of) = &self.as_of {
            parameters.take("asOf", as_of).map_err(refused)?;
        }
        if let Some(decimals) = &self.decimals {
            parameters.take("decimals", decimals).map_err(refused)?;
        }
        parameters.take("format", &self.format).map_err(refused)?;
        let format = parameters.format.unwrap_or(Format::SdmxCsv2);
        let directory = public_directory(&self.directory)?;
        let Some(dataflow) = &self.dataflow else { return Err(dataflow_missing(&directory)?) };
        let key = &self.key;
        let unkeyed = |error| with_codes(error, &directory, dataflow);
        if self.derive {
            let table = tidegauge_figures::export_derived(&directory, dataflow, key, &parameters)
                .map_err(unkeyed)?;
            return print_answer([table.csv()]);
        }
        let pieces = tidegauge_figures::export(&directory, dataflow, key, &parameters, format)
            .map_err(unkeyed)?;
        print_pieces(pieces.map(|piece| piece.map_err(refused)))
    }
}

/// The verified plan of a public directory, as its ledger has it.
fn plan_of(directory: &Path) -> Result<Arc<Plan>, Error> {
    let reader = Reader::new(directory);
    reader.refresh();
    Ok(Arc::clone(&reader.catalogue()?.plan))
}

/// The failure of an export without a dataflow: it names those of the plan.
fn dataflow_missing(directory: &Path) -> Result<Failure, Failure> {
    let plan = plan_of(directory).map_err(refused)?;
    let text = "error[no-dataflow]: export: --dataflow: is needed; name one of these";
    let flow = |flow: &Dataflow| format!("  {}  {}", flow.id, &*flow.name);
    let flows = plan.dataflows.iter().map(flow);
    Ok(Failure::lines(2, [text.to_owned()].into_iter().chain(flows).collect()))
}

/// The failure of an export; one whose key does not fit names each dimension with some codes.
fn with_codes(error: Error, directory: &Path, id: &str) -> Failure {
    let is_of_key = matches!(
        error,
        Error::KeyPart { .. } | Error::KeyParts { .. } | Error::KeyWithoutTotal { .. }
    );
    let plan = if is_of_key { plan_of(directory).ok() } else { None };
    let found = plan.as_ref().and_then(|plan| Some((plan, plan.dataflow(id)?.1)));
    let Some((plan, dataflow)) = found else { return refused(error) };
    let line = |(part, dimension): (usize, Concept)| {
        let ids: Vec<&str> = dimension.code_ids().collect();
        format!("  part {part}, {}: {}", dimension.id, offered("", &ids))
    };
    let parts = (1..).zip(dimensions(plan, dataflow)).map(line);
    let first = format!("error[{}]: export: {error}", error.code());
    Failure::lines(2, [first].into_iter().chain(parts).collect())
}

/// The failure of an export; a parameter has the name of its option.
fn refused(error: Error) -> Failure {
    let code = error.code();
    match error {
        Error::Parameter { parameter, rule, given } => {
            let option = match parameter {
                "asOf" => "--as-of",
                "decimals" => "--decimals",
                _ => "--format",
            };
            let text = format_args!("{option}: value: must be {rule}, not `{given}`; correct it");
            Failure::new(2, code, text)
        }
        error => Failure::new(2, code, format_args!("export: {error}")),
    }
}
