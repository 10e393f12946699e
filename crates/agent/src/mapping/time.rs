//! Dates and times as agencies write them.
//!
//! A local time needs a zone. One that a change of clocks has twice or leaves out is read as RFC
//! 5545 says: of two the earlier, one that is left out as much later as the clocks moved; or as
//! `unclear_times` says.
//!
//! Not here: which column a time is for.
//!
//! Invariants:
//! 1. A text is read by the first form that fits all of it; none fitting is a fault
//!    (`mapping::time::tests::forms_are_tried_in_order`).
//! 2. An offset is less than a day (`mapping::time::tests::an_offset_is_less_than_a_day`).
//! 3. A day that no month has is said to be one
//!    (`mapping::time::tests::a_day_that_no_month_has_is_named`).
//! 4. Unclear local times follow the stated rule (`mapping::time::tests::unclear_times`).

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Disambiguation, Offset, TimeZone};

use crate::error::Error;
use crate::fault::Fault;
use crate::settings::{Rule, Unclear};

const DAY_SECONDS: i32 = 86_400;

/// How the dates and times of one column are written.
#[derive(Clone, Debug)]
pub(super) struct TimeForm {
    formats: Vec<String>,
    zone: Option<TimeZone>,
    unclear: Unclear,
}

impl TimeForm {
    /// The form that a rule names.
    ///
    /// Errors: an unknown time zone.
    pub(super) fn new(rule: &Rule, column: &str) -> Result<Self, Error> {
        let formats = rule.format.iter().chain(&rule.formats).cloned().collect();
        let zone = match &rule.zone {
            None => None,
            Some(name) => Some(TimeZone::get(name).map_err(|_| {
                let text =
                    format_args!("{name} is not a time zone; write for instance Europe/Rome");
                Error::input("unknown-zone", format_args!("mapping.{column}"), "zone", text)
            })?),
        };
        Ok(Self { formats, zone, unclear: rule.unclear_times })
    }

    fn bad(&self) -> Fault {
        let format = match self.formats[..] {
            [] if self.zone.is_some() => "2026-01-31T08:00:00 or 2026-01-31 08:00".to_owned(),
            [] => "2026-01-31T08:00:00+01:00; a local time needs `zone` or an offset".to_owned(),
            _ => self.formats.join(" or "),
        };
        Fault::BadTime { format }
    }

    /// The fault of a text that is no day: one in the right form of a day that does not exist, or
    /// one in another form.
    fn bad_date(&self, text: &str) -> Fault {
        let plain = ["%Y-%m-%d".to_owned()];
        let formats = if self.formats.is_empty() { &plain[..] } else { &self.formats };
        let has_no_day = |format: &&String| {
            let parts = match self.formats.is_empty() {
                true => BrokenDownTime::parse(format.as_str(), text.get(..10)?),
                false => BrokenDownTime::parse(format.as_str(), text),
            };
            let parts = parts.ok()?;
            let is_written = parts.year().and(parts.month()).and(parts.day()).is_some();
            (is_written && parts.to_date().is_err()).then_some(())
        };
        match formats.iter().find(|format| has_no_day(format).is_some()) {
            Some(format) => Fault::NoSuchDay { format: format.clone() },
            None => self.bad(),
        }
    }

    /// The instant of a text.
    pub(super) fn instant(&self, text: &str) -> Result<Timestamp, Fault> {
        if self.formats.is_empty() {
            if let Ok(instant) = text.parse::<Timestamp>() {
                let pieces = Pieces::parse(text).ok();
                let offset = pieces.and_then(|pieces| pieces.to_numeric_offset());
                return if is_offset(offset) { Ok(instant) } else { Err(self.bad()) };
            }
            let local = text.parse::<DateTime>().ok().filter(|_| text.len() > 10);
            return self.local(local.ok_or_else(|| self.bad_date(text))?);
        }
        for format in &self.formats {
            let Ok(parts) = BrokenDownTime::parse(format, text) else { continue };
            if !is_offset(parts.offset()) {
                continue;
            }
            if let Ok(instant) = parts.to_timestamp() {
                return Ok(instant);
            }
            if let Ok(local) = parts.to_datetime()
                && parts.hour().is_some()
            {
                return self.local(local);
            }
        }
        Err(self.bad_date(text))
    }

    fn local(&self, local: DateTime) -> Result<Timestamp, Fault> {
        let zone = self.zone.as_ref().ok_or_else(|| self.bad())?;
        let rule = match self.unclear {
            Unclear::Compatible => Disambiguation::Compatible,
            Unclear::Earlier => Disambiguation::Earlier,
            Unclear::Later => Disambiguation::Later,
            Unclear::Refuse => Disambiguation::Reject,
        };
        let found = zone.to_ambiguous_timestamp(local).disambiguate(rule);
        let name = zone.iana_name().unwrap_or_default().to_owned();
        found.map_err(|_| Fault::UnclearTime { zone: name })
    }

