//! Marginals of a table: which can be read at which grain, and their cells.
//!
//! Not here: the mathematics (crate `privacy`, module `residual`), and figures
//! ([`crate::estimate::figures`]).
//!
//! Invariants:
//! 1. A marginal is read at a grain only if each of its residuals is measured at a grain that
//!    divides it (`serve::tests::table::what_is_not_measured_is_not_shown`).
//! 2. Levels of all marginals fit each other at every step, in every window
//!    (`serve::tests::stock_table::levels_fit_exactly`).
//! 3. In a table of a balance the level of every marginal changes by arrivals less departures, in
//!    every period (`serve::tests::balance_table::the_balance_holds_in_every_marginal`).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use tidegauge_ledger::{Measurand, Part, Price};
use tidegauge_model::Grain;
use tidegauge_privacy::residual::{ContingencyTable, MarginalLevels, ResidualValues};

use super::stream::Stream;
use crate::catalogue::phases::{self, Phase};
use crate::catalogue::spans::Span;
use crate::catalogue::window::ReleasedWindow;
use crate::error::Error;
use crate::query::decimals::Decimals;
use crate::query::place::MarginalCell;
use crate::query::series::Indicator;

/// The residuals of a table that a window measures, each with its grain.
#[derive(Debug)]
pub(crate) struct Readable<'a> {
    table: &'a ContingencyTable,
    grains: HashMap<&'a MarginalLevels, Grain>,
    found: HashMap<(Vec<usize>, Grain), bool>,
}

impl<'a> Readable<'a> {
    /// `None` if the dataflow of the window is not a table: then everything can be read.
    pub(crate) fn of(window: &'a ReleasedWindow) -> Option<Self> {
        let measured = |price: &'a Price| match &price.measurand {
            Measurand::Residual(residual) => Some((residual, price.grain())),
            Measurand::Cells(_) => None,
        };
        let measured: Vec<_> = window.streams().filter_map(measured).collect();
        let table = &measured.first()?.0.table;
        let grains =
            measured.iter().map(|(residual, grain)| (&residual.marginal, *grain)).collect();
        Some(Self { table, grains, found: HashMap::new() })
    }

    /// Whether the marginal on these levels can be read at this grain.
    pub(crate) fn at(&mut self, levels: &[usize], grain: Grain) -> bool {
        let key = (levels.to_vec(), grain);
        if let Some(&found) = self.found.get(&key) {
            return found;
        }
        let is_measured = |residual: &MarginalLevels| {
            self.grains.get(residual).is_some_and(|measured| measured.divides(grain))
        };
        let marginal = self.table.marginal(levels);
        let residuals = marginal.and_then(|marginal| self.table.residuals(&[marginal]));
        let readable = residuals.is_ok_and(|residuals| residuals.iter().all(is_measured));
        self.found.insert(key, readable);
        readable
    }
}

/// The marginals of a table, each made from residuals when it is first requested.
#[derive(Debug)]
pub(crate) struct Marginals {
    table: Arc<ContingencyTable>,
    /// The phases of the window.
    phases: Arc<Vec<Phase>>,
    /// For a level the phases of the run, counted from its first step.
    run: Vec<Phase>,
    /// The part that measures each residual; in a balance its net changes.
    parts: HashMap<MarginalLevels, Part>,
    /// In a balance, the part that measures the turnover of each residual.
    turnovers: HashMap<MarginalLevels, Part>,
    /// The marginals made so far.
    known: Mutex<HashMap<(MarginalLevels, Made, Decimals), Arc<MarginalSums>>>,
}

/// What is made of the residuals of a marginal and rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Made {
    /// The arrivals of a balance: half the sum of turnover and net changes, from the first step of
    /// the window on.
    Arrivals,
    /// Counts, from the first step of the window on.
    Counts,
    /// The levels of persons present.
    Levels,
}

/// The running sums of every cell of a marginal, the level before the window included, by the
/// number of steps: at each step where a readable period begins or ends.
type MarginalSums = BTreeMap<usize, Vec<i64>>;

/// A part, its coefficient in a variance, and the steps of two phases that share its noise: of the
/// window, for a level of the run.
pub(super) type NoiseOfPart = (Part, f64, [Range<u32>; 2]);

impl Marginals {
    /// `None` if the dataflow of the window is not a table. A level has the phases of its run.
    pub(crate) fn of(window: &ReleasedWindow, run: Vec<Phase>) -> Option<Self> {
        let (mut parts, mut turnovers) = (HashMap::new(), HashMap::new());
        let mut table = None;
        for price in window.streams() {
            let Measurand::Residual(residual) = &price.measurand else { continue };
            table.get_or_insert_with(|| Arc::clone(&residual.table));
            let parts = if price.part.is_turnover() { &mut turnovers } else { &mut parts };
            parts.insert(residual.marginal.clone(), price.part);
        }
        let phases = Arc::clone(&window.phases);
        Some(Self { table: table?, phases, run, parts, turnovers, known: Mutex::default() })
    }

