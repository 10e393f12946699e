//! One dataflow in one window: its prices and its releases.
//!
//! Not here: reading the ledger ([`super::catalogue`]), estimates ([`crate::estimate`]).
//!
//! Invariants:
//! 1. Only measurements that are due by the plan are shown: one of another part, period, weight or
//!    variance is rejected
//!    (`serve::tests::a_release_that_the_plan_does_not_make_due_is_not_shown`).

use std::collections::BTreeSet;
use std::sync::Arc;

use tidegauge_ledger::{
    Measurement, Part, Price, Release, Slot, late_slots, prices, slots, vintages_due_of,
};
use tidegauge_model::{DataStructure, Dataflow, Measure, Period, Plan, SourceSet};
use tidegauge_privacy::Node;

use super::late::{self, LateCounts, LateSums};
use super::open::{Open, within};
use super::phases::{self, Phase};
use super::silent::SilentSources;
use super::spans::Span;
use crate::error::Error;
use crate::query::decimals::Decimals;
use crate::query::place::place;
use crate::query::series::Pick;

/// One release of one step.
#[derive(Debug)]
struct Released {
    entry: u64,
    /// For each level of a part that ends at this step, the measurements of every cell.
    levels: Vec<(Part, usize, Vec<i64>)>,
}

/// One dataflow in one window: its prices and its releases.
#[derive(Clone, Debug)]
pub struct ReleasedWindow {
    /// The window.
    pub period: Period,
    /// All its steps, released or not.
    pub(crate) steps: Vec<Period>,
    /// Cells of the dataflow.
    pub(crate) cells: usize,
    pub(crate) open: Open,
    /// The phases of a table; none for any other dataflow.
    pub(crate) phases: Arc<Vec<Phase>>,
    prices: Arc<Vec<Price>>,
    /// The measurements of each base.
    bases: Vec<(Part, Arc<Vec<i64>>)>,
    releases: Vec<Arc<Released>>,
    /// Later vintages, in the order of the ledger.
    late: Vec<Arc<LateCounts>>,
    /// For each step, the number of its later vintages.
    late_due: Vec<u32>,
    /// The sources that were silent in these releases and vintages.
    pub(crate) silent: SilentSources,
    /// Whether sums from its first step to each other step are read too: of persons who passed a
    /// bound.
    pub(crate) is_read_to_date: bool,
}

impl ReleasedWindow {
    /// The late counts of a series in the first `size` entries of the ledger. If each cell is
    /// measured separately, closed cells are left out.
    ///
    /// Errors: a marginal of a table that is not measured, or residuals too large for a figure.
    pub(crate) fn late_sums(
        &self,
        structure: &DataStructure,
        picks: &[Pick],
        size: u64,
        decimals: Decimals,
    ) -> Result<LateSums, Error> {
        let known: Vec<&LateCounts> =
            self.late.iter().map(|late| &**late).filter(|late| late.entry < size).collect();
        let counts =
            late::sums(&known, &self.prices, &self.open, &self.phases, structure, picks, decimals)?;
        let mut sum = 0;
        let due = self.late_due.iter().map(|due| {
            sum += due;
            sum
        });
        Ok(LateSums { counts, due: std::iter::once(0).chain(due).collect() })
    }

    /// The covariance of the late counts of two series of a table in a span of steps, of those in
    /// the first `size` entries of the ledger.
    ///
    /// Errors: a marginal that is not measured.
    pub(crate) fn late_covariance(
        &self,
        structure: &DataStructure,
        series: [&[Pick]; 2],
        span: Span,
        size: u64,
    ) -> Result<f64, Error> {
        let [one, other] = series.map(|picks| place(structure, picks));
        let mut sum = 0.0;
        for phase in self.phases.iter() {
            let span = within(span, &phase.steps);
            let known = span.map_or(0, |span| self.late_known(span, size));
            if known > 0 {
                // Exact: a window has fewer than 2^16 steps of few vintages.
                sum += known as f64 * late::covariance(&self.prices, &phase.table, &one, &other)?;
            }
        }
        Ok(sum)
    }

