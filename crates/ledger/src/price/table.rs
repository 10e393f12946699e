//! The residuals of a table: which ones the plan's marginals need, at which grain, with which share
//! of the budget.
//!
//! In a table of persons present every residual is measured at every step, from a base that is
//! measured once; the cost of a person's stays differs between residuals. In a table of a balance
//! each residual has such a base and such a stream for its net changes, and beside them a stream
//! for its turnover, measured at every step like a flow. In every other table a residual is
//! measured at the coarsest grain that divides the grains of all marginals that need it: at every
//! step if the plan's strategy is a recursion and some marginal is read at every step, otherwise
//! once in each period. Codes that stand apart are measured each by itself, as many tables with one
//! charge. Shares follow the closed form of `privacy::residual::shares`, or the weights of
//! residuals if the plan has them.
//!
//! Not here: the mathematics (crate `privacy`), and the cost of a share (the parent).
//!
//! Invariants:
//! 1. Every residual that a marginal of the plan needs is measured, at a grain that divides the
//!    grain of the marginal (`price::tests::every_marginal_has_its_residuals_measured`).
//! 2. The shares of all residuals add up to at most one
//!    (`price::tests::the_residuals_of_a_table_share_its_budget`,
//!    `price::tests::weights_of_residuals_divide_the_budget`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use num_rational::BigRational;
use tidegauge_model::{DataStructure, Dataflow, Grain, WeightedResidual};
use tidegauge_privacy::residual::shares::{
    SINGLE_MEASUREMENT_LOSS, TimeCourse, WantedMarginal, shares,
};
use tidegauge_privacy::residual::{CodeTree, ContingencyTable, MarginalLevels, variances};
use tidegauge_privacy::{Error, Variance};

use super::scheme::{ResidualWeight, Scheme, SchemeQuery};
use crate::part::{Levels, Part};

/// What a part measures: the counts of cells, or a residual of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measurand {
    /// The count of each of this many cells.
    Cells(usize),
    /// A residual of a table.
    Residual(Residual),
}

impl Measurand {
    /// The number of values of a measurement.
    pub fn values(&self) -> usize {
        match self {
            Measurand::Cells(cells) => *cells,
            Measurand::Residual(residual) => residual.multiples.len(),
        }
    }

    /// The exact values, from the exact counts of the dataflow's cells.
    ///
    /// Errors: those of [`Residual::exact`].
    pub fn exact<'c>(&self, cells: &'c [i64]) -> Result<Cow<'c, [i64]>, Error> {
        match self {
            Measurand::Cells(_) => Ok(Cow::Borrowed(cells)),
            Measurand::Residual(residual) => Ok(Cow::Owned(residual.exact(cells)?)),
        }
    }

    /// The variance of the noise of each value if `variance` is that of a value of multiple 1;
    /// `None` for a value that is always 0, for which nothing is drawn.
    pub fn variances(&self, variance: Variance) -> Result<Vec<Option<Variance>>, Error> {
        match self {
            Measurand::Cells(cells) => Ok(vec![Some(variance); *cells]),
            Measurand::Residual(residual) => variances(&residual.multiples, variance),
        }
    }

    /// The factor of each value's noise variance over that of multiple 1; 0 for a value that is
    /// always 0, for which nothing is drawn. `None` if all values have the same variance.
    pub fn multiples(&self) -> Option<&[u64]> {
        match self {
            Measurand::Cells(_) => None,
            Measurand::Residual(residual) => Some(&residual.multiples),
        }
    }

    /// The squared norm of the change from one contribution; 1 for cells.
    pub fn norm(&self) -> u128 {
        match self {
            Measurand::Cells(_) => 1,
            Measurand::Residual(residual) => residual.norm,
        }
    }

    /// The largest variance of the noise of a value, if `variance` is that of multiple 1.
    pub(super) fn largest(&self, variance: Variance) -> Result<Variance, Error> {
        let multiple = match self {
            Measurand::Cells(_) => 1,
            Measurand::Residual(residual) => residual.weight().multiple,
        };
        let sixteenths = variance.sixteenths().checked_mul(multiple.into());
        Variance::from_sixteenths(sixteenths.ok_or(Error::VarianceTooLarge { limit: u128::MAX })?)
    }
}

