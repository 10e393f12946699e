//! Every code that a program prints with an error or a warning: its exit codes and HTTP statuses,
//! its cause, what to do, and an example; and the page of the book that is written from them.
//!
//! Not here: the errors themselves; each crate words its own.
//!
//! Invariants:
//! 1. The codes here are those that the sources use, each with its exit codes and statuses
//!    (`checks/tests/errors.rs`, `the_table_has_the_codes_that_the_sources_use`).
//! 2. Every example is a message that a program words so (`checks/tests/errors.rs`,
//!    `every_example_is_worded_as_in_the_sources`).
//! 3. `docs/src/reference/errors.md` is written from it (`checks/tests/errors.rs`,
//!    `the_page_is_written_from_the_table`).

mod agent;
mod commands;
mod figures;
mod intake;
mod ledger;
mod plans;
mod rows;
mod warnings;

use std::fmt::Write as _;

/// One code.
#[derive(Clone, Copy, Debug)]
pub struct ErrorCode {
    /// The code, which never changes.
    pub code: &'static str,
    /// The exit codes of a command that fails with it, and the HTTP statuses of an answer.
    pub answers: &'static [u16],
    /// What went wrong.
    pub cause: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    /// A message as it is printed or sent.
    pub example: &'static str,
}

const fn code(
    code: &'static str,
    answers: &'static [u16],
    cause: &'static str,
    remedy: &'static str,
    example: &'static str,
) -> ErrorCode {
    ErrorCode { code, answers, cause, remedy, example }
}

/// The codes of one place in which errors are printed.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The heading.
    pub title: &'static str,
    /// Where these codes are met.
    pub about: &'static str,
    /// The codes, in the order of the alphabet.
    pub codes: &'static [ErrorCode],
}

/// Codes of plans and amendments.
pub const PLANS: Part = Part {
    title: "Plans and amendments",
    about: "`tidegauge plan check`, and every other command that reads a plan or an amendment, \
            prints these, one line for each fault, with the line and the column of the file.",
    codes: plans::PLANS,
};
/// Codes of files of events and of rows.
pub const ROWS: Part = Part {
    title: "Files of events",
    about: "`tidegauge ingest` prints these, one line for each refused row, with its number in the \
            file. A delivery over HTTP gets them in `faults` of its answer of status 422.",
    codes: rows::ROWS,
};
/// Codes of commands.
pub const COMMANDS: Part = Part {
    title: "Commands",
    about: "`tidegauge` and `tidegauge-serve` print these on the command line. A server's log has \
            them too.",
    codes: commands::COMMANDS,
};
/// Codes of the public ledger.
pub const LEDGER: Part = Part {
    title: "The public ledger",
    about: "`tidegauge ledger verify` and `tidegauge audit` print these as findings (exit code 1). \
            Every command that reads a ledger stops with the other exit codes that are named. \
            Where it says that a ledger is altered, no figure of it is to be relied on.",
    codes: ledger::LEDGER,
};
/// Codes of requests for figures.
pub const FIGURES: Part = Part {
    title: "Requests for figures",
    about: "Answers over HTTP have the code and the message in the members `code` and `rule` of a \
            problem (RFC 9457), or of the error message of SDMX. `tidegauge export` prints those \
            with exit code 2 as `error[code]: export: message`.",
    codes: figures::FIGURES,
};
/// Codes of the intake.
pub const INTAKE: Part = Part {
    title: "Deliveries to the intake",
    about: "The intake answers with these in the members `code` and `detail` of a problem (RFC \
            9457). `tidegauge ingest` prints those with exit code 2 for .delivery files. \
            `tidegauge status --json` counts refused deliveries by them.",
    codes: intake::INTAKE,
};
/// Codes of the agent.
pub const AGENT: Part = Part {
    title: "tidegauge-agent",
    about: "`tidegauge-agent` prints these on the command line. One that it waits for is a \
            `warning[code]` until its patience ends. Rows that the store refuses have the codes of \
            [files of events](#files-of-events).",
    codes: agent::AGENT,
};
/// Codes of warnings.
pub const WARNINGS: Part = Part {
    title: "Warnings",
    about: "`warning[code]` never changes the exit code: the work is done. Rows that are left out, \
            as asked for, have the codes of [files of events](#files-of-events), and a damaged \
            file of the state that a release removed has those of [commands](#commands).",
    codes: warnings::WARNINGS,
};

/// Every part, in the order of the page.
pub const PARTS: [Part; 8] = [PLANS, ROWS, COMMANDS, LEDGER, FIGURES, INTAKE, AGENT, WARNINGS];

/// HTTP statuses begin here; an exit code is smaller.
const STATUS_MIN: u16 = 400;

/// The reference of every code, as a page in Markdown.
pub fn reference() -> String {
    let mut page = "# Errors and warnings\n\n\
        <!-- Written by a test of the crate `checks` from its table of codes:\n\
        change checks/src/errors, then run the test with UPDATE=1. -->\n\n\
        Every message has a code in brackets, `error[code]: place: field: rule`, that never \
        changes, so that programs can rely on it. Search this page for the code. The same code \
        can occur in several parts; the part is the place where you met it. [Exit \
        codes](exit-codes.md) says what the exit codes mean.\n\n"
        .to_owned();
    for part in PARTS {
        let anchor = part.title.to_lowercase().replace(' ', "-");
        let _ = writeln!(page, "- [{}](#{anchor}): {} codes", part.title, part.codes.len());
    }
    for Part { title, about, codes } in PARTS {
        let _ = write!(page, "\n## {title}\n\n{about}\n");
        for code in codes {
            write_code(&mut page, code);
        }
    }
    page
}

fn write_code(page: &mut String, code: &ErrorCode) {
    let ErrorCode { code, answers, cause, remedy, example } = code;
    let _ = write!(page, "\n### {code}\n\n{cause} *What to do:* {remedy}");
    let (statuses, exits): (Vec<u16>, Vec<u16>) =
        answers.iter().partition(|answer| **answer >= STATUS_MIN);
    for (what, numbers) in [("Exit code", exits), ("HTTP status", statuses)] {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        if !numbers.is_empty() {
            let _ = write!(page, " *{what}* {}.", numbers.join(" or "));
        }
    }
    let _ = write!(page, "\n\n```text\n{example}\n```\n");
}
