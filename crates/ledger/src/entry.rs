//! Entries of the ledger: charges, releases and other acts, as data.
//!
//! The meaning of an entry never changes. A field is never renamed, reinterpreted or given another
//! unit; a new meaning needs a new entry. These definitions hold for every ledger ever written:
//!
//! - `genesis`, only as the first entry: the store's id (lower-case hexadecimal); whether the store
//!   is synthetic or real, which never changes; where its noise comes from: `os`, or `seed:` and
//!   hexadecimal, which only a synthetic store may have. Format 1: several events of one person at
//!   the same instant are taken in the order of keyed digests of their ids. Format 2: `order` names
//!   the rule; `life_cycle` takes them in the order in which the plan's life cycle allows the most
//!   transitions, then by its ranks of kinds, then by their codes. The rule never changes.
//! - `plan`: this plan is in force from here on. The digest is the SHA-256 of the file
//!   `plan/<digest>.toml`; id, title, rho, windows and window are repeated from that file.
//! - `amendment`: from here on the plan is in force with this amendment, whose file is
//!   `plan/<digest>.toml`; `amends` is the digest of the amendment before it, or of the plan.
//!   `from` and `note` are repeated from the file: nothing before the day `from` changes. It comes
//!   before the first release of a step at or after `from`.
//! - `charge`: spends rho of one person's budget in this window for one part of a dataflow, for all
//!   steps of the window. `delta2` is the squared sensitivity and `variance` the variance of the
//!   noise; rho = delta2 / (2 variance). For a stream with late counts `delta2` is the joint
//!   squared sensitivity of both, in units of the stream, and the charge pays for both. The charge
//!   is written before the first noise of that part and window is drawn, and it remains even if no
//!   release follows.
//! - `release`: the measurements of a dataflow at a step are the file at `path` with this SHA-256
//!   digest and length. A vintage above 0 contains the late counts of the step since the vintage
//!   before it. `charges` are the indices of the entries that pay for its parts. `silent` are the
//!   plan's sources that deliver for the step and had not declared it complete at this release, in
//!   the order of the plan; without the field there is none.
//!
//! `at` is the time at which the entry was made, UTC, in whole seconds; nothing depends on it.
//!
//! Not here: whether an entry is true (`audit`) and how it is appended (`log`).
//!
//! Invariants:
//! 1. An entry has one canonical form: whatever parses is written as the same bytes
//!    (`entry::tests::an_entry_has_one_form`).
//! 2. Every form that was ever written can be read (`entry::tests::forms_ever_written_are_read`).
//!
//! Format: one line of JSON without spaces or newline, with the fields in the order below.
//! ```text
//! {"entry":"charge","dataflow":"BORDER_FLOW","window":"2024","part":"stream","delta2":"1024",
//!  "variance":"1707/2","rho":"1024/1707","at":"2024-01-02T00:05:00Z"}
//! ```

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tidegauge_model::{Amendment, EventOrder, Plan};
use tidegauge_tlog::tile::ENTRY_BYTES_MAX;

use crate::digest::digest;
use crate::error::{Error, LedgerRule};
use crate::format::LEDGER;
use crate::part::Part;

/// The format of the ledgers that this program writes, as their genesis states it. It reads all
/// formats up to this one.
pub const LEDGER_FORMAT: u32 = LEDGER.newest;

/// Whether a store holds events of persons or invented ones. It never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreClass {
    /// Events of persons.
    Real,
    /// Invented events.
    Synthetic,
}

/// The rule by which events of one person at the same instant are ordered, since format 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderRule {
    /// [`EventOrder::LifeCycle`].
    LifeCycle,
}

