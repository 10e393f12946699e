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

/// A rate whose both sides name groups, and [`RATES`]' first one with the codes of its group.
const RATES_WITH_GROUPS: &str = r#"
[[rate]]
id = "LATE_SHARE"
name = "Late departures among stays that ended or lapsed"
description = "Late departures per lapse or departure."
by = ["CITIZENSHIP"]
numerator = { dataflow = "TRANSITIONS", codes = { TRANSITION = ["AFTERWARDS"] } }
denominator = { dataflow = "TRANSITIONS", codes = { TRANSITION = ["AFTERWARDS", "DUE_TO_END"] } }

[[rate]]
id = "LAPSE_RATE_BY_CODE"
name = "Lapses among stays that were due, by code"
description = "Lapses per departure in time or lapse."
by = ["CITIZENSHIP"]
numerator = { dataflow = "TRANSITIONS", codes = { TRANSITION = ["LAPSE"] } }
denominator = { dataflow = "TRANSITIONS", codes = { TRANSITION = ["LAPSE", "DEPARTURE_IN_TIME"] } }
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

/// Rates with the parts of their key that name citizenships; none where the rate has no such part.
type RateKeys<'a> = &'a [(&'a str, Option<&'a str>)];

/// The rates of [`RATES`], by every citizenship.
const EACH_CITIZENSHIP: RateKeys = &[
    ("LAPSE_RATE", Some("")),
    ("LATE_RATE", None),
    ("LAPSES_PER_EXIT", None),
    ("LAPSES_OF_ENDS", None),
];

