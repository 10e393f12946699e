//! What a plan's own texts tell of its bounds: a number of "at most 24 crossings a year" that is no
//! bound of the plan.
//!
//! Only sentences that speak of a limit are read, in the languages of the ready-made plans. Their
//! numbers, in digits or in words up to twelve, must be bounds, unless they count time or persons.
//!
//! Not here: texts in other languages, comments, and limits in other words.
//!
//! Invariants:
//! 1. The ready-made plans tell of their own bounds, and of another one once it is changed
//!    (`tests::a_text_that_no_longer_fits_is_named`).

use tidegauge_model::{Dataflow, Measure, Plan, Text};

use super::warning::PlanWarning;

/// The words of a sentence that speaks of a limit, in small letters.
const LIMITS: [&str; 13] = [
    "at most",
    "no more than",
    "the bound",
    "maximum",
    "höchstens",
    "maximal",
    "obergrenze",
    "au plus",
    "au maximum",
    "plafond",
    "como máximo",
    "como mucho",
    "tope",
];
/// The beginnings of words for what is no contribution: time, persons and parts; "working" and
/// "calendar" come before one.
const OTHERS: [&str; 32] = [
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "quarter",
    "year",
    "working",
    "calendar",
    "person",
    "people",
    "percent",
    "%",
    "stunde",
    "tag",
    "woche",
    "monat",
    "quartal",
    "jahr",
    "mensch",
    "prozent",
    "heure",
    "jour",
    "semaine",
    "mois",
    "trimestre",
    "ans",
    "hora",
    "día",
    "mes",
    "semana",
    "año",
];
/// The numbers from two to twelve, in each language.
const NUMBERS: [(&str, &str); 4] = [
    ("en", "two three four five six seven eight nine ten eleven twelve"),
    ("de", "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"),
    ("fr", "deux trois quatre cinq six sept huit neuf dix onze douze"),
    ("es", "dos tres cuatro cinco seis siete ocho nueve diez once doce"),
];

/// The warnings about numbers of bounds that no longer fit.
pub(super) fn of_bounds(plan: &Plan) -> Vec<PlanWarning> {
    let mut found = Vec::new();
    let all: Vec<u32> = plan.dataflows.iter().flat_map(bounds).collect();
    let statement = &plan.statement;
    let of_plan =
        [("statement.title", &statement.title), ("statement.purpose", &statement.purpose)];
    found.extend(of_plan.iter().flat_map(|(place, text)| misfits(place, text, &all)));
    for note in &plan.method {
        found.extend(misfits(&format!("method.{}", note.concept.key), &note.text, &all));
    }
    for (position, dataflow) in plan.dataflows.iter().enumerate() {
        let others = plan.dataflows.iter().enumerate();
        let own: Vec<u32> = others
            .filter(|&(other, _)| other == position || are_bound(plan, (position, other)))
            .flat_map(|(_, dataflow)| bounds(dataflow))
            .collect();
        let place = format!("dataflow.{}", dataflow.id);
        for (key, text) in [("name", &dataflow.name), ("description", &dataflow.description)] {
            found.extend(misfits(&format!("{place}.{key}"), text, &own));
        }
        for note in &dataflow.method {
            found.extend(misfits(&format!("{place}.{}", note.concept.key), &note.text, &own));
        }
    }
    found
}

/// Whether one of two dataflows tells of the bound of the other.
fn are_bound(plan: &Plan, (one, other): (usize, usize)) -> bool {
    let names = |dataflow: usize| match plan.dataflows[dataflow].measure {
        Measure::AtBound { of } => Some(of),
        _ => plan.dataflows[dataflow].first_of,
    };
    names(one) == Some(other) || names(other) == Some(one)
}

/// The numbers by which a text may tell of a dataflow's bounds. A stay has a beginning and an end.
fn bounds(dataflow: &Dataflow) -> Vec<u32> {
    let bound = dataflow.bound;
    let stays = dataflow.present().map(|_| bound.window / 2);
    [Some(bound.window), bound.month, stays].into_iter().flatten().collect()
}

