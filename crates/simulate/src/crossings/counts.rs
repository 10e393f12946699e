//! Daily counts by control point, direction and class, from a file or built in.
//!
//! Not here: who crosses. A count is a number of crossings and not of persons.
//!
//! Invariants:
//! 1. A file that breaks a rule is refused as a whole, with the line and field of the fault
//!    (`crossings::counts::tests::a_malformed_file_is_refused_at_its_place`).
//! 2. A day or control point that is missing counts as zero
//!    (`crossings::counts::tests::missing_days_count_as_zero`).
//!
//! Format: CSV in UTF-8, with or without a byte order mark, columns in any order, an empty last
//! column allowed, `Total` optional:
//! ```text
//! Date,Control Point,Arrival / Departure,Hong Kong Residents,Mainland Visitors,Other Visitors
//! 31-01-2024,Lo Wu,Arrival,71000,29000,1500
//! ```

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::path::Path;

use csv::{ByteRecord, ErrorKind, ReaderBuilder};
use jiff::civil::Date;

use super::codes::{CLASSES, ENTRY, EXIT};
use super::scale::Scale;
use crate::draw::Draw;
use crate::error::{CountsRule as Rule, Error};
use crate::published::FileLine;

/// First year of a date.
pub(crate) const YEAR_MIN: i16 = 1900;
/// Last year of a date.
pub(crate) const YEAR_MAX: i16 = 2199;
/// The largest number of crossings of one day.
pub(crate) const DAY_MAX: u64 = 20_000_000;
/// Largest count of a cell in a file.
const COUNT_MAX: u32 = 1_000_000_000;
const FILE_BYTES_MAX: u64 = 1 << 28;
const POINTS_MAX: usize = 1000;
const POINT_CHARACTERS_MAX: usize = 64;

const COLUMNS: [&str; 7] = [
    "Date",
    "Control Point",
    "Arrival / Departure",
    "Hong Kong Residents",
    "Mainland Visitors",
    "Other Visitors",
    "Total",
];
const TOTAL: usize = 6;

/// The counts of one control point and direction on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CountCell {
    /// Position in [`DailyCounts::points`].
    pub(crate) point: u16,
    /// [`ENTRY`] or [`EXIT`].
    pub(crate) kind: usize,
    /// By class.
    pub(crate) counts: [u32; CLASSES.len()],
}

/// Daily counts.
#[derive(Debug, Default)]
pub(crate) struct DailyCounts {
    /// Codes of the control points.
    pub(crate) points: Vec<String>,
    /// Cells by day; a day has no cell twice.
    pub(crate) days: BTreeMap<Date, Vec<CountCell>>,
}

impl DailyCounts {
    /// Reads a file of counts.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let unreadable = |error: std::io::Error| Error::unreadable(path, &error);
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(unreadable(std::io::ErrorKind::InvalidInput.into()));
        }
        if metadata.len() > FILE_BYTES_MAX {
            let rule = Rule::TooLarge { limit: FILE_BYTES_MAX };
            return Err(FileLine { path, line: 1 }.fault("file", rule));
        }
        read_rows(path, File::open(path).map_err(unreadable)?)
    }

    /// The cells of a day; none if the day is missing.
    pub(crate) fn day(&self, day: Date) -> &[CountCell] {
        self.days.get(&day).map_or(&[], Vec::as_slice)
    }

    /// Multiplies every count by `scale`, rounded at random so that the mean is exact.
    pub(crate) fn scale(&mut self, scale: Scale, draw: &mut Draw) -> Result<(), Error> {
        let limit = DAY_MAX;
        for cells in self.days.values_mut() {
            let mut day_total = 0;
            for count in cells.iter_mut().flat_map(|cell| &mut cell.counts) {
                let exact = u128::from(*count) * u128::from(scale.numerator());
                let scaled = draw.round(exact, scale.denominator());
                day_total += scaled;
                if day_total > u128::from(limit) {
                    return Err(Error::TooManyCrossings { limit });
                }
                *count = scaled as u32;
            }
        }
        Ok(())
    }
}

