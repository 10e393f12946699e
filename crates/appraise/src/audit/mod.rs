//! The audit of a plan: measures how far one person can really change the published values, and
//! compares the cost with the charges in the ledger.
//!
//! Everything happens in synthetic stores that the audit creates and removes: no existing store is
//! read, and the noise comes from public seeds, which protect nobody.
//!
//! 1. *On one tape.* Two stores ingest the same events of invented persons, and one of them also
//!    the events of one more person; the noise is the same. The difference between them is due to
//!    that person. Its cost is compared with the charges, and every other public byte must be
//!    equal.
//! 2. *On many tapes.* The worst history is released many times with different noise, each time by
//!    several small groups of persons who all have it, each in cells of its own, with or without
//!    each group, and the best test tries to tell which (`canaries`). A group of n costs n^2 times
//!    as much as one person.
//!
//! 3. *Laws.* On one tape, what all persons change together is the sum of what each changes alone,
//!    and nobody is present twice (`laws`).
//!
//! Histories last several windows, with the states carried from each to the next, and their rows
//! come from two sources. `random` does the same, without 2, for small plans that it draws itself.
//!
//! Not here: a proof. No audit tries every history (see the proofs beside the strategies).
//!
//! Invariants:
//! 1. The same seed gives the same report (`audit::tests::a_seed_means_the_same_report`).
//! 2. Claims are read from the ledgers of the stores themselves, so that a wrong charge is found
//!    (`audit::tests::a_wrong_claim_is_caught`).

mod bench;
mod bound;
mod canaries;
mod close;
mod corrected;
mod cost;
mod crowd;
mod error;
mod ground;
mod histories;
mod laws;
mod person;
mod prices;
mod random;
mod report;
mod served;
mod small_plan;
mod spread;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use num_rational::BigRational;
use num_traits::Zero as _;
use tidegauge_ledger::Entry;
use tidegauge_model::Plan;

use self::bench::{Bench, tape_seed};
use self::canaries::Releases;
use self::cost::{ChargedPart, MovedMeasurement, claims, compare, costs};
pub use self::error::AuditError;
use self::ground::PlanGround;
use self::laws::{MEETING, PRESENT_TWICE, meetings, wrong_presence};
use self::person::{History, StagedRows};
pub use self::random::{RandomOptions, RandomReport, audit_random};
pub use self::report::AuditReport;
use self::report::{ClaimLine, ClaimTotal, Statistics};
use self::spread::spread;

/// The number of other persons, who are in every store.
const OTHERS: u32 = 40;
/// The number of stages at which rows of others come.
const STAGES_OF_OTHERS: usize = 64;
/// The largest number of steps of the histories that are released many times.
const STEPS_MAX: usize = 31;
/// The beginning of the pseudonym of the one person; a number follows.
const ONE: &str = "syn1:theone";

/// How an audit is done.
#[derive(Clone, Debug)]
pub struct AuditOptions {
    /// The number of histories that are released, each with different noise.
    pub histories: usize,
    /// The number of neighbouring pairs on one tape.
    pub pairs: usize,
    /// The seed of histories and noise.
    pub seed: u64,
    /// The number of stores that are filled at the same time.
    pub threads: usize,
    /// The number of windows that histories last, if the plan has so many.
    pub windows: usize,
}

/// A history, and its changes on the tape.
struct TriedHistory {
    name: String,
    moved: Vec<MovedMeasurement>,
    differing: Vec<String>,
}

/// All that was measured, before it is compared with the claims.
struct Measurements {
    plan: Plan,
    options: AuditOptions,
    /// The windows that histories last, and the number of their steps.
    windows: Vec<String>,
    steps: usize,
    /// The entries of the ledger without the person, charges included.
    entries: Vec<Entry>,
    tried: Vec<TriedHistory>,
    /// Every law of persons that is broken: the place and the rule.
    broken: Vec<String>,
    statistics: Statistics,
}

