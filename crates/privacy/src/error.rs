//! Every way in which this crate refuses, each with its limit.
//!
//! Not here: anything that depends on a count of events or persons. No message of this crate
//! holds a number that came from data; the numbers below come from the plan or the program.
//!
//! Invariants:
//! 1. One variant is one fact; there is no variant that carries free text.

use num_rational::BigRational;

/// What this crate returns.
pub type Result<T> = std::result::Result<T, Error>;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A rho is a positive fraction.
    #[error("rho must be positive")]
    RhoNotPositive,
    /// A rho was not written as a fraction or a whole number.
    #[error("rho must be a whole number or a fraction such as 1/2, of at most {limit} characters")]
    RhoText {
        /// The longest text that is read.
        limit: usize,
    },
    /// The budget does not hold what would be spent.
    #[error("charge {charge} exceeds remaining budget {remaining}")]
    BudgetExceeded {
        /// What was to be charged.
        charge: Box<BigRational>,
        /// What is left.
        remaining: Box<BigRational>,
    },
    /// A variance of zero is no noise.
    #[error("variance must be positive")]
    VarianceZero,
    /// A variance was not written in its one form.
    #[error("variance must be written as a reduced fraction of sixteenths, such as 37/2")]
    VarianceText,
    /// The variance is beyond what is representable or drawable.
    #[error("variance exceeds {limit} sixteenths")]
    VarianceTooLarge {
        /// The largest variance, in sixteenths.
        limit: u128,
    },
    /// A sensitivity of zero has no price.
    #[error("sensitivity must be positive")]
    SensitivityZero,
    /// A strategy has too few or too many steps.
    #[error("strategy must have between 1 and {limit} steps")]
    StepsOutOfRange {
        /// The most steps.
        limit: u32,
    },
    /// A strategy has no level or too many.
    #[error("strategy must have between 1 and {limit} levels")]
    LevelsOutOfRange {
        /// The most levels.
        limit: usize,
    },
    /// A weight is zero or too large.
    #[error("weight must lie between 1 and {limit}")]
    WeightOutOfRange {
        /// The largest weight.
        limit: u64,
    },
    /// The first level must measure each step by itself.
    #[error("the first level must be the single steps")]
    FirstLevelNotSteps,
    /// A recursion has too many numbers of state.
    #[error("state must have at most {buffers} buffers and {sums} running sums")]
    StateTooLarge {
        /// The most buffers.
        buffers: usize,
        /// The most running sums.
        sums: usize,
    },
    /// A state or a row of gains has the wrong length.
    #[error("{expected} numbers of state are needed")]
    StateMiscounted {
        /// How many the recursion has.
        expected: usize,
    },
    /// A recursion has one row for all steps, or as many as steps; running sums need the latter.
    #[error("{expected} rows are needed, one for each step")]
    RowsMiscounted {
        /// The number of steps.
        expected: u32,
    },
    /// A buffer that does not decay never forgets.
    #[error("decay must lie below 1")]
    DecayOutOfRange,
    /// A row of a recursion is out of range.
    #[error("gain must lie between 0 and 16, precision above 0 and up to 16, scale up to 3")]
    RowOutOfRange,
    /// A strategy cannot bound this kind of contribution.
    #[error("no sensitivity is proven for this strategy under {participation}")]
    SensitivityUnproven {
        /// The kind of contribution.
        participation: &'static str,
    },
    /// Parameters of a recursion are out of range, or too few or too many.
    #[error("poles and zeros must lie in order between 0 and 1, and weights must fit the levels")]
    DesignOutOfRange,
    /// A sensitivity does not fit the integers that compute it.
    #[error("sensitivity is too large to be computed exactly")]
    SensitivityTooLarge,
    /// Nodes or blocks must follow each other without gap up to the last step.
    #[error("ends must increase strictly from at least 1 to exactly {steps}")]
    EndsNotPartition {
        /// The number of steps.
        steps: u32,
    },
    /// A contribution bound of zero leaves nothing to measure.
    #[error("contribution bound must lie between 1 and {limit}")]
    BoundOutOfRange {
        /// The largest bound.
        limit: u32,
    },
    /// At least one cell is needed.
    #[error("a stock must have at least 1 cell")]
    CellsZero,
    /// The exact sensitivity would take too long to compute.
    #[error(
        "exact sensitivity takes more than {limit} operations: \
         take fewer levels, levels that nest, or a smaller bound"
    )]
    WorkTooGreat {
        /// The most operations.
        limit: u64,
    },
    /// Counts and the noise drawn for them must go together.
    #[error("{drawn} counts are needed, one for each draw")]
    CountsMiscounted {
        /// How many draws were made ahead, by the plan.
        drawn: usize,
    },
    /// The weighted count and its noise leave the integers.
    #[error("weighted count plus noise exceeds 64 bits")]
    MeasurementTooLarge,
    /// An estimate was asked for past the last step.
    #[error("estimates know at most the {steps} steps of the strategy")]
    ThroughOutOfRange {
        /// The number of steps of the strategy.
        steps: u32,
    },
    /// The measurements do not fit the nodes.
    #[error("{expected} measurements are needed, one for each complete node")]
    MeasurementsMiscounted {
        /// The number of complete nodes.
        expected: usize,
    },
    /// An estimate is too large to be shown exactly.
    #[error("estimate exceeds {limit} thousandths")]
    EstimateTooLarge {
        /// The largest magnitude shown, in thousandths.
        limit: i64,
    },
    /// A table has no dimension or too many.
    #[error("table must have between 1 and {limit} dimensions")]
    DimensionsOutOfRange {
        /// The most dimensions.
        limit: usize,
    },
    /// A dimension has no level or too many.
    #[error("dimension must have between 1 and {limit} levels")]
    DepthOutOfRange {
        /// The most levels below the root.
        limit: usize,
    },
    /// A level of a dimension has too many codes.
    #[error("dimension must have at most {limit} codes on each level")]
    CodesOutOfRange {
        /// The most codes of one level.
        limit: usize,
    },
    /// The numbers of children do not fit the level above.
    #[error("each code of a level needs its number of children, at least 1")]
    ChildrenMiscounted,
    /// A margin does not fit the table.
    #[error("margin must name one level of each dimension of the table")]
    MarginUnknown,
    /// A margin or a set of margins is too large to be computed.
    #[error("margin exceeds {limit} cells")]
    MarginTooLarge {
        /// The most cells of one margin.
        limit: usize,
    },
    /// There are too many residuals.
    #[error("margins are made of more than {limit} residuals")]
    ResidualsTooMany {
        /// The most residuals.
        limit: usize,
    },
    /// Values do not fit the cells of a margin.
    #[error("{expected} values are needed, one for each cell of the margin")]
    ValuesMiscounted {
        /// The number of cells.
        expected: usize,
    },
    /// A margin was asked for without one of the residuals that it is made of.
    #[error("a residual that the margin is made of has no values")]
    ResidualMissing,
    /// The exact residual leaves the integers.
    #[error("exact residual exceeds 64 bits")]
    ResidualTooLarge,
    /// A squared norm leaves the integers.
    #[error("squared norm of a residual exceeds 128 bits")]
    NormTooLarge,
    /// An exact fraction leaves the integers.
    #[error("exact estimate exceeds 128 bits over its denominator")]
    FractionTooLarge,
    /// A weight or a time loss is no positive number.
    #[error("weights and time losses must be positive and finite")]
    ImportanceNotPositive,
}
