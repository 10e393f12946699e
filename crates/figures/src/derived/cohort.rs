//! How many persons of each cohort are left at each age, from those who began and ended.
//!
//! Not here: the stock by waiting time ([`super::waiting`]), the arithmetic
//! ([`super::distribution`]).
//!
//! Invariants:
//! 1. Only published figures are read, so anyone with the answer can make the same lines
//!    (`tidegauge/tests/cohorts.rs`).
//! 2. Nobody is left by a code that those who end need not have begun with
//!    (`derived::cohort::tests::nobody_is_left_by_a_code_of_the_end`).
//! 3. Without a list of codes everything that is measured by the month is found
//!    (`derived::cohort::tests::a_key_of_open_parts_finds_what_is_measured_by_the_month`).

use std::collections::BTreeMap;

use tidegauge_model::plan::{ATTRIBUTES_OF_EVENTS, LifeCycle};
use tidegauge_model::{
    CodeList, CodeSource, Dataflow, Grain, Measure, Observation, Period, Plan, SourceSet, Status,
};
use tidegauge_privacy::interval::Estimate;

use super::distribution::{Cohort, Covariances, survival};
use super::parts::{count, empty, part, place, without, words};
use super::table::DerivedTable;
use crate::answer::answer::{CheckedAnswer, status};
use crate::answer::over_time::{FigureNoise, FigureSum, NoiseOverTime};
use crate::error::Error;
use crate::query::grammar::{Key, KeyPart};
use crate::query::series::{Indicator, LEADING, Pick, Selection, TOTAL};

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

/// The figures of the cohorts of one combination of codes.
pub(crate) struct CohortFigures {
    /// The numbers of the series of each figure: of those who began, then of those who ended, by
    /// age.
    pub(crate) series: Vec<Vec<usize>>,
    /// The count of each figure in each month that is published, in thousandths.
    pub(crate) counts: Vec<Vec<i64>>,
    /// The statuses of the figures of each month.
    pub(crate) statuses: Vec<Vec<Status>>,
}

/// The number of the figure of those who began.
pub(crate) const BEGAN: usize = 0;

/// The number of the figure of those who ended at an age.
pub(crate) fn ended(age: usize) -> usize {
    age + 1
}

impl CohortFigures {
    /// Whether its series count anyone at an age.
    fn has(&self, age: usize) -> bool {
        !self.series[ended(age)].is_empty() || age == 0 && !self.series[BEGAN].is_empty()
    }

    /// The status of a sum of figures: a break, or provisional, if one of them is.
    pub(crate) fn status(&self, sums: &[FigureSum], [value, margin]: [i64; 2]) -> Status {
        let has = |status: Status| {
            let months = sums.iter().filter_map(|sum| self.statuses.get(sum.periods.clone()));
            months.flatten().flatten().any(|one| *one == status)
        };
        match has(Status::Break) {
            true => Status::Break,
            false => status(value, margin, has(Status::Provisional)),
        }
    }

    /// The sum of published counts, in thousandths.
    pub(crate) fn value(&self, sums: &[FigureSum]) -> i64 {
        let add = |total: i64, sum: &FigureSum| {
            let months = self.counts[sum.figure].get(sum.periods.clone()).unwrap_or_default();
            let count = months.iter().fold(0i64, |count, month| count.saturating_add(*month));
            match sum.factor < 0.0 {
                true => total.saturating_sub(count),
                false => total.saturating_add(count),
            }
        };
        sums.iter().fold(0, add)
    }
}

/// A cohort dataflow with transitions and ages.
pub(crate) struct CohortDataflow<'a> {
    pub(crate) borders: Borders,
    pub(crate) ages: &'a CodeList,
    /// The places of the age and of the transition among the dataflow's own dimensions.
    pub(crate) gone: [usize; 2],
}

impl<'a> CohortDataflow<'a> {
    /// `None` if the dataflow has no ages or transitions, or if its transitions do not separate
    /// beginnings from ends.
    pub(crate) fn of(plan: &Plan, dataflow: &'a Dataflow) -> Option<Self> {
        let Measure::Cohort { statuses } = &dataflow.measure else { return None };
        let age = place(dataflow, &CodeSource::Age)?;
        let transition = place(dataflow, &CodeSource::Transition)?;
        let borders = Borders::of(&plan.life_cycle, statuses)?;
        let ages = &dataflow.structure.dimensions()[age].code_list;
        Some(Self { borders, ages, gone: [age, transition] })
    }

    /// The position of the last code, which stands for all greater ages.
    pub(crate) fn oldest(&self) -> usize {
        self.ages.codes().len() - 1
    }

