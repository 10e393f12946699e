//! The cell in which a transition counts, its codes looked up by their names.
//!
//! Not here: whether it counts (`person`).

use tidegauge_model::plan::life_cycle::Arrow;
use tidegauge_model::{CodeSource, Dataflow, Measure, Only, Plan};

/// A spell: the time and the month in which it began, and the codes of that event.
pub(super) type KnownSpell = (i64, i32, Vec<u16>);

/// A transition: the kind of its event, `None` for a timer; the status before; where it leads; its
/// time, as an instant, a step and a month; the codes of its event.
#[derive(Clone)]
pub(super) struct MadeTransition {
    pub(super) kind: Option<u8>,
    pub(super) before: usize,
    pub(super) arrow: Arrow,
    pub(super) at: i64,
    pub(super) step: i32,
    pub(super) month: i32,
    pub(super) codes: Vec<u16>,
}

/// The cell of a transition in a dataflow; `None` if a list does not have a code.
pub(super) fn cell(
    plan: &Plan,
    flow: &Dataflow,
    spell: Option<&KnownSpell>,
    made: &MadeTransition,
) -> Option<usize> {
    let cycle = &plan.life_cycle;
    let is_counted = match &flow.only {
        None => true,
        Some(Only::Kinds(kinds)) => made.kind.is_some_and(|kind| kinds.contains(&kind.into())),
        Some(Only::Transitions(names)) => names.contains(&made.arrow.name),
    };
    if !is_counted {
        return None;
    }
    let code = |attribute: usize, codes: &[u16]| {
        let list = plan.attributes[attribute].code_list.codes();
        codes.get(attribute).map(|&code| list[usize::from(code)].id.as_str())
    };
    let mut positions = Vec::new();
    for dimension in flow.structure.dimensions() {
        let list = &dimension.code_list;
        let nth = |n: usize| list.codes()[n.min(list.codes().len() - 1)].id.as_str();
        let code: &str = match &dimension.source {
            CodeSource::Kind => &cycle.kinds[usize::from(made.kind?)],
            CodeSource::Before => &cycle.statuses[made.before],
            CodeSource::After => &cycle.statuses[made.arrow.to],
            CodeSource::Transition => &cycle.names[made.arrow.name],
            CodeSource::Attribute(attribute) => code(*attribute, &made.codes)?,
            CodeSource::Start(attribute) => code(*attribute, &spell?.2)?,
            CodeSource::Age => nth((made.month - spell?.1).max(0) as usize),
            CodeSource::Band => {
                let Measure::Duration { bands, .. } = &flow.measure else { panic!("bands") };
                let seconds = made.at - spell?.0;
                nth(bands.iter().filter(|&&end| end as i64 <= seconds).count())
            }
        };
        positions.push(list.position(code)?);
    }
    Some(flow.structure.cell(&positions))
}

/// Whether the cell of a dataflow depends only on the event: a flow by kind and attributes.
pub(super) fn is_by_event(flow: &Dataflow) -> bool {
    let by_event =
        |source: &CodeSource| matches!(source, CodeSource::Kind | CodeSource::Attribute(_));
    flow.measure == Measure::Flow
        && !matches!(flow.only, Some(Only::Transitions(_)))
        && flow.structure.dimensions().iter().all(|dimension| by_event(&dimension.source))
}
