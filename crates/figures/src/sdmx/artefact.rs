//! The structures that SDMX readers ask for: one list of artefacts for every writer.
//!
//! Not here: the writers ([`super::structure_ml21`], [`super::structure_json20`]).
//!
//! Everything is made from the plan, so it is the same before and after any release; the one
//! exception is a constraint, which lists the released codes and periods. An amendment gives a new
//! version to the code lists that it changes, and to the structures and dataflows that refer to
//! them.
//!
//! Invariants:
//! 1. Every reference is to an artefact of the list
//!    (`sdmx::artefact::tests::every_reference_leads_somewhere`).
//! 2. No two artefacts have the same name
//!    (`sdmx::artefact::tests::names_stand_for_one_artefact`).

use tidegauge_model::{Plan, Text};

use super::kind::{SdmxRest, StructureKind};
use super::region::Region;
use crate::structure::concept::{CodeText, Concept, attributes, dimensions};
use crate::structure::version::{STRUCTURE_VERSION, structure_version};
use crate::structure::words::Words;

/// A component of a data structure.
#[derive(Clone, Debug)]
pub(crate) struct Component {
    /// The concept that it stands for.
    pub(crate) concept: Concept,
    /// The position of its code list among the artefacts.
    pub(crate) codes: Option<usize>,
}

