//! Scenario `stays`: entries and authorised stays of synthetic persons, and their ends, for the
//! plan `plans/exit-metrics.toml`.
//!
//! Not here: published counts and real persons; the hazards are made up ([`STAYS_ASSUMPTIONS`]).
//!
//! Invariants:
//! 1. The truth follows from the events by the plan's life cycle, timers included
//!    (`stays::tests::the_truth_follows_from_the_events_by_the_life_cycle`).
//! 2. Nobody exceeds a bound of the plan, so that figures without noise are the truth
//!    (`tidegauge/tests/stays.rs`: `without_noise_the_figures_are_the_truth`).
//! 3. A seed means the same bytes (`stays::tests::a_seed_means_the_same_bytes`).
//!
//! Format: the columns of the plan. A row of the truth is
//! `date,citizenship,class_or_ground,transition,persons`; a row of the true stock
//! `date,citizenship,overstayers`, if there are any.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Span;
use jiff::civil::Date;

use crate::draw::{Draw, weighted};
use crate::error::Error;
use crate::whole_file::write_file;

/// The assumptions of the scenario, for people to read.
pub const STAYS_ASSUMPTIONS: &str = "\
- Scenario `stays`: a hundred and twenty persons arrive on each day. Three in a hundred are refused,
  half of whom enter within a month. Visits are authorised for 30 or 90 days, study for 180, work
  for 365, family and other stays for 90. By class 2 to 30 stays in a hundred are extended once, by
  half their length, and one in a hundred is revoked. By the group of citizenship 2 to 12 in a
  hundred visits, and half as many other stays, lapse; of those who lapsed or were revoked, six in
  ten leave within 90 days and one in ten who lapsed is extended. Others leave in time: half on the
  last three days. A fifth of those who left come again after 35 to 120 days. Events after
  the last day are left out.
";

/// Citizenships with their weight among arrivals, and the percentage of their visits that lapse:
/// one hazard for each group of the plan's list.
const CITIZENSHIPS: [(&str, u32, u32); 12] = [
    ("CH", 8, 2),
    ("UK", 22, 3),
    ("TR", 12, 6),
    ("UA", 10, 6),
    ("MA", 6, 12),
    ("NG", 4, 12),
    ("US", 14, 4),
    ("BR", 8, 4),
    ("CN", 8, 8),
    ("IN", 10, 8),
    ("AU", 4, 2),
    ("STLS", 2, 10),
];

/// A class of stays.
struct Class {
    code: &'static str,
    weight: u32,
    /// The numbers of days for which it can be authorised.
    days: [u32; 2],
    /// The percentage that is extended.
    extended: u32,
}

const CLASSES: [Class; 5] = [
    Class { code: "VISIT", weight: 78, days: [30, 90], extended: 2 },
    Class { code: "STUDY", weight: 6, days: [180, 180], extended: 30 },
    Class { code: "WORK", weight: 8, days: [365, 365], extended: 25 },
    Class { code: "FAMILY", weight: 6, days: [90, 90], extended: 20 },
    Class { code: "OTHER", weight: 2, days: [90, 90], extended: 5 },
];

/// Grounds of refusal with their weight.
const GROUNDS: [(&str, u32); 10] = [
    ("A", 6),
    ("B", 2),
    ("C", 18),
    ("D", 1),
    ("E", 34),
    ("F", 14),
    ("G", 9),
    ("H", 13),
    ("I", 2),
    ("UNK", 1),
];

/// The number of persons who arrive on each day.
const A_DAY: u64 = 120;
/// The percentage of persons who are refused.
const REFUSED: u32 = 3;

/// Options of the scenario: its days, its seed and its files.
#[derive(Clone, Debug)]
pub struct Stays {
    /// The first day.
    pub from: Date,
    /// Number of days.
    pub days: u32,
    /// The seed of everything that is drawn.
    pub seed: u64,
    /// The file of events.
    pub out: PathBuf,
    /// The file of true counts, if one is wanted.
    pub truth: Option<PathBuf>,
    /// The file of true overstayers, if one is wanted.
    pub stock_truth: Option<PathBuf>,
}

impl Stays {
    /// The year 2024.
    pub fn new(out: PathBuf) -> Self {
        let from = Date::constant(2024, 1, 1);
        Self { from, days: 366, seed: 0, out, truth: None, stock_truth: None }
    }
}

