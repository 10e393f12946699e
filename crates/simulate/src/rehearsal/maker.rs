//! The events of one day: who acts, what happens, and on which days its rows are delivered.
//!
//! Not here: the text of a row (`labels`), and the files (`files`).
//!
//! Invariants:
//! 1. A person has at most one event on a day, and no event before every row of the earlier ones is
//!    delivered, so that the life cycle allows each event in whatever order the files are taken day
//!    by day (`tidegauge/tests/rehearsal.rs`:
//!    `a_naive_counter_finds_the_transitions_that_were_made`).
//! 2. A day has the number of events that the volume and the season say
//!    (`rehearsal::tests::a_day_has_its_number_of_events`).
//! 3. An event goes to a source that delivers on its day, and on the day of a late row or a
//!    correction (`rehearsal::tests::each_source_delivers_on_its_days`).

use std::collections::VecDeque;

use jiff::civil::{Date, date};
use jiff::{Span, Timestamp};
use tidegauge_model::{Days, Grain, Period, Plan};

use super::cycle::{Standing, Walk};
use super::lists::OpenLists;
use super::options::Rehearsal;
use super::persons::{Person, Waiting};
use super::row::EventRow;
use super::tally::{RehearsalSummary, Tally};
use crate::draw::{Draw, mix};
use crate::error::Error;
use crate::time_of_day::TimesOfDay;

/// One event in so many is a new person's at least.
const NEW_PERSONS: u64 = 20;

/// Makes the events of one day after the other.
pub(super) struct Maker<'p> {
    plan: &'p Plan,
    options: &'p Rehearsal,
    draw: Draw,
    walk: Walk,
    lists: OpenLists,
    waiting: Waiting,
    clock: TimesOfDay,
    days: Days,
    first: i32,
    last: i32,
    /// The number of steps, in days, after which a row changes nothing.
    age_max: i32,
    today: Today,
    /// The number of the next event of each source.
    ids: Vec<u64>,
    /// Rows that are still to be delivered, by days from today.
    pending: VecDeque<Vec<EventRow>>,
    pub(super) summary: RehearsalSummary,
    pub(super) tally: Tally,
}

/// The facts about a day that its events depend on.
#[derive(Default)]
struct Today {
    day: i32,
    /// The number of seconds that have a name on the clock.
    seconds: u32,
    /// The day on which the release of today's step is due.
    due: i32,
    /// The sources that deliver.
    sources: Vec<u16>,
    /// Whether an event can occur: a source delivers, and every attribute has an open code.
    is_open: bool,
}

/// The last day on which a row of an event is delivered, and whether the event is retracted.
struct Delivered {
    last: i32,
    retracted: bool,
}

/// The date of a day by its number.
pub(super) fn date_of(day: i32) -> Date {
    date(1970, 1, 1).saturating_add(Span::new().days(day))
}

impl<'p> Maker<'p> {
    pub(super) fn new(
        plan: &'p Plan,
        options: &'p Rehearsal,
        mut draw: Draw,
        (opening, first, last): (i32, i32, i32),
        tally: Tally,
    ) -> Self {
        let walk = Walk::new(plan, options.uneven);
        Self {
            plan,
            options,
            waiting: Waiting::new(opening - 1, last, walk.rests.clone()),
            walk,
            lists: OpenLists::new(plan, options.uneven, &mut draw),
            draw,
            clock: TimesOfDay::new(),
            days: plan.days(),
            first,
            last,
            age_max: age_max(plan),
            today: Today::default(),
            ids: vec![1; plan.sources.len().max(1)],
            pending: VecDeque::new(),
            summary: RehearsalSummary::default(),
            tally,
        }
    }

    /// Makes the events of a day; returns the rows that are delivered on it, in order.
    pub(super) fn day(&mut self, day: i32) -> Result<Vec<EventRow>, Error> {
        let date = date_of(day);
        let is_opening = day < self.first;
        self.begin_day(day, date);
        let events = match (self.today.is_open, is_opening) {
            (false, _) => 0,
            (true, true) => self.opening_events(),
            (true, false) => {
                let mean = self.options.events_per_day;
                self.options.season.events(date, mean, &mut self.draw)
            }
        };
        // Fits: at most one event in twenty, and one more.
        let new = self.draw.round(events.into(), NEW_PERSONS) as u64;
        for number in 0..events {
            let known = match is_opening || number < new {
                true => None,
                false => self.waiting.pop(self.options.persons),
            };
            let known = known.filter(|person| self.is_remembered(person));
            if known.is_none_or(|person| !self.make(person)) {
                let person =
                    Person { number: self.summary.persons, standing: Standing::UNSEEN, last: day };
                self.summary.persons += 1;
                self.make(person);
            }
        }
        let waiting = self.waiting.present() + self.waiting.resting();
        self.summary.waiting_max = self.summary.waiting_max.max(waiting);
        self.tally.end_day(date, &self.plan.life_cycle)?;
        let mut rows = self.pending.pop_front().unwrap_or_default();
        rows.sort_unstable_by_key(|row| (row.delivered, row.source, row.id, row.revision));
        self.summary.rows += rows.len() as u64;
        Ok(rows)
    }

