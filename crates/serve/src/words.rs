//! The messages of the pages, read from the files that their scripts import, so that the server and
//! the scripts say the same.
//!
//! Not here: the messages themselves (`web/words/`), numbers and dates ([`crate::page`]).
//!
//! Invariants:
//! 1. Every language has every message of the first, and each that the server needs
//!    (`words::tests::every_language_has_the_messages_of_the_server`).
//!
//! Format: `export default {`, then `"name": "text" + "more text",` with the strings of JSON.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::assets::{ASSETS, LANGUAGES};

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
            let messages = messages(asset(&format!("words/{language}.js")));
            let names = asset("words.js").split_once("LANGUAGES = {").map_or("", |(_, rest)| rest);
            let own = names.split_once(&format!("{language}: ")).map_or("", |(_, rest)| rest);
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
        self.messages.contains_key(name)
    }

    /// The message of this name; the name itself if there is none, which a test rules out.
    pub(crate) fn say<'w>(&'w self, name: &'w str) -> &'w str {
        self.messages.get(name).map_or(name, String::as_str)
    }

    /// The message of this name with its `{places}` filled.
    pub(crate) fn fill(&self, name: &str, places: &[(&str, &str)]) -> String {
        let (mut filled, mut rest) = (String::new(), self.say(name));
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((place, after)) = after.split_once('}') else { break };
            let text = places.iter().find(|(known, _)| *known == place);
            filled.push_str(text.map_or("", |(_, text)| text));
            rest = after;
        }
        filled + rest
    }
}

/// The text of a file that the pages load.
fn asset(name: &str) -> &'static str {
    let file = ASSETS.iter().find(|asset| asset.name == name);
    file.and_then(|file| std::str::from_utf8(file.bytes).ok()).unwrap_or_default()
}

/// The messages of a file; what is not a name with a text is passed over.
fn messages(source: &str) -> HashMap<String, String> {
    let mut rest = source.split_once("export default {").map_or("", |(_, rest)| rest);
    let mut all = HashMap::new();
    loop {
        rest = rest.trim_start_matches([' ', '\n', '\r', ',']);
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
            continue;
        }
        let Some((name, after)) = string(rest) else { break };
        let Some(mut after) = after.trim_start().strip_prefix(':').map(str::trim_start) else {
            break;
        };
        let mut text = String::new();
        while let Some((part, following)) = string(after) {
            text.push_str(&part);
            after = following.trim_start();
            let Some(following) = after.strip_prefix('+') else { break };
            after = following.trim_start();
        }
        // The forms of a message by number are for scripts only.
        if let Some(nested) = after.strip_prefix('{') {
            after = nested.split_once('}').map_or("", |(_, rest)| rest);
        } else {
            all.insert(name, text);
        }
        rest = after;
    }
    all
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
            "  \"forms\": { \"one\": \"x\", \"other\": \"y\" },",
            "  \"b-1\": \"{n} of {all}{none}\",\n};\n",
        ]
        .join("\n");
        let words = Words { language: "en", name: "".into(), messages: messages(&source) };
        assert_eq!(words.say("a"), "one \u{202f}\"two\", three");
        assert_eq!(words.fill("b-1", &[("all", "9"), ("n", "{all}")]), "{all} of 9");
        assert!(!words.has("forms") && words.messages.len() == 2);
    }

    #[test]
    fn every_language_has_the_messages_of_the_server() {
        let first = &Words::of(LANGUAGES[0]).messages;
        assert!(first.len() > 200, "{}", first.len());
        // Every name that the code of the server writes.
        let sources = [
            include_str!("page/front.rs"),
            include_str!("page/locale.rs"),
            include_str!("page/mod.rs"),
            include_str!("page/speech.rs"),
            include_str!("page/table.rs"),
        ];
        let named = |source: &'static str| {
            let after = |call: &'static str| source.split(call).skip(1);
            after("say(\"").chain(after("fill(\"")).filter_map(|rest| rest.split('"').next())
        };
        let calls: Vec<&str> = sources.into_iter().flat_map(named).collect();
        assert!(calls.len() > 20, "{calls:?}");
        for language in LANGUAGES {
            let words = Words::of(language);
            assert_eq!(words.language, language);
            assert_ne!(words.name, language);
            for name in first.keys().map(String::as_str).chain(calls.iter().copied()) {
                assert!(words.has(name), "{language} has no {name}");
            }
        }
        assert_eq!(Words::of("xx").language, LANGUAGES[0]);
    }
}
