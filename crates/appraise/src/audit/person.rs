//! Invented persons: histories that try to move the figures as far as one person can.
//!
//! Not here: what a history does to the figures (module `bench` runs it, `cost` measures it).
//! Nobody here exists; every pseudonym is one of a synthetic store.
//!
//! Invariants:
//! 1. A history follows from the plan and a seed (`audit::tests::a_seed_means_the_same_report`).
//! 2. Every history stays in the plan's lists, so that no row is refused
//!    (`audit::tests::no_pair_exceeds_its_claim`).

use std::collections::{BTreeMap, VecDeque};

use jiff::Span;
use jiff::civil::{Date, DateTime};
use tidegauge_model::plan::life_cycle::NO_DATE;
use tidegauge_model::plan::{Attribute, LifeCycle};
use tidegauge_model::{Grain, Period, Plan, Source};

use super::close::closest;
use super::corrected::Fix;
use tidegauge_simulate::Draw;

/// Events of a random history at most.
const RANDOM_EVENTS_MAX: u32 = 120;

/// Rows of event files by stage: those of stage 0 come before any release, those of stage `n`
/// come late, after the release of step `n - 1`.
pub(super) type Rows = BTreeMap<u32, Vec<String>>;

/// One event. Step -1 is the day before the plan's start.
#[derive(Clone)]
pub(super) struct Act {
    pub step: i32,
    pub what: What,
    pub stage: u32,
    /// How many further copies come: with the event, and late.
    pub copies: [u32; 2],
    /// The rows that correct it, by revision.
    pub fixes: Vec<Fix>,
}

/// What a row says of an event.
#[derive(Clone)]
pub(super) struct What {
    pub kind: usize,
    pub codes: Vec<u16>,
    /// Days after its step's first for which it grants something, where it does.
    pub grants: Option<u32>,
}

impl Act {
    fn new(step: i32, what: What, stage: u32) -> Self {
        Self { step, what, stage, copies: [0; 2], fixes: vec![] }
    }
}

/// The history of one person.
#[derive(Clone)]
pub(super) struct Person {
    /// What the history tries.
    pub name: String,
    pub acts: Vec<Act>,
}

/// What histories are made on.
pub(super) struct Ground<'p> {
    pub plan: &'p Plan,
    pub steps: &'p [Period],
    /// For each attribute, the codes that every dataflow counts; all of them if there is none.
    palette: Vec<Vec<u16>>,
}

impl<'p> Ground<'p> {
    pub(super) fn new(plan: &'p Plan, steps: &'p [Period]) -> Self {
        let palette = plan.attributes.iter().enumerate().map(|(number, attribute)| {
            let counted = |code: &str| {
                let dimensions = plan.dataflows.iter().flat_map(|flow| flow.structure.dimensions());
                dimensions
                    .filter(|dimension| {
                        let source = &dimension.source;
                        *source == Source::Attribute(number) || *source == Source::Start(number)
                    })
                    .all(|dimension| dimension.code_list.position(code).is_some())
            };
            let codes = attribute.code_list.codes();
            let open = open_codes(attribute);
            let common = open.iter().copied().filter(|&n| counted(&codes[usize::from(n)].id));
            let common: Vec<u16> = common.collect();
            if common.is_empty() { open } else { common }
        });
        Self { plan, steps, palette: palette.collect() }
    }

    /// Codes of one cell; another `turn` is, where the lists allow, another cell.
    pub fn codes(&self, turn: usize) -> Vec<u16> {
        self.palette.iter().map(|codes| codes[turn % codes.len()]).collect()
    }

