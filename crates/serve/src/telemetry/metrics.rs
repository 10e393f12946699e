//! Metrics for Prometheus, as OpenMetrics text.
//!
//! Not here: lines of the log ([`super::lines`]).
//!
//! | metric | labels | meaning |
//! | --- | --- | --- |
//! | `tidegauge_answers_total` | `status` | answers by class of status |
//! | `tidegauge_answer_seconds` | `route`, `status` | time until an answer begins, as a histogram |
//! | `tidegauge_last_step_end_timestamp_seconds` | `dataflow` | when the last step ends |
//! | `tidegauge_last_step_lag_seconds` | `dataflow` | the time since that end |
//! | `tidegauge_steps_overdue` | `dataflow` | steps that are overdue by the calendar |
//! | `tidegauge_source_silent` | `source` | 1 if it was silent in the newest step, else 0 |
//! | `tidegauge_source_silent_steps` | `source` | how many of the last 100 steps lack it |
//! | `tidegauge_calendar_failures_total` | | attempts of the release calendar that failed |
//! | `tidegauge_waits_for_events` | | 1 while no event was ever taken in, so nothing is released |
//! | `tidegauge_refresh_failures_total` | | reads of the public directory that failed |
//! | `tidegauge_unverified_files` | | files of the ledger that are not served |
//! | `tidegauge_cache_entries`, `_bytes` | | the answers in the cache |
//! | `tidegauge_cache_hits_total`, `_misses_total` | | answers found in the cache, or not |
//! | `tidegauge_connections` | | open connections |
//! | `tidegauge_ledger_entries` | | entries of the ledger |
//! | `tidegauge_ready` | | 1 if `/readyz` answers 200, else 0 |
//! | `tidegauge_build_info` | `version` | the program |
//!
//! Routes are `page`, `asset`, `v1`, `sdmx21`, `sdmx30`, `log`, `health` and `other`. Statuses are
//! `2xx`, `3xx`, `4xx`, `5xx` and `501`: 501 stands for features of a standard that are not
//! offered, which is not a fault of the server, so `5xx` does not include it.
//!
//! Invariants:
//! 1. Every series to which a request can add exists from the start
//!    (`tests::serving::metrics_have_no_label_that_a_request_chooses`).

use std::fmt;
use std::time::Duration;

use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::encoding::{EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use tidegauge_figures::Reader;
use tidegauge_model::SourceSet;

use crate::calendar::{DataflowCalendar, calendar, newest_silent};
use crate::ready;

/// The media type of the text.
pub(crate) const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper ends of the histogram's classes, in seconds.
const ANSWER_SECONDS: [f64; 7] = [0.001, 0.005, 0.025, 0.1, 0.5, 2.0, 10.0];

/// The steps over which the silence of a source is counted.
const SILENT_STEPS: usize = 100;

const ROUTES: [&str; 8] = ["page", "asset", "v1", "sdmx21", "sdmx30", "log", "health", "other"];
const STATUSES: [&str; 5] = ["2xx", "3xx", "4xx", "5xx", "501"];

/// Names and values of labels, all of them fixed words.
type Labels<const N: usize> = [(&'static str, &'static str); N];

/// The size of a cache of answers, and how often it had the requested answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CacheState {
    pub(crate) entries: u64,
    pub(crate) bytes: u64,
    pub(crate) hits: u64,
    pub(crate) misses: u64,
}

/// A connection, counted as open until it is dropped.
#[derive(Debug)]
pub(crate) struct OpenConnection(Gauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Metrics since the start of the program.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    answers: Family<Labels<1>, Counter>,
    seconds: Family<Labels<2>, Histogram, fn() -> Histogram>,
    calendar_failures: Counter,
    refresh_failures: Counter,
    waits_for_events: Gauge,
    connections: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("tidegauge");
        let answers = Family::<Labels<1>, Counter>::default();
        let seconds: Family<_, _, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(ANSWER_SECONDS));
        for status in STATUSES {
            drop(answers.get_or_create_owned(&[("status", status)]));
            for route in ROUTES {
                drop(seconds.get_or_create_owned(&[("route", route), ("status", status)]));
            }
        }
        let (calendar_failures, refresh_failures) = (Counter::default(), Counter::default());
        let connections = Gauge::default();
        registry.register(
            "answers",
            "Answers by class of status; 501 is a class of its own",
            answers.clone(),
        );
        let help = "Time to begin an answer, by class of route and of status";
        registry.register_with_unit("answer", help, Unit::Seconds, seconds.clone());
        let help = "Attempts of the release calendar that failed";
        registry.register("calendar_failures", help, calendar_failures.clone());
        let help = "Reads of the public directory that failed";
        registry.register("refresh_failures", help, refresh_failures.clone());
        let waits_for_events = Gauge::default();
        let help = "1 while nothing is released because no event was ever taken in, else 0";
        registry.register("waits_for_events", help, waits_for_events.clone());
        registry.register("connections", "Open connections", connections.clone());
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        registry.register("build", "The program that serves", Info::new(version));
        Self {
            registry,
            answers,
            seconds,
            calendar_failures,
            refresh_failures,
            waits_for_events,
            connections,
        }
    }
}

