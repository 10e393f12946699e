//! The texts that no plan gives: names of general concepts and codes, in each language of a plan.
//!
//! English is there for every plan. Of the other languages here a plan gets those that it is in, so
//! that a plan in one language has structures in one language.
//!
//! Not here: the texts of a plan (crate `model`, module `text`), the words of the page.
//!
//! Invariants:
//! 1. Every text is in every language here
//!    (`structure::words::tests::every_text_is_in_every_language`).

use tidegauge_model::{Language, Plan, Text};

/// The languages in the order of [`WORDS`], after English.
const LANGUAGES: [&str; 3] = ["de", "fr", "es"];

/// Each text in English, then in [`LANGUAGES`].
const WORDS: [[&str; 4]; 70] = [
    ["Agencies", "Stellen", "Organismes", "Organismos"],
    ["Annual", "Jährlich", "Annuelle", "Anual"],
    ["Arrivals", "Zugänge", "Arrivées", "Llegadas"],
    [
        "At the end of the period",
        "Bestand am Ende der Periode",
        "Effectif à la fin de la période",
        "Personas al final del periodo",
    ],
    [
        "Break: from here on the figures rest on another rule or source",
        "Bruch: ab hier beruhen die Zahlen auf einer anderen Regel oder Quelle",
        "Rupture\u{a0}: ensuite, les chiffres reposent sur une autre règle ou une autre source",
        "Ruptura: a partir de aquí las cifras se basan en otra regla o en otra fuente",
    ],
    [
        "Cannot exist: no event can count there, by the code lists",
        "Nicht möglich: nach den Codelisten kann dort kein Ereignis zählen",
        "Impossible\u{a0}: selon les listes de codes, aucun événement ne peut y compter",
        "Imposible: según las listas de códigos, ningún suceso puede contar ahí",
    ],
    ["Citation", "Zitierweise", "Citation", "Cita"],
    ["Concepts", "Konzepte", "Concepts", "Conceptos"],
    ["Confidence", "Konfidenz", "Confiance", "Confianza"],
    [
        "Confidentiality status",
        "Vertraulichkeitsstatus",
        "Statut de confidentialité",
        "Estado de confidencialidad",
    ],
    ["Contact", "Kontakt", "Contact", "Contacto"],
    ["Daily", "Täglich", "Quotidienne", "Diaria"],
    ["Data", "Daten", "Données", "Datos"],
    ["Dataflow", "Datenfluss", "Flux de données", "Flujo de datos"],
    [
        "Decimals: 0, or 3 where asked for or where margins can be below 1",
        "Nachkommastellen: 0, oder 3 auf Anfrage oder wo Fehlerspannen unter 1 liegen können",
        "Décimales\u{a0}: 0, ou 3 sur demande ou si une marge d’erreur peut être inférieure à 1",
        "Decimales: 0, o 3 a petición o si los márgenes de error pueden ser inferiores a 1",
    ],
    ["Departures", "Abgänge", "Départs", "Salidas"],
    ["Description", "Beschreibung", "Description", "Descripción"],
    [
        "Embargoed until release",
        "Sperrfrist bis zur Veröffentlichung",
        "Sous embargo jusqu’à la publication",
        "Bajo embargo hasta la publicación",
    ],
    [
        "Estimates with 95 % margins of error",
        "Schätzungen mit 95-%-Fehlerspannen",
        "Estimations avec marges d’erreur à 95\u{a0}%",
        "Estimaciones con márgenes de error del 95 %",
    ],
    ["Events", "Ereignisse", "Événements", "Sucesos"],
    [
        "Every quarter of an hour",
        "Viertelstündlich",
        "Tous les quarts d’heure",
        "Cada cuarto de hora",
    ],
    ["Figures", "Zahlen", "Chiffres", "Cifras"],
    [
        "Free: protected before it was published",
        "Frei: vor der Veröffentlichung geschützt",
        "Libre\u{a0}: protégé avant la publication",
        "Libre: protegido antes de publicarse",
    ],
    ["Frequency", "Periodizität", "Périodicité", "Periodicidad"],
    [
        "Half the width of the 95 % interval",
        "Halbe Breite des 95-%-Intervalls",
        "Demi-largeur de l’intervalle à 95\u{a0}%",
        "Mitad de la amplitud del intervalo del 95 %",
    ],
    [
        "Half the width of the 95 % interval (MARGIN). With 95 % confidence the true count lies \
         between CI_LOW and CI_HIGH. Random noise protects every person who was counted, so each \
         figure is an estimate; it can be below zero, and a zero can stand for a few. The margin \
         includes the rounding.",
        "Halbe Breite des 95-%-Intervalls (MARGIN). Mit 95 % Konfidenz liegt die wahre Anzahl \
         zwischen CI_LOW und CI_HIGH. Zufälliges Rauschen schützt alle, die gezählt wurden; \
         deshalb ist jede Zahl eine Schätzung. Sie kann unter null liegen, und eine Null kann \
         für einige wenige stehen. Die Fehlerspanne schließt das Runden ein.",
        "Demi-largeur de l’intervalle à 95\u{a0}% (MARGIN). Avec une confiance de 95\u{a0}%, le \
         nombre réel se situe entre CI_LOW et CI_HIGH. Un bruit aléatoire protège chaque \
         personne comptée\u{a0}; chaque chiffre est donc une estimation. Il peut être inférieur \
         à zéro, et un zéro peut correspondre à quelques personnes. La marge tient compte de \
         l’arrondi.",
        "Mitad de la amplitud del intervalo del 95 % (MARGIN). Con una confianza del 95 %, el \
         número real está entre CI_LOW y CI_HIGH. Un ruido aleatorio protege a cada persona \
         contada; por eso cada cifra es una estimación. Puede ser inferior a cero, y un cero \
         puede corresponder a unas pocas personas. El margen incluye el redondeo.",
    ],
    ["Hourly", "Stündlich", "Horaire", "Horaria"],
    ["Indicator", "Indikator", "Indicateur", "Indicador"],
    ["Ledger entries", "Registereinträge", "Entrées du registre", "Entradas del registro"],
    [
        "Ledger entry of the figure",
        "Eintrag der Zahl im Register",
        "Entrée du registre pour le chiffre",
        "Entrada del registro de la cifra",
    ],
    [
        "Ledger index of the latest release it rests on",
        "Nummer der letzten Veröffentlichung im Register, auf der die Zahl beruht",
        "Numéro, dans le registre, de la dernière publication sur laquelle il repose",
        "Número en el registro de la última publicación en que se basa",
    ],
    [
        "Ledger size that the answer rests on",
        "Größe des Registers, auf der die Antwort beruht",
        "Taille du registre sur laquelle repose la réponse",
        "Tamaño del registro en que se basa la respuesta",
    ],
    ["Legal basis", "Rechtsgrundlage", "Base juridique", "Base jurídica"],
    [
        "Low reliability: the margin exceeds 30 % of the figure",
        "Wenig verlässlich: die Fehlerspanne übersteigt 30 % der Zahl",
        "Peu fiable\u{a0}: la marge d’erreur dépasse 30\u{a0}% du chiffre",
        "Poco fiable: el margen de error supera el 30 % de la cifra",
    ],
    [
        "Lower end of the 95 % interval",
        "Unteres Ende des 95-%-Intervalls",
        "Borne inférieure de l’intervalle à 95\u{a0}%",
        "Límite inferior del intervalo del 95 %",
    ],
    ["Margin of error", "Fehlerspanne", "Marge d’erreur", "Margen de error"],
    ["Measure", "Messgröße", "Mesure", "Medida"],
    [
        "Missing value; suppressed: embargoed until release",
        "Fehlender Wert; unterdrückt: Sperrfrist bis zur Veröffentlichung",
        "Valeur manquante, supprimée\u{a0}: sous embargo jusqu’à la publication",
        "Valor ausente; suprimido: bajo embargo hasta la publicación",
    ],
    [
        "Missing value; suppressed: see CONF_STATUS",
        "Fehlender Wert; unterdrückt: siehe CONF_STATUS",
        "Valeur manquante, supprimée\u{a0}: voir CONF_STATUS",
        "Valor ausente; suprimido: véase CONF_STATUS",
    ],
    ["Monthly", "Monatlich", "Mensuelle", "Mensual"],
    [
        "Most that one window charges a person, in zCDP",
        "Höchste Belastung einer Person in einem Zeitfenster, in zCDP",
        "Débit maximal d’une personne dans une fenêtre, en zCDP",
        "Cargo máximo a una persona en una ventana, en zCDP",
    ],
    ["Normal value", "Normaler Wert", "Valeur normale", "Valor normal"],
    ["Notes", "Hinweise", "Notes", "Notas"],
    ["Observation status", "Beobachtungsstatus", "Statut d’observation", "Estado de observación"],
    ["Observation value", "Beobachtungswert", "Valeur d’observation", "Valor de observación"],
    ["Persons", "Personen", "Personnes", "Personas"],
    [
        "Provisional: later measurements can still refine it",
        "Vorläufig: spätere Messungen können die Zahl noch genauer machen",
        "Provisoire\u{a0}: des mesures ultérieures peuvent encore le préciser",
        "Provisional: mediciones posteriores aún pueden precisarlo",
    ],
    ["Publication", "Veröffentlichung", "Publication", "Publicación"],
    ["Publisher", "Herausgeber", "Éditeur", "Organismo responsable"],
    ["Purpose", "Zweck", "Finalité", "Finalidad"],
    ["Quarterly", "Vierteljährlich", "Trimestrielle", "Trimestral"],
    ["Reference area", "Referenzgebiet", "Zone de référence", "Área de referencia"],
    ["Released", "Veröffentlicht", "Publié", "Publicado"],
    ["Root of the ledger", "Wurzel des Registers", "Racine du registre", "Raíz del registro"],
    [
        "Sources that had not declared a step it rests on complete at its release",
        "Quellen, die bei der Veröffentlichung einen zugrunde liegenden Schritt nicht für \
         vollständig erklärt hatten",
        "Sources qui, à la publication, n’avaient pas déclaré complet un pas sur lequel il repose",
        "Fuentes que, al publicarse, no habían declarado completo un paso en que se basa",
    ],
    [
        "Synthetic: every event behind these figures was simulated; none is about a living person",
        "Synthetisch: jedes Ereignis hinter diesen Zahlen wurde simuliert; keines betrifft einen \
         lebenden Menschen",
        "Données synthétiques\u{a0}: chaque événement derrière ces chiffres a été simulé\u{a0}; \
         aucun ne concerne une personne vivante",
        "Datos sintéticos: cada suceso detrás de estas cifras fue simulado; ninguno se refiere a \
         una persona viva",
    ],
    [
        "The count so far: late counts are due that the interval does not cover",
        "Das bisher Gezählte: es stehen Nachmeldungen aus, die das Intervall nicht einschließt",
        "Le nombre compté jusqu’ici\u{a0}: des déclarations tardives, que l’intervalle ne couvre \
         pas, sont attendues",
        "Lo contado hasta ahora: faltan recuentos tardíos que el intervalo no abarca",
    ],
    [
        "The final count: no late counts are due",
        "Die endgültige Zahl: es stehen keine Nachmeldungen aus",
        "Le nombre définitif\u{a0}: aucune déclaration tardive n’est attendue",
        "El número definitivo: no faltan recuentos tardíos",
    ],
    ["The same figures", "Dieselben Zahlen", "Les mêmes chiffres", "Las mismas cifras"],
    ["Time period", "Zeitraum", "Période", "Periodo de tiempo"],
    ["Title", "Titel", "Titre", "Título"],
    ["Total", "Insgesamt", "Total", "Total"],
    ["Unit", "Einheit", "Unité", "Unidad"],
    [
        "Unit multiplier: always 0",
        "Multiplikator: immer 0",
        "Multiplicateur\u{a0}: toujours 0",
        "Multiplicador: siempre 0",
    ],
    ["Unit of measure", "Maßeinheit", "Unité de mesure", "Unidad de medida"],
    [
        "Upper end of the 95 % interval",
        "Oberes Ende des 95-%-Intervalls",
        "Borne supérieure de l’intervalle à 95 %",
        "Límite superior del intervalo del 95 %",
    ],
    ["Value", "Wert", "Valeur", "Valor"],
    ["Weekly", "Wöchentlich", "Hebdomadaire", "Semanal"],
    ["What is counted", "Was gezählt wird", "Ce qui est compté", "Lo que se cuenta"],
    [
        "What the interval covers: what is counted so far, or the final count",
        "Wofür das Intervall gilt: für das bisher Gezählte oder für die endgültige Zahl",
        "Ce que couvre l’intervalle\u{a0}: ce qui est compté jusqu’ici, ou le nombre définitif",
        "Lo que abarca el intervalo: lo contado hasta ahora o el número definitivo",
    ],
];

