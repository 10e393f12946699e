//! How much of an answer a message holds, and by what its observations are grouped.
//!
//! Not here: which format can write which shape ([`super::layout`]).
//!
//! Invariants:
//! 1. A shape changes how observations are grouped and never their values
//!    (`serve::tests::layout::sections_hold_what_series_hold`).

/// How much of each series is written, as SDMX words it.
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

/// How a data message is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shape {
    /// How much is written.
    pub(crate) detail: Detail,
    /// What observations stand by.
    pub(crate) at: DimensionAtObservation,
}

/// The component that distinguishes the observations of one group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum DimensionAtObservation {
    /// Everything: each stands alone, with its whole key.
    All,
    /// The dimension at this place of the key: they stand in sections.
    Dimension(usize),
    /// The period: they stand in series.
    #[default]
    Time,
}
