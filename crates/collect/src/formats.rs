//! Every format on disk, with its number and what reads it.
//!
//! Not here: what each format looks like (beside its reader), and the migration of a store from one
//! number to the next (module `store::upgrade`). Streams of a socket and of HTTP are not on disk.
//!
//! Invariants:
//! 1. The reference lists exactly these (`formats::tests::the_reference_lists_every_format`).
//! 2. A store of every number that is read or upgraded stands in the tests
//!    (`tidegauge/tests/upgrade.rs`: `every_past_format_is_upgraded_and_goes_on`).

use tidegauge_ledger::{Format, LEDGER, RELEASE};

/// The control store.
pub(crate) const CONTROL: Format = Format {
    what: "control store",
    place: "private/control.sqlite",
    stated: "`user_version` of the database",
    newest: 5,
    read_from: 3,
    upgraded_from: 2,
    reader: "`tidegauge`",
};

/// A segment of the journal.
pub(crate) const SEGMENT: Format = Format {
    what: "segment of the journal",
    place: "private/journal",
    stated: "`format` of each index, encrypted; none means 1",
    newest: 1,
    read_from: 1,
    upgraded_from: 1,
    reader: "`tidegauge`",
};

/// A file of the state: 1 was a snapshot of all of it, 2 is a run.
pub(crate) const SNAPSHOT: Format = Format {
    what: "file of the state",
    place: "private/state",
    stated: "`format` of each head or index, encrypted; none means 1",
    newest: 2,
    read_from: 1,
    upgraded_from: 1,
    reader: "`tidegauge`",
};

/// A backup.
pub(crate) const BACKUP: Format = Format {
    what: "backup",
    place: "manifest.json",
    stated: "`format`",
    newest: 1,
    read_from: 1,
    upgraded_from: 1,
    reader: "`tidegauge restore`",
};

/// Every format on disk, in the order in which `tidegauge upgrade` shows those of a store.
pub const FORMATS: [Format; 6] = [CONTROL, SEGMENT, SNAPSHOT, LEDGER, RELEASE, BACKUP];

#[cfg(test)]
mod tests {
    use std::path::Path;

    use testkit::reference::keep_table;

    use super::*;

    /// The numbers from one to another, as a table has them.
    fn numbers(from: u32, to: u32) -> String {
        match to.checked_sub(from) {
            None => "none".into(),
            Some(0) => from.to_string(),
            Some(_) => format!("{from} to {to}"),
        }
    }

    fn table() -> String {
        let head = "| Format | Where | Newest | Read as it is | Upgraded | Where its number stands \
                    | Read by |\n|---|---|---|---|---|---|---|\n";
        let row = |format: &Format| {
            let Format { what, place, stated, newest, read_from, upgraded_from, reader } = format;
            let read = numbers(*read_from, *newest);
            let upgraded = numbers(*upgraded_from, read_from - 1);
            format!(
                "| {what} | `{place}` | {newest} | {read} | {upgraded} | {stated} | {reader} |\n"
            )
        };
        format!("{head}{}", FORMATS.iter().map(row).collect::<String>())
    }

    #[test]
    fn the_reference_lists_every_format() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/reference/store.md");
        keep_table(&page, "formats", &table());
    }
}
