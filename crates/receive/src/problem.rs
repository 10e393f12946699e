//! Why a delivery, or a question of a source, is refused: one problem for HTTP and for commands.
//!
//! Not here: its form on a connection (room `intake`).
//!
//! Invariants:
//! 1. A problem has a stable code, a field and a rule; one that is worth another try says when
//!    (`tidegauge/tests/intake.rs`: `each_refusal_has_its_status`).

use tidegauge_delivery::{DeliveryFault, Refusal as BadMessage, RowFault};

/// Statuses of RFC 9110.
pub(crate) const BAD_REQUEST: u16 = 400;
pub(crate) const UNAUTHORISED: u16 = 401;
pub(crate) const FORBIDDEN: u16 = 403;
pub(crate) const NOT_FOUND: u16 = 404;
pub(crate) const TOO_LARGE: u16 = 413;
pub(crate) const UNSUPPORTED: u16 = 415;
pub(crate) const BAD_ROWS: u16 = 422;

/// Why a request is not answered as it was meant.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) detail: String,
    pub(crate) faults: Vec<RowFault>,
    /// How many rows were refused, where rows were.
    pub(crate) refused: Option<u64>,
    /// Seconds after which the same request may be sent again.
    pub(crate) retry_after: Option<u32>,
}

impl Problem {
    pub(crate) fn new(status: u16, code: &str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            detail: detail.into(),
            faults: vec![],
            refused: None,
            retry_after: None,
        }
    }

    /// One that is worth another try after this many seconds.
    pub(crate) fn later(status: u16, code: &str, detail: &str, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(status, code, detail) }
    }
}

impl From<BadMessage> for Problem {
    fn from(refusal: BadMessage) -> Self {
        let status = match refusal.fault {
            DeliveryFault::Signature => UNAUTHORISED,
            DeliveryFault::Address => NOT_FOUND,
            DeliveryFault::Format => UNSUPPORTED,
            DeliveryFault::TooLarge => TOO_LARGE,
            _ => BAD_REQUEST,
        };
        Self::new(status, refusal.fault.code(), refusal.to_string())
    }
}
