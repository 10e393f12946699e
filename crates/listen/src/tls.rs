//! TLS with the operator's certificate, and client certificates on request.
//!
//! Not here: who a client is: sources sign what they send (crate `delivery`), so a client
//! certificate is a second lock and no name.
//!
//! Invariants:
//! 1. Where certificates of clients are asked for, no other client gets through
//!    (`tidegauge/tests/intake_tls.rs`: `a_client_without_certificate_is_refused`).

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// TLS for the connections of a listener.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// Files that give no TLS.
#[derive(Clone, Debug)]
pub struct TlsError {
    /// The file.
    pub file: String,
    /// What is wrong with it.
    pub rule: String,
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.rule)
    }
}

impl std::error::Error for TlsError {}

fn refuse(file: &Path, rule: impl fmt::Display) -> TlsError {
    TlsError { file: file.display().to_string(), rule: rule.to_string() }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Vec<_> = CertificateDer::pem_file_iter(file)
        .and_then(|certificates| certificates.collect())
        .map_err(|error| refuse(file, format_args!("certificates in PEM are needed: {error}")))?;
    if found.is_empty() {
        return Err(refuse(file, "has no certificate in PEM"));
    }
    Ok(found)
}

impl Tls {
    /// Reads a chain of certificates and its key, both in PEM, and if clients must show a
    /// certificate, those of the authorities that they may have it from.
    ///
    /// Errors: a file that cannot be read, a key that does not belong to the certificate.
    pub fn read(chain: &Path, key: &Path, clients: Option<&Path>) -> Result<Self, TlsError> {
        let certificates = certificates(chain)?;
        let private = PrivateKeyDer::from_pem_file(key).map_err(|error| {
            refuse(key, format_args!("a private key in PEM is needed: {error}"))
        })?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| refuse(chain, error))?;
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(file) => {
                let mut roots = RootCertStore::empty();
                for certificate in self::certificates(file)? {
                    roots.add(certificate).map_err(|error| refuse(file, error))?;
                }
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                builder.with_client_cert_verifier(verifier.map_err(|error| refuse(file, error))?)
            }
        };
        let config = builder.with_single_cert(certificates, private);
        let mut config = config.map_err(|error| refuse(key, error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// Agrees on TLS with a client; `None` if they do not.
    pub(crate) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
    ) -> Option<TlsStream<S>> {
        self.0.accept(stream).await.ok()
    }
}
