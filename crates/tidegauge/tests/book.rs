//! The commands of the book: every line `$ tidegauge ...` in a fenced block succeeds, and prints
//! what the page quotes below it.
//!
//! The pages run in the order of `docs/src/SUMMARY.md`, each in a new directory with a copy of
//! `plans/`, and the commands of a page in order. A block whose fence has `file=NAME`, as in
//! `toml,file=draft.toml`, is written to that file when its turn comes. A block whose fence has
//! `norun` is passed over; [`NOT_RUN`] says why.
//!
//! What is compared: the lines below a command, up to the next command or the end of the block,
//! are all that the command prints. In a quoted line `...` stands for any text, such as noise, a
//! key or a time, and a line that consists of it for lines that the page leaves out. Empty lines do
//! not count. A command below which the page quotes nothing is only run.
//!
//! Not here: links and headings (`checks/tests/book.rs`); addresses of a server, which public
//! clients read (`checks/clients`).
//!
//! Invariants:
//! 1. No page quotes an output that the program no longer prints
//!    (`tests/book.rs`: `every_command_prints_what_the_book_quotes`).

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use testkit::program::tidegauge;

/// The pages with a block that is not run, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("tutorials/first-release.md", "a server runs until somebody ends it"),
    ("how-to/audit.md", "an audit computes for minutes"),
    ("how-to/choose-bound.md", "the page shows a piece of a plan only"),
    ("how-to/connect-agency.md", "the intake needs a certificate, and runs for ever"),
    ("how-to/derive.md", "a nowcast needs weeks of deliveries, one by one"),
    ("how-to/go-live.md", "the key is on another disk, and the server runs for ever"),
    ("how-to/verify.md", "the ledger is read from a server"),
];

/// The fewest commands that the book may have, so that a page cannot be missed.
const COMMANDS_MIN: usize = 40;

/// A fenced block of a page.
struct Block<'a> {
    /// What stands behind the opening fence, such as `console,norun`.
    info: &'a str,
    /// How far the fence is indented, in a list.
    indent: usize,
    lines: Vec<&'a str>,
}

impl Block<'_> {
    fn is_run(&self) -> bool {
        !self.info.split(',').any(|word| word == "norun")
    }

    /// The file to which the block is written.
    fn file(&self) -> Option<&str> {
        self.info.split(',').find_map(|word| word.strip_prefix("file="))
    }
}

/// A command of a page with the lines that the page quotes below it.
struct Call<'a> {
    arguments: &'a str,
    quoted: Vec<&'a str>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The pages that `SUMMARY.md` lists, in its order.
fn pages() -> Vec<String> {
    let summary = fs::read_to_string(root().join("docs/src/SUMMARY.md")).expect("the summary");
    let links = summary.lines().filter_map(|line| {
        let (_, link) = line.split_once("](")?;
        link.strip_suffix(')')
    });
    links.map(str::to_owned).collect()
}

/// The fenced blocks of a page, without their indent.
fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_open = false;
    for line in page.lines() {
        let text = line.trim_start();
        if let Some(info) = text.strip_prefix("```") {
            if !is_open {
                blocks.push(Block { info, indent: line.len() - text.len(), lines: Vec::new() });
            }
            is_open = !is_open;
        } else if is_open && let Some(block) = blocks.last_mut() {
            block.lines.push(line.get(block.indent..).unwrap_or_default());
        }
    }
    assert!(!is_open, "a block has no end");
    blocks
}

/// The commands of a block.
fn calls<'a>(block: &Block<'a>) -> Vec<Call<'a>> {
    let mut calls: Vec<Call> = Vec::new();
    for &line in &block.lines {
        if let Some(arguments) = line.strip_prefix("$ tidegauge ") {
            calls.push(Call { arguments, quoted: Vec::new() });
        } else if let Some(call) = calls.last_mut() {
            assert!(!line.starts_with("$ "), "another program beside tidegauge: {line}");
            call.quoted.push(line);
        }
    }
    calls
}

/// Whether a printed line is the quoted one, in which each `...` stands for any text.
fn is_quoted_by(printed: &str, quoted: &str) -> bool {
    let parts: Vec<&str> = quoted.trim_end().split("...").collect();
    let Some(mut rest) = printed.trim_end().strip_prefix(parts[0]) else {
        return false;
    };
    let Some((last, middle)) = parts[1..].split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some((_, after)) = rest.split_once(*part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(*last)
}

/// Whether the quoted lines are all the printed ones, apart from those that `...` stands for.
fn is_quoted_whole(quoted: &[&str], printed: &[&str]) -> bool {
    let Some((&first, others)) = quoted.split_first() else { return printed.is_empty() };
    if first.trim() == "..." {
        return (0..=printed.len()).any(|left_out| is_quoted_whole(others, &printed[left_out..]));
    }
    printed
        .split_first()
        .is_some_and(|(line, rest)| is_quoted_by(line, first) && is_quoted_whole(others, rest))
}

/// The lines of a text that are not empty.
fn filled<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    lines.filter(|line| !line.trim().is_empty()).collect()
}

