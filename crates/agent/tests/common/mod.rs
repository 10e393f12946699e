//! A scene for tests: an agency's folder with keys and settings, and a small intake that keeps the
//! contract.
//!
//! Not here: the real intake.

#![allow(dead_code)]

pub(crate) mod samples;

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use tidegauge_agent::keys;
use tidegauge_delivery::{
    CodeText, Column, ColumnKind, Dates, Delivery, Head, Limits, PlanColumns, RECEIPT_LABEL,
    Receipt, RowCounts, RowFault, STORE_KEY_ID, content_digest, digest_of, sign,
};

/// What arrived under one id.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) digest: [u8; 32],
    pub(crate) text: String,
    pub(crate) complete_until: Option<String>,
}

/// A small intake.
pub(crate) struct Intake {
    pub(crate) address: String,
    pub(crate) arrived: Mutex<BTreeMap<String, Arrived>>,
    /// Faults with which the next delivery is refused.
    pub(crate) faults: Mutex<Vec<RowFault>>,
    /// Deliveries with another content under a known id.
    pub(crate) conflicts: AtomicU64,
    /// Whether every row is refused and left out.
    pub(crate) takes_no_row: AtomicBool,
    /// Whether answers are lost now and then.
    pub(crate) is_unreliable: AtomicBool,
    requests: AtomicU64,
    columns: PlanColumns,
    public: [u8; 32],
    store_key: ed25519_dalek::SigningKey,
}

impl Intake {
    fn start(columns: PlanColumns, public: [u8; 32]) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let intake = Arc::new(Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            arrived: Mutex::default(),
            faults: Mutex::default(),
            conflicts: AtomicU64::new(0),
            takes_no_row: AtomicBool::new(false),
            is_unreliable: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            columns,
            public,
            store_key: ed25519_dalek::SigningKey::from_bytes(&[9; 32]),
        });
        let server = Arc::clone(&intake);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = Arc::clone(&server);
                // A client that was killed breaks its connection.
                thread::spawn(move || while server.answer(&stream).is_some() {});
            }
        });
        intake
    }

    /// Answers one request; `None` once the connection is over.
    fn answer(&self, stream: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if reader.read_until(b'\n', &mut head).ok()? == 0 {
                return None;
            }
        }
        let (head, _) = Head::of_file(&head).ok()?;
        let length = head.get("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let is_unreliable = self.is_unreliable.load(Ordering::Relaxed);
        if is_unreliable && number % 7 == 3 {
            return self.write(stream, 503, "", vec![("retry-after", "0".to_owned())]);
        }
        if head.get("signature").is_none() {
            let text = serde_json::to_string(&self.columns).unwrap();
            return self.write(stream, 200, &text, vec![]);
        }
        let (status, text) = self.take(&head, &body);
        if is_unreliable && number % 5 == 2 {
            // Taken, and the answer is lost.
            return None;
        }
        let mut answer = Head::answer(status);
        answer.add("content-digest", &content_digest(&digest_of(text.as_bytes()))).unwrap();
        sign(&mut answer, RECEIPT_LABEL, STORE_KEY_ID, 1, &self.store_key).unwrap();
        let headers = answer.headers().map(|(name, value)| (name, value.to_owned())).collect();
        self.write(stream, status, &text, headers)
    }

    fn write(
        &self,
        mut stream: &TcpStream,
        status: u16,
        text: &str,
        headers: Vec<(&str, String)>,
    ) -> Option<()> {
        let headers: String =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = text.len();
        let answer =
            format!("HTTP/1.1 {status} x\r\n{headers}content-length: {length}\r\n\r\n{text}");
        stream.write_all(answer.as_bytes()).ok()
    }

    fn take(&self, head: &Head, body: &[u8]) -> (u16, String) {
        let (delivery, claim) = Delivery::read(head).unwrap();
        claim.verify(&self.public).unwrap();
        assert_eq!(delivery.digest, digest_of(body));
        let faults = std::mem::take(&mut *self.faults.lock().unwrap());
        if !faults.is_empty() {
            return (422, serde_json::json!({ "title": "bad rows", "faults": faults }).to_string());
        }
        let text = match delivery.encoding {
            Some(_) => zstd::decode_all(body).unwrap(),
            None => body.to_vec(),
        };
        let text = String::from_utf8(text).unwrap();
        let rows = text.lines().count().saturating_sub(1) as u64;
        let complete_until = delivery.complete_until.map(|until| until.to_string());
        let arrived = Arrived { digest: delivery.digest, text, complete_until };
        let known = self.arrived.lock().unwrap().insert(delivery.id.clone(), arrived);
        if known.is_some_and(|known| known.digest != delivery.digest) {
            self.conflicts.fetch_add(1, Ordering::Relaxed);
        }
        let refuses = rows > 0 && self.takes_no_row.load(Ordering::Relaxed);
        let refused = RowFault {
            row: 2,
            column: "kind".into(),
            code: "closed-code".into(),
            rule: "not valid on the day".into(),
        };
        let receipt = Receipt {
            store: self.columns.store.clone(),
            source: delivery.source,
            delivery: delivery.id,
            digest: content_digest(&delivery.digest),
            at: "2026-01-01T00:00:00Z".into(),
            complete_until: None,
            rows: match refuses {
                true => RowCounts { taken: 0, refused: rows },
                false => RowCounts { taken: rows, refused: 0 },
            },
            dates: Dates::default(),
            faults: if refuses { vec![refused] } else { vec![] },
        };
        (200, serde_json::to_string(&receipt).unwrap())
    }

    /// How often each event arrived, over all ids of deliveries.
    pub(crate) fn events(&self) -> HashMap<String, u64> {
        let mut events = HashMap::new();
        for arrived in self.arrived.lock().unwrap().values() {
            for line in arrived.text.lines().skip(1) {
                *events.entry(line.split(',').next().unwrap().to_owned()).or_default() += 1;
            }
        }
        events
    }

    /// Everything that arrived, as one text.
    pub(crate) fn all(&self) -> String {
        self.arrived.lock().unwrap().values().map(|arrived| arrived.text.clone()).collect()
    }
}

