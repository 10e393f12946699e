//! When each entry of a ledger becomes public, and the time since which it has been.
//!
//! Not here: the hour of a plan (crate `model`), which step made a release due (crate `ledger`),
//! and the clock ([`crate::estimate::reader`]).
//!
//! Releases are on the ledger in the order in which they are due, so the public entries at any
//! instant are a prefix of the ledger. Figures are made from that prefix only, as if the rest did
//! not exist yet; the ledger's own files are served completely. An entry that was made after the
//! end of its embargo is public since it was made. A request that names an instant is answered from
//! the entries that were public then.
//!
//! Invariants:
//! 1. No later entry is public before an earlier one, and none before its hour
//!    (`catalogue::embargo::tests::the_public_entries_are_a_prefix_of_the_ledger`).
//! 2. Without an embargo every entry is public, since it was made
//!    (`catalogue::embargo::tests::without_an_embargo_all_is_public`).

use jiff::Timestamp;
use tidegauge_ledger::{Entry, embargoed_until};
use tidegauge_model::{Period, Plan};

/// The first and the last step of a dataflow among entries that are not public.
pub(crate) fn embargoed_steps(id: &str, entries: &[Entry]) -> Option<(Period, Period)> {
    let mut steps = entries.iter().filter_map(|entry| match entry {
        Entry::Release { dataflow, step, vintage: 0, .. } if dataflow == id => Period::parse(step),
        _ => None,
    });
    let first = steps.next()?;
    Some((first, steps.next_back().unwrap_or(first)))
}

/// When each entry of a ledger becomes public, by its index.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hours {
    /// The end of the embargo of each entry; never earlier than that of the entry before.
    public_from: Vec<Timestamp>,
    /// The time since which each entry is public; never earlier than the entry before.
    published_since: Vec<Timestamp>,
}

impl Hours {
    /// Adds the new entries.
    pub(crate) fn grow(&mut self, plan: &Plan, entries: &[Entry]) {
        let last = |times: &[Timestamp]| times.last().copied().unwrap_or(Timestamp::MIN);
        for entry in entries.iter().skip(self.public_from.len()) {
            let until = embargoed_until(plan, entry).unwrap_or(Timestamp::MIN);
            let public_from = until.max(last(&self.public_from));
            // An entry whose time cannot be read is as old as the one before it.
            let made = entry.at().parse().unwrap_or(Timestamp::MIN);
            let published_since = public_from.max(made).max(last(&self.published_since));
            self.public_from.push(public_from);
            self.published_since.push(published_since);
        }
    }

    /// The number of entries that are public at an instant.
    pub(crate) fn public(&self, instant: Timestamp) -> u64 {
        self.public_from.partition_point(|until| *until <= instant) as u64
    }

    /// The number of entries published by an instant.
    pub(crate) fn published_by(&self, instant: Timestamp) -> u64 {
        self.published_since.partition_point(|since| *since <= instant) as u64
    }

    /// The end of the embargo of the entry at this index.
    pub(crate) fn until(&self, index: u64) -> Option<Timestamp> {
        // Fits: a ledger has at most 2^24 entries.
        self.public_from.get(index as usize).copied()
    }

    /// The time since which an entry is public, as text: its own time, unless its embargo ended
    /// later.
    pub(crate) fn since(&self, index: usize, entry: &Entry) -> String {
        let made_at = entry.at();
        match self.public_from.get(index) {
            Some(public_from)
                if made_at.parse::<Timestamp>().is_ok_and(|made| made < *public_from) =>
            {
                public_from.to_string()
            }
            _ => made_at.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::publisher;

    fn charge(at: &str) -> Entry {
        Entry::Charge {
            dataflow: "CROSSINGS".into(),
            window: "2023-Q4".into(),
            part: tidegauge_ledger::Part::Stream,
            delta2: String::new(),
            variance: String::new(),
            rho: String::new(),
            at: at.into(),
        }
    }

    fn release(step: &str, at: &str) -> Entry {
        Entry::Release {
            dataflow: "CROSSINGS".into(),
            step: step.into(),
            vintage: 0,
            charges: vec![],
            path: String::new(),
            digest: String::new(),
            bytes: 0,
            silent: vec![],
            at: at.into(),
        }
    }

    fn entries() -> Vec<Entry> {
        vec![
            charge("2023-11-16T00:05:00Z"),
            release("2023-11-15", "2023-11-16T00:05:00Z"),
            release("2023-11-16", "2023-11-17T00:05:00Z"),
            // Charged before the step before is public, and released long after its hour.
            charge("2023-11-17T00:06:00Z"),
            release("2023-11-17", "2023-11-25T12:00:00Z"),
            release("2023-11-18", "2023-11-25T12:00:00Z"),
        ]
    }

    fn hours(text: &str) -> Hours {
        let mut hours = Hours::default();
        let plan = Plan::parse(text).unwrap();
        // As when a ledger grows: known entries stay.
        hours.grow(&plan, &entries()[..2]);
        hours.grow(&plan, &entries());
        hours
    }

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_public_entries_are_a_prefix_of_the_ledger() {
        let hours = hours(&publisher::with_embargo(publisher::PLAN, "09:30"));
        let table = [
            ("2023-11-16T09:29:59Z", 1, 1),
            ("2023-11-16T09:30:00Z", 2, 2),
            ("2023-11-17T09:29:59Z", 2, 2),
            ("2023-11-17T09:30:00Z", 4, 4),
            ("2023-11-18T09:30:00Z", 5, 4),
            ("2023-11-25T11:59:59Z", 6, 4),
            ("2023-11-25T12:00:00Z", 6, 6),
        ];
        for (text, public, published) in table {
            assert_eq!(hours.public(instant(text)), public, "{text}");
            assert_eq!(hours.published_by(instant(text)), published, "{text}");
        }
        assert_eq!(hours.until(2), Some(instant("2023-11-17T09:30:00Z")));
        let since: Vec<String> =
            entries().iter().enumerate().map(|(n, entry)| hours.since(n, entry)).collect();
        assert_eq!(since[0], "2023-11-16T00:05:00Z");
        assert_eq!(since[2..4], ["2023-11-17T09:30:00Z"; 2].map(String::from));
        assert_eq!(since[5], "2023-11-25T12:00:00Z");
    }

    #[test]
    fn without_an_embargo_all_is_public() {
        let hours = hours(publisher::PLAN);
        assert_eq!(hours.public(Timestamp::MIN), 6);
        assert_eq!(hours.published_by(instant("2023-11-17T00:05:00Z")), 3);
        for (n, entry) in entries().iter().enumerate() {
            assert_eq!(hours.since(n, entry), entry.at());
        }
    }
}
