//! Codes of the plan from the texts of a field.
//!
//! Not here: which field.
//!
//! Invariants:
//! 1. Every code that a table can give is one of the plan's, checked before any row
//!    (`mapping::code::tests::a_table_with_a_foreign_code_is_refused`).
//! 2. What is shown beside a code that the plan does not have are codes of the plan
//!    (`mapping::code::tests::codes_like_a_mistyped_one_are_shown`).
//! 3. A text that is in no table is a fault, never passed on
//!    (`mapping::code::tests::an_unknown_text_is_a_fault`).

use std::collections::HashMap;
use std::path::Path;

use tidegauge_delivery::Column;
use tidegauge_model::near::offered;

use crate::error::Error;
use crate::fault::Fault;
use crate::settings::Rule;

/// Bytes of a code table at most.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The code of each text.
#[derive(Clone, Debug)]
pub(super) struct CodeTable {
    codes: HashMap<String, String>,
    other: Option<String>,
    missing: Option<String>,
    column: String,
}

impl CodeTable {
    /// The table of a rule: its own codes, those of its file, and the plan's codes themselves.
    ///
    /// Errors: a code that the plan does not have.
    pub(super) fn new(rule: &Rule, column: &Column, folder: &Path) -> Result<Self, Error> {
        let place = format!("mapping.{}", column.name);
        let mut codes = HashMap::new();
        for code in &column.codes {
            for given in std::iter::once(&code.id).chain(&code.also) {
                codes.insert(given.clone(), code.id.clone());
            }
        }
        let known = codes.clone();
        let check = |code: &str, place: &str, field: &str| match known.contains_key(code) {
            true => Ok(code.to_owned()),
            false => Err(foreign(code, column, place, field)),
        };
        if let Some(file) = &rule.codes_file {
            let file = folder.join(file);
            for (line, text, code) in read(&file)? {
                let place = format!("{}:{line}", file.display());
                codes.insert(text, check(&code, &place, "code")?);
            }
        }
        for (text, code) in &rule.codes {
            codes.insert(text.clone(), check(code, &place, "codes")?);
        }
        let single = |code: &Option<String>, field: &str| {
            code.as_ref().map(|code| check(code, &place, field)).transpose()
        };
        let (other, missing) = (single(&rule.other, "other")?, single(&rule.missing, "missing")?);
        Ok(Self { codes, other, missing, column: column.name.clone() })
    }

    /// The code of a constant.
    ///
    /// Errors: a code that the plan does not have.
    pub(super) fn constant(&self, text: &str, column: &Column) -> Result<String, Error> {
        let place = format!("mapping.{}", column.name);
        self.code(Some(text)).map_err(|_| foreign(text, column, &place, "constant"))
    }

    /// The code of a text.
    pub(super) fn code(&self, text: Option<&str>) -> Result<String, Fault> {
        let Some(text) = text else {
            return self.missing.clone().ok_or(Fault::MissingValue);
        };
        let unknown = || Fault::UnknownCode { list: self.column.clone() };
        self.codes.get(text).or(self.other.as_ref()).cloned().ok_or_else(unknown)
    }
}

/// The error of a code of the settings that the plan does not have.
fn foreign(code: &str, column: &Column, place: &str, field: &str) -> Error {
    let codes: Vec<&str> = column.codes.iter().map(|code| code.id.as_str()).collect();
    let codes = offered(code, &codes);
    let rule = format_args!("{code} is not a code of the plan's list; {codes}");
    Error::input("unknown-code", place, field, rule)
}

/// The lines of a code table: number, text, code.
fn read(path: &Path) -> Result<Vec<(u64, String, String)>, Error> {
    let place = path.display().to_string();
    let size = std::fs::metadata(path).map_err(Error::system(path, "read"))?.len();
    if size > FILE_BYTES_MAX {
        let rule = format_args!("a code table has at most {FILE_BYTES_MAX} bytes; shorten it");
        return Err(Error::input("too-large", &place, "file", rule));
    }
    let text = std::fs::read_to_string(path).map_err(Error::system(path, "read"))?;
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b';', b'\t', b','].into_iter().find(|&byte| first.as_bytes().contains(&byte));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
    let mut lines = Vec::new();
    for line in reader.records() {
        let bad = |number: u64| {
            let rule = "a code table has two columns; write in each line the text of the field \
                        and the plan's code";
            Error::input("code-table", format_args!("{place}:{number}"), "row", rule)
        };
        let line = line.map_err(|error| bad(error.position().map_or(1, csv::Position::line)))?;
        let number = line.position().map_or(1, csv::Position::line);
        match (line.get(0), line.get(1)) {
            (Some(text), Some(code)) => {
                lines.push((number, text.trim().to_owned(), code.trim().to_owned()));
            }
            _ => return Err(bad(number)),
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use tidegauge_delivery::{CodeText, ColumnKind};

    use super::*;

    fn column() -> Column {
        let code = |id: &str, also: &[&str]| CodeText {
            id: id.into(),
            name: id.into(),
            also: also.iter().map(|&other| other.to_owned()).collect(),
            from: None,
            to: None,
        };
        let codes = vec![code("ENTRY", &["IN"]), code("EXIT", &[])];
        Column { name: "kind".into(), kind: ColumnKind::Code, required: true, codes }
    }

    fn table(rule: &str, folder: &Path) -> Result<CodeTable, Error> {
        CodeTable::new(&toml::from_str(rule).unwrap(), &column(), folder)
    }

    #[test]
    fn an_unknown_text_is_a_fault() {
        let table = table("codes = { E = 'ENTRY' }", Path::new("")).unwrap();
        for (text, code) in [("E", "ENTRY"), ("IN", "ENTRY"), ("EXIT", "EXIT")] {
            assert_eq!(table.code(Some(text)).unwrap(), code);
        }
        assert_eq!(table.code(Some("CANARY")).unwrap_err().code(), "unknown-code");
        assert_eq!(table.code(None), Err(Fault::MissingValue));
        let rule = "codes = { E = 'ENTRY' }\nother = 'EXIT'\nmissing = 'ENTRY'";
        let table = self::table(rule, Path::new("")).unwrap();
        assert_eq!(table.code(Some("X")).unwrap(), "EXIT");
        assert_eq!(table.code(None).unwrap(), "ENTRY");
    }

    #[test]
    fn codes_like_a_mistyped_one_are_shown() {
        let error = table("codes = { CANARY = 'exti' }", Path::new("")).unwrap_err().to_string();
        assert!(error.ends_with("did you mean EXIT? there are ENTRY, EXIT"), "{error}");
        assert!(!error.contains("CANARY"), "{error}");
    }

    #[test]
    fn a_table_with_a_foreign_code_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("codes.csv");
        std::fs::write(&file, "\u{FEFF}text;code\nAus;EXIT\nEin;ENTRY\n").unwrap();
        let good = table("codes_file = 'codes.csv'", folder.path()).unwrap();
        assert_eq!(good.code(Some("Aus")).unwrap(), "EXIT");
        std::fs::write(&file, "text,code\nAus,EXIT\nEin,ENTER\n").unwrap();
        let error = table("codes_file = 'codes.csv'", folder.path()).unwrap_err();
        assert!(error.to_string().contains("codes.csv:3"), "{error}");
        for rule in ["codes = { E = 'X' }", "other = 'X'", "missing = 'X'"] {
            assert_eq!(table(rule, Path::new("")).unwrap_err().code(), "unknown-code");
        }
    }
}
