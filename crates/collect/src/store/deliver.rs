//! Deliveries of the plan's sources: what is taken, what is answered, and what they declare.
//!
//! Not here: signatures and connections (crates `delivery` and `receive`), the rules for a row
//! (room `intake`), files that an operator ingests (module `ingest`).
//!
//! Invariants:
//! 1. A delivery is taken once: the same one again has the same receipt, and another one under its
//!    id is refused (`tidegauge/tests/sources.rs`: `a_delivery_is_taken_once`).
//! 2. Events, receipt and declaration of a delivery become durable together, before the receipt
//!    is given out (`tidegauge/tests/sources.rs`: `a_killed_store_has_a_delivery_whole_or_not`).
//! 3. What a source declares never goes back (`tidegauge/tests/sources.rs`:
//!    `a_step_waits_for_its_sources`).

use std::collections::HashMap;
use std::fs;
use std::io::Read;

use bytes::Bytes;
use jiff::Timestamp;
use tidegauge_delivery::{Completeness, Delivery, Receipt, RowCounts, RowFault, content_digest};
use tidegauge_ledger::SigningKey;

use super::control::{Declared, KeptDelivery};
use super::ingest::{OnBadRow, Taken};
use super::open::Store;
use crate::error::{Error, LocatedFault, Refused};
use crate::intake::{Input, InputFormat, Schema, read, read_stream};
use crate::journal::{GatheredEvents, SegmentWriter};
use crate::layout::{
    instant, journal_directory, ledger_time, private_directory, segment_name, sync_directory,
};
use crate::vault::keys::{self, Rekey};

/// Days for which receipts are kept: a delivery that is signed earlier is not taken any more.
pub const RECEIPT_DAYS: i32 = 31;
/// What errors call the rows of a delivery.
const NAME: &str = "delivery";
const DAY_MILLISECONDS: i64 = 86_400_000;

/// Admits the rows of one source's deliveries, on any thread.
#[derive(Clone)]
pub struct Admission {
    schema: Schema,
    attributes: usize,
}

/// The rows of a delivery that were admitted, in memory, and the faults of the others.
pub struct AdmittedRows {
    events: GatheredEvents,
    refused: Refused,
}

impl AdmittedRows {
    /// No rows, for a delivery that only declares completeness.
    pub fn none() -> Self {
        Self { events: GatheredEvents::new(0, 0), refused: Refused::default() }
    }

    /// How many were admitted.
    pub fn number(&self) -> u64 {
        self.events.counts().map(|(_, rows)| rows).sum()
    }
}

/// The bytes of a delivery: whole, or as they arrive, which is for rows of text.
pub enum DeliveryBytes {
    /// All of them.
    Whole(Bytes),
    /// As they arrive.
    Stream(Box<dyn Read + Send>),
}

impl Admission {
    /// Admits the rows of a delivery by this clock, at most so many.
    ///
    /// Errors: what makes rows unreadable, more rows than that; refused rows, unless they are to be
    /// skipped.
    pub fn admit(
        &self,
        bytes: DeliveryBytes,
        format: InputFormat,
        on_bad_row: OnBadRow,
        rows_max: u64,
        now: Timestamp,
    ) -> Result<AdmittedRows, Error> {
        let schema = self.schema.at(now);
        let mut sinks = [GatheredEvents::new(self.attributes, rows_max)];
        let mut refused = Refused::default();
        match bytes {
            DeliveryBytes::Whole(bytes) => {
                let input = Input::Memory { name: NAME.to_owned(), bytes };
                read(&input, Some(format), &schema, &mut sinks, &mut refused)?;
            }
            DeliveryBytes::Stream(stream) => {
                read_stream((NAME, stream), format, &schema, &mut sinks[0], &mut refused)?;
            }
        }
        if refused.rows > 0 && on_bad_row == OnBadRow::Refuse {
            return Err(Error::RowsRefused(refused));
        }
        let [events] = sinks;
        Ok(AdmittedRows { events, refused })
    }
}

/// A verified delivery with its admitted rows.
pub struct AdmittedDelivery {
    /// Its head.
    pub delivery: Delivery,
    /// Its rows.
    pub rows: AdmittedRows,
    /// When it arrived, by the store's clock.
    pub arrived: Timestamp,
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// It is durable; the receipt, byte for byte.
    Taken(String),
    /// Another delivery was taken under this id.
    Conflict,
}

