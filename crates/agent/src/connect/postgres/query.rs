//! A query that is read on from a cursor: a column that grows from row to row.
//!
//! Rows become visible when their transaction commits, not in the order in which they were written:
//! a row with a smaller cursor may appear after one with a greater one, and a reader that went past
//! it would never see it. So reading has two steps. First the input notes how far the cursor
//! reaches now, and draws a transaction id for that instant. Then it waits until every transaction
//! that had an id by then has ended, and only then it reads up to what it noted. It loses no row if
//! - a transaction has its id when it draws a cursor, or draws it as it inserts the row (a serial
//!   or identity column, or `clock_timestamp()`, without a slow trigger before the insert), and
//! - cursors are handed out in order: a sequence with `CACHE 1`, which is the default.
//!
//! The time of the transaction (`now()`) is not such a column: it is as old as the transaction. For
//! anything else there is the outbox, which needs no order at all.
//!
//! Rows with equal cursors are kept together, whatever the number of rows that is asked for.
//!
//! Not here: sessions and errors ([`super::session`]).
//!
//! Invariants:
//! 1. A row that becomes visible after rows with greater cursors is read
//!    (`tests/inputs`, `postgres::a_late_transaction_is_not_lost`).
//!
//! Format of a position: `{"cursor": "4711"}`.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;
use tokio_postgres::types::ToSql;

use super::session::{Door, Read, Session};
use super::{PostgresPart, quoted};
use crate::connect::Opening;
use crate::connect::link::{Failure, Link};
use crate::error::{CORRUPT, Error};
use crate::rows::{Chunk, Input, Next};

/// How long a caller is held up while earlier transactions end.
const HOLD: Duration = Duration::from_secs(1);

/// How far a query is delivered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    cursor: String,
}

/// How far may be read once every transaction up to this one has ended.
#[derive(Clone, Debug)]
struct Bound {
    cursor: String,
    transaction: u64,
}

/// What one look at the query found.
enum Found {
    /// Nothing beyond the cursor.
    Nothing,
    /// How far it reaches; read once earlier transactions have ended.
    Reach(Bound),
    /// Earlier transactions have not ended.
    Unsettled,
    /// Rows, and whether they are all up to the bound.
    Rows(Vec<Read>, bool),
}

/// How the query is read.
struct Reader {
    door: Door,
    source: String,
    cursor: String,
    /// The last row that was read.
    read: Option<String>,
    bound: Option<Bound>,
    number: u64,
}

/// A query as an input.
pub(super) struct Query {
    reader: Reader,
    link: Link<Session>,
    start: Option<String>,
}

impl Query {
    pub(super) fn new(
        part: &PostgresPart,
        text: &str,
        cursor: &str,
        opening: &Opening<'_>,
    ) -> Result<Self, Error> {
        let text = text.trim().trim_end_matches(';');
        let reader = Reader {
            door: Door::new(part, opening)?,
            // On lines of its own: a comment in the query ends there.
            source: format!("(\n{text}\n)"),
            cursor: cursor.to_owned(),
            read: part.start.clone(),
            bound: None,
            number: 1,
        };
        Ok(Self { reader, link: Link::new(opening)?, start: part.start.clone() })
    }
}

impl Reader {
    /// Looks at the query once.
    async fn look(&self, session: &Session, rows_max: usize) -> Result<Found, Failure> {
        let client = &session.client;
        self.door.begin(client, "REPEATABLE READ READ ONLY").await?;
        let found = match &self.bound {
            None => self.reach(session, rows_max).await?,
            Some(bound) => self.rows(session, bound, rows_max).await?,
        };
        self.door.commit(client).await?;
        Ok(found)
    }

    /// The rows beyond the last one, as an item of `FROM`; `$1` is the last cursor.
    fn beyond(&self, session: &Session) -> String {
        let (source, cursor, kind) = (&self.source, quoted(&self.cursor), &session.key_type);
        format!(
            "FROM {source} AS q WHERE q.{cursor} IS NOT NULL \
             AND ($1::text IS NULL OR q.{cursor} > CAST($1::text AS {kind}))"
        )
    }

    async fn reach(&self, session: &Session, rows_max: usize) -> Result<Found, Failure> {
        let cursor = quoted(&self.cursor);
        let beyond = self.beyond(session);
        let text = format!(
            "SELECT c::text FROM \
             (SELECT q.{cursor} AS c {beyond} ORDER BY 1 LIMIT $2::bigint) AS p \
             ORDER BY c DESC LIMIT 1"
        );
        let failure = |error| self.door.failure("query", &error);
        let client = &session.client;
        let limit = as_limit(rows_max);
        let answer = client.query_opt(&text, &[&self.read, &limit]).await.map_err(failure)?;
        let Some(answer) = answer else { return Ok(Found::Nothing) };
        let cursor: String = answer.try_get(0).map_err(failure)?;
        // After the look: whoever may still write a smaller cursor has a smaller id.
        let drawn = "SELECT pg_current_xact_id()::text";
        let answer = client.query_one(drawn, &[]).await.map_err(|error| {
            match error.code().is_some_and(|code| ["25006", "55000"].contains(&code.code())) {
                true => {
                    let rule = "a standby cannot say which transactions are over; use the primary";
                    Failure::Lasting(self.door.fault("standby", "host", rule))
                }
                false => failure(error),
            }
        })?;
        let transaction = self.number_of(&answer.try_get::<_, String>(0).map_err(failure)?)?;
        Ok(Found::Reach(Bound { cursor, transaction }))
    }

