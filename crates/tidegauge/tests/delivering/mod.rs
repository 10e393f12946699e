//! Sources of a plan that deliver to a served store: keys, signed deliveries, and a plain client.
//!
//! Not here: the code of `tidegauge-agent`; a test that shared it would share its mistakes.

#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use serde_json::Value;
use testkit::edit;
use testkit::plans::SHORT;
use testkit::program::{Workplace, tidegauge};
use tidegauge_delivery::{
    ContentFormat, DELIVERY_LABEL, Delivery, Head, OnBadRow, content_digest, digest_of, sign,
    source_path,
};

/// The id of the key under which the pseudonyms of the tests were made, if they were.
pub const PSEUDONYM_KEY: &str = "0123456789abcdef";
/// The clock at which the served store of a test starts.
pub const START: &str = "2024-01-18T12:00:00Z";
pub const HEADER: &str = "event_id,pseudonym,occurred_at,kind,border_point,traveller_class\n";

/// The key of a source: one for each number.
pub fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

/// A source as a plan has it, which declares every day and signs with the key of this number.
pub fn source(id: &str, number: u8, within: u32) -> String {
    let public = STANDARD.encode(key(number).verifying_key().to_bytes());
    format!(
        "[[source]]\nid = \"{id}\"\nname = \"Source {id}\"\nfrom = \"2024-01-18\"\n\
         complete_every = \"day\"\ncomplete_within_minutes = {within}\n\
         [[source.key]]\nid = \"k{number}\"\npublic = \"{public}\"\n"
    )
}

/// The short plan with these sources. Steps are due six hours after their end, and then wait for an
/// hour.
pub fn plan(sources: &[String]) -> String {
    let intake =
        format!("\n[intake]\nlongest_wait_minutes = 60\npseudonym_key = \"{PSEUDONYM_KEY}\"\n");
    edit(SHORT).append(&format!("{intake}{}", sources.concat())).text()
}

/// The short plan with sources LAND (key 1) and AIR (key 2).
pub fn two_sources() -> String {
    plan(&[source("LAND", 1, 30), source("AIR", 2, 30)])
}

/// A row of an invented person.
pub fn row(event: &str, person: &str, at: &str) -> String {
    format!("{event},syn1:{person},{at},ENTRY,LO_WU,VISITOR\n")
}

/// A served store with an intake. It is killed when this is dropped.
pub struct Intake {
    process: Child,
    output: BufReader<ChildStdout>,
    /// Address and port of the intake.
    pub host: String,
    /// Address and port of the public server.
    pub public: String,
    /// The store's id.
    pub store: String,
}

impl Intake {
    /// Serves a synthetic store on a clock that starts at this time and runs so many times as fast.
    pub fn start(store: &str, now: &str, speed: u32) -> Self {
        let speed = speed.to_string();
        Self::start_with(store, &["--now", now, "--speed", &speed])
    }

    pub fn start_with(store: &str, arguments: &[&str]) -> Self {
        let addresses = ["--public", "127.0.0.1:0", "--intake", "127.0.0.1:0"];
        let mut command = tidegauge(&[&["serve", store], &addresses[..], arguments].concat());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("the program starts");
        let mut output = BufReader::new(process.stdout.take().expect("output"));
        let (mut host, mut public) = (String::new(), String::new());
        while host.is_empty() || public.is_empty() {
            let mut line = String::new();
            if output.read_line(&mut line).expect("UTF-8") == 0 {
                let mut errors = String::new();
                let mut stream = process.stderr.take().expect("standard error");
                stream.read_to_string(&mut errors).expect("UTF-8");
                panic!("the program ended: {errors}");
            }
            let Some((before, rest)) = line.split_once("://") else { continue };
            let address = rest.split('/').next().unwrap_or_default().trim().to_owned();
            let is_intake = before.starts_with("taking deliveries");
            *(if is_intake { &mut host } else { &mut public }) = address;
        }
        let mut intake = Self { process, output, host, public, store: String::new() };
        if !arguments.contains(&"--intake-certificate") {
            let plan = intake.get("/intake/v1/plan");
            intake.store = plan.json()["store"].as_str().expect("a store").to_owned();
        }
        intake
    }

    /// The id of the program's process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Kills the program at once, as a crash would.
    pub fn kill(mut self) {
        self.process.kill().expect("a signal");
        self.process.wait().expect("an end");
    }

    pub fn get(&self, path: &str) -> Reply {
        ask(&self.host, &Head::request("GET", path), b"")
    }

    pub fn get_public(&self, path: &str) -> Reply {
        ask(&self.public, &Head::request("GET", path), b"")
    }

    /// A delivery of rows of CSV by the source LAND, not yet signed.
    pub fn delivery(&self, id: &str, body: &[u8]) -> Delivery {
        Delivery {
            source: "LAND".into(),
            id: id.into(),
            store: self.store.clone(),
            format: (!body.is_empty()).then_some(ContentFormat::Csv),
            encoding: None,
            digest: digest_of(body),
            pseudonym_key: (!body.is_empty()).then(|| PSEUDONYM_KEY.into()),
            complete_until: None,
            on_bad_row: OnBadRow::Refuse,
        }
    }

    /// Sends a delivery, signed by its source.
    pub fn send(&self, delivery: &Delivery, body: &[u8]) -> Reply {
        ask(&self.host, &signed(delivery), body)
    }

    /// Sends rows of the source LAND.
    pub fn send_rows(&self, id: &str, rows: &str) -> Reply {
        let body = format!("{HEADER}{rows}").into_bytes();
        self.send(&self.delivery(id, &body), &body)
    }

