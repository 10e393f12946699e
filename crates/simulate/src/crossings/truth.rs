//! The true counts of synthetic events: tallies of the written events, and of persons present.
//!
//! Not here: real events. There is no truth file for a real store.
//!
//! Invariants:
//! 1. The true counts are tallied from the crossings themselves, not from the counts that they
//!    were made from (`crossings::tests::cells_get_exactly_their_counts`).
//! 2. Every cell of every day has a line, even if its count is zero
//!    (`crossings::tests::the_truth_is_complete`).
//!
//! Format: flows, and visitors present at the end of the day:
//! ```text
//! date,border_point,direction,traveller_class,count
//! 2024-01-15,LO_WU,ENTRY,MAINLAND_VISITOR,31207
//! date,traveller_class,present
//! 2024-01-15,MAINLAND_VISITOR,204113
//! ```

use std::path::Path;

use jiff::civil::Date;

use super::codes::{CLASSES, ENTRY, KINDS, RESIDENT};
use super::day::Crossing;
use crate::error::Error;
use crate::whole_file::WholeFile;

/// The files of true counts that were asked for.
pub(super) struct TruthFiles<'a> {
    points: &'a [String],
    flows: Option<WholeFile>,
    stocks: Option<WholeFile>,
    /// Visitors present, by class.
    present: [i64; CLASSES.len()],
}

impl<'a> TruthFiles<'a> {
    pub(super) fn create(
        flows: Option<&Path>,
        stocks: Option<&Path>,
        points: &'a [String],
    ) -> Result<Self, Error> {
        let begin = |path: Option<&Path>, header: &str| -> Result<Option<WholeFile>, Error> {
            let mut file = path.map(WholeFile::create).transpose()?;
            if let Some(file) = &mut file {
                file.add(header.as_bytes())?;
            }
            Ok(file)
        };
        Ok(Self {
            points,
            flows: begin(flows, "date,border_point,direction,traveller_class,count\n")?,
            stocks: begin(stocks, "date,traveller_class,present\n")?,
            present: [0; CLASSES.len()],
        })
    }

    /// Tallies the crossings of a day that were written.
    pub(super) fn tally(&mut self, day: Date, crossings: &[Crossing]) -> Result<(), Error> {
        let cells = KINDS.len() * CLASSES.len();
        let mut counts = vec![0u64; self.points.len() * cells];
        for crossing in crossings {
            let (kind, class) = (usize::from(crossing.kind), usize::from(crossing.class));
            counts[usize::from(crossing.point) * cells + kind * CLASSES.len() + class] += 1;
            self.present[class] += if kind == ENTRY { 1 } else { -1 };
        }
        if let Some(file) = &mut self.flows {
            for (point, counts) in self.points.iter().zip(counts.chunks(cells)) {
                for (kind, counts) in KINDS.iter().zip(counts.chunks(CLASSES.len())) {
                    for (class, count) in CLASSES.iter().zip(counts) {
                        let line = format!("{day},{point},{kind},{class},{count}\n");
                        file.add(line.as_bytes())?;
                    }
                }
            }
        }
        if let Some(file) = &mut self.stocks {
            for (class, present) in CLASSES.iter().zip(self.present).skip(RESIDENT + 1) {
                let line = format!("{day},{class},{present}\n");
                file.add(line.as_bytes())?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<(), Error> {
        for file in [self.flows, self.stocks].into_iter().flatten() {
            file.finish()?;
        }
        Ok(())
    }
}
