//! The layout of an answer: its order, its page, and how observations are grouped.
//!
//! Not here: the figures ([`crate::answer`]) and the writers ([`crate::formats::writer`]).
//!
//! Observations form runs: those of one series, or those of one section, which share the period and
//! all codes except one. Runs are sorted by the components of the order that their observations
//! share, observations within a run by the one that they do not share; separate observations are
//! sorted by all. Otherwise the order stays as it is: series by series, periods earliest first.
//! Codes are compared as text, periods by their beginnings and ends.
//!
//! Invariants:
//! 1. Pages joined are the whole answer, each observation once, in the same order
//!    (`serve::tests::layout::pages_joined_are_the_whole`); a page of series computes only the
//!    observations on it
//!    (`formats::layout::tests::a_sorted_page_may_come_from_a_too_large_answer`).
//! 2. An order moves observations and changes none (`serve::tests::layout::an_order_is_kept`).
//! 3. Sections have the observations of the series, each once
//!    (`serve::tests::layout::sections_have_the_observations_of_series`).

use std::cmp::Ordering;
use std::collections::HashMap;

use tidegauge_model::{Observation, Period};

use super::shape::{DimensionAtObservation, Shape};
use crate::answer::answer::{Answer, CheckedAnswer, Series};
use crate::answer::vintage::{AnswerVintage, merged};
use crate::error::{Error, OBSERVATIONS_MAX, given};
use crate::query::format::Format;

/// A component by which an answer can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SortComponent {
    /// The dimension at this place of the key.
    Dimension(usize),
    /// The reference period.
    Time,
}

impl SortComponent {
    /// The component that grouped observations do not share; `None` if they are not grouped.
    fn own(at: DimensionAtObservation) -> Option<Self> {
        match at {
            DimensionAtObservation::All => None,
            DimensionAtObservation::Dimension(place) => Some(Self::Dimension(place)),
            DimensionAtObservation::Time => Some(Self::Time),
        }
    }
}

/// A requested order: names, each with whether it descends.
pub(crate) type Order = Vec<(String, bool)>;

/// The requested part of all observations, or of all series if only series are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// The number left out at the beginning.
    pub(crate) offset: u64,
    /// The most that are requested.
    pub(crate) limit: Option<u64>,
}

impl Page {
    fn is_all(self) -> bool {
        self == Self::default()
    }

    fn is_over(self) -> bool {
        self.limit == Some(0)
    }

    /// The requested part of the next `count` items; the page moves past them.
    fn take(&mut self, count: usize) -> std::ops::Range<usize> {
        let first = usize::try_from(self.offset).unwrap_or(usize::MAX).min(count);
        self.offset -= first as u64;
        let limit = self.limit.map_or(usize::MAX, |left| left.try_into().unwrap_or(usize::MAX));
        let last = first.saturating_add(limit).min(count);
        if let Some(left) = &mut self.limit {
            *left -= (last - first) as u64;
        }
        first..last
    }
}

/// A group of observations, each with the number of its series.
pub(crate) type ObservationRun = Vec<(usize, Observation)>;

/// One data set of an answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct DataSet {
    /// Its vintage, without the series, if the answer has its history.
    pub(crate) vintage: Option<AnswerVintage>,
    /// Its runs.
    pub(crate) runs: Vec<ObservationRun>,
}

/// An answer and its layout.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The answer.
    pub answer: CheckedAnswer,
    /// How much of it is written, and how it is grouped.
    pub(crate) shape: Shape,
    /// Its data sets; `None` for a single one with all series in their order.
    pub(crate) sets: Option<Vec<DataSet>>,
}

impl Layout {
    /// A whole answer in its own order, or its history.
    pub fn plain(mut answer: CheckedAnswer, format: Format, shape: Shape) -> Self {
        let vintages = history(&mut answer, format);
        let set = |mut vintage: AnswerVintage| {
            let series = std::mem::take(&mut vintage.series).into_iter();
            let runs = series.map(|(number, observations)| run_of(number, observations)).collect();
            DataSet { vintage: Some(vintage), runs }
        };
        let sets = (!vintages.is_empty()).then(|| vintages.into_iter().map(set).collect());
        Self { answer, shape, sets }
    }

