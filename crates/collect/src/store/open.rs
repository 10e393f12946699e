//! Opening a store: the lock, the keys, and the check that the ledger is the one the store left.
//!
//! Not here: making a store (module `init`), and finishing a sealed release (module `pending`).
//!
//! Invariants:
//! 1. One process has a store open at a time (`tidegauge/tests/fork.rs`). A process that opens the
//!    store again after a failure keeps the lock meanwhile (`tidegauge/tests/served.rs`:
//!    `a_failed_task_leaves_the_server_in_possession`).
//! 2. A store on a full disk can be read, whatever it was doing when the disk became full
//!    (`tidegauge/tests/full_disk.rs`: `a_full_disk_has_its_own_code_and_harms_nothing`).
//! 3. A store is refused if its public ledger is not the one it left, but ahead, behind or another
//!    (`tidegauge/tests/fork.rs`).

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tidegauge_fold::Kernel;
use tidegauge_ledger::LedgerWriter;
use tidegauge_model::Plan;

use super::control::{Control, Genesis};
use super::plan::{event_order, kernel, plan_in_force};
use crate::calendar::Steps;
use crate::error::Error;
use crate::layout::{
    control_path, create_private_file, lock_path, private_directory, pseudonym_key_path,
    public_directory,
};
use crate::prices::KnownPrices;
use crate::vault::{StoreKey, keys, secret};

/// Time between two attempts to open a busy store.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// How a store is opened.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The file of the store's key; `None` for the file inside the store.
    pub key: Option<PathBuf>,
    /// How long to wait for another process that is at work in the store.
    pub wait: Duration,
}

/// The lock of a store, which this process holds as long as this value or a copy of it lives.
#[derive(Clone)]
pub struct StoreLock {
    directory: PathBuf,
    _file: Arc<HeldFile>,
}

/// A locked file.
struct HeldFile(File);

impl Drop for HeldFile {
    /// Closing the file would not do while a child of this process that has not begun its own
    /// program holds a copy.
    fn drop(&mut self) {
        // If it fails, the lock goes with the last copy of the file.
        let _ = self.0.unlock();
    }
}

impl StoreLock {
    /// Takes the lock of a store.
    ///
    /// Errors: not a store, or another process holds the lock.
    pub fn take(directory: &Path) -> Result<Self, Error> {
        if !private_directory(directory).is_dir() {
            return Err(Error::NotAStore { place: directory.display().to_string() });
        }
        Ok(Self { directory: directory.to_owned(), _file: Arc::new(HeldFile(lock(directory)?)) })
    }

    /// Takes the lock of a store, waiting for another process to let it go.
    ///
    /// Errors: as [`StoreLock::take`], after the wait.
    pub(super) fn take_within(directory: &Path, wait: Duration) -> Result<Self, Error> {
        waiting(wait, || Self::take(directory))
    }

    /// The directory of the store.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Opens the store, and finishes a release that was left pending.
    ///
    /// Errors: as [`Store::open_with`], without those of the lock.
    pub fn open(&self, key: Option<&Path>) -> Result<Store, Error> {
        let opened = Store::open_locked(self, key);
        opened.map_err(|error| error.or_full_disk(&private_directory(&self.directory)))
    }
}

/// An open store, held by this process only.
pub struct Store {
    pub(super) directory: PathBuf,
    pub(super) control: Control,
    pub(super) genesis: Genesis,
    pub(super) key: StoreKey,
    /// The plan in force.
    pub(super) plan: Arc<Plan>,
    pub(super) prices: KnownPrices,
    pub(super) steps: Steps,
    pub(super) kernel: Kernel,
    pub(super) log: LedgerWriter,
    pub(super) lock: StoreLock,
    /// Whether a full disk kept it from finishing what an earlier process left. Then it is read
    /// only, until it is opened again.
    is_unfinished: bool,
}

impl Store {
    /// Opens a store whose key is inside it, and finishes a release that an earlier process left
    /// pending.
    ///
    /// Errors: as [`Store::open_with`].
    pub fn open(directory: &Path) -> Result<Self, Error> {
        Self::open_with(directory, &Access::default())
    }

    /// As [`Store::open`], with the store's key in another file, or waiting while the store is
    /// busy.
    ///
    /// Errors: not a store, another process at work in it for longer than the wait, a key file that
    /// others can read, another store's key, a corrupt store, a ledger that is not the one the
    /// store left.
    pub fn open_with(directory: &Path, access: &Access) -> Result<Self, Error> {
        waiting(access.wait, || {
            StoreLock::take(directory).and_then(|lock| lock.open(access.key.as_deref()))
        })
    }

