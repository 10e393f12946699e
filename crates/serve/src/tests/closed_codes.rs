//! Tables in which codes are closed, open or close while steps are released: closed codes are 0,
//! the others add up to their groups and totals, and margins of error are correct.
//!
//! Not here: cells that are measured separately (`validity`); amendments (`amendments`).

use std::collections::HashMap;
use std::sync::Arc;

use tempfile::TempDir;
use tidegauge_figures::Reader;
use tidegauge_model::{Dataflow, Period, Plan};
use tidegauge_privacy::interval::NORMAL_POINT;

use super::{Figures, csv_figures, read, read_at, replaced};
use testkit::publisher::{self, Publisher};
use testkit::{PlanText, edit, toml};

/// A plan whose border points open and close, with places for two more.
fn with_closed_points(text: &str, opens: &str, closes: &str) -> PlanText {
    let codes = "code_list.CL_BORDER_POINT.codes";
    edit(text)
        .add("code_list.CL_BORDER_POINT.reserved", toml("{ SEA = 1, LAND = 1 }"))
        .add(&format!("{codes}.{opens}.valid_from"), "2024-02-14")
        .add(&format!("{codes}.{closes}.valid_to"), "2024-01-20")
        .add("code_list.CL_TRAVELLER_CLASS.codes.NEAR.valid_to", "2024-02-15")
}

struct ClosedStore {
    plan: Plan,
    reader: Arc<Reader>,
    _directory: TempDir,
}

impl ClosedStore {
    fn new(plan: String, last: &str, seed: u8) -> Self {
        let directory = TempDir::new().unwrap();
        let mut writer = Publisher::create(directory.path(), &plan);
        writer.reseed([seed; 32]);
        writer.release_until(last);
        let reader = read(directory.path());
        Self { plan: Plan::parse(&plan).unwrap(), reader, _directory: directory }
    }

    fn dataflow(&self, id: &str) -> &Dataflow {
        self.plan.dataflow(id).unwrap().1
    }

    /// Every published figure of a dataflow.
    fn everything(&self, id: &str) -> Figures {
        let all = self.dataflow(id).structure.dimensions().iter().map(|dimension| {
            let list = &dimension.code_list;
            let codes = list.codes().iter().filter(|code| !code.is_reserved());
            let groups = list.groups().iter().map(|group| &group.code.id);
            let total = (!dimension.is_apart).then_some("_T");
            let ids = codes.map(|code| &code.id).chain(groups).map(String::as_str).chain(total);
            ids.collect::<Vec<_>>().join("+")
        });
        let key = all.collect::<Vec<_>>().join(".");
        let reply = read_at(&self.reader, &format!("/v1/data/{id}/...{key}?format=csv&decimals=3"));
        assert_eq!(reply.status, 200, "{}", reply.text);
        csv_figures(&reply.text)
    }

    /// Whether a finest cell counts for a series.
    fn counts(&self, id: &str, codes: &[&str], cell: usize) -> bool {
        let structure = &self.dataflow(id).structure;
        let positions = structure.positions(cell);
        let mut dimensions = structure.dimensions().iter().zip(positions).zip(codes);
        dimensions.all(|((dimension, position), code)| {
            let list = &dimension.code_list;
            let group = list.groups().iter().find(|group| group.code.id == *code);
            match group {
                Some(group) => group.codes.contains(&position),
                None => *code == "_T" || list.position(code) == Some(position),
            }
        })
    }

    /// The invented figure of a series, in thousandths; a level up to the end of the period.
    fn truth(&self, id: &str, key: &str, period: &str) -> i64 {
        let codes: Vec<&str> = key.split('.').collect();
        let dataflow = self.dataflow(id);
        let first = self.plan.first_step();
        let whole = Period::parse(period).unwrap();
        let steps = std::iter::successors(Some(first), |step| Some(step.next()));
        let steps: Vec<Period> = steps.take_while(|step| step.last() <= whole.last()).collect();
        let open = self.plan.open_steps(dataflow, &steps);
        let is_level = codes[2] == "STOCK";
        let mut sum = 0;
        for cell in
            (0..dataflow.structure.cells()).filter(|&cell| self.counts(id, &codes[3..], cell))
        {
            let is_open = |number: usize| {
                open.as_ref().is_none_or(|open| open[cell].contains(&(number as u32)))
            };
            if is_level && is_open(0) {
                sum += publisher::level_before(self.plan.window_of(first), cell) * 1000;
            }
            for (number, &step) in steps.iter().enumerate() {
                if !is_open(number) || !(is_level || whole.covers(step)) {
                    continue;
                }
                let net = || publisher::invented(step, cell, true);
                let turnover = || publisher::turnover(step, cell);
                sum += match codes[2] {
                    "STOCK" => net() * 1000,
                    "ARRIVALS" => (turnover() + net()) * 500,
                    "DEPARTURES" => (turnover() - net()) * 500,
                    _ => {
                        let after = dataflow.vintages.iter();
                        let last = self.last();
                        let due = |after: &&u32| step.shifted(**after as i32).unwrap() <= last;
                        let late = after.filter(due).count() as i64;
                        publisher::invented(step, cell, false) * (1 + late) * 1000
                    }
                };
            }
        }
        sum
    }

