//! What one person can really do, through the kernel, against what the price says one person
//! can do: no history moves a dataflow's strategy stream by more than the claimed sensitivity,
//! and the worst history that is known comes up to it.
//!
//! Not here: the formula itself (crate `privacy` searches exhaustively on small sizes).

use proptest::prelude::*;
use tidegauge_fold::{ATTRIBUTES_MAX, Event, Kernel, NO_CODE, Partition, Pseudonym, StepKind};
use tidegauge_ledger::{Part, Price, Scheme, prices};
use tidegauge_model::Plan;
use tidegauge_privacy::strategy::recursion::PRECISION_BITS;

/// Days of the window that histories use: into the third month and the second quarter.
const DAYS: usize = 120;

/// The ready-made plan, and one that measures nodes.
fn plans() -> [Plan; 2] {
    let texts = [
        include_str!("../../../plans/border.toml"),
        include_str!("../../../testdata/crossings.toml"),
    ];
    texts.map(|text| Plan::parse(text).expect("a sound plan"))
}

/// (day or -1 for before, second, kind, point, class).
type Given = (i32, u16, u8, u16, u16);

/// The increments of one person's history: base and days, by dataflow and cell.
fn increments(plan: &Plan, history: &[Given]) -> (Vec<Vec<i64>>, Vec<Vec<Vec<i64>>>) {
    let kernel = Kernel::new(plan).expect("few attributes");
    let mut partition = Partition::new(kernel.width());
    let of_day = |day: i32| -> Vec<Event> {
        let events = history.iter().zip(0..).filter(|(given, _)| given.0 == day);
        events
            .map(|(&(day, second, kind, point, class), id)| {
                let mut codes = [NO_CODE; ATTRIBUTES_MAX];
                codes[..2].copy_from_slice(&[point, class]);
                let at = i64::from(day) * 86_400_000 + i64::from(second);
                let pseudonym = Pseudonym::from_bits(1);
                Event { pseudonym, id, at, kind, age: 0, codes }
            })
            .collect()
    };
    let flows = plan.dataflows.len();
    kernel.fold(&mut partition, &mut of_day(-1), StepKind::Seed, &mut kernel.tally());
    let mut base = kernel.tally();
    kernel.begin_window(&mut partition, 0, &mut base);
    let days = plan.steps_of(plan.window_of(plan.first_step()));
    let steps = days.iter().take(DAYS).zip(0..).map(|(period, day)| {
        let mut tally = kernel.tally();
        let month = period.first().month().unsigned_abs().into();
        let step = StepKind::Step { window: 0, month, in_window: day as u32 };
        kernel.fold(&mut partition, &mut of_day(day), step, &mut tally);
        (0..flows).map(|flow| tally.cells(flow).to_vec()).collect()
    });
    let steps = steps.collect();
    ((0..flows).map(|flow| base.cells(flow).to_vec()).collect(), steps)
}

/// Squared length of what one person adds to everything that a stream measures, all cells
/// together; of a recursion, each step times its precision, floors included.
fn squared(price: &Price, steps: &[Vec<i64>]) -> u128 {
    match &price.scheme {
        Scheme::Nodes { strategy, .. } => {
            let mut total = 0;
            for level in strategy.levels() {
                let mut first = 0;
                for &end in &level.ends {
                    let node = steps.get(first..(end as usize).min(steps.len()));
                    first = end as usize;
                    for cell in 0..steps[0].len() {
                        let node = node.unwrap_or_default();
                        let sum: i64 = node.iter().map(|step| step[cell]).sum();
                        total += u128::from((sum * i64::from(level.weight)).unsigned_abs()).pow(2);
                    }
                }
            }
            total
        }
        Scheme::Recursion(recursion) => {
            let mut total = 0;
            for cell in 0..steps[0].len() {
                let (mut with, mut without) = (recursion.start(), recursion.start());
                for number in 0..recursion.steps().min(400) {
                    // What nobody sees: everyone else's counts, and this person's.
                    let others = i64::from(number) * 7919 % 1000;
                    let own = steps.get(number as usize).map_or(0, |step| step[cell]);
                    let one = recursion.encode(number, others + own, &mut with).expect("small");
                    let other = recursion.encode(number, others, &mut without).expect("small");
                    let moved = u128::from(one.abs_diff(other)).pow(2);
                    total += moved * u128::from(recursion.row(number).precision);
                }
            }
            total >> PRECISION_BITS
        }
    }
}

/// For each price of the plan: (claimed, measured).
fn claims(plan: &Plan, history: &[Given]) -> Vec<(u128, u128)> {
    let (base, steps) = increments(plan, history);
    let window = plan.window_of(plan.first_step());
    let mut claims = Vec::new();
    for (flow, base) in base.iter().enumerate() {
        for price in prices(plan, flow, window).expect("prices") {
            let measured = match price.part {
                Part::Base => base.iter().map(|n| u128::from(n.unsigned_abs()).pow(2)).sum(),
                part => {
                    let half = steps[0][flow].len() / 2;
                    let meant = |step: &Vec<Vec<i64>>| match part {
                        Part::Net => step[flow][..half].to_vec(),
                        Part::Turnover => step[flow][half..].to_vec(),
                        _ => step[flow].clone(),
                    };
                    squared(&price, &steps.iter().map(meant).collect::<Vec<_>>())
                }
            };
            claims.push((price.delta2, measured));
        }
    }
    claims
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_history_moves_more_than_the_claim(
        history in prop::collection::vec(
            (-1..DAYS as i32, 0..9u16, 0..2u8, 0..2u16, 0..3u16), 0..200
        )
    ) {
        for plan in plans() {
            for (claimed, measured) in claims(&plan, &history) {
                prop_assert!(measured <= claimed, "{measured} > {claimed}");
            }
        }
    }

    #[test]
    fn no_dense_history_moves_more_than_the_claim(
        first in 0..60i32, spells in prop::collection::vec((0..3i32, 0..4i32, 0..3u16), 1..40),
    ) {
        let mut history = Vec::new();
        let mut day = first;
        for (stay, rest, class) in spells {
            history.push((day, 0, 0, 0, class));
            history.push((day + stay, 1, 1, 0, class));
            day += stay + rest;
        }
        for plan in plans() {
            for (claimed, measured) in claims(&plan, &history) {
                prop_assert!(measured <= claimed, "{measured} > {claimed}");
            }
        }
    }
}

/// A visitor who was there before, and then crosses every day: the base and the persons cut come
/// up to their claims exactly. The flow cannot: the claim lets all contributions fall into one
/// cell, the life cycle makes every other one an exit.
#[test]
fn claims_are_met_where_the_life_cycle_allows_it() {
    let [balance, plan] = plans();
    let mut history = vec![(-1, 0, 0, 0, 1)];
    for day in 0..DAYS as i32 {
        history.extend([(day, 0, 1, 0, 1), (day, 1, 0, 0, 1)]);
    }
    let of_balance = claims(&balance, &history);
    let [_, base, ..] = of_balance[..] else { panic!("five prices: {of_balance:?}") };
    assert_eq!(base.0, base.1);
    let claims = claims(&plan, &history);
    let [flow, base, _, cut] = claims[..] else { panic!("four prices: {claims:?}") };
    assert_eq!((base.0, cut.0), (base.1, cut.1));
    assert!(flow.1 * 8 > flow.0, "{} of {}", flow.1, flow.0);
}
