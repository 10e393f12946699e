//! Writes the public directory of a store with sources, two of which were silent in some steps:
//! `silent DIR`.
//!
//! Not here: the tests that look at its pages (`checks/browser/silent.test.js`).

#![allow(clippy::expect_used, reason = "for tests")]

use std::path::PathBuf;

use testkit::plans::with_sources;
use testkit::publisher::{PLAN, Publisher};

fn main() {
    let directory = std::env::args_os().nth(1).map(PathBuf::from);
    let sources = [("LAND", "Land border police"), ("SEA", "Harbour office")];
    let plan = with_sources(PLAN, &sources);
    let mut writer = Publisher::create(&directory.expect("a directory"), &plan);
    writer.silence("2023-11-20", 0, &["LAND"]);
    writer.silence("2024-01-07", 0, &["LAND"]);
    writer.silence("2024-01-10", 0, &["LAND", "SEA"]);
    writer.release_until("2024-01-10");
}
