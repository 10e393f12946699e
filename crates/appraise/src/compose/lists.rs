//! Code lists of a new plan: built in, named on the command line, in a file of codes, or the
//! distinct codes of a column of a sample.
//!
//! The built-in lists are those of the ready-made plans (countries in parts of the world, sex,
//! bands of age, classes of stay) and the airports of a country; [`BUILT_IN`] has their sources.
//!
//! Not here: lists of regions below a country: the format of plans has no place for them. Seaports
//! and border points on land have no built-in list: UN/LOCODE may not be resold without the leave
//! of UNECE, and a plan may be, so an office names its own in a table.
//!
//! Invariants:
//! 1. Of a sample only the names of columns and distinct codes are kept, in the order of codes; how
//!    often one occurs changes nothing (`tests::order_and_number_of_rows_change_nothing`).
//! 2. A column that looks like one of persons is refused unread
//!    (`tests::columns_of_persons_are_refused`).
//! 3. The reference of the book names every built-in list (`tests::the_reference_has_every_list`).

use std::collections::{BTreeMap, BTreeSet};

use tidegauge_model::plan::ATTRIBUTES;
use toml_edit::{DocumentMut, Item, TableLike, Value};

use super::error::ComposeError;
use super::words::{Name, PLAN_LANGUAGES, UNKNOWN};

const COUNTRIES_AND_MORE: &str = include_str!("../../../../plans/exit-metrics.toml");
const AGE_AND_SEX: &str = include_str!("../../../../plans/returns.toml");
/// Country, IATA code and name of every airport that has such a code.
const AIRPORTS: &str = include_str!("airports.csv");

/// The names of countries in the languages after English, by code.
const COUNTRIES: &str = include_str!("countries.csv");

/// A list that is part of the program.
struct BuiltIn {
    /// The word that names it.
    word: &'static str,
    /// What it lists, and in which standard.
    about: &'static str,
    /// The ready-made plan that has it and its id there; none for airports.
    of_plan: Option<(&'static str, &'static str)>,
}

const BUILT_IN: [BuiltIn; 5] = [
    BuiltIn {
        word: "countries",
        about: "ISO 3166-1 alpha-2 with the exceptions of Eurostat (EL, UK, XK), in parts of the \
                world",
        of_plan: Some((COUNTRIES_AND_MORE, "CL_CITIZENSHIP")),
    },
    BuiltIn {
        word: "sex",
        about: "the codes of SDMX's CL_SEX, with one for what is unknown",
        of_plan: Some((AGE_AND_SEX, "CL_SEX")),
    },
    BuiltIn {
        word: "age-bands",
        about: "bands of age, as the ready-made plan on returns has them",
        of_plan: Some((AGE_AND_SEX, "CL_AGE_BAND")),
    },
    BuiltIn {
        word: "stay-classes",
        about: "classes of authorised stay, as the ready-made plan on departures has them",
        of_plan: Some((COUNTRIES_AND_MORE, "CL_STAY_CLASS")),
    },
    BuiltIn {
        word: "airports",
        about: "airports of the country of the plan, by their IATA codes",
        of_plan: None,
    },
];

impl BuiltIn {
    /// The codes, with those of one country where the list is by country.
    ///
    /// Errors: no airport in the country.
    fn list(&self, area: &str) -> Result<ListOfCodes, ComposeError> {
        let mut list = match self.of_plan {
            Some((plan, id)) => of_plan(plan, id)?,
            None => airports(area)?,
        };
        list.source = format!("built in: {}", self.about);
        Ok(list)
    }
}

/// Most distinct codes of a column of a sample.
const DISTINCT_MAX: usize = 500;

/// A code with its name and, in a list with groups, its group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ListedCode {
    pub(super) id: String,
    pub(super) name: Name,
    pub(super) group: Option<String>,
}

/// A list of codes, and where it is from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOfCodes {
    pub(super) codes: Vec<ListedCode>,
    pub(super) groups: Vec<(String, Name)>,
    /// The source, for the comment in the plan.
    pub(super) source: String,
}

/// A file whose columns and codes are taken, and nothing else of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    columns: Vec<(String, Option<BTreeSet<String>>)>,
}

