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

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tidegauge_ledger::{Measurand, Part, Price, Residual};
use tidegauge_model::Grain;
use tidegauge_privacy::residual::{ContingencyTable, MarginalLevels, ResidualValues};

use super::stream::Stream;
use crate::catalogue::spans::Span;
use crate::catalogue::window::ReleasedWindow;
use crate::error::Error;
use crate::query::place::MarginalCell;

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
    /// The table, and the part that measures each residual.
    table: Arc<ContingencyTable>,
    parts: HashMap<MarginalLevels, Part>,
    /// The marginals made so far.
    known: Mutex<HashMap<MarginalLevels, Arc<MarginalSums>>>,
}

/// The running sums of every cell of a marginal, the level before the window included, by the
/// number of steps: at each step where a readable period begins or ends.
type MarginalSums = BTreeMap<usize, Vec<i64>>;

/// The coefficient of each part in a variance.
type Coefficients = Vec<(Part, f64)>;

impl Marginals {
    /// `None` if the dataflow of the window is not a table.
    pub(crate) fn of(window: &ReleasedWindow) -> Option<Self> {
        let residual = |price: &Price| match &price.measurand {
            Measurand::Residual(residual) => Some((residual.clone(), price.part)),
            Measurand::Cells(_) => None,
        };
        let residuals: Vec<(Residual, Part)> = window.streams().filter_map(residual).collect();
        let table = Arc::clone(&residuals.first()?.0.table);
        let parts = residuals.into_iter().map(|(residual, part)| (residual.marginal, part));
        Some(Self { table, parts: parts.collect(), known: Mutex::default() })
    }

    /// The running sums of a cell (its levels in a stock), and the coefficient of each residual's
    /// variance in that of the cell.
    ///
    /// Errors: a marginal that is not measured, or residuals too large for a figure.
    pub(crate) fn cell(
        &self,
        streams: &[(Part, Stream)],
        place: &MarginalCell,
    ) -> Result<(Vec<i64>, Coefficients), Error> {
        let failed = |_| Error::Estimate;
        let marginal = self.table.marginal(&place.levels).map_err(failed)?;
        let length =
            streams.first().and_then(|(_, stream)| stream.sums.first()).map_or(0, Vec::len);
        let mut sums = vec![0; length];
        for (&steps, of_cells) in self.sums(streams, &marginal)?.iter() {
            let sum = of_cells.get(place.cell).ok_or(Error::Estimate)?;
            *sums.get_mut(steps).ok_or(Error::Estimate)? = *sum;
        }
        Ok((sums, self.shared(place, place)?))
    }

    /// The coefficient of each residual's variance in the covariance of two cells.
    ///
    /// Errors: a marginal that is not measured.
    pub(crate) fn shared(
        &self,
        one: &MarginalCell,
        other: &MarginalCell,
    ) -> Result<Coefficients, Error> {
        let of_part = |(residual, coefficient): (MarginalLevels, f64)| {
            Ok((*self.parts.get(&residual).ok_or(Error::Unmeasured)?, coefficient))
        };
        one.shared(other, &self.table)?.into_iter().map(of_part).collect()
    }

    fn sums(
        &self,
        streams: &[(Part, Stream)],
        marginal: &MarginalLevels,
    ) -> Result<Arc<MarginalSums>, Error> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(marginal) {
            return Ok(Arc::clone(found));
        }
        let sums = Arc::new(self.make(streams, marginal)?);
        known().insert(marginal.clone(), Arc::clone(&sums));
        Ok(sums)
    }

    fn make(
        &self,
        streams: &[(Part, Stream)],
        marginal: &MarginalLevels,
    ) -> Result<MarginalSums, Error> {
        let failed = |_| Error::Estimate;
        let residuals = self.table.residuals(std::slice::from_ref(marginal)).map_err(failed)?;
        let mut of_residuals = Vec::with_capacity(residuals.len());
        for residual in residuals {
            let part = self.parts.get(&residual).ok_or(Error::Unmeasured)?;
            let (_, stream) = streams.iter().find(|(own, _)| own == part).ok_or(Error::Estimate)?;
            of_residuals.push((residual, stream));
        }
        let spans = of_residuals.first().map(|(_, stream)| stream.variances.keys());
        let is_everywhere = |span: &&Span| {
            of_residuals.iter().all(|(_, stream)| stream.variances.contains_key(*span))
        };
        let ends = |&(first, last): &Span| [first as usize, last as usize + 1];
        let read: BTreeSet<usize> =
            spans.into_iter().flatten().filter(is_everywhere).flat_map(ends).collect();
        let sums_after = |steps: usize| {
            let value =
                |(sums, &before): (&Vec<i64>, &i64)| i128::from(before) + i128::from(sums[steps]);
            let values = of_residuals.iter().map(|(residual, stream)| {
                let values = stream.sums.iter().zip(&stream.before).map(value);
                (residual.clone(), values.collect())
            });
            let values: ResidualValues = values.collect();
            Ok((steps, self.table.thousandths(marginal, &values, 1000).map_err(failed)?))
        };
        read.into_iter().map(sums_after).collect()
    }
}