/// The columns of a plan of entries and exits.
pub(crate) fn columns(key_id: &str) -> PlanColumns {
    let column = |name: &str, kind: ColumnKind, required: bool, codes: &[&str]| Column {
        name: name.into(),
        kind,
        required,
        codes: codes
            .iter()
            .map(|&id| CodeText {
                id: id.into(),
                name: id.into(),
                also: vec![],
                from: None,
                to: None,
            })
            .collect(),
    };
    PlanColumns {
        store: "5ac0".into(),
        synthetic: false,
        plan: "BORDER".into(),
        title: "Border".into(),
        time_zone: "Europe/Warsaw".into(),
        pseudonym_key: Some(key_id.into()),
        sources: vec![],
        columns: vec![
            column("event_id", ColumnKind::EventId, true, &[]),
            column("pseudonym", ColumnKind::Pseudonym, true, &[]),
            column("occurred_at", ColumnKind::Instant, false, &[]),
            column("occurred_on", ColumnKind::Day, false, &[]),
            column("kind", ColumnKind::Code, true, &["ENTRY", "EXIT"]),
        ],
        limits: Limits { body_bytes: 1 << 20, expanded_bytes: 1 << 24, rows: 10_000 },
    }
}

/// An agency's folder, and the intake.
pub(crate) struct Scene {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) intake: Arc<Intake>,
}

/// The mapping of the samples.
pub(crate) const MAPPING: &str = "
[mapping]
event_id = { column = 'number' }
pseudonym = { column = 'document' }
occurred_at = { column = 'crossed' }
kind = { column = 'kind' }
";

impl Scene {
    /// A folder with keys, an empty directory `in`, and `agent.toml`: `more` is its end.
    pub(crate) fn new(more: &str) -> Self {
        use base64::Engine as _;
        let folder = tempfile::tempdir().unwrap();
        let id = keys::new_pseudonym_key(&folder.path().join("agencies.key")).unwrap();
        let lines = keys::new_signing_key(&folder.path().join("land.key"), "2026a").unwrap();
        let public = lines.split('"').nth(3).unwrap();
        let public = base64::engine::general_purpose::STANDARD.decode(public).unwrap();
        let intake = Intake::start(columns(&id), public.try_into().unwrap());
        std::fs::create_dir(folder.path().join("in")).unwrap();
        let store_key = intake.store_key.verifying_key().to_bytes();
        let store_key = base64::engine::general_purpose::STANDARD.encode(store_key);
        let settings = format!(
            "[plan]\nintake = '{}'\nsource = 'LAND'\nsigning_key = 'land.key'\n\
             signing_key_id = '2026a'\npseudonym_key = 'agencies.key'\n\
             store_key = '{store_key}'\n{more}",
            intake.address
        );
        std::fs::write(folder.path().join("agent.toml"), settings).unwrap();
        Self { folder, intake }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with these arguments, in the agency's folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidegauge-agent"));
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }
}

/// What a command wrote.
pub(crate) fn written(output: &Output) -> String {
    String::from_utf8([&output.stdout[..], &output.stderr].concat()).unwrap()
}

/// The texts of all files below a folder, as far as they are text or zstd.
pub(crate) fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, zstd::decode_all(&bytes[..]).unwrap_or(bytes)));
        }
    }
    found
}
