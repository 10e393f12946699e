//! The keys of a plan as a whole, of its statement, its budget, its retention and its method.
//!
//! Not here: the rules (`plan::parse::statement`, `retention`, `method`).

use super::Need::{Always, Otherwise, When};
use super::value::{
    AGENCY, CODE, DATE, FRACTION, IDENTIFIER, LINE, TABLE, TEXT, grains, limited, number,
};
use super::value::{plain, whole, word};
use super::{Key, KeyTable};
use crate::period::Grain;
use crate::plan::content::ATTRIBUTES;
use crate::plan::limits::{
    CODE_LISTS_MAX, DATAFLOWS_MAX, DELAY_HOURS_MAX, EVENTS_STEPS_MAX, HEADLINES_MAX,
    PERSONS_WINDOWS_MAX, PLAN_CELLS_MAX, RATES_MAX, WINDOWS_MAX, WISHES_MAX,
};
use crate::source::SOURCES_MAX;

/// The file of a plan.
pub static PLAN: KeyTable = KeyTable {
    title: "The file",
    paths: &[""],
    written: "The top level of the file",
    about: "A plan is one TOML file. These are its tables.",
    forms: "",
    keys: &[
        Key::new(
            "statement",
            TABLE,
            Always,
            "Who publishes, for which purpose, on which legal basis, and from when to when.",
            "[statement]",
        ),
        Key::new(
            "privacy",
            TABLE,
            Always,
            "The privacy budget of one person, and the time for which it holds.",
            "[privacy]",
        ),
        Key::new(
            "life_cycle",
            TABLE,
            Always,
            "Which events there are, and how they change the status of a person.",
            "[life_cycle]",
        ),
        Key::new(
            "retention",
            TABLE,
            Otherwise("events and persons are kept for ever"),
            "How long events and persons are kept.",
            "[retention]",
        ),
        Key::new(
            "method",
            TABLE,
            Otherwise("no texts"),
            "Texts on method and quality. They change nothing that is counted or published.",
            "[method]",
        ),
        Key::new(
            "attribute",
            limited("a list of tables", || format!("at most {}", ATTRIBUTES.len())),
            Otherwise("no attributes"),
            "An attribute that events have, such as the border point.",
            "[[attribute]]",
        ),
        Key::new(
            "code_list",
            limited("a list of tables", || format!("at most {CODE_LISTS_MAX}")),
            Otherwise("no code lists"),
            "A list of codes, used by an attribute or by a dimension.",
            "[[code_list]]",
        ),
        Key::new(
            "dataflow",
            limited("a list of tables", || {
                format!(
                    "1 to {DATAFLOWS_MAX}, with at most {} cells in all",
                    number(PLAN_CELLS_MAX)
                )
            }),
            Always,
            "A statistic that is published at every step.",
            "[[dataflow]]",
        ),
        Key::new(
            "rate",
            limited("a list of tables", || format!("at most {RATES_MAX}")),
            Otherwise("no rates"),
            "A published figure divided by another.",
            "[[rate]]",
        ),
        Key::new(
            "wish",
            limited("a list of tables", || format!("at most {WISHES_MAX}")),
            Otherwise("no wishes"),
            "How exact some figures are to be; for `plan fit`.",
            "[[wish]]",
        ),
        Key::new(
            "headline",
            limited("a list of tables", || format!("at most {HEADLINES_MAX}")),
            Otherwise("no headlines"),
            "A figure that readers see first.",
            "[[headline]]",
        ),
        Key::new(
            "intake",
            TABLE,
            When("if the plan has `source`, and only then"),
            "How events come in from sources.",
            "[intake]",
        ),
        Key::new(
            "source",
            limited("a list of tables", || format!("at most {SOURCES_MAX}")),
            Otherwise("no sources; whoever can write to the store adds events"),
            "An agency's system that delivers events.",
            "[[source]]",
        ),
    ],
};

