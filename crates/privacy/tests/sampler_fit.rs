//! Goodness of fit of the discrete Gaussian: against its exact probabilities, and against the
//! sampler of OpenDP. The exact figures are in `vectors/sampler_fit.txt`, written with 50 digits
//! by `vectors/sampler_fit.py`, which shares nothing with the Rust.
//!
//! Every test has a fixed seed, so it always passes or always fails; only the one against OpenDP,
//! whose sampler takes no seed, draws afresh at each run, and may fail once in a million runs.
//!
//! Not here: known answers (`sampler_vectors.rs`). Floats are allowed here, as no draw depends on
//! them.

#![cfg(test)]

use dashu::rational::RBig;
use opendp::traits::samplers::sample_discrete_gaussian;
use tidegauge_privacy::accountant::Variance;
use tidegauge_privacy::entropy::SeededEntropy;
use tidegauge_privacy::sampler::{DiscreteGaussian, VARIANCE_SIXTEENTHS_MAX};

/// The probability with which each test would reject a perfect sampler, over the choice of seed.
const FALSE_ALARM: f64 = 1e-6;
/// The standard normal exceeds this, on either side, with probability `FALSE_ALARM`.
const DEVIATIONS: f64 = 4.892;
const DRAWS: usize = 2_000_000;
/// Variances of noise on a fine grid: sigma is 2^24, a little over 2^32, and 2^40.
const WIDE: [u128; 3] = [1 << 52, (1 << 68) + 7, VARIANCE_SIXTEENTHS_MAX];

/// A run of integers, both ends included, and its exact probability.
struct Bin {
    first: i64,
    last: i64,
    probability: f64,
}

fn rows(kind: &str, sixteenths: u128) -> impl Iterator<Item = [&'static str; 3]> {
    let start = format!("{kind} {sixteenths} ");
    include_str!("vectors/sampler_fit.txt").lines().filter_map(move |line| {
        let mut parts = line.strip_prefix(&start)?.split(' ');
        Some([parts.next()?, parts.next()?, parts.next().unwrap_or_default()])
    })
}

fn cells(sixteenths: u128) -> Vec<Bin> {
    let integer = |text: &str| match text {
        "-inf" => i64::MIN,
        "inf" => i64::MAX,
        digits => digits.parse().unwrap(),
    };
    rows("cell", sixteenths)
        .map(|[first, last, probability]| Bin {
            first: integer(first),
            last: integer(last),
            probability: probability.parse().unwrap(),
        })
        .collect()
}

fn noise(sixteenths: u128) -> DiscreteGaussian {
    DiscreteGaussian::new(Variance::from_sixteenths(sixteenths).unwrap()).unwrap()
}

fn draws(sixteenths: u128, seed: u8, count: usize) -> Vec<i64> {
    let (noise, mut entropy) = (noise(sixteenths), SeededEntropy::new([seed; 32]));
    (0..count).map(|_| noise.sample(&mut entropy)).collect()
}

fn counts(cells: &[Bin], draws: impl IntoIterator<Item = i64>) -> Vec<f64> {
    let mut counts = vec![0.0; cells.len()];
    for draw in draws {
        let cell = cells.partition_point(|cell| cell.last < draw);
        assert!(cells[cell].first <= draw);
        counts[cell] += 1.0;
    }
    counts
}

/// ln Gamma(x) for x > 0: Stirling's series from 20 on (error below 1e-14), the recurrence below.
fn ln_gamma(x: f64) -> f64 {
    if x < 20.0 {
        return ln_gamma(x + 1.0) - x.ln();
    }
    let inverse = 1.0 / x;
    let series = inverse / 12.0 - inverse.powi(3) / 360.0 + inverse.powi(5) / 1260.0;
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series
}

/// The probability that a chi-square of `degrees` exceeds `value`: one minus the lower
/// regularised gamma function by its series, or the upper one by its continued fraction (Lentz).
fn chi_square_tail(degrees: f64, value: f64) -> f64 {
    let (a, x) = (degrees / 2.0, value / 2.0);
    if x <= 0.0 {
        return 1.0;
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-17 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return 1.0 - front * sum;
    }
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (f64::INFINITY, 1.0 / b);
    let mut fraction = d;
    for i in 1..10_000 {
        let i = f64::from(i);
        let a_i = -i * (i - a);
        b += 2.0;
        d = 1.0 / (a_i * d + b);
        c = b + a_i / c;
        fraction *= c * d;
        if (c * d - 1.0).abs() < 1e-15 {
            break;
        }
    }
    front * fraction
}

/// Pearson's test: the probability of a fit as bad as this for draws with exactly these
/// probabilities.
fn fit(cells: &[Bin], draws: &[i64]) -> f64 {
    let total = draws.len() as f64;
    let counts = counts(cells, draws.iter().copied());
    let square = |(cell, count): (&Bin, f64)| {
        let expected = total * cell.probability;
        (count - expected).powi(2) / expected
    };
    chi_square_tail(cells.len() as f64 - 1.0, cells.iter().zip(counts).map(square).sum())
}

