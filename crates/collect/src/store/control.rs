//! The control store: the files that belong to the store, a pending release, the ledger's size and
//! root.
//!
//! Not here: charges and releases, which are only in the ledger.
//!
//! Invariants:
//! 1. Every change is one transaction, synced before it returns (`synchronous = FULL`); one process
//!    writes at a time, which the store's lock ensures.
//! 2. At most one release is pending, and it is sealed: if its bytes differ from those drawn, the
//!    store is corrupt.
//! 3. The salt of a file that was removed is in no file of the control store any more: freed bytes
//!    are overwritten, and the write-ahead log is emptied (`tidegauge/tests/retention.rs`:
//!    `a_canary_past_the_horizon_leaves_no_trace`).
//! 4. A store whose tables have a number that is not read is not opened but migrated, in one
//!    transaction and only when asked
//!    (`store::control::tests::an_older_store_is_migrated_whole_or_not_at_all`). One whose number
//!    is read gets the newest with its first run, so that no older program takes it for a store
//!    without a state (`store::control::tests::the_first_run_makes_the_tables_new`).
//!
//! It is not encrypted: it has no events and no state, only sizes and salts of files and, for a
//! moment, a finished release that is about to become public.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use tidegauge_ledger::OtherFormat;

use crate::calendar::StepNumber;
use crate::error::Error;
use crate::formats::CONTROL;
use crate::journal::SegmentName;
use crate::layout::{create_private_file, run_name, segment_number};
use crate::population::Population;
use crate::state::RunName;
use crate::vault::Salt;
use crate::vault::functions::Functions;

/// The number of [`TABLES`], the oldest that can be migrated.
const FIRST: i64 = CONTROL.upgraded_from as i64;

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

/// What turns the tables of one number into those of the next.
struct Migration {
    /// The number that the tables get.
    to: i64,
    /// What it does, in words.
    does: &'static str,
    sql: &'static str,
}

/// Every migration, in order: a new store goes through all of them.
const MIGRATIONS: [Migration; 3] = [
    Migration {
        to: 3,
        does: "adds the tables that are missing, among them the mark of a restored store",
        sql: TABLES_OF_3,
    },
    Migration {
        to: 4,
        does: "adds the table of a store's hash and cipher; this one keeps those that it has",
        sql: TABLES_OF_4,
    },
    Migration { to: 5, does: "adds the table of runs, the files of the state", sql: TABLES_OF_5 },
];

/// The first number of tables with that of runs.
const WITH_RUNS: i64 = 5;

const TABLES_OF_5: &str = "
    CREATE TABLE run (
        number INTEGER PRIMARY KEY CHECK (number > 0),
        next INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        index_bytes INTEGER NOT NULL,
        salt BLOB NOT NULL CHECK (length(salt) = 32),
        has_before INTEGER NOT NULL CHECK (has_before IN (0, 1))
    ) STRICT;
";