    fn begin_day(&mut self, day: i32, date: Date) {
        self.waiting.begin_day(day);
        let has_codes = self.lists.begin_day(date);
        let length = (self.days.start(day + 1) - self.days.start(day)) / 1000;
        let step = Period::containing(self.plan.step().max(Grain::Day), date);
        let sources = self.sources_on(date);
        self.today = Today {
            day,
            seconds: u32::try_from(length).unwrap_or(0).min(86_400),
            due: self.days.holding(self.plan.due(step).as_millisecond()),
            is_open: has_codes && length > 0 && !sources.is_empty(),
            sources,
        };
    }

    /// The sources that deliver on a day; those of the first day for days before it on which none
    /// does.
    fn sources_on(&self, date: Date) -> Vec<u16> {
        if self.plan.sources.is_empty() {
            return vec![0];
        }
        let on = |date: Date| -> Vec<u16> {
            let sources = (0..).zip(&self.plan.sources);
            sources.filter(|(_, source)| source.days.contains(date)).map(|(n, _)| n).collect()
        };
        let found = on(date);
        if found.is_empty() && date < self.options.from { on(self.options.from) } else { found }
    }

    /// The number of persons who begin on one of the days before the first.
    fn opening_events(&mut self) -> u64 {
        let left = self.options.persons - self.summary.persons.min(self.options.persons);
        let days = u64::from(self.first.abs_diff(self.today.day)).max(1);
        self.draw.round(left.into(), days) as u64
    }

    /// Whether the plan still knows a person: it forgets those of whom nothing is heard.
    fn is_remembered(&self, person: &Person) -> bool {
        let Some(windows) = self.plan.retention.persons_windows else { return true };
        let months = match self.plan.privacy.window {
            Grain::Month => 1,
            Grain::Quarter => 3,
            _ => 12,
        };
        let window = |day: i32| i64::from(self.days.month(day) / months);
        window(self.today.day) <= window(person.last) + i64::from(windows)
    }

    /// Makes the next event of a person; whether there is one.
    fn make(&mut self, person: Person) -> bool {
        let day = self.today.day;
        let is_opening = day < self.first;
        let before = self.walk.on_day(person.standing, day);
        if !is_opening && self.happens(self.options.illegal) && self.make_illegal(person, before) {
            return true;
        }
        let kind = match is_opening {
            true => self.walk.opening_kind(&mut self.draw),
            false => self.walk.kind(before.status, &mut self.draw),
        };
        let Some(kind) = kind else { return false };
        let Some((status, name)) = self.walk.arrow(before.status, kind) else { return false };
        let until =
            if self.walk.grants(status) { day + 1 + self.gap(self.options.length) } else { 0 };
        let after = self.walk.after_event(status, day, until);
        let row = self.row(person.number, kind, until);
        let delivered = match is_opening {
            true => {
                self.summary.opening_events += 1;
                self.put(day, row);
                Delivered { last: day, retracted: false }
            }
            false => self.deliver(row, before, after),
        };
        self.summary.events += 1;
        let standing = if delivered.retracted { before } else { after };
        if !delivered.retracted {
            self.tally.add(kind, Some(name));
        }
        let earliest = match is_opening {
            true => self.first + self.draw.below(self.options.length) as i32,
            false => delivered.last + 1,
        };
        self.wait(Person { standing, last: day, ..person }, earliest);
        true
    }

    /// Makes an event that the life cycle does not allow; whether there is such a kind.
    fn make_illegal(&mut self, person: Person, before: Standing) -> bool {
        let Some(kind) = self.walk.refused_kind(before.status, &mut self.draw) else {
            return false;
        };
        let day = self.today.day;
        let row = self.row(person.number, kind, 0);
        self.put(day, row);
        self.summary.events += 1;
        self.summary.illegal += 1;
        self.tally.add(kind, None);
        self.wait(Person { standing: before, last: day, ..person }, day + 1);
        true
    }

    /// The first row of an event, on time.
    fn row(&mut self, person: u64, kind: u8, until: i32) -> EventRow {
        let source = self.source(person);
        let id = &mut self.ids[usize::from(source)];
        *id += 1;
        let id = *id - 1;
        let second = self.second();
        EventRow {
            delivered: second,
            source,
            id,
            person,
            day: self.today.day,
            second,
            kind,
            codes: self.lists.codes(person, kind, &mut self.draw),
            until,
            // Three quarters are written under the list's own code.
            also: (self.draw.below(1024) as u8).saturating_sub(191),
            revision: 0,
            retracts: false,
        }
    }

    fn second(&mut self) -> u32 {
        self.clock.any(&mut self.draw).min(self.today.seconds.saturating_sub(1))
    }