/// The test of homogeneity: the probability that two samples of one distribution differ this much.
fn likeness(ours: &[f64], theirs: &[f64]) -> f64 {
    let (ours_total, theirs_total) = (ours.iter().sum::<f64>(), theirs.iter().sum::<f64>());
    let ratio = (theirs_total / ours_total).sqrt();
    let square = |(a, b): (&f64, &f64)| (a * ratio - b / ratio).powi(2) / (a + b);
    chi_square_tail(ours.len() as f64 - 1.0, ours.iter().zip(theirs).map(square).sum())
}

#[test]
fn the_chi_square_tail_is_right() {
    // From tables, and from closed forms: exp(-x/2) for 2 degrees.
    for (degrees, value, tail) in [
        (1.0, 3.841_458_820_694_124, 0.05),
        (10.0, 18.307_038_053_275_146, 0.05),
        (2.0, 2e6_f64.ln(), 1.0 / 2e6_f64.sqrt()),
        (2.0, 0.5, (-0.25_f64).exp()),
        (100.0, 149.449_252_779_031, 0.001),
    ] {
        let got = chi_square_tail(degrees, value);
        assert!((got / tail - 1.0).abs() < 1e-9, "{degrees} {value}: {got} is not {tail}");
    }
}

#[test]
fn draws_follow_the_exact_probabilities() {
    for sixteenths in [1, 4, 16, 40, 1600, 36_864, 40_000, 400_000_000] {
        let p = fit(&cells(sixteenths), &draws(sixteenths, 1, DRAWS));
        assert!(p > FALSE_ALARM, "sigma^2 = {sixteenths}/16: p = {p:e}");
    }
}

#[test]
fn wide_draws_follow_the_exact_probabilities() {
    for sixteenths in WIDE {
        let p = fit(&cells(sixteenths), &draws(sixteenths, 1, DRAWS));
        assert!(p > FALSE_ALARM, "sigma^2 = {sixteenths}/16: p = {p:e}");
    }
}

/// The tests above can fail. 1680/1600 = 1.05 and 1520/1600 = 0.95, and likewise for the others.
#[test]
fn a_variance_five_per_cent_off_is_rejected() {
    let narrow = [(1600, 1680), (1600, 1520), (36_864, 38_707), (36_864, 35_021)];
    let [first, second, last] = WIDE;
    let wide = [(first, first / 20 * 21), (second, second / 20 * 19), (last, last / 20 * 19)];
    for (claimed, drawn) in narrow.into_iter().chain(wide) {
        let p = fit(&cells(claimed), &draws(drawn, 2, DRAWS));
        assert!(p < FALSE_ALARM, "{drawn}/16 passes for {claimed}/16: p = {p:e}");
    }
}

/// Bins are far wider than an integer, so they do not show which integer of a bin is drawn. The
/// remainder after division by a small number does: it is uniform to 100 digits.
#[test]
fn wide_draws_leave_every_remainder_equally_often() {
    let remainders = |divisor: i64| -> Vec<Bin> {
        let probability = 1.0 / divisor as f64;
        (0..divisor).map(|rest| Bin { first: rest, last: rest, probability }).collect()
    };
    for sixteenths in WIDE {
        let drawn = draws(sixteenths, 8, DRAWS);
        for divisor in [256, 1001] {
            let rests: Vec<i64> = drawn.iter().map(|draw| draw.rem_euclid(divisor)).collect();
            let p = fit(&remainders(divisor), &rests);
            assert!(p > FALSE_ALARM, "sigma^2 = {sixteenths}/16, mod {divisor}: p = {p:e}");
        }
        // On a grid that is twice too coarse, half of the remainders never occur.
        let coarse: Vec<i64> = drawn.iter().map(|draw| (draw & !1).rem_euclid(256)).collect();
        assert!(fit(&remainders(256), &coarse) < FALSE_ALARM);
    }
}

/// Faults that leave mean and variance nearly as they are.
#[test]
fn planted_faults_are_rejected() {
    let honest = draws(1600, 3, DRAWS);
    let mut zero_twice = honest.clone();
    zero_twice.extend(honest.iter().filter(|draw| **draw == 0));
    let mut even_only = honest.clone();
    even_only.iter_mut().for_each(|draw| *draw &= !1);
    let tail_cut: Vec<_> = honest.iter().copied().filter(|draw| draw.abs() <= 40).collect();
    let mut lopsided = honest.clone();
    lopsided.iter_mut().step_by(50).for_each(|draw| *draw = draw.abs());
    for (fault, draws) in [
        ("zero twice as often", zero_twice),
        ("odd integers never drawn", even_only),
        ("nothing beyond four sigma", tail_cut),
        ("one sign in a hundred flipped", lopsided),
    ] {
        let p = fit(&cells(1600), &draws);
        assert!(p < FALSE_ALARM, "{fault}: p = {p:e}");
    }
}

