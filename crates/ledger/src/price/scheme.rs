//! Finds, for a run of steps and the contributions of one person in it, a strategy with its
//! integers and the sensitivity of that strategy.
//!
//! Not here: budgets and charges (the parent).
//!
//! Invariants:
//! 1. The same query has the same answer on every host: integers decide, and where floats choose
//!    among shipped parameters they use only `+ - * /` and square root.
//! 2. A level that goes on over windows is priced by the longest of them
//!    (`price::tests::a_level_that_goes_on_has_one_variance`).

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use tidegauge_model::{Dataflow, Grain, Period, Plan, StrategyChoice};
use tidegauge_privacy::design::shipped;
use tidegauge_privacy::sensitivity::recursion::PresenceResidual;
use tidegauge_privacy::sensitivity::{once_per_step, once_per_step_and_cell, recursion};
use tidegauge_privacy::{
    Error, JointSensitivity, Level, MeasuredVector, Participation, Recursion, Strategy,
    joint_sensitivity, joint_sensitivity_of_periods, joint_sensitivity_of_recursion,
    joint_sensitivity_of_residual, sensitivity_squared,
};

/// How a run of steps is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Sums over the nodes of a tree of periods, combined by least squares.
    Nodes {
        /// The nodes.
        strategy: Strategy,
        /// The grain of each level of the strategy.
        grains: Vec<Grain>,
    },
    /// One sum for each period of a grain, each estimated by itself. Periods may have different
    /// numbers of steps.
    Periods {
        /// The periods; their weight is 1.
        level: Level,
        /// Their grain.
        grain: Grain,
    },
    /// One measurement at each step, decoded step by step.
    Recursion(Recursion),
}

/// The numbers that determine the sensitivity of a residual, in addition to those for a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ResidualWeight {
    /// The squared norm of the change from one contribution.
    pub norm: u128,
    /// The largest noise multiple of a coordinate.
    pub multiple: u64,
    /// The number of coordinates that are measured, for one code that stands apart.
    pub coordinates: u32,
    /// The number of codes that stand apart; 1 without any.
    pub codes: u32,
    /// The number of cells of its marginal.
    pub cells: u32,
    /// The size of the smallest group of siblings, of those with two or more, that it names; `None`
    /// for the total.
    pub least: Option<u32>,
}

impl ResidualWeight {
    /// The weight of a cell.
    pub(super) const CELL: Self =
        Self { norm: 1, multiple: 1, coordinates: 1, codes: u32::MAX, cells: 1, least: None };

    /// The same residual in units of its norm, without the effect of its rounding.
    pub(super) fn of_norm_one(self) -> Self {
        Self { norm: 1, multiple: 1, coordinates: 1, ..self }
    }

    /// By how many binary digits the grid can be coarser than for a cell, since a contribution
    /// moves a residual that much more. Takes few values, so that few schemes need to be priced.
    pub(super) fn bits(self) -> u32 {
        let square = self.norm.saturating_mul(self.multiple.into()).max(1);
        (square.ilog2() / 2 / 4 * 4).min(16)
    }
}

/// A run: the steps over which one strategy extends.
#[derive(Clone, Debug)]
pub(super) struct StepRun {
    /// The grain of a step.
    step: Grain,
    /// The number of steps.
    steps: u32,
    /// The number of steps of the longest accounting window in it.
    window: u32,
    /// The grains up to that of a window, each with the ends of its nodes; empty for a run over
    /// several windows.
    levels: Vec<(Grain, Vec<u32>)>,
}

impl StepRun {
    /// The run of one window.
    pub(super) fn window(plan: &Plan, window: Period) -> Self {
        let steps = plan.steps_of(window);
        let periods = |grain| steps.iter().map(move |step| step.within(grain));
        let is_level = |&grain: &Grain| plan.step().divides(grain) && grain <= plan.privacy.window;
        let levels = Grain::ALL
            .into_iter()
            .filter(is_level)
            .map(|grain| (grain, Level::periods(1, periods(grain)).ends))
            .collect();
        // Fits: a window has at most 366 days of 96 steps.
        let length = steps.len() as u32;
        Self { step: plan.step(), steps: length, window: length, levels }
    }

    /// The run of all windows of the plan.
    pub(super) fn plan(plan: &Plan) -> Self {
        let first = plan.window_of(plan.first_step());
        let windows = std::iter::successors(Some(first), |window| Some(window.next()));
        let lengths: Vec<u32> = windows
            .take(plan.privacy.windows as usize)
            .map(|window| plan.steps_of(window).len() as u32)
            .collect();
        Self {
            step: plan.step(),
            steps: lengths.iter().sum(),
            window: lengths.into_iter().max().unwrap_or(0),
            levels: Vec::new(),
        }
    }

    /// The ends of the periods of a grain in the run; those of single steps if it has no such
    /// periods.
    fn ends(&self, grain: Grain) -> Vec<u32> {
        let known = self.levels.iter().find(|(known, _)| *known == grain);
        known.map_or_else(|| Level::steps(1, self.steps).ends, |(_, ends)| ends.clone())
    }

