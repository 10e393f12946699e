//! The keys of rates, wishes and headlines.
//!
//! Not here: the rules (`plan::parse::rate`, `wish`, `headline`).

use super::Need::{Always, Otherwise};
use super::dataflow::{INDICATOR, PERIOD, SERIES};
use super::value::{FRACTION, SDMX_ID, TEXT, limited, plain, whole};
use super::{Key, KeyTable};
use crate::plan::limits::{DATAFLOWS_MAX, PRIORITY_MAX, TERMS_MAX};

const OF_DATAFLOW: Key = Key::new(
    "dataflow",
    plain("the `id` of a dataflow"),
    Always,
    "The dataflow whose figures are meant.",
    r#"dataflow = "BORDER_FLOW""#,
);

/// `[[rate]]`.
pub static RATE: KeyTable = KeyTable {
    title: "Rates",
    paths: &["rate"],
    written: "`[[rate]]`",
    about: "A published figure divided by another, with its margin of error. A rate costs nothing: \
            it is computed from what is published.",
    forms: "",
    keys: &[
        Key::new(
            "id",
            SDMX_ID,
            Always,
            "The identifier of the rate in SDMX; no dataflow has it.",
            r#"id = "OVERSTAY_RATE""#,
        ),
        Key::new("name", TEXT, Always, "Its name.", r#"name = "Overstays""#),
        Key::new(
            "description",
            TEXT,
            Always,
            "What is divided by what, in one or two sentences.",
            r#"description = "Stays that lapsed, of all stays that ended.""#,
        ),
        Key::new(
            "by",
            limited("a list of dimensions", || {
                "both sides have them, with the same code list and no codes named".to_owned()
            }),
            Otherwise("one rate for all"),
            "Gives the rate for each code of these dimensions.",
            r#"by = ["BORDER_POINT"]"#,
        ),
        Key::new(
            "numerator",
            limited("a table, or a list of tables that are added", || {
                format!("1 to {DATAFLOWS_MAX}, each of another dataflow")
            }),
            Always,
            "What is divided.",
            r#"numerator = { dataflow = "CHANGES", codes = { TRANSITION = ["LAPSE"] } }"#,
        ),
        Key::new(
            "denominator",
            limited("a table, or a list of tables that are added", || {
                format!("1 to {DATAFLOWS_MAX}, each of another dataflow")
            }),
            Always,
            "By what it is divided.",
            r#"denominator = { dataflow = "CHANGES" }"#,
        ),
    ],
};

/// A side of a rate.
pub static SIDE: KeyTable = KeyTable {
    title: "Sides of a rate",
    paths: &["rate.numerator", "rate.denominator"],
    written: "`numerator` and `denominator` in `[[rate]]`",
    about: "Figures of one dataflow, as a sum.",
    forms: "",
    keys: &[
        OF_DATAFLOW,
        INDICATOR,
        Key::new(
            "codes",
            limited("a table with a list of codes and groups for a dimension", || {
                format!("no code twice; at most {TERMS_MAX} combinations")
            }),
            Otherwise("all codes"),
            "The codes that are added, for each dimension that it names.",
            r#"codes = { TRANSITION = ["LAPSE"] }"#,
        ),
    ],
};

/// `[[wish]]`.
pub static WISH: KeyTable = KeyTable {
    title: "Wishes",
    paths: &["wish"],
    written: "`[[wish]]`",
    about: "How exact some figures are to be. `plan fit` finds shares, weights and strategies from \
            wishes, and `plan show` compares wishes with what is reached. By itself a wish changes \
            nothing that is published.",
    forms: "",
    keys: &[
        OF_DATAFLOW,
        Key::new(
            "marginal",
            limited("as `of` of a marginal", || "in a table, one of its marginals".to_owned()),
            Otherwise("the total"),
            "By which dimensions the figures are divided.",
            r#"marginal = ["CITIZENSHIP/1"]"#,
        ),
        PERIOD,
        Key::new(
            "margin",
            FRACTION,
            Always,
            "The margin of error that is wished: half the width of the 95 % interval, in counts.",
            "margin = 10",
        ),
        Key::new(
            "priority",
            whole(|| format!("1 to {PRIORITY_MAX}")),
            Otherwise("1"),
            "If not all wishes can be granted, one of priority 2 is missed by half as much as one \
             of priority 1.",
            "priority = 2",
        ),
        INDICATOR,
    ],
};

/// `[[headline]]`.
pub static HEADLINE: KeyTable = KeyTable {
    title: "Headlines",
    paths: &["headline"],
    written: "`[[headline]]`",
    about: "A figure that readers see first. It changes nothing that is published.",
    forms: "",
    keys: &[
        OF_DATAFLOW,
        SERIES,
        PERIOD,
        Key::new(
            "title",
            TEXT,
            Otherwise("the names of the dataflow and of its codes"),
            "The title of the figure.",
            r#"title = "Arrivals of a day""#,
        ),
        INDICATOR,
    ],
};
