//! What became public, the newest first: a step with its dataflows and what it revised, or an
//! amendment.
//!
//! Not here: the forms in which it is sent (`feed`).

use tidegauge_figures::Catalogue;
use tidegauge_ledger::Entry;
use tidegauge_model::{Period, Plan, Text};

use super::words::{Sentences, filled};

/// The most items of a feed.
const ITEMS_MAX: usize = 50;
/// The most entries that are read for them.
const ENTRIES_MAX: usize = 5_000;

/// Something that became public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct News {
    /// The index of its first entry in the ledger.
    pub(super) entry: usize,
    /// When, as the ledger has it.
    pub(super) at: String,
    pub(super) title: String,
    /// A sentence a line.
    pub(super) lines: Vec<String>,
    /// The dataflow to look at first.
    pub(super) dataflow: Option<String>,
}

/// A step that is being read from the ledger.
struct Step {
    entry: usize,
    at: String,
    step: String,
    dataflows: Vec<String>,
    /// Dataflows and steps of which a later vintage came with this step.
    revised: Vec<(String, String)>,
    silent: Vec<String>,
}

/// The news of a catalogue, the newest first.
pub(super) fn news(catalogue: &Catalogue) -> Vec<News> {
    let entries = &catalogue.ledger().entries;
    // Fits: it is at most the number of entries.
    let end = entries.len().min(catalogue.size() as usize);
    let (plan, mut all, mut step) = (&catalogue.plan, Vec::new(), None::<Step>);
    for (index, entry) in entries[..end].iter().enumerate().skip(end.saturating_sub(ENTRIES_MAX)) {
        match entry {
            Entry::Release { dataflow, step: of, vintage: 0, silent, at, .. } => {
                if step.as_ref().is_none_or(|step| step.step != *of) {
                    all.extend(step.take().map(|step| released(plan, step)));
                }
                let current = step.get_or_insert_with(|| Step {
                    entry: index,
                    at: at.clone(),
                    step: of.clone(),
                    dataflows: vec![],
                    revised: vec![],
                    silent: silent.clone(),
                });
                current.dataflows.push(dataflow.clone());
            }
            Entry::Release { dataflow, step: of, .. } => {
                if let Some(step) = &mut step {
                    step.revised.push((dataflow.clone(), of.clone()));
                }
            }
            Entry::Amendment { from, note, at, .. } => {
                all.extend(step.take().map(|step| released(plan, step)));
                all.push(News {
                    entry: index,
                    at: at.clone(),
                    title: filled(Sentences::of(plan.language()).plan_changes, &[from]),
                    lines: vec![amendment_note(plan, note)],
                    dataflow: None,
                });
            }
            _ => {}
        }
    }
    all.extend(step.map(|step| released(plan, step)));
    all.reverse();
    all.truncate(ITEMS_MAX);
    all
}

/// The note of an amendment, of which the ledger has only what it says in the language of the plan.
fn amendment_note(plan: &Plan, stated: &str) -> String {
    let is_meant = |note: &&Text| note.all().any(|(_, text)| text == stated);
    let found = plan.amendments.iter().map(|amendment| &amendment.note).find(is_meant);
    found.map_or(stated, |note| note.as_str()).to_owned()
}

/// The name of a dataflow.
fn name<'p>(plan: &'p Plan, id: &'p str) -> &'p str {
    let dataflow = plan.dataflows.iter().find(|dataflow| dataflow.id == id);
    dataflow.map_or(id, |dataflow| &dataflow.name)
}

/// A period as readers meet it elsewhere.
fn shown(step: &str) -> String {
    Period::parse(step).map_or_else(|| step.to_owned(), Period::sdmx)
}

fn released(plan: &Plan, step: Step) -> News {
    let title = format!("{}: {}", plan.statement.title, shown(&step.step));
    let names: Vec<&str> = step.dataflows.iter().map(|id| name(plan, id)).collect();
    let sentences = Sentences::of(plan.language());
    let mut lines = vec![filled(sentences.new, &[&names.join(", ")])];
    for (id, of) in &step.revised {
        lines.push(filled(sentences.revised, &[name(plan, id), &shown(of)]));
    }
    if !step.silent.is_empty() {
        let names = plan.sources.iter().filter(|source| step.silent.contains(&source.id));
        let names: Vec<&str> = names.map(|source| source.name.as_str()).collect();
        lines.push(filled(sentences.not_delivered, &[&names.join(", ")]));
    }
    let dataflow = step.dataflows.into_iter().next();
    News { entry: step.entry, at: step.at, title, lines, dataflow }
}
