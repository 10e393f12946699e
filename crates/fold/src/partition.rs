//! The states of the persons of one partition, kept between steps.
//!
//! Not here: what the words of a state mean (module `kernel`), and the files that store them (crate
//! `collect`).
//!
//! Invariants:
//! 1. A person's partition depends only on the pseudonym.
//! 2. A person who stays is found with the same state, and a person who leaves is gone from memory
//!    (`partition::tests::who_leaves_is_gone`).
//! 3. Rows that were taken out, all or the changed ones, are found again as they were
//!    (`partition::tests::states_survive_their_way_through_rows`).
//! 4. For every state with a timer that has not fired, the partition waits for that person and day
//!    (`tests/life_cycles.rs`: `the_fold_counts_what_a_naive_counter_counts`).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hashbrown::HashTable;

use crate::event::Pseudonym;

/// How many partitions a store's persons are spread over: small enough that one partition of
/// millions of persons stays in a core's cache while its step is folded.
pub const PARTITIONS: usize = 256;

/// The number of words that a pseudonym takes at the head of a row.
const HEAD: usize = 4;

/// Persons of one partition with their states: all of them, or those who matter in the next steps.
/// Each person has a row of words that begins with the pseudonym, so that looking up a person also
/// brings the state into the cache.
#[derive(Clone, Default)]
pub struct Partition {
    places: HashTable<u32>,
    rows: Vec<u32>,
    /// Which rows were folded since they were read or taken out.
    changed: Vec<bool>,
    width: usize,
    /// Persons to be looked at when a day has come, the earliest first. Some need no look any more.
    waiting: BinaryHeap<Reverse<(u32, Pseudonym)>>,
    /// Persons to be looked at in the next step.
    moving: Vec<Pseudonym>,
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
        let Self { places, rows, changed, .. } = self;
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
            changed.push(true);
            place
        });
        *place.get() as usize
    }

    /// The row number of a person, if there is one.
    pub(crate) fn find(&self, pseudonym: Pseudonym) -> Option<usize> {
        let head = head(pseudonym);
        let row = |row: u32| &self.rows[row as usize * self.stride()..][..HEAD];
        self.places.find(hash(&head), |&place| row(place) == head).map(|&place| place as usize)
    }

    /// The person in this row.
    fn person(&self, place: usize) -> Pseudonym {
        person(&self.rows[place * self.stride()..])
    }

    /// Notes that the state in this row was folded.
    pub(crate) fn note_changed(&mut self, place: usize) {
        self.changed[place] = true;
    }

    /// Notes that the person in this row is to be looked at when this day has come.
    pub(crate) fn wait(&mut self, place: usize, day: u32) {
        self.waiting.push(Reverse((day, self.person(place))));
    }

    /// Notes that the person in this row is to be looked at in the next step.
    pub(crate) fn move_next(&mut self, place: usize) {
        self.moving.push(self.person(place));
    }

    /// The rows to be looked at in a step with this last day, each once; they are noted no more.
    pub(crate) fn take_waiting(&mut self, last: i32) -> Vec<usize> {
        let mut persons = std::mem::take(&mut self.moving);
        while let Some(&Reverse((day, person))) = self.waiting.peek()
            && i64::from(day) <= i64::from(last)
        {
            persons.push(person);
            self.waiting.pop();
        }
        persons.sort_unstable();
        persons.dedup();
        persons.into_iter().filter_map(|person| self.find(person)).collect()
    }

    /// The state of the person in this row.
    ///
    /// Panics on a row number that [`Self::row_of`] did not return.
    pub(crate) fn state(&mut self, place: usize) -> &mut [u32] {
        let first = place * self.stride() + HEAD;
        &mut self.rows[first..first + self.width]
    }

    /// The persons who move at the next step.
    pub fn moving(&self) -> &[Pseudonym] {
        &self.moving
    }

    /// Keeps the persons whose state passes; invalidates every row number returned before.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&[u32]) -> bool) {
        let stride = self.stride();
        let mut rows = self.rows.chunks_exact(stride);
        let Some(first) = rows.position(|row| !keep(&row[HEAD..])) else { return };
        let mut end = first * stride;
        for from in (end + stride..self.rows.len()).step_by(stride) {
            if keep(&self.rows[from + HEAD..from + stride]) {
                self.rows.copy_within(from..from + stride, end);
                self.changed[end / stride] = self.changed[from / stride];
                end += stride;
            }
        }
        self.rows[end..].fill(0);
        self.rows.truncate(end);
        self.changed.truncate(end / stride);
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

    /// Whether a person has a row.
    pub fn has(&self, pseudonym: Pseudonym) -> bool {
        self.find(pseudonym).is_some()
    }

    /// Puts a row in, in place of the person's own if there is one. It is not changed.
    ///
    /// Panics on a row of another width.
    pub fn put(&mut self, row: &[u32]) {
        let place = self.row_of(person(row));
        self.state(place).copy_from_slice(&row[HEAD..]);
        self.changed[place] = false;
    }

    /// Makes room for this many more persons.
    pub fn reserve(&mut self, persons: usize) {
        let (rows, stride) = (&self.rows, self.stride());
        self.places.reserve(persons, |&place| hash(&rows[place as usize * stride..]));
        self.rows.reserve(persons * stride);
    }

    /// How many rows were folded since they were put in or taken out.
    pub fn changes(&self) -> usize {
        self.changed.iter().filter(|changed| **changed).count()
    }

    /// The rows that were folded since they were put in or taken out, by pseudonym.
    pub fn changed_rows(&self) -> Rows {
        self.sorted(|place| self.changed[place])
    }

    /// All rows, by pseudonym.
    pub fn all_rows(&self) -> Rows {
        self.sorted(|_| true)
    }

    /// Notes that all rows were taken out.
    pub fn note_taken_out(&mut self) {
        self.changed.fill(false);
    }

    fn sorted(&self, is_taken: impl Fn(usize) -> bool) -> Rows {
        let taken = (0..self.len()).filter(|&place| is_taken(place));
        // The upper half decides nearly always, and sorts in half the memory.
        let high = |place: usize| (self.person(place).bits() >> 64) as u64;
        let mut places: Vec<(u64, usize)> = taken.map(|place| (high(place), place)).collect();
        places.sort_unstable_by(|(one_high, one), (other_high, other)| {
            let by_all = || self.person(*one).cmp(&self.person(*other));
            one_high.cmp(other_high).then_with(by_all)
        });
        let mut rows = Rows::new(self.width);
        rows.words.reserve(places.len() * self.stride());
        for (_, place) in places {
            rows.words.extend_from_slice(&self.rows[place * self.stride()..][..self.stride()]);
        }
        rows
    }
}