impl Store {
    /// What admits the rows of a source's deliveries, by the plan in force.
    pub fn admission(&mut self, source: &str) -> Result<Admission, Error> {
        let secret = self.pseudonym_secret()?;
        let rekey = Rekey::new(&secret, source, self.genesis.functions.persons);
        let now = Timestamp::MAX;
        let schema = Schema::new(&self.plan, self.is_synthetic(), now, rekey);
        Ok(Admission { schema, attributes: self.plan.event_codes() })
    }

    /// The key that signs the ledger and answers to sources.
    pub fn answer_key(&self) -> Result<SigningKey, Error> {
        keys::signing_key(&self.directory)
    }

    /// The receipt of a delivery, if it was taken: its digest, and the receipt byte for byte.
    pub fn receipt(&self, source: &str, id: &str) -> Result<Option<([u8; 32], String)>, Error> {
        let kept = self.control.delivery(source, id)?;
        Ok(kept.map(|kept| (kept.digest, kept.receipt)))
    }

    /// The receipt of a delivery that came again. What the copy declares counts, if it goes
    /// further.
    pub fn receipt_of_copy(
        &mut self,
        source: &str,
        id: &str,
        (digest, complete_until): (&[u8; 32], Option<Timestamp>),
        now: Timestamp,
    ) -> Result<Option<([u8; 32], String)>, Error> {
        let kept = self.receipt(source, id)?;
        if let (Some((kept, _)), Some(until)) = (&kept, complete_until)
            && kept == digest
        {
            self.declare(source, until, now)?;
        }
        Ok(kept)
    }

    /// What a source has declared.
    pub fn completeness(&self, source: &str) -> Result<Completeness, Error> {
        let declared = self.control.completeness()?;
        let until = declared.get(source).map(|own| instant(own.complete_until));
        let next = self.steps.get(self.first_open());
        Ok(Completeness {
            store: self.genesis.store.clone(),
            source: source.to_owned(),
            complete_until: until,
            next_step_ends: next.map(|step| instant(self.plan.step_end(step))),
        })
    }

    /// Notes that a source has delivered everything before an instant. An earlier one than it has
    /// declared changes nothing.
    pub fn declare(&mut self, source: &str, until: Timestamp, now: Timestamp) -> Result<(), Error> {
        self.check_finished()?;
        let (complete_until, declared_at) = (until.as_millisecond(), now.as_millisecond());
        let declared = (source.to_owned(), Declared { complete_until, declared_at });
        self.control.take_deliveries(None, &[], &[declared], i32::MIN)
    }

    /// Takes deliveries, all of them durable when the call returns, with one sync of the disk for
    /// all. The answers are in the order of the deliveries.
    ///
    /// Errors: the disk; then none is taken.
    pub fn deliver(&mut self, deliveries: Vec<AdmittedDelivery>) -> Result<Vec<Delivered>, Error> {
        self.check_finished()?;
        let delivered = self.take_deliveries(deliveries);
        delivered.map_err(|error| error.or_full_disk(&private_directory(&self.directory)))
    }

