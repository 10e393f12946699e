//! Who is still in a set of statuses, by how long: the stock of a cohort dataflow by age.
//!
//! Not here: what is left of one cohort ([`super::cohort`]), figures ([`crate::answer`]), and their
//! noise ([`crate::answer::over_time`]).
//!
//! At the end of a month, those of age a are the cohort that began a months before, less those of
//! it who ended at the ages 0 to a. A band is a group of the list of ages, or an age where the list
//! has no groups; the last is open, and counts those who began since the plan's start. So a band is
//! a sum of figures, each over months that follow each other, and its variance follows from the
//! noise that they share. A stock rests on every month up to its own, so while that is under
//! embargo so is the stock, and no other.
//!
//! Invariants:
//! 1. Nothing is read but published figures, and with next to no noise the stock is that of what
//!    was put in (`tidegauge/tests/waiting.rs`: `the_stock_by_age_is_that_of_what_was_put_in`).
//! 2. Intervals hold it as often as they say
//!    (`tidegauge/tests/waiting.rs`: `intervals_hold_the_stock_by_age`), also for sums of cells
//!    with late counts
//!    (`derived::waiting::tests::the_stock_of_the_first_month_is_that_of_its_figures`).
//! 3. A stock is provisional while a vintage of one of its months is due
//!    (`derived::waiting::tests::a_stock_is_provisional_while_vintages_are_due`).
//! 4. Bands add up to their total, exactly as published (the same tests).
//!
//! Format: a table ([`crate::derived::table`]) of the dimensions without transition and age,
//! `TIME_PERIOD`, `BAND` (`_T` for all), `OBS_VALUE,MARGIN,CI_LOW,CI_HIGH,OBS_STATUS` (`P` while a
//! vintage of one of its months is due).

use tidegauge_model::{CodeList, Grain, Plan};

use super::cohort::{BEGAN, CohortDataflow, check_months, ended, months, silent_in, with_sums};
use super::parts::{count, empty, words};
use super::table::{DerivedTable, Field};
use crate::answer::evaluate::{ListedPeriods, answer};
use crate::answer::over_time::{FigureSum, NoiseOverTime};
use crate::catalogue::catalogue::Catalogue;
use crate::error::Error;
use crate::estimate::reader::Reader;
use crate::query::grammar::{Key, KeyPart, Parameters};
use crate::query::series::{Indicator, KeyDimension, LEADING, Selection, TOTAL, parts};

/// The ending of an id that requests this table of a dataflow.
pub(crate) const ENDING: &str = ".WAITING";

/// The monthly series of a cohort dataflow, of every age and transition and of the codes of a key,
/// which has no part for these two.
///
/// Errors: a dataflow that has no stock by age; a key that does not fit it.
pub(crate) fn selection(
    catalogue: &Catalogue,
    id: &str,
    key: &Key,
    parameters: &Parameters,
) -> Result<Selection, Error> {
    let position = catalogue.position(id)?;
    let plan = catalogue.plan_for(parameters)?;
    let gone = waiting(plan, position)?.gone;
    let own = plan.dataflows[position].structure.dimensions().iter().enumerate();
    let own = own.filter(|(place, _)| !gone.contains(place));
    let own: Vec<KeyDimension> = own.map(|(_, dimension)| KeyDimension::of(dimension)).collect();
    let mut parts = parts(key, &LEADING, &own)?;
    let mut places = gone.map(|place| LEADING.len() + place);
    places.sort_unstable();
    for place in places {
        parts.insert(place, KeyPart::Any);
    }
    let key = with_sums(plan, position, &Key::Parts(parts));
    let mut selection = Selection::new(&key, plan, position)?;
    check_months(&selection)?;
    selection.grains.retain(|grain| *grain == Grain::Month);
    Ok(selection)
}

