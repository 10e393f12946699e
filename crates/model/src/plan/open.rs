//! The cells of a dataflow that are open in a step, given the validity of the codes.
//!
//! Not here: prices and measurements, which validity does not change; figures (crate
//! `figures`), refusals of events (crate `collect`).
//!
//! A code is valid in a step if the step overlaps the days from its first to its last. An event is
//! checked against the validity of its codes in its own step, and refused if one is not valid. So a
//! cell with a code of an event is known to be empty in every step in which that code is not valid:
//! a structural zero. This does not apply to codes that a person keeps from an earlier event: a
//! person who entered through a point that has closed is still present, and a timer moves persons
//! without an event. But before the first day of a code nobody can have it. No event can have the
//! code of a reserved position, so its cells are structural zeros until an amendment gives it a
//! code (module `amendment`).
//!
//! Invariants:
//! 1. Which cells are open depends only on the plan
//!    (`plan::open::tests::open_steps_are_those_that_overlap_the_validity`).
//! 2. A cell in which a transition without an event of the same step can count is closed only
//!    before the first day of its codes
//!    (`plan::open::tests::cells_of_earlier_events_are_never_closed`).

use std::ops::Range;

use super::content::Plan;
use crate::code::Code;
use crate::dataflow::Dataflow;
use crate::period::Period;
use crate::structure::{CodeSource, Dimension};
use crate::validity::Validity;

impl Plan {
    /// For each cell of a dataflow the positions, in `steps`, of the steps in which it can be
    /// non-empty; in all other steps it is a structural zero. `None` if every cell is open in every
    /// step.
    ///
    /// Shape: one range for each cell; empty for a cell that is never open.
    pub fn open_steps(&self, dataflow: &Dataflow, steps: &[Period]) -> Option<Vec<Range<u32>>> {
        let all = 0..steps.len() as u32;
        let open_codes = self.open_codes(dataflow, steps);
        if open_codes.iter().flatten().all(|range| *range == all) {
            return None;
        }
        let mut cells = vec![all];
        for codes in open_codes {
            let within = |cell: &Range<u32>| {
                let cell = cell.clone();
                let cut = move |code: &Range<u32>| {
                    let (start, end) = (cell.start.max(code.start), cell.end.min(code.end));
                    start..end.max(start)
                };
                codes.iter().map(cut).collect::<Vec<_>>()
            };
            cells = cells.iter().flat_map(within).collect();
        }
        Some(cells)
    }

