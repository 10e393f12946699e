//! A store: the order in which everything happens, and recovery after a restart.
//!
//! Not here: the parts themselves (rooms `intake`, `journal`, `state`, `release`, crate `ledger`);
//! this room only defines their order.
//!
//! Invariants:
//! 1. Charge, draw, seal, append, show, in this order; opening a store finishes a sealed release
//!    and draws nothing (`tidegauge/tests/crash.rs`).
//! 2. A store is refused if its public ledger is not the one it left, but ahead, behind or another
//!    (`tidegauge/tests/fork.rs`).
//! 3. The identity of a store (real or synthetic, seeded or not, its first plan) never changes;
//!    its plan is amended only on the ledger (module `amend`).
//! 4. No part of an event is on disk unencrypted
//!    (`store::tests::no_event_is_on_the_disk_in_clear`).

mod amend;
mod backup;
mod building;
mod charge;
mod compare;
mod control;
mod deliver;
mod group;
mod ingest;
mod init;
mod open;
mod pending;
mod plan;
mod release;
mod retain;
mod sources;
mod status;
mod upgrade;

pub use backup::{BackedUp, restore};
pub use deliver::{
    Admission, AdmittedDelivery, AdmittedRows, Delivered, DeliveryBytes, RECEIPT_DAYS, row_fault,
};
pub use group::{Progress, STEPS_TOGETHER};
pub use ingest::{Ingest, Ingested, OnBadRow, Taken};
pub use init::{RHO_CEILING, init, init_with_key};
pub use open::{Access, Store, StoreLock};
pub use release::Releasing;
pub use status::{JournalSize, NextStep, ReleasedStep, SourceState, StoreStatus};
pub use upgrade::{FoundFormat, Upgrade, Upgraded, upgrade};

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use jiff::Timestamp;
    use tidegauge_fold::{Partition, Pseudonym};
    use tidegauge_ledger::{DirectorySource, Entry, read_verified};
    use tidegauge_model::{Period, Plan};

    use super::control::Control;
    use super::*;
    use crate::layout::{
        control_path, private_directory, pseudonym_key_path, public_directory, run_name,
        store_key_path,
    };
    use crate::vault::functions::Functions;
    use crate::vault::keys::Rekey;
    use crate::vault::{StoreKey, TAG_BYTES, secret};

    /// Every file below a directory.
    fn files(directory: &Path) -> Vec<Vec<u8>> {
        let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        let contents = |path: std::path::PathBuf| match path.is_dir() {
            true => files(&path),
            false => vec![fs::read(path).unwrap()],
        };
        entries.flat_map(contents).collect()
    }

    fn contains(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    /// Without the store's key, no trace of a person can be found in the journal or the state, even
    /// by someone who knows all about the person and has the key of the pseudonyms.
    #[test]
    fn no_event_is_on_the_disk_in_clear() {
        const PLAN: &str = include_str!("../../../../testdata/plans/border.toml");
        const GIVEN: &str = "syn1:5ec2e7cafe";
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().join("store");
        let plan = Plan::parse(PLAN).unwrap();
        let now: Timestamp = "2024-03-01T00:00:00Z".parse().unwrap();
        init(&place, PLAN, &plan, &crate::Population::Synthetic { noise_seed: None }, now).unwrap();
        let events = directory.path().join("events.csv");
        let header = "event_id,pseudonym,occurred_at,kind,border_point,traveller_class";
        let row = "e1,PSEUDONYM,2024-01-02T08:00:00+08:00,ENTRY,LO_WU,MAINLAND_VISITOR";
        fs::write(&events, format!("{header}\n{}\n", row.replace("PSEUDONYM", GIVEN))).unwrap();
        let mut store = Store::open(&place).unwrap();
        let how = Ingest {
            format: None,
            submitter: "a".into(),
            threads: 1,
            now,
            on_bad_row: OnBadRow::Refuse,
        };
        store.ingest(&[events.into()], &how).unwrap();
        let until = Period::parse("2024-01-03");
        store.release(&Releasing { until, ..Releasing::closed(now, 1) }, &mut |_| {}).unwrap();
        drop(store);

        let private = private_directory(&place);
        let rekey = Rekey::new(
            &secret::read(&pseudonym_key_path(&place)).unwrap(),
            "a",
            Functions::here().persons,
        );
        let bits = rekey.pseudonym(GIVEN).bits();
        let id = rekey.event_id("e1");
        let traces: [&[u8]; 6] = [
            GIVEN.as_bytes(),
            &bits.to_le_bytes(),
            &bits.to_be_bytes(),
            &bits.to_le_bytes()[8..],
            &id.to_le_bytes(),
            &id.to_be_bytes(),
        ];
        let kept = files(&private);
        for trace in traces {
            assert!(!kept.iter().any(|bytes| contains(bytes, trace)));
        }
        // With the key everything can be read.
        let key =
            StoreKey::new(secret::read(&store_key_path(&place)).unwrap(), Functions::here().cipher);
        let control = Control::open(&control_path(&place)).unwrap();
        let (segment, runs) = (&control.segments().unwrap()[0], control.runs().unwrap());
        let mut block = fs::read(private.join("journal").join(&segment.name)).unwrap();
        block.truncate(35 + TAG_BYTES);
        let about = [&b"block"[..], &1i32.to_le_bytes(), &1i32.to_le_bytes(), &35u32.to_le_bytes()];
        key.file(&segment.salt).decrypt(0, &about.concat(), &mut block).unwrap();
        assert!(contains(&block, &bits.to_le_bytes()) && contains(&block, &id.to_le_bytes()));
        let run = &runs[0];
        let mut rows = fs::read(private.join("state").join(run_name(run.number))).unwrap();
        rows.truncate((run.bytes - run.index_bytes) as usize);
        let numbers = [Partition::of(Pseudonym::from_bits(bits)) as u64, 0, 1];
        let about = numbers.iter().fold(b"run rows".to_vec(), |mut all, number| {
            all.extend_from_slice(&number.to_le_bytes());
            all
        });
        key.file(&run.salt).decrypt(0, &about, &mut rows).unwrap();
        assert!(traces.iter().any(|trace| contains(&rows, trace)));
    }

    /// Everything that is public: the files of the releases, and the entries but for the store's
    /// own name.
    fn public(place: &Path) -> (Vec<(String, Vec<u8>)>, Vec<String>) {
        let directory = public_directory(place);
        let entries = read_verified(&DirectorySource::new(&directory), None).unwrap().entries;
        let files = entries.iter().filter_map(|entry| match entry {
            Entry::Release { path, .. } => {
                Some((path.clone(), fs::read(directory.join(path)).unwrap()))
            }
            _ => None,
        });
        (files.collect(), entries[1..].iter().map(|entry| format!("{entry:?}")).collect())
    }

    /// A plan with vintages over two windows, caught up at once in groups of every size; and a
    /// store that is released step by step, with prices that are computed ahead.
    #[test]
    fn groups_of_every_size_release_the_same() {
        let text = testkit::plans::short_with_vintages("PERSONS").text();
        let plan = Plan::parse(&text).unwrap();
        let now: Timestamp = "2024-07-01T00:00:00Z".parse().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let events = directory.path().join("events.csv");
        let mut rows =
            "event_id,pseudonym,occurred_at,kind,border_point,traveller_class\n".to_owned();
        for n in 0..400 {
            let (month, day, kind) = (1 + n % 2, 1 + n % 27, ["ENTRY", "EXIT"][n % 3 / 2]);
            rows += &format!("e{n},syn1:person{:03},2024-{month:02}-{day:02}T08:00:00Z,", n % 90);
            rows += &format!("{kind},LO_WU,VISITOR\n");
        }
        fs::write(&events, rows).unwrap();
        let (mut expected, mut counts) = (None, vec![]);
        for together in [None, Some(1), Some(2), Some(7), Some(STEPS_TOGETHER)] {
            let place = directory.path().join(format!("{together:?}"));
            let population = crate::Population::Synthetic { noise_seed: Some([5; 32]) };
            init(&place, &text, &plan, &population, now).unwrap();
            let mut store = Store::open(&place).unwrap();
            let (format, submitter) = (None, "a".into());
            let how = Ingest { format, submitter, threads: 1, now, on_bad_row: OnBadRow::Refuse };
            store.ingest(&[events.clone().into()], &how).unwrap();
            let mut how = Releasing::closed(now, 1);
            let mut told = 0;
            if let Some(together) = together {
                how.together = together;
                store.release(&how, &mut |_| told += 1).unwrap();
            } else {
                while let Some((step, _)) = store.next_due(None).unwrap() {
                    how.until = Some(step);
                    // As a server does.
                    store.price_ahead();
                    store.release(&how, &mut |_| told += 1).unwrap();
                }
            }
            assert!(told > 40, "{told} steps");
            let found = public(&place);
            assert!(found.0.len() > told);
            assert!(expected.get_or_insert_with(|| found.clone()) == &found, "{together:?}");
            counts.push(files(&public_directory(&place)).len());
        }
        // Every checkpoint that there was has left its partial tiles.
        assert_eq!(counts[0], counts[1]);
        assert!(counts.windows(2).all(|pair| pair[0] >= pair[1]) && counts[1] > counts[4]);
    }
}
