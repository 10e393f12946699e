//! How many persons of each cohort are left at each age, from those who began and ended.
//!
//! Not here: the stock by waiting time ([`super::waiting`]), the arithmetic
//! ([`super::distribution`]).
//!
//! Invariants:
//! 1. Only published figures are read, so anyone with the answer can make the same lines
//!    (`tidegauge/tests/cohorts.rs`).

use std::collections::BTreeMap;

use tidegauge_model::plan::LifeCycle;
use tidegauge_model::{CodeSource, Grain, Period};
use tidegauge_privacy::interval::Estimate;

use super::distribution::{Cohort, sum, survival};
use super::parts::{empty, estimate, part, place, without, words};
use super::table::{DerivedTable, Field};
use crate::answer::answer::CheckedAnswer;
use crate::error::Error;
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
type Ages = BTreeMap<(Period, u16), Option<[Vec<Estimate>; 2]>>;

/// The persons left of each cohort at each age; `None` if the dataflow has no ages or transitions,
/// or if its transitions do not separate beginnings from ends.
///
/// Errors: figures that cannot be made.
pub(crate) fn left(
    answer: &CheckedAnswer,
    statuses: &[usize],
) -> Result<Option<DerivedTable>, Error> {
    let dataflow = answer.dataflow();
    let age = place(dataflow, &CodeSource::Age);
    let transition = place(dataflow, &CodeSource::Transition);
    let Some((age, transition)) = age.zip(transition) else { return Ok(None) };
    let gone = [age, transition];
    let list = &dataflow.structure.dimensions()[age].code_list;
    let Some(borders) = Borders::of(&answer.plan().life_cycle, statuses) else { return Ok(None) };
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
                cell[border as usize].push(published);
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
            let cohort = cohort(ages, month, oldest);
            let curve = survival(std::slice::from_ref(&cohort));
            for known in 1..=cohort.ended.len() {
                let left =
                    Cohort { ended: cohort.ended[..known].to_vec(), ..cohort.clone() }.left();
                let (value, margin) = (left.value, left.margin());
                let ends = [value, value - margin, value + margin];
                let mut fields = ends.map(|end| Field::Number(format!("{end:.3}"))).to_vec();
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

/// The months of a cohort, each with the age of the cohort in it.
fn lives(month: Period, oldest: usize) -> impl Iterator<Item = (Period, u16)> {
    let months = std::iter::successors(Some(month), |month| Some(month.next()));
    // A list has at most CODES_MAX codes, which fit 16 bits.
    months.zip(0..oldest as u16)
}

/// The cohort of a month, as far as it is known.
fn cohort(ages: &Ages, month: Period, oldest: usize) -> Cohort {
    let published = |cell: (Period, u16)| ages.get(&cell)?.as_ref();
    let began = published((month, 0)).map_or(sum(&[]), |[began, _]| sum(began));
    let ended = lives(month, oldest).map_while(published).map(|[_, ended]| sum(ended));
    Cohort { began, ended: ended.collect() }
}
