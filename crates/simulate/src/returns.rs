//! Scenario `returns`: quarterly counts of returns become departures of synthetic persons, and
//! orders to leave before them, for the plan `plans/returns.toml`.
//!
//! Not here: crossings of a border (module `crossings`), and real persons.
//!
//! Invariants:
//! 1. Every row of the counts gives as many departures as its number, each of another person,
//!    within its quarter (`returns::tests::rows_get_exactly_their_counts`).
//! 2. The same seed and counts give the same bytes (`returns::tests::a_seed_means_the_same_bytes`).
//!
//! Format: counts as the Home Office publishes them (CSV, or `.gz` of it), by their column names;
//! the output has the columns of the plan. A row of the truth is
//! `quarter,citizenship,mode,assistance,destination,age_band,sex,returns`.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use jiff::Span;
use jiff::civil::Date;

use tidegauge_model::{Grain, Period};

use crate::draw::Draw;
use crate::error::{CountsRule, Error};
use crate::published::{FileLine, column_positions};
use crate::whole_file::{WholeFile, write_file};

/// The assumptions of the scenario, for people to read.
pub const RETURNS_ASSUMPTIONS: &str = "\
- Scenario `returns`: a count of N returns becomes N departures of N persons, on days drawn evenly
  within the quarter. Nine in ten enforced and seven in ten voluntary returns follow an order to
  leave, 3 to 400 days earlier, with a term of 7 to 30 days; persons refused at a port were
  refused on that day or the one before. `Assisted returns` are assisted, other voluntary returns
  are not; for the rest it is not known.
";

/// Names of countries whose spelling in the counts differs from that in the plan.
const SPELT: [(&str, &str); 20] = [
    ("antigua and barbuda", "AG"),
    ("bahamas, the", "BS"),
    ("bermuda (british)", "BM"),
    ("bosnia and herzegovina", "BA"),
    ("cayman islands (british)", "KY"),
    ("central african republic", "CF"),
    ("congo", "CG"),
    ("congo (democratic republic)", "CD"),
    ("czechia", "CZ"),
    ("eswatini", "SZ"),
    ("gambia, the", "GM"),
    ("ivory coast", "CI"),
    ("myanmar (burma)", "MM"),
    ("occupied palestinian territories", "PS"),
    ("sao tome and principe", "ST"),
    ("st kitts and nevis", "KN"),
    ("st vincent and the grenadines", "VC"),
    ("trinidad and tobago", "TT"),
    ("united states", "US"),
    ("virgin islands (british)", "VG"),
];

/// The plan whose code lists the events use.
const PLAN: &str = include_str!("../../../plans/returns.toml");

/// The columns of the counts that are read.
const COLUMNS: [&str; 8] = [
    "Date",
    "Nationality",
    "Return type group",
    "Return type",
    "Age",
    "Sex",
    "Return destination group",
    "Number of returns",
];

/// Options of the scenario: its counts, its seed and its files.
#[derive(Clone, Debug)]
pub struct Returns {
    /// The counts.
    pub counts: PathBuf,
    /// The first and the last year to take from the counts.
    pub years: (i16, i16),
    /// The seed of the days and of the orders to leave.
    pub seed: u64,
    /// The file of events.
    pub out: PathBuf,
    /// The file of true counts, if one is wanted.
    pub truth: Option<PathBuf>,
}

impl Returns {
    /// The years 2019 to 2023 of these counts.
    pub fn new(counts: PathBuf, out: PathBuf) -> Self {
        Self { counts, years: (2019, 2023), seed: 0, out, truth: None }
    }
}

/// The codes of a return: citizenship, mode, assistance, destination, age band, sex.
type Codes = [String; 6];

/// A row of the counts: the first day of its quarter, codes, returns.
struct ReturnRow {
    quarter: Date,
    codes: Codes,
    returns: u32,
}

