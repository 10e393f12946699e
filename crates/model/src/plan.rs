//! The plan: one TOML file that determines, before any data, everything that a release needs.
//!
//! Not here: prices (crate `ledger`), and any rule that depends on data.
//!
//! Invariants:
//! 1. A [`Plan`] comes out of [`Plan::parse`], which applies every rule and reports all errors at
//!    once (`parse`), or out of [`Plan::amended`], which changes one that did (`amend`).

mod amend;
mod bound;
mod calendar;
mod content;
pub mod keys;
mod languages;
pub mod life_cycle;
mod limits;
mod open;
mod parse;
mod sources;

pub use content::{
    ATTRIBUTES, ATTRIBUTES_OF_EVENTS, Attribute, CLOSED_ATTRIBUTES, DAY_COLUMN, EVENT_COLUMNS,
    Plan, Privacy, Retention, Statement,
};
pub use life_cycle::{Arrow, CORRECTION_COLUMNS, EventOrder, LifeCycle, UNTIL};
pub use limits::{AMENDMENT_BYTES_MAX, DIMENSIONS_MAX, PLAN_BYTES_MAX};
pub use parse::{IdForm, PlanError, PlanErrors, PlanFault};
