//! Rates of a plan, through the whole program: with next to no noise they are those of the input,
//! and with noise their intervals contain those.
//!
//! Not here: protection. The budget of these synthetic stores is absurd on purpose.

#![cfg(test)]

use std::collections::BTreeMap;

use testkit::plans::STAYS;
use testkit::program::{Workplace, succeed};
use testkit::{PlanText, edit, toml};

const RATES: &str = r#"
[[rate]]
id = "LAPSE_RATE"
name = "Lapses among stays that were due"
description = "Lapses per departure in time or lapse."
by = ["CITIZENSHIP"]
numerator = { dataflow = "TRANSITIONS", codes = { TRANSITION = ["LAPSE"] } }
denominator = { dataflow = "TRANSITIONS", codes = { TRANSITION = ["LAPSE", "DEPARTURE_IN_TIME"] } }

[[rate]]
id = "LATE_RATE"
name = "Late departures per lapsed stay"
description = "Late departures of a period over the lapsed stays at its end."
numerator = { dataflow = "TRANSITIONS", codes = { TRANSITION = ["DEPARTURE_LATE"] } }
denominator = { dataflow = "LAPSED", indicator = "STOCK" }

[[rate]]
id = "LAPSES_PER_EXIT"
name = "Lapses per exit"
description = "Lapses of a period over its exits."
numerator = { dataflow = "TRANSITIONS", codes = { TRANSITION = ["LAPSE"] } }
denominator = { dataflow = "EVENTS", codes = { KIND = ["EXIT"] } }

[[rate]]
id = "LAPSES_OF_ENDS"
name = "Lapses among lapses and exits"
description = "Lapses of a period over its lapses and exits."
numerator = { dataflow = "TRANSITIONS", codes = { TRANSITION = ["LAPSE"] } }
denominator = [
    { dataflow = "EVENTS", codes = { KIND = ["EXIT"] } },
    { dataflow = "TRANSITIONS", codes = { TRANSITION = ["LAPSE"] } },
]
"#;

/// Days on which persons enter.
const DAYS: i32 = 80;

/// The number of persons who enter on a day, counted from the plan's first, by citizenship.
fn entered(day: i32) -> [i32; 2] {
    if (0..DAYS).contains(&day) { [24 + day * 7 % 11, 40 + day * 5 % 13] } else { [0, 0] }
}

/// Splits a number of persons into those who leave on the next day, after three days, never, and
/// after nine days.
fn split(all: i32) -> [i32; 4] {
    [0, 1, 2, 3].map(|class| (all + 3 - class) / 4)
}

/// Lapses, departures in time and late departures of a day, by citizenship. A stay is authorised
/// until the fifth day after its first and lapses on the next.
fn transitions(day: i32) -> [[i32; 3]; 2] {
    [0, 1].map(|who| {
        let entered_before = |days: i32| split(entered(day - days)[who]);
        [
            entered_before(6)[2] + entered_before(6)[3],
            entered_before(1)[0] + entered_before(3)[1],
            entered_before(9)[3],
        ]
    })
}

fn date(day: i32) -> String {
    let first: jiff::civil::Date = "2024-01-01".parse().expect("a date");
    first.checked_add(jiff::Span::new().days(day)).expect("a date").to_string()
}

/// Rates by id, citizenship and day: value, low and high.
type RateIntervals = BTreeMap<(String, String, String), [f64; 3]>;

/// The rates that a store of these persons publishes under a plan.
fn published(plan: &str, seed: &str) -> RateIntervals {
    let place = Workplace::with_plan(plan);
    let store = place.synthetic("store", Some(&seed.repeat(32)));
    let mut events = String::from(
        "event_id,pseudonym,occurred_at,kind,citizenship,stay_class,authorised_until\n",
    );
    let mut person = 0;
    for day in 0..DAYS {
        for (who, citizenship) in ["B", "C"].into_iter().enumerate() {
            for (class, many) in split(entered(day)[who]).into_iter().enumerate() {
                for _ in 0..many {
                    person += 1;
                    let head = format!("syn1:person{person:06}");
                    let (until, at) = (date(day + 5), date(day));
                    events += &format!(
                        "in{person},{head},{at}T10:00:00Z,ENTRY,{citizenship},SHORT,{until}\n"
                    );
                    let Some(left) = [Some(1), Some(3), None, Some(9)][class] else { continue };
                    let at = date(day + left);
                    events +=
                        &format!("out{person},{head},{at}T12:00:00Z,EXIT,{citizenship},SHORT,_Z\n");
                }
            }
        }
    }
    let file = place.write("events.csv", events);
    succeed(&["ingest", &store, &file]);
    succeed(&["release", &store, "--until", &date(DAYS - 1)]);
    let mut rates = RateIntervals::new();
    for id in ["LAPSE_RATE", "LATE_RATE", "LAPSES_PER_EXIT", "LAPSES_OF_ENDS"] {
        let text = succeed(&["export", &store, "--dataflow", id, "--derive"]);
        let by = usize::from(id == "LAPSE_RATE");
        for line in text.lines().filter(|line| line.starts_with("D,")) {
            let fields: Vec<&str> = line.split(',').collect();
            assert_eq!((fields[2], fields.len()), (id, 7 + by), "{line}");
            let number = |n: usize| fields[n].parse::<f64>().ok();
            let numbers = (number(4 + by), number(5 + by), number(6 + by));
            let (Some(rate), Some(low), Some(high)) = numbers else { continue };
            let citizenship = if by == 1 { fields[3] } else { "_T" };
            let key = (id.to_owned(), citizenship.to_owned(), fields[3 + by].to_owned());
            rates.insert(key, [rate, low, high]);
        }
    }
    rates
}

