//! A small public directory that keeps to its plan, and every way of tampering with it.
//!
//! Not here: crashes (crate `tlog`), readers that remember an earlier head (`verified`).
//!
//! Invariants:
//! 1. Entries that were tampered with are signed with the true key over a correct tree, so only the
//!    rule that they break can find them.

use std::fs;
use std::path::Path;

use testkit::{PlanText, edit, toml};
use tidegauge_tlog::NewFile;
use tidegauge_tlog::{DirectorySource, SigningKey, VerifierKey};

use super::*;
use crate::digest::digest;
use crate::entry::{OrderRule, StoreClass};
use crate::layout::{origin, plan_path, publish};
use crate::log::LedgerWriter;
use crate::release::{FORMAT, Measurement};

pub(crate) const STORE: &str = "5ac0";

pub(crate) fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn vkey() -> String {
    VerifierKey::new(&origin(STORE), &key()).unwrap().to_string()
}

/// A plan that measures nodes, with windows of a month; the first window is not complete.
fn edited_plan() -> PlanText {
    let nodes = |nodes: &str| toml(&format!("{{ calendar = {{ {nodes} }} }}"));
    edit(include_str!("../../../../testdata/crossings.toml"))
        .change("statement.start", "2024-01-30")
        .change("privacy.window", "month")
        .change("privacy.windows", 2)
        .remove("dataflow.BORDER_FLOW.bound_month")
        .change("dataflow.BORDER_FLOW.strategy", nodes("day = 3, week = 2, month = 1"))
        .change("dataflow.VISITORS_PRESENT.strategy", nodes("day = 1, week = 1, month = 1"))
}

fn plan_text() -> String {
    edited_plan().text()
}

/// The same plan, whose flow measures a step again one step and two steps later.
fn with_vintages() -> PlanText {
    edited_plan().add("dataflow.BORDER_FLOW.vintages", toml("[1, 2]"))
}

fn plan_text_with_vintages() -> String {
    with_vintages().text()
}

