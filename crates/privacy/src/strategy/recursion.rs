//! Recursions: strategies whose matrix C is lower triangular and square, and each of whose rows
//! follows from a few numbers of state. They measure each step and cell once; encoding and decoding
//! go step by step, and figures are never revised. The strategies `blt` and `calendar_blt` are
//! recursions.
//!
//! Everything is an integer. A count enters multiplied by its step's `scale`. A state consists of
//! the buffers, each of which decays by its own factor, and of a running sum for each level, which
//! is reset to zero after the end of each of the level's nodes:
//! ```text
//! a_t   = scale_t x_t
//! y_t   = a_t + floor(gains_t . s_t / 2^24)             noise is added to this integer
//! s_i   = floor(decay_i s_i / 2^24) + a_t               buffers
//! s_l   = s_l + a_t, then 0 if a node of l ends here    running sums
//! ```
//! From y only, anyone can run the same recursion and get back a_t = y_t - floor(...), bit for bit.
//! Decoding a noisy y gives a_t with noise; dividing by the scale gives counts.
//!
//! | symbol | here | unit |
//! |---|---|---|
//! | scale_t | `RecursionRow::scale` | grid units a count; 2^30 is one |
//! | K_t | `RecursionRow::gains` | 2^-24 |
//! | q_t | `RecursionRow::precision` | 2^-16: the noise of step t has variance sigma^2 / q_t |
//! | theta_i | `decays` | 2^-24 |
//!
//! Not here: the choice of integers (`design`), how far one person moves y (`sensitivity`), noise,
//! and calendars.
//!
//! Invariants:
//! 1. Every recursion obeys the rules of [`Recursion::new`]; nothing else builds one
//!    (`tests::a_wrong_parameter_builds_nothing`).
//! 2. Decoding inverts encoding exactly (`tests::decoding_inverts_encoding`).
//! 3. Nothing wraps: a value that leaves 64 bits is refused
//!    (`tests::what_leaves_the_grid_is_refused`).

use super::check_partition;
use crate::accountant::Variance;
use crate::{Error, Result};

/// Binary digits after the point of gains and decays.
pub const GAIN_BITS: u32 = 24;
/// The grid units of one count at scale 1.
pub const GRID: u64 = 1 << 30;
/// Binary digits after the point of a precision.
pub const PRECISION_BITS: u32 = 16;
/// The most steps of a recursion: seven years of quarters of an hour.
pub const RECURSION_STEPS_MAX: u32 = 1 << 18;
/// The most buffers.
pub const BUFFERS_MAX: usize = 4;
/// The most levels of running sums.
pub const SUMS_MAX: usize = 6;
/// The largest gain and precision.
const SIXTEEN: u64 = 16;
/// The largest scale, in grid units: it fits 32 bits.
const SCALE_MAX: u64 = 3 * GRID;

/// The public integers of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecursionRow {
    /// The factor of a count.
    pub scale: u64,
    /// The gain of each number of state: buffers first, then running sums.
    pub gains: Vec<u64>,
    /// The precision with which the step is measured.
    pub precision: u64,
}

/// The rows of all steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecursionRows {
    /// The same row for every step. What a step adds is still measured after the last step.
    Same(RecursionRow),
    /// One row for each step; nothing is measured after the last step.
    Each(Vec<RecursionRow>),
}

/// A checked recursion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recursion {
    steps: u32,
    decays: Vec<u64>,
    levels: Vec<Vec<u32>>,
    rows: RecursionRows,
}

