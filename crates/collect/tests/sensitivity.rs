//! What one person can really do, through the kernel, against what the price says one person
//! can do: no history moves a dataflow's strategy stream by more than the claimed sensitivity,
//! and the worst history that is known comes up to it.
//!
//! Not here: the formula itself (crate `privacy` searches exhaustively on small sizes).

use proptest::prelude::*;
use tidegauge_fold::{ATTRIBUTES_MAX, Event, Kernel, NO_CODE, Partition, Pseudonym, StepKind};
use tidegauge_ledger::{Over, Part, Price, Scheme, prices};
use tidegauge_model::{Period, Plan, days};
use tidegauge_privacy::Level;
use tidegauge_privacy::strategy::recursion::PRECISION_BITS;

/// Steps of the window that histories use: of days into the third month and the second quarter.
const STEPS: usize = 120;

/// The ready-made plan, one that measures nodes, one that measures tables, and one with timers and
/// every measure.
fn plans() -> [Plan; 4] {
    let texts = [
        include_str!("../../../plans/border.toml"),
        include_str!("../../../testdata/crossings.toml"),
        include_str!("../../../testdata/tables.toml"),
        include_str!("../../../testdata/stays.toml"),
    ];
    texts.map(|text| Plan::parse(text).expect("a sound plan"))
}

/// The plan of hours, also with quarters of an hour and weeks for steps.
fn other_steps() -> [Plan; 3] {
    let hours = include_str!("../../../testdata/hours.toml");
    let quarters = hours.replace("step = \"hour\"", "step = \"quarter_hour\"");
    let weeks = hours.replace("step = \"hour\"", "step = \"week\"");
    let weeks = weeks.replace("window = \"month\"", "window = \"year\"");
    let weeks = weeks.replace("start = \"2024-10-26\"", "start = \"2024-01-01\"");
    [hours.to_owned(), quarters, weeks].map(|text| Plan::parse(&text).expect("a sound plan"))
}

/// (step or -1 for before, second, kind, and the code of each attribute), each as far as the plan's
/// lists go; where events carry dates, the second chooses one.
type Given = (i32, u16, u8, u16, u16);

/// A date some days from the first day of an event's step, or none.
fn granted(step: Period, second: u16) -> u16 {
    let day = days::number(step.first()) as u16;
    if second.is_multiple_of(4) { NO_CODE } else { day + second % 9 - 1 }
}

/// The increments of one person's history: base and steps, by dataflow and cell.
fn increments(plan: &Plan, history: &[Given]) -> (Vec<Vec<i64>>, Vec<Vec<Vec<i64>>>) {
    let kernel = Kernel::new(plan).expect("few attributes");
    let mut partition = Partition::new(kernel.width());
    let of_step = |number: i32, step: Period| -> Vec<Event> {
        let start = days::instant(plan.time_zone(), step.start());
        let events = history.iter().zip(0..).filter(|(given, _)| given.0 == number);
        events
            .map(|(&(_, second, kind, point, class), id)| {
                let mut codes = [NO_CODE; ATTRIBUTES_MAX];
                for ((code, given), attribute) in
                    codes.iter_mut().zip([point, class]).zip(&plan.attributes)
                {
                    *code = given % attribute.code_list.codes().len() as u16;
                }
                if plan.life_cycle.has_dates() {
                    codes[plan.attributes.len()] = granted(step, second);
                }
                let kind = kind % plan.life_cycle.kinds.len() as u8;
                let at = start + i64::from(second);
                let pseudonym = Pseudonym::from_bits(1);
                Event { pseudonym, id, at, kind, age: 0, codes }
            })
            .collect()
    };
    let flows = plan.dataflows.len();
    let before = plan.first_step().previous();
    kernel.fold(&mut partition, &mut of_step(-1, before), StepKind::Seed, &mut kernel.tally());
    let mut base = kernel.tally();
    kernel.begin_window(&mut partition, 0, &mut base);
    let periods = plan.steps_of(plan.window_of(plan.first_step()));
    let steps = periods.into_iter().take(STEPS).zip(0..).map(|(period, number)| {
        let mut tally = kernel.tally();
        let month = period.first().month().unsigned_abs().into();
        let last = days::number(period.last());
        let step = StepKind::Step { window: 0, month, in_window: number as u32, last };
        kernel.fold(&mut partition, &mut of_step(number, period), step, &mut tally);
        (0..flows).map(|flow| tally.cells(flow).to_vec()).collect()
    });
    let steps = steps.collect();
    ((0..flows).map(|flow| base.cells(flow).to_vec()).collect(), steps)
}

/// Squared length of what one person adds to the sums over these nodes, all values together, each
/// over its multiple and rounded up.
fn squared_nodes(levels: &[Level], steps: &[Vec<i64>], multiples: &[u64]) -> u128 {
    let mut total = 0;
    for level in levels {
        let mut first = 0;
        for &end in &level.ends {
            let node = steps.get(first..(end as usize).min(steps.len()));
            first = end as usize;
            for (value, &multiple) in multiples.iter().enumerate().filter(|(_, m)| **m > 0) {
                let node = node.unwrap_or_default();
                let sum: i64 = node.iter().map(|step| step[value]).sum();
                let square = u128::from((sum * i64::from(level.weight)).unsigned_abs()).pow(2);
                total += square.div_ceil(multiple.into());
            }
        }
    }
    total
}

