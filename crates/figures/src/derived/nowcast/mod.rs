//! What a figure will be when all that is late has come: a nowcast from published figures alone.
//!
//! It costs nothing, because everyone can redo it from what is public. A nowcast as of a tree size
//! is never revised for that size. That of a longer period is the sum over its steps: what is
//! counted of those that are complete and the nowcasts of the others.
//!
//! Not here: the arithmetic ([`ladder`]).
//!
//! Invariants:
//! 1. A nowcast as of an earlier tree size is what was said then, and what is said to have held is
//!    what was said (`tidegauge/tests/nowcast.rs`:
//!    `what_is_late_is_expected_and_what_was_said_stays`).
//! 2. There is a row for each provisional period with a nowcast, and none for a complete one (the
//!    same), one under embargo (figures under embargo are not read), or a step of which a source
//!    was silent (`ladder::tests::a_step_that_lacks_a_source_is_left_out`), or at which the code
//!    was not valid (`ladder::tests::steps_without_a_valid_code_teach_nothing`).
//!
//! Format: tables ([`crate::derived::table`]) of the dimensions and `TIME_PERIOD`. `ID.NOWCAST`:
//! `OBS_VALUE,CI_LOW,CI_HIGH,OBS_STATUS` (`E`, estimated), `COUNTED` (what is published so far),
//! `COUNTED_BY` (the day on which the newest measurement of that was due), `LATE_SHARE` (the part
//! of the nowcast that is to come), `HISTORY` (as many steps as it rests on, weighted),
//! `LEDGER_SIZE`.
//! `ID.NOWCAST_HELD`: what was said of each step at its end, `OBS_VALUE,CI_LOW,CI_HIGH`, the
//! `FINAL` figure, whether the interval `HELD` it (`Y`, `N`), what was `COUNTED` then, and whether
//! the interval of that count held it (`COUNTED_HELD`). What was said is of the true count, and the
//! final figure has noise of its own: both intervals are wider here by that of the later counts.

#[cfg(test)]
mod coverage;
mod ladder;

use std::ops::Range;

use tidegauge_model::observation::Status;
use tidegauge_model::{Grain, Period, Plan};
use tidegauge_privacy::interval::{Estimate, NORMAL_POINT};

use self::ladder::{Delays, Ladder, Nowcast, StepCounts};
use super::parts::{empty, estimate, of_period};
use super::table::{DerivedTable, Field};
use crate::answer::answer::CheckedAnswer;
use crate::answer::evaluate::{ListedPeriods, answer, select};
use crate::catalogue::catalogue::Catalogue;
use crate::error::Error;
use crate::estimate::decimal::FigureText;
use crate::estimate::reader::Reader;
use crate::query::decimals::Decimals;
use crate::query::grammar::{Key, Parameters};
use crate::query::series::{Indicator, Selection};

/// The endings of the ids that request these tables of a dataflow.
pub(crate) const ENDING: &str = ".NOWCAST";
pub(crate) const HELD_ENDING: &str = ".NOWCAST_HELD";

/// Steps in which the weight of a history halves.
const HALF_LIVES: [(Grain, u32); 3] = [(Grain::Day, 60), (Grain::Week, 26), (Grain::Month, 12)];

/// The series of a nowcast.
#[derive(Clone, Debug)]
pub struct NowcastSelection {
    /// The series by step.
    steps: Selection,
    /// The grains that are asked for.
    grains: Vec<Grain>,
    delays: Delays,
}

impl NowcastSelection {
    /// The series of a key in a dataflow with vintages.
    ///
    /// Errors: no such dataflow; a key that does not fit it; a dataflow without nowcasts.
    pub(crate) fn new(
        catalogue: &Catalogue,
        id: &str,
        key: &Key,
        parameters: &Parameters,
    ) -> Result<Self, Error> {
        let mut steps = select(catalogue, id, key, parameters)?;
        let plan = catalogue.plan_for(parameters)?;
        let delays = delays(plan, steps.dataflow)?;
        let grains = std::mem::replace(&mut steps.grains, vec![plan.step()]);
        Ok(Self { steps, grains, delays })
    }

    /// The figures of all steps, in thousandths.
    ///
    /// Errors: those of figures.
    fn answer(
        &self,
        reader: &Reader,
        catalogue: &Catalogue,
        parameters: &Parameters,
    ) -> Result<CheckedAnswer, Error> {
        // A nowcast rests on all steps, whichever are asked for.
        let all = Parameters { as_of: parameters.as_of, ..Default::default() };
        let (steps, listed) = (self.steps.clone(), ListedPeriods::Published);
        answer(reader, catalogue, steps, &all, listed)?.check()?.in_thousandths()
    }

