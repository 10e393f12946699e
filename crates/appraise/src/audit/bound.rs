//! A lower bound on rho from published values: how well a test distinguishes histories with a
//! person from histories without.
//!
//! Not here: where the histories come from; this module gets two lists of numbers, one for each
//! kind of history. The proof, and the limits of the bound, are in `bound.proof.md`.
//!
//! Symbols: p is the probability that the test says "with" for a history with the person, q that
//! it says so for a history without, alpha an order of Rényi divergence.
//!
//! Invariants:
//! 1. The threshold is chosen on a quarter of the histories and judged on the others
//!    (`bound::tests::noise_alone_gives_no_bound`).
//! 2. The bound stays below the rho of Gaussian noise, and comes near it
//!    (`bound::tests::the_bound_of_gaussian_noise_lies_below_its_rho`).

/// The largest probability that the bound is above the true rho.
pub(super) const FALSE_ALARM: f64 = 1e-2;
/// Orders at which the divergence is computed: 1 + 2^(n / 4 - 4).
const ORDERS: i32 = 44;
/// The number of halvings to find the end of a confidence interval.
const HALVINGS: u32 = 60;

/// The bound that the histories give with confidence `1 - FALSE_ALARM`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RhoBound {
    /// Any mechanism that satisfies rho-zCDP has at least this rho.
    pub rho: f64,
    /// At least this rho, if the noise is Gaussian.
    pub rho_gaussian: f64,
}

impl RhoBound {
    /// The bound for one person, from the bound for a group of this size: rho-zCDP for one person
    /// is n^2 rho for a group of n (Bun, Steinke 2016, Proposition 1.9).
    pub(super) fn for_one_of(self, size: u32) -> Self {
        let squared = f64::from(size).powi(2);
        Self { rho: self.rho / squared, rho_gaussian: self.rho_gaussian / squared }
    }
}

/// The bound from a statistic that is larger with the person than without.
pub(super) fn lower_bound(with: &[f64], without: &[f64]) -> RhoBound {
    let (train_with, test_with) = with.split_at(with.len() / 4);
    let (train_without, test_without) = without.split_at(without.len() / 4);
    let mean = |statistics: &[f64]| statistics.iter().sum::<f64>() / statistics.len() as f64;
    // Not a number if there is no history to learn from; then none lies above the threshold.
    let threshold = 0.5 * (mean(train_with) + mean(train_without));
    let (p, q) = rates(test_with, test_without, threshold);
    let mu = (quantile(p) - quantile(q)).max(0.0);
    RhoBound { rho: rho_of(p, q), rho_gaussian: mu * mu / 2.0 }
}

/// A lower bound on p and an upper bound on q, each wrong with probability `FALSE_ALARM / 2` at
/// most (Clopper, Pearson).
fn rates(with: &[f64], without: &[f64], threshold: f64) -> (f64, f64) {
    let above = |statistics: &[f64]| statistics.iter().filter(|&&t| t > threshold).count();
    let p = least_probability(above(with), with.len());
    let q = 1.0 - least_probability(without.len() - above(without), without.len());
    (p, q)
}

