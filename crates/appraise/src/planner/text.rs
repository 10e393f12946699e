//! A forecast as text for people: what is read first, then marginals and cells, then streams.
//!
//! Not here: what the numbers are (`forecast`, `margin`, `ratio`).
//!
//! Invariants:
//! 1. Every margin of the forecast is in it, headlines of the plan first; streams and alternatives
//!    if they were asked for.
//! 2. A margin above 10 is a whole number, a smaller one has one decimal if it is none; those of
//!    figures that are whole numbers are shown as they are published
//!    (`tests::margins_are_rounded_for_people`).

use std::fmt::{self, Display, Formatter};

use super::columns::Columns;
use super::cut::ChosenBound;
use super::fit::{FittedPlan, UnwishedMarginal};
use super::forecast::{DataflowForecast, Forecast};
use super::headline::{FirstFigure, HeadlineForecast};
use super::margin::{MarginForecast, reliable_from};
use super::ratio::Ratio;

/// The margin above which decimals say nothing.
const WHOLE_FROM: f64 = 10.0;
/// The difference, relative to the first window, from which later windows have a line of their own.
const TENTH: f64 = 0.1;

impl Display for Forecast {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({})", self.title, self.id)?;
        writeln!(
            f,
            "unit of privacy: everything about one person, in what is measured in one {}",
            self.window
        )?;
        let (rho, windows, lifetime) = (&self.rho, self.windows, &self.lifetime);
        writeln!(f, "budget: rho {rho} a window, {windows} windows, lifetime total {lifetime}")?;
        for (window, life) in self.epsilon.iter().zip(&self.lifetime_epsilon) {
            writeln!(
                f,
                "  a window is (epsilon {:.2}, delta {:e}), \
                 the lifetime (epsilon {:.2}, delta {:e})",
                window.epsilon, window.delta, life.epsilon, life.delta
            )?;
        }
        self.odds(f)?;
        writeln!(f, "retention: {}", self.retention)?;
        if let Some(intake) = &self.intake {
            intake.fmt(f)?;
        }
        first_figures(f, &self.read_first)?;
        match self.headline.iter().any(|headline| headline.wished.is_some()) {
            true => wishes(f, &self.headline)?,
            false => headline(f, &self.headline)?,
        }
        let (tables, cells): (Vec<_>, Vec<_>) =
            self.dataflows.iter().partition(|outlook| outlook.is_table());
        details(f, "Marginals of tables", &tables)?;
        details(f, "Cells, each with noise of its own", &cells)?;
        if self.has_streams {
            writeln!(f, "\nStreams in the first window")?;
            self.dataflows.iter().try_for_each(|outlook| streams(f, outlook))?;
        }
        if self.dataflows.iter().any(|outlook| !outlook.alternatives.is_empty()) {
            writeln!(f, "\nAlternatives: the margin would instead be")?;
            self.dataflows.iter().try_for_each(|outlook| alternatives(f, outlook))?;
        }
        Ok(())
    }
}

impl Forecast {
    /// What a bettor on one person can gain, and what events of one window alone may cost.
    fn odds(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (window, life) = (self.right_guesses, self.lifetime_right_guesses);
        let events = self.events_right_guesses;
        writeln!(
            f,
            "a guess whether one person is in the data is right at most {window} times in 100 from \
             a window, {life} from the lifetime"
        )?;
        let (word, rho) = (self.window, &self.rho_of_events);
        match self.windows_moved {
            1 => writeln!(
                f,
                "events of one {word} change the measurements of that {word} only: rho {rho}"
            ),
            count => writeln!(
                f,
                "events of one {word} can change the measurements of {count} {word}s: rho {rho}, \
                 right at most {events} times in 100"
            ),
        }
    }
}

/// The figures that the plan names as headlines, one line each.
fn first_figures(f: &mut Formatter<'_>, figures: &[FirstFigure]) -> fmt::Result {
    if figures.is_empty() {
        return Ok(());
    }
    writeln!(f, "\nWhat readers see first: margin of error (95 %) in the middle of a window\n")?;
    let stages = Stages::of(figures.iter().map(|first| &first.figure));
    let mut columns = Columns::indented(2);
    columns.row(["", "period"].into_iter().chain(stages.heads()));
    for FirstFigure { title, figure, .. } in figures {
        let words = [title.clone(), figure.grain.to_owned()].into_iter();
        columns.row(words.chain(stages.margins(figure)));
    }
    columns.fmt(f)?;
    stages.note(f)
}

