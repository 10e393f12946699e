//! Quartiles of a duration that is a table, through the whole program: with next to no noise they
//! are those of a direct count, and with noise their intervals contain those.
//!
//! Not here: the arithmetic (crate `figures`, module `derived::distribution`), and durations whose
//! cells are measured separately (`process_log.rs`).

#![cfg(test)]

use std::collections::BTreeMap;

use testkit::plans::STAYS;
use testkit::program::{Workplace, succeed};
use testkit::{PlanText, edit, toml};
use tidegauge_model::Period;

/// The bands of the plan.
const BANDS: [&str; 4] = ["UNDER_1H", "UNDER_2D", "UNDER_5D", "LONGER"];
/// A length in each band, in minutes, and the number of days after which a stay of it ends.
const LENGTHS: [(i32, i32); 4] = [(30, 0), (20 * 60, 1), (70 * 60, 3), (200 * 60, 8)];
/// The citizenships, each with its group.
const CITIZENSHIPS: [(&str, &str); 3] = [("A", "WEST"), ("B", "WEST"), ("C", "EAST")];
/// Days on which persons enter.
const DAYS: i32 = 80;

/// The stays that begin on a day: for each the position of its citizenship and that of its band.
/// Stays get longer with time, and those of the east are shorter.
fn begun(day: i32) -> Vec<(usize, usize)> {
    let mut stays = Vec::new();
    for who in 0..CITIZENSHIPS.len() {
        for stay in 0..20 + (day * 7 + who as i32 * 5) % 9 {
            let band = match (stay * 5 + day * 3) % 11 + day / 20 - 2 * (who as i32 / 2) {
                ..2 => 0,
                2..5 => 1,
                5..9 => 2,
                _ => 3,
            };
            stays.push((who, band));
        }
    }
    stays
}

fn date(day: i32) -> String {
    let first: jiff::civil::Date = "2024-01-01".parse().expect("a date");
    first.checked_add(jiff::Span::new().days(day)).expect("a date").to_string()
}

fn events() -> String {
    let mut events = String::from(
        "event_id,pseudonym,occurred_at,kind,citizenship,stay_class,authorised_until\n",
    );
    let mut person = 0;
    for day in 0..DAYS {
        let entered: jiff::Timestamp = format!("{}T10:00:00Z", date(day)).parse().expect("a time");
        for (who, band) in begun(day) {
            person += 1;
            let left = entered + jiff::Span::new().minutes(LENGTHS[band].0);
            for (event, at, kind) in [("in", entered, "ENTRY"), ("out", left, "EXIT")] {
                let citizenship = CITIZENSHIPS[who].0;
                events += &format!(
                    "{event}{person},syn1:person{person:06},{at},{kind},{citizenship},SHORT,_Z\n"
                );
            }
        }
    }
    events
}

/// A citizenship, group or total, and a period.
type QuartileKey = (String, String);

/// The bands of the stays that end in each period, by citizenship, group and total, ascending.
fn ended(periods: &[Period]) -> BTreeMap<QuartileKey, Vec<usize>> {
    let mut ended: BTreeMap<QuartileKey, Vec<usize>> = BTreeMap::new();
    for day in 0..DAYS {
        for (who, band) in begun(day) {
            let last = Period::parse(&date(day + LENGTHS[band].1)).expect("a day");
            for period in periods.iter().filter(|period| period.covers(last)) {
                for code in [CITIZENSHIPS[who].0, CITIZENSHIPS[who].1, "_T"] {
                    ended.entry((code.to_owned(), period.sdmx())).or_default().push(band);
                }
            }
        }
    }
    ended.values_mut().for_each(|bands| bands.sort_unstable());
    ended
}

/// For each key the quartiles, each as the positions of its band and of the ends of its interval.
fn published(plan: &str, class: &str, seed: &str) -> BTreeMap<QuartileKey, [[usize; 3]; 3]> {
    let place = Workplace::with_plan(plan);
    let store = place.synthetic("store", Some(&seed.repeat(32)));
    let file = place.write("events.csv", events());
    succeed(&["ingest", &store, &file]);
    succeed(&["release", &store, "--until", &date(DAYS - 1)]);
    let key = format!("D+W+M..FLOW.C+WEST+_T.{class}.");
    let text = succeed(&["export", &store, "--dataflow", "LENGTHS", "--key", &key, "--derive"]);
    let mut lines = text.lines();
    let columns = "FREQ,REF_AREA,INDICATOR,CITIZENSHIP,STAY_CLASS,TIME_PERIOD,Q1,Q1_LOW,Q1_HIGH,\
                   MEDIAN,MEDIAN_LOW,MEDIAN_HIGH,Q3,Q3_LOW,Q3_HIGH";
    assert_eq!(lines.next(), Some(columns));
    let mut quartiles = BTreeMap::new();
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let band = |n: usize| BANDS.iter().position(|band| *band == fields[n]);
        let own = [6, 9, 12].map(|n| Some([band(n)?, band(n + 1)?, band(n + 2)?]));
        // A period in which perhaps no stay ends has no quartiles.
        let [Some(q1), Some(median), Some(q3)] = own else { continue };
        quartiles.insert((fields[3].to_owned(), fields[5].to_owned()), [q1, median, q3]);
    }
    quartiles
}

