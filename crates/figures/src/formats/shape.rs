//! How much of an answer a message has, and by which component its observations are grouped.
//!
//! Not here: the shapes that each format can write ([`super::layout`]).
//!
//! Invariants:
//! 1. A shape changes how observations are grouped and never their values
//!    (`serve::tests::layout::sections_have_the_observations_of_series`).

/// How much of each series is written, in the terms of SDMX.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Detail {
    /// Observations without attributes.
    DataOnly,
    /// Everything.
    #[default]
    Full,
    /// Keys only.
    KeysOnly,
    /// Keys and attributes of series.
    NoData,
}

impl Detail {
    /// Whether attributes are written.
    pub(crate) fn has_attributes(self) -> bool {
        matches!(self, Detail::Full | Detail::NoData)
    }

    /// Whether observations are written.
    pub(crate) fn has_observations(self) -> bool {
        matches!(self, Detail::Full | Detail::DataOnly)
    }
}

/// The shape of a data message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shape {
    /// How much is written.
    pub(crate) detail: Detail,
    /// The component that distinguishes the observations of one group.
    pub(crate) at: DimensionAtObservation,
}

/// The component that distinguishes the observations of one group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum DimensionAtObservation {
    /// All of them: observations are not grouped, and each has its whole key.
    All,
    /// The dimension at this place of the key: the groups are sections.
    Dimension(usize),
    /// The period: the groups are series.
    #[default]
    Time,
}
