//! Exact discrete noise, strategies, sensitivity, budgets and estimates.
//!
//! Not here: persons, events, calendars, plans, files. This crate knows integers: how far
//! one person can move them, how much noise hides that, what it costs, and what the public
//! can estimate from the noisy result. It depends on no other crate of the workspace.
//!
//! Invariants:
//! 1. No floating-point number lies on the way to a charge or a draw; floats appear only in
//!    [`display`] and [`estimate`], which read what is already public, and in
//!    [`residual::shares`], which chooses how a budget is split and charges nothing.
//! 2. Every charge is the exact rational `sensitivity^2 / (2 sigma^2)`
//!    (`accountant::tests::known_prices_are_exact`), and the charges of a budget never exceed it
//!    (`budget::tests::charges_never_exceed_budget`).
//! 3. Every strategy has its proof beside it: `strategy/identity.proof.md`,
//!    `strategy/calendar.proof.md`; so has the basis of tables: `residual/residual.proof.md`.

pub mod accountant;
pub mod budget;
pub mod display;
pub mod entropy;
pub mod error;
pub mod estimate;
pub mod measure;
pub mod residual;
pub mod sampler;
pub mod sensitivity;
pub mod strategy;

pub use accountant::{Variance, calibrate, charge};
pub use budget::{Budget, Rho};
pub use display::epsilon;
pub use error::Error;
pub use estimate::Estimator;
pub use measure::measure;
pub use sensitivity::{Participation, SubBound, sensitivity_squared};
pub use strategy::{Level, Node, Strategy};

/// What this crate returns.
pub type Result<T> = std::result::Result<T, Error>;
