//! Which crate may use which, read from `cargo metadata`, and the order of rooms inside each crate,
//! read from the source files (`checks/src/rooms.rs`).
//!
//! Not here: style (`tidy.rs`).
//!
//! Invariants:
//! 1. `model`, `privacy` and `tlog` use no crate of ours; `ledger` and `fold` use only these; the
//!    two towers do not use each other; `serve`, and so `tidegauge-serve`, links nothing that can
//!    name a person (`floors_are_kept`, `the_public_tower_links_nothing_that_can_name_a_person`).
//! 2. Inside a crate no room uses one above it, so rooms form no circle
//!    (`every_crate_keeps_the_order_of_its_rooms`).
//! 3. Crates that need no network link none (`crates_without_network_link_none`).
//! 4. No program links the faults that tests plant in the real code, and no crate asks for them
//!    (`no_program_can_have_a_planted_fault`).

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use checks::rooms::{faults, source_files};
use checks::tree;

/// Each crate of the workspace with the crates of the workspace that it may use outside of tests.
const ALLOWED: &[(&str, &[&str])] = &[
    ("tidegauge-model", &[]),
    // Only with the feature `planted-faults`, which no program has.
    ("planted", &[]),
    ("tidegauge-privacy", &["planted"]),
    ("tidegauge-tlog", &[]),
    ("tidegauge-delivery", &["tidegauge-model"]),
    ("tidegauge-listen", &[]),
    ("tidegauge-whole-file", &[]),
    ("tidegauge-book", &[]),
    ("tidegauge-agent", &["tidegauge-delivery", "tidegauge-model", "tidegauge-whole-file"]),
    ("tidegauge-ledger", &["tidegauge-model", "tidegauge-privacy", "tidegauge-tlog"]),
    ("tidegauge-fold", &["planted", "tidegauge-model"]),
    (
        "tidegauge-collect",
        &[
            "tidegauge-delivery",
            "tidegauge-fold",
            "tidegauge-ledger",
            "tidegauge-model",
            "tidegauge-privacy",
        ],
    ),
    (
        "tidegauge-receive",
        &[
            "tidegauge-collect",
            "tidegauge-delivery",
            "tidegauge-ledger",
            "tidegauge-listen",
            "tidegauge-model",
        ],
    ),
    ("tidegauge-figures", &["tidegauge-ledger", "tidegauge-model", "tidegauge-privacy"]),
    (
        "tidegauge-serve",
        &[
            "tidegauge-book",
            "tidegauge-figures",
            "tidegauge-ledger",
            "tidegauge-listen",
            "tidegauge-model",
            "tidegauge-privacy",
        ],
    ),
    ("testkit", &["tidegauge-ledger", "tidegauge-model", "tidegauge-privacy"]),
    ("tidegauge-simulate", &["tidegauge-collect", "tidegauge-model", "tidegauge-whole-file"]),
    (
        "tidegauge-appraise",
        &[
            "tidegauge-collect",
            "tidegauge-delivery",
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
            "tidegauge-listen",
            "tidegauge-receive",
            "tidegauge-serve",
            "tidegauge-simulate",
            "tidegauge-whole-file",
        ],
    ),
];

