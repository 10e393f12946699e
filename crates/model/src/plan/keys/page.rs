//! The reference of keys as Markdown.
//!
//! Not here: the keys.
//!
//! Format: a section for each TOML table, with a table of its keys.

use std::fmt::Write as _;

use super::value::{COMMON, CommonKind, number};
use super::{AMENDMENT_TABLES, Key, KeyTable, Need, PLAN_TABLES, Value};
use crate::plan::limits::{AMENDMENT_BYTES_MAX, PLAN_BYTES_MAX};

/// The reference of every key of a plan and of an amendment, as a page in Markdown.
pub fn reference() -> String {
    let mut page = format!(
        "# Keys of a plan\n\n\
         <!-- Written by a test of the crate `tidegauge-model` from its table of keys:\n\
         change crates/model/src/plan/keys, then run the test with UPDATE=1. -->\n\n\
         A plan is one TOML file of at most {} bytes. `tidegauge plan check` reads it and reports\n\
         every fault with its line. Each section here is one TOML table. Any other key is an \
         error.\n\
         An [amendment](#keys-of-an-amendment) is a file of its own.\n\n",
        number(PLAN_BYTES_MAX)
    );
    for table in PLAN_TABLES {
        let _ = writeln!(page, "- {}: {}", link(table), table.written);
    }
    page.push_str("\n## Kinds of values\n\nMany keys have values of these kinds:\n\n");
    for CommonKind { kind, rule } in COMMON {
        let _ = writeln!(page, "- *{kind}*: {}.", rule());
    }
    for table in PLAN_TABLES {
        section(&mut page, table, &PLAN_TABLES);
    }
    let _ = write!(
        page,
        "\n# Keys of an amendment\n\nAn amendment is one TOML file of at most {} bytes.\n\n",
        number(AMENDMENT_BYTES_MAX)
    );
    for table in AMENDMENT_TABLES {
        let _ = writeln!(page, "- {}: {}", link(table), table.written);
    }
    for table in AMENDMENT_TABLES {
        section(&mut page, table, &AMENDMENT_TABLES);
    }
    page
}

fn section(page: &mut String, table: &KeyTable, tables: &[&KeyTable]) {
    let KeyTable { title, written, about, keys, .. } = table;
    let _ = write!(page, "\n## {title}\n\n{written}. {about}\n\n");
    page.push_str("| Key | Value | Required? If not, the default | Meaning | Example |\n");
    page.push_str("|---|---|---|---|---|\n");
    for key in *keys {
        let need = match key.need {
            Need::Always => "required".to_owned(),
            Need::Otherwise(what) => what.to_owned(),
            Need::When(when) => format!("required {when}"),
        };
        let (value, means) = (value(table, key, tables), means(table, key));
        let cells = [format!("`{}`", key.name), value, need, means, format!("`{}`", key.example)];
        let _ = writeln!(page, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
    }
}

/// What the value of a key is, its limit, and where its own keys are.
fn value(table: &KeyTable, key: &Key, tables: &[&KeyTable]) -> String {
    let Value { kind, limit } = key.value;
    let mut value = match COMMON.iter().any(|common| common.kind == kind) {
        true => format!("[{kind}](#kinds-of-values)"),
        false => kind.to_owned(),
    };
    let limit = limit();
    if !limit.is_empty() {
        let between = if ["one of", "the word"].contains(&kind) { " " } else { "; " };
        let _ = write!(value, "{between}{limit}");
    }
    let inner: Vec<String> = inner(table, key, tables).map(link).collect();
    if !inner.is_empty() {
        let _ = write!(value, "; see {}", inner.join(", "));
    }
    value
}

/// The tables that are the value of a key.
fn inner<'t>(
    table: &'t KeyTable,
    key: &'t Key,
    tables: &'t [&'t KeyTable],
) -> impl Iterator<Item = &'t KeyTable> {
    // An amendment has the sources of a plan.
    let plan = PLAN_TABLES.into_iter().filter(|other| other.title == "Sources");
    let all = tables.iter().copied().chain(plan);
    let mut found: Vec<&KeyTable> = Vec::new();
    for other in all.filter(|other| leads_to(table, key.name, other)) {
        if !found.iter().any(|known| known.title == other.title) {
            found.push(other);
        }
    }
    found.into_iter()
}

/// Whether a key of a table has another table as its value.
pub(super) fn leads_to(table: &KeyTable, key: &str, other: &KeyTable) -> bool {
    let path = |outer: &str| match outer.is_empty() {
        true => key.to_owned(),
        false => format!("{outer}.{key}"),
    };
    table.paths.iter().any(|outer| other.paths.contains(&path(outer).as_str()))
}

fn means(table: &KeyTable, key: &Key) -> String {
    if key.only.is_empty() {
        return key.means.to_owned();
    }
    let forms: Vec<String> = key.only.iter().map(|form| format!("`{form}`")).collect();
    format!("{} Only if {} {}.", key.means, table.forms, super::one_of(&forms))
}

/// A link to the section of a table.
fn link(table: &KeyTable) -> String {
    let letter = |c: char| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c.to_ascii_lowercase()),
        _ => None,
    };
    let anchor: String = table.title.chars().filter_map(letter).collect();
    format!("[{}](#{anchor})", table.title)
}
