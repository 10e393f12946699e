//! `init`, `ingest`, `release`: the private tower from the command line.
//!
//! Not here: the order of a release, and what happens after a restart (crate `collect`).
//!
//! Invariants:
//! 1. No output counts persons or the events of a store. `ingest` counts the rows that it is given,
//!    by their own times and the public calendar, for whoever gives them; whether an event was
//!    known stays unsaid (`tests/bad_rows.rs`: `a_copy_is_counted_as_the_first_was`).
//! 2. A step that is released without a source is warned of, by what sources have declared and the
//!    calendar only (`tests/sources.rs`: `a_release_without_a_source_is_warned_of`).

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use tidegauge_collect::{InputFormat, Population, init_with_key};
use tidegauge_receive::{Answer, GivenFile, IngestedRows, Progress, Task};

use super::arguments::{StoreAt, instant, period, threads_parser};
use super::output::print_done;
use super::progress::bar;
use crate::failure::{Done, Failure, print_error, warn_passed_over};

/// A store is made for one class of persons for ever, so it has no default.
const CLASS_MISSING: &str = "init: class: is needed and never changes: --synthetic for events of \
                             synthetic persons, as made by `tidegauge simulate`, or --real for \
                             events of real persons; when in doubt, begin with --synthetic";
/// How many directories of events may lie below one another.
const DIRECTORIES_MAX: usize = 16;

#[derive(Args)]
pub(crate) struct Init {
    /// The directory of the store; it must be empty or not exist.
    directory: PathBuf,
    /// The file of the plan.
    #[arg(long)]
    plan: PathBuf,
    /// A store for events of real persons.
    #[arg(long, conflicts_with = "synthetic")]
    real: bool,
    /// A store for events of synthetic persons; it can never take events of real ones.
    #[arg(long)]
    synthetic: bool,
    /// The time to use instead of the system clock, in RFC 3339 format, for a store that will be
    /// used with such times; synthetic stores only.
    #[arg(long, value_parser = instant)]
    now: Option<Timestamp>,
    /// A seed of 64 hexadecimal digits that makes the noise reproducible; synthetic stores only.
    #[arg(long)]
    noise_seed: Option<String>,
    /// A new file for the key that encrypts the store, best on another disk; by default
    /// private/store.key inside the store. Every command that opens the store needs this file.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl Init {
    pub(crate) fn run(self) -> Done {
        if !self.real && !self.synthetic {
            return Err(Failure::new(2, "store-class", CLASS_MISSING));
        }
        let (text, plan) = super::plan::read(&self.plan)?;
        if let (true, Some(_)) = (self.real, self.now) {
            let place = self.directory.display().to_string();
            return Err(tidegauge_collect::Error::NowForbidden { place }.into());
        }
        let now = self.now.unwrap_or_else(Timestamp::now);
        let population = match (self.real, self.noise_seed) {
            (true, Some(_)) => {
                let place = self.directory.display().to_string();
                return Err(tidegauge_collect::Error::SeedForbidden { place }.into());
            }
            (true, None) => Population::Real,
            (false, None) => Population::Synthetic { noise_seed: None },
            (false, Some(seed)) => Population::Synthetic { noise_seed: Some(parse_seed(&seed)?) },
        };
        let key = self.key.as_deref();
        init_with_key(&self.directory, key, &text, &plan, &population, now)?;
        let kind = if self.real { "real" } else { "synthetic" };
        let (place, id) = (self.directory.display(), &plan.statement.id);
        print_done(format_args!("{place}: {kind} store for plan {id}"))
    }
}

/// 32 bytes in hexadecimal digits.
fn parse_seed(text: &str) -> Result<[u8; 32], Failure> {
    let mut seed = [0; 32];
    let pairs = text.as_bytes().chunks_exact(2);
    let is_valid = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    for (byte, pair) in seed.iter_mut().zip(pairs) {
        let digits = std::str::from_utf8(pair).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16).unwrap_or_default();
    }
    let rule = "must be 64 hexadecimal digits";
    if is_valid { Ok(seed) } else { Err(Failure::value("--noise-seed", rule)) }
}

