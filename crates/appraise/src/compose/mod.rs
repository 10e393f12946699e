//! A new plan from a plain description: what is counted, for which groups, how exactly.
//!
//! `kind` says what each kind of statistics counts, `lists` where codes are from, `words` has names
//! in each language, `text` writes the plan, and the planner finds its shares, weights and
//! strategies.
//!
//! Not here: how people are asked (crate `tidegauge`), and what a plan may say (crate `model`).
//!
//! Invariants:
//! 1. What comes out is a plan: it was parsed (`tidegauge/tests/plan_new.rs`:
//!    `six_made_up_offices_have_a_plan_at_once`).
//! 2. No bound and no margin comes from a sample (`lists` keeps no count).

mod description;
mod error;
mod kind;
mod lists;
mod text;
mod words;

use tidegauge_model::Plan;
use tidegauge_model::plan::{PlanError, PlanErrors};
use tidegauge_privacy::{Rho, epsilon};

pub use self::description::{Description, Dimension};
pub use self::error::ComposeError;
use self::error::DIVIDED_BY_MAX;
pub use self::kind::Kind;
pub use self::lists::{ListOfCodes, Sample, list, list_of_table};
pub use self::words::PLAN_LANGUAGES;
use crate::planner::{DELTA, EPSILON_MAX, FittedPlan, fit, started, windows_needed};

/// Writes the plan of a description, with shares and weights from its wishes. Without a budget a
/// year gets as little as the wishes need, and at most what needs no warning.
///
/// Errors: a description of which the rules of plans refuse something.
pub fn compose(description: &Description) -> Result<FittedPlan, ComposeError> {
    if description.dimensions.len() > DIVIDED_BY_MAX {
        return Err(ComposeError::Dimensions(description.dimensions.len()));
    }
    if let Some(rho) = &description.rho {
        return with_budget(description, rho);
    }
    let most = budget(&description.start, &description.expires);
    let fitted = with_budget(description, &most)?;
    if fitted.factor > 1.0 {
        return Ok(fitted);
    }
    // A hundredth more than needed lets shares be rounded.
    let needed = (fitted.given * 100.0).ceil().max(1.0);
    let tried = with_budget(description, &format!("{needed}/100"))?;
    Ok(if tried.factor > 1.0 { fitted } else { tried })
}

fn with_budget(description: &Description, rho: &str) -> Result<FittedPlan, ComposeError> {
    let parsed = |windows| {
        let text = started(&text::written(description, rho, windows));
        let plan = Plan::parse(&text).map_err(|errors| refused(&errors))?;
        Ok::<_, ComposeError>((text, plan))
    };
    let years = text::windows(&description.start, &description.expires);
    let (mut text, mut plan) = parsed(years)?;
    // A last week may belong to the window of the next year.
    if let Some(needed) = windows_needed(&plan).filter(|needed| *needed != years) {
        (text, plan) = parsed(needed)?;
    }
    Ok(fit(&text, &plan, &[])?)
}

/// The faults of the text that was written, one line each. Nobody has that text, so the lines name
/// its keys, and not where they are.
fn refused(errors: &PlanErrors) -> ComposeError {
    let line = |error: &PlanError| {
        let PlanError { field, rule, .. } = error;
        format!("error[{}]: plan new: {field}: {rule}", error.code())
    };
    let lines: Vec<String> = errors.errors().iter().map(line).collect();
    ComposeError::Refused(lines.join("\n"))
}

/// The largest budget of a year, in tenths and at most one, with which the life of a plan from the
/// first day to the last needs no warning.
fn budget(start: &str, expires: &str) -> String {
    let windows = text::windows(start, expires);
    let fits = |tenths: &u32| {
        let life = Rho::parse(&format!("{}/10", tenths.saturating_mul(windows)));
        life.is_ok_and(|life| epsilon(&life, DELTA) <= EPSILON_MAX)
    };
    let tenths = (1..=10).rev().find(fits).unwrap_or(1);
    if tenths == 10 { "1".into() } else { format!("{tenths}/10") }
}