/// An event in the course of one person.
#[derive(Clone, Copy)]
enum StayEvent {
    /// Refused at the border, on this ground.
    Refused {
        ground: &'static str,
    },
    /// A stay of this class is authorised until a day.
    Entered {
        class: usize,
        until: u32,
    },
    Extended {
        class: usize,
        until: u32,
        late: bool,
    },
    Revoked {
        class: usize,
        late: bool,
    },
    /// The date has passed; nobody sends an event for this.
    Lapsed {
        class: usize,
    },
    Left {
        class: usize,
        late: bool,
    },
}

/// Everything that one person does from a day on.
struct StayCourse<'d> {
    draw: &'d mut Draw,
    /// The percentage of visits that lapse.
    lapse: u32,
    acts: Vec<(u32, StayEvent)>,
}

impl StayCourse<'_> {
    fn happens(&mut self, percent: u32) -> bool {
        self.draw.below(100) < percent
    }

    /// A day at most `days` days after `from`.
    fn after(&mut self, from: u32, days: u32) -> u32 {
        from + 1 + self.draw.below(days)
    }

    fn arrive(&mut self, day: u32) {
        let mut day = day;
        if self.happens(REFUSED) {
            let ground = weighted(self.draw, GROUNDS.into_iter());
            self.acts.push((day, StayEvent::Refused { ground }));
            if self.happens(50) {
                return;
            }
            day = self.after(day, 30);
        }
        self.stay(day);
    }

    fn stay(&mut self, day: u32) {
        let classes = CLASSES.iter().enumerate().map(|(n, class)| (n, class.weight));
        let class = weighted(self.draw, classes);
        let Class { days, extended, .. } = CLASSES[class];
        let length = days[self.draw.below(2) as usize];
        let (mut since, mut until) = (day, day + length);
        self.acts.push((day, StayEvent::Entered { class, until }));
        if self.happens(1) {
            let revoked = self.after(day, length / 2);
            self.acts.push((revoked, StayEvent::Revoked { class, late: false }));
            return self.leave_late(class, revoked);
        }
        if self.happens(extended) {
            since = day + length / 2 + self.draw.below(length / 3);
            until += length / 2;
            self.acts.push((since, StayEvent::Extended { class, until, late: false }));
        }
        let lapse = if CLASSES[class].code == "VISIT" { 2 * self.lapse } else { self.lapse };
        if self.draw.below(200) < lapse {
            return self.lapse(class, until);
        }
        let left = match self.draw.below(2) {
            0 => until - self.draw.below(3),
            _ => since + self.draw.below(until - since + 1),
        };
        self.acts.push((left, StayEvent::Left { class, late: false }));
        self.come_again(left);
    }

    fn lapse(&mut self, class: usize, until: u32) {
        let lapsed = until + 1;
        self.acts.push((lapsed, StayEvent::Lapsed { class }));
        if self.happens(10) {
            let extended = self.after(lapsed, 60);
            let until = extended + 45;
            self.acts.push((extended, StayEvent::Extended { class, until, late: true }));
            let left = self.after(extended, 45);
            self.acts.push((left, StayEvent::Left { class, late: false }));
            return;
        }
        if self.happens(1) {
            let revoked = self.after(lapsed, 30);
            self.acts.push((revoked, StayEvent::Revoked { class, late: true }));
            return self.leave_late(class, revoked);
        }
        self.leave_late(class, lapsed);
    }

    /// Six in ten leave; for the others no departure is reported.
    fn leave_late(&mut self, class: usize, since: u32) {
        if self.happens(60) {
            let left = since + self.draw.below(90);
            self.acts.push((left, StayEvent::Left { class, late: true }));
            self.come_again(left);
        }
    }

    fn come_again(&mut self, left: u32) {
        if self.happens(20) {
            let day = left + 35 + self.draw.below(86);
            self.stay(day);
        }
    }
}

