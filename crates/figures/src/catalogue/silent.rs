//! The sources that were silent in the releases of one dataflow in one window.
//!
//! Not here: when a step is released although a source has not declared it complete (crate
//! `model`, `plan::sources`).
//!
//! A figure rests on steps, and events of a source that was silent in one of them may be missing
//! from it. A later vintage of a step takes the place of the list before it.
//!
//! - A *sum* over steps (a flow, a duration, a cohort, transitions) counts the events of its own
//!   steps, so its sources are those that are silent in the newest vintage of any of its steps.
//! - A *level* (a stock) rests on all steps up to its own, but it is counted again at every step
//!   with everything that has arrived by then, late events included. A source declares completeness
//!   up to an instant, so one that has declared a step has declared all steps before. So for each
//!   source the last step decides for which it delivers: silent there, its events may be missing
//!   from the level; declared there, none are, whatever it had not declared before.
//!
//! Invariants:
//! 1. A sum has the sources of its steps, and a later vintage takes the place of the earlier list
//!    (`catalogue::silent::tests::a_later_vintage_replaces_the_list_of_its_step`).
//! 2. A source is missing from a level until it has declared a step
//!    (`catalogue::silent::tests::a_level_lacks_a_source_until_it_declares`).

use tidegauge_model::SourceSet;

use super::spans::Span;

/// The silent sources of a step from one ledger entry on.
#[derive(Clone, Copy, Debug)]
struct Change {
    step: u32,
    entry: u64,
    silent: SourceSet,
}

/// The silent sources of a dataflow in a window, by step and ledger entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct SilentSources {
    /// Releases and vintages whose list is not that of the one before, by step, each step's in the
    /// order of the ledger. The list before the first is empty.
    changes: Vec<Change>,
    /// For each released step the sources that a level at its end may lack, as far as it is not
    /// that of the step before.
    levels: Vec<(u32, SourceSet)>,
    /// The sources that a level before the window may lack.
    before: SourceSet,
}

impl SilentSources {
    /// Those of a window that begins after this level.
    pub(super) fn after(before: SourceSet) -> Self {
        Self { before, ..Self::default() }
    }

    /// The sources that a level at the end of the last released step may lack.
    pub(super) fn last_level(&self) -> SourceSet {
        self.levels.last().map_or(self.before, |(_, level)| *level)
    }

    /// Takes the first release of the next step: the sources that were silent, among those that
    /// deliver for it.
    pub(super) fn take(&mut self, step: u32, entry: u64, silent: SourceSet, delivering: SourceSet) {
        let before = self.last_level();
        let level = before.without(delivering).union(silent);
        if level != before {
            self.levels.push((step, level));
        }
        self.take_late(step, entry, silent);
    }

    /// Takes a later vintage of a step.
    pub(super) fn take_late(&mut self, step: u32, entry: u64, silent: SourceSet) {
        let place = self.changes.partition_point(|change| change.step <= step);
        let before = self.changes[..place].last().filter(|change| change.step == step);
        if before.map_or(SourceSet::default(), |change| change.silent) != silent {
            self.changes.insert(place, Change { step, entry, silent });
        }
    }

    /// The sources that are silent in some steps, by the first `size` entries of the ledger.
    pub(crate) fn of_sum(&self, (first, last): Span, size: u64) -> SourceSet {
        let from = self.changes.partition_point(|change| change.step < first);
        let to = self.changes.partition_point(|change| change.step <= last);
        let known = self.changes[from..to].iter().filter(|change| change.entry < size);
        let mut sum = SourceSet::default();
        let mut newest: Option<&Change> = None;
        for change in known {
            if let Some(done) = newest.filter(|newest| newest.step != change.step) {
                sum = sum.union(done.silent);
            }
            newest = Some(change);
        }
        newest.map_or(sum, |newest| sum.union(newest.silent))
    }

    /// The steps whose newest vintage has silent sources, with these.
    pub(crate) fn steps(&self) -> impl DoubleEndedIterator<Item = (u32, SourceSet)> {
        let newest = self.changes.chunk_by(|one, next| one.step == next.step);
        let newest = newest.filter_map(|changes| changes.last());
        newest.filter(|last| !last.silent.is_empty()).map(|last| (last.step, last.silent))
    }

    /// The sources that the level at the end of a step may lack.
    pub(crate) fn of_level(&self, step: u32) -> SourceSet {
        let count = self.levels.partition_point(|(other, _)| *other <= step);
        self.levels[..count].last().map_or(self.before, |(_, level)| *level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(places: &[usize]) -> SourceSet {
        SourceSet::of(places.iter().copied())
    }

    #[test]
    fn a_later_vintage_replaces_the_list_of_its_step() {
        let mut silent = SilentSources::default();
        let all = set(&[0, 1, 2]);
        silent.take(0, 10, set(&[0]), all);
        silent.take(1, 11, set(&[1, 2]), all);
        silent.take(2, 12, set(&[]), all);
        silent.take_late(0, 13, set(&[]));
        silent.take_late(1, 14, set(&[2]));
        // A source may deliver again for a step whose first release it had declared.
        silent.take_late(2, 15, set(&[1]));
        silent.take_late(1, 16, set(&[2]));
        for (span, size, expected) in [
            ((0, 0), 10, &[][..]),
            ((0, 0), 11, &[0]),
            ((0, 2), 13, &[0, 1, 2]),
            ((0, 2), 14, &[1, 2]),
            ((0, 2), 15, &[2]),
            ((0, 2), 17, &[1, 2]),
            ((1, 1), 17, &[2]),
            ((2, 2), 17, &[1]),
            ((0, 0), 17, &[]),
        ] {
            assert_eq!(silent.of_sum(span, size), set(expected), "{span:?} {size}");
        }
        assert!(silent.steps().eq([(1, set(&[2])), (2, set(&[1]))]));
    }

    #[test]
    fn a_level_lacks_a_source_until_it_declares() {
        let mut silent = SilentSources::after(set(&[3]));
        let all = set(&[0, 1]);
        silent.take(0, 10, set(&[0]), all);
        silent.take(1, 11, set(&[0, 1]), all);
        silent.take(2, 12, set(&[1]), all);
        // The second source ends, and nothing says that it has declared its last step.
        silent.take(3, 13, set(&[]), set(&[0]));
        silent.take(4, 14, set(&[]), set(&[0, 3]));
        let levels: [&[usize]; 5] = [&[0, 3], &[0, 1, 3], &[1, 3], &[1, 3], &[1]];
        for (step, expected) in (0..).zip(levels) {
            assert_eq!(silent.of_level(step), set(expected), "{step}");
        }
        assert_eq!(silent.last_level(), set(&[1]));
    }
}