    fn walk(&self) -> Walk<'_> {
        Walk { ground: self, status: 0, grants: None, acts: vec![] }
    }

    /// The rows of a person under a pseudonym. Event ids are the same for everyone: an id that
    /// two persons share is two events.
    pub(super) fn rows(&self, person: &Person, pseudonym: &str, rows: &mut Rows) {
        for (number, act) in (0u32..).zip(&person.acts) {
            let head = format!("e{number},{pseudonym},{}", self.instant(act.step, number));
            let row = self.row(&head, act.step, &act.what, (0, "count"));
            for (revision, fix) in (1..).zip(&act.fixes) {
                let action = if fix.retracts { "retract" } else { "count" };
                let row = self.row(&head, act.step, &fix.what, (revision, action));
                rows.entry(fix.stage).or_default().push(row);
            }
            let [with, late] = act.copies;
            // After its own step has closed, and once more a step later.
            let first = u32::try_from(act.step + 1).unwrap_or(0).max(act.stage);
            for stage in std::iter::repeat_n(act.stage, 1 + with as usize)
                .chain((0..late).map(|n| first + n))
            {
                rows.entry(stage).or_default().push(row.clone());
            }
        }
    }

    /// A row of an event after its id, pseudonym and time; the revision and the action are there
    /// where the plan takes corrections.
    fn row(&self, head: &str, step: i32, what: &What, (revision, action): (u32, &str)) -> String {
        let cycle = &self.plan.life_cycle;
        let mut row = format!("{head},{}", cycle.kinds[what.kind]);
        for (code, attribute) in what.codes.iter().zip(&self.plan.attributes) {
            row.push(',');
            row.push_str(&attribute.code_list.codes()[usize::from(*code)].id);
        }
        if cycle.has_dates() {
            let until = what.grants.map(|days| self.day(step) + Span::new().days(days));
            let until = until.map_or_else(|| NO_DATE.to_owned(), |day| day.to_string());
            row.push(',');
            row.push_str(&until);
        }
        if cycle.corrections {
            row.push_str(&format!(",{revision},{action}"));
        }
        row
    }

    /// The first day of a step.
    fn day(&self, step: i32) -> Date {
        match usize::try_from(step) {
            Ok(step) => self.steps[step].first(),
            Err(_) => day_before(self.steps[0].first()),
        }
    }

    /// The beginning of an hour, or a morning hour of the first day of a longer step.
    fn opening(&self, step: i32) -> DateTime {
        let hour = usize::try_from(step).ok().map(|step| self.steps[step]);
        let hour = hour.filter(|step| step.grain() < Grain::Day);
        hour.map_or_else(|| self.day(step).at(8, 0, 0, 0), Period::start)
    }

    /// An instant in a step, the same order as the numbers.
    fn instant(&self, step: i32, number: u32) -> String {
        let number = i64::from(number);
        let time = self.opening(step).saturating_add(Span::new().seconds(number));
        match time.to_zoned_datetime(self.plan.time_zone().clone()) {
            Ok(zoned) => zoned.timestamp().to_string(),
            Err(_) => format!("{time}Z"),
        }
    }

    /// The histories to try: those thought out first, then random ones.
    pub(super) fn persons(&self, many: usize, seed: u64) -> Vec<Person> {
        let mut persons = self.thought_out();
        persons.truncate(many);
        for number in persons.len()..many {
            persons.push(self.random(seed, number as u32));
        }
        persons
    }

    fn thought_out(&self) -> Vec<Person> {
        let kinds = self.plan.life_cycle.kinds.len();
        let days: Vec<usize> = (0..self.steps.len()).collect();
        let every = |gap: usize| days.iter().copied().step_by(gap).collect::<Vec<_>>();
        let mut persons = vec![self.past_every_bound()];
        persons.extend(self.corrected());
        let first_close = persons.len();
        let bounds: Vec<_> = self.plan.dataflows.iter().map(|flow| flow.bound).collect();
        let close: Vec<Vec<usize>> =
            bounds.iter().take(1).map(|bound| closest(self.steps, bound)).collect();
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

    fn kind(&self, kind: usize) -> &str {
        &self.plan.life_cycle.kinds[kind]
    }

    /// Every kind at every step, whatever a bound says, by someone who was there before.
    fn past_every_bound(&self) -> Person {
        let mut walk = self.walk();
        walk.go(-1, 0, 0, false);
        for step in 0..self.steps.len() {
            for kind in (0..self.plan.life_cycle.kinds.len()).rev() {
                walk.go(step as i32, kind, 0, false);
            }
        }
        walk.person("every kind at every step, carried in")
    }

    /// Out of one cell and into another in every month, so that in no period an entry and an exit
    /// of one cell cancel.
    fn stays_across_months(&self) -> Person {
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

    fn same_cell(&self, name: String, kind: usize, days: &[usize], late: bool) -> Person {
        let mut walk = self.walk();
        for &step in days {
            walk.go(step as i32, kind, 0, late);
        }
        walk.person(&name)
    }

    /// One event at each of these steps, the kinds taking turns.
    pub fn in_turn(&self, name: String, days: &[usize], carried: bool, late: bool) -> Person {
        let mut walk = self.walk();
        if carried {
            walk.go(-1, 0, 0, false);
        }
        for &step in days {
            walk.turn(step as i32, 0, late);
        }
        walk.person(&name)
    }

    fn changing_cells(&self, days: &[usize]) -> Person {
        let mut walk = self.walk();
        for &step in days {
            walk.turn(step as i32, step / 2, false);
        }
        walk.person("changing cells")
    }

    /// The same history, each event copied with itself and twice late.
    fn copied(&self, person: &Person) -> Person {
        let copied = |act: &Act| Act { copies: [1, 2], ..act.clone() };
        Person { name: "duplicated".into(), acts: person.acts.iter().map(copied).collect() }
    }

    fn firsts_of_months(&self) -> Vec<usize> {
        let month = |step: usize| self.steps[step].within(Grain::Month);
        (0..self.steps.len()).filter(|&step| step == 0 || month(step) != month(step - 1)).collect()
    }

    /// A random history. It may hold events that the life cycle does not know.
    pub(super) fn random(&self, seed: u64, number: u32) -> Person {
        let mut draw = Draw::new(seed ^ (u64::from(number) + 1) << 32);
        let steps = self.steps.len() as u32;
        let events = 1 + draw.below(RANDOM_EVENTS_MAX);
        // Some live their events within a few steps, some all over the window.
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
            let what = self.any(&mut draw, draws_dates);
            let stage = if late { step as u32 + 1 + draw.below(3) } else { 0 };
            let copies = [draw.below(8) / 7, draw.below(8) / 7];
            let fixes = self.any_fixes(&mut draw, step, stage, &what);
            Act { step, what, stage, copies, fixes }
        });
        Person { name: format!("random {number}"), acts: acts.collect() }
    }

    /// Whatever a row may say.
    pub fn any(&self, draw: &mut Draw, dates: bool) -> What {
        What {
            kind: draw.below(self.plan.life_cycle.kinds.len() as u32) as usize,
            codes: self.any_codes(draw),
            grants: (dates && draw.below(3) > 0).then(|| draw.below(40)),
        }
    }

    fn any_codes(&self, draw: &mut Draw) -> Vec<u16> {
        let lists = self.plan.attributes.iter().map(open_codes);
        // A list has at most 4096 codes.
        lists.map(|codes| codes[draw.below(codes.len() as u32) as usize]).collect()
    }
}

