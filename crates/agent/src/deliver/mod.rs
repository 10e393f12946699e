//! Deliveries on their way: over HTTP to the intake, or as signed files.
//!
//! Not here: which rows are in them, and when they are tried again (module `work`).
//!
//! Invariants:
//! 1. A delivery counts as taken only with a receipt for it: this store, this source, this id,
//!    these bytes (`deliver::http::tests::a_receipt_for_something_else_is_refused`).

mod files;
mod http;

use std::path::PathBuf;
use std::time::Duration;

use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use tidegauge_delivery::{Delivery, Head, Receipt, RowFault};

pub use files::Files;
pub use http::{
    AddressFrom, Http, fetch_columns, intake_address, known_source, plain_client, web_client,
};

use crate::error::{Error, REFUSED};

/// What became of a delivery.
#[derive(Debug)]
pub enum Answer {
    /// It is durable in the store.
    Taken(Receipt),
    /// It is in a file, which has to be carried.
    Written(PathBuf),
    /// It could not be taken now.
    Later {
        /// How long to wait at least, if the intake says so.
        after: Option<Duration>,
        /// Why.
        why: String,
    },
    /// It has bad rows, and nothing of it was taken.
    BadRows(Vec<RowFault>),
    /// It is too large, and nothing of it was taken.
    TooLarge(Error),
}

/// A way for deliveries.
pub trait Deliver: Send {
    /// Limits the time for the next delivery; none for as long as it takes at most.
    fn allow(&mut self, _time: Option<Duration>) {}

    /// Sends a delivery that was made at this time.
    ///
    /// Errors: a refusal that trying again will not change.
    fn deliver(
        &self,
        delivery: &Delivery,
        created: Timestamp,
        body: &[u8],
    ) -> Result<Answer, Error>;
}

/// The key of a source, and its id in the plan.
pub struct Signer {
    key: SigningKey,
    id: String,
}

impl Signer {
    /// A source's key with its id.
    pub fn new(key: SigningKey, id: &str) -> Self {
        Self { key, id: id.to_owned() }
    }

    /// The signed head of a delivery.
    fn sign(&self, delivery: &Delivery, at: Timestamp) -> Result<Head, Error> {
        delivery.sign(&self.id, at.as_second(), &self.key).map_err(|refusal| {
            Error::new(REFUSED, refusal.fault.code(), "delivery", refusal.field, refusal.rule)
        })
    }
}
