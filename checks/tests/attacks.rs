//! Planted flaws: for each class of flaw that similar systems have had, a mutant, which is a
//! publisher with only that flaw, and a law that distinguishes it from the real publisher.
//!
//! A test passes if the law holds for the real publisher, which runs the real crates, but not for
//! the mutant. A law that no mutant breaks would test nothing.
//!
//! Not here: flaws that need another process or a crash (`tidegauge/tests/crash.rs`,
//! `tidegauge/tests/fork.rs`), and the audit of a plan (`tidegauge/tests/audit.rs`).
//!
//! Invariants:
//! 1. All persons here are invented, every store is synthetic, and its noise has a public seed.
//! 2. Statistical laws run on fixed tapes; on another tape, a correct publisher would fail with
//!    probability 1e-6 at most.

#![cfg(test)]

mod publisher;

use publisher::PublisherUnderTest;
use publisher::history::{crossings, crowd};
use publisher::laws::{
    Broken, adds_the_same_on_every_tape, costs_at_most_the_claim, has_its_stated_variance,
    is_unbiased, keeps_its_shape, never_shares_noise, vintages_never_share_noise,
};
use publisher::mutants::{
    CapPerStep, Clamped, DataDependentKeys, DoubleSpend, FloatRounding, LateDifference, NoiseReuse,
    QuietNoise, WrongSensitivity,
};
use publisher::real::Real;

/// Checks that the law holds for the real publisher and not for the mutant.
fn catches(
    mutant: &dyn PublisherUnderTest,
    law: impl Fn(&dyn PublisherUnderTest) -> Result<(), Broken>,
) {
    law(&Real::new()).unwrap_or_else(|broken| panic!("the real publisher: {broken}"));
    assert!(law(mutant).is_err(), "the mutant is not caught");
}

#[test]
fn a_wrong_sensitivity_is_caught() {
    // Six entries in one cell and week, as many as the bound allows.
    let person = crossings(4..10);
    catches(&WrongSensitivity, |publisher| costs_at_most_the_claim(publisher, &person));
}

#[test]
fn a_double_spend_is_caught() {
    let person = crossings(4..10);
    catches(&DoubleSpend, |publisher| costs_at_most_the_claim(publisher, &person));
}

#[test]
fn a_cap_for_each_step_is_caught() {
    // Every day of the window: far more than the bound, but no day has more than one entry.
    let person = crossings(0..14);
    catches(&CapPerStep, |publisher| costs_at_most_the_claim(publisher, &person));
}

#[test]
fn reused_noise_is_caught() {
    catches(&NoiseReuse, never_shares_noise);
}

#[test]
fn a_late_difference_is_caught() {
    let late = crossings(2..4);
    catches(&LateDifference, |publisher| vintages_never_share_noise(publisher, &late));
    // A second vintage with new noise is another flaw, if it is not charged.
    assert_eq!(vintages_never_share_noise(&DoubleSpend, &late), Ok(()));
}

#[test]
fn cells_that_depend_on_data_are_caught() {
    let person = crossings(3..5);
    catches(&DataDependentKeys, |publisher| keeps_its_shape(publisher, &person));
}

#[test]
fn float_rounding_is_caught() {
    let person = crossings(3..5);
    let law = |publisher: &dyn PublisherUnderTest| {
        adds_the_same_on_every_tape(publisher, &crowd(64, 3), &person)
    };
    catches(&FloatRounding, law);
}

#[test]
fn less_noise_than_is_published_is_caught() {
    catches(&QuietNoise, has_its_stated_variance);
}

#[test]
fn clamped_negatives_are_caught() {
    catches(&Clamped, is_unbiased);
}
