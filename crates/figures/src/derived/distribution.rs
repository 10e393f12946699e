//! Quantiles, shares and survival, computed from figures by band and by age.
//!
//! Not here: the figures themselves (module `answer`), and any person: this is arithmetic on
//! published figures, which anyone can repeat.
//!
//! Cells that are measured separately have independent noise, so a sum of cells has the sum of
//! their variances. Figures of a table share noise ([`Covariances`]). Intervals contain the true
//! value of the counted population 95 times in 100; they allow for the noise only.
//!
//! Invariants:
//! 1. The interval of a quantile contains its true band, that of a share or of a survival the true
//!    value, as often as stated (`derived::distribution::tests::intervals_hold_the_truth`).
//! 2. Without noise, survival of cohorts seen to the end is the counted share, and of cohorts seen
//!    for a while the product of the shares that each age left (Kaplan and Meier, 1958)
//!    (`derived::distribution::tests::what_is_left_is_counted_where_nobody_is_censored`).
//! 3. The same where figures share noise
//!    (`derived::distribution::tests::intervals_hold_the_truth_where_noise_is_shared`).
//! 4. Floating-point arithmetic uses `+ - * /` and square root only.

use tidegauge_privacy::interval::{Estimate, NORMAL_POINT, RateEstimate, rate};

/// A quantile of figures by band: positions of bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quantile {
    /// The first band at which the requested share is reached.
    pub(crate) band: usize,
    /// The first band in the interval.
    pub(crate) low: usize,
    /// The last band in the interval.
    pub(crate) high: usize,
}

/// The covariances of estimates, by their positions: what they add to the variance of a sum. Empty
/// if their noise is independent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Covariances(Vec<(usize, usize, f64)>);

impl Covariances {
    /// Those of `count` estimates.
    ///
    /// Errors: those of `between`, which is asked for each pair once.
    pub(crate) fn of<E>(
        count: usize,
        mut between: impl FnMut(usize, usize) -> Result<f64, E>,
    ) -> Result<Self, E> {
        let mut all = Vec::new();
        for one in 0..count {
            for other in one + 1..count {
                let covariance = between(one, other)?;
                if covariance != 0.0 {
                    all.push((one, other, covariance));
                }
            }
        }
        Ok(Self(all))
    }

    /// What they add to the variance of the sum of the estimates with these weights.
    pub(crate) fn added(&self, weight: impl Fn(usize) -> f64) -> f64 {
        let added = self
            .0
            .iter()
            .map(|&(one, other, covariance)| 2.0 * weight(one) * weight(other) * covariance);
        added.fold(0.0, |sum, part| sum + part)
    }

    /// The covariance of the sum of some estimates with the sum of the others.
    fn with_others(&self, is_own: impl Fn(usize) -> bool) -> f64 {
        let across = self.0.iter().filter(|(one, other, _)| is_own(*one) != is_own(*other));
        across.fold(0.0, |sum, (_, _, covariance)| sum + covariance)
    }
}

/// The sum of independent estimates.
pub(crate) fn sum(estimates: &[Estimate]) -> Estimate {
    let add = |total: Estimate, estimate: &Estimate| Estimate {
        value: total.value + estimate.value,
        variance: total.variance + estimate.variance,
    };
    estimates.iter().fold(Estimate { value: 0.0, variance: 0.0 }, add)
}

