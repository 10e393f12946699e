//! The kinds of statistics that a plan can be started from: their life cycle, the figures of their
//! events, and the persons whom they count as present.
//!
//! Not here: the life cycles themselves (crate `model`), and the text of a plan (`text`).
//!
//! Invariants:
//! 1. Every kind gives a valid plan (`tidegauge/tests/plan_new.rs`:
//!    `six_made_up_offices_have_a_plan_at_once`).

use super::words::Words;

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
    pub(super) name: Words,
    /// Its codes, with their names.
    pub(super) codes: &'static [(&'static str, Words)],
    /// The persons whom it counts as present.
    pub(super) stock: Option<Stock>,
}

const BORDER: &[(&str, Words)] = &[
    ("ENTRY", ["Entries", "Einreisen", "Entrées", "Entradas"]),
    ("EXIT", ["Exits", "Ausreisen", "Sorties", "Salidas"]),
];
const STAYS: &[(&str, Words)] = &[
    ("ENTRY", ["Entries", "Einreisen", "Entrées", "Entradas"]),
    (
        "DEPARTURE_IN_TIME",
        [
            "Departures in time",
            "Rechtzeitige Ausreisen",
            "Départs dans les délais",
            "Salidas dentro del plazo",
        ],
    ),
    (
        "DEPARTURE_LATE",
        [
            "Departures after the end of the authorised stay",
            "Ausreisen nach Ende des genehmigten Aufenthalts",
            "Départs après la fin du séjour autorisé",
            "Salidas tras el fin de la estancia autorizada",
        ],
    ),
    (
        "LAPSE",
        [
            "Authorised stays that ended without departure",
            "Genehmigte Aufenthalte, die ohne Ausreise endeten",
            "Séjours autorisés qui ont pris fin sans départ",
            "Estancias autorizadas que terminaron sin salida",
        ],
    ),
    (
        "REFUSAL",
        [
            "Refusals of entry",
            "Einreiseverweigerungen",
            "Refus d’entrée",
            "Denegaciones de entrada",
        ],
    ),
];
const RETURNS: &[(&str, Words)] = &[
    (
        "REFUSAL",
        [
            "Refusals of entry",
            "Einreiseverweigerungen",
            "Refus d’entrée",
            "Denegaciones de entrada",
        ],
    ),
    (
        "DECISION",
        [
            "Orders to leave",
            "Ausreiseaufforderungen",
            "Ordres de quitter le territoire",
            "Órdenes de salida",
        ],
    ),
    (
        "DEPARTURE_IN_TERM",
        [
            "Departures in the term of the order",
            "Ausreisen innerhalb der Frist",
            "Départs dans le délai de l’ordre",
            "Salidas dentro del plazo de la orden",
        ],
    ),
    (
        "DEPARTURE_AFTER_TERM",
        [
            "Departures after the term of the order",
            "Ausreisen nach Ablauf der Frist",
            "Départs après le délai de l’ordre",
            "Salidas fuera del plazo de la orden",
        ],
    ),
    (
        "DEPARTURE_WITHOUT_DECISION",
        [
            "Departures without an order",
            "Ausreisen ohne Ausreiseaufforderung",
            "Départs sans ordre",
            "Salidas sin orden",
        ],
    ),
];
const ASYLUM: &[(&str, Words)] = &[
    (
        "FIRST_APPLICATION",
        ["First applications", "Erstanträge", "Premières demandes", "Primeras solicitudes"],
    ),
    (
        "SUBSEQUENT_APPLICATION",
        [
            "Subsequent applications",
            "Folgeanträge",
            "Demandes ultérieures",
            "Solicitudes posteriores",
        ],
    ),
    (
        "DECISION",
        [
            "Decisions at first instance",
            "Entscheidungen in erster Instanz",
            "Décisions en première instance",
            "Resoluciones en primera instancia",
        ],
    ),
    ("WITHDRAWAL", ["Withdrawals", "Rücknahmen", "Retraits", "Retiradas"]),
    ("APPEAL", ["Appeals", "Rechtsbehelfe", "Recours", "Recursos"]),
    (
        "APPEAL_WITHDRAWN",
        [
            "Withdrawals of an appeal",
            "Rücknahmen eines Rechtsbehelfs",
            "Retraits d’un recours",
            "Retiradas de un recurso",
        ],
    ),
    (
        "FINAL_DECISION",
        [
            "Final decisions",
            "Rechtskräftige Entscheidungen",
            "Décisions définitives",
            "Resoluciones firmes",
        ],
    ),
];

/// Persons in some statuses.
#[derive(Clone, Copy)]
pub(super) struct Stock {
    /// The dataflow's id.
    pub(super) id: &'static str,
    pub(super) name: Words,
    pub(super) statuses: &'static [&'static str],
}

const PRESENT: Stock = Stock {
    id: "PRESENT",
    name: ["Persons present", "Anwesende Personen", "Personnes présentes", "Personas presentes"],
    statuses: &["PRESENT"],
};
const OVERSTAYERS: Stock = Stock {
    id: "OVERSTAYERS",
    name: [
        "Persons past their authorised stay",
        "Personen mit überschrittener Aufenthaltsdauer",
        "Personnes en dépassement de séjour",
        "Personas que han rebasado su estancia",
    ],
    statuses: &["LAPSED"],
};
const ORDERED: Stock = Stock {
    id: "ORDERED",
    name: [
        "Persons with an order to leave",
        "Personen mit einer Ausreiseaufforderung",
        "Personnes sous ordre de quitter le territoire",
        "Personas con una orden de salida",
    ],
    statuses: &["ORDERED", "OVERDUE"],
};
const PENDING: Stock = Stock {
    id: "PENDING",
    name: [
        "Pending applications",
        "Anhängige Anträge",
        "Demandes en instance",
        "Solicitudes pendientes",
    ],
    statuses: &["PENDING"],
};

impl Kind {
    pub(super) fn shape(self) -> Shape {
        let shape = |model, codes, stock| Shape {
            model: Some(model),
            dimension: ("TRANSITION", "transition"),
            name: ["What happened", "Was geschah", "Ce qui s’est passé", "Qué ocurrió"],
            codes,
            stock: Some(stock),
        };
        match self {
            Self::Border => Shape {
                dimension: ("DIRECTION", "kind"),
                name: ["Direction", "Richtung", "Sens", "Sentido"],
                ..shape("border", BORDER, PRESENT)
            },
            Self::Stays => shape("stay", STAYS, OVERSTAYERS),
            Self::Returns => shape("return", RETURNS, ORDERED),
            Self::Asylum => shape("asylum", ASYLUM, PENDING),
            Self::Log | Self::Own => Shape {
                model: None,
                dimension: ("EVENT", "kind"),
                name: [
                    "Kind of event",
                    "Art des Ereignisses",
                    "Type d’événement",
                    "Tipo de suceso",
                ],
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
