//! Residuals, checked against dense matrices, exhaustive searches, many draws and numerical optima.
//!
//! Not here: speed. Matrices are built from the definition of a residual, over the finest cells,
//! and share nothing with the maps along axes; the optimum is searched for over all mechanisms, and
//! shares nothing with the closed form.

mod closed;

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use proptest::prelude::*;
use proptest::strategy::Strategy as Arbitrary;

use super::axis::codes_of;
use super::shares::{SINGLE_MEASUREMENT_LOSS, WantedMarginal, least_loss, shares};
use super::*;
use crate::accountant::{calibrate, charge};
use crate::budget::Rho;
use crate::entropy::SeededEntropy;
use crate::sampler::DiscreteGaussian;
use crate::sensitivity::{once_per_step, once_per_step_and_cell};
use crate::strategy::Strategy;
use crate::strategy::tests::any_strategy;

fn whole(number: impl Into<BigInt>) -> BigRational {
    BigRational::from(number.into())
}

fn flat(codes: usize) -> CodeTree {
    CodeTree::flat(codes).unwrap()
}

fn tree(children: &[&[usize]]) -> CodeTree {
    CodeTree::new(&children.iter().map(|groups| groups.to_vec()).collect::<Vec<_>>()).unwrap()
}

fn table_of(dimensions: Vec<CodeTree>) -> ContingencyTable {
    ContingencyTable::new(dimensions).unwrap()
}

fn finest(table: &ContingencyTable) -> MarginalLevels {
    MarginalLevels(table.dimensions().iter().map(CodeTree::depth).collect())
}

/// All marginals, including those whose residual is zero.
fn marginals(table: &ContingencyTable) -> Vec<MarginalLevels> {
    let mut marginals = vec![vec![]];
    for dimension in table.dimensions() {
        let longer = marginals.iter().flat_map(|start: &Vec<usize>| {
            (0..=dimension.depth()).map(move |level| [&start[..], &[level]].concat())
        });
        marginals = longer.collect();
    }
    let marginals = marginals.into_iter().map(MarginalLevels);
    // A dimension that stands apart has its last level only.
    marginals.filter(|marginal| table.shape(marginal).is_ok()).collect()
}

/// Trees of up to two levels, balanced or not, also with groups of one.
fn any_dimension() -> impl Arbitrary<Value = CodeTree> {
    let groups = prop::collection::vec(1usize..=4, 1..=3);
    prop_oneof![
        (1usize..=4).prop_map(flat),
        groups.prop_map(|groups| CodeTree::new(&[vec![groups.len()], groups]).unwrap()),
    ]
}

/// Tables of at most `cells` cells.
fn any_table(cells: usize) -> impl Arbitrary<Value = ContingencyTable> {
    let tables = prop::collection::vec(any_dimension(), 1..=3).prop_map(table_of);
    tables.prop_filter("small", move |table| table.cells(&finest(table)).unwrap() <= cells)
}

/// The same, in which dimensions may stand apart.
fn any_table_apart(cells: usize) -> impl Arbitrary<Value = ContingencyTable> {
    let apart = prop::collection::vec(prop::bool::weighted(0.3), 3);
    (any_table(cells), apart).prop_map(|(table, apart)| {
        let dimensions = table.dimensions.into_iter().zip(apart);
        table_of(dimensions.map(|(tree, apart)| if apart { tree.apart() } else { tree }).collect())
    })
}

/// For each finest cell, the marginal's cell that contains it.
fn cell_of(table: &ContingencyTable, marginal: &MarginalLevels, cell: usize) -> usize {
    let codes = codes_of(cell, &table.shape(&finest(table)).unwrap());
    let shape = table.shape(marginal).unwrap();
    let axes = table.dimensions().iter().zip(marginal.levels()).zip(codes).zip(shape);
    axes.fold(0, |place, (((dimension, &level), code), length)| {
        place * length + dimension.ancestor(dimension.depth(), code, level)
    })
}

/// The matrix from finest cells to a marginal's.
fn summing(table: &ContingencyTable, marginal: &MarginalLevels) -> Vec<Vec<i64>> {
    let cells = table.cells(&finest(table)).unwrap();
    let mut rows = vec![vec![0; cells]; table.cells(marginal).unwrap()];
    for cell in 0..cells {
        rows[cell_of(table, marginal, cell)][cell] = 1;
    }
    rows
}

/// The entry of (n I - J), group by group, for two codes of a level; of I for codes that stand
/// apart.
fn deviation(dimension: &CodeTree, level: usize, row: usize, column: usize) -> i64 {
    let codes = dimension.codes(level);
    match level {
        0 => 1,
        _ if dimension.is_apart() => i64::from(row == column),
        _ if codes[row].parent != codes[column].parent => 0,
        _ if row == column => codes[row].group as i64 - 1,
        _ => -1,
    }
}

/// M_A over the finest cells.
fn dense(table: &ContingencyTable, residual: &MarginalLevels) -> Vec<Vec<i64>> {
    let shape = table.shape(residual).unwrap();
    let cells = table.cells(&finest(table)).unwrap();
    let entry = |row, cell| {
        let (row, column) = (codes_of(row, &shape), cell_of(table, residual, cell));
        let axes = table.dimensions().iter().zip(residual.levels()).zip(row);
        let entries = axes
            .zip(codes_of(column, &shape))
            .map(|(((dimension, &level), row), column)| deviation(dimension, level, row, column));
        entries.product()
    };
    let rows = 0..table.cells(residual).unwrap();
    rows.map(|row| (0..cells).map(|cell| entry(row, cell)).collect()).collect()
}

fn times(rows: &[Vec<i64>], x: &[i64]) -> Vec<i64> {
    rows.iter().map(|row| row.iter().zip(x).map(|(entry, x)| entry * x).sum()).collect()
}

type Matrix = Vec<Vec<BigRational>>;

fn product(left: &Matrix, right: &Matrix) -> Matrix {
    let column = |row: &Vec<BigRational>, place: usize| {
        let terms = row.iter().zip(right).map(|(entry, other)| entry * &other[place]);
        terms.fold(BigRational::zero(), |sum, term| sum + term)
    };
    let length = right[0].len();
    left.iter().map(|row| (0..length).map(|place| column(row, place)).collect()).collect()
}

/// The inverse by Gauss and Jordan.
fn inverse(matrix: &Matrix) -> Matrix {
    let n = matrix.len();
    let unit = |row: usize| (0..n).map(move |place| whole(i64::from(place == row)));
    let rows = matrix.iter().enumerate();
    let mut system: Matrix =
        rows.map(|(row, entries)| entries.iter().cloned().chain(unit(row)).collect()).collect();
    for pivot in 0..n {
        let row = (pivot..n).find(|&row| !system[row][pivot].is_zero()).expect("full rank");
        system.swap(pivot, row);
        let scale = system[pivot][pivot].clone();
        let row: Vec<BigRational> = system[pivot].iter().map(|entry| entry / &scale).collect();
        for (place, other) in system.iter_mut().enumerate() {
            if place != pivot && !other[pivot].is_zero() {
                let factor = other[pivot].clone();
                other.iter_mut().zip(&row).for_each(|(entry, upper)| *entry -= &factor * upper);
            }
        }
        system[pivot] = row;
    }
    system.into_iter().map(|row| row[n..].to_vec()).collect()
}

