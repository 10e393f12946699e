//! What the head of a page says to programs: title, description, canonical address, languages, and
//! the card of a shared link (OpenGraph, and `summary_large_image`).
//!
//! Not here: the picture of the card (`card`).
//!
//! Invariants:
//! 1. The picture has an absolute address and says its size
//!    (`tests::pages::a_shared_link_has_a_card`).

use super::address::encoded;
use super::card::{HEIGHT, WIDTH};
use super::markup::{Markup, element, text, void};
use crate::assets::LANGUAGES;
use crate::site::Site;

/// What the head of a page says.
#[derive(Clone, Debug)]
pub(super) struct Head {
    /// The title of the window.
    pub(super) window: String,
    /// The title of the card.
    pub(super) title: String,
    pub(super) description: String,
    /// The path of the page within the site.
    pub(super) path: &'static str,
    /// The query of the canonical address; `None` for a page that is not to be found.
    pub(super) canonical: Option<String>,
    /// Whether there is a picture.
    pub(super) has_picture: bool,
}

/// A query and more of it, after a question mark.
fn query(parts: [&str; 2]) -> String {
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

/// The elements of the head.
pub(super) fn elements(head: &Head, site: &Site, store: &str, language: &str) -> Markup {
    let mut all = vec![
        void("meta", &[("name", "description"), ("content", &head.description)]),
        element("title", &[], [text(&head.window)]),
        text("\n"),
    ];
    let property = |name: &'static str, content: &str| {
        void("meta", &[("property", name), ("content", content)])
    };
    let Some(canonical) = &head.canonical else {
        all.push(void("meta", &[("name", "robots"), ("content", "noindex")]));
        return Markup::of(all);
    };
    let place = |parts: [&str; 2]| format!("{}{}", head.path, query(parts));
    let link = |parts: [&str; 2]| format!("./{}", place(parts));
    all.push(void("link", &[("rel", "canonical"), ("href", &link([canonical, ""]))]));
    let mut alternate = |tag: &str, address: String| {
        let attributes = [("rel", "alternate"), ("hreflang", tag), ("href", &*address)];
        all.push(void("link", &attributes));
    };
    for tag in LANGUAGES {
        alternate(tag, link([canonical, &format!("lang={tag}")]));
    }
    alternate("x-default", link([canonical, ""]));
    all.extend([
        property("og:type", "website"),
        property("og:site_name", store),
        property("og:title", &head.title),
        property("og:description", &head.description),
        property("og:url", &site.absolute(&place([canonical, ""]))),
        property("og:locale", language),
    ]);
    if head.has_picture {
        let language = format!("lang={}", encoded(language));
        let picture = site.absolute(&format!("card.png{}", query([canonical, &language])));
        let alt = format!("{}. {}", head.title, head.description);
        all.extend([
            property("og:image", &picture),
            property("og:image:type", "image/png"),
            property("og:image:width", &WIDTH.to_string()),
            property("og:image:height", &HEIGHT.to_string()),
            property("og:image:alt", &alt),
            void("meta", &[("name", "twitter:card"), ("content", "summary_large_image")]),
            void("meta", &[("name", "twitter:image:alt"), ("content", &alt)]),
        ]);
    }
    Markup::of(all)
}