#[derive(Args)]
pub(crate) struct IngestFiles {
    #[command(flatten)]
    at: StoreAt,
    /// Files of events, or directories of such files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The format of the files: csv, ndjson or parquet; by default taken from each file's ending.
    #[arg(long)]
    format: Option<String>,
    /// The name of the submitter; event ids are unique within one submitter.
    #[arg(long, default_value = "default")]
    submitter: String,
    /// What to do if a row is refused: take nothing, or skip the row.
    #[arg(long, value_enum, default_value_t, value_name = "refuse|skip")]
    on_bad_row: BadRow,
    /// The instant up to which the submitter, a source of the plan, has now delivered everything,
    /// in RFC 3339 format; synthetic stores only.
    #[arg(long, value_parser = instant, value_name = "TIME")]
    complete_until: Option<Timestamp>,
    /// The number of threads that read; by default one for each core.
    #[arg(long, value_parser = threads_parser())]
    threads: Option<usize>,
}

/// What `ingest` does if a row is refused.
#[derive(Clone, Copy, Default, ValueEnum)]
enum BadRow {
    /// Take nothing.
    #[default]
    Refuse,
    /// Take the other rows.
    Skip,
}

impl IngestFiles {
    pub(crate) fn run(self) -> Done {
        if self.format.as_deref().is_some_and(|word| InputFormat::parse(word).is_none()) {
            return Err(Failure::value("--format", "must be csv, ndjson or parquet"));
        }
        let files = expand(&self.files)?.into_iter().map(given_file);
        let task = tidegauge_receive::IngestFiles {
            files: files.collect::<Result<_, _>>()?,
            format: self.format,
            submitter: self.submitter,
            skip_bad_rows: matches!(self.on_bad_row, BadRow::Skip),
            complete_until: self.complete_until.map(|until| until.to_string()),
            threads: self.threads,
            now: self.at.now(),
        };
        let answer = self.at.hand_in(&Task::Ingest(task), &mut |_| {})?;
        let ingested =
            if let Answer::Ingested(rows) = answer { rows } else { IngestedRows::default() };
        ingested.warnings.iter().for_each(print_error);
        print_done(Report { directory: &self.at.directory, ingested: &ingested })
    }
}

/// What became of the rows that were taken.
struct Report<'a> {
    directory: &'a Path,
    ingested: &'a IngestedRows,
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let IngestedRows { rows, dates, events_steps, .. } = self.ingested;
        let word = if *rows == 1 { "row" } else { "rows" };
        write!(f, "{}: {rows} {word} taken, events stored durably", self.directory.display())?;
        let mut part = |rows: u64, what: &str| match rows {
            0 => Ok(()),
            _ => write!(f, "\n  {rows} of them {what}"),
        };
        part(dates.before_start, "before the plan's first step: they set the state before it")?;
        part(
            dates.released_late,
            "in steps that are released: only figures with a later vintage count them",
        )?;
        part(
            dates.released_nowhere,
            "in steps that are released: no figure of these steps counts them, because the plan \
             has no later vintage of them",
        )?;
        let kept = events_steps.unwrap_or_default();
        let kept = format!("not stored: the plan keeps events for {kept} steps after their own");
        part(dates.past_horizon, &kept)
    }
}

/// A file as another process can open it.
///
/// Errors: no current directory.
fn given_file(path: PathBuf) -> Result<GivenFile, Failure> {
    let name = path.display().to_string();
    let absolute =
        std::path::absolute(&path).map_err(|error| Failure::unreadable(&name, "find", &error))?;
    // A pipe of this process has another name in every other process.
    let own = |number: &str| PathBuf::from(format!("/proc/{}/fd/{number}", std::process::id()));
    let text = absolute.to_string_lossy();
    let descriptor = ["/dev/fd/", "/proc/self/fd/"].iter().find_map(|own| text.strip_prefix(own));
    let path = match descriptor {
        Some(number) => own(number),
        None if text == "/dev/stdin" => own("0"),
        None => absolute,
    };
    Ok(GivenFile { name, path })
}

