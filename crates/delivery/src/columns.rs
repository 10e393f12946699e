//! What the rows of a plan may have: its columns and codes, for agents and for people who write
//! such rows. All of it follows from the public plan.
//!
//! Not here: checking rows (crate `collect`).
//!
//! Invariants:
//! 1. Every column of the plan is described, with each code that events can have
//!    (`columns::tests::every_column_and_code_is_described`).
//! 2. The JSON Schema allows the rows that the description does
//!    (`columns::tests::the_schema_follows_the_description`).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tidegauge_model::plan::EVENT_COLUMNS;
use tidegauge_model::plan::life_cycle::{NO_DATE, UNTIL};
use tidegauge_model::{CodeList, Plan};

/// The column of a day in place of an instant.
const OCCURRED_ON: &str = "occurred_on";
/// The column of an instant.
const OCCURRED_AT: &str = "occurred_at";

/// The first instant of 1900 in universal time, in milliseconds since 1970: no event is older.
pub const OLDEST_EVENT: i64 = -2_208_988_800_000;

/// What a store takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanColumns {
    /// The store's id, for the header `Tidegauge-Store`.
    pub store: String,
    /// Whether it takes synthetic persons only.
    pub synthetic: bool,
    /// The plan's id.
    pub plan: String,
    /// The plan's title.
    pub title: String,
    /// The time zone in which its days begin.
    pub time_zone: String,
    /// The id of the key under which pseudonyms are made, in a plan with sources.
    pub pseudonym_key: Option<String>,
    /// The ids of the plan's sources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// The columns, in their order.
    pub columns: Vec<Column>,
    /// What one delivery may have.
    pub limits: Limits,
}

/// A column of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: ColumnKind,
    /// Whether every row has a value in it; of the two columns of time a row has one.
    pub required: bool,
    /// The codes, for a column of codes; otherwise none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<CodeText>,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnKind {
    /// The id of an event.
    EventId,
    /// A pseudonym.
    Pseudonym,
    /// An instant with an offset, RFC 3339.
    Instant,
    /// A day, `YYYY-MM-DD`.
    Day,
    /// A day, or `NONE`.
    DayOrNone,
    /// One of the codes.
    Code,
    /// A whole number from 0 to 65535.
    Revision,
    /// `count` or `retract`.
    Action,
}

/// A code that events can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeText {
    /// The code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Other codes under which events may name it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// The first day of the steps in which it is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What one delivery may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of the body as sent.
    pub body_bytes: u64,
    /// Bytes of the body once it is decompressed.
    pub expanded_bytes: u64,
    /// Rows.
    pub rows: u64,
}

impl PlanColumns {
    /// What a store with this plan takes.
    pub fn new(plan: &Plan, store: &str, synthetic: bool, limits: Limits) -> Self {
        Self {
            store: store.to_owned(),
            synthetic,
            plan: plan.statement.id.clone(),
            title: plan.statement.title.to_string(),
            time_zone: plan.statement.time_zone.clone(),
            pseudonym_key: plan.intake.as_ref().map(|intake| intake.pseudonym_key.clone()),
            sources: plan.sources.iter().map(|source| source.id.clone()).collect(),
            columns: columns(plan),
            limits,
        }
    }

    /// The column with this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// A JSON Schema (2020-12) of a row of NDJSON, of which every value is a string.
    pub fn json_schema(&self) -> Value {
        let properties: Map<String, Value> =
            self.columns.iter().map(|column| (column.name.clone(), column.schema())).collect();
        let required: Vec<&str> = self
            .columns
            .iter()
            .filter(|column| column.required)
            .map(|column| column.name.as_str())
            .collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": format!("Events of {}", self.plan),
            "type": "object",
            "properties": properties,
            "required": required,
            "oneOf": [{ "required": [OCCURRED_AT] }, { "required": [OCCURRED_ON] }],
            "additionalProperties": false,
        })
    }

    /// The header of a CSV file with every column, with instants or with days.
    pub fn csv_template(&self, days: bool) -> String {
        let left_out = if days { OCCURRED_AT } else { OCCURRED_ON };
        let names = self.columns.iter().map(|column| column.name.as_str());
        let names: Vec<&str> = names.filter(|name| *name != left_out).collect();
        format!("{}\n", names.join(","))
    }
}

impl Column {
    fn plain(name: &str, kind: ColumnKind, required: bool) -> Self {
        Self { name: name.to_owned(), kind, required, codes: vec![] }
    }

