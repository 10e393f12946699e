//! The identity strategy: every step measured by itself, once, with weight one.
//!
//! Not here: steps that are also measured in sums (see `calendar`).
//!
//! Invariants:
//! 1. C is the identity matrix, so a measurement is the step's count plus noise
//!    (`tests::identity_measures_each_step_by_itself`). Proof: `identity.proof.md`.

use super::{Level, Strategy};
use crate::Result;

impl Strategy {
    /// The strategy that measures each of `steps` steps by itself.
    /// Errors: `StepsOutOfRange`.
    pub fn identity(steps: u32) -> Result<Self> {
        Self::new(vec![Level::steps(1, steps)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::STEPS_MAX;

    #[test]
    fn identity_measures_each_step_by_itself() {
        let strategy = Strategy::identity(4).unwrap();
        for s in 0..4 {
            for t in 0..4 {
                assert_eq!(strategy.gram(s, t), u64::from(s == t));
            }
            assert_eq!(strategy.completed_at(s).len(), 1);
        }
        assert!(Strategy::identity(0).is_err());
        assert!(Strategy::identity(STEPS_MAX).is_ok());
        assert!(Strategy::identity(u32::MAX).is_err());
    }
}
