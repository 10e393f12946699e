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

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;
use tidegauge_collect::{Error, Store, public_directory};
use tidegauge_figures::Clock;
use tidegauge_listen::{Security, Tls};
use tidegauge_receive::{
    IntakeLimits, IntakeServer, Observer, Owner, Serving, SocketServer, StoreClock, is_served,
    serve_intake,
};
use tidegauge_serve::{Front, LogOptions, PublicOptions, Telemetry, address, asked_to_end, serve};

use super::arguments::{StoreAccess, instant};
use super::output::StandardOutput;
use crate::failure::{Done, Failure};

#[derive(Args)]
pub(crate) struct Serve {
    /// The store's directory.
    directory: PathBuf,
    #[command(flatten)]
    front: PublicOptions,
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
    intake: Intake,
    #[command(flatten)]
    access: StoreAccess,
}

/// Where sources deliver.
#[derive(Args)]
struct Intake {
    /// The address at which the plan's sources deliver; port 0 takes a free one.
    #[arg(long, value_parser = address)]
    intake: Option<SocketAddr>,
    /// The file of the certificates for the intake, in PEM, the server's own first.
    #[arg(long, value_name = "FILE", requires = "intake", requires = "intake_key")]
    intake_certificate: Option<PathBuf>,
    /// The file of the key that belongs to it, in PEM.
    #[arg(long, value_name = "FILE", requires = "intake_certificate")]
    intake_key: Option<PathBuf>,
    /// The file of the authorities, in PEM, from which clients of the intake must show a
    /// certificate.
    #[arg(long, value_name = "FILE", requires = "intake_certificate")]
    intake_clients: Option<PathBuf>,
    /// The address of a proxy before the intake that ends TLS; may be given again. Only what comes
    /// from there may say by `Forwarded` for whom.
    #[arg(long, value_name = "ADDR", requires = "intake")]
    intake_proxy: Vec<IpAddr>,
}

impl Intake {
    /// How the connections of the intake are secured.
    ///
    /// Errors: files that give no TLS; an address of another machine without TLS or a proxy.
    fn security(&self, address: SocketAddr) -> Result<Security, Failure> {
        let (Some(chain), Some(key)) = (&self.intake_certificate, &self.intake_key) else {
            if address.ip().is_loopback() || !self.intake_proxy.is_empty() {
                let proxies = self.intake_proxy.clone();
                return Ok(Security { proxies, tls: None });
            }
            let rule = "is reached from other machines; give --intake-certificate and \
                        --intake-key, or name the proxy that ends TLS with --intake-proxy";
            return Err(Failure::new(2, "no-tls", format_args!("--intake: {address}: {rule}")));
        };
        match Tls::read(chain, key, self.intake_clients.as_deref()) {
            Ok(tls) => Ok(Security { proxies: self.intake_proxy.clone(), tls: Some(tls) }),
            Err(error) => Err(Failure::new(2, "certificate", &error)),
        }
    }
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
        let certificate =
            |error| Failure::new(2, "certificate", format_args!("--certificate: {error}"));
        let front = self.front.front().map_err(certificate)?;
        let security = self.intake.intake.map(|address| self.intake.security(address));
        let security = security.transpose()?;
        let telemetry = self.log.start();
        let public_clock = self.now.map(|_| clock.function());
        let serving = Serving { key: self.access.key.clone(), clock, releases_by_clock };
        let voice: Arc<dyn Observer> = Arc::new(Voice(Arc::clone(&telemetry)));
        let owner = Owner::start(store, serving, Arc::clone(&voice));
        let intake = self.intake.intake.zip(security).map(|(address, security)| {
            let limits = IntakeLimits::default();
            let server = IntakeServer::new(owner.queue(), clock, limits);
            server.map(|server| (address, security, server))
        });
        let served = intake.transpose().map_err(Failure::from).and_then(|intake| {
            let socket = SocketServer::start(&self.directory, owner.queue())?;
            // What is released after the public tower has looked for the first time is in its log.
            let bound = |address| {
                let place = front.place(address);
                StandardOutput::default().print(format_args!("serving {place}"));
                owner.keep_calendar();
            };
            let public = PublicServer { directory: &self.directory, front: &front };
            let served = public.until_asked(public_clock, telemetry, bound, intake);
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
                let rule = "another `tidegauge serve` serves this store; end that one first";
                Err(Failure::new(6, "served", format_args!("{place}: lock: {rule}")))
            }
            opened => Ok(opened?),
        }
    }
}

/// An intake that is about to be served.
type AtIntake = (SocketAddr, Security, IntakeServer);

/// The public server of a store.
pub(crate) struct PublicServer<'a> {
    /// The store's directory.
    pub(crate) directory: &'a Path,
    /// How it is served.
    pub(crate) front: &'a Front,
}

impl PublicServer<'_> {
    /// Serves the store's public directory, and an intake beside it, until the process is asked to
    /// end.
    pub(crate) fn until_asked(
        &self,
        clock: Option<Clock>,
        telemetry: Arc<Telemetry>,
        bound: impl FnOnce(SocketAddr),
        intake: Option<AtIntake>,
    ) -> Done {
        let failed = |option: &str, address: SocketAddr, error: std::io::Error| {
            let next = "choose another port, or port 0 for a free one";
            Failure::new(2, "listen", format_args!("{option}: {address}: {error}; {next}"))
        };
        let runtime = tokio::runtime::Runtime::new();
        let runtime = runtime.map_err(|error| failed("--public", self.front.address, error))?;
        let directory = public_directory(self.directory);
        runtime.block_on(async {
            let public = async {
                let end = asked_to_end();
                let served = serve(&directory, self.front, clock, telemetry, bound, end);
                served.await.map_err(|error| failed("--public", self.front.address, error))
            };
            let intake = async {
                let Some((address, security, server)) = intake else { return Ok(()) };
                let scheme = if security.tls.is_some() { "https" } else { "http" };
                let bound = |address| {
                    StandardOutput::default().print(format_args!(
                        "taking deliveries at {scheme}://{address}/intake/v1/"
                    ));
                };
                let served = serve_intake(address, security, server, bound, asked_to_end());
                served.await.map_err(|error| failed("--intake", address, error))
            };
            tokio::try_join!(public, intake).map(|_| ())
        })
    }
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
