//! Appraises a plan before any data: what it costs and how accurate its figures will be
//! (`planner`), starts one from a plain description (`compose`), and measures how far one person
//! can really change the published values (`audit`).
//!
//! Not here: the prices and the charges themselves (crate `ledger`), and how the command line
//! reads its arguments (crate `tidegauge`).
//!
//! Invariants:
//! 1. No existing store is read: an audit creates its own synthetic stores and removes them.

#![warn(unreachable_pub)]

mod audit;
mod compose;
mod planner;
mod solver;

pub use audit::{
    AuditError, AuditOptions, AuditReport, RandomOptions, RandomReport, audit, audit_random,
};
pub use compose::{
    ComposeError, Description, Dimension, Kind, ListOfCodes, PLAN_LANGUAGES, Sample, compose, list,
    list_of_table,
};
pub use planner::{
    Alternative, ChosenBound, Contributions, DataflowForecast, EPSILON_MAX, EpsilonAtDelta,
    FirstFigure, FitError, FittedPlan, Forecast, ForecastOptions, HeadlineForecast, IntakeForecast,
    Limits, MarginForecast, MechanismForecast, PlanWarning, Ratio, SourceForecast,
    UnwishedMarginal, fit, forecast, started,
};
