//! Invented stays, simulated, collected and released by the plan `exit-metrics`: without noise the
//! figures are the truth, and with noise the intervals of its rates contain the truth as often as
//! they say.
//!
//! Not here: protection. The budgets of these synthetic stores are absurd on purpose.

#![cfg(test)]

use std::collections::BTreeMap;

use testkit::program::{Workplace, succeed};
use testkit::{PlanText, edit};

const PLAN: &str = include_str!("../../../plans/exit-metrics.toml");
const CELLS: &str = include_str!("../../../testdata/plans/exit-metrics.toml");
const DAYS: &str = "100";
/// The citizenships of the simulated persons, and one that nobody has.
const CITIZENSHIPS: [&str; 13] =
    ["FR", "CH", "TR", "UA", "UK", "MA", "NG", "BR", "US", "CN", "IN", "AU", "STLS"];

/// The input: persons by day, citizenship, class or ground, and transition; overstayers by day and
/// citizenship.
struct TrueStays {
    counts: BTreeMap<[String; 4], f64>,
    stocks: BTreeMap<[String; 2], f64>,
}

/// The rows of a file without its header: `N` fields, then a number.
fn rows<const N: usize>(text: &str) -> BTreeMap<[String; N], f64> {
    let row = |line: &str| {
        let mut fields = line.split(',').map(str::to_owned);
        let key = std::array::from_fn(|_| fields.next().expect("a field"));
        (key, fields.next().expect("a number").parse().expect("a number"))
    };
    text.lines().skip(1).map(row).collect()
}

impl TrueStays {
    /// Persons in a cell of a day.
    fn on(&self, day: &str, citizenship: &str, class: &str, transition: &str) -> f64 {
        let key = [day, citizenship, class, transition].map(str::to_owned);
        self.counts.get(&key).copied().unwrap_or(0.0)
    }

    /// Persons over all days that start with `day`, of a citizenship and a class or ground, or all.
    fn sum(&self, day: &str, who: Option<&str>, class: Option<&str>, transition: &str) -> f64 {
        let counts = self.counts.iter().filter(|(key, _)| {
            key[0].starts_with(day)
                && who.is_none_or(|who| key[1] == who)
                && class.is_none_or(|class| key[2] == class)
                && key[3] == transition
        });
        counts.map(|(_, count)| count).sum()
    }

    fn stock(&self, day: &str, citizenship: &str) -> f64 {
        let key = [day, citizenship].map(str::to_owned);
        self.stocks.get(&key).copied().unwrap_or(0.0)
    }
}

/// A store of the simulated stays under a plan, everything released.
struct ReleasedStays {
    _place: Workplace,
    store: String,
    truth: TrueStays,
}

impl ReleasedStays {
    fn new(plan: &str, seed: &str) -> Self {
        let place = Workplace::with_plan(plan);
        let store = place.synthetic("store", Some(&seed.repeat(32)));
        let [events, truth, stock] =
            ["events.csv", "truth.csv", "stock.csv"].map(|n| place.text(n));
        let files = ["--out", &events, "--truth", &truth, "--stock-truth", &stock];
        succeed(&[&["simulate", "stays", "--days", DAYS, "--seed", "7"], &files[..]].concat());
        succeed(&["ingest", &store, &events]);
        succeed(&["release", &store, "--until", "2024-04-09"]);
        let read = |path: &str| std::fs::read_to_string(path).expect("the truth");
        let truth = TrueStays { counts: rows(&read(&truth)), stocks: rows(&read(&stock)) };
        Self { _place: place, store, truth }
    }

    /// Figures by the values of these columns: value, low and high.
    fn figures<const N: usize>(
        &self,
        dataflow: &str,
        key: &str,
        by: [&str; N],
    ) -> BTreeMap<[String; N], [f64; 3]> {
        let text = succeed(&["export", &self.store, "--dataflow", dataflow, "--key", key]);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names = reader.headers().expect("a header").clone();
        let column = |name: &str| names.iter().position(|known| known == name).expect("a column");
        let (by, numbers) = (by.map(column), ["OBS_VALUE", "CI_LOW", "CI_HIGH"].map(column));
        let row = |row: csv::Result<csv::StringRecord>| {
            let row = row.expect("a row");
            let number = |n: usize| row[n].parse().expect("a number");
            (by.map(|n| row[n].to_owned()), numbers.map(number))
        };
        reader.records().map(row).collect()
    }

