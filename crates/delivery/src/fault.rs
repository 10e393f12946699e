//! Why a message is refused.
//!
//! Not here: bad rows (module `receipt`), and what HTTP status a fault has (crate `receive`).
//!
//! Invariants:
//! 1. Each fault has a stable code, a field and a rule, and says what to do
//!    (`delivery::tests::each_fault_has_its_field_and_rule`).

use std::fmt;

/// The kind of a fault. Its code is stable: programs may depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryFault {
    /// The message is no HTTP request of this contract.
    Malformed,
    /// A header is missing.
    MissingHeader,
    /// A header has another form.
    BadHeader,
    /// The body is not the one of which the digest is.
    Digest,
    /// No signature, or one that does not fit.
    Signature,
    /// A format or an encoding that is not taken.
    Format,
    /// An address that this contract does not have.
    Address,
    /// Too large.
    TooLarge,
}

impl DeliveryFault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed-message",
            Self::MissingHeader => "missing-header",
            Self::BadHeader => "bad-header",
            Self::Digest => "content-digest",
            Self::Signature => "signature",
            Self::Format => "delivery-format",
            Self::Address => "unknown-address",
            Self::TooLarge => "too-large",
        }
    }

    /// What to do about it, where the rule does not say so itself.
    fn next_step(self) -> &'static str {
        match self {
            Self::Malformed => "send it as tidegauge-agent does",
            Self::MissingHeader => "add it",
            Self::BadHeader => "correct it",
            Self::Digest => "send the delivery again",
            Self::Signature => "sign as tidegauge-agent does",
            Self::Format => "send it so",
            Self::Address => "correct it",
            Self::TooLarge => "send several deliveries",
        }
    }
}

/// Between a rule and the next step.
const STEP: &str = "; ";

/// A fault with the field that has it, and the rule that it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The kind.
    pub fault: DeliveryFault,
    /// The header, or another part of the message.
    pub field: String,
    /// The rule; after a semicolon, the next step.
    pub rule: String,
}

impl Refusal {
    /// A fault of a field. Where the rule has no next step of its own, that of the fault is added.
    pub(crate) fn new(fault: DeliveryFault, field: &str, rule: impl Into<String>) -> Self {
        let mut rule = rule.into();
        if !rule.contains(STEP) {
            rule = format!("{rule}{STEP}{}", fault.next_step());
        }
        Self { fault, field: field.to_owned(), rule }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.rule)
    }
}

impl std::error::Error for Refusal {}