/// The files to ingest: a directory stands for the files in it, in order of their names.
fn expand(given: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in given {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        add_directory(path, 0, &mut files)?;
        if files.len() == before {
            let rule = format!(
                "{}: directory: has no file of events; name the one in which they are",
                path.display()
            );
            return Err(Failure::new(2, "empty-input", rule));
        }
    }
    Ok(files)
}

/// Adds the files of a directory and of those below it. Names that begin with `.` or `_` are not
/// events: programs leave such files and directories beside those that they write.
fn add_directory(path: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let place = path.display();
    if depth > DIRECTORIES_MAX {
        let rule = format!(
            "{place}: directory: at most {DIRECTORIES_MAX} below one another; name a lower one"
        );
        return Err(Failure::new(2, "bad-value", rule));
    }
    let failed = |error: std::io::Error| Failure::unreadable(path.display(), "list", &error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        if !matches!(name.as_encoded_bytes(), [b'.' | b'_', ..]) {
            entries.push(entry.path());
        }
    }
    entries.sort();
    for entry in entries {
        match entry.is_dir() {
            true => add_directory(&entry, depth + 1, files)?,
            false => files.push(entry),
        }
    }
    Ok(())
}

#[derive(Args)]
pub(crate) struct ReleaseSteps {
    #[command(flatten)]
    at: StoreAt,
    /// The last period to release, such as 2024-01-31 or 2024-01; by default the last that has
    /// closed.
    #[arg(long)]
    until: Option<String>,
    /// The number of threads that count; by default one for each core.
    #[arg(long, value_parser = threads_parser())]
    threads: Option<usize>,
    /// Release although no event was ever taken in. What is released is final.
    #[arg(long)]
    empty: bool,
}

impl ReleaseSteps {
    pub(crate) fn run(self) -> Done {
        // Checked before it travels.
        period("--until", self.until.as_deref())?;
        let task = tidegauge_receive::ReleaseSteps {
            until: self.until.clone(),
            threads: self.threads,
            empty: self.empty,
            now: self.at.now(),
        };
        let bar = bar(0, "releasing");
        let mut silent = SilentSources::default();
        let answer = self.at.hand_in(&Task::Release(task), &mut |progress| match progress {
            Progress::Closed(steps) => bar.set_length(steps),
            Progress::Released(step, sources) => {
                silent.note(&step, sources);
                bar.inc(1);
            }
            Progress::PassedOver(code, damage) => bar.suspend(|| warn_passed_over(&code, &damage)),
        });
        bar.finish_and_clear();
        // What became public before a failure is public too.
        silent.warn(&self.at.directory);
        let answer = answer?;
        let Answer::Released(steps, less) = answer else { return Ok(()) };
        let done = match (steps.first(), steps.last()) {
            (Some(first), Some(last)) => format!("released {first} to {last}"),
            _ if less.is_some() => "nothing to release".to_owned(),
            _ => "nothing to release: every step that ends by then and has closed is released"
                .to_owned(),
        };
        let less = less.map(|why| format!("\nless than --until asks for: {why}"));
        print_done(done + &less.unwrap_or_default())
    }
}

/// The sources without which steps were released, each with the first and the last of these steps
/// and their number.
#[derive(Default)]
struct SilentSources(BTreeMap<String, (String, String, u64)>);

impl SilentSources {
    fn note(&mut self, step: &str, sources: Vec<String>) {
        for source in sources {
            let first = || (step.to_owned(), step.to_owned(), 0);
            let (_, last, steps) = self.0.entry(source).or_insert_with(first);
            step.clone_into(last);
            *steps += 1;
        }
    }

    /// Warns of each source in one line.
    fn warn(&self, store: &Path) {
        for (source, (first, last, steps)) in &self.0 {
            let released = match steps {
                1 => format!("{first} was released"),
                steps => format!("{steps} of the steps {first} to {last} were released"),
            };
            print_error(format_args!(
                "warning[silent-source]: {}: source {source}: {released} before it had declared \
                 that complete; figures name it as silent until a later vintage of the plan has \
                 its events",
                store.display()
            ));
        }
    }
}
