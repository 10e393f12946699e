//! PostgreSQL: a query with a cursor, and an outbox.
//!
//! Not here: settings that are refused before a connection is made.

use std::path::Path;
use std::time::Duration;

use testkit::postgres::{Cluster, give_away};
use testkit::processes::{until, write_private};
use tidegauge_agent::connect::{Opening, PostgresPart, Tls, postgres};
use tidegauge_agent::error::Error;
use tidegauge_agent::rows::{Input, Item, Next, Wanted};
use tokio::runtime::Runtime;
use tokio_postgres::NoTls;

use super::servers::{
    CANARY, Certificates, chunk, fields, first_error, first_fields, numbers, opening, runtime,
    take, take_all, wanted,
};

const PASSWORD: &str = "correct horse battery staple";
const NUMBER: &[&str] = &["id"];

/// A cluster with TLS, and two roles that may read.
pub(crate) struct Server(Cluster);

impl Server {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let certificates = Certificates::new(folder.path(), &["localhost", "127.0.0.1"]);
        give_away(&certificates.key);
        give_away(&certificates.certificate);
        let rules = "local all owner trust\nhostssl all reader 127.0.0.1/32 scram-sha-256\n\
                     hostnossl all plain 127.0.0.1/32 trust\n";
        let (certificate, key) = (certificates.certificate.display(), certificates.key.display());
        let settings = [
            "ssl=on".into(),
            format!("ssl_cert_file={certificate}"),
            format!("ssl_key_file={key}"),
        ];
        let server = Self(Cluster::start(folder, rules, &settings));
        server.admin().run(&format!(
            "CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'; CREATE ROLE plain LOGIN"
        ));
        write_private(&server.folder().join("password"), &format!("{PASSWORD}\n"));
        server
    }

    fn folder(&self) -> &Path {
        self.0.folder()
    }

    pub(crate) fn restart(&mut self) {
        self.0.restart();
    }

    /// A session of the owner.
    pub(crate) fn admin(&self) -> Admin {
        let runtime = runtime();
        let mut config = tokio_postgres::Config::new();
        config.user("owner");
        config.host_path(self.folder()).port(self.0.port).dbname("postgres");
        let mut opened = None;
        until("the server takes sessions", || {
            opened = runtime.block_on(config.connect(NoTls)).ok();
            opened.is_some()
        });
        let (client, connection) = opened.unwrap();
        runtime.spawn(connection);
        Admin { runtime, client }
    }

    /// The settings of an input, with `more` of them.
    fn part(&self, more: &str) -> PostgresPart {
        let text = format!(
            "host = 'localhost'\nport = {}\ndatabase = 'postgres'\nrole = 'reader'\n\
             password_file = 'password'\nca = 'ca.pem'\n{more}",
            self.0.port
        );
        toml::from_str(&text).unwrap()
    }

    /// The same in the form of `agent.toml`.
    pub(crate) fn settings(&self, more: &str) -> String {
        let (path, port) = (self.folder().display(), self.0.port);
        format!(
            "kind = 'postgres'\n[input.postgres]\nhost = 'localhost'\nport = {port}\n\
             database = 'postgres'\nrole = 'reader'\npassword_file = '{path}/password'\n\
             ca = '{path}/ca.pem'\n{more}"
        )
    }

    fn input(&self, more: &str, wanted: &Wanted) -> Box<dyn Input> {
        postgres(&self.part(more), &opening(self.folder(), wanted)).unwrap()
    }

    /// The error with which an input ends.
    fn error(&self, part: &PostgresPart, fields: &[&str]) -> Error {
        let wanted = wanted(fields);
        let patience = Some(Duration::from_secs(5));
        let opening = Opening { patience, ..opening(self.folder(), &wanted) };
        let mut input = match postgres(part, &opening) {
            Ok(input) => input,
            Err(error) => return error,
        };
        first_error(&mut *input)
    }
}

/// A session of the owner.
pub(crate) struct Admin {
    runtime: Runtime,
    client: tokio_postgres::Client,
}

impl Admin {
    pub(crate) fn run(&self, text: &str) {
        self.runtime.block_on(self.client.batch_execute(text)).unwrap();
    }

