//! The agencies' key in a device (PKCS#11), which makes codes and never gives the key away.
//!
//! The key comes into the device once, from a key file, by [`import`]: as a generic secret that
//! signs with HMAC-SHA-256, is sensitive and cannot be extracted. A key that never leaves cannot be
//! asked for its id, so the import computes the id and keeps it with the key: `CKA_ID` has the id's
//! 16 digits as text, and `CKA_LABEL` is `tidegauge-pseudonym-key:` and the first 8 bytes, in
//! hexadecimal digits, of the key's code of a fixed message, which no pseudonym and no event has.
//! Each time that the key is opened its code of that message is compared: a key that somebody put
//! in its place under the same id makes other codes, and one person would become two.
//!
//! Not here: keys in files (room `secret`), what is coded (room `keyed`).
//!
//! Invariants:
//! 1. A key in a device makes the same pseudonyms as the file that it came from, and the device
//!    does not give it out (`tests/inputs`, `token::a_device_makes_the_same_pseudonyms`).
//! 2. Another key under the id is refused (`tests/inputs`, `token::another_key_is_refused`).

use std::path::{Path, PathBuf};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as DeviceError, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::error::{Error, REFUSED, SYSTEM};
use crate::keyed::{FileKey, Keyed};
use crate::secret::{Purpose, Secret, check_mode, forbid_core_dumps};

/// Pseudonyms begin with `person`, events with `event`.
const CHECK: &[u8] = b"check\0tidegauge pseudonym key";
const LABEL: &str = "tidegauge-pseudonym-key:";

/// Where the device is, and which key it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenPart {
    /// The library of the device's maker, for instance `/usr/lib/softhsm/libsofthsm2.so`.
    pub module: PathBuf,
    /// The label of the token.
    pub token: String,
    /// A file with the PIN, mode 0600.
    pub pin_file: PathBuf,
    /// The id of the key: 16 hexadecimal digits.
    pub key: String,
}

/// A key in a device.
pub struct TokenKey {
    id: String,
    place: String,
    session: Session,
    key: ObjectHandle,
}

/// An error of the device; it has the names of the function and of the fault.
fn device(place: &str, error: &DeviceError) -> Error {
    match error {
        DeviceError::Pkcs11(
            RvError::PinIncorrect | RvError::PinLocked | RvError::PinExpired,
            _,
        ) => {
            let rule = "the device refuses the PIN; check it before you try again, as the device \
                        locks after a few attempts";
            Error::new(REFUSED, "pin", place, "pin_file", rule)
        }
        DeviceError::Pkcs11(fault, function) => {
            let rule = format_args!("fails in {function} with {fault:?}; check the device");
            Error::new(SYSTEM, "device", place, "device", rule)
        }
        DeviceError::LibraryLoading(_) => {
            Error::input("device", place, "module", "cannot be loaded; check the path")
        }
        _ => Error::new(
            SYSTEM,
            "device",
            place,
            "device",
            "does not keep to PKCS#11; check the device, and update its module",
        ),
    }
}

/// Logs in to a token.
fn login(part: &TokenPart, folder: &Path, writes: bool) -> Result<Session, Error> {
    forbid_core_dumps()?;
    let place = part.token.as_str();
    let failed = |error: DeviceError| device(place, &error);
    let module = Pkcs11::new(&part.module).map_err(failed)?;
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(DeviceError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(error) => return Err(failed(error)),
    }
    let mut slots = Vec::new();
    for slot in module.get_slots_with_token().map_err(failed)? {
        if module.get_token_info(slot).map_err(failed)?.label() == part.token {
            slots.push(slot);
        }
    }
    let [slot] = slots[..] else {
        let rule = match slots.is_empty() {
            true => "the device has no token with this label; correct `token`",
            false => "the device has several tokens with this label; rename one",
        };
        return Err(Error::input("no-token", place, "token", rule));
    };
    let session = match writes {
        true => module.open_rw_session(slot),
        false => module.open_ro_session(slot),
    };
    let session = session.map_err(failed)?;
    let path = folder.join(&part.pin_file);
    check_mode(&path)?;
    let text =
        Zeroizing::new(std::fs::read_to_string(&path).map_err(Error::system(&path, "read"))?);
    let pin = AuthPin::from(text.lines().next().unwrap_or_default().to_owned());
    match session.login(UserType::User, Some(&pin)) {
        Ok(()) | Err(DeviceError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
        Err(error) => Err(failed(error)),
    }
}

fn label(code: &[u8]) -> String {
    let digits: String = code.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{LABEL}{digits}")
}

/// The keys with an id.
fn keys(session: &Session, id: &str) -> Result<Vec<ObjectHandle>, DeviceError> {
    session.find_objects(&[
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::GENERIC_SECRET),
        Attribute::Id(id.as_bytes().to_vec()),
    ])
}

