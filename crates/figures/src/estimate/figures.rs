//! Estimates of one dataflow within one window, from the measurements released so far.
//!
//! Not here: the mathematics (crate `privacy`), and which periods a reader sees
//! ([`crate::answer`]).
//!
//! The known measurements of a stream give each step of each cell in thousandths: those of nodes
//! are combined by least squares, those of a recursion are decoded. After that there are only sums
//! of integers: a period is the sum of its steps, a total the sum of its cells, a level the base
//! and the sum of the changes since. So parts always add up to their whole, to the last thousandth.
//! In a balance, arrivals are half the sum of turnover and net, rounded down, and departures are
//! arrivals less net: the level rises by exactly their difference. The residuals of a table are
//! decoded as cells are, and every marginal is made of their running sums (in a stock with the base
//! of each), so that marginals and periods fit each other exactly. In a table of a balance levels
//! and arrivals are made in this way, and departures are arrivals less the change of the level.
//! Figures that are whole numbers are made in the same way: each running sum of a cell (a level
//! with its base) and each corner of a table is rounded to 1 instead of 0.001, and figures are sums
//! and differences of these (`query/decimals.proof.md`).
//! The measurements of a structural zero are left out of every sum (module `open`); in a table, the
//! noise on closed codes (module `phases`).
//!
//! Invariants:
//! 1. Sums over steps and cells are exact (`serve::tests::days_add_up_to_every_longer_period`,
//!    `serve::tests::cells_add_up_to_the_total`).
//! 2. A variance is a sum over cells, which have independent noise
//!    (`serve::tests::the_variance_of_a_total_is_the_sum_over_its_cells`).
//! 3. The same measurements make the same figures, bit for bit, on every host: floating point
//!    takes part with + - * / and square root only, in a fixed order.
//! 4. A level changes by arrivals less departures
//!    (`serve::tests::balance::the_balance_holds_exactly`).
//! 5. Marginals of a table fit each other
//!    (`serve::tests::table::marginals_and_periods_fit_exactly`).

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use tidegauge_ledger::{Part, Scheme};
use tidegauge_model::DataStructure;
use tidegauge_privacy::Estimator;

use super::marginal::{Marginals, NoiseOfPart};
use super::stream::{Stream, running};
use crate::catalogue::open::{NEVER, Open, Openings, within};
use crate::catalogue::phases;
use crate::catalogue::spans::Span;
use crate::catalogue::window::ReleasedWindow;
use crate::error::Error;
use crate::query::decimals::Decimals;
use crate::query::place;
use crate::query::series::{Indicator, Pick, cells};

/// The estimates of one dataflow in one window after some of its steps.
#[derive(Debug)]
pub(crate) struct WindowFigures {
    streams: Vec<(Part, Stream)>,
    /// For each cell of a balance, the arrivals of the first n steps, in thousandths, at place n.
    arrivals: Vec<Vec<i64>>,
    table: Option<Marginals>,
    open: Open,
    openings: Openings,
}

impl WindowFigures {
    /// The estimates from the first `known` steps of the last of these windows, which are all of
    /// one dataflow up to it.
    ///
    /// Errors: measurements that are absent, or too large for a figure.
    pub(crate) fn estimate(windows: &[Arc<ReleasedWindow>], known: u32) -> Result<Self, Error> {
        let window = windows.last().ok_or(Error::Estimate)?;
        let mut streams = Vec::new();
        let mut openings = Openings::default();
        for price in window.streams() {
            let begins = |window: &Arc<ReleasedWindow>| window.steps.first() == Some(&price.begins);
            let run_start = windows.iter().position(begins).ok_or(Error::Estimate)?;
            let run = &windows[run_start..];
            let base = run[0].base(price.part);
            if base.is_some() {
                openings = match window.phases.is_empty() {
                    true => Openings::of(run.iter().map(|window| &window.open), window.cells),
                    false => {
                        let phases = run.iter().map(|window| &window.phases[..]);
                        Openings::of_table(phases::of_run(phases))
                    }
                };
            }
            let mut stream = match &price.scheme {
                Scheme::Nodes { strategy, .. } => {
                    let estimator = Estimator::new(strategy, known).map_err(|_| Error::Estimate)?;
                    Stream::by_least_squares(window, price, &estimator, (known, &openings))?
                }
                Scheme::Periods { level, grain } => {
                    Stream::of_periods(window, price, (level, *grain), known)?
                }
                Scheme::Recursion(recursion) => {
                    Stream::decoded(run, price, recursion, (known, &openings))?
                }
            };
            if let Some((base, values)) = base {
                stream.begin_from(base, values, &openings)?;
            }
            streams.push((price.part, stream));
        }
        let arrivals = arrivals(&streams);
        let table = Marginals::of(window, openings.phases.clone());
        Ok(Self { streams, arrivals, table, open: window.open.clone(), openings })
    }