/// The code of a control point: the letters and digits of its name in upper case, with one
/// underscore for everything between them.
pub(crate) fn code(name: &str) -> Option<String> {
    if name.chars().count() > POINT_CHARACTERS_MAX {
        return None;
    }
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase)
        .collect();
    (!words.is_empty()).then(|| words.join("_"))
}

fn read_rows(path: &Path, file: File) -> Result<DailyCounts, Error> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let mut row = ByteRecord::new();
    let mut counts = DailyCounts::default();
    let mut layout: Option<CountColumns> = None;
    let mut points = HashMap::new();
    let mut seen = HashSet::new();
    loop {
        let line = reader.position().line();
        let more = reader.read_byte_record(&mut row).map_err(|error| match error.kind() {
            ErrorKind::Io(error) => Error::unreadable(path, error),
            _ => FileLine { path, line }.fault("row", Rule::Syntax),
        })?;
        let place = FileLine { path, line: row.position().map_or(line, csv::Position::line) };
        if !more {
            break;
        }
        let fields = row
            .iter()
            .map(|field| std::str::from_utf8(field).map(str::trim))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| place.fault("row", Rule::NotUtf8))?;
        let Some(layout) = &layout else {
            layout = Some(CountColumns::new(&fields, place)?);
            continue;
        };
        let (day, name, mut cell) = layout.row(&fields, place)?;
        let known = points.len();
        cell.point = *points.entry(name.clone()).or_insert(known as u16);
        if points.len() > known {
            if known == POINTS_MAX {
                return Err(place.fault(COLUMNS[1], Rule::TooManyPoints { limit: POINTS_MAX }));
            }
            counts.points.push(name);
        }
        if !seen.insert((day, cell.point, cell.kind)) {
            return Err(place.fault("row", Rule::Duplicate));
        }
        counts.days.entry(day).or_default().push(cell);
    }
    match layout {
        Some(_) => Ok(counts),
        None => Err(FileLine { path, line: 1 }.fault("header", Rule::Empty)),
    }
}

/// The order of the columns in a file.
struct CountColumns {
    /// For each column of the file, its place in [`COLUMNS`]; `None` for an empty one.
    columns: Vec<Option<usize>>,
}

impl CountColumns {
    fn new(header: &[&str], place: FileLine<'_>) -> Result<Self, Error> {
        let mut columns = Vec::new();
        for (position, name) in header.iter().enumerate() {
            let name = if position == 0 { name.trim_start_matches('\u{feff}') } else { name };
            let column = COLUMNS.iter().position(|&known| known == name);
            if column.is_none() && !(name.is_empty() && position + 1 == header.len()) {
                let rule =
                    Rule::UnknownColumn { position: position + 1, known: COLUMNS.join(", ") };
                return Err(place.fault("header", rule));
            }
            if column.is_some() && columns.contains(&column) {
                return Err(place.fault(name, Rule::DuplicateColumn));
            }
            columns.push(column);
        }
        for (column, name) in COLUMNS.iter().enumerate() {
            if column != TOTAL && !columns.contains(&Some(column)) {
                return Err(place.fault(name, Rule::MissingColumn));
            }
        }
        Ok(Self { columns })
    }

