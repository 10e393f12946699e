//! How high a bound may be, and how low beside another one: what the parser says of a plan's text,
//! of a plan whose bounds were changed.
//!
//! Not here: what a bound cuts (crate `appraise`), and how it is kept (crate `fold`).
//!
//! Invariants:
//! 1. A plan with other bounds has a fault here exactly if its text has one for the parser
//!    (`plan::bound::tests::what_the_parser_refuses_is_refused_here`).
//! 2. Who counts in every step as often as possible is within the bound that cuts nobody
//!    (`plan::bound::tests::a_bound_of_all_is_once_a_day_and_direction`).

use super::content::Plan;
use super::limits::{BOUND_MAX, BOUND_MONTH_MAX, BOUND_TRANSITIONS_MAX};
use crate::dataflow::{ContributionBound, Dataflow, Measure, StatisticalUnit};
use crate::period::Grain;

impl Dataflow {
    /// The highest bound that a plan can give this dataflow, of a window and of a month.
    pub fn highest_bound(&self) -> ContributionBound {
        let window = match self.measure {
            Measure::AtBound { .. } => 1,
            Measure::Transition => BOUND_TRANSITIONS_MAX,
            _ => BOUND_MAX,
        };
        ContributionBound { window, month: Some(BOUND_MONTH_MAX) }
    }
}

impl Dataflow {
    /// The most that one person contributes in a step: in a table one contribution for each
    /// combination of codes that stand apart, elsewhere one in each cell. `None` where every event
    /// counts, and where presence does.
    pub fn most_in_a_step(&self) -> Option<u64> {
        if self.unit == StatisticalUnit::Events || self.measure != Measure::Flow {
            return None;
        }
        Some(match self.marginals.is_empty() {
            true => self.structure.cells() as u64,
            false => {
                self.structure.apart().map(|(_, one)| one.code_list.codes().len() as u64).product()
            }
        })
    }
}

impl Plan {
    /// The bound at which a dataflow cuts nobody: a person who counts as often as possible in every
    /// step of a window. `None` where there is no such bound that a plan can have, and with
    /// corrections, each of which counts against a bound too.
    pub fn bound_of_all(&self, position: usize) -> Option<ContributionBound> {
        if self.life_cycle.corrections {
            return None;
        }
        let dataflow = self.dataflows.get(position)?;
        let each = dataflow.most_in_a_step()?;
        let first = self.window_of(self.first_step());
        let windows = std::iter::successors(Some(first), |window| Some(window.next()));
        let windows = windows.take(self.privacy.windows as usize);
        let steps = windows.map(|window| self.steps_of(window).len() as u64).max()?;
        let window = u32::try_from(each.checked_mul(steps)?).ok()?;
        let bound = ContributionBound { window, month: None };
        (window <= dataflow.highest_bound().window).then_some(bound)
    }

    /// The dataflow that counts the persons beyond the bound of another; `None` if none does.
    pub fn at_bound_of(&self, flow: &Dataflow) -> Option<&Dataflow> {
        let counts = |other: &&Dataflow| match other.measure {
            Measure::AtBound { of } => self.dataflows.get(of).is_some_and(|of| of.id == flow.id),
            _ => false,
        };
        self.dataflows.iter().find(counts)
    }

    /// The first dataflow, by its position, whose bound no plan can have, and the rule that it
    /// breaks; `None` for every plan that was parsed, until its bounds are changed.
    pub fn bound_fault(&self) -> Option<(usize, String)> {
        let mut dataflows = self.dataflows.iter().enumerate();
        dataflows.find_map(|(position, own)| {
            let other = own.first_of.map(|of| &self.dataflows[of]);
            let beside = || other.and_then(|other| too_low(own, other, self.privacy.window));
            out_of_range(own).or_else(beside).map(|rule| (position, rule))
        })
    }
}

fn out_of_range(own: &Dataflow) -> Option<String> {
    let (most, bound) = (own.highest_bound(), own.bound);
    let month = bound.month.zip(most.month);
    if !(1..=most.window).contains(&bound.window) {
        return Some(format!("`bound` must be from 1 to {}, given {}", most.window, bound.window));
    }
    let (month, most) = month?;
    let most = most.min(bound.window);
    (!(1..=most).contains(&month))
        .then(|| format!("`bound_month` must be from 1 to {most}, given {month}"))
}

/// The rule by which the bounds of the other flow are too low for one of first contributions to it.
///
/// The months of a window matter: a bound of the month holds back contributions here that the other
/// flow takes from its bound of the window. Who counts as often as possible in some months may use
/// up that bound while this flow still counts.
pub(super) fn too_low(own: &Dataflow, other: &Dataflow, window: Grain) -> Option<String> {
    let id = &other.id;
    let least_month = own.bound.month.unwrap_or(own.bound.window);
    if let Some(month) = other.bound.month.filter(|&month| month < least_month) {
        return Some(format!(
            "the `bound_month` of {id} is {month}, and {least_month} can count here in a month; \
             raise it there, or lower `bound_month` here"
        ));
    }
    let needed = needed(own, other, window);
    (u64::from(other.bound.window) < needed).then(|| {
        format!(
            "the `bound` of {id} is {}, and a person can reach it while this flow still counts; \
             give {id} a `bound` of at least {needed}, or lower `bound` here",
            other.bound.window
        )
    })
}

