//! Which rooms of a crate use which others, read from its source files.
//!
//! A room is a module of a crate: a file, or a folder with all its files. It uses another room if
//! its code names that room in a path: `use crate::x::Y`, `super::x::y()`, or `x::y()` for a
//! module that it declares itself. A name that a module only passes on (`pub use`) belongs to the
//! room that defines it. Tests may name anything and are left out.
//!
//! Not here: the order in which the rooms of our crates stand (`checks/tests/floors.rs`).
//!
//! Invariants:
//! 1. A circle, a use of a higher room, a file without a room and a room without a file are found
//!    (`rooms::tests::a_circle_is_found_in_either_order`, `rooms::tests::a_stray_file_is_found`).
//! 2. Paths are found in imports of every form and inside of code
//!    (`rooms::tests::every_form_of_a_path_is_read`), and names are followed to their definitions
//!    (`rooms::tests::a_name_belongs_to_the_room_that_defines_it`).

use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// A source file of a crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path of its module, empty for `lib.rs` and `main.rs`.
    pub module: Vec<String>,
    /// Its text.
    pub text: String,
}

impl SourceFile {
    /// A file at this path inside of `src`, for instance `plan/parse.rs`.
    fn new(path: &str, text: String) -> Self {
        let path = path.strip_suffix(".rs").unwrap_or(path);
        let mut module: Vec<String> = path.split('/').map(str::to_owned).collect();
        if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
            module.pop();
        }
        Self { module, text }
    }

    /// The names of the modules that it declares, and whether each is only for tests.
    fn declared(&self) -> Vec<(String, bool)> {
        let mut declared = Vec::new();
        let mut is_test = false;
        for line in self.text.lines().map(str::trim) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let name = words.iter().position(|word| *word == "mod").and_then(|n| words.get(n + 1));
            match name.and_then(|name| name.strip_suffix(';')) {
                Some(name) if !line.starts_with("//") => declared.push((name.to_owned(), is_test)),
                _ => {}
            }
            is_test = line.starts_with("#[cfg(test)]") || is_test && line.starts_with("#[");
        }
        declared
    }

    /// The code without comments and tests.
    fn code(&self) -> String {
        let mut code = String::new();
        let mut lines = self.text.lines();
        while let Some(line) = lines.next() {
            if line.trim_start().starts_with("#[cfg(test)]") {
                skip_item(line.len() - line.trim_start().len(), &mut lines);
                continue;
            }
            code += line.split("//").next().unwrap_or(line);
            code.push('\n');
        }
        code
    }

    /// The paths that the code names.
    fn paths(&self) -> Vec<NamedPath> {
        let code = self.code();
        let tokens = tokens(&code);
        let children: Vec<String> = self.declared().into_iter().map(|(name, _)| name).collect();
        let mut paths = Vec::new();
        // The position at which the current `pub use` ends.
        let mut passed_on = 0;
        for (at, token) in tokens.iter().enumerate() {
            if *token == "use" && at > 0 && matches!(tokens[at - 1], "pub" | ")") {
                let length = tokens[at..].iter().position(|token| *token == ";");
                passed_on = at + length.unwrap_or(0);
            }
            let before = at.checked_sub(1).map(|previous| tokens[previous]);
            if tokens.get(at + 1) != Some(&"::") || matches!(before, Some("::" | "$" | ".")) {
                continue;
            }
            let (base, next) = match *token {
                "crate" => (Vec::new(), at + 2),
                "self" => (self.module.clone(), at + 2),
                "super" => {
                    let mut base = self.module.clone();
                    let mut next = at;
                    while tokens.get(next) == Some(&"super") && tokens.get(next + 1) == Some(&"::")
                    {
                        base.pop();
                        next += 2;
                    }
                    (base, next)
                }
                child if children.iter().any(|name| name == child) => (self.module.clone(), at),
                _ => continue,
            };
            let mut found = Vec::new();
            tree(&tokens, next, &base, &mut found);
            let named = |(path, name)| NamedPath { path, name, is_passed_on: at < passed_on };
            paths.extend(found.into_iter().map(named));
        }
        paths
    }
}

/// A path in the code of a module.
struct NamedPath {
    /// Modules and items, from the crate's root.
    path: Vec<String>,
    /// Its name in the module.
    name: String,
    /// Whether it is in a `pub use`.
    is_passed_on: bool,
}

/// The paths to which names that modules pass on lead, by module and name.
type PassedOn = HashMap<(Vec<String>, String), Vec<String>>;

/// Follows a path through the names that modules pass on. If a module and such a name are equal,
/// the module is meant.
fn followed(path: &[String], modules: &[&[String]], passed_on: &PassedOn) -> Vec<String> {
    let mut path = path.to_vec();
    // No name is passed on more often than a crate has floors.
    for _ in 0..8 {
        let is_module = |&length: &usize| modules.contains(&&path[..length]);
        let length = (0..=path.len()).rev().find(is_module).unwrap_or(0);
        let Some(name) = path.get(length) else { break };
        let Some(target) = passed_on.get(&(path[..length].to_vec(), name.clone())) else { break };
        path = [target.as_slice(), &path[length + 1..]].concat();
    }
    path
}