    /// Reads a row: the day, the code of the control point, and the cell without its point.
    fn row(
        &self,
        fields: &[&str],
        place: FileLine<'_>,
    ) -> Result<(Date, String, CountCell), Error> {
        let (columns, given) = (self.columns.len(), fields.len());
        if columns != given {
            return Err(place.fault("row", Rule::Width { columns, fields: given }));
        }
        let mut by_column = [""; COLUMNS.len()];
        let mut has_total = false;
        for (field, column) in fields.iter().zip(&self.columns) {
            match column {
                Some(column) => by_column[*column] = field,
                None if field.is_empty() => {}
                None => return Err(place.fault("row", Rule::NotEmpty)),
            }
            has_total |= *column == Some(TOTAL);
        }
        let [date, point, direction, ..] = by_column;
        let years = Rule::Date { first: YEAR_MIN, last: YEAR_MAX };
        let day = parse_date(date).ok_or_else(|| place.fault(COLUMNS[0], years))?;
        let name_rule = Rule::Point { limit: POINT_CHARACTERS_MAX };
        let name = code(point).ok_or_else(|| place.fault(COLUMNS[1], name_rule))?;
        let kind = match direction {
            "Arrival" => ENTRY,
            "Departure" => EXIT,
            _ => return Err(place.fault(COLUMNS[2], Rule::Direction)),
        };
        let number = |column: usize| {
            let rule = Rule::Count { limit: COUNT_MAX };
            parse_count(by_column[column]).ok_or_else(|| place.fault(COLUMNS[column], rule))
        };
        let counts = [number(3)?, number(4)?, number(5)?];
        if has_total {
            let (sum, total) = (counts.iter().map(|&n| u64::from(n)).sum(), number(TOTAL)?.into());
            if sum != total {
                return Err(place.fault(COLUMNS[TOTAL], Rule::Total { sum, total }));
            }
        }
        Ok((day, name, CountCell { point: 0, kind, counts }))
    }
}

fn digits(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn parse_count(text: &str) -> Option<u32> {
    digits(text).filter(|&count| count <= COUNT_MAX)
}

/// A date DD-MM-YYYY.
fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let mut part =
        |characters: usize| parts.next().filter(|part| part.len() == characters).and_then(digits);
    let (day, month, year) = (part(2)?, part(2)?, part(4)?);
    let year = i16::try_from(year).ok().filter(|year| (YEAR_MIN..=YEAR_MAX).contains(year))?;
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    parts.next().is_none().then_some(date)
}

