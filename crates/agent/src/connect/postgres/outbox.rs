//! An outbox: a table into which the agency's system writes, in the same transaction as the change
//! itself, and from which delivered rows are deleted (or in which they are marked).
//!
//! What is read next is whatever is there, in the order of the key, and exactly the rows that were
//! delivered are taken out, in one transaction. So it does not matter when a row becomes visible:
//! one with a smaller key that is committed later is there at the next look.
//!
//! Not here: sessions and errors ([`super::session`]).
//!
//! Invariants:
//! 1. Only rows with a receipt are taken out, each by its own key, so that a row that became
//!    visible meanwhile stays (`tests/inputs`, `postgres::an_outbox_is_emptied_row_by_row`).
//! 2. Keys are noted as they are or as runs, and come back the same
//!    (`connect::postgres::outbox::tests::keys_come_back`).
//!
//! Format of a position: the rows to take out, `{"runs": [[1, 20000], [20003, 20010]]}`, with
//! `"keys": ["a", "b"]` for keys that are not whole numbers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::session::{Door, Read, Session};
use super::{PostgresPart, quoted};
use crate::connect::Opening;
use crate::connect::link::{Failure, Link};
use crate::connect::runs::Runs;
use crate::error::{CORRUPT, Error};
use crate::rows::{Chunk, Input, Next};

/// The rows of a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
struct Place {
    /// Keys that are whole numbers.
    #[serde(skip_serializing_if = "Runs::is_empty")]
    runs: Runs,
    /// Other keys.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    keys: BTreeSet<String>,
}

impl Place {
    fn new(keys: &[String]) -> Self {
        let numbers = keys.iter().filter_map(|key| whole(key));
        let others = keys.iter().filter(|key| whole(key).is_none());
        Self { runs: Runs::new(numbers), keys: others.cloned().collect() }
    }

    /// The keys; `None` if they cannot be those of a delivery.
    fn keys(&self) -> Option<BTreeSet<String>> {
        let numbers = self.runs.numbers()?.into_iter().map(|number| number.to_string());
        Some(numbers.chain(self.keys.iter().cloned()).collect())
    }
}

/// A whole number in the only form that it is written back in.
fn whole(key: &str) -> Option<u64> {
    key.parse().ok().filter(|number: &u64| number.to_string() == key)
}

/// How the table is read.
struct Reader {
    door: Door,
    table: String,
    key: String,
    mark: Option<String>,
    /// The rows that were read and are not taken out yet.
    read: BTreeSet<String>,
    /// Those of them that are delivered.
    delivered: BTreeSet<String>,
    number: u64,
}

/// An outbox as an input.
pub(super) struct Outbox {
    reader: Reader,
    link: Link<Session>,
}

impl Outbox {
    pub(super) fn new(
        part: &PostgresPart,
        table: &str,
        opening: &Opening<'_>,
    ) -> Result<Self, Error> {
        let reader = Reader {
            door: Door::new(part, opening)?,
            table: table.split('.').map(quoted).collect::<Vec<_>>().join("."),
            key: part.key.clone(),
            mark: part.mark.clone(),
            read: BTreeSet::new(),
            delivered: BTreeSet::new(),
            number: 1,
        };
        Ok(Self { reader, link: Link::new(opening)? })
    }

    /// Takes out what is delivered, if the server is there.
    fn take_out(&mut self) -> Result<bool, Error> {
        let reader = &self.reader;
        if reader.delivered.is_empty() {
            return Ok(true);
        }
        let connect = async || reader.door.open(&reader.table, &reader.key).await;
        let take_out = async |session: &mut Session| reader.take_out(session).await;
        let is_done = self.link.with(connect, take_out)?.is_some();
        if is_done {
            for key in std::mem::take(&mut self.reader.delivered) {
                self.reader.read.remove(&key);
            }
        }
        Ok(is_done)
    }
}

