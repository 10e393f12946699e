//! Lines on standard error.
//!
//! Not here: what is said; errors have no values of rows (module `error`).

use std::fmt::Display;
use std::io::Write as _;

use crate::shown::shown;

/// Writes a line to standard error; a failure to do so is ignored.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{}", shown(&line.to_string()));
}
