//! Persons crafted to collide: their events fall into the same cells, steps, folds and vintages, on
//! time and late, corrected and retracted again and again, on both sides of the turns of windows.
//!
//! One person alone meets the bounds in this way; several at once would meet in every count or mark
//! that forgot whose it is (`laws`).
//!
//! Not here: histories of single persons over a whole window (`histories`), and the rows of a
//! history (`ground`).
//!
//! Invariants:
//! 1. A crowd follows from the plan and a seed (`random::tests::a_seed_means_the_same_search`).

use std::ops::Range;

use tidegauge_simulate::Draw;

use super::ground::PlanGround;
use super::person::{History, HistoryEvent, HistoryFix};

/// The most events of a person of a crowd.
const EVENTS_MAX: u32 = 14;
/// The most corrections of one event.
const FIXES_MAX: u32 = 5;
/// How often a crafted person is late: more often than the bound of a small plan allows.
const LATE_TIMES: usize = 7;

/// When the events of a person occur, beginning with the step at which the crowd meets.
#[derive(Clone, Copy)]
enum Pace {
    /// All in that step.
    Together,
    /// One in each step.
    EachStep,
    /// Every so many steps.
    Every(u32),
    /// One in every so many windows.
    EachWindow(usize),
    /// Two in turn: in the last step of a window and in the first of the next.
    AtTurns,
}

/// When events arrive.
#[derive(Clone, Copy)]
enum Arrival {
    OnTime,
    /// So many steps late.
    Late(u32),
    /// Each a step later than the one before, the first by so many more.
    LaterAndLater(u32),
    /// In the first steps of the next window.
    AfterTurn,
    /// Anything of these.
    Mixed,
}

/// Which kinds of events follow each other.
#[derive(Clone, Copy)]
enum Sequence {
    /// The next that the life cycle allows.
    Allowed,
    /// Always the same one.
    Same(usize),
    /// The same one, after those that must precede it.
    SameAfterOthers(usize),
}

/// How events are corrected.
#[derive(Clone, Copy)]
enum Fixing {
    Never,
    /// Retracted and counted again in turn, at consecutive steps.
    BackAndForth,
    /// Moved to the next cell at consecutive steps.
    Moved,
    /// Anything.
    Random,
}

/// What a person of a crowd does.
#[derive(Clone, Copy)]
struct Habits {
    pace: Pace,
    arrival: Arrival,
    sequence: Sequence,
    fixing: Fixing,
    /// The number of cells that take turns.
    cells: usize,
}

impl Habits {
    fn any(draw: &mut Draw, kinds: u32, corrections: bool) -> Self {
        let pace = match draw.below(7) {
            0 | 1 => Pace::Together,
            2 => Pace::EachStep,
            3 => Pace::Every(2 + draw.below(3)),
            4 | 5 => Pace::EachWindow(1 + draw.below(3) as usize),
            _ => Pace::AtTurns,
        };
        let arrival = match draw.below(5) {
            0 => Arrival::OnTime,
            1 => Arrival::Late(1 + draw.below(3)),
            2 => Arrival::LaterAndLater(draw.below(3)),
            3 => Arrival::AfterTurn,
            _ => Arrival::Mixed,
        };
        let kind = draw.below(kinds) as usize;
        let sequence = match (draw.below(4), pace) {
            // Who comes again without ever having left may have been forgotten; the first kind of
            // a life cycle begins it.
            (0 | 1, Pace::EachWindow(_)) => Sequence::Same(0),
            (0 | 1, _) => Sequence::Allowed,
            (2, _) => Sequence::Same(kind),
            _ => Sequence::SameAfterOthers(kind),
        };
        let fixing = match draw.below(4) {
            _ if !corrections => Fixing::Never,
            0 => Fixing::Never,
            1 => Fixing::BackAndForth,
            2 => Fixing::Moved,
            _ => Fixing::Random,
        };
        Self { pace, arrival, sequence, fixing, cells: 1 + draw.below(3) as usize }
    }

    /// Some of these habits, and some of others.
    fn mixed(self, draw: &mut Draw, other: Self) -> Self {
        let mut own = || draw.below(2) == 0;
        Self {
            pace: if own() { self.pace } else { other.pace },
            arrival: if own() { self.arrival } else { other.arrival },
            sequence: if own() { self.sequence } else { other.sequence },
            fixing: if own() { self.fixing } else { other.fixing },
            cells: if own() { self.cells } else { other.cells },
        }
    }
}

