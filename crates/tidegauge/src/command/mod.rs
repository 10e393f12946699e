//! The commands, as DESIGN.md section 6 lists them.
//!
//! Not here: what they do; one file for each group of commands.
//!
//! Invariants:
//! 1. Defaults are safe: nothing listens on an address other than this machine's unless told.

mod audit;
mod demo;
mod export;
mod ledger;
mod output;
mod plan;
mod progress;
mod serve;
mod simulation;
mod store;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use jiff::Timestamp;
use tidegauge_collect::{Access, Store};
use tidegauge_model::Period;

use crate::failure::{EXIT_CODES, Failure, print_error};

/// Protected migration statistics in near real time.
///
/// Aggregates only: no command prints, looks up, exports or follows a person.
#[derive(Parser)]
#[command(name = "tidegauge", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Simulate, collect, release and serve 60 days of synthetic crossings.
    Demo(demo::Demo),
    /// Check a plan, or show what it costs and how accurate it is, before any data.
    #[command(subcommand)]
    Plan(plan::PlanCommand),
    /// Make a store for a plan.
    Init(store::Init),
    /// Take files of events into a store: all of them or none.
    Ingest(store::IngestFiles),
    /// Finish what is pending, then release every step that has closed.
    Release(store::ReleaseSteps),
    /// Serve a store's released files, its release calendar running.
    Serve(serve::Serve),
    /// Write published figures with their margins to standard output.
    Export(export::Export),
    /// Verify a public ledger.
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Measure on synthetic stores what one person can change, against what is claimed.
    Audit(audit::Audit),
    /// Turn daily counts into events of synthetic persons.
    Simulate(simulation::Simulate),
}

/// Where a store is, and the clock it goes by.
#[derive(clap::Args)]
struct At {
    /// The store's directory.
    directory: PathBuf,
    /// Another clock than the system's, as RFC 3339 writes it; synthetic stores only.
    #[arg(long)]
    now: Option<Timestamp>,
    #[command(flatten)]
    access: StoreAccess,
}

impl At {
    /// Opens the store that is meant.
    fn open(&self) -> Result<Store, tidegauge_collect::Error> {
        self.access.open(&self.directory)
    }
}

/// How a store is opened.
#[derive(clap::Args, Clone)]
struct StoreAccess {
    /// The file of the store's key; otherwise private/store.key inside the store.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// How long to wait for another process that is at work in the store, before exit code 6.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    wait: u64,
}

impl StoreAccess {
    fn open(&self, directory: &Path) -> Result<Store, tidegauge_collect::Error> {
        self.open_within(directory, Duration::from_secs(self.wait))
    }

    /// As [`StoreAccess::open`], waiting no longer than this.
    fn open_within(
        &self,
        directory: &Path,
        limit: Duration,
    ) -> Result<Store, tidegauge_collect::Error> {
        let wait = limit.min(Duration::from_secs(self.wait));
        Store::open_with(directory, &Access { key: self.key.clone(), wait })
    }
}

/// The public directory that is meant: a store's, or the place itself.
fn public_directory(place: &Path) -> PathBuf {
    let inside = tidegauge_collect::public_directory(place);
    if inside.is_dir() { inside } else { place.to_owned() }
}

/// The period that an option gives, if it is given.
fn period(option: &str, text: Option<&str>) -> Result<Option<Period>, Failure> {
    let parse = |text: &str| {
        let rule = format!(
            "{option}: value: must be a period such as 2024-01-31T13, 2024-01-31 or 2024-01"
        );
        Period::parse_sdmx(text).ok_or_else(|| Failure::new(2, "bad-value", rule))
    };
    text.map(parse).transpose()
}

/// How many threads to use: one for each core, unless told.
fn threads(given: Option<usize>) -> usize {
    given.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1)
}

/// Prints where a bug struck, and no more: the message of a panic may quote what was read.
fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        print_error(format_args!("error[bug]: {place}: program: this should not happen"));
    }));
}

/// Runs the command line; returns what the process should exit with.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    hush_panics();
    let line = match Line::try_parse_from(arguments) {
        Ok(line) => line,
        // Help and version are no failures.
        Err(help) if !help.use_stderr() => {
            let printed = help.print().map_err(|error| Failure::output(&error, "no help"));
            return exit_code(printed);
        }
        Err(error) => {
            // There is nobody to tell if standard error cannot be written.
            let _ = error.print();
            return ExitCode::from(2);
        }
    };
    let done = match line.command {
        Command::Demo(demo) => demo.run(),
        Command::Plan(plan) => plan.run(),
        Command::Init(init) => init.run(),
        Command::Ingest(ingest) => ingest.run(),
        Command::Release(release) => release.run(),
        Command::Serve(serve) => serve.run(),
        Command::Export(export) => export.run(),
        Command::Ledger(ledger) => ledger.run(),
        Command::Audit(audit) => audit.run(),
        Command::Simulate(simulate) => simulate.run(),
    };
    exit_code(done)
}

fn exit_code(done: Done) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => ExitCode::from(failure.print()),
    }
}

/// The result of a command.
type Done = Result<(), Failure>;
