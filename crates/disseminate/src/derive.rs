//! Quartiles of durations, what is left of cohorts, and rates of transitions, read off an answer.
//!
//! Not here: the arithmetic ([`crate::distribution`]) and the figures ([`crate::answer`]).
//!
//! Every figure that goes into one line lies in another cell, and cells carry independent noise:
//! the bands of one period do, the ages of one cohort, and the transitions of one period.
//!
//! A line of which one figure is under embargo is under embargo; it is told where the figure is.
//!
//! Invariants:
//! 1. Nothing is read but published figures: whoever has the answer can make the same lines
//!    (`tidegauge/tests/process_log.rs`, `tidegauge/tests/cohorts.rs`).
//! 2. What is under embargo is told without a figure, and there is a line for each figure that
//!    comes with its hour (`tests::held::what_is_derived_is_held_as_its_figures_are`).
//!
//! Format: a table ([`crate::table`]). Of a duration the dimensions without the band, the period,
//! and for each quartile the band with the first and last that its 95 % interval holds; of a
//! cohort the dimensions without transition and age, the cohort, its age, who is left with the
//! ends of the interval, and the part that is left with its own; of a flow the dimensions and the
//! period, and what each transition is of all that the key names, with its interval (empty where
//! all may be none).

use std::collections::BTreeMap;
use std::path::Path;

use tidegauge_model::plan::LifeCycle;
use tidegauge_model::{Dataflow, Grain, Measure, Observation, Period, Source};
use tidegauge_privacy::interval::{Estimate, NORMAL_POINT, RateEstimate};

use crate::answer::Answer;
use crate::catalogue::Catalogue;
use crate::distribution::{Cohort, quantile, share, sum, survival};
use crate::error::Error;
use crate::key::{LEADING, Selection};
use crate::pieces::whole_answer;
use crate::query::{Key, Parameters, parse_key};
use crate::rate;
use crate::reader::Reader;
use crate::table::{Field, Table};
use crate::waiting;

/// The quartiles, by the name of their column.
const QUARTILES: [(&str, f64); 3] = [("Q1", 0.25), ("MEDIAN", 0.5), ("Q3", 0.75)];

/// `None` under embargo.
pub(crate) fn estimate(observation: &Observation) -> Option<Estimate> {
    let (value_milli, margin_milli) = observation.figure()?;
    let deviation = margin_milli as f64 / 1000.0 / NORMAL_POINT;
    Some(Estimate { value: value_milli as f64 / 1000.0, variance: deviation * deviation })
}

/// What is derived under an id (a dataflow's, a rate's, or that of a cohort with `.WAITING`), and
/// the tree size that it rests on.
///
/// Errors: those of figures; a dataflow of which nothing is derived.
pub fn asked(
    reader: &Reader,
    catalogue: &Catalogue,
    id: &str,
    key: &Key,
    parameters: &Parameters,
) -> Result<(Table, u64), Error> {
    if let Some(of) = catalogue.plan.rate(id) {
        return rate::table(reader, catalogue, of, key, parameters);
    }
    if let Some(id) = id.strip_suffix(waiting::ENDING) {
        return waiting::table(reader, catalogue, id, key, parameters);
    }
    let position = catalogue.position(id)?;
    let plan = catalogue.plan_for(parameters)?;
    let selection = Selection::of(key, plan, &plan.dataflows[position])?;
    let answer = whole_answer(reader, catalogue, position, selection, parameters)?.limited()?;
    let what = "derived estimates but of a duration, a cohort, a flow by transition or a rate";
    Ok((table(&answer).ok_or(Error::NotOffered { what })?, answer.as_of))
}

/// What is derived, straight from a public directory, without a server.
///
/// Errors: those that a server would answer with.
pub fn export(
    directory: &Path,
    id: &str,
    key: &str,
    parameters: &Parameters,
) -> Result<Table, Error> {
    let reader = Reader::new(directory);
    reader.refresh();
    let catalogue = reader.catalogue()?;
    Ok(asked(&reader, &catalogue, id, &parse_key(key)?, parameters)?.0)
}

/// What is derived of an answer; `None` for a dataflow that is no duration, no cohort and no flow
/// by transition, for a table, and for a cohort whose transitions do not tell beginnings from ends.
pub fn table(answer: &Answer) -> Option<Table> {
    match &answer.dataflow().measure {
        Measure::Duration { .. } => quartiles(answer),
        Measure::Cohort { statuses } => left(answer, statuses),
        Measure::Flow if answer.dataflow().margins.is_empty() => rates(answer),
        _ => None,
    }
}

