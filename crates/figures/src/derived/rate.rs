//! Rates of a plan: one published figure over another, with an interval of its own.
//!
//! Not here: the arithmetic (crate `privacy`, module `interval`), and which pairs a plan may name
//! (crate `model`, `plan::parse`). The proof of the statements on noise is in `rate.proof.md`.
//!
//! Both sides are sums of published figures, of one dataflow or of several, and so are the cells
//! that they share. Different dataflows share no noise; the figures of one table share the noise of
//! residuals ([`crate::answer::shared`]). Figures are those in thousandths, with their margins as
//! published, rounded up, so no interval is too narrow because of rounding. A stock counts with its
//! level at the end of the period, everything else with the period's sum. A rate is under embargo
//! if one of its sides is.
//!
//! Invariants:
//! 1. Only published figures are read, and without noise a rate is that of the events that were put
//!    in (`tidegauge/tests/rates.rs`: `a_rate_is_that_of_what_was_put_in`,
//!    `rates_of_groups_are_those_of_what_was_put_in`).
//! 2. An interval contains the true rate as often as stated
//!    (`tidegauge/tests/rates.rs`: `intervals_hold_the_rates_of_what_was_put_in`,
//!    `intervals_over_cells_of_a_table_hold_the_rates_of_what_was_put_in`,
//!    `intervals_of_rates_of_groups_hold_the_rates_of_what_was_put_in`).
//! 3. No rate is published if the interval of the denominator contains zero
//!    (`privacy::interval::tests::no_rate_without_a_denominator`).
//! 4. Parts of one dataflow that measures each cell separately share the noise of their common
//!    cells, and nothing else
//!    (`derived::rate::tests::what_is_shared_are_the_cells_of_both`,
//!    `of_a_code_and_a_group_the_smaller_is_shared`); a closed cell has none
//!    (`serve::tests::validity::a_closed_cell_shares_no_noise`).
//! 5. A rate is final only if every figure that it is made of is
//!    (`derived::rate::tests::a_rate_has_the_status_of_its_figures`,
//!    `serve::tests::history::a_rate_is_provisional_as_long_as_a_figure_of_it_is`).
//!
//! Format: a table ([`crate::derived::table`]) of `FREQ,REF_AREA,INDICATOR`, the dimensions of the
//! rate, `TIME_PERIOD,RATE,RATE_LOW,RATE_HIGH,OBS_STATUS`; INDICATOR is the rate's id. The status
//! is the code of CL_OBS_STATUS that figures have: `B` if a figure of either side has a break, `M`
//! if nothing can be in the numerator, `P` if a figure is provisional, `U` if the wider half of the
//! rate's own interval exceeds 30 % of it, and otherwise `A`; empty where no rate is published.

use std::collections::BTreeMap;
use std::ops::Range;

use tidegauge_model::observation::is_reliable;
use tidegauge_model::{
    CodeList, Dataflow, Dimension, NamedCodes, Period, Plan, Rate, SourceSet, Status, Summand,
};
use tidegauge_privacy::interval::{Estimate, RateEstimate, rate as divided};

use super::distribution::{Covariances, sum};
use super::parts::{PublishedEstimate, estimate, part, words};
use super::table::{DerivedTable, Field};
use crate::answer::answer::CheckedAnswer;
use crate::answer::evaluate::{ListedPeriods, answer};
use crate::answer::shared::SharedNoise;
use crate::catalogue::catalogue::Catalogue;
use crate::error::Error;
use crate::estimate::reader::Reader;
use crate::query::grammar::{Key, KeyPart, Parameters};
use crate::query::series::{
    KeyDimension, LEADING, Pick, Selection, grains, indicators, leading, parts, picked, positions,
};

/// A rate of the plan and the series of each side.
#[derive(Clone, Debug)]
pub struct RateSelection {
    /// The position of the rate in the plan.
    rate: usize,
    /// The series of each dataflow of the numerator.
    numerator: Vec<Selection>,
    /// The series of each dataflow of the denominator.
    denominator: Vec<Selection>,
    /// What both sides contain of one dataflow.
    common: Vec<Common>,
}

/// A dataflow that both sides contain: its place in each, and what they share there.
#[derive(Clone, Debug)]
struct Common {
    above: usize,
    below: usize,
    shared: Shared,
}