/// Writes the events and the true counts; returns the number of events and of persons.
///
/// Errors: counts that are not in the layout, files that cannot be read or written.
pub fn returns(options: &Returns) -> Result<(u64, u64), Error> {
    let rows = read(&options.counts, options.years)?;
    let mut out = WholeFile::create(&options.out)?;
    let (mut draw, mut made) = (Draw::new(options.seed), (0, 0));
    let mut text = String::from(
        "event_id,pseudonym,occurred_at,kind,citizenship,mode,assistance,destination,age_band,\
         sex,authorised_until\n",
    );
    for row in &rows {
        for _ in 0..row.returns {
            made.1 += 1;
            made.0 += person(row, made.1, &mut draw, &mut text);
        }
        out.add(&text)?;
        text.clear();
    }
    out.finish()?;
    if let Some(path) = &options.truth {
        let mut sums: BTreeMap<(String, &Codes), u64> = BTreeMap::new();
        for row in &rows {
            let quarter = format!("{}-Q{}", row.quarter.year(), (row.quarter.month() + 2) / 3);
            *sums.entry((quarter, &row.codes)).or_default() += u64::from(row.returns);
        }
        let head = "quarter,citizenship,mode,assistance,destination,age_band,sex,returns\n";
        let lines = sums.iter().map(|((quarter, codes), returns)| {
            format!("{quarter},{},{returns}\n", codes.join(","))
        });
        let text: String = std::iter::once(head.to_owned()).chain(lines).collect();
        write_file(path, &text)?;
    }
    Ok(made)
}

/// Adds the events of one person; returns their number.
fn person(row: &ReturnRow, number: u64, draw: &mut Draw, text: &mut String) -> u64 {
    let next = row.quarter.saturating_add(Span::new().months(3));
    // A quarter has at most 92 days.
    let days = next.since(row.quarter).map_or(90, |span| span.get_days()).unsigned_abs();
    let day = row.quarter.saturating_add(Span::new().days(draw.below(days)));
    let codes = row.codes.join(",");
    let mut events = 0;
    let mut push = |day: Date, hour: u32, kind: &str, until: &str| {
        events += 1;
        let id = format!("r{number}_{events}");
        *text += &format!(
            "{id},syn1:return{number:08},{day}T{hour:02}:{:02}:00Z,{kind},{codes},{until}\n",
            number % 60
        );
    };
    let before = |days: u32| day.saturating_sub(Span::new().days(days));
    let ordered = match row.codes[1].as_str() {
        "ENFORCED" => draw.below(10) < 9,
        "VOLUNTARY" => draw.below(10) < 7,
        _ => {
            let since = draw.below(2);
            push(before(since), 8, "REFUSAL", "_Z");
            false
        }
    };
    if ordered {
        let issued = before(3 + draw.below(398));
        let until = issued.saturating_add(Span::new().days(7 + draw.below(24)));
        push(issued, 9, "DECISION", &until.to_string());
    }
    push(day, 12, "DEPARTURE", "_Z");
    events
}

