//! From a transition to the cell in which a dataflow counts it.
//!
//! Not here: whether it counts (module `kernel`), and when a spell began (module `spell`).
//!
//! Invariants:
//! 1. A cell is the sum of one offset for each dimension; a code that a dimension does not have, or
//!    that the dataflow's filter leaves out, puts the transition outside the dataflow
//!    (`tests/laws.rs`, `tests/life_cycles.rs`, `tests/late_moves.rs`).

use tidegauge_model::plan::life_cycle::Arrow;
use tidegauge_model::{CodeSource, Dataflow, Only, Plan};

use crate::event::Event;

/// A transition of one person's life cycle.
#[derive(Clone, Copy)]
pub(crate) struct Transition<'e> {
    /// The event that made it; `None` for a timer.
    pub event: Option<&'e Event>,
    /// The status before.
    pub before: usize,
    /// The status to which it leads, and its name.
    pub arrow: Arrow,
    /// When it happens, in milliseconds since 1970 in universal time.
    pub at: i64,
}

/// By code position: the offset in the cell number, or `None` if the code is outside the dataflow.
type Offsets = Vec<Option<u32>>;

/// The dimensions of a dataflow, grouped by the source of their codes.
pub(crate) struct Dimensions {
    of_event: Vec<(usize, Offsets)>,
    of_start: Vec<(usize, Offsets)>,
    of_transition: Vec<(CodeSource, Offsets)>,
}

fn offset(offsets: &Offsets, code: usize) -> Option<u32> {
    offsets.get(code).copied().flatten()
}

fn of_codes(lookups: &[(usize, Offsets)], event: &Event) -> Option<u32> {
    lookups.iter().try_fold(0, |sum, (attribute, offsets)| {
        offset(offsets, event.codes[*attribute].into()).map(|offset| sum + offset)
    })
}

impl Dimensions {
    pub(crate) fn new(plan: &Plan, dataflow: &Dataflow) -> Self {
        let mut these = Self { of_event: vec![], of_start: vec![], of_transition: vec![] };
        let mut stride = dataflow.structure.cells();
        let cycle = &plan.life_cycle;
        for dimension in dataflow.structure.dimensions() {
            let list = &dimension.code_list;
            stride /= list.codes().len();
            let offset_of = |position: u16| u32::from(position) * stride as u32;
            let known = |code: &str| list.position(code).map(offset_of);
            let words = |words: &[String]| words.iter().map(|word| known(word)).collect();
            let source = dimension.source.clone();
            match source {
                CodeSource::Attribute(n) | CodeSource::Start(n) => {
                    let codes = plan.attributes[n].code_list.codes();
                    let offsets = codes.iter().map(|code| known(&code.id)).collect();
                    let is_start = matches!(source, CodeSource::Start(_));
                    let lookups = if is_start { &mut these.of_start } else { &mut these.of_event };
                    lookups.push((n, offsets));
                }
                CodeSource::Kind => these.of_transition.push((source, words(&cycle.kinds))),
                CodeSource::Before | CodeSource::After => {
                    these.of_transition.push((source, words(&cycle.statuses)));
                }
                CodeSource::Transition => these.of_transition.push((source, words(&cycle.names))),
                // A list has at most CODES_MAX codes, so a position fits 16 bits.
                CodeSource::Age | CodeSource::Band => {
                    let all =
                        (0..list.codes().len() as u16).map(|position| Some(offset_of(position)));
                    these.of_transition.push((source, all.collect()));
                }
            }
        }
        // A filter is a dimension whose codes add nothing to a cell.
        let filter = dataflow.only.as_ref().map(|only| match only {
            Only::Kinds(kinds) => (CodeSource::Kind, cycle.kinds.len(), kinds),
            Only::Transitions(names) => (CodeSource::Transition, cycle.names.len(), names),
        });
        these.of_transition.extend(filter.map(|(source, codes, counted)| {
            let offset_of = |code: usize| counted.contains(&code).then_some(0);
            (source, (0..codes).map(offset_of).collect())
        }));
        these
    }

    /// The offset that the attributes of an event add to the cell.
    pub(crate) fn of_event(&self, event: &Event) -> Option<u32> {
        of_codes(&self.of_event, event)
    }

    /// The offset that the attributes of an event add to the cells of a spell that it begins.
    pub(crate) fn of_start(&self, event: &Event) -> Option<u32> {
        of_codes(&self.of_start, event)
    }

    /// The cell of an event in a flow with vintages whose dimensions follow from the event only.
    pub(crate) fn of_late(&self, event: &Event) -> Option<u32> {
        let of_kind =
            self.of_transition.iter().try_fold(0, |sum, (source, offsets)| match source {
                CodeSource::Kind => offset(offsets, event.kind.into()).map(|offset| sum + offset),
                _ => None,
            })?;
        self.of_event(event).map(|offset| offset + of_kind)
    }

    /// The offset that a transition itself adds to the cell; `length` is the age or band of its
    /// spell, by position, and the last code takes everything longer.
    pub(crate) fn of_transition(&self, transition: &Transition<'_>, length: usize) -> Option<u32> {
        self.of_transition.iter().try_fold(0, |sum, (source, offsets)| {
            let code = match source {
                CodeSource::Kind => transition.event?.kind.into(),
                CodeSource::Before => transition.before,
                CodeSource::After => transition.arrow.to,
                CodeSource::Transition => transition.arrow.name,
                CodeSource::Age | CodeSource::Band => length.min(offsets.len() - 1),
                CodeSource::Attribute(_) | CodeSource::Start(_) => return None,
            };
            offset(offsets, code).map(|offset| sum + offset)
        })
    }
}

/// An offset, or `None`, as one word of a state.
pub(crate) fn to_word(offset: Option<u32>) -> u32 {
    // Fits: a dataflow has at most 1,000,000 cells.
    offset.map_or(0, |offset| offset + 1)
}

/// The offset that [`to_word`] encoded.
pub(crate) fn of_word(word: u32) -> Option<u32> {
    word.checked_sub(1)
}
