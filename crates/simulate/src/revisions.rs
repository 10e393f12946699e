//! Scenario `revisions`: turns a published series with every vintage of every figure into events
//! that would lead to it.
//!
//! Not here: real events. Every person is made up; only the revisions of the figures are real.
//!
//! The assumptions are listed in [`REVISIONS_ASSUMPTIONS`].
//!
//! Invariants:
//! 1. After the file of a day is ingested, the number of counted events of each day is its latest
//!    figure (`revisions::tests::each_vintage_has_as_many_counted_events`).
//! 2. Unless updates are spread, each one appears when it does in the series
//!    (`revisions::tests::nothing_is_spread_unless_asked`).
//!
//! Format of the files, one for each day on which anything appears, and of the truth:
//! ```text
//! event_id,pseudonym,occurred_at,kind,revision,action
//! r20240115n3,syn1:r20240115n3,2024-01-15T12:00:00Z,ARRIVAL,1,retract
//! date,days_after,count
//! 2024-01-15,9,312
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Span;
use jiff::civil::Date;

use crate::error::{CountsRule, Error};
use crate::published::{FileLine, column_positions};
use crate::whole_file::WholeFile;

/// The assumptions of the scenario, for people to read.
pub const REVISIONS_ASSUMPTIONS: &str = "\
Assumptions of the scenario `revisions`. The series and its vintages are the input.
- The first figure of a day, whenever it was published, is that many events on time. An update
  upwards is new events on the day on which it appeared, one downwards retracts the events that came
  last; who was retracted counts again before anyone new.
- The file of a day is to be taken before the day itself is released.
- Without --spread an update lies where the series has it, and one past the last vintage of a plan
  counts nowhere. With --spread N an update that appeared more than N days after its day is taken to
  have appeared 1 to N days after it instead: by the line of the series, line n on day 1 + n mod N.
- Every event is another person's; nothing is drawn.
";

/// The columns of the series that are read.
const COLUMNS: [&str; 5] = ["vintage", "date", "action", "old_migrants", "new_migrants"];
/// The largest number of events of one day.
const COUNT_MAX: u32 = 1_000_000;
/// The largest size of a series in bytes.
const SERIES_BYTES_MAX: u64 = 64 << 20;

/// Options of the scenario: its series and its files.
#[derive(Clone, Debug)]
pub struct Revisions {
    /// The series with its vintages.
    pub counts: PathBuf,
    /// The first day; by default the first of the series.
    pub from: Option<Date>,
    /// The number of days; by default to the end of the series.
    pub days: Option<u32>,
    /// Updates that appeared later than this number of days are spread over those days.
    pub spread: Option<u32>,
    /// The directory of the files.
    pub out: PathBuf,
    /// The file of true counts, if one is wanted.
    pub truth: Option<PathBuf>,
}

/// A figure of a day: the number of days after which it appeared, and the line of the series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PublishedFigure {
    after: u32,
    line: u64,
    count: u32,
}

/// The figures of each day in the order in which they appear.
type FiguresByDay = BTreeMap<Date, Vec<PublishedFigure>>;