/// Mean zero; as many draws above zero as below; the exact variance. Tolerances: each figure is a
/// mean of `DRAWS` independent terms, practically normal, with its standard deviation from the
/// exact moments; at sigma = 1/4 the terms are skewed, so half a deviation more is allowed.
#[test]
fn draws_have_mean_zero_even_signs_and_the_exact_variance() {
    for sixteenths in [1, 4, 16, 40, 1600, 36_864, 400_000_000] {
        let [second, fourth, _] = rows("moments", sixteenths).next().unwrap();
        let (second, fourth): (f64, f64) = (second.parse().unwrap(), fourth.parse().unwrap());
        let drawn = draws(sixteenths, 4, DRAWS);
        let total = DRAWS as f64;
        let within = |what: &str, difference: f64, deviation: f64| {
            let z = difference / (deviation / total.sqrt());
            assert!(z.abs() < DEVIATIONS + 0.5, "sigma^2 = {sixteenths}/16: {what}: z = {z}");
        };
        let mean = drawn.iter().sum::<i64>() as f64 / total;
        within("mean", mean, second.sqrt());
        let squares = drawn.iter().map(|draw| (draw * draw) as f64).sum::<f64>() / total;
        within("variance", squares - second, (fourth - second * second).sqrt());
        let signs = drawn.iter().map(|draw| draw.signum()).sum::<i64>() as f64;
        let nonzero = drawn.iter().filter(|draw| **draw != 0).count() as f64 / total;
        within("signs", signs / total, nonzero.sqrt());
    }
}

/// At a wide variance no table is needed: the mean of z^2 is sigma^2 to 100 digits, and z^4 has
/// mean 3 sigma^4. The bits of z far below sigma (in two's complement: those of |z| are not) must
/// be fair to as many digits.
#[test]
fn wide_draws_have_the_exact_moments_and_fair_bits() {
    for (sixteenths, bits) in WIDE.into_iter().zip([20, 28, 36]) {
        let sigma = (sixteenths as f64 / 16.0).sqrt();
        let drawn = draws(sixteenths, 5, DRAWS);
        let total = DRAWS as f64;
        let squares = drawn.iter().map(|draw| (*draw as f64 / sigma).powi(2)).sum::<f64>() / total;
        assert!((squares - 1.0).abs() < DEVIATIONS * (2.0 / total).sqrt(), "{squares}");
        for bit in 0..bits {
            let set = drawn.iter().filter(|draw| **draw >> bit & 1 == 1).count() as f64;
            let z = (set - total / 2.0) / (total / 4.0).sqrt();
            // At most 36 tests, so each is at a level of 1e-6 / 36.
            assert!(z.abs() < DEVIATIONS + 0.7, "{sixteenths}/16, bit {bit}: z = {z}");
        }
    }
}

/// Ten bins: with only 60,000 draws of OpenDP, more bins would hide a variance 10% off.
fn coarse_cells(sixteenths: u128) -> Vec<Bin> {
    let sigma = (sixteenths as f64 / 16.0).sqrt();
    let mut edges: Vec<i64> = [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0]
        .iter()
        .map(|edge| (edge * sigma).floor() as i64)
        .collect();
    edges.dedup();
    edges.push(i64::MAX);
    let firsts = std::iter::once(i64::MIN).chain(edges.iter().map(|edge| edge.saturating_add(1)));
    let cell = |(first, last): (i64, &i64)| Bin { first, last: *last, probability: 0.0 };
    firsts.zip(&edges).map(cell).collect()
}

#[test]
fn draws_resemble_those_of_opendp() {
    // sigma = 1/2, 5/2 and 50: OpenDP takes sigma, which must be rational.
    for (numerator, denominator) in [(1u64, 2u64), (5, 2), (50, 1)] {
        let squared = |number: u64| u128::from(number) * u128::from(number);
        let sixteenths = 16 * squared(numerator) / squared(denominator);
        let cells = coarse_cells(sixteenths);
        let scale = RBig::from_parts(numerator.into(), denominator.into());
        let theirs = counts(
            &cells,
            (0..60_000).map(|_| {
                let draw = sample_discrete_gaussian(scale.clone()).unwrap();
                i64::try_from(draw).unwrap()
            }),
        );
        let p = likeness(&counts(&cells, draws(sixteenths, 6, DRAWS)), &theirs);
        assert!(p > FALSE_ALARM, "sigma = {numerator}/{denominator}: p = {p:e}");
        let wider = counts(&cells, draws(sixteenths + sixteenths.div_ceil(10), 7, DRAWS));
        assert!(
            likeness(&wider, &theirs) < FALSE_ALARM,
            "the comparison misses a variance 10% off"
        );
    }
}