impl Sample {
    /// Reads names of columns and distinct codes of those columns that a plan may have.
    ///
    /// Errors: no CSV; a column of a plan with very many distinct codes.
    pub fn read(bytes: &[u8]) -> Result<Self, ComposeError> {
        let refused = |error: csv::Error| {
            let line = error.position().map_or(1, csv::Position::line);
            ComposeError::Sample(format!("line {line}: must be CSV with as many fields as columns"))
        };
        let mut reader = csv::Reader::from_reader(bytes);
        let names = reader.headers().map_err(refused)?.clone();
        let mut columns: Vec<(String, Option<BTreeSet<String>>)> = names
            .iter()
            .map(|name| name.trim_start_matches('\u{feff}').trim().to_lowercase())
            .map(|name| (is_read(&name).then(BTreeSet::new), name))
            .map(|(codes, name)| (name, codes))
            .collect();
        for (place, (name, codes)) in columns.iter().enumerate() {
            let rule = if name.contains(char::is_control) {
                "has a name with control characters; write it in letters".to_owned()
            } else if codes.is_some() && columns[..place].iter().any(|(other, _)| other == name) {
                format!("is called {name}, as one before it; leave one of them out")
            } else {
                continue;
            };
            return Err(ComposeError::Sample(format!("line 1: column {}: {rule}", place + 1)));
        }
        for row in reader.into_records() {
            let row = row.map_err(refused)?;
            for ((name, codes), field) in columns.iter_mut().zip(&row) {
                let Some(codes) = codes else { continue };
                if !field.trim().is_empty() {
                    codes.insert(field.trim().to_owned());
                }
                if codes.len() > DISTINCT_MAX {
                    return Err(ComposeError::Sample(format!(
                        "column {name}: has more than {DISTINCT_MAX} distinct values, so it is no \
                         column of codes; leave it out of the sample"
                    )));
                }
            }
        }
        Ok(Self { columns })
    }

    /// The number of columns that were not looked at: those of persons may be among them.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.columns.iter().filter(|(_, codes)| codes.is_none()).count()
    }

    /// The columns that are attributes of plans, in the order of the file.
    #[must_use]
    pub fn attributes(&self) -> Vec<String> {
        let known = self.columns.iter().filter(|(name, _)| ATTRIBUTES.contains(&name.as_str()));
        known.map(|(name, _)| name.clone()).collect()
    }

    fn list(&self, column: &str) -> Result<ListOfCodes, ComposeError> {
        let named = self.columns.iter().find(|(name, _)| name == column);
        let codes = match named {
            Some((_, Some(codes))) => codes,
            Some(_) => {
                return Err(ComposeError::Sample(format!(
                    "column {column}: is not read: only `kind`, `activity` and attributes of plans \
                     are, which are {}",
                    ATTRIBUTES.join(", ")
                )));
            }
            None => {
                let rule = format!("column {column}: is missing; add it, or name the codes");
                return Err(ComposeError::Sample(rule));
            }
        };
        listed(
            codes.iter().map(|word| (word.as_str(), word.as_str())),
            "distinct codes of a sample",
            false,
        )
    }
}

/// Whether the codes of a column are read: only those of a closed list, so that columns of persons
/// and places are never looked at.
fn is_read(name: &str) -> bool {
    ATTRIBUTES.contains(&name) || ["kind", "activity"].contains(&name)
}

/// The list that a word names: a built-in one, `codes:A,B=Name`, `sample` or `sample:COLUMN`. `own`
/// is the column that `sample` alone means, and `area` the country of the plan.
///
/// Errors: an unknown word; a sample that is missing or lacks the column; a country without
/// airports.
pub fn list(
    word: &str,
    own: &str,
    area: &str,
    sample: Option<&Sample>,
) -> Result<ListOfCodes, ComposeError> {
    if let Some(built_in) = BUILT_IN.iter().find(|list| list.word == word) {
        return built_in.list(area);
    }
    let (source, rest) = word.split_once(':').unwrap_or((word, own));
    match source {
        "codes" => {
            let named = |code| str::split_once(code, '=').unwrap_or((code, code));
            listed(rest.split(',').map(named), "named by the office", true)
        }
        "sample" => sample
            .ok_or_else(|| ComposeError::Sample("file: is missing; give --sample FILE".into()))?
            .list(rest),
        _ => Err(ComposeError::Source(word.to_owned())),
    }
}

/// The airports of a country, by IATA code.
fn airports(area: &str) -> Result<ListOfCodes, ComposeError> {
    // Eurostat's codes of countries that ISO names otherwise.
    let country = match area {
        "EL" => "GR",
        "UK" => "GB",
        other => other,
    };
    let mut reader = csv::Reader::from_reader(AIRPORTS.as_bytes());
    let rows = reader.records().filter_map(Result::ok).filter(|row| &row[0] == country);
    let rows: Vec<csv::StringRecord> = rows.collect();
    let mut list = listed(rows.iter().map(|row| (&row[1], &row[2])), "", true)
        .map_err(|_| ComposeError::Area(area.to_owned()))?;
    list.codes.push(ListedCode { id: "UNK".into(), name: UNKNOWN.into(), group: None });
    Ok(list)
}