/// The rates of the input.
fn truth() -> BTreeMap<(String, String, String), f64> {
    let mut truth = BTreeMap::new();
    let mut lapsed = 0;
    for day in 0..DAYS {
        let [b, c] = transitions(day);
        let all = [0, 1, 2].map(|n| f64::from(b[n] + c[n]));
        lapsed += b[0] + c[0] - b[2] - c[2];
        let mut add = |id: &str, who: &str, rate: f64| {
            truth.insert((id.to_owned(), who.to_owned(), date(day)), rate);
        };
        for (who, own) in [("B", b), ("C", c)] {
            add("LAPSE_RATE", who, f64::from(own[0]) / f64::from(own[0] + own[1]));
        }
        add("LATE_RATE", "_T", all[2] / f64::from(lapsed));
        add("LAPSES_PER_EXIT", "_T", all[0] / (all[1] + all[2]));
        add("LAPSES_OF_ENDS", "_T", all[0] / (all[0] + all[1] + all[2]));
    }
    truth
}

fn plan(rho: &str) -> PlanText {
    edit(STAYS).set("privacy.rho", rho).append(RATES)
}

#[test]
fn a_rate_is_that_of_what_was_put_in() {
    let published = published(&plan("1000000000000").text(), "09");
    let (mut compared, truth) = (0, truth());
    for (at, [rate, low, high]) in &published {
        if at.1 == "A" {
            continue;
        }
        let meant = truth[at];
        assert!((rate - meant).abs() < 2e-4, "{at:?}: {rate} for {meant}");
        // The least possible noise has a variance of a sixteenth.
        assert!(*low <= meant + 1e-4 && meant - 1e-4 <= *high && high - low < 0.1, "{at:?}");
        compared += 1;
    }
    assert!(compared > 5 * 70, "{compared}");
}

/// Under `identity` days and cells are independent. Over R intervals the share that contains the
/// truth is off by more than sqrt(ln(2 / p) / (2 R)) with probability below p = 1e-6 (Hoeffding);
/// the lattice of the noise may add a hundredth.
#[test]
fn intervals_hold_the_rates_of_what_was_put_in() {
    hold(&by_day().text(), &["11", "23", "37"], 1.0);
}

/// The same where both sides are sums of cells of one table, with transitions apart or not. The
/// figures of one day share noise there, so that as many intervals are worth half as many.
#[test]
fn intervals_over_cells_of_a_table_hold_the_rates_of_what_was_put_in() {
    let marginals = "[{ of = [\"CITIZENSHIP\", \"TRANSITION\"], grain = \"day\" }]";
    let table = || by_day().add("dataflow.TRANSITIONS.margins", toml(marginals));
    hold(&table().text(), &["11", "23"], 0.5);
    let apart = table().add("dataflow.TRANSITIONS.apart", toml("[\"TRANSITION\"]"));
    hold(&apart.text(), &["37"], 0.5);
}

/// The plan under `identity`, by the day.
fn by_day() -> PlanText {
    plan("100")
        .change("dataflow.TRANSITIONS.strategy", "identity")
        .remove("dataflow.TRANSITIONS.bound_month")
}

fn hold(plan: &str, seeds: &[&str], worth: f64) {
    let (mut intervals, mut contained) = (0u32, 0u32);
    let truth = truth();
    for seed in seeds {
        for (at, [_, low, high]) in published(plan, seed) {
            // Stocks are not independent from day to day; nobody is of citizenship A.
            if at.0 == "LATE_RATE" || at.1 == "A" {
                continue;
            }
            let meant = truth[&at];
            intervals += 1;
            contained += u32::from(low <= meant && meant <= high);
        }
    }
    assert!(intervals > 200 * seeds.len() as u32, "{intervals}");
    let off = ((2.0f64 / 1e-6).ln() / (2.0 * worth * f64::from(intervals))).sqrt() + 0.01;
    let part = f64::from(contained) / f64::from(intervals);
    assert!((part - 0.95).abs() <= off, "{contained} of {intervals}");
}
