//! The synthetic persons of whom something more will be heard, by the day of their next event.
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
    days: VecDeque<Vec<Person>>,
    due: VecDeque<Person>,
    waiting: u64,
}

impl Waiting {
    /// Nobody waits yet; no event comes after the last day.
    pub(super) fn new(first: i32, last: i32) -> Self {
        Self { today: first, last, days: VecDeque::new(), due: VecDeque::new(), waiting: 0 }
    }

    /// The number of persons who wait, those whose next event would come after the last day
    /// included.
    pub(super) fn number(&self) -> u64 {
        self.waiting
    }

    /// Lets a person wait for a day after today.
    pub(super) fn push(&mut self, day: i32, person: Person) {
        self.waiting += 1;
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
            if let Some(due) = self.days.front_mut() {
                self.due.extend(std::mem::take(due));
            }
        }
    }

    /// The person who has been due longest.
    pub(super) fn pop(&mut self) -> Option<Person> {
        let person = self.due.pop_front()?;
        self.waiting -= 1;
        Some(person)
    }
}
