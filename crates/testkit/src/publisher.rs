//! A small public directory, written through the ledger's own writer and the real mechanism:
//! invented counts, noise from a seed, prices from the plan.
//!
//! Not here: events; the counts are invented directly.

use std::collections::HashMap;
use std::path::Path;

use tidegauge_ledger::{
    Entry, LedgerWriter, Measurement, NewFile, Part, Price, Release, Scheme, SigningKey, Slot,
    StoreClass, digest, late_slots, plan_path, prices, publish, slots,
};
use tidegauge_model::{Amendment, Period, Plan};
use tidegauge_privacy::entropy::SeededEntropy;
use tidegauge_privacy::sampler::DiscreteGaussian;
use tidegauge_privacy::{DrawnNoise, measure};

use crate::plan::edit;

/// The text of the sample plan.
pub const PLAN: &str = include_str!("sample.toml");
const STORE: &str = "5a3e";
const AT: &str = "2024-01-01T00:00:00Z";

/// The sample plan.
pub fn plan() -> Plan {
    Plan::parse(PLAN).expect("the sample plan is sound")
}

/// A plan whose releases become public at this time of day.
pub fn with_embargo(plan: &str, hour: &str) -> String {
    edit(plan).add("statement.embargo", hour).text()
}

/// Writes releases of every dataflow, step after step.
pub struct Publisher {
    plan: Plan,
    log: LedgerWriter,
    directory: std::path::PathBuf,
    noise: SeededEntropy,
    charged: Vec<(String, Period, Part, u64)>,
    prices: Vec<((usize, Period), Vec<Price>)>,
    step: Period,
    states: HashMap<(usize, Part, Period, usize), Vec<i64>>,
    /// The silent sources of a step and a vintage.
    silent: HashMap<(String, u32), Vec<String>>,
    /// The time that every entry states.
    pub at: &'static str,
    /// Changes every release before it is published and signed.
    pub spoil: Option<fn(&mut Release)>,
}

fn put(directory: &Path, path: &str, bytes: &[u8]) {
    publish(directory, &[NewFile { path, bytes, modified: None }]).unwrap();
}

impl Publisher {
    /// The writer of a new ledger for a plan, with genesis and plan on it.
    pub fn create(directory: &Path, text: &str) -> Self {
        Self::of_class(directory, text, StoreClass::Synthetic, &format!("seed:{}", "07".repeat(32)))
    }

    /// As [`Self::create`], for a ledger that claims to be of a real store; its counts are invented
    /// too.
    pub fn create_real(directory: &Path, text: &str) -> Self {
        Self::of_class(directory, text, StoreClass::Real, "os")
    }

    fn of_class(directory: &Path, text: &str, class: StoreClass, noise: &str) -> Self {
        let plan = Plan::parse(text).expect("a sound plan");
        let key = SigningKey::from_bytes(&[7; 32]);
        let mut log = LedgerWriter::create(directory, STORE, &key).unwrap();
        let name = digest(text.as_bytes());
        put(directory, &plan_path(&name), text.as_bytes());
        let genesis = Entry::Genesis {
            format: 1,
            store: STORE.into(),
            class,
            noise: noise.into(),
            order: None,
            at: AT.into(),
        };
        let entry = Entry::of_plan(text, &plan, AT.into());
        log.append_at(0, &[genesis, entry]).unwrap();
        let step = plan.first_step();
        let noise = SeededEntropy::new([7; 32]);
        let directory = directory.to_owned();
        Self {
            plan,
            log,
            directory,
            noise,
            charged: vec![],
            prices: vec![],
            step,
            states: HashMap::new(),
            silent: HashMap::new(),
            at: AT,
            spoil: None,
        }
    }

    /// Draws from another seed from now on.
    pub fn reseed(&mut self, seed: [u8; 32]) {
        self.noise = SeededEntropy::new(seed);
    }

    /// Names the sources that will be silent in this vintage of a step, in the plan's order.
    pub fn silence(&mut self, step: &str, vintage: u32, sources: &[&str]) {
        let sources = sources.iter().map(|&id| id.to_owned()).collect();
        self.silent.insert((step.to_owned(), vintage), sources);
    }

    /// Releases every step up to this one, of every dataflow.
    pub fn release_until(&mut self, last: &str) {
        let last = Period::parse(last).unwrap();
        while self.step <= last {
            for dataflow in 0..self.plan.dataflows.len() {
                self.release(dataflow);
                self.release_late(dataflow);
            }
            self.step = self.step.next();
        }
    }

    /// Puts an amendment in force: its file, then its entry.
    pub fn amend(&mut self, text: &str) {
        let amendment = Amendment::parse(text).unwrap();
        let newest = self.log.entries().iter().rev().find_map(|entry| match entry {
            Entry::Plan { digest, .. } | Entry::Amendment { digest, .. } => Some(digest.clone()),
            _ => None,
        });
        put(&self.directory, &plan_path(&digest(text.as_bytes())), text.as_bytes());
        let entry = Entry::of_amendment(text, &amendment, &newest.unwrap(), self.at.into());
        self.log.append_at(self.log.size(), &[entry]).unwrap();
        self.plan = self.plan.amended(&amendment).unwrap();
    }

    /// The number of entries of the ledger.
    pub fn size(&self) -> u64 {
        self.log.size()
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
        let mut parts = Vec::new();
        for slot in slots(&self.plan, &prices, step) {
            let price = prices.iter().find(|price| price.part == slot.part).unwrap();
            parts.push(self.measured(dataflow, window, slot, price));
        }
        let is_measured =
            |part: Part| parts.iter().any(|measured: &Measurement| measured.part == part);
        let charges = self
            .charged
            .iter()
            .filter(|(charged, w, part, _)| *charged == id && *w == window && is_measured(*part))
            .map(|(.., index)| *index)
            .collect();
        self.publish(&id, step, 0, charges, parts);
    }