/// Which margins of a figure there are besides that in the first window in the end.
#[derive(Clone, Copy)]
struct Stages {
    /// That of the first count.
    first_count: bool,
    /// That in later windows.
    later: bool,
}

impl Stages {
    fn of<'m>(margins: impl Iterator<Item = &'m MarginForecast> + Clone) -> Self {
        let first_count = margins.clone().any(|margin| margin.first_count.is_some());
        Self { first_count, later: margins.clone().any(|margin| margin.later.is_some()) }
    }

    fn heads(self) -> impl Iterator<Item = &'static str> {
        let heads = [
            self.first_count.then_some("first count"),
            Some("first window"),
            self.later.then_some("later windows"),
        ];
        heads.into_iter().flatten()
    }

    fn margins(self, figure: &MarginForecast) -> impl Iterator<Item = String> {
        let cells = [
            self.first_count.then(|| shown(figure.first_count)),
            Some(shown(figure.first)),
            self.later.then(|| shown(figure.later)),
        ];
        cells.into_iter().flatten()
    }

    /// What the margins of a first count say, if there are any.
    fn note(self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.first_count {
            return Ok(());
        }
        writeln!(
            f,
            "\n  first count: the margin of what is counted when the figure is first published, \
             without what comes\n  later; the others: the margin after the last vintage"
        )
    }
}

/// The headline figures: one line for each figure, one column for each length of period.
fn headline(f: &mut Formatter<'_>, headline: &[HeadlineForecast]) -> fmt::Result {
    let mut grains: Vec<&str> = Vec::new();
    for figure in headline {
        if !grains.contains(&figure.figure.grain) {
            grains.push(figure.figure.grain);
        }
    }
    writeln!(f, "\nHeadline figures: margin of error (95 %), by length of period")?;
    if headline.iter().any(|headline| headline.figure.later.is_some()) {
        writeln!(
            f,
            "(later windows have a line of their own if they differ by more than a tenth)"
        )?;
    }
    if headline.iter().any(|headline| headline.figure.first_count.is_some()) {
        writeln!(
            f,
            "(first count: of what is counted when the figure is first published; the line above: \
             after the last vintage)"
        )?;
    }
    writeln!(f)?;
    let mut columns = Columns::indented(2);
    columns.row(std::iter::once("").chain(grains.iter().copied()));
    let mut rest = headline;
    while let Some(first) = rest.first() {
        let is_same = |other: &HeadlineForecast| other.dataflow == first.dataflow;
        let end = rest.iter().position(|other| !is_same(other)).unwrap_or(rest.len());
        columns.row([first.dataflow.clone()]);
        for line in lines(&rest[..end]) {
            line.rows(&grains).into_iter().for_each(|row| columns.row(row));
        }
        rest = &rest[end..];
    }
    columns.fmt(f)
}

/// Up to this many times the least rho, what a plan takes needs no explanation.
const NEAR: f64 = 1.01;

impl Display for FittedPlan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (least, available, gap) = (self.least, self.available, self.gap.max(0.0) * 100.0);
        writeln!(f, "all wishes need rho {least:.3} a window, {available:.3} is available")?;
        writeln!(f, "(no other split over these measurements needs {gap:.2} % less)")?;
        let (factor, given) = (self.factor, self.given);
        match factor > 1.0 {
            true => writeln!(
                f,
                "wishes are missed by a common factor of {factor:.3} (with this rho no split over \
                 these\nmeasurements misses them by less than {:.3})\n",
                self.unavoidable
            )?,
            // What is measured without a wish has a part of the budget too.
            false if given > NEAR * least => writeln!(
                f,
                "wishes are granted by a plan that takes rho {given:.3}: more than that, since \
                 what\nno wish is for is measured too, with noise that can be drawn\n"
            )?,
            false => writeln!(f, "wishes are granted by a plan that takes rho {given:.3}\n")?,
        }
        bounds(f, &self.bounds)?;
        Wishes(&self.wishes).fmt(f)?;
        if !self.unwished.is_empty() {
            writeln!(
                f,
                "\nwarning: marginals without a wish get only as much as their noise needs to be \
                 drawn; give those\nthat are read a wish\n"
            )?;
        }
        for UnwishedMarginal { dataflow, figure } in &self.unwished {
            let of = wished_for(figure);
            let margin = shown(Some(figure.largest()));
            writeln!(f, "  {dataflow} {of}, {}: known within {margin}", figure.grain)?;
        }
        Ok(())
    }
}

