//! `plan new`: a plan from a plain description, by flags or by questions.
//!
//! Not here: what the plan says (crate `appraise`, `compose`), and how questions are asked
//! (`questions`).
//!
//! Invariants:
//! 1. A file that is there stays as it is without `--force`
//!    (`tests/plan_new.rs`: `a_file_is_kept_and_missing_flags_are_named_at_once`).
//! 2. Of a sample only names of columns and codes are used
//!    (`tests/plan_new.rs`: `a_sample_gives_names_and_codes_only`).

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use tidegauge_appraise::{
    ComposeError, Description, Dimension, EPSILON_MAX, FittedPlan, Forecast, ForecastOptions,
    Limits, ListOfCodes, PLAN_LANGUAGES, Sample, compose, forecast, list, list_of_table,
};
use tidegauge_model::plan::ATTRIBUTES;
use tidegauge_model::{Grain, Plan};
use tidegauge_whole_file::Existing;

use super::arguments::read_file;
use super::output::{
    file_exists, print_answer, print_done, print_warnings, without_price, write_file,
};
use super::questions::{
    KindName, Questions, as_flag, bad, broken_start, needed_number, vintages_of,
};
use crate::failure::{Done, Failure, print_error};

/// The longest sample or table of codes.
const FILE_BYTES_MAX: u64 = 64 << 20;
const CUT: &str = "cut it";

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
    /// The language of what you say, `en` if you do not say so. The names that the program writes
    /// are in each of these languages.
    #[arg(long, value_parser = PossibleValuesParser::new(PLAN_LANGUAGES))]
    language: Option<String>,
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
    /// After how many steps the events of a step are counted again, so that late ones still count:
    /// 7,28 or `none`. Each widens the margins in the end.
    #[arg(long)]
    vintages: Option<String>,
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

impl New {
    pub(crate) fn run(self) -> Done {
        // Before anything is asked; one that appears meanwhile is kept too.
        if let Some(out) = self.out.as_ref().filter(|out| out.exists() && !self.force) {
            return Err(file_exists(out));
        }
        let directory = self.out.as_ref().and_then(|out| out.parent());
        if let Some(directory) = directory.filter(|d| !d.as_os_str().is_empty() && !d.is_dir()) {
            let rule = "is no directory; make it first, or give another --out";
            return Err(bad("--out", &format!("{} {rule}", directory.display())));
        }
        let mut ask = Questions::new();
        let done = self.written(&mut ask);
        if let (Err(_), Some(call)) = (&done, ask.answered()) {
            let path =
                |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
            let others = [
                ("--rho", self.rho.clone()),
                ("--sample", path(&self.sample)),
                ("--out", path(&self.out)),
            ];
            let others = others.into_iter().filter_map(|(flag, word)| Some((flag, word?)));
            let others: String = others.map(|(flag, word)| as_flag(flag, &word)).collect();
            let force = if self.force { " --force" } else { "" };
            print_error(format_args!(
                "what you answered, as flags: tidegauge plan new{call}{others}{force}"
            ));
        }
        done
    }

    /// Makes the plan and writes it.
    fn written(&self, ask: &mut Questions) -> Done {
        let (fitted, report) = self.made(ask)?;
        let Some(out) = &self.out else {
            report.lines().for_each(print_error);
            return print_answer([fitted.text]);
        };
        let existing = if self.force { Existing::Replace } else { Existing::Keep };
        write_file(out, &fitted.text, existing)?;
        print_done(report.trim_end())
    }

    /// The plan, and what is said about it.
    fn made(&self, ask: &mut Questions) -> Result<(FittedPlan, String), Failure> {
        let description = self.description(ask)?;
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
        Ok((fitted, report))
    }

    fn description(&self, ask: &mut Questions) -> Result<Description, Failure> {
        let (word, kind) = self.kind(ask)?;
        let sample = self.sample.as_deref().map(sample).transpose()?;
        let default_id = word.to_uppercase();
        let id = ask.answer(self.id.as_ref(), ("--id", "Id of the plan"), Some(&default_id))?;
        let agency = ask.answer(self.agency.as_ref(), ("--agency", "Id of the agency"), None)?;
        let language = ("--language", "Language of what you say (en, de, fr, es)");
        let language = ask.answer(self.language.as_ref(), language, Some("en"))?;
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
        let vintages = ("--vintages", "Count late events after so many steps (7,28 or none)");
        let vintages = ask.answer(self.vintages.as_ref(), vintages, Some("none"))?;
        let margin = ("--margin", "Margin of error of the headline figures, in persons");
        let margin = ask.answer(self.margin.as_ref(), margin, Some("30"))?;
        let events = self.event_words(ask, kind, sample.is_some())?;
        let source = |word: &str, own: &str| source(word, own, &area, sample.as_ref());
        let dimensions = self.dimension_words(ask, sample.as_ref(), &source)?;
        ask.nothing_missing()?;
        let margin = needed_number("--margin", &margin)?;
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
            language,
            title,
            controller,
            legal_basis,
            contact,
            area,
            time_zone,
            start,
            expires,
            step,
            vintages: vintages_of(&vintages).unwrap_or_default(),
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
        source: &dyn Fn(&str, &str) -> Result<ListOfCodes, Failure>,
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
            match dimension(&answer, 1, source) {
                Ok(_) => words.push(answer),
                // Whoever is asked can answer again.
                Err(failure) => {
                    failure.print();
                    ask.take_back();
                }
            }
        }
    }
}

fn refused(error: &ComposeError) -> Failure {
    if let ComposeError::Refused(report) = error {
        return Failure::lines(2, report.lines().map(str::to_owned).collect());
    }
    Failure::new(2, "plan-new", format_args!("plan new: {error}"))
}

/// The last day of the fifth calendar year.
fn five_years(start: &str) -> Option<String> {
    let year: u32 = start.get(..4)?.parse().ok()?;
    Some(format!("{}-12-31", year + 4))
}

fn sample(path: &Path) -> Result<Sample, Failure> {
    let place = path.display();
    let bytes = read_file(path, FILE_BYTES_MAX, CUT)?;
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
    let bytes = read_file(Path::new(path), FILE_BYTES_MAX, CUT)?;
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
    if !ATTRIBUTES.contains(&name) {
        return Err(refused(&ComposeError::Attribute(name.to_owned())));
    }
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
