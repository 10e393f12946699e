//! The questions of `plan new`: what a flag says, what a person answers, or the default.
//!
//! Not here: which questions there are (`compose`), and what the answers make (crate `appraise`).
//!
//! Invariants:
//! 1. Without a terminal nothing is asked: one error names every flag that is missing
//!    (`tests/plan_new.rs`: `a_file_is_kept_and_missing_flags_are_named_at_once`).
//! 2. Who answered questions loses no answer: an error shows them as flags
//!    (`tests/plan_new.rs`: `answers_before_an_error_are_shown_as_flags`).

use std::io::{IsTerminal, Write, stderr, stdin};

use clap::ValueEnum;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use tidegauge_appraise::{Kind, PLAN_LANGUAGES};
use tidegauge_model::Grain;
use tidegauge_model::plan::IdForm;

use crate::failure::Failure;

/// The kind of statistics.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum KindName {
    /// Entries and exits, and persons present.
    Border,
    /// Authorised stays, departures, and persons past their end.
    Stays,
    /// Orders to leave and departures.
    Returns,
    /// Applications for asylum, decisions, pending applications.
    Asylum,
    /// The steps of a procedure, and which follows which.
    Log,
    /// Events of your own kinds.
    Own,
}

impl KindName {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Border => Kind::Border,
            Self::Stays => Kind::Stays,
            Self::Returns => Kind::Returns,
            Self::Asylum => Kind::Asylum,
            Self::Log => Kind::Log,
            Self::Own => Kind::Own,
        }
    }

    /// How often one person counts at most in a year, if nobody says otherwise.
    pub(super) fn bound(self) -> &'static str {
        match self {
            Self::Border | Self::Stays => "12",
            Self::Returns | Self::Asylum => "6",
            Self::Log | Self::Own => "16",
        }
    }

    pub(super) fn step(self) -> &'static str {
        if matches!(self, Self::Border | Self::Stays) { "day" } else { "month" }
    }
}

/// The rule of [`number`].
const WHOLE_NUMBER: &str = "must be a whole number from 1 to 1,000,000";

/// The answers so far.
pub(super) struct Questions {
    /// Whether a person can be asked.
    asks: bool,
    /// Flags that are still needed, where nobody can be asked.
    missing: Vec<&'static str>,
    /// What is known, as flags, and whether a person answered any of it.
    known: Vec<(&'static str, String)>,
    is_answered: bool,
}

impl Questions {
    pub(super) fn new() -> Self {
        Self { asks: stdin().is_terminal(), missing: vec![], known: vec![], is_answered: false }
    }

