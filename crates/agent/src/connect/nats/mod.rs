//! NATS JetStream as an input: a durable pull consumer with explicit acknowledgement.
//!
//! A message is acknowledged once its rows have a receipt, and the server confirms that. The
//! position names what is committed, so that such a message is passed over if it comes again all
//! the same: its acknowledgement was lost with a connection, with this process, or with a server
//! that had not written it down ([`committed`]). To keep the order, an input that begins waits
//! until what another process left unacknowledged is due again (the consumer's `ack_wait`).
//!
//! Not here: rows of messages (`connect::message`), positions ([`committed`]).
//!
//! Invariants:
//! 1. A message is read until its rows are committed and never after that
//!    (`tests/inputs`, `nats::reading_goes_on_after_the_commit`).

mod committed;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::error::Error as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::pull::Config;
use async_nats::jetstream::consumer::{AckPolicy, Consumer};
use async_nats::jetstream::context::ConsumerInfoErrorKind;
use async_nats::jetstream::stream::ConsumerErrorKind;
use async_nats::jetstream::{AckKind, ErrorCode, Message};
use async_nats::{Client, ConnectErrorKind, ConnectOptions};
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use serde_json::Value;

use self::committed::Committed;
use crate::connect::link::{Failure, Link};
use crate::connect::message::{MessageFormat, MessageReader};
use crate::connect::protection::{Protection, is_here, password, refuses_certificate};
use crate::connect::{Opening, Tls};
use crate::error::{BUSY, Error, REFUSED};
use crate::rows::{Chunk, FileForm, Input, Item, Next};

/// Bytes of messages that are fetched together at most, or one message if that is larger.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// Messages that are fetched together at most.
const MESSAGES_MAX: usize = 5000;
/// Acknowledgements that wait for their confirmation together.
const ACKS_MAX: usize = 256;
/// What a consumer that this program makes allows to be under way.
const ACK_PENDING_MAX: i64 = 50_000;
/// After this time unconfirmed messages come again, with a consumer that this program makes.
const ACK_WAIT: Duration = Duration::from_secs(30);

/// A JetStream consumer as an input.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NatsPart {
    /// Servers of one cluster, as `nats://nats.example.org:4222`. Others that they name are not
    /// used.
    pub servers: Vec<String>,
    /// The stream.
    pub stream: String,
    /// The durable consumer. It is made if it is not there.
    pub consumer: String,
    /// The subject of a consumer that is made.
    pub subject: Option<String>,
    /// How messages are written.
    #[serde(default)]
    pub message: MessageFormat,
    /// A file with credentials (`.creds`), mode 0600.
    pub credentials: Option<PathBuf>,
    /// A name to log in with, instead.
    pub login: Option<String>,
    /// A file with its password, mode 0600.
    pub password_file: Option<PathBuf>,
    /// A file with a token, mode 0600, instead.
    pub token_file: Option<PathBuf>,
    /// Whether the connection is encrypted; if nothing is written, always but on this machine.
    pub tls: Option<Tls>,
    /// Authorities that vouch for the servers, PEM; otherwise those of the web.
    pub ca: Option<PathBuf>,
    /// This agency's certificate, PEM.
    pub certificate: Option<PathBuf>,
    /// The key of that certificate, PEM, mode 0600.
    pub certificate_key: Option<PathBuf>,
}

/// A connection to a consumer.
struct Connection {
    client: Client,
    consumer: Consumer<Config>,
    /// When what another process left is due again.
    ready: Instant,
}

/// How messages are reached.
struct Door {
    place: String,
    part: NatsPart,
    folder: PathBuf,
    tls: Option<rustls::ClientConfig>,
    /// Whether nothing was fetched by this process yet.
    begins: bool,
}

/// A message that was fetched and not acknowledged.
struct Held {
    message: Message,
    sequence: u64,
    /// In nanoseconds since 1970.
    published: i64,
}

