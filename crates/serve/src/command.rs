//! The command line of `tidegauge-serve`, and what it does.
//!
//! Not here: events, and anything that could name one; the program links no private crate.
//!
//! Invariants:
//! 1. Every failure is one line, `error[code]: place: field: rule` (`tests/program.rs`).

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use jiff::Timestamp;
use tidegauge_figures::clock_from;

use crate::front::PublicOptions;
use crate::listener::{asked_to_end, serve};
use crate::telemetry::LogOptions;

/// Serve the public directory of a store: figures, margins, ledger.
///
/// Needs no store, and no private file; a host that mirrors the public directory is enough.
#[derive(Debug, Parser)]
#[command(name = "tidegauge-serve", version)]
pub struct Program {
    /// The public directory (checkpoint, tile/, plan/, release/), or the directory of a store.
    dir: PathBuf,
    #[command(flatten)]
    front: PublicOptions,
    #[command(flatten)]
    log: LogOptions,
    /// The time at the start, in RFC 3339, in place of the system's clock; synthetic stores only.
    #[arg(long)]
    now: Option<Timestamp>,
}

impl Program {
    /// Serves until the process is asked to end; returns its exit code.
    pub async fn run(self) -> ExitCode {
        if !self.dir.is_dir() {
            let next = "give the public directory of a store, or a mirror of one";
            eprintln!(
                "error[no-directory]: DIR: {}: is not a directory; {next}",
                self.dir.display()
            );
            return ExitCode::from(2);
        }
        let front = match self.front.front() {
            Ok(front) => front,
            Err(error) => {
                eprintln!("error[certificate]: --certificate: {error}");
                return ExitCode::from(2);
            }
        };
        let bound = |address| {
            // It does not matter if nobody reads this output any more.
            let _ = writeln!(std::io::stdout(), "serving {}", front.place(address));
        };
        let inside = self.dir.join("public");
        let directory = if inside.is_dir() { inside } else { self.dir };
        let telemetry = self.log.start();
        let clock = self.now.map(clock_from);
        match serve(&directory, &front, clock, telemetry, bound, asked_to_end()).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => {
                eprintln!("error[now-forbidden]: DIR: --now: {error}");
                ExitCode::from(3)
            }
            Err(error) => {
                let next = "choose another port with --public, or port 0 for a free one";
                eprintln!("error[listen]: --public: {}: {error}; {next}", front.address);
                ExitCode::from(2)
            }
        }
    }
}
