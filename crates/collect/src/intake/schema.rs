//! The closed schema of one store: the rules for each value of an event.
//!
//! Not here: the order in which the values of a row are checked (module `admit`), the formats
//! that carry them, lateness (room `journal`).
//!
//! Invariants:
//! 1. A value outside its list is refused, never ignored; no fault echoes it
//!    (`tidegauge/tests/bad_input.rs`).
//! 2. A code outside its validity in the step of its event is refused, so that a structural zero
//!    is zero (`tidegauge/tests/validity.rs`).
//! 3. An event counts under a code that it names by another one, in every format
//!    (`tidegauge/tests/validity.rs`: `a_renamed_code_is_accepted_under_both_codes`).
//! 4. A pseudonym leaves this module only as the bits that the store's key makes of it.
//! 5. A real store takes only pseudonyms that look keyed: [`KEYED`] and 32 bytes in base64url, the
//!    form in which an agency's keyed digest leaves it
//!    (`intake::schema::tests::a_keyed_pseudonym_has_one_form`).

use std::sync::Arc;

use jiff::{Timestamp, civil};
use tidegauge_delivery::OLDEST_EVENT;
use tidegauge_fold::{ATTRIBUTES_MAX, NO_CODE, Pseudonym};
use tidegauge_model::days::{self, Days};
use tidegauge_model::plan::life_cycle::NO_DATE;
use tidegauge_model::plan::{Attribute, CORRECTION_COLUMNS, DAY_COLUMN, EVENT_COLUMNS};
use tidegauge_model::{Grain, Period, Plan, Validity};

use crate::calendar::{StepNumber, Steps};
use crate::error::InputFault;
use crate::vault::keys::Rekey;

/// The beginning of every pseudonym of a synthetic person.
const SYNTHETIC: &str = "syn1:";

/// The beginning of every pseudonym of a real person.
const KEYED: &str = "hk1:";
/// The length of 32 bytes in base64url without padding.
const KEYED_DIGITS: usize = 43;

/// The position of the column of times; those before it are the event's id and the pseudonym, the
/// one after it is the kind.
pub(super) const OCCURRED_AT: usize = 2;

/// The closed schema, with the clock and the keys that admit values. A copy shares what is large.
#[derive(Clone)]
pub(crate) struct Schema {
    plan: Arc<Plan>,
    steps: Arc<Steps>,
    synthetic: bool,
    now: i64,
    rekey: Rekey,
    columns: Arc<[&'static str]>,
    days: Arc<Days>,
    /// For each attribute, the codes that are not always valid, by position.
    limited: Arc<[Vec<(u16, Validity)>]>,
    /// The number of columns before that of days. A file must have them, except for that of times
    /// if it has days.
    needed: usize,
}

/// The codes of an attribute that are not always valid, by position.
fn limited(attribute: &Attribute) -> Vec<(u16, Validity)> {
    let codes = (0..).zip(attribute.code_list.codes());
    let limits = codes.map(|(position, code)| (position, code.validity));
    limits.filter(|(_, validity)| !validity.is_unlimited()).collect()
}

/// How a row corrects an earlier one with the same id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Correction {
    /// Among rows with one id, the one with the highest revision counts.
    pub(super) revision: u16,
    /// Whether the event is retracted if this row is the one that counts.
    pub(super) retracts: bool,
}

/// Whether a text can be a pseudonym or an id: printable ASCII without space, comma and quotes.
fn is_token(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b',' | b'"' | b'\''))
}

/// Whether a text is the form in which 32 keyed bytes leave an agency. The last digit of the 43 has
/// two bits that no byte needs; only zeros are allowed, so that equal bytes have one form.
fn is_keyed(text: &str) -> bool {
    let Some(digits) = text.strip_prefix(KEYED) else { return false };
    let is_digit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    digits.len() == KEYED_DIGITS
        && digits.bytes().all(is_digit)
        && digits.ends_with(|last| "AEIMQUYcgkosw048".contains(last))
}

/// The number of days from 1970 to a date; [`NO_CODE`] where there is none.
fn date(given: &str) -> Result<u16, InputFault> {
    if given == NO_DATE {
        return Ok(NO_CODE);
    }
    let day =
        Period::parse(given).filter(|day| day.grain() == Grain::Day).ok_or(InputFault::BadDate)?;
    let number = u16::try_from(days::number(day.first())).ok().filter(|&day| day != NO_CODE);
    number.ok_or(InputFault::BadDate)
}

impl Schema {
    /// The schema of a plan, for events up to this clock.
    pub(crate) fn new(plan: &Plan, synthetic: bool, now: Timestamp, rekey: Rekey) -> Self {
        Self {
            plan: Arc::new(plan.clone()),
            steps: Arc::new(Steps::new(plan)),
            synthetic,
            now: now.as_millisecond(),
            rekey,
            limited: plan.attributes.iter().map(limited).collect(),
            columns: [&plan.event_columns()[..], &[DAY_COLUMN], plan.correction_columns()]
                .concat()
                .into(),
            days: Arc::new(plan.days()),
            needed: plan.event_columns().len(),
        }
    }

