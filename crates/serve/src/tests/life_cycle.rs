//! The life cycle in the description of a dataflow.
//!
//! Not here: the transitions themselves (crate `model`), and the diagram (`checks/browser`).

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{get, read, read_at};
use testkit::publisher::Publisher;

#[test]
fn transitions_have_their_statuses_and_codes() {
    let cycle = |flow: &str| get(&format!("/v1/dataflows/{flow}")).json()["lifeCycle"].clone();
    let crossings = cycle("CROSSINGS");
    assert_eq!(crossings["statuses"], json!(["UNSEEN", "ABROAD", "PRESENT"]));
    assert_eq!(crossings["dimension"], "DIRECTION");
    assert_eq!(crossings["present"], Value::Null);
    fn arrow(kind: &str, from: &str, to: &str) -> Value {
        json!({"id": kind, "kind": kind, "from": from, "to": to, "counted": true, "code": kind})
    }
    let transitions = [
        arrow("ENTRY", "UNSEEN", "PRESENT"),
        arrow("EXIT", "UNSEEN", "ABROAD"),
        arrow("ENTRY", "ABROAD", "PRESENT"),
        arrow("EXIT", "PRESENT", "ABROAD"),
    ];
    assert_eq!(crossings["transitions"], json!(transitions));
    // Persons present are counted in statuses, and no transition is.
    let present = cycle("PRESENT");
    assert_eq!(present["present"], json!(["PRESENT"]));
    let counted = |cycle: &Value| {
        let transitions = cycle["transitions"].as_array().unwrap().clone();
        transitions.into_iter().filter(|one| one["counted"] == true).collect::<Vec<_>>()
    };
    assert!(counted(&present).is_empty());
    assert_eq!(cycle("AT_BOUND"), Value::Null);
}

/// Of every ready-made plan: a code that is named is a code of the dimension, and a transition by a
/// timer has no kind and is counted only by its name.
#[test]
fn codes_of_transitions_are_codes_of_the_dimension() {
    let plans = [
        include_str!("../../../../plans/asylum.toml"),
        include_str!("../../../../plans/returns.toml"),
        include_str!("../../../../plans/exit-metrics.toml"),
        include_str!("../../../../plans/border.toml"),
    ];
    let mut by_timer = vec![];
    for text in plans {
        let directory = TempDir::new().unwrap();
        Publisher::create(directory.path(), text);
        let reader = read(directory.path());
        for flow in read_at(&reader, "/v1/dataflows").json()["dataflows"].as_array().unwrap() {
            let path = format!("/v1/dataflows/{}", flow["id"].as_str().unwrap());
            let structure = read_at(&reader, &path).json();
            let cycle = &structure["lifeCycle"];
            let dimensions = structure["dimensions"].as_array().unwrap();
            let dimension = dimensions.iter().find(|one| one["id"] == cycle["dimension"]);
            for one in cycle["transitions"].as_array().into_iter().flatten() {
                if let (Some(code), Some(dimension)) = (one["code"].as_str(), dimension) {
                    let codes = dimension["codes"].as_array().unwrap();
                    assert!(codes.iter().any(|known| known["id"] == code), "{path}: {one}");
                }
                if one["counted"] == true && one["kind"].is_null() {
                    by_timer.push(one["code"].as_str().unwrap_or_default().to_owned());
                }
            }
        }
    }
    assert_eq!(by_timer, ["FINAL_UNAPPEALED", "TERM_ENDED", "LAPSE"]);
}
