//! The report of an audit: claims and measured costs side by side, and every excess.
//!
//! Not here: the measurements.
//!
//! Invariants:
//! 1. A report fails exactly when a measured cost or a lower bound is above its claim, something
//!    other than a value differs, or a law of persons is broken
//!    (`audit::tests::a_wrong_claim_is_caught`, `audit::tests::a_difference_is_a_finding`).

use std::fmt;

use num_rational::BigRational;
use num_traits::{ToPrimitive as _, Zero as _};
use serde_json::{Value, json};

use super::bound::{FALSE_ALARM, RhoBound};
use super::canaries::CanaryBounds;
use super::cost::ChargedPart;

/// A claim and the largest cost that was measured for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClaimLine {
    pub(super) charged: ChargedPart,
    pub(super) claim: BigRational,
    pub(super) measured: BigRational,
    /// The history that had this cost.
    pub(super) worst: String,
}

/// The result of the statistical test.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Statistics {
    pub(super) histories: usize,
    pub(super) steps: usize,
    /// The history that half of them contain.
    pub(super) person: String,
    /// The cost of that history for one person, on the tape, in these steps.
    pub(super) measured: BigRational,
    /// The groups that had that history, and the bounds for one person.
    pub(super) bounds: CanaryBounds,
}

impl Statistics {
    /// The result if no history costs anything, so that there is nothing to distinguish.
    pub(super) fn none() -> Self {
        let bound = RhoBound { rho: 0.0, rho_gaussian: 0.0 };
        let bounds =
            CanaryBounds { canaries: 0, many: 0, files: bound, served: bound, differing: vec![] };
        let (person, measured) = ("nobody".into(), BigRational::zero());
        Self { histories: 0, steps: 0, person, measured, bounds }
    }
}

/// The outcome of an audit.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditReport {
    pub(super) plan: String,
    pub(super) seed: u64,
    /// The windows that histories last.
    pub(super) windows: Vec<String>,
    pub(super) steps: usize,
    pub(super) pairs: usize,
    pub(super) lines: Vec<ClaimLine>,
    /// All dataflows together: the sum of the claims, and the worst single history.
    pub(super) total: ClaimTotal,
    /// Every public file, apart from values, that one person changed.
    pub(super) differing: Vec<String>,
    /// Every law of persons that is broken: the place and the rule.
    pub(super) broken: Vec<String>,
    pub(super) statistics: Statistics,
}

/// The sums over all parts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClaimTotal {
    pub(super) claim: BigRational,
    pub(super) measured: BigRational,
    pub(super) worst: String,
}

/// A rational as a float, for people; the JSON has the exact value.
fn number(ratio: &BigRational) -> f64 {
    ratio.to_f64().unwrap_or(f64::NAN)
}

fn percent(measured: &BigRational, claim: &BigRational) -> f64 {
    if claim.is_zero() { 0.0 } else { 100.0 * number(&(measured / claim)) }
}

impl AuditReport {
    /// One line for each cost that exceeds its claim, for each public file that should be equal but
    /// is not, and for each law of persons that is broken.
    pub fn findings(&self) -> Vec<String> {
        let mut findings: Vec<String> = Vec::new();
        let above = |place: String, measured: String, claim: &BigRational| {
            format!(
                "error[above-claim]: {place}: rho: measured {measured} exceeds the claim {claim}"
            )
        };
        for line in self.lines.iter().filter(|line| line.measured > line.claim) {
            let ChargedPart { dataflow, part, window } = &line.charged;
            let place = format!("{dataflow} {part} {window}");
            findings.push(above(place, line.measured.to_string(), &line.claim));
        }
        let total = &self.total;
        if total.measured > total.claim {
            findings.push(above("all dataflows".into(), total.measured.to_string(), &total.claim));
        }
        let CanaryBounds { files, served, .. } = &self.statistics.bounds;
        for (place, bound) in [("release histories", files), ("served figures", served)] {
            if bound.rho > number(&total.claim) {
                let at_least = format!("at least {:.4}", bound.rho);
                findings.push(above(place.into(), at_least, &total.claim));
            }
        }
        findings.extend(self.differing.iter().map(|place| {
            format!("error[shape-differs]: {place}: bytes: must not depend on one person")
        }));
        let broken = self.broken.iter();
        findings.extend(broken.map(|broken| format!("error[law-broken]: {broken}")));
        findings
    }

