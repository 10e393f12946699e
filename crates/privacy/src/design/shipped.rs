//! Parameters that ship with the program, and the choice among them.
//!
//! Made by `cargo run --release -p checks -- tune`, and never trusted: see the parent. A set is
//! made for a number of steps in a year and for a bound; other bounds use the nearest set.
//!
//! Not here: the search (see [`super::tune`]; its driver is `checks/src/tuning.rs`).
//!
//! Invariants:
//! 1. Every set builds a recursion (`tests::every_set_builds_a_recursion`).
//! 2. The choice does not depend on the host: it compares losses computed only with `+ - * /` and
//!    square roots.

use super::tune::{Reading, deviation};
use super::{RecursionParameters, blt, calendar_blt};
use crate::sensitivity::Participation;
use crate::sensitivity::recursion::{rough_sensitivity_squared, sensitivity_squared};
use crate::strategy::recursion::Recursion;
use crate::{Error, Result};

/// The kind of dataflow for which a set is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A flow that restarts in each window and is read at every grain: `calendar_blt`, with a
    /// weight for each grain longer than a step, finest first.
    Flow,
    /// A stock that continues over the windows: `blt`.
    Stock,
}

/// A set of parameters, with the case for which it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterSet {
    /// Flow or stock.
    pub purpose: Purpose,
    /// Steps of a year.
    pub steps: u32,
    /// Contributions or changes of one person in a year.
    pub bound: u32,
    /// Contributions of one person in a month, if those are bounded too.
    pub month: Option<u32>,
    /// The parameters.
    pub parameters: RecursionParameters,
}

/// With more steps than this, a set is chosen by its bound, not by trying every set.
const TRIED_STEPS_MAX: u32 = 1_000;

impl ParameterSet {
    /// The recursion of this set for a flow over `steps` steps with these levels, finest first.
    fn flow(&self, steps: u32, levels: &[Vec<u32>]) -> Result<Recursion> {
        let mut parameters = self.parameters.clone();
        parameters.weights.resize(levels.len(), 0.0);
        calendar_blt(levels, steps, &parameters)
    }

    /// The distance of a bound from the one for which the set was made.
    fn distance(&self, bound: u32) -> u32 {
        let (low, high) = (self.bound.min(bound).max(1), self.bound.max(bound));
        1000 * high / low
    }
}

/// The recursion for a flow: of the sets made for such steps, the one with the least error over all
/// grains, given what one person can contribute.
///
/// `steps_per_year` is the number of such steps in a year; `levels` are the ends of the nodes of
/// each grain longer than a step, finest first.
/// Errors: `DesignOutOfRange` if there is no set for such steps, and those of the sensitivity.
pub fn flow(
    steps_per_year: u32,
    steps: u32,
    levels: &[Vec<u32>],
    participation: &Participation,
) -> Result<Recursion> {
    let singles: Vec<u32> = (1..=steps).collect();
    let grains: Vec<&[u32]> = std::iter::once(&singles).chain(levels).map(Vec::as_slice).collect();
    let loss = |recursion: &Recursion| {
        let delta2 = sensitivity_squared(recursion, participation, steps)?;
        Ok(deviation(recursion, delta2, &grains, Reading::Balanced))
    };
    let sets = worth_trying(Flow, steps_per_year, steps, participation);
    best(&sets, |set| set.flow(steps, levels), loss)
}

/// The recursion for a stock that continues over `steps` steps in windows of `window` each: of the
/// sets made for such steps, the one with the least error over all of them.
/// Errors: as [`flow`].
pub fn stock(
    steps_per_year: u32,
    steps: u32,
    window: u32,
    participation: &Participation,
) -> Result<Recursion> {
    let loss = |recursion: &Recursion| {
        let delta2 = rough_sensitivity_squared(recursion, participation, window)?;
        Ok(deviation(recursion, delta2, &[], Reading::Prefixes))
    };
    let sets = worth_trying(Stock, steps_per_year, window, participation);
    best(&sets, |set| blt(steps, &set.parameters), loss)
}

/// All sets, or only the nearest if a window has too many steps to try each.
fn worth_trying(
    purpose: Purpose,
    steps_per_year: u32,
    window: u32,
    participation: &Participation,
) -> Vec<ParameterSet> {
    let mut sets = sets(purpose, steps_per_year);
    if window > TRIED_STEPS_MAX {
        sets.sort_by_key(|set| set.distance(participation.bound()));
        sets.truncate(1);
    }
    sets
}

