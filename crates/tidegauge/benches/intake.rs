//! How many events a second the intake makes durable over HTTP, beside `tidegauge ingest` of the
//! same rows in the same run. Sources and server share the machine.
//!
//! Not here: the latency of figures.
//!
//! Run: `cargo bench -p tidegauge --bench intake -- [EVENTS] [ROWS OF A DELIVERY]`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../tests/delivering/mod.rs"]
mod delivering;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use testkit::program::succeed;
use tidegauge_delivery::{Delivery, Encoding};

use crate::delivering::{HEADER, Intake, plan, seconds, source, store_of};

const SOURCES: u8 = 4;
const NOW: &str = "2024-02-10T00:00:00Z";

/// Rows of invented persons on the fourteen days of the plan's first window.
fn rows(first: u64, number: u64) -> String {
    let mut text = String::with_capacity(110 * number as usize);
    for n in first..first + number {
        // A multiplication by an odd number scatters the persons.
        let person = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44;
        let (day, hour, minute) = (18 + n % 14, n / 14 % 24, n / 336 % 60);
        let kind = if n % 2 == 0 { "ENTRY" } else { "EXIT" };
        let class = if n % 3 == 0 { "RESIDENT" } else { "VISITOR" };
        writeln!(
            text,
            "e{n},syn1:{person:016x},2024-01-{day}T{hour:02}:{minute:02}:00+08:00,{kind},LO_WU,\
             {class}"
        )
        .unwrap();
    }
    text
}

/// Sends one request over an open connection and reads its answer; returns the status.
fn exchange(stream: &mut BufReader<TcpStream>, request: &[u8]) -> u16 {
    stream.get_mut().write_all(request).unwrap();
    let (mut status, mut length) = (0, 0);
    loop {
        let mut line = String::new();
        assert!(stream.read_line(&mut line).unwrap() > 0, "the connection was closed");
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(rest) = line.strip_prefix("http/1.1 ") {
            status = rest[..3].parse().unwrap();
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    status
}

fn main() {
    let given: Vec<u64> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let events = given.first().copied().unwrap_or(3_000_000);
    let of_delivery = given.get(1).copied().unwrap_or(100_000);
    let sources: Vec<String> = (1..=SOURCES).map(|n| source(&format!("S{n}"), n, 30)).collect();
    let text = plan(&sources);

    let (place, plain) = store_of(&text);
    let file = place.write("all.csv", format!("{HEADER}{}", rows(0, events)));
    let begin = Instant::now();
    succeed(&["ingest", &plain, &file, "--submitter", "S1", "--now", NOW]);
    let ingest = events as f64 / begin.elapsed().as_secs_f64();
    println!("ingest of one CSV file: {ingest:.0} events/s");

    for encoding in [None, Some(Encoding::Zstd)] {
        let (_place, store) = store_of(&text);
        let intake = Intake::start(&store, NOW, 1);
        let requests: Vec<(usize, Vec<u8>)> = (0..events / of_delivery)
            .map(|number| {
                let owner = (number % u64::from(SOURCES)) as u8 + 1;
                let plain = format!("{HEADER}{}", rows(number * of_delivery, of_delivery));
                let body = match encoding {
                    None => plain.into_bytes(),
                    Some(_) => zstd::encode_all(plain.as_bytes(), 1).unwrap(),
                };
                let delivery = Delivery {
                    source: format!("S{owner}"),
                    encoding,
                    ..intake.delivery(&number.to_string(), &body)
                };
                let key = delivering::key(owner);
                let head = delivery.sign(&format!("k{owner}"), seconds(NOW), &key).unwrap();
                let mut bytes = head.to_file(b"");
                bytes.truncate(bytes.len() - 2);
                let rest = format!("Host: x\r\nContent-Length: {}\r\n\r\n", body.len());
                (usize::from(owner - 1), [&bytes[..], rest.as_bytes(), &body].concat())
            })
            .collect();
        let begin = Instant::now();
        std::thread::scope(|scope| {
            for owner in 0..usize::from(SOURCES) {
                let (requests, host) = (&requests, &intake.host);
                scope.spawn(move || {
                    let mut stream = BufReader::new(TcpStream::connect(host).unwrap());
                    for (_, request) in requests.iter().filter(|(of, _)| *of == owner) {
                        assert_eq!(exchange(&mut stream, request), 200);
                    }
                });
            }
        });
        let sent = of_delivery * requests.len() as u64;
        let rate = sent as f64 / begin.elapsed().as_secs_f64();
        let form = encoding.map_or("plain", |_| "zstd");
        println!(
            "HTTP, {SOURCES} sources, deliveries of {of_delivery} rows of CSV, {form}: {rate:.0} \
             events/s, {:.2} of ingest",
            rate / ingest
        );
    }
}
