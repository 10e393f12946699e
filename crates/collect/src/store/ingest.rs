//! Taking files of events into the journal.
//!
//! Not here: the rules for a file (room `intake`), how a segment is written (room `journal`).
//!
//! Invariants:
//! 1. All files of a call are ingested or none; their events are durable when the call returns
//!    (`tidegauge/tests/bad_input.rs`, `tidegauge/tests/crash.rs`).

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;

use super::control::SegmentChange;
use super::open::Store;
use crate::error::Error;
use crate::intake::{InputFormat, Schema, read};
use crate::journal::SegmentWriter;
use crate::layout::{journal_directory, private_directory, segment_name, sync_directory};
use crate::vault::keys::{self, Rekey};

/// How files of events are ingested.
#[derive(Clone, Debug)]
pub struct Ingest {
    /// The format; `None` to go by the files' endings.
    pub format: Option<InputFormat>,
    /// Who submits. The same event id of two submitters is two events.
    pub submitter: String,
    /// How many threads may read.
    pub threads: usize,
    /// The time by the store's clock; no event may lie after it.
    pub now: Timestamp,
}

impl Store {
    /// Takes files of events into the journal, all of them or none.
    ///
    /// Errors: the first fault of the first file that has one; then nothing is kept.
    pub fn ingest(&mut self, files: &[PathBuf], how: &Ingest) -> Result<(), Error> {
        let ingested = self.ingest_files(files, how);
        ingested.map_err(|error| error.or_full_disk(&private_directory(&self.directory)))
    }

    fn ingest_files(&mut self, files: &[PathBuf], how: &Ingest) -> Result<(), Error> {
        let fingerprint = self.control.pseudonym_key()?;
        let secret = keys::pseudonym_key(&self.directory, fingerprint)?;
        if fingerprint.is_none() {
            // A store that was made before stores noted it.
            self.control.note_pseudonym_key(keys::pseudonym_key_fingerprint(&secret))?;
        }
        let rekey = Rekey::new(&secret, &how.submitter);
        let schema = Schema::new(&self.plan, self.genesis.synthetic, how.now, rekey);
        let path =
            journal_directory(&self.directory).join(segment_name(self.control.next_segment()?));
        let attributes = self.plan.event_codes();
        let first_open = self.first_open();
        let writer = SegmentWriter::create(path.clone(), attributes, first_open, &self.key)?
            .taking_from(self.oldest_taken(first_open));
        let written = match self.take(files, how, &schema, &writer) {
            Ok(()) => writer.finish(),
            Err(error) => Err(error),
        };
        if !matches!(written, Ok(Some(_))) {
            // The file is not in the journal. If this fails, the next opening removes it.
            let _ = fs::remove_file(&path);
        }
        if let Some(name) = written? {
            sync_directory(&journal_directory(&self.directory))?;
            self.control.change_segments(&SegmentChange { leaving: vec![], new: Some(name) })?;
        }
        Ok(())
    }

    fn take(
        &self,
        files: &[PathBuf],
        how: &Ingest,
        schema: &Schema,
        writer: &SegmentWriter,
    ) -> Result<(), Error> {
        let mut sinks: Vec<_> = (0..how.threads.max(1)).map(|_| writer.sink()).collect();
        for file in files {
            read(file, how.format, schema, &mut sinks)?;
        }
        sinks.into_iter().try_for_each(|sink| sink.finish())
    }
}