    /// For each dimension the positions, in `steps`, of the steps in which each of its codes is
    /// open: from the first day of the code, and up to its last day if only events of the same step
    /// are counted.
    ///
    /// Shape: one range for each code of the dimension's list; empty for one that is never open.
    pub fn open_codes(&self, dataflow: &Dataflow, steps: &[Period]) -> Vec<Vec<Range<u32>>> {
        let dimensions = dataflow.structure.dimensions();
        // A transition by a timer has no kind.
        let only_this_step = dataflow.present().is_none()
            && (!self.life_cycle.has_timers()
                || dimensions.iter().any(|dimension| dimension.source == CodeSource::Kind));
        let dimension_codes = |dimension: &Dimension| {
            let codes = dimension.code_list.codes();
            let (number, ends) = match dimension.source {
                CodeSource::Attribute(number) => (number, only_this_step),
                // A spell that began with a code goes on after the code has closed.
                CodeSource::Start(number) => (number, false),
                _ => return vec![0..steps.len() as u32; codes.len()],
            };
            // Events are checked against the list of the attribute.
            let list = &self.attributes[number].code_list;
            let places = |code: &Code| {
                if code.is_reserved() {
                    return 0..0;
                }
                let listed = list.find(&code.id);
                let validity = listed.map_or_else(Validity::default, |code| code.validity);
                Validity { to: validity.to.filter(|_| ends), ..validity }.places(steps)
            };
            codes.iter().map(places).collect()
        };
        dimensions.iter().map(dimension_codes).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use testkit::edit;

    use super::*;

    const BORDER: &str = include_str!("../../../../testdata/plans/border.toml");

    /// The border plan with a code that is valid from and to these days, as far as given.
    fn plan(validity: &[(&str, &str)]) -> Plan {
        let text = validity.iter().fold(edit(BORDER), |text, (key, day)| {
            text.add(&format!("code_list.CL_BORDER_POINT.codes.LO_WU.{key}"), *day)
        });
        Plan::parse(&text.text()).unwrap()
    }

    fn periods(grain: crate::Grain) -> Vec<Period> {
        let first = Period::containing(grain, jiff::civil::date(2024, 1, 1));
        let all = std::iter::successors(Some(first), |period| Some(period.next()));
        all.take_while(|period| period.first().year() == 2024).collect()
    }

    #[test]
    fn open_steps_are_those_that_overlap_the_validity() {
        for grain in [crate::Grain::Day, crate::Grain::Week, crate::Grain::Month] {
            let steps = periods(grain);
            for (from, to) in [
                (None, Some("2024-07-30")),
                (Some("2024-02-29"), None),
                (Some("2024-03-31"), Some("2024-04-01")),
                (Some("2025-06-01"), None),
                (None, Some("2022-02-07")),
                (Some("2023-01-01"), Some("2025-01-01")),
            ] {
                let day = |text: Option<&str>| text.map(|text| text.parse::<Date>().unwrap());
                let validity = Validity { from: day(from), to: day(to) };
                let places = validity.places(&steps);
                for (place, step) in (0u32..).zip(&steps) {
                    let mut days = periods(crate::Grain::Day).into_iter();
                    let overlaps = days.any(|day| {
                        step.covers(day)
                            && validity.from.is_none_or(|from| from <= day.first())
                            && validity.to.is_none_or(|to| day.first() <= to)
                    });
                    assert_eq!(validity.overlaps(*step), overlaps, "{step} {validity:?}");
                    assert_eq!(places.contains(&place), overlaps, "{step} {validity:?}");
                }
            }
        }
    }

    #[test]
    fn a_cell_is_open_while_each_of_its_codes_is() {
        let plan = plan(&[("valid_from", "2024-03-01"), ("valid_to", "2024-05-31")]);
        let flow = &plan.dataflows[0];
        let steps = periods(crate::Grain::Day);
        let open = plan.open_steps(flow, &steps).unwrap();
        let position = flow.structure.dimensions()[0].code_list.position("LO_WU").unwrap();
        for (cell, open) in open.iter().enumerate() {
            let expected = if flow.structure.positions(cell)[0] == position {
                60..152
            } else {
                continue;
            };
            assert_eq!(*open, expected, "{cell}");
        }
    }

    #[test]
    fn cells_of_earlier_events_are_never_closed() {
        let plan = plan(&[("valid_to", "2024-05-31")]);
        let steps = periods(crate::Grain::Day);
        let balance = plan.dataflows.iter().find(|flow| flow.present().is_some()).unwrap();
        let mut carried = balance.clone();
        carried.structure = plan.dataflows[0].structure.clone();
        assert!(plan.open_steps(&plan.dataflows[0], &steps).is_some());
        assert_eq!(
            plan.open_steps(&carried, &steps),
            None,
            "a person who entered there is still present"
        );
        let timers = include_str!("../../../../testdata/stays.toml");
        let mut timed = Plan::parse(timers).unwrap();
        assert!(timed.life_cycle.has_timers());
        timed.attributes = plan.attributes.clone();
        let mut flow = plan.dataflows[0].clone();
        assert!(timed.open_steps(&flow, &steps).is_some(), "a dimension of kinds excludes timers");
        let dimensions = flow.structure.dimensions().iter();
        let without =
            dimensions.filter(|dimension| dimension.source != CodeSource::Kind).cloned().collect();
        flow.structure = crate::DataStructure::new(without).unwrap();
        assert_eq!(timed.open_steps(&flow, &steps), None, "a timer needs no event");
        let later = self::plan(&[("valid_from", "2024-03-01")]);
        carried.structure = later.dataflows[0].structure.clone();
        let open = later.open_steps(&carried, &steps).unwrap();
        assert!(open.contains(&(60..366)), "nobody can keep a code that was never valid");
    }
}
