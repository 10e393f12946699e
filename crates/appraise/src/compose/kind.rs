//! The kinds of statistics that a plan can be started from: their life cycle, the figures of their
//! events, and the persons whom they count as present.
//!
//! Not here: the life cycles themselves (crate `model`), and the text of a plan (`text`).
//!
//! Invariants:
//! 1. Every kind gives a valid plan (`tidegauge/tests/plan_new.rs`:
//!    `six_made_up_offices_have_a_plan_at_once`).

/// A kind of statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Entries and exits, and persons present.
    Border,
    /// Authorised stays, what ends them, and persons past their end.
    Stays,
    /// Orders to leave, departures, and persons with an order in force.
    Returns,
    /// Applications for asylum, decisions, and pending applications.
    Asylum,
    /// The steps of a procedure, and which follows which.
    Log,
    /// Events of the office's own kinds.
    Own,
}

/// What a kind of statistics counts.
pub(super) struct Shape {
    /// The ready-made life cycle; without one, every kind of event leads to a status of its name.
    pub(super) model: Option<&'static str>,
    /// The dimension that distinguishes events, and where it comes from.
    pub(super) dimension: (&'static str, &'static str),
    pub(super) name: &'static str,
    /// Its codes, with their names.
    pub(super) codes: &'static [(&'static str, &'static str)],
    /// The dataflow of persons present, its name, and in which statuses.
    pub(super) stock: Option<(&'static str, &'static str, &'static [&'static str])>,
}

const BORDER: &[(&str, &str)] = &[("ENTRY", "Entries"), ("EXIT", "Exits")];
const STAYS: &[(&str, &str)] = &[
    ("ENTRY", "Entries"),
    ("DEPARTURE_IN_TIME", "Departures in time"),
    ("DEPARTURE_LATE", "Departures after the end of the authorised stay"),
    ("LAPSE", "Authorised stays that ended without departure"),
    ("REFUSAL", "Refusals of entry"),
];
const RETURNS: &[(&str, &str)] = &[
    ("REFUSAL", "Refusals of entry"),
    ("DECISION", "Orders to leave"),
    ("DEPARTURE_IN_TERM", "Departures in the term of the order"),
    ("DEPARTURE_AFTER_TERM", "Departures after the term of the order"),
    ("DEPARTURE_WITHOUT_DECISION", "Departures without an order"),
];
const ASYLUM: &[(&str, &str)] = &[
    ("FIRST_APPLICATION", "First applications"),
    ("SUBSEQUENT_APPLICATION", "Subsequent applications"),
    ("DECISION", "Decisions at first instance"),
    ("WITHDRAWAL", "Withdrawals"),
    ("APPEAL", "Appeals"),
    ("FINAL_DECISION", "Final decisions"),
];

impl Kind {
    pub(super) fn shape(self) -> Shape {
        let shape = |model, codes, stock| Shape {
            model: Some(model),
            dimension: ("TRANSITION", "transition"),
            name: "What happened",
            codes,
            stock: Some(stock),
        };
        match self {
            Self::Border => Shape {
                dimension: ("DIRECTION", "kind"),
                name: "Direction",
                ..shape("border", BORDER, ("PRESENT", "Persons present", &["PRESENT"]))
            },
            Self::Stays => {
                let past = ("OVERSTAYERS", "Persons past their authorised stay", &["LAPSED"] as _);
                shape("stay", STAYS, past)
            }
            Self::Returns => {
                let ordered: &[&str] = &["ORDERED", "OVERDUE"];
                shape("return", RETURNS, ("ORDERED", "Persons with an order to leave", ordered))
            }
            Self::Asylum => {
                shape("asylum", ASYLUM, ("PENDING", "Pending applications", &["PENDING"]))
            }
            Self::Log | Self::Own => Shape {
                model: None,
                dimension: ("EVENT", "kind"),
                name: "Kind of event",
                codes: &[],
                stock: None,
            },
        }
    }

    /// Whether the office names the kinds of events itself.
    #[must_use]
    pub fn has_own_events(self) -> bool {
        self.shape().model.is_none()
    }
}
