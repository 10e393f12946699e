//! What the plan in force says to sources: columns, sources and their keys, and what admits their
//! rows. It is read without the store, and made anew after an amendment.
//!
//! Not here: the open store (room `owner`).
//!
//! Invariants:
//! 1. Sources and keys are those of the plan in force
//!    (`tidegauge/tests/intake.rs`: `a_key_is_rotated_by_an_amendment`).

use std::collections::HashMap;

use tidegauge_collect::{Admission, Error, Store};
use tidegauge_delivery::{Limits, PlanColumns};
use tidegauge_ledger::SigningKey;
use tidegauge_model::Plan;

/// What the plan in force says to sources.
pub(crate) struct Terms {
    pub(crate) plan: Plan,
    pub(crate) columns: PlanColumns,
    /// What admits the rows of each source, by its id.
    pub(crate) admissions: HashMap<String, Admission>,
    pub(crate) key: SigningKey,
}

impl Terms {
    /// The terms of an open store.
    pub(crate) fn of(store: &mut Store, limits: Limits) -> Result<Self, Error> {
        let plan = store.plan().clone();
        let mut admissions = HashMap::new();
        for source in &plan.sources {
            admissions.insert(source.id.clone(), store.admission(&source.id)?);
        }
        let columns = PlanColumns::new(&plan, store.id(), store.is_synthetic(), limits);
        Ok(Self { plan, columns, admissions, key: store.answer_key()? })
    }
}
