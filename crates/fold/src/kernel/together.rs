//! The order of one person's events at the same instant: that in which the life cycle allows the
//! most transitions.
//!
//! Sources that have only dates give all events of a day the same time. Of all orders of such
//! events, the one is taken in which the most of them make a transition, beginning with the
//! person's status before that instant. If several orders allow as many, the one that is first by
//! the sequence of ranks is taken: the rank of the kind, then the codes, then the id. A timer that
//! is due by that instant fires before the event that follows.
//!
//! More than [`TOGETHER_MAX`] events are ordered in groups of as many, each group from the status
//! to which the one before led.
//!
//! Not here: stores that began with another rule ([`EventOrder::IdDigest`]), which fold such events
//! by their ids (the parent); corrections of events that were folded before (module `correct`),
//! which are never ordered anew.
//!
//! Invariants:
//! 1. The order is a function of the person's status and of the set of events, whatever the order
//!    of arrival (`tests/same_instant.rs`: `every_order_of_arrival_gives_one_state`).
//! 2. No order makes more transitions, and none that makes as many is before it by rank
//!    (`together::tests::the_search_finds_what_trying_every_order_finds`).
//! 3. Nothing counts otherwise under other keys, although ids are keyed digests: events that differ
//!    only in their ids are alike wherever they are counted, and where they are corrected
//!    (`tests/same_instant.rs`: `other_ids_count_the_same`; proof: `kernel.proof.md`, section 1).
//!
//! [`EventOrder::IdDigest`]: tidegauge_model::EventOrder::IdDigest

use super::{FoldContext, Kernel, STATUS};
use crate::cell::Transition;
use crate::event::{ATTRIBUTES_MAX, Event};

/// The most events that are ordered by one search.
const TOGETHER_MAX: usize = 8;

/// The key that decides between events at the same instant if the transitions do not: the rank of
/// the kind, the codes, the id; the age only makes the order total.
type EventRank = (u8, [u16; ATTRIBUTES_MAX], u64, u8);

impl Kernel {
    /// The place of an event among those of its person at the same instant.
    pub(super) fn rank(&self, event: &Event) -> EventRank {
        let rank = self.life_cycle.rank(event.kind.into());
        (rank, self.content(event), event.id, event.age)
    }

    /// The codes of an event, without the revision of its row.
    pub(super) fn content(&self, event: &Event) -> [u16; ATTRIBUTES_MAX] {
        self.corrections.as_ref().map_or(event.codes, |words| words.content(event))
    }

    /// Folds several events of one person at the same instant.
    pub(super) fn fold_together(
        &self,
        state: &mut [u32],
        events: &[Event],
        of_step: usize,
        context: &mut FoldContext<'_>,
    ) {
        let is_new = |event: &&Event| self.is_to_be_folded(event, of_step, &mut context.notes);
        let mut events: Vec<&Event> = events.iter().filter(is_new).collect();
        events.sort_unstable_by_key(|event| self.rank(event));
        for group in events.chunks(TOGETHER_MAX) {
            self.fold_group(state, group, context);
        }
    }

    /// Folds a group of events at the same instant in the best order.
    fn fold_group(&self, state: &mut [u32], group: &[&Event], context: &mut FoldContext<'_>) {
        let Some(first) = group.first() else { return };
        self.fire_timers_before(state, first, context);
        let day = self.day_of(first, context.last);
        let search =
            OrderSearch::new(group.len(), self.life_cycle.statuses.len(), |place, status| {
                self.status_after(status, group[place], day)
            });
        for place in search.order(state[STATUS] as usize) {
            self.fold_event(state, group[place], context);
        }
    }

    /// The status to which an event leads, after the timers that fire on its own day; `None` if it
    /// makes no transition.
    fn status_after(&self, before: usize, event: &Event, day: i32) -> Option<usize> {
        let arrow = self.life_cycle.arrow(before, event.kind.into())?;
        let transition = Transition { event: Some(event), before, arrow, at: event.at };
        let due = self.due(&transition);
        let fires = due != 0 && i64::from(due) <= i64::from(day);
        // A timer that follows another one fires on a later day, or never.
        let timer = self.life_cycle.timer(arrow.to).filter(|_| fires);
        Some(timer.map_or(arrow.to, |timer| timer.arrow.to))
    }
}

/// The search for the best order of a group: for every subset of events that are left and every
/// status, the most transitions that they can make.
struct OrderSearch {
    events: usize,
    statuses: usize,
    /// By event and status: the status to which the event leads, if it makes a transition.
    leads: Vec<Option<usize>>,
    /// By subset and status.
    most: Vec<u8>,
}

