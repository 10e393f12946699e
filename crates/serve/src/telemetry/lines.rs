//! The lines of the log, each with its fixed fields.
//!
//! Not here: when a line is written ([`super::watch`], [`super::Telemetry`]).
//!
//! Every line has a time to the second, a level, a message, a code and the fields of that code:
//!
//! | code | fields | when |
//! | --- | --- | --- |
//! | `start` | `address`, `version` | the directory is read, and connections are taken |
//! | `stop` | | the process was asked to end |
//! | `release` | `step`, `dataflows` | the step is released, in this many dataflows |
//! | `unverified` | `entry`, `path`, `reason` | a file of the ledger is not served |
//! | `verified` | `entry`, `path` | that file verifies again |
//! | `refresh-failed` | `reason` | the ledger could not be read or verified |
//! | `refresh-recovered` | | the ledger can be read again |
//! | `calendar-failed` | `cause`, `reason` | the release calendar could not release |
//! | `calendar-recovered` | | the calendar releases again |
//! | `calendar-waits` | | no event was ever taken in, so nothing is released yet |
//! | `calendar-begins` | | the first events are there, and the release calendar begins |
//! | `snapshot-passed-over` | `cause`, `reason` | a release removed a damaged state |
//! | `request` | `method`, `route`, `status`, `ms` | each request, with `--log` |
//!
//! Invariants:
//! 1. Lines of other crates are never written
//!    (`tests::telemetry::no_line_holds_a_value_or_what_a_reader_sent`).
//! 2. The program continues if standard error cannot be written.
//!
//! Format, as JSON: `{"timestamp":"2024-01-31T12:00:00Z","level":"INFO","message":"released",
//! "code":"release","step":"2024-01-30","dataflows":3}`; as text
//! `2024-01-31T12:00:00Z  INFO released code="release" step="2024-01-30" dataflows=3`.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use tidegauge_figures::UnservedFile;
use tracing::{Metadata, Subscriber, error, info, warn};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{MakeWriter, layer};
use tracing_subscriber::layer::{Layer, SubscriberExt};

/// The form of the log's lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// An object a line, for programs.
    Json,
}

/// Times to the second, because the exact time of a request is private.
struct Seconds;

impl FormatTime for Seconds {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// Writes our lines, and only ours, in a form.
pub(crate) fn subscriber<W>(format: LogFormat, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let plain = layer()
        .with_writer(writer)
        .with_timer(Seconds)
        .with_target(false)
        .log_internal_errors(false);
    let lines = match format {
        LogFormat::Text => plain.with_ansi(false).boxed(),
        LogFormat::Json => {
            let json = plain.json().flatten_event(true);
            json.with_current_span(false).with_span_list(false).boxed()
        }
    };
    let is_ours = |metadata: &Metadata<'_>| metadata.target().starts_with("tidegauge");
    tracing_subscriber::registry().with(lines.with_filter(filter_fn(is_ours)))
}

/// Writes lines to standard error from now on.
pub(super) fn to_standard_error(format: LogFormat) {
    // In a process that already writes lines nothing changes.
    let _ = tracing::subscriber::set_global_default(subscriber(format, std::io::stderr));
}

pub(crate) fn start(address: SocketAddr) {
    info!(code = "start", %address, version = env!("CARGO_PKG_VERSION"), "serving");
}

pub(crate) fn stop() {
    info!(code = "stop", "stopped");
}

pub(super) fn release(step: &str, dataflows: usize) {
    info!(code = "release", step, dataflows, "released");
}

pub(super) fn unverified(file: &UnservedFile) {
    let UnservedFile { entry, path, reason } = file;
    warn!(code = "unverified", entry, path, reason, "a file does not verify and is not served");
}

pub(super) fn verified(file: &UnservedFile) {
    let UnservedFile { entry, path, .. } = file;
    info!(code = "verified", entry, path, "the file verifies again");
}

pub(super) fn refresh_failed(reason: &str) {
    error!(
        code = "refresh-failed",
        reason, "the public directory could not be read; new entries are not shown"
    );
}

pub(super) fn refresh_recovered() {
    info!(code = "refresh-recovered", "the public directory can be read again");
}

pub(super) fn calendar_failed(cause: &str, reason: &str) {
    error!(code = "calendar-failed", cause, reason, "the release calendar could not release");
}

pub(super) fn calendar_recovered() {
    info!(code = "calendar-recovered", "the release calendar releases again");
}

pub(super) fn calendar_waits() {
    let message = "no event was ever taken in, so nothing is released yet: the release calendar \
                   begins with the first events";
    warn!(code = "calendar-waits", "{message}");
}

pub(super) fn calendar_begins() {
    info!(code = "calendar-begins", "the first events are there; the release calendar begins");
}

pub(super) fn snapshot_passed_over(cause: &str, reason: &str) {
    let message = "a damaged state was removed; what it held is folded again from the journal";
    warn!(code = "snapshot-passed-over", cause, reason, "{message}");
}

pub(super) fn request(method: &str, route: &str, status: u16, taken: Duration) {
    // A reader may send any method; unknown ones are not repeated.
    let method = if matches!(method, "GET" | "HEAD" | "OPTIONS") { method } else { "other" };
    let ms = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX);
    info!(code = "request", method, route, status, ms, "answered");
}
