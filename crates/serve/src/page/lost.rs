//! What an address names that there is not, as `web/lost.js` finds and words it.
//!
//! Not here: the form of what an address names (`address`), and addresses that are no page.
//!
//! Invariants:
//! 1. What the scripts do not find, no page and no picture shows in part
//!    (`tests::pages::what_scripts_do_not_find_is_not_found`).
//! 2. An address that names what there is not is answered in the language of the page
//!    (`tests::pages::wrong_dates_and_states_are_named_as_the_address_names_them`).

use tidegauge_figures::{Catalogue, Error, LedgerState, Parameters};
use tidegauge_model::Period;

use super::address::Address;
use super::lists::is_list;
use super::locale::{Joint, listed};
use super::structure::{Dimension, Structure};
use crate::words::Words;

/// What stands for the periods among the rows and columns of a table.
const TIME: &str = "TIME_PERIOD";

/// What an address names that there is not.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Missing {
    Flow(String),
    Codes {
        dimension: String,
        codes: Vec<String>,
    },
    Parts {
        given: usize,
        all: usize,
        names: Vec<String>,
    },
    Rows {
        rows: Vec<String>,
        known: Vec<String>,
    },
    Option {
        name: String,
        value: String,
    },
    /// A date that there is not.
    Day {
        name: String,
        value: String,
    },
    /// A state that the ledger, of so many entries, has not reached.
    Size {
        name: String,
        value: String,
        last: u64,
    },
    /// A state that is not shown.
    State(Error),
}

/// The answer to an address that names what there is not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NotFound {
    /// The identifier and the name of its statistic, if there is one.
    pub(super) statistic: Option<(String, String)>,
    pub(super) missing: Vec<Missing>,
}

impl NotFound {
    /// There is no statistic with this identifier.
    pub(super) fn flow(id: &str) -> Self {
        Self { statistic: None, missing: vec![Missing::Flow(id.to_owned())] }
    }

    /// What was not found, a sentence each.
    pub(super) fn sentences(&self, words: &Words) -> Vec<String> {
        self.missing.iter().map(|missing| missing.sentence(words)).collect()
    }
}

impl Missing {
    fn sentence(&self, words: &Words) -> String {
        let quoted = |texts: &[String], joint: Joint| {
            let each = texts.iter().map(|it| words.fill("quoted", &[("text", it)]));
            listed(words, &each.collect::<Vec<_>>(), joint)
        };
        let plain = |texts: &[String]| listed(words, texts, Joint::And);
        match self {
            Missing::Flow(id) => words.fill("lost-flow", &[("id", id)]),
            Missing::Codes { dimension, codes } => {
                let codes = quoted(codes, Joint::Or);
                words.fill("lost-code", &[("dimension", dimension), ("codes", &codes)])
            }
            Missing::Parts { given, all, names } => {
                let ([given, all], names) = ([given, all].map(ToString::to_string), plain(names));
                words.fill("lost-parts", &[("given", &given), ("n", &all), ("names", &names)])
            }
            Missing::Rows { rows, known } => {
                let (rows, known) = (quoted(rows, Joint::And), plain(known));
                words.fill("lost-rows", &[("rows", &rows), ("known", &known)])
            }
            Missing::Option { name, value } => {
                words.fill("lost-option", &[("name", name), ("value", value)])
            }
            Missing::Day { name, value } => {
                words.fill("lost-day", &[("name", name), ("value", value)])
            }
            Missing::Size { name, value, last } => {
                let last = last.to_string();
                words.fill("lost-size", &[("name", name), ("value", value), ("size", &last)])
            }
            Missing::State(error) => words.fill("cannot", &[("why", &words.reason(error))]),
        }
    }
}

/// What an address names of a statistic that there is not; `given` is its key.
pub(super) fn missing(
    catalogue: &Catalogue,
    structure: &Structure,
    given: &[Vec<String>],
    address: &Address,
) -> Vec<Missing> {
    let dimensions = &structure.dimensions;
    let misread = address.misread();
    let option = |name: &str, value: &str| Missing::Option {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    let is_read = |name: &str| !misread.iter().any(|(wrong, _)| *wrong == name);
    let member = |name: &'static str| {
        address.member(name).filter(|_| is_read(name)).map(|value| (name, value))
    };
    let by = member("by").filter(|(_, name)| !is_list(dimensions, name));
    let days = ["start", "end"].into_iter().filter_map(member);
    let days = days
        .filter(|(_, day)| Period::parse(day).is_none())
        .map(|(name, value)| Missing::Day { name: name.to_owned(), value: value.to_owned() });
    let sizes = ["asOf", "since"].into_iter().filter_map(member);
    let sizes = sizes.filter_map(|(name, value)| state(catalogue, name, value));
    let mut all = wrong_key(dimensions, given);
    all.extend(wrong_rows(dimensions, &address.rows()));
    all.extend(misread.iter().copied().chain(by).map(|(name, value)| option(name, value)));
    all.extend(days.chain(sizes));
    all
}

/// What of a key there is not.
fn wrong_key(dimensions: &[Dimension], given: &[Vec<String>]) -> Vec<Missing> {
    let mut all = vec![];
    if given.len() > dimensions.len() {
        let names = dimensions.iter().map(|dimension| dimension.name.clone()).collect();
        all.push(Missing::Parts { given: given.len(), all: dimensions.len(), names });
    }
    for (dimension, codes) in dimensions.iter().zip(given) {
        let is_unknown = |id: &&String| !dimension.codes.iter().any(|code| code.id == **id);
        let codes: Vec<String> = codes.iter().filter(is_unknown).cloned().collect();
        if !codes.is_empty() {
            all.push(Missing::Codes { dimension: dimension.name.clone(), codes });
        }
    }
    all
}

/// The names on the rows of a table that are no dimensions.
fn wrong_rows(dimensions: &[Dimension], rows: &[&str]) -> Option<Missing> {
    let known: Vec<&str> =
        dimensions.iter().map(|dimension| &*dimension.id).chain([TIME]).collect();
    let unknown: Vec<String> =
        rows.iter().filter(|row| !known.contains(row)).map(|row| (*row).to_owned()).collect();
    let known = known.into_iter().map(str::to_owned).collect();
    (!unknown.is_empty()).then_some(Missing::Rows { rows: unknown, known })
}

/// That the ledger has no such state, or does not show it.
fn state(catalogue: &Catalogue, name: &str, value: &str) -> Option<Missing> {
    // It has at most 16 digits.
    let size = value.parse().ok()?;
    let parameters = Parameters { as_of: Some(LedgerState::Size(size)), ..Parameters::default() };
    match catalogue.size_for(&parameters) {
        Ok(_) => None,
        Err(Error::Parameter { .. }) => {
            let (name, value) = (name.to_owned(), value.to_owned());
            Some(Missing::Size { name, value, last: catalogue.ledger().size })
        }
        Err(error) => Some(Missing::State(error)),
    }
}