    /// Every data set, with its figures.
    ///
    /// Errors: figures that cannot be made.
    pub(crate) fn data_sets(&self) -> Result<Vec<DataSet>, Error> {
        if let Some(sets) = &self.sets {
            return Ok(sets.clone());
        }
        let run = |number: usize| -> Result<ObservationRun, Error> {
            let observations = self.answer.series(number)?.observations;
            Ok(run_of(number, observations))
        };
        let runs = (0..self.answer.len()).map(run).collect::<Result<_, Error>>()?;
        Ok(vec![DataSet { vintage: None, runs }])
    }

    /// Whether it has nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.sets.as_ref().is_some_and(Vec::is_empty)
    }

    /// The number of its observations.
    pub fn observations(&self) -> usize {
        match &self.sets {
            None => self.answer.observations(),
            Some(sets) => sets.iter().flat_map(|set| &set.runs).map(Vec::len).sum(),
        }
    }
}

/// The vintages of an answer; they are merged for a format without data sets.
fn history(answer: &mut CheckedAnswer, format: Format) -> Vec<AnswerVintage> {
    let vintages = answer.take_vintages();
    match format {
        Format::Json => merged(vintages).into_iter().collect(),
        _ => vintages,
    }
}

/// The shape in which a format writes a request: tables have a row for each observation; the
/// compact JSON, and any message without observations, has series only.
pub(crate) fn shape_in(format: Format, mut shape: Shape) -> Shape {
    shape.at = match format {
        _ if !shape.detail.has_observations() => DimensionAtObservation::Time,
        Format::Json => DimensionAtObservation::Time,
        Format::SdmxCsv2 | Format::SdmxCsv1 | Format::JsonStat | Format::Parquet | Format::Xlsx => {
            DimensionAtObservation::All
        }
        Format::SdmxMl21Generic | Format::SdmxJson20 | Format::SdmxMl21Specific => shape.at,
    };
    shape
}

/// Lays answers out one after another, as one sequence from which a page may be taken.
///
/// Errors: more observations than one answer may have; an order by an unknown component; an empty
/// page.
pub(crate) fn lay_out(
    answers: Vec<Answer>,
    format: Format,
    shapes: &[Shape],
    order: &Order,
    page: Page,
) -> Result<Vec<Layout>, Error> {
    lay_out_within(answers, format, shapes, order, page, OBSERVATIONS_MAX)
}

/// As [`lay_out`], with the most observations that one answer may have.
///
/// Errors: as [`lay_out`].
pub(crate) fn lay_out_within(
    answers: Vec<Answer>,
    format: Format,
    shapes: &[Shape],
    order: &Order,
    mut page: Page,
    most: usize,
) -> Result<Vec<Layout>, Error> {
    let all: usize = answers.iter().map(Answer::observations).sum();
    let is_paged = !page.is_all();
    let arrangement = |(answer, &shape): (&Answer, &Shape)| {
        let components = components(answer, order, shape.at)?;
        Ok::<_, Error>(Arrangement { shape: shape_in(format, shape), components })
    };
    let arrangements =
        answers.iter().zip(shapes).map(arrangement).collect::<Result<Vec<_>, Error>>()?;
    let is_of_series = arrangements
        .iter()
        .zip(&answers)
        .all(|(arrangement, answer)| arrangement.is_of_series(answer.dimensions().len()));
    let series: usize = answers.iter().map(Answer::len).sum();
    let has_too_many_to_sort = !order.is_empty() && series > most;
    let is_whole = !is_paged || !is_of_series || has_too_many_to_sort;
    let wanted = page.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(all);
    let observations = if is_whole { all } else { all.min(wanted) };
    if observations > most {
        return Err(Error::TooLarge { observations, limit: most });
    }
    let mut layouts = Vec::with_capacity(answers.len());
    for (answer, arrangement) in answers.into_iter().zip(arrangements) {
        let answer = answer.check_figures()?;
        if !is_paged && !is_moved(arrangement.shape.at, &arrangement.components) {
            layouts.push(Layout::plain(answer, format, arrangement.shape));
            continue;
        }
        layouts.push(arrangement.lay_out(answer, format, &mut page)?);
    }
    // Answers that the page leaves out stay, so that every page has the same columns.
    if layouts.iter().all(Layout::is_empty) { Err(Error::NothingReleased) } else { Ok(layouts) }
}

