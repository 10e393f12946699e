//! The laws that every publisher must keep. They read only its releases and its claim.
//!
//! Not here: how a publisher works.
//!
//! Invariants:
//! 1. Each law is broken by at least one mutant (`attacks.rs`).

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::Zero as _;
use tidegauge_ledger::{Measurement, Release};

use super::history::CrossingRow;
use super::{Claim, Published, PublisherUnderTest};

/// The description of a broken law.
pub type Broken = String;

/// A normal variable is more than this number of standard deviations from its mean with
/// probability 1e-6.
const DEVIATIONS_MAX: f64 = 4.9;
/// Two measurements of at least this number of cells, each with its own noise, are never equal by
/// chance: with the least variance of such a measurement in the plan, the probability is below
/// 1e-9.
const CELLS_MIN: usize = 8;
/// The tapes on which statistical laws are checked.
const TAPES: std::ops::Range<u8> = 1..5;

fn joined(first: &[CrossingRow], second: &[CrossingRow]) -> Vec<CrossingRow> {
    first.iter().chain(second).cloned().collect()
}

/// Every measurement, with the release that contains it.
fn measurements(releases: &[Release]) -> impl Iterator<Item = (&Release, &Measurement)> {
    releases.iter().flat_map(|release| release.parts.iter().map(move |part| (release, part)))
}

/// The releases with every value set to zero: the part that must not depend on data.
fn shape(releases: &[Release]) -> Vec<Release> {
    let mut zeroed = releases.to_vec();
    for part in zeroed.iter_mut().flat_map(|release| &mut release.parts) {
        part.values.fill(0);
    }
    zeroed
}

/// The differences of the values of each measurement.
fn differences(with: &Published, without: &Published) -> Result<Vec<Vec<i64>>, Broken> {
    if shape(&with.releases) != shape(&without.releases) {
        return Err("one person changes the set of measurements".into());
    }
    let pairs = measurements(&with.releases).zip(measurements(&without.releases));
    let difference = |((_, with), (_, without)): ((_, &Measurement), (_, &Measurement))| {
        with.values.iter().zip(&without.values).map(|(a, b)| a - b).collect()
    };
    Ok(pairs.map(difference).collect())
}

/// On one tape, one person costs at most the claim for each part, over all releases.
pub fn costs_at_most_the_claim(
    publisher: &dyn PublisherUnderTest,
    person: &[CrossingRow],
) -> Result<(), Broken> {
    let (with, without) = (publisher.publish(person, 1), publisher.publish(&[], 1));
    let mut costs = Claim::new();
    let all = measurements(&with.releases).zip(differences(&with, &without)?);
    for ((release, measured), difference) in all {
        let squares: i64 = difference.iter().map(|by| by * by).sum();
        let variance: BigRational = measured.variance.parse().map_err(|_| "a bad variance")?;
        let cost = BigRational::new(squares.into(), 2.into()) / variance;
        let charged = (release.dataflow.clone(), measured.part);
        *costs.entry(charged).or_insert_with(BigRational::zero) += cost;
    }
    for (charged, cost) in costs {
        let claim = with.claim.get(&charged).cloned().unwrap_or_else(BigRational::zero);
        if cost > claim {
            return Err(format!("{charged:?}: {cost} exceeds {claim}"));
        }
    }
    Ok(())
}

/// One person changes only values.
pub fn keeps_its_shape(
    publisher: &dyn PublisherUnderTest,
    person: &[CrossingRow],
) -> Result<(), Broken> {
    differences(&publisher.publish(person, 1), &publisher.publish(&[], 1)).map(|_| ())
}

/// The values that a person adds do not depend on the noise, which is added last, in integers.
pub fn adds_the_same_on_every_tape(
    publisher: &dyn PublisherUnderTest,
    others: &[CrossingRow],
    person: &[CrossingRow],
) -> Result<(), Broken> {
    let added = |tape| {
        let with = publisher.publish(&joined(others, person), tape);
        differences(&with, &publisher.publish(others, tape))
    };
    let first = added(TAPES.start)?;
    for tape in TAPES.skip(1) {
        if added(tape)? != first {
            return Err("the values that one person adds depend on the noise".into());
        }
    }
    Ok(())
}

/// Without any events, no two measurements are equal.
pub fn never_shares_noise(publisher: &dyn PublisherUnderTest) -> Result<(), Broken> {
    let published = publisher.publish(&[], 1);
    let mut seen = BTreeMap::new();
    for (release, part) in measurements(&published.releases) {
        if part.values.len() < CELLS_MIN {
            continue;
        }
        let place = format!("{} {} {}", release.dataflow, part.grain, part.period);
        if let Some(other) = seen.insert(part.values.clone(), place.clone()) {
            return Err(format!("{place} has the noise of {other}"));
        }
    }
    if seen.is_empty() { Err("nothing to compare".into()) } else { Ok(()) }
}

/// In two vintages of one measurement, no more than half of the values are equal.
pub fn vintages_never_share_noise(
    publisher: &dyn PublisherUnderTest,
    history: &[CrossingRow],
) -> Result<(), Broken> {
    let published = publisher.publish(history, 1);
    let mut seen: BTreeMap<(String, String, String), Vec<i64>> = BTreeMap::new();
    for (release, part) in measurements(&published.releases) {
        if part.values.len() < CELLS_MIN {
            continue;
        }
        let place = (release.dataflow.clone(), part.grain.clone(), part.period.clone());
        if let Some(other) = seen.insert(place.clone(), part.values.clone()) {
            let equal = other.iter().zip(&part.values).filter(|(old, new)| old == new).count();
            if 2 * equal > part.values.len() {
                return Err(format!("{place:?}: {equal} values are equal in two vintages"));
            }
        }
    }
    Ok(())
}

/// Every value of releases without any events, with the variance that its measurement states.
fn noise(publisher: &dyn PublisherUnderTest) -> Result<Vec<(f64, f64)>, Broken> {
    let mut noise = Vec::new();
    for tape in TAPES {
        for (_, part) in measurements(&publisher.publish(&[], tape).releases) {
            let variance: f64 = match part.variance.split_once('/') {
                Some((numerator, denominator)) => number(numerator)? / number(denominator)?,
                None => number(&part.variance)?,
            };
            noise.extend(part.values.iter().map(|&value| (value as f64, variance)));
        }
    }
    Ok(noise)
}

fn number(text: &str) -> Result<f64, Broken> {
    text.parse().map_err(|_| "a bad variance".into())
}

fn near_zero(deviations: f64) -> Result<(), Broken> {
    if deviations.abs() <= DEVIATIONS_MAX {
        return Ok(());
    }
    Err(format!("{deviations:.1} standard deviations from its expected value"))
}

/// Without any events, values are zero on average.
pub fn is_unbiased(publisher: &dyn PublisherUnderTest) -> Result<(), Broken> {
    let noise = noise(publisher)?;
    let sum: f64 = noise.iter().map(|(value, variance)| value / variance.sqrt()).sum();
    near_zero(sum / (noise.len() as f64).sqrt())
}

/// Without any events, the mean square of a value is its variance. The square of a standard normal
/// variable has mean 1 and variance 2; that of a scaled discrete Gaussian of variance 1 or more,
/// nearly so.
pub fn has_its_stated_variance(publisher: &dyn PublisherUnderTest) -> Result<(), Broken> {
    let noise = noise(publisher)?;
    let excess: f64 = noise.iter().map(|(value, variance)| value * value / variance - 1.0).sum();
    near_zero(excess / (2.0 * noise.len() as f64).sqrt())
}