/// Skips the item after a `#[cfg(test)]` at this indent.
fn skip_item<'t>(indent: usize, lines: &mut impl Iterator<Item = &'t str>) {
    let end = format!("{}}}", " ".repeat(indent));
    let first = lines.by_ref().find(|line| !line.trim_start().starts_with("#["));
    if first.is_some_and(|line| !line.ends_with(';') && !line.ends_with('}')) {
        lines.find(|line| line.starts_with(&end) || line.ends_with(';') && line.starts_with("use"));
    }
}

/// Splits code into words, `::` and single characters.
fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

/// Adds the paths of a use tree that begins at a token, each with its name there; returns the token
/// after it.
fn tree(
    tokens: &[&str],
    at: usize,
    base: &[String],
    paths: &mut Vec<(Vec<String>, String)>,
) -> usize {
    let mut path = base.to_vec();
    let mut at = at;
    loop {
        match tokens.get(at) {
            Some(&"{") => {
                at += 1;
                while let Some(token) = tokens.get(at).filter(|token| **token != "}") {
                    let after = if *token == "," { at } else { tree(tokens, at, &path, paths) };
                    at = if after == at { at + 1 } else { after };
                }
                return at + 1;
            }
            Some(word) if word.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                path.push((*word).to_owned());
                at += 1;
                if tokens.get(at) != Some(&"::") {
                    break;
                }
                at += 1;
            }
            // A glob means the module itself.
            Some(&"*") => {
                at += 1;
                break;
            }
            _ => break,
        }
    }
    if path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let mut name = path.last().cloned().unwrap_or_default();
    if tokens.get(at) == Some(&"as") {
        name = tokens.get(at + 1).map_or(name, |name| (*name).to_owned());
        at += 2;
    }
    paths.push((path, name));
    at
}

/// The source files of a crate, without its tests and the programs beside it.
pub fn source_files(src: &Path) -> Vec<SourceFile> {
    let mut found = Vec::new();
    let mut directories = vec![src.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && let Ok(inside) = path.strip_prefix(src)
                && let Ok(text) = fs::read_to_string(&path)
            {
                found.push(SourceFile::new(&inside.display().to_string(), text));
            }
        }
    }
    without_tests(found)
}

fn without_tests(files: Vec<SourceFile>) -> Vec<SourceFile> {
    let mut tests: Vec<Vec<String>> = Vec::new();
    for file in &files {
        for (name, _) in file.declared().into_iter().filter(|(_, is_test)| *is_test) {
            tests.push([file.module.as_slice(), &[name]].concat());
        }
    }
    // A program beside the library uses it as any other crate does.
    let is_program = |file: &SourceFile| file.module.first().is_some_and(|first| first == "bin");
    let is_test = |file: &SourceFile| tests.iter().any(|test| file.module.starts_with(test));
    let is_room = |file: &SourceFile| !is_program(file) && !is_test(file);
    let mut files: Vec<SourceFile> = files.into_iter().filter(is_room).collect();
    files.sort_by(|a, b| a.module.cmp(&b.module));
    files
}

/// The position of the room to which a path leads: the longest room with which it begins.
fn room_of(rooms: &[&str], path: &[String]) -> Option<usize> {
    let leads = |room: &&str| {
        let parts: Vec<&str> = room.split("::").collect();
        path.len() >= parts.len() && path.iter().zip(&parts).all(|(a, b)| a == b)
    };
    let mut known = rooms.iter().enumerate().filter(|(_, room)| leads(room));
    let first = known.next()?;
    Some(known.fold(first, |best, next| if next.1.len() > best.1.len() { next } else { best }).0)
}

