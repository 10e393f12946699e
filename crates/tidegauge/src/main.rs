//! The program `tidegauge`; everything is in the library, so that tests can call it too.

use std::process::ExitCode;

fn main() -> ExitCode {
    tidegauge::run(std::env::args_os())
}
