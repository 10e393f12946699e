//! The bounds: how much one person may contribute, kept in one word of that person's state for each
//! dataflow.
//!
//! Not here: which person's state it is, and what a contribution means.
//!
//! Invariants:
//! 1. A flow takes at most `window` contributions in a window and `month` in a calendar month
//!    (`bound::tests::a_flow_takes_no_more_than_its_bounds`). A late contribution takes from the
//!    bound of the window in which it occurred; the month bounds only contributions on time
//!    (`tests/late.rs`: `on_time_and_late_together_stay_within_the_bound`).
//! 2. A stock takes whole stays: an entry is taken only if there is room for its departure too, so
//!    that no bound ever leaves a person in the stock for ever, and changes never exceed the bound
//!    (`bound::tests::a_stock_takes_whole_stays`).
//! 3. The largest bounds that a plan may state fit (`bound::tests::the_largest_bounds_are_kept`).
//! 4. A level that continues over windows alternately rises and falls, in each window within the
//!    bound (`bound::tests::a_level_that_goes_on_changes_in_turns`).

use tidegauge_model::ContributionBound;

use crate::fault::is_planted;

/// One person's contributions to a flow in the window so far.
///
/// Layout of the word: bits 0 to 15 hold the contributions in the window, 16 to 23 those in the
/// month (255 for 255 and more), 24 to 27 the month (1 to 12), and 28 whether a contribution has
/// been cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FlowUse(u32);

/// The outcome of a contribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It counts.
    Counted,
    /// It exceeds the bound, and is this person's first in this window that does.
    CutFirst,
    /// It exceeds the bound, as an earlier one did.
    CutAgain,
}

impl FlowUse {
    pub(crate) fn from_word(word: u32) -> Self {
        Self(word)
    }

    pub(crate) fn word(self) -> u32 {
        self.0
    }

    /// Takes one contribution in this calendar month (1 to 12), if the bounds allow it.
    pub(crate) fn contribute(&mut self, bound: &ContributionBound, month: u32) -> Outcome {
        let in_window = self.0 & 0xffff;
        let in_month = if (self.0 >> 24) & 0xf == month { (self.0 >> 16) & 0xff } else { 0 };
        let cut = (self.0 >> 28) & 1;
        if in_window >= bound.window || bound.month.is_some_and(|most| in_month >= most) {
            self.0 |= 1 << 28;
            return if cut == 0 { Outcome::CutFirst } else { Outcome::CutAgain };
        }
        // A plan's bound is at most 1,024 for the window and 255 for the month.
        let in_month = (in_month + 1).min(0xff);
        self.0 = (in_window + 1) | (in_month << 16) | (month << 24) | (cut << 28);
        Outcome::Counted
    }

    /// Whether the bound of the window has room for this many late contributions.
    pub(crate) fn has_room(self, contributions: u32, bound: &ContributionBound) -> bool {
        (self.0 & 0xffff) + contributions <= bound.window
    }

    /// Takes one late contribution, if the bound of its window allows it. One that is cut is
    /// counted nowhere, not even as cut.
    pub(crate) fn contribute_late(&mut self, bound: &ContributionBound) -> bool {
        let counted = self.0 & 0xffff < bound.window;
        self.0 += u32::from(counted);
        counted
    }
}

/// A person's stay in a stock.
///
/// Layout of the word: bits 0 to 19 hold the cell plus one (0: no stay), 21 whether the stay is
/// counted, and the others the changes of presence taken in the window: 24 to 31 the lower eight
/// binary digits, 20, 22 and 23 the upper three.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stay(u32);

impl Stay {
    pub(crate) fn from_word(word: u32) -> Self {
        Self(word)
    }

    pub(crate) fn word(self) -> u32 {
        self.0
    }

    /// The cell of the stay, if there is one.
    pub(crate) fn cell(self) -> Option<usize> {
        (self.0 & 0xf_ffff).checked_sub(1).map(|cell| cell as usize)
    }

    /// Whether the stay is counted and the bound has room for this many changes.
    pub(crate) fn has_room(self, changes: u32, bound: &ContributionBound) -> bool {
        self.counted() && self.changes() + changes <= bound.window
    }

    fn counted(self) -> bool {
        (self.0 >> 21) & 1 == 1
    }

    fn changes(self) -> u32 {
        let digit = |at: u32| (self.0 >> at) & 1;
        (self.0 >> 24) | (digit(20) << 8) | (digit(22) << 9) | (digit(23) << 10)
    }

    fn new(cell: Option<usize>, counted: bool, changes: u32) -> Self {
        // Fits: a dataflow has at most 1,000,000 cells and a bound of at most 1,024 changes.
        let cell = cell.map_or(0, |cell| cell as u32 + 1);
        let digit = |of: u32, at: u32| ((changes >> of) & 1) << at;
        let upper = digit(8, 20) | digit(9, 22) | digit(10, 23);
        Self(cell | (u32::from(counted) << 21) | upper | ((changes & 0xff) << 24))
    }

    /// Begins a window: the count of changes starts at zero, and a running stay is part of the
    /// base. Returns the cell in which the base counts this person.
    pub(crate) fn begin_window(&mut self) -> Option<usize> {
        let cell = self.cell();
        *self = Self::new(cell, cell.is_some(), 0);
        cell
    }

