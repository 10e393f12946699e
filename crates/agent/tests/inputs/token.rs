//! The agencies' key in a device: SoftHSM, a device in software.
//!
//! Not here: what pseudonyms are made of (`keyed`).
//!
//! The device's library reads its settings from the environment of the process, so each test runs
//! itself once more, in a process with such an environment.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, AttributeType};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use testkit::processes::write_private;
use tidegauge_agent::keyed::{FileKey, Keyed as _, Pseudonyms};
use tidegauge_agent::keys::{self, new_pseudonym_key};
use tidegauge_agent::secret::{Purpose, Secret};
use tidegauge_agent::token::{TokenKey, TokenPart, import};

use super::common::{MAPPING, Scene, written};

const PIN: &str = "271828";
const FOLDER: &str = "TIDEGAUGE_TEST_TOKEN";

/// The device's library, where Debian has it.
fn module() -> PathBuf {
    let path = PathBuf::from("/usr/lib/softhsm/libsofthsm2.so");
    assert!(path.exists(), "SoftHSM is not installed: run ./test, which installs it");
    path
}

/// The folder of a device with one token; `None` in the process that only starts the other one.
fn device(test: &str) -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return Some(folder.into());
    }
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let settings = folder.path().join("softhsm2.conf");
    let text = format!("directories.tokendir = {}\nobjectstore.backend = file\n", tokens.display());
    std::fs::write(&settings, text).unwrap();
    write_private(&folder.path().join("pin"), PIN);
    module();
    let made = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", "agencies", "--so-pin", "314159", "--pin", PIN])
        .env("SOFTHSM2_CONF", &settings)
        .stdout(Stdio::null())
        .status();
    let made = made.expect("SoftHSM is not installed: run ./test, which installs it");
    assert!(made.success());
    let again = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("SOFTHSM2_CONF", &settings)
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&again.stdout);
    assert!(again.status.success(), "{text}{}", String::from_utf8_lossy(&again.stderr));
    assert!(text.contains("1 passed"), "{test} did not run: {text}");
    None
}

fn part(key: &str) -> TokenPart {
    TokenPart {
        module: module(),
        token: "agencies".into(),
        pin_file: "pin".into(),
        key: key.into(),
    }
}

#[test]
fn a_device_makes_the_same_pseudonyms() {
    let Some(folder) = device("token::a_device_makes_the_same_pseudonyms") else { return };
    let file = folder.join("agencies.key");
    let id = new_pseudonym_key(&file).unwrap();
    assert_eq!(TokenKey::open(&part(&id), &folder).err().unwrap().code(), "no-key");
    assert_eq!(import(&part(&id), &folder, &file).unwrap(), id);
    assert_eq!(import(&part(&id), &folder, &file).unwrap_err().code(), "key-exists");
    let in_file = FileKey::new(&Secret::read(&file, Purpose::Pseudonyms).unwrap());
    let in_device = TokenKey::open(&part(&id), &folder).unwrap();
    assert_eq!((in_device.id(), in_file.id()), (id.as_str(), id.as_str()));
    for length in [0, 1, 63, 64, 65, 1000] {
        let message = vec![b'x'; length];
        assert_eq!(in_device.code(&message).unwrap(), in_file.code(&message).unwrap());
    }
    let person =
        |pseudonyms: Pseudonyms| pseudonyms.person(None, &["POL", "AB 1234567"]).unwrap().unwrap();
    let expected = person(Pseudonyms::new(Box::new(in_file), false));
    // A second one is opened while the first is there, as after a change of the plan.
    let second = TokenKey::open(&part(&id), &folder).unwrap();
    drop(in_device);
    assert_eq!(person(Pseudonyms::new(Box::new(second), false)), expected);
    is_not_given_out(&folder, &id);
}

/// The device has one key, and does not show its value.
fn is_not_given_out(folder: &Path, id: &str) {
    let module = Pkcs11::new(module()).unwrap();
    // Initialised by the other sessions of this process already.
    let _ = module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
    let slot = module.get_slots_with_initialized_token().unwrap()[0];
    let session = module.open_ro_session(slot).unwrap();
    let _ = session.login(UserType::User, Some(&AuthPin::from(PIN.to_owned())));
    let found = session.find_objects(&[Attribute::Id(id.as_bytes().to_vec())]).unwrap();
    let [key] = found[..] else { panic!("{found:?}") };
    let value = session.get_attributes(key, &[AttributeType::Value]).unwrap();
    assert!(value.is_empty(), "{value:?}");
    // Nor does the device's file have it.
    let text = std::fs::read_to_string(folder.join("agencies.key")).unwrap();
    let secret = text.trim().rsplit(':').next().unwrap();
    let secret =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, secret).unwrap();
    for token in std::fs::read_dir(folder.join("tokens")).unwrap().flatten() {
        for object in std::fs::read_dir(token.path()).unwrap().flatten() {
            let bytes = std::fs::read(object.path()).unwrap();
            assert!(!bytes.windows(32).any(|window| window == secret), "{object:?}");
        }
    }
}

