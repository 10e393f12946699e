//! Estimates of one stream of measurements within one window: every step of every cell, running
//! sums, and their variances.
//!
//! Not here: cells and streams taken together ([`super::figures`]), the mathematics (crate
//! `privacy`).
//!
//! Invariants:
//! 1. The same measurements make the same estimates, bit for bit, on every host: floating point
//!    takes part with + - * / and square root only, in a fixed order.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use tidegauge_ledger::{Price, Scheme};
use tidegauge_model::{Grain, Period};
use tidegauge_privacy::{Decoder, Estimator, Level, Node, Recursion, Variance};

use crate::catalogue::open::Openings;
use crate::catalogue::spans::Span;
use crate::catalogue::window::ReleasedWindow;
use crate::error::Error;
use crate::query::series::grains;

/// The estimates of one stream in one window.
#[derive(Debug)]
pub(crate) struct Stream {
    /// For each cell or coordinate, the sum of the first n steps of the window, in thousandths, at
    /// place n.
    pub(crate) sums: Vec<Vec<i64>>,
    /// For each cell, the sum of the open steps of the run before the window, in thousandths; for a
    /// level, the base is included.
    pub(crate) before: Vec<i64>,
    /// For each step of the run before the window at which some code of a table opens, the sum
    /// of the steps before it of every coordinate, like `before`.
    earlier: BTreeMap<u32, Vec<i64>>,
    /// The number of steps of the run before the window.
    pub(crate) offset: u32,
    /// The variance of a sum of steps of one cell, in persons squared; for a residual, that of a
    /// coordinate of multiple 1.
    pub(super) variances: HashMap<Span, f64>,
    /// The variance of the base of a level.
    base: f64,
    /// By the step of the run at which some cell of a stock opens, the variance of the sum from it
    /// to each later step, without the base.
    since: BTreeMap<u32, Vec<f64>>,
    /// What its sums over steps of several windows have; `None` in the first window of a run.
    run: Option<RunVariances>,
}

/// The variances of sums over steps of a run, computed when they are first requested.
#[derive(Debug)]
struct RunVariances {
    recursion: Recursion,
    variance: Variance,
    known: Mutex<HashMap<(u32, u32), f64>>,
}

impl RunVariances {
    fn of(&self, steps: &Range<u32>) -> f64 {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known.entry((steps.start, steps.end)).or_insert_with(|| {
            let decoder = Decoder::new(&self.recursion, self.variance);
            decoder.variance(&[(steps.start, steps.end - 1, 1)])
        })
    }
}

impl Stream {
    pub(super) fn by_least_squares(
        window: &ReleasedWindow,
        price: &Price,
        estimator: &Estimator,
        (known, openings): (u32, &Openings),
    ) -> Result<Self, Error> {
        let mut sums = Vec::with_capacity(window.cells);
        for cell in 0..window.cells {
            let measured: Option<Vec<i64>> = estimator
                .nodes()
                .iter()
                .map(|node| window.measured(price.part, node, cell))
                .collect();
            let measured = measured.ok_or(Error::Estimate)?;
            let steps = estimator.steps_milli(&measured).map_err(|_| Error::Estimate)?;
            sums.push(running(&steps));
        }
        let sigma_squared = price.variance.as_f64();
        let variance = |span: Span| estimator.variance(&[(span.0, span.1, 1)]) * sigma_squared;
        let is_stock = window.base(price.part).is_some();
        // Only a stock has levels; everything else has sums.
        let mut spans = if is_stock { BTreeSet::new() } else { spans(window, known) };
        spans.extend(to_date(window, known));
        spans.extend(window.cut(&spans));
        let variances = spans.into_iter().map(|span| (span, variance(span))).collect();
        let variances_from =
            |first| (first, (first..known).map(|last| variance((first, last))).collect());
        let starts = openings.steps().into_iter().chain(is_stock.then_some(0));
        let since = starts.map(variances_from).collect();
        Ok(Self { variances, since, ..Self::of_window(sums) })
    }

