//! `export`: published figures as a file, the same bytes that a server answers.
//!
//! Not here: anything private; this reads a store's public directory alone.
//!
//! Invariants:
//! 1. No figure without its margin (crate `disseminate`).

use std::io::{BufWriter, Write, stdout};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tidegauge_disseminate::query::{Format, Parameters};

use super::{Done, period, public_directory};
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Export {
    /// A store, or a public directory.
    directory: PathBuf,
    /// The dataflow.
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
    /// The figures as they were when the ledger had this size.
    #[arg(long)]
    as_of: Option<u64>,
    /// What the figures say together, as CSV: of a duration its quartiles, of a cohort who is left,
    /// of a flow by transition the rate of each in all that the key names.
    #[arg(long, conflicts_with = "format")]
    derive: bool,
    /// SDMX-CSV 2.0 or JSON.
    #[arg(long, value_enum, default_value_t = Written::Csv)]
    format: Written,
}

#[derive(Clone, Copy, ValueEnum)]
enum Written {
    Csv,
    Json,
}

impl Export {
    pub(crate) fn run(self) -> Done {
        let parameters = Parameters {
            as_of: self.as_of,
            start: period("--start", self.start.as_deref())?,
            end: period("--end", self.end.as_deref())?,
            ..Parameters::default()
        };
        let format = match self.format {
            Written::Csv => Format::Csv,
            Written::Json => Format::Json,
        };
        let directory = public_directory(&self.directory);
        let (dataflow, key) = (&self.dataflow, &self.key);
        let failed = |error: tidegauge_disseminate::error::Error| {
            Failure::new(2, error.code(), format_args!("export: {error}"))
        };
        if self.derive {
            let answer =
                tidegauge_disseminate::pieces::answer(&directory, dataflow, key, &parameters);
            let lines = tidegauge_disseminate::derive::lines(&answer.map_err(failed)?);
            let rule = "export: dataflow: a duration, a cohort or a flow by transition is needed";
            print!("{}", lines.ok_or_else(|| Failure::new(2, "not-derived", rule))?);
            return Ok(());
        }
        let pieces = tidegauge_disseminate::export(&directory, dataflow, key, &parameters, format)
            .map_err(failed)?;
        let mut out = BufWriter::new(stdout().lock());
        let written = pieces
            .into_iter()
            .try_for_each(|piece| out.write_all(piece.as_bytes()))
            .and_then(|()| out.flush());
        match written {
            // Whoever reads may stop reading.
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Failure::system("standard output", "write", &error))
            }
            _ => Ok(()),
        }
    }
}