/// The band in which the share `q` of the whole (between 0 and 1) is reached.
///
/// The sum up to a band, less `q` times the whole, is a sum of the figures; its true value is
/// negative before the true band and not from there on. So the interval misses the true band
/// only if one figure errs by more than its own interval (Woodruff, 1952): the one at the true band
/// for the lower end, the one before it for the upper.
/// Shape: `None` if the interval of the whole contains zero.
pub(crate) fn quantile(bands: &[Estimate], shared: &Covariances, q: f64) -> Option<Quantile> {
    let excess = |band: usize| {
        let (below, above) = (sum(&bands[..=band]), sum(&bands[band + 1..]));
        let value = below.value * (1.0 - q) - above.value * q;
        let variance = below.variance * (1.0 - q) * (1.0 - q) + above.variance * q * q;
        let variance = variance + shared.added(|other| if other <= band { 1.0 - q } else { -q });
        (value, NORMAL_POINT * variance.max(0.0).sqrt())
    };
    let last = bands.len().checked_sub(1)?;
    let (value, margin) = excess(last);
    if value <= margin {
        return None;
    }
    let band = (0..last).find(|&band| excess(band).0 >= 0.0).unwrap_or(last);
    let reaches = |band: &usize| {
        let (value, margin) = excess(*band);
        value + margin >= 0.0
    };
    let low = (0..last).find(reaches).unwrap_or(last);
    let falls_short = |band: &usize| {
        let (value, margin) = excess(*band);
        value < margin
    };
    let high = (0..last).rev().find(falls_short).map_or(0, |band| band + 1);
    Some(Quantile { band, low: low.min(band), high: high.max(band) })
}

/// The share of some figures in the sum of all, with its interval after Fieller.
/// Shape: `None` if the interval of the whole contains zero.
pub(crate) fn share(
    all: &[Estimate],
    shared: &Covariances,
    is_own: impl Fn(usize) -> bool,
) -> Option<RateEstimate> {
    let sum_of = |own: bool| {
        let chosen = all.iter().enumerate().filter(|(number, _)| is_own(*number) == own);
        sum(&chosen.map(|(_, estimate)| *estimate).collect::<Vec<_>>())
    };
    let (part, rest) = (sum_of(true), sum_of(false));
    let whole = sum(&[part, rest]);
    let whole = Estimate { variance: whole.variance + shared.added(|_| 1.0), ..whole };
    let of_own = |number: usize| if is_own(number) { 1.0 } else { 0.0 };
    let part = Estimate { variance: part.variance + shared.added(of_own), ..part };
    // Part and whole share the noise of the part, and what the part shares with the rest.
    rate(part, whole, part.variance + shared.with_others(is_own))
}

/// A cohort so far: how many began, and how many of them ended at each age.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cohort {
    /// Those who began.
    pub(crate) began: Estimate,
    /// Those who ended, by age; as many ages as have passed.
    pub(crate) ended: Vec<Estimate>,
    /// The covariances of these figures: those who began at position 0, those who ended at age a
    /// at position a + 1.
    pub(crate) shared: Covariances,
}

impl Cohort {
    /// Those left after the first `ages` known ages: they began and have not ended.
    pub(crate) fn left_after(&self, ages: usize) -> Estimate {
        let ended = sum(&self.ended[..ages]);
        let factor = |figure: usize| match figure {
            0 => 1.0,
            figure if figure <= ages => -1.0,
            _ => 0.0,
        };
        Estimate {
            value: self.began.value - ended.value,
            variance: self.began.variance + ended.variance + self.shared.added(factor),
        }
    }
}

/// The share that is left after each age, over cohorts that are each known up to some age and are
/// censored after it. The intervals use the gradient of the product in every figure that it is
/// computed from, and the covariances of the figures of one cohort. Those of different cohorts must
/// have independent noise, which they have under the strategy `identity`.
/// Shape: ages from 0 on, up to the first at which the interval of those seen contains zero, or all
/// of those seen may have ended.
pub(crate) fn survival(cohorts: &[Cohort]) -> Vec<RateEstimate> {
    let ages = cohorts.iter().map(|cohort| cohort.ended.len()).max().unwrap_or(0);
    let mut left = 1.0;
    // d log(left) / d seen and d log(left) / d ended, by age.
    let (mut by_seen, mut by_ended) = (Vec::new(), Vec::new());
    let mut curve = Vec::new();
    for age in 0..ages {
        let known = cohorts.iter().filter(|cohort| cohort.ended.len() > age);
        let known: Vec<&Cohort> = known.collect();
        let left_after = |ages: usize| -> Vec<Estimate> {
            known.iter().map(|cohort| cohort.left_after(ages)).collect()
        };
        let (seen, remain) = (sum(&left_after(age)), sum(&left_after(age + 1)));
        if seen.value <= seen.margin() || remain.value <= remain.margin() {
            break;
        }
        left *= remain.value / seen.value;
        by_seen.push(1.0 / remain.value - 1.0 / seen.value);
        by_ended.push(-1.0 / remain.value);
        let variance = log_variance(cohorts, &by_seen, &by_ended);
        let margin = NORMAL_POINT * left * variance.max(0.0).sqrt();
        curve.push(RateEstimate { value: left, low: left - margin, high: left + margin });
    }
    curve
}

