//! `export`: published figures as a file, the same bytes that a server answers.
//!
//! Not here: anything private; this reads only a store's public directory.
//!
//! Invariants:
//! 1. No figure without its margin (crate `figures`).

use std::path::PathBuf;

use clap::Args;
use tidegauge_figures::{Error, Format, Parameters};

use super::arguments::{period, public_directory};
use super::output::{print_answer, print_pieces};
use crate::failure::{Done, Failure};

#[derive(Args)]
pub(crate) struct Export {
    /// The directory of a store, or a public directory.
    directory: PathBuf,
    /// The dataflow. With --derive it may also be a rate of the plan, COHORTS.WAITING for a cohort
    /// dataflow COHORTS, or LENGTHS.LONGER for a duration LENGTHS.
    #[arg(long)]
    dataflow: String,
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
    /// the wait.
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
        let (dataflow, key) = (&self.dataflow, &self.key);
        if self.derive {
            let table = tidegauge_figures::export_derived(&directory, dataflow, key, &parameters)
                .map_err(refused)?;
            return print_answer([table.csv()]);
        }
        let pieces = tidegauge_figures::export(&directory, dataflow, key, &parameters, format)
            .map_err(refused)?;
        print_pieces(pieces.map(|piece| piece.map_err(refused)))
    }
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
            let text = format_args!("{option}: value: must be {rule}, not `{given}`");
            Failure::new(2, code, text)
        }
        error => Failure::new(2, code, format_args!("export: {error}")),
    }
}