/// What two sums over one dataflow share.
#[derive(Clone, Debug)]
enum Shared {
    /// The noise of these cells, which are in both, for each cell is measured separately.
    Cells(Selection),
    /// The noise of the residuals of a table.
    Residuals,
}

impl RateSelection {
    /// The series of a key, which has the parts FREQ, REF_AREA and INDICATOR, then one for each
    /// dimension of the rate at this position of the plan; one left out at the end is its total.
    ///
    /// Errors: a key that does not fit the rate.
    pub(crate) fn new(plan: &Plan, position: usize, key: &Key) -> Result<Self, Error> {
        let rate = &plan.rates[position];
        let own: Vec<KeyDimension> = rate.by.iter().map(|id| dimension(plan, rate, id)).collect();
        let parts = parts(key, &LEADING, &own)?;
        positions(
            &parts[2],
            "INDICATOR",
            1,
            |code| (code == rate.id).then_some(0),
            || vec![&rate.id],
        )?;
        let select = |summand: &Summand| selection(plan, rate, summand, &parts);
        let mut common = Vec::new();
        for (above, one) in rate.numerator.iter().enumerate() {
            let is_same = |other: &Summand| other.dataflow == one.dataflow;
            let Some(below) = rate.denominator.iter().position(is_same) else { continue };
            let shared = if !plan.dataflows[one.dataflow].marginals.is_empty() {
                Shared::Residuals
            } else if let Some(cells) = both(plan, one, &rate.denominator[below]) {
                Shared::Cells(select(&cells)?)
            } else {
                continue;
            };
            common.push(Common { above, below, shared });
        }
        Ok(Self {
            rate: position,
            numerator: rate.numerator.iter().map(select).collect::<Result<_, _>>()?,
            denominator: rate.denominator.iter().map(select).collect::<Result<_, _>>()?,
            common,
        })
    }
}

/// A dimension of a rate. It has a total if it has one in every dataflow of the rate.
fn dimension<'p>(plan: &'p Plan, rate: &Rate, id: &'p str) -> KeyDimension<'p> {
    let dataflows = rate.dataflows().into_iter().map(|position| &plan.dataflows[position]);
    let all = dataflows.flat_map(|dataflow| dataflow.structure.dimensions());
    let has_total = all.filter(|other| other.id == id).all(|other| !other.is_apart);
    KeyDimension { id, has_total }
}

/// The rates of a selection, and the tree size that they are based on.
///
/// Errors: those of figures.
pub(crate) fn table(
    reader: &Reader,
    catalogue: &Catalogue,
    selection: RateSelection,
    parameters: &Parameters,
) -> Result<(DerivedTable, u64), Error> {
    let plan = catalogue.plan_for(parameters)?;
    let rate = &plan.rates[selection.rate];
    let addend = |selection: Selection| {
        let listed = ListedPeriods::WithEmbargoed;
        let answer = answer(reader, catalogue, selection, parameters, listed)?;
        Addend::new(answer.check()?.in_thousandths()?, &rate.by)
    };
    let all = |side: Vec<Selection>| side.into_iter().map(addend).collect::<Result<Vec<_>, _>>();
    let (above, below) = (all(selection.numerator)?, all(selection.denominator)?);
    let first = above.first().ok_or(Error::NotFound)?;
    let (numerator, denominator) = (AddendSum::new(&above), AddendSum::new(&below));
    let mut shared = Vec::new();
    for Common { above: one, below: other, shared: kind } in selection.common {
        shared.push(match kind {
            Shared::Cells(cells) => SharedSum::Cells(addend(cells)?),
            Shared::Residuals => {
                let noise = SharedNoise::of(&above[one].answer);
                SharedSum::Residuals { one: &above[one], other: &below[other], noise }
            }
        });
    }
    let before = LEADING.into_iter();
    let after = ["TIME_PERIOD", "RATE", "RATE_LOW", "RATE_HIGH", "OBS_STATUS"];
    let columns = before.chain(rate.by.iter().map(String::as_str)).chain(after);
    let mut table = DerivedTable::under(plan, columns.map(str::to_owned).collect());
    for key in first.terms.keys() {
        let (Some(sum), Some(sum_below)) = (numerator.at(key)?, denominator.at(key)?) else {
            continue;
        };
        let (Some(sum), Some(sum_below)) = (sum, sum_below) else {
            table.push(row_key(plan, rate, key), None, SourceSet::default());
            continue;
        };
        let mut covariance = 0.0;
        for shared in &shared {
            covariance += shared.covariance(key)?;
        }
        let rate_of_key = divided(sum, sum_below, covariance);
        let status = rate_of_key.as_ref().map(|rate| {
            status(&numerator.statuses(key), &denominator.statuses(key), rate).code().to_owned()
        });
        let mut fields = part(rate_of_key.as_ref()).to_vec();
        fields.push(status.map_or(Field::Nothing, Field::Word));
        let silent = numerator.silent(key).union(denominator.silent(key));
        table.push(row_key(plan, rate, key), Some(fields), silent);
    }
    if table.rows.is_empty() {
        Err(Error::NothingReleased)
    } else {
        Ok((table, first.answer.as_of))
    }
}

