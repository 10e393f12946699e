//! What the bound of a flow cuts: how many persons are beyond it, and the most that a figure can
//! lack because of them.
//!
//! The plan counts the persons beyond the bound in a dataflow of its own (`at_bound`), each once in
//! a window. Who is not beyond it by a step lacks nothing in that step; who is lacks at most one
//! contribution in each step and cell, or in a table in each step and code that stands apart. So a
//! figure lacks at most the sum over its steps of the persons who were beyond the bound by then
//! (times its cells). A sum of upper ends is not below the upper end of a sum, so the most
//! that a figure lacks is above the truth in 97.5 of 100 cases at least. It is known of everyone
//! together only: who went beyond the bound with one code may lack a contribution with another.
//!
//! Windows begin with nobody beyond the bound. A period in which one begins has the persons of
//! each of its windows, and what its steps lack in all of them.
//!
//! Not here: late contributions, which the bound cuts without counting whom: under vintages all
//! this is said of what was reported in time.
//!
//! Invariants:
//! 1. What is cut is not more than is said, and who is said to be beyond the bound is
//!    (`tidegauge/tests/commuters.rs`: `a_figure_says_what_its_bound_cuts`).
//! 2. A period counts the persons of its own windows only, each of them
//!    (`derived::cut::tests::a_window_begins_with_nobody`,
//!    `derived::cut::tests::a_week_over_the_turn_of_a_window_has_both`).
//! 3. A flow whose bound nobody watches, and one that counts every event, are refused
//!    (`derived::cut::tests::a_flow_without_persons_at_its_bound_is_refused`), as is one of which
//!    only some people are counted at the bound
//!    (`derived::cut::tests::an_at_bound_of_some_people_says_nothing_of_all`).
//! 4. Nothing is said to be cut before anybody can be beyond the bound
//!    (`derived::cut::tests::nobody_passes_a_bound_before_it_can_be_passed`).
//! 5. Where nothing can count nothing is cut, so there is no row; a row is provisional as long as a
//!    figure is on which it rests (`derived::cut::tests::a_row_has_the_status_of_its_figures`).
//!
//! Format: a table ([`crate::derived::table`]) of the dimensions, `TIME_PERIOD`, the `PERSONS`
//! beyond the bound in the window by the end of the period, their `MARGIN`, `CUT_MAX`: the most
//! contributions that the figure lacks, and `OBS_STATUS`: `B`, `P` or `A`, of the figure and of the
//! persons.

use tidegauge_model::{CodeSource, Dataflow, Measure, Period, Plan, StatisticalUnit, Status};

use super::parts::{count, empty, of_period, status};
use super::table::{DerivedTable, Field};
use crate::answer::answer::CheckedAnswer;
use crate::answer::evaluate::{ListedPeriods, answer, select};
use crate::catalogue::catalogue::Catalogue;
use crate::error::Error;
use crate::estimate::reader::Reader;
use crate::query::grammar::{Key, KeyPart, Parameters};
use crate::query::indicator::Indicator;
use crate::query::series::{Selection, TOTAL, cells, leading};

/// The ending of an id that requests this table of a dataflow.
pub(crate) const ENDING: &str = ".CUT";

/// The series of a flow, and that of the persons beyond its bound.
#[derive(Clone, Debug)]
pub struct CutSelection {
    flow: Selection,
    passed: Selection,
}

impl CutSelection {
    /// The series of a key in a flow whose bound an `at_bound` watches.
    ///
    /// Errors: no such flow; a key that does not fit it.
    pub(crate) fn new(
        catalogue: &Catalogue,
        id: &str,
        key: &Key,
        parameters: &Parameters,
    ) -> Result<Self, Error> {
        let flow = select(catalogue, id, key, parameters)?;
        let plan = catalogue.plan_for(parameters)?;
        let what = "what a bound cuts except for flows of persons of which an at_bound counts \
                    all who go beyond it";
        let next = "read the figures of persons beyond the bound, if there are any";
        let position = watching(plan, flow.dataflow).ok_or(Error::NotOffered { what, next })?;
        let passed = Selection::new(&everyone(plan, position), plan, position)?;
        Ok(Self { flow, passed })
    }

