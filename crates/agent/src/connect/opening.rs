//! What every input of a server is opened with.
//!
//! Not here: the settings of each kind of server.

use std::path::Path;
use std::time::Duration;

use crate::rows::Wanted;

/// What every input of a server is opened with.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// The input's name in the settings.
    pub name: &'a str,
    /// The folder to which paths are relative.
    pub folder: &'a Path,
    /// The fields that the mapping reads.
    pub wanted: &'a Wanted,
    /// How long a server may be away before that is an error; for ever if there is none.
    pub patience: Option<Duration>,
}
