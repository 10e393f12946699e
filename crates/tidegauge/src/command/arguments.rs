//! Arguments that several commands share: which store, which clock, which period, how many threads.
//!
//! Not here: how each command uses them.
//!
//! Invariants:
//! 1. Every command that opens a store opens it alike: the same key files, the same wait
//!    (`tests/exit_codes.rs`: `every_command_refuses_a_key_that_others_can_read`).
//! 2. An address that is refused is not repeated, and one that is shown has no password and ends no
//!    line (`tests/addresses.rs`: `an_address_that_is_none_is_refused_and_not_repeated`).

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use jiff::Timestamp;
use jiff::civil::Date;
use tidegauge_collect::{Access, Store};
use tidegauge_model::Period;
use tidegauge_receive::{Answer, Progress, Task, hand_in};
use ureq::http::Uri;

use crate::failure::Failure;

/// The directory of a store, and the clock to use with it.
#[derive(clap::Args)]
pub(super) struct StoreAt {
    /// The store's directory.
    pub(super) directory: PathBuf,
    /// The time to use instead of the system clock, in RFC 3339 format; synthetic stores only.
    #[arg(long, value_parser = instant)]
    pub(super) now: Option<Timestamp>,
    #[command(flatten)]
    pub(super) access: StoreAccess,
}

impl StoreAt {
    /// The given time, as a task has it.
    pub(super) fn now(&self) -> Option<String> {
        self.now.map(|now| now.to_string())
    }

    /// Has a task done: by the server of the store if it is served, otherwise by this process.
    pub(super) fn hand_in(
        &self,
        task: &Task,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Answer, Failure> {
        let access = self.access.access();
        Ok(hand_in(&self.directory, &access, task, progress)?)
    }
}

/// How a store is opened.
#[derive(clap::Args, Clone)]
pub(super) struct StoreAccess {
    /// The file with the key of the store; by default private/store.key inside the store.
    #[arg(long, value_name = "FILE")]
    pub(super) key: Option<PathBuf>,
    /// How many seconds to wait for another process that is using the store before ending with
    /// exit code 6; the work for a store that is served waits for its turn as long as it takes.
    #[arg(long, value_name = "SECONDS", default_value_t = 3)]
    pub(super) wait: u64,
}

impl StoreAccess {
    /// The same, as the store takes it.
    pub(super) fn access(&self) -> Access {
        Access { key: self.key.clone(), wait: Duration::from_secs(self.wait) }
    }

    /// Opens a store.
    pub(super) fn open(&self, directory: &Path) -> Result<Store, tidegauge_collect::Error> {
        Store::open_with(directory, &self.access())
    }
}

/// The public directory of a store; a directory without one is taken to be public itself.
///
/// Errors: a place without a ledger.
pub(super) fn public_directory(place: &Path) -> Result<PathBuf, Failure> {
    let inside = tidegauge_collect::public_directory(place);
    let directory = if inside.is_dir() { inside } else { place.to_owned() };
    // A ledger of which some files are missing is one for the verifier to look at.
    match ["checkpoint", "vkey", "tile"].iter().any(|name| directory.join(name).exists()) {
        true => Ok(directory),
        false => {
            let rule = "has no ledger; give the directory of a store or its public directory";
            let text = format_args!("{}: directory: {rule}", place.display());
            Err(Failure::new(2, "not-a-store", text))
        }
    }
}

/// The address of a server, with its base path if it has one, that can be shown to anyone.
pub(super) struct Address(String);

impl Address {
    /// Parses the address that an argument gives.
    ///
    /// Errors: anything that is no address, or has more in it; what was given is not repeated,
    /// since it may have a password.
    pub(super) fn parse(argument: &str, text: &str) -> Result<Self, Failure> {
        let is_plain = text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'#'));
        if is_plain && text.parse::<Uri>().is_ok_and(|uri| is_base(&uri)) {
            return Ok(Self(text.trim_end_matches('/').to_owned()));
        }
        let rule = "must be http:// or https://, a host, and if need be a port from 1 to 65535 and a \
                    path, as in https://example.org/base; without a name, a password, a query or a \
                    space";
        Err(Failure::new(2, "bad-value", format_args!("{argument}: address: {rule}")))
    }

    /// As [`Address::parse`], if a place is an address and not a path.
    ///
    /// Errors: as [`Address::parse`].
    pub(super) fn of_place(argument: &str, place: &str) -> Result<Option<Self>, Failure> {
        let is_address = place.starts_with("http://") || place.starts_with("https://");
        is_address.then(|| Self::parse(argument, place)).transpose()
    }

    /// The address, without a slash at its end.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether an address has a host, and beside it at most a port that a server can have and a path.
fn is_base(uri: &Uri) -> bool {
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    let Some(authority) = uri.authority() else { return false };
    let host = authority.host();
    let port = authority.as_str().strip_prefix(host).and_then(|rest| rest.strip_prefix(':'));
    let has_port = port.is_some_and(|port| port.parse().is_ok_and(|port: u16| port > 0));
    is_http && !host.is_empty() && (authority.as_str() == host || has_port)
}

/// Reads a file, or a pipe, that an argument names; `next` says what to do with one that is too
/// long.
///
/// Errors: none that can be read; one with more bytes than the limit.
pub(super) fn read_file(path: &Path, bytes_max: u64, next: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(bytes_max + 1).read_to_end(&mut bytes))
        .map_err(|error| Failure::unreadable(path.display(), "read", &error))?;
    if bytes.len() as u64 > bytes_max {
        let rule = format!("longer than its limit of {bytes_max} bytes; {next}");
        return Err(Failure::new(2, "file-size", format_args!("{}: file: {rule}", path.display())));
    }
    Ok(bytes)
}

/// Parses an instant.
pub(super) fn instant(text: &str) -> Result<Timestamp, &'static str> {
    text.parse().map_err(|_| "must be an instant such as 2024-01-31T06:00:00+08:00")
}

/// Parses a day.
pub(super) fn day(text: &str) -> Result<Date, &'static str> {
    text.parse().map_err(|_| "must be a day such as 2024-01-31")
}

/// Parses the period that an option gives, if any.
///
/// Errors: text that is not a period.
pub(super) fn period(option: &str, text: Option<&str>) -> Result<Option<Period>, Failure> {
    let parse = |text: &str| {
        let rule = "must be a period such as 2024, 2024-Q1, 2024-01, 2024-W03, 2024-01-15 or \
                    2024-01-15T13";
        Period::parse_sdmx(text).ok_or_else(|| Failure::value(option, rule))
    };
    text.map(parse).transpose()
}

/// The most threads of a command.
const THREADS_MAX: u64 = 256;

/// Reads a number of threads.
pub(super) fn threads_parser() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=THREADS_MAX)
}

/// The number of threads to use: the given one, or one for each core.
pub(super) fn threads(given: Option<usize>) -> usize {
    given.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1)
}