/// Whether observations leave their places in the series.
fn is_moved<T>(at: DimensionAtObservation, order: &[T]) -> bool {
    matches!(at, DimensionAtObservation::Dimension(_)) || !order.is_empty()
}

/// The components of an order, each with whether it descends.
fn components(
    answer: &Answer,
    order: &Order,
    at: DimensionAtObservation,
) -> Result<Vec<(SortComponent, bool)>, Error> {
    let ids = answer.dimensions();
    let all = || (0..ids.len()).map(SortComponent::Dimension).chain([SortComponent::Time]);
    let own = SortComponent::own(at);
    let mut components = Vec::new();
    for (name, descends) in order {
        let found: Vec<SortComponent> = match &**name {
            "*" => all().collect(),
            "series_key" if own.is_some() => {
                all().filter(|component| Some(*component) != own).collect()
            }
            "TIME_PERIOD" => vec![SortComponent::Time],
            id => {
                let rule = "dimensions of the dataflow, TIME_PERIOD, series_key or *, joined by +, \
                    each optionally followed by :asc or :desc";
                let place = ids.iter().position(|known| *known == id);
                let refused = || Error::Parameter { parameter: "sort", rule, given: given(id) };
                vec![SortComponent::Dimension(place.ok_or_else(refused)?)]
            }
        };
        components.extend(found.into_iter().map(|component| (component, *descends)));
    }
    Ok(components)
}

/// The shape and the order of one answer.
struct Arrangement {
    shape: Shape,
    components: Vec<(SortComponent, bool)>,
}

impl Arrangement {
    fn lay_out(
        &self,
        mut answer: CheckedAnswer,
        format: Format,
        page: &mut Page,
    ) -> Result<Layout, Error> {
        let shape = self.shape;
        let vintages = history(&mut answer, format);
        let mut sets = Vec::new();
        if vintages.is_empty() {
            let runs = if self.is_of_series(answer.dimensions().len()) {
                self.by_series(&answer, page)?
            } else {
                let mut all = ObservationRun::new();
                for number in 0..answer.len() {
                    all.extend(run_of(number, answer.series(number)?.observations));
                }
                self.paged(self.runs(&answer, all), page)
            };
            sets.push(DataSet { vintage: None, runs });
        }
        for mut vintage in vintages {
            let all = std::mem::take(&mut vintage.series)
                .into_iter()
                .flat_map(|(number, observations)| run_of(number, observations))
                .collect();
            let runs = self.paged(self.runs(&answer, all), page);
            sets.push(DataSet { vintage: Some(vintage), runs });
        }
        sets.retain(|set| !set.runs.is_empty());
        Ok(Layout { answer, shape, sets: Some(sets) })
    }

    /// Whether observations are written series by series: if periods distinguish them, and if the
    /// order names the period only after every dimension.
    fn is_of_series(&self, dimensions: usize) -> bool {
        let place_of_time =
            self.components.iter().position(|(component, _)| *component == SortComponent::Time);
        match (self.shape.at, place_of_time) {
            (DimensionAtObservation::Dimension(_), _) => false,
            (DimensionAtObservation::Time, _) | (DimensionAtObservation::All, None) => true,
            (DimensionAtObservation::All, Some(place_of_time)) => (0..dimensions).all(|place| {
                let own = SortComponent::Dimension(place);
                self.components[..place_of_time].iter().any(|(component, _)| *component == own)
            }),
        }
    }

