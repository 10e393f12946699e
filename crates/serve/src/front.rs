//! The options by which a program serves the public: where it listens, behind which proxies, at
//! which path, and with which certificate.
//!
//! Not here: what is served, and the options of the store (crate `tidegauge`).
//!
//! Invariants:
//! 1. Nothing listens on an address of another machine unless an option asks for it
//!    (`tests::site::the_server_listens_on_this_machine_only`).

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use tidegauge_listen::{Security, Tls, TlsError};

use crate::site::BasePath;

/// The options of a program that serves the public.
#[derive(Clone, Debug, clap::Args)]
pub struct PublicOptions {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080", value_parser = address)]
    public: SocketAddr,
    /// The path at which the site begins, such as /stat, if a proxy gives it a part of a host.
    /// Addresses answer with and without it, so a proxy may remove it or leave it.
    #[arg(long, value_name = "PATH", default_value = "/")]
    base_path: BasePath,
    /// The address of a proxy before this server; may be given again. Only what comes from there
    /// may name scheme and host of the site, by `Forwarded` or `X-Forwarded-Proto` and
    /// `X-Forwarded-Host`.
    #[arg(long, value_name = "ADDR")]
    proxy: Vec<IpAddr>,
    /// The file of the certificates for HTTPS, in PEM, the server's own first. A renewed file is
    /// read without a restart.
    #[arg(long, value_name = "FILE", requires = "certificate_key")]
    certificate: Option<PathBuf>,
    /// The file of the key that belongs to it, in PEM.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    certificate_key: Option<PathBuf>,
}

/// How the public is served.
#[derive(Clone, Debug)]
pub struct Front {
    /// The address to listen on.
    pub address: SocketAddr,
    /// The path at which the site begins.
    pub base_path: BasePath,
    /// How connections are secured, and which proxies stand before them.
    pub security: Security,
}

/// Parses the address that a server listens on.
///
/// Errors: the rule that the text breaks.
pub fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "must be an IP address and a port, such as 127.0.0.1:8080")
}

impl PublicOptions {
    /// What the options ask for.
    ///
    /// Errors: files that give no TLS.
    pub fn front(&self) -> Result<Front, TlsError> {
        let pair = self.certificate.as_ref().zip(self.certificate_key.as_ref());
        let tls = pair.map(|(chain, key)| Tls::read(chain, key, None)).transpose()?;
        let security = Security { proxies: self.proxy.clone(), tls };
        Ok(Front { address: self.public, base_path: self.base_path.clone(), security })
    }
}

impl Front {
    /// A front without proxies and certificate, at the root of its host.
    #[must_use]
    pub fn at(address: SocketAddr) -> Self {
        Self { address, base_path: BasePath::default(), security: Security::default() }
    }

    /// The address of the site on this machine, once it is known where it listens.
    #[must_use]
    pub fn place(&self, bound: SocketAddr) -> String {
        let scheme = if self.security.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{bound}{}/", self.base_path.as_str())
    }
}
