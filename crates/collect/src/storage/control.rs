//! The control store: which files belong to the store, what is pending, how far the ledger is.
//!
//! Not here: what was charged and released; the ledger says that, and says it once.
//!
//! Invariants:
//! 1. Every change is one transaction, synced before it returns (`synchronous = FULL`); one
//!    process writes at a time, which the store's lock ensures.
//! 2. At most one release is pending, and it is sealed: its bytes are those that were drawn, or
//!    the store is corrupt.
//!
//! It is in clear: it holds no event and no state, but sizes and salts of files, and for a moment a
//! release, noise and all, that is about to be public.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};

use crate::cipher::Salt;
use crate::error::Error;
use crate::journal::SegmentName;
use crate::schema::StepNumber;

/// Version of the tables below.
const FORMAT: i64 = 2;

const TABLES: &str = "
    CREATE TABLE genesis (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        class TEXT NOT NULL CHECK (class IN ('real', 'synthetic')),
        noise_seed BLOB CHECK (length(noise_seed) = 32),
        plan TEXT NOT NULL,
        store TEXT NOT NULL,
        key_mark BLOB NOT NULL CHECK (length(key_mark) = 32),
        CHECK (class = 'synthetic' OR noise_seed IS NULL)
    ) STRICT;
    CREATE TABLE segment (
        name TEXT PRIMARY KEY,
        bytes INTEGER NOT NULL,
        index_bytes INTEGER NOT NULL,
        salt BLOB NOT NULL CHECK (length(salt) = 32)
    ) STRICT;
    CREATE TABLE snapshot (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        name TEXT NOT NULL,
        next INTEGER NOT NULL,
        salt BLOB NOT NULL CHECK (length(salt) = 32)
    ) STRICT;
    CREATE TABLE pending (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        first_index INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        seal TEXT NOT NULL
    ) STRICT;
    CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        size INTEGER NOT NULL,
        root BLOB NOT NULL
    ) STRICT;
    CREATE TRIGGER genesis_is_for_ever BEFORE UPDATE ON genesis
        BEGIN SELECT RAISE(ABORT, 'genesis never changes'); END;
    CREATE TRIGGER genesis_stays BEFORE DELETE ON genesis
        BEGIN SELECT RAISE(ABORT, 'genesis never goes'); END;
    CREATE TRIGGER head_never_shrinks BEFORE UPDATE ON head WHEN NEW.size < OLD.size
        BEGIN SELECT RAISE(ABORT, 'the ledger never shrinks'); END;
";

/// What a store is, for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Genesis {
    /// Whether only synthetic persons may enter.
    pub synthetic: bool,
    /// The seed of its noise, in synthetic stores that were given one.
    pub noise_seed: Option<[u8; 32]>,
    /// SHA-256 digest of the plan's text, in hexadecimal digits.
    pub plan: String,
    /// The store's identifier, in hexadecimal digits.
    pub store: String,
    /// What tells the key under which the store is at rest from another.
    pub key_mark: [u8; 32],
}

/// The snapshot that the store begins from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SnapshotName {
    /// File name in the directory of states.
    pub name: String,
    /// The step that is folded next.
    pub next: StepNumber,
    /// What the file's key is derived from, beside the store's key.
    pub salt: Salt,
}

/// What was sealed and may not be visible yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pending {
    /// Ledger index of its first entry.
    pub first_index: u64,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
}

/// The open control store.
pub(crate) struct Control {
    connection: Connection,
    place: String,
}

impl Control {
    /// Makes the control store of a new store.
    pub(crate) fn create(path: &Path, genesis: &Genesis) -> Result<(), Error> {
        let control = Self::connect(path)?;
        control.connection.execute_batch(TABLES)?;
        control.connection.pragma_update(None, "user_version", FORMAT)?;
        control.connection.execute(
            "INSERT INTO genesis VALUES (1, ?1, ?2, ?3, ?4, ?5)",
            params![
                if genesis.synthetic { "synthetic" } else { "real" },
                genesis.noise_seed.map(|seed| seed.to_vec()),
                genesis.plan,
                genesis.store,
                genesis.key_mark
            ],
        )?;
        Ok(())
    }

