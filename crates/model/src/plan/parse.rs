//! From TOML to a checked plan: applies every rule and reports all faults at once, each with its
//! place.
//!
//! Not here: rules that need a clock, a store or data.
//!
//! Invariants:
//! 1. Any text gives a plan or at least one fault, never a panic (`tests/hostile.rs`).
//! 2. The parsed reference plan has the values that its text states (`tests/border.rs`).
//!
//! Format: `plans/border.toml`.

mod amendment;
mod around;
mod dataflow;
mod dimension;
mod fault;
mod first;
mod headline;
mod life_cycle;
mod lists;
mod marginal;
mod method;
mod names;
mod node;
mod rate;
mod residual;
mod retention;
mod source;
mod spell;
mod statement;
mod text;
mod wish;

use num_rational::BigRational;
use num_traits::{One, Zero};

use self::around::PlanContext;
use self::dataflow::DataflowDraft;
use self::fault::Faults;
pub use self::fault::{PlanError, PlanErrors, PlanFault};
use self::lists::{ATTRIBUTES_MAX, Attributes, CodeLists};
pub use self::node::IdForm;
use self::node::{DocumentContext, TomlTable, TomlValue, document};
use super::content::Plan;
use crate::dataflow::Dataflow;
use crate::headline::{Headline, View};
use crate::period::{Grain, Period};
use crate::plan::keys;
use crate::plan::limits::{
    CODE_LISTS_MAX, DATAFLOWS_MAX, HEADLINES_MAX, PLAN_BYTES_MAX, PLAN_CELLS_MAX, RATES_MAX,
    WISHES_MAX,
};
use crate::rate::Rate;
use crate::wish::Wish;

impl Plan {
    /// Parses a plan from its TOML text.
    ///
    /// Errors: every fault of the text, in order of position.
    pub fn parse(text: &str) -> Result<Plan, PlanErrors> {
        let faults = Faults::default();
        match read(text, &faults) {
            Some(plan) if faults.none() => Ok(plan),
            _ => Err(faults.into_errors(text)),
        }
    }
}

fn read(text: &str, faults: &Faults) -> Option<Plan> {
    let document = document(text, ("plan", PLAN_BYTES_MAX), faults)?;
    let ahead = TomlTable::root(DocumentContext { faults, language: None }, document.get_ref());
    let statement = ahead.may("statement").filter(TomlValue::is_table);
    let language = text::language(statement.and_then(|node| node.table()).as_ref());
    let context = DocumentContext { faults, language: language.as_ref() };
    let root = TomlTable::root(context, document.get_ref());
    let plan = plan(&root)?;
    refuse_dear_events(&root, &plan);
    Some(plan)
}

fn plan(root: &TomlTable) -> Option<Plan> {
    root.known(&keys::PLAN.known());
    let statement_table = root.section("statement");
    let statement = statement_table.as_ref().and_then(statement::statement);
    let privacy_table = root.section("privacy");
    let window = privacy_table.as_ref().and_then(statement::window);
    let privacy = privacy_table.and_then(|table| statement::privacy(&table, window));
    let life_cycle = root.section("life_cycle").and_then(|table| life_cycle::life_cycle(&table));
    let lists = CodeLists::read(elements(root, "code_list", CODE_LISTS_MAX));
    let attributes = Attributes::read(elements(root, "attribute", ATTRIBUTES_MAX), &lists);
    let tables: Vec<Option<TomlTable>> = dataflows(root).iter().map(TomlValue::table).collect();
    let heads = tables.iter().map(|table| table.as_ref().map(around::head).unwrap_or_default());
    let plan = PlanContext {
        life_cycle: life_cycle.as_ref(),
        window,
        lists: &lists,
        attributes: &attributes,
        heads: heads.collect(),
    };
    let drafts: Vec<DataflowDraft> =
        tables.iter().flatten().map(|table| dataflow::read(table, &plan)).collect();
    refuse_together(&drafts);
    first::refuse_unfit(&tables, &drafts, life_cycle.as_ref(), window);
    let retention = retention::retention(root, &drafts);
    if attributes.resolved && drafts.iter().all(|draft| draft.resolved) && !drafts.is_empty() {
        lists.refuse_unused();
        attributes.refuse_unused();
    }
    if attributes.resolved {
        lists.refuse_idle_validity();
    }
    let intake = source::intake(root);
    let method = method::method(root);
    let upon = upon_dataflows(root, &tables, &drafts, window);
    let (statement, time_zone) = statement?;
    let step = drafts.first()?.step.as_ref()?.1;
    if Period::containing(step, statement.start).first() != statement.start
        && let Some(node) = statement_table.and_then(|table| table.may("start"))
    {
        let rule =
            format!("a plan with steps of a {} must start on the first day of one", step.word());
        node.refuse(PlanFault::BadValue, rule);
    }
    let dataflows: Option<_> = drafts.into_iter().map(|draft| draft.dataflow).collect();
    let UponDataflows { rates, wishes, headlines, views } = upon?;
    let (intake, sources) = intake?;
    let mut plan = Plan {
        language: statement.language.clone(),
        languages: vec![],
        statement,
        privacy: privacy?,
        attributes: attributes.checked()?,
        dataflows: dataflows?,
        life_cycle: life_cycle?,
        retention: retention?,
        method: method?,
        rates: rates?,
        wishes: wishes?,
        headlines: headlines?,
        views: views?,
        intake,
        sources,
        amendments: vec![],
        time_zone,
    };
    plan.list_languages();
    Some(plan)
}

