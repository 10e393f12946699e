//! The persons whose events a store accepts, and what follows for its noise.
//!
//! Not here: where noise is drawn (`release::draw`), and what an event of a synthetic person looks
//! like (`intake::schema`).
//!
//! Invariants:
//! 1. A real store has no seed of noise: there is no value that says otherwise, whoever makes it,
//!    and what is read is checked once (`tests::a_real_store_has_no_seed`).

/// The persons whose events a store accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Population {
    /// Real persons: noise only from the operating system, time only from the system's clock.
    Real,
    /// Synthetic persons, for exercises and tests.
    Synthetic {
        /// A seed that makes the noise the same every time. It is public, in the ledger.
        noise_seed: Option<[u8; 32]>,
    },
}

impl Population {
    /// The population of a class, `real` or `synthetic`, that may have a seed of noise; `None` for
    /// real persons with one, and for any other class.
    pub(crate) fn parse(class: &str, noise_seed: Option<[u8; 32]>) -> Option<Self> {
        match (class, noise_seed) {
            ("real", None) => Some(Self::Real),
            ("synthetic", noise_seed) => Some(Self::Synthetic { noise_seed }),
            _ => None,
        }
    }

    /// The class as [`Self::parse`] reads it.
    pub(crate) fn class(&self) -> &'static str {
        if self.is_synthetic() { "synthetic" } else { "real" }
    }

    /// Whether only synthetic persons may enter.
    pub(crate) fn is_synthetic(&self) -> bool {
        *self != Self::Real
    }

    /// The seed of noise, which only a synthetic store can have.
    pub(crate) fn noise_seed(&self) -> Option<[u8; 32]> {
        match self {
            Self::Real => None,
            Self::Synthetic { noise_seed } => *noise_seed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_store_has_no_seed() {
        let seed = Some([7; 32]);
        assert_eq!(Population::parse("real", seed), None);
        for (population, class) in [
            (Population::Real, "real"),
            (Population::Synthetic { noise_seed: None }, "synthetic"),
            (Population::Synthetic { noise_seed: seed }, "synthetic"),
        ] {
            assert_eq!(population.class(), class);
            assert_eq!(Population::parse(class, population.noise_seed()), Some(population));
        }
        assert_eq!(Population::parse("other", None), None);
    }
}
