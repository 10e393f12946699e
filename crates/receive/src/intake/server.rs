//! The server of the intake: which address does what.
//!
//! Not here: connections (crate `listen`), the store (room `owner`).
//!
//! Invariants:
//! 1. Every refusal is a problem with its status
//!    (`tidegauge/tests/intake.rs`: `each_refusal_has_its_status`).
//! 2. The same delivery again has the same receipt
//!    (`tidegauge/tests/intake.rs`: `a_delivery_is_taken_once`).

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::HeaderMap;
use hyper::body::Incoming;
use hyper::service::Service;
use hyper::{Method, Request, StatusCode};
use jiff::Timestamp;
use tidegauge_collect::{AdmittedDelivery, Delivered, Error, Store};
use tidegauge_delivery::{Address, Delivery, HEAD_BYTES_MAX, Head, Refusal as BadMessage, address};
use tidegauge_listen::{Limits, Security, accept};
use tokio::net::TcpListener;

use super::answer::{Answer, plain, signed};
use super::body;
use super::current::CurrentTerms;
use super::limits::{Busy, IntakeLimits, UnderWay};
use crate::calendar::StoreClock;
use crate::owner::Queue;
use crate::problem::{BAD_REQUEST, NOT_FOUND, Problem};
use crate::task::Refusal;
use crate::terms::Terms;
use crate::{rows, verify};

/// Statuses of RFC 9110 and RFC 6585.
const METHOD_NOT_ALLOWED: u16 = 405;
const CONFLICT: u16 = 409;
const TOO_MANY_REQUESTS: u16 = 429;
const INTERNAL_ERROR: u16 = 500;
const UNAVAILABLE: u16 = 503;

/// Seconds after which a source may try again when it has its share under way.
const SHARE_SECONDS: u32 = 1;
/// Seconds after which a source may try again when the store cannot take more.
const BUSY_SECONDS: u32 = 5;
/// Seconds after which a source may try again when it has had its rows of the day.
const DAY_SECONDS: u32 = 3600;
/// Seconds after which a source may try again when the disk is full.
const DISK_SECONDS: u32 = 60;

/// The limits of connections.
const CONNECTIONS: Limits = Limits {
    connections: 256,
    of_address: 64,
    head: Duration::from_secs(20),
    head_bytes: 4 * HEAD_BYTES_MAX,
    stall: Duration::from_secs(20),
    lifetime: Duration::from_secs(600),
    shutdown: Duration::from_secs(10),
};

/// What the intake needs of the process that owns the store.
#[derive(Clone)]
pub struct IntakeServer {
    queue: Queue,
    terms: Arc<CurrentTerms>,
    clock: StoreClock,
    limits: IntakeLimits,
    under_way: Arc<UnderWay>,
}

impl IntakeServer {
    /// The intake of the store that a queue leads to.
    ///
    /// Errors: the store cannot be read; a plan without sources, from which nobody delivers.
    pub fn new(queue: Queue, clock: StoreClock, limits: IntakeLimits) -> Result<Self, Refusal> {
        let terms = CurrentTerms::read(queue.clone(), limits.delivery)?;
        if terms.known().is_some_and(|terms| terms.plan.sources.is_empty()) {
            let rule = "--intake: plan: has no [[source]], so nobody could deliver; name the \
                        sources in the plan before the store is made";
            return Err(Refusal::new(2, "no-sources", rule));
        }
        let under_way = Arc::new(UnderWay::new(&limits));
        Ok(Self { queue, terms: Arc::new(terms), clock, limits, under_way })
    }
}

/// Serves the intake at an address until the future `end` resolves. `bound` is called once with
/// the address of the listener.
///
/// Errors: the listener cannot use the address.
pub async fn serve_intake(
    address: SocketAddr,
    security: Security,
    server: IntakeServer,
    bound: impl FnOnce(SocketAddr),
    end: impl Future<Output = ()>,
) -> io::Result<()> {
    let listener = TcpListener::bind(address).await?;
    bound(listener.local_addr()?);
    let known = Arc::new(security.clone());
    let service = |from: SocketAddr| ConnectionService {
        server: server.clone(),
        from: from.ip(),
        security: Arc::clone(&known),
    };
    accept(listener, security, CONNECTIONS, service, || (), end).await;
    Ok(())
}

