//! Inputs that are servers of the agency: PostgreSQL, NATS JetStream and Kafka.
//!
//! All work alike. A connection is protected by TLS ([`protection`]); one that breaks is made again
//! after growing pauses, and nothing that was delivered is read again ([`link`]). An input reports
//! that it is empty only after its server said so: whoever declares completeness by the clock must
//! not do so while a server is away.
//!
//! Not here: what is made of rows (room `mapping`), files (room `rows`).
//!
//! Invariants:
//! 1. Only wanted fields are copied, and no error has a value: a server's own words, which may
//!    quote one, are never printed (`tests/inputs`, in each module `canaries_stay`).
//! 2. Dropped at any instant, an input goes on exactly after the committed position
//!    (`tests/inputs`, in each module `reading_goes_on_after_the_commit`).
//! 3. Nothing leaves in clear text unless it stays on this machine or the settings say so
//!    (`connect::protection::tests::clear_text_is_refused`).

#[cfg(feature = "kafka")]
mod kafka;
mod link;
#[cfg(any(feature = "kafka", feature = "nats"))]
mod message;
#[cfg(feature = "nats")]
mod nats;
mod opening;
#[cfg(feature = "postgres")]
mod postgres;
mod protection;
#[cfg(any(feature = "nats", feature = "postgres"))]
mod runs;

#[cfg(feature = "kafka")]
pub use kafka::{Kafka, KafkaPart, Proof};
#[cfg(any(feature = "kafka", feature = "nats"))]
pub use message::MessageFormat;
#[cfg(feature = "nats")]
pub use nats::{Nats, NatsPart};
pub use opening::Opening;
#[cfg(feature = "postgres")]
pub use postgres::{PostgresPart, postgres};
pub use protection::Tls;
