//! The door: exact sums of nodes that are complete become measurements. The only function from
//! a private to a public type, and what is sealed before anybody sees it.
//!
//! Not here: when the door opens (module `store`), what a measurement costs (`ledger::price`),
//! how noise is drawn (crate `privacy`).
//!
//! Invariants:
//! 1. Every cell of every complete node draws, at every step; the shape of what goes out does
//!    not depend on data (`tests/neighbours.rs`).
//! 2. A seed makes noise only where the control store holds one, which only a synthetic store
//!    does (`storage::control`).

use serde::{Deserialize, Serialize};
use tidegauge_fold::Tally;
use tidegauge_ledger::{Entry, Measured, Part, Price, Release};
use tidegauge_ledger::release::{BASE, FORMAT};
use tidegauge_model::Period;
use tidegauge_privacy::entropy::{Entropy, OsEntropy, SeededEntropy};
use tidegauge_privacy::measure::measure;
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

/// One dataflow of one step, as the draw needs it.
pub(crate) struct Complete<'a> {
    /// The dataflow's identifier and position.
    pub id: &'a str,
    pub position: usize,
    /// The step, its number in its window, and the window.
    pub step: Period,
    pub in_window: u32,
    pub window: Period,
    /// What its measurements cost.
    pub prices: &'a [Price],
    /// Exact sums of the open nodes, by level and cell.
    pub sums: &'a [Vec<i64>],
    /// Exact base of the window, where the step begins one.
    pub base: Option<&'a Tally>,
}

impl Complete<'_> {
    /// Draws every measurement that is complete with this step.
    pub(crate) fn measure(&self, noise: &mut Noise) -> Result<Release, Error> {
        let mut parts = Vec::new();
        for price in self.prices {
            match (price.part, self.base) {
                (Part::Base, Some(base)) => {
                    let window = self.window;
                    let exact = base.cells(self.position);
                    let values = self.draw(noise, price, BASE, window, 1, exact)?;
                    parts.push(self.measured(price, BASE, window, 1, values));
                }
                (Part::Base, None) => {}
                (Part::Stream, _) => {
                    for node in price.strategy.completed_at(self.in_window) {
                        let grain = price.grains[node.level];
                        let period = Period::containing(grain, self.step.first());
                        let weight = price.strategy.levels()[node.level].weight;
                        let exact = &self.sums[node.level];
                        let values =
                            self.draw(noise, price, grain.word(), period, weight, exact)?;
                        parts.push(self.measured(price, grain.word(), period, weight, values));
                    }
                }
            }
        }
        Ok(Release {
            format: FORMAT,
            dataflow: self.id.to_owned(),
            step: self.step.to_string(),
            vintage: 0,
            parts,
        })
    }

    fn draw(
        &self,
        noise: &mut Noise,
        price: &Price,
        grain: &str,
        period: Period,
        weight: u32,
        exact: &[i64],
    ) -> Result<Vec<i64>, Error> {
        let gaussian = DiscreteGaussian::new(price.variance)?;
        let draws = match noise {
            Noise::System(entropy) => draw_all(weight, exact, &gaussian, entropy),
            Noise::Seed(seed) => {
                let tape = format!("{} {} {:?} {grain} {period}", self.id, self.step, price.part);
                let seed = blake3::keyed_hash(seed, tape.as_bytes());
                draw_all(weight, exact, &gaussian, &mut SeededEntropy::new(*seed.as_bytes()))
            }
        };
        Ok(draws?)
    }

    fn measured(
        &self,
        price: &Price,
        grain: &str,
        period: Period,
        weight: u32,
        values: Vec<i64>,
    ) -> Measured {
        Measured {
            part: price.part,
            grain: grain.to_owned(),
            period: period.to_string(),
            weight,
            variance: price.variance.to_string(),
            values,
        }
    }
}

fn draw_all(
    weight: u32,
    exact: &[i64],
    gaussian: &DiscreteGaussian,
    entropy: &mut impl Entropy,
) -> Result<Vec<i64>, tidegauge_privacy::Error> {
    measure(weight, exact, gaussian, entropy)
}

/// Zeros for the sums of every level of a dataflow's stream, one for each cell.
pub(crate) fn no_sums(prices: &[Price], cells: usize) -> Vec<Vec<i64>> {
    let stream = prices.iter().find(|price| price.part == Part::Stream);
    let levels = stream.map_or(0, |price| price.strategy.levels().len());
    vec![vec![0; cells]; levels]
}
