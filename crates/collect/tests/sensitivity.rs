//! The real influence of one person, through the kernel, compared with the claimed sensitivity in
//! the prices: no history moves a dataflow's strategy stream by more than the claim, and the worst
//! known history reaches it.
//!
//! The same over several windows under `persons_windows`: a person who is forgotten and returns
//! contributes to each window no more than its own claim.
//!
//! Not here: the formula itself (crate `privacy` searches exhaustively on small sizes).

#![cfg(test)]

use std::collections::{BTreeMap, HashSet};

use num_rational::BigRational;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use testkit::plans::{STAYS, TABLES, spells_as_tables, stays_by_month, tables_apart};
use testkit::{PlanText, edit};
use tidegauge_fold::{
    ATTRIBUTES_MAX, Event, Kernel, NO_CODE, Partition, Pseudonym, StepKind, Tally,
};
use tidegauge_ledger::{Measurand, Part, Price, Scheme, prices};
use tidegauge_model::{Amendment, EventOrder, Period, Plan, days};
use tidegauge_privacy::Level;
use tidegauge_privacy::residual::CodeTree;
use tidegauge_privacy::strategy::recursion::PRECISION_BITS;

const BALANCE_TABLES: &str = include_str!("../../../testdata/balance_table.toml");
const STOCK_TABLES: &str = include_str!("../../../testdata/stock_table.toml");

/// The number of steps that histories use; as days they reach into the second quarter.
const STEPS: usize = 120;

/// The ready-made plan, and plans with nodes, with tables, with a dimension that stands apart, with
/// tables of spells, with tables of balances and of persons present, and with timers and every
/// measure.
fn plans() -> [Plan; 9] {
    let texts = [
        include_str!("../../../testdata/plans/border.toml"),
        include_str!("../../../testdata/crossings.toml"),
        TABLES,
        &tables_apart().text(),
        &spells_as_tables(edit(STAYS), false).text(),
        &spells_as_tables(edit(STAYS), true).text(),
        BALANCE_TABLES,
        STOCK_TABLES,
        include_str!("../../../testdata/stays.toml"),
    ];
    texts.map(|text| Plan::parse(text).expect("a sound plan"))
}

/// The plan of hours, and the same with steps of a quarter of an hour and of a week.
fn other_steps() -> [Plan; 3] {
    let hours = include_str!("../../../testdata/hours.toml");
    let with_steps = |grain: &str| {
        let dataflows = edit(hours).elements("dataflow");
        let step = |id: &String| format!("dataflow.{id}.step");
        dataflows.iter().fold(edit(hours), |plan, id| plan.change(&step(id), grain))
    };
    let weeks =
        with_steps("week").change("privacy.window", "year").change("statement.start", "2024-01-01");
    [edit(hours), with_steps("quarter_hour"), weeks]
        .map(|plan| Plan::parse(&plan.text()).expect("a sound plan"))
}

/// (step, or -1 for before the plan; second; kind; the code of each attribute), each modulo the
/// length of the plan's list. If events carry dates, the second chooses one.
type GivenEvent = (i32, u16, u8, u16, u16);

/// A date some days from the first day of an event's step, or none.
fn granted(step: Period, second: u16) -> u16 {
    let day = days::number(step.first()) as u16;
    if second.is_multiple_of(4) { NO_CODE } else { day + second % 9 - 1 }
}

/// An amended plan and the step from which it is in force, if there is one.
type AmendedFrom<'p> = Option<(&'p Plan, i32)>;

/// The events of one person's history in the step of this number.
fn step_events(plan: &Plan, history: &[GivenEvent], number: i32, step: Period) -> Vec<Event> {
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
}

/// One person's contributions to the base, by dataflow and cell, and to each step.
type StepIncrements = (Vec<Vec<i64>>, Vec<Vec<Vec<i64>>>);

