//! Which scripts a page needs before it can begin, so that a browser fetches them all at once
//! instead of finding them one import after the other.
//!
//! Not here: scripts that are loaded where a view needs them (`import(...)`).
//!
//! Invariants:
//! 1. Every script that a page imports is named once, and nothing else
//!    (`modules::tests::a_page_names_all_that_it_imports`).

use std::collections::BTreeSet;

/// Links to every script that the script `entry` imports, directly or not, and to the words of
/// the language; `source` gives the text of a script.
pub(crate) fn links(entry: &str, language: &str, source: impl Fn(&str) -> String) -> String {
    let mut found = BTreeSet::from([entry.to_owned()]);
    let mut unread = vec![entry.to_owned()];
    while let Some(name) = unread.pop() {
        for imported in imports(&source(&name)) {
            if found.insert(imported.to_owned()) {
                unread.push(imported.to_owned());
            }
        }
    }
    found.remove(entry);
    found.insert(format!("words/{language}.js"));
    let link = |name| format!("<link rel=\"modulepreload\" href=\"assets/{name}\">\n");
    found.into_iter().map(link).collect()
}

/// The scripts that stand after `from` in the imports at the beginning of a script.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    let after = text.split(" from \"./").skip(1).filter_map(|rest| rest.split_once('"'));
    // Comments that name types end otherwise.
    after.filter(|(_, end)| end.starts_with(';')).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_all_that_it_imports() {
        let source = |name: &str| {
            let text = match name {
                "page.js" => "import { a } from \"./a.js\";\nimport { b }\n  from \"./b.js\";\n",
                "a.js" => {
                    "import { b } from \"./b.js\";\n/** @import { T } from \"./types\" */\n\
                     const c = () => import(\"./c.js\");\n"
                }
                "b.js" => "import { a } from \"./a.js\";\n",
                _ => "",
            };
            text.to_owned()
        };
        let link = |name| format!("<link rel=\"modulepreload\" href=\"assets/{name}\">\n");
        let named = ["a.js", "b.js", "words/de.js"].map(link).concat();
        assert_eq!(links("page.js", "de", source), named);
    }
}