/// The first fields of a row.
fn row_key(plan: &Plan, rate: &Rate, (frequency, codes, period): &RateKey) -> Vec<Field> {
    let mut row = words(&[frequency, &plan.statement.reference_area, &rate.id]);
    row.extend(codes.iter().cloned().map(Field::Word));
    row.push(Field::Word(period.sdmx()));
    row
}

/// Frequency, codes of the rate's dimensions, and period.
type RateKey = (String, Vec<String>, Period);
/// The figures that are summed.
type Terms = BTreeMap<RateKey, Vec<Term>>;

/// A figure that is summed.
struct Term {
    /// The number of its series.
    number: usize,
    estimate: PublishedEstimate,
    status: Status,
}

/// The status of a rate, from those of the figures of both sides.
fn status(above: &[Status], below: &[Status], rate: &RateEstimate) -> Status {
    let has = |status: Status| above.iter().chain(below).any(|one| *one == status);
    let margin = (rate.value - rate.low).max(rate.high - rate.value);
    if has(Status::Break) {
        Status::Break
    } else if !above.is_empty() && above.iter().all(|one| *one == Status::CannotExist) {
        Status::CannotExist
    } else if has(Status::Provisional) {
        Status::Provisional
    } else if !is_reliable(rate.value, margin) {
        Status::LowReliability
    } else {
        Status::Normal
    }
}

/// What one dataflow adds to a side of a rate.
struct Addend {
    answer: CheckedAnswer,
    terms: Terms,
}

impl Addend {
    /// Errors: a figure that cannot be made.
    fn new(answer: CheckedAnswer, by: &[String]) -> Result<Self, Error> {
        let terms = terms(&answer, by)?;
        Ok(Self { answer, terms })
    }
}

/// The sum of the figures of several dataflows, whose noise is independent.
struct AddendSum<'a>(Vec<(&'a Addend, SharedNoise<'a>)>);

impl<'a> AddendSum<'a> {
    fn new(addends: &'a [Addend]) -> Self {
        Self(addends.iter().map(|addend| (addend, SharedNoise::of(&addend.answer))).collect())
    }

    /// The sum in a period; the inner `None` if a figure is under embargo, the outer one if one is
    /// missing.
    ///
    /// Errors: figures that cannot be made.
    fn at(&self, key: &RateKey) -> Result<Option<PublishedEstimate>, Error> {
        let mut sums = Some(Vec::with_capacity(self.0.len()));
        for (addend, noise) in &self.0 {
            let Some(terms) = addend.terms.get(key) else { return Ok(None) };
            match (&mut sums, summed(terms, noise, key.2)?) {
                (Some(sums), Some(estimate)) => sums.push(estimate),
                _ => sums = None,
            }
        }
        Ok(Some(sums.map(|sums| sum(&sums))))
    }

    /// The statuses of the figures of the sum in a period.
    fn statuses(&self, key: &RateKey) -> Vec<Status> {
        let terms = self.0.iter().flat_map(|(addend, _)| addend.terms.get(key));
        terms.flatten().map(|term| term.status).collect()
    }

    /// The sources that were silent in the figures of the sum in a period.
    fn silent(&self, key: &RateKey) -> SourceSet {
        let terms = self.0.iter().flat_map(|(addend, _)| {
            let terms = addend.terms.get(key).into_iter().flatten();
            terms.map(|term| addend.answer.silent(addend.answer.chosen(term.number).1, key.2))
        });
        terms.fold(SourceSet::default(), SourceSet::union)
    }
}