/// What the server knows of its consumer.
struct Info {
    /// Whether it has nothing for this input, now or later.
    is_empty: bool,
    /// All messages up to this sequence are acknowledged.
    floor: u64,
}

/// A JetStream consumer as an input.
pub struct Nats {
    door: Door,
    reader: MessageReader,
    link: Link<Connection>,
    /// Fetched, and not given to the caller yet.
    waiting: VecDeque<(Held, Vec<Item>)>,
    /// Given to the caller, and not committed yet.
    given: BTreeMap<u64, Held>,
    committed: Committed,
    /// Committed, and to be acknowledged.
    due: Vec<Held>,
}

impl Door {
    fn away(&self, doing: &str, rule: &str) -> Failure {
        Failure::Busy(Error::new(BUSY, "server-away", &self.place, doing, rule))
    }

    fn refused(&self, code: &'static str, field: &str, rule: &str) -> Failure {
        Failure::Lasting(Error::new(REFUSED, code, &self.place, field, rule))
    }

    fn options(&self) -> Result<ConnectOptions, Error> {
        let secret = |file: &PathBuf| password(&self.folder, file);
        let part = &self.part;
        let mut options = ConnectOptions::new()
            .name("tidegauge-agent")
            .connection_timeout(Duration::from_secs(5))
            .request_timeout(Some(Duration::from_secs(10)))
            .ignore_discovered_servers();
        options = match (&part.credentials, &part.login, &part.password_file, &part.token_file) {
            (None, None, None, None) => options,
            (Some(file), None, None, None) => {
                let path = self.folder.join(file);
                crate::secret::check_mode(&path)?;
                let text = std::fs::read_to_string(&path).map_err(Error::system(&path, "read"))?;
                let text = zeroize::Zeroizing::new(text);
                options.credentials(&text).map_err(|_| {
                    let rule = "is no file of credentials; `nsc generate creds` makes one";
                    Error::input("key-format", path.display(), "credentials", rule)
                })?
            }
            (None, Some(login), Some(file), None) => {
                options.user_and_password(login.clone(), secret(file)?.to_string())
            }
            (None, None, None, Some(file)) => options.token(secret(file)?.to_string()),
            _ => {
                let rule = "several proofs are given; give one of credentials, login with \
                            password_file, token_file";
                return Err(Error::input("settings", &self.place, "credentials", rule));
            }
        };
        Ok(match &self.tls {
            Some(tls) => options.require_tls(true).tls_client_config(tls.clone()),
            None => options,
        })
    }

