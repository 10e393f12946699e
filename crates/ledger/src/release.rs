//! A measurement file: the noisy integers of one dataflow at one step.
//!
//! Not here: what the integers estimate (crate `privacy`), when they were measured, and exact
//! figures.
//!
//! Invariants:
//! 1. A file has one canonical form: whatever parses is written as the same bytes
//!    (`release::tests::a_release_file_has_one_form`).
//! 2. Every form that was ever written can be read
//!    (`release::tests::forms_ever_written_are_read`).
//!
//! Format: JSON without spaces or newline, with the fields in this order. There is one value for
//! each cell, in cell order; its unit is the plan's statistical unit times the weight, and it
//! includes the noise.
//! ```text
//! {"format":1,"dataflow":"BORDER_FLOW","step":"2024-01-15","vintage":0,"parts":[{"part":"stream",
//!  "grain":"day","period":"2024-01-15","weight":6,"variance":"1707/2","values":[73012,-4]}]}
//! ```
//! Under a plan with an embargo it ends in `,"blind":"<hexadecimal>"}` ([`crate::embargo`]).

use serde::{Deserialize, Serialize};

use crate::error::LedgerRule;
use crate::format::RELEASE;
use crate::part::Part;

/// The format of measurement files.
pub const FORMAT: u32 = RELEASE.newest;
/// Largest measurement file in bytes: a million cells at every grain.
pub(crate) const RELEASE_BYTES_MAX: usize = 128 << 20;
/// The word that stands for the grain of a base.
pub(crate) const BASE: &str = "base";

/// One measurement of every cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// The part that it belongs to.
    pub part: Part,
    /// The grain measured (`day` to `year`), or [`BASE`].
    pub grain: String,
    /// The period measured; for a base, the window at whose beginning it is measured.
    pub period: String,
    /// The factor by which exact counts were multiplied.
    pub weight: u32,
    /// Variance of the noise, a reduced fraction.
    pub variance: String,
    /// One value for each cell, in cell order.
    pub values: Vec<i64>,
}

/// The measurements of one dataflow at one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// [`FORMAT`].
    pub format: u32,
    /// The dataflow.
    pub dataflow: String,
    /// The step, a period.
    pub step: String,
    /// 0 for the first release of the step.
    pub vintage: u32,
    /// A base first, then the step's nodes from the finest grain up.
    pub parts: Vec<Measurement>,
    /// Random bytes that keep the digest from revealing the values: hexadecimal, of which the first
    /// 64 digits are random. `None` under a plan without an embargo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blind: Option<String>,
}

impl Release {
    /// The path of the file of a release in the public directory.
    pub fn path(dataflow: &str, step: &str, vintage: u32) -> String {
        format!("release/{dataflow}/{step}.v{vintage}.json")
    }

    /// The canonical form of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        // A struct of numbers, words and lists can always be written.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Parses a measurement file of [`FORMAT`] from its canonical form.
    ///
    /// Errors: anything else; a format that is not known.
    pub fn parse(bytes: &[u8]) -> Result<Self, LedgerRule> {
        if bytes.len() > RELEASE_BYTES_MAX {
            return Err(LedgerRule::FileSize { bytes_max: RELEASE_BYTES_MAX });
        }
        match serde_json::from_slice::<Self>(bytes) {
            Ok(release) if release.format == FORMAT && release.to_bytes() == bytes => Ok(release),
            // A file of another format may have other fields.
            _ => {
                RELEASE.stated_in(bytes).map_err(LedgerRule::Format)?;
                Err(LedgerRule::ReleaseSyntax)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FORM: &str = concat!(
        r#"{"format":1,"dataflow":"STOCK","step":"2024-01-01","vintage":0,"parts":["#,
        r#"{"part":"base","grain":"base","period":"2024","weight":1,"variance":"21/16","#,
        r#""values":[3,-9223372036854775808]},"#,
        r#"{"part":"stream","grain":"day","period":"2024-01-01","weight":6,"#,
        r#""variance":"855/16","values":[]}]}"#,
    );

    #[test]
    fn forms_ever_written_are_read() {
        let release = Release::parse(FORM.as_bytes()).unwrap();
        assert_eq!(release.parts[0].values, [3, i64::MIN]);
        assert_eq!(release.to_bytes(), FORM.as_bytes());
        let form = FORM.replace("]}]}", "]}],\"blind\":\"00ff\"}");
        let release = Release::parse(form.as_bytes()).unwrap();
        assert_eq!(release.blind.as_deref(), Some("00ff"));
        assert_eq!(release.to_bytes(), form.as_bytes());
    }

    #[test]
    fn a_release_file_has_one_form() {
        for bad in [
            FORM.replace("[3,", "[3.0,"),
            FORM.replace("[3,", "[ 3,"),
            FORM.replace("[3,", "[-0,"),
            FORM.replace("]}]}", "]}],\"blind\":null}"),
            FORM.replace("808]", "809]"),
            FORM.replace("\"weight\":6", "\"weight\":6,\"exact\":[]"),
            format!("{FORM}\n"),
            "[".repeat(200_000),
        ] {
            assert_eq!(
                Release::parse(bad.as_bytes()),
                Err(LedgerRule::ReleaseSyntax),
                "{bad:.300}"
            );
        }
    }

    #[test]
    fn a_newer_file_is_told_as_such() {
        let newer = FORM.replace("\"format\":1", "\"format\":2");
        for newer in [newer.clone(), newer.replace("\"weight\"", "\"factor\"")] {
            assert_eq!(Release::parse(newer.as_bytes()).unwrap_err().code(), "newer-format");
        }
    }

    proptest! {
        #[test]
        fn releases_parse_what_they_print(
            values in prop::collection::vec(any::<i64>(), 0..40),
            weight: u32,
            vintage: u32,
            text in ".*",
        ) {
            let measured = Measurement {
                part: Part::Stream,
                grain: text.clone(),
                period: text.clone(),
                weight,
                variance: text.clone(),
                values,
            };
            let parts = vec![measured.clone(), measured];
            let dataflow = text.clone();
            let blind = (vintage % 2 == 1).then(|| text.clone());
            let release = Release { format: FORMAT, dataflow, step: text, vintage, parts, blind };
            prop_assert_eq!(Release::parse(&release.to_bytes()), Ok(release));
        }
    }
}
