//! Tables of numbers as flat lists, and linear maps along one of their dimensions.
//!
//! Not here: the meaning of the numbers. A shape is the number of codes in each dimension; the last
//! dimension moves fastest.
//!
//! Invariants:
//! 1. A map along one axis is applied to every line of that axis, and leaves the order of the
//!    others (`tests::each_line_is_mapped_by_itself`).

use num_traits::Zero;

use crate::Result;

/// Maps every line of `values` along `axis` to a line of `length`, and updates the shape.
pub(super) fn along<T: Clone + Zero>(
    values: &[T],
    shape: &mut [usize],
    axis: usize,
    length: usize,
    map: impl Fn(&[T]) -> Result<Vec<T>>,
) -> Result<Vec<T>> {
    let (codes, inner) = (shape[axis], shape[axis + 1..].iter().product::<usize>());
    let outer: usize = shape[..axis].iter().product();
    let mut mapped = vec![T::zero(); outer * length * inner];
    let mut line = Vec::with_capacity(codes);
    for before in 0..outer {
        for after in 0..inner {
            line.clear();
            line.extend(
                (0..codes).map(|code| values[(before * codes + code) * inner + after].clone()),
            );
            for (code, value) in map(&line)?.into_iter().enumerate() {
                mapped[(before * length + code) * inner + after] = value;
            }
        }
    }
    shape[axis] = length;
    Ok(mapped)
}

/// The code of a cell in each dimension.
pub(super) fn codes_of(mut cell: usize, shape: &[usize]) -> Vec<usize> {
    let mut codes = vec![0; shape.len()];
    for (code, &length) in codes.iter_mut().zip(shape).rev() {
        *code = cell % length;
        cell /= length;
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_mapped_by_itself() {
        let values: Vec<i128> = (0..12).collect();
        let mut shape = [2, 3, 2];
        let sums = along(&values, &mut shape, 1, 1, |line| Ok(vec![line.iter().sum()])).unwrap();
        assert_eq!((shape, sums), ([2, 1, 2], vec![6, 9, 24, 27]));
        let mut shape = [2, 3, 2];
        let same = along(&values, &mut shape, 0, 2, |line| Ok(line.to_vec())).unwrap();
        assert_eq!((shape, same), ([2, 3, 2], values));
        assert_eq!(codes_of(9, &shape), [1, 1, 1]);
    }
}