/// The intake for one connection.
struct ConnectionService {
    server: IntakeServer,
    from: IpAddr,
    security: Arc<Security>,
}

impl Service<Request<Incoming>> for ConnectionService {
    type Response = Answer;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let server = self.server.clone();
        let client = self.security.forwarded(self.from, request.headers()).client;
        let slot = server.under_way.client(client.unwrap_or(self.from));
        Box::pin(async move {
            let Some(_slot) = slot else { return Ok(busy(Busy::Client).answer()) };
            let answered = server.answer(request).await;
            Ok(answered.unwrap_or_else(|problem| problem.answer()))
        })
    }
}

impl IntakeServer {
    async fn answer(self, request: Request<Incoming>) -> Result<Answer, Problem> {
        let now = self.clock.now();
        let terms = match self.terms.known() {
            Some(terms) => terms,
            None => {
                let terms = Arc::clone(&self.terms);
                self.ask(move |_| terms.renew().map_err(|refusal| of_store(&refusal))).await?
            }
        };
        let path = request.uri().path();
        if request.uri().query().is_some() {
            let detail = "query: these addresses take none; leave it out";
            return Err(Problem::new(BAD_REQUEST, "unknown-parameter", detail));
        }
        let Some(at) = address(path) else {
            let detail = "path: no such address; the plan is at /intake/v1/plan";
            return Err(Problem::new(NOT_FOUND, "unknown-address", detail));
        };
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        match at {
            Address::Delivery(..) if request.method() == Method::PUT => {
                self.deliver(request, &terms, now).await
            }
            _ if !reads => {
                let detail = "method: is not meant at this address; use GET, or PUT for a delivery";
                Err(Problem::new(METHOD_NOT_ALLOWED, "method", detail))
            }
            Address::Plan => json(&terms.columns),
            Address::Schema => json(&terms.columns.json_schema()),
            Address::Template => {
                let template = terms.columns.csv_template(false);
                Ok(plain(StatusCode::OK, "text/csv; charset=utf-8", template))
            }
            Address::Source(source) => {
                verify::question(&head(&request)?, &source, &terms, now)?;
                let declared = self.question(move |store| store.completeness(&source)).await?;
                let text = serde_json::to_string(&declared).unwrap_or_default();
                Ok(signed(text, now.as_second(), &terms.key))
            }
            Address::Delivery(source, id) => {
                verify::question(&head(&request)?, &source, &terms, now)?;
                let found = self.question(move |store| store.receipt(&source, &id)).await?;
                let Some((_, receipt)) = found else {
                    let detail = "path: no delivery with this id was taken; send it";
                    return Err(Problem::new(NOT_FOUND, "unknown-delivery", detail));
                };
                Ok(signed(receipt, now.as_second(), &terms.key))
            }
        }
    }

    async fn deliver(
        self,
        request: Request<Incoming>,
        terms: &Arc<Terms>,
        now: Timestamp,
    ) -> Result<Answer, Problem> {
        let delivery = verify::delivery(&head(&request)?, terms, now)?;
        let source = delivery.source.clone();
        let taken = self.take(request, delivery, terms, now).await;
        if let Err(problem) = &taken {
            self.queue.count_refused(&source, &problem.code);
        }
        Ok(signed(taken?, now.as_second(), &terms.key))
    }