impl OrderSearch {
    /// Searches the orders of so many events, at most [`TOGETHER_MAX`], under so many statuses.
    fn new(events: usize, statuses: usize, leads: impl Fn(usize, usize) -> Option<usize>) -> Self {
        let places = (0..events).flat_map(|event| (0..statuses).map(move |status| (event, status)));
        let leads = places.map(|(event, status)| leads(event, status)).collect();
        let mut search = Self { events, statuses, leads, most: vec![0; statuses << events] };
        for left in 1..1 << events {
            for status in 0..statuses {
                let most = search.members(left).map(|event| search.most_with(event, left, status));
                search.most[left * statuses + status] = most.max().unwrap_or(0);
            }
        }
        search
    }

    /// The events of a subset.
    fn members(&self, left: usize) -> impl Iterator<Item = usize> + use<> {
        (0..self.events).filter(move |event| left >> event & 1 == 1)
    }

    /// The most transitions if this event of those that are left comes first.
    fn most_with(&self, event: usize, left: usize, status: usize) -> u8 {
        let leads = self.leads[event * self.statuses + status];
        let rest = (left & !(1 << event)) * self.statuses + leads.unwrap_or(status);
        self.most[rest] + u8::from(leads.is_some())
    }

    /// The events in the best order from a status. The first event that keeps the most transitions
    /// possible is the first of the least sequence.
    fn order(self, mut status: usize) -> impl Iterator<Item = usize> {
        let mut left = (1 << self.events) - 1;
        std::iter::from_fn(move || {
            let most = self.most[left * self.statuses + status];
            let keeps = |event: &usize| self.most_with(*event, left, status) == most;
            let event = self.members(left).find(keeps)?;
            status = self.leads[event * self.statuses + status].unwrap_or(status);
            left &= !(1 << event);
            Some(event)
        })
    }
}

#[cfg(test)]
mod tests {
    use tidegauge_model::plan::LifeCycle;
    use tidegauge_model::plan::life_cycle::MODELS;

    use super::*;

    /// Days of events at one instant: model, statuses, kinds in the order in which they are taken,
    /// the last status. From the statuses that are named, the order and the end are these.
    const DAYS: [(&str, &str, &str, &str); 29] = [
        ("border", "UNSEEN ABROAD", "ENTRY EXIT", "ABROAD"),
        ("border", "PRESENT", "EXIT ENTRY", "PRESENT"),
        ("border", "ABROAD", "ENTRY EXIT ENTRY", "PRESENT"),
        ("border", "PRESENT", "ENTRY EXIT ENTRY", "PRESENT"),
        ("stay", "UNSEEN ABROAD", "ENTRY EXIT", "ABROAD"),
        ("stay", "AUTHORISED LAPSED", "EXIT ENTRY", "AUTHORISED"),
        ("stay", "ABROAD", "ENTRY EXIT ENTRY", "AUTHORISED"),
        ("stay", "UNSEEN ABROAD", "REFUSAL ENTRY", "AUTHORISED"),
        ("stay", "AUTHORISED LAPSED", "EXTENSION EXIT", "ABROAD"),
        ("stay", "AUTHORISED LAPSED", "REVOCATION EXIT", "ABROAD"),
        (
            "return",
            "UNSEEN ORDERED OVERDUE SUSPENDED CLOSED DEPARTED",
            "DECISION DEPARTURE",
            "DEPARTED",
        ),
        ("return", "UNSEEN DEPARTED", "REFUSAL DEPARTURE", "DEPARTED"),
        ("return", "UNSEEN", "DECISION WITHDRAWAL", "CLOSED"),
        ("return", "ORDERED", "WITHDRAWAL DECISION", "ORDERED"),
        ("return", "ORDERED", "SUSPENSION RESUMPTION", "ORDERED"),
        ("return", "SUSPENDED", "RESUMPTION SUSPENSION", "SUSPENDED"),
        ("asylum", "UNSEEN DECIDED CLOSED", "APPLICATION WITHDRAWAL", "CLOSED"),
        ("asylum", "PENDING", "WITHDRAWAL APPLICATION", "PENDING"),
        ("asylum", "UNSEEN", "APPLICATION DECISION", "DECIDED"),
        ("asylum", "PENDING", "DECISION APPLICATION", "PENDING"),
        ("asylum", "PENDING", "DECISION APPEAL", "APPEALED"),
        ("asylum", "DECIDED", "APPEAL WITHDRAWAL", "CLOSED"),
        ("asylum", "PENDING", "WITHDRAWAL DECISION", "CLOSED"),
        ("asylum", "UNSEEN", "APPLICATION DECISION APPEAL FINAL_DECISION", "CLOSED"),
        ("asylum", "APPEALED", "FINAL_DECISION APPLICATION", "PENDING"),
        ("asylum", "UNSEEN", "APPLICATION DECISION APPEAL WITHDRAWAL", "CLOSED"),
        ("stay", "UNSEEN", "ENTRY GRANT EXTENSION EXIT", "ABROAD"),
        ("return", "UNSEEN", "DECISION SUSPENSION RESUMPTION DEPARTURE", "DEPARTED"),
        ("border", "ABROAD", "ENTRY EXIT ENTRY EXIT", "ABROAD"),
    ];

