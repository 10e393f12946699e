//! A limit on the memory of the whole process: the last one where a file claims more than it
//! should.
//!
//! Each reader has limits of its own, with errors that name the file. This one is for what they
//! cannot see, such as a page of a table that lies about its size: the process then ends without a
//! word of what it read, and the machine goes on.
//!
//! Not here: limits of rows, files and deliveries.
//!
//! Invariants:
//! 1. A process that works on files cannot allocate more than [`BYTES_MAX`]
//!    (`memory::tests::the_limit_is_set`).

use std::path::Path;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::error::Error;

/// Bytes that the process may allocate.
pub const BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

/// Limits the memory of this process until it ends; a lower limit that is set already stays.
pub fn limit() -> Result<(), Error> {
    let given = getrlimit(Resource::Data);
    let least = |given: Option<u64>| Some(given.map_or(BYTES_MAX, |given| given.min(BYTES_MAX)));
    let limit = Rlimit { current: least(given.current), maximum: least(given.maximum) };
    setrlimit(Resource::Data, limit)
        .map_err(|error| Error::system(Path::new("operating system"), "limit memory")(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_set() {
        limit().unwrap();
        limit().unwrap();
        assert_eq!(getrlimit(Resource::Data).current, Some(BYTES_MAX));
    }
}
