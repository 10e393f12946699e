//! At least and at most: what a figure can be that a low bound and a high one tell together.
//!
//! A flow that counts only the first contributions of each person to another one (`first_of`) has
//! sharp cells and lacks what came after. The other flow, under its higher bound, has that too, by
//! its marginals. So a cell of that flow is at least its first contributions, and at most these and
//! all that came after in any marginal that contains the cell: the contributions *not told apart*,
//! a figure of the other flow less the sum of first contributions in it.
//!
//! Symbols: y is the figure of the cell in the flow of first contributions, T the count of the cell
//! in the other flow, F_M and S_M the figures of a marginal M in both, r = F_M - S_M.
//!
//! *At least.* Every first contribution is one to the other flow
//! (`crates/model/src/plan/parse/first.rs`), so T is at least the count behind y. That count is at
//! least y less the one-sided 95 % point of y's noise in 95 of 100 cases.
//!
//! *At most.* T is the count of the first ones in the cell and of those not told apart in it, which
//! are no more than those of all M. So T is at most the count behind y + r = F_M - (S_M - y). The
//! upper end is y + max(r, 0) + q s, with s the standard deviation of y + r: the noise of F_M is
//! independent of that of S_M - y, which has the noise that cells of one table share. It fails in
//! at most 0.025 / m of all cases if q is the normal point of 1 - 0.025 / m. The least of m such
//! ends fails in at most 2.5 of 100 cases (Bonferroni).
//!
//! Not here: what either bound cuts of everyone ([`super::cut`]); a guess of the count itself, for
//! nothing says in which cells the later contributions are.
//!
//! Invariants:
//! 1. The true counts lie between both ends as often as they say, and both ends are near where
//!    nobody comes often (`tidegauge/tests/commuters.rs`:
//!    `a_cell_is_between_what_two_bounds_tell`).
//! 2. What is not told apart is the difference of two figures, and both ends follow from figures
//!    (`derived::range::tests::ends_are_those_of_the_formulas`).
//! 3. A flow that counts no first contributions is refused, and what is not measured has no row
//!    (`derived::range::tests::what_is_not_measured_has_no_row`).
//!
//! Format: a table ([`crate::derived::table`]) of the dimensions, `TIME_PERIOD`, and of a cell
//! `COUNTED`, the figure of first contributions, `AT_LEAST` and `AT_MOST`, rounded outward; of a
//! marginal of the other flow `NOT_TOLD_APART` and its `MARGIN`; and `OBS_STATUS`: `B`, `P` or `A`,
//! of all these figures.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use distrs::Normal;
use tidegauge_model::{DataStructure, Dimension, Grain, IntervalOf, Period, Status};
use tidegauge_privacy::interval::NORMAL_POINT;

use super::parts::{count, empty, of_period, status};
use super::table::{DerivedTable, Field};
use crate::answer::answer::CheckedAnswer;
use crate::answer::evaluate::{ListedPeriods, answer, select};
use crate::answer::over_time::{FigureNoise, FigureSum, NoiseOverTime};
use crate::catalogue::catalogue::Catalogue;
use crate::error::Error;
use crate::estimate::decimal::FigureText;
use crate::estimate::reader::Reader;
use crate::query::grammar::{Key, Parameters};
use crate::query::series::{Indicator, Pick, Selection, codes_of};

/// The ending of an id that requests this table of a dataflow.
pub(crate) const ENDING: &str = ".RANGE";

/// How often the lower end, and the upper end, may be on the wrong side of the truth.
const BELOW: f64 = 0.05;
const ABOVE: f64 = 0.025;

/// Series of a flow of first contributions, and the same of the flow of all of them.
#[derive(Clone, Debug)]
pub struct RangeSelection {
    first: Selection,
    /// The position of the flow of all contributions.
    of: usize,
}