    /// The figures of an indicator for a series.
    ///
    /// Errors: a marginal of a table that is not measured, or residuals too large for a figure.
    pub(crate) fn series_figures(
        &self,
        indicator: Indicator,
        structure: &DataStructure,
        picks: &[Pick],
        decimals: Decimals,
    ) -> Result<SeriesFigures<'_>, Error> {
        match &self.table {
            Some(table) => self.of_marginal(table, indicator, (structure, picks), decimals),
            None => self.of_cells(indicator, &cells(structure, picks), decimals),
        }
    }

    /// A cell of a marginal. Its variance is that of its residuals, weighted as the table says.
    fn of_marginal(
        &self,
        table: &Marginals,
        indicator: Indicator,
        (structure, picks): (&DataStructure, &[Pick]),
        decimals: Decimals,
    ) -> Result<SeriesFigures<'_>, Error> {
        let place = place::place(structure, picks);
        let (sums, noise) = table.cell(&self.streams, indicator, &place, decimals)?;
        let noise = self.noise(noise)?;
        let per_end = place.corners(structure) * indicator.rounded_per_end();
        let mut rounded = vec![];
        for phase in table.phases(indicator) {
            if place.is_open(&phase.table)? {
                rounded.push((per_end, phase.steps.clone()));
            }
        }
        let open = match indicator {
            Indicator::Stock => rounded.iter().map(|(_, steps)| steps.clone()).collect(),
            _ => self.open.ranges(|| cells(structure, picks)),
        };
        let over_run = match self.main()?.goes_on() {
            true => self.noise(table.over_run(indicator, &place)?)?,
            false => vec![],
        };
        let offset = self.main()?.offset;
        Ok(SeriesFigures { decimals, offset, sums, noise, over_run, rounded, open })
    }

    /// The stream of counts, in a balance that of net changes.
    fn main(&self) -> Result<&Stream, Error> {
        self.streams.first().map(|(_, stream)| stream).ok_or(Error::Estimate)
    }

    /// The noise of parts as that of their streams.
    fn noise(&self, parts: Vec<NoiseOfPart>) -> Result<Vec<Noise<'_>>, Error> {
        let noise = |(part, coefficient, steps)| {
            let found = self.streams.iter().find(|(own, _)| *own == part);
            let (_, stream) = found.ok_or(Error::Estimate)?;
            Ok(Noise { coefficient, steps, stream })
        };
        parts.into_iter().map(noise).collect()
    }

    /// The noise that two series of an indicator share in a table; `None` if each cell is measured
    /// separately.
    ///
    /// Errors: a marginal that is not measured.
    pub(crate) fn shared(
        &self,
        structure: &DataStructure,
        indicator: Indicator,
        [one, other]: [&[Pick]; 2],
    ) -> Result<Option<SharedNoise<'_>>, Error> {
        let Some(table) = &self.table else { return Ok(None) };
        let (one, other) = (place::place(structure, one), place::place(structure, other));
        Ok(Some(SharedNoise(self.noise(table.shared(indicator, &one, &other)?)?)))
    }

    /// The sum of several cells.
    fn of_cells(
        &self,
        indicator: Indicator,
        cells: &[usize],
        decimals: Decimals,
    ) -> Result<SeriesFigures<'_>, Error> {
        let main = self.main()?;
        let add = |sums, before| self.rounded_sums((sums, before), cells, decimals);
        let mut sums = match indicator {
            Indicator::Arrivals | Indicator::Departures => add(&self.arrivals, None),
            Indicator::Stock => add(&main.sums, Some(&main.before)),
            Indicator::AtBound | Indicator::Flow => add(&main.sums, None),
        };
        if indicator == Indicator::Departures {
            for (sum, level) in sums.iter_mut().zip(add(&main.sums, Some(&main.before))) {
                *sum = sum.saturating_sub(level);
            }
        }
        let groups: Vec<(Range<u32>, usize)> = match indicator {
            Indicator::Stock => {
                let openings = self.openings.groups(cells).into_iter();
                openings.map(|(first, count)| (first..NEVER, count)).collect()
            }
            _ => self.open.groups(cells),
        };
        // A level of a balance uses the net only.
        let (streams, weight) = match indicator {
            Indicator::Arrivals | Indicator::Departures => (&self.streams[..], 0.25),
            Indicator::Stock => (&self.streams[..1], 1.0),
            _ => (&self.streams[..], 1.0),
        };
        let mut noise = Vec::with_capacity(streams.len() * groups.len());
        for (_, stream) in streams {
            for (steps, count) in &groups {
                // Exact: a structure has at most a million cells.
                let coefficient = *count as f64 * weight;
                noise.push(Noise { coefficient, steps: [steps.clone(), steps.clone()], stream });
            }
        }
        let over_run = match indicator {
            Indicator::Arrivals | Indicator::Departures => self.over_run(cells, main.offset),
            _ => vec![],
        };
        let per_end = indicator.rounded_per_end();
        let rounded = groups.iter().map(|(steps, count)| (*count as f64 * per_end, steps.clone()));
        let rounded = rounded.collect();
        let open = groups.into_iter().map(|(steps, _)| steps).collect();
        let offset = main.offset;
        Ok(SeriesFigures { decimals, offset, sums, noise, over_run, rounded, open })
    }

    /// The noise of arrivals of some cells in streams that go on over windows, by steps of the run.
    fn over_run(&self, cells: &[usize], offset: u32) -> Vec<Noise<'_>> {
        let going_on = || self.streams.iter().filter(|(_, stream)| stream.goes_on());
        let mut groups: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        for &cell in cells.iter().filter(|_| going_on().next().is_some()) {
            let open = self.open.steps(cell);
            if !open.is_empty() {
                *groups.entry((self.openings.at(cell), offset + open.end)).or_default() += 1;
            }
        }
        let noise = |((start, end), count): ((u32, u32), usize)| {
            going_on().map(move |(_, stream)| Noise {
                // Exact: a structure has at most a million cells.
                coefficient: count as f64 * 0.25,
                steps: [start..end, start..end],
                stream,
            })
        };
        groups.into_iter().flat_map(noise).collect()
    }

    /// The running sums of some cells, with what was before the window if it is given: those of
    /// each cell over its open steps, rounded, then added.
    fn rounded_sums(
        &self,
        (sums, before): (&[Vec<i64>], Option<&Vec<i64>>),
        cells: &[usize],
        decimals: Decimals,
    ) -> Vec<i64> {
        let mut total = vec![0i64; sums.first().map_or(0, Vec::len)];
        for &cell in cells {
            let steps = self.open.steps(cell);
            let sum_of_first = |n: u32| sums[cell].get(n as usize).copied().unwrap_or(0);
            let start = before.map_or(0, |before| before[cell]);
            let start = start.saturating_sub(sum_of_first(steps.start));
            for (n, sum) in (0..).zip(&mut total) {
                let part = sum_of_first(steps.end.min(steps.start.max(n)));
                *sum = sum.saturating_add(decimals.rounded(start.saturating_add(part)));
            }
        }
        total
    }
}

