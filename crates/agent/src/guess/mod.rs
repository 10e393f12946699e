//! A first `agent.toml` from a sample and a plan, by likeness of names and codes.
//!
//! A guess is a proposal: what is not certain is marked with `CHECK` for people.
//!
//! Not here: what a mapping does.
//!
//! Invariants:
//! 1. The settings parse, whatever the sample is (`guess::tests::a_foreign_sample_gives_settings`).
//! 2. Only texts of the sample that name a code of the plan are written
//!    (`guess::tests::only_texts_that_name_codes_are_written`).
//! 3. Every column that the plan requires has a rule, or a line with `CHECK` that says what is
//!    missing (`guess::tests::every_required_column_of_every_plan_has_a_rule`).

mod likeness;
mod sample;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;
use std::path::Path;

use tidegauge_delivery::{Column, ColumnKind, Limits, PlanColumns};
use tidegauge_model::Plan;
use tidegauge_model::plan::life_cycle::NO_DATE;

use self::likeness::{Likeness, plain};
use self::sample::{ROWS_MAX, Sample};
use crate::deliver::{AddressFrom, fetch_columns, intake_address, known_source, plain_client};
use crate::error::Error;
use crate::mapping::{fits, with_actions};
use crate::settings::Rule;

/// Forms of an instant, tried in order; the empty one is RFC 3339 or ISO 8601.
const INSTANTS: [&str; 12] = [
    "",
    "%Y-%m-%d %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y%m%d%H%M%S",
];
/// Forms of a day.
const DAYS: [&str; 8] =
    ["", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d", "%d.%m.%y"];
/// Forms of a time of day in a field of its own.
const TIMES: [&str; 3] = ["%H:%M:%S", "%H:%M", "%H%M"];
/// A tenth of the texts may be of another form: samples have mistakes.
const FITTING_PERCENT_MIN: usize = 90;

/// What people give for a first settings file.
pub(crate) struct Given<'g> {
    /// The sample.
    pub(crate) sample: &'g Path,
    /// The address of an intake, or a plan or a description of one in a file.
    pub(crate) plan: &'g str,
    /// The id of the source.
    pub(crate) source: &'g str,
    /// The file of the key that signs, and its id.
    pub(crate) key: (&'g str, &'g str),
}

/// A first settings file.
pub(crate) struct Guessed {
    /// Its text.
    pub(crate) text: String,
    /// What people must know of how it was made, a line each.
    pub(crate) notes: Vec<String>,
}

/// Whether `--plan` is an address and no file.
fn is_address(plan: &str) -> bool {
    plan.starts_with("http://") || plan.starts_with("https://")
}

/// What the plan takes: from an intake, a plan or a copy of the intake's description.
fn columns(plan: &str) -> Result<PlanColumns, Error> {
    if is_address(plan) {
        return fetch_columns(&plain_client(), plan, AddressFrom::CommandLine);
    }
    let path = Path::new(plan);
    let text = std::fs::read_to_string(path).map_err(Error::system(path, "read"))?;
    if let Ok(columns) = serde_json::from_str(&text) {
        return Ok(columns);
    }
    let plan = Plan::parse(&text).map_err(|_| {
        let rule =
            "is neither a plan nor a copy of /intake/v1/plan; `tidegauge plan check` says more";
        Error::input("plan-columns", path.display(), "--plan", rule)
    })?;
    let limits = Limits { body_bytes: u64::MAX, expanded_bytes: u64::MAX, rows: u64::MAX };
    Ok(PlanColumns::new(&plan, "", false, limits))
}

/// A first settings file.
pub(crate) fn settings(given: &Given<'_>) -> Result<Guessed, Error> {
    let columns = columns(given.plan)?;
    known_source(&columns, given.source, ("init", "--source"))?;
    let sample = Sample::read(given.sample)?;
    let guess = Guess { columns: &columns, sample: &sample, likeness: Likeness::new() };
    let mut text = head(&columns, given)?;
    text += &input(given.sample, &sample);
    if sample.is_cut {
        let _ = writeln!(
            text,
            "# CHECK: only the first {ROWS_MAX} rows of the sample were read; codes that only \
             later\n# rows have are missing.\n"
        );
    }
    text += &guess.mapping();
    Ok(Guessed { text, notes: notes(given.sample, &sample) })
}

