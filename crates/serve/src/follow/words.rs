//! The few sentences of feeds and of the release calendar, in each language that they have.
//!
//! Not here: the texts of a plan (crate `model`), the messages of the page.
//!
//! Invariants:
//! 1. A language without sentences of its own gets the English ones
//!    (`follow::words::tests::sentences_are_in_the_language_of_the_plan`).

use tidegauge_model::Language;

/// The sentences of one language; `{}` stands for a name, a day or a time.
pub(super) struct Sentences {
    tag: &'static str,
    pub(super) plan_changes: &'static str,
    pub(super) new: &'static str,
    /// Of a dataflow, then of a period.
    pub(super) revised: &'static str,
    pub(super) not_delivered: &'static str,
    pub(super) at_the_latest: &'static str,
}

const ALL: [Sentences; 4] = [
    Sentences {
        tag: "en",
        plan_changes: "The plan changes from {} on",
        new: "New: {}.",
        revised: "Revised: {} of {}.",
        not_delivered: "Had not delivered: {}.",
        at_the_latest: "As soon as every source has delivered, at the latest {}.",
    },
    Sentences {
        tag: "de",
        plan_changes: "Der Plan ändert sich ab {}",
        new: "Neu: {}.",
        revised: "Revidiert: {}, {}.",
        not_delivered: "Hatte nicht geliefert: {}.",
        at_the_latest: "Sobald jede Quelle geliefert hat, spätestens {}.",
    },
    Sentences {
        tag: "fr",
        plan_changes: "Le plan change à partir du {}",
        new: "Nouveau\u{a0}: {}.",
        revised: "Révisé\u{a0}: {}, {}.",
        not_delivered: "N’avait pas transmis ses données\u{a0}: {}.",
        at_the_latest: "Dès que chaque source a transmis ses données, au plus tard {}.",
    },
    Sentences {
        tag: "es",
        plan_changes: "El plan cambia a partir del {}",
        new: "Nuevo: {}.",
        revised: "Revisado: {}, {}.",
        not_delivered: "No había enviado sus datos: {}.",
        at_the_latest: "En cuanto cada fuente haya enviado sus datos, a más tardar {}.",
    },
];

impl Sentences {
    /// Those of a language, or of the one that contains it.
    pub(super) fn of(language: &Language) -> &'static Self {
        let known = |tag: &str| ALL.iter().find(|sentences| sentences.tag == tag);
        Language::lookup(language.tag()).find_map(known).unwrap_or(&ALL[0])
    }
}

/// A sentence with its places filled, in their order.
pub(super) fn filled(sentence: &str, values: &[&str]) -> String {
    let mut parts = sentence.split("{}");
    let mut text = parts.next().unwrap_or("").to_owned();
    for (part, value) in parts.zip(values) {
        text.push_str(value);
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_in_the_language_of_the_plan() {
        let new = |tag| Sentences::of(&Language::parse(tag).unwrap()).new;
        assert_eq!(["en-GB", "de-AT", "it"].map(new), ["New: {}.", "Neu: {}.", "New: {}."]);
        for Sentences { plan_changes, new, revised, not_delivered, at_the_latest, .. } in &ALL {
            let places = |sentence: &str| sentence.matches("{}").count();
            for sentence in [plan_changes, new, not_delivered, at_the_latest] {
                assert_eq!(places(sentence), 1, "{sentence}");
            }
            assert_eq!(places(revised), 2, "{revised}");
            assert_eq!(filled(revised, &["A", "{}"]).matches("{}").count(), 1);
        }
    }
}