    /// A page of the series in their order; series before the page are not computed.
    ///
    /// Errors: a series without its figures.
    fn by_series(
        &self,
        answer: &CheckedAnswer,
        page: &mut Page,
    ) -> Result<Vec<ObservationRun>, Error> {
        let mut numbers: Vec<usize> = (0..answer.len()).collect();
        let sorted_dimension = |&(component, descends): &(SortComponent, bool)| match component {
            SortComponent::Dimension(place) => Some((place, descends)),
            SortComponent::Time => None,
        };
        let named: Vec<(usize, bool)> =
            self.components.iter().filter_map(sorted_dimension).collect();
        if !named.is_empty() {
            numbers.sort_by_cached_key(|&number| {
                let key = answer.key(number);
                named
                    .iter()
                    .map(|&(place, descends)| SortedCode(key[place], descends))
                    .collect::<Vec<_>>()
            });
        }
        let time = self.components.iter().find(|(component, _)| *component == SortComponent::Time);
        let mut runs = Vec::new();
        for number in numbers {
            if page.is_over() {
                break;
            }
            let has_observations = self.shape.detail.has_observations();
            let items = if has_observations { answer.observations_of(number) } else { 1 };
            let wanted = page.take(items);
            if wanted.is_empty() {
                continue;
            }
            let Series { observations, .. } = answer.series(number)?;
            let mut run = run_of(number, observations);
            if let Some((time, descends)) = time {
                run.sort_by(|a, b| directed(compared(&[], *time, a, b), *descends));
            }
            if has_observations {
                cut(&mut run, wanted);
            }
            runs.push(run);
        }
        Ok(runs)
    }

    fn paged(&self, mut runs: Vec<ObservationRun>, page: &mut Page) -> Vec<ObservationRun> {
        if !self.shape.detail.has_observations() {
            let wanted = page.take(runs.len());
            cut(&mut runs, wanted);
            return runs;
        }
        for run in &mut runs {
            let wanted = page.take(run.len());
            cut(run, wanted);
        }
        runs.retain(|run| !run.is_empty());
        runs
    }

    /// The runs of these observations, in their order.
    fn runs(&self, answer: &Answer, all: ObservationRun) -> Vec<ObservationRun> {
        let keys: Vec<Vec<&str>> = (0..answer.len()).map(|number| answer.key(number)).collect();
        let compare = |components: &[&(SortComponent, bool)], a: &_, b: &_| {
            let orders = components.iter().map(|(component, descends)| {
                directed(compared(&keys, *component, a, b), *descends)
            });
            let mut differing = orders.filter(|order| order.is_ne());
            differing.next().unwrap_or(Ordering::Equal)
        };
        let own = SortComponent::own(self.shape.at);
        let mut runs = self.grouped(&keys, all);
        let (within, among): (Vec<_>, Vec<_>) =
            self.components.iter().partition(|(component, _)| Some(*component) == own);
        for run in &mut runs {
            run.sort_by(|a, b| compare(&within, a, b));
        }
        // A run is never empty.
        runs.sort_by(|a, b| compare(&among, &a[0], &b[0]));
        if self.shape.at == DimensionAtObservation::All { joined(runs) } else { runs }
    }

    /// Groups of observations, in the order of their first ones.
    fn grouped(&self, keys: &[Vec<&str>], all: ObservationRun) -> Vec<ObservationRun> {
        let DimensionAtObservation::Dimension(place) = self.shape.at else {
            let is_separate = self.shape.at == DimensionAtObservation::All;
            let mut runs: Vec<ObservationRun> = Vec::new();
            for (series, observation) in all {
                match runs.last_mut() {
                    Some(run) if !is_separate && run[0].0 == series => {
                        run.push((series, observation));
                    }
                    _ => runs.push(vec![(series, observation)]),
                }
            }
            return runs;
        };
        let mut places: HashMap<(Vec<&str>, Period), usize> = HashMap::new();
        let mut runs: Vec<ObservationRun> = Vec::new();
        for (series, observation) in all {
            let mut shared = keys[series].clone();
            shared.remove(place);
            let run = *places.entry((shared, observation.period)).or_insert_with(|| {
                runs.push(vec![]);
                runs.len() - 1
            });
            runs[run].push((series, observation));
        }
        runs
    }
}

fn directed(order: Ordering, descends: bool) -> Ordering {
    if descends { order.reverse() } else { order }
}

/// A code of a series that sorts ascending or descending.
#[derive(PartialEq, Eq)]
struct SortedCode<'a>(&'a str, bool);

impl Ord for SortedCode<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        directed(self.0.cmp(other.0), self.1)
    }
}

impl PartialOrd for SortedCode<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Keeps the wanted range only.
fn cut<T>(all: &mut Vec<T>, wanted: std::ops::Range<usize>) {
    all.truncate(wanted.end);
    all.drain(..wanted.start);
}

