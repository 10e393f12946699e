//! Indicators: what a series counts.
//!
//! Not here: which of them a dataflow has ([`crate::query::series`]).

/// The quantity that a series shows: a code of INDICATOR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Indicator {
    /// Changes of presence upward.
    Arrivals,
    /// Persons whose contributions a bound cut off.
    AtBound,
    /// Changes of presence downward.
    Departures,
    /// Counted transitions.
    Flow,
    /// Persons present.
    Stock,
}

impl Indicator {
    /// The code.
    pub fn code(self) -> &'static str {
        match self {
            Indicator::Arrivals => "ARRIVALS",
            Indicator::AtBound => "AT_BOUND",
            Indicator::Departures => "DEPARTURES",
            Indicator::Flow => "FLOW",
            Indicator::Stock => "STOCK",
        }
    }

    /// How many rounded sums of a cell there are at each end of a period: departures are arrivals
    /// less the change of the level.
    pub(crate) fn rounded_per_end(self) -> f64 {
        match self {
            Indicator::Departures => 2.0,
            Indicator::Arrivals | Indicator::AtBound | Indicator::Flow | Indicator::Stock => 1.0,
        }
    }

    /// How many rounded sums a figure is made of that adds up so many cells, or corners of a table:
    /// a level has one, changes have them at both ends.
    pub fn rounded_sums(self, parts: f64) -> f64 {
        match self {
            Indicator::Stock => parts,
            _ => 2.0 * parts * self.rounded_per_end(),
        }
    }
}
