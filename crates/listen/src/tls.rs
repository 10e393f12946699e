//! TLS with the operator's certificate, and client certificates on request.
//!
//! Not here: who a client is: sources sign what they send (crate `delivery`), so a client
//! certificate is a second lock and no name.
//!
//! Invariants:
//! 1. Where certificates of clients are asked for, no other client gets through
//!    (`tidegauge/tests/intake_tls.rs`: `a_client_without_certificate_is_refused`).
//! 2. A renewed certificate is used without a restart, and one that does not fit its key is not
//!    (`tests::a_renewed_certificate_is_used`).

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a certificate is used before its files are looked at again.
const LOOK_SECONDS: u64 = 30;

/// TLS for the connections of a listener.
#[derive(Clone)]
pub struct Tls(Arc<Renewed>);

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tls").field(&self.0.files.chain).finish()
    }
}

/// A certificate that is read again when its files have changed.
struct Renewed {
    files: Files,
    current: Mutex<Current>,
}

/// Where a certificate lies.
struct Files {
    chain: PathBuf,
    key: PathBuf,
    clients: Option<PathBuf>,
}

/// What was read, and when.
struct Current {
    acceptor: TlsAcceptor,
    changed: Vec<Option<SystemTime>>,
    /// Times of files that were refused, so that one state of them is reported once.
    refused: Vec<Option<SystemTime>>,
    looked: Instant,
}

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
        write!(
            f,
            "{}: {}; give a certificate and its own key, as files in PEM",
            self.file, self.rule
        )
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

impl Files {
    /// When each file was changed last.
    fn changed(&self) -> Vec<Option<SystemTime>> {
        let files = [Some(&self.chain), Some(&self.key), self.clients.as_ref()];
        let changed =
            |file: &PathBuf| std::fs::metadata(file).and_then(|file| file.modified()).ok();
        files.into_iter().flatten().map(changed).collect()
    }

    fn read(&self) -> Result<TlsAcceptor, TlsError> {
        let Self { chain, key, clients } = self;
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
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl Tls {
    /// Reads a chain of certificates and its key, both in PEM, and if clients must show a
    /// certificate, those of the authorities that they may have it from.
    ///
    /// Errors: a file that cannot be read, a key that does not belong to the certificate.
    pub fn read(chain: &Path, key: &Path, clients: Option<&Path>) -> Result<Self, TlsError> {
        let files = Files {
            chain: chain.to_owned(),
            key: key.to_owned(),
            clients: clients.map(Path::to_owned),
        };
        // What changes from here on is noticed at the next look.
        let changed = files.changed();
        let acceptor = files.read()?;
        let current = Current { acceptor, changed, refused: vec![], looked: Instant::now() };
        Ok(Self(Arc::new(Renewed { files, current: Mutex::new(current) })))
    }

    /// Agrees on TLS with a client; `None` if they do not.
    pub(crate) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
    ) -> Option<TlsStream<S>> {
        let acceptor = self.0.at(Instant::now());
        acceptor.accept(stream).await.ok()
    }
}

impl Renewed {
    /// The certificate to use at a time. Files that have changed are read again; if they do not fit
    /// together, as while one of two is renewed, the one before stays until a later look, and
    /// standard error says so.
    fn at(&self, now: Instant) -> TlsAcceptor {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(current.looked) >= Duration::from_secs(LOOK_SECONDS) {
            current.looked = now;
            let changed = self.files.changed();
            if changed != current.changed {
                match self.files.read() {
                    Ok(acceptor) => {
                        current.acceptor = acceptor;
                        current.changed = changed;
                    }
                    Err(error) if changed != current.refused => {
                        eprintln!(
                            "warning[certificate]: {error}; the certificate read before is still \
                             used"
                        );
                        current.refused = changed;
                    }
                    Err(_) => {}
                }
            }
        }
        current.acceptor.clone()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey, generate_simple_self_signed};

    use super::*;

    #[test]
    fn a_renewed_certificate_is_used() {
        let place = tempfile::tempdir().unwrap();
        let (chain, key) = (place.path().join("chain.pem"), place.path().join("key.pem"));
        let pair = || {
            let CertifiedKey { cert, signing_key } =
                generate_simple_self_signed(["localhost".to_owned()]).unwrap();
            (cert.pem(), signing_key.serialize_pem())
        };
        let later = |file: &Path, seconds: u64| {
            let time = SystemTime::now() + Duration::from_secs(seconds);
            std::fs::File::options().append(true).open(file).unwrap().set_modified(time).unwrap();
        };
        let (first, second) = (pair(), pair());
        std::fs::write(&chain, &first.0).unwrap();
        std::fs::write(&key, &first.1).unwrap();
        let tls = Tls::read(&chain, &key, None).unwrap();
        let used = |seconds| {
            let acceptor = tls.0.at(Instant::now() + Duration::from_secs(seconds));
            Arc::as_ptr(acceptor.config())
        };
        let before = used(0);
        std::fs::write(&chain, &second.0).unwrap();
        later(&chain, 5);
        assert_eq!(used(LOOK_SECONDS), before, "the new certificate does not fit the old key");
        std::fs::write(&key, &second.1).unwrap();
        later(&key, 5);
        assert_eq!(used(LOOK_SECONDS + 1), before, "it is not yet time to look");
        assert_ne!(used(2 * LOOK_SECONDS + 1), before);
    }
}
