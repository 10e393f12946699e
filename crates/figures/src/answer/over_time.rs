//! The noise of sums over periods of series of one answer, that of one period shared with another.
//!
//! Where each cell is measured separately, only the periods of one series share noise; in a table
//! the series do too ([`super::shared`]). The covariance of two sums is, window by window, a sum of
//! products: how two series share a source of noise, times how its sums over two ranges of periods
//! do. Sources are the schemes of the streams, the late counts, and the rounding of sums. The proof
//! is in `derived/rate.proof.md`.
//!
//! Not here: what is done with it ([`crate::derived`]), and levels of persons present, which are no
//! sums of periods.
//!
//! Invariants:
//! 1. Variances are those of the linear map from every measured value to the figures
//!    (`answer::over_time::tests::variances_are_those_of_the_map_from_measurements`).
//! 2. The variance of a sum over all codes and over the periods of a longer one is that of the
//!    figure which shows this sum
//!    (`answer::over_time::tests::a_sum_has_the_variance_of_the_figure_that_shows_it`).

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use num_traits::ToPrimitive;
use tidegauge_ledger::{Measurand, Scheme};
use tidegauge_model::{DataStructure, Period};
use tidegauge_privacy::residual::ContingencyTable;
use tidegauge_privacy::{Decoder, Estimator, Variance};

use super::answer::{Answer, CheckedAnswer};
use crate::catalogue::open::within;
use crate::catalogue::spans::Span;
use crate::catalogue::window::ReleasedWindow;
use crate::error::Error;
use crate::estimate::known::KnownWindow;
use crate::query::place::{level_and_code, shared_corners};
use crate::query::series::{Pick, cells};

/// A figure over periods that follow each other, and its factor in a larger sum.
#[derive(Clone, Debug)]
pub(crate) struct FigureSum {
    /// The number of the figure.
    pub(crate) figure: usize,
    /// The positions of the periods.
    pub(crate) periods: Range<usize>,
    /// 1 or -1, for what is added or taken away.
    pub(crate) factor: f64,
}

/// The noise of an answer over some periods of one grain.
pub(crate) struct NoiseOverTime<'a> {
    answer: &'a Answer,
    windows: Vec<WindowNoise>,
}

impl<'a> NoiseOverTime<'a> {
    /// Over these periods, which are of one grain and in order.
    ///
    /// Errors: streams that are not measured anew in each window.
    pub(crate) fn of(answer: &'a CheckedAnswer, periods: &[Period]) -> Result<Self, Error> {
        let window = |known| WindowNoise::new(known, periods, answer.as_of);
        let windows = answer.known().iter().map(window).collect::<Result<_, _>>()?;
        Ok(Self { answer, windows })
    }

    /// The noise of figures, each the sum of some series of counts, by their numbers. If each cell
    /// is measured separately, the series must have no cell in common.
    ///
    /// Errors: figures that cannot be made.
    pub(crate) fn of_figures(&self, figures: &[Vec<usize>]) -> Result<FigureNoise<'_>, Error> {
        let structure = &self.answer.dataflow().structure;
        let picks = |number: &usize| self.answer.chosen(*number).2;
        let figures: Vec<Vec<Vec<Pick>>> =
            figures.iter().map(|series| series.iter().map(picks).collect()).collect();
        let mut coefficients: Vec<Arc<PairCoefficients>> = Vec::new();
        for (number, known) in self.answer.known().iter().enumerate() {
            let noise = &self.windows[number];
            // Windows of one plan mostly have the same table.
            let same = self.windows[..number]
                .iter()
                .position(|earlier| earlier.table.is_some() && earlier.table == noise.table);
            coefficients.push(match same {
                Some(same) => Arc::clone(&coefficients[same]),
                None => {
                    let rounding = self.answer.decimals.variance();
                    Arc::new(match &noise.table {
                        Some(table) => table.coefficients(structure, &figures, rounding)?,
                        None => of_cells((&known.window, noise), structure, &figures, rounding),
                    })
                }
            });
        }
        Ok(FigureNoise { windows: &self.windows, figures: figures.len(), coefficients })
    }
}