/// A residual of a table: what its marginal adds to all coarser ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Residual {
    /// The table.
    pub table: Arc<ContingencyTable>,
    /// Its marginal.
    pub marginal: MarginalLevels,
    /// The factor of each coordinate's noise variance; 0 for one that is not measured.
    multiples: Arc<Vec<u64>>,
    norm: u128,
    /// The size of the smallest group of siblings, of those with two or more, that it names; `None`
    /// for the total, and for that of each code that stands apart.
    least: Option<u32>,
}

impl Residual {
    fn new(table: &Arc<ContingencyTable>, marginal: MarginalLevels) -> Result<Self, Error> {
        let multiples = Arc::new(table.multiples(&marginal)?);
        let norm = table.norm(&marginal)?;
        // Fits: a level has at most 65,536 codes.
        let least = table.least_group(&marginal)?.map(|group| group as u32);
        Ok(Self { table: Arc::clone(table), marginal, multiples, norm, least })
    }

    pub(super) fn weight(&self) -> ResidualWeight {
        // Both fit: a table has at most a million cells.
        let coordinates = self.multiples.iter().filter(|&&multiple| multiple > 0).count() as u32;
        // Every code that stands apart has as many coordinates as any other.
        let codes = self.table.combinations_apart().max(1) as u32;
        let cells = self.multiples.len() as u32;
        let multiple = self.multiples.iter().copied().max().unwrap_or(1);
        let coordinates = coordinates / codes;
        ResidualWeight { norm: self.norm, multiple, coordinates, codes, cells, least: self.least }
    }

    /// The exact residual, from the exact counts of the dataflow's cells.
    ///
    /// Errors: a sum that exceeds 64 bits; not exactly one count for each cell.
    pub fn exact(&self, cells: &[i64]) -> Result<Vec<i64>, Error> {
        self.table.measure_exact(&self.marginal, &self.table.sums(&self.marginal, cells)?)
    }
}

/// The table of the cells of a structure.
///
/// Errors: more codes or levels than a table can have.
fn table(structure: &DataStructure) -> Result<ContingencyTable, Error> {
    let trees = structure
        .dimensions()
        .iter()
        .map(|dimension| {
            let tree = CodeTree::new(&dimension.code_list.children())?;
            Ok(if dimension.is_apart { tree.apart() } else { tree })
        })
        .collect::<Result<_, Error>>()?;
    ContingencyTable::new(trees)
}

/// A residual that a dataflow measures.
pub(super) struct MeasuredResidual {
    pub part: Part,
    pub residual: Residual,
    /// The grain of its steps or periods.
    pub grain: Grain,
    /// Its share of the dataflow's budget.
    pub share: BigRational,
}

/// The marginals that a dataflow promises to publish of its table.
struct Promised<'d> {
    dataflow: &'d Dataflow,
    table: Arc<ContingencyTable>,
    marginals: Vec<MarginalLevels>,
    wanted: Vec<WantedMarginal>,
}

impl<'d> Promised<'d> {
    fn new(dataflow: &'d Dataflow) -> Result<Self, Error> {
        let table = Arc::new(table(&dataflow.structure)?);
        let mut marginals = Vec::with_capacity(dataflow.marginals.len());
        let mut wanted = Vec::with_capacity(dataflow.marginals.len());
        for marginal in &dataflow.marginals {
            let levels = table.marginal(&marginal.levels)?;
            wanted.push(WantedMarginal::whole(&table, levels.clone(), marginal.weight)?);
            marginals.push(levels);
        }
        Ok(Self { dataflow, table, marginals, wanted })
    }

    /// The residuals that the marginals need, coarser levels first.
    fn residuals(&self) -> Result<Vec<Residual>, Error> {
        let residuals = self.table.residuals(&self.marginals)?.into_iter();
        residuals.map(|marginal| Residual::new(&self.table, marginal)).collect()
    }

    /// The grain at which a marginal is read.
    fn grain(&self, wanted: &MarginalLevels) -> Grain {
        let mut marginals = self.marginals.iter().zip(&self.dataflow.marginals);
        let found = marginals.find(|(levels, _)| *levels == wanted);
        found.map_or(self.dataflow.step, |(_, marginal)| marginal.grain)
    }
}

/// Which weight of a residual counts.
pub(super) type ChosenWeight = fn(&WeightedResidual) -> u32;

