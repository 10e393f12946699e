//! A plan's text with other shares, weights, strategies and bounds: comments, order and layout of
//! everything else stay as they are.
//!
//! Not here: which numbers are written (`fit`).
//!
//! Invariants:
//! 1. Only keys of dataflows that differ are touched
//!    (`tests::a_text_without_differences_stays_as_it_is`).
//! 2. A text that lacks no key stays as it is (the same test).

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::One;
use tidegauge_model::{Dataflow, Measure, Plan, StrategyChoice, WeightedResidual};
use toml_edit::{DocumentMut, Item, TableLike, Value};

/// The text of a plan with the dataflows of another.
///
/// Errors: a text that is not that of the plan.
pub(super) fn rewritten(text: &str, plan: &Plan, other: &Plan) -> Result<String, String> {
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    let dataflows = document.get_mut("dataflow").map(tables).unwrap_or_default();
    if dataflows.len() != plan.dataflows.len() {
        return Err("the text is not that of the plan".into());
    }
    let changes = plan.dataflows.iter().zip(&other.dataflows);
    for (table, (before, after)) in dataflows.into_iter().zip(changes) {
        rewrite(table, before, after);
    }
    Ok(document.to_string())
}

/// The text of a plan in which dataflows with a wish that lack a share, a strategy or a share of
/// their base or net have one to start from: equal parts of what the others leave. A text that is
/// no TOML stays as it is.
pub fn started(text: &str) -> String {
    let Ok(mut document) = text.parse::<DocumentMut>() else { return text.to_owned() };
    let word =
        |table: &dyn TableLike, key: &str| table.get(key).and_then(Item::as_str).map(str::to_owned);
    let wishes = document.get_mut("wish").map(tables).unwrap_or_default();
    let wished: Vec<_> = wishes.iter().filter_map(|wish| word(*wish, "dataflow")).collect();
    let dataflows = document.get_mut("dataflow").map(tables).unwrap_or_default();
    let given: Vec<Option<String>> = dataflows.iter().map(|table| word(*table, "share")).collect();
    let missing = given.iter().filter(|share| share.is_none()).count();
    let given = given.iter().flatten().filter_map(|share| share.parse::<BigRational>().ok());
    let rest = given.fold(BigRational::one(), |rest, share| rest - share);
    let share = (rest / BigInt::from(missing.max(1))).to_string();
    for table in dataflows {
        if !word(table, "id").is_some_and(|id| wished.contains(&id)) {
            continue;
        }
        let measure = word(table, "measure").unwrap_or_default();
        let (strategy, base, net) = match measure.as_str() {
            "stock" => (Some("blt"), Some("1/10"), None),
            // A balance has no choice of strategies.
            "balance" => (None, Some("1/10"), Some("1/2")),
            _ => (Some("calendar_blt"), None, None),
        };
        let share = Some(share.as_str());
        let start =
            [("share", share), ("strategy", strategy), ("base_share", base), ("net_share", net)];
        for (key, value) in start {
            if let Some(value) = value.filter(|_| !table.contains_key(key)) {
                set(table, key, value.into());
            }
        }
    }
    document.to_string()
}

/// The tables of a list, in whichever way it is written.
fn tables(item: &mut Item) -> Vec<&mut dyn TableLike> {
    match item {
        Item::ArrayOfTables(tables) => {
            tables.iter_mut().map(|table| table as &mut dyn TableLike).collect()
        }
        Item::Value(Value::Array(array)) => array
            .iter_mut()
            .filter_map(|value| Some(value.as_inline_table_mut()? as &mut dyn TableLike))
            .collect(),
        _ => Vec::new(),
    }
}

