//! How the kernel counts presence in a stock, at the end of a step.
//!
//! Not here: how much a stay takes from the bound (module `bound`).
//!
//! Invariants:
//! 1. Presence in a stock changes at most once in a step (`tests/laws.rs`:
//!    `one_person_stays_within_the_bounds`), corrected or not (`tests/corrections.rs`:
//!    `no_correction_passes_a_bound`).
//! 2. The sum of the changes of presence is the number of persons with a stay, counted or not, in
//!    each cell (`tests/host`, after each step of every history: `tests/life_cycles.rs`,
//!    `tests/corrections.rs`).
//! 3. A stay whose cell is corrected ends in its old cell at the step that admits the correction
//!    and begins in the new one at the next step (`tests/corrections.rs`:
//!    `a_stay_moves_to_the_cell_of_its_correction`).

use tidegauge_model::ContributionBound;

use super::{CompiledDataflow, CountingRule, FoldContext, Kernel, StepKind};
use crate::bound::Stay;
use crate::cell::{of_word, to_word};
use crate::tally::Tally;

/// The indices of the extra words of a stock whose events can be corrected.
pub(super) struct StayWords {
    /// Holds the cell of the stay before the last transition.
    pub before: usize,
    /// Holds the cell in which a stay continues at the next step; the highest bit says whether that
    /// step has an odd number.
    pub moving: usize,
}

const ODD: u32 = 1 << 31;

impl StayWords {
    /// The cell in which a stay continues, now or at the next step.
    pub(super) fn moving(&self, state: &[u32]) -> Option<usize> {
        of_word(state[self.moving] & !ODD).map(|cell| cell as usize)
    }

    /// At the step of this number, notes the cell in which a stay continues at the next step.
    fn move_to(&self, state: &mut [u32], number: i32, cell: Option<usize>) {
        let odd = if number & 1 == 0 { ODD } else { 0 };
        let word = to_word(cell.map(|cell| cell as u32));
        state[self.moving] = if word == 0 { 0 } else { word | odd };
    }

    /// Whether a stay continues in another cell at the step of this number.
    fn moves_at(&self, state: &[u32], number: i32) -> bool {
        let word = state[self.moving];
        word != 0 && (word & ODD != 0) == (number & 1 != 0)
    }
}

impl Kernel {
    /// Whether a stay of this person continues in another cell at the step of this number.
    pub(super) fn is_moving(&self, state: &[u32], number: i32) -> bool {
        let moves = |dataflow: &CompiledDataflow| match &dataflow.rule {
            CountingRule::Stock { stay_words: Some(words), .. } => words.moves_at(state, number),
            _ => false,
        };
        self.corrections.is_some() && self.dataflows.iter().any(moves)
    }

    /// Counts presence as it is at the end of the step: at most one change for each stock.
    pub(super) fn close_stocks(&self, state: &mut [u32], context: &mut FoldContext<'_>) {
        let FoldContext { step, notes, counts, .. } = context;
        let tally = &mut *counts.tally;
        for (number, dataflow) in self.dataflows.iter().enumerate() {
            let CountingRule::Stock { statuses, bound, word, turnover, stay_words, .. } =
                &dataflow.rule
            else {
                continue;
            };
            let mut stay = Stay::from_word(state[*word]);
            let cell_before = stay.cell();
            let moving = stay_words.as_ref().and_then(|words| {
                let moving = words.moving(state);
                state[words.moving] = 0;
                moving
            });
            let entered = notes.entered.iter().find(|&&(other, _)| other == number);
            let cell = entered.map_or(moving, |&(_, cell)| cell);
            let present = statuses[state[super::STATUS] as usize];
            let corrected = notes.corrected.contains(&number);
            match (&step, present) {
                (StepKind::Seed, true) => stay.seed(stay.cell().or(cell)),
                (StepKind::Seed, false) => stay.seed(None),
                (StepKind::Step { .. }, true) => {
                    if let Some(words) = stay_words.as_ref().filter(|_| corrected)
                        && let Some(to) = continuation(&stay, cell, bound)
                    {
                        words.move_to(state, counts.number, to);
                        change(tally, number, stay.leave(), -1, *turnover);
                    } else {
                        let entered = cell.and_then(|cell| stay.enter(cell, bound));
                        change(tally, number, entered, 1, *turnover);
                    }
                }
                (StepKind::Step { .. }, false) => {
                    change(tally, number, stay.leave(), -1, *turnover);
                }
            }
            state[*word] = stay.word();
            if stay.cell() != cell_before {
                for (cell, by) in [(cell_before, -1), (stay.cell(), 1)] {
                    cell.into_iter().for_each(|cell| counts.present.add(number, cell, by));
                }
            }
        }
    }
}

/// The cell in which a counted stay continues when its cell should be this one: `None` if it stays
/// as it is, because the cell is the same or there is no room for the move and a departure;
/// `Some(None)` if it continues outside the stock.
fn continuation(
    stay: &Stay,
    cell: Option<usize>,
    bound: &ContributionBound,
) -> Option<Option<usize>> {
    let other = stay.cell().is_some_and(|current| Some(current) != cell);
    let room = if cell.is_some() { 3 } else { 1 };
    (other && stay.has_room(room, bound)).then_some(cell)
}

/// Counts a change of presence in a cell, if there is one, and its turnover after the net changes.
fn change(
    tally: &mut Tally,
    number: usize,
    cell: Option<usize>,
    sign: i64,
    turnover: Option<usize>,
) {
    let Some(cell) = cell else { return };
    tally.add(number, cell, sign);
    if let Some(behind) = turnover {
        tally.add(number, behind + cell, 1);
    }
}