    async fn connect(&self) -> Result<Connection, Failure> {
        let options = self.options().map_err(Failure::Lasting)?;
        let client = options.connect(self.part.servers.as_slice()).await;
        let client = client.map_err(|error| match error.kind() {
            ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
                self.refused("login", "credentials", "the server refuses them; correct them")
            }
            ConnectErrorKind::ServerParse => {
                let rule = "is no address; write one as nats://host:4222";
                Failure::Lasting(Error::input("settings", &self.place, "servers", rule))
            }
            _ if error.source().is_some_and(refuses_certificate) => {
                let rule = "the server's certificate is refused; check `ca` and `servers`";
                self.refused("certificate", "tls", rule)
            }
            kind => self.away(
                "connection",
                &format!("cannot be opened: {kind}; check `servers` and the network"),
            ),
        })?;
        let consumer = self.consumer(&client).await?;
        let info = consumer.cached_info();
        let mut ready = Instant::now();
        if self.begins && info.num_ack_pending > 0 {
            // A little longer: the server looks at what is due only now and then.
            ready += info.config.ack_wait + Duration::from_millis(500);
        }
        Ok(Connection { client, consumer, ready })
    }

    /// The consumer; it is made if it is not there.
    async fn consumer(&self, client: &Client) -> Result<Consumer<Config>, Failure> {
        let context = async_nats::jetstream::new(client.clone());
        let (stream, name) = (&self.part.stream, &self.part.consumer);
        let found = context.get_consumer_from_stream::<Config, _, _>(name, stream).await;
        let consumer = match found {
            Ok(consumer) => consumer,
            Err(error) if is_missing(&error.kind()) => {
                let config = Config {
                    durable_name: Some(name.clone()),
                    ack_policy: AckPolicy::Explicit,
                    ack_wait: ACK_WAIT,
                    max_ack_pending: ACK_PENDING_MAX,
                    filter_subject: self.part.subject.clone().unwrap_or_default(),
                    ..Config::default()
                };
                let made = context.create_consumer_on_stream(config, stream).await;
                made.map_err(|error| self.of_consumer(&error.kind()))?
            }
            Err(error) => return Err(self.of_consumer(&error.kind())),
        };
        let config = &consumer.cached_info().config;
        let is_durable = config.durable_name.is_some();
        if config.ack_policy != AckPolicy::Explicit || config.max_deliver > 0 || !is_durable {
            let rule = "must be durable, acknowledge explicitly and deliver without limit, or \
                        rows could be lost; make it with --ack explicit --max-deliver -1";
            return Err(self.refused("consumer", "consumer", rule));
        }
        Ok(consumer)
    }

    fn of_consumer(&self, kind: &ConsumerErrorKind) -> Failure {
        match kind {
            ConsumerErrorKind::JetStream(error) => {
                let rule = format!(
                    "the server refuses it with JetStream error {}; check stream and permissions",
                    error.error_code().0
                );
                self.refused("consumer", "consumer", &rule)
            }
            ConsumerErrorKind::InvalidConsumerType => self.refused(
                "consumer",
                "consumer",
                "is not a pull consumer; make one, or name another",
            ),
            ConsumerErrorKind::InvalidName => {
                let rule = "has a character that names of streams and consumers do not have; \
                            correct it";
                Failure::Lasting(Error::input("settings", &self.place, "consumer", rule))
            }
            kind => Failure::Broken(Error::new(
                BUSY,
                "server-away",
                &self.place,
                "consumer",
                format_args!(
                    "does not answer: {kind}; check that the server runs, and the network"
                ),
            )),
        }
    }

    /// Confirms messages to the server; those that it confirms.
    async fn acknowledge(&self, due: &[Held]) -> (BTreeSet<u64>, Result<(), Failure>) {
        let acks = due
            .iter()
            .map(|held| async { held.message.double_ack().await.map(|()| held.sequence) });
        let done: Vec<_> = stream::iter(acks).buffer_unordered(ACKS_MAX).collect().await;
        let failed = done.iter().any(Result::is_err);
        let confirmed = done.into_iter().flatten().collect();
        match failed {
            true => (confirmed, Err(self.away("acknowledgement", "is not confirmed"))),
            false => (confirmed, Ok(())),
        }
    }

    /// Fetches what is there now, up to a number of messages.
    async fn fetch(&self, connection: &Connection, messages: usize) -> Result<Vec<Held>, Failure> {
        let largest = connection.client.server_info().max_payload.saturating_add(64 * 1024);
        let fetch = connection.consumer.fetch();
        let fetch = fetch.max_messages(messages.clamp(1, MESSAGES_MAX));
        let fetched = fetch.max_bytes(BYTES_MAX.max(largest)).messages().await;
        let mut fetched = fetched
            .map_err(|error| self.away("fetch", &format!("does not begin: {}", error.kind())))?;
        let mut messages = Vec::new();
        while let Some(message) = fetched.next().await {
            let Ok(message) = message else {
                match messages.is_empty() {
                    true => return Err(self.away("fetch", "was interrupted")),
                    false => break,
                }
            };
            let rule = "a message has no number; is this JetStream?";
            let info = message.info().map_err(|_| self.refused("consumer", "stream", rule))?;
            let published = i64::try_from(info.published.unix_timestamp_nanos());
            let (sequence, published) = (info.stream_sequence, published.unwrap_or(i64::MAX));
            messages.push(Held { message, sequence, published });
        }
        Ok(messages)
    }

    async fn info(&self, connection: &mut Connection) -> Result<Info, Failure> {
        let info = connection.consumer.info().await.map_err(|error| match error.kind() {
            ConsumerInfoErrorKind::NotFound | ConsumerInfoErrorKind::StreamNotFound => {
                self.refused("consumer", "consumer", "was removed while it was read; make it again")
            }
            kind => self.away(
                "consumer",
                &format!("does not answer: {kind}; check that the server runs, and the network"),
            ),
        })?;
        Ok(Info {
            is_empty: info.num_pending == 0 && info.num_ack_pending == 0,
            floor: info.ack_floor.stream_sequence,
        })
    }
}