/// The recursion with the least loss; if there is only one set, its recursion whatever the loss.
fn best(
    sets: &[ParameterSet],
    build: impl Fn(&ParameterSet) -> Result<Recursion>,
    loss: impl Fn(&Recursion) -> Result<f64>,
) -> Result<Recursion> {
    if let [only] = sets {
        return build(only);
    }
    let mut best: Option<(Recursion, f64)> = None;
    for set in sets {
        let recursion = build(set)?;
        let loss = loss(&recursion)?;
        if best.as_ref().is_none_or(|(_, least)| loss < *least) {
            best = Some((recursion, loss));
        }
    }
    best.map(|(recursion, _)| recursion).ok_or(Error::DesignOutOfRange)
}

/// The sets of one purpose for steps of which a year has this many.
pub fn sets(purpose: Purpose, steps_per_year: u32) -> Vec<ParameterSet> {
    let micro = |values: &[u32]| values.iter().map(|&v| f64::from(v) / 1e6).collect();
    let made = TABLE.iter().filter(|line| line.0 == purpose && line.1 == steps_per_year);
    made.map(|&(purpose, steps, bound, month, poles, zeros, weights)| ParameterSet {
        purpose,
        steps,
        bound,
        month: (month > 0).then_some(month),
        parameters: RecursionParameters {
            poles: micro(poles),
            zeros: micro(zeros),
            weights: micro(weights),
            knots: vec![],
        },
    })
    .collect()
}