/// The increments of one person's history over the first `number_of_steps` steps.
fn increments(
    plan: &Plan,
    later: AmendedFrom,
    history: &[GivenEvent],
    number_of_steps: usize,
) -> StepIncrements {
    let kernel = Kernel::new(plan, EventOrder::LifeCycle).expect("few attributes");
    let amended = later.map(|(plan, from)| {
        (Kernel::new(plan, EventOrder::LifeCycle).expect("few attributes"), from)
    });
    let mut partition = Partition::new(kernel.width());
    let events = |number: i32, step: Period| step_events(plan, history, number, step);
    let flows = plan.dataflows.len();
    let before = plan.first_step().previous();
    let (mut seeds, mut present) = (events(-1, before), kernel.presence());
    let counts = (&mut kernel.tally(), &mut present);
    kernel.fold(&mut partition, &mut seeds, StepKind::Seed, counts);
    let base = present.clone();
    let periods = plan.steps_of(plan.window_of(plan.first_step()));
    let steps = periods.into_iter().take(number_of_steps).zip(0..).map(|(period, number)| {
        let mut tally = kernel.tally();
        let month = period.first().month().unsigned_abs().into();
        let last = days::number(period.last());
        let step = StepKind::Step { window: 0, month, in_window: number as u32, last };
        let kernel = match &amended {
            Some((amended, from)) if number >= *from => amended,
            _ => &kernel,
        };
        let counts = (&mut tally, &mut present);
        kernel.fold(&mut partition, &mut events(number, period), step, counts);
        (0..flows).map(|flow| tally.cells(flow).to_vec()).collect()
    });
    let steps = steps.collect();
    ((0..flows).map(|flow| base.cells(flow).to_vec()).collect(), steps)
}

/// A sum of squares, each divided by the multiple of its value. Only the total is rounded, upwards:
/// a claim is exact even if no single term is a whole number.
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

/// The squared length of one person's contribution to the sums over these nodes, over all values,
/// each divided by its multiple.
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

/// The squared length of one person's contribution to everything that a stream measures, over all
/// values; in a recursion each step is multiplied by its precision, floors included. `steps` are
/// consecutive, starting with number `first`.
fn squared(price: &Price, first: u32, steps: &[Vec<i64>]) -> u128 {
    let ones = vec![1; price.measurand.values()];
    let multiples = price.measurand.multiples().unwrap_or(&ones);
    match &price.scheme {
        Scheme::Nodes { strategy, .. } => squared_nodes(strategy.levels(), steps, multiples),
        Scheme::Periods { level, .. } => {
            squared_nodes(std::slice::from_ref(level), steps, multiples)
        }
        Scheme::Recursion(recursion) => {
            let mut total = Squares::default();
            // Cells without the person do not move.
            let moves = |cell: usize| steps.iter().any(|step| step[cell] != 0);
            let measured = multiples.iter().enumerate().filter(|(at, m)| **m > 0 && moves(*at));
            for (cell, &multiple) in measured {
                let (mut with, mut without) = (recursion.start(), recursion.start());
                for number in 0..recursion.steps().min(400) {
                    // The private counts: everyone else's, and this person's.
                    let others = i64::from(number) * 7919 % 1000;
                    let own = number.checked_sub(first).and_then(|n| steps.get(n as usize));
                    let own = own.map_or(0, |step| step[cell]);
                    let encoded = recursion.encode(number, others + own, &mut with).expect("small");
                    let other = recursion.encode(number, others, &mut without).expect("small");
                    let moved = u128::from(encoded.abs_diff(other)).pow(2);
                    total.add(moved * u128::from(recursion.row(number).precision), multiple);
                }
            }
            total.over(1 << PRECISION_BITS)
        }
    }
}

/// The same for a base: one step, measured once. A balance has its turnover after the net changes.
fn squared_base(price: &Price, base: &[i64]) -> u128 {
    let cells = match &price.measurand {
        Measurand::Cells(cells) => *cells,
        Measurand::Residual(residual) => {
            let depths = residual.table.dimensions().iter().map(CodeTree::depth);
            let finest = residual.table.marginal(&depths.collect::<Vec<_>>()).expect("a marginal");
            residual.table.cells(&finest).expect("few")
        }
    };
    squared(price, 0, &[price.measurand.exact(&base[..cells]).expect("few").into_owned()])
}

