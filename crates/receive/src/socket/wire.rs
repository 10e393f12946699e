//! The lines of the socket, and its address.
//!
//! Not here: who sends which.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tidegauge_collect::private_directory;

use crate::task::{Answer, Progress, Refusal, Task};

/// The version of the format.
pub(super) const VERSION: u32 = 1;
/// The most bytes of a request: it has names of files, or the text of an amendment.
pub(super) const REQUEST_BYTES_MAX: u64 = 16 << 20;
/// The name of the socket in the private directory.
const NAME: &str = "socket";
/// The longest path, in bytes, that every system takes as the address of a socket.
const ADDRESS_BYTES_MAX: usize = 100;

/// A request.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) version: u32,
    /// The store's directory as the command names it, for messages.
    pub(super) store: String,
    pub(super) task: Task,
}

/// The version of a request whose task may be of another version.
#[derive(Debug, Deserialize)]
pub(super) struct AnyRequest {
    pub(super) version: u32,
}

/// A line of an answer: exactly one of its parts is there.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Reply {
    pub(super) version: u32,
    /// The task has its turn. Without this line it was not done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) begun: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) progress: Option<Progress>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<Answer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refusal: Option<Refusal>,
}

/// The path of a store's socket.
pub(super) fn socket_path(store: &Path) -> PathBuf {
    private_directory(store).join(NAME)
}

/// Calls with the address of a socket: its path or, if that is too long for one, a short path
/// through its open directory.
pub(super) fn with_address<T>(
    path: &Path,
    call: impl FnOnce(&Path) -> io::Result<T>,
) -> io::Result<T> {
    if path.as_os_str().as_bytes().len() <= ADDRESS_BYTES_MAX {
        return call(path);
    }
    let directory = File::open(path.parent().unwrap_or(Path::new(".")))?;
    let name = path.file_name().unwrap_or(OsStr::new(NAME));
    call(&Path::new("/proc/self/fd").join(directory.as_raw_fd().to_string()).join(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::{UnixListener, UnixStream};

    #[test]
    fn a_long_path_has_a_short_address() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a".repeat(90)).join("b".repeat(90));
        std::fs::create_dir_all(&deep).unwrap();
        let path = deep.join(NAME);
        let _listener = with_address(&path, |address| UnixListener::bind(address)).unwrap();
        assert!(path.exists());
        with_address(&path, |address| UnixStream::connect(address)).unwrap();
    }
}