/// The next day.
pub(super) fn following(day: Date) -> Result<Date, Error> {
    day.tomorrow().map_err(|_| Error::Option { option: "days", rule: "within the calendar" })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const HEADER: &str = "Date,Control Point,Arrival / Departure,Hong Kong Residents,\
                          Mainland Visitors,Other Visitors,Total,\n";

    fn read(text: &[u8]) -> Result<DailyCounts, Error> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("counts.csv");
        std::fs::write(&path, text).unwrap();
        DailyCounts::read(&path)
    }

    /// The line, field and rule of a refused file.
    fn refused(text: &[u8]) -> (u64, String, Rule) {
        match read(text).unwrap_err() {
            Error::Counts { line, field, rule, .. } => (line, field, rule),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_mark_and_an_empty_last_column_are_read() {
        let text = format!("\u{feff}{HEADER}02-01-2024,Lo Wu,Departure,1,2,3,6,\n");
        let counts = read(text.as_bytes()).unwrap();
        assert_eq!(counts.points, ["LO_WU"]);
        let cell = CountCell { point: 0, kind: EXIT, counts: [1, 2, 3] };
        assert_eq!(counts.day(date(2024, 1, 2)), [cell]);
    }

    #[test]
    fn columns_come_in_any_order_and_without_a_total() {
        let text = "Other Visitors,Mainland Visitors,Hong Kong Residents,Control Point,Date,\
                    Arrival / Departure\r\n3,2,1,Lo Wu,02-01-2024,Arrival\r\n";
        let cell = CountCell { point: 0, kind: ENTRY, counts: [1, 2, 3] };
        assert_eq!(read(text.as_bytes()).unwrap().day(date(2024, 1, 2)), [cell]);
    }

    #[test]
    fn missing_days_count_as_zero() {
        let text = format!("{HEADER}02-01-2024,Lo Wu,Arrival,1,0,0,1,\n");
        let counts = read(text.as_bytes()).unwrap();
        assert!(counts.day(date(2024, 1, 1)).is_empty());
        assert_eq!(counts.day(date(2024, 1, 2)).len(), 1);
    }

    #[test]
    fn codes_are_names_in_upper_case() {
        assert_eq!(
            code("Hong Kong-Zhuhai-Macao  Bridge").unwrap(),
            "HONG_KONG_ZHUHAI_MACAO_BRIDGE"
        );
        assert_eq!(code(" (Pier 9)"), Some("PIER_9".to_owned()));
        assert_eq!(code("--"), None);
        assert_eq!(code(&"A".repeat(65)), None);
    }

    #[test]
    fn a_malformed_file_is_refused_at_its_place() {
        let known = COLUMNS.join(", ");
        let date_rule = Rule::Date { first: YEAR_MIN, last: YEAR_MAX };
        let count_rule = Rule::Count { limit: COUNT_MAX };
        let good = "02-01-2024,Lo Wu,Arrival,1,2,3,6,\n";
        let cases = [
            ("02-01-2024,Lo Wu,Arrival,1,2,3,7,\n", "Total", Rule::Total { sum: 6, total: 7 }),
            ("2024-01-03,Lo Wu,Arrival,1,2,3,6,\n", "Date", date_rule.clone()),
            ("31-02-2024,Lo Wu,Arrival,1,2,3,6,\n", "Date", date_rule.clone()),
            ("3-1-2024,Lo Wu,Arrival,1,2,3,6,\n", "Date", date_rule),
            ("03-01-2024,?,Arrival,1,2,3,6,\n", "Control Point", Rule::Point { limit: 64 }),
            ("03-01-2024,Lo Wu,Both,1,2,3,6,\n", "Arrival / Departure", Rule::Direction),
            ("03-01-2024,Lo Wu,Arrival,-1,2,3,4,\n", "Hong Kong Residents", count_rule.clone()),
            ("03-01-2024,Lo Wu,Arrival,1,x,3,6,\n", "Mainland Visitors", count_rule.clone()),
            ("03-01-2024,Lo Wu,Arrival,1,2,,6,\n", "Other Visitors", count_rule.clone()),
            ("03-01-2024,Lo Wu,Arrival,1,2,3.0,6,\n", "Other Visitors", count_rule),
            ("03-01-2024,Lo Wu,Arrival,1,2,3,6,9\n", "row", Rule::NotEmpty),
            ("03-01-2024,Lo Wu,Arrival,1\n", "row", Rule::Width { columns: 8, fields: 4 }),
            ("02-01-2024,LO  WU,Arrival,0,0,0,0,\n", "row", Rule::Duplicate),
        ];
        for (row, field, rule) in cases {
            let text = format!("{HEADER}{good}{row}");
            assert_eq!(refused(text.as_bytes()), (3, field.to_owned(), rule), "{row}");
        }
        let mut bytes = HEADER.as_bytes().to_vec();
        bytes.extend(b"\xff\xfe\n");
        assert_eq!(refused(&bytes), (2, "row".into(), Rule::NotUtf8));
        assert_eq!(refused(b""), (1, "header".into(), Rule::Empty));
        let missing = Rule::MissingColumn;
        assert_eq!(refused(b"Date\n"), (1, "Control Point".into(), missing));
        assert_eq!(refused(b"Date,Date\n"), (1, "Date".into(), Rule::DuplicateColumn));
        let unknown = Rule::UnknownColumn { position: 2, known };
        assert_eq!(refused(b"Date,Name,Total\n"), (1, "header".into(), unknown));
    }

    #[test]
    fn a_day_beyond_the_limit_is_refused() {
        let text = format!("{HEADER}02-01-2024,Lo Wu,Arrival,15000000,6000000,0,21000000,\n");
        let scaled = |scale: &str| {
            let mut counts = read(text.as_bytes()).unwrap();
            counts.scale(scale.parse().unwrap(), &mut Draw::new(1)).map(|()| counts)
        };
        assert_eq!(scaled("1").unwrap_err(), Error::TooManyCrossings { limit: DAY_MAX });
        let half = scaled("1/2").unwrap();
        assert_eq!(half.day(date(2024, 1, 2))[0].counts, [7_500_000, 3_000_000, 0]);
    }
}
