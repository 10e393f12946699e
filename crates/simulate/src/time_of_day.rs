//! Times of the day, drawn by a made-up curve over its hours.
//!
//! Not here: days, and the pairs of times of one journey (`crossings::day`).

use crate::draw::Draw;

/// The share of each hour in the events of a day, in thousandths.
const HOURS: [u32; 24] =
    [6, 3, 2, 2, 3, 8, 28, 58, 74, 76, 70, 62, 56, 54, 54, 56, 60, 70, 74, 64, 50, 36, 22, 12];

pub(crate) const HOUR: u32 = 3600;

/// Draws times of the day.
pub(crate) struct TimesOfDay {
    hours: Vec<u32>,
}

impl TimesOfDay {
    pub(crate) fn new() -> Self {
        let hours = (0..).zip(HOURS);
        Self { hours: hours.flat_map(|(hour, n)| std::iter::repeat_n(hour, n as usize)).collect() }
    }

    /// Draws a second of the day.
    pub(crate) fn any(&self, draw: &mut Draw) -> u32 {
        let hour = self.hours[draw.below(self.hours.len() as u32) as usize];
        hour * HOUR + draw.below(HOUR)
    }
}

const _: () = {
    let mut sum = 0;
    let mut hour = 0;
    while hour < HOURS.len() {
        sum += HOURS[hour];
        hour += 1;
    }
    assert!(sum == 1000);
};