/// A store without a row has the functions of the time before this table.
const TABLES_OF_4: &str = "
    CREATE TABLE functions (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        persons TEXT NOT NULL,
        cipher TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER functions_are_for_ever BEFORE UPDATE ON functions
        BEGIN SELECT RAISE(ABORT, 'the functions of a store never change'); END;
    CREATE TRIGGER functions_stay BEFORE DELETE ON functions
        BEGIN SELECT RAISE(ABORT, 'the functions of a store never go'); END;
";

/// Stores of number 2 have some of these: for a while they came without a new number.
const TABLES_OF_3: &str = "
    CREATE TABLE IF NOT EXISTS snapshot_before (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        name TEXT NOT NULL,
        next INTEGER NOT NULL,
        salt BLOB NOT NULL CHECK (length(salt) = 32)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS leaving (name TEXT PRIMARY KEY) STRICT;
    CREATE TABLE IF NOT EXISTS pseudonym_key (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS delivery (
        source TEXT NOT NULL,
        id TEXT NOT NULL,
        digest BLOB NOT NULL CHECK (length(digest) = 32),
        day INTEGER NOT NULL,
        receipt TEXT NOT NULL,
        PRIMARY KEY (source, id)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS delivery_by_day ON delivery (day);
    CREATE TABLE IF NOT EXISTS completeness (
        source TEXT PRIMARY KEY,
        complete_until INTEGER NOT NULL,
        declared_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS restored (one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT;
    CREATE TRIGGER IF NOT EXISTS completeness_never_shrinks BEFORE UPDATE ON completeness
        WHEN NEW.complete_until < OLD.complete_until
        BEGIN SELECT RAISE(ABORT, 'completeness never goes back'); END;
";

/// The identity of a store, which never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Genesis {
    /// The persons whose events it accepts, with the seed of its noise if it has one.
    pub population: Population,
    /// SHA-256 digest of the plan's text, in hexadecimal digits.
    pub plan: String,
    /// The store's identifier, in hexadecimal digits.
    pub store: String,
    /// The fingerprint of the key under which the store is encrypted.
    pub key_fingerprint: [u8; 32],
    /// How pseudonyms become opaque and files are encrypted.
    pub functions: Functions,
}

/// A snapshot of a store that had no runs, as the control store names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SnapshotName {
    /// File name in the directory of states.
    pub name: String,
    /// The step that is folded next from it.
    pub next: StepNumber,
    /// The salt of the file's key.
    pub salt: Salt,
}

/// A run to add, and those that stay with it.
#[derive(Clone, Debug)]
pub(crate) struct RunChange {
    /// The new one.
    pub new: RunName,
    /// The numbers of those that stay, the new one included.
    pub staying: BTreeSet<u32>,
}

/// A change of the journal's segments.
pub(crate) struct SegmentChange {
    /// Names of segments to remove.
    pub leaving: Vec<String>,
    /// A segment to add.
    pub new: Option<SegmentName>,
}

/// A delivery that was taken, as the control store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeptDelivery {
    /// The source.
    pub source: String,
    /// The id that the source gave it.
    pub id: String,
    /// SHA-256 of its body as sent.
    pub digest: [u8; 32],
    /// The day on which it was taken, by number since 1970, in universal time.
    pub day: i32,
    /// Its receipt, byte for byte.
    pub receipt: String,
}

/// What a source has declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Declared {
    /// Everything before this instant is delivered. Unit: milliseconds since 1970.
    pub complete_until: i64,
    /// When it declared so. Unit: milliseconds since 1970.
    pub declared_at: i64,
}

/// A sealed release that may not be public yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pending {
    /// Ledger index of its first entry.
    pub first_index: u64,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
}

/// Who can read the control store while it is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sharing {
    /// Others too, for which SQLite keeps an index beside the file.
    WithReaders,
    /// Nobody else: needs no room on a full disk.
    Alone,
}

/// A control store whose migration is not committed.
pub(crate) struct Migrated<'a, T> {
    control: &'a Control,
    transaction: Transaction<'a>,
    /// What the migrations do, in words; nothing for tables of the newest number.
    pub does: Vec<&'static str>,
    /// What was seen of the migrated store.
    pub seen: T,
}

impl<T> Migrated<'_, T> {
    /// Makes the migration durable. Without this call the store is as it was.
    pub(crate) fn commit(self) -> Result<(), Error> {
        self.transaction.commit()?;
        self.control.empty_write_ahead_log()
    }
}

/// The open control store.
pub(crate) struct Control {
    connection: Connection,
    place: String,
}

impl Control {
    /// Makes the control store of a new store.
    pub(crate) fn create(path: &Path, genesis: &Genesis) -> Result<(), Error> {
        // SQLite treats an empty file as an empty database, and gives its other files the same
        // mode.
        create_private_file(path).map_err(Error::system(path, "create"))?;
        let control = Self::connect(path, Sharing::WithReaders)?;
        control.connection.execute_batch(TABLES)?;
        control.connection.pragma_update(None, "user_version", FIRST)?;
        control.migrated(|_| Ok(()))?.commit()?;
        control.connection.execute(
            "INSERT INTO genesis VALUES (1, ?1, ?2, ?3, ?4, ?5)",
            params![
                genesis.population.class(),
                genesis.population.noise_seed().map(|seed| seed.to_vec()),
                genesis.plan,
                genesis.store,
                genesis.key_fingerprint
            ],
        )?;
        let statement = "INSERT INTO functions VALUES (1, ?1, ?2)";
        control.connection.execute(statement, genesis.functions.words())?;
        Ok(())
    }