    /// Refuses codes of what one event has, such as the outcome of a decision: those who began with
    /// one code end with another, so nobody is left by it. Totals are not affected.
    ///
    /// Errors: a selection of such codes.
    fn refuse_codes_of_events(&self, answer: &CheckedAnswer) -> Result<(), Error> {
        let dimensions = answer.dataflow().structure.dimensions();
        for (dimension, picks) in dimensions.iter().zip(&answer.selection().picks) {
            let is_total = picks.iter().all(|pick| matches!(pick, Pick::Total));
            let has_one = dimension.code_list.codes().len() == 1;
            if is_of_event(answer.plan(), &dimension.source) && !is_total && !has_one {
                let what = "who is left by a code that can differ between the beginning and the \
                    end, such as an outcome";
                let next = "name the total _T of that dimension";
                return Err(Error::NotOffered { what, next });
            }
        }
        Ok(())
    }

    /// The figures of an answer by month, by the key without age and transition.
    ///
    /// Errors: figures that cannot be made.
    pub(crate) fn figures<'k>(
        &self,
        answer: &'k CheckedAnswer,
    ) -> Result<BTreeMap<Vec<&'k str>, CohortFigures>, Error> {
        let [age, transition] = self.gone;
        self.refuse_codes_of_events(answer)?;
        let mut found = BTreeMap::new();
        for number in 0..answer.len() {
            let series = answer.series(number)?;
            let is_monthly = |o: &Observation| o.period.grain() == Grain::Month;
            if !series.observations.first().is_some_and(is_monthly) {
                continue;
            }
            let figures = found.entry(without(&series.key, &self.gone)).or_insert_with(|| {
                let figures = ended(self.ages.codes().len());
                CohortFigures {
                    series: vec![vec![]; figures],
                    counts: vec![vec![]; figures],
                    statuses: vec![],
                }
            });
            let name = series.key[LEADING.len() + transition];
            let age = self.ages.position(series.key[LEADING.len() + age]);
            let border = age.and_then(|age| Some((self.borders.counted(name, age)?, age)));
            let figure = match border {
                Some((Border::Began, _)) => BEGAN,
                Some((Border::Ended, age)) => ended(age.into()),
                None => continue,
            };
            figures.series[figure].push(number);
            figures.statuses.resize(series.observations.len(), vec![]);
            for (statuses, observation) in figures.statuses.iter_mut().zip(&series.observations) {
                statuses.push(observation.status);
            }
            let counts = &mut figures.counts[figure];
            counts.resize(series.observations.len(), 0);
            // Months under embargo come last.
            let published = series.observations.iter().map_while(Observation::figure);
            for (count, (value, _)) in counts.iter_mut().zip(published) {
                *count = count.saturating_add(value);
            }
        }
        Ok(found)
    }
}

/// The codes of transitions by which cohorts of a dataflow begin; none if nobody can be said to be
/// left of them.
pub fn beginnings(plan: &Plan, dataflow: &Dataflow) -> Vec<String> {
    let Some(cohort) = CohortDataflow::of(plan, dataflow) else { return vec![] };
    let [_, transition] = cohort.gone;
    let list = &dataflow.structure.dimensions()[transition].code_list;
    let mut into: Vec<String> =
        cohort.borders.into.into_iter().filter(|name| list.position(name).is_some()).collect();
    into.sort();
    into.dedup();
    into
}

/// The key of a cohort dataflow at a position of the plan, whose marginals are measured over
/// different periods: in a table of them an open part also stands for the groups and the total of
/// its dimension, so that whatever is measured by the month is found. Of codes by which nobody is
/// left it stands for the total only. A key that leaves out age or transition has all of them.
pub(crate) fn with_sums(plan: &Plan, position: usize, key: &Key) -> Key {
    let dataflow = &plan.dataflows[position];
    let Some(cohort) = CohortDataflow::of(plan, dataflow) else { return key.clone() };
    let dimensions = dataflow.structure.dimensions();
    let mut parts = match key {
        Key::All => vec![KeyPart::Any; LEADING.len() + dimensions.len()],
        Key::Parts(parts) => parts.clone(),
    };
    for (place, dimension) in dimensions.iter().enumerate() {
        let is_next = parts.len() == LEADING.len() + place;
        if is_next && cohort.gone.contains(&place) {
            parts.push(KeyPart::Any);
        } else if is_next && !dimension.is_apart {
            parts.push(KeyPart::Codes(vec![TOTAL.to_owned()]));
        }
    }
    if dataflow.marginals.is_empty() {
        return Key::Parts(parts);
    }
    for (place, (part, dimension)) in
        parts.iter_mut().skip(LEADING.len()).zip(dimensions).enumerate()
    {
        if *part != KeyPart::Any || cohort.gone.contains(&place) || dimension.is_apart {
            continue;
        }
        let list = &dimension.code_list;
        let codes = list.named().map(|(_, code)| code.id.clone());
        let groups = list.groups().iter().map(|group| group.code.id.clone());
        let total = std::iter::once(TOTAL.to_owned());
        *part = KeyPart::Codes(match is_of_event(plan, &dimension.source) {
            true => total.collect(),
            false => codes.chain(groups).chain(total).collect(),
        });
    }
    Key::Parts(parts)
}

