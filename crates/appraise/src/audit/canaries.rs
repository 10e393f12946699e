//! Canaries: groups of persons who are released many times with different noise, each group present
//! or absent by a coin, so that one release gives a sample for each of them.
//!
//! The groups all have one history, each in cells of its own. Only values that no other group moves
//! are read for a group, so that the samples of one release have independent noise.
//!
//! What a sample says is read twice: from the measurements in the files, and from the figures that
//! are served from them. Figures share measurements, so of each release one group is judged there.
//!
//! Not here: the bound from the samples (`bound`), and which history is the worst (`audit`).
//!
//! Invariants:
//! 1. No value is read for two groups (`canaries::tests::no_value_is_read_for_two_groups`).
//! 2. What is served has the same rows with and without a group
//!    (`audit::tests::a_wrong_claim_is_caught_from_release_histories_alone`).

use std::collections::BTreeMap;
use std::path::Path;

use num_rational::BigRational;
use num_traits::{ToPrimitive as _, Zero as _};
use tidegauge_simulate::Draw;

use super::bench::{Bench, PublicView, tape_seed};
use super::bound::{RhoBound, lower_bound};
use super::cost::{MovedMeasurement, compare, costs};
use super::error::AuditError;
use super::ground::PlanGround;
use super::person::{History, StagedRows};
use super::served::{ServedChange, ServedFigures};
use super::spread::spread;

/// The most groups in one release.
const CANARIES_MAX: usize = 8;
/// The most places in which a group was tried in vain.
const REJECTED_MAX: usize = 2;
/// The number of places in which a group is tried.
const PLACES: usize = 12;
/// The cost that a group should have: the test is then right eight times in nine. With a lower
/// cost chance loses more of the bound, with a higher cost the test does, which gives only one bit.
const GROUP_COST: f64 = 3.0;
/// The largest number of persons in a group.
const GROUP_MAX: u32 = 64;

/// A group of persons in cells of its own.
pub(super) struct Canary {
    rows: StagedRows,
    /// What the group moves in the files, apart from values that another group moves too.
    moved: Vec<MovedMeasurement>,
    /// What the group moves among the served figures.
    served: Vec<ServedChange>,
}

/// Groups that are released together, and what is in every release.
pub(super) struct Canaries<'a> {
    bench: &'a Bench,
    steps: usize,
    others: &'a StagedRows,
    canaries: Vec<Canary>,
    /// Without any group, on the tape of the pairs.
    reference: PublicView,
    served: ServedFigures,
}

/// What the samples prove about the cost of one person.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CanaryBounds {
    /// The number of groups in a release.
    pub canaries: usize,
    /// The number of persons in a group.
    pub many: u32,
    pub files: RhoBound,
    pub served: RhoBound,
    /// Every dataflow whose served rows depend on a group.
    pub differing: Vec<String>,
}

/// How histories are released: how many, from which seed, on how many threads.
pub(super) struct Releases {
    pub histories: usize,
    pub seed: u64,
    pub threads: usize,
}

/// The size of the group that is distinguished best: the cost of a group grows with the square of
/// its size.
fn group_of(cost: &BigRational) -> u32 {
    let cost = cost.to_f64().unwrap_or(GROUP_COST);
    // A cast of a float saturates.
    ((GROUP_COST / cost).sqrt().ceil() as u32).clamp(1, GROUP_MAX)
}