/// An entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    /// The first entry.
    Genesis {
        /// [`LEDGER_FORMAT`], or an earlier one.
        format: u32,
        /// The store's id, lower-case hexadecimal.
        store: String,
        /// Real or synthetic.
        class: StoreClass,
        /// `os`, or `seed:` and hexadecimal.
        noise: String,
        /// The order of events at the same instant; `None` in format 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<OrderRule>,
        /// When the entry was made.
        at: String,
    },
    /// This plan is in force from here on.
    Plan {
        /// SHA-256 of the plan's text, lower-case hexadecimal.
        digest: String,
        /// Length of the plan's text.
        bytes: u64,
        /// The plan's id.
        id: String,
        /// The plan's title.
        title: String,
        /// Budget of one person in one window, an exact rational.
        rho: String,
        /// How many windows the plan may run.
        windows: u32,
        /// The grain of a window.
        window: String,
        /// When the entry was made.
        at: String,
    },
    /// The plan is in force with an amendment from here on.
    Amendment {
        /// SHA-256 of the amendment's text, lower-case hexadecimal.
        digest: String,
        /// Length of the amendment's text.
        bytes: u64,
        /// The digest of the amendment before it, or of the plan.
        amends: String,
        /// The first day from which it holds.
        from: String,
        /// The reason, for people.
        note: String,
        /// When the entry was made.
        at: String,
    },
    /// Budget is spent.
    Charge {
        /// The dataflow.
        dataflow: String,
        /// The window, a period.
        window: String,
        /// The part of the dataflow.
        part: Part,
        /// Squared sensitivity.
        delta2: String,
        /// Variance of the noise, a reduced fraction.
        variance: String,
        /// The charge, an exact rational.
        rho: String,
        /// The calendar's time: when the step was due, or since when the calendar is kept.
        at: String,
    },
    /// Measurements are published.
    Release {
        /// The dataflow.
        dataflow: String,
        /// The step, a period.
        step: String,
        /// 0 for the first release of the step.
        vintage: u32,
        /// Indices of the charges that pay for it.
        charges: Vec<u64>,
        /// The file, in the public directory.
        path: String,
        /// SHA-256 of the file, lower-case hexadecimal.
        digest: String,
        /// Length of the file.
        bytes: u64,
        /// The sources that deliver for the step and had not declared it complete.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        silent: Vec<String>,
        /// The calendar's time: when the step was due, or since when the calendar is kept.
        at: String,
    },
}

impl Entry {
    /// When the entry was made, as the entry states it: UTC, in whole seconds.
    pub fn at(&self) -> &str {
        match self {
            Entry::Genesis { at, .. }
            | Entry::Amendment { at, .. }
            | Entry::Plan { at, .. }
            | Entry::Charge { at, .. }
            | Entry::Release { at, .. } => at,
        }
    }

    /// When the entry was made.
    pub fn instant(&self) -> Option<Timestamp> {
        self.at().parse().ok()
    }

    /// The modification time of the files that belong to the entry: that of the entry.
    pub fn file_time(&self) -> Option<SystemTime> {
        let seconds = u64::try_from(self.instant()?.as_second()).ok()?;
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
    }

    /// The order of events at the same instant in a store whose genesis this is; `None` for another
    /// entry, and for a format that this program does not know.
    pub fn event_order(&self) -> Option<EventOrder> {
        match self {
            Entry::Genesis { format: 1, order: None, .. } => Some(EventOrder::IdDigest),
            Entry::Genesis { format: LEDGER_FORMAT, order: Some(OrderRule::LifeCycle), .. } => {
                Some(EventOrder::LifeCycle)
            }
            _ => None,
        }
    }

    /// The entry that puts a plan in force. `text` is the plan's text, byte for byte.
    pub fn of_plan(text: &str, plan: &Plan, at: String) -> Self {
        Self::Plan {
            digest: digest(text.as_bytes()),
            bytes: text.len() as u64,
            id: plan.statement.id.clone(),
            title: plan.statement.title.to_string(),
            rho: plan.privacy.rho.to_string(),
            windows: plan.privacy.windows,
            window: plan.privacy.window.word().into(),
            at,
        }
    }