fn plan() -> Plan {
    Plan::parse(&plan_text()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A public directory before it is signed.
pub(crate) struct Draft {
    pub(crate) entries: Vec<Entry>,
    files: Vec<(String, Vec<u8>)>,
}

fn at() -> String {
    "2024-03-01T00:00:00Z".into()
}

fn plan_entry() -> Entry {
    Entry::of_plan(&plan_text(), &plan(), at())
}

impl Draft {
    /// A correct ledger of the plan's first steps.
    pub(crate) fn new(steps: usize) -> Self {
        Self::of(plan_text(), steps)
    }

    /// A ledger of the first steps of a plan.
    fn of(text: String, steps: usize) -> Self {
        let plan = Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}"));
        let entry = Entry::of_plan(&text, &plan, at());
        let genesis = Entry::Genesis {
            format: 1,
            store: STORE.into(),
            class: StoreClass::Synthetic,
            noise: "seed:07".into(),
            order: None,
            at: at(),
        };
        let files = vec![(plan_path(&digest(text.as_bytes())), text.into_bytes())];
        let mut draft = Self { entries: vec![genesis, entry], files };
        let steps =
            std::iter::successors(Some(plan.first_step()), |step| Some(step.next())).take(steps);
        for step in steps {
            for dataflow in 0..plan.dataflows.len() {
                draft.step(&plan, dataflow, step);
                for late in late_due(&plan, dataflow, step) {
                    draft.late(&plan, dataflow, late);
                }
            }
        }
        draft
    }

    fn step(&mut self, plan: &Plan, dataflow: usize, step: Period) {
        let window = plan.window_of(step);
        let prices = prices(plan, dataflow, window).unwrap();
        let id = &plan.dataflows[dataflow].id;
        if plan.steps_of(window)[0] == step {
            for price in &prices {
                self.entries.push(Entry::Charge {
                    dataflow: id.clone(),
                    window: window.to_string(),
                    part: price.part,
                    delta2: price.delta2.to_string(),
                    variance: price.variance.to_string(),
                    rho: price.rho.to_string(),
                    at: at(),
                });
            }
        }
        let slots = slots(plan, &prices, step);
        self.measure(plan, dataflow, step, 0, slots);
    }

    fn late(&mut self, plan: &Plan, dataflow: usize, LateVintage { step, vintage }: LateVintage) {
        let prices = prices(plan, dataflow, plan.window_of(step)).unwrap();
        self.measure(plan, dataflow, step, vintage, late_slots(&prices, step));
    }

    fn measure(
        &mut self,
        plan: &Plan,
        dataflow: usize,
        step: Period,
        vintage: u32,
        slots: Vec<Slot>,
    ) {
        let (id, window) = (&plan.dataflows[dataflow].id, plan.window_of(step));
        let parts: Vec<Measurement> = slots
            .into_iter()
            .map(|slot| Measurement {
                part: slot.part,
                grain: slot.grain,
                period: slot.period,
                weight: slot.weight,
                variance: slot.variance.to_string(),
                values: (0..slot.measurand.values() as i64).map(|cell| 1000 - 37 * cell).collect(),
            })
            .collect();
        let mut charges: Vec<u64> =
            parts.iter().map(|part| self.charge(id, window, part.part.paid_by())).collect();
        charges.dedup();
        let (dataflow, step) = (id.clone(), step.to_string());
        let blind = None;
        let mut release = Release { format: FORMAT, dataflow, step, vintage, parts, blind };
        if plan.statement.embargo.is_some() {
            release = release.blinded([9; 32]);
        }
        let (path, bytes) = (Release::path(id, &release.step, vintage), release.to_bytes());
        self.entries.push(Entry::Release {
            dataflow: release.dataflow,
            step: release.step,
            vintage,
            charges,
            path: path.clone(),
            digest: digest(&bytes),
            bytes: bytes.len() as u64,
            silent: vec![],
            at: at(),
        });
        self.files.push((path, bytes));
    }

    /// The entry of a charge.
    fn charge(&self, id: &str, period: Period, charged: Part) -> u64 {
        let fits = |entry: &Entry| {
            matches!(entry, Entry::Charge { dataflow, window, part, .. }
                if dataflow == id && *window == period.to_string() && *part == charged)
        };
        self.entries.iter().position(fits).unwrap() as u64
    }

    /// The entry of a release.
    fn release(&self, id: &str, released: &str) -> usize {
        let is_meant = |entry: &Entry| match entry {
            Entry::Release { dataflow, step, .. } => dataflow == id && step == released,
            _ => false,
        };
        self.entries.iter().position(is_meant).unwrap()
    }

    /// Removes an entry and corrects the indices by which releases name their charges.
    fn remove(&mut self, index: usize) {
        self.entries.remove(index);
        for entry in &mut self.entries {
            if let Entry::Release { charges, .. } = entry {
                let later = charges.iter_mut().filter(|charge| **charge > index as u64);
                later.for_each(|charge| *charge -= 1);
            }
        }
    }

    /// Changes a measurement file, and its entry so that it states the new digest and length.
    fn reshape(&mut self, id: &str, step: &str, change: fn(&mut Release)) {
        let file = Release::path(id, step, 0);
        let (_, bytes) = self.files.iter_mut().find(|(path, _)| *path == file).unwrap();
        let mut release = Release::parse(bytes).unwrap();
        change(&mut release);
        *bytes = release.to_bytes();
        let (new_digest, length) = (digest(bytes), bytes.len() as u64);
        let index = self.release(id, step);
        let Entry::Release { digest, bytes, .. } = &mut self.entries[index] else { panic!() };
        (*digest, *bytes) = (new_digest, length);
    }

    /// Writes files and ledger to a directory, signed with the true key.
    pub(crate) fn write(&self, root: &Path) {
        for (path, bytes) in &self.files {
            publish(root, &[NewFile { path, bytes, modified: None }]).unwrap();
        }
        LedgerWriter::create(root, STORE, &key()).unwrap().append_at(0, &self.entries).unwrap();
    }
}

const FLOW: &str = "BORDER_FLOW";
const STOCK: &str = "VISITORS_PRESENT";
const DAYS: [&str; 4] = ["2024-01-30", "2024-01-31", "2024-02-01", "2024-02-02"];

fn findings(root: &Path) -> Vec<String> {
    match audit(&DirectorySource::new(root), Some(&vkey())) {
        Ok(_) => Vec::new(),
        Err(findings) => findings.iter().map(Finding::to_string).collect(),
    }
}

#[test]
fn a_ledger_kept_by_the_plan_has_no_finding() {
    let root = tempfile::tempdir().unwrap();
    Draft::new(4).write(root.path());
    assert_eq!(findings(root.path()), [""; 0]);
    let source = DirectorySource::new(root.path());
    let report = audit(&source, None).unwrap();
    assert_eq!((report.releases, report.log.size), (12, 22));
    let plan = plan();
    for (spent, window) in report.windows.iter().zip(["2024-01", "2024-02"]) {
        assert_eq!(spent.window.to_string(), window);
        assert!(spent.rho <= plan.privacy.rho, "{}", spent.rho);
        let tenth = BigRational::new(9.into(), 10.into());
        assert!(spent.rho > &plan.privacy.rho * tenth, "{}", spent.rho);
    }
    assert_eq!(report.lifetime, report.windows.iter().map(|spent| &spent.rho).sum());
    let text = report.to_string();
    assert!(text.contains("22 entries") && text.contains("window 2024-02: rho "), "{text}");
}

/// The same plan with vintages, whose releases become public at 09:30.
fn plan_text_with_embargo() -> String {
    with_vintages().add("statement.embargo", "09:30").text()
}

#[test]
fn a_file_under_embargo_may_be_missing_until_its_hour() {
    let root = tempfile::tempdir().unwrap();
    Draft::of(plan_text_with_embargo(), 4).write(root.path());
    let source = DirectorySource::new(root.path());
    assert_eq!(audit(&source, None).unwrap().embargoed, None);
    let instant = |text: &str| text.parse::<Timestamp>().unwrap();
    // The fourth step is 2 February; two vintages of earlier days were released with it.
    let hour = instant("2024-02-03T01:30:00Z");
    for path in [format!("{FLOW}/2024-02-02.v0"), format!("{FLOW}/2024-02-01.v1")] {
        fs::remove_file(root.path().join(format!("release/{path}.json"))).unwrap();
    }
    let early = audit_at(&source, None, instant("2024-02-03T01:29:59Z")).unwrap();
    assert_eq!(early.embargoed, Some((2, hour)));
    let text = early.to_string();
    assert!(text.contains("2 of them under embargo until 2024-02-03T01:30:00Z"), "{text}");
    let late = audit_at(&source, None, hour).unwrap_err();
    assert_eq!(late.len(), 2);
    assert!(late.iter().all(|finding| finding.code == "file-missing"), "{late:?}");
    // The embargo of an earlier step is over, so its file must be there.
    let gone = root.path().join(format!("release/{STOCK}/2024-01-31.v0.json"));
    fs::remove_file(gone).unwrap();
    let early = audit_at(&source, None, instant("2024-02-03T01:29:59Z")).unwrap_err();
    assert_eq!(early.len(), 1, "{early:?}");
}

#[test]
fn a_file_has_a_blind_where_its_plan_has_an_embargo() {
    for (text, change) in [
        (plan_text_with_embargo(), (|release| release.blind = None) as fn(&mut Release)),
        (plan_text_with_embargo(), |release| release.blind = Some("00".into())),
        (plan_text(), |release| *release = release.clone().blinded([1; 32])),
    ] {
        let root = tempfile::tempdir().unwrap();
        let mut draft = Draft::of(text, 4);
        draft.reshape(FLOW, DAYS[1], change);
        draft.write(root.path());
        let found = findings(root.path());
        let start = format!("error[release-shape]: release/{FLOW}/{}.v0.json: blind: ", DAYS[1]);
        assert!(found.len() == 1 && found[0].starts_with(&start), "{found:?}");
    }
}

type Tamper = (&'static str, fn(&mut Draft), &'static str);

/// Tampering with entries, each with a finding that must be reported.
const ENTRY_TAMPERS: &[Tamper] = &[
    ("a plan after the first charge", |d| d.entries.swap(1, 2), "error[plan-missing]: entry 1: "),
    ("no plan", |d| drop(d.entries.remove(1)), "error[plan-missing]: entry 1: "),
    (
        "a second plan",
        |d| d.entries.push(plan_entry()),
        "error[plan-second]: entry 22: plan: entry 1 ",
    ),
    ("a second genesis", |d| d.entries.push(d.entries[0].clone()), "error[genesis]: entry 22: "),
    ("no genesis", |d| drop(d.entries.remove(0)), "error[genesis]: entry 0: "),
    (
        "another store",
        |d| {
            if let Entry::Genesis { store, .. } = &mut d.entries[0] {
                *store = "5ac1".into()
            }
        },
        "error[genesis]: entry 0: ",
    ),
    (
        "a later format",
        |d| {
            if let Entry::Genesis { format, .. } = &mut d.entries[0] {
                *format = 3
            }
        },
        "error[newer-format]: entry 0: ",
    ),
    (
        "a format without its order",
        |d| {
            if let Entry::Genesis { format, .. } = &mut d.entries[0] {
                *format = 2
            }
        },
        "error[genesis]: entry 0: ",
    ),
    (
        "a plan entry with more rho",
        |d| {
            if let Entry::Plan { rho, .. } = &mut d.entries[1] {
                *rho = "2".into()
            }
        },
        "error[plan-entry]: entry 1: rho: ",
    ),
    (
        "a plan entry with more windows",
        |d| {
            if let Entry::Plan { windows, .. } = &mut d.entries[1] {
                *windows = 3
            }
        },
        "error[plan-entry]: entry 1: windows: ",
    ),
    (
        "a charge of less sensitivity",
        |d| change(d, 2, "delta2", "1"),
        "error[charge-value]: entry 2: delta2: ",
    ),
    (
        "a charge of another variance",
        |d| change(d, 2, "variance", "1/16"),
        "error[charge-value]: entry 2: variance: ",
    ),
    (
        "a charge of less rho",
        |d| change(d, 2, "rho", "1/1000"),
        "error[charge-value]: entry 2: rho: ",
    ),
    ("a charge of no rho", |d| change(d, 2, "rho", "0"), "error[charge-value]: entry 2: rho: "),
    (
        "a charge above the window",
        |d| change(d, 2, "rho", "3/2"),
        "error[budget-window]: entry 2: ",
    ),
    (
        "a charge above the lifetime budget",
        |d| change(d, 2, "rho", "3"),
        "error[budget-lifetime]: entry 2: ",
    ),
    (
        "a charge twice",
        |d| d.entries.push(d.entries[2].clone()),
        "error[charge-twice]: entry 22: charge: entry 2 ",
    ),
    (
        "a charge twice overspends",
        |d| d.entries.push(d.entries[2].clone()),
        "error[budget-window]: entry 22: ",
    ),
    (
        "a charge for a third window",
        |d| {
            d.entries.push(d.entries[2].clone());
            change(d, 22, "window", "2024-03");
        },
        "error[charge-window]: entry 22: window: 2024-03 ",
    ),
    (
        "a charge for a window before the first",
        |d| change(d, 2, "window", "2023-12"),
        "error[charge-window]: entry 2: ",
    ),
    (
        "a charge for a window of another grain",
        |d| change(d, 2, "window", "2024"),
        "error[charge-window]: entry 2: ",
    ),
    (
        "a charge for an unknown dataflow",
        |d| change(d, 2, "dataflow", "X"),
        "error[dataflow-unknown]: entry 2: ",
    ),
    (
        "a charge for a part that the dataflow does not have",
        |d| {
            if let Entry::Charge { part, .. } = &mut d.entries[2] {
                *part = Part::Base
            }
        },
        "error[charge-part]: entry 2: ",
    ),
    (
        "a missing charge",
        |d| {
            d.remove(2);
        },
        "error[release-charges]: entry 2: ",
    ),
    ("a release before its charge", |d| d.entries.swap(2, 3), "error[release-charges]: entry 2: "),
    (
        "a release that names another dataflow's charge",
        |d| {
            if let Entry::Release { charges, .. } = &mut d.entries[3] {
                charges.push(4)
            }
        },
        "error[release-charges]: entry 3: ",
    ),
    (
        "a base without a charge",
        |d| {
            if let Entry::Release { charges, .. } = &mut d.entries[6] {
                charges.remove(0);
            }
        },
        "error[release-charges]: entry 6: ",
    ),
    (
        "a release twice",
        |d| d.entries.push(d.entries[3].clone()),
        "error[release-twice]: entry 22: release: entry 3 ",
    ),
    (
        "a vintage that the plan does not have",
        |d| {
            if let Entry::Release { vintage, .. } = &mut d.entries[3] {
                *vintage = 1
            }
        },
        "error[release-vintage]: entry 3: ",
    ),
    (
        "steps out of order",
        |d| {
            let (a, b) = (d.release(FLOW, DAYS[0]), d.release(FLOW, DAYS[1]));
            d.entries.swap(a, b);
        },
        "error[release-order]: entry 3: ",
    ),
    (
        "a step left out",
        |d| {
            let middle = d.release(FLOW, DAYS[1]);
            d.remove(middle);
        },
        "error[release-order]: entry 12: step: the next release must be \
         2024-01-31 of BORDER_FLOW",
    ),
    (
        "a dataflow left behind",
        |d| {
            let last = d.release("AT_BOUND", DAYS[1]);
            d.remove(last);
        },
        "error[release-order]: entry 12: step: the next release must be \
         2024-01-31 of AT_BOUND",
    ),
    (
        "a first step left out",
        |d| {
            let first = d.release(STOCK, DAYS[0]);
            d.remove(first);
        },
        "error[release-order]: ",
    ),
    ("a step before the plan", |d| rename(d, "2024-01-29"), "error[release-step]: entry 3: "),
    ("a step beyond the windows", |d| rename(d, "2024-03-01"), "error[release-step]: entry 3: "),
    ("a step of another grain", |d| rename(d, "2024-01"), "error[release-step]: entry 3: "),
    (
        "another path",
        |d| {
            if let Entry::Release { path, .. } = &mut d.entries[3] {
                *path = "release/../x".into()
            }
        },
        "error[release-path]: entry 3: ",
    ),
    (
        "another digest",
        |d| {
            if let Entry::Release { digest, .. } = &mut d.entries[3] {
                *digest = crate::digest(b"")
            }
        },
        "error[release-digest]: release/BORDER_FLOW/2024-01-30.v0.json: digest: ",
    ),
    (
        "another length",
        |d| {
            if let Entry::Release { bytes, .. } = &mut d.entries[3] {
                *bytes += 1
            }
        },
        "error[release-digest]: release/BORDER_FLOW/2024-01-30.v0.json: digest: ",
    ),
    (
        "a cell too few",
        |d| d.reshape(FLOW, DAYS[0], |r| r.parts[0].values.truncate(3)),
        "error[release-shape]: release/BORDER_FLOW/2024-01-30.v0.json: values: part 0 ",
    ),
    (
        "a cell too many",
        |d| d.reshape(FLOW, DAYS[0], |r| r.parts[0].values.push(0)),
        "error[release-shape]: release/BORDER_FLOW/2024-01-30.v0.json: values: part 0 ",
    ),
    (
        "another weight",
        |d| d.reshape(FLOW, DAYS[0], |r| r.parts[0].weight = 1),
        "error[release-shape]: release/BORDER_FLOW/2024-01-30.v0.json: weight: part 0 ",
    ),
    (
        "less noise",
        |d| d.reshape(FLOW, DAYS[0], |r| r.parts[0].variance = "1/16".into()),
        "error[release-shape]: release/BORDER_FLOW/2024-01-30.v0.json: variance: part 0 ",
    ),
    (
        "a node too few",
        |d| d.reshape(FLOW, DAYS[1], |r| drop(r.parts.pop())),
        "error[release-shape]: release/BORDER_FLOW/2024-01-31.v0.json: parts: part 2 ",
    ),
    (
        "a node too early",
        |d| d.reshape(FLOW, DAYS[0], |r| r.parts.push(r.parts[0].clone())),
        "error[release-shape]: release/BORDER_FLOW/2024-01-30.v0.json: parts: part 1 ",
    ),
    (
        "nodes in another order",
        |d| d.reshape(STOCK, DAYS[0], |r| r.parts.reverse()),
        "error[release-shape]: release/VISITORS_PRESENT/2024-01-30.v0.json: part: part 0 ",
    ),
    (
        "another grain",
        |d| d.reshape(FLOW, DAYS[1], |r| r.parts[1].grain = "month".into()),
        "error[release-shape]: release/BORDER_FLOW/2024-01-31.v0.json: grain: part 1 ",
    ),
    (
        "another period",
        |d| d.reshape(FLOW, DAYS[0], |r| r.parts[0].period = "2024-01-31".into()),
        "error[release-shape]: release/BORDER_FLOW/2024-01-30.v0.json: period: part 0 ",
    ),
    (
        "a base a second time",
        |d| {
            d.reshape(STOCK, DAYS[1], |r| {
                let base =
                    Measurement { part: Part::Base, grain: "base".into(), ..r.parts[0].clone() };
                r.parts.insert(0, base);
            })
        },
        "error[release-shape]: release/VISITORS_PRESENT/2024-01-31.v0.json: part: part 0 ",
    ),
    (
        "another dataflow's file",
        |d| d.reshape(FLOW, DAYS[0], |r| r.dataflow = STOCK.into()),
        "error[release-syntax]: release/BORDER_FLOW/2024-01-30.v0.json: ",
    ),
    (
        "another step's file",
        |d| d.reshape(FLOW, DAYS[0], |r| r.step = DAYS[1].into()),
        "error[release-syntax]: release/BORDER_FLOW/2024-01-30.v0.json: ",
    ),
];

/// Sets a field of a charge.
fn change(draft: &mut Draft, index: usize, field: &str, to: &str) {
    let Entry::Charge { dataflow, window, delta2, variance, rho, .. } = &mut draft.entries[index]
    else {
        panic!("entry {index} is not a charge");
    };
    let field = match field {
        "dataflow" => dataflow,
        "window" => window,
        "delta2" => delta2,
        "variance" => variance,
        _ => rho,
    };
    to.clone_into(field);
}

/// Sets the step of the first release.
fn rename(draft: &mut Draft, to: &str) {
    let Entry::Release { step, .. } = &mut draft.entries[3] else { panic!("not a release") };
    to.clone_into(step);
}

#[test]
fn every_tamper_is_found_by_its_name() {
    for (name, tamper, expected) in ENTRY_TAMPERS {
        let mut draft = Draft::new(4);
        tamper(&mut draft);
        let root = tempfile::tempdir().unwrap();
        draft.write(root.path());
        let findings = findings(root.path());
        let found = findings.iter().any(|finding| finding.starts_with(expected));
        assert!(found, "{name}: expected {expected}\n{}", findings.join("\n"));
    }
}

const BUNDLE: &str = "tile/entries/000.p/22";

/// Rewrites a file of a written directory.
fn rewrite(root: &Path, path: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let path = root.join(path);
    fs::write(&path, change(fs::read(&path).unwrap())).unwrap();
}

/// Rewrites the entries of the bundle as a list.
fn rewrite_entries(root: &Path, change: fn(&mut Vec<Vec<u8>>)) {
    rewrite(root, BUNDLE, |bytes| {
        let entries = tidegauge_tlog::tile::decode_bundle(&bytes, 22).unwrap();
        let mut entries: Vec<Vec<u8>> = entries.into_iter().map(<[u8]>::to_vec).collect();
        change(&mut entries);
        tidegauge_tlog::tile::encode_bundle(entries.iter().map(Vec::as_slice)).unwrap()
    });
}

fn flip(root: &Path, path: &str) {
    rewrite(root, path, |mut bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        bytes
    });
}

