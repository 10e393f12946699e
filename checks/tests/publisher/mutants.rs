//! Publishers with one flaw each. Each is the real publisher with the smallest change that makes it
//! wrong: on a tape, the releases without any events are the noise, and what a history adds to them
//! is exact, so a mutant can combine noise and counts again in a wrong way.
//!
//! Not here: how they are caught (`laws`).
//!
//! Invariants:
//! 1. A mutant has only its own flaw: in everything else it is the real publisher.

use std::collections::HashMap;

use tidegauge_ledger::Release;

use super::history::Row;
use super::real::Real;
use super::{Published, Publisher};

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

/// What a history adds to the values, without noise.
fn exact(real: &Real, history: &[Row]) -> Vec<Release> {
    let nobody = real.publish(&[], 0).releases;
    let mut somebody = real.publish(history, 0).releases;
    change(&mut somebody, |(number, part, cell), value| {
        value - nobody[number].parts[part].values[cell]
    });
    somebody
}

/// Adds the values of other releases to these.
fn add(to: &mut [Release], other: &[Release]) {
    change(to, |(number, part, cell), value| value + other[number].parts[part].values[cell]);
}

/// Charges and draws noise for one contribution per person, but counts six.
pub struct WrongSensitivity;

impl Publisher for WrongSensitivity {
    fn publish(&self, history: &[Row], tape: u8) -> Published {
        let mut published = Real::with_bound(1).publish(&[], tape);
        add(&mut published.releases, &exact(&Real::new(), history));
        published
    }
}

/// Publishes everything a second time with other noise, but charges once.
pub struct DoubleSpend;

impl Publisher for DoubleSpend {
    fn publish(&self, history: &[Row], tape: u8) -> Published {
        let mut published = Real::new().publish(history, tape);
        let again = Real::new().publish(history, !tape).releases;
        let again = again.into_iter().map(|release| Release { vintage: 1, ..release });
        published.releases.extend(again);
        published
    }
}

/// Bounds a person's contributions in each step, but not in the window.
pub struct CapPerStep;

impl Publisher for CapPerStep {
    fn publish(&self, history: &[Row], tape: u8) -> Published {
        let mut published = Real::new().publish(&[], tape);
        add(&mut published.releases, &exact(&Real::with_bound(64), history));
        published
    }
}

/// Keys its noise by cell but not by step.
pub struct NoiseReuse;

impl Publisher for NoiseReuse {
    fn publish(&self, history: &[Row], tape: u8) -> Published {
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

/// Revises every step with the noise that it had, so that only late events differ.
pub struct LateDifference;

impl Publisher for LateDifference {
    fn publish(&self, history: &[Row], tape: u8) -> Published {
        let mut published = Real::new().publish(history, tape);
        let on_time: Vec<Row> = history.iter().map(|row| Row { stage: 0, ..row.clone() }).collect();
        let revised = Real::new().publish(&on_time, tape).releases;
        let revised = revised.into_iter().map(|release| Release { vintage: 1, ..release });
        published.releases.extend(revised);
        published
    }
}

/// Publishes only the cells in which somebody was counted.
pub struct DataDependentKeys;

impl Publisher for DataDependentKeys {
    fn publish(&self, history: &[Row], tape: u8) -> Published {
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

/// Adds noise in floats of four digits: their last digit grows with the count.
pub struct FloatRounding;

impl Publisher for FloatRounding {
    fn publish(&self, history: &[Row], tape: u8) -> Published {
        let mut published = Real::new().publish(history, tape);
        let counts = exact(&Real::new(), history);
        change(&mut published.releases, |(number, part, cell), value| {
            let count = counts[number].parts[part].values[cell].unsigned_abs();
            // Binary digits: a count of 16 has five, and is even or it is not there.
            let last = 1 << (64 - count.leading_zeros()).saturating_sub(4);
            value.div_euclid(last) * last
        });
        published
    }
}

/// Sets negative values to zero.
pub struct Clamped;

impl Publisher for Clamped {
    fn publish(&self, history: &[Row], tape: u8) -> Published {
        let mut published = Real::new().publish(history, tape);
        change(&mut published.releases, |_, value| value.max(0));
        published
    }
}

/// Draws half the noise and publishes the whole variance.
pub struct QuietNoise;

impl Publisher for QuietNoise {
    fn publish(&self, history: &[Row], tape: u8) -> Published {
        let mut published = Real::new().publish(&[], tape);
        change(&mut published.releases, |_, noise| noise / 2);
        add(&mut published.releases, &exact(&Real::new(), history));
        published
    }
}