pub(crate) fn place(dataflow: &Dataflow, source: &Source) -> Option<usize> {
    dataflow.structure.dimensions().iter().position(|dimension| dimension.source == *source)
}

/// The parts of a key that stay when these dimensions go, and the names of all that stay.
pub(crate) fn without<'k>(key: &[&'k str], gone: &[usize]) -> Vec<&'k str> {
    let stays = |n: &usize| n.checked_sub(LEADING.len()).is_none_or(|n| !gone.contains(&n));
    (0..key.len()).filter(stays).map(|n| key[n]).collect()
}

/// The names of the dimensions, without some of the dataflow's own.
pub(crate) fn names(dataflow: &Dataflow, gone: &[usize]) -> Vec<String> {
    let own = dataflow.structure.dimensions().iter().map(|dimension| dimension.id.as_str());
    let all: Vec<&str> = LEADING.into_iter().chain(own).collect();
    without(&all, gone).into_iter().map(str::to_owned).collect()
}

/// A table without rows, of these dimensions and columns.
pub(crate) fn empty(answer: &Answer, gone: &[usize], columns: &str) -> Table {
    let columns = columns.split(',').map(str::to_owned);
    Table::under(answer.plan(), names(answer.dataflow(), gone).into_iter().chain(columns).collect())
}

pub(crate) fn words(key: &[&str]) -> Vec<Field> {
    key.iter().map(|&code| Field::Word(code.to_owned())).collect()
}

/// A part of a whole with its interval.
pub(crate) fn part(part: Option<&RateEstimate>) -> [Field; 3] {
    let number = |value: f64| Field::Number(format!("{value:.4}"));
    part.map_or([Field::Nothing, Field::Nothing, Field::Nothing], |part| {
        [number(part.value), number(part.low), number(part.high)]
    })
}

fn quartiles(answer: &Answer) -> Option<Table> {
    let dataflow = answer.dataflow();
    let band = place(dataflow, &Source::Band)?;
    let list = &dataflow.structure.dimensions()[band].code_list;
    // By key and period, the figures of the bands in their order.
    let mut found: BTreeMap<(Vec<&str>, Period), BTreeMap<u16, Told>> = BTreeMap::new();
    for number in 0..answer.len() {
        let series = answer.series(number);
        let Some(code) = list.position(series.key[LEADING.len() + band]) else { continue };
        for observation in &series.observations {
            let key = (without(&series.key, &[band]), observation.period);
            found.entry(key).or_default().insert(code, estimate(observation));
        }
    }
    let columns = QUARTILES.map(|(name, _)| format!("{name},{name}_LOW,{name}_HIGH")).join(",");
    let mut table = empty(answer, &[band], &format!("TIME_PERIOD,{columns}"));
    let word = |band: usize| Field::Word(list.codes()[band].id.clone());
    let quartile = |bands: &[Estimate], q| match quantile(bands, q) {
        Some(found) => [found.band, found.low, found.high].map(word),
        None => [Field::Nothing, Field::Nothing, Field::Nothing],
    };
    for ((key, period), bands) in found {
        if bands.len() != list.codes().len() {
            continue;
        }
        let bands: Option<Vec<Estimate>> = bands.into_values().collect();
        let told = |bands: Vec<Estimate>| QUARTILES.map(|(_, q)| quartile(&bands, q)).concat();
        table.push(of_period(&key, period), bands.map(told));
    }
    Some(table)
}

/// What a row of a period is of.
fn of_period(key: &[&str], period: Period) -> Vec<Field> {
    let mut row = words(key);
    row.push(Field::Word(period.sdmx()));
    row
}

/// A figure, `None` under embargo.
type Told = Option<Estimate>;

/// Figures of transitions, each with the position of its code.
type Transitions = Vec<(u16, Told)>;

fn rates(answer: &Answer) -> Option<Table> {
    let dataflow = answer.dataflow();
    let transition = place(dataflow, &Source::Transition)?;
    let list = &dataflow.structure.dimensions()[transition].code_list;
    // By key and period, the figures of the transitions in their order.
    let mut found: BTreeMap<(Vec<&str>, Period), Transitions> = BTreeMap::new();
    let mut keys: BTreeMap<(Vec<&str>, u16), Vec<&str>> = BTreeMap::new();
    for number in 0..answer.len() {
        let series = answer.series(number);
        let Some(code) = list.position(series.key[LEADING.len() + transition]) else { continue };
        let rest = without(&series.key, &[transition]);
        for observation in &series.observations {
            let key = (rest.clone(), observation.period);
            found.entry(key).or_default().push((code, estimate(observation)));
        }
        keys.insert((rest, code), series.key);
    }
    let mut table = empty(answer, &[], "TIME_PERIOD,RATE,RATE_LOW,RATE_HIGH");
    for ((rest, period), figures) in &found {
        for (place, (code, own)) in figures.iter().enumerate() {
            let others = figures.iter().enumerate().filter(|(other, _)| *other != place);
            let others: Option<Vec<Estimate>> = others.map(|(_, (_, other))| *other).collect();
            let told = own.zip(others);
            let told = told.map(|(own, others)| part(share(&[own], &others).as_ref()).to_vec());
            table.push(of_period(keys.get(&(rest.clone(), *code))?, *period), told);
        }
    }
    Some(table)
}

