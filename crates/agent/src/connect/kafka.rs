//! Kafka as an input: some or all partitions of a topic, whose offsets this program keeps itself.
//!
//! No consumer group is used: the offsets lie in the position, which is written together with the
//! delivery. A chunk has the rows of one partition, in the order of their offsets.
//!
//! A topic whose producers use transactions is not read rightly: the client does not leave out what
//! an aborted transaction wrote. Nor is a topic that the broker compacts, where an event disappears
//! because of a later one with its key.
//!
//! Not here: rows of messages ([`super::message`]).
//!
//! Invariants:
//! 1. Reading goes on exactly after the committed offsets
//!    (`tests/inputs`, `kafka::reading_goes_on_after_the_commit`).
//! 2. Messages that the broker deleted before they were read are an error, not silence
//!    (`tests/inputs`, `kafka::a_gap_is_an_error`).
//!
//! Format of a position: for each partition the next offset,
//! `{"topic": "crossings", "offsets": {"0": 17, "1": 5}}`.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rskafka::BackoffConfig;
use rskafka::client::error::{Error as ClientError, ProtocolError};
use rskafka::client::partition::{OffsetAt, PartitionClient, UnknownTopicHandling};
use rskafka::client::{Client, ClientBuilder, Credentials, SaslConfig};
use rskafka::record::RecordAndOffset as FromBroker;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::link::{Failure, Link};
use super::message::{MessageFormat, MessageReader};
use super::protection::{Protection, password};
use super::{Opening, Tls};
use crate::error::{BUSY, CORRUPT, Error, REFUSED};
use crate::rows::{Chunk, FileForm, Input, Item, Next};

/// Bytes that are fetched together at most, or one packet of messages if that is larger.
const BYTES_MAX: i32 = 8 * 1024 * 1024;
/// How long the broker may wait for messages.
const WAIT_MS: i32 = 100;
/// Between two looks for new partitions.
const PARTITIONS_AGE_MAX: Duration = Duration::from_secs(60);

/// How this program proves to a broker who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// SASL PLAIN: the password itself.
    Plain,
    /// SASL SCRAM-SHA-256.
    #[serde(rename = "scram-sha-256")]
    ScramSha256,
    /// SASL SCRAM-SHA-512.
    #[serde(rename = "scram-sha-512")]
    ScramSha512,
}

/// A topic of Kafka as an input.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KafkaPart {
    /// Brokers to begin with, as `kafka.example.org:9093`; they name the others.
    pub brokers: Vec<String>,
    /// The topic.
    pub topic: String,
    /// Its partitions; all of them, also later ones, if there are none here.
    #[serde(default)]
    pub partitions: Vec<i32>,
    /// How messages are written.
    #[serde(default)]
    pub message: MessageFormat,
    /// How to log in, with `login` and `password_file`.
    pub proof: Option<Proof>,
    /// A name to log in with.
    pub login: Option<String>,
    /// A file with its password, mode 0600.
    pub password_file: Option<PathBuf>,
    /// Whether connections are encrypted; clear text must be written out, also on this machine, as
    /// brokers name each other.
    pub tls: Option<Tls>,
    /// Authorities that vouch for the brokers, PEM; otherwise those of the web.
    pub ca: Option<PathBuf>,
    /// This agency's certificate, PEM.
    pub certificate: Option<PathBuf>,
    /// The key of that certificate, PEM, mode 0600.
    pub certificate_key: Option<PathBuf>,
    /// Whether to go on where the broker deleted messages that were not read.
    #[serde(default)]
    pub skip_deleted: bool,
}

/// The next offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Place {
    topic: String,
    offsets: BTreeMap<i32, i64>,
}

/// Clients of the partitions.
struct Connection {
    client: Client,
    partitions: BTreeMap<i32, PartitionClient>,
    listed: Instant,
}

/// How the topic is reached.
struct Door {
    place: String,
    part: KafkaPart,
    folder: PathBuf,
    tls: Option<Arc<rustls::ClientConfig>>,
}