    /// The number of such steps in a year.
    fn steps_of_year(&self) -> u32 {
        match self.step {
            Grain::QuarterHour => 35_040,
            Grain::Hour => 8_760,
            Grain::Day => 365,
            Grain::Week => 53,
            Grain::Month => 12,
            Grain::Quarter => 4,
            Grain::Year => 1,
        }
    }
}

/// The inputs of a scheme and its sensitivity.
#[derive(Clone, Debug)]
pub(super) struct SchemeQuery {
    choice: StrategyChoice,
    run: StepRun,
    pub(super) participation: Participation,
    late: Lateness,
}

/// Whether late contributions count against the same bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lateness {
    /// There are no late contributions.
    Never,
    /// They do, and a contribution is never withdrawn.
    Added,
    /// They do, and a correction can withdraw a contribution.
    Moved,
}

impl Lateness {
    pub(super) fn of(plan: &Plan, dataflow: &Dataflow) -> Self {
        match (dataflow.vintages.is_empty(), plan.life_cycle.corrections) {
            (true, _) => Lateness::Never,
            (false, false) => Lateness::Added,
            (false, true) => Lateness::Moved,
        }
    }
}

/// A scheme with its sensitivity.
#[derive(Clone, Debug)]
pub(super) struct SchemeAnswer {
    pub(super) scheme: Scheme,
    /// The squared sensitivity to charge; if late contributions count against the same bound, that
    /// of both together.
    pub(super) delta2: u128,
    /// The joint sensitivity, from which the variance of late counts follows; `None` without late
    /// contributions.
    pub(super) joint: Option<JointSensitivity>,
}

/// Answers found so far. Windows of a plan have only a few shapes, and one answer can take a
/// second.
static ANSWERS: LazyLock<Mutex<HashMap<String, SchemeAnswer>>> = LazyLock::new(Mutex::default);

/// Returns the answer found before, or finds it now.
fn remembered(
    query: String,
    find: impl FnOnce() -> Result<SchemeAnswer, Error>,
) -> Result<SchemeAnswer, Error> {
    let answers = || ANSWERS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(answer) = answers().get(&query) {
        return Ok(answer.clone());
    }
    // Not under the lock, so that other queries need not wait.
    let answer = find()?;
    answers().insert(query, answer.clone());
    Ok(answer)
}

/// The squared sensitivity to charge: the joint one if there are late contributions, otherwise the
/// one of contributions on time.
fn charged(
    joint: Option<Result<JointSensitivity, Error>>,
    on_time: impl FnOnce() -> Result<u128, Error>,
) -> Result<(u128, Option<JointSensitivity>), Error> {
    let joint = joint.transpose()?;
    Ok((joint.map_or_else(on_time, |joint| Ok(joint.delta2))?, joint))
}

impl SchemeQuery {
    pub(super) fn new(choice: StrategyChoice, run: StepRun, participation: Participation) -> Self {
        Self { choice, run, participation, late: Lateness::Never }
    }

    /// The same query, with late contributions that count against the same bound.
    pub(super) fn with_late(self, late: Lateness) -> Self {
        Self { late, ..self }
    }

    /// The vector that contributions move in a residual.
    fn vector(&self, weight: ResidualWeight) -> MeasuredVector {
        let ResidualWeight { norm, coordinates, codes, least, .. } = weight;
        let least = least.filter(|_| self.late == Lateness::Moved);
        MeasuredVector { norm, coordinates, codes, least }
    }

    /// The same for late contributions; `None` without any.
    fn moved(&self, weight: ResidualWeight) -> Option<MeasuredVector> {
        (self.late != Lateness::Never).then(|| self.vector(weight))
    }

    /// The query for a base: one step, measured by itself.
    pub(super) fn base() -> Self {
        let run = StepRun { step: Grain::Day, steps: 1, window: 1, levels: vec![] };
        Self::new(StrategyChoice::Identity, run, Participation::Once)
    }

    /// The query and answer for the base of a residual. A person is in one cell, which moves the
    /// residual by its norm (`residual/residual.proof.md`, 4.4).
    pub(super) fn base_of(weight: ResidualWeight) -> Result<(Self, SchemeAnswer), Error> {
        let query = Self::base();
        let cell = query.answer()?;
        let delta2 = cell.delta2.checked_mul(weight.norm).ok_or(Error::NormTooLarge)?;
        Ok((query, SchemeAnswer { delta2, ..cell }))
    }

    pub(super) fn answer(&self) -> Result<SchemeAnswer, Error> {
        remembered(format!("{self:?}"), || self.find())
    }

    /// The answer for a residual that is read at this grain.
    pub(super) fn answer_for_residual(
        &self,
        grain: Grain,
        weight: ResidualWeight,
    ) -> Result<SchemeAnswer, Error> {
        remembered(format!("{self:?} {grain:?} {weight:?}"), || match self.choice {
            StrategyChoice::Blt => self.by_stays(weight),
            StrategyChoice::CalendarBlt if grain == self.run.step => self.by_steps(weight),
            _ => self.by_periods(grain, weight),
        })
    }

