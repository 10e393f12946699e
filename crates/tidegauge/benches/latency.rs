//! How long after the close of a quarter of an hour its figures are public: three million persons
//! present, 1.3 million events a day from five sources, on a day that runs faster than the clock.
//!
//! Four sources have the real agent, which finds a new export each minute and declares by the time
//! of the export; the fourth is behind a slow line. The fifth is hostile: it declares in time, so
//! that no step waits for it, and otherwise sends whatever it can think of, under its own key and
//! under none. The latency is that of a reader who asks for the newest figure again and again: from
//! the instant at which the step ends to the first answer that has it. All programs share the
//! machine.
//!
//! Not here: throughput (`intake.rs`); kills (`kills.rs`).
//!
//! Run: `cargo build --release -p tidegauge-agent && cargo bench -p tidegauge --bench latency --
//! [STEPS] [TIMES AS FAST] [PERSONS]`, by default a day of 96 steps, 60 and 3000000.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../tests/delivering/mod.rs"]
mod delivering;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use testkit::edit;
use testkit::processes::write_private;
use testkit::program::{Workplace, succeed};
use tidegauge_delivery::{Delivery, Encoding, Head};
use tokio::net::TcpSocket;
use tokio::runtime::Runtime;

use crate::delivering::{
    HEADER, Intake, agent, ask, key, mapping_of_columns, new_agencies_key, source_key_file, talk,
};

const HOURS: &str = include_str!("../../../testdata/hours.toml");
const EVENTS: &str = "1300000";
const MINUTES_OF_STEP: usize = 15;
/// The sources with an agent.
const AGENTS: u8 = 4;
const SLOW: u8 = 4;
const HOSTILE: u8 = 5;
/// Bytes that the slow line takes in a tenth of a second.
const SLOW_BYTES: usize = 3_200;
/// When the store's clock starts, and the day.
const START: &str = "2024-10-01T22:00:00Z";
/// The figure that the reader asks for: the visitors present.
const FIGURE: &str =
    "/v1/data/VISITORS_PRESENT/N15.DE.STOCK.VISITOR?lastNObservations=1&format=csv";

/// The plan of hours by the quarter of an hour, released as soon as its five sources are complete.
fn plan(pseudonym_key: &str) -> String {
    let sources = (1..=HOSTILE).map(|n| {
        let public = STANDARD.encode(key(n).verifying_key().to_bytes());
        format!(
            "[[source]]\nid = \"S{n}\"\nname = \"Source {n}\"\nfrom = \"2024-10-02\"\n\
             complete_every = \"quarter_hour\"\ncomplete_within_minutes = 10\n\
             [[source.key]]\nid = \"k{n}\"\npublic = \"{public}\"\n"
        )
    });
    let intake =
        format!("\n[intake]\nlongest_wait_minutes = 14\npseudonym_key = \"{pseudonym_key}\"\n");
    edit(HOURS)
        .change("statement.start", "2024-10-02")
        .change("statement.release_delay_minutes", 0)
        .text()
        .replace("step = \"hour\"", "step = \"quarter_hour\"")
        + &intake
        + &sources.collect::<String>()
}

fn start() -> Timestamp {
    START.parse().unwrap()
}

/// The end of a minute of the day.
fn end_of(minute: usize) -> Timestamp {
    start() + SignedDuration::from_mins(minute as i64 + 1)
}

/// The rows of one source, by the minute of the day in which they occurred. What occurred before
/// comes in the first.
fn minutes(file: &Path) -> Vec<Vec<String>> {
    let mut minutes = vec![Vec::new(); 24 * 60];
    for line in fs::read_to_string(file).unwrap().lines().skip(1) {
        let at: Timestamp = line.split(',').nth(2).unwrap().parse().unwrap();
        let minute = (at.as_second() - start().as_second()).max(0) / 60;
        minutes[minute as usize].push(line.to_owned());
    }
    minutes
}

