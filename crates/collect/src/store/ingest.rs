//! Taking files of events into the journal.
//!
//! Not here: the rules for a file (room `intake`), how a segment is written (room `journal`).
//!
//! Invariants:
//! 1. All files of a call are ingested or none; their events are durable when the call returns
//!    (`tidegauge/tests/bad_input.rs`, `tidegauge/tests/crash.rs`).
//! 2. What the submitter learns of its rows depends only on the rows themselves, the plan and which
//!    steps are public; never on other events, so never on whether an event is known
//!    (`tidegauge/tests/bad_rows.rs`: `a_copy_is_counted_as_the_first_was`).

use std::collections::BTreeMap;
use std::fs;

use jiff::Timestamp;
use tidegauge_delivery::Dates;
use tidegauge_fold::Event;
use tidegauge_ledger::vintages_due_of;
use tidegauge_model::Plan;

use super::control::SegmentChange;
use super::open::Store;
use crate::calendar::{SEED, StepNumber, Steps};
use crate::error::{Error, Refused};
use crate::intake::{EventSink, Input, InputFormat, Schema, read};
use crate::journal::{SegmentSink, SegmentWriter};
use crate::layout::{journal_directory, private_directory, segment_name, sync_directory};
use crate::vault::keys::{self, Rekey};
use crate::vault::secret::Secret;

/// What happens if a row is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnBadRow {
    /// Nothing is taken.
    #[default]
    Refuse,
    /// The other rows are taken.
    Skip,
}

/// How files of events are ingested.
#[derive(Clone, Debug)]
pub struct Ingest {
    /// The format; `None` to go by the files' endings.
    pub format: Option<InputFormat>,
    /// Who submits. The same event id of two submitters is two events.
    pub submitter: String,
    /// How many threads may read.
    pub threads: usize,
    /// The time by the store's clock; no event may lie after it.
    pub now: Timestamp,
    /// What happens if a row is refused.
    pub on_bad_row: OnBadRow,
}

/// What the submitter may know of its own rows: how many were taken and, from their times and the
/// public calendar only, how many of these do not count as events on time do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Rows that were taken.
    pub rows: u64,
    /// Rows before the plan's first step: they set the state before it.
    pub before_start: u64,
    /// Rows in steps that are released, which a later vintage of some dataflow counts.
    pub released_late: u64,
    /// Rows in steps that are released and have no later vintage: no figure of these steps counts
    /// them.
    pub released_nowhere: u64,
    /// Rows past the horizon to which events are kept: they are dropped.
    pub past_horizon: u64,
}

/// What became of the rows of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ingested {
    /// The rows that were taken.
    pub taken: Taken,
    /// The rows that were refused; none unless they were to be skipped.
    pub refused: Refused,
}

impl Store {
    /// Takes files of events into the journal, all of them or none.
    ///
    /// Errors: what ends a file before its end; refused rows, unless they are to be skipped. Then
    /// nothing is kept.
    pub fn ingest(&mut self, inputs: &[Input], how: &Ingest) -> Result<Ingested, Error> {
        self.check_finished()?;
        let ingested = self.ingest_inputs(inputs, how);
        ingested.map_err(|error| error.or_full_disk(&private_directory(&self.directory)))
    }

    /// Reads all inputs into a new segment. It belongs to the journal only when the control store
    /// names it, which is after its file is durable.
    fn ingest_inputs(&mut self, inputs: &[Input], how: &Ingest) -> Result<Ingested, Error> {
        let secret = self.pseudonym_secret()?;
        let rekey = Rekey::new(&secret, &how.submitter, self.genesis.functions.persons);
        let schema = Schema::new(&self.plan, self.is_synthetic(), how.now, rekey);
        let path =
            journal_directory(&self.directory).join(segment_name(self.control.next_segment()?));
        let attributes = self.plan.event_codes();
        let first_open = self.first_open();
        let oldest = self.oldest_taken(first_open);
        let writer = SegmentWriter::create(path.clone(), attributes, first_open, &self.key)?
            .taking_from(oldest);
        let written = read_all(inputs, how, &schema, &writer).and_then(|(rows, refused)| {
            let taken = Taken::new(&self.plan, &self.steps, first_open, oldest, &rows);
            Ok((writer.finish()?, Ingested { taken, refused }))
        });
        let Ok((Some(segment), ingested)) = written else {
            // The file is not in the journal. If this fails, the next opening removes it.
            let _ = fs::remove_file(&path);
            return written.map(|(_, ingested)| ingested);
        };
        sync_directory(&journal_directory(&self.directory))?;
        self.control.change_segments(&SegmentChange { leaving: vec![], new: Some(segment) })?;
        Ok(ingested)
    }