/// The noise of a stream in a variance or a covariance: what its sums over two ranges of steps
/// share.
#[derive(Debug)]
struct Noise<'a> {
    coefficient: f64,
    /// Of the window, for a level of the run; the second is the same as the first or later.
    steps: [Range<u32>; 2],
    stream: &'a Stream,
}

impl Noise<'_> {
    /// Its part in a sum over a span of steps; `None` if that is not measured.
    fn sum(&self, span: Span) -> Option<f64> {
        let [one, other] = self.steps.each_ref().map(|steps| within(span, steps));
        let Some((one, other)) = one.zip(other) else { return Some(0.0) };
        Some(self.coefficient * self.stream.covariance([one, other])?)
    }

    /// Its part in a sum over steps of a run that goes on.
    fn over_run(&self, steps: &Range<u32>) -> f64 {
        let inside = |own: &Range<u32>| own.start.max(steps.start)..own.end.min(steps.end);
        self.coefficient * self.stream.run_covariance(self.steps.each_ref().map(inside))
    }

    /// Its part in the level after a step.
    fn level(&self, step: u32) -> f64 {
        let covariance = self.stream.level_covariance(&self.steps, step);
        covariance.map_or(0.0, |covariance| self.coefficient * covariance)
    }
}

/// The noise that two series share.
#[derive(Debug)]
pub(crate) struct SharedNoise<'a>(Vec<Noise<'a>>);

