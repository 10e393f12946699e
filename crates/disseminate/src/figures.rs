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
//! Of a table the residuals are decoded as cells are, and every margin is made of their running
//! sums, of a stock with the base of each, so that margins and periods fit each other to the
//! thousandth.
//! Where cells are measured by themselves, what is measured of a structural zero is left out of
//! every sum (module `open`). The margins of a table are not parted so: what is measured of one
//! stays, with its mark.
//!
//! Invariants:
//! 1. Sums over steps and cells are exact (`tests::days_add_up_to_every_longer_period`,
//!    `tests::cells_add_up_to_the_total`).
//! 2. A variance is a sum over cells, which carry independent noise
//!    (`tests::the_variance_of_a_total_is_the_sum_over_its_cells`).
//! 3. The same measurements make the same figures, bit for bit, on every host: floating point
//!    takes part with + - * / and square root only, in a fixed order.
//! 4. A level changes by arrivals less departures (`tests::balance::the_balance_holds_exactly`).
//! 5. Margins of a table fit each other (`tests::table::margins_and_periods_fit_exactly`).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use tidegauge_ledger::{Part, Price, Scheme};
use tidegauge_model::{DataStructure, Grain, Period};
use tidegauge_privacy::{Decoder, Estimator, Level, Node, Recursion};

use crate::catalogue::Window;
use crate::error::Error;
use crate::key::{Indicator, Pick, cells, grains};
use crate::margin::{self, Margins, Place};
use crate::open::{Open, Opening, Openings, within};

/// What is known of one dataflow in one window after so many of its steps.
#[derive(Debug)]
pub struct Figures {
    streams: Vec<(Part, Stream)>,
    /// For each cell of a balance, the arrivals of the first n steps, in thousandths, at place n.
    arrivals: Vec<Vec<i64>>,
    table: Option<Margins>,
    open: Open,
    openings: Openings,
}

/// What is known of one stream in one window.
#[derive(Debug)]
pub(crate) struct Stream {
    /// For each cell or coordinate, the sum of the first n steps of the window, in thousandths, at
    /// place n.
    pub(crate) sums: Vec<Vec<i64>>,
    /// For each cell, the sum of the open steps of the run before the window, of a level with the
    /// base that it goes on from, in thousandths.
    pub(crate) before: Vec<i64>,
    /// The variance of a sum of steps of one cell, in persons squared; of a residual, that of a
    /// coordinate of multiple 1.
    pub(crate) variances: HashMap<Span, f64>,
    /// The variance of the sum from the run's first step to each step of the window, of a level
    /// with that of the base.
    levels: Vec<f64>,
    /// By the step of the run at which some cell opens, the variance of the sum from it to each
    /// step of the window; `None` before it.
    since: BTreeMap<u32, Vec<Option<f64>>>,
}

