//! The commands of `tidegauge-agent`.
//!
//! Not here: what each does; each calls the module that has it.
//!
//! Invariants:
//! 1. Every failure is one line, `error[code]: place: field: rule; next step`, with an exit code of
//!    [`EXIT_CODES`] (`tests/commands.rs`).

use std::ffi::OsString;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use tidegauge_whole_file::{Existing, write_whole};

use crate::error::Error;
use crate::say::say;
use crate::settings::Settings;
use crate::shown::{shown, shown_lines};
use crate::state::read_state;
use crate::work::{Agent, check_rebuild, give_up_file};
use crate::{check, guess, keys, memory};

/// Exit codes, a part of those of `tidegauge`.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  2  bad input: an argument, settings, a row or a file
  3  refused: by the intake, or because of a key or its permissions
  4  the agent's state is corrupt
  6  busy: another agent uses the state, or the intake does not answer; try again
  7  the disk is full: free some space and run the command again
  8  standard output could not be written; the work itself is done
  9  the operating system or the network refused
";

/// The agency's side of Tidegauge: pseudonymises rows and delivers them, signed.
///
/// Only what the mapping names leaves the agency, and persons only as keyed pseudonyms.
#[derive(Parser)]
#[command(name = "tidegauge-agent", version, arg_required_else_help = true)]
#[command(after_help = EXIT_CODES)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write a first agent.toml from a sample and the plan, by likeness of names and codes.
    Init(Init),
    /// Show on a sample what would leave, column by column, and every bad row's place.
    Check(Check),
    /// Deliver what is in the inputs, then end.
    Once(Work),
    /// Deliver for ever what is put into the inputs.
    Run(Work),
    /// Show how far the inputs are delivered, and what is under way.
    Status(At),
    /// Make and pass on keys.
    #[command(subcommand)]
    Key(Key),
    /// Write what a shell needs to complete commands to standard output.
    Completions {
        /// The shell that reads them.
        shell: clap_complete::Shell,
    },
    /// Write the pages of man.
    Man {
        /// The directory to write the pages into; it is created if it is not there.
        directory: PathBuf,
    },
}

#[derive(Args)]
struct At {
    /// The settings.
    #[arg(long, default_value = "agent.toml")]
    settings: PathBuf,
}

#[derive(Args)]
struct Work {
    #[command(flatten)]
    at: At,
    /// Give up a delivery that is under way, and read its rows again.
    #[arg(long)]
    rebuild: bool,
    /// Give up the rest of a file that was taken in part and is gone.
    #[arg(long, value_name = "FILE")]
    give_up: Option<String>,
}

#[derive(Args)]
struct Check {
    #[command(flatten)]
    at: At,
    /// The sample; otherwise the first files of the inputs.
    #[arg(long)]
    sample: Option<PathBuf>,
    /// The input whose settings apply; otherwise the first.
    #[arg(long)]
    input: Option<String>,
}

#[derive(Args)]
struct Init {
    /// A file such as the agency's system exports it.
    #[arg(long)]
    sample: PathBuf,
    /// The address of the intake, or a plan or a copy of /intake/v1/plan in a file.
    #[arg(long)]
    plan: String,
    /// This source, by its id in the plan.
    #[arg(long, default_value = "SOURCE")]
    source: String,
    /// The file of this source's signing key, as `key signing` makes it; otherwise the source's
    /// id with the ending .key, as land.key.
    #[arg(long)]
    key: Option<String>,
    /// The signing key's id in the plan.
    #[arg(long, default_value = "2026a")]
    key_id: String,
    /// Where to write; refused if it is there.
    #[arg(long, default_value = "agent.toml")]
    out: PathBuf,
}