/// What people must know of a sample.
fn notes(path: &Path, sample: &Sample) -> Vec<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut notes = Vec::new();
    if let [first, _, ..] = &sample.sheets[..] {
        let all = sample.sheets.join(", ");
        notes.push(format!("{name} has the sheets {all}; took {first}, see `sheet`"));
    }
    if sample.is_cut {
        notes.push(format!(
            "read the first {ROWS_MAX} rows of {name}; codes that only later rows have are missing"
        ));
    }
    notes
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The parts `plan` and `delivery`.
fn head(columns: &PlanColumns, given: &Given<'_>) -> Result<String, Error> {
    let (key, key_id) = given.key;
    let (intake, mark) = match is_address(given.plan) {
        true => (intake_address(given.plan, AddressFrom::CommandLine)?, ""),
        false => ("https://intake.example.org".to_owned(), "   # CHECK: the address of the intake"),
    };
    let mut text = format!(
        "# Written by `tidegauge-agent init` for the plan {}; look for CHECK.\n\n[plan]\n\
         intake = {}{mark}\n",
        columns.plan,
        quoted(&intake)
    );
    if !columns.store.is_empty() {
        let _ = writeln!(text, "store = {}", quoted(&columns.store));
    }
    let _ = write!(
        text,
        "source = {}\n# Made by `tidegauge-agent key signing {key} --id {key_id}`.\n\
         signing_key = {}\nsigning_key_id = {}\n",
        quoted(given.source),
        quoted(key),
        quoted(key_id)
    );
    text += "\
# Made by key unwrap; at the first agency by key new.
pseudonym_key = \"agencies.key\"

[delivery]
on_bad_row = \"refuse\"   # or skip

";
    Ok(text)
}

/// The part `input`.
fn input(path: &Path, sample: &Sample) -> String {
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let ending = path.extension().map_or("*".into(), |e| format!("*.{}", e.to_string_lossy()));
    let mut text = format!(
        "[[input]]\nname = \"export\"\npath = {}\nfiles = {}\n",
        quoted(&folder.display().to_string()),
        quoted(&ending)
    );
    match sample.form.delimiter {
        b',' => {}
        b'\t' => text += "delimiter = \"tab\"\n",
        other => text += &format!("delimiter = {}\n", quoted(&char::from(other).to_string())),
    }
    if sample.form.encoding != "utf-8" {
        let encoding = quoted(&sample.form.encoding);
        let _ = writeln!(text, "encoding = {encoding}   # CHECK: letters with accents");
    }
    if let [first, _, ..] = &sample.sheets[..] {
        let _ = writeln!(text, "sheet = {}   # CHECK: the first of several", quoted(first));
    }
    text + "complete = \"none\"   # CHECK: declares nothing; or cursor, file, clock\n\n"
}

/// What texts can name.
struct CodesByText<'c> {
    /// Codes by plain texts.
    known: HashMap<String, &'c str>,
    ids: HashSet<&'c str>,
}

/// The guess of a mapping.
struct Guess<'a> {
    columns: &'a PlanColumns,
    sample: &'a Sample,
    likeness: Likeness,
}

