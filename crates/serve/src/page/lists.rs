//! The lists of codes that an address may name for a map or a ranking: `web/lists.js` and
//! `web/countries.js` for the pages that the server writes.
//!
//! Not here: what a map or a ranking shows; scripts draw them.
//!
//! Invariants:
//! 1. The lists are those that the scripts offer
//!    (`page::lists::tests::lists_are_members_and_levels_of_groups`,
//!    `page::lists::tests::countries_are_those_of_the_scripts`).

use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

use super::structure::{Code, Dimension, TOTAL};
use crate::words::asset;

/// Dimensions without lists.
const GENERAL: [&str; 3] = ["FREQ", "REF_AREA", "INDICATOR"];
/// A list with fewer codes needs no picture of its own.
const CODES_MIN: usize = 3;

/// Whether a name is that of a list, or of a dimension of countries.
pub(super) fn is_list(dimensions: &[Dimension], name: &str) -> bool {
    let plain = dimensions.iter().filter(|dimension| !GENERAL.contains(&&*dimension.id));
    plain.clone().any(|dimension| dimension.id == name && is_of_countries(dimension))
        || plain.flat_map(lists).any(|list| list == name)
}

/// The codes of a dimension apart from its total, and those of them that are groups.
fn codes(dimension: &Dimension) -> (Vec<&Code>, HashSet<&str>) {
    let groups = dimension.codes.iter().filter_map(|code| code.parent.as_deref()).collect();
    (dimension.codes.iter().filter(|code| code.id != TOTAL).collect(), groups)
}

/// The members of a dimension, and its groups at each level.
fn lists(dimension: &Dimension) -> Vec<String> {
    let (codes, groups) = codes(dimension);
    let mut counts: BTreeMap<Option<usize>, usize> = BTreeMap::new();
    for code in codes {
        let level = groups.contains(&*code.id).then(|| 1 + depth(dimension, code));
        *counts.entry(level).or_default() += 1;
    }
    let named = |level: Option<usize>| match level {
        None => dimension.id.clone(),
        Some(level) => format!("{}/{level}", dimension.id),
    };
    counts.into_iter().filter(|(_, count)| *count >= CODES_MIN).map(|(it, _)| named(it)).collect()
}

/// How many groups a code lies in. A code has fewer than there are codes.
fn depth(dimension: &Dimension, code: &Code) -> usize {
    let parent = |code: &&Code| {
        let parent = code.parent.as_deref()?;
        dimension.codes.iter().find(|other| other.id == parent)
    };
    let chain = std::iter::successors(parent(&code), parent);
    chain.take(dimension.codes.len()).count()
}

/// Whether most codes of a dimension are countries, apart from groups and the total.
fn is_of_countries(dimension: &Dimension) -> bool {
    let (codes, groups) = codes(dimension);
    let members: Vec<&Code> =
        codes.into_iter().filter(|code| !groups.contains(&*code.id)).collect();
    let countries = members.iter().filter(|code| countries().contains(&*code.id)).count();
    members.len() > 1 && 2 * countries > members.len()
}

/// The codes of countries.
fn countries() -> &'static HashSet<&'static str> {
    static ALL: OnceLock<HashSet<&'static str>> = OnceLock::new();
    ALL.get_or_init(|| {
        let script = asset("countries.js");
        // Two letters and the number of the outline, between backticks.
        let pairs = script.split('`').nth(1).unwrap_or("").split_whitespace();
        let listed = pairs.filter_map(|pair| pair.get(..2));
        // Then those that other lists have: keys of maps.
        let after = |name: &str| script.split_once(name).map_or("", |(_, rest)| rest);
        let others = ["EUROSTAT = new Map(", "UNLISTED = new Map("].map(after).map(|rest| {
            let map = rest.split(')').next().unwrap_or("");
            map.split('[').filter_map(|entry| entry.split('"').nth(1))
        });
        listed.chain(others.into_iter().flatten()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dimension(id: &str, codes: &[(&str, &str)]) -> Dimension {
        let code = |(id, parent): &(&str, &str)| Code {
            id: (*id).to_owned(),
            name: String::new(),
            parent: (!parent.is_empty()).then(|| (*parent).to_owned()),
        };
        Dimension {
            id: id.to_owned(),
            name: String::new(),
            codes: codes.iter().map(code).collect(),
        }
    }

    #[test]
    fn lists_are_members_and_levels_of_groups() {
        let groups = [
            ("_T", ""),
            ("G1", ""),
            ("G2", ""),
            ("G3", ""),
            ("G4", "G1"),
            ("A", "G4"),
            ("B", "G2"),
            ("C", "G3"),
            ("D", "G3"),
        ];
        let all = [
            dimension("FREQ", &[("D", ""), ("M", ""), ("A", "")]),
            dimension("GROUPED", &groups),
            dimension("SHORT", &[("_T", ""), ("A", ""), ("B", "")]),
            dimension("BORDER", &[("_T", ""), ("DE", ""), ("UK", "")]),
        ];
        for name in ["GROUPED", "GROUPED/1", "BORDER"] {
            assert!(is_list(&all, name), "{name}");
        }
        for name in ["FREQ", "GROUPED/2", "GROUPED/3", "SHORT", "BORDER/1", "NOPE", ""] {
            assert!(!is_list(&all, name), "{name}");
        }
        // Nothing runs for ever where a group lies in itself.
        let odd = dimension("ODD", &[("A", "B"), ("B", "A"), ("C", "C")]);
        assert!(is_list(std::slice::from_ref(&odd), &lists(&odd)[0]));
    }

    #[test]
    fn countries_are_those_of_the_scripts() {
        assert!(countries().len() > 240, "{}", countries().len());
        for code in ["AD", "HK", "ZW", "EL", "UK", "XK"] {
            assert!(countries().contains(code), "{code}");
        }
        assert!(!countries().contains("XX") && countries().iter().all(|code| code.len() == 2));
    }
}
