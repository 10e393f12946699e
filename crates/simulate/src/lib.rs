//! Events of synthetic persons with known counts, for tests, demonstrations and benchmarks.
//!
//! Not here: real events; every pseudonym begins with `syn1:`, which a real store refuses.
//! Nothing here protects anybody: the seed reveals every pseudonym.
//!
//! `rehearsal` makes events for any plan, from nothing but the plan. The others start from counts
//! or make events for one plan: `crossings` turns daily counts into border crossings; `returns`,
//! `asylum` and `stays` make events for one ready-made plan each; `revisions` turns the vintages of
//! a published series into events, corrections and retractions.
//!
//! Invariants:
//! 1. The same seed and options give the same bytes
//!    (`crossings::tests::a_seed_means_the_same_bytes`,
//!    `returns::tests::a_seed_means_the_same_bytes`,
//!    `asylum::tests::a_seed_means_the_same_bytes`,
//!    `stays::tests::a_seed_means_the_same_bytes`,
//!    `rehearsal::tests::a_seed_means_the_same_bytes`).

#![warn(unreachable_pub)]

mod asylum;
mod crossings;
mod digits;
mod draw;
mod error;
mod published;
mod rehearsal;
mod returns;
mod revisions;
mod stays;
mod tables;
mod time_of_day;
mod whole_file;

pub use asylum::{ASYLUM_ASSUMPTIONS, Asylum, asylum};
pub use crossings::{ASSUMPTIONS, CrossingOptions, CrossingSummary, Scale, Scenario, simulate};
pub use draw::Draw;
pub use error::{CountsRule, Error};
pub use rehearsal::{REHEARSAL_ASSUMPTIONS, Rehearsal, RehearsalSummary, Season, rehearse};
pub use returns::{RETURNS_ASSUMPTIONS, Returns, returns};
pub use revisions::{REVISIONS_ASSUMPTIONS, Revisions, revisions};
pub use stays::{STAYS_ASSUMPTIONS, Stays, stays};