/// The variance of the logarithm of the share that is left, to first order.
fn log_variance(cohorts: &[Cohort], by_seen: &[f64], by_ended: &[f64]) -> f64 {
    let mut variance = 0.0;
    for cohort in cohorts {
        let known = cohort.ended.len().min(by_seen.len());
        // Persons who ended at an age are not seen at later ages.
        let (mut later, mut gradients) = (0.0, vec![0.0; known + 1]);
        for age in (0..known).rev() {
            let gradient: f64 = by_ended[age] - later;
            variance += gradient * gradient * cohort.ended[age].variance;
            gradients[age + 1] = gradient;
            later += by_seen[age];
        }
        gradients[0] = later;
        variance += later * later * cohort.began.variance;
        variance += cohort.shared.added(|figure| gradients.get(figure).copied().unwrap_or(0.0));
    }
    variance
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegauge_privacy::Variance;
    use tidegauge_privacy::entropy::SeededEntropy;
    use tidegauge_privacy::sampler::DiscreteGaussian;

    /// An upper bound on the sum of the false alarms of this file.
    const FALSE_ALARM: f64 = 1e-6;
    /// The number of checks that share it.
    const CHECKS: f64 = 7.0;
    const RUNS: u32 = 20_000;
    const SIGMA2: f64 = 100.0;

    fn exact(counts: &[u32]) -> Vec<Estimate> {
        counts.iter().map(|&n| Estimate { value: n.into(), variance: 0.0 }).collect()
    }

    #[test]
    fn a_quantile_without_noise_is_the_band_it_lies_in() {
        let bands = exact(&[10, 30, 40, 20]);
        let none = Covariances::default();
        let band_of = |q: f64| quantile(&bands, &none, q).expect("a whole").band;
        assert_eq!([0.1, 0.25, 0.5, 0.75, 0.95].map(band_of), [0, 1, 2, 2, 3]);
        assert_eq!(quantile(&exact(&[0, 0]), &none, 0.5), None);
        assert_eq!(quantile(&[], &none, 0.5), None);
    }

    #[test]
    fn what_is_left_is_counted_where_nobody_is_censored() {
        let cohort = |began: u32, ended: &[u32]| {
            let (began, ended) = (exact(&[began])[0], exact(ended));
            Cohort { began, ended, shared: Covariances::default() }
        };
        let whole = survival(&[cohort(100, &[10, 20, 5]), cohort(60, &[0, 30, 10])]);
        let left: Vec<f64> = whole.iter().map(|rate| rate.value).collect();
        for (left, counted) in left.iter().zip([150.0 / 160.0, 100.0 / 160.0, 85.0 / 160.0]) {
            assert!((left - counted).abs() < 1e-12);
        }
        // The second cohort is known at its first age only.
        let censored = survival(&[cohort(100, &[10, 20]), cohort(60, &[0])]);
        assert!((censored[1].value - 150.0 / 160.0 * (70.0 / 90.0)).abs() < 1e-12);
        assert_eq!(cohort(100, &[10, 20, 5]).left_after(3).value, 65.0);
        assert!(survival(&[cohort(0, &[0])]).is_empty());
    }

    /// Over R runs the share of correct intervals is off by more than sqrt(ln(2 / p) / (2 R)) with
    /// probability below p (Hoeffding); another half of a hundredth allows for the lattice of the
    /// noise and for the first order of survival.
    fn off() -> f64 {
        ((2.0 * CHECKS / FALSE_ALARM).ln() / (2.0 * f64::from(RUNS))).sqrt() + 0.005
    }

    #[test]
    fn intervals_hold_the_truth() {
        let noise = Variance::from_sixteenths(16 * SIGMA2 as u128).expect("on the grid");
        let noise = DiscreteGaussian::new(noise).expect("in range");
        let mut entropy = SeededEntropy::new([7; 32]);
        let mut noisy = |count: u32| Estimate {
            value: (i64::from(count) + noise.sample(&mut entropy)) as f64,
            variance: SIGMA2,
        };
        let truth = [300u32, 260, 410, 90, 30];
        let (mut quantiles, mut shares, mut lefts) = (0, 0, 0);
        // 560 of 1090 lie in the first two bands.
        for _ in 0..RUNS {
            let bands: Vec<Estimate> = truth.iter().map(|&n| noisy(n)).collect();
            let none = Covariances::default();
            let found = quantile(&bands, &none, 0.5).expect("a whole");
            quantiles += u32::from((found.low..=found.high).contains(&1));
            let found = share(&bands, &none, |band| band < 2).expect("a whole");
            shares += u32::from((found.low..=found.high).contains(&(560.0 / 1090.0)));
            let mut cohort = |began: u32, ended: &[u32]| Cohort {
                began: noisy(began),
                ended: ended.iter().map(|&n| noisy(n)).collect(),
                shared: Covariances::default(),
            };
            let cohorts = [cohort(1000, &[100, 200, 300]), cohort(800, &[200, 100])];
            let curve = survival(&cohorts);
            let meant = 1500.0 / 1800.0 * (1200.0 / 1500.0) * (400.0 / 700.0);
            lefts += u32::from((curve[2].low..=curve[2].high).contains(&meant));
        }
        let off = off();
        let share_of_runs = |correct: u32| f64::from(correct) / f64::from(RUNS);
        let of_quantiles = share_of_runs(quantiles);
        assert!(of_quantiles >= 0.95 - off, "{of_quantiles}");
        for correct in [shares, lefts].map(share_of_runs) {
            assert!((correct - 0.95).abs() <= off, "{correct}");
        }
    }
    /// Figures with common noise, that of a table of one dimension without a total of its own: the
    /// mean of n independent draws, of the total's variance, and deviations from it.
    #[test]
    fn intervals_hold_the_truth_where_noise_is_shared() {
        let noise = Variance::from_sixteenths(16 * SIGMA2 as u128).expect("on the grid");
        let noise = DiscreteGaussian::new(noise).expect("in range");
        let mut entropy = SeededEntropy::new([8; 32]);
        let mut draw = || noise.sample(&mut entropy) as f64;
        let truth = [300u32, 260, 410, 90, 30];
        // Every figure has half of a common draw and one of its own.
        let shared = Covariances::of(5, |_, _| Ok::<f64, ()>(SIGMA2 / 4.0)).expect("given");
        let in_cohort = Covariances::of(3, |_, _| Ok::<f64, ()>(SIGMA2 / 4.0)).expect("given");
        let (mut quantiles, mut shares, mut parts, mut lefts) = (0, 0, 0, 0);
        for _ in 0..RUNS {
            let common = draw() / 2.0;
            let bands = truth.map(|n| Estimate {
                value: f64::from(n) + common + draw(),
                variance: SIGMA2 * 1.25,
            });
            let found = quantile(&bands, &shared, 0.5).expect("a whole");
            quantiles += u32::from((found.low..=found.high).contains(&1));
            let found = share(&bands, &shared, |band| band > 0).expect("a whole");
            shares += u32::from((found.low..=found.high).contains(&(790.0 / 1090.0)));
            let [began, first, second] = [1000.0, 100.0, 200.0]
                .map(|n| Estimate { value: n + common + draw(), variance: SIGMA2 * 1.25 });
            let (ended, shared) = (vec![first, second], in_cohort.clone());
            let cohort = Cohort { began, ended, shared };
            let found = survival(std::slice::from_ref(&cohort))[1];
            parts += u32::from((found.low..=found.high).contains(&0.7));
            let found = cohort.left_after(2);
            lefts += u32::from((found.value - 700.0).abs() <= found.margin());
        }
        let off = off();
        let share_of_runs = |correct: u32| f64::from(correct) / f64::from(RUNS);
        assert!(share_of_runs(quantiles) >= 0.95 - off);
        for correct in [shares, parts, lefts].map(share_of_runs) {
            assert!((correct - 0.95).abs() <= off, "{correct}");
        }
    }
}