    /// Sums over the steps of a window, without any variance.
    fn of_window(sums: Vec<Vec<i64>>) -> Self {
        Self {
            before: vec![0; sums.len()],
            sums,
            earlier: BTreeMap::new(),
            offset: 0,
            variances: HashMap::new(),
            base: 0.0,
            since: BTreeMap::new(),
            run: None,
        }
    }

    /// Adds the base to the level of a run, for the cells that are open from its first step.
    pub(super) fn begin_from(
        &mut self,
        base: &Price,
        values: &[i64],
        openings: &Openings,
    ) -> Result<(), Error> {
        let (levels, variance) = estimate_base(base, values)?;
        for sums in std::iter::once(&mut self.before).chain(self.earlier.values_mut()) {
            for (cell, (sum, level)) in sums.iter_mut().zip(&levels).enumerate() {
                if openings.at(cell) == 0 {
                    *sum = sum.saturating_add(*level);
                }
            }
        }
        self.base = variance;
        Ok(())
    }

    /// Estimates of separate sums, one for each period; the running sums change only at its end.
    pub(super) fn of_periods(
        window: &ReleasedWindow,
        price: &Price,
        (level, grain): (&Level, Grain),
        known: u32,
    ) -> Result<Self, Error> {
        let nodes: Vec<Node> = (0..known).filter_map(|step| level.completed_at(0, step)).collect();
        let running_sums = |value: usize| -> Result<Vec<i64>, Error> {
            let mut steps = vec![0i64; known as usize];
            for node in &nodes {
                let measured = window.measured(price.part, node, value).ok_or(Error::Estimate)?;
                let milli = measured.checked_mul(1000).ok_or(Error::Estimate)?;
                steps[node.last as usize] = milli;
            }
            Ok(running(&steps))
        };
        let sums = (0..price.measurand.values()).map(running_sums).collect::<Result<_, _>>()?;
        let variance = price.variance.as_f64();
        let variance_of = |&(first, last): &Span| {
            let inside = nodes.iter().filter(|node| (first..=last).contains(&node.last));
            // Exact: a window has fewer than 2^16 periods.
            variance * inside.count() as f64
        };
        let spans = spans_by_grain(window, known);
        let step = window.steps.first().map_or(grain, |step| step.grain());
        let readable = grains(step).into_iter().zip(spans);
        let mut spans: BTreeSet<Span> = readable
            .filter(|(readable, _)| grain.divides(*readable))
            .flat_map(|(_, spans)| spans)
            .collect();
        spans.extend(window.cut(&spans));
        let variances = spans.into_iter().map(|span| (span, variance_of(&span))).collect();
        Ok(Self { variances, ..Self::of_window(sums) })
    }

