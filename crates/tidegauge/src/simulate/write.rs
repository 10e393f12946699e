//! Writers of events: CSV, NDJSON and Parquet, one file or one for every few days.
//!
//! Not here: what happens. A writer gets a day's crossings in the order in which they go out.
//!
//! Invariants:
//! 1. The three formats carry the same events (`tests::formats_carry_the_same_events`).
//! 2. A file has its name only when it is whole: until then it ends in `.partial`
//!    (`tests::a_file_is_whole_or_has_another_name`).
//!
//! Format:
//! ```text
//! event_id,pseudonym,occurred_at,kind,border_point,traveller_class
//! s1,syn1:0a3f5c7700b1d2e9,2024-01-15T08:30:00+08:00,ENTRY,LO_WU,MAINLAND_VISITOR
//! ```

mod parquet;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
pub use tidegauge_collect::InputFormat as Format;

use super::day::Crossing;
use super::draw::Permutation;
use super::error::Error;
use super::{CLASSES, KINDS};
use parquet::Table;

/// The columns of an event.
const COLUMNS: [&str; 6] =
    ["event_id", "pseudonym", "occurred_at", "kind", "border_point", "traveller_class"];

/// The class of synthetic pseudonyms.
const SYNTHETIC: &[u8] = b"syn1:";

/// A file that gets its name when it is whole.
pub(super) struct Unfinished {
    path: PathBuf,
    partial: PathBuf,
    file: BufWriter<File>,
}

impl Unfinished {
    pub(super) fn create(path: &Path) -> Result<Self, Error> {
        let mut partial = path.to_owned().into_os_string();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let file = File::create(&partial).map_err(|error| Error::unwritable(path, &error))?;
        Ok(Self { path: path.to_owned(), partial, file: BufWriter::with_capacity(1 << 18, file) })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(|error| Error::unwritable(&self.path, &error))
    }

    /// Gives the whole file its name; returns it.
    pub(super) fn finish(mut self) -> Result<PathBuf, Error> {
        let renamed = self.file.flush().and_then(|()| std::fs::rename(&self.partial, &self.path));
        renamed.map_err(|error| Error::unwritable(&self.path, &error))?;
        Ok(self.path)
    }
}

/// Where events go.
pub(super) struct Output {
    out: PathBuf,
    /// The days of one file of a directory; `None`: all events go into one file.
    file_days: Option<u32>,
    format: Format,
    labels: Labels,
    sheet: Option<Sheet>,
    /// Days until the open file of a directory is full.
    days_left: u32,
    /// Number of the next event.
    next: u64,
    files: Vec<PathBuf>,
}

impl Output {
    /// An output; a path with a format's ending is a file, any other a directory.
    pub(super) fn new(
        out: &Path,
        format: Option<Format>,
        file_days: u32,
        points: &[String],
        permutation: Permutation,
    ) -> Result<Self, Error> {
        let ending = out.extension().and_then(|ending| ending.to_str()).and_then(Format::parse);
        let file = ending.filter(|_| !out.is_dir());
        if file.is_none() {
            std::fs::create_dir_all(out).map_err(|error| Error::unwritable(out, &error))?;
        }
        let mut output = Self {
            out: out.to_owned(),
            file_days: file.is_none().then_some(file_days),
            format: format.or(file).unwrap_or(Format::Parquet),
            labels: Labels { points: points.to_vec(), permutation },
            sheet: None,
            days_left: 0,
            next: 1,
            files: Vec::new(),
        };
        if file.is_some() {
            output.sheet = Some(Sheet::create(out, output.format, &output.labels)?);
        }
        Ok(output)
    }

    /// Writes a day's crossings.
    pub(super) fn write_day(&mut self, day: Date, crossings: &[Crossing]) -> Result<(), Error> {
        if let Some(file_days) = self.file_days {
            if self.days_left == 0 {
                self.close()?;
                let path = self.out.join(format!("{day}.{}", self.format.word()));
                self.sheet = Some(Sheet::create(&path, self.format, &self.labels)?);
                self.days_left = file_days;
            }
            self.days_left -= 1;
        }
        if let Some(sheet) = &mut self.sheet {
            sheet.write(&Day::new(day, self.next, crossings), &self.labels)?;
        }
        self.next += crossings.len() as u64;
        Ok(())
    }

