//! Events for any plan, from nothing but the plan, so that it can be tried before there is data:
//! from the agency's mapping to the page.
//!
//! Not here: published counts (`crossings`, `returns`, `revisions`), and real events: nothing reads
//! one to shape a rehearsal.
//!
//! The assumptions are listed in [`REHEARSAL_ASSUMPTIONS`].
//!
//! Invariants:
//! 1. A synthetic store of the plan takes every file whole, and the life cycle allows every event,
//!    except for the share that the options ask for (`tidegauge/tests/rehearsal.rs`:
//!    `every_plan_takes_its_events_and_releases`).
//! 2. A seed means the same bytes (`rehearsal::tests::a_seed_means_the_same_bytes`).
//! 3. Memory follows from persons and events of a day, not from the number of days
//!    (`rehearsal::tests::persons_in_memory_do_not_grow_with_the_days`).

mod cycle;
mod files;
mod labels;
mod lists;
mod maker;
mod options;
mod persons;
mod row;
mod season;
mod table;
mod tally;
mod text;

use tidegauge_model::{Plan, days};

use self::files::DeliveryFiles;
use self::labels::Labels;
use self::maker::{Maker, date_of};
pub use self::options::{REHEARSAL_ASSUMPTIONS, Rehearsal};
pub use self::season::Season;
pub use self::tally::RehearsalSummary;
use self::tally::Tally;
use crate::draw::{Draw, Permutation};
use crate::error::Error;

/// Most days before the first on which persons begin who are present there.
const OPENING_DAYS_MAX: i32 = 60;

/// Writes events for a plan. Calls `progress` with the number of days done and in total.
///
/// Errors: bad options, a file that cannot be written; a file that is incomplete then has a name
/// that ends in `.partial`.
pub fn rehearse(
    plan: &Plan,
    options: &Rehearsal,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<RehearsalSummary, Error> {
    options.check(plan)?;
    let mut draw = Draw::new(options.seed);
    let permutation = Permutation::new(&mut draw);
    let (first, last) = (days::number(options.from), days::number(options.to));
    let opening = first - (2 * options.length.min(30) as i32).min(OPENING_DAYS_MAX);
    let tally = Tally::create(options.truth.as_deref())?;
    let labels = Labels::new(plan, options.raw, permutation);
    let mut files = DeliveryFiles::create(plan, options, labels)?;
    let mut maker = Maker::new(plan, options, draw, (opening, first, last), tally);
    let total = u64::from(last.abs_diff(opening)) + 1;
    for (done, day) in (1..).zip(opening..=last) {
        let rows = maker.day(day)?;
        files.write_day(date_of(day), &rows)?;
        progress(done, total);
    }
    let files = files.finish()?;
    maker.tally.finish()?;
    Ok(RehearsalSummary { files, ..maker.summary })
}

#[cfg(test)]
mod tests;