impl RangeSelection {
    /// The series of a key in a flow that counts the first contributions to another one.
    ///
    /// Errors: no such flow; a key that does not fit it.
    pub(crate) fn new(
        catalogue: &Catalogue,
        id: &str,
        key: &Key,
        parameters: &Parameters,
    ) -> Result<Self, Error> {
        let first = select(catalogue, id, key, parameters)?;
        let of = catalogue.plan_for(parameters)?.dataflows[first.dataflow].first_of;
        let what = "what is not told apart except for flows of the first contributions to another";
        let next = "ask for the figures of this dataflow";
        Ok(Self { first, of: of.ok_or(Error::NotOffered { what, next })? })
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
        let asked = answer(reader, catalogue, self.first.clone(), parameters, listed)?.check()?;
        // The cells and every sum that contains them, of all periods and in one unit.
        let structure = &asked.dataflow().structure;
        let picks = self.first.picks.iter().zip(structure.dimensions());
        let picks: Vec<_> = picks.map(|(picks, dimension)| with_sums(picks, dimension)).collect();
        let Parameters { as_of, .. } = *parameters;
        let decimals = Some(asked.decimals);
        let all = Parameters { as_of, decimals, ..Default::default() };
        let wide = |dataflow| {
            let selection = Selection { dataflow, picks: picks.clone(), ..self.first.clone() };
            answer(reader, catalogue, selection, &all, listed)?.check_figures()
        };
        let (first, other) = (wide(self.first.dataflow)?, wide(self.of)?);
        let (first, other) = (Figures::of(&first)?, Figures::of(&other)?);
        let columns = "TIME_PERIOD,COUNTED,AT_LEAST,AT_MOST,NOT_TOLD_APART,MARGIN,OBS_STATUS";
        let mut table = empty(&asked, &[], columns);
        for number in 0..asked.len() {
            let (at, _, picks) = asked.chosen(number);
            let grain = asked.selection().grains[at];
            let Some(both) = Both::of(&first, &other, grain, &picks)? else { continue };
            let series = asked.series(number)?;
            for observation in series.observations {
                let period = observation.period;
                // While late counts are due it is said of what is counted so far, so not at all.
                if observation.interval_of == Some(IntervalOf::Counted) {
                    continue;
                }
                let Some(fields) = both.fields(period)? else { continue };
                let silent = other.answer.silent(Indicator::Flow, period);
                let silent = silent.union(observation.silent);
                table.push(of_period(&series.key, period), Some(fields), silent);
            }
        }
        if table.rows.is_empty() { Err(Error::Unmeasured) } else { Ok((table, asked.as_of)) }
    }
}

/// Picks of a dimension, the groups that contain their codes, and the total if there is one.
fn with_sums(picks: &[Pick], dimension: &Dimension) -> Vec<Pick> {
    let mut all: BTreeSet<Pick> = picks.iter().copied().collect();
    if !dimension.is_apart {
        // Fits: a list has at most CODES_MAX groups.
        let groups = (0..dimension.code_list.groups().len()).map(|n| Pick::Group(n as u16));
        all.extend(groups.chain([Pick::Total]));
    }
    all.into_iter().collect()
}

/// The series at these levels that contains a cell.
fn around(cell: &[Pick], levels: &[usize], structure: &DataStructure) -> Vec<Pick> {
    let pick = |((pick, &level), dimension): ((&Pick, &usize), &Dimension)| match level {
        0 => Pick::Total,
        level if level == dimension.code_list.depth() => *pick,
        _ => {
            // Fits: a list has at most CODES_MAX codes, and as many groups.
            let code = codes_of(*pick, dimension).start as u16;
            let groups = dimension.code_list.groups().iter();
            let mut groups =
                groups.map(|group| group.level == level && group.codes.contains(&code));
            let group = groups.position(|contains| contains);
            group.map_or(Pick::Total, |group| Pick::Group(group as u16))
        }
    };
    cell.iter().zip(levels).zip(structure.dimensions()).map(pick).collect()
}

/// The figures of an answer by series, and their noise by grain.
struct Figures<'a> {
    answer: &'a CheckedAnswer,
    numbers: HashMap<(Grain, Vec<Pick>), usize>,
    noise: HashMap<Grain, (NoiseOverTime<'a>, Vec<Period>)>,
}

impl<'a> Figures<'a> {
    /// Errors: figures that cannot be made.
    fn of(answer: &'a CheckedAnswer) -> Result<Self, Error> {
        let (mut numbers, mut noise) = (HashMap::new(), HashMap::new());
        for number in 0..answer.len() {
            let (at, _, picks) = answer.chosen(number);
            let grain = answer.selection().grains[at];
            if let Entry::Vacant(unknown) = noise.entry(grain) {
                let observations = answer.series(number)?.observations;
                let periods: Vec<Period> = observations.iter().map(|one| one.period).collect();
                unknown.insert((NoiseOverTime::of(answer, &periods)?, periods));
            }
            numbers.insert((grain, picks), number);
        }
        Ok(Self { answer, numbers, noise })
    }

