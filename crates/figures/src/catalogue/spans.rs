//! Ordered lists of periods of one grain: which are shown, and which overlap a span.
//!
//! Not here: periods themselves (crate `model`), and their figures ([`crate::answer`]).
//!
//! Invariants:
//! 1. Binary search finds the same periods as a check of each of them
//!    (`catalogue::spans::tests::periods_meet_in_a_moment`).

use tidegauge_model::{Grain, Period, Plan};

/// Steps `first` to `last` of a window, both included.
pub(crate) type Span = (u32, u32);

/// The periods of a grain that are shown when the steps up to `last_step` are released.
pub(crate) fn released(plan: &Plan, grain: Grain, last_step: Period) -> Vec<Period> {
    let first = plan.first_step();
    let mut period = first.within(grain);
    if period.start() < first.start() {
        period = period.next();
    }
    std::iter::successors(Some(period), |period| Some(period.next()))
        .take_while(|period| period.end() <= last_step.end())
        .collect()
}

/// The number of these ordered periods of one grain that have ended by the end of a step.
pub(crate) fn ended_by(periods: &[Period], last: Period) -> usize {
    periods.partition_point(|period| period.end() <= last.end())
}

/// The periods that overlap a span, from an ordered list of periods of one grain.
pub(crate) fn meeting(periods: &[Period], span: Period) -> &[Period] {
    let first = periods.partition_point(|period| period.end() <= span.start());
    let rest = &periods[first..];
    &rest[..rest.partition_point(|period| period.start() < span.end())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_meet_in_a_moment() {
        let table = [
            ("2024-01-15T09", "2024-01-15T09", true),
            ("2024-01-15T09", "2024-01-15T10", false),
            ("2024-01-15T09", "2024-01-15", true),
            ("2024-01-15T23", "2024-01-16", false),
            ("2024-01-15T23", "2024-W03", true),
            ("2024-01-31", "2024-02", false),
            ("2024-01-31", "2024-01", true),
            ("2023-12-31", "2024", false),
            ("2024-W01", "2024-01", true),
        ];
        for (one, other, expected) in table {
            let [a, b] = [one, other].map(|text| Period::parse(text).unwrap());
            let all = [a.previous(), a, a.next()];
            assert_eq!(meeting(&all, b).contains(&a), expected, "{one} {other}");
            let all = [b.previous(), b, b.next()];
            assert_eq!(meeting(&all, a).contains(&b), expected, "{other} {one}");
        }
    }
}