/// Every step of a window.
const ALL: Range<u32> = 0..u32::MAX;

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
        let table = Margins::of(window);
        let mut openings = Openings::default();
        for price in window.streams() {
            let begins = |window: &Arc<Window>| window.steps.first() == Some(&price.begins);
            let run = windows.iter().position(begins).ok_or(Error::Estimate)?;
            let run = &windows[run..];
            let base = run[0].base(price.part);
            // The margins of a table are not parted: what is measured of a closed cell stays.
            if base.is_some() && table.is_none() {
                openings = Openings::of(run.iter().map(|one| &one.open), window.cells);
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
        let open = window.open.clone();
        Ok(Self { streams, arrivals, table, open, openings })
    }

    /// The figures of an indicator for a series.
    ///
    /// Errors: of a table, a margin that is not measured, or residuals too large for a figure.
    pub fn together(
        &self,
        indicator: Indicator,
        structure: &DataStructure,
        picks: &[Pick],
    ) -> Result<Together<'_>, Error> {
        match &self.table {
            Some(table) => {
                let together =
                    self.of_margin(table, indicator, &margin::place(structure, picks))?;
                if !self.open.is_limited() {
                    return Ok(together);
                }
                let open = self.open.groups(&cells(structure, picks)).into_iter();
                Ok(Together { open: open.map(|(steps, _)| steps).collect(), ..together })
            }
            None => Ok(self.of_cells(indicator, &cells(structure, picks))),
        }
    }

    /// A cell of a margin: its residuals count in its variance as the table says.
    fn of_margin(
        &self,
        table: &Margins,
        indicator: Indicator,
        place: &Place,
    ) -> Result<Together<'_>, Error> {
        let (sums, coefficients) = table.cell(&self.streams, place)?;
        let stream = |(part, coefficient)| {
            let found = self.streams.iter().find(|(of, _)| *of == part);
            found.map(|(_, stream)| (coefficient, ALL, stream)).ok_or(Error::Estimate)
        };
        let streams: Vec<(f64, Range<u32>, &Stream)> =
            coefficients.into_iter().map(stream).collect::<Result<_, _>>()?;
        let of_level =
            |(coefficient, _, stream): &(f64, _, _)| (*coefficient, Opening::Start, *stream);
        let levels = streams.iter().map(of_level).collect();
        Ok(Together { indicator, sums, before: 0, streams, levels, open: vec![ALL] })
    }

    /// Several cells taken together.
    fn of_cells(&self, indicator: Indicator, cells: &[usize]) -> Together<'_> {
        let add = |of: &[Vec<i64>]| {
            let mut total = vec![0i64; of.first().map_or(0, Vec::len)];
            for &cell in cells {
                let steps = self.open.steps(cell);
                if steps.start == 0 && steps.end as usize + 1 >= total.len() {
                    for (sum, part) in total.iter_mut().zip(&of[cell]) {
                        *sum = sum.saturating_add(*part);
                    }
                    continue;
                }
                let at = |n: u32| of[cell].get(n as usize).copied().unwrap_or(0);
                let before = at(steps.start);
                for (n, sum) in (0..).zip(&mut total) {
                    let part = at(steps.end.min(steps.start.max(n)));
                    *sum = sum.saturating_add(part.saturating_sub(before));
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
        let before = cells.iter().map(|&cell| main.before[cell]).fold(0, i64::saturating_add);
        let groups = self.open.groups(cells);
        let mut streams = Vec::with_capacity(self.streams.len() * groups.len());
        for (_, stream) in &self.streams {
            for (steps, count) in &groups {
                // Exact: a structure has at most a million cells.
                let coefficient = match indicator {
                    Indicator::Arrivals | Indicator::Departures => *count as f64 / 4.0,
                    _ => *count as f64,
                };
                streams.push((coefficient, steps.clone(), stream));
            }
        }
        let open = groups.into_iter().map(|(steps, _)| steps).collect();
        // Of a balance a level rests on the net alone. Exact: as above.
        let levels = self.openings.groups(cells).into_iter();
        let levels = levels.map(|(opening, count)| (count as f64, opening, main)).collect();
        Together { indicator, sums, before, streams, levels, open }
    }
}

impl Stream {
    fn by_least_squares(
        window: &Window,
        price: &Price,
        estimator: &Estimator,
        (known, openings): (u32, &Openings),
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
        let stock = window.base(price.part).is_some();
        // Levels are asked for of a stock alone; the sums of a flow, of everything else.
        let levels =
            if stock { (0..known).map(|last| variance((0, last))).collect() } else { vec![] };
        let mut spans = if stock { BTreeSet::new() } else { spans(window, known) };
        spans.extend(window.open.cut(&spans));
        let variances = spans.into_iter().map(|span| (span, variance(span))).collect();
        let since = openings.steps().into_iter().map(|first| {
            let to = |last| (first <= last).then(|| variance((first, last)));
            (first, (0..known).map(to).collect())
        });
        let since = since.collect();
        Ok(Self { sums, before: vec![0; window.cells], variances, levels, since })
    }

    /// Lets the level of a run begin with its base, of the cells that are open from its first step.
    fn begin_from(
        &mut self,
        base: &Price,
        values: &[i64],
        openings: &Openings,
    ) -> Result<(), Error> {
        let (levels, variance) = estimate_base(base, values)?;
        for (cell, (before, level)) in self.before.iter_mut().zip(levels).enumerate() {
            if openings.at(cell) == Opening::Start {
                *before = before.saturating_add(level);
            }
        }
        self.levels.iter_mut().for_each(|level| *level += variance);
        Ok(())
    }

    /// One sum a period, each by itself; the running sums stand still within a period.
    fn of_periods(
        window: &Window,
        price: &Price,
        (level, grain): (&Level, Grain),
        known: u32,
    ) -> Result<Self, Error> {
        let nodes = (0..known).filter_map(|step| level.completed_at(0, step));
        let nodes: Vec<Node> = nodes.collect();
        let of = |value: usize| -> Result<Vec<i64>, Error> {
            let mut steps = vec![0i64; known as usize];
            for node in &nodes {
                let measured = window.measured(price.part, node, value).ok_or(Error::Estimate)?;
                let milli = measured.checked_mul(1000).ok_or(Error::Estimate)?;
                steps[node.last as usize] = milli;
            }
            Ok(running(&steps))
        };
        let sums = (0..price.over.values()).map(of).collect::<Result<_, _>>()?;
        let variance = price.variance.as_f64();
        let whole = |&(first, last): &Span| {
            let inside = nodes.iter().filter(|node| node.first >= first && node.last <= last);
            // Exact: a window has fewer than 2^16 periods.
            variance * inside.count() as f64
        };
        let spans = spans_by_grain(window, known);
        let step = window.steps.first().map_or(grain, |step| step.grain());
        let read = grains(step).into_iter().zip(spans).filter(|(read, _)| grain.divides(*read));
        let variances = read.flat_map(|(_, spans)| spans).map(|span| (span, whole(&span)));
        let before = vec![0; price.over.values()];
        let (variances, since) = (variances.collect(), BTreeMap::new());
        Ok(Self { sums, before, variances, levels: vec![], since })
    }

    /// `run` are the windows from the run's first on.
    fn decoded(
        run: &[Arc<Window>],
        price: &Price,
        recursion: &Recursion,
        (known, openings): (u32, &Openings),
    ) -> Result<Self, Error> {
        let (window, earlier) = run.split_last().ok_or(Error::Estimate)?;
        let decoder = Decoder::new(recursion, price.variance);
        // Fits: a run has at most 2^18 steps.
        let offset: u32 = earlier.iter().map(|window| window.steps.len() as u32).sum();
        let (mut sums, mut before) = (Vec::new(), Vec::new());
        for cell in 0..price.over.values() {
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
            let past = match openings.at(cell) {
                Opening::Start => past,
                Opening::Step(first) => past.get(first as usize..).unwrap_or_default(),
                Opening::Never => &[],
            };
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
        for (first, last) in window.open.cut(&by_grain.iter().flatten().copied().collect()) {
            let variance = decoder.variance(&[(offset + first, offset + last, 1)]);
            variances.insert((first, last), variance);
        }
        let levels = spread.prefixes[offset as usize..].to_vec();
        let since = openings.steps().into_iter().map(|first| {
            let of_run = decoder.since(first, offset + known);
            let to = |last: u32| of_run.get((offset + last).checked_sub(first)? as usize).copied();
            (first, (0..known).map(to).collect())
        });
        let since = since.collect();
        Ok(Self { sums, before, variances, levels, since })
    }

    /// The variance of the sum from an opening to a step of the window; `None` before it.
    fn level_variance(&self, opening: Opening, step: u32) -> Option<f64> {
        match opening {
            Opening::Start => self.levels.get(step as usize).copied(),
            Opening::Step(first) => self.since.get(&first)?.get(step as usize).copied()?,
            Opening::Never => None,
        }
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

/// One series of a window.
#[derive(Debug)]
pub struct Together<'a> {
    /// What the series tells.
    pub indicator: Indicator,
    sums: Vec<i64>,
    /// The level before the window's first step, in thousandths, where the sums are without it.
    before: i64,
    /// What the variance of each stream counts in that of the series, over which steps.
    streams: Vec<(f64, Range<u32>, &'a Stream)>,
    /// What the variance of each stream counts in that of a level, from which opening on.
    levels: Vec<(f64, Opening, &'a Stream)>,
    /// The steps in which its cells are open, each range once.
    open: Vec<Range<u32>>,
}

impl Together<'_> {
    /// The sum over steps, in thousandths, and its variance. `None` where a step is not known, or
    /// no such sum is measured.
    pub fn sum(&self, (first, last): Span) -> Option<(i64, f64)> {
        let until = self.sums.get(last as usize + 1)?;
        let of = |(coefficient, steps, stream): &(f64, Range<u32>, &Stream)| {
            let Some(span) = within((first, last), steps) else { return Some(0.0) };
            Some(coefficient * stream.variances.get(&span)?)
        };
        let variance = self.streams.iter().map(of).sum::<Option<f64>>()?;
        Some((until - self.sums.get(first as usize)?, variance))
    }

    /// Whether no cell of the series is open in any step of a span.
    pub fn is_closed(&self, span: Span) -> bool {
        self.open.iter().all(|steps| within(span, steps).is_none())
    }

    /// The level after a step, in thousandths, and its variance.
    pub fn level(&self, step: u32) -> Option<(i64, f64)> {
        let change = self.sums.get(step as usize + 1)?;
        let of = |(coefficient, opening, stream): &(f64, Opening, &Stream)| {
            stream.level_variance(*opening, step).map_or(0.0, |variance| coefficient * variance)
        };
        let variance = self.levels.iter().map(of).sum();
        Some((self.before.saturating_add(*change), variance))
    }

    /// Whether no cell of a level is open yet after a step.
    pub fn is_unopened(&self, step: u32) -> bool {
        self.levels.iter().all(|(_, opening, of)| of.level_variance(*opening, step).is_none())
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

/// The levels of a base, in thousandths, and the variance of one of them; of a residual, of one of
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
    step.within(grain)
}