    fn open_locked(lock: &StoreLock, key_path: Option<&Path>) -> Result<Self, Error> {
        let mut store = Self::read(lock, key_path)?;
        let finished = store.finish_earlier_work();
        match finished.map_err(|error| error.or_full_disk(&private_directory(&lock.directory))) {
            Err(Error::DiskFull { .. }) => {
                // Read again, as the disk has it.
                drop(store);
                Ok(Self { is_unfinished: true, ..Self::read(lock, key_path)? })
            }
            finished => finished.map(|()| store),
        }
    }

    /// Reads a store, and checks that its ledger is the one that it left.
    pub(super) fn read(lock: &StoreLock, key_path: Option<&Path>) -> Result<Self, Error> {
        let directory = lock.directory.as_path();
        // Every command refuses the same bad keys, even those that it does not read.
        let pseudonym_key = pseudonym_key_path(directory);
        if pseudonym_key.exists() {
            secret::check_mode(&pseudonym_key)?;
        }
        let control = Control::open(&control_path(directory))?;
        let genesis = control.genesis()?;
        let key = keys::store_key(
            directory,
            key_path,
            &genesis.key_fingerprint,
            genesis.functions.cipher,
        )?;
        let log = LedgerWriter::open(&public_directory(directory), &keys::signing_key(directory)?)?;
        let plan = plan_in_force(directory, &log, &genesis.plan)?;
        let kernel = kernel(&plan, event_order(&log)?)?;
        let store = Self {
            directory: directory.to_owned(),
            steps: Steps::new(&plan),
            prices: KnownPrices::new(&plan),
            control,
            genesis,
            key,
            plan,
            kernel,
            log,
            lock: lock.clone(),
            is_unfinished: false,
        };
        store.check_head()?;
        Ok(store)
    }

    /// Finishes a release that an earlier process left pending, and removes what a crash left.
    fn finish_earlier_work(&mut self) -> Result<(), Error> {
        self.finish_pending()?;
        self.remove_crash_leftovers()
    }

    /// Refuses what changes a store that could not finish what an earlier process left, or that was
    /// restored and is not compared yet.
    pub(super) fn check_finished(&self) -> Result<(), Error> {
        let place = self.directory.display().to_string();
        if self.is_unfinished {
            return Err(Error::DiskFull { place });
        }
        if self.control.is_restored()? { Err(Error::NotCompared { place }) } else { Ok(()) }
    }

    /// The lock with which this store is open, for opening it again after a failure.
    pub fn lock(&self) -> StoreLock {
        self.lock.clone()
    }

    /// The store's directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The store's identifier, as its ledger has it.
    pub fn id(&self) -> &str {
        &self.genesis.store
    }

    /// Whether the store takes synthetic persons only.
    pub fn is_synthetic(&self) -> bool {
        self.genesis.population.is_synthetic()
    }

    /// The store's plan in force, its amendments included.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The time: the system's, or for a synthetic store the given one.
    pub fn clock(&self, given: Option<Timestamp>) -> Result<Timestamp, Error> {
        match given {
            Some(_) if !self.genesis.population.is_synthetic() => {
                Err(Error::NowForbidden { place: self.directory.display().to_string() })
            }
            Some(now) => Ok(now),
            None => Ok(Timestamp::now()),
        }
    }

    /// Checks that the ledger is as this store left it, apart from a pending release.
    fn check_head(&self) -> Result<(), Error> {
        let fork = |rule| Error::Fork { place: "public/checkpoint".into(), rule };
        let (size, root) = self.control.head()?.unwrap_or((0, [0; 32]));
        let sealed = match self.control.pending()? {
            Some(pending) => self.sealed(&pending)?.entries.len() as u64,
            None => 0,
        };
        if self.log.size() < size {
            return Err(fork("the public ledger is behind the store: it was rolled back"));
        }
        if self.log.size() > size + sealed {
            let rule = "the public ledger is ahead of the store: the store is an old copy";
            return Err(fork(rule));
        }
        if self.log.root_at(size) != Some(root) {
            return Err(fork("the public ledger is not the one that this store wrote"));
        }
        Ok(())
    }
}

/// Tries until the store is no longer busy, at most for as long as the wait.
fn waiting<T>(wait: Duration, mut attempt: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    let begun = Instant::now();
    loop {
        let tried = attempt();
        let left = wait.saturating_sub(begun.elapsed());
        match &tried {
            Err(error) if error.is_busy() && !left.is_zero() => {
                std::thread::sleep(left.min(BETWEEN_TRIES));
            }
            _ => return tried,
        }
    }
}

/// Takes the store's lock, which is held as long as the file is open.
fn lock(directory: &Path) -> Result<File, Error> {
    let path = lock_path(directory);
    let file = match create_private_file(&path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            File::options().write(true).open(&path)
        }
        created => created,
    };
    let file = file.map_err(Error::system(&path, "open"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(Error::Locked { place: directory.display().to_string() })
        }
        Err(TryLockError::Error(error)) => Err(Error::system(&path, "lock")(error)),
    }
}