#[derive(Subcommand)]
enum Key {
    /// Make the agencies' key for pseudonyms; prints its id for the plan.
    New {
        /// The new file.
        file: PathBuf,
    },
    /// Print the id of a key for pseudonyms.
    Id {
        /// The file.
        file: PathBuf,
    },
    /// Make this source's signing key; prints its lines for the plan.
    Signing {
        /// The new file.
        file: PathBuf,
        /// The key's id within the source.
        #[arg(long)]
        id: String,
    },
    /// Make what opens wrapped keys here; prints its recipient for the other agency.
    Recipient {
        /// The new file.
        file: PathBuf,
    },
    /// Encrypt the agencies' key to other agencies (age).
    Wrap {
        /// The key.
        file: PathBuf,
        /// A recipient, age1...; once for each agency.
        #[arg(long, required = true)]
        to: Vec<String>,
        /// The new file.
        #[arg(long)]
        out: PathBuf,
    },
    /// Put the agencies' key from a file into the device of [plan.token]; prints its id.
    #[cfg(feature = "pkcs11")]
    ImportToToken {
        /// The key.
        file: PathBuf,
        #[command(flatten)]
        at: At,
    },
    /// Decrypt the agencies' key that another agency wrapped; prints its id.
    Unwrap {
        /// The wrapped key.
        file: PathBuf,
        /// The file that `key recipient` made.
        #[arg(long)]
        identity: PathBuf,
        /// The new file.
        #[arg(long)]
        out: PathBuf,
    },
}

/// Makes a panic print only its place: its message may quote what was read.
fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        say(format_args!("error[bug]: {place}: program: this should not happen; please report it"));
    }));
}

/// Runs the command line; the exit code of the process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    hush_panics();
    let line = match CommandLine::try_parse_from(arguments) {
        Ok(line) => line,
        Err(help) if !help.use_stderr() => {
            return if help.print().is_ok() { ExitCode::SUCCESS } else { ExitCode::from(8) };
        }
        Err(error) => {
            // If standard error cannot be written, nothing is left to report it to.
            let _ = error.print();
            return ExitCode::from(2);
        }
    };
    let done = memory::limit().and_then(|()| line.command.run());
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(error.line());
            ExitCode::from(error.exit_code())
        }
    }
}

impl Command {
    fn run(self) -> Result<(), Error> {
        match self {
            Command::Init(init) => init.run(),
            Command::Check(check) => check.run(),
            Command::Once(work) => work.run(true),
            Command::Run(work) => work.run(false),
            Command::Status(at) => status(&at.settings),
            Command::Key(key) => key.run(),
            Command::Completions { shell } => completions(shell),
            Command::Man { directory } => man(&directory),
        }
    }
}

/// The description of the whole command line.
pub fn command_line() -> clap::Command {
    CommandLine::command()
}

fn completions(shell: clap_complete::Shell) -> Result<(), Error> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command_line(), "tidegauge-agent", &mut text);
    print_bytes(&text)
}

fn man(directory: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(directory).map_err(Error::system(directory, "create"))?;
    let mut pages = command_line().disable_help_subcommand(true);
    pages.build();
    write_pages(pages, directory)?;
    print(&format!("wrote the pages of tidegauge-agent to {}\n", directory.display()))
}

/// Writes the pages of a command and of every command below it.
fn write_pages(command: clap::Command, directory: &Path) -> Result<(), Error> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        write_pages(below.clone(), directory)?;
    }
    let page = clap_mangen::Man::new(command);
    let path = directory.join(page.get_filename());
    let mut text = Vec::new();
    let rendered = page.render(&mut text);
    rendered
        .and_then(|()| write_whole(&path, text, Existing::Replace))
        .map_err(Error::system(&path, "write"))
}

/// Writes to standard output.
fn print(text: &str) -> Result<(), Error> {
    print_bytes(shown_lines(text).as_bytes())
}

fn print_bytes(bytes: &[u8]) -> Result<(), Error> {
    let written = std::io::stdout().write_all(bytes);
    written.map_err(|error| {
        Error::new(
            8,
            "output",
            "standard output",
            "write",
            format_args!("{error}; the work is done"),
        )
    })
}

impl Work {
    fn run(self, once: bool) -> Result<(), Error> {
        let settings = Settings::read(&self.at.settings)?;
        if self.rebuild {
            check_rebuild(&settings)?;
        }
        if let Some(file) = &self.give_up {
            give_up_file(&settings, file)?;
        }
        Agent::new(settings, once, self.rebuild)?.work()
    }
}

impl Check {
    fn run(self) -> Result<(), Error> {
        let settings = Settings::read(&self.at.settings)?;
        let report = check::check(&settings, self.input.as_deref(), self.sample.as_deref())?;
        print(&report.text)?;
        report.result
    }
}

