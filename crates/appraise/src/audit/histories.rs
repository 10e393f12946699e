//! Histories that try to move the figures as far as one person can: some planned, others random.
//!
//! Not here: the effect of a history on the figures (`bench` runs it, `cost` measures it), and
//! histories with corrections (`corrected`).
//!
//! Invariants:
//! 1. A history follows from the plan and a seed (`audit::tests::a_seed_means_the_same_report`).

use tidegauge_model::{ContributionBound, Grain};
use tidegauge_simulate::Draw;

use super::close::closest;
use super::ground::PlanGround;
use super::person::{History, HistoryEvent};

/// The largest number of events of a random history.
const RANDOM_EVENTS_MAX: u32 = 120;

impl PlanGround<'_> {
    /// The histories to try: first the planned ones, then random ones.
    pub(super) fn persons(&self, many: usize, seed: u64) -> Vec<History> {
        let mut persons = self.planned();
        persons.truncate(many);
        for number in persons.len()..many {
            persons.push(self.random(seed, number as u32));
        }
        persons
    }

    fn planned(&self) -> Vec<History> {
        let kinds = self.plan.life_cycle.kinds.len();
        let days: Vec<usize> = (0..self.steps.len()).collect();
        let every = |gap: usize| days.iter().copied().step_by(gap).collect::<Vec<_>>();
        let mut persons = vec![self.past_every_bound()];
        persons.extend(self.corrected());
        let first_close = persons.len();
        let bounds: Vec<_> = self.plan.dataflows.iter().map(|flow| flow.bound).collect();
        let close: Vec<Vec<usize>> =
            bounds.iter().take(1).map(|bound| self.closest_in_each_window(bound)).collect();
        for kind in 0..kinds {
            for days in &close {
                let name = format!("one cell, close together, returns late, {}", self.kind(kind));
                persons.push(self.same_cell(name, kind, days, true));
            }
        }
        persons.push(self.stays_across_months());
        for gap in [1, 7, 2, 30, 3, 15, 5] {
            let name = |carried: &str| format!("in turn every {gap} steps, {carried}");
            persons.push(self.in_turn(name("not seen before"), &every(gap), false, false));
            persons.push(self.in_turn(name("carried in"), &every(gap), true, false));
        }
        if self.plan.life_cycle.has_timers() {
            for days in [0, 1, 5] {
                let mut walk = self.walk();
                walk.grants = Some(days);
                for &step in &every(2 + 3 * days as usize) {
                    walk.turn(step as i32, 0, false);
                }
                persons
                    .push(walk.person(&format!("in turn, each ended by its date in {days} days")));
            }
        }
        persons.push(self.in_turn("all events late".into(), &every(2), true, true));
        persons.push(self.copied(&persons[first_close]));
        for kind in 0..kinds {
            let name = format!("one cell on consecutive steps, {}", self.kind(kind));
            persons.push(self.same_cell(name, kind, &days, false));
        }
        let months = self.firsts_of_months();
        persons.push(self.same_cell("spread over months".into(), 0, &months, true));
        persons.push(self.changing_cells(&every(1)));
        persons
    }

    /// Every kind at every step, whatever the bounds are, of a person who was present before the
    /// window.
    fn past_every_bound(&self) -> History {
        let mut walk = self.walk();
        walk.go(-1, 0, 0, false);
        for step in 0..self.steps.len() {
            for kind in (0..self.plan.life_cycle.kinds.len()).rev() {
                walk.go(step as i32, kind, 0, false);
            }
        }
        walk.person("every kind at every step, carried in")
    }

    /// As many steps of each window as the bounds allow, close together.
    fn closest_in_each_window(&self, bound: &ContributionBound) -> Vec<usize> {
        let windows = self.windows().into_iter();
        let close = windows.map(|window| (window.start, closest(&self.steps[window], bound)));
        close.flat_map(|(first, steps)| steps.into_iter().map(move |step| first + step)).collect()
    }

    /// Leaves one cell and enters another in every month, so that an entry and an exit of one cell
    /// cancel in no period.
    fn stays_across_months(&self) -> History {
        let mut walk = self.walk();
        walk.go(-1, 0, 0, false);
        let firsts = self.firsts_of_months();
        for (month, &first) in firsts.iter().enumerate() {
            let days = firsts.get(month + 1).unwrap_or(&self.steps.len()) - first;
            walk.turn((first + days / 6) as i32, month, false);
            walk.turn((first + days / 2) as i32, month + 1, false);
        }
        walk.person("stays across months, cells in turn")
    }

    fn same_cell(&self, name: String, kind: usize, days: &[usize], late: bool) -> History {
        let mut walk = self.walk();
        for &step in days {
            walk.go(step as i32, kind, 0, late);
        }
        walk.person(&name)
    }

    fn changing_cells(&self, days: &[usize]) -> History {
        let mut walk = self.walk();
        for &step in days {
            walk.turn(step as i32, step / 2, false);
        }
        walk.person("changing cells")
    }

    /// The same history, with a copy of each event on time and two late copies.
    fn copied(&self, person: &History) -> History {
        let copied = |act: &HistoryEvent| HistoryEvent { copies: [1, 2], ..act.clone() };
        History { name: "duplicated".into(), acts: person.acts.iter().map(copied).collect() }
    }

    fn firsts_of_months(&self) -> Vec<usize> {
        let month = |step: usize| self.steps[step].within(Grain::Month);
        (0..self.steps.len()).filter(|&step| step == 0 || month(step) != month(step - 1)).collect()
    }

    /// A random history. It may contain events that the life cycle does not allow.
    pub(super) fn random(&self, seed: u64, number: u32) -> History {
        let mut draw = Draw::new(seed ^ (u64::from(number) + 1) << 32);
        let steps = self.steps.len() as u32;
        let events = 1 + draw.below(RANDOM_EVENTS_MAX);
        // Some histories take a few steps, some the whole window.
        let span = 1 + draw.below(steps);
        let begin = draw.below(steps - span + 1);
        let mut days: Vec<i32> = (0..events).map(|_| (begin + draw.below(span)) as i32).collect();
        if draw.below(2) == 0 {
            days.push(-1);
        }
        days.sort_unstable();
        let draws_dates = self.plan.life_cycle.has_dates();
        let acts = days.into_iter().map(|step| {
            let late = step >= 0 && draw.below(5) == 0;
            let what = self.any_content(&mut draw, step, draws_dates);
            let stage = if late { step as u32 + 1 + draw.below(3) } else { 0 };
            let copies = [draw.below(8) / 7, draw.below(8) / 7];
            let fixes = self.any_fixes(&mut draw, step, stage, &what);
            HistoryEvent { step, what, stage, copies, fixes, source: draw.below(2) as u8 }
        });
        History { name: format!("random {number}"), acts: acts.collect() }
    }
}
