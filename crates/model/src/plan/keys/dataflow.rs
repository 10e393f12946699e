//! The keys of a dataflow and of the tables in it.
//!
//! Not here: the rules (`plan::parse::dataflow`, `dimension`, `marginal`, `residual`, `headline`).

use super::Need::{Always, Otherwise, When};
use super::value::{
    FRACTION, IDENTIFIER, PART, SDMX_ID, TABLE, TEXT, grains, limited, number, plain,
};
use super::value::{whole, word};
use super::{Key, KeyTable, Need, one_of};
use crate::period::Grain;
use crate::plan::limits::{
    BAND_DAYS_MAX, BANDS_MAX, BOUND_MAX, BOUND_MONTH_MAX, BOUND_TRANSITIONS_MAX, COMBINATIONS_MAX,
    DIMENSIONS_MAX, GRAIN_WEIGHT_MAX, LATE_STEPS_MAX, MARGINAL_WEIGHT_MAX, MARGINALS_MAX,
    RESIDUAL_WEIGHT_MAX, VIEW_SERIES_MAX, VINTAGES_MAX,
};
use crate::rate::INDICATORS;
use crate::structure::CELLS_MAX;

/// The words of all measures.
pub const MEASURES: [&str; 7] =
    ["flow", "stock", "balance", "duration", "transition", "cohort", "at_bound"];

/// The measures that count transitions, each at its step.
const LATE: &[&str] = &["flow", "duration", "transition", "cohort"];
/// The measures whose bound can be by the month too.
const MONTHLY: &[&str] = &["flow", "duration", "cohort"];
/// The measures of persons in statuses.
const OF_STATUSES: &[&str] = &["stock", "balance", "duration", "cohort"];
/// The measures that can be tables.
const TABLES: &[&str] = &["flow", "stock", "balance", "duration", "transition", "cohort"];
/// The measures of persons present.
const PRESENT: &[&str] = &["stock", "balance"];

const MARGINALS: Key = Key::new(
    "marginals",
    limited("a list of tables", || {
        format!("1 to {MARGINALS_MAX}, with at most {COMBINATIONS_MAX} combinations of levels")
    }),
    Otherwise("every cell is measured by itself"),
    "Makes the dataflow a table: the totals, groups and cells that readers get, each with its own \
     accuracy. A person counts in one cell in a step.",
    r#"marginals = [{ of = [], grain = "day" }, { of = ["SEX"], grain = "month" }]"#,
)
.in_forms(TABLES);

