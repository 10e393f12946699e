//! The codes of a plan's attributes that are open on a day, with the weights by which they are
//! drawn.
//!
//! Not here: the codes of kinds (`cycle`), and the texts of codes (`labels`).
//!
//! Weights are made from the list only: within each group of a list, and among its groups, some
//! members are common and others rare, as far as the rehearsal is uneven (by Zipf's law: the second
//! half as common as the first, the third a third). Which ones is drawn; codes that stand for
//! unknown or other come last.
//!
//! Invariants:
//! 1. Only codes that are valid on the day are drawn, never a reserved position
//!    (`rehearsal::tests::only_codes_of_the_day_occur`).
//! 2. Every code that is open can be drawn (`rehearsal::lists::tests::every_code_has_a_weight`).
//! 3. A person keeps the codes of attributes of persons and stays while they are open
//!    (`rehearsal::tests::persons_keep_their_codes`).
//! 4. Only a decision has an outcome, and only a refusal a reason, where the list has a code for
//!    none (`rehearsal::tests::only_a_decision_has_an_outcome`).

use jiff::civil::Date;
use tidegauge_model::plan::{ATTRIBUTES_OF_EVENTS, Attribute};
use tidegauge_model::{CodeList, Plan, Validity};

use crate::draw::{Draw, mix};

/// Most attributes and dates of an event.
pub(super) const CODES_MAX: usize = 8;

/// Identifiers that stand for unknown or other values, in SDMX and in the ready-made plans.
const RESIDUAL: [&str; 8] = ["UNK", "UNKNOWN", "OTHER", "_U", "_O", "_X", "_N", "_Z"];

/// The code of events that an attribute says nothing of.
const NONE: &str = "NONE";

/// Attributes that only some kinds of events have, with what the names of those kinds contain.
const OF_KINDS: [(&str, &str); 2] = [("outcome", "DECISION"), ("refusal_reason", "REFUSAL")];

/// The sum of all weights of a list, about.
const SCALE: u64 = 1 << 48;

/// The codes of every attribute.
pub(super) struct OpenLists {
    attributes: Vec<OpenList>,
}

/// The codes of an attribute.
struct OpenList {
    codes: Vec<WeightedCode>,
    /// Whether the code belongs to the event, not to the person.
    by_event: bool,
    /// The code of the events that do not have the attribute, and by kind whether it does.
    others: Option<(u16, Vec<bool>)>,
    /// Whether any code has a first or a last day.
    is_limited: bool,
    /// Mixed into the number of a person, so that attributes are independent.
    salt: u64,
    /// The codes that are open today, with the sum of the weights up to each.
    today: Vec<(u64, u16)>,
}

struct WeightedCode {
    position: u16,
    weight: u64,
    validity: Validity,
}

impl OpenLists {
    pub(super) fn new(plan: &Plan, uneven: u32, draw: &mut Draw) -> Self {
        let kinds = &plan.life_cycle.kinds;
        let attributes = plan.attributes.iter();
        let lists = attributes.map(|attribute| OpenList::new(attribute, kinds, uneven, draw));
        Self { attributes: lists.collect() }
    }

    /// Begins a day; whether every attribute has an open code.
    pub(super) fn begin_day(&mut self, day: Date) -> bool {
        for list in &mut self.attributes {
            list.begin_day(day);
        }
        self.attributes.iter().all(|list| !list.today.is_empty())
    }

    /// Draws the codes of an event of this kind, of the person with this number.
    pub(super) fn codes(&self, number: u64, kind: u8, draw: &mut Draw) -> [u16; CODES_MAX] {
        let mut codes = [0; CODES_MAX];
        for (code, list) in codes.iter_mut().zip(&self.attributes) {
            *code = if list.by_event { list.drawn(kind, draw) } else { list.kept(number) };
        }
        codes
    }

    /// Draws other codes for the attributes of an event of this kind; whether any is another one.
    pub(super) fn change(&self, codes: &mut [u16; CODES_MAX], kind: u8, draw: &mut Draw) -> bool {
        let before = *codes;
        for (code, list) in codes.iter_mut().zip(&self.attributes) {
            if list.by_event {
                *code = list.drawn(kind, draw);
            }
        }
        before != *codes
    }
}

impl OpenList {
    fn new(attribute: &Attribute, kinds: &[String], uneven: u32, draw: &mut Draw) -> Self {
        let list = &attribute.code_list;
        let part = OF_KINDS.iter().find(|(name, _)| *name == attribute.name);
        let none = list.named().find(|(_, code)| code.id == NONE);
        let others = part.zip(none).map(|((_, part), (position, _))| {
            (position, kinds.iter().map(|kind| kind.contains(part)).collect())
        });
        let weights = weights(list, uneven, draw);
        let codes: Vec<WeightedCode> = list
            .named()
            .filter(|(position, _)| others.as_ref().is_none_or(|(none, _)| none != position))
            .map(|(position, code)| WeightedCode {
                position,
                weight: weights[usize::from(position)],
                validity: code.validity,
            })
            .collect();
        Self {
            by_event: ATTRIBUTES_OF_EVENTS.contains(&attribute.name),
            is_limited: codes.iter().any(|code| !code.validity.is_unlimited()),
            others,
            salt: draw.wide(),
            today: Vec::with_capacity(codes.len()),
            codes,
        }
    }

