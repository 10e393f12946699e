//! The audit of a ledger by a stranger: everything that the plan and the formats fix is
//! recomputed from the public directory alone.
//!
//! Not here: what only those who hold the private data can know (that the exact counts were
//! true, that noise was drawn once and not chosen among draws), and whether an earlier reader
//! saw another history ([`crate::VerifiedLog::extends`]).
//!
//! Checked: the signature, the root from all entries, every tile, genesis; the plan's digest and
//! what its entry repeats; the succession of its amendments (module `succession`); every charge
//! against the plan's price; charges once, and before what they pay for; the totals of each window
//! and of the plan's life; every step of every dataflow released once, in order, without gap; every
//! later vintage of a step once, with the step that makes it due and before the next; every
//! measurement file's digest, length and shape.
//!
//! Invariants:
//! 1. Each way of tampering is found, by a stable name, at its place
//!    (`audit::tests::every_tamper_is_found_by_its_name`).
//! 2. A ledger written as the plan says has no finding
//!    (`audit::tests::a_ledger_kept_by_the_plan_has_no_finding`), and never has one later
//!    (`audit::tests::ledgers_ever_written_have_no_finding`).
//!
//! Format of a finding:
//! `error[charge-value]: entry 3: rho: the plan gives 3/5, the entry says 1/2`.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use jiff::Timestamp;
use num_rational::BigRational;
use tidegauge_model::{Period, Plan};
use tidegauge_privacy::{Budget, Rho};
use tidegauge_tlog::{Error as LogError, LogRule, Source};

use crate::embargo::embargoed_until;
use crate::entry::Entry;
use crate::error::{Error, Rule};
use crate::part::Part;
use crate::price::{Late, Price, Slot, late_due, late_slots, prices, slots};
use crate::release::Release;
use crate::verified::{VerifiedLog, read_verified};

/// Findings told at most; the audit ends there.
const FINDINGS_MAX: usize = 1_000;

/// Something that is not as the plan and the formats have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The stable name of the rule.
    pub code: &'static str,
    /// A path in the public directory, or `entry N`.
    pub place: String,
    /// The rule, with what was expected and given.
    pub rule: String,
}

impl From<Error> for Finding {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        let (place, rule) = text.split_once(": ").unwrap_or(("ledger", &text));
        Self { code: error.code(), place: place.to_owned(), rule: rule.to_owned() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}: {}", self.code, self.place, self.rule)
    }
}

/// What was charged within a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The window.
    pub window: Period,
    /// The charges, exact.
    pub rho: BigRational,
}

/// A ledger without findings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The ledger.
    pub log: VerifiedLog,
    /// How many releases it has.
    pub releases: u64,
    /// Of these, how many have a file that is under embargo and was not to be had, and until when
    /// the last of them is.
    pub embargoed: Option<(u64, Timestamp)>,
    /// What each window was charged, in order of time.
    pub windows: Vec<Spent>,
    /// What the plan's life was charged.
    pub lifetime: BigRational,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { log, releases, embargoed, windows, lifetime } = self;
        writeln!(f, "{}: {} entries, root {}", log.origin, log.size, log.root_hex())?;
        match embargoed {
            None => writeln!(f, "{releases} releases, every file as the ledger names it")?,
            Some((count, until)) => writeln!(
                f,
                "{releases} releases, {count} of them under embargo until {until} and their \
                 files not read, every other file as the ledger names it"
            )?,
        }
        let Some((digest, plan)) = log.plan() else { return writeln!(f, "no plan yet") };
        let (id, rho) = (&plan.statement.id, &plan.privacy.rho);
        writeln!(f, "plan {id} {digest}")?;
        for state in log.succession.states().iter().skip(1) {
            let from = state.plan.amendments.last().map(|last| last.from.to_string());
            let from = from.unwrap_or_default();
            writeln!(f, "amendment from {from}, entry {}: {}", state.entry, state.digest)?;
        }
        for Spent { window, rho: spent } in windows {
            writeln!(f, "window {window}: rho {spent} of {rho}")?;
        }
        let life = rho * BigRational::from_integer(plan.privacy.windows.into());
        writeln!(f, "lifetime: rho {lifetime} of {life}")
    }
}

/// Audits a ledger of which every file is there, as those who keep it have it. Without an expected
/// verifier key the published one is believed.
///
/// Errors: all findings; what keeps the ledger from being read at all is one of them.
pub fn audit(source: &dyn Source, vkey: Option<&str>) -> Result<Report, Vec<Finding>> {
    audit_at(source, vkey, Timestamp::MAX)
}