impl Reader {
    async fn take_out(&self, session: &Session) -> Result<(), Failure> {
        let (table, key, kind) = (&self.table, quoted(&self.key), &session.key_type);
        let chosen = format!("q.{key} = ANY(CAST($1::text[] AS {kind}[]))");
        let text = match self.mark.as_deref().map(quoted) {
            None => format!("DELETE FROM {table} AS q WHERE {chosen}"),
            Some(mark) => format!(
                "UPDATE {table} AS q SET {mark} = now() WHERE {chosen} AND q.{mark} IS NULL"
            ),
        };
        let keys: Vec<&String> = self.delivered.iter().collect();
        let client = &session.client;
        self.door.begin(client, "READ COMMITTED").await?;
        let taken_out = client.execute(&text, &[&keys]).await;
        taken_out.map_err(|error| self.door.failure("outbox", &error))?;
        self.door.commit(client).await
    }

    async fn rows(&self, session: &Session, rows_max: usize) -> Result<Vec<Read>, Failure> {
        let (table, key, kind) = (&self.table, quoted(&self.key), &session.key_type);
        let unmarked = match self.mark.as_deref().map(quoted) {
            None => String::new(),
            Some(mark) => format!("AND q.{mark} IS NULL"),
        };
        let text = format!(
            "SELECT q.{key}::text{} FROM {table} AS q \
             WHERE q.{key} <> ALL(CAST($1::text[] AS {kind}[])) {unmarked} \
             ORDER BY q.{key} LIMIT $2::bigint",
            session.columns
        );
        let read: Vec<&String> = self.read.iter().collect();
        let limit = i64::try_from(rows_max).unwrap_or(i64::MAX);
        self.door.begin(&session.client, "REPEATABLE READ READ ONLY").await?;
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 2] = [&read, &limit];
        let (rows, _) = self.door.read(&session.client, &text, &values, self.number).await?;
        self.door.commit(&session.client).await?;
        Ok(rows)
    }
}

impl Input for Outbox {
    fn next(&mut self, rows_max: usize) -> Result<Next, Error> {
        if !self.take_out()? {
            return Ok(Next::Soon);
        }
        let reader = &self.reader;
        let connect = async || reader.door.open(&reader.table, &reader.key).await;
        let look = async |session: &mut Session| reader.rows(session, rows_max).await;
        let Some(rows) = self.link.with(connect, look)? else { return Ok(Next::Soon) };
        if rows.is_empty() {
            return Ok(Next::Waiting);
        }
        let keys: Vec<String> = rows.iter().map(|row| row.key.clone()).collect();
        let position = serde_json::to_value(Place::new(&keys)).unwrap_or_default();
        self.reader.number += rows.len() as u64;
        self.reader.read.extend(keys);
        Ok(Next::Chunk(Chunk {
            origin: self.reader.door.place.clone(),
            items: rows.into_iter().map(|row| row.item).collect(),
            position,
            ended: None,
        }))
    }

    /// While the server is away the rows wait to be taken out, and are not read again.
    fn commit(&mut self, position: &Value) -> Result<(), Error> {
        let keys = parse(position)?;
        self.reader.read.extend(keys.iter().cloned());
        self.reader.delivered.extend(keys);
        self.take_out().map(|_| ())
    }

    fn rewind(&mut self, _position: Option<&Value>) -> Result<(), Error> {
        self.reader.read.clone_from(&self.reader.delivered);
        Ok(())
    }
}

fn parse(position: &Value) -> Result<BTreeSet<String>, Error> {
    // A structure would be read from a list too.
    let place = position.is_object().then(|| Place::deserialize(position).ok()).flatten();
    let keys = place.and_then(|place| place.keys());
    keys.ok_or_else(|| {
        let rule = "is not a position in an outbox; an input keeps its name and its kind";
        Error::new(CORRUPT, "state", "state.json", "inputs", rule)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back() {
        for keys in [
            vec!["1", "2", "3", "7", "9", "10"],
            vec!["-1", "0", "18446744073709551615", "1", "02"],
            vec!["6f1c", "6f1d", "1,2", ""],
        ] {
            let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
            let position = serde_json::to_value(Place::new(&keys)).unwrap();
            assert_eq!(parse(&position).unwrap(), keys.into_iter().collect(), "{position}");
        }
        for broken in ["{\"runs\":[[0,9223372036854775807]]}", "{\"rows\":1}", "[]"] {
            assert!(parse(&serde_json::from_str(broken).unwrap()).is_err(), "{broken}");
        }
    }
}
