//! Series: a key resolved against the code lists of a dataflow.
//!
//! Not here: the grammar of keys ([`crate::query`]).
//!
//! Every key has the dimensions FREQ, REF_AREA and INDICATOR before those of the plan, and UNIT if
//! the plan has none (`query::series::tests::no_key_has_less_than_four_parts`). Each dimension of
//! the plan offers, beside its codes, the groups of its list and the total `_T`: sums over codes.
//! One that stands apart is never summed over and offers its codes only.
//!
//! Invariants:
//! 1. A wildcard stands for every code and never for a reserved place, a group or `_T`, so that the
//!    series of a wildcard can be added without counting anyone twice
//!    (`query::series::tests::a_wildcard_leaves_the_total_out`).
//! 2. A code that is requested twice makes one series
//!    (`query::series::tests::a_repeated_code_is_one_series`).
//! 3. The cells of a total are the disjoint union of the cells of the codes
//!    (`query::series::tests::a_total_has_each_cell_once`), those of a group of the cells of its
//!    codes (`query::series::tests::a_group_is_the_sum_of_its_codes`).
//! 4. No group and no total of a dimension that stands apart is offered
//!    (`query::series::tests::codes_apart_have_no_sum`).
//! 5. A key that fits a plan fits it with further dimensions at the end of a dataflow too: what it
//!    leaves out is the total, or else named in the error
//!    (`query::series::tests::dimensions_left_out_at_the_end_are_totals`).
//!
//! Format: `D.HK.FLOW.AIRPORT.ENTRY._T`.

use std::ops::Range;

pub(crate) use tidegauge_model::code::TOTAL;
use tidegauge_model::{DataStructure, Dataflow, Dimension, Grain, Measure, Plan};

use super::grammar::{Key, KeyPart};
pub use super::indicator::Indicator;
use crate::error::Error;

/// Dimensions that every dataflow has before those of its plan.
pub(crate) const LEADING: [&str; 3] = ["FREQ", "REF_AREA", "INDICATOR"];

/// The fourth dimension of a dataflow whose plan gives it none: a key of three wildcards would be
/// `..`, which HTTP libraries remove from an address.
pub(crate) const UNIT: &str = "UNIT";

/// The ids of the dimensions of a dataflow before those of its plan.
pub(crate) fn leading(dataflow: &Dataflow) -> Vec<&'static str> {
    let unit = dataflow.structure.dimensions().is_empty().then_some(UNIT);
    LEADING.into_iter().chain(unit).collect()
}

/// One code of a dimension, a group of codes, or its total. Totals sort last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Pick {
    /// The code at this position of the list.
    Code(u16),
    /// The sum over the codes of the group at this position of the list's groups.
    Group(u16),
    /// The sum over all codes.
    Total,
}

/// The series of a key in one dataflow: the product of grains, indicators and picks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The position of the dataflow in the plan.
    pub(crate) dataflow: usize,
    /// Grains, finest first.
    pub(crate) grains: Vec<Grain>,
    /// Indicators, in the order of the dataflow's list.
    pub(crate) indicators: Vec<Indicator>,
    /// Picks of each dimension of the plan, in list order.
    pub(crate) picks: Vec<Vec<Pick>>,
}

/// The indicators of a dataflow.
pub fn indicators(measure: &Measure) -> &'static [Indicator] {
    match measure {
        Measure::AtBound { .. } => &[Indicator::AtBound],
        Measure::Balance { .. } => &[Indicator::Stock, Indicator::Arrivals, Indicator::Departures],
        Measure::Cohort { .. } | Measure::Duration { .. } | Measure::Flow | Measure::Transition => {
            &[Indicator::Flow]
        }
        Measure::Stock { .. } => &[Indicator::Stock],
    }
}

/// The grains at which a dataflow with this step has figures, finest first.
pub fn grains(step: Grain) -> Vec<Grain> {
    Grain::ALL.into_iter().filter(|&grain| step.divides(grain)).collect()
}

