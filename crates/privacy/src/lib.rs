//! Exact discrete noise, strategies, sensitivity, budgets and estimates.
//!
//! Not here: persons, events, calendars, plans, files. This crate knows integers: how far one
//! person can move them, how much noise hides that, what the noise costs, and what the public can
//! estimate from the noisy result. It depends on no other crate of the workspace.
//!
//! Invariants:
//! 1. No floating-point number lies on the way to a charge or a draw. Floats appear only in
//!    [`display`], [`estimate`], [`decode`] and [`interval`], which read public data, and in
//!    [`design`] and [`residual::shares`], which choose integers and do not affect what those
//!    integers are charged.
//! 2. Every charge is the exact rational `sensitivity^2 / (2 sigma^2)`
//!    (`accountant::tests::known_prices_are_exact`), and the charges of a budget never exceed it
//!    (`budget::tests::charges_never_exceed_budget`).
//! 3. Every mechanism has its proof beside it ([`PROOFS`]).

#![warn(unreachable_pub)]

pub mod accountant;
pub mod ahead;
pub mod budget;
pub mod decode;
pub mod design;
pub mod display;
pub mod entropy;
pub mod error;
pub mod estimate;
mod fault;
pub mod interval;
pub mod measure;
pub mod residual;
pub mod sampler;
pub mod sensitivity;
pub mod strategy;

pub use accountant::{Variance, calibrate, charge};
pub use ahead::DrawnNoise;
pub use budget::{Budget, Rho};
pub use decode::Decoder;
pub use display::epsilon;
pub use error::{Error, Result};
pub use estimate::Estimator;
pub use measure::measure;
pub use sensitivity::late::{
    JointSensitivity, joint_sensitivity, joint_sensitivity_of_periods,
    joint_sensitivity_of_recursion, joint_sensitivity_of_residual,
};
pub use sensitivity::{MeasuredVector, Participation, SubBound, sensitivity_squared};
pub use strategy::recursion::Recursion;
pub use strategy::{Level, Node, Strategy};

/// The proof of every mechanism; the crate does not build if one is missing.
pub const PROOFS: [(&str, &str); 7] = [
    ("sampler", include_str!("sampler.proof.md")),
    ("residual", include_str!("residual/residual.proof.md")),
    ("late", include_str!("sensitivity/late.proof.md")),
    ("blt", include_str!("strategy/blt.proof.md")),
    ("calendar", include_str!("strategy/calendar.proof.md")),
    ("calendar_blt", include_str!("strategy/calendar_blt.proof.md")),
    ("identity", include_str!("strategy/identity.proof.md")),
];
