//! A process log as a life cycle that a plan defines itself: with next to no noise, the figures are
//! those of a direct count of the log.
//!
//! Not here: protection. The budget of this synthetic store is absurd on purpose.
//!
//! Data: the log of a permit process (`../shared/data`), of cases, not persons; its activities are
//! the kinds, and the status of a case is its last activity. Without the data the test is skipped.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;

use flate2::read::GzDecoder;
use testkit::program::{Workplace, succeed};

/// Ends of the bands of a case's length, and their codes.
const BANDS: [(&str, &str); 6] = [
    ("15 min", "M_LT15"),
    ("45 min", "M15_45"),
    ("50 min", "M45_50"),
    ("2 h", "M50_H2"),
    ("1 d", "H2_D1"),
    ("30 d", "D1_30"),
];

/// The activities of each case in order of time, as codes, each with its time as in the log.
type Cases = BTreeMap<String, Vec<(String, String)>>;

fn cases() -> Option<Cases> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let path = [root.join("shared/data"), root.join("../shared/data")]
        .map(|place| place.join("receipt.csv.gz"))
        .into_iter()
        .find(|path| path.exists())?;
    let mut rows = csv::Reader::from_reader(GzDecoder::new(File::open(path).expect("the log")));
    let names = rows.headers().expect("a header").clone();
    let column = |name: &str| names.iter().position(|known| known == name).expect("a column");
    let (case, activity) = (column("case:concept:name"), column("concept:name"));
    let time = column("time:timestamp");
    let mut cases = Cases::new();
    for row in rows.records() {
        let row = row.expect("a row");
        let words: Vec<&str> = row[activity].split(|c: char| !c.is_ascii_alphanumeric()).collect();
        // The first two words distinguish the activities.
        let code = words.iter().take(2).copied().collect::<Vec<_>>().join("_").to_uppercase();
        let at = row[time].replace(' ', "T");
        cases.entry(row[case].to_owned()).or_default().push((at, code));
    }
    for events in cases.values_mut() {
        events.sort_by_key(|(at, _)| at.parse::<jiff::Timestamp>().expect("an instant"));
    }
    Some(cases)
}

fn list(id: &str, codes: &[String]) -> String {
    let codes: Vec<String> =
        codes.iter().map(|c| format!("{{ id = \"{c}\", name = \"{c}\" }}")).collect();
    format!(
        "[[code_list]]\nid = \"{id}\"\nversion = \"1.0.0\"\nname = \"{id}\"\ncodes = [{}]\n",
        codes.join(", ")
    )
}

fn plan(activities: &[String]) -> String {
    let all = |words: &[String]| {
        words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
    };
    let mut with_end = activities.to_vec();
    with_end.push("END".into());
    let transitions: Vec<String> = with_end
        .iter()
        .map(|kind| format!("{{ kind = \"{kind}\", from = [\"*\"], to = \"{kind}\" }}"))
        .collect();
    let bands: Vec<String> = BANDS.map(|(end, _)| format!("\"{end}\"")).to_vec();
    let mut codes: Vec<String> = BANDS.map(|(_, code)| code.to_owned()).to_vec();
    codes.push("LONGER".into());
    let dataflow = |id: &str, measure: &str, unit: &str, bound: u32, dimensions: &str| {
        format!(
            "[[dataflow]]\nid = \"{id}\"\nname = \"{id}\"\ndescription = \"{id}\"\n{measure}\n\
             unit = \"{unit}\"\nstep = \"month\"\nbound = {bound}\nshare = \"1/4\"\n\
             strategy = {{ calendar = {{ month = 1000 }} }}\ndimensions = [{dimensions}]\n"
        )
    };
    let mut plan = format!(
        "[statement]\nid = \"LOG\"\nagency = \"TG\"\ntitle = \"A log\"\npurpose = \"A test\"\n\
         controller = \"A test\"\nlegal_basis = \"A test\"\ncontact = \"A test\"\n\
         reference_area = \"NL\"\nstart = \"2010-01-01\"\nexpires = \"2012-12-31\"\n\
         time_zone = \"Europe/Amsterdam\"\n[privacy]\nwindow = \"year\"\nrho = \"1000000000000\"\n\
         windows = 3\n[life_cycle]\nid = \"LOG\"\nstatuses = [{0}]\nkinds = [{0}]\n\
         transitions = [{1}]\n",
        all(&with_end),
        transitions.join(", ")
    );
    plan += &list("CL_ACTIVITY", activities);
    plan += &list("CL_END", &["END".into()]);
    plan += &list("CL_LENGTH", &codes);
    let pairs = "{ id = \"BEFORE\", from = \"before\", code_list = \"CL_ACTIVITY\" }, \
                 { id = \"AFTER\", from = \"after\", code_list = \"CL_ACTIVITY\" }";
    plan += &dataflow("FOLLOWS", "measure = \"flow\"", "EVENTS", 64, pairs);
    plan += &dataflow("PAIRS", "measure = \"transition\"", "PERSONS", 16, pairs);
    let ends = "{ id = \"AFTER\", from = \"after\", code_list = \"CL_END\" }";
    plan += &dataflow("CASES", "measure = \"flow\"", "PERSONS", 1, ends);
    let lengths = format!(
        "measure = \"duration\"\nstatuses = [{}]\nbands = [{}]",
        all(activities),
        bands.join(", ")
    );
    let band = "{ id = \"LENGTH\", from = \"band\", code_list = \"CL_LENGTH\" }";
    plan + &dataflow("LENGTHS", &lengths, "PERSONS", 1, band)
}

