//! Every refusal of this crate, each with its limit.
//!
//! Not here: anything that depends on a count of events or persons. No message of this crate
//! contains a number that came from data; the numbers below come from the plan or the program.
//!
//! Invariants:
//! 1. One variant is one fact; no variant carries free text.

use num_rational::BigRational;

/// The result of a fallible function of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A rho that is not a positive fraction.
    #[error("rho must be positive")]
    RhoNotPositive,
    /// A text that is not a fraction or a whole number.
    #[error("rho must be a whole number or a fraction such as 1/2, of at most {limit} characters")]
    RhoText {
        /// The most characters that are read.
        limit: usize,
    },
    /// A charge larger than what the budget has left.
    #[error("charge {charge} exceeds remaining budget {remaining}")]
    BudgetExceeded {
        /// The charge.
        charge: Box<BigRational>,
        /// The rest of the budget.
        remaining: Box<BigRational>,
    },
    /// A variance of zero, which is no noise.
    #[error("variance must be positive")]
    VarianceZero,
    /// A text that is not the one form of a variance.
    #[error("variance must be written as a reduced fraction of sixteenths, such as 37/2")]
    VarianceText,
    /// A variance that cannot be represented or drawn.
    #[error("the noise is too wide to be drawn: its variance exceeds {limit} sixteenths")]
    VarianceTooLarge {
        /// The largest variance, in sixteenths.
        limit: u128,
    },
    /// A sensitivity of zero, which has no price.
    #[error("sensitivity must be positive")]
    SensitivityZero,
    /// Too few or too many steps.
    #[error("strategy must have between 1 and {limit} steps")]
    StepsOutOfRange {
        /// The most steps.
        limit: u32,
    },
    /// No level, or too many.
    #[error("strategy must have between 1 and {limit} levels")]
    LevelsOutOfRange {
        /// The most levels.
        limit: usize,
    },
    /// A weight of zero, or one that is too large.
    #[error("weight must lie between 1 and {limit}")]
    WeightOutOfRange {
        /// The largest weight.
        limit: u64,
    },
    /// A first level that does not measure each step by itself.
    #[error("the first level must be the single steps")]
    FirstLevelNotSteps,
    /// Too many numbers of state in a recursion.
    #[error("state must have at most {buffers} buffers and {sums} running sums")]
    StateTooLarge {
        /// The most buffers.
        buffers: usize,
        /// The most running sums.
        sums: usize,
    },
    /// A state or a row of gains of the wrong length.
    #[error("{expected} numbers of state are needed")]
    WrongStateLength {
        /// The number that the recursion has.
        expected: usize,
    },
    /// A wrong number of rows: a recursion has one row for all steps, or one for each; with running
    /// sums it needs one for each.
    #[error("{expected} rows are needed, one for each step")]
    WrongNumberOfRows {
        /// The number of steps.
        expected: u32,
    },
    /// A decay of 1 or more: such a buffer never forgets.
    #[error("decay must lie below 1")]
    DecayOutOfRange,
    /// A number of a recursion's row that is out of range.
    #[error("gain must lie between 0 and 16, precision above 0 and up to 16, scale up to 3")]
    RowOutOfRange,
    /// A kind of contribution for which no sensitivity is proven under this strategy.
    #[error("no sensitivity is proven for this strategy under {participation}")]
    SensitivityUnproven {
        /// The kind of contribution.
        participation: &'static str,
    },
    /// Parameters of a recursion that are out of range, or too few or too many.
    #[error("poles and zeros must lie in order between 0 and 1, and weights must fit the levels")]
    DesignOutOfRange,
    /// A sensitivity that does not fit the integers that compute it.
    #[error("sensitivity is too large to be computed exactly")]
    SensitivityTooLarge,
    /// Nodes or blocks that do not cover all steps one after another without a gap.
    #[error("ends must increase strictly from at least 1 to exactly {steps}")]
    EndsNotPartition {
        /// The number of steps.
        steps: u32,
    },
    /// A contribution bound of zero, which leaves nothing to measure, or one that is too large.
    #[error("contribution bound must lie between 1 and {limit}")]
    BoundOutOfRange {
        /// The largest bound.
        limit: u32,
    },
    /// A stock without cells.
    #[error("a stock must have at least 1 cell")]
    CellsZero,
    /// An exact sensitivity that would take too long to compute.
    #[error(
        "exact sensitivity takes more than {limit} operations: \
         take fewer levels, levels that nest, or a smaller bound"
    )]
    WorkTooGreat {
        /// The most operations.
        limit: u64,
    },
    /// A number of counts that is not that of the draws made for them.
    #[error("{drawn} counts are needed, one for each draw")]
    WrongNumberOfCounts {
        /// The number of draws made ahead, as the plan says.
        drawn: usize,
    },
    /// A weighted count with its noise that does not fit 64 bits.
    #[error("weighted count plus noise exceeds 64 bits")]
    MeasurementTooLarge,
    /// An estimate past the last step.
    #[error("estimates exist only for the {steps} steps of the strategy")]
    ThroughOutOfRange {
        /// The number of steps of the strategy.
        steps: u32,
    },
    /// A number of measurements that is not that of the complete nodes.
    #[error("{expected} measurements are needed, one for each complete node")]
    WrongNumberOfMeasurements {
        /// The number of complete nodes.
        expected: usize,
    },
    /// An estimate that is too large to be shown exactly.
    #[error("estimate exceeds {limit} thousandths")]
    EstimateTooLarge {
        /// The largest magnitude shown, in thousandths.
        limit: i64,
    },
    /// No dimension in a table, or too many.
    #[error("table must have between 1 and {limit} dimensions")]
    DimensionsOutOfRange {
        /// The most dimensions.
        limit: usize,
    },
    /// No level in a dimension, or too many.
    #[error("dimension must have between 1 and {limit} levels")]
    DepthOutOfRange {
        /// The most levels below the root.
        limit: usize,
    },
    /// Too many codes on a level of a dimension.
    #[error("dimension must have at most {limit} codes on each level")]
    CodesOutOfRange {
        /// The most codes of one level.
        limit: usize,
    },
    /// Numbers of children that do not fit the level above.
    #[error("each code of a level needs its number of children, at least 1")]
    WrongNumberOfChildren,
    /// A marginal that does not fit the table.
    #[error("marginal must name one level of each dimension of the table")]
    MarginalUnknown,
    /// A marginal, or a set of marginals, that is too large to be computed.
    #[error("marginal exceeds {limit} cells")]
    MarginalTooLarge {
        /// The most cells of one marginal.
        limit: usize,
    },
    /// Too many residuals.
    #[error("marginals need more than {limit} residuals")]
    ResidualsTooMany {
        /// The most residuals.
        limit: usize,
    },
    /// A number of values that is not that of the marginal's cells.
    #[error("{expected} values are needed, one for each cell of the marginal")]
    WrongNumberOfValues {
        /// The number of cells.
        expected: usize,
    },
    /// A marginal of which one residual is missing.
    #[error("a residual that the marginal needs has no values")]
    ResidualMissing,
    /// An exact residual that does not fit 64 bits.
    #[error("exact residual exceeds 64 bits")]
    ResidualTooLarge,
    /// A squared norm that does not fit 128 bits.
    #[error("squared norm of a residual exceeds 128 bits")]
    NormTooLarge,
    /// An exact fraction that does not fit 128 bits.
    #[error("exact estimate exceeds 128 bits over its denominator")]
    FractionTooLarge,
    /// A weight or a time loss that is not a positive number.
    #[error("weights and time losses must be positive and finite")]
    ImportanceNotPositive,
}
