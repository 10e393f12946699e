//! The states of the persons of one partition, kept between steps.
//!
//! Not here: what the words of a state mean (module `kernel`), and the files that store them (crate
//! `collect`).
//!
//! Invariants:
//! 1. A person's partition depends only on the pseudonym.
//! 2. A person who stays is found with the same state, and a person who leaves is gone from memory
//!    (`partition::tests::who_leaves_is_gone`).
//! 3. `read` returns what `write` wrote (`partition::tests::states_survive_writing`).

use hashbrown::HashTable;

use crate::event::Pseudonym;

/// How many partitions a store's persons are spread over: small enough that one partition of
/// millions of persons stays in a core's cache while its step is folded.
pub const PARTITIONS: usize = 256;

/// The number of words that a pseudonym takes at the head of a row.
const HEAD: usize = 4;

/// The persons of one partition with their states. Each person has a row of words that begins with
/// the pseudonym, so that looking up a person also brings the state into the cache.
#[derive(Clone, Default)]
pub struct Partition {
    places: HashTable<u32>,
    rows: Vec<u32>,
    width: usize,
}

/// A pseudonym as the words at the head of a row.
fn head(pseudonym: Pseudonym) -> [u32; HEAD] {
    // Truncation is intended: each word takes its 32 bits.
    [0, 32, 64, 96].map(|shift| (pseudonym.bits() >> shift) as u32)
}

/// The hash of a row's head. Its low bits spread the entries of the table; the top bits of the
/// pseudonym already chose the partition.
fn hash(head: &[u32]) -> u64 {
    u64::from(head[0]) | u64::from(head[1]) << 32
}

impl Partition {
    /// An empty partition whose states have this many words each.
    pub fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// The number of the partition to which a person belongs.
    pub fn of(pseudonym: Pseudonym) -> usize {
        (pseudonym.bits() >> 120) as usize
    }

    /// The number of words in a row.
    fn stride(&self) -> usize {
        HEAD + self.width
    }

    /// The row number of a person; a new person gets a row with a state of zeros.
    pub(crate) fn row_of(&mut self, pseudonym: Pseudonym) -> usize {
        let stride = self.stride();
        let head = head(pseudonym);
        let Self { places, rows, .. } = self;
        let offset = |row: u32| row as usize * stride;
        let entry = places.entry(
            hash(&head),
            |&row| rows[offset(row)..offset(row) + HEAD] == head,
            |&row| hash(&rows[offset(row)..]),
        );
        let place = entry.or_insert_with(|| {
            // A partition of 2^32 persons would need a store of 10^12 persons.
            let place = (rows.len() / stride) as u32;
            rows.extend_from_slice(&head);
            rows.resize(rows.len() + stride - HEAD, 0);
            place
        });
        *place.get() as usize
    }

    /// The state of the person in this row.
    ///
    /// Panics on a row number that [`Self::row_of`] did not return.
    pub(crate) fn state(&mut self, place: usize) -> &mut [u32] {
        let first = place * self.stride() + HEAD;
        &mut self.rows[first..first + self.width]
    }

    /// Every state, in no meaningful order.
    pub(crate) fn states_mut(&mut self) -> impl Iterator<Item = &mut [u32]> {
        let stride = self.stride();
        self.rows.chunks_exact_mut(stride).map(|row| &mut row[HEAD..])
    }

    /// Keeps the persons whose state passes; invalidates every row number returned before.
    pub(crate) fn retain(&mut self, keep: impl Fn(&[u32]) -> bool) {
        let stride = self.stride();
        let rows = self.rows.chunks_exact(stride);
        let Some(first) = rows.clone().position(|row| !keep(&row[HEAD..])) else { return };
        let mut end = first * stride;
        for from in (end..self.rows.len()).step_by(stride) {
            if keep(&self.rows[from + HEAD..from + stride]) {
                self.rows.copy_within(from..from + stride, end);
                end += stride;
            }
        }
        self.rows[end..].fill(0);
        self.rows.truncate(end);
        self.places.clear();
        let (places, rows) = (&mut self.places, &self.rows);
        // Fits: there are no more rows than before.
        for (place, row) in (0u32..).zip(rows.chunks_exact(stride)) {
            let rehash = |&place: &u32| hash(&rows[place as usize * stride..]);
            places.insert_unique(hash(row), place, rehash);
        }
    }

    /// How many persons the partition holds.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether the partition holds nobody.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Appends the partition to bytes: the words of each row, little endian.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        bytes.reserve(4 * self.rows.len());
        bytes.extend(self.rows.iter().flat_map(|word| word.to_le_bytes()));
    }

    /// Reads the partition that [`Self::write`] wrote; `None` if the bytes are not a whole number
    /// of persons, or hold a person twice.
    pub fn read(width: usize, bytes: &[u8]) -> Option<Self> {
        let mut partition = Self::new(width);
        let stride = partition.stride();
        if !bytes.len().is_multiple_of(4 * stride) {
            return None;
        }
        let words = bytes.chunks_exact(4).map(|word| word.try_into().map(u32::from_le_bytes));
        partition.rows = words.collect::<Result<_, _>>().ok()?;
        let persons = partition.rows.len() / stride;
        let rows = &partition.rows;
        let row = |place: u32| &rows[place as usize * stride..][..HEAD];
        partition.places.reserve(persons, |&place| hash(row(place)));
        for place in 0..u32::try_from(persons).ok()? {
            let head = row(place);
            if partition.places.find(hash(head), |&other| row(other) == head).is_some() {
                return None;
            }
            partition.places.insert_unique(hash(head), place, |&other| hash(row(other)));
        }
        Some(partition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_leaves_is_gone() {
        let person = |n: u128| Pseudonym::from_bits(n * 0x1234_5678_9abc_def1);
        let mut partition = Partition::new(2);
        for n in 0..1000 {
            let place = partition.row_of(person(n));
            partition.state(place).copy_from_slice(&[n as u32, 7]);
        }
        partition.retain(|state| state[0] % 3 == 1);
        assert_eq!(partition.len(), 333);
        let mut bytes = Vec::new();
        partition.write(&mut bytes);
        assert_eq!(bytes.len(), 333 * 24);
        for n in 0..1000 {
            let place = partition.row_of(person(n));
            let expected = if n % 3 == 1 { [n as u32, 7] } else { [0, 0] };
            assert_eq!(partition.state(place), expected, "{n}");
        }
        assert_eq!(partition.len(), 1000, "who left comes again as new");
    }

    #[test]
    fn states_survive_writing() {
        let mut partition = Partition::new(3);
        for n in 0..1000u128 {
            let place = partition.row_of(Pseudonym::from_bits(n * 0x1234_5678_9abc_def1));
            partition.state(place).copy_from_slice(&[n as u32, 7, 9]);
        }
        let first = partition.row_of(Pseudonym::from_bits(0));
        partition.state(first)[1] = 8;
        let mut bytes = Vec::new();
        partition.write(&mut bytes);
        let mut read = Partition::read(3, &bytes).unwrap();
        assert_eq!(read.len(), 1000);
        let first = read.row_of(Pseudonym::from_bits(0));
        assert_eq!(read.state(first), [0, 8, 9]);
        let last = read.row_of(Pseudonym::from_bits(999 * 0x1234_5678_9abc_def1));
        assert_eq!(read.state(last), [999, 7, 9]);
        assert_eq!(read.len(), 1000, "nobody is new");
        assert!(Partition::read(3, &bytes[1..]).is_none());
        assert!(Partition::read(3, &[&bytes[..28], &bytes[..28]].concat()).is_none());
    }
}