/// The plan whose lengths of stay are a table, read in total and by group of citizenships; the
/// classes of stay stand apart or not.
fn plan(rho: &str, is_apart: bool) -> PlanText {
    let code = |(id, group)| format!("{{ id = \"{id}\", name = \"c\", group = \"{group}\" }}");
    let codes = CITIZENSHIPS.map(code).join(", ");
    let groups = "[{ id = \"WEST\", name = \"w\" }, { id = \"EAST\", name = \"e\" }]";
    let marginals = "[{ of = [\"LENGTH\"], grain = \"day\" }, \
                      { of = [\"CITIZENSHIP\", \"LENGTH\"], grain = \"day\" }]";
    let plan = edit(STAYS)
        .change("privacy.rho", rho)
        .change("code_list.CL_SOME.codes", toml(&format!("[{codes}]")))
        .add("code_list.CL_SOME.groups", toml(groups))
        .change("dataflow.LENGTHS.strategy", "identity")
        .add("dataflow.LENGTHS.marginals", toml(marginals));
    match is_apart {
        true => plan.add("dataflow.LENGTHS.apart", toml("[\"STAY_CLASS\"]")),
        false => plan,
    }
}

/// The number of stays that must end for each quartile, in quarters of a stay.
fn needed(stays: usize) -> [usize; 3] {
    [1, 2, 3].map(|quarters| quarters * stays)
}

/// A quartile is the band in which its share of the stays is reached; where the share is reached
/// within two stays of the end of a band, noise may decide between two bands.
#[test]
fn quartiles_of_a_table_are_those_of_a_direct_count() {
    for (is_apart, class) in [(false, "_T"), (true, "SHORT")] {
        let published = published(&plan("1000000000000", is_apart).text(), class, "09");
        let periods = published.keys().map(|(_, period)| Period::parse(period).expect("a period"));
        let truth = ended(&periods.collect::<Vec<_>>());
        let mut clear = BTreeMap::new();
        for (key, quartiles) in &published {
            let bands = &truth[key];
            for (needed, [band, low, high]) in needed(bands.len()).into_iter().zip(quartiles) {
                let meant = bands[needed.div_ceil(4) - 1];
                assert!((low..=high).contains(&&meant), "{key:?}: {low} to {high} for {meant}");
                let upto = |band| 4 * bands.partition_point(|other| *other <= band);
                if (0..BANDS.len() - 1).all(|band| upto(band).abs_diff(needed) > 4 * 2) {
                    assert_eq!([band, low, high], [&meant; 3], "{key:?}");
                    *clear.entry((key.0.clone(), meant)).or_insert(0) += 1;
                }
            }
        }
        // Total and group have quartiles in each band, and those of a single code differ.
        for code in ["_T", "WEST", "C"] {
            let bands = (0..BANDS.len()).filter(|band| clear.contains_key(&(code.into(), *band)));
            assert!(bands.count() >= 3, "{code}: {clear:?}");
        }
        assert!(clear.values().sum::<u32>() > 500, "{clear:?}");
    }
}

/// An interval of bands contains the band of the count 95 times in 100 or more often. Days are
/// independent, and nine intervals of a day (three series, three quartiles) are worth one at least:
/// the share is lower by sqrt(ln(1 / p) / (2 R)) with probability below p = 1e-6 (Hoeffding).
#[test]
fn intervals_of_quartiles_hold_the_direct_count() {
    let (mut intervals, mut contained, mut wide) = (0u32, 0u32, 0u32);
    for seed in ["11", "23"] {
        let published = published(&plan("8", false).text(), "_T", seed);
        let published = published.into_iter().filter(|((_, period), _)| period.len() == 10);
        let published: Vec<_> = published.collect();
        let periods = published.iter().map(|((_, day), _)| Period::parse(day).expect("a day"));
        let truth = ended(&periods.collect::<Vec<_>>());
        for (key, quartiles) in &published {
            let bands = &truth[key];
            for (needed, [_, low, high]) in needed(bands.len()).into_iter().zip(quartiles) {
                intervals += 1;
                contained += u32::from((*low..=*high).contains(&bands[needed.div_ceil(4) - 1]));
                wide += u32::from(low < high);
            }
        }
    }
    // Noise decides often, so the statement says something.
    assert!(intervals > 900 && wide * 5 > intervals, "{wide} of {intervals}");
    let off = (1e6f64.ln() / (2.0 * f64::from(intervals) / 9.0)).sqrt();
    let part = f64::from(contained) / f64::from(intervals);
    assert!(part >= 0.95 - off, "{contained} of {intervals}");
}