/// The rates that a store of these persons publishes under a plan.
fn published(plan: &str, seed: &str, keys: RateKeys) -> RateIntervals {
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
    for (id, citizenships) in keys {
        let key = match citizenships {
            Some(citizenships) => format!("D..{id}.{citizenships}"),
            None => format!("D..{id}"),
        };
        let export =
            |key: &str| succeed(&["export", &store, "--dataflow", id, "--key", key, "--derive"]);
        let text = export(&key);
        if citizenships.is_some() {
            let total = export(&format!("D..{id}._T"));
            assert_eq!(export(&format!("D..{id}")), total, "what is left out is a total");
        }
        let by = usize::from(citizenships.is_some());
        for line in text.lines().filter(|line| line.starts_with("D,")) {
            let fields: Vec<&str> = line.split(',').collect();
            assert_eq!((fields[2], fields.len()), (*id, 8 + by), "{line}");
            let number = |n: usize| fields[n].parse::<f64>().ok();
            let numbers = (number(4 + by), number(5 + by), number(6 + by));
            let (Some(rate), Some(low), Some(high)) = numbers else { continue };
            let citizenship = if by == 1 { fields[3] } else { "_T" };
            let key = ((*id).to_owned(), citizenship.to_owned(), fields[3 + by].to_owned());
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
        let both = [0, 1, 2].map(|n| b[n] + c[n]);
        for (who, own) in [("B", b), ("C", c), ("EAST", both), ("_T", both)] {
            add("LAPSE_RATE", who, f64::from(own[0]) / f64::from(own[0] + own[1]));
            add("LATE_SHARE", who, f64::from(own[2]) / f64::from(own.iter().sum::<i32>()));
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

/// The plan with groups of citizenships, kinds and transitions, which its rates name.
fn grouped(plan: PlanText) -> PlanText {
    let transitions = [
        ("LAPSE", "DUE_TO_END"),
        ("DEPARTURE_IN_TIME", "DUE_TO_END"),
        ("DEPARTURE_LATE", "AFTERWARDS"),
        ("ENTRY", "OTHER"),
        ("EXTENSION", "OTHER"),
        ("REFUSAL", "OTHER"),
    ];
    let citizenships = [("A", "WEST"), ("B", "EAST"), ("C", "EAST")];
    let code = |(id, group)| format!("{{ id = \"{id}\", name = \"c\", group = \"{group}\" }}");
    let codes = |codes: Vec<String>| toml(&format!("[{}]", codes.join(", ")));
    let groups = |ids: &[&str]| {
        let group = |id: &&str| format!("{{ id = \"{id}\", name = \"g\" }}");
        toml(&format!("[{}]", ids.iter().map(group).collect::<Vec<_>>().join(", ")))
    };
    let kinds = [("EXIT", "OUT"), ("GRANT", "DECISION")];
    plan.append(RATES_WITH_GROUPS)
        .add("code_list.CL_KIND.groups", groups(&["OUT", "DECISION"]))
        .change("code_list.CL_KIND.codes", codes(kinds.map(code).to_vec()))
        .change("rate.LAPSES_PER_EXIT.denominator.codes.KIND", toml("[\"OUT\"]"))
        .add("code_list.CL_TRANSITION.groups", groups(&["DUE_TO_END", "AFTERWARDS", "OTHER"]))
        .change("code_list.CL_TRANSITION.codes", codes(transitions.map(code).to_vec()))
        .add("code_list.CL_CITIZENSHIP.groups", groups(&["WEST", "EAST"]))
        .change("code_list.CL_CITIZENSHIP.codes", codes(citizenships.map(code).to_vec()))
        .change("rate.LAPSE_RATE.denominator.codes.TRANSITION", toml("[\"DUE_TO_END\"]"))
        .change("rate.LATE_RATE.numerator.codes.TRANSITION", toml("[\"AFTERWARDS\"]"))
}

/// Two rates by citizenship, by groups of citizenships, and in total.
const WITH_GROUPS: RateKeys = &[
    ("LAPSE_RATE", Some("B+C+EAST+_T")),
    ("LATE_SHARE", Some("B+C+EAST+_T")),
    ("LATE_RATE", None),
    ("LAPSES_PER_EXIT", None),
    ("LAPSES_OF_ENDS", None),
];

/// The plan whose transitions are a table of these marginals; nothing is apart if this is empty.
fn table(plan: PlanText, marginals: &str, apart: &str) -> PlanText {
    let table = plan.add("dataflow.TRANSITIONS.margins", toml(marginals));
    match apart {
        "" => table,
        apart => table.add("dataflow.TRANSITIONS.apart", toml(apart)),
    }
}

/// Marginals of which every rate can be made.
const BY_BOTH: &str = "[{ of = [\"CITIZENSHIP\", \"TRANSITION\"], grain = \"day\" }, \
                       { of = [\"CITIZENSHIP/1\", \"TRANSITION\"], grain = \"day\", weight = 3 }]";

/// Compares the rates that a plan with next to no noise publishes with those of the input.
fn compare(plan: &str, keys: RateKeys, least: u32, width: f64) {
    let published = published(plan, "09", keys);
    let (mut compared, truth) = (0, truth());
    for (at, [rate, low, high]) in &published {
        if at.1 == "A" {
            continue;
        }
        let meant = truth[at];
        assert!((rate - meant).abs() < 2e-4, "{at:?}: {rate} for {meant}");
        // The least possible noise has a variance of a sixteenth in each cell, in a table more.
        let is_held = *low <= meant + 1e-4 && meant - 1e-4 <= *high;
        assert!(is_held && high - low < width, "{at:?}: {low} to {high}");
        compared += 1;
    }
    assert!(compared > least, "{compared}");
}

#[test]
fn a_rate_is_that_of_what_was_put_in() {
    compare(&plan("1000000000000").text(), EACH_CITIZENSHIP, 5 * 70, 0.1);
}

/// Sides name groups of transitions, and keys groups of citizenships: of cells that are measured
/// separately, of a table, and of one in which transitions stand apart.
#[test]
fn rates_of_groups_are_those_of_what_was_put_in() {
    let exact = || grouped(by_day("1000000000000"));
    compare(&exact().text(), WITH_GROUPS, 11 * 70, 0.3);
    compare(&table(exact(), BY_BOTH, "").text(), WITH_GROUPS, 11 * 70, 0.3);
    compare(&table(exact(), BY_BOTH, "[\"TRANSITION\"]").text(), WITH_GROUPS, 11 * 70, 0.3);
    // A table that measures groups of transitions only.
    let groups = "[{ of = [\"CITIZENSHIP\", \"TRANSITION/1\"], grain = \"day\" }]";
    compare(&table(exact(), groups, "").text(), &WITH_GROUPS[1..3], 5 * 70, 0.3);
}

/// Under `identity` days and cells are independent. Over R intervals the share that contains the
/// truth is off by more than sqrt(ln(2 / p) / (2 R)) with probability below p = 1e-6 (Hoeffding);
/// the lattice of the noise may add a hundredth.
#[test]
fn intervals_hold_the_rates_of_what_was_put_in() {
    let plan = by_day("100").text();
    hold(&all_published(&plan, &["11", "23", "37"], EACH_CITIZENSHIP), 1.0);
}

/// The same where both sides are sums of cells of one table, with transitions apart or not. The
/// figures of one day share noise there, so that as many intervals are worth half as many.
#[test]
fn intervals_over_cells_of_a_table_hold_the_rates_of_what_was_put_in() {
    let marginals = "[{ of = [\"CITIZENSHIP\", \"TRANSITION\"], grain = \"day\" }]";
    let plan = table(by_day("100"), marginals, "").text();
    hold(&all_published(&plan, &["11", "23"], EACH_CITIZENSHIP), 0.5);
    let apart = table(by_day("100"), marginals, "[\"TRANSITION\"]").text();
    hold(&all_published(&apart, &["37"], EACH_CITIZENSHIP), 0.5);
}

/// The same where sides name groups of transitions and keys a group of citizenships. Days are
/// independent, so that four intervals a day are worth one at least. A group gives the interval of
/// its codes, but for the rounding of margins.
#[test]
fn intervals_of_rates_of_groups_hold_the_rates_of_what_was_put_in() {
    let keys: RateKeys = &[
        ("LAPSE_RATE", Some("EAST+_T")),
        ("LATE_SHARE", Some("B+EAST")),
        ("LAPSE_RATE_BY_CODE", Some("EAST+_T")),
    ];
    let plan = grouped(by_day("100"));
    let (cells, figures) = (plan.text(), table(plan.clone(), BY_BOTH, "").text());
    let apart = table(plan, BY_BOTH, "[\"TRANSITION\"]").text();
    let stores: [(_, &[_]); 3] = [(cells, &["11"]), (figures, &["23", "37"]), (apart, &["41"])];
    for (plan, seeds) in stores {
        let mut all = all_published(&plan, seeds, keys);
        for published in &mut all {
            let by_code = published.extract_if(.., |at, _| at.0 == "LAPSE_RATE_BY_CODE");
            let by_code: Vec<_> = by_code.collect();
            assert!(by_code.len() > 140);
            for ((_, citizenship, day), by_code) in by_code {
                let by_group = published[&("LAPSE_RATE".to_owned(), citizenship, day)];
                for (one, other) in by_group.iter().zip(by_code) {
                    assert!((one - other).abs() < 2e-3, "{by_group:?} {by_code:?}");
                }
            }
        }
        hold(&all, 0.25);
    }
}

/// The plan under `identity`, by the day.
fn by_day(rho: &str) -> PlanText {
    plan(rho)
        .change("dataflow.TRANSITIONS.strategy", "identity")
        .remove("dataflow.TRANSITIONS.bound_month")
}

/// The rates that stores of a plan publish, one of each seed.
fn all_published(plan: &str, seeds: &[&str], keys: RateKeys) -> Vec<RateIntervals> {
    seeds.iter().map(|seed| published(plan, seed, keys)).collect()
}

fn hold(all: &[RateIntervals], worth: f64) {
    let (mut intervals, mut contained) = (0u32, 0u32);
    let truth = truth();
    for (at, [_, low, high]) in all.iter().flatten() {
        // Stocks are not independent from day to day; nobody is of citizenship A.
        if at.0 == "LATE_RATE" || at.1 == "A" {
            continue;
        }
        let meant = truth[at];
        intervals += 1;
        contained += u32::from(*low <= meant && meant <= *high);
    }
    assert!(intervals > 200 * all.len() as u32, "{intervals}");
    let off = ((2.0f64 / 1e-6).ln() / (2.0 * worth * f64::from(intervals))).sqrt() + 0.01;
    let part = f64::from(contained) / f64::from(intervals);
    assert!((part - 0.95).abs() <= off, "{contained} of {intervals}");
}
