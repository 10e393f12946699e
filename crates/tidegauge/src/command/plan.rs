//! `plan check` and `plan show`: everything about a release that is known before any data.
//!
//! Not here: the rules of a plan (crate `model`) and its prices (crate `ledger`).
//!
//! Invariants:
//! 1. What is shown follows from the plan alone.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use tidegauge_ledger::{Part, Price, prices};
use tidegauge_model::observation::RELIABLE_MARGIN_PERCENT;
use tidegauge_model::{Grain, Measure, Period, Plan};
use tidegauge_privacy::{Estimator, Rho, epsilon};

use super::Done;
use crate::failure::Failure;

/// Half the width of a 95 % interval in standard deviations.
const NORMAL_95: f64 = 1.959_964;
/// Deltas at which epsilon is shown.
const DELTAS: [f64; 3] = [1e-6, 1e-9, 1e-12];

#[derive(Subcommand)]
pub(crate) enum PlanCommand {
    /// Report every error of a plan at once.
    Check {
        /// The plan.
        plan: PathBuf,
    },
    /// Show margins, charges and totals, before any data.
    Show {
        /// The plan.
        plan: PathBuf,
    },
}

impl PlanCommand {
    pub(crate) fn run(self) -> Done {
        match self {
            Self::Check { plan } => {
                let (_, checked) = read(&plan)?;
                let dataflows = checked.dataflows.len();
                println!("{}: a plan of {dataflows} dataflows, without error", plan.display());
                Ok(())
            }
            Self::Show { plan } => show(&read(&plan)?.1),
        }
    }
}

/// A plan file's text and the plan.
pub(crate) fn read(path: &Path) -> Result<(String, Plan), Failure> {
    let failed = |error: std::io::Error| Failure::system(path.display(), "read", &error);
    let bytes = fs::read(path).map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::new(2, "not-utf8", format_args!("{}: file: must be UTF-8", path.display()))
    })?;
    let plan = parse(&path.display().to_string(), &text)?;
    Ok((text, plan))
}

/// A plan from its text; `name` is how errors call the file.
pub(crate) fn parse(name: &str, text: &str) -> Result<Plan, Failure> {
    Plan::parse(text).map_err(|errors| {
        Failure::lines(2, errors.report(name).lines().map(str::to_owned).collect())
    })
}

fn show(plan: &Plan) -> Done {
    let privacy = &plan.privacy;
    let window = plan.window_of(plan.first_step());
    let total = &privacy.rho * num_rational::BigRational::from_integer(privacy.windows.into());
    println!("{} ({})", plan.statement.title, plan.statement.id);
    println!("unit of privacy: one person's events within one {}", privacy.window.word());
    println!(
        "budget: rho {} a window, {} windows, lifetime total {total}",
        privacy.rho, privacy.windows
    );
    let rho = Rho::new(privacy.rho.clone()).map_err(refused)?;
    for delta in DELTAS {
        let epsilon = (epsilon(&rho, delta) * 100.0).ceil() / 100.0;
        println!("  a window is (epsilon {epsilon:.2}, delta {delta:e})");
    }
    for (position, dataflow) in plan.dataflows.iter().enumerate() {
        println!();
        println!(
            "{}: {}, {} cells, {}, share {}",
            dataflow.id,
            dataflow.measure.word(),
            dataflow.structure.cells(),
            bound(dataflow),
            dataflow.share
        );
        let prices = prices(plan, position, window).map_err(refused)?;
        for price in &prices {
            println!(
                "  {:?}: sensitivity^2 {}, variance {}, charge rho {}",
                price.part, price.delta2, price.variance, price.rho
            );
        }
        let stock = matches!(dataflow.measure, Measure::Stock { .. });
        show_margins(plan, window, &prices, stock)?;
    }
    Ok(())
}

fn refused(error: tidegauge_privacy::Error) -> Failure {
    Failure::new(2, "plan-privacy", format_args!("plan: {error}"))
}

fn bound(dataflow: &tidegauge_model::Dataflow) -> String {
    let window = dataflow.bound.window;
    match dataflow.bound.month {
        Some(month) => format!("bound {window} ({month} a month)"),
        None => format!("bound {window}"),
    }
}

/// Margins of one cell for a period in the middle of the window, once the window is complete.
fn show_margins(plan: &Plan, window: Period, prices: &[Price], stock: bool) -> Done {
    let Some(stream) = prices.iter().find(|price| price.part == Part::Stream) else {
        return Ok(());
    };
    let base: f64 = prices
        .iter()
        .filter(|price| price.part == Part::Base)
        .map(|price| price.variance.as_f64())
        .sum();
    let steps = plan.steps_of(window);
    let estimator = Estimator::new(&stream.strategy, stream.strategy.steps()).map_err(refused)?;
    println!("  {:<8} {:>10} {:>24}", "period", "margin", "reliable from a count of");
    for grain in Grain::ALL.into_iter().filter(|&g| g >= plan.step() && g <= plan.privacy.window) {
        let middle = Period::containing(grain, steps[steps.len() / 2].first());
        let inside = |step: &&Period| {
            if stock { step.first() <= middle.last() } else { middle.contains(step.first()) }
        };
        let numbers: Vec<u32> =
            (0..).zip(&steps).filter(|(_, step)| inside(step)).map(|(n, _)| n).collect();
        let (Some(&first), Some(&last)) = (numbers.first(), numbers.last()) else { continue };
        let variance = estimator.variance(&[(first, last, 1)]) * stream.variance.as_f64() + base;
        let margin = NORMAL_95 * variance.sqrt();
        let reliable = (margin * 100.0 / RELIABLE_MARGIN_PERCENT).ceil();
        println!("  {:<8} {margin:>10.1} {reliable:>24}", grain.word());
    }
    Ok(())
}
