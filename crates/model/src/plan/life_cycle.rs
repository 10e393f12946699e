//! The life cycle of a plan: statuses, event kinds, the transitions between them, and timers.
//!
//! Not here: persons (the crate `fold` applies a life cycle to them), and how a plan writes one
//! (`plan/parse/life_cycle.rs`).
//!
//! Invariants:
//! 1. Status 0 is "not seen yet"; every person begins there
//!    (`life_cycle::tests::an_exit_is_known_before_any_entry`).
//! 2. An event of a kind that a status does not know changes nothing and is not counted
//!    (`life_cycle::tests::a_second_entry_is_no_transition`).
//! 3. Timers form no circle, so a chain of timers always ends
//!    (`tests/life_cycles.rs`: `timers_in_a_circle_are_refused`).
//! 4. Every kind has a rank of its own (`tests/life_cycles.rs`: `ranks_are_a_list_of_every_kind`).
//! 5. The diagram shows every transition and every timer (`tests/life_cycles.rs`:
//!    `the_diagrams_show_every_arrow`).

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The name of status 0.
pub const UNSEEN: &str = "UNSEEN";

/// The column with the date until which a stay, or the term of a decision, is granted.
pub const UNTIL: &str = "authorised_until";

/// The value of a date column if the event grants nothing up to a date.
pub const NO_DATE: &str = "_Z";

/// The columns with which a row corrects or retracts an earlier row; a file may omit them.
pub const CORRECTION_COLUMNS: [&str; 2] = ["revision", "action"];

/// The ready-made models, by name, as a plan would write them.
pub const MODELS: [(&str, &str); 4] = [
    ("border", include_str!("../../models/border.toml")),
    ("stay", include_str!("../../models/stay.toml")),
    ("return", include_str!("../../models/return.toml")),
    ("asylum", include_str!("../../models/asylum.toml")),
];

/// Where a transition leads, and the name under which it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// The status after.
    pub to: usize,
    /// Its name, as a position in [`LifeCycle::names`].
    pub name: usize,
}

/// When a timer fires: at the first instant after its last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// The last day is this many days after the day of the event that led to the status.
    AfterDays(u32),
    /// The last day is the date in the column [`UNTIL`] of the event that led to the status;
    /// without a date the timer does not fire.
    Until,
}

/// A transition that happens when a person has been in a status for a certain time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timer {
    /// When it fires.
    pub due: Due,
    /// The transition.
    pub arrow: Arrow,
}

/// Which of several events of one person at the same instant comes first. A store keeps the rule
/// with which it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventOrder {
    /// The event with the smaller digest of its id; stores made before the other rule existed.
    IdDigest,
    /// The order in which the life cycle allows the most transitions; if several allow as many, the
    /// first by the ranks of the kinds ([`LifeCycle::rank`]), then by the codes of the events.
    LifeCycle,
}

/// Statuses, kinds, transitions and timers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifeCycle {
    /// Name of the ready-made model, or what the plan calls its own.
    pub model: String,
    /// Statuses; the first is "not seen yet".
    pub statuses: Vec<String>,
    /// Event kinds.
    pub kinds: Vec<String>,
    /// The rank of each kind, from 0, no two alike: which of two events at the same instant comes
    /// first if the transitions do not decide.
    pub(crate) ranks: Vec<u8>,
    /// Names of transitions, including those of timers.
    pub names: Vec<String>,
    /// `next[status][kind]`: the transition, or `None` if the status does not know the kind.
    pub(crate) next: Vec<Vec<Option<Arrow>>>,
    /// The timer of each status, if it has one.
    pub(crate) timers: Vec<Option<Timer>>,
    /// Whether a later row with the id of an event can correct or retract it.
    pub corrections: bool,
}

impl LifeCycle {
    /// The status after an event of this kind; `None` if the status does not know the kind.
    ///
    /// Panics on a status or kind that the life cycle does not have.
    pub fn next(&self, status: usize, kind: usize) -> Option<usize> {
        self.arrow(status, kind).map(|arrow| arrow.to)
    }

    /// The transition that an event of this kind makes from a status; `None` if the status does not
    /// know the kind.
    ///
    /// Panics on a status or kind that the life cycle does not have.
    pub fn arrow(&self, status: usize, kind: usize) -> Option<Arrow> {
        self.next[status][kind]
    }

    /// The timer of a status.
    ///
    /// Panics on a status that the life cycle does not have.
    pub fn timer(&self, status: usize) -> Option<Timer> {
        self.timers[status]
    }

    /// Whether any status has a timer.
    pub fn has_timers(&self) -> bool {
        self.timers.iter().any(Option::is_some)
    }

    /// Whether events have the column [`UNTIL`].
    pub fn has_dates(&self) -> bool {
        self.timers.iter().flatten().any(|timer| timer.due == Due::Until)
    }

    /// The position of a kind.
    pub fn kind(&self, kind: &str) -> Option<usize> {
        self.kinds.iter().position(|known| known == kind)
    }

    /// The rank of a kind among events at the same instant; after all others for a kind that the
    /// life cycle does not have.
    pub fn rank(&self, kind: usize) -> u8 {
        self.ranks.get(kind).copied().unwrap_or(u8::MAX)
    }

    /// The kinds in the order of their ranks.
    pub fn kinds_by_rank(&self) -> Vec<&str> {
        let mut kinds: Vec<usize> = (0..self.kinds.len()).collect();
        kinds.sort_by_key(|&kind| self.rank(kind));
        kinds.into_iter().map(|kind| self.kinds[kind].as_str()).collect()
    }

    /// The state diagram as Mermaid text: events as `KIND`, or as `KIND = NAME` if the transition
    /// has another name; timers as `[NAME, when]`.
    pub fn diagram(&self) -> String {
        let mut arrows: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
        for (from, kinds) in self.next.iter().enumerate() {
            for (kind, arrow) in self.kinds.iter().zip(kinds) {
                let Some(arrow) = arrow else { continue };
                let name = &self.names[arrow.name];
                let label = if name == kind { kind.clone() } else { format!("{kind} = {name}") };
                arrows.entry((from, arrow.to)).or_default().push(label);
            }
            if let Some(timer) = self.timers[from] {
                let when = match timer.due {
                    Due::AfterDays(days) => format!("{days} days over"),
                    Due::Until => format!("{UNTIL} over"),
                };
                let label = format!("[{}, {when}]", self.names[timer.arrow.name]);
                arrows.entry((from, timer.arrow.to)).or_default().push(label);
            }
        }
        let mut text = format!("stateDiagram-v2\n    [*] --> {UNSEEN}\n");
        for ((from, to), labels) in arrows {
            let (from, to) = (&self.statuses[from], &self.statuses[to]);
            // Writing to a string does not fail.
            let _ = writeln!(text, "    {from} --> {to}: {}", labels.join("; "));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_is_known_before_any_entry() {
        let border = LifeCycle::ready_made("border").unwrap();
        let exit = border.kind("EXIT").unwrap();
        let abroad = border.next(0, exit).unwrap();
        assert_eq!(border.statuses[abroad], "ABROAD");
        assert_eq!(border.next(abroad, exit), None);
    }

    #[test]
    fn a_second_entry_is_no_transition() {
        let border = LifeCycle::ready_made("border").unwrap();
        let entry = border.kind("ENTRY").unwrap();
        let present = border.next(0, entry).unwrap();
        assert_eq!(border.next(present, entry), None);
    }
}