/// Signs the checkpoint anew after a change of its text.
fn sign_again(root: &Path, key: &SigningKey, change: impl FnOnce(&str) -> String) {
    rewrite(root, "checkpoint", |note| {
        let note = String::from_utf8(note).unwrap();
        let (text, _) = note.split_once("\n\n").unwrap();
        let text = change(&format!("{text}\n"));
        let verifier = VerifierKey::new(&origin(STORE), key).unwrap();
        tidegauge_tlog::note::sign(&text, &verifier, key).into_bytes()
    });
}

type ByteTamper = (&'static str, fn(&Path), &'static str);

/// Tampering with bytes, without the key unless stated otherwise, each with its finding.
const BYTE_TAMPERS: &[ByteTamper] = &[
    (
        "an edited entry",
        |root| rewrite_entries(root, |all| all[5][20] ^= 1),
        "error[root]: checkpoint: ",
    ),
    (
        "a dropped entry",
        |root| rewrite_entries(root, |all| drop(all.remove(5))),
        "error[bundle-shape]: tile/entries/000.p/22: ",
    ),
    (
        "swapped entries",
        |root| rewrite_entries(root, |all| all.swap(4, 5)),
        "error[root]: checkpoint: ",
    ),
    (
        "an inserted entry",
        |root| rewrite_entries(root, |all| all.insert(5, all[5].clone())),
        "error[bundle-shape]: ",
    ),
    (
        "the last entry cut off",
        |root| rewrite_entries(root, |all| drop(all.pop())),
        "error[bundle-shape]: ",
    ),
    (
        "an entry in another form",
        |root| {
            // The operator signs something that is not an entry.
            rewrite_entries(root, |all| all[21].push(b' '));
            let bundle = fs::read(root.join(BUNDLE)).unwrap();
            let mut tree = tidegauge_tlog::merkle::Tree::default();
            for line in tidegauge_tlog::tile::decode_bundle(&bundle, 22).unwrap() {
                tree.push(tidegauge_tlog::merkle::leaf_hash(line));
            }
            fs::write(root.join("tile/0/000.p/22"), tree.level(0).concat()).unwrap();
            sign_again(root, &key(), |text| {
                let mut head = tidegauge_tlog::checkpoint::Checkpoint::parse(text).unwrap();
                head.root = tree.root();
                head.to_text()
            });
        },
        "error[entry-syntax]: entry 21: ",
    ),
    ("a flipped byte in a bundle", |root| flip(root, BUNDLE), "error[root]: checkpoint: "),
    (
        "a flipped byte in a tile",
        |root| flip(root, "tile/0/000.p/22"),
        "error[tile]: tile/0/000.p/22: ",
    ),
    (
        "a longer tile",
        |root| rewrite(root, "tile/0/000.p/22", |bytes| [bytes, vec![0; 32]].concat()),
        "error[tile]: ",
    ),
    (
        "a flipped byte in the checkpoint",
        |root| flip(root, "checkpoint"),
        "error[signature]: checkpoint: ",
    ),
    ("a flipped byte in the key", |root| flip(root, "vkey"), "error[key-syntax]: vkey: "),
    (
        "a flipped byte in the plan",
        |root| flip(root, &plan_file(root)),
        "error[plan-digest]: plan/",
    ),
    (
        "a longer plan",
        |root| rewrite(root, &plan_file(root), |bytes| [bytes, vec![b'\n']].concat()),
        "error[plan-digest]: plan/",
    ),
    (
        "a flipped byte in a release",
        |root| flip(root, RELEASE),
        "error[release-digest]: release/VISITORS_PRESENT/2024-02-01.v0.json: digest: ",
    ),
    (
        "a missing checkpoint",
        |root| remove(root, "checkpoint"),
        "error[file-missing]: checkpoint: ",
    ),
    ("a missing key", |root| remove(root, "vkey"), "error[file-missing]: vkey: "),
    (
        "a missing bundle",
        |root| remove(root, BUNDLE),
        "error[file-missing]: tile/entries/000.p/22: ",
    ),
    (
        "a missing tile",
        |root| remove(root, "tile/0/000.p/22"),
        "error[file-missing]: tile/0/000.p/22: ",
    ),
    ("a missing plan", |root| remove(root, &plan_file(root)), "error[file-missing]: plan/"),
    (
        "a missing release",
        |root| remove(root, RELEASE),
        "error[file-missing]: release/VISITORS_PRESENT/2024-02-01.v0.json: ",
    ),
    (
        "another key",
        |root| sign_again(root, &other_key(), str::to_owned),
        "error[signature]: checkpoint: ",
    ),
    (
        "another key, published",
        |root| {
            sign_again(root, &other_key(), str::to_owned);
            let verifier = VerifierKey::new(&origin(STORE), &other_key()).unwrap();
            fs::write(root.join("vkey"), format!("{verifier}\n")).unwrap();
        },
        "error[key-other]: vkey: ",
    ),
    (
        "another origin",
        |root| sign_again(root, &key(), |text| text.replace(STORE, "5ac1")),
        "error[origin]: checkpoint: ",
    ),
    (
        "a size with a leading zero",
        |root| sign_again(root, &key(), |text| text.replace("\n22\n", "\n022\n")),
        "error[checkpoint-syntax]: ",
    ),
    (
        "an extension line",
        |root| sign_again(root, &key(), |text| format!("{text}more\n")),
        "error[checkpoint-syntax]: ",
    ),
    (
        "another size",
        |root| sign_again(root, &key(), |text| text.replace("\n22\n", "\n21\n")),
        "error[file-missing]: tile/entries/000.p/21: ",
    ),
    (
        "a size beyond all limits",
        |root| sign_again(root, &key(), |text| text.replace("\n22\n", "\n18446744073709551615\n")),
        "error[tree-size]: checkpoint: ",
    ),
    (
        "an unsigned checkpoint",
        |root| rewrite(root, "checkpoint", |bytes| bytes[..60].to_vec()),
        "error[note-syntax]: checkpoint: ",
    ),
];

