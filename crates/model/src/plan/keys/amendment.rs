//! The keys of an amendment.
//!
//! Not here: the rules (`plan::parse::amendment`, `plan::amend`).

use super::Need::{Always, Otherwise, When};
use super::value::{CODE, DATE, TEXT, limited, plain};
use super::{Key, KeyTable};
use crate::plan::limits::{ALSO_MAX, ENTRIES_MAX};
use crate::source::SOURCES_MAX;

const fn entries(name: &'static str, means: &'static str, example: &'static str) -> Key {
    let value = limited("a list of tables", || format!("at most {ENTRIES_MAX}"));
    Key::new(name, value, Otherwise("none"), means, example)
}

/// The file of an amendment.
pub static AMENDMENT: KeyTable = KeyTable {
    title: "The file of an amendment",
    paths: &[""],
    written: "The top level of the file",
    about: "An amendment changes a plan that runs, from a day on. `plan amend` puts it in force.",
    forms: "",
    keys: &[
        Key::new(
            "from",
            limited(DATE.kind, || "the first day of a step that is not released".to_owned()),
            Always,
            "The first day from which it holds.",
            r#"from = "2027-01-01""#,
        ),
        Key::new(
            "language",
            limited("a language tag of BCP 47", || "that of the plan".to_owned()),
            Otherwise("`en`"),
            "The language of every text that does not name one.",
            r#"language = "de""#,
        ),
        Key::new(
            "note",
            TEXT,
            Always,
            "The reason, for readers.",
            r#"note = "The point at Huanggang opens.""#,
        ),
        entries("added", "A code that takes a reserved place.", "[[added]]"),
        entries("closed", "A code that closes.", "[[closed]]"),
        entries("renamed", "A code that gets another name, or other codes.", "[[renamed]]"),
        entries(
            "break",
            "A dataflow whose figures rest on another basis from now on.",
            "[[break]]",
        ),
        Key::new(
            "source",
            limited("a list of tables", || format!("at most {SOURCES_MAX}")),
            Otherwise("none"),
            "A new source, or what holds from now on for the one with that `id`.",
            "[[source]]",
        ),
    ],
};

const LIST: Key = Key::new(
    "list",
    plain("the `id` of a code list"),
    Always,
    "The list of the code.",
    r#"list = "CL_BORDER_POINT""#,
);

/// `[[added]]`.
pub static ADDED: KeyTable = KeyTable {
    title: "Added codes",
    paths: &["added"],
    written: "`[[added]]`",
    about: "A code that takes the next reserved place of its list, or of its group in the list.",
    forms: "",
    keys: &[
        LIST,
        Key::new(
            "group",
            plain("the `id` of a group of the list"),
            When("if the list has groups"),
            "The group of the code.",
            r#"group = "LAND""#,
        ),
        Key::new("code", CODE, Always, "The new code.", r#"code = "HUANGGANG""#),
        Key::new("name", TEXT, Always, "Its name.", r#"name = "Huanggang""#),
    ],
};

/// `[[closed]]`.
pub static CLOSED: KeyTable = KeyTable {
    title: "Closed codes",
    paths: &["closed"],
    written: "`[[closed]]`",
    about: "A code that closes. Its last day is the day before the amendment holds.",
    forms: "",
    keys: &[LIST, Key::new("code", CODE, Always, "The code.", r#"code = "LO_WU""#)],
};

/// `[[renamed]]`.
pub static RENAMED: KeyTable = KeyTable {
    title: "Renamed codes",
    paths: &["renamed"],
    written: "`[[renamed]]`",
    about: "A code that gets another name, or other codes under which events may name it.",
    forms: "",
    keys: &[
        LIST,
        Key::new("code", CODE, Always, "The code, which stays.", r#"code = "AIRPORT""#),
        Key::new(
            "name",
            TEXT,
            Always,
            "Its new name. The old one is kept among its former names.",
            r#"name = "International Airport""#,
        ),
        Key::new(
            "also",
            limited("a code, or a list of codes", || format!("at most {ALSO_MAX}")),
            Otherwise("no further codes"),
            "Further codes under which events may name it, whatever their day.",
            r#"also = ["INTERNATIONAL_AIRPORT"]"#,
        ),
    ],
};

/// `[[break]]`.
pub static BREAK: KeyTable = KeyTable {
    title: "Breaks",
    paths: &["break"],
    written: "`[[break]]`",
    about: "A break in the series of a dataflow, which readers see as status `B`.",
    forms: "",
    keys: &[
        Key::new(
            "dataflow",
            plain("the `id` of a dataflow"),
            Always,
            "The dataflow.",
            r#"dataflow = "BORDER_FLOW""#,
        ),
        Key::new(
            "note",
            TEXT,
            Always,
            "The basis of the figures from then on.",
            r#"note = "Gates count every traveller; officers counted documents.""#,
        ),
    ],
};