/// Whether a code is one of what a single event has.
fn is_of_event(plan: &Plan, source: &CodeSource) -> bool {
    let CodeSource::Attribute(attribute) = source else { return false };
    ATTRIBUTES_OF_EVENTS.contains(&plan.attributes[*attribute].name)
}

/// Refuses a selection without months, of which cohorts are.
///
/// Errors: its frequencies, as codes that there are not.
pub(crate) fn check_months(selection: &Selection) -> Result<(), Error> {
    if selection.grains.contains(&Grain::Month) {
        return Ok(());
    }
    let codes = selection.grains.iter().map(|grain| grain.frequency());
    let codes = codes.collect::<Vec<_>>().join("+");
    Err(Error::code_unknown("FREQ", &codes, &[Grain::Month.frequency()]))
}

/// The months of an answer, in order.
pub(crate) fn months(answer: &CheckedAnswer) -> Vec<Period> {
    let mut months = answer.periods();
    months.retain(|period| period.grain() == Grain::Month);
    months
}

/// The persons left of each cohort at each age; `None` if the dataflow has none. Shares are
/// computed from `exact`, which has thousandths; who is left is a sum of figures as published.
///
/// Errors: figures that cannot be made.
pub(crate) fn left(
    exact: &CheckedAnswer,
    published: &CheckedAnswer,
) -> Result<Option<DerivedTable>, Error> {
    let Some(dataflow) = CohortDataflow::of(published.plan(), published.dataflow()) else {
        return Ok(None);
    };
    let months = months(published);
    check_months(published.selection())?;
    let public = published.published_count(&months);
    let (noise, exact_noise) =
        (NoiseOverTime::of(published, &months)?, NoiseOverTime::of(exact, &months)?);
    let columns = "COHORT,AGE,LEFT,LEFT_LOW,LEFT_HIGH,PART,PART_LOW,PART_HIGH";
    let mut table = empty(published, &dataflow.gone, columns);
    let mut in_thousandths = dataflow.figures(exact)?;
    let widening = exact.widening();
    for (key, figures) in dataflow.figures(published)? {
        let noise = noise.of_figures(&figures.series)?;
        let exact_noise = exact_noise.of_figures(&figures.series)?;
        let exact = in_thousandths.remove(&key).ok_or(Error::Estimate)?;
        for (first, month) in months.iter().enumerate().filter(|_| figures.has(0)) {
            let life = life(&months, first, &dataflow, &figures);
            let known = life.partition_point(|position| *position < public);
            let cohort = cohort(&life[..known], &exact, (&exact_noise, widening))?;
            let curve = survival(std::slice::from_ref(&cohort));
            for age in 0..life.len() {
                let code = &dataflow.ages.codes()[age].id;
                let row = words(&[&key[..], &[&month.to_string(), code]].concat());
                if age >= known {
                    table.push(row, None, SourceSet::default());
                    continue;
                }
                let sums = sums(&life[..=age]);
                let left = (figures.value(&sums), noise.variance(&sums));
                let [left, _, low, high] = count(left, published);
                let mut fields = vec![left, low, high];
                fields.extend(part(curve.get(age)));
                table.push(row, Some(fields), silent_in(published, &months, &sums));
            }
        }
    }
    if table.rows.is_empty() {
        let what = "who is left without every age and transition of a cohort";
        let next = "leave their parts of the key empty";
        return Err(Error::NotOffered { what, next });
    }
    Ok(Some(table))
}

/// The positions of the months of a cohort that began in the month at `first`, by age, as far as
/// figures are listed. The last age has none: it stands for all greater ones.
fn life(
    months: &[Period],
    first: usize,
    dataflow: &CohortDataflow<'_>,
    figures: &CohortFigures,
) -> Vec<usize> {
    let lived = std::iter::successors(Some(months[first]), |month| Some(month.next()));
    let position = |(age, month): (usize, Period)| {
        let position = months.binary_search_by_key(&month.start(), |month| month.start());
        position.ok().filter(|_| figures.has(age))
    };
    (0..dataflow.oldest()).zip(lived).map_while(position).collect()
}

/// The sources that were silent in the months of some sums of flows.
pub(crate) fn silent_in(
    answer: &CheckedAnswer,
    months: &[Period],
    sums: &[FigureSum],
) -> SourceSet {
    let periods = sums.iter().filter_map(|sum| months.get(sum.periods.clone())).flatten();
    let silent = periods.map(|month| answer.silent(Indicator::Flow, *month));
    silent.fold(SourceSet::default(), SourceSet::union)
}

