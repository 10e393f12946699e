//! Rehearsals of whole plans: the events that `simulate plan` invents are taken by a synthetic
//! store and released, and a naive counter finds in them what was made.
//!
//! Not here: the files themselves (`simulate/src/rehearsal/tests.rs`).

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use jiff::civil::Date;
use testkit::counter::{Calendar, HistoryRow, count};
use testkit::edit;
use testkit::program::{Workplace, succeed};
use tidegauge_model::{Plan, days};

/// Every plan that comes with the program, and one whose life cycle is written out.
const PLANS: [(&str, &str); 11] = [
    ("border", include_str!("../../../plans/border.toml")),
    ("asylum", include_str!("../../../plans/asylum.toml")),
    ("exit-metrics", include_str!("../../../plans/exit-metrics.toml")),
    ("returns", include_str!("../../../plans/returns.toml")),
    ("test border", include_str!("../../../testdata/plans/border.toml")),
    ("test asylum", include_str!("../../../testdata/plans/asylum.toml")),
    ("test exit-metrics", include_str!("../../../testdata/plans/exit-metrics.toml")),
    ("test returns", include_str!("../../../testdata/plans/returns.toml")),
    ("test hours", include_str!("../../../testdata/hours.toml")),
    ("test stays", include_str!("../../../testdata/stays.toml")),
    ("revisions", include_str!("../../../testdata/revisions.toml")),
];

/// The events of an edited plan in files by day of delivery, and the counts of what was made.
struct Rehearsed {
    plan: Plan,
    rows: Vec<DeliveredRow>,
    made: BTreeMap<(Date, String), i64>,
}

/// A row with the day on which it was delivered.
struct DeliveredRow {
    delivered: Date,
    fields: BTreeMap<String, String>,
}

impl Rehearsed {
    fn new(text: &str, flags: &[&str]) -> Self {
        let place = Workplace::with_plan(text);
        let [plan, out, truth] = ["plan.toml", "out", "truth.csv"].map(|name| place.text(name));
        let arguments = ["simulate", "plan", &plan, "--out", &out, "--truth", &truth];
        succeed(&[&arguments, flags].concat());
        let mut rows = Vec::new();
        for entry in fs::read_dir(&out).expect("the files") {
            let path = entry.expect("a file").path();
            let name = path.file_stem().expect("a day").display().to_string();
            let mut reader = csv::Reader::from_path(&path).expect("a file");
            rows.extend(reader.deserialize().map(|fields| DeliveredRow {
                delivered: name.parse().expect("a day"),
                fields: fields.expect("a row"),
            }));
        }
        let mut made: BTreeMap<(Date, String), i64> = BTreeMap::new();
        for line in fs::read_to_string(&truth).expect("the counts").lines().skip(1) {
            let [day, kind, name, events] =
                [0, 1, 2, 3].map(|n| line.split(',').nth(n).expect(line));
            if name.is_empty() {
                // The life cycle does not allow it.
                continue;
            }
            let (day, events): (Date, i64) =
                (day.parse().expect(line), events.parse().expect(line));
            for key in [kind, name].map(|word| (day, word.to_owned())) {
                *made.entry(key).or_default() += events;
            }
        }
        Self { plan: Plan::parse(text).expect("a plan"), rows, made }
    }

    /// The rows of each person, as the counter takes them.
    fn histories(&self, first: Date) -> Vec<Vec<HistoryRow>> {
        let mut persons: BTreeMap<&str, Vec<HistoryRow>> = BTreeMap::new();
        let number = |day: Date| days::number(day) - days::number(first);
        for DeliveredRow { delivered, fields } in &self.rows {
            let day: Date = fields["occurred_at"][..10].parse().expect("a day");
            let step = number(day);
            let kind = self.plan.life_cycle.kind(&fields["kind"]).expect("a kind");
            let until = fields.get("authorised_until").filter(|until| *until != "_Z");
            let until = until.map(|until| number(until.parse().expect("a day")) - step);
            let retracts = fields.get("action").is_some_and(|action| action == "retract");
            let row = HistoryRow {
                id: fields["event_id"][1..].parse().expect("a number"),
                step,
                after: number(*delivered) - step,
                kind: (!retracts).then_some(kind as u8),
                until: until.map(|days| days as i16),
                revision: fields.get("revision").map_or(0, |text| text.parse().expect("a number")),
                ..HistoryRow::PLAIN
            };
            persons.entry(&fields["pseudonym"]).or_default().push(row);
        }
        persons.into_values().collect()
    }

