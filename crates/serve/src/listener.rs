//! The listener: connections with limits on everything, and an orderly end.
//!
//! Not here: the addresses ([`crate::routes`]).
//!
//! Invariants:
//! 1. A request head that is not complete in time, a reader that stops reading, and a connection
//!    beyond its lifetime are closed (`listener::tests::a_silent_connection_is_closed`,
//!    `stall::tests::a_reader_that_stops_is_let_go`).
//! 2. There are never more connections than [`CONNECTIONS_MAX`]; the next one waits.
//! 3. One address never has more than [`ADDRESS_CONNECTIONS_MAX`] of them
//!    (`listener::tests::one_address_cannot_take_every_place`).
//! 4. After the end is requested, answers under way have [`SHUTDOWN_SECONDS_MAX`] to finish.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use tidegauge_figures::{Clock, Reader, Regions, released};

use crate::routes::routes;
use crate::stall::Paced;
use crate::telemetry::{OpenConnection, Telemetry, start, stop};

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

/// Serves a public directory at an address until the future `end` resolves.
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
    address: SocketAddr,
    clock: Option<Clock>,
    telemetry: Arc<Telemetry>,
    bound: impl FnOnce(SocketAddr),
    end: impl Future<Output = ()>,
) -> io::Result<()> {
    let listener = TcpListener::bind(address).await?;
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
    accept(listener, routes, Limits::default(), &telemetry, end).await;
    refreshing.abort();
    stop();
    Ok(())
}

/// Resolves when the process is asked to end: SIGTERM, or an interrupt from the keyboard.
pub async fn asked_to_end() {
    let interrupt = async {
        // On a host without this signal only the other one ends the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
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

#[derive(Clone, Copy, Debug)]
struct Limits {
    of_address: usize,
    head: Duration,
    stall: Duration,
    lifetime: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            of_address: ADDRESS_CONNECTIONS_MAX,
            head: Duration::from_secs(HEAD_SECONDS_MAX),
            stall: Duration::from_secs(STALL_SECONDS_MAX),
            lifetime: Duration::from_secs(CONNECTION_SECONDS_MAX),
        }
    }
}

/// The number of open connections of each address.
#[derive(Debug, Default)]
struct PerAddress(Mutex<HashMap<IpAddr, usize>>);

/// One connection of an address, counted until it is dropped.
struct ConnectionSlot(Arc<PerAddress>, IpAddr);

/// The limits and counters that an open connection occupies.
type Occupied = (Option<OwnedSemaphorePermit>, ConnectionSlot, OpenConnection);

impl PerAddress {
    fn slot(self: &Arc<Self>, address: IpAddr, most: usize) -> Option<ConnectionSlot> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(ConnectionSlot(Arc::clone(self), address))
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let mut open = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut count) = open.entry(self.1) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

async fn accept(
    listener: TcpListener,
    routes: Router,
    limits: Limits,
    telemetry: &Telemetry,
    end: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let per_address = Arc::new(PerAddress::default());
    let graceful = GracefulShutdown::new();
    let mut end = std::pin::pin!(end);
    loop {
        let next = async {
            // The semaphore is never closed.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (listener.accept().await, place)
        };
        tokio::select! {
            (accepted, place) = next => match accepted {
                Ok((stream, from)) => {
                    // Beyond the limit of an address the connection is dropped, that is, closed.
                    if let Some(slot) = per_address.slot(from.ip(), limits.of_address) {
                        let occupied = (place, slot, telemetry.connection());
                        open(stream, occupied, &routes, limits, &graceful);
                    }
                }
                // No descriptor is free, or the peer has gone: others may still be served.
                Err(_) => sleep(Duration::from_millis(50)).await,
            },
            () = &mut end => break,
        }
    }
    drop(listener);
    // Answers that are not finished by then are cut off.
    let _ = timeout(Duration::from_secs(SHUTDOWN_SECONDS_MAX), graceful.shutdown()).await;
}

fn open(
    stream: TcpStream,
    occupied: Occupied,
    routes: &Router,
    limits: Limits,
    graceful: &GracefulShutdown,
) {
    let io = TokioIo::new(Paced::new(stream, limits.stall));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(io, TowerToHyperService::new(routes.clone()));
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        // A connection that fails concerns only its reader, and nothing is logged about readers.
        let _ = timeout(limits.lifetime, watched).await;
        drop(occupied);
    });
}

#[cfg(test)]
mod tests {
    use super::{Duration, Limits, Router, SocketAddr, TcpListener, Telemetry, accept};
    use std::io::{Read, Write};
    use std::net::TcpStream;

    async fn listen(limits: Limits) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let telemetry = Telemetry::default();
            accept(listener, Router::new(), limits, &telemetry, std::future::pending()).await;
        });
        address
    }

    #[tokio::test]
    async fn one_address_cannot_take_every_place() {
        let address = listen(Limits { of_address: 2, ..Limits::default() }).await;
        let talk = tokio::task::spawn_blocking(move || {
            let ask = || {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                // A connection that is closed already may refuse this.
                let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                let mut first = [0];
                let answered = stream.read(&mut first).is_ok_and(|bytes| bytes == 1);
                answered.then_some(stream)
            };
            let (first, second) = (ask(), ask());
            assert!(first.is_some() && second.is_some());
            assert!(ask().is_none(), "a third connection");
            drop(first);
            assert!((0..100).any(|_| ask().is_some()), "a place that became free");
        });
        talk.await.unwrap();
    }

    #[tokio::test]
    async fn a_silent_connection_is_closed() {
        let head = Duration::from_millis(100);
        let address = listen(Limits { head, ..Limits::default() }).await;
        let talk = tokio::task::spawn_blocking(move || {
            for start in ["", "GET / HTTP/1.1\r\nHost: x\r\n"] {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                stream.write_all(start.as_bytes()).unwrap();
                let closed = stream.read_to_end(&mut Vec::new());
                assert!(closed.is_ok(), "open after 5 seconds: {start:?}");
            }
        });
        talk.await.unwrap();
    }
}
