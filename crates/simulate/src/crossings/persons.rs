//! The synthetic persons of one class: who is away, who rests, who may cross again.
//!
//! Not here: how many persons cross, where, and at what time of day.
//!
//! A spell is a stay (visitors: entry to exit) or a trip (residents: exit to entry). It opens
//! with one crossing and closes with the other.
//!
//! Invariants:
//! 1. A spell opens only if the bounds have room for both its crossings, so that it can always
//!    close (`crossings::tests::no_person_passes_the_bounds`).
//! 2. Nobody opens a spell on the day that an earlier one closed
//!    (`crossings::tests::spells_alternate`).
//! 3. At most [`RESTING_MAX`] persons rest, and once there are more than [`RUNNING_MAX`] running
//!    spells, those that no later count needs are forgotten: memory does not grow with the days.

use std::collections::VecDeque;

use crate::draw::{Draw, Range, Ranges};

/// The largest number of resting persons of one class.
const RESTING_MAX: usize = 8_000_000;
/// The number of running spells above which some may be forgotten.
const RUNNING_MAX: usize = 4_000_000;

/// How the persons of a class travel. All of it is made up.
pub(super) struct Habit {
    /// Percent of spells that close on the day they open, where the counts allow it.
    pub(super) same_day: u32,
    /// Nights of the other spells.
    pub(super) nights: Ranges,
    /// Days between two spells.
    pub(super) rests: Ranges,
    /// Percent of persons who do not come back after a spell.
    pub(super) retiring: u32,
}

const fn range(first: u32, last: u32, weight: u32) -> Range {
    Range { first, last, weight }
}

/// By class.
pub(super) static HABITS: [Habit; 3] = [
    Habit {
        same_day: 55,
        nights: Ranges(&[
            range(1, 1, 360),
            range(2, 2, 220),
            range(3, 7, 350),
            range(8, 14, 40),
            range(15, 30, 20),
            range(31, 60, 10),
        ]),
        rests: Ranges(&[
            range(2, 7, 150),
            range(8, 21, 300),
            range(22, 45, 300),
            range(46, 90, 200),
            range(91, 180, 50),
        ]),
        retiring: 3,
    },
    Habit {
        same_day: 45,
        nights: Ranges(&[
            range(1, 1, 450),
            range(2, 2, 220),
            range(3, 7, 280),
            range(8, 14, 30),
            range(15, 30, 15),
            range(31, 60, 5),
        ]),
        rests: Ranges(&[
            range(3, 14, 200),
            range(15, 30, 300),
            range(31, 90, 350),
            range(91, 180, 150),
        ]),
        retiring: 15,
    },
    Habit {
        same_day: 20,
        nights: Ranges(&[
            range(1, 1, 250),
            range(2, 2, 200),
            range(3, 7, 470),
            range(8, 14, 50),
            range(15, 30, 20),
            range(31, 60, 10),
        ]),
        rests: Ranges(&[range(7, 30, 200), range(31, 90, 400), range(91, 180, 400)]),
        retiring: 40,
    },
];

/// The largest number of crossings of a person who is no commuter.
#[derive(Clone, Copy)]
pub(super) struct CrossingLimits {
    pub(super) year: u32,
    pub(super) month: u32,
}

/// The facts about a day that a person's bounds depend on.
#[derive(Clone, Copy)]
pub(super) struct Today {
    /// Months since the year 0.
    pub(super) month: u32,
    /// Days to the first of the next month.
    pub(super) to_next_month: u32,
    /// Days to the first of the next year.
    pub(super) to_next_year: u32,
}

/// A person, with the crossings made in the month and year of the latest one.
#[derive(Clone, Copy)]
struct Traveller {
    number: u64,
    month: u32,
    in_month: u16,
    in_year: u16,
}

impl Traveller {
    fn cross(&mut self, today: Today, crossings: u16) {
        if self.month / 12 != today.month / 12 {
            self.in_year = 0;
        }
        if self.month != today.month {
            self.in_month = 0;
        }
        self.month = today.month;
        self.in_month += crossings;
        self.in_year += crossings;
    }
}

/// Persons by the number of days until they are due.
#[derive(Default)]
struct Queue {
    days: VecDeque<Vec<Traveller>>,
    waiting: usize,
}

impl Queue {
    /// Puts a person `days` days ahead, at least one.
    fn push(&mut self, days: u32, person: Traveller) {
        let day = (days as usize).saturating_sub(1);
        if self.days.len() <= day {
            self.days.resize_with(day + 1, Vec::new);
        }
        self.days[day].push(person);
        self.waiting += 1;
    }

    /// Advances by a day and returns the persons who are then due.
    fn next_day(&mut self) -> Vec<Traveller> {
        let due = self.days.pop_front().unwrap_or_default();
        self.waiting -= due.len();
        due
    }

    /// Removes one of the persons who are due first.
    fn pop(&mut self) -> Option<Traveller> {
        let person = self.days.iter_mut().find(|day| !day.is_empty())?.pop()?;
        self.waiting -= 1;
        Some(person)
    }
}