    /// Opens the control store.
    ///
    /// Errors: a missing or damaged file; tables of another number.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let control = Self::open_any(path)?;
        CONTROL.check(control.format()?).map_err(Error::other_format(path))?;
        Ok(control)
    }

    /// Opens the control store, whatever the number of its tables is.
    ///
    /// Errors: a missing or damaged file.
    pub(crate) fn open_any(path: &Path) -> Result<Self, Error> {
        if !path.is_file() {
            return Err(Error::corrupt(path, "file", "is missing"));
        }
        match Self::connect(path, Sharing::WithReaders).and_then(Self::checked) {
            Err(error @ (Error::Sqlite(_) | Error::DiskFull { .. })) => {
                Self::connect(path, Sharing::Alone).and_then(Self::checked).map_err(|_| error)
            }
            opened => opened,
        }
    }

    /// The number of the tables.
    pub(crate) fn format(&self) -> Result<i64, Error> {
        Ok(self.connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
    }

    /// Checks that the file is not damaged.
    fn checked(self) -> Result<Self, Error> {
        let path = Path::new(&self.place);
        if self.format()? == 0 {
            return Err(Error::corrupt(path, "format", "is missing: the file is empty or damaged"));
        }
        let check: String =
            self.connection.query_row("PRAGMA quick_check", [], |row| row.get(0))?;
        if check != "ok" {
            return Err(Error::corrupt(path, "quick_check", "finds damage"));
        }
        Ok(self)
    }

    /// Brings the tables to the newest number, in a transaction that is undone unless it is
    /// committed, and looks at the store as it then is.
    ///
    /// Errors: tables that cannot be migrated; those of `look`.
    pub(crate) fn migrated<T>(
        &self,
        look: impl FnOnce(&Self) -> Result<T, Error>,
    ) -> Result<Migrated<'_, T>, Error> {
        let place = Path::new(&self.place);
        let format = self.format()?;
        match CONTROL.check(format) {
            Ok(()) | Err(OtherFormat::Older { .. }) => {}
            Err(other) => return Err(Error::other_format(place)(other)),
        }
        let transaction = self.connection.unchecked_transaction()?;
        let does = migrate(&transaction)?;
        let seen = look(self)?;
        Ok(Migrated { control: self, transaction, does, seen })
    }

    /// The fingerprint of the key that makes pseudonyms opaque; `None` if it is not noted yet.
    pub(crate) fn pseudonym_key(&self) -> Result<Option<[u8; 32]>, Error> {
        let query = "SELECT fingerprint FROM pseudonym_key";
        Ok(self.connection.query_row(query, [], |row| row.get(0)).optional()?)
    }

    /// Notes the fingerprint of the key that makes pseudonyms opaque, once and for all.
    pub(crate) fn note_pseudonym_key(&self, fingerprint: [u8; 32]) -> Result<(), Error> {
        let statement = "INSERT OR IGNORE INTO pseudonym_key VALUES (1, ?1)";
        self.connection.execute(statement, params![fingerprint])?;
        Ok(())
    }

    fn connect(path: &Path, sharing: Sharing) -> Result<Self, Error> {
        let connection = Connection::open(path)?;
        if sharing == Sharing::Alone {
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", "ON")?;
        Ok(Self { connection, place: path.display().to_string() })
    }

    /// The store's identity, as it was decided when the store was made.
    pub(crate) fn genesis(&self) -> Result<Genesis, Error> {
        let functions = self.functions()?;
        let genesis = self.connection.query_row(
            "SELECT class, noise_seed, plan, store, key_mark FROM genesis",
            [],
            |row| {
                let (class, seed): (String, Option<[u8; 32]>) = (row.get(0)?, row.get(1)?);
                let Some(population) = Population::parse(&class, seed) else { return Ok(None) };
                Ok(Some(Genesis {
                    population,
                    plan: row.get(2)?,
                    store: row.get(3)?,
                    key_fingerprint: row.get(4)?,
                    functions,
                }))
            },
        )?;
        let rule = "stands in a real store, whose noise must be secret; nothing is released";
        let place = Path::new("private/control.sqlite");
        genesis.ok_or_else(|| Error::corrupt(place, "noise_seed", rule))
    }

    /// The functions of the store.
    ///
    /// Errors: words that name none, which a newer program may have written.
    fn functions(&self) -> Result<Functions, Error> {
        // The table came with number 4.
        if self.format()? < 4 {
            return Ok(Functions::FIRST);
        }
        let query = "SELECT persons, cipher FROM functions";
        let words: Option<[String; 2]> = self
            .connection
            .query_row(query, [], |row| Ok([row.get(0)?, row.get(1)?]))
            .optional()?;
        let Some([persons, cipher]) = words else { return Ok(Functions::FIRST) };
        let rule = "names a hash or a cipher that this program does not have";
        let place = Path::new("private/control.sqlite");
        Functions::parse([&persons, &cipher])
            .ok_or_else(|| Error::corrupt(place, "functions", rule))
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

    /// The delivery of a source with this id, if it was taken and is still kept.
    pub(crate) fn delivery(&self, source: &str, id: &str) -> Result<Option<KeptDelivery>, Error> {
        let query = "SELECT digest, day, receipt FROM delivery WHERE source = ?1 AND id = ?2";
        let found = self.connection.query_row(query, params![source, id], |row| {
            Ok(KeptDelivery {
                source: source.to_owned(),
                id: id.to_owned(),
                digest: row.get(0)?,
                day: row.get(1)?,
                receipt: row.get(2)?,
            })
        });
        Ok(found.optional()?)
    }

    /// What each source has declared, by its id.
    pub(crate) fn completeness(&self) -> Result<BTreeMap<String, Declared>, Error> {
        let mut query = self
            .connection
            .prepare("SELECT source, complete_until, declared_at FROM completeness")?;
        let rows = query.query_map([], |row| {
            let declared = Declared { complete_until: row.get(1)?, declared_at: row.get(2)? };
            Ok((row.get(0)?, declared))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes deliveries in one transaction: from here on their events, receipts and declarations
    /// are durable. A declaration that goes back changes nothing. Deliveries of days before
    /// `oldest` are forgotten.
    pub(crate) fn take_deliveries(
        &mut self,
        segment: Option<&SegmentName>,
        deliveries: &[KeptDelivery],
        declared: &[(String, Declared)],
        oldest: i32,
    ) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        if let Some(segment) = segment {
            insert_segment(&transaction, segment)?;
        }
        for kept in deliveries {
            transaction
                .prepare_cached("INSERT INTO delivery VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![kept.source, kept.id, kept.digest, kept.day, kept.receipt])?;
        }
        for (source, Declared { complete_until, declared_at }) in declared {
            transaction.execute(
                "INSERT INTO completeness VALUES (?1, ?2, ?3)
                 ON CONFLICT (source) DO UPDATE
                 SET complete_until = excluded.complete_until, declared_at = excluded.declared_at
                 WHERE excluded.complete_until > complete_until",
                params![source, complete_until, declared_at],
            )?;
        }
        transaction.execute("DELETE FROM delivery WHERE day < ?1", params![oldest])?;
        Ok(transaction.commit()?)
    }

    /// The number of the next segment: above that of every file that exists or may still exist.
    pub(crate) fn next_segment(&self) -> Result<usize, Error> {
        let mut names: Vec<String> =
            self.segments()?.into_iter().map(|segment| segment.name).collect();
        names.extend(self.leaving()?.into_iter().filter(|name| segment_number(name).is_some()));
        let number = |name: &String| {
            segment_number(name).ok_or_else(|| {
                Error::corrupt(
                    Path::new(&self.place),
                    "segment",
                    "has a name that is not a segment's",
                )
            })
        };
        let numbers: Vec<usize> = names.iter().map(number).collect::<Result<_, _>>()?;
        Ok(numbers.into_iter().max().map_or(0, |last| last + 1))
    }

    /// Changes the journal in one transaction: from here on the new segment's events are durable,
    /// and those of the segments to remove are no longer in the journal.
    pub(crate) fn change_segments(&mut self, change: &SegmentChange) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        for name in &change.leaving {
            transaction.execute("DELETE FROM segment WHERE name = ?1", params![name])?;
            transaction.execute("INSERT OR IGNORE INTO leaving VALUES (?1)", params![name])?;
        }
        if let Some(new) = &change.new {
            insert_segment(&transaction, new)?;
        }
        Ok(transaction.commit()?)
    }

    /// The runs of the state, the oldest first.
    pub(crate) fn runs(&self) -> Result<Vec<RunName>, Error> {
        if self.format()? < WITH_RUNS {
            return Ok(vec![]);
        }
        let mut query = self.connection.prepare(
            "SELECT number, next, bytes, index_bytes, salt, has_before FROM run ORDER BY number",
        )?;
        let names = query.query_map([], |row| {
            Ok(RunName {
                number: row.get(0)?,
                next: row.get(1)?,
                bytes: row.get::<_, i64>(2)?.unsigned_abs(),
                index_bytes: row.get::<_, i64>(3)?.unsigned_abs(),
                salt: row.get(4)?,
                has_before: row.get(5)?,
            })
        })?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// Adds a run, and marks those that are no longer needed for removal. A snapshot is no longer
    /// needed when there are two runs.
    pub(crate) fn add_run(&mut self, change: &RunChange) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        insert_run(&transaction, change)?;
        Ok(transaction.commit()?)
    }

    /// Marks the newest run for removal; the state is again as it was before. There is no way back
    /// behind that one.
    pub(crate) fn drop_newest_run(&mut self, newest: &RunName) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        leave_run(&transaction, newest.number)?;
        transaction.execute("UPDATE run SET has_before = 0", [])?;
        Ok(transaction.commit()?)
    }

    /// Marks every file of the state for removal.
    pub(crate) fn drop_states(&mut self) -> Result<(), Error> {
        let runs = self.runs()?;
        let transaction = self.connection.transaction()?;
        leave_snapshots(&transaction)?;
        runs.iter().try_for_each(|run| leave_run(&transaction, run.number))?;
        Ok(transaction.commit()?)
    }

    /// The snapshots of a store that had no runs, at most two, the newest first.
    pub(crate) fn snapshots(&self) -> Result<Vec<SnapshotName>, Error> {
        let mut query = self.connection.prepare(
            "SELECT name, next, salt FROM snapshot
             UNION ALL SELECT name, next, salt FROM snapshot_before ORDER BY next DESC",
        )?;
        let names = query.query_map([], |row| {
            Ok(SnapshotName { name: row.get(0)?, next: row.get(1)?, salt: row.get(2)? })
        })?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// Marks the newest snapshot for removal; the one before it becomes the newest.
    pub(crate) fn drop_newest_snapshot(&mut self) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        transaction.execute_batch(
            "INSERT OR IGNORE INTO leaving SELECT name FROM snapshot;
             DELETE FROM snapshot;
             INSERT INTO snapshot SELECT * FROM snapshot_before;
             DELETE FROM snapshot_before;",
        )?;
        Ok(transaction.commit()?)
    }

    /// Files that no longer belong to the store and may still exist.
    pub(crate) fn leaving(&self) -> Result<Vec<String>, Error> {
        let mut query = self.connection.prepare("SELECT name FROM leaving ORDER BY name")?;
        let names = query.query_map([], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// Forgets the files to remove, which no longer exist, and every trace of their salts.
    pub(crate) fn forget_leaving(&mut self) -> Result<(), Error> {
        self.empty_write_ahead_log()?;
        self.connection.execute("DELETE FROM leaving", [])?;
        Ok(())
    }

    /// Moves the contents of the write-ahead log to the database, and empties the log.
    pub(super) fn empty_write_ahead_log(&self) -> Result<(), Error> {
        // No other process has the store open, so nothing keeps the log from being emptied.
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// Whether the store was restored and its ledger is not compared yet.
    pub(crate) fn is_restored(&self) -> Result<bool, Error> {
        Ok(self.connection.query_row("SELECT count(*) > 0 FROM restored", [], |row| row.get(0))?)
    }

    /// Marks a store that was just restored; nothing of the mark stays in the write-ahead log.
    pub(crate) fn mark_restored(&self) -> Result<(), Error> {
        self.connection.execute("INSERT OR IGNORE INTO restored VALUES (1)", [])?;
        self.empty_write_ahead_log()
    }

    /// Removes the mark of a restored store.
    pub(crate) fn clear_restored(&self) -> Result<(), Error> {
        self.connection.execute("DELETE FROM restored", [])?;
        Ok(())
    }

    /// The sealed and pending release, if there is one.
    ///
    /// Errors: a seal that does not match the bytes.
    pub(crate) fn pending(&self) -> Result<Option<Pending>, Error> {
        let query = "SELECT first_index, sealed, seal FROM pending";
        let found = self.connection.query_row(query, [], |row| {
            let index: i64 = row.get(0)?;
            Ok((index.unsigned_abs(), row.get::<_, Vec<u8>>(1)?, row.get::<_, String>(2)?))
        });
        let Some((first_index, sealed, seal)) = found.optional()? else { return Ok(None) };
        if blake3::hash(&sealed).to_hex().as_str() != seal {
            let rule = "does not match the sealed bytes";
            return Err(Error::corrupt(Path::new(&self.place), "seal", rule));
        }
        Ok(Some(Pending { first_index, sealed }))
    }

    /// Seals a release that is about to become public, and adds the state with which its last step
    /// ends: both or neither.
    ///
    /// Errors: something else is pending.
    pub(crate) fn seal(&mut self, pending: &Pending, run: Option<&RunChange>) -> Result<(), Error> {
        let seal = blake3::hash(&pending.sealed).to_hex().to_string();
        let transaction = self.connection.transaction()?;
        transaction.execute(
            "INSERT INTO pending VALUES (1, ?1, ?2, ?3)",
            params![pending.first_index.cast_signed(), pending.sealed, seal],
        )?;
        if let Some(change) = run {
            insert_run(&transaction, change)?;
        }
        Ok(transaction.commit()?)
    }

    /// Notes that the pending release is public, and that the ledger has this size and root.
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

/// Brings the tables to the newest number. Returns what was done, in words.
fn migrate(transaction: &Transaction) -> Result<Vec<&'static str>, Error> {
    let format: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let mut does = Vec::new();
    for migration in MIGRATIONS.iter().filter(|migration| migration.to > format) {
        transaction.execute_batch(migration.sql)?;
        transaction.pragma_update(None, "user_version", migration.to)?;
        does.push(migration.does);
    }
    Ok(does)
}

fn insert_run(transaction: &Transaction, change: &RunChange) -> Result<(), Error> {
    migrate(transaction)?;
    let RunChange { new, staying } = change;
    let numbers: Vec<u32> = transaction
        .prepare_cached("SELECT number FROM run")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if !numbers.is_empty() {
        leave_snapshots(transaction)?;
    }
    numbers
        .into_iter()
        .filter(|number| !staying.contains(number))
        .try_for_each(|number| leave_run(transaction, number))?;
    // It may have the number of one that was removed.
    transaction.execute("DELETE FROM leaving WHERE name = ?1", params![run_name(new.number)])?;
    let (bytes, index_bytes) = (new.bytes.cast_signed(), new.index_bytes.cast_signed());
    transaction.execute(
        "INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![new.number, new.next, bytes, index_bytes, new.salt, new.has_before],
    )?;
    Ok(())
}

fn leave_snapshots(transaction: &Transaction) -> Result<(), Error> {
    Ok(transaction.execute_batch(
        "INSERT OR IGNORE INTO leaving SELECT name FROM snapshot;
         INSERT OR IGNORE INTO leaving SELECT name FROM snapshot_before;
         DELETE FROM snapshot;
         DELETE FROM snapshot_before;",
    )?)
}

fn leave_run(transaction: &Transaction, number: u32) -> Result<(), Error> {
    transaction.execute("DELETE FROM run WHERE number = ?1", params![number])?;
    transaction.execute("INSERT OR IGNORE INTO leaving VALUES (?1)", params![run_name(number)])?;
    Ok(())
}

fn insert_segment(transaction: &Transaction, new: &SegmentName) -> Result<(), Error> {
    let (bytes, index_bytes) = (new.bytes.cast_signed(), new.index_bytes.cast_signed());
    transaction.execute(
        "INSERT INTO segment VALUES (?1, ?2, ?3, ?4)",
        params![new.name, bytes, index_bytes, new.salt],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genesis() -> Genesis {
        let (plan, store) = ("p".into(), "s".into());
        let population = Population::Synthetic { noise_seed: None };
        Genesis { population, plan, store, key_fingerprint: [1; 32], functions: Functions::here() }
    }

    fn segment(name: &str) -> SegmentChange {
        let new = SegmentName { name: name.into(), bytes: 9, index_bytes: 3, salt: [5; 32] };
        SegmentChange { leaving: vec![], new: Some(new) }
    }

    /// The schema and the number of the tables.
    fn tables(path: &Path) -> (Vec<(String, String)>, i64) {
        let control = Connection::open(path).unwrap();
        let query = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
        let mut query = control.prepare(query).unwrap();
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let format = control.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        (rows.collect::<Result<_, _>>().unwrap(), format)
    }

    #[test]
    fn an_older_store_is_migrated_whole_or_not_at_all() {
        let directory = tempfile::tempdir().unwrap();
        let (path, new) = (directory.path().join("old"), directory.path().join("new"));
        Control::create(&path, &genesis()).unwrap();
        Control::create(&new, &genesis()).unwrap();
        let old = Connection::open(&path).unwrap();
        old.execute_batch(
            "DROP TABLE leaving; DROP TABLE snapshot_before; DROP TABLE restored;
             DROP TABLE functions; DROP TABLE run;",
        )
        .unwrap();
        let old_row = params!["00000004.state", 4, [9u8; 32]];
        old.execute("INSERT INTO snapshot VALUES (1, ?1, ?2, ?3)", old_row).unwrap();
        old.pragma_update(None, "user_version", 2).unwrap();
        drop(old);
        let before = tables(&path);
        let refused = Control::open(&path).map(|_| ()).unwrap_err();
        assert_eq!((refused.code(), refused.exit_code()), ("older-format", 3));
        let looked = |control: &Control| Ok((control.format()?, control.is_restored()?));
        let control = Control::open_any(&path).unwrap();
        for _ in 0..2 {
            let migrated = control.migrated(looked).unwrap();
            assert_eq!((migrated.seen, migrated.does.len()), ((5, false), 3));
            drop(migrated);
            assert_eq!(tables(&path), before, "what is not committed changes nothing");
        }
        control.migrated(looked).unwrap().commit().unwrap();
        assert_eq!(tables(&path), tables(&new), "as a new store");
        assert!(control.migrated(looked).unwrap().does.is_empty(), "only once");
        drop(control);

        // It keeps the functions that all stores had then.
        let mut control = Control::open(&path).unwrap();
        assert_eq!(control.genesis().unwrap().functions, Functions::FIRST);
        let name = "00000004.state".to_owned();
        let snapshot = SnapshotName { name, next: 4, salt: [9; 32] };
        assert_eq!(control.snapshots().unwrap(), std::slice::from_ref(&snapshot));
        // The snapshot is the state before the first run, and leaves with the second.
        control.add_run(&change(1, [1])).unwrap();
        assert_eq!(control.snapshots().unwrap(), [snapshot]);
        control.add_run(&change(2, [1, 2])).unwrap();
        assert_eq!(control.snapshots().unwrap(), []);
        assert_eq!(control.leaving().unwrap(), ["00000004.state"]);
        control.add_run(&change(3, [2, 3])).unwrap();
        assert_eq!(control.leaving().unwrap(), ["00000001.run", "00000004.state"]);
        control.drop_newest_run(&run(3)).unwrap();
        assert_eq!(control.runs().unwrap(), [RunName { has_before: false, ..run(2) }]);
        assert!(control.leaving().unwrap().contains(&"00000003.run".to_owned()));
        control.add_run(&change(3, [2, 3])).unwrap();
        assert!(!control.leaving().unwrap().contains(&"00000003.run".to_owned()), "it is new");
    }

    fn run(number: u32) -> RunName {
        RunName { number, next: 4, bytes: 9, index_bytes: 3, salt: [8; 32], has_before: true }
    }

    fn change<const N: usize>(number: u32, staying: [u32; N]) -> RunChange {
        RunChange { new: run(number), staying: staying.into() }
    }

    #[test]
    fn the_first_run_makes_the_tables_new() {
        let directory = tempfile::tempdir().unwrap();
        let (path, new) = (directory.path().join("old"), directory.path().join("new"));
        Control::create(&path, &genesis()).unwrap();
        Control::create(&new, &genesis()).unwrap();
        let old = Connection::open(&path).unwrap();
        old.execute_batch("DROP TABLE functions; DROP TABLE run; PRAGMA user_version = 3").unwrap();
        drop(old);
        let mut control = Control::open(&path).unwrap();
        assert_eq!((control.format().unwrap(), control.runs().unwrap()), (3, vec![]));
        control.add_run(&change(1, [1])).unwrap();
        assert_eq!((control.format().unwrap(), control.runs().unwrap()), (5, vec![run(1)]));
        assert_eq!(control.genesis().unwrap().functions, Functions::FIRST);
        drop(control);
        assert_eq!(tables(&path), tables(&new));
    }

    #[test]
    fn another_format_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("control.sqlite");
        Control::create(&path, &genesis()).unwrap();
        Connection::open(&path)
            .unwrap()
            .execute_batch("DROP TABLE functions; DROP TABLE run")
            .unwrap();
        for (given, code) in [(1, "format-too-old"), (2, "older-format"), (6, "newer-format")] {
            let other = Connection::open(&path).unwrap();
            other.pragma_update(None, "user_version", given).unwrap();
            drop(other);
            let refused = Control::open(&path).map(|_| ()).unwrap_err();
            assert_eq!(refused.code(), code);
            let place = path.display();
            let begin = format!("{place}: format: the control store has format {given}, ");
            assert!(refused.to_string().starts_with(&begin), "{refused}");
            let control = Control::open_any(&path).unwrap();
            assert_eq!(control.migrated(|_| Ok(())).is_ok(), given == 2);
        }
        // An empty file is no store of another version.
        std::fs::write(&path, "").unwrap();
        assert!(matches!(Control::open(&path).map(|_| ()), Err(Error::Corrupt { .. })));
    }

    #[test]
    fn a_store_keeps_its_functions() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("control.sqlite");
        Control::create(&path, &genesis()).unwrap();
        assert_eq!(Control::open(&path).unwrap().genesis().unwrap(), genesis());
        let raw = Connection::open(&path).unwrap();
        for change in ["UPDATE functions SET persons = 'hmac-sha-256'", "DELETE FROM functions"] {
            assert!(raw.execute(change, []).is_err(), "{change}");
        }
        // One of the number before is read as it is.
        raw.execute_batch("DROP TABLE functions; PRAGMA user_version = 3").unwrap();
        assert_eq!(Control::open(&path).unwrap().genesis().unwrap().functions, Functions::FIRST);
        raw.execute_batch(&format!("{TABLES_OF_4}; PRAGMA user_version = 4")).unwrap();
        raw.execute("INSERT INTO functions VALUES (1, 'blake3', 'rot13')", []).unwrap();
        let refused = Control::open(&path).unwrap().genesis().unwrap_err().to_string();
        assert!(refused.contains("functions: names a hash or a cipher"), "{refused}");
    }

    #[test]
    fn a_number_is_reused_only_when_its_file_is_gone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("control.sqlite");
        Control::create(&path, &genesis()).unwrap();
        let mut control = Control::open(&path).unwrap();
        assert_eq!(control.next_segment().unwrap(), 0);
        control.change_segments(&segment("00000000.segment")).unwrap();
        control.change_segments(&segment("00000001.segment")).unwrap();
        let leaving = vec!["00000001.segment".to_owned()];
        control.change_segments(&SegmentChange { leaving, new: None }).unwrap();
        assert_eq!(control.next_segment().unwrap(), 2);
        control.forget_leaving().unwrap();
        assert_eq!(control.next_segment().unwrap(), 1);
    }
}
