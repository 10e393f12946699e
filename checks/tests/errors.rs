//! The table of error codes against the sources: every code that they use is in it and the other
//! way round, with its exit codes; the examples are worded as the sources word them; the page of
//! the book is written from it.
//!
//! Not here: the table (`checks/src/errors`).
//!
//! Invariants:
//! 1. A code that is made in a new way fails here: each call that takes a code gives it as a text,
//!    or passes on one that another call gives (`the_table_has_the_codes_that_the_sources_use`).
//! 2. An error of every code says what to do, after a semicolon (`every_error_says_what_to_do`).

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use checks::errors::{
    AGENT, COMMANDS, ErrorCode, FIGURES, INTAKE, LEDGER, PARTS, PLANS, Part, ROWS, WARNINGS,
    reference,
};
use checks::tree::{self, without_tests};
use regex::Regex;
use testkit::reference::keep_equal;

/// The types whose method `code` gives codes, and their part.
const TYPES: &[(&str, &str, Part)] = &[
    ("crates/agent/src/fault.rs", "Fault", AGENT),
    ("crates/collect/src/error.rs", "Error", COMMANDS),
    ("crates/collect/src/error.rs", "InputFault", ROWS),
    ("crates/delivery/src/fault.rs", "DeliveryFault", INTAKE),
    ("crates/figures/src/error.rs", "Error", FIGURES),
    ("crates/ledger/src/error.rs", "LedgerRule", LEDGER),
    ("crates/ledger/src/format.rs", "OtherFormat", COMMANDS),
    ("crates/model/src/amendment.rs", "AmendError", PLANS),
    ("crates/model/src/plan/parse/fault.rs", "PlanFault", PLANS),
    ("crates/serve/src/refusal.rs", "Refusal", FIGURES),
    ("crates/simulate/src/error.rs", "Error", COMMANDS),
    ("crates/tlog/src/error.rs", "Error", LEDGER),
    ("crates/tlog/src/error.rs", "LogRule", LEDGER),
];

/// Methods `code` that give something else than an error's code.
const OTHER_CODES: &[&str] =
    &["crates/figures/src/query/indicator.rs", "crates/model/src/observation.rs"];

/// Codes whose example a library words.
const WORDED_ELSEWHERE: &[&str] = &["toml-syntax"];

/// Names of the exit codes and statuses that calls give.
const NUMBERS: &[(&str, u16)] = &[
    ("BAD_INPUT", 2),
    ("REFUSED", 3),
    ("CORRUPT", 4),
    ("BUSY", 6),
    ("DISK_FULL", 7),
    ("OUTPUT", 8),
    ("SYSTEM", 9),
    ("BAD_REQUEST", 400),
    ("UNAUTHORISED", 401),
    ("FORBIDDEN", 403),
    ("NOT_FOUND", 404),
    ("METHOD_NOT_ALLOWED", 405),
    ("REQUEST_TIMEOUT", 408),
    ("CONFLICT", 409),
    ("LENGTH_REQUIRED", 411),
    ("TOO_LARGE", 413),
    ("UNSUPPORTED", 415),
    ("BAD_ROWS", 422),
    ("TOO_MANY_REQUESTS", 429),
    ("INTERNAL_ERROR", 500),
    ("UNAVAILABLE", 503),
];

/// The source files of the programs, without their tests and comments, by path.
fn sources() -> Vec<(String, String)> {
    let is_of_program = |(name, _): &(String, String)| {
        let is_test = name.contains("/tests") || name.starts_with("crates/testkit/");
        name.contains("/src/") && !is_test
    };
    let code = |(name, text): (String, String)| {
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        let lines: Vec<&str> = without_tests(&text).lines().filter(is_code).collect();
        (name, lines.join("\n"))
    };
    let all = tree::sources(&["crates"]).expect("the crates");
    all.into_iter().filter(is_of_program).map(code).collect()
}

/// A code that the sources use.
struct Used {
    file: String,
    part: &'static str,
    code: String,
    /// The exit code or status, if it is given beside the code.
    answer: Option<u16>,
}

