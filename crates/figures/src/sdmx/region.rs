//! The released region of a dataflow: codes that have figures, periods, and number of series.
//!
//! Not here: the values of figures.
//!
//! Invariants:
//! 1. The cached region of a ledger state equals one made anew
//!    (`serve::tests::sdmx::availability_follows_the_releases`).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::civil::Date;
use tidegauge_model::{Grain, Period};

use crate::catalogue::catalogue::Catalogue;
use crate::error::Error;
use crate::formats::message::MessageHeader;
use crate::structure::concept::Concept;

/// The released data of a dataflow: codes, periods and counts.
#[derive(Clone, Debug)]
pub struct Region {
    /// The dimensions with the codes that have figures.
    pub(crate) dimensions: Vec<Concept>,
    /// The first and the last period.
    pub(crate) periods: Option<(Period, Period)>,
    /// The number of series.
    pub(crate) series: usize,
    /// The number of observations.
    pub(crate) observations: usize,
}

impl Region {
    /// Its first and last time: days, or for periods shorter than a day the times at which they
    /// begin.
    pub(crate) fn time_range(&self) -> Option<(String, String)> {
        let bound = |period: Period, day: Date| match period.grain() < Grain::Day {
            true => period.sdmx(),
            false => day.to_string(),
        };
        let (first, last) = self.periods?;
        Some((bound(first, first.first()), bound(last, last.last())))
    }

    /// The region of an answer.
    pub(crate) fn of(header: &MessageHeader, series: usize, observations: usize) -> Self {
        let first = header.periods.iter().min_by_key(|period| period.start());
        let last = header.periods.iter().max_by_key(|period| period.end());
        let periods = first.copied().zip(last.copied());
        Self { dimensions: header.dimensions.clone(), periods, series, observations }
    }

    /// The annotations with the counts: id and count.
    pub(crate) fn metrics(&self) -> [(&'static str, usize); 2] {
        [("obs_count", self.observations), ("series_count", self.series)]
    }
}

/// The number of public entries, and the released steps.
type RegionState = (u64, Option<(Period, Period)>);

/// The region of each dataflow, cached for the newest state that was requested.
#[derive(Debug, Default)]
pub struct Regions {
    by_dataflow: Mutex<HashMap<usize, (RegionState, Region)>>,
}

impl Regions {
    /// The region of a dataflow: the cached one of this state, or one made now and cached.
    ///
    /// Errors: those of `make`.
    pub(super) fn of(
        &self,
        catalogue: &Catalogue,
        dataflow: usize,
        make: impl FnOnce() -> Result<Region, Error>,
    ) -> Result<Region, Error> {
        let state = (catalogue.size(), catalogue.released(dataflow));
        let cache = || self.by_dataflow.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, region)) = cache().get(&dataflow)
            && *known == state
        {
            return Ok(region.clone());
        }
        let region = make()?;
        cache().insert(dataflow, (state, region.clone()));
        Ok(region)
    }
}