fn read(path: &Path, years: (i16, i16)) -> Result<Vec<ReturnRow>, Error> {
    let fault = |line: u64, field: &str, rule| FileLine { path, line }.fault(field, rule);
    let file = BufReader::new(File::open(path).map_err(|error| Error::unreadable(path, &error))?);
    let packed = path.extension().is_some_and(|ending| ending == "gz");
    let input: Box<dyn Read> = if packed { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
    let mut reader = csv::Reader::from_reader(input);
    let columns = column_positions(path, &mut reader, &COLUMNS)?;
    let citizenships = citizenships();
    let mut rows = Vec::new();
    for (line, row) in (2..).zip(reader.records()) {
        let row = row.map_err(|_| fault(line, "row", CountsRule::Syntax))?;
        let field = |n: usize| row.get(columns[n]).unwrap_or_default().trim();
        let last: Date =
            field(0).parse().map_err(|_| fault(line, COLUMNS[0], CountsRule::LastDay))?;
        let quarter = Period::containing(Grain::Quarter, last).first();
        let whole = field(7).strip_suffix(".0").unwrap_or(field(7));
        let returns = whole
            .parse()
            .map_err(|_| fault(line, COLUMNS[7], CountsRule::Count { limit: u32::MAX }))?;
        if (years.0..=years.1).contains(&quarter.year()) {
            let codes = codes(&citizenships, field)
                .map_err(|column| fault(line, COLUMNS[column], CountsRule::Word))?;
            rows.push(ReturnRow { quarter, codes, returns });
        }
    }
    Ok(rows)
}

/// The plan's countries, by name in lower case.
fn citizenships() -> HashMap<String, String> {
    let plan = tidegauge_model::Plan::parse(PLAN);
    let attributes = plan.iter().flat_map(|plan| &plan.attributes);
    let lists = attributes.filter(|attribute| attribute.name == "citizenship");
    let codes = lists.flat_map(|attribute| attribute.code_list.codes());
    let mut known: HashMap<String, String> =
        codes.map(|code| (code.name.to_lowercase(), code.id.clone())).collect();
    known.extend(SPELT.map(|(name, code)| (name.to_owned(), code.to_owned())));
    known
}

/// The codes of a row.
///
/// Errors: the column with a word that the layout does not allow.
fn codes<'a>(
    citizenships: &HashMap<String, String>,
    field: impl Fn(usize) -> &'a str,
) -> Result<Codes, usize> {
    let citizenship = citizenships.get(&field(1).to_lowercase()).map_or("UNK", String::as_str);
    let mode = match field(2) {
        "Enforced return" => "ENFORCED",
        "Voluntary return" => "VOLUNTARY",
        "Refused entry at port and subsequently departed" => "REFUSED_AT_PORT",
        _ => return Err(2),
    };
    let assistance = match (mode, field(3)) {
        (_, "Assisted returns") => "YES",
        ("VOLUNTARY", _) => "NO",
        _ => "UNK",
    };
    let age = match field(4) {
        "17 and under" => "Y_LT18",
        "18 to 29" => "Y18_29",
        "30 to 49" => "Y30_49",
        "50 to 69" => "Y50_69",
        "70 and over" => "Y_GE70",
        "Unknown" => "UNK",
        _ => return Err(4),
    };
    let sex = match field(5) {
        "Female" => "F",
        "Male" => "M",
        "Unknown" => "UNK",
        _ => return Err(5),
    };
    let destination = match field(6).to_lowercase().as_str() {
        "home country" => "HOME",
        "eu member state" => "EU",
        "other country" => "OTHER",
        _ => return Err(6),
    };
    Ok([citizenship, mode, assistance, destination, age, sex].map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTS: &str = "\
Date,Nationality,Return type group,Return type,Age,Sex,\
Return destination group,Number of returns
2019-03-31,Albania,Enforced return,Enforced removals,18 to 29,Male,Home country,3.0
2019-03-31,Atlantis,Voluntary return,Assisted returns,Unknown,Female,EU Member State,2.0
2018-12-31,Albania,Enforced return,Enforced removals,18 to 29,Male,Home country,9.0
2019-06-30,Congo,Refused entry at port and subsequently departed,\
Other,30 to 49,Male,Other country,1.0
";

    fn run(seed: u64) -> (String, String) {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        std::fs::write(path("counts.csv"), COUNTS).unwrap();
        let truth = Some(path("truth.csv"));
        let (counts, out) = (path("counts.csv"), path("events.csv"));
        let options = Returns { counts, years: (2019, 2019), seed, out, truth };
        let (events, persons) = returns(&options).unwrap();
        let text = std::fs::read_to_string(path("events.csv")).unwrap();
        assert_eq!((text.lines().count() as u64 - 1, persons), (events, 6));
        (text, std::fs::read_to_string(path("truth.csv")).unwrap())
    }

    #[test]
    fn rows_get_exactly_their_counts() {
        let (events, truth) = run(1);
        let departures = |codes: &str, months: [&str; 3]| {
            let matches = |line: &&str| {
                line.contains(",DEPARTURE,")
                    && line.contains(codes)
                    && months.iter().any(|month| line.contains(&format!(",2019-{month}-")))
            };
            events.lines().filter(matches).count()
        };
        let first = ["01", "02", "03"];
        assert_eq!(departures(",AL,ENFORCED,UNK,HOME,Y18_29,M,", first), 3);
        assert_eq!(departures(",UNK,VOLUNTARY,YES,EU,UNK,F,", first), 2);
        assert_eq!(departures(",CG,REFUSED_AT_PORT,UNK,OTHER,Y30_49,M,", ["04", "05", "06"]), 1);
        assert!(truth.contains("2019-Q1,AL,ENFORCED,UNK,HOME,Y18_29,M,3\n"));
        assert_eq!(truth.lines().count(), 4);
    }

    #[test]
    fn a_seed_means_the_same_bytes() {
        assert_eq!(run(5), run(5));
        assert_ne!(run(5).0, run(6).0);
    }
}
