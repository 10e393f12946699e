//! The plan and steps that histories are made for, and how a history becomes rows of a file.
//!
//! Not here: which histories there are (`histories`, `corrected`).
//!
//! Invariants:
//! 1. Every history uses only codes of the plan's lists, so that no row is refused
//!    (`audit::tests::no_pair_exceeds_its_claim`).

use std::collections::VecDeque;
use std::ops::Range;

use jiff::Span;
use jiff::civil::{Date, DateTime};
use tidegauge_model::plan::life_cycle::NO_DATE;
use tidegauge_model::plan::{Attribute, LifeCycle};
use tidegauge_model::{CodeSource, Grain, Period, Plan};
use tidegauge_simulate::Draw;

use super::person::{History, HistoryEvent, RowContent, StagedRows};

/// The plan and steps that histories are made for.
pub(super) struct PlanGround<'p> {
    pub plan: &'p Plan,
    pub steps: &'p [Period],
    /// For each attribute, the codes that every dataflow counts; all its codes if there is none.
    /// Those that are always valid come first.
    palette: Vec<Vec<u16>>,
    /// The stage before which no event of it or of a later step can come, since the plan knows its
    /// codes only from then on: that of the plan's amendment, if it has one.
    amended: Option<u32>,
}

impl<'p> PlanGround<'p> {
    pub(super) fn new(plan: &'p Plan, steps: &'p [Period]) -> Self {
        let palette = plan.attributes.iter().enumerate().map(|(number, attribute)| {
            let counted = |code: &str| {
                let dimensions = plan.dataflows.iter().flat_map(|flow| flow.structure.dimensions());
                dimensions
                    .filter(|dimension| {
                        let source = &dimension.source;
                        *source == CodeSource::Attribute(number)
                            || *source == CodeSource::Start(number)
                    })
                    .all(|dimension| dimension.code_list.position(code).is_some())
            };
            let codes = attribute.code_list.named();
            let (all, common) = codes.fold((vec![], vec![]), |(mut all, mut common), (n, code)| {
                let place = (!code.validity.is_unlimited(), n);
                if counted(&code.id) {
                    common.push(place);
                }
                all.push(place);
                (all, common)
            });
            let mut palette = if common.is_empty() { all } else { common };
            palette.sort_unstable();
            palette.into_iter().map(|(_, n)| n).collect()
        });
        let first = plan.amendments.iter().map(|amendment| amendment.from).min();
        let amended = first.map(|from| steps.partition_point(|step| step.first() < from) as u32);
        Self { plan, steps, palette: palette.collect(), amended }
    }

    /// The steps of each window.
    pub(super) fn windows(&self) -> Vec<Range<usize>> {
        let window = |step: &usize| self.plan.window_of(self.steps[*step]);
        let all: Vec<usize> = (0..self.steps.len()).collect();
        let windows = all.chunk_by(|one, next| window(one) == window(next));
        windows.map(|steps| steps[0]..steps[0] + steps.len()).collect()
    }

    /// The codes of one cell; another `turn` gives another cell if the lists allow it. All of them
    /// are valid at the step, unless none is.
    pub(super) fn codes(&self, step: i32, turn: usize) -> Vec<u16> {
        let palettes = self.palette.iter().zip(&self.plan.attributes);
        let code = |(palette, attribute): (&Vec<u16>, &Attribute)| {
            let valid = self.valid(attribute, step, palette);
            let codes = if valid.is_empty() { palette } else { &valid };
            codes[turn % codes.len()]
        };
        palettes.map(code).collect()
    }

    /// The codes that an event can have at a step.
    fn valid(&self, attribute: &Attribute, step: i32, codes: &[u16]) -> Vec<u16> {
        let day = Period::holding(Grain::Day, self.opening(step));
        let all = attribute.code_list.codes();
        let valid = |code: &&u16| all[usize::from(**code)].validity.overlaps(day);
        codes.iter().filter(valid).copied().collect()
    }