    /// The day of a text; the day that is written, whatever time stands beside it.
    pub(super) fn day(&self, text: &str) -> Result<Date, Fault> {
        if self.formats.is_empty() {
            let day = text.parse::<Date>().or_else(|_| text.parse::<DateTime>().map(|t| t.date()));
            return day.map_err(|_| match self.bad_date(text) {
                Fault::BadTime { .. } => Fault::BadTime { format: "2026-01-31".to_owned() },
                fault => fault,
            });
        }
        let day = |format: &String| BrokenDownTime::parse(format, text).ok()?.to_date().ok();
        self.formats.iter().find_map(day).ok_or_else(|| self.bad_date(text))
    }

    /// Whether a text is a time of day.
    pub(super) fn is_time_of_day(&self, text: &str) -> bool {
        let fits = |format: &String| BrokenDownTime::parse(format, text)?.to_time();
        self.formats.iter().any(|format| fits(format).is_ok())
    }

    /// The day or the year of birth.
    pub(super) fn birth(&self, text: &str) -> Result<Birth, Fault> {
        if let Ok(day) = self.day(text) {
            return Ok(Birth::Day(day));
        }
        let plain = ["%Y".to_owned()];
        let formats = if self.formats.is_empty() { &plain[..] } else { &self.formats };
        let year = |format: &String| {
            let parts = BrokenDownTime::parse(format, text).ok()?;
            parts.month().is_none().then(|| parts.year()).flatten()
        };
        formats.iter().find_map(year).map(Birth::Year).ok_or_else(|| self.bad_date(text))
    }
}

/// Whether an offset, if there is one, is less than a day, as RFC 3339 demands.
fn is_offset(offset: Option<Offset>) -> bool {
    offset.is_none_or(|offset| offset.seconds().abs() < DAY_SECONDS)
}

/// When somebody was born.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Birth {
    Day(Date),
    Year(i16),
}