/// The bound of the window that the other flow needs: one more than a person can count there before
/// the last contribution that counts here.
fn needed(own: &Dataflow, other: &Dataflow, window: Grain) -> u64 {
    let before_last = u64::from(own.bound.window) - 1;
    let Some(month) = own.bound.month.map(u64::from) else { return before_last + 1 };
    let months = match window {
        Grain::Year => 12,
        Grain::Quarter => 3,
        _ => 1,
    };
    let steps: u64 = match own.step {
        Grain::QuarterHour => 31 * 24 * 4,
        Grain::Hour => 31 * 24,
        // Longer steps have no bound of the month.
        _ => 31,
    };
    let apart = own.structure.apart().map(|(_, one)| one.code_list.codes().len() as u64);
    let in_month = steps * apart.product::<u64>();
    let in_month = other.bound.month.map_or(in_month, |most| in_month.min(u64::from(most)));
    let full_months = (before_last / month).min(months);
    // In a month in which this flow is full the other one may count many more; any other
    // contribution counts in both.
    let more = in_month.saturating_sub(month);
    before_last + full_months * more + 1
}

#[cfg(test)]
mod tests {
    use testkit::plans::{TABLES, border_with_first_crossings};
    use testkit::{edit, toml};

    use super::*;

    /// Whether the text of a plan with another bound is refused, and the plan with it changed.
    fn refused(text: &str, (position, bound): (usize, ContributionBound)) -> [bool; 2] {
        let mut plan = Plan::parse(text).unwrap_or_else(|errors| panic!("{errors}"));
        let dataflow = &mut plan.dataflows[position];
        let id = dataflow.id.clone();
        dataflow.bound = bound;
        let text = edit(text).set(&format!("dataflow.{id}.bound"), i64::from(bound.window));
        let text = match bound.month {
            Some(month) => text.set(&format!("dataflow.{id}.bound_month"), i64::from(month)),
            None => text,
        };
        [Plan::parse(&text.text()).is_err(), plan.bound_fault().is_some()]
    }

    #[test]
    fn a_bound_of_all_is_once_a_day_and_direction() {
        let of_all = |text: &str, position: usize| {
            let plan = Plan::parse(text).unwrap_or_else(|errors| panic!("{errors}"));
            plan.bound_of_all(position).map(|bound| bound.window)
        };
        // 2024 has 366 days. A table counts a person once a day, and once in each direction apart.
        assert_eq!(of_all(TABLES, 0), Some(366));
        assert_eq!(of_all(&border_with_first_crossings().text(), 0), Some(732));
        // A balance has changes of presence, and an at_bound its own bound.
        let border = border_with_first_crossings().text();
        assert_eq!((of_all(&border, 1), of_all(&border, 2)), (None, None));
        let cells = edit(TABLES).remove("dataflow.CROSSINGS.margins").text();
        assert_eq!(of_all(&cells, 0), None, "54 cells on each day");
        let corrected = edit(TABLES).add("life_cycle.corrections", toml("true")).text();
        assert_eq!(of_all(&corrected, 0), None, "a correction counts too");
    }

    #[test]
    fn persons_beyond_a_bound_are_those_of_one_dataflow() {
        let text = border_with_first_crossings().text();
        let plan = Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}"));
        let counted = |position: usize| {
            let counted = plan.at_bound_of(&plan.dataflows[position]);
            counted.map(|counted| counted.id.as_str())
        };
        assert_eq!([0, 1, 2].map(counted), [Some("AT_BOUND"), None, None]);
    }

    #[test]
    fn what_the_parser_refuses_is_refused_here() {
        let first = border_with_first_crossings().text();
        let plan = Plan::parse(&first).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(plan.bound_fault(), None);
        let needed = needed(&plan.dataflows[3], &plan.dataflows[0], plan.privacy.window) as u32;
        for (text, position, window, month, expected) in [
            (TABLES, 0, 1024, Some(4), false),
            (TABLES, 0, 1025, Some(4), true),
            (TABLES, 0, 0, Some(4), true),
            (TABLES, 0, 1000, Some(255), false),
            (TABLES, 0, 1000, Some(256), true),
            (TABLES, 0, 100, Some(100), false),
            (TABLES, 0, 100, Some(101), true),
            (&first, 0, needed, None, false),
            (&first, 0, needed - 1, None, true),
            (&first, 3, 500, Some(4), true),
        ] {
            let bound = ContributionBound { window, month };
            assert_eq!(refused(text, (position, bound)), [expected; 2], "{window} {month:?}");
        }
    }
}