    /// The entry that puts an amendment in force. `text` is the amendment's text, byte for byte,
    /// and `amends` the digest of what is in force before it.
    pub fn of_amendment(text: &str, amendment: &Amendment, amends: &str, at: String) -> Self {
        Self::Amendment {
            digest: digest(text.as_bytes()),
            bytes: text.len() as u64,
            amends: amends.to_owned(),
            from: amendment.from.to_string(),
            note: amendment.note.to_string(),
            at,
        }
    }

    /// The canonical form of the entry.
    ///
    /// Errors: a malformed field, or more than [`ENTRY_BYTES_MAX`] bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LedgerRule> {
        let bytes = serde_json::to_vec(self).map_err(|_| LedgerRule::EntrySyntax)?;
        if bytes.len() > ENTRY_BYTES_MAX || !self.is_well_formed() {
            return Err(LedgerRule::EntrySyntax);
        }
        Ok(bytes)
    }

    /// Parses an entry from its canonical form.
    ///
    /// Errors: anything else.
    pub fn parse(bytes: &[u8]) -> Result<Self, LedgerRule> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(LedgerRule::EntrySyntax);
        }
        let entry: Self = serde_json::from_slice(bytes).map_err(|_| LedgerRule::EntrySyntax)?;
        if entry.to_bytes()? != bytes {
            return Err(LedgerRule::EntrySyntax);
        }
        Ok(entry)
    }

    /// Parses consecutive entries, the first of which has this index.
    ///
    /// Errors: as [`Self::parse`], at `entry N`; a ledger of a format that is not known.
    pub(crate) fn parse_all(first: u64, lines: &[Vec<u8>]) -> Result<Vec<Self>, Error> {
        let parse = |(index, line): (u64, &Vec<u8>)| {
            // A genesis of another format may have other fields.
            let known = if index == 0 { LEDGER.stated_in(line).map(|_| ()) } else { Ok(()) };
            let entry = known.map_err(LedgerRule::Format).and_then(|()| Self::parse(line));
            entry.map_err(|rule| rule.at(format!("entry {index}")))
        };
        (first..).zip(lines).map(parse).collect()
    }

    fn is_well_formed(&self) -> bool {
        let (at, rest) = match self {
            Entry::Genesis { store, class, noise, at, .. } => {
                let seeded = *class == StoreClass::Synthetic
                    && noise.strip_prefix("seed:").is_some_and(is_hex);
                (at, is_hex(store) && (noise == "os" || seeded))
            }
            Entry::Plan { digest, at, .. } | Entry::Release { digest, at, .. } => {
                (at, is_digest(digest))
            }
            Entry::Amendment { digest, amends, at, .. } => {
                (at, is_digest(digest) && is_digest(amends))
            }
            Entry::Charge { at, .. } => (at, true),
        };
        rest && is_instant(at)
    }
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && is_hex(text)
}

