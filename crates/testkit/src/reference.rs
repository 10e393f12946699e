//! The page of a program in the book: every command, argument and option, with its help, default
//! and values, written from the program's own description of its command line.
//!
//! Not here: the descriptions, which are beside the commands.
//!
//! Invariants:
//! 1. A page that differs from its program fails; `UPDATE=1` writes it anew ([`keep_equal`]).
//! 2. Nothing on a command line is without its help ([`section`]).

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use clap::{Arg, Command};

/// The longest line of the book.
const COLUMNS_MAX: usize = 110;

/// The sections of a program: its own, then one for each command.
///
/// Panics: a command, an argument or an option has no help.
#[must_use]
pub fn sections(program: Command) -> String {
    let mut program = program.disable_help_subcommand(true);
    program.build();
    let mut text = String::new();
    add(&mut text, &program, program.get_name());
    text
}

fn add(text: &mut String, command: &Command, name: &str) {
    *text += &section(command, name);
    for inner in command.get_subcommands() {
        add(text, inner, &format!("{name} {}", inner.get_name()));
    }
}

fn section(command: &Command, name: &str) -> String {
    let about = command.get_long_about().or(command.get_about());
    let about = about.unwrap_or_else(|| panic!("{name} has no help"));
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").trim();
    let about: String = about
        .to_string()
        .split("\n\n")
        .map(|paragraph| format!("{}\n", wrapped(paragraph, "")))
        .collect();
    let mut text = format!("\n## {name}\n\n{about}```\n{usage}\n```\n");
    let inner: Vec<_> = command.get_subcommands().collect();
    if !inner.is_empty() {
        text += "\n";
    }
    for inner in inner {
        let about = inner.get_about().unwrap_or_else(|| panic!("{name}: {inner} has no help"));
        let whole = format!("{name} {}", inner.get_name());
        let anchor = whole.replace(' ', "-");
        text += &wrapped(&format!("- [`{whole}`](#{anchor}): {about}"), "  ");
    }
    let own = |argument: &&Arg| !matches!(argument.get_id().as_str(), "help" | "version");
    let arguments: Vec<&Arg> = command.get_arguments().filter(own).collect();
    if !arguments.is_empty() {
        text += "\n";
    }
    for argument in arguments {
        text += &wrapped(&format!("- {}", entry(argument, name)), "  ");
    }
    text
}

/// A paragraph in lines of the book; every line after the first begins with the indent.
fn wrapped(paragraph: &str, indent: &str) -> String {
    let mut lines = vec![String::new()];
    for word in paragraph.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > indent.len() && line + 1 + word.chars().count() > COLUMNS_MAX {
            lines.push(indent.to_owned());
        }
        if let Some(line) = lines.last_mut() {
            if !line.trim().is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

/// One argument or option.
fn entry(argument: &Arg, command: &str) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let values: Vec<String> = names.iter().map(|name| format!("<{name}>")).collect();
    let takes_value = argument.get_action().takes_values();
    let shown = match (argument.get_long(), argument.get_short()) {
        (Some(long), _) if takes_value => format!("--{long} {}", values.join(" ")),
        (Some(long), _) => format!("--{long}"),
        (None, Some(short)) => format!("-{short} {}", values.join(" ")),
        (None, None) => values.join(" "),
    };
    let help = argument.get_long_help().or(argument.get_help());
    let help = help.unwrap_or_else(|| panic!("{command}: {shown} has no help")).to_string();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = format!("`{}`: {}", shown.trim_end(), help.replace('<', "\\<"));
    if !text.ends_with('.') {
        text.push('.');
    }
    let choices = argument.get_possible_values();
    let choices: Vec<String> =
        choices.iter().map(|choice| format!("`{}`", choice.get_name())).collect();
    if takes_value && !choices.is_empty() {
        let _ = write!(text, " One of {}.", choices.join(", "));
    }
    let defaults: Vec<String> = argument
        .get_default_values()
        .iter()
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect();
    if takes_value && !defaults.is_empty() {
        let _ = write!(text, " Default: {}.", defaults.join(", "));
    }
    text
}

/// Compares a page of the book with what it should be; with `UPDATE=1` writes it.
///
/// Panics: the page differs.
pub fn keep_equal(page: &Path, expected: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(page, expected).expect("the page is written");
    }
    let kept = fs::read_to_string(page).unwrap_or_default();
    assert!(kept == expected, "{} is stale; UPDATE=1 writes it", page.display());
}

/// As [`keep_equal`], for a table in a page that people write: it stands between the lines
/// `<!-- table: NAME -->` and `<!-- end of table -->`.
///
/// Panics: a page without these lines, or with another table.
pub fn keep_table(page: &Path, name: &str, table: &str) {
    let kept = fs::read_to_string(page).expect("the page");
    let (begin, end) = (format!("<!-- table: {name} -->\n"), "<!-- end of table -->");
    let (before, rest) = kept.split_once(&begin).expect("the place of the table");
    let (_, after) = rest.split_once(end).expect("the end of the table");
    keep_equal(page, &format!("{before}{begin}{table}{end}{after}"));
}

#[cfg(test)]
mod tests {
    use clap::builder::PossibleValuesParser;

    use super::*;

    #[test]
    fn an_option_has_its_help_values_and_default() {
        let form = Arg::new("form").long("form").value_name("FORM").help("The form");
        let form = form.value_parser(PossibleValuesParser::new(["a", "b"])).default_value("a");
        let text = sections(Command::new("tide").about("A program").arg(form));
        let entry = "- `--form <FORM>`: The form. One of `a`, `b`. Default: `a`.\n";
        assert!(text.starts_with("\n## tide\n\nA program\n") && text.ends_with(entry), "{text}");
    }

    #[test]
    #[should_panic(expected = "--form has no help")]
    fn an_option_without_help_fails() {
        let form = Arg::new("form").long("form").action(clap::ArgAction::SetTrue);
        let _ = sections(Command::new("tide").about("A program").arg(form));
    }
}
