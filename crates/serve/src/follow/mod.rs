//! What readers can follow without asking for figures: releases, revisions and amendments as a
//! feed, and the release calendar.
//!
//! Not here: figures, and when a step is due (crate `model`). Everything follows from the public
//! part of the ledger and from its plan.
//!
//! Invariants:
//! 1. What is under embargo is in no feed (`tests::follow::an_embargo_holds_for_feeds`).
//! 2. A feed is what its format demands (`tests::follow::the_feed_is_atom_and_json`,
//!    `tests::follow::the_calendar_has_the_next_releases`).
//!
//! Formats: Atom (RFC 4287), JSON Feed 1.1, iCalendar (RFC 5545). Addresses in them are relative to
//! their own, as the server may be known by several names.

mod calendar;
mod feed;
mod news;
mod uuid;
mod words;

use std::sync::Arc;

use axum::extract::State;
use tidegauge_figures::Catalogue;
use tidegauge_model::Language;

use crate::respond::{Answered, Asked, Content, REVALIDATED, Responder};

pub(crate) async fn atom(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    let catalogue = responder.tower.reader.catalogue()?;
    let (language, catalogue) = read(&asked, &catalogue);
    let text = feed::atom(&catalogue, &news::news(&catalogue));
    let media_type = "application/atom+xml; charset=utf-8";
    responder.respond_with(&asked, Content::in_language(media_type, REVALIDATED, language, text))
}

pub(crate) async fn json(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    let catalogue = responder.tower.reader.catalogue()?;
    let (language, catalogue) = read(&asked, &catalogue);
    let text = feed::json(&catalogue, &news::news(&catalogue));
    let media_type = "application/feed+json";
    responder.respond_with(&asked, Content::in_language(media_type, REVALIDATED, language, text))
}

pub(crate) async fn calendar(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    let catalogue = responder.tower.reader.catalogue()?;
    let (language, catalogue) = read(&asked, &catalogue);
    let text = calendar::calendar(&catalogue);
    let media_type = "text/calendar; charset=utf-8";
    responder.respond_with(&asked, Content::in_language(media_type, REVALIDATED, language, text))
}

/// The language of an answer, and the catalogue in it.
fn read(asked: &Asked, catalogue: &Catalogue) -> (Language, Catalogue) {
    let language = asked.language(&catalogue.plan);
    let read = catalogue.in_language(&language);
    (language, read)
}
