//! Checks for people to run: compares released figures with published counts, and searches for
//! parameters.
//!
//! Not here: the tests (`tests/`), and anything that needs a store; the figures are those that
//! `tidegauge export` gives to everyone.
//!
//! Usage: `cargo run --release -p checks -- coverage EXPORT.csv COUNTS.csv` where EXPORT is
//! the output of `tidegauge export DIR --dataflow BORDER_FLOW` and COUNTS has the layout of Hong
//! Kong's daily passenger traffic.

use std::process::ExitCode;

use checks::coverage::{Compared, compare, counts};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, rest @ ..] = arguments.as_slice()
        && command == "tune"
    {
        // The lines of `design/shipped.rs` for the named sets, or for all.
        checks::tuning::table(rest, &mut |line| println!("{line}"));
        return ExitCode::SUCCESS;
    }
    let [command, export, truth] = arguments.as_slice() else { return usage() };
    if command != "coverage" {
        return usage();
    }
    match counts(truth.as_ref()).and_then(|truth| compare(export.as_ref(), &truth)) {
        Ok(compared) => {
            print_table(&compared);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error[coverage]: {error}");
            ExitCode::from(2)
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: checks coverage EXPORT.csv COUNTS.csv");
    eprintln!("       checks tune [WORKLOAD...]");
    ExitCode::from(2)
}

fn print_table(compared: &Compared) {
    println!(
        "{:<28} {:>7} {:>10} {:>12} {:>12}",
        "cells", "figures", "covered %", "rms error", "mean error"
    );
    for (name, group) in compared.groups() {
        println!(
            "{name:<28} {:>7} {:>10.2} {:>12.2} {:>12.2}",
            group.figures,
            100.0 * group.covered as f64 / group.figures as f64,
            (group.squares / group.figures as f64).sqrt(),
            group.errors / group.figures as f64,
        );
    }
}