/// The persons with a running spell before the first day.
pub(super) struct OpeningSpells {
    left: u64,
    /// The number of the next of them; `None` if their crossings before the first day are not
    /// simulated, so that each is a new person.
    next: Option<u64>,
}

impl OpeningSpells {
    pub(super) fn new(left: u64, next: Option<u64>) -> Self {
        Self { left, next }
    }
}

/// The persons of one class.
pub(super) struct Travellers {
    habit: &'static Habit,
    bounds: CrossingLimits,
    opening: OpeningSpells,
    /// Running spells that should have closed; those due longest come first.
    overdue: VecDeque<Traveller>,
    /// Running spells with their planned end.
    running: Queue,
    /// Rested persons; those who have rested longest come first.
    ready: VecDeque<Traveller>,
    resting: Queue,
    commuters: Vec<u64>,
}

impl Travellers {
    pub(super) fn new(
        habit: &'static Habit,
        bounds: CrossingLimits,
        opening: OpeningSpells,
    ) -> Self {
        Self {
            habit,
            bounds,
            opening,
            overdue: VecDeque::new(),
            running: Queue::default(),
            ready: VecDeque::new(),
            resting: Queue::default(),
            commuters: Vec::new(),
        }
    }

    /// The number of running spells.
    pub(super) fn away(&self) -> u64 {
        self.opening.left + (self.overdue.len() + self.running.waiting) as u64
    }

    /// Begins a day: spells fall due, and rests end.
    pub(super) fn begin_day(&mut self) {
        self.overdue.extend(self.running.next_day());
        self.ready.extend(self.resting.next_day());
    }

    /// Ends a day, after which the counts need `needed` running spells.
    pub(super) fn end_day(&mut self, needed: u64) {
        while self.overdue.len() + self.running.waiting > RUNNING_MAX && self.away() > needed {
            if self.overdue.pop_front().is_none() {
                break;
            }
        }
    }

    /// The commuter with this position.
    pub(super) fn commuter(&mut self, position: usize, numbers: &mut u64) -> u64 {
        while self.commuters.len() <= position {
            self.commuters.push(new_number(numbers));
        }
        self.commuters[position]
    }

    /// Opens and closes a spell today; returns the person's number.
    pub(super) fn spend_day(&mut self, today: Today, draw: &mut Draw, numbers: &mut u64) -> u64 {
        let mut person = self.rested(today, numbers);
        person.cross(today, 2);
        self.rest(person, today, draw);
        person.number
    }

    /// Opens a spell that lasts at least one night; returns the person's number.
    pub(super) fn open(&mut self, today: Today, draw: &mut Draw, numbers: &mut u64) -> u64 {
        let mut person = self.rested(today, numbers);
        person.cross(today, 1);
        self.running.push(self.habit.nights.draw(draw), person);
        person.number
    }

    /// Closes a spell that was opened on an earlier day, if possible one that is due; returns the
    /// person's number, or `None` if no spell runs.
    pub(super) fn close(
        &mut self,
        today: Today,
        draw: &mut Draw,
        numbers: &mut u64,
    ) -> Option<u64> {
        let mut person = self
            .overdue
            .pop_front()
            .or_else(|| self.close_opening(today, numbers))
            .or_else(|| self.running.pop())?;
        person.cross(today, 1);
        self.rest(person, today, draw);
        Some(person.number)
    }

    fn close_opening(&mut self, today: Today, numbers: &mut u64) -> Option<Traveller> {
        self.opening.left = self.opening.left.checked_sub(1)?;
        let number = self.opening.next.unwrap_or_else(|| new_number(numbers));
        self.opening.next = self.opening.next.map(|next| next + 1);
        // The crossing before the first day counts as one of this month.
        Some(Traveller { number, month: today.month, in_month: 1, in_year: 1 })
    }

    /// A person who may open a spell today: rested, or new.
    fn rested(&mut self, today: Today, numbers: &mut u64) -> Traveller {
        self.ready.pop_front().unwrap_or_else(|| Traveller {
            number: new_number(numbers),
            month: today.month,
            in_month: 0,
            in_year: 0,
        })
    }

    /// Lets a person rest until another whole spell fits the bounds, or retire.
    fn rest(&mut self, person: Traveller, today: Today, draw: &mut Draw) {
        let full = self.ready.len() + self.resting.waiting >= RESTING_MAX;
        if full || draw.below(100) < self.habit.retiring {
            return;
        }
        let mut days = self.habit.rests.draw(draw);
        if u32::from(person.in_month) + 2 > self.bounds.month {
            days = days.max(today.to_next_month);
        }
        if u32::from(person.in_year) + 2 > self.bounds.year {
            days = days.max(today.to_next_year);
        }
        self.resting.push(days, person);
    }
}

/// A number that no person has yet.
pub(super) fn new_number(numbers: &mut u64) -> u64 {
    *numbers += 1;
    *numbers - 1
}
