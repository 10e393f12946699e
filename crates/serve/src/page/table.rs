//! A view in the page itself: title, sentence with the newest figure, and a table of the recent
//! periods.
//!
//! Not here: the front page (`front`), addresses that name what there is not (`lost`), and what the
//! scripts draw in this place once they run.
//!
//! Invariants:
//! 1. No value is without its margin or interval, and none under embargo appears
//!    (`tests::pages::the_table_has_the_figures_of_the_data`,
//!    `tests::pages::an_embargo_holds_for_pages`).

use tidegauge_figures::{Catalogue, Error};
use tidegauge_model::Text;

use super::address::{encoded, key_text, within};
use super::caveats::{Links, caveats};
use super::locale::{Rounding, instant, period};
use super::lost::NotFound;
use super::markup::{Markup, element, text};
use super::speech::Speech;
use super::structure::Structure;
use super::view::{PERIODS_MAX, Row, SERIES_MAX, Series, Shown};
use crate::words::Words;

/// The series whose newest figures are listed, at most.
const LISTED_MAX: usize = 60;

/// A link within the site, in the language of the address.
pub(super) fn link(query: &str, language: Option<&str>, name: &str) -> Markup {
    element("a", &[("href", &within(query, language))], [text(name)])
}

/// A view with its figures, or why it has none.
pub(super) fn view(speech: &Speech, shown: &Shown, language: Option<&str>) -> Markup {
    let words = speech.words;
    let structure = &shown.structure;
    let vintage = vintage(words, shown);
    let title = element("h1", &[], [text(&structure.name)]);
    let published: Vec<&Series> = figures(shown);
    // The words of some size come before the tables, so that they are not painted late.
    let lead = element("p", &[("class", "lead")], [text(&structure.description)]);
    let body = if published.is_empty() {
        let reason = nothing(speech, shown);
        vec![element("p", &[("class", "note")], [text(&reason)]), lead]
    } else {
        let caveats = caveats(speech, shown, &published, Links { language, is_framed: false });
        let first = [headline(speech, shown, &published)].into_iter().chain(caveats);
        first.chain([lead, tables(speech, shown, &published)]).collect()
    };
    let section = [title].into_iter().chain(vintage).chain(body).collect::<Vec<_>>();
    Markup::of([
        element("section", &[("class", "figure")], section),
        Markup::of(embargo(speech)),
        files(speech, shown),
        others(speech.catalogue, words, language),
    ])
}

/// That the figures are those of an earlier state.
pub(super) fn vintage(words: &Words, shown: &Shown) -> Option<Markup> {
    let words = words.fill("vintage-shown", &[("size", shown.as_of.as_deref()?)]);
    Some(element("p", &[("class", "note")], [text(&words)]))
}

/// What was not found, and what there is.
pub(super) fn not_found(
    not_found: &NotFound,
    catalogue: &Catalogue,
    words: &Words,
    language: Option<&str>,
) -> Markup {
    let title = element("h1", &[], [text(words.say("lost"))]);
    let name = not_found.statistic.as_ref().map(|(id, name)| {
        let query = format!("flow={}", encoded(id));
        element("p", &[("class", "lead")], [link(&query, language, name)])
    });
    let lines = not_found.sentences(words).into_iter();
    let lines = lines.map(|line| element("p", &[], [text(&line)]));
    let parts = [title].into_iter().chain(name).chain(lines);
    let parts = parts.chain([others(catalogue, words, language)]);
    element("div", &[("class", "lost")], parts)
}

/// The series that have figures.
pub(super) fn figures(shown: &Shown) -> Vec<&Series> {
    let series = shown.series.as_deref().unwrap_or_default();
    series.iter().filter(|one| !one.rows.is_empty()).collect()
}

/// Why a view has no figures.
pub(super) fn nothing(speech: &Speech, shown: &Shown) -> String {
    let (words, structure) = (speech.words, &shown.structure);
    if let Some(period) = &shown.lacks {
        return words.fill("period-none", &[("period", period)]);
    }
    let reason = match &shown.series {
        Err(Error::NothingReleased) => None,
        Err(error) => Some(words.fill("cannot", &[("why", &words.reason(error))])),
        Ok(all) if all.iter().any(|one| !one.unpublished.is_empty()) => {
            Some(words.say("rates-unpublished").to_owned())
        }
        Ok(_) if shown.count > super::view::EVALUATED_MAX => {
            Some(words.fill("served-many", &[("count", &shown.count.to_string())]))
        }
        Ok(_) => Some(words.say("nothing").to_owned()),
    };
    reason.unwrap_or_else(|| match (&structure.last, until(speech)) {
        (Some(_), _) => words.say("nothing").to_owned(),
        (None, Some(until)) => words.fill("embargoed-all", &[("until", &until)]),
        (None, None) => nothing_yet(words, structure),
    })
}

