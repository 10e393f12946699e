//! A measurement file: the noisy integers of one dataflow at one step.
//!
//! Not here: what the integers estimate (crate `privacy`), when they were measured, and any exact
//! figure.
//!
//! Invariants:
//! 1. A file has one form: what parses prints as the same bytes
//!    (`release::tests::a_release_file_has_one_form`).
//! 2. Every form ever written is read for ever
//!    (`release::tests::forms_ever_written_are_read`).
//!
//! Format: JSON without spaces, fields in this order, no newline; one value for each cell, in
//! cell order, in units of the plan's statistical unit times the weight, noise included.
//! ```text
//! {"format":1,"dataflow":"BORDER_FLOW","step":"2024-01-15","vintage":0,"parts":[{"part":"stream",
//!  "grain":"day","period":"2024-01-15","weight":6,"variance":"1707/2","values":[73012,-4]}]}
//! ```
//! Under a plan with an embargo it ends in `,"blind":"<hexadecimal>"}` ([`crate::embargo`]).

use serde::{Deserialize, Serialize};

use crate::error::Rule;
use crate::part::Part;

/// The format of measurement files.
pub const FORMAT: u32 = 1;
/// Bytes of a measurement file at most: a million cells at every grain.
pub(crate) const RELEASE_BYTES_MAX: usize = 128 << 20;
/// The word for the grain of a stock's base.
pub(crate) const BASE: &str = "base";

/// One measurement of every cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// What it belongs to.
    pub part: Part,
    /// The grain measured (`day` to `year`), or [`BASE`].
    pub grain: String,
    /// The period measured; of a base, the window at whose beginning it stands.
    pub period: String,
    /// What exact counts were multiplied by.
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
    pub parts: Vec<Measured>,
    /// What keeps the digest from telling the values: hexadecimal, the first 64 digits random.
    /// None in a file of a plan without an embargo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blind: Option<String>,
}

impl Release {
    /// Where the file of a release lies in the public directory.
    pub fn path(dataflow: &str, step: &str, vintage: u32) -> String {
        format!("release/{dataflow}/{step}.v{vintage}.json")
    }

    /// The file's one form.
    pub fn to_bytes(&self) -> Vec<u8> {
        // A struct of numbers, words and lists always has a form.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The release with this form.
    ///
    /// Errors: anything but the one form of a measurement file of [`FORMAT`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Rule> {
        if bytes.len() > RELEASE_BYTES_MAX {
            return Err(Rule::FileSize { bytes_max: RELEASE_BYTES_MAX });
        }
        let release: Self = serde_json::from_slice(bytes).map_err(|_| Rule::ReleaseSyntax)?;
        if release.format != FORMAT || release.to_bytes() != bytes {
            return Err(Rule::ReleaseSyntax);
        }
        Ok(release)
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
            FORM.replace("\"format\":1", "\"format\":2"),
            FORM.replace("[3,", "[3.0,"),
            FORM.replace("[3,", "[ 3,"),
            FORM.replace("[3,", "[-0,"),
            FORM.replace("]}]}", "]}],\"blind\":null}"),
            FORM.replace("808]", "809]"),
            FORM.replace("\"weight\":6", "\"weight\":6,\"exact\":[]"),
            format!("{FORM}\n"),
            "[".repeat(200_000),
        ] {
            assert_eq!(Release::parse(bad.as_bytes()), Err(Rule::ReleaseSyntax), "{bad:.300}");
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
            let measured = Measured {
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