    pub(crate) fn number(&self, text: &str) -> i64 {
        self.runtime.block_on(self.client.query_one(text, &[])).unwrap().get(0)
    }

    /// Events 1 to `last` in a table of people.
    fn crossings(&self, last: u64) {
        self.run(&format!(
            "CREATE TABLE crossings (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
                 kind text NOT NULL DEFAULT 'ENTRY', name text NOT NULL DEFAULT '{CANARY}'); \
             GRANT SELECT ON crossings TO reader, plain; \
             INSERT INTO crossings (kind) SELECT 'ENTRY' FROM generate_series(1, {last})"
        ));
    }

    fn outbox(&self, last: u64) {
        self.run(&format!(
            "CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
                 kind text NOT NULL DEFAULT 'ENTRY', name text NOT NULL DEFAULT '{CANARY}', \
                 delivered_at timestamptz); \
             GRANT SELECT, DELETE, UPDATE (delivered_at) ON outbox TO reader; \
             INSERT INTO outbox (kind) SELECT 'ENTRY' FROM generate_series(1, {last})"
        ));
    }
}

const QUERY: &str = "query = 'SELECT * FROM crossings -- all of them'\ncursor = 'id'";

#[test]
fn rows_arrive_whole_and_in_order() {
    let server = Server::start();
    let admin = server.admin();
    admin.run(
        "CREATE TABLE events (id int, at timestamptz, local timestamp, day date, flag boolean, \
             amount numeric, ratio float8, raw bytea, code char(3), \
             list text[], \"Odd \"\"name\" text); \
         GRANT SELECT ON events TO reader; \
         ALTER ROLE reader SET timezone = 'Asia/Tokyo'; \
         ALTER ROLE reader SET datestyle = 'German'; \
         INSERT INTO events VALUES \
             (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), \
             (1, '2026-01-31 12:00:00.5+01', '2026-01-31 12:00', '2026-01-31', true, \
              12345678901234567890.10, 0.1, 'hi', 'A', '{a,b}', 'Köln'), \
             (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'never')",
    );
    let names = [
        "id",
        "at",
        "local",
        "day",
        "flag",
        "amount",
        "ratio",
        "raw",
        "code",
        "list",
        "Odd \"name",
    ];
    let wanted = wanted(&names);
    let mut input = server.input("query = 'TABLE events'\ncursor = 'id'", &wanted);
    let chunk = chunk(&mut *input, 10).unwrap();
    let rows: Vec<Vec<String>> = chunk.items.iter().map(|item| fields(item, names.len())).collect();
    let first = [
        "1",
        "2026-01-31T11:00:00.5+00:00",
        "2026-01-31T12:00:00",
        "2026-01-31",
        "true",
        "12345678901234567890.10",
        "0.1",
        "\\x6869",
        "A",
        "{a,b}",
        "Köln",
    ];
    let mut second = ["-"; 11];
    second[0] = "2";
    assert_eq!(rows, [first, second]);
    assert_eq!(chunk.position, serde_json::json!({ "cursor": "2" }));
}

#[test]
fn rows_with_one_cursor_stay_together() {
    let server = Server::start();
    server.admin().run(
        "CREATE TABLE many AS SELECT g AS id, g / 3 AS third FROM generate_series(1, 100) AS g; \
         GRANT SELECT ON many TO reader",
    );
    for rows in [3, 7, 100, 1000] {
        for cursor in ["id", "third"] {
            let more = format!("query = 'SELECT * FROM many'\ncursor = '{cursor}'");
            let wanted = wanted(NUMBER);
            let mut taken = take_all(&mut *server.input(&more, &wanted), rows);
            taken.sort_by_key(|number| number.parse::<u64>().unwrap());
            assert_eq!(taken, numbers(1..=100), "{cursor} {rows}");
        }
    }
    let more = "query = 'SELECT * FROM many'\ncursor = 'third'";
    let error = server.input(more, &wanted(NUMBER)).next(1);
    assert_eq!(error.unwrap_err().code(), "equal-cursors");
    let more = "query = 'SELECT * FROM many'\ncursor = 'id'\nstart = '90'";
    let wanted = wanted(NUMBER);
    assert_eq!(take_all(&mut *server.input(more, &wanted), 4), numbers(91..=100));
}