    /// The number of late counts of a span of steps in the first `size` entries of the ledger.
    pub(crate) fn late_known(&self, (first, last): Span, size: u64) -> usize {
        let is_meant =
            |late: &&Arc<LateCounts>| late.entry < size && (first..=last).contains(&late.step);
        self.late.iter().filter(is_meant).count()
    }

    /// The parts of spans that figures need where cells are not open all the time, and the spans
    /// do not contain.
    pub(crate) fn cut(&self, spans: &BTreeSet<Span>) -> BTreeSet<Span> {
        match self.phases.is_empty() {
            true => self.open.cut(spans),
            false => phases::cut(&self.phases, spans),
        }
    }

    /// Opens and closes codes by an amended plan.
    ///
    /// Errors: a table with other codes than the dataflow.
    pub(super) fn open_anew(
        &mut self,
        plan: &Plan,
        dataflow: &Dataflow,
    ) -> Result<(), &'static str> {
        self.open = Open::of(plan, dataflow, &self.steps);
        self.phases = Arc::new(phases::phases(plan, dataflow, &self.steps, &self.prices)?);
        Ok(())
    }

    /// The mechanisms of the streams of steps; in a balance the net, then the turnover.
    pub(crate) fn streams(&self) -> impl Iterator<Item = &Price> {
        self.prices.iter().filter(|price| price.is_stream())
    }

    /// The mechanisms, bases first.
    pub fn prices(&self) -> &[Price] {
        &self.prices
    }

    /// The mechanism and the measurements of the base of a stream, if it has one; every residual
    /// has its own.
    pub(crate) fn base(&self, stream: Part) -> Option<(&Price, &[i64])> {
        let base = stream.base()?;
        let (_, values) = self.bases.iter().find(|(part, _)| *part == base)?;
        Some((self.prices.iter().find(|price| price.part == base)?, values))
    }

    /// The measurement of a part at a node for a cell; `None` if the node's last step is not
    /// released.
    pub(crate) fn measured(&self, part: Part, node: &Node, cell: usize) -> Option<i64> {
        let levels = &self.releases.get(node.last as usize)?.levels;
        let is_meant =
            |(released, level, _): &&(Part, usize, _)| *released == part && *level == node.level;
        levels.iter().find(is_meant)?.2.get(cell).copied()
    }

    /// The number of steps released in the first `size` entries of the ledger.
    pub(crate) fn steps_at(&self, size: u64) -> u32 {
        // Fits: a window has fewer than 2^16 steps.
        self.releases.partition_point(|release| release.entry < size) as u32
    }

    /// The ledger index of the release of a step.
    pub(crate) fn entry(&self, step: u32) -> Option<u64> {
        self.releases.get(step as usize).map(|release| release.entry)
    }

    /// The ledger index of every release and every later vintage, each with its step.
    pub(crate) fn states(&self) -> impl Iterator<Item = (u64, Period)> {
        let first = self.releases.iter().zip(&self.steps);
        let late = self.late.iter().map(|late| (late.entry, self.steps[late.step as usize]));
        first.map(|(release, step)| (release.entry, *step)).chain(late)
    }

    /// The first and the last step in a period.
    pub(crate) fn steps_in(&self, period: Period) -> Option<(u32, u32)> {
        let first = self.steps.partition_point(|step| step.start() < period.start());
        let until = period.end();
        let end = self.steps.partition_point(|step| step.start() < until);
        (first < end).then(|| (first as u32, end as u32 - 1))
    }
}