/// Whom a figure of a cohort counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Border {
    /// Who began.
    Began,
    /// Who ended.
    Ended,
}

/// Which transitions, by name, lead into the statuses of a cohort and which out of them.
pub(crate) struct Borders {
    into: Vec<String>,
    out: Vec<String>,
}

impl Borders {
    /// `None` where one name does both.
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

    /// Whom the figure of a transition at an age counts. Whoever comes in at a greater age than 0
    /// was there already.
    pub(crate) fn counted(&self, transition: &str, age: u16) -> Option<Border> {
        let of = |names: &[String]| names.iter().any(|known| known == transition);
        match (of(&self.into), of(&self.out)) {
            (true, _) if age == 0 => Some(Border::Began),
            (_, true) => Some(Border::Ended),
            _ => None,
        }
    }
}

/// What is known of one combination of codes: by month and age, who began and who ended; `None`
/// under embargo.
type Ages = BTreeMap<(Period, u16), Option<[Vec<Estimate>; 2]>>;

fn left(answer: &Answer, statuses: &[usize]) -> Option<Table> {
    let dataflow = answer.dataflow();
    let gone = [place(dataflow, &Source::Age)?, place(dataflow, &Source::Transition)?];
    let [age, transition] = gone;
    let list = &dataflow.structure.dimensions()[age].code_list;
    let borders = Borders::of(&answer.plan().life_cycle, statuses)?;
    let mut found: BTreeMap<Vec<&str>, Ages> = BTreeMap::new();
    for number in 0..answer.len() {
        let series = answer.series(number);
        let Some(of_age) = list.position(series.key[LEADING.len() + age]) else { continue };
        let name = series.key[LEADING.len() + transition];
        let Some(border) = borders.counted(name, of_age) else { continue };
        let months = series.observations.iter().filter(|o| o.period.grain() == Grain::Month);
        for observation in months {
            let ages = found.entry(without(&series.key, &gone)).or_default();
            let told = estimate(observation);
            let empty = || told.map(|_| Default::default());
            let cell = ages.entry((observation.period, of_age)).or_insert_with(empty);
            if let Some((cell, told)) = cell.as_mut().zip(told) {
                cell[border as usize].push(told);
            }
        }
    }
    let columns = "COHORT,AGE,LEFT,LEFT_LOW,LEFT_HIGH,PART,PART_LOW,PART_HIGH";
    let mut table = empty(answer, &gone, columns);
    // The last code holds all that is older.
    let oldest = list.codes().len() - 1;
    let of_age = |key: &[&str], month: Period, age: usize| {
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
                let mut told = ends.map(|end| Field::Number(format!("{end:.3}"))).to_vec();
                told.extend(part(curve.get(known - 1)));
                table.push(of_age(key, month, known - 1), Some(told));
            }
            let older = lives(month, oldest).skip(cohort.ended.len());
            for at in older.take_while(|at| matches!(ages.get(at), Some(None))) {
                table.push(of_age(key, month, at.1.into()), None);
            }
        }
    }
    Some(table)
}

/// The months of a cohort, each with its age then.
fn lives(month: Period, oldest: usize) -> impl Iterator<Item = (Period, u16)> {
    let months = std::iter::successors(Some(month), |month| Some(month.next()));
    // A list has at most CODES_MAX codes, which fit 16 bits.
    months.zip(0..oldest as u16)
}

/// The cohort of a month, as far as it is known.
fn cohort(ages: &Ages, month: Period, oldest: usize) -> Cohort {
    let told = |at: (Period, u16)| ages.get(&at)?.as_ref();
    let began = told((month, 0)).map_or(sum(&[]), |[began, _]| sum(began));
    let ended = lives(month, oldest).map_while(told).map(|[_, ended]| sum(ended));
    Cohort { began, ended: ended.collect() }
}