impl Selection {
    /// The series of a key in the dataflow at a position of the plan.
    ///
    /// Errors: a key with more parts than dimensions, or without a part that it needs; a code that
    /// is in no list.
    pub fn new(key: &Key, plan: &Plan, position: usize) -> Result<Self, Error> {
        let dataflow = &plan.dataflows[position];
        let dimensions = dataflow.structure.dimensions();
        let leading = leading(dataflow);
        let own: Vec<KeyDimension> = dimensions.iter().map(KeyDimension::of).collect();
        let parts = &parts(key, &leading, &own)?;
        let leading = leading.len();
        let offered = grains(dataflow.step);
        let frequency = |code: &str| offered.iter().position(|grain| grain.frequency() == code);
        let known = || offered.iter().map(|grain| grain.frequency()).collect();
        let frequencies = positions(&parts[0], "FREQ", offered.len(), frequency, known)?;
        let area = |code: &str| (code == plan.statement.reference_area).then_some(0);
        positions(&parts[1], "REF_AREA", 1, area, || vec![&plan.statement.reference_area])?;
        let published = indicators(&dataflow.measure);
        let indicator =
            |code: &str| published.iter().position(|published| published.code() == code);
        let known = || published.iter().map(|published| published.code()).collect();
        let indicator_numbers =
            positions(&parts[2], "INDICATOR", published.len(), indicator, known)?;
        if leading > LEADING.len() {
            let unit = |code: &str| (code == dataflow.unit.unit_measure()).then_some(0);
            let known = || vec![dataflow.unit.unit_measure()];
            positions(&parts[LEADING.len()], UNIT, 1, unit, known)?;
        }
        let mut picks = Vec::with_capacity(dimensions.len());
        for (part, dimension) in parts[leading..].iter().zip(dimensions) {
            picks.push(picked(part, dimension)?);
        }
        let grains = frequencies.into_iter().map(|n| offered[n]).collect();
        let indicators = indicator_numbers.into_iter().map(|n| published[n]).collect();
        Ok(Self { dataflow: position, grains, indicators, picks })
    }

    /// The number of series at each grain.
    pub(crate) fn per_grain(&self) -> usize {
        self.picks.iter().map(Vec::len).fold(self.indicators.len(), usize::saturating_mul)
    }

    /// The indicator and the picks of the series with this number within its grain, the last
    /// dimension running fastest.
    pub(crate) fn series(&self, number: usize) -> (Indicator, Vec<Pick>) {
        let mut rest = number;
        let mut chosen: Vec<Pick> = self
            .picks
            .iter()
            .rev()
            .map(|picks| {
                let pick = picks[rest % picks.len()];
                rest /= picks.len();
                pick
            })
            .collect();
        chosen.reverse();
        (self.indicators[rest % self.indicators.len()], chosen)
    }
}

/// A dimension of the plan in a key.
pub(crate) struct KeyDimension<'p> {
    pub(crate) id: &'p str,
    pub(crate) has_total: bool,
}

impl<'p> KeyDimension<'p> {
    pub(crate) fn of(dimension: &'p Dimension) -> Self {
        Self { id: &dimension.id, has_total: !dimension.is_apart }
    }
}

/// The parts of a key, one for each dimension: those before the plan's, then the plan's. A key may
/// leave out some of the plan's at its end; each of them is its total. The SDMX roots take a part
/// for each dimension, as the standard says ([`crate::sdmx`]).
///
/// Errors: more parts than dimensions; fewer than there are before the plan's; a dimension left out
/// that has no total.
pub(crate) fn parts(
    key: &Key,
    leading: &[&str],
    own: &[KeyDimension],
) -> Result<Vec<KeyPart>, Error> {
    let ids = || leading.iter().copied().chain(own.iter().map(|dimension| dimension.id));
    let Key::Parts(named) = key else { return Ok(ids().map(|_| KeyPart::Any).collect()) };
    let given = named.len();
    let after = given.checked_sub(leading.len()).and_then(|after| own.get(after..));
    let Some(left_out) = after else {
        return Err(Error::key_parts(given, ids()));
    };
    if let Some(dimension) = left_out.iter().find(|dimension| !dimension.has_total) {
        return Err(Error::KeyWithoutTotal { dimension: dimension.id.to_owned() });
    }
    let totals = left_out.iter().map(|_| KeyPart::Codes(vec![TOTAL.to_owned()]));
    Ok(named.iter().cloned().chain(totals).collect())
}

