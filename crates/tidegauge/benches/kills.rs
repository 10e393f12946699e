//! Kills of everything between an agency's systems and the ledger, again and again: nothing is
//! lost, nothing is counted twice.
//!
//! Three sources with the real agent: one reads files, one a table of PostgreSQL from a cursor, one
//! an outbox. They deliver over a line that loses requests and answers, and repeats requests. One
//! day of the plan after the other comes in while agents, server and database are killed; then it
//! is released, and the release is killed too. At the end the releases must be, byte for byte,
//! those of a store with the same seed of noise into which the same rows came undisturbed.
//!
//! What counts as failure: a released byte that differs; a row in no delivery or in two; a ledger
//! that does not verify. Nondeterminism: the moments of the kills.
//!
//! Run: `cargo build --release -p tidegauge-agent && cargo bench -p tidegauge --bench kills --
//! [KILLS]`, by default 2000. Needs the programs of PostgreSQL, which `./test` installs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../tests/delivering/mod.rs"]
mod delivering;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::Duration;

use testkit::postgres::Cluster;
use testkit::processes::write_private;
use testkit::program::{Workplace, releases, succeed, tidegauge};

use crate::delivering::{
    HEADER, Intake, agent, mapping_of_columns, new_agencies_key, plan, receipts, source,
    source_key_file,
};

const SEED: &str = "5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed";
const SOURCES: [&str; 3] = ["FILES", "QUERY", "OUTBOX"];
/// The days of the plan's first window.
const DAYS: std::ops::RangeInclusive<u8> = 18..=31;
/// Rows that each source gets between two kills.
const ROWS: u64 = 5;

/// Numbers from a plain generator: which of several, and how many milliseconds.
fn below(state: &AtomicU64, end: u64) -> u64 {
    let step = |seed: u64| {
        Some(seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407))
    };
    let seed = state.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).unwrap();
    (seed >> 33) % end
}

/// The line between the agents and the intake, which loses and repeats. Its own address stays,
/// whatever becomes of the server.
struct Line {
    address: String,
    server: Arc<Mutex<String>>,
    /// Requests lost, answers lost, requests repeated.
    faults: Arc<[AtomicU64; 3]>,
}

impl Line {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (server, faults) = (Arc::<Mutex<String>>::default(), Arc::default());
        let line = Self { address, server: Arc::clone(&server), faults: Arc::clone(&faults) };
        thread::spawn(move || {
            let random = Arc::new(AtomicU64::new(1));
            for client in listener.incoming() {
                let (client, host) = (client.unwrap(), server.lock().unwrap().clone());
                let (faults, random) = (Arc::clone(&faults), Arc::clone(&random));
                thread::spawn(move || carry(client, &host, &faults, &random));
            }
        });
        line
    }
}

/// Carries one request and its answer, or fails to. A server that is killed ends it.
fn carry(client: TcpStream, host: &str, faults: &[AtomicU64; 3], random: &AtomicU64) -> Option<()> {
    let mut client = BufReader::new(client);
    let request = message(&mut client)?;
    let send = |bytes: &[u8]| {
        let mut stream = TcpStream::connect(host).ok()?;
        stream.write_all(bytes).ok()?;
        Some(BufReader::new(stream))
    };
    let fault = below(random, 12);
    if let Some(fault) = faults.get(fault as usize) {
        fault.fetch_add(1, Ordering::Relaxed);
    }
    match fault {
        // What arrived of the request is lost with the connection.
        0 => drop(send(&request[..below(random, request.len() as u64) as usize])?),
        1 => drop(message(&mut send(&request)?)?),
        _ => {
            if fault == 2 {
                message(&mut send(&request)?)?;
            }
            let answer = message(&mut send(&request)?)?;
            client.get_mut().write_all(&answer).ok()?;
        }
    }
    Some(())
}

