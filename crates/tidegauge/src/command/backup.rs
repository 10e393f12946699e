//! `backup`, `restore` and `ledger compare`.
//!
//! Not here: how a store is copied and compared (crate `collect`), and by which process (crate
//! `receive`).
//!
//! Invariants:
//! 1. A restored store draws nothing before it is compared, with this command or a later one
//!    (`tests/backup.rs`: `a_restored_store_draws_nothing_before_it_is_compared`).
//! 2. A restored store is compared whether or not its lines can be printed
//!    (`tests/backup.rs`: `a_restored_store_is_compared_before_anything_is_printed`).

use std::path::{Path, PathBuf};

use clap::Args;
use tidegauge_collect::restore;
use tidegauge_ledger::{CHECKPOINT_BYTES_MAX, DirectorySource, Source, read_public, server_source};
use tidegauge_receive::{Answer, Task, hand_in};

use super::arguments::{Address, StoreAccess, public_directory, read_file};
use super::output::{StandardOutput, print_done};
use crate::failure::{Done, Failure, print_error};

/// The name of the checkpoint in a public directory.
const CHECKPOINT: &str = "checkpoint";

#[derive(Args)]
pub(crate) struct Backup {
    /// The store's directory.
    directory: PathBuf,
    /// The directory of the backup: empty, or with an earlier backup of this store.
    to: PathBuf,
    #[command(flatten)]
    access: StoreAccess,
}

impl Backup {
    pub(crate) fn run(self) -> Done {
        let to = std::path::absolute(&self.to)
            .map_err(|error| Failure::unreadable(self.to.display(), "find", &error))?;
        let task = Task::Backup(to);
        let answer = hand_in(&self.directory, &self.access.access(), &task, &mut |_| {})?;
        let Answer::BackedUp(done) = answer else { return Ok(()) };
        if done.left_out > 0 {
            let more = if done.left_out > done.left_out_named.len() { ", ..." } else { "" };
            print_error(format_args!(
                "warning[left-out]: {}: public: {} files that are none of the store's are not in \
                 the backup: {}{more}; move them out of the store",
                self.directory.display(),
                done.left_out,
                done.left_out_named.join(", "),
            ));
        }
        print_done(format_args!(
            "{}: {} files, {} bytes, {} of the files new; {} entries in the ledger",
            self.to.display(),
            done.files,
            done.bytes,
            done.copied,
            done.entries
        ))
    }
}

/// What a restored ledger is compared with.
#[derive(Args)]
#[group(multiple = false)]
struct Kept {
    /// The newest checkpoint that was published: a file, a public directory or a mirror of it, or
    /// the address of a server. It must not come from the backup.
    #[arg(long, value_name = "FILE|DIR|URL")]
    head: Option<String>,
    /// Take the risk that something was released since the backup and is drawn again: no checkpoint
    /// is left anywhere.
    #[arg(long)]
    i_know: bool,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// The directory of the backup.
    from: PathBuf,
    /// The directory of the store; it must not exist.
    directory: PathBuf,
    #[command(flatten)]
    kept: Kept,
    #[command(flatten)]
    access: StoreAccess,
}

impl Restore {
    pub(crate) fn run(self) -> Done {
        // A checkpoint that cannot be read leaves nothing behind.
        let note = self.kept.note(&self.from)?;
        let entries = restore(&self.from, &self.directory, self.access.key.as_deref())?;
        let place = self.directory.display();
        let restored = format!("{place}: restored, {entries} entries in the ledger");
        let mut output = StandardOutput::default();
        // All work comes before the first line, which may not find a reader.
        let compared = match self.kept.is_given() {
            true => compare(&self.directory, &self.access, &self.kept, note),
            false => {
                let next = "it changes nothing before `tidegauge ledger compare` has compared its \
                            ledger";
                Ok(next.to_owned())
            }
        };
        output.print(&restored);
        let compared = compared.map_err(|failure| {
            failure.followed_by(format_args!(
                "warning[not-compared]: {place}: store: is restored, but changes nothing before it \
                 is compared; compare it with another checkpoint by `tidegauge ledger compare`, or \
                 delete the directory"
            ))
        })?;
        output.print(&compared);
        output.finish(format_args!("{restored}; {compared}"))
    }
}

#[derive(Args)]
pub(crate) struct Compare {
    /// The store's directory.
    directory: PathBuf,
    #[command(flatten)]
    kept: Kept,
    #[command(flatten)]
    access: StoreAccess,
}

impl Compare {
    pub(crate) fn run(self) -> Done {
        if !self.kept.is_given() {
            let rule = "--head: value: is missing; give a checkpoint kept elsewhere";
            return Err(Failure::new(2, "bad-value", rule));
        }
        let note = self.kept.note(&self.directory)?;
        print_done(compare(&self.directory, &self.access, &self.kept, note)?)
    }
}

impl Kept {
    fn is_given(&self) -> bool {
        self.head.is_some() || self.i_know
    }

    /// The signed checkpoint, as it was published; `own` is the store or the backup itself, which
    /// proves nothing.
    fn note(&self, own: &Path) -> Result<Option<String>, Failure> {
        let Some(place) = &self.head else { return Ok(None) };
        let path = Path::new(place);
        let canonical = path.canonicalize().ok().zip(own.canonicalize().ok());
        if canonical.is_some_and(|(path, own)| path.starts_with(own)) {
            let rule = "--head: is of the restored store or its backup, and says nothing about \
                        what was released since; give a checkpoint kept elsewhere";
            return Err(Failure::new(2, "bad-value", format_args!("{place}: {rule}")));
        }
        let bytes = match Address::of_place("--head", place)? {
            Some(address) => published(&server_source(address.as_str()), place)?,
            None if path.is_dir() => {
                published(&DirectorySource::new(public_directory(path)?), place)?
            }
            None => read_file(path, CHECKPOINT_BYTES_MAX as u64, "name the checkpoint itself")?,
        };
        let rule = || format!("{place}: checkpoint: is not text");
        let text = String::from_utf8(bytes).map_err(|_| Failure::new(2, "not-utf8", rule()))?;
        Ok(Some(text))
    }
}

/// The checkpoint that a server or a directory publishes. One that cannot be a checkpoint says
/// nothing about the store: it is bad input.
fn published(source: &dyn Source, place: &str) -> Result<Vec<u8>, Failure> {
    match read_public(source, CHECKPOINT) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => {
            let rule = "there is none";
            Err(Failure::new(2, "not-a-store", format_args!("{place}: checkpoint: {rule}")))
        }
        Err(error) => Err(Failure::new(2, error.code(), format_args!("{place}: {error}"))),
    }
}

/// Compares the ledger; returns the line that says so.
fn compare(
    directory: &Path,
    access: &StoreAccess,
    kept: &Kept,
    note: Option<String>,
) -> Result<String, Failure> {
    if kept.i_know {
        print_error(
            "warning[not-compared]: --i-know: what was released since the backup may be drawn \
             again, beyond the account in the ledger",
        );
    }
    let task = Task::Compare(note);
    let answer = hand_in(directory, &access.access(), &task, &mut |_| {})?;
    let compared = match answer {
        Answer::Compared(entries) if kept.i_know => {
            format!("the ledger of {entries} entries accepted without a checkpoint")
        }
        Answer::Compared(entries) => {
            format!("the ledger of {entries} entries contains the checkpoint")
        }
        _ => "compared".to_owned(),
    };
    Ok(format!("{}: {compared}", directory.display()))
}
