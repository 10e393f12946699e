//! A life cycle as text: either the name of a ready-made model, or statuses, kinds, transitions and
//! timers. The ready-made models are such texts themselves (`models/`).
//!
//! Not here: the rules of a life cycle (`plan/life_cycle.rs`).
//!
//! Invariants:
//! 1. Every ready-made model is read without a fault
//!    (`tests/life_cycles.rs`: `the_diagrams_show_every_arrow`).
//! 2. From one status a kind leads to only one status, and timers form no circle
//!    (`tests/life_cycles.rs`: `each_fault_of_a_life_cycle_is_reported`).
//!
//! Format: `model = "stay"`, or the following; both may add `corrections = true`, and `rank`, the
//! kinds in the order in which events of one instant are taken if the transitions do not decide
//! (without it that of the model, or of `kinds`).
//! ```toml
//! id = "PERMITS"
//! statuses = ["HELD", "ENDED"]
//! kinds = ["GRANT", "WAIVER"]
//! transitions = [
//!     { kind = "GRANT", from = ["*"], to = "HELD" },
//!     { kind = "WAIVER", from = ["HELD"], to = "ENDED", name = "WAIVED" },
//! ]
//! timers = [{ from = "HELD", after_days = 90, to = "ENDED", name = "END" }]
//! ```

use toml::de::DeTable;

use super::fault::{Faults, PlanFault};
use super::names;
use super::node::{DocumentContext, TomlTable, TomlValue};
use crate::near::offered;
use crate::plan::keys;
use crate::plan::life_cycle::{Arrow, Due, LifeCycle, MODELS, Timer, UNSEEN, UNTIL};
use crate::plan::limits::{STATUSES_MAX, TIMER_DAYS_MAX, TRANSITIONS_MAX};

/// Stands for every status, including "not seen yet".
const EVERY: &str = "*";

impl LifeCycle {
    /// The ready-made model with this name, if there is one.
    pub fn ready_made(name: &str) -> Option<Self> {
        let (name, text) = MODELS.into_iter().find(|(known, _)| *known == name)?;
        let document = DeTable::parse(text).ok()?;
        let faults = Faults::default();
        let context = DocumentContext { faults: &faults, language: None };
        let cycle = written(&TomlTable::root(context, document.get_ref()), name.to_owned())?;
        faults.none().then_some(cycle)
    }
}

pub(super) fn life_cycle(table: &TomlTable) -> Option<LifeCycle> {
    if table.may("statuses").is_none() {
        table.known(&keys::LIFE_CYCLE_READY.known());
        let rule = format!(
            "the ready-made life cycles are {}; any other needs statuses",
            MODELS.map(|(name, _)| name).join(", ")
        );
        let cycle = table.need("model").and_then(|node| node.word(&rule, LifeCycle::ready_made));
        let corrections = corrections(table)?;
        let cycle = cycle?;
        let ranks = ranks(table, &cycle.kinds, cycle.ranks)?;
        return Some(LifeCycle { corrections, ranks, ..cycle });
    }
    table.known(&keys::LIFE_CYCLE_OWN.known());
    let id = table.need("id").and_then(|node| Some(names::identifier(&node)?.to_owned()));
    // Read everything even if the identifier is at fault, so that all faults are reported.
    let cycle = written(table, String::new());
    let corrections = corrections(table)?;
    Some(LifeCycle { model: id?, corrections, ..cycle? })
}

/// Whether events can be corrected; no by default.
fn corrections(table: &TomlTable) -> Option<bool> {
    table.may("corrections").map_or(Some(false), |node| node.truth())
}

/// The rank of each kind, from the list of all kinds in the order of their ranks; `otherwise` if
/// there is no list.
fn ranks(table: &TomlTable, kinds: &[String], otherwise: Vec<u8>) -> Option<Vec<u8>> {
    let Some(node) = table.may("rank") else { return Some(otherwise) };
    let mut ranks = vec![None; kinds.len()];
    for (rank, node) in (0..).zip(node.array(STATUSES_MAX)?) {
        let kind = position(&node, kinds, "kind")?;
        if ranks[kind].replace(rank).is_some() {
            node.refuse(PlanFault::Duplicate, format!("kind {} is listed twice", kinds[kind]));
            return None;
        }
    }
    if let Some(kind) = ranks.iter().position(Option::is_none) {
        let rule = format!("every kind is needed; {} is not there", kinds[kind]);
        node.refuse(PlanFault::BadValue, rule);
    }
    ranks.into_iter().collect()
}

fn written(table: &TomlTable, model: String) -> Option<LifeCycle> {
    let list = |key, what| table.need(key).and_then(|node| identifiers(&node, what));
    let (statuses, kinds) = (list("statuses", "a status"), list("kinds", "a kind"));
    let (mut statuses, kinds) = (statuses?, kinds?);
    statuses.insert(0, UNSEEN.to_owned());
    let ranks = ranks(table, &kinds, (0..).take(kinds.len()).collect())?;
    let next = vec![vec![None; kinds.len()]; statuses.len()];
    let timers = vec![None; statuses.len()];
    let (names, corrections) = (vec![], false);
    let mut cycle = LifeCycle { model, statuses, kinds, ranks, names, next, timers, corrections };
    for node in table.need("transitions")?.array(TRANSITIONS_MAX)? {
        transition(&node.table()?, &mut cycle)?;
    }
    if let Some(node) = table.may("timers") {
        for node in node.array(STATUSES_MAX)? {
            timer(&node.table()?, &mut cycle)?;
        }
        refuse_circle(&node, &cycle);
    }
    if let Some(kind) =
        (0..cycle.kinds.len()).find(|&kind| cycle.next.iter().all(|n| n[kind].is_none()))
    {
        let rule = format!("no transition is of kind {}", cycle.kinds[kind]);
        table.refuse("kinds", PlanFault::Unused, rule);
    }
    Some(cycle)
}