/// The picks of a part: codes, then groups, then the total.
pub(crate) fn picked(part: &KeyPart, dimension: &Dimension) -> Result<Vec<Pick>, Error> {
    let list = &dimension.code_list;
    if *part == KeyPart::Any {
        return Ok(list.named().map(|(position, _)| Pick::Code(position)).collect());
    }
    let (codes, groups) = (list.codes().len(), list.groups().len());
    let position = |code: &str| {
        let group = || list.groups().iter().position(|group| group.code.id == code);
        let total = || (code == TOTAL).then_some(codes + groups);
        let sum = || group().map(|group| codes + group).or_else(total);
        let sum = || if dimension.is_apart { None } else { sum() };
        list.position(code).map(usize::from).or_else(sum)
    };
    // Fits: a list has at most CODES_MAX codes, and as many groups.
    let pick = |n: usize| match n {
        n if n < codes => Pick::Code(n as u16),
        n if n < codes + groups => Pick::Group((n - codes) as u16),
        _ => Pick::Total,
    };
    let known = || {
        let sums = list.groups().iter().map(|group| &*group.code.id).chain([TOTAL]);
        let sums = sums.filter(|_| !dimension.is_apart);
        list.named().map(|(_, code)| &*code.id).chain(sums).collect()
    };
    let chosen = positions(part, &dimension.id, codes, position, known)?;
    Ok(chosen.into_iter().map(pick).collect())
}

/// The positions of a part's codes, in list order, each once.
pub(crate) fn positions<'c>(
    part: &KeyPart,
    dimension: &str,
    count: usize,
    position: impl Fn(&str) -> Option<usize>,
    known: impl Fn() -> Vec<&'c str>,
) -> Result<Vec<usize>, Error> {
    let codes = match part {
        KeyPart::Any => return Ok((0..count).collect()),
        KeyPart::Codes(codes) => codes,
    };
    let unknown = |code: &str| Error::code_unknown(dimension, code, &known());
    let found: Result<Vec<usize>, Error> =
        codes.iter().map(|code| position(code).ok_or_else(|| unknown(code))).collect();
    let mut found = found?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The codes of a series after the leading dimensions.
pub(crate) fn codes<'a>(structure: &'a DataStructure, picks: &[Pick]) -> Vec<&'a str> {
    let code = |(pick, dimension): (&Pick, &'a Dimension)| match pick {
        Pick::Code(position) => dimension.code_list.codes()[usize::from(*position)].id.as_str(),
        Pick::Group(position) => {
            dimension.code_list.groups()[usize::from(*position)].code.id.as_str()
        }
        Pick::Total => TOTAL,
    };
    picks.iter().zip(structure.dimensions()).map(code).collect()
}

/// The positions of the codes that a pick adds up.
pub(crate) fn codes_of(pick: Pick, dimension: &Dimension) -> Range<usize> {
    match pick {
        Pick::Code(position) => usize::from(position)..usize::from(position) + 1,
        Pick::Group(position) => {
            let codes = &dimension.code_list.groups()[usize::from(position)].codes;
            usize::from(codes.start)..usize::from(codes.end)
        }
        Pick::Total => 0..dimension.code_list.codes().len(),
    }
}

