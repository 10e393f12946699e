//! Dataflows: measure, unit, bound, share, strategy.
//!
//! Not here: dimensions (`dimension.rs`); what a dataflow costs (crate `ledger`).
//!
//! Invariants:
//! 1. A dataflow has the keys of its measure and no others
//!    (`tests/refusals.rs`, `each_fault_has_its_code_line_and_field`).
//! 2. A window is never shorter than a step: steps are months or shorter, windows months or longer
//!    (`tests/refusals.rs`).

use num_rational::BigRational;
use num_traits::One;

use super::around::{MeasureKind, PlanContext, measures};
use super::dimension;
use super::fault::PlanFault;
use super::marginal::{self, TableContext};
use super::method;
use super::node::{TomlTable, TomlValue};
use super::{residual, spell};
use crate::dataflow::{
    ContributionBound, Dataflow, Measure, Only, StatisticalUnit, StrategyChoice,
};
use crate::near::offered;
use crate::period::Grain;
use crate::plan::keys;
use crate::plan::limits::{
    BOUND_MAX, BOUND_MONTH_MAX, BOUND_TRANSITIONS_MAX, GRAIN_WEIGHT_MAX, LATE_STEPS_MAX,
    VINTAGES_MAX,
};

/// A dataflow as read: the parts that the rules over all dataflows need, and the dataflow itself if
/// it is sound.
pub(super) struct DataflowDraft<'a> {
    pub(super) id: Option<TomlValue<'a>>,
    pub(super) step: Option<(TomlValue<'a>, Grain)>,
    pub(super) share: Option<(TomlValue<'a>, BigRational)>,
    /// Whether every reference to a code list or attribute could be read.
    pub(super) resolved: bool,
    pub(super) dataflow: Option<Dataflow>,
}

pub(super) fn read<'a>(table: &TomlTable<'a>, plan: &PlanContext<'_, 'a>) -> DataflowDraft<'a> {
    let kind = table.need("measure").and_then(|node| node.word(&measures(), MeasureKind::parse));
    table.known(&keys::DATAFLOW.known_with(kind.map(MeasureKind::word)));
    let id_node = table.need("id");
    let id = id_node.as_ref().and_then(TomlValue::sdmx_id);
    let text = |key| table.need(key)?.text();
    let (name, description) = (text("name"), text("description"));
    let method = method::method(table);
    let unit = table.need("unit").and_then(|node| unit(&node, kind));
    let step = table.need("step").and_then(|node| Some((node.clone(), step(&node)?)));
    let grain = step.as_ref().map(|(_, grain)| *grain);
    let bound = kind.and_then(|kind| bound(table, kind, unit, grain));
    let measure = kind.and_then(|kind| measure(table, kind, plan));
    let first_of = match table.may("first_of").filter(|_| kind == Some(MeasureKind::Flow)) {
        Some(node) => named_flow(&node, plan).map(Some),
        None => Some(None),
    };
    let counts_transitions = kind.is_some_and(MeasureKind::counts_late);
    let only = match table.may("only").filter(|_| counts_transitions) {
        Some(node) => only(&node, plan).map(Some),
        None => Some(None),
    };
    let share = table.need("share").and_then(|node| Some((node.clone(), node.ratio()?)));
    let strategy = match kind {
        Some(MeasureKind::Balance) => Some(StrategyChoice::Blt),
        _ => table.need("strategy").and_then(|node| strategy(&node, kind, grain, plan.window)),
    };
    let vintages =
        match table.may("vintages").filter(|_| kind.is_some_and(MeasureKind::counts_late)) {
            Some(node) => vintages(&node, grain, plan.window),
            None => Some(Vec::new()),
        };
    let (structure, resolved) = dimension::structure(table, kind, plan);
    if let (Some(measure), Some(structure)) = (&measure, &structure) {
        spell::refuse_unfit(table, measure, structure);
    }
    let (marginals, residuals) = match kind {
        Some(kind) if kind != MeasureKind::AtBound => {
            let (strategy, structure) = (strategy.as_ref(), structure.as_ref());
            let window = plan.window;
            let around = TableContext { kind, unit, strategy, structure, step: grain, window };
            let marginals = marginal::marginals(table, &around);
            let residuals = residual::residuals(table, &around, marginals.as_deref());
            (marginals, residuals)
        }
        _ => (Some(vec![]), Some(vec![])),
    };
    let dataflow = || {
        Some(Dataflow {
            id: id?.to_owned(),
            name: name?,
            description: description?,
            method: method?,
            measure: measure?,
            first_of: first_of?,
            only: only?,
            unit: unit?,
            structure: structure?,
            step: grain?,
            bound: bound?,
            share: share.as_ref()?.1.clone(),
            strategy: strategy?,
            vintages: vintages?,
            marginals: marginals?,
            residuals: residuals?,
        })
    };
    DataflowDraft { dataflow: dataflow(), id: id.and(id_node), step, share, resolved }
}