/// The rooms of each crate from bottom to top: a room may use only rooms before it. A folder is one
/// room, except for those of its files that have their own line. A file that only passes names on
/// (`pub use`) comes after the rooms that define them. Tests may use everything.
const ROOMS: &[(&str, &[&str])] = &[
    ("tidegauge-book", &[]),
    ("planted", &[]),
    (
        "tidegauge-model",
        &[
            // Time.
            "period::days",
            "period",
            // Words.
            "text",
            "near",
            // Codes, and structures of them.
            "validity",
            "code",
            "structure",
            "method",
            "dataflow",
            "rate",
            "wish",
            "headline",
            "source",
            "observation",
            "amendment",
            // The plan: its content, its consequences, its notation.
            "plan::life_cycle",
            "plan::content",
            "plan::calendar",
            "plan::sources",
            "plan::open",
            "plan::amend",
            "plan::languages",
            // Its limits and its keys, of which parser and reference both take theirs.
            "plan::limits",
            "plan::bound",
            "plan::keys",
            "plan::parse::fault",
            "plan::parse::node",
            "plan::parse::text",
            "plan::parse::names",
            "plan::parse::lists",
            "plan::parse::statement",
            "plan::parse::life_cycle",
            "plan::parse::around",
            "plan::parse::spell",
            "plan::parse::marginal",
            "plan::parse::residual",
            "plan::parse::dimension",
            "plan::parse::method",
            "plan::parse::dataflow",
            "plan::parse::first",
            "plan::parse::rate",
            "plan::parse::wish",
            "plan::parse::headline",
            "plan::parse::retention",
            "plan::parse::source",
            "plan::parse::amendment",
            "plan::parse",
            "plan",
        ],
    ),
    (
        "tidegauge-privacy",
        &[
            "fault",
            // Money: rational charges, never floats.
            "error",
            "budget",
            "accountant",
            "display",
            // Noise.
            "entropy",
            "sampler::coin",
            "sampler",
            "ahead",
            "measure",
            // Strategies, and how far one person can move them.
            "strategy",
            "strategy::recursion",
            "sensitivity",
            "sensitivity::presence",
            "sensitivity::recursion",
            "sensitivity::late",
            // From measurements to estimates.
            "estimate",
            "decode",
            "interval",
            "residual",
            // Choosing integers.
            "design",
        ],
    ),
    (
        "tidegauge-delivery",
        &["fault", "message", "digest", "signature", "delivery", "receipt", "columns"],
    ),
    ("tidegauge-listen", &["forwarded", "stall", "tls"]),
    ("tidegauge-whole-file", &[]),
    (
        "tidegauge-agent",
        &[
            // What goes wrong, and what is secret.
            "error",
            "fault",
            "memory",
            "shown",
            "say",
            "secret",
            "keyed",
            "keys",
            "token",
            // Rows of files.
            "rows::row",
            "rows::guard",
            "rows",
            // Rows of servers.
            "pause",
            "connect::runs",
            "connect::protection",
            "connect::opening",
            "connect::link",
            "connect::message",
            "connect::postgres",
            "connect::nats::committed",
            "connect::nats",
            "connect::kafka",
            "connect",
            // From a row to a delivery.
            "settings",
            "mapping::time",
            "mapping::code",
            "mapping",
            "state",
            "deliver",
            "work::complete",
            "work::parcel",
            "work::patience",
            "work::given_up",
            "work::agent",
            "work",
            // For people.
            "check",
            "guess::likeness",
            "guess::sample",
            "guess",
            "command",
        ],
    ),
    (
        "tidegauge-tlog",
        &[
            "error",
            "merkle",
            "tile",
            "note",
            "checkpoint",
            "source",
            "http",
            "storage",
            "verified",
            "append",
        ],
    ),
    (
        "tidegauge-ledger",
        &[
            // Nouns.
            "digest",
            "format",
            "error",
            "part",
            "entry",
            "release",
            "layout",
            "files",
            "log",
            // Prices from the plan.
            "price",
            // Reading and checking.
            "embargo",
            "succession",
            "verified",
            "audit",
        ],
    ),
    (
        "tidegauge-fold",
        &[
            "fault",
            "event",
            "bound",
            "cell",
            "notes",
            "partition",
            "spell",
            "tally",
            "late",
            "kernel",
        ],
    ),
    (
        "tidegauge-collect",
        &[
            "error",
            "formats",
            "calendar",
            "prices",
            "layout",
            "population",
            // Secrets, and what they encrypt.
            "vault::functions",
            "vault::secret",
            "vault::cipher",
            "vault::keys",
            "vault",
            // From bytes to admitted events.
            "intake::contents",
            "intake::schema",
            "intake::admit",
            "intake::lines",
            "intake::csv",
            "intake::ndjson",
            "intake::parquet::thrift",
            "intake::parquet::codec",
            "intake::parquet::delta",
            "intake::parquet::header",
            "intake::parquet::footer",
            "intake::parquet::scan",
            "intake::parquet::pages",
            "intake::parquet::share",
            "intake::parquet::columns",
            "intake::parquet",
            "intake::read",
            "intake",
            // Events on disk, and their tallies.
            "journal::format",
            "journal::writer",
            "journal::segment",
            "journal",
            "state::gather",
            "state::run",
            "state::runs",
            "state::persons",
            "state::fold",
            "state::snapshot",
            "state::write",
            "state",
            // From tallies to sealed files.
            "release::draw",
            "release::seal",
            "release",
            // A store, and its operations.
            "store::control",
            "store::plan",
            "store::open",
            "store::building",
            "store::charge",
            "store::pending",
            "store::group",
            "store::init",
            "store::ingest",
            "store::amend",
            "store::release",
            "store::retain",
            "store::status",
            "store::backup",
            "store::compare",
            "store::upgrade",
            "store",
        ],
    ),
    (
        "tidegauge-simulate",
        &[
            "error",
            "draw",
            "digits",
            "time_of_day",
            "tables",
            "whole_file",
            "published",
            // Events for any plan: what is drawn, the events of a day, their files.
            "rehearsal::season",
            "rehearsal::options",
            "rehearsal::lists",
            "rehearsal::cycle",
            "rehearsal::persons",
            "rehearsal::row",
            "rehearsal::tally",
            "rehearsal::maker",
            "rehearsal::labels",
            "rehearsal::text",
            "rehearsal::table",
            "rehearsal::files",
            "rehearsal",
            // One module for each life cycle.
            "asylum",
            "returns",
            "stays",
            // Border crossings: counts, persons, files.
            "crossings::codes",
            "crossings::scale",
            "crossings::counts",
            "crossings::built_in",
            "crossings::options",
            "crossings::persons",
            "crossings::day",
            "crossings::event",
            "crossings::forecast",
            "crossings::lines",
            "crossings::parquet",
            "crossings::truth",
            "crossings::write",
            "crossings",
            "revisions",
        ],
    ),
    (
        "tidegauge-appraise",
        &[
            // The accuracy of a plan for readers.
            "solver",
            "planner::reader",
            "planner::figure",
            "planner::window",
            "planner::margin",
            "planner::headline",
            "planner::least",
            "planner::ratio",
            "planner::alternative",
            "planner::intake",
            "planner::forecast",
            "planner::cut",
            "planner::rewrite",
            "planner::fit",
            "planner::columns",
            "planner::text",
            "planner::warning",
            "planner::told",
            "planner::caution",
            "planner",
            "compose::words",
            "compose::error",
            "compose::kind",
            "compose::lists",
            "compose::description",
            "compose::text",
            "compose",
            // The audit: how far one person moves the published values.
            "audit::error",
            "audit::person",
            "audit::bound",
            "audit::close",
            "audit::ground",
            "audit::histories",
            "audit::corrected",
            "audit::crowd",
            "audit::spread",
            "audit::prices",
            "audit::served",
            "audit::bench",
            "audit::cost",
            "audit::laws",
            "audit::small_plan",
            "audit::random",
            "audit::canaries",
            "audit::report",
            "audit",
        ],
    ),
    (
        "tidegauge-receive",
        &[
            "calendar",
            "problem",
            "terms",
            "verify",
            "rows",
            "task::changes",
            "task",
            "owner",
            "socket",
            "intake::limits",
            "intake::answer",
            "intake::current",
            "intake::body",
            "intake::server",
            "intake",
        ],
    ),
    (
        "tidegauge-figures",
        &[
            // Questions as they are written.
            "error",
            "query::indicator",
            "query::decimals",
            "query::format",
            "query::ledger_state",
            "query::grammar",
            "query::series",
            "query::place",
            "query",
            // The published structures.
            "structure::words",
            "structure::concept",
            "structure::key",
            "structure::version",
            "structure",
            // Released files, and the figures that may be read from them.
            "catalogue::spans",
            "catalogue::silent",
            "catalogue::phases",
            "catalogue::open",
            "catalogue::late",
            "catalogue::window",
            "catalogue::under_embargo",
            // From measurements to estimates.
            "estimate::stream",
            "estimate::marginal",
            "estimate::figures",
            "estimate::known",
            "estimate::decimal",
            // From a question to its answer.
            "answer::charge",
            "answer::revision",
            "answer::vintage",
            "answer::answer",
            "catalogue::embargo",
            "catalogue::catalogue",
            "catalogue",
            "estimate::reader",
            "estimate",
            "answer::history",
            "answer::evaluate",
            "answer::earlier",
            "answer",
            // Figures computed from answers.
            "derived::distribution",
            "derived::table",
            "derived::parts",
            "derived::cohort",
            "derived::duration",
            "derived::rate",
            "derived::transition",
            "derived::waiting",
            "derived::cut",
            "derived::range",
            "derived::revisions",
            "derived::nowcast::ladder",
            "derived::nowcast",
            "derived",
            // Formats.
            "formats::shape",
            "formats::layout",
            "formats::message",
            "formats::csv",
            "formats::json",
            "formats::jsonstat",
            "formats::parquet",
            "formats::sdmx_json20",
            "formats::sdmx_ml21",
            "formats::xlsx",
            "formats::writer",
            "formats",
            // The SDMX interfaces.
            "sdmx::kind",
            "sdmx::region",
            "sdmx::artefact",
            "sdmx::request",
            "sdmx::structure_json20",
            "sdmx::structure_ml21",
            "sdmx::reply",
            "sdmx",
        ],
    ),
    (
        "tidegauge-serve",
        &[
            // Content, and its formats.
            "modules",
            "assets",
            "words",
            "files",
            "openapi",
            "describe",
            "compress",
            "negotiate",
            "conditional",
            "refusal",
            "stream",
            // For operators: the calendar, readiness, telemetry.
            "calendar",
            "ready",
            "telemetry::metrics",
            "telemetry::lines",
            "telemetry::watch",
            "telemetry",
            // From a request to its response.
            "site",
            "question",
            "cache",
            "respond",
            "follow::uuid",
            "follow::words",
            "follow::news",
            "follow::feed",
            "follow::calendar",
            "follow",
            "v1",
            "sdmx",
            // The pages as the server writes them.
            "page::address",
            "page::locale",
            "page::markup",
            "page::structure",
            "page::length",
            "page::explain::document",
            "page::explain::speaker",
            "page::explain::counted",
            "page::explain::rules",
            "page::explain",
            "page::lists",
            "page::lost",
            "page::view",
            "page::speech",
            "page::caveats",
            "page::table",
            "page::front",
            "page::card",
            "page::embed",
            "page::plan",
            "page::meta",
            "page::sitemap",
            "page",
            // The server.
            "routes",
            "front",
            "listener",
            "command",
        ],
    ),
    (
        "tidegauge",
        &[
            "failure",
            "command::arguments",
            "command::output",
            "command::progress",
            "command::export",
            "command::health",
            "command::backup",
            "command::upgrade",
            "command::ledger",
            "command::questions",
            "command::compose",
            "command::plan",
            "command::audit",
            "command::serve",
            "command::rehearsal",
            "command::simulation",
            "command::status",
            "command::store",
            "command::demo",
            "command::install",
            "command",
        ],
    ),
    (
        "testkit",
        &[
            "text",
            "plan",
            "plans",
            "processes",
            "postgres",
            "program",
            "server",
            "reference",
            "publisher",
            "counter::row",
            "counter::cell",
            "counter::counted",
            "counter::person",
            "counter",
        ],
    ),
];

