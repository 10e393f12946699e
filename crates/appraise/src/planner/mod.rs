//! The cost of a plan and the accuracy of its figures, before any data: prices, margins, and the
//! margins with another bound, share, step or dimension.
//!
//! Not here: the prices themselves (crate `ledger`).
//!
//! `forecast` puts a plan's figures together. `margin` computes margins of error of every figure
//! (`figure`) from the variances that its parts have in a window (`window`), which follow from the
//! estimates that a part allows (`reader`); `headline` has the figures that are read first,
//! `intake` the sources; `ratio` compares the error of a stream with the least error possible
//! (`least`); `alternative` prices changed plans; `text` writes a forecast for people in
//! `columns`, and the JSON has the same structures; `warning` says what could be better, `caution`
//! what to decide before the plan runs, and `told` where its texts no longer fit its bounds. `fit`
//! finds shares, weights and strategies for a plan's wishes, `cut` its bounds, and `rewrite` writes
//! them into its text.
//!
//! Invariants:
//! 1. A forecast depends only on the plan.
//! 2. The margin forecast is the margin published
//!    (`tidegauge/tests/planner.rs`: `the_margin_forecast_is_the_margin_published`).

mod alternative;
mod caution;
mod columns;
mod cut;
mod figure;
mod fit;
mod forecast;
mod headline;
mod intake;
mod least;
mod margin;
mod ratio;
mod reader;
mod rewrite;
mod text;
mod told;
mod warning;
mod window;

pub use self::alternative::Alternative;
pub(crate) use self::caution::{DELTA, windows_needed};
pub use self::caution::{EPSILON_MAX, Limits};
pub use self::cut::{ChosenBound, Contributions};
pub use self::fit::{FitError, FittedPlan, UnwishedMarginal, fit};
pub use self::forecast::{
    DataflowForecast, EpsilonAtDelta, Forecast, ForecastOptions, MechanismForecast, forecast,
};
pub use self::headline::{FirstFigure, HeadlineForecast};
pub use self::intake::{IntakeForecast, SourceForecast};
pub use self::margin::MarginForecast;
pub use self::ratio::Ratio;
pub use self::rewrite::started;
pub use self::warning::PlanWarning;
