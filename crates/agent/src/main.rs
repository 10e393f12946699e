//! The program `tidegauge-agent`; everything is in the library, so that tests can call it too.

use std::process::ExitCode;

fn main() -> ExitCode {
    tidegauge_agent::run(std::env::args_os())
}
