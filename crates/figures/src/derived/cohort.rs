//! How many persons of each cohort are left at each age, from those who began and ended.
//!
//! Not here: the stock by waiting time ([`super::waiting`]), the arithmetic
//! ([`super::distribution`]).
//!
//! Invariants:
//! 1. Only published figures are read, so anyone with the answer can make the same lines
//!    (`tidegauge/tests/cohorts.rs`).

use std::collections::{BTreeMap, HashMap};

use tidegauge_ledger::{Price, Scheme};
use tidegauge_model::plan::LifeCycle;
use tidegauge_model::{CodeSource, Grain, Period};
use tidegauge_privacy::interval::Estimate;

use super::distribution::{Cohort, Covariances, sum, survival};
use super::parts::{empty, estimate, part, place, without, words};
use super::table::{DerivedTable, Field};
use crate::answer::answer::CheckedAnswer;
use crate::answer::shared::SharedNoise;
use crate::error::Error;
use crate::estimate::decimal::FigureText;
use crate::query::decimals::Decimals;
use crate::query::series::LEADING;

/// The persons that a figure of a cohort counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Border {
    /// Those who began.
    Began,
    /// Those who ended.
    Ended,
}

/// The names of the transitions into the statuses of a cohort, and of those out of them.
pub(crate) struct Borders {
    into: Vec<String>,
    out: Vec<String>,
}

impl Borders {
    /// `None` if a name is among both.
    pub(crate) fn of(cycle: &LifeCycle, statuses: &[usize]) -> Option<Self> {
        let (mut into, mut out) = (vec![], vec![]);
        for from in 0..cycle.statuses.len() {
            let arrows = (0..cycle.kinds.len()).filter_map(|kind| cycle.arrow(from, kind));
            for arrow in arrows.chain(cycle.timer(from).map(|timer| timer.arrow)) {
                let (before, after) = (statuses.contains(&from), statuses.contains(&arrow.to));
                let name = cycle.names[arrow.name].clone();
                match (before, after) {
                    (false, true) => into.push(name),
                    (true, false) => out.push(name),
                    _ => {}
                }
            }
        }
        (!into.iter().any(|name| out.contains(name))).then_some(Self { into, out })
    }

    /// The persons that the figure of a transition at an age counts. Persons who come in at an age
    /// above 0 were there already.
    pub(crate) fn counted(&self, transition: &str, age: u16) -> Option<Border> {
        let is_among = |names: &[String]| names.iter().any(|name| name == transition);
        match (is_among(&self.into), is_among(&self.out)) {
            (true, _) if age == 0 => Some(Border::Began),
            (_, true) => Some(Border::Ended),
            _ => None,
        }
    }
}

/// The figures of one combination of codes: by month and age, those who began and those who ended;
/// `None` under embargo.
type Ages = BTreeMap<(Period, u16), Option<[BorderFigures; 2]>>;

/// The counts of each series by its number and month, as published, in thousandths, and the
/// variance that rounding added to them.
type PublishedCounts = HashMap<(usize, Period), (i64, f64)>;

/// Figures of one month, each with the number of its series.
type BorderFigures = Vec<(usize, Estimate)>;

/// The persons left of each cohort at each age; `None` if the dataflow has no ages or transitions,
/// or if its transitions do not separate beginnings from ends. Shares are computed from `answer`,
/// which has thousandths; who is left is a sum of figures as published.
///
/// Errors: figures that cannot be made.
pub(crate) fn left(
    answer: &CheckedAnswer,
    published: &CheckedAnswer,
    statuses: &[usize],
) -> Result<Option<DerivedTable>, Error> {
    let dataflow = answer.dataflow();
    let age = place(dataflow, &CodeSource::Age);
    let transition = place(dataflow, &CodeSource::Transition);
    let Some((age, transition)) = age.zip(transition) else { return Ok(None) };
    let gone = [age, transition];
    let list = &dataflow.structure.dimensions()[age].code_list;
    let Some(borders) = Borders::of(&answer.plan().life_cycle, statuses) else { return Ok(None) };
    if shares_noise_over_months(answer) {
        let what = "what is left of cohorts of a table that is measured by a recursion";
        return Err(Error::NotOffered { what });
    }
    let noise = SharedNoise::of(answer);
    let counts = counts(published)?;
    let mut found: BTreeMap<Vec<&str>, Ages> = BTreeMap::new();
    for number in 0..answer.len() {
        let series = answer.series(number)?;
        let Some(age_code) = list.position(series.key[LEADING.len() + age]) else { continue };
        let name = series.key[LEADING.len() + transition];
        let Some(border) = borders.counted(name, age_code) else { continue };
        let months = series.observations.iter().filter(|o| o.period.grain() == Grain::Month);
        for observation in months {
            let ages = found.entry(without(&series.key, &gone)).or_default();
            let published = estimate(observation);
            let empty = || published.map(|_| Default::default());
            let cell = ages.entry((observation.period, age_code)).or_insert_with(empty);
            if let Some((cell, published)) = cell.as_mut().zip(published) {
                cell[border as usize].push((number, published));
            }
        }
    }
    let columns = "COHORT,AGE,LEFT,LEFT_LOW,LEFT_HIGH,PART,PART_LOW,PART_HIGH";
    let mut table = empty(answer, &gone, columns);
    // The last code stands for all greater ages.
    let oldest = list.codes().len() - 1;
    let row_key = |key: &[&str], month: Period, age: usize| {
        words(&[key, &[&month.to_string(), &list.codes()[age].id]].concat())
    };
    for (key, ages) in &found {
        for &(month, _) in ages.keys().filter(|(_, age)| *age == 0) {
            let cohort = cohort(ages, month, oldest, &noise)?;
            let curve = survival(std::slice::from_ref(&cohort));
            for known in 1..=cohort.ended.len() {
                let left =
                    Cohort { ended: cohort.ended[..known].to_vec(), ..cohort.clone() }.left();
                let whole = whole_left(ages, lives(month, oldest).take(known), &counts)?;
                let mut fields = left_fields(left, whole, published.decimals);
                fields.extend(part(curve.get(known - 1)));
                table.push(row_key(key, month, known - 1), Some(fields));
            }
            let older = lives(month, oldest).skip(cohort.ended.len());
            let is_embargoed = |cell: &(Period, u16)| matches!(ages.get(cell), Some(None));
            for (_, age) in older.take_while(is_embargoed) {
                table.push(row_key(key, month, age.into()), None);
            }
        }
    }
    Ok(Some(table))
}

