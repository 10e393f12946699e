//! Taking files in: rows from whoever may write to the store, or signed deliveries where the plan
//! names its sources.
//!
//! Not here: the rules for a row (crate `collect`), who signs (room `verify`).
//!
//! Invariants:
//! 1. A real store whose plan has sources takes signed deliveries only; a synthetic one also takes
//!    rows in the name of a source (`tidegauge/tests/sources.rs`:
//!    `a_real_store_takes_events_from_its_sources_only`).

use std::fs::File;
use std::io::Read;

use bytes::Bytes;
use jiff::Timestamp;
use tidegauge_collect::{
    AdmittedDelivery, Delivered, Error, Ingest, Ingested, Input, InputFormat, OnBadRow, Store,
};
use tidegauge_delivery::{
    BODY_BYTES_MAX, Dates, Delivery, HEAD_BYTES_MAX, Head, Receipt, digest_of,
};

use super::perform::{Asked, given, malformed, threads};
use super::{Answer, GivenFile, IngestFiles, IngestedRows, Refusal};
use crate::problem::{BAD_REQUEST, Problem};
use crate::rows::{self, LIMITS};
use crate::terms::Terms;
use crate::verify;

/// The ending of a signed delivery.
const DELIVERY_ENDING: &str = ".delivery";

/// Takes files in.
pub(super) fn ingest(
    store: &mut Store,
    task: &IngestFiles,
    asked: &Asked,
) -> Result<Answer, Refusal> {
    let now = given(store, task.now.as_deref())?.unwrap_or_else(|| asked.clock.now());
    let is_signed = |file: &GivenFile| file.name.ends_with(DELIVERY_ENDING);
    if task.files.iter().any(is_signed) {
        if let Some(file) = task.files.iter().find(|file| !is_signed(file)) {
            let rule = "is no signed delivery, and others are; ingest them in two calls";
            return Err(Refusal::new(2, "mixed-files", format!("{}: file: {rule}", file.name)));
        }
        return take_deliveries(store, &task.files, now).map(Answer::Ingested);
    }
    check_submitter(store, &task.submitter)?;
    let until = match &task.complete_until {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| malformed("completeUntil"))?),
    };
    if until.is_some() && store.plan().sources.is_empty() {
        let rule = "--complete-until: is for a plan with sources, and this one has none; leave it \
                    out";
        return Err(Refusal::new(2, "bad-value", rule));
    }
    let format = match &task.format {
        None => None,
        Some(word) => Some(InputFormat::parse(word).ok_or_else(|| malformed("format"))?),
    };
    let on_bad_row = if task.skip_bad_rows { OnBadRow::Skip } else { OnBadRow::Refuse };
    let submitter = task.submitter.clone();
    let how = Ingest { format, submitter, threads: threads(task.threads), now, on_bad_row };
    let input = |file: &GivenFile| Input::File { name: file.name.clone(), path: file.path.clone() };
    let inputs: Vec<_> = task.files.iter().map(input).collect();
    let ingested = store.ingest(&inputs, &how).map_err(|error| denied(&error, asked.served))?;
    if let Some(until) = until {
        store.declare(&task.submitter, until, now)?;
    }
    Ok(Answer::Ingested(report(store, &ingested)))
}

/// Refuses rows that no source vouches for, where the plan names sources.
fn check_submitter(store: &Store, submitter: &str) -> Result<(), Refusal> {
    let sources = &store.plan().sources;
    if sources.is_empty() {
        return Ok(());
    }
    let place = store.directory().display();
    if !store.is_synthetic() {
        let rule = "the plan names its sources, so only deliveries that they signed are taken; \
                    send them to the intake of `tidegauge serve`, or take in .delivery files of \
                    `tidegauge-agent`";
        return Err(Refusal::new(3, "sources-only", format!("{place}: ingest: {rule}")));
    }
    if store.plan().source(submitter).is_some() {
        return Ok(());
    }
    let ids: Vec<&str> = sources.iter().map(|source| source.id.as_str()).collect();
    let rule = format!("must be one of the plan's sources; there are {}", ids.join(", "));
    Err(Refusal::new(2, "bad-value", format!("--submitter: {rule}")))
}

/// What became of rows, for whoever gave them.
fn report(store: &Store, ingested: &Ingested) -> IngestedRows {
    let Ingested { taken, refused } = ingested;
    let mut warnings = refused.listed("warning");
    if refused.rows > 0 {
        warnings.push(format!("warning[bad-rows]: {}", refused.total("the other rows were taken")));
    }
    IngestedRows {
        rows: taken.rows,
        dates: taken.dates(),
        events_steps: store.plan().retention.events_steps,
        warnings,
    }
}