    /// What the naive counter finds, by day and by kind or name of a transition.
    fn counted(&self, first: Date, steps: i32) -> BTreeMap<(Date, String), i64> {
        let plan = counting_plan(&self.plan, first);
        let calendar =
            Calendar { first: -100, steps, window_of: |_| 0, month_of: |step| 1 + step / 30 };
        let mut counted: BTreeMap<(Date, String), i64> = BTreeMap::new();
        for history in self.histories(first) {
            for (place, by) in count(&plan, &calendar, &history).changes {
                let flow = &plan.dataflows[place.dataflow];
                let code = flow.structure.positions(place.cell)[0];
                let list = &flow.structure.dimensions()[0].code_list;
                let day = first + jiff::Span::new().days(place.occurred);
                let word = list.codes()[usize::from(code)].id.clone();
                *counted.entry((day, word)).or_default() += by;
            }
        }
        counted.retain(|_, events| *events != 0);
        counted
    }
}

/// A plan with the same life cycle that counts events by kind and by transition, each day, without
/// a bound that matters.
fn counting_plan(plan: &Plan, first: Date) -> Plan {
    let list = |id: &str, words: &[String]| {
        let words: BTreeSet<&String> = words.iter().collect();
        let code = |word: &&String| format!("{{ id = \"{word}\", name = \"{word}\" }}");
        let codes: Vec<String> = words.iter().map(code).collect();
        format!(
            "[[code_list]]\nid = \"{id}\"\nversion = \"1.0.0\"\nname = \"{id}\"\ncodes = [{}]\n",
            codes.join(", ")
        )
    };
    let flow = |id: &str, source: &str| {
        format!(
            "[[dataflow]]\nid = \"{id}\"\nname = \"{id}\"\ndescription = \"{id}\"\n\
             measure = \"flow\"\nunit = \"EVENTS\"\nstep = \"day\"\nbound = 64\nshare = \"1/2\"\n\
             strategy = \"identity\"\nvintages = [120]\n\
             dimensions = [{{ id = \"{id}\", from = \"{source}\", code_list = \"CL_{id}\" }}]\n"
        )
    };
    let arrivals = edit(include_str!("../../../testdata/revisions.toml"))
        .set("statement.start", first.to_string())
        .set("statement.expires", format!("{}-12-31", first.year()))
        .remove("life_cycle.id")
        .remove("life_cycle.statuses")
        .remove("life_cycle.kinds")
        .remove("life_cycle.transitions")
        .remove("code_list.CL_KIND")
        .remove("dataflow.ARRIVALS");
    let mut text = arrivals.text();
    let cycle = &plan.life_cycle;
    let is_ready_made = tidegauge_model::plan::LifeCycle::ready_made(&cycle.model).is_some();
    let written = match is_ready_made {
        true => format!("[life_cycle]\nmodel = \"{}\"\n", cycle.model),
        false => "[life_cycle]\nid = \"ARRIVALS\"\nstatuses = [\"ARRIVED\"]\n\
                  kinds = [\"ARRIVAL\"]\ntransitions = [\
                  { kind = \"ARRIVAL\", from = [\"UNSEEN\"], to = \"ARRIVED\" }]\n"
            .to_owned(),
    };
    text = text.replace("[life_cycle]\ncorrections = true\n", &written);
    if cycle.corrections {
        text = text.replace("[life_cycle]\n", "[life_cycle]\ncorrections = true\n");
    }
    text += &list("CL_KIND", &cycle.kinds);
    text += &list("CL_NAME", &cycle.names);
    text += &flow("KIND", "kind");
    text += &flow("NAME", "transition");
    let mut plan = Plan::parse(&text).expect("a plan");
    for flow in &mut plan.dataflows {
        flow.bound.window = 10_000;
    }
    plan
}

#[test]
fn every_plan_takes_its_events_and_releases() {
    take_and_release(&|name| !name.starts_with("test"));
}

#[test]
fn every_plan_of_the_tests_takes_its_events_and_releases() {
    take_and_release(&|name| name.starts_with("test"));
}

