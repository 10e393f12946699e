//! The synthetic persons of whom something more will be heard, by the day of their next event.
//!
//! Those are present in whose status something goes on, the others rest.
//!
//! Not here: what happens to them (`maker`). A person's codes and pseudonym follow from the
//! person's number and are not kept.
//!
//! Invariants:
//! 1. Memory follows from the number of persons who wait, never from the number of days
//!    (`rehearsal::tests::persons_in_memory_do_not_grow_with_the_days`).

use std::collections::VecDeque;

use super::cycle::Standing;

/// A synthetic person.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    pub(super) number: u64,
    pub(super) standing: Standing,
    /// The day of the last event.
    pub(super) last: i32,
}

/// Persons by the day of their next event.
pub(super) struct Waiting {
    today: i32,
    last: i32,
    /// By status, whether nothing goes on in it.
    rests: Vec<bool>,
    days: VecDeque<Vec<Person>>,
    present: DuePersons,
    resting: DuePersons,
}

/// The persons of one class whose day has come, and the number of those who wait.
#[derive(Default)]
struct DuePersons {
    due: VecDeque<Person>,
    waiting: u64,
}

impl DuePersons {
    fn pop(&mut self) -> Option<Person> {
        let person = self.due.pop_front()?;
        self.waiting -= 1;
        Some(person)
    }
}

impl Waiting {
    /// Nobody waits yet; no event comes after the last day.
    pub(super) fn new(first: i32, last: i32, rests: Vec<bool>) -> Self {
        let (present, resting) = Default::default();
        Self { today: first, last, rests, days: VecDeque::new(), present, resting }
    }

    fn class(&mut self, person: &Person) -> &mut DuePersons {
        let rests = self.rests.get(usize::from(person.standing.status)).copied();
        if rests.unwrap_or(false) { &mut self.resting } else { &mut self.present }
    }

    /// The number of persons who wait where something goes on, those whose next event would come
    /// after the last day included.
    pub(super) fn present(&self) -> u64 {
        self.present.waiting
    }

    /// The number of the others who wait.
    pub(super) fn resting(&self) -> u64 {
        self.resting.waiting
    }

    /// Lets a person wait for a day after today.
    pub(super) fn push(&mut self, day: i32, person: Person) {
        self.class(&person).waiting += 1;
        if day > self.last {
            return;
        }
        let place = usize::try_from(day - self.today).unwrap_or(1).max(1);
        if self.days.len() <= place {
            self.days.resize_with(place + 1, Vec::new);
        }
        self.days[place].push(person);
    }

    /// Begins a day, the one after today.
    pub(super) fn begin_day(&mut self, day: i32) {
        while self.today < day {
            self.today += 1;
            self.days.pop_front();
            let due = self.days.front_mut().map(std::mem::take).unwrap_or_default();
            for person in due {
                self.class(&person).due.push_back(person);
            }
        }
    }

    /// The person who acts next, of those whose day has come: if fewer are present than should be,
    /// who has rested longest; otherwise who has been present longest. `None` for a new person.
    pub(super) fn pop(&mut self, present: u64) -> Option<Person> {
        let leaving = if self.present.waiting < present { None } else { self.present.pop() };
        leaving.or_else(|| self.resting.pop())
    }
}
