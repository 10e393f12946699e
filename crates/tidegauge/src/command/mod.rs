//! The commands, as DESIGN.md section 6 lists them.
//!
//! Not here: what each command does; there is one file for each group of commands.
//!
//! Invariants:
//! 1. Defaults are safe: nothing listens on an address of another machine unless an option asks
//!    for it.

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
struct CommandLine {
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
    /// Create a store for a plan.
    Init(store::Init),
    /// Take files of events into a store: either all of them or none.
    Ingest(store::IngestFiles),
    /// Finish a release that was interrupted, then release every step that has closed.
    Release(store::ReleaseSteps),
    /// Serve the released files of a store, and release each step when it closes.
    Serve(serve::Serve),
    /// Write published figures with their margins of error to standard output.
    Export(export::Export),
    /// Verify a public ledger.
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Measure on synthetic stores how far one person can change the published figures, and compare
    /// it with the privacy cost that the plan claims.
    Audit(audit::AuditCommand),
    /// Make events of synthetic persons that add up to given counts.
    Simulate(simulation::Simulate),
}

/// The directory of a store, and the clock that it uses.
#[derive(clap::Args)]
struct StoreAt {
    /// The store's directory.
    directory: PathBuf,
    /// The time to use instead of the system clock, in RFC 3339 format; synthetic stores only.
    #[arg(long)]
    now: Option<Timestamp>,
    #[command(flatten)]
    access: StoreAccess,
}

impl StoreAt {
    /// Opens the store.
    fn open(&self) -> Result<Store, tidegauge_collect::Error> {
        self.access.open(&self.directory)
    }
}

/// How a store is opened.
#[derive(clap::Args, Clone)]
struct StoreAccess {
    /// The file with the key of the store; by default private/store.key inside the store.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// How many seconds to wait for another process that is using the store before ending with
    /// exit code 6.
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

/// The public directory of a store; a directory without one is taken to be public itself.
fn public_directory(place: &Path) -> PathBuf {
    let inside = tidegauge_collect::public_directory(place);
    if inside.is_dir() { inside } else { place.to_owned() }
}

/// Parses the period that an option gives, if any.
///
/// Errors: text that is no period.
fn period(option: &str, text: Option<&str>) -> Result<Option<Period>, Failure> {
    let parse = |text: &str| {
        let rule = format!(
            "{option}: value: must be a period such as 2024-01-31T13, 2024-01-31 or 2024-01"
        );
        Period::parse_sdmx(text).ok_or_else(|| Failure::new(2, "bad-value", rule))
    };
    text.map(parse).transpose()
}

/// The number of threads to use: the given one, or one for each core.
fn threads(given: Option<usize>) -> usize {
    given.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1)
}

/// Makes a panic print only its location: its message may quote data that was read.
fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        print_error(format_args!("error[bug]: {place}: program: this should not happen"));
    }));
}

/// Runs the command line and returns the exit code of the process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    hush_panics();
    let line = match CommandLine::try_parse_from(arguments) {
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
