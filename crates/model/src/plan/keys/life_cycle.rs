//! The keys of a life cycle.
//!
//! Not here: the rules (`plan::parse::life_cycle`).

use super::Need::{Always, Otherwise, When};
use super::value::{IDENTIFIER, TRUTH, limited, number, plain, whole, word};
use super::{Key, KeyTable, one_of};
use crate::plan::life_cycle::{MODELS, UNSEEN, UNTIL};
use crate::plan::limits::{STATUSES_MAX, TIMER_DAYS_MAX, TRANSITIONS_MAX};

const CORRECTIONS: Key = Key::new(
    "corrections",
    TRUTH,
    Otherwise("`false`"),
    "Whether a later row with the id of an event can correct or retract it.",
    "corrections = true",
);

const RANK: Key = Key::new(
    "rank",
    limited("a list of all kinds of events", || "each once".to_owned()),
    Otherwise("the order of the model"),
    "Which of several events of one person at the same instant comes first, where the \
     transitions do not decide.",
    r#"rank = ["EXIT", "ENTRY"]"#,
);

/// `[life_cycle]` with a ready-made model.
pub static LIFE_CYCLE_READY: KeyTable = KeyTable {
    title: "Life cycle: ready-made",
    paths: &["life_cycle"],
    written: "`[life_cycle]` without `statuses`",
    about: "Names one of the life cycles that come with the program.",
    forms: "",
    keys: &[
        Key::new(
            "model",
            word(|| one_of(&MODELS.map(|(name, _)| format!("`{name}`")))),
            Always,
            "The life cycle. `plans/LIFE_CYCLES.md` has a diagram of each.",
            r#"model = "border""#,
        ),
        CORRECTIONS,
        RANK,
    ],
};

/// `[life_cycle]` with statuses and transitions of its own.
pub static LIFE_CYCLE_OWN: KeyTable = KeyTable {
    title: "Life cycle: your own",
    paths: &["life_cycle"],
    written: "`[life_cycle]` with `statuses`",
    about: "Statuses of a person, kinds of events, and the transitions that the events make. \
            Everyone begins in the status `UNSEEN`. An event without a transition changes nothing \
            and is not counted.",
    forms: "",
    keys: &[
        Key::new(
            "id",
            IDENTIFIER,
            Always,
            "The identifier of the life cycle.",
            r#"id = "PERMITS""#,
        ),
        Key::new(
            "statuses",
            limited("a list of identifiers", || format!("1 to {STATUSES_MAX}, without `{UNSEEN}`")),
            When("if there is no `model`"),
            "The statuses that a person can have.",
            r#"statuses = ["HELD", "ENDED"]"#,
        ),
        Key::new(
            "kinds",
            limited("a list of identifiers", || format!("1 to {STATUSES_MAX}")),
            Always,
            "The kinds of events. Each must be in a transition.",
            r#"kinds = ["GRANT", "WAIVER"]"#,
        ),
        Key {
            need: Otherwise("the order of `kinds`"),
            example: r#"rank = ["WAIVER", "GRANT"]"#,
            ..RANK
        },
        Key::new(
            "transitions",
            limited("a list of tables", || format!("at most {}", number(TRANSITIONS_MAX))),
            Always,
            "Which kind of event leads from which statuses to which.",
            r#"transitions = [{ kind = "GRANT", from = ["*"], to = "HELD" }]"#,
        ),
        Key::new(
            "timers",
            limited("a list of tables", || {
                format!("at most {STATUSES_MAX}, one for a status, in no circle")
            }),
            Otherwise("no timers"),
            "Transitions that happen by themselves after a time.",
            r#"timers = [{ from = "HELD", after_days = 90, to = "ENDED", name = "END" }]"#,
        ),
        CORRECTIONS,
    ],
};

/// An element of `transitions`.
pub static TRANSITION: KeyTable = KeyTable {
    title: "Transitions",
    paths: &["life_cycle.transitions"],
    written: "`transitions` in `[life_cycle]`",
    about: "What one kind of event does. From one status a kind leads to one status only.",
    forms: "",
    keys: &[
        Key::new(
            "kind",
            plain("one of `kinds`"),
            Always,
            "The kind of the event.",
            r#"kind = "EXIT""#,
        ),
        Key::new(
            "from",
            limited("a list of statuses", || {
                format!("`{UNSEEN}` is one too; `[\"*\"]` is every status")
            }),
            Always,
            "The statuses before.",
            r#"from = ["UNSEEN", "PRESENT"]"#,
        ),
        Key::new("to", plain("one of `statuses`"), Always, "The status after.", r#"to = "ABROAD""#),
        Key::new(
            "name",
            IDENTIFIER,
            Otherwise("the name of the kind"),
            "The name under which the transition is counted. Several may share one.",
            r#"name = "DEPARTURE""#,
        ),
    ],
};

/// An element of `timers`.
pub static TIMER: KeyTable = KeyTable {
    title: "Timers",
    paths: &["life_cycle.timers"],
    written: "`timers` in `[life_cycle]`",
    about: "A transition that happens when a person has been in a status for some time.",
    forms: "",
    keys: &[
        Key::new(
            "from",
            plain("one of `statuses`"),
            Always,
            "The status that the timer ends.",
            r#"from = "DECIDED""#,
        ),
        Key::new("to", plain("one of `statuses`"), Always, "The status after.", r#"to = "CLOSED""#),
        Key::new(
            "name",
            IDENTIFIER,
            Always,
            "The name under which the transition is counted.",
            r#"name = "FINAL_UNAPPEALED""#,
        ),
        Key::new(
            "until",
            limited("the word", || format!("`{UNTIL}`")),
            When("if there is no `after_days`"),
            "The column of events with the last day. Without a date the timer does not fire.",
            r#"until = "authorised_until""#,
        ),
        Key::new(
            "after_days",
            whole(|| format!("1 to {}", number(TIMER_DAYS_MAX))),
            When("if there is no `until`"),
            "The last day, as days after the event that led to the status.",
            "after_days = 90",
        ),
    ],
};