    /// The key that makes pseudonyms opaque, which must be the one that the store began with.
    pub(super) fn pseudonym_secret(&mut self) -> Result<Secret, Error> {
        let fingerprint = self.control.pseudonym_key()?;
        let secret = keys::pseudonym_key(&self.directory, fingerprint)?;
        if fingerprint.is_none() {
            // A store that was made before stores noted it.
            self.control.note_pseudonym_key(keys::pseudonym_key_fingerprint(&secret))?;
        }
        Ok(secret)
    }
}

/// Reads all inputs; returns the number of admitted rows by step, and the refused rows.
fn read_all(
    inputs: &[Input],
    how: &Ingest,
    schema: &Schema,
    writer: &SegmentWriter,
) -> Result<(BTreeMap<StepNumber, u64>, Refused), Error> {
    let threads = how.threads.max(1);
    let mut sinks: Vec<_> = (0..threads).map(|_| CountingSink::new(writer.sink(threads))).collect();
    let mut refused = Refused::default();
    for input in inputs {
        read(input, how.format, schema, &mut sinks, &mut refused)?;
    }
    if refused.rows > 0 && how.on_bad_row == OnBadRow::Refuse {
        return Err(Error::RowsRefused(refused));
    }
    let mut rows = BTreeMap::new();
    for sink in sinks {
        for (step, more) in sink.finish()? {
            *rows.entry(step).or_default() += more;
        }
    }
    Ok((rows, refused))
}

/// Counts the rows of each step on their way to the journal.
struct CountingSink<'w> {
    sink: SegmentSink<'w>,
    rows: BTreeMap<StepNumber, u64>,
    /// Rows of the step that came last, not yet in `rows`: neighbours in a file often share a step.
    run: (StepNumber, u64),
}

impl<'w> CountingSink<'w> {
    fn new(sink: SegmentSink<'w>) -> Self {
        Self { sink, rows: BTreeMap::new(), run: (SEED, 0) }
    }

    fn end_run(&mut self) {
        let (step, rows) = self.run;
        *self.rows.entry(step).or_default() += rows;
    }

    /// Writes the remaining events; returns the number of rows of each step.
    fn finish(mut self) -> Result<BTreeMap<StepNumber, u64>, Error> {
        self.end_run();
        self.sink.finish()?;
        Ok(self.rows)
    }
}

impl EventSink for CountingSink<'_> {
    fn take(&mut self, step: StepNumber, event: Event) -> Result<(), Error> {
        if step != self.run.0 {
            self.end_run();
            self.run = (step, 0);
        }
        self.run.1 += 1;
        self.sink.take(step, event)
    }
}

impl Taken {
    /// The rows that do not count as events on time do.
    pub fn dates(&self) -> Dates {
        let &Self { before_start, released_late, released_nowhere, past_horizon, .. } = self;
        Dates { before_start, released_late, released_nowhere, past_horizon }
    }

    /// What the calendar says of rows, by the step in which they lie.
    pub(super) fn new(
        plan: &Plan,
        steps: &Steps,
        first_open: StepNumber,
        oldest: StepNumber,
        rows: &BTreeMap<StepNumber, u64>,
    ) -> Self {
        let mut taken = Self::default();
        for (&step, &rows) in rows {
            taken.rows += rows;
            if step < oldest {
                taken.past_horizon += rows;
            } else if step == SEED {
                taken.before_start += rows;
            } else if step >= first_open {
                continue;
            } else if has_vintage_to_come(plan, steps, step, first_open) {
                taken.released_late += rows;
            } else {
                taken.released_nowhere += rows;
            }
        }
        taken
    }
}

/// Whether some dataflow measures a released step once more, with the first open step or later.
fn has_vintage_to_come(
    plan: &Plan,
    steps: &Steps,
    step: StepNumber,
    first_open: StepNumber,
) -> bool {
    let is_to_come = |dataflow: usize| {
        let due = vintages_due_of(plan, dataflow, steps.period(step)) as usize;
        let mut after = plan.dataflows[dataflow].vintages.iter().take(due);
        after.any(|&after| step.saturating_add_unsigned(after) >= first_open)
    };
    (0..plan.dataflows.len()).any(is_to_come)
}