/// `[[dataflow]]`.
pub static DATAFLOW: KeyTable = KeyTable {
    title: "Dataflows",
    paths: &["dataflow"],
    written: "`[[dataflow]]`",
    about: "A statistic that is published at every step. Its measure decides which keys it has. \
            For `plan fit`, a dataflow with a wish may lack `share`, `strategy`, `base_share` and \
            `net_share`, which it then writes.",
    forms: "`measure` is",
    keys: &[
        Key::new(
            "id",
            SDMX_ID,
            Always,
            "The identifier of the dataflow in SDMX.",
            r#"id = "BORDER_FLOW""#,
        ),
        Key::new("name", TEXT, Always, "Its name.", r#"name = "Entries and exits""#),
        Key::new(
            "description",
            TEXT,
            Always,
            "What is counted and what is not, in one or two sentences.",
            r#"description = "Persons who entered or left, once a day in each direction.""#,
        ),
        Key::new(
            "method",
            TABLE,
            Otherwise("the texts of the plan only"),
            "Texts on method and quality, besides those of the plan.",
            r#"method = { coverage = "Land borders only." }"#,
        ),
        Key::new(
            "measure",
            word(|| one_of(&MEASURES.map(|word| format!("`{word}`")))),
            Always,
            "What is counted. `flow`: transitions in a step. `stock`: persons in some statuses at \
             the end of a step. `balance`: arrivals, departures and persons present, which add up. \
             `duration`: stays that end, by how long they lasted. `transition`: as `flow`, but \
             of one person only the first in each cell and window. `cohort`: what became of \
             persons, by months since their stay began. `at_bound`: persons beyond the bound of a \
             flow.",
            r#"measure = "flow""#,
        ),
        Key::new(
            "unit",
            plain("`PERSONS` or `EVENTS`"),
            Always,
            "What a count is of: a person once in each step and cell, or every event. `EVENTS` is \
             for `flow`, `duration` and `cohort`, and not for tables.",
            r#"unit = "PERSONS""#,
        ),
        Key::new(
            "step",
            word(|| grains(|grain| grain <= Grain::Month)),
            Always,
            "The length of the shortest published period; the same in all dataflows of a plan.",
            r#"step = "day""#,
        ),
        Key::new(
            "share",
            limited(FRACTION.kind, || "all shares add up to at most 1".to_owned()),
            Always,
            "The part of `rho` that this dataflow gets.",
            r#"share = "3/5""#,
        ),
        Key::new(
            "dimensions",
            limited("a list of tables", || {
                format!("at most {DIMENSIONS_MAX}; at most {} cells", number(CELLS_MAX))
            }),
            Always,
            "By what the counts are divided. Every combination of codes is a cell. `[]` for a \
             total only.",
            r#"dimensions = [{ id = "BORDER_POINT", from = "border_point" }]"#,
        ),
        Key::new(
            "view",
            TABLE,
            Otherwise("the page decides"),
            "The series with which the dataflow opens on the page.",
            r#"view = { marginal = ["DIRECTION"], period = "day" }"#,
        ),
        Key::new(
            "apart",
            limited("a list of dimensions", || "at least 1; only in a table".to_owned()),
            Otherwise("none"),
            "Dimensions over which the table is never summed. A person counts once in a step for \
             each of their codes.",
            r#"apart = ["DIRECTION"]"#,
        )
        .in_forms(LATE),
        Key::new(
            "bands",
            limited("a list of lengths of time, such as `\"30 d\"`", || {
                format!(
                    "at most {BANDS_MAX}, ascending, in s, min, h or d; at most {} \
                     days; one less than the dimension from `band` has codes",
                    number(BAND_DAYS_MAX)
                )
            }),
            Always,
            "The end of each band of duration except the last, which is open.",
            r#"bands = ["1 d", "7 d", "30 d"]"#,
        )
        .in_forms(&["duration"]),
        Key::new(
            "bound",
            whole(|| {
                format!("1 to {BOUND_MAX}; for a `transition` at most {BOUND_TRANSITIONS_MAX}")
            }),
            Always,
            "How often one person counts in one window at most; for `stock` and `balance`, how \
             often presence may change. What is above is not counted.",
            "bound = 12",
        )
        .in_forms(TABLES),
        Key::new(
            "bound_month",
            whole(|| {
                format!(
                    "1 to {BOUND_MONTH_MAX}, at most `bound`; only for `PERSONS` and steps up to a \
                     day"
                )
            }),
            Otherwise("no bound for the month"),
            "How often one person counts in one calendar month at most.",
            "bound_month = 4",
        )
        .in_forms(MONTHLY),
        Key::new(
            "of",
            plain("the `id` of a dataflow whose measure is `flow`"),
            Always,
            "The dataflow whose bound is meant.",
            r#"of = "BORDER_FLOW""#,
        )
        .in_forms(&["at_bound"]),
        Key::new(
            "first_of",
            plain("the `id` of another table of `PERSONS` with the same dimensions"),
            Otherwise("every contribution counts, up to the bound"),
            "Counts only the first contributions of each person to that flow, as many as `bound` \
             and `bound_month` here allow. Both have the same `dimensions`, `apart`, `only` and \
             `vintages`; this one has a marginal of all its dimensions.",
            r#"first_of = "BORDER_FLOW""#,
        )
        .in_forms(&["flow"]),
        Key::new(
            "only",
            TABLE,
            Otherwise("all transitions that have a cell"),
            "Counts only some kinds of events, or only some transitions.",
            r#"only = { kind = ["EXIT"] }"#,
        )
        .in_forms(LATE),
        Key::new(
            "statuses",
            limited("a list of statuses", || "at least 1, of the life cycle".to_owned()),
            Always,
            "The statuses in which persons are counted, or whose beginning and end are.",
            r#"statuses = ["PRESENT"]"#,
        )
        .in_forms(OF_STATUSES),
        Key::new(
            "base_share",
            PART,
            Always,
            "The part of the share for the number of persons present when the count begins.",
            r#"base_share = "1/10""#,
        )
        .in_forms(PRESENT),
        Key::new(
            "net_share",
            PART,
            Always,
            "The part of the rest for the net change of presence. The number of changes gets what \
             is left.",
            r#"net_share = "2/3""#,
        )
        .in_forms(&["balance"]),
        Key::new(
            "strategy",
            limited("one word, or a table", || {
                "`identity`, `calendar_blt` (not for `stock`), `blt` (only for `stock`), or \
                 `{ calendar = { ... } }`; for steps shorter than a day \
                 `calendar_blt` or `blt`; with `marginals` `identity` or `calendar_blt`, of a \
                 `stock` `blt`"
                    .to_owned()
            }),
            Always,
            "What is measured with noise. `identity`: each step. `calendar_blt`: a recursion that \
             is accurate at every length of period. `blt`: a recursion that goes on over the \
             windows. `calendar`: every period of the lengths that it names.",
            r#"strategy = "calendar_blt""#,
        )
        .in_forms(&["flow", "stock", "duration", "transition", "cohort", "at_bound"]),
        Key::new(
            "vintages",
            limited("a list of whole numbers", || {
                format!(
                    "1 to {VINTAGES_MAX}, ascending, at most {LATE_STEPS_MAX}, and no longer than \
                     a window"
                )
            }),
            Otherwise("late events are not counted"),
            "After how many steps a step is measured again, with the events that arrived since.",
            "vintages = [7, 28]",
        )
        .in_forms(LATE),
        Key { name: "margins", means: "Another name for `marginals`; give only one.", ..ALIAS },
        MARGINALS,
        Key::new(
            "residuals",
            limited("a list of tables", || {
                "one for every combination of levels that the marginals need".to_owned()
            }),
            Otherwise("the weights of the marginals decide"),
            "How the budget of the table is divided, in place of the weights of the marginals. \
             `plan fit` writes it.",
            r#"residuals = [{ of = [], weight = 2 }, { of = ["SEX"], weight = 1 }]"#,
        )
        .in_forms(TABLES),
    ],
};

const ALIAS: Key = Key { example: r#"margins = [{ of = [], grain = "day" }]"#, ..MARGINALS };

/// An element of `dimensions`.
pub static DIMENSION: KeyTable = KeyTable {
    title: "Dimensions",
    paths: &["dataflow.dimensions"],
    written: "`dimensions` in `[[dataflow]]`",
    about: "A dimension of a dataflow, in the order of the key of a series. A `duration` needs one \
            from `band`, a `cohort` one from `age`.",
    forms: "",
    keys: &[
        Key::new(
            "id",
            IDENTIFIER,
            Always,
            "The identifier of the dimension in SDMX. Some, such as `FREQ`, have a fixed meaning.",
            r#"id = "BORDER_POINT""#,
        ),
        Key::new(
            "name",
            TEXT,
            Otherwise("the name of its code list"),
            "The name of the dimension.",
            r#"name = "Direction""#,
        ),
        Key::new(
            "from",
            word(|| {
                "the attributes of the plan, or `kind`, `transition`, `before`, `after`, `band` or \
                 `age`"
                    .to_owned()
            }),
            Always,
            "Where the code comes from: an attribute of the event; its kind; the name of its \
             transition; the status before or after it; the band of a duration; the months since \
             a cohort began.",
            r#"from = "border_point""#,
        ),
        Key::new(
            "at",
            limited("the word", || "`start`; only for `duration` and `cohort`".to_owned()),
            Otherwise("the attribute of the event that counts"),
            "Takes the attribute from the event with which the stay began.",
            r#"at = "start""#,
        ),
        Key::new(
            "code_list",
            limited("the `id` of a code list", || {
                "its codes must occur in what `from` names".to_owned()
            }),
            When("unless `from` is an attribute, whose list is then used"),
            "The codes of the dimension. What has another code is not counted.",
            r#"code_list = "CL_DIRECTION""#,
        ),
    ],
};

/// A strategy as a table.
pub static STRATEGY: KeyTable = KeyTable {
    title: "Strategy as a table",
    paths: &["dataflow.strategy"],
    written: "`strategy` in `[[dataflow]]`",
    about: "The strategy that measures periods of several lengths and combines them by least \
            squares.",
    forms: "",
    keys: &[Key::new(
        "calendar",
        TABLE,
        Always,
        "The lengths of period that are measured, each with a weight.",
        "calendar = { day = 3, week = 2, month = 1 }",
    )],
};

const fn grain(name: &'static str, need: Need, example: &'static str) -> Key {
    let value = whole(|| {
        format!(
            "1 to {}; no period shorter than a step or longer than a window",
            number(GRAIN_WEIGHT_MAX)
        )
    });
    Key::new(name, value, need, "The weight of periods of this length.", example)
}

/// A grain that no calendar can have; its own message says so.
const fn too_fine(name: &'static str, example: &'static str) -> Key {
    let means = "Always refused: steps shorter than a day do not have this strategy.";
    Key::new(name, plain("none"), Otherwise("leave it out"), means, example)
}

const IF_STEP: Need = When("if it is the step");
const NOT_MEASURED: Need = Otherwise("such periods are not measured");

/// `calendar` of a strategy.
pub static CALENDAR: KeyTable = KeyTable {
    title: "Calendar strategy",
    paths: &["dataflow.strategy.calendar"],
    written: "`calendar` of `strategy` in `[[dataflow]]`",
    about: "A weight for every length of period that is measured. The greater the weight, the more \
            accurate are periods of that length. Weeks do not add up to longer periods: with steps \
            of a week only `week` is possible.",
    forms: "",
    keys: &[
        too_fine("quarter_hour", "quarter_hour = 1"),
        too_fine("hour", "hour = 1"),
        grain("day", IF_STEP, "day = 3"),
        grain("week", IF_STEP, "week = 2"),
        grain("month", IF_STEP, "month = 1"),
        grain("quarter", NOT_MEASURED, "quarter = 1"),
        grain("year", NOT_MEASURED, "year = 1"),
    ],
};

/// `only` of a dataflow.
pub static ONLY: KeyTable = KeyTable {
    title: "Filter",
    paths: &["dataflow.only"],
    written: "`only` in `[[dataflow]]`",
    about: "Which transitions a dataflow counts: those by some kinds of events, or those of some \
            names.",
    forms: "",
    keys: &[
        Key::new(
            "kind",
            limited("a list of kinds of events", || "at least 1, of the life cycle".to_owned()),
            When("if there is no `transition`"),
            "Counts only events of these kinds. A timer has no kind.",
            r#"kind = ["DEPARTURE"]"#,
        ),
        Key::new(
            "transition",
            limited("a list of transitions", || "at least 1, of the life cycle".to_owned()),
            When("if there is no `kind`"),
            "Counts only transitions of these names.",
            r#"transition = ["LAPSE"]"#,
        ),
    ],
};

const OF: Key = Key::new(
    "of",
    plain("a list of dimensions `\"DIMENSION\"`, or of their groups `\"DIMENSION/LEVEL\"`"),
    Always,
    "By which dimensions it is divided. Level 1 is the coarsest level of groups; without a level \
     the codes are meant. `[]` is the total.",
    r#"of = ["DIRECTION", "CITIZENSHIP/1"]"#,
);

/// An element of `marginals`.
pub static MARGINAL: KeyTable = KeyTable {
    title: "Marginals of a table",
    paths: &["dataflow.marginals", "dataflow.margins"],
    written: "`marginals` (or `margins`) in `[[dataflow]]`",
    about: "A total, groups or cells that readers get, from which length of period on.",
    forms: "",
    keys: &[
        OF,
        Key::new(
            "grain",
            limited("a length of period", || "from the step to the window".to_owned()),
            When("except in a `stock` or a `balance`, where it is the step"),
            "The shortest period for which these figures are published.",
            r#"grain = "month""#,
        ),
        Key::new(
            "weight",
            whole(|| format!("1 to {}", number(MARGINAL_WEIGHT_MAX))),
            Otherwise("1"),
            "How much the accuracy of these figures matters, beside the other marginals.",
            "weight = 2",
        ),
    ],
};

const fn residual(name: &'static str, need: Need, means: &'static str) -> Key {
    let value = whole(|| format!("1 to {}", number(RESIDUAL_WEIGHT_MAX)));
    Key::new(name, value, need, means, "")
}

/// An element of `residuals`.
pub static RESIDUAL: KeyTable = KeyTable {
    title: "Residuals of a table",
    paths: &["dataflow.residuals"],
    written: "`residuals` in `[[dataflow]]`",
    about: "A residual is what a marginal adds to all coarser ones. Its weight is its part of the \
            budget of the table, beside the other residuals.",
    forms: "`measure` is",
    keys: &[
        OF,
        Key {
            example: "weight = 1200",
            ..residual("weight", Always, "The weight of its counts, or of changes of presence.")
        },
        Key {
            example: "base = 300",
            ..residual("base", Otherwise("`weight`"), "The weight of the persons at the beginning.")
        }
        .in_forms(PRESENT),
        Key {
            example: "turnover = 800",
            ..residual("turnover", Otherwise("`weight`"), "The weight of the number of changes.")
        }
        .in_forms(&["balance"]),
    ],
};

/// The key `indicator` of tables that name figures of a dataflow.
pub(super) const INDICATOR: Key = Key::new(
    "indicator",
    word(|| {
        format!(
            "{}; of a balance `STOCK`, `ARRIVALS` or `DEPARTURES`",
            one_of(&INDICATORS.map(|word| format!("`{word}`")))
        )
    }),
    When("for a balance; other measures have only one"),
    "Which of the figures of the dataflow is meant.",
    r#"indicator = "STOCK""#,
);

/// The key `period` of tables that name figures of a dataflow.
pub(super) const PERIOD: Key = Key::new(
    "period",
    limited("a length of period", || "one for which the plan publishes these figures".to_owned()),
    Always,
    "The length of the period.",
    r#"period = "month""#,
);

/// The key `series` of tables that name figures of a dataflow.
pub(super) const SERIES: Key = Key::new(
    "series",
    plain("a table with a code or a group of each dimension that is not summed over"),
    Otherwise("the total, except where a dimension stands apart"),
    "Which series is meant.",
    r#"series = { DIRECTION = "ENTRY" }"#,
);

/// `view` of a dataflow.
pub static VIEW: KeyTable = KeyTable {
    title: "View",
    paths: &["dataflow.view"],
    written: "`view` in `[[dataflow]]`",
    about: "The series with which a dataflow opens on the page. It changes nothing that is \
            published.",
    forms: "",
    keys: &[
        Key::new(
            "marginal",
            limited("as `of` of a marginal", || {
                format!("at most {VIEW_SERIES_MAX} series; not with `series`")
            }),
            Otherwise("`series` decides"),
            "One series for each code or group of these dimensions.",
            r#"marginal = ["DIRECTION"]"#,
        ),
        SERIES,
        PERIOD,
        INDICATOR,
    ],
};
