//! The real publisher: the crates that the program itself runs, in their own synthetic stores.
//!
//! Not here: code that differs from that of the program.
//!
//! Invariants:
//! 1. Claims are those of the store's verified ledger.

use std::fs;
use std::path::Path;

use num_rational::BigRational;
use num_traits::Zero as _;
use tempfile::TempDir;
use testkit::edit;
use tidegauge_collect::{Ingest, OnBadRow, Population, Releasing, Store, init};
use tidegauge_ledger::{DirectorySource, Entry, read_verified};
use tidegauge_model::{Period, Plan};

use super::history::{CrossingRow, HEADER};
use super::{Claim, DAYS, PLAN, Published, PublisherUnderTest};

/// A time after all steps and embargoes.
const NOW: &str = "2025-01-01T00:00:00Z";

/// The program's crates with a plan.
pub struct Real {
    plan: String,
}

impl Real {
    pub fn new() -> Self {
        Self { plan: PLAN.into() }
    }

    /// The same with another bound of the flow.
    pub fn with_bound(bound: u32) -> Self {
        Self { plan: edit(PLAN).set("dataflow.BORDER_FLOW.bound", i64::from(bound)).text() }
    }
}

/// A directory for stores, in memory if possible, because a store syncs at every step.
fn place() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a directory")
}

fn release(store: &mut Store, day: usize) {
    let now = NOW.parse().expect("an instant");
    let first = store.plan().first_step();
    let until = (0..day).fold(first, |step: Period, _| step.next());
    // The neighbour may have no event at all.
    let releasing = Releasing { until: Some(until), empty: true, ..Releasing::closed(now, 1) };
    store.release(&releasing, &mut |_| {}).expect("a release");
}

impl PublisherUnderTest for Real {
    fn publish(&self, history: &[CrossingRow], tape: u8) -> Published {
        let place = place();
        let directory = place.path().join("store");
        let plan = Plan::parse(&self.plan).unwrap_or_else(|errors| panic!("{errors}"));
        let now = NOW.parse().expect("an instant");
        let class = Population::Synthetic { noise_seed: Some([tape; 32]) };
        init(&directory, &self.plan, &plan, &class, now).expect("a store");
        let mut store = Store::open(&directory).expect("a store");
        for stage in 0..DAYS {
            let rows: Vec<&str> = history
                .iter()
                .filter(|row| row.stage == stage)
                .map(|row| row.text.as_str())
                .collect();
            if rows.is_empty() {
                continue;
            }
            if let Some(previous) = stage.checked_sub(1) {
                release(&mut store, previous);
            }
            let file = place.path().join("events.csv");
            fs::write(&file, format!("{HEADER}\n{}\n", rows.join("\n"))).expect("a file");
            let ingest = Ingest {
                format: None,
                submitter: "one".into(),
                threads: 1,
                now,
                on_bad_row: OnBadRow::Refuse,
            };
            store.ingest(&[file.into()], &ingest).expect("good rows");
        }
        release(&mut store, DAYS - 1);
        read_public(&directory.join("public"))
    }
}

fn read_public(public: &Path) -> Published {
    let source = DirectorySource::new(public);
    let log = read_verified(&source, None).expect("a ledger");
    let (mut releases, mut claim) = (Vec::new(), Claim::new());
    for (index, entry) in (0..).zip(&log.entries) {
        match entry {
            Entry::Charge { dataflow, part, rho, .. } => {
                let rho: BigRational = rho.parse().expect("a ratio");
                *claim.entry((dataflow.clone(), *part)).or_insert_with(BigRational::zero) += rho;
            }
            Entry::Release { .. } => {
                releases.push(log.read_release(&source, index).expect("a release"));
            }
            _ => {}
        }
    }
    Published { releases, claim }
}