impl Recursion {
    /// The recursion of these integers. `levels` are the ends of the nodes of each running sum.
    /// Errors: too few or too many steps, buffers or levels; a decay of one or more; a gain, scale
    /// or precision out of range; a wrong number of rows; a level that is not a partition.
    pub fn new(
        steps: u32,
        decays: Vec<u64>,
        levels: Vec<Vec<u32>>,
        rows: RecursionRows,
    ) -> Result<Self> {
        if !(1..=RECURSION_STEPS_MAX).contains(&steps) {
            return Err(Error::StepsOutOfRange { limit: RECURSION_STEPS_MAX });
        }
        if decays.len() > BUFFERS_MAX || levels.len() > SUMS_MAX {
            return Err(Error::StateTooLarge { buffers: BUFFERS_MAX, sums: SUMS_MAX });
        }
        if decays.iter().any(|&decay| decay >= 1 << GAIN_BITS) {
            return Err(Error::DecayOutOfRange);
        }
        levels.iter().try_for_each(|ends| check_partition(ends, steps))?;
        let width = decays.len() + levels.len();
        let given = match &rows {
            RecursionRows::Same(row) => std::slice::from_ref(row),
            RecursionRows::Each(rows) if rows.len() == steps as usize => rows,
            RecursionRows::Each(_) => return Err(Error::WrongNumberOfRows { expected: steps }),
        };
        if matches!(rows, RecursionRows::Same(_)) && !levels.is_empty() {
            return Err(Error::WrongNumberOfRows { expected: steps });
        }
        given.iter().try_for_each(|row| row.check(width))?;
        Ok(Self { steps, decays, levels, rows })
    }

    /// The same recursion on a grid that is coarser by this many binary digits: every scale is
    /// rounded, and nothing else changes. The relative loss is about 2^(bits - 30), which matters
    /// little if a count moves the measurement by many units.
    /// Errors: `RowOutOfRange` if a scale would become zero.
    pub fn coarser(&self, bits: u32) -> Result<Self> {
        if bits >= GRID.ilog2() {
            return Err(Error::RowOutOfRange);
        }
        let coarse = |row: &RecursionRow| {
            let scale = (row.scale + (1 << bits >> 1)) >> bits;
            RecursionRow { scale, ..row.clone() }
        };
        let rows = match &self.rows {
            RecursionRows::Same(row) => RecursionRows::Same(coarse(row)),
            RecursionRows::Each(rows) => RecursionRows::Each(rows.iter().map(coarse).collect()),
        };
        Self::new(self.steps, self.decays.clone(), self.levels.clone(), rows)
    }

    /// The number of steps.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// The number of numbers of state of a cell.
    pub fn width(&self) -> usize {
        self.decays.len() + self.levels.len()
    }

    /// The number of buffers among them; the others are running sums.
    pub fn buffers(&self) -> usize {
        self.decays.len()
    }

    /// The decay of each buffer, in 2^-24.
    pub fn decays(&self) -> &[u64] {
        &self.decays
    }

    /// Whether the run continues after the last step.
    pub fn continues(&self) -> bool {
        matches!(self.rows, RecursionRows::Same(_))
    }

    /// The integers of a step.
    ///
    /// Panics past the last step.
    pub fn row(&self, step: u32) -> &RecursionRow {
        assert!(step < self.steps, "a recursion has no step {step}");
        match &self.rows {
            RecursionRows::Same(row) => row,
            RecursionRows::Each(rows) => &rows[step as usize],
        }
    }

