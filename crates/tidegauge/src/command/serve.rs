//! `serve`: the public tower over a store, and the store's release calendar beside it.
//!
//! Not here: the server itself (crate `figures`), and `tidegauge-serve`, which needs no store.
//!
//! Invariants:
//! 1. The server reads only the public directory. Only the calendar opens the store, and it runs by
//!    the system's clock for real stores only.
//! 2. The server goes on when nobody reads its output any more
//!    (`tests/exit_codes.rs`: `a_server_outlives_the_reader_of_its_output`).

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use tidegauge_collect::{Progress, public_directory};
use tidegauge_figures::{Clock, clock_from};
use tidegauge_serve::{LogOptions, Telemetry, asked_to_end, serve};

use super::arguments::{StoreAccess, address, instant, threads};
use super::output::StandardOutput;
use crate::failure::{Done, Failure};

/// Seconds between two looks at the clock.
const CALENDAR_SECONDS: u64 = 20;

#[derive(Args)]
pub(crate) struct Serve {
    /// The store's directory.
    directory: PathBuf,
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080", value_parser = address)]
    public: SocketAddr,
    #[command(flatten)]
    log: LogOptions,
    /// The time at which the server's clock starts, in RFC 3339 format, instead of the system's;
    /// synthetic stores only.
    #[arg(long, value_parser = instant)]
    now: Option<Timestamp>,
    #[command(flatten)]
    access: StoreAccess,
}

impl Serve {
    pub(crate) fn run(self) -> Done {
        let store = self.access.open(&self.directory)?;
        let synthetic = store.is_synthetic();
        let clock = match self.now {
            Some(_) => Some(clock_from(store.clock(self.now)?)),
            None => None,
        };
        drop(store);
        if synthetic {
            StandardOutput::default().print(
                "synthetic store: run `tidegauge release` to release steps; the clock does not",
            );
        }
        let (directory, access) = (self.directory.clone(), self.access);
        let (end, ended) = channel();
        let telemetry = self.log.start();
        let calendar_telemetry = Arc::clone(&telemetry);
        let calendar = std::thread::spawn(move || {
            if !synthetic {
                keep_calendar(&directory, &access, &calendar_telemetry, &ended);
            }
        });
        let served = serve_until_asked(&self.directory, self.public, clock, telemetry, |address| {
            StandardOutput::default().print(format_args!("serving http://{address}/"));
        });
        // Dropping the sender ends the calendar.
        drop(end);
        let _ = calendar.join();
        served
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

fn release_closed(
    directory: &Path,
    access: &StoreAccess,
    telemetry: &Telemetry,
) -> Result<(), tidegauge_collect::Error> {
    // The next look at the clock tries again, so ending the server never takes longer than this.
    let mut store = access.open_within(directory, Duration::from_secs(CALENDAR_SECONDS))?;
    let now = store.clock(None)?;
    store.release(None, now, threads(None), &mut |progress| match progress {
        Progress::PassedOver(damage) => {
            telemetry.snapshot_passed_over(damage.code(), &damage.to_string());
        }
        Progress::Released(step) => {
            StandardOutput::default().print(format_args!("released {step}"))
        }
    })
}

/// Releases each step as it closes. A failure is logged and tried again: pending work stays.
fn keep_calendar(
    directory: &Path,
    access: &StoreAccess,
    telemetry: &Telemetry,
    ended: &Receiver<()>,
) {
    loop {
        // A panic has printed its location; the next turn opens the store afresh, as after a crash.
        let release = AssertUnwindSafe(|| release_closed(directory, access, telemetry));
        match catch_unwind(release) {
            Ok(Ok(())) => telemetry.calendar_succeeded(),
            Ok(Err(error)) => telemetry.calendar_failed(error.code(), &error.to_string()),
            Err(_) => telemetry.calendar_failed("bug", "the release did not finish"),
        }
        match ended.recv_timeout(Duration::from_secs(CALENDAR_SECONDS)) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