/// The languages in which a plan is read.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    /// The languages of the plan.
    offered: Vec<Language>,
    /// The one in which its texts read.
    read: Language,
}

impl Words {
    /// Those of a plan.
    pub(crate) fn of(plan: &Plan) -> Self {
        Self { offered: plan.languages().to_vec(), read: plan.language().clone() }
    }

    /// English only.
    pub(crate) fn english() -> Self {
        Self { offered: vec![], read: Language::english() }
    }

    /// The language that is read.
    pub(crate) fn read(&self) -> &Language {
        &self.read
    }

    /// The tags of the languages, the one that is read first.
    pub(crate) fn tags(&self) -> Vec<&str> {
        let others = self.offered.iter().filter(|language| **language != self.read);
        [&self.read].into_iter().chain(others).map(Language::tag).collect()
    }

    /// The text that is `english` in English, in each of the languages that is here.
    pub(crate) fn text(&self, english: &str) -> Text {
        let mut text = Text::english(english);
        let Some([_, others @ ..]) = WORDS.iter().find(|words| words[0] == english) else {
            return text;
        };
        for language in &self.offered {
            let place = |tag| LANGUAGES.iter().position(|known| *known == tag);
            // A plan in `de-AT` reads these in `de`.
            if let Some(place) = Language::lookup(language.tag()).find_map(place)
                && let Some(known) = Language::parse(LANGUAGES[place])
            {
                text = text.with(known, others[place]);
            }
        }
        text.in_language(&self.read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{edit, publisher, toml};

    #[test]
    fn every_text_is_in_every_language() {
        for words in WORDS {
            assert!(words.iter().all(|text| !text.trim().is_empty()), "{words:?}");
        }
        let ids = WORDS.map(|words| words[0]);
        assert!(ids.is_sorted_by(|one, other| one < other), "each once, in order");
    }

    #[test]
    fn a_plan_gets_the_languages_that_it_is_in() {
        let read = |plan: &Plan| {
            let total = Words::of(plan).text("Total");
            total.all().map(|(language, text)| format!("{language} {text}")).collect::<Vec<_>>()
        };
        assert_eq!(read(&publisher::plan()), ["en Total"]);
        let title = toml("{ en = \"Border\", de-AT = \"Grenze\", it = \"Confine\" }");
        let text = edit(publisher::PLAN).change("statement.title", title).text();
        let plan = Plan::parse(&text).unwrap();
        assert_eq!(read(&plan), ["en Total", "de Insgesamt"]);
        let austrian = plan.in_language(&Language::parse("de-AT").unwrap());
        assert_eq!(read(&austrian), ["de Insgesamt", "en Total"]);
        let german = edit(publisher::PLAN).add("statement.language", "de").text();
        assert_eq!(read(&Plan::parse(&german).unwrap()), ["de Insgesamt", "en Total"]);
        assert_eq!(Words::of(&austrian).text("of no list"), "of no list");
    }
}
