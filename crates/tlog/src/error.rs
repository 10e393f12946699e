//! What can go wrong with a log: each variant is one fact, with its limit.
//!
//! Not here: exit codes, and the rules of what entries mean (crate `ledger`). [`LogRule`] is a fact
//! about a public file; [`Error`] adds what concerns only this process: disk, network, another
//! writer.
//!
//! Invariants:
//! 1. Every code is stable and unique (`error::tests::every_code_names_one_thing`).

/// The next step where a copy may be damaged.
const COPY: &str = "copy the ledger again, and tell its publisher if it stays so";

/// A rule of the log's formats that a public file breaks. The words before the first colon of its
/// message name the field; [`LogRule::code`] is stable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogRule {
    /// A bundle does not hold as many entries as its path says.
    #[error("entries: the file does not have exactly {entries} entries; {COPY}")]
    BundleShape {
        /// How many it should hold.
        entries: u16,
    },
    /// A checkpoint that is not three lines in their one form.
    #[error(
        "text: a checkpoint is an origin, a size without leading zeros and a root; give a \
         ledger's file `checkpoint`, unchanged"
    )]
    CheckpointSyntax,
    /// An entry that is longer than its length prefix can say.
    #[error(
        "entry: longer than its limit of {bytes_max} bytes; please report it as an error of the \
         program"
    )]
    EntrySize {
        /// The limit.
        bytes_max: usize,
    },
    /// A directory, a pipe or another thing where a file must be.
    #[error("file: is not a plain file; put the published file in its place")]
    FileKind,
    /// A file that must be there is missing.
    #[error("file: missing; {COPY}")]
    FileMissing,
    /// A file above its limit.
    #[error("file: longer than its limit of {bytes_max} bytes; {COPY}")]
    FileSize {
        /// The limit.
        bytes_max: usize,
    },
    /// The published key is not the expected one.
    #[error(
        "key: the log publishes another key than the expected {expected}; compare it with the one \
         that the publisher announced"
    )]
    KeyOther {
        /// The expected verifier key.
        expected: String,
    },
    /// Text that is not a verifier key.
    #[error(
        "key: not a verifier key (name+id+base64, Ed25519); give the text of the file `vkey`, \
         whole and unchanged"
    )]
    KeySyntax,
    /// Text that is not a signed note.
    #[error("note: not a signed note; give a ledger's file `checkpoint`, unchanged")]
    NoteSyntax,
    /// A checkpoint of another log.
    #[error("origin: {given} is not {expected}; give the checkpoint and the key of one ledger")]
    Origin {
        /// The origin of the checkpoint.
        given: String,
        /// The name of the log's key.
        expected: String,
    },
    /// A path that leaves the directory.
    #[error(
        "path: not a path inside the public directory; tell its publisher that the ledger was \
         altered"
    )]
    Path,
    /// The entries are not those that the checkpoint signs.
    #[error("root: the entries do not have the root that the checkpoint signs; {COPY}")]
    Root,
    /// The signature of the known key does not verify, or there is none.
    #[error(
        "signature: the note has no valid signature of the key {key}; copy it again, and compare \
         the key with the one that the publisher announced"
    )]
    Signature {
        /// Name of the key.
        key: String,
    },
    /// A hash tile that does not hold the hashes of the entries.
    #[error("hashes: the tile does not hold the hashes of the entries; {COPY}")]
    Tile,
    /// A tree above its limit.
    #[error("size: {size} entries exceed the limit of {entries_max}; {COPY}")]
    TreeSize {
        /// What the checkpoint says.
        size: u64,
        /// The limit.
        entries_max: u64,
    },
}

impl LogRule {
    /// The stable name of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            LogRule::BundleShape { .. } => "bundle-shape",
            LogRule::CheckpointSyntax => "checkpoint-syntax",
            LogRule::EntrySize { .. } => "entry-size",
            LogRule::FileKind => "file-kind",
            LogRule::FileMissing => "file-missing",
            LogRule::FileSize { .. } => "file-size",
            LogRule::KeyOther { .. } => "key-other",
            LogRule::KeySyntax => "key-syntax",
            LogRule::NoteSyntax => "note-syntax",
            LogRule::Origin { .. } => "origin",
            LogRule::Path => "path",
            LogRule::Root => "root",
            LogRule::Signature { .. } => "signature",
            LogRule::Tile => "tile",
            LogRule::TreeSize { .. } => "tree-size",
        }
    }

    /// The error that this rule is broken at a place: a path in the public directory, or `entry N`.
    pub fn at(self, place: impl Into<String>) -> Error {
        Error::Broken { place: place.into(), rule: self }
    }
}

