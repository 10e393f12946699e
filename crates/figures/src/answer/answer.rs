//! An answer: series of observations, made from the figures of the windows they lie in.
//!
//! Not here: how an answer is written ([`crate::formats::csv`], [`crate::formats::json`]).
//!
//! A period is shown when its last step is released and its first day is not before the plan's
//! start. A flow over a period that spans windows is the sum of its parts, and so is the
//! variance, for windows carry independent noise. A stock is the level at the end of the period.
//! A flow with vintages is the first measurement of its steps and the late counts known so far; it
//! is provisional while more are due.
//! Figures are whole numbers or have thousandths ([`crate::query::decimals`]).
//! A series of a table is shown if its marginal is measured at its grain.
//! A period whose last step is released but under embargo is an observation without a figure, if
//! the request includes it; while nothing of the dataflow is public yet, every observation is so.
//!
//! In a dataflow with vintages each figure says whether its interval covers only what is counted so
//! far, or the final count. A figure that can never have an event has no late ones.
//!
//! In a plan with sources each figure has those that were silent in what it rests on
//! ([`crate::catalogue::silent`]).
//!
//! If the validity of the plan's codes closes every step and cell of a figure, the figure is a
//! structural zero: exactly 0 with margin 0, or in a table the measured value. Its status says so.
//!
//! The status is one SDMX code. Where several apply, their order is that of the SDMX guideline on
//! the observation status (version 2.0 of 2019): a break in the series comes first, because it
//! marks one period only and nothing else in the line would show it; then a structural zero,
//! provisional, and low reliability: the margin is in the same line, so a reader can still see low
//! reliability, but not that a figure is provisional.
//!
//! Invariants:
//! 1. Days add up to weeks, months, quarters and years, and cells to totals, exactly as published
//!    (`serve::tests::days_add_up_to_every_longer_period`,
//!    `serve::tests::cells_add_up_to_the_total`).
//! 2. An answer as of an earlier tree size is what was answered then
//!    (`serve::tests::as_of_an_earlier_size_answers_as_it_did_then`).
//! 3. An answer of which one window has no figure is refused as a whole, never summed without it
//!    (`answer::answer::tests::a_window_without_a_figure_is_never_left_out`).
//! 4. Of data under embargo, an answer knows only that they exist
//!    (`serve::tests::embargo::no_figure_is_disclosed_before_its_hour`).

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::Arc;

use num_rational::BigRational;
use tidegauge_model::observation::is_reliable;
use tidegauge_model::{
    DataStructure, Dataflow, Grain, IntervalOf, Observation, Period, Plan, SourceSet, Status,
};

use super::charge::{charge, charge_of};
use super::revision::Revision;
use super::vintage::AnswerVintage;
use crate::catalogue::late::LateSums;
use crate::catalogue::spans::{ended_by, released};
use crate::catalogue::under_embargo::UnderEmbargo;
use crate::catalogue::window::ReleasedWindow;
use crate::error::{Error, OBSERVATIONS_MAX};
use crate::estimate::figures::SeriesFigures;
use crate::estimate::known::KnownWindow;
use crate::estimate::marginal::Readable;
use crate::query::decimals::{Decimals, MarginRule};
use crate::query::grammar::Parameters;
use crate::query::place::place;
use crate::query::series::{Indicator, LEADING, Pick, Selection, codes, leading};

/// One series of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Series<'a> {
    /// The code of each dimension.
    pub(crate) key: Vec<&'a str>,
    /// Observations, earliest first.
    pub(crate) observations: Vec<Observation>,
}

/// The series and periods of an answer, before it is known that each has a figure.
///
/// It has no figures to give: [`Answer::check`] makes a [`CheckedAnswer`] of it, which has.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(super) plan: Arc<Plan>,
    pub(crate) known: Vec<KnownWindow>,
    /// The first window of the dataflow, which says which series are measured.
    pub(super) window: Arc<ReleasedWindow>,
    /// The last step that has figures.
    pub(super) last_step: Option<Period>,
    pub(super) selection: Selection,
    /// The decimals of its figures.
    pub(crate) decimals: Decimals,
    /// The rule of its margins.
    pub(super) margins: MarginRule,
    /// The periods of each grain of the selection; a grain without any is left out of it.
    pub(super) periods: Vec<Vec<Period>>,
    /// Indices of the measured series; `None` if every series is measured.
    pub(super) shown: Option<Vec<usize>>,
    /// The tree size that the answer rests on.
    pub as_of: u64,
    /// Every vintage, oldest first, if the history is requested; otherwise empty.
    pub(crate) vintages: Vec<AnswerVintage>,
}

