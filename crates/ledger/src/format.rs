//! Formats on disk: the number that a file states, and which numbers this program reads.
//!
//! Not here: what a format looks like (beside its reader), how a file of an older number becomes
//! one of the newest (crate `collect`, module `store::upgrade`).
//!
//! Invariants:
//! 1. A number that this program does not know is told as such, and never as damage
//!    (`format::tests::every_number_is_read_upgraded_or_refused`,
//!    `format::tests::a_file_that_states_no_number_has_number_1`).
//! 2. What was published is read for ever: neither the ledger nor a release file has a number that
//!    is no longer read (`format::tests::what_was_published_is_read_for_ever`).

use serde::Deserialize;

/// A format of files on disk, with its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// What has this format, in words.
    pub what: &'static str,
    /// Where it lies: in a store, or in a backup.
    pub place: &'static str,
    /// Where the number stands.
    pub stated: &'static str,
    /// The number that this program writes, the highest that it knows.
    pub newest: u32,
    /// The lowest number that it reads as it is.
    pub read_from: u32,
    /// The lowest number of which `tidegauge upgrade` makes the newest.
    pub upgraded_from: u32,
    /// What reads it.
    pub reader: &'static str,
}

/// The ledger of a store.
pub const LEDGER: Format = Format {
    what: "ledger",
    place: "public/tile",
    stated: "`format` of its first entry, the genesis",
    newest: 2,
    read_from: 1,
    upgraded_from: 1,
    reader: "`tidegauge`, `tidegauge-serve`, whoever verifies",
};

/// A file of measurements.
pub const RELEASE: Format = Format {
    what: "release file",
    place: "public/release",
    stated: "`format` of each file",
    newest: 1,
    read_from: 1,
    upgraded_from: 1,
    reader: "`tidegauge`, `tidegauge-serve`, whoever verifies",
};

/// A number that this program does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OtherFormat {
    /// Higher than any that this program knows.
    #[error(
        "format: the {what} has format {given}, and this program knows none above {newest}; use \
         the version of tidegauge that wrote it, or a newer one"
    )]
    Newer {
        /// What has it.
        what: &'static str,
        /// Its number.
        given: i64,
        /// The highest that this program knows.
        newest: u32,
    },
    /// Older than what this program reads, and it can be upgraded.
    #[error(
        "format: the {what} has format {given}, and this program reads format {newest}; back the \
         store up with the version that wrote it, then run `tidegauge upgrade DIR`"
    )]
    Older {
        /// What has it.
        what: &'static str,
        /// Its number.
        given: i64,
        /// The number that it gets.
        newest: u32,
    },
    /// Older than what this program can upgrade.
    #[error(
        "format: the {what} has format {given}, and this program upgrades none below {from}; use \
         the version of tidegauge that wrote it"
    )]
    TooOld {
        /// What has it.
        what: &'static str,
        /// Its number.
        given: i64,
        /// The lowest that can be upgraded.
        from: u32,
    },
}

impl OtherFormat {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            OtherFormat::Newer { .. } => "newer-format",
            OtherFormat::Older { .. } => "older-format",
            OtherFormat::TooOld { .. } => "format-too-old",
        }
    }

    /// The exit code: 3 if something must be done before, 2 if another program is needed.
    pub fn exit_code(&self) -> u8 {
        match self {
            OtherFormat::Older { .. } => 3,
            OtherFormat::Newer { .. } | OtherFormat::TooOld { .. } => 2,
        }
    }
}

/// The number in any file of JSON, whatever else it has.
#[derive(Deserialize)]
struct Numbered {
    format: i64,
}

impl Format {
    /// Checks that this program reads a number as it is.
    ///
    /// Errors: a higher or lower number.
    pub fn check(&self, given: i64) -> Result<(), OtherFormat> {
        let &Self { what, newest, read_from, upgraded_from, .. } = self;
        if given > newest.into() {
            return Err(OtherFormat::Newer { what, given, newest });
        }
        if given < upgraded_from.into() {
            return Err(OtherFormat::TooOld { what, given, from: upgraded_from });
        }
        if given < read_from.into() {
            Err(OtherFormat::Older { what, given, newest })
        } else {
            Ok(())
        }
    }

    /// The number that a file of JSON states. One that states none was written before its format
    /// had a second number, so it has number 1.
    ///
    /// Errors: a number that this program does not read.
    pub fn stated_in(&self, json: &[u8]) -> Result<i64, OtherFormat> {
        let given = serde_json::from_slice::<Numbered>(json).map_or(1, |file| file.format);
        self.check(given).map(|()| given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIGURES: Format = Format { newest: 5, read_from: 4, upgraded_from: 3, ..RELEASE };

    #[test]
    fn every_number_is_read_upgraded_or_refused() {
        let codes = [-1, 0, 2, 3, 4, 5, 6, i64::MAX].map(|given| {
            FIGURES.check(given).map_err(|refused| (refused.code(), refused.exit_code()))
        });
        let (old, older, newer) = (("format-too-old", 2), ("older-format", 3), ("newer-format", 2));
        let refused = [old, old, old, older].map(Err);
        assert_eq!(codes[..4], refused);
        assert_eq!(codes[4..], [Ok(()), Ok(()), Err(newer), Err(newer)]);
        let newer = FIGURES.check(6).unwrap_err().to_string();
        assert!(newer.starts_with("format: the release file has format 6, and "), "{newer}");
        assert!(newer.contains(" none above 5; "), "{newer}");
        let older = FIGURES.check(3).unwrap_err().to_string();
        assert!(older.ends_with(" run `tidegauge upgrade DIR`"), "{older}");
    }

    #[test]
    fn a_file_that_states_no_number_has_number_1() {
        for json in ["[]", "{}", "{\"next\":3}", "[{\"format\":7}]", "{\"format\":1,\"x\":[]}"] {
            assert_eq!(RELEASE.stated_in(json.as_bytes()), Ok(1), "{json}");
        }
        let newer = RELEASE.stated_in(b"{\"x\":{},\"format\":7}").unwrap_err();
        assert_eq!(newer, OtherFormat::Newer { what: "release file", given: 7, newest: 1 });
    }

    #[test]
    fn what_was_published_is_read_for_ever() {
        for format in [LEDGER, RELEASE] {
            for number in 1..=format.newest {
                assert_eq!(format.check(number.into()), Ok(()), "{format:?}");
            }
        }
    }
}
