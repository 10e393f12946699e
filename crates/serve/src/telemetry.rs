//! What the server tells of itself: counts for Prometheus at `/metrics`, and a log of requests.
//!
//! Not here: who asked for what. Neither holds an address of a reader, a path beyond its route, a
//! query, a body, or anything that depends on figures or on events.
//!
//! Invariants:
//! 1. Labels are fixed words: no request makes a new one
//!    (`tests::serving::metrics_have_no_label_that_a_request_chooses`).
//! 2. A line of the log holds route, method, status and time alone
//!    (`telemetry::tests::a_line_of_the_log_names_a_route_and_no_query`).
//!
//! Format: a line of the log is
//! `{"at":"2024-01-31T12:00:00Z","method":"GET","route":"/v1/data/{*rest}","status":200,"ms":3}`.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;

/// AnswerCounts since the start. Each is only ever added to.
#[derive(Debug, Default)]
pub struct AnswerCounts {
    /// Answers by the first digit of their status.
    statuses: [AtomicU64; 6],
    microseconds: AtomicU64,
}

impl AnswerCounts {
    fn add(&self, status: StatusCode, taken: Duration) {
        let class = usize::from(status.as_u16() / 100).min(5);
        self.statuses[class].fetch_add(1, Ordering::Relaxed);
        // Saturates after half a million years.
        let micros = u64::try_from(taken.as_micros()).unwrap_or(u64::MAX);
        self.microseconds.fetch_add(micros, Ordering::Relaxed);
    }

    /// The counts, with the size of the ledger that is shown and whether all of it verifies.
    pub fn text(&self, ledger: u64, is_ready: bool) -> String {
        let of = |class: usize| self.statuses[class].load(Ordering::Relaxed);
        let mut text = String::from("# TYPE tidegauge_answers_total counter\n");
        for class in 2..=5 {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "tidegauge_answers_total{{status=\"{class}xx\"}} {}", of(class));
        }
        let total: u64 = (0..6).map(of).sum();
        let micros = self.microseconds.load(Ordering::Relaxed);
        let _ = write!(
            text,
            "# TYPE tidegauge_answer_seconds summary\n\
             tidegauge_answer_seconds_sum {}.{:06}\n\
             tidegauge_answer_seconds_count {total}\n\
             # TYPE tidegauge_ledger_entries gauge\n\
             tidegauge_ledger_entries {ledger}\n\
             # TYPE tidegauge_ready gauge\n\
             tidegauge_ready {}\n",
            micros / 1_000_000,
            micros % 1_000_000,
            u8::from(is_ready),
        );
        text
    }
}

/// Whether requests are logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestLog {
    /// Nowhere.
    Nothing,
    /// One line of JSON each, to standard error.
    StandardError,
}

/// AnswerCounts an answer, and logs it where that is asked for.
pub async fn watched(
    State((counts, log)): State<(Arc<AnswerCounts>, RequestLog)>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let told = (log == RequestLog::StandardError).then(|| {
        let route = request.extensions().get::<MatchedPath>();
        let route = route.map_or("none", MatchedPath::as_str).to_owned();
        (request.method().as_str().to_owned(), route)
    });
    let response = next.run(request).await;
    let taken = begun.elapsed();
    counts.add(response.status(), taken);
    if let Some((method, route)) = told {
        let at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        eprintln!("{}", line(&at, &method, &route, response.status(), taken));
    }
    response
}

fn line(at: &str, method: &str, route: &str, status: StatusCode, taken: Duration) -> String {
    // A method is whatever a reader sends; those that are none are not repeated.
    let method = if matches!(method, "GET" | "HEAD" | "OPTIONS") { method } else { "other" };
    json!({"at": at, "method": method, "route": route, "status": status.as_u16(),
        "ms": taken.as_millis()})
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_names_a_route_and_no_query() {
        let taken = Duration::from_millis(3);
        let line = line("then", "SPY", "/v1/data/{*rest}", StatusCode::OK, taken);
        let told = "then other /v1/data/{*rest} 200 3".split(' ').collect::<Vec<_>>();
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let fields = ["at", "method", "route", "status", "ms"];
        let read = fields.map(|field| line[field].to_string().replace('"', ""));
        assert_eq!(read.to_vec(), told);
        assert_eq!(line.as_object().unwrap().len(), fields.len());
    }

    #[test]
    fn counts_add_up() {
        let counts = AnswerCounts::default();
        for status in [200, 204, 404, 503, 503] {
            counts.add(StatusCode::from_u16(status).unwrap(), Duration::from_millis(1500));
        }
        let text = counts.text(12, false);
        for line in [
            "tidegauge_answers_total{status=\"2xx\"} 2",
            "tidegauge_answers_total{status=\"4xx\"} 1",
            "tidegauge_answers_total{status=\"5xx\"} 2",
            "tidegauge_answer_seconds_sum 7.500000",
            "tidegauge_answer_seconds_count 5",
            "tidegauge_ledger_entries 12",
            "tidegauge_ready 0",
        ] {
            assert!(text.lines().any(|one| one == line), "{line}\n{text}");
        }
    }
}