impl Guess<'_> {
    /// The part `mapping`.
    fn mapping(&self) -> String {
        let mut text = String::new();
        let mut taken = BTreeSet::new();
        // Times and codes are known by their texts; what is left is taken for identifiers.
        let birth = self.named("birth", &taken);
        taken.extend(birth);
        let all = &self.columns.columns;
        let mut rules = BTreeMap::new();
        // Before the time of the event, which any field with dates may be.
        for column in all.iter().filter(|column| column.kind == ColumnKind::DayOrNone) {
            let field = self.named(&column.name, &taken);
            taken.extend(field);
            rules.insert(column.name.clone(), self.day_or_none(column, field));
        }
        let time = self.time(&mut taken);
        let is_code =
            |column: &&Column| matches!(column.kind, ColumnKind::Code | ColumnKind::Action);
        let mut by_likeness: Vec<Column> = all.iter().filter(is_code).map(with_actions).collect();
        by_likeness.sort_by_key(|column| std::cmp::Reverse(self.best_score(column, &taken)));
        for column in by_likeness {
            let rule = self.code(&column, birth, &mut taken);
            rules.insert(column.name, rule);
        }
        let is_plain = |kind| {
            matches!(kind, ColumnKind::Pseudonym | ColumnKind::EventId | ColumnKind::Revision)
        };
        let mut as_they_are: Vec<&Column> = all.iter().filter(|c| is_plain(c.kind)).collect();
        // A document is known better by its name than a number is.
        as_they_are.sort_by_key(|column| column.kind != ColumnKind::Pseudonym);
        for column in as_they_are {
            let field = self.named(&column.name, &taken);
            taken.extend(field);
            rules.insert(column.name.clone(), self.plain(column, field));
        }
        for column in all {
            match rules.get(&column.name) {
                Some(rule) => text += rule,
                None if column.kind == ColumnKind::Instant => text += &time,
                None => {}
            }
        }
        text
    }

    /// The rule of a day that not every row has.
    fn day_or_none(&self, column: &Column, field: Option<usize>) -> String {
        let name = &column.name;
        let Some(field) = field else {
            return format!(
                "# CHECK: no field looks like it; where no row has such a day, the constant will \
                 do.\n# [mapping.{name}]\n# constant = \"{NO_DATE}\"\n\n"
            );
        };
        let is_empty = self.sample.texts[field].is_empty();
        let form = match self.form(field, &DAYS, ColumnKind::Day) {
            Some(form) => format_line(form),
            None if is_empty => "# CHECK: no row of the sample has one; add `format`.\n".to_owned(),
            None => {
                "# CHECK: its days are of no form that is known here; add `format`.\n".to_owned()
            }
        };
        let field = self.name(field);
        format!("[mapping.{name}]\ncolumn = {field}   # an empty one is none: {NO_DATE}\n{form}\n")
    }

    fn name(&self, field: usize) -> String {
        quoted(&self.sample.names[field])
    }

    /// The field whose name is most like a word, if any is.
    fn named(&self, word: &str, taken: &BTreeSet<usize>) -> Option<usize> {
        let fields = (0..self.sample.names.len()).filter(|field| !taken.contains(field));
        let score = |field: usize| self.likeness.of_name(&self.sample.names[field], word);
        // The first wins a tie.
        fields.rev().max_by_key(|&field| score(field)).filter(|&field| score(field) > 0)
    }

    /// The first form that fits nearly all texts of a field.
    fn form(&self, field: usize, forms: &[&'static str], kind: ColumnKind) -> Option<&'static str> {
        let texts: Vec<&String> =
            self.sample.texts[field].iter().filter(|text| *text != NO_DATE).collect();
        let fits_form = |form: &&&str| {
            let format = (!form.is_empty()).then(|| (**form).to_owned());
            let rule = Rule { format, zone: Some("UTC".to_owned()), ..Rule::default() };
            let fitting = texts.iter().filter(|text| fits(&rule, kind, text)).count();
            !texts.is_empty() && 100 * fitting >= FITTING_PERCENT_MIN * texts.len()
        };
        forms.iter().find(fits_form).copied()
    }

    /// The rule of the time of the event.
    fn time(&self, taken: &mut BTreeSet<usize>) -> String {
        let fields = || (0..self.sample.names.len()).filter(|field| !taken.contains(field));
        let score = |field: usize| self.likeness.of_name(&self.sample.names[field], "occurred");
        let best = |forms: &'static [&'static str], kind: ColumnKind| {
            let known = fields().filter_map(|field| Some((field, self.form(field, forms, kind)?)));
            known.collect::<Vec<_>>().into_iter().rev().max_by_key(|(field, _)| score(*field))
        };
        let zone = quoted(&self.columns.time_zone);
        if let Some((field, form)) = best(&INSTANTS, ColumnKind::Instant) {
            taken.insert(field);
            return format!(
                "[mapping.occurred_at]\ncolumn = {}\n{}zone = {zone}   # CHECK: of local times\n\n",
                self.name(field),
                format_line(form)
            );
        }
        let day = best(&DAYS, ColumnKind::Day);
        let time_of_day = best(&TIMES, ColumnKind::Revision);
        match (day, time_of_day) {
            (Some((day, form)), Some((time, clock))) if score(time) > 0 => {
                taken.extend([day, time]);
                let day_form = if form.is_empty() { "%Y-%m-%d" } else { form };
                format!(
                    "[mapping.occurred_at]\ncolumns = [{}, {}]\n{}zone = {zone}   # CHECK\n\n",
                    self.name(day),
                    self.name(time),
                    format_line(&format!("{day_form} {clock}"))
                )
            }
            (Some((day, form)), _) => {
                taken.insert(day);
                let name = self.name(day);
                format!("[mapping.occurred_on]\ncolumn = {name}\n{}\n", format_line(form))
            }
            _ => "# CHECK: no field looks like the time of the event.\n\
                  # [mapping.occurred_at]\n# column = \"\"\n\n"
                .to_owned(),
        }
    }

    /// What a text of a column of codes can name: plain texts with their codes. The plan's own
    /// codes come before their names, and these before words.
    fn codes_by_text<'c>(&self, column: &'c Column) -> CodesByText<'c> {
        let mut known = HashMap::new();
        let codes = || column.codes.iter();
        for code in codes() {
            known.entry(plain(&code.id)).or_insert(code.id.as_str());
        }
        for code in codes() {
            for other in std::iter::once(&code.name).chain(&code.also) {
                known.entry(plain(other)).or_insert(&code.id);
            }
        }
        for code in codes() {
            for word in self.likeness.words(&code.id) {
                known.entry(word.clone()).or_insert(&code.id);
            }
        }
        let ids = codes().map(|code| code.id.as_str()).collect();
        CodesByText { known, ids }
    }

    /// The code that a text names.
    fn named_code<'c>(&self, text: &str, codes: &CodesByText<'c>) -> Option<&'c str> {
        let by_country = || {
            let names = self.likeness.country(text)?;
            names.iter().find_map(|name| codes.ids.get(name).copied())
        };
        codes.known.get(&plain(text)).copied().or_else(by_country)
    }

    /// How well a field fits a column of codes: its name, and the part of its texts that name
    /// codes.
    fn score(&self, field: usize, column: &Column) -> usize {
        let texts = &self.sample.distinct[field];
        let codes = self.codes_by_text(column);
        let named = texts.iter().filter(|text| self.named_code(text, &codes).is_some()).count();
        let part = if texts.is_empty() { 0 } else { 100 * named / texts.len() };
        let name = self.likeness.of_name(&self.sample.names[field], &column.name) as usize;
        match (part, name) {
            // A name may be alike by chance, and so may a few texts.
            (0..20, 0..2) | (0..60, 0) => 0,
            _ => part + 40 * name,
        }
    }

    fn best(&self, column: &Column, taken: &BTreeSet<usize>) -> Option<(usize, usize)> {
        let fields = (0..self.sample.names.len()).filter(|field| !taken.contains(field));
        let scores = fields.map(|field| (self.score(field, column), field));
        // The first wins a tie.
        let best = scores.rev().max_by_key(|(score, _)| *score).filter(|(score, _)| *score > 0);
        best.map(|(score, field)| (field, score))
    }

    fn best_score(&self, column: &Column, taken: &BTreeSet<usize>) -> usize {
        self.best(column, taken).map_or(0, |(_, score)| score)
    }

    /// The rule of a column of codes.
    fn code(&self, column: &Column, birth: Option<usize>, taken: &mut BTreeSet<usize>) -> String {
        let name = &column.name;
        if name == "age_band"
            && let (Some(field), Some(bands)) = (birth, bands(column))
        {
            let days = DAYS.iter().chain(&["%Y"]).copied().collect::<Vec<_>>();
            let form = self.form(field, &days, ColumnKind::Day).unwrap_or("%Y");
            return format!(
                "[mapping.{name}]\ncolumn = {}\n{}age_bands = {{ {bands} }}\n{}\n",
                self.name(field),
                format_line(form),
                unknown(column)
            );
        }
        let Some((field, _)) = self.best(column, taken) else {
            if !column.required {
                return String::new();
            }
            return format!(
                "# CHECK: no field looks like it; a constant may do.\n# [mapping.{name}]\n\
                 # constant = {}\n\n",
                quoted(column.codes.first().map_or("", |code| &code.id))
            );
        };
        taken.insert(field);
        let (codes, left) = self.codes(field, column);
        let mut text =
            format!("[mapping.{name}]\ncolumn = {}\n{}", self.name(field), unknown(column));
        if left > 0 {
            text += "# CHECK: some texts of the sample name no code; `check` shows their rows.\n";
        }
        if !codes.is_empty() {
            let _ = writeln!(text, "[mapping.{name}.codes]");
            for (given, code) in codes {
                let _ = writeln!(text, "{} = {}", quoted(given), quoted(code));
            }
        }
        text + "\n"
    }

    /// The codes of the texts that are not codes themselves, and how many texts name none.
    fn codes<'c>(&self, field: usize, column: &'c Column) -> (BTreeMap<&str, &'c str>, usize) {
        let known = self.codes_by_text(column);
        let mut codes = BTreeMap::new();
        let mut left = Vec::new();
        let mut named = BTreeSet::new();
        for text in &self.sample.distinct[field] {
            match self.named_code(text, &known) {
                Some(code) => {
                    named.insert(code);
                    if code != text {
                        codes.insert(text.as_str(), code);
                    }
                }
                None => left.push(text.as_str()),
            }
        }
        // One short text and one code are left: they belong together.
        let free: Vec<&str> =
            column.codes.iter().map(|c| c.id.as_str()).filter(|id| !named.contains(id)).collect();
        if let ([text], [code]) = (&left[..], &free[..])
            && text.chars().count() <= 3
            && !named.is_empty()
        {
            codes.insert(text, code);
            left.clear();
        }
        (codes, left.len())
    }

    /// The rule of a column that is made from one field as it is.
    fn plain(&self, column: &Column, field: Option<usize>) -> String {
        let name = &column.name;
        match field {
            Some(field) => {
                let mark = match column.kind {
                    ColumnKind::Pseudonym => "   # CHECK: or columns = [country, number]",
                    ColumnKind::EventId => "   # CHECK: differs for each event and stays the same",
                    _ => "",
                };
                format!("[mapping.{name}]\ncolumn = {}{mark}\n\n", self.name(field))
            }
            None if column.required => {
                format!("# CHECK: no field looks like it.\n# [mapping.{name}]\n# column = \"\"\n\n")
            }
            None => String::new(),
        }
    }
}