#[test]
fn reading_goes_on_after_the_commit() {
    let mut server = Server::start();
    server.admin().crossings(30);
    server.admin().outbox(30);
    for more in [QUERY, "outbox = 'public.outbox'", "outbox = 'outbox'\nmark = 'delivered_at'"] {
        let wanted = wanted(NUMBER);
        let mut taken = Vec::new();
        let mut position = None;
        for attempt in 0..9 {
            let mut input = server.input(more, &wanted);
            // As the agent begins.
            if let Some(position) = &position {
                input.commit(position).unwrap();
            }
            input.rewind(position.as_ref()).unwrap();
            let Some(first) = chunk(&mut *input, 5) else { break };
            taken.extend(first_fields(&first.items));
            position = Some(first.position);
            match attempt % 3 {
                // Killed after the receipt, before the input is told.
                0 => {}
                // Told, and then killed with rows that have no receipt.
                1 => {
                    input.commit(position.as_ref().unwrap()).unwrap();
                    let _ = chunk(&mut *input, 5);
                }
                // The server restarts under the input.
                _ => {
                    server.restart();
                    input.commit(position.as_ref().unwrap()).unwrap();
                    let next = chunk(&mut *input, 5);
                    taken.extend(next.iter().flat_map(|next| first_fields(&next.items)));
                    position = next.map(|next| next.position).or(position);
                }
            }
        }
        assert_eq!(taken, numbers(1..=30), "{more}");
        server.admin().run(
            "INSERT INTO outbox (id, kind) OVERRIDING SYSTEM VALUE SELECT g, 'ENTRY' \
             FROM generate_series(1, 30) AS g ON CONFLICT (id) DO UPDATE SET delivered_at = NULL",
        );
    }
}

#[test]
fn a_late_transaction_is_not_lost() {
    let server = Server::start();
    let admin = server.admin();
    admin.crossings(2);
    let wanted = wanted(NUMBER);
    let mut input = server.input(QUERY, &wanted);
    // A smaller number, in a transaction that ends later; and a larger one that is there at once.
    let late = server.admin();
    late.run("BEGIN; INSERT INTO crossings DEFAULT VALUES");
    admin.run("INSERT INTO crossings DEFAULT VALUES");
    assert_eq!(admin.number("SELECT max(id) FROM crossings"), 4);
    assert!(matches!(input.next(10).unwrap(), Next::Soon));
    // A transaction that began after the look holds nothing up.
    let later = server.admin();
    later.run("BEGIN; INSERT INTO crossings DEFAULT VALUES");
    late.run("COMMIT");
    assert_eq!(take(&mut *input, 10), numbers(1..=4));
    admin.run("INSERT INTO crossings DEFAULT VALUES");
    assert!(matches!(input.next(10).unwrap(), Next::Soon));
    later.run("ROLLBACK");
    assert_eq!(take_all(&mut *input, 10), ["6"]);
}

#[test]
fn an_outbox_is_emptied_row_by_row() {
    let server = Server::start();
    let admin = server.admin();
    admin.outbox(2);
    let wanted = wanted(NUMBER);
    let mut input = server.input("outbox = 'outbox'", &wanted);
    let late = server.admin();
    late.run("BEGIN; INSERT INTO outbox DEFAULT VALUES");
    admin.run("INSERT INTO outbox DEFAULT VALUES");
    let first = chunk(&mut *input, 10).unwrap();
    assert_eq!(first_fields(&first.items), ["1", "2", "4"]);
    assert_eq!(first.position, serde_json::json!({ "runs": [[1, 2], [4, 4]] }));
    // What has no receipt stays, and is not read twice by the same input.
    assert!(chunk(&mut *input, 10).is_none());
    assert_eq!(admin.number("SELECT count(*) FROM outbox"), 3);
    late.run("COMMIT");
    input.commit(&first.position).unwrap();
    assert_eq!(admin.number("SELECT id FROM outbox"), 3);
    // Once more, as after a kill: nothing else goes.
    input.commit(&first.position).unwrap();
    assert_eq!(take_all(&mut *input, 10), ["3"]);
    assert_eq!(admin.number("SELECT count(*) FROM outbox"), 0);
    // Keys that are not numbers; a mark instead of a deletion.
    admin.run(
        "CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO reader; \
         CREATE TABLE s.\"Box\" (key uuid PRIMARY KEY DEFAULT gen_random_uuid(), id int, \
             done timestamptz, name text); \
         GRANT SELECT (key, id, done), UPDATE (done) ON s.\"Box\" TO reader; \
         INSERT INTO s.\"Box\" (id) SELECT generate_series(1, 20)",
    );
    let mut input = server.input("outbox = 's.Box'\nkey = 'key'\nmark = 'done'", &wanted);
    let mut taken = take_all(&mut *input, 6);
    taken.sort_by_key(|number| number.parse::<u64>().unwrap());
    assert_eq!(taken, numbers(1..=20));
    assert_eq!(admin.number("SELECT count(*) FROM s.\"Box\" WHERE done IS NOT NULL"), 20);
}

