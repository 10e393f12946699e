//! A table derived from published figures, written as CSV or JSON.
//!
//! Not here: its contents ([`crate::derived`], [`crate::derived::revisions`]), and figures
//! themselves, which have formats of their own ([`crate::formats::writer`]).
//!
//! Invariants:
//! 1. Both forms have the same fields, character for character
//!    (`derived::table::tests::both_forms_hold_the_same_fields`).
//!
//! Under a plan with an embargo the last column is `CONF_STATUS`: `F` free, `E` embargoed. A row
//! under embargo has empty fields between its key and this column. Under a plan with sources the
//! very last column is `SILENT_SOURCES`: those that were silent in any figure that the row is made
//! from, joined by spaces; empty where there are none.
//!
//! Format: `FREQ,TIME_PERIOD,RATE` and lines below it; as JSON `{"dataflow":"FLOW","asOf":21,
//! "columns":["FREQ","TIME_PERIOD","RATE"],"rows":[["M","2024-01",0.5]]}`. A missing value is an
//! empty field or `null`.

use tidegauge_model::{Plan, SourceSet};

use crate::error::Error;
use crate::query::format::Format;
use crate::structure::concept::SILENT_SOURCES;

/// The column that says whether a row is free or under embargo, as CL_CONF_STATUS words it.
const CONFIDENTIALITY: &str = "CONF_STATUS";

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// A missing value.
    Nothing,
    /// A number, as it is written.
    Number(String),
    /// A code or a period.
    Word(String),
}

/// Columns and rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DerivedTable {
    /// The name of each column.
    pub columns: Vec<String>,
    /// The rows, each with one field for each column.
    pub rows: Vec<Vec<Field>>,
    /// Whether a column says which rows are under embargo.
    has_conf_status: bool,
    /// The identifiers of the plan's sources; with any, the last column has the silent ones.
    sources: Vec<String>,
}

impl DerivedTable {
    /// A table without rows. Under a plan with an embargo it has one more column, which says
    /// which rows are free and which are embargoed; under a plan with sources, one with the silent
    /// ones.
    pub(crate) fn under(plan: &Plan, columns: Vec<String>) -> Self {
        Self::with(plan, columns, plan.statement.embargo.is_some())
    }

    /// A table without rows, of published figures only, so that no column says which are free.
    pub(crate) fn of_published(plan: &Plan, columns: Vec<String>) -> Self {
        Self::with(plan, columns, false)
    }

    fn with(plan: &Plan, mut columns: Vec<String>, has_conf_status: bool) -> Self {
        columns.extend(has_conf_status.then(|| CONFIDENTIALITY.to_owned()));
        let sources: Vec<String> = plan.sources.iter().map(|source| source.id.clone()).collect();
        columns.extend((!sources.is_empty()).then(|| SILENT_SOURCES.to_owned()));
        Self { columns, rows: vec![], has_conf_status, sources }
    }

    /// Adds a row: its key, its fields, or `None` if it is under embargo, and the sources that were
    /// silent in what it is made from.
    pub(crate) fn push(&mut self, key: Vec<Field>, fields: Option<Vec<Field>>, silent: SourceSet) {
        let is_embargoed = fields.is_none();
        let mut row = key;
        row.extend(fields.unwrap_or_default());
        let last = usize::from(self.has_conf_status) + usize::from(!self.sources.is_empty());
        row.resize(self.columns.len() - last, Field::Nothing);
        if self.has_conf_status {
            row.push(Field::Word(if is_embargoed { "E" } else { "F" }.to_owned()));
        }
        if !self.sources.is_empty() {
            let silent = if is_embargoed { SourceSet::default() } else { silent };
            row.push(self.silent(silent));
        }
        self.rows.push(row);
    }

    fn silent(&self, silent: SourceSet) -> Field {
        let ids = silent.places().filter_map(|place| self.sources.get(place));
        let ids: Vec<&str> = ids.map(String::as_str).collect();
        if ids.is_empty() { Field::Nothing } else { Field::Word(ids.join(" ")) }
    }

    /// The table as a line of names, then a line for each row.
    pub fn csv(&self) -> String {
        let mut text = self.columns.join(",") + "\n";
        for row in &self.rows {
            let fields: Vec<&str> = row
                .iter()
                .map(|field| match field {
                    Field::Nothing => "",
                    Field::Number(text) | Field::Word(text) => text,
                })
                .collect();
            text += &(fields.join(",") + "\n");
        }
        text
    }

    /// The table as an object with its dataflow and the tree size that it is based on.
    pub(crate) fn json(&self, dataflow: &str, as_of: u64) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let row = |row: &Vec<Field>| {
            let fields: Vec<String> = row
                .iter()
                .map(|field| match field {
                    Field::Nothing => "null".into(),
                    Field::Number(text) => text.clone(),
                    Field::Word(text) => quoted(text),
                })
                .collect();
            format!("[{}]", fields.join(","))
        };
        let columns: Vec<String> = self.columns.iter().map(|name| quoted(name)).collect();
        let rows: Vec<String> = self.rows.iter().map(row).collect();
        format!(
            "{{\"dataflow\":{},\"asOf\":{as_of},\"columns\":[{}],\"rows\":[\n{}]}}\n",
            quoted(dataflow),
            columns.join(","),
            rows.join(",\n"),
        )
    }

    /// The table in a format, with its media type.
    ///
    /// Errors: a format that is neither CSV nor JSON.
    pub fn written(
        &self,
        format: Format,
        dataflow: &str,
        as_of: u64,
    ) -> Result<(&'static str, String), Error> {
        match format {
            Format::SdmxCsv2 | Format::SdmxCsv1 => Ok(("text/csv; charset=utf-8", self.csv())),
            Format::Json => Ok(("application/json", self.json(dataflow, as_of))),
            _ => Err(Error::NotAcceptable { offered: "application/json and text/csv" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_hold_the_same_fields() {
        let rows = vec![
            vec![Field::Word("M".into()), Field::Number("-0.500".into())],
            vec![Field::Word("_T".into()), Field::Nothing],
        ];
        let columns = vec!["FREQ".into(), "RATE".into()];
        let mut table = DerivedTable::of_published(&testkit::publisher::plan(), columns);
        rows.into_iter().for_each(|row| table.push(row, None, SourceSet::default()));
        assert_eq!(table.csv(), "FREQ,RATE\nM,-0.500\n_T,\n");
        let json = table.json("FLOW", 21);
        assert!(json.contains("[\"M\",-0.500],\n[\"_T\",null]"), "{json}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!((&read["asOf"], &read["columns"][1]), (&21.into(), &"RATE".into()));
    }
}
