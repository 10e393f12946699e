//! Who is still in a set of statuses, by how long: the stock of a cohort dataflow by age.
//!
//! Not here: what is left of one cohort ([`crate::derived`]), and figures ([`crate::answer`]).
//!
//! At the end of a month, those of age a are the cohort that began a months before, less those of
//! it who ended at the ages 0 to a. A band is a group of the list of ages, or an age where the list
//! has no groups; the last is open, and counts those who began since the plan's start. A band takes
//! of each cell of the dataflow the figures of months that follow each other, so its variance is
//! the sum, over the cells and windows, of that of one span: cells and windows carry independent
//! noise, and the months of one cell need not. A stock rests on every month up to its own, so while
//! that is under embargo so is the stock, and no other.
//!
//! Invariants:
//! 1. Nothing is read but published figures, and with next to no noise the stock is that of what
//!    was put in (`tidegauge/tests/waiting.rs`: `the_stock_by_age_is_that_of_what_was_put_in`).
//! 2. Intervals hold it as often as they say
//!    (`tidegauge/tests/waiting.rs`: `intervals_hold_the_stock_by_age`).
//! 3. Bands add up to their total, exactly as published (the same tests).
//!
//! Format: a table ([`crate::derived::table`]) of the dimensions without transition and age,
//! `TIME_PERIOD`, `BAND` (`_T` for all), `OBS_VALUE,MARGIN,CI_LOW,CI_HIGH`.

use std::collections::{BTreeMap, HashMap};

use tidegauge_ledger::Scheme;
use tidegauge_model::{CodeList, CodeSource, Dataflow, Grain, Measure, Observation, Period, Plan};
use tidegauge_privacy::{Decoder, Estimator};

use super::cohort::{Border, Borders};
use super::parts::{empty, place, without, words};
use super::table::{DerivedTable, Field};
use crate::answer::evaluate::{ListedPeriods, answer};
use crate::catalogue::catalogue::Catalogue;
use crate::error::{Error, given};
use crate::estimate::decimal::FigureText;
use crate::estimate::known::KnownWindow;
use crate::estimate::reader::Reader;
use crate::query::decimals::Decimals;
use crate::query::grammar::{Key, KeyPart, Parameters};
use crate::query::series::{LEADING, Selection, TOTAL};

/// The ending of an id that requests this table of a dataflow.
pub(crate) const ENDING: &str = ".WAITING";

/// The monthly series of a cohort dataflow, of every age and transition and of the codes of a key,
/// which has no part for these two.
///
/// Errors: a dataflow that has no stock by age; a key that does not fit it.
pub(crate) fn selection(
    catalogue: &Catalogue,
    id: &str,
    key: &Key,
    parameters: &Parameters,
) -> Result<Selection, Error> {
    let position = catalogue.position(id)?;
    let plan = catalogue.plan_for(parameters)?;
    let WaitingCohort { dataflow, age, transition, .. } = WaitingCohort::of(plan, position)?;
    let expected = LEADING.len() + dataflow.structure.dimensions().len() - 2;
    let parts = match key {
        Key::All => vec![KeyPart::Any; expected],
        Key::Parts(parts) => parts.clone(),
    };
    if parts.len() != expected {
        return Err(Error::KeyParts { given: parts.len(), expected });
    }
    let mut parts = parts;
    let mut places = [LEADING.len() + age, LEADING.len() + transition];
    places.sort_unstable();
    for place in places {
        parts.insert(place, KeyPart::Any);
    }
    let mut selection = Selection::new(&Key::Parts(parts), plan, position)?;
    selection.grains.retain(|grain| *grain == Grain::Month);
    if selection.grains.is_empty() {
        return Err(Error::Code { dimension: "FREQ".into(), given: given("other than M") });
    }
    Ok(selection)
}

