//! Which messages of a stream are committed: the position.
//!
//! It is a set of messages, not a line through the stream, since what was fetched and not committed
//! comes back after newer messages: everything up to the floor, which is the sequence up to which
//! the server has all acknowledgements, and single messages after that. A stream that was restored
//! or made anew hands out sequences once more; so a message that was published after all those that
//! are committed is always a new one.
//!
//! Not here: how messages are fetched and acknowledged.
//!
//! Invariants:
//! 1. Only messages that were committed are (`connect::nats::committed::tests::only_these_are`).
//!
//! Format: stream sequences, those after the floor as runs, and when the latest was published, in
//! nanoseconds since 1970:
//! `{"floor": 400, "messages": [[401, 500], [502, 502]], "published": 1767225600000000000}`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::connect::runs::Runs;
use crate::error::{CORRUPT, Error};

/// Messages after the floor that are remembered.
const COMMITTED_MAX: usize = 500_000;

/// The form in a position.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Place {
    floor: u64,
    messages: Runs,
    published: i64,
}

/// Which messages are committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Committed {
    /// All up to this sequence.
    floor: u64,
    /// Others.
    messages: BTreeSet<u64>,
    /// When the latest of all of them was published.
    published: i64,
}

impl Committed {
    /// Those of a position.
    ///
    /// Errors: a position of another form.
    pub(super) fn parse(position: &Value) -> Result<Self, Error> {
        let place = Place::deserialize(position).ok();
        let committed = place.and_then(|Place { floor, messages, published }| {
            messages.numbers().map(|messages| Self { floor, messages, published })
        });
        committed.ok_or_else(|| {
            let rule =
                "is not a position in a stream of NATS; an input keeps its name and its kind";
            Error::new(CORRUPT, "state", "state.json", "inputs", rule)
        })
    }

    pub(super) fn position(&self) -> Value {
        let messages = Runs::new(self.messages.iter().copied());
        let place = Place { floor: self.floor, messages, published: self.published };
        serde_json::to_value(place).unwrap_or_default()
    }

    /// Whether the message with this sequence, published at this time, is committed.
    pub(super) fn contains(&self, sequence: u64, published: i64) -> bool {
        let is_named = sequence <= self.floor || self.messages.contains(&sequence);
        is_named && published <= self.published
    }

    pub(super) fn add(&mut self, sequence: u64, published: i64) {
        self.messages.insert(sequence);
        self.published = self.published.max(published);
    }

    /// The server has the acknowledgements of all messages up to a sequence.
    pub(super) fn raise(&mut self, floor: u64) {
        self.floor = self.floor.max(floor);
        self.messages.retain(|&sequence| sequence > self.floor);
        // If the server's floor stands still, the oldest may come again; their events count once.
        while self.messages.len() > COMMITTED_MAX {
            self.messages.pop_first();
        }
    }

    pub(super) fn floor(&self) -> u64 {
        self.floor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_these_are() {
        let mut committed = Committed::default();
        for (sequence, published) in [(1, 10), (2, 20), (4, 40), (7, 35)] {
            committed.add(sequence, published);
        }
        committed.raise(2);
        let again = Committed::parse(&committed.position()).unwrap();
        assert_eq!(again, committed);
        let is: Vec<u64> = (1..9).filter(|&sequence| again.contains(sequence, 40)).collect();
        assert_eq!(is, [1, 2, 4, 7]);
        // Sequences are handed out once more, later.
        assert!((1..9).all(|sequence| !again.contains(sequence, 41)));
        committed.raise(1);
        assert_eq!(committed, again);
        for broken in ["{}", "{\"floor\":1,\"messages\":[[1,9223372036854775807]],\"published\":1}"]
        {
            assert!(Committed::parse(&serde_json::from_str(broken).unwrap()).is_err());
        }
    }
}
