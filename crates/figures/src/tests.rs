//! An answer of the sample publisher, for the tests of this crate.
//!
//! Not here: the tower as a whole, through HTTP (crate `serve`).

use std::sync::OnceLock;

use tempfile::TempDir;
use testkit::publisher::{PLAN, Publisher};

use crate::answer::answer::Answer;
use crate::answer::evaluate::answer;
use crate::estimate::reader::Reader;
use crate::query::grammar::parse_key;
use crate::query::series::Selection;

/// The answer of the sample directory to a key.
pub(crate) fn sample_answer(dataflow: &str, key: &str) -> Answer {
    static SHARED: OnceLock<(TempDir, Reader)> = OnceLock::new();
    let (_, reader) = SHARED.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        Publisher::create(directory.path(), PLAN).release_until("2024-02-20");
        let reader = Reader::new(directory.path());
        reader.refresh();
        (directory, reader)
    });
    let catalogue = reader.catalogue().unwrap();
    let (position, flow) = catalogue.plan.dataflow(dataflow).unwrap();
    let key = parse_key(key).unwrap();
    let selection = Selection::of(&key, &catalogue.plan, flow).unwrap();
    answer(reader, &catalogue, position, selection, &Default::default()).unwrap()
}