/// Purpose, steps of a year, bound, bound of a month or 0; poles, zeros and weights in millionths.
type SetRow = (Purpose, u32, u32, u32, &'static [u32], &'static [u32], &'static [u32]);

use Purpose::{Flow, Stock};

const TABLE: &[SetRow] = &[
    (Flow, 12, 1, 0, &[993667, 636729], &[870051, 478935], &[396587, 206912]),
    (Flow, 12, 2, 0, &[999924, 817532], &[999882, 706558], &[105505, 244983]),
    (Flow, 12, 4, 0, &[999720, 999199], &[999678, 999059], &[10, 132861]),
    (Flow, 12, 8, 0, &[999999, 943509], &[999998, 943506], &[0, 24720]),
    (Flow, 12, 16, 0, &[999959, 999954], &[999958, 999953], &[0, 0]),
    (Flow, 12, 32, 0, &[999999, 999997], &[999998, 999996], &[0, 0]),
    (Flow, 53, 1, 0, &[971372, 730337], &[886849, 505221], &[]),
    (Flow, 53, 2, 0, &[963836, 921313], &[938692, 766219], &[]),
    (Flow, 53, 4, 0, &[999998, 961442], &[999997, 849507], &[]),
    (Flow, 53, 8, 0, &[973218, 970490], &[973217, 909911], &[]),
    (Flow, 53, 16, 0, &[999999, 986084], &[999998, 964865], &[]),
    (Flow, 53, 32, 0, &[999984, 998419], &[998431, 998408], &[]),
    (Flow, 365, 1, 0, &[996147, 759574], &[966803, 514530], &[395722, 477278, 382564, 299445]),
    (Flow, 365, 2, 0, &[993202, 881843], &[969237, 769440], &[243737, 296310, 254371, 242395]),
    (Flow, 365, 4, 0, &[990332, 935299], &[973331, 883852], &[85332, 155789, 139480, 147737]),
    (Flow, 365, 8, 0, &[986596, 910884], &[960748, 910842], &[12, 66661, 64510, 69694]),
    (Flow, 365, 16, 0, &[988964, 975650], &[976173, 974725], &[31, 25018, 37900, 38837]),
    (Flow, 365, 32, 0, &[991682, 986759], &[986759, 986580], &[25, 10, 15656, 17177]),
    (Flow, 365, 6, 1, &[999935, 838886], &[999935, 731572], &[250293, 1585195, 31, 120131]),
    (Flow, 365, 12, 1, &[844061, 838625], &[839680, 734791], &[249380, 2401706, 188, 33]),
    (Flow, 365, 12, 2, &[999999, 999997], &[999998, 999996], &[108425, 874900, 4, 64610]),
    (Flow, 365, 24, 2, &[999999, 999997], &[999998, 999996], &[120440, 1315152, 30, 3764]),
    (Flow, 365, 24, 4, &[999999, 999997], &[999998, 999996], &[4, 404380, 0, 30202]),
    (Flow, 365, 48, 4, &[999999, 999997], &[999998, 999996], &[0, 612266, 2, 0]),
    (Flow, 365, 48, 8, &[999999, 999997], &[999998, 999996], &[1, 251732, 2, 19647]),
    (
        Flow,
        8760,
        1,
        0,
        &[999999, 992239, 801804],
        &[999289, 963753, 535357],
        &[546212, 411385, 489044, 430270, 277156],
    ),
    (
        Flow,
        35040,
        1,
        0,
        &[999999, 997968, 936166],
        &[999817, 989484, 725043],
        &[480825, 584490, 443497, 529412, 453198, 300417],
    ),
    (Stock, 12, 2, 0, &[970696, 550727], &[799090, 265237], &[]),
    (Stock, 12, 4, 0, &[936402, 935970], &[936185, 421942], &[]),
    (Stock, 12, 8, 0, &[945558, 880760], &[926590, 102587], &[]),
    (Stock, 12, 16, 0, &[968395, 888889], &[961555, 52920], &[]),
    (Stock, 12, 32, 0, &[968395, 888889], &[961555, 52920], &[]),
    (Stock, 12, 64, 0, &[968395, 888889], &[961555, 52920], &[]),
    (Stock, 53, 2, 0, &[994524, 773215], &[945108, 349566], &[]),
    (Stock, 53, 4, 0, &[988734, 612742], &[864065, 239569], &[]),
    (Stock, 53, 8, 0, &[981207, 649062], &[751603, 394997], &[]),
    (Stock, 53, 16, 0, &[979433, 866667], &[900612, 290054], &[]),
    (Stock, 53, 32, 0, &[977966, 826087], &[894853, 0], &[]),
    (Stock, 53, 64, 0, &[978163, 833333], &[899932, 0], &[]),
    (Stock, 365, 2, 0, &[999240, 917171], &[987987, 551960], &[]),
    (Stock, 365, 4, 0, &[998630, 871979], &[974916, 480197], &[]),
    (Stock, 365, 8, 0, &[997806, 793575], &[946483, 388232], &[]),
    (Stock, 365, 16, 0, &[996852, 965372], &[977999, 667548], &[]),
    (Stock, 365, 32, 0, &[996834, 970751], &[983203, 554805], &[]),
    (Stock, 365, 64, 0, &[996644, 963980], &[981060, 395217], &[]),
    (Stock, 8760, 2, 0, &[999966, 982905], &[998882, 769522], &[]),
    (Stock, 8760, 4, 0, &[999941, 973493], &[997794, 724973], &[]),
    (Stock, 8760, 8, 0, &[999894, 955301], &[995265, 654738], &[]),
    (Stock, 35040, 2, 0, &[999991, 991491], &[999597, 835030], &[]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;

    #[test]
    fn every_set_builds_a_recursion() {
        for steps_per_year in [12, 53, 365, 8760, 35_040] {
            assert!(
                !sets(Flow, steps_per_year).is_empty() && !sets(Stock, steps_per_year).is_empty()
            );
            for set in sets(Flow, steps_per_year) {
                let levels: Vec<Vec<u32>> = (1..=set.parameters.weights.len() as u32)
                    .map(|level| Level::periods(1, (0..steps_per_year).map(|t| t >> level)).ends)
                    .collect();
                assert!(set.flow(steps_per_year, &levels).is_ok(), "{set:?}");
            }
            for set in sets(Stock, steps_per_year) {
                assert!(blt(steps_per_year, &set.parameters).is_ok(), "{set:?}");
            }
        }
    }

    #[test]
    fn the_set_made_for_a_bound_is_the_best_for_it() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let months = || (0..12).flat_map(|month| std::iter::repeat_n(month, lengths[month]));
        let levels = [
            Level::periods(1, (0..365).map(|day| (day + 3) / 7)).ends,
            Level::periods(1, months()).ends,
            Level::periods(1, months().map(|month| month / 3)).ends,
            vec![365],
        ];
        for set in sets(Flow, 365).iter().filter(|set| set.month.is_none() && set.bound <= 8) {
            let participation = Participation::OncePerStepAndCell { window: set.bound, sub: None };
            let chosen = flow(365, 365, &levels, &participation).unwrap();
            let own = set.flow(365, &levels).unwrap();
            assert_eq!(chosen, own, "{}", set.bound);
        }
        assert!(flow(7, 7, &[], &Participation::Once).is_err());
    }
}