/// The contents of an artefact.
#[derive(Clone, Debug)]
pub(crate) enum ArtefactBody {
    /// Codes, and whether the list has more of them elsewhere.
    Codes(Vec<CodeText>, bool),
    /// Agencies.
    Agencies(Vec<CodeText>),
    /// Concepts, each with its data type if it has no codes.
    Concepts(Vec<(CodeText, Option<&'static str>)>),
    /// The released data of the dataflow at this position.
    Constraint(usize, Region),
    /// The position of the dataflow's structure.
    Dataflow(usize),
    /// Dimensions, attributes and the position of the concepts.
    Structure {
        /// Dimensions except time, in key order.
        dimensions: Vec<Component>,
        /// Attributes.
        attributes: Vec<Component>,
        /// The position of the concept scheme.
        concepts: usize,
    },
}

/// One structure, and how it is identified.
#[derive(Clone, Debug)]
pub(crate) struct Artefact {
    /// Its kind.
    pub(crate) kind: StructureKind,
    /// The agency that maintains it.
    pub(crate) agency: String,
    /// Its id.
    pub(crate) id: String,
    /// Its version.
    pub(crate) version: String,
    /// Its name for people.
    pub(crate) name: Text,
    /// Its description for people.
    pub(crate) description: Option<Text>,
    /// Its contents.
    pub(crate) body: ArtefactBody,
}

impl Artefact {
    /// The positions of the artefacts that it refers to.
    pub(crate) fn references(&self) -> Vec<usize> {
        match &self.body {
            ArtefactBody::Agencies(_) | ArtefactBody::Codes(..) | ArtefactBody::Concepts(_) => {
                vec![]
            }
            ArtefactBody::Constraint(dataflow, _) => vec![*dataflow],
            ArtefactBody::Dataflow(structure) => vec![*structure],
            ArtefactBody::Structure { dimensions, attributes, concepts } => {
                let lists = dimensions.iter().chain(attributes).filter_map(|part| part.codes);
                let mut places: Vec<usize> = lists.chain([*concepts]).collect();
                places.sort_unstable();
                places.dedup();
                places
            }
        }
    }

    /// The name of the artefact, or of an item in it, in a generation of the standard.
    pub(crate) fn urn(&self, root: SdmxRest, item: Option<&str>) -> String {
        let (package, class) = self.kind.place(root);
        let class = match (item, self.kind) {
            (Some(_), StructureKind::AgencyScheme) => "Agency",
            (Some(_), StructureKind::CodeList) => "Code",
            (Some(_), StructureKind::ConceptScheme) => "Concept",
            _ => class,
        };
        let item = item.map_or(String::new(), |item| format!(".{item}"));
        format!("urn:sdmx:org.sdmx.infomodel.{package}.{class}={}{item}", self.name_in_full())
    }

    /// `agency:id(version)`.
    pub(crate) fn name_in_full(&self) -> String {
        format!("{}:{}({})", self.agency, self.id, self.version)
    }
}

/// The artefacts of a plan; constraints are added later, from the released data.
#[derive(Clone, Debug)]
pub(crate) struct Artefacts {
    /// All of them.
    pub(crate) all: Vec<Artefact>,
    /// The agency.
    pub(crate) agency: String,
    /// The languages of their texts.
    pub(crate) words: Words,
}

impl Artefacts {
    /// The artefacts of a plan: agencies, concepts, code lists, structures, dataflows.
    pub(crate) fn of(plan: &Plan) -> Self {
        let agency = plan.statement.agency.clone();
        let words = Words::of(plan);
        let mut artefacts = Self { all: Vec::new(), agency: agency.clone(), words: words.clone() };
        // An agency within another one is an item of the scheme of that one.
        let (scheme, item) = agency.rsplit_once('.').unwrap_or(("SDMX", &agency));
        let controller = CodeText::new(item, plan.statement.controller.clone());
        let agencies = ArtefactBody::Agencies(vec![controller]);
        artefacts.push(
            StructureKind::AgencyScheme,
            scheme,
            "AGENCIES",
            "1.0",
            words.text("Agencies"),
            agencies,
        );
        let concepts = artefacts.own(
            StructureKind::ConceptScheme,
            "CS_TIDEGAUGE",
            words.text("Concepts"),
            ArtefactBody::Concepts(vec![]),
        );
        for dataflow in &plan.dataflows {
            let body = ArtefactBody::Structure {
                dimensions: artefacts.components(
                    dimensions(plan, dataflow),
                    &dataflow.id,
                    concepts,
                ),
                attributes: artefacts.components(attributes(plan), &dataflow.id, concepts),
                concepts,
            };
            let id = format!("DSD_{}", dataflow.id);
            let version = structure_version(plan, dataflow);
            let name = || dataflow.name.clone();
            let kind = StructureKind::DataStructure;
            let structure = artefacts.versioned(kind, &id, &version, name(), body);
            let body = ArtefactBody::Dataflow(structure);
            let kind = StructureKind::Dataflow;
            let place = artefacts.versioned(kind, &dataflow.id, &version, name(), body);
            artefacts.all[place].description = Some(dataflow.description.clone());
        }
        artefacts.learn(
            concepts,
            "TIME_PERIOD",
            words.text("Time period"),
            Some("ObservationalTimePeriod"),
        );
        artefacts.learn(concepts, "OBS_VALUE", words.text("Observation value"), Some("Decimal"));
        artefacts
    }

    /// Adds a constraint: the released data of a dataflow.
    pub(crate) fn add_constraint(&mut self, dataflow: &str, region: Region) {
        let is_meant = |a: &Artefact| a.kind == StructureKind::Dataflow && a.id == dataflow;
        let Some(place) = self.all.iter().position(is_meant) else { return };
        let name = Text::english(format!("Released data of {dataflow}"));
        let body = ArtefactBody::Constraint(place, region);
        self.own(StructureKind::Constraint, &format!("CR_{dataflow}"), name, body);
    }

    /// Adds an artefact of the plan's agency.
    fn versioned(
        &mut self,
        kind: StructureKind,
        id: &str,
        version: &str,
        name: Text,
        body: ArtefactBody,
    ) -> usize {
        let agency = self.agency.clone();
        self.push(kind, &agency, id, version, name, body)
    }

    /// Adds an artefact of the plan's agency that no amendment changes.
    fn own(&mut self, kind: StructureKind, id: &str, name: Text, body: ArtefactBody) -> usize {
        self.versioned(kind, id, STRUCTURE_VERSION, name, body)
    }

    fn push(
        &mut self,
        kind: StructureKind,
        agency: &str,
        id: &str,
        version: &str,
        name: Text,
        body: ArtefactBody,
    ) -> usize {
        let [agency, id, version] = [agency, id, version].map(str::to_owned);
        let description = None;
        self.all.push(Artefact { kind, agency, id, version, name, description, body });
        self.all.len() - 1
    }

    /// Adds a concept if it is new.
    fn learn(&mut self, place: usize, id: &str, name: Text, data_type: Option<&'static str>) {
        let ArtefactBody::Concepts(concepts) = &mut self.all[place].body else { return };
        if concepts.iter().all(|(known, _)| known.id != id) {
            concepts.push((CodeText::new(id, name), data_type));
        }
    }

    /// The components with their code lists; new lists are added.
    fn components(
        &mut self,
        concepts: Vec<Concept>,
        dataflow: &str,
        scheme: usize,
    ) -> Vec<Component> {
        let mut components = Vec::new();
        for concept in concepts {
            self.learn(scheme, &concept.id, concept.name.clone(), concept.data_type);
            let codes = (!concept.codes.is_empty()).then(|| self.code_list(&concept, dataflow));
            components.push(Component { concept, codes });
        }
        components
    }

    fn code_list(&mut self, concept: &Concept, dataflow: &str) -> usize {
        let (agency, id, version) = match concept.code_list.as_deref() {
            Some(name) => parts(name),
            // Indicators have names of their own in each dataflow.
            None if concept.id == "INDICATOR" => {
                (self.agency.clone(), format!("CL_INDICATOR_{dataflow}"), STRUCTURE_VERSION.into())
            }
            None => (self.agency.clone(), format!("CL_{}", concept.id), STRUCTURE_VERSION.into()),
        };
        let is_meant = |a: &Artefact| (&a.agency, &a.id, &a.version) == (&agency, &id, &version);
        let is_partial = agency == "SDMX";
        let place = match self.all.iter().position(is_meant) {
            Some(place) => place,
            None => {
                let body = ArtefactBody::Codes(vec![], is_partial);
                self.push(
                    StructureKind::CodeList,
                    &agency,
                    &id,
                    &version,
                    concept.name.clone(),
                    body,
                )
            }
        };
        if let ArtefactBody::Codes(codes, _) = &mut self.all[place].body {
            for code in &concept.codes {
                match codes.iter_mut().find(|known| known.id == code.id) {
                    // A dimension that stands apart names no parents.
                    Some(known) => known.parent = known.parent.take().or(code.parent.clone()),
                    None => codes.push(code.clone()),
                }
            }
        }
        place
    }
}

/// Agency, id and version of `AGENCY:ID(VERSION)`; a missing version is 1.0.0.
fn parts(name: &str) -> (String, String, String) {
    let (agency, rest) = name.split_once(':').unwrap_or(("SDMX", name));
    let (id, version) = rest.split_once('(').unwrap_or((rest, STRUCTURE_VERSION));
    (agency.to_owned(), id.to_owned(), version.trim_end_matches(')').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::publisher;

    #[test]
    fn every_reference_leads_somewhere() {
        let artefacts = Artefacts::of(&publisher::plan());
        for artefact in &artefacts.all {
            for place in artefact.references() {
                let target = &artefacts.all[place];
                let expected: &[StructureKind] = match artefact.kind {
                    StructureKind::Dataflow => &[StructureKind::DataStructure],
                    _ => &[StructureKind::CodeList, StructureKind::ConceptScheme],
                };
                assert!(expected.contains(&target.kind), "{artefact:?} {target:?}");
            }
        }
        let flows = artefacts.all.iter().filter(|a| a.kind == StructureKind::Dataflow);
        assert_eq!(flows.count(), publisher::plan().dataflows.len());
    }

    #[test]
    fn an_agency_within_another_is_an_item_of_its_scheme() {
        let urn_of = |agency: &str| {
            let text = testkit::edit(publisher::PLAN).set("statement.agency", agency).text();
            let artefacts = Artefacts::of(&Plan::parse(&text).unwrap());
            let is_scheme = |a: &&Artefact| a.kind == StructureKind::AgencyScheme;
            let scheme = artefacts.all.iter().find(is_scheme).unwrap();
            let ArtefactBody::Agencies(items) = &scheme.body else { panic!("agencies") };
            scheme.urn(SdmxRest::V1_5, Some(&items[0].id))
        };
        let class = "urn:sdmx:org.sdmx.infomodel.base.Agency";
        assert_eq!(urn_of("TG"), format!("{class}=SDMX:AGENCIES(1.0).TG"));
        assert_eq!(urn_of("OECD.ELS.IMD"), format!("{class}=OECD.ELS:AGENCIES(1.0).IMD"));
    }

    #[test]
    fn names_stand_for_one_artefact() {
        let artefacts = Artefacts::of(&publisher::plan());
        let mut names: Vec<String> =
            artefacts.all.iter().map(|a| format!("{:?} {}", a.kind, a.name_in_full())).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