/// An agent at work on what is put into its folder, with the agencies' key from another.
fn start_agent(folder: &Path, number: u8, intake: &str, keys: &Path) -> Child {
    fs::create_dir(folder.join("in")).unwrap();
    fs::copy(keys.join("agencies.key"), folder.join("agencies.key")).unwrap();
    write_private(&folder.join("source.key"), &source_key_file(number));
    let settings = format!(
        "[plan]\nintake = \"http://{intake}\"\nsource = \"S{number}\"\n\
         signing_key = \"source.key\"\nsigning_key_id = \"k{number}\"\n\
         pseudonym_key = \"agencies.key\"\n\
         [delivery]\nstate = \"state\"\npoll_seconds = 1\n\
         [[input]]\nname = \"export\"\npath = \"in\"\nsettle_seconds = 0\ntaken = \"delete\"\n\
         complete = \"cursor\"\nlag_minutes = 0\ncomplete_time = {{ column = \"exported\" }}\n\
         {}",
        mapping_of_columns()
    );
    write_private(&folder.join("agent.toml"), &settings);
    let log = fs::File::create(folder.join("log")).unwrap();
    agent(folder, &["run"]).stdout(Stdio::null()).stderr(log).spawn().unwrap()
}

/// Puts what a system exports at the end of a minute into an agent's folder.
fn export(folder: &Path, minute: usize, rows: &[String]) {
    let exported = end_of(minute);
    let header = HEADER.trim_end();
    let lines: String = rows.iter().map(|row| format!("{row},{exported}\n")).collect();
    let part = folder.join("in/next.part");
    fs::write(&part, format!("{header},exported\n{lines}")).unwrap();
    fs::rename(part, folder.join(format!("in/{minute:04}.csv"))).unwrap();
}

/// A line that takes few bytes a second in the direction of the intake; returns its address.
fn slow_line(intake: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (mut client, mut server) = (client.unwrap(), TcpStream::connect(&intake).unwrap());
            let (mut back, mut answers) =
                (client.try_clone().unwrap(), server.try_clone().unwrap());
            // Whichever side ends ends both: the intake ends a connection after a while.
            thread::spawn(move || {
                let _ = std::io::copy(&mut answers, &mut back);
                let _ = back.shutdown(std::net::Shutdown::Both);
            });
            thread::spawn(move || {
                let mut bytes = [0; SLOW_BYTES];
                while let Ok(length @ 1..) = client.read(&mut bytes) {
                    sleep(Duration::from_millis(100));
                    if server.write_all(&bytes[..length]).is_err() {
                        break;
                    }
                }
                let _ = server.shutdown(std::net::Shutdown::Both);
                let _ = client.shutdown(std::net::Shutdown::Both);
            });
        }
    });
    address
}

/// What the hostile source got for what it sent.
type Answers = Mutex<BTreeMap<String, u64>>;

/// The head of a delivery of the hostile source, under its own key or, wrongly, under another.
fn head(delivery: &Delivery, signer: u8) -> Head {
    let created = Timestamp::now().as_second();
    delivery.sign(&format!("k{HOSTILE}"), created, &key(signer)).unwrap()
}

/// A connection from another address than that of the agents, as each has its share.
fn connection(runtime: &Runtime, host: &str) -> std::io::Result<TcpStream> {
    let opened = runtime.block_on(async {
        let socket = TcpSocket::new_v4()?;
        socket.bind("127.0.0.2:0".parse().unwrap())?;
        socket.connect(host.parse().unwrap()).await
    });
    let stream = opened?.into_std()?;
    stream.set_nonblocking(false)?;
    Ok(stream)
}

