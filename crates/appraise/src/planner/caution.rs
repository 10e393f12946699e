//! Warnings about a sound plan before it runs: what it costs in its life, how long it lasts, what
//! it can still learn, what its texts tell of its bounds (`told`), and, with a table of how often
//! persons count, what a bound cuts and which figures would be too small to be read.
//!
//! Not here: faults, which are in no plan (crate `model`); figures that could be more exact
//! (`warning`). The table is published or of a pilot: never of a store's own events.
//!
//! Invariants:
//! 1. A sound plan that is within every limit has none of these
//!    (`tests::each_warning_has_its_cause`).

use tidegauge_model::plan::CLOSED_ATTRIBUTES;
use tidegauge_model::{Grain, Period, Plan};
use tidegauge_privacy::interval::NORMAL_POINT;

use super::cut::{BIAS_MAX, Contributions, periods};
use super::forecast::Forecast;
use super::margin::MarginForecast;
use super::text::{rounded, whole};
use super::told;
use super::warning::PlanWarning;

/// The largest epsilon of a plan's life that needs no warning, at [`DELTA`]: about that of the
/// largest official release with a stated one, the redistricting data of the census of the United
/// States in 2020 (19.61, as the Census Bureau published it).
pub const EPSILON_MAX: f64 = 20.0;
/// The delta of that epsilon.
pub(crate) const DELTA: f64 = 1e-6;

/// What a plan is compared with.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The largest epsilon of the plan's life.
    pub epsilon_max: f64,
    /// How often persons count, by dataflow; empty if nothing is known.
    pub sample: Vec<Contributions>,
}

impl Forecast {
    /// What a statistician should know or decide before this plan runs.
    pub fn cautions(&self, plan: &Plan, limits: &Limits) -> Vec<PlanWarning> {
        let mut found: Vec<PlanWarning> =
            self.epsilon_above(limits.epsilon_max).into_iter().collect();
        found.extend(windows_and_expiry(plan));
        found.extend(nothing_reserved(plan));
        found.extend(told::of_bounds(plan));
        for table in &limits.sample {
            found.extend(self.bound_cuts(plan, table));
            found.extend(self.unreadable(plan, table));
        }
        found
    }

    fn epsilon_above(&self, most: f64) -> Option<PlanWarning> {
        let is_meant = |at: &&super::EpsilonAtDelta| at.delta == DELTA;
        let epsilon = self.lifetime_epsilon.iter().find(is_meant)?.epsilon;
        let text = format!(
            "privacy.rho: over its {} windows the plan may cost a person epsilon {epsilon:.2} at \
             delta {DELTA:e}, above {most}; lower rho or windows, or state the reason and set \
             another limit with --epsilon",
            self.windows
        );
        (epsilon > most).then_some(PlanWarning { code: "epsilon-above", text })
    }

    /// The margins of the figures of a dataflow that are read first, of flows only: how large a
    /// stock is does not follow from how often persons count.
    fn first_of<'f>(&'f self, id: &'f str) -> impl Iterator<Item = &'f MarginForecast> {
        let own = self.headline.iter().filter(move |headline| headline.dataflow == id);
        own.map(|headline| &headline.figure).filter(|figure| figure.indicator == "FLOW")
    }

    /// The warning about a bound below the number of contributions that many persons have.
    fn bound_cuts(&self, plan: &Plan, table: &Contributions) -> Option<PlanWarning> {
        let (id, dataflow) = (&table.dataflow, plan.dataflow(&table.dataflow)?.1);
        let bound = dataflow.bound.window;
        let cut = table.cut(bound);
        let figure = self.first_of(id).find(|figure| {
            let figures = figures(plan, id, figure);
            figures.is_some_and(|n| cut / n > BIAS_MAX * figure.largest() / NORMAL_POINT)
        })?;
        let share = 100.0 * cut / table.counted(u32::MAX);
        let text = format!(
            "dataflow.{id}.bound: of the contributions in the table {share:.1} % are beyond the \
             bound of {bound}, more than the margin of a figure by the {} hides; raise it (`plan \
             fit --contributions` finds the least that does not), or publish the loss with an \
             at_bound dataflow",
            figure.grain
        );
        Some(PlanWarning { code: "bound-cuts", text })
    }

    /// The warnings about the total or the groups of a dataflow whose average is too small to be
    /// told from its noise; of several periods only the longest is named.
    fn unreadable(&self, plan: &Plan, table: &Contributions) -> Vec<PlanWarning> {
        let Some((_, dataflow)) = plan.dataflow(&table.dataflow) else { return vec![] };
        let counted = table.counted(dataflow.bound.window);
        let mut found: Vec<(&str, PlanWarning)> = Vec::new();
        for figure in self.first_of(&table.dataflow) {
            let Some(figures) = figures(plan, &table.dataflow, figure) else { continue };
            let (of, average) = (dimensions_of(figure), counted / figures);
            let earlier = found.iter().position(|(other, _)| *other == of);
            if average >= figure.reliable {
                continue;
            }
            let what = if of.is_empty() { "the total".into() } else { format!("a figure by {of}") };
            let text = format!(
                "dataflow.{}: by the {} {what} is about {} on average in the table, and readable \
                 from {} on; publish it for longer periods or coarser groups, or give it a larger \
                 share",
                table.dataflow,
                figure.grain,
                rounded(average),
                whole(figure.reliable),
            );
            let warning = PlanWarning { code: "unreadable", text };
            match earlier {
                Some(place) => found[place].1 = warning,
                None => found.push((of, warning)),
            }
        }
        found.into_iter().map(|(_, warning)| warning).collect()
    }
}