    /// Some series at a grain, with their noise; `None` if one is not measured.
    ///
    /// Errors: figures that cannot be made.
    fn series(&self, grain: Grain, series: &[Vec<Pick>]) -> Result<Option<Series<'_>>, Error> {
        let numbers = series.iter().map(|picks| self.numbers.get(&(grain, picks.clone())).copied());
        let numbers: Option<Vec<usize>> = numbers.collect();
        let Some((numbers, (noise, periods))) = numbers.zip(self.noise.get(&grain)) else {
            return Ok(None);
        };
        let mut values = vec![];
        for &number in &numbers {
            let observations = self.answer.series(number)?.observations;
            values.push(observations.iter().map(|one| (one.value_milli, one.status)).collect());
        }
        let figures: Vec<Vec<usize>> = numbers.into_iter().map(|number| vec![number]).collect();
        Ok(Some(Series { periods, values, noise: noise.of_figures(&figures)? }))
    }
}

/// Some series at one grain.
struct Series<'a> {
    periods: &'a [Period],
    /// The figure of each period in thousandths, and its status, by series.
    values: Vec<Vec<(i64, Status)>>,
    noise: FigureNoise<'a>,
}

impl Series<'_> {
    fn place(&self, period: Period) -> Option<usize> {
        self.periods.binary_search_by_key(&period.start(), |other| other.start()).ok()
    }

    /// The variance of a sum of figures of one period, by their numbers and factors.
    fn variance(&self, at: usize, sum: &[(usize, f64)]) -> f64 {
        let one =
            |&(figure, factor): &(usize, f64)| FigureSum { figure, periods: at..at + 1, factor };
        self.noise.variance(&sum.iter().map(one).collect::<Vec<_>>())
    }
}

/// A series of a key in both flows, and those of the marginals that contain it if it is a cell.
struct Both<'a> {
    answer: &'a CheckedAnswer,
    is_cell: bool,
    /// The series itself, then the marginals.
    first: Series<'a>,
    /// The marginals; of a sum, itself.
    other: Series<'a>,
    /// Which of the marginals is the series itself.
    own: Option<usize>,
}

impl<'a> Both<'a> {
    /// `None` if a marginal is not measured: those of the plan are, from their own grain on.
    ///
    /// Errors: figures that cannot be made.
    fn of(
        first: &'a Figures<'a>,
        other: &'a Figures<'a>,
        grain: Grain,
        picks: &[Pick],
    ) -> Result<Option<Self>, Error> {
        let dataflow = other.answer.dataflow();
        let is_cell = picks.iter().all(|pick| matches!(pick, Pick::Code(_)));
        let mut marginals: Vec<Vec<Pick>> = vec![];
        if is_cell {
            let levels = dataflow.marginals.iter().map(|marginal| &marginal.levels);
            let all = levels.map(|levels| around(picks, levels, &dataflow.structure));
            marginals.extend(all.filter(|all| other.numbers.contains_key(&(grain, all.clone()))));
            marginals.sort();
            marginals.dedup();
        } else {
            marginals.push(picks.to_vec());
        }
        let own = marginals.iter().position(|marginal| marginal == picks);
        let with_series: Vec<Vec<Pick>> = [&[picks.to_vec()], &marginals[..]].concat();
        let found = first.series(grain, &with_series)?.zip(other.series(grain, &marginals)?);
        let found = found.filter(|_| !marginals.is_empty());
        let answer = first.answer;
        Ok(found.map(|(first, other)| Self { answer, is_cell, first, other, own }))
    }

