//! Draws per second on one core: this sampler, OpenDP's, libprio's, in one run, in turns.
//!
//! `cargo bench -p tidegauge-privacy --bench sampler`
//!
//! A round times every contender once. The rate is the median of the rounds, shown beside the best;
//! the ratio is the median of the rounds' own ratios, so that a slow moment of the machine affects
//! all contenders alike. Sigma is 50 and 5000, as for counts, and 2^24 and 2^32, as for sums on a
//! fine grid. All contenders take every sigma: OpenDP and libprio compute in integers of any
//! length. Each gets its entropy as in practice: this sampler from the kernel and, for comparison,
//! from ChaCha20; OpenDP from its own source, which cannot be changed; libprio from ChaCha20.
//!
//! At the end it adds noise drawn ahead to counts, at the smallest variance and at the largest: the
//! time for a cell must be the same, and the ratio 1.
//!
//! Format: sigma, contender, thousands of draws a second (median, best), how many times slower
//! than the first; of adding, thousands of cells a second.
//!
//! Not here: correctness, and any limit on a time. A slow machine is not a fault.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;
use std::time::Instant;

use dashu::rational::RBig;
use opendp::traits::samplers::sample_discrete_gaussian;
use prio::dp::Rational;
use prio::dp::distributions::DiscreteGaussian as PrioGaussian;
use rand::distr::Distribution;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tidegauge_privacy::accountant::Variance;
use tidegauge_privacy::entropy::{OsEntropy, SeededEntropy};
use tidegauge_privacy::sampler::{DiscreteGaussian, VARIANCE_SIXTEENTHS_MAX};
use tidegauge_privacy::{DrawnNoise, measure};

const ROUNDS: usize = 9;

/// A sampler to be timed: its name, the number of draws in a round, and one draw.
struct Contender {
    name: &'static str,
    draws: u32,
    draw: Box<dyn FnMut(u32)>,
}

fn contenders(sigma: u64) -> Vec<Contender> {
    let sixteenths = 16 * u128::from(sigma) * u128::from(sigma);
    let variance = Variance::from_sixteenths(sixteenths).expect("sigma is positive");
    let noise = DiscreteGaussian::new(variance).expect("sigma is below the limit");
    let (mut system, mut seeded) = (OsEntropy::new(), SeededEntropy::new([1; 32]));
    let scale = RBig::from(sigma);
    let deviation = Rational::from_unsigned(sigma, 1).expect("the denominator is not zero");
    let prio = PrioGaussian::new(deviation).expect("the denominator is not zero");
    let mut generator = ChaCha20Rng::from_seed([1; 32]);
    vec![
        Contender {
            name: "tidegauge, kernel",
            draws: 1_000_000,
            draw: Box::new(move |draws| {
                (0..draws).for_each(|_| ignore(noise.sample(&mut system)));
            }),
        },
        Contender {
            name: "tidegauge, chacha20",
            draws: 2_000_000,
            draw: Box::new(move |draws| {
                (0..draws).for_each(|_| ignore(noise.sample(&mut seeded)));
            }),
        },
        Contender {
            name: "opendp 0.16.0",
            draws: 10_000,
            draw: Box::new(move |draws| {
                (0..draws).for_each(|_| ignore(sample_discrete_gaussian(scale.clone())));
            }),
        },
        Contender {
            name: "prio 0.18.1",
            draws: 10_000,
            draw: Box::new(move |draws| {
                (0..draws).for_each(|_| ignore(prio.sample(&mut generator)));
            }),
        },
    ]
}

/// Thousands of cells a second to which noise of this variance is added.
fn adding(sixteenths: u128, exact: &[i64]) -> f64 {
    let variance = Variance::from_sixteenths(sixteenths).expect("the variance is positive");
    let noise = DiscreteGaussian::new(variance).expect("the variance is below the limit");
    let drawn = DrawnNoise::draw(&noise, exact.len(), &mut SeededEntropy::new([2; 32]));
    let start = Instant::now();
    ignore(measure(1 << 20, exact, drawn).expect("the sums are small"));
    exact.len() as f64 / start.elapsed().as_secs_f64() / 1000.0
}

/// Keeps the compiler from optimising a draw away.
fn ignore<T>(draw: T) {
    black_box(draw);
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn main() {
    println!("{:>10}  {:<20} {:>10} {:>10} {:>8}", "sigma", "", "draws/ms", "best", "ratio");
    for sigma in [50, 5000, 1 << 24, 1 << 32] {
        let mut contenders = contenders(sigma);
        let mut rates = vec![Vec::new(); contenders.len()];
        for _ in 0..ROUNDS {
            for (contender, rates) in contenders.iter_mut().zip(&mut rates) {
                let start = Instant::now();
                (contender.draw)(contender.draws);
                rates.push(f64::from(contender.draws) / start.elapsed().as_secs_f64() / 1000.0);
            }
        }
        for (contender, own) in contenders.iter().zip(&rates) {
            let ratios = rates[0].iter().zip(own).map(|(first, own)| first / own).collect();
            let (rate, ratio) = (median(own.clone()), median(ratios));
            let best = own.iter().copied().fold(0.0, f64::max);
            let name = contender.name;
            println!("{sigma:>10}  {name:<20} {rate:>10.1} {best:>10.1} {ratio:>7.2}x");
        }
    }
    compare_adding();
}

/// The rounds are many and short, and the ratio is that of the best: this compares the programs,
/// not the machine's other work.
fn compare_adding() {
    let exact: Vec<i64> = (0..50_000).map(|cell| cell % 1000).collect();
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..20 * ROUNDS {
        for (rates, sixteenths) in rates.iter_mut().zip([1, VARIANCE_SIXTEENTHS_MAX]) {
            rates.push(adding(sixteenths, &exact));
        }
    }
    let best = |rates: &Vec<f64>| rates.iter().copied().fold(0.0, f64::max);
    let first = best(&rates[0]);
    for (sigma, rates) in ["1/4", "2^40"].into_iter().zip(&rates) {
        let (rate, best) = (median(rates.clone()), best(rates));
        let ratio = first / best;
        println!("{sigma:>10}  {:<20} {rate:>10.1} {best:>10.1} {ratio:>7.2}x", "adding");
    }
}