impl Metrics {
    /// Counts an answer by its route, as the router names it, and its status.
    pub(super) fn add_answer(&self, route: &str, status: u16, taken: Duration) {
        let (route, status) = (route_class(route), status_class(status));
        self.answers.get_or_create(&[("status", status)]).inc();
        let seconds = self.seconds.get_or_create(&[("route", route), ("status", status)]);
        seconds.observe(taken.as_secs_f64());
    }

    pub(super) fn add_calendar_failure(&self) {
        self.calendar_failures.inc();
    }

    pub(super) fn set_waits_for_events(&self, waits: bool) {
        self.waits_for_events.set(waits.into());
    }

    pub(super) fn add_refresh_failure(&self) {
        self.refresh_failures.inc();
    }

    pub(super) fn connection(&self) -> OpenConnection {
        self.connections.inc();
        OpenConnection(self.connections.clone())
    }

    /// All metrics, with the current state of the served directory.
    pub(super) fn text(&self, reader: &Reader, cache: CacheState) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode_registry(&mut text, &self.registry);
        let _ = encode_registry(&mut text, &state(reader, cache));
        let _ = encode_eof(&mut text);
        text
    }
}

/// The current state of the served directory, as metrics.
fn state(reader: &Reader, cache: CacheState) -> Registry {
    let mut registry = Registry::with_prefix("tidegauge");
    let mut gauge = |name: &str, help: &str, value: u64| {
        let gauge: Gauge = Gauge::default();
        gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        registry.register(name, help, gauge);
    };
    let entries = reader.catalogue().map_or(0, |catalogue| catalogue.ledger().size);
    gauge("ledger_entries", "Entries of the ledger", entries);
    let is_ready = ready::checks(reader, false).iter().all(|check| check.fault.is_none());
    gauge("ready", "1 if /readyz answers 200, else 0", is_ready.into());
    let unverified = reader.unserved().len() as u64;
    gauge("unverified_files", "Files of the ledger that are not served", unverified);
    gauge("cache_entries", "Answers in the cache", cache.entries);
    gauge("cache_bytes", "Bytes of the answers in the cache", cache.bytes);
    let mut counter = |name: &str, help: &str, value: u64| {
        let counter: Counter = Counter::default();
        counter.inc_by(value);
        registry.register(name, help, counter);
    };
    counter("cache_hits", "Answers found in the cache", cache.hits);
    counter("cache_misses", "Answers not found in the cache", cache.misses);
    add_calendar(&mut registry, reader);
    add_sources(&mut registry, reader);
    registry
}

/// A gauge for each dataflow or source, in the order of the plan.
#[derive(Debug)]
struct GaugeById {
    /// The name of the label.
    label: &'static str,
    values: Vec<(String, i64)>,
}

impl GaugeById {
    fn new(label: &'static str) -> Self {
        Self { label, values: vec![] }
    }

    fn add(&mut self, id: &str, value: i64) {
        self.values.push((id.to_owned(), value));
    }
}

impl EncodeMetric for GaugeById {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), fmt::Error> {
        for (id, value) in &self.values {
            encoder.encode_family(&[(self.label, &**id)])?.encode_gauge(value)?;
        }
        Ok(())
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Gauge
    }

    fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// The release calendar of each dataflow. A store without a clock has no lag, and nothing in it is
/// overdue.
fn add_calendar(registry: &mut Registry, reader: &Reader) {
    let [mut ends, mut lags, mut overdue] = [(); 3].map(|()| GaugeById::new("dataflow"));
    let Ok(catalogue) = reader.catalogue() else { return };
    let now = reader.calendar_time(&catalogue);
    for (position, dataflow) in catalogue.plan.dataflows.iter().enumerate() {
        let DataflowCalendar { last_end, overdue: due } = calendar(&catalogue, position, now);
        if let Some(end) = last_end {
            ends.add(&dataflow.id, end.as_second());
        }
        if let (Some(end), Some(now)) = (last_end, now) {
            lags.add(&dataflow.id, now.as_second().saturating_sub(end.as_second()));
        }
        if now.is_some() {
            overdue.add(&dataflow.id, due.map_or(0, |due| due.steps.into()));
        }
    }
    let help = "The end of the last released step, in seconds since 1970";
    registry.register_with_unit("last_step_end_timestamp", help, Unit::Seconds, ends);
    let help = "The time since the end of the last released step, by the store's clock";
    registry.register_with_unit("last_step_lag", help, Unit::Seconds, lags);
    let help = "Steps that are overdue by the release calendar, after the grace period";
    registry.register("steps_overdue", help, overdue);
}

