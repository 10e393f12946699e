//! Making a store: everything that is decided once and never changes.
//!
//! Not here: everything that happens in a store afterwards (the other modules of this room).
//!
//! Invariants:
//! 1. A store exists whole or not at all (module `building`). A key outside it is written first,
//!    and removed again if the rest fails
//!    (`tidegauge/tests/at_rest.rs`: `a_key_outside_the_store_is_needed_to_open_it`).
//! 2. A real store has no noise seed and no budget above [`RHO_CEILING`]
//!    (`tidegauge/tests/bad_input.rs`: `policy_is_refused_with_exit_3`).

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use num_rational::BigRational;
use tidegauge_ledger::{
    Entry, LEDGER_FORMAT, LedgerWriter, NewFile, OrderRule, SigningKey, StoreClass, digest, hex,
    plan_path, prices, publish,
};
use tidegauge_model::{EventOrder, Plan};

use super::building::Building;
use super::control::{Control, Genesis};
use super::plan::kernel;
use crate::error::Error;
use crate::layout::{
    control_path, ledger_time, parent, pseudonym_key_path, public_directory, signing_key_path,
    store_key_path, sync_directory,
};
use crate::population::Population;
use crate::vault::StoreKey;
use crate::vault::functions::Functions;
use crate::vault::keys::pseudonym_key_fingerprint;
use crate::vault::secret::{self, Secret};

/// The largest window budget (zCDP) that a real store may have.
pub const RHO_CEILING: u32 = 2;

/// Makes a store in a directory that does not exist or is empty, its key inside it.
///
/// Errors: a budget above the ceiling for a real store; nothing is left behind.
pub fn init(
    directory: &Path,
    plan_text: &str,
    plan: &Plan,
    population: &Population,
    now: Timestamp,
) -> Result<(), Error> {
    init_with_key(directory, None, plan_text, plan, population, now)
}

/// As [`init`], but writes the store's key to another file, which must not exist.
pub fn init_with_key(
    directory: &Path,
    key_path: Option<&Path>,
    plan_text: &str,
    plan: &Plan,
    population: &Population,
    now: Timestamp,
) -> Result<(), Error> {
    let ceiling = BigRational::from_integer(RHO_CEILING.into());
    if *population == Population::Real && plan.privacy.rho > ceiling {
        let given = plan.privacy.rho.to_string();
        return Err(Error::RhoAboveCeiling { given, ceiling: RHO_CEILING });
    }
    kernel(plan, EventOrder::LifeCycle)?;
    let first = plan.window_of(plan.first_step());
    let windows = std::iter::successors(Some(first), |window| Some(window.next()));
    for window in windows.take(plan.privacy.windows as usize) {
        for position in 0..plan.dataflows.len() {
            prices(plan, position, window)?;
        }
    }
    let taken = || Error::DirectoryTaken { place: directory.display().to_string() };
    if directory.exists() {
        let mut entries = fs::read_dir(directory).map_err(|_| taken())?;
        if entries.next().is_some() {
            return Err(taken());
        }
    }
    let building = Building::beside(directory)?;
    let key = secret::fresh()?;
    let default_key_path = store_key_path(building.root());
    build(building.root(), plan_text, plan, population, &key, now)
        .map_err(|error| building.named(error))?;
    // The key is durable before the store that needs it exists.
    let key_path = key_path.unwrap_or(&default_key_path);
    secret::write(key_path, &key).map_err(|error| building.named(error))?;
    let renamed = sync_directory(parent(key_path)).and_then(|()| building.finish());
    if renamed.is_err() {
        // This key opens nothing. The first error says more than one about removing the key.
        let _ = fs::remove_file(key_path);
    }
    renamed
}

/// Fills the directory of a new store with everything but its key.
fn build(
    directory: &Path,
    plan_text: &str,
    plan: &Plan,
    population: &Population,
    key: &Secret,
    now: Timestamp,
) -> Result<(), Error> {
    let public = public_directory(directory);
    let signing_key = secret::fresh()?;
    secret::write(&signing_key_path(directory), &signing_key)?;
    let pseudonym_key = secret::fresh()?;
    secret::write(&pseudonym_key_path(directory), &pseudonym_key)?;
    let store = hex(&secret::fresh()?[..16]);
    let digest = digest(plan_text.as_bytes());
    let (synthetic, noise_seed) = (population.is_synthetic(), population.noise_seed());
    let functions = Functions::here();
    let key_fingerprint = StoreKey::new(key.clone(), functions.cipher).fingerprint();
    let genesis = Genesis {
        population: population.clone(),
        plan: digest.clone(),
        store: store.clone(),
        key_fingerprint,
        functions,
    };
    let control_path = control_path(directory);
    Control::create(&control_path, &genesis)?;
    let at = ledger_time(now);
    let plan_entry = Entry::of_plan(plan_text, plan, at.clone());
    let (path, bytes) = (plan_path(&digest), plan_text.as_bytes());
    publish(&public, &[NewFile { path: &path, bytes, modified: plan_entry.file_time() }])?;
    let mut log = LedgerWriter::create(&public, &store, &SigningKey::from_bytes(&signing_key))?;
    log.append_at(
        0,
        &[
            Entry::Genesis {
                format: LEDGER_FORMAT,
                store,
                class: if synthetic { StoreClass::Synthetic } else { StoreClass::Real },
                noise: noise_seed.map_or("os".into(), |seed| format!("seed:{}", hex(&seed))),
                order: Some(OrderRule::LifeCycle),
                at,
            },
            plan_entry,
        ],
    )?;
    let head = log.head();
    let mut control = Control::open(&control_path)?;
    control.note_pseudonym_key(pseudonym_key_fingerprint(&pseudonym_key))?;
    control.unseal(head.size, head.root)
}
