//! Estimates of one dataflow within one window: what the measurements released so far say.
//!
//! Not here: the mathematics (crate `privacy`), and which periods a reader sees
//! ([`crate::answer`]).
//!
//! The measurements of a stream that are known give each step of each cell in thousandths: those
//! of nodes are taken together by least squares, those of a recursion are decoded. From there on
//! there are only sums of integers: a period is the sum of its steps, a total the sum of its
//! cells, a level the base and the sum of the changes since. So parts always add up to their
//! whole, to the last thousandth. Of a balance, arrivals are half the sum of turnover and net,
//! rounded down, and departures are arrivals less net: the level rises by exactly their difference.
//!
//! Invariants:
//! 1. Sums over steps and cells are exact (`tests::days_add_up_to_every_longer_period`,
//!    `tests::cells_add_up_to_the_total`).
//! 2. A variance is a sum over cells, which carry independent noise
//!    (`tests::the_variance_of_a_total_is_the_sum_over_its_cells`).
//! 3. The same measurements make the same figures, bit for bit, on every host: floating point
//!    takes part with + - * / and square root only, in a fixed order.
//! 4. A level changes by arrivals less departures (`tests::balance::the_balance_holds_exactly`).

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tidegauge_ledger::{Part, Price, Scheme};
use tidegauge_model::{Grain, Period};
use tidegauge_privacy::{Decoder, Estimator, Node, Recursion};

use crate::catalogue::Window;
use crate::error::Error;
use crate::key::{Indicator, grains};

/// What is known of one dataflow in one window after so many of its steps.
#[derive(Debug)]
pub struct Figures {
    streams: Vec<(Part, Stream)>,
    /// For each cell of a balance, the arrivals of the first n steps, in thousandths, at place n.
    arrivals: Vec<Vec<i64>>,
    /// For each cell, the level before the run's first step, in thousandths; empty without one.
    base: Vec<i64>,
    /// The variance of the base of one cell, in persons squared; 0 without a base.
    base_variance: f64,
}

/// What is known of one stream in one window.
#[derive(Debug)]
struct Stream {
    /// For each cell, the sum of the first n steps of the window, in thousandths, at place n.
    sums: Vec<Vec<i64>>,
    /// For each cell, the sum of the steps of the run before the window, in thousandths.
    before: Vec<i64>,
    /// The variance of a sum of steps of one cell, in persons squared.
    variances: HashMap<Span, f64>,
    /// The variance of the sum from the run's first step to each step of the window.
    levels: Vec<f64>,
}

/// Steps `first` to `last` of a window, both included.
pub type Span = (u32, u32);

impl Figures {
    /// The estimates from the first `known` steps of the last of these windows, which are those of
    /// one dataflow from its first on.
    ///
    /// Errors: measurements that are absent, or too large for a figure.
    pub fn estimate(windows: &[Arc<Window>], known: u32) -> Result<Self, Error> {
        let window = windows.last().ok_or(Error::Estimate)?;
        let mut streams = Vec::new();
        let mut base = None;
        for price in window.streams() {
            let begins = |window: &Arc<Window>| window.steps.first() == Some(&price.begins);
            let run = windows.iter().position(begins).ok_or(Error::Estimate)?;
            let run = &windows[run..];
            base = base.or(run[0].base());
            let stream = match &price.scheme {
                Scheme::Nodes { strategy, .. } => {
                    let estimator = Estimator::new(strategy, known).map_err(|_| Error::Estimate)?;
                    Stream::by_least_squares(window, price, &estimator, known)?
                }
                Scheme::Recursion(recursion) => Stream::decoded(run, price, recursion, known)?,
            };
            streams.push((price.part, stream));
        }
        let (base, base_variance) = match base {
            None => (vec![], 0.0),
            Some((price, values)) => estimate_base(price, values)?,
        };
        let arrivals = arrivals(&streams);
        Ok(Self { streams, arrivals, base, base_variance })
    }

    /// The figures of an indicator for several cells taken together.
    pub fn together(&self, indicator: Indicator, cells: &[usize]) -> Together<'_> {
        let add = |of: &[Vec<i64>]| {
            let mut total = vec![0i64; of.first().map_or(0, Vec::len)];
            for &cell in cells {
                for (sum, part) in total.iter_mut().zip(&of[cell]) {
                    *sum = sum.saturating_add(*part);
                }
            }
            total
        };
        let main = &self.streams[0].1;
        let mut sums = match indicator {
            Indicator::Arrivals | Indicator::Departures => add(&self.arrivals),
            _ => add(&main.sums),
        };
        if indicator == Indicator::Departures {
            for (sum, net) in sums.iter_mut().zip(add(&main.sums)) {
                *sum = sum.saturating_sub(net);
            }
        }
        let at = |cell: &usize| {
            let base = self.base.get(*cell).copied().unwrap_or(0);
            base.saturating_add(main.before[*cell])
        };
        let before = cells.iter().map(at).fold(0, i64::saturating_add);
        // Exact: a structure has at most a million cells.
        Together { figures: self, indicator, sums, before, cells: cells.len() as f64 }
    }

    /// The variance of a sum of steps of one cell.
    fn variance(&self, indicator: Indicator, span: Span) -> Option<f64> {
        let of = |(_, stream): &(Part, Stream)| stream.variances.get(&span).copied();
        let sum = self.streams.iter().map(of).sum::<Option<f64>>()?;
        match indicator {
            Indicator::Arrivals | Indicator::Departures => Some(sum / 4.0),
            _ => Some(sum),
        }
    }
}

