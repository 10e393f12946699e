//! The stock of a cohort dataflow by age, through the whole program: with next to no noise it is
//! that of the input, and with noise its intervals contain that of the input.
//!
//! Not here: protection. The budgets of these synthetic stores are absurd on purpose.

#![cfg(test)]

use std::collections::BTreeMap;

use testkit::plans::{STAYS, spells_as_tables};
use testkit::program::{Workplace, succeed};
use testkit::{PlanText, edit};

/// The last day of each of the months that are checked, counted from the plan's first day.
const MONTH_ENDS: [i32; 5] = [30, 59, 90, 120, 151];

fn date(day: i32) -> String {
    let first: jiff::civil::Date = "2024-01-01".parse().expect("a date");
    first.checked_add(jiff::Span::new().days(day)).expect("a date").to_string()
}

/// Groups of persons: how many, the day of entry, the day of departure.
fn stays() -> Vec<(i32, i32, Option<i32>)> {
    let group = |n: i32| {
        let entry = n * 13 % 150;
        let left = (n % 4 != 0).then_some(entry + 3 + n * 29 % 110);
        (3 + n % 5, entry, left.filter(|left| *left <= 151))
    };
    (0..60).map(group).collect()
}

fn month(day: i32) -> usize {
    MONTH_ENDS.iter().position(|end| day <= *end).expect("a month")
}

/// Persons present at the end of each month, by calendar months since they entered: 0, 1, more.
fn truth() -> BTreeMap<(String, String), i32> {
    let mut truth = BTreeMap::new();
    for (now, end) in MONTH_ENDS.into_iter().enumerate() {
        for (band, ages) in [("M0", 0..=0), ("M1", 1..=1), ("LATER", 2..=9), ("_T", 0..=9)] {
            if *ages.start() > now {
                continue;
            }
            let present = stays().into_iter().filter(|(_, entry, left)| {
                let here = *entry <= end && left.is_none_or(|left| left > end);
                here && ages.contains(&(now - month(*entry)))
            });
            let count = present.map(|(many, ..)| many).sum();
            truth.insert((date(end)[..7].to_owned(), band.to_owned()), count);
        }
    }
    truth
}

/// Value, low and high, by month and band.
type WaitIntervals = BTreeMap<(String, String), [f64; 3]>;

struct WaitingStays {
    place: Workplace,
    events: String,
}

impl WaitingStays {
    fn new(plan: PlanText, rho: &str) -> Self {
        let place = Workplace::with_plan(plan.set("privacy.rho", rho).text());
        let mut events = String::from(
            "event_id,pseudonym,occurred_at,kind,citizenship,stay_class,authorised_until\n",
        );
        let mut person = 0;
        for (many, entry, left) in stays() {
            for _ in 0..many {
                person += 1;
                let who = format!("syn1:person{person:06},");
                let at = date(entry);
                events += &format!("in{person},{who}{at}T10:00:00Z,ENTRY,B,SHORT,_Z\n");
                if let Some(left) = left {
                    let at = date(left);
                    events += &format!("out{person},{who}{at}T12:00:00Z,EXIT,B,SHORT,_Z\n");
                }
            }
        }
        let events = place.write("events.csv", events);
        Self { place, events }
    }

    /// The stock that a store with this noise publishes.
    fn published(&self, seed: &str) -> WaitIntervals {
        let store = self.place.synthetic(&format!("store{seed}"), Some(&seed.repeat(32)));
        succeed(&["ingest", &store, &self.events]);
        succeed(&["release", &store, "--until", "2024-05-31"]);
        let id = "COHORTS.WAITING";
        let text = succeed(&["export", &store, "--dataflow", id, "--derive"]);
        let head = "FREQ,REF_AREA,INDICATOR,STAY_CLASS,TIME_PERIOD,BAND,OBS_VALUE,MARGIN,CI_LOW";
        assert!(text.starts_with(head), "{text}");
        let mut published = WaitIntervals::new();
        for line in text.lines().filter(|line| line.starts_with("M,AT,FLOW,SHORT,")) {
            let fields: Vec<&str> = line.split(',').collect();
            let number = |n: usize| fields[n].parse::<f64>().expect("a number");
            let numbers = [number(6), number(8), number(9)];
            published.insert((fields[4].to_owned(), fields[5].to_owned()), numbers);
        }
        for (end, now) in MONTH_ENDS.iter().zip(0..) {
            let month = date(*end)[..7].to_owned();
            let value =
                |band: &str| published.get(&(month.clone(), band.into())).map_or(0.0, |t| t[0]);
            let parts = value("M0") + value("M1") + value("LATER");
            assert!((parts - value("_T")).abs() < 1e-6, "{month}, {now}: {parts}");
        }
        published
    }
}

#[test]
fn the_stock_by_age_is_that_of_what_was_put_in() {
    let truth = truth();
    // The figures of a table have the noise of several residuals.
    for (plan, width) in [(edit(STAYS), 0.1), (spells_as_tables(edit(STAYS), false), 1.0)] {
        let published = WaitingStays::new(plan, "1000000000000").published("09");
        assert_eq!(published.keys().collect::<Vec<_>>(), truth.keys().collect::<Vec<_>>());
        for (at, [value, low, high]) in &published {
            let meant = f64::from(truth[at]);
            let is_near = (value - meant).abs() < 0.01 && high - low < width;
            assert!(is_near, "{at:?}: {low} to {high} for {meant}");
        }
    }
    assert!(truth.values().filter(|count| **count > 10).count() > 10);
}

/// The stocks of one store share noise, so one band of each store is checked, another each time;
/// every second store measures cohorts as a table. Of 12 independent intervals fewer than 6 contain
/// the truth with probability below 1e-6 (binomial, 0.95).
#[test]
fn intervals_hold_the_stock_by_age() {
    let tables = spells_as_tables(edit(STAYS), false);
    let stays = [edit(STAYS), tables].map(|plan| WaitingStays::new(plan, "4"));
    let (truth, mut contained, mut margins) = (truth(), 0, Vec::new());
    for n in 0..12usize {
        let published = stays[n % 2].published(&format!("{:02x}", 16 + n));
        let (at, [_, low, high]) = published.iter().nth(n * 5 % published.len()).expect("a band");
        let meant = f64::from(truth[at]);
        contained += usize::from(*low <= meant && meant <= *high);
        margins.push(high - low);
    }
    assert!(contained >= 6, "{contained} of 12");
    assert!(margins.iter().all(|width| *width > 1.0), "{margins:?}");
}