/// A message that was fetched.
struct Message {
    partition: i32,
    offset: i64,
    items: Vec<Item>,
}

/// What the partitions have.
enum Found {
    /// Messages of one partition.
    Messages(Vec<Message>),
    /// Nothing in any partition.
    Nothing,
    /// Nothing that has rows, but the broker has more.
    More,
}

/// A topic as an input.
pub struct Kafka {
    door: Door,
    reader: MessageReader,
    link: Link<Connection>,
    /// Fetched, and not given to the caller yet: of one partition.
    waiting: VecDeque<Message>,
    /// The next offsets to give to the caller.
    place: Place,
    /// The partition that is read first next time.
    turn: i32,
}

impl Door {
    async fn connect(&self) -> Result<Connection, Failure> {
        let backoff = BackoffConfig {
            init_backoff: Duration::from_millis(50),
            max_backoff: Duration::from_millis(500),
            deadline: Some(Duration::from_secs(3)),
            ..BackoffConfig::default()
        };
        let mut builder = ClientBuilder::new(self.part.brokers.clone())
            .client_id("tidegauge-agent")
            .max_message_size(64 * 1024 * 1024)
            .backoff_config(backoff);
        if let Some(tls) = &self.tls {
            builder = builder.tls_config(Arc::clone(tls));
        }
        if let Some(proof) = self.proof().map_err(Failure::Lasting)? {
            builder = builder.sasl_config(proof);
        }
        let client = builder.build().await.map_err(|error| self.failure(&error))?;
        let mut connection =
            Connection { client, partitions: BTreeMap::new(), listed: Instant::now() };
        self.find_partitions(&mut connection).await?;
        Ok(connection)
    }

    fn proof(&self) -> Result<Option<SaslConfig>, Error> {
        match (self.part.proof, &self.part.login, &self.part.password_file) {
            (None, None, None) => Ok(None),
            (Some(proof), Some(login), Some(file)) => {
                let secret = password(&self.folder, file)?;
                let credentials = Credentials::new(login.clone(), secret.to_string());
                Ok(Some(match proof {
                    Proof::Plain => SaslConfig::Plain(credentials),
                    Proof::ScramSha256 => SaslConfig::ScramSha256(credentials),
                    Proof::ScramSha512 => SaslConfig::ScramSha512(credentials),
                }))
            }
            _ => {
                let rule = "proof, login and password_file come together; give all three or none";
                Err(Error::input("settings", &self.place, "proof", rule))
            }
        }
    }

    /// Opens clients for partitions that have none yet.
    async fn find_partitions(&self, connection: &mut Connection) -> Result<(), Failure> {
        let topics = connection.client.list_topics().await.map_err(|error| self.failure(&error))?;
        let topic = topics.into_iter().find(|topic| topic.name == self.part.topic);
        let missing = |rule: &str| {
            let error = Error::input("missing-topic", &self.place, &self.part.topic, rule);
            Failure::Lasting(error)
        };
        let topic = topic.ok_or_else(|| {
            missing(
                "there is no such topic, or it may not be read; check `topic`, and the rights of \
                 the login",
            )
        })?;
        for &number in &self.part.partitions {
            if !topic.partitions.contains(&number) {
                return Err(missing(
                    "does not have all the partitions that are named; check `partitions`",
                ));
            }
        }
        for number in topic.partitions {
            let is_wanted =
                self.part.partitions.is_empty() || self.part.partitions.contains(&number);
            if is_wanted && !connection.partitions.contains_key(&number) {
                let (name, handling) = (topic.name.clone(), UnknownTopicHandling::Error);
                let partition = connection.client.partition_client(name, number, handling).await;
                let partition = partition.map_err(|error| self.failure(&error))?;
                connection.partitions.insert(number, partition);
            }
        }
        connection.listed = Instant::now();
        Ok(())
    }