    /// The phases over which an indicator is summed, of the window, or for a level of the run.
    pub(crate) fn phases(&self, indicator: Indicator) -> &[Phase] {
        self.phases_of(Made::of(indicator))
    }

    fn phases_of(&self, made: Made) -> &[Phase] {
        match made {
            Made::Arrivals | Made::Counts => &self.phases,
            Made::Levels => &self.run,
        }
    }

    /// The running sums of an indicator for a cell (its levels in a stock), and the noise of the
    /// cell. Of the running sums of departures only differences have a meaning.
    ///
    /// Errors: a marginal that is not measured, or residuals too large for a figure.
    pub(crate) fn cell(
        &self,
        streams: &[(Part, Stream)],
        indicator: Indicator,
        place: &MarginalCell,
        decimals: Decimals,
    ) -> Result<(Vec<i64>, Vec<NoiseOfPart>), Error> {
        let failed = |_| Error::Estimate;
        let marginal = self.table.marginal(&place.levels).map_err(failed)?;
        let made = Made::of(indicator);
        let mut sums = self.cell_sums(streams, (&marginal, made, decimals), place)?;
        if indicator == Indicator::Departures {
            let levels = self.cell_sums(streams, (&marginal, Made::Levels, decimals), place)?;
            for (sum, level) in sums.iter_mut().zip(levels) {
                *sum = sum.saturating_sub(level);
            }
        }
        Ok((sums, self.shared(indicator, place, place)?))
    }

    /// The noise that two cells of an indicator share: their covariance is the sum over parts and
    /// pairs of phases.
    ///
    /// Errors: a marginal that is not measured.
    pub(crate) fn shared(
        &self,
        indicator: Indicator,
        one: &MarginalCell,
        other: &MarginalCell,
    ) -> Result<Vec<NoiseOfPart>, Error> {
        let made = Made::of(indicator);
        self.shared_in(self.phases_of(made), made, [one, other])
    }

    /// The noise of arrivals of a cell in sums over windows of a run, by steps of the run.
    ///
    /// Errors: a marginal that is not measured.
    pub(super) fn over_run(
        &self,
        indicator: Indicator,
        place: &MarginalCell,
    ) -> Result<Vec<NoiseOfPart>, Error> {
        match Made::of(indicator) {
            made @ Made::Arrivals => self.shared_in(&self.run, made, [place, place]),
            Made::Counts | Made::Levels => Ok(vec![]),
        }
    }

    fn shared_in(
        &self,
        phases: &[Phase],
        made: Made,
        [one, other]: [&MarginalCell; 2],
    ) -> Result<Vec<NoiseOfPart>, Error> {
        let phases = phases::alike(phases, [&one.levels, &other.levels]);
        let mut noise = Vec::new();
        for (number, phase) in phases.iter().enumerate() {
            for later in &phases[number..] {
                let mut shared = one.shared(other, [&phase.table, &later.table])?;
                if phase.steps != later.steps {
                    let turned = one.shared(other, [&later.table, &phase.table])?;
                    let both = shared.iter_mut().zip(turned);
                    both.for_each(|((_, sum), (_, coefficient))| *sum += coefficient);
                }
                let steps = [phase.steps.clone(), later.steps.clone()];
                for (residual, coefficient) in shared {
                    let parts = self.parts(&residual, made)?.into_iter();
                    let coefficient = coefficient * made.weight();
                    noise.extend(parts.map(|part| (part, coefficient, steps.clone())));
                }
            }
        }
        Ok(noise)
    }

    /// The parts that measure a residual.
    fn parts(&self, residual: &MarginalLevels, made: Made) -> Result<Vec<Part>, Error> {
        let part = self.parts.get(residual).ok_or(Error::Unmeasured)?;
        Ok(match made {
            Made::Arrivals => {
                vec![*part, *self.turnovers.get(residual).ok_or(Error::Unmeasured)?]
            }
            Made::Counts | Made::Levels => vec![*part],
        })
    }

    /// The running sums of a cell by the number of steps; 0 where no readable period begins or
    /// ends.
    fn cell_sums(
        &self,
        streams: &[(Part, Stream)],
        (marginal, made, decimals): (&MarginalLevels, Made, Decimals),
        place: &MarginalCell,
    ) -> Result<Vec<i64>, Error> {
        let length =
            streams.first().and_then(|(_, stream)| stream.sums.first()).map_or(0, Vec::len);
        let mut sums = vec![0; length];
        for (&steps, of_cells) in self.sums(streams, marginal, made, decimals)?.iter() {
            let sum = of_cells.get(place.cell).ok_or(Error::Estimate)?;
            *sums.get_mut(steps).ok_or(Error::Estimate)? = *sum;
        }
        Ok(sums)
    }

