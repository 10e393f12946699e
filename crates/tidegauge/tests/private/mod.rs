//! Decrypts the private files of a store under its own key: its journal and its state.
//!
//! Not here: any code of the store; a reader that shared it would share its mistakes.

#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::fs;
use std::path::Path;

use rusqlite::Connection;

const TAG: usize = 16;

/// Opens one piece of a file.
fn open(salt: &[u8], store: &str, place: u64, about: &[u8], piece: &[u8]) -> Vec<u8> {
    let secret = fs::read(Path::new(store).join("private/store.key")).expect("a key");
    let mut hasher = blake3::Hasher::new_derive_key("tidegauge 2026 key of a file at rest");
    hasher.update(&secret).update(salt);
    let key: [u8; 32] = hasher.finalize().into();
    let mut nonce = [0; 12];
    nonce[..8].copy_from_slice(&place.to_le_bytes());
    match &*cipher(store) {
        "aes-256-gcm" => {
            use aes_gcm::aead::{Aead, KeyInit, Payload};
            let cipher = aes_gcm::Aes256Gcm::new(&key.into());
            cipher.decrypt(&nonce.into(), Payload { msg: piece, aad: about }).expect("it opens")
        }
        other => {
            assert_eq!(other, "chacha20-poly1305");
            use chacha20poly1305::aead::{Aead, KeyInit, Payload};
            let cipher = chacha20poly1305::ChaCha20Poly1305::new(&key.into());
            cipher.decrypt(&nonce.into(), Payload { msg: piece, aad: about }).expect("it opens")
        }
    }
}

/// The cipher that a store says it has.
fn cipher(store: &str) -> String {
    let control = Connection::open(Path::new(store).join("private/control.sqlite")).expect("open");
    control.query_row("SELECT cipher FROM functions", [], |row| row.get(0)).expect("a cipher")
}

/// The rows of a query of the control store: name, salt and a number.
fn named(store: &str, query: &str) -> Vec<(String, Vec<u8>, i64)> {
    let control = Connection::open(Path::new(store).join("private/control.sqlite")).expect("open");
    let mut query = control.prepare(query).expect("a query");
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    rows.expect("rows").collect::<Result<_, _>>().expect("rows")
}

pub fn segments(store: &str) -> Vec<(String, Vec<u8>, i64)> {
    named(store, "SELECT name, salt, index_bytes FROM segment")
}

/// The files of the state, the newest last: name, salt and bytes of the index.
pub fn runs(store: &str) -> Vec<(String, Vec<u8>, i64)> {
    named(store, "SELECT format('%08d.run', number), salt, index_bytes FROM run ORDER BY number")
}

/// The journal in clear.
pub fn journal(store: &str) -> Vec<u8> {
    let mut clear = Vec::new();
    for (name, salt, index_bytes) in segments(store) {
        let path = Path::new(store).join("private/journal").join(name);
        let bytes = fs::read(path).expect("a segment");
        let index_start = bytes.len() - index_bytes as usize;
        let index = open(&salt, store, index_start as u64, b"index", &bytes[index_start..]);
        let blocks: serde_json::Value = serde_json::from_slice(&index).expect("an index");
        for block in blocks.as_array().expect("blocks") {
            let number = |key: &str| block[key].as_i64().expect("a number");
            let step = |key: &str| (number(key) as i32).to_le_bytes();
            let (offset, length) = (number("offset") as usize, number("bytes") as usize);
            let length_bytes = (length as u32).to_le_bytes();
            let about = [&b"block"[..], &step("occurred"), &step("folded"), &length_bytes].concat();
            let piece = &bytes[offset..offset + length + TAG];
            clear.extend(open(&salt, store, offset as u64, &about, piece));
        }
    }
    clear
}

/// The files of the state in clear, one after the other.
pub fn states(store: &str) -> Vec<u8> {
    each_run(store).concat()
}

/// Each file of the state in clear, the newest last: its index, then its rows and timers.
pub fn each_run(store: &str) -> Vec<Vec<u8>> {
    let clear = |(name, salt, index_bytes): (String, Vec<u8>, i64)| {
        let path = Path::new(store).join("private/state").join(name);
        let bytes = fs::read(path).expect("a run");
        let begins = bytes.len() - index_bytes as usize;
        let mut clear = open(&salt, store, begins as u64, b"run index", &bytes[begins..]);
        let line = clear.split(|&byte| byte == b'\n').next().expect("a line");
        let index: serde_json::Value = serde_json::from_slice(line).expect("an index");
        let number = |value: &serde_json::Value| value.as_u64().expect("a number");
        let row = 16 + 4 * number(&index["width"]) as usize;
        for section in index["sections"].as_array().expect("sections") {
            let mut offset = number(&section["offset"]) as usize;
            let kinds = [("rows", row, (4096 / row).max(1)), ("timers", 20, 4096 / 20)];
            for (kind, bytes_each, full) in kinds {
                let mut left = number(&section[kind]) as usize;
                while left > 0 {
                    let count = left.min(full);
                    let from = number(&section["from"]);
                    let place = [number(&section["partition"]), from, count as u64];
                    let place = place.into_iter().flat_map(u64::to_le_bytes);
                    let about: Vec<u8> = format!("run {kind}").into_bytes();
                    let about: Vec<u8> = about.into_iter().chain(place).collect();
                    let end = offset + count * bytes_each + TAG;
                    clear.extend(open(&salt, store, offset as u64, &about, &bytes[offset..end]));
                    (offset, left) = (end, left - count);
                }
            }
        }
        clear
    };
    runs(store).into_iter().map(clear).collect()
}