    /// The same schema, for events up to another clock.
    pub(crate) fn at(&self, now: Timestamp) -> Self {
        Self { now: now.as_millisecond(), ..self.clone() }
    }

    /// Every column: those of all plans, then the plan's attributes, then that of days, then those
    /// of corrections.
    pub(super) fn columns(&self) -> &[&'static str] {
        &self.columns
    }

    /// The names of all columns, for people.
    pub(super) fn allowed(&self) -> String {
        let all =
            self.columns.iter().enumerate().filter(|&(number, _)| number != self.day_column());
        let names = all.map(|(number, name)| match number {
            OCCURRED_AT => format!("{name} or {DAY_COLUMN}"),
            _ => (*name).to_owned(),
        });
        names.collect::<Vec<_>>().join(", ")
    }

    /// More columns than this are not compared with those of the plan.
    pub(super) fn columns_max(&self) -> usize {
        4 * self.columns.len()
    }

    /// The position of the column of days.
    pub(super) fn day_column(&self) -> usize {
        self.needed
    }

    /// The position of the first column of corrections.
    pub(super) fn corrections_from(&self) -> usize {
        self.needed + 1
    }

    /// Whether a file may leave out a column: those of corrections and one of the two that say when
    /// the event occurred.
    pub(super) fn may_leave_out(&self, column: usize) -> bool {
        column == OCCURRED_AT || column >= self.needed
    }

    /// How a row corrects an earlier one, from the texts in the columns of corrections. An empty
    /// text stands for an absent column.
    ///
    /// Errors: the fault, with its position among the correction columns.
    pub(super) fn correction(
        &self,
        [number, action]: [&str; CORRECTION_COLUMNS.len()],
    ) -> Result<Correction, (InputFault, usize)> {
        let is_plain = number.len() <= 5 && number.bytes().all(|b| b.is_ascii_digit());
        let revision = match number {
            "" => Some(0),
            _ if is_plain => number.parse().ok(),
            _ => None,
        };
        let retracts = match action {
            "" | "count" => false,
            "retract" => true,
            _ => return Err((InputFault::UnknownAction, 1)),
        };
        let revision = revision.ok_or((InputFault::BadRevision { limit: u16::MAX }, 0))?;
        Ok(Correction { revision, retracts })
    }

    /// The kind of an event.
    pub(super) fn kind(&self, given: &str) -> Result<u8, InputFault> {
        let cycle = &self.plan.life_cycle;
        // Life cycles have fewer than 256 kinds.
        cycle
            .kind(given)
            .map(|kind| kind as u8)
            .ok_or_else(|| InputFault::UnknownKind { model: cycle.model.clone() })
    }

    /// The position of an attribute's code; after the last attribute, the day of a date.
    pub(super) fn code(&self, attribute: usize, given: &str) -> Result<u16, InputFault> {
        let Some(attribute) = self.plan.attributes.get(attribute) else { return date(given) };
        let list = &attribute.code_list;
        list.position_of_event(given)
            .ok_or_else(|| InputFault::UnknownCode { list: list.id.clone() })
    }

    /// Refuses a code that is not valid in the step of its event. The rule depends only on the
    /// event and the plan, never on other events.
    pub(super) fn check_validity(
        &self,
        attribute: usize,
        code: u16,
        at: i64,
    ) -> Result<(), InputFault> {
        let Some(limited) = self.limited.get(attribute).filter(|codes| !codes.is_empty()) else {
            return Ok(());
        };
        let Ok(place) = limited.binary_search_by_key(&code, |limit| limit.0) else {
            return Ok(());
        };
        let time = Timestamp::from_millisecond(at).map_err(|_| InputFault::BadTime)?;
        let day = self.plan.time_zone().to_datetime(time).date();
        if limited[place].1.overlaps(Period::containing(self.plan.step(), day)) {
            return Ok(());
        }
        Err(InputFault::ClosedCode { list: self.plan.attributes[attribute].code_list.id.clone() })
    }

    /// Whether a text is a pseudonym that this store takes.
    fn check_pseudonym(&self, given: &str) -> Result<(), InputFault> {
        if !is_token(given, 8, 128) {
            return Err(InputFault::BadPseudonym);
        }
        if given.starts_with(SYNTHETIC) != self.synthetic {
            return Err(InputFault::TokenClass);
        }
        if !self.synthetic && !is_keyed(given) {
            return Err(InputFault::PseudonymForm);
        }
        Ok(())
    }

    /// The opaque pseudonym.
    pub(super) fn pseudonym(&self, given: &str) -> Result<Pseudonym, InputFault> {
        self.check_pseudonym(given).map(|()| self.rekey.pseudonym(given))
    }

