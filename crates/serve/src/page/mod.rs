//! The pages as the server writes them: readable before scripts run and without them, described for
//! search engines and for shared links.
//!
//! Not here: what scripts draw (`web/`), and figures of another path than `/v1/data`: a page asks
//! the same questions as every reader.
//!
//! Invariants:
//! 1. What is under embargo is on no page and in no picture
//!    (`tests::pages::an_embargo_holds_for_pages`).
//! 2. A page has an ETag that changes with its figures
//!    (`tests::pages::an_etag_changes_with_the_figures`).
//! 3. What an address contains cannot become markup
//!    (`tests::pages::hostile_addresses_are_escaped`).

mod address;
mod card;
mod caveats;
mod embed;
mod explain;
mod front;
mod length;
mod lists;
mod locale;
mod lost;
mod markup;
mod meta;
mod plan;
mod sitemap;
mod speech;
mod structure;
mod table;
mod view;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use tidegauge_figures::{Catalogue, Error};
use tidegauge_model::Language;

use crate::assets::{Assets, FRAMED_POLICY, LANGUAGES, PageKind};
use crate::negotiate;
use crate::question::Tower;
use crate::refusal::Refusal;
use crate::respond::{Answered, Asked, Content, PNG, REVALIDATED, Responder};
use crate::site::Site;
use crate::words::Words;

pub use explain::{DocumentForm, EXPLAIN_LANGUAGES, explain};

use address::{Address, encoded};
use card::{Body, Card, Line};
use embed::Parts;
use front::Headline;
use lost::NotFound;
use markup::{Markup, element, escaped, text};
use meta::Head;
use speech::Speech;
use table::figures;
use view::{SERIES_MAX, Shown, view};

const HTML: &str = "text/html; charset=utf-8";
const PLAIN_TEXT: &str = "text/plain; charset=utf-8";
/// The series of a card with several, at most.
const CARD_SERIES_MAX: usize = 4;

/// What the pages are made from.
pub(crate) struct Pages {
    responder: Arc<Responder>,
    assets: Assets,
}

impl Pages {
    pub(crate) fn new(responder: Arc<Responder>) -> Self {
        Self { responder, assets: Assets::new() }
    }
}

/// Everything that a page depends on besides the state of the ledger.
#[derive(Clone, Debug)]
struct About {
    kind: PageKind,
    /// Names all that the page loads, and so the program's version of it.
    template: String,
    address: Address,
    language: &'static str,
    site: Site,
    /// What does not verify.
    fault: Option<String>,
}

impl About {
    fn words(&self) -> &'static Words {
        Words::of(self.language)
    }

    /// The catalogue with the texts of its plan in the language of the page.
    fn read(&self, catalogue: &Catalogue) -> Catalogue {
        match Language::parse(self.language) {
            Some(language) => catalogue.in_language(&language),
            None => catalogue.clone(),
        }
    }

    /// The language that links carry on.
    fn carried(&self) -> Option<&str> {
        self.address.language.as_deref()
    }
}

fn about(pages: &Pages, asked: &Asked, kind: PageKind) -> About {
    let address = Address::read(asked.uri.query().unwrap_or(""));
    let named = address.language.as_deref().and_then(Language::parse);
    let language = negotiate::language(named.as_ref(), &asked.headers, &LANGUAGES);
    let template = worded(&pages.assets.page(kind, language), Words::of(language));
    let fault = pages.responder.tower.reader.fault();
    About { kind, template, address, language, site: asked.site.clone(), fault }
}

