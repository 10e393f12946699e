//! `upgrade`: a store of an earlier version of the program becomes one of this version.
//!
//! Not here: the formats and their migrations (crate `collect`).
//!
//! Invariants:
//! 1. A store that a server holds is not upgraded
//!    (`tests/upgrade.rs`: `a_store_in_use_is_not_upgraded`).

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use tidegauge_collect::{Error, FoundFormat, Upgrade, Upgraded, upgrade};
use tidegauge_receive::is_served;

use super::arguments::StoreAccess;
use super::output::print_done;
use crate::failure::{Done, Failure};

#[derive(Args)]
pub(crate) struct UpgradeStore {
    /// The store's directory.
    directory: PathBuf,
    /// Only say which formats the files have and what would be done.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    access: StoreAccess,
}

impl UpgradeStore {
    pub(crate) fn run(self) -> Done {
        let how = if self.dry_run { Upgrade::Look } else { Upgrade::Do };
        let upgraded = match upgrade(&self.directory, &self.access.access(), how) {
            Err(Error::Locked { place }) if is_served(&self.directory) => {
                let rule = "a server holds this store; end it, upgrade, and start it again";
                let text = format_args!("{place}: lock: {rule}");
                return Err(Failure::new(6, "served", text));
            }
            upgraded => upgraded?,
        };
        print_done(self.report(&upgraded))
    }

    fn report(&self, upgraded: &Upgraded) -> String {
        let mut report: String = upgraded.found.iter().map(line).collect();
        let place = self.directory.display();
        for does in &upgraded.does {
            let _ = writeln!(report, "the upgrade {does}");
        }
        let end = match (upgraded.does.is_empty(), self.dry_run) {
            (true, _) => format!("{place}: nothing to upgrade"),
            (false, true) => format!(
                "{place}: nothing was changed; back the store up with the version that wrote it, \
                 then run `tidegauge upgrade {place}`"
            ),
            (false, false) => {
                format!("{place}: upgraded; earlier versions of the program no longer open it")
            }
        };
        report + &end
    }
}

/// The files of one format, with their numbers.
fn line(found: &FoundFormat) -> String {
    let FoundFormat { format, numbers } = found;
    let mut parts = Vec::new();
    for (&number, &files) in numbers {
        let files = match files {
            1 => "1 file".to_owned(),
            files => format!("{files} files"),
        };
        // A format that was ever migrated is brought to its newest number; the others never change.
        let is_migrated = format.upgraded_from < format.read_from;
        let becomes = match is_migrated && number < format.newest.into() {
            true => format!("becomes format {}", format.newest),
            false => "stays".to_owned(),
        };
        parts.push(format!("{} of format {number}, {files}: {becomes}", format.what));
    }
    if parts.is_empty() {
        parts.push("no file".to_owned());
    }
    format!("{}: {}\n", format.place, parts.join("; "))
}
