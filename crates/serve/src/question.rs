//! A request once it is understood: what is asked for, with every code, period and state of the
//! ledger resolved.
//!
//! Not here: addresses and headers, which are read into questions ([`crate::v1`], [`crate::sdmx`]);
//! how an answer leaves ([`crate::respond`]).
//!
//! One question has one answer in one state of the ledger. So its fingerprint is the key of the
//! cache and, of what is sent whole, the entity tag; and the question is all that the evaluation
//! sees.
//!
//! Invariants:
//! 1. Addresses that ask for the same have one fingerprint, and whatever changes the answer changes
//!    it (`tests::asking::one_question_has_one_fingerprint`,
//!    `tests::languages::two_languages_share_no_answer`).

use std::fmt::Debug;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tidegauge_figures::{
    Catalogue, DerivedSelection, Error, Format, Layout, LedgerState, ListedPeriods, MessageWriter,
    Parameters, Presentation, Reader, Regions, Selection, Shape, StructureFormat,
    StructureQuestion, answer, revisions_table, sdmx_data, structure_message,
};
use tidegauge_ledger::hex;
use tidegauge_model::Language;

use crate::compress::Coding;
use crate::describe;

/// Figures of one dataflow.
#[derive(Clone, Debug)]
pub(crate) struct FigureQuestion {
    pub(crate) selection: Selection,
    pub(crate) parameters: Parameters,
    pub(crate) format: Format,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    /// The list of dataflows.
    Dataflows,
    /// What is derived from figures under an id.
    Derived { id: String, selection: DerivedSelection, parameters: Parameters, format: Format },
    /// Figures.
    Figures(FigureQuestion),
    /// Budget and ledger, and what does not verify.
    Privacy { fault: Option<String> },
    /// By how much later vintages moved their steps.
    Revisions { id: String, figures: FigureQuestion },
    /// Figures as an SDMX message, of each of these dataflows.
    SdmxFigures {
        selections: Vec<Selection>,
        parameters: Parameters,
        presentation: Presentation,
        format: Format,
    },
    /// Structures, or the availability of figures.
    SdmxStructures { question: StructureQuestion, format: StructureFormat },
    /// The structure of a dataflow.
    Structure { dataflow: usize },
}

/// The public tower as it is asked.
#[derive(Clone)]
pub(crate) struct Tower {
    pub(crate) reader: Arc<Reader>,
    pub(crate) regions: Arc<Regions>,
}

/// What a question evaluates to.
pub(crate) enum Evaluated {
    /// A message that is still to be written.
    Message { writer: Box<MessageWriter>, format: Format, observations: usize },
    /// A text with its media type.
    Text(&'static str, String),
}

/// What one question, one state of the ledger and one content coding have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of an answer in a coding. The `Debug` text of what is asked for has
    /// everything that the answer depends on.
    pub(crate) fn of(asked: &impl Debug, coding: Option<Coding>) -> Self {
        let text = format!("{} {coding:?} {asked:?}", env!("CARGO_PKG_VERSION"));
        Self(Sha256::digest(text).into())
    }

    /// The fingerprint of what is made from a state of the ledger: how much of it is public and
    /// verifies, which answers rest on, and how much is under embargo, which answers say.
    pub(crate) fn in_state(
        catalogue: &Catalogue,
        asked: &impl Debug,
        coding: Option<Coding>,
    ) -> Self {
        let ledger = catalogue.ledger();
        let read_until: Vec<u64> = catalogue.read_until().collect();
        let state = (catalogue.size(), catalogue.root(), ledger.size, ledger.root, read_until);
        Self::of(&(state, asked), coding)
    }

    /// The text of an entity tag.
    pub(crate) fn tag(&self) -> String {
        hex(&self.0[..16])
    }
}

/// The parameters with every state of the ledger as a size, and without what says nothing.
pub(crate) fn resolved(
    mut parameters: Parameters,
    catalogue: &Catalogue,
) -> Result<Parameters, Error> {
    if parameters.as_of.is_some() {
        parameters.as_of = Some(LedgerState::Size(catalogue.size_for(&parameters)?));
    }
    let since = parameters.updated_after.map(|state| catalogue.size_at(state));
    parameters.updated_after = since.map(LedgerState::Size);
    parameters.history = parameters.history.filter(|history| *history);
    parameters.format = None;
    Ok(parameters)
}