    /// For each running sum, whether it is reset after a step.
    pub fn ends(&self, step: u32) -> impl Iterator<Item = bool> + '_ {
        self.levels.iter().map(move |ends| ends.binary_search(&(step + 1)).is_ok())
    }

    /// The state of a cell before the first step. A state computed from exact counts is as
    /// confidential as they are.
    pub fn start(&self) -> Vec<i64> {
        vec![0; self.width()]
    }

    /// The variance of the noise of a step, if that of a step of precision 1 is `variance`.
    /// Guarantee: precision times the result is never below `variance`.
    pub fn variance(&self, step: u32, variance: Variance) -> Result<Variance> {
        let precision = self.row(step).precision;
        let limit = u128::MAX >> PRECISION_BITS;
        if variance.sixteenths() > limit {
            return Err(Error::VarianceTooLarge { limit });
        }
        let scaled = variance.sixteenths() << PRECISION_BITS;
        Variance::from_sixteenths(scaled.div_ceil(u128::from(precision)))
    }

    /// Encodes the exact count of a step for one cell as an exact integer, and updates the state.
    /// Errors: `MeasurementTooLarge`, which names no count.
    ///
    /// Panics past the last step and, like the functions below, if the state has another width.
    pub fn encode(&self, step: u32, count: i64, state: &mut [i64]) -> Result<i64> {
        let row = self.row(step);
        let scaled = narrow(i128::from(count) * i128::from(row.scale))?;
        let measured = narrow(i128::from(scaled) + row.recall(state))?;
        self.advance(step, scaled, state)?;
        Ok(measured)
    }

    /// Decodes the measurement of a step for one cell to the scaled count, and updates the state.
    /// Divided by the scale of the step's row, it is the estimate of the count.
    /// Errors: `MeasurementTooLarge`.
    pub fn decode(&self, step: u32, measured: i64, state: &mut [i64]) -> Result<i64> {
        let scaled = narrow(i128::from(measured) - self.row(step).recall(state))?;
        self.advance(step, scaled, state)?;
        Ok(scaled)
    }

    fn advance(&self, step: u32, scaled: i64, state: &mut [i64]) -> Result<()> {
        let (buffers, sums) = state.split_at_mut(self.decays.len());
        for (buffer, &decay) in buffers.iter_mut().zip(&self.decays) {
            let kept = (i128::from(*buffer) * i128::from(decay)) >> GAIN_BITS;
            *buffer = narrow(kept + i128::from(scaled))?;
        }
        for (sum, ends) in sums.iter_mut().zip(self.ends(step)) {
            let raised = narrow(i128::from(*sum) + i128::from(scaled))?;
            *sum = if ends { 0 } else { raised };
        }
        Ok(())
    }
}

impl RecursionRow {
    fn check(&self, width: usize) -> Result<()> {
        if self.gains.len() != width {
            return Err(Error::WrongStateLength { expected: width });
        }
        let fits = |value: u64, one_bits: u32| value <= SIXTEEN << one_bits;
        let gains = self.gains.iter().all(|&gain| fits(gain, GAIN_BITS));
        let scale = (1..=SCALE_MAX).contains(&self.scale);
        let precision = self.precision > 0 && fits(self.precision, PRECISION_BITS);
        if gains && scale && precision { Ok(()) } else { Err(Error::RowOutOfRange) }
    }

    /// The amount that the state adds to a measurement, rounded down, so that decoding subtracts
    /// the same.
    fn recall(&self, state: &[i64]) -> i128 {
        assert_eq!(state.len(), self.gains.len(), "a state has a number for each gain");
        let parts = self.gains.iter().zip(state);
        parts.map(|(&gain, &number)| i128::from(gain) * i128::from(number)).sum::<i128>()
            >> GAIN_BITS
    }
}