/// Writes the files and the true counts; returns the number of rows and of persons.
///
/// Errors: a series that is not in the layout, files that cannot be read or written.
pub fn revisions(options: &Revisions) -> Result<(u64, u64), Error> {
    if options.spread.is_some_and(|days| !(1..=366).contains(&days)) {
        return Err(Error::Option { option: "spread", rule: "from 1 to 366" });
    }
    let series = read(&options.counts)?;
    let nothing = || Error::Option { option: "from", rule: "a day of the series or before" };
    let first = options.from.or(series.keys().next().copied()).ok_or_else(nothing)?;
    let within = |day: Date| {
        let after = day.since(first).map_or(-1, |span| span.get_days());
        after >= 0 && options.days.is_none_or(|days| after.unsigned_abs() < days)
    };
    let (mut files, mut truth) = (BTreeMap::new(), String::from("date,days_after,count\n"));
    let (mut rows, mut persons) = (0, 0);
    for (&day, figures) in series.iter().filter(|(day, _)| within(**day)) {
        let figures = spread(figures, options.spread);
        for figure in &figures {
            truth += &format!("{day},{},{}\n", figure.after, figure.count);
        }
        let (rows_of_day, most) = write_day(day, &figures, &mut files);
        rows += rows_of_day;
        persons += u64::from(most);
    }
    let failed = |error: std::io::Error| Error::unwritable(&options.out, &error);
    fs::create_dir_all(&options.out).map_err(failed)?;
    for (day, text) in files {
        let mut file = WholeFile::create(&options.out.join(format!("{day}.csv")))?;
        file.add(b"event_id,pseudonym,occurred_at,kind,revision,action\n")?;
        file.add(text.as_bytes())?;
        file.finish()?;
    }
    if let Some(path) = &options.truth {
        let mut file = WholeFile::create(path)?;
        file.add(truth.as_bytes())?;
        file.finish()?;
    }
    Ok((rows, persons))
}

/// Figures in the order in which they appear; those that appeared too late are spread over this
/// number of days.
fn spread(figures: &[PublishedFigure], over: Option<u32>) -> Vec<PublishedFigure> {
    let mut figures = figures.to_vec();
    for figure in &mut figures {
        if let Some(days) = over.filter(|&days| figure.after > days) {
            // Fits: days are few.
            figure.after = 1 + (figure.line % u64::from(days)) as u32;
        }
    }
    figures.sort_by_key(|figure| (figure.after, figure.line));
    figures
}

/// Adds the rows of a day's figures to the files; returns the number of rows and of persons.
fn write_day(
    day: Date,
    figures: &[PublishedFigure],
    files: &mut BTreeMap<Date, String>,
) -> (u64, u32) {
    let (mut rows, mut count, mut most) = (0, 0, 0);
    let label = day.to_string().replace('-', "");
    for (revision, figure) in figures.iter().enumerate() {
        let appears = day.saturating_add(Span::new().days(i64::from(figure.after)));
        if figure.count == count {
            continue;
        }
        let text = files.entry(appears).or_default();
        let action = if figure.count < count { "retract" } else { "count" };
        for person in figure.count.min(count)..figure.count.max(count) {
            let id = format!("r{label}n{person}");
            *text += &format!("{id},syn1:{id},{day}T12:00:00Z,ARRIVAL,{revision},{action}\n");
            rows += 1;
        }
        count = figure.count;
        most = most.max(count);
    }
    (rows, most)
}

