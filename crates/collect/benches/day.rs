//! The time to close a day of 1.3 million events under the plan `exit-metrics`, with three million
//! persons present, and the parts of that time.
//!
//! Not here: a test. Nothing fails because a machine is slow.
//!
//! Run by `cargo bench -p tidegauge-collect --bench day`. Persons are synthetic.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark")]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use tidegauge_collect::{Ingest, OnBadRow, Population, Releasing, Store, init};
use tidegauge_fold::{
    ATTRIBUTES_MAX, Event, Kernel, NO_CODE, PARTITIONS, Partition, Pseudonym, StepKind,
};
use tidegauge_model::plan::Attribute;
use tidegauge_model::{Days, EventOrder, Period, Plan, days};

const PLAN: &str = include_str!("../../../plans/exit-metrics.toml");
/// The number of persons present before the first day, each authorised for up to half a year.
const PRESENT: u64 = 3_000_000;
/// The number of events on the timed day.
const EVENTS: u64 = 1_300_000;
const THREADS: usize = 2;

/// One event: person, day of January (0: the last of December), kind, days that it grants.
type TimedEvent = (u64, i32, usize, Option<u32>);

/// The entries of the persons present before the first day.
fn before() -> impl Iterator<Item = TimedEvent> {
    (0..PRESENT).map(|person| (person, 0, 0, Some(1 + (person * 7919 % 180) as u32)))
}

/// The day: half departures, then new entries, some extensions and refusals.
fn day() -> impl Iterator<Item = TimedEvent> {
    (0..EVENTS).map(|n| match n % 10 {
        0..5 => (n * 2 % PRESENT, 2, 1, None),
        5..8 => (PRESENT + n, 2, 0, Some(30 + (n % 60) as u32)),
        8 => (n * 2 % PRESENT + 1, 2, 4, Some(90)),
        _ => (PRESENT + n, 2, 2, None),
    })
}

fn date(day: i32, more: u32) -> jiff::civil::Date {
    let eve: jiff::civil::Date = "2023-12-31".parse().expect("a date");
    eve.saturating_add(jiff::Span::new().days(i64::from(day) + i64::from(more)))
}

fn write(plan: &Plan, path: &Path, events: impl Iterator<Item = TimedEvent>) {
    let mut out = BufWriter::new(File::create(path).expect("a file"));
    writeln!(out, "{}", plan.event_columns().join(",")).expect("room");
    let codes: Vec<Vec<&str>> = plan
        .attributes
        .iter()
        .map(|attribute| {
            let all = attribute.code_list.codes();
            open_codes(attribute).into_iter().map(|code| all[code].id.as_str()).collect()
        })
        .collect();
    for (number, (person, day, kind, grants)) in events.enumerate() {
        let until = grants.map_or("_Z".to_owned(), |days| date(day, days).to_string());
        let code = |number: usize| codes[number][(person % codes[number].len() as u64) as usize];
        let person_codes: Vec<&str> = (0..codes.len()).map(code).collect();
        let codes = person_codes.join(",");
        let (kind, day) = (&plan.life_cycle.kinds[kind], date(day, 0));
        writeln!(out, "e{number},syn1:p{person:09},{day}T12:00:00+01:00,{kind},{codes},{until}")
            .expect("room");
    }
}

/// The positions of the codes of an attribute that events can have, without reserved places.
fn open_codes(attribute: &Attribute) -> Vec<usize> {
    let codes = attribute.code_list.codes();
    (0..codes.len()).filter(|&code| !codes[code].is_reserved()).collect()
}