/// Events of one window that may cost more than the plan says.
fn refuse_dear_events(root: &TomlTable, plan: &Plan) {
    let windows = plan.windows_moved();
    let cost = plan.privacy.rho_over(windows);
    let Some(given) = plan.privacy.rho_of_events.as_ref().filter(|given| **given < cost) else {
        return;
    };
    let node = root.may("privacy").and_then(|node| node.table());
    if let Some(node) = node.and_then(|table| table.may("rho_of_events")) {
        let most = given / BigRational::from_integer(windows.into());
        let window = plan.privacy.window.word();
        let windows = match windows {
            1 => format!("that {window}"),
            several => format!("{several} {window}s"),
        };
        let rule = format!(
            "events of one {window} can change the measurements of {windows} and may cost rho \
             {cost}, given {given}; set `rho` to at most {most}, or say {cost}"
        );
        node.refuse(PlanFault::BadValue, rule);
    }
}

/// The elements of a list of tables; none if the key is absent.
fn elements<'a>(root: &TomlTable<'a>, key: &str, most: usize) -> Option<Vec<TomlValue<'a>>> {
    root.may(key).map_or(Some(vec![]), |node| node.array(most))
}

/// What a plan states about its dataflows; each part is `None` if it is at fault.
struct UponDataflows {
    rates: Option<Vec<Rate>>,
    wishes: Option<Vec<Wish>>,
    headlines: Option<Vec<Headline>>,
    views: Option<Vec<View>>,
}

/// Reads what needs all dataflows of the plan; `None` if one of these is at fault.
fn upon_dataflows(
    root: &TomlTable,
    tables: &[Option<TomlTable>],
    drafts: &[DataflowDraft],
    window: Option<Grain>,
) -> Option<UponDataflows> {
    let found: Option<Vec<&Dataflow>> =
        drafts.iter().map(|draft| draft.dataflow.as_ref()).collect();
    let dataflows = found.filter(|found| found.len() == tables.len())?;
    let elements = |key, most| elements(root, key, most);
    Some(UponDataflows {
        rates: elements("rate", RATES_MAX).and_then(|nodes| rate::rates(&nodes, &dataflows)),
        wishes: elements("wish", WISHES_MAX)
            .and_then(|nodes| wish::wishes(&nodes, &dataflows, window)),
        headlines: elements("headline", HEADLINES_MAX)
            .and_then(|nodes| headline::headlines(&nodes, &dataflows, window)),
        views: headline::views(tables, &dataflows, window),
    })
}

fn dataflows<'a>(root: &TomlTable<'a>) -> Vec<TomlValue<'a>> {
    let Some(node) = root.need("dataflow") else { return vec![] };
    let nodes = node.array(DATAFLOWS_MAX);
    if nodes.as_ref().is_some_and(Vec::is_empty) {
        node.refuse(PlanFault::BadValue, "a plan needs at least 1 dataflow");
    }
    nodes.unwrap_or_default()
}

/// The rules over all dataflows.
fn refuse_together(drafts: &[DataflowDraft]) {
    refuse_repeated(drafts);
    refuse_mixed_steps(drafts);
    refuse_overspending(drafts);
    refuse_too_many_cells(drafts);
}

fn refuse_repeated(drafts: &[DataflowDraft]) {
    let mut seen = Vec::new();
    for node in drafts.iter().filter_map(|draft| draft.id.as_ref()) {
        // Its files lie in a directory of this name, and not every disk tells capitals apart.
        let id = node.peek().map(str::to_ascii_uppercase);
        if seen.contains(&id) {
            let rule = "another dataflow has this identifier, or one with other capitals";
            node.refuse(PlanFault::Duplicate, rule);
        }
        seen.push(id);
    }
}

fn refuse_mixed_steps(drafts: &[DataflowDraft]) {
    let mut steps = drafts.iter().filter_map(|draft| draft.step.as_ref());
    let Some((_, first)) = steps.next() else { return };
    for (node, step) in steps.filter(|(_, step)| step != first) {
        let (first, step) = (first.word(), step.word());
        let rule = format!("all dataflows have one step; the first has {first}, given {step}");
        node.refuse(PlanFault::BadValue, rule);
    }
}

/// Refuses the first share at which the sum of shares exceeds the budget.
fn refuse_overspending(drafts: &[DataflowDraft]) {
    let mut sum = BigRational::zero();
    for (node, share) in drafts.iter().filter_map(|draft| draft.share.as_ref()) {
        sum += share;
        if sum > BigRational::one() {
            node.refuse(PlanFault::OverBudget, format!("shares add up to at most 1, given {sum}"));
            return;
        }
    }
}

/// Refuses the first dataflow at which the number of cells exceeds the limit of a plan.
fn refuse_too_many_cells(drafts: &[DataflowDraft]) {
    let mut cells = 0;
    for draft in drafts {
        cells += draft.dataflow.as_ref().map_or(0, |dataflow| dataflow.structure.cells());
        if cells > PLAN_CELLS_MAX
            && let Some(node) = &draft.id
        {
            let rule = format!("a plan has at most {PLAN_CELLS_MAX} cells, given {cells}");
            node.refuse(PlanFault::PlanTooLarge, rule);
            return;
        }
    }
}