/// The bounds that were chosen, and what each cuts.
fn bounds(f: &mut Formatter<'_>, bounds: &[ChosenBound]) -> fmt::Result {
    for chosen in bounds {
        let ChosenBound { dataflow, bound, before, cut, persons, is_too_low } = chosen;
        let was = if bound == before { String::new() } else { format!(" instead of {before}") };
        let cut = match *persons {
            0 => "cuts nothing of the table".into(),
            1 => {
                format!("cuts {:.2} % of the contributions in the table, of 1 person", cut * 100.0)
            }
            _ => {
                let (cut, persons) = (cut * 100.0, whole(*persons as f64));
                format!("cuts {cut:.2} % of the contributions in the table, of {persons} persons")
            }
        };
        writeln!(f, "{dataflow}: bound {bound}{was}: {cut}")?;
        if *is_too_low {
            writeln!(
                f,
                "warning: that is more than the margins wished for hide, and no plan can have a \
                 higher bound; publish\nhow many persons it concerns with an at_bound dataflow"
            )?;
        }
    }
    if bounds.is_empty() { Ok(()) } else { writeln!(f) }
}

/// Every wish beside what is reached.
fn wishes(f: &mut Formatter<'_>, headline: &[HeadlineForecast]) -> fmt::Result {
    writeln!(f, "\nWishes: margin of error (95 %) in the middle of a window\n")?;
    Wishes(headline).fmt(f)
}

/// A table of wishes, wished and reached.
pub(super) struct Wishes<'a>(pub(super) &'a [HeadlineForecast]);

impl Display for Wishes<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let stages = Stages::of(self.0.iter().map(|wish| &wish.figure));
        let mut columns = Columns::indented(2);
        columns.row(["", "wished"].into_iter().chain(stages.heads()).chain(["missed by"]));
        let mut dataflow = "";
        for wish in self.0 {
            let HeadlineForecast { dataflow: own, figure, wished } = wish;
            if own != dataflow {
                dataflow = own;
                columns.row([own.clone()]);
            }
            let mut row = vec![format!("  {}, {}", wished_for(figure), figure.grain)];
            row.push(shown(*wished));
            row.extend(stages.margins(figure));
            row.push(match wish.missed_by().map(|factor| (factor - 1.0) * 100.0) {
                None => "-".into(),
                Some(percent) if percent < 10.0 => format!("{percent:.1} %"),
                Some(percent) => format!("{percent:.0} %"),
            });
            columns.row(row);
        }
        columns.fmt(f)?;
        stages.note(f)
    }
}

/// Which figures a wish is for.
fn wished_for(figure: &MarginForecast) -> String {
    let of = match figure.of.as_deref() {
        None | Some("total") => "total".into(),
        Some(of) => format!("by {of}"),
    };
    match figure.indicator {
        "FLOW" | "AT_BOUND" => of,
        indicator => format!("{of}, {}", indicator.to_lowercase()),
    }
}

/// The headline figures of one marginal and indicator.
struct HeadlineLine<'a> {
    of: &'a str,
    indicators: Vec<&'static str>,
    figures: Vec<&'a MarginForecast>,
}

