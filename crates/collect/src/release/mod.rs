//! The door: exact sums become measurements, and are sealed before anybody sees them.
//!
//! Not here: when the door opens (room `store`).

mod draw;
mod seal;

pub(crate) use draw::{NoiseSource, blind, draw};
pub(crate) use seal::{Sealed, SealedFile};
