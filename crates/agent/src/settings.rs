//! The one settings file, `agent.toml`.
//!
//! Not here: what mapping rules mean for a plan (module `mapping`), which is known only later.
//!
//! Invariants:
//! 1. A key that is not known, or a value of another type, is an error at its line
//!    (`settings::tests::an_error_names_its_line`).
//!
//! Format: see `crates/agent/README.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

#[cfg(feature = "kafka")]
use crate::connect::KafkaPart;
#[cfg(feature = "nats")]
use crate::connect::NatsPart;
#[cfg(feature = "postgres")]
use crate::connect::PostgresPart;
use crate::error::Error;
use crate::rows::{FileForm, LastLine, Taken};
#[cfg(feature = "pkcs11")]
use crate::token::TokenPart;

/// Lines before a header at most.
const SKIP_LINES_MAX: u64 = 1_000_000;

/// The settings of an agent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where deliveries go, as whom, with which keys.
    pub plan: PlanPart,
    /// How they go.
    #[serde(default)]
    pub delivery: DeliveryPart,
    /// Where rows come from.
    #[serde(default, rename = "input")]
    pub inputs: Vec<InputPart>,
    /// What becomes a column of the plan, for all inputs.
    #[serde(default)]
    pub mapping: Rules,
    /// The folder of the file: paths are relative to it.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// Rules by the column that they make.
pub type Rules = BTreeMap<String, Rule>;

/// Where deliveries go, as whom, with which keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanPart {
    /// The address of the intake, as `https://stats.example.org`; none if files are carried.
    pub intake: Option<String>,
    /// A description of the plan's columns in a file, as the intake has it at `/intake/v1/plan`;
    /// needed only without an intake.
    pub columns: Option<PathBuf>,
    /// The store's id; if it is given, another store is refused.
    pub store: Option<String>,
    /// This source, by its id in the plan.
    pub source: String,
    /// The file of the key that signs.
    pub signing_key: PathBuf,
    /// Its id in the plan.
    pub signing_key_id: String,
    /// The file of the agencies' key.
    #[serde(default)]
    pub pseudonym_key: PathBuf,
    /// The device that has that key, in place of a file.
    #[cfg(feature = "pkcs11")]
    pub token: Option<TokenPart>,
    /// The public key of the store's ledger, base64; if it is given, receipts are verified.
    pub store_key: Option<String>,
    /// Certificates of the authority that vouches for the intake, PEM; otherwise those of the web.
    pub ca: Option<PathBuf>,
    /// This agency's certificate, PEM, where the intake asks for one.
    pub certificate: Option<PathBuf>,
    /// The key of that certificate, PEM.
    pub certificate_key: Option<PathBuf>,
}

impl PlanPart {
    /// In how many places the agencies' key is.
    fn keys(&self) -> usize {
        let in_file = usize::from(!self.pseudonym_key.as_os_str().is_empty());
        #[cfg(feature = "pkcs11")]
        let in_file = in_file + usize::from(self.token.is_some());
        in_file
    }
}

/// How deliveries leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Over HTTP to the intake.
    #[default]
    Http,
    /// As signed files in a directory, to be carried.
    Files,
}

/// What happens to a bad row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BadRow {
    /// Nothing of its chunk is delivered and the agent ends.
    #[default]
    Refuse,
    /// It is left out and its place printed.
    Skip,
}

/// How deliveries are made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliveryPart {
    /// How they leave.
    pub deliver: Way,
    /// The directory for signed files.
    pub directory: Option<PathBuf>,
    /// The directory of the agent's own state.
    pub state: PathBuf,
    /// Rows of one delivery at most.
    pub rows: usize,
    /// What happens to a bad row.
    pub on_bad_row: BadRow,
    /// Seconds between two looks at the inputs.
    pub poll_seconds: u64,
    /// Minutes for which `once` tries again when the intake does not answer.
    pub give_up_minutes: u64,
    /// Minutes between two declarations that stand by themselves.
    pub declare_minutes: u64,
}

