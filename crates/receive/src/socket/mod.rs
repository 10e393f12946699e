//! The socket of a served store: how another process asks its owner for a task.
//!
//! Not here: the queue, and the tasks themselves.
//!
//! Invariants:
//! 1. Only the account that owns the store can connect: the socket has mode 0600 before it has its
//!    name (`tidegauge/tests/served.rs`: `the_socket_is_private_and_one_server_holds_a_store`).
//! 2. A socket that a crash left is replaced, and until then passed over
//!    (`tidegauge/tests/served.rs`: `a_killed_server_loses_nothing`).
//!
//! Format: one line of JSON asks, and lines of JSON answer, the last of them with `answer` or
//! `refusal`. Each has the version of the format.
//! ```text
//! {"version":1,"store":"store",
//!  "task":{"release":{"until":"2024-01-31","threads":null,"empty":false,"now":null}}}
//! {"version":1,"begun":true}
//! {"version":1,"progress":{"released":["2024-01-31",["LAND"]]}}
//! {"version":1,"answer":{"released":["2024-01-31"]}}
//! ```

mod client;
mod server;
mod wire;

pub use client::{hand_in, is_served};
pub use server::SocketServer;
