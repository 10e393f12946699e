//! The contributions that one person may make, as a distribution that moves towards those that
//! cost most.
//!
//! Not here: the bound that follows from its second moment (the parent). The search need not be
//! good: any distribution over allowed contributions gives a true bound.
//!
//! Invariants:
//! 1. Every contribution obeys the rule (`tests::only_what_is_allowed_is_tried`).
//! 2. The weights are not negative and their sum is 1, but for rounding
//!    (`tests::only_what_is_allowed_is_tried`).

use faer::Mat;
use tidegauge_privacy::{Participation, SubBound};

/// The allowed contributions: at most `most`, at most one in each step; all in one cell, or, for
/// presence, each stay in any cell.
struct ContributionRule {
    steps: usize,
    most: usize,
    /// Whether their signs alternate; otherwise all have the same sign.
    turns: bool,
    /// The number of cells over which stays may be spread.
    cells: usize,
    /// The block of each step, and the largest number of contributions in a block.
    blocks: Option<(Vec<usize>, usize)>,
}

impl ContributionRule {
    fn new(steps: usize, participation: &Participation) -> Self {
        let capped = |window: u32| (window as usize).min(steps);
        let turns = matches!(participation, Participation::Alternating { .. });
        let (most, blocks) = match participation {
            // Any number in one step: `scale` accounts for it.
            Participation::Once
            | Participation::AnyNumber { .. }
            | Participation::OncePerCell { .. } => (1, None),
            Participation::Alternating { changes, .. } => (capped(*changes), None),
            Participation::OncePerStep { window, sub }
            | Participation::OncePerStepAndCell { window, sub } => {
                let block = |SubBound { ends, bound }: &SubBound| {
                    let block_of = |step| ends.partition_point(|&end| end as usize <= step);
                    ((0..steps).map(block_of).collect(), *bound as usize)
                };
                (capped(*window), sub.as_ref().map(block))
            }
        };
        let cells = match participation {
            Participation::Alternating { cells, .. } => *cells as usize,
            _ => 1,
        };
        Self { steps, most, turns, cells, blocks }
    }

    fn sign(&self, at: usize) -> f64 {
        if self.turns && at % 2 == 1 { -1.0 } else { 1.0 }
    }

    /// Whether a further contribution at this step would leave its block within its bound.
    fn room(&self, places: impl Iterator<Item = usize>, step: usize) -> bool {
        let Some((blocks, bound)) = &self.blocks else { return true };
        places.filter(|&place| blocks[place] == blocks[step]).count() < *bound
    }

    fn allows(&self, places: &[usize]) -> bool {
        let ordered = places.windows(2).all(|pair| pair[0] < pair[1]);
        let blocks = places
            .iter()
            .enumerate()
            .all(|(at, &step)| self.room(places[..at].iter().copied(), step));
        let within = places.last().is_some_and(|&last| last < self.steps);
        places.len() <= self.most && ordered && within && blocks
    }

    /// As many contributions as are allowed from a step on, `gap` steps apart if there is room.
    fn spaced(&self, from: usize, gap: f64, most: usize) -> Vec<usize> {
        let (mut places, mut next) = (Vec::new(), from as f64);
        while places.len() < most && (next as usize) < self.steps {
            let step = next as usize;
            if places.last() != Some(&step) && self.room(places.iter().copied(), step) {
                places.push(step);
                next += gap;
            } else {
                next += 1.0;
            }
        }
        places
    }
}

/// Contributions of one person.
#[derive(Clone, Debug, PartialEq)]
struct PersonSteps {
    /// The steps, in order.
    places: Vec<usize>,
    /// For presence: whether the first change ends an earlier stay; the other changes pair up into
    /// stays.
    ends_first: bool,
}

impl PersonSteps {
    /// The other change of the same stay.
    fn partner(&self, at: usize) -> Option<usize> {
        let shift = usize::from(self.ends_first);
        ((at + shift) ^ 1).checked_sub(shift).filter(|&partner| partner < self.places.len())
    }
}

/// A second moment, or a matrix of costs: one for the sums over cells, one for the differences.
pub(super) struct Blocks {
    /// For the sum over cells: all contributions, in any cell.
    pub(super) total: Mat<f64>,
    /// For each of the `cells - 1` differences between cells: each stay separately.
    pub(super) within: Option<Mat<f64>>,
}

/// A distribution over allowed contributions.
pub(super) struct Contributions {
    rule: ContributionRule,
    scale: f64,
    /// Single steps come first and are never removed: they keep the moment regular.
    persons: Vec<PersonSteps>,
    weights: Vec<f64>,
    seed: u64,
    round: u32,
}

/// The part of the weight with which single steps begin if a person may contribute more.
const SINGLES: f64 = 0.3;
/// The part of the weight with which newly found contributions begin.
const FOUND: f64 = 0.15;
/// Sets the number of contributions for each gap at the start, and of those that a round tries.
const STARTS: usize = 500;

