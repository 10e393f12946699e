//! `serve`: the process that owns a store, and the public tower over what the store releases.
//!
//! Not here: the queue, the calendar and the socket (crate `receive`), the server (crate `serve`),
//! and `tidegauge-serve`, which needs no store.
//!
//! Invariants:
//! 1. The public tower reads only the public directory. Only the owner has the store open, and it
//!    releases a synthetic store only by a clock that was given for it
//!    (`tests/calendar.rs`: `a_synthetic_store_follows_a_clock_of_its_own`).
//! 2. The server goes on when nobody reads its output any more
//!    (`tests/exit_codes.rs`: `a_server_outlives_the_reader_of_its_output`).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;
use tidegauge_collect::{Error, Store, public_directory};
use tidegauge_figures::Clock;
use tidegauge_receive::{Observer, Owner, Serving, SocketServer, StoreClock, is_served};
use tidegauge_serve::{LogOptions, Telemetry, asked_to_end, serve};

use super::arguments::{StoreAccess, address, instant};
use super::output::StandardOutput;
use crate::failure::{Done, Failure};

#[derive(Args)]
pub(crate) struct Serve {
    /// The store's directory.
    directory: PathBuf,
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080", value_parser = address)]
    public: SocketAddr,
    #[command(flatten)]
    log: LogOptions,
    /// The time at which the store's clock starts, in RFC 3339 format, instead of the system's; the
    /// store is then released by that clock. Synthetic stores only.
    #[arg(long, value_parser = instant)]
    now: Option<Timestamp>,
    /// How many times as fast as the system's the clock of --now runs.
    #[arg(
        long,
        value_name = "FACTOR",
        default_value_t = 1,
        requires = "now",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000)
    )]
    speed: u32,
    #[command(flatten)]
    access: StoreAccess,
}

impl Serve {
    pub(crate) fn run(self) -> Done {
        let store = self.open()?;
        let clock = match self.now {
            Some(_) => StoreClock::running(store.clock(self.now)?, self.speed),
            None => StoreClock::system(),
        };
        let releases_by_clock = !store.is_synthetic() || self.now.is_some();
        if !releases_by_clock {
            StandardOutput::default().print(
                "synthetic store: run `tidegauge release` to release steps; the clock does not",
            );
        }
        let telemetry = self.log.start();
        let public_clock = self.now.map(|_| clock.function());
        let serving = Serving { key: self.access.key.clone(), clock, releases_by_clock };
        let owner = Owner::start(store, serving, Arc::new(Voice(Arc::clone(&telemetry))));
        let socket = SocketServer::start(&self.directory, owner.queue());
        let served = socket.map_err(Failure::from).and_then(|socket| {
            // What is released after the public tower has looked for the first time is in its log.
            let bound = |address| {
                StandardOutput::default().print(format_args!("serving http://{address}/"));
                owner.keep_calendar();
            };
            let served =
                serve_until_asked(&self.directory, self.public, public_clock, telemetry, bound);
            // From here on commands find no server, and wait for the store.
            drop(socket);
            served
        });
        owner.end();
        served
    }

    /// Opens the store; a second server of one store is refused in its own words.
    fn open(&self) -> Result<Store, Failure> {
        match self.access.open(&self.directory) {
            Err(Error::Locked { place }) if is_served(&self.directory) => {
                let rule =
                    "another `tidegauge serve` serves this store, and a store has one server";
                Err(Failure::new(6, "served", format_args!("{place}: lock: {rule}")))
            }
            opened => Ok(opened?),
        }
    }
}

/// Serves a store's public directory until the process is asked to end.
pub(crate) fn serve_until_asked(
    directory: &Path,
    address: SocketAddr,
    clock: Option<Clock>,
    telemetry: Arc<Telemetry>,
    bound: impl FnOnce(SocketAddr),
) -> Done {
    let failed = |error: std::io::Error| {
        let next = "choose another port with --public, or port 0 for a free one";
        Failure::new(2, "listen", format_args!("--public: {address}: {error}; {next}"))
    };
    let runtime = tokio::runtime::Runtime::new().map_err(failed)?;
    let directory = public_directory(directory);
    let served = serve(&directory, address, clock, telemetry, bound, asked_to_end());
    runtime.block_on(served).map_err(failed)
}

/// What the owner does, on standard output, in the log and in the metrics.
struct Voice(Arc<Telemetry>);

impl Observer for Voice {
    fn released(&self, step: &str) {
        StandardOutput::default().print(format_args!("released {step}"));
    }

    fn passed_over(&self, cause: &str, reason: &str) {
        self.0.snapshot_passed_over(cause, reason);
    }

    fn failed(&self, cause: &str, reason: &str) {
        self.0.calendar_failed(cause, reason);
    }

    fn succeeded(&self) {
        self.0.calendar_succeeded();
    }

    fn waits_for_events(&self, waits: bool) {
        self.0.calendar_waits(waits);
    }
}