fn format_line(form: &str) -> String {
    let mark = match form.starts_with("%d/%m") || form.starts_with("%m/%d") {
        true => "   # CHECK: day or month first",
        false => "",
    };
    if form.is_empty() { String::new() } else { format!("format = {}{mark}\n", quoted(form)) }
}

/// The line for rows without a text, if the plan has a code for them.
fn unknown(column: &Column) -> String {
    let unknown = match column.kind {
        // A row without an action counts.
        ColumnKind::Action => &["count"][..],
        _ => &["UNK", "UNKNOWN", "_U"],
    };
    let known = column.codes.iter().find(|code| unknown.contains(&&*code.id));
    known.map_or(String::new(), |code| format!("missing = {}\n", quoted(&code.id)))
}

/// The ages of the plan's bands, by the numbers in their codes: `Y0_17`, `Y_LT18`, `Y_GE65`, `Y65`.
fn bands(column: &Column) -> Option<String> {
    let mut bands = Vec::new();
    for code in &column.codes {
        let numbers: Vec<u16> = code
            .id
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|number| number.parse().ok())
            .collect();
        match numbers[..] {
            [first, last] if first <= last => {
                bands.push(format!("{} = [{first}, {last}]", code.id))
            }
            [last] if code.id.contains("LT") && last > 0 => {
                bands.push(format!("{} = [0, {}]", code.id, last - 1));
            }
            [first] => bands.push(format!("{} = [{first}]", code.id)),
            // A code such as UNK has no ages.
            [] => {}
            _ => return None,
        }
    }
    (!bands.is_empty()).then(|| bands.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn guess(file: &str, bytes: &[u8], plan: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file);
        std::fs::write(&path, bytes).unwrap();
        let plan = format!("{}/../../{plan}", env!("CARGO_MANIFEST_DIR"));
        let key = ("land.key", "2026a");
        let given = Given { sample: &path, plan: &plan, source: "LAND", key };
        let text = settings(&given).unwrap().text;
        Settings::parse(&text, "agent.toml", Path::new(""))
            .unwrap_or_else(|e| panic!("{e}\n{text}"));
        text
    }

    #[test]
    fn a_german_export_is_understood() {
        let text = guess(
            "export.csv",
            b"Lfd. Nr.;Name;Reisepassnummer;Datum;Uhrzeit;Vorgangsart;Staatsangeh\xf6rigkeit;\
              Geburtsdatum;Geschlecht\n\
              1;CANARY;C01X;31.01.2026;08:15;Antrag;SYR;01.02.1990;w\n\
              2;CANARY;C02X;31.01.2026;09:20;Entscheidung;T\xfcrkei;03.04.2001;m\n",
            "plans/asylum.toml",
        );
        for expected in [
            "delimiter = \";\"",
            "encoding = \"windows-1252\"",
            "columns = [\"Datum\", \"Uhrzeit\"]",
            "format = \"%d.%m.%Y %H:%M\"",
            "[mapping.pseudonym]\ncolumn = \"Reisepassnummer\"",
            "[mapping.event_id]\ncolumn = \"Lfd. Nr.\"",
            "\"Antrag\" = \"APPLICATION\"",
            "\"SYR\" = \"SY\"",
            "\"Türkei\" = \"TR\"",
            "[mapping.age_band]\ncolumn = \"Geburtsdatum\"\nformat = \"%d.%m.%Y\"",
            "\"w\" = \"F\"",
        ] {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
        assert!(!text.contains("CANARY"));
    }

    /// A plan's description, as an intake would give it.
    fn described(plan: &str) -> PlanColumns {
        let path = format!("{}/../../{plan}", env!("CARGO_MANIFEST_DIR"));
        columns(&path).unwrap()
    }

    /// `FINAL_DECISION` as `Final decision`.
    fn titled(word: &str) -> String {
        let lower = word.to_lowercase().replace('_', " ");
        lower[..1].to_uppercase() + &lower[1..]
    }

    /// What `tidegauge simulate plan --raw` exports for a plan, a row for each code.
    fn export(plan: &PlanColumns) -> String {
        let header = plan.columns.iter().filter(|column| column.kind != ColumnKind::Day);
        let header: Vec<&Column> = header.collect();
        let name = |column: &&Column| match column.kind {
            ColumnKind::EventId => "No".to_owned(),
            ColumnKind::Pseudonym => "Document".to_owned(),
            ColumnKind::Instant => "Date and time".to_owned(),
            ColumnKind::DayOrNone => "Valid until".to_owned(),
            ColumnKind::Revision => "Version".to_owned(),
            ColumnKind::Action => "State".to_owned(),
            ColumnKind::Code if column.name == "kind" => "Transaction".to_owned(),
            _ => titled(&column.name),
        };
        let rows = plan.columns.iter().map(|column| column.codes.len()).max().unwrap_or(2);
        let value = |column: &&Column, row: usize| match column.kind {
            ColumnKind::EventId => format!("e{row}"),
            ColumnKind::Pseudonym => format!("syn1:0a3f{row:012}"),
            ColumnKind::Instant => format!("15.01.2024 08:{:02}:00", row % 60),
            ColumnKind::DayOrNone if row.is_multiple_of(3) => String::new(),
            ColumnKind::DayOrNone => format!("{:02}.02.2024", 1 + row % 28),
            ColumnKind::Revision => format!("{}", row % 2),
            ColumnKind::Action => ["valid", "cancelled"][row % 2].to_owned(),
            _ if column.name == "kind" => titled(&column.codes[row % column.codes.len()].id),
            _ => column.codes[row % column.codes.len()].name.clone(),
        };
        let names: Vec<String> = header.iter().map(name).collect();
        let line = |row| header.iter().map(|c| value(c, row)).collect::<Vec<_>>().join(";");
        let lines: Vec<String> = (0..rows).map(line).collect();
        format!("{}\n{}\n", names.join(";"), lines.join("\n"))
    }

    #[test]
    fn every_required_column_of_every_plan_has_a_rule() {
        for plan in [
            "plans/asylum.toml",
            "plans/border.toml",
            "plans/exit-metrics.toml",
            "plans/returns.toml",
            "testdata/revisions.toml",
            "testdata/stays.toml",
        ] {
            let columns = described(plan);
            let text = guess("export.csv", export(&columns).as_bytes(), plan);
            let settings = Settings::parse(&text, "agent.toml", Path::new("")).unwrap();
            let rules = settings.inputs[0].rules(&settings.mapping);
            let (folder, mut wanted) = (Path::new(""), crate::rows::Wanted::default());
            // The law of a whole mapping, as `check` and `run` have it.
            crate::mapping::Mapping::new(&rules, None, &columns, folder, &mut wanted)
                .unwrap_or_else(|error| panic!("{plan}: {error}\n{text}"));
            let has_dates = columns.column("authorised_until").is_some();
            assert_eq!(has_dates, rules.contains_key("authorised_until"), "{plan}");
            let corrections = columns.column("action").is_some();
            assert_eq!(corrections, rules.contains_key("action"), "{plan}: {text}");
            // A sample without such fields says what is missing.
            let foreign = guess("export.csv", b"foo;bar\nbaz;qux\n", plan);
            for column in columns.columns.iter().filter(|column| column.required) {
                let line = format!("# [mapping.{}]", column.name);
                let place = foreign.find(&line).unwrap_or_else(|| panic!("{line}: {foreign}"));
                let before = foreign[..place].trim_end().rsplit('\n').next().unwrap();
                assert!(before.starts_with("# CHECK"), "{before}");
            }
        }
    }

    #[test]
    fn days_until_which_something_is_granted_are_recognised() {
        for name in ["Valid until", "befristet bis", "valable jusqu'au", "Válido hasta"] {
            let text = format!(
                "No;Document;Datum;Art;{name}\n1;C1;31.01.2026;Entry;30.06.2026\n\
                 2;C2;01.02.2026;Exit;\n3;C3;02.02.2026;Exit;_Z\n"
            );
            let text = guess("export.csv", text.as_bytes(), "testdata/stays.toml");
            let rule = format!("[mapping.authorised_until]\ncolumn = \"{name}\"");
            assert!(text.contains(&rule), "{rule} is not in\n{text}");
            assert_eq!(text.matches("format = \"%d.%m.%Y\"").count(), 2, "{text}");
            assert!(text.contains("[mapping.occurred_on]\ncolumn = \"Datum\""), "{text}");
        }
    }

    #[test]
    fn a_day_beside_a_time_is_recognised_in_every_format() {
        let rows =
            [["Tag", "Uhrzeit", "Reisepass", "Richtung"], ["2026-01-31", "08:00:00", "C1", "E"]];
        let json = "{\"Tag\":\"2026-01-31\",\"Uhrzeit\":\"08:00:00\",\"Richtung\":\"E\"}\n";
        let xes = "<log><trace><event><string key=\"Tag\" value=\"2026-01-31\"/>\
                   <string key=\"Uhrzeit\" value=\"08:00:00\"/></event></trace></log>";
        for (file, bytes) in [
            ("a.csv", rows.map(|row| row.join(",")).join("\n").into_bytes()),
            ("b.ndjson", json.as_bytes().to_vec()),
            ("d.xlsx", crate::samples::timed_xlsx()),
            ("e.ods", crate::samples::timed_ods()),
            ("f.xes", xes.as_bytes().to_vec()),
        ] {
            let text = guess(file, &bytes, "plans/border.toml");
            let rule = "[mapping.occurred_at]\ncolumns = [\"Tag\", \"Uhrzeit\"]\n\
                        format = \"%Y-%m-%d %H:%M:%S\"\n";
            assert!(text.contains(rule), "{file}: {text}");
            let sheet = "sheet = \"Grenze\"   # CHECK: the first of several\n";
            assert_eq!(text.contains(sheet), file == "e.ods", "{file}: {text}");
        }
    }

    #[test]
    fn what_people_must_know_is_noted() {
        let sample = |sheets: &[&str], is_cut| Sample {
            form: crate::rows::FileForm::default(),
            names: vec![],
            texts: vec![],
            distinct: vec![],
            is_cut,
            sheets: sheets.iter().map(|&sheet| sheet.to_owned()).collect(),
        };
        let noted = |sample| notes(Path::new("in/a.ods"), &sample);
        assert!(noted(sample(&["A"], false)).is_empty());
        let all = noted(sample(&["A", "B"], true));
        assert_eq!(all[0], "a.ods has the sheets A, B; took A, see `sheet`");
        assert!(all[1].starts_with("read the first 200000 rows of a.ods; "), "{all:?}");
    }

    #[test]
    fn a_source_that_the_plan_does_not_have_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.toml");
        let text = std::fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/stays.toml"),
        );
        let public = "A".repeat(43) + "=";
        let sources = format!(
            "\n[intake]\nlongest_wait_minutes = 60\npseudonym_key = \"0123456789abcdef\"\n\
             [[source]]\nid = \"LAND\"\nname = \"Land\"\nfrom = \"2024-01-18\"\n\
             complete_every = \"day\"\ncomplete_within_minutes = 30\n\
             [[source.key]]\nid = \"k1\"\npublic = \"{public}\"\n"
        );
        std::fs::write(&path, text.unwrap() + &sources).unwrap();
        let plan = path.display().to_string();
        let columns = columns(&plan).unwrap();
        let error = known_source(&columns, "SEA", ("init", "--source")).unwrap_err();
        assert_eq!(error.code(), "unknown-source", "{error}");
        assert!(error.to_string().ends_with("the plan has no source SEA; it has LAND"), "{error}");
        assert!(known_source(&columns, "LAND", ("init", "--source")).is_ok());
    }

    #[test]
    fn only_texts_that_name_codes_are_written() {
        let text = guess(
            "export.csv",
            b"id,direction,CANARY_NAME,document,day\n1,E,Canarysson,D1,2026-01-01\n\
              2,S,Canary-Petrova,D2,2026-01-02\n3,Canary,Canary,D3,2026-01-03\n",
            "plans/border.toml",
        );
        assert!(text.contains("\"E\" = \"ENTRY\"") && text.contains("\"S\" = \"EXIT\""), "{text}");
        assert!(!text.contains("Canary"), "{text}");
        assert!(text.contains("[mapping.occurred_on]\ncolumn = \"day\""), "{text}");
    }

    #[test]
    fn a_foreign_sample_gives_settings() {
        let text = guess("export.csv", b"x;y\n1;2\n", "plans/border.toml");
        assert!(text.matches("# CHECK: no field looks like").count() >= 4, "{text}");
        for (file, bytes) in crate::samples::all() {
            let text = guess(file, &bytes, "plans/border.toml");
            assert!(text.contains("column = \"document\""), "{file}: {text}");
            assert!(text.contains("[mapping.occurred_at]"), "{file}: {text}");
        }
    }
}
