//! What one person can really do, through the kernel, against what the price says one person
//! can do: no history moves a dataflow's strategy stream by more than the claimed sensitivity,
//! and the worst history that is known comes up to it.
//!
//! Not here: the formula itself (crate `privacy` searches exhaustively on small sizes).

use std::collections::{BTreeMap, HashSet};

use num_rational::BigRational;
use proptest::prelude::*;
use tidegauge_fold::{ATTRIBUTES_MAX, Event, Kernel, NO_CODE, Partition, Pseudonym, StepKind};
use tidegauge_ledger::{Over, Part, Price, Scheme, prices};
use tidegauge_model::{Days, Plan, days};
use tidegauge_privacy::Level;
use tidegauge_privacy::strategy::recursion::PRECISION_BITS;

/// Days of the window that histories use: into the third month and the second quarter.
const DAYS: usize = 120;

/// The ready-made plan, one that measures nodes, one that measures tables, one of tables of persons
/// present, and one with timers and every measure.
fn plans() -> [Plan; 5] {
    let texts = [
        include_str!("../../../plans/border.toml"),
        include_str!("../../../testdata/crossings.toml"),
        include_str!("../../../testdata/tables.toml"),
        include_str!("../../../testdata/stock_table.toml"),
        include_str!("../../../testdata/stays.toml"),
    ];
    texts.map(|text| Plan::parse(text).expect("a sound plan"))
}

/// (day or -1 for before, second, kind, and the code of each attribute), each as far as the plan's
/// lists go; where events carry dates, the second chooses one.
type Given = (i32, u16, u8, u16, u16);

/// A date some days from an event's day, or none.
fn granted(plan: &Plan, day: i32, second: u16) -> u16 {
    let first = days::number(plan.first_step().first());
    if second.is_multiple_of(4) { NO_CODE } else { (first + day) as u16 + second % 9 - 1 }
}

