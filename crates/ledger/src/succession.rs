//! Which plan is in force: the plan of a ledger with its amendments, in their order.
//!
//! Not here: what an amendment may change (crate `model`, module `plan::amend`). The collector, the
//! audit, the server and `plan show` all take the plan of a store from here.
//!
//! An amendment is an entry after the plan and before the first release that it affects: its first
//! day is after every step released so far. So no published figure depends on it, and none changes.
//! It names what it amends, so no amendment can be left out or reordered.
//!
//! Invariants:
//! 1. The same entries and files give the same plan, whether read at once or one after another
//!    (`tests/amendments.rs`: `a_succession_is_the_same_however_it_is_read`).
//! 2. A forged, reordered, missing or late amendment is refused with its own error code
//!    (`tests/amendments.rs`: `every_tamper_with_an_amendment_is_found_by_its_name`).

use std::sync::Arc;

use tidegauge_model::plan::PLAN_BYTES_MAX;
use tidegauge_model::{Amendment, Period, Plan};
use tidegauge_tlog::{Source, required};

use crate::digest::digest;
use crate::entry::Entry;
use crate::error::{Error, LedgerRule};
use crate::layout::plan_path;

/// A plan that an entry puts in force.
#[derive(Clone, Debug)]
pub struct PlanInForce {
    /// The index of the entry.
    pub entry: u64,
    /// The digest of the file that it names: the plan's, or the amendment's.
    pub digest: String,
    /// The plan.
    pub plan: Arc<Plan>,
}

/// All plans that have been in force, each until the next one.
#[derive(Clone, Debug, Default)]
pub struct Succession {
    states: Vec<PlanInForce>,
    /// The last step that any dataflow has released.
    released: Option<Period>,
}

impl Succession {
    /// The succession that these entries make; the first has index 0.
    ///
    /// Errors: as [`Self::take`].
    pub fn of(entries: &[Entry], source: &dyn Source) -> Result<Self, Error> {
        let mut succession = Self::default();
        for (index, entry) in (0..).zip(entries) {
            succession.take(index, entry, source)?;
        }
        Ok(succession)
    }

    /// Applies the next entry of the ledger.
    ///
    /// Errors: the file of a plan or an amendment is missing, is another file, is invalid, or
    /// differs from its entry; an amendment does not amend what is in force, or begins at a step
    /// that is released already. On an error nothing changes.
    pub fn take(&mut self, index: u64, entry: &Entry, source: &dyn Source) -> Result<(), Error> {
        match entry {
            Entry::Plan { digest, .. } => {
                let plan = Arc::new(read_plan(source, index, entry)?);
                // A second plan is never in force; the audit reports it.
                if self.states.is_empty() {
                    self.states.push(PlanInForce { entry: index, digest: digest.clone(), plan });
                }
            }
            Entry::Amendment { digest, amends, .. } => {
                let here = |rule: LedgerRule| rule.at(format!("entry {index}"));
                let Some(last) = self.states.last() else {
                    return Err(here(LedgerRule::PlanMissing));
                };
                if last.digest != *amends {
                    let (expected, given) = (last.digest.clone(), amends.clone());
                    return Err(here(LedgerRule::AmendmentOrder { expected, given }));
                }
                let amendment = read_amendment(source, index, entry)?;
                let plan = Arc::new(self.amended(&amendment).map_err(here)?);
                self.states.push(PlanInForce { entry: index, digest: digest.clone(), plan });
            }
            Entry::Release { step, .. } => self.released = self.released.max(Period::parse(step)),
            Entry::Genesis { .. } | Entry::Charge { .. } => {}
        }
        Ok(())
    }

