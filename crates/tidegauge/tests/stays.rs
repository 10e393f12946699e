//! Invented stays, simulated, collected and released by the plan `exit-metrics`: without noise
//! what comes out is the truth, and with noise the intervals of its rates hold the truth as often
//! as they say.
//!
//! Not here: protection. The budgets of these synthetic stores are absurd on purpose.

#![cfg(test)]

use std::collections::BTreeMap;

use testkit::program::{Workplace, succeed};
use testkit::{PlanText, edit};

const PLAN: &str = include_str!("../../../plans/exit-metrics.toml");
const DAYS: &str = "100";
/// The citizenships of the simulated persons, and one of nobody.
const CITIZENSHIPS: [&str; 13] =
    ["FR", "CH", "TR", "UA", "UK", "MA", "NG", "BR", "US", "CN", "IN", "AU", "STLS"];

/// What was put in: persons by day, citizenship, class or ground and transition, and overstayers by
/// day and citizenship.
struct Truth {
    counts: BTreeMap<[String; 4], f64>,
    stocks: BTreeMap<[String; 2], f64>,
}

/// The rows of a file without its header: so many fields, then a number.
fn rows<const N: usize>(text: &str) -> BTreeMap<[String; N], f64> {
    let row = |line: &str| {
        let mut fields = line.split(',').map(str::to_owned);
        let key = std::array::from_fn(|_| fields.next().expect("a field"));
        (key, fields.next().expect("a number").parse().expect("a number"))
    };
    text.lines().skip(1).map(row).collect()
}

impl Truth {
    /// Persons in a cell of a day.
    fn on(&self, day: &str, citizenship: &str, of: &str, transition: &str) -> f64 {
        let key = [day, citizenship, of, transition].map(str::to_owned);
        self.counts.get(&key).copied().unwrap_or(0.0)
    }