    /// Begins a window of a level that continues: the count of changes starts at zero; a stay that
    /// exceeded the bound remains uncounted to its end, so that changes of presence still
    /// alternate.
    pub(crate) fn continue_window(&mut self) {
        *self = Self::new(self.cell(), self.counted(), 0);
    }

    /// Notes that the person is in the stock at the end of the step, in this cell unless a stay
    /// was running. Returns the cell to increment, if the entry is taken.
    pub(crate) fn enter(&mut self, cell: usize, bound: &ContributionBound) -> Option<usize> {
        if self.cell().is_some() {
            return None;
        }
        let changes = self.changes();
        let room = if is_planted("no-room-for-departure") { 1 } else { 2 };
        let counted = changes + room <= bound.window;
        *self = Self::new(Some(cell), counted, changes + u32::from(counted));
        counted.then_some(cell)
    }

    /// Notes that the person is not in the stock at the end of the step. Returns the cell to
    /// decrement, if a counted stay ends.
    pub(crate) fn leave(&mut self) -> Option<usize> {
        let left = self.cell().filter(|_| self.counted());
        *self = Self::new(None, false, self.changes() + u32::from(left.is_some()));
        left
    }

    /// Sets the stay before the plan's start: nothing is counted here; the base will count it.
    pub(crate) fn seed(&mut self, cell: Option<usize>) {
        *self = Self::new(cell, false, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_takes_no_more_than_its_bounds() {
        let bound = ContributionBound { window: 5, month: Some(2) };
        let mut used = FlowUse::default();
        let outcomes: Vec<_> =
            [1, 1, 1, 2, 3, 3, 3, 4].iter().map(|&month| used.contribute(&bound, month)).collect();
        use Outcome::{Counted, CutAgain, CutFirst};
        assert_eq!(
            outcomes,
            [Counted, Counted, CutFirst, Counted, Counted, Counted, CutAgain, CutAgain]
        );
    }

    /// The largest bounds of a plan fit the words.
    #[test]
    fn the_largest_bounds_are_kept() {
        let bound = ContributionBound { window: 1024, month: None };
        let mut used = FlowUse::default();
        let months = (1..=12).flat_map(|month| std::iter::repeat_n(month, 100));
        let counted = months.filter(|&month| used.contribute(&bound, month) == Outcome::Counted);
        assert_eq!(counted.count(), 1024);
        assert!(!used.has_room(1, &bound) && !used.contribute_late(&bound));

        let bound = ContributionBound { window: 1024, month: Some(255) };
        let mut used = FlowUse::default();
        let counted =
            |month| (0..400).filter(|_| used.contribute(&bound, month) == Outcome::Counted).count();
        assert_eq!([1, 2, 3, 4, 5].map(counted), [255, 255, 255, 255, 4]);

        let bound = ContributionBound { window: 1024, month: None };
        let mut stay = Stay::default();
        for changes in (0..1024).step_by(2) {
            assert_eq!((stay.changes(), stay.cell()), (changes, None));
            assert_eq!(stay.enter(999_999, &bound), Some(999_999));
            assert_eq!((stay.changes(), stay.cell()), (changes + 1, Some(999_999)));
            assert_eq!(stay.leave(), Some(999_999));
        }
        assert_eq!((stay.enter(0, &bound), stay.changes()), (None, 1024));
    }

    /// Over any number of windows a level that continues alternately rises and falls, and a window
    /// takes no more changes than its bound.
    #[test]
    fn a_level_that_goes_on_changes_in_turns() {
        for most in 2..=5 {
            let bound = ContributionBound { window: most, month: None };
            let mut stay = Stay::default();
            stay.begin_window();
            let mut present = 0;
            for window in 0..4 {
                if window > 0 {
                    stay.continue_window();
                }
                let mut changes = 0;
                // Some windows end in the middle of a stay, counted or not.
                for _ in 0..3 + window {
                    let entered = i32::from(stay.enter(1, &bound).is_some());
                    present += entered;
                    assert!((0..=1).contains(&present));
                    changes += entered;
                    if changes + window == 2 {
                        break;
                    }
                    let left = i32::from(stay.leave().is_some());
                    present -= left;
                    assert!((0..=1).contains(&present));
                    changes += left;
                }
                assert!(changes <= most as i32, "{most} {window}");
            }
        }
    }

    #[test]
    fn a_stock_takes_whole_stays() {
        for most in 1..=7 {
            let bound = ContributionBound { window: most, month: None };
            for carried_in in [false, true] {
                let mut stay = Stay::default();
                stay.seed(carried_in.then_some(3));
                let mut stock = i64::from(stay.begin_window().is_some());
                let mut changes = 0;
                for _ in 0..10 {
                    let left = stay.leave().is_some();
                    stock -= i64::from(left);
                    assert_eq!(stock, 0, "a departure is never dropped");
                    let entered = stay.enter(3, &bound).is_some();
                    stock += i64::from(entered);
                    changes += u32::from(left) + u32::from(entered);
                }
                stay.leave();
                assert!(changes <= most);
            }
        }
    }
}
