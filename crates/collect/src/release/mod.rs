//! The door: exact sums become measurements, and are sealed.
//!
//! Not here: when the door opens (room `store`).

mod draw;

pub(crate) use draw::*;