    /// For each part of a dataflow, the window in which a person came nearest to the claim.
    fn nearest(&self) -> Vec<&ClaimLine> {
        let mut nearest: Vec<&ClaimLine> = Vec::new();
        for line in &self.lines {
            let ChargedPart { dataflow, part, .. } = &line.charged;
            let is_same = |other: &&mut &ClaimLine| {
                (&other.charged.dataflow, &other.charged.part) == (dataflow, part)
            };
            let share = |line: &ClaimLine| percent(&line.measured, &line.claim);
            match nearest.iter_mut().find(is_same) {
                Some(other) if share(line) > share(other) => *other = line,
                Some(_) => {}
                None => nearest.push(line),
            }
        }
        nearest
    }

    /// The report for programs; rationals are exact.
    pub fn json(&self) -> Value {
        let object = |claim: &BigRational, measured: &BigRational, worst: &str| {
            json!({
                "claim": claim.to_string(),
                "measured": measured.to_string(),
                "percent": percent(measured, claim),
                "worst": worst,
            })
        };
        let lines = self.lines.iter().map(|line| {
            let mut value = object(&line.claim, &line.measured, &line.worst);
            value["dataflow"] = json!(line.charged.dataflow);
            value["part"] = json!(line.charged.part.to_string());
            value["window"] = json!(line.charged.window);
            value
        });
        let total = &self.total;
        let statistics = &self.statistics;
        json!({
            "plan": self.plan,
            "seed": self.seed,
            "windows": self.windows,
            "steps": self.steps,
            "pairs": self.pairs,
            "parts": lines.collect::<Vec<_>>(),
            "total": object(&total.claim, &total.measured, &total.worst),
            "differing": self.differing,
            "broken": self.broken,
            "histories": {
                "number": statistics.histories,
                "steps": statistics.steps,
                "person": statistics.person,
                "measured": statistics.measured.to_string(),
                "groups": statistics.bounds.canaries,
                "group": statistics.bounds.many,
                "confidence": 1.0 - FALSE_ALARM,
                "rho_at_least": statistics.bounds.files.rho,
                "rho_at_least_if_gaussian": statistics.bounds.files.rho_gaussian,
                "rho_at_least_from_served_figures": statistics.bounds.served.rho,
            },
            "findings": self.findings(),
        })
    }
}

impl fmt::Display for AuditReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let windows = self.windows.join(", ");
        writeln!(
            f,
            "{}: windows {windows} of {} steps, {} invented persons, seed {}",
            self.plan, self.steps, self.pairs, self.seed
        )?;
        let widths = self.lines.iter().map(|line| line.charged.dataflow.len());
        let wide = widths.chain(["all dataflows".len()]).max().unwrap_or(0);
        let part = |line: &ClaimLine| line.charged.part.to_string();
        let part_wide = self.lines.iter().map(|line| part(line).len()).max().unwrap_or(0);
        let windows_wide = self.windows.iter().map(String::len).max().unwrap_or(0).max(6);
        writeln!(
            f,
            "{:<wide$} {:<part_wide$} {:<windows_wide$} {:>12} {:>12} {:>8}  worst history",
            "dataflow", "part", "window", "rho claimed", "measured", "percent"
        )?;
        let mut row = |[name, part, window]: [&str; 3], claim, measured, worst: &str| {
            let percent = percent(measured, claim);
            let (claim, measured) = (number(claim), number(measured));
            writeln!(
                f,
                "{name:<wide$} {part:<part_wide$} {window:<windows_wide$} {claim:>12.6} \
                 {measured:>12.6} {percent:>8.1}  {worst}"
            )
        };
        for line in self.nearest() {
            let ChargedPart { dataflow, window, .. } = &line.charged;
            let place = [dataflow.as_str(), &part(line), window];
            row(place, &line.claim, &line.measured, &line.worst)?;
        }
        let total = &self.total;
        row(["all dataflows", "", "all"], &total.claim, &total.measured, &total.worst)?;
        let equal = if self.differing.is_empty() { "equal" } else { "not equal" };
        writeln!(f, "every other public byte: {equal}")?;
        let Statistics { histories, steps, person, measured, bounds } = &self.statistics;
        let CanaryBounds { canaries, many, files, served, .. } = bounds;
        writeln!(
            f,
            "{histories} histories of {steps} steps, {canaries} groups of {many} persons in each \
             or not, of `{person}`:"
        )?;
        writeln!(
            f,
            "  one costs {:.6} in these steps; rho is at least {:.4} by the files, {:.4} by the \
             served figures ({} % confidence each), {:.4} if Gaussian",
            number(measured),
            files.rho,
            served.rho,
            100.0 * (1.0 - FALSE_ALARM),
            files.rho_gaussian
        )?;
        if self.findings().is_empty() {
            writeln!(f, "no law is broken, and no measured cost exceeds its claim")?;
        }
        Ok(())
    }
}
