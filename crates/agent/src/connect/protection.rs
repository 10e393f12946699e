//! TLS towards the agency's servers, and the files with passwords.
//!
//! A server must have a certificate of a known authority for the name under which it is addressed:
//! there is no mode that encrypts to just anybody.
//!
//! Not here: TLS towards the intake (room `deliver`).
//!
//! Invariants:
//! 1. Clear text needs a Unix socket, the machine itself, or `tls = "off"`
//!    (`connect::protection::tests::clear_text_is_refused`).
//! 2. A file with a password or a key is refused if others can read it
//!    (`connect::protection::tests::a_readable_password_is_refused`).

use std::fs;
#[cfg(any(feature = "nats", feature = "postgres"))]
use std::io;
#[cfg(any(feature = "nats", feature = "postgres"))]
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::secret::check_mode;

/// Whether a connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// Encrypted, to a server whose certificate is verified.
    Verify,
    /// In clear text.
    Off,
}

/// What the settings say about the protection of a connection.
pub(super) struct Protection<'a> {
    pub(super) tls: Option<Tls>,
    /// Authorities that vouch for the server, PEM; otherwise those of the web.
    pub(super) ca: Option<&'a PathBuf>,
    /// This agency's certificate and its key, PEM.
    pub(super) certificate: Option<&'a PathBuf>,
    pub(super) certificate_key: Option<&'a PathBuf>,
}

/// Whether what goes to this host stays on this machine.
#[cfg(any(feature = "nats", feature = "postgres"))]
pub(super) fn is_here(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.starts_with('/')
        || host == "localhost"
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Protection<'_> {
    /// How to encrypt; `None` for clear text. `is_here`: whether the other end is this machine.
    ///
    /// Errors: files that are missing or are not what they should be, settings that contradict
    /// each other.
    pub(super) fn client(
        &self,
        place: &str,
        folder: &Path,
        is_here: bool,
    ) -> Result<Option<ClientConfig>, Error> {
        let has_files = self.ca.is_some() || self.certificate.is_some();
        match (self.tls, has_files) {
            (Some(Tls::Off), true) => {
                let rule = "is off, but certificates are named; remove one or the other";
                return Err(Error::input("settings", place, "tls", rule));
            }
            (Some(Tls::Off), false) => return Ok(None),
            (None, false) if is_here => return Ok(None),
            (Some(Tls::Verify) | None, _) => {}
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| {
                Error::input("settings", place, "tls", "has no protocol in common; report this")
            })?
            .with_root_certificates(self.roots(folder)?);
        let config = match (self.certificate, self.certificate_key) {
            (Some(certificate), Some(key)) => {
                let key_path = folder.join(key);
                check_mode(&key_path)?;
                let key =
                    PrivateKeyDer::from_pem_file(&key_path).map_err(|_| bad_pem(&key_path))?;
                let chain = certificates(&folder.join(certificate))?;
                builder.with_client_auth_cert(chain, key).map_err(|_| bad_pem(&key_path))?
            }
            (None, None) => builder.with_no_client_auth(),
            _ => {
                let rule = "certificate and certificate_key come together; give both or neither";
                return Err(Error::input("settings", place, "certificate", rule));
            }
        };
        Ok(Some(config))
    }

    fn roots(&self, folder: &Path) -> Result<RootCertStore, Error> {
        let Some(ca) = self.ca else {
            return Ok(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
        };
        let path = folder.join(ca);
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&path)? {
            roots.add(certificate).map_err(|_| bad_pem(&path))?;
        }
        Ok(roots)
    }
}

fn bad_pem(path: &Path) -> Error {
    let rule = "is not of the PEM form that is needed here; check the path";
    Error::input("certificate", path.display(), "file", rule)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    fs::metadata(path).map_err(Error::system(path, "read"))?;
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    read.ok().filter(|found: &Vec<_>| !found.is_empty()).ok_or_else(|| bad_pem(path))
}

/// Whether a connection failed since rustls refuses the server's certificate.
#[cfg(any(feature = "nats", feature = "postgres"))]
pub(super) fn refuses_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(inner) = cause {
        if let Some(system) = inner.downcast_ref::<io::Error>() {
            // An error of the system wraps its reason without naming it as the source.
            let reason = system.get_ref().and_then(|reason| reason.downcast_ref());
            if matches!(reason, Some(rustls::Error::InvalidCertificate(_))) {
                return true;
            }
        }
        if matches!(inner.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))) {
            return true;
        }
        cause = inner.source();
    }
    false
}

/// The first line of a file that only its owner can read.
pub(super) fn password(folder: &Path, file: &Path) -> Result<Zeroizing<String>, Error> {
    let path = folder.join(file);
    check_mode(&path)?;
    let text = Zeroizing::new(fs::read_to_string(&path).map_err(Error::system(&path, "read"))?);
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

#[cfg(test)]
#[cfg(any(feature = "nats", feature = "postgres"))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const PLAIN: Protection<'_> =
        Protection { tls: None, ca: None, certificate: None, certificate_key: None };

    #[test]
    fn clear_text_is_refused() {
        for host in ["/run/postgresql", "localhost", "127.0.0.1", "::1", "[::1]"] {
            assert!(is_here(host), "{host}");
            assert!(PLAIN.client("a", Path::new(""), is_here(host)).unwrap().is_none());
        }
        for host in ["db.example.org", "10.0.0.1", "localhost.example.org", "::"] {
            assert!(!is_here(host), "{host}");
            assert!(PLAIN.client("a", Path::new(""), is_here(host)).unwrap().is_some());
        }
        let off = Protection { tls: Some(Tls::Off), ..PLAIN };
        assert!(off.client("a", Path::new(""), false).unwrap().is_none());
        let ca = PathBuf::from("ca.pem");
        let both = Protection { tls: Some(Tls::Off), ca: Some(&ca), ..PLAIN };
        assert_eq!(both.client("a", Path::new(""), true).unwrap_err().code(), "settings");
        let missing = Protection { ca: Some(&ca), ..PLAIN };
        assert!(missing.client("a", Path::new("/nowhere"), true).is_err());
    }

    #[test]
    fn a_readable_password_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = Path::new("password");
        let path = folder.path().join(file);
        fs::write(&path, "secret\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(password(folder.path(), file).unwrap_err().code(), "key-permissions");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(password(folder.path(), file).unwrap().as_str(), "secret");
    }
}