/// Puts the agencies' key from a file into a device; its id.
///
/// Errors: the key is there already, a device that does not take it.
pub fn import(part: &TokenPart, folder: &Path, file: &Path) -> Result<String, Error> {
    let secret = Secret::read(file, Purpose::Pseudonyms)?;
    let in_file = FileKey::new(&secret);
    let id = in_file.id().to_owned();
    let session = login(part, folder, true)?;
    let failed = |error: DeviceError| device(&part.token, &error);
    if !keys(&session, &id).map_err(failed)?.is_empty() {
        let rule = format!("has a key with the id {id} already; use it, or choose another id");
        return Err(Error::input("key-exists", &part.token, "key", rule));
    }
    let template = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::GENERIC_SECRET),
        Attribute::Id(id.as_bytes().to_vec()),
        Attribute::Label(label(&in_file.code(CHECK)?).into_bytes()),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Modifiable(false),
        Attribute::Sign(true),
        Attribute::Verify(false),
        Attribute::Encrypt(false),
        Attribute::Decrypt(false),
        Attribute::Wrap(false),
        Attribute::Unwrap(false),
        Attribute::Derive(false),
        Attribute::Value(secret.bytes().to_vec()),
    ];
    let created = session.create_object(&template);
    // Overwrites the copy that the template has.
    let [.., Attribute::Value(value)] = template else { return Ok(id) };
    drop(Zeroizing::new(value));
    created.map_err(failed)?;
    drop(session);
    // What was put in makes the codes of the file.
    TokenKey::open(&TokenPart { key: id.clone(), ..part.clone() }, folder)?;
    Ok(id)
}

impl TokenKey {
    /// Opens a key in a device.
    ///
    /// Errors: no such key, one that the device would give out, another one under its id.
    pub fn open(part: &TokenPart, folder: &Path) -> Result<Self, Error> {
        let session = login(part, folder, false)?;
        let place = part.token.clone();
        let failed = |error: DeviceError| device(&place, &error);
        let found = keys(&session, &part.key).map_err(failed)?;
        let [key] = found[..] else {
            let rule = match found.is_empty() {
                true => {
                    "the token has no such key; `tidegauge-agent key import-to-token` puts it in"
                }
                false => "the token has several keys with this id; remove those that do not belong",
            };
            return Err(Error::input("no-key", &part.token, &part.key, rule));
        };
        let wanted = [AttributeType::Label, AttributeType::Sensitive, AttributeType::Extractable];
        let attributes = session.get_attributes(key, &wanted).map_err(failed)?;
        let refused = |rule| Err(Error::new(REFUSED, "wrong-key", &part.token, &part.key, rule));
        let is_kept = attributes.contains(&Attribute::Sensitive(true))
            && attributes.contains(&Attribute::Extractable(false));
        if !is_kept {
            return refused("the token would give this key out; import it anew");
        }
        let id = part.key.clone();
        let opened = Self { id, place, session, key };
        let expected = label(&opened.code(CHECK)?);
        if !attributes.contains(&Attribute::Label(expected.into_bytes())) {
            return refused("the key under this id is not the imported one; import it anew");
        }
        Ok(opened)
    }
}

impl Keyed for TokenKey {
    fn id(&self) -> &str {
        &self.id
    }

    fn code(&self, message: &[u8]) -> Result<[u8; 32], Error> {
        let code = self.session.sign(&Mechanism::Sha256Hmac, self.key, message);
        let code = code.map_err(|error| device(&self.place, &error))?;
        <[u8; 32]>::try_from(code.as_slice()).map_err(|_| {
            let rule = "makes codes of another length than HMAC-SHA-256; update its module";
            Error::new(SYSTEM, "device", &self.place, "device", rule)
        })
    }
}