/// The noise of some figures, over the periods of a [`NoiseOverTime`].
pub(crate) struct FigureNoise<'a> {
    windows: &'a [WindowNoise],
    figures: usize,
    /// By window.
    coefficients: Vec<Arc<PairCoefficients>>,
}

/// For each pair of figures, the coefficient of each course in their covariance. Empty where they
/// share no noise.
type PairCoefficients = Vec<Vec<f64>>;

impl FigureNoise<'_> {
    /// The variance of a sum of sums, in squared persons.
    pub(crate) fn variance(&self, sums: &[FigureSum]) -> f64 {
        let mut variance = 0.0;
        for (number, one) in sums.iter().enumerate() {
            variance += one.factor * one.factor * self.covariance(one, one);
            for other in &sums[number + 1..] {
                variance += 2.0 * one.factor * other.factor * self.covariance(one, other);
            }
        }
        variance
    }

    /// The covariance of two sums, without their factors.
    pub(crate) fn covariance(&self, one: &FigureSum, other: &FigureSum) -> f64 {
        let pair = one.figure * self.figures + other.figure;
        let mut sum = 0.0;
        for (window, coefficients) in self.windows.iter().zip(&self.coefficients) {
            let ends = window.ends(&one.periods).zip(window.ends(&other.periods));
            let Some((ends, other_ends)) = ends else { continue };
            for (course, coefficient) in window.courses.iter().zip(&coefficients[pair]) {
                sum += coefficient * course.covariance(&ends, &other_ends);
            }
        }
        sum
    }
}

/// The noise of one window over the periods that have steps in it.
struct WindowNoise {
    /// The positions of these periods.
    periods: Range<usize>,
    /// The steps in which some cells are open; in a table those of each phase.
    ranges: Vec<Range<u32>>,
    /// For each range one for each scheme among the streams, one for late counts and one for
    /// rounding. In a table for each pair of ranges, the first range first.
    courses: Vec<Course>,
    table: Option<TableNoise>,
}

impl WindowNoise {
    fn new(known: &KnownWindow, periods: &[Period], size: u64) -> Result<Self, Error> {
        let window = &known.window;
        let mut spans: Vec<Span> = Vec::new();
        let mut first = None;
        for (position, period) in periods.iter().enumerate() {
            let Some(span) = window.steps_in(*period).filter(|span| span.1 < known.steps) else {
                continue;
            };
            first.get_or_insert(position);
            spans.push(span);
        }
        let first = first.unwrap_or_default();
        let mut schemes: Vec<&Scheme> = vec![];
        for price in window.streams() {
            if window.steps.first() != Some(&price.begins) {
                return Err(Error::Estimate);
            }
            if !schemes.contains(&&price.scheme) {
                schemes.push(&price.scheme);
            }
        }
        let table = TableNoise::of(window, &schemes)?;
        let ranges = match table {
            Some(_) => window.phases.iter().map(|phase| phase.steps.clone()).collect(),
            None => ranges(window),
        };
        let open = |range| spans.iter().map(|span| within(*span, range)).collect();
        let open: Vec<Vec<Option<Span>>> = ranges.iter().map(open).collect();
        let mut courses = vec![];
        for (one, other) in pairs(ranges.len(), table.is_some()) {
            let both = [&open[one][..], &open[other][..]];
            for scheme in &schemes {
                courses.push(Course::of_scheme(scheme, known.steps, both)?);
            }
            // Exact: a window has fewer than 2^16 steps of few vintages.
            courses.push(Course::of_separate(both, |span| window.late_known(span, size) as f64));
            courses.push(Course::of_rounding(both, ranges[one].start));
        }
        Ok(Self { periods: first..first + spans.len(), ranges, courses, table })
    }

    /// The places in the window's courses where a sum of periods begins and ends; `None` if it has
    /// no step in the window.
    fn ends(&self, periods: &Range<usize>) -> Option<Range<usize>> {
        let first = periods.start.max(self.periods.start);
        let end = periods.end.min(self.periods.end);
        (first < end).then(|| first - self.periods.start..end - self.periods.start)
    }
}

