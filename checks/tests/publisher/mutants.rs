//! Publishers with one flaw each. Each is the real publisher with the smallest change that makes it
//! wrong: on a tape, the releases without any events are the noise, and a history adds exact counts
//! to them, so a mutant can combine noise and counts in a wrong way.
//!
//! Not here: how they are caught (`laws`).
//!
//! Invariants:
//! 1. A mutant has only its own flaw: otherwise it does the same as the real publisher.

use std::collections::HashMap;

use tidegauge_ledger::Release;

use super::history::CrossingRow;
use super::real::Real;
use super::{Published, PublisherUnderTest};

/// Changes every value of the releases, given its position: (release, part, cell).
fn change(releases: &mut [Release], mut change: impl FnMut((usize, usize, usize), i64) -> i64) {
    for (number, release) in releases.iter_mut().enumerate() {
        for (part, measured) in release.parts.iter_mut().enumerate() {
            for (cell, value) in measured.values.iter_mut().enumerate() {
                *value = change((number, part, cell), *value);
            }
        }
    }
}

/// The counts that a history adds to the values, without noise.
fn exact(real: &Real, history: &[CrossingRow]) -> Vec<Release> {
    let noise = real.publish(&[], 0).releases;
    let mut counts = real.publish(history, 0).releases;
    change(&mut counts, |(number, part, cell), value| {
        value - noise[number].parts[part].values[cell]
    });
    counts
}

/// Adds the values of other releases to these.
fn add(to: &mut [Release], other: &[Release]) {
    change(to, |(number, part, cell), value| value + other[number].parts[part].values[cell]);
}

/// Charges and draws noise for one contribution per person, but counts six.
pub struct WrongSensitivity;

impl PublisherUnderTest for WrongSensitivity {
    fn publish(&self, history: &[CrossingRow], tape: u8) -> Published {
        let mut published = Real::with_bound(1).publish(&[], tape);
        add(&mut published.releases, &exact(&Real::new(), history));
        published
    }
}

/// Publishes everything a second time with other noise, but charges once.
pub struct DoubleSpend;

impl PublisherUnderTest for DoubleSpend {
    fn publish(&self, history: &[CrossingRow], tape: u8) -> Published {
        let mut published = Real::new().publish(history, tape);
        let second = Real::new().publish(history, !tape).releases;
        let revised = second.into_iter().map(|release| Release { vintage: 1, ..release });
        published.releases.extend(revised);
        published
    }
}

/// Bounds a person's contributions in each step, but not in the window.
pub struct CapPerStep;

impl PublisherUnderTest for CapPerStep {
    fn publish(&self, history: &[CrossingRow], tape: u8) -> Published {
        let mut published = Real::new().publish(&[], tape);
        add(&mut published.releases, &exact(&Real::with_bound(64), history));
        published
    }
}

/// Keys its noise by cell but not by step.
pub struct NoiseReuse;

impl PublisherUnderTest for NoiseReuse {
    fn publish(&self, history: &[CrossingRow], tape: u8) -> Published {
        let mut published = Real::new().publish(&[], tape);
        let mut first: HashMap<(String, String, usize), i64> = HashMap::new();
        for release in &mut published.releases {
            for part in &mut release.parts {
                for (cell, value) in part.values.iter_mut().enumerate() {
                    let key = (release.dataflow.clone(), part.grain.clone(), cell);
                    *value = *first.entry(key).or_insert(*value);
                }
            }
        }
        add(&mut published.releases, &exact(&Real::new(), history));
        published
    }
}

/// Revises every step with the same noise, so that only late events differ.
pub struct LateDifference;

impl PublisherUnderTest for LateDifference {
    fn publish(&self, history: &[CrossingRow], tape: u8) -> Published {
        let mut published = Real::new().publish(history, tape);
        let on_time: Vec<CrossingRow> =
            history.iter().map(|row| CrossingRow { stage: 0, ..row.clone() }).collect();
        let second = Real::new().publish(&on_time, tape).releases;
        let revised = second.into_iter().map(|release| Release { vintage: 1, ..release });
        published.releases.extend(revised);
        published
    }
}

/// Publishes only the cells in which somebody was counted.
pub struct DataDependentKeys;

impl PublisherUnderTest for DataDependentKeys {
    fn publish(&self, history: &[CrossingRow], tape: u8) -> Published {
        let mut published = Real::new().publish(history, tape);
        let counts = exact(&Real::new(), history);
        for (release, counted) in published.releases.iter_mut().zip(&counts) {
            for (part, counted) in release.parts.iter_mut().zip(&counted.parts) {
                let mut counted = counted.values.iter();
                part.values.retain(|_| counted.next().is_some_and(|&count| count != 0));
            }
        }
        published
    }
}

/// Adds noise in floats of four binary digits, so that large counts are rounded.
pub struct FloatRounding;

impl PublisherUnderTest for FloatRounding {
    fn publish(&self, history: &[CrossingRow], tape: u8) -> Published {
        let mut published = Real::new().publish(history, tape);
        let counts = exact(&Real::new(), history);
        change(&mut published.releases, |(number, part, cell), value| {
            let count = counts[number].parts[part].values[cell].unsigned_abs();
            // A count of 16 has five binary digits, so the last one is lost.
            let last = 1 << (64 - count.leading_zeros()).saturating_sub(4);
            value.div_euclid(last) * last
        });
        published
    }
}

/// Sets negative values to zero.
pub struct Clamped;

impl PublisherUnderTest for Clamped {
    fn publish(&self, history: &[CrossingRow], tape: u8) -> Published {
        let mut published = Real::new().publish(history, tape);
        change(&mut published.releases, |_, value| value.max(0));
        published
    }
}

/// Adds half the noise but publishes the whole variance.
pub struct QuietNoise;

impl PublisherUnderTest for QuietNoise {
    fn publish(&self, history: &[CrossingRow], tape: u8) -> Published {
        let mut published = Real::new().publish(&[], tape);
        change(&mut published.releases, |_, noise| noise / 2);
        add(&mut published.releases, &exact(&Real::new(), history));
        published
    }
}