/// A whole message of HTTP; `None` if it breaks off.
fn message(stream: &mut impl BufRead) -> Option<Vec<u8>> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    loop {
        let begin = bytes.len();
        if stream.read_until(b'\n', &mut bytes).ok()? == 0 {
            return None;
        }
        let line = String::from_utf8_lossy(&bytes[begin..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let begin = bytes.len();
    bytes.resize(begin + length, 0);
    stream.read_exact(&mut bytes[begin..]).ok()?;
    Some(bytes)
}

/// The three agencies, each with its folder.
struct Agencies {
    folders: Vec<tempfile::TempDir>,
    database: Cluster,
    /// The rows given to all so far.
    rows: u64,
}

impl Agencies {
    /// Makes them; returns the id of their common key too.
    fn new(line: &Line) -> (Self, String) {
        let rules = "local all owner trust\nhost all reader 127.0.0.1/32 trust\n";
        let database = Cluster::start(tempfile::tempdir().unwrap(), rules, &[]);
        let columns = "number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id text, \
                       pseudonym text, occurred_at text, kind text, border_point text, \
                       traveller_class text";
        database.run(&format!(
            "CREATE ROLE reader LOGIN; CREATE TABLE crossings ({columns}); \
             CREATE TABLE outbox ({columns}); GRANT SELECT ON crossings TO reader; \
             GRANT SELECT, DELETE ON outbox TO reader"
        ));
        let folders: Vec<_> = SOURCES.iter().map(|_| tempfile::tempdir().unwrap()).collect();
        let id = new_agencies_key(folders[0].path());
        let agencies = Self { folders, database, rows: 0 };
        for (number, name) in SOURCES.iter().enumerate() {
            agencies.settle(number, name, line);
        }
        (agencies, id)
    }

    fn path(&self, number: usize, name: &str) -> PathBuf {
        self.folders[number].path().join(name)
    }

    /// Writes the settings and keys of one of them.
    fn settle(&self, number: usize, name: &str, line: &Line) {
        if number > 0 {
            fs::copy(self.path(0, "agencies.key"), self.path(number, "agencies.key")).unwrap();
        }
        let owner = number as u8 + 1;
        write_private(&self.path(number, "source.key"), &source_key_file(owner));
        let postgres = format!(
            "kind = 'postgres'\n[input.postgres]\nhost = '127.0.0.1'\nport = {}\n\
             database = 'postgres'\nrole = 'reader'\ntls = 'off'\n",
            self.database.port
        );
        let input = match number {
            0 => {
                fs::create_dir(self.path(0, "in")).unwrap();
                "path = 'in'\nsettle_seconds = 0\ntaken = 'delete'\n".to_owned()
            }
            1 => postgres + "query = 'TABLE crossings'\ncursor = 'number'\n",
            _ => postgres + "outbox = 'outbox'\nkey = 'number'\n",
        };
        let settings = format!(
            "[plan]\nintake = 'http://{}'\nsource = '{name}'\nsigning_key = 'source.key'\n\
             signing_key_id = 'k{owner}'\npseudonym_key = 'agencies.key'\n\
             [delivery]\nstate = 'state'\nrows = 7\npoll_seconds = 1\n\
             [[input]]\nname = 'system'\n{input}{}",
            line.address,
            mapping_of_columns()
        );
        write_private(&self.path(number, "agent.toml"), &settings);
    }

    /// Gives each source some rows of a day; returns them as CSV too.
    fn add(&mut self, day: u8) -> String {
        let mut text = String::new();
        let mut statements = String::new();
        for (number, table) in [(0, ""), (1, "crossings"), (2, "outbox")] {
            let rows: Vec<String> = (self.rows..self.rows + ROWS)
                .map(|n| {
                    let kind = if n.is_multiple_of(3) { "EXIT" } else { "ENTRY" };
                    let minute = n % 60;
                    format!(
                        "{number}-{n},syn1:p{number}-{},2024-01-{day}T12:{minute:02}:00Z,{kind},\
                         LO_WU,VISITOR",
                        n / 2
                    )
                })
                .collect();
            let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
            if number == 0 {
                let part = self.path(0, "in/next.part");
                fs::write(&part, format!("{HEADER}{lines}")).unwrap();
                fs::rename(part, self.path(0, &format!("in/{:09}.csv", self.rows))).unwrap();
            } else {
                let values: Vec<String> =
                    rows.iter().map(|row| format!("('{}')", row.replace(',', "','"))).collect();
                let columns = HEADER.trim_end();
                let values = values.join(",");
                writeln!(statements, "INSERT INTO {table} ({columns}) VALUES {values};").unwrap();
            }
            text += &lines;
        }
        self.database.run(&statements);
        self.rows += ROWS;
        text
    }

    fn start(&self, number: usize) -> Child {
        let log = fs::File::create(self.path(number, "log")).unwrap();
        let mut command = agent(self.folders[number].path(), &["run"]);
        command.stdout(Stdio::null()).stderr(log).spawn().unwrap()
    }

    /// Lets each agent deliver what is left.
    fn finish(&self) {
        for folder in &self.folders {
            let done = agent(folder.path(), &["once"]).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
    }
}

fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A clock on a day, before it is over.
fn noon(day: u8) -> String {
    format!("2024-01-{day}T14:00:00Z")
}

/// A clock at which a day is released, whatever its sources declared.
fn after(day: u8) -> String {
    format!("2024-01-{day}T23:30:00Z")
}

/// Serves a store for the line.
fn serve(store: &str, line: &Line, day: u8) -> Intake {
    let intake = Intake::start(store, &noon(day), 1);
    line.server.lock().unwrap().clone_from(&intake.host);
    intake
}

/// Kills by what was killed: agents, server, database, release.
#[derive(Debug, Default)]
struct Kills {
    agents: u64,
    server: u64,
    database: u64,
    release: u64,
}

/// One day under kills, `number` of them while rows come in, and then its release.
fn live(
    place: &Workplace,
    agencies: &mut Agencies,
    line: &Line,
    random: &AtomicU64,
    (day, number): (u8, u64),
    kills: &mut Kills,
) -> String {
    let store = place.text("store");
    let mut text = HEADER.to_owned();
    let mut intake = serve(&store, line, day);
    let mut running: Vec<Child> = (0..SOURCES.len()).map(|number| agencies.start(number)).collect();
    for _ in 0..number {
        text += &agencies.add(day);
        sleep(Duration::from_millis(below(random, 120)));
        match below(random, 6) as usize {
            victim @ 0..=2 => {
                kill(&mut running[victim]);
                running[victim] = agencies.start(victim);
                kills.agents += 1;
            }
            3 | 4 => {
                intake.kill();
                intake = serve(&store, line, day);
                kills.server += 1;
            }
            _ => {
                agencies.database.crash();
                kills.database += 1;
            }
        }
    }
    running.iter_mut().for_each(kill);
    agencies.finish();
    intake.kill();
    let now = after(day);
    for _ in 0..number / 10 {
        let mut command = tidegauge(&["release", &store, "--now", &now]);
        let mut release = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(below(random, 15)));
        if release.try_wait().unwrap().is_none() {
            kills.release += 1;
        }
        kill(&mut release);
    }
    succeed(&["release", &store, "--now", &now]);
    text
}

fn init(place: &Workplace, name: &str) -> String {
    let (directory, plan) = (place.text(name), place.text("plan.toml"));
    let start = "2024-01-18T00:00:00Z";
    let words = ["init", &directory, "--plan", &plan, "--synthetic", "--noise-seed", SEED];
    succeed(&[&words[..], &["--now", start]].concat());
    directory
}

fn main() {
    let given = std::env::args().filter_map(|word| word.parse::<u64>().ok()).next();
    let wished = given.unwrap_or(2000);
    let line = Line::start();
    let (mut agencies, id) = Agencies::new(&line);
    let sources: Vec<String> = (1..).zip(SOURCES).map(|(n, name)| source(name, n, 30)).collect();
    let place = Workplace::with_plan(plan(&sources).replace(delivering::PSEUDONYM_KEY, &id));
    let (store, calm) = (init(&place, "store"), init(&place, "calm"));
    let random = AtomicU64::new(7);
    let mut kills = Kills::default();
    let of_day = wished.div_ceil(DAYS.count() as u64);
    for day in DAYS {
        let text = live(&place, &mut agencies, &line, &random, (day, of_day), &mut kills);
        // The undisturbed store has each source's rows from that source.
        for (number, name) in SOURCES.iter().enumerate() {
            let own = format!("{number}-");
            let rows = text.lines().skip(1).filter(|row| row.starts_with(&own));
            let rows: String = rows.map(|row| format!("{row}\n")).collect();
            let file = place.write("rows.csv", format!("{HEADER}{rows}"));
            succeed(&["ingest", &calm, &file, "--submitter", name, "--now", &noon(day)]);
        }
        succeed(&["release", &calm, "--now", &after(day)]);
        let (disturbed, expected) = (releases(&store), releases(&calm));
        assert!(disturbed == expected, "the releases of 2024-01-{day} differ");
        println!("2024-01-{day}: {kills:?}, {} releases alike", expected.len());
    }
    let rows = agencies.rows * SOURCES.len() as u64;
    assert_eq!(receipts(Path::new(&store)).iter().sum::<u64>(), rows, "rows of all deliveries");
    assert_eq!(agencies.database.run("SELECT count(*) FROM outbox"), "0");
    print!("{}", succeed(&["ledger", "verify", &store]));
    let [requests, answers, repeated] = &*line.faults;
    println!(
        "{kills:?}; {requests:?} requests lost, {answers:?} answers lost, {repeated:?} requests \
         repeated: {rows} rows, each in one delivery, every release as undisturbed"
    );
}