const RELEASE: &str = "release/VISITORS_PRESENT/2024-02-01.v0.json";

fn other_key() -> SigningKey {
    SigningKey::from_bytes(&[8; 32])
}

fn remove(root: &Path, path: &str) {
    fs::remove_file(root.join(path)).unwrap();
}

fn plan_file(root: &Path) -> String {
    let file = fs::read_dir(root.join("plan")).unwrap().next().unwrap().unwrap();
    format!("plan/{}", file.file_name().into_string().unwrap())
}

#[test]
fn every_tamper_with_bytes_is_found_by_its_name() {
    let draft = Draft::new(4);
    for (name, tamper, expected) in BYTE_TAMPERS {
        let root = tempfile::tempdir().unwrap();
        draft.write(root.path());
        tamper(root.path());
        let findings = findings(root.path());
        let found = findings.iter().any(|finding| finding.starts_with(expected));
        assert!(found, "{name}: expected {expected}\n{}", findings.join("\n"));
    }
}

/// Every file below a directory.
fn files(root: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn a_flipped_bit_anywhere_is_found() {
    let root = tempfile::tempdir().unwrap();
    Draft::new(2).write(root.path());
    for path in files(root.path()) {
        let good = fs::read(&path).unwrap();
        for part in 0..12 {
            let position = part * (good.len() - 1) / 11;
            let mut bad = good.clone();
            bad[position] ^= 1 << (part % 8);
            fs::write(&path, bad).unwrap();
            assert!(!findings(root.path()).is_empty(), "{path:?} at {position}");
        }
        fs::write(&path, good).unwrap();
    }
    assert_eq!(findings(root.path()), [""; 0]);
}

#[test]
fn a_checkpoint_with_a_witness_beside_the_log_is_unchanged() {
    let root = tempfile::tempdir().unwrap();
    Draft::new(1).write(root.path());
    let source = DirectorySource::new(root.path());
    let mut log = read_verified(&source, Some(&vkey())).unwrap();
    rewrite(root.path(), "checkpoint", |note| {
        let text = String::from_utf8(note.clone()).unwrap();
        let (text, _) = text.split_once("\n\n").unwrap();
        let witness = VerifierKey::new("witness.example", &other_key()).unwrap();
        let cosigned = tidegauge_tlog::note::sign(&format!("{text}\n"), &witness, &other_key());
        let line = cosigned.lines().last().unwrap().to_owned();
        [note, line.into_bytes(), b"\n".to_vec()].concat()
    });
    assert!(!log.refresh(&source).unwrap(), "no entry is new");
    assert_eq!(findings(root.path()), [""; 0]);
}

/// A plan with a table of every kind: arrivals, departures and persons present, and a flow in which
/// a dimension stands apart and late events are counted.
fn plan_text_of_tables() -> String {
    let kinds = "[[code_list]]\nid = \"CL_DIRECTION\"\nversion = \"1.0.0\"\nname = \"Direction\"\n\
                 codes = [{ id = \"ENTRY\", name = \"In\" }, { id = \"EXIT\", name = \"Out\" }]\n";
    let flow = "[[dataflow]]\nid = \"CROSSINGS\"\nname = \"Crossings\"\n\
                description = \"Crossings.\"\nmeasure = \"flow\"\nunit = \"PERSONS\"\n\
                step = \"day\"\nbound = 5\nshare = \"1/5\"\n\
                strategy = \"calendar_blt\"\napart = [\"DIRECTION\"]\nvintages = [1, 2]\n\
                marginals = [{ of = [], grain = \"day\", weight = 2 }, \
                { of = [\"BORDER_POINT/1\"], grain = \"day\" }, \
                { of = [\"BORDER_POINT\"], grain = \"month\" }]\n\
                dimensions = [{ id = \"BORDER_POINT\", from = \"border_point\" }, \
                { id = \"DIRECTION\", from = \"kind\", code_list = \"CL_DIRECTION\" }]\n";
    edit(include_str!("../../../../testdata/balance_table.toml"))
        .change("statement.start", "2024-01-30")
        .change("privacy.window", "month")
        .change("privacy.windows", 2)
        .change("dataflow.PRESENT.share", "3/5")
        .append(kinds)
        .append(flow)
        .text()
}

/// A ledger of the second format, which names the order of events at one instant.
fn second_format() -> Draft {
    let mut draft = Draft::of(plan_text_of_tables(), 4);
    let Entry::Genesis { format, order, .. } = &mut draft.entries[0] else { panic!("a genesis") };
    (*format, *order) = (2, Some(OrderRule::LifeCycle));
    draft
}

/// Ledgers of every format that was ever written, in `tests/golden`. Only add to them: a change
/// that makes one fail breaks existing ledgers, and a change of charges makes them fail: of flows
/// and stocks over cells in the first, of tables in the second. `UPDATE=1` writes those that are
/// missing.
#[test]
fn ledgers_ever_written_have_no_finding() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for (format, draft) in [("format_1", Draft::new(4)), ("format_2", second_format())] {
        let missing = !golden.join(format).exists();
        if std::env::var_os("UPDATE").is_some() && missing {
            draft.write(&golden.join(format));
        }
    }
    let second_golden = golden.join("format_2");
    for format in fs::read_dir(golden).unwrap() {
        let root = format.unwrap().path();
        assert_eq!(findings(&root), [""; 0], "{root:?}");
    }
    let words = ["base-1-0", "net-1-0", "turnover-1-0", "residual-1-1", "net-2-1", "turnover-1"];
    let second = read_verified(&DirectorySource::new(&second_golden), None).unwrap();
    for word in words {
        let is_charged =
            |entry: &Entry| matches!(entry, Entry::Charge { part, .. } if part.to_string() == word);
        assert!(second.entries.iter().any(is_charged), "{word}");
    }
}

