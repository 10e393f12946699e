//! `status`: what a store has released, what comes next, and what lies on its disk.
//!
//! Not here: how it is found out (crate `collect`), and by which process (crate `receive`).
//!
//! Invariants:
//! 1. No output counts events or persons
//!    (`tests/served.rs`: `status_is_the_same_served_or_not`).

use std::path::PathBuf;

use clap::Args;
use tidegauge_collect::SourceState;
use tidegauge_receive::{Answer, Status, Task, hand_in};

use super::arguments::StoreAccess;
use super::output::print_answer;
use crate::failure::{Done, Failure};

#[derive(Args)]
pub(crate) struct ShowStatus {
    /// The store's directory.
    directory: PathBuf,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    access: StoreAccess,
}

impl ShowStatus {
    pub(crate) fn run(self) -> Done {
        let access = self.access.access();
        let answer = hand_in(&self.directory, &access, &Task::Status, &mut |_| {})?;
        let Answer::Status(status) = answer else { return Ok(()) };
        if !self.json {
            return print_answer([text(&self.directory.display().to_string(), &status)]);
        }
        let json = serde_json::to_string_pretty(&status)
            .map_err(|_| Failure::new(2, "bad-value", "status: cannot be shown as JSON"))?;
        print_answer([json, "\n".to_owned()])
    }
}

/// The line of a source.
fn source_line(source: &SourceState, status: &Status) -> String {
    let SourceState { id, complete_until, is_awaited, .. } = source;
    let until = match complete_until {
        Some(until) => format!("complete until {until}"),
        None => "has declared nothing yet".to_owned(),
    };
    let awaited = if *is_awaited { "; the next step waits for it" } else { "" };
    let refused = status.refused_deliveries.get(id).into_iter().flatten();
    let refused: Vec<String> = refused.map(|(code, count)| format!("{count} {code}")).collect();
    let refused = match refused.is_empty() {
        true => String::new(),
        false => format!("; deliveries refused since the start: {}", refused.join(", ")),
    };
    format!("source {id}: {until}{awaited}{refused}\n")
}

/// The state in lines for people.
fn text(place: &str, status: &Status) -> String {
    let state = &status.state;
    let class = if state.synthetic { "synthetic" } else { "real" };
    let served = match (status.served, status.releases_by_clock) {
        (false, _) => "no",
        (true, true) => "yes, and released by the clock",
        (true, false) => "yes, and released on request",
    };
    let last = state.last.as_ref().map_or_else(
        || "none".to_owned(),
        |last| format!("{}, entered in the ledger at {}", last.step, last.at),
    );
    let next = state.next.as_ref().map_or_else(
        || "none: the plan is over".to_owned(),
        |next| format!("{}, due at {}", next.step, next.due),
    );
    let mut pending = Vec::new();
    if !state.has_taken {
        pending.push("the first events: nothing is released before".to_owned());
    }
    // A synthetic store without a clock of its own is released on request.
    let on_request = state.synthetic && !status.releases_by_clock;
    let open = match state.steps_due {
        1 => "1 step".to_owned(),
        steps => format!("{steps} steps"),
    };
    match (state.steps_due, on_request) {
        (0, _) => {}
        (_, true) => pending.push(format!("{open} to release when you ask: `tidegauge release`")),
        (1, false) => pending.push(format!("{open} is due and not released")),
        (_, false) => pending.push(format!("{open} are due and not released")),
    }
    if state.sealed {
        pending.push("a sealed release that is not public yet".to_owned());
    }
    if pending.is_empty() {
        pending.push("nothing".to_owned());
    }
    let (journal, free) = (&state.journal, state.disk_free_mebibytes);
    format!(
        "{place}: {class} store for plan {plan}, {clock}\n\
         served:        {served}\n\
         last release:  {last}\n\
         next step:     {next}\n\
         pending:       {pending}\n\
         {sources}\
         journal:       {files}, at most {mebibytes} MiB\n\
         disk:          {free} MiB free\n",
        plan = state.plan,
        clock = status.clock,
        pending = pending.join("; "),
        sources =
            state.sources.iter().map(|source| source_line(source, status)).collect::<String>(),
        files = match journal.segments {
            1 => "1 file".to_owned(),
            files => format!("{files} files"),
        },
        mebibytes = journal.mebibytes,
    )
}
