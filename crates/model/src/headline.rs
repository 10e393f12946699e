//! What readers see first: the headline figures of a plan, and the view with which a dataflow
//! opens.
//!
//! Both are words of whoever plans. They change no charge and no figure, and readers can ask for
//! every other series too.
//!
//! Not here: how a plan writes them (`plan::parse`), and how a reader asks for them (crate
//! `figures`).
//!
//! Invariants:
//! 1. They name figures that the plan publishes (`tests/headlines.rs`,
//!    `each_fault_has_its_place_and_rule`).

use crate::code::{CodeList, TOTAL};
use crate::period::Grain;
use crate::rate::NamedCodes;
use crate::structure::DataStructure;
use crate::text::Text;

/// A figure that readers see first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    /// Position of the dataflow in [`crate::Plan::dataflows`].
    pub dataflow: usize,
    /// The series, which is one.
    pub series: SeriesChoice,
    /// Its title for people, if the plan gives one.
    pub title: Option<Text>,
}

/// The view with which a dataflow opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Position of the dataflow in [`crate::Plan::dataflows`].
    pub dataflow: usize,
    /// The series that it shows.
    pub series: SeriesChoice,
}

/// Series of a dataflow at one length of period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesChoice {
    /// For each dimension what is chosen of it.
    pub parts: Vec<SeriesPart>,
    /// The code of the indicator, for instance `STOCK`.
    pub indicator: &'static str,
    /// The grain of the period.
    pub grain: Grain,
}

/// What a choice of series has of one dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesPart {
    /// The sum of all codes.
    Total,
    /// One code, or the sum of the codes of one group.
    Named(NamedCodes),
    /// Every code or every group of this level, one series each.
    Level(usize),
}

impl SeriesPart {
    /// The level of the figures in this dimension, as in a marginal.
    pub fn level(self, list: &CodeList) -> usize {
        match self {
            Self::Total => 0,
            Self::Named(NamedCodes::Code(_)) => list.depth(),
            Self::Named(NamedCodes::Group(position)) => list.groups()[usize::from(position)].level,
            Self::Level(level) => level,
        }
    }

    /// The identifiers of what is chosen. Reserved places have none.
    pub fn ids(self, list: &CodeList) -> Vec<&str> {
        match self {
            Self::Total | Self::Level(0) => vec![TOTAL],
            Self::Named(named) => vec![named.id(list)],
            Self::Level(level) if level == list.depth() => {
                list.named().map(|(_, code)| code.id.as_str()).collect()
            }
            Self::Level(level) => {
                let groups = list.groups().iter().filter(|group| group.level == level);
                groups.map(|group| group.code.id.as_str()).collect()
            }
        }
    }
}

impl SeriesChoice {
    /// The level of each dimension, as in a marginal.
    pub fn levels(&self, structure: &DataStructure) -> Vec<usize> {
        let parts = self.parts.iter().zip(structure.dimensions());
        parts.map(|(part, dimension)| part.level(&dimension.code_list)).collect()
    }
}
