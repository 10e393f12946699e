//! The solver against closed forms and against another method, on random problems.

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use super::*;

fn uniform(random: &mut ChaCha20Rng) -> f64 {
    (random.next_u32() as f64 + 0.5) / 4_294_967_296.0
}

/// Wishes over measurements, of very different sizes, some of them on few measurements only.
fn problem(seed: u64) -> Vec<Vec<f64>> {
    let mut random = ChaCha20Rng::seed_from_u64(seed);
    let wishes = 1 + (uniform(&mut random) * 30.0) as usize;
    let measurements = 1 + (uniform(&mut random) * 20.0) as usize;
    let row = |random: &mut ChaCha20Rng| {
        let scale = 0.01 + uniform(random) * uniform(random) * 100.0;
        let mut row: Vec<f64> = (0..measurements)
            .map(|_| if uniform(random) < 0.6 { scale * uniform(random) } else { 0.0 })
            .collect();
        row[(uniform(random) * measurements as f64) as usize] = scale;
        row
    };
    (0..wishes).map(|_| row(&mut random)).collect()
}

/// The largest load of a split, by definition: how many times its sum must grow.
fn load(rows: &[Vec<f64>], charges: &[f64]) -> f64 {
    let need = |row: &Vec<f64>| {
        let needs = row.iter().zip(charges).filter(|(need, _)| **need > 0.0);
        needs.map(|(need, charge)| need / charge).sum::<f64>()
    };
    rows.iter().map(need).fold(0.0, f64::max)
}

/// Another method: a barrier for every wish, and Newton's steps in the logarithms of the charges
/// with ever smaller weight of the barrier. Slow and general; it knows nothing of prices.
fn by_barrier(rows: &[Vec<f64>]) -> f64 {
    let used: Vec<usize> =
        (0..rows[0].len()).filter(|&j| rows.iter().any(|row| row[j] > 0.0)).collect();
    let rows: Vec<Vec<f64>> =
        rows.iter().map(|row| used.iter().map(|&j| row[j]).collect()).collect();
    let n = used.len();
    let even = vec![1.0; n];
    let start = 2.0 * load(&rows, &even);
    let mut logs = vec![start.ln(); n];
    // Minimise t sum exp(y) - sum ln(1 - sum a exp(-y)), which is convex in y.
    let value = |logs: &[f64], t: f64| {
        let charges: Vec<f64> = logs.iter().map(|y| y.exp()).collect();
        let mut sum = t * charges.iter().sum::<f64>();
        for row in &rows {
            let slack = 1.0 - row.iter().zip(&charges).map(|(a, c)| a / c).sum::<f64>();
            if slack <= 0.0 {
                return f64::INFINITY;
            }
            sum -= slack.ln();
        }
        sum
    };
    let mut t = 1.0 / start;
    while (rows.len() as f64) / t > 1e-7 * start {
        for _ in 0..60 {
            let charges: Vec<f64> = logs.iter().map(|y| y.exp()).collect();
            let mut gradient: Vec<f64> = charges.iter().map(|c| t * c).collect();
            let mut hessian = vec![vec![0.0; n]; n];
            for j in 0..n {
                hessian[j][j] = t * charges[j];
            }
            for row in &rows {
                let parts: Vec<f64> = row.iter().zip(&charges).map(|(a, c)| a / c).collect();
                let slack = 1.0 - parts.iter().sum::<f64>();
                for j in 0..n {
                    gradient[j] -= parts[j] / slack;
                    hessian[j][j] += parts[j] / slack;
                    for k in 0..n {
                        hessian[j][k] += parts[j] * parts[k] / slack / slack;
                    }
                }
            }
            let step = eliminate(hessian, &gradient);
            let descent: f64 = step.iter().zip(&gradient).map(|(s, g)| s * g).sum();
            if descent < 1e-12 {
                break;
            }
            let (before, mut size) = (value(&logs, t), 1.0);
            loop {
                let moved: Vec<f64> = logs.iter().zip(&step).map(|(y, s)| y - size * s).collect();
                if value(&moved, t) <= before - 0.1 * size * descent || size < 1e-12 {
                    logs = moved;
                    break;
                }
                size /= 2.0;
            }
        }
        t *= 4.0;
    }
    logs.iter().map(|y| y.exp()).sum()
}

/// Solves a positive definite system.
fn eliminate(mut matrix: Vec<Vec<f64>>, right: &[f64]) -> Vec<f64> {
    let n = right.len();
    let mut right = right.to_vec();
    for pivot in 0..n {
        for row in pivot + 1..n {
            let factor = matrix[row][pivot] / matrix[pivot][pivot];
            let (above, below) = matrix.split_at_mut(row);
            for (entry, pivotal) in below[0].iter_mut().zip(&above[pivot]).skip(pivot) {
                *entry -= factor * pivotal;
            }
            right[row] -= factor * right[pivot];
        }
    }
    for pivot in (0..n).rev() {
        let known: f64 = (pivot + 1..n).map(|column| matrix[pivot][column] * right[column]).sum();
        right[pivot] = (right[pivot] - known) / matrix[pivot][pivot];
    }
    right
}

