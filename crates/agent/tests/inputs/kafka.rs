//! Kafka: partitions of a topic, against the mock broker of librdkafka.
//!
//! Not here: logins, which the mock broker does not have. Nor has it TLS: that the input encrypts,
//! and to whom, is tested against something that only shakes hands.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use rskafka::client::partition::{Compression, UnknownTopicHandling};
use rskafka::client::{Client, ClientBuilder};
use rskafka::record::Record as ForBroker;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use testkit::processes::Process;
use tidegauge_agent::connect::{Kafka, KafkaPart, Opening};
use tidegauge_agent::error::Error;
use tidegauge_agent::rows::{FileForm, Input, Item, Next, Wanted};
use tokio::runtime::Runtime;

use super::servers::{
    CANARY, Certificates, chunk, first_error, first_fields, numbers, opening, runtime, take_all,
    wanted,
};

/// Makes a cluster with one broker and a topic, prints its address, and then does what it reads.
const BROKER: &str = r#"
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    char fault[512], line[64];
    if (argc != 3) return 2;
    rd_kafka_t *owner = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), fault, sizeof fault);
    rd_kafka_mock_cluster_t *cluster = owner ? rd_kafka_mock_cluster_new(owner, 1) : NULL;
    if (!cluster) return 3;
    if (rd_kafka_mock_topic_create(cluster, argv[1], atoi(argv[2]), 1)) return 4;
    puts(rd_kafka_mock_cluster_bootstraps(cluster));
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        int failed = 0;
        if (!strcmp(line, "down\n")) failed = rd_kafka_mock_broker_set_down(cluster, 1);
        if (!strcmp(line, "up\n")) failed = rd_kafka_mock_broker_set_up(cluster, 1);
        puts(failed ? "failed" : "done");
        fflush(stdout);
    }
    return 0;
}
"#;

const TOPIC: &str = "crossings";

/// A broker.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    address: String,
    process: Process,
    answers: BufReader<std::process::ChildStdout>,
    runtime: Runtime,
}