/// The increments of one person's history: base and so many days, by dataflow and cell.
fn increments(plan: &Plan, history: &[Given], many: usize) -> (Vec<Vec<i64>>, Vec<Vec<Vec<i64>>>) {
    let kernel = Kernel::new(plan).expect("few attributes");
    let mut partition = Partition::new(kernel.width());
    let (starts, first) = (Days::new(plan), days::number(plan.first_step().first()));
    let of_day = |day: i32| -> Vec<Event> {
        let events = history.iter().zip(0..).filter(|(given, _)| given.0 == day);
        events
            .map(|(&(day, second, kind, point, class), id)| {
                let mut codes = [NO_CODE; ATTRIBUTES_MAX];
                for ((code, given), attribute) in
                    codes.iter_mut().zip([point, class]).zip(&plan.attributes)
                {
                    *code = given % attribute.code_list.codes().len() as u16;
                }
                if plan.life_cycle.has_dates() {
                    codes[plan.attributes.len()] = granted(plan, day, second);
                }
                let kind = kind % plan.life_cycle.kinds.len() as u8;
                let at = starts.start(first + day) + 36_000_000 + i64::from(second);
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
    let steps = days.iter().take(many).zip(0..).map(|(period, day)| {
        let mut tally = kernel.tally();
        let month = period.first().month().unsigned_abs().into();
        let last = days::number(period.last());
        let step = StepKind::Step { window: 0, month, in_window: day as u32, last };
        kernel.fold(&mut partition, &mut of_day(day), step, &mut tally);
        (0..flows).map(|flow| tally.cells(flow).to_vec()).collect()
    });
    let steps = steps.collect();
    ((0..flows).map(|flow| base.cells(flow).to_vec()).collect(), steps)
}

/// A sum of squares, each over the multiple of its value. Only the whole is rounded, up: a claim is
/// exact where no single value is a whole number.
#[derive(Default)]
struct Squares(BTreeMap<u64, u128>);

impl Squares {
    fn add(&mut self, square: u128, multiple: u64) {
        *self.0.entry(multiple).or_default() += square;
    }

    fn over(&self, divisor: u128) -> u128 {
        let part = |(&multiple, &squares): (&u64, &u128)| {
            BigRational::new(squares.into(), (u128::from(multiple) * divisor).into())
        };
        let sum = self.0.iter().map(part).sum::<BigRational>();
        sum.ceil().to_integer().try_into().expect("few")
    }
}

/// Squared length of what one person adds to the sums over these nodes, all values together, each
/// over its multiple.
fn squared_nodes(levels: &[Level], steps: &[Vec<i64>], multiples: &[u64]) -> u128 {
    let mut total = Squares::default();
    for level in levels {
        let mut first = 0;
        for &end in &level.ends {
            let node = steps.get(first..(end as usize).min(steps.len()));
            first = end as usize;
            for (value, &multiple) in multiples.iter().enumerate().filter(|(_, m)| **m > 0) {
                let node = node.unwrap_or_default();
                let sum: i64 = node.iter().map(|step| step[value]).sum();
                let square = u128::from((sum * i64::from(level.weight)).unsigned_abs()).pow(2);
                total.add(square, multiple);
            }
        }
    }
    total.over(1)
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
            let mut total = Squares::default();
            // Where the person is not, nothing moves.
            let moves = |cell: usize| steps.iter().any(|step| step[cell] != 0);
            let measured = multiples.iter().enumerate().filter(|(at, m)| **m > 0 && moves(*at));
            for (cell, &multiple) in measured {
                let (mut with, mut without) = (recursion.start(), recursion.start());
                for number in 0..recursion.steps().min(400) {
                    // What nobody sees: everyone else's counts, and this person's.
                    let others = i64::from(number) * 7919 % 1000;
                    let own = steps.get(number as usize).map_or(0, |step| step[cell]);
                    let one = recursion.encode(number, others + own, &mut with).expect("small");
                    let other = recursion.encode(number, others, &mut without).expect("small");
                    let moved = u128::from(one.abs_diff(other)).pow(2);
                    total.add(moved * u128::from(recursion.row(number).precision), multiple);
                }
            }
            total.over(1 << PRECISION_BITS)
        }
    }
}

/// The same of a base: one step, measured once. A balance counts turnover behind the net.
fn of_base(price: &Price, base: &[i64]) -> u128 {
    let cells = match &price.over {
        Over::Cells(cells) => &base[..*cells],
        Over::Residual(_) => base,
    };
    squared(price, &[price.over.exact(cells).expect("few").into_owned()])
}

/// For each price of the plan: (claimed, measured).
fn claims(plan: &Plan, history: &[Given]) -> Vec<(u128, u128)> {
    let (base, steps) = increments(plan, history, DAYS);
    let window = plan.window_of(plan.first_step());
    let mut claims = Vec::new();
    for (flow, base) in base.iter().enumerate() {
        for price in prices(plan, flow, window).expect("prices") {
            let measured = match price.part {
                part if part.is_base() => of_base(&price, base),
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
            (-1..DAYS as i32, 0..24u16, 0..6u8, 0..3u16, 0..3u16), 0..200
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
    let [balance, plan, table, ..] = plans();
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

/// Every base of a table of persons present is met by whoever is there before, in groups of three and
/// of two codes alike.
#[test]
fn every_base_of_a_table_is_met() {
    let [.., plan, _] = plans();
    let window = plan.window_of(plan.first_step());
    for point in [0, 3] {
        let (base, _) = increments(&plan, &[(-1, 0, 0, point, 1)], 1);
        let mut bases = 0;
        for (flow, base) in base.iter().enumerate() {
            for price in prices(&plan, flow, window).expect("prices") {
                if !price.is_stream() {
                    let (part, moved) = (price.part, of_base(&price, base));
                    assert_eq!(price.delta2, moved, "{part}");
                    bases += 1;
                }
            }
        }
        assert_eq!(bases, 8);
    }
}

/// Every way for one person to cross on four days, from every place before them, through the real
/// fold and the encoders of every coordinate: no path costs more than is claimed, floors included.
/// A table of two dimensions whose groups have three, two and one codes; a code stands for its like.
#[test]
fn no_path_of_presence_moves_more_than_the_claim() {
    const STEPS: i32 = 4;
    let text = include_str!("../../../testdata/stock_table.toml")
        .replace("window = \"quarter\"", "window = \"month\"")
        .replace("windows = 4", "windows = 1");
    for bound in [1, 2, 3, 4] {
        let text = text.replace("bound = 6", &format!("bound = {bound}"));
        let plan = Plan::parse(&text).expect("a sound plan");
        let prices = prices(&plan, 0, plan.window_of(plan.first_step())).expect("prices");
        // Two codes of a group of three, one of two, one by itself; two classes.
        let cells: [(u16, u16); 5] = [(0, 0), (1, 0), (3, 0), (5, 0), (0, 1)];
        let mut seen = HashSet::new();
        for ways in 0..6usize.pow(STEPS as u32 + 1) {
            let history: Vec<Given> = (0..=STEPS)
                .map(|day| (day - 1, ways / 6usize.pow(day as u32) % 6))
                .map(|(day, way)| match way.checked_sub(1) {
                    None => (day, 0, 1, 0, 0),
                    Some(cell) => (day, 0, 0, cells[cell].0, cells[cell].1),
                })
                .collect();
            let (base, steps) = increments(&plan, &history, STEPS as usize);
            let steps: Vec<Vec<i64>> = steps.into_iter().map(|mut step| step.remove(0)).collect();
            if !seen.insert((base[0].clone(), steps.clone())) {
                continue;
            }
            for price in &prices {
                let exact = |cells: &Vec<i64>| price.over.exact(cells).expect("few").into_owned();
                let moved = match price.is_stream() {
                    true => squared(price, &steps.iter().map(exact).collect::<Vec<_>>()),
                    false => of_base(price, &base[0]),
                };
                let (part, claimed) = (price.part, price.delta2);
                assert!(moved <= claimed, "{part} {history:?}: {moved} > {claimed}");
            }
        }
        // From absence or one of five cells: 6 without a change, 25 departures, and with two
        // changes at least arrivals too.
        let least = if bound == 1 { 6 + 5 * 4 } else { 6 + 5 * 4 + 5 * 4 };
        assert!(seen.len() >= least, "{bound}: {}", seen.len());
    }
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
