//! Whether what is served can be relied on: the checks of `/readyz`, each by its name.
//!
//! Not here: lines and metrics ([`crate::telemetry`]).
//!
//! Invariants:
//! 1. A check that fails says why, and the answer is 503
//!    (`tests::telemetry::an_overdue_release_is_not_ready_and_says_since_when`,
//!    `tests::a_tampered_release_is_not_served`).
//!
//! Format: a line for each check, `files: ok` or `files: entry 17: release/...: digest: ...`.

use std::fmt::Write;

use tidegauge_figures::{Catalogue, Error, Reader};

use crate::calendar::{OVERDUE_STEPS_MAX, Overdue, calendar};

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// Its name.
    pub(crate) name: &'static str,
    /// Why it fails; `None` where it does not.
    pub(crate) fault: Option<String>,
}

/// The checks: `ledger` (a ledger is verified), `refresh` (its newest state is), `files` (the files
/// that it names are served), and where it is asked for `calendar` (no release is overdue). A
/// synthetic store without a clock of its own is released on request and so never overdue.
pub(crate) fn checks(reader: &Reader, with_calendar: bool) -> Vec<Check> {
    let catalogue = reader.catalogue();
    let ledger = match &catalogue {
        Err(Error::NotReady { reason }) => Some(reason.clone()),
        Err(error) => Some(error.to_string()),
        Ok(_) => None,
    };
    let mut checks = vec![
        Check { name: "ledger", fault: ledger },
        Check { name: "refresh", fault: reader.refresh_fault() },
        Check { name: "files", fault: unserved(reader) },
    ];
    if with_calendar {
        let fault = match &catalogue {
            Ok(catalogue) => overdue(reader, catalogue),
            Err(_) => Some("no verified ledger".to_owned()),
        };
        checks.push(Check { name: "calendar", fault });
    }
    checks
}

/// Whether every check holds, and a line for each; with the calendar if the query asks for it.
pub(crate) fn report(reader: &Reader, query: Option<&str>) -> (bool, String) {
    let with_calendar = query.unwrap_or("").split('&').any(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        name == "calendar" && value != "false"
    });
    let checks = checks(reader, with_calendar);
    let is_ready = checks.iter().all(|check| check.fault.is_none());
    let mut text = String::new();
    for Check { name, fault } in checks {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name}: {}", fault.as_deref().unwrap_or("ok"));
    }
    (is_ready, text)
}

/// The first file that is not served, and how many more there are.
fn unserved(reader: &Reader) -> Option<String> {
    let files = reader.unserved();
    let first = files.first()?;
    let more = match files.len() {
        1 => String::new(),
        files => format!(" (and {} more)", files - 1),
    };
    Some(format!("entry {}: {}: {}{more}", first.entry, first.path, first.reason))
}

/// The dataflow that has been overdue for longest.
fn overdue(reader: &Reader, catalogue: &Catalogue) -> Option<String> {
    let now = reader.calendar_time(catalogue)?;
    let all = catalogue.plan.dataflows.iter().enumerate();
    let (id, Overdue { step, since, steps }) = all
        .filter_map(|(position, dataflow)| {
            Some((&dataflow.id, calendar(catalogue, position, Some(now)).overdue?))
        })
        .min_by_key(|(_, overdue)| overdue.since)?;
    let steps = match steps {
        OVERDUE_STEPS_MAX => format!("{OVERDUE_STEPS_MAX} or more steps"),
        1 => "1 step".to_owned(),
        steps => format!("{steps} steps"),
    };
    Some(format!("overdue since {since}: {id} lacks {} ({steps} in all)", step.sdmx()))
}