/// The weight, one over the variance, of each row of all residuals, and the rows that are measured;
/// residual number i has variance i + 1.
fn all_rows(table: &ContingencyTable) -> Vec<(MarginalLevels, usize, Vec<i64>, BigRational)> {
    let mut all = Vec::new();
    let finest = finest(table);
    for (number, residual) in (1i64..).zip(table.residuals(&[finest]).unwrap()) {
        let multiples = table.multiples(&residual).unwrap();
        for (place, row) in dense(table, &residual).into_iter().enumerate() {
            if multiples[place] > 0 {
                let weight = whole(number * multiples[place] as i64).recip();
                all.push((residual.clone(), place, row, weight));
            }
        }
    }
    all
}

fn noise(table: &ContingencyTable) -> ResidualVariances {
    let residuals = table.residuals(&[finest(table)]).unwrap();
    residuals.into_iter().zip((1i64..).map(whole)).collect()
}

/// The covariance of least squares over all rows: (sum of weight row row')^-1.
fn covariance(table: &ContingencyTable) -> Matrix {
    let n = table.cells(&finest(table)).unwrap();
    let mut normal = vec![vec![BigRational::zero(); n]; n];
    for (_, _, row, weight) in all_rows(table) {
        for s in 0..n {
            for t in 0..n {
                normal[s][t] += &weight * whole(row[s] * row[t]);
            }
        }
    }
    inverse(&normal)
}

/// The values of all residuals, from exact counts of the finest cells, each plus a disturbance.
fn values(table: &ContingencyTable, x: &[i64], disturbance: &[i64]) -> ResidualValues {
    let mut disturbance = disturbance.iter().cycle();
    let residuals = table.residuals(&[finest(table)]).unwrap();
    let residuals = residuals.into_iter().map(|residual| {
        let exact = table.measure_exact(&residual, &times(&summing(table, &residual), x)).unwrap();
        let noisy = exact.into_iter().zip(&mut disturbance).map(|(exact, off)| exact + off);
        let values = noisy.map(i128::from).collect();
        (residual, values)
    });
    residuals.collect()
}