fn read(path: &Path) -> Result<FiguresByDay, Error> {
    let fault = |line: u64, field: &str, rule| FileLine { path, line }.fault(field, rule);
    let unreadable = |error: std::io::Error| Error::unreadable(path, &error);
    if fs::metadata(path).map_err(unreadable)?.len() > SERIES_BYTES_MAX {
        return Err(fault(1, "file", CountsRule::TooLarge { limit: SERIES_BYTES_MAX }));
    }
    let text = fs::read(path).map_err(unreadable)?;
    let mut reader = csv::Reader::from_reader(text.as_slice());
    let columns = column_positions(path, &mut reader, &COLUMNS)?;
    let mut series = FiguresByDay::new();
    for (line, row) in (2..).zip(reader.records()) {
        let row = row.map_err(|_| fault(line, "row", CountsRule::Syntax))?;
        let field = |n: usize| row.get(columns[n]).unwrap_or_default().trim();
        let date = |n: usize| {
            let day = field(n).get(..10).and_then(|day| day.parse::<Date>().ok());
            day.ok_or_else(|| fault(line, COLUMNS[n], CountsRule::LastDay))
        };
        let count = |n: usize| {
            let count = field(n).parse().ok().filter(|&count: &u32| count <= COUNT_MAX);
            count.ok_or_else(|| fault(line, COLUMNS[n], CountsRule::Count { limit: COUNT_MAX }))
        };
        let (appeared, day, new) = (date(0)?, date(1)?, count(4)?);
        let figures = series.entry(day).or_default();
        let before = figures.last().map(|figure: &PublishedFigure| figure.count);
        let after = match field(2) {
            "INSERT" if before.is_none() => 0,
            "UPDATE" if before == Some(count(3)?) => {
                let after = appeared.since(day).map_or(-1, |span| span.get_days());
                u32::try_from(after).map_err(|_| fault(line, COLUMNS[0], CountsRule::LastDay))?
            }
            _ => return Err(fault(line, COLUMNS[2], CountsRule::Word)),
        };
        figures.push(PublishedFigure { after, line, count: new });
    }
    Ok(series)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERIES: &str = "\
vintage,commit,date,action,old_migrants,old_boats,new_migrants,new_boats
2024-01-02T13:00:00Z,a,2024-01-01,INSERT,,,3,1
2024-01-02T13:00:00Z,a,2024-01-02,INSERT,,,0,0
2024-01-03T13:00:00Z,b,2024-01-01,UPDATE,3,1,1,1
2024-06-03T13:00:00Z,c,2024-01-01,UPDATE,1,1,5,1
2024-06-03T13:00:00Z,c,2024-01-02,UPDATE,0,0,2,1
";

    /// The rows of every file, by its day, and the truth.
    fn run(spread: Option<u32>) -> (BTreeMap<String, Vec<String>>, String) {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        fs::write(path("series.csv"), SERIES).unwrap();
        let (counts, out, truth) = (path("series.csv"), path("out"), Some(path("truth.csv")));
        let options = Revisions { counts, from: None, days: None, spread, out, truth };
        let (rows, persons) = revisions(&options).unwrap();
        let paths = fs::read_dir(path("out")).unwrap().map(|file| file.unwrap().path());
        let files: BTreeMap<String, Vec<String>> = paths
            .map(|file| {
                let text = fs::read_to_string(&file).unwrap();
                let name = file.file_stem().unwrap().to_string_lossy().into_owned();
                (name, text.lines().skip(1).map(str::to_owned).collect())
            })
            .collect();
        assert_eq!((rows as usize, persons), (files.values().flatten().count(), 7));
        (files, fs::read_to_string(path("truth.csv")).unwrap())
    }

    /// The number of counted events of a day after each of its figures.
    fn counted(files: &BTreeMap<String, Vec<String>>, day: &str) -> Vec<(String, usize)> {
        let mut latest = BTreeMap::new();
        let mut counts = Vec::new();
        for (appears, rows) in files {
            let rows_of_day = rows.iter().filter(|row| row.contains(&format!(",{day}T")));
            for row in rows_of_day.clone() {
                let fields: Vec<&str> = row.split(',').collect();
                let revision: u32 = fields[4].parse().unwrap();
                let before = latest.insert(fields[0].to_owned(), (revision, fields[5] == "count"));
                assert!(before.is_none_or(|(before, _)| before < revision), "{row}");
            }
            if rows_of_day.count() > 0 {
                counts
                    .push((appears.clone(), latest.values().filter(|(_, counts)| *counts).count()));
            }
        }
        counts
    }

    #[test]
    fn each_vintage_has_as_many_counted_events() {
        let (files, truth) = run(Some(9));
        // Lines 5 and 6 of the series appear 1 + 5 and 1 + 6 days after their days.
        let first = [("2024-01-01", 3), ("2024-01-03", 1), ("2024-01-07", 5)];
        assert_eq!(counted(&files, "2024-01-01"), first.map(|(day, n)| (day.to_owned(), n)));
        assert_eq!(counted(&files, "2024-01-02"), [("2024-01-09".to_owned(), 2)]);
        assert!(truth.contains("2024-01-01,2,1\n2024-01-01,6,5\n2024-01-02,0,0\n"), "{truth}");
    }

    #[test]
    fn nothing_is_spread_unless_asked() {
        let (files, _) = run(None);
        let appears: Vec<String> =
            counted(&files, "2024-01-01").into_iter().map(|(day, _)| day).collect();
        assert_eq!(appears, ["2024-01-01", "2024-01-03", "2024-06-03"]);
    }
}
