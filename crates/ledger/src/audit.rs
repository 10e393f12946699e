//! The audit of a ledger by a stranger: recomputes, from the public directory only, everything that
//! the plan and the formats determine.
//!
//! Not here: facts that only the holders of the private data can know (whether the exact counts
//! were true, whether noise was drawn once and not chosen among several draws), and whether an
//! earlier reader saw another history ([`crate::VerifiedLog::extends`]).
//!
//! Checked: the signature, the root from all entries, every tile, the genesis; the digest of the
//! plan and the facts that its entry repeats; the succession of its amendments (module
//! `succession`); every charge against the price of the plan; that a charge is made once, and
//! before the releases that it pays for; the totals of each window and of all windows; that every
//! step of every dataflow is released once, in order and without gap; that every later vintage of a
//! step is released once, with the step that makes it due and before the next; the digest, length
//! and shape of every measurement file.
//!
//! Invariants:
//! 1. Every kind of tampering is found, under a stable code and at its place
//!    (`audit::tests::every_tamper_is_found_by_its_name`).
//! 2. A ledger written as the plan requires has no finding
//!    (`audit::tests::a_ledger_kept_by_the_plan_has_no_finding`), and a ledger that had none never
//!    gets one later (`audit::tests::ledgers_ever_written_have_no_finding`).
//!
//! Format of a finding:
//! `error[charge-value]: entry 3: rho: the plan requires 3/5, the entry has 1/2`.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use jiff::Timestamp;
use num_rational::BigRational;
use tidegauge_model::{Period, Plan};
use tidegauge_privacy::budget::shown;
use tidegauge_privacy::{Budget, Rho};
use tidegauge_tlog::{Error as LogError, LogRule, Source};

use crate::embargo::embargoed_until;
use crate::entry::Entry;
use crate::error::{Error, LedgerRule};
use crate::part::Part;
use crate::price::{LateVintage, Price, Slot, late_due, late_slots, prices, slots};
use crate::release::Release;
use crate::verified::{VerifiedLog, read_verified};

/// Most findings reported; the audit ends there.
const FINDINGS_MAX: usize = 1_000;

/// Something that is not as the plan and the formats require.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The stable name of the rule.
    pub code: &'static str,
    /// A path in the public directory, or `entry N`.
    pub place: String,
    /// The rule that is broken, with what was expected and given.
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

/// The charges of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowSpending {
    /// The window.
    pub window: Period,
    /// Their sum, exact.
    pub rho: BigRational,
}

/// The result of an audit without findings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LedgerReport {
    /// The ledger.
    pub log: VerifiedLog,
    /// The number of releases.
    pub releases: u64,
    /// The number of releases whose file was not available because it is under embargo, and when
    /// the last of these embargoes ends; `None` if every file was read.
    pub embargoed: Option<(u64, Timestamp)>,
    /// The charges of each window, in order of time.
    pub windows: Vec<WindowSpending>,
    /// The charges of all windows together.
    pub lifetime: BigRational,
}

impl fmt::Display for LedgerReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LedgerReport { log, releases, embargoed, windows, lifetime } = self;
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
        let (word, moved) = (plan.privacy.window.word(), plan.windows_moved());
        writeln!(
            f,
            "unit: everything about one person, in what is measured in one {word} (events of one \
             {word} can change the measurements of {})",
            if moved == 1 { format!("that {word} only") } else { format!("{moved} {word}s") }
        )?;
        for WindowSpending { window, rho: spent } in windows {
            writeln!(f, "window {window}: rho {} of {}", shown(spent), shown(rho))?;
        }
        let life = plan.privacy.lifetime();
        writeln!(f, "lifetime: rho {} of {}", shown(lifetime), shown(&life))
    }
}

/// Audits a ledger all of whose files must be available, as they are to its publisher. Without an
/// expected verifier key the published one is trusted.
///
/// Errors: all findings. If the ledger cannot be read at all, the reason is the only finding.
pub fn audit(source: &dyn Source, vkey: Option<&str>) -> Result<LedgerReport, Vec<Finding>> {
    audit_at(source, vkey, Timestamp::MAX)
}

