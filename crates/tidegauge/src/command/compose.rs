//! `plan new`: a plan from a plain description, by flags or by questions.
//!
//! Not here: what the plan says (crate `appraise`, `compose`).
//!
//! Invariants:
//! 1. A file that is there stays as it is without `--force`
//!    (`tests/plan_new.rs`: `a_file_is_kept_and_missing_flags_are_named_at_once`).
//! 2. Without a terminal nothing is asked: one error names every flag that is missing (the same).
//! 3. Of a sample only names of columns and codes are used
//!    (`tests/plan_new.rs`: `a_sample_gives_names_and_codes_only`).

use std::fs;
use std::io::{IsTerminal, Write, stderr, stdin};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use tidegauge_appraise::{
    ComposeError, Description, Dimension, EPSILON_MAX, FittedPlan, Forecast, ForecastOptions, Kind,
    Limits, ListOfCodes, Sample, compose, forecast, list, list_of_table,
};
use tidegauge_model::plan::IdForm;
use tidegauge_model::{Grain, Plan};

use super::output::{print_answer, print_done, print_warnings, without_price};
use crate::failure::{Done, Failure, print_error};

/// The kind of statistics.
#[derive(Clone, Copy, ValueEnum)]
enum KindName {
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
    fn kind(self) -> Kind {
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
    fn bound(self) -> &'static str {
        match self {
            Self::Border | Self::Stays => "12",
            Self::Returns | Self::Asylum => "6",
            Self::Log | Self::Own => "16",
        }
    }

    fn step(self) -> &'static str {
        if matches!(self, Self::Border | Self::Stays) { "day" } else { "month" }
    }
}

/// Start a plan: asks what is missing if there is a terminal.
#[derive(Args)]
pub(crate) struct New {
    /// What is counted.
    #[arg(long, value_enum)]
    kind: Option<KindName>,
    /// The plan's id, in capital letters.
    #[arg(long)]
    id: Option<String>,
    /// The agency's id, in capital letters.
    #[arg(long)]
    agency: Option<String>,
    /// The title that readers see.
    #[arg(long)]
    title: Option<String>,
    /// Who is responsible for the data.
    #[arg(long)]
    controller: Option<String>,
    /// The law on which the statistics rest.
    #[arg(long)]
    legal_basis: Option<String>,
    /// Where readers can ask.
    #[arg(long)]
    contact: Option<String>,
    /// The country or area, as a code.
    #[arg(long)]
    area: Option<String>,
    /// The time zone, such as Europe/Tallinn.
    #[arg(long)]
    time_zone: Option<String>,
    /// The first day that is counted.
    #[arg(long)]
    start: Option<String>,
    /// The last day that is counted.
    #[arg(long)]
    expires: Option<String>,
    /// `day`, `week` or `month`; shorter steps are written into the plan by hand.
    #[arg(long)]
    step: Option<String>,
    /// The budget of a year, a fraction. Without it as little as the wishes need, and at most what
    /// lets the whole life of the plan cost a person epsilon 20 at delta 1e-6.
    #[arg(long)]
    rho: Option<String>,
    /// How often one person counts at most in a year.
    #[arg(long)]
    bound: Option<String>,
    /// The margin of error that you wish for the headline figures, in persons.
    #[arg(long)]
    margin: Option<String>,
    /// Kinds of events of `log` and `own`: codes:A,B, file:TABLE.csv, sample or sample:COLUMN.
    #[arg(long)]
    events: Option<String>,
    /// An attribute that divides figures: NAME, NAME=SOURCE or NAME=SOURCE@MARGIN. NAME is
    /// age_band, applicant_type, assistance, border_point, border_type, citizenship, destination,
    /// mode, outcome, refusal_reason, sex, stay_class or traveller_class; age_band, citizenship,
    /// sex and stay_class may stand alone, with a built-in list. SOURCE is countries, sex,
    /// age-bands, stay-classes, airports, codes:A,B=Name, file:TABLE.csv, sample or sample:COLUMN.
    /// `none` for no attribute.
    #[arg(long = "dimension")]
    dimensions: Vec<String>,
    /// A CSV file of which names of columns and codes are taken, and nothing else.
    #[arg(long)]
    sample: Option<PathBuf>,
    /// Write the plan to this file; without it the plan goes to standard output.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Overwrite the file.
    #[arg(long)]
    force: bool,
}

