//! `health`: whether a server is alive or ready, for containers and timers that have no client of
//! their own.
//!
//! Not here: the checks, which the server makes (`serve::ready`).
//!
//! Invariants:
//! 1. A server that does not answer, or not with success, ends the command with exit code 1
//!    (`tests/install.rs`: `health_is_what_the_server_says`).

use std::time::Duration;

use clap::Args;
use ureq::Agent;

use super::arguments::Address;
use super::output::print_answer;
use crate::failure::{Done, Failure};

/// The longest answer of a check.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

#[derive(Args)]
pub(crate) struct Health {
    /// The address of the server, with its base path if it has one.
    #[arg(default_value = "http://127.0.0.1:8080/")]
    url: String,
    /// Ask only whether the process runs, and not whether all that it shows verifies.
    #[arg(long)]
    alive: bool,
    /// How many seconds the server may take to answer.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 5,
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    wait: u64,
}

impl Health {
    pub(crate) fn run(self) -> Done {
        let check = if self.alive { "livez" } else { "readyz" };
        let address = format!("{}/{check}", Address::parse("URL", &self.url)?.as_str());
        let wait = Duration::from_secs(self.wait);
        let config = Agent::config_builder().timeout_global(Some(wait));
        let agent = Agent::new_with_config(config.http_status_as_error(false).build());
        let failed = |rule: &dyn std::fmt::Display| {
            let next = "check the address, and what the server wrote to its standard error";
            Failure::new(1, "not-healthy", format_args!("{address}: answer: {rule}; {next}"))
        };
        let mut answer = agent.get(&address).call().map_err(|error| failed(&error))?;
        let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX);
        let text = body.read_to_string().map_err(|error| failed(&error))?;
        if !answer.status().is_success() {
            let status = answer.status().as_u16();
            // One line for each check.
            let checks = text.lines().collect::<Vec<_>>().join(", ");
            return Err(failed(&format_args!("status {status}: {checks}")));
        }
        print_answer([text])
    }
}