/// That nothing is released, and what comes first.
pub(super) fn nothing_yet(words: &Words, structure: &Structure) -> String {
    let frequency = structure.grains.first().map_or("", String::as_str);
    structure.next.as_deref().map_or_else(
        || words.say("nothing-ever").to_owned(),
        |next| words.fill("nothing-yet", &[("period", &period(words, next, frequency, true))]),
    )
}

/// The periods that are under embargo, and until when.
fn embargo(speech: &Speech) -> Option<Markup> {
    let Structure { embargoed, grains, .. } = speech.structure;
    let period = speech.period(grains, &embargoed.as_ref()?.last, true);
    let places = [("period", &*period), ("until", &*until(speech)?)];
    let words = speech.words.fill("embargo-until", &places);
    let words = format!("{}: {words}.", speech.words.say("embargo"));
    Some(element("p", &[("class", "small")], [text(&words)]))
}

/// The end of the embargo of a statistic's figures.
pub(super) fn until(speech: &Speech) -> Option<String> {
    let at = speech.structure.embargoed.as_ref()?.until.parse().ok()?;
    Some(instant(speech.words, at, speech.catalogue.plan.time_zone()))
}

fn newest(series: &Series) -> Option<&Row> {
    series.rows.last()
}

fn span(class: &'static str, words: &str) -> Markup {
    element("span", &[("class", class)], [text(words)])
}

/// The newest figure with its sentence; of several series one line each.
fn headline(speech: &Speech, shown: &Shown, series: &[&Series]) -> Markup {
    let mut parts = vec![];
    match series {
        [one] => {
            parts.push(element("h2", &[], [text(&speech.series(&one.key))]));
            if let Some(row) = newest(one) {
                parts.extend(figure(speech, one, row));
                let silent = speech.silent(row);
                let sentence = format!("{} {silent}", speech.interval(&one.key, row));
                let sentence = element("p", &[], [text(sentence.trim_end())]);
                parts.push(element("div", &[("class", "plain")], [sentence]));
            }
        }
        _ => {
            let line = |one: &&Series| {
                let row = newest(one)?;
                let name = speech.difference(&shown.key, &one.key);
                let value = element("strong", &[], [text(&speech.figure(row))]);
                Some(element(
                    "li",
                    &[],
                    [
                        span("what", &name),
                        text(" "),
                        element("span", &[("class", "how-many")], [value]),
                        text(" "),
                        span("when", &speech.when(&one.key, &row.period)),
                    ],
                ))
            };
            let lines = series.iter().take(SERIES_MAX).filter_map(line);
            parts.push(element("ul", &[("class", "figures")], lines));
        }
    }
    element("div", &[("class", "headline")], parts)
}

/// A figure with its margin and its period.
pub(super) fn figure(speech: &Speech, series: &Series, row: &Row) -> Option<Markup> {
    let value = span("value", &speech.number(row.value, Rounding::Nearest));
    let margin = speech.margin_alone(row).map(|margin| span("margin", &margin));
    let when = span("when", &speech.when(&series.key, &row.period));
    let parts = [Some(value), margin, Some(when)].into_iter().flatten();
    let spaced = parts.flat_map(|part| [part, text(" ")]);
    Some(element("p", &[("class", "latest")], spaced))
}

/// A table of each series, or if they are many, one of their newest figures.
fn tables(speech: &Speech, shown: &Shown, series: &[&Series]) -> Markup {
    if shown.count > SERIES_MAX {
        return newest_figures(speech, shown, series);
    }
    Markup::of(series.iter().map(|one| {
        let name = speech.series(&one.key);
        let caption = format!("{name}, {}", speech.words.say("newest-first"));
        framed(&caption, heads(speech, None), periods(speech, one))
    }))
}

/// A table that can be scrolled with the keyboard.
fn framed(caption: &str, heads: Markup, rows: Vec<Markup>) -> Markup {
    let table = element(
        "table",
        &[],
        [
            element("caption", &[], [text(caption)]),
            element("thead", &[], [heads]),
            element("tbody", &[], rows),
        ],
    );
    let attributes =
        [("class", "table"), ("role", "region"), ("tabindex", "0"), ("aria-label", caption)];
    element("div", &attributes, [table])
}

fn heads(speech: &Speech, first: Option<&str>) -> Markup {
    let words = speech.words;
    let head = |class: &'static str, name: &str| {
        element("th", &[("scope", "col"), ("class", class)], [text(name)])
    };
    let number = |name: &str| head("number", words.say(name));
    let mut heads: Vec<Markup> = first.map(|name| head("", name)).into_iter().collect();
    heads.push(head("", words.say("period")));
    heads.push(number("value"));
    heads.extend((!speech.structure.is_rate()).then(|| number("margin")));
    heads.extend([number("low"), number("high"), head("status", words.say("status"))]);
    element("tr", &[], heads)
}