    /// The same history in other cells, as far as the lists have others.
    pub(super) fn shifted(&self, person: &History, by: usize) -> History {
        let shifted = |what: &RowContent| {
            let codes = what.codes.iter().zip(&self.palette).map(|(code, palette)| {
                let place = palette.iter().position(|other| other == code);
                place.map_or(*code, |place| palette[(place + by) % palette.len()])
            });
            RowContent { codes: codes.collect(), ..what.clone() }
        };
        let mut person = person.clone();
        for act in &mut person.acts {
            act.what = shifted(&act.what);
            act.fixes.iter_mut().for_each(|fix| fix.what = shifted(&fix.what));
        }
        person
    }

    /// Whether every history shifted by so much is in its own cells again.
    pub(super) fn returns_at(&self, by: usize) -> bool {
        self.palette.iter().all(|palette| by.is_multiple_of(palette.len()))
    }

    pub(super) fn walk(&self) -> LifeWalk<'_> {
        LifeWalk { ground: self, status: 0, grants: None, acts: vec![] }
    }

    /// Adds the rows of a person under a pseudonym. Event ids are the same for everyone: the same
    /// id of two persons means two events.
    pub(super) fn rows(&self, person: &History, pseudonym: &str, rows: &mut StagedRows) {
        for (number, act) in (0u32..).zip(&person.acts) {
            let head = format!("e{number},{pseudonym},{}", self.instant(act.step, number));
            let row = self.row(&head, act.step, &act.what, (0, "count"));
            for (revision, fix) in (1..).zip(&act.fixes) {
                let action = if fix.retracts { "retract" } else { "count" };
                let row = self.row(&head, act.step, &fix.what, (revision, action));
                let stage = fix.stage.max(self.opens(act.step));
                rows.entry((stage, act.source)).or_default().push(row);
            }
            let [together, late] = act.copies;
            let opens = self.opens(act.step);
            // The first late copy comes after the step has closed, each other one a step later.
            let first = u32::try_from(act.step + 1).unwrap_or(0).max(act.stage);
            for stage in std::iter::repeat_n(act.stage.max(opens), 1 + together as usize)
                .chain((0..late).map(|n| first + n))
            {
                rows.entry((stage, act.source)).or_default().push(row.clone());
            }
        }
    }

    /// The first stage at which events of a step can come.
    fn opens(&self, step: i32) -> u32 {
        let step = u32::try_from(step).ok();
        self.amended.filter(|amended| step.is_some_and(|step| step >= *amended)).unwrap_or(0)
    }

    /// A row of an event that begins with `head`: its id, pseudonym and time. The revision and the
    /// action follow if the plan allows corrections.
    fn row(
        &self,
        head: &str,
        step: i32,
        what: &RowContent,
        (revision, action): (u32, &str),
    ) -> String {
        let cycle = &self.plan.life_cycle;
        let mut row = format!("{head},{}", cycle.kinds[what.kind]);
        for (code, attribute) in what.codes.iter().zip(&self.plan.attributes) {
            row.push(',');
            row.push_str(&attribute.code_list.codes()[usize::from(*code)].id);
        }
        if cycle.has_dates() {
            let last = what.grants.map(|days| self.day(step) + Span::new().days(days));
            let until = last.map_or_else(|| NO_DATE.to_owned(), |day| day.to_string());
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
        let in_window = usize::try_from(step).ok().map(|step| self.steps[step]);
        let hour = in_window.filter(|step| step.grain() < Grain::Day);
        hour.map_or_else(|| self.day(step).at(8, 0, 0, 0), Period::start)
    }

    /// An instant in a step; instants have the same order as the numbers.
    fn instant(&self, step: i32, number: u32) -> String {
        let number = i64::from(number);
        let time = self.opening(step).saturating_add(Span::new().seconds(number));
        match time.to_zoned_datetime(self.plan.time_zone().clone()) {
            Ok(zoned) => zoned.timestamp().to_string(),
            Err(_) => format!("{time}Z"),
        }
    }

    pub(super) fn kind(&self, kind: usize) -> &str {
        &self.plan.life_cycle.kinds[kind]
    }

    /// One event at each of these steps, the kinds taking turns.
    pub(super) fn in_turn(
        &self,
        name: String,
        days: &[usize],
        carried: bool,
        late: bool,
    ) -> History {
        let mut walk = self.walk();
        if carried {
            walk.go(-1, 0, 0, false);
        }
        for &step in days {
            walk.turn(step as i32, 0, late);
        }
        walk.person(&name)
    }

    /// A random content of a row.
    pub(super) fn any_content(&self, draw: &mut Draw, step: i32, dates: bool) -> RowContent {
        RowContent {
            kind: draw.below(self.plan.life_cycle.kinds.len() as u32) as usize,
            codes: self.any_codes(draw, step),
            grants: (dates && draw.below(3) > 0).then(|| draw.below(40)),
        }
    }

    /// An event with a code that is closed on its day is refused.
    fn any_codes(&self, draw: &mut Draw, step: i32) -> Vec<u16> {
        let lists = self.plan.attributes.iter().map(|attribute| {
            let codes: Vec<u16> = attribute.code_list.named().map(|(n, _)| n).collect();
            let valid = self.valid(attribute, step, &codes);
            if valid.is_empty() { codes } else { valid }
        });
        // A list has at most 4096 codes.
        lists.map(|codes| codes[draw.below(codes.len() as u32) as usize]).collect()
    }
}

