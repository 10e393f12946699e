//! Amendments on a ledger: the plan in force, and every way of tampering with the succession.
//!
//! Not here: the changes that an amendment may make (crate `model`), crashes
//! (`tidegauge/tests/amendments.rs`).

#![cfg(test)]

use std::path::Path;

use testkit::edit;
use testkit::text::replace_each;
use tidegauge_ledger::{
    DirectorySource, Entry, LedgerWriter, NewFile, SigningKey, StoreClass, Succession, audit,
    digest, plan_path, prices, publish, read_verified,
};
use tidegauge_model::{Amendment, Plan};

const STORE: &str = "5ac0";
const AT: &str = "2024-03-01T00:00:00Z";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn plan_text() -> String {
    let text = include_str!("../../../testdata/crossings.toml");
    edit(text).add("code_list.CL_BORDER_POINT.reserved", 2).text()
}

/// An amendment that adds a border crossing point from a day on.
fn text(from: &str, code: &str) -> String {
    format!(
        "from = \"{from}\"\nnote = \"{code} opens\"\n[[added]]\nlist = \"CL_BORDER_POINT\"\n\
         code = \"{code}\"\nname = \"{code}\"\n\
         [[break]]\ndataflow = \"BORDER_FLOW\"\nnote = \"b\"\n"
    )
}

fn amendment(text: &str) -> Amendment {
    Amendment::parse(text).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The contents of a ledger before it is signed.
#[derive(Clone)]
struct AmendmentDraft {
    entries: Vec<Entry>,
    files: Vec<(String, String)>,
}

impl AmendmentDraft {
    /// A plan without any release, and its two amendments.
    fn new() -> Self {
        let text = plan_text();
        let plan = Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}"));
        let genesis = Entry::Genesis {
            format: 1,
            store: STORE.into(),
            class: StoreClass::Synthetic,
            noise: "os".into(),
            order: None,
            at: AT.into(),
        };
        let entry = Entry::of_plan(&text, &plan, AT.into());
        let files = vec![(plan_path(&digest(text.as_bytes())), text)];
        let mut draft = Self { entries: vec![genesis, entry], files };
        draft.amend(&self::text("2024-02-01", "FIRST"));
        draft.amend(&self::text("2024-03-01", "SECOND"));
        draft
    }

    fn amend(&mut self, text: &str) {
        let newest = self.entries.iter().rev().find_map(|entry| match entry {
            Entry::Plan { digest, .. } | Entry::Amendment { digest, .. } => Some(digest.clone()),
            _ => None,
        });
        let entry = Entry::of_amendment(text, &amendment(text), &newest.unwrap(), AT.into());
        self.files.push((plan_path(&digest(text.as_bytes())), text.to_owned()));
        self.entries.push(entry);
    }

    fn write(&self, root: &Path) {
        for (path, text) in &self.files {
            publish(root, &[NewFile { path, bytes: text.as_bytes(), modified: None }]).unwrap();
        }
        LedgerWriter::create(root, STORE, &key()).unwrap().append_at(0, &self.entries).unwrap();
    }
}

fn findings(root: &Path) -> Vec<String> {
    match audit(&DirectorySource::new(root), None) {
        Ok(_) => vec![],
        Err(findings) => findings.iter().map(ToString::to_string).collect(),
    }
}

/// A release entry of a step; the succession fails before its file is read.
fn release(step: &str) -> Entry {
    Entry::Release {
        dataflow: "BORDER_FLOW".into(),
        step: step.into(),
        vintage: 0,
        charges: vec![],
        path: format!("release/BORDER_FLOW/{step}.v0.json"),
        digest: digest(b""),
        bytes: 0,
        silent: vec![],
        at: AT.into(),
    }
}

type AmendmentTamper = (&'static str, fn(&mut AmendmentDraft), &'static str);

