//! Numbers, periods and instants as a language writes them.
//!
//! Not here: messages ([`crate::words`]); figures, which come from the server's own answers.
//!
//! The scripts of the pages use the browser's `Intl` for the same, so that a reader sees one way of
//! writing (`checks/browser/served.test.js`).
//!
//! Invariants:
//! 1. Every language of the pages has a row
//!    (`page::locale::tests::every_language_has_its_way_of_writing`).
//! 2. Values are rounded to the nearest whole number, intervals outwards
//!    (`page::locale::tests::numbers_are_rounded_as_scripts_round_them`).

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::words::Words;

/// How a language writes numbers and dates.
#[derive(Debug)]
struct Locale {
    language: &'static str,
    /// Between groups of three digits.
    group: &'static str,
    decimal: char,
    percent: &'static str,
    months: [&'static str; 12],
    short_months: [&'static str; 12],
    /// Between day and month, and between month and year.
    joints: [&'static str; 2],
    /// Between month and year where there is no day.
    month_joint: &'static str,
    short_joints: [&'static str; 2],
    /// Before the last of several things, of which all are meant, or any.
    last_joints: [&'static str; 2],
}

/// A language of the pages has a row here.
const LOCALES: [Locale; 4] = [
    Locale {
        language: "en",
        group: ",",
        decimal: '.',
        percent: "%",
        months: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        short_months: [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec",
        ],
        joints: [" ", " "],
        month_joint: " ",
        short_joints: [" ", " "],
        last_joints: [" and ", " or "],
    },
    Locale {
        language: "de",
        group: ".",
        decimal: ',',
        percent: "\u{a0}%",
        months: [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        short_months: [
            "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.",
            "Dez.",
        ],
        joints: [". ", " "],
        month_joint: " ",
        short_joints: [". ", " "],
        last_joints: [" und ", " oder "],
    },
    Locale {
        language: "fr",
        group: "\u{202f}",
        decimal: ',',
        percent: "\u{202f}%",
        months: [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        short_months: [
            "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.",
            "nov.", "déc.",
        ],
        joints: [" ", " "],
        month_joint: " ",
        short_joints: [" ", " "],
        last_joints: [" et ", " ou "],
    },
    Locale {
        language: "es",
        group: ".",
        decimal: ',',
        percent: "\u{a0}%",
        months: [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
        short_months: [
            "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic",
        ],
        joints: [" de ", " de "],
        month_joint: " de ",
        short_joints: [" ", " "],
        last_joints: [" y ", " o "],
    },
];

fn locale(language: &str) -> &'static Locale {
    LOCALES.iter().find(|locale| locale.language == language).unwrap_or(&LOCALES[0])
}

/// Whether all things of a list are meant, or any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    And,
    Or,
}

/// Things in a sentence: "a, b and c", or "a or b".
pub(super) fn listed(words: &Words, things: &[String], joint: Joint) -> String {
    let [and, or] = locale(words.language).last_joints;
    match things.split_last() {
        Some((last, before)) if !before.is_empty() => {
            let joint = match joint {
                Joint::And if words.language == "es" && sounds_like_i(last) => " e ",
                Joint::Or if words.language == "es" && sounds_like_o(last) => " u ",
                Joint::And => and,
                Joint::Or => or,
            };
            before.join(", ") + joint + last
        }
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// Whether a Spanish word begins with the sound of `y`, which then becomes `e`.
fn sounds_like_i(word: &str) -> bool {
    let word = word.to_lowercase();
    let is_glide = word.starts_with("hia") || word.starts_with("hie");
    ["i", "í", "hi", "hí"].into_iter().any(|sound| word.starts_with(sound)) && !is_glide
}

/// Whether a Spanish word or number begins with the sound of `o`, which then becomes `u`.
fn sounds_like_o(word: &str) -> bool {
    let word = word.to_lowercase();
    ["o", "ó", "ho", "hó", "8"].into_iter().any(|sound| word.starts_with(sound))
}

/// How a figure is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rounding {
    Nearest,
    Down,
    Up,
}

impl Rounding {
    fn of(self, x: f64) -> f64 {
        match self {
            Rounding::Nearest => x.signum() * x.abs().round(),
            Rounding::Down => x.floor(),
            Rounding::Up => x.ceil(),
        }
    }
}

/// A count as a whole number.
pub(super) fn whole(words: &Words, x: f64, rounding: Rounding) -> String {
    let locale = locale(words.language);
    let rounded = rounding.of(x);
    signed(rounded, grouped(locale, &format!("{:.0}", rounded.abs())))
}

/// A number with at most so many decimals, without zeros at its end. It is rounded as it is written
/// in decimals, as `Intl` rounds it.
pub(super) fn decimal(words: &Words, x: f64, decimals_max: usize) -> String {
    shifted(words, x, 0, decimals_max)
}

/// A share in per cent: in tenths, or whole where it is nothing or nearly all.
pub(super) fn share(words: &Words, share: f64) -> String {
    let decimals_max = if share > 0.9995 || share == 0.0 { 0 } else { 1 };
    shifted(words, share, 2, decimals_max) + locale(words.language).percent
}

/// A number times a power of ten.
fn shifted(words: &Words, x: f64, power: usize, decimals_max: usize) -> String {
    let locale = locale(words.language);
    // The shortest decimal number that is this one.
    let text = format!("{}", x.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let part = format!("{part:0<power$}");
    let (moved, part) = part.split_at(power);
    let (kept, rest) = part.split_at(decimals_max.min(part.len()));
    let digits = format!("{whole}{moved}{kept}");
    let up = u128::from(rest.starts_with(['5', '6', '7', '8', '9']));
    let rounded = digits.parse::<u128>().unwrap_or(u128::MAX - 1) + up;
    let digits = format!("{rounded:0>width$}", width = kept.len() + 1);
    let (whole, part) = digits.split_at(digits.len() - kept.len());
    let part = part.trim_end_matches('0');
    let decimals =
        if part.is_empty() { String::new() } else { format!("{}{part}", locale.decimal) };
    signed(if rounded == 0 { 0.0 } else { x }, grouped(locale, whole) + &decimals)
}

/// Digits in groups of three.
fn grouped(locale: &Locale, digits: &str) -> String {
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        let after = digits.len() - n;
        if n > 0 && after.is_multiple_of(3) {
            text.push_str(locale.group);
        }
        text.push(digit);
    }
    text
}

/// A rate in tenths of a per cent.
pub(super) fn percent(words: &Words, x: f64, rounding: Rounding) -> String {
    let tenths = rounding.of(x * 1000.0);
    let text = format!("{:.1}", tenths.abs() / 10.0);
    let Locale { decimal, percent, .. } = locale(words.language);
    signed(tenths, text.replace('.', &decimal.to_string()) + percent)
}

fn signed(x: f64, text: String) -> String {
    if x < 0.0 { format!("\u{2212}{text}") } else { text }
}

/// A period in SDMX notation as a reader writes it; times begin a period of this frequency.
pub(super) fn period(words: &Words, period: &str, frequency: &str, is_long: bool) -> String {
    let (year, rest) = period.split_at_checked(4).unwrap_or((period, ""));
    if let Some((day, time)) = period.split_once('T') {
        return hours(words, day, time, frequency, is_long);
    }
    if let Some(week) = rest.strip_prefix("-W") {
        let name = if is_long { "week-long" } else { "week-short" };
        return words.fill(name, &[("week", week.trim_start_matches('0')), ("year", year)]);
    }
    if let Some(quarter) = rest.strip_prefix("-Q") {
        let name = if is_long { format!("quarter-{quarter}") } else { "quarter-short".to_owned() };
        return words.fill(&name, &[("quarter", quarter), ("year", year)]);
    }
    let mut parts = rest.split('-').skip(1).map(|part| part.parse::<usize>().ok());
    let locale = locale(words.language);
    let (months, joints) = if is_long {
        (&locale.months, &locale.joints)
    } else {
        (&locale.short_months, &locale.short_joints)
    };
    let name =
        |months: &[&'static str; 12], month: usize| months.get(month.wrapping_sub(1)).copied();
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(month), None) => {
            let name = name(&locale.months, month).unwrap_or(rest);
            format!("{name}{}{year}", locale.month_joint)
        }
        (Some(month), Some(day)) => {
            let name = name(months, month).unwrap_or(rest);
            let day = words.count("day-of-month", day as f64, &[("count", &day.to_string())]);
            format!("{day}{}{name}{}{year}", joints[0], joints[1])
        }
        _ => period.to_owned(),
    }
}

fn hours(words: &Words, day: &str, time: &str, frequency: &str, is_long: bool) -> String {
    let [from, to] = clocks(time, frequency);
    let day = period(words, day, "D", is_long);
    words.fill("time-words", &[("day", &day), ("from", &from), ("to", &to)])
}

/// When a period of hours or quarters of an hour begins and ends.
fn clocks(time: &str, frequency: &str) -> [String; 2] {
    let number = |from| time.get(from..from + 2).and_then(|text| text.parse::<u32>().ok());
    let begin = 60 * number(0).unwrap_or(0) + number(3).unwrap_or(0);
    let end = begin + if frequency == "N15" { 15 } else { 60 };
    [begin, end].map(|minutes| format!("{:02}:{:02}", minutes / 60, minutes % 60))
}

/// A message about a period, which may name it as a whole, or its year, quarter, week or day and
/// its hours.
pub(super) fn about_period(words: &Words, name: &str, text: &str, frequency: &str) -> String {
    let (year, rest) = text.split_at_checked(4).unwrap_or((text, ""));
    let (day, time) = text.split_once('T').unwrap_or((text, ""));
    let [from, to] = clocks(time, frequency);
    words.fill(
        name,
        &[
            ("period", &period(words, text, frequency, true)),
            ("day", &period(words, day, frequency, true)),
            ("year", year),
            ("quarter", rest.trim_start_matches("-Q")),
            ("week", rest.trim_start_matches("-W").trim_start_matches('0')),
            ("from", &from),
            ("to", &to),
        ],
    )
}

/// An instant to the minute, in a time zone.
pub(super) fn instant(words: &Words, at: Timestamp, zone: &TimeZone) -> String {
    let local = zone.to_datetime(at);
    let day = period(words, &local.date().to_string(), "D", false);
    let zone = zone.to_offset_info(at);
    format!("{day}, {} {}", local.strftime("%H:%M"), zone.abbreviation())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::LANGUAGES;

    #[test]
    fn every_language_has_its_way_of_writing() {
        for language in LANGUAGES {
            assert_eq!(locale(language).language, language);
        }
    }

    #[test]
    fn numbers_are_rounded_as_scripts_round_them() {
        let (en, de) = (Words::of("en"), Words::of("de"));
        let near = |x| whole(en, x, Rounding::Nearest);
        assert_eq!([0.4, -0.4, 0.5, -0.5, 1234.0].map(near), ["0", "0", "1", "\u{2212}1", "1,234"]);
        assert_eq!(whole(en, -1234567.2, Rounding::Down), "\u{2212}1,234,568");
        assert_eq!(whole(Words::of("es"), 3284.0, Rounding::Nearest), "3.284");
        assert_eq!(whole(de, 1000.2, Rounding::Up), "1.001");
        assert_eq!(whole(en, -0.2, Rounding::Up), "0");
        assert_eq!(percent(de, 0.12345, Rounding::Up), "12,4\u{a0}%");
        assert_eq!(percent(en, -0.0123, Rounding::Down), "\u{2212}1.3%");
    }

    #[test]
    fn decimals_are_rounded_as_they_are_written() {
        let (en, de) = (Words::of("en"), Words::of("de"));
        let all = [0.0, 12.35, 0.5, 1234567.25, 99.96, 3.0].map(|x| decimal(en, x, 1));
        assert_eq!(all, ["0", "12.4", "0.5", "1,234,567.3", "100", "3"]);
        assert_eq!((decimal(de, 0.4567, 3), decimal(en, 2.5, 0)), ("0,457".into(), "3".into()));
        let shares = [0.0, 0.05, 0.125, 0.1225, 1.0, 2.0 / 3.0].map(|x| share(en, x));
        assert_eq!(shares, ["0%", "5%", "12.5%", "12.3%", "100%", "66.7%"]);
    }

    #[test]
    fn things_are_listed_as_scripts_list_them() {
        let things = ["a", "b", "c"].map(str::to_owned);
        let all = |n: usize| listed(Words::of("en"), &things[..n], Joint::And);
        assert_eq!([0, 1, 2, 3].map(all), ["", "a", "a and b", "a, b and c"]);
        assert_eq!(listed(Words::of("fr"), &things, Joint::Or), "a, b ou c");
        let es = |last: &str, joint| {
            listed(Words::of("es"), &["mes".to_owned(), last.to_owned()], joint)
        };
        assert_eq!(es("instancia", Joint::And), "mes e instancia");
        assert_eq!(es("hielo", Joint::And), "mes y hielo");
        assert_eq!(es("otro", Joint::Or), "mes u otro");
    }

    #[test]
    fn periods_are_written_in_words() {
        let (en, de) = (Words::of("en"), Words::of("de"));
        let long = |text| period(en, text, "D", true);
        assert_eq!(long("2024-02-03"), "3 February 2024");
        assert_eq!(long("2024-W05"), "week 5 of 2024");
        assert_eq!(period(de, "2024-02-03", "D", true), "3. Februar 2024");
        assert_eq!(period(de, "2024-12", "M", false), "Dezember 2024");
        assert_eq!(long("2024-Q1"), "Q1 2024");
        assert_eq!(long("2024"), "2024");
        let hour = period(en, "2024-02-03T23:00:00", "H", false);
        assert_eq!(hour, "3 Feb 2024, 23:00\u{2013}24:00");
        assert!(period(en, "2024-02-03T23:45:00", "N15", false).ends_with("23:45\u{2013}24:00"));
        // Nothing breaks on what is no period.
        for odd in ["", "T", "20", "2024-99", "2024-13-99", "20\u{e9}4-01", "2024-W"] {
            let _ = period(en, odd, "D", true);
        }
    }

    /// No message about a period is left with an empty place, in any language.
    #[test]
    fn a_period_in_a_sentence_is_named_whole() {
        for language in LANGUAGES {
            let words = Words::of(language);
            for (frequency, text, parts) in [
                ("W", "2024-W08", ["8", "2024"]),
                ("Q", "2024-Q3", ["3", "2024"]),
                ("M", "2024-02", ["2024", "2024"]),
                ("A", "2024", ["2024", "2024"]),
                ("H", "2024-02-13T09:00:00", ["13", "2024"]),
            ] {
                for kind in ["during", "end-of"] {
                    let said = about_period(words, &format!("{kind}-{frequency}"), text, frequency);
                    assert!(parts.iter().all(|part| said.contains(part)), "{language}: {said}");
                    assert!(!said.contains("  ") && !said.contains(" ."), "{language}: {said}");
                }
            }
        }
        let german = about_period(Words::of("de"), "during-W", "2024-W08", "W");
        assert_eq!(german, "in der 8. Kalenderwoche 2024");
        let end = about_period(Words::of("de"), "end-of-H", "2024-02-13T09:00:00", "H");
        assert!(end.ends_with("um 10:00 Uhr"), "{end}");
    }
}
