//! Doing what was asked of an open store.
//!
//! Not here: opening the store, and what a command prints of the answer.

use std::thread::available_parallelism;

use jiff::Timestamp;
use tidegauge_collect::{Progress as StoreProgress, Releasing, STEPS_TOGETHER, Store, due_time};
use tidegauge_model::{Amendment, Period};

use super::changes::changes;
use super::ingest::ingest;
use super::{AmendPlan, Answer, Progress, Refusal, RefusedDeliveries, ReleaseSteps, Status, Task};
use crate::calendar::StoreClock;

/// The circumstances in which a task is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// The store's clock.
    pub(crate) clock: StoreClock,
    /// When the task was asked by that clock. It may have waited for its turn since.
    pub(crate) since: Timestamp,
    /// Since when the sources could deliver, if what is past waits for them.
    pub(crate) wait_from: Option<Timestamp>,
    /// Whether a server has the store open.
    pub(crate) served: bool,
    /// Whether the process releases by the clock.
    pub(crate) releases_by_clock: bool,
}

/// Does a task in an open store.
pub(crate) fn perform(
    store: &mut Store,
    task: &Task,
    asked: &Asked,
    progress: &mut dyn FnMut(Progress),
) -> Result<Answer, Refusal> {
    match task {
        Task::Ingest(files) => ingest(store, files, asked),
        Task::Release(steps) => release(store, steps, asked, progress),
        Task::Amend(amend) => put_in_force(store, amend, asked),
        Task::Backup(to) => Ok(Answer::BackedUp(store.backup(to)?)),
        // A served store could be compared with what it serves itself.
        Task::Compare(_) if asked.served => {
            let rule = "ledger: a restored store is compared before it is served; end the server \
                        first";
            Err(Refusal::new(6, "served", rule.to_owned()))
        }
        Task::Compare(note) => {
            Ok(Answer::Compared(store.compare(note.as_deref().map(str::as_bytes))?))
        }
        Task::Status => {
            let now = asked.clock.now();
            Ok(Answer::Status(Box::new(Status {
                served: asked.served,
                releases_by_clock: asked.releases_by_clock,
                clock: Timestamp::from_second(now.as_second()).unwrap_or(now).to_string(),
                state: store.status(now, asked.wait_from)?,
                refused_deliveries: RefusedDeliveries::new(),
            })))
        }
    }
}

/// The time given with a task, if any.
///
/// Errors: not an instant, or one that is given to a real store.
pub(super) fn given(store: &Store, text: Option<&str>) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let instant: Timestamp = text.parse().map_err(|_| malformed("now"))?;
    Ok(Some(store.clock(Some(instant))?))
}

/// A task that no command sends: each checks its arguments first.
pub(super) fn malformed(field: &str) -> Refusal {
    Refusal::new(2, "bad-value", format!("request: {field}: cannot be read; correct the value"))
}

pub(super) fn threads(given: Option<usize>) -> usize {
    given.unwrap_or_else(|| available_parallelism().map_or(1, usize::from)).max(1)
}

fn release(
    store: &mut Store,
    task: &ReleaseSteps,
    asked: &Asked,
    progress: &mut dyn FnMut(Progress),
) -> Result<Answer, Refusal> {
    let until = match &task.until {
        None => None,
        Some(text) => Some(Period::parse_sdmx(text).ok_or_else(|| malformed("until"))?),
    };
    let given = given(store, task.now.as_deref())?;
    let now = given.unwrap_or_else(|| asked.clock.now());
    let since = given.unwrap_or(asked.since);
    let (wait_from, threads) = (asked.wait_from, threads(task.threads));
    let empty = task.empty;
    let together = if asked.served { 1 } else { STEPS_TOGETHER };
    let closed = Releasing::closed(now, threads);
    let how = Releasing { until, since, wait_from, empty, together, ..closed };
    progress(Progress::Closed(store.closed_unreleased(&how)?));
    let mut steps = Vec::new();
    store.release(&how, &mut |done| match done {
        StoreProgress::PassedOver(damage) => {
            progress(Progress::PassedOver(damage.code().to_owned(), damage.to_string()));
        }
        StoreProgress::Released(step, silent) => {
            steps.push(step.to_string());
            progress(Progress::Released(step.to_string(), silent));
        }
    })?;
    let less = until.map_or(Ok(None), |until| less(store, until, wait_from))?;
    Ok(Answer::Released(steps, less))
}

/// Why a release ended before the period up to which it was asked for, and what to do about it;
/// `None` if it did not.
fn less(
    store: &Store,
    until: Period,
    wait_from: Option<Timestamp>,
) -> Result<Option<String>, Refusal> {
    let Some((step, due)) = store.next_due(wait_from)? else {
        return Ok(Some("the plan ends with its last step: every step is released".to_owned()));
    };
    if !until.reaches(step) {
        return Ok(None);
    }
    let waits = match store.plan().sources.is_empty() {
        true => "",
        false => ", or when its sources have declared it (`tidegauge status` names them)",
    };
    let due = due_time(due);
    Ok(Some(format!("{step} is due at {due}: run the command again then{waits}")))
}

fn put_in_force(store: &mut Store, task: &AmendPlan, asked: &Asked) -> Result<Answer, Refusal> {
    let amendment = Amendment::parse(&task.text).map_err(|_| malformed("amendment"))?;
    let given = given(store, task.now.as_deref())?;
    // No event may lie in a code that closes, so the check is by the clock at this moment.
    let now = given.unwrap_or_else(|| asked.clock.now());
    let changes = changes(store.plan(), &amendment);
    match task.dry_run {
        true => drop(store.amended(&amendment, now)?),
        false => store.amend(&task.text, &amendment, now, given.unwrap_or(asked.since))?,
    }
    Ok(Answer::Amended(changes))
}