/// Sends without end what no source should.
fn attack(intake: &Intake, pseudonym_key: &str, answers: &Answers, is_over: &AtomicBool) {
    let bad = format!("{HEADER}{}", "e,syn1:0,2024-13-45T99:00:00Z,NO,NO,NO\n".repeat(20_000));
    let bomb = zstd::encode_all(std::io::repeat(b'x').take(4 << 30), 1).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut number = 0;
    let mut stuck: Vec<TcpStream> = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        number += 1;
        let (body, encoding) = match number % 3 {
            0 => (&bomb[..], Some(Encoding::Zstd)),
            _ => (bad.as_bytes(), None),
        };
        let signer = if number % 3 == 1 { 99 } else { HOSTILE };
        let delivery = Delivery {
            source: format!("S{HOSTILE}"),
            encoding,
            pseudonym_key: Some(pseudonym_key.into()),
            ..intake.delivery(&format!("hostile-{number}"), body)
        };
        let Ok(stream) = connection(&runtime, &intake.host) else { continue };
        let reply = talk(stream, &intake.host, &head(&delivery, signer), body);
        let code = if reply.status == 0 { "none".to_owned() } else { reply.problem().1 };
        *answers.lock().unwrap().entry(format!("{} {code}", reply.status)).or_default() += 1;
        // Requests that never end, a few more bytes each time.
        stuck.retain_mut(|stream| stream.write_all(b"x-slow: 1\r\n").is_ok());
        if stuck.len() < 10
            && let Ok(mut stream) = connection(&runtime, &intake.host)
            && stream.write_all(b"PUT /intake/v1/sources/S5/deliveries/x HTTP/1.1\r\n").is_ok()
        {
            stuck.push(stream);
        }
        sleep(Duration::from_millis(20));
    }
}

/// Declares a step for the hostile source, with its rows.
fn declare(intake: &Intake, pseudonym_key: &str, step: usize, rows: &[Vec<String>]) {
    let rows: String = rows.iter().flatten().map(|row| format!("{row}\n")).collect();
    let body = format!("{HEADER}{rows}").into_bytes();
    let until = Some(end_of((step + 1) * MINUTES_OF_STEP - 1));
    let delivery = Delivery {
        source: format!("S{HOSTILE}"),
        complete_until: until,
        pseudonym_key: Some(pseudonym_key.into()),
        ..intake.delivery(&format!("step-{step}"), &body)
    };
    // Its own attacks are in its way: it has two deliveries at a time, as every source.
    while ask(&intake.host, &head(&delivery, HOSTILE), &body).status != 200 {
        sleep(Duration::from_millis(10));
    }
}

/// Seconds of CPU that a process has taken, and the most memory it has had, in MiB.
fn taken(process: u32) -> (f64, u64) {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let ticks = stat.rsplit_once(')').unwrap().1.split_whitespace().skip(11).take(2);
    let seconds = ticks.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0;
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    let memory: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    (seconds, memory / 1024)
}

/// Whether the newest figure is that of a step, or of a later one.
fn is_public(intake: &Intake, step: usize) -> bool {
    let head = Head::request("GET", FIGURE);
    let reply = ask(&intake.public, &head, b"");
    let begin = start() + SignedDuration::from_mins((step * MINUTES_OF_STEP) as i64);
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let period = zone.to_datetime(begin).strftime("%Y-%m-%dT%H:%M:%S").to_string();
    reply.body.contains(&period)
}

/// A store in which the persons are, and the rows of the day: of each source, by the minute.
fn prepare(place: &Workplace, persons: &str) -> (String, Vec<Vec<Vec<String>>>) {
    let (store, plan, out) = (place.text("store"), place.text("plan.toml"), place.text("events"));
    succeed(&["init", &store, "--plan", &plan, "--synthetic", "--now", "2024-10-01T00:00:00Z"]);
    let day = ["--from", "2024-10-02", "--to", "2024-10-02"];
    let volume = ["--persons", persons, "--events-per-day", EVENTS, "--late", "0"];
    let words = [&["simulate", "plan", &plan, "--out", &out][..], &day, &volume].concat();
    print!("{}", succeed(&words));
    let rows = (1..=HOSTILE).map(|number| {
        let source = format!("S{number}");
        let folder = place.path("events").join(&source);
        let rows = minutes(&folder.join("2024-10-02.csv"));
        fs::remove_file(folder.join("2024-10-02.csv")).unwrap();
        let folder = folder.display().to_string();
        succeed(&["ingest", &store, &folder, "--submitter", &source, "--now", START]);
        rows
    });
    let rows = rows.collect();
    (store, rows)
}

