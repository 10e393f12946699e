//! NATS JetStream: a durable pull consumer.
//!
//! Not here: how rows of one message are read (`connect::message`).

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::stream::Config as StreamConfig;
use rustix::process::Signal;
use testkit::processes::{Process, free_port, until, wait_for_port, write_private};
use tidegauge_agent::connect::{Nats, NatsPart, Opening};
use tidegauge_agent::error::Error;
use tidegauge_agent::rows::{FileForm, Input, Item, Wanted};
use tokio::runtime::Runtime;

use super::servers::{
    CANARY, Certificates, chunk, first_error, first_fields, numbers, opening, runtime, take,
    take_all, wanted,
};

const PASSWORD: &str = "correct horse battery staple";

/// A server with TLS and a stream.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    port: u16,
    process: Process,
    runtime: Runtime,
}

impl Server {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let certificates = Certificates::new(folder.path(), &["localhost"]);
        let settings = format!(
            "listen: \"127.0.0.1:{port}\"\njetstream {{ store_dir: {:?} }}\n\
             tls {{ cert_file: {:?}, key_file: {:?} }}\n\
             authorization {{ users: [{{ user: agent, password: {PASSWORD:?} }}] }}\n",
            folder.path().join("streams"),
            certificates.certificate,
            certificates.key
        );
        std::fs::write(folder.path().join("nats.conf"), settings).unwrap();
        write_private(&folder.path().join("password"), PASSWORD);
        let process = Self::process(folder.path(), port);
        let server = Self { folder, port, process, runtime: runtime() };
        server.block_on(async {
            let stream = StreamConfig {
                name: "CROSSINGS".into(),
                subjects: vec!["crossings.>".into()],
                ..StreamConfig::default()
            };
            server.context().await.create_stream(stream).await.unwrap();
        });
        server
    }

    fn process(folder: &Path, port: u16) -> Process {
        // Debian has it where not everybody's path leads.
        let debian = Path::new("/usr/sbin/nats-server");
        let program = if debian.exists() { debian } else { Path::new("nats-server") };
        let mut command = Command::new(program);
        command.arg("-c").arg(folder.join("nats.conf"));
        let process = Process::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
        wait_for_port(port);
        process
    }

    fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    async fn context(&self) -> async_nats::jetstream::Context {
        let mut attempts = 0;
        loop {
            let options =
                async_nats::ConnectOptions::with_user_and_password("agent".into(), PASSWORD.into())
                    .add_root_certificates(self.folder.path().join("ca.pem"))
                    .require_tls(true);
            match options.connect(format!("nats://localhost:{}", self.port)).await {
                Ok(client) => return async_nats::jetstream::new(client),
                Err(error) => assert!(attempts < 100, "{error}"),
            }
            attempts += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Publishes messages, one for each text.
    pub(crate) fn publish(&self, texts: impl IntoIterator<Item = String>) {
        self.block_on(async {
            let context = self.context().await;
            for text in texts {
                context.publish("crossings.land", text.into()).await.unwrap().await.unwrap();
            }
        });
    }

    /// A consumer as an administrator makes it.
    pub(crate) fn consumer(&self, name: &str, config: pull::Config) {
        self.block_on(async {
            let config = pull::Config { durable_name: Some(name.into()), ..config };
            let context = self.context().await;
            context.create_consumer_on_stream(config, "CROSSINGS").await.unwrap();
        });
    }

    fn part(&self, consumer: &str) -> NatsPart {
        let text = format!(
            "servers = ['nats://localhost:{}']\nstream = 'CROSSINGS'\nconsumer = '{consumer}'\n\
             login = 'agent'\npassword_file = 'password'\nca = 'ca.pem'",
            self.port
        );
        toml::from_str(&text).unwrap()
    }

    /// The same in the form of `agent.toml`.
    pub(crate) fn settings(&self, consumer: &str) -> String {
        let (path, port) = (self.folder.path().display(), self.port);
        format!(
            "kind = 'nats'\n[input.nats]\nservers = ['nats://localhost:{port}']\n\
             stream = 'CROSSINGS'\nconsumer = '{consumer}'\nlogin = 'agent'\n\
             password_file = '{path}/password'\nca = '{path}/ca.pem'"
        )
    }

    pub(crate) fn restart(&mut self) {
        self.process.stop(Signal::TERM);
        self.process = Self::process(self.folder.path(), self.port);
    }

    fn input(&self, consumer: &str, wanted: &Wanted) -> Nats {
        let opening = opening(self.folder.path(), wanted);
        Nats::new(&self.part(consumer), &FileForm::default(), &opening).unwrap()
    }

    /// The error with which an input ends.
    fn error(&self, part: &NatsPart) -> Error {
        let wanted = wanted(&["id"]);
        let patience = Some(Duration::from_secs(5));
        let opening = Opening { patience, ..opening(self.folder.path(), &wanted) };
        let mut input = match Nats::new(part, &FileForm::default(), &opening) {
            Ok(input) => input,
            Err(error) => return error,
        };
        first_error(&mut input)
    }
}

fn events(range: impl IntoIterator<Item = u64>) -> impl Iterator<Item = String> {
    range.into_iter().map(|id| format!("{{\"id\":{id},\"name\":\"{CANARY}\"}}"))
}

pub(crate) fn config(ack_wait: Duration) -> pull::Config {
    pull::Config { ack_policy: AckPolicy::Explicit, ack_wait, ..pull::Config::default() }
}

#[test]
fn rows_arrive_whole_and_in_order() {
    let server = Server::start();
    server.publish(events(1..=50));
    server.publish([[51, 52, 53].map(|id| format!("{{\"id\":{id}}}")).join("\n")]);
    server.publish(events(54..=60));
    let wanted = wanted(&["id"]);
    for rows in [3, 7, 1000] {
        let mut input = server.input(&format!("rows-{rows}"), &wanted);
        assert_eq!(take_all(&mut input, rows), numbers(1..=60), "{rows}");
        server.publish(events([61]));
        assert_eq!(take_all(&mut input, rows), ["61"]);
        server.block_on(async {
            let context = server.context().await;
            let stream = context.get_stream("CROSSINGS").await.unwrap();
            stream.purge().filter("crossings.none").await.unwrap();
            stream
                .delete_message(stream.get_info().await.unwrap().state.last_sequence)
                .await
                .unwrap();
        });
    }
    // Of one subject only, in CSV.
    server.block_on(async {
        let context = server.context().await;
        context.publish("crossings.sea", "8,x\n9,y\n".into()).await.unwrap().await.unwrap();
    });
    let sea = NatsPart {
        subject: Some("crossings.sea".into()),
        message: toml::Value::from("csv").try_into().unwrap(),
        ..server.part("sea")
    };
    let form = FileForm { header: false, ..FileForm::default() };
    let wanted = super::servers::wanted(&["1"]);
    let mut input = Nats::new(&sea, &form, &opening(server.folder.path(), &wanted)).unwrap();
    assert_eq!(take_all(&mut input, 10), ["8", "9"]);
}

#[test]
fn reading_goes_on_after_the_commit() {
    let mut server = Server::start();
    server.publish(events(1..=60));
    server.consumer("agent", config(Duration::from_secs(2)));
    let wanted = wanted(&["id"]);
    let mut taken = Vec::new();
    let mut position = None;
    for attempt in 0..20 {
        let mut input = server.input("agent", &wanted);
        // As the agent begins.
        if let Some(position) = &position {
            input.commit(position).unwrap();
        }
        input.rewind(position.as_ref()).unwrap();
        let Some(first) = chunk(&mut input, 5) else { break };
        taken.extend(first_fields(&first.items));
        position = Some(first.position);
        match attempt % 4 {
            // Ended after the receipt, before the input is told.
            0 => {}
            // Told, and then killed with rows that have no receipt: nothing is given back.
            1 => {
                input.commit(position.as_ref().unwrap()).unwrap();
                let _ = chunk(&mut input, 5);
                std::mem::forget(input);
            }
            // The server restarts under the input.
            2 => {
                server.restart();
                input.commit(position.as_ref().unwrap()).unwrap();
                let next = chunk(&mut input, 5);
                taken.extend(next.iter().flat_map(|next| first_fields(&next.items)));
                position = next.map(|next| next.position).or(position);
            }
            // Given up and read again.
            _ => {
                input.commit(position.as_ref().unwrap()).unwrap();
                let given_up = chunk(&mut input, 5).map(|chunk| first_fields(&chunk.items));
                input.rewind(position.as_ref()).unwrap();
                let again = chunk(&mut input, 5).map(|chunk| first_fields(&chunk.items));
                assert_eq!(again, given_up);
            }
        }
    }
    assert_eq!(taken, numbers(1..=60));
}

#[test]
fn what_is_delivered_slowly_is_not_read_again() {
    let server = Server::start();
    server.publish(events(1..=6));
    server.consumer("agent", config(Duration::from_secs(1)));
    let wanted = wanted(&["id"]);
    let mut input = server.input("agent", &wanted);
    let first = chunk(&mut input, 3).unwrap();
    // The intake is away for longer than the consumer waits for an acknowledgement.
    std::thread::sleep(Duration::from_secs(3));
    input.commit(&first.position).unwrap();
    assert_eq!(take(&mut input, 3), numbers(4..=6));
    assert!(chunk(&mut input, 3).is_none());
    server.block_on(async {
        let context = server.context().await;
        let found =
            context.get_consumer_from_stream::<pull::Config, _, _>("agent", "CROSSINGS").await;
        let info = found.unwrap().get_info().await.unwrap();
        assert_eq!((info.num_ack_pending, info.ack_floor.stream_sequence), (0, 6));
    });
}

#[test]
fn canaries_stay() {
    let mut server = Server::start();
    server.publish(events(1..=2));
    server.publish([CANARY.to_owned()]);
    let wanted = wanted(&["id"]);
    let mut input = server.input("agent", &wanted);
    let read = chunk(&mut input, 10).unwrap();
    assert!(!format!("{read:?}").contains("CANARY"));
    let Item::Fault(fault) = &read.items[2] else { panic!("no fault") };
    assert_eq!((fault.row, fault.fault.code()), (3, "json-syntax"));
    drop(input);

    let wrong = NatsPart { ca: None, ..server.part("agent") };
    assert_eq!(server.error(&wrong).code(), "certificate");
    write_private(&server.folder.path().join("other"), CANARY);
    let wrong = NatsPart { password_file: Some("other".into()), ..server.part("agent") };
    let error = server.error(&wrong);
    assert_eq!(error.code(), "login");
    assert!(!error.to_string().contains("CANARY"));
    let wrong = NatsPart { stream: "OTHER".into(), ..server.part("agent") };
    assert_eq!(server.error(&wrong).code(), "consumer");
    // Consumers that would lose rows.
    server.consumer("no-ack", pull::Config { ack_policy: AckPolicy::None, ..<_>::default() });
    assert_eq!(server.error(&server.part("no-ack")).code(), "consumer");
    let limited = pull::Config { max_deliver: 3, ..config(Duration::from_secs(1)) };
    server.consumer("limited", limited);
    assert_eq!(server.error(&server.part("limited")).code(), "consumer");
    // A server that is away.
    server.process.stop(Signal::TERM);
    until("the port is free", || std::net::TcpStream::connect(("127.0.0.1", server.port)).is_err());
    assert_eq!(server.error(&server.part("agent")).code(), "server-away");
}