/// As [`audit`], at an instant: a file that is under embargo then may be missing, and the report
/// says so.
///
/// Errors: as [`audit`].
pub fn audit_at(
    source: &dyn Source,
    vkey: Option<&str>,
    now: Timestamp,
) -> Result<Report, Vec<Finding>> {
    let log = read_verified(source, vkey).map_err(|error| vec![Finding::from(error)])?;
    let (plan, findings, embargoed) = (None, Vec::new(), None);
    let mut audit = Audit { source, log: &log, now, plan, findings, releases: 0, embargoed };
    for (index, entry) in (0..).zip(&log.entries) {
        audit.entry(index, entry);
        if audit.findings.len() >= FINDINGS_MAX {
            break;
        }
    }
    let Audit { plan, findings, releases, embargoed, .. } = audit;
    if !findings.is_empty() {
        return Err(findings);
    }
    let (windows, lifetime) = plan.map(Kept::spent).unwrap_or_default();
    Ok(Report { log, releases, embargoed, windows, lifetime })
}

/// A dataflow, a step and its vintage: what is released once.
type Vintage = (usize, Period, u32);

/// What an audit has seen so far.
struct Audit<'a> {
    source: &'a dyn Source,
    log: &'a VerifiedLog,
    now: Timestamp,
    plan: Option<Kept<'a>>,
    findings: Vec<Finding>,
    releases: u64,
    embargoed: Option<(u64, Timestamp)>,
}

/// What is known of how a plan was kept.
struct Kept<'a> {
    /// The entry of the plan.
    index: u64,
    plan: &'a Plan,
    prices: HashMap<(usize, Period), Vec<Price>>,
    /// The entry of each charge.
    charges: HashMap<(usize, Period, Part), u64>,
    windows: HashMap<Period, Budget>,
    life: Budget,
    /// The entry of each release.
    released: HashMap<Vintage, u64>,
    /// The next step of each dataflow.
    next: Vec<Period>,
    /// The later vintages of each dataflow that are due before its next step.
    late: Vec<BTreeSet<Late>>,
}

impl Audit<'_> {
    fn entry(&mut self, index: u64, entry: &Entry) {
        let rules = match (&mut self.plan, entry) {
            // Its place was checked when the ledger was read.
            (_, Entry::Genesis { .. }) => Vec::new(),
            // What it changes is no price and no step; that it follows was checked likewise.
            (_, Entry::Amendment { .. }) => Vec::new(),
            (None, Entry::Plan { .. }) => self.begin(index),
            (None, Entry::Charge { .. } | Entry::Release { .. }) => vec![Rule::PlanMissing],
            (Some(kept), Entry::Plan { .. }) => vec![Rule::PlanSecond { first: kept.index }],
            (Some(kept), Entry::Charge { .. }) => kept.charge(index, entry),
            (Some(kept), Entry::Release { .. }) => {
                self.releases += 1;
                let (rules, due) = kept.release(index, entry);
                let file = self.log.read_release(self.source, index);
                let until = embargoed_until(kept.plan, entry).filter(|until| *until > self.now);
                match (file, until) {
                    (
                        Err(Error::Log(LogError::Broken { rule: LogRule::FileMissing, .. })),
                        Some(until),
                    ) => {
                        let (count, last) = self.embargoed.unwrap_or((0, until));
                        self.embargoed = Some((count + 1, last.max(until)));
                    }
                    (file, _) => {
                        let file = file.and_then(|file| kept.shape(&file, due));
                        self.findings.extend(file.err().map(Finding::from));
                    }
                }
                rules
            }
        };
        let place = format!("entry {index}");
        self.findings.extend(rules.into_iter().map(|rule| rule.at(place.as_str()).into()));
    }

    /// Turns to the plan, from which on everything is held against it.
    fn begin(&mut self, index: u64) -> Vec<Rule> {
        // The first plan begins the succession, so there is one.
        let Some((_, plan)) = self.log.plan() else { return vec![Rule::PlanMissing] };
        let windows = BigRational::from_integer(plan.privacy.windows.into());
        let life = match Rho::new(&plan.privacy.rho * windows) {
            Ok(life) => Budget::new(life),
            Err(error) => return vec![Rule::Price(error)],
        };
        self.plan = Some(Kept {
            index,
            plan,
            prices: HashMap::new(),
            charges: HashMap::new(),
            windows: HashMap::new(),
            life,
            released: HashMap::new(),
            next: vec![plan.first_step(); plan.dataflows.len()],
            late: vec![BTreeSet::new(); plan.dataflows.len()],
        });
        Vec::new()
    }
}

