//! The door: exact sums of nodes that are complete become measurements. The only function from
//! a private to a public type, and what is sealed before anybody sees it.
//!
//! Not here: when the door opens (room `store`), what a measurement costs (`ledger::price`),
//! how noise is drawn (crate `privacy`).
//!
//! Invariants:
//! 1. Every cell of every complete node draws, at every step; the shape of what goes out does
//!    not depend on data (`tidegauge/tests/same_bytes.rs`).
//! 2. All noise of a step is drawn before any of its exact sums is looked at
//!    (`tidegauge_privacy::ahead`).
//! 3. A seed makes noise only where the control store holds one, which only a synthetic store
//!    does (`store::control`).

use std::borrow::Cow;
use std::path::Path;

use tidegauge_ledger::{FORMAT, Measurand, Measurement, Release, Slot};
use tidegauge_model::Period;
use tidegauge_privacy::entropy::{Entropy, OsEntropy, SeededEntropy};
use tidegauge_privacy::sampler::DiscreteGaussian;
use tidegauge_privacy::{DrawnNoise, Variance, measure};

use crate::error::Error;

/// Where noise comes from.
pub(crate) enum NoiseSource {
    /// A public seed: the same noise every time. Synthetic stores only.
    Seed([u8; 32]),
    /// The operating system.
    System(OsEntropy),
}

/// Makes every measurement that is complete with a step, or one of its later vintages: `slots`
/// says which, the ledger's audit recomputes it. All noise is drawn first, then added to what
/// `exact` gives for a slot: exact integers and what they are multiplied by.
pub(crate) fn draw<'a>(
    dataflow: &str,
    (step, vintage): (Period, u32),
    slots: Vec<Slot>,
    exact: impl Fn(&Slot) -> Option<(u32, Cow<'a, [i64]>)>,
    noise: &mut NoiseSource,
) -> Result<Release, Error> {
    // The tape of a first vintage is named as it was before there were others.
    let of = if vintage == 0 { step.to_string() } else { format!("{step}.v{vintage}") };
    let ahead = |slot: &Slot| draw_ahead(dataflow, &of, slot, noise);
    let drawn: Vec<DrawnNoise> = slots.iter().map(ahead).collect::<Result<_, _>>()?;
    let mut parts = Vec::with_capacity(slots.len());
    for (slot, drawn) in slots.into_iter().zip(drawn) {
        let missing = || Error::corrupt(Path::new("release"), "slot", "measures what is not kept");
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

/// What an embargo hides a release's digest with: random bytes that depend on nothing counted.
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

/// The noise of one slot. Of what was counted it knows no more than the number of cells.
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

/// The noise of each value of a slot.
enum NoiseKinds {
    /// The same for so many cells.
    Alike(DiscreteGaussian, usize),
    /// Few kinds, and for each value the position of its own; `None` where it is always 0.
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
        let of = slot.measurand.variances(slot.variance)?;
        let of = of.into_iter().map(|variance| variance.map(&mut position)).collect();
        let kinds = variances.into_iter().map(DiscreteGaussian::new).collect::<Result<_, _>>()?;
        Ok(Self::Apart(kinds, of))
    }

    fn draw(&self, entropy: &mut impl Entropy) -> DrawnNoise {
        match self {
            Self::Alike(kind, cells) => DrawnNoise::draw(kind, *cells, entropy),
            Self::Apart(kinds, of) => {
                let kind = |of: &Option<usize>| of.map(|position| &kinds[position]);
                DrawnNoise::draw_each(&of.iter().map(kind).collect::<Vec<_>>(), entropy)
            }
        }
    }
}