/// The dimensions by which a figure is divided; empty for the total.
fn dimensions_of(figure: &MarginForecast) -> &str {
    figure.of.as_deref().filter(|of| *of != "total").unwrap_or("")
}

/// How many figures like this one a window has: one for each period of its grain and each code, or
/// group of a level, of its dimensions.
fn figures(plan: &Plan, id: &str, figure: &MarginForecast) -> Option<f64> {
    let (_, dataflow) = plan.dataflow(id)?;
    let mut figures = periods(plan, Grain::parse(figure.grain)?);
    for part in dimensions_of(figure).split(" x ").filter(|part| !part.is_empty()) {
        let (id, level) = part.split_once('/').map_or((part, None), |(id, n)| (id, Some(n)));
        let found = dataflow.structure.dimensions().iter().find(|dimension| dimension.id == id)?;
        let list = &found.code_list;
        let level = level.map_or(Some(list.depth()), |level| level.parse().ok())?;
        figures *= list.members(level) as f64;
    }
    Some(figures)
}

/// The number of windows that begin before a plan expires.
pub(crate) fn windows_needed(plan: &Plan) -> Option<u32> {
    let last = plan.window_of(Period::containing(plan.step(), plan.statement.expires));
    Some(plan.window_number(last)? + 1)
}

/// The warning about a budget that ends before the plan does, or after it.
fn windows_and_expiry(plan: &Plan) -> Option<PlanWarning> {
    let (windows, expires) = (plan.privacy.windows, plan.statement.expires);
    let needed = windows_needed(plan)?;
    let text = match needed {
        _ if needed == windows => return None,
        _ if needed > windows => format!(
            "privacy.windows: the budget is for {windows} windows, but {needed} begin before the \
             plan expires on {expires}: releases stop before; set windows = {needed}, or an \
             earlier `expires`"
        ),
        _ => format!(
            "privacy.windows: the budget is for {windows} windows, but only {needed} begin before \
             the plan expires on {expires}, so its life is stated to cost more than it can; set \
             windows = {needed}, or a later `expires`"
        ),
    };
    Some(PlanWarning { code: "windows-expires", text })
}

/// The warning about lists of attributes to which no code can be added.
fn nothing_reserved(plan: &Plan) -> Option<PlanWarning> {
    let mut lists: Vec<&str> = Vec::new();
    let open =
        plan.attributes.iter().filter(|attribute| !CLOSED_ATTRIBUTES.contains(&attribute.name));
    for list in open.map(|attribute| &attribute.code_list) {
        let has_place = list.codes().iter().any(|code| code.is_reserved());
        if !has_place && !lists.contains(&list.id.as_str()) {
            lists.push(&list.id);
        }
    }
    let text = format!(
        "code_list.reserved: no code can be added to {} while the plan runs; where one may come, \
         such as a country or a border point, write `reserved = 2`",
        lists.join(", ")
    );
    (!lists.is_empty()).then_some(PlanWarning { code: "nothing-reserved", text })
}

#[cfg(test)]
mod tests {
    use testkit::edit;

    use super::*;
    use crate::{ForecastOptions, forecast};

    const TABLES: &str = include_str!("../../../../testdata/tables.toml");

    fn cautions(text: &str, epsilon_max: f64, sample: &str) -> Vec<(&'static str, String)> {
        let plan = Plan::parse(text).unwrap_or_else(|errors| panic!("{errors}"));
        let sample = match sample {
            "" => vec![],
            rows => {
                let table = format!("dataflow,contributions,persons\n{rows}");
                Contributions::parse(&table, &plan).expect("a table")
            }
        };
        let forecast = forecast(&plan, ForecastOptions::default()).expect("a forecast");
        let found = forecast.cautions(&plan, &Limits { epsilon_max, sample });
        found.into_iter().map(|warning| (warning.code, warning.text)).collect()
    }

    fn codes(text: &str, epsilon_max: f64, sample: &str) -> Vec<&'static str> {
        let mut codes: Vec<&str> =
            cautions(text, epsilon_max, sample).into_iter().map(|(code, _)| code).collect();
        codes.dedup();
        codes.retain(|code| *code != "nothing-reserved");
        codes
    }

    #[test]
    fn each_warning_has_its_cause() {
        let large = "CROSSINGS,1,50000000\n";
        let plan = Plan::parse(TABLES).unwrap();
        let last = plan.window_of(Period::containing(plan.step(), plan.statement.expires));
        let needed = plan.window_number(last).unwrap() + 1;
        let text = |windows: u32| match windows == plan.privacy.windows {
            true => TABLES.to_owned(),
            false => edit(TABLES).change("privacy.windows", i64::from(windows)).text(),
        };
        assert_eq!(codes(&text(needed), 1e9, large), [""; 0]);
        assert_eq!(codes(&text(needed + 1), 1e9, large), ["windows-expires"]);
        assert_eq!(codes(&text(needed + 1), 0.1, ""), ["epsilon-above", "windows-expires"]);
        assert_eq!(codes(&text(needed), 1e9, "CROSSINGS,1,10\n"), ["unreadable"]);
        let often = "CROSSINGS,1,50000000\nCROSSINGS,64,500000\n";
        assert_eq!(codes(&text(needed), 1e9, often), ["bound-cuts"]);
    }

    #[test]
    fn lists_without_a_reserved_place_are_named_once() {
        let named = |text: &str| {
            let found = cautions(text, 1e9, "").into_iter();
            found.filter(|(code, _)| *code == "nothing-reserved").map(|(_, text)| text).collect()
        };
        let before: Vec<String> = named(TABLES);
        let [one] = &before[..] else { panic!("{before:?}") };
        let plan = Plan::parse(TABLES).unwrap();
        let id = &plan.attributes[0].code_list.id;
        assert!(one.contains(&**id), "{one}");
    }
}
