//! The messages of the pages, read from the files that their scripts import, so that the server and
//! the scripts say the same.
//!
//! Not here: the messages themselves (`web/words/`), numbers and dates ([`crate::page`]).
//!
//! Invariants:
//! 1. Every language has each message that the server and its pages name
//!    (`words::tests::every_language_has_the_messages_of_the_server`).
//!
//! Format: `export default {`, then `"name": "text" + "more text",` with the strings of JSON.

use std::collections::HashMap;
use std::sync::OnceLock;

use tidegauge_figures::Error;

use crate::assets::{ASSETS, LANGUAGES};

/// The folders of `web/words/` whose messages the server says: what every page has, and what that
/// of the plan adds. No name is in both.
const ROOMS: [&str; 2] = ["", "plan/"];

/// The messages of a language.
#[derive(Debug)]
pub(crate) struct Words {
    /// The tag of the language.
    pub(crate) language: &'static str,
    /// Its name in itself.
    pub(crate) name: String,
    messages: HashMap<String, String>,
}

impl Words {
    /// The messages of a language; those of the first if there is no such language.
    pub(crate) fn of(language: &str) -> &'static Self {
        static ALL: OnceLock<Vec<Words>> = OnceLock::new();
        let read = |language: &'static str| {
            let files = ROOMS.map(|room| messages(asset(&format!("words/{room}{language}.js"))));
            let messages = files.into_iter().flatten().collect();
            let names = asset("words.js").split_once("LANGUAGES = {").map_or("", |(_, rest)| rest);
            let own = names.split_once(&format!("{language}: ")).map_or("", |(_, rest)| rest);
            let own = own.split_once("name: ").map_or("", |(_, rest)| rest);
            let name = string(own).map_or_else(|| language.to_owned(), |(name, _)| name);
            Self { language, name, messages }
        };
        static NONE: OnceLock<Words> = OnceLock::new();
        let all = ALL.get_or_init(|| LANGUAGES.into_iter().map(read).collect());
        let found = all.iter().find(|words| words.language == language).or(all.first());
        found.unwrap_or_else(|| NONE.get_or_init(|| read("en")))
    }

    /// Whether there is a message of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.messages.contains_key(name) || self.messages.contains_key(&format!("{name}#other"))
    }

    /// The message of this name, if there is one; for names that are made of parts.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.messages.get(name).map(String::as_str)
    }

    /// The message of this name; the name itself if there is none, which a test rules out.
    pub(crate) fn say<'w>(&'w self, name: &'w str) -> &'w str {
        self.messages.get(name).map_or(name, String::as_str)
    }

    /// Why there is no answer: the message of an error's code, or else its own words.
    pub(crate) fn reason(&self, error: &Error) -> String {
        let name = format!("error-{}", error.code());
        if self.has(&name) { self.say(&name).to_owned() } else { error.to_string() }
    }

    /// The message of this name with its `{places}` filled.
    pub(crate) fn fill(&self, name: &str, places: &[(&str, &str)]) -> String {
        filled(self.say(name), places)
    }

    /// The message of this name in the form for a number.
    pub(crate) fn count(&self, name: &str, count: f64, places: &[(&str, &str)]) -> String {
        let is_one = match self.language {
            "fr" => count.abs() < 2.0,
            _ => count.abs() == 1.0,
        };
        let named = |form: &str| self.messages.get(&format!("{name}#{form}"));
        let form = is_one.then(|| named("one")).flatten().or_else(|| named("other"));
        filled(form.map_or_else(|| self.say(name), String::as_str), places)
    }
}

/// A message with its `{places}` filled.
fn filled(message: &str, places: &[(&str, &str)]) -> String {
    let (mut filled, mut rest) = (String::new(), message);
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((place, after)) = after.split_once('}') else { break };
        let text = places.iter().find(|(known, _)| *known == place);
        filled.push_str(text.map_or("", |(_, text)| text));
        rest = after;
    }
    filled + rest
}

/// The text of a file that the pages load.
pub(crate) fn asset(name: &str) -> &'static str {
    let file = ASSETS.iter().find(|asset| asset.name == name);
    file.and_then(|file| std::str::from_utf8(file.bytes).ok()).unwrap_or_default()
}

/// The messages of a file. A message with forms by number is kept by each: `name#form`.
fn messages(source: &str) -> HashMap<String, String> {
    let mut all = HashMap::new();
    let rest = source.split_once("export default {").map_or("", |(_, rest)| rest);
    entries(rest, None, &mut all);
    all
}