    fn model(name: &str) -> LifeCycle {
        LifeCycle::ready_made(name).expect("a model")
    }

    /// Kinds in the order of the search, from a status; they are sorted by rank before.
    fn search(cycle: &LifeCycle, kinds: &[usize], status: usize) -> Vec<usize> {
        let leads = |place: usize, status: usize| cycle.next(status, kinds[place]);
        OrderSearch::new(kinds.len(), cycle.statuses.len(), leads).order(status).collect()
    }

    /// How many transitions kinds make in this order, and the last status.
    fn made(cycle: &LifeCycle, kinds: impl Iterator<Item = usize>, from: usize) -> (usize, usize) {
        kinds.fold((0, from), |(made, status), kind| match cycle.next(status, kind) {
            Some(to) => (made + 1, to),
            None => (made, status),
        })
    }

    #[test]
    fn days_of_the_ready_made_models_are_taken_as_they_happen() {
        for (name, statuses, expected, end) in DAYS {
            let cycle = model(name);
            let mut kinds: Vec<usize> =
                expected.split(' ').map(|kind| cycle.kind(kind).expect("a kind")).collect();
            kinds.sort_by_key(|&kind| cycle.rank(kind));
            for status in statuses.split(' ') {
                let from = cycle.statuses.iter().position(|known| known == status).expect(status);
                let order = search(&cycle, &kinds, from);
                let words: Vec<&str> =
                    order.iter().map(|&place| cycle.kinds[kinds[place]].as_str()).collect();
                assert_eq!(words.join(" "), expected, "{name} {status}");
                let (_, to) = made(&cycle, order.iter().map(|&place| kinds[place]), from);
                assert_eq!(cycle.statuses[to], end, "{name} {status} {expected}");
            }
        }
    }

    /// Every set of up to five kinds, a kind more than once if need be, sorted by rank.
    fn sets(cycle: &LifeCycle) -> Vec<Vec<usize>> {
        let mut kinds: Vec<usize> = (0..cycle.kinds.len()).collect();
        kinds.sort_by_key(|&kind| cycle.rank(kind));
        let mut sets = vec![vec![]];
        let mut last: Vec<Vec<usize>> = vec![vec![]];
        for _ in 0..5 {
            let longer = last.iter().flat_map(|set: &Vec<usize>| {
                let from = set.last().map_or(0, |&place| place);
                (from..kinds.len()).map(|place| [&set[..], &[place]].concat())
            });
            last = longer.collect();
            sets.extend(last.iter().cloned());
        }
        sets.iter().map(|set| set.iter().map(|&place| kinds[place]).collect()).collect()
    }

    /// Every order of so many places, the least sequence first.
    fn orders(many: usize) -> Vec<Vec<usize>> {
        let longer = |order: Vec<usize>| {
            let left: Vec<usize> = (0..many).filter(|place| !order.contains(place)).collect();
            left.into_iter().map(move |place| [&order[..], &[place]].concat())
        };
        (0..many).fold(vec![vec![]], |orders, _| orders.into_iter().flat_map(longer).collect())
    }

    #[test]
    fn the_search_finds_what_trying_every_order_finds() {
        let mut tried = 0;
        let orders: Vec<Vec<Vec<usize>>> = (0..=5).map(orders).collect();
        for (name, _) in MODELS {
            let cycle = model(name);
            for (set, status) in
                sets(&cycle).iter().flat_map(|set| (0..cycle.statuses.len()).map(move |s| (set, s)))
            {
                let made =
                    |order: &[usize]| made(&cycle, order.iter().map(|&place| set[place]), status).0;
                let found = search(&cycle, set, status);
                let all = &orders[set.len()];
                let most = all.iter().map(|order| made(order)).max().expect("an order");
                let first = all.iter().find(|order| made(order) == most).expect("an order");
                assert_eq!(&found, first, "{name} {} {set:?}", cycle.statuses[status]);
                tried += 1;
            }
        }
        assert!(tried > 6000, "every set from every status, {tried}");
    }
}