/// `/`, `/embed`, `/ledger` and `/plan`.
pub(crate) async fn page(State(pages): State<Arc<Pages>>, asked: Asked) -> Answered {
    let kind = match asked.uri.path() {
        "/embed" => PageKind::Embed,
        "/ledger" => PageKind::Ledger,
        "/plan" => PageKind::Plan,
        _ => PageKind::Index,
    };
    let about = about(&pages, &asked, kind);
    let language = Language::parse(about.language);
    let mut response = match pages.responder.tower.reader.catalogue() {
        Ok(catalogue) => {
            let key = ("page", about.clone());
            let make = move |tower: &Tower, catalogue: &Catalogue| {
                let (status, page) = whole(tower, &about.read(catalogue), &about);
                Ok(Content { status, ..Content::new(HTML, REVALIDATED, page) })
            };
            pages.responder.respond_made(&asked, &catalogue, language, &key, make).await?
        }
        Err(error) => {
            let page = filled(&about.template, &unready(&about, &error));
            let content = Content::new(HTML, REVALIDATED, page);
            let content = Content { vary: "accept-language", language, ..content };
            pages.responder.respond_with(&asked, content)?
        }
    };
    if kind == PageKind::Embed {
        let policy = HeaderValue::from_static(FRAMED_POLICY);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// `/card.png`.
pub(crate) async fn card(State(pages): State<Arc<Pages>>, asked: Asked) -> Answered {
    let catalogue = pages.responder.tower.reader.catalogue()?;
    let about = About {
        // A picture does not load anything, and names no other address.
        template: String::new(),
        site: Site::default(),
        ..about(&pages, &asked, PageKind::Embed)
    };
    let key = ("card", about.clone());
    let language = Language::parse(about.language);
    let make = move |tower: &Tower, catalogue: &Catalogue| {
        let png = picture(tower, &about.read(catalogue), &about)?;
        Ok(Content::new(PNG, REVALIDATED, png))
    };
    pages.responder.respond_made(&asked, &catalogue, language, &key, make).await
}

/// `/sitemap.xml`.
pub(crate) async fn sitemap(State(pages): State<Arc<Pages>>, asked: Asked) -> Answered {
    let catalogue = pages.responder.tower.reader.catalogue()?;
    let text = sitemap::sitemap(&catalogue, &asked.site);
    let content = Content::new("application/xml; charset=utf-8", REVALIDATED, text);
    pages.responder.respond_with(&asked, content)
}

/// `/robots.txt`.
pub(crate) async fn robots(State(pages): State<Arc<Pages>>, asked: Asked) -> Answered {
    let text = sitemap::robots(&asked.site);
    pages.responder.respond_with(&asked, Content::new(PLAIN_TEXT, REVALIDATED, text))
}

/// A page with its messages in the places that name them (`data-t`, `data-t-label`), where the
/// scripts put the same.
fn worded(page: &str, words: &Words) -> String {
    let (mut done, mut rest) = (String::with_capacity(page.len() * 2), page);
    while let Some((before, after)) = rest.split_once("data-t") {
        done.push_str(before);
        done.push_str("data-t");
        rest = after;
        let is_label = rest.starts_with("-label=\"");
        // Another attribute, such as `data-term`.
        if !is_label && !rest.starts_with("=\"") {
            continue;
        }
        let Some((name, after)) = rest.split_once('"').and_then(|(_, it)| it.split_once('"'))
        else {
            break;
        };
        let message = escaped(words.say(name));
        if is_label {
            done.push_str(&format!("-label=\"{name}\" aria-label=\"{message}\""));
            rest = after;
        } else if let Some((attributes, content)) = after.split_once('>')
            && content.starts_with("</")
        {
            done.push_str(&format!("=\"{name}\"{attributes}>{message}"));
            rest = content;
        }
    }
    done + rest
}

/// A page with markup in its elements of these identifiers, which are empty until then; an element
/// that gets some is not hidden.
fn filled(page: &str, parts: &[(&str, Markup)]) -> String {
    let mut page = page.to_owned();
    for (id, markup) in parts {
        let Some(start) = page.find(&format!(" id=\"{id}\"")) else { continue };
        let Some(length) = page[start..].find('>') else { continue };
        let tag = page[start..start + length].replace(" hidden", "");
        page.replace_range(start..=start + length, &format!("{tag}>{}", markup.as_str()));
    }
    page
}

/// That the store cannot be read, in the place of the figures.
fn unready(about: &About, error: &Error) -> Parts {
    let words = about.words();
    let why = words.fill("cannot", &[("why", &words.reason(error))]);
    let place = match about.kind {
        PageKind::Embed => "plain",
        PageKind::Index | PageKind::Ledger => "served",
        PageKind::Plan => "parts",
    };
    vec![(place, element("p", &[("class", "note")], [text(&why)]))]
}

/// A page before its scripts run.
fn whole(tower: &Tower, catalogue: &Catalogue, about: &About) -> (StatusCode, String) {
    let words = about.words();
    let title = &catalogue.plan.statement.title;
    let (status, head, parts) = match about.kind {
        PageKind::Index => index(tower, catalogue, about),
        PageKind::Embed => embedded(tower, catalogue, about),
        PageKind::Plan => {
            let parts = plan::parts(catalogue, words, about.carried());
            let names = ["nav-plan", "plan-lead"].map(|name| words.say(name));
            (StatusCode::OK, named("plan", names, title), parts)
        }
        PageKind::Ledger => {
            let names = ["nav-ledger", "ledger-short"].map(|name| words.say(name));
            (StatusCode::OK, named("ledger", names, title), vec![])
        }
    };
    let elements = meta::elements(&head, &about.site, title, about.language);
    let page = filled(&about.template, &[("languages", languages(about))]);
    let mut page = headed(&filled(&page, &parts), catalogue);
    if about.kind == PageKind::Index && about.address.is_front() {
        page = page.replacen("<body class=\"", "<body class=\"at-front ", 1);
    }
    let plan = format!("log/plan/{}.toml", catalogue.plan_digest);
    for (before, after) in [
        ("id=\"plan-link\" href=\"v1/dataflows\"", format!("id=\"plan-link\" href=\"{plan}\"")),
        ("id=\"toml\"", format!("id=\"toml\" href=\"{plan}\"")),
    ] {
        page = page.replacen(before, &after, 1);
    }
    (status, with_head(&page, &elements))
}

/// The head of a page that shows no figures: its path, and its name and description.
fn named(path: &'static str, [name, description]: [&str; 2], title: &str) -> Head {
    let window = format!("{name} \u{2013} {title}");
    Head {
        title: window.clone(),
        window,
        description: description.to_owned(),
        path,
        canonical: Some(String::new()),
        has_picture: false,
    }
}

/// The page of figures.
fn index(tower: &Tower, catalogue: &Catalogue, about: &About) -> (StatusCode, Head, Parts) {
    let words = about.words();
    let statement = &catalogue.plan.statement;
    let (status, head, served) = match shown(tower, catalogue, about) {
        Ok(found) => {
            let (head, served) = found.page(catalogue, about);
            (StatusCode::OK, head, served)
        }
        Err(not_found) => {
            let served = table::not_found(&not_found, catalogue, words, about.carried());
            (StatusCode::NOT_FOUND, lost(words), served)
        }
    };
    let sentence =
        format!("{}. {}. {}.", statement.purpose, statement.controller, statement.legal_basis);
    let fault = about.fault.as_ref().map(|fault| text(&words.fill("fault", &[("fault", fault)])));
    let mut parts = vec![("statement", text(&sentence)), ("served", served)];
    parts.extend(fault.map(|fault| ("fault", fault)));
    (status, head, parts)
}

/// The page that others frame. It is part of the whole view, which search engines find instead.
fn embedded(tower: &Tower, catalogue: &Catalogue, about: &About) -> (StatusCode, Head, Parts) {
    let words = about.words();
    match view(tower, catalogue, &about.address) {
        Ok(shown) => {
            let speech = Speech { words, catalogue, structure: &shown.structure };
            let head = Head { window: shown.structure.name.clone(), ..view_head(&speech, &shown) };
            (StatusCode::OK, head, embed::parts(catalogue, words, &shown, about.carried()))
        }
        Err(not_found) => (StatusCode::NOT_FOUND, lost(words), embed::lost(words, &not_found)),
    }
}

/// A page that says of what publication it is, and whether its data are synthetic.
fn headed(page: &str, catalogue: &Catalogue) -> String {
    let title = text(&catalogue.plan.statement.title);
    let page = filled(page, &[("publisher", title)]);
    match catalogue.is_synthetic() {
        // It has its words already.
        true => filled(&page, &[("synthetic", Markup::default())]),
        false => page,
    }
}

/// The page with the elements of its head in place of its general ones.
fn with_head(page: &str, elements: &Markup) -> String {
    let (start, end) = ("<meta name=\"description\"", "</title>\n");
    let (Some(from), Some(to)) = (page.find(start), page.find(end)) else {
        return page.to_owned();
    };
    let mut page = page.to_owned();
    page.replace_range(from..to + end.len(), elements.as_str());
    page
}

fn lost(words: &Words) -> Head {
    let title = words.say("lost").to_owned();
    Head {
        window: format!("{title} \u{2013} Tidegauge"),
        description: title.clone(),
        title,
        path: "",
        canonical: None,
        has_picture: false,
    }
}

/// Links to the same page in every language, as the scripts make them.
fn languages(about: &About) -> Markup {
    let rest = match about.address.is_front() {
        true => String::new(),
        false => about.address.canonical(
            about.address.member("flow").unwrap_or_default(),
            about.address.member("key").map(|_| address::key_text(&about.address.key())).as_deref(),
        ),
    };
    Markup::of(LANGUAGES.into_iter().map(|tag| {
        let query = if rest.is_empty() { String::new() } else { format!("{rest}&") };
        let href = format!("?{query}lang={}", encoded(tag));
        let mut attributes = vec![("href", &*href), ("lang", tag), ("hreflang", tag)];
        attributes.extend((tag == about.language).then_some(("aria-current", "true")));
        let short = [("class", "tag"), ("aria-hidden", "true")];
        element(
            "a",
            &attributes,
            [
                element("span", &[("class", "name")], [text(&Words::of(tag).name)]),
                element("span", &short, [text(&tag.to_uppercase())]),
            ],
        )
    }))
}

/// What a page shows.
enum Found {
    Front(Vec<Headline>),
    View(Box<Shown>),
}

fn shown(tower: &Tower, catalogue: &Catalogue, about: &About) -> Result<Found, NotFound> {
    if about.address.is_front() {
        return Ok(Found::Front(front::headlines(tower, catalogue, about.words())));
    }
    view(tower, catalogue, &about.address).map(|shown| Found::View(Box::new(shown)))
}

impl Found {
    fn page(&self, catalogue: &Catalogue, about: &About) -> (Head, Markup) {
        let words = about.words();
        match self {
            Found::Front(headlines) => {
                let store = &catalogue.plan.statement.title;
                let title = format!("{} \u{2013} {store}", words.say("front"));
                let lines = headline_lines(catalogue, words, headlines);
                let described = lines.iter().map(|Line { name, figure, when }| {
                    format!("{name}: {figure} {}", when.as_deref().unwrap_or_default())
                });
                let described: Vec<String> = described.collect();
                let purpose = format!("{}.", catalogue.plan.statement.purpose);
                let head = Head {
                    window: title.clone(),
                    title,
                    description: if lines.is_empty() {
                        purpose
                    } else {
                        described.join(". ") + "."
                    },
                    path: "",
                    canonical: Some(String::new()),
                    has_picture: !lines.is_empty(),
                };
                (head, front::front(catalogue, words, headlines, about.carried()))
            }
            Found::View(shown) => {
                let speech = Speech { words, catalogue, structure: &shown.structure };
                let served = table::view(&speech, shown, about.carried());
                (view_head(&speech, shown), served)
            }
        }
    }
}

/// The headlines that have figures, a line each.
fn headline_lines(
    catalogue: &Catalogue,
    words: &'static Words,
    headlines: &[Headline],
) -> Vec<Line> {
    let line = |Headline { structure, title, series, .. }: &Headline| {
        let speech = Speech { words, catalogue, structure };
        let series = series.as_ref()?;
        let row = series.rows.last()?;
        let figure = speech.figure(row);
        let when = speech.when(&series.key, &row.period);
        Some(Line { name: title.clone(), figure, when: Some(when) })
    };
    headlines.iter().filter_map(line).take(CARD_SERIES_MAX).collect()
}

/// The series of a view in words.
fn series_words(speech: &Speech, shown: &Shown) -> String {
    match &*figures(shown) {
        [one] => speech.series(&one.key),
        several => {
            let names: Vec<String> = several
                .iter()
                .take(SERIES_MAX)
                .map(|one| speech.difference(&shown.key, &one.key))
                .collect();
            let more = if several.len() > SERIES_MAX { " \u{2026}" } else { "" };
            names.join(", ") + more
        }
    }
}

fn view_head(speech: &Speech, shown: &Shown) -> Head {
    let name = &shown.structure.name;
    let published = figures(shown);
    let what = series_words(speech, shown);
    let sentences = published.iter().take(CARD_SERIES_MAX).filter_map(|one| {
        let row = one.rows.last()?;
        Some(speech.summary(&speech.series(&one.key), &one.key, row))
    });
    let sentences: Vec<String> = sentences.collect();
    let has_figures = !sentences.is_empty();
    Head {
        window: format!("{name} \u{2013} Tidegauge"),
        title: if has_figures { format!("{name}: {what}") } else { name.clone() },
        description: match has_figures {
            true => sentences.join(" "),
            false => table::nothing(speech, shown),
        },
        path: "",
        canonical: Some(shown.canonical.clone()),
        has_picture: has_figures,
    }
}

/// The picture of the address.
///
/// Errors: the address names what there is not; there are no figures.
fn picture(tower: &Tower, catalogue: &Catalogue, about: &About) -> Result<Vec<u8>, Refusal> {
    let words = about.words();
    let statement = &catalogue.plan.statement;
    let found = shown(tower, catalogue, about)
        .map_err(|it| Refusal::NoView { words: it.sentences(words).join(" ") })?;
    let (flows, as_of) = match &found {
        Found::View(shown) if !shown.structure.parts.is_empty() => {
            (shown.structure.parts.clone(), shown.as_of.clone())
        }
        Found::View(shown) => (vec![shown.structure.id.clone()], shown.as_of.clone()),
        Found::Front(_) => (vec![], None),
    };
    let as_of = as_of.and_then(|size| size.parse().ok()).unwrap_or(u64::MAX);
    let at = sitemap::released_at(catalogue, &flows, as_of);
    let released = at.and_then(|at| {
        let day = locale::period(words, at.get(..10)?, "D", true);
        Some(words.fill("card-released", &[("date", &day)]))
    });
    let source = [Some(statement.controller.to_string()), released];
    let source: Vec<String> = source.into_iter().flatten().collect();
    let source = source.join(" \u{b7} ");
    let mark = catalogue.is_synthetic().then(|| words.say("synthetic-head").trim_end_matches('.'));
    let png = match &found {
        Found::Front(headlines) => {
            let lines = headline_lines(catalogue, words, headlines);
            if lines.is_empty() {
                return Err(Error::NothingReleased.into());
            }
            let body = Body::Several { lines, series: vec![], speech: None };
            let subtitle = words.say("front");
            Card { title: &statement.title, subtitle, body, source: &source, mark }.png()
        }
        Found::View(shown) => {
            let speech = Speech { words, catalogue, structure: &shown.structure };
            let body = body(speech, shown)?;
            let subtitle = match &body {
                Body::One { .. } => series_words(&speech, shown),
                // Their names stand beside their figures.
                Body::Several { series, .. } => common_period(&speech, series),
            };
            let title = &shown.structure.name;
            Card { title, subtitle: &subtitle, body, source: &source, mark }.png()
        }
    };
    Ok(png?)
}

fn body<'s>(speech: Speech<'s>, shown: &'s Shown) -> Result<Body<'s>, Error> {
    let published = figures(shown);
    if let [series] = &*published
        && let Some(row) = series.rows.last()
    {
        return Ok(Body::One { speech, series, row });
    }
    let is_mixed = common_period(&speech, &published).is_empty();
    let line = |one: &&view::Series| {
        let row = one.rows.last()?;
        let when = is_mixed.then(|| speech.when(&one.key, &row.period));
        let name = speech.difference(&shown.key, &one.key);
        Some(Line { name, figure: speech.figure(row), when })
    };
    let series: Vec<&view::Series> = published.into_iter().take(CARD_SERIES_MAX).collect();
    if series.is_empty() {
        return Err(shown.series.clone().err().unwrap_or(Error::NothingReleased));
    }
    let lines = series.iter().filter_map(line).collect();
    Ok(Body::Several { lines, series, speech: Some(speech) })
}

/// The period of the newest figures in words; empty if they have different ones.
fn common_period(speech: &Speech, series: &[&view::Series]) -> String {
    let mut newest = series.iter().filter_map(|one| Some((&one.key, &one.rows.last()?.period)));
    match newest.next() {
        Some((key, period)) if newest.all(|(_, other)| other == period) => speech.when(key, period),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_stand_in_their_places() {
        let words = Words::of("en");
        let page = "<p data-t-label=\"nav\"><b data-t=\"margin\" data-term=\"margin\"></b>\
                    <i data-term=\"low\">x</i><a data-t=\"low\" data-page></a></p>";
        let expected = "<p data-t-label=\"nav\" aria-label=\"Pages\"><b data-t=\"margin\" \
                        data-term=\"margin\">Margin</b><i data-term=\"low\">x</i>\
                        <a data-t=\"low\" data-page>Low</a></p>";
        assert_eq!(worded(page, words), expected);
        let page = "<p id=\"one\" hidden></p><p id=\"two\"></p>";
        let filled = filled(page, &[("one", text("<")), ("three", text("x"))]);
        assert_eq!(filled, "<p id=\"one\">&lt;</p><p id=\"two\"></p>");
    }
}
