//! The listener of every server of ours: connections with limits on everything, TLS where the
//! operator gives a certificate, and an orderly end.
//!
//! Not here: what is asked and answered (crates `serve` and `receive`).
//!
//! Invariants:
//! 1. A request head that is not complete in time, a reader that stops reading, and a connection
//!    beyond its lifetime are closed (`tests::a_silent_connection_is_closed`,
//!    `stall::tests::a_reader_that_stops_is_let_go`).
//! 2. There are never more connections than [`Limits::connections`]; the next one waits.
//! 3. One address never has more than [`Limits::of_address`] of them
//!    (`tests::one_address_cannot_take_every_place`).
//! 4. After the end is requested, answers under way have [`Limits::shutdown`] to finish.

#![warn(unreachable_pub)]

mod forwarded;
mod stall;
mod tls;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

pub use crate::forwarded::Forwarded;
use crate::stall::Paced;
pub use crate::tls::{Tls, TlsError};

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The limits of a listener.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most open connections.
    pub connections: usize,
    /// The most open connections from one address, unless it is that of a proxy; the next one is
    /// closed.
    pub of_address: usize,
    /// Time to send a whole request head, to agree on TLS, and to stay idle.
    pub head: Duration,
    /// The most bytes read ahead on a connection; the head of a request must fit.
    pub head_bytes: usize,
    /// The longest time during which a reader may read nothing.
    pub stall: Duration,
    /// The longest lifetime of a connection.
    pub lifetime: Duration,
    /// Time for answers under way after the end is requested.
    pub shutdown: Duration,
}

/// How connections are secured, and who stands before them.
#[derive(Clone, Debug, Default)]
pub struct Security {
    /// The addresses of proxies, which bring the connections of many.
    pub proxies: Vec<IpAddr>,
    /// TLS; `None` for connections in clear, as behind a proxy.
    pub tls: Option<Tls>,
}

impl Security {
    /// What a request says by its headers about the connection to a proxy before it; nothing,
    /// unless it comes from the address of such a proxy.
    #[must_use]
    pub fn forwarded(&self, from: IpAddr, headers: &HeaderMap) -> Forwarded {
        if self.proxies.contains(&from) { Forwarded::read(headers) } else { Forwarded::default() }
    }
}

/// The number of open connections of each address.
#[derive(Debug, Default)]
struct PerAddress(Mutex<HashMap<IpAddr, usize>>);

/// One connection of an address, counted until it is dropped.
struct ConnectionSlot(Arc<PerAddress>, IpAddr);

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

/// Accepts connections until the future `end` resolves. Each is served by what `service` makes for
/// the address that it comes from, and `open` is kept until it is closed.
pub async fn accept<S, B, G>(
    listener: TcpListener,
    security: Security,
    limits: Limits,
    service: impl Fn(SocketAddr) -> S,
    open: impl Fn() -> G,
    end: impl Future<Output = ()>,
) where
    S: Service<Request<Incoming>, Response = Response<B>> + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Failed>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Failed>,
    G: Send + 'static,
{
    let places = Arc::new(Semaphore::new(limits.connections));
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
                    let is_proxy = security.proxies.contains(&from.ip());
                    let most = if is_proxy { usize::MAX } else { limits.of_address };
                    if let Some(slot) = per_address.slot(from.ip(), most) {
                        let occupied = (place, slot, open());
                        let connection = Connection {
                            stream: Paced::new(stream, limits.stall),
                            security: security.clone(),
                            service: service(from),
                            limits,
                            watcher: graceful.watcher(),
                        };
                        tokio::spawn(async move {
                            // A connection that fails concerns only its other end, and nothing is
                            // logged about it.
                            let _ = timeout(limits.lifetime, connection.serve()).await;
                            drop(occupied);
                        });
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
    let _ = timeout(limits.shutdown, graceful.shutdown()).await;
}

/// Bytes in both directions, in clear or not.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection that is about to be served.
struct Connection<S> {
    stream: Paced<tokio::net::TcpStream>,
    security: Security,
    service: S,
    limits: Limits,
    watcher: Watcher,
}

impl<S, B> Connection<S>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Failed>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Failed>,
{
    async fn serve(self) {
        let Self { stream, security, service, limits, watcher } = self;
        let secured = timeout(limits.head, secure(stream, security)).await;
        let Ok(Some(stream)) = secured else { return };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(limits.head_bytes)
            .serve_connection(TokioIo::new(stream), service);
        let _ = watcher.watch(connection).await;
    }
}

type BoxedStream = Pin<Box<dyn Stream>>;

async fn secure(stream: Paced<tokio::net::TcpStream>, security: Security) -> Option<BoxedStream> {
    match security.tls {
        Some(tls) => Some(Box::pin(tls.accept(stream).await?)),
        None => Some(Box::pin(stream)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use axum::Router;
    use hyper_util::service::TowerToHyperService;

    use super::*;

    const LIMITS: Limits = Limits {
        connections: 64,
        of_address: 16,
        head: Duration::from_secs(20),
        head_bytes: 64 * 1024,
        stall: Duration::from_secs(20),
        lifetime: Duration::from_secs(60),
        shutdown: Duration::from_secs(1),
    };

    async fn listen(limits: Limits) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = |_| TowerToHyperService::new(Router::<()>::new());
        let end = std::future::pending();
        tokio::spawn(accept(listener, Security::default(), limits, service, || (), end));
        address
    }

    #[tokio::test]
    async fn one_address_cannot_take_every_place() {
        let address = listen(Limits { of_address: 2, ..LIMITS }).await;
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
        let address = listen(Limits { head: Duration::from_millis(100), ..LIMITS }).await;
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