/// The position of the entry of this vintage of this step of the flow.
fn vintage_of(draft: &Draft, released: &str, number: u32) -> usize {
    let is_meant = |entry: &Entry| {
        matches!(entry, Entry::Release { dataflow, step, vintage, .. }
            if dataflow == FLOW && step == released && *vintage == number)
    };
    draft.entries.iter().position(is_meant).unwrap()
}

#[test]
fn a_ledger_with_vintages_has_no_finding() {
    let root = tempfile::tempdir().unwrap();
    let draft = Draft::of(plan_text_with_vintages(), 4);
    draft.write(root.path());
    assert_eq!(findings(root.path()), [""; 0]);
    let report = audit(&DirectorySource::new(root.path()), None).unwrap();
    // Three of the four steps are measured a second time, and two a third.
    assert_eq!(report.releases, 12 + 3 + 2);
    let Entry::Release { charges, .. } = &draft.entries[vintage_of(&draft, DAYS[1], 2)] else {
        panic!("a release")
    };
    let january = draft.charge(FLOW, Period::parse("2024-01").unwrap(), Part::Stream);
    assert_eq!(*charges, [january], "the window of the step pays, not that of its release");
}

#[test]
fn every_tamper_with_a_vintage_is_found_by_its_name() {
    let tampers: &[Tamper] = &[
        ("a vintage left out", |d| d.remove(vintage_of(d, DAYS[0], 1)), "release-order"),
        (
            "a vintage twice",
            |d| {
                let index = vintage_of(d, DAYS[0], 1);
                d.entries.insert(index + 1, d.entries[index].clone());
            },
            "release-twice",
        ),
        (
            "a vintage a step too early",
            |d| {
                let (late, early) = (vintage_of(d, DAYS[0], 2), vintage_of(d, DAYS[0], 1));
                let entry = d.entries.remove(late);
                d.entries.insert(early + 1, entry);
            },
            "release-vintage",
        ),
        (
            "a vintage that the plan does not have",
            |d| {
                let index = vintage_of(d, DAYS[0], 2);
                if let Entry::Release { vintage, path, .. } = &mut d.entries[index] {
                    (*vintage, *path) = (3, Release::path(FLOW, DAYS[0], 3));
                }
            },
            "release-vintage",
        ),
        (
            "a vintage without a charge",
            |d| {
                let index = vintage_of(d, DAYS[0], 1);
                if let Entry::Release { charges, .. } = &mut d.entries[index] {
                    charges.clear();
                }
            },
            "release-charges",
        ),
        (
            "a vintage with less noise",
            |d| {
                let path = Release::path(FLOW, DAYS[0], 1);
                let (_, file) = d.files.iter_mut().find(|(known, _)| *known == path).unwrap();
                let mut release = Release::parse(file).unwrap();
                release.parts[0].variance = "1/16".into();
                *file = release.to_bytes();
                let (new_digest, length) = (digest(file), file.len() as u64);
                let index = vintage_of(d, DAYS[0], 1);
                if let Entry::Release { digest, bytes, .. } = &mut d.entries[index] {
                    (*digest, *bytes) = (new_digest, length);
                }
            },
            "release-shape",
        ),
    ];
    for (name, tamper, code) in tampers {
        let root = tempfile::tempdir().unwrap();
        let mut draft = Draft::of(plan_text_with_vintages(), 4);
        tamper(&mut draft);
        draft.write(root.path());
        let found = findings(root.path());
        let start = format!("error[{code}]: ");
        assert!(found.iter().any(|finding| finding.starts_with(&start)), "{name}: {found:?}");
    }
}

