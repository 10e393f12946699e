//! Nowcasts through the real program: late events that are delivered day by day, and what was
//! expected of them.
//!
//! Not here: the arithmetic (`figures`, `derived::nowcast::ladder`), where intervals are held
//! against many drawn series.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use testkit::edit;
use testkit::plan::toml;
use testkit::program::{Workplace, run, succeed};
use tidegauge_figures::{Error, Parameters, Reader, export_derived};

const KEY: &str = "D.EE.FLOW._T.ENTRY";

/// A plan of daily crossings that are measured again after two days and after five.
fn plan(place: &Workplace) -> String {
    let path = place.text("ferries.toml");
    let new = ["plan", "new", "--kind", "border", "--id", "FERRIES", "--agency", "EX"];
    let who = ["--title", "Ferries", "--controller", "Office", "--legal-basis", "Act"];
    let whence = ["--contact", "s@example.org", "--area", "EE", "--time-zone", "Europe/Tallinn"];
    let what = ["--start", "2024-01-01", "--dimension", "border_point=codes:A,B", "--rho", "1"];
    succeed(&[&new[..], &who, &whence, &what, &["--out", &path]].concat());
    let text = fs::read_to_string(&path).expect("the plan");
    let text = edit(&text).add("dataflow.EVENTS.vintages", toml("[2, 5]")).text();
    fs::write(&path, text).expect("the plan");
    path
}

/// The rows of a table by their period, each by column.
fn rows(store: &str, id: &str, flags: &[&str]) -> BTreeMap<String, BTreeMap<String, String>> {
    let export = ["export", store, "--dataflow", id, "--derive", "--key", KEY];
    let csv = succeed(&[&export[..], flags].concat());
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows = reader.deserialize::<BTreeMap<String, String>>();
    rows.map(|row| row.expect("a row")).map(|row| (row["TIME_PERIOD"].clone(), row)).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

/// A server that is asked for the first, the last or the new observations.
fn numbers_of_observations_count_what_is_said(store: &str, judged_min: usize) {
    let ask = |id: &str, name: &str, value: &str| {
        let mut parameters = Parameters::default();
        assert!(parameters.take(name, value).expect("a value"));
        export_derived(&Path::new(store).join("public"), id, KEY, &parameters)
            .map(|table| table.rows.len())
    };
    let reader = Reader::new(&Path::new(store).join("public"));
    reader.refresh();
    let size = reader.catalogue().expect("a catalogue").size();
    let newest = size.to_string();
    assert_eq!(ask("EVENTS.NOWCAST", "lastNObservations", "2"), Ok(2));
    assert_eq!(ask("EVENTS.NOWCAST", "firstNObservations", "3"), Ok(3));
    assert_eq!(ask("EVENTS.NOWCAST", "updatedAfter", "1"), Ok(5));
    assert_eq!(ask("EVENTS.NOWCAST", "updatedAfter", &newest), Err(Error::NothingReleased));
    assert_eq!(ask("EVENTS.NOWCAST_HELD", "lastNObservations", "4"), Ok(4));
    assert_eq!(ask("EVENTS.NOWCAST_HELD", "updatedAfter", &newest), Err(Error::NoNowcast));
    let all = ask("EVENTS.NOWCAST_HELD", "updatedAfter", "1").expect("all");
    assert!(all + 6 > judged_min, "{all} {judged_min}");
    let some = ask("EVENTS.NOWCAST_HELD", "updatedAfter", &(size - 8).to_string());
    assert!(some.as_ref().is_ok_and(|some| 0 < *some && *some < all), "{some:?} {all}");
}

/// Of 600 events a day an eighth comes late: half of them within two days after their own.
#[test]
fn what_is_late_is_expected_and_what_was_said_stays() {
    let place = Workplace::new();
    let (plan, store, days) = (plan(&place), place.text("store"), place.text("days"));
    let volume =
        ["--events-per-day", "600", "--length", "20", "--late", "12", "--to", "2024-01-31"];
    succeed(&[&["simulate", "plan", &plan, "--out", &days][..], &volume].concat());
    succeed(&["init", &store, "--plan", &plan, "--synthetic"]);
    let mut deliveries: Vec<String> = fs::read_dir(&days)
        .expect("the days")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    deliveries.sort();
    let (before, deliveries): (Vec<_>, Vec<_>) =
        deliveries.into_iter().partition(|name| **name < *"2024-01-01");
    let mut said: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut sizes = BTreeMap::new();
    for name in before {
        succeed(&["ingest", &store, &format!("{days}/{name}")]);
    }
    let mut yesterday = None;
    for name in &deliveries {
        succeed(&["ingest", &store, &format!("{days}/{name}")]);
        let day = name.trim_end_matches(".csv");
        if day > "2024-01-31" {
            break;
        }
        let Some(released) = yesterday.replace(day.to_owned()) else { continue };
        succeed(&["release", &store, "--until", &released]);
        // Six days that are complete, five days after them.
        if *released < *"2024-01-12" {
            continue;
        }
        let found = rows(&store, "EVENTS.NOWCAST", &[]);
        // The last five days have late counts to come, and no other.
        assert_eq!(found.len(), 5, "{released}: {found:?}");
        let newest = &found[&released];
        assert_eq!(newest["OBS_STATUS"], "E");
        assert!(number(newest, "OBS_VALUE") > number(newest, "COUNTED"), "{newest:?}");
        sizes.insert(released.clone(), newest["LEDGER_SIZE"].clone());
        said.insert(released, newest.clone());
    }
    assert!(said.len() > 15, "{said:?}");
    // What is said as of an earlier size is what was said then.
    for (day, size) in &sizes {
        let then = rows(&store, "EVENTS.NOWCAST", &["--as-of", size]);
        assert_eq!(then[day], said[day], "{day}");
    }
    let held = rows(&store, "EVENTS.NOWCAST_HELD", &[]);
    let mut times = 0;
    for (day, row) in &held {
        let Some(said) = said.get(day) else { continue };
        assert_eq!(row["OBS_VALUE"], said["OBS_VALUE"], "{day}");
        assert!(number(row, "CI_LOW") <= number(said, "CI_LOW"), "{day}");
        let is_within = number(row, "CI_LOW") <= number(row, "FINAL")
            && number(row, "FINAL") <= number(row, "CI_HIGH");
        assert_eq!(row["HELD"], if is_within { "Y" } else { "N" }, "{day}");
        times += u32::from(is_within);
    }
    // Of some fifteen, each missed once in twenty: less than half once in a hundred million.
    assert!(2 * times > held.len() as u32, "{held:?}");
    numbers_of_observations_count_what_is_said(&store, sizes.len());
    // A month is the sum of its days, and of a dataflow without vintages nothing is late.
    let month = ["--dataflow", "EVENTS.NOWCAST", "--derive", "--key", "M.EE.FLOW._T.ENTRY"];
    let none = run(&[&["export", &store][..], &month].concat());
    assert!(String::from_utf8_lossy(&none.stderr).contains("no-nowcast"), "{none:?}");
    let none = run(&["export", &store, "--dataflow", "PRESENT.NOWCAST", "--derive"]);
    assert!(String::from_utf8_lossy(&none.stderr).contains("not-offered"), "{none:?}");
}
