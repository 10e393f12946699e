//! The intake with TLS: the operator's certificate, certificates of clients, and what is refused
//! before anything listens.
//!
//! Not here: who may deliver (`intake.rs`): a certificate of a client is a second lock and no name.

#![cfg(test)]

mod delivering;

use std::net::TcpStream;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use testkit::program::{Workplace, refused};
use tidegauge_delivery::Head;

use crate::delivering::{Intake, START, store_of, talk, two_sources};

/// An authority, and a certificate from it for this machine; each with its key, in PEM.
struct Certificates {
    authority: String,
    certificate: String,
    key: String,
}

fn certificates() -> Certificates {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    Certificates {
        authority: certificate.pem(),
        certificate: own.signed_by(&key, &issuer).unwrap().pem(),
        key: key.serialize_pem(),
    }
}

/// Asks for the plan over TLS as a client that trusts this authority, and shows a certificate if it
/// has one; `None` if they do not agree.
fn plan(host: &str, server: &Certificates, client: Option<&Certificates>) -> Option<u16> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(server.authority.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match client {
        None => builder.with_no_client_auth(),
        Some(own) => {
            let certificate = CertificateDer::from_pem_slice(own.certificate.as_bytes()).unwrap();
            let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap();
            builder.with_client_auth_cert(vec![certificate], key).unwrap()
        }
    };
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = StreamOwned::new(connection, TcpStream::connect(host).unwrap());
    let reply = talk(stream, "localhost", &Head::request("GET", "/intake/v1/plan"), b"");
    (reply.status != 0).then_some(reply.status)
}

fn write(place: &Workplace, name: &str, certificates: &Certificates) -> [String; 3] {
    [
        place.write(&format!("{name}-authority.pem"), &certificates.authority),
        place.write(&format!("{name}.pem"), &certificates.certificate),
        place.write(&format!("{name}-key.pem"), &certificates.key),
    ]
}

#[test]
fn a_client_without_certificate_is_refused() {
    let (place, store) = store_of(&two_sources());
    let (server, agency, stranger) = (certificates(), certificates(), certificates());
    let [_, chain, key] = write(&place, "server", &server);
    let [clients, ..] = write(&place, "agency", &agency);
    let arguments = ["--now", START, "--intake-certificate", &chain, "--intake-key", &key];
    let intake = Intake::start_with(&store, &arguments);
    assert_eq!(plan(&intake.host, &server, None), Some(200));
    // A server that the client does not trust, and a client in clear.
    assert_eq!(plan(&intake.host, &stranger, None), None);
    assert_eq!(intake.get("/intake/v1/plan").status, 0);
    drop(intake);
    let arguments = [&arguments[..], &["--intake-clients", &clients]].concat();
    let intake = Intake::start_with(&store, &arguments);
    assert_eq!(plan(&intake.host, &server, Some(&agency)), Some(200));
    assert_eq!(plan(&intake.host, &server, Some(&stranger)), None);
    assert_eq!(plan(&intake.host, &server, None), None);
}

#[test]
fn an_intake_that_cannot_be_secured_does_not_begin() {
    let (place, store) = store_of(&two_sources());
    let (one, other) = (certificates(), certificates());
    let [_, chain, _] = write(&place, "one", &one);
    let [_, _, key] = write(&place, "other", &other);
    let serve = |rest: &[&str], code: &str| {
        let first = ["serve", &store, "--public", "127.0.0.1:0", "--now", START];
        refused(&[&first[..], rest].concat(), 2, code)
    };
    let error = serve(&["--intake", "0.0.0.0:0"], "no-tls");
    assert!(error.contains("--intake-certificate") && error.contains("--intake-proxy"), "{error}");
    let with = |chain: &str, key: &str| {
        let rest = ["--intake", "127.0.0.1:0", "--intake-certificate", chain, "--intake-key", key];
        serve(&rest, "certificate")
    };
    // A key of another certificate, a file without any, no file.
    with(&chain, &key);
    with(&place.write("empty.pem", ""), &key);
    with(&place.text("missing.pem"), &key);
    // A plan without sources.
    let bare = Workplace::new();
    let without = bare.synthetic("store", None);
    let arguments = ["serve", &without, "--public", "127.0.0.1:0", "--intake", "127.0.0.1:0"];
    refused(&arguments, 2, "no-sources");
}
