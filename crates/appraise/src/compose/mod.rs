//! A new plan from a plain description: what is counted, for which groups, how exactly.
//!
//! `kind` says what each kind of statistics counts, `lists` where codes are from, `text` writes the
//! plan, and the planner finds its shares, weights and strategies.
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

use tidegauge_model::Plan;
use tidegauge_model::plan::ATTRIBUTES;

pub use self::description::{Description, Dimension};
pub use self::error::ComposeError;
pub use self::kind::Kind;
pub use self::lists::{ListOfCodes, Sample, list, list_of_table};
use crate::planner::{FittedPlan, fit, started};

/// Writes the plan of a description, with shares and weights from its wishes.
///
/// Errors: a description of which the rules of plans refuse something.
pub fn compose(description: &Description) -> Result<FittedPlan, ComposeError> {
    let known = |dimension: &&Dimension| !ATTRIBUTES.contains(&dimension.attribute.as_str());
    if let Some(unknown) = description.dimensions.iter().find(known) {
        return Err(ComposeError::Attribute(unknown.attribute.clone()));
    }
    let text = started(&text::written(description));
    let plan = Plan::parse(&text)
        .map_err(|errors| ComposeError::Refused(errors.report("the new plan").trim_end().into()))?;
    Ok(fit(&text, &plan, &[])?)
}
