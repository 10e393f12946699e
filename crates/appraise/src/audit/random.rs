//! The audit of random plans: draws small plans with every feature, and searches each for persons
//! who break a law or cost more than is claimed, over its whole life.
//!
//! For every plan a crowd of persons is released together, each of them alone, and nobody, in
//! stores with the same noise. Then the laws are checked, and what each person cost is compared
//! with the charges in the ledger. By the first law the same holds beside all the others.
//!
//! Not here: the plans (`small_plan`), the persons (`crowd`), the laws (`laws`) and costs (`cost`).
//!
//! Invariants:
//! 1. The same seed gives the same report, whatever the number of threads
//!    (`random::tests::a_seed_means_the_same_search`).
//! 2. A plan with a finding can be searched again by itself
//!    (`random::tests::a_plan_is_searched_again_by_its_seed`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use num_rational::BigRational;
use num_traits::{ToPrimitive as _, Zero as _};
use serde_json::{Value, json};
use tidegauge_simulate::Draw;

use super::bench::{Bench, PublicView, tape_seed};
use super::cost::{ChargedPart, MovedMeasurement, claims, compare, costs};
use super::error::AuditError;
use super::ground::PlanGround;
use super::laws::{MEETING, PRESENT_TWICE, meetings, wrong_presence};
use super::person::{History, StagedRows};
use super::small_plan::SmallPlan;
use super::spread::spread;

/// The number of persons of a crowd.
const CROWD: u32 = 6;

/// How random plans are audited.
#[derive(Clone, Copy, Debug)]
pub struct RandomOptions {
    /// The number of plans.
    pub plans: usize,
    /// The seed of the first plan; each other plan has the seed after it.
    pub seed: u64,
    /// The number of plans that are searched at the same time.
    pub threads: usize,
}

/// What was found in one plan.
#[derive(Clone, Debug, PartialEq)]
struct SearchedPlan {
    seed: u64,
    text: String,
    features: BTreeSet<&'static str>,
    steps: usize,
    /// The part that came nearest to its claim.
    nearest: Option<NearestClaim>,
    findings: Vec<String>,
}

/// A cost beside its claim.
#[derive(Clone, Debug, PartialEq)]
struct NearestClaim {
    part: String,
    person: String,
    claim: BigRational,
    measured: BigRational,
}

impl NearestClaim {
    fn share(&self) -> f64 {
        (&self.measured / &self.claim).to_f64().unwrap_or(f64::NAN)
    }
}

/// The outcome of an audit of random plans.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomReport {
    seed: u64,
    plans: Vec<SearchedPlan>,
}

/// Audits random plans. Calls `progress` after each plan.
///
/// Errors: a store that cannot be made, filled, released from or read.
pub fn audit_random(
    options: &RandomOptions,
    progress: &(dyn Fn() + Sync),
) -> Result<RandomReport, AuditError> {
    let plans = spread(options.threads, options.plans, |number| {
        let searched = search(options.seed.wrapping_add(number as u64));
        progress();
        searched
    })?;
    Ok(RandomReport { seed: options.seed, plans })
}

/// A person's history with what it moved alone.
struct AlonePerson {
    name: String,
    moved: Vec<MovedMeasurement>,
}

/// Searches the plan of a seed.
fn search(seed: u64) -> Result<SearchedPlan, AuditError> {
    let small = SmallPlan::drawn(seed);
    let windows = small.plan.privacy.windows as usize;
    let mut bench = Bench::new(&small.text, &small.plan, windows)?;
    if let Some((text, amendment)) = &small.amendment {
        bench.amend(text, amendment.clone());
    }
    let plan = small.amended_plan();
    let ground = PlanGround::new(&plan, bench.steps());
    let crowd = ground.crowd(&mut Draw::new(!seed), CROWD);
    let tape = bench.tape(tape_seed(seed, 0))?;
    let steps = bench.steps().len();
    let rows = |persons: &[(usize, &History)]| {
        let mut rows = StagedRows::new();
        for (number, person) in persons {
            ground.rows(person, &format!("syn1:{number:08}"), &mut rows);
        }
        rows
    };
    let run = |persons: &[(usize, &History)]| bench.run(&tape, &rows(persons), steps);
    let all: Vec<(usize, &History)> = crowd.iter().enumerate().collect();
    let nobody = run(&[])?;
    let (together, mut differing) = compare(bench.prices(), &run(&all)?, &nobody);
    let mut alone = Vec::new();
    for person in &all {
        let with = run(std::slice::from_ref(person))?;
        let (moved, more) = compare(bench.prices(), &with, &nobody);
        differing.extend(more);
        alone.push(AlonePerson { name: person.1.name.clone(), moved });
    }
    let mut searched = SearchedPlan {
        seed,
        text: small.text.clone(),
        features: small.features.clone(),
        steps,
        nearest: None,
        findings: vec![],
    };
    searched.check_laws(&bench, &together, &alone);
    searched.check_costs(&nobody, &alone);
    for place in differing.into_iter().collect::<BTreeSet<_>>() {
        let name = searched.name();
        searched.find(&format!(
            "error[shape-differs]: {name}: {place}: bytes: must not depend on one person"
        ));
    }
    Ok(searched)
}

impl SearchedPlan {
    /// Adds a finding, and how to repeat it.
    fn find(&mut self, finding: &str) {
        let seed = self.seed;
        let repeat = format!("search it again with `audit --plans 1 --seed {seed}`");
        self.findings.push(format!("{finding}; {repeat}"));
    }

    fn name(&self) -> String {
        format!("random plan {}", self.seed)
    }

