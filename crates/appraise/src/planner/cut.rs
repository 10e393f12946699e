//! Bounds from the number of persons by number of contributions, as published or from a pilot.
//!
//! A bound b cuts what persons contribute beyond it: Cut(b), the sum over c > b of (c - b) persons
//! with c contributions. The least bound is taken at which the total of a period loses at most 0.3
//! standard deviations of the margin that is wished: then an interval of 95 % that ignores the loss
//! still covers 94 %. If a plan can have none that is so high, its highest bound is taken.
//!
//! Not here: events. A plan comes before data, and a bound chosen from a store's own events would
//! reveal something about them.
//!
//! Invariants:
//! 1. The bound is the least that loses so little
//!    (`tests::the_bound_is_the_least_that_cuts_little_enough`), and none that a plan cannot have
//!    (`tests::no_bound_is_above_the_highest`).

use std::collections::BTreeMap;

use num_traits::ToPrimitive;
use tidegauge_model::{Grain, Measure, Period, Plan};
use tidegauge_privacy::interval::NORMAL_POINT;

/// The bias that an interval may ignore, in standard deviations.
pub(super) const BIAS_MAX: f64 = 0.3;
/// The first line of a table.
const HEADER: [&str; 3] = ["dataflow", "contributions", "persons"];

/// How many persons have how many contributions to a dataflow in one window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contributions {
    /// The dataflow's id.
    pub dataflow: String,
    /// Persons by number of contributions.
    pub persons: BTreeMap<u32, u64>,
}

impl Contributions {
    /// Reads a table in CSV: `dataflow,contributions,persons`.
    ///
    /// Errors: the line and the rule that it breaks.
    pub fn parse(text: &str, plan: &Plan) -> Result<Vec<Self>, String> {
        let mut tables: Vec<Self> = Vec::new();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|error| error.to_string())?;
        if headers.iter().ne(HEADER) {
            return Err(format!("line 1: the columns are {}", HEADER.join(",")));
        }
        for (line, row) in (2..).zip(reader.records()) {
            let row = row.map_err(|error| {
                let line = error.position().map_or(line, csv::Position::line);
                format!("line {line}: is not a row of three values")
            })?;
            let field = |at| row.get(at).unwrap_or_default();
            let (Ok(contributions), Ok(persons)) = (field(1).parse::<u32>(), field(2).parse())
            else {
                return Err(format!("line {line}: contributions and persons are whole numbers"));
            };
            if contributions == 0 {
                return Err(format!(
                    "line {line}: contributions: must be at least 1; leave out who has none"
                ));
            }
            match plan.dataflow(field(0)) {
                Some((_, dataflow)) if !matches!(dataflow.measure, Measure::AtBound { .. }) => {}
                _ => {
                    return Err(format!(
                        "line {line}: a dataflow of the plan with a bound is needed"
                    ));
                }
            }
            let known = tables.iter().position(|table| table.dataflow == field(0));
            let at = known.unwrap_or_else(|| {
                let dataflow = field(0).to_owned();
                tables.push(Self { dataflow, persons: BTreeMap::new() });
                tables.len() - 1
            });
            if tables[at].persons.insert(contributions, persons).is_some() {
                return Err(format!("line {line}: this number of contributions is given twice"));
            }
        }
        let is_empty = |table: &&Self| table.persons.values().all(|persons| *persons == 0);
        match tables.iter().find(is_empty) {
            Some(Self { dataflow, .. }) => {
                Err(format!("{dataflow}: persons: are 0 in every row; give their numbers"))
            }
            None if tables.is_empty() => {
                Err("line 2: there is no row; give one for each number of contributions".to_owned())
            }
            None => Ok(tables),
        }
    }

    /// The contributions of a window that a bound lets count.
    pub(super) fn counted(&self, bound: u32) -> f64 {
        let counted = |(c, persons): (&u32, &u64)| f64::from(*c.min(&bound)) * *persons as f64;
        self.persons.iter().map(counted).sum()
    }

    /// What a bound cuts in a window.
    pub(super) fn cut(&self, bound: u32) -> f64 {
        let beyond = self.persons.range(bound.saturating_add(1)..);
        beyond.fold(0.0, |sum, (c, persons)| sum + f64::from(c - bound) * *persons as f64)
    }
}

/// The number of periods of a grain in a whole window.
pub(super) fn periods(plan: &Plan, grain: Grain) -> f64 {
    let window = plan.window_of(plan.first_step()).next();
    let steps = plan.steps_of(window).into_iter();
    let mut periods: Vec<Period> = steps.map(|step| step.within(grain)).collect();
    periods.dedup();
    periods.len().max(1) as f64
}