impl Answer {
    /// The answer for a selection of series and periods. Periods that end in a step under embargo
    /// are listed without a figure.
    ///
    /// Errors: no period is released or under embargo.
    pub(crate) fn new(
        plan: Arc<Plan>,
        known: Vec<KnownWindow>,
        selection: Selection,
        parameters: &Parameters,
        as_of: u64,
        embargoed: Option<UnderEmbargo>,
    ) -> Result<Self, Error> {
        let last_embargoed = embargoed.as_ref().map(|embargoed| embargoed.last);
        let last_listed = last_step(&known).max(last_embargoed).ok_or(Error::NothingReleased)?;
        let window = known.first().map(|known| Arc::clone(&known.window));
        let window =
            window.or(embargoed.map(|embargoed| embargoed.window)).ok_or(Error::NothingReleased)?;
        let listed = |&grain: &Grain| {
            let mut periods = released(&plan, grain, last_listed);
            periods.retain(|&period| parameters.cover(period));
            parameters.chosen(periods)
        };
        let periods = selection.grains.iter().map(listed).collect();
        let published = Decimals::published(&plan, &plan.dataflows[selection.dataflow]);
        let decimals = parameters.decimals.unwrap_or(published);
        Self::with_periods(plan, known, window, (selection, decimals), periods, as_of)
    }

    /// The answer with these periods of each grain of the selection.
    ///
    /// Errors: no period; no series of the selection is measured.
    pub(super) fn with_periods(
        plan: Arc<Plan>,
        known: Vec<KnownWindow>,
        window: Arc<ReleasedWindow>,
        (mut selection, decimals): (Selection, Decimals),
        periods: Vec<Vec<Period>>,
        as_of: u64,
    ) -> Result<Self, Error> {
        let (periods, grains): (Vec<Vec<Period>>, Vec<Grain>) =
            periods.into_iter().zip(selection.grains).filter(|(p, _)| !p.is_empty()).unzip();
        if periods.is_empty() {
            return Err(Error::NothingReleased);
        }
        selection.grains = grains;
        let dataflow = &plan.dataflows[selection.dataflow];
        let margins = MarginRule::new(decimals, dataflow, window.prices());
        let shown = shown(&plan.dataflows[selection.dataflow].structure, &window, &selection)?;
        let last_step = last_step(&known);
        let vintages = vec![];
        let answer = Self {
            plan,
            known,
            window,
            last_step,
            selection,
            decimals,
            margins,
            periods,
            shown,
            as_of,
            vintages,
        };
        if answer.observations() == 0 { Err(Error::NothingReleased) } else { Ok(answer) }
    }

    /// The margin of a figure, in thousandths, from its variance.
    pub(crate) fn margin_milli(&self, indicator: Indicator, variance: f64) -> i64 {
        self.margins.margin_milli(indicator, variance)
    }

    /// The factor of variances and covariances for statistics that are computed from them.
    pub(crate) fn widening(&self) -> f64 {
        self.margins.widening()
    }

    /// The ids of the dimensions of a key, in their order.
    pub(crate) fn dimensions(&self) -> Vec<&str> {
        let own = self.dataflow().structure.dimensions().iter().map(|one| &*one.id);
        leading(self.dataflow()).into_iter().chain(own).collect()
    }

    /// How many observations the series with this number has.
    pub(crate) fn observations_of(&self, number: usize) -> usize {
        self.periods[self.chosen(number).0].len()
    }

    /// The answer with its figures, if it is small enough to be sent and every marginal that it
    /// needs can be made.
    ///
    /// Errors: more observations than one answer holds; figures that cannot be made.
    pub fn check(self) -> Result<CheckedAnswer, Error> {
        let observations = self.observations();
        if observations > OBSERVATIONS_MAX {
            return Err(Error::TooLarge { observations, limit: OBSERVATIONS_MAX });
        }
        self.check_figures()
    }

    /// As [`Self::check`], whatever its size: for a caller that limits what it writes of it.
    ///
    /// Errors: figures that cannot be made.
    pub(crate) fn check_figures(self) -> Result<CheckedAnswer, Error> {
        self.make_marginals()?;
        Ok(CheckedAnswer(self))
    }