    /// What an error means; it has names of the protocol and of the topic, never a message.
    fn failure(&self, error: &ClientError) -> Failure {
        // The client keeps the reason of a failed connection to itself, except in this text.
        let text = format!("{error:?}");
        let refused = |code, field, rule: &str| {
            Failure::Lasting(Error::new(REFUSED, code, &self.place, field, rule))
        };
        if text.contains("InvalidCertificate") {
            let rule = "the broker's certificate is refused; check `ca` and `brokers`";
            return refused("certificate", "tls", rule);
        }
        if text.contains("SaslFailed") {
            return refused("login", "proof", "the broker refuses login or password; correct them");
        }
        let ClientError::ServerError { protocol_error, .. } = error else {
            let rule = "the broker does not answer, or not in its protocol; check `brokers` and \
                        the network";
            let place = &self.place;
            return Failure::Broken(Error::new(BUSY, "server-away", place, "connection", rule));
        };
        let rule = format!(
            "the broker refuses it with {protocol_error:?}; check `topic`, the rights of the \
             login and the version of the broker"
        );
        match protocol_error {
            ProtocolError::TopicAuthorizationFailed
            | ProtocolError::ClusterAuthorizationFailed
            | ProtocolError::SaslAuthenticationFailed
            | ProtocolError::UnsupportedSaslMechanism
            | ProtocolError::IllegalSaslState => refused("login", "broker", &rule),
            ProtocolError::UnsupportedVersion | ProtocolError::InvalidTopicException => {
                refused("broker", "broker", &rule)
            }
            _ => Failure::Broken(Error::new(BUSY, "server-away", &self.place, "broker", rule)),
        }
    }

    /// Fetches from the first partition that has something, beginning with number `turn`.
    async fn fetch(
        &self,
        connection: &mut Connection,
        place: &Place,
        turn: i32,
        reader: &MessageReader,
    ) -> Result<Found, Failure> {
        if connection.listed.elapsed() > PARTITIONS_AGE_MAX {
            self.find_partitions(connection).await?;
        }
        let from = connection.partitions.range(turn..);
        let mut has_more = false;
        for (&number, partition) in from.chain(connection.partitions.range(..turn)) {
            let offset = match place.offsets.get(&number) {
                Some(offset) => *offset,
                None => self.earliest(partition).await?,
            };
            let fetched = partition.fetch_records(offset, 1..BYTES_MAX, WAIT_MS).await;
            let (fetched, end) = match fetched {
                Err(ClientError::ServerError {
                    protocol_error: ProtocolError::OffsetOutOfRange,
                    ..
                }) => (self.after_gap(partition).await?, i64::MAX),
                other => other.map_err(|error| self.failure(&error))?,
            };
            let message = |fetched: FromBroker| {
                let payload = Bytes::from(fetched.record.value.unwrap_or_default());
                let line = u64::try_from(fetched.offset).unwrap_or_default();
                let items = reader.items(payload, line);
                Message { partition: number, offset: fetched.offset, items }
            };
            has_more |= fetched.is_empty() && offset < end;
            if !fetched.is_empty() {
                return Ok(Found::Messages(fetched.into_iter().map(message).collect()));
            }
        }
        Ok(if has_more { Found::More } else { Found::Nothing })
    }

    async fn earliest(&self, partition: &PartitionClient) -> Result<i64, Failure> {
        partition.get_offset(OffsetAt::Earliest).await.map_err(|error| self.failure(&error))
    }

    /// The first messages that are left, if the settings pass over those that are gone.
    async fn after_gap(&self, partition: &PartitionClient) -> Result<Vec<FromBroker>, Failure> {
        if !self.part.skip_deleted {
            let rule = "the broker does not have the messages after those that were read: it \
                        deleted them, or the topic was made anew; deliver their rows in another \
                        way and set `skip_deleted = true`";
            let field = format!("{}/{}", self.part.topic, partition.partition());
            let error = Error::new(REFUSED, "messages-gone", &self.place, field, rule);
            return Err(Failure::Lasting(error));
        }
        let offset = self.earliest(partition).await?;
        let fetched = partition.fetch_records(offset, 1..BYTES_MAX, WAIT_MS).await;
        fetched.map(|(messages, _)| messages).map_err(|error| self.failure(&error))
    }
}

