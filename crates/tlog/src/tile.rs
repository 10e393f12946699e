//! Tiles of height 8 and entry bundles, as C2SP tlog-tiles specifies them: paths and contents.
//!
//! Not here: reading and writing files, and the hashes themselves (`merkle`).
//!
//! Invariants:
//! 1. The tiles added between two sizes are those of the reference implementation
//!    (`tile::tests::tiles_agree_with_the_reference`) and of the specification's example
//!    (`tile::tests::a_tree_of_70_000_has_the_tiles_of_the_specification`).
//! 2. A bundle decodes to what was encoded, and nothing else decodes
//!    (`tile::tests::a_bundle_holds_exactly_its_entries`).
//!
//! Format: `tile/0/x001/x234/067`, partial `tile/0/000.p/5`; bundles `tile/entries/000.p/5`. In a
//! bundle each entry follows its length, which is two bytes, most significant first.

use std::fmt;

use crate::error::LogRule;
use crate::merkle::{TILE_WIDTH, Tree};

/// Largest entry in bytes: the most that its length prefix can express.
pub const ENTRY_BYTES_MAX: usize = 65_535;
/// Largest hash tile in bytes.
pub const TILE_BYTES_MAX: usize = TILE_WIDTH * 32;
/// Largest entry bundle in bytes.
pub const BUNDLE_BYTES_MAX: usize = TILE_WIDTH * (ENTRY_BYTES_MAX + 2);

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileKind {
    /// Entries: an entry bundle.
    Entries,
    /// Hashes of this level.
    Hashes(u8),
}

/// Identifies a tile or a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// What it holds.
    pub kind: TileKind,
    /// Its number in the level.
    pub number: u64,
    /// How many hashes or entries it holds, 1 to 256.
    pub width: u16,
}

impl Tile {
    /// The tiles that a tree of `new` entries has and a tree of `old` entries has not: bundles
    /// first, then hashes from the leaves up.
    pub fn between(old: u64, new: u64) -> impl Iterator<Item = Tile> {
        // 8 levels of height 8 are a tree of 2^64 entries.
        let kinds = [(TileKind::Entries, 0)]
            .into_iter()
            .chain((0..8u8).map(|level| (TileKind::Hashes(level), u32::from(level) * 8)));
        let width_max = TILE_WIDTH as u64;
        kinds.flat_map(move |(kind, shift)| {
            let (old, new) = (old >> shift, new >> shift);
            let end = if old < new { new.div_ceil(width_max) } else { 0 };
            (old / width_max..end).map(move |number| {
                let width = (new - number * width_max).min(width_max);
                // Fits: at most 256.
                Tile { kind, number, width: width as u16 }
            })
        })
    }

    /// The partial tiles that a tree of this size has had in place of those at its end. Readers of
    /// an older checkpoint still ask for them.
    pub fn earlier(size: u64) -> impl Iterator<Item = Tile> {
        let ends = Self::between(0, size).filter(Self::is_partial);
        ends.flat_map(|end| (1..end.width).map(move |width| Tile { width, ..end }))
    }

    /// Whether the tile can still grow.
    pub fn is_partial(&self) -> bool {
        usize::from(self.width) < TILE_WIDTH
    }

    /// The full tile at the same place.
    pub fn full(&self) -> Self {
        Self { width: TILE_WIDTH as u16, ..*self }
    }

    /// The directory of this tile's partial versions.
    pub fn partials(&self) -> String {
        format!("{}.p", self.full())
    }

    /// The index of the first hash or entry in its level.
    pub fn first(&self) -> usize {
        self.number as usize * TILE_WIDTH
    }

    /// The bytes of this hash tile in a tree; `None` if the tree is smaller or the tile is a
    /// bundle.
    pub fn hashes(&self, tree: &Tree) -> Option<Vec<u8>> {
        let TileKind::Hashes(level) = self.kind else { return None };
        let first = self.first();
        let hashes = tree.level(level.into()).get(first..first + usize::from(self.width))?;
        Some(hashes.concat())
    }
}

impl fmt::Display for Tile {
    /// The path of the tile in the public directory.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Entries => write!(f, "tile/entries/")?,
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
        }
        let mut number = self.number;
        let mut path = format!("{:03}", number % 1000);
        while number >= 1000 {
            number /= 1000;
            path = format!("x{:03}/{path}", number % 1000);
        }
        write!(f, "{path}")?;
        if self.is_partial() { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// Encodes entries as a bundle.
///
/// Errors: an entry longer than [`ENTRY_BYTES_MAX`].
pub fn encode_bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, LogRule> {
    let mut bytes = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len())
            .map_err(|_| LogRule::EntrySize { bytes_max: ENTRY_BYTES_MAX })?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    Ok(bytes)
}

