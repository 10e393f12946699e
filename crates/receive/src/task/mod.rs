//! What can be asked of a store, and doing it.
//!
//! Not here: when a task has its turn (room `owner`), how it travels (room `socket`), and what it
//! does to the store (crate `collect`).
//!
//! Invariants:
//! 1. Neither an answer nor a refusal counts events or persons, and none repeats a value of an
//!    event.

mod changes;
mod ingest;
mod perform;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tidegauge_collect::{BackedUp, Error, StoreStatus};
use tidegauge_delivery::Dates;

pub(crate) use perform::{Asked, perform};

/// What is asked of a store.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Task {
    /// Take files of events in, all of them or none.
    Ingest(IngestFiles),
    /// Release every step that has closed.
    Release(ReleaseSteps),
    /// Put an amendment of the plan in force.
    Amend(AmendPlan),
    /// Report the state of the store.
    Status,
    /// Copy the store to this directory.
    Backup(PathBuf),
    /// Compare the ledger of a restored store with this signed checkpoint, or with none.
    Compare(Option<String>),
}

/// A file, by the name under which it was given and by its absolute path.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GivenFile {
    /// The name, for messages.
    pub name: String,
    /// The path under which the process that owns the store opens it.
    pub path: PathBuf,
}

/// The files to take in. Instants and periods are texts, as the commands take them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IngestFiles {
    /// The files.
    pub files: Vec<GivenFile>,
    /// Their format; `None` to go by their endings.
    pub format: Option<String>,
    /// Who submits.
    pub submitter: String,
    /// Whether the other rows are taken if one is refused.
    #[serde(default)]
    pub skip_bad_rows: bool,
    /// The instant up to which the submitter, a source of the plan, has delivered everything.
    #[serde(default)]
    pub complete_until: Option<String>,
    /// The number of threads that read; `None` for one for each core.
    pub threads: Option<usize>,
    /// The time to use instead of the store's clock.
    pub now: Option<String>,
}

/// The steps to release.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleaseSteps {
    /// The last of them; `None` for the last that has closed.
    pub until: Option<String>,
    /// The number of threads that count; `None` for one for each core.
    pub threads: Option<usize>,
    /// Whether a store is released that never took an event.
    pub empty: bool,
    /// The time to use instead of the store's clock.
    pub now: Option<String>,
}

/// The amendment to put in force.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AmendPlan {
    /// The text of its file, byte for byte.
    pub text: String,
    /// Whether it is only checked.
    pub dry_run: bool,
    /// The time to use instead of the store's clock.
    pub now: Option<String>,
}

/// A report of work under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// The number of steps that will be released.
    Closed(u64),
    /// A step became public, without these sources, which had not declared it complete.
    Released(String, Vec<String>),
    /// A damaged state was removed, for this reason: a code and a sentence.
    PassedOver(String, String),
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// The events are durable.
    Ingested(IngestedRows),
    /// The steps are public, in their order; if more were asked for, why there are no more.
    Released(Vec<String>, Option<String>),
    /// The amendment is in force, or could be: its changes, one on each line.
    Amended(String),
    /// The state of the store.
    Status(Box<Status>),
    /// The backup is whole and durable.
    BackedUp(BackedUp),
    /// The restored store may change again; its ledger has this many entries.
    Compared(u64),
}

/// What became of the rows of files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IngestedRows {
    /// Rows that were taken.
    pub rows: u64,
    /// Of these, what follows from their dates.
    pub dates: Dates,
    /// For how many steps after its own the plan keeps an event, if not for ever.
    pub events_steps: Option<u32>,
    /// A line for each refused row that is listed, and one with their number; none if none was
    /// refused.
    pub warnings: Vec<String>,
}

/// How many deliveries of each source were refused, by the code of the reason.
pub type RefusedDeliveries = BTreeMap<String, BTreeMap<String, u64>>;

/// The state of a store, and of the process that has it open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Whether a server has the store open.
    pub served: bool,
    /// Whether the process that has it open releases by the clock.
    pub releases_by_clock: bool,
    /// The time by the store's clock.
    pub clock: String,
    /// The state of the store itself.
    #[serde(flatten)]
    pub state: StoreStatus,
    /// The deliveries that were refused over HTTP since the server started.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refused_deliveries: RefusedDeliveries,
}

/// Why a task was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The exit code of the command that asked.
    pub exit: u8,
    /// The stable code.
    pub code: String,
    /// Place, field and rule.
    pub text: String,
    /// Lines that come before: one for each refused row that is listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
}

impl Refusal {
    pub(crate) fn new(exit: u8, code: &str, text: impl Into<String>) -> Self {
        Self { exit, code: code.to_owned(), text: text.into(), before: vec![] }
    }

    /// Whether the store is as it was, whoever has it open: the input or a policy refuses the task.
    pub(crate) fn leaves_the_store(&self) -> bool {
        matches!(self.exit, 2 | 3)
    }
}

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        let refusal = Self::new(error.exit_code(), error.code(), error.to_string());
        Self { before: error.before(), ..refusal }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}
