//! Secrets: 32 bytes from the operating system, in files that only their owner can read.
//!
//! Not here: what each secret is for (modules `keyed` and `keys`).
//!
//! Invariants:
//! 1. A key file is made with mode 0600 and refused if others can read it, and one kind of key is
//!    not taken for another (`secret::tests::a_readable_or_foreign_key_is_refused`).
//! 2. A secret is overwritten in memory when it is dropped, prints nothing, and a process that has
//!    one leaves no core dump (`secret::tests::a_process_with_a_secret_leaves_no_core_dump`).
//!
//! Format: one line, `TIDEGAUGE-PSEUDONYM-KEY-1:` or `TIDEGAUGE-SIGNING-KEY-1:` and the base64 of
//! 32 bytes.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
#[cfg(target_os = "linux")]
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use rustix::process::{Resource, Rlimit, setrlimit};
use zeroize::Zeroizing;

use crate::error::{Error, REFUSED, SYSTEM};

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It makes pseudonyms; the agencies share it.
    Pseudonyms,
    /// It signs the deliveries of one source.
    Signing,
}

impl Purpose {
    fn prefix(self) -> &'static str {
        match self {
            Purpose::Pseudonyms => "TIDEGAUGE-PSEUDONYM-KEY-1:",
            Purpose::Signing => "TIDEGAUGE-SIGNING-KEY-1:",
        }
    }
}

/// 32 secret bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<[u8; 32]>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    /// Fresh bytes from the operating system.
    pub fn fresh() -> Result<Self, Error> {
        forbid_core_dumps()?;
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut()).map_err(|_| {
            Error::new(
                SYSTEM,
                "system",
                "operating system",
                "random bytes",
                "cannot be drawn; restart this machine",
            )
        })?;
        Ok(Self(bytes))
    }

    /// A secret with these bytes.
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The text of a key file.
    pub(crate) fn to_text(&self, purpose: Purpose) -> Zeroizing<String> {
        let encoded = Zeroizing::new(STANDARD.encode(self.bytes()));
        Zeroizing::new(format!("{}{}\n", purpose.prefix(), *encoded))
    }

    /// Reads the text of a key file.
    ///
    /// Errors: a text of another kind.
    pub(crate) fn of_text(text: &str, purpose: Purpose, place: &str) -> Result<Self, Error> {
        let wrong = || {
            let rule = format_args!(
                "must be one line that begins with {}; `tidegauge-agent key` makes it",
                purpose.prefix()
            );
            Error::input("key-format", place, "key", rule)
        };
        let encoded = text.trim().strip_prefix(purpose.prefix()).ok_or_else(wrong)?;
        let decoded = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| wrong())?);
        let bytes: [u8; 32] = decoded.as_slice().try_into().map_err(|_| wrong())?;
        Ok(Self::from_bytes(bytes))
    }

    /// Reads a key file.
    ///
    /// Errors: a file that others can read, or of another kind.
    pub fn read(path: &Path, purpose: Purpose) -> Result<Self, Error> {
        forbid_core_dumps()?;
        if !path.exists() {
            let made_by = match purpose {
                Purpose::Pseudonyms => {
                    "key unwrap` or, at the first agency, `tidegauge-agent key new"
                }
                Purpose::Signing => "key signing",
            };
            let rule = format_args!("there is no such file; `tidegauge-agent {made_by}` makes it");
            return Err(Error::input("no-key", path.display(), "key", rule));
        }
        check_mode(path)?;
        let text = Zeroizing::new(fs::read_to_string(path).map_err(Error::system(path, "read"))?);
        Self::of_text(&text, purpose, &path.display().to_string())
    }

    /// Writes a new key file.
    ///
    /// Errors: a file that is there already.
    pub fn write(&self, path: &Path, purpose: Purpose) -> Result<(), Error> {
        write_private(path, self.to_text(purpose).as_bytes())
    }
}

/// Writes a new file that only its owner can read.
///
/// Errors: a file that is there already: no key is ever overwritten.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if path.exists() {
        let rule = "is there already, and no key is overwritten; choose another name";
        return Err(Error::input("file-exists", path.display(), "file", rule));
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(Error::system(path, "create"))?;
    file.write_all(bytes).map_err(Error::system(path, "write"))?;
    file.sync_all().map_err(Error::system(path, "sync"))
}

/// Checks that only its owner can read a file.
pub(crate) fn check_mode(path: &Path) -> Result<(), Error> {
    let about = fs::metadata(path).map_err(Error::system(path, "read"))?;
    if about.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    let rule = "others can read it; run `chmod 600` on it, and think of a new key";
    Err(Error::new(REFUSED, "key-permissions", path.display(), "mode", rule))
}

/// Keeps the memory of this process out of files and of other processes until it ends. A limit of 0
/// prevents core files; a kernel that pipes core dumps to a program ignores that limit, but not
/// that the process is marked as not dumpable.
pub fn forbid_core_dumps() -> Result<(), Error> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let forbidden = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    let forbidden = forbidden.and_then(|()| set_dumpable_behavior(DumpableBehavior::NotDumpable));
    forbidden.map_err(|error| {
        let error = std::io::Error::from(error);
        Error::system(Path::new("operating system"), "forbid core dumps")(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readable_or_foreign_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let secret = Secret::fresh().unwrap();
        secret.write(&path, Purpose::Pseudonyms).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Secret::read(&path, Purpose::Pseudonyms).unwrap(), secret);
        let absent = Secret::read(&folder.path().join("none"), Purpose::Signing).unwrap_err();
        assert!(absent.code() == "no-key" && absent.to_string().contains("key signing` makes it"));
        let foreign = Secret::read(&path, Purpose::Signing).unwrap_err();
        assert_eq!(foreign.code(), "key-format");
        let again = secret.write(&path, Purpose::Pseudonyms).unwrap_err();
        assert_eq!(again.code(), "file-exists");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let readable = Secret::read(&path, Purpose::Pseudonyms).unwrap_err();
        assert_eq!((readable.code(), readable.exit_code()), ("key-permissions", REFUSED));
    }

    #[test]
    fn a_process_with_a_secret_leaves_no_core_dump() {
        let secret = Secret::fresh().unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        let limit = rustix::process::getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
        #[cfg(target_os = "linux")]
        assert!(matches!(rustix::process::dumpable_behavior(), Ok(DumpableBehavior::NotDumpable)));
    }
}