    fn last(&self) -> Period {
        Period::parse("2024-03-31").unwrap()
    }

    /// Codes add up to groups and totals, and steps to periods; returns the number of sums.
    fn check_sums(&self, id: &str, all: &Figures) -> usize {
        let dataflow = self.dataflow(id);
        let mut compared = 0;
        for ((key, period), figure) in all {
            let codes: Vec<&str> = key.split('.').collect();
            let value = |key: String, period: &str| all.get(&(key, period.to_owned())).map(|f| f.0);
            for (place, dimension) in (3..).zip(dataflow.structure.dimensions()) {
                let list = &dimension.code_list;
                let groups = list.groups().iter().filter(|group| group.code.id == codes[place]);
                let mut range = groups.map(|group| group.codes.clone());
                let range = match codes[place] {
                    "_T" => Some(0..list.codes().len() as u16),
                    _ => range.next(),
                };
                let Some(range) = range else { continue };
                let codes = &list.codes()[usize::from(range.start)..usize::from(range.end)];
                let parts = codes.iter().filter(|code| !code.is_reserved());
                let parts = parts.map(|code| value(replaced(key, place, &code.id), period));
                if let Some(sum) = parts.sum::<Option<i64>>() {
                    assert_eq!(figure.0, sum, "{id} {key} {period} along {}", dimension.id);
                    compared += 1;
                }
            }
            let whole = Period::parse(period).unwrap();
            let days = std::iter::successors(Some(self.plan.first_step()), |day| Some(day.next()));
            let days = days.take_while(|day| day.last() <= whole.last());
            let mut days = days.filter(|day| whole.covers(*day));
            let daily = |day: Period| value(replaced(key, 0, "D"), &day.to_string());
            let sum = match codes[2] {
                "STOCK" => days.last().and_then(daily),
                _ => days.try_fold(0, |sum, day| Some(sum + daily(day)?)),
            };
            if let Some(sum) = sum {
                assert_eq!(figure.0, sum, "{id} {key} {period}");
                compared += 1;
            }
        }
        compared
    }

    /// No figure is far from the truth; those that cannot exist are 0 and marked. Returns the
    /// number of these.
    fn check_truth(&self, id: &str, all: &Figures) -> usize {
        let mut closed = 0;
        for ((key, period), (value, margin, _, _, status, _)) in all {
            let truth = self.truth(id, key, period);
            let miss = (value - truth).abs();
            assert!(miss < margin * 3 + 10, "{id} {key} {period}: {value} for {truth} +- {margin}");
            closed += usize::from(status == "M" && (*value, *margin) == (0, 0));
            assert!(*margin > 0 || status == "M", "{id} {key} {period}");
        }
        closed
    }
}

fn tables(vintages: bool) -> String {
    let text = include_str!("../../../../testdata/tables.toml");
    let plan = with_closed_points(text, "FERRY", "ROAD");
    match vintages {
        true => plan.add("dataflow.CROSSINGS.vintages", toml("[2, 5]")).text(),
        false => plan.text(),
    }
}

#[test]
fn open_codes_add_up_to_their_total() {
    for vintages in [false, true] {
        let store = ClosedStore::new(tables(vintages), "2024-03-31", 5);
        for id in ["CROSSINGS", "BY_TYPE"] {
            let all = store.everything(id);
            assert!(store.check_sums(id, &all) > 200, "{id}");
            let zeros = store.check_truth(id, &all);
            let fewest = if id == "CROSSINGS" { 100 } else { 3 };
            assert!(zeros >= fewest, "{id}: {zeros}");
        }
        let all = store.everything("CROSSINGS");
        let figure = |key: &str, period: &str| {
            let (value, margin, _, _, status, _) = &all[&(key.to_owned(), period.to_owned())];
            ((*value, *margin) == (0, 0), status == "M")
        };
        let (road, ferry) = ("D.XX.FLOW.ROAD.ENTRY._T", "D.XX.FLOW.FERRY.ENTRY._T");
        // A border point is read by the month with the class: it closes with January and opens
        // with February. Until then it is measured, and marked where nothing can count.
        assert_eq!(figure(road, "2024-01-20"), (false, false));
        assert_eq!(figure(road, "2024-01-21"), (false, true));
        assert_eq!(figure(road, "2024-02-01"), (true, true));
        assert_eq!(figure(ferry, "2024-01-31"), (true, true));
        assert_eq!(figure(ferry, "2024-02-14"), (false, false));
    }
}