/// Whether the text has the form `2024-01-02T00:05:00Z`.
fn is_instant(text: &str) -> bool {
    const FORM: &[u8] = b"0000-00-00T00:00:00Z";
    text.len() == FORM.len()
        && text.bytes().zip(FORM).all(|(b, &form)| match form {
            b'0' => b.is_ascii_digit(),
            _ => b == form,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// Every form that was ever written; `D` stands for a digest, `A` for `at` and its value. Never
    /// remove one.
    const FORMS: [&str; 9] = [
        r#"{"entry":"genesis","format":1,"store":"5ac0","class":"real","noise":"os",A}"#,
        r#"{"entry":"genesis","format":1,"store":"5ac0","class":"synthetic","noise":"seed:07",A}"#,
        concat!(
            r#"{"entry":"plan","digest":"D","bytes":0,"id":"BORDER","title":"Border \"é\"","#,
            r#""rho":"1/2","windows":5,"window":"year",A}"#,
        ),
        concat!(
            r#"{"entry":"charge","dataflow":"FLOW","window":"2024","part":"base","#,
            r#""delta2":"1","variance":"21/16","rho":"8/21",A}"#,
        ),
        concat!(
            r#"{"entry":"release","dataflow":"FLOW","step":"2024-01-01","vintage":0,"#,
            r#""charges":[2,3],"path":"release/FLOW/2024-01-01.v0.json","digest":"D","#,
            r#""bytes":17,A}"#,
        ),
        concat!(
            r#"{"entry":"charge","dataflow":"BALANCE","window":"2024","part":"turnover","#,
            r#""delta2":"281474976710656","variance":"21/16","rho":"8/21",A}"#,
        ),
        concat!(
            r#"{"entry":"amendment","digest":"D","bytes":0,"amends":"D","from":"2025-01-01","#,
            r#""note":"A point \"é\" opens.",A}"#,
        ),
        concat!(
            r#"{"entry":"genesis","format":2,"store":"5ac0","class":"real","noise":"os","#,
            r#""order":"life_cycle",A}"#,
        ),
        concat!(
            r#"{"entry":"release","dataflow":"FLOW","step":"2024-01-01","vintage":1,"#,
            r#""charges":[2,3],"path":"release/FLOW/2024-01-01.v1.json","digest":"D","#,
            r#""bytes":17,"silent":["LAND","SEA"],A}"#,
        ),
    ];

    fn forms() -> [String; 9] {
        let at = r#""at":"2024-01-01T00:00:00Z"}"#;
        FORMS.map(|form| form.replace("\"D\"", &format!("\"{DIGEST}\"")).replace("A}", at))
    }

    #[test]
    fn forms_ever_written_are_read() {
        for form in forms() {
            let entry = Entry::parse(form.as_bytes()).expect(&form);
            assert_eq!(entry.to_bytes().unwrap(), form.as_bytes());
        }
    }

    #[test]
    fn an_entry_has_one_form() {
        let [real, synthetic, plan, charge, release, _, amendment, ordered, _] = forms();
        for bad in [
            String::new(),
            "null".into(),
            format!("{real}\n"),
            format!(" {real}"),
            real.replace(":1,", ": 1,"),
            real.replace("\"format\":1,", ""),
            real.replace("\"format\":1,", "\"format\":1,\"format\":1,"),
            real.replace("}", ",\"note\":\"x\"}"),
            real.replace("\"os\"", "\"seed:07\""),
            real.replace("genesis", "origin"),
            real.replace("5ac0", "5AC0"),
            real.replace("5ac0", "../x"),
            ordered.replace("life_cycle", "arrival"),
            ordered.replace("\"life_cycle\"", "null"),
            synthetic.replace("seed:07", "seed:"),
            synthetic.replace("00:00Z", "00:00.5Z"),
            synthetic.replace("T00", " 00"),
            plan.replace(DIGEST, "../secret"),
            plan.replace('é', "\\u00e9"),
            amendment.replacen(DIGEST, "../secret", 2),
            amendment.replace("\"from\":\"2025-01-01\",", ""),
            amendment.replace("amends", "after"),
            charge.replace("base", "whole"),
            charge.replace("\"1\"", "1"),
            release.replace("\"vintage\":0", "\"vintage\":-1"),
            release.replace("[2,3]", "[2,3.0]"),
            release.replace(DIGEST, &DIGEST.to_uppercase()),
        ] {
            assert_eq!(Entry::parse(bad.as_bytes()), Err(LedgerRule::EntrySyntax), "{bad}");
        }
    }

    #[test]
    fn an_entry_longer_than_its_prefix_can_say_is_refused() {
        let Ok(Entry::Plan { digest, bytes, id, rho, windows, window, at, .. }) =
            Entry::parse(forms()[2].as_bytes())
        else {
            panic!("a plan");
        };
        let title = "x".repeat(ENTRY_BYTES_MAX);
        let long = Entry::Plan { digest, bytes, id, title, rho, windows, window, at };
        assert_eq!(long.to_bytes(), Err(LedgerRule::EntrySyntax));
    }
}