/// The headline figures of a dataflow, gathered by marginal and indicator. Indicators with equal
/// margins are on one line.
fn lines(headline: &[HeadlineForecast]) -> Vec<HeadlineLine<'_>> {
    let mut lines: Vec<HeadlineLine> = Vec::new();
    for HeadlineForecast { figure, .. } in headline {
        let of = figure.of.as_deref().unwrap_or_default();
        let known = lines
            .iter_mut()
            .find(|line| line.of == of && line.indicators.contains(&figure.indicator));
        match known {
            Some(line) => line.figures.push(figure),
            None => {
                let (indicators, figures) = (vec![figure.indicator], vec![figure]);
                lines.push(HeadlineLine { of, indicators, figures });
            }
        }
    }
    let is_alike = |line: &HeadlineLine, other: &HeadlineLine| {
        let mut pairs = line.figures.iter().zip(&other.figures);
        line.of == other.of
            && line.figures.len() == other.figures.len()
            && pairs.all(|(a, b)| {
                (a.first, a.later, a.first_count) == (b.first, b.later, b.first_count)
            })
    };
    lines.into_iter().fold(Vec::new(), |mut joined: Vec<HeadlineLine>, line| {
        match joined.iter_mut().find(|other| is_alike(&line, other)) {
            Some(other) => other.indicators.extend(line.indicators),
            None => joined.push(line),
        }
        joined
    })
}

impl HeadlineLine<'_> {
    /// A row for the first window and one for later windows if they differ; otherwise one row with
    /// the larger margins.
    fn rows(&self, grains: &[&str]) -> Vec<Vec<String>> {
        let by = if self.of == "total" { "total".to_owned() } else { format!("by {}", self.of) };
        let words = match self.indicators[..] {
            ["FLOW"] | ["AT_BOUND"] => format!("  {by}"),
            _ => format!("  {by}: {}", self.indicators.join(", ").to_lowercase()),
        };
        let row = |words: String, margin: &dyn Fn(&MarginForecast) -> Option<f64>| {
            let found = |grain: &&str| self.figures.iter().find(|figure| figure.grain == *grain);
            let cell = |grain: &&str| found(grain).map_or(String::new(), |m| shown(margin(m)));
            std::iter::once(words).chain(grains.iter().map(cell)).collect::<Vec<String>>()
        };
        let differs = |figure: &&MarginForecast| match (figure.first, figure.later) {
            (Some(first), Some(later)) => (later / first - 1.0).abs() > TENTH,
            (first, later) => first.is_none() && later.is_some(),
        };
        let mut rows = match self.figures.iter().any(differs) {
            false => vec![row(words, &|figure| Some(figure.largest()))],
            true => {
                let first = row(words, &|figure| figure.first);
                vec![first, row("    in later windows".into(), &|figure| figure.later)]
            }
        };
        if self.figures.iter().any(|figure| figure.first_count.is_some()) {
            rows.push(row("    first count".into(), &|figure| figure.first_count));
        }
        rows
    }
}

/// The margins of some dataflows, line by line.
fn details(f: &mut Formatter<'_>, title: &str, outlooks: &[&DataflowForecast]) -> fmt::Result {
    if outlooks.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{title}")?;
    for outlook in outlooks {
        let DataflowForecast { id, measure, cells, reserved, bound, share, .. } = outlook;
        let of = outlook.first_of.as_ref().map(|of| format!(", first of {of}")).unwrap_or_default();
        let month = outlook.bound_month.map(|m| format!(" ({m} a month)")).unwrap_or_default();
        let cells = match reserved {
            0 => format!("{cells} cells"),
            _ => format!("{cells} cells ({reserved} of them reserved)"),
        };
        writeln!(f, "\n  {id}: {measure}{of}, {cells}, bound {bound}{month}, share {share}")?;
        if let [before @ .., last] = &outlook.vintages[..] {
            let before: Vec<String> = before.iter().map(u32::to_string).collect();
            let before =
                if before.is_empty() { String::new() } else { before.join(", ") + " and " };
            let steps = outlook.step.replace('_', " ") + if *last == 1 { "" } else { "s" };
            writeln!(f, "    late events are counted after {before}{last} {steps}")?;
        }
        let mut columns = Columns::indented(4);
        let stages = Stages::of(outlook.margins.iter());
        let heads = std::iter::once("margin of error").chain(stages.heads());
        columns.row(heads.chain(["reliable from"]));
        let mut of = None;
        for margin in &outlook.margins {
            if margin.of != of {
                of.clone_from(&margin.of);
                columns.row([match of.as_deref() {
                    None | Some("total") => "total".into(),
                    Some(of) => format!("by {of}"),
                }]);
            }
            let mut row = vec![format!("{} {}", margin.indicator, margin.grain)];
            row.extend(stages.margins(margin));
            row.push(whole(reliable_from(margin.largest())));
            columns.row(row);
        }
        columns.fmt(f)?;
        stages.note(f)?;
    }
    Ok(())
}

