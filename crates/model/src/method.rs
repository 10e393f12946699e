//! What a plan says of the method and the quality of its figures, by concepts of the Single
//! Integrated Metadata Structure (SIMS 2.0) of the European Statistical System.
//!
//! Not here: what the plan itself rules, such as the bounds; pages say that from the rules. Nothing
//! that is counted, charged or identified depends on these texts.
//!
//! Invariants:
//! 1. Each concept has one key, in the order of SIMS (`method::tests::concepts_are_in_order`).

use crate::text::Text;

/// A concept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodConcept {
    /// Its key in a plan.
    pub key: &'static str,
    /// Its number in SIMS 2.0.
    pub sims: &'static str,
}

/// The concepts on which a plan may have a text. Those that follow from the statement, such as the
/// contact, the legal basis and the reference area, have keys there.
pub const METHOD_CONCEPTS: [MethodConcept; 9] = [
    MethodConcept { key: "coverage", sims: "S.3.3" },
    MethodConcept { key: "concepts", sims: "S.3.4" },
    MethodConcept { key: "population", sims: "S.3.6" },
    MethodConcept { key: "release_policy", sims: "S.8" },
    MethodConcept { key: "accuracy", sims: "S.13" },
    MethodConcept { key: "comparability", sims: "S.15" },
    MethodConcept { key: "revision_policy", sims: "S.17.1" },
    MethodConcept { key: "source_data", sims: "S.18.1" },
    MethodConcept { key: "comment", sims: "S.19" },
];

/// A text on one concept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodNote {
    /// The concept.
    pub concept: MethodConcept,
    /// The text.
    pub text: Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concepts_are_in_order() {
        let number = |concept: &MethodConcept| -> Vec<u32> {
            concept.sims[2..].split('.').map(|part| part.parse().unwrap()).collect()
        };
        assert!(METHOD_CONCEPTS.is_sorted_by(|a, b| number(a) < number(b) && a.key != b.key));
    }
}
