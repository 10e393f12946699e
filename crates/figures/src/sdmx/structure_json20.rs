//! SDMX-JSON 2.0 structure messages.
//!
//! Not here: which artefacts there are ([`super::artefact`]).
//!
//! Invariants:
//! 1. What is sent is valid by the official schema (`checks/clients/`).
//!
//! Format: `tests/golden/structure.sdmx.json`.

use serde_json::{Map, Value, json};

use super::artefact::{Artefact, ArtefactBody, Artefacts, Component};
use super::kind::{SdmxRest, StructureKind};
use super::region::Region;
use crate::structure::concept::{Attachment, CodeText};

/// The schema that a message keeps to.
const SCHEMA: &str = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/\
    structure-message/tools/schemas/2.0.0/sdmx-json-structure-schema.json";

/// The message that holds the artefacts at these places, those of `stubs` without their contents.
pub(crate) fn message(
    artefacts: &Artefacts,
    places: &[usize],
    stubs: &[usize],
    prepared: &str,
) -> String {
    let mut data: Map<String, Value> = Map::new();
    for &place in places {
        let artefact = &artefacts.all[place];
        let group = match artefact.kind {
            StructureKind::AgencyScheme => "agencySchemes",
            StructureKind::CodeList => "codelists",
            StructureKind::ConceptScheme => "conceptSchemes",
            StructureKind::Constraint => "dataConstraints",
            StructureKind::DataStructure => "dataStructures",
            StructureKind::Dataflow => "dataflows",
        };
        let one = one(artefacts, artefact, stubs.contains(&place));
        let list = data.entry(group).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(one);
        }
    }
    let links: Vec<Value> = places
        .iter()
        .map(|&place| json!({"rel": "self", "urn": urn(&artefacts.all[place], None)}))
        .collect();
    let message = json!({
        "meta": {
            "schema": SCHEMA, "id": "STRUCTURE", "test": false, "prepared": prepared,
            "contentLanguages": ["en"], "sender": {"id": artefacts.agency}, "links": links,
        },
        "data": data,
    });
    message.to_string() + "\n"
}

fn one(artefacts: &Artefacts, artefact: &Artefact, is_stub: bool) -> Value {
    let mut one = json!({
        "id": artefact.id, "name": artefact.name, "names": {"en": artefact.name},
        "version": artefact.version, "agencyID": artefact.agency,
        "isExternalReference": is_stub,
        "links": [{"rel": "self", "urn": urn(artefact, None)}],
    });
    if !artefact.description.is_empty() {
        one["description"] = json!(artefact.description);
        one["descriptions"] = json!({"en": artefact.description});
    }
    match &artefact.body {
        // A dataflow is of little use without its structure, and the schema asks for it.
        ArtefactBody::Dataflow(structure) => {
            one["structure"] = json!(urn(&artefacts.all[*structure], None))
        }
        _ if is_stub => {}
        ArtefactBody::Codes(codes, is_partial) => {
            one["isPartial"] = json!(is_partial);
            one["codes"] = codes.iter().map(|code| item(artefact, code)).collect();
        }
        ArtefactBody::Agencies(all) => {
            one["isPartial"] = json!(false);
            one["agencies"] = all.iter().map(|agency| item(artefact, agency)).collect();
        }
        ArtefactBody::Concepts(all) => {
            let concept = |(concept, data_type): &(CodeText, Option<&str>)| {
                let mut concept = item(artefact, concept);
                if let Some(data_type) = data_type {
                    concept["coreRepresentation"] = json!({"format": {"dataType": data_type}});
                }
                concept
            };
            one["isPartial"] = json!(false);
            one["concepts"] = all.iter().map(concept).collect();
        }
        ArtefactBody::Constraint(dataflow, region) => {
            one["role"] = json!("Actual");
            let dataflow = urn(&artefacts.all[*dataflow], None);
            one["constraintAttachment"] = json!({"dataflows": [dataflow]});
            one["annotations"] = metrics(region);
            one["cubeRegions"] = json!([cube(region)]);
        }
        ArtefactBody::Structure { dimensions, attributes, concepts } => {
            let scheme = &artefacts.all[*concepts];
            one["dataStructureComponents"] = components(artefacts, dimensions, attributes, scheme);
        }
    }
    one
}

