//! The residuals of a table: which the plan's margins need, at which grain, with which share.
//!
//! Of persons present every residual is measured at every step, from a base that is measured once;
//! what a person's stays cost differs from residual to residual. Of everything else
//! a residual is measured at the coarsest grain that divides the grains of all margins made of it:
//! step by step where the plan's strategy is a recursion and somebody reads it by the step, and
//! else once in each period. Shares follow the closed form of `privacy::residual::shares`.
//!
//! Not here: the mathematics (crate `privacy`), and what a share costs (the parent).
//!
//! Invariants:
//! 1. Every margin of the plan is made of residuals that are measured, at grains that divide its
//!    own (`price::tests::every_margin_is_made_of_what_is_measured`).
//! 2. The shares of all residuals add up to one at most
//!    (`price::tests::the_residuals_of_a_table_share_its_budget`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use num_rational::BigRational;
use tidegauge_model::{DataStructure, Dataflow, Grain};
use tidegauge_privacy::residual::shares::{
    SINGLE_MEASUREMENT_LOSS, TimeCourse, WantedMarginal, shares,
};
use tidegauge_privacy::residual::{CodeTree, ContingencyTable, MarginalLevels, variances};
use tidegauge_privacy::{Error, Variance};

use super::scheme::{Question, Scheme, Weight};
use crate::part::{Levels, Part};

/// Whose values a part measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Over {
    /// Each of so many cells by itself.
    Cells(usize),
    /// A residual of a table.
    Residual(Residual),
}

impl Over {
    /// How many values a measurement has.
    pub fn values(&self) -> usize {
        match self {
            Over::Cells(cells) => *cells,
            Over::Residual(residual) => residual.multiples.len(),
        }
    }

    /// The exact values from the exact counts of the dataflow's cells.
    /// Errors: those of [`Residual::exact`].
    pub fn exact<'c>(&self, cells: &'c [i64]) -> Result<Cow<'c, [i64]>, Error> {
        match self {
            Over::Cells(_) => Ok(Cow::Borrowed(cells)),
            Over::Residual(residual) => Ok(Cow::Owned(residual.exact(cells)?)),
        }
    }

    /// The variance of the noise of each value when that of multiple 1 is `variance`; `None` where
    /// the value is always 0 and nothing is drawn.
    pub fn variances(&self, variance: Variance) -> Result<Vec<Option<Variance>>, Error> {
        match self {
            Over::Cells(cells) => Ok(vec![Some(variance); *cells]),
            Over::Residual(residual) => variances(&residual.multiples, variance),
        }
    }

    /// By how much the noise of each value is larger than that of multiple 1: 0 where the value is
    /// always 0 and nothing is drawn. `None` where all are alike.
    pub fn multiples(&self) -> Option<&[u64]> {
        match self {
            Over::Cells(_) => None,
            Over::Residual(residual) => Some(&residual.multiples),
        }
    }

    /// The squared length of what one contribution moves; of a cell 1.
    pub fn norm(&self) -> u128 {
        match self {
            Over::Cells(_) => 1,
            Over::Residual(residual) => residual.norm,
        }
    }

    /// The largest variance of a value's noise.
    pub(super) fn largest(&self, variance: Variance) -> Result<Variance, Error> {
        let multiple = match self {
            Over::Cells(_) => 1,
            Over::Residual(residual) => residual.weight().multiple,
        };
        let sixteenths = variance.sixteenths().checked_mul(multiple.into());
        Variance::from_sixteenths(sixteenths.ok_or(Error::VarianceTooLarge { limit: u128::MAX })?)
    }
}

/// A residual of a table: what its margin adds to all coarser ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Residual {
    /// The table.
    pub table: Arc<ContingencyTable>,
    /// The margin.
    pub margin: MarginalLevels,
    /// By how much the noise of each coordinate is larger; 0 where nothing is measured.
    multiples: Arc<Vec<u64>>,
    norm: u128,
    /// The least size of two or more of the groups that it names; `None` for the total.
    least: Option<u32>,
}

impl Residual {
    fn new(table: &Arc<ContingencyTable>, margin: MarginalLevels) -> Result<Self, Error> {
        let multiples = Arc::new(table.multiples(&margin)?);
        let norm = table.norm(&margin)?;
        // Fits: a level has at most 65,536 codes.
        let least = table.least_group(&margin)?.map(|group| group as u32);
        Ok(Self { table: Arc::clone(table), margin, multiples, norm, least })
    }

    pub(super) fn weight(&self) -> Weight {
        // Both fit: a table has at most a million cells.
        let coordinates = self.multiples.iter().filter(|&&multiple| multiple > 0).count() as u32;
        let cells = self.multiples.len() as u32;
        let multiple = self.multiples.iter().copied().max().unwrap_or(1);
        Weight { norm: self.norm, multiple, coordinates, cells, least: self.least }
    }

    /// The exact residual from the exact counts of the dataflow's cells.
    /// Errors: a sum that leaves 64 bits; counts that are not one for each cell.
    pub fn exact(&self, cells: &[i64]) -> Result<Vec<i64>, Error> {
        self.table.measure_exact(&self.margin, &self.table.sums(&self.margin, cells)?)
    }
}

