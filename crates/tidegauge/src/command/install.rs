//! `completions` and `man`: what a shell and `man` need to know the programs, made from the same
//! description that `--help` prints.
//!
//! Not here: where a system keeps them; packages know it.
//!
//! Invariants:
//! 1. Every command has a page (`tests/install.rs`: `every_command_has_a_page_of_man`).

use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory as _, ValueEnum};
use clap_complete::Shell;
use tidegauge_serve::Program as PublicProgram;
use tidegauge_whole_file::Existing;

use super::output::{print_answer, print_done, write_file};
use crate::failure::{Done, Failure};

#[derive(Args)]
pub(crate) struct Completions {
    /// The shell that reads them.
    shell: Shell,
    /// The program that they complete.
    #[arg(long, value_enum, default_value_t = Program::Tidegauge)]
    program: Program,
}

/// A program whose command line is known here; `tidegauge-agent` writes its own.
#[derive(Clone, Copy, ValueEnum)]
enum Program {
    Tidegauge,
    TidegaugeServe,
}

#[derive(Args)]
pub(crate) struct Man {
    /// The directory to write the pages into; it is created if it is not there.
    directory: PathBuf,
}

impl Completions {
    pub(crate) fn run(self, tidegauge: Command) -> Done {
        let mut command = match self.program {
            Program::Tidegauge => tidegauge,
            Program::TidegaugeServe => PublicProgram::command(),
        };
        let name = command.get_name().to_owned();
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut command, name, &mut text);
        print_answer([text])
    }
}

impl Man {
    pub(crate) fn run(self, tidegauge: Command) -> Done {
        let place = self.directory.display();
        std::fs::create_dir_all(&self.directory)
            .map_err(|error| Failure::system(&place, "create", &error))?;
        for program in [tidegauge, PublicProgram::command()] {
            let mut program = program.disable_help_subcommand(true);
            program.build();
            write_pages(program, &self.directory)?;
        }
        print_done(format_args!("wrote the pages of tidegauge and tidegauge-serve to {place}"))
    }
}

/// Writes the pages of a command and of every command below it.
fn write_pages(command: Command, directory: &Path) -> Done {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        write_pages(below.clone(), directory)?;
    }
    let page = clap_mangen::Man::new(command);
    let path = directory.join(page.get_filename());
    let mut text = Vec::new();
    page.render(&mut text).map_err(|error| Failure::system(path.display(), "write", &error))?;
    write_file(&path, text, Existing::Replace)
}