    /// Most events of a person go to one source, the others to any.
    fn source(&mut self, person: u64) -> u16 {
        let sources = &self.today.sources;
        let place = match self.draw.below(5) {
            0 => self.draw.below(sources.len() as u32) as usize,
            _ => (mix(person) % sources.len() as u64) as usize,
        };
        sources[place]
    }

    /// Delivers the rows of an event: on time or late, and perhaps a correction.
    fn deliver(&mut self, row: EventRow, before: Standing, after: Standing) -> Delivered {
        let mut delivered = Delivered { last: self.today.day, retracted: false };
        if self.happens(self.options.late)
            && let Some(day) = self.later(self.today.due, row.source, [before, after])
        {
            self.summary.late += 1;
            delivered.last = day;
        }
        let first = EventRow { delivered: self.delivery_second(&row, delivered.last), ..row };
        self.put(delivered.last, first);
        if !self.happens(self.options.corrections) {
            return delivered;
        }
        let Some(day) = self.later(delivered.last, row.source, [before, after]) else {
            return delivered;
        };
        let mut correction = EventRow { revision: 1, ..row };
        correction.delivered = self.delivery_second(&row, day);
        correction.retracts = self.draw.below(4) == 0;
        if correction.retracts {
            self.summary.retracted += 1;
            delivered.retracted = true;
        } else if self.lists.change(&mut correction.codes, row.kind, &mut self.draw) {
            self.summary.corrected += 1;
        } else {
            return delivered;
        }
        self.put(day, correction);
        delivered.last = day;
        delivered
    }

    /// When on the day of delivery a row comes.
    fn delivery_second(&mut self, row: &EventRow, day: i32) -> u32 {
        if day == row.day { row.second } else { self.clock.any(&mut self.draw) }
    }

    /// A day after this one on which a row can still be delivered as if it had come at once: before
    /// any timer fires, within the plan's retention, by a source that then delivers.
    fn later(&mut self, base: i32, source: u16, standings: [Standing; 2]) -> Option<i32> {
        let day = base + self.gap(self.options.late_days);
        let delivers = match self.plan.sources.get(usize::from(source)) {
            Some(source) => source.days.contains(date_of(day)),
            None => true,
        };
        let is_in_time = day <= self.last && day - self.today.day <= self.age_max;
        (delivers && is_in_time && standings.iter().all(|standing| standing.holds_until(day)))
            .then_some(day)
    }

    /// Has a row delivered on a day from today on.
    fn put(&mut self, day: i32, row: EventRow) {
        let place = usize::try_from(day - self.today.day).unwrap_or(0);
        if self.pending.len() <= place {
            self.pending.resize_with(place + 1, Vec::new);
        }
        self.pending[place].push(row);
    }

    /// Lets a person wait for the next event, unless there is none.
    fn wait(&mut self, person: Person, earliest: i32) {
        let Standing { status, due } = person.standing;
        let place = usize::from(status);
        let Rehearsal { persons, events_per_day, .. } = *self.options;
        let leaves = match self.walk.rests[place] {
            true => {
                self.waiting.resting() >= persons.max(events_per_day) || self.draw.below(10) == 0
            }
            false => self.waiting.present() >= 2 * (persons + events_per_day),
        };
        if leaves || !self.walk.goes_on[place] {
            return;
        }
        let mut next = self.today.day + self.gap(self.options.length);
        let must_wait = !self.walk.allows_any(status);
        if due != 0 && (must_wait || self.draw.below(4) == 0) {
            next = due + self.gap(self.options.length);
        }
        self.waiting.push(next.max(earliest), person);
    }

    /// Whether something happens that happens so often in a hundred.
    fn happens(&mut self, percent: u32) -> bool {
        percent > 0 && self.draw.below(100) < percent
    }

    /// A number of days with this median, at least 1.
    fn gap(&mut self, median: u32) -> i32 {
        let (low, high) = match self.draw.below(20) {
            0..10 => (0, median),
            10..15 => (median, 2 * median),
            15..18 => (2 * median, 4 * median),
            _ => (4 * median, 8 * median),
        };
        // A median has at most ten years.
        (low + 1 + self.draw.below(high - low)) as i32
    }
}

/// For how many days after its own a row still counts.
fn age_max(plan: &Plan) -> i32 {
    let Some(steps) = plan.retention.events_steps else { return i32::MAX };
    let steps = i64::from(steps);
    let days = match plan.step() {
        Grain::QuarterHour => steps / 96,
        Grain::Hour => steps / 24,
        Grain::Day => steps,
        Grain::Week => 7 * steps,
        Grain::Month => 28 * steps,
        Grain::Quarter => 90 * steps,
        Grain::Year => 365 * steps,
    };
    i32::try_from(days - 1).unwrap_or(i32::MAX)
}

/// The instant of a row's event, in milliseconds since 1970.
pub(super) fn instant(days: &Days, day: i32, second: u32) -> Timestamp {
    let at = days.start(day).saturating_add(i64::from(second) * 1000);
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::MAX)
}