/// The probability below which `hits` or more in `trials` would be a surprise.
fn least_probability(hits: usize, trials: usize) -> f64 {
    if hits == 0 {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if tail(hits, trials, middle) < 0.5 * FALSE_ALARM {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The probability of `hits` or more in `trials`.
fn tail(hits: usize, trials: usize, p: f64) -> f64 {
    let (log, log_not) = (p.ln(), (1.0 - p).ln());
    let mut ways = 0.0;
    let mut sum = 0.0;
    for n in 0..=trials {
        if n >= hits {
            sum += (ways + n as f64 * log + (trials - n) as f64 * log_not).exp();
        }
        ways += ((trials - n) as f64 / (n + 1) as f64).ln();
    }
    sum
}

/// The least rho whose zCDP allows a test with these probabilities; 0 if p is not above q.
fn rho_of(p: f64, q: f64) -> f64 {
    if p <= q {
        return 0.0;
    }
    let orders = (0..ORDERS).map(|n| 1.0 + 2f64.powf(f64::from(n) / 4.0 - 4.0));
    let at_least = orders.flat_map(|alpha| {
        [divergence(alpha, p, q) / alpha, divergence(alpha, 1.0 - q, 1.0 - p) / alpha]
    });
    at_least.fold(0.0, f64::max)
}

/// The Rényi divergence of order alpha of a coin with probability p from a coin with
/// probability q.
fn divergence(alpha: f64, p: f64, q: f64) -> f64 {
    let term = |p: f64, q: f64| alpha * p.ln() + (1.0 - alpha) * q.ln();
    let (heads, tails) = (term(p, q), term(1.0 - p, 1.0 - q));
    let top = heads.max(tails);
    (top + ((heads - top).exp() + (tails - top).exp()).ln()) / (alpha - 1.0)
}

/// The quantile of the normal distribution, to within 0.0005; results are shown with two digits.
/// Source: Abramowitz and Stegun, 26.2.23.
fn quantile(p: f64) -> f64 {
    let tail = p.min(1.0 - p).max(1e-300);
    let t = (-2.0 * tail.ln()).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let size = t - above / below;
    if p < 0.5 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegauge_simulate::Draw;

    /// Nearly normal numbers around a mean: the sum of twelve uniform draws.
    fn numbers(seed: u64, many: usize, mean: f64) -> Vec<f64> {
        let mut draw = Draw::new(seed);
        let mut uniform = || f64::from(draw.below(1 << 20)) / f64::from(1 << 20) - 0.5;
        (0..many).map(|_| mean + (0..12).map(|_| uniform()).sum::<f64>()).collect()
    }

    #[test]
    fn the_bound_of_gaussian_noise_lies_below_its_rho() {
        for (seed, mu) in [(1, 0.5f64), (2, 1.0), (3, 2.0), (4, 3.0)] {
            let rho = mu * mu / 2.0;
            let bound = lower_bound(&numbers(seed, 8000, mu), &numbers(seed + 100, 8000, 0.0));
            assert!(bound.rho < rho && bound.rho > 0.4 * rho, "{bound:?} {rho}");
            assert!(bound.rho_gaussian < rho && bound.rho_gaussian > 0.6 * rho, "{bound:?} {rho}");
            assert!(bound.rho <= bound.rho_gaussian, "{bound:?}");
        }
    }

    #[test]
    fn noise_alone_gives_no_bound() {
        // If the threshold were judged on the histories that chose it, some would give a bound.
        for seed in 0..40 {
            let bound = lower_bound(&numbers(seed, 60, 0.0), &numbers(seed + 900, 60, 0.0));
            assert_eq!(bound, RhoBound { rho: 0.0, rho_gaussian: 0.0 }, "seed {seed}");
        }
        assert_eq!(lower_bound(&[], &[]).rho, 0.0);
        assert_eq!(lower_bound(&[1.0], &[0.0]).rho, 0.0);
    }

    #[test]
    fn confidence_intervals_are_those_of_clopper_and_pearson() {
        // n hits in n trials: the bound is the n-th root of the probability of a false alarm.
        let all = least_probability(20, 20);
        assert!((all - (0.5 * FALSE_ALARM).powf(0.05)).abs() < 1e-9, "{all}");
        // One hit in n trials: 1 - (1 - p)^n is that probability.
        let one = least_probability(1, 20);
        assert!((1.0 - (1.0 - one).powi(20) - 0.5 * FALSE_ALARM).abs() < 1e-9, "{one}");
        assert!((tail(3, 10, 0.5) - (1.0 - 56.0 / 1024.0)).abs() < 1e-12);
    }

    #[test]
    fn a_test_that_is_never_wrong_needs_a_large_rho() {
        let (few, many) =
            (lower_bound(&[1.0; 40], &[0.0; 40]), lower_bound(&[1.0; 4000], &[0.0; 4000]));
        assert!(few.rho > 0.1 && many.rho > few.rho && many.rho < 20.0, "{few:?} {many:?}");
        for (p, q) in [(0.6, 0.4), (0.9, 0.5), (0.999, 0.001)] {
            // Never above the rho of Gaussian noise with this trade-off.
            let mu = quantile(p) - quantile(q);
            assert!(rho_of(p, q) < mu * mu / 2.0 + 1e-3 && rho_of(p, q) > 0.0);
        }
        assert_eq!(rho_of(0.4, 0.5), 0.0);
    }
}
