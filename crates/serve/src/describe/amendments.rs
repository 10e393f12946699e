//! Changes of the plan, for readers: amendments, and breaks in series.
//!
//! Not here: the current names and days of codes (module `structure`).
//!
//! Invariants:
//! 1. Each has the index of its entry, so that anyone can check it in the ledger
//!    (`tests::amendments::readers_find_amendments_and_breaks`).

use serde::Serialize;
use tidegauge_model::Amendment;
use tidegauge_model::amendment::Break;

use tidegauge_figures::Catalogue;

use super::intake::{SourceText, source};

/// An amendment.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AmendmentText {
    entry: u64,
    from: String,
    note: String,
    file: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    added: Vec<ChangeText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    closed: Vec<ChangeText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    renamed: Vec<ChangeText>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    breaks: Vec<FlowBreak>,
    /// Sources that begin to deliver, or take the place of the one with their identifier.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<SourceText>,
}

/// A code that an amendment changes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangeText {
    code_list: String,
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Further codes under which events name it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<String>,
}

/// A dataflow whose series break.
#[derive(Clone, Debug, Serialize)]
struct FlowBreak {
    dataflow: String,
    note: String,
}

/// A break in the series of one dataflow.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct BreakText {
    entry: u64,
    from: String,
    note: String,
}

fn change(code_list: &str, code: &str, name: Option<&str>) -> ChangeText {
    let name = name.map(str::to_owned);
    ChangeText { code_list: code_list.to_owned(), code: code.to_owned(), name, also: vec![] }
}

/// Every amendment in force, the oldest first.
pub(super) fn all(catalogue: &Catalogue) -> Vec<AmendmentText> {
    let amended_states = catalogue.ledger().succession.states().iter().skip(1);
    amended_states
        .zip(&catalogue.plan.amendments)
        .map(|(state, amendment)| text(state.entry, &state.digest, amendment))
        .collect()
}

fn text(entry: u64, digest: &str, amendment: &Amendment) -> AmendmentText {
    let Amendment { from, note, added, closed, renamed, breaks, sources, .. } = amendment;
    let flow_break = |Break { dataflow, note, .. }: &Break| FlowBreak {
        dataflow: dataflow.clone(),
        note: note.to_string(),
    };
    AmendmentText {
        entry,
        from: from.to_string(),
        note: note.to_string(),
        file: format!("log/plan/{digest}.toml"),
        added: added.iter().map(|code| change(&code.list, &code.code, Some(&code.name))).collect(),
        closed: closed.iter().map(|code| change(&code.list, &code.code, None)).collect(),
        renamed: renamed
            .iter()
            .map(|code| ChangeText {
                also: code.also.clone(),
                ..change(&code.list, &code.code, Some(&code.name))
            })
            .collect(),
        breaks: breaks.iter().map(flow_break).collect(),
        sources: sources.iter().map(source).collect(),
    }
}

/// The breaks of a dataflow, the oldest first.
pub(super) fn breaks(catalogue: &Catalogue, dataflow: &str) -> Vec<BreakText> {
    let states = catalogue.ledger().succession.states();
    let text = |(number, from, series_break): (usize, jiff::civil::Date, &Break)| BreakText {
        // The plan as first stated comes before its amendments.
        entry: states.get(number + 1).map_or(0, |state| state.entry),
        from: from.to_string(),
        note: series_break.note.to_string(),
    };
    catalogue.plan.breaks_of(dataflow).map(text).collect()
}
