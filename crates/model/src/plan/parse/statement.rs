//! The statement and the budget of a plan.
//!
//! Not here: the life cycle, code lists and dataflows; and whether a plan has expired, which needs
//! a clock.
//!
//! Invariants:
//! 1. No plan without purpose, controller and legal basis
//!    (`tests/refusals.rs`, `a_purpose_is_never_missing`).
//! 2. An embargo is a time of day in the form `HH:MM`
//!    (`statement::tests::an_embargo_is_a_time_of_day`).

use jiff::civil::Time;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::fault::PlanFault;
use super::node::{TomlTable, TomlValue};
use crate::period::Grain;
use crate::plan::content::{Privacy, Statement};
use crate::plan::keys;
use crate::plan::limits::{DELAY_HOURS_MAX, WINDOWS_MAX};
use crate::text::Text;

/// Minutes for which a step stays open after its end, stated in hours or in minutes.
fn delay(table: &TomlTable) -> Option<u32> {
    let (hours, minutes) = (table.may("release_delay_hours"), table.may("release_delay_minutes"));
    if let (Some(_), Some(node)) = (&hours, &minutes) {
        node.refuse(PlanFault::Duplicate, "the delay is given in hours or in minutes, not in both");
    }
    match (hours, minutes) {
        (Some(node), _) => node.integer(0..=DELAY_HOURS_MAX).map(|hours| 60 * hours),
        (None, Some(node)) => node.integer(0..=60 * DELAY_HOURS_MAX),
        (None, None) => Some(0),
    }
}

/// Parses a time of day such as `09:30`.
fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |digits: &str| {
        let is_sound = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_sound { digits.parse::<i8>().ok() } else { None }
    };
    Time::new(two_digits(hour)?, two_digits(minute)?, 0, 0).ok()
}

/// The time of day at which releases become public, if the plan states one.
fn embargo(table: &TomlTable) -> Option<Option<Time>> {
    let rule = "a time of day HH:MM from 00:00 to 23:59 is needed, for instance 09:30";
    match table.may("embargo") {
        None => Some(None),
        Some(node) => node.word(rule, time_of_day).map(Some),
    }
}

/// A sentence that every plan must state.
fn stated(table: &TomlTable, key: &str) -> Option<Text> {
    let rule = "a plan must state its purpose, its controller and its legal basis";
    match table.may(key) {
        None => {
            table.refuse(key, PlanFault::PurposeMissing, rule);
            None
        }
        Some(node) if node.peek().is_some_and(|text| text.trim().is_empty()) => {
            node.refuse(PlanFault::PurposeMissing, rule);
            None
        }
        Some(node) => node.text(),
    }
}

fn time_zone(node: &TomlValue) -> Option<(String, TimeZone)> {
    let rule = "a time zone of the IANA database is needed, for instance Europe/Vienna";
    node.word(rule, |name| {
        let zone = TimeZoneDatabase::bundled().get(name).ok()?;
        (zone.iana_name() == Some(name) && !zone.is_unknown()).then(|| (name.to_owned(), zone))
    })
}

pub(super) fn statement(table: &TomlTable) -> Option<(Statement, TimeZone)> {
    table.known(&keys::STATEMENT.known());
    let id = table.need("id").and_then(|node| Some(node.identifier()?.to_owned()));
    let agency = table.need("agency").and_then(|node| Some(node.agency()?.to_owned()));
    let title = table.need("title").and_then(|node| node.text());
    let contact = table.need("contact").and_then(|node| Some(node.line()?.to_owned()));
    let purpose = stated(table, "purpose");
    let controller = stated(table, "controller");
    let legal_basis = stated(table, "legal_basis");
    let area = table.need("reference_area").and_then(|node| Some(node.sdmx_id()?.to_owned()));
    let start = table.need("start").and_then(|node| node.date());
    let expires = table.need("expires").and_then(|node| {
        let expires = node.date()?;
        if let Some(start) = start.filter(|start| *start >= expires) {
            let rule = format!("a plan must expire after its start {start}, given {expires}");
            node.refuse(PlanFault::BadValue, rule);
        }
        Some(expires)
    });
    let (name, zone) = table.need("time_zone").and_then(|node| time_zone(&node)).unzip();
    let (delay, embargo) = (delay(table), embargo(table));
    let statement = Statement {
        id: id?,
        agency: agency?,
        language: table.language()?.clone(),
        title: title?,
        purpose: purpose?,
        controller: controller?,
        legal_basis: legal_basis?,
        contact: contact?,
        reference_area: area?,
        start: start?,
        expires: expires?,
        time_zone: name?,
        release_delay_minutes: delay?,
        embargo: embargo?,
    };
    Some((statement, zone?))
}

/// The accounting window, read separately because other rules need it.
pub(super) fn window(table: &TomlTable) -> Option<Grain> {
    table.need("window")?.word("a window is a month, a quarter or a year", |word| {
        Grain::parse(word).filter(|grain| *grain >= Grain::Month)
    })
}

pub(super) fn privacy(table: &TomlTable, window: Option<Grain>) -> Option<Privacy> {
    table.known(&keys::PRIVACY.known());
    let rho = table.need("rho").and_then(|node| node.ratio());
    let windows = table.need("windows").and_then(|node| node.integer(1..=WINDOWS_MAX));
    let of_events = match table.may("rho_of_events") {
        Some(node) => Some(node.ratio()?),
        None => None,
    };
    Some(Privacy { window: window?, rho: rho?, windows: windows?, rho_of_events: of_events })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embargo_is_a_time_of_day() {
        let table = [
            ("09:30", Time::new(9, 30, 0, 0).ok()),
            ("00:00", Time::new(0, 0, 0, 0).ok()),
            ("23:59", Time::new(23, 59, 0, 0).ok()),
            ("24:00", None),
            ("09:60", None),
            ("9:30", None),
            ("+9:30", None),
            ("09:3", None),
            ("09:30:00", None),
            ("09.30", None),
            (" 09:30", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(time_of_day(text), expected, "{text:?}");
        }
    }
}
