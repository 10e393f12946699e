//! Comparing the ledger of a restored store with a checkpoint that was kept elsewhere.
//!
//! Not here: restoring (module `backup`), where the checkpoint comes from (crate `tidegauge`).
//!
//! A store restored from an old backup would draw noise for steps that are already public: two
//! figures of one truth, at the price of one. Only a copy of the ledger that was not restored with
//! it can show how far the ledger had come.
//!
//! Invariants:
//! 1. A restored store changes nothing before its ledger contains the checkpoint of which it was
//!    told, or its operator takes the risk
//!    (`tidegauge/tests/backup.rs`: `a_restored_store_draws_nothing_before_it_is_compared`).
//! 2. A ledger that is behind the checkpoint, or another, stays refused
//!    (`tidegauge/tests/backup.rs`: `an_old_backup_never_draws_again`).

use super::open::Store;
use crate::error::Error;

impl Store {
    /// Compares the ledger with a signed checkpoint, byte for byte as it was published; `None`
    /// trusts that nothing was released since the backup. From here on the store can change again.
    ///
    /// Errors: not a checkpoint of this ledger; a checkpoint of a longer or another ledger, after
    /// which nothing changes here any more, whatever an earlier comparison allowed.
    pub fn compare(&self, note: Option<&[u8]>) -> Result<u64, Error> {
        if let Some(note) = note {
            let kept = self.log.kept_head(note).map_err(Error::KeptHead)?;
            // Until the ledger contains the checkpoint, nothing that an older one allowed holds.
            self.control.mark_restored()?;
            let size = self.log.size();
            if kept.size > size {
                return Err(Error::RestoredBehind { kept: kept.size, restored: size });
            }
            if self.log.root_at(kept.size) != Some(kept.root) {
                let rule = "the restored ledger is not the one of the given checkpoint";
                return Err(Error::Fork { place: "public/checkpoint".into(), rule });
            }
        }
        self.control.clear_restored()?;
        Ok(self.log.size())
    }
}
