//! Secrets: 32 bytes from the operating system, in files that only their owner can read.
//!
//! Not here: the purpose of each secret (modules `keys` and `cipher`).
//!
//! Invariants:
//! 1. Key files are created with mode 0600 and refused with any other
//!    (`vault::secret::tests::a_readable_key_is_refused`).
//! 2. A secret is overwritten in memory when it is dropped (crate `zeroize`), and a process that
//!    has one leaves no core dump
//!    (`vault::secret::tests::a_process_with_a_secret_leaves_no_core_dump`).

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

#[cfg(target_os = "linux")]
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use rustix::process::{Resource, Rlimit, setrlimit};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::layout::create_private_file;

/// 32 secret bytes.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Fresh secret bytes from the operating system.
pub(crate) fn fresh() -> Result<Secret, Error> {
    forbid_core_dumps()?;
    let mut secret = Zeroizing::new([0; 32]);
    getrandom::fill(secret.as_mut()).map_err(|_| {
        let source = std::io::Error::from(std::io::ErrorKind::Unsupported);
        Error::system(Path::new("operating system"), "draw random bytes")(source)
    })?;
    Ok(secret)
}

/// Writes a secret to a new file that only its owner can read.
pub(crate) fn write(path: &Path, secret: &Secret) -> Result<(), Error> {
    let mut file = create_private_file(path).map_err(Error::system(path, "create"))?;
    file.write_all(secret.as_ref()).map_err(Error::system(path, "write"))?;
    file.sync_all().map_err(Error::system(path, "sync"))
}

/// Checks that only its owner can read a secret's file.
///
/// Errors: a file with a mode other than 0600, a missing file.
pub(crate) fn check_mode(path: &Path) -> Result<(), Error> {
    let mode = fs::metadata(path).map_err(Error::stored(path, "key"))?.permissions().mode();
    if mode & 0o777 == 0o600 {
        return Ok(());
    }
    Err(Error::KeyPermissions { place: path.display().to_string() })
}

/// Reads a secret.
///
/// Errors: a file that others can read, or that does not have 32 bytes.
pub(crate) fn read(path: &Path) -> Result<Secret, Error> {
    forbid_core_dumps()?;
    check_mode(path)?;
    let bytes = Zeroizing::new(fs::read(path).map_err(Error::stored(path, "key"))?);
    let secret: [u8; 32] = bytes
        .as_slice()
        .try_into()
        .map_err(|_| Error::corrupt(path, "key", "must have 32 bytes"))?;
    Ok(Zeroizing::new(secret))
}

/// Keeps the memory of this process out of files and of other processes, from before the first
/// secret is in it until the process ends. A limit of 0 prevents core files; a kernel that pipes
/// core dumps to a program ignores that limit, but not that the process is marked as not dumpable.
fn forbid_core_dumps() -> Result<(), Error> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let forbidden = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    let forbidden = forbidden.and_then(|()| set_dumpable_behavior(DumpableBehavior::NotDumpable));
    forbidden.map_err(|error| {
        Error::system(Path::new("operating system"), "forbid core dumps")(error.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readable_key_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        let secret = fresh().unwrap();
        write(&path, &secret).unwrap();
        assert_eq!(read(&path).unwrap(), secret);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(read(&path), Err(Error::KeyPermissions { .. })));
    }

    #[test]
    fn a_process_with_a_secret_leaves_no_core_dump() {
        fresh().unwrap();
        let limit = rustix::process::getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
        #[cfg(target_os = "linux")]
        assert!(matches!(rustix::process::dumpable_behavior(), Ok(DumpableBehavior::NotDumpable)));
    }
}
