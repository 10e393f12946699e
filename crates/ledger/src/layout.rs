//! Paths in the public directory of a store, and publishing files beside the log.
//!
//! Not here: the files of the log itself (crate `tlog`), and the contents of files (`release`,
//! `entry`).
//!
//! Invariants:
//! 1. No file is published that is longer than readers accept
//!    (`layout::tests::a_file_longer_than_readers_accept_is_not_published`).

use std::path::Path;

use tidegauge_model::plan::PLAN_BYTES_MAX;
use tidegauge_tlog as tlog;
use tidegauge_tlog::NewFile;

use crate::error::{Error, LedgerRule};
use crate::release::RELEASE_BYTES_MAX;

/// The path of a plan, or of an amendment of it, in the public directory.
pub fn plan_path(digest: &str) -> String {
    format!("plan/{digest}.toml")
}

/// The name of the log of a store, which is also the name of its key.
pub(crate) fn origin(store: &str) -> String {
    format!("tidegauge/{store}")
}

/// The public directory of a store on a server, under `/log/` of a base address such as
/// `http://127.0.0.1:8080`.
#[cfg(feature = "http-client")]
pub fn server_source(base: &str) -> tlog::HttpSource {
    let prefix = format!("{}/log", base.trim_end_matches('/'));
    tlog::HttpSource::new(&prefix, concat!("tidegauge/", env!("CARGO_PKG_VERSION")))
}

/// The greatest length in bytes of the file at a path of the public directory.
fn bytes_max(path: &str) -> usize {
    match path.split('/').next() {
        Some("plan") => PLAN_BYTES_MAX,
        Some("release") => RELEASE_BYTES_MAX,
        _ => tlog::bytes_max(path),
    }
}

/// The file at a path of the public directory; `None` if there is none.
///
/// Errors: a path outside the directory, a file above the limit of its kind, disk or network.
pub fn read_public(source: &dyn tlog::Source, path: &str) -> Result<Option<Vec<u8>>, Error> {
    Ok(source.read(path, bytes_max(path))?)
}

/// Publishes files beside the log, whole and durably. They are never replaced; the same bytes again
/// change nothing, so a restart can repeat a call that a crash interrupted.
///
/// Errors: other bytes at a path, a path outside the directory, bytes above the limit, disk.
pub fn publish(root: &Path, files: &[NewFile<'_>]) -> Result<(), Error> {
    for NewFile { path, bytes, .. } in files {
        let bytes_max = bytes_max(path);
        if bytes.len() > bytes_max {
            return Err(LedgerRule::FileSize { bytes_max }.at(*path));
        }
    }
    Ok(tlog::publish(root, files)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_longer_than_readers_accept_is_not_published() {
        let root = tempfile::tempdir().unwrap();
        let long = vec![0; PLAN_BYTES_MAX + 1];
        let file = NewFile { path: "plan/x", bytes: &long, modified: None };
        assert_eq!(publish(root.path(), &[file]).unwrap_err().code(), "file-size");
        let release = NewFile { path: "release/FLOW/2024-01-01.v0.json", ..file };
        publish(root.path(), &[release, NewFile { bytes: &long[1..], ..file }]).unwrap();
        let other = NewFile { bytes: b"other", ..file };
        assert_eq!(publish(root.path(), &[other]).unwrap_err().code(), "published");
    }
}
