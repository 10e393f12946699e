//! Wishes: which figures are to be how exact.
//!
//! A wish is a word of whoever plans. It changes no charge and no figure: `plan fit` finds shares,
//! weights and bounds that grant wishes, and `plan show` compares them with what is reached.
//!
//! Not here: how a plan writes wishes (`plan::parse`), and how they are granted (crate `appraise`).

use num_rational::BigRational;

use crate::period::Grain;

/// The margin of error that is wished for the figures of one marginal and period length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Position of the dataflow in [`crate::Plan::dataflows`].
    pub dataflow: usize,
    /// For each dimension the level by which the figures are divided, as in a marginal.
    pub levels: Vec<usize>,
    /// The code of the indicator, for instance `STOCK`.
    pub indicator: &'static str,
    /// The grain of the period.
    pub grain: Grain,
    /// Half the width of the 95 % confidence interval, in counts.
    pub margin: BigRational,
    /// How much it matters if not all wishes can be granted: then a wish of priority p is missed by
    /// a p-th part of the factor by which a wish of priority 1 is missed, or not at all.
    pub priority: u32,
}
