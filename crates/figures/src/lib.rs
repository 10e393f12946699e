//! The public tower without a network: verified releases to estimates, and estimates to bytes.
//!
//! It reads a store's public directory and nothing else: the ledger, the plan, the release files.
//! It serves estimates with their margins, made from those files by a public function that anyone
//! can repeat.
//!
//! Not here: HTTP (crate `serve`); events, persons, keys of any kind, and anything that could lead
//! to them. This crate does not depend on the private tower, so it cannot leak what it cannot name.
//!
//! Invariants:
//! 1. A file that does not verify is not shown (`serve::tests::a_tampered_release_is_not_served`).
//! 2. A figure is the same number in every format and on every repeat
//!    (`serve::tests::every_format_has_the_same_figures`).
//! 3. Every figure has its margin: formats write complete observations only.

#![warn(unreachable_pub)]

mod answer;
mod catalogue;
mod derived;
mod error;
mod estimate;
mod formats;
mod query;
mod sdmx;
mod structure;
#[cfg(test)]
mod tests;

pub use answer::answer::{Answer, CheckedAnswer};
pub use answer::evaluate::{ListedPeriods, answer, select};
pub use catalogue::catalogue::{Catalogue, verifies};
pub use catalogue::window::ReleasedWindow;
pub use derived::cohort::beginnings;
pub use derived::revisions::table as revisions_table;
pub use derived::table::DerivedTable;
pub use derived::{DerivedSelection, export as export_derived};
pub use error::{Error, OBSERVATIONS_MAX};
pub use estimate::reader::{Clock, Reader, UnservedFile, clock_from};
pub use formats::layout::Layout;
pub use formats::shape::Shape;
pub use formats::writer::{MessageWriter, export};
pub use query::decimals::{Decimals, MarginRule};
pub use query::format::Format;
pub use query::grammar::{
    Key, KeyPart, Parameters, decode, language_of, parse_key, parse_parameters,
};
pub use query::ledger_state::LedgerState;
pub use query::place::corners;
pub use query::series::{Indicator, Selection, grains, indicators};
pub use sdmx::error_message::{sdmx_error_json20, sdmx_error_ml21};
pub use sdmx::kind::SdmxRest;
pub use sdmx::region::Regions;
pub use sdmx::reply::{
    StructureFormat, StructureQuestion, availability_selection, data as sdmx_data, released,
    selections as sdmx_selections, structure_message,
};
pub use sdmx::request::{Presentation, SdmxRequest, parse as parse_sdmx};
pub use structure::concept::{Concept, attributes, dimensions};
pub use structure::key::key_of;
pub use structure::version::structure_version;
