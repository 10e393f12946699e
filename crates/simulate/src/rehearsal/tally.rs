//! What was made, counted as it is made: by day, kind and transition, and in total.
//!
//! Not here: transitions by timers, for which no event is made.
//!
//! Invariants:
//! 1. The counts are those that a naive counter finds in the files
//!    (`tidegauge/tests/rehearsal.rs`:
//!    `a_naive_counter_finds_the_transitions_that_were_made`).
//!
//! Format: an event that is retracted later is in no line; one that the life cycle does not allow
//! has no transition.
//! ```text
//! date,kind,transition,events
//! 2024-01-15,EXIT,DEPARTURE_LATE,12
//! 2024-01-15,EXIT,,1
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use tidegauge_model::plan::LifeCycle;

use crate::error::Error;
use crate::whole_file::WholeFile;

/// A summary of a rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RehearsalSummary {
    /// The file or the directory of each source, or of all rows in a plan without sources.
    pub files: Vec<PathBuf>,
    /// Rows that were written.
    pub rows: u64,
    /// Events, those before the first day included.
    pub events: u64,
    /// Events of persons present before the first day.
    pub opening_events: u64,
    /// Synthetic persons.
    pub persons: u64,
    /// Events whose first row came late.
    pub late: u64,
    /// Events that were corrected.
    pub corrected: u64,
    /// Events that were retracted.
    pub retracted: u64,
    /// Events that the life cycle does not allow.
    pub illegal: u64,
    /// The greatest number of persons kept in memory.
    pub waiting_max: u64,
}

/// The counts of a day, and the file to which they go.
pub(super) struct Tally {
    file: Option<WholeFile>,
    today: BTreeMap<(u8, Option<usize>), u64>,
}

impl Tally {
    pub(super) fn create(path: Option<&Path>) -> Result<Self, Error> {
        let mut file = path.map(WholeFile::create).transpose()?;
        if let Some(file) = &mut file {
            file.add(b"date,kind,transition,events\n")?;
        }
        Ok(Self { file, today: BTreeMap::new() })
    }

    /// Counts an event of today, by its kind and the name of its transition.
    pub(super) fn add(&mut self, kind: u8, name: Option<usize>) {
        *self.today.entry((kind, name)).or_default() += 1;
    }

    /// Ends a day.
    pub(super) fn end_day(&mut self, day: Date, cycle: &LifeCycle) -> Result<(), Error> {
        let today = std::mem::take(&mut self.today);
        let Some(file) = &mut self.file else { return Ok(()) };
        for ((kind, name), events) in today {
            let kind = &cycle.kinds[usize::from(kind)];
            let name = name.map_or("", |name| &cycle.names[name]);
            file.add(format!("{day},{kind},{name},{events}\n").as_bytes())?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<(), Error> {
        self.file.map_or(Ok(()), |file| file.finish().map(|_| ()))
    }
}
