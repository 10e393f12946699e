//! Events as lines of text: CSV and NDJSON.
//!
//! Not here: Parquet (`parquet`).
//!
//! Invariants:
//! 1. The formats carry the same events (`crossings::tests::formats_carry_the_same_events`).

use std::path::PathBuf;

use super::codes::{CLASSES, KINDS};
use super::event::{COLUMNS, DayOfEvents, EventLabels, push_event_id};
use crate::digits::{SYNTHETIC, push_time};
use crate::error::Error;
use crate::whole_file::WholeFile;

/// The text around the values of a line.
#[derive(Clone, Copy)]
pub(super) struct LineFrame {
    header: bool,
    /// The text before each column, and after the last.
    around: [&'static str; COLUMNS.len() + 1],
}

pub(super) const CSV: LineFrame =
    LineFrame { header: true, around: ["", ",", ",", ",", ",", ",", "\n"] };

pub(super) const NDJSON: LineFrame = LineFrame {
    header: false,
    around: [
        r#"{"event_id":""#,
        r#"","pseudonym":""#,
        r#"","occurred_at":""#,
        r#"","kind":""#,
        r#"","border_point":""#,
        r#"","traveller_class":""#,
        "\"}\n",
    ],
};

/// An open file of lines.
pub(super) struct TextFile {
    file: WholeFile,
    frame: LineFrame,
    /// The text that follows the time, by point, kind and class.
    ends: Vec<String>,
    line: Vec<u8>,
}

impl TextFile {
    pub(super) fn new(
        mut file: WholeFile,
        labels: &EventLabels,
        frame: LineFrame,
    ) -> Result<Self, Error> {
        if frame.header {
            file.add(COLUMNS.join(",").as_bytes())?;
            file.add(b"\n")?;
        }
        let [.., before_kind, before_point, before_class, end] = frame.around;
        let mut ends = Vec::new();
        for point in &labels.points {
            for kind in KINDS {
                for class in CLASSES {
                    ends.push(format!(
                        "+08:00{before_kind}{kind}{before_point}{point}{before_class}{class}{end}"
                    ));
                }
            }
        }
        Ok(Self { file, frame, ends, line: Vec::new() })
    }

    pub(super) fn write(
        &mut self,
        day: &DayOfEvents<'_>,
        labels: &EventLabels,
    ) -> Result<(), Error> {
        let around = self.frame.around;
        let date = format!("{}{}T", around[2], day.date);
        for (number, crossing) in day.numbered() {
            let line = &mut self.line;
            line.clear();
            line.extend(around[0].as_bytes());
            push_event_id(line, number);
            line.extend(around[1].as_bytes());
            line.extend(SYNTHETIC);
            line.extend(labels.permutation.digits(crossing.person));
            line.extend(date.as_bytes());
            push_time(line, crossing.second);
            let point_and_kind =
                usize::from(crossing.point) * KINDS.len() + usize::from(crossing.kind);
            let end = point_and_kind * CLASSES.len() + usize::from(crossing.class);
            line.extend(self.ends[end].as_bytes());
            self.file.add(line)?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<PathBuf, Error> {
        self.file.finish()
    }
}
