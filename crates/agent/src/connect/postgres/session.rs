//! A session with PostgreSQL: how it is opened, what its errors mean, and values as text.
//!
//! Not here: which rows are read.
//!
//! Invariants:
//! 1. Of a server's error only its SQLSTATE is printed: its text may quote a row
//!    (`tests/inputs`, `postgres::canaries_stay`).

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::config::SslMode;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, NoTls, Row as Answer};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{PostgresPart, quoted};
use crate::connect::Opening;
use crate::connect::link::Failure;
use crate::connect::protection::{Protection, is_here, password, refuses_certificate};
use crate::error::{BUSY, Error, REFUSED};
use crate::rows::{FIELD_BYTES_MAX, Item, Row, Wanted};

/// Bytes of values that are taken together at most.
const BYTES_MAX: usize = 16 * 1024 * 1024;
/// The longest time to open a connection.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// The form of values, for one transaction: poolers may give the next one to another session.
const FORM: &str = "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; \
                    SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL bytea_output = 'hex'; \
                    SET LOCAL extra_float_digits = 3; SET LOCAL statement_timeout = '60s'; \
                    SET LOCAL lock_timeout = '10s'";

/// How to reach a database.
pub(super) struct Door {
    pub(super) place: String,
    folder: PathBuf,
    part: PostgresPart,
    tls: Option<rustls::ClientConfig>,
    wanted: Wanted,
}

/// An open session, and what is known about the rows that it reads.
pub(super) struct Session {
    pub(super) client: Client,
    /// The wanted columns as text, as a list for `SELECT`.
    pub(super) columns: String,
    /// The type of the cursor or key.
    pub(super) key_type: String,
}

/// A row that was read, with its cursor or key.
pub(super) struct Read {
    pub(super) key: String,
    pub(super) item: Item,
}

impl Door {
    /// Errors: settings and files that do not fit.
    pub(super) fn new(part: &PostgresPart, opening: &Opening<'_>) -> Result<Self, Error> {
        let place = format!("input {}", opening.name);
        let protection = Protection {
            tls: part.tls,
            ca: part.ca.as_ref(),
            certificate: part.certificate.as_ref(),
            certificate_key: part.certificate_key.as_ref(),
        };
        let tls = protection.client(&place, opening.folder, is_here(&part.host))?;
        let (folder, part) = (opening.folder.to_owned(), part.clone());
        Ok(Self { place, folder, part, tls, wanted: opening.wanted.clone() })
    }

    /// Opens a session on rows of `source`, an item of `FROM`, with a cursor or key.
    pub(super) async fn open(&self, source: &str, key: &str) -> Result<Session, Failure> {
        let opened = tokio::time::timeout(CONNECT_MAX, self.client()).await;
        let client = opened.unwrap_or_else(|_| {
            Err(self.away("the server does not answer; check that it runs, and the network"))
        })?;
        let key_type = self.column(&client, source, key).await?;
        let mut columns = String::new();
        for name in self.wanted.names() {
            let kind = self.column(&client, source, name).await?;
            let name = quoted(name);
            // JSON has one form for times, which no setting changes.
            let text = match kind == Type::TIMESTAMPTZ || kind == Type::TIMESTAMP {
                true => format!("to_jsonb(q.{name}) #>> '{{}}'"),
                false => format!("q.{name}::text"),
            };
            columns.push_str(&format!(", left({text}, {})", FIELD_BYTES_MAX + 1));
        }
        let key_type = format!("{}.{}", quoted(key_type.schema()), quoted(key_type.name()));
        Ok(Session { client, columns, key_type })
    }