    /// The answer without the periods whose figures the first `size` ledger entries published.
    ///
    /// Errors: nothing is left.
    pub(crate) fn updated_after(self, size: u64) -> Result<Self, Error> {
        let changed = (0..self.periods.len()).map(|grain| self.changed_since(grain, size));
        let periods = changed.collect::<Result<_, _>>()?;
        let Self { plan, known, window, selection, decimals, as_of, .. } = self;
        Self::with_periods(plan, known, window, (selection, decimals), periods, as_of)
    }

    /// The periods of a grain whose newest figure was published by the entry at index `size` or a
    /// later one. They are the same for every series.
    ///
    /// Errors: figures that cannot be made.
    fn changed_since(&self, grain: usize, size: u64) -> Result<Vec<Period>, Error> {
        let per_grain = self.selection.per_grain();
        let number = match &self.shown {
            None => Some(grain * per_grain),
            Some(shown) => shown.iter().position(|number| number / per_grain == grain),
        };
        let Some(number) = number else { return Ok(vec![]) };
        let (_, indicator, picks) = self.chosen(number);
        let parts = self.parts(indicator, &picks)?;
        let mut changed = Vec::new();
        for &period in &self.periods[grain] {
            if self.observation(indicator, &parts, period)?.vintage >= size {
                changed.push(period);
            }
        }
        Ok(changed)
    }

    /// How many observations the answer has, those of every vintage where it has its history.
    pub fn observations(&self) -> usize {
        if !self.vintages.is_empty() {
            let series = self.vintages.iter().flat_map(|vintage| &vintage.series);
            return series.map(|(_, observations)| observations.len()).sum();
        }
        let per_grain = self.selection.per_grain();
        match &self.shown {
            None => self.periods.iter().map(Vec::len).sum::<usize>().saturating_mul(per_grain),
            Some(shown) => shown.iter().map(|number| self.periods[number / per_grain].len()).sum(),
        }
    }

    /// Every period of the answer, each once, in the order of their days, the longer ones first.
    pub(crate) fn periods(&self) -> Vec<Period> {
        let mut periods = self.periods.concat();
        periods.sort_by_key(|period| (period.start(), std::cmp::Reverse(period.end())));
        periods
    }

    /// How many of these periods, which must be in order, have figures. Those under embargo are
    /// last.
    pub(crate) fn published_count(&self, periods: &[Period]) -> usize {
        self.last_step.map_or(0, |last| ended_by(periods, last))
    }

    /// The largest charge to one person in one known window of this dataflow.
    pub(crate) fn charge(&self) -> BigRational {
        match self.known[..] {
            [] => charge_of(&self.window),
            _ => charge(&self.known),
        }
    }

    /// The windows that the answer is based on, earliest first.
    pub(crate) fn known(&self) -> &[KnownWindow] {
        &self.known
    }

    /// The series of the answer.
    pub(crate) fn selection(&self) -> &Selection {
        &self.selection
    }

    /// The plan.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The dataflow.
    pub(crate) fn dataflow(&self) -> &Dataflow {
        &self.plan.dataflows[self.selection.dataflow]
    }

    /// How many series the answer has.
    pub(crate) fn len(&self) -> usize {
        let all = self.selection.grains.len().saturating_mul(self.selection.per_grain());
        self.shown.as_ref().map_or(all, Vec::len)
    }

    /// The key of the series with this number.
    pub(crate) fn key(&self, number: usize) -> Vec<&str> {
        let (at, indicator, picks) = self.chosen(number);
        self.codes(self.selection.grains[at], indicator, &picks)
    }

    /// Position of the grain, indicator and picks of the series with this number.
    pub(crate) fn chosen(&self, number: usize) -> (usize, Indicator, Vec<Pick>) {
        let number = self.shown.as_ref().map_or(number, |shown| shown[number]);
        let per_grain = self.selection.per_grain();
        let (indicator, picks) = self.selection.series(number % per_grain);
        (number / per_grain, indicator, picks)
    }

    /// The figures and the late counts of a series in each window.
    ///
    /// Errors: figures that cannot be made.
    fn parts(
        &self,
        indicator: Indicator,
        picks: &[Pick],
    ) -> Result<Vec<(SeriesFigures<'_>, LateSums)>, Error> {
        let structure = &self.dataflow().structure;
        let mut parts = Vec::with_capacity(self.known.len());
        for known in &self.known {
            let figures =
                known.figures.series_figures(indicator, structure, picks, self.decimals)?;
            let late = known.window.late_sums(structure, picks, self.as_of, self.decimals)?;
            parts.push((figures, late));
        }
        Ok(parts)
    }