    /// The nowcasts of the periods that are not complete.
    ///
    /// Errors: those of figures; no period that has a nowcast.
    pub(crate) fn table(
        &self,
        reader: &Reader,
        catalogue: &Catalogue,
        parameters: &Parameters,
    ) -> Result<(DerivedTable, u64), Error> {
        let answer = self.answer(reader, catalogue, parameters)?;
        // Every nowcast is new with each release, for the history has grown.
        if catalogue.size_known(parameters) >= answer.as_of {
            return Err(Error::NothingReleased);
        }
        let decimals = decimals(&answer, parameters);
        let columns = "TIME_PERIOD,OBS_VALUE,CI_LOW,CI_HIGH,OBS_STATUS,COUNTED,COUNTED_BY,\
                       LATE_SHARE,HISTORY,LEDGER_SIZE";
        let mut table = empty(&answer, &[], columns);
        for number in 0..answer.len() {
            let series = StepSeries::of(&answer, number)?;
            let ladder = Ladder::new(&series.counts, &self.delays);
            for &grain in &self.grains {
                let mut key = series.key.clone();
                key[0] = grain.frequency();
                let periods = series.periods(grain, parameters).into_iter();
                let said = periods.filter_map(|(period, steps)| {
                    let sum = Sum::over(&ladder, &series.counts, steps.clone())?;
                    Some((period, steps, sum))
                });
                for (period, steps, sum) in parameters.chosen(said.collect()) {
                    let mut fields = figures(sum.value, sum.margin(), decimals).to_vec();
                    fields.push(Field::Word("E".to_owned()));
                    fields.push(number_of(milli(sum.counted), decimals));
                    fields.push(Field::Word(series.counted_by(answer.plan(), &ladder, steps)));
                    fields.push(match sum.value > 0.0 {
                        true => Field::Number(format!("{:.4}", 1.0 - sum.counted / sum.value)),
                        false => Field::Nothing,
                    });
                    fields.push(Field::Number(format!("{:.1}", sum.history)));
                    fields.push(Field::Number(answer.as_of.to_string()));
                    let silent = answer.silent(Indicator::Flow, period);
                    table.push(of_period(&key, period), Some(fields), silent);
                }
            }
        }
        if table.rows.is_empty() { Err(Error::NoNowcast) } else { Ok((table, answer.as_of)) }
    }

    /// What was said of each complete step at its end, and what became of it.
    ///
    /// Errors: those of figures; no step of which something was said.
    pub(crate) fn held(
        &self,
        reader: &Reader,
        catalogue: &Catalogue,
        parameters: &Parameters,
    ) -> Result<(DerivedTable, u64), Error> {
        let answer = self.answer(reader, catalogue, parameters)?;
        let decimals = decimals(&answer, parameters);
        let columns = "TIME_PERIOD,OBS_VALUE,CI_LOW,CI_HIGH,FINAL,HELD,COUNTED,COUNTED_HELD";
        let mut table = empty(&answer, &[], columns);
        for number in 0..answer.len() {
            let series = StepSeries::of(&answer, number)?;
            let ladder = Ladder::new(&series.counts, &self.delays);
            let known = catalogue.size_known(parameters);
            let judged = series.steps.iter().enumerate().filter_map(|(step, period)| {
                let is_asked = parameters.cover(*period) && series.entries[step] >= known;
                let (said, held) = ladder.first(step).zip(ladder.held(step))?;
                is_asked.then_some((step, period, said, held))
            });
            for (step, period, said, held) in parameters.chosen(judged.collect()) {
                let mut fields = figures(said.value, said.margin_of_published(), decimals).to_vec();
                let StepCounts { first, late, .. } = &series.counts[step];
                let came = late.iter().fold(0.0, |sum, late| sum + late.value);
                let word = |is_held: bool| Field::Word(if is_held { "Y" } else { "N" }.to_owned());
                fields.push(number_of(milli(first.value + came), decimals));
                fields.push(word(held));
                fields.push(number_of(milli(first.value), decimals));
                fields.push(word(came.abs() <= said.margin_of_counted()));
                let silent = answer.silent(Indicator::Flow, *period);
                table.push(of_period(&series.key, *period), Some(fields), silent);
            }
        }
        if table.rows.is_empty() { Err(Error::NoNowcast) } else { Ok((table, answer.as_of)) }
    }
}

/// Whether there are nowcasts of steps of this length.
pub(crate) fn is_offered(step: Grain) -> bool {
    HALF_LIVES.iter().any(|(grain, _)| *grain == step)
}

/// The vintages of a dataflow.
///
/// Errors: a dataflow without nowcasts.
fn delays(plan: &Plan, dataflow: usize) -> Result<Delays, Error> {
    let what = "nowcasts except for dataflows with vintages, by the day, week or month";
    let ages = &plan.dataflows[dataflow].vintages;
    let known = HALF_LIVES.iter().find(|(grain, _)| *grain == plan.step() && !ages.is_empty());
    let (_, half_life) = known.ok_or(Error::NotOffered { what, next: "ask for its figures" })?;
    Ok(Delays::new(ages, *half_life))
}

/// The decimals that nowcasts are written with: those of the figures.
fn decimals(answer: &CheckedAnswer, parameters: &Parameters) -> Decimals {
    let published = Decimals::published(answer.plan(), answer.dataflow());
    parameters.decimals.unwrap_or(published)
}

/// One series by step.
struct StepSeries<'a> {
    key: Vec<&'a str>,
    steps: Vec<Period>,
    counts: Vec<StepCounts>,
    /// The index of the ledger entry that published the newest count of each step.
    entries: Vec<u64>,
}