fn narrow(wide: i128) -> Result<i64> {
    i64::try_from(wide).map_err(|_| Error::MeasurementTooLarge)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::strategy::Strategy as Arbitrary;

    /// Any recursion of up to `steps_max` steps, small gains and up to two running sums.
    pub(crate) fn any_recursion(steps_max: u32) -> impl Arbitrary<Value = Recursion> {
        let level = |steps| prop::collection::vec(any::<bool>(), steps as usize);
        let one = 1u64 << GAIN_BITS;
        (1..=steps_max, prop::collection::vec(0..one, 0..=2), 0usize..=2).prop_flat_map(
            move |(steps, decays, sums)| {
                let width = decays.len() + sums;
                let row =
                    (GRID / 8..=GRID, prop::collection::vec(0..one, width), 1u64 << 14..1u64 << 18);
                let row = row.prop_map(|(scale, gains, precision)| RecursionRow {
                    scale,
                    gains,
                    precision,
                });
                let rows = prop::collection::vec(row, steps as usize);
                let levels = prop::collection::vec(level(steps), sums);
                (Just(steps), Just(decays), levels, rows).prop_map(|(steps, decays, cuts, rows)| {
                    let ends = |cuts: &Vec<bool>| crate::strategy::tests::ends_of(cuts);
                    let levels = cuts.iter().map(ends).collect();
                    Recursion::new(steps, decays, levels, RecursionRows::Each(rows)).unwrap()
                })
            },
        )
    }

    fn row(gains: &[u64]) -> RecursionRow {
        RecursionRow { scale: GRID, gains: gains.to_vec(), precision: 1 << PRECISION_BITS }
    }

    proptest! {
        #[test]
        fn decoding_inverts_encoding(
            recursion in any_recursion(40),
            counts in prop::collection::vec(-1_000_000i64..1_000_000, 40),
        ) {
            let (mut private, mut public) = (recursion.start(), recursion.start());
            for step in 0..recursion.steps() {
                let count = counts[step as usize];
                let measured = recursion.encode(step, count, &mut private).unwrap();
                let scaled = recursion.decode(step, measured, &mut public).unwrap();
                prop_assert_eq!(i128::from(scaled),
                    i128::from(count) * i128::from(recursion.row(step).scale));
                prop_assert_eq!(&private, &public);
            }
        }

        /// Noise in the measurements appears unchanged in the scaled counts: two decodings of one
        /// measurement differ by what was added to it.
        #[test]
        fn decoding_takes_any_measurement(
            recursion in any_recursion(20),
            noisy in prop::collection::vec(-(1i64 << 50)..1i64 << 50, 20),
        ) {
            let (mut one, mut other) = (recursion.start(), recursion.start());
            for step in 0..recursion.steps() {
                let y = noisy[step as usize];
                let scaled = recursion.decode(step, y, &mut one).unwrap();
                let raised = recursion.decode(step, y + 7, &mut other.clone()).unwrap();
                prop_assert_eq!(raised, scaled + 7);
                recursion.decode(step, y, &mut other).unwrap();
            }
        }
    }

    #[test]
    fn what_leaves_the_grid_is_refused() {
        let recursion = Recursion::new(2, vec![0], vec![], RecursionRows::Same(row(&[0]))).unwrap();
        let mut state = recursion.start();
        assert_eq!(recursion.encode(0, i64::MAX, &mut state), Err(Error::MeasurementTooLarge));
        assert!(recursion.encode(0, 1 << 32, &mut state).is_ok());
        let slow =
            Recursion::new(9, vec![(1 << GAIN_BITS) - 1], vec![], RecursionRows::Same(row(&[1])));
        let (slow, mut state) = (slow.unwrap(), recursion.start());
        let ends = (0..9).map(|step| slow.encode(step, 1 << 32, &mut state)).find(Result::is_err);
        assert_eq!(ends, Some(Err(Error::MeasurementTooLarge)));
    }

    #[test]
    fn a_wrong_parameter_builds_nothing() {
        let one = 1u64 << GAIN_BITS;
        let good = || row(&[one]);
        let build = |decays: Vec<u64>, levels, rows| Recursion::new(3, decays, levels, rows);
        assert!(build(vec![one - 1], vec![], RecursionRows::Same(good())).is_ok());
        assert!(build(vec![one], vec![], RecursionRows::Same(good())).is_err());
        assert!(build(vec![], vec![], RecursionRows::Same(good())).is_err());
        assert!(build(vec![0], vec![], RecursionRows::Each(vec![good(); 2])).is_err());
        assert!(
            build(vec![], vec![vec![3]], RecursionRows::Same(good())).is_err(),
            "sums need a last step"
        );
        assert!(build(vec![], vec![vec![3]], RecursionRows::Each(vec![good(); 3])).is_ok());
        assert!(build(vec![], vec![vec![2]], RecursionRows::Each(vec![good(); 3])).is_err());
        for broken in [
            RecursionRow { scale: 0, ..good() },
            RecursionRow { scale: SCALE_MAX + 1, ..good() },
            RecursionRow { precision: 0, ..good() },
            RecursionRow { precision: (SIXTEEN << PRECISION_BITS) + 1, ..good() },
            row(&[SIXTEEN * one + 1]),
        ] {
            assert_eq!(
                build(vec![0], vec![], RecursionRows::Same(broken)),
                Err(Error::RowOutOfRange)
            );
        }
        let steps = RECURSION_STEPS_MAX + 1;
        assert!(Recursion::new(steps, vec![0], vec![], RecursionRows::Same(good())).is_err());
        assert!(Recursion::new(0, vec![0], vec![], RecursionRows::Same(good())).is_err());
    }
}
