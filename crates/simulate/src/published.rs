//! Reading published tables: the place of a fault, and the positions of the columns.
//!
//! Not here: the meaning of the rows; each scenario reads its own.
//!
//! Invariants:
//! 1. A fault names the file, the line and the field
//!    (`crossings::counts::tests::a_malformed_file_is_refused_at_its_place`).

use std::io::Read;
use std::path::Path;

use crate::error::{CountsRule, Error};

/// A line of a file, for messages.
#[derive(Clone, Copy)]
pub(crate) struct FileLine<'a> {
    pub(crate) path: &'a Path,
    pub(crate) line: u64,
}

impl FileLine<'_> {
    pub(crate) fn fault(self, field: &str, rule: CountsRule) -> Error {
        let file = self.path.display().to_string();
        Error::Counts { file, line: self.line, field: field.to_owned(), rule }
    }
}

/// The positions of these columns in the rows of a file with a header.
///
/// Errors: a header that cannot be read or that lacks one of them.
pub(crate) fn column_positions(
    path: &Path,
    reader: &mut csv::Reader<impl Read>,
    columns: &[&str],
) -> Result<Vec<usize>, Error> {
    let place = FileLine { path, line: 1 };
    let names = reader.headers().map_err(|_| place.fault("header", CountsRule::Syntax))?;
    let column = |name: &&str| {
        let found = names.iter().position(|known| known.trim() == *name);
        found.ok_or_else(|| place.fault(name, CountsRule::MissingColumn))
    };
    columns.iter().map(column).collect()
}