    fn check_laws(&mut self, bench: &Bench, together: &[MovedMeasurement], alone: &[AlonePerson]) {
        let one_by_one = alone.iter().flat_map(|person| &person.moved);
        if let Some(place) = meetings(together, one_by_one).first() {
            self.find(&format!("error[law-broken]: {}: {place}: {MEETING}", self.name()));
        }
        for AlonePerson { name, moved } in alone {
            for place in wrong_presence(bench.prices(), bench.steps(), moved) {
                let rule = format!("counts: `{name}` {PRESENT_TWICE}");
                self.find(&format!("error[law-broken]: {}: {place}: {rule}", self.name()));
            }
        }
    }

    fn check_costs(&mut self, nobody: &PublicView, alone: &[AlonePerson]) {
        let claims = claims(&nobody.entries);
        for AlonePerson { name, moved } in alone {
            for (charged, measured) in costs(moved) {
                self.check_cost(&claims, name, &charged, measured);
            }
        }
    }

    fn check_cost(
        &mut self,
        claims: &BTreeMap<ChargedPart, BigRational>,
        person: &str,
        charged: &ChargedPart,
        measured: BigRational,
    ) {
        let ChargedPart { dataflow, part, window } = charged;
        let place = format!("{dataflow} {part} {window}");
        let claim = claims.get(charged).cloned().unwrap_or_else(BigRational::zero);
        if measured > claim {
            self.find(&format!(
                "error[above-claim]: {}: {place}: rho: measured {measured} of `{person}` exceeds \
                 the claim {claim}",
                self.name()
            ));
        }
        let (part, person) = (place, person.to_owned());
        let claimed = NearestClaim { part, person, claim, measured };
        let is_nearer =
            self.nearest.as_ref().is_none_or(|nearest| claimed.share() > nearest.share());
        if !claimed.claim.is_zero() && is_nearer {
            self.nearest = Some(claimed);
        }
    }
}

impl RandomReport {
    /// One line for each cost above its claim, each law that is broken, and each public file that
    /// should be equal but is not.
    pub fn findings(&self) -> Vec<String> {
        self.plans.iter().flat_map(|plan| plan.findings.iter().cloned()).collect()
    }

    /// The number of plans that have each feature.
    fn features(&self) -> BTreeMap<&'static str, usize> {
        let mut features = BTreeMap::new();
        for feature in self.plans.iter().flat_map(|plan| &plan.features) {
            *features.entry(*feature).or_default() += 1;
        }
        features
    }

    /// The report for programs; rationals are exact, and a plan with a finding has its text.
    pub fn json(&self) -> Value {
        let plans = self.plans.iter().map(|plan| {
            let nearest = plan.nearest.as_ref().map(|nearest| {
                json!({
                    "part": nearest.part,
                    "claim": nearest.claim.to_string(),
                    "measured": nearest.measured.to_string(),
                    "person": nearest.person,
                })
            });
            json!({
                "seed": plan.seed,
                "steps": plan.steps,
                "features": plan.features,
                "nearest": nearest,
                "findings": plan.findings,
                "plan": (!plan.findings.is_empty()).then_some(&plan.text),
            })
        });
        json!({
            "seed": self.seed,
            "features": self.features(),
            "plans": plans.collect::<Vec<_>>(),
            "findings": self.findings(),
        })
    }
}

impl fmt::Display for RandomReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = self.plans.len();
        writeln!(f, "{many} random plans, seed {}, {CROWD} persons each", self.seed)?;
        let features = self.features();
        let features: Vec<String> =
            features.iter().map(|(feature, plans)| format!("{feature} {plans}")).collect();
        for line in features.chunks(8) {
            writeln!(f, "  {}", line.join(", "))?;
        }
        let nearest = self.plans.iter().filter_map(|plan| Some((plan, plan.nearest.as_ref()?)));
        let nearest = nearest.max_by(|(_, one), (_, other)| one.share().total_cmp(&other.share()));
        if let Some((plan, NearestClaim { part, person, .. })) = nearest {
            let percent = 100.0 * nearest.map_or(0.0, |(_, nearest)| nearest.share());
            writeln!(
                f,
                "nearest to its claim: {percent:.1} percent, plan {}, {part}, `{person}`",
                plan.seed
            )?;
        }
        let findings = self.findings().len();
        match findings {
            0 => writeln!(f, "no law is broken, and no measured cost exceeds its claim"),
            _ => writeln!(f, "findings: {findings}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audited(plans: usize, seed: u64, threads: usize) -> RandomReport {
        let options = RandomOptions { plans, seed, threads };
        audit_random(&options, &|| {}).unwrap_or_else(|failure| panic!("{failure:?}"))
    }

    #[test]
    fn a_seed_means_the_same_search() {
        assert_eq!(audited(6, 3, 1), audited(6, 3, 2));
    }

    #[test]
    fn a_plan_is_searched_again_by_its_seed() {
        let (all, again) = (audited(3, 8, 1), audited(1, 10, 1));
        assert_eq!(all.plans[2], again.plans[0]);
    }

    #[test]
    fn a_wrong_claim_of_a_random_plan_is_caught() {
        let mut plan = audited(1, 8, 1).plans.remove(0);
        let charged = ChargedPart {
            dataflow: "FLOW_0".into(),
            part: tidegauge_ledger::Part::Stream,
            window: "2024-01".into(),
        };
        let claims = BTreeMap::from([(charged.clone(), BigRational::from_integer(1.into()))]);
        plan.check_cost(&claims, "one", &charged, BigRational::from_integer(1.into()));
        assert_eq!(plan.findings, Vec::<String>::new());
        plan.check_cost(&claims, "one", &charged, BigRational::from_integer(2.into()));
        let begins = "error[above-claim]: random plan 8: FLOW_0 stream 2024-01: rho: measured 2 of \
                      `one` exceeds the claim 1; search it again with `audit --plans 1 --seed 8`";
        assert_eq!(plan.findings, [begins]);
    }
}