/// Releases a history that costs this much many times, and bounds what it costs.
pub(super) fn bound(
    (bench, tape, steps): (&Bench, &Path, usize),
    (person, cost): (&History, &BigRational),
    others: &StagedRows,
    releases: &Releases,
    progress: &(dyn Fn() + Sync),
) -> Result<CanaryBounds, AuditError> {
    let many = group_of(cost);
    let ground = PlanGround::new(bench.plan(), bench.steps());
    let group = |place: usize| {
        let mut rows = StagedRows::new();
        for number in 0..many {
            let pseudonym = format!("syn1:canary{place}x{number}");
            ground.rows(&ground.shifted(person, place), &pseudonym, &mut rows);
        }
        rows
    };
    let (reference, served) = bench.run_served(tape, others, steps)?;
    let (mut groups, mut differing) = (Vec::new(), Vec::new());
    for place in 0..PLACES {
        let is_enough = groups.len() == CANARIES_MAX || releases.histories == 0;
        let shares_all = place - groups.len() > REJECTED_MAX;
        if place > 0 && (is_enough || shares_all || ground.returns_at(place)) {
            break;
        }
        let rows = group(place);
        let (seen, figures) = bench.run_served(tape, &joined(others, [&rows]), steps)?;
        let (moved, _) = compare(bench.prices(), &seen, &reference);
        differing.extend(figures.differing(&served));
        groups.push(Canary { rows, moved, served: figures.changes(&served) });
        if !keep_apart(&mut groups) {
            groups.pop();
        }
    }
    only_own(&mut groups);
    let canaries = Canaries { bench, steps, others, canaries: groups, reference, served };
    let (files, served) = canaries.bounds(releases, progress)?;
    differing.sort();
    differing.dedup();
    let [files, served] = [files, served].map(|bound| bound.for_one_of(many));
    Ok(CanaryBounds { canaries: canaries.canaries.len(), many, files, served, differing })
}

/// All these rows.
fn joined<'r>(others: &StagedRows, groups: impl IntoIterator<Item = &'r StagedRows>) -> StagedRows {
    let mut rows = others.clone();
    for (place, more) in groups.into_iter().flatten() {
        rows.entry(*place).or_default().extend_from_slice(more);
    }
    rows
}

/// Where values are: the file, and the number of the measurement in it.
type Place = (String, usize);

/// How many groups move each value.
fn movers(groups: &[Canary]) -> BTreeMap<Place, Vec<u32>> {
    let mut movers: BTreeMap<Place, Vec<u32>> = BTreeMap::new();
    for moved in groups.iter().flat_map(|group| &group.moved) {
        let counts = movers.entry((moved.path.clone(), moved.number)).or_default();
        counts.resize(moved.by.len(), 0);
        counts.iter_mut().zip(&moved.by).for_each(|(count, by)| *count += u32::from(*by != 0));
    }
    movers
}

/// What a group moves, without the values that others move too.
fn own(group: &Canary, movers: &BTreeMap<Place, Vec<u32>>) -> Vec<MovedMeasurement> {
    let own = group.moved.iter().filter_map(|moved| {
        let counts = movers.get(&(moved.path.clone(), moved.number))?;
        let by = moved.by.iter().zip(counts).map(|(by, count)| if *count == 1 { *by } else { 0 });
        Some(MovedMeasurement { by: by.collect(), ..moved.clone() })
    });
    own.filter(|moved| moved.by.iter().any(|by| *by != 0)).collect()
}

/// Whether every group keeps nine tenths of its cost when what others move too is left out: with
/// less, more samples would not make up for what is lost.
fn keep_apart(groups: &mut [Canary]) -> bool {
    let movers = movers(groups);
    let cost = |moved: &[MovedMeasurement]| {
        costs(moved).into_values().fold(BigRational::zero(), |sum, cost| sum + cost)
    };
    let most = |group: &Canary| cost(&group.moved) * BigRational::new(9.into(), 10.into());
    groups.iter().all(|group| cost(&own(group, &movers)) >= most(group))
}

/// Leaves out what several groups move.
fn only_own(groups: &mut [Canary]) {
    let movers = movers(groups);
    groups.iter_mut().for_each(|group| group.moved = own(group, &movers));
}

/// What one release says of the groups: for each whether it was present, with its statistic from
/// the files; and for one of them the statistic from the served figures.
struct Sample {
    files: Vec<(bool, f64)>,
    served: Option<(bool, f64)>,
}