fn fractions(
    table: &ContingencyTable,
    marginal: &MarginalLevels,
    values: &ResidualValues,
) -> Vec<BigRational> {
    let numerators = table.estimate(marginal, values).unwrap();
    let denominators = table.denominators(marginal).unwrap();
    let cells = numerators.into_iter().zip(denominators);
    cells
        .map(|(numerator, denominator)| BigRational::new(numerator.into(), denominator.into()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn residuals_are_the_dense_product(
        table in any_table_apart(36),
        x in prop::collection::vec(-1000i64..1000, 36),
    ) {
        let x = &x[..table.cells(&finest(&table)).unwrap()];
        for residual in marginals(&table) {
            let cells = times(&summing(&table, &residual), x);
            let exact = table.measure_exact(&residual, &cells).unwrap();
            let summed = times(&summing(&table, &residual), x);
            prop_assert_eq!(table.sums(&residual, x).unwrap(), summed);
            prop_assert_eq!(exact, times(&dense(&table, &residual), x));
        }
    }

    #[test]
    fn every_column_costs_the_same(table in any_table_apart(36)) {
        for residual in marginals(&table) {
            let rows = dense(&table, &residual);
            let multiples = table.multiples(&residual).unwrap();
            let norm = whole(table.norm(&residual).unwrap());
            let mut reached = false;
            for cell in 0..rows[0].len() {
                let mut square = BigRational::zero();
                for (row, &multiple) in rows.iter().zip(&multiples) {
                    prop_assert!(multiple > 0 || row.iter().all(|&entry| entry == 0));
                    if multiple > 0 {
                        square += whole(row[cell] * row[cell]) / whole(multiple);
                    }
                }
                prop_assert!(square == norm || square.is_zero());
                reached |= square == norm;
            }
            prop_assert!(reached);
            let kept = table.residuals(std::slice::from_ref(&residual)).unwrap();
            prop_assert_eq!(kept.contains(&residual), !norm.is_zero());
        }
    }

    #[test]
    fn residuals_without_noise_give_back_every_marginal(
        table in any_table_apart(36),
        x in prop::collection::vec(-1000i64..1000, 36),
    ) {
        let x = &x[..table.cells(&finest(&table)).unwrap()];
        let values = values(&table, x, &[0]);
        for marginal in marginals(&table) {
            let counts = times(&summing(&table, &marginal), x);
            let exact: Vec<BigRational> = counts.iter().map(|&count| whole(count)).collect();
            prop_assert_eq!(fractions(&table, &marginal, &values), exact);
            let milli: Vec<i64> = counts.iter().map(|count| count * 1000).collect();
            prop_assert_eq!(table.thousandths(&marginal, &values, 1).unwrap(), milli);
        }
    }

    #[test]
    fn marginals_fit_each_other_exactly(
        table in any_table_apart(36),
        disturbance in prop::collection::vec(-1_000_000_000i64..1_000_000_000, 1..200),
        unit in 1u32..5000,
    ) {
        let finest = finest(&table);
        let n = table.cells(&finest).unwrap();
        let values = values(&table, &vec![0; n], &disturbance);
        let (exact, milli) = (
            fractions(&table, &finest, &values),
            table.thousandths(&finest, &values, unit).unwrap(),
        );
        for marginal in marginals(&table) {
            let cells = table.cells(&marginal).unwrap();
            let (mut sums, mut milli_sums) = (vec![BigRational::zero(); cells], vec![0; cells]);
            for cell in 0..n {
                let place = cell_of(&table, &marginal, cell);
                sums[place] += &exact[cell];
                milli_sums[place] += milli[cell];
            }
            prop_assert_eq!(fractions(&table, &marginal, &values), sums);
            prop_assert_eq!(table.thousandths(&marginal, &values, unit).unwrap(), milli_sums);
        }
    }

    #[test]
    fn a_rounded_figure_is_near_the_exact_one(
        table in any_table_apart(36),
        disturbance in prop::collection::vec(-1_000_000_000i64..1_000_000_000, 1..200),
        unit in 1u32..5000,
    ) {
        let values = values(&table, &vec![0; table.cells(&finest(&table)).unwrap()], &disturbance);
        for marginal in marginals(&table) {
            let split = marginal.levels().iter().filter(|&&level| level > 0).count();
            let most = BigRational::new((1 << split).into(), 2.into());
            let milli = table.thousandths(&marginal, &values, unit).unwrap();
            for (exact, milli) in fractions(&table, &marginal, &values).into_iter().zip(milli) {
                let off = exact * whole(1000) / whole(unit) - whole(milli);
                prop_assert!(off.abs() <= most, "{}", off);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// x = V C'W y, from the normal equations of all rows, compared with the maps along axes.
    #[test]
    fn estimates_are_least_squares(
        table in any_table_apart(12),
        disturbance in prop::collection::vec(-1000i64..1000, 1..60),
    ) {
        let n = table.cells(&finest(&table)).unwrap();
        let values = values(&table, &vec![0; n], &disturbance);
        let mut target = vec![vec![BigRational::zero()]; n];
        for (residual, place, row, weight) in all_rows(&table) {
            let weighted = weight * whole(values[&residual][place]);
            for (sum, entry) in target.iter_mut().zip(row) {
                sum[0] += &weighted * whole(entry);
            }
        }
        let x: Vec<BigRational> = product(&covariance(&table), &target).concat();
        for marginal in marginals(&table) {
            let mut sums = vec![BigRational::zero(); table.cells(&marginal).unwrap()];
            for (cell, x) in x.iter().enumerate() {
                sums[cell_of(&table, &marginal, cell)] += x;
            }
            prop_assert_eq!(fractions(&table, &marginal, &values), sums);
        }
    }

    #[test]
    fn variances_are_those_of_dense_least_squares(
        table in any_table_apart(12),
        coefficients in prop::collection::vec(-3i64..=3, 12),
    ) {
        let (covariance, noise) = (covariance(&table), noise(&table));
        for marginal in marginals(&table) {
            let cells = table.cells(&marginal).unwrap();
            let finer = |coefficients: &[i64]| -> Matrix {
                let coefficient = |cell| coefficients[cell_of(&table, &marginal, cell)];
                (0..covariance.len()).map(|cell| vec![whole(coefficient(cell))]).collect()
            };
            let dense = |coefficients: &[i64]| {
                let a = finer(coefficients);
                let va = product(&covariance, &a);
                let terms = a.iter().zip(&va).map(|(a, va)| &a[0] * &va[0]);
                terms.fold(BigRational::zero(), |sum, term| sum + term)
            };
            let sum = table.sum_variance(&marginal, &coefficients[..cells], &noise).unwrap();
            prop_assert_eq!(sum, dense(&coefficients[..cells]));
            for cell in 0..cells {
                let alone: Vec<i64> = (0..cells).map(|place| i64::from(place == cell)).collect();
                let variance = table.cell_variance(&marginal, cell, &noise).unwrap();
                prop_assert_eq!(&variance, &dense(&alone));
                prop_assert_eq!(table.sum_variance(&marginal, &alone, &noise).unwrap(), variance);
            }
        }
    }

    /// Of any two cells of any two marginals.
    #[test]
    fn covariances_are_those_of_dense_least_squares(table in any_table_apart(8)) {
        let (covariance, noise) = (covariance(&table), noise(&table));
        for marginal in marginals(&table) {
            for other in marginals(&table) {
                let cells = table.cells(&marginal).unwrap();
                for (cell, other_cell) in
                    (0..cells).flat_map(|a| (0..table.cells(&other).unwrap()).map(move |b| (a, b)))
                {
                    let mut dense = BigRational::zero();
                    for (a, row) in covariance.iter().enumerate() {
                        for (b, entry) in row.iter().enumerate() {
                            if cell_of(&table, &marginal, a) == cell
                                && cell_of(&table, &other, b) == other_cell
                            {
                                dense += entry;
                            }
                        }
                    }
                    let (own, others) = ((&marginal, cell), (&other, other_cell));
                    let shared = table.shared_coefficients(own, &table, others);
                    let shared = shared.unwrap().into_iter();
                    let sum = shared.map(|(residual, part)| part * &noise[&residual]);
                    prop_assert_eq!(sum.fold(BigRational::zero(), |sum, part| sum + part), dense);
                }
            }
        }
    }

    /// E_A maps counts to the estimate of the finest cells if only A is measured. In the inner
    /// product that weighs a cell with the reciprocal of its equal part of the total, all E_A are
    /// orthogonal projectors; if groups have one size, this is the ordinary inner product.
    #[test]
    fn residuals_split_the_table_without_overlap(table in any_table(12)) {
        let finest = finest(&table);
        let n = table.cells(&finest).unwrap();
        let residuals = table.residuals(std::slice::from_ref(&finest)).unwrap();
        let zero: ResidualValues = values(&table, &vec![0; n], &[0]);
        let projector = |kept: &MarginalLevels| -> Matrix {
            let rows = dense(&table, kept);
            let columns = (0..n).map(|cell| {
                let mut values = zero.clone();
                let column = rows.iter().map(|row| row[cell].into()).collect();
                values.insert(kept.clone(), column);
                fractions(&table, &finest, &values)
            });
            let columns: Matrix = columns.collect();
            (0..n).map(|row| columns.iter().map(|column| column[row].clone()).collect()).collect()
        };
        let projectors: Vec<Matrix> = residuals.iter().map(projector).collect();
        let part = &projectors[0];
        for (place, one) in projectors.iter().enumerate() {
            for (other_place, other) in projectors.iter().enumerate() {
                let both = product(one, other);
                let nothing = both.iter().flatten().all(BigRational::is_zero);
                let fits = if place == other_place { &both == one } else { nothing };
                prop_assert!(fits);
            }
            for s in 0..n {
                for t in 0..n {
                    prop_assert_eq!(&one[s][t] / &part[s][0], &one[t][s] / &part[t][0]);
                }
            }
        }
        for s in 0..n {
            for t in 0..n {
                let entries = projectors.iter().map(|projector| &projector[s][t]);
                let sum = entries.fold(BigRational::zero(), |sum, entry| sum + entry);
                prop_assert_eq!(sum, whole(i64::from(s == t)));
            }
        }
    }
}

/// The products of a residual's columns, weighted by the noise: h_A K.
fn kernel(table: &ContingencyTable, residual: &MarginalLevels) -> Matrix {
    let rows = dense(table, residual);
    let multiples = table.multiples(residual).unwrap();
    let n = rows[0].len();
    let entry = |a: usize, b: usize| {
        let measured = rows.iter().zip(&multiples).filter(|(_, multiple)| **multiple > 0);
        let terms = measured.map(|(row, &multiple)| whole(row[a] * row[b]) / whole(multiple));
        terms.fold(BigRational::zero(), |sum, term| sum + term)
    };
    (0..n).map(|a| (0..n).map(|b| entry(a, b)).collect()).collect()
}

fn single_steps() -> impl Arbitrary<Value = Strategy> {
    (1u32..=3).prop_map(|steps| Strategy::identity(steps).unwrap())
}

/// All ways to be absent (`n`) or in one of `n` cells at each of `steps` times.
fn paths(n: usize, steps: u32) -> Vec<Vec<usize>> {
    let mut paths = vec![vec![]];
    for _ in 0..steps {
        let longer = paths.iter().flat_map(|start: &Vec<usize>| {
            (0..=n).map(move |place| [&start[..], &[place]].concat())
        });
        paths = longer.collect();
    }
    paths
}

/// The sum over steps s and t of G_st times the product of the movements at s and at t, each a sum
/// of signed cells.
fn worth(strategy: &Strategy, kernel: &Matrix, movements: &[Vec<(usize, i64)>]) -> BigRational {
    let mut sum = BigRational::zero();
    for (s, left) in movements.iter().enumerate() {
        for (t, right) in movements.iter().enumerate() {
            let gram = whole(strategy.gram(s as u32, t as u32));
            for &(a, sign) in left {
                for &(b, other) in right {
                    sum += &gram * whole(sign * other) * &kernel[a][b];
                }
            }
        }
    }
    sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn one_cell_is_the_worst_for_every_residual_at_once(
        table in any_table(6),
        strategy in any_strategy(3),
        window in 1u32..=3,
    ) {
        let n = table.cells(&finest(&table)).unwrap();
        let (steps, levels) = (strategy.steps(), strategy.levels());
        let time_part = once_per_step(steps, levels, window, None).unwrap();
        // The worst steps of one cell, which are the worst for every residual at once.
        let mut worst = vec![(0u128, vec![])];
        for residual in table.residuals(&[finest(&table)]).unwrap() {
            let kernel = kernel(&table, &residual);
            let claimed = whole(table.same_sign_squared(&residual, time_part).unwrap());
            for path in paths(n, strategy.steps()) {
                let chosen = path.iter().filter(|&&cell| cell < n).count();
                if chosen <= window as usize {
                    let movement = |&cell: &usize| if cell < n { vec![(cell, 1)] } else { vec![] };
                    let movements: Vec<_> = path.iter().map(movement).collect();
                    let found = worth(&strategy, &kernel, &movements);
                    prop_assert!(found <= claimed, "{} over {}", found, claimed);
                    if residual.is_total() && path.iter().all(|&cell| cell == 0 || cell == n) {
                        worst.push((found.to_integer().to_u128().unwrap(), path));
                    }
                }
            }
            let (_, steps) = worst.iter().max().unwrap();
            for cell in (0..n).filter(|&cell| !kernel[cell][cell].is_zero()) {
                let movement = |&place: &usize| if place < n { vec![(cell, 1)] } else { vec![] };
                let movements: Vec<_> = steps.iter().map(movement).collect();
                prop_assert_eq!(worth(&strategy, &kernel, &movements), claimed.clone());
            }
        }
    }

    /// Changes of presence, each counted as one in its cell: what stays can cost is what any
    /// contributions of one sign can cost (`balance.proof.md`, 1.1).
    #[test]
    fn stays_in_one_cell_reach_the_turnover(
        table in any_table(3),
        strategy in any_strategy(4),
        window in 1u32..=4,
    ) {
        let n = table.cells(&finest(&table)).unwrap();
        let time_part =
            once_per_step(strategy.steps(), strategy.levels(), window, None).unwrap();
        let stays: Vec<Vec<usize>> = paths(n, strategy.steps() + 1)
            .into_iter()
            .filter(|path| {
                let changes: Vec<_> = path.windows(2).filter(|pair| pair[0] != pair[1]).collect();
                changes.len() <= window as usize && changes.iter().all(|pair| pair.contains(&n))
            })
            .collect();
        for residual in table.residuals(&[finest(&table)]).unwrap() {
            let kernel = kernel(&table, &residual);
            let claimed = whole(table.same_sign_squared(&residual, time_part).unwrap());
            let turnover = |pair: &[usize]| match pair[0] == pair[1] {
                true => vec![],
                false => vec![(pair[0].min(pair[1]), 1)],
            };
            let costs = stays.iter().map(|path| {
                let movements: Vec<_> = path.windows(2).map(turnover).collect();
                worth(&strategy, &kernel, &movements)
            });
            prop_assert_eq!(costs.max().unwrap(), claimed);
        }
    }

    /// Two codes that stand apart, each with two cells: every placement of at most one contribution
    /// in each (step, code).
    #[test]
    fn contributions_apart_never_exceed_the_bound(
        strategy in any_strategy(3),
        window in 1u32..=4,
    ) {
        let table = table_of(vec![flat(2).apart(), flat(2)]);
        let (steps, levels) = (strategy.steps(), strategy.levels());
        let time_part = once_per_step_and_cell(steps, levels, window, None).unwrap();
        for residual in table.residuals(&[finest(&table)]).unwrap() {
            let kernel = kernel(&table, &residual);
            let claimed = whole(table.same_sign_squared(&residual, time_part).unwrap());
            let mut most = BigRational::zero();
            for ways in 0..9usize.pow(steps) {
                let movement = |step: u32| -> Vec<(usize, i64)> {
                    let way = ways / 9usize.pow(step) % 9;
                    let codes = [way % 3, way / 3].into_iter().enumerate();
                    let chosen = codes.filter(|(_, cell)| *cell > 0);
                    chosen.map(|(code, cell)| (2 * code + cell - 1, 1)).collect()
                };
                let movements: Vec<_> = (0..steps).map(movement).collect();
                if movements.iter().map(Vec::len).sum::<usize>() <= window as usize {
                    most = most.max(worth(&strategy, &kernel, &movements));
                }
            }
            prop_assert!(most <= claimed, "{} over {}", most, claimed);
            // More contributions could be spread over more codes than there are here.
            if window <= 2 {
                prop_assert_eq!(most, claimed);
            }
        }
    }

    #[test]
    fn a_move_is_the_difference_of_two_columns(table in any_table_apart(24)) {
        let n = table.cells(&finest(&table)).unwrap();
        for residual in table.residuals(&[finest(&table)]).unwrap() {
            let kernel = kernel(&table, &residual);
            let kernel_at = |a: usize, b: usize| match (a < n, b < n) {
                (true, true) => kernel[a][b].clone(),
                _ => BigRational::zero(),
            };
            let place = |cell: usize| (cell < n).then(|| cell_of(&table, &residual, cell));
            let mut most = BigRational::zero();
            for a in 0..=n {
                for b in 0..=n {
                    let apart =
                        kernel_at(a, a) + kernel_at(b, b) - kernel_at(a, b) - kernel_at(b, a);
                    let claimed = table.move_square(&residual, place(a), place(b)).unwrap();
                    prop_assert_eq!(&claimed, &apart);
                    most = most.max(apart);
                }
            }
            prop_assert_eq!(table.move_square_max(&residual).unwrap(), most);
        }
    }

    #[test]
    fn no_path_of_moves_exceeds_the_bound(
        table in any_table(4),
        strategy in prop_oneof![any_strategy(3), single_steps()],
        changes in 1u32..=3,
    ) {
        let n = table.cells(&finest(&table)).unwrap();
        for residual in table.residuals(&[finest(&table)]).unwrap() {
            let kernel = kernel(&table, &residual);
            let claimed = whole(table.moves_squared(&residual, &strategy, changes).unwrap());
            let mut most = BigRational::zero();
            for path in paths(n, strategy.steps() + 1) {
                let pairs = path.windows(2).map(|pair| (pair[0], pair[1]));
                let changed = pairs.clone().filter(|(before, after)| before != after).count();
                if changed > changes as usize {
                    continue;
                }
                let movement = |(before, after): (usize, usize)| {
                    let signed = [(before, -1), (after, 1)].into_iter();
                    signed.filter(|&(cell, _)| cell < n).collect()
                };
                let movements: Vec<_> = pairs.map(movement).collect();
                most = most.max(worth(&strategy, &kernel, &movements));
            }
            prop_assert!(most <= claimed, "{} over {}", most, claimed);
            if residual.is_total() || strategy.levels().len() == 1 {
                prop_assert_eq!(most.ceil(), claimed);
            }
        }
    }

    #[test]
    fn every_group_of_siblings_costs_the_same(
        table in any_table_apart(36),
        time_part in 1u128..1000,
        denominator in 1u64..1000,
    ) {
        let rho = Rho::parse(&format!("1/{denominator}")).unwrap();
        for residual in table.residuals(&[finest(&table)]).unwrap() {
            let delta2 = table.same_sign_squared(&residual, time_part).unwrap();
            let variance = calibrate(delta2, &rho).unwrap();
            let price = charge(delta2, variance).unwrap();
            prop_assert!(price <= rho);
            let multiples = table.multiples(&residual).unwrap();
            let variances = table.variances(&residual, variance).unwrap();
            for (multiple, variance) in multiples.into_iter().zip(variances) {
                prop_assert_eq!(multiple == 0, variance.is_none());
                if let Some(variance) = variance {
                    let group = delta2 * u128::from(multiple);
                    prop_assert_eq!(charge(group, variance).unwrap(), price.clone());
                }
            }
        }
    }
}

/// As in `estimate.rs`: the mean is off by more than sqrt(2 v ln(2 / p) / R), and the mean square
/// over v by more than 2 sqrt(q / R) + 2 q / R with q = ln(2 / p), with probability below p; twice
/// four statistics share the false-alarm rate of 1e-6. Rounding adds at most two thousandths.
#[test]
fn figures_are_unbiased_with_the_stated_variance() {
    const RUNS: u32 = 20_000;
    let table = table_of(vec![tree(&[&[2], &[3, 2]]), flat(3)]);
    let finest = finest(&table);
    let x: Vec<i64> = (0..15).map(|cell| 40 + 10 * (cell % 4)).collect();
    let exact = values(&table, &x, &[0]);
    let mut noise = ResidualVariances::new();
    let mut samplers = Vec::new();
    for (number, residual) in (1u128..).zip(exact.keys()) {
        let variance = Variance::from_sixteenths(400 + 80 * number).unwrap();
        noise.insert(residual.clone(), BigRational::new(variance.sixteenths().into(), 16.into()));
        let variances = table.variances(residual, variance).unwrap();
        let sampler = |variance: Variance| DiscreteGaussian::new(variance).unwrap();
        samplers.push(variances.into_iter().map(|v| v.map(sampler)).collect::<Vec<_>>());
    }
    let mut entropy = SeededEntropy::new([17; 32]);
    // A total, a marginal's cell, one finest cell, and a sum of finest cells.
    let readings: [(MarginalLevels, Vec<usize>); 4] = [
        (MarginalLevels(vec![0, 0]), vec![0]),
        (MarginalLevels(vec![1, 1]), vec![4]),
        (finest.clone(), vec![7]),
        (finest.clone(), vec![0, 4, 5, 14]),
    ];
    let mut sums = [(0.0, 0.0); 4];
    for _ in 0..RUNS {
        let mut noisy = exact.clone();
        for (values, samplers) in noisy.values_mut().zip(&samplers) {
            for (value, sampler) in values.iter_mut().zip(samplers) {
                *value += sampler.map_or(0, |sampler| i128::from(sampler.sample(&mut entropy)));
            }
        }
        for ((marginal, cells), (sum, squares)) in readings.iter().zip(&mut sums) {
            let milli = table.thousandths(marginal, &noisy, 1).unwrap();
            let counts = times(&summing(&table, marginal), &x);
            let off: i64 = cells.iter().map(|&cell| milli[cell] - 1000 * counts[cell]).sum();
            let off = off as f64 / 1000.0;
            *sum += off;
            *squares += off * off;
        }
    }
    let runs = f64::from(RUNS);
    let q = (2.0 * 8.0 / 1e-6f64).ln();
    for ((marginal, cells), (sum, squares)) in readings.iter().zip(sums) {
        let places = 0..table.cells(marginal).unwrap();
        let coefficients: Vec<i64> = places.map(|cell| i64::from(cells.contains(&cell))).collect();
        let variance =
            table.sum_variance(marginal, &coefficients, &noise).unwrap().to_f64().unwrap();
        assert!((sum / runs).abs() <= (2.0 * variance * q / runs).sqrt() + 0.002);
        let ratio = squares / runs / variance;
        assert!((ratio - 1.0).abs() <= 2.0 * (q / runs).sqrt() + 2.0 * q / runs, "{ratio}");
    }
}

type Floats = Vec<Vec<f64>>;

fn float_product(left: &Floats, right: &Floats) -> Floats {
    let entry =
        |row: &Vec<f64>, place: usize| row.iter().zip(right).map(|(a, b)| a * b[place]).sum();
    left.iter().map(|row| (0..right[0].len()).map(|place| entry(row, place)).collect()).collect()
}

/// Kronecker's product.
fn kronecker(left: &Floats, right: &Floats) -> Floats {
    let rows = left.iter().flat_map(|a| right.iter().map(move |b| (a, b)));
    rows.map(|(a, b)| a.iter().flat_map(|a| b.iter().map(move |b| a * b)).collect()).collect()
}

fn scaled_sum(sum: &mut Floats, scale: f64, matrix: &Floats) {
    for (sum, row) in sum.iter_mut().zip(matrix) {
        sum.iter_mut().zip(row).for_each(|(sum, entry)| *sum += scale * entry);
    }
}

fn zeros(n: usize) -> Floats {
    vec![vec![0.0; n]; n]
}

/// Eigenvalues and eigenvectors (as rows) of a symmetric matrix, by Jacobi's rotations.
fn eigen(mut a: Floats) -> (Vec<f64>, Floats) {
    let n = a.len();
    let mut vectors = zeros(n);
    (0..n).for_each(|place| vectors[place][place] = 1.0);
    for _ in 0..60 {
        let off: f64 =
            (0..n).flat_map(|p| (0..p).map(move |q| (p, q))).map(|(p, q)| a[p][q].powi(2)).sum();
        if off < 1e-24 * (0..n).map(|p| a[p][p].powi(2)).sum::<f64>() {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q] == 0.0 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for row in &mut a {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
                for matrix in [&mut a, &mut vectors] {
                    let (upper, lower) = matrix.split_at_mut(q);
                    for (x, y) in upper[p].iter_mut().zip(&mut lower[0]) {
                        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
                    }
                }
            }
        }
    }
    ((0..n).map(|place| a[place][place]).collect(), vectors)
}

/// The matrix with a function applied to each eigenvalue.
fn mapped(matrix: &Floats, map: impl Fn(f64) -> f64) -> Floats {
    let (values, vectors) = eigen(matrix.clone());
    let most = values.iter().copied().fold(0.0, f64::max);
    let mut sum = zeros(matrix.len());
    for (value, vector) in values.into_iter().zip(&vectors) {
        let value = if value < 1e-13 * most { 0.0 } else { map(value) };
        for (row, a) in sum.iter_mut().zip(vector) {
            row.iter_mut().zip(vector).for_each(|(entry, b)| *entry += value * a * b);
        }
    }
    sum
}

/// sqrt(v) M sqrt(v), with v on a diagonal.
fn framed(matrix: &Floats, v: &[f64]) -> Floats {
    let roots: Vec<f64> = v.iter().map(|v| v.sqrt()).collect();
    let line = |(row, a): (&Vec<f64>, &f64)| -> Vec<f64> {
        row.iter().zip(&roots).map(|(entry, b)| a * entry * b).collect()
    };
    matrix.iter().zip(&roots).map(line).collect()
}

/// The least tr(G X^-1) over all positive X with diagonal at most 1, that is, over all linear
/// mechanisms with Gaussian noise: a lower bound by duality, the value that X reaches, and X^-1.
/// For v > 0 with sum 1, tr((sqrt(v) G sqrt(v))^(1/2))^2 is never above the optimum.
fn optimum(gram: &Floats, rounds: usize) -> (f64, f64, Floats) {
    let n = gram.len();
    let mut v = vec![1.0 / n as f64; n];
    let mut best = (0.0, f64::INFINITY, zeros(n));
    for _ in 0..rounds {
        let root = mapped(&framed(gram, &v), f64::sqrt);
        let trace: f64 = (0..n).map(|place| root[place][place]).sum();
        let most = (0..n).map(|place| root[place][place] / v[place]).fold(0.0, f64::max);
        best.0 = f64::max(best.0, trace * trace);
        if trace * most < best.1 {
            best.1 = trace * most;
            let mut scaled = zeros(n);
            scaled_sum(&mut scaled, most, &framed(&mapped(&root, f64::recip), &v));
            best.2 = scaled;
        }
        if best.1 < best.0 * (1.0 + 1e-7) {
            break;
        }
        v = (0..n).map(|place| root[place][place] / trace).collect();
    }
    best
}

/// S'S of a marginal, over the finest cells.
fn margin_gram(table: &ContingencyTable, marginal: &MarginalLevels) -> Floats {
    let rows = summing(table, marginal);
    let rows: Floats =
        rows.iter().map(|row| row.iter().map(|&entry| entry as f64).collect()).collect();
    let n = rows[0].len();
    let columns: Floats = (0..n).map(|cell| rows.iter().map(|row| row[cell]).collect()).collect();
    float_product(&columns, &rows)
}

/// Every marginal, with irregular weights.
fn uneven(table: &ContingencyTable) -> Vec<WantedMarginal> {
    let numbered = marginals(table).into_iter().enumerate();
    let weight = |number: usize| 0.1 + (number * 7 % 11) as f64;
    numbered.map(|(number, marginal)| WantedMarginal { marginal, weight: weight(number) }).collect()
}

/// Every marginal, all of them counting alike.
fn balanced(table: &ContingencyTable) -> Vec<WantedMarginal> {
    let weight = |marginal: &MarginalLevels| 1.0 / table.cells(marginal).unwrap() as f64;
    let wanted = |marginal| WantedMarginal { weight: weight(&marginal), marginal };
    marginals(table).into_iter().map(wanted).collect()
}

/// The noise of each residual if its share of `rho` is spent on one contribution.
fn shared_noise(
    table: &ContingencyTable,
    shares: &BTreeMap<MarginalLevels, BigRational>,
    rho: BigRational,
) -> ResidualVariances {
    let variance = |(residual, share): (&MarginalLevels, &BigRational)| {
        let norm = whole(table.norm(residual).unwrap());
        (residual.clone(), norm / (whole(2) * share * &rho))
    };
    shares.iter().map(variance).collect()
}

/// The ratio of the closed form to the optimum of all linear mechanisms.
fn one_shot_ratio(table: &ContingencyTable, wanted: &[WantedMarginal]) -> f64 {
    let mut gram = zeros(table.cells(&finest(table)).unwrap());
    for WantedMarginal { marginal, weight } in wanted {
        scaled_sum(&mut gram, *weight, &margin_gram(table, marginal));
    }
    let (below, above, _) = optimum(&gram, 3000);
    assert!(above < below * 1.0001, "the search ended early: {below} {above}");
    let shares = shares(table, wanted, |_, _| SINGLE_MEASUREMENT_LOSS).unwrap();
    let noise = shared_noise(table, &shares, whole(1));
    let mut reached = 0.0;
    for WantedMarginal { marginal, weight } in wanted {
        for cell in 0..table.cells(marginal).unwrap() {
            let variance = table.cell_variance(marginal, cell, &noise).unwrap();
            reached += weight * variance.to_f64().unwrap();
        }
    }
    let closed = least_loss(table, wanted, |_, _| SINGLE_MEASUREMENT_LOSS).unwrap();
    assert!((reached / closed - 1.0).abs() < 1e-6, "{reached} {closed}");
    // X with diagonal 1 costs one half, so at rho 1 variances are half as large.
    reached / (below / 2.0)
}

#[test]
fn shares_reach_the_joint_optimum() {
    let tables = [
        vec![flat(3), flat(2), flat(2)],
        vec![flat(5), flat(3)],
        vec![tree(&[&[2], &[3, 3]]), flat(2)],
        vec![tree(&[&[2], &[1, 1], &[3, 3]])],
    ];
    for dimensions in tables {
        let table = table_of(dimensions);
        let ratio = one_shot_ratio(&table, &uneven(&table));
        assert!((1.0 - 1e-6..1.0002).contains(&ratio), "{ratio}");
    }
}

/// Groups of different sizes are not alike, and one share for a whole level is not the optimum over
/// all mechanisms: checks how far it is from it, first with all marginals counting alike.
#[test]
fn uneven_groups_cost_more_than_the_joint_optimum() {
    let tables = [
        (vec![tree(&[&[2], &[3, 2]]), flat(2)], [1.0112, 1.0142]),
        (vec![tree(&[&[2], &[4, 2]]), flat(2)], [1.0250, 1.0325]),
        (vec![tree(&[&[3], &[4, 2, 1]])], [1.0993, 1.1397]),
        (vec![tree(&[&[4], &[1, 2, 3, 6]])], [1.0875, 1.1300]),
    ];
    for (dimensions, most) in tables {
        let table = table_of(dimensions);
        for (wanted, most) in [balanced(&table), uneven(&table)].iter().zip(most) {
            let ratio = one_shot_ratio(&table, wanted);
            assert!((most - 0.001..most).contains(&ratio), "{ratio}");
        }
    }
}

/// G of sums up to each step, and of blocks of two steps.
fn prefixes(steps: usize) -> Floats {
    (0..steps).map(|s| (0..steps).map(|t| (steps - s.max(t)) as f64).collect()).collect()
}

fn blocks(steps: usize, length: usize) -> Floats {
    let same = |s: usize, t: usize| f64::from(u8::from(s / length == t / length));
    (0..steps).map(|s| (0..steps).map(|t| same(s, t)).collect()).collect()
}

fn trace_of_product(left: &Floats, right: &Floats) -> f64 {
    let product = float_product(left, right);
    (0..product.len()).map(|place| product[place][place]).sum()
}

/// The sum over a marginal's cells of the variance that a residual of unit variance gives.
fn trace(table: &ContingencyTable, residual: &MarginalLevels, marginal: &MarginalLevels) -> f64 {
    let mut noise = noise(table);
    noise.values_mut().for_each(|variance| *variance = BigRational::zero());
    noise.insert(residual.clone(), whole(table.norm(residual).unwrap()));
    let cells = 0..table.cells(marginal).unwrap();
    let variances = cells.map(|cell| table.cell_variance(marginal, cell, &noise).unwrap());
    variances.fold(BigRational::zero(), |sum, variance| sum + variance).to_f64().unwrap()
}

/// Compares the closed form, with each residual's best strategy over time, with the joint optimum
/// over cells and steps.
fn ratio_over_time(
    table: &ContingencyTable,
    wanted: &[WantedMarginal],
    grain: impl Fn(&MarginalLevels) -> Floats,
) -> f64 {
    let steps = grain(&wanted[0].marginal).len();
    let mut gram = zeros(table.cells(&finest(table)).unwrap() * steps);
    for WantedMarginal { marginal, weight } in wanted {
        let both = kronecker(&margin_gram(table, marginal), &grain(marginal));
        scaled_sum(&mut gram, *weight, &both);
    }
    let (below, above, _) = optimum(&gram, 3000);
    assert!(above < below * 1.001, "the search ended early: {below} {above}");
    let strategies = best_over_time(table, wanted, &grain);
    least_loss(table, wanted, losses(&strategies, &grain)).unwrap() / (below / 2.0)
}

/// X^-1 of each residual's best strategy over time, for all marginals that need it.
fn best_over_time(
    table: &ContingencyTable,
    wanted: &[WantedMarginal],
    grain: impl Fn(&MarginalLevels) -> Floats,
) -> BTreeMap<MarginalLevels, Floats> {
    let best = |residual: MarginalLevels| {
        let over_time = over_time(table, wanted, &grain, &residual);
        (residual, optimum(&over_time, 3000).2)
    };
    table.residuals(&[finest(table)]).unwrap().into_iter().map(best).collect()
}

/// The time loss of each strategy, for each marginal's grain.
fn losses(
    strategies: &BTreeMap<MarginalLevels, Floats>,
    grain: impl Fn(&MarginalLevels) -> Floats,
) -> impl Fn(&MarginalLevels, &MarginalLevels) -> f64 {
    move |residual, marginal| {
        SINGLE_MEASUREMENT_LOSS * trace_of_product(&grain(marginal), &strategies[residual])
    }
}

fn detailed(marginal: &MarginalLevels) -> bool {
    marginal.levels().iter().sum::<usize>() > 1
}

#[test]
fn shares_reach_the_joint_optimum_over_time() {
    let table = table_of(vec![flat(3), flat(2)]);
    let wanted = uneven(&table);
    let alike = ratio_over_time(&table, &wanted, |_| prefixes(4));
    assert!((1.0 - 1e-6..1.001).contains(&alike), "{alike}");
    let steps = |marginal: &MarginalLevels| blocks(4, if detailed(marginal) { 2 } else { 1 });
    let split = ratio_over_time(&table, &wanted, steps);
    assert!((1.0 - 1e-6..1.001).contains(&split), "{split}");
}

/// S_A: the weighted sum over marginals of what each wants of a residual over time.
fn over_time(
    table: &ContingencyTable,
    wanted: &[WantedMarginal],
    grain: impl Fn(&MarginalLevels) -> Floats,
    residual: &MarginalLevels,
) -> Floats {
    let mut sum = zeros(grain(residual).len());
    for WantedMarginal { marginal, weight } in wanted {
        if table.below(marginal).unwrap().contains(residual) {
            scaled_sum(&mut sum, weight * trace(table, residual, marginal), &grain(marginal));
        }
    }
    sum
}

/// Whatever the grains, the joint problem separates into one problem for each residual once every
/// step has its price: strategies are chosen separately, and only the prices are common.
#[test]
fn residuals_decouple_over_time_at_common_step_prices() {
    let table = table_of(vec![flat(3), flat(2)]);
    let wanted = uneven(&table);
    let grain =
        |marginal: &MarginalLevels| if detailed(marginal) { blocks(4, 2) } else { prefixes(4) };
    let mut gram = zeros(24);
    for WantedMarginal { marginal, weight } in &wanted {
        let both = kronecker(&margin_gram(&table, marginal), &grain(marginal));
        scaled_sum(&mut gram, *weight, &both);
    }
    let (below, above, _) = optimum(&gram, 3000);
    let residuals = table.residuals(&[finest(&table)]).unwrap();
    let alone: Vec<Floats> =
        residuals.iter().map(|residual| over_time(&table, &wanted, grain, residual)).collect();
    let mut prices = vec![0.25f64; 4];
    let (mut dual, mut reached) = (0.0, f64::INFINITY);
    for _ in 0..500 {
        let mut diagonal = [0.0; 4];
        for alone in &alone {
            let root = mapped(&framed(alone, &prices), f64::sqrt);
            (0..4).for_each(|step| diagonal[step] += root[step][step]);
        }
        let total: f64 = diagonal.iter().sum();
        let most = diagonal.iter().zip(&prices).map(|(d, price)| d / price).fold(0.0, f64::max);
        dual = f64::max(dual, total * total);
        reached = f64::min(reached, total * most);
        prices = diagonal.iter().map(|d| d / total).collect();
    }
    assert!(reached < below * 1.001 && dual > above * 0.999, "{reached} {below} {dual} {above}");
}

/// If residuals' strategies weigh steps differently, each is charged for its own worst step, and
/// the charges add up to a little more than any one step costs.
#[test]
fn sums_to_date_beside_blocks_cost_half_a_percent_more_than_the_joint_optimum() {
    let table = table_of(vec![flat(3), flat(2)]);
    let sums =
        |marginal: &MarginalLevels| if detailed(marginal) { blocks(4, 2) } else { prefixes(4) };
    let mixed = ratio_over_time(&table, &uneven(&table), sums);
    assert!((1.0 - 1e-6..1.006).contains(&mixed), "{mixed}");
}

/// The joint optima over 3 x 2 cells and 8 steps, with all marginals alike, were computed by a
/// search over all mechanisms in another program: 355.6132 with sums to each step of every
/// marginal, and 231.3035 with blocks of four steps of the finest.
#[test]
fn shares_reach_the_joint_optimum_of_another_program() {
    let table = table_of(vec![flat(3), flat(2)]);
    let wanted = |marginal| WantedMarginal { marginal, weight: 1.0 };
    let wanted: Vec<WantedMarginal> = marginals(&table).into_iter().map(wanted).collect();
    let (_, once, _) = optimum(&prefixes(8), 3000);
    let alike = 2.0 * least_loss(&table, &wanted, |_, _| SINGLE_MEASUREMENT_LOSS * once).unwrap();
    assert!((alike / 355.6132 - 1.0).abs() < 1e-5, "{alike}");
    let grain =
        |marginal: &MarginalLevels| if detailed(marginal) { blocks(8, 4) } else { prefixes(8) };
    let strategies = best_over_time(&table, &wanted, grain);
    let mixed = 2.0 * least_loss(&table, &wanted, losses(&strategies, grain)).unwrap();
    assert!((1.0 - 1e-5..1.006).contains(&(mixed / 231.3035)), "{mixed}");
}

/// The root mean square error over all cells of these marginals, if either marginals or cells count
/// alike.
fn error(
    table: &ContingencyTable,
    marginals: &[MarginalLevels],
    rho: BigRational,
    balanced: bool,
) -> f64 {
    let cells = |marginal: &MarginalLevels| table.cells(marginal).unwrap() as f64;
    let weight = |marginal: &MarginalLevels| if balanced { 1.0 / cells(marginal) } else { 1.0 };
    let wanted = |marginal: &MarginalLevels| WantedMarginal {
        marginal: marginal.clone(),
        weight: weight(marginal),
    };
    let wanted: Vec<WantedMarginal> = marginals.iter().map(wanted).collect();
    let noise =
        shared_noise(table, &shares(table, &wanted, |_, _| SINGLE_MEASUREMENT_LOSS).unwrap(), rho);
    // All cells of a marginal have the same variance if nothing is nested.
    let variance = |marginal: &MarginalLevels| {
        table.cell_variance(marginal, 0, &noise).unwrap().to_f64().unwrap()
    };
    let sum: f64 = marginals.iter().map(|marginal| variance(marginal) * cells(marginal)).sum();
    (sum / marginals.iter().map(cells).sum::<f64>()).sqrt()
}

/// All ways to split some of `dimensions` dimensions, `ways` at a time.
fn splits(dimensions: usize, ways: std::ops::RangeInclusive<u32>) -> Vec<MarginalLevels> {
    let sets = (0u32..1 << dimensions).filter(|set| ways.contains(&set.count_ones()));
    sets.map(|set| {
        MarginalLevels((0..dimensions).map(|place| (set >> place & 1) as usize).collect())
    })
    .collect()
}

/// ResidualPlanner's errors (Xiao et al. 2023, arXiv 2305.08175) on the 14 attributes of Adult at
/// its privacy cost 1, which is rho 1/2; its closed form in Python gave the numbers.
#[test]
fn the_errors_of_adult_are_those_of_residual_planner() {
    let codes = [100, 100, 100, 99, 85, 42, 16, 15, 9, 7, 6, 5, 2, 2];
    let table = table_of(codes.into_iter().map(flat).collect());
    let half = || BigRational::new(1.into(), 2.into());
    for (ways, expected) in [(1..=1, 3.047), (2..=2, 6.359), (3..=3, 10.515), (0..=3, 10.665)] {
        let found = error(&table, &splits(14, ways), half(), false);
        assert!((found - expected).abs() < 0.0006, "{found} {expected}");
    }
}

/// A cube of citizenship, region, sex, age, status and border post, at rho 1: 26 marginals, which
/// would have an error of sqrt(13) = 3.606 if measured one by one with equal parts of the budget.
#[test]
fn a_cube_of_six_dimensions_has_the_expected_errors() {
    let table = table_of([200, 40, 2, 18, 8, 120].into_iter().map(flat).collect());
    let mut marginals = splits(6, 0..=2);
    for third in [[0, 1, 2], [0, 1, 3], [0, 2, 3], [0, 1, 4]] {
        marginals.push(MarginalLevels(
            (0..6).map(|place| usize::from(third.contains(&place))).collect(),
        ));
    }
    let (balanced, by_cell) =
        (error(&table, &marginals, whole(1), true), error(&table, &marginals, whole(1), false));
    assert!((balanced - 3.094).abs() < 0.0006 && (by_cell - 1.741).abs() < 0.0006);
}

#[test]
fn sums_beyond_64_bits_are_refused_without_a_count() {
    let table = table_of(vec![flat(3)]);
    let one = table.marginal(&[1]).unwrap();
    let refusal = table.measure_exact(&one, &[i64::MAX, 0, 0]).unwrap_err();
    assert_eq!(refusal.to_string(), "exact residual exceeds 64 bits");
    assert_eq!(table.measure_exact(&one, &[i64::MAX; 3]).unwrap(), [0; 3]);
    let huge = ResidualValues::from([
        (MarginalLevels(vec![0]), vec![i128::MAX]),
        (one.clone(), vec![0; 3]),
    ]);
    assert_eq!(table.estimate(&one, &huge), Err(Error::FractionTooLarge));
    assert_eq!(table.thousandths(&one, &huge, 1), Err(Error::FractionTooLarge));
    let large =
        ResidualValues::from([(MarginalLevels(vec![0]), vec![1 << 60]), (one.clone(), vec![0; 3])]);
    let refusal = Error::EstimateTooLarge { limit: crate::estimate::ESTIMATE_MILLI_MAX };
    assert_eq!(table.thousandths(&one, &large, 1), Err(refusal));
}

#[test]
fn what_does_not_fit_the_table_is_refused() {
    let limit = Error::DimensionsOutOfRange { limit: DIMENSIONS_MAX };
    assert_eq!(ContingencyTable::new(vec![]), Err(limit.clone()));
    assert_eq!(ContingencyTable::new(vec![flat(2); DIMENSIONS_MAX + 1]), Err(limit));
    let small = table_of(vec![flat(3), tree(&[&[2], &[2, 1]])]);
    for levels in [vec![1], vec![2, 0], vec![0, 3], vec![0, 0, 0]] {
        assert_eq!(small.marginal(&levels), Err(Error::MarginalUnknown));
    }
    let all = small.marginal(&[1, 2]).unwrap();
    let miscounted = Error::WrongNumberOfValues { expected: 9 };
    assert_eq!(small.measure_exact(&all, &[0; 8]), Err(miscounted.clone()));
    assert_eq!(small.cell_variance(&all, 9, &noise(&small)), Err(miscounted.clone()));
    assert_eq!(small.sum_variance(&all, &[1; 8], &noise(&small)), Err(miscounted.clone()));
    assert_eq!(small.move_square(&all, None, Some(9)), Err(miscounted));
    assert_eq!(small.estimate(&all, &ResidualValues::new()), Err(Error::ResidualMissing));
    assert_eq!(
        small.cell_variance(&all, 0, &ResidualVariances::new()),
        Err(Error::ResidualMissing)
    );
    let identity = Strategy::identity(3).unwrap();
    let refusal = Error::BoundOutOfRange { limit: crate::sensitivity::BOUND_MAX };
    assert_eq!(small.moves_squared(&all, &identity, 0), Err(refusal));
    let wide = table_of(vec![flat(CODES_MAX); 2]);
    let large = wide.marginal(&[1, 1]).unwrap();
    assert_eq!(wide.cells(&large), Err(Error::MarginalTooLarge { limit: CELLS_MAX }));
    let deep = table_of(vec![tree(&[&[2], &[2, 2], &[2; 4]]); 16]);
    let many = Error::ResidualsTooMany { limit: RESIDUALS_MAX };
    assert_eq!(deep.residuals(&[deep.marginal(&[3; 16]).unwrap()]), Err(many));
    let norms = table_of(vec![flat(CODES_MAX); 5]);
    let refusal = norms.norm(&norms.marginal(&[1; 5]).unwrap());
    assert_eq!(refusal, Err(Error::NormTooLarge));
}