    /// Makes every marginal that the answer needs, of each window, so that one that cannot be made
    /// is reported before anything is written.
    ///
    /// Errors: figures that cannot be made.
    fn make_marginals(&self) -> Result<(), Error> {
        if self.shown.is_none() {
            return Ok(());
        }
        let structure = &self.dataflow().structure;
        let mut made = HashSet::new();
        for number in 0..self.len() {
            let (_, indicator, picks) = self.chosen(number);
            if made.insert((indicator, place(structure, &picks).levels)) {
                for known in &self.known {
                    known.figures.series_figures(indicator, structure, &picks, self.decimals)?;
                    known.window.late_sums(structure, &picks, self.as_of, self.decimals)?;
                }
            }
        }
        Ok(())
    }

    fn codes(&self, grain: Grain, indicator: Indicator, picks: &[Pick]) -> Vec<&str> {
        let mut key = Vec::with_capacity(LEADING.len() + picks.len().max(1));
        key.push(grain.frequency());
        key.push(&self.plan.statement.reference_area);
        key.push(indicator.code());
        if picks.is_empty() {
            key.push(self.dataflow().unit.unit_measure());
        }
        key.extend(codes(&self.dataflow().structure, picks));
        key
    }

    /// The observation of a series in a period of the answer, over all windows that it spans.
    ///
    /// Errors: a step of the period without a figure.
    fn observation(
        &self,
        indicator: Indicator,
        parts: &[(SeriesFigures<'_>, LateSums)],
        period: Period,
    ) -> Result<Observation, Error> {
        if self.published_count(&[period]) == 0 {
            return Ok(Observation::embargoed(period));
        }
        let revised = self.dataflow().is_refined();
        let stock = indicator == Indicator::Stock;
        let (mut value_milli, mut variance) = (0i64, 0.0);
        let (mut vintage, mut open, mut closed, mut late_due) = (0, false, true, false);
        let mut steps_of_run = vec![];
        for (known, (together, late)) in self.known.iter().zip(parts) {
            let Some((first, last)) = known.window.steps_in(period) else { continue };
            if stock && known.window.steps[last as usize].end() != period.end() {
                continue;
            }
            let part = if stock { together.level(last) } else { together.sum((first, last)) };
            let (part_milli, part_variance) = part.ok_or(Error::Estimate)?;
            closed &= match stock {
                true => together.is_unopened(last),
                false => together.is_closed((first, last)),
            };
            value_milli = value_milli.saturating_add(part_milli);
            variance += part_variance;
            if !stock {
                steps_of_run.push(together.of_run((first, last)));
                if steps_of_run.len() > 1 {
                    // What the parts so far share with this one.
                    let before = &steps_of_run[..steps_of_run.len() - 1];
                    variance +=
                        together.shared_over_run(&steps_of_run) - together.shared_over_run(before);
                }
            }
            // Least squares uses every known step of the window; other figures only their own.
            let latest = if revised { known.steps - 1 } else { last };
            vintage = vintage.max(known.window.entry(latest).ok_or(Error::Estimate)?);
            open |= revised && (known.steps as usize) < known.window.steps.len();
            // Late counts are added, and more may be due. Only flows with vintages have any.
            let (late_milli, late_variance, entry, more) = late.sum((first, last));
            value_milli = value_milli.saturating_add(late_milli);
            variance += late_variance;
            vintage = vintage.max(entry);
            // Of steps at which its codes are closed nothing can come.
            let is_open = |step: &u32| !together.is_closed((*step, *step));
            let last_open = || (first..=last).rev().find(is_open);
            late_due |= more && last_open().is_some_and(|last| late.sum((first, last)).3);
        }
        let margin_milli = self.margin_milli(indicator, variance);
        let status = if self.plan.has_break(&self.dataflow().id, period) {
            Status::Break
        } else if closed {
            Status::CannotExist
        } else {
            status(value_milli, margin_milli, open || late_due)
        };
        let silent = self.silent(indicator, period);
        let has_vintages = !stock && !self.dataflow().vintages.is_empty();
        let interval_of = has_vintages.then_some(match late_due && !closed {
            true => IntervalOf::Counted,
            false => IntervalOf::Final,
        });
        Ok(Observation { period, value_milli, margin_milli, status, vintage, silent, interval_of })
    }

    /// The sources that were silent when a step was released first. They are the same for every
    /// series.
    pub(crate) fn silent_at_first(&self, step: Period) -> SourceSet {
        let of = |known: &KnownWindow| {
            let (first, last) = known.window.steps_in(step)?;
            let entry = known.window.entry(last)?;
            Some(known.window.silent.of_sum((first, last), entry + 1))
        };
        self.known.iter().find_map(of).unwrap_or_default()
    }

    /// The sources that were silent in what the figures of an indicator in a period rest on. They
    /// are the same for every series.
    pub(crate) fn silent(&self, indicator: Indicator, period: Period) -> SourceSet {
        let mut silent = SourceSet::default();
        if self.plan.sources.is_empty() || self.published_count(&[period]) == 0 {
            return silent;
        }
        for KnownWindow { window, .. } in &self.known {
            let Some((first, last)) = window.steps_in(period) else { continue };
            if indicator != Indicator::Stock {
                silent = silent.union(window.silent.of_sum((first, last), self.as_of));
            } else if window.steps[last as usize].end() == period.end() {
                silent = silent.union(window.silent.of_level(last));
            }
        }
        silent
    }
}

/// An answer that is small enough to be sent and of which every marginal has been made: the only
/// thing that has figures for writers and derived tables.
#[derive(Clone, Debug)]
pub struct CheckedAnswer(Answer);

impl Deref for CheckedAnswer {
    type Target = Answer;

    fn deref(&self) -> &Answer {
        &self.0
    }
}

impl CheckedAnswer {
    /// The series with this number.
    ///
    /// Errors: a period without a figure, never a series with fewer periods.
    pub(crate) fn series(&self, number: usize) -> Result<Series<'_>, Error> {
        let (at, indicator, picks) = self.chosen(number);
        let parts = self.parts(indicator, &picks)?;
        let observe = |&period: &Period| self.observation(indicator, &parts, period);
        Ok(Series {
            key: self.codes(self.selection.grains[at], indicator, &picks),
            observations: self.periods[at].iter().map(observe).collect::<Result<_, _>>()?,
        })
    }

    /// The sums of the series with this number from the beginning of each window to each step of it
    /// that has figures, in order: in thousandths, with their variance in squared persons. Only of
    /// persons who passed a bound.
    ///
    /// Errors: figures that cannot be made.
    pub(crate) fn to_date(&self, number: usize) -> Result<Vec<(Period, i64, f64)>, Error> {
        let (_, indicator, picks) = self.chosen(number);
        let mut sums = Vec::new();
        for (known, (together, _)) in self.known.iter().zip(self.parts(indicator, &picks)?) {
            for last in 0..known.steps {
                let (value, variance) = together.sum((0, last)).ok_or(Error::Estimate)?;
                sums.push((known.window.steps[last as usize], value, variance));
            }
        }
        Ok(sums)
    }

    /// The answer with its figures and margins in thousandths, which rates and shares are computed
    /// from.
    ///
    /// Errors: figures that cannot be made.
    pub(crate) fn in_thousandths(&self) -> Result<Self, Error> {
        let decimals = Decimals::Thousandths;
        let margins = self.margins.in_thousandths();
        Answer { decimals, margins, ..self.0.clone() }.check_figures()
    }

    /// The later vintages of the steps of the series with this number, by step, oldest first; none
    /// where its periods are no steps.
    ///
    /// Errors: late counts that give no figure.
    pub(crate) fn revisions(&self, number: usize) -> Result<Vec<Revision>, Error> {
        let (at, indicator, picks) = self.chosen(number);
        let structure = &self.dataflow().structure;
        let periods = &self.periods[at];
        let mut revisions = Vec::new();
        for known in &self.known {
            let late = known.window.late_sums(structure, &picks, self.as_of, self.decimals)?;
            for (step, vintage, value_milli, variance, entry) in late.each() {
                let silent = known.window.silent.of_sum((step, step), entry + 1);
                let step = known.window.steps[step as usize];
                if periods.binary_search_by_key(&step.start(), |p| p.start()).is_ok()
                    && periods[0].grain() == step.grain()
                {
                    let margin_milli = self.margin_milli(indicator, variance);
                    revisions.push(Revision {
                        step,
                        vintage,
                        value_milli,
                        margin_milli,
                        entry,
                        silent,
                    });
                }
            }
        }
        Ok(revisions)
    }

    /// Takes the vintages out of the answer, to be laid out as data sets.
    pub(crate) fn take_vintages(&mut self) -> Vec<AnswerVintage> {
        std::mem::take(&mut self.0.vintages)
    }
}

/// The last step that is released in these windows.
pub(super) fn last_step(known: &[KnownWindow]) -> Option<Period> {
    known.iter().rev().find_map(|k| k.window.steps[..k.steps as usize].last()).copied()
}

/// Indices of the measured series of a selection, or `None` if every series is measured.
///
/// Errors: no series is measured.
fn shown(
    structure: &DataStructure,
    window: &ReleasedWindow,
    selection: &Selection,
) -> Result<Option<Vec<usize>>, Error> {
    let Some(mut readable) = Readable::of(window) else { return Ok(None) };
    let mut shown = Vec::new();
    for (at, &grain) in selection.grains.iter().enumerate() {
        for number in 0..selection.per_grain() {
            let (_, picks) = selection.series(number);
            if readable.at(&place(structure, &picks).levels, grain) {
                shown.push(at * selection.per_grain() + number);
            }
        }
    }
    if shown.is_empty() { Err(Error::Unmeasured) } else { Ok(Some(shown)) }
}

/// The status of a figure; `open` if it will be revised.
pub(crate) fn status(value_milli: i64, margin_milli: i64, open: bool) -> Status {
    if open {
        Status::Provisional
    } else if !is_reliable(value_milli as f64, margin_milli as f64) {
        Status::LowReliability
    } else {
        Status::Normal
    }
}

/// An observation in thousandths: value, margin and the ends of its 95 % interval; `None` for one
/// without a figure.
pub(crate) fn figures(observation: &Observation) -> Option<[i64; 4]> {
    let (value, margin) = observation.figure()?;
    Some([value, margin, value.saturating_sub(margin), value.saturating_add(margin)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::spans::Span;
    use crate::tests::{answer_of, sample_answer, table_answer, with_fewer_steps};
    use testkit::plans::STAYS;
    use tidegauge_ledger::Scheme;
    use tidegauge_privacy::Decoder;

    /// A week over two quarters: the net changes go on, turnover is drawn anew.
    #[test]
    fn a_period_over_two_windows_takes_what_they_share() {
        let answer = answer_of(STAYS, "2024-10-10", "LAPSED", "W..ARRIVALS.B").check().unwrap();
        let answer = answer.in_thousandths().unwrap();
        let series = answer.series(0).unwrap();
        let week = series.observations.iter().find(|o| o.period.to_string() == "2024-W40").unwrap();
        let variance = |window: usize, is_turnover: bool, span: Span| {
            let mut prices = answer.known[window].window.streams();
            let price = prices.find(|price| price.part.is_turnover() == is_turnover).unwrap();
            let Scheme::Recursion(recursion) = &price.scheme else { panic!("{price:?}") };
            Decoder::new(recursion, price.variance).variance(&[(span.0, span.1, 1)])
        };
        // 30 September is the last of 92 days, and the 274th of the year.
        let turnover = variance(2, true, (91, 91)) + variance(3, true, (0, 5));
        let shared = (variance(3, false, (273, 279)) + turnover) / 4.0;
        assert_eq!(week.margin_milli, answer.margin_milli(Indicator::Arrivals, shared));
        let apart = variance(3, false, (273, 273)) + variance(3, false, (274, 279)) + turnover;
        assert!(week.margin_milli < answer.margin_milli(Indicator::Arrivals, apart / 4.0));
    }

    /// Of a window of a table, a marginal that cannot be made; of one of cells, steps without a
    /// figure.
    #[test]
    fn a_window_without_a_figure_is_never_left_out() {
        let whole = table_answer("CROSSINGS", "D..FLOW._T._T._T");
        assert!(whole.clone().check().is_ok());
        let other = table_answer("BY_TYPE", "W..FLOW._T._T").known.swap_remove(0).figures;
        let mut broken = whole;
        broken.known[0].figures = other;
        assert_eq!(broken.clone().check().unwrap_err(), Error::Estimate);
        // Nor does it give a part of its sum to who asks what has changed.
        assert_eq!(broken.updated_after(1).unwrap_err(), Error::Estimate);

        let whole = sample_answer("CROSSINGS", "D.XX.FLOW.AIR.ENTRY");
        let checked = whole.clone().check().unwrap();
        assert_eq!(checked.series(0).unwrap().observations.len(), checked.observations());
        let broken = with_fewer_steps(whole).check().unwrap();
        assert_eq!(broken.series(0).unwrap_err(), Error::Estimate);
    }

    #[test]
    fn provisional_outranks_low_reliability() {
        assert_eq!(status(1000, 900, true), Status::Provisional);
        assert_eq!(status(1000, 301, false), Status::LowReliability);
        assert_eq!(status(-1000, 300, false), Status::Normal);
        assert_eq!(status(0, 1, false), Status::LowReliability);
    }
}