    fn number_of(&self, text: &str) -> Result<u64, Failure> {
        let rule = "the server's transaction ids are of an unknown form; name a server of \
                    PostgreSQL";
        text.parse().map_err(|_| Failure::Lasting(self.door.fault("sql", "transaction", rule)))
    }

    async fn rows(
        &self,
        session: &Session,
        bound: &Bound,
        rows_max: usize,
    ) -> Result<Found, Failure> {
        let failure = |error| self.door.failure("query", &error);
        let (client, cursor, kind) = (&session.client, quoted(&self.cursor), &session.key_type);
        let oldest = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text";
        let answer = client.query_one(oldest, &[]).await.map_err(failure)?;
        let oldest = self.number_of(&answer.try_get::<_, String>(0).map_err(failure)?)?;
        if oldest <= bound.transaction {
            return Ok(Found::Unsettled);
        }
        let text = format!(
            "SELECT q.{cursor}::text{} {} AND q.{cursor} <= CAST($2::text AS {kind}) \
             ORDER BY q.{cursor} LIMIT $3::bigint",
            session.columns,
            self.beyond(session)
        );
        let limit = as_limit(rows_max);
        let values: [&(dyn ToSql + Sync); 3] = [&self.read, &bound.cursor, &limit];
        let (mut rows, is_whole) = self.door.read(client, &text, &values, self.number).await?;
        let is_all = is_whole && rows.len() <= rows_max;
        if !is_all {
            self.cut(&mut rows)?;
        }
        Ok(Found::Rows(rows, is_all))
    }

    /// Leaves out the rows with the last cursor: there may be more of them.
    fn cut(&self, rows: &mut Vec<Read>) -> Result<(), Failure> {
        let Some(last) = rows.last().map(|row| row.key.clone()) else { return Ok(()) };
        let kept = rows.iter().take_while(|row| row.key != last).count();
        if kept == 0 {
            let rule = "more rows have one cursor than fit into a delivery; choose another column";
            return Err(Failure::Lasting(self.door.fault("equal-cursors", &self.cursor, rule)));
        }
        rows.truncate(kept);
        Ok(())
    }
}

/// One more than is asked for shows whether there are more.
fn as_limit(rows_max: usize) -> i64 {
    i64::try_from(rows_max).unwrap_or(i64::MAX).saturating_add(1)
}

impl Input for Query {
    fn next(&mut self, rows_max: usize) -> Result<Next, Error> {
        let began = Instant::now();
        loop {
            let reader = &self.reader;
            let connect = async || reader.door.open(&reader.source, &reader.cursor).await;
            let look = async |session: &mut Session| reader.look(session, rows_max).await;
            match self.link.with(connect, look)? {
                None => {
                    // Another server may take its place, with other transactions.
                    self.reader.bound = None;
                    return Ok(Next::Soon);
                }
                Some(Found::Nothing) => return Ok(Next::Waiting),
                Some(Found::Reach(bound)) => self.reader.bound = Some(bound),
                Some(Found::Unsettled) if began.elapsed() > HOLD => return Ok(Next::Soon),
                Some(Found::Unsettled) => std::thread::sleep(HOLD / 20),
                Some(Found::Rows(rows, is_all)) => {
                    if is_all {
                        self.reader.bound = None;
                    }
                    let Some(last) = rows.last().map(|row| row.key.clone()) else {
                        return Ok(Next::Soon);
                    };
                    self.reader.number += rows.len() as u64;
                    self.reader.read = Some(last.clone());
                    return Ok(Next::Chunk(Chunk {
                        origin: self.reader.door.place.clone(),
                        items: rows.into_iter().map(|row| row.item).collect(),
                        position: serde_json::json!({ "cursor": last }),
                        ended: None,
                    }));
                }
            }
        }
    }

    fn commit(&mut self, position: &Value) -> Result<(), Error> {
        parse(position).map(|_| ())
    }

    fn rewind(&mut self, position: Option<&Value>) -> Result<(), Error> {
        let place = position.map(parse).transpose()?;
        self.reader.read = place.map(|place| place.cursor).or_else(|| self.start.clone());
        self.reader.bound = None;
        Ok(())
    }
}

fn parse(position: &Value) -> Result<Place, Error> {
    Place::deserialize(position).map_err(|_| {
        let rule = "is not a position in a query; an input keeps its name and its kind";
        Error::new(CORRUPT, "state", "state.json", "inputs", rule)
    })
}