#[test]
fn the_agent_delivers_with_a_device() {
    let Some(folder) = device("token::the_agent_delivers_with_a_device") else { return };
    let scene = Scene::new(&format!(
        "[[input]]\nname = 'crossings'\npath = 'in'\n\
         settle_seconds = 0\n{MAPPING}"
    ));
    let id = keys::pseudonym_key_id(&scene.path("agencies.key")).unwrap();
    let (settings, file) = (scene.path("agent.toml"), scene.path("agencies.key"));
    let token = format!(
        "[plan.token]\nmodule = '{}'\ntoken = 'agencies'\npin_file = '{}/pin'\n\
         key = '{id}'\n[[input]]",
        module().display(),
        folder.display()
    );
    let text = std::fs::read_to_string(&settings).unwrap();
    let text = text.replace("pseudonym_key = 'agencies.key'\n", "").replace("[[input]]", &token);
    std::fs::write(&settings, text).unwrap();
    let put_in = scene.run(&["key", "import-to-token", "agencies.key"]);
    assert_eq!(written(&put_in), format!("key = \"{id}\"\n"));
    let in_file = FileKey::new(&Secret::read(&file, Purpose::Pseudonyms).unwrap());
    std::fs::remove_file(&file).unwrap();
    let rows = "number,kind,crossed,document\n1,ENTRY,2026-01-02T08:00:00Z,AB 1234567\n";
    std::fs::write(scene.path("in/1.csv"), rows).unwrap();
    let done = scene.run(&["once"]);
    assert!(done.status.success(), "{}", written(&done));
    let pseudonyms = Pseudonyms::new(Box::new(in_file), false);
    let expected = pseudonyms.person(None, &["AB1234567"]).unwrap().unwrap();
    assert!(scene.intake.all().contains(&expected), "{}", scene.intake.all());
}

#[test]
fn another_key_is_refused() {
    let Some(folder) = device("token::another_key_is_refused") else { return };
    let module = Pkcs11::new(module()).unwrap();
    module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
    let slot = module.get_slots_with_initialized_token().unwrap()[0];
    let session = module.open_rw_session(slot).unwrap();
    session.login(UserType::User, Some(&AuthPin::from(PIN.to_owned()))).unwrap();
    let put = |id: &str, label: &str, extractable: bool| {
        session
            .create_object(&[
                Attribute::Class(cryptoki::object::ObjectClass::SECRET_KEY),
                Attribute::KeyType(cryptoki::object::KeyType::GENERIC_SECRET),
                Attribute::Id(id.as_bytes().to_vec()),
                Attribute::Label(label.as_bytes().to_vec()),
                Attribute::Token(true),
                Attribute::Private(true),
                Attribute::Sensitive(true),
                Attribute::Extractable(extractable),
                Attribute::Sign(true),
                Attribute::Value(vec![7; 32]),
            ])
            .unwrap();
    };
    put("0000000000000001", "tidegauge-pseudonym-key:0123456789abcdef", false);
    put("0000000000000002", "tidegauge-pseudonym-key:0123456789abcdef", true);
    for id in ["0000000000000001", "0000000000000002"] {
        let error = TokenKey::open(&part(id), &folder).err().unwrap();
        assert_eq!(error.code(), "wrong-key", "{error}");
    }
    put("0000000000000001", "another", false);
    let error = TokenKey::open(&part("0000000000000001"), &folder).err().unwrap();
    assert_eq!(error.code(), "no-key");

    let other = TokenPart { token: "other".into(), ..part("0000000000000001") };
    assert_eq!(TokenKey::open(&other, &folder).err().unwrap().code(), "no-token");
    let other = TokenPart { module: "/nowhere.so".into(), ..part("0000000000000001") };
    assert_eq!(TokenKey::open(&other, &folder).err().unwrap().code(), "device");
    session.logout().unwrap();
    write_private(&folder.join("pin"), "000000");
    let error = TokenKey::open(&part("0000000000000001"), &folder).err().unwrap();
    assert_eq!(error.code(), "pin");
    assert!(!error.to_string().contains("000000"));
    std::fs::remove_file(folder.join("pin")).unwrap();
    std::fs::write(folder.join("pin"), PIN).unwrap();
    let error = TokenKey::open(&part("0000000000000001"), &folder).err().unwrap();
    assert_eq!(error.code(), "key-permissions");
}
