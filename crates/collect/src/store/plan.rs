//! The plan in force of a store, and the kernel that counts by it.
//!
//! Not here: the changes that an amendment may make (crate `model`), and how one comes into force
//! (module `amend`).
//!
//! Invariants:
//! 1. The plan in force is read only from the ledger, so the collector and every reader of the
//!    ledger have the same (crate `ledger`, module `succession`).

use std::path::Path;
use std::sync::Arc;

use tidegauge_fold::Kernel;
use tidegauge_ledger::{DirectorySource, LedgerWriter, Succession};
use tidegauge_model::Plan;

use crate::error::Error;
use crate::layout::public_directory;

/// The kernel that counts by a plan.
///
/// Errors: more attributes than a kernel supports.
pub(super) fn kernel(plan: &Plan) -> Result<Kernel, Error> {
    Kernel::new(plan).ok_or(Error::PlanTooLarge { limit: tidegauge_fold::ATTRIBUTES_MAX })
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