impl DeliveryPart {
    /// For how long `once` tries again, or waits.
    pub(crate) fn give_up(&self) -> Duration {
        Duration::from_secs(60 * self.give_up_minutes)
    }
}

impl Default for DeliveryPart {
    fn default() -> Self {
        Self {
            deliver: Way::Http,
            directory: None,
            state: "agent-state".into(),
            rows: 20_000,
            on_bad_row: BadRow::Refuse,
            poll_seconds: 5,
            give_up_minutes: 15,
            declare_minutes: 15,
        }
    }
}

/// The kind of an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A directory into which files are put.
    #[default]
    Directory,
    /// A topic of Kafka.
    #[cfg(feature = "kafka")]
    Kafka,
    /// A consumer of NATS JetStream.
    #[cfg(feature = "nats")]
    Nats,
    /// A query or an outbox of PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres,
    /// Standard input.
    Stdin,
}

/// By what an input declares completeness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompleteBy {
    /// It declares nothing.
    #[default]
    None,
    /// The latest time delivered, less `lag_minutes`.
    Cursor,
    /// The end of the day in the file's name, once the file is delivered.
    File,
    /// The clock, less `lag_minutes`, whenever everything that is there is delivered.
    Clock,
}

/// Where rows come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputPart {
    /// Its name, under which its position is kept.
    pub name: String,
    /// Its kind.
    #[serde(default)]
    pub kind: Kind,
    /// The topic of Kafka.
    #[cfg(feature = "kafka")]
    pub kafka: Option<KafkaPart>,
    /// The consumer of NATS JetStream.
    #[cfg(feature = "nats")]
    pub nats: Option<NatsPart>,
    /// The query or outbox of PostgreSQL.
    #[cfg(feature = "postgres")]
    pub postgres: Option<PostgresPart>,
    /// The directory.
    pub path: Option<PathBuf>,
    /// The names of its files, with stars.
    #[serde(default = "every_file")]
    pub files: String,
    /// Seconds for which a file must not have changed.
    #[serde(default = "settle")]
    pub settle_seconds: u64,
    /// What becomes of a file that is delivered.
    #[serde(default)]
    pub taken: Taken,
    /// The format of its files; otherwise by their endings.
    pub format: Option<String>,
    /// Between the fields of CSV: one character, or `tab`.
    pub delimiter: Option<String>,
    /// Around fields of CSV: one character, or `none`.
    pub quote: Option<String>,
    /// The encoding of CSV.
    pub encoding: Option<String>,
    /// Whether the first row has names.
    #[serde(default = "yes")]
    pub header: bool,
    /// Rows before the header.
    #[serde(default)]
    pub skip_lines: u64,
    /// The sheet of a spreadsheet.
    pub sheet: Option<String>,
    /// Whether the last line of a text must have its line end.
    #[serde(default)]
    pub last_line: LastLine,
    /// By what completeness is declared.
    #[serde(default)]
    pub complete: CompleteBy,
    /// The rule for the time of the cursor; by default the time of the event.
    pub complete_time: Option<Rule>,
    /// The form of the day in a file's name, for instance `crossings-%Y-%m-%d.csv`.
    pub complete_name: Option<String>,
    /// Minutes that are taken off.
    #[serde(default)]
    pub lag_minutes: u32,
    /// Rules of this input only, in place of those for all.
    #[serde(default)]
    pub mapping: Rules,
}

/// What becomes one column of the plan.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// The field.
    pub column: Option<String>,
    /// Several fields: of an identifier, or a date and a time.
    pub columns: Vec<String>,
    /// The same text for each row; of an identifier, a first field that all have.
    pub constant: Option<String>,
    /// Codes by the texts of the field.
    pub codes: BTreeMap<String, String>,
    /// A CSV file with two columns, texts and codes, and a header.
    pub codes_file: Option<PathBuf>,
    /// The code of every text that has none.
    pub other: Option<String>,
    /// The code of rows without a text.
    pub missing: Option<String>,
    /// The form of dates and times (strftime).
    pub format: Option<String>,
    /// Further forms, tried in order.
    pub formats: Vec<String>,
    /// The time zone of local times.
    pub zone: Option<String>,
    /// What a local time means that a change of clocks leaves out or has twice.
    pub unclear_times: Unclear,
    /// First and last age of each band; the last band may have no last age.
    pub age_bands: BTreeMap<String, Vec<u16>>,
    /// Texts that stand for an unknown identifier.
    pub refuse: Vec<String>,
}

