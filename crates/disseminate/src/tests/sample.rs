//! A small public directory, written through the ledger's own writer and the real mechanism:
//! invented counts, noise from a seed, prices from the plan.
//!
//! Not here: events; counts are invented as counts.

use std::path::Path;

use tidegauge_ledger::{
    Entry, Log, Measured, Part, Price, Release, SigningKey, StoreClass, digest, plan_path, prices,
    publish,
};
use tidegauge_model::{Measure, Period, Plan};
use tidegauge_privacy::entropy::SeededEntropy;
use tidegauge_privacy::sampler::DiscreteGaussian;
use tidegauge_privacy::{Drawn, measure};

/// The text of the sample plan.
pub const PLAN: &str = include_str!("sample.toml");
const STORE: &str = "5a3e";
const AT: &str = "2024-01-01T00:00:00Z";

/// The sample plan.
pub fn plan() -> Plan {
    Plan::parse(PLAN).expect("the sample plan is sound")
}

/// Writes releases of every dataflow, step after step.
pub struct Writer {
    plan: Plan,
    log: Log,
    directory: std::path::PathBuf,
    noise: SeededEntropy,
    charged: Vec<(String, Period, Part, u64)>,
    prices: Vec<((usize, Period), Vec<Price>)>,
    step: Period,
    /// What is done to every release before it is published and signed.
    pub spoil: Option<fn(&mut Release)>,
}

impl Writer {
    /// The writer of a new ledger for a plan, with genesis and plan on it.
    pub fn create(directory: &Path, text: &str) -> Self {
        let plan = Plan::parse(text).expect("a sound plan");
        let key = SigningKey::from_bytes(&[7; 32]);
        let mut log = Log::create(directory, STORE, &key).unwrap();
        let name = digest(text.as_bytes());
        publish(directory, &plan_path(&name), text.as_bytes()).unwrap();
        let genesis = Entry::Genesis {
            format: 1,
            store: STORE.into(),
            class: StoreClass::Synthetic,
            noise: format!("seed:{}", "07".repeat(32)),
            at: AT.into(),
        };
        let entry = Entry::of_plan(text, &plan, AT.into());
        log.append_at(0, &[genesis, entry]).unwrap();
        let step = plan.first_step();
        let noise = SeededEntropy::new([7; 32]);
        let directory = directory.to_owned();
        Self { plan, log, directory, noise, charged: vec![], prices: vec![], step, spoil: None }
    }

    /// Releases every step up to this one, of every dataflow.
    pub fn release_until(&mut self, last: &str) {
        let last = Period::parse(last).unwrap();
        while self.step <= last {
            for dataflow in 0..self.plan.dataflows.len() {
                self.release(dataflow);
            }
            self.step = self.step.next();
        }
    }

    fn release(&mut self, dataflow: usize) {
        let (id, step) = (self.plan.dataflows[dataflow].id.clone(), self.step);
        let window = self.plan.window_of(step);
        let key = (dataflow, window);
        if !self.prices.iter().any(|(known, _)| *known == key) {
            let prices = prices(&self.plan, dataflow, window).unwrap();
            self.charge(&id, window, &prices);
            self.prices.push((key, prices));
        }
        let at = self.prices.iter().position(|(known, _)| *known == key).unwrap();
        let prices = self.prices[at].1.clone();
        let number = self.plan.steps_of(window).iter().position(|&s| s == step).unwrap() as u32;
        let mut parts = Vec::new();
        for price in &prices {
            parts.extend(self.measured(dataflow, window, number, price));
        }
        let paid = |part: Part| parts.iter().any(|measured: &Measured| measured.part == part);
        let charges =
            self.charged.iter().filter(|(of, w, part, _)| *of == id && *w == window && paid(*part));
        let charges = charges.map(|(.., index)| *index).collect();
        let mut release =
            Release { format: 1, dataflow: id.clone(), step: step.to_string(), vintage: 0, parts };
        let path = Release::path(&id, &step.to_string(), 0);
        if let Some(spoil) = self.spoil {
            spoil(&mut release);
        }
        let bytes = release.to_bytes();
        publish(&self.directory, &path, &bytes).unwrap();
        let entry = Entry::Release {
            dataflow: id.clone(),
            step: step.to_string(),
            vintage: 0,
            charges,
            path,
            digest: digest(&bytes),
            bytes: bytes.len() as u64,
            at: AT.into(),
        };
        self.log.append_at(self.log.size(), &[entry]).unwrap();
    }

    fn charge(&mut self, id: &str, window: Period, prices: &[Price]) {
        for price in prices {
            self.charged.push((id.into(), window, price.part, self.log.size()));
            let entry = Entry::Charge {
                dataflow: id.into(),
                window: window.to_string(),
                part: price.part,
                delta2: price.delta2.to_string(),
                variance: price.variance.to_string(),
                rho: price.rho.to_string(),
                at: AT.into(),
            };
            self.log.append_at(self.log.size(), &[entry]).unwrap();
        }
    }

    fn measured(
        &mut self,
        dataflow: usize,
        window: Period,
        number: u32,
        price: &Price,
    ) -> Vec<Measured> {
        let cells = self.plan.dataflows[dataflow].structure.cells();
        let steps = self.plan.steps_of(window);
        let stock = matches!(self.plan.dataflows[dataflow].measure, Measure::Stock { .. });
        let noise = DiscreteGaussian::new(price.variance).unwrap();
        let mut parts = Vec::new();
        if price.part == Part::Base && number > 0 {
            return parts;
        }
        for node in price.strategy.completed_at(number) {
            let span = &steps[node.first as usize..=node.last as usize];
            let exact: Vec<i64> = (0..cells)
                .map(|cell| match price.part {
                    Part::Base => level_before(window, cell),
                    Part::Stream => span.iter().map(|&s| invented(s, cell, stock)).sum(),
                })
                .collect();
            let (grain, period) = match price.part {
                Part::Base => ("base".to_owned(), window),
                Part::Stream => {
                    let grain = price.grains[node.level];
                    (grain.word().to_owned(), Period::containing(grain, self.step.first()))
                }
            };
            let weight = price.strategy.levels()[node.level].weight;
            let drawn = Drawn::ahead(&noise, exact.len(), &mut self.noise);
            parts.push(Measured {
                part: price.part,
                grain,
                period: period.to_string(),
                weight,
                variance: price.variance.to_string(),
                values: measure(weight.into(), &exact, drawn).unwrap(),
            });
        }
        parts
    }
}

/// An invented count: a level for each cell, a weekly and a yearly swing; a net change is small
/// and of either sign.
pub fn invented(step: Period, cell: usize, net: bool) -> i64 {
    let day = i64::from(step.first().day_of_year());
    let weekday = i64::from(step.first().weekday().to_monday_zero_offset());
    let spread = (day * 7919 + cell as i64 * 104_729).rem_euclid(41);
    if net {
        return 12 - spread + (weekday - 3) * 9 + (20 - day % 41) * 2;
    }
    let scale = [2400, 2300, 640, 610, 35, 2][cell % 6] / (1 + cell as i64 / 6);
    scale + scale * (weekday - 3) / 12 + scale * (day % 90) / 400 + scale * spread / 300
}

/// The invented stock before a window.
pub fn level_before(window: Period, cell: usize) -> i64 {
    9000 + 3000 * cell as i64 + i64::from(window.first().month()) * 10
}