/// A bound that was chosen from a table, and what it cuts there.
#[derive(Clone, Debug, PartialEq)]
pub struct ChosenBound {
    /// The dataflow's id.
    pub dataflow: String,
    /// The bound of a window.
    pub bound: u32,
    /// The bound that the plan had.
    pub before: u32,
    /// The part of the contributions in the table that the bound cuts.
    pub cut: f64,
    /// The persons in the table with more contributions than the bound.
    pub persons: u64,
    /// Whether the bound is the highest of a plan, and cuts more than the wishes allow.
    pub is_too_low: bool,
}

/// The least bound of a dataflow at which no wish loses too much, or the highest that a plan can
/// have; `None` without wishes or persons.
pub(super) fn bound(plan: &Plan, position: usize, table: &Contributions) -> Option<ChosenBound> {
    let wishes = plan.wishes.iter().filter(|wish| wish.dataflow == position);
    // What may be cut in a window.
    let most = wishes.filter_map(|wish| {
        Some(BIAS_MAX * wish.margin.to_f64()? / NORMAL_POINT * periods(plan, wish.grain))
    });
    let most = most.reduce(f64::min)?;
    table.persons.values().find(|persons| **persons > 0)?;
    let dataflow = &plan.dataflows[position];
    let highest = dataflow.highest_bound().window;
    let found = (1..=highest).find(|&bound| table.cut(bound) <= most);
    let bound = found.unwrap_or(highest);
    let beyond = table.persons.range(bound + 1..).map(|(_, persons)| persons);
    Some(ChosenBound {
        dataflow: dataflow.id.clone(),
        bound,
        before: dataflow.bound.window,
        cut: table.cut(bound) / table.counted(u32::MAX),
        persons: beyond.fold(0, |sum, persons| sum.saturating_add(*persons)),
        is_too_low: found.is_none(),
    })
}

#[cfg(test)]
mod tests {
    use testkit::edit;

    use super::*;

    const WISH: &str = "[[wish]]\ndataflow = \"CROSSINGS\"\nperiod = \"month\"\nmargin = 49";

    fn plan() -> Plan {
        let text = edit(include_str!("../../../../testdata/tables.toml")).append(WISH).text();
        Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}"))
    }

    #[test]
    fn the_bound_is_the_least_that_cuts_little_enough() {
        let plan = plan();
        let text = "dataflow,contributions,persons\nCROSSINGS,1,100000\nCROSSINGS,10,40\n\
                    CROSSINGS,20,9\n";
        let [table] = &Contributions::parse(text, &plan).expect("a table")[..] else { panic!() };
        // 0.3 x 49 / 1.96 x 12 months = 90 contributions a year may be cut: nine persons with ten
        // fewer, but not the forty too.
        let found = bound(&plan, 0, table).expect("a bound");
        assert_eq!((found.bound, found.before, found.persons), (10, 24, 9));
        assert!(table.cut(10) == 90.0 && table.cut(9) == 139.0);
        assert!((found.cut - 90.0 / 100_580.0).abs() < 1e-12 && !found.is_too_low);
        assert_eq!(bound(&plan, 1, table), None, "no wish");
    }

    #[test]
    fn no_bound_is_above_the_highest() {
        let plan = plan();
        let chosen = |rows: &str| {
            let text = format!("dataflow,contributions,persons\n{rows}");
            let tables = Contributions::parse(&text, &plan).expect("a table");
            bound(&plan, 0, &tables[0]).expect("a bound")
        };
        // At most 90 may be cut.
        let little = chosen("CROSSINGS,1114,1\n");
        assert_eq!((little.bound, little.persons, little.is_too_low), (1024, 1, false));
        let much = chosen("CROSSINGS,4294967295,2\nCROSSINGS,1115,1\n");
        assert_eq!((much.bound, much.persons, much.is_too_low), (1024, 3, true));
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let plan = plan();
        for (text, rule) in [
            ("dataflow,persons\n", "line 1: the columns are"),
            ("dataflow,contributions,persons\nCROSSINGS,x,1\n", "line 2: contributions and"),
            ("dataflow,contributions,persons\nNONE,1,1\n", "line 2: a dataflow of the plan"),
            ("dataflow,contributions,persons\nAT_BOUND,1,1\n", "line 2: a dataflow of the plan"),
            ("dataflow,contributions,persons\nCROSSINGS,1,1\nCROSSINGS,1,2\n", "line 3: this"),
            ("dataflow,contributions,persons\nCROSSINGS,1\n", "line 2: is not a row of three"),
            ("dataflow,contributions,persons\n", "line 2: there is no row"),
            ("dataflow,contributions,persons\nCROSSINGS,0,5\n", "line 2: contributions: must be"),
            (
                "dataflow,contributions,persons\nCROSSINGS,1,0\nCROSSINGS,2,0\n",
                "CROSSINGS: persons: are 0 in every row",
            ),
        ] {
            let error = Contributions::parse(text, &plan).expect_err(text);
            assert!(error.starts_with(rule), "{error}");
        }
    }
}