    /// Releases the later vintages that are due after this step.
    fn release_late(&mut self, dataflow: usize) {
        let flow = self.plan.dataflows[dataflow].clone();
        for (vintage, after) in (1..).zip(flow.vintages) {
            // Fits: a vintage is due within a year.
            let step = self.step.shifted(-(after as i32)).unwrap();
            if step < self.plan.first_step() {
                continue;
            }
            let window = self.plan.window_of(step);
            let at = self.prices.iter().position(|(key, _)| *key == (dataflow, window)).unwrap();
            let prices = self.prices[at].1.clone();
            let (mut charges, mut parts) = (vec![], vec![]);
            for slot in late_slots(&prices, step) {
                let paid = slot.part.paid_by();
                let price = prices.iter().find(|price| price.part == paid).unwrap();
                let pays = |(id, w, part, _): &&(String, Period, Part, u64)| {
                    *id == flow.id && *w == window && *part == paid
                };
                charges.push(self.charged.iter().find(pays).unwrap().3);
                parts.push(self.measured(dataflow, window, slot, price));
            }
            self.publish(&flow.id, step, vintage, charges, parts);
        }
    }

    fn publish(
        &mut self,
        id: &str,
        step: Period,
        vintage: u32,
        charges: Vec<u64>,
        parts: Vec<Measurement>,
    ) {
        let step = step.to_string();
        let dataflow = id.to_owned();
        let (format, blind) = (1, None);
        let mut release = Release { format, dataflow, step: step.clone(), vintage, parts, blind };
        if self.plan.statement.embargo.is_some() {
            release = release.blinded([9; 32]);
        }
        let path = Release::path(id, &step, vintage);
        if let Some(spoil) = self.spoil {
            spoil(&mut release);
        }
        let bytes = release.to_bytes();
        put(&self.directory, &path, &bytes);
        let silent = self.silent.get(&(step.clone(), vintage)).cloned().unwrap_or_default();
        let entry = Entry::Release {
            dataflow: id.to_owned(),
            step,
            vintage,
            charges,
            path,
            digest: digest(&bytes),
            bytes: bytes.len() as u64,
            silent,
            at: self.at.into(),
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
                at: self.at.into(),
            };
            self.log.append_at(self.log.size(), &[entry]).unwrap();
        }
    }

    fn measured(
        &mut self,
        dataflow: usize,
        window: Period,
        slot: Slot,
        price: &Price,
    ) -> Measurement {
        let flow = &self.plan.dataflows[dataflow];
        let steps = self.plan.steps_of(window);
        let is_stock = flow.present().is_some();
        let open = self.plan.open_steps(flow, &steps);
        let is_open = |step: Period, cell: usize| {
            let number = steps.partition_point(|other| other.start() < step.start()) as u32;
            open.as_ref().is_none_or(|open| open[cell].contains(&number))
        };
        let count = |step, cell| match price.part {
            _ if !is_open(step, cell) => 0,
            Part::Base | Part::ResidualBase(_) => level_before(window, cell),
            part if part.is_turnover() => turnover(step, cell),
            _ => invented(step, cell, is_stock),
        };
        let counts = |steps: &[Period]| {
            let sum = |cell| steps.iter().map(|&step| count(step, cell)).sum();
            let cells: Vec<i64> = (0..flow.structure.cells()).map(sum).collect();
            price.measurand.exact(&cells).unwrap().into_owned()
        };
        let (weight, exact): (u32, Vec<i64>) = match &price.scheme {
            Scheme::Nodes { .. } | Scheme::Periods { .. } => {
                let span = &steps[slot.node.first as usize..=slot.node.last as usize];
                (slot.weight, counts(span))
            }
            // Late counts are of one step, whatever the scheme of the stream.
            Scheme::Recursion(_) if slot.part != price.part => {
                (slot.weight, counts(&steps[slot.node.first as usize..=slot.node.last as usize]))
            }
            Scheme::Recursion(recursion) => {
                let states = &mut self.states;
                let encode = |(value, count)| {
                    let key = (dataflow, price.part, price.begins, value);
                    let state = states.entry(key).or_insert_with(|| recursion.start());
                    recursion.encode(slot.node.last, count, state).unwrap()
                };
                (1, counts(&[self.step]).into_iter().enumerate().map(encode).collect())
            }
        };
        let kinds: Vec<Option<DiscreteGaussian>> = slot
            .measurand
            .variances(slot.variance)
            .unwrap()
            .into_iter()
            .map(|variance| variance.map(|variance| DiscreteGaussian::new(variance).unwrap()))
            .collect();
        let borrowed: Vec<_> = kinds.iter().map(Option::as_ref).collect();
        let drawn = DrawnNoise::draw_each(&borrowed, &mut self.noise);
        Measurement {
            part: slot.part,
            grain: slot.grain,
            period: slot.period,
            weight: slot.weight,
            variance: slot.variance.to_string(),
            values: measure(weight.into(), &exact, drawn).unwrap(),
        }
    }
}

/// The invented turnover of a step: the net change, and further arrivals and departures that
/// cancel.
pub fn turnover(step: Period, cell: usize) -> i64 {
    let net = invented(step, cell, true);
    net.abs() + 2 * (40 + net.rem_euclid(13))
}

/// An invented count of a cell that is open in the step; of any other it is 0: a level for each
/// cell, a weekly and a yearly swing; a net change is small
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