impl PlanGround<'_> {
    /// So many persons who meet: some who are crafted to reach bounds of this plan, and others, who
    /// have some habits in common.
    pub(super) fn crowd(&self, draw: &mut Draw, persons: u32) -> Vec<History> {
        let steps = self.steps.len() as u32;
        // Many crowds meet at the beginning of a window or just before.
        let windows = self.windows();
        let turn = windows[draw.below(windows.len() as u32) as usize].start as u32;
        let meets = match draw.below(3) {
            0 => turn.saturating_sub(draw.below(3)),
            1 => turn,
            _ => draw.below(steps),
        };
        let cycle = &self.plan.life_cycle;
        let (kinds, cell) = (cycle.kinds.len() as u32, draw.below(2) as usize);
        let common = Habits::any(draw, kinds, cycle.corrections);
        let crafted = self.crafted(draw, cell);
        let others = persons.saturating_sub(crafted.len() as u32);
        let person = |number| {
            let own = Habits::any(draw, kinds, cycle.corrections);
            let habits = common.mixed(draw, own);
            self.one_of_crowd(draw, number, meets, cell, habits)
        };
        (0..others).map(person).chain(crafted).collect()
    }

    /// Those crafted persons who reach something in this plan.
    fn crafted(&self, draw: &mut Draw, cell: usize) -> Vec<History> {
        let flows = &self.plan.dataflows;
        let mut persons = Vec::new();
        if flows.iter().any(|flow| flow.present().is_some()) {
            persons.extend([self.away_and_back(cell), self.comes_and_goes(draw, cell)]);
        }
        if flows.iter().any(|flow| !flow.vintages.is_empty()) {
            persons.extend([self.late_in_one_step(draw, cell), self.late_after_turn(draw, cell)]);
            if self.plan.life_cycle.corrections {
                persons.push(self.back_and_forth(draw, cell));
            }
        }
        persons
    }

    /// A person who comes, is away for as many whole windows as the plan remembers persons, and
    /// comes again without ever having left; then leaves.
    fn away_and_back(&self, cell: usize) -> History {
        let windows = self.windows();
        let away = self.plan.retention.persons_windows.unwrap_or(1) as usize;
        let back = windows[(away + 1).min(windows.len() - 1)].start;
        let last = self.steps.len() - 1;
        let kind = self.kind_of_arrival();
        let mut walk = self.walk();
        walk.again(0, kind, cell);
        walk.again(back as i32, kind, cell);
        walk.turn((back + 1).min(last) as i32, cell, false);
        walk.person("away and back")
    }

    /// A person who is present in a stock at the end of every other step of a window.
    fn comes_and_goes(&self, draw: &mut Draw, cell: usize) -> History {
        let cycle = &self.plan.life_cycle;
        let arrival = self.kind_of_arrival();
        let departure = cycle.next(0, arrival).and_then(|present| {
            let leaves = |kind: &usize| {
                cycle.next(present, *kind).is_some_and(|status| !self.is_present(status))
            };
            (0..cycle.kinds.len()).find(leaves)
        });
        let mut walk = self.walk();
        for (number, step) in self.any_window(draw).enumerate() {
            let kind = if number % 2 == 0 { arrival } else { departure.unwrap_or(arrival) };
            walk.go(step as i32, kind, cell, false);
        }
        walk.person("comes and goes")
    }

    fn is_present(&self, status: usize) -> bool {
        let mut stocks = self.plan.dataflows.iter().filter_map(|flow| flow.present());
        stocks.any(|present| present.contains(&status))
    }

    /// The first kind that makes a person present in a stock; any if there is none.
    fn kind_of_arrival(&self) -> usize {
        let cycle = &self.plan.life_cycle;
        let arrives =
            |kind: &usize| cycle.next(0, *kind).is_some_and(|status| self.is_present(status));
        (0..cycle.kinds.len()).find(arrives).unwrap_or(0)
    }

    fn any_window(&self, draw: &mut Draw) -> Range<usize> {
        let windows = self.windows();
        windows[draw.below(windows.len() as u32) as usize].clone()
    }

    /// The kind that is repeated. Filters often let only the first one through.
    fn any_kind(&self, draw: &mut Draw) -> usize {
        let kinds = self.plan.life_cycle.kinds.len() as u32;
        if draw.below(2) == 0 { 0 } else { draw.below(kinds) as usize }
    }

    /// A person who makes the same transition again and again in one step and one cell, all of it
    /// a step late.
    fn late_in_one_step(&self, draw: &mut Draw, cell: usize) -> History {
        let kind = self.any_kind(draw);
        let step = draw.below((self.steps.len() as u32 - 1).max(1));
        let mut walk = self.walk();
        for _ in 0..LATE_TIMES {
            walk.go(step as i32, kind, cell, false);
        }
        let mut history = walk.person("late again and again");
        history.acts.iter_mut().for_each(|act| act.stage = step + 1);
        history
    }

    /// A person who makes a transition at each of the last steps of a window on time, and once more
    /// at each of them after the turn of the window.
    fn late_after_turn(&self, draw: &mut Draw, cell: usize) -> History {
        let (kind, window) = (self.any_kind(draw), self.any_window(draw));
        let first = window.end.saturating_sub(3).max(window.start);
        let mut walk = self.walk();
        for (number, step) in (first..window.end).enumerate() {
            walk.go(step as i32, kind, cell + number % 2, false);
        }
        let on_time = walk.acts.len();
        for (number, step) in (first..window.end).enumerate() {
            walk.go(step as i32, kind, cell + (number + 1) % 2, false);
        }
        let mut history = walk.person("late after the turn");
        history.acts[on_time..].iter_mut().for_each(|act| act.stage = window.end as u32);
        history
    }

    /// A person with an event in each of some steps, on time or a step late, that is retracted and
    /// counted again in turn, at every step after it.
    fn back_and_forth(&self, draw: &mut Draw, cell: usize) -> History {
        let steps = self.steps.len() as u32;
        let first = draw.below(steps.saturating_sub(FIXES_MAX).max(1));
        let last = (first + draw.below(4)).min(steps - 1);
        let mut walk = self.walk();
        for step in first..=last {
            walk.go(step as i32, 0, cell, false);
        }
        let mut history = walk.person("back and forth");
        // Late, it has a step less to be taken back.
        let late = u32::from(draw.below(4) == 0);
        for act in &mut history.acts {
            let step = u32::try_from(act.step).unwrap_or(0);
            act.stage = late * (step + 1);
            let fix = |n: u32| self.fix(step + late + 1 + n, act, 0, n.is_multiple_of(2));
            act.fixes = (0..FIXES_MAX).map(fix).collect();
        }
        history
    }

    fn one_of_crowd(
        &self,
        draw: &mut Draw,
        number: u32,
        meets: u32,
        first_cell: usize,
        habits: Habits,
    ) -> History {
        let mut walk = self.walk();
        walk.grants =
            (self.plan.life_cycle.has_dates() && draw.below(3) > 0).then(|| draw.below(70));
        if draw.below(4) == 0 {
            walk.turn(-1, first_cell, false);
        }
        // Often few, so that the bound has room for what is taken back.
        let events = 1 + draw.below(EVENTS_MAX);
        for event in 0..1 + draw.below(events) {
            let Some(step) = self.step_of(habits.pace, meets, event) else { break };
            let cell = first_cell + event as usize % habits.cells;
            match habits.sequence {
                Sequence::Allowed => walk.turn(step, cell, false),
                Sequence::Same(kind) => walk.again(step, kind, cell),
                Sequence::SameAfterOthers(kind) => walk.go(step, kind, cell, false),
            }
        }
        let mut history = walk.person(&format!("crowd {number}"));
        let source = draw.below(2) as u8;
        for (place, act) in (0..).zip(&mut history.acts) {
            act.source = source;
            self.arrive(draw, act, habits.arrival, place);
            act.fixes = self.fixes(draw, act, habits.fixing);
        }
        history
    }

    /// The step of an event; `None` past the last step.
    fn step_of(&self, pace: Pace, meets: u32, event: u32) -> Option<i32> {
        let windows = self.windows();
        let this = windows.iter().position(|window| window.contains(&(meets as usize)))?;
        let start = |window: usize| windows.get(window).map(|window| window.start as u32);
        let step = match pace {
            Pace::Together => meets,
            Pace::EachStep => meets + event,
            Pace::Every(gap) => meets + gap * event,
            Pace::EachWindow(_) if event == 0 => meets,
            Pace::EachWindow(gap) => start(this + gap * event as usize)?,
            Pace::AtTurns => (start(this + 1 + event as usize / 2)? + event % 2).saturating_sub(1),
        };
        ((step as usize) < self.steps.len()).then_some(step as i32)
    }

    /// The first step of the window after that of a step.
    fn turn_after(&self, step: u32) -> u32 {
        let windows = self.windows();
        let window = windows.iter().find(|window| window.contains(&(step as usize)));
        window.map_or(step, |window| window.end as u32)
    }

    fn arrive(&self, draw: &mut Draw, act: &mut HistoryEvent, arrival: Arrival, place: u32) {
        let Ok(step) = u32::try_from(act.step) else { return };
        act.stage = match arrival {
            Arrival::OnTime => act.stage,
            Arrival::Late(steps) => step + steps,
            Arrival::LaterAndLater(first) => step + 1 + first + place,
            Arrival::AfterTurn => self.turn_after(step) + draw.below(2),
            Arrival::Mixed if draw.below(2) == 0 => act.stage,
            Arrival::Mixed => step + draw.below(6),
        };
        if draw.below(8) == 0 {
            act.copies = [draw.below(2), draw.below(2)];
        }
    }

    fn fixes(&self, draw: &mut Draw, act: &HistoryEvent, fixing: Fixing) -> Vec<HistoryFix> {
        let first = act.stage.max(u32::try_from(act.step).unwrap_or(0));
        let many = 1 + draw.below(FIXES_MAX);
        let next = |number: u32| first + 1 + number;
        match fixing {
            Fixing::Never => vec![],
            Fixing::BackAndForth => {
                let fix = |n: u32| self.fix(next(n), act, 0, n.is_multiple_of(2));
                (0..many).map(fix).collect()
            }
            Fixing::Moved => (0..many).map(|n| self.fix(next(n), act, n as usize, false)).collect(),
            Fixing::Random => self.any_fixes(draw, act.step, act.stage, &act.what),
        }
    }
}
