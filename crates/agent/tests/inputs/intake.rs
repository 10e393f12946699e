//! The certificate of an intake, as the agent checks it before anything is known of the plan.
//!
//! Not here: deliveries (`tests/commands.rs`).

use std::path::Path;

use tidegauge_agent::deliver::{AddressFrom, fetch_columns, web_client};
use tidegauge_agent::error::{BUSY, Error, SYSTEM};
use tidegauge_agent::settings::Settings;

use super::kafka::handshakes;
use super::servers::Certificates;

fn refused(intake: &str, ca: &Path) -> Error {
    let text = format!(
        "[plan]\nintake = '{intake}'\nca = '{}'\nsource = 'LAND'\nsigning_key = 'land.key'\n\
         signing_key_id = '2026a'\npseudonym_key = 'agencies.key'\n",
        ca.display()
    );
    let settings = Settings::parse(&text, "agent.toml", Path::new("")).unwrap();
    let client = web_client(&settings).unwrap();
    fetch_columns(&client, intake, AddressFrom::Settings).unwrap_err()
}

#[test]
fn a_wrong_authority_is_no_reason_to_try_again() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let certificates = Certificates::new(folder.path(), &["localhost"]);
    let foreign = Certificates::new(other.path(), &["localhost"]);
    let (port, shaken) = handshakes(&certificates);
    let address = format!("https://localhost:{port}");
    // The other side ends the connection after the handshake: it may be starting.
    let away = refused(&address, &certificates.ca);
    assert_eq!((away.code(), away.exit_code()), ("intake", BUSY), "{away}");
    assert!(shaken.recv().unwrap());
    let wrong = refused(&address, &foreign.ca);
    assert_eq!((wrong.code(), wrong.exit_code()), ("intake", SYSTEM), "{wrong}");
    let another_name = refused(&format!("https://127.0.0.1:{port}"), &certificates.ca);
    assert_eq!(another_name.exit_code(), SYSTEM, "{another_name}");
}