impl<'a> StepSeries<'a> {
    /// The series with this number, whose steps follow each other.
    ///
    /// Errors: figures that cannot be made.
    fn of(answer: &'a CheckedAnswer, number: usize) -> Result<Self, Error> {
        let series = answer.series(number)?;
        let mut revisions = answer.revisions(number)?.into_iter().peekable();
        let (mut steps, mut counts, mut entries) = (vec![], vec![], vec![]);
        for observation in &series.observations {
            let whole = estimate(observation).ok_or(Error::Estimate)?;
            let is_own = |period: Period| period.start() == observation.period.start();
            let (mut first, mut late) = (whole, vec![]);
            while let Some(revision) = revisions.next_if(|revision| is_own(revision.step)) {
                let came = milli_estimate(revision.value_milli, revision.margin_milli);
                first.value -= came.value;
                first.variance = (first.variance - came.variance).max(0.0);
                late.push(came);
            }
            steps.push(observation.period);
            entries.push(observation.vintage);
            counts.push(StepCounts {
                first,
                late,
                is_whole: answer.silent_at_first(observation.period).is_empty(),
                is_open: observation.status != Status::CannotExist,
                breaks: answer.plan().has_break(&answer.dataflow().id, observation.period),
            });
        }
        Ok(Self { key: series.key, steps, counts, entries })
    }

    /// The day on which the newest measurement of some steps was due that is public.
    fn counted_by(&self, plan: &Plan, ladder: &Ladder, steps: Range<usize>) -> String {
        let newest = steps.map(|step| ladder.measured(step)).max().unwrap_or(0);
        let due = plan.due(self.steps[newest]);
        plan.time_zone().to_datetime(due).date().to_string()
    }

    /// The periods of a grain that are asked for and all of whose steps are here, each with the
    /// places of its steps.
    fn periods(&self, grain: Grain, parameters: &Parameters) -> Vec<(Period, Range<usize>)> {
        let mut found: Vec<(Period, Range<usize>)> = Vec::new();
        for (place, step) in self.steps.iter().enumerate() {
            let period = Period::holding(grain, step.start());
            match found.last_mut() {
                Some((last, steps)) if *last == period => steps.end = place + 1,
                _ => found.push((period, place..place + 1)),
            }
        }
        found.retain(|(period, steps)| {
            let is_whole = self.steps[steps.end - 1].end() == period.end();
            is_whole && parameters.cover(*period)
        });
        found
    }
}

/// The nowcast of a sum of steps.
struct Sum {
    counted: f64,
    value: f64,
    /// As of [`Nowcast`].
    own: f64,
    common: f64,
    factor: f64,
    history: f64,
}

impl Sum {
    /// The sum over steps; `None` if all are complete, or one that is not has no nowcast.
    fn over(ladder: &Ladder, counts: &[StepCounts], steps: Range<usize>) -> Option<Self> {
        let none = Self {
            counted: 0.0,
            value: 0.0,
            own: 0.0,
            common: 0.0,
            factor: 0.0,
            history: f64::INFINITY,
        };
        let sum = steps.into_iter().try_fold(none, |mut sum, step| {
            if ladder.is_complete(step, ladder.last()) || !counts[step].is_open {
                let whole = counts[step].counted(counts[step].late.len());
                sum.counted += whole.value;
                sum.value += whole.value;
                sum.own += whole.variance;
                return Some(sum);
            }
            let Nowcast { counted, value, own, common, factor, history, .. } =
                ladder.latest(step)?;
            sum.counted += counted.value;
            sum.value += value;
            sum.own += own;
            sum.common += common;
            sum.factor = sum.factor.max(factor);
            sum.history = sum.history.min(history);
            Some(sum)
        })?;
        (sum.factor > 0.0).then_some(sum)
    }

    fn margin(&self) -> f64 {
        self.factor * (self.own + self.common * self.common).sqrt()
    }
}

/// A number in thousandths and half its interval as an estimate.
fn milli_estimate(value_milli: i64, margin_milli: i64) -> Estimate {
    let deviation = margin_milli as f64 / 1000.0 / NORMAL_POINT;
    Estimate { value: value_milli as f64 / 1000.0, variance: deviation * deviation }
}

fn milli(value: f64) -> i64 {
    (value * 1000.0).round() as i64
}

/// A number of thousandths, rounded to these decimals.
fn number_of(milli: i64, decimals: Decimals) -> Field {
    Field::Number(FigureText(decimals.rounded(milli), decimals).to_string())
}

/// A value, and the ends of its interval, rounded outward.
fn figures(value: f64, margin: f64, decimals: Decimals) -> [Field; 3] {
    let unit = f64::from(decimals.unit_milli());
    let outward = |end: f64, round: fn(f64) -> f64| {
        let milli = (round(end * 1000.0 / unit) * unit) as i64;
        Field::Number(FigureText(milli, decimals).to_string())
    };
    [
        number_of(milli(value), decimals),
        outward(value - margin, f64::floor),
        outward(value + margin, f64::ceil),
    ]
}