/// The counts of every series of an answer.
///
/// Errors: figures that cannot be made.
fn counts(answer: &CheckedAnswer) -> Result<PublishedCounts, Error> {
    let mut counts = PublishedCounts::new();
    for number in 0..answer.len() {
        let observations = answer.series(number)?.observations.into_iter();
        for (observation, rounding) in observations.zip(answer.rounding(number)?) {
            let Some((value, _)) = observation.figure() else { continue };
            counts.insert((number, observation.period), (value, rounding));
        }
    }
    Ok(counts)
}

/// Those left of a cohort after some months of its life: the published counts of those who began in
/// the first less those who ended, and the variance that rounding added.
///
/// Errors: a count that is not published.
fn whole_left(
    ages: &Ages,
    life: impl Iterator<Item = (Period, u16)>,
    counts: &PublishedCounts,
) -> Result<(i64, f64), Error> {
    let (mut left, mut rounding) = (0i64, 0.0);
    for (month, age) in life {
        let Some(Some([began, ended])) = ages.get(&(month, age)) else { continue };
        let began = began.iter().filter(|_| age == 0).map(|(number, _)| (number, 1));
        for (number, sign) in began.chain(ended.iter().map(|(number, _)| (number, -1))) {
            let (value, added) = counts.get(&(*number, month)).ok_or(Error::Estimate)?;
            left = left.saturating_add(sign * value);
            rounding += added;
        }
    }
    Ok((left, rounding))
}

/// Who is left, with the ends of the interval, as fields: from the estimate in thousandths or from
/// the published counts.
fn left_fields(left: Estimate, (value, rounding): (i64, f64), decimals: Decimals) -> Vec<Field> {
    let Decimals::Whole = decimals else {
        let (value, margin) = (left.value, left.margin());
        let ends = [value, value - margin, value + margin];
        return ends.map(|end| Field::Number(format!("{end:.3}"))).to_vec();
    };
    let margin = decimals.margin_milli(left.variance + rounding);
    let ends = [value, value.saturating_sub(margin), value.saturating_add(margin)];
    ends.map(|end| Field::Number(FigureText(end, decimals).to_string())).to_vec()
}

/// The months of a cohort, each with the age of the cohort in it.
fn lives(month: Period, oldest: usize) -> impl Iterator<Item = (Period, u16)> {
    let months = std::iter::successors(Some(month), |month| Some(month.next()));
    // A list has at most CODES_MAX codes, which fit 16 bits.
    months.zip(0..oldest as u16)
}

/// Whether figures of one table share noise over months, so that those of one cohort do.
fn shares_noise_over_months(answer: &CheckedAnswer) -> bool {
    let is_recursion = |price: &Price| matches!(price.scheme, Scheme::Recursion(_));
    let mut windows = answer.known().iter();
    !answer.dataflow().marginals.is_empty()
        && windows.any(|known| known.window.streams().any(is_recursion))
}

/// The cohort of a month, as far as it is known.
///
/// Errors: figures that cannot be made.
fn cohort(
    ages: &Ages,
    month: Period,
    oldest: usize,
    noise: &SharedNoise<'_>,
) -> Result<Cohort, Error> {
    let published = |cell: (Period, u16)| ages.get(&cell)?.as_ref();
    let summed = |figures: &BorderFigures, month: Period| {
        let between =
            |one: usize, other: usize| noise.between(figures[one].0, figures[other].0, month);
        let added = Covariances::of(figures.len(), between)?.added(|_| 1.0);
        let figures: Vec<Estimate> = figures.iter().map(|(_, figure)| *figure).collect();
        let sum = sum(&figures);
        Ok(Estimate { variance: sum.variance + added, ..sum })
    };
    let first = published((month, 0));
    let began = first.map_or(Ok(sum(&[])), |[began, _]| summed(began, month))?;
    let ages = lives(month, oldest).map_while(|cell| Some((cell.0, published(cell)?)));
    let ended = ages.map(|(month, [_, ended])| summed(ended, month));
    let ended = ended.collect::<Result<Vec<Estimate>, Error>>()?;
    let mut shared = 0.0;
    if let Some([began, ended]) = first {
        for (one, other) in began.iter().flat_map(|one| ended.iter().map(move |other| (one, other)))
        {
            shared += noise.between(one.0, other.0, month)?;
        }
    }
    Ok(Cohort { began, ended, shared })
}