/// The cells of a series, each once, ascending.
pub(crate) fn cells(structure: &DataStructure, picks: &[Pick]) -> Vec<usize> {
    picks.iter().zip(structure.dimensions()).fold(vec![0], |cells, (pick, dimension)| {
        let count = dimension.code_list.codes().len();
        let range = codes_of(*pick, dimension);
        cells.iter().flat_map(|cell| range.clone().map(move |n| cell * count + n)).collect()
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tidegauge_model::{Code, CodeList, CodeSource, Text};

    use super::*;
    use testkit::{edit, publisher, toml};

    use crate::query::grammar::parse_key;

    fn select(key: &str) -> Result<Selection, Error> {
        let plan = publisher::plan();
        let (position, _) = plan.dataflow("CROSSINGS").unwrap();
        Selection::new(&parse_key(key)?, &plan, position)
    }

    #[test]
    fn a_wildcard_leaves_the_total_out() {
        let all = select("all").unwrap();
        assert_eq!(all, select("....").unwrap());
        let codes = vec![Pick::Code(0), Pick::Code(1), Pick::Code(2)];
        assert_eq!(all.picks, vec![codes, vec![Pick::Code(0), Pick::Code(1)]]);
        assert_eq!((all.grains.len(), all.per_grain()), (5, 6));
    }

    #[test]
    fn no_key_has_less_than_four_parts() {
        let text = edit(publisher::PLAN).change("dataflow.AT_BOUND.dimensions", toml("[]"));
        let plan = Plan::parse(&text.text()).unwrap();
        let (position, dataflow) = plan.dataflow("AT_BOUND").unwrap();
        let select = |key: &str| Selection::new(&parse_key(key).unwrap(), &plan, position);
        assert_eq!(select("...").unwrap(), select("D+W+M+Q+A.XX.AT_BOUND.PER").unwrap());
        assert_eq!(select("..."), select("all"));
        let unit_missing = Error::key_parts(3, LEADING.into_iter().chain([UNIT]));
        assert_eq!(select(".."), Err(unit_missing));
        let given = Err(Error::code_unknown(UNIT, "EVT", &["PER"]));
        assert_eq!(select("...EVT"), given);
        let described = crate::structure::concept::dimensions(&plan, dataflow);
        let ids: Vec<&str> = described.iter().map(|dimension| &*dimension.id).collect();
        assert_eq!(ids, leading(dataflow));
    }

    #[test]
    fn dimensions_left_out_at_the_end_are_totals() {
        for (short, whole) in [
            ("D.XX.FLOW.SEA", "D.XX.FLOW.SEA._T"),
            ("D.XX.FLOW.", "D.XX.FLOW.._T"),
            ("D.XX.FLOW", "D.XX.FLOW._T._T"),
            ("..", "..._T._T"),
        ] {
            assert_eq!(select(short).unwrap(), select(whole).unwrap(), "{short}");
        }
        // A plan that gets a dimension at the end of a dataflow takes the keys that it took.
        let position = select("all").unwrap().dataflow;
        let more = toml(
            "[{ id = \"BORDER_POINT\", from = \"border_point\" }, \
              { id = \"DIRECTION\", from = \"kind\", code_list = \"CL_DIRECTION\" }, \
              { id = \"TRAVELLER_CLASS\", from = \"traveller_class\" }]",
        );
        let after = edit(publisher::PLAN).change("dataflow.CROSSINGS.dimensions", more).text();
        let after = Plan::parse(&after).unwrap();
        for key in ["D.XX.FLOW.SEA+_T.ENTRY", "D.XX.FLOW.SEA", "...."] {
            let new = Selection::new(&parse_key(key).unwrap(), &after, position).unwrap();
            let old = select(key).unwrap();
            assert_eq!((&new.picks[..2], &new.picks[2]), (&old.picks[..], &vec![Pick::Total]));
        }
        // One that stands apart has no total, so no key leaves it out.
        let apart = Plan::parse(&testkit::plans::tables_apart().text()).unwrap();
        let (position, _) = apart.dataflow("CROSSINGS").unwrap();
        let select = |key: &str| Selection::new(&parse_key(key).unwrap(), &apart, position);
        assert_eq!(select("D..FLOW.AIR.ENTRY"), select("D..FLOW.AIR.ENTRY._T"));
        let error = Error::KeyWithoutTotal { dimension: "DIRECTION".into() };
        assert_eq!(select("D..FLOW.AIR"), Err(error.clone()));
        assert_eq!(select("D..FLOW"), Err(error));
    }

    #[test]
    fn a_repeated_code_is_one_series() {
        let selection = select("D.XX.FLOW.SEA+AIR+SEA+_T.ENTRY").unwrap();
        assert_eq!(selection.picks[0], vec![Pick::Code(0), Pick::Code(1), Pick::Total]);
        let series = (Indicator::Flow, vec![Pick::Total, Pick::Code(0)]);
        assert_eq!(selection.series(2), series);
    }

    #[test]
    fn a_total_has_each_cell_once() {
        let plan = publisher::plan();
        let structure = &plan.dataflow("CROSSINGS").unwrap().1.structure;
        let mut union: Vec<usize> =
            (0..3).flat_map(|n| cells(structure, &[Pick::Code(n), Pick::Total])).collect();
        union.sort_unstable();
        assert_eq!(cells(structure, &[Pick::Total, Pick::Total]), union);
        assert_eq!(union, (0..structure.cells()).collect::<Vec<_>>());
    }

    /// One dimension: A and B in WEST, C in EAST.
    fn grouped() -> DataStructure {
        let code = |id: &str| Code::new(id, Text::english(id));
        let codes = ["A", "B", "C"].map(code).to_vec();
        let list = CodeList::new("CL_X".into(), "1.0.0".into(), Text::english("x"), codes).unwrap();
        let groups = vec![(code("WEST"), None), (code("EAST"), None)];
        let code_list = Arc::new(list.with_groups(groups, &[0, 0, 1]).unwrap());
        let source = CodeSource::Kind;
        let (id, name, is_apart) = ("X".into(), Text::english("x"), false);
        let dimension = Dimension { id, name, code_list, source, is_apart };
        DataStructure::new(vec![dimension]).unwrap()
    }

    #[test]
    fn codes_apart_have_no_sum() {
        let structure = grouped();
        let apart = Dimension { is_apart: true, ..structure.dimensions()[0].clone() };
        let picks = |code: &str| picked(&KeyPart::Codes(vec![code.to_owned()]), &apart);
        assert_eq!(picks("B"), Ok(vec![Pick::Code(1)]));
        for code in ["WEST", "_T"] {
            assert_eq!(picks(code), Err(Error::code_unknown("X", code, &["A", "B", "C"])));
        }
        assert_eq!(picked(&KeyPart::Any, &apart).unwrap().len(), 3);
    }

    #[test]
    fn a_group_is_the_sum_of_its_codes() {
        let structure = grouped();
        let picked = |codes: &[&str]| {
            let part = KeyPart::Codes(codes.iter().map(|&code| code.to_owned()).collect());
            picked(&part, &structure.dimensions()[0]).unwrap()
        };
        let picks = picked(&["_T", "EAST", "B", "WEST"]);
        assert_eq!(picks, [Pick::Code(1), Pick::Group(0), Pick::Group(1), Pick::Total]);
        let code_and_cells =
            |pick: Pick| (codes(&structure, &[pick])[0], cells(&structure, &[pick]));
        assert_eq!(code_and_cells(picks[1]), ("WEST", vec![0, 1]));
        assert_eq!(code_and_cells(picks[2]), ("EAST", vec![2]));
        assert_eq!(code_and_cells(picks[3]), ("_T", vec![0, 1, 2]));
    }

    #[test]
    fn keys_that_fit_no_list_are_rejected_by_name() {
        let unknown =
            |dimension: &str, given: &str| Err(Error::code_unknown(dimension, given, &[]));
        let without_known = |error| match error {
            Error::Code { dimension, given, .. } => Error::code_unknown(&dimension, &given, &[]),
            other => other,
        };
        let ids = LEADING.into_iter().chain(["BORDER_POINT", "DIRECTION"]);
        let wrong_parts = |given| Err(Error::key_parts(given, ids.clone()));
        let table = [
            ("D", wrong_parts(1)),
            ("D.XX", wrong_parts(2)),
            ("D.XX.FLOW.SEA.ENTRY.X", wrong_parts(6)),
            ("H.XX.FLOW.SEA.ENTRY", unknown("FREQ", "H")),
            ("D.YY.FLOW.SEA.ENTRY", unknown("REF_AREA", "YY")),
            ("D.XX.STOCK.SEA.ENTRY", unknown("INDICATOR", "STOCK")),
            ("D.XX.FLOW.RIVER.ENTRY", unknown("BORDER_POINT", "RIVER")),
            ("D.XX.FLOW.sea.ENTRY", unknown("BORDER_POINT", "sea")),
            ("_T.XX.FLOW.SEA.ENTRY", unknown("FREQ", "_T")),
        ];
        for (key, expected) in table {
            assert_eq!(select(key).map_err(without_known), expected, "{key}");
        }
        let error = select("D.XX.FLOW.AIRR.ENTRY").unwrap_err().to_string();
        assert!(error.contains("did you mean AIR? there are"), "{error}");
    }

    #[test]
    fn a_grain_is_offered_when_it_is_made_of_whole_steps() {
        let words = |step| grains(step).into_iter().map(Grain::frequency).collect::<String>();
        assert_eq!(words(Grain::QuarterHour), "N15HDWMQA");
        assert_eq!(words(Grain::Hour), "HDWMQA");
        assert_eq!(words(Grain::Day), "DWMQA");
        assert_eq!(words(Grain::Week), "W");
        assert_eq!(words(Grain::Month), "MQA");
    }
}
