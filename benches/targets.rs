//! How close the shipped strategies come to the best possible ones: accuracy, sensitivity, integer
//! safety and cost, each measured here and printed beside its target.
//!
//! `cargo bench -p checks --bench targets` (a few minutes; `-- quick` leaves out steps of an hour)
//!
//! Standard deviations are of one count at rho = 1, as the root mean square over all figures. Lower
//! bounds and the figures of other mechanisms come from `benches/bounds.csv`, which
//! `benches/bounds.py` computes. Parameters without a shipped set are searched for in this run;
//! the sensitivity and the accuracy of all sets are computed from their integers.
//!
//! Not here: a verdict. A row that misses its target is marked, and nothing fails.
//!
//! Format: number, description, figure, target, met or not.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark")]

#[path = "targets/search.rs"]
mod search;

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;

use checks::year::{Year, year};
use search::worst;
use tidegauge_model::Grain;
use tidegauge_privacy::decode::PeriodVariances;
use tidegauge_privacy::design::shipped::{Purpose, sets};
use tidegauge_privacy::design::tune::{
    Reading, period_variances, search, squared_units_per_count, start,
};
use tidegauge_privacy::design::{RecursionParameters, blt, blt_ending, calendar_blt};
use tidegauge_privacy::residual::shares::{WantedMarginal, least_loss};
use tidegauge_privacy::residual::{CodeTree, ContingencyTable};
use tidegauge_privacy::sensitivity::recursion::{rough_sensitivity_squared, sensitivity_squared};
use tidegauge_privacy::strategy::recursion::GRID;
use tidegauge_privacy::{Participation, Recursion};

/// The lower bounds and references, by id.
struct Bounds(HashMap<String, f64>);

impl Bounds {
    fn read() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../benches/bounds.csv");
        let mut reader = csv::Reader::from_path(path).expect("benches/bounds.csv");
        let rows = reader.records().map(|row| row.expect("a row of bounds.csv"));
        Self(rows.map(|row| (row[0].to_owned(), row[5].parse().expect("a value"))).collect())
    }

    fn value(&self, id: &str) -> f64 {
        *self.0.get(id).unwrap_or(&f64::NAN)
    }
}