/// The list of a table in CSV with the columns `code` and `name`.
///
/// Errors: no such table; words of which no codes can be made.
pub fn list_of_table(bytes: &[u8]) -> Result<ListOfCodes, ComposeError> {
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(bytes);
    let refused = || ComposeError::Table;
    let head = reader.headers().map_err(|_| refused())?;
    let names = head.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_lowercase());
    if !names.eq(["code", "name"]) {
        return Err(refused());
    }
    let mut pairs = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|_| refused())?;
        let (Some(code), Some(name)) = (row.get(0), row.get(1)) else { return Err(refused()) };
        pairs.push((code.to_owned(), name.to_owned()));
    }
    listed(pairs.iter().map(|(c, n)| (c.as_str(), n.as_str())), "a table of the office", true)
}

/// A list of words in the order in which they come. Messages quote the words of an office, never
/// those of a sample.
fn listed<'w>(
    words: impl Iterator<Item = (&'w str, &'w str)>,
    source: &str,
    quotes: bool,
) -> Result<ListOfCodes, ComposeError> {
    let source = source.to_owned();
    let mut list = ListOfCodes { source, ..ListOfCodes::default() };
    for (word, name) in words {
        if !word.is_ascii() {
            // Two places must not become one code, and no letter a line.
            return Err(ComposeError::Code(format!(
                "{} has letters outside A to Z; write CODE=Name, such as KOELN=Köln",
                if quotes { format!("{:?}", word.trim()) } else { "a value".into() }
            )));
        }
        let id: String = word
            .trim()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
            .collect();
        if id.is_empty() || id.len() > 64 {
            return Err(ComposeError::Code("a code has 1 to 64 characters; shorten it".into()));
        }
        if list.codes.iter().any(|code| code.id == id) {
            return Err(ComposeError::Code(format!(
                "two values make one code{}, since case and punctuation do not count; write each \
                 once, or CODE=Name",
                if quotes { format!(", {id}") } else { String::new() }
            )));
        }
        let name = Name::Own(name.trim().to_owned());
        list.codes.push(ListedCode { id, name, group: None });
    }
    if list.codes.is_empty() {
        return Err(ComposeError::Code("no code is given; name at least one".into()));
    }
    Ok(list)
}

/// The names of countries in German, French and Spanish.
fn translations() -> BTreeMap<String, [Option<String>; 3]> {
    let mut reader = csv::Reader::from_reader(COUNTRIES.as_bytes());
    let names = |row: csv::StringRecord| {
        let name = |place: usize| row.get(place).map(str::to_owned);
        Some((name(0)?, [name(1), name(2), name(3)]))
    };
    reader.records().filter_map(Result::ok).filter_map(names).collect()
}