/// Like [`audit`], at an instant: a file that is under embargo then may be missing, and the report
/// counts it.
///
/// Errors: as [`audit`].
pub fn audit_at(
    source: &dyn Source,
    vkey: Option<&str>,
    now: Timestamp,
) -> Result<LedgerReport, Vec<Finding>> {
    let log = read_verified(source, vkey).map_err(|error| vec![Finding::from(error)])?;
    let mut audit = Auditor {
        source,
        log: &log,
        now,
        plan: None,
        findings: Vec::new(),
        releases: 0,
        embargoed: None,
    };
    for (index, entry) in (0..).zip(&log.entries) {
        audit.entry(index, entry);
        if audit.findings.len() >= FINDINGS_MAX {
            break;
        }
    }
    let Auditor { plan, findings, releases, embargoed, .. } = audit;
    if !findings.is_empty() {
        return Err(findings);
    }
    let (windows, lifetime) = plan.map(PlanAccount::spent).unwrap_or_default();
    Ok(LedgerReport { log, releases, embargoed, windows, lifetime })
}

/// The key of a release, which happens only once: a vintage of a step of a dataflow.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct ReleaseKey {
    /// Position in the plan.
    dataflow: usize,
    step: Period,
    vintage: u32,
}

/// The key of a charge.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct ChargeKey {
    /// Position of the dataflow in the plan.
    dataflow: usize,
    window: Period,
    part: Part,
}

/// The charges that pay for a release.
struct ReleaseCharges {
    /// Their entries.
    entries: Vec<u64>,
    /// Whether they pay for every part of it.
    is_complete: bool,
}

/// The state of an audit.
struct Auditor<'a> {
    source: &'a dyn Source,
    log: &'a VerifiedLog,
    now: Timestamp,
    plan: Option<PlanAccount<'a>>,
    findings: Vec<Finding>,
    releases: u64,
    embargoed: Option<(u64, Timestamp)>,
}

/// Charges and releases under a plan so far.
struct PlanAccount<'a> {
    /// The entry of the plan.
    index: u64,
    plan: &'a Plan,
    prices: HashMap<(usize, Period), Vec<Price>>,
    /// The entry of each charge.
    charges: HashMap<ChargeKey, u64>,
    windows: HashMap<Period, Budget>,
    /// The budget of all windows together.
    life: Budget,
    /// The entry of each release.
    released: HashMap<ReleaseKey, u64>,
    /// The next step of each dataflow.
    next: Vec<Period>,
    /// For each dataflow the later vintages that are due before its next step.
    late: Vec<BTreeSet<LateVintage>>,
}