    /// Persons of a citizenship, over all days that begin so.
    fn count(&self, day: &str, citizenship: &str, of: Option<&str>, transition: &str) -> f64 {
        let counts = self.counts.iter().filter(|(key, _)| {
            key[0].starts_with(day)
                && key[1] == citizenship
                && of.is_none_or(|of| key[2] == of)
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
struct Released {
    _place: Workplace,
    store: String,
    truth: Truth,
}

impl Released {
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
        let truth = Truth { counts: rows(&read(&truth)), stocks: rows(&read(&stock)) };
        Self { _place: place, store, truth }
    }

    /// Figures by the values of these columns: value, low and high.
    fn figures<const N: usize>(
        &self,
        dataflow: &str,
        key: &str,
        by: [&str; N],
    ) -> BTreeMap<[String; N], [f64; 3]> {
        let told = succeed(&["export", &self.store, "--dataflow", dataflow, "--key", key]);
        let mut reader = csv::Reader::from_reader(told.as_bytes());
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

    /// The rates of the plan that are told: by the codes and the period, value, low and high.
    fn rates(&self, id: &str, grain: &str, dimensions: usize) -> Vec<(Vec<String>, [f64; 3])> {
        let classes = if dimensions == 2 { "." } else { "" };
        let key = format!("{grain}.AT..{}{classes}", CITIZENSHIPS.join("+"));
        let told = succeed(&["export", &self.store, "--dataflow", id, "--key", &key, "--derive"]);
        let mut rates = Vec::new();
        for line in told.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            assert_eq!((fields[2], fields.len()), (id, 7 + dimensions), "{line}");
            let numbers = [4, 5, 6].map(|n| fields[n + dimensions].parse::<f64>().ok());
            let [Some(rate), Some(low), Some(high)] = numbers else { continue };
            let at = fields[3..4 + dimensions].iter().map(|&field| field.to_owned());
            rates.push((at.collect(), [rate, low, high]));
        }
        rates
    }
}

fn plan(rho: &str) -> PlanText {
    edit(PLAN).set("privacy.rho", rho)
}

/// The same, with no other citizenships than [`CITIZENSHIPS`]: as many cells as a test needs.
fn short(rho: &str) -> PlanText {
    let list = "code_list.CL_CITIZENSHIP.codes";
    let plan = plan(rho);
    let others = plan.elements(list).into_iter().filter(|code| !CITIZENSHIPS.contains(&&**code));
    others.fold(plan.clone(), |plan, code| plan.remove(&format!("{list}.{code}")))
}

#[test]
fn what_is_folded_without_noise_is_the_truth() {
    let released = Released::new(&plan("1000000000000").text(), "07");
    let truth = &released.truth;
    let by = ["TIME_PERIOD", "CITIZENSHIP", "STAY_CLASS", "TRANSITION"];
    let key = "D.AT.FLOW.UK+CN+STLS+FR.VISIT+STUDY+OTHER.";
    let figures = released.figures("STAY_FLOW", key, by);
    assert_eq!(figures.len(), 100 * 4 * 3 * 7);
    for (at, [value, ..]) in &figures {
        let meant = truth.counts.get(at).copied().unwrap_or(0.0);
        assert!((value - meant).abs() < 0.05, "{at:?}: {value} for {meant}");
    }
    let by = ["TIME_PERIOD", "CITIZENSHIP"];
    for (at, [value, ..]) in released.figures("OVERSTAYERS", "D.AT.STOCK.UK+NG+STLS", by) {
        let meant = truth.stock(&at[0], &at[1]);
        assert!((value - meant).abs() < 0.05, "{at:?}: {value} for {meant}");
    }
    // Refusals by ground, and both ways of adding them up.
    let by = ["TIME_PERIOD", "CITIZENSHIP", "GROUND"];
    let refused = |key: &str| released.figures("REFUSAL_GROUNDS", key, by);
    let of_ground = refused("D.AT.FLOW._T.REFUSAL.");
    assert_eq!(of_ground.len(), 100 * 10);
    for (at, [value, ..]) in of_ground {
        let of_all = truth
            .counts
            .iter()
            .filter(|(key, _)| key[0] == at[0] && key[2] == at[2] && key[3] == "REFUSAL");
        let meant: f64 = of_all.map(|(_, count)| count).sum();
        assert!((value - meant).abs() < 0.05, "{at:?}: {value} for {meant}");
    }
    let of_quarter = refused("Q.AT.FLOW.UK+UA.REFUSAL.");
    assert_eq!(of_quarter.len(), 2 * 10);
    for (at, [value, ..]) in of_quarter {
        let first_quarter = ["2024-01", "2024-02", "2024-03"];
        let of_month = |month| truth.count(month, &at[1], Some(&at[2]), "REFUSAL");
        let meant: f64 = first_quarter.map(of_month).iter().sum();
        assert!((value - meant).abs() < 0.05, "{at:?}: {value} for {meant}");
    }
    let mut compared = 0;
    for (at, [rate, ..]) in released.rates("OVERSTAY_RATE", "D", 2) {
        let count = |name: &str| truth.on(&at[2], &at[0], &at[1], name);
        let (lapses, in_time) = (count("LAPSE"), count("DEPARTURE_IN_TIME"));
        // Of nobody there is no rate to compare.
        if lapses + in_time == 0.0 {
            continue;
        }
        assert!((rate - lapses / (lapses + in_time)).abs() < 0.02, "{at:?}: {rate}");
        compared += 1;
    }
    assert!(compared > 1000, "{compared}");
    for (at, [rate, ..]) in released.rates("LATE_DEPARTURE_RATE", "D", 1) {
        let late = truth.count(&at[1], &at[0], None, "DEPARTURE_LATE");
        let stock = truth.stock(&at[1], &at[0]);
        if stock == 0.0 {
            continue;
        }
        let meant = late / stock;
        assert!((rate - meant).abs() < 0.05, "{at:?}: {rate} for {meant}");
    }
}

/// Figures are chosen by the truth, never by what is told of them. Under `identity` days and cells
/// are independent: over R intervals the part that holds is off by more than sqrt(ln(2 / p) / (2
/// R)) with probability below p = 1e-6 (Hoeffding); the lattice of the noise may add a hundredth.
/// The stock goes on from day to day, so of each citizenship one month is asked; of 20 independent
/// intervals and more, fewer than three in five hold with probability below 1e-6 (binomial, 0.95).
#[test]
fn intervals_hold_the_rates_of_what_was_put_in() {
    let plan = short("20")
        .change("dataflow.STAY_FLOW.strategy", "identity")
        .remove("dataflow.STAY_FLOW.bound_month")
        .text();
    let (mut asked, mut held) = (0u32, 0u32);
    let (mut asked_of_stock, mut held_of_stock) = (0u32, 0u32);
    for seed in ["11", "23", "37", "41", "53"] {
        let released = Released::new(&plan, seed);
        let truth = &released.truth;
        for (at, [_, low, high]) in released.rates("OVERSTAY_RATE", "D", 2) {
            let count = |name: &str| truth.on(&at[2], &at[0], &at[1], name);
            let (lapses, in_time) = (count("LAPSE"), count("DEPARTURE_IN_TIME"));
            if lapses + in_time >= 10.0 {
                let meant = lapses / (lapses + in_time);
                asked += 1;
                held += u32::from(low <= meant && meant <= high);
            }
        }
        for (at, [_, low, high]) in released.rates("LATE_DEPARTURE_RATE", "M", 1) {
            let stock = truth.stock("2024-03-31", &at[0]);
            if at[1] == "2024-03" && stock >= 20.0 {
                let meant = truth.count("2024-03", &at[0], None, "DEPARTURE_LATE") / stock;
                asked_of_stock += 1;
                held_of_stock += u32::from(low <= meant && meant <= high);
            }
        }
    }
    assert!(asked > 400 && asked_of_stock >= 20, "{asked} {asked_of_stock}");
    let off = ((2.0f64 / 1e-6).ln() / (2.0 * f64::from(asked))).sqrt() + 0.01;
    let part = f64::from(held) / f64::from(asked);
    assert!((part - 0.95).abs() <= off, "{held} of {asked}");
    assert!(5 * held_of_stock >= 3 * asked_of_stock, "{held_of_stock} of {asked_of_stock}");
}
