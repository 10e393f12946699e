//! The address of a page, read as `web/address.js` reads it: the view that it names.
//!
//! Not here: whether there is what it names (`view`).
//!
//! Invariants:
//! 1. An address has one canonical form, with its parts in a fixed order
//!    (`page::address::tests::one_view_has_one_address`).
//! 2. It has the members that the scripts read
//!    (`page::address::tests::scripts_read_the_same_members`), and each of them may have the same
//!    forms (`page::address::tests::members_have_the_forms_that_scripts_understand`).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The members of an address that make it that of a view.
const MEMBERS: [&str; 17] = [
    "flow", "key", "view", "codes", "last", "start", "end", "asOf", "since", "at", "by", "top",
    "shows", "compare", "region", "rows", "sort",
];
/// The views, as in `web/address.js`.
const VIEWS: [&str; 10] = [
    "chart",
    "table",
    "map",
    "ranking",
    "lifecycle",
    "distribution",
    "survival",
    "median",
    "triangle",
    "curves",
];
/// Those that show one period, which `at` names.
const VIEWS_OF_ONE_PERIOD: [&str; 5] = ["map", "ranking", "lifecycle", "distribution", "survival"];
const CODES: [&str; 3] = ["name", "code", "both"];
const REGIONS: [&str; 6] = ["world", "europe", "africa", "americas", "asia", "oceania"];
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

    /// The period that the address names for a view of one period.
    pub(super) fn one_period(&self) -> Option<&str> {
        let is_of_one = self.member("view").is_some_and(|it| VIEWS_OF_ONE_PERIOD.contains(&it));
        if is_of_one { self.member("at") } else { None }
    }

    /// The dimensions that the address puts on the rows of a table, each once; none if it names
    /// none.
    pub(super) fn rows(&self) -> Vec<&str> {
        let mut rows: Vec<&str> = vec![];
        let named = self.member("rows").filter(|text| are_names(text));
        for name in named.into_iter().flat_map(|text| text.split('.')) {
            if !rows.contains(&name) {
                rows.push(name);
            }
        }
        rows
    }

    /// The members that have no meaning, because they have another form than theirs.
    pub(super) fn misread(&self) -> Vec<(&'static str, &str)> {
        let is_understood = |name: &str, value: &str| match name {
            "start" | "end" => is_day(value),
            "asOf" | "since" => is_size(value),
            "last" | "top" => value == "all",
            "compare" => value == "year",
            "view" => VIEWS.contains(&value),
            "codes" => CODES.contains(&value),
            "region" => REGIONS.contains(&value),
            "by" => is_level(value),
            "rows" => are_names(value),
            "sort" => is_order(value),
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

/// The name of a dimension, or of one level of its groups.
fn is_level(text: &str) -> bool {
    let (name, level) = match text.split_once('/') {
        Some((name, level)) => (name, Some(level)),
        None => (text, None),
    };
    let is_inside = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(is_inside)
        && level.is_none_or(|level| matches!(level.as_bytes(), [b'1'..=b'9']))
}

/// Names joined by dots.
fn are_names(text: &str) -> bool {
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.split('.').all(|name| !name.is_empty() && name.bytes().all(is_inside))
}

/// The order of a table by one of its columns.
fn is_order(text: &str) -> bool {
    let column = text.strip_prefix("up.").or_else(|| text.strip_prefix("down."));
    let is_inside = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'-' | b'@' | b'$')
    };
    column.is_some_and(|column| !column.is_empty() && column.bytes().all(is_inside))
}

fn is_size(text: &str) -> bool {
    (1..=16).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && !text.starts_with('0')
}

/// The address of a view in the language that links carry on.
pub(super) fn within(query: &str, language: Option<&str>) -> String {
    let language = language.map(|tag| format!("lang={}", encoded(tag)));
    let parts: Vec<&str> =
        [query, language.as_deref().unwrap_or("")].into_iter().filter(|p| !p.is_empty()).collect();
    format!("./?{}", parts.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::ASSETS;

    #[test]
    fn scripts_read_the_same_members() {
        let script = script();
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

    fn script() -> &'static str {
        let script = ASSETS.iter().find(|asset| asset.name == "address.js").unwrap();
        std::str::from_utf8(script.bytes).unwrap()
    }

    #[test]
    fn members_have_the_forms_that_scripts_understand() {
        let listed = |name: &str| -> Vec<&str> {
            let (_, list) = script().split_once(&format!("const {name} = [")).unwrap();
            list.split(']').next().unwrap().split('"').skip(1).step_by(2).collect()
        };
        assert_eq!(listed("VIEWS"), VIEWS);
        assert_eq!(listed("CODES"), CODES);
        assert_eq!(listed("REGIONS"), REGIONS);
        assert!(VIEWS_OF_ONE_PERIOD.iter().all(|view| VIEWS.contains(view)));
        for query in [
            "view=map&codes=both&last=all&top=all&compare=year&region=asia&at=%3C&shows=%3C",
            "start=2024-02-30&end=2024-01-01&asOf=9&since=9&by=A1_B/9&rows=A.B.c&sort=up.A:1-b@$.c",
            "view=&codes=&by=&rows=&sort=",
        ] {
            assert_eq!(Address::read(query).misread(), [], "{query}");
        }
        for wrong in [
            "view=zzz",
            "codes=x",
            "last=1",
            "top=1",
            "compare=month",
            "region=mars",
            "start=2024",
            "end=2024-1-1",
            "asOf=0",
            "since=x",
            "by=a",
            "by=A/0",
            "by=A/10",
            "by=A/",
            "by=1",
            "rows=.",
            "rows=A.",
            "rows=A-B",
            "sort=A",
            "sort=up.",
            "sort=down.%3C",
        ] {
            let (name, value) = wrong.split_once('=').unwrap();
            let value = decoded(value);
            assert_eq!(Address::read(wrong).misread(), [(name, &*value)], "{wrong}");
        }
    }

    #[test]
    fn a_period_counts_in_views_of_one() {
        let period = |query: &str| Address::read(query).one_period().map(str::to_owned);
        assert_eq!(period("view=map&at=2024-01").as_deref(), Some("2024-01"));
        for query in ["at=2024-01", "view=chart&at=2024-01", "view=curves&at=2024-01", "view=map"] {
            assert_eq!(period(query), None, "{query}");
        }
        assert_eq!(Address::read("rows=A.B.A").rows(), ["A", "B"]);
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
        let address = Address::read("start=2024&end=2024-01-02&asOf=0&since=12&last=1&view=map");
        assert_eq!(address.misread(), [("last", "1"), ("start", "2024"), ("asOf", "0")]);
        assert!(Address::read("%ff=%&%zz&&==").is_front());
    }
}
