//! Faults that are planted in the real code, one at a time, to see whether the tests of its crate
//! and the audit of plans find them.
//!
//! A crate links this one only with its feature `planted-faults`, which no program has. Even then
//! no fault is planted unless the environment variable [`VARIABLE`] names one.
//!
//! Not here: the faults themselves, which are in the code that they break, each in a condition
//! `is_planted("name")`; and what finds them (`checks/tests/planted.rs`).
//!
//! Invariants:
//! 1. No build without debug assertions, and so no release, can link this crate (`compile_error`).
//! 2. No program links it (`checks/tests/floors.rs`: `no_program_can_have_a_planted_fault`).
//! 3. A fault that is not in the list cannot be chosen (`tests::a_name_is_in_the_list`).

#![warn(unreachable_pub)]

use std::sync::OnceLock;

#[cfg(not(debug_assertions))]
compile_error!("planted faults are for tests: a release cannot have the feature `planted-faults`");

/// The environment variable that names the fault to plant.
pub const VARIABLE: &str = "TIDEGAUGE_PLANTED_FAULT";

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its name.
    pub name: &'static str,
    /// The crate that has it.
    pub package: &'static str,
    /// What is wrong.
    pub text: &'static str,
}

const FOLD: &str = "tidegauge-fold";
const PRIVACY: &str = "tidegauge-privacy";

const fn fault(name: &'static str, package: &'static str, text: &'static str) -> Fault {
    Fault { name, package, text }
}

/// Every fault.
pub const FAULTS: [Fault; 8] = [
    fault("late-variance-halved", PRIVACY, "late counts get half the variance"),
    fault("sensitivity-halved", PRIVACY, "the squared sensitivity of `calendar` is halved"),
    fault("late-counts-again", FOLD, "a late person counts again and again in one cell of a step"),
    fault(
        "late-bound-begins-anew",
        FOLD,
        "at the turn of a window the bound of late counts is new",
    ),
    fault(
        "mark-forgets-person",
        FOLD,
        "an earlier event of one person blocks late events of others",
    ),
    fault("present-are-forgotten", FOLD, "persons who are present are forgotten"),
    fault("no-room-for-departure", FOLD, "a stay begins without room for its departure"),
    fault("mark-stays", FOLD, "what is taken back keeps its mark, so that it is taken back again"),
];

fn parse(name: &str) -> Fault {
    let fault = FAULTS.into_iter().find(|fault| fault.name == name);
    assert!(fault.is_some(), "{VARIABLE}: no fault has the name {name}");
    fault.unwrap_or(FAULTS[0])
}

/// The fault that is planted, if any.
///
/// Panics if the environment names no fault of the list.
pub fn planted() -> Option<Fault> {
    static PLANTED: OnceLock<Option<Fault>> = OnceLock::new();
    *PLANTED.get_or_init(|| std::env::var(VARIABLE).ok().as_deref().map(parse))
}

/// Whether the fault of this name is planted.
pub fn is_planted(name: &str) -> bool {
    planted().is_some_and(|fault| fault.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_in_the_list() {
        assert!(FAULTS.iter().all(|fault| parse(fault.name) == *fault));
        assert!(std::panic::catch_unwind(|| parse("none")).is_err());
    }
}