/// The codes of an attribute that never close: an event with one that is closed on its day is
/// refused. All of them, where each closes at some time.
fn open_codes(attribute: &Attribute) -> Vec<u16> {
    let codes = attribute.code_list.named();
    let open = codes.clone().filter(|(_, code)| code.validity.is_unlimited());
    let open: Vec<u16> = open.map(|(n, _)| n).collect();
    if open.is_empty() { codes.map(|(n, _)| n).collect() } else { open }
}

fn day_before(day: Date) -> Date {
    day.saturating_sub(Span::new().days(1))
}

/// Someone on the way through the life cycle.
struct Walk<'g> {
    ground: &'g Ground<'g>,
    status: usize,
    /// Days for which every event grants something.
    grants: Option<u32>,
    acts: Vec<Act>,
}

impl Walk<'_> {
    /// An event of this kind at a step, after whatever must come before it. With `late`, what
    /// comes before occurs at the step before and arrives when that has closed: it moves the
    /// state and counts in no flow.
    fn go(&mut self, step: i32, kind: usize, turn: usize, late: bool) {
        let cycle = &self.ground.plan.life_cycle;
        let Some(before) = path(cycle, self.status, kind) else { return };
        let (codes, grants) = (self.ground.codes(turn), self.grants);
        let late = late && step > 0;
        for kind in before {
            let (step, stage) = if late { (step - 1, step as u32) } else { (step, 0) };
            self.push(Act::new(step, What { kind, codes: codes.clone(), grants }, stage));
        }
        self.push(Act::new(step, What { kind, codes, grants }, 0));
    }

    /// The next event that the life cycle allows.
    fn turn(&mut self, step: i32, turn: usize, late: bool) {
        let cycle = &self.ground.plan.life_cycle;
        let Some(kind) = (0..cycle.kinds.len()).find(|&k| cycle.next(self.status, k).is_some())
        else {
            return;
        };
        let stage = if late { step as u32 + 1 } else { 0 };
        let (codes, grants) = (self.ground.codes(turn), self.grants);
        self.push(Act::new(step, What { kind, codes, grants }, stage));
    }

    fn push(&mut self, act: Act) {
        let next = self.ground.plan.life_cycle.next(self.status, act.what.kind);
        self.status = next.unwrap_or(self.status);
        self.acts.push(act);
    }

    fn person(self, name: &str) -> Person {
        Person { name: name.into(), acts: self.acts }
    }
}

/// The fewest kinds that lead from a status to one that knows this kind.
fn path(cycle: &LifeCycle, from: usize, kind: usize) -> Option<Vec<usize>> {
    let mut seen = vec![false; cycle.statuses.len()];
    let mut open = VecDeque::from([(from, vec![])]);
    while let Some((status, path)) = open.pop_front() {
        if cycle.next(status, kind).is_some() {
            return Some(path);
        }
        if std::mem::replace(&mut seen[status], true) {
            continue;
        }
        for kind in 0..cycle.kinds.len() {
            if let Some(next) = cycle.next(status, kind) {
                open.push_back((next, [path.as_slice(), &[kind]].concat()));
            }
        }
    }
    None
}