fn day_before(day: Date) -> Date {
    day.saturating_sub(Span::new().days(1))
}

/// Builds the history of a person who walks through the life cycle.
pub(super) struct LifeWalk<'g> {
    ground: &'g PlanGround<'g>,
    status: usize,
    /// The number of days for which every event grants something.
    pub(super) grants: Option<u32>,
    pub(super) acts: Vec<HistoryEvent>,
}

impl LifeWalk<'_> {
    /// Adds an event of this kind at a step, after the events that must precede it. With `late`,
    /// these occur at the step before and arrive after it has closed: they change the status and
    /// count in no flow.
    pub(super) fn go(&mut self, step: i32, kind: usize, turn: usize, late: bool) {
        let cycle = &self.ground.plan.life_cycle;
        let Some(before) = path(cycle, self.status, kind) else { return };
        let (codes, grants) = (self.ground.codes(step, turn), self.grants);
        let late = late && step > 0;
        for kind in before {
            let (step, stage) = if late { (step - 1, step as u32) } else { (step, 0) };
            self.push(HistoryEvent::new(
                step,
                RowContent { kind, codes: codes.clone(), grants },
                stage,
            ));
        }
        self.push(HistoryEvent::new(step, RowContent { kind, codes, grants }, 0));
    }

    /// Adds the next event that the life cycle allows.
    pub(super) fn turn(&mut self, step: i32, turn: usize, late: bool) {
        let cycle = &self.ground.plan.life_cycle;
        let Some(kind) = (0..cycle.kinds.len()).find(|&k| cycle.next(self.status, k).is_some())
        else {
            return;
        };
        let stage = if late { step as u32 + 1 } else { 0 };
        let (codes, grants) = (self.ground.codes(step, turn), self.grants);
        self.push(HistoryEvent::new(step, RowContent { kind, codes, grants }, stage));
    }

    /// Adds an event of this kind at a step, whether the life cycle allows it or not.
    pub(super) fn again(&mut self, step: i32, kind: usize, turn: usize) {
        let (codes, grants) = (self.ground.codes(step, turn), self.grants);
        self.push(HistoryEvent::new(step, RowContent { kind, codes, grants }, 0));
    }

    fn push(&mut self, act: HistoryEvent) {
        let next = self.ground.plan.life_cycle.next(self.status, act.what.kind);
        self.status = next.unwrap_or(self.status);
        self.acts.push(act);
    }

    pub(super) fn person(self, name: &str) -> History {
        History { name: name.into(), acts: self.acts }
    }
}

/// The shortest sequence of kinds that leads from a status to one that allows this kind.
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