/// What a local time means that a change of clocks leaves out or has twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unclear {
    /// As RFC 5545: of two the earlier; one that is left out is as much later as the clocks moved.
    #[default]
    Compatible,
    /// The earlier.
    Earlier,
    /// The later.
    Later,
    /// A bad row.
    Refuse,
}

fn every_file() -> String {
    "*".to_owned()
}

fn settle() -> u64 {
    5
}

fn yes() -> bool {
    true
}

impl Settings {
    /// Reads a settings file.
    ///
    /// Errors: every fault of the text, and settings that contradict each other.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(Error::system(path, "read"))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Self::parse(&text, &path.display().to_string(), &folder)
    }

    /// Parses a settings file.
    pub fn parse(text: &str, place: &str, folder: &Path) -> Result<Self, Error> {
        let mut settings: Self = toml::from_str(text).map_err(|error| {
            let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or(""));
            let line = before.matches('\n').count() + 1;
            let rule = error.message().lines().next().unwrap_or_default().to_owned();
            Error::input("settings", format_args!("{place}:{line}"), "settings", rule)
        })?;
        settings.folder = folder.to_owned();
        settings.check(place)?;
        Ok(settings)
    }

    /// A path as the settings mean it.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// The directory of the state.
    pub fn state(&self) -> PathBuf {
        self.path(&self.delivery.state)
    }

    fn check(&self, place: &str) -> Result<(), Error> {
        let bad = |field: &str, rule: &str| Err(Error::input("settings", place, field, rule));
        for (number, input) in self.inputs.iter().enumerate() {
            if self.inputs[..number].iter().any(|other| other.name == input.name) {
                return bad("input.name", "two inputs have this name; rename one");
            }
            if input.kind == Kind::Directory && input.path.is_none() {
                return bad("input.path", "a directory needs its path");
            }
            if input.skip_lines > SKIP_LINES_MAX {
                return bad("input.skip_lines", "must be at most 1000000");
            }
            if input.complete == CompleteBy::File && input.complete_name.is_none() {
                let rule = "has no form of a day; write for instance crossings-%Y-%m-%d.csv";
                return bad("input.complete_name", rule);
            }
        }
        let silent = self.inputs.iter().filter(|input| input.complete == CompleteBy::None).count();
        if silent != 0 && silent != self.inputs.len() {
            let rule = "either every input declares completeness or none: a source is complete \
                        only where all of its inputs are";
            return bad("input.complete", rule);
        }
        if self.delivery.deliver == Way::Files && self.delivery.directory.is_none() {
            return bad("delivery.directory", "signed files need a directory to go to");
        }
        if self.delivery.deliver == Way::Http && self.plan.intake.is_none() {
            return bad("plan.intake", "deliveries over HTTP need the address of the intake");
        }
        if self.plan.keys() != 1 {
            return bad(
                "plan.pseudonym_key",
                "give a file, or [plan.token] with a key in a device",
            );
        }
        if self.delivery.rows == 0 {
            return bad("delivery.rows", "must be at least 1");
        }
        Ok(())
    }
}

impl InputPart {
    /// The rules of this input: its own, and those for all.
    pub fn rules(&self, common: &Rules) -> Rules {
        let mut rules = common.clone();
        // An input's own choice of the two columns of time wins.
        if ["occurred_at", "occurred_on"].iter().any(|time| self.mapping.contains_key(*time)) {
            rules.remove("occurred_at");
            rules.remove("occurred_on");
        }
        rules.extend(self.mapping.clone());
        rules
    }

    /// The error of an input without the table of its kind.
    #[cfg(any(feature = "kafka", feature = "nats", feature = "postgres"))]
    pub(crate) fn needs(&self, kind: &str) -> Error {
        let rule = format_args!("this kind of input needs a table [input.{kind}]; add it");
        Error::input("settings", format_args!("input {}", self.name), kind, rule)
    }

