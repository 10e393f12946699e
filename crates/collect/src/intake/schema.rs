//! The closed schema of one store: what a value must be, and which step an event belongs to.
//!
//! Not here: the formats that carry the values (module `read`), lateness (module `state`).
//!
//! Invariants:
//! 1. A value outside its list is refused, never ignored; no fault echoes it
//!    (`tidegauge/tests/bad_input.rs`).
//! 2. A code outside its validity in the step of its event is refused, so that a structural zero
//!    is zero (`tidegauge/tests/validity.rs`).
//! 3. The pseudonym as it was given leaves this module only as the bits that the store's key
//!    makes of it.

use jiff::Timestamp;
use tidegauge_fold::{ATTRIBUTES_MAX, Event, NO_CODE, Pseudonym, RETRACTED};
use tidegauge_model::plan::life_cycle::NO_DATE;
use tidegauge_model::plan::{Attribute, EVENT_COLUMNS};
use tidegauge_model::{Grain, Period, Plan, Validity, days};

use crate::error::Fault;
use crate::vault::keys::Rekey;

/// What pseudonyms of synthetic persons begin with.
pub const SYNTHETIC: &str = "syn1:";

/// The first instant of 1900 in universal time: no event is older.
const OLDEST: i64 = -2_208_988_800_000;

/// A step by its number: 0 is the plan's first; events before it belong to [`SEED`].
pub type StepNumber = i32;

/// The number of everything before the plan's first step.
pub const SEED: StepNumber = -1;

/// The plan's steps as intervals of universal time.
#[derive(Clone, Debug)]
pub struct Steps {
    /// First instant of each step, in milliseconds since 1970, and the end of the last.
    starts: Vec<i64>,
    periods: Vec<Period>,
}

impl Steps {
    /// The steps that a plan may release.
    pub fn new(plan: &Plan) -> Self {
        let first = plan.first_step();
        let periods: Vec<Period> = std::iter::successors(Some(first), |step| Some(step.next()))
            .take_while(|&step| plan.allows(step))
            .collect();
        let end = periods.last().map_or(first, |last| last.next());
        let starts = periods.iter().chain([&end]);
        let starts = starts.map(|step| days::instant(plan.time_zone(), step.start())).collect();
        Self { starts, periods }
    }

    /// The step that holds an instant; `None` after the last.
    pub fn holding(&self, at: i64) -> Option<StepNumber> {
        let before = self.starts.partition_point(|&start| start <= at);
        // A plan runs at most 100 years, of fewer than 2^16 steps each.
        (before < self.starts.len()).then(|| before as StepNumber - 1)
    }

    /// How many steps have wholly passed at an instant.
    pub fn passed(&self, at: i64) -> StepNumber {
        (self.starts.partition_point(|&start| start <= at) as StepNumber - 1).max(0)
    }

    /// The period of a step.
    ///
    /// Panics on a number that is no step of the plan.
    pub fn period(&self, step: StepNumber) -> Period {
        self.periods[step as usize]
    }

    /// The number of the step that is this period.
    pub fn number(&self, period: Period) -> Option<StepNumber> {
        self.periods.binary_search(&period).ok().map(|number| number as StepNumber)
    }
}

/// The closed schema, with the clock and the keys that admit values.
pub struct Schema {
    plan: Plan,
    steps: Steps,
    synthetic: bool,
    now: i64,
    rekey: Rekey,
    columns: Vec<&'static str>,
    /// For each attribute the codes that are not always valid, by position.
    limited: Vec<Vec<(u16, Validity)>>,
    /// How many of the columns a file must have: the first.
    needed: usize,
}

/// The codes of an attribute that are not always valid, by position.
fn limited(attribute: &Attribute) -> Vec<(u16, Validity)> {
    let codes = (0..).zip(attribute.code_list.codes());
    let limits = codes.map(|(position, code)| (position, code.validity));
    limits.filter(|(_, validity)| !validity.is_unlimited()).collect()
}

/// What a row is to an earlier one of its id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Correction {
    /// Of rows of one id the one with the highest revision stands.
    pub revision: u16,
    /// Whether nothing stands, if this row does.
    pub retracts: bool,
}

/// Printable ASCII without space, comma and quotes: what pseudonyms and ids are made of.
fn is_token(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b',' | b'"' | b'\''))
}