    fn begin_day(&mut self, day: Date) {
        if !self.is_limited && !self.today.is_empty() {
            return;
        }
        self.today.clear();
        let mut sum = 0;
        for code in &self.codes {
            let Validity { from, to } = code.validity;
            if from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to) {
                sum += code.weight;
                self.today.push((sum, code.position));
            }
        }
    }

    fn total(&self) -> u64 {
        self.today.last().map_or(0, |&(sum, _)| sum)
    }

    /// The code at a place below the total.
    fn at(&self, place: u64) -> u16 {
        let found = self.today.partition_point(|&(sum, _)| sum <= place);
        self.today.get(found).map_or(0, |&(_, position)| position)
    }

    fn drawn(&self, kind: u8, draw: &mut Draw) -> u16 {
        if let Some((none, kinds)) = &self.others
            && !kinds[usize::from(kind)]
        {
            return *none;
        }
        self.at(draw.below_wide(self.total()))
    }

    /// The code of a person, the same on every day on which the same codes are open.
    fn kept(&self, number: u64) -> u16 {
        let place = (u128::from(mix(number ^ self.salt)) * u128::from(self.total())) >> 64;
        // Below the total, which has 64 bits.
        self.at(place as u64)
    }
}

/// The weights of all positions of a list.
fn weights(list: &CodeList, uneven: u32, draw: &mut Draw) -> Vec<u64> {
    let mut weights = vec![SCALE; list.codes().len()];
    let levels = list.children();
    for (level, children) in levels.iter().enumerate() {
        let is_last = level + 1 == levels.len();
        let ends: Vec<usize> = match is_last {
            true => (1..=list.codes().len()).collect(),
            false => {
                let groups = list.groups().iter().filter(|group| group.level == level + 1);
                groups.map(|group| usize::from(group.codes.end)).collect()
            }
        };
        let mut first = 0;
        for &number in children {
            let is_residual =
                |member: usize| is_last && RESIDUAL.contains(&list.codes()[member].id.as_str());
            for (member, share) in shares(first..first + number, is_residual, uneven, draw) {
                let begin = if member == 0 { 0 } else { ends[member - 1] };
                for weight in &mut weights[begin..ends[member]] {
                    *weight = ((u128::from(*weight) * u128::from(share)) >> 32).max(1) as u64;
                }
            }
            first += number;
        }
    }
    weights
}

/// The shares of siblings, of 2^32.
fn shares(
    members: std::ops::Range<usize>,
    is_residual: impl Fn(usize) -> bool,
    uneven: u32,
    draw: &mut Draw,
) -> Vec<(usize, u64)> {
    let mut order: Vec<usize> = members.collect();
    draw.shuffle(&mut order);
    order.sort_by_key(|&member| is_residual(member));
    let shares = ranked_shares(order.len(), uneven);
    order.into_iter().zip(shares).collect()
}

/// The shares, of 2^32, of so many ranked members.
pub(super) fn ranked_shares(number: usize, uneven: u32) -> Vec<u64> {
    const ONE: u64 = 1 << 32;
    let number = number as u64;
    let zipf = |rank: u64| ONE / (rank + 1);
    let sum: u64 = (0..number).map(zipf).sum();
    let share = |rank: u64| {
        let skewed = (u128::from(zipf(rank)) * u128::from(ONE) / u128::from(sum.max(1))) as u64;
        (u64::from(100 - uneven.min(100)) * (ONE / number) + u64::from(uneven) * skewed) / 100
    };
    (0..number).map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_weight() {
        let plan = include_str!("../../../../plans/exit-metrics.toml");
        let plan = Plan::parse(plan).unwrap();
        for uneven in [0, 50, 100] {
            for attribute in &plan.attributes {
                let list = &attribute.code_list;
                let weights = weights(list, uneven, &mut Draw::new(3));
                let sum: u64 = weights.iter().sum();
                assert!(weights.iter().all(|&weight| weight > SCALE >> 20));
                assert!(sum <= SCALE && sum > SCALE / 100 * 99, "{sum}");
            }
        }
    }

    #[test]
    fn uneven_shares_follow_zipf() {
        assert_eq!(ranked_shares(4, 0), [1 << 30; 4]);
        let skewed = ranked_shares(3, 100);
        assert!((skewed[0] / 2).abs_diff(skewed[1]) < 4 && (skewed[0] / 3).abs_diff(skewed[2]) < 4);
        let half = ranked_shares(3, 50);
        assert!(half[0] < skewed[0] && half[2] > skewed[2]);
    }
}
