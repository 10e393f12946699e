//! The states of the persons of one partition, kept between steps.
//!
//! Not here: what the words of a state mean (module `kernel`), and the files they are kept in
//! (crate `collect`).
//!
//! Invariants:
//! 1. A person's partition follows from the pseudonym alone.
//! 2. `read` gives back what `write` was given (`partition::tests::states_survive_writing`).

use hashbrown::HashTable;

use crate::event::Pseudonym;

/// How many partitions a store's persons are spread over: small enough that one partition of
/// millions of persons stays in a core's cache while its step is folded.
pub const PARTITIONS: usize = 256;

/// Persons of one partition with their states.
#[derive(Clone, Default)]
pub struct Partition {
    places: HashTable<u32>,
    pseudonyms: Vec<Pseudonym>,
    words: Vec<u32>,
    width: usize,
}

/// Spreads the hash table's entries; the top bits chose the partition.
fn hash(pseudonym: Pseudonym) -> u64 {
    // Truncation is meant: the low bits of a keyed digest are as good as any.
    pseudonym.bits() as u64
}

impl Partition {
    /// An empty partition whose states have this many words each.
    pub fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// The partition that a person belongs to.
    pub fn of(pseudonym: Pseudonym) -> usize {
        (pseudonym.bits() >> 120) as usize
    }

    /// The state of a person; zeros for a person not seen before.
    pub fn state(&mut self, pseudonym: Pseudonym) -> &mut [u32] {
        let Self { places, pseudonyms, words, width } = self;
        let place = places
            .entry(
                hash(pseudonym),
                |&place| pseudonyms[place as usize] == pseudonym,
                |&place| hash(pseudonyms[place as usize]),
            )
            .or_insert_with(|| {
                // A partition of 2^32 persons would need a store of 10^12.
                let place = pseudonyms.len() as u32;
                pseudonyms.push(pseudonym);
                words.resize(words.len() + *width, 0);
                place
            });
        let first = *place.get() as usize * *width;
        &mut words[first..first + *width]
    }

    /// Every state, in no meaningful order.
    pub fn states_mut(&mut self) -> impl Iterator<Item = &mut [u32]> {
        self.words.chunks_exact_mut(self.width.max(1))
    }

    /// How many persons the partition holds.
    pub fn len(&self) -> usize {
        self.pseudonyms.len()
    }

    /// Whether the partition holds nobody.
    pub fn is_empty(&self) -> bool {
        self.pseudonyms.is_empty()
    }

    /// Appends the partition to bytes: for each person 16 bytes and the words, little endian.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        for (pseudonym, words) in
            self.pseudonyms.iter().zip(self.words.chunks_exact(self.width.max(1)))
        {
            bytes.extend_from_slice(&pseudonym.bits().to_le_bytes());
            for word in words {
                bytes.extend_from_slice(&word.to_le_bytes());
            }
        }
    }

    /// The partition that [`Self::write`] wrote; `None` when the bytes are no whole number of
    /// persons.
    pub fn read(width: usize, bytes: &[u8]) -> Option<Self> {
        let row = 16 + 4 * width;
        if bytes.len() % row != 0 {
            return None;
        }
        let mut partition = Self::new(width);
        for row in bytes.chunks_exact(row) {
            let (bits, words) = row.split_at(16);
            let bits = u128::from_le_bytes(bits.try_into().ok()?);
            let state = partition.state(Pseudonym::from_bits(bits));
            for (word, bytes) in state.iter_mut().zip(words.chunks_exact(4)) {
                *word = u32::from_le_bytes(bytes.try_into().ok()?);
            }
        }
        Some(partition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_survive_writing() {
        let mut partition = Partition::new(3);
        for n in 0..1000u128 {
            let state = partition.state(Pseudonym::from_bits(n * 0x1234_5678_9abc_def1));
            state.copy_from_slice(&[n as u32, 7, 9]);
        }
        partition.state(Pseudonym::from_bits(0))[1] = 8;
        let mut bytes = Vec::new();
        partition.write(&mut bytes);
        let mut read = Partition::read(3, &bytes).unwrap();
        assert_eq!(read.len(), 1000);
        assert_eq!(read.state(Pseudonym::from_bits(0)), [0, 8, 9]);
        let last = Pseudonym::from_bits(999 * 0x1234_5678_9abc_def1);
        assert_eq!(read.state(last), [999, 7, 9]);
        assert!(Partition::read(3, &bytes[1..]).is_none());
    }
}
