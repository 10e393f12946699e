//! The page of the plan before its scripts run and without them: who publishes what and why, and
//! every statistic with its description.
//!
//! Not here: the rules in sentences and the glossary, which scripts write in the same places.
//!
//! Invariants:
//! 1. Every statistic of the plan is on it, in the language of the page
//!    (`tests::pages::the_plan_can_be_read_without_scripts`).

use tidegauge_figures::Catalogue;

use super::address::encoded;
use super::embed::Parts;
use super::explain;
use super::front::shelf;
use super::markup::{Markup, element, text};
use crate::words::Words;

/// The part with the statistics, by the name that the scripts give it.
const COUNTED: &str = "counted";

/// The parts of the page by the identifiers of their places.
pub(super) fn parts(catalogue: &Catalogue, words: &'static Words, language: Option<&str>) -> Parts {
    let name = words.say("part-counted");
    let lang = language.map_or(String::new(), |tag| format!("?lang={}", encoded(tag)));
    let link = element("a", &[("href", &*format!("plan{lang}#{COUNTED}"))], [text(name)]);
    let list = element("ul", &[], [element("li", &[], [link])]);
    let statistics = element(
        "section",
        &[("class", "block"), ("id", COUNTED)],
        [element("h2", &[], [text(name)]), shelf(catalogue, language)],
    );
    vec![
        ("plan-title", text(&catalogue.plan.statement.title)),
        ("statement", statement(catalogue, words)),
        // It has its words already, and is hidden until it has an address.
        ("toml", Markup::default()),
        ("contents", list),
        ("parts", statistics),
    ]
}

/// Who publishes the figures, why, and for how long.
fn statement(catalogue: &Catalogue, words: &'static Words) -> Markup {
    let rows = explain::statement(&catalogue.plan, words);
    Markup::of(rows.into_iter().flat_map(|(name, said)| {
        [element("dt", &[], [text(words.say(name))]), element("dd", &[], [text(&said)])]
    }))
}