/// Audits a plan. Calls `progress` after each history.
///
/// Errors: a store that cannot be made, filled, released from or read.
pub fn audit(
    text: &str,
    plan: &Plan,
    options: &AuditOptions,
    progress: &(dyn Fn() + Sync),
) -> Result<AuditReport, AuditError> {
    let measured = measure(text, plan, options, progress)?;
    Ok(measured.against(&claims(&measured.entries)))
}

fn measure(
    text: &str,
    plan: &Plan,
    options: &AuditOptions,
    progress: &(dyn Fn() + Sync),
) -> Result<Measurements, AuditError> {
    let bench = Bench::new(text, plan, options.windows)?;
    let ground = PlanGround::new(bench.plan(), bench.steps());
    let others = others(&ground, options.seed);
    let persons = ground.persons(options.pairs, options.seed);
    let tape = bench.tape(tape_seed(options.seed, 0))?;
    let all = bench.steps().len();
    let without = bench.run(&tape, &others, all)?;
    let tried = spread(options.threads, persons.len(), |number| {
        let with = bench.run(&tape, &joined(&ground, &persons[number], &others), all)?;
        progress();
        let (moved, differing) = compare(bench.prices(), &with, &without);
        Ok(TriedHistory { name: persons[number].name.clone(), moved, differing })
    })?;
    let mut rows = others.clone();
    for (number, person) in persons.iter().enumerate() {
        ground.rows(person, &format!("{ONE}{number}"), &mut rows);
    }
    let (together, _) = compare(bench.prices(), &bench.run(&tape, &rows, all)?, &without);
    let broken = broken_laws(&bench, &together, &tried);
    let steps = all.min(STEPS_MAX);
    let statistics = match worst_within(&bench, steps, &tried) {
        Some(worst) => {
            let cost = sum(costs(within(&bench, steps, &tried[worst])).values());
            let &AuditOptions { histories, seed, threads, .. } = options;
            let releases = Releases { histories, seed, threads };
            let place = (&bench, tape.as_path(), steps);
            let bounds =
                canaries::bound(place, (&persons[worst], &cost), &others, &releases, progress)?;
            let person = tried[worst].name.clone();
            Statistics { histories, steps, person, measured: cost, bounds }
        }
        None => Statistics::none(),
    };
    let windows = ground.windows();
    let window = |steps: &Range<usize>| plan.window_of(bench.steps()[steps.start]).to_string();
    Ok(Measurements {
        plan: plan.clone(),
        options: options.clone(),
        windows: windows.iter().map(window).collect(),
        steps: all,
        entries: without.entries,
        tried,
        broken,
        statistics,
    })
}

/// Every law that the histories break: the place and the rule.
fn broken_laws(
    bench: &Bench,
    together: &[MovedMeasurement],
    tried: &[TriedHistory],
) -> Vec<String> {
    let alone = tried.iter().flat_map(|tried| &tried.moved);
    let meetings = meetings(together, alone).into_iter();
    let mut broken: Vec<String> = meetings.map(|place| format!("{place}: {MEETING}")).collect();
    for TriedHistory { name, moved, .. } in tried {
        let wrong = wrong_presence(bench.prices(), bench.steps(), moved).into_iter();
        broken.extend(wrong.map(|place| format!("{place}: counts: `{name}` {PRESENT_TWICE}")));
    }
    broken
}

/// The rows of the persons who are in every store. In a long life their late rows come together at
/// a few stages, since most of the time of a run is that of ending and beginning a release.
fn others(ground: &PlanGround<'_>, seed: u64) -> StagedRows {
    let mut rows = StagedRows::new();
    for number in 0..OTHERS {
        let person = ground.random(!seed, number);
        ground.rows(&person, &format!("syn1:{number:08}"), &mut rows);
    }
    let apart = ground.steps.len().div_ceil(STAGES_OF_OTHERS) as u32;
    let mut together = StagedRows::new();
    for ((stage, source), mut rows) in rows {
        let stage = stage.next_multiple_of(apart);
        together.entry((stage, source)).or_default().append(&mut rows);
    }
    together
}