    /// The table.
    ///
    /// Errors: those of figures.
    pub(crate) fn table(
        &self,
        reader: &Reader,
        catalogue: &Catalogue,
        parameters: &Parameters,
    ) -> Result<(DerivedTable, u64), Error> {
        let listed = ListedPeriods::Published;
        let flow = answer(reader, catalogue, self.flow.clone(), parameters, listed)?.check()?;
        // Who is beyond a bound is known from the beginning of the window on.
        let all = Parameters { as_of: parameters.as_of, ..Default::default() };
        let passed = answer(reader, catalogue, self.passed.clone(), &all, listed)?.check()?;
        let steps = Passed::of(&passed, flow.dataflow())?;
        let structure = &flow.dataflow().structure;
        let mut table = empty(&flow, &[], "TIME_PERIOD,PERSONS,MARGIN,CUT_MAX,OBS_STATUS");
        for number in 0..flow.len() {
            let series = flow.series(number)?;
            let cells = match flow.dataflow().marginals.is_empty() {
                true => cells(structure, &flow.chosen(number).2).len(),
                // A series of a table has one code of each dimension that stands apart.
                false => 1,
            };
            let observations = series.observations.iter();
            for observation in observations.filter(|one| one.status != Status::CannotExist) {
                let Some(Cut { persons, most, status: of_persons }) =
                    steps.over(observation.period)
                else {
                    continue;
                };
                let [value, margin, ..] = count(persons, &passed);
                // Exact: a structure has at most a million cells.
                let most = most.saturating_mul(cells as i64);
                let status = status([observation.status, of_persons]).code().to_owned();
                let most = Field::Number(most.to_string());
                let fields = vec![value, margin, most, Field::Word(status)];
                let silent = passed.silent(Indicator::AtBound, observation.period);
                let silent = silent.union(observation.silent);
                table.push(of_period(&series.key, observation.period), Some(fields), silent);
            }
        }
        if table.rows.is_empty() { Err(Error::NothingReleased) } else { Ok((table, flow.as_of)) }
    }
}

/// The dataflow that counts all persons beyond the bound of a flow of persons.
pub(crate) fn watching(plan: &Plan, flow: usize) -> Option<usize> {
    let is_of_persons = plan.dataflows[flow].unit == StatisticalUnit::Persons;
    let watches = |dataflow: &Dataflow| match dataflow.measure {
        Measure::AtBound { of } => of == flow && counts_everyone(plan, dataflow),
        _ => false,
    };
    plan.dataflows.iter().position(watches).filter(|_| is_of_persons)
}

/// The key of everyone in a dataflow by step: the total where there is one, else every code.
fn everyone(plan: &Plan, position: usize) -> Key {
    let dataflow = &plan.dataflows[position];
    let own = dataflow.structure.dimensions().iter().map(|dimension| match dimension.is_apart {
        true => KeyPart::Any,
        false => KeyPart::Codes(vec![TOTAL.to_owned()]),
    });
    let mut parts = vec![KeyPart::Any; leading(dataflow).len()];
    parts[0] = KeyPart::Codes(vec![plan.step().frequency().to_owned()]);
    parts.extend(own);
    Key::Parts(parts)
}

/// Whether an at_bound has a cell for everyone: none of its lists leaves out a code that events can
/// have.
fn counts_everyone(plan: &Plan, at_bound: &Dataflow) -> bool {
    let mut dimensions = at_bound.structure.dimensions().iter();
    dimensions.all(|dimension| match dimension.source {
        CodeSource::Attribute(attribute) => {
            dimension.code_list.codes().len() == plan.attributes[attribute].code_list.codes().len()
        }
        CodeSource::Kind => {
            let mut kinds = plan.life_cycle.kinds.iter();
            kinds.all(|kind| dimension.code_list.position(kind).is_some())
        }
        _ => false,
    })
}

