//! Code lists of a new plan: built in, named on the command line, in a file of codes, or the
//! distinct codes of a column of a sample.
//!
//! The built-in lists are those of the ready-made plans: countries (ISO 3166-1 alpha-2 with the
//! exceptions of Eurostat, in parts of the world), sex, and bands of age.
//!
//! Not here: lists below the level of countries and border points: the format of plans has no
//! place for them. No list of border points: an office names its own.
//!
//! Invariants:
//! 1. Of a sample only the names of columns and distinct codes are kept, in the order of codes; how
//!    often one occurs changes nothing (`tests::order_and_number_of_rows_change_nothing`).
//! 2. A column that looks like one of persons is refused unread
//!    (`tests::columns_of_persons_are_refused`).

use std::collections::BTreeSet;

use tidegauge_model::plan::ATTRIBUTES;
use toml_edit::{DocumentMut, Item, TableLike, Value};

use super::error::ComposeError;

const COUNTRIES_AND_MORE: &str = include_str!("../../../../plans/exit-metrics.toml");
const AGE_AND_SEX: &str = include_str!("../../../../plans/returns.toml");

/// Most distinct codes of a column of a sample.
const DISTINCT_MAX: usize = 500;

/// A code with its name and, in a list with groups, its group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ListedCode {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) group: Option<String>,
}

/// A list of codes, and where it is from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOfCodes {
    pub(super) codes: Vec<ListedCode>,
    pub(super) groups: Vec<(String, String)>,
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
        )
    }
}

/// Whether the codes of a column are read: only those of a closed list, so that columns of persons
/// and places are never looked at.
fn is_read(name: &str) -> bool {
    ATTRIBUTES.contains(&name) || ["kind", "activity"].contains(&name)
}

/// The list that a word names: `countries`, `sex`, `age-bands`, `stay-classes`, `codes:A,B`,
/// `sample` or `sample:COLUMN`.
///
/// Errors: an unknown word; a sample that is missing or lacks the column.
pub fn list(word: &str, own: &str, sample: Option<&Sample>) -> Result<ListOfCodes, ComposeError> {
    let (source, rest) = word.split_once(':').unwrap_or((word, own));
    match source {
        "countries" => {
            built_in(COUNTRIES_AND_MORE, "CL_CITIZENSHIP", "ISO 3166-1 as Eurostat uses")
        }
        "stay-classes" => built_in(COUNTRIES_AND_MORE, "CL_STAY_CLASS", "classes of stay"),
        "sex" => built_in(AGE_AND_SEX, "CL_SEX", "sex"),
        "age-bands" => built_in(AGE_AND_SEX, "CL_AGE_BAND", "bands of age"),
        "codes" => listed(rest.split(',').map(|code| (code, code)), "named by the office"),
        "sample" => sample
            .ok_or_else(|| ComposeError::Sample("file: is missing; give --sample FILE".into()))?
            .list(rest),
        _ => Err(ComposeError::Source(word.to_owned())),
    }
}

/// The list of a table in CSV, `code,name` or `code,name,group`.
///
/// Errors: no such table; words of which no codes can be made.
pub fn list_of_table(bytes: &[u8]) -> Result<ListOfCodes, ComposeError> {
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(bytes);
    let refused = || ComposeError::Source("a table of codes must be CSV, code,name".into());
    let mut pairs = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|_| refused())?;
        let (Some(code), Some(name)) = (row.get(0), row.get(1)) else { return Err(refused()) };
        pairs.push((code.to_owned(), name.to_owned()));
    }
    listed(pairs.iter().map(|(c, n)| (c.as_str(), n.as_str())), "a table of the office")
}

/// A list of words in the order in which they come, with a code for what is unknown.
fn listed<'w>(
    words: impl Iterator<Item = (&'w str, &'w str)>,
    source: &str,
) -> Result<ListOfCodes, ComposeError> {
    let mut list = ListOfCodes { source: source.to_owned(), ..ListOfCodes::default() };
    for (word, name) in words {
        let id: String = word
            .trim()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
            .collect();
        if id.is_empty() || id.len() > 64 {
            return Err(ComposeError::Code("a code has 1 to 64 characters".into()));
        }
        if list.codes.iter().any(|code| code.id == id) {
            let rule = "two values differ only in case or punctuation; write them alike";
            return Err(ComposeError::Code(rule.into()));
        }
        let name = name.trim().to_owned();
        list.codes.push(ListedCode { id, name, group: None });
    }
    if list.codes.is_empty() {
        return Err(ComposeError::Code("no code is given; name at least one".into()));
    }
    Ok(list)
}

fn built_in(plan: &str, id: &str, source: &str) -> Result<ListOfCodes, ComposeError> {
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
    let pair = |row: &dyn TableLike| {
        let named = row.get("name").and_then(Item::as_table_like);
        let name = named.and_then(|named| word(named, "en")).or_else(|| word(row, "name"));
        Some((word(row, "id")?, name?))
    };
    let groups = rows("groups").into_iter().filter_map(pair).collect();
    let code = |row| {
        let (id, name) = pair(row)?;
        Some(ListedCode { id, name, group: word(row, "group") })
    };
    let codes = rows("codes").into_iter().filter_map(code).collect();
    Ok(ListOfCodes { codes, groups, source: format!("built in: {source}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_number_of_rows_change_nothing() {
        let one = Sample::read(b"kind,sex\nEXIT,M\nENTRY,F\n").expect("a sample");
        let many = Sample::read(b"kind,sex\nENTRY,M\nEXIT,F\nEXIT,F\nEXIT,M\n").expect("a sample");
        assert_eq!(one, many);
        let list = list("sample", "kind", Some(&one)).expect("a list");
        assert_eq!(list.codes.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), ["ENTRY", "EXIT"]);
    }

    #[test]
    fn columns_of_persons_are_refused() {
        let sample = Sample::read(b"kind,passport\nENTRY,X1\n").expect("a sample");
        assert!(!format!("{sample:?}").contains("X1"));
        assert!(list("sample:passport", "sex", Some(&sample)).is_err());
        let many: String = (0..600).map(|n| format!("{n}\n")).collect();
        assert!(Sample::read(format!("sex\n{many}").as_bytes()).is_err());
    }

    #[test]
    fn built_in_lists_have_codes_names_and_the_unknown() {
        for word in ["countries", "sex", "age-bands"] {
            let list = list(word, "", None).expect("a list");
            assert!(list.codes.iter().any(|code| code.id == "UNK"), "{word}");
            let grouped = list.codes.iter().filter(|code| code.group.is_some()).count();
            let wanted = if list.groups.is_empty() { 0 } else { list.codes.len() };
            assert_eq!(grouped, wanted, "{word}");
        }
    }
}
