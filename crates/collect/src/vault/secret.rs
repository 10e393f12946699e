//! Secrets: 32 bytes from the operating system, in files that only their owner can read.
//!
//! Not here: what each secret is for (modules `keys` and `cipher`).
//!
//! Invariants:
//! 1. Key files are created with mode 0600 and refused with any other
//!    (`vault::secret::tests::a_readable_key_is_refused`).
//! 2. A secret is overwritten in memory when it is dropped (crate `zeroize`).

use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::Error;

/// 32 secret bytes.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Fresh secret bytes from the operating system.
pub(crate) fn fresh() -> Result<Secret, Error> {
    let mut secret = Zeroizing::new([0; 32]);
    getrandom::fill(secret.as_mut()).map_err(|_| {
        let source = std::io::Error::from(std::io::ErrorKind::Unsupported);
        Error::system(Path::new("operating system"), "draw random bytes")(source)
    })?;
    Ok(secret)
}

/// Writes a secret to a new file that only its owner can read.
pub(crate) fn write(path: &Path, secret: &Secret) -> Result<(), Error> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(Error::system(path, "create"))?;
    file.write_all(secret.as_ref()).map_err(Error::system(path, "write"))?;
    file.sync_all().map_err(Error::system(path, "sync"))
}

/// Reads a secret.
///
/// Errors: a file that others can read, or that does not hold 32 bytes.
pub(crate) fn read(path: &Path) -> Result<Secret, Error> {
    let mode = fs::metadata(path).map_err(Error::system(path, "read"))?.permissions().mode();
    if mode & 0o777 != 0o600 {
        return Err(Error::KeyPermissions { place: path.display().to_string() });
    }
    let bytes = Zeroizing::new(fs::read(path).map_err(Error::system(path, "read"))?);
    let secret: [u8; 32] = bytes
        .as_slice()
        .try_into()
        .map_err(|_| Error::corrupt(path, "key", "must hold 32 bytes"))?;
    Ok(Zeroizing::new(secret))
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
}
