//! Searches for the parameters that ship with the program, and prints them as lines of
//! `crates/privacy/src/design/shipped.rs`.
//!
//! Not here: the quality of the parameters, which a benchmark measures (`benches/targets.rs`).
//! Every use of them computes its own sensitivity.
//!
//! Invariants:
//! 1. The same program prints the same table.

use tidegauge_model::Grain;
use tidegauge_privacy::design::shipped::{ParameterSet, Purpose};
use tidegauge_privacy::design::tune::{Reading, deviation, search, start};
use tidegauge_privacy::design::{RecursionParameters, blt, calendar_blt};
use tidegauge_privacy::sensitivity::recursion::{rough_sensitivity_squared, sensitivity_squared};
use tidegauge_privacy::{Error, Participation, SubBound};

use crate::year::{Year, year};

/// The lengths of a step that have sets: a word for each, and a year cut into such steps.
fn years() -> [(&'static str, Year); 5] {
    [Grain::Month, Grain::Week, Grain::Day, Grain::Hour, Grain::QuarterHour]
        .map(|step| (step.word(), year(2026, step)))
}

/// The number of years for which a continuing stock is optimised.
const STOCK_YEARS: u32 = 5;

/// Searches for the sets with these names, or for all if there are none, and passes each to
/// `print_line`. A set that is not valid after rounding is left out: others are close to it.
pub fn table(names: &[String], print_line: &mut dyn FnMut(&str)) {
    for (step, year) in years() {
        for changes in [2, 4, 8, 16, 32, 64] {
            let name = format!("stock-{step}-{changes}");
            if wanted(&name, names) {
                print_set(stock(&year, changes), &name, print_line);
            }
        }
        for bound in [1, 2, 4, 8, 16, 32] {
            let name = format!("flow-{step}-{bound}.");
            if wanted(&name, names) {
                print_set(flow(&year, bound, None), &name, print_line);
            }
        }
        for (bound, month) in [(6, 1), (12, 1), (12, 2), (24, 2), (24, 4), (48, 4), (48, 8)] {
            let name = format!("flow-{step}-{bound}-{month}.");
            if matches!(step, "day" | "hour") && wanted(&name, names) {
                print_set(flow(&year, bound, Some(month)), &name, print_line);
            }
        }
    }
}

fn print_set(found: Result<ParameterSet, Error>, name: &str, print_line: &mut dyn FnMut(&str)) {
    match found {
        Ok(set) => print_line(&line(&set)),
        Err(error) => eprintln!("{name} is left out: {error}"),
    }
}

fn wanted(name: &str, names: &[String]) -> bool {
    names.is_empty() || names.iter().any(|wanted| name.starts_with(wanted.as_str()))
}

/// A stock that continues for years: presence in one cell, with the changes of each year bounded
/// separately.
fn stock(year: &Year, changes: u32) -> Result<ParameterSet, Error> {
    let steps = year.steps * STOCK_YEARS;
    let participation = Participation::Alternating { changes, cells: 1 };
    let loss = |parameters: &RecursionParameters| {
        let recursion = blt(steps, parameters)?;
        let delta2 = rough_sensitivity_squared(&recursion, &participation, year.steps)?;
        Ok(deviation(&recursion, delta2, &[], Reading::Prefixes))
    };
    let (parameters, _) = search(&start(year.steps * 2, 2, 0, 0), 400, loss);
    let parameters = rounded(&parameters);
    let recursion = blt(steps, &parameters)?;
    let delta2 = sensitivity_squared(&recursion, &participation, year.steps)?;
    let found = deviation(&recursion, delta2, &[], Reading::Prefixes);
    eprintln!("stock {} steps, {changes} changes: {found:.4}", year.steps);
    let (purpose, month) = (Purpose::Stock, None);
    Ok(ParameterSet { purpose, steps: year.steps, bound: changes, month, parameters })
}

/// The flow of one window, with equal weight for every grain.
fn flow(year: &Year, bound: u32, month: Option<u32>) -> Result<ParameterSet, Error> {
    let months = year.grains.iter().position(|(name, _)| *name == "month");
    let ends = months.map(|months| year.longer[months].clone());
    let sub = month.zip(ends).map(|(bound, ends)| SubBound { ends, bound });
    let participation = Participation::OncePerStepAndCell { window: bound, sub };
    let all = year.all();
    let grains: Vec<&[u32]> = all.iter().map(Vec::as_slice).collect();
    let loss = |parameters: &RecursionParameters| {
        let recursion = calendar_blt(&year.longer, year.steps, parameters)?;
        let delta2 = if bound == 1 {
            // All columns have the same norm.
            tidegauge_privacy::design::tune::squared_units_per_count() as u128
        } else {
            sensitivity_squared(&recursion, &participation, year.steps)?
        };
        Ok(deviation(&recursion, delta2, &grains, Reading::Balanced))
    };
    let evaluations = if year.steps > 1000 && bound > 1 { 120 } else { 900 };
    let buffers = if year.steps > 1000 { 3 } else { 2 };
    let from = start(year.steps, buffers, year.longer.len(), 0);
    let (parameters, _) = search(&from, evaluations, loss);
    let parameters = rounded(&parameters);
    eprintln!("flow {} steps, bound {bound} {month:?}: {:.4}", year.steps, loss(&parameters)?);
    Ok(ParameterSet { purpose: Purpose::Flow, steps: year.steps, bound, month, parameters })
}

/// Rounds to six digits, as in the table; roots stay in order.
fn rounded(parameters: &RecursionParameters) -> RecursionParameters {
    let micro = |value: &f64| (value * 1e6).round();
    let mut parameters = RecursionParameters {
        poles: parameters.poles.iter().map(micro).collect(),
        zeros: parameters.zeros.iter().map(micro).collect(),
        weights: parameters.weights.iter().map(|weight| micro(weight) / 1e6).collect(),
        knots: vec![],
    };
    let mut above = 1e6;
    for (pole, zero) in parameters.poles.iter_mut().zip(&mut parameters.zeros) {
        for root in [pole, zero] {
            above = root.min(above - 1.0).max(0.0);
            *root = above / 1e6;
        }
    }
    parameters
}

fn line(set: &ParameterSet) -> String {
    let micro = |values: &[f64]| {
        let parts: Vec<String> = values.iter().map(|v| format!("{}", (v * 1e6).round())).collect();
        format!("&[{}]", parts.join(", "))
    };
    let ParameterSet { purpose, steps, bound, month, parameters } = set;
    let month = month.unwrap_or(0);
    format!(
        "    ({purpose:?}, {steps}, {bound}, {month}, {}, {}, {}),",
        micro(&parameters.poles),
        micro(&parameters.zeros),
        micro(&parameters.weights)
    )
}