/// The mechanisms of a dataflow.
fn streams(f: &mut Formatter<'_>, outlook: &DataflowForecast) -> fmt::Result {
    writeln!(f, "\n  {}", outlook.id)?;
    let mut columns = Columns::indented(4);
    columns.row(["part", "strategy", "one person", "sigma", "charge rho", "over the least error"]);
    let mut reads: Vec<&str> = Vec::new();
    for part in &outlook.parts {
        let ratio = match part.least {
            Some(Ratio { ratio: Some(ratio), .. }) => format!("{ratio:.3}"),
            Some(Ratio { .. }) => "not computed".into(),
            None => String::new(),
        };
        if let Some(Ratio { reads: read, .. }) = part.least
            && !reads.contains(&read)
        {
            reads.push(read);
        }
        columns.row([
            part.part.clone(),
            part.strategy.to_owned(),
            format!("{:.2}", part.sensitivity),
            format!("{:.2}", part.sigma),
            short(&part.rho),
            ratio,
        ]);
    }
    columns.fmt(f)?;
    reads.iter().try_for_each(|read| writeln!(f, "    error of: {read}"))
}

fn alternatives(f: &mut Formatter<'_>, outlook: &DataflowForecast) -> fmt::Result {
    if outlook.alternatives.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n  {}", outlook.id)?;
    for alternative in &outlook.alternatives {
        writeln!(f, "    {}", alternative.change)?;
        let row = row(&alternative.margins, alternative.instead_of.as_deref());
        writeln!(f, "      {row}")?;
    }
    Ok(())
}

/// Margins on one line, each with the margin that it replaces.
fn row(margins: &[MarginForecast], instead: Option<&[MarginForecast]>) -> String {
    let one = |(at, margin): (usize, &MarginForecast)| {
        let now = instead.and_then(|instead| instead.get(at));
        let now = now.map(|now| format!(" (now {})", rounded(now.margin))).unwrap_or_default();
        let of = margin.of.as_ref().map(|of| format!("{of} ")).unwrap_or_default();
        format!("{of}{} {} {}{now}", margin.indicator, margin.grain, rounded(margin.margin))
    };
    margins.iter().enumerate().map(one).collect::<Vec<_>>().join(", ")
}

/// A margin, or a dash where there is none.
fn shown(margin: Option<f64>) -> String {
    margin.map_or_else(|| "-".into(), rounded)
}

/// A margin as people read it: a whole number above 10, at most one decimal below.
pub(super) fn rounded(margin: f64) -> String {
    match margin > WHOLE_FROM || margin.fract() == 0.0 {
        true => whole(margin),
        false => format!("{margin:.1}"),
    }
}

/// A whole number, in groups of three digits.
pub(super) fn whole(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && number.is_finite() {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// An exact rational that is too long to read, as a decimal rounded up.
fn short(rho: &str) -> String {
    if rho.len() <= 16 {
        return rho.to_owned();
    }
    let parse = |part: &str| part.parse::<f64>().unwrap_or(f64::NAN);
    let (numerator, denominator) = rho.split_once('/').unwrap_or((rho, "1"));
    let decimal = (parse(numerator) / parse(denominator) * 1e6).ceil() / 1e6;
    format!("{decimal} (rounded up)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_are_rounded_for_people() {
        let table = [
            (4.94, "4.9"),
            (10.0, "10"),
            (3.0, "3"),
            (10.4, "10"),
            (15.8, "16"),
            (3350.2, "3,350"),
        ];
        for (margin, text) in table {
            assert_eq!(rounded(margin), text);
        }
        assert_eq!(whole(1_234_567.0), "1,234,567");
        assert_eq!(rounded(f64::INFINITY), "inf");
    }
}