/// The persons beyond a bound by each step of each window.
struct Passed {
    steps: Vec<PassedBy>,
}

/// The persons beyond a bound by a step.
struct PassedBy {
    step: Period,
    window: Period,
    /// Of the figures of this step.
    status: Status,
    /// In thousandths, with the variance in squared persons.
    persons: (i64, f64),
    /// The upper end of the interval, in whole persons, not below 0; 0 where nobody can have.
    most: i64,
}

impl Passed {
    /// Errors: figures that cannot be made.
    fn of(answer: &CheckedAnswer, flow: &Dataflow) -> Result<Self, Error> {
        let mut steps: Vec<PassedBy> = vec![];
        let (plan, each) = (answer.plan(), flow.most_in_a_step().ok_or(Error::Estimate)?);
        for number in 0..answer.len() {
            for (place, (step, value, variance)) in answer.to_date(number)?.into_iter().enumerate()
            {
                if number == 0 {
                    let window = plan.window_of(step);
                    let status = Status::Normal;
                    steps.push(PassedBy { step, window, status, persons: (0, 0.0), most: 0 });
                }
                let persons = &mut steps.get_mut(place).ok_or(Error::Estimate)?.persons;
                *persons = (persons.0.saturating_add(value), persons.1 + variance);
            }
            for observation in answer.series(number)?.observations {
                let found =
                    steps.binary_search_by_key(&observation.period.start(), |one| one.step.start());
                if let Ok(place) = found {
                    steps[place].status = status([steps[place].status, observation.status]);
                }
            }
        }
        let (mut before, mut in_window) = (None, 0u64);
        for PassedBy { window, persons: (value, variance), most, .. } in &mut steps {
            let own = Some(*window);
            (before, in_window) = (own, if before == own { in_window + each } else { each });
            // Nobody is beyond a bound before the steps are as many as that takes; but a correction
            // counts against it too, however few they are.
            let only_counts = flow.bound.month.is_none() && !plan.life_cycle.corrections;
            if only_counts && in_window <= u64::from(flow.bound.window) {
                continue;
            }
            let margin = answer.margin_milli(Indicator::AtBound, *variance);
            *most = value.saturating_add(margin).max(0).div_euclid(1000);
        }
        Ok(Self { steps })
    }

    /// What is cut in a period; `None` if it has no step with a figure.
    fn over(&self, period: Period) -> Option<Cut> {
        let first = self.steps.partition_point(|one| one.step.start() < period.start());
        let end = self.steps.partition_point(|one| one.step.start() < period.end());
        let steps = self.steps.get(first..end)?;
        let most = steps.iter().fold(0i64, |sum, one| sum.saturating_add(one.most));
        let status = status(steps.iter().map(|one| one.status));
        // The noise of one window is independent of that of another.
        let add = |sum: (i64, f64), last: &PassedBy| {
            (sum.0.saturating_add(last.persons.0), sum.1 + last.persons.1)
        };
        let windows = steps.chunk_by(|one, other| one.window == other.window);
        let persons = windows.filter_map(|steps| steps.last()).fold((0, 0.0), add);
        (!steps.is_empty()).then_some(Cut { persons, most, status })
    }
}

/// What a bound cuts in a period.
struct Cut {
    /// The persons beyond it, in each window by its last step in the period: in thousandths, with
    /// the variance in squared persons.
    persons: (i64, f64),
    /// The sum over the steps of the most who were.
    most: i64,
    status: Status,
}

#[cfg(test)]
mod tests {
    use testkit::publisher::PLAN;
    use testkit::{edit, toml};

    use super::*;
    use crate::query::grammar::parse_key;
    use crate::tests::{answer_of, store};