impl Server {
    pub(crate) fn start(partitions: i32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("broker");
        let mut compiler = Command::new("cc");
        compiler.args(["-x", "c", "-", "-lrdkafka", "-o"]).arg(&program);
        let mut compiler = Process::start(compiler.stdin(Stdio::piped()));
        compiler.0.stdin.take().unwrap().write_all(BROKER.as_bytes()).unwrap();
        let compiled = compiler.0.wait().unwrap();
        assert!(
            compiled.success(),
            "librdkafka-dev is not installed: run ./test, which installs it"
        );
        let mut command = Command::new(&program);
        let command = command.arg(TOPIC).arg(partitions.to_string()).stdin(Stdio::piped());
        let mut process = Process::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
        let answers = BufReader::new(process.0.stdout.take().unwrap());
        let mut server =
            Self { folder, address: String::new(), process, answers, runtime: runtime() };
        server.address = server.answer();
        server
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    pub(crate) fn order(&mut self, word: &str) {
        writeln!(self.process.0.stdin.as_mut().unwrap(), "{word}").unwrap();
        assert_eq!(self.answer(), "done");
    }

    async fn client(&self) -> Client {
        ClientBuilder::new(vec![self.address.clone()]).build().await.unwrap()
    }

    /// Writes messages into a partition.
    pub(crate) fn produce(
        &self,
        partition: i32,
        texts: impl IntoIterator<Item = String>,
        how: Compression,
    ) {
        let message = |text: String| ForBroker {
            key: None,
            value: Some(text.into_bytes()),
            headers: Default::default(),
            timestamp: rskafka::chrono::DateTime::UNIX_EPOCH,
        };
        self.runtime.block_on(async {
            let client = self.client().await;
            let handling = UnknownTopicHandling::Error;
            let partition = client.partition_client(TOPIC, partition, handling).await.unwrap();
            let messages = texts.into_iter().map(message).collect();
            partition.produce(messages, how).await.unwrap();
        });
    }

    fn part(&self) -> KafkaPart {
        let address = &self.address;
        let text = format!("brokers = ['{address}']\ntopic = '{TOPIC}'\ntls = 'off'");
        toml::from_str(&text).unwrap()
    }

    /// The same in the form of `agent.toml`.
    pub(crate) fn settings(&self) -> String {
        let address = &self.address;
        format!(
            "kind = 'kafka'\n[input.kafka]\nbrokers = ['{address}']\ntopic = '{TOPIC}'\n\
             tls = 'off'"
        )
    }

    fn input(&self, wanted: &Wanted) -> Kafka {
        let opening = opening(self.folder.path(), wanted);
        Kafka::new(&self.part(), &FileForm::default(), &opening).unwrap()
    }

    /// The error with which an input ends.
    fn error(&self, part: &KafkaPart, position: Option<serde_json::Value>) -> Error {
        let wanted = wanted(&["id"]);
        let patience = Some(Duration::from_secs(5));
        let opening = Opening { patience, ..opening(self.folder.path(), &wanted) };
        let begun = Kafka::new(part, &FileForm::default(), &opening);
        let mut input = match begun {
            Ok(input) => input,
            Err(error) => return error,
        };
        input.rewind(position.as_ref()).unwrap();
        first_error(&mut input)
    }
}

fn events(range: impl IntoIterator<Item = u64>) -> impl Iterator<Item = String> {
    range.into_iter().map(|id| format!("{{\"id\":{id},\"name\":\"{CANARY}\"}}"))
}

fn sorted(mut taken: Vec<String>) -> Vec<String> {
    taken.sort_by_key(|number| number.parse::<u64>().unwrap());
    taken
}

#[test]
fn rows_arrive_whole_and_in_order() {
    let server = Server::start(3);
    let ways = [
        Compression::NoCompression,
        Compression::Gzip,
        Compression::Lz4,
        Compression::Snappy,
        Compression::Zstd,
    ];
    for (number, how) in (0..).zip(ways) {
        server.produce(0, events(number * 10 + 1..=number * 10 + 10), how);
    }
    server.produce(1, events(51..=60), Compression::Zstd);
    server.produce(2, [String::new(), "{\"id\":61}\n{\"id\":62}".to_owned()], Compression::Lz4);
    let wanted = wanted(&["id"]);
    for rows in [3, 7, 1000] {
        let mut input = server.input(&wanted);
        assert_eq!(sorted(take_all(&mut input, rows)), numbers(1..=62), "{rows}");
    }
    let one = KafkaPart { partitions: vec![0], ..server.part() };
    let opening = opening(server.folder.path(), &wanted);
    let mut input = Kafka::new(&one, &FileForm::default(), &opening).unwrap();
    assert_eq!(take_all(&mut input, 4), numbers(1..=50));
}

#[test]
fn reading_goes_on_after_the_commit() {
    let mut server = Server::start(2);
    server.produce(0, events(1..=30), Compression::Snappy);
    server.produce(1, events(31..=60), Compression::Snappy);
    let wanted = wanted(&["id"]);
    let mut taken = Vec::new();
    let mut position = None;
    for attempt in 0..30 {
        let mut input = server.input(&wanted);
        // As the agent begins.
        if let Some(position) = &position {
            input.commit(position).unwrap();
        }
        input.rewind(position.as_ref()).unwrap();
        let Some(first) = chunk(&mut input, 5) else { break };
        taken.extend(first_fields(&first.items));
        position = Some(first.position);
        match attempt {
            // Killed with rows that have no receipt.
            0 | 3 | 6 => drop(chunk(&mut input, 5)),
            // The broker is away for a while.
            1 => {
                server.order("down");
                input.commit(position.as_ref().unwrap()).unwrap();
                input.rewind(position.as_ref()).unwrap();
                assert!(matches!(input.next(5).unwrap(), Next::Soon));
                server.order("up");
                let next = chunk(&mut input, 5);
                taken.extend(next.iter().flat_map(|next| first_fields(&next.items)));
                position = next.map(|next| next.position).or(position);
            }
            // Given up and read again.
            _ => {
                let given_up = chunk(&mut input, 5).map(|chunk| chunk.items.len());
                input.rewind(position.as_ref()).unwrap();
                assert_eq!(chunk(&mut input, 5).map(|chunk| chunk.items.len()), given_up);
            }
        }
    }
    assert_eq!(sorted(taken), numbers(1..=60));
    let end = serde_json::json!({ "topic": TOPIC, "offsets": { "0": 30, "1": 30 } });
    assert_eq!(position, Some(end));
}

#[test]
fn a_gap_is_an_error() {
    let server = Server::start(1);
    server.produce(0, events(1..=3), Compression::NoCompression);
    let gone = serde_json::json!({ "topic": TOPIC, "offsets": { "0": 1000 } });
    let error = server.error(&server.part(), Some(gone.clone()));
    assert_eq!(error.code(), "messages-gone");
    let wanted = wanted(&["id"]);
    let skip = KafkaPart { skip_deleted: true, ..server.part() };
    let opening = opening(server.folder.path(), &wanted);
    let mut input = Kafka::new(&skip, &FileForm::default(), &opening).unwrap();
    input.rewind(Some(&gone)).unwrap();
    assert_eq!(take_all(&mut input, 10), numbers(1..=3));
    let other = serde_json::json!({ "topic": "other", "offsets": {} });
    assert_eq!(input.rewind(Some(&other)).unwrap_err().code(), "settings");
}

/// Something on a port that shakes hands as `localhost`, and says nothing after that; for each
/// connection whether the hands were shaken.
pub(crate) fn handshakes(certificates: &Certificates) -> (u16, mpsc::Receiver<bool>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chain = CertificateDer::from_pem_file(&certificates.certificate).unwrap();
    let key = PrivateKeyDer::from_pem_file(&certificates.key).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut server = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut is_done = true;
            while is_done && server.is_handshaking() {
                is_done = server.complete_io(&mut stream).is_ok();
            }
            // The other side may have read enough.
            is_done &= server.complete_io(&mut stream).is_ok();
            if sender.send(is_done).is_err() {
                return;
            }
        }
    });
    (port, receiver)
}

