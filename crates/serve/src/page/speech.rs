//! How series and figures are named and described in words: `web/series.js` for the pages that the
//! server writes.
//!
//! Not here: messages ([`crate::words`]), numbers and dates (`locale`).
//!
//! Invariants:
//! 1. The server and the scripts write one sentence (`checks/browser/served.test.js`).

use tidegauge_figures::Catalogue;
use tidegauge_model::Dataflow;

use super::length::count_of;
use super::locale::{Rounding, about_period, percent, period, whole};
use super::structure::{Structure, TOTAL};
use super::view::{Counted, Row};
use crate::words::Words;

/// A margin above this share of its figure makes it one of low reliability.
const RELIABLE_MARGIN: f64 = 0.3;
/// Dimensions that do not tell series apart.
const GENERAL: [&str; 2] = ["FREQ", "REF_AREA"];

/// A statistic, described in a language.
#[derive(Clone, Copy)]
pub(super) struct Speech<'s> {
    pub(super) words: &'static Words,
    pub(super) catalogue: &'s Catalogue,
    pub(super) structure: &'s Structure,
}

impl Speech<'_> {
    fn code(&self, position: usize, id: &str) -> String {
        let Some(dimension) = self.structure.dimensions.get(position) else {
            return id.to_owned();
        };
        if id == TOTAL {
            return self.words.say("total").to_owned();
        }
        let message = format!("code-{}-{id}", dimension.id);
        if dimension.id == "FREQ" && self.words.has(&message) {
            return self.words.say(&message).to_owned();
        }
        let code = dimension.codes.iter().find(|code| code.id == id);
        code.map_or_else(|| id.to_owned(), |code| code.name.clone())
    }

    /// A series by every dimension that is informative.
    pub(super) fn series(&self, key: &[String]) -> String {
        let dimensions = self.structure.dimensions.iter().enumerate();
        let told = dimensions.zip(key).filter(|((_, dimension), code)| {
            !GENERAL.contains(&&*dimension.id) && dimension.codes.len() > 1 && *code != TOTAL
        });
        let names: Vec<String> =
            told.map(|((position, _), code)| self.code(position, code)).collect();
        if names.is_empty() { self.words.say("total").to_owned() } else { names.join(" \u{b7} ") }
    }

    /// A series by the dimensions in which those of the key differ.
    pub(super) fn difference(&self, key: &[Vec<String>], series: &[String]) -> String {
        let several = key.iter().zip(series).enumerate().filter(|(_, (part, _))| part.len() > 1);
        let names: Vec<String> =
            several.map(|(position, (_, code))| self.code(position, code)).collect();
        if names.is_empty() { self.series(series) } else { names.join(" \u{b7} ") }
    }

    pub(super) fn number(&self, x: f64, rounding: Rounding) -> String {
        if self.structure.is_rate() {
            percent(self.words, x, rounding)
        } else {
            whole(self.words, x, rounding)
        }
    }

    /// The dataflows of a rate; any other statistic itself.
    pub(super) fn dataflows(&self) -> Vec<&Dataflow> {
        let Structure { id, parts, .. } = self.structure;
        let ids = if parts.is_empty() { std::slice::from_ref(id) } else { parts };
        let flow = |id: &String| self.catalogue.plan.dataflows.iter().find(|flow| flow.id == *id);
        ids.iter().filter_map(flow).collect()
    }

    /// Whether late events change who is present in later periods, and never a figure that is
    /// published.
    pub(super) fn is_kept(&self) -> bool {
        self.dataflows().iter().any(|flow| flow.present().is_some())
    }

    /// The margin of a count; a rate has none, nor has a structural zero.
    pub(super) fn margin(&self, row: &Row) -> Option<String> {
        self.margin_of(row).filter(|_| !row.is_zero())
    }

    /// The margin of a figure that stands alone: that of a nowcast is of more than the noise, and
    /// says its level.
    pub(super) fn margin_alone(&self, row: &Row) -> Option<String> {
        let number = self.number(row.margin, Rounding::Up);
        let level = || self.words.fill("margin-nowcast", &[("margin", &number)]);
        self.margin(row).map(|margin| if row.counted.is_some() { level() } else { margin })
    }

    /// The margin of a count, 0 for a structural zero; a rate has none.
    pub(super) fn margin_of(&self, row: &Row) -> Option<String> {
        let margin = || format!("\u{b1} {}", self.number(row.margin, Rounding::Up));
        (!self.structure.is_rate()).then(margin)
    }

    /// A figure with its margin, or with its interval if it is a rate.
    pub(super) fn figure(&self, row: &Row) -> String {
        let value = self.number(row.value, Rounding::Nearest);
        match self.margin(row) {
            _ if row.is_zero() => value,
            Some(margin) => format!("{value} {margin}"),
            None => {
                let [low, high] = self.ends(row);
                format!("{value} ({low} \u{2013} {high})")
            }
        }
    }

    /// The ends of the interval.
    pub(super) fn ends(&self, row: &Row) -> [String; 2] {
        [self.number(row.low, Rounding::Down), self.number(row.high, Rounding::Up)]
    }

    /// The count behind a nowcast, with its margin; empty for any other figure.
    pub(super) fn counted_so_far(&self, row: &Row) -> String {
        let Some(Counted { value, margin, .. }) = &row.counted else { return String::new() };
        let number = |x, rounding| self.number(x, rounding);
        let figure = format!(
            "{}\u{a0}\u{b1}\u{a0}{}",
            number(*value, Rounding::Nearest),
            number(*margin, Rounding::Up)
        );
        self.words.fill("counted-so-far", &[("figure", &figure)])
    }

    /// The interval in a sentence. It never covers late events that are due, except as a nowcast.
    pub(super) fn interval(&self, key: &[String], row: &Row) -> String {
        let [low, high] = self.ends(row);
        let value = self.number(row.value, Rounding::Nearest);
        if let Some(counted) = &row.counted {
            let day = period(self.words, &counted.by, "D", false);
            let is_less = self.catalogue.plan.life_cycle.corrections && row.value < counted.value;
            let counted = self.number(counted.value, Rounding::Nearest);
            let places = [
                ("day", &*day),
                ("counted", &*counted),
                ("value", &*value),
                ("low", &*low),
                ("high", &*high),
            ];
            let nowcast = self.words.fill("interval-nowcast", &places);
            return match is_less {
                true => format!("{nowcast} {}", self.words.say("nowcast-less")),
                false => nowcast,
            };
        }
        if row.is_open {
            let is_least = !self.catalogue.plan.life_cycle.corrections && row.low > 0.0;
            return match is_least {
                true => self.words.fill("interval-least", &[("low", &low)]),
                false => self.words.fill("interval-counted", &[("counted", &value)]),
            };
        }
        if row.is_zero() {
            return self.words.say("interval-zero").to_owned();
        }
        if self.structure.is_rate() {
            let is_open = row.status.as_deref() == Some("P") && self.has_late_parts();
            let message = if is_open { "interval-so-far" } else { "interval-between" };
            return self.words.fill(message, &[("low", &low), ("high", &high)]);
        }
        if row.high < 0.0 {
            return self.words.say("interval-none").to_owned();
        }
        let high = self.counted(key, row.high.ceil(), high);
        if row.low > 0.0 {
            return self.words.fill("interval-between", &[("low", &low), ("high", &high)]);
        }
        let most = self.words.fill("interval-most", &[("high", &high)]);
        match row.value < 0.0 {
            true => format!("{most} {}", self.words.say("interval-negative")),
            false => most,
        }
    }

    /// Whether late events are counted in a dataflow that a rate is made of.
    fn has_late_parts(&self) -> bool {
        let flows = &self.catalogue.plan.dataflows;
        let has_vintages =
            |part: &String| flows.iter().any(|flow| flow.id == *part && !flow.vintages.is_empty());
        self.structure.parts.iter().any(has_vintages)
    }

    /// A number with its unit, if it has one.
    fn counted(&self, key: &[String], count: f64, number: String) -> String {
        let Structure { measure, unit, grains, .. } = self.structure;
        let is_sum = key.first() != grains.first() || key.iter().any(|code| code == TOTAL);
        if is_sum && measure == "flow" && unit == "PERSONS" {
            return number;
        }
        let name = if unit == "EVENTS" { "events" } else { "persons" };
        self.words.count(name, count, &[("count", &number)])
    }

    /// A period as it is written, in full or in short.
    pub(super) fn period(&self, key: &[String], text: &str, is_long: bool) -> String {
        period(self.words, text, key.first().map_or("", String::as_str), is_long)
    }

    /// The period of a figure, as a part of a sentence.
    pub(super) fn when(&self, key: &[String], text: &str) -> String {
        let is_stock = self.structure.measure == "stock"
            || key.get(2).is_some_and(|indicator| indicator == "STOCK");
        let frequency = key.first().map_or("D", String::as_str);
        let grain = if frequency == "N15" { "H" } else { frequency };
        let name = format!("{}-{grain}", if is_stock { "end-of" } else { "during" });
        about_period(self.words, &name, text, frequency)
    }

    /// The names of the messages of what is special about a figure.
    fn flags(&self, row: &Row) -> Vec<&'static str> {
        let code = match row.status.as_deref() {
            Some("B") => Some("flag-b"),
            Some("M") => Some("flag-z"),
            Some("P") => Some("flag-p"),
            _ => None,
        };
        let estimated = row.counted.is_some().then_some("flag-e");
        let weak = (row.margin > RELIABLE_MARGIN * row.value.abs()).then_some("flag-u");
        let silent = (!row.silent.is_empty()).then_some("flag-s");
        [code, estimated, weak, silent].into_iter().flatten().collect()
    }

    /// The status in words.
    pub(super) fn status(&self, row: &Row) -> String {
        let mut flags = self.flags(row);
        if flags.is_empty() {
            flags.push(if self.is_kept() { "flag-kept" } else { "flag-none" });
        }
        let flags: Vec<&str> = flags.into_iter().map(|name| self.words.say(name)).collect();
        flags.join(", ")
    }

    /// The status in words; that of a final figure says what it lacks.
    pub(super) fn status_in_full(&self, row: &Row) -> String {
        if self.flags(row).is_empty() { self.ended(row) } else { self.status(row) }
    }

    /// What comes too late for a final figure, in a sentence; empty for one that can still change,
    /// and for a structural zero.
    pub(super) fn ended(&self, row: &Row) -> String {
        let (words, flows, status) = (self.words, self.dataflows(), row.status.as_deref());
        // A break hides whether a figure is provisional.
        let is_unsure = status == Some("B")
            && (self.structure.is_rate() || flows.iter().any(|flow| flow.is_refined()));
        let is_due = status == Some("P") || row.is_open || row.counted.is_some();
        if is_due || is_unsure || row.is_zero() {
            return String::new();
        }
        if self.is_kept() {
            return words.say("final-present").to_owned();
        }
        let mut ends = flows.iter().map(|flow| (flow.vintages.last(), flow.step.word()));
        match ends.next() {
            Some(end) if ends.any(|other| other.0 != end.0) => words.say("final-parts").to_owned(),
            Some((Some(&last), step)) => {
                words.fill("final-late", &[("time", &count_of(words, last, step))])
            }
            _ => words.say("final-once").to_owned(),
        }
    }

    /// The sources that had not delivered when a figure was released, in a sentence; empty if all
    /// had.
    pub(super) fn silent(&self, row: &Row) -> String {
        let sources = self.catalogue.plan.sources.iter();
        let silent = sources.filter(|source| row.silent.contains(&source.id));
        let names: Vec<&str> = silent.map(|source| &*source.name).collect();
        if names.is_empty() {
            return String::new();
        }
        self.words.count("silent", names.len() as f64, &[("names", &names.join(", "))])
    }

    /// One figure in one sentence.
    pub(super) fn sentence(&self, what: &str, key: &[String], row: &Row) -> String {
        let (when, figure) = (self.when(key, &row.period), self.figure(row));
        let interval = self.interval(key, row);
        let places =
            [("what", what), ("when", &*when), ("figure", &*figure), ("interval", &*interval)];
        let sentence = self.words.fill("sentence", &places);
        match self.silent(row) {
            silent if silent.is_empty() => sentence,
            silent => format!("{sentence} {silent}"),
        }
    }

    /// One figure in one sentence, and its status in another; that of a final one says what it
    /// lacks.
    pub(super) fn summary(&self, what: &str, key: &[String], row: &Row) -> String {
        let sentence = self.sentence(what, key, row);
        if self.flags(row).is_empty() {
            return format!("{sentence} {}", self.ended(row));
        }
        format!("{sentence} {}: {}.", self.words.say("status"), self.status(row))
    }
}
