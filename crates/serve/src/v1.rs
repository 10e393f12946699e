//! The addresses below `/v1`: which question each one asks.
//!
//! Not here: how a question is answered ([`crate::respond`]), the SDMX roots ([`crate::sdmx`]).
//!
//! Invariants:
//! 1. A format is named by `format=`, by the ending of the key, or by `Accept`, in this order
//!    (`tests::formats::a_format_is_named_in_three_ways`).

use std::sync::Arc;

use axum::extract::State;
use tidegauge_figures::{
    Catalogue, DerivedSelection, Error, Format, Key, Parameters, decode, parse_key,
    parse_parameters, select,
};

use crate::negotiate;
use crate::openapi;
use crate::question::{FigureQuestion, Question, resolved};
use crate::respond::{Answered, Asked, Content, REVALIDATED, Responder};

pub(crate) async fn dataflows(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    negotiate::json(&asked.headers)?;
    let catalogue = responder.tower.reader.catalogue()?;
    responder.respond(&asked, &catalogue, Question::Dataflows).await
}

pub(crate) async fn structure(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    negotiate::json(&asked.headers)?;
    let catalogue = responder.tower.reader.catalogue()?;
    let id = decode(asked.uri.path().trim_start_matches("/v1/dataflows/"))?;
    let dataflow = catalogue.position(&id)?;
    responder.respond(&asked, &catalogue, Question::Structure { dataflow }).await
}

pub(crate) async fn privacy(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    negotiate::json(&asked.headers)?;
    let catalogue = responder.tower.reader.catalogue()?;
    let fault = responder.tower.reader.fault();
    responder.respond(&asked, &catalogue, Question::Privacy { fault }).await
}

pub(crate) async fn data(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    let catalogue = responder.tower.reader.catalogue()?;
    let request = Request::parse(&asked)?;
    let question = Question::Figures(request.figures(&catalogue)?);
    responder.respond(&asked, &catalogue, question).await
}

pub(crate) async fn derived(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    let catalogue = responder.tower.reader.catalogue()?;
    let request = Request::parse(&asked)?.without_history()?;
    let Request { id, key, parameters, format } = request;
    let selection = DerivedSelection::new(&catalogue, &id, &key, &parameters)?;
    let parameters = resolved(parameters, &catalogue)?;
    let question = Question::Derived { id, selection, parameters, format };
    responder.respond(&asked, &catalogue, question).await
}

pub(crate) async fn revisions(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    let catalogue = responder.tower.reader.catalogue()?;
    let request = Request::parse(&asked)?.without_history()?;
    let id = request.id.clone();
    let question = Question::Revisions { id, figures: request.figures(&catalogue)? };
    responder.respond(&asked, &catalogue, question).await
}

pub(crate) async fn openapi(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    let text = openapi::document(asked.site.base_path.as_str()).to_string();
    responder.respond_with(&asked, Content::new("application/json", REVALIDATED, text))
}

/// A request for figures, or for what is made of them: `/v1/WORD/ID/KEY?PARAMETERS`.
struct Request {
    id: String,
    key: Key,
    parameters: Parameters,
    format: Format,
}

impl Request {
    fn parse(asked: &Asked) -> Result<Self, Error> {
        let path = asked.uri.path();
        // `/v1/` and a word come before the id.
        let rest = path.splitn(4, '/').nth(3).unwrap_or("");
        let mut segments = rest.strip_suffix('/').unwrap_or(rest).split('/');
        let id = decode(segments.next().unwrap_or(""))?;
        let (key, ending) = without_ending(segments.next().unwrap_or(""));
        let key = parse_key(key)?;
        if segments.next().is_some() {
            return Err(Error::NotFound);
        }
        let parameters = parse_parameters(asked.uri.query())?;
        let format = match parameters.format.or(ending) {
            Some(format) => format,
            None => negotiate::figures(&asked.headers)?,
        };
        Ok(Self { id, key, parameters, format })
    }

    fn without_history(self) -> Result<Self, Error> {
        match self.parameters.history {
            Some(true) => {
                let (what, next) = ("includeHistory here", "use asOf for each state");
                Err(Error::NotOffered { what, next })
            }
            _ => Ok(self),
        }
    }

    fn figures(self, catalogue: &Catalogue) -> Result<FigureQuestion, Error> {
        let selection = select(catalogue, &self.id, &self.key, &self.parameters)?;
        let parameters = resolved(self.parameters, catalogue)?;
        Ok(FigureQuestion { selection, parameters, format: self.format })
    }
}

/// A key without the format that it may end in, as a file's name does.
fn without_ending(segment: &str) -> (&str, Option<Format>) {
    let named = |(key, name)| Some((key, Some(Format::named(name)?)));
    segment.rsplit_once('.').and_then(named).unwrap_or((segment, None))
}
