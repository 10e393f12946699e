//! The public server: it listens, looks at the public directory every second, and ends in order.
//!
//! Not here: the addresses ([`crate::routes`]), and connections (crate `listen`).
//!
//! Invariants:
//! 1. A server with another clock than the system's serves only a synthetic store
//!    (`tidegauge/tests/exit_codes.rs`: `a_synthetic_store_may_begin_on_another_clock`).

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tidegauge_figures::{Clock, Reader, Regions, released};
use tidegauge_listen::{Limits, accept};
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::front::Front;
use crate::routes::routes;
use crate::site::{ConnectionService, Entrance};
use crate::telemetry::{Telemetry, start, stop};

/// The most open connections.
pub(crate) const CONNECTIONS_MAX: usize = 1024;
/// The most open connections from one address; the next one is closed.
pub(crate) const ADDRESS_CONNECTIONS_MAX: usize = 256;
/// The longest lifetime of a connection.
pub(crate) const CONNECTION_SECONDS_MAX: u64 = 600;
/// Time to send a whole request head, and to stay idle.
pub(crate) const HEAD_SECONDS_MAX: u64 = 20;
/// The most bytes read ahead on a connection; the head of a request must fit. An address that is
/// too long still fits in most cases, so that it gets an error of its own.
pub(crate) const HEAD_BYTES_MAX: usize = 128 * 1024;
/// Time for answers under way after the end is requested.
pub(crate) const SHUTDOWN_SECONDS_MAX: u64 = 10;
/// The longest time during which a reader may read nothing.
pub(crate) const STALL_SECONDS_MAX: u64 = 20;
/// Time between two looks at the public directory.
pub(crate) const REFRESH_SECONDS: u64 = 1;

/// Serves a public directory until the future `end` resolves.
///
/// `bound` is called once, when the directory has been read, with the address of the listener
/// (which matters for port 0).
///
/// A synthetic store may use a clock other than the system's.
///
/// Errors: the listener cannot use the address; `InvalidInput` for a clock that is given to a real
/// store.
pub async fn serve(
    directory: &Path,
    front: &Front,
    clock: Option<Clock>,
    telemetry: Arc<Telemetry>,
    bound: impl FnOnce(SocketAddr),
    end: impl Future<Output = ()>,
) -> io::Result<()> {
    let listener = TcpListener::bind(front.address).await?;
    let has_own_clock = clock.is_some();
    let reader = Arc::new(Reader::with_clock(directory, clock));
    let regions = Arc::new(Regions::default());
    refresh(&reader, &regions, &telemetry).await;
    if has_own_clock && reader.catalogue().is_ok_and(|catalogue| !catalogue.is_synthetic()) {
        let rule = "only a synthetic store may use a clock other than the system's";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, rule));
    }
    let address = listener.local_addr()?;
    start(address);
    bound(address);
    let refreshing =
        tokio::spawn(refresh_for_ever(reader.clone(), regions.clone(), telemetry.clone()));
    let routes = routes(reader, regions, telemetry.clone());
    let security = front.security.clone();
    let entrance = Entrance { base_path: front.base_path.clone(), security: security.clone() };
    let entrance = Arc::new(entrance);
    let service = |from: SocketAddr| ConnectionService {
        routes: routes.clone(),
        entrance: Arc::clone(&entrance),
        from: from.ip(),
    };
    let open = || telemetry.connection();
    accept(listener, security, LIMITS, service, open, end).await;
    refreshing.abort();
    stop();
    Ok(())
}

/// Resolves when the process is asked to end: SIGTERM, or an interrupt from the keyboard.
///
/// Listens for both from the call on, so that nothing is missed before the first poll; it must be
/// called within a runtime of tokio.
#[cfg(unix)]
pub fn asked_to_end() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    async {
        let [terminate, interrupt] = signals.map(|signal| async {
            match signal {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                // On a host without this signal only the other one ends the process.
                Err(_) => std::future::pending().await,
            }
        });
        tokio::select! {
            () = terminate => {}
            () = interrupt => {}
        }
    }
}

/// Resolves when the process is interrupted from the keyboard.
#[cfg(not(unix))]
pub async fn asked_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn refresh(reader: &Arc<Reader>, regions: &Arc<Regions>, telemetry: &Arc<Telemetry>) {
    let (reader, regions, watching) = (reader.clone(), regions.clone(), telemetry.clone());
    // A refresh that panics leaves the last catalogue; the next one tries again.
    let refreshed = tokio::task::spawn_blocking(move || {
        reader.refresh();
        watching.look(&reader);
        let Ok(catalogue) = reader.catalogue() else { return };
        for dataflow in 0..catalogue.plan.dataflows.len() {
            // An error is reported to the reader who asks for this dataflow.
            let _ = released(&reader, &regions, &catalogue, dataflow);
        }
    })
    .await;
    if refreshed.is_err() {
        telemetry.refresh_broke();
    }
}

async fn refresh_for_ever(reader: Arc<Reader>, regions: Arc<Regions>, telemetry: Arc<Telemetry>) {
    loop {
        // An embargo ends at its hour, not at the next look.
        let look = Duration::from_secs(REFRESH_SECONDS);
        sleep(reader.next_hour().unwrap_or(look).min(look)).await;
        refresh(&reader, &regions, &telemetry).await;
    }
}

/// The limits of the public server.
const LIMITS: Limits = Limits {
    connections: CONNECTIONS_MAX,
    of_address: ADDRESS_CONNECTIONS_MAX,
    head: Duration::from_secs(HEAD_SECONDS_MAX),
    head_bytes: HEAD_BYTES_MAX,
    stall: Duration::from_secs(STALL_SECONDS_MAX),
    lifetime: Duration::from_secs(CONNECTION_SECONDS_MAX),
    shutdown: Duration::from_secs(SHUTDOWN_SECONDS_MAX),
};
