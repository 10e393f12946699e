//! A strategy with its integers, found for a run of steps and what one person can contribute; and
//! its sensitivity.
//!
//! Not here: budgets and charges (the parent).
//!
//! Invariants:
//! 1. The same question has the same answer on every host: integers decide, and where floats
//!    choose among shipped parameters they use `+ - * /` and square root alone.
//! 2. A level that goes on over windows is priced by the longest of them
//!    (`price::tests::a_level_that_goes_on_has_one_variance`).

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use tidegauge_model::{Dataflow, Grain, Period, Plan, StrategyChoice};
use tidegauge_privacy::design::shipped;
use tidegauge_privacy::sensitivity::recursion::PresenceResidual;
use tidegauge_privacy::sensitivity::{once_per_step, recursion};
use tidegauge_privacy::{
    Error, JointSensitivity, Level, MeasuredVector, Participation, Recursion, Strategy,
    joint_sensitivity, joint_sensitivity_of_periods, joint_sensitivity_of_recursion,
    joint_sensitivity_of_residual, sensitivity_squared,
};

/// What is measured over a run of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Sums over nodes, estimated by least squares.
    Nodes {
        /// The nodes.
        strategy: Strategy,
        /// The grain of each level of the strategy.
        grains: Vec<Grain>,
    },
    /// One sum for each period of a grain, of whatever number of steps, estimated by itself.
    Periods {
        /// The periods; their weight is 1.
        level: Level,
        /// Their grain.
        grain: Grain,
    },
    /// One measurement a step, decoded as it comes.
    Recursion(Recursion),
}

/// What makes a residual's sensitivity another than a cell's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Weight {
    /// Its squared norm.
    pub norm: u128,
    /// The largest multiple of a coordinate.
    pub multiple: u64,
    /// Its coordinates that are measured.
    pub coordinates: u32,
    /// The cells of its margin.
    pub cells: u32,
    /// The least size of two or more of the groups that it names; `None` for the total.
    pub least: Option<u32>,
}

impl Weight {
    /// That of a cell.
    pub(super) const CELL: Self =
        Self { norm: 1, multiple: 1, coordinates: 1, cells: 1, least: None };

    /// The same residual in units of its norm, its floors apart.
    pub(super) fn of_norm_one(self) -> Self {
        Self { norm: 1, multiple: 1, coordinates: 1, ..self }
    }

    /// By how many binary digits the grid can be coarser: a contribution moves a residual by so
    /// many times more than a cell. Few values, so that few schemes are priced.
    pub(super) fn bits(self) -> u32 {
        let square = self.norm.saturating_mul(self.multiple.into()).max(1);
        (square.ilog2() / 2 / 4 * 4).min(16)
    }
}

/// The steps over which one strategy goes.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// The grain of a step.
    step: Grain,
    /// How many steps it has.
    steps: u32,
    /// How many steps the longest accounting window in it has.
    window: u32,
    /// The grains up to that of a window, each with the ends of its nodes; none for a run over
    /// windows.
    levels: Vec<(Grain, Vec<u32>)>,
}

impl Run {
    /// One window.
    pub(super) fn window(plan: &Plan, window: Period) -> Self {
        let steps = plan.steps_of(window);
        let periods = |grain| steps.iter().map(move |step| step.within(grain));
        let meant = |&grain: &Grain| plan.step().divides(grain) && grain <= plan.privacy.window;
        let levels = Grain::ALL.into_iter().filter(meant);
        let levels = levels.map(|grain| (grain, Level::periods(1, periods(grain)).ends)).collect();
        // Fits: a window has at most 366 days of 96 steps.
        let length = steps.len() as u32;
        Self { step: plan.step(), steps: length, window: length, levels }
    }

    /// All windows that the plan may run.
    pub(super) fn plan(plan: &Plan) -> Self {
        let first = plan.window_of(plan.first_step());
        let windows = std::iter::successors(Some(first), |window| Some(window.next()));
        let lengths = windows.take(plan.privacy.windows as usize);
        let lengths: Vec<u32> = lengths.map(|window| plan.steps_of(window).len() as u32).collect();
        Self {
            step: plan.step(),
            steps: lengths.iter().sum(),
            window: lengths.into_iter().max().unwrap_or(0),
            levels: Vec::new(),
        }
    }

