//! The front page in the page itself: its headlines as a list with figures, and every statistic.
//!
//! Not here: views (`table`), and what the scripts draw in this place once they run.
//!
//! Invariants:
//! 1. Every figure has its margin (`tests::pages::the_front_page_lists_headlines`).

use tidegauge_figures::Catalogue;
use tidegauge_model::Text;

use super::address::{encoded, key_text};
use super::locale::{instant, period};
use super::markup::{Markup, element, text};
use super::speech::Speech;
use super::structure::{Structure, TOTAL};
use super::table::{figure, link, nothing_yet};
use super::view::{Series, newest, opening_key};
use crate::describe;
use crate::question::Tower;
use crate::words::Words;

const HEADLINES_MAX: usize = 9;

/// A headline with its figures, if it has any.
pub(super) struct Headline {
    pub(super) structure: Structure,
    pub(super) title: String,
    /// The query of its view.
    pub(super) query: String,
    pub(super) series: Option<Series>,
}

/// The headlines of the plan; without any, one series of each dataflow.
pub(super) fn headlines(
    tower: &Tower,
    catalogue: &Catalogue,
    words: &'static Words,
) -> Vec<Headline> {
    let plan = &catalogue.plan;
    let flow = |position: usize| Structure::of(catalogue, &plan.dataflows[position].id);
    let own = describe::headlines(plan).into_iter().filter_map(|(dataflow, key, title)| {
        let structure = flow(dataflow)?;
        let codes = |part: &str| vec![part.split('+').next().unwrap_or(part).to_owned()];
        Some((structure, key.split('.').map(codes).collect::<Vec<_>>(), title))
    });
    let own: Vec<_> = own.take(HEADLINES_MAX).collect();
    let plain = || {
        let released = (0..plan.dataflows.len()).filter_map(flow).filter(|it| it.last.is_some());
        let opened = |structure: Structure| {
            let key = one_series(&structure, opening_key(tower, catalogue, &structure, None));
            (structure, key, None)
        };
        released.take(HEADLINES_MAX).map(opened).collect()
    };
    let chosen = if own.is_empty() { plain() } else { own };
    let headline = |(structure, key, title): (Structure, Vec<Vec<String>>, Option<String>)| {
        let series = newest(tower, catalogue, &structure, &key);
        let speech = Speech { words, catalogue, structure: &structure };
        let codes: Vec<String> = key.iter().flatten().cloned().collect();
        let title = title.unwrap_or_else(|| match speech.series(&codes) {
            name if name == words.say("total") => structure.name.clone(),
            name => format!("{}: {name}", structure.name),
        });
        let query = format!("flow={}&key={}", encoded(&structure.id), key_text(&key));
        Headline { structure, title, query, series }
    };
    chosen.into_iter().map(headline).collect()
}

/// One series of a key: the total of a part with several codes.
fn one_series(structure: &Structure, key: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let one = |(part, position): (Vec<String>, usize)| {
        let codes = &structure.dimensions[position].codes;
        let has_total = codes.iter().any(|code| code.id == TOTAL);
        let total = (part.len() > 1 && has_total).then(|| TOTAL.to_owned());
        vec![total.or_else(|| part.into_iter().next()).unwrap_or_default()]
    };
    key.into_iter().zip(0..).map(one).collect()
}

/// The front page.
pub(super) fn front(
    catalogue: &Catalogue,
    words: &'static Words,
    headlines: &[Headline],
    language: Option<&str>,
) -> Markup {
    let statement = &catalogue.plan.statement;
    let intro = element(
        "section",
        &[("class", "intro")],
        [
            element("h1", &[], [text(words.say("front"))]),
            element("p", &[("class", "lead")], [text(&statement.title)]),
        ],
    );
    let nothing = none(catalogue, words);
    let note = nothing.as_ref().map(|words| element("p", &[("class", "note")], [text(words)]));
    let card = |headline: &Headline| {
        let Headline { structure, title, query, series } = headline;
        let speech = Speech { words, catalogue, structure };
        let mut parts = vec![element("h2", &[], [link(query, language, title)])];
        match series.as_ref().and_then(|series| Some((series, series.rows.last()?))) {
            Some((series, row)) => {
                parts.extend(figure(&speech, series, row));
                let interval = speech.interval(&series.key, row);
                parts.push(element("p", &[("class", "interval")], [text(&interval)]));
                let status = format!("{} {}", speech.status_in_full(row), speech.silent(row));
                parts.push(element("p", &[("class", "small")], [text(status.trim_end())]));
            }
            None => parts.push(element("p", &[("class", "small")], [text(words.say("news-none"))])),
        }
        element("li", &[], parts)
    };
    let news =
        nothing.is_none().then(|| element("ul", &[("class", "news")], headlines.iter().map(card)));
    let about = words.fill(
        "front-words",
        &[
            ("title", &statement.title),
            ("controller", &statement.controller),
            ("purpose", &statement.purpose),
            ("basis", &statement.legal_basis),
        ],
    );
    let about = element(
        "section",
        &[],
        [
            element("h2", &[], [text(words.say("front-about"))]),
            element("p", &[("class", "prose")], [text(&about)]),
        ],
    );
    let parts = [intro].into_iter().chain(note).chain(news);
    let all = [element("h2", &[], [text(words.say("front-all"))]), shelf(catalogue, language)];
    let parts = parts.chain([about, element("section", &[], all)]);
    element("div", &[("class", "front")], parts)
}

/// That nothing is public yet, and what comes first; nothing if there are figures.
fn none(catalogue: &Catalogue, words: &Words) -> Option<String> {
    let plan = &catalogue.plan;
    let all = plan.dataflows.iter().filter_map(|flow| Structure::of(catalogue, &flow.id));
    let all: Vec<Structure> = all.collect();
    if all.iter().any(|structure| structure.last.is_some()) {
        return None;
    }
    let embargoed = all.iter().find_map(|structure| {
        let embargoed = structure.embargoed.as_ref()?;
        let until = instant(words, embargoed.until.parse().ok()?, plan.time_zone());
        let frequency = structure.grains.first().map_or("", String::as_str);
        let period = period(words, &embargoed.last, frequency, true);
        Some(words.fill("front-embargo", &[("period", &period), ("until", &until)]))
    });
    embargoed.or_else(|| all.first().map(|structure| nothing_yet(words, structure)))
}

/// Every statistic with its description.
pub(super) fn shelf(catalogue: &Catalogue, language: Option<&str>) -> Markup {
    let plan = &catalogue.plan;
    let flows = plan.dataflows.iter().map(|flow| (&flow.id, &flow.name, &flow.description));
    let rates = plan.rates.iter().map(|rate| (&rate.id, &rate.name, &rate.description));
    let item = |(id, name, description): (&String, &Text, &Text)| {
        element(
            "li",
            &[],
            [
                element("h3", &[], [link(&format!("flow={}", encoded(id)), language, name)]),
                element("p", &[], [text(description)]),
            ],
        )
    };
    element("ul", &[("class", "shelf")], flows.chain(rates).map(item))
}
