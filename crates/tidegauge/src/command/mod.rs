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
mod plan;
mod progress;
mod serve;
mod simulation;
mod store;

use std::ffi::OsString;
use std::io::{BufWriter, ErrorKind, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jiff::Timestamp;
use tidegauge_collect::Store;
use tidegauge_model::Period;

use crate::failure::Failure;

/// Protected migration statistics in near real time.
///
/// Aggregates only: no command prints, looks up, exports or follows a person.
#[derive(Parser)]
#[command(name = "tidegauge", version, arg_required_else_help = true)]
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
    key: KeyFile,
}

impl At {
    /// Opens the store that is meant.
    fn open(&self) -> Result<Store, tidegauge_collect::Error> {
        self.key.open(&self.directory)
    }
}

/// Where the key is under which a store is encrypted.
#[derive(clap::Args)]
struct KeyFile {
    /// The file of the store's key; otherwise private/store.key inside the store.
    #[arg(long = "key", value_name = "FILE")]
    path: Option<PathBuf>,
}

impl KeyFile {
    fn open(&self, directory: &Path) -> Result<Store, tidegauge_collect::Error> {
        Store::open_with_key(directory, self.path.as_deref())
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

/// Prints pieces of text. Whoever reads may stop reading: a closed output is nothing to fail for.
fn tell(pieces: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Done {
    let mut out = BufWriter::new(stdout().lock());
    let mut pieces = pieces.into_iter();
    let told = pieces.try_for_each(|piece| out.write_all(piece.as_ref()));
    match told.and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::system("standard output", "write", &error))
        }
        _ => Ok(()),
    }
}

/// Tells where a bug struck, and no more: the message of a panic may quote what was read.
fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("error[bug]: {place}: program: this should not happen");
    }));
}

/// Runs the command line; returns what the process should exit with.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    hush_panics();
    let line = match Line::try_parse_from(arguments) {
        Ok(line) => line,
        Err(error) => {
            // Help and version are no failures. A closed output is nothing to fail for.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
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
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => ExitCode::from(failure.tell()),
    }
}

/// The result of a command.
type Done = Result<(), Failure>;
