//! The public tower: verified releases to readers.
//!
//! It reads a store's public directory and nothing else: the ledger, the plan, the release files.
//! What it serves are estimates with their margins, made from those files by a public function
//! that anyone can redo.
//!
//! Not here: events, persons, keys of any kind, and whatever could lead to them. This crate does
//! not depend on the private tower, so it cannot leak what it cannot name.
//!
//! Invariants:
//! 1. A file that does not verify is not shown (`tests::a_tampered_release_is_not_served`).
//! 2. A figure is the same number in every format and at every repeat
//!    (`tests::every_format_tells_the_same_figures`).
//! 3. No figure without its margin: formats write whole observations only.

pub mod accept;
pub mod answer;
pub mod arrange;
pub mod assets;
pub mod catalogue;
pub mod csv;
pub mod decimal;
pub mod deliver;
pub mod derive;
pub mod describe;
pub mod distribution;
pub mod embargo;
pub mod error;
pub mod figures;
pub mod files;
pub mod format;
pub mod heading;
pub mod history;
pub mod http;
pub mod json;
pub mod jsonstat;
pub mod key;
mod language;
pub mod late;
pub mod margin;
pub mod moment;
mod open;
pub mod openapi;
mod pace;
pub mod parquet;
pub mod pieces;
pub mod query;
pub mod rate;
pub mod reader;
pub mod revisions;
pub mod sdmx;
pub mod server;
pub mod spans;
pub mod table;
#[cfg(test)]
mod tests;
pub mod waiting;
pub mod watch;

pub use error::Error;
pub use pieces::export;
pub use reader::clock_from;
pub use server::{asked_to_end, serve};
pub use watch::Log;