/// The stock by age of a selection of a cohort dataflow.
///
/// Errors: those of figures; a dataflow that has no stock by age.
pub(crate) fn table(
    reader: &Reader,
    catalogue: &Catalogue,
    selection: Selection,
    parameters: &Parameters,
) -> Result<(DerivedTable, u64), Error> {
    let plan = catalogue.plan_for(parameters)?;
    let dataflow = waiting(plan, selection.dataflow)?;
    // A stock rests on all that came before it.
    let Parameters { as_of, decimals, end, .. } = *parameters;
    let all = Parameters { as_of, decimals, end, ..Default::default() };
    let listed = match parameters.is_whole() {
        true => ListedPeriods::WithEmbargoed,
        false => ListedPeriods::Published,
    };
    let answer = answer(reader, catalogue, selection, &all, listed)?.check()?;
    let months = months(&answer);
    let published = answer.published_count(&months);
    let noise = NoiseOverTime::of(&answer, &months)?;
    let columns = "TIME_PERIOD,BAND,OBS_VALUE,MARGIN,CI_LOW,CI_HIGH,OBS_STATUS";
    let mut table = empty(&answer, &dataflow.gone, columns);
    for (key, figures) in dataflow.figures(&answer)? {
        let noise = noise.of_figures(&figures.series)?;
        let asked = months.iter().enumerate().filter(|(_, month)| parameters.cover(**month));
        for (now, month) in parameters.chosen(asked.collect()) {
            for band in bands(dataflow.ages).iter().filter(|band| band.first <= now) {
                let row = words(&[&key[..], &[&month.to_string(), &band.code]].concat());
                let sums = sums(band, now, dataflow.oldest());
                let fields = (now < published).then(|| {
                    let stock = (figures.value(&sums), noise.variance(&sums));
                    let margin = answer.margin_milli(Indicator::Flow, stock.1);
                    let status = figures.status(&sums, [stock.0, margin]);
                    let mut fields = count(stock, &answer).to_vec();
                    fields.push(Field::Word(status.code().to_owned()));
                    fields
                });
                table.push(row, fields, silent_in(&answer, &months, &sums));
            }
        }
    }
    if table.rows.is_empty() { Err(Error::NothingReleased) } else { Ok((table, answer.as_of)) }
}

/// The cohort dataflow at a position of the plan.
///
/// Errors: a dataflow that has no stock by age.
fn waiting(plan: &Plan, position: usize) -> Result<CohortDataflow<'_>, Error> {
    let what = "a stock by age except for cohorts whose transitions separate beginnings from ends";
    CohortDataflow::of(plan, &plan.dataflows[position])
        .ok_or(Error::NotOffered { what, next: "ask for its figures" })
}

/// A group of ages: from `first` on, up to `last` unless it is open.
struct Band {
    code: String,
    first: usize,
    last: Option<usize>,
}

/// The bands of a list of ages, and all of them together.
fn bands(list: &CodeList) -> Vec<Band> {
    let oldest = list.codes().len() - 1;
    let band = |code: &str, first: u16, last: u16| {
        let (first, last) = (usize::from(first), usize::from(last));
        Band { code: code.to_owned(), first, last: (last < oldest).then_some(last) }
    };
    let groups = list.groups().iter().filter(|group| group.level == list.depth() - 1);
    let mut bands: Vec<Band> = if list.groups().is_empty() {
        let codes = (0u16..).zip(list.codes());
        codes.map(|(age, code)| band(&code.id, age, age)).collect()
    } else {
        groups.map(|group| band(&group.code.id, group.codes.start, group.codes.end - 1)).collect()
    };
    bands.push(Band { code: TOTAL.to_owned(), first: 0, last: None });
    bands
}