fn unit(node: &TomlValue, kind: Option<MeasureKind>) -> Option<StatisticalUnit> {
    let unit = node.word("a unit is PERSONS or EVENTS", |word| match word {
        "EVENTS" => Some(StatisticalUnit::Events),
        "PERSONS" => Some(StatisticalUnit::Persons),
        _ => None,
    })?;
    if unit == StatisticalUnit::Events && kind.is_some_and(|kind| !kind.counts_transitions()) {
        let rule = "a stock, a balance, a transition and an at_bound count PERSONS, given EVENTS";
        node.refuse(PlanFault::BadValue, rule);
        return None;
    }
    Some(unit)
}

fn step(node: &TomlValue) -> Option<Grain> {
    node.word("steps are a quarter_hour, an hour, a day, a week or a month", |word| {
        Grain::parse(word).filter(|&grain| grain <= Grain::Month)
    })
}

fn bound(
    table: &TomlTable,
    kind: MeasureKind,
    unit: Option<StatisticalUnit>,
    step: Option<Grain>,
) -> Option<ContributionBound> {
    if kind == MeasureKind::AtBound {
        return Some(ContributionBound { window: 1, month: None });
    }
    let most = if kind == MeasureKind::Transition { BOUND_TRANSITIONS_MAX } else { BOUND_MAX };
    let window = table.need("bound").and_then(|node| node.integer(1..=most));
    let month_node = kind.counts_transitions().then(|| table.may("bound_month")).flatten();
    let month = month_node.as_ref().and_then(|node| node.integer(1..=BOUND_MONTH_MAX));
    if let Some(node) = &month_node {
        if unit == Some(StatisticalUnit::Events) || step >= Some(Grain::Week) {
            let rule =
                "only flows of PERSONS with steps that divide a month have a bound for the month";
            node.refuse(PlanFault::BadValue, rule);
        }
        if let (Some(month), Some(window)) = (month, window)
            && month > window
        {
            let rule = format!("at most the bound of the window, {window}, given {month}");
            node.refuse(PlanFault::BadValue, rule);
        }
    }
    Some(ContributionBound { window: window?, month })
}

fn measure(table: &TomlTable, kind: MeasureKind, plan: &PlanContext) -> Option<Measure> {
    match kind {
        MeasureKind::Flow => Some(Measure::Flow),
        MeasureKind::Transition => Some(Measure::Transition),
        MeasureKind::Cohort => {
            Some(Measure::Cohort { statuses: statuses(&table.need("statuses")?, plan)? })
        }
        MeasureKind::Duration => {
            let statuses = table.need("statuses").and_then(|node| statuses(&node, plan));
            let bands = table.need("bands").and_then(|node| spell::bands(&node));
            Some(Measure::Duration { statuses: statuses?, bands: bands? })
        }
        MeasureKind::AtBound => {
            Some(Measure::AtBound { of: named_flow(&table.need("of")?, plan)? })
        }
        MeasureKind::Balance => {
            let statuses = table.need("statuses").and_then(|node| statuses(&node, plan));
            let (base_share, net_share) = (part(table, "base_share"), part(table, "net_share"));
            let (statuses, base_share, net_share) = (statuses?, base_share?, net_share?);
            Some(Measure::Balance { statuses, base_share, net_share })
        }
        MeasureKind::Stock => {
            let statuses = table.need("statuses").and_then(|node| statuses(&node, plan));
            let base_share = part(table, "base_share");
            Some(Measure::Stock { statuses: statuses?, base_share: base_share? })
        }
    }
}