/// The person of a row.
fn person(row: &[u32]) -> Pseudonym {
    let bits = row[..HEAD].iter().rev().fold(0, |bits, &word| bits << 32 | u128::from(word));
    Pseudonym::from_bits(bits)
}

/// Rows of one partition, by pseudonym: each a pseudonym and a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    words: Vec<u32>,
    width: usize,
}

impl Rows {
    /// No rows, of states with this many words.
    pub fn new(width: usize) -> Self {
        Self { words: vec![], width }
    }

    /// The bytes of a row of a state with this many words.
    pub const fn row_bytes(width: usize) -> usize {
        4 * (HEAD + width)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.words.len() / (HEAD + self.width)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Each row.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &[u32]> + ExactSizeIterator {
        self.words.chunks_exact(HEAD + self.width)
    }

    /// The persons of the rows.
    pub fn persons(&self) -> impl Iterator<Item = Pseudonym> {
        self.iter().map(person)
    }

    /// The row of a person, if there is one.
    pub fn find(&self, pseudonym: Pseudonym) -> Option<&[u32]> {
        let stride = HEAD + self.width;
        let row = |place: usize| &self.words[place * stride..][..stride];
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if person(row(middle)) < pseudonym { low = middle + 1 } else { high = middle }
        }
        (low < self.len()).then(|| row(low)).filter(|row| person(row) == pseudonym)
    }