fn print_row(row: &str, description: &str, figure: f64, target: f64) {
    let met = if figure <= target { "met" } else { "MISSED" };
    println!("{row:<4} {description:<74} {figure:>12.7} {target:>10} {met}");
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The variances of the figures of each grain, of whole periods only; the sums to date come last.
fn variances_of(recursion: &Recursion, year: &Year) -> Vec<Vec<f64>> {
    let all = year.all();
    let grains: Vec<&[u32]> = all.iter().map(Vec::as_slice).collect();
    let PeriodVariances { nodes, prefixes } = period_variances(recursion, &grains);
    let mut nodes = nodes.into_iter();
    let mut by_grain = vec![nodes.next().expect("the steps")];
    for (variances, (_, whole)) in nodes.zip(&year.grains) {
        let kept = variances.into_iter().zip(whole).filter(|(_, whole)| **whole);
        by_grain.push(kept.map(|(variance, _)| variance).collect());
    }
    by_grain.push(prefixes);
    by_grain
}

/// Root mean square at rho = 1, given the squared sensitivity in squared grid units.
fn deviation(variances: &[Vec<f64>], delta2: u128, reading: Reading) -> f64 {
    let variance = match reading {
        Reading::Balanced => mean(&variances.iter().map(|grain| mean(grain)).collect::<Vec<_>>()),
        Reading::Uniform => mean(&variances.concat()),
        Reading::Prefixes => mean(variances.last().expect("prefixes")),
    };
    (variance * delta2 as f64 / 2.0).sqrt()
}

fn once(recursion: &Recursion) -> u128 {
    sensitivity_squared(recursion, &Participation::Once, recursion.steps()).expect("a sensitivity")
}

fn same_sign(recursion: &Recursion, window: u32) -> u128 {
    let participation = Participation::OncePerStepAndCell { window, sub: None };
    sensitivity_squared(recursion, &participation, recursion.steps()).expect("a sensitivity")
}

/// Searches for a recursion for one contribution, in which all columns have norm one.
fn found(
    year: &Year,
    levels: bool,
    from: &RecursionParameters,
    trials: u32,
    reading: Reading,
) -> Recursion {
    let none = Vec::new();
    let levels = if levels { &year.longer } else { &none };
    let make = |parameters: &RecursionParameters| calendar_blt(levels, year.steps, parameters);
    let loss = |parameters: &RecursionParameters| {
        Ok(deviation(
            &variances_of(&make(parameters)?, year),
            squared_units_per_count() as u128,
            reading,
        ))
    };
    let (parameters, _) = search(from, trials, loss);
    make(&parameters).expect("a design")
}

fn shipped(purpose: Purpose, year: &Year, bound: u32) -> RecursionParameters {
    let sets = sets(purpose, if year.steps == 8760 { 8760 } else { 365 });
    let set = sets.into_iter().find(|set| set.bound == bound && set.month.is_none());
    set.expect("a shipped set").parameters
}

fn one_contribution(day: &Year, bounds: &Bounds) {
    let smooth = found(day, false, &start(365, 4, 0, 0), 3000, Reading::Prefixes);
    let prefixes = |recursion: &Recursion| {
        (variances_of(recursion, day).pop().expect("prefixes"), once(recursion) as f64)
    };
    let (variances, delta2) = prefixes(&smooth);
    let rms = (mean(&variances) * delta2 / 2.0).sqrt();
    let least = bounds.value("prefix_365_rms");
    print_row("1", "daily stock, one contribution / least possible", rms / least, 1.02);
    let varied = found(day, false, &start(365, 3, 0, 5), 4000, Reading::Prefixes);
    let (variances, delta2) = prefixes(&varied);
    let ratio = (mean(&variances) * delta2 / 2.0).sqrt() / least;
    print_row("1", "the same with precision varying over the year", ratio, 1.005);
    print_row("2", "daily stock / binary tree", rms / bounds.value("tree_365_rms"), 0.45);
    print_row("2", "daily stock / Honaker's tree", rms / bounds.value("honaker_365_rms"), 0.58);
    let make = |parameters: &RecursionParameters| calendar_blt(&[], 365, parameters);
    let most = |recursion: &Recursion| {
        variances_of(recursion, day).pop().expect("prefixes").into_iter().fold(0.0, f64::max)
    };
    let (parameters, _) = search(&start(365, 4, 0, 0), 3000, |p| Ok(most(&make(p)?)));
    let level = make(&parameters).expect("a design");
    let worst = (most(&level) * once(&level) as f64 / 2.0).sqrt();
    print_row(
        "4",
        "worst day of a daily stock / least possible",
        worst / bounds.value("prefix_365_max"),
        1.05,
    );
}

fn hours(hour: &Year, bounds: &Bounds) {
    let smooth = found(hour, false, &start(8760, 4, 0, 0), 1200, Reading::Prefixes);
    let rms = deviation(&variances_of(&smooth, hour), once(&smooth), Reading::Prefixes);
    print_row(
        "3",
        "hourly stock, one contribution / least possible",
        rms / bounds.value("prefix_8760_rms"),
        1.02,
    );
    let parameters = shipped(Purpose::Flow, hour, 1);
    let balanced = calendar_blt(&hour.longer, hour.steps, &parameters).expect("a design");
    let rms = deviation(&variances_of(&balanced, hour), once(&balanced), Reading::Balanced);
    print_row(
        "5",
        "hourly flows, every grain alike / least possible",
        rms / bounds.value("calendar_8760_balanced"),
        1.02,
    );
    let uniform = found(hour, true, &start(8760, 3, 5, 0), 1200, Reading::Uniform);
    let rms = deviation(&variances_of(&uniform, hour), once(&uniform), Reading::Uniform);
    print_row(
        "6",
        "hourly flows, every figure alike / least possible",
        rms / bounds.value("calendar_8760_uniform"),
        1.02,
    );
}

fn flows(day: &Year, bounds: &Bounds) {
    let strategy = |bound| {
        let parameters = shipped(Purpose::Flow, day, bound);
        calendar_blt(&day.longer, 365, &parameters).expect("a design")
    };
    let balanced = strategy(1);
    let rms = deviation(&variances_of(&balanced, day), once(&balanced), Reading::Balanced);
    print_row(
        "5",
        "daily flows, every grain alike / least possible",
        rms / bounds.value("calendar_365_balanced"),
        1.02,
    );
    let uniform = found(day, true, &start(365, 2, 4, 0), 3000, Reading::Uniform);
    let every = deviation(&variances_of(&uniform, day), once(&uniform), Reading::Uniform);
    print_row(
        "6",
        "daily flows, every figure alike / least possible",
        every / bounds.value("calendar_365_uniform"),
        1.02,
    );
    print_row(
        "7",
        "daily flows / every grain by itself",
        rms / bounds.value("naive_365_balanced_tree"),
        0.35,
    );
    print_row(
        "7",
        "daily flows / binary tree",
        rms / bounds.value("tree_calendar_365_balanced"),
        0.36,
    );
    let four = strategy(4);
    let rms = deviation(&variances_of(&four, day), same_sign(&four, 4), Reading::Balanced);
    print_row(
        "12",
        "flows of four contributions, every grain alike / least possible",
        rms / bounds.value("flow_calendar_365_balanced_k4"),
        1.04,
    );
    let make = |parameters: &RecursionParameters| calendar_blt(&[], 365, parameters);
    let loss = |parameters: &RecursionParameters| {
        let recursion = make(parameters)?;
        let participation = Participation::OncePerStepAndCell { window: 8, sub: None };
        let delta2 = sensitivity_squared(&recursion, &participation, 365)?;
        Ok(deviation(&variances_of(&recursion, day), delta2, Reading::Prefixes))
    };
    let (parameters, rms) = search(&start(365, 3, 0, 0), 900, loss);
    print_row(
        "12",
        "sums to date of eight contributions / least possible",
        rms / bounds.value("flow_365_k8_b1"),
        1.05,
    );
    let eight = make(&parameters).expect("a design");
    for (name, recursion, bound) in [("four, calendar", &four, 4), ("eight", &eight, 8)] {
        let ratio = same_sign(recursion, bound) as f64 / worst(recursion, bound as usize, false);
        print_row(
            "13",
            &format!("certificate / worst found, one sign, {name}"),
            ratio.sqrt(),
            1.005,
        );
    }
    balance(day, &four, &strategy(8));
}

/// Arrivals, departures and stock from the streams of net and turnover, compared with separate
/// streams of arrivals and departures: eight changes a year, four of them arrivals; half of the
/// budget for each of two streams.
fn balance(day: &Year, four: &Recursion, eight: &Recursion) {
    let net = stock_of_a_year(day);
    let changes = Participation::Alternating { changes: 8, cells: 1 };
    let net2 = sensitivity_squared(&net, &changes, 365).expect("a sensitivity") as f64;
    let (net_variances, turnover_variances) = (variances_of(&net, day), variances_of(eight, day));
    let (separate, separate2) = (variances_of(four, day), same_sign(four, 4) as f64);
    let turnover2 = same_sign(eight, 8) as f64;
    // At rho = 1/2 a variance is delta2 times its factor.
    let stock = (mean(net_variances.last().expect("prefixes")) * net2).sqrt();
    let stock_separate = (2.0 * mean(separate.last().expect("prefixes")) * separate2).sqrt();
    print_row(
        "11",
        "stock of a balance / from separate arrivals and departures",
        stock / stock_separate,
        0.40,
    );
    let month =
        ((mean(&net_variances[2]) * net2 + mean(&turnover_variances[2]) * turnover2) / 4.0).sqrt();
    let month_separate = (mean(&separate[2]) * separate2).sqrt();
    print_row("11", "arrivals of a month, of a balance / separate", month / month_separate, 1.10);
}

fn stock_of_a_year(day: &Year) -> Recursion {
    let changes = Participation::Alternating { changes: 8, cells: 1 };
    let loss = |parameters: &RecursionParameters| {
        let recursion = blt_ending(365, parameters)?;
        let delta2 = rough_sensitivity_squared(&recursion, &changes, 365)?;
        Ok(deviation(&variances_of(&recursion, day), delta2, Reading::Prefixes))
    };
    let (parameters, _) = search(&start(730, 2, 0, 0), 350, loss);
    blt_ending(365, &parameters).expect("a design")
}

fn stocks(day: &Year, bounds: &Bounds) {
    let changes = Participation::Alternating { changes: 8, cells: 1 };
    let within = stock_of_a_year(day);
    let delta2 = sensitivity_squared(&within, &changes, 365).expect("a sensitivity");
    let rms = deviation(&variances_of(&within, day), delta2, Reading::Prefixes);
    print_row(
        "8",
        "daily stock, eight changes / as if apart, at best",
        rms / bounds.value("dense_365_k8"),
        0.75,
    );
    print_row(
        "9",
        "daily stock, eight changes / least possible",
        rms / bounds.value("stock_365_k8"),
        1.05,
    );
    print_row(
        "9",
        "daily stock, eight changes / tree with capped levels",
        rms / bounds.value("tree_capped_365_k8"),
        0.37,
    );
    let ratio = delta2 as f64 / worst(&within, 8, true);
    print_row("13", "certificate / worst found, eight changes of presence", ratio.sqrt(), 1.005);
    let years = blt(3650, &shipped(Purpose::Stock, day, 8)).expect("a design");
    let delta2 = sensitivity_squared(&years, &changes, 365).expect("a sensitivity") as f64;
    let prefixes = period_variances(&years, &[]).prefixes;
    let year_rms = |n: usize| (mean(&prefixes[365 * (n - 1)..365 * n]) * delta2 / 2.0).sqrt();
    println!(
        "     stock that goes on, years 1, 2, 5, 10: {:.3} {:.3} {:.3} {:.3}",
        year_rms(1),
        year_rms(2),
        year_rms(5),
        year_rms(10)
    );
    print_row("10", "stock that goes on, year 10 / year 1", year_rms(10) / year_rms(1), 1.15);
    print_row(
        "10",
        "the same, year 10 / changes as if apart",
        year_rms(10) / bounds.value("blt4_k8_year_10"),
        0.65,
    );
}

fn integers(day: &Year) {
    let recursions = [
        ("blt", blt_ending(365, &shipped(Purpose::Stock, day, 8)).expect("a design"), 128.0),
        (
            "calendar_blt",
            calendar_blt(&day.longer, 365, &shipped(Purpose::Flow, day, 1)).expect("a design"),
            128.0,
        ),
    ];
    for (name, recursion, bytes) in recursions {
        let delta2 = once(&recursion) as f64;
        let columns = search::columns(&recursion);
        let linear =
            columns.iter().map(|column| search::square(&recursion, column)).fold(0.0, f64::max);
        let excess = (delta2 / linear).sqrt() - 1.0;
        print_row(
            "14",
            &format!("{name}: excess of sigma over that without floors and rounding"),
            excess,
            1e-6,
        );
        let counts: Vec<i64> = (0..365).map(|day| (day * 7919 % 4001) - 2000).collect();
        let (mut private, mut public) = (recursion.start(), recursion.start());
        let mut wrong = 0;
        for (step, &count) in (0..).zip(&counts) {
            let y = recursion.encode(step, count, &mut private).expect("small");
            let scaled = recursion.decode(step, y, &mut public).expect("small");
            wrong += u32::from(
                i128::from(scaled) != i128::from(count) * i128::from(recursion.row(step).scale),
            );
        }
        print_row(
            "14",
            &format!("{name}: steps whose decoded count differs from the encoded one"),
            wrong.into(),
            0.0,
        );
        let bytes_used = 2.0 * 8.0 * recursion.width() as f64;
        print_row(
            "16",
            &format!("{name}: bytes of state a cell, encoder and decoder"),
            bytes_used,
            bytes,
        );
        print_row(
            "16",
            &format!("{name}: nanoseconds to encode and decode a step"),
            nanoseconds(&recursion),
            100.0,
        );
    }
    println!(
        "15   sums of days are the longer periods, sums of cells the marginals: integers (tests)"
    );
}

/// The time to encode and decode one step of one cell: the median over rounds, in nanoseconds.
fn nanoseconds(recursion: &Recursion) -> f64 {
    const CELLS: usize = 4096;
    let width = recursion.width();
    let mut private = vec![0; CELLS * width];
    let mut public = vec![0; CELLS * width];
    let mut rounds = Vec::new();
    for step in 0..100 {
        let began = Instant::now();
        for (private, public) in private.chunks_mut(width).zip(public.chunks_mut(width)) {
            let y = recursion.encode(step, black_box(17), private).expect("small");
            black_box(recursion.decode(step, y, public).expect("small"));
        }
        rounds.push(began.elapsed().as_nanos() as f64 / CELLS as f64);
    }
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

/// Sums to date of every marginal of 3 x 2 cells over 8 steps: the shares in closed form, each
/// residual under the best strategy over time, compared with all mechanisms over cells and steps.
fn residuals(bounds: &Bounds) {
    let flat = |codes| CodeTree::flat(codes).expect("a dimension");
    let table = ContingencyTable::new(vec![flat(3), flat(2)]).expect("a table");
    let levels = [[0, 0], [0, 1], [1, 0], [1, 1]];
    let marginals = levels.map(|levels| table.marginal(&levels).expect("a marginal"));
    let cells = |marginal| table.cells(marginal).expect("a marginal") as f64;
    let figures: f64 = marginals.iter().map(cells).sum();
    let wanted = marginals.map(|marginal| WantedMarginal { marginal, weight: 1.0 / figures });
    // At rho = 1 every residual has the mean variance over 8 sums of the same strategy.
    let over_time = bounds.value("prefix_8_rms").powi(2);
    let loss = least_loss(&table, &wanted, |_, _| over_time).expect("a loss");
    print_row(
        "17",
        "residuals x time / best over cells and steps together",
        loss.sqrt() / bounds.value("cube_8_rms"),
        1.001,
    );
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "quick");
    let bounds = Bounds::read();
    let day = year(2026, Grain::Day);
    println!("a count is {GRID} grid units; other figures are ratios of standard deviations");
    println!("{:<4} {:<74} {:>12} {:>10}", "row", "description", "figure", "target");
    one_contribution(&day, &bounds);
    flows(&day, &bounds);
    stocks(&day, &bounds);
    integers(&day);
    residuals(&bounds);
    if !quick {
        hours(&year(2026, Grain::Hour), &bounds);
    }
}