/// Squared length of what one person adds to everything that a stream measures, all values
/// together; of a recursion, each step times its precision, floors included.
fn squared(price: &Price, steps: &[Vec<i64>]) -> u128 {
    let ones = vec![1; price.over.values()];
    let multiples = price.over.multiples().unwrap_or(&ones);
    match &price.scheme {
        Scheme::Nodes { strategy, .. } => squared_nodes(strategy.levels(), steps, multiples),
        Scheme::Periods { level, .. } => {
            squared_nodes(std::slice::from_ref(level), steps, multiples)
        }
        Scheme::Recursion(recursion) => {
            let mut total = 0;
            for (cell, &multiple) in multiples.iter().enumerate().filter(|(_, m)| **m > 0) {
                let (mut with, mut without) = (recursion.start(), recursion.start());
                for number in 0..recursion.steps().min(400) {
                    // What nobody sees: everyone else's counts, and this person's.
                    let others = i64::from(number) * 7919 % 1000;
                    let own = steps.get(number as usize).map_or(0, |step| step[cell]);
                    let one = recursion.encode(number, others + own, &mut with).expect("small");
                    let other = recursion.encode(number, others, &mut without).expect("small");
                    let moved = u128::from(one.abs_diff(other)).pow(2);
                    let moved = moved * u128::from(recursion.row(number).precision);
                    total += moved.div_ceil(multiple.into());
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
                    let meant = |step: &Vec<Vec<i64>>| match (&price.over, part) {
                        (Over::Residual(residual), _) => residual.exact(&step[flow]).expect("few"),
                        (_, Part::Net) => step[flow][..half].to_vec(),
                        (_, Part::Turnover) => step[flow][half..].to_vec(),
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
            (-1..STEPS as i32, 0..24u16, 0..6u8, 0..3u16, 0..3u16), 0..200
        )
    ) {
        for plan in plans().into_iter().chain(other_steps()) {
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
        for plan in plans().into_iter().chain(other_steps()) {
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
    let [balance, plan, table, _] = plans();
    let mut history = vec![(-1, 0, 0, 0, 1)];
    for day in 0..STEPS as i32 {
        history.extend([(day, 0, 1, 0, 1), (day, 1, 0, 0, 1)]);
    }
    let of_balance = claims(&balance, &history);
    let [_, base, ..] = of_balance[..] else { panic!("five prices: {of_balance:?}") };
    assert_eq!(base.0, base.1);
    let claims = claims(&plan, &history);
    let [flow, base, _, cut] = claims[..] else { panic!("four prices: {claims:?}") };
    assert_eq!((base.0, cut.0), (base.1, cut.1));
    assert!(flow.1 * 8 > flow.0, "{} of {}", flow.1, flow.0);
    // Contributions of one sign in one cell are the worst of a table; a life cycle that makes every
    // other one an exit leaves the total, which does not tell directions apart, at its claim.
    let totals = prices(&table, 1, table.window_of(table.first_step())).expect("prices");
    let residuals: Vec<bool> = totals.iter().map(|price| is_total(&price.over)).collect();
    let of_tables = self::claims(&table, &history);
    let first = prices(&table, 0, table.window_of(table.first_step())).expect("prices").len();
    let total = residuals.iter().position(|&total| total).expect("a total");
    let (claimed, measured) = of_tables[first + total];
    assert_eq!(claimed, measured);
}

fn is_total(over: &Over) -> bool {
    matches!(over, Over::Residual(residual) if residual.margin.is_total())
}

/// With timers: someone who enters each day for that day alone and leaves two days later, lapsing
/// on the way, comes up to what is claimed of flows of events, whose contributions may all fall
/// into one cell of one step; and of transitions, each of which is another pair.
#[test]
fn claims_of_life_cycles_are_met_where_the_life_cycle_allows_it() {
    let [.., plan] = plans();
    let (entry, exit, grant) = (0, 1, 3);
    let mut history = Vec::new();
    for second in 0..9 {
        history.push((0, 4 * second, grant, 0, 0));
    }
    history.extend([(1, 0, exit, 0, 0), (2, 1, entry, 0, 0), (7, 0, exit, 0, 0)]);
    let places: Vec<(String, Part)> = (0..plan.dataflows.len())
        .flat_map(|flow| {
            let window = plan.window_of(plan.first_step());
            let prices = prices(&plan, flow, window).expect("prices");
            let id = &plan.dataflows[flow].id;
            prices.into_iter().map(|price| (id.clone(), price.part)).collect::<Vec<_>>()
        })
        .collect();
    let claims = claims(&plan, &history);
    let of = |id: &str| {
        let place = places.iter().position(|(of, _)| of == id).expect("a price");
        claims[place]
    };
    for met in ["EVENTS", "PAIRS"] {
        let (claimed, measured) = of(met);
        assert_eq!(claimed, measured, "{met}");
    }
}
