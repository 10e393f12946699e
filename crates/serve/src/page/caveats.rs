//! What the figures of a view lack, in a list: what is still to come or comes too late, and what a
//! bound cuts. It is what `web/caveats.js` says, but for how much late events moved figures.
//!
//! Not here: how much that is (`view`), and the figures with their intervals (`speech`).
//!
//! Invariants:
//! 1. The server and the scripts write one sentence (`checks/browser/caveats.test.js`).

use tidegauge_model::{Dataflow, Dimension, Measure, Period};

use super::address::within;
use super::locale::{Joint, Rounding, decimal, listed, period, whole};
use super::markup::{Markup, element, text};
use super::speech::Speech;
use super::view::{Beyond, Cut, Row, Series, Shown};

/// The page of the book that says it in full.
const HOW_TO: &str = "docs/explanation/bounds.html";

/// How the links of the list are written.
#[derive(Clone, Copy)]
pub(super) struct Links<'l> {
    /// The language that they carry on.
    pub(super) language: Option<&'l str>,
    /// Whether they leave a frame.
    pub(super) is_framed: bool,
}

impl Links<'_> {
    fn link(self, mut attributes: Vec<(&'static str, &str)>, content: Markup) -> Markup {
        if self.is_framed {
            attributes.extend([("target", "_blank"), ("rel", "noopener")]);
        }
        element("a", &attributes, [content])
    }
}

/// The list; nothing for a view without figures.
pub(super) fn caveats(
    speech: &Speech,
    shown: &Shown,
    published: &[&Series],
    links: Links,
) -> Option<Markup> {
    let newest: Vec<&Row> = published.iter().filter_map(|one| one.rows.last()).collect();
    let first = published.first()?;
    let when = speech.period(&first.key, &first.rows.last()?.period, false);
    let sentences =
        [provisional, |speech: &Speech, row: &Row| speech.ended(row)].into_iter().filter_map(
            |of| newest.iter().map(|row| of(speech, row)).find(|sentence| !sentence.is_empty()),
        );
    let statuses = sentences.map(|sentence| element("li", &[], [text(&sentence)]));
    let bounds = bounds(speech, shown, &when, links);
    Some(element("ul", &[("class", "caveats")], statuses.chain(bounds).collect::<Vec<_>>()))
}

/// What of a provisional figure is still to come; empty for any other figure.
fn provisional(speech: &Speech, row: &Row) -> String {
    let words = speech.words;
    if row.status.as_deref() != Some("P") {
        return String::new();
    }
    let flows = speech.dataflows();
    let late = flows.iter().filter_map(|flow| Some((flow, flow.vintages.last()?)));
    let late = late.max_by_key(|(_, last)| **last).and_then(|(flow, last)| {
        // The first step after the period, and then as many as the last vintage is later.
        let after = Period::holding(flow.step, Period::parse_sdmx(&row.period)?.end());
        let last = after.shifted(i32::try_from(*last).ok()? - 1)?;
        let last = period(words, &last.sdmx(), flow.step.frequency(), false);
        Some(words.fill("provisional-late", &[("period", &last)]))
    });
    let refined = flows
        .iter()
        .any(|flow| flow.is_refined())
        .then(|| words.fill("provisional-refined", &[("window", that_window(speech))]));
    let sentences: Vec<String> = refined.into_iter().chain(late).collect();
    match sentences.is_empty() {
        true => words.say("provisional-parts").to_owned(),
        false => sentences.join(" "),
    }
}

/// What bounds cut: of a rate, those of its parts.
fn bounds(speech: &Speech, shown: &Shown, when: &str, links: Links) -> Vec<Markup> {
    let words = speech.words;
    let flows = speech.dataflows().into_iter();
    let flows = flows.filter(|flow| !matches!(flow.measure, Measure::AtBound { .. }));
    let to_book = vec![("href", HOW_TO), ("hreflang", "en")];
    let more = links.link(to_book, text(words.say("bound-more")));
    let line = |content: Vec<Markup>| {
        let label = words.fill("labelled", &[("label", words.say("term-bound")), ("words", "")]);
        let content = content.into_iter().chain([text(" "), more.clone()]);
        element("li", &[], [text(&label)].into_iter().chain(content))
    };
    let rate = |flow: &Dataflow| {
        let name = words.fill("quoted", &[("text", &flow.name)]);
        let places = [("label", &*name), ("words", &*bound(speech, flow))];
        line(vec![text(&words.fill("labelled", &places))])
    };
    let own = |flow: &Dataflow| {
        let mut content = vec![text(&bound(speech, flow))];
        if let Some(beyond) = &shown.beyond {
            content.push(text(&format!(" {}", rest(speech, flow, when, beyond))));
        }
        content.extend(cut(speech, flow, shown, when, links));
        line(content)
    };
    match speech.structure.is_rate() {
        true => flows.map(rate).collect(),
        false => flows.map(own).collect(),
    }
}

