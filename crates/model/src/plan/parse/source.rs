//! The sources of a plan, and how their events come in.
//!
//! Not here: for which sources a step waits (module `plan::sources`).
//!
//! Invariants:
//! 1. A plan has sources and an intake, or neither (`tests/sources.rs`,
//!    `each_fault_has_its_place_and_rule`).
//! 2. No two sources have one key: a signature says who delivers (the same test).
//!
//! Format:
//! ```toml
//! [intake]
//! longest_wait_minutes = 60
//! pseudonym_key = "5f1c0b7a9d3e2468"
//! [[source]]
//! id = "LAND"
//! name = "Land border police"
//! from = "2026-01-01"               # and `to`, the last day, where there is one
//! complete_every = "hour"
//! complete_within_minutes = 10
//! [[source.key]]
//! id = "2026a"
//! public = "base64 of 32 bytes"     # and `from` and `to`, where the key has a first or a last day
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fault::PlanFault;
use super::node::{TomlTable, TomlValue};
use crate::period::Grain;
use crate::plan::keys;
use crate::plan::limits::{KEY_ID_CHARS_MAX, MINUTES_MAX, PSEUDONYM_KEY_DIGITS, SOURCE_KEYS_MAX};
use crate::source::{DayRange, Intake, SOURCES_MAX, Source, SourceKey};

/// The intake of a plan and its sources; none without either.
pub(super) fn intake(root: &TomlTable) -> Option<(Option<Intake>, Vec<Source>)> {
    let nodes = root.may("source").map_or(Some(vec![]), |node| node.array(SOURCES_MAX))?;
    let sources = sources(&nodes);
    let Some(node) = root.may("intake") else {
        if let Some(source) = nodes.first() {
            let rule = "a plan with sources has [intake], with longest_wait_minutes and \
                        pseudonym_key";
            source.refuse(PlanFault::MissingKey, rule);
        }
        return Some((None, sources?));
    };
    let table = node.table()?;
    table.known(&keys::INTAKE.known());
    let wait = table.need("longest_wait_minutes").and_then(|node| node.integer(0..=MINUTES_MAX));
    let rule = "the id of a key for pseudonyms is 16 hexadecimal digits in lower case; \
                `tidegauge-agent key new` prints it";
    let key = table.need("pseudonym_key").and_then(|node| node.word(rule, pseudonym_key));
    if nodes.is_empty() {
        node.refuse(PlanFault::Unused, "[intake] is for a plan that has at least one [[source]]");
    }
    let intake = Intake { longest_wait_minutes: wait?, pseudonym_key: key? };
    Some((Some(intake), sources?))
}

fn pseudonym_key(text: &str) -> Option<String> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let is_sound = text.len() == PSEUDONYM_KEY_DIGITS && text.bytes().all(is_digit);
    is_sound.then(|| text.to_owned())
}

/// The sources of a plan or an amendment.
pub(super) fn sources(nodes: &[TomlValue]) -> Option<Vec<Source>> {
    let mut sources: Vec<Source> = Vec::new();
    let mut is_sound = true;
    for node in nodes {
        let Some(source) = node.table().and_then(|table| source(&table)) else {
            is_sound = false;
            continue;
        };
        if sources.iter().any(|other| other.id == source.id) {
            node.refuse(PlanFault::Duplicate, "another source has this identifier");
        }
        let keys = sources.iter().flat_map(|other| &other.keys);
        if keys.clone().any(|key| source.keys.iter().any(|own| own.public == key.public)) {
            node.refuse(PlanFault::Duplicate, "another source signs with one of these keys");
        }
        sources.push(source);
    }
    is_sound.then_some(sources)
}

fn source(table: &TomlTable) -> Option<Source> {
    table.known(&keys::SOURCE.known());
    let id = table.need("id").and_then(|node| node.identifier().map(str::to_owned));
    let name = table.need("name").and_then(|node| node.text());
    table.need("from");
    let days = days(table);
    let rule = "sources declare completeness by quarter-hour, hour, day, week or month";
    let every = table.need("complete_every").and_then(|node| {
        node.word(rule, |word| Grain::parse(word).filter(|grain| *grain <= Grain::Month))
    });
    let within =
        table.need("complete_within_minutes").and_then(|node| node.integer(0..=MINUTES_MAX));
    let keys = keys(table);
    Some(Source {
        id: id?,
        name: name?,
        days: days?,
        complete_every: every?,
        complete_within_minutes: within?,
        keys: keys?,
    })
}

fn keys(table: &TomlTable) -> Option<Vec<SourceKey>> {
    let node = table.need("key")?;
    let nodes = node.array(SOURCE_KEYS_MAX)?;
    if nodes.is_empty() {
        node.refuse(PlanFault::BadValue, "a source needs at least 1 key");
    }
    let mut keys: Vec<SourceKey> = Vec::new();
    for node in &nodes {
        let key = key(&node.table()?)?;
        if keys.iter().any(|other| other.id == key.id || other.public == key.public) {
            node.refuse(PlanFault::Duplicate, "another key of this source is the same");
        }
        keys.push(key);
    }
    Some(keys)
}

fn key(table: &TomlTable) -> Option<SourceKey> {
    table.known(&keys::SOURCE_KEY.known());
    let rule = "the id of a key is 1 to 32 small letters, digits and hyphens";
    let id = table.need("id").and_then(|node| node.word(rule, key_id));
    let rule = "a public key is 32 bytes of Ed25519 in base64; `tidegauge-agent key signing` \
                prints it";
    let public = table.need("public").and_then(|node| node.word(rule, public_key));
    let days = days(table);
    Some(SourceKey { id: id?, public: public?, days: days? })
}

fn key_id(text: &str) -> Option<String> {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_sound = (1..=KEY_ID_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_allowed);
    is_sound.then(|| text.to_owned())
}

fn public_key(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// The days from `from` to `to`.
fn days(table: &TomlTable) -> Option<DayRange> {
    let day = |key| match table.may(key) {
        None => Some(None),
        Some(node) => node.date().map(Some),
    };
    let (from, to) = (day("from"), day("to"));
    let range = DayRange { from: from?, to: to? };
    if let (Some(from), Some(to), Some(node)) = (range.from, range.to, table.may("to"))
        && to < from
    {
        let rule = format!("the last day is not before the first, {from}, given {to}");
        node.refuse(PlanFault::BadValue, rule);
    }
    Some(range)
}