/// Decodes the entries of a bundle.
///
/// Errors: fewer or more than `width` entries, or bytes after the last.
pub fn decode_bundle(bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, LogRule> {
    let mut rest = bytes;
    let mut entries = Vec::with_capacity(width.into());
    for _ in 0..width {
        let entry = rest
            .split_first_chunk::<2>()
            .and_then(|(length, after)| after.split_at_checked(u16::from_be_bytes(*length).into()));
        let (entry, after) = entry.ok_or(LogRule::BundleShape { entries: width })?;
        entries.push(entry);
        rest = after;
    }
    if rest.is_empty() { Ok(entries) } else { Err(LogRule::BundleShape { entries: width }) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::merkle::leaf_hash;

    fn paths(old: u64, new: u64) -> Vec<String> {
        Tile::between(old, new).map(|tile| tile.to_string()).collect()
    }

    /// Our path for the reference's, which writes the height and other words.
    fn translated(path: &str) -> String {
        path.replacen("tile/8/", "tile/", 1).replacen("tile/data/", "tile/entries/", 1)
    }

    #[test]
    fn tiles_agree_with_the_reference() {
        let sizes = [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000, 256_001_000];
        for old in sizes {
            for new in sizes.into_iter().filter(|&new| new >= old && new - old < 100_000) {
                let ours: BTreeSet<String> = Tile::between(old, new)
                    .filter(|tile| tile.kind != TileKind::Entries)
                    .map(|tile| tile.to_string())
                    .collect();
                let theirs = tlog_tiles::Tile::new_tiles(8, old, new);
                let theirs: BTreeSet<String> =
                    theirs.iter().map(|tile| translated(&tile.path())).collect();
                assert_eq!(ours, theirs, "{old} to {new}");
            }
        }
    }

    #[test]
    fn paths_agree_with_the_reference() {
        for number in [0, 1, 999, 1000, 1_234_067, 999_999_999, 1_000_000_000] {
            for width in [1, 255, 256] {
                let ours = Tile { kind: TileKind::Hashes(3), number, width };
                let theirs = tlog_tiles::Tile::new(8, 3, number, width.into(), false);
                assert_eq!(ours.to_string(), translated(&theirs.path()));
                let ours = Tile { kind: TileKind::Entries, number, width };
                let theirs = tlog_tiles::Tile::new(8, 0, number, width.into(), true);
                assert_eq!(ours.to_string(), translated(&theirs.path()));
            }
        }
    }

    #[test]
    fn a_tree_of_70_000_has_the_tiles_of_the_specification() {
        let tiles: Vec<Tile> = Tile::between(0, 70_000).collect();
        let count = |kind, partial| {
            let fits = |tile: &&Tile| tile.kind == kind && tile.is_partial() == partial;
            tiles.iter().filter(fits).map(|tile| tile.width).collect::<Vec<_>>()
        };
        assert_eq!(count(TileKind::Hashes(0), false).len(), 273);
        assert_eq!(count(TileKind::Hashes(0), true), [112]);
        assert_eq!(count(TileKind::Hashes(1), false).len(), 1);
        assert_eq!(count(TileKind::Hashes(1), true), [17]);
        assert_eq!(count(TileKind::Hashes(2), true), [1]);
        assert_eq!(paths(0, 256), ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(paths(5, 5), [""; 0]);
    }

    #[test]
    fn earlier_tiles_are_those_of_smaller_trees() {
        let earlier: BTreeSet<String> = Tile::earlier(515).map(|tile| tile.to_string()).collect();
        let smaller = (1..515).flat_map(|size| paths(0, size));
        let of_ends = smaller.filter(|path| {
            let ends = ["tile/entries/002.p/", "tile/0/002.p/", "tile/1/000.p/"];
            ends.iter().any(|end| path.starts_with(end))
        });
        // The tree of 512 entries has the second hash of level 1 already.
        let now: BTreeSet<String> = paths(0, 515).into_iter().collect();
        assert_eq!(earlier, of_ends.filter(|path| !now.contains(path)).collect());
    }

    #[test]
    fn hashes_of_a_tile_are_those_of_the_tree() {
        let mut tree = Tree::default();
        let leaves: Vec<[u8; 32]> = (0u32..300).map(|n| leaf_hash(&n.to_le_bytes())).collect();
        leaves.iter().for_each(|&leaf| tree.push(leaf));
        let tile = Tile { kind: TileKind::Hashes(0), number: 1, width: 44 };
        assert_eq!(tile.hashes(&tree), Some(leaves[256..].concat()));
        assert_eq!(tile.full().hashes(&tree), None, "the tree has no such tile");
    }

    #[test]
    fn a_bundle_holds_exactly_its_entries() {
        let long = vec![7; ENTRY_BYTES_MAX];
        let entries: [&[u8]; 4] = [b"a", b"", &long, b"bcd"];
        let bytes = encode_bundle(entries).unwrap();
        assert_eq!(decode_bundle(&bytes, 4), Ok(entries.to_vec()));
        for width in [3, 5] {
            assert_eq!(decode_bundle(&bytes, width), Err(LogRule::BundleShape { entries: width }));
        }
        assert!(decode_bundle(&bytes[..bytes.len() - 1], 4).is_err());
        assert!(decode_bundle(&[bytes.as_slice(), &[0]].concat(), 4).is_err());
        let above = vec![7; ENTRY_BYTES_MAX + 1];
        assert!(encode_bundle([above.as_slice()]).is_err());
    }
}
