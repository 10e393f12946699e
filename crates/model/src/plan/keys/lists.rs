//! The keys of attributes and code lists.
//!
//! Not here: the rules (`plan::parse::lists`).

use super::Need::{Always, Otherwise, When};
use super::value::{CODE as A_CODE, DATE, SDMX_ID, TEXT, limited, number, plain, word};
use super::{Key, KeyTable, one_of};
use crate::code::{CODES_MAX, LEVELS_MAX, TOTAL};
use crate::plan::content::ATTRIBUTES;
use crate::plan::limits::{ALSO_MAX, FORMER_NAMES_MAX, RESERVED_MAX};

/// The form of [`CODE`] in a list with groups.
pub const GROUPED: &str = "groups";

/// `[[attribute]]`.
pub static ATTRIBUTE: KeyTable = KeyTable {
    title: "Attributes",
    paths: &["attribute"],
    written: "`[[attribute]]`",
    about: "A column of events. The list of attributes is closed: none names a person, an address, \
            a document or a place of residence. A dimension must use each.",
    forms: "",
    keys: &[
        Key::new(
            "name",
            word(|| one_of(&ATTRIBUTES.map(|name| format!("`{name}`")))),
            Always,
            "The attribute, which is also the name of its column in files of events.",
            r#"name = "border_point""#,
        ),
        Key::new(
            "code_list",
            plain("the `id` of a code list"),
            Always,
            "Its codes. An event with another code is refused.",
            r#"code_list = "CL_BORDER_POINT""#,
        ),
    ],
};

/// `[[code_list]]`.
pub static CODE_LIST: KeyTable = KeyTable {
    title: "Code lists",
    paths: &["code_list"],
    written: "`[[code_list]]`",
    about: "A closed list of codes, with groups of codes if readers want them. An attribute or a \
            dimension must use each list.",
    forms: "",
    keys: &[
        Key::new(
            "id",
            SDMX_ID,
            Always,
            "The identifier of the list in SDMX.",
            r#"id = "CL_BORDER_POINT""#,
        ),
        Key::new(
            "version",
            limited("a version", || "three numbers of at most 9 digits".to_owned()),
            Always,
            "The version of the list in SDMX.",
            r#"version = "1.0.0""#,
        ),
        Key::new(
            "name",
            TEXT,
            Always,
            "The name of the list.",
            r#"name = "Border crossing point""#,
        ),
        Key::new(
            "reserved",
            limited("a whole number; in a list with groups, a table with one for a group", || {
                format!("1 to {RESERVED_MAX}; only for the list of an attribute")
            }),
            Otherwise("no places"),
            "Places for codes that an amendment adds later. They are measured and priced from the \
             start, and readers do not see them.",
            "reserved = 4",
        ),
        Key::new(
            "groups",
            limited("a list of tables", || {
                format!("1 to {}, in at most {LEVELS_MAX} levels", number(CODES_MAX))
            }),
            Otherwise("no groups"),
            "Groups of codes, which may be nested. A group comes before what it contains.",
            r#"groups = [{ id = "AIR", name = "Airports" }]"#,
        ),
        Key::new(
            "codes",
            limited("a list of tables", || format!("1 to {}", number(CODES_MAX))),
            Always,
            "The codes. The codes of one group stand together.",
            r#"codes = [{ id = "AIRPORT", name = "Airport" }]"#,
        ),
    ],
};

/// An element of `groups`.
pub static GROUP: KeyTable = KeyTable {
    title: "Groups of codes",
    paths: &["code_list.groups"],
    written: "`groups` in `[[code_list]]`",
    about: "A group of codes, for which readers get the sum.",
    forms: "",
    keys: &[
        Key::new("id", A_CODE, Always, "The code of the group.", r#"id = "EUROPE""#),
        Key::new("name", TEXT, Always, "Its name.", r#"name = "Europe""#),
        Key::new(
            "group",
            plain("the `id` of a group that comes before"),
            Otherwise("none: the group is of the coarsest level"),
            "The group that contains this one.",
            r#"group = "WORLD""#,
        ),
    ],
};

/// An element of `codes`.
pub static CODE: KeyTable = KeyTable {
    title: "Codes",
    paths: &["code_list.codes"],
    written: "`codes` in `[[code_list]]`",
    about: "One code. Validity, former names and other codes are for the list of an attribute, \
            against which events are checked.",
    forms: "the list has",
    keys: &[
        Key::new(
            "id",
            limited(A_CODE.kind, || format!("not `{TOTAL}`")),
            Always,
            "The code, as events and readers name it.",
            r#"id = "LO_WU""#,
        ),
        Key::new("name", TEXT, Always, "Its name now.", r#"name = "Lo Wu""#),
        Key::new(
            "valid_from",
            DATE,
            Otherwise("no first day"),
            "The first day on which events can have it.",
            r#"valid_from = "2025-06-01""#,
        ),
        Key::new(
            "valid_to",
            limited(DATE.kind, || "not before `valid_from`".to_owned()),
            Otherwise("no last day"),
            "The last day on which events can have it.",
            r#"valid_to = "2024-07-30""#,
        ),
        Key::new(
            "names",
            limited("a list of tables", || format!("at most {FORMER_NAMES_MAX}, oldest first")),
            Otherwise("no former names"),
            "The names that it had before.",
            r#"names = [{ until = "2025-12-31", name = "Macau Ferry Terminal" }]"#,
        ),
        Key::new(
            "also",
            limited("a list of codes", || format!("at most {ALSO_MAX}")),
            Otherwise("no other codes"),
            "Other codes under which events may name it, whatever their day.",
            r#"also = ["MACAO_FERRY_TERMINAL"]"#,
        ),
        Key::new(
            "group",
            plain("the `id` of a group of the list"),
            When("for every code of a list with groups"),
            "The group that contains it.",
            r#"group = "AIR""#,
        )
        .in_forms(&[GROUPED]),
    ],
};

/// An element of `names` of a code.
pub static FORMER_NAME: KeyTable = KeyTable {
    title: "Former names",
    paths: &["code_list.codes.names"],
    written: "`names` of a code in `[[code_list]]`",
    about: "A name that a code had before.",
    forms: "",
    keys: &[
        Key::new("until", DATE, Always, "The last day of the name.", r#"until = "2025-12-31""#),
        Key::new("name", TEXT, Always, "The name.", r#"name = "Macau Ferry Terminal""#),
    ],
};