/// What the two sides share of one dataflow.
enum SharedSum<'a> {
    /// The cells of both, each measured separately.
    Cells(Addend),
    /// The residuals of a table.
    Residuals { one: &'a Addend, other: &'a Addend, noise: SharedNoise<'a> },
}

impl SharedSum<'_> {
    /// The covariance of the two sides in a period; 0 under embargo.
    ///
    /// Errors: figures that cannot be made.
    fn covariance(&self, key: &RateKey) -> Result<f64, Error> {
        match self {
            Self::Cells(cells) => {
                let both = AddendSum::new(std::slice::from_ref(cells)).at(key)?.flatten();
                Ok(both.map_or(0.0, |both| both.variance))
            }
            Self::Residuals { one, other, noise } => {
                let (Some(above), Some(below)) = (one.terms.get(key), other.terms.get(key)) else {
                    return Ok(0.0);
                };
                let mut covariance = 0.0;
                for one in above {
                    for Term { number, .. } in below {
                        covariance += noise.with(one.number, &other.answer, *number, key.2)?;
                    }
                }
                Ok(covariance)
            }
        }
    }
}

/// The place of a dimension in the keys of a dataflow.
fn place(dataflow: &Dataflow, id: &str) -> Option<usize> {
    let own = dataflow.structure.dimensions().iter().position(|dimension| dimension.id == id);
    own.map(|own| leading(dataflow).len() + own)
}

/// The sum of figures of one dataflow in a period; `None` under embargo.
///
/// Errors: figures that cannot be made.
fn summed(
    terms: &[Term],
    noise: &SharedNoise<'_>,
    period: Period,
) -> Result<PublishedEstimate, Error> {
    let estimates: Option<Vec<Estimate>> = terms.iter().map(|term| term.estimate).collect();
    let Some(estimates) = estimates else { return Ok(None) };
    let between =
        |one: usize, other: usize| noise.between(terms[one].number, terms[other].number, period);
    let added = Covariances::of(terms.len(), between)?.added(|_| 1.0);
    let sum = sum(&estimates);
    Ok(Some(Estimate { variance: sum.variance + added, ..sum }))
}

/// The figures that each sum is made of, by the rate's own dimensions.
///
/// Errors: a figure that cannot be made.
fn terms(answer: &CheckedAnswer, by: &[String]) -> Result<Terms, Error> {
    let dataflow = answer.dataflow();
    let dimensions = dataflow.structure.dimensions().iter().zip(&answer.selection().picks);
    let others = dimensions.filter(|(dimension, _)| !by.contains(&dimension.id));
    let terms: usize = others.map(|(_, picks)| picks.len()).product();
    let mut found = Terms::new();
    for number in 0..answer.len() {
        let series = answer.series(number)?;
        let code = |id: &String| place(dataflow, id).map(|place| series.key[place].to_owned());
        let codes: Option<Vec<String>> = by.iter().map(code).collect();
        let codes = codes.ok_or(Error::NotFound)?;
        for observation in &series.observations {
            let key = (series.key[0].to_owned(), codes.clone(), observation.period);
            let (estimate, status) = (estimate(observation), observation.status);
            found.entry(key).or_default().push(Term { number, estimate, status });
        }
    }
    // A period that lacks a term has no sum.
    found.retain(|_, estimates| estimates.len() == terms);
    Ok(found)
}

/// The series of one dataflow on a side: the codes asked for of the rate's dimensions, those that
/// the plan names of others, and of the rest the total.
fn selection(
    plan: &Plan,
    rate: &Rate,
    side: &Summand,
    parts: &[KeyPart],
) -> Result<Selection, Error> {
    let dataflow = &plan.dataflows[side.dataflow];
    let offered = grains(dataflow.step);
    let frequency = |code: &str| offered.iter().position(|grain| grain.frequency() == code);
    let wanted = positions(&parts[0], "FREQ", offered.len(), frequency, || {
        offered.iter().map(|grain| grain.frequency()).collect()
    })?;
    let area = |code: &str| (code == plan.statement.reference_area).then_some(0);
    positions(&parts[1], "REF_AREA", 1, area, || vec![&plan.statement.reference_area])?;
    let mut picks = Vec::new();
    for (number, dimension) in dataflow.structure.dimensions().iter().enumerate() {
        let asked = rate.by.iter().position(|id| *id == dimension.id);
        picks.push(match (asked, side.codes_of(number)) {
            (Some(asked), _) => picked(&parts[LEADING.len() + asked], dimension)?,
            (None, Some(named)) => {
                named.iter().flat_map(|&named| picks_of(named, dimension)).collect()
            }
            (None, None) => vec![Pick::Total],
        });
    }
    let published = indicators(&dataflow.measure).iter().copied();
    Ok(Selection {
        dataflow: side.dataflow,
        grains: wanted.into_iter().map(|n| offered[n]).collect(),
        indicators: published.filter(|indicator| indicator.code() == side.indicator).collect(),
        picks,
    })
}

