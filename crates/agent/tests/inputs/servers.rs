//! What the tests of all inputs share: certificates, and rows as text.
//!
//! Not here: what is particular to one server; servers as processes (`testkit::processes`).

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use testkit::processes::write_private;
use tidegauge_agent::connect::Opening;
use tidegauge_agent::error::Error;
use tidegauge_agent::rows::{Chunk, Input, Item, Next, Wanted};
use tokio::runtime::Runtime;

/// In columns that no mapping names.
pub(crate) const CANARY: &str = "CANARY-Kowalska-AB1234567";

/// A server's certificate with its key, and the authority that vouches for it.
pub(crate) struct Certificates {
    pub(crate) ca: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Certificates {
    /// Makes them for these names, in a folder.
    pub(crate) fn new(folder: &Path, names: &[&str]) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca_key = KeyPair::generate().unwrap();
        let ca = params.self_signed(&ca_key).unwrap();
        let issuer = Issuer::new(params, ca_key);
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let made = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
        let paths = Self {
            ca: folder.join("ca.pem"),
            certificate: folder.join("server.pem"),
            key: folder.join("server.key"),
        };
        fs::write(&paths.ca, ca.pem()).unwrap();
        fs::write(&paths.certificate, made.pem()).unwrap();
        write_private(&paths.key, &key.serialize_pem());
        paths
    }
}

/// A runtime for a client of the test.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// The wanted fields.
pub(crate) fn wanted(names: &[&str]) -> Wanted {
    let mut wanted = Wanted::default();
    for name in names {
        wanted.add(name);
    }
    wanted
}

/// An opening with patience for ever.
pub(crate) fn opening<'a>(folder: &'a Path, wanted: &'a Wanted) -> Opening<'a> {
    Opening { name: "register", folder, wanted, patience: None }
}

/// The next chunk; an input that is not ready is asked again.
pub(crate) fn chunk(input: &mut dyn Input, rows: usize) -> Option<Chunk> {
    let began = Instant::now();
    loop {
        match input.next(rows).unwrap() {
            Next::Chunk(chunk) => return Some(chunk),
            Next::Waiting | Next::Finished => return None,
            Next::Soon => std::thread::sleep(Duration::from_millis(20)),
            Next::Held(why) => panic!("{why}"),
        }
        assert!(began.elapsed() < Duration::from_secs(60), "nothing within a minute");
    }
}

/// Takes the next chunk and commits it, as the agent does.
pub(crate) fn take(input: &mut dyn Input, rows: usize) -> Vec<String> {
    let Some(chunk) = chunk(input, rows) else { return Vec::new() };
    input.commit(&chunk.position).unwrap();
    first_fields(&chunk.items)
}

/// Takes everything.
pub(crate) fn take_all(input: &mut dyn Input, rows: usize) -> Vec<String> {
    let mut taken = Vec::new();
    while let Some(chunk) = chunk(input, rows) {
        assert!(chunk.items.len() <= rows, "{} rows instead of {rows}", chunk.items.len());
        input.commit(&chunk.position).unwrap();
        taken.extend(first_fields(&chunk.items));
    }
    taken
}

/// The fields of a row, with `-` for none.
pub(crate) fn fields(item: &Item, number: usize) -> Vec<String> {
    let Item::Row(row) = item else { panic!("a fault: {item:?}") };
    (0..number).map(|place| row.get(place).unwrap_or("-").to_owned()).collect()
}

/// The first field of each row.
pub(crate) fn first_fields(items: &[Item]) -> Vec<String> {
    items.iter().map(|item| fields(item, 1).remove(0)).collect()
}

/// Numbers as text.
pub(crate) fn numbers(numbers: impl IntoIterator<Item = u64>) -> Vec<String> {
    numbers.into_iter().map(|number| number.to_string()).collect()
}

/// The error with which an input ends before it has any row.
pub(crate) fn first_error(input: &mut dyn Input) -> Error {
    loop {
        match input.next(10) {
            Ok(Next::Soon) => std::thread::sleep(Duration::from_millis(20)),
            Ok(next) => panic!("not an error: {next:?}"),
            Err(error) => return error,
        }
    }
}
