//! The changes that an amendment makes, in words.
//!
//! Not here: which changes are allowed (crate `model`).

use tidegauge_model::{Amendment, Plan};

/// The changes that an amendment makes, one on each line.
pub(super) fn changes(plan: &Plan, amendment: &Amendment) -> String {
    let name = |list: &str, code: &str| {
        let found = plan.code_list(list).and_then(|list| list.find(code));
        found.map_or_else(String::new, |code| format!("{:?}", code.name.as_str()))
    };
    let closed = amendment.closed.iter().map(|code| {
        format!("  closed: {} {} {}\n", code.list, code.code, name(&code.list, &code.code))
    });
    let renamed = amendment.renamed.iter().map(|code| {
        let old_name = name(&code.list, &code.code);
        let also = code.also.iter().map(|other| format!(", also {other}")).collect::<String>();
        format!(
            "  renamed: {} {} {old_name} to {:?}{also}\n",
            code.list,
            code.code,
            code.name.as_str()
        )
    });
    let added = amendment
        .added
        .iter()
        .map(|code| format!("  added: {} {} {:?}\n", code.list, code.code, code.name.as_str()));
    let sources = amendment.sources.iter().map(|source| {
        let done = if plan.source(&source.id).is_some() { "changed" } else { "added" };
        format!("  source {done}: {} {:?}\n", source.id, source.name.as_str())
    });
    let breaks =
        amendment.breaks.iter().map(|at| format!("  break: {}: {}\n", at.dataflow, at.note));
    closed.chain(renamed).chain(added).chain(breaks).chain(sources).collect()
}
