//! The commands that make and pass on keys.
//!
//! Not here: what keys are used for (modules `keyed` and `deliver`).
//!
//! Invariants:
//! 1. A wrapped key is an `age` file that any program of that format opens, and gives the same key
//!    (`keys::tests::a_wrapped_key_is_the_same_key`).

use std::fs;
use std::path::Path;
use std::str::FromStr;

use age::secrecy::ExposeSecret;
use age::x25519;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

use crate::error::{Error, REFUSED};
use crate::keyed::{FileKey, Keyed};
use crate::secret::{Purpose, Secret, check_mode, write_private};

/// Makes the agencies' key; its id, which the plan names as `pseudonym_key`.
pub fn new_pseudonym_key(path: &Path) -> Result<String, Error> {
    let secret = Secret::fresh()?;
    secret.write(path, Purpose::Pseudonyms)?;
    Ok(FileKey::new(&secret).id().to_owned())
}

/// The id of a key.
pub fn pseudonym_key_id(path: &Path) -> Result<String, Error> {
    Ok(FileKey::new(&Secret::read(path, Purpose::Pseudonyms)?).id().to_owned())
}

/// Makes a source's signing key; the lines for the plan.
pub fn new_signing_key(path: &Path, id: &str) -> Result<String, Error> {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !(1..=32).contains(&id.len()) || !id.bytes().all(is_plain) {
        let rule = "an id has 1 to 32 small letters, digits and hyphens; choose another";
        return Err(Error::input("bad-value", "key signing", "--id", rule));
    }
    let secret = Secret::fresh()?;
    secret.write(path, Purpose::Signing)?;
    let public = SigningKey::from_bytes(secret.bytes()).verifying_key().to_bytes();
    Ok(format!("[[source.key]]\nid = \"{id}\"\npublic = \"{}\"\n", STANDARD.encode(public)))
}

/// Reads a source's signing key.
pub fn signing_key(path: &Path) -> Result<SigningKey, Error> {
    Ok(SigningKey::from_bytes(Secret::read(path, Purpose::Signing)?.bytes()))
}

/// Makes the key that opens wrapped keys for this agency; its recipient, which is public.
pub fn new_identity(path: &Path) -> Result<String, Error> {
    crate::secret::forbid_core_dumps()?;
    let identity = x25519::Identity::generate();
    let text = identity.to_string();
    let line = Zeroizing::new(format!("{}\n", text.expose_secret()));
    write_private(path, line.as_bytes())?;
    Ok(identity.to_public().to_string())
}

/// Encrypts the agencies' key to recipients of `age`.
pub fn wrap(key: &Path, recipients: &[String], out: &Path) -> Result<(), Error> {
    let secret = Secret::read(key, Purpose::Pseudonyms)?;
    let bad = |given: &str| {
        let rule = format!("{given} is not a recipient of age, as age1...; ask the other agency");
        Error::input("bad-value", "key wrap", "--to", rule)
    };
    let parse = |given: &String| x25519::Recipient::from_str(given).map_err(|_| bad(given));
    let recipients = recipients.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let all = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
    let failed = || {
        Error::input(
            "age",
            "key wrap",
            "--to",
            "at least one recipient is needed; give each with --to",
        )
    };
    let encryptor = age::Encryptor::with_recipients(all).map_err(|_| failed())?;
    let mut wrapped = Vec::new();
    let system = || Error::system(out, "encrypt");
    let mut writer = encryptor.wrap_output(&mut wrapped).map_err(system())?;
    let text = secret.to_text(Purpose::Pseudonyms);
    std::io::Write::write_all(&mut writer, text.as_bytes()).map_err(system())?;
    writer.finish().map_err(system())?;
    write_private(out, &wrapped)
}

/// Decrypts the agencies' key into a new file; its id.
pub fn unwrap(wrapped: &Path, identity: &Path, out: &Path) -> Result<String, Error> {
    check_mode(identity)?;
    crate::secret::forbid_core_dumps()?;
    let text =
        Zeroizing::new(fs::read_to_string(identity).map_err(Error::system(identity, "read"))?);
    let line = text.lines().find(|line| line.starts_with("AGE-SECRET-KEY-"));
    let identity_of = |line: &str| x25519::Identity::from_str(line).ok();
    let opener = line.and_then(identity_of).ok_or_else(|| {
        let rule = "has no line AGE-SECRET-KEY-...; `tidegauge-agent key recipient` makes one";
        Error::input("key-format", identity.display(), "identity", rule)
    })?;
    let bytes = fs::read(wrapped).map_err(Error::system(wrapped, "read"))?;
    let opened = age::decrypt(&opener, &bytes).map(Zeroizing::new).map_err(|_| {
        let rule = "cannot be opened with this identity; ask for one wrapped to its recipient";
        Error::new(REFUSED, "wrong-key", wrapped.display(), "file", rule)
    })?;
    let place = wrapped.display().to_string();
    let text = std::str::from_utf8(&opened).unwrap_or_default();
    let secret = Secret::of_text(text, Purpose::Pseudonyms, &place)?;
    secret.write(out, Purpose::Pseudonyms)?;
    Ok(FileKey::new(&secret).id().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_key_is_the_same_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let id = new_pseudonym_key(&path("key")).unwrap();
        let recipients = [new_identity(&path("a")).unwrap(), new_identity(&path("b")).unwrap()];
        wrap(&path("key"), &recipients, &path("key.age")).unwrap();
        for name in ["a", "b"] {
            let out = path(&format!("key-{name}"));
            assert_eq!(unwrap(&path("key.age"), &path(name), &out).unwrap(), id);
            assert_eq!(fs::read(&out).unwrap(), fs::read(path("key")).unwrap());
        }
        new_identity(&path("c")).unwrap();
        let refused = unwrap(&path("key.age"), &path("c"), &path("key-c")).unwrap_err();
        assert_eq!((refused.code(), path("key-c").exists()), ("wrong-key", false));
        let wrong = wrap(&path("key"), &["age1x".into()], &path("x.age")).unwrap_err();
        assert_eq!(wrong.code(), "bad-value");
    }

    #[test]
    fn a_signing_key_comes_with_the_lines_of_the_plan() {
        let folder = tempfile::tempdir().unwrap();
        let lines = new_signing_key(&folder.path().join("key"), "2026a").unwrap();
        assert!(lines.starts_with("[[source.key]]\nid = \"2026a\"\npublic = \""), "{lines}");
        let key = signing_key(&folder.path().join("key")).unwrap();
        assert!(lines.contains(&STANDARD.encode(key.verifying_key().to_bytes())));
        assert!(new_signing_key(&folder.path().join("other"), "A b").is_err());
    }
}
