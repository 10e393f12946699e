//! Whether a fault is planted in this crate: never, except in builds for tests of the tests.
//!
//! Not here: the faults, which are in the code that they break, and their list (crate `planted`).
//!
//! Invariants:
//! 1. No program has the feature (`checks/tests/floors.rs`: `no_program_can_have_a_planted_fault`).
//! 2. Each fault is found (`checks/tests/planted.rs`: `every_planted_fault_is_found`).

#[cfg(feature = "planted-faults")]
pub(crate) use planted::is_planted;

#[cfg(not(feature = "planted-faults"))]
pub(crate) const fn is_planted(_name: &str) -> bool {
    false
}
