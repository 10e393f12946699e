//! `export`: published figures as a file, the same bytes that a server answers.
//!
//! Not here: anything private; this reads a store's public directory alone.
//!
//! Invariants:
//! 1. No figure without its margin (crate `figures`).

use std::path::PathBuf;

use clap::Args;
use tidegauge_figures::{Error, Format, Parameters};

use super::output::print_answer;
use super::{Done, period, public_directory};
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Export {
    /// A store, or a public directory.
    directory: PathBuf,
    /// The dataflow; with --derive also a rate of the plan, or COHORTS.WAITING of a cohort COHORTS.
    #[arg(long)]
    dataflow: String,
    /// The series, as SDMX writes a key: parts by dots, alternatives by plus, empty for all.
    #[arg(long, default_value = "all")]
    key: String,
    /// The first period.
    #[arg(long)]
    start: Option<String>,
    /// The last period.
    #[arg(long)]
    end: Option<String>,
    /// The figures as they were when the ledger had this size, or at this instant.
    #[arg(long)]
    as_of: Option<String>,
    /// What the figures say together, as CSV: of a duration its quartiles, of a cohort who is left,
    /// of a flow by transition the rate of each in all that the key names; a rate of the plan; with
    /// .WAITING who is still waiting at the end of each month, by how long.
    #[arg(long, conflicts_with = "format")]
    derive: bool,
    /// How it is written: csv, json, jsonstat, parquet, sdmx-csv-1, sdmx-json, sdmx-ml or
    /// sdmx-ml-generic.
    #[arg(long, default_value = "csv")]
    format: String,
}

impl Export {
    pub(crate) fn run(self) -> Done {
        let refused = |error: Error| Failure::new(2, error.code(), format_args!("export: {error}"));
        let mut parameters = Parameters {
            start: period("--start", self.start.as_deref())?,
            end: period("--end", self.end.as_deref())?,
            ..Parameters::default()
        };
        if let Some(as_of) = &self.as_of {
            parameters.take("asOf", as_of).map_err(refused)?;
        }
        parameters.take("format", &self.format).map_err(refused)?;
        let format = parameters.format.unwrap_or(Format::SdmxCsv2);
        let directory = public_directory(&self.directory);
        let (dataflow, key) = (&self.dataflow, &self.key);
        if self.derive {
            let table = tidegauge_figures::export_derived;
            let table = table(&directory, dataflow, key, &parameters).map_err(refused)?;
            return print_answer([table.csv()]);
        }
        let pieces = tidegauge_figures::export(&directory, dataflow, key, &parameters, format)
            .map_err(refused)?;
        print_answer(pieces)
    }
}