/// The stock by age of a selection of a cohort dataflow.
///
/// Errors: those of figures; a dataflow that has no stock by age.
pub(crate) fn table(
    reader: &Reader,
    catalogue: &Catalogue,
    selection: Selection,
    parameters: &Parameters,
) -> Result<(DerivedTable, u64), Error> {
    let plan = catalogue.plan_for(parameters)?;
    let cohort = WaitingCohort::of(plan, selection.dataflow)?;
    let WaitingCohort { dataflow, borders, age, transition } = cohort;
    // A stock rests on all that came before it.
    let Parameters { as_of, decimals, end, .. } = *parameters;
    let all = Parameters { as_of, decimals, end, ..Default::default() };
    let listed = match parameters.is_whole() {
        true => ListedPeriods::WithEmbargoed,
        false => ListedPeriods::Published,
    };
    let answer = answer(reader, catalogue, selection, &all, listed)?.check()?;
    let list = &dataflow.structure.dimensions()[age].code_list;
    let mut found: BTreeMap<Vec<&str>, CohortCells> = BTreeMap::new();
    for number in 0..answer.len() {
        let series = answer.series(number)?;
        let Some(of_age) = list.position(series.key[LEADING.len() + age]) else { continue };
        let name = series.key[LEADING.len() + transition];
        let cells = found.entry(without(&series.key, &[age, transition])).or_default();
        let Some(border) = borders.counted(name, of_age) else { continue };
        // Months under embargo come last.
        let published = series.observations.iter().map_while(Observation::figure);
        let months = published.map(|(value, _)| value).collect();
        let age = (border == Border::Ended).then(|| of_age.into());
        cells.push(CohortCell { age, months });
    }
    let months = answer.periods();
    let published = answer.published_count(&months);
    let mut spreads = Spreads::new(answer.known(), &months, answer.decimals);
    let columns = "TIME_PERIOD,BAND,OBS_VALUE,MARGIN,CI_LOW,CI_HIGH";
    let mut table = empty(&answer, &[age, transition], columns);
    for (key, cells) in &found {
        for (now, month) in months.iter().enumerate().filter(|(_, m)| parameters.cover(**m)) {
            for band in bands(list).iter().filter(|band| band.first <= now) {
                let row = words(&[&key[..], &[&month.to_string(), &band.code]].concat());
                let stock = || stock(cells, band, now, list, &mut spreads);
                let published = (now < published).then(stock).transpose()?;
                table.push(row, published.map(|stock| fields(stock, answer.decimals)));
            }
        }
    }
    if table.rows.is_empty() { Err(Error::NothingReleased) } else { Ok((table, answer.as_of)) }
}

/// A stock in thousandths and its variance, as the fields of a row.
fn fields((value, variance): (i64, f64), decimals: Decimals) -> Vec<Field> {
    let margin = decimals.margin_milli(variance);
    let ends = [value.saturating_sub(margin), value.saturating_add(margin)];
    let numbers = [value, margin, ends[0], ends[1]];
    numbers.map(|number| Field::Number(FigureText(number, decimals).to_string())).to_vec()
}

/// A cohort dataflow that has a stock by age.
struct WaitingCohort<'a> {
    dataflow: &'a Dataflow,
    borders: Borders,
    /// The position of the age among the dataflow's own dimensions.
    age: usize,
    /// The position of the transition among them.
    transition: usize,
}

impl<'a> WaitingCohort<'a> {
    /// Errors: another dataflow.
    fn of(plan: &'a Plan, position: usize) -> Result<Self, Error> {
        let what =
            "a stock by age except for cohorts whose transitions separate beginnings from ends";
        let not_offered = || Error::NotOffered { what };
        let dataflow = &plan.dataflows[position];
        if !dataflow.marginals.is_empty() {
            let what = "a stock by age of a cohort with marginals, whose cells share their noise";
            return Err(Error::NotOffered { what });
        }
        let Measure::Cohort { statuses } = &dataflow.measure else { return Err(not_offered()) };
        let borders = Borders::of(&plan.life_cycle, statuses).ok_or_else(not_offered)?;
        let age = place(dataflow, &CodeSource::Age).ok_or_else(not_offered)?;
        let transition = place(dataflow, &CodeSource::Transition).ok_or_else(not_offered)?;
        Ok(Self { dataflow, borders, age, transition })
    }
}

/// One cell of a cohort dataflow: who began, or who ended at an age, in thousandths by month from
/// the plan's first.
struct CohortCell {
    age: Option<usize>,
    months: Vec<i64>,
}

type CohortCells = Vec<CohortCell>;

/// A group of ages: from `first` on, up to `last` unless it is open.
struct Band {
    code: String,
    first: usize,
    last: Option<usize>,
}

/// The bands of a list of ages, and all of them together.
fn bands(list: &CodeList) -> Vec<Band> {
    let oldest = list.codes().len() - 1;
    let band = |code: &str, first: u16, last: u16| {
        let (first, last) = (usize::from(first), usize::from(last));
        Band { code: code.to_owned(), first, last: (last < oldest).then_some(last) }
    };
    let groups = list.groups().iter().filter(|group| group.level == list.depth() - 1);
    let mut bands: Vec<Band> = if list.groups().is_empty() {
        let codes = (0u16..).zip(list.codes());
        codes.map(|(age, code)| band(&code.id, age, age)).collect()
    } else {
        groups.map(|group| band(&group.code.id, group.codes.start, group.codes.end - 1)).collect()
    };
    bands.push(Band { code: TOTAL.to_owned(), first: 0, last: None });
    bands
}

