//! A plan in plain words: what it counts, when it releases, what protects a person, what is missing
//! from its figures.
//!
//! Not here: the messages (`web/words`), and how a page shows them (`web/plan.js`). What changes
//! with each release, such as the newest figure, is on the page only.
//!
//! Invariants:
//! 1. The words are those of the page of the plan (`checks/browser/explain.test.js`).
//! 2. Every language has each message
//!    (`words::tests::every_language_has_the_messages_of_the_server`).
//! 3. A plan is explained before it has a store (`page::explain::tests::every_plan_is_explained`).

mod counted;
mod document;
mod rules;
mod speaker;

use tidegauge_model::{Language, Plan};

pub use self::document::DocumentForm;
use self::document::{Block, Document, Facts, Part, paragraph};
use self::speaker::{Speaker, said};
use super::locale::period;
use crate::assets::LANGUAGES;
use crate::words::{Words, asset};

/// The languages in which a plan can be explained.
pub const EXPLAIN_LANGUAGES: [&str; 4] = LANGUAGES;

/// A plan in plain words. `entries` are the entries of the ledger with its amendments; a plan
/// without a store has none. Without a language it is that of the plan, if the pages have it.
pub fn explain(plan: &Plan, entries: &[u64], language: Option<&str>, form: DocumentForm) -> String {
    let own = plan.language().tag().split('-').next().unwrap_or_default();
    let words = Words::of(language.unwrap_or(own));
    let spoken = Language::parse(words.language).map(|language| plan.in_language(&language));
    let plan = spoken.as_ref().unwrap_or(plan);
    let speaker = Speaker { plan, entries, words };
    let title = plan.statement.title.to_string();
    let lead = vec![
        Block::Paragraph(words.say("plan-lead").to_owned()),
        Block::Facts(Facts::of(
            words,
            statement(plan, words).into_iter().map(|(name, said)| (name, paragraph(said))),
        )),
    ];
    let parts = [
        ("counted", speaker.counted()),
        ("releases", speaker.releases()),
        ("person", speaker.person()),
        ("cost", speaker.cost()),
        ("cut", speaker.cut()),
        ("late", speaker.late()),
        ("cycle", speaker.cycle()),
        ("method", speaker.method()),
        ("amendments", speaker.amendments()),
        ("glossary", speaker.glossary()),
    ];
    let parts = parts.into_iter().filter(|(_, blocks)| !blocks.is_empty());
    let parts = parts.map(|(name, blocks)| Part {
        title: said(words, &format!("part-{name}")).to_owned(),
        blocks,
    });
    Document { title, lead, parts: parts.collect() }.write(words, form)
}

/// Who publishes the figures, why, and for how long: the name of each message, and what is said.
pub(super) fn statement(plan: &Plan, words: &'static Words) -> Vec<(&'static str, String)> {
    let statement = &plan.statement;
    let day = |day: jiff::civil::Date| period(words, &day.to_string(), "D", true);
    let span = [day(statement.start), day(statement.expires)];
    let span = words.fill("plan-span-words", &[("from", &span[0]), ("to", &span[1])]);
    let rows = [
        ("meta-publisher", statement.controller.to_string()),
        ("meta-purpose", statement.purpose.to_string()),
        ("meta-basis", statement.legal_basis.to_string()),
        ("meta-contact", statement.contact.clone()),
        ("meta-area", statement.reference_area.clone()),
        ("plan-span", span),
        ("plan-zone", statement.time_zone.clone()),
        ("plan-agency", format!("{}:{}", statement.agency, statement.id)),
    ];
    rows.into_iter().filter(|(_, said)| !said.is_empty()).collect()
}

impl Speaker<'_> {
    /// Every term with its meaning, in the order of the alphabet.
    fn glossary(&self) -> Vec<Block> {
        let script = asset("terms.js");
        let list = script.split_once("TERMS = [").map_or("", |(_, rest)| rest);
        let list = list.split_once(']').map_or("", |(list, _)| list);
        let ids = list.split('"').skip(1).step_by(2);
        let row = |id: &str| {
            let meaning = self.words.fill(&format!("means-{id}"), &[("window", self.window())]);
            (said(self.words, &format!("term-{id}")).to_owned(), meaning)
        };
        let mut rows: Vec<(String, String)> = ids.map(row).collect();
        rows.sort_by_cached_key(|(name, _)| alphabetical(name));
        let rows = rows.into_iter().map(|(name, meaning)| (name, paragraph(meaning)));
        let lead = self.words.say("glossary-lead").to_owned();
        vec![Block::Paragraph(lead), Block::Facts(Facts(rows.collect()))]
    }
}

/// What orders words in a dictionary: their letters, without accents and capitals.
fn alphabetical(name: &str) -> String {
    let plain = |c: char| match c {
        'à' | 'á' | 'â' | 'ä' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        c => c,
    };
    name.to_lowercase().chars().map(plain).filter(|c| *c != '-').collect()
}

#[cfg(test)]
mod tests {
    use testkit::plans::border_with_first_crossings;

    use super::*;

    const PLANS: [&str; 4] = [
        include_str!("../../../../../plans/asylum.toml"),
        include_str!("../../../../../plans/border.toml"),
        include_str!("../../../../../plans/exit-metrics.toml"),
        include_str!("../../../../../plans/returns.toml"),
    ];

    #[test]
    fn every_plan_is_explained() {
        for text in PLANS {
            let plan = Plan::parse(text).unwrap();
            for language in EXPLAIN_LANGUAGES {
                for form in [DocumentForm::Text, DocumentForm::Markdown] {
                    let page = explain(&plan, &[], Some(language), form);
                    let spoken = plan.in_language(&Language::parse(language).unwrap());
                    for dataflow in &spoken.dataflows {
                        assert!(page.contains(&*dataflow.name), "{}", dataflow.id);
                    }
                    let words = Words::of(language);
                    for part in ["part-counted", "part-cost", "part-amendments", "means-noise"] {
                        assert!(page.contains(words.say(part)), "{language} {part}");
                    }
                    // No place is left without its value, and no message without its text.
                    for left in ['{', '}'] {
                        assert!(!page.contains(left), "{page}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_plan_speaks_its_own_language() {
        let plan = Plan::parse(PLANS[1]).unwrap().in_language(&Language::parse("de").unwrap());
        let own = explain(&plan, &[], None, DocumentForm::Text);
        assert_eq!(own, explain(&plan, &[], Some("de"), DocumentForm::Text));
        assert!(own.contains(Words::of("de").say("part-counted")));
    }

    #[test]
    fn whose_first_contributions_are_counted_is_said() {
        let plan = Plan::parse(&border_with_first_crossings().text()).unwrap();
        for (language, bound) in [
            ("en", "4 in a month: the first that \u{201c}Entries and exits\u{201d} counts of each"),
            ("de", "4 je Monat: die ersten, die \u{201e}Ein- und Ausreisen\u{201c} von jeder"),
            ("fr", "ce que \u{ab}\u{a0}Entrées et sorties\u{a0}\u{bb} compte d’abord de chaque"),
            ("es", "4 por mes: lo primero que «Entradas y salidas» cuenta de cada persona"),
        ] {
            let page = explain(&plan, &[], Some(language), DocumentForm::Markdown);
            assert!(page.contains(bound), "{page}");
        }
    }
}