/// The cells of a figure after that of its period.
fn cells(speech: &Speech, row: &Row) -> Vec<Markup> {
    let number = |words: &str| element("td", &[("class", "number")], [text(words)]);
    let [low, high] = speech.ends(row);
    let silent = speech.silent(row);
    let status = format!("{} {silent}", speech.status(row));
    let mut value = vec![text(&speech.number(row.value, Rounding::Nearest))];
    if row.counted.is_some() {
        value.extend([text(" "), span("cell-counted", &speech.counted_so_far(row))]);
    }
    let mut cells = vec![element("td", &[("class", "number")], value)];
    cells.extend(speech.margin_of(row).map(|margin| number(&margin)));
    cells.extend([number(&low), number(&high)]);
    cells.push(element("td", &[("class", "status")], [text(status.trim_end())]));
    cells
}

/// The rows of a series, the newest first; a period without a figure says why.
fn periods(speech: &Speech, series: &Series) -> Vec<Markup> {
    let head = |period: &str| {
        let shown = speech.period(&series.key, period, false);
        element("th", &[("scope", "row")], [text(&shown)])
    };
    let columns = if speech.structure.is_rate() { "4" } else { "5" };
    let without = |period: &str, why: &str| {
        let cell = element("td", &[("colspan", columns)], [text(why)]);
        element("tr", &[("class", "empty")], [head(period), cell])
    };
    let full = |row: &Row| {
        let cells = [head(&row.period)].into_iter().chain(cells(speech, row));
        (row.period.clone(), element("tr", &[], cells))
    };
    let empty =
        |period: &String| (period.clone(), without(period, speech.words.say("unpublished")));
    let mut all: Vec<(String, Markup)> =
        series.rows.iter().map(full).chain(series.unpublished.iter().map(empty)).collect();
    // Periods of one length are in the order of their names.
    all.sort_by(|a, b| b.0.cmp(&a.0));
    all.into_iter().take(PERIODS_MAX).map(|(_, row)| row).collect()
}

/// The newest figure of each of many series.
fn newest_figures(speech: &Speech, shown: &Shown, series: &[&Series]) -> Markup {
    let words = speech.words;
    let row = |one: &&Series| {
        let row = newest(one)?;
        let name = speech.difference(&shown.key, &one.key);
        let name = element("th", &[("scope", "row")], [text(&name)]);
        let period = element("td", &[], [text(&speech.period(&one.key, &row.period, false))]);
        Some(element("tr", &[], [name, period].into_iter().chain(cells(speech, row))))
    };
    let rows: Vec<Markup> = series.iter().take(LISTED_MAX).filter_map(row).collect();
    let more = (series.len() > LISTED_MAX).then(|| {
        let words = words.fill("served-many", &[("count", &series.len().to_string())]);
        element("p", &[("class", "flags")], [text(&words)])
    });
    let heads = heads(speech, Some(words.say("served-series")));
    let table = framed(&speech.structure.name, heads, rows);
    Markup::of([table].into_iter().chain(more))
}

/// The figures of the view as files.
fn files(speech: &Speech, shown: &Shown) -> Markup {
    let (structure, key) = (&shown.structure, key_text(&shown.key));
    let word = if structure.is_rate() { "derived" } else { "data" };
    let state = shown.as_of.as_deref().map_or(String::new(), |size| format!("&asOf={size}"));
    let file = |format: &str, name: &str| {
        let href = format!("v1/{word}/{}/{key}?format={format}{state}", encoded(&structure.id));
        element("a", &[("class", "button"), ("href", &href)], [text(speech.words.say(name))])
    };
    let files = [file("csv", "download-csv"), file("json", "download-json")];
    element("p", &[("class", "downloads")], files)
}

/// Links to every statistic.
pub(super) fn others(catalogue: &Catalogue, words: &Words, language: Option<&str>) -> Markup {
    let plan = &catalogue.plan;
    let flows = plan.dataflows.iter().map(|dataflow| (&dataflow.id, &dataflow.name));
    let rates = plan.rates.iter().map(|rate| (&rate.id, &rate.name));
    let item = |(id, name): (&String, &Text)| {
        element("li", &[], [link(&format!("flow={}", encoded(id)), language, name)])
    };
    let list = element("ul", &[("class", "offers")], flows.chain(rates).map(item));
    let title = element("h2", &[], [text(words.say("front-all"))]);
    element("section", &[("class", "others")], [title, list])
}
