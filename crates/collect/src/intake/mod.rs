//! The intake: files of events become admitted events, one type for all formats.
//!
//! Not here: the storage of events. Each reader hands an event, with its step, to a sink.
//!
//! Invariants:
//! 1. The three formats accept the same events (`tidegauge/tests/same_bytes.rs`).
//! 2. A reader keeps in memory one row of text or, for a table, the rows that it decodes at once
//!    and a page of each column; the sizes in a footer are checked before anything is decoded.
//!    A page that lies about its size can still claim 2 GiB for each column and thread.

mod admit;
mod csv;
mod ndjson;
mod parquet;
mod read;
mod schema;

pub(crate) use admit::EventSink;
pub use read::InputFormat;
pub(crate) use read::read;
pub(crate) use schema::Schema;
