//! `tidegauge-serve`: only the public tower, for a host without private data.
//!
//! Not here: events, and anything that could name one; this binary links no private crate.

use std::process::ExitCode;

use clap::Parser;
use tidegauge_serve::Program;

#[tokio::main]
async fn main() -> ExitCode {
    Program::parse().run().await
}