/// The rows of the others and of one more person.
fn joined(ground: &PlanGround<'_>, person: &History, others: &StagedRows) -> StagedRows {
    let mut rows = others.clone();
    ground.rows(person, &format!("{ONE}0"), &mut rows);
    rows
}

fn sum<'c>(costs: impl IntoIterator<Item = &'c BigRational>) -> BigRational {
    costs.into_iter().fold(BigRational::zero(), |sum, cost| sum + cost)
}

/// The measurements that a history moved within the first `steps` steps.
fn within<'t>(
    bench: &'t Bench,
    steps: usize,
    tried: &'t TriedHistory,
) -> impl Iterator<Item = &'t MovedMeasurement> + Clone {
    let end = bench.steps().get(steps).copied();
    tried.moved.iter().filter(move |moved| end.is_none_or(|end| moved.step < end))
}

/// The position of the history that costs most within the first `steps` steps, if any costs
/// something.
fn worst_within(bench: &Bench, steps: usize, tried: &[TriedHistory]) -> Option<usize> {
    let cost = |tried: &TriedHistory| sum(costs(within(bench, steps, tried)).values());
    let costs = tried.iter().map(cost).enumerate();
    let worst = costs.max_by(|(_, one), (_, other)| one.cmp(other));
    worst.filter(|(_, cost)| !cost.is_zero()).map(|(number, _)| number)
}

impl Measurements {
    /// Compares the measurements with these claims.
    fn against(&self, claims: &BTreeMap<ChargedPart, BigRational>) -> AuditReport {
        let tried_costs: Vec<_> =
            self.tried.iter().map(|tried| (tried, costs(&tried.moved))).collect();
        // A part may have a cost without any charge: its claim is zero.
        let mut charged: Vec<ChargedPart> = claims.keys().cloned().collect();
        charged.extend(tried_costs.iter().flat_map(|(_, costs)| costs.keys().cloned()));
        let position =
            |part: &ChargedPart| self.plan.dataflow(&part.dataflow).map(|(number, _)| number);
        charged.sort_by_key(|part| (position(part), part.clone()));
        charged.dedup();
        let zero = BigRational::zero();
        let lines = charged.into_iter().map(|charged| {
            let measured = tried_costs.iter().map(|(tried, costs)| {
                (costs.get(&charged).unwrap_or(&zero).clone(), tried.name.clone())
            });
            let (measured, worst) = worst(measured);
            let claim = claims.get(&charged).unwrap_or(&zero).clone();
            ClaimLine { charged, claim, measured, worst }
        });
        let sums =
            tried_costs.iter().map(|(tried, costs)| (sum(costs.values()), tried.name.clone()));
        let (measured, worst) = worst(sums);
        let of_pairs = self.tried.iter().flat_map(|tried| &tried.differing);
        let of_canaries = &self.statistics.bounds.differing;
        let differing: BTreeSet<String> = of_pairs.chain(of_canaries).cloned().collect();
        AuditReport {
            plan: self.plan.statement.id.clone(),
            seed: self.options.seed,
            windows: self.windows.clone(),
            steps: self.steps,
            pairs: self.tried.len(),
            lines: lines.collect(),
            total: ClaimTotal { claim: sum(claims.values()), measured, worst },
            differing: differing.into_iter().collect(),
            broken: self.broken.clone(),
            statistics: self.statistics.clone(),
        }
    }
}

/// The largest cost and its history; the first one if several are equal.
fn worst(measured: impl Iterator<Item = (BigRational, String)>) -> (BigRational, String) {
    measured.fold(
        (BigRational::zero(), String::new()),
        |worst, next| {
            if next.0 > worst.0 { next } else { worst }
        },
    )
}