impl SharedNoise<'_> {
    /// The covariance of the two sums over steps; `None` if one of them is not measured.
    pub(crate) fn sum(&self, span: Span) -> Option<f64> {
        self.0.iter().map(|noise| noise.sum(span)).sum()
    }

    /// The covariance of the two levels after a step.
    pub(crate) fn level(&self, step: u32) -> f64 {
        self.0.iter().map(|noise| noise.level(step)).sum()
    }
}

/// For each cell of a balance, the running sums of its arrivals.
fn arrivals(streams: &[(Part, Stream)]) -> Vec<Vec<i64>> {
    let [(Part::Net, net), (Part::Turnover, turnover)] = streams else { return vec![] };
    let steps = |sums: &[i64]| -> Vec<i64> {
        sums.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect()
    };
    let half = |(net, turnover): (i64, i64)| turnover.saturating_add(net).div_euclid(2);
    let cells = net.sums.iter().zip(&turnover.sums);
    cells
        .map(|(net, turnover)| {
            let halves = steps(net).into_iter().zip(steps(turnover)).map(half);
            running(&halves.collect::<Vec<_>>())
        })
        .collect()
}

/// One series of a window: sums over its steps, or for a level over those of the run.
#[derive(Debug)]
pub(crate) struct SeriesFigures<'a> {
    decimals: Decimals,
    /// The number of steps of the run before the window.
    offset: u32,
    /// Running sums by the number of steps, in thousandths, each rounded; for a level, what was
    /// before the window is included.
    sums: Vec<i64>,
    noise: Vec<Noise<'a>>,
    /// The noise of sums over windows in streams that go on, by steps of the run.
    over_run: Vec<Noise<'a>>,
    /// How many rounded sums there are at each end of a period, and over which steps.
    rounded: Vec<(f64, Range<u32>)>,
    /// The steps in which its cells are open, each range once.
    open: Vec<Range<u32>>,
}

impl SeriesFigures<'_> {
    /// The sum over steps, in thousandths, and its variance. `None` if a step is not known, or if
    /// no such sum is measured.
    pub(crate) fn sum(&self, (first, last): Span) -> Option<(i64, f64)> {
        let until = self.sums.get(last as usize + 1)?;
        let noise = self.noise.iter().map(|noise| noise.sum((first, last)));
        let rounded =
            self.rounded.iter().filter(|(_, steps)| within((first, last), steps).is_some());
        let rounded = rounded.fold(0.0, |sum, (count, _)| sum + count);
        let variance = noise.sum::<Option<f64>>()? + 2.0 * rounded * self.decimals.variance();
        Some((until - self.sums.get(first as usize)?, variance))
    }

    /// The steps of the run in a span of the window.
    pub(crate) fn of_run(&self, (first, last): Span) -> Range<u32> {
        self.offset + first..self.offset + last + 1
    }

    /// What the variance of a sum over windows adds to those of its parts, which are given by their
    /// steps of the run: twice their covariances, where a stream goes on. They follow each other,
    /// and the last is in this window.
    pub(crate) fn shared_over_run(&self, parts: &[Range<u32>]) -> f64 {
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return 0.0 };
        let variance = |steps: &Range<u32>| -> f64 {
            self.over_run.iter().map(|noise| noise.over_run(steps)).sum()
        };
        variance(&(first.start..last.end)) - parts.iter().map(variance).sum::<f64>()
    }

    /// Whether no cell of the series is open in any step of a span.
    pub(crate) fn is_closed(&self, span: Span) -> bool {
        self.open.iter().all(|steps| within(span, steps).is_none())
    }

    /// The level after a step, in thousandths, and its variance.
    pub(crate) fn level(&self, step: u32) -> Option<(i64, f64)> {
        let level = *self.sums.get(step as usize + 1)?;
        let variance: f64 = self.noise.iter().map(|noise| noise.level(step)).sum();
        let rounded = self.rounded.iter().filter(|(_, steps)| self.has_begun(steps, step));
        let rounded = rounded.fold(0.0, |sum, (count, _)| sum + count);
        Some((level, variance + rounded * self.decimals.variance()))
    }

    /// Whether no cell of a level is open yet after a step.
    pub(crate) fn is_unopened(&self, step: u32) -> bool {
        !self.open.iter().any(|steps| self.has_begun(steps, step))
    }

    /// Whether some steps of the run have begun after a step of the window.
    fn has_begun(&self, steps: &Range<u32>, step: u32) -> bool {
        steps.start <= self.offset + step
    }
}
