//! Reports to the operator: one line for each thing that an operator must know, and metrics.
//!
//! Not here: readiness ([`crate::ready`]), and who asked for what. No line and no metric contains
//! an address of a reader, a path beyond its route, a query, a body, or anything that depends on
//! figures or on events.
//!
//! Invariants:
//! 1. Labels are fixed words, or the ids of the plan's dataflows: no request makes a new one
//!    (`tests::serving::metrics_have_no_label_that_a_request_chooses`).
//! 2. Every line has fixed fields, and none contains a value, a count of events or anything that a
//!    reader sent (`tests::telemetry::no_line_holds_a_value_or_what_a_reader_sent`).
//! 3. A condition that lasts is one line when it begins and one when it ends
//!    (`tests::telemetry::a_condition_that_lasts_is_one_line`).

mod lines;
mod metrics;
mod watch;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tidegauge_figures::Reader;

pub use lines::LogFormat;
#[cfg(test)]
pub(crate) use lines::subscriber;
pub(crate) use lines::{start, stop};
use metrics::Metrics;
pub(crate) use metrics::{CacheState, OPEN_METRICS, OpenConnection};
use watch::Watch;

/// The lines and the metrics of a program.
#[derive(Debug, Default)]
pub struct Telemetry {
    is_each_request_logged: bool,
    metrics: Metrics,
    watch: Mutex<Watch>,
    /// The code of the calendar's last failure, until it succeeds.
    calendar_fault: Mutex<Option<String>>,
}

/// The options of a program that serves.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct LogOptions {
    /// Log each request too: its method, route, status and time only.
    #[arg(long)]
    log: bool,
    /// The form of the lines on standard error.
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    log_format: LogFormat,
}

impl LogOptions {
    /// Begins to write lines to standard error. Call it once in a process.
    pub fn start(self) -> Arc<Telemetry> {
        lines::to_standard_error(self.log_format);
        Arc::new(Telemetry::new(self.log))
    }
}

impl Telemetry {
    /// Telemetry whose lines go to the subscriber of the process, or nowhere.
    pub fn new(is_each_request_logged: bool) -> Self {
        Self { is_each_request_logged, ..Self::default() }
    }

    /// Reports changes since the last look: released steps, files that are not served, failed
    /// refreshes. Call it after each refresh.
    pub(crate) fn look(&self, reader: &Reader) {
        let fault = reader.refresh_fault();
        if fault.is_some() {
            self.metrics.add_refresh_failure();
        }
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.refreshed(fault);
        watch.look(reader);
    }

    /// Reports a refresh that stopped unexpectedly.
    pub(crate) fn refresh_broke(&self) {
        self.metrics.add_refresh_failure();
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.refreshed(Some("the refresh stopped unexpectedly".into()));
    }

    /// Reports that the release calendar could not release, with the cause as a code and in words.
    pub fn calendar_failed(&self, cause: &str, reason: &str) {
        self.metrics.add_calendar_failure();
        let mut fault = self.calendar_fault.lock().unwrap_or_else(PoisonError::into_inner);
        if fault.as_deref() != Some(cause) {
            lines::calendar_failed(cause, reason);
            *fault = Some(cause.to_owned());
        }
    }

    /// Reports that the release calendar has released everything that is due.
    pub fn calendar_succeeded(&self) {
        let mut fault = self.calendar_fault.lock().unwrap_or_else(PoisonError::into_inner);
        if fault.take().is_some() {
            lines::calendar_recovered();
        }
    }

    /// Reports that the release calendar begins, or ceases, to wait for the first events.
    pub fn calendar_waits(&self, waits: bool) {
        self.metrics.set_waits_for_events(waits);
        if waits { lines::calendar_waits() } else { lines::calendar_begins() }
    }

    /// Reports that the release calendar removed a damaged state and continued.
    pub fn snapshot_passed_over(&self, cause: &str, reason: &str) {
        lines::snapshot_passed_over(cause, reason);
    }

    /// Counts a connection as open until it is dropped.
    pub(crate) fn connection(&self) -> OpenConnection {
        self.metrics.connection()
    }

    /// The text of `/metrics`.
    pub(crate) fn metrics(&self, reader: &Reader, cache: CacheState) -> String {
        self.metrics.text(reader, cache)
    }

    fn answered(&self, method: &str, route: &str, status: u16, taken: Duration) {
        self.metrics.add_answer(route, status, taken);
        if self.is_each_request_logged {
            lines::request(method, route, status, taken);
        }
    }
}

/// Counts an answer, and logs it with `--log`.
pub(crate) async fn watched(
    State(telemetry): State<Arc<Telemetry>>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    telemetry.answered(method.as_str(), route, response.status().as_u16(), begun.elapsed());
    response
}