/// Each is signed with the true key over a correct tree, so only the broken rule can find it.
const TAMPERS: &[AmendmentTamper] = &[
    ("reordered", |d| d.entries.swap(2, 3), "error[amendment-order]: entry 2: amends: "),
    ("left out", |d| drop(d.entries.remove(2)), "error[amendment-order]: entry 2: amends: "),
    (
        "twice",
        |d| d.entries.push(d.entries[3].clone()),
        "error[amendment-order]: entry 4: amends: ",
    ),
    ("before the plan", |d| d.entries.swap(1, 2), "error[plan-missing]: entry 1: "),
    ("its file is missing", |d| drop(d.files.remove(2)), "error[file-missing]: plan/"),
    (
        "its file is another",
        |d| d.files[2].1 = replace_each(&d.files[2].1, "opens", "close"),
        "error[plan-digest]: plan/",
    ),
    (
        "its entry has another day",
        |d| {
            if let Entry::Amendment { from, .. } = &mut d.entries[2] {
                *from = "2024-02-02".into();
            }
        },
        "error[plan-entry]: entry 2: from: ",
    ),
    (
        "its entry has another note",
        |d| {
            if let Entry::Amendment { note, .. } = &mut d.entries[2] {
                *note = "nothing".into();
            }
        },
        "error[plan-entry]: entry 2: note: ",
    ),
    (
        "forged: an existing code",
        |d| d.amend(&text("2024-04-01", "FIRST")),
        "error[code-exists]: entry 4: added[0].code: ",
    ),
    (
        "forged: no place left",
        |d| d.amend(&text("2024-04-01", "THIRD")),
        "error[no-reserved-place]: entry 4: added[0].code: ",
    ),
    (
        "backwards",
        |d| d.amend(&text("2024-02-28", "SECOND")),
        "error[amendment-from]: entry 4: from: ",
    ),
    (
        "of a released step",
        |d| d.entries.insert(3, release("2024-03-01")),
        "error[amendment-early]: entry 4: from: must be after 2024-03-01",
    ),
    (
        "not an amendment",
        |d| {
            let text = "from = 1".to_owned();
            let Entry::Amendment { digest, bytes, .. } = &mut d.entries[3] else { return };
            *digest = tidegauge_ledger::digest(text.as_bytes());
            *bytes = text.len() as u64;
            d.files.push((plan_path(digest), text));
        },
        "error[plan-syntax]: plan/",
    ),
];

#[test]
fn every_tamper_with_an_amendment_is_found_by_its_name() {
    let root = tempfile::tempdir().unwrap();
    AmendmentDraft::new().write(root.path());
    assert_eq!(findings(root.path()), [""; 0]);
    for (name, tamper, expected) in TAMPERS {
        let root = tempfile::tempdir().unwrap();
        let mut draft = AmendmentDraft::new();
        tamper(&mut draft);
        for (path, text) in &draft.files {
            // A forger can leave a file whose bytes do not have the digest in its name.
            let to = root.path().join(path);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::write(to, text).unwrap();
        }
        draft.files.clear();
        draft.write(root.path());
        let found = findings(root.path());
        assert!(found.iter().any(|finding| finding.starts_with(expected)), "{name}: {found:?}");
    }
}

#[test]
fn a_succession_is_the_same_however_it_is_read() {
    let root = tempfile::tempdir().unwrap();
    let draft = AmendmentDraft::new();
    let mut first_entries = draft.clone();
    first_entries.entries.truncate(2);
    first_entries.write(root.path());
    let source = DirectorySource::new(root.path());
    let mut log = read_verified(&source, None).unwrap();
    let first = log.plan().unwrap().1.clone();
    assert!(first.amendments.is_empty());
    for entry in &draft.entries[2..] {
        let mut writer = LedgerWriter::open(root.path(), &key()).unwrap();
        let size = writer.size();
        writer.append_at(size, std::slice::from_ref(entry)).unwrap();
        assert!(log.refresh(&source).unwrap());
    }
    let whole = read_verified(&source, None).unwrap();
    let (digest, plan) = whole.plan().unwrap();
    assert_eq!((digest, plan), log.plan().unwrap());
    assert_eq!(digest, self::digest(plan_text().as_bytes()), "the text of the first plan");
    assert_eq!(plan.amendments.len(), 2);
    let list = plan.code_list("CL_BORDER_POINT").unwrap();
    assert_eq!((&*list.version, list.find("SECOND").is_some()), ("1.2.0", true));
    let succession = Succession::of(&whole.entries, &source).unwrap();
    let amendments_at = |size| succession.at(size).map(|state| state.plan.amendments.len());
    assert_eq!([1, 2, 3, 4].map(amendments_at), [None, Some(0), Some(1), Some(2)]);
    let report = audit(&source, None).unwrap().to_string();
    assert!(report.contains("amendment from 2024-03-01, entry 3: "), "{report}");
}

#[test]
fn an_amendment_changes_no_price() {
    let plan = Plan::parse(&plan_text()).unwrap();
    let amended = plan.amended(&amendment(&text("2024-02-01", "FIRST"))).unwrap();
    let window = plan.window_of(plan.first_step());
    for position in 0..plan.dataflows.len() {
        for window in [window, window.next()] {
            let price = |plan: &Plan| format!("{:?}", prices(plan, position, window).unwrap());
            assert_eq!(price(&plan), price(&amended), "{position}");
        }
    }
}
