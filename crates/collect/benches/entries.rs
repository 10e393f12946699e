//! What a step costs besides its events, and what opening a store costs, as the ledger grows: a
//! plan of quarter hours, of which there are 35,040 in a year, and no events.
//!
//! Not here: a test. Nothing fails because a machine is slow.
//!
//! Run by `cargo bench -p tidegauge-collect --bench entries`. The times are of the processor, for
//! those of the clock are mostly the disk's.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark")]

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use tidegauge_collect::{Population, Releasing, STEPS_TOGETHER, Store, init};
use tidegauge_model::{Period, Plan};

/// The numbers of steps at which is measured.
const SIZES: [usize; 4] = [1_000, 17_000, 35_000, 52_000];
/// How many single steps are measured at each of them.
const SINGLE: u32 = 64;

/// The plan of the tests' crossings, with one dataflow, by the quarter of an hour over two years.
fn plan() -> String {
    let mut parts = testkit::plans::SHORT.split("[[dataflow]]\n");
    let (head, flow) = (parts.next().unwrap(), parts.next().unwrap());
    let visitors = head.find("[[code_list]]\nid = \"CL_VISITOR_CLASS\"").unwrap();
    let text = format!("{}[[dataflow]]\n{flow}", &head[..visitors]);
    [
        ("start = \"2024-01-18\"", "start = \"2024-01-01\""),
        ("expires = \"2024-02-29\"", "expires = \"2025-12-31\""),
        ("windows = 2\n", "windows = 24\n"),
        ("step = \"day\"", "step = \"quarter_hour\""),
        ("{ calendar = { day = 2, week = 1 } }", "\"calendar_blt\""),
    ]
    .iter()
    .fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

/// The time that the processor has spent on this process.
fn spent() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap()
}

/// Milliseconds of the processor and of the clock that some work takes, each `count`th of it.
fn measured(count: u32, mut work: impl FnMut()) -> (f64, f64) {
    let (start, before) = (Instant::now(), spent());
    work();
    let milliseconds = |time: Duration| (time / count).as_secs_f64() * 1e3;
    (milliseconds(spent() - before), milliseconds(start.elapsed()))
}

fn main() {
    let text = plan();
    let plan = Plan::parse(&text).unwrap();
    let steps: Vec<Period> =
        std::iter::successors(Some(plan.first_step()), |step| Some(step.next()))
            .take_while(|&step| plan.allows(step))
            .collect();
    let place = tempfile::tempdir().unwrap();
    let store = place.path().join("store");
    let now: Timestamp = "2026-02-01T00:00:00Z".parse().unwrap();
    init(&store, &text, &plan, &Population::Synthetic { noise_seed: None }, now).unwrap();
    for size in SIZES {
        at(&store, &steps, size, now);
    }
}

/// Releases a store up to this many steps at once, then some more one by one, and opens it.
fn at(place: &Path, steps: &[Period], size: usize, now: Timestamp) {
    let mut store = Store::open(place).unwrap();
    let until = |number: usize| Releasing {
        until: Some(steps[number]),
        empty: true,
        together: STEPS_TOGETHER,
        ..Releasing::closed(now, 1)
    };
    let release = |store: &mut Store, number: usize| {
        store.release(&until(number), &mut |_| {}).unwrap();
    };
    let first = store.status(now, None).unwrap().steps_due;
    let more = size as u64 - (steps.len() as u64 - first);
    let together = measured(more as u32, || release(&mut store, size - 1));
    let single = measured(SINGLE, || {
        (size..).take(SINGLE as usize).for_each(|number| release(&mut store, number));
    });
    let asked = measured(SINGLE, || {
        (0..SINGLE).for_each(|_| drop(store.status(now, None).unwrap()));
    });
    drop(store);
    let opened = measured(4, || (0..4).for_each(|_| drop(Store::open(place).unwrap())));
    println!("{size} steps are released:");
    let lines = [
        ("a step released with others", together),
        ("a step released by itself", single),
        ("status", asked),
        ("opening the store", opened),
    ];
    for (name, (processor, clock)) in lines {
        println!("    {name:30} {processor:8.3} ms of the processor, {clock:8.3} ms in all");
    }
}