/// The codes that the methods `code` of errors give.
fn codes_of_types(sources: &[(String, String)]) -> Vec<Used> {
    let method = Regex::new(r"fn code\(&?self\) -> &(?:'static )?str \{").expect("a pattern");
    let text = Regex::new("=> (?:return )?\"([a-z0-9-]+)\"").expect("a pattern");
    let types = Regex::new(r"(?m)^impl (\w+) \{").expect("a pattern");
    let mut used = Vec::new();
    for (file, source) in sources.iter().filter(|(file, _)| !OTHER_CODES.contains(&&**file)) {
        for found in method.find_iter(source) {
            let before = types.captures_iter(&source[..found.start()]).last();
            let name = before.map(|found| found[1].to_owned()).unwrap_or_default();
            let body = source[found.end()..].split("\n    }").next().unwrap_or_default();
            let given: Vec<String> =
                text.captures_iter(body).map(|found| found[1].to_owned()).collect();
            if given.is_empty() {
                continue;
            }
            let known = TYPES.iter().find(|(path, known, _)| path == file && *known == name);
            let (.., part) = known.unwrap_or_else(|| panic!("{file}: {name} is not in TYPES"));
            used.extend(given.into_iter().map(|code| Used {
                file: file.clone(),
                part: part.title,
                code,
                answer: None,
            }));
        }
    }
    used
}

/// The part of the codes that calls of this kind give in this file.
fn part_of_call(file: &str, call: &str) -> &'static str {
    match call {
        "Problem::new" | "Problem::later" | "forbidden" => INTAKE.title,
        _ if file.starts_with("crates/agent/") => AGENT.title,
        _ => COMMANDS.title,
    }
}

/// The number that a call gives beside the code: a literal, or the last part of a constant's name.
fn number(given: &str) -> Option<u16> {
    let name = given.rsplit("::").next().unwrap_or(given);
    let constant = || NUMBERS.iter().find(|(known, _)| *known == name).map(|(_, number)| *number);
    given.parse().ok().or_else(constant)
}

/// The codes that calls give.
fn codes_of_calls(sources: &[(String, String)]) -> Vec<Used> {
    // A number first, then the code; or the code alone.
    let numbered = Regex::new(
        r"(?sx)[^:\w] ((?:Failure|Error|Refusal|Problem)::(?:new|later)|Self::new) \(
          \s* ([\w:]+), \s* ([^,()]+)",
    )
    .expect("a pattern");
    let alone = Regex::new(
        r"(?s)\b(Error::input|Self::input|of_file|fault|refused|forbidden)\(\s*([^&,()][^,()]*),",
    )
    .expect("a pattern");
    let constant = Regex::new("const ([A-Z_]+): &str = \"([a-z0-9-]+)\"").expect("a pattern");
    let mut used = Vec::new();
    for (file, source) in sources {
        let in_programs = ["agent", "receive", "tidegauge"]
            .iter()
            .any(|name| file.starts_with(&format!("crates/{name}/")));
        if !in_programs {
            continue;
        }
        let constants: BTreeMap<&str, &str> = constant
            .captures_iter(source)
            .map(|found| (found.get(1).unwrap().as_str(), found.get(2).unwrap().as_str()))
            .collect();
        let mut note = |call: &str, given: &str, answer: Option<u16>| {
            let given = given.trim();
            let code = match given.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
                Some(code) => code,
                None if constants.contains_key(given) => constants[given],
                None => return passes_on(file, call, given),
            };
            let (file, part) = (file.clone(), part_of_call(file, call));
            used.push(Used { file, part, code: code.to_owned(), answer });
        };
        for found in numbered.captures_iter(source) {
            let is_passed_on = ["exit", "status"].contains(&&found[2]);
            let answer = number(&found[2]);
            assert!(answer.is_some() || is_passed_on, "{file}: {} is not in NUMBERS", &found[2]);
            note(&found[1], &found[3], answer);
        }
        for found in alone.captures_iter(source) {
            let answer = match &found[1] {
                "Error::input" | "Self::input" | "of_file" | "fault" => Some(2),
                "forbidden" => Some(403),
                _ => None,
            };
            note(&found[1], &found[2], answer);
        }
    }
    used
}