/// A list of a ready-made plan.
fn of_plan(plan: &str, id: &str) -> Result<ListOfCodes, ComposeError> {
    let bug = || ComposeError::Source(id.to_owned());
    let document: DocumentMut = plan.parse().map_err(|_| bug())?;
    let tables = document.get("code_list").and_then(Item::as_array_of_tables).ok_or_else(bug)?;
    let is_it = |table: &&toml_edit::Table| table.get("id").and_then(Item::as_str) == Some(id);
    let table = tables.iter().find(is_it).ok_or_else(bug)?;
    let rows = |key: &str| -> Vec<&dyn TableLike> {
        let array = table.get(key).and_then(Item::as_array);
        let inline = |value| Value::as_inline_table(value).map(|row| row as &dyn TableLike);
        array.into_iter().flatten().filter_map(inline).collect()
    };
    let word =
        |row: &dyn TableLike, key: &str| row.get(key).and_then(Item::as_str).map(str::to_owned);
    let translations = translations();
    let pair = |row: &dyn TableLike| {
        let named = row.get("name").and_then(Item::as_table_like);
        let id = word(row, "id")?;
        let words = match (named, word(row, "name")) {
            (Some(named), _) => PLAN_LANGUAGES.map(|language| word(named, language)),
            (None, name) => {
                let others = translations.get(&id).cloned().unwrap_or_default();
                let [german, french, spanish] = others;
                [name, german, french, spanish]
            }
        };
        let [Some(english), Some(german), Some(french), Some(spanish)] = words else {
            return None;
        };
        Some((id, Name::Each([english, german, french, spanish])))
    };
    let groups = rows("groups").into_iter().filter_map(pair).collect();
    let code = |row| {
        let (id, name) = pair(row)?;
        Some(ListedCode { id, name, group: word(row, "group") })
    };
    let codes = rows("codes").into_iter().filter_map(code).collect();
    Ok(ListOfCodes { codes, groups, ..ListOfCodes::default() })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use testkit::reference::keep_equal;

    use super::*;

    #[test]
    fn order_and_number_of_rows_change_nothing() {
        let one = Sample::read(b"kind,sex\nEXIT,M\nENTRY,F\n").expect("a sample");
        let many = Sample::read(b"kind,sex\nENTRY,M\nEXIT,F\nEXIT,F\nEXIT,M\n").expect("a sample");
        assert_eq!(one, many);
        let list = list("sample", "kind", "EE", Some(&one)).expect("a list");
        assert_eq!(list.codes.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), ["ENTRY", "EXIT"]);
    }

    #[test]
    fn columns_of_persons_are_refused() {
        let sample = Sample::read(b"kind,passport\nENTRY,X1\n").expect("a sample");
        assert!(!format!("{sample:?}").contains("X1"));
        assert!(list("sample:passport", "sex", "EE", Some(&sample)).is_err());
        for wrong in ["kind,sex,kind\nA,M,B\n", "kind,\u{1b}[2J\nA,M\n"] {
            assert!(Sample::read(wrong.as_bytes()).is_err(), "{wrong:?}");
        }
        let many: String = (0..600).map(|n| format!("{n}\n")).collect();
        assert!(Sample::read(format!("sex\n{many}").as_bytes()).is_err());
    }

    #[test]
    fn built_in_lists_have_codes_names_and_the_unknown() {
        for built_in in &BUILT_IN {
            let list = list(built_in.word, "", "EE", None).expect("a list");
            let word = built_in.word;
            assert!(list.codes.iter().any(|code| code.id == "UNK"), "{word}");
            let grouped = list.codes.iter().filter(|code| code.group.is_some()).count();
            let wanted = if list.groups.is_empty() { 0 } else { list.codes.len() };
            assert_eq!(grouped, wanted, "{word}");
            // Airports have names of their own.
            let is_each = |name: &Name| matches!(name, Name::Each(_));
            let all = list.codes.iter().all(|code| is_each(&code.name));
            assert!(all || word == "airports", "{word}");
            assert!(list.groups.iter().all(|(_, name)| is_each(name)), "{word}");
        }
    }

    #[test]
    fn a_table_of_codes_has_its_head() {
        let list = list_of_table(b"\xef\xbb\xbfcode,name\r\nMLA,Luqa\r\n").expect("a list");
        assert_eq!(list.codes[0].name, Name::Own("Luqa".into()));
        for wrong in [&b"MLA,Luqa\nVAL,Val\n"[..], b"code;name\nA;B\n", b"code\nA\n", b"\xff\xfe"] {
            assert_eq!(list_of_table(wrong), Err(ComposeError::Table));
        }
    }

    #[test]
    fn no_two_words_become_one_code_unseen() {
        let refused = |word: &str| match list(word, "", "EE", None) {
            Err(ComposeError::Code(rule)) => rule,
            other => panic!("{word}: {other:?}"),
        };
        assert!(refused("codes:Köln,Düren").contains("\"Köln\" has letters outside"));
        assert!(refused("codes:a b,A-B").contains("one code, A_B"));
        let named = list("codes:KOELN=Köln", "", "EE", None).expect("a list");
        assert_eq!(named.codes[0].name, Name::Own("Köln".into()));
        let sample = Sample::read("sex\nmänn\n".as_bytes()).expect("a sample");
        let refused = list("sample", "sex", "EE", Some(&sample)).expect_err("letters");
        assert!(!refused.to_string().contains("männ"), "{refused}");
    }

    #[test]
    fn airports_are_those_of_the_country() {
        let codes = |area| {
            let list = list("airports", "", area, None).expect("a list");
            list.codes.into_iter().map(|code| code.id).collect::<Vec<_>>()
        };
        assert_eq!(codes("EE"), ["EPU", "KDL", "TAY", "TLL", "URE", "UNK"]);
        assert!(codes("EL").contains(&"ATH".to_owned()) && codes("EL") == codes("GR"));
        let unknown = list("airports", "", "EU", None).expect_err("no country");
        assert_eq!(unknown, ComposeError::Area("EU".into()));
        assert!(list("airports:TLL", "", "EE", None).is_err());
    }

    #[test]
    fn the_reference_has_every_list() {
        let mut page = REFERENCE_HEAD.to_owned();
        for built_in in &BUILT_IN {
            let list = built_in.list("EE").expect("a list");
            let (codes, example) = match built_in.of_plan {
                Some(_) => (list.codes.len(), ""),
                None => (AIRPORTS.lines().count() - 1, " in all countries"),
            };
            let groups = match list.groups.len() {
                0 => String::new(),
                groups => format!(" in {groups} groups"),
            };
            let BuiltIn { word, about, .. } = built_in;
            page += &format!("| `{word}` | {codes} codes{groups}{example} | {about} |\n");
        }
        let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/reference");
        keep_equal(&place.join("code-lists.md"), &(page + REFERENCE_TAIL));
    }

    const REFERENCE_HEAD: &str = include_str!("reference_head.md");
    const REFERENCE_TAIL: &str = include_str!("reference_tail.md");
}