    /// Published rates of the plan: codes and period, then value, low and high.
    fn rates(&self, id: &str, key: &str) -> Vec<(Vec<String>, [f64; 3])> {
        let text = succeed(&["export", &self.store, "--dataflow", id, "--key", key, "--derive"]);
        let mut rates = Vec::new();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            // Rate, both ends of its interval, and its status.
            let (head, numbers) = fields.split_at(fields.len() - 4);
            assert_eq!(fields[2], id, "{line}");
            let numbers = [0, 1, 2].map(|n| numbers[n].parse::<f64>().ok());
            let [Some(rate), Some(low), Some(high)] = numbers else { continue };
            rates.push((head[3..].iter().map(|&f| f.to_owned()).collect(), [rate, low, high]));
        }
        rates
    }
}

/// The earlier form of the plan, whose cells are measured separately, with only the citizenships of
/// [`CITIZENSHIPS`], so that a test has fewer cells.
fn cells(rho: &str) -> PlanText {
    let list = "code_list.CL_CITIZENSHIP.codes";
    let plan = edit(CELLS).set("privacy.rho", rho);
    let others = plan.elements(list).into_iter().filter(|code| !CITIZENSHIPS.contains(&&**code));
    others.fold(plan.clone(), |plan, code| plan.remove(&format!("{list}.{code}")))
}

#[test]
fn without_noise_the_figures_are_the_truth() {
    let released = ReleasedStays::new(&edit(PLAN).set("privacy.rho", "1000000000000").text(), "07");
    let truth = &released.truth;
    let all = ["TIME_PERIOD", "CITIZENSHIP", "STAY_CLASS", "TRANSITION"];
    let quarter = ["2024-01", "2024-02", "2024-03"];
    // Of each table: every transition by the day, by citizenship a month, and the cells a quarter.
    for (dataflow, transitions) in [("MOVEMENTS", 3), ("CHANGES", 4)] {
        let mut compared = 0;
        for key in ["D.AT.FLOW._T._T.", "M.AT.FLOW.UK+CN+STLS+FR._T.", "M.AT.FLOW._T.VISIT+WORK."] {
            for (at, [value, ..]) in released.figures(dataflow, key, all) {
                let code = |n: usize| Some(&*at[n]).filter(|code| *code != "_T");
                let meant = truth.sum(&at[0], code(1), code(2), &at[3]);
                assert!((value - meant).abs() < 0.9, "{at:?}: {value} for {meant}");
                compared += 1;
            }
        }
        assert_eq!(compared, transitions * (100 + 3 * 4 + 3 * 2), "{dataflow}");
        let cells = released.figures(dataflow, "Q.AT.FLOW.UK+CN+STLS.VISIT+STUDY.", all);
        assert_eq!(cells.len(), transitions * 3 * 2, "{dataflow}");
        for (at, [value, ..]) in cells {
            let monthly = |month| truth.sum(month, Some(&at[1]), Some(&at[2]), &at[3]);
            let meant: f64 = quarter.map(monthly).iter().sum();
            assert!((value - meant).abs() < 0.9, "{at:?}: {value} for {meant}");
        }
    }
    let by = ["TIME_PERIOD", "CITIZENSHIP"];
    for (at, [value, ..]) in released.figures("OVERSTAYERS", "D.AT.STOCK.UK+NG+STLS", by) {
        let meant = truth.stock(&at[0], &at[1]);
        assert!((value - meant).abs() < 0.9, "{at:?}: {value} for {meant}");
    }
    // Refusals by ground, and both ways of adding them up.
    let by = ["TIME_PERIOD", "CITIZENSHIP", "GROUND"];
    let refused = |key: &str| released.figures("REFUSALS", key, by);
    let daily = refused("D.AT.FLOW._T._T");
    assert_eq!(daily.len(), 100);
    for (at, [value, ..]) in daily {
        let meant = truth.sum(&at[0], None, None, "REFUSAL");
        assert!((value - meant).abs() < 0.9, "{at:?}: {value} for {meant}");
    }
    let monthly = refused("M.AT.FLOW._T.");
    assert_eq!(monthly.len(), 3 * 10);
    for (at, [value, ..]) in monthly {
        let meant = truth.sum(&at[0], None, Some(&at[2]), "REFUSAL");
        assert!((value - meant).abs() < 0.9, "{at:?}: {value} for {meant}");
    }
    // Of the simulated persons only those of STLS are in their group.
    for (at, [value, ..]) in refused("Q.AT.FLOW.NO_CITIZENSHIP.") {
        let monthly = |month| truth.sum(month, Some("STLS"), Some(&at[2]), "REFUSAL");
        let meant: f64 = quarter.map(monthly).iter().sum();
        assert!((value - meant).abs() < 0.9, "{at:?}: {value} for {meant}");
    }
    compare_rates(&released);
}