/// How two histories of one log differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fork {
    /// Another checkpoint than the one that this writer wrote last.
    #[error("the checkpoint is not the one that this writer wrote last")]
    Checkpoint,
    /// The log has other bytes at this index.
    #[error("the log has other bytes at entry {0}")]
    Entry(u64),
    /// A tree that does not extend one that was seen.
    #[error("the tree of {size} entries does not extend the tree of {size_seen} seen before")]
    Tree {
        /// Size of the tree that was seen.
        size_seen: u64,
        /// Size of the tree that is offered.
        size: u64,
    },
}

/// What can go wrong with a log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A public file breaks a rule.
    #[error("{place}: {rule}")]
    Broken {
        /// A path in the public directory, or `entry N`.
        place: String,
        /// The rule.
        rule: LogRule,
    },
    /// There is a log in this directory already.
    #[error("checkpoint: there is a ledger in this directory already; name another directory")]
    Exists,
    /// Two histories of one log.
    #[error("checkpoint: {0}; keep a copy of both, and ask the publisher which holds")]
    Fork(Fork),
    /// Entries that would leave a gap.
    #[error(
        "index: {index} is beyond the end of the ledger, which has {size} entries; restore the \
         public directory from a mirror"
    )]
    Gap {
        /// Where the entries should begin.
        index: u64,
        /// The size of the log.
        size: u64,
    },
    /// The network failed.
    #[error("{path}: {source}; check the address and the network")]
    Http {
        /// The path that was asked for.
        path: String,
        /// What failed.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The disk failed.
    #[error("{path}: {source}; check its owner and its permissions, then the disk")]
    Io {
        /// The path.
        path: String,
        /// What failed.
        source: std::io::Error,
    },
    /// Another process writes this log.
    #[error("ledger: another process has it open for writing; try again later")]
    Locked,
    /// Published files never change, and other bytes are published at this path.
    #[error(
        "{path}: other bytes are published there already; restore the public directory from a \
         mirror"
    )]
    Published {
        /// The path.
        path: String,
    },
    /// A server answered with neither the file nor its absence.
    #[error("{path}: the server answered {status}; try again later")]
    Status {
        /// The path that was asked for.
        path: String,
        /// The HTTP status.
        status: u16,
    },
    /// A write failed earlier; only opening the log again shows what is on disk.
    #[error("ledger: an earlier write failed; check the disk, then run the command again")]
    Stopped,
}

impl Error {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Broken { rule, .. } => rule.code(),
            Error::Exists => "ledger-exists",
            Error::Fork(_) => "fork",
            Error::Gap { .. } => "ledger-gap",
            Error::Http { .. } => "http",
            Error::Io { .. } => "io",
            Error::Locked => "ledger-locked",
            Error::Published { .. } => "published",
            Error::Status { .. } => "http-status",
            Error::Stopped => "ledger-stopped",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_names_one_thing() {
        let text = String::new;
        let rules = [
            LogRule::BundleShape { entries: 1 },
            LogRule::CheckpointSyntax,
            LogRule::EntrySize { bytes_max: 1 },
            LogRule::FileKind,
            LogRule::FileMissing,
            LogRule::FileSize { bytes_max: 1 },
            LogRule::KeyOther { expected: text() },
            LogRule::KeySyntax,
            LogRule::NoteSyntax,
            LogRule::Origin { given: text(), expected: text() },
            LogRule::Path,
            LogRule::Root,
            LogRule::Signature { key: text() },
            LogRule::Tile,
            LogRule::TreeSize { size: 1, entries_max: 1 },
        ];
        let mut codes: Vec<&str> = rules.iter().map(LogRule::code).collect();
        let errors = [
            Error::Exists,
            Error::Fork(Fork::Checkpoint),
            Error::Gap { index: 1, size: 0 },
            Error::Http { path: text(), source: "x".into() },
            Error::Io { path: text(), source: std::io::Error::other("x") },
            Error::Locked,
            Error::Published { path: text() },
            Error::Status { path: text(), status: 500 },
            Error::Stopped,
        ];
        codes.extend(errors.iter().map(Error::code));
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }
}
