//! The intake: files of events become admitted events, one type for all formats.
//!
//! Not here: the storage of events. Each reader hands an event, with its step, to a sink.
//!
//! Invariants:
//! 1. The three formats accept the same events, from a file or from memory
//!    (`tidegauge/tests/same_bytes.rs`).
//! 2. A reader keeps in memory one row of text or, for a table, what its pages claim, which is
//!    compared with their bytes before anything is decoded: with the journal less than 512 MiB
//!    (`tidegauge/tests/hostile_tables.rs`: `no_file_takes_more_than_512_mib`).
//! 3. A reader goes on after a bad row; only what makes the rows after it unreadable ends a file
//!    (`tidegauge/tests/bad_rows.rs`: `every_bad_row_is_listed_in_one_run`).

mod admit;
mod contents;
mod csv;
mod lines;
mod ndjson;
mod parquet;
mod read;
mod schema;

pub(crate) use admit::EventSink;
pub use read::{Input, InputFormat};
pub(crate) use read::{read, read_stream};
pub(crate) use schema::Schema;