impl Question {
    /// The fingerprint of this question in a language and a state of the ledger.
    pub(crate) fn fingerprint(
        &self,
        catalogue: &Catalogue,
        language: Option<&Language>,
        coding: Option<Coding>,
    ) -> Fingerprint {
        Fingerprint::in_state(catalogue, &(self, language), coding)
    }

    /// Whether its answer has texts in one language, so that it depends on the language that is
    /// asked for. SDMX-ML has every text in all languages.
    pub(crate) fn has_texts(&self) -> bool {
        match self {
            Question::Dataflows | Question::Structure { .. } => true,
            Question::Figures(FigureQuestion { format, .. })
            | Question::SdmxFigures { format, .. } => format.has_texts(),
            Question::SdmxStructures { format, .. } => *format == StructureFormat::SdmxJson20,
            Question::Derived { .. } | Question::Privacy { .. } | Question::Revisions { .. } => {
                false
            }
        }
    }

    /// What is asked for.
    ///
    /// Errors: nothing is there; figures that cannot be made; too large an answer.
    pub(crate) fn evaluate(self, tower: &Tower, catalogue: &Catalogue) -> Result<Evaluated, Error> {
        let (reader, regions) = (&*tower.reader, &*tower.regions);
        match self {
            Question::Dataflows => json(&describe::dataflows(catalogue)),
            Question::Structure { dataflow } => json(&describe::structure(catalogue, dataflow)),
            Question::Privacy { fault } => json(&describe::privacy(catalogue, fault)),
            Question::Derived { id, selection, parameters, format } => {
                let (table, as_of) = selection.table(reader, catalogue, &parameters)?;
                let (media_type, text) = table.written(format, &id, as_of)?;
                Ok(Evaluated::Text(media_type, text))
            }
            Question::Figures(asked) => {
                let FigureQuestion { selection, parameters, format } = asked;
                let listed = ListedPeriods::WithEmbargoed;
                let answer = answer(reader, catalogue, selection, &parameters, listed)?;
                let layout = Layout::plain(answer.check()?, format, Shape::default());
                Ok(message(vec![layout], format, catalogue))
            }
            Question::Revisions { id, figures } => {
                let FigureQuestion { selection, mut parameters, format } = figures;
                // Revisions that were known by then are left out, and not the periods that were.
                let since = parameters.updated_after.take();
                let since = since.map_or(0, |state| catalogue.size_at(state));
                let listed = ListedPeriods::Published;
                let answer = answer(reader, catalogue, selection, &parameters, listed)?.check()?;
                let table = revisions_table(&answer, since)?;
                let (media_type, text) = table.written(format, &id, answer.as_of)?;
                Ok(Evaluated::Text(media_type, text))
            }
            Question::SdmxFigures { selections, parameters, presentation, format } => {
                let data =
                    sdmx_data(reader, catalogue, selections, &parameters, &presentation, format);
                let (layouts, format) = data?;
                Ok(message(layouts, format, catalogue))
            }
            Question::SdmxStructures { question, format } => {
                let text = structure_message(reader, regions, catalogue, question, format)?;
                Ok(Evaluated::Text(format.media_type(), text))
            }
        }
    }
}

fn json(body: &impl serde::Serialize) -> Result<Evaluated, Error> {
    // No map of ours has a key that is no text, so this does not fail.
    let text = serde_json::to_string(body).map_err(|_| Error::Estimate)?;
    Ok(Evaluated::Text("application/json", text))
}

fn message(layouts: Vec<Layout>, format: Format, catalogue: &Catalogue) -> Evaluated {
    let observations = layouts.iter().map(Layout::observations).sum();
    let as_of = layouts.first().map_or(catalogue.size(), |layout| layout.answer.as_of);
    let writer = MessageWriter::new(layouts, format, &catalogue.since(as_of)).of_ledger(catalogue);
    Evaluated::Message { writer: Box::new(writer), format, observations }
}
