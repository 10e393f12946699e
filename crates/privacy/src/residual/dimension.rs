//! A dimension of a table: a code list whose codes may be nested, such as regions in countries.
//!
//! A dimension is a tree. Level 0 has only the root, which stands for everything together; each
//! code of level l has one parent on level l - 1, and the last level holds the finest codes. The
//! codes of a level are in the order of their parents, so the codes below any code are consecutive.
//! Codes with the same parent are a group of siblings.
//!
//! A dimension that stands apart is never summed over: only its last level is read, every code by
//! itself, as if each were the root of a table of its own.
//!
//! Codes can be closed: nothing can count there. Everything is measured as if they were open, and
//! read without them. A code with codes below it is open if one of these is.
//!
//! Not here: names of codes, and tables of several dimensions (see the parent).
//!
//! Symbols: for a code c of level b, n_k is the size of the group that contains c's ancestor on
//! level k (n_0 = 1), k_k the number of open codes in it, and place_k that ancestor's position in
//! its group.
//!
//! Invariants:
//! 1. Every code has a parent, and the codes below a code are consecutive
//!    (`tests::codes_below_a_code_are_consecutive`).
//! 2. If the groups of a level differ in size, its norm is the greatest common divisor of their n
//!    (n - 1), which divides each (`tests::the_norm_of_a_level_divides_that_of_each_group`).
//! 3. A dimension that stands apart has no level but its last
//!    (`tests::a_dimension_apart_has_only_its_codes`).
//! 4. A code is open if one of the finest codes below it is
//!    (`tests::a_code_is_open_if_one_below_it_is`).

use num_integer::Integer;

use crate::{Error, Result};

/// The most levels below the root.
pub const DEPTH_MAX: usize = 8;
/// The most codes of one level.
pub const CODES_MAX: usize = 65_536;

/// A code's position in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TreeCode {
    /// Its parent, on the level above.
    pub(super) parent: usize,
    /// Its position among its siblings.
    pub(super) place: usize,
    /// The number of siblings, itself included; 1 in a dimension that stands apart.
    pub(super) group: usize,
    /// Whether something can count there.
    pub(super) is_open: bool,
    /// The number of open siblings before it.
    pub(super) open_place: usize,
    /// The number of open siblings, itself included if it is open.
    pub(super) open_group: usize,
}

impl TreeCode {
    /// A code all of whose siblings are open.
    fn new(parent: usize, place: usize, group: usize) -> Self {
        Self { parent, place, group, is_open: true, open_place: place, open_group: group }
    }
}

/// A checked tree of codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeTree {
    /// From the root down.
    levels: Vec<Vec<TreeCode>>,
    /// Whether it is never summed over.
    is_apart: bool,
}

impl CodeTree {
    /// The tree with these numbers of children: `children[l][c]` is the number of codes of level
    /// l + 1 below code c of level l, so `children[0]` holds one number.
    /// Errors: `DepthOutOfRange`, `CodesOutOfRange`, `WrongNumberOfChildren`.
    pub fn new(children: &[Vec<usize>]) -> Result<Self> {
        if !(1..=DEPTH_MAX).contains(&children.len()) {
            return Err(Error::DepthOutOfRange { limit: DEPTH_MAX });
        }
        let mut levels = vec![vec![TreeCode::new(0, 0, 1)]];
        for groups in children {
            if groups.len() != levels[levels.len() - 1].len() || groups.contains(&0) {
                return Err(Error::WrongNumberOfChildren);
            }
            let mut codes = Vec::new();
            for (parent, &group) in groups.iter().enumerate() {
                if group > CODES_MAX - codes.len() {
                    return Err(Error::CodesOutOfRange { limit: CODES_MAX });
                }
                codes.extend((0..group).map(|place| TreeCode::new(parent, place, group)));
            }
            levels.push(codes);
        }
        Ok(Self { levels, is_apart: false })
    }

    /// The same codes, never summed over: each is measured by itself, without siblings.
    pub fn apart(mut self) -> Self {
        let alone = |code: &mut TreeCode| *code = TreeCode::new(code.parent, 0, 1);
        self.levels.iter_mut().flatten().for_each(alone);
        self.is_apart = true;
        self
    }