/// A new directory with the ready-made plans.
fn directory() -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    fs::create_dir(directory.path().join("plans")).expect("a directory");
    for plan in fs::read_dir(root().join("plans")).expect("the ready-made plans") {
        let plan = plan.expect("a plan").path();
        let name = plan.file_name().expect("a name");
        fs::copy(&plan, directory.path().join("plans").join(name)).expect("a copy");
    }
    directory
}

/// Runs a command of a page.
///
/// Panics: the command fails, prints nothing, or does not print what the page quotes.
fn run(call: &Call, name: &str, page: &str, directory: &Path) {
    let place = format!("{name}: tidegauge {}", call.arguments);
    let arguments: Vec<&str> = call.arguments.split_whitespace().collect();
    let output = tidegauge(&arguments).current_dir(directory).output().expect("the program starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{place}: {errors}");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(!printed.is_empty(), "{place} prints nothing");
    let quoted = filled(call.quoted.iter().copied());
    assert!(
        quoted.is_empty() || is_quoted_whole(&quoted, &filled(printed.lines())),
        "{place} is quoted with:\n{}\nbut prints:\n{printed}",
        quoted.join("\n")
    );
    // The digest of a ready-made plan does not depend on noise, so the page quotes it whole.
    for line in printed.lines().filter(|line| line.starts_with("plan BORDER ")) {
        assert!(page.contains(line), "{place} prints {line}");
    }
}

#[test]
fn every_command_prints_what_the_book_quotes() {
    let mut commands = 0;
    for name in pages() {
        let page = fs::read_to_string(root().join("docs/src").join(&name)).expect("a page");
        let directory = directory();
        for block in blocks(&page).iter().filter(|block| block.is_run()) {
            if let Some(file) = block.file() {
                let text = block.lines.join("\n") + "\n";
                fs::write(directory.path().join(file), text).expect("a file");
            }
            for call in calls(block) {
                run(&call, &name, &page, directory.path());
                commands += 1;
            }
        }
    }
    assert!(commands >= COMMANDS_MIN, "the book has only {commands} commands");
}

#[test]
fn only_pages_with_a_reason_have_commands_that_are_not_run() {
    let mut not_run = Vec::new();
    for name in pages() {
        let page = fs::read_to_string(root().join("docs/src").join(&name)).expect("a page");
        if blocks(&page).iter().any(|block| !block.is_run()) {
            not_run.push(name);
        }
    }
    not_run.sort();
    let mut expected: Vec<&str> = NOT_RUN.iter().map(|(page, _)| *page).collect();
    expected.sort_unstable();
    assert_eq!(not_run, expected);
    assert!(NOT_RUN.iter().all(|(_, reason)| !reason.is_empty()));
}

#[test]
fn a_stale_quotation_is_found() {
    let printed = ["first line", "93 releases, root 0f3a", "  indented"];
    let is_whole = |quoted: &[&str]| is_quoted_whole(quoted, &printed);
    assert!(is_whole(&["first line", "...", "  indented"]));
    assert!(is_whole(&["first line", "93 releases, root ...", "...", "  indented", "..."]));
    assert!(is_whole(&["...", "... releases, root ...", "..."]));
    assert!(!is_whole(&["...", "92 releases, root ...", "..."]), "another number");
    assert!(!is_whole(&["...", "indented"]), "another indent");
    assert!(!is_whole(&["first line ... of it", "..."]), "another end");
    assert!(!is_whole(&["...", "93 releases, root 0f3a", "first line", "..."]), "another order");
    assert!(!is_whole(&["first line", "  indented"]), "a line is left out in the middle");
    assert!(!is_whole(&["first line", "93 releases, root 0f3a"]), "a line is left out at the end");
    assert!(!is_whole(&["93 releases, root 0f3a", "..."]), "a line is left out at the beginning");
}

#[test]
fn blocks_of_a_page_are_read_in_order() {
    let page = [
        "Text",
        "```toml,file=a.toml",
        "x = 1",
        "```",
        "1. An item",
        "   ```console",
        "   $ tidegauge plan show a.toml",
        "   shown",
        "   $ tidegauge plan check a.toml",
        "   ```",
        "```console,norun",
        "$ tidegauge serve store",
        "```",
    ]
    .join("\n");
    let blocks = blocks(&page);
    assert_eq!(blocks.len(), 3);
    assert_eq!((blocks[0].file(), blocks[0].lines.as_slice()), (Some("a.toml"), &["x = 1"][..]));
    let calls = calls(&blocks[1]);
    let arguments: Vec<&str> = calls.iter().map(|call| call.arguments).collect();
    assert_eq!(arguments, ["plan show a.toml", "plan check a.toml"]);
    assert_eq!(calls[0].quoted, ["shown"]);
    assert!(blocks[1].is_run() && !blocks[2].is_run());
}