impl Contributions {
    /// Begins with single steps and evenly spaced contributions.
    pub(super) fn new(steps: usize, participation: &Participation) -> Self {
        let rule = ContributionRule::new(steps, participation);
        let scale = match participation {
            Participation::AnyNumber { window } => f64::from(*window),
            // Each of this number of cells moves in the same way: their costs add.
            Participation::OncePerCell { window } => f64::from(*window).sqrt(),
            _ => 1.0,
        };
        let person = |places| PersonSteps { places, ends_first: false };
        let mut persons: Vec<PersonSteps> = (0..steps).map(|step| person(vec![step])).collect();
        if rule.most > 1 {
            let mut gap = 1.0;
            let starts = (STARTS / rule.most).clamp(24, steps.max(24));
            while gap < steps as f64 {
                for part in 0..starts {
                    persons.push(person(rule.spaced(part * steps / starts, gap, rule.most)));
                }
                gap *= 1.4;
            }
        }
        let several = persons.len() - steps;
        let single = if several == 0 { 1.0 } else { SINGLES };
        let mut weights = vec![single / steps as f64; steps];
        weights.extend((0..several).map(|_| (1.0 - single) / several as f64));
        Self { rule, scale, persons, weights, seed: 1, round: 0 }
    }

    /// The number of cells over which stays are spread.
    pub(super) fn cells(&self) -> usize {
        self.rule.cells
    }

    /// The largest number of contributions of one person.
    pub(super) fn most(&self) -> usize {
        self.rule.most
    }

    /// The factor of all contributions.
    pub(super) fn scale(&self) -> f64 {
        self.scale
    }

    /// The second moments, with stays spread over cells at random (`least.proof.md`, section 2).
    pub(super) fn moments(&self) -> Blocks {
        let zeros = || Mat::zeros(self.rule.steps, self.rule.steps);
        let mut total: Mat<f64> = zeros();
        let mut within = (self.rule.cells > 1).then(zeros);
        for (person, weight) in self.persons.iter().zip(&self.weights) {
            for (i, &s) in person.places.iter().enumerate() {
                for (j, &t) in person.places.iter().enumerate() {
                    total[(s, t)] += weight * self.rule.sign(i) * self.rule.sign(j);
                }
                if let Some(within) = &mut within {
                    within[(s, s)] += weight;
                    if let Some(t) = person.partner(i).map(|partner| person.places[partner]) {
                        within[(s, t)] -= weight;
                    }
                }
            }
        }
        Blocks { total, within }
    }

    fn cost(&self, person: &PersonSteps, x: &Blocks) -> f64 {
        let places = &person.places;
        let signed = |(i, &s): (usize, &usize)| {
            let row = places.iter().enumerate();
            let sum: f64 = row.map(|(j, &t)| self.rule.sign(j) * x.total[(s, t)]).sum();
            self.rule.sign(i) * sum + self.within(person, i, s, x, 1.0)
        };
        places.iter().enumerate().map(signed).sum()
    }

    /// The cost of a change at a step in the differences between cells; the pair with the other
    /// change of its stay counts `times`.
    fn within(&self, person: &PersonSteps, at: usize, step: usize, x: &Blocks, times: f64) -> f64 {
        let Some(within) = &x.within else { return 0.0 };
        let stay = person.partner(at).map_or(0.0, |partner| within[(step, person.places[partner])]);
        (self.rule.cells - 1) as f64 * (within[(step, step)] - times * stay)
    }

    /// Moves weight to the contributions that cost most under X, and adds those that a search
    /// finds.
    pub(super) fn follow(&mut self, x: &Blocks, power: f64) {
        let costs: Vec<f64> = self.persons.iter().map(|person| self.cost(person, x)).collect();
        for (weight, cost) in self.weights.iter_mut().zip(&costs) {
            *weight *= cost.max(0.0).powf(power);
        }
        self.normalize();
        if self.rule.most == 1 {
            return;
        }
        self.round += 1;
        let share = FOUND / (1.0 + f64::from(self.round) / 8.0);
        let found = self.search(x);
        self.weights.iter_mut().for_each(|weight| *weight *= 1.0 - share);
        let each = share / found.len().max(1) as f64;
        self.weights.extend(found.iter().map(|_| each));
        self.persons.extend(found);
        self.normalize();
    }

    /// Drops contributions with almost no weight, except single steps, and makes the sum of the
    /// weights 1.
    fn normalize(&mut self) {
        let top = self.weights.iter().copied().fold(0.0, f64::max);
        let keep = |(at, weight): &(usize, f64)| *at < self.rule.steps || *weight > 1e-6 * top;
        let kept: Vec<(usize, f64)> =
            self.weights.iter().copied().enumerate().filter(keep).collect();
        self.persons = kept.iter().map(|&(at, _)| self.persons[at].clone()).collect();
        self.weights = kept.into_iter().map(|(_, weight)| weight).collect();
        self.weights.iter_mut().for_each(|weight| *weight = weight.max(1e-12));
        let sum: f64 = self.weights.iter().sum();
        self.weights.iter_mut().for_each(|weight| *weight /= sum);
    }

