//! The limits of what a plan or an amendment may state.
//!
//! Not here: limits of what is made from a plan (`structure::CELLS_MAX`, `code::CODES_MAX`,
//! `source::SOURCES_MAX`, the years of `period`).
//!
//! Invariants:
//! 1. The parser and the reference of keys use the same numbers: both take them from here
//!    (`plan::keys::tests::the_page_is_the_table`).

use crate::structure::CELLS_MAX;

/// Largest plan in bytes.
pub const PLAN_BYTES_MAX: usize = 1 << 20;
/// Largest amendment in bytes.
pub const AMENDMENT_BYTES_MAX: usize = 1 << 18;

/// Longest name, title or sentence in characters.
pub(super) const TEXT_CHARS_MAX: usize = 2000;
/// Most languages of a text.
pub(super) const LANGUAGES_MAX: usize = 32;
/// Longest identifier in characters.
pub(super) const ID_CHARS_MAX: usize = 64;
/// Greatest numerator and denominator of a fraction.
pub(super) const FRACTION_PART_MAX: u64 = 10u64.pow(12);

/// Most windows of a plan.
pub(super) const WINDOWS_MAX: u32 = 100;
/// Most hours for which a step stays open after its end: thirty days.
pub(super) const DELAY_HOURS_MAX: u32 = 720;
/// Greatest limit of steps for which events are kept: a hundred years of days.
pub(super) const EVENTS_STEPS_MAX: u32 = 36_525;
/// Greatest limit of windows for which persons are kept.
pub(super) const PERSONS_WINDOWS_MAX: u32 = 100;

/// Most statuses, and most kinds.
pub(super) const STATUSES_MAX: usize = 64;
/// Most entries of the list of transitions.
pub(super) const TRANSITIONS_MAX: usize = 1024;
/// Most days of a timer: ten years.
pub(super) const TIMER_DAYS_MAX: u32 = 3660;

/// Most code lists of a plan.
pub(super) const CODE_LISTS_MAX: usize = 64;
/// Most former names of one code.
pub(super) const FORMER_NAMES_MAX: usize = 16;
/// Most other codes under which events name one code.
pub(super) const ALSO_MAX: usize = 16;
/// Most reserved places of one list, or of one group in it.
pub(super) const RESERVED_MAX: u32 = 256;

/// Most dataflows of a plan.
pub(super) const DATAFLOWS_MAX: usize = 64;
/// Most cells of all dataflows of a plan together.
pub(super) const PLAN_CELLS_MAX: usize = 4 * CELLS_MAX;
/// Greatest bound: contributions of one person in one window.
pub(super) const BOUND_MAX: u32 = 1024;
/// Greatest bound of a calendar month.
pub(super) const BOUND_MONTH_MAX: u32 = 255;
/// Greatest bound of a dataflow of transitions, of which every contribution is remembered.
pub(super) const BOUND_TRANSITIONS_MAX: u32 = 16;
/// Greatest weight of a grain.
pub(super) const GRAIN_WEIGHT_MAX: u32 = 1000;
/// Most vintages of a step after the first.
pub(super) const VINTAGES_MAX: usize = 8;
/// Most steps after which a step can be measured again.
pub(super) const LATE_STEPS_MAX: u32 = 254;
/// Most bands of a duration, without the open-ended one.
pub(super) const BANDS_MAX: usize = 64;
/// Latest end of a band in days: a hundred years.
pub(super) const BAND_DAYS_MAX: u64 = 100 * 366;
/// Most dimensions of a dataflow: more would single out persons.
pub const DIMENSIONS_MAX: usize = 6;
/// Most marginals of one dataflow.
pub(super) const MARGINALS_MAX: usize = 64;
/// Most combinations of levels of one dataflow: each can be a measurement of its own.
pub(super) const COMBINATIONS_MAX: usize = 256;
/// The greatest weight of a marginal.
pub(super) const MARGINAL_WEIGHT_MAX: u32 = 1000;
/// The greatest weight of a residual.
pub(super) const RESIDUAL_WEIGHT_MAX: u32 = 1_000_000;

/// Most rates of a plan.
pub(super) const RATES_MAX: usize = 64;
/// Most combinations of codes and groups of one dataflow on a side of a rate.
pub(super) const TERMS_MAX: usize = 256;
/// Most wishes of a plan.
pub(super) const WISHES_MAX: usize = 256;
/// The greatest priority of a wish.
pub(super) const PRIORITY_MAX: u32 = 100;
/// Most headline figures of a plan: more than that nobody reads first.
pub(super) const HEADLINES_MAX: usize = 9;
/// Most series of a view: more than that nobody sees at once.
pub(super) const VIEW_SERIES_MAX: usize = 24;

/// Most keys of a source.
pub(super) const SOURCE_KEYS_MAX: usize = 16;
/// Most minutes of a wait: thirty days.
pub(super) const MINUTES_MAX: u32 = 30 * 24 * 60;
/// Most characters of a key's identifier.
pub(super) const KEY_ID_CHARS_MAX: usize = 32;
/// Hexadecimal digits of the id of a key for pseudonyms.
pub(super) const PSEUDONYM_KEY_DIGITS: usize = 16;

/// Most entries of one kind in an amendment.
pub(super) const ENTRIES_MAX: usize = 256;