    /// The opaque pseudonyms of many texts, in their order; `None` for one that is none, of which
    /// [`Self::pseudonym`] says why.
    pub(super) fn pseudonyms<'t>(
        &self,
        given: impl Iterator<Item = Option<&'t str>>,
    ) -> Vec<Option<Pseudonym>> {
        self.rekey.pseudonyms(given.map(|name| name.filter(|n| self.check_pseudonym(n).is_ok())))
    }

    /// The digest of an event's id.
    pub(super) fn event_id(&self, given: &str) -> Result<u64, InputFault> {
        if !is_token(given, 1, 64) {
            return Err(InputFault::BadEventId);
        }
        Ok(self.rekey.event_id(given))
    }

    /// Milliseconds since 1970 of a time in RFC 3339 format, which allows a space in place of the
    /// T.
    pub(super) fn instant(&self, given: &str) -> Result<i64, InputFault> {
        // The parser also accepts forms that RFC 3339 does not allow.
        let is_time = given.len() <= 40
            && given.bytes().all(|b| b.is_ascii_digit() || b"-+:.TZtz ".contains(&b))
            && given.rfind(' ').is_none_or(|place| place == 10);
        if !is_time {
            return Err(InputFault::BadTime);
        }
        if has_offset_of_hours(given)
            && matches!(given.as_bytes().get(10), Some(b'T' | b't' | b' '))
            && let Ok(time) = given.parse::<Timestamp>()
        {
            return Ok(time.as_millisecond());
        }
        let is_civil = given.parse::<civil::DateTime>().is_ok();
        Err(if is_civil { InputFault::TimeWithoutOffset } else { InputFault::BadTime })
    }

    /// The first instant of a day YYYY-MM-DD in the plan's time zone, in milliseconds since 1970.
    pub(super) fn day(&self, given: &str) -> Result<i64, InputFault> {
        let day = Period::parse(given).filter(|day| day.grain() == Grain::Day);
        self.day_number(days::number(day.ok_or(InputFault::BadDay)?.first()))
    }

    /// The same for a number of days since 1970.
    pub(super) fn day_number(&self, day: i32) -> Result<i64, InputFault> {
        // Days of four digits: others have no instant that an event can have.
        let is_near = (-800_000..3_000_000).contains(&day);
        if is_near { Ok(self.days.start(day)) } else { Err(InputFault::BadDay) }
    }

    /// The step of an instant.
    pub(super) fn step(&self, at: i64) -> Result<StepNumber, InputFault> {
        if at < OLDEST_EVENT {
            return Err(InputFault::BadTime);
        }
        if at > self.now {
            return Err(InputFault::FutureTime);
        }
        self.steps.containing(at).ok_or(InputFault::OutsidePlan)
    }

    /// The number of codes in a row: one for each attribute, and one for a date if the plan has
    /// one.
    pub(super) fn attributes(&self) -> usize {
        self.needed - EVENT_COLUMNS.len()
    }

    /// The position of a row's revision among an event's codes, if the plan has corrections.
    pub(super) fn revision_place(&self) -> Option<usize> {
        let place = self.attributes();
        (self.plan.life_cycle.corrections && place < ATTRIBUTES_MAX).then_some(place)
    }
}

/// Whether the offset of a time, if it has one in figures, has hours of a day, as RFC 3339 demands.
fn has_offset_of_hours(given: &str) -> bool {
    let sign = given.rfind(['+', '-']).filter(|&place| place > 10);
    let hours = sign.and_then(|place| given.get(place + 1..place + 3)?.parse::<u8>().ok());
    hours.is_none_or(|hours| hours < 24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_has_hours_of_a_day() {
        for given in ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00+08:00", "2026-01-01T00:00-23:59"]
        {
            assert!(has_offset_of_hours(given), "{given}");
        }
        for given in ["2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00-2500"] {
            assert!(!has_offset_of_hours(given), "{given}");
        }
    }

    #[test]
    fn a_date_is_a_day_or_none() {
        assert_eq!(date("1970-01-02"), Ok(1));
        assert_eq!(date("2024-01-01"), Ok(19_723));
        assert_eq!(date("2149-06-05"), Ok(NO_CODE - 1));
        assert_eq!(date(NO_DATE), Ok(NO_CODE));
        for given in ["", "2024-02-30", "2024-01", "1969-12-31", "2149-06-06", "2024-01-01T00:00Z"]
        {
            assert_eq!(date(given), Err(InputFault::BadDate), "{given}");
        }
    }

    #[test]
    fn a_keyed_pseudonym_has_one_form() {
        let digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123-_A";
        let with = |digits: &str| format!("hk1:{digits}");
        assert!(is_keyed(&with(digits)));
        for other in [
            digits.to_owned(),
            with(&digits[1..]),
            with(&format!("{digits}A")),
            with(&format!("{}B", &digits[1..])),
            with(&format!("+{}", &digits[1..])),
            with(&format!("={}", &digits[1..])),
            format!("hk2:{digits}"),
            format!("HK1:{digits}"),
        ] {
            assert!(!is_keyed(&other), "{other}");
        }
    }
}