/// The warnings about a text, one for each number.
fn misfits(place: &str, text: &Text, bounds: &[u32]) -> Vec<PlanWarning> {
    let several = text.all().count() > 1;
    let mut found = Vec::new();
    for (language, text) in text.all() {
        let key = if several { format!(".{}", language.tag()) } else { String::new() };
        for number in
            told(text, language.tag()).into_iter().filter(|number| !bounds.contains(number))
        {
            let mut known: Vec<u32> = bounds.iter().copied().filter(|bound| *bound > 1).collect();
            known.sort_unstable();
            known.dedup();
            let known: Vec<String> = known.iter().map(u32::to_string).collect();
            let text = format!(
                "{place}{key}: tells of a limit of {number}, which is no bound here ({}); change \
                 the text or the bound",
                known.join(", ")
            );
            found.push(PlanWarning { code: "bound-told", text });
        }
    }
    found
}

/// The numbers of contributions in sentences that speak of a limit.
fn told(text: &str, language: &str) -> Vec<u32> {
    let small = text.to_lowercase();
    let words: Vec<&str> = small.split_whitespace().collect();
    let ends = |word: &&str| word.ends_with(['.', ';', ':', '!', '?']);
    let mut told = Vec::new();
    for sentence in words.split_inclusive(ends) {
        let joined = sentence.join(" ");
        if !LIMITS.iter().any(|limit| joined.contains(limit)) {
            continue;
        }
        for (at, word) in sentence.iter().enumerate() {
            let counted = sentence.get(at + 1);
            let is_other = |word: &&str| OTHERS.iter().any(|other| word.starts_with(other));
            if let Some(number) = number(word, language).filter(|number| *number > 1)
                && !counted.is_some_and(is_other)
                && !told.contains(&number)
            {
                told.push(number);
            }
        }
    }
    told
}

/// A whole number in digits, perhaps in groups of three, or a word for one.
fn number(word: &str, language: &str) -> Option<u32> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '%');
    let words = NUMBERS.iter().find(|(own, _)| *own == language);
    let mut words = words.into_iter().flat_map(|(_, words)| words.split(' '));
    if let Some(place) = words.position(|own| own == word) {
        // Fits: eleven words.
        return Some(place as u32 + 2);
    }
    let mut groups = word.split([',', '.']);
    let first = groups.next()?;
    let is_group = |group: &str| group.len() == 3;
    let digits = groups.all(is_group).then(|| word.replace([',', '.'], ""))?;
    (!first.is_empty() && digits.chars().all(|c| c.is_ascii_digit()))
        .then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use testkit::edit;

    use super::*;

    const PLANS: [&str; 4] = [
        include_str!("../../../../plans/asylum.toml"),
        include_str!("../../../../plans/border.toml"),
        include_str!("../../../../plans/exit-metrics.toml"),
        include_str!("../../../../plans/returns.toml"),
    ];

    fn places(text: &str) -> Vec<String> {
        let plan = Plan::parse(text).unwrap_or_else(|errors| panic!("{errors}"));
        let places = of_bounds(&plan).into_iter();
        places.map(|warning| warning.text.split(", which").next().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_text_that_no_longer_fits_is_named() {
        for plan in PLANS {
            assert_eq!(places(plan), [""; 0]);
        }
        let lower = edit(PLANS[1]).change("dataflow.BORDER_FLOW.bound", 24).text();
        let limits = ["en", "de", "es", "fr"]
            .map(|language| format!("method.accuracy.{language}: tells of a limit of 520"));
        assert_eq!(places(&lower), limits);
        // In words.
        let fewer = edit(PLANS[3]).change("dataflow.RETURNS.bound", 5);
        let fewer = places(&fewer.text());
        assert!(fewer.iter().all(|text| text.ends_with("a limit of 3")), "{fewer:?}");
    }

    #[test]
    fn numbers_of_limits_are_told() {
        for (language, text, expected) in [
            ("en", "At most 24 crossings a year, and four in a month, count.", &[24, 4][..]),
            ("en", "24 crossings. At most once a day; at most 30 % of them.", &[]),
            ("en", "At most 12 a year.", &[12]),
            ("en", "At most 30 days late, or 5 working days, of 100 persons.", &[]),
            ("en", "At most 0.5 of them, 3 times, and 50%.", &[3]),
            ("de", "Höchstens 1.024 Übertritte; bis zu 12 im Monat.", &[1024]),
            ("fr", "520 passages au plus sur 260 jours.", &[520]),
            ("es", "Como máximo once entradas en 3 meses naturales.", &[11]),
            ("nl", "Maximum: once of 7.", &[]),
            ("nl", "Een maximum van 7, once.", &[7]),
        ] {
            assert_eq!(told(text, language), expected, "{text}");
        }
    }
}