fn is_missing(kind: &ConsumerErrorKind) -> bool {
    matches!(kind, ConsumerErrorKind::JetStream(error)
        if error.error_code() == ErrorCode::CONSUMER_NOT_FOUND)
}

impl Nats {
    /// A consumer as an input; `form` is that of messages in CSV.
    ///
    /// Errors: settings that contradict each other, files that cannot be read.
    pub fn new(part: &NatsPart, form: &FileForm, opening: &Opening<'_>) -> Result<Self, Error> {
        let place = format!("input {}", opening.name);
        let host = |server: &String| {
            let address = server.parse::<async_nats::ServerAddr>();
            address.map(|address| address.host().to_owned()).map_err(|_| {
                let rule = "is no address; write one as nats://host:4222";
                Error::input("settings", &place, "servers", rule)
            })
        };
        let hosts = part.servers.iter().map(host).collect::<Result<Vec<_>, _>>()?;
        let protection = Protection {
            tls: part.tls,
            ca: part.ca.as_ref(),
            certificate: part.certificate.as_ref(),
            certificate_key: part.certificate_key.as_ref(),
        };
        let is_local = hosts.iter().all(|host| is_here(host));
        let tls = protection.client(&place, opening.folder, is_local)?;
        let (folder, part) = (opening.folder.to_owned(), part.clone());
        let format = part.message;
        Ok(Self {
            door: Door { place, part, folder, tls, begins: true },
            reader: MessageReader { format, form: form.clone(), wanted: opening.wanted.clone() },
            link: Link::new(opening)?,
            waiting: VecDeque::new(),
            given: BTreeMap::new(),
            committed: Committed::default(),
            due: Vec::new(),
        })
    }

    /// Confirms what is due; whether everything is confirmed.
    fn acknowledge(&mut self) -> Result<bool, Error> {
        if self.due.is_empty() {
            return Ok(true);
        }
        let (door, due) = (&self.door, &self.due);
        let mut confirmed = BTreeSet::new();
        let floor = self.link.with(
            async || door.connect().await,
            async |connection| {
                let (acknowledged, result) = door.acknowledge(due).await;
                confirmed = acknowledged;
                result?;
                door.info(connection).await.map(|info| info.floor)
            },
        )?;
        self.due.retain(|held| !confirmed.contains(&held.sequence));
        if let Some(floor) = floor {
            self.committed.raise(floor);
        }
        Ok(floor.is_some())
    }

    /// Fetches messages into `waiting`; whether the consumer is empty. `None`: not known.
    fn fetch(&mut self, rows_max: usize) -> Result<Option<bool>, Error> {
        let door = &self.door;
        let fetched = self.link.with(
            async || door.connect().await,
            async |connection| {
                if Instant::now() < connection.ready {
                    return Ok((Vec::new(), None));
                }
                let messages = door.fetch(connection, rows_max).await?;
                let info = match messages.is_empty() {
                    true => Some(door.info(connection).await?),
                    false => None,
                };
                Ok((messages, info))
            },
        )?;
        let Some((messages, info)) = fetched else { return Ok(None) };
        if let Some(info) = &info {
            self.committed.raise(info.floor);
        }
        // A later reconnection finds only what this process left.
        self.door.begins &= messages.is_empty() && info.is_none();
        for held in messages {
            if self.committed.contains(held.sequence, held.published) {
                self.due.push(held);
            } else if !self.is_here(held.sequence) {
                let items = self.reader.items(held.message.payload.clone(), held.sequence);
                self.waiting.push_back((held, items));
            }
        }
        Ok(Some(info.is_some_and(|info| info.is_empty)))
    }

