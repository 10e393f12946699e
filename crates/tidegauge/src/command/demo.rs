//! `demo`: the whole path on synthetic data, in one command.
//!
//! Not here: anything that the other commands do not do; this calls the same functions.
//!
//! Invariants:
//! 1. Nothing is prepared: events are simulated, collected, released and served by the same
//!    code as any other store's (`tests/demo.rs`).

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use jiff::Timestamp;
use tidegauge_collect::{Ingest, OnBadRow, Population, Progress, Releasing, Store, init};
use tidegauge_model::Plan;
use tidegauge_serve::{Front, Telemetry};

use super::arguments::threads;
use super::output::StandardOutput;
use super::progress::bar;
use super::{plan, serve, simulation};
use crate::failure::{Done, Failure};

/// The ready-made plan that the demonstration runs.
const PLAN: &str = include_str!("../../../../plans/border.toml");
/// Days that are simulated, from the plan's start.
const DAYS: u32 = 60;
/// The synthetic store's clock: when the last day that is simulated closes.
const CLOCK: &str = "2024-03-01T06:00:00+08:00";

#[derive(Args)]
pub(crate) struct Demo {
    /// Where to create the store; by default a new temporary directory.
    directory: Option<PathBuf>,
    /// The address to listen on; by default port 8080 of this machine, or a free port if that one
    /// is in use.
    #[arg(long)]
    public: Option<SocketAddr>,
    /// Stop after creating the store, without serving it.
    #[arg(long)]
    no_serve: bool,
}

impl Demo {
    pub(crate) fn run(self) -> Done {
        let temporary = tempfile::Builder::new().prefix("tidegauge-demo-").tempdir();
        let temporary =
            temporary.map_err(|error| Failure::system("temporary directory", "create", &error))?;
        // The directory is kept, so that its files can be looked at afterwards.
        let directory = self.directory.unwrap_or_else(|| temporary.path().join("store"));
        let kept = temporary.keep();
        let begun = Instant::now();
        let mut output = StandardOutput::default();
        let steps = build(&directory, &kept.join("events.parquet"), &mut output)?;
        let shown = directory.display();
        output.print(format_args!("built in {:.1} s: {shown}\n", begun.elapsed().as_secs_f64()));
        for line in sentences(steps) {
            output.print(line);
        }
        output.print(format_args!("\n  tidegauge ledger verify {shown}"));
        if self.no_serve {
            output.print(format_args!("  tidegauge serve {shown}"));
            return output.finish(format_args!("built {shown}"));
        }
        let address = self.public.unwrap_or_else(free_address);
        // The demonstration explains itself in sentences and writes no log.
        let telemetry = Arc::new(Telemetry::default());
        let front = Front::at(address);
        let public = serve::PublicServer { directory: &directory, front: &front };
        let bound = |address| {
            output.print(format_args!("  http://{address}/        (Ctrl-C ends it)"));
        };
        public.until_asked(None, telemetry, bound, None)
    }
}

/// The usual port of this machine, or any port if something else listens there.
fn free_address() -> SocketAddr {
    let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    if TcpListener::bind(local(8080)).is_ok() { local(8080) } else { local(0) }
}

/// Simulates, collects and releases; returns how many days became public.
fn build(
    directory: &std::path::Path,
    events: &std::path::Path,
    output: &mut StandardOutput,
) -> Result<usize, Failure> {
    let plan: Plan = plan::parse("plans/border.toml", PLAN)?;
    let now: Timestamp = CLOCK.parse().map_err(|_| {
        Failure::new(
            2,
            "bad-value",
            "demo: clock: must be an instant; correct the clock of this machine",
        )
    })?;
    output.print(format_args!("simulating {DAYS} days of crossings of synthetic persons"));
    simulation::built_in(events, DAYS)?;
    let id = &plan.statement.id;
    output.print(format_args!("collecting them into a synthetic store for plan {id}"));
    init(directory, PLAN, &plan, &Population::Synthetic { noise_seed: None }, now)?;
    let mut store = Store::open(directory)?;
    let how = Ingest {
        format: None,
        submitter: "demo".into(),
        threads: threads(None),
        now,
        on_bad_row: OnBadRow::Refuse,
    };
    store.ingest(&[events.to_owned().into()], &how)?;
    output.print("releasing every day: charge, draw, seal, append to the ledger, show");
    let how = Releasing::closed(now, threads(None));
    let bar = bar(store.closed_unreleased(&how)?, "releasing");
    let mut released = 0;
    store.release(&how, &mut |progress| {
        if let Progress::Released(..) = progress {
            bar.inc(1);
            released += 1;
        }
    })?;
    bar.finish_and_clear();
    Ok(released)
}

/// Three sentences that explain the demonstration.
fn sentences(days: usize) -> [String; 3] {
    [
        format!(
            "You are looking at {days} days of border crossings of persons who do not exist, \
             released as a statistics office would release those of persons who do."
        ),
        "Every figure has noise on purpose, so that nobody can be recognised in the figures, and \
         every figure carries its margin: the truth lies within it 95 times in 100."
            .to_owned(),
        "What this cost each person in privacy is priced in the ledger, which anyone can verify:"
            .to_owned(),
    ]
}