impl Canaries<'_> {
    fn sample(&self, number: usize, seed: u64) -> Result<Sample, AuditError> {
        let Self { bench, steps, others, canaries, reference, served } = self;
        let mut draw = Draw::new(seed ^ (number as u64) << 20);
        let present: Vec<bool> = canaries.iter().map(|_| draw.below(2) == 0).collect();
        let groups = canaries.iter().zip(&present).filter(|(_, present)| **present);
        let rows = joined(others, groups.map(|(canary, _)| &canary.rows));
        // Tape 0 is that of the pairs.
        let tape = bench.tape(tape_seed(seed, number as u64 + 1))?;
        let output = bench.run_served(&tape, &rows, *steps);
        std::fs::remove_dir_all(&tape)
            .map_err(|error| AuditError::system(&tape, "remove", error))?;
        let (seen, figures) = output?;
        let judged = number % canaries.len().max(1);
        let files = canaries
            .iter()
            .zip(&present)
            .map(|(canary, &present)| (present, statistic(&canary.moved, &seen, reference)));
        let of_served = canaries
            .get(judged)
            .map(|canary| (present[judged], figures.statistic(&canary.served, served)));
        Ok(Sample { files: files.collect(), served: of_served })
    }

    /// The bounds on the cost of a group, from the files and from the served figures.
    fn bounds(
        &self,
        releases: &Releases,
        progress: &(dyn Fn() + Sync),
    ) -> Result<(RhoBound, RhoBound), AuditError> {
        let samples = spread(releases.threads, releases.histories, |number| {
            let sample = self.sample(number, releases.seed);
            progress();
            sample
        })?;
        let bound = |samples: Vec<(bool, f64)>| {
            let of = |present: bool| {
                let samples = samples.iter().filter(move |(here, _)| *here == present);
                samples.map(|(_, statistic)| *statistic).collect::<Vec<f64>>()
            };
            lower_bound(&of(true), &of(false))
        };
        let files = samples.iter().flat_map(|sample| sample.files.iter().copied()).collect();
        let served = samples.iter().filter_map(|sample| sample.served).collect();
        Ok((bound(files), bound(served)))
    }
}

/// The logarithm of the likelihood ratio, up to a constant: the sum of the values times the changes
/// that the person makes, each divided by its variance. Values are relative to those of a reference
/// output, so that a float has enough digits.
fn statistic(moved: &[MovedMeasurement], seen: &PublicView, reference: &PublicView) -> f64 {
    let term = |moved: &MovedMeasurement| -> Option<f64> {
        let values = |seen: &PublicView| -> Option<Vec<i64>> {
            Some(seen.releases.get(&moved.path)?.parts.get(moved.number)?.values.clone())
        };
        let (values, base) = (values(seen)?, values(reference)?);
        let pairs = values.iter().zip(&base).zip(&moved.by);
        let product = pairs.map(|((&a, &b), &by)| (i128::from(a) - i128::from(b)) * by);
        Some(product.sum::<i128>() as f64 / moved.variance.to_f64()?)
    };
    moved.iter().filter_map(term).sum()
}

#[cfg(test)]
mod tests {
    use testkit::plans::SHORT;
    use tidegauge_model::Plan;

    use super::*;

    #[test]
    fn no_value_is_read_for_two_groups() {
        let plan = Plan::parse(SHORT).expect("a plan");
        let bench = Bench::new(SHORT, &plan, 1).expect("a bench");
        let ground = PlanGround::new(bench.plan(), bench.steps());
        let tape = bench.tape(tape_seed(1, 0)).expect("a tape");
        let person = ground.in_turn("one".into(), &[0, 2, 3], false, false);
        let nobody = bench.run(&tape, &StagedRows::new(), 5).expect("a view");
        let group = |place: usize| {
            let mut rows = StagedRows::new();
            ground.rows(&ground.shifted(&person, place), "syn1:one", &mut rows);
            let seen = bench.run(&tape, &rows, 5).expect("a view");
            let (mut moved, _) = compare(bench.prices(), &seen, &nobody);
            // In the stock all persons are in one total.
            moved.retain(|moved| moved.charged.dataflow == "BORDER_FLOW");
            Canary { rows, moved, served: vec![] }
        };
        // In the same cells nothing is left; in others all or most of it is.
        assert!(!keep_apart(&mut [group(0), group(0)]));
        let mut groups = [group(0), group(1)];
        assert!(keep_apart(&mut groups));
        only_own(&mut groups);
        assert!(movers(&groups).values().flatten().all(|groups| *groups < 2));
        assert!(groups.iter().all(|group| !group.moved.is_empty()));
    }
}
