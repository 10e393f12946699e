//! Standard output: how a command prints, and what happens if that fails.
//!
//! Not here: the text that each command prints.
//!
//! Invariants:
//! 1. Output that cannot be written interrupts no work: the command finishes its work, says so on
//!    standard error and ends with exit code 8
//!    (`tests/exit_codes.rs`: `an_output_that_cannot_be_written_has_its_own_code`).

use std::fmt::Display;
use std::io::{BufWriter, Error, Write, stdout};

use tidegauge_appraise::PlanWarning;

use crate::failure::{Done, Failure, print_error};

/// Prints an answer, part by part.
pub(super) fn print_answer(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Done {
    let mut out = BufWriter::new(stdout().lock());
    let mut parts = parts.into_iter();
    let printed = parts.try_for_each(|part| out.write_all(part.as_ref()));
    let printed = printed.and_then(|()| out.flush());
    printed.map_err(|error| {
        Failure::output(&error, "the answer is incomplete, so run the command again")
    })
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