/// The same event as the kernel sees it.
fn event(plan: &Plan, starts: &Days, (person, day, kind, grants): TimedEvent, id: u64) -> Event {
    let mut codes = [NO_CODE; ATTRIBUTES_MAX];
    for (code, attribute) in codes.iter_mut().zip(&plan.attributes) {
        let open = open_codes(attribute);
        *code = open[(person % open.len() as u64) as usize] as u16;
    }
    let number = days::number(date(day, 0));
    codes[plan.attributes.len()] = grants.map_or(NO_CODE, |days| number as u16 + days as u16);
    // Spreads persons over the partitions as the key of a store does.
    let bits = u128::from(person.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 64 | u128::from(person);
    let at = starts.start(number) + 43_200_000;
    Event { pseudonym: Pseudonym::from_bits(bits), id, at, kind: kind as u8, age: 0, codes }
}

fn by_partition(events: impl Iterator<Item = Event>) -> Vec<Vec<Event>> {
    let mut all = vec![Vec::new(); PARTITIONS];
    events.for_each(|event| all[Partition::of(event.pseudonym)].push(event));
    all
}

/// Folds a step of every partition on both threads.
fn fold(kernel: &Kernel, persons: &mut [Partition], events: &mut [Vec<Event>], step: StepKind) {
    let half = PARTITIONS / THREADS;
    std::thread::scope(|scope| {
        for (persons, events) in persons.chunks_mut(half).zip(events.chunks_mut(half)) {
            scope.spawn(move || {
                let (mut tally, mut present) = (kernel.tally(), kernel.presence());
                for (persons, events) in persons.iter_mut().zip(events) {
                    kernel.fold(persons, events, step, (&mut tally, &mut present));
                }
            });
        }
    });
}

fn parts(plan: &Plan) {
    let kernel = Kernel::new(plan, EventOrder::LifeCycle).expect("few codes");
    let starts = plan.days();
    let mut persons: Vec<Partition> =
        (0..PARTITIONS).map(|_| Partition::new(kernel.width())).collect();
    let partitioned = |events: &mut dyn Iterator<Item = TimedEvent>| {
        by_partition((0..).zip(events).map(|(id, timed)| event(plan, &starts, timed, id)))
    };
    fold(&kernel, &mut persons, &mut partitioned(&mut before()), StepKind::Seed);
    let step = |day: i32| {
        let last = days::number(date(day, 0));
        StepKind::Step { window: 0, month: 1, in_window: day.unsigned_abs(), last }
    };
    let no_events = || vec![Vec::new(); PARTITIONS];
    fold(&kernel, &mut persons, &mut no_events(), step(1));
    let mut events = partitioned(&mut day());
    let start = Instant::now();
    fold(&kernel, &mut persons, &mut events, step(2));
    println!("fold of the day, timers included:  {:.3} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    fold(&kernel, &mut persons, &mut no_events(), step(3));
    println!("timers of a day without events:    {:.3} s", start.elapsed().as_secs_f64());
}

fn main() {
    let plan = Plan::parse(PLAN).expect("a plan");
    println!("{EVENTS} events, {PRESENT} persons present, {THREADS} threads");
    parts(&plan);
    let place = tempfile::tempdir().expect("a directory");
    let path = |name: &str| -> PathBuf { place.path().join(name) };
    let now = "2024-02-01T00:00:00Z".parse().expect("an instant");
    init(&path("store"), PLAN, &plan, &Population::Synthetic { noise_seed: None }, now)
        .expect("a store");
    let mut store = Store::open(&path("store")).expect("a store");
    let ingest = |store: &mut Store, name: &str, events: &mut dyn Iterator<Item = TimedEvent>| {
        write(&plan, &path(name), events);
        let how = Ingest {
            format: None,
            submitter: "bench".into(),
            threads: THREADS,
            now,
            on_bad_row: OnBadRow::Refuse,
        };
        let start = Instant::now();
        store.ingest(&[path(name).into()], &how).expect("good rows");
        start.elapsed().as_secs_f64()
    };
    let release = |store: &mut Store, until: &str| {
        let start = Instant::now();
        let until = Period::parse(until);
        store
            .release(&Releasing { until, ..Releasing::closed(now, THREADS) }, &mut |_| {})
            .expect("a release");
        start.elapsed().as_secs_f64()
    };
    ingest(&mut store, "before.csv", &mut before());
    release(&mut store, "2024-01-01");
    let seconds = ingest(&mut store, "day.csv", &mut day());
    println!("ingest of the day, one CSV file:   {seconds:.3} s");
    println!("the day closes, snapshots and all: {:.3} s", release(&mut store, "2024-01-02"));
    println!("the next day closes, no events:    {:.3} s", release(&mut store, "2024-01-03"));
}
