//! SDMX-REST: requests of both generations of the standard, and the structures they ask for.
//!
//! Not here: HTTP (crate `serve`).

pub(crate) mod artefact;
pub(crate) mod error_message;
pub(crate) mod kind;
pub(crate) mod region;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod structure_json20;
pub(crate) mod structure_ml21;
