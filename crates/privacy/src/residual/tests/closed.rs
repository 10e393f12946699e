//! Tables in which codes are closed, checked against the map from each measured value to the
//! estimates.

use super::*;

/// Which of the finest codes are open, from random numbers.
fn some_open(table: &ContingencyTable, closed: &[bool]) -> Vec<Vec<bool>> {
    let mut closed = closed.iter().cycle();
    let codes = table.dimensions().iter().map(|dimension| dimension.codes(dimension.depth()).len());
    codes.map(|codes| closed.by_ref().take(codes).map(|closed| !closed).collect()).collect()
}

/// Whether each finest cell is open.
fn open_cells(table: &ContingencyTable, open: &[Vec<bool>]) -> Vec<bool> {
    let shape = table.shape(&finest(table)).unwrap();
    let is_open = |cell| codes_of(cell, &shape).iter().zip(open).all(|(&code, open)| open[code]);
    (0..shape.iter().product()).map(is_open).collect()
}

/// The estimates of every finest cell by each measured value, with the variance of its noise.
fn map(table: &ContingencyTable) -> Vec<(Vec<BigRational>, BigRational)> {
    let zero = values(table, &vec![0; table.cells(&finest(table)).unwrap()], &[0]);
    let rows = all_rows(table).into_iter().map(|(residual, place, _, weight)| {
        let mut values = zero.clone();
        values.get_mut(&residual).unwrap()[place] = 1;
        (fractions(table, &finest(table), &values), weight.recip())
    });
    rows.collect()
}

fn summed(
    table: &ContingencyTable,
    marginal: &MarginalLevels,
    finest: &[BigRational],
) -> Vec<BigRational> {
    let mut sums = vec![BigRational::zero(); table.cells(marginal).unwrap()];
    for (cell, value) in finest.iter().enumerate() {
        sums[cell_of(table, marginal, cell)] += value;
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn closed_codes_are_left_out(
        table in any_table_apart(36),
        closed in prop::collection::vec(prop::bool::weighted(0.4), 12),
        x in prop::collection::vec(-1000i64..1000, 36),
        disturbance in prop::collection::vec(-1_000_000_000i64..1_000_000_000, 1..200),
        unit in 1u32..5000,
    ) {
        let open = some_open(&table, &closed);
        let cells = open_cells(&table, &open);
        let reading = table.with_open(&open).unwrap();
        let count = |(x, open): (&i64, &bool)| if *open { *x } else { 0 };
        let x: Vec<i64> = x.iter().zip(&cells).map(count).collect();
        let exact = values(&table, &x, &[0]);
        let noisy = values(&table, &x, &disturbance);
        let milli = reading.thousandths(&finest(&table), &noisy, unit).unwrap();
        let fraction = fractions(&reading, &finest(&table), &noisy);
        for (cell, open) in cells.iter().enumerate() {
            prop_assert!(*open || (milli[cell] == 0 && fraction[cell].is_zero()));
        }
        let milli: Vec<BigRational> = milli.into_iter().map(whole).collect();
        for marginal in marginals(&table) {
            for cell in 0..table.cells(&marginal).unwrap() {
                let is_open = (0..cells.len())
                    .any(|finest| cells[finest] && cell_of(&table, &marginal, finest) == cell);
                prop_assert_eq!(reading.is_open(&marginal, cell).unwrap(), is_open);
            }
            let counts: Vec<BigRational> =
                times(&summing(&table, &marginal), &x).into_iter().map(whole).collect();
            prop_assert_eq!(fractions(&reading, &marginal, &exact), counts);
            let sums = summed(&table, &marginal, &fraction);
            prop_assert_eq!(fractions(&reading, &marginal, &noisy), sums);
            let rounded = reading.thousandths(&marginal, &noisy, unit).unwrap();
            let rounded: Vec<BigRational> = rounded.into_iter().map(whole).collect();
            prop_assert_eq!(rounded, summed(&table, &marginal, &milli));
        }
        if cells.iter().all(|open| *open) {
            prop_assert_eq!(&reading, &table);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Of any two cells of any two marginals, read with two sets of open codes.
    #[test]
    fn covariances_with_closed_codes_are_those_of_the_map(
        table in any_table_apart(8),
        closed in prop::collection::vec(prop::bool::weighted(0.4), 8),
        other_closed in prop::collection::vec(prop::bool::weighted(0.4), 8),
    ) {
        let readings = [closed, other_closed]
            .map(|closed| table.with_open(&some_open(&table, &closed)).unwrap());
        let maps = readings.each_ref().map(map);
        let noise = noise(&table);
        for marginal in marginals(&table) {
            for other in marginals(&table) {
                let mut dense = BTreeMap::new();
                for ((own, variance), (others, _)) in maps[0].iter().zip(&maps[1]) {
                    let others = summed(&table, &other, others);
                    for (cell, own) in summed(&table, &marginal, own).into_iter().enumerate() {
                        for (other, others) in others.iter().enumerate() {
                            let sum = dense.entry((cell, other)).or_insert_with(BigRational::zero);
                            *sum += &own * others * variance;
                        }
                    }
                }
                for ((cell, other_cell), dense) in dense {
                    let [own, others] = &readings;
                    let shared = own
                        .shared_coefficients((&marginal, cell), others, (&other, other_cell))
                        .unwrap();
                    let parts = shared.iter().map(|(residual, part)| part * &noise[residual]);
                    let sum = parts.fold(BigRational::zero(), |sum, part| sum + part);
                    prop_assert_eq!(sum, dense);
                }
            }
        }
        let own = &readings[0];
        for marginal in marginals(&table) {
            for cell in 0..table.cells(&marginal).unwrap() {
                let cells = table.cells(&marginal).unwrap();
                let alone: Vec<i64> = (0..cells).map(|place| i64::from(place == cell)).collect();
                let sum = own.sum_variance(&marginal, &alone, &noise).unwrap();
                prop_assert_eq!(sum, own.cell_variance(&marginal, cell, &noise).unwrap());
            }
        }
    }
}