    /// These rows, with those of older ones whose persons have none here.
    #[must_use]
    pub fn over(&self, older: &Self) -> Self {
        let mut both = Self::new(self.width);
        both.words.reserve(self.words.len() + older.words.len());
        let mut olds = older.iter().peekable();
        for row in self.iter() {
            while let Some(old) = olds.next_if(|old| person(old) < person(row)) {
                both.words.extend_from_slice(old);
            }
            olds.next_if(|old| person(old) == person(row));
            both.words.extend_from_slice(row);
        }
        olds.for_each(|old| both.words.extend_from_slice(old));
        both
    }

    /// Keeps the rows whose state passes.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&[u32]) -> bool) {
        let mut kept = Vec::with_capacity(self.words.len());
        for row in self.iter().filter(|row| keep(&row[HEAD..])) {
            kept.extend_from_slice(row);
        }
        self.words = kept;
    }

    /// Appends some of the rows to bytes: the words of each, little endian.
    ///
    /// Panics on rows that there are not.
    pub fn write(&self, rows: std::ops::Range<usize>, bytes: &mut Vec<u8>) {
        let stride = HEAD + self.width;
        let words = &self.words[rows.start * stride..rows.end * stride];
        bytes.reserve(4 * words.len());
        bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    }

    /// Appends the rows that [`Self::write`] wrote; `None` if the bytes are not a whole number of
    /// rows.
    pub fn read(&mut self, bytes: &[u8]) -> Option<()> {
        if !bytes.len().is_multiple_of(Self::row_bytes(self.width)) {
            return None;
        }
        let words = bytes.chunks_exact(4).map(|word| word.try_into().map(u32::from_le_bytes));
        self.words.reserve(bytes.len() / 4);
        for word in words {
            self.words.push(word.ok()?);
        }
        Some(())
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
        assert_eq!((partition.len(), partition.all_rows().len()), (333, 333));
        for n in 0..1000 {
            let place = partition.row_of(person(n));
            let expected = if n % 3 == 1 { [n as u32, 7] } else { [0, 0] };
            assert_eq!(partition.state(place), expected, "{n}");
        }
        assert_eq!(partition.len(), 1000, "who left comes again as new");
    }

    #[test]
    fn states_survive_their_way_through_rows() {
        let person = |n: u128| Pseudonym::from_bits(n.wrapping_mul(0x1234_5678_9abc_def1));
        let set = |partition: &mut Partition, n: u128, third: u32| {
            let place = partition.row_of(person(n));
            partition.state(place).copy_from_slice(&[n as u32, 7, third]);
            partition.note_changed(place);
        };
        let mut partition = Partition::new(3);
        (0..1000).for_each(|n| set(&mut partition, n, 9));
        let all = partition.all_rows();
        assert_eq!((all.len(), partition.changed_rows() == all), (1000, true));
        assert!(all.persons().is_sorted());
        partition.note_taken_out();
        assert!(partition.changed_rows().is_empty());
        [5, 1003, 999].into_iter().for_each(|n| set(&mut partition, n, 8));
        let changed = partition.changed_rows();
        assert_eq!((changed.len(), partition.changes()), (3, 3));
        let now = changed.over(&all);
        assert!(now == partition.all_rows(), "the changed rows over the ones before are all");
        assert!(now == now.over(&all) && now != all.over(&now), "the newer rows stand");

        let (mut bytes, mut read) = (Vec::new(), Rows::new(3));
        now.write(0..400, &mut bytes);
        now.write(400..1001, &mut bytes);
        assert_eq!(bytes.len(), 1001 * Rows::row_bytes(3));
        read.read(&bytes).unwrap();
        assert!(read == now);
        assert!(read.read(&bytes[1..]).is_none());
        let found = |n| read.find(person(n)).map(|row| row[HEAD..].to_vec());
        assert_eq!(found(5), Some(vec![5, 7, 8]));
        assert_eq!(found(6), Some(vec![6, 7, 9]));
        assert_eq!((found(1002), found(1 << 80)), (None, None));

        let mut again = Partition::new(3);
        all.iter().chain(changed.iter()).for_each(|row| again.put(row));
        assert!(again.all_rows() == now && again.changes() == 0);
    }
}