/// Rates with a denominator below this are not compared.
const FEW: f64 = 10.0;

/// Rates of the table without noise, of citizenships and of classes, are the truth.
fn compare_rates(released: &ReleasedStays) {
    let truth = &released.truth;
    let mut compared = 0;
    for (classes, codes) in [("_T", false), ("VISIT+STUDY+WORK+FAMILY+OTHER", true)] {
        let who = if codes { "_T" } else { &CITIZENSHIPS.join("+") };
        for (at, [rate, ..]) in released.rates("OVERSTAY_RATE", &format!("M.AT..{who}.{classes}")) {
            let code = |n: usize| Some(&*at[n]).filter(|code| *code != "_T");
            let count = |name: &str| truth.sum(&at[2], code(0), code(1), name);
            let (lapses, in_time) = (count("LAPSE"), count("DEPARTURE_IN_TIME"));
            // A figure may be off by almost one person, which says nothing of a rate of few.
            let due = lapses + in_time;
            if due < FEW {
                continue;
            }
            assert!((rate - lapses / due).abs() * due < 2.0, "{at:?}: {rate} of {due}");
            compared += 1;
        }
    }
    assert!(compared > 25, "{compared}");
    for (at, [rate, ..]) in
        released.rates("LATE_DEPARTURE_RATE", &format!("M.AT..{}", CITIZENSHIPS.join("+")))
    {
        let late = truth.sum(&at[1], Some(&at[0]), None, "DEPARTURE_LATE");
        let month: jiff::civil::Date = format!("{}-01", at[1]).parse().expect("a month");
        let stock = truth.stock(&month.last_of_month().to_string(), &at[0]);
        if stock < FEW {
            continue;
        }
        let meant = late / stock;
        assert!((rate - meant).abs() * stock < 2.0, "{at:?}: {rate} for {meant}");
    }
}

/// Intervals are selected by the truth, never by the published figures. Under `identity` days and
/// cells are independent: over R intervals the share that contains the truth is off by more than
/// sqrt(ln(2 / p) / (2 R)) with probability below p = 1e-6 (Hoeffding); the lattice of the noise
/// may add a hundredth. The stock carries over from day to day, so one month of each citizenship is
/// checked; of 20 or more independent intervals, fewer than three in five contain the truth with
/// probability below 1e-6 (binomial, 0.95).
#[test]
fn intervals_hold_the_rates_of_what_was_put_in() {
    let plan = cells("20")
        .change("dataflow.STAY_FLOW.strategy", "identity")
        .remove("dataflow.STAY_FLOW.bound_month")
        .text();
    let (mut intervals, mut contained) = (0u32, 0u32);
    let (mut stock_intervals, mut stock_contained) = (0u32, 0u32);
    for seed in ["11", "23", "37", "41", "53"] {
        let released = ReleasedStays::new(&plan, seed);
        let truth = &released.truth;
        let key = CITIZENSHIPS.join("+");
        for (at, [_, low, high]) in released.rates("OVERSTAY_RATE", &format!("D.AT..{key}.")) {
            let count = |name: &str| truth.on(&at[2], &at[0], &at[1], name);
            let (lapses, in_time) = (count("LAPSE"), count("DEPARTURE_IN_TIME"));
            if lapses + in_time >= 10.0 {
                let meant = lapses / (lapses + in_time);
                intervals += 1;
                contained += u32::from(low <= meant && meant <= high);
            }
        }
        let key = format!("M.AT..{key}");
        for (at, [_, low, high]) in released.rates("LATE_DEPARTURE_RATE", &key) {
            let stock = truth.stock("2024-03-31", &at[0]);
            if at[1] == "2024-03" && stock >= 20.0 {
                let meant = truth.sum("2024-03", Some(&at[0]), None, "DEPARTURE_LATE") / stock;
                stock_intervals += 1;
                stock_contained += u32::from(low <= meant && meant <= high);
            }
        }
    }
    assert!(intervals > 400 && stock_intervals >= 20, "{intervals} {stock_intervals}");
    let off = ((2.0f64 / 1e-6).ln() / (2.0 * f64::from(intervals))).sqrt() + 0.01;
    let part = f64::from(contained) / f64::from(intervals);
    assert!((part - 0.95).abs() <= off, "{contained} of {intervals}");
    assert!(5 * stock_contained >= 3 * stock_intervals, "{stock_contained} of {stock_intervals}");
}
