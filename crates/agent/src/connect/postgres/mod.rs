//! PostgreSQL as an input: a query that is read on from a cursor, or an outbox table.
//!
//! Values arrive as text in one form, whatever the server's settings are: times as ISO 8601 in UTC
//! (`2026-01-31T12:00:00+00:00`; without an offset if the column has no time zone), dates as
//! `2026-01-31`, numbers with all their digits, truth values as `true` and `false`, bytes as
//! `\x6869`, and every other type as PostgreSQL's own cast to text writes it. The server sends only
//! the wanted columns, and of a value at most as much as a field may have.
//!
//! Not here: how far each way of reading is ([`query`], [`outbox`]).
//!
//! Invariants:
//! 1. A name from the settings is quoted, so that none of them is run as SQL
//!    (`connect::postgres::tests::names_are_quoted`).

mod outbox;
mod query;
mod session;

use std::path::PathBuf;

use serde::Deserialize;

use super::{Opening, Tls};
use crate::error::Error;
use crate::rows::Input;

/// A PostgreSQL database as an input.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostgresPart {
    /// Its host, or the directory of its Unix socket.
    pub host: String,
    /// Its port.
    #[serde(default = "port")]
    pub port: u16,
    /// The database.
    pub database: String,
    /// The role that logs in.
    pub role: String,
    /// A file with its password, mode 0600.
    pub password_file: Option<PathBuf>,
    /// Whether the connection is encrypted; if nothing is written, always but on this machine.
    pub tls: Option<Tls>,
    /// Authorities that vouch for the server, PEM; otherwise those of the web.
    pub ca: Option<PathBuf>,
    /// This agency's certificate, PEM.
    pub certificate: Option<PathBuf>,
    /// The key of that certificate, PEM, mode 0600.
    pub certificate_key: Option<PathBuf>,
    /// A `SELECT` without `WHERE` on the cursor, without `ORDER BY` and `LIMIT`.
    pub query: Option<String>,
    /// Its column that grows.
    pub cursor: Option<String>,
    /// Where it begins: rows with a greater cursor; with the least one if there is none.
    pub start: Option<String>,
    /// A table whose rows are taken out, as `name` or `schema.name`.
    pub outbox: Option<String>,
    /// Its primary key: one column.
    #[serde(default = "key")]
    pub key: String,
    /// A column of the type `timestamptz` that marks delivered rows; without it they are deleted.
    pub mark: Option<String>,
}

fn port() -> u16 {
    5432
}

fn key() -> String {
    "id".to_owned()
}

/// The input of these settings.
///
/// Errors: settings that contradict each other, files that cannot be read.
pub fn postgres(part: &PostgresPart, opening: &Opening<'_>) -> Result<Box<dyn Input>, Error> {
    let bad = |field: &str, rule: &str| {
        Err(Error::input("settings", format_args!("input {}", opening.name), field, rule))
    };
    match (&part.query, &part.cursor, &part.outbox) {
        (Some(_), Some(_), None) if part.mark.is_some() => {
            bad("mark", "belongs to an outbox; a query only reads")
        }
        (Some(text), Some(cursor), None) => {
            Ok(Box::new(query::Query::new(part, text, cursor, opening)?))
        }
        (Some(_), None, None) => bad("cursor", "a query needs the name of its column that grows"),
        (None, None, Some(table)) => Ok(Box::new(outbox::Outbox::new(part, table, opening)?)),
        _ => bad("query", "give either query and cursor, or outbox"),
    }
}

/// A name as SQL quotes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted() {
        assert_eq!(quoted("id"), "\"id\"");
        assert_eq!(quoted("a\"; DROP TABLE x"), "\"a\"\"; DROP TABLE x\"");
    }
}