    /// Takes a verified delivery; returns the receipt once it is durable.
    async fn take(
        &self,
        request: Request<Incoming>,
        delivery: Delivery,
        terms: &Arc<Terms>,
        now: Timestamp,
    ) -> Result<String, Problem> {
        let length = body::length(request.headers(), &self.limits.delivery)?;
        let share = self.under_way.share(&delivery.source, length).map_err(busy)?;
        let bytes = body::read(request.into_body(), length, &delivery, &self.limits).await?;
        let (source, id) = (delivery.source.clone(), delivery.id.clone());
        let (given, until) = (delivery.digest, delivery.complete_until);
        // A copy costs no reading.
        let copy =
            move |store: &mut Store| store.receipt_of_copy(&source, &id, (&given, until), now);
        if let Some((digest, receipt)) = self.question(copy).await? {
            return if digest == delivery.digest { Ok(receipt) } else { Err(conflict()) };
        }
        // The semaphore is never closed.
        let reader = Arc::clone(&self.under_way.readers).acquire_owned().await.ok();
        let (terms, limits) = (Arc::clone(terms), self.limits.delivery);
        let under_way = Arc::clone(&self.under_way);
        let delivered = self
            .ask(move |queue| {
                let _share = share;
                let Some(admission) = terms.admissions.get(&delivery.source) else {
                    return Err(conflict());
                };
                let rows = rows::admit(bytes, &delivery, admission, &limits, now)?;
                drop(reader);
                let (source, number) = (delivery.source.clone(), rows.number());
                let day = now.as_second().div_euclid(86_400);
                under_way.count_rows(&source, day, number).map_err(busy)?;
                let admitted = AdmittedDelivery { delivery, rows, arrived: now };
                let delivered = queue.deliver(admitted).map_err(|refusal| of_store(&refusal));
                // A full disk is tried again and again, with the same rows.
                if !matches!(delivered, Ok(Delivered::Taken(_))) {
                    under_way.uncount_rows(&source, day, number);
                }
                delivered
            })
            .await?;
        match delivered {
            Delivered::Taken(receipt) => Ok(receipt),
            Delivered::Conflict => Err(conflict()),
        }
    }

    /// Asks something of the store.
    async fn question<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Store) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        self.ask(move |queue| queue.question(question).map_err(|refusal| of_store(&refusal))).await
    }

    /// Does something that waits for the store, on a thread that may.
    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Queue) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let queue = self.queue.clone();
        let done = tokio::task::spawn_blocking(move || work(&queue)).await;
        done.unwrap_or_else(|_| {
            let detail = "an error in the program; send it again later, and ask the operator, \
                          whose log says where";
            Err(Problem::new(INTERNAL_ERROR, "bug", detail))
        })
    }
}

/// The head of a request, as signatures cover it.
fn head(request: &Request<Incoming>) -> Result<Head, BadMessage> {
    let mut head = Head::request(request.method().as_str(), request.uri().path());
    let headers: &HeaderMap = request.headers();
    for name in headers.keys() {
        // Headers that no signature of this contract covers may be anything.
        let is_used = name.as_str().starts_with("tidegauge-")
            || name.as_str().starts_with("content-")
            || name.as_str().starts_with("signature");
        if !is_used {
            continue;
        }
        for value in headers.get_all(name) {
            head.add(name.as_str(), value.to_str().unwrap_or("\u{7f}"))?;
        }
    }
    Ok(head)
}

fn json(value: &impl serde::Serialize) -> Result<Answer, Problem> {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    Ok(plain(StatusCode::OK, "application/json", text))
}

fn conflict() -> Problem {
    let detail = "path: another delivery was taken under this id; give each delivery its own";
    Problem::new(CONFLICT, "delivery-conflict", detail)
}

fn busy(busy: Busy) -> Problem {
    match busy {
        Busy::Source => Problem::later(
            TOO_MANY_REQUESTS,
            "source-busy",
            "source: its earlier deliveries are still under way; wait for their receipts",
            SHARE_SECONDS,
        ),
        Busy::Client => Problem::later(
            TOO_MANY_REQUESTS,
            "client-busy",
            "connection: too many requests are under way from this address; send one after another",
            SHARE_SECONDS,
        ),
        Busy::Memory => Problem::later(
            UNAVAILABLE,
            "busy",
            "body: too much is under way; send it again later",
            BUSY_SECONDS,
        ),
        Busy::Day => Problem::later(
            TOO_MANY_REQUESTS,
            "source-day",
            "source: has had its rows of the day; the store's operator can take signed files of \
             more with `tidegauge ingest`",
            DAY_SECONDS,
        ),
    }
}

/// The problem of a store that cannot take a delivery now.
///
/// What the store says of itself is for its operator: its log has it.
fn of_store(refusal: &Refusal) -> Problem {
    match &*refusal.code {
        "disk-full" => Problem::later(
            UNAVAILABLE,
            "disk-full",
            "store: its disk is full; tell its operator, and send it again later",
            DISK_SECONDS,
        ),
        _ => Problem::later(
            UNAVAILABLE,
            "busy",
            "store: cannot take it now; send it again later",
            BUSY_SECONDS,
        ),
    }
}
