//! A search for the contributions that move the measurements of a recursion the most: from many
//! starts, it moves one contribution at a time to the step where it has the largest effect.
//!
//! Not here: a proof. A search gives only a lower bound of the sensitivity.

use tidegauge_privacy::Recursion;
use tidegauge_privacy::strategy::recursion::{GAIN_BITS, PRECISION_BITS};

/// How a count at each step changes every measurement, in grid units, without rounding down.
pub fn columns(recursion: &Recursion) -> Vec<Vec<f64>> {
    let unit = (1u64 << GAIN_BITS) as f64;
    let steps = recursion.steps();
    let column = |counted: u32| -> Vec<f64> {
        let mut state = vec![0.0; recursion.width()];
        let moved = |step: u32| {
            let row = recursion.row(step);
            let a = if step == counted { row.scale as f64 } else { 0.0 };
            let y =
                a + row.gains.iter().zip(&state).map(|(g, s)| *g as f64 / unit * s).sum::<f64>();
            for (buffer, s) in state.iter_mut().enumerate() {
                *s = a + *s * recursion.decays().get(buffer).map_or(1.0, |&d| d as f64 / unit);
            }
            for (sum, ends) in (recursion.buffers()..).zip(recursion.ends(step)) {
                if ends {
                    state[sum] = 0.0;
                }
            }
            y
        };
        (0..steps).map(moved).collect()
    };
    (0..steps).map(column).collect()
}

/// The squared length of a change of the measurements, each step weighted by its precision.
pub fn square(recursion: &Recursion, moved: &[f64]) -> f64 {
    product(recursion, moved, moved)
}

fn product(recursion: &Recursion, first: &[f64], second: &[f64]) -> f64 {
    let unit = (1u64 << PRECISION_BITS) as f64;
    let step =
        |(step, (a, b)): (u32, (&f64, &f64))| a * b * recursion.row(step).precision as f64 / unit;
    (0..).zip(first.iter().zip(second)).map(step).sum()
}

/// The largest squared change that the search finds for `count` contributions at different steps,
/// with the same sign or alternating signs.
pub fn worst(recursion: &Recursion, count: usize, alternates: bool) -> f64 {
    let columns = columns(recursion);
    let steps = columns.len();
    let gram: Vec<Vec<f64>> = columns
        .iter()
        .map(|first| columns.iter().map(|second| product(recursion, first, second)).collect())
        .collect();
    let sign = |number: usize| if alternates && number % 2 == 1 { -1.0 } else { 1.0 };
    let value = |places: &[usize]| -> f64 {
        let pairs = places.iter().enumerate().flat_map(|(i, &p)| {
            let gram = &gram;
            places.iter().enumerate().map(move |(j, &q)| sign(i) * sign(j) * gram[p][q])
        });
        pairs.sum()
    };
    let mut seed = 1u64;
    let mut random_below = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % limit
    };
    let mut best = 0.0f64;
    for trial in 0..60 {
        let mut places: Vec<usize> = match trial {
            0 => (0..count).collect(),
            1 => (0..count).map(|number| number * (steps - 1) / count.max(1)).collect(),
            2 => (0..count).map(|number| steps / 2 + number).collect(),
            _ => {
                let mut places = Vec::new();
                while places.len() < count {
                    let place = random_below(steps);
                    if !places.contains(&place) {
                        places.push(place);
                    }
                }
                places.sort_unstable();
                places
            }
        };
        loop {
            let before = value(&places);
            for at in 0..count {
                let low = if at == 0 { 0 } else { places[at - 1] + 1 };
                let high = if at + 1 == count { steps } else { places[at + 1] };
                let gain = |place: usize| {
                    let others = places.iter().enumerate().filter(|&(other, _)| other != at);
                    let crossed: f64 = others.map(|(o, &p)| sign(o) * gram[place][p]).sum();
                    gram[place][place] + 2.0 * sign(at) * crossed
                };
                let choice = (low..high).max_by(|&a, &b| gain(a).total_cmp(&gain(b)));
                places[at] = choice.unwrap_or(places[at]);
            }
            if value(&places) <= before * (1.0 + 1e-12) {
                break;
            }
        }
        best = best.max(value(&places));
    }
    best
}
