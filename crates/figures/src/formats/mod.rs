//! Writing an answer: its layout, the message around it, and a writer for each format.
//!
//! Not here: figures ([`crate::answer`]).

pub(crate) mod csv;
pub(crate) mod json;
pub(crate) mod jsonstat;
pub(crate) mod layout;
pub(crate) mod message;
pub(crate) mod parquet;
pub(crate) mod sdmx_json20;
pub(crate) mod sdmx_ml21;
pub(crate) mod shape;
pub(crate) mod writer;
pub(crate) mod xlsx;