fn identifiers(node: &TomlValue, what: &str) -> Option<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    for node in node.array(STATUSES_MAX)? {
        let id = names::identifier(&node)?;
        if id == UNSEEN || found.iter().any(|other| other == id) {
            node.refuse(PlanFault::Duplicate, format!("{what} {id} is listed twice"));
            return None;
        }
        found.push(id.to_owned());
    }
    if found.is_empty() {
        node.refuse(PlanFault::BadValue, format!("at least {what} is needed"));
        return None;
    }
    Some(found)
}

/// The position of a word in a list.
fn position(node: &TomlValue, list: &[String], what: &str) -> Option<usize> {
    let word = node.identifier()?;
    let position = list.iter().position(|known| known == word);
    if position.is_none() {
        let known: Vec<&str> = list.iter().map(String::as_str).collect();
        let rule = format!("no {what} {word}; {}", offered(word, &known));
        node.refuse(PlanFault::UnknownCode, rule);
    }
    position
}

/// Where a transition or timer leads; a transition without a name has the name of its kind.
fn arrow(table: &TomlTable, kind: Option<usize>, cycle: &mut LifeCycle) -> Option<Arrow> {
    let to = position(&table.need("to")?, &cycle.statuses, "status")?;
    if to == 0 {
        let rule = format!("no transition leads back to {UNSEEN}");
        table.refuse("to", PlanFault::BadValue, rule);
        return None;
    }
    let name = match (table.may("name"), kind) {
        (None, Some(kind)) => cycle.kinds[kind].clone(),
        _ => names::identifier(&table.need("name")?)?.to_owned(),
    };
    let known = cycle.names.iter().position(|known| *known == name);
    let name = known.unwrap_or_else(|| {
        cycle.names.push(name);
        cycle.names.len() - 1
    });
    Some(Arrow { to, name })
}

fn transition(table: &TomlTable, cycle: &mut LifeCycle) -> Option<()> {
    table.known(&keys::TRANSITION.known());
    let kind = position(&table.need("kind")?, &cycle.kinds, "kind")?;
    let arrow = arrow(table, Some(kind), cycle)?;
    let node = table.need("from")?;
    let given = node.array(STATUSES_MAX)?;
    let from: Vec<usize> = match given.as_slice() {
        [only] if only.peek() == Some(EVERY) => (0..cycle.statuses.len()).collect(),
        some => some
            .iter()
            .map(|node| position(node, &cycle.statuses, "status"))
            .collect::<Option<_>>()?,
    };
    for status in from {
        let next = &mut cycle.next[status][kind];
        if next.replace(arrow).is_some() {
            let (kind, status) = (&cycle.kinds[kind], &cycle.statuses[status]);
            let rule = format!("another transition leads from {status} by {kind}");
            node.refuse(PlanFault::Duplicate, rule);
            return None;
        }
    }
    Some(())
}

fn timer(table: &TomlTable, cycle: &mut LifeCycle) -> Option<()> {
    table.known(&keys::TIMER.known());
    let node = table.need("from")?;
    let from = position(&node, &cycle.statuses, "status")?;
    if from == 0 {
        node.refuse(PlanFault::BadValue, format!("the status {UNSEEN} cannot have a timer"));
        return None;
    }
    let arrow = arrow(table, None, cycle)?;
    let due = match (table.may("until"), table.may("after_days")) {
        (Some(_), Some(node)) => {
            node.refuse(PlanFault::BadValue, "a timer has until or after_days, not both");
            return None;
        }
        (Some(node), None) => {
            let rule = format!("a date column is needed: {UNTIL}");
            node.word(&rule, |word| (word == UNTIL).then_some(Due::Until))?
        }
        (None, _) => Due::AfterDays(table.need("after_days")?.integer(1..=TIMER_DAYS_MAX)?),
    };
    if cycle.timers[from].replace(Timer { due, arrow }).is_some() {
        let rule = format!("status {} already has a timer", cycle.statuses[from]);
        node.refuse(PlanFault::Duplicate, rule);
        return None;
    }
    Some(())
}

fn refuse_circle(node: &TomlValue, cycle: &LifeCycle) {
    let circular = (0..cycle.statuses.len()).any(|mut status| {
        let timers = std::iter::from_fn(|| {
            status = cycle.timers[status]?.arrow.to;
            Some(())
        });
        timers.take(cycle.statuses.len() + 1).count() > cycle.statuses.len()
    });
    if circular {
        node.refuse(PlanFault::BadValue, "timers form a circle");
    }
}
