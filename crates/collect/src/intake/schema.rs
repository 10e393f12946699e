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

use jiff::Timestamp;
use tidegauge_fold::{ATTRIBUTES_MAX, NO_CODE, Pseudonym};
use tidegauge_model::plan::life_cycle::NO_DATE;
use tidegauge_model::plan::{Attribute, CORRECTION_COLUMNS, EVENT_COLUMNS};
use tidegauge_model::{Grain, Period, Plan, Validity, days};

use crate::calendar::{StepNumber, Steps};
use crate::error::InputFault;
use crate::vault::keys::Rekey;

/// The beginning of every pseudonym of a synthetic person.
const SYNTHETIC: &str = "syn1:";

/// The first instant of 1900 in universal time: no event is older.
const OLDEST: i64 = -2_208_988_800_000;

/// The closed schema, with the clock and the keys that admit values.
pub(crate) struct Schema {
    plan: Plan,
    steps: Steps,
    synthetic: bool,
    now: i64,
    rekey: Rekey,
    columns: Vec<&'static str>,
    /// For each attribute, the codes that are not always valid, by position.
    limited: Vec<Vec<(u16, Validity)>>,
    /// The number of columns, from the first, that a file must have.
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
            plan: plan.clone(),
            steps: Steps::new(plan),
            synthetic,
            now: now.as_millisecond(),
            rekey,
            limited: plan.attributes.iter().map(limited).collect(),
            columns: [&plan.event_columns()[..], plan.correction_columns()].concat(),
            needed: plan.event_columns().len(),
        }
    }

    /// Every column: those of all plans, then the plan's attributes, then those of corrections,
    /// which a file may leave out.
    pub(super) fn columns(&self) -> &[&'static str] {
        &self.columns
    }

    /// The number of columns that a file must have: all before those of corrections.
    pub(super) fn needed(&self) -> usize {
        self.needed
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

    /// The opaque pseudonym.
    pub(super) fn pseudonym(&self, given: &str) -> Result<Pseudonym, InputFault> {
        if !is_token(given, 8, 128) {
            return Err(InputFault::BadPseudonym);
        }
        if given.starts_with(SYNTHETIC) != self.synthetic {
            return Err(InputFault::TokenClass);
        }
        Ok(self.rekey.pseudonym(given))
    }

    /// The digest of an event's id.
    pub(super) fn event_id(&self, given: &str) -> Result<u64, InputFault> {
        if !is_token(given, 1, 64) {
            return Err(InputFault::BadEventId);
        }
        Ok(self.rekey.event_id(given))
    }

    /// Milliseconds since 1970 of a time in RFC 3339 format.
    pub(super) fn instant(&self, given: &str) -> Result<i64, InputFault> {
        // The parser also accepts forms that RFC 3339 does not allow.
        let is_rfc_3339 = given.len() <= 40
            && given.bytes().all(|b| b.is_ascii_digit() || b"-+:.TZtz".contains(&b))
            && matches!(given.as_bytes().get(10), Some(b'T' | b't'));
        if !is_rfc_3339 {
            return Err(InputFault::BadTime);
        }
        given.parse::<Timestamp>().map(Timestamp::as_millisecond).map_err(|_| InputFault::BadTime)
    }

    /// The step of an instant.
    pub(super) fn step(&self, at: i64) -> Result<StepNumber, InputFault> {
        if at < OLDEST {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