    fn take_deliveries(
        &mut self,
        deliveries: Vec<AdmittedDelivery>,
    ) -> Result<Vec<Delivered>, Error> {
        let mut declared: HashMap<String, Declared> =
            self.control.completeness()?.into_iter().collect();
        let mut events = GatheredEvents::new(self.plan.event_codes(), 0);
        let (mut answers, mut kept): (Vec<Delivered>, Vec<KeptDelivery>) = (vec![], vec![]);
        let (mut oldest_day, mut has_declared) = (i32::MIN, false);
        for AdmittedDelivery { delivery, rows, arrived } in deliveries {
            let is_same = |other: &&KeptDelivery| {
                (&other.source, &other.id) == (&delivery.source, &delivery.id)
            };
            let known = match kept.iter().find(is_same) {
                Some(known) => Some((known.digest, known.receipt.clone())),
                None => self.receipt(&delivery.source, &delivery.id)?,
            };
            if known.as_ref().is_some_and(|(digest, _)| *digest != delivery.digest) {
                answers.push(Delivered::Conflict);
                continue;
            }
            // What a copy declares counts too, if it goes further.
            has_declared |= note_declared(&mut declared, &delivery, arrived);
            if let Some((_, receipt)) = known {
                answers.push(Delivered::Taken(receipt));
                continue;
            }
            let own = declared.get(&delivery.source);
            let until = own.map(|own| instant(own.complete_until));
            let receipt = self.new_receipt(&delivery, &rows, until, arrived)?;
            // Fits: days of the years of a plan.
            let day = arrived.as_millisecond().div_euclid(DAY_MILLISECONDS) as i32;
            oldest_day = oldest_day.max(day - RECEIPT_DAYS - 1);
            events.append(rows.events);
            answers.push(Delivered::Taken(receipt.clone()));
            let Delivery { source, id, digest, .. } = delivery;
            kept.push(KeptDelivery { source, id, digest, day, receipt });
        }
        if has_declared || !kept.is_empty() {
            self.commit_deliveries(
                events,
                &kept,
                &declared.into_iter().collect::<Vec<_>>(),
                oldest_day,
            )?;
        }
        Ok(answers)
    }

    /// Makes events, receipts and declarations durable.
    fn commit_deliveries(
        &mut self,
        mut events: GatheredEvents,
        kept: &[KeptDelivery],
        declared: &[(String, Declared)],
        oldest_day: i32,
    ) -> Result<(), Error> {
        let first_open = self.first_open();
        events.drop_before(self.oldest_taken(first_open));
        let path =
            journal_directory(&self.directory).join(segment_name(self.control.next_segment()?));
        let has_events = events.counts().next().is_some();
        let segment = if has_events {
            let codes = self.plan.event_codes();
            let writer = SegmentWriter::create(path.clone(), codes, first_open, &self.key)?;
            let written = events.write(&writer).and_then(|()| writer.finish());
            if written.is_err() {
                // The file is not in the journal. If this fails, the next opening removes it.
                let _ = fs::remove_file(&path);
            }
            let segment = written?;
            sync_directory(&journal_directory(&self.directory))?;
            segment
        } else {
            None
        };
        self.control.take_deliveries(segment.as_ref(), kept, declared, oldest_day)?;
        self.merge_small_segments()
    }

    fn new_receipt(
        &self,
        delivery: &Delivery,
        rows: &AdmittedRows,
        complete_until: Option<String>,
        arrived: Timestamp,
    ) -> Result<String, Error> {
        let first_open = self.first_open();
        let oldest = self.oldest_taken(first_open);
        let counts = rows.events.counts().collect();
        let taken = Taken::new(&self.plan, &self.steps, first_open, oldest, &counts);
        let receipt = Receipt {
            store: self.genesis.store.clone(),
            source: delivery.source.clone(),
            delivery: delivery.id.clone(),
            digest: content_digest(&delivery.digest),
            at: ledger_time(arrived),
            complete_until,
            rows: RowCounts { taken: taken.rows, refused: rows.refused.rows },
            dates: taken.dates(),
            faults: rows.refused.faults.iter().map(row_fault).collect(),
        };
        serde_json::to_string(&receipt)
            .map_err(|_| Error::corrupt(&self.directory, "receipt", "cannot be written"))
    }
}

/// Notes what a delivery declares, if that goes further than what its source has declared; returns
/// whether it does.
fn note_declared(
    declared: &mut HashMap<String, Declared>,
    delivery: &Delivery,
    arrived: Timestamp,
) -> bool {
    let Some(until) = delivery.complete_until else { return false };
    let complete_until = until.as_millisecond();
    let own = declared.get(&delivery.source);
    let goes_further = own.is_none_or(|own| own.complete_until < complete_until);
    if goes_further {
        let declared_at = arrived.as_millisecond();
        declared.insert(delivery.source.clone(), Declared { complete_until, declared_at });
    }
    goes_further
}

/// A fault of a row as it travels.
pub fn row_fault(located: &LocatedFault) -> RowFault {
    RowFault {
        row: located.row.unwrap_or_default(),
        column: located.field.clone(),
        code: located.fault.code().to_owned(),
        rule: located.fault.to_string(),
    }
}