    async fn client(&self) -> Result<Client, Failure> {
        let mut config = Config::new();
        config.user(&self.part.role).dbname(&self.part.database);
        config.application_name("tidegauge-agent");
        if let Some(file) = &self.part.password_file {
            let password = password(&self.folder, file).map_err(Failure::Lasting)?;
            config.password(password.as_str());
        }
        let (host, port) = (self.part.host.as_str(), self.part.port);
        if host.starts_with('/') {
            let socket = Path::new(host).join(format!(".s.PGSQL.{port}"));
            let stream =
                UnixStream::connect(socket).await.map_err(|error| self.unreached(&error))?;
            let opened = config.connect_raw(stream, NoTls).await;
            let (client, connection) = opened.map_err(|error| self.failure("login", &error))?;
            // Its end is seen by the next statement.
            tokio::spawn(connection);
            return Ok(client);
        }
        let stream = TcpStream::connect((host, port)).await;
        let stream = stream.map_err(|error| self.unreached(&error))?;
        // Without it only larger delays.
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else {
            let opened = config.ssl_mode(SslMode::Disable).connect_raw(stream, NoTls).await;
            let (client, connection) = opened.map_err(|error| self.failure("login", &error))?;
            tokio::spawn(connection);
            return Ok(client);
        };
        let mut maker = MakeRustlsConnect::new(tls.clone());
        let connector =
            tokio_postgres::tls::MakeTlsConnect::<TcpStream>::make_tls_connect(&mut maker, host)
                .map_err(|_| {
                    Failure::Lasting(self.fault(
                        "certificate",
                        "host",
                        "is no name of a host; correct it",
                    ))
                })?;
        let opened = config.ssl_mode(SslMode::Require).connect_raw(stream, connector).await;
        let (client, connection) = opened.map_err(|error| self.failure("login", &error))?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// The type of a column.
    async fn column(&self, client: &Client, source: &str, name: &str) -> Result<Type, Failure> {
        let text = format!("SELECT q.{} FROM {source} AS q", quoted(name));
        match client.prepare(&text).await {
            Ok(statement) => match statement.columns() {
                [column] => Ok(column.type_().clone()),
                _ => Err(Failure::Lasting(self.fault(
                    "sql",
                    name,
                    "is not one column; name one column",
                ))),
            },
            Err(error) if error.code().is_some_and(|code| code.code() == "42703") => {
                let rule = "there is no such column, or the role may not read it; check its \
                            spelling and the rights of the role";
                Err(Failure::Lasting(self.fault("missing-column", name, rule)))
            }
            Err(error) => Err(self.failure("statement", &error)),
        }
    }

    /// An error of the input.
    pub(super) fn fault(&self, code: &'static str, field: &str, rule: &str) -> Error {
        Error::input(code, &self.place, field, rule)
    }

    fn away(&self, rule: &str) -> Failure {
        Failure::Broken(Error::new(BUSY, "server-away", &self.place, "connection", rule))
    }

    fn unreached(&self, error: &io::Error) -> Failure {
        self.away(&format!("cannot be opened: {}; check `host` and the network", error.kind()))
    }

    /// What an error means. `doing` is what was tried; the server's own text is not used.
    pub(super) fn failure(&self, doing: &str, error: &tokio_postgres::Error) -> Failure {
        if let Some(state) = error.code() {
            let code = state.code();
            // Connections, resources, other transactions, the operator: these pass.
            let passes = ["08", "40", "53", "55", "57", "58"]
                .iter()
                .any(|class| code.starts_with(class) && code != "55000");
            let is_login = code.starts_with("28");
            let next = match (passes, is_login) {
                (true, _) => "check the state of the server",
                (false, true) => "check role, password and pg_hba.conf",
                (false, false) => "correct the query, or the rights of the role",
            };
            let rule = format!("the server refuses it with SQLSTATE {code}; {next}");
            return match passes {
                true => Failure::Broken(Error::new(BUSY, "server-away", &self.place, doing, rule)),
                false if is_login => {
                    let error = Error::new(REFUSED, "login", &self.place, doing, rule);
                    Failure::Lasting(error)
                }
                false => Failure::Lasting(self.fault("sql", doing, &rule)),
            };
        }
        if refuses_certificate(error) {
            let rule = "the server's certificate is refused; check `ca` and `host`";
            let error = Error::new(REFUSED, "certificate", &self.place, "tls", rule);
            return Failure::Lasting(error);
        }
        let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref());
        if let Some(cause) = cause {
            return self.unreached(cause);
        }
        if error.to_string().starts_with("error performing TLS handshake") {
            let rule = "the server does not encrypt; let it, or write tls = \"off\"";
            return Failure::Lasting(Error::new(REFUSED, "no-tls", &self.place, "tls", rule));
        }
        if doing == "login" && !error.is_closed() {
            let rule = "the server asks for another proof than a password; see password_file";
            return Failure::Lasting(Error::new(REFUSED, "login", &self.place, doing, rule));
        }
        self.away("was closed; check that the server runs, and the network")
    }

    /// Begins a transaction; `mode` as SQL has it.
    pub(super) async fn begin(&self, client: &Client, mode: &str) -> Result<(), Failure> {
        let text = format!("BEGIN ISOLATION LEVEL {mode}; {FORM}");
        client.batch_execute(&text).await.map_err(|error| self.failure("transaction", &error))
    }

    pub(super) async fn commit(&self, client: &Client) -> Result<(), Failure> {
        client.batch_execute("COMMIT").await.map_err(|error| self.failure("transaction", &error))
    }

    /// The rows of a statement whose first column is the cursor or key, until there are too many
    /// bytes; and whether all were read.
    pub(super) async fn read(
        &self,
        client: &Client,
        text: &str,
        values: &[&(dyn ToSql + Sync)],
        first_number: u64,
    ) -> Result<(Vec<Read>, bool), Failure> {
        let failure = |error| self.failure("statement", &error);
        let values = values.iter().map(|&value| value as &dyn ToSql);
        let stream = client.query_raw(text, values).await.map_err(failure)?;
        let mut stream = std::pin::pin!(stream);
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while let Some(answer) = stream.try_next().await.map_err(failure)? {
            let key: String = answer.try_get(0).map_err(failure)?;
            bytes += answer.raw_size_bytes();
            let number = key.parse().unwrap_or(first_number + rows.len() as u64);
            let item = self.item(&answer, number)?;
            rows.push(Read { key, item });
            if bytes > BYTES_MAX {
                return Ok((rows, false));
            }
        }
        Ok((rows, true))
    }

    fn item(&self, answer: &Answer, number: u64) -> Result<Item, Failure> {
        let mut row: Row = self.wanted.row(number);
        for (place, name) in self.wanted.names().iter().enumerate() {
            let text: Option<&str> =
                answer.try_get(place + 1).map_err(|error| self.failure("statement", &error))?;
            if let Some(Err(fault)) = text.map(|text| row.set(place, text)) {
                return Ok(Item::Fault(fault.at(number, name)));
            }
        }
        Ok(Item::Row(row))
    }
}
