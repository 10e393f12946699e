//! Rates: which figures are divided by which, and by which dimensions a rate is given.
//!
//! Not here: dataflows (`dataflow.rs`).
//!
//! Invariants:
//! 1. Two sides that share noise in another way than by cells that both contain, or by the
//!    residuals of one table, are refused (`tests/rates.rs`, `pairs_that_share_noise_are_refused`).
//! 2. The dataflows that are summed on one side are different ones, so their noise is independent
//!    (`tests/rates.rs`, `a_side_can_add_up_dataflows`).
//! 3. A code that would count twice on one side, by itself and in a group or in two groups, is
//!    refused (`tests/rates.rs`, `what_would_count_twice_is_refused`).
//!
//! Format: `numerator = { dataflow = "CHANGES", codes = { TRANSITION = ["LAPSE"] } }`, where a
//! group of the code list can stand for its codes; for a balance also `indicator = "STOCK"`,
//! `"ARRIVALS"` or `"DEPARTURES"`. A list of them is their sum:
//! `denominator = [{ dataflow = "CHANGES", … }, { dataflow = "MOVEMENTS", … }]`.

use super::fault::PlanFault;
use super::node::{TomlTable, TomlValue};
use crate::code::CodeList;
use crate::dataflow::{Dataflow, Measure};
use crate::near::offered;
use crate::plan::keys;
use crate::plan::limits::TERMS_MAX;
use crate::rate::{INDICATORS, NamedCodes, Rate, Summand};
use crate::structure::Dimension;

/// The rates of a plan, whose dataflows must be sound.
pub(super) fn rates(nodes: &[TomlValue], dataflows: &[&Dataflow]) -> Option<Vec<Rate>> {
    let mut rates: Vec<Rate> = Vec::new();
    let mut is_sound = true;
    for node in nodes {
        let Some(rate) = node.table().and_then(|table| rate(&table, dataflows, &rates)) else {
            is_sound = false;
            continue;
        };
        rates.push(rate);
    }
    is_sound.then_some(rates)
}

fn rate(table: &TomlTable, dataflows: &[&Dataflow], others: &[Rate]) -> Option<Rate> {
    table.known(&keys::RATE.known());
    let id = table.need("id").and_then(|node| {
        let id = node.sdmx_id()?;
        let is_taken = dataflows.iter().any(|dataflow| dataflow.id == id)
            || others.iter().any(|rate| rate.id == id);
        if is_taken {
            let rule = "another dataflow or rate has this identifier";
            node.refuse(PlanFault::Duplicate, rule);
        }
        Some(id.to_owned())
    });
    let text = |key| table.need(key).and_then(|node| node.text());
    let (name, description) = (text("name"), text("description"));
    let side = |key| table.need(key).and_then(|node| side(&node, dataflows));
    let (numerator, denominator) = (side("numerator"), side("denominator"));
    let (numerator, denominator) = (numerator?, denominator?);
    let by = match table.may("by") {
        Some(node) => by(&node, dataflows, numerator.iter().chain(&denominator))?,
        None => vec![],
    };
    for (key, side) in [("numerator", &numerator), ("denominator", &denominator)] {
        for summand in side {
            refuse_sum_apart(table, key, dataflows[summand.dataflow], summand, &by)?;
        }
    }
    refuse_shared_noise(table, dataflows, &numerator, &denominator)?;
    Some(Rate { id: id?, name: name?, description: description?, by, numerator, denominator })
}

/// One side: what each of its dataflows adds.
fn side(node: &TomlValue, dataflows: &[&Dataflow]) -> Option<Vec<Summand>> {
    if !node.is_array() {
        return Some(vec![summand(node, dataflows)?]);
    }
    let nodes = node.array(dataflows.len())?;
    if nodes.is_empty() {
        node.refuse(PlanFault::BadValue, "at least 1 dataflow is needed");
        return None;
    }
    let mut side: Vec<Summand> = Vec::new();
    for node in nodes {
        let summand = summand(&node, dataflows)?;
        if side.iter().any(|other| other.dataflow == summand.dataflow) {
            let rule = "this dataflow is listed twice; name all its codes in one place";
            node.refuse(PlanFault::Duplicate, rule);
        }
        side.push(summand);
    }
    Some(side)
}