    /// The fields of a period; `None` if one of the flows has no figure of it, or nothing can count
    /// there.
    fn fields(&self, period: Period) -> Result<Option<Vec<Field>>, Error> {
        let Some((at, there)) = self.first.place(period).zip(self.other.place(period)) else {
            return Ok(None);
        };
        let (counted, own) = self.first.values[0][at];
        if own == Status::CannotExist {
            return Ok(None);
        }
        let rest = |marginal: usize| {
            let (figure, _) = self.other.values[marginal][there];
            figure.saturating_sub(self.first.values[marginal + 1][at].0)
        };
        let mut fields = vec![Field::Nothing; 3];
        if self.is_cell {
            let variance = self.first.variance(at, &[(0, 1.0)]);
            let least = counted.saturating_sub(self.margin(variance, BELOW)).max(0);
            let marginals = self.other.values.len();
            let most = (0..marginals).map(|marginal| {
                let known = self.first.variance(at, &[(0, 1.0), (marginal + 1, -1.0)]);
                let variance = known + self.other.variance(there, &[(marginal, 1.0)]);
                // Exact: a table has at most 64 marginals.
                let margin = self.margin(variance, ABOVE / marginals as f64);
                counted.saturating_add(rest(marginal).max(0)).saturating_add(margin)
            });
            let most = most.min().ok_or(Error::Estimate)?.max(least);
            let number = |milli| FigureText(milli, self.answer.decimals).to_string();
            fields = [counted, least, most].map(|milli| Field::Number(number(milli))).to_vec();
        }
        fields.extend(match self.own {
            Some(own) => {
                let sums = self.first.variance(at, &[(own + 1, 1.0)]);
                let variance = sums + self.other.variance(there, &[(own, 1.0)]);
                let [value, margin, ..] = count((rest(own), variance), self.answer);
                [value, margin]
            }
            None => [Field::Nothing, Field::Nothing],
        });
        let first = self.first.values.iter().map(|series| series[at].1);
        let other = self.other.values.iter().map(|series| series[there].1);
        let status = status(first.chain(other)).code();
        fields.push(Field::Word(status.to_owned()));
        Ok(Some(fields))
    }

