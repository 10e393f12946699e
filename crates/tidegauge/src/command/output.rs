//! Standard output: what a command prints, and what happens where it cannot be written.
//!
//! Not here: the words of each command.
//!
//! Invariants:
//! 1. An output that cannot be written stops no work: it ends the command with exit code 8 after
//!    the work is done, and standard error says that it is
//!    (`tests/exit_codes.rs`: `an_output_that_cannot_be_written_has_its_own_code`).

use std::fmt::Display;
use std::io::{BufWriter, Error, Write, stdout};

use crate::failure::{Done, Failure};

/// Prints an answer, part by part.
pub(super) fn print_answer(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Done {
    let mut out = BufWriter::new(stdout().lock());
    let mut parts = parts.into_iter();
    let printed = parts.try_for_each(|part| out.write_all(part.as_ref()));
    let printed = printed.and_then(|()| out.flush());
    printed.map_err(|error| Failure::output(&error, "the answer is not whole"))
}

/// Prints the pieces of an answer.
///
/// Errors: a piece that could not be made or printed; what was printed before it is not whole.
pub(super) fn print_pieces<P: AsRef<[u8]>>(
    pieces: impl IntoIterator<Item = Result<P, Failure>>,
) -> Done {
    let mut failed = None;
    let pieces = pieces.into_iter();
    let made = pieces.map_while(|piece| piece.map_err(|failure| failed = Some(failure)).ok());
    print_answer(made)?;
    failed.map_or(Ok(()), Err)
}

/// Prints what a command has done, in one line or more.
pub(super) fn print_done(done: impl Display) -> Done {
    let mut output = StandardOutput::default();
    output.print(&done);
    output.finish(done)
}

/// The output of a command that goes on while it prints. After a write that failed it is silent.
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

    /// Ends the command, whose work is done.
    ///
    /// Errors: a line that could not be printed.
    pub(super) fn finish(self, done: impl Display) -> Done {
        match self.failed {
            None => Ok(()),
            Some(error) => Err(Failure::output(&error, format_args!("the work is done: {done}"))),
        }
    }
}