    fn cut(plan: &str, id: &str, key: &str) -> Result<DerivedTable, Error> {
        let (_directory, reader) = store(plan, "2024-02-20");
        let (catalogue, parameters) = (reader.catalogue().unwrap(), Parameters::default());
        let selection = CutSelection::new(&catalogue, id, &parse_key(key).unwrap(), &parameters)?;
        Ok(selection.table(&reader, &catalogue, &parameters)?.0)
    }

    /// On the first day of a window as many are beyond the bound as went beyond it on that day; and
    /// a total of six cells may lack six times what one may.
    #[test]
    fn a_window_begins_with_nobody() {
        let rows = |id: &str| cut(PLAN, id, "D..FLOW.AIR.ENTRY").unwrap().rows;
        let (found, total) =
            (rows("CROSSINGS"), cut(PLAN, "CROSSINGS", "D..FLOW._T._T").unwrap().rows);
        let day = answer_of(PLAN, "2024-02-20", "AT_BOUND", "D..AT_BOUND._T").check().unwrap();
        let day = day.series(0).unwrap();
        assert_eq!((found.len(), day.observations.len()), (98, 98));
        let mut firsts = 0;
        for ((row, total), figure) in found.iter().zip(&total).zip(&day.observations) {
            let period = figure.period.sdmx();
            assert_eq!(row[5], Field::Word(period.clone()));
            let [Field::Number(persons), Field::Number(most)] = [&row[6], &row[8]] else {
                panic!()
            };
            let Field::Number(of_total) = &total[8] else { panic!() };
            let [most, of_total] = [most, of_total].map(|text| text.parse::<i64>().unwrap());
            assert_eq!(of_total, 6 * most, "{period}");
            if ["2023-11-15", "2024-01-01"].contains(&&*period) {
                assert_eq!(persons.parse::<i64>().unwrap() * 1000, figure.value_milli, "{period}");
                firsts += 1;
            }
        }
        assert_eq!(firsts, 2);
        // A month lacks what its days lack.
        let months = cut(PLAN, "CROSSINGS", "M..FLOW.AIR.ENTRY").unwrap().rows;
        let number = |row: &[Field]| match &row[8] {
            Field::Number(text) => text.parse::<i64>().unwrap(),
            _ => panic!("{row:?}"),
        };
        let december = found.iter().filter(|row| {
            matches!(&row[5], Field::Word(day) if
            day.starts_with("2023-12"))
        });
        assert_eq!(number(&months[0]), december.map(|row| number(row)).sum::<i64>());
    }

    fn number(field: &Field) -> i64 {
        match field {
            Field::Number(text) => text.parse().unwrap(),
            _ => panic!("{field:?}"),
        }
    }

    /// The week from 30 September to 6 October has the persons of both quarters, as its last day of
    /// each has them.
    #[test]
    fn a_week_over_the_turn_of_a_window_has_both() {
        let plan = edit(PLAN).change("statement.start", "2024-09-16").text();
        let (_directory, reader) = store(&plan, "2024-10-20");
        let (catalogue, parameters) = (reader.catalogue().unwrap(), Parameters::default());
        let rows = |key: &str| {
            let key = parse_key(key).unwrap();
            let selection = CutSelection::new(&catalogue, "CROSSINGS", &key, &parameters).unwrap();
            selection.table(&reader, &catalogue, &parameters).unwrap().0.rows
        };
        let (days, weeks) = (rows("D..FLOW.AIR.ENTRY"), rows("W..FLOW.AIR.ENTRY"));
        let row = |rows: &[Vec<Field>], period: &str| {
            let word = Field::Word(period.to_owned());
            rows.iter().find(|row| row[5] == word).expect("a row").clone()
        };
        let [week, before, after] =
            [row(&weeks, "2024-W40"), row(&days, "2024-09-30"), row(&days, "2024-10-06")];
        let sum = number(&before[6]) + number(&after[6]);
        assert!(number(&before[6]) != 0 && number(&after[6]) != 0, "{before:?} {after:?}");
        assert_eq!(number(&week[6]), sum);
        let margins = [&before, &after].map(|row| number(&row[7]) as f64);
        let both = margins[0].hypot(margins[1]);
        assert!((number(&week[7]) as f64 - both).abs() <= 1.5, "{week:?} {both}");
        let other = row(&weeks, "2024-W41");
        assert_eq!(number(&other[6]), number(&row(&days, "2024-10-13")[6]));
    }