#[test]
fn a_broker_is_known_by_its_certificate() {
    let server = Server::start(1);
    let certificates = Certificates::new(server.folder.path(), &["localhost"]);
    let (port, shaken) = handshakes(&certificates);
    let known = KafkaPart {
        brokers: vec![format!("localhost:{port}")],
        tls: None,
        ca: Some("ca.pem".into()),
        ..server.part()
    };
    assert_eq!(server.error(&known, None).code(), "server-away");
    assert!(shaken.recv().unwrap());
    for wrong in [
        KafkaPart { ca: None, ..known.clone() },
        KafkaPart { brokers: vec![format!("127.0.0.1:{port}")], ..known.clone() },
    ] {
        let error = server.error(&wrong, None);
        assert_eq!(error.code(), "certificate", "{error}");
    }
}

#[test]
fn canaries_stay() {
    let mut server = Server::start(1);
    server.produce(0, events(1..=2), Compression::NoCompression);
    server.produce(0, [CANARY.to_owned()], Compression::NoCompression);
    let wanted = wanted(&["id"]);
    let mut input = server.input(&wanted);
    let read = chunk(&mut input, 10).unwrap();
    let rest = chunk(&mut input, 10);
    let items: Vec<&Item> = read.items.iter().chain(rest.iter().flat_map(|c| &c.items)).collect();
    assert!(!format!("{items:?}").contains("CANARY"));
    let Item::Fault(fault) = items[2] else { panic!("no fault") };
    assert_eq!((fault.row, fault.fault.code()), (2, "json-syntax"));

    let wrong = KafkaPart { topic: "other".into(), ..server.part() };
    assert_eq!(server.error(&wrong, None).code(), "missing-topic");
    let wrong = KafkaPart { partitions: vec![7], ..server.part() };
    assert_eq!(server.error(&wrong, None).code(), "missing-topic");
    // Clear text is never taken for granted, as brokers name each other.
    let wrong = KafkaPart { tls: None, ..server.part() };
    assert_eq!(server.error(&wrong, None).code(), "server-away");
    server.order("down");
    assert_eq!(server.error(&server.part(), None).code(), "server-away");
}