/// The truth: transitions by day, citizenship, and class or ground; and the number of persons past
/// the end of an authorised stay.
#[derive(Default)]
struct StayTruth {
    counts: BTreeMap<(u32, &'static str, &'static str, &'static str), u64>,
    changes: BTreeMap<(u32, &'static str), i64>,
}

impl StayTruth {
    fn add(&mut self, day: u32, citizenship: &'static str, act: StayEvent) {
        let (class_or_ground, name, change) = match act {
            StayEvent::Refused { ground } => (ground, "REFUSAL", 0),
            StayEvent::Entered { class, .. } => (CLASSES[class].code, "ENTRY", 0),
            StayEvent::Extended { class, late, .. } => {
                (CLASSES[class].code, "EXTENSION", -i64::from(late))
            }
            StayEvent::Revoked { class, late } => {
                (CLASSES[class].code, "REVOCATION", i64::from(!late))
            }
            StayEvent::Lapsed { class } => (CLASSES[class].code, "LAPSE", 1),
            StayEvent::Left { class, late: false } => (CLASSES[class].code, "DEPARTURE_IN_TIME", 0),
            StayEvent::Left { class, late: true } => (CLASSES[class].code, "DEPARTURE_LATE", -1),
        };
        *self.counts.entry((day, citizenship, class_or_ground, name)).or_default() += 1;
        *self.changes.entry((day, citizenship)).or_default() += change;
    }

    fn rows(&self, date: impl Fn(u32) -> Date) -> String {
        let rows =
            self.counts.iter().map(|(&(day, citizenship, class_or_ground, name), persons)| {
                format!("{},{citizenship},{class_or_ground},{name},{persons}\n", date(day))
            });
        let head = "date,citizenship,class_or_ground,transition,persons\n".to_owned();
        std::iter::once(head).chain(rows).collect()
    }

    fn stocks(&self, days: u32, date: impl Fn(u32) -> Date) -> String {
        let mut text = "date,citizenship,overstayers\n".to_owned();
        let mut present: BTreeMap<&str, i64> = BTreeMap::new();
        for day in 0..days {
            for (&(_, citizenship), change) in self.changes.range((day, "")..(day + 1, "")) {
                *present.entry(citizenship).or_default() += change;
            }
            for (citizenship, count) in present.iter().filter(|(_, count)| **count != 0) {
                text += &format!("{},{citizenship},{count}\n", date(day));
            }
        }
        text
    }
}

/// The row of an event without its id and pseudonym; `None` if nobody sends an event.
fn row(day: u32, citizenship: &str, act: StayEvent, date: &impl Fn(u32) -> Date) -> Option<String> {
    let (hour, kind, class, ground, until) = match act {
        StayEvent::Refused { ground } => (9, "REFUSAL", "UNK", ground, None),
        StayEvent::Entered { class, until } => {
            (8, "ENTRY", CLASSES[class].code, "NONE", Some(until))
        }
        StayEvent::Extended { class, until, .. } => {
            (10, "EXTENSION", CLASSES[class].code, "NONE", Some(until))
        }
        StayEvent::Revoked { class, .. } => (11, "REVOCATION", CLASSES[class].code, "NONE", None),
        StayEvent::Left { class, .. } => (12, "EXIT", CLASSES[class].code, "NONE", None),
        StayEvent::Lapsed { .. } => return None,
    };
    let until = until.map_or_else(|| "_Z".to_owned(), |until| date(until).to_string());
    let day = date(day);
    Some(format!("{day}T{hour:02}:00:00Z,{kind},{citizenship},{class},{ground},{until}\n"))
}

/// Writes the events and the true counts; returns the number of events and of persons.
///
/// Errors: files that cannot be written.
pub fn stays(options: &Stays) -> Result<(u64, u64), Error> {
    let date = |day: u32| options.from.saturating_add(Span::new().days(day));
    let mut draw = Draw::new(options.seed);
    let mut text = String::from(
        "event_id,pseudonym,occurred_at,kind,citizenship,stay_class,refusal_reason,\
         authorised_until\n",
    );
    let (mut events, mut persons, mut truth) = (0, 0, StayTruth::default());
    for day in 0..options.days {
        for _ in 0..A_DAY {
            persons += 1;
            let all = CITIZENSHIPS.into_iter();
            let (citizenship, lapse) =
                weighted(&mut draw, all.map(|(code, weight, lapse)| ((code, lapse), weight)));
            let mut course = StayCourse { draw: &mut draw, lapse, acts: vec![] };
            course.arrive(day);
            for (day, act) in course.acts.into_iter().filter(|(day, _)| *day < options.days) {
                truth.add(day, citizenship, act);
                if let Some(row) = row(day, citizenship, act, &date) {
                    events += 1;
                    text += &format!("s{events},syn1:stay{persons:010},{row}");
                }
            }
        }
    }
    write_file(&options.out, &text)?;
    if let Some(path) = &options.truth {
        write_file(path, &truth.rows(date))?;
    }
    if let Some(path) = &options.stock_truth {
        write_file(path, &truth.stocks(options.days, date))?;
    }
    Ok((events, persons))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegauge_model::Plan;

    fn run(seed: u64, days: u32) -> [String; 3] {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        let from = "2024-01-01".parse().unwrap();
        let (truth, stock_truth) = (Some(path("truth")), Some(path("stock")));
        let options = Stays { from, days, seed, out: path("events"), truth, stock_truth };
        stays(&options).unwrap();
        ["events", "truth", "stock"].map(|name| std::fs::read_to_string(path(name)).unwrap())
    }

    /// The state of one person in the life cycle.
    #[derive(Default)]
    struct StayWalk<'e> {
        status: usize,
        /// The day on which the timer fires, if one runs.
        due: Option<String>,
        /// The citizenship, and the class or ground.
        codes: [&'e str; 2],
    }

    fn following(day: &str) -> String {
        day.parse::<Date>().unwrap().tomorrow().unwrap().to_string()
    }

    /// Walks every person through the plan's life cycle, day by day, and counts what happens.
    #[test]
    fn the_truth_follows_from_the_events_by_the_life_cycle() {
        let plan = Plan::parse(include_str!("../../../plans/exit-metrics.toml")).unwrap();
        let [events, truth, stock] = run(3, 300);
        assert_eq!(events.lines().next().unwrap(), plan.event_columns().join(","));
        let cycle = &plan.life_cycle;
        let name =
            |arrow: tidegauge_model::plan::life_cycle::Arrow| cycle.names[arrow.name].clone();
        let mut by_day: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
        for line in events.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            by_day.entry(&fields[2][..10]).or_default().push(fields);
        }
        let mut walks: BTreeMap<&str, StayWalk> = BTreeMap::new();
        let (mut counts, mut stocks) = (BTreeMap::new(), BTreeMap::new());
        let mut day = "2024-01-01".to_owned();
        for _ in 0..300 {
            let mut count = |codes: [&str; 2], name: String| {
                *counts.entry(format!("{day},{},{},{name}", codes[0], codes[1])).or_insert(0) += 1;
            };
            for walk in walks.values_mut().filter(|walk| walk.due.as_ref() == Some(&day)) {
                let timer = cycle.timer(walk.status).expect("a timer");
                (walk.status, walk.due) = (timer.arrow.to, None);
                count(walk.codes, name(timer.arrow));
            }
            let mut events_of_day = by_day.remove(day.as_str()).unwrap_or_default();
            events_of_day.sort_by_key(|fields| fields[2]);
            for fields in events_of_day {
                let walk = walks.entry(fields[1]).or_default();
                let kind = cycle.kind(fields[3]).unwrap();
                let arrow = cycle.arrow(walk.status, kind).expect("the life cycle allows it");
                let class_or_ground = if fields[3] == "REFUSAL" { fields[6] } else { fields[5] };
                assert_eq!(fields[3] == "REFUSAL", fields[6] != "NONE");
                (walk.status, walk.codes) = (arrow.to, [fields[4], class_or_ground]);
                let timer = cycle.timer(arrow.to).filter(|_| fields[7] != "_Z");
                walk.due = timer.map(|_| following(fields[7]));
                count(walk.codes, name(arrow));
            }
            let past = ["LAPSED", "REVOKED"];
            for walk in walks.values().filter(|w| past.contains(&&*cycle.statuses[w.status])) {
                *stocks.entry(format!("{day},{}", walk.codes[0])).or_insert(0) += 1;
            }
            day = following(&day);
        }
        let lines = |counts: &BTreeMap<String, i32>| {
            let mut lines: Vec<String> = counts.iter().map(|(k, n)| format!("{k},{n}")).collect();
            lines.sort();
            lines
        };
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(lines(&counts), sorted(&truth));
        assert_eq!(lines(&stocks), sorted(&stock));
        for word in ["LAPSE", "DEPARTURE_LATE", "EXTENSION", "REVOCATION", "REFUSAL"] {
            assert!(truth.contains(&format!(",{word},")), "{word}");
        }
    }

    #[test]
    fn a_seed_means_the_same_bytes() {
        assert_eq!(run(5, 40), run(5, 40));
        assert_ne!(run(5, 40)[0], run(6, 40)[0]);
    }
}