/// The figures of a code or a group: one, unless the codes of a group stand apart.
fn picks_of(named: NamedCodes, dimension: &Dimension) -> Vec<Pick> {
    match named {
        NamedCodes::Group(_) if dimension.is_apart => {
            let own = named.positions(&dimension.code_list);
            let codes = dimension.code_list.named().map(|(position, _)| position);
            codes.filter(|position| own.contains(position)).map(Pick::Code).collect()
        }
        NamedCodes::Group(position) => vec![Pick::Group(position)],
        NamedCodes::Code(position) => vec![Pick::Code(position)],
    }
}

/// The cells of one dataflow that both sides hold, each measured separately, whose noise both
/// carry. `None` where they hold no cell in common.
fn both(plan: &Plan, numerator: &Summand, denominator: &Summand) -> Option<Summand> {
    let dimensions = plan.dataflows[numerator.dataflow].structure.dimensions();
    let mut codes = Vec::new();
    for (number, dimension) in dimensions.iter().enumerate() {
        let named = (numerator.codes_of(number), denominator.codes_of(number));
        let common = match named {
            (None, None) => continue,
            (Some(named), None) | (None, Some(named)) => named.to_vec(),
            (Some(above), Some(below)) => common(above, below, &dimension.code_list),
        };
        if common.is_empty() {
            return None;
        }
        codes.push((number, common));
    }
    Some(Summand { codes, ..numerator.clone() })
}

