//! The commands, as DESIGN.md section 6 lists them.
//!
//! Not here: what each command does; there is one file for each group of commands.
//!
//! Invariants:
//! 1. Defaults are safe: nothing listens on an address of another machine unless an option asks
//!    for it.

mod arguments;
mod audit;
mod backup;
mod compose;
mod demo;
mod export;
mod health;
mod install;
mod ledger;
mod output;
mod plan;
mod progress;
mod questions;
mod rehearsal;
mod serve;
mod simulation;
mod status;
mod store;
mod upgrade;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::failure::{Done, EXIT_CODES, Failure, print_error};

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
    /// Serve the released files of a store, release each step when it is due, and do the work that
    /// other commands hand in.
    Serve(serve::Serve),
    /// Show what a store has released, what comes next, and what lies on its disk.
    Status(status::ShowStatus),
    /// Copy a store to a directory of plain files, also while it is served; run again, it copies
    /// only what is new.
    Backup(backup::Backup),
    /// Make a store from a backup; it draws nothing before its ledger is compared with a checkpoint
    /// that was kept elsewhere.
    Restore(backup::Restore),
    /// Make a store of an earlier version one of this version, whole or not at all; make a backup
    /// first.
    Upgrade(upgrade::UpgradeStore),
    /// Write published figures with their margins of error to standard output.
    Export(export::Export),
    /// Verify a public ledger.
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Measure on synthetic stores how far one person can change the published figures, and compare
    /// it with the privacy cost that the plan claims.
    Audit(audit::AuditCommand),
    /// Make events of synthetic persons: for any plan, or adding up to given counts.
    Simulate(Box<simulation::Simulate>),
    /// Ask a server whether all that it shows verifies.
    Health(health::Health),
    /// Write what a shell needs to complete commands to standard output.
    Completions(install::Completions),
    /// Write the pages of man.
    Man(install::Man),
}

/// The description of the whole command line.
pub fn command_line() -> clap::Command {
    CommandLine::command()
}

/// Makes a panic print only its location: its message may quote data that was read.
fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let rule = "this should not happen; please report it";
        print_error(format_args!("error[bug]: {place}: program: {rule}"));
    }));
}

/// Runs the command line and returns the exit code of the process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    hush_panics();
    let line = match CommandLine::try_parse_from(arguments) {
        Ok(line) => line,
        // Help and version are not failures.
        Err(help) if !help.use_stderr() => {
            let printed = help.print().map_err(|error| Failure::answer(&error));
            return exit_code(printed);
        }
        Err(error) => {
            // If standard error cannot be written, nothing is left to report it to.
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
        Command::Status(status) => status.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Upgrade(upgrade) => upgrade.run(),
        Command::Export(export) => export.run(),
        Command::Ledger(ledger) => ledger.run(),
        Command::Audit(audit) => audit.run(),
        Command::Simulate(simulate) => simulate.run(),
        Command::Health(health) => health.run(),
        Command::Completions(completions) => completions.run(command_line()),
        Command::Man(man) => man.run(command_line()),
    };
    exit_code(done)
}

fn exit_code(done: Done) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => ExitCode::from(failure.print()),
    }
}