/// The shares that the plan's weights of residuals give, together one; `None` if it has none.
fn weighed(
    promised: &Promised,
    weight: ChosenWeight,
) -> Result<Option<BTreeMap<MarginalLevels, BigRational>>, Error> {
    let residuals = &promised.dataflow.residuals;
    if residuals.is_empty() {
        return Ok(None);
    }
    let all: u64 = residuals.iter().map(|residual| u64::from(weight(residual))).sum();
    let share = |residual: &WeightedResidual| {
        let share = BigRational::new(weight(residual).into(), all.into());
        Ok((promised.table.marginal(&residual.levels)?, share))
    };
    residuals.iter().map(share).collect::<Result<_, _>>().map(Some)
}

/// Joins each residual with its grain, its share and its part.
fn measured(
    residuals: Vec<(Residual, Grain)>,
    mut shares: BTreeMap<MarginalLevels, BigRational>,
    part: impl Fn(Levels) -> Part,
) -> Result<Vec<MeasuredResidual>, Error> {
    let measured = |(residual, grain): (Residual, Grain)| {
        let levels = Levels::new(residual.marginal.levels()).ok_or(Error::MarginalUnknown)?;
        let share = shares.remove(&residual.marginal).ok_or(Error::MarginalUnknown)?;
        Ok(MeasuredResidual { part: part(levels), residual, grain, share })
    };
    residuals.into_iter().map(measured).collect()
}

/// The residuals that the marginals of a dataflow need, coarser levels first, each as the part that
/// `part` names.
pub(super) fn residuals(
    dataflow: &Dataflow,
    query: &SchemeQuery,
    weight: ChosenWeight,
    part: impl Fn(Levels) -> Part,
) -> Result<Vec<MeasuredResidual>, Error> {
    let promised = Promised::new(dataflow)?;
    let (mut residuals, mut answers) = (Vec::new(), BTreeMap::new());
    for residual in promised.residuals()? {
        let grain = grain(dataflow, &residual.marginal);
        // For persons present, the cost of a cell differs between residuals.
        let weight = match query.continues() {
            true => residual.weight().of_norm_one(),
            false => ResidualWeight::CELL,
        };
        answers.insert(residual.marginal.clone(), query.answer_for_residual(grain, weight)?);
        residuals.push((residual, grain));
    }
    let loss = |residual: &MarginalLevels, wanted: &MarginalLevels| {
        let answer = &answers[residual];
        let course = match &answer.scheme {
            Scheme::Recursion(recursion) if recursion.continues() => TimeCourse::Levels(recursion),
            Scheme::Recursion(recursion) => TimeCourse::Steps(recursion),
            Scheme::Periods { level, .. } => TimeCourse::Periods(level.ends.len() as u32),
            Scheme::Nodes { strategy, .. } => TimeCourse::Periods(strategy.steps()),
        };
        course.loss(answer.delta2, &query.ends(promised.grain(wanted)))
    };
    let shares = match weighed(&promised, weight)? {
        Some(shares) => shares,
        None => shares(&promised.table, &promised.wanted, loss)?,
    };
    measured(residuals, shares, part)
}

/// The bases of the residuals that the marginals of persons present need, coarser levels first.
pub(super) fn bases(dataflow: &Dataflow) -> Result<Vec<MeasuredResidual>, Error> {
    let promised = Promised::new(dataflow)?;
    let residuals =
        promised.residuals()?.into_iter().map(|residual| (residual, dataflow.step)).collect();
    let shares = match weighed(&promised, |residual| residual.base)? {
        Some(shares) => shares,
        None => shares(&promised.table, &promised.wanted, |_, _| SINGLE_MEASUREMENT_LOSS)?,
    };
    measured(residuals, shares, Part::ResidualBase)
}

/// The coarsest grain that divides the grains of all marginals that need a residual.
fn grain(dataflow: &Dataflow, residual: &MarginalLevels) -> Grain {
    let needs_it = |marginal: &&tidegauge_model::Marginal| {
        residual.levels().iter().zip(&marginal.levels).all(|(needed, level)| needed <= level)
    };
    let read: Vec<Grain> =
        dataflow.marginals.iter().filter(needs_it).map(|marginal| marginal.grain).collect();
    let divides = |grain: &Grain| {
        dataflow.step.divides(*grain) && read.iter().all(|&read| grain.divides(read))
    };
    Grain::ALL.into_iter().rfind(divides).unwrap_or(dataflow.step)
}
