//! What a plan rules and says of its method, for readers: its life cycle, how long events are kept,
//! which persons a dataflow counts, what is measured again, and whose bound is counted.
//!
//! Not here: bounds and prices (`tests::the_budget_is_the_sum_of_the_charges`), and the page that
//! says all this in words (`checks/browser`).

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{get, read, read_at};
use testkit::plans::border_with_first_crossings;
use testkit::publisher::{self, Publisher};
use testkit::{edit, toml};

#[test]
fn readers_find_the_life_cycle() {
    let list = get("/v1/dataflows").json();
    let cycle = &list["lifeCycle"];
    assert_eq!((&cycle["model"], &cycle["corrections"]), (&json!("border"), &json!(false)));
    assert_eq!(cycle["statuses"], json!(["UNSEEN", "ABROAD", "PRESENT"]));
    let arrow = |from, kind, to| json!({"from": from, "to": to, "name": kind, "kind": kind});
    let expected = [
        arrow("UNSEEN", "ENTRY", "PRESENT"),
        arrow("UNSEEN", "EXIT", "ABROAD"),
        arrow("ABROAD", "ENTRY", "PRESENT"),
        arrow("PRESENT", "EXIT", "ABROAD"),
    ];
    assert_eq!(cycle["transitions"], json!(expected));
    // What is not stated has no member: events are kept for ever.
    assert_eq!(list["retention"], json!({}));
}

#[test]
fn readers_find_whose_first_contributions_are_counted() {
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), &border_with_first_crossings().text());
    let reader = read(directory.path());
    let of = |id: &str| read_at(&reader, &format!("/v1/dataflows/{id}")).json()["firstOf"].clone();
    assert_eq!((of("FIRST_CROSSINGS"), of("BORDER_FLOW")), (json!("BORDER_FLOW"), Value::Null));
}

#[test]
fn readers_find_what_is_counted_and_what_comes_late() {
    let present = get("/v1/dataflows/PRESENT").json();
    assert_eq!((&present["statuses"], &present["boundOf"]), (&json!(["PRESENT"]), &Value::Null));
    let crossings = get("/v1/dataflows/CROSSINGS").json();
    assert_eq!((&crossings["statuses"], &crossings["refined"]), (&Value::Null, &json!(true)));
    assert_eq!(get("/v1/dataflows/AT_BOUND").json()["boundOf"], "CROSSINGS");

    let text = edit(publisher::PLAN)
        .change("dataflow.CROSSINGS.strategy", "identity")
        .add("dataflow.CROSSINGS.vintages", toml("[3, 7]"))
        .add("dataflow.CROSSINGS.method", toml("{ accuracy = \"Land only.\" }"))
        .append("[retention]\nevents_steps = 9\npersons_windows = 2\n")
        .append("[method]\nrevision_policy = \"Twice.\"\ncoverage = \"All points.\"\n")
        .text();
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), &text);
    let reader = read(directory.path());
    let crossings = read_at(&reader, "/v1/dataflows/CROSSINGS").json();
    assert_eq!((&crossings["vintages"], &crossings["refined"]), (&json!([3, 7]), &Value::Null));
    let list = read_at(&reader, "/v1/dataflows").json();
    assert_eq!(list["retention"], json!({"eventsSteps": 9, "personsWindows": 2}));
    assert_eq!(list["dataflows"][2]["boundOf"], "CROSSINGS");
    let note = |id: &str, sims: &str, text: &str| json!({"id": id, "sims": sims, "text": text});
    let of_plan =
        [note("coverage", "S.3.3", "All points."), note("revision_policy", "S.17.1", "Twice.")];
    assert_eq!(list["store"]["method"], json!(of_plan));
    assert_eq!(crossings["method"], json!([note("accuracy", "S.13", "Land only.")]));
    // A plan that says nothing of its method has no such members.
    assert_eq!(get("/v1/dataflows").json()["store"]["method"], Value::Null);
    assert_eq!(present["method"], Value::Null);
}
