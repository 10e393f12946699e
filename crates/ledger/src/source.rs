//! Where a public directory is read from: a disk or a server.
//!
//! Not here: whether what is read is true (`verified`, `audit`), and writing (`storage`).
//!
//! Invariants:
//! 1. No file is read beyond the limit of its kind ([`bytes_max`]), and none outside the
//!    directory (`source::tests::no_path_leaves_the_directory`,
//!    `source::tests::a_file_above_its_limit_is_refused`).
//! 2. A disk and a server that serves it read alike
//!    (`source::tests::a_server_reads_like_the_directory_it_serves`).

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tidegauge_model::plan::PLAN_BYTES_MAX;

use crate::error::{Error, Rule};
use crate::note::{NOTE_BYTES_MAX, VERIFIER_KEY_BYTES_MAX};
use crate::release::RELEASE_BYTES_MAX;
use crate::tile::{BUNDLE_BYTES_MAX, TILE_BYTES_MAX};

/// The path of the checkpoint.
pub const CHECKPOINT: &str = "checkpoint";
/// The path of the verifier key.
pub const VERIFIER_KEY: &str = "vkey";

/// How long a server may take to take a connection.
const CONNECT_SECONDS_MAX: u64 = 10;
/// How long a server may take for one file.
const FILE_SECONDS_MAX: u64 = 60;

/// Reads the files of a public directory.
pub trait Source: Send + Sync {
    /// The file at a path of the public directory; `None` where there is none.
    ///
    /// Errors: a path outside the directory, a file above [`bytes_max`], disk or network.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Error>;
}

/// The longest that the file at this path may be.
pub fn bytes_max(path: &str) -> usize {
    match path.split('/').next() {
        Some("plan") => PLAN_BYTES_MAX,
        Some("release") => RELEASE_BYTES_MAX,
        Some("tile") if path.starts_with("tile/entries/") => BUNDLE_BYTES_MAX,
        Some("tile") => TILE_BYTES_MAX,
        Some(VERIFIER_KEY) => VERIFIER_KEY_BYTES_MAX,
        _ => NOTE_BYTES_MAX,
    }
}

/// The path as it is, if it stays inside the directory.
pub(crate) fn inside(path: &str) -> Result<&str, Error> {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-@$".contains(&b))
    };
    if path.split('/').all(plain) { Ok(path) } else { Err(Rule::Path.at(path)) }
}

/// A public directory on disk.
#[derive(Clone, Debug)]
pub struct DirectorySource {
    root: PathBuf,
}

impl DirectorySource {
    /// The public directory at this path.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl Source for DirectorySource {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let bytes_max = bytes_max(path);
        let failed = |source| Error::Io { path: path.to_owned(), source };
        let file = match File::open(self.root.join(inside(path)?)) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mut bytes = Vec::new();
        file.take(bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() > bytes_max {
            return Err(Rule::FileSize { bytes_max }.at(path));
        }
        Ok(Some(bytes))
    }
}

/// A public directory behind HTTP, under `/log/` of a base address. No redirect is followed.
#[derive(Clone, Debug)]
pub struct HttpSource {
    agent: ureq::Agent,
    base: String,
}

impl HttpSource {
    /// The public directory at a base address such as `http://127.0.0.1:8080`.
    pub fn new(base: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(CONNECT_SECONDS_MAX)))
            .timeout_global(Some(Duration::from_secs(FILE_SECONDS_MAX)))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("tidegauge/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Self { agent, base: base.trim_end_matches('/').to_owned() }
    }
}

impl Source for HttpSource {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let bytes_max = bytes_max(path);
        let failed = |error| match error {
            ureq::Error::BodyExceedsLimit(_) => Rule::FileSize { bytes_max }.at(path),
            error => Error::Http { path: path.to_owned(), source: Box::new(error) },
        };
        let address = format!("{}/log/{}", self.base, inside(path)?);
        let mut response = self.agent.get(&address).call().map_err(failed)?;
        match response.status().as_u16() {
            200 => {}
            404 => return Ok(None),
            status => return Err(Error::Status { path: path.to_owned(), status }),
        }
        let body = response.body_mut().with_config().limit(bytes_max as u64);
        body.read_to_vec().map(Some).map_err(failed)
    }
}

/// The file at a path, which must be there.
pub(crate) fn required(source: &dyn Source, path: &str) -> Result<Vec<u8>, Error> {
    source.read(path)?.ok_or_else(|| Rule::FileMissing.at(path))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;

    use super::*;

    fn directory() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(directory.path().join("tile/0")).unwrap();
        std::fs::write(directory.path().join("tile/0/000"), [7; TILE_BYTES_MAX]).unwrap();
        std::fs::write(directory.path().join("vkey"), [b'x'; VERIFIER_KEY_BYTES_MAX + 1]).unwrap();
        directory
    }

    /// Serves a directory under `/log/` for as long as the test runs; 500 for `tile/1/000`.
    fn serve(root: PathBuf) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let request = lines.next().unwrap().unwrap();
                while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
                let path = request.split(' ').nth(1).unwrap().strip_prefix("/log/").unwrap();
                let (status, body) = match std::fs::read(root.join(path)) {
                    _ if path == "tile/1/000" => ("500 Broken", Vec::new()),
                    Ok(body) => ("200 OK", body),
                    Err(_) => ("404 Not Found", Vec::new()),
                };
                let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", body.len());
                stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).unwrap();
                // The client hangs up on a body above its limit.
                let _ = stream.write_all(&body);
            }
        });
        address
    }

    #[test]
    fn a_server_reads_like_the_directory_it_serves() {
        let directory = directory();
        let disk = DirectorySource::new(directory.path());
        let server = HttpSource::new(&serve(directory.path().to_owned()));
        for source in [&disk as &dyn Source, &server] {
            assert_eq!(source.read("tile/0/000").unwrap(), Some(vec![7; TILE_BYTES_MAX]));
            assert_eq!(source.read("checkpoint").unwrap(), None);
        }
        let broken = server.read("tile/1/000");
        assert!(matches!(broken, Err(Error::Status { status: 500, .. })), "{broken:?}");
        let nowhere = HttpSource::new("http://127.0.0.1:9").read("checkpoint");
        assert!(matches!(nowhere, Err(Error::Http { .. })), "{nowhere:?}");
    }

    #[test]
    fn a_file_above_its_limit_is_refused() {
        let directory = directory();
        let disk = DirectorySource::new(directory.path());
        let server = HttpSource::new(&serve(directory.path().to_owned()));
        for source in [&disk as &dyn Source, &server] {
            assert_eq!(source.read("vkey").unwrap_err().code(), "file-size");
        }
    }

    #[test]
    fn no_path_leaves_the_directory() {
        let source = DirectorySource::new("/");
        for path in ["../etc/passwd", "/etc/passwd", "tile//x", "tile/./x", "", "a/..", "a b", "é"]
        {
            assert_eq!(source.read(path).unwrap_err().code(), "path", "{path}");
        }
    }
}
