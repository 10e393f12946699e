//! What a plan costs and how accurate it will be, before any data: prices, margins, and what
//! another bound, share, step or dimension would buy.
//!
//! Not here: the prices themselves (crate `ledger`).
//!
//! `forecast` puts a plan's figures together. `cells` and `table` compute margins of error
//! (`margin`) from what the public reads of a part (`reader`); `ratio` holds a stream against the
//! least error possible (`least`); `alternative` prices changed plans; `text` writes a forecast
//! for people, and the JSON is its structures as they stand.
//!
//! Invariants:
//! 1. A forecast follows from the plan only.
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