    /// The same codes, of which these finest ones are open. What is measured stays the same.
    /// Errors: `WrongNumberOfValues` unless there is one for each finest code.
    pub fn with_open(&self, finest: &[bool]) -> Result<Self> {
        let expected = self.levels[self.depth()].len();
        if finest.len() != expected {
            return Err(Error::WrongNumberOfValues { expected });
        }
        let mut tree = self.clone();
        let mut open = finest.to_vec();
        for level in tree.levels.iter_mut().rev() {
            let parents = level.last().map_or(0, |code| code.parent + 1);
            let mut siblings = vec![0usize; parents];
            for (code, &is_open) in level.iter_mut().zip(&open) {
                code.is_open = is_open;
                code.open_place = siblings[code.parent];
                siblings[code.parent] += usize::from(is_open);
            }
            for code in level {
                if tree.is_apart {
                    (code.open_place, code.open_group) = (0, usize::from(code.is_open));
                } else {
                    code.open_group = siblings[code.parent];
                }
            }
            open = siblings.into_iter().map(|open| open > 0).collect();
        }
        Ok(tree)
    }

    /// Whether it is never summed over.
    pub fn is_apart(&self) -> bool {
        self.is_apart
    }

    /// Whether values are read at this level as they are, and not as deviations from a group: the
    /// root, and in a dimension that stands apart the codes.
    pub(super) fn is_plain(&self, level: usize) -> bool {
        level == if self.is_apart { self.depth() } else { 0 }
    }

    /// Whether a marginal can have this level.
    pub(super) fn is_readable(&self, level: usize) -> bool {
        level <= self.depth() && (!self.is_apart || level == self.depth())
    }

    /// A tree of `codes` codes that are not nested.
    /// Errors: `CodesOutOfRange`, and `WrongNumberOfChildren` if there are none.
    pub fn flat(codes: usize) -> Result<Self> {
        Self::new(&[vec![codes]])
    }

    /// The number of levels below the root.
    pub fn depth(&self) -> usize {
        self.levels.len() - 1
    }

    /// The codes of a level.
    pub(super) fn codes(&self, level: usize) -> &[TreeCode] {
        &self.levels[level]
    }

    /// The ancestor on level `to` of a code of level `level`.
    pub fn ancestor(&self, level: usize, code: usize, to: usize) -> usize {
        (to..level).rev().fold(code, |code, above| self.levels[above + 1][code].parent)
    }

    /// The codes on the path from a level above `level` down to a code of `level`: its ancestor on
    /// level `above` + 1 first, the code itself last.
    pub(super) fn path(&self, above: usize, level: usize, mut code: usize) -> Vec<TreeCode> {
        let mut path = Vec::with_capacity(level - above);
        for here in (above + 1..=level).rev() {
            path.push(self.levels[here][code]);
            code = self.levels[here][code].parent;
        }
        path.reverse();
        path
    }

    /// The greatest common divisor of the groups' n (n - 1): each of them is a multiple of it. It
    /// is 1 where values are read as they are, and 0 for a level on which no code has a sibling.
    pub(super) fn norm(&self, level: usize) -> u64 {
        if self.is_plain(level) {
            return 1;
        }
        self.levels[level].iter().fold(0, |norm, code| norm.gcd(&square(code)))
    }

    /// The squared norm of each code's column on a level, divided by [`Self::norm`]; 0 for a code
    /// without siblings.
    pub(super) fn multiples(&self, level: usize) -> Vec<u64> {
        match self.norm(level) {
            _ if self.is_plain(level) => vec![1; self.levels[level].len()],
            0 => vec![0; self.levels[level].len()],
            norm => self.levels[level].iter().map(|code| square(code) / norm).collect(),
        }
    }
}

