//! The release calendar as iCalendar.
//!
//! Not here: when a step is due (crate `model`).
//!
//! No library: a kept one brings dates and identifiers of its own, for ten lines of text.
//!
//! Invariants:
//! 1. No line is longer than 75 bytes, and what has a meaning in the format is escaped
//!    (`follow::calendar::tests::lines_are_folded_and_escaped`).

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tidegauge_figures::Catalogue;
use tidegauge_model::{Period, Plan};

use super::uuid::uuid;
use super::words::{Sentences, filled};

/// The most releases that are listed.
const RELEASES_MAX: usize = 100;
const LINE_BYTES_MAX: usize = 75;

/// The next releases, from the first step that is not public.
pub(super) fn calendar(catalogue: &Catalogue) -> String {
    let plan = &catalogue.plan;
    let public = (0..plan.dataflows.len()).filter_map(|position| catalogue.released(position));
    let next = public.map(|(_, last)| last.next()).min().unwrap_or_else(|| plan.first_step());
    let mut text = String::new();
    for (name, value) in [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Tidegauge//Release calendar//EN"),
        ("CALSCALE", "GREGORIAN"),
    ] {
        line(&mut text, name, value);
    }
    line(&mut text, "X-WR-CALNAME", &escaped(&plan.statement.title));
    let origin = &catalogue.ledger().origin;
    let stamp = catalogue.ledger().entries.last().and_then(|entry| entry.instant());
    let steps = std::iter::successors(Some(next), |step| Some(step.next()));
    for step in steps.take_while(|&step| plan.allows(step)).take(RELEASES_MAX) {
        event(&mut text, plan, origin, (step, stamp.unwrap_or(Timestamp::UNIX_EPOCH)));
    }
    line(&mut text, "END", "VCALENDAR");
    text
}

fn event(text: &mut String, plan: &Plan, origin: &str, (step, stamp): (Period, Timestamp)) {
    let begin = plan.embargoed_until(step).unwrap_or_else(|| plan.due(step));
    line(text, "BEGIN", "VEVENT");
    line(text, "UID", &uuid([origin, &step.to_string()]));
    line(text, "DTSTAMP", &instant(stamp));
    line(text, "DTSTART", &instant(begin));
    line(text, "SUMMARY", &escaped(&format!("{}: {}", plan.statement.title, step.sdmx())));
    let latest = plan.latest_release(step);
    if latest > begin {
        let local = plan.time_zone().to_datetime(latest).strftime("%Y-%m-%d %H:%M");
        let local = local.to_string();
        let words = filled(Sentences::of(plan.language()).at_the_latest, &[&local]);
        line(text, "DESCRIPTION", &escaped(&words));
    }
    line(text, "TRANSP", "TRANSPARENT");
    line(text, "END", "VEVENT");
}

/// An instant in universal time.
fn instant(at: Timestamp) -> String {
    TimeZone::UTC.to_datetime(at).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => escaped.push_str("\\n"),
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Adds a line, folded where it is too long.
fn line(text: &mut String, name: &str, value: &str) {
    let mut bytes = 0;
    for c in format!("{name}:{value}").chars() {
        if bytes + c.len_utf8() > LINE_BYTES_MAX {
            text.push_str("\r\n ");
            bytes = 1;
        }
        text.push(c);
        bytes += c.len_utf8();
    }
    let _ = write!(text, "\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_and_escaped() {
        let mut text = String::new();
        let value = escaped(&format!("Menschen, die kommen; {}", "überall ".repeat(20)));
        line(&mut text, "SUMMARY", &value);
        assert!(text.contains("Menschen\\, die kommen\\; "));
        assert!(text.ends_with("\r\n") && text.lines().count() > 2);
        assert!(text.split("\r\n").all(|line| line.len() <= LINE_BYTES_MAX), "{text}");
        assert_eq!(text.replace("\r\n ", "").trim_end(), format!("SUMMARY:{value}").trim_end());
        assert_eq!(escaped("a\nb\u{7}\\"), "a\\nb\\\\");
    }
}