    /// How far a figure may lie on one side of the truth, but for this part of all cases: in
    /// thousandths, as a margin is rounded.
    fn margin(&self, variance: f64, part: f64) -> i64 {
        let factor = Normal::ppf(1.0 - part, 0.0, 1.0) / NORMAL_POINT;
        self.answer.margin_milli(Indicator::Flow, variance * factor * factor)
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use testkit::plans::TABLES;
    use testkit::{edit, toml};

    use super::*;
    use crate::query::grammar::parse_key;
    use crate::tests::{answered, store};

    const FIRST: &str = r#"
[[dataflow]]
id = "FIRST"
name = "First crossings"
description = "The first crossings of a person."
measure = "flow"
first_of = "CROSSINGS"
unit = "PERSONS"
step = "day"
bound = 6
bound_month = 2
share = "1/10"
strategy = "calendar_blt"
margins = [{ of = ["BORDER_POINT", "DIRECTION", "TRAVELLER_CLASS"], grain = "day" }]
dimensions = [
    { id = "BORDER_POINT", from = "border_point" },
    { id = "DIRECTION", from = "kind", code_list = "CL_DIRECTION" },
    { id = "TRAVELLER_CLASS", from = "traveller_class" },
]
"#;

    /// A store of a flow with these margins, and of one of first contributions to it.
    fn with_margins(margins: &str) -> (TempDir, Reader) {
        let plan = edit(TABLES).change("dataflow.BY_TYPE.share", "1/10");
        let plan = plan.change("dataflow.CROSSINGS.margins", toml(margins));
        store(&plan.append(FIRST).text(), "2024-02-01")
    }

    fn range(reader: &Reader, id: &str, key: &str) -> Result<Vec<Vec<Field>>, Error> {
        let (catalogue, parameters) = (reader.catalogue().unwrap(), Parameters::default());
        let selection = RangeSelection::new(&catalogue, id, &parse_key(key).unwrap(), &parameters)?;
        Ok(selection.table(reader, &catalogue, &parameters)?.0.rows)
    }

    /// The period of a row, and its numbers.
    fn numbers(row: &[Field]) -> (String, [Option<i64>; 5]) {
        let [Field::Word(period), numbers @ ..] = &row[6..12] else { panic!("{row:?}") };
        let number = |field: &Field| match field {
            Field::Number(text) => Some(text.parse().unwrap()),
            _ => None,
        };
        (period.clone(), std::array::from_fn(|at| number(&numbers[at])))
    }

    /// Value and margin of a series in each period.
    fn figures(reader: &Reader, id: &str, key: &str) -> HashMap<String, (i64, i64)> {
        let answer = answered(reader, id, key).check().unwrap();
        let observations = answer.series(0).unwrap().observations.into_iter();
        let figure = |milli| milli / 1000;
        observations
            .map(|one| (one.period.sdmx(), (figure(one.value_milli), figure(one.margin_milli))))
            .collect()
    }

    /// Where the other flow has the cell itself, the cell is at most its figure and margin there,
    /// or that margin above the first contributions; each of several marginals gives one end, and
    /// the least counts.
    #[test]
    fn ends_are_those_of_the_formulas() {
        let cells =
            "[{ of = [\"BORDER_POINT\", \"DIRECTION\", \"TRAVELLER_CLASS\"], grain = \"day\" }]";
        let (_directory, reader) = with_margins(cells);
        for frequency in ["D", "M"] {
            let key = format!("{frequency}..FLOW.ROAD.ENTRY.NEAR");
            let [first, other] = ["FIRST", "CROSSINGS"].map(|id| figures(&reader, id, &key));
            let rows = range(&reader, "FIRST", &key).unwrap();
            assert_eq!(rows.len(), first.len());
            for row in rows {
                assert_eq!(row[12], Field::Word("A".into()), "{row:?}");
                let (period, [counted, least, most, apart, margin]) = numbers(&row);
                let ((y, own), (all, of_all)) = (first[&period], other[&period]);
                assert_eq!((counted, apart), (Some(y), Some(all - y)), "{period}");
                // The published margin takes a sum of the first codes to be rounded at both ends.
                let expected = (y.max(all) + of_all).max(least.unwrap());
                assert!((expected - 1..=expected).contains(&most.unwrap()), "{period}: {most:?}");
                let expected = (y as f64 - own as f64 * 1.644_854 / NORMAL_POINT).max(0.0);
                assert!((least.unwrap() as f64 - expected).abs() <= 1.0, "{period}: {least:?}");
                let both = f64::hypot(own as f64, of_all as f64);
                assert!((margin.unwrap() as f64 - both).abs() <= 1.5, "{period}: {margin:?}");
            }
        }

        let margins = "[{ of = [\"DIRECTION\"], grain = \"day\" }, \
                        { of = [\"BORDER_POINT/1\", \"DIRECTION\"], grain = \"day\" }]";
        let (_directory, reader) = with_margins(margins);
        let of = |id: &str, series: &str| figures(&reader, id, &format!("D..FLOW.{series}"));
        let sums = ["_T.ENTRY._T", "LAND.ENTRY._T"];
        let [first, other] = ["FIRST", "CROSSINGS"].map(|id| sums.map(|series| of(id, series)));
        for (at, series) in sums.iter().enumerate() {
            for row in range(&reader, "FIRST", &format!("D..FLOW.{series}")).unwrap() {
                let (period, [counted, least, most, apart, _]) = numbers(&row);
                assert_eq!([counted, least, most], [None; 3]);
                assert_eq!(apart, Some(other[at][&period].0 - first[at][&period].0), "{period}");
            }
        }
        let cell = of("FIRST", "ROAD.ENTRY.NEAR");
        for row in range(&reader, "FIRST", "D..FLOW.ROAD.ENTRY.NEAR").unwrap() {
            let (period, [counted, _, most, apart, _]) = numbers(&row);
            let (y, _) = cell[&period];
            let end = |at: usize| {
                let ((all, of_all), (sum, of_sum)) = (other[at][&period], first[at][&period]);
                let deviation = f64::hypot(of_all as f64, of_sum as f64) / NORMAL_POINT;
                let least = y + (all - sum).max(0);
                (least, least + (2.241_403 * deviation * 1.3).ceil() as i64)
            };
            let (least, greatest) = (end(0).0.min(end(1).0), end(0).1.min(end(1).1));
            assert_eq!((counted, apart), (Some(y), None));
            assert!((least + 1..=greatest).contains(&most.unwrap()), "{row:?} {least} {greatest}");
        }
    }

    #[test]
    fn what_is_not_measured_has_no_row() {
        let (_directory, reader) = with_margins("[{ of = [\"DIRECTION\"], grain = \"month\" }]");
        let error = range(&reader, "FIRST", "D..FLOW.ROAD.ENTRY.NEAR").unwrap_err();
        assert_eq!(error, Error::Unmeasured);
        let rows = range(&reader, "FIRST", "D+M..FLOW.ROAD.ENTRY.NEAR").unwrap();
        assert!(!rows.is_empty());
        assert!(rows.iter().all(|row| row[0] == Field::Word("M".into())), "{rows:?}");
        // A sum that the other flow does not measure.
        let error = range(&reader, "FIRST", "M..FLOW._T.ENTRY.NEAR").unwrap_err();
        assert_eq!(error, Error::Unmeasured);
        for id in ["CROSSINGS", "AT_BOUND"] {
            let error = range(&reader, id, "all").unwrap_err();
            assert!(matches!(error, Error::NotOffered { .. }), "{id}: {error}");
        }
    }
}
