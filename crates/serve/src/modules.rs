//! Which scripts a page needs before it can begin, so that a browser fetches them all at once
//! instead of finding them one import after the other.
//!
//! Not here: scripts that are loaded where a view needs them (`import(...)`).
//!
//! Invariants:
//! 1. Every script that a page imports is named once, and nothing else
//!    (`modules::tests::a_page_names_all_that_it_imports`).
//! 2. A script is sent without its comments and otherwise as it is
//!    (`modules::tests::only_comments_are_left_out`).

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

/// A script without the lines that are only comments or empty. What it says to its authors is a
/// third of its bytes.
pub(crate) fn without_comments(text: &str) -> String {
    let mut is_inside = false;
    let is_code = |line: &&str| {
        let line = line.trim();
        let (was_inside, end) = (is_inside, line.find("*/"));
        is_inside = end.is_none() && (was_inside || line.starts_with("/*"));
        let is_block = was_inside || line.starts_with("/*");
        // A type may stand before code in a line.
        let is_comment = is_block && end.is_none_or(|end| end + 2 == line.len());
        !is_comment && !line.starts_with("//") && !line.is_empty()
    };
    text.lines().filter(is_code).flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::ASSETS;

    #[test]
    fn only_comments_are_left_out() {
        let text = "// a\n\nlet b = 1; // c\n/** d */\n  /*\n   * e\n   */\n  f(\"// g\");\n\
                    /** @type {H} */ (i());\n";
        let sent = "let b = 1; // c\n  f(\"// g\");\n/** @type {H} */ (i());\n";
        assert_eq!(without_comments(text), sent);
        let scripts = ASSETS.iter().filter(|asset| asset.is_ours());
        for asset in scripts {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            let sent = without_comments(text);
            // A template may have lines that look like comments: none has.
            let templates = |text: &str| text.matches('`').count();
            let left_out = text.lines().filter(|line| !sent.contains(line)).collect::<Vec<_>>();
            let in_comments = left_out.iter().map(|line| templates(line)).sum::<usize>();
            assert_eq!(templates(&sent) % 2, 0, "{}", asset.name);
            assert_eq!(in_comments % 2, 0, "{}", asset.name);
            assert!(sent.len() > text.len() / 3, "{}", asset.name);
        }
    }

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
