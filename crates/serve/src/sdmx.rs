//! The two SDMX roots: the question that each address asks.
//!
//! Not here: the grammar of SDMX-REST and its messages (crate `figures`, room `sdmx`).
//!
//! Invariants:
//! 1. SDMX-REST 2.2 has statuses of its own for an answer without data and for a key that does not
//!    fit its dataflow (`tests::sdmx::statuses_are_those_of_the_standard`).

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use tidegauge_figures::{
    Error, SdmxRequest, SdmxRest, StructureQuestion, availability_selection, parse_sdmx,
    sdmx_selections,
};

use crate::negotiate;
use crate::question::{Question, resolved};
use crate::refusal::Refusal;
use crate::respond::{Answered, Asked, REVALIDATED, Responder};

pub(crate) async fn rest_1_5(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    answer(&responder, SdmxRest::V1_5, &asked).await
}

pub(crate) async fn rest_2_2(State(responder): State<Arc<Responder>>, asked: Asked) -> Answered {
    match answer(&responder, SdmxRest::V2_2, &asked).await {
        Err(Refusal::Figures(Error::NothingReleased)) => {
            // Without this a cache may go on saying so after a release.
            let headers = [(header::CACHE_CONTROL, REVALIDATED), (header::VARY, "accept")];
            Ok((StatusCode::NO_CONTENT, headers).into_response())
        }
        Err(Refusal::Figures(error @ Error::KeyParts { .. })) => Err(Refusal::Unprocessable(error)),
        answered => answered,
    }
}

async fn answer(responder: &Responder, rest: SdmxRest, asked: &Asked) -> Answered {
    let catalogue = responder.tower.reader.catalogue()?;
    // `/sdmx/`, the version and a slash come before the address of the standard.
    let path = asked.uri.path().splitn(4, '/').nth(3).unwrap_or("");
    let question = match parse_sdmx(rest, path, asked.uri.query())? {
        SdmxRequest::Data { series, parameters, presentation } => {
            let format = match parameters.format {
                Some(format) => format,
                None => negotiate::sdmx_figures(rest, &asked.headers)?,
            };
            let selections = sdmx_selections(&catalogue, &series, &parameters)?;
            let parameters = resolved(parameters, &catalogue)?;
            Question::SdmxFigures { selections, parameters, presentation, format }
        }
        SdmxRequest::Availability { series, parameters, component, references } => {
            let format = negotiate::sdmx_structures(rest, &asked.headers)?;
            let selection = availability_selection(&catalogue, &series, &parameters)?;
            let parameters = resolved(parameters, &catalogue)?;
            let question =
                StructureQuestion::Availability { selection, parameters, component, references };
            Question::SdmxStructures { question, format }
        }
        SdmxRequest::Structures(request) => {
            let format = negotiate::sdmx_structures(rest, &asked.headers)?;
            let question = StructureQuestion::Structures(request);
            Question::SdmxStructures { question, format }
        }
    };
    responder.respond(asked, &catalogue, question).await
}