/// The days since 1970 of a date; [`NO_CODE`] where there is none.
fn date(given: &str) -> Result<u16, Fault> {
    if given == NO_DATE {
        return Ok(NO_CODE);
    }
    let day = Period::parse(given).filter(|day| day.grain() == Grain::Day).ok_or(Fault::BadDate)?;
    let number = u16::try_from(days::number(day.first())).ok().filter(|&day| day != NO_CODE);
    number.ok_or(Fault::BadDate)
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
    pub fn columns(&self) -> &[&'static str] {
        &self.columns
    }

    /// How many of the columns a file must have: all up to those of corrections.
    pub fn needed(&self) -> usize {
        self.needed
    }

    /// What a row is to an earlier one, from the columns of corrections as far as the plan has
    /// them; an empty value is that of an absent column.
    ///
    /// Errors: the fault, with the column.
    pub fn correction(&self, given: &[&str]) -> Result<Correction, (Fault, usize)> {
        let text = |column: usize| given.get(column).copied().unwrap_or_default();
        let number = text(0);
        let plain = number.len() <= 5 && number.bytes().all(|b| b.is_ascii_digit());
        let revision = match number {
            "" => Some(0),
            _ if plain => number.parse().ok(),
            _ => None,
        };
        let bad = (Fault::BadRevision { limit: u16::MAX }, self.needed);
        let retracts = match text(1) {
            "" | "count" => false,
            "retract" => true,
            _ => return Err((Fault::UnknownAction, self.needed + 1)),
        };
        Ok(Correction { revision: revision.ok_or(bad)?, retracts })
    }

    /// The kind of an event.
    pub fn kind(&self, given: &str) -> Result<u8, Fault> {
        let cycle = &self.plan.life_cycle;
        // Life cycles have fewer than 256 kinds.
        cycle
            .kind(given)
            .map(|kind| kind as u8)
            .ok_or_else(|| Fault::UnknownKind { model: cycle.model.clone() })
    }

    /// The position of an attribute's code; after the last attribute, the day that a date is.
    pub fn code(&self, attribute: usize, given: &str) -> Result<u16, Fault> {
        let Some(attribute) = self.plan.attributes.get(attribute) else { return date(given) };
        let list = &attribute.code_list;
        list.position(given).ok_or_else(|| Fault::UnknownCode { list: list.id.clone() })
    }

    /// Holds a code against its validity in the step of its event; one outside it is refused.
    /// The rule looks at the event and the plan alone: nothing that is kept of other events.
    pub fn valid(&self, attribute: usize, code: u16, at: i64) -> Result<(), Fault> {
        let Some(limited) = self.limited.get(attribute).filter(|codes| !codes.is_empty()) else {
            return Ok(());
        };
        let Ok(place) = limited.binary_search_by_key(&code, |limit| limit.0) else {
            return Ok(());
        };
        let day = Timestamp::from_millisecond(at).map_err(|_| Fault::BadTime)?;
        let day = self.plan.time_zone().to_datetime(day).date();
        if limited[place].1.overlaps(Period::containing(self.plan.step(), day)) {
            return Ok(());
        }
        Err(Fault::ClosedCode { list: self.plan.attributes[attribute].code_list.id.clone() })
    }

    /// The opaque pseudonym.
    pub fn pseudonym(&self, given: &str) -> Result<Pseudonym, Fault> {
        if !is_token(given, 8, 128) {
            return Err(Fault::BadPseudonym);
        }
        if given.starts_with(SYNTHETIC) != self.synthetic {
            return Err(Fault::TokenClass);
        }
        Ok(self.rekey.pseudonym(given))
    }

    /// The digest of an event's id.
    pub fn event_id(&self, given: &str) -> Result<u64, Fault> {
        if !is_token(given, 1, 64) {
            return Err(Fault::BadEventId);
        }
        Ok(self.rekey.event_id(given))
    }

    /// Milliseconds since 1970 of a time as RFC 3339 writes it.
    pub fn instant(&self, given: &str) -> Result<i64, Fault> {
        // The parser also knows forms that RFC 3339 does not have.
        let plain = given.len() <= 40
            && given.bytes().all(|b| b.is_ascii_digit() || b"-+:.TZtz".contains(&b))
            && matches!(given.as_bytes().get(10), Some(b'T' | b't'));
        if !plain {
            return Err(Fault::BadTime);
        }
        given.parse::<Timestamp>().map(Timestamp::as_millisecond).map_err(|_| Fault::BadTime)
    }

    /// The step of an instant.
    pub fn step(&self, at: i64) -> Result<StepNumber, Fault> {
        if at < OLDEST {
            return Err(Fault::BadTime);
        }
        if at > self.now {
            return Err(Fault::FutureTime);
        }
        self.steps.holding(at).ok_or(Fault::OutsidePlan)
    }

    /// How many codes a row gives: one for each attribute, and for a date where there is one.
    pub fn attributes(&self) -> usize {
        self.needed - EVENT_COLUMNS.len()
    }

    /// An event whose own step has not closed; the fold tells if it has. A retraction has no kind
    /// of its own, whatever the row says.
    pub fn event(
        &self,
        pseudonym: Pseudonym,
        id: u64,
        at: i64,
        kind: u8,
        given: impl Iterator<Item = u16>,
        correction: Correction,
    ) -> Event {
        let mut codes = [NO_CODE; ATTRIBUTES_MAX];
        for (code, given) in codes.iter_mut().zip(given) {
            *code = given;
        }
        if self.plan.life_cycle.corrections
            && let Some(code) = codes.get_mut(self.attributes())
        {
            *code = correction.revision;
        }
        let kind = if correction.retracts { RETRACTED } else { kind };
        Event { pseudonym, id, at, kind, age: 0, codes }
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
            assert_eq!(date(given), Err(Fault::BadDate), "{given}");
        }
    }
}