/// The table of a structure's cells.
///
/// Errors: more codes or levels than a table has.
fn table(structure: &DataStructure) -> Result<ContingencyTable, Error> {
    let dimensions = structure.dimensions().iter();
    let dimensions = dimensions.map(|dimension| CodeTree::new(&dimension.code_list.children()));
    ContingencyTable::new(dimensions.collect::<Result<_, _>>()?)
}

/// A residual that is measured.
pub(super) struct Measured {
    pub part: Part,
    pub residual: Residual,
    /// The grain of its steps or periods.
    pub grain: Grain,
    /// Its part of the dataflow's budget.
    pub share: BigRational,
}

/// What a dataflow promises of its table.
struct Promised<'d> {
    dataflow: &'d Dataflow,
    table: Arc<ContingencyTable>,
    margins: Vec<MarginalLevels>,
    wanted: Vec<WantedMarginal>,
}

impl<'d> Promised<'d> {
    fn new(dataflow: &'d Dataflow) -> Result<Self, Error> {
        let table = Arc::new(table(&dataflow.structure)?);
        let margin = |margin: &tidegauge_model::Margin| table.marginal(&margin.levels);
        let margins: Vec<MarginalLevels> =
            dataflow.margins.iter().map(margin).collect::<Result<_, _>>()?;
        let wanted = margins.iter().cloned().zip(&dataflow.margins);
        let wanted = wanted
            .map(|(margin, of)| WantedMarginal::whole(&table, margin, of.weight))
            .collect::<Result<_, _>>()?;
        Ok(Self { dataflow, table, margins, wanted })
    }

    /// The residuals that the margins are made of, coarser levels first.
    fn residuals(&self) -> Result<Vec<Residual>, Error> {
        let margins = self.table.residuals(&self.margins)?.into_iter();
        margins.map(|margin| Residual::new(&self.table, margin)).collect()
    }

    /// The grain that a margin is read at.
    fn grain(&self, wanted: &MarginalLevels) -> Grain {
        let mut read = self.margins.iter().zip(&self.dataflow.margins);
        let read = read.find(|(margin, _)| *margin == wanted);
        read.map_or(self.dataflow.step, |(_, margin)| margin.grain)
    }
}

/// What is measured of each residual, with its share.
fn measured(
    residuals: Vec<(Residual, Grain)>,
    mut shares: BTreeMap<MarginalLevels, BigRational>,
    part: impl Fn(Levels) -> Part,
) -> Result<Vec<Measured>, Error> {
    let measured = |(residual, grain): (Residual, Grain)| {
        let levels = Levels::new(residual.margin.levels()).ok_or(Error::MarginalUnknown)?;
        let share = shares.remove(&residual.margin).ok_or(Error::MarginalUnknown)?;
        Ok(Measured { part: part(levels), residual, grain, share })
    };
    residuals.into_iter().map(measured).collect()
}

/// The residuals that the margins of a dataflow are made of, coarser levels first.
pub(super) fn residuals(dataflow: &Dataflow, question: &Question) -> Result<Vec<Measured>, Error> {
    let promised = Promised::new(dataflow)?;
    let (mut residuals, mut answers) = (Vec::new(), BTreeMap::new());
    for residual in promised.residuals()? {
        let grain = grain(dataflow, &residual.margin);
        // Of persons present, what a cell costs differs from residual to residual.
        let weight = match dataflow.continues() {
            true => residual.weight().of_norm_one(),
            false => Weight::CELL,
        };
        answers.insert(residual.margin.clone(), question.of_residual(grain, weight)?);
        residuals.push((residual, grain));
    }
    let loss = |residual: &MarginalLevels, wanted: &MarginalLevels| {
        let (scheme, delta2, _) = &answers[residual];
        let course = match scheme {
            Scheme::Recursion(recursion) if recursion.continues() => TimeCourse::Levels(recursion),
            Scheme::Recursion(recursion) => TimeCourse::Steps(recursion),
            Scheme::Periods { level, .. } => TimeCourse::Periods(level.ends.len() as u32),
            Scheme::Nodes { strategy, .. } => TimeCourse::Periods(strategy.steps()),
        };
        course.loss(*delta2, &question.ends(promised.grain(wanted)))
    };
    let shares = shares(&promised.table, &promised.wanted, loss)?;
    measured(residuals, shares, Part::Residual)
}

/// The bases of the residuals that the margins of a stock are made of, coarser levels first.
pub(super) fn bases(dataflow: &Dataflow) -> Result<Vec<Measured>, Error> {
    let promised = Promised::new(dataflow)?;
    let residuals = promised.residuals()?.into_iter();
    let residuals = residuals.map(|residual| (residual, dataflow.step)).collect();
    let shares = shares(&promised.table, &promised.wanted, |_, _| SINGLE_MEASUREMENT_LOSS)?;
    measured(residuals, shares, Part::ResidualBase)
}

/// The coarsest grain that divides those of all margins made of a residual.
fn grain(dataflow: &Dataflow, residual: &MarginalLevels) -> Grain {
    let made_of = |margin: &&tidegauge_model::Margin| {
        residual.levels().iter().zip(&margin.levels).all(|(of, level)| of <= level)
    };
    let read: Vec<Grain> =
        dataflow.margins.iter().filter(made_of).map(|margin| margin.grain).collect();
    let divides = |grain: &Grain| {
        dataflow.step.divides(*grain) && read.iter().all(|&read| grain.divides(read))
    };
    Grain::ALL.into_iter().rfind(divides).unwrap_or(dataflow.step)
}