    fn sums(
        &self,
        streams: &[(Part, Stream)],
        marginal: &MarginalLevels,
        made: Made,
        decimals: Decimals,
    ) -> Result<Arc<MarginalSums>, Error> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (marginal.clone(), made, decimals);
        if let Some(found) = known().get(&key) {
            return Ok(Arc::clone(found));
        }
        let sums = Arc::new(self.make(streams, marginal, made, decimals)?);
        known().insert(key, Arc::clone(&sums));
        Ok(sums)
    }

    fn make(
        &self,
        streams: &[(Part, Stream)],
        marginal: &MarginalLevels,
        made: Made,
        decimals: Decimals,
    ) -> Result<MarginalSums, Error> {
        let failed = |_| Error::Estimate;
        let residuals = self.table.residuals(std::slice::from_ref(marginal)).map_err(failed)?;
        let stream_of = |part: Part| {
            let found = streams.iter().find(|(own, _)| *own == part);
            found.map(|(_, stream)| stream).ok_or(Error::Estimate)
        };
        let mut of_residuals: Vec<(MarginalLevels, Vec<&Stream>)> =
            Vec::with_capacity(residuals.len());
        for residual in residuals {
            let parts = self.parts(&residual, made)?.into_iter();
            of_residuals.push((residual, parts.map(stream_of).collect::<Result<_, _>>()?));
        }
        let mut measured = of_residuals.iter().flat_map(|(_, streams)| streams);
        let spans = measured.next().map(|stream| stream.variances.keys());
        let measured: Vec<&&Stream> = measured.collect();
        let is_everywhere =
            |span: &&Span| measured.iter().all(|stream| stream.variances.contains_key(*span));
        let ends = |&(first, last): &Span| [first as usize, last as usize + 1];
        let read: BTreeSet<usize> =
            spans.into_iter().flatten().filter(is_everywhere).flat_map(ends).collect();
        let sum_of = |phase: &Phase, upto: u32| {
            let steps = phase.steps.start..phase.steps.end.min(upto);
            let values = of_residuals
                .iter()
                .map(|(residual, streams)| (residual.clone(), made.values(streams, &steps)));
            let values: ResidualValues = values.collect();
            decimals.marginal(&phase.table, marginal, &values, made.unit()).map_err(failed)
        };
        let offset = match (made, streams) {
            (Made::Levels, [(_, stream), ..]) => stream.offset,
            _ => 0,
        };
        self.summed(self.phases_of(made), marginal, (read, offset), sum_of)
    }

    /// The sums after each of these numbers of steps, from those of phases up to some step.
    fn summed(
        &self,
        phases: &[Phase],
        marginal: &MarginalLevels,
        (read, offset): (BTreeSet<usize>, u32),
        sum_of: impl Fn(&Phase, u32) -> Result<Vec<i64>, Error>,
    ) -> Result<MarginalSums, Error> {
        let add = |sums: &mut [i64], more: Vec<i64>| {
            let both = sums.iter_mut().zip(more);
            both.for_each(|(sum, more)| *sum = sum.saturating_add(more));
        };
        let mut complete = vec![0; self.table.cells(marginal).map_err(|_| Error::Estimate)?];
        let (mut next, mut sums) = (0, MarginalSums::new());
        for steps in read {
            // Fits: a run has at most 2^18 steps.
            let upto = offset + steps as u32;
            while let Some(phase) = phases.get(next).filter(|phase| phase.steps.end <= upto) {
                add(&mut complete, sum_of(phase, upto)?);
                next += 1;
            }
            let mut whole = complete.clone();
            // The first phase of a level has the base before its first step.
            let begun = |phase: &&Phase| phase.steps.start < upto || phase.steps.start == 0;
            if let Some(phase) = phases.get(next).filter(begun) {
                add(&mut whole, sum_of(phase, upto)?);
            }
            sums.insert(steps, whole);
        }
        Ok(sums)
    }
}

impl Made {
    fn of(indicator: Indicator) -> Self {
        match indicator {
            Indicator::Arrivals | Indicator::Departures => Made::Arrivals,
            Indicator::Stock => Made::Levels,
            Indicator::AtBound | Indicator::Flow => Made::Counts,
        }
    }

    /// The factor of the variance of each stream.
    fn weight(self) -> f64 {
        match self {
            Made::Arrivals => 0.25,
            Made::Counts | Made::Levels => 1.0,
        }
    }

    /// The number of units of a value that one count is worth.
    fn unit(self) -> u32 {
        match self {
            Made::Arrivals => 2000,
            Made::Counts | Made::Levels => 1000,
        }
    }

    /// The values of a residual over some steps, of the window or for a level of the run, from the
    /// streams that measure it.
    fn values(self, streams: &[&Stream], steps: &Range<u32>) -> Vec<i128> {
        let coordinates = streams.first().map_or(0, |stream| stream.sums.len());
        let value = |coordinate: usize| {
            let of_stream = |stream: &&Stream| match self {
                Made::Arrivals | Made::Counts => {
                    let sums = &stream.sums[coordinate];
                    i128::from(sums[steps.end as usize]) - i128::from(sums[steps.start as usize])
                }
                Made::Levels => i128::from(stream.of_run(coordinate, steps.clone())),
            };
            streams.iter().map(of_stream).sum()
        };
        (0..coordinates).map(value).collect()
    }
}