impl Init {
    fn run(self) -> Result<(), Error> {
        let exists = || {
            let rule = "is there already; choose another name with --out";
            Error::input("file-exists", self.out.display(), "file", rule)
        };
        if self.out.exists() {
            return Err(exists());
        }
        let key = self.key.unwrap_or_else(|| format!("{}.key", self.source.to_lowercase()));
        let given = guess::Given {
            sample: &self.sample,
            plan: &self.plan,
            source: &self.source,
            key: (&key, &self.key_id),
        };
        let guessed = guess::settings(&given)?;
        let written = write_whole(&self.out, guessed.text, Existing::Keep);
        written.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => exists(),
            _ => Error::system(&self.out, "write")(error),
        })?;
        let out = self.out.display();
        let mut text: String = guessed.notes.iter().map(|note| format!("{note}\n")).collect();
        text += &format!("wrote {out}; look through it, then run `tidegauge-agent check`\n");
        print(&text)
    }
}

impl Key {
    fn run(self) -> Result<(), Error> {
        match self {
            Key::New { file } => {
                let id = keys::new_pseudonym_key(&file)?;
                print(&format!("pseudonym_key = \"{id}\"\n"))
            }
            Key::Id { file } => print(&format!("{}\n", keys::pseudonym_key_id(&file)?)),
            Key::Signing { file, id } => print(&keys::new_signing_key(&file, &id)?),
            Key::Recipient { file } => print(&format!("{}\n", keys::new_identity(&file)?)),
            Key::Wrap { file, to, out } => keys::wrap(&file, &to, &out),
            #[cfg(feature = "pkcs11")]
            Key::ImportToToken { file, at } => import_to_token(&file, &at.settings),
            Key::Unwrap { file, identity, out } => {
                print(&format!("pseudonym_key = \"{}\"\n", keys::unwrap(&file, &identity, &out)?))
            }
        }
    }
}

/// Puts the agencies' key into a device.
#[cfg(feature = "pkcs11")]
fn import_to_token(file: &Path, settings: &Path) -> Result<(), Error> {
    let read = Settings::read(settings)?;
    let token = read.plan.token.as_ref().ok_or_else(|| {
        let rule = "names no device; write [plan.token] with module, token, pin_file and key";
        Error::input("settings", settings.display(), "plan.token", rule)
    })?;
    let id = crate::token::import(token, &read.folder, file)?;
    print(&format!("key = \"{id}\"\n"))
}

/// Prints the state.
fn status(settings: &Path) -> Result<(), Error> {
    let settings = Settings::read(settings)?;
    let state = read_state(&settings.state())?;
    state.check_source(&settings.plan.source)?;
    let mut text = String::new();
    let or_none = |time: Option<String>| time.unwrap_or_else(|| "nothing".to_owned());
    match &state.last {
        None => text += "last delivery: none yet\n",
        Some(last) => text += &format!("last delivery: {} at {}\n", last.id, last.at),
    }
    text += &match &state.under_way {
        None => "under way: nothing\n".to_owned(),
        Some(delivery) => format!("under way: {} from {}\n", delivery.id, shown(&delivery.origin)),
    };
    if let Some(refusal) = &state.refusal {
        text += &format!("last refusal: {} at {}: {}\n", refusal.code, refusal.at, refusal.why);
    }
    let declared = state.declared.map(|time| time.to_string());
    text += &format!("declared complete until: {}\n", or_none(declared));
    for part in &settings.inputs {
        let kept = state.inputs.get(&part.name).cloned().unwrap_or_default();
        let position = kept.position.as_ref().map_or("not begun".to_owned(), position);
        let until = or_none(kept.complete_until.map(|time| time.to_string()));
        text += &format!("input {}: {position}; complete until: {until}\n", part.name);
    }
    print(&text)
}

/// A position for people.
fn position(position: &serde_json::Value) -> String {
    let file = position.get("file").and_then(serde_json::Value::as_str);
    match (file, position.get("items")) {
        (Some(file), Some(items)) => format!("{}, after {items} rows", shown(file)),
        _ if position.get("done").is_some() => "between files".to_owned(),
        _ => position.to_string(),
    }
}