/// Reads entries up to the brace that closes them, and returns the text after it. What is not
/// understood ends them.
fn entries<'s>(
    source: &'s str,
    outer: Option<&str>,
    all: &mut HashMap<String, String>,
) -> Option<&'s str> {
    let mut rest = source;
    loop {
        rest = rest.trim_start_matches([' ', '\n', '\r', ',']);
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
            continue;
        }
        if let Some(after) = rest.strip_prefix('}') {
            return Some(after);
        }
        let (name, after) = string(rest).or_else(|| {
            let end = rest.find(|c: char| !c.is_ascii_alphabetic())?;
            Some((rest[..end].to_owned(), &rest[end..]))
        })?;
        let mut after = after.trim_start().strip_prefix(':')?.trim_start();
        if let Some(forms) = after.strip_prefix('{') {
            rest = entries(forms, Some(&name), all)?;
            continue;
        }
        let mut text = String::new();
        while let Some((part, following)) = string(after) {
            text.push_str(&part);
            after = following.trim_start();
            let Some(following) = after.strip_prefix('+') else { break };
            after = following.trim_start();
        }
        let name = outer.map_or(name.clone(), |outer| format!("{outer}#{name}"));
        all.insert(name, text);
        rest = after;
    }
}

/// The string with which a text begins, and the text after it.
fn string(text: &str) -> Option<(String, &str)> {
    let mut is_escaped = false;
    let inside = text.strip_prefix('"')?;
    let end = inside.find(|c: char| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    })?;
    let (literal, rest) = text.split_at(end + 2);
    Some((serde_json::from_str(literal).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_messages_are_read() {
        let source = [
            "// English.\nexport default {",
            "  \"a\": \"one \\u202f\\\"two\\\"\"\n    + \", three\",\n  // More.",
            "  \"forms\": { one: \"{count} x\",\n other: \"{count}\" + \" y\" },",
            "  \"b-1\": \"{n} of {all}{none}\",\n};\n",
        ]
        .join("\n");
        let words = Words { language: "en", name: "".into(), messages: messages(&source) };
        assert_eq!(words.say("a"), "one \u{202f}\"two\", three");
        assert_eq!(words.fill("b-1", &[("all", "9"), ("n", "{all}")]), "{all} of 9");
        assert!(words.has("forms") && words.messages.len() == 4);
        let forms = [1.0, 2.0].map(|count| words.count("forms", count, &[("count", "n")]));
        assert_eq!(forms, ["n x", "n y"]);
    }

    #[test]
    fn every_language_has_the_messages_of_the_server() {
        let pages = [
            include_str!("../../../web/index.html"),
            include_str!("../../../web/masthead.html"),
            include_str!("../../../web/ledger.html"),
            include_str!("../../../web/plan.html"),
            include_str!("../../../web/embed.html"),
        ];
        let of_pages = || {
            let names = pages.into_iter().flat_map(|page| page.split("data-t").skip(1));
            names.filter_map(|rest| rest.split('"').nth(1))
        };
        // Every name that the code of the server writes.
        let sources = [
            include_str!("page/caveats.rs"),
            include_str!("page/embed.rs"),
            include_str!("page/explain/counted.rs"),
            include_str!("page/explain/mod.rs"),
            include_str!("page/explain/rules.rs"),
            include_str!("page/explain/speaker.rs"),
            include_str!("page/front.rs"),
            include_str!("page/length.rs"),
            include_str!("page/locale.rs"),
            include_str!("page/lost.rs"),
            include_str!("page/mod.rs"),
            include_str!("page/plan.rs"),
            include_str!("page/speech.rs"),
            include_str!("page/table.rs"),
        ];
        let named = |source: &'static str| {
            let after = |call: &'static str| source.split(call).skip(1);
            let calls = after("say(\"").chain(after("fill(\"")).chain(after("count(\""));
            calls.filter_map(|rest| rest.split('"').next())
        };
        let calls: Vec<&str> = sources.into_iter().flat_map(named).collect();
        assert!(calls.len() > 20, "{calls:?}");
        for language in LANGUAGES {
            let words = Words::of(language);
            assert_eq!(words.language, language);
            assert_ne!(words.name, language);
            for name in calls.iter().copied().chain(of_pages()) {
                assert!(words.has(name), "{language} has no {name}");
            }
        }
        assert_eq!(Words::of("xx").language, LANGUAGES[0]);
    }

    #[test]
    fn no_message_is_in_two_rooms() {
        for language in LANGUAGES {
            let room = |room: &str| messages(asset(&format!("words/{room}{language}.js")));
            let [all, plan] = ROOMS.map(room);
            assert!(all.len() > 500 && plan.len() > 100, "{} {}", all.len(), plan.len());
            let twice: Vec<&String> = plan.keys().filter(|name| all.contains_key(*name)).collect();
            assert!(twice.is_empty(), "{twice:?}");
        }
    }

    #[test]
    fn reasons_are_in_the_language_of_the_page() {
        let unmeasured = |language| Words::of(language).reason(&Error::Unmeasured);
        assert_ne!(unmeasured("de"), unmeasured("en"));
        let until = jiff::Timestamp::UNIX_EPOCH;
        for error in [Error::Estimate, Error::Unverified, Error::Embargoed { until }] {
            assert_ne!(Words::of("fr").reason(&error), error.to_string());
        }
        assert_eq!(Words::of("fr").reason(&Error::NoStructure), Error::NoStructure.to_string());
    }
}