impl Kafka {
    /// A topic as an input; `form` is that of messages in CSV.
    ///
    /// Errors: settings that contradict each other, files that cannot be read.
    pub fn new(part: &KafkaPart, form: &FileForm, opening: &Opening<'_>) -> Result<Self, Error> {
        let place = format!("input {}", opening.name);
        let protection = Protection {
            tls: part.tls,
            ca: part.ca.as_ref(),
            certificate: part.certificate.as_ref(),
            certificate_key: part.certificate_key.as_ref(),
        };
        let tls = protection.client(&place, opening.folder, false)?.map(Arc::new);
        let (folder, part) = (opening.folder.to_owned(), part.clone());
        let door = Door { place, part, folder, tls };
        door.proof()?;
        let (format, wanted) = (door.part.message, opening.wanted.clone());
        let offsets = Place { topic: door.part.topic.clone(), offsets: BTreeMap::new() };
        Ok(Self {
            door,
            reader: MessageReader { format, form: form.clone(), wanted },
            link: Link::new(opening)?,
            waiting: VecDeque::new(),
            place: offsets,
            turn: 0,
        })
    }

    /// Hands out what is waiting, without splitting a message.
    fn chunk(&mut self, rows_max: usize) -> Chunk {
        let mut items: Vec<Item> = Vec::new();
        let mut origin = self.door.place.clone();
        while let Some(next) = self.waiting.front() {
            if !items.is_empty() && items.len() + next.items.len() > rows_max {
                break;
            }
            let Some(next) = self.waiting.pop_front() else { break };
            origin = format!("{} {}/{}", self.door.place, self.place.topic, next.partition);
            self.place.offsets.insert(next.partition, next.offset.saturating_add(1));
            items.extend(next.items);
        }
        let position = serde_json::to_value(&self.place).unwrap_or_default();
        Chunk { origin, items, position, ended: None }
    }

    fn parse(&self, position: &Value) -> Result<Place, Error> {
        let place = Place::deserialize(position).map_err(|_| {
            let rule = "is not a position in a topic; an input keeps its name and its kind";
            Error::new(CORRUPT, "state", "state.json", "inputs", rule)
        })?;
        if place.topic == self.door.part.topic {
            return Ok(place);
        }
        let rule = "another topic was read under this name; give the new one a name of its own";
        Err(Error::input("settings", &self.door.place, "topic", rule))
    }
}

impl Input for Kafka {
    /// A message is never split: one that has more rows than are asked for comes whole.
    fn next(&mut self, rows_max: usize) -> Result<Next, Error> {
        if self.waiting.is_empty() {
            let (door, reader, place, turn) = (&self.door, &self.reader, &self.place, self.turn);
            let found = self.link.with(
                async || door.connect().await,
                async |connection| door.fetch(connection, place, turn, reader).await,
            )?;
            match found {
                None | Some(Found::More) => return Ok(Next::Soon),
                Some(Found::Nothing) => return Ok(Next::Waiting),
                Some(Found::Messages(messages)) => self.waiting = messages.into(),
            }
            // The other partitions come first next time.
            self.turn =
                self.waiting.front().map_or(0, |message| message.partition.saturating_add(1));
        }
        Ok(Next::Chunk(self.chunk(rows_max)))
    }

    /// The position is everything that is kept; the broker is told nothing.
    fn commit(&mut self, position: &Value) -> Result<(), Error> {
        self.parse(position).map(|_| ())
    }

    fn rewind(&mut self, position: Option<&Value>) -> Result<(), Error> {
        self.place = match position {
            Some(position) => self.parse(position)?,
            None => Place { topic: self.door.part.topic.clone(), offsets: BTreeMap::new() },
        };
        self.waiting.clear();
        Ok(())
    }
}