/// How often a person counts, at most.
fn bound(speech: &Speech, flow: &Dataflow) -> String {
    let words = speech.words;
    let times = |count: u32| {
        let number = decimal(words, f64::from(count), 0);
        words.count("times", f64::from(count), &[("count", &number)])
    };
    let (often, month) = (times(flow.bound.window), flow.bound.month.map(times));
    let name = if month.is_some() { "bound-times-both" } else { "bound-times" };
    let window = words.find(&format!("word-{}", window(speech))).unwrap_or_default();
    let places =
        [("times", &*often), ("month", month.as_deref().unwrap_or("")), ("window", window)];
    words.fill("bound-cuts", &[("bound", &words.fill(name, &places))])
}

fn window(speech: &Speech) -> &'static str {
    speech.catalogue.plan.privacy.window.word()
}

fn that_window(speech: &Speech) -> &'static str {
    speech.words.find(&format!("that-{}", window(speech))).unwrap_or_default()
}

/// What the bound cuts: the persons who passed it, and the most that is missing because of them.
/// Of first contributions that is what the higher bound of the other dataflow cuts.
fn cut(speech: &Speech, flow: &Dataflow, shown: &Shown, when: &str, links: Links) -> Vec<Markup> {
    let (words, plan) = (speech.words, &speech.catalogue.plan);
    let bounded = flow.first_of.and_then(|of| plan.dataflows.get(of)).unwrap_or(flow);
    if plan.at_bound_of(bounded).is_none() {
        return vec![text(" "), text(words.say("bound-unmeasured"))];
    }
    let Some(Cut { persons, margin, most, query }) = &shown.cut else { return vec![] };
    let places = [
        ("window", that_window(speech)),
        ("period", when),
        ("figure", &figure(speech, *persons, *margin)),
    ];
    let reached = text(&words.fill("bound-reached", &places));
    let lacks = match (flow.first_of.is_some(), bounded.vintages.is_empty()) {
        _ if *most <= 0.0 => "bound-lacks-none",
        (false, true) => "bound-lacks",
        (false, false) => "bound-lacks-late",
        (true, true) => "rest-lacks",
        (true, false) => "rest-lacks-late",
    };
    let most = whole(words, *most, Rounding::Nearest);
    let lacks = words.find(lacks).unwrap_or_default().replace("{most}", &most);
    let link = links.link(vec![("href", &within(query, links.language))], reached);
    vec![text(" "), link, text(" "), text(&lacks)]
}

/// By which dimensions another statistic has what goes beyond the bound, between which counts the
/// figure of a cell lies with it, or how much it is of a sum; and that its own bound cuts too.
fn rest(speech: &Speech, flow: &Dataflow, when: &str, beyond: &Beyond) -> String {
    let (words, plan) = (speech.words, &speech.catalogue.plan);
    let Some(other) = flow.first_of.and_then(|of| plan.dataflows.get(of)) else {
        return String::new();
    };
    let dimensions = flow.structure.dimensions();
    let depths: Vec<usize> = dimensions.iter().map(|one| one.code_list.depth()).collect();
    let names = |levels: &[usize]| {
        let name = |((level, depth), dimension): ((&usize, &usize), &Dimension)| match *level {
            0 => None,
            level if level == *depth => Some(dimension.name.to_string()),
            _ => Some(words.fill("rest-groups", &[("name", &dimension.name)])),
        };
        let parts = levels.iter().zip(&depths).zip(dimensions).filter_map(name);
        let parts: Vec<String> = parts.collect();
        match parts.is_empty() {
            true => words.say("rest-total").to_owned(),
            false => parts.join(" \u{d7} "),
        }
    };
    let mut told: Vec<String> = vec![];
    for marginal in &other.marginals {
        let name = names(&marginal.levels);
        if !told.contains(&name) {
            told.push(name);
        }
    }
    let has_cells = other.marginals.iter().any(|marginal| marginal.levels == depths);
    let name = words.fill("quoted", &[("text", &other.name)]);
    let (told, cell) = (listed(words, &told, Joint::And), names(&depths));
    let places = [("flow", &*name), ("told", &*told), ("cell", &*cell)];
    let mut sentences = vec![match has_cells {
        true => words.fill("rest-told", &places),
        false => words.fill("rest-told-not", &places),
    }];
    sentences.extend(match beyond {
        Beyond::Unknown => None,
        Beyond::Between(least, most) => {
            let (least, most) =
                (whole(words, *least, Rounding::Down), whole(words, *most, Rounding::Up));
            let places = [("period", when), ("least", &least), ("most", &most)];
            Some(words.fill("rest-range", &places))
        }
        Beyond::Apart(value, margin) => {
            let figure = figure(speech, *value, *margin);
            Some(words.fill("rest-apart", &[("period", when), ("figure", &figure)]))
        }
    });
    sentences.push(words.fill("rest-cut", &[("flow", &name)]));
    sentences.join(" ")
}

/// A count with its margin.
fn figure(speech: &Speech, value: f64, margin: f64) -> String {
    let value = whole(speech.words, value, Rounding::Nearest);
    format!("{value}\u{a0}\u{b1}\u{a0}{}", whole(speech.words, margin, Rounding::Up))
}