    fn schema(&self) -> Value {
        match self.kind {
            ColumnKind::EventId => json!({ "type": "string", "minLength": 1, "maxLength": 64 }),
            ColumnKind::Pseudonym => {
                json!({ "type": "string", "pattern": "^(hk1:[A-Za-z0-9_-]{43}|syn1:.+)$" })
            }
            ColumnKind::Instant => json!({ "type": "string", "format": "date-time" }),
            ColumnKind::Day => json!({ "type": "string", "format": "date" }),
            ColumnKind::DayOrNone => json!({
                "type": "string",
                "anyOf": [{ "format": "date" }, { "const": NO_DATE }],
            }),
            ColumnKind::Revision => json!({ "type": "string", "pattern": "^[0-9]{0,5}$" }),
            ColumnKind::Action => json!({ "enum": ["", "count", "retract"] }),
            ColumnKind::Code => {
                let ids = self.codes.iter().flat_map(|code| {
                    std::iter::once(code.id.as_str()).chain(code.also.iter().map(String::as_str))
                });
                json!({ "enum": ids.collect::<Vec<&str>>() })
            }
        }
    }
}

/// The columns of a plan: those of every plan, its attributes, and those of corrections.
fn columns(plan: &Plan) -> Vec<Column> {
    let [event_id, pseudonym, _, kind] = EVENT_COLUMNS;
    let kinds = plan.life_cycle.kinds.iter().map(|kind| CodeText {
        id: kind.clone(),
        name: kind.clone(),
        also: vec![],
        from: None,
        to: None,
    });
    let mut columns = vec![
        Column::plain(event_id, ColumnKind::EventId, true),
        Column::plain(pseudonym, ColumnKind::Pseudonym, true),
        Column::plain(OCCURRED_AT, ColumnKind::Instant, false),
        Column::plain(OCCURRED_ON, ColumnKind::Day, false),
        Column { codes: kinds.collect(), ..Column::plain(kind, ColumnKind::Code, true) },
    ];
    columns.extend(plan.attributes.iter().map(|attribute| Column {
        codes: codes(&attribute.code_list),
        ..Column::plain(attribute.name, ColumnKind::Code, true)
    }));
    if plan.life_cycle.has_dates() {
        columns.push(Column::plain(UNTIL, ColumnKind::DayOrNone, true));
    }
    let kinds = [ColumnKind::Revision, ColumnKind::Action];
    let corrections = plan.correction_columns().iter().zip(kinds);
    columns.extend(corrections.map(|(name, kind)| Column::plain(name, kind, false)));
    columns
}

fn codes(list: &CodeList) -> Vec<CodeText> {
    let text = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    let named = list.named().map(|(_, code)| CodeText {
        id: code.id.clone(),
        name: code.name.to_string(),
        also: code.also.clone(),
        from: text(code.validity.from),
        to: text(code.validity.to),
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(text: &str) -> (Plan, PlanColumns) {
        let plan = Plan::parse(text).unwrap();
        let limits = Limits { body_bytes: 1, expanded_bytes: 2, rows: 3 };
        let columns = PlanColumns::new(&plan, "5ac0", true, limits);
        (plan, columns)
    }

    #[test]
    fn every_column_and_code_is_described() {
        for text in [
            include_str!("../../../plans/border.toml"),
            include_str!("../../../plans/asylum.toml"),
            include_str!("../../../testdata/revisions.toml"),
            include_str!("../../../testdata/stays.toml"),
        ] {
            let (plan, described) = described(text);
            for name in plan.event_columns().iter().chain(plan.correction_columns()) {
                let column = described.column(name).unwrap_or_else(|| panic!("{name}"));
                assert_eq!(column.codes.is_empty(), column.kind != ColumnKind::Code, "{name}");
            }
            for attribute in &plan.attributes {
                let column = described.column(attribute.name).unwrap();
                let list = &attribute.code_list;
                assert!(column.codes.iter().all(|code| list.position_of_event(&code.id).is_some()));
                assert_eq!(column.codes.len(), list.named().count());
            }
            let text = serde_json::to_string(&described).unwrap();
            assert_eq!(serde_json::from_str::<PlanColumns>(&text).unwrap(), described);
            let template = described.csv_template(false);
            assert!(template.starts_with("event_id,pseudonym,occurred_at,kind,"), "{template}");
            assert!(described.csv_template(true).contains(",occurred_on,kind,"));
        }
    }

    #[test]
    fn the_schema_follows_the_description() {
        let (_, described) = described(include_str!("../../../plans/border.toml"));
        let schema = described.json_schema();
        let properties = schema["properties"].as_object().unwrap();
        assert_eq!(properties.len(), described.columns.len());
        let kinds = properties["kind"]["enum"].as_array().unwrap();
        assert!(kinds.contains(&json!("ENTRY")));
        let points = properties["border_point"]["enum"].as_array().unwrap();
        let codes = &described.column("border_point").unwrap().codes;
        let names = codes.iter().map(|code| 1 + code.also.len());
        assert_eq!(points.len(), names.sum::<usize>());
        assert!(!schema["required"].as_array().unwrap().contains(&json!("occurred_at")));
    }
}
