//! The answer to a delivery: what was taken, what was refused, and what follows for the rows from
//! their dates and the public calendar.
//!
//! A receipt says nothing about other rows of the store: not whether an event or a person was
//! known.
//!
//! Not here: its signature (module `signature`), and how the counts are made (crate `collect`).
//!
//! Invariants:
//! 1. A receipt has one form, and it holds no value of a row
//!    (`receipt::tests::a_receipt_has_one_form`).

use serde::{Deserialize, Serialize};

/// The answer to a delivery that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The store.
    pub store: String,
    /// The source.
    pub source: String,
    /// The id of the delivery.
    pub delivery: String,
    /// The digest of its body, as `Content-Digest` has it.
    pub digest: String,
    /// When it was durable: RFC 3339, in whole seconds.
    pub at: String,
    /// The instant up to which the source has now declared completeness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete_until: Option<String>,
    /// How many rows were taken and refused.
    pub rows: RowCounts,
    /// What follows for the taken rows from their dates.
    pub dates: Dates,
    /// The first faults of refused rows, in the order of the rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<RowFault>,
}

/// How many rows were taken and refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCounts {
    /// Taken.
    pub taken: u64,
    /// Refused.
    pub refused: u64,
}

/// How many of the taken rows lie where they do not count as usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dates {
    /// Before the plan's start: they set who is in which status at the start.
    pub before_start: u64,
    /// In steps that are released: they count in a later vintage.
    pub released_late: u64,
    /// In steps that are released: under this plan they count nowhere as flows.
    pub released_nowhere: u64,
    /// Past the horizon of retention: dropped.
    pub past_horizon: u64,
}

/// A fault of a row: its place and its rule, never its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFault {
    /// The line of a text, from 1 with its header; the number of the row in a table, from 1.
    pub row: u64,
    /// The column, or `row`.
    pub column: String,
    /// The stable code of the fault.
    pub code: String,
    /// The rule that it breaks.
    pub rule: String,
}

/// What a source has declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    /// The store.
    pub store: String,
    /// The source.
    pub source: String,
    /// The instant up to which it has declared completeness, if it has.
    pub complete_until: Option<String>,
    /// The end of the first step that is not released yet: the next one that waits for the source.
    pub next_step_ends: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_has_one_form() {
        let receipt = Receipt {
            store: "5ac0".into(),
            source: "LAND".into(),
            delivery: "7".into(),
            digest: "sha-256=:AAAA:".into(),
            at: "2026-01-01T12:00:00Z".into(),
            complete_until: None,
            rows: RowCounts { taken: 3, refused: 1 },
            dates: Dates { released_late: 2, ..Dates::default() },
            faults: vec![RowFault {
                row: 4,
                column: "kind".into(),
                code: "unknown-kind".into(),
                rule: "a kind of the life cycle border is needed".into(),
            }],
        };
        let text = serde_json::to_string(&receipt).unwrap();
        let expected = concat!(
            r#"{"store":"5ac0","source":"LAND","delivery":"7","digest":"sha-256=:AAAA:","#,
            r#""at":"2026-01-01T12:00:00Z","rows":{"taken":3,"refused":1},"#,
            r#""dates":{"before_start":0,"released_late":2,"released_nowhere":0,"#,
            r#""past_horizon":0},"faults":[{"row":4,"column":"kind","code":"unknown-kind","#,
            r#""rule":"a kind of the life cycle border is needed"}]}"#,
        );
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Receipt>(&text).unwrap(), receipt);
    }
}
