//! What readers see first: headline figures, and the view with which a dataflow opens.
//!
//! Not here: dataflows (`dataflow.rs`).
//!
//! Invariants:
//! 1. They change nothing else in a plan (`tests/headlines.rs`, `headlines_change_nothing_else`).
//! 2. A headline figure is one that the plan publishes, and none is given twice
//!    (`tests/headlines.rs`, `each_fault_has_its_place_and_rule`).
//!
//! Format: `[[headline]]` with `dataflow = "ORDERS"`, `series = { TRANSITION = "DECISION" }` (a
//! code or a group of each dimension that is not summed over), `period = "month"`, and `title`,
//! which is optional; for a balance also `indicator`. A dataflow has `view = { marginal =
//! ["TRANSITION"], period = "month" }`, or `series` in place of `marginal`; without either the
//! total.

use super::fault::PlanFault;
use super::marginal::levels;
use super::node::{TomlTable, TomlValue};
use super::rate::{ids, indicator, named_dataflow, no_dimension};
use super::wish::{distinct, finest_grain, period};
use crate::dataflow::Dataflow;
use crate::headline::{Headline, SeriesChoice, SeriesPart, View};
use crate::period::Grain;
use crate::plan::keys;
use crate::plan::limits::VIEW_SERIES_MAX;
use crate::rate::NamedCodes;

/// The headline figures of a plan, whose dataflows must be sound.
pub(super) fn headlines(
    nodes: &[TomlValue],
    dataflows: &[&Dataflow],
    window: Option<Grain>,
) -> Option<Vec<Headline>> {
    let is_same = |one: &Headline, other: &Headline| {
        (one.dataflow, &one.series) == (other.dataflow, &other.series)
    };
    let headline = |table: &TomlTable| headline(table, dataflows, window);
    distinct(nodes, headline, is_same, "another headline is the same figure")
}

fn headline(table: &TomlTable, dataflows: &[&Dataflow], window: Option<Grain>) -> Option<Headline> {
    table.known(&keys::HEADLINE.known());
    let title = match table.may("title") {
        Some(node) => node.text().map(Some),
        None => Some(None),
    };
    let position = named_dataflow(table, dataflows)?;
    let dataflow = dataflows[position];
    let indicator = indicator(table, &dataflow.measure);
    let parts = named(table, dataflow);
    let series = choice(table, dataflow, window, ("series", parts?), indicator);
    Some(Headline { dataflow: position, series: series?, title: title? })
}

/// The views of dataflows, which must be sound, in the order of the plan.
pub(super) fn views(
    tables: &[Option<TomlTable>],
    dataflows: &[&Dataflow],
    window: Option<Grain>,
) -> Option<Vec<View>> {
    let mut views = Vec::new();
    let mut is_sound = true;
    let tables = tables.iter().flatten().zip(dataflows).enumerate();
    for (position, (table, dataflow)) in tables {
        let Some(node) = table.may("view") else { continue };
        match node.table().and_then(|table| view(&node, &table, dataflow, window)) {
            Some(series) => views.push(View { dataflow: position, series }),
            None => is_sound = false,
        }
    }
    is_sound.then_some(views)
}

fn view(
    node: &TomlValue,
    table: &TomlTable,
    dataflow: &Dataflow,
    window: Option<Grain>,
) -> Option<SeriesChoice> {
    table.known(&keys::VIEW.known());
    let indicator = indicator(table, &dataflow.measure);
    let (key, parts) = match (table.may("marginal"), table.may("series")) {
        (Some(_), Some(node)) => {
            let rule = "either marginal or series is needed, given both";
            node.refuse(PlanFault::BadValue, rule);
            return None;
        }
        (Some(node), None) => {
            let levels = levels(&node, &dataflow.structure)?.into_iter();
            let part =
                |level| if level == 0 { SeriesPart::Total } else { SeriesPart::Level(level) };
            ("marginal", levels.map(part).collect())
        }
        (None, _) => ("series", named(table, dataflow)?),
    };
    let dimensions = dataflow.structure.dimensions().iter();
    let ids = dimensions
        .zip(&parts)
        .map(|(dimension, part): (_, &SeriesPart)| part.ids(&dimension.code_list).len());
    let count = ids.fold(1, usize::saturating_mul);
    if count > VIEW_SERIES_MAX {
        let rule = format!("a view has at most {VIEW_SERIES_MAX} series, given {count}");
        node.refuse(PlanFault::PlanTooLarge, rule);
    }
    choice(table, dataflow, window, (key, parts), indicator)
}

/// What the key `series` names of each dimension: one code or group, or nothing for the total.
fn named(table: &TomlTable, dataflow: &Dataflow) -> Option<Vec<SeriesPart>> {
    let series = table.section("series")?;
    let dimensions = dataflow.structure.dimensions();
    let mut parts = vec![SeriesPart::Total; dimensions.len()];
    let mut is_sound = true;
    for (id, node) in series.entries() {
        let Some(place) = dimensions.iter().position(|dimension| dimension.id == id) else {
            node.refuse(PlanFault::UnknownKey, no_dimension(id, dimensions));
            is_sound = false;
            continue;
        };
        let dimension = &dimensions[place];
        let rule = match dimension.is_apart {
            true => "a code of the dimension is needed, which is never summed over",
            false => "a code or a group of the dimension is needed",
        };
        let named = node.name_of(rule, &ids(&dimension.code_list, !dimension.is_apart), |id| {
            let named = NamedCodes::find(&dimension.code_list, id)?;
            (!dimension.is_apart || matches!(named, NamedCodes::Code(_))).then_some(named)
        });
        is_sound &= named.is_some();
        parts[place] = named.map_or(SeriesPart::Total, SeriesPart::Named);
    }
    for (place, dimension) in dataflow.structure.apart() {
        if parts[place] == SeriesPart::Total && series.may(&dimension.id).is_none() {
            let rule = "this dimension stands apart and is never summed over; name its code";
            series.refuse(&dimension.id, PlanFault::MissingKey, rule);
            is_sound = false;
        }
    }
    is_sound.then_some(parts)
}

/// The series with these parts, which the key of that name gives, if the plan publishes them.
fn choice(
    table: &TomlTable,
    dataflow: &Dataflow,
    window: Option<Grain>,
    (key, parts): (&'static str, Vec<SeriesPart>),
    indicator: Option<&'static str>,
) -> Option<SeriesChoice> {
    let dimensions = dataflow.structure.dimensions().iter();
    let levels: Vec<usize> =
        dimensions.zip(&parts).map(|(dimension, part)| part.level(&dimension.code_list)).collect();
    let finest = finest_grain(table, key, dataflow, &levels)?;
    let grain = period(table, dataflow, finest, window);
    Some(SeriesChoice { parts, indicator: indicator?, grain: grain? })
}