#[test]
fn canaries_stay() {
    let mut server = Server::start();
    let admin = server.admin();
    admin.crossings(3);
    let wanted = wanted(NUMBER);
    let mut input = server.input(QUERY, &wanted);
    let read = chunk(&mut *input, 10).unwrap();
    assert!(!format!("{read:?}").contains("CANARY"));
    // The server's own text would have the value.
    let cast = "query = 'SELECT id, name::int AS number FROM crossings'\ncursor = 'id'";
    let error = server.error(&server.part(cast), &["id", "number"]);
    assert_eq!(
        error.to_string(),
        "input register: statement: the server refuses it with SQLSTATE 22P02; \
                correct the query, or the rights of the role"
    );
    let error = server.error(&server.part(QUERY), &["id", "surname"]);
    assert_eq!(error.code(), "missing-column");
    // A role that may read, and not delete.
    let mut input = server.input("outbox = 'crossings'", &wanted);
    let position = chunk(&mut *input, 10).unwrap().position;
    let error = input.commit(&position).unwrap_err();
    assert_eq!(
        error.to_string(),
        "input register: outbox: the server refuses it with SQLSTATE 42501; correct \
         the query, or the rights of the role"
    );
    // A value of a wanted column that is too long.
    admin.run("UPDATE crossings SET kind = repeat('CANARY', 1000000) WHERE id = 2");
    let long = super::servers::wanted(&["kind"]);
    let chunk = chunk(&mut *server.input(QUERY, &long), 10).unwrap();
    let Item::Fault(fault) = &chunk.items[1] else { panic!("no fault") };
    assert_eq!((fault.row, fault.fault.code()), (2, "too-long"));
    assert!(!format!("{fault:?} {fault}").contains("CANARY"));

    // Who is at the other end, and who asks.
    let wrong = PostgresPart { ca: None, tls: Some(Tls::Verify), ..server.part(QUERY) };
    assert_eq!(server.error(&wrong, NUMBER).code(), "certificate");
    write_private(&server.folder().join("other"), "CANARY");
    let wrong = PostgresPart { password_file: Some("other".into()), ..server.part(QUERY) };
    let error = server.error(&wrong, NUMBER);
    assert_eq!(error.code(), "login");
    assert!(!error.to_string().contains("CANARY"));
    // In clear text on this machine: as the server allows.
    let plain = PostgresPart {
        ca: None,
        password_file: None,
        role: "plain".into(),
        host: "127.0.0.1".into(),
        ..server.part(QUERY)
    };
    let mut input = postgres(&plain, &opening(server.folder(), &wanted)).unwrap();
    assert_eq!(take_all(&mut *input, 10), numbers(1..=3));
    let socket =
        PostgresPart { host: server.folder().display().to_string(), role: "owner".into(), ..plain };
    let mut input = postgres(&socket, &opening(server.folder(), &wanted)).unwrap();
    assert_eq!(take_all(&mut *input, 10), numbers(1..=3));
    // A server that is away.
    server.0.stop();
    assert_eq!(server.error(&server.part(QUERY), NUMBER).code(), "server-away");
}