/// What one dataflow of the plan adds: its indicator, and codes.
fn summand(node: &TomlValue, dataflows: &[&Dataflow]) -> Option<Summand> {
    let table = node.table()?;
    table.known(&keys::SIDE.known());
    let dataflow = named_dataflow(&table, dataflows)?;
    let side_of = dataflows[dataflow];
    let indicator = indicator(&table, &side_of.measure);
    let mut codes = Vec::new();
    let mut terms = 1usize;
    if let Some(node) = table.may("codes") {
        for (id, node) in node.table()?.entries() {
            let found =
                side_of.structure.dimensions().iter().position(|dimension| dimension.id == id);
            let Some(place) = found else {
                let rule = no_dimension(id, side_of.structure.dimensions());
                node.refuse(PlanFault::UnknownKey, rule);
                return None;
            };
            let dimension = &side_of.structure.dimensions()[place];
            let named = named_codes(&node, &dimension.code_list)?;
            terms = terms.saturating_mul(count_of_terms(&named, dimension));
            codes.push((place, named));
        }
        if terms > TERMS_MAX {
            let rule = format!("at most {TERMS_MAX} combinations of codes, given {terms}");
            node.refuse(PlanFault::PlanTooLarge, rule);
        }
    }
    codes.sort();
    Some(Summand { dataflow, indicator: indicator?, codes })
}

/// The rule that a key breaks which names no dimension of the dataflow.
pub(super) fn no_dimension(given: &str, dimensions: &[Dimension]) -> String {
    let ids: Vec<&str> = dimensions.iter().map(|dimension| &*dimension.id).collect();
    format!("the dataflow has no such dimension; {}", offered(given, &ids))
}

/// The identifiers of the codes of a list, and of its groups if they count.
pub(super) fn ids(list: &CodeList, with_groups: bool) -> Vec<&str> {
    let codes = list.named().map(|(_, code)| &*code.id);
    let groups = list.groups().iter().filter(|_| with_groups).map(|group| &*group.code.id);
    codes.chain(groups).collect()
}

/// Codes and groups of a list, each code at most once.
fn named_codes(node: &TomlValue, list: &CodeList) -> Option<Vec<NamedCodes>> {
    let nodes = node.array(list.codes().len() + list.groups().len())?;
    if nodes.is_empty() {
        node.refuse(PlanFault::BadValue, "at least 1 code or group is needed");
        return None;
    }
    let mut all = Vec::with_capacity(nodes.len());
    for node in nodes {
        let rule = "a code or a group of the dimension is needed";
        let named = node.name_of(rule, &ids(list, true), |id| NamedCodes::find(list, id))?;
        refuse_repetition(&node, list, named, &all);
        all.push(named);
    }
    all.sort_unstable();
    Some(all)
}

/// Refuses what has a code in common with what is named before it.
fn refuse_repetition(node: &TomlValue, list: &CodeList, named: NamedCodes, before: &[NamedCodes]) {
    let own = named.positions(list);
    let meets = |other: &&NamedCodes| {
        let others = other.positions(list);
        others.start < own.end && own.start < others.end
    };
    let Some(&other) = before.iter().find(meets) else { return };
    // Of two that meet, one contains the other; a code may be all of its group.
    let size = |named: NamedCodes| (named.positions(list).len(), named);
    let (inner, outer) = if size(other) < size(named) { (other, named) } else { (named, other) };
    let rule = match inner == outer {
        true => format!("{} is listed twice", inner.id(list)),
        false => format!(
            "{} is in group {}, which is listed too, and would count twice; leave out one of them",
            inner.id(list),
            outer.id(list)
        ),
    };
    node.refuse(PlanFault::Duplicate, rule);
}

/// The number of figures that are added: those of a group are one, unless each code of the
/// dimension stands apart.
fn count_of_terms(named: &[NamedCodes], dimension: &Dimension) -> usize {
    if !dimension.is_apart {
        return named.len();
    }
    named.iter().map(|named| named.positions(&dimension.code_list).len()).sum()
}

/// The position of the dataflow that a table names.
pub(super) fn named_dataflow(table: &TomlTable, dataflows: &[&Dataflow]) -> Option<usize> {
    let ids: Vec<&str> = dataflows.iter().map(|dataflow| &*dataflow.id).collect();
    table.need("dataflow")?.name_of("a dataflow of the plan is needed", &ids, |id| {
        dataflows.iter().position(|dataflow| dataflow.id == id)
    })
}

