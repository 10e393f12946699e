//! Why noise is Gaussian and never Laplace: at the same zCDP charge the discrete Laplace is wider
//! than the discrete Gaussian wherever a real store may charge. Proof: `laplace.proof.md`.
//!
//! Not here: a mechanism. Nothing releases Laplace noise.
//!
//! Symbols: epsilon the rate of the discrete Laplace, P(x) in proportion to exp(-epsilon |x|);
//! q = exp(-epsilon); sigma^2 = 1 / (2 rho) the parameter of the discrete Gaussian.

#![cfg(test)]

/// The largest rho of a window in a real store.
const RHO_MAX: f64 = 2.0;

/// The zCDP cost of a shift by one: `laplace.proof.md`, section 1.
fn cost(epsilon: f64) -> f64 {
    epsilon * (epsilon / 2.0).tanh()
}

/// The rate that costs rho; the cost rises with the rate.
fn rate(rho: f64) -> f64 {
    let (mut low, mut high) = (0.0, 2.0 + 2.0 * rho);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if cost(middle) < rho { low = middle } else { high = middle }
    }
    high
}

fn laplace(rho: f64) -> Vec<f64> {
    masses(|x| -rate(rho) * x)
}

fn gaussian(rho: f64) -> Vec<f64> {
    masses(|x| -rho * x * x)
}

/// Probabilities of |x| = 0, 1, 2, ..., from the logarithm of a weight of x.
fn masses(weight: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut masses = vec![1.0];
    while masses.last().is_some_and(|&last| last > 1e-25) {
        masses.push(2.0 * weight(masses.len() as f64).exp());
    }
    let sum: f64 = masses.iter().rev().sum();
    masses.into_iter().map(|mass| mass / sum).collect()
}

fn variance(masses: &[f64]) -> f64 {
    let squares = masses.iter().enumerate().rev();
    squares.map(|(x, mass)| (x * x) as f64 * mass).sum()
}

/// The smallest m such that |x| <= m in 95 of 100 draws.
fn margin(masses: &[f64]) -> usize {
    let mut sum = 0.0;
    let reaches = |mass: &f64| {
        sum += mass;
        sum >= 0.95
    };
    masses.iter().position(reaches).expect("the masses add up to one")
}

/// The Renyi divergence of order alpha, summed term by term from the definition.
fn divergence(epsilon: f64, shift: i32, alpha: f64) -> f64 {
    let log = |x: i32| -epsilon * f64::from(x.abs());
    let reach = (60.0 / epsilon) as i32 + 10;
    let normal: f64 = (-reach..=reach).map(|x| log(x).exp()).sum();
    let term = |x: i32| (alpha * log(x) + (1.0 - alpha) * log(x - shift)).exp();
    let sum: f64 = (-reach * 4..=reach * 4).map(term).sum();
    (sum / normal).ln() / (alpha - 1.0)
}

#[test]
fn the_cost_is_the_supremum_over_orders() {
    for epsilon in [0.05, 0.3, 1.0, 2.0, 4.0] {
        let mut most = 0.0f64;
        for alpha in [1.0001, 1.01, 1.3, 2.0, 3.0, 8.0] {
            let ratio = divergence(epsilon, 1, alpha) / alpha;
            let sum = ((2.0 * alpha - 1.0) * epsilon / 2.0).cosh() / (epsilon / 2.0).cosh();
            let closed_form = sum.ln() / (alpha - 1.0) / alpha;
            let off = (ratio / closed_form - 1.0).abs();
            assert!(off < 1e-6, "{epsilon} {alpha}: {ratio} {closed_form}");
            assert!(ratio <= cost(epsilon) * (1.0 + 1e-9), "{epsilon} {alpha}");
            most = most.max(ratio);
        }
        assert!(most >= cost(epsilon) * 0.999, "the supremum is approached as alpha falls to 1");
    }
}

/// A single count that moves by k costs at most as much as one with rate k epsilon, and k counts
/// that move by one each cost k times as much: with few contributions Laplace does worse.
#[test]
fn several_contributions_cost_no_less() {
    for (epsilon, shift) in [(0.2, 2), (0.5, 3), (1.0, 2), (1.0, 4)] {
        let bound = cost(epsilon * f64::from(shift));
        for alpha in [1.001, 1.5, 3.0, 6.0] {
            let ratio = divergence(epsilon, shift, alpha) / alpha;
            assert!(ratio <= bound, "{epsilon} {shift} {alpha}: {ratio} over {bound}");
        }
        // As alpha tends to 1 it costs more than k separate counts.
        let separate = f64::from(shift) * cost(epsilon);
        assert!(divergence(epsilon, shift, 1.0001) / 1.0001 > separate);
    }
}

/// Both variances fall as rho rises, so a fine enough sequence of rho leaves no gap.
#[test]
fn laplace_is_wider_wherever_a_real_store_may_charge() {
    let mut rho = 1e-3;
    while rho < RHO_MAX {
        let next = rho * 1.002;
        let (wide, narrow) = (laplace(next.min(RHO_MAX)), gaussian(rho));
        assert!(variance(&wide) > variance(&narrow), "rho from {rho}");
        assert!(margin(&laplace(rho)) >= margin(&narrow), "rho {rho}");
        rho = next;
    }
}

/// Laplace has the smaller variance only above the ceiling of a real store.
#[test]
fn laplace_has_less_variance_only_above_the_ceiling() {
    let (mut low, mut high) = (RHO_MAX, 3.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        let wins = variance(&laplace(middle)) < variance(&gaussian(middle));
        if wins { high = middle } else { low = middle }
    }
    println!("Laplace has the smaller variance from rho {high:.4} on");
    println!(
        "at rho 2: standard deviations {:.4} and {:.4}",
        variance(&laplace(2.0)).sqrt(),
        variance(&gaussian(2.0)).sqrt()
    );
    assert!((2.05..2.30).contains(&high), "{high}");
}
