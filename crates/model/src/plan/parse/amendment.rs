//! The file of an amendment: one small TOML text.
//!
//! Not here: whether a plan allows the amendment (module `plan::amend`).
//!
//! Invariants:
//! 1. Any text gives an amendment or at least one fault, never a panic
//!    (`tests/hostile.rs`: `any_amendment_is_read_or_refused`).
//!
//! Format:
//! ```toml
//! from = "2025-01-01"
//! language = "en"               # optional: that of the plan
//! note = "The point at Huanggang opens; counts of the airport rest on gates."
//! [[added]]
//! list = "CL_BORDER_POINT"
//! code = "HUANGGANG"
//! name = { en = "Huanggang", de = "Huanggang" }   # and `group`, where the list has groups
//! [[closed]]
//! list = "CL_BORDER_POINT"
//! code = "LOK_MA_CHAU"
//! [[renamed]]
//! list = "CL_BORDER_POINT"
//! code = "AIRPORT"
//! name = "International Airport"
//! also = ["INTERNATIONAL_AIRPORT"]   # optional: events may name it so too
//! [[break]]
//! dataflow = "BORDER_FLOW"
//! note = "Gates count every traveller; officers counted documents."
//! [[source]]                    # a new source, or all that holds for one from now on
//! id = "LAND"                   # and its other keys, as in a plan
//! ```

use super::fault::{Faults, PlanErrors};
use super::node::{DocumentContext, TomlTable, TomlValue, document};
use super::{source, text};
use crate::amendment::{Added, Amendment, Break, Closed, Renamed};
use crate::plan::keys;
use crate::plan::limits::{ALSO_MAX, AMENDMENT_BYTES_MAX, ENTRIES_MAX};
use crate::source::SOURCES_MAX;
use crate::text::Text;

impl Amendment {
    /// Parses an amendment from its TOML text.
    ///
    /// Errors: every fault of the text, in order of position.
    pub fn parse(text: &str) -> Result<Amendment, PlanErrors> {
        let faults = Faults::default();
        match read(text, &faults) {
            Some(amendment) if faults.none() => Ok(amendment),
            _ => Err(faults.into_errors(text)),
        }
    }
}

fn read(text: &str, faults: &Faults) -> Option<Amendment> {
    let document = document(text, ("amendment", AMENDMENT_BYTES_MAX), faults)?;
    let ahead = TomlTable::root(DocumentContext { faults, language: None }, document.get_ref());
    let language = text::language(Some(&ahead));
    let context = DocumentContext { faults, language: language.as_ref() };
    let root = TomlTable::root(context, document.get_ref());
    root.known(&keys::AMENDMENT.known());
    let from = root.need("from").and_then(|node| node.date());
    let note = text_of(&root, "note");
    let added = entries(&root, "added", |table| {
        table.known(&keys::ADDED.known());
        let (list, code, name) = (list(table), code(table, "code"), text_of(table, "name"));
        let group =
            table.may("group").map_or(Some(None), |node| Some(Some(node.sdmx_id()?.into())));
        Some(Added { list: list?, group: group?, code: code?, name: name? })
    });
    let closed = entries(&root, "closed", |table| {
        table.known(&keys::CLOSED.known());
        let (list, code) = (list(table), code(table, "code"));
        Some(Closed { list: list?, code: code? })
    });
    let renamed = entries(&root, "renamed", |table| {
        table.known(&keys::RENAMED.known());
        let (list, code, name) = (list(table), code(table, "code"), text_of(table, "name"));
        let also = table.may("also").map_or(Some(vec![]), |node| also(&node));
        Some(Renamed { list: list?, code: code?, name: name?, also: also? })
    });
    let breaks = entries(&root, "break", |table| {
        table.known(&keys::BREAK.known());
        let dataflow = table.need("dataflow").and_then(|node| node.sdmx_id());
        let note = text_of(table, "note");
        Some(Break { dataflow: dataflow?.to_owned(), note: note? })
    });
    let sources = match root.may("source") {
        None => Some(vec![]),
        Some(node) => node.array(SOURCES_MAX).and_then(|nodes| source::sources(&nodes)),
    };
    Some(Amendment {
        from: from?,
        language: language?,
        note: note?,
        added: added?,
        closed: closed?,
        renamed: renamed?,
        breaks: breaks?,
        sources: sources?,
    })
}

/// The entries under a key; none if it is absent.
fn entries<T>(
    root: &TomlTable,
    key: &str,
    read: impl Fn(&TomlTable) -> Option<T>,
) -> Option<Vec<T>> {
    let Some(nodes) = root.may(key).map(|node| node.array(ENTRIES_MAX)) else {
        return Some(vec![]);
    };
    let nodes = nodes?;
    let read = |node: &TomlValue| node.table().and_then(|table| read(&table));
    let all: Vec<Option<T>> = nodes.iter().map(read).collect();
    all.into_iter().collect()
}

fn text_of(table: &TomlTable, key: &str) -> Option<Text> {
    table.need(key).and_then(|node| node.text())
}

fn list(table: &TomlTable) -> Option<String> {
    table.need("list").and_then(|node| node.sdmx_id().map(str::to_owned))
}

fn code(table: &TomlTable, key: &str) -> Option<String> {
    table.need(key).and_then(|node| node.sdmx_id().map(str::to_owned))
}

/// The other codes of a renamed one: one code, or a list of them.
fn also(node: &TomlValue) -> Option<Vec<String>> {
    let nodes = if node.is_array() { node.array(ALSO_MAX)? } else { vec![node.clone()] };
    let codes: Vec<Option<&str>> = nodes.iter().map(TomlValue::sdmx_id).collect();
    codes.into_iter().map(|code| code.map(str::to_owned)).collect()
}