    /// The plan in force with one more amendment.
    ///
    /// Errors: [`LedgerRule::PlanMissing`]; [`LedgerRule::AmendmentEarly`] if its first step is
    /// released already; [`LedgerRule::Amendment`] if the plan does not allow it.
    pub fn amended(&self, amendment: &Amendment) -> Result<Plan, LedgerRule> {
        let plan = &self.states.last().ok_or(LedgerRule::PlanMissing)?.plan;
        let amended =
            plan.amended(amendment).map_err(|error| LedgerRule::Amendment(Box::new(error)))?;
        match self.released {
            Some(released) if amendment.first_step(plan.step()).start() < released.end() => {
                let (from, released) = (amendment.from.to_string(), released.to_string());
                Err(LedgerRule::AmendmentEarly { from, released })
            }
            _ => Ok(amended),
        }
    }

    /// The plan in force now; `None` before the first plan.
    pub fn newest(&self) -> Option<&PlanInForce> {
        self.states.last()
    }

    /// The plan as first stated, then the plan after each amendment.
    pub fn states(&self) -> &[PlanInForce] {
        &self.states
    }

    /// The plan that was in force when the ledger had this many entries.
    pub fn at(&self, size: u64) -> Option<&PlanInForce> {
        let known = self.states.partition_point(|state| state.entry < size);
        self.states.get(known.checked_sub(1)?)
    }
}

/// Reads the file that an entry names, and checks its digest and length.
fn read(source: &dyn Source, expected: &str, bytes: u64) -> Result<String, Error> {
    let path = plan_path(expected);
    let text = required(source, &path, PLAN_BYTES_MAX)?;
    if text.len() as u64 != bytes || digest(&text) != *expected {
        return Err(LedgerRule::PlanDigest.at(path));
    }
    let rule = LedgerRule::PlanSyntax { line: 1, field: "text".into(), rule: "not UTF-8".into() };
    String::from_utf8(text).map_err(|_| rule.at(path))
}

/// Reads the plan that an entry names.
fn read_plan(source: &dyn Source, index: u64, entry: &Entry) -> Result<Plan, Error> {
    let Entry::Plan { digest, bytes, id, title, rho, windows, window, .. } = entry else {
        return Err(LedgerRule::EntrySyntax.at(format!("entry {index}")));
    };
    let text = read(source, digest, *bytes)?;
    let plan = Plan::parse(&text).map_err(|errors| syntax(&errors, digest))?;
    let fields = [
        ("id", *id == plan.statement.id),
        ("title", plan.statement.title == **title),
        ("rho", *rho == plan.privacy.rho.to_string()),
        ("windows", *windows == plan.privacy.windows),
        ("window", *window == plan.privacy.window.word()),
    ];
    check_fields(&fields, index)?;
    Ok(plan)
}

/// Reads the amendment that an entry names.
fn read_amendment(source: &dyn Source, index: u64, entry: &Entry) -> Result<Amendment, Error> {
    let Entry::Amendment { digest, bytes, from, note, .. } = entry else {
        return Err(LedgerRule::EntrySyntax.at(format!("entry {index}")));
    };
    let text = read(source, digest, *bytes)?;
    let amendment = Amendment::parse(&text).map_err(|errors| syntax(&errors, digest))?;
    let fields =
        [("from", *from == amendment.from.to_string()), ("note", amendment.note == **note)];
    check_fields(&fields, index)?;
    Ok(amendment)
}

/// Refuses an entry that differs from its file.
fn check_fields(fields: &[(&'static str, bool)], index: u64) -> Result<(), Error> {
    match fields.iter().find(|(_, agrees)| !agrees) {
        Some(&(field, _)) => Err(LedgerRule::PlanEntry { field }.at(format!("entry {index}"))),
        None => Ok(()),
    }
}

/// The first fault of a file, as an error of the ledger.
fn syntax(errors: &tidegauge_model::plan::PlanErrors, digest: &str) -> Error {
    let (line, field, rule) = match errors.errors().first() {
        Some(error) => (error.line, error.field.clone(), error.rule.clone()),
        None => (1, "text".into(), "not a plan".into()),
    };
    LedgerRule::PlanSyntax { line, field, rule }.at(plan_path(digest))
}