impl Stream {
    fn by_least_squares(
        window: &Window,
        price: &Price,
        estimator: &Estimator,
        known: u32,
    ) -> Result<Self, Error> {
        let mut sums = Vec::with_capacity(window.cells);
        for cell in 0..window.cells {
            let measured =
                estimator.nodes().iter().map(|node| window.measured(price.part, node, cell));
            let measured: Vec<i64> = measured.collect::<Option<_>>().ok_or(Error::Estimate)?;
            let steps = estimator.steps_milli(&measured).map_err(|_| Error::Estimate)?;
            sums.push(running(&steps));
        }
        let sigma_squared = price.variance.as_f64();
        let variance = |span: Span| estimator.variance(&[(span.0, span.1, 1)]) * sigma_squared;
        let stock = window.base().is_some();
        // Levels are asked for of a stock alone; the sums of a flow, of everything else.
        let levels =
            if stock { (0..known).map(|last| variance((0, last))).collect() } else { vec![] };
        let spans = if stock { BTreeSet::new() } else { spans(window, known) };
        let variances = spans.into_iter().map(|span| (span, variance(span))).collect();
        Ok(Self { sums, before: vec![0; window.cells], variances, levels })
    }

    /// `run` are the windows from the run's first on.
    fn decoded(
        run: &[Arc<Window>],
        price: &Price,
        recursion: &Recursion,
        known: u32,
    ) -> Result<Self, Error> {
        let (window, earlier) = run.split_last().ok_or(Error::Estimate)?;
        let decoder = Decoder::new(recursion, price.variance);
        // Fits: a run has at most 2^15 steps.
        let offset: u32 = earlier.iter().map(|window| window.steps.len() as u32).sum();
        let (mut sums, mut before) = (Vec::new(), Vec::new());
        for cell in 0..window.cells {
            let of = |window: &Arc<Window>, steps: u32| -> Option<Vec<i64>> {
                let node = |step| Node { level: 0, number: step, first: step, last: step };
                (0..steps).map(|step| window.measured(price.part, &node(step), cell)).collect()
            };
            let mut measured = Vec::new();
            for window in earlier {
                measured.extend(of(window, window.steps.len() as u32).ok_or(Error::Estimate)?);
            }
            measured.extend(of(window, known).ok_or(Error::Estimate)?);
            let steps = decoder.steps_milli(&measured).map_err(|_| Error::Estimate)?;
            let (past, now) = steps.split_at(offset as usize);
            before.push(past.iter().fold(0, |sum: i64, step| sum.saturating_add(*step)));
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
        let spread = decoder.spread(offset + known, &partitions);
        let mut variances = HashMap::new();
        for (spans, nodes) in by_grain.iter().zip(&spread.nodes) {
            let past = usize::from(offset > 0);
            variances.extend(spans.iter().copied().zip(nodes.iter().skip(past).copied()));
        }
        let levels = spread.prefixes[offset as usize..].to_vec();
        Ok(Self { sums, before, variances, levels })
    }
}

/// For each cell of a balance, the running sums of its arrivals.
fn arrivals(streams: &[(Part, Stream)]) -> Vec<Vec<i64>> {
    let [(Part::Net, net), (Part::Turnover, turnover)] = streams else { return vec![] };
    let steps = |sums: &[i64]| -> Vec<i64> {
        sums.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect()
    };
    let cells = net.sums.iter().zip(&turnover.sums);
    cells
        .map(|(net, turnover)| {
            let halves = steps(net).into_iter().zip(steps(turnover));
            let halves = halves.map(|(net, turnover)| turnover.saturating_add(net).div_euclid(2));
            running(&halves.collect::<Vec<_>>())
        })
        .collect()
}

/// Several cells of a window, taken together.
#[derive(Debug)]
pub struct Together<'a> {
    figures: &'a Figures,
    indicator: Indicator,
    sums: Vec<i64>,
    /// The level before the window's first step, in thousandths.
    before: i64,
    cells: f64,
}

impl Together<'_> {
    /// The sum over steps, in thousandths, and its variance. `None` where a step is not known.
    pub fn sum(&self, (first, last): Span) -> Option<(i64, f64)> {
        let until = self.sums.get(last as usize + 1)?;
        let variance = self.figures.variance(self.indicator, (first, last))?;
        Some((until - self.sums.get(first as usize)?, variance * self.cells))
    }

    /// The level after a step, in thousandths, and its variance.
    pub fn level(&self, step: u32) -> Option<(i64, f64)> {
        let change = self.sums.get(step as usize + 1)?;
        let variance = self.figures.streams[0].1.levels.get(step as usize)?;
        let variance = (variance + self.figures.base_variance) * self.cells;
        Some((self.before.saturating_add(*change), variance))
    }
}

fn running(steps: &[i64]) -> Vec<i64> {
    let mut sum = 0i64;
    std::iter::once(0)
        .chain(steps.iter().map(|step| {
            sum = sum.saturating_add(*step);
            sum
        }))
        .collect()
}

/// The levels of a base, in thousandths, and the variance of one of them.
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
fn spans(window: &Window, known: u32) -> BTreeSet<Span> {
    spans_by_grain(window, known).into_iter().flatten().collect()
}

/// The spans of each grain that are known, in order of time; those of a grain follow each other
/// without gap.
fn spans_by_grain(window: &Window, known: u32) -> Vec<Vec<Span>> {
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

/// The period of a grain that holds a step.
fn containing(grain: Grain, step: Period) -> Period {
    Period::containing(grain, step.first())
}