/// A vintage of a flow whose plan has no vintages.
#[test]
fn a_vintage_without_a_plan_for_it_is_found() {
    let root = tempfile::tempdir().unwrap();
    let mut draft = Draft::new(2);
    let Entry::Release { mut dataflow, step, charges, digest, bytes, at, .. } =
        draft.entries[draft.release(FLOW, DAYS[0])].clone()
    else {
        panic!("a release")
    };
    let path = Release::path(&dataflow, &step, 1);
    let (_, file) = draft.files.iter().find(|(path, _)| path.ends_with("v0.json")).unwrap();
    draft.files.push((path.clone(), file.clone()));
    dataflow = FLOW.into();
    draft.entries.push(Entry::Release {
        dataflow,
        step,
        vintage: 1,
        charges,
        path,
        digest,
        bytes,
        silent: vec![],
        at,
    });
    draft.write(root.path());
    let found = findings(root.path());
    assert!(
        found.iter().any(|finding| finding.starts_with("error[release-vintage]: ")),
        "{found:?}"
    );
}

/// A plan whose sources are LAND and AIR, of which AIR delivers only for the first day.
fn plan_with_sources() -> String {
    let source = |id: &str, days: &str, key: &str| {
        format!(
            "[[source]]\nid = \"{id}\"\nname = \"{id}\"\n{days}\ncomplete_every = \"day\"\n\
             complete_within_minutes = 0\n[[source.key]]\nid = \"k\"\npublic = \"{key}\"\n"
        )
    };
    let intake = "[intake]\nlongest_wait_minutes = 1\npseudonym_key = \"0123456789abcdef\"\n";
    let land = source("LAND", "from = \"2024-01-30\"", &format!("{}=", "A".repeat(43)));
    let air = "from = \"2024-01-30\"\nto = \"2024-01-30\"";
    let air = source("AIR", air, &format!("B{}=", "A".repeat(42)));
    format!("{}\n{intake}{land}{air}", plan_text())
}

