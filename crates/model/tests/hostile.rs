//! Arbitrary and hostile text: a plan or at least one fault, never a panic.
//!
//! Not here: which fault each plan has (`refusals.rs`).

#![cfg(test)]

use proptest::collection::vec;
use proptest::prelude::*;
use testkit::text::replace_only;
use tidegauge_model::{Amendment, Plan};

const BORDER: &str = include_str!("../../../testdata/crossings.toml");

/// Pieces of plans, sound and unsound.
const WORDS: [&str; 28] = [
    "[",
    "[[",
    "]",
    "]]\n",
    "]\n",
    "{",
    "}",
    ",",
    " = ",
    ".",
    "\n",
    "\"x\"",
    "1",
    "nan",
    "true",
    "\"\\u0001\"",
    "statement",
    "privacy",
    "life_cycle",
    "attribute",
    "code_list",
    "codes",
    "dataflow",
    "dimensions",
    "strategy",
    "id",
    "rho",
    "from",
];

/// Parses a plan, and checks the form of a refusal.
fn parse(text: &str) -> Option<Plan> {
    match Plan::parse(text) {
        Ok(plan) => Some(plan),
        Err(errors) => {
            let errors_given = errors.errors();
            assert!(!errors_given.is_empty(), "a refusal without a fault");
            let places: Vec<_> =
                errors_given.iter().map(|error| (error.line, error.column)).collect();
            assert!(places.is_sorted(), "{places:?}");
            let lines = text.matches('\n').count() + 1;
            assert!(
                places.iter().all(|&(line, column)| (1..=lines).contains(&line) && column >= 1)
            );
            let report = errors.report("plan.toml");
            assert_eq!(report.lines().count(), errors_given.len(), "{report}");
            assert!(report.lines().all(|line| line.starts_with("error[")), "{report}");
            assert!(!report.replace('\n', "").contains(char::is_control), "{report:?}");
            None
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_text_gives_a_plan_or_faults(text in any::<String>()) {
        parse(&text);
    }

    #[test]
    fn toml_like_text_gives_a_plan_or_faults(
        words in vec(0..WORDS.len(), 0..60)
    ) {
        parse(&words.into_iter().map(|word| WORDS[word]).collect::<String>());
    }

    #[test]
    fn a_refusal_is_never_silent(edits in vec((0..BORDER.len(), any::<u8>(), 0..3u8), 1..8)) {
        let mut bytes = BORDER.as_bytes().to_vec();
        for (at, byte, edit) in edits {
            let at = at % bytes.len();
            match edit {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte % 128),
                _ => drop(bytes.remove(at)),
            }
        }
        parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_plan_without_some_of_its_lines_is_refused_or_sound(
        dropped in vec(0..BORDER.lines().count(), 1..6)
    ) {
        let kept = BORDER.lines().enumerate().filter(|(number, _)| !dropped.contains(number));
        parse(&kept.map(|(_, line)| format!("{line}\n")).collect::<String>());
    }
}

#[test]
fn a_plan_without_one_of_its_tokens_is_refused_or_sound() {
    for (at, token) in BORDER.match_indices(['"', '=', '{', '}', '[', ']', ',', '\n']) {
        parse(&format!("{}{}", &BORDER[..at], &BORDER[at + token.len()..]));
    }
}

const VALUES: [&str; 11] =
    ["1", "-1", "1.5", "nan", "true", "\"\"", "\"\\u0000\\n\"", "[]", "{}", "[{}]", "2024-01-01"];

#[test]
fn every_value_can_be_of_another_type() {
    for (at, _) in BORDER.match_indices(" = ") {
        let (head, tail) = BORDER.split_at(at + 3);
        let end = tail.find(['\n', ',', '}']).expect("a line ends");
        for value in VALUES {
            parse(&format!("{head}{value}{}", &tail[end..]));
        }
    }
}

const AMENDMENT: &str = "from = \"2025-03-01\"\nnote = \"n\"\n\
    [[added]]\nlist = \"CL_BORDER_POINT\"\ngroup = \"G\"\ncode = \"A\"\nname = \"a\"\n\
    [[closed]]\nlist = \"CL_BORDER_POINT\"\ncode = \"LO_WU\"\n\
    [[renamed]]\nlist = \"CL_BORDER_POINT\"\ncode = \"AIRPORT\"\nname = \"x\"\n\
    [[break]]\ndataflow = \"BORDER_FLOW\"\nnote = \"b\"\n";

#[test]
fn any_amendment_is_read_or_refused() {
    let plan = Plan::parse(BORDER).expect("a plan");
    let read = |text: &str| match Amendment::parse(text) {
        // The plan may refuse it, but it must not panic.
        Ok(amendment) => plan.amended(&amendment).map_err(|error| error.to_string()).is_ok(),
        Err(errors) => {
            assert!(!errors.errors().is_empty() && errors.report("a").starts_with("error["));
            false
        }
    };
    assert!(Amendment::parse(AMENDMENT).is_ok());
    assert!(read(
        "from = \"2025-03-01\"\nnote = \"n\"\nbreak = [{ dataflow = \"BORDER_FLOW\", \
                  note = \"b\" }]"
    ));
    for (at, token) in AMENDMENT.match_indices(['"', '=', '[', ']', '\n', '-']) {
        read(&format!("{}{}", &AMENDMENT[..at], &AMENDMENT[at + token.len()..]));
    }
    for (at, _) in AMENDMENT.match_indices(" = ") {
        let (head, tail) = AMENDMENT.split_at(at + 3);
        let end = tail.find('\n').expect("a line ends");
        for value in VALUES {
            assert!(!read(&format!("{head}{value}{}", &tail[end..])), "{head}{value}");
        }
    }
    for text in
        ["", "from = \"9999-12-31\"\nnote = \"n\"", &"[".repeat(1 << 17), &"a".repeat(1 << 19)]
    {
        assert!(!read(text));
    }
}

#[test]
fn a_report_has_one_line_for_each_fault() {
    let key = "\"a\\nerror[x]: \\u0007\" = 1\n";
    assert!(parse(&format!("{key}{BORDER}")).is_none());
    let long = format!("\"{}\"", "x".repeat(100_000));
    for text in [
        replace_only(BORDER, "\"HK\"", &long),
        replace_only(BORDER, "\"HK\"", "\"\\n\\u001b[31m\\u202e\""),
        format!("{long} = 1\n{BORDER}"),
    ] {
        assert!(parse(&text).is_none());
        let report = Plan::parse(&text).expect_err("refused").report("plan.toml");
        assert!(report.len() < 1000 && !report.contains('\u{202e}'), "{report}");
    }
}

#[test]
fn depth_and_width_are_bounded() {
    const MANY: usize = 100_000;
    for text in [
        "[".repeat(MANY),
        format!("a = {}", "[".repeat(MANY)),
        format!("a = {}1{}", "{ a = ".repeat(MANY), " }".repeat(MANY)),
        format!("{}a = 1", "a.".repeat(MANY)),
        format!("[{}a]", "a.".repeat(MANY)),
        format!("attribute = [{}]", "1,".repeat(MANY)),
        "[[dataflow]]\n".repeat(MANY / 2),
        format!("statement = {{ {} }}", (0..MANY).map(|n| format!("k{n}=1,")).collect::<String>()),
        "a".repeat(MANY),
        "\"".repeat(MANY),
        "=\n".repeat(MANY),
    ] {
        assert!(parse(&text).is_none());
    }
}