    /// Decodes a recursion; `run` is the run's windows up to this one.
    pub(super) fn decoded(
        run: &[Arc<ReleasedWindow>],
        price: &Price,
        recursion: &Recursion,
        (known, openings): (u32, &Openings),
    ) -> Result<Self, Error> {
        let (window, earlier) = run.split_last().ok_or(Error::Estimate)?;
        let decoder = Decoder::new(recursion, price.variance);
        // Fits: a run has at most 2^18 steps.
        let offset: u32 = earlier.iter().map(|window| window.steps.len() as u32).sum();
        let (mut sums, mut before) = (Vec::new(), Vec::new());
        let starts = openings.phases.iter().map(|phase| phase.steps.start);
        let starts = starts.filter(|start| (1..offset).contains(start));
        let mut sums_before: BTreeMap<u32, Vec<i64>> =
            starts.map(|start| (start, Vec::new())).collect();
        for cell in 0..price.measurand.values() {
            let of_window = |window: &Arc<ReleasedWindow>, steps: u32| -> Option<Vec<i64>> {
                let node = |step| Node { level: 0, number: step, first: step, last: step };
                (0..steps).map(|step| window.measured(price.part, &node(step), cell)).collect()
            };
            let mut measured = Vec::new();
            for window in earlier {
                let steps = window.steps.len() as u32;
                measured.extend(of_window(window, steps).ok_or(Error::Estimate)?);
            }
            measured.extend(of_window(window, known).ok_or(Error::Estimate)?);
            let steps = decoder.steps_milli(&measured).map_err(|_| Error::Estimate)?;
            let (past, now) = steps.split_at(offset as usize);
            let sum =
                |steps: &[i64]| steps.iter().fold(0, |sum: i64, step| sum.saturating_add(*step));
            before.push(sum(past.get(openings.at(cell) as usize..).unwrap_or_default()));
            for (start, sums) in &mut sums_before {
                sums.push(sum(&past[..*start as usize]));
            }
            sums.push(running(now));
        }
        let by_grain = spans_by_grain(window, known);
        let ends: Vec<Vec<u32>> = by_grain
            .iter()
            .map(|spans| {
                let start = (offset > 0).then_some(offset);
                let ends = spans.iter().map(|&(_, last)| offset + last + 1);
                start.into_iter().chain(ends).collect()
            })
            .collect();
        let partitions: Vec<&[u32]> = ends.iter().map(Vec::as_slice).collect();
        let decoded = decoder.period_variances(offset + known, &partitions);
        let mut variances = HashMap::new();
        for (spans, nodes) in by_grain.iter().zip(&decoded.nodes) {
            let past = usize::from(offset > 0);
            variances.extend(spans.iter().copied().zip(nodes.iter().skip(past).copied()));
        }
        let to_date: Vec<Span> = to_date(window, known).collect();
        variances.extend(to_date.iter().copied().zip(decoded.prefixes.iter().copied()));
        let read = by_grain.iter().flatten().chain(&to_date).copied().collect();
        for (first, last) in window.cut(&read) {
            let variance = decoder.variance(&[(offset + first, offset + last, 1)]);
            variances.insert((first, last), variance);
        }
        let variances_from = |first| (first, decoder.variances_since(first, offset + known));
        let mut since: BTreeMap<u32, Vec<f64>> =
            openings.steps().into_iter().map(variances_from).collect();
        since.insert(0, decoded.prefixes);
        let run = (offset > 0).then(|| RunVariances {
            recursion: recursion.clone(),
            variance: price.variance,
            known: Mutex::default(),
        });
        Ok(Self { sums, before, earlier: sums_before, offset, variances, base: 0.0, since, run })
    }

    /// The sum of some steps of the run of one coordinate of a table: from the first, with the
    /// base, or from one at which some code opens.
    pub(super) fn of_run(&self, coordinate: usize, steps: Range<u32>) -> i64 {
        let upto = |step: u32| match step.checked_sub(self.offset) {
            Some(step) => {
                self.before[coordinate].saturating_add(self.sums[coordinate][step as usize])
            }
            None => self.earlier.get(&step).map_or(0, |sums| sums[coordinate]),
        };
        let before = if steps.start == 0 { 0 } else { upto(steps.start) };
        upto(steps.end).saturating_sub(before)
    }

    /// The covariance of the sums over two spans of steps of the window, of which the second is
    /// the same as the first or later; `None` if a variance that it follows from is not known.
    pub(super) fn covariance(&self, [one, other]: [Span; 2]) -> Option<f64> {
        if one == other {
            return self.variances.get(&one).copied();
        }
        covariance([one.0..one.1 + 1, other.0..other.1 + 1], |steps| {
            self.variances.get(&(steps.start, steps.end - 1)).copied()
        })
    }

    /// Whether the run began before the window.
    pub(super) fn goes_on(&self) -> bool {
        self.run.is_some()
    }

    /// The covariance of the sums over two ranges of steps of a run that goes on, of which the
    /// second is the same as the first or later.
    pub(super) fn run_covariance(&self, [one, other]: [Range<u32>; 2]) -> f64 {
        let Some(run) = &self.run else { return 0.0 };
        if one.is_empty() || other.is_empty() {
            return 0.0;
        }
        if one == other {
            return run.of(&one);
        }
        covariance([one, other], |steps| Some(run.of(&steps))).unwrap_or(0.0)
    }

