//! Names, addresses and documents are in the inputs, and in nothing that an agent writes, sends or
//! prints.
//!
//! Not here: what a store does with pseudonyms.

#![cfg(test)]

mod common;

use std::process::Output;

use common::samples::CANARIES;
use common::{MAPPING, Scene, contents, samples, written};

const INPUT: &str = "
[[input]]
name = 'crossings'
path = 'in'
settle_seconds = 0
";

fn assert_clean(what: &str, bytes: &[u8]) {
    for canary in CANARIES {
        let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
        assert!(!found, "{what} has {canary}");
    }
}

fn assert_output_clean(scene: &Scene, output: &Output) {
    assert_clean("output", &[&output.stdout[..], &output.stderr].concat());
    for (path, bytes) in contents(&scene.path("agent-state")) {
        assert_clean(&path.display().to_string(), &bytes);
    }
    for arrived in scene.intake.arrived.lock().unwrap().values() {
        assert_clean("delivery", arrived.text.as_bytes());
    }
}

#[test]
fn no_canary_leaves_in_any_format() {
    for (file, bytes) in samples::all() {
        let mapping = MAPPING.replace("'document' }", "'document' }\nname = 1");
        assert!(Scene::new(&mapping).run(&["once"]).status.code() == Some(2));
        let scene = Scene::new(&format!("{INPUT}{MAPPING}"));
        std::fs::write(scene.path("in").join(file), &bytes).unwrap();
        let checked = scene.run(&["check"]);
        assert!(checked.status.success(), "{file}: {}", written(&checked));
        let text = written(&checked);
        assert!(text.contains("hk1:......") && text.contains("2 codes: ENTRY, EXIT"), "{text}");
        assert!(text.contains("address"), "dropped columns are named: {text}");
        assert_clean("check", text.as_bytes());
        let sent = scene.run(&["once"]);
        assert!(sent.status.success(), "{file}: {}", written(&sent));
        assert_output_clean(&scene, &sent);
        let arrived = scene.intake.all();
        assert_eq!(arrived.lines().count(), 3, "{file}: {arrived}");
        assert!(arrived.starts_with("event_id,pseudonym,occurred_at,kind\n"), "{arrived}");
        assert_eq!(arrived.matches(",hk1:").count(), 2, "{arrived}");
    }
}

#[test]
fn no_canary_is_in_a_spooled_delivery() {
    let scene = Scene::new(&format!("[delivery]\ngive_up_minutes = 0\n{INPUT}{MAPPING}"));
    std::fs::write(scene.path("in/a.csv"), samples::csv()).unwrap();
    let fetched = scene.run(&["check"]);
    assert!(fetched.status.success());
    // Nobody answers there.
    let settings = std::fs::read_to_string(scene.path("agent.toml")).unwrap();
    let columns = serde_json::to_vec(&common::columns(&key_id(&scene))).unwrap();
    std::fs::write(scene.path("columns.json"), columns).unwrap();
    let away = settings
        .replace(&scene.intake.address, "http://127.0.0.1:9")
        .replace("source =", "columns = 'columns.json'\nsource =");
    std::fs::write(scene.path("agent.toml"), away).unwrap();
    let kept = scene.run(&["once"]);
    assert_eq!(kept.status.code(), Some(6), "{}", written(&kept));
    let spooled = contents(&scene.path("agent-state/spool"));
    assert_eq!(spooled.len(), 1);
    assert!(spooled[0].1.starts_with(b"event_id,"));
    assert_output_clean(&scene, &kept);
    assert!(written(&scene.run(&["status"])).contains("under way: 20"));
    std::fs::write(scene.path("agent.toml"), settings).unwrap();
    assert!(scene.run(&["once"]).status.success());
    assert_eq!(scene.intake.events().len(), 2);
}

fn key_id(scene: &Scene) -> String {
    written(&scene.run(&["key", "id", "agencies.key"])).trim().to_owned()
}

#[test]
fn no_error_shows_a_value() {
    // The canaries where codes, times and identifiers should be, in each format of text.
    for (column, code) in [("kind", "unknown-code"), ("crossed", "bad-time"), ("number", "")] {
        let mapping = MAPPING.replace(&format!("column = '{column}'"), "column = 'name'");
        let scene = Scene::new(&format!("{INPUT}{mapping}"));
        // In XES the name is an attribute of the trace.
        for (file, bytes) in samples::all().into_iter().filter(|(file, _)| *file != "f.xes") {
            std::fs::write(scene.path("in").join(file), &bytes).unwrap();
            let sample = format!("in/{file}");
            let checked = scene.run(&["check", "--sample", &sample]);
            assert!(written(&checked).contains(code), "{column}: {}", written(&checked));
            assert_clean(file, &[&checked.stdout[..], &checked.stderr].concat());
        }
        let sent = scene.run(&["once"]);
        assert_eq!(sent.status.success(), code.is_empty(), "{}", written(&sent));
        assert_output_clean(&scene, &sent);
    }
    // Files that are broken in the middle of a person.
    for (file, text) in [
        ("a.csv", "number,kind,crossed,document\n7,ENTRY,\"Canary-Petrova"),
        ("a.csv", "number,kind,crossed,document\n7,Canary-Petrova\n"),
        ("a.csv", "Canary-Petrova,Canarysson\n"),
        ("b.ndjson", "{\"number\": \"Canary-Petrova\n"),
        ("c.parquet", "Canary-Petrova"),
        ("f.xes", "<log><trace><event><string key=\"kind\" value=\"Canary-Petrova\" <"),
        ("f.xes", "<!DOCTYPE log [<!ENTITY a \"Canary-Petrova\">]><log/>"),
    ] {
        let scene = Scene::new(&format!("{INPUT}{MAPPING}"));
        std::fs::write(scene.path("in").join(file), text).unwrap();
        let sent = scene.run(&["once"]);
        assert_eq!(sent.status.code(), Some(2), "{file}: {}", written(&sent));
        assert_output_clean(&scene, &sent);
    }
}

#[test]
fn faults_of_the_store_lead_back_to_the_file() {
    let scene = Scene::new(&format!("{INPUT}{MAPPING}"));
    std::fs::write(scene.path("in/a.csv"), samples::csv()).unwrap();
    *scene.intake.faults.lock().unwrap() = vec![tidegauge_delivery::RowFault {
        row: 3,
        column: "kind".into(),
        code: "closed-code".into(),
        rule: "not valid on the day".into(),
    }];
    let refused = scene.run(&["once"]);
    assert_eq!(refused.status.code(), Some(2));
    let text = written(&refused);
    assert!(text.contains("error[closed-code]: a.csv:3: kind: not valid on the day"), "{text}");
    assert_output_clean(&scene, &refused);
    // Nothing was taken, and nothing is lost.
    assert!(scene.run(&["once"]).status.success());
    assert_eq!(scene.intake.events().len(), 2);
}
