//! Histories with corrections and retractions, for plans that allow them: on time, and in every
//! vintage of a step.
//!
//! Not here: the rows of an event (module `person`), and the effect of a correction (crate
//! `fold`).
//!
//! Invariants:
//! 1. If a plan allows corrections, histories correct and retract, on time and late; if it does
//!    not, no history corrects anything
//!    (`audit::tests::corrections_come_on_time_and_late`).

use tidegauge_simulate::Draw;

use super::ground::PlanGround;
use super::person::{History, HistoryEvent, HistoryFix, RowContent};

/// The largest number of corrections of one event of a random history.
const RANDOM_FIXES_MAX: u32 = 4;
/// The number of steps within which the corrections of a random history come.
const RANDOM_LATE_STEPS: u32 = 9;
/// The number of times that one stay is corrected.
const STAY_FIXES: u32 = 12;

/// The stage at which a row arrives that comes this number of steps late.
fn late_stage(act: &HistoryEvent, steps: u32) -> u32 {
    u32::try_from(act.step).unwrap_or(0) + steps
}

impl PlanGround<'_> {
    /// The planned histories with corrections; none if the plan allows no corrections.
    pub(super) fn corrected(&self) -> Vec<History> {
        if !self.plan.life_cycle.corrections {
            return vec![];
        }
        let every = |gap: usize| (0..self.steps.len()).step_by(gap).collect::<Vec<_>>();
        let in_turn = |gap, late| self.in_turn(String::new(), &every(gap), false, late);
        let landings = self.landings();
        let mut persons = vec![
            self.corrects("corrected and retracted on time", in_turn(1, false), |act, number| {
                let other = self.fix(act.stage, act, 1, false);
                let back = self.fix(act.stage, act, 0, number % 3 == 2);
                vec![other, back]
            }),
            self.corrects("moved in every vintage and back", in_turn(2, false), |act, _| {
                let moved = |(turn, &steps)| self.fix(late_stage(act, steps), act, turn, false);
                (1..).zip(&landings).map(moved).collect()
            }),
            self.corrects("retracted, then counted again", in_turn(2, false), |act, _| {
                let retracted = |(turn, &steps): (usize, &u32)| {
                    self.fix(late_stage(act, steps), act, 0, turn % 2 == 1)
                };
                (1..).zip(&landings).map(retracted).collect()
            }),
            self.corrects("late, then retracted", in_turn(2, true), |act, _| {
                let last = landings.last().copied().unwrap_or(1);
                vec![self.fix(late_stage(act, last), act, 0, true)]
            }),
        ];
        // A person who enters and stays, in another cell at every step.
        let mut stay = in_turn(1, false);
        stay.acts.truncate(1);
        persons.push(self.corrects("one stay, corrected at every step", stay, |act, _| {
            let moved = |turn: u32| self.fix(late_stage(act, turn), act, turn as usize, false);
            (1..=STAY_FIXES).map(moved).collect()
        }));
        // A person whose last transition is retracted and made again, in its cell and in another.
        let mut left = in_turn(1, false);
        left.acts.truncate(2);
        persons.push(self.corrects(
            "one departure, taken back and made again",
            left,
            |act, number| {
                let moved = |turn: u32| {
                    self.fix(late_stage(act, turn), act, turn as usize / 2 % 2, turn % 2 == 1)
                };
                (1..=STAY_FIXES * number as u32).map(moved).collect()
            },
        ));
        persons
    }

    /// The numbers of steps after which rows must come so that one falls into each vintage of a
    /// step.
    fn landings(&self) -> Vec<u32> {
        let vintages = self.plan.dataflows.iter().map(|flow| &flow.vintages);
        let longest = vintages.max_by_key(|vintages| vintages.len());
        let ends = longest.and_then(|vintages| vintages.split_last());
        let ends = ends.map_or(&[][..], |(_, ends)| ends);
        // A row that comes after a vintage's last step falls into the next vintage.
        let mut landings = vec![1];
        landings.extend(ends.iter().map(|end| end + 1));
        if landings.len() == 1 {
            landings.push(2);
        }
        landings
    }

    /// A row that corrects an event: of the same kind, in another cell unless `turn` is 0.
    pub(super) fn fix(
        &self,
        stage: u32,
        act: &HistoryEvent,
        turn: usize,
        retracts: bool,
    ) -> HistoryFix {
        let codes = if turn == 0 { act.what.codes.clone() } else { self.codes(act.step, turn) };
        HistoryFix { stage, what: RowContent { codes, ..act.what.clone() }, retracts }
    }

    /// The history with each of its events corrected.
    fn corrects(
        &self,
        name: &str,
        history: History,
        fixes: impl Fn(&HistoryEvent, usize) -> Vec<HistoryFix>,
    ) -> History {
        let fixed = |(number, act): (usize, &HistoryEvent)| {
            let fixes = fixes(act, number);
            HistoryEvent { fixes, ..act.clone() }
        };
        History { name: name.into(), acts: history.acts.iter().enumerate().map(fixed).collect() }
    }

    /// The corrections of one event of a random history.
    pub(super) fn any_fixes(
        &self,
        draw: &mut Draw,
        step: i32,
        stage: u32,
        what: &RowContent,
    ) -> Vec<HistoryFix> {
        let cycle = &self.plan.life_cycle;
        if !cycle.corrections || draw.below(2) == 0 {
            return vec![];
        }
        let first = u32::try_from(step).unwrap_or(0);
        let many = 1 + draw.below(RANDOM_FIXES_MAX);
        let fix = |_| {
            let other = self.any_content(draw, step, cycle.has_dates());
            // Most corrections keep the kind.
            let kind = if draw.below(4) == 0 { other.kind } else { what.kind };
            let late = first + draw.below(RANDOM_LATE_STEPS);
            let stage = if draw.below(3) == 0 { stage } else { late };
            HistoryFix { stage, what: RowContent { kind, ..other }, retracts: draw.below(3) == 0 }
        };
        (0..many).map(fix).collect()
    }
}