    /// What a flag says, what a person answers, or the default. Without any of them the flag is
    /// noted as missing, and the answer is empty.
    ///
    /// Errors: a flag that breaks its rule; an input that ends before the last answer.
    pub(super) fn answer(
        &mut self,
        given: Option<&String>,
        (flag, question): (&'static str, &str),
        default: Option<&str>,
    ) -> Result<String, Failure> {
        let answer = match given {
            Some(given) => match broken_rule(flag, given) {
                Some(rule) => return Err(bad(flag, &rule)),
                None => given.clone(),
            },
            None if self.asks => {
                let answer = asked((flag, question), default)?;
                self.is_answered = true;
                answer
            }
            None => match default {
                Some(default) => default.to_owned(),
                None => {
                    self.missing.push(flag);
                    return Ok(String::new());
                }
            },
        };
        self.known.push((flag, answer.clone()));
        Ok(answer)
    }

    /// Errors: flags are missing.
    pub(super) fn nothing_missing(&self) -> Result<(), Failure> {
        if self.missing.is_empty() {
            return Ok(());
        }
        let flags = self.missing.join(", ");
        let rule = "missing, and nobody can be asked; give what is missing, or run this in a \
                    terminal";
        Err(Failure::new(2, "flags-missing", format_args!("plan new: {flags}: {rule}")))
    }

    /// What is known, as flags for a shell; `None` if nobody was asked.
    pub(super) fn answered(&self) -> Option<String> {
        let flags = self.known.iter().map(|(flag, answer)| as_flag(flag, answer));
        self.is_answered.then(|| flags.collect())
    }

    /// Forgets the last answer, which is asked for again.
    pub(super) fn take_back(&mut self) {
        self.known.pop();
    }
}

/// A flag with its word, after a space, as a shell takes it.
pub(super) fn as_flag(flag: &str, word: &str) -> String {
    format!(" {flag} {}", shell(word))
}

/// A word as a shell takes it.
fn shell(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,@".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// What a person answers, or the default. An answer that breaks a rule is asked for again.
fn asked((flag, question): (&str, &str), default: Option<&str>) -> Result<String, Failure> {
    let shown = default.map_or(String::new(), |default| format!(" [{default}]"));
    loop {
        // A question that cannot be shown is answered all the same.
        let _ = write!(stderr(), "{question}{shown}: ");
        let mut line = String::new();
        let read = stdin()
            .read_line(&mut line)
            .map_err(|error| Failure::unreadable("standard input", "read", &error))?;
        if read == 0 {
            let _ = writeln!(stderr());
            let rule = "the input ended before the answer; answer it, or give it as a flag";
            return Err(Failure::new(2, "flags-missing", format_args!("plan new: {flag}: {rule}")));
        }
        match (line.trim(), default) {
            ("", Some(default)) => return Ok(default.to_owned()),
            ("", None) => drop(writeln!(stderr(), "  an answer is needed; Ctrl-C ends")),
            (answer, _) => match broken_rule(flag, answer) {
                None => return Ok(answer.to_owned()),
                Some(rule) => drop(writeln!(stderr(), "  {rule}")),
            },
        }
    }
}

/// The rule that an answer breaks by itself; what it breaks together with others is seen later.
fn broken_rule(flag: &str, answer: &str) -> Option<String> {
    let (holds, rule) = match flag {
        "--id" => return IdForm::Upper.broken_rule(answer),
        "--agency" => return IdForm::Agency.broken_rule(answer),
        "--kind" => {
            let rule = "must be border, stays, returns, asylum, log or own";
            (KindName::from_str(answer, true).is_ok(), rule)
        }
        "--time-zone" => {
            let rule = "must be a time zone by its name in the tz database, such as Europe/Tallinn";
            (TimeZone::get(answer).is_ok(), rule)
        }
        "--start" | "--expires" => {
            (answer.parse::<Date>().is_ok(), "must be a day, such as 2027-01-01")
        }
        "--step" => (["day", "week", "month"].contains(&answer), "must be day, week or month"),
        "--language" => (PLAN_LANGUAGES.contains(&answer), "must be en, de, fr or es"),
        "--vintages" => {
            let rule = "must be numbers of steps, each greater than the one before, such as 7,28, \
                        or none";
            (vintages_of(answer).is_some(), rule)
        }
        "--bound" | "--margin" => (number(answer).is_some(), WHOLE_NUMBER),
        _ => (!answer.contains(char::is_control), "must be one line, without control characters"),
    };
    (!holds).then(|| rule.to_owned())
}

/// The rule that the first day breaks together with the step.
pub(super) fn broken_start(start: &str, step: Grain) -> Option<String> {
    let day = start.parse::<Date>().ok()?;
    let since = day.weekday().since(Weekday::Monday);
    match step {
        Grain::Week if since > 0 => {
            let next = day.checked_add((7 - i32::from(since)).days()).ok()?;
            Some(format!("must be a Monday, on which weeks begin, such as {next}"))
        }
        Grain::Month if day.day() > 1 => {
            Some(format!("must be the first day of a month, such as {}", day.first_of_month()))
        }
        _ => None,
    }
}

pub(super) fn bad(flag: &str, rule: &str) -> Failure {
    Failure::value(format_args!("plan new: {flag}"), rule)
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| (1..=1_000_000).contains(number))
}

/// Numbers of steps that ascend, or none.
pub(super) fn vintages_of(text: &str) -> Option<Vec<u32>> {
    if text == "none" {
        return Some(vec![]);
    }
    let steps = text.split(',').map(|word| number(word.trim()));
    steps.collect::<Option<Vec<u32>>>().filter(|steps| steps.is_sorted_by(|a, b| a < b))
}

pub(super) fn needed_number(flag: &str, text: &str) -> Result<u32, Failure> {
    number(text).ok_or_else(|| bad(flag, WHOLE_NUMBER))
}
