//! Markup whose texts and attributes are escaped, because there is no other way to make it.
//!
//! Not here: what is written.
//!
//! Invariants:
//! 1. No text ends an element or an attribute (`page::markup::tests::texts_stay_texts`).

use quick_xml::escape::escape;

/// A piece of HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Markup(String);

/// A text.
pub(super) fn text(text: &str) -> Markup {
    Markup(escaped(text))
}

/// An element with its attributes and content.
pub(super) fn element(
    name: &'static str,
    attributes: &[(&'static str, &str)],
    content: impl IntoIterator<Item = Markup>,
) -> Markup {
    let Markup(mut all) = opening(name, attributes);
    all.extend(content.into_iter().map(|Markup(piece)| piece));
    all.push_str(&format!("</{name}>"));
    Markup(all)
}

/// An element that has no content, such as `meta`, on a line of its own.
pub(super) fn void(name: &'static str, attributes: &[(&'static str, &str)]) -> Markup {
    let Markup(tag) = opening(name, attributes);
    Markup(tag + "\n")
}

fn opening(name: &'static str, attributes: &[(&'static str, &str)]) -> Markup {
    let mut tag = format!("<{name}");
    for (name, value) in attributes {
        tag.push_str(&format!(" {name}=\"{}\"", escaped(value)));
    }
    Markup(tag + ">")
}

/// A text without what has a meaning in HTML and in XML, control characters among it.
pub(super) fn escaped(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    escape(&shown).into_owned()
}

impl Markup {
    /// Pieces one after the other.
    pub(super) fn of(pieces: impl IntoIterator<Item = Markup>) -> Self {
        Self(pieces.into_iter().map(|Markup(piece)| piece).collect())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_texts() {
        let hostile = "\"><script>alert('1')</script>&\u{0}";
        let made = element("p", &[("title", hostile)], [text(hostile)]);
        assert_eq!(made.as_str().matches('<').count(), 2);
        assert_eq!(made.as_str().matches('"').count(), 2);
        assert!(!made.as_str().contains('\u{0}'));
        assert_eq!(void("meta", &[("content", "a&b")]).as_str(), "<meta content=\"a&amp;b\">\n");
    }
}