    /// The covariance of what two ranges of steps of the run, of which the second is the same as
    /// the first or later, have added to the level after a step of the window; `None` if the second
    /// has not begun.
    pub(super) fn level_covariance(
        &self,
        [one, other]: &[Range<u32>; 2],
        step: u32,
    ) -> Option<f64> {
        let end = self.offset + step + 1;
        if other.start >= end {
            return None;
        }
        let since = |steps: Range<u32>| {
            let sums = self.since.get(&steps.start)?;
            sums.get((steps.end - 1 - steps.start) as usize).copied()
        };
        if one == other {
            let base = if one.start == 0 { self.base } else { 0.0 };
            return Some(since(one.start..one.end.min(end))? + base);
        }
        covariance([one.clone(), other.start..other.end.min(end)], since)
    }
}

/// The covariance of the sums over two ranges of steps, the second after the first, from the
/// variances of sums without a gap.
fn covariance(
    [one, other]: [Range<u32>; 2],
    variance: impl Fn(Range<u32>) -> Option<f64>,
) -> Option<f64> {
    let of = |steps: Range<u32>| if steps.is_empty() { Some(0.0) } else { variance(steps) };
    let outer = of(one.start..other.end)? + of(one.end..other.start)?;
    Some((outer - of(one.start..other.start)? - of(one.end..other.end)?) / 2.0)
}

/// Running sums: the sum of the first n steps at place n.
pub(super) fn running(steps: &[i64]) -> Vec<i64> {
    let mut sum = 0i64;
    std::iter::once(0)
        .chain(steps.iter().map(|step| {
            sum = sum.saturating_add(*step);
            sum
        }))
        .collect()
}

/// The levels of a base, in thousandths, and the variance of one of them; for a residual, of one of
/// multiple 1.
fn estimate_base(price: &Price, values: &[i64]) -> Result<(Vec<i64>, f64), Error> {
    let Scheme::Nodes { strategy, .. } = &price.scheme else { return Err(Error::Estimate) };
    let estimator = Estimator::new(strategy, 1).map_err(|_| Error::Estimate)?;
    let level = |&value: &i64| {
        let levels = estimator.steps_milli(&[value]).map_err(|_| Error::Estimate)?;
        levels.first().copied().ok_or(Error::Estimate)
    };
    let levels = values.iter().map(level).collect::<Result<_, _>>()?;
    Ok((levels, estimator.variance(&[(0, 0, 1)]) * price.variance.as_f64()))
}

/// Every span of known steps that some period needs: the part of each period that lies in the
/// window.
fn spans(window: &ReleasedWindow, known: u32) -> BTreeSet<Span> {
    spans_by_grain(window, known).into_iter().flatten().collect()
}

/// The spans from the first step of a window to each known one, if they are read.
/// They begin where the run does: one that goes on over windows counts persons present, of whom no
/// sum is read.
fn to_date(window: &ReleasedWindow, known: u32) -> impl Iterator<Item = Span> {
    (0..known).filter(|_| window.is_read_to_date).map(|last| (0, last))
}

/// The known spans of each grain, in order of time; those of one grain have no gaps.
fn spans_by_grain(window: &ReleasedWindow, known: u32) -> Vec<Vec<Span>> {
    let steps = &window.steps[..known as usize];
    let Some(step) = steps.first() else { return vec![] };
    let of_grain = |grain| {
        let mut spans = Vec::new();
        let mut first = 0;
        for last in 0..known {
            let period = containing(grain, steps[last as usize]);
            let next = window.steps.get(last as usize + 1);
            if next.is_none_or(|&next| containing(grain, next) != period) {
                spans.push((first, last));
                first = last + 1;
            }
        }
        spans
    };
    grains(step.grain()).into_iter().map(of_grain).collect()
}

/// The period of a grain that contains a step.
fn containing(grain: Grain, step: Period) -> Period {
    step.within(grain)
}
