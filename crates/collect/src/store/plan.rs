//! The plan in force of a store, and the kernel that counts by it.
//!
//! Not here: the changes that an amendment may make (crate `model`), and how one comes into force
//! (module `amend`).
//!
//! Invariants:
//! 1. The plan in force is read only from the ledger, so the collector and every reader of the
//!    ledger have the same (crate `ledger`, module `succession`).
//! 2. A store orders events of one instant by the rule that its genesis names, for ever
//!    (`tidegauge/tests/same_instant.rs`:
//!    `a_store_that_began_with_the_order_by_ids_keeps_it`).

use std::path::Path;
use std::sync::Arc;

use tidegauge_fold::Kernel;
use tidegauge_ledger::{DirectorySource, Entry, LedgerWriter, Succession};
use tidegauge_model::{EventOrder, Plan};

use crate::error::Error;
use crate::layout::public_directory;

/// The kernel that counts by a plan, in a store that orders events of one instant by this rule.
///
/// Errors: more attributes than a kernel supports.
pub(super) fn kernel(plan: &Plan, order: EventOrder) -> Result<Kernel, Error> {
    Kernel::new(plan, order).ok_or(Error::PlanTooLarge { limit: tidegauge_fold::ATTRIBUTES_MAX })
}

/// The order of events at the same instant by a store's ledger: that with which the store began.
pub(super) fn event_order(log: &LedgerWriter) -> Result<EventOrder, Error> {
    let order = log.entries().first().and_then(Entry::event_order);
    let rule = "is no genesis of a format that this program knows";
    order.ok_or_else(|| Error::corrupt(Path::new("public/checkpoint"), "entry 0", rule))
}

/// The plan in force by a store's ledger, which must begin with the plan of this digest.
pub(super) fn plan_in_force(
    directory: &Path,
    log: &LedgerWriter,
    first_digest: &str,
) -> Result<Arc<Plan>, Error> {
    let succession = succession(directory, log)?;
    match (succession.states().first(), succession.newest()) {
        (Some(first), Some(newest)) if first.digest == first_digest => Ok(Arc::clone(&newest.plan)),
        _ => {
            let rule = "the ledger does not begin with the store's plan";
            Err(Error::corrupt(Path::new("public/checkpoint"), "plan", rule))
        }
    }
}

/// Every plan of the ledger, each with its amendments so far.
pub(super) fn succession(directory: &Path, log: &LedgerWriter) -> Result<Succession, Error> {
    Ok(Succession::of(log.entries(), &DirectorySource::new(public_directory(directory)))?)
}
