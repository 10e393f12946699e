//! A log that is read from a server.
//!
//! Not here: what is read (`verified`), and anything that writes. The feature `http-client` turns
//! this on; only the command line does.
//!
//! Invariants:
//! 1. A disk and a server that serves it read alike
//!    (`http::tests::a_server_reads_like_the_directory_it_serves`).
//! 2. No file is read beyond its limit (`http::tests::a_file_above_its_limit_is_refused`).
//! 3. A server that does not answer is not waited for: 10 seconds for a small file, up to 60 for a
//!    large one (`tidegauge/tests/addresses.rs`: `a_server_that_never_answers_is_not_waited_for`).

use std::time::Duration;

use crate::error::{Error, LogRule};
use crate::source::{Source, inside};

/// How long a server may take to accept a connection.
const CONNECT_SECONDS_MAX: u64 = 10;
/// How long a server may take for the smallest file, such as a checkpoint.
const FILE_SECONDS_MIN: u64 = 10;
/// How long a server may take for the largest file.
const FILE_SECONDS_MAX: u64 = 60;
/// Bytes that give a server a second more.
const BYTES_A_SECOND: usize = 64 * 1024;

/// The public directory of a log behind HTTP. No redirect is followed.
#[derive(Clone, Debug)]
pub struct HttpSource {
    agent: ureq::Agent,
    prefix: String,
}

impl HttpSource {
    /// The public directory at an address such as `http://127.0.0.1:8080/log`, read under this
    /// name of a client.
    pub fn new(prefix: &str, client: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(CONNECT_SECONDS_MAX)))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(client)
            .build()
            .new_agent();
        Self { agent, prefix: prefix.trim_end_matches('/').to_owned() }
    }
}

impl Source for HttpSource {
    fn read(&self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, Error> {
        let failed = |error| match error {
            ureq::Error::BodyExceedsLimit(_) => LogRule::FileSize { bytes_max }.at(path),
            error => Error::Http { path: path.to_owned(), source: Box::new(error) },
        };
        let address = format!("{}/{}", self.prefix, inside(path)?);
        let request = self.agent.get(&address).config().timeout_global(Some(time(bytes_max)));
        let mut response = request.build().call().map_err(failed)?;
        match response.status().as_u16() {
            200 => {}
            404 => return Ok(None),
            status => return Err(Error::Status { path: path.to_owned(), status }),
        }
        let body = response.body_mut().with_config().limit(bytes_max as u64);
        body.read_to_vec().map(Some).map_err(failed)
    }
}

/// How long a server may take for a file of at most so many bytes.
fn time(bytes_max: usize) -> Duration {
    let more = (bytes_max / BYTES_A_SECOND) as u64;
    Duration::from_secs(FILE_SECONDS_MIN.saturating_add(more).min(FILE_SECONDS_MAX))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;
    use std::path::PathBuf;

    use super::*;
    use crate::source::DirectorySource;

    const BYTES_MAX: usize = 8192;

    fn directory() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(directory.path().join("tile/0")).unwrap();
        std::fs::write(directory.path().join("tile/0/000"), [7; BYTES_MAX]).unwrap();
        std::fs::write(directory.path().join("vkey"), [b'x'; BYTES_MAX + 1]).unwrap();
        directory
    }

    /// Serves a directory under `/log/` for as long as the test runs; 500 for `tile/1/000`.
    fn serve(root: PathBuf) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/log/", listener.local_addr().unwrap());
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
        let server = HttpSource::new(&serve(directory.path().to_owned()), "test");
        for source in [&disk as &dyn Source, &server] {
            assert_eq!(source.read("tile/0/000", BYTES_MAX).unwrap(), Some(vec![7; BYTES_MAX]));
            assert_eq!(source.read("checkpoint", BYTES_MAX).unwrap(), None);
        }
        let broken = server.read("tile/1/000", BYTES_MAX);
        assert!(matches!(broken, Err(Error::Status { status: 500, .. })), "{broken:?}");
        let nowhere = HttpSource::new("http://127.0.0.1:9", "test").read("checkpoint", BYTES_MAX);
        assert!(matches!(nowhere, Err(Error::Http { .. })), "{nowhere:?}");
    }

    #[test]
    fn a_file_above_its_limit_is_refused() {
        let directory = directory();
        let disk = DirectorySource::new(directory.path());
        let server = HttpSource::new(&serve(directory.path().to_owned()), "test");
        for source in [&disk as &dyn Source, &server] {
            assert_eq!(source.read("vkey", BYTES_MAX).unwrap_err().code(), "file-size");
        }
    }
}
