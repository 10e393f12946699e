//! Scenario `asylum`: applications of synthetic persons and their outcomes, for the plan
//! `plans/asylum.toml`.
//!
//! Not here: published counts and real persons; the hazards are made up ([`ASYLUM_ASSUMPTIONS`]).
//!
//! Invariants:
//! 1. The truth counts the written events, and each person's events follow the plan's life cycle
//!    (`asylum::tests::the_truth_counts_the_events`).
//! 2. Nothing occurs after the last day: later events are left out
//!    (`asylum::tests::nothing_occurs_after_the_last_day`).
//! 3. A seed means the same bytes (`asylum::tests::a_seed_means_the_same_bytes`).
//!
//! Format: the columns of the plan. A row of the truth is `month,kind,citizenship,outcome,events`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Span;
use jiff::civil::Date;

use crate::draw::{Draw, weighted};
use crate::error::Error;
use crate::whole_file::write_file;

/// The assumptions of the scenario, for people to read.
pub const ASYLUM_ASSUMPTIONS: &str = "\
- Scenario `asylum`: forty persons apply on each day. Of those who wait, three in a hundred withdraw
  in each month and, from the second month on, eight to sixteen in a hundred are decided upon, by
  citizenship. Half of the decisions grant something. Half of the rejected appeal within four weeks;
  of those, six in a hundred get a final decision in each month, and a fifth of those who lost apply
  again within half a year. Whatever would come after the last day is left out.
";

/// Citizenships with their weight among applicants, and the percentage that is decided in a month.
const CITIZENSHIPS: [(&str, u32, u32); 8] = [
    ("SY", 30, 16),
    ("AF", 24, 12),
    ("TR", 12, 10),
    ("SO", 9, 12),
    ("UA", 8, 16),
    ("MA", 7, 8),
    ("STLS", 6, 12),
    ("UNK", 4, 8),
];
const AGES: [(&str, u32); 6] =
    [("Y_LT18", 30), ("Y18_29", 38), ("Y30_49", 24), ("Y50_69", 6), ("Y_GE70", 1), ("UNK", 1)];
const SEXES: [(&str, u32); 3] = [("M", 68), ("F", 31), ("UNK", 1)];
const GRANTED: [(&str, u32); 3] = [("GENEVA", 60), ("SUBSIDIARY", 35), ("HUMANITARIAN", 5)];
/// The number of persons who apply on each day.
const A_DAY: u64 = 40;
/// The number of days in a month of the hazards.
const MONTH: u32 = 30;

/// Options of the scenario: its days, its seed and its files.
#[derive(Clone, Debug)]
pub struct Asylum {
    /// The first day.
    pub from: Date,
    /// Number of days.
    pub days: u32,
    /// The seed of everything that is drawn.
    pub seed: u64,
    /// The file of events.
    pub out: PathBuf,
    /// The file of true counts, if one is wanted.
    pub truth: Option<PathBuf>,
}

impl Asylum {
    /// Two years from the beginning of 2024.
    pub fn new(out: PathBuf) -> Self {
        Self { from: Date::constant(2024, 1, 1), days: 731, seed: 0, out, truth: None }
    }
}

/// One event: day from the first, kind, outcome.
type Step = (u32, &'static str, &'static str);

/// Draws the first month in which something happens that has this probability, in per cent, in each
/// month.
fn months_until(draw: &mut Draw, percent: u32) -> u32 {
    (0..).find(|_| draw.below(100) < percent).unwrap_or(0)
}

/// Draws the course of an application made on this day, and of the person's later applications.
fn course(draw: &mut Draw, applied: u32, decided_a_month: u32, steps: &mut Vec<Step>) {
    steps.push((applied, "APPLICATION", "NONE"));
    let (withdrawn, decided) = (months_until(draw, 3), 1 + months_until(draw, decided_a_month));
    if withdrawn < decided {
        steps.push((applied + 1 + withdrawn * MONTH + draw.below(MONTH), "WITHDRAWAL", "NONE"));
        return;
    }
    let day = applied + 1 + decided * MONTH + draw.below(MONTH);
    let granted = draw.below(2) == 0;
    let outcome = if granted { weighted(draw, GRANTED.into_iter()) } else { "REJECTED" };
    steps.push((day, "DECISION", outcome));
    if granted || draw.below(2) == 0 {
        return;
    }
    let appealed = day + 1 + draw.below(28);
    steps.push((appealed, "APPEAL", "NONE"));
    let last = appealed + 1 + months_until(draw, 6) * MONTH + draw.below(MONTH);
    let lost = draw.below(4) > 0;
    let outcome = if lost { "REJECTED" } else { weighted(draw, GRANTED.into_iter()) };
    steps.push((last, "FINAL_DECISION", outcome));
    if lost && draw.below(5) == 0 {
        let again = last + 1 + draw.below(180);
        course(draw, again, decided_a_month, steps);
    }
}