/// The observations of one series, each with its number.
fn run_of(number: usize, observations: Vec<Observation>) -> ObservationRun {
    observations.into_iter().map(|observation| (number, observation)).collect()
}

fn compared(
    keys: &[Vec<&str>],
    component: SortComponent,
    a: &(usize, Observation),
    b: &(usize, Observation),
) -> Ordering {
    match component {
        SortComponent::Dimension(place) => keys[a.0][place].cmp(keys[b.0][place]),
        SortComponent::Time => {
            let ends = |period: Period| (period.start(), period.end());
            ends(a.1.period).cmp(&ends(b.1.period))
        }
    }
}

/// Runs of separate observations; neighbours of one series are joined.
fn joined(runs: Vec<ObservationRun>) -> Vec<ObservationRun> {
    let mut joined: Vec<ObservationRun> = Vec::new();
    for run in runs {
        match joined.last_mut() {
            Some(last) if last[0].0 == run[0].0 => last.extend(run),
            _ => joined.push(run),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_takes_its_part() {
        let mut page = Page { offset: 5, limit: Some(4) };
        assert_eq!((page.take(3), page.take(3)), (3..3, 2..3));
        assert_eq!((page.take(2), page.is_over()), (0..2, false));
        assert_eq!((page.take(9), page.is_over()), (0..1, true));
        let mut open = Page { offset: u64::MAX, limit: None };
        assert_eq!((open.take(7), open.is_all()), (7..7, false));
    }

    #[test]
    fn hours_of_one_day_have_an_order() {
        let observation = |period: &str| {
            let period = Period::parse(period).unwrap();
            let status = tidegauge_model::Status::Normal;
            (0, Observation { status, ..Observation::embargoed(period) })
        };
        let order =
            |a: &str, b: &str| compared(&[], SortComponent::Time, &observation(a), &observation(b));
        assert_eq!(order("2024-01-15T09", "2024-01-15T13"), Ordering::Less);
        assert_eq!(order("2024-01-15T00", "2024-01-15"), Ordering::Less);
        assert_eq!(order("2024-01-15", "2024-01-15T01"), Ordering::Less);
    }

    #[test]
    fn a_sorted_page_may_come_from_a_too_large_answer() {
        use Format::{SdmxCsv2, SdmxJson20};

        let answer = || crate::tests::sample_answer("CROSSINGS", "D+M.XX.FLOW.*.*");
        let all = answer().observations();
        let too_large = |observations: usize| Error::TooLarge { observations, limit: 20 };
        let page = |limit: u64, format: Format, at: DimensionAtObservation, names: &[&str]| {
            let order = names.iter().map(|name| ((*name).to_owned(), true)).collect();
            let shapes = [Shape { at, ..Shape::default() }];
            let page = Page { offset: 5, limit: Some(limit) };
            let layouts = lay_out_within(vec![answer()], format, &shapes, &order, page, 20)?;
            Ok::<usize, Error>(layouts.iter().map(Layout::observations).sum())
        };
        let table = [
            (SdmxJson20, DimensionAtObservation::Time, &["BORDER_POINT"][..], true),
            (SdmxJson20, DimensionAtObservation::Time, &["TIME_PERIOD", "DIRECTION"], true),
            (SdmxJson20, DimensionAtObservation::All, &["DIRECTION"], true),
            (SdmxJson20, DimensionAtObservation::All, &["TIME_PERIOD"], false),
            (SdmxJson20, DimensionAtObservation::Dimension(3), &[], false),
            (SdmxCsv2, DimensionAtObservation::Time, &["*"], true),
            (SdmxCsv2, DimensionAtObservation::Time, &["FREQ", "BORDER_POINT"], true),
            (SdmxCsv2, DimensionAtObservation::Time, &["FREQ", "TIME_PERIOD"], false),
        ];
        for (format, at, names, is_within) in table {
            let expected = if is_within { Ok(4) } else { Err(too_large(all)) };
            assert_eq!(page(4, format, at, names), expected, "{format:?} {at:?} {names:?}");
        }
        let beyond = Err(too_large(21));
        assert_eq!(page(21, SdmxJson20, DimensionAtObservation::Time, &["BORDER_POINT"]), beyond);
    }
}