/// The sums that are left of a cohort at the last of some ages, given by the months of its life:
/// those who began less those who ended.
fn sums(life: &[usize]) -> Vec<FigureSum> {
    let month = |position: usize| position..position + 1;
    let began =
        life.first().map(|first| FigureSum { figure: BEGAN, periods: month(*first), factor: 1.0 });
    let ended = life.iter().enumerate().map(|(age, position)| FigureSum {
        figure: ended(age),
        periods: month(*position),
        factor: -1.0,
    });
    began.into_iter().chain(ended).collect()
}

/// The cohort with this life, as far as it is known.
///
/// Errors: figures that cannot be made.
fn cohort(
    life: &[usize],
    figures: &CohortFigures,
    (noise, widening): (&FigureNoise<'_>, f64),
) -> Result<Cohort, Error> {
    let sums = sums(life);
    let estimate = |sum: &FigureSum| {
        let count = figures.value(&[FigureSum { factor: 1.0, ..sum.clone() }]);
        let variance = widening * noise.covariance(sum, sum);
        Estimate { value: count as f64 / 1000.0, variance }
    };
    let mut estimates = sums.iter().map(estimate);
    let nobody = Estimate { value: 0.0, variance: 0.0 };
    let began = estimates.next().unwrap_or(nobody);
    let ended = estimates.collect();
    let between =
        |one: usize, other: usize| Ok(widening * noise.covariance(&sums[one], &sums[other]));
    let shared = Covariances::of(sums.len(), between)?;
    Ok(Cohort { began, ended, shared })
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::edit;
    use testkit::plans::STAYS;

    use crate::derived::DerivedSelection;
    use crate::query::grammar::{Parameters, parse_key};
    use crate::tests::{answer_of, store};

    /// Applications by citizenship, which is taken at the start, and outcome, which is not.
    #[test]
    fn nobody_is_left_by_a_code_of_the_end() {
        let derived = |plan: &str, last: &str, key: &str| {
            let answer = answer_of(plan, last, "COHORTS", key).check().unwrap();
            left(&answer.in_thousandths().unwrap(), &answer).map(|table| table.is_some())
        };
        let asylum = include_str!("../../../../plans/asylum.toml");
        let outcome = |outcome: &str| derived(asylum, "2024-02", &format!("M..._T..{outcome}."));
        assert!(outcome("_T").unwrap());
        for codes in ["", "GENEVA", "GENEVA+_T"] {
            let error = outcome(codes).unwrap_err();
            assert!(matches!(error, Error::NotOffered { .. }), "{codes}: {error}");
        }
        // A class of a stay stays what it is, whichever event has it.
        let by_event = edit(STAYS).remove("dataflow.COHORTS.dimensions.STAY_CLASS.at").text();
        assert!(derived(&by_event, "2024-02-29", "M.....").unwrap());
    }

    /// Citizenships are not measured by the month; their groups and the total are.
    #[test]
    fn a_key_of_open_parts_finds_what_is_measured_by_the_month() {
        let (_directory, reader) = store(include_str!("../../../../plans/asylum.toml"), "2024-04");
        let (catalogue, parameters) = (reader.catalogue().unwrap(), Parameters::default());
        let rows = |id: &str, key: &str| {
            let key = parse_key(key).unwrap();
            let selection = DerivedSelection::new(&catalogue, id, &key, &parameters)?;
            let (table, _) = selection.table(&reader, &catalogue, &parameters)?;
            let csv = table.csv();
            let row = |row: &str| row.split(',').skip(3).take(1).collect::<String>();
            Ok::<_, Error>(csv.lines().skip(1).map(row).collect::<std::collections::BTreeSet<_>>())
        };
        for id in ["COHORTS", "COHORTS.WAITING"] {
            let citizenships = rows(id, "all").unwrap();
            assert!(citizenships.contains("_T") && citizenships.contains("AFRICA"), "{id}");
        }
        // Ages and transitions that are left out are all of them; their total says nothing.
        let whole = rows("COHORTS", "M..FLOW._T...").unwrap();
        for key in ["M..FLOW._T", "M..FLOW._T..", "M..FLOW._T.._T", "M..FLOW._T.._T."] {
            assert_eq!(rows("COHORTS", key).unwrap(), whole, "{key}");
        }
        for key in ["M..FLOW._T.._T._T", "M..FLOW._T.._T.M01"] {
            let refused = rows("COHORTS", key).unwrap_err();
            assert!(matches!(refused, Error::NotOffered { .. }), "{key}: {refused}");
        }
        for (id, key) in [("COHORTS", "Q....._T."), ("COHORTS.WAITING", "Q...._T")] {
            let refused = rows(id, key).unwrap_err();
            assert!(matches!(refused, Error::Code { .. }), "{id}: {refused}");
        }
    }
}