/// One person's contribution in a step to everything that a stream measures, given that to the
/// dataflow's cells.
fn part_values(price: &Price, step: &[i64]) -> Vec<i64> {
    let (net, turnover) = step.split_at(step.len() / 2);
    let cells = match price.part {
        part if part.is_net() => net,
        part if part.is_turnover() => turnover,
        _ => step,
    };
    price.measurand.exact(cells).expect("few").into_owned()
}

/// For each price of a window: (claimed, measured), given one person's increments in it.
/// `first_number` is the number of the window's first step in a price's stream.
fn window_claims<'p>(
    prices: impl IntoIterator<Item = (usize, &'p Price)>,
    first_number: impl Fn(&Price) -> u32,
    base: &[Vec<i64>],
    steps: &[Vec<Vec<i64>>],
) -> Vec<(u128, u128)> {
    let claim = |(flow, price): (usize, &Price)| {
        let measured = match price.part {
            part if part.is_base() => squared_base(price, &base[flow]),
            _ => {
                let values = steps.iter().map(|step| part_values(price, &step[flow]));
                let values: Vec<Vec<i64>> = values.collect();
                squared(price, first_number(price), &values)
            }
        };
        (price.delta2, measured)
    };
    prices.into_iter().map(claim).collect()
}

/// For each price of the plan: (claimed, measured).
fn claims(plan: &Plan, history: &[GivenEvent]) -> Vec<(u128, u128)> {
    claims_across(plan, None, history)
}

fn claims_across(plan: &Plan, later: AmendedFrom, history: &[GivenEvent]) -> Vec<(u128, u128)> {
    let (base, steps) = increments(plan, later, history, STEPS);
    let window = plan.window_of(plan.first_step());
    let flow_prices = |flow| prices(plan, flow, window).expect("prices");
    let prices: Vec<Vec<Price>> = (0..plan.dataflows.len()).map(flow_prices).collect();
    window_claims(with_flow(&prices), |_| 0, &base, &steps)
}

/// Every price, with the number of its dataflow.
fn with_flow(prices: &[Vec<Price>]) -> impl Iterator<Item = (usize, &Price)> {
    prices
        .iter()
        .enumerate()
        .flat_map(|(flow, prices)| prices.iter().map(move |price| (flow, price)))
}

/// A plan of six months, each a window of its own, that forgets a person after one whole window
/// without an event; and its prices, by window and dataflow.
struct Forgetting {
    plan: Plan,
    prices: Vec<Vec<Vec<Price>>>,
}

const WINDOWS: usize = 6;

