//! The terms that hold now, read anew after an amendment.
//!
//! Not here: what they say (room `terms`).
//!
//! Invariants:
//! 1. Sources and keys are those of the plan in force
//!    (`tidegauge/tests/intake.rs`: `a_key_is_rotated_by_an_amendment`).

use std::sync::{Arc, PoisonError, RwLock};

use tidegauge_delivery::Limits;

use crate::owner::Queue;
use crate::task::Refusal;
use crate::terms::Terms;

/// The terms that hold now, and the number of amendments that they know.
pub(super) struct CurrentTerms {
    queue: Queue,
    limits: Limits,
    known: RwLock<(u64, Arc<Terms>)>,
}

impl CurrentTerms {
    /// Reads the terms of the store that a queue leads to.
    pub(super) fn read(queue: Queue, limits: Limits) -> Result<Self, Refusal> {
        let known = Self::fresh(&queue, limits)?;
        Ok(Self { queue, limits, known: RwLock::new(known) })
    }

    fn fresh(queue: &Queue, limits: Limits) -> Result<(u64, Arc<Terms>), Refusal> {
        // An amendment in between is found at the next look.
        let amendments = queue.amendments();
        let terms = queue.question(move |store| Terms::of(store, limits))?;
        Ok((amendments, Arc::new(terms)))
    }

    /// The terms that hold, if no amendment has come since they were read.
    pub(super) fn known(&self) -> Option<Arc<Terms>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        (known.0 == self.queue.amendments()).then(|| Arc::clone(&known.1))
    }

    /// Reads the terms anew. Waits for the store.
    pub(super) fn renew(&self) -> Result<Arc<Terms>, Refusal> {
        let fresh = Self::fresh(&self.queue, self.limits)?;
        let terms = Arc::clone(&fresh.1);
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(terms)
    }
}