    /// Ends the last file; returns the files in the order of writing.
    pub(super) fn finish(mut self) -> Result<Vec<PathBuf>, Error> {
        self.close()?;
        Ok(self.files)
    }

    fn close(&mut self) -> Result<(), Error> {
        if let Some(sheet) = self.sheet.take() {
            self.files.push(sheet.finish()?);
        }
        Ok(())
    }
}

/// The words behind the numbers of a crossing.
struct Labels {
    points: Vec<String>,
    permutation: Permutation,
}

/// The crossings of one day.
struct Day<'a> {
    date: Date,
    /// Number of the first event.
    first: u64,
    crossings: &'a [Crossing],
}

impl<'a> Day<'a> {
    fn new(date: Date, first: u64, crossings: &'a [Crossing]) -> Self {
        Self { date, first, crossings }
    }

    fn numbered(&self) -> impl Iterator<Item = (u64, &'a Crossing)> {
        (self.first..).zip(self.crossings)
    }
}

/// An open file of events.
enum Sheet {
    Lines(Box<Lines>),
    Table(Box<Table>),
}

impl Sheet {
    fn create(path: &Path, format: Format, labels: &Labels) -> Result<Self, Error> {
        let file = Unfinished::create(path)?;
        match format {
            Format::Csv => Ok(Self::Lines(Box::new(Lines::new(file, labels, CSV)?))),
            Format::Ndjson => Ok(Self::Lines(Box::new(Lines::new(file, labels, NDJSON)?))),
            Format::Parquet => Ok(Self::Table(Box::new(Table::new(file, labels)?))),
        }
    }

    fn write(&mut self, day: &Day<'_>, labels: &Labels) -> Result<(), Error> {
        match self {
            Self::Lines(lines) => lines.write(day, labels),
            Self::Table(table) => table.write(day, labels),
        }
    }

    fn finish(self) -> Result<PathBuf, Error> {
        match self {
            Self::Lines(lines) => lines.file.finish(),
            Self::Table(table) => table.finish(),
        }
    }
}

/// What stands around the values of a line of text.
#[derive(Clone, Copy)]
struct Frame {
    header: bool,
    /// Before each column, and after the last.
    around: [&'static str; COLUMNS.len() + 1],
}

const CSV: Frame = Frame { header: true, around: ["", ",", ",", ",", ",", ",", "\n"] };

const NDJSON: Frame = Frame {
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
struct Lines {
    file: Unfinished,
    frame: Frame,
    /// What follows the time: by point, kind and class.
    ends: Vec<String>,
    line: Vec<u8>,
}

impl Lines {
    fn new(mut file: Unfinished, labels: &Labels, frame: Frame) -> Result<Self, Error> {
        if frame.header {
            file.write(COLUMNS.join(",").as_bytes())?;
            file.write(b"\n")?;
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

    fn write(&mut self, day: &Day<'_>, labels: &Labels) -> Result<(), Error> {
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
            let of_point = usize::from(crossing.point) * KINDS.len() + usize::from(crossing.kind);
            let end = of_point * CLASSES.len() + usize::from(crossing.class);
            line.extend(self.ends[end].as_bytes());
            self.file.write(line)?;
        }
        Ok(())
    }
}

/// Appends `s` and the number.
fn push_event_id(text: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    text.push(b's');
    text.extend(&digits[first..]);
}

/// Appends the time of day as `08:30:00`.
fn push_time(text: &mut Vec<u8>, second: u32) {
    for (place, part) in [second / 3600, second / 60 % 60, second % 60].into_iter().enumerate() {
        if place > 0 {
            text.push(b':');
        }
        text.extend([b'0' + (part / 10) as u8, b'0' + (part % 10) as u8]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_print_as_text() {
        let mut text = Vec::new();
        push_event_id(&mut text, 1_203_004);
        text.push(b' ');
        push_time(&mut text, 8 * 3600 + 30 * 60 + 9);
        assert_eq!(text, b"s1203004 08:30:09");
    }

    #[test]
    fn a_file_is_whole_or_has_another_name() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("events.csv");
        let mut file = Unfinished::create(&path).unwrap();
        file.write(b"event_id\n").unwrap();
        assert!(!path.exists());
        assert_eq!(file.finish().unwrap(), path);
        assert_eq!(std::fs::read(&path).unwrap(), b"event_id\n");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