/// The sums of figures that the stock of a band is made of at the end of a month.
fn sums(band: &Band, now: usize, oldest: usize) -> Vec<FigureSum> {
    // The eldest cohort of the band, by its month.
    let eldest = band.last.map_or(0, |last| now.saturating_sub(last));
    let began = FigureSum { figure: BEGAN, periods: eldest..now - band.first + 1, factor: 1.0 };
    let ended = (0..=oldest).filter_map(|age| {
        // The months of the figure that belong to cohorts of the band; at the last age, to all that
        // are as old, which only the open band holds.
        let (first, last) = match age == oldest {
            true if band.last.is_some() => return None,
            true => (oldest, now),
            false => (eldest + age, (now + age).checked_sub(band.first.max(age))?),
        };
        let periods = first..last + 1;
        let factor = -1.0;
        (first <= last).then_some(FigureSum { figure: ended(age), periods, factor })
    });
    std::iter::once(began).chain(ended).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::plans::{STAYS, spells_as_tables, with_vintages};
    use testkit::{PlanText, edit};
    use tidegauge_model::{Code, Text};

    use crate::derived::DerivedSelection;
    use crate::derived::cohort::CohortFigures;
    use crate::query::decimals::Decimals;
    use crate::query::grammar::parse_key;
    use crate::tests::{answer_of, store};

    /// Persons who began in the months 0 to 7 and those of them who ended, by age; nobody else.
    #[test]
    fn a_band_holds_its_cohorts_less_who_ended() {
        let code = |id: String| Code::new(&id, Text::english(&*id));
        let codes = (0..4).map(|n| code(format!("M{n}"))).collect();
        let list =
            CodeList::new("CL_AGE".into(), "1.0.0".into(), Text::english("x"), codes).unwrap();
        let began = |month: i64| 1000 * (20 + month);
        // Of the cohort of a month 2 end at age 0, 3 at age 1, 5 at age 2, and 1 at each later age.
        let of_cohort = |age: usize| [2000, 3000, 5000, 1000][age.min(3)];
        let months = 8usize;
        let mut counts = vec![(0..8).map(began).collect::<Vec<i64>>()];
        for age in 0..4usize {
            let of_month = |month: usize| match age {
                3 => (3..=month).map(of_cohort).sum(),
                _ if month >= age => of_cohort(age),
                _ => 0,
            };
            counts.push((0..months).map(of_month).collect());
        }
        let figures = CohortFigures { series: vec![vec![]; 5], counts, statuses: vec![] };
        let left = |now: usize, age: usize| {
            began((now - age) as i64) - (0..=age).map(of_cohort).sum::<i64>()
        };
        for now in 0..months {
            let mut total = 0;
            for band in bands(&list).iter().filter(|band| band.first <= now) {
                let last = band.last.unwrap_or(now).min(now);
                let meant: i64 = (band.first..=last).map(|age| left(now, age)).sum();
                let value = figures.value(&sums(band, now, 3));
                assert_eq!(value, meant, "{} in month {now}", band.code);
                total += if band.code == TOTAL { -value } else { value };
            }
            assert_eq!(total, 0, "{now}");
        }
    }

    /// The status of those who are left of January, after a step.
    fn status_after(plan: &PlanText, step: &str) -> String {
        let (_directory, reader) = store(&plan.text(), step);
        let catalogue = reader.catalogue().unwrap();
        let (key, parameters) = (parse_key("M..FLOW._T").unwrap(), Parameters::default());
        let selection =
            DerivedSelection::new(&catalogue, "COHORTS.WAITING", &key, &parameters).unwrap();
        let (table, _) = selection.table(&reader, &catalogue, &parameters).unwrap();
        let place = table.columns.iter().position(|name| name == "OBS_STATUS").unwrap();
        let Field::Word(status) = &table.rows[0][place] else { panic!("{:?}", table.rows) };
        status.clone()
    }

    /// The last day of January is measured again after two days and after five.
    #[test]
    fn a_stock_is_provisional_while_vintages_are_due() {
        let plan = with_vintages(edit(STAYS), &["COHORTS"]);
        for (step, is_due) in [("2024-01-31", true), ("2024-02-04", true), ("2024-02-05", false)] {
            assert_eq!(status_after(&plan, step) == "P", is_due, "{step}");
        }
        assert_ne!(status_after(&edit(STAYS), "2024-01-31"), "P");
    }

    /// The margin of those who began in January and were there at its end, in thousandths.
    fn margin(plan: &PlanText, key: &str) -> i64 {
        let (_directory, reader) = store(&plan.text(), "2024-02-10");
        let catalogue = reader.catalogue().unwrap();
        let decimals = Some(Decimals::Thousandths);
        let parameters = Parameters { decimals, ..Default::default() };
        let (id, key) = ("COHORTS.WAITING", parse_key(key).unwrap());
        let selection = DerivedSelection::new(&catalogue, id, &key, &parameters).unwrap();
        let (table, _) = selection.table(&reader, &catalogue, &parameters).unwrap();
        let margin = table.columns.iter().position(|name| name == "MARGIN").unwrap();
        let Field::Number(margin) = &table.rows[0][margin] else { panic!("{:?}", table.rows) };
        margin.replace('.', "").parse().unwrap()
    }

    /// In a first month the stock is who began less who ended in it: for cells the variance is the
    /// sum of those of the figures, which have the noise of each cell and of late counts.
    #[test]
    fn the_stock_of_the_first_month_is_that_of_its_figures() {
        let plan = with_vintages(edit(STAYS), &["COHORTS"]);
        for class in ["SHORT", "_T"] {
            let transitions = "ENTRY+DEPARTURE_IN_TIME+DEPARTURE_LATE+REFUSAL";
            let key = format!("M..FLOW.{class}.{transitions}.M0");
            let answer = answer_of(&plan.text(), "2024-02-10", "COHORTS", &key).check().unwrap();
            let answer = answer.in_thousandths().unwrap();
            let of_figure = |number| answer.series(number).unwrap().observations[0].margin_milli;
            let squares = (0..answer.len()).map(|number| (of_figure(number) as f64).powi(2));
            let (meant, found) =
                (squares.sum::<f64>().sqrt(), margin(&plan, &format!("M..FLOW.{class}")) as f64);
            // Each margin has half a step of its lattice.
            assert!((found - meant).abs() <= meant / 200.0, "{class}: {found} {meant}");
        }
    }

    /// In a table the noise that figures share makes the stock more exact than their own noise
    /// would.
    #[test]
    fn a_cohort_with_marginals_has_a_stock_by_age() {
        let plan = with_vintages(spells_as_tables(edit(STAYS), false), &["COHORTS"]);
        let [short, all] = ["SHORT", "_T"].map(|class| margin(&plan, &format!("M..FLOW.{class}")));
        assert!(short > 0 && all > 0 && all < 2 * short, "{short} {all}");
    }
}
