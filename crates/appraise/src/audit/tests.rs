//! Tests of the audit: on plans whose claims are right, and on claims made wrong on purpose.
//!
//! Not here: the command line (`tidegauge/tests/audit.rs`).
//!
//! Statistical tests have a fixed seed; with another seed, a right claim would fail with
//! probability `2 * bound::FALSE_ALARM` at most: once from the files, once from served figures.

use num_rational::BigRational;
use num_traits::ToPrimitive as _;
use testkit::plans::{SHORT, short_with_vintages, stays_by_month, with_corrections, with_vintages};

use super::*;

fn options(pairs: usize, histories: usize) -> AuditOptions {
    AuditOptions { histories, pairs, seed: 1, threads: 2, windows: 1 }
}

fn measured(text: &str, options: &AuditOptions) -> Measurements {
    let plan = Plan::parse(text).unwrap_or_else(|errors| panic!("{errors}"));
    measure(text, &plan, options, &|| {}).unwrap_or_else(|failure| panic!("{failure:?}"))
}

fn ratio(text: &str) -> BigRational {
    text.parse().expect("a ratio")
}

#[test]
fn no_pair_exceeds_its_claim() {
    let measured = measured(SHORT, &options(60, 0));
    let report = measured.against(&claims(&measured.entries));
    assert_eq!(report.findings(), Vec::<String>::new(), "{report}");
    assert_eq!((report.lines.len(), report.steps), (4, 14), "{report}");
    // The costs come near the claims: the histories are the worst possible, or nearly so.
    for (line, least) in report.lines.iter().zip(["1", "1", "3/4", "1"]) {
        assert!(line.measured >= &line.claim * ratio(least), "{report}");
    }
}

#[test]
fn a_wrong_claim_is_caught() {
    let measured = measured(SHORT, &options(8, 0));
    let right = claims(&measured.entries);
    for charged in right.keys() {
        let mut wrong = right.clone();
        *wrong.entry(charged.clone()).or_default() /= ratio("2") + ratio("1/100");
        let findings = measured.against(&wrong).findings();
        let start = format!("error[above-claim]: {} ", charged.dataflow);
        assert!(findings.iter().any(|finding| finding.starts_with(&start)), "{findings:?}");
        wrong.remove(charged);
        let findings = measured.against(&wrong).findings();
        assert!(!findings.is_empty(), "a cost without any charge: {charged:?}");
    }
}

#[test]
fn a_wrong_claim_is_caught_from_release_histories_alone() {
    let measured = measured(SHORT, &options(4, 600));
    let right = claims(&measured.entries);
    let report = measured.against(&right);
    assert_eq!(report.findings(), Vec::<String>::new(), "{report}");
    let bound = report.statistics.bounds.files.rho;
    let cost: f64 = report.statistics.measured.to_f64().expect("a number");
    assert!(bound > cost / 4.0 && bound < cost, "{report}");
    assert!((0.0..cost).contains(&report.statistics.bounds.served.rho), "{report}");
    let wrong = right.into_iter().map(|(charged, claim)| (charged, claim / ratio("5"))).collect();
    let findings = measured.against(&wrong).findings();
    let start = "error[above-claim]: release histories: rho: measured at least ";
    assert!(findings.iter().any(|finding| finding.starts_with(start)), "{findings:?}");
}

/// The short plan, whose flow is measured again after two steps and after five, with corrections.
fn corrected(unit: &str) -> String {
    with_corrections(short_with_vintages(unit)).text()
}

/// The rows of the first `many` histories of a plan, each with the stage at which it comes.
fn rows_of(text: &str, many: usize) -> Vec<(u32, Vec<String>)> {
    let plan = Plan::parse(text).expect("a plan");
    let bench = Bench::new(text, &plan, 1).expect("a bench");
    let ground = PlanGround::new(bench.plan(), bench.steps());
    let mut rows = StagedRows::new();
    for person in ground.persons(many, 1) {
        ground.rows(&person, "syn1:00000001", &mut rows);
    }
    let fields = |row: &String| row.split(',').map(str::to_owned).collect::<Vec<_>>();
    let with_stage = |(&(stage, _), rows): (&(u32, u8), &Vec<String>)| {
        rows.iter().map(|row| (stage, fields(row))).collect::<Vec<_>>()
    };
    rows.iter().flat_map(with_stage).collect()
}

#[test]
fn corrections_come_on_time_and_late() {
    let mut seen = BTreeSet::new();
    for (stage, fields) in rows_of(&corrected("PERSONS"), 60) {
        // The window begins with the 18th, whose stage is 0; rows of the 17th precede it.
        let step: u32 = fields[2][8..10].parse().expect("a day");
        let [.., revision, action] = &fields[..] else { panic!("{fields:?}") };
        if revision != "0" {
            seen.insert((action.clone(), stage > step.saturating_sub(18)));
        }
    }
    let all = [("count", false), ("count", true), ("retract", false), ("retract", true)];
    assert_eq!(seen, BTreeSet::from(all.map(|(action, late)| (action.to_owned(), late))));
    let plain = rows_of(SHORT, 60);
    let columns = Plan::parse(SHORT).expect("a plan").event_columns().len();
    assert!(plain.iter().all(|(_, fields)| fields.len() == columns), "no row corrects anything");
}

