//! The keys of the intake and of sources.
//!
//! Not here: the rules (`plan::parse::source`).

use super::Need::{Always, Otherwise};
use super::value::{DATE, IDENTIFIER, TEXT, grains, limited, number, plain, whole, word};
use super::{Key, KeyTable};
use crate::period::Grain;
use crate::plan::limits::{KEY_ID_CHARS_MAX, MINUTES_MAX, PSEUDONYM_KEY_DIGITS, SOURCE_KEYS_MAX};

const TO: Key = Key::new(
    "to",
    limited(DATE.kind, || "not before `from`".to_owned()),
    Otherwise("no last day"),
    "The last day.",
    r#"to = "2027-12-31""#,
);

/// `[intake]`.
pub static INTAKE: KeyTable = KeyTable {
    title: "Intake",
    paths: &["intake"],
    written: "`[intake]`",
    about: "How events come in, in a plan with sources.",
    forms: "",
    keys: &[
        Key::new(
            "longest_wait_minutes",
            whole(|| format!("0 to {}", number(MINUTES_MAX))),
            Always,
            "How long a step that is due still waits for its sources. Then it is released without \
             those that are silent.",
            "longest_wait_minutes = 60",
        ),
        Key::new(
            "pseudonym_key",
            limited("the id of a key", || {
                format!("{PSEUDONYM_KEY_DIGITS} hexadecimal digits in lower case")
            }),
            Always,
            "The key under which agencies make pseudonyms; `tidegauge-agent key new` prints its \
             id.",
            r#"pseudonym_key = "5f1c0b7a9d3e2468""#,
        ),
    ],
};

/// `[[source]]`, of a plan or of an amendment.
pub static SOURCE: KeyTable = KeyTable {
    title: "Sources",
    paths: &["source"],
    written: "`[[source]]`, of a plan or of an amendment",
    about: "An agency's system that delivers events.",
    forms: "",
    keys: &[
        Key::new("id", IDENTIFIER, Always, "The identifier of the source.", r#"id = "LAND""#),
        Key::new("name", TEXT, Always, "Its name.", r#"name = "Land border police""#),
        Key::new(
            "from",
            DATE,
            Always,
            "The first day for which it delivers events.",
            r#"from = "2026-01-01""#,
        ),
        Key { means: "The last day for which it delivers events.", ..TO },
        Key::new(
            "complete_every",
            word(|| grains(|grain| grain <= Grain::Month)),
            Always,
            "The period at whose end the source declares that it has delivered everything.",
            r#"complete_every = "hour""#,
        ),
        Key::new(
            "complete_within_minutes",
            whole(|| format!("0 to {}", number(MINUTES_MAX))),
            Always,
            "How long after the end of that period it declares so at the latest.",
            "complete_within_minutes = 10",
        ),
        Key::new(
            "key",
            limited("a list of tables", || format!("1 to {SOURCE_KEYS_MAX}")),
            Always,
            "The keys with which it signs; several to change from one to another.",
            "[[source.key]]",
        ),
    ],
};

/// `[[source.key]]`.
pub static SOURCE_KEY: KeyTable = KeyTable {
    title: "Keys of a source",
    paths: &["source.key"],
    written: "`[[source.key]]`",
    about: "A key with which a source signs what it delivers. No two sources have the same.",
    forms: "",
    keys: &[
        Key::new(
            "id",
            limited("the id of a key", || {
                format!("1 to {KEY_ID_CHARS_MAX} small letters, digits and hyphens")
            }),
            Always,
            "The name of the key in signatures.",
            r#"id = "2026a""#,
        ),
        Key::new(
            "public",
            plain("32 bytes of an Ed25519 public key in base64"),
            Always,
            "The public key; `tidegauge-agent key signing` prints it.",
            r#"public = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=""#,
        ),
        Key::new(
            "from",
            DATE,
            Otherwise("no first day"),
            "The first day on which the key is valid.",
            r#"from = "2026-01-01""#,
        ),
        Key { means: "The last day on which the key is valid.", ..TO },
    ],
};
