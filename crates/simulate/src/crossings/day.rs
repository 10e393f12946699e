//! One day: turns the counts of its cells into crossings of persons.
//!
//! Not here: the counts of a day, and how crossings are written.
//!
//! Invariants:
//! 1. A cell with a count of N gets N crossings
//!    (`crossings::tests::cells_get_exactly_their_counts`).
//! 2. A person has at most one entry and one exit on a day, in the right order and never in the
//!    same second (`crossings::tests::spells_alternate`).

use super::codes::opening_kind;
use super::counts::CountCell;
use super::persons::{Habit, Today, Travellers};
use crate::draw::Draw;
use crate::time_of_day::{HOUR, TimesOfDay};

/// One crossing of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Crossing {
    pub(super) person: u64,
    /// Second of the day.
    pub(super) second: u32,
    pub(super) point: u16,
    pub(super) kind: u8,
    pub(super) class: u8,
}

impl Crossing {
    pub(super) fn new(person: u64, second: u32, point: u16, kind: usize, class: usize) -> Self {
        // There are two kinds and three classes.
        Self { person, second, point, kind: kind as u8, class: class as u8 }
    }
}

const DAY: u32 = 24 * HOUR;

impl TimesOfDay {
    /// Draws the two seconds of a spell within the day: out from 5 to 20 h, back at least half an
    /// hour later.
    fn same_day(&self, draw: &mut Draw) -> (u32, u32) {
        let mut out = self.any(draw);
        while !(5 * HOUR..20 * HOUR).contains(&out) {
            out = self.any(draw);
        }
        let soonest = out + HOUR / 2;
        (out, soonest + draw.below(DAY - soonest))
    }

    /// Draws the two seconds of a commuter's day: out from 6 to 9 h, back from 16 to 21 h.
    fn commute(draw: &mut Draw) -> (u32, u32) {
        (6 * HOUR + draw.below(3 * HOUR), 16 * HOUR + draw.below(5 * HOUR))
    }
}

/// Makes the crossings of one day.
pub(super) struct Maker<'a> {
    pub(super) draw: &'a mut Draw,
    pub(super) clock: &'a TimesOfDay,
    pub(super) numbers: &'a mut u64,
    pub(super) today: Today,
    pub(super) crossings: &'a mut Vec<Crossing>,
}

impl Maker<'_> {
    /// Makes the crossings of one class; at most `commuters` persons commute.
    pub(super) fn make(
        &mut self,
        class: usize,
        habit: &Habit,
        persons: &mut Travellers,
        cells: &[CountCell],
        commuters: usize,
    ) {
        let (out, back) = (opening_kind(class), 1 - opening_kind(class));
        let mut opened = self.points(cells, class, out);
        let mut closed = self.points(cells, class, back);
        persons.begin_day();
        let commuters = commuters.min(opened.len()).min(closed.len());
        for (position, points) in drain_pairs(&mut opened, &mut closed, commuters).enumerate() {
            let person = persons.commuter(position, self.numbers);
            let seconds = TimesOfDay::commute(self.draw);
            self.push_pair(person, seconds, points, class);
        }
        let same_day = same_day(habit, opened.len(), closed.len(), persons.away());
        for points in drain_pairs(&mut opened, &mut closed, same_day) {
            let person = persons.spend_day(self.today, self.draw, self.numbers);
            let seconds = self.clock.same_day(self.draw);
            self.push_pair(person, seconds, points, class);
        }
        for point in closed {
            let Some(person) = persons.close(self.today, self.draw, self.numbers) else {
                unreachable!("the opening population covers every departure");
            };
            let second = self.clock.any(self.draw);
            self.crossings.push(Crossing::new(person, second, point, back, class));
        }
        for point in opened {
            let person = persons.open(self.today, self.draw, self.numbers);
            let second = self.clock.any(self.draw);
            self.crossings.push(Crossing::new(person, second, point, out, class));
        }
    }

    /// The points of the crossings of one class and kind, one for each crossing, in random order.
    fn points(&mut self, cells: &[CountCell], class: usize, kind: usize) -> Vec<u16> {
        let mut points: Vec<u16> = cells
            .iter()
            .filter(|cell| cell.kind == kind)
            .flat_map(|cell| std::iter::repeat_n(cell.point, cell.counts[class] as usize))
            .collect();
        self.draw.shuffle(&mut points);
        points
    }

    fn push_pair(&mut self, person: u64, seconds: (u32, u32), points: (u16, u16), class: usize) {
        let out = opening_kind(class);
        self.crossings.push(Crossing::new(person, seconds.0, points.0, out, class));
        self.crossings.push(Crossing::new(person, seconds.1, points.1, 1 - out, class));
    }
}

/// Takes `number` pairs from the ends of two lists, each of which has at least that many.
fn drain_pairs<'a>(
    opened: &'a mut Vec<u16>,
    closed: &'a mut Vec<u16>,
    number: usize,
) -> impl Iterator<Item = (u16, u16)> + 'a {
    opened.drain(opened.len() - number..).zip(closed.drain(closed.len() - number..))
}

/// The number of spells that open and close on this day: the habit's share, or as many as are
/// needed so that the running spells cover the other closings.
fn same_day(habit: &Habit, opened: usize, closed: usize, away: u64) -> usize {
    let most = opened.min(closed);
    let needed = closed.saturating_sub(usize::try_from(away).unwrap_or(usize::MAX));
    (most * habit.same_day as usize / 100).max(needed).min(most)
}
