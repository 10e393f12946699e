//! Events gathered in memory, by step: those of deliveries, until they become durable together.
//!
//! Not here: which events are dropped because they are too old (module `deliver` of room `store`).
//!
//! Invariants:
//! 1. What is gathered is written whole (`journal::gathered::tests::what_is_gathered_is_written`).

use std::collections::BTreeMap;

use tidegauge_fold::Event;

use super::format::{BLOCK_BYTES_MAX, ROW_HEAD, encode};
use super::writer::SegmentWriter;
use crate::calendar::StepNumber;
use crate::error::Error;
use crate::intake::EventSink;

/// Events by the step in which they occurred, as rows of a segment.
pub(crate) struct GatheredEvents {
    width: usize,
    /// How many more may be taken.
    room: u64,
    rows: BTreeMap<StepNumber, Vec<u8>>,
}

impl GatheredEvents {
    /// None yet, of events with this many codes, and at most `room` of them.
    pub(crate) fn new(attributes: usize, room: u64) -> Self {
        Self { width: ROW_HEAD + 2 * attributes, room, rows: BTreeMap::new() }
    }

    /// The number of events of each step.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (StepNumber, u64)> {
        self.rows.iter().map(|(&step, rows)| (step, (rows.len() / self.width) as u64))
    }

    /// Adds the events of others, which have as many codes.
    pub(crate) fn append(&mut self, others: Self) {
        for (step, mut rows) in others.rows {
            self.rows.entry(step).or_default().append(&mut rows);
        }
    }

    /// Drops the events of steps before this one.
    pub(crate) fn drop_before(&mut self, oldest: StepNumber) {
        self.rows = self.rows.split_off(&oldest);
    }

    /// Writes every event.
    pub(crate) fn write(self, writer: &SegmentWriter) -> Result<(), Error> {
        let block = BLOCK_BYTES_MAX / self.width * self.width;
        for (step, rows) in self.rows {
            for rows in rows.chunks(block) {
                writer.write(step, &mut rows.to_vec())?;
            }
        }
        Ok(())
    }
}

impl EventSink for GatheredEvents {
    fn take(&mut self, step: StepNumber, event: Event) -> Result<(), Error> {
        self.room = self.room.checked_sub(1).ok_or(Error::TooManyRows)?;
        encode(&event, self.width, self.rows.entry(step).or_default());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tidegauge_fold::{ATTRIBUTES_MAX, NO_CODE, Pseudonym};

    use super::*;
    use crate::journal::Segment;
    use crate::vault::StoreKey;
    use crate::vault::functions::CipherKind;

    fn event(n: u64) -> Event {
        let mut codes = [NO_CODE; ATTRIBUTES_MAX];
        codes[0] = n as u16;
        let pseudonym = Pseudonym::from_bits(u128::from(n) << 90);
        Event { pseudonym, id: n, at: n as i64, kind: 2, age: 0, codes }
    }

    #[test]
    fn what_is_gathered_is_written() {
        let directory = tempfile::tempdir().unwrap();
        let key = StoreKey::new([7; 32].into(), CipherKind::Aes256Gcm);
        let (mut first, mut second) =
            (GatheredEvents::new(1, 40_000), GatheredEvents::new(1, 13_334));
        for n in 0..40_000 {
            let gathered = if n % 3 == 0 { &mut second } else { &mut first };
            gathered.take((n % 4) as i32 - 1, event(n)).unwrap();
        }
        assert!(matches!(second.take(0, event(0)), Err(Error::TooManyRows)));
        first.append(second);
        let counts: Vec<_> = first.counts().collect();
        assert_eq!(counts, [-1, 0, 1, 2].map(|step| (step, 10_000)));
        first.drop_before(0);
        let writer = SegmentWriter::create(directory.path().join("one"), 1, 0, &key).unwrap();
        first.write(&writer).unwrap();
        let name = writer.finish().unwrap().unwrap();
        let segment = Segment::open(directory.path(), &name, 1, &key).unwrap();
        assert!(segment.blocks().len() > 3);
        let mut read = Vec::new();
        for block in segment.blocks() {
            segment.events(block, |event| read.push(event)).unwrap();
        }
        read.sort_by_key(|event| event.id);
        let expected: Vec<Event> = (0..40_000).filter(|n| n % 4 != 0).map(event).collect();
        assert_eq!(read, expected);
    }
}
