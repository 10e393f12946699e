//! The two generations of the standard, and the kinds of structures that each knows.
//!
//! Not here: the structures themselves ([`super::artefact`]).
//!
//! Invariants:
//! 1. A kind of the standard that has no structures here is known, and finds none
//!    (`sdmx::request::tests::what_is_not_offered_is_refused`).

/// The two generations of the standard, each under a root of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SdmxRest {
    /// `/sdmx/2.1`: SDMX-REST 1.5.
    V1_5,
    /// `/sdmx/3.0`: SDMX-REST 2.2.
    V2_2,
}

/// The kind of an artefact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StructureKind {
    /// The agencies.
    AgencyScheme,
    /// A code list.
    CodeList,
    /// The concepts that dimensions and attributes stand for.
    ConceptScheme,
    /// The released data of a dataflow.
    Constraint,
    /// A dataflow.
    Dataflow,
    /// The dimensions and attributes of a dataflow.
    DataStructure,
}

impl StructureKind {
    /// The kinds that a word of an address stands for; `None` if it is not a kind.
    pub(crate) fn named(word: &str) -> Option<Vec<Self>> {
        use StructureKind::{
            AgencyScheme, CodeList, ConceptScheme, Constraint, DataStructure, Dataflow,
        };
        Some(match word {
            "agencyscheme" => vec![AgencyScheme],
            "codelist" => vec![CodeList],
            "conceptscheme" => vec![ConceptScheme],
            "contentconstraint" | "dataconstraint" => vec![Constraint],
            "dataflow" => vec![Dataflow],
            "datastructure" => vec![DataStructure],
            "organisationscheme" => vec![AgencyScheme],
            "structure" | "*" => {
                vec![AgencyScheme, Dataflow, CodeList, ConceptScheme, DataStructure, Constraint]
            }
            // Kinds of the standard that have no structures here.
            "actualconstraint"
            | "allowedconstraint"
            | "attachmentconstraint"
            | "categorisation"
            | "categoryscheme"
            | "customtypescheme"
            | "dataconsumerscheme"
            | "dataproviderscheme"
            | "hierarchicalcodelist"
            | "hierarchy"
            | "hierarchyassociation"
            | "metadataflow"
            | "metadataproviderscheme"
            | "metadataprovisionagreement"
            | "metadatastructure"
            | "namepersonalisationscheme"
            | "organisationunitscheme"
            | "process"
            | "provisionagreement"
            | "reportingtaxonomy"
            | "representationmap"
            | "rulesetscheme"
            | "structuremap"
            | "structureset"
            | "transformationscheme"
            | "userdefinedoperatorscheme"
            | "valuelist"
            | "vtlmappingscheme" => vec![],
            _ => return None,
        })
    }
}

impl StructureKind {
    /// The package and the class of this kind in the URNs of a generation of the standard.
    pub(crate) fn place(self, root: SdmxRest) -> (&'static str, &'static str) {
        match (self, root) {
            (StructureKind::AgencyScheme, _) => ("base", "AgencyScheme"),
            (StructureKind::CodeList, _) => ("codelist", "Codelist"),
            (StructureKind::ConceptScheme, _) => ("conceptscheme", "ConceptScheme"),
            (StructureKind::Constraint, SdmxRest::V1_5) => ("registry", "ContentConstraint"),
            (StructureKind::Constraint, SdmxRest::V2_2) => ("registry", "DataConstraint"),
            (StructureKind::DataStructure, _) => ("datastructure", "DataStructure"),
            (StructureKind::Dataflow, _) => ("datastructure", "Dataflow"),
        }
    }
}
