//! The bench: runs histories through the real code in synthetic stores, and reads their public
//! output.
//!
//! Not here: which histories there are (`histories`), and the cost of a difference (`cost`).
//! Only stores made here are opened.
//!
//! Invariants:
//! 1. Stores are created and removed with the bench, in a temporary directory that is in memory if
//!    possible, because a store syncs to its disk at every step.
//! 2. Every store of one tape is a copy of one that has just been made: the same keys, the same
//!    seed of noise, the same clock.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{Span, Timestamp};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use tempfile::TempDir;

use tidegauge_collect::{
    AdmittedDelivery, DeliveryBytes, Ingest, InputFormat, OnBadRow, Population, Releasing, Store,
    init,
};
use tidegauge_delivery::{ContentFormat, Delivery, digest_of};
use tidegauge_ledger::{DirectorySource, Entry, Release, read_verified};
use tidegauge_model::{Amendment, Period, Plan};

use super::error::AuditError;
use super::person::StagedRows;
use super::prices::PlanPrices;
use super::served::ServedFigures;

/// A directory that many systems keep in memory.
const MEMORY: &str = "/dev/shm";
/// The number of days after the window that the clock of every store shows.
const CLOCK_DAYS: i64 = 400;

/// A directory for stores of one plan.
pub(crate) struct Bench {
    text: String,
    prices: PlanPrices,
    /// The steps that histories may use: those of the plan's first windows that it allows.
    steps: Vec<Period>,
    amendment: Option<TimedAmendment>,
    directory: TempDir,
    now: Timestamp,
    made: AtomicU64,
}

/// An amendment, and the stage at which it is put in force: after the release of the step before.
struct TimedAmendment {
    stage: usize,
    text: String,
    amendment: Amendment,
}

/// The public output of a store.
pub(super) struct PublicView {
    /// Measurement files by path.
    pub releases: BTreeMap<String, Release>,
    /// Entries of the ledger.
    pub entries: Vec<Entry>,
    /// Every other file.
    pub others: BTreeMap<String, Vec<u8>>,
}

fn system(place: &Path, operation: &'static str) -> impl Fn(std::io::Error) -> AuditError {
    let place = place.to_owned();
    move |error| AuditError::system(&place, operation, error)
}