/// The refusal of files, one of which this process may not open.
fn denied(error: &Error, served: bool) -> Refusal {
    let mut refusal = Refusal::from(error);
    let is_denied = refusal.code == "unreadable" && refusal.text.ends_with("permission denied");
    if served && is_denied {
        refusal.text += "; the process that serves the store opens the file";
    }
    refusal
}

/// Takes signed deliveries, one after the other: those before one that is refused are taken, and
/// may be given again.
fn take_deliveries(
    store: &mut Store,
    files: &[GivenFile],
    now: Timestamp,
) -> Result<IngestedRows, Refusal> {
    let terms = Terms::of(store, LIMITS)?;
    let mut all = IngestedRows {
        events_steps: store.plan().retention.events_steps,
        ..IngestedRows::default()
    };
    for file in files {
        let bytes = read(file)?;
        let admitted = admit(&bytes, &terms, now).map_err(|problem| refused(problem, file))?;
        let delivered = store.deliver(vec![admitted])?.pop();
        let Some(Delivered::Taken(receipt)) = delivered else {
            let rule = "another delivery was taken under this id; give each delivery its own";
            let text = format!("{}: delivery: {rule}", file.name);
            return Err(Refusal::new(2, "delivery-conflict", text));
        };
        if let Ok(receipt) = serde_json::from_str::<Receipt>(&receipt) {
            add(&mut all, &receipt, file);
        }
    }
    Ok(all)
}

fn add(all: &mut IngestedRows, receipt: &Receipt, file: &GivenFile) {
    all.rows += receipt.rows.taken;
    let Dates { before_start, released_late, released_nowhere, past_horizon } = &mut all.dates;
    *before_start += receipt.dates.before_start;
    *released_late += receipt.dates.released_late;
    *released_nowhere += receipt.dates.released_nowhere;
    *past_horizon += receipt.dates.past_horizon;
    for fault in &receipt.faults {
        let place = format!("{}:{}: {}", file.name, fault.row, fault.column);
        all.warnings.push(format!("warning[{}]: {place}: {}", fault.code, fault.rule));
    }
    if receipt.rows.refused > 0 {
        let rows = receipt.rows.refused;
        let text = format!("{}: {rows} rows were refused; the others were taken", file.name);
        all.warnings.push(format!("warning[bad-rows]: {text}"));
    }
}

fn read(file: &GivenFile) -> Result<Bytes, Refusal> {
    let failed = |error: std::io::Error| {
        let text = format!(
            "{}: file: cannot be read: {}; check the path, its owner and its permissions",
            file.name,
            error.kind()
        );
        Refusal::new(2, "unreadable", text)
    };
    let most = (HEAD_BYTES_MAX + BODY_BYTES_MAX) as u64;
    let mut bytes = Vec::new();
    let stream = File::open(&file.path).map_err(failed)?;
    stream.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > most {
        let text = format!(
            "{}: file: is larger than a delivery can be, {most} bytes; make several",
            file.name
        );
        return Err(Refusal::new(2, "too-large", text));
    }
    Ok(Bytes::from(bytes))
}

/// Verifies a signed delivery and admits its rows.
fn admit(bytes: &Bytes, terms: &Terms, now: Timestamp) -> Result<AdmittedDelivery, Problem> {
    let (head, start) = Head::of_file(bytes)?;
    let delivery: Delivery = verify::delivery(&head, terms, now)?;
    let body = bytes.slice(start..);
    if digest_of(&body) != delivery.digest {
        let detail = "content-digest: is not that of the body, so the file is cut or was changed; \
                      copy it again";
        return Err(Problem::new(BAD_REQUEST, "content-digest", detail));
    }
    let Some(admission) = terms.admissions.get(&delivery.source) else {
        return Err(Problem::new(
            BAD_REQUEST,
            "unknown-source",
            "source: is not in the plan; /intake/v1/plan lists those that are",
        ));
    };
    let rows = rows::admit(body, &delivery, admission, &LIMITS, now)?;
    Ok(AdmittedDelivery { delivery, rows, arrived: now })
}

/// The refusal of a file for this problem.
fn refused(problem: Problem, file: &GivenFile) -> Refusal {
    let line = |fault: &tidegauge_delivery::RowFault| {
        let place = format!("{}:{}: {}", file.name, fault.row, fault.column);
        format!("error[{}]: {place}: {}", fault.code, fault.rule)
    };
    let text = format!("{}: {}", file.name, problem.detail);
    let refusal = Refusal::new(2, &problem.code, text);
    Refusal { before: problem.faults.iter().map(line).collect(), ..refusal }
}
