//! `tidegauge-serve`: only the public tower, for a host without private data.
//!
//! Not here: events, and anything that could name one; this binary links no private crate.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use jiff::Timestamp;
use tidegauge_figures::clock_from;
use tidegauge_serve::{LogOptions, asked_to_end, serve};

/// Serve the public directory of a store: figures, margins, ledger.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The public directory (checkpoint, tile/, plan/, release/), or the directory of a store.
    dir: PathBuf,
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    public: SocketAddr,
    #[command(flatten)]
    log: LogOptions,
    /// The time at the start, in RFC 3339, in place of the system's clock; synthetic stores only.
    #[arg(long)]
    now: Option<Timestamp>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.dir.is_dir() {
        eprintln!("error[no-directory]: DIR: {}: is not a directory", arguments.dir.display());
        return ExitCode::from(2);
    }
    let bound = |address| {
        // It does not matter if nobody reads this output any more.
        let _ = writeln!(std::io::stdout(), "serving http://{address}/");
    };
    let inside = arguments.dir.join("public");
    let directory = if inside.is_dir() { inside } else { arguments.dir };
    let telemetry = arguments.log.start();
    let clock = arguments.now.map(clock_from);
    match serve(&directory, arguments.public, clock, telemetry, bound, asked_to_end()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => {
            eprintln!("error[now-forbidden]: DIR: --now: {error}");
            ExitCode::from(3)
        }
        Err(error) => {
            let next = "choose another port with --public, or port 0 for a free one";
            eprintln!("error[listen]: --public: {}: {error}; {next}", arguments.public);
            ExitCode::from(2)
        }
    }
}
