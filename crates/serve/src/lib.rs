//! The public tower over HTTP: the questions that addresses ask, and how answers are sent.
//!
//! It reads a store's public directory and nothing else. It serves estimates with their margins,
//! made by crate `figures` from verified release files.
//!
//! Not here: figures, formats and structures (crate `figures`); events, persons, keys of any kind,
//! and anything that could lead to them. This crate does not depend on the private tower, so it
//! cannot leak what it cannot name.
//!
//! Invariants:
//! 1. A file that does not verify is not shown (`tests::a_tampered_release_is_not_served`).
//! 2. A figure is the same number in every format and on every repeat
//!    (`tests::every_format_has_the_same_figures`).
//! 3. Every figure has its margin: formats write complete observations only.

#![warn(unreachable_pub)]

mod assets;
mod cache;
mod calendar;
mod command;
mod compress;
mod conditional;
mod describe;
mod files;
mod follow;
mod front;
mod listener;
mod modules;
mod negotiate;
mod openapi;
mod page;
mod question;
mod ready;
mod refusal;
mod respond;
mod routes;
mod sdmx;
mod site;
mod stream;
mod telemetry;
#[cfg(test)]
mod tests;
mod v1;
mod words;

pub use command::Program;
pub use front::{Front, PublicOptions, address};
pub use listener::{asked_to_end, serve};
pub use page::{DocumentForm, EXPLAIN_LANGUAGES, explain};
pub use site::BasePath;
pub use telemetry::{LogFormat, LogOptions, Telemetry};