/// Flags that are still needed, where nobody can be asked.
struct Questions {
    asks: bool,
    missing: Vec<&'static str>,
}

impl Questions {
    /// What a flag says, what a person answers, or the default. Without any of them the flag is
    /// noted as missing, and the answer is empty.
    fn answer(
        &mut self,
        given: Option<&String>,
        (flag, question): (&'static str, &str),
        default: Option<&str>,
    ) -> Result<String, Failure> {
        if let Some(given) = given {
            return match broken_rule(flag, given) {
                Some(rule) => Err(bad(flag, &rule)),
                None => Ok(given.clone()),
            };
        }
        if self.asks
            && let Some(answer) = asked((flag, question), default)?
        {
            return Ok(answer);
        }
        let default = default.map(str::to_owned);
        Ok(default.unwrap_or_else(|| {
            self.missing.push(flag);
            String::new()
        }))
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
        "--bound" | "--margin" => (number(answer).is_some(), WHOLE_NUMBER),
        _ => return None,
    };
    (!holds).then(|| rule.to_owned())
}

/// The rule that the first day breaks together with the step.
fn broken_start(start: &str, step: Grain) -> Option<String> {
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

/// What a person answers, or the default; `None` if standard input ends without either. An answer
/// that breaks a rule is asked for again.
fn asked((flag, question): (&str, &str), default: Option<&str>) -> Result<Option<String>, Failure> {
    let shown = default.map_or(String::new(), |default| format!(" [{default}]"));
    loop {
        // A question that cannot be shown is answered all the same.
        let _ = write!(stderr(), "{question}{shown}: ");
        let mut line = String::new();
        let read = stdin()
            .read_line(&mut line)
            .map_err(|error| Failure::unreadable("standard input", "read", &error))?;
        match (line.trim(), default) {
            ("", Some(default)) => return Ok(Some(default.to_owned())),
            ("", None) if read == 0 => return Ok(None),
            ("", None) => drop(writeln!(stderr(), "  an answer is needed; Ctrl-C ends")),
            (answer, _) => match broken_rule(flag, answer) {
                None => return Ok(Some(answer.to_owned())),
                Some(rule) => drop(writeln!(stderr(), "  {rule}")),
            },
        }
    }
}

impl New {
    pub(crate) fn run(self) -> Done {
        if let Some(out) = self.out.as_ref().filter(|out| out.exists() && !self.force) {
            let rule = "exists already; give --force to overwrite it, or another name";
            return Err(Failure::new(2, "file-exists", format_args!("{}: {rule}", out.display())));
        }
        let description = self.description()?;
        let fitted = compose(&description).map_err(|error| refused(&error))?;
        let plan = Plan::parse(&fitted.text).map_err(|errors| {
            let report = errors.report("plan new");
            Failure::lines(2, report.lines().map(str::to_owned).collect())
        })?;
        let forecast = forecast(&plan, ForecastOptions::default())
            .map_err(|error| without_price("plan new", &error))?;
        print_warnings(&"plan new", &forecast.warnings());
        let limits = Limits { epsilon_max: EPSILON_MAX, sample: vec![] };
        print_warnings(&"plan new", &forecast.cautions(&plan, &limits));
        let report = report(&fitted, &forecast);
        let Some(out) = &self.out else {
            report.lines().for_each(print_error);
            return print_answer([fitted.text]);
        };
        write(out, &fitted.text, self.force)?;
        print_done(report.trim_end())
    }

    fn description(&self) -> Result<Description, Failure> {
        let mut ask = Questions { asks: stdin().is_terminal(), missing: vec![] };
        let (word, kind) = self.kind(&mut ask)?;
        let sample = self.sample.as_deref().map(sample).transpose()?;
        let default_id = word.to_uppercase();
        let id = ask.answer(self.id.as_ref(), ("--id", "Id of the plan"), Some(&default_id))?;
        let agency = ask.answer(self.agency.as_ref(), ("--agency", "Id of the agency"), None)?;
        let title = ask.answer(self.title.as_ref(), ("--title", "Title"), None)?;
        let controller = ("--controller", "Who is responsible for the data");
        let controller = ask.answer(self.controller.as_ref(), controller, None)?;
        let law = ("--legal-basis", "The law on which the statistics rest");
        let legal_basis = ask.answer(self.legal_basis.as_ref(), law, None)?;
        let contact = ("--contact", "Where readers can ask");
        let contact = ask.answer(self.contact.as_ref(), contact, None)?;
        let area = ask.answer(self.area.as_ref(), ("--area", "Country, as a code"), None)?;
        let zone = ("--time-zone", "Time zone, such as Europe/Tallinn");
        let time_zone = ask.answer(self.time_zone.as_ref(), zone, None)?;
        let start = ("--start", "First day, such as 2027-01-01");
        let start = ask.answer(self.start.as_ref(), start, None)?;
        let last = five_years(&start);
        let expires =
            ask.answer(self.expires.as_ref(), ("--expires", "Last day"), last.as_deref())?;
        let step = ("--step", "Step (day, week, month)");
        let step = ask.answer(self.step.as_ref(), step, Some(kind.step()))?;
        let bound = ("--bound", "How often one person counts at most in a year");
        let bound = ask.answer(self.bound.as_ref(), bound, Some(kind.bound()))?;
        let margin = ("--margin", "Margin of error of the headline figures, in persons");
        let margin = ask.answer(self.margin.as_ref(), margin, Some("30"))?;
        let events = self.event_words(&mut ask, kind, sample.is_some())?;
        let dimensions = self.dimension_words(&mut ask, sample.as_ref())?;
        if !ask.missing.is_empty() {
            return Err(missing(&ask.missing));
        }
        let margin = needed_number("--margin", &margin)?;
        let source = |word: &str, own: &str| source(word, own, &area, sample.as_ref());
        let events = match events.as_str() {
            "" => ListOfCodes::default(),
            word => source(word, "kind")?,
        };
        let dimension = |word: &String| dimension(word, margin, &source);
        let (kind, bound) = (kind.kind(), needed_number("--bound", &bound)?);
        let dimensions = dimensions.iter().map(dimension).collect::<Result<_, _>>()?;
        let step = Grain::parse(&step).unwrap_or(Grain::Day);
        if let Some(rule) = broken_start(&start, step) {
            return Err(bad("--start", &rule));
        }
        Ok(Description {
            kind,
            id,
            agency,
            title,
            controller,
            legal_basis,
            contact,
            area,
            time_zone,
            start,
            expires,
            step,
            rho: self.rho.clone(),
            bound,
            margin,
            events,
            dimensions,
        })
    }

    /// The kind of statistics, and its word; the word is empty if nobody names one.
    fn kind(&self, ask: &mut Questions) -> Result<(String, KindName), Failure> {
        let words = self.kind.and_then(|kind| kind.to_possible_value());
        let word = words.map(|value| value.get_name().to_owned());
        let question = "What is counted (border, stays, returns, asylum, log, own)";
        let word = ask.answer(word.as_ref(), ("--kind", question), None)?;
        // A kind that is missing is reported with the other flags.
        let kind = KindName::from_str(&word, true).unwrap_or(KindName::Border);
        Ok((word, kind))
    }

    fn event_words(
        &self,
        ask: &mut Questions,
        kind: KindName,
        has_sample: bool,
    ) -> Result<String, Failure> {
        if kind.kind().has_own_events() {
            let default = has_sample.then_some("sample");
            let question = "Kinds of events (codes:A,B, file:TABLE.csv, sample)";
            ask.answer(self.events.as_ref(), ("--events", question), default)
        } else {
            Ok(String::new())
        }
    }

    fn dimension_words(
        &self,
        ask: &mut Questions,
        sample: Option<&Sample>,
    ) -> Result<Vec<String>, Failure> {
        if !self.dimensions.is_empty() {
            let named = self.dimensions.iter().filter(|word| *word != "none");
            return Ok(named.cloned().collect());
        }
        let of_sample = sample.map_or(vec![], Sample::attributes);
        let default: Vec<String> = of_sample.iter().map(|name| format!("{name}=sample")).collect();
        if !default.is_empty() {
            return Ok(default);
        }
        let question = "By what (such as citizenship, or border_point=codes:A=North gate,B)";
        let mut words = Vec::new();
        loop {
            let answer = ask.answer(None, ("--dimension", question), Some("none"))?;
            if answer == "none" {
                return Ok(words);
            }
            words.push(answer);
        }
    }
}

/// A file that is made anew, so that one that appears meanwhile is kept too.
fn write(out: &Path, text: &str, force: bool) -> Done {
    let failed = |error: std::io::Error| Failure::system(out.display(), "write", &error);
    if force {
        return fs::write(out, text).map_err(failed);
    }
    let mut file = fs::File::create_new(out).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

fn missing(flags: &[&str]) -> Failure {
    let flags = flags.join(", ");
    let rule = "are missing, and nobody can be asked; give them, or run this in a terminal";
    Failure::new(2, "flags-missing", format_args!("plan new: {flags}: {rule}"))
}

fn bad(flag: &str, rule: &str) -> Failure {
    Failure::value(format_args!("plan new: {flag}"), rule)
}

fn refused(error: &ComposeError) -> Failure {
    if let ComposeError::Refused(report) = error {
        return Failure::lines(2, report.lines().map(str::to_owned).collect());
    }
    Failure::new(2, "plan-new", format_args!("plan new: {error}"))
}

/// The rule of [`number`].
const WHOLE_NUMBER: &str = "must be a whole number from 1 to 1,000,000";

fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| (1..=1_000_000).contains(number))
}

fn needed_number(flag: &str, text: &str) -> Result<u32, Failure> {
    number(text).ok_or_else(|| bad(flag, WHOLE_NUMBER))
}

/// The last day of the fifth calendar year.
fn five_years(start: &str) -> Option<String> {
    let year: u32 = start.get(..4)?.parse().ok()?;
    Some(format!("{}-12-31", year + 4))
}

fn sample(path: &Path) -> Result<Sample, Failure> {
    let place = path.display();
    let bytes = fs::read(path).map_err(|error| Failure::unreadable(&place, "read", &error))?;
    print_error(format_args!(
        "{place}: takes names of columns and codes only; never counts, and reads no other column"
    ));
    let sample = Sample::read(&bytes).map_err(|error| refused(&error))?;
    // Not their names: a file without its first line has a person there.
    let unread = sample.unread();
    if unread > 0 {
        print_error(format_args!(
            "{place}: columns not read, since no plan has them: {unread}; better leave columns of \
             persons out of a sample"
        ));
    }
    Ok(sample)
}

fn source(
    word: &str,
    own: &str,
    area: &str,
    sample: Option<&Sample>,
) -> Result<ListOfCodes, Failure> {
    let Some(path) = word.strip_prefix("file:") else {
        return list(word, own, area, sample).map_err(|error| refused(&error));
    };
    let bytes = fs::read(path).map_err(|error| Failure::unreadable(path, "read", &error))?;
    list_of_table(&bytes)
        .map_err(|error| Failure::new(2, "plan-new", format_args!("{path}: {error}")))
}

/// `NAME`, `NAME=SOURCE` or `NAME=SOURCE@MARGIN`.
fn dimension(
    word: &str,
    margin: u32,
    source: &dyn Fn(&str, &str) -> Result<ListOfCodes, Failure>,
) -> Result<Dimension, Failure> {
    let (word, wished) = match word.rsplit_once('@') {
        Some((word, wished)) => (word, needed_number("--dimension", wished)?),
        None => (word, margin.saturating_mul(2)),
    };
    let (name, from) = word.split_once('=').unwrap_or((word, ""));
    let from = match (from, name) {
        ("", "citizenship") => "countries",
        ("", "sex") => "sex",
        ("", "age_band") => "age-bands",
        ("", "stay_class") => "stay-classes",
        ("", _) => {
            let rule = format!(
                "{name} has no built-in list; say where its codes are from, such as \
                 {name}=codes:A,B or {name}=file:TABLE.csv"
            );
            return Err(bad("--dimension", &rule));
        }
        (from, _) => from,
    };
    let attribute = name.to_owned();
    Ok(Dimension { list: source(from, name)?, attribute, margin: wished })
}

/// What the planner found, and the price of each dataflow.
fn report(fitted: &FittedPlan, forecast: &Forecast) -> String {
    let mut text = format!("{fitted}\n");
    text += "What it costs: share of rho\n\n";
    for dataflow in &forecast.dataflows {
        text +=
            &format!("  {}: {} of rho {} a window\n", dataflow.id, dataflow.share, forecast.rho);
    }
    let (windows, lifetime) = (forecast.windows, &forecast.lifetime);
    text += &format!("  together: rho {} a window, {windows} windows, ", forecast.rho);
    text += &format!("lifetime total {lifetime}\n");
    for (window, life) in forecast.epsilon.iter().zip(&forecast.lifetime_epsilon) {
        text += &format!(
            "  at delta {:e}: epsilon {:.2} a window, {:.2} the lifetime\n",
            window.delta, window.epsilon, life.epsilon
        );
    }
    text
}
