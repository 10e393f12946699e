//! Coverage: the number of released figures whose margin of error contains the published count.
//!
//! Not here: the source of the figures; an export is a CSV file that anyone can make.
//!
//! Invariants:
//! 1. Every figure of the export is compared. A cell without a published count has the count zero,
//!    because empty cells are published too.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Published counts by (day as `2024-01-15`, border point, direction, class).
pub type PublishedCounts = BTreeMap<(String, String, String, String), i64>;

/// The classes of the counts file, by column.
const CLASSES: [&str; 3] = ["RESIDENT", "MAINLAND_VISITOR", "OTHER_VISITOR"];

/// The code of a control point: its name in upper case, with one `_` for each run of other
/// characters than letters and digits.
pub fn code(name: &str) -> String {
    let words: Vec<&str> =
        name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("_").to_uppercase()
}

fn invalid(rule: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, rule.to_owned())
}

/// Reads counts in the layout of Hong Kong's daily passenger traffic.
///
/// Errors: a file that cannot be read, or a row without the columns of that layout.
pub fn counts(path: &Path) -> io::Result<PublishedCounts> {
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    let mut counts = PublishedCounts::new();
    for row in rows.records() {
        let row = row?;
        let field = |n: usize| row.get(n).ok_or_else(|| invalid("a row of counts is too short"));
        let mut date = field(0)?.split('-');
        let (Some(day), Some(month), Some(year)) = (date.next(), date.next(), date.next()) else {
            return Err(invalid("a date must be DD-MM-YYYY"));
        };
        let direction = if field(2)? == "Arrival" { "ENTRY" } else { "EXIT" };
        for (n, class) in (3..).zip(CLASSES) {
            let count = field(n)?.parse().map_err(|_| invalid("a count must be a whole number"))?;
            let day = format!("{year}-{month}-{day}");
            counts.insert((day, code(field(1)?), direction.to_owned(), class.to_owned()), count);
        }
    }
    Ok(counts)
}

/// The comparison of one group of figures with the published counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct CoverageGroup {
    /// The number of figures.
    pub figures: u64,
    /// The number of figures whose interval contains the published count.
    pub covered: u64,
    /// The sum of squared errors, in persons squared.
    pub squares: f64,
    /// The sum of errors, in persons.
    pub errors: f64,
}

/// The comparison of all figures, and of groups of them.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// All figures.
    pub all: CoverageGroup,
    /// Figures whose published count is zero.
    pub empty: CoverageGroup,
    /// Figures by traveller class.
    pub by_class: BTreeMap<String, CoverageGroup>,
}

impl Compared {
    /// The groups with their names.
    pub fn groups(&self) -> Vec<(String, CoverageGroup)> {
        let mut groups =
            vec![("all".to_owned(), self.all), ("published count 0".to_owned(), self.empty)];
        groups.extend(self.by_class.iter().map(|(class, group)| (class.clone(), *group)));
        groups
    }
}

/// Compares the daily figures of an export in SDMX-CSV with published counts.
///
/// Errors: a file that cannot be read, or one without the columns of an export.
pub fn compare(export: &Path, counts: &PublishedCounts) -> io::Result<Compared> {
    let mut rows = csv::Reader::from_path(export)?;
    let header = rows.headers()?.clone();
    let position = |name: &str| {
        header
            .iter()
            .position(|column| column == name)
            .ok_or_else(|| invalid("a column is missing"))
    };
    let columns = [
        "FREQ",
        "TIME_PERIOD",
        "BORDER_POINT",
        "DIRECTION",
        "TRAVELLER_CLASS",
        "OBS_VALUE",
        "MARGIN",
    ];
    let positions = columns.map(position);
    let mut compared = Compared::default();
    for row in rows.records() {
        let row = row?;
        let field = |n: usize| -> io::Result<&str> {
            let position = positions[n].as_ref().map_err(|_| invalid("a column is missing"))?;
            row.get(*position).ok_or_else(|| invalid("a row of the export is too short"))
        };
        if field(0)? != "D" || (2..5).any(|n| field(n).is_ok_and(|code| code == "_T")) {
            continue;
        }
        let key = (
            field(1)?.to_owned(),
            field(2)?.to_owned(),
            field(3)?.to_owned(),
            field(4)?.to_owned(),
        );
        let number = |text: &str| text.parse::<f64>().map_err(|_| invalid("not a number"));
        let count = counts.get(&key).copied().unwrap_or(0);
        let error = number(field(5)?)? - count as f64;
        let covered = error.abs() <= number(field(6)?)?;
        let by_class = compared.by_class.entry(key.3).or_default();
        let empty = (count == 0).then_some(&mut compared.empty);
        for group in [&mut compared.all, by_class].into_iter().chain(empty) {
            group.figures += 1;
            group.covered += u64::from(covered);
            group.squares += error * error;
            group.errors += error;
        }
    }
    Ok(compared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_outside_its_margin_is_not_covered() {
        let directory = tempfile::tempdir().unwrap();
        let (export, truth) = (directory.path().join("e.csv"), directory.path().join("t.csv"));
        std::fs::write(
            &export,
            "FREQ,BORDER_POINT,DIRECTION,TRAVELLER_CLASS,TIME_PERIOD,OBS_VALUE,MARGIN\n\
             D,LO_WU,ENTRY,RESIDENT,2024-01-01,12.5,3.0\n\
             D,LO_WU,EXIT,RESIDENT,2024-01-01,-4.0,3.0\n\
             D,_T,EXIT,RESIDENT,2024-01-01,99.0,3.0\n\
             M,LO_WU,EXIT,RESIDENT,2024-01,99.0,3.0\n",
        )
        .unwrap();
        std::fs::write(
            &truth,
            "\u{feff}Date,Control Point,Arrival / Departure,a,b,c,Total,\n\
             01-01-2024,Lo Wu,Arrival,10,0,0,10,\n",
        )
        .unwrap();
        let compared = compare(&export, &counts(&truth).unwrap()).unwrap();
        assert_eq!((compared.all.figures, compared.all.covered), (2, 1));
        assert_eq!((compared.empty.figures, compared.empty.covered), (1, 0));
        assert_eq!(compared.all.squares, 2.5 * 2.5 + 16.0);
    }

    #[test]
    fn codes_follow_the_names() {
        assert_eq!(code("Hong Kong-Zhuhai-Macao Bridge"), "HONG_KONG_ZHUHAI_MACAO_BRIDGE");
    }
}