#[test]
fn silent_sources_are_sources_of_the_step() {
    let table: [(&str, &[&str], Option<&str>); 6] = [
        (DAYS[0], &["LAND"], None),
        (DAYS[0], &["LAND", "AIR"], None),
        (DAYS[0], &["AIR", "LAND"], Some("AIR, LAND")),
        (DAYS[0], &["LAND", "LAND"], Some("LAND, LAND")),
        (DAYS[1], &["AIR"], Some("AIR")),
        (DAYS[1], &["SEA"], Some("SEA")),
    ];
    for (step, silent, refused) in table {
        let mut draft = Draft::of(plan_with_sources(), 2);
        let index = draft.release(FLOW, step);
        let Entry::Release { silent: stated, .. } = &mut draft.entries[index] else { panic!() };
        *stated = silent.iter().map(|&id| id.to_owned()).collect();
        let root = tempfile::tempdir().unwrap();
        draft.write(root.path());
        let expected = refused.map(|given| {
            format!(
                "error[release-silent]: entry {index}: silent: sources that deliver for the step \
                 are needed, in the plan's order, given {given}; "
            )
        });
        let found = findings(root.path());
        assert_eq!(found.len(), usize::from(expected.is_some()), "{silent:?}: {found:?}");
        let is_expected = |start: &String| found[0].starts_with(start);
        assert!(expected.as_ref().is_none_or(is_expected), "{silent:?}: {found:?}");
    }
}