/// Lives so many steps of the day; returns the latency of each. `at` is the instant at which a
/// minute of the day ends.
fn live(
    intake: &Intake,
    pseudonym_key: &str,
    folders: &[&Path],
    rows: &[Vec<Vec<String>>],
    steps: usize,
    at: impl Fn(usize) -> Instant + Copy + Send,
) -> Vec<Duration> {
    let (answers, is_over) = (Answers::default(), AtomicBool::new(false));
    let (answers, is_over) = (&answers, &is_over);
    let wait_for = move |minute| sleep(at(minute).saturating_duration_since(Instant::now()));
    let end = |step: usize| (step + 1) * MINUTES_OF_STEP - 1;
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(move || attack(intake, pseudonym_key, answers, is_over));
        }
        scope.spawn(move || {
            for minute in 0..steps * MINUTES_OF_STEP {
                wait_for(minute);
                for (folder, rows) in folders.iter().zip(rows) {
                    export(folder, minute, &rows[minute]);
                }
            }
        });
        scope.spawn(move || {
            for step in 0..steps {
                wait_for(end(step));
                let own = &rows[usize::from(HOSTILE) - 1];
                declare(intake, pseudonym_key, step, &own[step * MINUTES_OF_STEP..=end(step)]);
            }
        });
        let latencies = (0..steps).map(|step| {
            wait_for(end(step));
            while !is_public(intake, step) {
                sleep(Duration::from_millis(20));
            }
            let latency = at(end(step)).elapsed();
            println!("step {step}: {:.2} s", latency.as_secs_f64());
            latency
        });
        let latencies = latencies.collect();
        is_over.store(true, Ordering::Relaxed);
        println!("answers to the hostile source: {:?}", answers.lock().unwrap());
        latencies
    })
}

fn main() {
    let given: Vec<u64> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let steps = given.first().copied().unwrap_or(96) as usize;
    let speed = given.get(1).copied().unwrap_or(60) as u32;
    let persons = given.get(2).copied().unwrap_or(3_000_000).to_string();

    let keys = tempfile::tempdir().unwrap();
    let id = new_agencies_key(keys.path());
    let place = Workplace::with_plan(plan(&id));
    let (store, rows) = prepare(&place, &persons);
    let intake = Intake::start(&store, START, speed);
    let began = Instant::now();
    let at = |minute: usize| began + Duration::from_secs(60 * (minute as u64 + 1)) / speed;
    let mut agents: Vec<(tempfile::TempDir, Child)> = (1..=AGENTS)
        .map(|number| {
            let folder = tempfile::tempdir().unwrap();
            let host = intake.host.clone();
            let address = if number == SLOW { slow_line(host) } else { host };
            let child = start_agent(folder.path(), number, &address, keys.path());
            (folder, child)
        })
        .collect();
    let folders: Vec<&Path> = agents.iter().map(|(folder, _)| folder.path()).collect();
    let mut latencies = live(&intake, &id, &folders, &rows, steps, at);

    for (folder, child) in &mut agents {
        child.kill().unwrap();
        child.wait().unwrap();
        let log = fs::read_to_string(folder.path().join("log")).unwrap();
        for line in log.lines().filter(|line| !line.starts_with("delivered")) {
            println!("an agent said: {line}");
        }
    }
    let (seconds, memory) = taken(intake.id());
    println!("server: {seconds:.0} s of CPU, {memory} MiB at most");
    let figures = intake.get_public(&FIGURE.replace("lastNObservations=1&", "")).body;
    // The last column names the silent sources.
    let silent = figures.lines().skip(1).filter(|line| !line.trim_end().ends_with(',')).count();
    println!("{steps} steps, of which {silent} lack a source");
    drop(intake);
    print!("{}", succeed(&["ledger", "verify", &store]));
    latencies.sort();
    let rank = |percent: usize| latencies[(latencies.len() * percent).div_ceil(100) - 1];
    println!(
        "from the close of a step to its figure: p50 {:.2} s, p99 {:.2} s",
        rank(50).as_secs_f64(),
        rank(99).as_secs_f64()
    );
}