/// The pairs of ranges that share noise: only the same one, unless they are phases of a table.
fn pairs(ranges: usize, of_table: bool) -> impl Iterator<Item = (usize, usize)> {
    let all = (0..ranges).flat_map(move |one| (0..ranges).map(move |other| (one, other)));
    all.filter(move |(one, other)| of_table || one == other)
}

/// Each range of steps in which some cell is open, once.
fn ranges(window: &ReleasedWindow) -> Vec<Range<u32>> {
    let all = (0..window.cells).map(|cell| window.open.steps(cell));
    let all: BTreeSet<(u32, u32)> = all.map(|range| (range.start, range.end)).collect();
    all.into_iter().map(|(start, end)| start..end).collect()
}

/// The coefficients of pairs of figures, if each cell is measured separately: a figure has the
/// noise of each of its cells, and shares none with another.
fn of_cells(
    (window, noise): (&ReleasedWindow, &WindowNoise),
    structure: &DataStructure,
    figures: &[Vec<Vec<Pick>>],
    rounding: f64,
) -> PairCoefficients {
    let late = window.prices().iter().find_map(|price| price.late).map_or(0.0, Variance::as_f64);
    let streams: Vec<f64> = window.streams().map(|price| price.variance.as_f64()).collect();
    let sources: Vec<f64> = streams.into_iter().chain([late, rounding]).collect();
    let mut coefficients = vec![vec![]; figures.len() * figures.len()];
    for (number, series) in figures.iter().enumerate() {
        let own = &mut coefficients[number * figures.len() + number];
        own.resize(noise.courses.len(), 0.0);
        for picks in series {
            for (steps, count) in window.open.groups(&cells(structure, picks)) {
                let range = noise.ranges.iter().position(|range| *range == steps);
                let first = range.unwrap_or_default() * sources.len();
                for (coefficient, source) in own[first..].iter_mut().zip(&sources) {
                    // Exact: a structure has at most a million cells.
                    *coefficient += count as f64 * source;
                }
            }
        }
    }
    coefficients
}

/// The residuals of a table, with what their noise contributes to a covariance.
#[derive(PartialEq)]
struct TableNoise {
    /// The table with the codes that are open in each phase.
    phases: Vec<Arc<ContingencyTable>>,
    residuals: Vec<ResidualNoise>,
    /// The number of schemes among their streams.
    schemes: usize,
}

/// A residual of a table.
#[derive(PartialEq)]
struct ResidualNoise {
    levels: Vec<usize>,
    /// The position of its scheme.
    scheme: usize,
    /// The variance of its stream and of a late count, divided by its norm.
    variance: f64,
    late: f64,
}

/// By dimension, the phases of two picks in it, and these.
type KnownShares = HashMap<(usize, [usize; 2], [Pick; 2]), AxisShare>;

/// What one dimension contributes to the covariance of two cells.
struct AxisShare {
    /// By the level of a residual, as far as both cells need it.
    factors: Vec<f64>,
    /// See [`shared_corners`].
    corners: f64,
}

impl TableNoise {
    /// `None` if each cell is measured separately.
    fn of(window: &ReleasedWindow, schemes: &[&Scheme]) -> Result<Option<Self>, Error> {
        let mut residuals = vec![];
        for price in window.streams() {
            let Measurand::Residual(residual) = &price.measurand else { continue };
            let norm = residual.table.norm(&residual.marginal).map_err(|_| Error::Estimate)?;
            let norm = norm.to_f64().ok_or(Error::Estimate)?;
            let scheme = schemes.iter().position(|scheme| **scheme == price.scheme);
            residuals.push(ResidualNoise {
                levels: residual.marginal.levels().to_vec(),
                scheme: scheme.ok_or(Error::Estimate)?,
                variance: price.variance.as_f64() / norm,
                late: price.late.map_or(0.0, Variance::as_f64) / norm,
            });
        }
        let phases = window.phases.iter().map(|phase| Arc::clone(&phase.table)).collect();
        let table = Self { phases, residuals, schemes: schemes.len() };
        Ok((!table.residuals.is_empty()).then_some(table))
    }

