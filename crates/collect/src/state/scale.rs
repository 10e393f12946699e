//! What a step costs by events and by persons: a measurement for people to read, `./bench steps`.
//!
//! Not here: the rest of a release (draws, ledger), and any check: machines are noisy.
//!
//! Invariants: none; the fold of a step is the one that a release does, from files to files.

use std::path::Path;
use std::time::Instant;

use tidegauge_fold::{
    ATTRIBUTES_MAX, EarlierEvents, Event, Kernel, NO_CODE, PARTITIONS, Partition, Pseudonym, Rows,
    StepKind,
};
use tidegauge_model::{EventOrder, Plan};

use super::fold::FoldState;
use super::run::{Index, RunName, RunWriter};
use super::tests::mixed;
use crate::layout::run_name;
use crate::vault::StoreKey;
use crate::vault::functions::CipherKind;

const PLAN: &str = include_str!("../../../../plans/border.toml");
const FIRST_DAY: i32 = 19_723;
const THREADS: usize = 2;
const STEPS: i32 = 24;
/// A year of quarter hours: no step rewrites anybody because of age.
const AGE_MAX: i32 = 96 * 365;

/// The nth person of a partition.
fn person(partition: usize, nth: u64) -> Pseudonym {
    let seed = (partition as u64) << 40 | nth;
    let bits = u128::from(mixed(seed)) << 64 | u128::from(mixed(seed ^ 1 << 63));
    Pseudonym::from_bits(bits >> 8 | (partition as u128) << 120)
}

/// Writes a state in which everybody has come once, partition by partition.
fn write(directory: &Path, key: &StoreKey, kernel: &Kernel, of_partition: u64) -> RunName {
    let (salt, cipher) = key.new_file().unwrap();
    let mut out = RunWriter::new(directory.join(run_name(1)), cipher, kernel.width()).unwrap();
    let step = StepKind::Step { window: 0, month: 1, in_window: 0, last: FIRST_DAY };
    let (mut tally, mut present) = (kernel.tally(), kernel.presence());
    for partition in 0..PARTITIONS {
        let mut persons = Partition::new(kernel.width());
        persons.reserve(of_partition as usize);
        let mut events: Vec<Event> =
            (0..of_partition).map(|nth| event((partition, nth), (0, nth), FIRST_DAY)).collect();
        kernel.fold(&mut persons, &mut events, step, (&mut tally, &mut present));
        drop(events);
        let rows: Rows = persons.all_rows();
        out.section((partition, 0), &rows, &kernel.timers(&rows)).unwrap();
    }
    let cells: Vec<usize> =
        (0..present.dataflows()).map(|flow| present.cells(flow).len()).collect();
    let values = (0..cells.len()).flat_map(|flow| present.cells(flow).to_vec()).collect();
    let (window, last) = (Some(0), Some(FIRST_DAY));
    let index = Index { next: 1, window, last, present: cells, ..Index::default() };
    let (bytes, index_bytes, _) = out.finish(1, index, values).unwrap();
    RunName { number: 1, next: 1, bytes, index_bytes, salt, has_before: true }
}

fn event((partition, nth): (usize, u64), (kind, id): (u8, u64), day: i32) -> Event {
    let mut codes = [NO_CODE; ATTRIBUTES_MAX];
    codes[..2].copy_from_slice(&[(nth % 5) as u16, (nth % 3) as u16]);
    let at = i64::from(day) * 86_400_000 + (id % 86_400_000) as i64;
    Event { pseudonym: person(partition, nth), id, at, kind, age: 0, codes }
}

/// The events of a step: one for each of so many persons, nine of ten of whom are known.
fn events(step: i32, count: u64, of_partition: u64) -> Vec<Vec<Event>> {
    let mut parts = vec![vec![]; PARTITIONS];
    for number in 0..count {
        let chance = mixed(u64::from(step.unsigned_abs()) << 32 | number);
        let partition = (chance >> 56) as usize;
        let known = (chance & 0xff_ffff_ffff) % of_partition;
        let nth = if number % 10 == 0 { known + of_partition } else { known };
        let kind = (chance >> 48 & 1) as u8;
        parts[partition].push(event((partition, nth), (kind, chance), FIRST_DAY + step));
    }
    parts
}

/// The most memory that this process has used, in MiB, and its CPU time in milliseconds, from the
/// system.
fn used() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse::<u64>().ok());
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let times = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    let ticks: u64 = times.filter_map(|time| time.parse::<u64>().ok()).sum();
    (peak.unwrap_or(0) / 1024, ticks * 10)
}

fn measure(millions: u64, count: u64) {
    let kernel = Kernel::new(&Plan::parse(PLAN).unwrap(), EventOrder::LifeCycle).unwrap();
    let key = StoreKey::new([7; 32].into(), CipherKind::Aes256Gcm);
    let place = tempfile::tempdir().unwrap();
    let of_partition = millions * 1_000_000 / PARTITIONS as u64;
    let mut names = vec![write(place.path(), &key, &kernel, of_partition)];
    let (mut walls, mut written, before) = (vec![], 0, used().1);
    for step in 1..=STEPS {
        let by_step = vec![events(step, count, of_partition)];
        let kind = StepKind::Step {
            window: 0,
            month: 1,
            in_window: step.unsigned_abs(),
            last: FIRST_DAY + step,
        };
        let start = Instant::now();
        let mut state = FoldState::read(place.path(), &names, &key, &kernel).unwrap();
        let gathered = (by_step, &[EarlierEvents::default()][..]);
        let folded = state.fold_gathered(&kernel, gathered, &[kind], THREADS).unwrap();
        folded.iter().for_each(|folded| state.count(folded).unwrap());
        let number = names.last().unwrap().number + 1;
        let new = state.write(place.path(), (number, &key), &kernel, AGE_MAX, THREADS).unwrap();
        let staying = state.keep_needed_runs();
        walls.push(start.elapsed().as_millis());
        written += new.bytes;
        names.push(new);
        for gone in names.iter().filter(|name| !staying.contains(&name.number)) {
            std::fs::remove_file(place.path().join(run_name(gone.number))).unwrap();
        }
        names.retain(|name| staying.contains(&name.number));
    }
    let steps = u64::from(STEPS.unsigned_abs());
    let (memory, cpu) = used();
    let disk: u64 = names.iter().map(|name| name.bytes).sum();
    walls.sort_unstable();
    println!(
        "{millions:>9} {count:>9} {:>8} {:>8} {:>8} {:>10} {:>9} {memory:>9}",
        walls[walls.len() / 2],
        walls[walls.len() - 1],
        (cpu - before) / steps,
        written / steps / 1000,
        disk / 1_000_000,
    );
}

#[test]
#[ignore = "a measurement, for ./bench"]
fn steps_at_scale() {
    let given = std::env::var("MILLIONS").unwrap_or_default();
    let given = if given.is_empty() { "1 10 100".to_owned() } else { given };
    println!("persons in millions, events of a step; milliseconds: median, worst, CPU; kB written");
    println!("by a step, MB on disk; MiB of memory at most, of this program so far");
    for millions in given.split_whitespace().filter_map(|given| given.parse().ok()) {
        for count in [10_000, 100_000] {
            measure(millions, count);
        }
    }
}
