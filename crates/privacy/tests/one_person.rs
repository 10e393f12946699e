//! What one person costs is at most what is charged: the variances that the crate chooses hide
//! everything that a bound allows, on time and late.
//!
//! Every set of contributions to one cell of a small calendar is priced by its own vector, with
//! variances as a caller gets them, so that an error anywhere between a bound and a variance shows.
//!
//! Not here: each formula of a sensitivity (unit tests of `sensitivity`), and that noise
//! has its variance (`sampler_fit.rs`).

#![cfg(test)]

use num_rational::BigRational;
use num_traits::One as _;
use tidegauge_privacy::{
    Level, Participation, Rho, Strategy, calibrate, charge, joint_sensitivity, sensitivity_squared,
};

const STEPS: u32 = 5;

/// Every strategy of single steps and one more level, of weight 1 and of weight 2.
fn strategies() -> impl Iterator<Item = Strategy> {
    let cuts = 0u32..1 << (STEPS - 1);
    let ends = cuts.map(|cuts| {
        let mut ends: Vec<u32> = (1..STEPS).filter(|end| cuts >> (end - 1) & 1 == 1).collect();
        ends.push(STEPS);
        ends
    });
    let levels = ends.flat_map(|ends| [1, 2].map(|weight| (ends.clone(), weight)));
    levels.map(|(ends, weight)| {
        let steps = Level { ends: (1..=STEPS).collect(), weight: 1 };
        Strategy::new(vec![steps, Level { ends, weight }]).expect("a strategy")
    })
}

/// Every set of at most this many steps: its size, and by how much it moves the measurements, as
/// the squared length of a vector.
fn sets(strategy: &Strategy, most: u32) -> impl Iterator<Item = (u32, u128)> {
    let sets = (1u32..1 << STEPS).filter(move |set| set.count_ones() <= most);
    sets.map(move |set| {
        let steps = || (0..STEPS).filter(move |step| set >> step & 1 == 1);
        let pairs = steps().flat_map(|s| steps().map(move |t| (s, t)));
        (set.count_ones(), pairs.map(|(s, t)| u128::from(strategy.gram(s, t))).sum())
    })
}

#[test]
fn nobody_costs_more_than_is_charged_on_time() {
    let rho = Rho::parse("1").expect("rho");
    for strategy in strategies() {
        for window in 1..=4 {
            let bound = Participation::OncePerStepAndCell { window, sub: None };
            let sensitivity = sensitivity_squared(&strategy, &bound).expect("a sensitivity");
            let variance = calibrate(sensitivity, &rho).expect("a variance");
            for (_, moved) in sets(&strategy, window) {
                let cost = charge(moved, variance).expect("a cost");
                assert!(cost <= rho, "{strategy:?} {window}: {cost}");
            }
        }
    }
}

/// Contributions on time and late share a bound; a late one counts 1 in a vintage of its own.
#[test]
fn nobody_costs_more_than_is_charged_on_time_and_late() {
    let rho = Rho::parse("1").expect("rho");
    for strategy in strategies() {
        for window in 1..=4 {
            let bound = Participation::OncePerStepAndCell { window, sub: None };
            let joint = joint_sensitivity(&strategy, &bound).expect("a sensitivity");
            let stream = calibrate(joint.delta2, &rho).expect("a variance");
            let late = joint.late_variance(stream).expect("a variance");
            let late_cost = |many: u32| {
                let many = u128::from(many);
                if many == 0 { None } else { charge(many, late).ok() }
            };
            for (on_time, moved) in sets(&strategy, window).chain([(0, 0)]) {
                let costs = [charge(moved, stream).ok(), late_cost(window - on_time)];
                let cost: BigRational = costs.iter().flatten().map(Rho::as_ratio).sum();
                assert!(cost <= BigRational::one(), "{strategy:?} {window} {on_time}: {cost}");
            }
        }
    }
}