    /// The answer for a residual of a table of persons present.
    fn by_stays(&self, weight: ResidualWeight) -> Result<SchemeAnswer, Error> {
        let Scheme::Recursion(recursion) = self.answer()?.scheme else {
            return Err(Error::DesignOutOfRange);
        };
        let recursion = recursion.coarser(weight.bits())?;
        let ResidualWeight { norm, coordinates, cells, least, .. } = weight;
        let residual = PresenceResidual { norm, coordinates, cells, least };
        let (participation, window) = (&self.participation, self.run.window);
        let delta2 = recursion::stays_squared(&recursion, participation, window, residual)?;
        Ok(SchemeAnswer { scheme: Scheme::Recursion(recursion), delta2, joint: None })
    }

    /// The answer for a residual of a flow that is measured at every step.
    fn by_steps(&self, weight: ResidualWeight) -> Result<SchemeAnswer, Error> {
        let Scheme::Recursion(recursion) = self.answer()?.scheme else {
            return Err(Error::DesignOutOfRange);
        };
        let recursion = recursion.coarser(weight.bits())?;
        let participation = &self.participation;
        let moved = self.moved(weight);
        let joint =
            moved.map(|moved| joint_sensitivity_of_residual(&recursion, participation, moved));
        let on_time =
            || recursion::residual_squared(&recursion, participation, &self.vector(weight));
        let (delta2, joint) = charged(joint, on_time)?;
        Ok(SchemeAnswer { scheme: Scheme::Recursion(recursion), delta2, joint })
    }

    /// The answer for a residual of a flow that is measured once in each period.
    fn by_periods(&self, grain: Grain, weight: ResidualWeight) -> Result<SchemeAnswer, Error> {
        let level = Level { weight: 1, ends: self.run.ends(grain) };
        let moved = self.moved(weight);
        let joint = |moved| {
            joint_sensitivity_of_periods(self.run.steps, &level, &self.participation, moved)
        };
        let on_time = || {
            let levels = std::slice::from_ref(&level);
            let time_part = match &self.participation {
                Participation::OncePerStep { window, sub } => {
                    once_per_step(self.run.steps, levels, *window, sub.as_ref())
                }
                // A cell is a code that stands apart.
                Participation::OncePerStepAndCell { window, sub } => {
                    once_per_step_and_cell(self.run.steps, levels, *window, sub.as_ref())
                }
                _ => {
                    let participation = "any number of contributions in a step of a table";
                    Err(Error::SensitivityUnproven { participation })
                }
            }?;
            time_part.checked_mul(weight.norm).ok_or(Error::NormTooLarge)
        };
        let (delta2, joint) = charged(moved.map(joint), on_time)?;
        Ok(SchemeAnswer { scheme: Scheme::Periods { level, grain }, delta2, joint })
    }

    /// Whether the strategy goes on over the windows.
    pub(super) fn continues(&self) -> bool {
        self.choice == StrategyChoice::Blt
    }

    /// The ends of the periods of a grain in the run.
    pub(super) fn ends(&self, grain: Grain) -> Vec<u32> {
        self.run.ends(grain)
    }

    fn find(&self) -> Result<SchemeAnswer, Error> {
        let StepRun { steps, window, levels, .. } = &self.run;
        let recursion = match &self.choice {
            StrategyChoice::Identity => return self.nodes(&[(self.run.step, 1)]),
            StrategyChoice::Calendar(weights) => return self.nodes(weights),
            StrategyChoice::Blt => {
                shipped::stock(self.run.steps_of_year(), *steps, *window, &self.participation)?
            }
            StrategyChoice::CalendarBlt => {
                let longer: Vec<Vec<u32>> = levels
                    .iter()
                    .filter(|(grain, _)| *grain > self.run.step)
                    .map(|(_, ends)| ends.clone())
                    .collect();
                shipped::flow(self.run.steps_of_year(), *steps, &longer, &self.participation)?
            }
        };
        let late = self.late != Lateness::Never;
        let joint = late.then(|| joint_sensitivity_of_recursion(&recursion, &self.participation));
        let on_time = || recursion::sensitivity_squared(&recursion, &self.participation, *window);
        let (delta2, joint) = charged(joint, on_time)?;
        Ok(SchemeAnswer { scheme: Scheme::Recursion(recursion), delta2, joint })
    }

    fn nodes(&self, weights: &[(Grain, u32)]) -> Result<SchemeAnswer, Error> {
        let level = |&(grain, weight): &(Grain, u32)| Level { weight, ends: self.run.ends(grain) };
        let strategy = Strategy::new(weights.iter().map(level).collect())?;
        let late = self.late != Lateness::Never;
        let joint = late.then(|| joint_sensitivity(&strategy, &self.participation));
        let on_time = || sensitivity_squared(&strategy, &self.participation);
        let (delta2, joint) = charged(joint, on_time)?;
        let grains = weights.iter().map(|&(grain, _)| grain).collect();
        Ok(SchemeAnswer { scheme: Scheme::Nodes { strategy, grains }, delta2, joint })
    }
}
