//! Up to when an input, and so the source, is complete.
//!
//! A source declares "complete until T": every event before T that it will ever know on time is
//! delivered. An agent declares the least T of its inputs, and never an earlier one than before:
//!
//! - `cursor`: rows come in the order of their times, later ones at most `lag_minutes` too late. T
//!   is the latest time delivered, less `lag_minutes`, and never later than the clock.
//! - `file`: a file has all events of the day in its name, and files come in the order of their
//!   days. T is the end of that day in the plan's time zone, once the whole file is delivered.
//! - `clock`: whatever is `lag_minutes` old has been put into the input. T is the clock when the
//!   input was found empty, less `lag_minutes`.
//! - `none`: nothing is declared; the operator's steps then wait for this source as long as the
//!   plan says.
//!
//! Not here: what a store makes of it.
//!
//! Invariants:
//! 1. T of the source is that of its input that is furthest behind, and never goes back
//!    (`work::complete::tests::the_last_input_decides`).

use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::settings::{CompleteBy, InputPart};
use crate::state::State;

/// The time less the minutes of an input.
fn less_lag(time: Timestamp, input: &InputPart) -> Option<Timestamp> {
    time.checked_sub(SignedDuration::from_mins(i64::from(input.lag_minutes))).ok()
}

/// Up to when an input is complete after rows with this latest time, and after this file.
pub(super) fn after_rows(
    input: &InputPart,
    before: Option<Timestamp>,
    (cursor, now): (Option<Timestamp>, Timestamp),
    ended: Option<&str>,
    zone: &TimeZone,
) -> Option<Timestamp> {
    let reached = match input.complete {
        CompleteBy::None | CompleteBy::Clock => None,
        // A mistyped year must not declare the future.
        CompleteBy::Cursor => cursor.and_then(|cursor| less_lag(cursor.min(now), input)),
        CompleteBy::File => ended.and_then(|name| end_of_day(input, name, zone)),
    };
    before.max(reached)
}

/// The end of the day in a file's name.
fn end_of_day(input: &InputPart, name: &str, zone: &TimeZone) -> Option<Timestamp> {
    let parts = BrokenDownTime::parse(input.complete_name.as_ref()?, name).ok()?;
    let next = parts.to_date().ok()?.checked_add(1.day()).ok()?;
    let end = zone.to_ambiguous_timestamp(next.at(0, 0, 0, 0)).compatible().ok()?;
    less_lag(end, input)
}

/// Up to when an input is complete that was found empty at this time.
pub(super) fn when_empty(
    input: &InputPart,
    before: Option<Timestamp>,
    now: Timestamp,
) -> Option<Timestamp> {
    match input.complete {
        CompleteBy::Clock => before.max(less_lag(now, input)),
        _ => before,
    }
}

/// Up to when the source is complete, if it can declare more than before; `after` is the state of
/// one input that is not in the state yet.
pub(super) fn of_source(
    inputs: &[InputPart],
    state: &State,
    after: Option<(&str, Option<Timestamp>)>,
) -> Option<Timestamp> {
    let of_input = |input: &InputPart| match after {
        Some((name, until)) if name == input.name => until,
        _ => state.inputs.get(&input.name)?.complete_until,
    };
    let least = inputs.iter().map(of_input).min().flatten()?;
    (Some(least) > state.declared).then_some(least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::InputState;

    fn input(text: &str) -> InputPart {
        toml::from_str(&format!("name = 'a'\n{text}")).unwrap()
    }

    fn at(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn each_kind_declares_its_own() {
        let zone = TimeZone::get("Europe/Warsaw").unwrap();
        let noon = at("2026-01-02T12:00:00Z");
        let after = |input: &InputPart, before, name| {
            after_rows(input, before, (noon, Timestamp::now()), name, &zone)
        };
        let cursor = input("complete = 'cursor'\nlag_minutes = 30");
        assert_eq!(after(&cursor, None, None), at("2026-01-02T11:30:00Z"));
        assert_eq!(after(&cursor, noon, None), noon);
        let early = at("2026-01-02T11:00:00Z");
        let typed = after_rows(&cursor, None, (noon, early.unwrap()), None, &zone);
        assert_eq!(typed, at("2026-01-02T10:30:00Z"));
        let file = input("complete = 'file'\ncomplete_name = 'c-%Y-%m-%d.csv'");
        assert_eq!(after(&file, None, Some("c-2026-01-02.csv")), at("2026-01-02T23:00:00Z"));
        assert_eq!(after(&file, None, Some("other.csv")), None);
        assert_eq!(after(&file, None, None), None);
        let clock = input("complete = 'clock'\nlag_minutes = 1");
        assert_eq!(after(&clock, None, None), None);
        assert_eq!(when_empty(&clock, None, noon.unwrap()), at("2026-01-02T11:59:00Z"));
        assert_eq!(when_empty(&cursor, None, noon.unwrap()), None);
        assert_eq!(after(&input(""), None, Some("x")), None);
    }

    #[test]
    fn the_last_input_decides() {
        let two = [input("complete = 'clock'"), InputPart { name: "b".into(), ..input("") }];
        let mut state = State::default();
        let (early, late) = (at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z"));
        assert_eq!(of_source(&two, &state, Some(("a", late))), None);
        let complete = InputState { complete_until: early, ..InputState::default() };
        state.inputs.insert("b".into(), complete);
        assert_eq!(of_source(&two, &state, Some(("a", late))), early);
        state.declared = early;
        assert_eq!(of_source(&two, &state, Some(("a", late))), None);
        assert_eq!(of_source(&[], &state, None), None);
    }
}
