//! The door: exact sums of complete nodes become measurements. [`draw`] is the only function from
//! a private to a public type.
//!
//! Not here: when the door opens (room `store`), the cost of a measurement (`ledger::price`), how
//! noise is drawn (crate `privacy`).
//!
//! Invariants:
//! 1. Every cell of every complete node draws noise, at every step; the shape of a release does not
//!    depend on data (`tidegauge/tests/same_bytes.rs`).
//! 2. All noise of a step is drawn before any of its exact sums is read
//!    (`tidegauge_privacy::ahead`).
//! 3. Noise comes from a seed in a synthetic store only: a real store cannot have one
//!    (`tests::a_real_store_has_noise_of_the_system`, module `population`).
//! 4. Entropy is made for each release and dropped after it, so that none waits in a process that
//!    is forked or resumed ([`NoiseSource::of`] is called for each).

use std::borrow::Cow;
use std::path::Path;

use tidegauge_ledger::{FORMAT, Measurand, Measurement, Release, Slot};
use tidegauge_model::Period;
use tidegauge_privacy::entropy::{Entropy, OsEntropy, SeededEntropy};
use tidegauge_privacy::sampler::DiscreteGaussian;
use tidegauge_privacy::{DrawnNoise, Variance, measure};

use crate::error::Error;
use crate::population::Population;

/// Where noise comes from.
pub(crate) enum NoiseSource {
    /// A public seed: the same noise every time. Synthetic stores only.
    Seed([u8; 32]),
    /// The operating system.
    System(OsEntropy),
}

impl NoiseSource {
    /// The source of one release of a store.
    pub(crate) fn of(population: &Population) -> Self {
        population.noise_seed().map_or_else(|| Self::System(OsEntropy::new()), Self::Seed)
    }
}

/// Makes every measurement that is complete with a step, or those of one of its later vintages.
/// `slots` lists them; the ledger's audit recomputes the list. All noise is drawn first, then added
/// to what `exact` returns for a slot: a weight, and the exact integers that it multiplies.
/// Guarantee: nothing beyond the charges that pay for the release.
pub(crate) fn draw<'a>(
    dataflow: &str,
    (step, vintage): (Period, u32),
    slots: Vec<Slot>,
    exact: impl Fn(&Slot) -> Option<(u32, Cow<'a, [i64]>)>,
    noise: &mut NoiseSource,
) -> Result<Release, Error> {
    // Without later vintages, tapes were named by the step; that of a first vintage still is.
    let step_name = if vintage == 0 { step.to_string() } else { format!("{step}.v{vintage}") };
    let drawn: Vec<DrawnNoise> = slots
        .iter()
        .map(|slot| draw_ahead(dataflow, &step_name, slot, noise))
        .collect::<Result<_, _>>()?;
    let mut parts = Vec::with_capacity(slots.len());
    for (slot, drawn) in slots.into_iter().zip(drawn) {
        let missing = || {
            Error::corrupt(
                Path::new("release"),
                "slot",
                "measures sums that the state does not have",
            )
        };
        let (weight, exact) = exact(&slot).ok_or_else(missing)?;
        let values = measure(weight.into(), &exact, drawn)?;
        parts.push(Measurement {
            part: slot.part,
            grain: slot.grain,
            period: slot.period,
            weight: slot.weight,
            variance: slot.variance.to_string(),
            values,
        });
    }
    let (dataflow, step) = (dataflow.to_owned(), step.to_string());
    Ok(Release { format: FORMAT, dataflow, step, vintage, parts, blind: None })
}

/// Adds random bytes to a release, so that its digest reveals nothing until the embargo ends. They
/// do not depend on any count.
pub(crate) fn blind(release: Release, noise: &mut NoiseSource) -> Release {
    let mut random = [0; 32];
    match noise {
        NoiseSource::System(entropy) => entropy.fill(&mut random),
        NoiseSource::Seed(seed) => {
            let Release { dataflow, step, vintage, .. } = &release;
            let tape = format!("blind {dataflow} {step} {vintage}");
            random = *blake3::keyed_hash(seed, tape.as_bytes()).as_bytes();
        }
    }
    release.blinded(random)
}

/// The noise of one slot. Sees only the number of cells, never the counts.
fn draw_ahead(
    dataflow: &str,
    step: &str,
    slot: &Slot,
    noise: &mut NoiseSource,
) -> Result<DrawnNoise, Error> {
    let kinds = NoiseKinds::new(slot)?;
    Ok(match noise {
        NoiseSource::System(entropy) => kinds.draw(entropy),
        NoiseSource::Seed(seed) => {
            let Slot { part, grain, period, .. } = slot;
            let tape = format!("{dataflow} {step} {part:?} {grain} {period}");
            let seed = blake3::keyed_hash(seed, tape.as_bytes());
            kinds.draw(&mut SeededEntropy::new(*seed.as_bytes()))
        }
    })
}

/// The distributions from which the noise of a slot's values is drawn.
enum NoiseKinds {
    /// The same distribution for this many cells.
    Alike(DiscreteGaussian, usize),
    /// A few distributions, and for each value the index of its own; `None` where the value is
    /// always 0.
    Apart(Vec<DiscreteGaussian>, Vec<Option<usize>>),
}

impl NoiseKinds {
    fn new(slot: &Slot) -> Result<Self, Error> {
        if let Measurand::Cells(cells) = slot.measurand {
            return Ok(Self::Alike(DiscreteGaussian::new(slot.variance)?, cells));
        }
        let mut variances: Vec<Variance> = Vec::new();
        let mut position = |variance: Variance| match variances.iter().position(|v| *v == variance)
        {
            Some(known) => known,
            None => {
                variances.push(variance);
                variances.len() - 1
            }
        };
        let value_variances = slot.measurand.variances(slot.variance)?.into_iter();
        let positions = value_variances.map(|variance| variance.map(&mut position)).collect();
        let kinds = variances.into_iter().map(DiscreteGaussian::new).collect::<Result<_, _>>()?;
        Ok(Self::Apart(kinds, positions))
    }

    fn draw(&self, entropy: &mut impl Entropy) -> DrawnNoise {
        match self {
            Self::Alike(kind, cells) => DrawnNoise::draw(kind, *cells, entropy),
            Self::Apart(kinds, positions) => {
                let kind = |position: &Option<usize>| position.map(|position| &kinds[position]);
                DrawnNoise::draw_each(&positions.iter().map(kind).collect::<Vec<_>>(), entropy)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_store_has_noise_of_the_system() {
        let source = |population| NoiseSource::of(&population);
        assert!(matches!(source(Population::Real), NoiseSource::System(_)));
        let synthetic = |noise_seed| Population::Synthetic { noise_seed };
        assert!(matches!(source(synthetic(None)), NoiseSource::System(_)));
        assert!(matches!(source(synthetic(Some([7; 32]))), NoiseSource::Seed(_)));
    }
}