/// Every violation of the order of the rooms, which are listed from bottom to top: a room may use
/// only rooms before it. The root of the crate is above all.
pub fn faults(files: &[SourceFile], rooms: &[&str]) -> Vec<String> {
    let root = rooms.len();
    let name = |position: usize| rooms.get(position).copied().unwrap_or("the crate's root");
    let mut faults = Vec::new();
    let mut filled = vec![false; rooms.len()];
    let modules: Vec<&[String]> = files.iter().map(|file| file.module.as_slice()).collect();
    let mut passed_on = PassedOn::new();
    for file in files {
        for named in file.paths().into_iter().filter(|named| named.is_passed_on) {
            passed_on.insert((file.module.clone(), named.name), named.path);
        }
    }
    for file in files.iter().filter(|file| !file.module.is_empty()) {
        let Some(own) = room_of(rooms, &file.module) else {
            faults.push(format!("{} is in no room: add it to the list", file.module.join("::")));
            continue;
        };
        filled[own] = true;
        for named in file.paths() {
            let path = followed(&named.path, &modules, &passed_on);
            let used = room_of(rooms, &path).unwrap_or(root);
            if used > own {
                let (own, used, path) = (name(own), name(used), path.join("::"));
                faults.push(format!("{own} uses {used}, which stands above it: {path}"));
            }
        }
    }
    let empty = rooms.iter().zip(filled).filter(|(_, filled)| !filled);
    faults.extend(empty.map(|(room, _)| format!("{room} is gone: take it off the list")));
    faults.dedup();
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile::new(path, text.to_owned())
    }

    fn paths(text: &str) -> Vec<String> {
        let named = file("a/b.rs", text).paths();
        named.into_iter().map(|named| named.path.join("::")).collect()
    }

    #[test]
    fn a_circle_is_found_in_either_order() {
        let files = [file("egg.rs", "use crate::hen::Hen;\n"), file("hen.rs", "use super::egg;\n")];
        assert_eq!(
            faults(&files, &["egg", "hen"]),
            ["egg uses hen, which stands above it: hen::Hen"]
        );
        assert_eq!(faults(&files, &["hen", "egg"]), ["hen uses egg, which stands above it: egg"]);
        let files = [file("egg.rs", "struct Egg;\n"), file("hen.rs", "use super::egg;\n")];
        assert_eq!(faults(&files, &["egg", "hen"]), [""; 0]);
    }

    #[test]
    fn a_stray_file_is_found() {
        let files =
            [file("lib.rs", "mod a;\npub use a::A;\n"), file("a/mod.rs", ""), file("b.rs", "")];
        assert_eq!(
            faults(&files, &["a", "c"]),
            ["b is in no room: add it to the list", "c is gone: take it off the list"]
        );
        assert_eq!(faults(&files, &["a", "b"]), [""; 0]);
        let rooted = [file("a.rs", "use crate::A;\n")];
        assert_eq!(faults(&rooted, &["a"]), ["a uses the crate's root, which stands above it: A"]);
    }

    #[test]
    fn a_room_can_stand_apart_from_its_folder() {
        let files = [
            file("a.rs", "mod b;\nmod c;\npub use b::B;\n"),
            file("a/b.rs", ""),
            file("a/c.rs", ""),
        ];
        assert_eq!(faults(&files, &["a::b", "a::c", "a"]), [""; 0]);
        assert_eq!(faults(&files, &["a"]), [""; 0]);
        assert_eq!(faults(&files, &["a", "a::b"]), ["a uses a::b, which stands above it: a::b::B"]);
    }

    #[test]
    fn every_form_of_a_path_is_read() {
        assert_eq!(paths("use crate::{x, y::{self, Z as W}, z::*};"), ["x", "y", "y::Z", "z"]);
        assert_eq!(paths("use crate::{\n    x::X,\n    y::Y,\n};\n"), ["x::X", "y::Y"]);
        assert_eq!(paths("pub(super) use super::super::x::f;"), ["x::f"]);
        assert_eq!(
            paths("fn f() -> crate::x::X { super::y::g(self::Z::new()) }"),
            ["x::X", "a::y::g", "a::b::Z::new"]
        );
        assert_eq!(
            paths("mod d;\nuse d::D;\nfn f() { d::g(h::d::e) }"),
            ["a::b::d::D", "a::b::d::g"]
        );
        assert_eq!(
            paths("/// [`crate::x::X`]\n// crate::y\nfn f() {} // super::z::g()\n"),
            [""; 0]
        );
        assert_eq!(paths("macro_rules! m { () => { $crate::x::f() } }\n"), [""; 0]);
    }

    #[test]
    fn a_name_belongs_to_the_room_that_defines_it() {
        let files = [
            file("lib.rs", "pub mod a;\nmod c;\npub use a::{B, a};\npub type R = u8;\n"),
            file("a.rs", "mod b;\npub(crate) use b::{B, D as E};\n"),
            file("a/b.rs", "pub struct B;\npub struct D;\n"),
            file("a/d.rs", "use super::E;\nuse crate::B;\n"),
            file("c.rs", "use crate::R;\nuse crate::a::b::B;\n"),
        ];
        assert_eq!(
            faults(&files, &["a::b", "a::d", "a", "c"]),
            ["c uses the crate's root, which stands above it: R"]
        );
        assert_eq!(
            faults(&files[..4], &["a::d", "a::b", "a"]),
            [
                "a::d uses a::b, which stands above it: a::b::D",
                "a::d uses a::b, which stands above it: a::b::B"
            ]
        );
    }

    #[test]
    fn tests_may_use_everything() {
        let text = "struct A;\n\n#[cfg(test)]\nmod tests {\n    use crate::z;\n}\n\n\
                    #[cfg(test)]\nuse crate::y::Y;\nuse crate::x::X;\n";
        assert_eq!(paths(text), ["x::X"]);
        let files = vec![
            file("a.rs", "#[cfg(test)]\npub(crate) mod tests;\nmod b;\n"),
            file("a/tests.rs", ""),
            file("a/tests/sample.rs", ""),
            file("a/b.rs", ""),
        ];
        let modules = without_tests(files).into_iter().map(|file| file.module.join("::"));
        assert_eq!(modules.collect::<Vec<_>>(), ["a", "a::b"]);
    }
}
