//! News as Atom and as JSON Feed.
//!
//! Not here: what the news is (`news`).

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::{Value, json};
use tidegauge_figures::Catalogue;
use tidegauge_model::Language;

use super::news::News;
use super::uuid::uuid;

/// The page, from the address of a feed.
const PAGE: &str = "../";
const ATOM: &str = "releases.atom";
const JSON: &str = "releases.json";

/// The view of a dataflow, from the address of a feed.
fn link(news: &News) -> String {
    news.dataflow.as_ref().map_or_else(|| PAGE.to_owned(), |id| format!("{PAGE}?flow={id}"))
}

fn id(catalogue: &Catalogue, news: &News) -> String {
    format!("urn:uuid:{}", uuid([&catalogue.ledger().origin, &news.entry.to_string()]))
}

/// The news as Atom.
pub(super) fn atom(catalogue: &Catalogue, news: &[News]) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    // Writing into memory does not fail.
    let _ = written(&mut writer, catalogue, news);
    String::from_utf8(writer.into_inner()).unwrap_or_default() + "\n"
}

fn written(
    writer: &mut Writer<Vec<u8>>,
    catalogue: &Catalogue,
    news: &[News],
) -> std::io::Result<()> {
    let statement = &catalogue.plan.statement;
    let text = |writer: &mut Writer<Vec<u8>>, name: &str, text: &str| {
        writer.create_element(name).write_text_content(BytesText::new(text)).map(drop)
    };
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let feed =
        writer.create_element("feed").with_attribute(("xmlns", "http://www.w3.org/2005/Atom"));
    let language = catalogue.plan.language();
    let feed = match *language == Language::english() {
        true => feed,
        false => feed.with_attribute(("xml:lang", language.tag())),
    };
    feed.write_inner_content(|writer| {
        let origin = &catalogue.ledger().origin;
        text(writer, "id", &format!("urn:uuid:{}", uuid([origin, "releases"])))?;
        text(writer, "title", &statement.title)?;
        text(writer, "subtitle", &statement.purpose)?;
        // A ledger has an entry from its beginning on.
        let updated = news.first().map(|news| news.at.as_str());
        let begun = catalogue.ledger().entries.first().map_or("", |entry| entry.at());
        text(writer, "updated", updated.unwrap_or(begun))?;
        writer
            .create_element("author")
            .write_inner_content(|writer| text(writer, "name", &statement.controller))?;
        for (relation, address) in [("self", ATOM), ("alternate", PAGE)] {
            let element = writer.create_element("link");
            element.with_attributes([("rel", relation), ("href", address)]).write_empty()?;
        }
        for news in news {
            writer.create_element("entry").write_inner_content(|writer| {
                text(writer, "id", &id(catalogue, news))?;
                text(writer, "title", &news.title)?;
                text(writer, "updated", &news.at)?;
                let element = writer.create_element("link");
                element
                    .with_attributes([("rel", "alternate"), ("href", &*link(news))])
                    .write_empty()?;
                text(writer, "summary", &news.lines.join(" "))
            })?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The news as JSON Feed.
pub(super) fn json(catalogue: &Catalogue, news: &[News]) -> String {
    let statement = &catalogue.plan.statement;
    let items: Vec<Value> = news
        .iter()
        .map(|news| {
            json!({
                "id": id(catalogue, news),
                "url": link(news),
                "title": news.title,
                "content_text": news.lines.join("\n"),
                "date_published": news.at,
            })
        })
        .collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": &*statement.title,
        "description": &*statement.purpose,
        "home_page_url": PAGE,
        "feed_url": JSON,
        "language": catalogue.plan.language().tag(),
        "authors": [{ "name": &*statement.controller }],
        "items": items,
    });
    feed.to_string()
}