impl ReleasedWindow {
    /// A window without releases, after one whose last level may lack these sources.
    ///
    /// Errors: a window without prices.
    pub(super) fn new(
        plan: &Plan,
        dataflow: usize,
        period: Period,
        silent_before: SourceSet,
    ) -> Result<Self, &'static str> {
        let prices = prices(plan, dataflow, period).map_err(|_| "its window has no price")?;
        if !prices.last().is_some_and(Price::is_stream) {
            return Err("its window has no stream of steps");
        }
        let steps = plan.steps_of(period);
        let late_due = steps.iter().map(|&step| vintages_due_of(plan, dataflow, step)).collect();
        let of_dataflow = &plan.dataflows[dataflow];
        Ok(Self {
            open: Open::of(plan, of_dataflow, &steps),
            phases: Arc::new(phases::phases(plan, of_dataflow, &steps, &prices)?),
            period,
            steps,
            cells: plan.dataflows[dataflow].structure.cells(),
            prices: Arc::new(prices),
            bases: Vec::new(),
            releases: Vec::new(),
            late: Vec::new(),
            late_due,
            is_read_to_date: matches!(of_dataflow.measure, Measure::AtBound { .. }),
            silent: SilentSources::after(silent_before),
        })
    }

    /// The steps that are released.
    pub(super) fn released(&self) -> &[Period] {
        &self.steps[..self.releases.len()]
    }

    /// Whether every step is released.
    pub(super) fn is_complete(&self) -> bool {
        self.releases.len() == self.steps.len()
    }

    /// Takes the measurements of the next step.
    ///
    /// Errors: they are not the ones that are due by the plan.
    pub(super) fn take(
        &mut self,
        plan: &Plan,
        entry: u64,
        step: Period,
        (release, silent): (Release, SourceSet),
    ) -> Result<(), &'static str> {
        if self.steps.get(self.releases.len()) != Some(&step) {
            return Err("its step does not follow the previous step");
        }
        let slots = slots(plan, &self.prices, step);
        let (mut levels, mut bases) = (Vec::new(), Vec::new());
        for (slot, values) in due(slots, release.parts)? {
            if slot.part.is_base() {
                bases.push((slot.part, Arc::new(values)));
            } else {
                levels.push((slot.part, slot.node.level, values));
            }
        }
        let delivering = plan.source_set(plan.delivering(step).map(|source| &*source.id));
        let number = self.releases.len() as u32;
        self.silent.take(number, entry, silent, delivering.unwrap_or_default());
        self.bases.extend(bases);
        self.releases.push(Arc::new(Released { entry, levels }));
        Ok(())
    }

    /// Takes a later vintage of a step that was released.
    pub(super) fn take_late(
        &mut self,
        entry: u64,
        step: Period,
        vintage: u32,
        (release, silent): (Release, SourceSet),
    ) -> Result<(), &'static str> {
        // Fits: a window has fewer than 2^16 steps.
        let number =
            self.steps.binary_search(&step).map_err(|_| "its step is not in its window")? as u32;
        let known = self.late.iter().filter(|late| late.step == number).count();
        let follows = vintage as usize == known + 1 && vintage <= self.late_due[number as usize];
        if !follows || self.releases.len() <= number as usize {
            return Err("its vintage does not follow the previous vintage");
        }
        let measured = due(late_slots(&self.prices, step), release.parts)?;
        self.late.push(Arc::new(LateCounts::new(entry, number, measured)));
        self.silent.take_late(number, entry, silent);
        Ok(())
    }
}

/// The measurements of a file, each with its slot.
///
/// Errors: they are not the ones that are due.
fn due(slots: Vec<Slot>, parts: Vec<Measurement>) -> Result<Vec<(Slot, Vec<i64>)>, &'static str> {
    if slots.len() != parts.len() {
        return Err("its file has the wrong number of measurements");
    }
    let pair = |(slot, measured): (Slot, Measurement)| match slot.differs_from(&measured) {
        None => Ok((slot, measured.values)),
        Some(_) => Err("its file has a measurement that is not due"),
    };
    slots.into_iter().zip(parts).map(pair).collect()
}