/// A call without a literal passes a code on that another call or a type gives: it says so by the
/// name of what it passes.
fn passes_on(file: &str, call: &str, given: &str) {
    // A function that takes a whole problem gives its code.
    let is_named =
        given.split([':', '.', ' ', '&']).any(|word| ["code", "problem"].contains(&word));
    assert!(is_named, "{file}: {call} gives {given}: a code must be a text, or be named `code`");
}

/// The codes in the texts of messages, and those of warnings of plans.
fn codes_of_texts(sources: &[(String, String)]) -> Vec<Used> {
    let text = Regex::new(r#"\b(error|warning)\[([a-z0-9-]+)\]"#).expect("a pattern");
    let warning = Regex::new("PlanWarning \\{\\s*code: \"([a-z0-9-]+)\"").expect("a pattern");
    let mut used = Vec::new();
    for (file, source) in sources {
        let mut note = |part: Part, code: &str| {
            let (file, code) = (file.clone(), code.to_owned());
            used.push(Used { file, part: part.title, code, answer: None });
        };
        for found in text.captures_iter(source) {
            let part = match &found[1] {
                "warning" => WARNINGS,
                _ if file.starts_with("crates/agent/") => AGENT,
                _ if file.starts_with("crates/appraise/") => LEDGER,
                _ => COMMANDS,
            };
            note(part, &found[2]);
        }
        for found in warning.captures_iter(source) {
            note(WARNINGS, &found[1]);
        }
    }
    used
}

#[test]
fn the_table_has_the_codes_that_the_sources_use() {
    let sources = sources();
    let mut used = codes_of_types(&sources);
    used.extend(codes_of_calls(&sources));
    used.extend(codes_of_texts(&sources));
    assert!(used.len() > 300, "only {} uses of codes are found", used.len());
    let mut faults = Vec::new();
    for Part { title, codes, .. } in PARTS {
        let in_table: BTreeSet<&str> = codes.iter().map(|code| code.code).collect();
        let of_part: Vec<&Used> = used.iter().filter(|used| used.part == title).collect();
        for Used { file, code, answer, .. } in &of_part {
            let found = codes.iter().find(|known| known.code == *code);
            let Some(found) = found else {
                faults.push(format!("{file}: {code} is not in the table of `{title}`"));
                continue;
            };
            if let Some(answer) = answer.filter(|answer| !found.answers.contains(answer)) {
                faults.push(format!("{file}: {code} has {answer}, the table has not: `{title}`"));
            }
        }
        let in_sources: BTreeSet<&str> = of_part.iter().map(|used| &*used.code).collect();
        faults.extend(
            in_table.difference(&in_sources).map(|code| format!("{code} is unused: `{title}`")),
        );
        assert_eq!(in_table.len(), codes.len(), "{title}: a code is in the table twice");
        assert!(codes.is_sorted_by_key(|code| code.code), "{title}: in the alphabet's order");
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The texts of the sources as patterns: a place for a value takes anything.
fn messages(sources: &[(String, String)]) -> Vec<Regex> {
    let literal = Regex::new(r#"(?s)"((?:[^"\\]|\\.)*)""#).expect("a pattern");
    let joined = Regex::new(r"\\\n\s*").expect("a pattern");
    let place = Regex::new(r"\\\{[^{}]*\\\}").expect("a pattern");
    let mut patterns = BTreeSet::new();
    for (_, source) in sources {
        let source = source.replace("'\"'", "");
        for found in literal.captures_iter(&source) {
            let text = joined.replace_all(&found[1], "").replace("\\\"", "\"");
            let text = text.trim_end_matches("\\n");
            let words: String = text.split(['{', '}']).step_by(2).collect();
            let words = words.replace("error[", "");
            let letters = words.chars().filter(|c| c.is_alphabetic()).count();
            let needed = if text.ends_with('}') { LETTERS_OPEN } else { LETTERS_MIN };
            if letters < needed {
                continue;
            }
            // The next step may follow from the kind of the error.
            let end = if letters < LETTERS_MANY { "(?:; .*)?$" } else { "" };
            let escaped = regex::escape(text);
            patterns.insert(format!("{}{end}", place.replace_all(&escaped, ".*")));
        }
    }
    patterns.iter().map(|pattern| Regex::new(pattern).expect("a pattern")).collect()
}

/// The fewest letters of a text, without its values, that make it the text of a message.
const LETTERS_MIN: usize = 6;
/// The fewest where a value ends the text.
const LETTERS_OPEN: usize = 10;
/// As many letters make it so wherever they are; fewer must end the message.
const LETTERS_MANY: usize = 20;

#[test]
fn every_example_is_worded_as_in_the_sources() {
    let messages = messages(&sources());
    assert!(messages.len() > 1000, "only {} texts are found", messages.len());
    let is_worded = |text: &str| messages.iter().any(|message| message.is_match(text));
    let mut faults = Vec::new();
    for Part { title, codes, .. } in PARTS {
        for ErrorCode { code, example, .. } in codes {
            let word = if title == WARNINGS.title { "warning" } else { "error" };
            let has_code = example.starts_with(&format!("{word}[{code}]: "));
            if [FIGURES.title, INTAKE.title].contains(&title) == has_code {
                faults.push(format!("{title}: {code}: the example has another form"));
            }
            if !is_worded(example) && !WORDED_ELSEWHERE.contains(code) {
                faults.push(format!("{title}: {code}: no program words it so: {example}"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(!is_worded("error[x]: place: field: there was a problem of some kind"));
}

#[test]
fn every_code_has_a_cause_and_a_next_step() {
    for Part { title, codes, .. } in PARTS {
        for ErrorCode { code, answers, cause, remedy, .. } in codes {
            for text in [cause, remedy] {
                let is_sentence =
                    text.ends_with('.') && text.starts_with(|c: char| !c.is_lowercase());
                assert!(is_sentence && text.len() > 6, "{title}: {code}: {text}");
            }
            assert_eq!(answers.is_empty(), title == WARNINGS.title, "{title}: {code}");
        }
    }
}

/// The first words of a next step, by which its text is found in the sources.
const STEP_WORDS: usize = 2;

/// The first words of every text that can be a next step: those after a semicolon, and those that
/// begin a text of their own.
fn steps(sources: &[(String, String)]) -> BTreeSet<String> {
    let literal = Regex::new(r#"(?s)"((?:[^"\\]|\\.)*)""#).expect("a pattern");
    let joined = Regex::new(r"\\\n\s*").expect("a pattern");
    let mut steps = BTreeSet::new();
    for (_, source) in sources {
        let source = source.replace("'\"'", "");
        for found in literal.captures_iter(&source) {
            let text = joined.replace_all(&found[1], "").into_owned();
            steps.extend(text.split("; ").map(first_words));
        }
    }
    steps
}

fn first_words(text: &str) -> String {
    text.split_whitespace().take(STEP_WORDS).collect::<Vec<_>>().join(" ")
}

/// A warning leaves the work done, so it needs no next step.
#[test]
fn every_error_says_what_to_do() {
    let steps = steps(&sources());
    let mut faults = Vec::new();
    for Part { title, codes, .. } in PARTS {
        for ErrorCode { code, example, .. } in codes.iter().filter(|_| title != WARNINGS.title) {
            // A step may begin with a value, such as the names that there are.
            let step = example.split_once("; ").map(|(_, step)| first_words(step));
            if step.is_none_or(|step| !steps.contains(&step)) {
                faults.push(format!("{title}: {code}: {example}"));
            }
        }
    }
    assert!(faults.is_empty(), "a rule, a semicolon and a next step:\n{}", faults.join("\n"));
}

#[test]
fn the_page_is_written_from_the_table() {
    keep_equal(&tree::root().join("docs/src/reference/errors.md"), &reference());
}