    /// The ends of the periods of a grain in the run; single steps where it has no such periods.
    fn ends(&self, grain: Grain) -> Vec<u32> {
        let known = self.levels.iter().find(|(known, _)| *known == grain);
        known.map_or_else(|| Level::steps(1, self.steps).ends, |(_, ends)| ends.clone())
    }

    /// How many such steps a year has.
    fn of_year(&self) -> u32 {
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

/// What a scheme and its sensitivity depend on.
#[derive(Clone, Debug)]
pub(super) struct Question {
    choice: StrategyChoice,
    run: Run,
    pub(super) participation: Participation,
    late: Lateness,
}

/// Whether late contributions draw on the same bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lateness {
    /// There are none.
    Never,
    /// They do, and nothing is taken back.
    Added,
    /// They do, and what counts can be taken back.
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

/// A scheme with the squared sensitivity to charge; where late contributions draw on the same
/// bound, that of both, and with it what a late variance follows from.
pub(super) type Answer = (Scheme, u128, Option<JointSensitivity>);

/// Answers found so far: the windows of a plan come in a few shapes, and an answer can take a
/// second.
static ANSWERS: LazyLock<Mutex<HashMap<String, Answer>>> = LazyLock::new(Mutex::default);

/// The answer found before, or the one that is found now.
fn remembered(
    question: String,
    find: impl FnOnce() -> Result<Answer, Error>,
) -> Result<Answer, Error> {
    let answers = || ANSWERS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(answer) = answers().get(&question) {
        return Ok(answer.clone());
    }
    // Not under the lock: other questions need not wait.
    let answer = find()?;
    answers().insert(question, answer.clone());
    Ok(answer)
}

/// The squared sensitivity to charge: that of both where there are late contributions, and else
/// that of those on time alone.
fn charged(
    joint: Option<Result<JointSensitivity, Error>>,
    alone: impl FnOnce() -> Result<u128, Error>,
) -> Result<(u128, Option<JointSensitivity>), Error> {
    let joint = joint.transpose()?;
    Ok((joint.map_or_else(alone, |joint| Ok(joint.delta2))?, joint))
}

impl Question {
    pub(super) fn new(choice: StrategyChoice, run: Run, participation: Participation) -> Self {
        Self { choice, run, participation, late: Lateness::Never }
    }

    /// The same question where late contributions draw on the same bound.
    pub(super) fn with_late(self, late: Lateness) -> Self {
        Self { late, ..self }
    }

    /// What late contributions move of a residual; `None` where there are none.
    fn moved(&self, weight: Weight) -> Option<MeasuredVector> {
        let Weight { norm, coordinates, least, .. } = weight;
        let least = least.filter(|_| self.late == Lateness::Moved);
        (self.late != Lateness::Never).then_some(MeasuredVector { norm, coordinates, least })
    }

    /// The base of a level: one step, measured by itself.
    pub(super) fn base() -> Self {
        let run = Run { step: Grain::Day, steps: 1, window: 1, levels: vec![] };
        Self::new(StrategyChoice::Identity, run, Participation::Once)
    }

    /// The scheme of the base of a residual, and its squared sensitivity: a person is in one cell,
    /// which moves the residual by its norm (`residual/residual.proof.md`, 4.4).
    pub(super) fn base_of(weight: Weight) -> Result<(Self, Answer), Error> {
        let question = Self::base();
        let (scheme, delta2, joint) = question.answer()?;
        let delta2 = delta2.checked_mul(weight.norm).ok_or(Error::NormTooLarge)?;
        Ok((question, (scheme, delta2, joint)))
    }

    pub(super) fn answer(&self) -> Result<Answer, Error> {
        remembered(format!("{self:?}"), || self.find())
    }

    /// The scheme of a residual that is read at this grain, and its squared sensitivity.
    pub(super) fn of_residual(&self, grain: Grain, weight: Weight) -> Result<Answer, Error> {
        remembered(format!("{self:?} {grain:?} {weight:?}"), || match self.choice {
            StrategyChoice::Blt => self.by_stays(weight),
            StrategyChoice::CalendarBlt if grain == self.run.step => self.by_steps(weight),
            _ => self.by_periods(grain, weight),
        })
    }

    /// Of persons present.
    fn by_stays(&self, weight: Weight) -> Result<Answer, Error> {
        let (Scheme::Recursion(recursion), ..) = self.answer()? else {
            return Err(Error::DesignOutOfRange);
        };
        let recursion = recursion.coarser(weight.bits())?;
        let Weight { norm, coordinates, cells, least, .. } = weight;
        let residual = PresenceResidual { norm, coordinates, cells, least };
        let (participation, window) = (&self.participation, self.run.window);
        let delta2 = recursion::stays_squared(&recursion, participation, window, residual)?;
        Ok((Scheme::Recursion(recursion), delta2, None))
    }

    fn by_steps(&self, weight: Weight) -> Result<Answer, Error> {
        let (Scheme::Recursion(recursion), ..) = self.answer()? else {
            return Err(Error::DesignOutOfRange);
        };
        let recursion = recursion.coarser(weight.bits())?;
        let (participation, Weight { norm, coordinates, .. }) = (&self.participation, weight);
        let moved = self.moved(weight);
        let joint =
            moved.map(|moved| joint_sensitivity_of_residual(&recursion, participation, moved));
        let alone = || recursion::residual_squared(&recursion, participation, norm, coordinates);
        let (delta2, joint) = charged(joint, alone)?;
        Ok((Scheme::Recursion(recursion), delta2, joint))
    }

    fn by_periods(&self, grain: Grain, weight: Weight) -> Result<Answer, Error> {
        let Participation::OncePerStep { window, sub } = &self.participation else {
            let participation = "more than one contribution in a step of a table";
            return Err(Error::SensitivityUnproven { participation });
        };
        let level = Level { weight: 1, ends: self.run.ends(grain) };
        let moved = self.moved(weight);
        let joint = |moved| {
            joint_sensitivity_of_periods(self.run.steps, &level, &self.participation, moved)
        };
        let alone = || {
            let levels = std::slice::from_ref(&level);
            let in_one_cell = once_per_step(self.run.steps, levels, *window, sub.as_ref())?;
            in_one_cell.checked_mul(weight.norm).ok_or(Error::NormTooLarge)
        };
        let (delta2, joint) = charged(moved.map(joint), alone)?;
        Ok((Scheme::Periods { level, grain }, delta2, joint))
    }

    /// The ends of the periods of a grain.
    pub(super) fn ends(&self, grain: Grain) -> Vec<u32> {
        self.run.ends(grain)
    }

    fn find(&self) -> Result<Answer, Error> {
        let Run { steps, window, levels, .. } = &self.run;
        let recursion = match &self.choice {
            StrategyChoice::Identity => return self.nodes(&[(self.run.step, 1)]),
            StrategyChoice::Calendar(weights) => return self.nodes(weights),
            StrategyChoice::Blt => {
                shipped::stock(self.run.of_year(), *steps, *window, &self.participation)?
            }
            StrategyChoice::CalendarBlt => {
                let longer = levels.iter().filter(|(grain, _)| *grain > self.run.step);
                let longer: Vec<Vec<u32>> = longer.map(|(_, ends)| ends.clone()).collect();
                shipped::flow(self.run.of_year(), *steps, &longer, &self.participation)?
            }
        };
        let late = self.late != Lateness::Never;
        let joint = late.then(|| joint_sensitivity_of_recursion(&recursion, &self.participation));
        let alone = || recursion::sensitivity_squared(&recursion, &self.participation, *window);
        let (delta2, joint) = charged(joint, alone)?;
        Ok((Scheme::Recursion(recursion), delta2, joint))
    }

    fn nodes(&self, weights: &[(Grain, u32)]) -> Result<Answer, Error> {
        let level = |&(grain, weight): &(Grain, u32)| Level { weight, ends: self.run.ends(grain) };
        let strategy = Strategy::new(weights.iter().map(level).collect())?;
        let late = self.late != Lateness::Never;
        let joint = late.then(|| joint_sensitivity(&strategy, &self.participation));
        let alone = || sensitivity_squared(&strategy, &self.participation);
        let (delta2, joint) = charged(joint, alone)?;
        let grains = weights.iter().map(|&(grain, _)| grain).collect();
        Ok((Scheme::Nodes { strategy, grains }, delta2, joint))
    }
}