    /// Declares a source complete up to a time.
    pub fn declare(&self, source: &str, id: &str, until: &str) -> Reply {
        let until = Some(until.parse().expect("a time"));
        let delivery =
            Delivery { source: source.into(), complete_until: until, ..self.delivery(id, b"") };
        self.send(&delivery, b"")
    }

    /// Asks as a source for its own.
    pub fn question(&self, source: &str, path: &str, created: i64) -> Reply {
        let mut head = Head::request("GET", path);
        head.add("tidegauge-store", &self.store).expect("a header");
        let (id, key) = key_of(source);
        sign(&mut head, DELIVERY_LABEL, &format!("{source}/{id}"), created, &key).expect("signed");
        ask(&self.host, &head, b"")
    }

    /// What a source has declared.
    pub fn completeness(&self, source: &str) -> Value {
        self.question(source, &source_path(source), seconds(START)).json()
    }

    /// The next line that the program prints.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("UTF-8");
        line.trim_end().to_owned()
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn key_of(source: &str) -> (&'static str, SigningKey) {
    match source {
        "LAND" => ("k1", key(1)),
        _ => ("k2", key(2)),
    }
}

/// Seconds since 1970.
pub fn seconds(time: &str) -> i64 {
    time.parse::<Timestamp>().expect("a time").as_second()
}

/// The head of a delivery, signed by its source when the clock of the tests starts.
pub fn signed(delivery: &Delivery) -> Head {
    let (id, key) = key_of(&delivery.source);
    delivery.sign(id, seconds(START), &key).expect("signed")
}

/// An answer.
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.body);
        parsed.unwrap_or_else(|error| panic!("{error}: {}{}", self.head, self.body))
    }

    /// The body, which must have come with 200.
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}{}", self.head, self.body);
        self.json()
    }

    /// Status and code of a problem.
    pub fn problem(&self) -> (u16, String) {
        let code = self.json()["code"].as_str().unwrap_or_default().to_owned();
        (self.status, code)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (given, value) = line.split_once(':')?;
            given.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Sends a request over a connection of its own, and reads the whole answer.
pub fn ask(host: &str, head: &Head, body: &[u8]) -> Reply {
    let stream = TcpStream::connect(host).expect("a connection");
    talk(stream, host, head, body)
}

/// As [`ask`], over any stream.
pub fn talk(mut stream: impl Read + Write, host: &str, head: &Head, body: &[u8]) -> Reply {
    let mut bytes = head.to_file(b"");
    bytes.truncate(bytes.len() - 2);
    let length = body.len();
    let rest = format!("Host: {host}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    bytes.extend_from_slice(rest.as_bytes());
    bytes.extend_from_slice(body);
    // A server that refuses early may close before it has read everything.
    let _ = stream.write_all(&bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8(answer).expect("UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Reply { status: status.unwrap_or(0), head: head.to_owned(), body: body.to_owned() }
}

/// A directory with a synthetic store of a plan; returns its path too.
pub fn store_of(plan: &str) -> (Workplace, String) {
    let place = Workplace::with_plan(plan);
    let directory = place.text("store");
    let plan = place.text("plan.toml");
    let arguments =
        ["init", &directory, "--plan", &plan, "--synthetic", "--now", "2024-01-18T00:00:00Z"];
    testkit::program::succeed(&arguments);
    (place, directory)
}

/// The agent's program in a folder, which Cargo puts beside the directory of the test binaries.
pub fn agent(folder: &Path, arguments: &[&str]) -> Command {
    let test = std::env::current_exe().expect("the test's own path");
    let directory = test.parent().and_then(Path::parent).expect("a directory of Cargo's");
    let program = directory.join("tidegauge-agent");
    assert!(program.is_file(), "`cargo build -p tidegauge-agent` makes the program");
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    command
}

/// The number of rows of each delivery that a store has taken.
pub fn receipts(store: &Path) -> Vec<u64> {
    let control = store.join("private/control.sqlite");
    let control = rusqlite::Connection::open(control).expect("a control store");
    let mut query = control.prepare("SELECT receipt FROM delivery").expect("a query");
    let rows = query.query_map([], |row| row.get::<_, String>(0)).expect("rows");
    rows.map(|text| {
        let receipt: Value = serde_json::from_str(&text.expect("text")).expect("JSON");
        receipt["rows"]["taken"].as_u64().expect("a number")
    })
    .collect()
}

/// Makes the key of the agencies in a folder, as `agencies.key`; returns its id.
pub fn new_agencies_key(folder: &Path) -> String {
    let made = agent(folder, &["key", "new", "agencies.key"]).output().expect("the program starts");
    let said = String::from_utf8(made.stdout).expect("UTF-8");
    said.split('"').nth(1).expect("the id of the key").to_owned()
}

/// The file of the key of a source, as its agent reads it.
pub fn source_key_file(number: u8) -> String {
    format!("TIDEGAUGE-SIGNING-KEY-1:{}\n", STANDARD.encode(key(number).to_bytes()))
}

/// A mapping of fields that have the names of the plan's columns.
pub fn mapping_of_columns() -> String {
    let column = |name: &str| format!("[mapping.{name}]\ncolumn = '{name}'\n");
    HEADER.trim_end().split(',').map(column).collect()
}

/// The value of `Content-Digest` for a body.
pub fn digest_text(body: &[u8]) -> String {
    content_digest(&digest_of(body))
}