/// Rounded counts of a dataflow over all years, by the codes of its dimensions; only cells that are
/// not zero.
fn counts(place: &Workplace, store: &str, dataflow: &str) -> BTreeMap<Vec<String>, i64> {
    let text = succeed(&["export", store, "--dataflow", dataflow]);
    let file = place.write("export.csv", text);
    let mut rows = csv::Reader::from_path(file).expect("an export");
    let names = rows.headers().expect("a header").clone();
    let column = |name: &str| names.iter().position(|known| known == name).expect("a column");
    let (frequency, value) = (column("FREQ"), column("OBS_VALUE"));
    let (first, last) = (column("INDICATOR") + 1, column("TIME_PERIOD"));
    let mut counts: BTreeMap<Vec<String>, f64> = BTreeMap::new();
    for row in rows.records() {
        let row = row.expect("a row");
        if &row[frequency] == "A" {
            let key = (first..last).map(|n| row[n].to_owned()).collect();
            *counts.entry(key).or_default() += row[value].parse::<f64>().expect("a number");
        }
    }
    let whole = counts.into_iter().map(|(key, count)| (key, count.round() as i64));
    whole.filter(|(_, count)| *count != 0).collect()
}

#[test]
fn the_figures_of_a_log_equal_a_direct_count() {
    let Some(cases) = cases() else { return };
    let activities: BTreeSet<String> =
        cases.values().flatten().map(|(_, activity)| activity.clone()).collect();
    let activities: Vec<String> = activities.into_iter().collect();
    assert_eq!((cases.len(), activities.len()), (1434, 27));
    let place = Workplace::new();
    place.write("plan.toml", plan(&activities));
    let store = place.synthetic("store", Some(&"07".repeat(32)));
    let mut events = String::from("event_id,pseudonym,occurred_at,kind\n");
    let mut number = 0;
    let mut add = |case: &str, at: &str, kind: &str| {
        number += 1;
        writeln!(events, "e{number},syn1:{case},{at},{kind}").expect("memory");
    };
    let mut follows: BTreeMap<Vec<String>, i64> = BTreeMap::new();
    let (mut seconds, mut seconds_2011) = (Vec::new(), Vec::new());
    for (case, log) in &cases {
        log.iter().for_each(|(at, activity)| add(case, at, activity));
        for pair in log.windows(2) {
            let key = vec![pair[0].1.clone(), pair[1].1.clone()];
            *follows.entry(key).or_default() += 1;
        }
        // A case ends with its last activity.
        let instant = |(at, _): &(String, String)| at.parse::<jiff::Timestamp>().expect("one");
        let (first, last) = (instant(&log[0]), instant(&log[log.len() - 1]));
        let end = jiff::Timestamp::from_millisecond(last.as_millisecond() + 1).expect("later");
        add(case, &end.to_string(), "END");
        seconds.push(last.as_second() - first.as_second());
        if log[log.len() - 1].0.starts_with("2011") {
            seconds_2011.push(last.as_second() - first.as_second());
        }
    }
    let file = place.write("events.csv", &events);
    succeed(&["ingest", &store, &file]);
    succeed(&["release", &store]);

    let found = counts(&place, &store, "FOLLOWS");
    assert_eq!(found, follows);
    assert_eq!((found.len(), found.values().sum::<i64>()), (99, 7143));
    assert_eq!(counts(&place, &store, "CASES").values().sum::<i64>(), 1434);
    // Each pair of a case counts at most once a year: the same pairs, with no larger counts.
    let pairs = counts(&place, &store, "PAIRS");
    assert!(pairs.keys().eq(follows.keys()));
    assert!(pairs.iter().all(|(key, count)| *count <= follows[key]));

    seconds.sort_unstable();
    let median = seconds[seconds.len() / 2];
    assert!((2700..3000).contains(&median), "{median} s lies from 45 to 50 minutes");
    let lengths = counts(&place, &store, "LENGTHS");
    let mut up_to = 0;
    let band = BANDS.iter().find(|(_, code)| {
        up_to += lengths.get(&vec![(*code).to_owned()]).copied().unwrap_or(0);
        2 * up_to >= 1434
    });
    assert_eq!(band.map(|(_, code)| *code), Some("M45_50"));
    let derived = succeed(&["export", &store, "--dataflow", "LENGTHS", "--derive"]);
    // The band of the median case among those that end in 2011.
    seconds_2011.sort_unstable();
    let middle = seconds_2011[(seconds_2011.len() - 1) / 2];
    assert!((900..2700).contains(&middle), "{middle} s lies from 15 to 45 minutes");
    let year = derived.lines().find(|line| line.starts_with("A,NL,FLOW,2011,")).expect("a year");
    assert_eq!(year.split(',').nth(7), Some("M15_45"), "{derived}");
}
