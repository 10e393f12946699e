//! Which plan is in force: the plan that a ledger begins with, and its amendments in their order.
//!
//! Not here: what an amendment may change (crate `model`, module `plan::amend`). Whoever needs the
//! plan of a store takes it from here: the collector, the audit, the server, `plan show`.
//!
//! An amendment is an entry behind the plan and before the first release that it touches: its day
//! lies behind every step released so far. So nothing that was published rests on it, and nothing
//! published changes by it. It names what it amends, so that none can be left out or moved.
//!
//! Invariants:
//! 1. The same entries and files make the same plan, read at once or one after another
//!    (`tests/amendments.rs`: `a_succession_is_replayed_alike_however_it_is_read`).
//! 2. A forged, moved, missing or late amendment is refused by its name
//!    (`tests/amendments.rs`: `every_tamper_with_an_amendment_is_found_by_its_name`).

use std::sync::Arc;

use tidegauge_model::plan::PLAN_BYTES_MAX;
use tidegauge_model::{Amendment, Period, Plan};
use tidegauge_tlog::{Source, required};

use crate::digest::digest;
use crate::entry::Entry;
use crate::error::{Error, Rule};
use crate::layout::plan_path;

/// A plan, from the entry on that puts it in force.
#[derive(Clone, Debug)]
pub struct InForce {
    /// The index of the entry.
    pub entry: u64,
    /// The digest of the file that it names: the plan's, or the amendment's.
    pub digest: String,
    /// The plan.
    pub plan: Arc<Plan>,
}

/// The plans that were in force, each until the next.
#[derive(Clone, Debug, Default)]
pub struct Succession {
    states: Vec<InForce>,
    /// The last step that some dataflow has released.
    released: Option<Period>,
}

impl Succession {
    /// The succession of these entries, the first of which has index 0.
    ///
    /// Errors: as [`Self::take`].
    pub fn of(entries: &[Entry], source: &dyn Source) -> Result<Self, Error> {
        let mut succession = Self::default();
        for (index, entry) in (0..).zip(entries) {
            succession.take(index, entry, source)?;
        }
        Ok(succession)
    }

    /// Takes the next entry of the ledger.
    ///
    /// Errors: a plan or an amendment whose file is missing, another one or at fault, or says
    /// something else than its entry; an amendment that does not follow what is in force, or
    /// begins with a step that is released. Nothing has changed then.
    pub fn take(&mut self, index: u64, entry: &Entry, source: &dyn Source) -> Result<(), Error> {
        match entry {
            Entry::Plan { digest, .. } => {
                let plan = Arc::new(read_plan(source, index, entry)?);
                // A second plan is no plan in force; the audit tells of it.
                if self.states.is_empty() {
                    self.states.push(InForce { entry: index, digest: digest.clone(), plan });
                }
            }
            Entry::Amendment { digest, amends, .. } => {
                let at = |rule: Rule| rule.at(format!("entry {index}"));
                let Some(last) = self.states.last() else { return Err(at(Rule::PlanMissing)) };
                if last.digest != *amends {
                    let (expected, given) = (last.digest.clone(), amends.clone());
                    return Err(at(Rule::AmendmentOrder { expected, given }));
                }
                let amendment = read_amendment(source, index, entry)?;
                let plan = Arc::new(self.amended(&amendment).map_err(at)?);
                self.states.push(InForce { entry: index, digest: digest.clone(), plan });
            }
            Entry::Release { step, .. } => self.released = self.released.max(Period::parse(step)),
            Entry::Genesis { .. } | Entry::Charge { .. } => {}
        }
        Ok(())
    }

    /// The plan that is in force with one more amendment.
    ///
    /// Errors: [`Rule::PlanMissing`]; [`Rule::AmendmentEarly`] where its first step is released;
    /// [`Rule::Amendment`] for what the plan refuses.
    pub fn amended(&self, amendment: &Amendment) -> Result<Plan, Rule> {
        let plan = &self.states.last().ok_or(Rule::PlanMissing)?.plan;
        let amended = plan.amended(amendment).map_err(|error| Rule::Amendment(Box::new(error)))?;
        match self.released {
            Some(released) if amendment.first_step(plan.step()).start() < released.end() => {
                let (from, released) = (amendment.from.to_string(), released.to_string());
                Err(Rule::AmendmentEarly { from, released })
            }
            _ => Ok(amended),
        }
    }

    /// What is in force; `None` before the first plan.
    pub fn newest(&self) -> Option<&InForce> {
        self.states.last()
    }

    /// The plan as first stated, then what every amendment made of it.
    pub fn states(&self) -> &[InForce] {
        &self.states
    }

    /// What was in force when the ledger had this many entries.
    pub fn at(&self, size: u64) -> Option<&InForce> {
        let known = self.states.partition_point(|state| state.entry < size);
        self.states.get(known.checked_sub(1)?)
    }
}

/// The text of the file that an entry names, if it is the one.
fn read(source: &dyn Source, expected: &str, bytes: u64) -> Result<String, Error> {
    let path = plan_path(expected);
    let text = required(source, &path, PLAN_BYTES_MAX)?;
    if text.len() as u64 != bytes || digest(&text) != *expected {
        return Err(Rule::PlanDigest.at(path));
    }
    let rule = Rule::PlanSyntax { line: 1, field: "text".into(), rule: "not UTF-8".into() };
    String::from_utf8(text).map_err(|_| rule.at(path))
}

/// The plan that an entry names.
fn read_plan(source: &dyn Source, index: u64, entry: &Entry) -> Result<Plan, Error> {
    let Entry::Plan { digest, bytes, id, title, rho, windows, window, .. } = entry else {
        return Err(Rule::EntrySyntax.at(format!("entry {index}")));
    };
    let text = read(source, digest, *bytes)?;
    let plan = Plan::parse(&text).map_err(|errors| syntax(&errors, digest))?;
    let says = [
        ("id", *id == plan.statement.id),
        ("title", *title == plan.statement.title),
        ("rho", *rho == plan.privacy.rho.to_string()),
        ("windows", *windows == plan.privacy.windows),
        ("window", *window == plan.privacy.window.word()),
    ];
    agreed(&says, index)?;
    Ok(plan)
}

/// The amendment that an entry names.
fn read_amendment(source: &dyn Source, index: u64, entry: &Entry) -> Result<Amendment, Error> {
    let Entry::Amendment { digest, bytes, from, note, .. } = entry else {
        return Err(Rule::EntrySyntax.at(format!("entry {index}")));
    };
    let text = read(source, digest, *bytes)?;
    let amendment = Amendment::parse(&text).map_err(|errors| syntax(&errors, digest))?;
    let says = [("from", *from == amendment.from.to_string()), ("note", *note == amendment.note)];
    agreed(&says, index)?;
    Ok(amendment)
}

/// Refuses an entry that does not say what its file says.
fn agreed(says: &[(&'static str, bool)], index: u64) -> Result<(), Error> {
    match says.iter().find(|(_, agrees)| !agrees) {
        Some(&(field, _)) => Err(Rule::PlanEntry { field }.at(format!("entry {index}"))),
        None => Ok(()),
    }
}

/// The first fault of a file.
fn syntax(errors: &tidegauge_model::plan::PlanErrors, digest: &str) -> Error {
    let (line, field, rule) = match errors.errors().first() {
        Some(error) => (error.line, error.field.clone(), error.rule.clone()),
        None => (1, "text".into(), "not a plan".into()),
    };
    Rule::PlanSyntax { line, field, rule }.at(plan_path(digest))
}