    /// Whether a message was fetched before.
    fn is_here(&self, sequence: u64) -> bool {
        self.given.contains_key(&sequence)
            || self.waiting.iter().any(|(held, _)| held.sequence == sequence)
    }

    /// Hands out what is waiting, without splitting a message.
    fn chunk(&mut self, rows_max: usize) -> Chunk {
        let mut items: Vec<Item> = Vec::new();
        while let Some((_, next)) = self.waiting.front() {
            if !items.is_empty() && items.len() + next.len() > rows_max {
                break;
            }
            let Some((held, next)) = self.waiting.pop_front() else { break };
            items.extend(next);
            self.given.insert(held.sequence, held);
        }
        let mut after = self.committed.clone();
        self.given.values().for_each(|held| after.add(held.sequence, held.published));
        let (origin, position) = (self.door.place.clone(), after.position());
        Chunk { origin, items, position, ended: None }
    }

    /// Takes what a position names as committed; what this process knows to be acknowledged stays.
    fn set_committed(&mut self, position: Option<&Value>) -> Result<(), Error> {
        let floor = self.committed.floor();
        self.committed = position.map(Committed::parse).transpose()?.unwrap_or_default();
        self.committed.raise(floor);
        let committed = &self.committed;
        let is_committed =
            |_: &u64, held: &mut Held| committed.contains(held.sequence, held.published);
        self.due.extend(self.given.extract_if(.., is_committed).map(|(_, held)| held));
        Ok(())
    }

    /// Gives back what was fetched and not committed, so that it comes again at once.
    fn give_back(&mut self) {
        let waiting = std::mem::take(&mut self.waiting).into_iter().map(|(held, _)| held);
        let given = std::mem::take(&mut self.given).into_values();
        let messages: Vec<Message> = given.chain(waiting).map(|held| held.message).collect();
        if messages.is_empty() {
            return;
        }
        let door = &self.door;
        // If it fails they come again after the consumer's `ack_wait`.
        let _ = self.link.with(async || Err(door.away("connection", "is closed")), {
            async |connection: &mut Connection| {
                for message in &messages {
                    let _ = message.ack_with(AckKind::Nak(None)).await;
                }
                let _ = connection.client.flush().await;
                Ok(())
            }
        });
    }
}

impl Input for Nats {
    /// A message is never split: one that has more rows than are asked for comes whole.
    fn next(&mut self, rows_max: usize) -> Result<Next, Error> {
        if !self.acknowledge()? {
            return Ok(Next::Soon);
        }
        if self.waiting.is_empty() {
            let is_empty = self.fetch(rows_max)?;
            // Messages that came again are confirmed now.
            let is_confirmed = self.acknowledge()?;
            if self.waiting.is_empty() {
                return Ok(match is_empty == Some(true) && is_confirmed {
                    true => Next::Waiting,
                    false => Next::Soon,
                });
            }
        }
        Ok(Next::Chunk(self.chunk(rows_max)))
    }

    /// While the server is away the messages wait to be confirmed, and are not read again.
    fn commit(&mut self, position: &Value) -> Result<(), Error> {
        self.set_committed(Some(position))?;
        self.acknowledge().map(|_| ())
    }

    fn rewind(&mut self, position: Option<&Value>) -> Result<(), Error> {
        self.set_committed(position)?;
        // Read once more from here: the server would send newer messages first.
        for held in std::mem::take(&mut self.given).into_values().rev() {
            let items = self.reader.items(held.message.payload.clone(), held.sequence);
            self.waiting.push_front((held, items));
        }
        Ok(())
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.give_back();
    }
}
