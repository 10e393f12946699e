//! The life cycle of a plan: statuses, event kinds and the transitions between them.
//!
//! Not here: persons; this is the rule, the crate `fold` applies it.
//!
//! Invariants:
//! 1. Status 0 is "not seen yet"; every person begins there
//!    (`life_cycle::tests::an_exit_is_known_before_any_entry`).
//! 2. A kind that a status does not know changes nothing and is counted nowhere
//!    (`life_cycle::tests::a_second_entry_is_no_transition`).

/// Statuses, kinds and transitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifeCycle {
    /// Name of the ready-made model.
    pub model: String,
    /// Statuses; the first is "not seen yet".
    pub statuses: Vec<String>,
    /// Event kinds.
    pub kinds: Vec<String>,
    /// `next[status][kind]`: the status after, or `None` where the kind is unknown to it.
    next: Vec<Vec<Option<usize>>>,
}

impl LifeCycle {
    /// The ready-made model with this name, if there is one.
    pub fn ready_made(name: &str) -> Option<Self> {
        match name {
            "border" => Some(Self::border()),
            _ => None,
        }
    }

    /// `border`: a person is abroad or present; an entry makes present, an exit abroad. Who has
    /// not been seen yet may do either.
    fn border() -> Self {
        let (abroad, present) = (1, 2);
        Self {
            model: "border".into(),
            statuses: vec!["UNSEEN".into(), "ABROAD".into(), "PRESENT".into()],
            kinds: vec!["ENTRY".into(), "EXIT".into()],
            next: vec![
                vec![Some(present), Some(abroad)],
                vec![Some(present), None],
                vec![None, Some(abroad)],
            ],
        }
    }

    /// The status after an event of this kind; `None` where the kind is unknown to the status.
    ///
    /// Panics on a status or kind that the life cycle does not have.
    pub fn next(&self, status: usize, kind: usize) -> Option<usize> {
        self.next[status][kind]
    }

    /// The position of a kind.
    pub fn kind(&self, kind: &str) -> Option<usize> {
        self.kinds.iter().position(|known| known == kind)
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
