//! An answer of the sample publisher, for the tests of this crate.
//!
//! Not here: the tower as a whole, through HTTP (crate `serve`).

use std::sync::{Arc, OnceLock};

use tempfile::TempDir;
use testkit::publisher::{PLAN, Publisher};

use crate::answer::answer::{Answer, CheckedAnswer};
use crate::answer::evaluate::{ListedPeriods, answer, select};
use crate::estimate::figures::WindowFigures;
use crate::estimate::reader::Reader;
use crate::query::grammar::{Parameters, parse_key};

/// The last released step of the tables.
const TABLE_LAST: &str = "2024-01-10";

/// The answer of the sample directory to a key, checked.
pub(crate) fn checked_sample_answer(dataflow: &str, key: &str) -> CheckedAnswer {
    sample_answer(dataflow, key).check().unwrap()
}

/// The answer of the sample directory to a key.
pub(crate) fn sample_answer(dataflow: &str, key: &str) -> Answer {
    static SHARED: OnceLock<(TempDir, Reader)> = OnceLock::new();
    let (_, reader) = SHARED.get_or_init(|| store(PLAN, "2024-02-20"));
    answered(reader, dataflow, key)
}

/// The answer of a store of tables measured by residuals.
pub(crate) fn table_answer(dataflow: &str, key: &str) -> Answer {
    static TABLES: OnceLock<(TempDir, Reader)> = OnceLock::new();
    let plan = include_str!("../../../testdata/tables.toml");
    let (_, reader) = TABLES.get_or_init(|| store(plan, TABLE_LAST));
    answered(reader, dataflow, key)
}

/// The answer of a store of this plan, released up to a step.
pub(crate) fn answer_of(plan: &str, last: &str, dataflow: &str, key: &str) -> Answer {
    answered(&store(plan, last).1, dataflow, key)
}

/// The answer with figures from fewer steps of its last window than are released.
pub(crate) fn with_fewer_steps(mut answer: Answer) -> Answer {
    let windows: Vec<_> = answer.known.iter().map(|known| Arc::clone(&known.window)).collect();
    let last = answer.known.last_mut().unwrap();
    assert!(last.steps > 1);
    last.figures = Arc::new(WindowFigures::estimate(&windows, 1).unwrap());
    answer
}

/// A store of a plan, with releases up to a step.
pub(crate) fn store(plan: &str, last: &str) -> (TempDir, Reader) {
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), plan).release_until(last);
    let reader = Reader::new(directory.path());
    reader.refresh();
    (directory, reader)
}

pub(crate) fn answered(reader: &Reader, dataflow: &str, key: &str) -> Answer {
    let catalogue = reader.catalogue().unwrap();
    let (key, parameters) = (parse_key(key).unwrap(), Parameters::default());
    let selection = select(&catalogue, dataflow, &key, &parameters).unwrap();
    answer(reader, &catalogue, selection, &parameters, ListedPeriods::Published).unwrap()
}