/// Crates that need no network, and so must link none.
const OFFLINE: &[&str] = &[
    "tidegauge-model",
    "tidegauge-privacy",
    "tidegauge-tlog",
    "tidegauge-delivery",
    "tidegauge-ledger",
    "tidegauge-fold",
    "tidegauge-collect",
    "tidegauge-figures",
    "tidegauge-simulate",
    "tidegauge-appraise",
];

/// Crates that are made for the network.
const NETWORK: &[&str] = &["axum", "hyper", "mio", "rustls", "tokio", "tower", "ureq"];

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

#[test]
fn every_crate_keeps_the_order_of_its_rooms() {
    let metadata = metadata();
    let mut broken = Vec::new();
    for package in metadata.packages.iter().filter(|package| package.name != "checks") {
        let name = package.name.as_str();
        let Some((_, rooms)) = ROOMS.iter().find(|(package, _)| *package == name) else {
            panic!("{name} has no order of rooms: add it to the list");
        };
        let src = package.manifest_path.parent().expect("a directory").join("src");
        let files = source_files(src.as_std_path());
        assert!(files.len() >= rooms.len(), "{name}: {} files", files.len());
        broken.extend(faults(&files, rooms).into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

/// The feature with which tests plant faults in the real code.
const PLANTED: &str = "planted-faults";
/// The crates with that feature.
const WITH_PLANTED: [&str; 4] =
    ["tidegauge-appraise", "tidegauge-collect", "tidegauge-fold", "tidegauge-privacy"];

#[test]
fn no_program_can_have_a_planted_fault() {
    let metadata = metadata();
    let leads = |feature: &str| feature == PLANTED || feature.ends_with(&format!("/{PLANTED}"));
    let mut programs = BTreeSet::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let bins = package.targets.iter().filter(|target| target.is_bin());
        programs.extend(bins.map(|target| target.name.as_str()));
        let is_asked = |asked: &[String]| asked.iter().any(|feature| leads(feature));
        let dependencies = package.dependencies.iter();
        assert!(dependencies.clone().all(|other| !is_asked(&other.features)), "{name} asks for it");
        let mut links = dependencies.filter(|other| other.name == "planted");
        assert!(links.all(|other| other.optional || name == "checks"), "{name} always links it");
        let features = package.features.iter();
        let leading = features.filter(|(feature, more)| leads(feature) || is_asked(more));
        let leading: Vec<&str> = leading.map(|(feature, _)| feature.as_str()).collect();
        let expected: &[&str] = if WITH_PLANTED.contains(&name) { &[PLANTED] } else { &[] };
        assert_eq!(leading, expected, "{name}");
    }
    for program in ["tidegauge", "tidegauge-agent", "tidegauge-serve"] {
        assert!(programs.contains(program), "{programs:?}");
        assert!(!WITH_PLANTED.contains(&program) && !linked(program).contains("planted"));
    }
}

/// The crates that one crate of ours links, with only the features that it requests: `cargo
/// metadata` adds those that other crates of the workspace request.
fn linked(name: &str) -> BTreeSet<String> {
    let root = tree::root();
    let tree = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--package", name])
        .output()
        .expect("cargo tree");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let text = String::from_utf8(tree.stdout).expect("UTF-8");
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn crates_without_network_link_none() {
    let metadata = metadata();
    let is_ours = |name: &&&str| metadata.packages.iter().any(|package| package.name == **name);
    for name in OFFLINE.iter().filter(is_ours) {
        let linked = linked(name);
        assert!(linked.contains(*name), "{linked:?}");
        for network in NETWORK {
            assert!(!linked.contains(*network), "{name} links {network}");
        }
    }
    assert!(linked("tidegauge").contains("ureq"), "the check finds a network client");
}