/// A share that leaves something: more than 0 and less than 1.
fn part(table: &TomlTable, key: &'static str) -> Option<BigRational> {
    let node = table.need(key)?;
    let part = node.ratio()?;
    if part >= BigRational::one() {
        let rule = format!("more than 0 and less than 1 is needed, given {part}");
        node.refuse(PlanFault::BadValue, rule);
        return None;
    }
    Some(part)
}

/// The position of the flow that an at_bound, or a flow of first contributions, refers to.
fn named_flow(node: &TomlValue, plan: &PlanContext) -> Option<usize> {
    let id = node.sdmx_id()?;
    let Some(position) = plan.heads.iter().position(|(other, _)| *other == Some(id)) else {
        let ids: Vec<&str> = plan.heads.iter().filter_map(|(id, _)| *id).collect();
        let rule = format!("no dataflow {id} in the plan; {}", offered(id, &ids));
        node.refuse(PlanFault::UnknownReference, rule);
        return None;
    };
    if plan.heads[position].1.is_some_and(|kind| kind != MeasureKind::Flow) {
        node.refuse(PlanFault::BadValue, format!("a flow is needed, {id} is not one"));
        return None;
    }
    Some(position)
}

/// The kinds of events, or the transitions, that a dataflow counts.
fn only(node: &TomlValue, plan: &PlanContext) -> Option<Only> {
    let (life_cycle, table) = (plan.life_cycle?, node.table()?);
    table.known(&keys::ONLY.known());
    let positions = |node: &TomlValue, known: &[String], what: &str| {
        let nodes = node.array(known.len())?;
        if nodes.is_empty() {
            node.refuse(PlanFault::BadValue, format!("at least 1 {what} is needed"));
        }
        let rule = format!("a {what} of the life cycle is needed");
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let mut positions = Vec::new();
        for node in nodes {
            let position =
                node.name_of(&rule, &names, |id| known.iter().position(|known| known == id))?;
            if positions.contains(&position) {
                node.refuse(PlanFault::Duplicate, format!("this {what} is listed twice"));
            }
            positions.push(position);
        }
        Some(positions)
    };
    match (table.may("kind"), table.may("transition")) {
        (Some(node), None) => positions(&node, &life_cycle.kinds, "kind").map(Only::Kinds),
        (None, Some(node)) => {
            positions(&node, &life_cycle.names, "transition").map(Only::Transitions)
        }
        _ => {
            node.refuse(PlanFault::BadValue, "either kind or transition is needed");
            None
        }
    }
}

fn statuses(node: &TomlValue, plan: &PlanContext) -> Option<Vec<usize>> {
    let life_cycle = plan.life_cycle?;
    let nodes = node.array(life_cycle.statuses.len())?;
    if nodes.is_empty() {
        node.refuse(PlanFault::BadValue, "at least 1 status is needed");
    }
    let mut positions = Vec::new();
    for node in nodes {
        let Some(status) = node.identifier() else { continue };
        match life_cycle.statuses.iter().position(|known| known == status) {
            None => {
                let known: Vec<&str> =
                    life_cycle.statuses[1..].iter().map(String::as_str).collect();
                let rule = format!("no status {status}; {}", offered(status, &known));
                node.refuse(PlanFault::UnknownCode, rule);
            }
            Some(0) => {
                let rule =
                    format!("persons who are {status} cannot be counted: they have not been seen");
                node.refuse(PlanFault::BadValue, rule);
            }
            Some(position) if positions.contains(&position) => {
                node.refuse(PlanFault::Duplicate, format!("status {status} is listed twice"));
            }
            Some(position) => positions.push(position),
        }
    }
    Some(positions)
}