impl Forgetting {
    fn new(plan: PlanText) -> Self {
        let forgets = "[retention]\nevents_steps = 40\npersons_windows = 1\n";
        let text = plan.append(forgets).text();
        let plan = Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}"));
        let months = (1..=WINDOWS).map(|month| Period::parse(&format!("2024-{month:02}")));
        let prices = months.map(|month| {
            let flows = 0..plan.dataflows.len();
            flows
                .map(|flow| prices(&plan, flow, month.expect("a month")).expect("prices"))
                .collect()
        });
        Self { prices: prices.collect(), plan }
    }

    /// The claims of each window, and the number of windows in which the person was folded afresh,
    /// with no row left from an earlier time.
    fn claims(&self, history: &[GivenEvent]) -> (Vec<Vec<(u128, u128)>>, usize) {
        let plan = &self.plan;
        let kernel = Kernel::new(plan, EventOrder::LifeCycle).expect("few attributes");
        let mut partition = Partition::new(kernel.width());
        let flows = plan.dataflows.len();
        let cells = |tally: &Tally| (0..flows).map(|flow| tally.cells(flow).to_vec()).collect();
        let mut present = kernel.presence();
        let mut seeds = step_events(plan, history, -1, plan.first_step().previous());
        let counts = (&mut kernel.tally(), &mut present);
        kernel.fold(&mut partition, &mut seeds, StepKind::Seed, counts);
        let (mut day, mut claims, mut afresh) = (0, Vec::new(), 0);
        for (window, prices) in (0..).zip(&self.prices) {
            let base = present.clone();
            kernel.drop_forgotten(&mut partition, window);
            let (empty, first) = (partition.is_empty(), day as u32);
            let month = Period::parse(&format!("2024-{:02}", window + 1)).expect("a month");
            let mut steps: Vec<Vec<Vec<i64>>> = Vec::new();
            for (period, in_window) in plan.steps_of(month).into_iter().zip(0..) {
                let mut tally = kernel.tally();
                let last = days::number(period.last());
                let step = StepKind::Step { window, month: window + 1, in_window, last };
                kernel.fold(
                    &mut partition,
                    &mut step_events(plan, history, day, period),
                    step,
                    (&mut tally, &mut present),
                );
                steps.push(cells(&tally));
                day += 1;
            }
            let first_number = |price: &Price| {
                if price.begins == plan.first_step() { first } else { 0 }
            };
            let base = cells(&base);
            claims.push(window_claims(with_flow(prices), first_number, &base, &steps));
            afresh += usize::from(empty && !partition.is_empty());
        }
        (claims, afresh)
    }
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
    fn no_history_across_an_amendment_moves_more_than_the_claim(
        history in prop::collection::vec(
            (-1..STEPS as i32, 0..24u16, 0..6u8, 0..4u16, 0..3u16), 0..200
        ),
        from in 1..STEPS as i32,
    ) {
        let (plan, amended) = amended(from);
        // The third place is a point that opens later; before that no event can name it.
        let last = plan.attributes[0].code_list.codes().len() as u16 - 2;
        let place = |&(day, second, kind, point, class): &GivenEvent| {
            (day, second, kind, if point > 2 { last } else { point }, class)
        };
        let history: Vec<GivenEvent> =
            history.iter().map(place).filter(|given| given.3 < last || given.0 >= from).collect();
        for (claimed, measured) in claims_across(&plan, Some((&amended, from)), &history) {
            prop_assert!(measured <= claimed, "{measured} > {claimed}");
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

/// A plan with reserved points, and the plan amended from this day on: a reserved point opens,
/// another point closes.
fn amended(from: i32) -> (Plan, Plan) {
    let text = include_str!("../../../testdata/crossings.toml");
    let text = edit(text).add("code_list.CL_BORDER_POINT.reserved", 2).text();
    let plan = Plan::parse(&text).expect("a sound plan");
    let list = plan.code_list("CL_BORDER_POINT").expect("a list");
    let days = plan.steps_of(plan.window_of(plan.first_step()));
    let text = format!(
        "from = \"{}\"\nnote = \"n\"\n[[added]]\nlist = \"{}\"\ncode = \"NEW\"\nname = \"n\"\n\
         [[closed]]\nlist = \"{}\"\ncode = \"{}\"\n",
        days[from as usize].first(),
        list.id,
        list.id,
        list.codes()[0].id,
    );
    let amended = plan.amended(&Amendment::parse(&text).expect("an amendment")).expect("a plan");
    (plan, amended)
}

/// A code in a reserved place counts like any other: a person who crosses there comes as close to
/// the claim as at an original point; a place that is still reserved counts nobody.
#[test]
fn an_added_code_counts_as_claimed_and_a_reserved_place_counts_nobody() {
    let (plan, amended) = amended(40);
    let last = plan.attributes[0].code_list.codes().len() as u16 - 2;
    let crossings_at = |point: u16| -> Vec<GivenEvent> {
        (40..STEPS as i32).flat_map(|day| [(day, 0, 0, point, 1), (day, 1, 1, point, 1)]).collect()
    };
    let claims_at = |later: AmendedFrom, point| claims_across(&plan, later, &crossings_at(point));
    let later = Some((&amended, 40));
    assert_eq!(claims_at(later, last), claims_at(later, 1));
    assert!(claims_at(later, last)[0].1 > 0);
    // The flow by points: before the amendment, and in the place that is still reserved.
    assert_eq!((claims_at(None, last)[0].1, claims_at(later, last + 1)[0].1), (0, 0));
}

/// A person who is forgotten and returns stays within the claim of every window, that of the return
/// included, and so within the charges of all of them together.
#[test]
fn a_person_who_is_forgotten_and_returns_moves_no_window_more_than_its_claim() {
    let forgetting = Forgetting::new(stays_by_month());
    let returned = std::cell::Cell::new(0);
    // Few days of few months, so that whole windows pass without an event.
    let visits = prop::collection::vec((0..6i32, 0..12i32, 1..9usize), 1..4);
    let acts = prop::collection::vec((0..3i32, 0..24u16, 0..6u8, 0..3u16, 0..3u16), 30);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(100));
    let done = runner.run(&(visits, acts, any::<bool>()), |(visits, acts, carried)| {
        let mut history: Vec<GivenEvent> =
            carried.then_some((-1, 0, 0, 0, 1)).into_iter().collect();
        for (visit, &(month, day, many)) in visits.iter().enumerate() {
            let from = 30 * month + day;
            let visit_acts = acts.iter().skip(9 * visit).take(many);
            history.extend(visit_acts.map(|&(later, a, b, c, d)| (from + later, a, b, c, d)));
            // An exit ends the visit, so that the person can be forgotten.
            history.push((from + 3, 0, 1, 0, 0));
        }
        let (claims, afresh) = forgetting.claims(&history);
        returned.set(returned.get() + usize::from(afresh > usize::from(!carried)));
        for (claimed, measured) in claims.into_iter().flatten() {
            prop_assert!(measured <= claimed, "{} > {}", measured, claimed);
        }
        Ok(())
    });
    done.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(returned.get() > 20, "persons return: {}", returned.get());
}

/// The same worst month costs the same before and after a person is forgotten, and reaches the
/// claim in both: losing the counters with the row gives nobody a second bound within a window.
#[test]
fn the_month_of_a_return_costs_one_month() {
    let forgetting = Forgetting::new(stays_by_month());
    let (exit, grant) = (1, 3);
    // Both months have 31 days, the second begins on day 60.
    let month = |first: i32| -> Vec<GivenEvent> {
        let grants = (0..9).map(|n| (first, 4 * n, grant, 0, 0));
        grants.chain([(first + 1, 0, exit, 0, 0)]).collect()
    };
    let (claims, afresh) = forgetting.claims(&[month(0), month(60)].concat());
    assert_eq!(afresh, 2, "forgotten in between");
    let places: Vec<&str> = (forgetting.plan.dataflows.iter())
        .zip(&forgetting.prices[0])
        .flat_map(|(flow, prices)| prices.iter().map(|_| flow.id.as_str()))
        .collect();
    let events = places.iter().position(|id| *id == "EVENTS").expect("a flow");
    for window in [0, 2] {
        let (claimed, measured) = claims[window][events];
        assert_eq!(measured, claimed, "window {window}");
    }
    assert!(claims[1].iter().chain(&claims[3]).all(|(_, measured)| *measured == 0));
}

/// A visitor who was present before, and then crosses every day: the base and the persons at the
/// bound reach their claims exactly. The flow cannot: the claim lets all contributions fall into
/// one cell, but the life cycle makes every other one an exit.
#[test]
fn claims_are_met_where_the_life_cycle_allows_it() {
    let [balance, plan, table, ..] = plans();
    let mut history = vec![(-1, 0, 0, 0, 1)];
    for day in 0..STEPS as i32 {
        history.extend([(day, 0, 1, 0, 1), (day, 1, 0, 0, 1)]);
    }
    let balance_claims = claims(&balance, &history);
    let [_, base, ..] = balance_claims[..] else { panic!("five prices: {balance_claims:?}") };
    assert_eq!(base.0, base.1);
    let claims = claims(&plan, &history);
    let [flow, base, _, cut] = claims[..] else { panic!("four prices: {claims:?}") };
    assert_eq!((base.0, cut.0), (base.1, cut.1));
    assert!(flow.1 * 8 > flow.0, "{} of {}", flow.1, flow.0);
    // The worst case of a table is contributions of one sign in one cell. The life cycle makes
    // every other one an exit, but the total, which does not distinguish directions, reaches its
    // claim.
    let totals = prices(&table, 1, table.window_of(table.first_step())).expect("prices");
    let residuals: Vec<bool> = totals.iter().map(|price| is_total(&price.measurand)).collect();
    let table_claims = self::claims(&table, &history);
    let first = prices(&table, 0, table.window_of(table.first_step())).expect("prices").len();
    let total = residuals.iter().position(|&total| total).expect("a total");
    let (claimed, measured) = table_claims[first + total];
    assert_eq!(claimed, measured);
}

fn is_total(over: &Measurand) -> bool {
    matches!(over, Measurand::Residual(residual) if residual.marginal.is_total())
}

/// A person present before the plan reaches the claim of every base of a table of persons present
/// or of balances, in groups of three codes and of two.
#[test]
fn every_base_of_a_table_is_met() {
    let [.., balances, stocks, _] = plans();
    for (plan, point) in [(&balances, 0), (&balances, 3), (&stocks, 0), (&stocks, 3)] {
        let window = plan.window_of(plan.first_step());
        let (base, _) = increments(plan, None, &[(-1, 0, 0, point, 1)], 1);
        let mut bases = 0;
        for (flow, base) in base.iter().enumerate() {
            for price in prices(plan, flow, window).expect("prices") {
                if !price.is_stream() {
                    let (part, moved) = (price.part, squared_base(&price, base));
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
/// The tables, of persons present and of a balance, have two dimensions, and groups of three, two
/// and one codes; one code represents those like it.
#[test]
fn no_path_of_presence_moves_more_than_the_claim() {
    const STEPS: i32 = 4;
    for (text, bound) in [STOCK_TABLES, BALANCE_TABLES]
        .into_iter()
        .flat_map(|text| [1, 2, 3, 4].map(|bound| (text, bound)))
    {
        let text = edit(text)
            .change("privacy.window", "month")
            .change("privacy.windows", 1)
            .change("dataflow.PRESENT.bound", bound);
        let plan = Plan::parse(&text.text()).expect("a sound plan");
        let prices = prices(&plan, 0, plan.window_of(plan.first_step())).expect("prices");
        // Two codes of a group of three, one of a group of two, one without a group; two classes.
        let cells: [(u16, u16); 5] = [(0, 0), (1, 0), (3, 0), (5, 0), (0, 1)];
        let mut seen = HashSet::new();
        for ways in 0..6usize.pow(STEPS as u32 + 1) {
            let history: Vec<GivenEvent> = (0..=STEPS)
                .map(|day| (day - 1, ways / 6usize.pow(day as u32) % 6))
                .map(|(day, way)| match way.checked_sub(1) {
                    None => (day, 0, 1, 0, 0),
                    Some(cell) => (day, 0, 0, cells[cell].0, cells[cell].1),
                })
                .collect();
            let (base, steps) = increments(&plan, None, &history, STEPS as usize);
            let steps: Vec<Vec<i64>> = steps.into_iter().map(|mut step| step.remove(0)).collect();
            if !seen.insert((base[0].clone(), steps.clone())) {
                continue;
            }
            for price in &prices {
                let moved = match price.is_stream() {
                    true => {
                        let values = steps.iter().map(|step| part_values(price, step));
                        squared(price, 0, &values.collect::<Vec<_>>())
                    }
                    false => squared_base(price, &base[0]),
                };
                let (part, claimed) = (price.part, price.delta2);
                assert!(moved <= claimed, "{part} {history:?}: {moved} > {claimed}");
            }
        }
        // From absence or one of five cells: 6 paths without a change, then departures and, with a
        // bound of two changes or more, arrivals too.
        let least = if bound == 1 { 6 + 5 * 4 } else { 6 + 5 * 4 + 5 * 4 };
        assert!(seen.len() >= least, "{bound}: {}", seen.len());
    }
}

/// With timers: a person who enters with authorisation for one day and leaves later, lapsing in
/// between, reaches the claim of flows of events, whose contributions may all fall into one cell of
/// one step, and of transitions, each of which is another pair.
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
    let claim = |id: &str| {
        let place = places.iter().position(|(flow, _)| flow == id).expect("a price");
        claims[place]
    };
    for id in ["EVENTS", "PAIRS"] {
        let (claimed, measured) = claim(id);
        assert_eq!(claimed, measured, "{id}");
    }
}