/// n (n - 1), the squared length of a column of n I - J.
fn square(code: &TreeCode) -> u64 {
    code.group as u64 * (code.group as u64 - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_below_a_code_are_consecutive() {
        let tree = CodeTree::new(&[vec![2], vec![3, 1], vec![1, 2, 1, 2]]).unwrap();
        assert_eq!(tree.depth(), 3);
        for level in 0..=3 {
            for above in 0..=level {
                let codes = 0..tree.codes(level).len();
                let ancestors: Vec<usize> =
                    codes.map(|code| tree.ancestor(level, code, above)).collect();
                assert!(ancestors.is_sorted());
                assert_eq!(*ancestors.last().unwrap(), tree.codes(above).len() - 1);
            }
        }
        let groups: Vec<usize> = tree.path(0, 3, 5).iter().map(|code| code.group).collect();
        assert_eq!(groups, [2, 1, 2]);
    }

    #[test]
    fn the_norm_of_a_level_divides_that_of_each_group() {
        let tree = CodeTree::new(&[vec![3], vec![5, 1, 2]]).unwrap();
        assert_eq!((tree.norm(0), tree.norm(1), tree.norm(2)), (1, 6, 2));
        assert_eq!(tree.multiples(2), [10, 10, 10, 10, 10, 0, 1, 1]);
        let chain = CodeTree::new(&[vec![1], vec![1]]).unwrap();
        assert_eq!((chain.norm(1), chain.multiples(2)), (0, vec![0]));
    }

    #[test]
    fn a_dimension_apart_has_only_its_codes() {
        let tree = CodeTree::new(&[vec![2], vec![2, 1]]).unwrap().apart();
        assert_eq!([0, 1, 2].map(|level| tree.norm(level)), [0, 0, 1]);
        assert_eq!([0, 1, 2].map(|level| tree.is_readable(level)), [false, false, true]);
        assert_eq!(tree.multiples(2), [1, 1, 1]);
        assert!(tree.path(0, 2, 1).iter().all(|code| code.group == 1));
    }

    #[test]
    fn a_code_is_open_if_one_below_it_is() {
        let tree = CodeTree::new(&[vec![3], vec![2, 1, 3]]).unwrap();
        assert_eq!(tree.with_open(&[true; 6]).unwrap(), tree);
        let some = tree.with_open(&[false, true, false, true, false, true]).unwrap();
        let level = |level: usize| {
            let codes = some.codes(level).iter();
            codes.map(|code| (code.is_open, code.open_place, code.open_group)).collect::<Vec<_>>()
        };
        assert_eq!(level(0), [(true, 0, 1)]);
        assert_eq!(level(1), [(true, 0, 2), (false, 1, 2), (true, 1, 2)]);
        let finest =
            [(false, 0, 1), (true, 0, 1), (false, 0, 0), (true, 0, 2), (false, 1, 2), (true, 1, 2)];
        assert_eq!(level(2), finest);
        assert_eq!((some.norm(1), some.multiples(2)), (tree.norm(1), tree.multiples(2)));
        assert!(!tree.with_open(&[false; 6]).unwrap().codes(0)[0].is_open);
        let expected = Err(Error::WrongNumberOfValues { expected: 6 });
        assert_eq!(tree.with_open(&[true; 5]), expected);
        let apart = tree.apart().with_open(&[true, false, true, true, true, true]).unwrap();
        assert_eq!(apart.codes(2)[1].open_group, 0);
        assert_eq!(apart.codes(2)[2].open_group, 1);
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        let depth = Err(Error::DepthOutOfRange { limit: DEPTH_MAX });
        assert_eq!(CodeTree::new(&[]), depth);
        assert_eq!(CodeTree::new(&vec![vec![1]; DEPTH_MAX + 1]), depth);
        for children in [vec![vec![0]], vec![vec![1, 1]], vec![vec![2], vec![3]]] {
            assert_eq!(CodeTree::new(&children), Err(Error::WrongNumberOfChildren));
        }
        let codes = Err(Error::CodesOutOfRange { limit: CODES_MAX });
        assert_eq!(CodeTree::flat(CODES_MAX + 1), codes);
        assert_eq!(CodeTree::new(&[vec![2], vec![1, usize::MAX]]), codes);
        assert!(CodeTree::flat(CODES_MAX).is_ok());
    }
}
