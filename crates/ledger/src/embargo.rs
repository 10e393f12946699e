//! Embargo: how long the file of a release is withheld, and how its contents are hidden until then.
//!
//! Not here: the server that withholds it, and the time of day itself (crate `model`).
//!
//! The entry of a release is public from the start, with the digest and the length of its file. The
//! noisy counts of a few cells have so few possible values that a reader could try them all against
//! the digest. So under a plan with an embargo a file ends in a blind: 32 random bytes, then zeros
//! that make files with counts of different sizes equally long. Without the file, its digest and
//! its length then reveal nothing.
//!
//! Invariants:
//! 1. Whatever is released with a step is withheld until the time that the plan gives for that
//!    step, even if its counts are those of an earlier step
//!    (`embargo::tests::a_later_vintage_waits_for_the_step_that_made_it_due`).
//! 2. A blind has 256 random bits, independent of the figures, and the length of a file with a
//!    blind is a multiple of [`BLIND_BYTES`]
//!    (`embargo::tests::a_blind_hides_values_and_their_length`).

use jiff::Timestamp;
use tidegauge_model::{Period, Plan};

use crate::digest::hex;
use crate::entry::Entry;
use crate::release::Release;

/// The length of a file with a blind is a multiple of this.
const BLIND_BYTES: usize = 4096;
/// Fewest hexadecimal digits of a blind.
const BLIND_DIGITS_MIN: usize = 64;

/// Until when the file of an entry is under embargo; `None` if the entry is not a release, or if
/// the plan has no embargo.
pub fn embargoed_until(plan: &Plan, entry: &Entry) -> Option<Timestamp> {
    plan.statement.embargo?;
    let Entry::Release { dataflow, step, vintage, .. } = entry else { return None };
    let (step, (_, dataflow)) = (Period::parse(step)?, plan.dataflow(dataflow)?);
    let after = match vintage {
        0 => 0,
        // Fits: the vintages of a plan are less than 366 steps.
        number => *dataflow.vintages.get(*number as usize - 1)? as i32,
    };
    plan.embargoed_until(step.shifted(after)?)
}

impl Release {
    /// Adds a blind that begins with these random bytes.
    pub fn blinded(mut self, random: [u8; 32]) -> Self {
        self.blind = Some(hex(&random));
        let over = self.to_bytes().len() % BLIND_BYTES;
        if let Some(blind) = &mut self.blind {
            blind.extend(std::iter::repeat_n('0', (BLIND_BYTES - over) % BLIND_BYTES));
        }
        self
    }

    /// Whether it has a blind exactly if its plan has an embargo.
    pub fn is_blinded_by(&self, plan: &Plan) -> bool {
        let is_sound = |blind: &String| {
            blind.len() >= BLIND_DIGITS_MIN
                && blind.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        match &self.blind {
            Some(blind) => plan.statement.embargo.is_some() && is_sound(blind),
            None => plan.statement.embargo.is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use testkit::edit;

    use super::*;
    use crate::digest::digest;
    use crate::part::Part;
    use crate::release::{FORMAT, Measurement};

    fn plan(embargo: bool) -> Plan {
        let text = edit(include_str!("../../../testdata/crossings.toml"));
        let text = if embargo { text.add("statement.embargo", "09:30") } else { text };
        Plan::parse(&text.text()).unwrap()
    }

    fn entry(dataflow: &str, step: &str, vintage: u32) -> Entry {
        Entry::Release {
            dataflow: dataflow.into(),
            step: step.into(),
            vintage,
            charges: vec![],
            path: String::new(),
            digest: String::new(),
            bytes: 0,
            silent: vec![],
            at: String::new(),
        }
    }

    fn release(values: Vec<i64>) -> Release {
        let measured = Measurement {
            part: Part::Stream,
            grain: "day".into(),
            period: "2024-01-01".into(),
            weight: 1,
            variance: "9".into(),
            values,
        };
        let (dataflow, step) = ("BORDER_FLOW".into(), "2024-01-01".into());
        let (parts, blind) = (vec![measured], None);
        Release { format: FORMAT, dataflow, step, vintage: 0, parts, blind }
    }

    #[test]
    fn a_later_vintage_waits_for_the_step_that_made_it_due() {
        let mut plan_with_vintages = plan(true);
        let id = plan_with_vintages.dataflows[0].id.clone();
        plan_with_vintages.dataflows[0].vintages = vec![7, 30];
        let until =
            |vintage, step| embargoed_until(&plan_with_vintages, &entry(&id, step, vintage));
        let step_embargo = |step| plan_with_vintages.embargoed_until(Period::parse(step).unwrap());
        assert!(until(0, "2024-01-10").is_some());
        assert_eq!(until(0, "2024-01-10"), step_embargo("2024-01-10"));
        assert_eq!(until(1, "2024-01-10"), step_embargo("2024-01-17"));
        assert_eq!(until(2, "2024-01-10"), step_embargo("2024-02-09"));
        assert_eq!(until(3, "2024-01-10"), None, "the plan has no such vintage");
        assert_eq!(embargoed_until(&plan(false), &entry(&id, "2024-01-10", 0)), None);
    }

    #[test]
    fn a_blind_hides_values_and_their_length() {
        let (with, without) = (plan(true), plan(false));
        let plain = release(vec![7]);
        assert!(plain.is_blinded_by(&without) && !plain.is_blinded_by(&with));
        let mut digests = std::collections::BTreeSet::new();
        for values in [vec![7], vec![-70_000], vec![i64::MIN]] {
            for random in [[1; 32], [2; 32]] {
                let blinded = release(values.clone()).blinded(random);
                assert!(blinded.is_blinded_by(&with) && !blinded.is_blinded_by(&without));
                let bytes = blinded.to_bytes();
                assert_eq!(bytes.len(), BLIND_BYTES);
                assert_eq!(Release::parse(&bytes), Ok(blinded));
                digests.insert(digest(&bytes));
            }
        }
        assert_eq!(digests.len(), 6);
        // Every file with a blind has a length that is a multiple of BLIND_BYTES.
        for cells in 0..2000 {
            let bytes = release(vec![0; cells]).blinded([3; 32]).to_bytes();
            assert_eq!(bytes.len() % BLIND_BYTES, 0);
        }
        for bad in ["", "00", &"g".repeat(64)] {
            let blind = Some(bad.to_owned());
            assert!(!Release { blind, ..release(vec![7]) }.is_blinded_by(&with), "{bad}");
        }
    }
}