/// Takes the events of the first step of each of these plans into a store, and releases it.
fn take_and_release(is_chosen: &dyn Fn(&str) -> bool) {
    for (name, text) in PLANS.into_iter().filter(|(name, _)| is_chosen(name)) {
        let place = Workplace::with_plan(text);
        let (plan, store) = (place.text("plan.toml"), place.synthetic("store", None));
        let checked = Plan::parse(text).expect("a plan");
        let step = checked.first_step();
        let events = place.text("events.parquet");
        let flags = ["--events-per-day", "60", "--persons", "200", "--late", "10"];
        let last = step.last().to_string();
        let arguments = ["simulate", "plan", &plan, "--out", &events, "--to", &last];
        succeed(&[&arguments[..], &flags].concat());
        let said = succeed(&["ingest", &store, &events]);
        assert!(!said.contains("skip"), "{name}: {said}");
        succeed(&["release", &store, "--until", &step.to_string()]);
        let released = testkit::program::releases(&store);
        assert!(!released.is_empty(), "{name}");
    }
}

/// The files of each day of delivery, taken before the day is released: late rows and corrections
/// reach days that are public already.
#[test]
fn files_can_be_taken_day_by_day() {
    let text = include_str!("../../../testdata/revisions.toml");
    let place = Workplace::with_plan(text);
    let (plan, store, out) = (place.text("plan.toml"), place.synthetic("store", None), "out");
    let flags = ["--to", "2022-06-12", "--late", "20", "--corrections", "20"];
    let arguments = ["simulate", "plan", &plan, "--out", &place.text(out)];
    let said = succeed(&[&arguments[..], &flags].concat());
    assert!(["late", "corrected", "retracted"].iter().any(|word| said.contains(word)), "{said}");
    let mut files: Vec<_> = fs::read_dir(place.path(out)).expect("the files").collect();
    files.sort_by_key(|entry| entry.as_ref().expect("a file").file_name());
    for entry in files {
        let path = entry.expect("a file").path();
        let day = path.file_stem().expect("a day").display().to_string();
        succeed(&["ingest", &store, &path.display().to_string()]);
        if day.as_str() >= "2022-06-01" {
            succeed(&["release", &store, "--until", &day]);
        }
    }
    succeed(&["ledger", "verify", &store]);
}

/// In order of delivery, with late rows, corrections and retractions, the naive counter finds the
/// transitions that were made, and every transition of the life cycle among them.
#[test]
fn a_naive_counter_finds_the_transitions_that_were_made() {
    for (name, text) in &PLANS[..] {
        if name.starts_with("test") {
            continue;
        }
        for corrections in [false, true] {
            let plan = edit(text);
            let text = match (corrections, plan.has("life_cycle.corrections")) {
                (true, false) => plan.add("life_cycle.corrections", true).text(),
                (false, true) => plan.change("life_cycle.corrections", false).text(),
                _ => plan.text(),
            };
            let first = Plan::parse(&text).expect("a plan").first_step().first();
            let last = first + jiff::Span::new().days(199);
            let last = last.to_string();
            let flags =
                ["--to", &last, "--events-per-day", "12", "--persons", "200", "--length", "12"];
            let more = ["--late", "20", "--uneven", "20", "--seed", "3", "--illegal", "5"];
            let rehearsed = Rehearsed::new(&text, &[&flags[..], &more].concat());
            let retracted = |row: &DeliveredRow| {
                row.fields.get("action").is_some_and(|action| action == "retract")
            };
            assert_eq!(rehearsed.rows.iter().any(retracted), corrections, "{name}");
            let counted = rehearsed.counted(first, 200);
            let names: BTreeSet<&str> = counted.keys().map(|(_, word)| word.as_str()).collect();
            let cycle = &rehearsed.plan.life_cycle;
            let missing = cycle.kinds.iter().chain(&cycle.names);
            let missing: Vec<_> = missing.filter(|word| !names.contains(word.as_str())).collect();
            assert!(missing.is_empty(), "{name}: {missing:?}");
            let made: BTreeMap<_, _> =
                rehearsed.made.into_iter().filter(|((day, _), _)| *day >= first).collect();
            let by_event = counted.iter().filter(|(key, _)| made.contains_key(key));
            let by_event: BTreeMap<_, _> = by_event.map(|(k, v)| (k.clone(), *v)).collect();
            assert!(made.len() > 150, "{name}: {}", made.len());
            assert_eq!(by_event, made, "{name}, corrections: {corrections}");
        }
    }
}