    /// The coefficients of pairs of figures.
    ///
    /// Errors: cells that the table does not have.
    fn coefficients(
        &self,
        structure: &DataStructure,
        figures: &[Vec<Vec<Pick>>],
        rounding: f64,
    ) -> Result<PairCoefficients, Error> {
        let mut known = KnownShares::new();
        let mut coefficients = vec![vec![]; figures.len() * figures.len()];
        for (number, own) in figures.iter().enumerate() {
            for (other, others) in figures.iter().enumerate().skip(number) {
                let mut by_phases = vec![];
                for (one, other) in pairs(self.phases.len(), true) {
                    let mut pair = vec![0.0; self.schemes + 2];
                    for picks in own {
                        for others in others {
                            let (picks, phases) = ([&picks[..], others], [one, other]);
                            let sums = (&mut known, &mut pair[..]);
                            self.add(structure, picks, phases, rounding, sums)?;
                        }
                    }
                    by_phases.push(pair);
                }
                let turned = pairs(self.phases.len(), true)
                    .flat_map(|(one, other)| &by_phases[other * self.phases.len() + one]);
                coefficients[other * figures.len() + number] = turned.copied().collect();
                coefficients[number * figures.len() + other] = by_phases.concat();
            }
        }
        Ok(coefficients)
    }

    /// Adds the coefficients of a pair of series in a pair of phases.
    fn add(
        &self,
        structure: &DataStructure,
        [one, other]: [&[Pick]; 2],
        phases: [usize; 2],
        rounding: f64,
        (known, pair): (&mut KnownShares, &mut [f64]),
    ) -> Result<(), Error> {
        let axes = || one.iter().zip(other).map(|(one, other)| [*one, *other]).enumerate();
        for (axis, picks) in axes() {
            if let Entry::Vacant(unknown) = known.entry((axis, phases, picks)) {
                unknown.insert(self.along(axis, picks, phases, structure)?);
            }
        }
        let shares: Vec<&AxisShare> =
            axes().filter_map(|(axis, picks)| known.get(&(axis, phases, picks))).collect();
        for residual in &self.residuals {
            let factors = shares.iter().zip(&residual.levels);
            let product = factors.fold(1.0, |product, (share, level)| {
                product * share.factors.get(*level).copied().unwrap_or(0.0)
            });
            pair[residual.scheme] += product * residual.variance;
            pair[self.schemes] += product * residual.late;
        }
        if phases[0] != phases[1] {
            return Ok(());
        }
        let corners = shares.iter().fold(1.0, |product, share| product * share.corners) * rounding;
        // Late counts are rounded one by one, everything else in sums.
        pair[self.schemes] += corners;
        pair[self.schemes + 1] += corners;
        Ok(())
    }

    fn along(
        &self,
        axis: usize,
        [one, other]: [Pick; 2],
        phases: [usize; 2],
        structure: &DataStructure,
    ) -> Result<AxisShare, Error> {
        let dimension = &structure.dimensions()[axis];
        let (own, others) = (level_and_code(one, dimension), level_and_code(other, dimension));
        let [table, other_table] = phases.map(|phase| &self.phases[phase]);
        let factors = table.shared_along(axis, own, other_table, others);
        let factors = factors.map_err(|_| Error::Estimate)?;
        let factors = factors.iter().map(|factor| factor.to_f64().ok_or(Error::Estimate));
        let factors = factors.collect::<Result<_, _>>()?;
        Ok(AxisShare { factors, corners: shared_corners(one, other, dimension) })
    }
}

/// The covariances of sums over the periods of a window, if the source of noise has variance 1: at
/// the places m and n, that of the sum over the first m periods with that over the first n.
struct Course(Vec<Vec<f64>>);

/// The variance of a sum of spans of steps, each with its coefficient.
type SumVariance<'a> = &'a dyn Fn(&[(u32, u32, i32)]) -> f64;