/// `[statement]`.
pub static STATEMENT: KeyTable = KeyTable {
    title: "Statement",
    paths: &["statement"],
    written: "`[statement]`",
    about: "Who publishes, for which purpose, on which legal basis, and from when to when.",
    forms: "",
    keys: &[
        Key::new("id", IDENTIFIER, Always, "The identifier of the plan.", r#"id = "BORDER""#),
        Key::new(
            "agency",
            AGENCY,
            Always,
            "The identifier in SDMX of the agency that maintains the plan.",
            r#"agency = "TG""#,
        ),
        Key::new(
            "language",
            plain("a language tag of BCP 47"),
            Otherwise("`en`"),
            "The language of every text that does not name one. Every text of the plan has it.",
            r#"language = "de""#,
        ),
        Key::new(
            "title",
            TEXT,
            Always,
            "The title of the statistics.",
            r#"title = "Border crossings""#,
        ),
        Key::new(
            "purpose",
            TEXT,
            Always,
            "The purpose of the statistics.",
            r#"purpose = "Official statistics of cross-border movement""#,
        ),
        Key::new(
            "controller",
            TEXT,
            Always,
            "Who is responsible for the data.",
            r#"controller = "Example Statistics Office""#,
        ),
        Key::new(
            "legal_basis",
            TEXT,
            Always,
            "The law under which the data are processed.",
            r#"legal_basis = "Example Official Statistics Act""#,
        ),
        Key::new(
            "contact",
            LINE,
            Always,
            "An address for questions.",
            r#"contact = "statistics@example.org""#,
        ),
        Key::new(
            "reference_area",
            CODE,
            Always,
            "The code in SDMX of the area that the figures are about.",
            r#"reference_area = "HK""#,
        ),
        Key::new(
            "start",
            limited(DATE.kind, || "the first day of a step".to_owned()),
            Always,
            "The first day of the first step.",
            r#"start = "2026-01-01""#,
        ),
        Key::new(
            "expires",
            limited(DATE.kind, || "after `start`".to_owned()),
            Always,
            "The last day that is released.",
            r#"expires = "2028-12-31""#,
        ),
        Key::new(
            "time_zone",
            limited("a name of the IANA time zone database", || "no alias".to_owned()),
            Always,
            "Where days, and so all periods, begin and end.",
            r#"time_zone = "Europe/Vienna""#,
        ),
        Key::new(
            "release_delay_hours",
            whole(|| format!("0 to {DELAY_HOURS_MAX}")),
            Otherwise("0"),
            "Hours for which a step stays open after its end, so that late events still count.",
            "release_delay_hours = 6",
        ),
        Key::new(
            "release_delay_minutes",
            whole(|| {
                format!("0 to {}; not with `release_delay_hours`", number(60 * DELAY_HOURS_MAX))
            }),
            Otherwise("0"),
            "The same delay in minutes.",
            "release_delay_minutes = 90",
        ),
        Key::new(
            "embargo",
            limited("a time of day `\"HH:MM\"`", || "00:00 to 23:59".to_owned()),
            Otherwise("a release is public as soon as it is made"),
            "When a release becomes public: at this time of day once it is due.",
            r#"embargo = "09:30""#,
        ),
    ],
};

/// `[privacy]`.
pub static PRIVACY: KeyTable = KeyTable {
    title: "Privacy budget",
    paths: &["privacy"],
    written: "`[privacy]`",
    about: "The most that published figures can reveal of one person, as a budget of zero-\
            concentrated differential privacy (zCDP).",
    forms: "",
    keys: &[
        Key::new(
            "window",
            word(|| grains(|grain| grain >= Grain::Month)),
            Always,
            "The accounting window: the budget is for what is measured in one window.",
            r#"window = "year""#,
        ),
        Key::new(
            "rho",
            FRACTION,
            Always,
            "The budget of one person, with everything that ever happened to that person, in what \
             is measured in one window, as rho of zCDP.",
            r#"rho = "1/2""#,
        ),
        Key::new(
            "windows",
            whole(|| format!("1 to {WINDOWS_MAX}")),
            Always,
            "How many windows the plan may run. The budget of all of them is `rho` times this.",
            "windows = 5",
        ),
        Key::new(
            "rho_of_events",
            FRACTION,
            Otherwise("the plan does not say"),
            "The most that everything published may cost a person whose events all occurred in one \
             window. Late reports and persons who stay present move measurements of later windows \
             too, so that this is `rho` times the number of windows that events of one window can \
             move: 1 if nothing counts who is present; 2 if events are kept no longer than a \
             window, each count of persons present goes on over the windows, and there is no \
             timer; else `windows`. A plan that may cost more is refused.",
            r#"rho_of_events = "2""#,
        ),
    ],
};

/// `[retention]`.
pub static RETENTION: KeyTable = KeyTable {
    title: "Retention",
    paths: &["retention"],
    written: "`[retention]`",
    about: "How long events and persons are kept. Without this table they are kept for ever.",
    forms: "",
    keys: &[
        Key::new(
            "events_steps",
            whole(|| {
                format!("1 to {}, and at least the last of `vintages`", number(EVENTS_STEPS_MAX))
            }),
            Always,
            "The number of steps after its own for which an event is accepted and kept.",
            "events_steps = 60",
        ),
        Key::new(
            "persons_windows",
            whole(|| format!("1 to {PERSONS_WINDOWS_MAX}")),
            Otherwise("persons are kept for ever"),
            "The number of whole windows without an event after which a person is forgotten, if \
             the person is counted nowhere and waits for no timer.",
            "persons_windows = 2",
        ),
    ],
};

const fn note(name: &'static str, means: &'static str, example: &'static str) -> Key {
    Key::new(name, TEXT, Otherwise("no text"), means, example)
}

/// `[method]`, of a plan or of a dataflow.
pub static METHOD: KeyTable = KeyTable {
    title: "Method",
    paths: &["method", "dataflow.method"],
    written: "`[method]`, or `method` in `[[dataflow]]`",
    about: "Texts on method and quality, by concepts of the Single Integrated Metadata Structure \
            (SIMS 2.0). They change nothing that is counted or published.",
    forms: "",
    keys: &[
        note(
            "coverage",
            "What is covered and what is not (S.3.3).",
            r#"coverage = "All border points of the list.""#,
        ),
        note(
            "concepts",
            "Concepts and definitions (S.3.4).",
            r#"concepts = "An arrival is a crossing into the country.""#,
        ),
        note(
            "population",
            "Who is counted (S.3.6).",
            r#"population = "Everyone whose crossing was registered.""#,
        ),
        note(
            "release_policy",
            "When figures are released (S.8).",
            r#"release_policy = "Every day, six hours after its end.""#,
        ),
        note(
            "accuracy",
            "What the margins of error cover and what they do not (S.13).",
            r#"accuracy = "The margins cover the noise only.""#,
        ),
        note(
            "comparability",
            "With what figures can be compared (S.15).",
            r#"comparability = "Comparable over time, except over a break.""#,
        ),
        note(
            "revision_policy",
            "Whether and how figures are revised (S.17.1).",
            r#"revision_policy = "A day is measured once and not revised.""#,
        ),
        note(
            "source_data",
            "Where the data come from (S.18.1).",
            r#"source_data = "Crossings as the border agencies register them.""#,
        ),
        note("comment", "Anything else (S.19).", r#"comment = "A pilot.""#),
    ],
};
