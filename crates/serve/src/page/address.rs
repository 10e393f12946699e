//! The address of a page, read as `web/address.js` reads it: the view that it names.
//!
//! Not here: whether there is what it names (`view`).
//!
//! Invariants:
//! 1. An address has one canonical form, with its parts in a fixed order
//!    (`page::address::tests::one_view_has_one_address`).
//! 2. It has the members that the scripts read
//!    (`page::address::tests::scripts_read_the_same_members`).
//!
//! What only scripts show (`view`, `codes`, `since`, `at`) is not judged here.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The members of an address that make it that of a view.
const MEMBERS: [&str; 17] = [
    "flow", "key", "view", "codes", "last", "start", "end", "asOf", "since", "at", "by", "top",
    "shows", "compare", "region", "rows", "sort",
];
/// What `encodeURIComponent` encodes.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'(')
    .remove(b')');

/// What an address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// The members of a view in the order of [`MEMBERS`]; empty ones are absent.
    members: Vec<(&'static str, String)>,
    /// Whether it has a member of a view, even an empty one.
    is_view: bool,
    /// The language that it asks for.
    pub(super) language: Option<String>,
}

impl Address {
    /// Reads a query; of several members with one name the first counts.
    pub(super) fn read(query: &str) -> Self {
        let parts: Vec<(String, String)> = query
            .split('&')
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect();
        let value = |name: &str| {
            let mut found = parts.iter().filter(|(known, _)| known == name);
            found.next().map(|(_, value)| value.as_str())
        };
        let member = |name: &'static str| {
            let value = value(name).filter(|value| !value.is_empty())?;
            // In a key a plus is a plus.
            let value = if name == "key" { value.replace(' ', "+") } else { value.to_owned() };
            Some((name, value))
        };
        Self {
            members: MEMBERS.into_iter().filter_map(member).collect(),
            is_view: MEMBERS.into_iter().any(|name| value(name).is_some()),
            language: value("lang").map(str::to_owned),
        }
    }

    /// Whether it is that of the front page: it names nothing but a language.
    pub(super) fn is_front(&self) -> bool {
        !self.is_view
    }

    /// A member of the view.
    pub(super) fn member(&self, name: &str) -> Option<&str> {
        self.members.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The codes of the key by its parts; none if there is no key.
    pub(super) fn key(&self) -> Vec<Vec<String>> {
        let codes = |part: &str| {
            part.split('+').filter(|code| !code.is_empty()).map(str::to_owned).collect()
        };
        self.member("key").map_or(vec![], |key| key.split('.').map(codes).collect())
    }

    /// The members that have no meaning: ranges and states of another form than theirs.
    pub(super) fn misread(&self) -> Vec<(&'static str, &str)> {
        let is_understood = |name: &str, value: &str| match name {
            "start" | "end" => is_day(value),
            "asOf" | "since" => is_size(value),
            "last" => value == "all",
            _ => true,
        };
        let wrong = self.members.iter().filter(|(name, value)| !is_understood(name, value));
        wrong.map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// The canonical query of the view; `key` stands for that of the address, `None` if it is the
    /// one with which the statistic opens. What an empty address means anyway is left out.
    pub(super) fn canonical(&self, flow: &str, key: Option<&str>) -> String {
        let mut parts = vec![format!("flow={}", encoded(flow))];
        parts.extend(key.map(|key| format!("key={key}")));
        let defaults = [("view", "chart"), ("codes", "name"), ("region", "world")];
        let others = self.members.iter().filter(|(name, _)| !["flow", "key"].contains(name));
        let others = others.filter(|(name, value)| !defaults.contains(&(*name, value.as_str())));
        parts.extend(others.map(|(name, value)| format!("{name}={}", encoded(value))));
        parts.join("&")
    }
}

/// The text of a key with the codes of its parts.
pub(super) fn key_text(key: &[Vec<String>]) -> String {
    let part =
        |codes: &Vec<String>| codes.iter().map(|code| encoded(code)).collect::<Vec<_>>().join("+");
    key.iter().map(part).collect::<Vec<_>>().join(".")
}

/// A text as it stands in an address.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

fn is_day(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [4, 2, 2] && text.split('-').all(digits)
}

fn is_size(text: &str) -> bool {
    (1..=16).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && !text.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::ASSETS;

    #[test]
    fn scripts_read_the_same_members() {
        let script = ASSETS.iter().find(|asset| asset.name == "address.js").unwrap();
        let script = std::str::from_utf8(script.bytes).unwrap();
        let (_, forms) = script.split_once("const FORMS = {").unwrap();
        let (forms, _) = forms.split_once("};").unwrap();
        let mut named: Vec<&str> = forms
            .split("=>")
            .filter_map(|part| {
                let (before, _) = part.rsplit_once(": (")?;
                before.rsplit([' ', '\n']).next()
            })
            .collect();
        named.extend(["flow", "key"]);
        named.sort_unstable();
        let mut known = MEMBERS.to_vec();
        known.sort_unstable();
        assert_eq!(known, named);
    }

    #[test]
    fn one_view_has_one_address() {
        let canonical = |query: &str| {
            let address = Address::read(query);
            let key = key_text(&address.key());
            address.canonical(address.member("flow").unwrap(), Some(&key))
        };
        let expected = "flow=A&key=D.X.AIR+SEA&view=table&last=all";
        for query in [
            "flow=A&key=D.X.AIR+SEA&view=table&last=all",
            "last=all&key=D.X.AIR%2BSEA&lang=de&flow=A&view=table&codes=name",
            "view=table&key=D.X.AIR+SEA&other=1&flow=A&last=all&flow=B&codes=",
        ] {
            assert_eq!(canonical(query), expected, "{query}");
        }
        assert_eq!(canonical("flow=%22%3E&key=<.%26"), "flow=%22%3E&key=%3C.%26");
        assert_eq!(Address::read("flow=A&view=chart").canonical("A", None), "flow=A");
    }

    #[test]
    fn an_address_is_read() {
        assert!(Address::read("").is_front() && Address::read("lang=de&x=1").is_front());
        assert!(!Address::read("flow").is_front() && !Address::read("key=").is_front());
        let address = Address::read("start=2024&end=2024-01-02&asOf=0&since=12&last=1&view=x");
        assert_eq!(address.misread(), [("last", "1"), ("start", "2024"), ("asOf", "0")]);
        assert!(Address::read("%ff=%&%zz&&==").is_front());
    }
}
