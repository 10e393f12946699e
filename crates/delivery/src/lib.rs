//! What travels between an agency and a store: the contract that both sides keep.
//!
//! Not here: connections (crates `agent` and `receive`), reading the rows of a delivery (crate
//! `collect`), making pseudonyms (crate `agent`).
//!
//! The rooms, each of which may use only those before it: `fault` (why a message is refused),
//! `message` (a request or an answer in bytes), `digest` (of its body), `signature` (RFC 9421),
//! `delivery` (the head of a delivery), `receipt` (its answer), `columns` (what rows may have).
//!
//! Invariants:
//! 1. Nothing here prints or keeps a value of a row: faults name a place and a rule
//!    (`receipt::tests::a_receipt_has_one_form`).

#![warn(unreachable_pub)]

mod columns;
mod delivery;
mod digest;
mod fault;
mod message;
mod receipt;
mod signature;

pub use columns::{CodeText, Column, ColumnKind, Limits, OLDEST_EVENT, PlanColumns};
pub use delivery::{
    Address, ContentFormat, Delivery, Encoding, OnBadRow, address, delivery_path, source_path,
};
pub use digest::{content_digest, digest_of};
pub use fault::{DeliveryFault, Refusal};
pub use message::{BODY_BYTES_MAX, HEAD_BYTES_MAX, Head, Line, headers};
pub use receipt::{Completeness, Dates, Receipt, RowCounts, RowFault};
pub use signature::{DELIVERY_LABEL, RECEIPT_LABEL, STORE_KEY_ID, SignatureClaim, sign, signature};