/// Writes the events and the true counts; returns the number of events and of persons.
///
/// Errors: files that cannot be written.
pub fn asylum(options: &Asylum) -> Result<(u64, u64), Error> {
    let mut draw = Draw::new(options.seed);
    let mut text =
        String::from("event_id,pseudonym,occurred_at,kind,citizenship,age_band,sex,outcome\n");
    let (mut events, mut persons) = (0, 0);
    let mut truth: BTreeMap<[String; 4], u64> = BTreeMap::new();
    for day in 0..options.days {
        for _ in 0..A_DAY {
            persons += 1;
            let weights = CITIZENSHIPS.map(|(code, weight, _)| (code, weight));
            let citizenship = weighted(&mut draw, weights.into_iter());
            let row = CITIZENSHIPS.iter().find(|(code, ..)| *code == citizenship);
            let decided = row.map_or(8, |(_, _, decided)| *decided);
            let age = weighted(&mut draw, AGES.into_iter());
            let sex = weighted(&mut draw, SEXES.into_iter());
            let mut steps = Vec::new();
            course(&mut draw, day, decided, &mut steps);
            for (day, kind, outcome) in steps.into_iter().filter(|step| step.0 < options.days) {
                events += 1;
                let date = options.from.saturating_add(Span::new().days(day));
                text += &format!(
                    "a{events},syn1:asylum{persons:08},{date}T10:00:00Z,{kind},{citizenship},\
                     {age},{sex},{outcome}\n"
                );
                let month = format!("{}-{:02}", date.year(), date.month());
                let key = [month.as_str(), kind, citizenship, outcome].map(str::to_owned);
                *truth.entry(key).or_default() += 1;
            }
        }
    }
    write_file(&options.out, &text)?;
    if let Some(path) = &options.truth {
        let lines = truth.iter().map(|(key, events)| format!("{},{events}\n", key.join(",")));
        let head = "month,kind,citizenship,outcome,events\n".to_owned();
        write_file(path, &std::iter::once(head).chain(lines).collect::<String>())?;
    }
    Ok((events, persons))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegauge_model::Plan;

    fn run(seed: u64, days: u32) -> (String, String) {
        let place = tempfile::tempdir().unwrap();
        let (out, truth) = (place.path().join("events.csv"), place.path().join("truth.csv"));
        let from = "2024-01-01".parse().unwrap();
        let options = Asylum { from, days, seed, out, truth: Some(truth.clone()) };
        asylum(&options).unwrap();
        let read = |path| std::fs::read_to_string(path).unwrap();
        (read(&options.out), read(&truth))
    }

    #[test]
    fn the_truth_counts_the_events() {
        let plan = Plan::parse(include_str!("../../../plans/asylum.toml")).unwrap();
        let (events, truth) = run(3, 400);
        assert_eq!(events.lines().next().unwrap(), plan.event_columns().join(","));
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let mut statuses: BTreeMap<&str, usize> = BTreeMap::new();
        for line in events.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let key = [&fields[2][..7], fields[3], fields[4], fields[7]].join(",");
            *counts.entry(key).or_default() += 1;
            let status = statuses.entry(fields[1]).or_default();
            let kind = plan.life_cycle.kind(fields[3]).unwrap();
            *status = plan.life_cycle.next(*status, kind).expect("the life cycle allows it");
        }
        let lines = counts.iter().map(|(key, events)| format!("{key},{events}"));
        assert_eq!(lines.collect::<Vec<_>>(), truth.lines().skip(1).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_occurs_after_the_last_day() {
        let (events, _) = run(4, 60);
        assert!(events.lines().skip(1).all(|line| line.split(',').nth(2).unwrap() < "2024-03-01"));
        assert!(events.contains(",DECISION,"));
    }

    #[test]
    fn a_seed_means_the_same_bytes() {
        assert_eq!(run(5, 40), run(5, 40));
        assert_ne!(run(5, 40).0, run(6, 40).0);
    }
}