/// The indicator of a table of the plan; it must be given if the dataflow offers more than one.
pub(super) fn indicator(table: &TomlTable, measure: &Measure) -> Option<&'static str> {
    let offered: &[&str] = match measure {
        Measure::AtBound { .. } => &["AT_BOUND"],
        Measure::Balance { .. } => &["STOCK", "ARRIVALS", "DEPARTURES"],
        Measure::Stock { .. } => &["STOCK"],
        Measure::Cohort { .. } | Measure::Duration { .. } | Measure::Flow | Measure::Transition => {
            &["FLOW"]
        }
    };
    let known = |word: &str| INDICATORS.into_iter().find(|indicator| *indicator == word);
    match table.may("indicator") {
        Some(node) => {
            let rule = format!("one of {} is needed", offered.join(", "));
            node.word(&rule, |word| known(word).filter(|word| offered.contains(word)))
        }
        None if offered.len() > 1 => {
            let rule = format!("one of {} is needed", offered.join(", "));
            table.refuse("indicator", PlanFault::MissingKey, rule);
            None
        }
        None => offered.first().and_then(|word| known(word)),
    }
}

/// The dimensions by which a rate is given: all that is summed must have them, with the same codes
/// and without a selection of codes.
fn by<'a>(
    node: &TomlValue,
    dataflows: &[&Dataflow],
    summands: impl Iterator<Item = &'a Summand> + Clone,
) -> Option<Vec<String>> {
    let rule = "a dimension that both sides have, with the same code list and no codes named";
    let mut by: Vec<String> = Vec::new();
    let dimensions = |summand: &Summand| dataflows[summand.dataflow].structure.dimensions().len();
    let most = summands.clone().map(dimensions).min().unwrap_or(0);
    for node in node.array(most)? {
        let id = node.word(rule, |id| {
            let mut lists = summands.clone().map(|summand| {
                let dimensions = dataflows[summand.dataflow].structure.dimensions();
                let place = dimensions.iter().position(|dimension| dimension.id == id)?;
                summand.codes_of(place).is_none().then_some(&dimensions[place].code_list)
            });
            let first = lists.next()??;
            lists.all(|list| list == Some(first)).then(|| id.to_owned())
        })?;
        if by.contains(&id) {
            node.refuse(PlanFault::Duplicate, "this dimension is listed twice");
        }
        by.push(id);
    }
    Some(by)
}

/// Refuses a side that would sum over a dimension that stands apart.
fn refuse_sum_apart(
    table: &TomlTable,
    key: &'static str,
    dataflow: &Dataflow,
    side: &Summand,
    by: &[String],
) -> Option<()> {
    let is_summed = |(place, dimension): &(usize, &Dimension)| {
        side.codes_of(*place).is_none() && !by.contains(&dimension.id)
    };
    let Some((_, dimension)) = dataflow.structure.apart().find(is_summed) else { return Some(()) };
    let rule = format!(
        "{} stands apart and is never summed over; name its codes, or give the rate by it",
        dimension.id
    );
    table.refuse(key, PlanFault::BadValue, rule);
    None
}

/// Refuses two parts of one balance, and a rate that is always 1.
fn refuse_shared_noise(
    table: &TomlTable,
    dataflows: &[&Dataflow],
    numerator: &[Summand],
    denominator: &[Summand],
) -> Option<()> {
    let is_balance = |summand: &Summand| {
        matches!(dataflows[summand.dataflow].measure, Measure::Balance { .. })
            && denominator.iter().any(|other| other.dataflow == summand.dataflow)
    };
    let rule = if numerator.iter().any(is_balance) {
        "two parts of a balance share their noise; take two dataflows"
    } else if are_same(numerator, denominator, dataflows) {
        "numerator and denominator are the same"
    } else {
        return Some(());
    };
    table.refuse("denominator", PlanFault::BadValue, rule);
    None
}

/// Whether two sides are sums of the same codes of the same dataflows, by themselves or in groups.
fn are_same(one: &[Summand], other: &[Summand], dataflows: &[&Dataflow]) -> bool {
    let is_in_other = |summand: &Summand| {
        let mut same = other.iter().filter(|other| other.dataflow == summand.dataflow);
        let codes = |summand: &Summand| each_code(summand, dataflows[summand.dataflow]);
        same.any(|other| codes(other) == codes(summand))
    };
    one.len() == other.len() && one.iter().all(is_in_other)
}

/// The codes of each restricted dimension of a summand, those of its groups too, ascending.
fn each_code(summand: &Summand, dataflow: &Dataflow) -> Vec<(usize, Vec<u16>)> {
    let codes = summand.codes.iter().map(|(place, named)| {
        let list = &dataflow.structure.dimensions()[*place].code_list;
        let mut codes: Vec<u16> = named.iter().flat_map(|named| named.positions(list)).collect();
        codes.sort_unstable();
        (*place, codes)
    });
    codes.collect()
}
