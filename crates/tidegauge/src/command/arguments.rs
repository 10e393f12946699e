//! Arguments that several commands share: which store, which clock, which period, how many threads.
//!
//! Not here: how each command uses them.
//!
//! Invariants:
//! 1. Every command that opens a store opens it alike: the same key files, the same wait
//!    (`tests/exit_codes.rs`: `every_command_refuses_a_key_that_others_can_read`).

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use tidegauge_collect::{Access, Store};
use tidegauge_model::Period;

use crate::failure::Failure;

/// The directory of a store, and the clock to use with it.
#[derive(clap::Args)]
pub(super) struct StoreAt {
    /// The store's directory.
    pub(super) directory: PathBuf,
    /// The time to use instead of the system clock, in RFC 3339 format; synthetic stores only.
    #[arg(long)]
    pub(super) now: Option<Timestamp>,
    #[command(flatten)]
    pub(super) access: StoreAccess,
}

impl StoreAt {
    /// Opens the store.
    pub(super) fn open(&self) -> Result<Store, tidegauge_collect::Error> {
        self.access.open(&self.directory)
    }
}

/// How a store is opened.
#[derive(clap::Args, Clone)]
pub(super) struct StoreAccess {
    /// The file with the key of the store; by default private/store.key inside the store.
    #[arg(long, value_name = "FILE")]
    pub(super) key: Option<PathBuf>,
    /// How many seconds to wait for another process that is using the store before ending with
    /// exit code 6.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub(super) wait: u64,
}

impl StoreAccess {
    pub(super) fn open(&self, directory: &Path) -> Result<Store, tidegauge_collect::Error> {
        self.open_within(directory, Duration::from_secs(self.wait))
    }

    /// As [`StoreAccess::open`], waiting no longer than this.
    pub(super) fn open_within(
        &self,
        directory: &Path,
        limit: Duration,
    ) -> Result<Store, tidegauge_collect::Error> {
        let wait = limit.min(Duration::from_secs(self.wait));
        Store::open_with(directory, &Access { key: self.key.clone(), wait })
    }
}

/// The public directory of a store; a directory without one is taken to be public itself.
pub(super) fn public_directory(place: &Path) -> PathBuf {
    let inside = tidegauge_collect::public_directory(place);
    if inside.is_dir() { inside } else { place.to_owned() }
}

/// Parses the period that an option gives, if any.
///
/// Errors: text that is not a period.
pub(super) fn period(option: &str, text: Option<&str>) -> Result<Option<Period>, Failure> {
    let parse = |text: &str| {
        let rule = format!(
            "{option}: value: must be a period such as 2024-01-31T13, 2024-01-31 or 2024-01"
        );
        Period::parse_sdmx(text).ok_or_else(|| Failure::new(2, "bad-value", rule))
    };
    text.map(parse).transpose()
}

/// The number of threads to use: the given one, or one for each core.
pub(super) fn threads(given: Option<usize>) -> usize {
    given.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1)
}