    /// A point that has closed has no row from then on. While a vintage of the flow is due, a row
    /// is provisional.
    #[test]
    fn a_row_has_the_status_of_its_figures() {
        let plan = edit(PLAN).change("dataflow.CROSSINGS.strategy", "identity");
        let plan = plan.add("dataflow.CROSSINGS.vintages", toml("[2, 5]"));
        let plan = plan.add("code_list.CL_BORDER_POINT.codes.SEA.valid_to", "2024-01-10");
        let plan = plan.change("dataflow.AT_BOUND.dimensions", toml("[]"));
        let days = |point: &str| {
            let rows = cut(&plan.text(), "CROSSINGS", &format!("D..FLOW.{point}.ENTRY")).unwrap();
            assert_eq!(rows.columns[9], "OBS_STATUS");
            let row = |row: &Vec<Field>| (row[5].clone(), row[9].clone());
            rows.rows.iter().map(row).collect::<Vec<_>>()
        };
        let closed = days("SEA");
        assert_eq!(closed.last().unwrap().0, Field::Word("2024-01-10".into()));
        let open = days("AIR");
        assert_eq!(open.last().unwrap().0, Field::Word("2024-02-20".into()));
        for (period, status) in &open {
            let Field::Word(day) = period else { panic!("{period:?}") };
            let expected = if &**day > "2024-02-15" { "P" } else { "A" };
            assert_eq!(*status, Field::Word(expected.into()), "{day}");
        }
    }

    /// With six cells a day, a bound of twelve can be passed on the third day of a window.
    #[test]
    fn nobody_passes_a_bound_before_it_can_be_passed() {
        let plan = edit(PLAN).remove("dataflow.CROSSINGS.bound_month").text();
        let rows = cut(&plan, "CROSSINGS", "D..FLOW.AIR.ENTRY").unwrap().rows;
        let most: Vec<bool> = rows.iter().map(|row| row[8] != Field::Number("0".into())).collect();
        // The last quarter of 2023 begins with 15 November here: 47 days.
        assert_eq!((&most[..2], &most[47..49]), (&[false; 2][..], &[false; 2][..]));
        assert!(most[2..47].iter().chain(&most[49..]).any(|is_some| *is_some));
    }

    /// An at_bound whose list leaves out a code says nothing of those who have it.
    #[test]
    fn an_at_bound_of_some_people_says_nothing_of_all() {
        let list = "[[code_list]]\nid = \"CL_SOME\"\nversion = \"1.0.0\"\nname = \"Some\"\n\
                    codes = [{ id = \"AIR\", name = \"Airport\" }]\n";
        let some = "[{ id = \"BORDER_POINT\", from = \"border_point\", code_list = \"CL_SOME\" }]";
        let plan = edit(PLAN).change("dataflow.AT_BOUND.dimensions", toml(some)).append(list);
        let error = cut(&plan.text(), "CROSSINGS", "all").unwrap_err();
        assert!(matches!(error, Error::NotOffered { .. }), "{error}");
    }

    #[test]
    fn a_flow_without_persons_at_its_bound_is_refused() {
        let events = edit(PLAN).change("dataflow.CROSSINGS.unit", "EVENTS");
        let events = events.remove("dataflow.CROSSINGS.bound_month").text();
        for (plan, id) in [(PLAN, "PRESENT"), (PLAN, "AT_BOUND"), (&*events, "CROSSINGS")] {
            let error = cut(plan, id, "all").unwrap_err();
            assert!(matches!(error, Error::NotOffered { .. }), "{id}: {error}");
        }
    }
}
