//! The Merkle tree of RFC 6962, stored as the hashes of its tiles.
//!
//! Not here: files (`tile`), and inclusion and consistency proofs: a reader of our logs reads every
//! entry, so it recomputes the root at any earlier size instead. The crate `tlog_tiles` of
//! Cloudflare's azul is a port of Go's log for tiles of any height: its paths are Go's
//! `tile/8/data/000`, not the specification's `tile/entries/000`, its `Tile::from_path` panics on a
//! width of zero, and it brings second versions of four crates. The tests use it as the reference.
//!
//! Invariants:
//! 1. The root at every size is that of RFC 6962, section 2.1, and that of the reference
//!    (`merkle::tests::roots_agree_with_rfc_6962_and_the_reference`).
//! 2. A tree can recompute the root that it had at any earlier size
//!    (`merkle::tests::a_tree_remembers_its_earlier_roots`).

use sha2::{Digest as _, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The head of a log: how many entries it has, and the root over them. A reader or a writer that
/// remembers one can later tell a log that was rolled back, or that has another history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// How many entries the tree has.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

/// Number of hashes in a full tile: the leaves of a subtree of height 8.
pub const TILE_WIDTH: usize = 256;
const TILE_HEIGHT: u32 = 8;

/// The leaf hash of an entry.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of a node with these two subtrees.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a complete subtree with these leaves, whose number is a power of two; the root of
/// the empty tree if there are none.
fn complete(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => Sha256::digest([]).into(),
        [hash] => *hash,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(&complete(left), &complete(right))
        }
    }
}

/// A tree that grows. It stores the hashes of every level of tiles, about 32 bytes for each entry.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.level(0).len() as u64
    }

    /// The hashes of a level of tiles. Level 0 has the leaves; every other level has one hash for
    /// each full tile of the level below.
    pub fn level(&self, level: usize) -> &[Hash] {
        self.levels.get(level).map_or(&[], Vec::as_slice)
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            let hashes = &mut self.levels[level];
            hashes.push(hash);
            if !hashes.len().is_multiple_of(TILE_WIDTH) {
                break;
            }
            hash = complete(&hashes[hashes.len() - TILE_WIDTH..]);
        }
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        self.fold(self.size())
    }

    /// The root that the tree had at an earlier size; `None` for a size that it has not reached.
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        (size <= self.size()).then(|| self.fold(size))
    }

    /// The root of the first `size` leaves: joins the complete subtrees, from the smallest, at the
    /// right, to the largest.
    fn fold(&self, size: u64) -> Hash {
        let mut rest = size;
        let mut root = None;
        while rest != 0 {
            let height = rest.trailing_zeros();
            // Clearing the lowest bit leaves the index of the subtree's first leaf.
            rest &= rest - 1;
            let level = height / TILE_HEIGHT;
            let first = (rest >> (level * TILE_HEIGHT)) as usize;
            let width = 1 << (height % TILE_HEIGHT);
            let left = complete(&self.level(level as usize)[first..first + width]);
            root = Some(root.map_or(left, |right| node_hash(&left, &right)));
        }
        root.unwrap_or_else(|| complete(&[]))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn hex(hash: &Hash) -> String {
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The definition of RFC 6962, section 2.1, unchanged.
    fn naive(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node_hash(&naive(left), &naive(right))
            }
        }
    }

    struct Stored(RefCell<Vec<tlog_tiles::Hash>>);

    impl tlog_tiles::HashReader for Stored {
        fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
            let stored = self.0.borrow();
            Ok(indexes.iter().map(|&index| stored[index as usize]).collect())
        }
    }

    #[test]
    fn roots_agree_with_rfc_6962_and_the_reference() {
        let mut tree = Tree::default();
        let mut leaves = Vec::new();
        let stored = Stored(RefCell::default());
        for number in 0u64..1100 {
            let entry = number.to_le_bytes();
            let hashes = tlog_tiles::stored_hashes(number, &entry, &stored).unwrap();
            stored.0.borrow_mut().extend(hashes);
            tree.push(leaf_hash(&entry));
            leaves.push(leaf_hash(&entry));
            let reference = tlog_tiles::tree_hash(number + 1, &stored).unwrap();
            assert_eq!(tree.root(), reference.0, "size {}", number + 1);
            if number % 37 == 0 {
                assert_eq!(tree.root(), naive(&leaves), "size {}", number + 1);
            }
        }
    }

    #[test]
    fn a_tree_of_three_levels_agrees_with_rfc_6962() {
        let mut tree = Tree::default();
        let leaves: Vec<Hash> = (0u32..66_000).map(|n| leaf_hash(&n.to_le_bytes())).collect();
        leaves.iter().for_each(|&leaf| tree.push(leaf));
        assert_eq!(tree.root(), naive(&leaves));
        for size in [65_535, 65_536, 65_537, 65_800] {
            assert_eq!(tree.root_at(size as u64), Some(naive(&leaves[..size])));
        }
        assert_eq!(tree.level(2), [naive(&leaves[..65_536])]);
    }

    #[test]
    fn a_tree_remembers_its_earlier_roots() {
        let mut tree = Tree::default();
        let mut roots = vec![tree.root()];
        for number in 0u32..600 {
            tree.push(leaf_hash(&number.to_le_bytes()));
            roots.push(tree.root());
        }
        for (size, root) in roots.iter().enumerate() {
            assert_eq!(tree.root_at(size as u64), Some(*root));
        }
        assert_eq!(tree.root_at(601), None);
    }

    // RFC 6962 names the empty tree's root; the rest are those of the certificate-transparency
    // project's reference vectors (entries "", 00, 10, 2021, 3031).
    #[test]
    fn known_roots_are_kept() {
        let entries: [&[u8]; 5] = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31"];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        ];
        let mut tree = Tree::default();
        assert_eq!(hex(&tree.root()), roots[0]);
        for (entry, root) in entries.iter().zip(&roots[1..]) {
            tree.push(leaf_hash(entry));
            assert_eq!(hex(&tree.root()), *root);
        }
    }
}
