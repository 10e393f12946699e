//! Sealed releases: the entries of the ledger, and the files that they name, before they become
//! public.
//!
//! Not here: where they wait until then (module `store::control`), and the order in which they
//! become public (module `store::pending`).
//!
//! Invariants:
//! 1. A release becomes public as it was sealed, byte for byte (`tidegauge/tests/crash.rs`).

use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tidegauge_ledger::{Entry, Release, digest};

use crate::error::Error;
use crate::layout::ledger_time;

/// Entries of the ledger and the files that they name, ready to become public.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sealed {
    pub entries: Vec<Entry>,
    pub files: Vec<SealedFile>,
}

impl Sealed {
    /// Adds a release: its file, and the entry that names the file, the charges that pay for it
    /// and the sources that were silent.
    pub(crate) fn add(
        &mut self,
        release: &Release,
        charges: Vec<u64>,
        silent: Vec<String>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let text = String::from_utf8(release.to_bytes())
            .map_err(|_| Error::corrupt(Path::new("release"), "text", "is not UTF-8"))?;
        let path = Release::path(&release.dataflow, &release.step, release.vintage);
        self.entries.push(Entry::Release {
            dataflow: release.dataflow.clone(),
            step: release.step.clone(),
            vintage: release.vintage,
            charges,
            path: path.clone(),
            digest: digest(text.as_bytes()),
            bytes: text.len() as u64,
            silent,
            at: ledger_time(now),
        });
        self.files.push(SealedFile { path, text });
        Ok(())
    }
}

/// A file that is about to become public.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SealedFile {
    /// Path in the public directory.
    pub path: String,
    /// Its whole text.
    pub text: String,
}
