//! Names for people in a new plan: in one language, or in each language of the page.
//!
//! Not here: the words of the page and of explanations (crate `serve`), and what an office says
//! itself, which is in the language of the plan.
//!
//! Invariants:
//! 1. Every name of the program is in every language of the page
//!    (`tidegauge/tests/plan_new.rs`: `the_words_of_the_program_are_in_every_language`).

use toml_edit::Value;

/// The languages in which the program has names: those of the page, English first.
pub const PLAN_LANGUAGES: [&str; 4] = ["en", "de", "fr", "es"];

/// The same in each of [`PLAN_LANGUAGES`].
pub(super) type Words = [&'static str; 4];

/// A name for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// In the language of the plan: a word of the office.
    Own(String),
    /// In each of [`PLAN_LANGUAGES`]: words of the program.
    Each([String; 4]),
}

impl From<Words> for Name {
    fn from(words: Words) -> Self {
        Self::Each(words.map(str::to_owned))
    }
}

impl Name {
    /// The name as the value of a key: a string, or a table with a line for each language.
    pub(super) fn value(&self) -> String {
        match self {
            Self::Own(name) => quoted(name),
            Self::Each(names) => {
                let pair =
                    |(language, name): (&&str, &String)| format!("{language} = {}", quoted(name));
                let pairs: Vec<String> = PLAN_LANGUAGES.iter().zip(names).map(pair).collect();
                format!("{{ {} }}", pairs.join(", "))
            }
        }
    }

    /// The name as lines of a table: one, or one for each language.
    pub(super) fn lines(&self, key: &str) -> String {
        match self {
            Self::Own(name) => format!("{key} = {}\n", quoted(name)),
            Self::Each(names) => {
                let line = |(language, name): (&&str, &String)| {
                    format!("{key}.{language} = {}\n", quoted(name))
                };
                PLAN_LANGUAGES.iter().zip(names).map(line).collect()
            }
        }
    }
}

/// Text as a TOML string.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

pub(super) const UNKNOWN: Words = ["Unknown", "Unbekannt", "Inconnu", "Desconocido"];
pub(super) const PURPOSE: Words =
    ["Official statistics", "Amtliche Statistik", "Statistique publique", "Estadística oficial"];

/// The names of attributes.
const ATTRIBUTES: [(&str, Words); 13] = [
    ("age_band", ["Age", "Alter", "Âge", "Edad"]),
    (
        "applicant_type",
        ["Type of applicant", "Art des Antrags", "Type de demandeur", "Tipo de solicitante"],
    ),
    ("assistance", ["Assistance", "Unterstützung", "Aide au retour", "Asistencia"]),
    (
        "border_point",
        [
            "Border crossing point",
            "Grenzübergang",
            "Point de passage frontalier",
            "Paso fronterizo",
        ],
    ),
    ("border_type", ["Type of border", "Art der Grenze", "Type de frontière", "Tipo de frontera"]),
    (
        "citizenship",
        [
            "Country of citizenship",
            "Land der Staatsangehörigkeit",
            "Pays de nationalité",
            "País de nacionalidad",
        ],
    ),
    ("destination", ["Destination", "Zielland", "Destination", "Destino"]),
    ("mode", ["Mode of departure", "Art der Ausreise", "Mode de départ", "Modo de salida"]),
    ("outcome", ["Outcome", "Ergebnis", "Issue", "Resultado"]),
    (
        "refusal_reason",
        [
            "Ground of refusal",
            "Grund der Einreiseverweigerung",
            "Motif de refus",
            "Motivo de denegación",
        ],
    ),
    ("sex", ["Sex", "Geschlecht", "Sexe", "Sexo"]),
    ("stay_class", ["Class of stay", "Aufenthaltsart", "Catégorie de séjour", "Clase de estancia"]),
    (
        "traveller_class",
        ["Traveller class", "Reisendengruppe", "Catégorie de voyageurs", "Clase de viajero"],
    ),
];

/// The name of an attribute for readers.
pub(super) fn of_attribute(attribute: &str) -> Name {
    let found = ATTRIBUTES.iter().find(|(id, _)| *id == attribute);
    found.map_or_else(|| Name::Own(attribute.to_owned()), |(_, words)| (*words).into())
}

/// The name and the description of a dataflow.
pub(super) struct About {
    pub(super) name: Words,
    pub(super) description: Words,
}

pub(super) const EVENTS: About = About {
    name: ["Events", "Ereignisse", "Événements", "Sucesos"],
    description: [
        "Persons by what happened to them; a person counts once a step in each kind.",
        "Personen nach dem, was mit ihnen geschah; je Schritt zählt eine Person in jeder Art \
         einmal.",
        "Les personnes selon ce qui leur est arrivé ; une personne est comptée une fois par pas \
         dans chaque catégorie.",
        "Personas según lo que les ocurrió; una persona se cuenta una vez por paso en cada clase.",
    ],
};

pub(super) const AT_BOUND: About = About {
    name: [
        "Persons beyond the bound",
        "Personen über der Obergrenze",
        "Personnes au-delà du plafond",
        "Personas por encima del tope",
    ],
    description: [
        "Persons of whom more happened than the events count.",
        "Personen, von denen mehr geschah, als die Ereignisse zählen.",
        "Les personnes pour lesquelles il s’est passé plus que ce que comptent les événements.",
        "Personas de las que ocurrió más de lo que cuentan los sucesos.",
    ],
};

pub(super) const STOCK: Words = [
    "Persons in these statuses at the end of a step, and the changes up and down.",
    "Personen in diesen Status am Ende eines Schrittes, sowie die Zu- und Abgänge.",
    "Les personnes dans ces statuts à la fin d’un pas, et les variations à la hausse et à la \
     baisse.",
    "Personas en estos estados al final de un paso, y los aumentos y disminuciones.",
];

pub(super) const FOLLOWS: About = About {
    name: ["What follows what", "Was worauf folgt", "Ce qui suit quoi", "Qué sigue a qué"],
    description: [
        "Persons to whom one kind of event happened directly after another.",
        "Personen, mit denen eine Art von Ereignis unmittelbar nach einer anderen geschah.",
        "Les personnes auxquelles un type d’événement est arrivé juste après un autre.",
        "Personas a las que un tipo de suceso ocurrió justo después de otro.",
    ],
};
