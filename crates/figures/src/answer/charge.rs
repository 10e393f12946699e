//! The charge to one person of the windows that an answer is based on.
//!
//! Not here: prices (crate `ledger`).
//!
//! Invariants:
//! 1. A charge is exact and follows only from the prices of the plan
//!    (`serve::tests::under_embargo::the_first_period_under_embargo_is_listed_like_any_other`).

use num_rational::BigRational;
use num_traits::Zero;

use crate::catalogue::window::ReleasedWindow;
use crate::estimate::known::KnownWindow;

/// The most that one person is charged in one of these windows.
pub(crate) fn charge(known: &[KnownWindow]) -> BigRational {
    let charges = known.iter().map(|known| charge_of(&known.window));
    charges.max().unwrap_or_else(BigRational::zero)
}

/// The charge of one window: the sum over its mechanisms.
pub(crate) fn charge_of(window: &ReleasedWindow) -> BigRational {
    let charges = window.prices().iter().map(|price| price.rho.as_ratio());
    charges.fold(BigRational::zero(), |sum, rho| sum + rho)
}