/// The sources of a plan that were silent in its newest steps.
fn add_sources(registry: &mut Registry, reader: &Reader) {
    let Ok(catalogue) = reader.catalogue() else { return };
    let [mut newest, mut steps] = [(); 2].map(|()| GaugeById::new("source"));
    let silent = newest_silent(&catalogue, SILENT_STEPS);
    for (place, source) in catalogue.plan.sources.iter().enumerate() {
        let lacks = |silent: &&SourceSet| silent.places().any(|silent| silent == place);
        newest.add(&source.id, silent.first().filter(lacks).map_or(0, |_| 1));
        // Fits: at most SILENT_STEPS.
        steps.add(&source.id, silent.iter().filter(lacks).count() as i64);
    }
    let help = "1 if the source had not declared the newest step complete at its release, else 0";
    registry.register("source_silent", help, newest);
    let help = "Of the last 100 steps, those that were released without the source";
    registry.register("source_silent_steps", help, steps);
}

/// The class of a route, by its beginning.
fn route_class(route: &str) -> &'static str {
    match route {
        "/" | "/embed" | "/ledger" => "page",
        "/livez" | "/metrics" | "/readyz" => "health",
        _ if route.starts_with("/assets/") => "asset",
        _ if route.starts_with("/v1/") => "v1",
        _ if route.starts_with("/sdmx/2.1/") => "sdmx21",
        _ if route.starts_with("/sdmx/3.0/") => "sdmx30",
        _ if route.starts_with("/log/") => "log",
        _ => "other",
    }
}

/// The class of a status.
fn status_class(status: u16) -> &'static str {
    match status {
        501 => "501",
        0..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up() {
        let metrics = Metrics::default();
        let answers = [
            ("/", 200),
            ("/v1/data/{*rest}", 204),
            ("/sdmx/3.0/{*rest}", 501),
            ("none", 404),
            ("/v1/data/{*rest}", 503),
            ("/v1/data/{*rest}", 503),
        ];
        for (route, status) in answers {
            metrics.add_answer(route, status, Duration::from_millis(1500));
        }
        metrics.add_calendar_failure();
        let open = [metrics.connection(), metrics.connection()];
        let reader = Reader::new(std::path::Path::new("nowhere"));
        let cache = CacheState { entries: 3, bytes: 4096, hits: 5, misses: 7 };
        let text = metrics.text(&reader, cache);
        for line in [
            "tidegauge_answers_total{status=\"2xx\"} 2",
            "tidegauge_answers_total{status=\"4xx\"} 1",
            "tidegauge_answers_total{status=\"5xx\"} 2",
            "tidegauge_answers_total{status=\"501\"} 1",
            "tidegauge_answer_seconds_sum{route=\"v1\",status=\"5xx\"} 3.0",
            "tidegauge_answer_seconds_count{route=\"v1\",status=\"5xx\"} 2",
            "tidegauge_answer_seconds_count{route=\"sdmx30\",status=\"501\"} 1",
            "tidegauge_answer_seconds_count{route=\"other\",status=\"4xx\"} 1",
            "tidegauge_ledger_entries 0",
            "tidegauge_ready 0",
            "tidegauge_calendar_failures_total 1",
            "tidegauge_refresh_failures_total 0",
            "tidegauge_cache_bytes 4096",
            "tidegauge_cache_hits_total 5",
            "tidegauge_connections 2",
            "# EOF",
        ] {
            assert!(text.lines().any(|known| known == line), "{line}\n{text}");
        }
        drop(open);
        assert!(metrics.text(&reader, cache).contains("tidegauge_connections 0\n"));
    }

    #[test]
    fn every_metric_has_a_help_text() {
        let reader = Reader::new(std::path::Path::new("nowhere"));
        let text = Metrics::default().text(&reader, CacheState::default());
        for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
            let name = line.split(' ').next().unwrap();
            assert!(text.contains(&format!("# HELP {name} ")), "{name}");
        }
    }
}
