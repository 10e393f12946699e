//! A plan appraised before any data: what it costs and how accurate it is (`planner`), and what
//! one person can really change in all that is published (`audit`).
//!
//! Not here: the prices and the charges themselves (crate `ledger`), and how the command line
//! reads its arguments (crate `tidegauge`).
//!
//! Invariants:
//! 1. No store that exists is read: an audit makes its own, synthetic, and removes them.

#![warn(unreachable_pub)]

mod audit;
mod planner;

pub use audit::{AuditError, Options, Report, audit};
pub use planner::{
    Alternative, Epsilon, Forecast, MarginForecast, Mechanism, Outlook, Ratio, forecast,
};
