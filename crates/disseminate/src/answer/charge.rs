//! What the windows that an answer rests on charge a person.
//!
//! Not here: prices (crate `ledger`).
//!
//! Invariants:
//! 1. A charge is exact, and that of prices that follow from the plan alone
//!    (`tests::held::the_first_period_under_embargo_is_told_as_any_other`).

use num_rational::BigRational;
use num_traits::Zero;

use super::{Answer, Known};
use crate::catalogue::Window;

impl Answer {
    /// The most that one person is charged in one window of this dataflow, so far as known.
    pub fn charge(&self) -> BigRational {
        match self.known[..] {
            [] => charge_of(&self.window),
            _ => charge(&self.known),
        }
    }
}

/// The most that one person is charged in one of these windows.
pub(crate) fn charge(known: &[Known]) -> BigRational {
    let charges = known.iter().map(|known| charge_of(&known.window));
    charges.max().unwrap_or_else(BigRational::zero)
}

fn charge_of(window: &Window) -> BigRational {
    let charges = window.prices().iter().map(|price| price.rho.as_ratio());
    charges.fold(BigRational::zero(), |sum, rho| sum + rho)
}
