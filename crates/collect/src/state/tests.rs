//! States on disk: whatever was written together and read together, the fold goes on alike.
//!
//! Not here: the rules of the fold (crate `fold`), damage to files and crashes
//! (`tidegauge/tests/retention.rs`, `tidegauge/tests/crash.rs`).
//!
//! Invariants: the tests are named in the modules beside this one.

use std::fs;
use std::path::Path;

use tidegauge_fold::{EarlierEvents, Event, Kernel, Partition, Pseudonym, StepKind, Tally};
use tidegauge_model::{EventOrder, Plan};

use super::fold::FoldState;
use super::persons::WHOLE_SHARE;
use super::run::RunName;
use crate::layout::run_name;
use crate::vault::StoreKey;
use crate::vault::functions::CipherKind;

/// Timers, stocks and retention: everything that a state may wait for.
const PLAN: &str = include_str!("../../../../testdata/plans/exit-metrics.toml");
const STEPS: i32 = 90;
const PERSONS: u64 = 900;
/// Steps of a window.
const WINDOW: i32 = 30;

fn key() -> StoreKey {
    StoreKey::new([7; 32].into(), CipherKind::Aes256Gcm)
}

fn kernel() -> Kernel {
    Kernel::new(&Plan::parse(PLAN).unwrap(), EventOrder::LifeCycle).unwrap()
}

/// A number that looks like chance, and is the same in every run of the test.
pub(super) fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// Persons of three partitions, so that each has some hundred.
fn person(number: u64) -> Pseudonym {
    let bits = u128::from(mixed(number)) << 64 | u128::from(mixed(number + PERSONS));
    Pseudonym::from_bits(bits >> 8 | u128::from(number % 3) << 120)
}

/// The events of a step: of few persons, but for every tenth step.
fn events(step: i32) -> Vec<Event> {
    let seed = u64::from(step.unsigned_abs()) << 32;
    let count = if step % 10 == 0 { 200 } else { 4 };
    let day = i64::from(FIRST_DAY + step) * 86_400_000;
    let plan = Plan::parse(PLAN).unwrap();
    (0..count)
        .map(|number| {
            let chance = mixed(seed + number);
            let mut codes = [tidegauge_fold::NO_CODE; tidegauge_fold::ATTRIBUTES_MAX];
            codes[..plan.attributes.len()].fill(0);
            codes[plan.attributes.len()] = (FIRST_DAY + step + (chance % 40) as i32) as u16;
            Event {
                pseudonym: person((chance >> 8) % PERSONS),
                id: chance,
                at: day + number as i64,
                kind: (chance >> 60) as u8 % plan.life_cycle.kinds.len() as u8,
                age: 0,
                codes,
            }
        })
        .collect()
}

const FIRST_DAY: i32 = 19_723;

fn kind(step: i32) -> StepKind {
    let (window, in_window) = (step / WINDOW, step % WINDOW);
    let (window, in_window) = (window.unsigned_abs(), in_window.unsigned_abs());
    StepKind::Step { window, month: 1 + window, in_window, last: FIRST_DAY + step }
}

/// Every count of a tally.
fn all(tally: &Tally) -> impl Iterator<Item = i64> {
    (0..tally.dataflows()).flat_map(|dataflow| tally.cells(dataflow).to_vec())
}

/// How states are written and read.
#[derive(Clone, Copy)]
struct Way {
    /// How many steps are folded before the state is written.
    steps: i32,
    /// As [`super::persons::Persons`] has it.
    whole_share: usize,
    age_max: i32,
    threads: usize,
}

/// What a fold of all steps leaves.
struct Folded {
    /// The counts of each step.
    counts: Vec<Vec<i64>>,
    /// The bytes of rows that each wrote.
    bytes: Vec<u64>,
    names: Vec<RunName>,
}

fn fold(way: Way, directory: &Path) -> (Vec<Vec<i64>>, Vec<u64>) {
    let Folded { counts, bytes, .. } = fold_all(way, directory);
    (counts, bytes)
}

