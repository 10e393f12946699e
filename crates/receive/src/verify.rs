//! Who sends: the source, its key, and whether the message is meant for this store and this time.
//!
//! Not here: the form of a signature (crate `delivery`).
//!
//! Invariants:
//! 1. Only a key of the source that is valid on the day of the signature, and a source that still
//!    delivers, get through (`tidegauge/tests/intake.rs`: `nobody_else_delivers`).
//! 2. A message for another store does not (the same test), nor does one to a real store that was
//!    signed too long ago (`tidegauge/tests/intake.rs`: `an_old_signature_is_refused`). A synthetic
//!    store can have a clock of its own, and does not compare it with the sender's.

use jiff::Timestamp;
use tidegauge_collect::RECEIPT_DAYS;
use tidegauge_delivery::{DELIVERY_LABEL, Delivery, Head, SignatureClaim, headers, signature};

use crate::problem::{BAD_REQUEST, FORBIDDEN, Problem, UNAUTHORISED};
use crate::terms::Terms;

/// Seconds by which a sender's clock may be ahead, and by which a question may be old.
const CLOCK_SECONDS: i64 = 300;
const DAY_SECONDS: i64 = 86_400;

fn unauthorised(detail: String) -> Problem {
    Problem::new(UNAUTHORISED, "signature", detail)
}

fn forbidden(code: &str, detail: String) -> Problem {
    Problem::new(FORBIDDEN, code, detail)
}

/// Reads the head of a delivery and verifies who sent it.
pub(crate) fn delivery(head: &Head, terms: &Terms, now: Timestamp) -> Result<Delivery, Problem> {
    let (delivery, claim) = Delivery::read(head)?;
    let oldest = now.as_second() - i64::from(RECEIPT_DAYS) * DAY_SECONDS;
    sender(&claim, &delivery.source, terms, (oldest, now))?;
    store(&delivery.store, terms)?;
    pseudonym_key(&delivery, terms)?;
    let ahead = now.as_second() + CLOCK_SECONDS;
    if delivery.complete_until.is_some_and(|until| until.as_second() > ahead) {
        let detail = "tidegauge-complete-until: lies in the future by the store's clock; correct \
                      it, or the clock"
            .to_owned();
        return Err(Problem::new(BAD_REQUEST, "bad-header", detail));
    }
    Ok(delivery)
}

/// Verifies that a question about a source comes from it.
pub(crate) fn question(
    head: &Head,
    source: &str,
    terms: &Terms,
    now: Timestamp,
) -> Result<(), Problem> {
    let claim = signature(head, DELIVERY_LABEL)?;
    for part in ["@method", "@path", headers::STORE] {
        if !claim.covers(part) {
            let detail = format!(
                "signature-input: the signature must cover \"{part}\"; sign as tidegauge-agent does"
            );
            return Err(unauthorised(detail));
        }
    }
    sender(&claim, source, terms, (now.as_second() - CLOCK_SECONDS, now))?;
    store(head.need(headers::STORE)?, terms)
}

/// Verifies that a key of this source made the signature, at or after `oldest`.
fn sender(
    claim: &SignatureClaim,
    id: &str,
    terms: &Terms,
    (oldest, now): (i64, Timestamp),
) -> Result<(), Problem> {
    let named = claim.key_id();
    let no_key = || {
        unauthorised(format!(
            "signature-input: keyid: the plan has no key {named:?}; sign with a key of the plan"
        ))
    };
    let (source, key) = named.split_once('/').ok_or_else(no_key)?;
    if source != id {
        let detail = format!(
            "signature-input: keyid: the key of {id} is needed at this address; sign with it"
        );
        return Err(unauthorised(detail));
    }
    let source = terms.plan.source(source).ok_or_else(no_key)?;
    let key = source.key(key).ok_or_else(no_key)?;
    claim.verify(&key.public)?;
    let created = match Timestamp::from_second(claim.created()) {
        // In a rehearsal the store's clock need not be that of the agencies.
        Ok(_) if terms.columns.synthetic => now,
        Ok(created) => created,
        Err(_) => {
            return Err(unauthorised("signature-input: created: is no time; sign again".into()));
        }
    };
    if created.as_second() < oldest || created.as_second() > now.as_second() + CLOCK_SECONDS {
        let detail = "signature-input: created: is too old or lies in the future by the store's \
                      clock; sign again, and check the clock"
            .to_owned();
        return Err(unauthorised(detail));
    }
    if claim.expires().is_some_and(|expires| expires < now.as_second()) && !terms.columns.synthetic
    {
        return Err(unauthorised("signature-input: expires: is past; sign again".into()));
    }
    let day = |at: Timestamp| terms.plan.time_zone().to_datetime(at).date();
    if !key.days.contains(day(created)) {
        let day = day(created);
        let whose = if terms.columns.synthetic { "store's clock" } else { "signature" };
        let detail = format!(
            "keyid: the key {named:?} is not valid on {day}, the day of the {whose}; sign with \
             the key that is"
        );
        return Err(forbidden("key-expired", detail));
    }
    if source.days.from.is_some_and(|from| day(now) < from) {
        let detail = format!(
            "source: {id} does not deliver yet; begin on its first day, or let the plan be amended"
        );
        return Err(forbidden("source-days", detail));
    }
    Ok(())
}

fn store(given: &str, terms: &Terms) -> Result<(), Problem> {
    if given == terms.columns.store {
        return Ok(());
    }
    let own = &terms.columns.store;
    let detail = format!("tidegauge-store: is of another store; this one is {own}");
    Err(forbidden("other-store", detail))
}

fn pseudonym_key(delivery: &Delivery, terms: &Terms) -> Result<(), Problem> {
    match (&delivery.pseudonym_key, &terms.columns.pseudonym_key) {
        (given, own) if given == own => Ok(()),
        // A delivery without rows has no pseudonyms.
        (None, _) if delivery.format.is_none() => Ok(()),
        (_, own) => {
            let own = own.as_deref().unwrap_or_default();
            let detail = format!(
                "tidegauge-pseudonym-key: under another key than {own} every person would count \
                 as a new one; make the pseudonyms under that key"
            );
            Err(forbidden("pseudonym-key", detail))
        }
    }
}