fn item(scheme: &Artefact, item: &CodeText) -> Value {
    let mut one = json!({"id": item.id, "name": item.name, "names": {"en": item.name},
        "links": [{"rel": "self", "urn": urn(scheme, Some(&item.id))}]});
    if let Some(parent) = &item.parent {
        one["parent"] = parent.as_str().into();
    }
    let notes = item.notes();
    if !notes.is_empty() {
        let note = |(kind, text): &(&str, String)| json!({"title": text, "type": kind});
        one["annotations"] = notes.iter().map(note).collect();
    }
    one
}

fn metrics(region: &Region) -> Value {
    let one = |(id, count): (&str, usize)| {
        let count = count.to_string();
        json!({"id": id, "title": count, "type": "sdmx_metrics"})
    };
    region.metrics().into_iter().map(one).collect()
}

fn cube(region: &Region) -> Value {
    let mut values: Vec<Value> = region
        .dimensions
        .iter()
        .map(|dimension| {
            let codes: Vec<Value> =
                dimension.codes.iter().map(|code| json!({"value": code.id})).collect();
            json!({"id": dimension.id, "include": true, "values": codes})
        })
        .collect();
    if let Some((first, last)) = region.time_range() {
        values.push(json!({"id": "TIME_PERIOD", "include": true, "timeRange": {
            "startPeriod": {"period": first, "isInclusive": true},
            "endPeriod": {"period": last, "isInclusive": true},
        }}));
    }
    json!({"include": true, "keyValues": values})
}

fn components(
    artefacts: &Artefacts,
    dimensions: &[Component],
    attributes: &[Component],
    scheme: &Artefact,
) -> Value {
    let concept = |id: &str| json!(urn(scheme, Some(id)));
    let represented = |component: &Component| match component.codes {
        Some(list) => json!({"enumeration": urn(&artefacts.all[list], None)}),
        None => json!({"format": {"dataType": component.concept.data_type.unwrap_or("String")}}),
    };
    let keys: Vec<&str> = dimensions.iter().map(|dimension| &*dimension.concept.id).collect();
    let dimension = |(position, dimension): (usize, &Component)| {
        json!({"id": dimension.concept.id, "position": position,
            "conceptIdentity": concept(&dimension.concept.id),
            "localRepresentation": represented(dimension)})
    };
    let attribute = |attribute: &Component| {
        let relationship = match attribute.concept.attachment {
            Some(Attachment::DataSet) => json!({"dataflow": {}}),
            Some(Attachment::Series) => json!({"dimensions": keys}),
            Some(Attachment::Observation) | None => json!({"observation": {}}),
        };
        let usage = if attribute.concept.may_miss { "optional" } else { "mandatory" };
        json!({"id": attribute.concept.id, "usage": usage,
            "conceptIdentity": concept(&attribute.concept.id),
            "attributeRelationship": relationship,
            "localRepresentation": represented(attribute)})
    };
    let may_miss = attributes.iter().any(|attribute| attribute.concept.may_miss);
    let usage = if may_miss { "optional" } else { "mandatory" };
    json!({
        "dimensionList": {
            "id": "DimensionDescriptor",
            "dimensions": dimensions.iter().enumerate().map(dimension).collect::<Vec<_>>(),
            "timeDimension": {
                "id": "TIME_PERIOD", "conceptIdentity": concept("TIME_PERIOD"),
                "localRepresentation": {"format": {"dataType": "ObservationalTimePeriod"}},
            },
        },
        "measureList": {"id": "MeasureDescriptor", "measures": [{
            "id": "OBS_VALUE", "usage": usage, "conceptIdentity": concept("OBS_VALUE"),
            "localRepresentation": {"format": {"dataType": "Decimal"}},
        }]},
        "attributeList": {
            "id": "AttributeDescriptor",
            "attributes": attributes.iter().map(attribute).collect::<Vec<_>>(),
        },
    })
}

/// The name of an artefact, or of an item in it, in SDMX 3.0.
fn urn(artefact: &Artefact, item: Option<&str>) -> String {
    artefact.urn(SdmxRest::V2_2, item)
}