/// In both windows, with the base, and for arrivals and departures too.
#[test]
fn levels_of_open_codes_add_up() {
    let stock = include_str!("../../../../testdata/stock_table.toml");
    let balance = include_str!("../../../../testdata/balance_table.toml");
    for text in [stock, balance] {
        let plan = with_closed_points(text, "FERRY", "BRIDGE");
        let plan = plan.add("code_list.CL_TRAVELLER_CLASS.codes.FAR.valid_from", "2024-04-20");
        let store = ClosedStore::new(plan.text(), "2024-05-12", 6);
        for id in ["PRESENT", "BY_CLASS"] {
            let all = store.everything(id);
            assert!(store.check_sums(id, &all) > 500, "{id}");
            assert!(store.check_truth(id, &all) > 50, "{id}");
            let value =
                |key: &str, period: &str| all.get(&(key.into(), period.into())).map(|f| f.0);
            for (key, period) in all.keys().filter(|(key, _)| key.starts_with("D.XX.ARRIVALS")) {
                let day = Period::parse(period).unwrap();
                let before = day.first().yesterday().unwrap().to_string();
                let level = |period: &str| value(&replaced(key, 2, "STOCK"), period);
                let Some(before) = level(&before) else { continue };
                let departures = value(&replaced(key, 2, "DEPARTURES"), period).unwrap();
                let arrivals = value(key, period).unwrap();
                assert_eq!(
                    level(period).unwrap() - before,
                    arrivals - departures,
                    "{key} {period}"
                );
            }
        }
    }
}

/// Stores whose noise is independent.
const STORES: u8 = 24;

/// The squares of misses over variances have a chi-square distribution, whose tails are bounded as
/// by Laurent and Massart (Annals of Statistics 28, 2000, lemma 1): in periods before, after and
/// across the days on which a code opens and another closes. False alarms: less than one in a
/// million.
#[test]
fn margins_across_openings_are_those_of_the_noise() {
    let n = f64::from(STORES);
    let x = 5e8f64.ln();
    let (low, high) = (n - 2.0 * (n * x).sqrt(), n + 2.0 * (n * x).sqrt() + 2.0 * x);
    let daily = "[{ of = [], grain = \"day\" }, { of = [\"BORDER_POINT\"], grain = \"day\" }]";
    let flow = edit(include_str!("../../../../testdata/tables.toml"));
    let flow = flow.change("dataflow.CROSSINGS.margins", toml(daily));
    let balance = edit(include_str!("../../../../testdata/balance_table.toml"));
    let plans = [("CROSSINGS", flow), ("PRESENT", balance)].map(|(id, plan)| {
        let codes = "code_list.CL_BORDER_POINT.codes";
        let plan = plan
            .add("code_list.CL_BORDER_POINT.reserved", toml("{ SEA = 1, LAND = 2 }"))
            .add(&format!("{codes}.FERRY.valid_from"), "2024-01-04")
            .add(&format!("{codes}.BRIDGE.valid_to"), "2024-01-06");
        (id, plan.text())
    });
    for (id, plan) in plans {
        let mut found: HashMap<(String, String), f64> = HashMap::new();
        for seed in 0..STORES {
            let store = ClosedStore::new(plan.clone(), "2024-01-07", seed);
            let all = store.everything(id);
            for ((key, period), &(value, margin, ..)) in all.iter().filter(|(_, f)| f.1 > 0) {
                let miss = (value - store.truth(id, key, period)) as f64 / margin as f64;
                let sum = found.entry((key.clone(), period.clone())).or_default();
                *sum += (miss * NORMAL_POINT).powi(2);
            }
        }
        assert!(found.len() > 60, "{}", found.len());
        for (series, squares) in found {
            assert!((low..=high).contains(&squares), "{series:?}: {squares} of {STORES}");
        }
    }
}