fn rewrite(table: &mut dyn TableLike, before: &Dataflow, after: &Dataflow) {
    if before.share != after.share {
        set(table, "share", after.share.to_string().into());
    }
    if before.strategy != after.strategy {
        let word = match after.strategy {
            StrategyChoice::Identity => "identity",
            _ => "calendar_blt",
        };
        set(table, "strategy", word.into());
    }
    if before.bound.window != after.bound.window {
        set(table, "bound", i64::from(after.bound.window).into());
    }
    if let Some(month) = after.bound.month.filter(|_| before.bound.month != after.bound.month) {
        set(table, "bound_month", i64::from(month).into());
    }
    let parts = [
        ("base_share", base_share(&before.measure), base_share(&after.measure)),
        ("net_share", net_share(&before.measure), net_share(&after.measure)),
    ];
    for (key, before, after) in parts {
        if let Some(share) = after
            && before != Some(share)
        {
            set(table, key, share.to_string().into());
        }
    }
    rewrite_residuals(table, before, after);
    let key = if table.contains_key("margins") { "margins" } else { "marginals" };
    let is_inline = table.get(key).is_some_and(Item::is_value);
    let marginals = table.get_mut(key).map(tables).unwrap_or_default();
    for ((marginal, before), after) in
        marginals.into_iter().zip(&before.marginals).zip(&after.marginals)
    {
        if before.weight != after.weight {
            let is_new = !marginal.contains_key("weight");
            let is_least = after.weight == 1;
            match is_least {
                true => drop(marginal.remove("weight")),
                false => set(marginal, "weight", i64::from(after.weight).into()),
            }
            if is_inline && (is_new || is_least) {
                // Otherwise the comma would follow the space before the brace.
                marginal.fmt();
            }
        }
    }
}

/// Writes the weights of residuals, one on a line.
fn rewrite_residuals(table: &mut dyn TableLike, before: &Dataflow, after: &Dataflow) {
    if before.residuals == after.residuals {
        return;
    }
    if after.residuals.is_empty() {
        table.remove("residuals");
        return;
    }
    let dimensions = after.structure.dimensions();
    let line = |residual: &WeightedResidual| {
        let named = dimensions
            .iter()
            .zip(&residual.levels)
            .filter(|(dimension, level)| **level > 0 && !dimension.is_apart);
        let named = named.map(|(dimension, &level)| format!("\"{}\"", dimension.at_level(level)));
        let named = named.collect::<Vec<String>>().join(", ");
        let own = |key, weight| format!(", {key} = {weight}");
        let others = match after.measure {
            Measure::Balance { .. } => {
                own("base", residual.base) + &own("turnover", residual.turnover)
            }
            Measure::Stock { .. } => own("base", residual.base),
            _ => String::new(),
        };
        format!("    {{ of = [{named}], weight = {}{others} }},\n", residual.weight)
    };
    let lines: String = after.residuals.iter().map(line).collect();
    // A text of this form is always a value.
    if let Ok(value) = format!("[\n{lines}]").parse() {
        set(table, "residuals", value);
    }
}

fn base_share(measure: &Measure) -> Option<&BigRational> {
    match measure {
        Measure::Stock { base_share, .. } | Measure::Balance { base_share, .. } => Some(base_share),
        _ => None,
    }
}

fn net_share(measure: &Measure) -> Option<&BigRational> {
    match measure {
        Measure::Balance { net_share, .. } => Some(net_share),
        _ => None,
    }
}

/// Gives a key a value, with the comment and the space around the value that it replaces.
fn set(table: &mut dyn TableLike, key: &str, mut value: Value) {
    if let Some(old) = table.get(key).and_then(Item::as_value) {
        *value.decor_mut() = old.decor().clone();
    }
    table.insert(key, Item::Value(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: &str = include_str!("../../../../testdata/tables.toml");

    #[test]
    fn a_text_without_differences_stays_as_it_is() {
        let plan = Plan::parse(TABLES).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(rewritten(TABLES, &plan, &plan).as_deref(), Ok(TABLES));
        assert_eq!(started(TABLES), TABLES);
        let mut other = plan.clone();
        other.dataflows[0].marginals[1].weight = 7;
        other.dataflows[1].bound.window = 5;
        other.dataflows[2].strategy = StrategyChoice::Identity;
        let text = rewritten(TABLES, &plan, &other).expect("a text");
        assert_eq!(Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}")), other);
        let lines = TABLES.lines().zip(text.lines());
        assert_eq!(lines.filter(|(before, after)| before != after).count(), 3);
        let weighed = "    { of = [\"DIRECTION\"], grain = \"day\", weight = 7 },\n";
        assert!(text.contains(weighed), "{text}");
    }
}