impl Birth {
    /// The age in whole years on a day: from a day of birth the birthdays that have come (a
    /// birthday on 29 February comes on 1 March in other years), from a year the difference of the
    /// years. Can be negative.
    pub(super) fn age(self, on: Date) -> i16 {
        match self {
            Birth::Year(year) => on.year() - year,
            Birth::Day(born) => {
                let has_come = (on.month(), on.day()) >= (born.month(), born.day());
                on.year() - born.year() - i16::from(!has_come)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn form(formats: &[&str], zone: Option<&str>, unclear: Unclear) -> TimeForm {
        let rule = Rule {
            formats: formats.iter().map(|&format| format.to_owned()).collect(),
            zone: zone.map(str::to_owned),
            unclear_times: unclear,
            ..Rule::default()
        };
        TimeForm::new(&rule, "occurred_at").unwrap()
    }

    fn instant(form: &TimeForm, text: &str) -> Result<String, Fault> {
        form.instant(text).map(|instant| instant.to_string())
    }

    #[test]
    fn forms_are_tried_in_order() {
        let warsaw = form(&["%d.%m.%Y %H:%M", "%s"], Some("Europe/Warsaw"), Unclear::Compatible);
        assert_eq!(instant(&warsaw, "31.01.2026 08:05").unwrap(), "2026-01-31T07:05:00Z");
        assert_eq!(instant(&warsaw, "1769846700").unwrap(), "2026-01-31T08:05:00Z");
        for text in ["2026-01-31", "31.01.2026", "31.01.2026 08:05 x", "32.01.2026 08:05"] {
            assert_eq!(instant(&warsaw, text).unwrap_err().code(), "bad-time", "{text}");
        }
        let plain = form(&[], None, Unclear::Compatible);
        assert_eq!(instant(&plain, "2026-01-31T08:05:00+01:00").unwrap(), "2026-01-31T07:05:00Z");
        for text in ["2026-01-31T08:05:00", "2026-01-31", "x"] {
            assert_eq!(instant(&plain, text).unwrap_err().code(), "bad-time", "{text}");
        }
        let zoned = form(&[], Some("Europe/Warsaw"), Unclear::Compatible);
        assert_eq!(instant(&zoned, "2026-07-31 08:05").unwrap(), "2026-07-31T06:05:00Z");
        assert!(instant(&zoned, "2026-07-31").is_err());
        assert!(TimeForm::new(&Rule { zone: Some("X/Y".into()), ..Rule::default() }, "a").is_err());
    }

    #[test]
    fn an_offset_is_less_than_a_day() {
        let plain = form(&[], None, Unclear::Compatible);
        let named = form(&["%Y-%m-%d %H:%M %z"], Some("Europe/Warsaw"), Unclear::Compatible);
        for (offset, is_good) in
            [("+23:59", true), ("-23:59", true), ("+24:00", false), ("-25:00", false)]
        {
            assert_eq!(plain.instant(&format!("2026-01-31T08:05:00{offset}")).is_ok(), is_good);
            let offset = offset.replace(':', "");
            assert_eq!(named.instant(&format!("2026-01-31 08:05 {offset}")).is_ok(), is_good);
        }
        assert_eq!(instant(&plain, "2026-01-31T08:05:00Z").unwrap(), "2026-01-31T08:05:00Z");
    }

    /// In Warsaw, 02:30 was left out on 29 March 2026 and came twice on 25 October.
    #[test]
    fn unclear_times() {
        let (gap, twice) = ("2026-03-29 02:30", "2026-10-25 02:30");
        for (rule, after_gap, of_two) in [
            (Unclear::Compatible, "2026-03-29T01:30:00Z", "2026-10-25T00:30:00Z"),
            (Unclear::Earlier, "2026-03-29T00:30:00Z", "2026-10-25T00:30:00Z"),
            (Unclear::Later, "2026-03-29T01:30:00Z", "2026-10-25T01:30:00Z"),
        ] {
            let form = form(&[], Some("Europe/Warsaw"), rule);
            assert_eq!(instant(&form, gap).unwrap(), after_gap);
            assert_eq!(instant(&form, twice).unwrap(), of_two);
        }
        let strict = form(&[], Some("Europe/Warsaw"), Unclear::Refuse);
        for text in [gap, twice] {
            assert_eq!(instant(&strict, text).unwrap_err().code(), "unclear-time");
        }
    }

    #[test]
    fn a_day_is_the_one_that_is_written() {
        let plain = form(&[], None, Unclear::Compatible);
        for text in ["2026-01-31", "2026-01-31T23:59:00"] {
            assert_eq!(plain.day(text).unwrap(), date(2026, 1, 31));
        }
        let german = form(&["%d.%m.%Y"], None, Unclear::Compatible);
        assert_eq!(german.day("31.01.2026").unwrap(), date(2026, 1, 31));
        assert!(german.day("2026-01-31").is_err());
    }

    #[test]
    fn a_day_that_no_month_has_is_named() {
        let german = form(&["%d.%m.%Y"], None, Unclear::Compatible);
        let timed = form(&["%d.%m.%Y %H:%M"], Some("Europe/Rome"), Unclear::Compatible);
        let plain = form(&[], Some("Europe/Rome"), Unclear::Compatible);
        for text in ["31.09.2026", "29.02.2026", "30.02.2024"] {
            let named = Err(Fault::NoSuchDay { format: "%d.%m.%Y".to_owned() });
            assert_eq!(german.day(text), named, "{text}");
            assert_eq!(german.birth(text).map(|_| ()), named.map(|_: Date| ()), "{text}");
            let fault = timed.instant(&format!("{text} 08:00")).unwrap_err();
            assert!(matches!(fault, Fault::NoSuchDay { .. }), "{fault:?}");
        }
        for text in ["2026-09-31", "2026-09-31T08:00:00"] {
            assert!(matches!(plain.day(text), Err(Fault::NoSuchDay { .. })), "{text}");
            assert!(matches!(plain.instant(text), Err(Fault::NoSuchDay { .. })), "{text}");
        }
        for text in ["September", "2026/09/31", ""] {
            assert!(matches!(german.day(text), Err(Fault::BadTime { .. })), "{text}");
            assert!(matches!(plain.day(text), Err(Fault::BadTime { .. })), "{text}");
        }
    }

    #[test]
    fn ages_follow_birthdays() {
        let form = form(&["%Y-%m-%d", "%Y"], None, Unclear::Compatible);
        let age = |birth: &str, on: Date| form.birth(birth).unwrap().age(on);
        assert_eq!(age("2008-03-01", date(2026, 2, 28)), 17);
        assert_eq!(age("2008-03-01", date(2026, 3, 1)), 18);
        assert_eq!(age("2008-02-29", date(2026, 2, 28)), 17);
        assert_eq!(age("2008-02-29", date(2026, 3, 1)), 18);
        assert_eq!(age("2008", date(2026, 1, 1)), 18);
        assert_eq!(age("2027", date(2026, 1, 1)), -1);
        assert!(form.birth("March 2008").is_err());
    }
}