#[test]
fn the_certificate_holds_against_another_method() {
    for seed in 0..50 {
        let rows = problem(seed);
        let solution = solve(&rows).expect("a sound problem");
        assert!((0.0..GAP_MAX).contains(&solution.gap().max(0.0)), "{seed}: {}", solution.gap());
        assert!(load(&rows, &solution.charges) <= 1.0 + 1e-12, "{seed}: every wish is granted");
        let other = by_barrier(&rows);
        assert!(solution.bound <= other * (1.0 + 1e-9), "{seed}: {} {other}", solution.bound);
        assert!(solution.total() <= other * (1.0 + GAP_MAX), "{seed}: {other}");
    }
}

#[test]
fn a_single_wish_has_the_closed_form() {
    let row = [4.0, 0.0, 0.25, 9.0];
    let solution = solve(&[row.to_vec()]).expect("a sound problem");
    // (2 + 0.5 + 3) squared, in proportions of the roots.
    assert!((solution.total() - 30.25).abs() < 1e-12 && solution.gap().abs() < 1e-12);
    for (charge, root) in solution.charges.iter().zip([2.0, 0.0, 0.5, 3.0]) {
        assert!((charge - 5.5 * root).abs() < 1e-12);
    }
}

#[test]
fn separate_wishes_add_up() {
    let rows = vec![vec![3.0, 0.0], vec![0.0, 5.0], vec![1.0, 0.0]];
    let solution = solve(&rows).expect("a sound problem");
    assert!((solution.total() / 8.0 - 1.0).abs() < GAP_MAX, "{}", solution.total());
}

#[test]
fn the_same_problem_has_the_same_answer() {
    let rows = problem(7);
    assert_eq!(solve(&rows), solve(&rows));
    // The powers are squares and square roots, not logarithms.
    assert_eq!(power_of_two_power(3.0, 2), 81.0);
    assert_eq!(power_of_two_power(16.0, -2), 2.0);
}

#[test]
fn what_is_no_problem_has_no_answer() {
    for row in [vec![0.0, 0.0], vec![1.0, f64::NAN], vec![-1.0, 2.0], vec![f64::INFINITY, 1.0]] {
        assert_eq!(solve(&[vec![1.0, 1.0], row]), None);
    }
    assert_eq!(solve(&[]), None);
}

/// Equal wishes for all cells of one marginal of a table: the closed form of `residual.proof.md`,
/// 6.
#[test]
fn equal_wishes_of_one_marginal_have_the_shares_of_residuals() {
    use num_traits::ToPrimitive;
    use tidegauge_privacy::residual::shares::{
        SINGLE_MEASUREMENT_LOSS, WantedMarginal, least_loss, shares,
    };
    use tidegauge_privacy::residual::{CodeTree, ContingencyTable};

    let trees = [3, 4].map(|codes| CodeTree::flat(codes).expect("a dimension"));
    let table = ContingencyTable::new(trees.to_vec()).expect("a table");
    let marginal = table.marginal(&[1, 1]).expect("a marginal");
    let cells = table.cells(&marginal).expect("few");
    // A residual that is charged rho has variance norm / (2 rho).
    let need = |cell: usize| {
        let row = table.cell_coefficients(&marginal, cell).expect("a cell");
        let need = |(residual, coefficient): (_, num_rational::BigRational)| {
            let norm = table.norm(&residual).expect("known") as f64;
            coefficient.to_f64().expect("small") * norm * SINGLE_MEASUREMENT_LOSS
        };
        row.into_iter().map(need).collect::<Vec<f64>>()
    };
    let rows: Vec<Vec<f64>> = (0..cells).map(need).collect();
    let solution = solve(&rows).expect("a sound problem");
    let wanted = [WantedMarginal { marginal: marginal.clone(), weight: 1.0 / cells as f64 }];
    let loss = least_loss(&table, &wanted, |_, _| SINGLE_MEASUREMENT_LOSS).expect("a loss");
    assert!((solution.total() / loss - 1.0).abs() < GAP_MAX, "{} {loss}", solution.total());
    let shares = shares(&table, &wanted, |_, _| SINGLE_MEASUREMENT_LOSS).expect("shares");
    for (charge, share) in solution.charges.iter().zip(shares.values()) {
        let share = share.to_f64().expect("small");
        assert!((charge / solution.total() - share).abs() < 1e-6, "{charge} {share}");
    }
}