impl Auditor<'_> {
    fn entry(&mut self, index: u64, entry: &Entry) {
        let rules = match (&mut self.plan, entry) {
            // Its position was checked when the ledger was read.
            (_, Entry::Genesis { .. }) => Vec::new(),
            // It changes no price and no step, and its order was checked when the ledger was read.
            (_, Entry::Amendment { .. }) => Vec::new(),
            (None, Entry::Plan { .. }) => self.begin(index),
            (None, Entry::Charge { .. } | Entry::Release { .. }) => vec![LedgerRule::PlanMissing],
            (Some(plan), Entry::Plan { .. }) => vec![LedgerRule::PlanSecond { first: plan.index }],
            (Some(plan), Entry::Charge { .. }) => plan.charge(index, entry),
            (Some(plan), Entry::Release { .. }) => {
                self.releases += 1;
                let (rules, key) = plan.release(index, entry);
                let file = self.log.read_release(self.source, index);
                let until = embargoed_until(plan.plan, entry).filter(|until| *until > self.now);
                match (file, until) {
                    (
                        Err(Error::Log(LogError::Broken { rule: LogRule::FileMissing, .. })),
                        Some(until),
                    ) => {
                        let (count, last) = self.embargoed.unwrap_or((0, until));
                        self.embargoed = Some((count + 1, last.max(until)));
                    }
                    (file, _) => {
                        let file = file.and_then(|file| plan.shape(&file, key));
                        self.findings.extend(file.err().map(Finding::from));
                    }
                }
                rules
            }
        };
        let place = format!("entry {index}");
        self.findings.extend(rules.into_iter().map(|rule| rule.at(place.as_str()).into()));
    }

    /// Begins to check the entries against the plan.
    fn begin(&mut self, index: u64) -> Vec<LedgerRule> {
        // The succession begins with the first plan, so there is one.
        let Some((_, plan)) = self.log.plan() else { return vec![LedgerRule::PlanMissing] };
        let life = match Rho::new(plan.privacy.lifetime()) {
            Ok(life) => Budget::new(life),
            Err(error) => return vec![LedgerRule::Price(error)],
        };
        self.plan = Some(PlanAccount {
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

impl PlanAccount<'_> {
    /// The prices of a dataflow in a window.
    fn prices(&mut self, dataflow: usize, window: Period) -> Result<&[Price], LedgerRule> {
        let key = (dataflow, window);
        if !self.prices.contains_key(&key) {
            let prices = prices(self.plan, dataflow, window).map_err(LedgerRule::Price)?;
            self.prices.insert(key, prices);
        }
        Ok(self.prices.get(&key).map_or(&[], Vec::as_slice))
    }

    /// Every rule that a charge breaks.
    fn charge(&mut self, index: u64, entry: &Entry) -> Vec<LedgerRule> {
        let Entry::Charge { dataflow: id, window: text, part, delta2, variance, rho, .. } = entry
        else {
            return Vec::new();
        };
        let mut rules = Vec::new();
        let windows = self.plan.privacy.windows;
        let window = canonical_period(text).filter(|&window| {
            let number = self.plan.window_number(window);
            window.grain() == self.plan.privacy.window && number.is_some_and(|n| n < windows)
        });
        let Some(window) = window else {
            rules.push(LedgerRule::ChargeWindow { window: text.clone(), windows });
            // It counts against the plan's total budget nevertheless.
            rules.extend(self.spend(None, rho));
            return rules;
        };
        rules.extend(self.spend(Some(window), rho));
        let Some((dataflow, _)) = self.plan.dataflow(id) else {
            rules.push(LedgerRule::DataflowUnknown { dataflow: id.clone() });
            return rules;
        };
        match self.prices(dataflow, window) {
            Err(rule) => rules.push(rule),
            Ok(prices) => {
                match prices.iter().find(|price| price.part == *part) {
                    None => rules.push(LedgerRule::ChargePart),
                    Some(price) => rules.extend(
                        [
                            ("delta2", price.delta2.to_string(), delta2),
                            ("variance", price.variance.to_string(), variance),
                            ("rho", price.rho.to_string(), rho),
                        ]
                        .into_iter()
                        .filter(|(_, expected, given)| expected != *given)
                        .map(|(field, expected, given)| {
                            LedgerRule::ChargeValue { field, expected, given: given.clone() }
                        }),
                    ),
                }
            }
        }
        let key = ChargeKey { dataflow, window, part: *part };
        let first = *self.charges.entry(key).or_insert(index);
        if first != index {
            rules.push(LedgerRule::ChargeTwice { first });
        }
        rules
    }

    /// Spends a charge as the entry states it.
    fn spend(&mut self, window: Option<Period>, rho: &str) -> Vec<LedgerRule> {
        let mut rules = Vec::new();
        let (Ok(rho), Ok(ceiling)) = (Rho::parse(rho), Rho::new(self.plan.privacy.rho.clone()))
        else {
            // A malformed rho differs from the plan's, which is reported elsewhere.
            return rules;
        };
        if let Some(window) = window {
            let budget = self.windows.entry(window).or_insert_with(|| Budget::new(ceiling));
            if budget.charge(&rho).is_err() {
                let ceiling = budget.ceiling().to_string();
                rules.push(LedgerRule::BudgetWindow { window: window.to_string(), ceiling });
            }
        }
        if self.life.charge(&rho).is_err() {
            rules.push(LedgerRule::BudgetLifetime { ceiling: self.life.ceiling().to_string() });
        }
        rules
    }

    /// Every rule that a release entry breaks, apart from its file, and the key of the release if
    /// the plan has it.
    fn release(&mut self, index: u64, entry: &Entry) -> (Vec<LedgerRule>, Option<ReleaseKey>) {
        let Entry::Release { dataflow: id, step: text, vintage, charges, silent, .. } = entry
        else {
            return (Vec::new(), None);
        };
        let Some((dataflow, _)) = self.plan.dataflow(id) else {
            return (vec![LedgerRule::DataflowUnknown { dataflow: id.clone() }], None);
        };
        let fits = |step: &Period| step.grain() == self.plan.step() && self.plan.allows(*step);
        let Some(step) = canonical_period(text).filter(fits) else {
            return (vec![LedgerRule::ReleaseStep { given: text.clone() }], None);
        };
        let mut rules = Vec::new();
        let mut delivering = self.plan.delivering(step).map(|source| &source.id);
        if !silent.iter().all(|id| delivering.any(|delivers| delivers == id)) {
            rules.push(LedgerRule::ReleaseSilent { given: silent.join(", ") });
        }
        let key = ReleaseKey { dataflow, step, vintage: *vintage };
        match self.released.get(&key) {
            Some(&first) => rules.push(LedgerRule::ReleaseTwice { first }),
            None => {
                self.released.insert(key, index);
                rules.extend(match vintage {
                    0 => self.order(dataflow, step),
                    _ => self.order_late(dataflow, LateVintage { step, vintage: *vintage }),
                });
            }
        }
        match self.charges_for(key) {
            Err(rule) => rules.push(rule),
            Ok(paid) if !paid.is_complete || paid.entries != *charges => {
                let given = charges.clone();
                rules.push(LedgerRule::ReleaseCharges { expected: paid.entries, given });
            }
            Ok(_) => {}
        }
        (rules, Some(key))
    }

    /// Checks that every dataflow has released all its steps before this one, and that this one is
    /// new.
    fn order(&mut self, dataflow: usize, step: Period) -> Vec<LedgerRule> {
        let mut rules = Vec::new();
        let given = format!("{step} of {}", self.plan.dataflows[dataflow].id);
        if step < self.next[dataflow] {
            let expected = format!("{} of the same", self.next[dataflow]);
            rules.push(LedgerRule::ReleaseOrder { expected, given: given.clone() });
        }
        for (next, other) in self.next.iter_mut().zip(&self.plan.dataflows) {
            if *next < step {
                let expected = format!("{next} of {}", other.id);
                rules.push(LedgerRule::ReleaseOrder { expected, given: given.clone() });
                *next = step;
            }
        }
        // Vintages come directly after the step of their dataflow that makes them due.
        for (late, other) in self.late.iter_mut().zip(&self.plan.dataflows) {
            if let Some(LateVintage { step, vintage }) = late.first() {
                let expected = format!("vintage {vintage} of {step} of {}", other.id);
                rules.push(LedgerRule::ReleaseOrder { expected, given: given.clone() });
                late.clear();
            }
        }
        if self.next[dataflow] == step {
            self.next[dataflow] = step.next();
        }
        self.late[dataflow].extend(late_due(self.plan, dataflow, step));
        rules
    }

    /// Checks that a later vintage is due with the step of its dataflow that was released last.
    fn order_late(&mut self, dataflow: usize, late: LateVintage) -> Vec<LedgerRule> {
        if self.late[dataflow].remove(&late) {
            Vec::new()
        } else {
            vec![LedgerRule::ReleaseVintage { given: late.vintage }]
        }
    }

    /// The measurements that a release must have.
    fn slots(&mut self, key: ReleaseKey) -> Result<Vec<Slot>, LedgerRule> {
        let plan = self.plan;
        let prices = self.prices(key.dataflow, plan.window_of(key.step))?;
        Ok(match key.vintage {
            0 => slots(plan, prices, key.step),
            _ => late_slots(prices, key.step),
        })
    }

    /// The charges so far that pay for a release.
    fn charges_for(&mut self, key: ReleaseKey) -> Result<ReleaseCharges, LedgerRule> {
        let ReleaseKey { dataflow, step, .. } = key;
        let window = self.plan.window_of(step);
        let mut parts: Vec<Part> =
            self.slots(key)?.into_iter().map(|slot| slot.part.paid_by()).collect();
        parts.dedup();
        let charge = |&part: &Part| self.charges.get(&ChargeKey { dataflow, window, part });
        let entries: Vec<u64> = parts.iter().filter_map(charge).copied().collect();
        let is_complete = entries.len() == parts.len();
        Ok(ReleaseCharges { entries, is_complete })
    }

    /// Checks that a file has the measurements that its release must have, if they are known.
    fn shape(&mut self, file: &Release, key: Option<ReleaseKey>) -> Result<(), Error> {
        let Some(key) = key else { return Ok(()) };
        let Ok(slots) = self.slots(key) else {
            // A missing price is reported with the entry.
            return Ok(());
        };
        let broken = |field, part| {
            let path = Release::path(&file.dataflow, &file.step, file.vintage);
            Err(LedgerRule::ReleaseShape { field, part }.at(path))
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

    /// The charges of each window, in order of time, and of all windows together.
    fn spent(self) -> (Vec<WindowSpending>, BigRational) {
        let spent = |(window, budget): (Period, Budget)| WindowSpending {
            window,
            rho: budget.spent().clone(),
        };
        let mut windows: Vec<WindowSpending> = self.windows.into_iter().map(spent).collect();
        windows.sort_by_key(|spent| spent.window);
        (windows, self.life.spent().clone())
    }
}

/// Parses a period that is written in its canonical form.
fn canonical_period(text: &str) -> Option<Period> {
    Period::parse(text).filter(|period| period.to_string() == text)
}

#[cfg(test)]
pub(crate) mod tests;