/// The codes and groups that two sides have in common. A group that meets a code or another group
/// contains it or lies in it.
fn common(above: &[NamedCodes], below: &[NamedCodes], list: &CodeList) -> Vec<NamedCodes> {
    let pairs = above.iter().flat_map(|one| below.iter().map(move |other| (*one, *other)));
    let smaller = |(one, other): (NamedCodes, NamedCodes)| {
        let (own, others) = (one.positions(list), other.positions(list));
        let is_within = |inner: &Range<u16>, outer: &Range<u16>| {
            outer.start <= inner.start && inner.end <= outer.end
        };
        if is_within(&own, &others) { Some(one) } else { is_within(&others, &own).then_some(other) }
    };
    pairs.filter_map(smaller).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{edit, toml};

    #[test]
    fn a_rate_has_the_status_of_its_figures() {
        use Status::{Break, CannotExist, LowReliability, Normal, Provisional};
        let narrow = RateEstimate { value: 0.5, low: 0.45, high: 0.6 };
        let wide = RateEstimate { value: 0.5, low: 0.1, high: 0.6 };
        let nothing = RateEstimate { value: 0.0, low: 0.0, high: 0.0 };
        let table: [(&[Status], &[Status], &RateEstimate, Status); 9] = [
            (&[Normal], &[Normal], &narrow, Normal),
            (&[Provisional], &[Normal], &narrow, Provisional),
            (&[Normal], &[Normal, Provisional], &wide, Provisional),
            (&[Provisional], &[Break], &narrow, Break),
            (&[LowReliability], &[Normal], &narrow, Normal),
            (&[Normal], &[Normal], &wide, LowReliability),
            (&[CannotExist], &[Provisional], &nothing, CannotExist),
            (&[CannotExist, Normal], &[Normal], &narrow, Normal),
            (&[Normal], &[CannotExist, Provisional], &narrow, Provisional),
        ];
        for (above, below, rate, expected) in table {
            assert_eq!(status(above, below, rate), expected, "{above:?} {below:?}");
        }
    }

    const STAYS: &str = include_str!("../../../../testdata/stays.toml");

    /// The cells that both sides of a rate hold under a plan, by dimension.
    fn shared(plan: &str, numerator: &str, denominator: &str) -> Option<String> {
        let rate = format!(
            "\n[[rate]]\nid = \"R\"\nname = \"r\"\ndescription = \"r\"\n\
             numerator = {numerator}\ndenominator = {denominator}\n"
        );
        let plan = Plan::parse(&format!("{plan}{rate}")).unwrap();
        let rate = &plan.rates[0];
        let both = both(&plan, &rate.numerator[0], &rate.denominator[0])?;
        let dimensions = plan.dataflows[both.dataflow].structure.dimensions();
        let names = |(number, codes): &(usize, Vec<NamedCodes>)| {
            let list = &dimensions[*number].code_list;
            let names = codes.iter().map(|named| named.id(list));
            format!("{}: {}", dimensions[*number].id, names.collect::<Vec<_>>().join(" "))
        };
        let mut all: Vec<String> = both.codes.iter().map(names).collect();
        all.sort();
        Some(all.join(", "))
    }

    /// A side of transitions with these codes.
    fn codes(codes: &str) -> String {
        format!("{{ dataflow = \"TRANSITIONS\", codes = {{ {codes} }} }}")
    }

    #[test]
    fn what_is_shared_are_the_cells_of_both() {
        let shared = |numerator: &str, denominator: &str| shared(STAYS, numerator, denominator);
        let lapse = codes("TRANSITION = [\"LAPSE\"]");
        let due = codes("TRANSITION = [\"LAPSE\", \"DEPARTURE_IN_TIME\"]");
        let late = codes("TRANSITION = [\"DEPARTURE_LATE\", \"LAPSE\"], CITIZENSHIP = [\"A\"]");
        let all = "{ dataflow = \"TRANSITIONS\" }".to_owned();
        let cells = |text: &str| Some(text.to_owned());
        assert_eq!(shared(&lapse, &due), cells("TRANSITION: LAPSE"));
        assert_eq!(shared(&lapse, &all), cells("TRANSITION: LAPSE"));
        assert_eq!(shared(&due, &lapse), cells("TRANSITION: LAPSE"));
        assert_eq!(shared(&late, &due), cells("CITIZENSHIP: A, TRANSITION: LAPSE"));
        assert_eq!(shared(&due, &late), cells("CITIZENSHIP: A, TRANSITION: LAPSE"));
        assert_eq!(shared(&late, &codes("TRANSITION = [\"ENTRY\"]")), None);
    }

    #[test]
    fn of_a_code_and_a_group_the_smaller_is_shared() {
        let groups = "[{ id = \"ENDED\", name = \"e\" }, { id = \"OTHER\", name = \"o\" }, \
                      { id = \"DUE\", name = \"d\", group = \"ENDED\" }, \
                      { id = \"LATE\", name = \"l\", group = \"ENDED\" }, \
                      { id = \"REST\", name = \"r\", group = \"OTHER\" }]";
        let code = |(id, group)| format!("{{ id = \"{id}\", name = \"c\", group = \"{group}\" }}");
        let own = [
            ("LAPSE", "DUE"),
            ("DEPARTURE_IN_TIME", "DUE"),
            ("DEPARTURE_LATE", "LATE"),
            ("ENTRY", "REST"),
        ];
        let plan = edit(STAYS)
            .change(
                "code_list.CL_TRANSITION.codes",
                toml(&format!("[{}]", own.map(code).join(", "))),
            )
            .add("code_list.CL_TRANSITION.groups", toml(groups))
            .text();
        let side = |ids: &[&str]| {
            let ids = ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(", ");
            codes(&format!("TRANSITION = [{ids}]"))
        };
        let shared = |one: &[&str], other: &[&str]| {
            let both = shared(&plan, &side(one), &side(other));
            both.map(|both| both.replace("TRANSITION: ", ""))
        };
        let cells = |text: &str| Some(text.to_owned());
        assert_eq!(shared(&["LAPSE"], &["DUE"]), cells("LAPSE"));
        assert_eq!(shared(&["ENDED"], &["LAPSE", "LATE", "REST"]), cells("LAPSE LATE"));
        assert_eq!(shared(&["DUE", "ENTRY"], &["ENDED", "ENTRY"]), cells("ENTRY DUE"));
        assert_eq!(shared(&["DEPARTURE_LATE", "DUE"], &["LATE"]), cells("DEPARTURE_LATE"));
        assert_eq!(shared(&["DUE"], &["LATE", "REST"]), None);
    }
}