impl Kept<'_> {
    /// The prices of a dataflow in a window.
    fn prices(&mut self, dataflow: usize, window: Period) -> Result<&[Price], Rule> {
        let key = (dataflow, window);
        if !self.prices.contains_key(&key) {
            let prices = prices(self.plan, dataflow, window).map_err(Rule::Price)?;
            self.prices.insert(key, prices);
        }
        Ok(self.prices.get(&key).map_or(&[], Vec::as_slice))
    }

    /// Every rule that a charge breaks.
    fn charge(&mut self, index: u64, entry: &Entry) -> Vec<Rule> {
        let Entry::Charge { dataflow: id, window: text, part, delta2, variance, rho, .. } = entry
        else {
            return Vec::new();
        };
        let mut rules = Vec::new();
        let windows = self.plan.privacy.windows;
        let window = exact(text).filter(|&window| {
            let number = self.plan.window_number(window);
            window.grain() == self.plan.privacy.window && number.is_some_and(|n| n < windows)
        });
        let Some(window) = window else {
            rules.push(Rule::ChargeWindow { window: text.clone(), windows });
            // It counts against the plan's life all the same.
            rules.extend(self.spend(None, rho));
            return rules;
        };
        rules.extend(self.spend(Some(window), rho));
        let Some((dataflow, _)) = self.plan.dataflow(id) else {
            rules.push(Rule::DataflowUnknown { dataflow: id.clone() });
            return rules;
        };
        match self.prices(dataflow, window) {
            Err(rule) => rules.push(rule),
            Ok(prices) => {
                match prices.iter().find(|price| price.part == *part) {
                    None => rules.push(Rule::ChargePart),
                    Some(price) => rules.extend(
                        [
                            ("delta2", price.delta2.to_string(), delta2),
                            ("variance", price.variance.to_string(), variance),
                            ("rho", price.rho.to_string(), rho),
                        ]
                        .into_iter()
                        .filter(|(_, expected, given)| expected != *given)
                        .map(|(field, expected, given)| {
                            Rule::ChargeValue { field, expected, given: given.clone() }
                        }),
                    ),
                }
            }
        }
        let first = *self.charges.entry((dataflow, window, *part)).or_insert(index);
        if first != index {
            rules.push(Rule::ChargeTwice { first });
        }
        rules
    }

    /// Spends a charge, as the entry states it.
    fn spend(&mut self, window: Option<Period>, rho: &str) -> Vec<Rule> {
        let mut rules = Vec::new();
        let (Ok(rho), Ok(ceiling)) = (Rho::parse(rho), Rho::new(self.plan.privacy.rho.clone()))
        else {
            // A rho that is none is not what the plan gives, which is told there.
            return rules;
        };
        if let Some(window) = window {
            let budget = self.windows.entry(window).or_insert_with(|| Budget::new(ceiling));
            if budget.charge(&rho).is_err() {
                let ceiling = budget.ceiling().to_string();
                rules.push(Rule::BudgetWindow { window: window.to_string(), ceiling });
            }
        }
        if self.life.charge(&rho).is_err() {
            rules.push(Rule::BudgetLifetime { ceiling: self.life.ceiling().to_string() });
        }
        rules
    }

    /// Every rule that a release entry breaks, its file aside; and the dataflow, step and vintage
    /// that it is of, if they are in the plan.
    fn release(&mut self, index: u64, entry: &Entry) -> (Vec<Rule>, Option<Vintage>) {
        let Entry::Release { dataflow: id, step: text, vintage, charges, .. } = entry else {
            return (Vec::new(), None);
        };
        let Some((dataflow, _)) = self.plan.dataflow(id) else {
            return (vec![Rule::DataflowUnknown { dataflow: id.clone() }], None);
        };
        let fits = |step: &Period| step.grain() == self.plan.step() && self.plan.allows(*step);
        let Some(step) = exact(text).filter(fits) else {
            return (vec![Rule::ReleaseStep { given: text.clone() }], None);
        };
        let mut rules = Vec::new();
        let release = (dataflow, step, *vintage);
        match self.released.get(&release) {
            Some(&first) => rules.push(Rule::ReleaseTwice { first }),
            None => {
                self.released.insert(release, index);
                rules.extend(match vintage {
                    0 => self.order(dataflow, step),
                    _ => self.order_late(dataflow, Late { step, vintage: *vintage }),
                });
            }
        }
        match self.due_charges(release) {
            Err(rule) => rules.push(rule),
            Ok((expected, complete)) if !complete || expected != *charges => {
                rules.push(Rule::ReleaseCharges { expected, given: charges.clone() });
            }
            Ok(_) => {}
        }
        (rules, Some(release))
    }

    /// Every dataflow must have all its steps before this one, and this one must be new.
    fn order(&mut self, dataflow: usize, step: Period) -> Vec<Rule> {
        let mut rules = Vec::new();
        let given = format!("{step} of {}", self.plan.dataflows[dataflow].id);
        if step < self.next[dataflow] {
            let expected = format!("{} of the same", self.next[dataflow]);
            rules.push(Rule::ReleaseOrder { expected, given: given.clone() });
        }
        for (next, other) in self.next.iter_mut().zip(&self.plan.dataflows) {
            if *next < step {
                let expected = format!("{next} of {}", other.id);
                rules.push(Rule::ReleaseOrder { expected, given: given.clone() });
                *next = step;
            }
        }
        // Vintages come right behind the step of their dataflow that makes them due.
        for (late, other) in self.late.iter_mut().zip(&self.plan.dataflows) {
            if let Some(Late { step, vintage }) = late.first() {
                let expected = format!("vintage {vintage} of {step} of {}", other.id);
                rules.push(Rule::ReleaseOrder { expected, given: given.clone() });
                late.clear();
            }
        }
        if self.next[dataflow] == step {
            self.next[dataflow] = step.next();
        }
        self.late[dataflow].extend(late_due(self.plan, dataflow, step));
        rules
    }

    /// A later vintage must be due with the step of its dataflow that was released last.
    fn order_late(&mut self, dataflow: usize, late: Late) -> Vec<Rule> {
        if self.late[dataflow].remove(&late) {
            Vec::new()
        } else {
            vec![Rule::ReleaseVintage { given: late.vintage }]
        }
    }

    /// What is due of a dataflow at a step, in this vintage.
    fn due(&mut self, (dataflow, step, vintage): Vintage) -> Result<Vec<Slot>, Rule> {
        let plan = self.plan;
        let prices = self.prices(dataflow, plan.window_of(step))?;
        Ok(match vintage {
            0 => slots(plan, prices, step),
            _ => late_slots(prices, step),
        })
    }

    /// The charges so far that pay for what is due of a dataflow at a step, and whether they pay
    /// for all of it.
    fn due_charges(&mut self, release: Vintage) -> Result<(Vec<u64>, bool), Rule> {
        let (dataflow, step, _) = release;
        let window = self.plan.window_of(step);
        let mut parts: Vec<Part> =
            self.due(release)?.into_iter().map(|slot| slot.part.paid_by()).collect();
        parts.dedup();
        let charge = |part: &Part| self.charges.get(&(dataflow, window, *part)).copied();
        let charges: Vec<u64> = parts.iter().filter_map(charge).collect();
        let complete = charges.len() == parts.len();
        Ok((charges, complete))
    }

    /// Whether a file holds what is due of a dataflow at a step, if it is known what that is.
    fn shape(&mut self, file: &Release, due: Option<Vintage>) -> Result<(), Error> {
        let Some(release) = due else { return Ok(()) };
        let Ok(slots) = self.due(release) else {
            // That there is no price is told beside the entry.
            return Ok(());
        };
        let broken = |field, part| {
            let path = Release::path(&file.dataflow, &file.step, file.vintage);
            Err(Rule::ReleaseShape { field, part }.at(path))
        };
        if !file.is_blinded_by(self.plan) {
            return broken("blind", 0);
        }
        for (part, (measured, slot)) in file.parts.iter().zip(&slots).enumerate() {
            if let Some(field) = slot.differs_from(measured) {
                return broken(field, part);
            }
        }
        if file.parts.len() == slots.len() {
            return Ok(());
        }
        broken("parts", file.parts.len().min(slots.len()))
    }

    fn spent(self) -> (Vec<Spent>, BigRational) {
        let spent =
            |(window, budget): (Period, Budget)| Spent { window, rho: budget.spent().clone() };
        let mut windows: Vec<Spent> = self.windows.into_iter().map(spent).collect();
        windows.sort_by_key(|spent| spent.window);
        (windows, self.life.spent().clone())
    }
}

/// The period that has this text and no other.
fn exact(text: &str) -> Option<Period> {
    Period::parse(text).filter(|period| period.to_string() == text)
}

#[cfg(test)]
pub(crate) mod tests;