    /// How its files are read.
    pub fn form(&self) -> Result<FileForm, Error> {
        let single = |field: &str, given: &str| match given.as_bytes() {
            [byte] if byte.is_ascii() => Ok(*byte),
            _ if given == "tab" => Ok(b'\t'),
            _ => {
                let rule = "one ASCII character is needed, or tab; correct it";
                Err(Error::input("settings", format_args!("input {}", self.name), field, rule))
            }
        };
        let plain = FileForm::default();
        let quote = match self.quote.as_deref() {
            None => plain.quote,
            Some("none") => None,
            Some(given) => Some(single("quote", given)?),
        };
        let delimiter = match self.delimiter.as_deref() {
            None => plain.delimiter,
            Some(given) => single("delimiter", given)?,
        };
        Ok(FileForm {
            format: self.format.clone(),
            delimiter,
            quote,
            encoding: self.encoding.clone().unwrap_or(plain.encoding),
            header: self.header,
            skip_lines: self.skip_lines,
            sheet: self.sheet.clone(),
            last_line: self.last_line,
        })
    }

    /// How long a file must not have changed.
    pub fn settle(&self) -> Duration {
        Duration::from_secs(self.settle_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = r#"
        [plan]
        intake = "https://stats.example.org"
        source = "LAND"
        signing_key = "land.key"
        signing_key_id = "2026a"
        pseudonym_key = "agencies.key"

        [[input]]
        name = "crossings"
        path = "in"
        delimiter = ";"
        mapping.occurred_on = { column = "Tag", format = "%d.%m.%Y" }

        [mapping]
        kind = { column = "Art", codes = { E = "ENTRY" } }
        occurred_at = { column = "Zeit" }
    "#;

    fn parse(text: &str) -> Result<Settings, Error> {
        Settings::parse(text, "agent.toml", Path::new("/etc/agent"))
    }

    #[test]
    fn rules_of_an_input_take_the_place_of_common_ones() {
        let settings = parse(PLAIN).unwrap();
        let rules = settings.inputs[0].rules(&settings.mapping);
        assert_eq!(rules.keys().collect::<Vec<_>>(), ["kind", "occurred_on"]);
        assert_eq!(settings.inputs[0].form().unwrap().delimiter, b';');
        assert_eq!(settings.path(Path::new("x")), Path::new("/etc/agent/x"));
        assert_eq!(settings.path(Path::new("/x")), Path::new("/x"));
    }

    #[test]
    fn the_guide_has_settings_that_are_read() {
        let guide = include_str!("../README.md");
        let begin = guide.find("```toml\n[plan]\n").unwrap() + "```toml".len();
        let text = guide[begin..].split("```").next().unwrap();
        let settings = parse(text).unwrap();
        assert_eq!((settings.inputs.len(), settings.mapping.len()), (1, 7));
        // The lines that are commented out are read too.
        let all: String = text
            .lines()
            .filter(|line| !line.contains("…") && !line.contains("    header = "))
            .map(|line| line.strip_prefix("# ").unwrap_or(line).to_owned() + "\n")
            .collect();
        parse(&all).unwrap();
    }

    #[test]
    fn an_error_names_its_line() {
        let wrong = PLAIN.replace("signing_key_id", "signing_id");
        let error = parse(&wrong).unwrap_err();
        assert!(error.to_string().starts_with("agent.toml:"), "{error}");
        let twice = format!("{PLAIN}\n[[input]]\nname = \"crossings\"\npath = \"x\"\n");
        assert!(parse(&twice).unwrap_err().to_string().contains("rename one"));
        let far = PLAIN.replace("delimiter = \";\"", "skip_lines = 99999999999");
        assert!(parse(&far).unwrap_err().to_string().contains("input.skip_lines"));
        let half =
            format!("{PLAIN}\n[[input]]\nname = \"b\"\npath = \"x\"\ncomplete = \"clock\"\n");
        assert!(parse(&half).unwrap_err().to_string().contains("every input declares"));
    }
}