/// The changes from corrections are measured and are within the claim. Without any other history
/// they would find a claim of a quarter, and for events, where the worst is that all fall into one
/// cell of one step, a claim of a sixteenth.
#[test]
fn no_correction_exceeds_its_claim() {
    for (unit, part) in [("PERSONS", "4"), ("EVENTS", "16")] {
        let mut measured = measured(&corrected(unit), &options(44, 0));
        let right = claims(&measured.entries);
        let report = measured.against(&right);
        assert_eq!(report.findings(), Vec::<String>::new(), "{report}");
        let takes_back = |moved: &MovedMeasurement| {
            let late = !moved.path.ends_with(".v0.json");
            late && moved.by.iter().any(|&by| by < 0)
        };
        measured.tried.retain(|tried| tried.moved.iter().any(takes_back));
        assert!(measured.tried.len() > 4, "{report}");
        let mut wrong = right;
        for (charged, claim) in &mut wrong {
            if charged.dataflow == "BORDER_FLOW" {
                *claim /= ratio(part);
            }
        }
        let findings = measured.against(&wrong).findings();
        let start = "error[above-claim]: BORDER_FLOW ";
        let found = findings.iter().any(|finding| finding.starts_with(start));
        assert!(found, "{unit}: {findings:?}\n{report}");
    }
}

/// A plan with every measure whose events can be corrected, with a window of a month, and with
/// vintages for the dataflows in which a retraction takes back the count of the last transition.
fn stays_corrected() -> String {
    let dataflows = ["TRANSITIONS", "LENGTHS", "PAIRS", "COHORTS"];
    with_corrections(with_vintages(stays_by_month(), &dataflows)).text()
}

/// The same for transitions, durations and cohorts: their retractions without any other history
/// would find a claim of a quarter.
#[test]
fn no_transition_taken_back_exceeds_its_claim() {
    let mut measured = measured(&stays_corrected(), &options(28, 0));
    let right = claims(&measured.entries);
    let report = measured.against(&right);
    assert_eq!(report.findings(), Vec::<String>::new(), "{report}");
    for id in ["TRANSITIONS", "LENGTHS", "PAIRS", "COHORTS"] {
        let takes_back = |moved: &MovedMeasurement| {
            let late = moved.charged.dataflow == id && !moved.path.ends_with(".v0.json");
            late && moved.by.iter().any(|&by| by < 0)
        };
        let takes_back_some = |tried: &TriedHistory| tried.moved.iter().any(takes_back);
        let all = std::mem::take(&mut measured.tried).into_iter();
        let (retracting, others): (Vec<_>, Vec<_>) = all.partition(takes_back_some);
        assert!(retracting.len() > 1, "{id}: {}\n{report}", retracting.len());
        measured.tried = retracting;
        let mut wrong = right.clone();
        for (charged, claim) in &mut wrong {
            if charged.dataflow == id {
                *claim /= ratio("4");
            }
        }
        let findings = measured.against(&wrong).findings();
        let start = format!("error[above-claim]: {id} ");
        let found = findings.iter().any(|finding| finding.starts_with(&start));
        assert!(found, "{id}: {findings:?}\n{report}");
        measured.tried.extend(others);
    }
}

#[test]
fn a_seed_means_the_same_report() {
    let report = |threads| {
        let options = AuditOptions { threads, ..options(12, 8) };
        let measured = measured(SHORT, &options);
        measured.against(&claims(&measured.entries))
    };
    assert_eq!(report(1), report(2));
}

#[test]
fn a_difference_is_a_finding() {
    let mut measured = measured(SHORT, &options(1, 0));
    measured.tried[0].differing.push("vkey".into());
    let findings = measured.against(&claims(&measured.entries)).findings();
    assert_eq!(findings, ["error[shape-differs]: vkey: bytes: must not depend on one person"]);
    measured.tried[0].differing.clear();
    measured.broken.push("release/x: counts: wrong".into());
    let findings = measured.against(&claims(&measured.entries)).findings();
    assert_eq!(findings, ["error[law-broken]: release/x: counts: wrong"]);
}

/// Over the turn of a window: states are carried over, late rows cross it, and each window has its
/// own claims, of which half would be found.
#[test]
fn no_pair_exceeds_its_claims_over_the_turn_of_a_window() {
    let windows = AuditOptions { windows: 3, ..options(24, 0) };
    let measured = measured(&corrected("PERSONS"), &windows);
    let report = measured.against(&claims(&measured.entries));
    assert_eq!(report.findings(), Vec::<String>::new(), "{report}");
    assert_eq!(report.windows, ["2024-01", "2024-02"], "as many as the plan has");
    assert_eq!((report.lines.len(), report.steps), (8, 14 + 29), "{report}");
    for line in report.lines.iter().filter(|line| line.charged.dataflow == "BORDER_FLOW") {
        assert!(line.measured > &line.claim * ratio("1/2"), "{report}");
    }
}
