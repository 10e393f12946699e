//! Which crate may depend on which: the floors of the workspace, checked with `cargo metadata`.
//!
//! Not here: style (`tidy.rs`).
//!
//! Invariants:
//! 1. `model`, `privacy` and `tlog` know no crate of ours; `ledger` and `fold` know only floor 0;
//!    the two towers never see each other; `serve`, and so `tidegauge-serve`, links nothing
//!    that can name a person.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Each crate of the workspace with the crates of the workspace that it may use outside of tests.
const ALLOWED: &[(&str, &[&str])] = &[
    ("tidegauge-model", &[]),
    ("tidegauge-privacy", &[]),
    ("tidegauge-tlog", &[]),
    ("tidegauge-ledger", &["tidegauge-model", "tidegauge-privacy", "tidegauge-tlog"]),
    ("tidegauge-fold", &["tidegauge-model"]),
    (
        "tidegauge-collect",
        &["tidegauge-fold", "tidegauge-ledger", "tidegauge-model", "tidegauge-privacy"],
    ),
    ("tidegauge-figures", &["tidegauge-ledger", "tidegauge-model", "tidegauge-privacy"]),
    (
        "tidegauge-serve",
        &["tidegauge-figures", "tidegauge-ledger", "tidegauge-model", "tidegauge-privacy"],
    ),
    ("testkit", &["tidegauge-ledger", "tidegauge-model", "tidegauge-privacy"]),
    ("tidegauge-simulate", &["tidegauge-collect", "tidegauge-model"]),
    (
        "tidegauge-appraise",
        &[
            "tidegauge-collect",
            "tidegauge-figures",
            "tidegauge-ledger",
            "tidegauge-model",
            "tidegauge-privacy",
            "tidegauge-simulate",
        ],
    ),
    (
        "tidegauge",
        &[
            "tidegauge-appraise",
            "tidegauge-collect",
            "tidegauge-figures",
            "tidegauge-fold",
            "tidegauge-ledger",
            "tidegauge-model",
            "tidegauge-privacy",
            "tidegauge-serve",
            "tidegauge-simulate",
        ],
    ),
];

fn metadata() -> Metadata {
    MetadataCommand::new().no_deps().exec().expect("cargo metadata")
}

fn used(
    metadata: &Metadata,
    kind: fn(DependencyKind) -> bool,
) -> BTreeMap<String, BTreeSet<String>> {
    let ours: BTreeSet<&str> =
        metadata.packages.iter().map(|package| package.name.as_str()).collect();
    metadata
        .packages
        .iter()
        .map(|package| {
            let dependencies = package
                .dependencies
                .iter()
                .filter(|dependency| kind(dependency.kind) && ours.contains(&*dependency.name))
                .map(|dependency| dependency.name.clone())
                .collect();
            (package.name.to_string(), dependencies)
        })
        .collect()
}

#[test]
fn floors_are_kept() {
    let used = used(&metadata(), |kind| kind != DependencyKind::Development);
    for (name, allowed) in ALLOWED {
        let dependencies = used.get(*name).unwrap_or_else(|| panic!("{name} is gone"));
        for dependency in dependencies {
            assert!(allowed.contains(&dependency.as_str()), "{name} must not use {dependency}");
        }
    }
    let known: BTreeSet<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
    for name in used.keys().filter(|name| *name != "checks") {
        assert!(known.contains(name.as_str()), "{name} has no floor: add it to the list");
    }
}

#[test]
fn the_public_tower_links_nothing_that_can_name_a_person() {
    let used = used(&metadata(), |_| true);
    let mut reached = BTreeSet::from(["tidegauge-serve"]);
    loop {
        let next: BTreeSet<&str> = reached
            .iter()
            .flat_map(|&name| used[name].iter().map(String::as_str))
            .chain(reached.iter().copied())
            .collect();
        if next == reached {
            break;
        }
        reached = next;
    }
    assert!(!reached.contains("tidegauge-collect"), "{reached:?}");
    assert!(!reached.contains("tidegauge-fold"), "{reached:?}");
    let metadata = metadata();
    let serve = metadata
        .packages
        .iter()
        .flat_map(|package| package.targets.iter().map(move |target| (package, target)))
        .find(|(_, target)| target.name == "tidegauge-serve" && target.is_bin());
    assert_eq!(serve.map(|(package, _)| package.name.as_str()), Some("tidegauge-serve"));
}