/// The stock of a band at the end of a month, in thousandths, and its variance.
fn stock(
    cells: &[CohortCell],
    band: &Band,
    now: usize,
    list: &CodeList,
    spreads: &mut Spreads,
) -> Result<(i64, f64), Error> {
    let oldest = list.codes().len() - 1;
    // The eldest cohort of the band, by its month.
    let eldest = band.last.map_or(0, |last| now.saturating_sub(last));
    let (mut value, mut variance) = (0i64, 0.0);
    for cell in cells {
        // Months of a cell that belong to cohorts of the band; at the last age, to all that are
        // as old, which only the open band holds.
        let (first, last) = match cell.age {
            None => (eldest, now - band.first),
            Some(age) if age == oldest && band.last.is_some() => continue,
            Some(age) if age == oldest => (oldest, now),
            Some(age) => {
                let Some(last) = (now + age).checked_sub(band.first.max(age)) else { continue };
                (eldest + age, last)
            }
        };
        if first > last {
            continue;
        }
        let months = cell.months.get(first..=last).ok_or(Error::Estimate)?;
        let sum = months.iter().fold(0i64, |sum, month| sum.saturating_add(*month));
        value = match cell.age {
            None => value.saturating_add(sum),
            Some(_) => value.saturating_sub(sum),
        };
        variance += spreads.of(first, last)?;
    }
    Ok((value, variance))
}

/// Variances of sums of months that follow each other, of one cell.
struct Spreads<'a> {
    known: &'a [KnownWindow],
    months: &'a [Period],
    decimals: Decimals,
    made: HashMap<(usize, usize), f64>,
}

impl<'a> Spreads<'a> {
    fn new(known: &'a [KnownWindow], months: &'a [Period], decimals: Decimals) -> Self {
        Self { known, months, decimals, made: HashMap::new() }
    }

    /// In persons squared.
    ///
    /// Errors: measurements of another kind than those of a cohort.
    fn of(&mut self, first: usize, last: usize) -> Result<f64, Error> {
        if let Some(made) = self.made.get(&(first, last)) {
            return Ok(*made);
        }
        let (from, until) = (self.months[first].first(), self.months[last].last());
        let mut variance = 0.0;
        for known in self.known {
            let steps = &known.window.steps[..known.steps as usize];
            let inside = |step: &Period| step.first() >= from && step.last() <= until;
            let Some(first) = steps.iter().position(inside) else { continue };
            let last = steps.iter().rposition(inside).unwrap_or(first);
            // Fits: a window has at most 366 steps.
            let span = (first as u32, last as u32, 1);
            // Within a window, months that follow each other are one difference of rounded sums.
            variance += 2.0 * self.decimals.variance();
            for price in known.window.streams() {
                if known.window.steps.first() != Some(&price.begins) {
                    return Err(Error::Estimate);
                }
                variance += match &price.scheme {
                    Scheme::Nodes { strategy, .. } => {
                        let estimator = Estimator::new(strategy, known.steps);
                        let estimator = estimator.map_err(|_| Error::Estimate)?;
                        estimator.variance(&[span]) * price.variance.as_f64()
                    }
                    Scheme::Recursion(recursion) => {
                        Decoder::new(recursion, price.variance).variance(&[span])
                    }
                    Scheme::Periods { .. } => return Err(Error::Estimate),
                };
            }
        }
        self.made.insert((first, last), variance);
        Ok(variance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Persons who began in the months 0 to 7 and those of them who ended, by age; nobody else.
    #[test]
    fn a_band_holds_its_cohorts_less_who_ended() {
        let code = |id: String| tidegauge_model::Code::new(&id, &id);
        let codes = (0..4).map(|n| code(format!("M{n}"))).collect();
        let list = CodeList::new("CL_AGE".into(), "1.0.0".into(), "x".into(), codes).unwrap();
        let began = |month: i64| 1000 * (20 + month);
        // Of the cohort of a month 2 end at age 0, 3 at age 1, 5 at age 2, and 1 at each later age.
        let ended = |age: usize| [2000, 3000, 5000, 1000][age.min(3)];
        let months = 8usize;
        let mut cells = vec![CohortCell { age: None, months: (0..8).map(began).collect() }];
        for age in 0..4usize {
            let of = |month: usize| match age {
                3 => (3..=month).map(ended).sum(),
                _ => {
                    if month >= age {
                        ended(age)
                    } else {
                        0
                    }
                }
            };
            cells.push(CohortCell { age: Some(age), months: (0..months).map(of).collect() });
        }
        let left =
            |now: usize, age: usize| began((now - age) as i64) - (0..=age).map(ended).sum::<i64>();
        let mut spreads = Spreads::new(&[], &[], Decimals::Thousandths);
        for first in 0..months {
            spreads.made.extend((first..months).map(|last| ((first, last), 1.0)));
        }
        for now in 0..months {
            let mut total = 0;
            for band in bands(&list).iter().filter(|band| band.first <= now) {
                let last = band.last.unwrap_or(now).min(now);
                let meant: i64 = (band.first..=last).map(|age| left(now, age)).sum();
                let (value, variance) = stock(&cells, band, now, &list, &mut spreads).unwrap();
                assert_eq!(value, meant, "{} in month {now}", band.code);
                assert!(variance >= 1.0);
                total += if band.code == TOTAL { -value } else { value };
            }
            assert_eq!(total, 0, "{now}");
        }
    }
}