    /// Opens the control store.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        if !path.is_file() {
            return Err(Error::corrupt(path, "file", "is missing"));
        }
        let control = Self::connect(path)?;
        let version: i64 =
            control.connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if version != FORMAT {
            let place = path.display().to_string();
            return Err(Error::OtherFormat { place, given: version, program: FORMAT });
        }
        let intact: String =
            control.connection.query_row("PRAGMA quick_check", [], |row| row.get(0))?;
        if intact != "ok" {
            return Err(Error::corrupt(path, "quick_check", "finds damage"));
        }
        Ok(control)
    }

    fn connect(path: &Path) -> Result<Self, Error> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Ok(Self { connection, place: path.display().to_string() })
    }

    /// What the store is.
    pub(crate) fn genesis(&self) -> Result<Genesis, Error> {
        let genesis = self.connection.query_row(
            "SELECT class, noise_seed, plan, store, key_mark FROM genesis",
            [],
            |row| {
                let class: String = row.get(0)?;
                let seed: Option<[u8; 32]> = row.get(1)?;
                Ok(Genesis {
                    synthetic: class == "synthetic",
                    noise_seed: seed,
                    plan: row.get(2)?,
                    store: row.get(3)?,
                    key_mark: row.get(4)?,
                })
            },
        )?;
        Ok(genesis)
    }

    /// The journal's segments, by name.
    pub(crate) fn segments(&self) -> Result<Vec<SegmentName>, Error> {
        let mut query = self
            .connection
            .prepare("SELECT name, bytes, index_bytes, salt FROM segment ORDER BY name")?;
        let names = query.query_map([], |row| {
            Ok(SegmentName {
                name: row.get(0)?,
                bytes: row.get::<_, i64>(1)?.unsigned_abs(),
                index_bytes: row.get::<_, i64>(2)?.unsigned_abs(),
                salt: row.get(3)?,
            })
        })?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// Adds segments to the journal, all or none: from here on their events are durable.
    pub(crate) fn add_segments(&mut self, names: &[SegmentName]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        for name in names {
            transaction.execute(
                "INSERT INTO segment VALUES (?1, ?2, ?3, ?4)",
                params![
                    name.name,
                    name.bytes.cast_signed(),
                    name.index_bytes.cast_signed(),
                    name.salt
                ],
            )?;
        }
        Ok(transaction.commit()?)
    }

    /// The snapshot, if one was taken.
    pub(crate) fn snapshot(&self) -> Result<Option<SnapshotName>, Error> {
        let read = |row: &rusqlite::Row<'_>| {
            Ok(SnapshotName { name: row.get(0)?, next: row.get(1)?, salt: row.get(2)? })
        };
        let query = "SELECT name, next, salt FROM snapshot";
        Ok(self.connection.query_row(query, [], read).optional()?)
    }

    /// Makes another snapshot the one to begin from.
    pub(crate) fn set_snapshot(&self, name: &SnapshotName) -> Result<(), Error> {
        self.connection.execute(
            "INSERT OR REPLACE INTO snapshot VALUES (1, ?1, ?2, ?3)",
            params![name.name, name.next, name.salt],
        )?;
        Ok(())
    }

    /// What is pending, if anything is.
    ///
    /// Errors: a seal that does not fit the bytes.
    pub(crate) fn pending(&self) -> Result<Option<Pending>, Error> {
        let query = "SELECT first_index, sealed, seal FROM pending";
        let found = self.connection.query_row(query, [], |row| {
            let index: i64 = row.get(0)?;
            Ok((index.unsigned_abs(), row.get::<_, Vec<u8>>(1)?, row.get::<_, String>(2)?))
        });
        let Some((first_index, sealed, seal)) = found.optional()? else { return Ok(None) };
        if blake3::hash(&sealed).to_hex().as_str() != seal {
            let rule = "does not fit the sealed bytes";
            return Err(Error::corrupt(Path::new(&self.place), "seal", rule));
        }
        Ok(Some(Pending { first_index, sealed }))
    }

    /// Seals what is about to become public. Refused while something else is pending.
    pub(crate) fn seal(&self, pending: &Pending) -> Result<(), Error> {
        let seal = blake3::hash(&pending.sealed).to_hex().to_string();
        self.connection.execute(
            "INSERT INTO pending VALUES (1, ?1, ?2, ?3)",
            params![pending.first_index.cast_signed(), pending.sealed, seal],
        )?;
        Ok(())
    }

    /// What was pending is public, and the ledger has this head.
    pub(crate) fn unseal(&mut self, size: u64, root: [u8; 32]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        transaction.execute("DELETE FROM pending", [])?;
        transaction.execute(
            "INSERT INTO head VALUES (1, ?1, ?2)
             ON CONFLICT (one) DO UPDATE SET size = excluded.size, root = excluded.root",
            params![size.cast_signed(), root],
        )?;
        Ok(transaction.commit()?)
    }

    /// Size and root of the ledger as this store left it.
    pub(crate) fn head(&self) -> Result<Option<(u64, [u8; 32])>, Error> {
        let query = "SELECT size, root FROM head";
        let found = self.connection.query_row(query, [], |row| {
            Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, [u8; 32]>(1)?))
        });
        Ok(found.optional()?)
    }
}
