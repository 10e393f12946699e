//! The book and the documents beside it: links, headings, the list of pages, the length of README,
//! and lists that must be complete.
//!
//! Not here: the commands of the book and their output (`tidegauge/tests/book.rs`).
//!
//! Invariants:
//! 1. Every relative link leads to a file, and every anchor to a heading
//!    (`every_link_leads_somewhere`).
//! 2. `SUMMARY.md` lists every page once (`the_summary_lists_every_page_once`).
//! 3. README stays a short introduction (`the_readme_is_short`).
//! 4. Every metric of the servers is in the book (`every_metric_is_in_the_book`).

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use checks::tree::{self, root};

const README_WORDS_MAX: usize = 1000;
const LINE_COLUMNS_MAX: usize = 112;

/// The documents outside the book whose links are checked.
const DOCUMENTS: &[&str] = &[
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "DESIGN.md",
    "PRIVACY.md",
    "README.md",
    "SECURITY.md",
    "crates/agent/README.md",
    "examples/README.md",
    "examples/asylum/README.md",
    "examples/border/README.md",
    "examples/log/README.md",
    "examples/returns/README.md",
    "examples/stays/README.md",
];

const BOOK: &str = "docs/src";

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every page of the book, the summary included, by its path in the workspace.
fn pages() -> Vec<String> {
    let root = root();
    let found = tree::files(&root.join(BOOK)).expect("the book");
    let inside = |path: &PathBuf| path.strip_prefix(&root).map(|p| p.display().to_string());
    found.iter().map(|path| inside(path).expect("inside")).collect()
}

/// The lines of a document with their numbers, without those of fenced blocks.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut prose = Vec::new();
    let mut is_open = false;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with("```") {
            is_open = !is_open;
        } else if !is_open {
            prose.push((number, line));
        }
    }
    prose
}

/// The targets of the links and pictures of a line.
fn targets(line: &str) -> Vec<&str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect()
}

/// The anchor of a heading, as GitHub and mdBook make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

/// The anchors of the headings of a document.
fn anchors(text: &str) -> Vec<String> {
    let headings = prose(text).into_iter().filter_map(|(_, line)| {
        let title = line.trim_start_matches('#');
        (line.starts_with('#') && title.starts_with(' ')).then_some(title)
    });
    headings.map(anchor).collect()
}

/// Why a link of a document leads nowhere; `None` if it leads somewhere or to another host.
fn broken(document: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, heading) = target.split_once('#').unwrap_or((target, ""));
    let own = root().join(document);
    let file = match path {
        "" => own,
        _ => own.parent().expect("a folder").join(path),
    };
    if !file.exists() {
        return Some(format!("{target}: no such file"));
    }
    if heading.is_empty() {
        return None;
    }
    let text = fs::read_to_string(file).unwrap_or_default();
    let exists = anchors(&text).iter().any(|anchor| anchor == heading);
    (!exists).then(|| format!("{target}: no such heading"))
}

fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_link_leads_somewhere() {
    let mut found = Vec::new();
    let mut links = 0;
    let documents = DOCUMENTS.iter().map(|name| (*name).to_owned());
    for document in documents.chain(pages()) {
        let text = read(&document);
        for (number, line) in prose(&text) {
            for target in targets(line) {
                links += 1;
                let reason = broken(&document, target);
                found.extend(reason.map(|reason| format!("{document}:{number}: {reason}")));
            }
        }
    }
    assert_none(&found);
    assert!(links > 100, "only {links} links are found");
    assert!(broken("README.md", "nowhere.md").is_some());
    assert!(broken("README.md", "PRIVACY.md#no-such-heading").is_some());
    assert_eq!(broken("README.md", "PRIVACY.md#the-promise"), None);
}

#[test]
fn links_and_anchors_are_read_as_they_are_written() {
    assert_eq!(targets("[a](b.md), ![c](d/e.png) and [f](#g)"), ["b.md", "d/e.png", "#g"]);
    assert_eq!(anchor(" Why not `x_y`, at once?"), "why-not-x_y-at-once");
    assert_eq!(anchors("# A b\n```\n# no heading\n```\n## C\n#no\n"), ["a-b", "c"]);
}

#[test]
fn the_summary_lists_every_page_once() {
    let summary = format!("{BOOK}/SUMMARY.md");
    let text = read(&summary);
    let links = text.lines().flat_map(targets);
    let mut listed: Vec<String> = links.map(|target| format!("{BOOK}/{target}")).collect();
    listed.sort();
    let pages: Vec<String> = pages().into_iter().filter(|page| *page != summary).collect();
    assert_eq!(listed, pages);
}

/// The path of a page of the book, or of the document that it includes whole.
fn document(page: &str) -> String {
    let path = format!("{BOOK}/{page}");
    let text = read(&path);
    let Some(included) = text.strip_prefix("{{#include ").and_then(|rest| rest.split("}}").next())
    else {
        return path;
    };
    let folder = Path::new(&path).parent().expect("a folder");
    folder.join(included).display().to_string()
}

#[test]
fn every_page_begins_with_its_title_in_the_summary() {
    let summary = read(&format!("{BOOK}/SUMMARY.md"));
    let mut found = Vec::new();
    for line in summary.lines() {
        let Some((title, target)) = line.split_once("](") else {
            continue;
        };
        let title = title.trim_start_matches(['-', ' ', '[']);
        let target = target.trim_end_matches(')');
        if !read(&document(target)).starts_with(&format!("# {title}\n")) {
            found.push(format!("{target}: does not begin with `# {title}`"));
        }
    }
    assert_none(&found);
}

#[test]
fn the_readme_is_short() {
    let words = read("README.md").split_whitespace().count();
    assert!(words <= README_WORDS_MAX, "{words} words, at most {README_WORDS_MAX}");
}

#[test]
fn lines_of_the_book_are_short() {
    let mut long = Vec::new();
    for page in pages().into_iter().chain(["README.md".to_owned()]) {
        let text = read(&page);
        // A page that a test writes has a line for each paragraph.
        if text.contains("<!-- Written by a test") {
            continue;
        }
        for (number, line) in prose(&text) {
            if line.chars().count() > LINE_COLUMNS_MAX && !line.starts_with('|') {
                long.push(format!("{page}:{number}"));
            }
        }
    }
    assert_none(&long);
}

/// The names that the first column of a table in a header lists, such as `name` and `_ending`.
fn names_of_a_table(text: &str) -> Vec<&str> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | `"));
    rows.flat_map(|row| row.split('|').next().unwrap_or(row).split('`').step_by(2)).collect()
}

#[test]
fn every_metric_is_in_the_book() {
    let source = read("crates/serve/src/telemetry/metrics.rs");
    let page = read(&format!("{BOOK}/reference/monitoring.md"));
    let names = names_of_a_table(&source);
    let missing: Vec<String> = names
        .iter()
        .filter(|name| !page.contains(&format!("`{name}`")))
        .map(|name| (*name).to_owned())
        .collect();
    assert_none(&missing);
    assert!(names.len() > 15, "the table of metrics is not found");
    assert_eq!(names_of_a_table("//! | `a`, `_b` | c |"), ["a", "_b"]);
}
