//! Output: how a command prints and writes a file, and what happens if that fails.
//!
//! Not here: the text that each command prints.
//!
//! Invariants:
//! 1. Output that cannot be written interrupts no work: the command finishes its work, says so on
//!    standard error and ends with exit code 8; it says nothing of an answer that a closed pipe cut
//!    (`tests/exit_codes.rs`: `an_output_that_cannot_be_written_has_its_own_code`).
//! 2. A file is written whole, or is as it was before
//!    (`tests/full_disk.rs`: `a_file_on_a_full_disk_is_whole_or_as_it_was`).

use std::fmt::Display;
use std::io::{BufWriter, Error, ErrorKind, Write, stdout};
use std::path::Path;

use tidegauge_appraise::PlanWarning;
use tidegauge_whole_file::{Existing, write_whole};

use crate::failure::{Done, Failure, print_error};

/// Prints an answer, part by part.
pub(super) fn print_answer(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Done {
    let mut out = BufWriter::new(stdout().lock());
    let mut parts = parts.into_iter();
    let printed = parts.try_for_each(|part| out.write_all(part.as_ref()));
    let printed = printed.and_then(|()| out.flush());
    printed.map_err(|error| Failure::answer(&error))
}

/// Prints the pieces of an answer.
///
/// Errors: a piece that could not be made or printed; the output is then incomplete.
pub(super) fn print_pieces<P: AsRef<[u8]>>(
    pieces: impl IntoIterator<Item = Result<P, Failure>>,
) -> Done {
    let mut failed = None;
    let pieces = pieces.into_iter();
    let before_failure =
        pieces.map_while(|piece| piece.map_err(|failure| failed = Some(failure)).ok());
    print_answer(before_failure)?;
    failed.map_or(Ok(()), Err)
}

/// Prints a report of the work done, in one line or more.
pub(super) fn print_done(done: impl Display) -> Done {
    let mut output = StandardOutput::default();
    output.print(&done);
    output.finish(done)
}

/// The output of a command that goes on working while it prints. It stays silent after a failed
/// write.
#[derive(Default)]
pub(super) struct StandardOutput {
    failed: Option<Error>,
}

impl StandardOutput {
    /// Prints a line.
    pub(super) fn print(&mut self, line: impl Display) {
        if self.failed.is_some() {
            return;
        }
        let mut out = stdout().lock();
        self.failed = writeln!(out, "{line}").and_then(|()| out.flush()).err();
    }

    /// Reports how printing went, when the work is done.
    ///
    /// Errors: a line that could not be printed.
    pub(super) fn finish(self, done: impl Display) -> Done {
        match self.failed {
            None => Ok(()),
            Some(error) => Err(Failure::output(&error, format_args!("the work is done: {done}"))),
        }
    }
}

/// Writes a file that is there whole or not at all.
///
/// Errors: a file that is to be kept; disk.
pub(super) fn write_file(path: &Path, bytes: impl AsRef<[u8]>, existing: Existing) -> Done {
    write_whole(path, bytes, existing).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => file_exists(path),
        _ => Failure::system(path.display(), "write", &error),
    })
}

/// A file that is to be kept is there already.
pub(super) fn file_exists(path: &Path) -> Failure {
    let rule = "exists already; give --force to overwrite it, or another name";
    Failure::new(2, "file-exists", format_args!("{}: {rule}", path.display()))
}

/// Warns on standard error of what a plan could do better.
pub(super) fn print_warnings(place: &impl Display, warnings: &[PlanWarning]) {
    for PlanWarning { code, text } in warnings {
        print_error(format_args!("warning[{code}]: {place}: {text}"));
    }
}

/// A plan whose charge or margins cannot be computed.
pub(super) fn without_price(place: &str, error: &impl Display) -> Failure {
    let rule =
        "a share or a weight is too small for its noise to be drawn, or too large; change it";
    Failure::new(2, "plan-privacy", format_args!("{place}: dataflow: {error}; {rule}"))
}
