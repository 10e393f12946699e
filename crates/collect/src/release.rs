//! The door: exact sums of nodes that are complete become measurements. The only function from
//! a private to a public type, and what is sealed before anybody sees it.
//!
//! Not here: when the door opens (module `store`), what a measurement costs (`ledger::price`),
//! how noise is drawn (crate `privacy`).
//!
//! Invariants:
//! 1. Every cell of every complete node draws, at every step; the shape of what goes out does
//!    not depend on data (`tidegauge/tests/same_bytes.rs`).
//! 2. A seed makes noise only where the control store holds one, which only a synthetic store
//!    does (`storage::control`).

use serde::{Deserialize, Serialize};
use tidegauge_ledger::release::FORMAT;
use tidegauge_ledger::{Entry, Measured, Part, Release, Slot};
use tidegauge_model::Period;
use tidegauge_privacy::entropy::{OsEntropy, SeededEntropy};
use tidegauge_privacy::measure;
use tidegauge_privacy::sampler::DiscreteGaussian;

use crate::error::Error;

/// Where noise comes from.
pub(crate) enum Noise {
    /// A public seed: the same noise every time. Synthetic stores only.
    Seed([u8; 32]),
    /// The operating system.
    System(OsEntropy),
}

/// What is sealed: entries of the ledger and the files that they name.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sealed {
    pub entries: Vec<Entry>,
    pub files: Vec<SealedFile>,
}

/// A file that is about to become public.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SealedFile {
    /// Path in the public directory.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// Exact sums of one dataflow that a release measures.
pub(crate) struct Exact<'a> {
    /// Sums of the open nodes of the stream, by level and cell.
    pub sums: &'a [Vec<i64>],
    /// The base of the window by cell, where the step begins a window.
    pub base: Option<&'a [i64]>,
}

/// Draws every measurement that is complete with a step: `slots` says which, the ledger's audit
/// recomputes it.
pub(crate) fn draw(
    dataflow: &str,
    step: Period,
    slots: Vec<Slot>,
    exact: &Exact<'_>,
    noise: &mut Noise,
) -> Result<Release, Error> {
    let mut parts = Vec::with_capacity(slots.len());
    for slot in slots {
        let exact = match slot.part {
            Part::Base => exact.base.unwrap_or_default(),
            Part::Stream => &exact.sums[slot.node.level],
        };
        let gaussian = DiscreteGaussian::new(slot.variance)?;
        let values = match noise {
            Noise::System(entropy) => measure(slot.weight, exact, &gaussian, entropy)?,
            Noise::Seed(seed) => {
                let Slot { part, grain, period, .. } = &slot;
                let tape = format!("{dataflow} {step} {part:?} {grain} {period}");
                let seed = blake3::keyed_hash(seed, tape.as_bytes());
                let mut entropy = SeededEntropy::new(*seed.as_bytes());
                measure(slot.weight, exact, &gaussian, &mut entropy)?
            }
        };
        parts.push(Measured {
            part: slot.part,
            grain: slot.grain,
            period: slot.period,
            weight: slot.weight,
            variance: slot.variance.to_string(),
            values,
        });
    }
    let (dataflow, step) = (dataflow.to_owned(), step.to_string());
    Ok(Release { format: FORMAT, dataflow, step, vintage: 0, parts })
}