    /// Contributions drawn at random, most of them then moved one at a time to where they cost
    /// most.
    fn search(&mut self, x: &Blocks) -> Vec<PersonSteps> {
        let mut found: Vec<PersonSteps> = Vec::new();
        for n in 0..(STARTS / self.rule.most).clamp(32, 125) {
            // If signs alternate, one change fewer gives another sum.
            let most = self.rule.most - usize::from(self.rule.turns && n % 2 == 1);
            let places = self.random_places(most.max(1));
            let mut person = PersonSteps { places, ends_first: self.rule.cells > 1 && n % 8 > 3 };
            if n % 4 < 3 {
                self.climb(x, &mut person);
            }
            if self.rule.allows(&person.places) && !found.contains(&person) {
                found.push(person);
            }
        }
        found
    }

    fn random_places(&mut self, most: usize) -> Vec<usize> {
        let steps = self.rule.steps;
        let reach = (steps as f64 / most as f64).max(1.0);
        let mut places = Vec::new();
        while places.is_empty() {
            let gap = 1.0 + (reach - 1.0) * self.random().powi(2);
            let spare = (steps as f64 - gap * (most - 1) as f64).max(1.0);
            let from = (self.random() * spare) as usize;
            places = self.rule.spaced(from.min(steps - 1), gap, most);
        }
        places
    }

    /// A number from 0 up to 1, the same in every run (splitmix64).
    fn random(&mut self) -> f64 {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn climb(&self, x: &Blocks, person: &mut PersonSteps) {
        let steps = self.rule.steps;
        let total = &x.total;
        let mut pull = vec![0.0; steps];
        let shift = |pull: &mut [f64], by: f64, from: usize| {
            pull.iter_mut().zip(total.col(from).iter()).for_each(|(pull, x)| *pull += by * x);
        };
        for (at, &place) in person.places.iter().enumerate() {
            shift(&mut pull, self.rule.sign(at), place);
        }
        for _ in 0..20 {
            let mut moved = false;
            for at in 0..person.places.len() {
                let (sign, place) = (self.rule.sign(at), person.places[at]);
                shift(&mut pull, -sign, place);
                let low = if at == 0 { 0 } else { person.places[at - 1] + 1 };
                let high = person.places.get(at + 1).copied().unwrap_or(steps);
                let others = || person.places.iter().copied().filter(|&other| other != place);
                // The pair of a stay counts twice, once from each end.
                let value = |t: usize| {
                    total[(t, t)] + 2.0 * sign * pull[t] + self.within(person, at, t, x, 2.0)
                };
                let free = (low..high).filter(|&t| self.rule.room(others(), t));
                let best = free.map(|t| (value(t), t)).max_by(|a, b| a.0.total_cmp(&b.0));
                let best = best.map_or(place, |(_, t)| t);
                moved |= best != place;
                person.places[at] = best;
                shift(&mut pull, sign, best);
            }
            if !moved {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks every kind of rule after every round, with matrices that guide the search.
    #[test]
    fn only_what_is_allowed_is_tried() {
        let sub = |ends: &[u32], bound| Some(SubBound { ends: ends.to_vec(), bound });
        for participation in [
            Participation::Once,
            Participation::AnyNumber { window: 3 },
            Participation::OncePerStep { window: 50, sub: None },
            Participation::Alternating { changes: 5, cells: 2 },
            Participation::OncePerStepAndCell { window: 9, sub: sub(&[7, 14, 30], 2) },
        ] {
            let mut contributions = Contributions::new(30, &participation);
            for round in 1..8 {
                let x = || {
                    Mat::from_fn(30, 30, |i, j| {
                        1.0 / (1.0 + (i.abs_diff(j) * round) as f64) + f64::from(u8::from(i == j))
                    })
                };
                let within = (contributions.cells() > 1).then(x);
                contributions.follow(&Blocks { total: x(), within }, 1.5);
                let mut all = contributions.persons.iter();
                assert!(all.all(|person| contributions.rule.allows(&person.places)));
                let sum: f64 = contributions.weights.iter().sum();
                assert!((sum - 1.0).abs() < 1e-12);
                assert!(contributions.weights.iter().all(|&weight| weight >= 0.0));
                assert!((0..30).all(|step| contributions.persons[step].places == [step]));
            }
        }
        let rule = ContributionRule::new(
            30,
            &Participation::OncePerStepAndCell { window: 3, sub: sub(&[7, 14, 30], 2) },
        );
        assert!(rule.allows(&[0, 6, 7]));
        for refused in [vec![0, 5, 6], vec![0, 7, 8, 20], vec![3, 3], vec![4, 2], vec![30]] {
            assert!(!rule.allows(&refused), "{refused:?}");
        }
    }
}
