//! The cost of a plan and the accuracy of its figures, before any data: prices, margins, and the
//! margins with another bound, share, step or dimension.
//!
//! Not here: the prices themselves (crate `ledger`).
//!
//! `forecast` puts a plan's figures together. `cells` and `table` compute margins of error
//! (`margin`) from the estimates that a part allows (`reader`); `ratio` compares the error of a
//! stream with the least error possible (`least`); `alternative` prices changed plans; `text`
//! writes a forecast for people, and the JSON has the same structures.
//!
//! Invariants:
//! 1. A forecast depends only on the plan.
//! 2. The margin forecast is the margin published
//!    (`tidegauge/tests/planner.rs`: `the_margin_forecast_is_the_margin_published`).

mod alternative;
mod cells;
mod forecast;
mod least;
mod margin;
mod ratio;
mod reader;
mod table;
mod text;

pub use self::alternative::Alternative;
pub use self::forecast::{DataflowForecast, EpsilonAtDelta, Forecast, MechanismForecast, forecast};
pub use self::margin::MarginForecast;
pub use self::ratio::Ratio;