impl Course {
    /// From the covariances of single periods.
    fn new(periods: usize, between: impl Fn(usize, usize) -> f64) -> Self {
        let mut sums = vec![vec![0.0; periods + 1]; periods + 1];
        for one in 0..periods {
            for other in 0..periods {
                let before = sums[one][other + 1] + sums[one + 1][other] - sums[one][other];
                sums[one + 1][other + 1] = before + between(one, other);
            }
        }
        Self(sums)
    }

    /// That of the estimates that a scheme makes, over the open steps of each period: in one range
    /// and in another, which are the same or have no step in common.
    ///
    /// Errors: a strategy with fewer steps.
    fn of_scheme(scheme: &Scheme, known: u32, open: [&[Option<Span>]; 2]) -> Result<Self, Error> {
        // The covariance of two sums is half of what the variance of both together exceeds theirs
        // by.
        let from_variances = |variance: SumVariance<'_>| {
            let weighted = |(first, last): Span| (first, last, 1);
            let variance_of =
                |span: &Option<Span>| span.map_or(0.0, |span| variance(&[weighted(span)]));
            let [own, others] = open.map(|open| open.iter().map(variance_of).collect::<Vec<f64>>());
            Self::new(own.len(), |one, other| match open[0][one].zip(open[1][other]) {
                Some((first, second)) if first == second => own[one],
                Some((first, second)) => {
                    let both =
                        variance(&[weighted(first.min(second)), weighted(first.max(second))]);
                    (both - own[one] - others[other]) / 2.0
                }
                None => 0.0,
            })
        };
        Ok(match scheme {
            Scheme::Nodes { strategy, .. } => {
                let estimator = Estimator::new(strategy, known).map_err(|_| Error::Estimate)?;
                from_variances(&|periods| estimator.variance(periods))
            }
            Scheme::Recursion(recursion) => {
                let unit = Variance::from_sixteenths(16).map_err(|_| Error::Estimate)?;
                let decoder = Decoder::new(recursion, unit);
                from_variances(&|periods| decoder.variance(periods))
            }
            Scheme::Periods { level, .. } => {
                let nodes: Vec<_> =
                    (0..known).filter_map(|step| level.completed_at(0, step)).collect();
                Self::of_separate(open, |(first, last)| {
                    // A period that ends in a span counts there.
                    let inside = nodes.iter().filter(|node| (first..=last).contains(&node.last));
                    // Exact: a window has fewer than 2^16 periods.
                    inside.count() as f64
                })
            }
        })
    }

    /// That of periods which share nothing, from the variance of each.
    fn of_separate(open: [&[Option<Span>]; 2], variance: impl Fn(Span) -> f64) -> Self {
        Self::new(open[0].len(), |one, other| match open[0][one].zip(open[1][other]) {
            Some((span, other)) if span == other => variance(span),
            _ => 0.0,
        })
    }

    /// That of the errors of rounding. A period is the difference of two rounded sums from `start`
    /// on, and shares one with the next; a sum of no steps is exact.
    fn of_rounding(open: [&[Option<Span>]; 2], start: u32) -> Self {
        let shared = |one: u32, other: u32| f64::from(u8::from(one == other && one > start));
        Self::new(open[0].len(), |one, other| match open[0][one].zip(open[1][other]) {
            Some(((first, last), (other_first, other_last))) => {
                let (end, other_end) = (last + 1, other_last + 1);
                shared(end, other_end) + shared(first, other_first)
                    - shared(end, other_first)
                    - shared(first, other_end)
            }
            None => 0.0,
        })
    }

    /// The covariance of two sums, each between two places.
    fn covariance(&self, one: &Range<usize>, other: &Range<usize>) -> f64 {
        let (upto_end, upto_start) = (&self.0[one.end], &self.0[one.start]);
        upto_end[other.end] - upto_start[other.end] - upto_end[other.start]
            + upto_start[other.start]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::place::{MarginalCell, place};
    use crate::query::series::Indicator;
    use crate::tests::{answer_of, table_answer};
    use testkit::plans::{STAYS, spells_as_tables, stays_by_month, with_vintages};
    use testkit::{PlanText, edit, toml};
    use tidegauge_ledger::{Price, Residual, slots};

    /// The factor of a measured value in a series at each step, from what the strategy estimates.
    fn shares(
        price: &Price,
        window: &ReleasedWindow,
        structure: &DataStructure,
        picks: &[Pick],
    ) -> Vec<Vec<f64>> {
        let steps = 0..window.steps.len() as u32;
        let Measurand::Residual(residual) = &price.measurand else {
            let own = cells(structure, picks);
            let of_cell = |cell: usize| {
                let open = window.open.steps(cell);
                let counts = |step| own.contains(&cell) && open.contains(&step);
                steps.clone().map(|step| f64::from(u8::from(counts(step)))).collect()
            };
            return (0..window.cells).map(of_cell).collect();
        };
        let place = place(structure, picks);
        let mut of_values: Vec<Vec<f64>> = vec![vec![]; price.measurand.values()];
        for phase in window.phases.iter() {
            let shares = shares_in_table(&phase.table, residual, &place);
            for (of_value, share) in of_values.iter_mut().zip(shares) {
                of_value.extend(phase.steps.clone().map(|_| share));
            }
        }
        of_values
    }

    /// The factor of each coordinate of a residual in a cell of a table with these codes open.
    fn shares_in_table(
        table: &ContingencyTable,
        residual: &Residual,
        place: &MarginalCell,
    ) -> Vec<f64> {
        let marginal = table.marginal(&place.levels).unwrap();
        let zeros = |residual| {
            let count = table.cells(&residual).unwrap();
            (residual, vec![0i128; count])
        };
        let needed = table.residuals(std::slice::from_ref(&marginal)).unwrap();
        let mut values: std::collections::BTreeMap<_, _> = needed.into_iter().map(zeros).collect();
        let denominator = table.denominators(&marginal).unwrap()[place.cell] as f64;
        let of_value = |value: usize| {
            let Some(own) = values.get_mut(&residual.marginal) else { return 0.0 };
            own[value] = 1;
            let share = table.estimate(&marginal, &values).unwrap()[place.cell] as f64;
            values.get_mut(&residual.marginal).unwrap()[value] = 0;
            share / denominator
        };
        (0..table.cells(&residual.marginal).unwrap()).map(of_value).collect()
    }

    /// For each measurement of a stream, its part in the estimate of each step.
    fn steps_of_measured(price: &Price, known: u32, measured: usize) -> Vec<Vec<f64>> {
        const LARGE: i64 = 1 << 40;
        let row = |number: usize| {
            let mut values = vec![0; measured];
            values[number] = LARGE;
            let steps = match &price.scheme {
                Scheme::Nodes { strategy, .. } => {
                    Estimator::new(strategy, known).unwrap().steps_milli(&values).unwrap()
                }
                Scheme::Recursion(recursion) => {
                    Decoder::new(recursion, price.variance).steps_milli(&values).unwrap()
                }
                Scheme::Periods { level, .. } => {
                    let nodes = (0..known).filter_map(|step| level.completed_at(0, step));
                    let last = nodes.map(|node| node.last).nth(number).unwrap();
                    (0..known).map(|step| if step == last { 1000 * LARGE } else { 0 }).collect()
                }
            };
            steps.into_iter().map(|step| step as f64 / 1000.0 / LARGE as f64).collect()
        };
        (0..measured).map(row).collect()
    }

    /// The variance of a sum of series over months, from the weight of each value that was drawn.
    fn dense(answer: &CheckedAnswer, months: &[Period], sums: &[(usize, FigureSum)]) -> f64 {
        let structure = &answer.dataflow().structure;
        let mut variance = 0.0;
        for known in answer.known() {
            let window = &known.window;
            let number = window.steps.len();
            let factors = |sum: &FigureSum| {
                let mut factors = vec![0.0; number];
                for month in &months[sum.periods.clone()] {
                    let span = window.steps_in(*month).filter(|(_, last)| *last < known.steps);
                    let Some((first, last)) = span else { continue };
                    factors[first as usize..=last as usize].fill(sum.factor);
                }
                factors
            };
            for price in window.streams() {
                let due = |step: &Period| {
                    let slots = slots(answer.plan(), window.prices(), *step);
                    slots.into_iter().filter(|slot| slot.part == price.part).collect::<Vec<_>>()
                };
                let drawn = window.steps[..known.steps as usize].iter().flat_map(due);
                let drawn: Vec<_> =
                    drawn.map(|slot| slot.measurand.variances(slot.variance).unwrap()).collect();
                let steps = steps_of_measured(price, known.steps, drawn.len());
                let late = price.late.map(|late| price.measurand.variances(late).unwrap());
                let mut weights = vec![vec![0.0; number]; price.measurand.values()];
                for (series, sum) in sums {
                    let shares = shares(price, window, structure, &answer.chosen(*series).2);
                    let factors = factors(sum);
                    for (weights, shares) in weights.iter_mut().zip(shares) {
                        let parts = shares.iter().zip(&factors).map(|(share, times)| share * times);
                        weights.iter_mut().zip(parts).for_each(|(weight, part)| *weight += part);
                    }
                }
                for (value, weights) in weights.iter().enumerate() {
                    for (drawn, steps) in drawn.iter().zip(&steps) {
                        let weight: f64 = steps.iter().zip(weights).map(|(s, w)| s * w).sum();
                        variance += weight * weight * drawn[value].map_or(0.0, Variance::as_f64);
                    }
                    let Some(late) = &late else { continue };
                    for (step, weight) in (0..known.steps).zip(weights) {
                        let count = window.late_known((step, step), answer.as_of) as f64;
                        let late = late[value].map_or(0.0, Variance::as_f64);
                        variance += weight * weight * count * late;
                    }
                }
            }
        }
        variance
    }

    /// Cohorts over the border of two windows: of cells and of tables, by recursion and by levels,
    /// with late counts, with codes that open and close, and with transitions apart.
    #[test]
    fn variances_are_those_of_the_map_from_measurements() {
        let vintages = |plan| with_vintages(plan, &["COHORTS"]);
        let levels = toml("{ calendar = { day = 2, month = 1 } }");
        let codes = "code_list.CL_STAY_CLASS.codes";
        let closed = || edit(STAYS).add(&format!("{codes}.LONG.valid_from"), "2024-02-10");
        let reserved = |plan: PlanText| plan.add("code_list.CL_STAY_CLASS.reserved", 2);
        let limited = spells_as_tables(reserved(closed()), false);
        let plans = [
            (vintages(closed()), "M..FLOW._T.."),
            (vintages(limited), "M..FLOW.LONG+SHORT.."),
            (stays_by_month().change("dataflow.COHORTS.strategy", levels), "M..FLOW._T.."),
            (vintages(spells_as_tables(edit(STAYS), false)), "M..FLOW._T.."),
            (vintages(spells_as_tables(stays_by_month(), true)), "M..FLOW.LONG.."),
        ];
        for (number, (plan, key)) in plans.into_iter().enumerate() {
            let answer = answer_of(&plan.text(), "2024-05-02", "COHORTS", key).check().unwrap();
            let answer = answer.in_thousandths().unwrap();
            let months = answer.periods();
            // Four figures of several series each, whatever they count.
            let mut figures = vec![vec![]; 4];
            (0..answer.len()).for_each(|series| figures[series % 4].push(series));
            let noise = NoiseOverTime::of(&answer, &months).unwrap();
            let noise = noise.of_figures(&figures).unwrap();
            let sum = |(figure, first, end, factor): (usize, usize, usize, f64)| FigureSum {
                figure,
                periods: first..end,
                factor,
            };
            for sums in [
                vec![(0, 0, 4, 1.0)],
                vec![(0, 0, 1, 1.0), (1, 0, 1, -1.0), (2, 1, 2, -1.0), (3, 2, 3, -1.0)],
                vec![(0, 0, 3, 1.0), (1, 0, 4, -1.0), (2, 1, 4, -1.0), (3, 3, 4, -1.0)],
                vec![(0, 0, 2, 1.0), (0, 2, 3, -1.0), (3, 1, 3, 1.0)],
            ] {
                let sums: Vec<FigureSum> = sums.into_iter().map(sum).collect();
                let of_series = sums.iter().flat_map(|sum| {
                    figures[sum.figure].iter().map(move |series| (*series, sum.clone()))
                });
                let dense = dense(&answer, &months, &of_series.collect::<Vec<_>>());
                let variance = noise.variance(&sums);
                assert!(dense > 1.0, "{number}");
                assert!((variance / dense - 1.0).abs() < 1e-5, "{number}: {variance} {dense}");
            }
        }
    }

    /// The margin of the sum of all series over the first periods, in thousandths.
    fn summed(answer: Answer, periods: usize) -> i64 {
        let answer = answer.check().unwrap().in_thousandths().unwrap();
        let all = answer.periods();
        let noise = NoiseOverTime::of(&answer, &all[..periods]).unwrap();
        let noise = noise.of_figures(&[(0..answer.len()).collect()]).unwrap();
        let whole = noise.variance(&[FigureSum { figure: 0, periods: 0..periods, factor: 1.0 }]);
        answer.margin_milli(Indicator::Flow, whole)
    }

    fn published(answer: Answer, period: &str) -> i64 {
        let answer = answer.check().unwrap().in_thousandths().unwrap();
        let period = Period::parse(period).unwrap();
        let series = answer.series(0).unwrap();
        let meant = series.observations.iter().find(|one| one.period == period);
        meant.and_then(|one| one.figure()).unwrap().1
    }

    /// Days of a recursion in a table, by codes, by groups and both: the week from Monday, 1
    /// January 2024.
    #[test]
    fn a_sum_has_the_variance_of_the_figure_that_shows_it() {
        for (key, total) in [
            ("D..FLOW..ENTRY._T", "W..FLOW._T.ENTRY._T"),
            ("D..FLOW..._T", "W..FLOW._T._T._T"),
            ("D..FLOW.AIR+SEA+LAND.EXIT._T", "W..FLOW._T.EXIT._T"),
            ("D..FLOW.NORTH_AIRPORT+SOUTH_AIRPORT.EXIT._T", "W..FLOW.AIR.EXIT._T"),
        ] {
            let of_parts = summed(table_answer("CROSSINGS", key), 7);
            let of_whole = published(table_answer("CROSSINGS", total), "2024-W01");
            assert!((of_parts - of_whole).abs() <= 1, "{key}: {of_parts} {of_whole}");
        }
    }

    /// Whole numbers of a table: corners that parts share cancel, so codes that add up to a group
    /// have the errors of rounding of the group's own figure.
    #[test]
    fn errors_of_rounding_cancel_where_parts_meet() {
        let rounding = |key: &str| {
            let variance = |answer: &CheckedAnswer| {
                let days = answer.periods();
                let noise = NoiseOverTime::of(answer, &days[..7]).unwrap();
                let noise = noise.of_figures(&[(0..answer.len()).collect()]).unwrap();
                noise.variance(&[FigureSum { figure: 0, periods: 2..5, factor: 1.0 }])
            };
            let whole = table_answer("CROSSINGS", key).check().unwrap();
            12.0 * (variance(&whole) - variance(&whole.in_thousandths().unwrap()))
        };
        // Two ends in time, times the corners in space; the corner before the first code is exact.
        for (key, corners) in [
            ("D..FLOW._T._T._T", 1.0),
            ("D..FLOW.SEA.EXIT._T", 4.0),
            ("D..FLOW.OLD_HARBOUR+NEW_HARBOUR+FERRY.EXIT._T", 4.0),
            ("D..FLOW.AIR.ENTRY._T", 1.0),
            ("D..FLOW.NORTH_AIRPORT.EXIT._T", 2.0),
            ("D..FLOW.OLD_HARBOUR+FERRY.EXIT._T", 8.0),
        ] {
            let found = rounding(key);
            assert!((found - 2.0 * corners).abs() < 1e-3, "{key}: {found}");
        }
    }
}