impl Bench {
    /// A bench for so many windows of a plan, or for all windows if it has fewer.
    pub(crate) fn new(text: &str, plan: &Plan, windows: usize) -> Result<Self, AuditError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("tidegauge-audit-");
        let has_own_place = std::env::var_os("TMPDIR").is_some();
        let memory = if has_own_place { None } else { builder.tempdir_in(MEMORY).ok() };
        let directory = match memory {
            Some(directory) => directory,
            None => builder.tempdir().map_err(system(&std::env::temp_dir(), "create"))?,
        };
        let first = plan.first_step();
        let all = std::iter::successors(Some(plan.window_of(first)), |window| Some(window.next()));
        let windows = all.take(windows.clamp(1, plan.privacy.windows as usize));
        let mut steps: Vec<Period> = windows.flat_map(|window| plan.steps_of(window)).collect();
        steps.retain(|&step| plan.allows(step));
        let last = steps.last().unwrap_or(&first).last();
        let clock = last
            .saturating_add(Span::new().days(CLOCK_DAYS))
            .to_zoned_datetime(plan.time_zone().clone())
            .map_or(Timestamp::MAX, |zoned| zoned.timestamp());
        Ok(Self {
            text: text.to_owned(),
            prices: PlanPrices::new(plan, &steps),
            steps,
            amendment: None,
            directory,
            now: clock,
            made: AtomicU64::new(0),
        })
    }

    /// From now on every store amends its plan before the first step of an amendment.
    pub(super) fn amend(&mut self, text: &str, amendment: Amendment) {
        let from = amendment.first_step(self.plan().step());
        let stage = self.steps.partition_point(|step| step.start() < from.start());
        self.amendment = Some(TimedAmendment { stage, text: text.to_owned(), amendment });
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.prices.plan
    }

    pub(super) fn prices(&self) -> &PlanPrices {
        &self.prices
    }

    pub(super) fn steps(&self) -> &[Period] {
        &self.steps
    }

    fn new_place(&self) -> PathBuf {
        self.directory.path().join(self.made.fetch_add(1, Ordering::Relaxed).to_string())
    }

    /// A new, empty synthetic store with this seed of noise.
    pub(super) fn tape(&self, seed: [u8; 32]) -> Result<PathBuf, AuditError> {
        let place = self.new_place();
        let class = Population::Synthetic { noise_seed: Some(seed) };
        init(&place, &self.text, self.plan(), &class, self.now)?;
        Ok(place)
    }

    /// The public output of a copy of the tape after it ingests these rows and releases the first
    /// `steps` steps.
    pub(super) fn run(
        &self,
        tape: &Path,
        rows: &StagedRows,
        steps: usize,
    ) -> Result<PublicView, AuditError> {
        self.run_and(tape, rows, steps, read_public)
    }

    /// As [`Self::run`], with all the figures that are served from the output.
    pub(super) fn run_served(
        &self,
        tape: &Path,
        rows: &StagedRows,
        steps: usize,
    ) -> Result<(PublicView, ServedFigures), AuditError> {
        self.run_and(tape, rows, steps, |public| {
            Ok((read_public(public)?, ServedFigures::read(public, self.plan())?))
        })
    }

    /// Fills a copy of the tape, and reads its public directory in this way.
    fn run_and<T>(
        &self,
        tape: &Path,
        rows: &StagedRows,
        steps: usize,
        read: impl Fn(&Path) -> Result<T, AuditError>,
    ) -> Result<T, AuditError> {
        let place = self.new_place();
        copy(tape, &place)?;
        let seen = self.fill(&place, rows, steps).and_then(|()| read(&place.join("public")));
        fs::remove_dir_all(&place).map_err(system(&place, "remove"))?;
        seen
    }

    fn fill(&self, place: &Path, rows: &StagedRows, steps: usize) -> Result<(), AuditError> {
        let mut store = Store::open(place)?;
        let columns = [&self.plan().event_columns(), self.plan().correction_columns()].concat();
        let header = columns.join(",");
        let mut released = 0;
        for (&(stage, source), rows) in rows {
            let stage = stage as usize;
            if stage >= steps {
                break;
            }
            self.release(&mut store, &mut released, stage)?;
            let text = format!("{header}\n{}\n", rows.join("\n"));
            let sources = &self.plan().sources;
            let source = usize::from(source);
            match sources.get(source % sources.len().max(1)) {
                Some(own) => {
                    self.deliver(&mut store, &own.id, format!("{stage}.{source}"), text)?
                }
                None => {
                    let file = place.join("private").join(format!("{stage}-{source}.csv"));
                    self.ingest(&mut store, source, file, &text)?;
                }
            }
        }
        self.release(&mut store, &mut released, steps)
    }

    /// Takes rows as a file of an operator.
    fn ingest(
        &self,
        store: &mut Store,
        source: usize,
        file: PathBuf,
        text: &str,
    ) -> Result<(), AuditError> {
        fs::write(&file, text).map_err(system(&file, "write"))?;
        let ingest = Ingest {
            format: Some(InputFormat::Csv),
            submitter: format!("source-{source}"),
            threads: 1,
            now: self.now,
            on_bad_row: OnBadRow::Refuse,
        };
        store.ingest(&[file.into()], &ingest)?;
        Ok(())
    }

    /// Takes rows as a delivery of a source, after its signature was verified. It declares nothing
    /// complete, since that does not depend on persons.
    fn deliver(
        &self,
        store: &mut Store,
        source: &str,
        id: String,
        text: String,
    ) -> Result<(), AuditError> {
        let rows_max = text.lines().count() as u64;
        let delivery = Delivery {
            source: source.to_owned(),
            id,
            store: String::new(),
            format: Some(ContentFormat::Csv),
            encoding: None,
            digest: digest_of(text.as_bytes()),
            pseudonym_key: None,
            complete_until: None,
            on_bad_row: tidegauge_delivery::OnBadRow::Refuse,
        };
        let (bytes, bad) = (DeliveryBytes::Whole(text.into()), OnBadRow::Refuse);
        let admission = store.admission(source)?;
        let rows = admission.admit(bytes, InputFormat::Csv, bad, rows_max, self.now)?;
        store.deliver(vec![AdmittedDelivery { delivery, rows, arrived: self.now }])?;
        Ok(())
    }

    /// Releases the steps before this one, of which so many are released already.
    fn release(
        &self,
        store: &mut Store,
        released: &mut usize,
        before: usize,
    ) -> Result<(), AuditError> {
        if let Some(TimedAmendment { stage, text, amendment }) = &self.amendment
            && *stage <= before
            && store.plan().amendments.is_empty()
        {
            self.release_steps(store, released, *stage)?;
            store.amend(text, amendment, self.now, self.now)?;
        }
        self.release_steps(store, released, before)
    }

    fn release_steps(
        &self,
        store: &mut Store,
        released: &mut usize,
        before: usize,
    ) -> Result<(), AuditError> {
        if before <= *released {
            return Ok(());
        }
        let until = self.steps.get(before - 1).copied();
        // The neighbour may have no event at all.
        let releasing = Releasing { until, empty: true, ..Releasing::closed(self.now, 1) };
        store.release(&releasing, &mut |_| {})?;
        *released = before;
        Ok(())
    }
}

/// The seed of the tape with this number, derived from the seed of the audit.
pub(super) fn tape_seed(audit_seed: u64, number: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    let mut generator = ChaCha20Rng::seed_from_u64(audit_seed);
    generator.set_stream(number);
    generator.fill_bytes(&mut bytes);
    bytes
}

/// Copies a directory and all that is in it.
fn copy(from: &Path, to: &Path) -> Result<(), AuditError> {
    fs::create_dir(to).map_err(system(to, "create"))?;
    for entry in fs::read_dir(from).map_err(system(from, "list"))? {
        let path = entry.map_err(system(from, "list"))?.path();
        let place = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &place)?;
        } else {
            fs::copy(&path, &place).map_err(system(&path, "copy"))?;
        }
    }
    Ok(())
}

/// Reads a public directory and verifies it.
fn read_public(public: &Path) -> Result<PublicView, AuditError> {
    let log = read_verified(&DirectorySource::new(public), None)?;
    let entries = log.entries;
    let (mut releases, mut others) = (BTreeMap::new(), BTreeMap::new());
    let mut to_read = vec![public.to_owned()];
    while let Some(directory) = to_read.pop() {
        for entry in fs::read_dir(&directory).map_err(system(&directory, "list"))? {
            let path = entry.map_err(system(&directory, "list"))?.path();
            if path.is_dir() {
                to_read.push(path);
                continue;
            }
            let name = path.strip_prefix(public).unwrap_or(&path).display().to_string();
            let bytes = fs::read(&path).map_err(system(&path, "read"))?;
            if name.starts_with("release/") {
                let release = Release::parse(&bytes)
                    .map_err(|rule| AuditError::BadRelease { file: name.clone(), rule })?;
                releases.insert(name, release);
            } else {
                others.insert(name, bytes);
            }
        }
    }
    Ok(PublicView { releases, entries, others })
}