/// The numbers of steps after which a step is measured again. The last is no longer than the
/// shortest window, so that a late event lies in the window of the step that admits it or in the
/// one before.
fn vintages(node: &TomlValue, step: Option<Grain>, window: Option<Grain>) -> Option<Vec<u32>> {
    let nodes = node.array(VINTAGES_MAX)?;
    if nodes.is_empty() {
        node.refuse(PlanFault::BadValue, "at least 1 number of steps is needed");
    }
    let most = match (step?, window?) {
        (Grain::Month, Grain::Year) => 12,
        (Grain::Month, Grain::Quarter) => 3,
        (Grain::Month, _) => 1,
        // Less than eleven days.
        (Grain::QuarterHour | Grain::Hour, _) => LATE_STEPS_MAX,
        (Grain::Week, Grain::Year) => 52,
        (Grain::Week, Grain::Quarter) => 12,
        (Grain::Week, _) => 4,
        (_, Grain::Month) => 28,
        (_, Grain::Quarter) => 90,
        _ => LATE_STEPS_MAX,
    };
    let mut vintages: Vec<u32> = Vec::new();
    for node in nodes {
        let Some(steps) = node.integer(1..=most) else { continue };
        if vintages.last().is_some_and(|&before| steps <= before) {
            let rule = format!("vintages must ascend, given {steps} after a greater or equal one");
            node.refuse(PlanFault::BadValue, rule);
        }
        vintages.push(steps);
    }
    Some(vintages)
}

fn strategy(
    node: &TomlValue,
    kind: Option<MeasureKind>,
    step: Option<Grain>,
    window: Option<Grain>,
) -> Option<StrategyChoice> {
    let rule = "a strategy is \"identity\", \"calendar_blt\" for what is counted in periods, \
                \"blt\" for a stock, or { calendar = { grain = weight, ... } }";
    let present = kind.is_some_and(MeasureKind::counts_presence);
    let short = step.filter(|&step| step < Grain::Day);
    if let Some(step) = short.filter(|_| !matches!(node.peek(), Some("blt" | "calendar_blt"))) {
        let way = if present { "blt" } else { "calendar_blt" };
        let rule = format!("steps of a {} are too many for it, \"{way}\" is needed", step.word());
        node.refuse(PlanFault::BadValue, rule);
        return None;
    }
    if node.peek().is_some() {
        return node.word(rule, |word| match word {
            "blt" => (kind.is_none() || present).then_some(StrategyChoice::Blt),
            "calendar_blt" => (!present).then_some(StrategyChoice::CalendarBlt),
            "identity" => Some(StrategyChoice::Identity),
            _ => None,
        });
    }
    let table = node.table()?;
    table.known(&keys::STRATEGY.known());
    let grains = table.need("calendar")?.table()?;
    grains.known(&keys::CALENDAR.known());
    let (step, window) = (step?, window?);
    let mut weights = Vec::new();
    for grain in Grain::ALL {
        let word = grain.word();
        let Some(node) = (if grain == step { grains.need(word) } else { grains.may(word) }) else {
            continue;
        };
        if grain < step {
            let rule = format!("no grain is finer than the step, a {}", step.word());
            node.refuse(PlanFault::BadValue, rule);
        }
        if grain > step && !step.divides(grain) {
            let rule = format!("a {} has no whole {}s", grain.word(), step.word());
            node.refuse(PlanFault::BadValue, rule);
        }
        if grain > window {
            let rule = format!("no grain is longer than the window, a {}", window.word());
            node.refuse(PlanFault::BadValue, rule);
        }
        weights.extend(node.integer(1..=GRAIN_WEIGHT_MAX).map(|weight| (grain, weight)));
    }
    Some(StrategyChoice::Calendar(weights))
}
