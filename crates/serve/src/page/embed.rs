//! The page that others frame, before its scripts run and without them: title, newest figures in
//! sentences, source, and a link to the whole view.
//!
//! Not here: the figures (`view`), their words (`speech`), and the picture, which scripts draw.
//!
//! All stands in the places in which the scripts put theirs, so that none of it is left once they
//! have run.
//!
//! Invariants:
//! 1. It says the same figures as the whole view
//!    (`tests::pages::an_embedded_view_has_figures_without_scripts`).

use tidegauge_figures::Catalogue;

use super::address::within;
use super::caveats::{Links, caveats};
use super::lost::NotFound;
use super::markup::{Markup, element, text};
use super::speech::Speech;
use super::table::{figures, nothing, vintage};
use super::view::{SERIES_MAX, Shown};
use crate::words::Words;

/// The parts of the page by the identifiers of their places.
pub(super) type Parts = Vec<(&'static str, Markup)>;

fn paragraph(words: &str) -> Markup {
    element("p", &[], [text(words)])
}

/// A view with its newest figures.
pub(super) fn parts(
    catalogue: &Catalogue,
    words: &'static Words,
    shown: &Shown,
    language: Option<&str>,
) -> Parts {
    let speech = Speech { words, catalogue, structure: &shown.structure };
    let published = figures(shown);
    let sentences = published.iter().take(SERIES_MAX).filter_map(|one| {
        let row = one.rows.last()?;
        let sentence = speech.sentence(&speech.series(&one.key), &one.key, row);
        Some(paragraph(&sentence))
    });
    let mut plain: Vec<Markup> = vintage(words, shown).into_iter().chain(sentences).collect();
    plain.extend(caveats(&speech, shown, &published, Links { language, is_framed: true }));
    if published.is_empty() {
        plain.push(element("p", &[("class", "note")], [text(&nothing(&speech, shown))]));
    }
    let statement = &catalogue.plan.statement;
    let places = [("controller", &*statement.controller), ("title", &*statement.title)];
    let source = text(&words.fill("embed-source", &places));
    let whole = element(
        "a",
        &[
            ("href", &*within(&shown.canonical, language)),
            ("target", "_blank"),
            ("rel", "noopener"),
        ],
        [text(words.say("embed-open"))],
    );
    vec![
        ("title", text(&shown.structure.name)),
        ("plain", Markup::of(plain)),
        ("source", Markup::of([source, text(" "), whole])),
    ]
}

/// What the address names that there is not.
pub(super) fn lost(words: &Words, not_found: &NotFound) -> Parts {
    let lines = not_found.sentences(words);
    let lines = lines.iter().map(|line| paragraph(line));
    vec![("title", text(words.say("lost"))), ("plain", Markup::of(lines))]
}