fn fold_all(way: Way, directory: &Path) -> Folded {
    let kernel = kernel();
    let (mut names, mut counts, mut bytes): (Vec<RunName>, _, _) = (vec![], vec![], vec![]);
    let mut step = 0;
    while step < STEPS {
        let mut state = match names.is_empty() {
            true => FoldState::new(&kernel),
            false => FoldState::read(directory, &names, &key(), &kernel).unwrap(),
        };
        state.partitions.iter_mut().for_each(|persons| persons.whole_share = way.whole_share);
        let end = STEPS.min(step + way.steps);
        let kinds: Vec<StepKind> = (step..end).map(kind).collect();
        let by_step = (step..end).map(|step| {
            let mut parts = vec![vec![]; tidegauge_fold::PARTITIONS];
            events(step).into_iter().for_each(|e| parts[Partition::of(e.pseudonym)].push(e));
            parts
        });
        state.next = step;
        let (by_step, earlier) = (by_step.collect(), vec![EarlierEvents::default(); kinds.len()]);
        let gathered = (by_step, &earlier[..]);
        for folded in state.fold_gathered(&kernel, gathered, &kinds, way.threads).unwrap() {
            state.count(&folded).unwrap();
            counts.push(all(&folded.step).chain(all(&state.present)).collect());
        }
        step = end;
        let number = names.last().map_or(1, |newest| newest.number + 1);
        let threads = way.threads;
        let new = state.write(directory, (number, &key()), &kernel, way.age_max, threads).unwrap();
        bytes.push(new.bytes - new.index_bytes);
        names.push(new);
        let staying = state.keep_needed_runs();
        for gone in names.iter().filter(|name| !staying.contains(&name.number)) {
            fs::remove_file(directory.join(run_name(gone.number))).unwrap();
        }
        names.retain(|name| staying.contains(&name.number));
        let oldest = state.runs.oldest_section();
        assert!(oldest.is_none_or(|oldest| step - oldest < way.age_max.max(1)));
    }
    Folded { counts, bytes, names }
}

const NEVER_WHOLE: usize = 0;

#[test]
fn every_way_to_write_and_read_states_is_the_same() {
    let way = Way { steps: STEPS, whole_share: WHOLE_SHARE, age_max: 1000, threads: 1 };
    let fold_so = |way| fold(way, tempfile::tempdir().unwrap().path()).0;
    let expected = fold_so(way);
    assert!(expected.iter().flatten().filter(|count| **count != 0).count() > 500);
    for (steps, whole_share, age_max, threads) in [
        (1, usize::MAX, 1000, 1),
        (1, NEVER_WHOLE, 1000, 2),
        (1, NEVER_WHOLE, 7, 1),
        (1, WHOLE_SHARE, 30, 2),
        (3, 8, 1, 1),
        (7, NEVER_WHOLE, 1000, 2),
    ] {
        let other = fold_so(Way { steps, whole_share, age_max, threads });
        let alike = expected.iter().zip(&other).position(|(one, other)| one != other);
        assert_eq!(alike, None, "{steps} {whole_share} {age_max} {threads}");
        assert_eq!(other.len(), expected.len());
    }
}

#[test]
fn no_section_is_older_than_it_may_be() {
    // The fold of each step asserts it.
    for age_max in [1, 2, 5, 30] {
        let way = Way { steps: 1, whole_share: NEVER_WHOLE, age_max, threads: 1 };
        fold(way, tempfile::tempdir().unwrap().path());
    }
}

#[test]
fn a_state_that_lacks_a_run_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let way = Way { steps: 1, whole_share: NEVER_WHOLE, age_max: 1000, threads: 1 };
    let names = fold_all(way, place.path()).names;
    assert!(names.len() > 3);
    let read = |names: &[RunName]| FoldState::read(place.path(), names, &key(), &kernel());
    assert!(read(&names).is_ok());
    for lacking in 0..names.len() - 1 {
        let mut others = names.clone();
        let lacking = others.remove(lacking);
        let needed = read(&names).unwrap().runs.newest().unwrap().index.needs.clone();
        assert_eq!(read(&others).is_err(), needed.contains(&lacking.number), "{lacking:?}");
    }
    // The state before the newest has all of its runs.
    assert!(read(&names[..names.len() - 1]).is_ok());
}

#[test]
fn a_step_writes_what_it_changed() {
    let way = Way { steps: 1, whole_share: NEVER_WHOLE, age_max: 1000, threads: 1 };
    let (_, bytes) = fold(way, tempfile::tempdir().unwrap().path());
    let whole = tempfile::tempdir().unwrap();
    let (_, all) = fold(Way { steps: STEPS, ..way }, whole.path());
    let (small, many) = (80..90).partition::<Vec<i32>, _>(|step| step % 10 != 0);
    let sum = |steps: &[i32]| steps.iter().map(|step| bytes[*step as usize]).sum::<u64>();
    let small = sum(&small) / small.len() as u64;
    assert!(3 * small < all[0], "{small} bytes a small step, {} bytes in all", all[0]);
    assert!(small < sum(&many), "a step with more events writes more");
}
