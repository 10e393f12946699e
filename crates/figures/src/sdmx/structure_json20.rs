//! SDMX-JSON 2.0 structure messages.
//!
//! Not here: the list of artefacts ([`super::artefact`]).
//!
//! Invariants:
//! 1. Every message is valid by the official schema (`checks/clients/`).
//!
//! Format: `tests/golden/structure.sdmx.json`.

use serde_json::{Map, Value, json};

use super::artefact::{Artefact, ArtefactBody, Artefacts, Component};
use super::kind::{SdmxRest, StructureKind};
use super::region::Region;
use crate::formats::message::sender;
use crate::structure::concept::{Attachment, CodeText, OF_FIGURE, names};

/// The schema that a message follows.
const SCHEMA: &str = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/\
    structure-message/tools/schemas/2.0.0/sdmx-json-structure-schema.json";

/// The message with the artefacts at these places; those in `stubs` have no contents.
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
        let list = data.entry(group).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(artefact_json(artefacts, artefact, stubs.contains(&place)));
        }
    }
    let links: Vec<Value> = places
        .iter()
        .map(|&place| json!({"rel": "self", "urn": urn(&artefacts.all[place], None)}))
        .collect();
    let message = json!({
        "meta": {
            "schema": SCHEMA, "id": "STRUCTURE", "test": false, "prepared": prepared,
            "contentLanguages": artefacts.words.tags(), "sender": {"id": sender(&artefacts.agency)},
            "links": links,
        },
        "data": data,
    });
    message.to_string() + "\n"
}

fn artefact_json(artefacts: &Artefacts, artefact: &Artefact, is_stub: bool) -> Value {
    let mut object = json!({
        "id": artefact.id, "name": &*artefact.name, "names": names(&artefact.name),
        "version": artefact.version, "agencyID": artefact.agency,
        "isExternalReference": is_stub,
        "links": [{"rel": "self", "urn": urn(artefact, None)}],
    });
    if let Some(description) = &artefact.description {
        object["description"] = json!(&**description);
        object["descriptions"] = names(description);
    }
    match &artefact.body {
        // A dataflow is of little use without its structure, and the schema asks for it.
        ArtefactBody::Dataflow(structure) => {
            object["structure"] = json!(urn(&artefacts.all[*structure], None))
        }
        _ if is_stub => {}
        ArtefactBody::Codes(codes, is_partial) => {
            object["isPartial"] = json!(is_partial);
            object["codes"] = codes.iter().map(|code| item(artefact, code)).collect();
        }
        ArtefactBody::Agencies(all) => {
            object["isPartial"] = json!(false);
            object["agencies"] = all.iter().map(|agency| item(artefact, agency)).collect();
        }
        ArtefactBody::Concepts(all) => {
            let concept = |(concept, data_type): &(CodeText, Option<&str>)| {
                let mut concept = item(artefact, concept);
                if let Some(data_type) = data_type {
                    concept["coreRepresentation"] = json!({"format": {"dataType": data_type}});
                }
                concept
            };
            object["isPartial"] = json!(false);
            object["concepts"] = all.iter().map(concept).collect();
        }
        ArtefactBody::Constraint(dataflow, region) => {
            object["role"] = json!("Actual");
            let dataflow = urn(&artefacts.all[*dataflow], None);
            object["constraintAttachment"] = json!({"dataflows": [dataflow]});
            object["annotations"] = metrics(region);
            object["cubeRegions"] = json!([cube(region)]);
        }
        ArtefactBody::Structure { dimensions, attributes, concepts } => {
            let scheme = &artefacts.all[*concepts];
            object["dataStructureComponents"] =
                components(artefacts, dimensions, attributes, scheme);
        }
    }
    object
}

fn item(scheme: &Artefact, item: &CodeText) -> Value {
    let mut object = json!({"id": item.id, "name": &*item.name, "names": names(&item.name),
        "links": [{"rel": "self", "urn": urn(scheme, Some(&item.id))}]});
    if let Some(parent) = &item.parent {
        object["parent"] = parent.as_str().into();
    }
    let notes = item.notes();
    if !notes.is_empty() {
        let note = |(kind, text): &(&str, String)| json!({"title": text, "type": kind});
        object["annotations"] = notes.iter().map(note).collect();
    }
    object
}

fn metrics(region: &Region) -> Value {
    let annotation = |(id, count): (&str, usize)| {
        let count = count.to_string();
        json!({"id": id, "title": count, "type": "sdmx_metrics"})
    };
    region.metrics().into_iter().map(annotation).collect()
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
    let may_miss = |attribute: &Component| {
        attribute.concept.may_miss && OF_FIGURE.contains(&&*attribute.concept.id)
    };
    let usage = if attributes.iter().any(may_miss) { "optional" } else { "mandatory" };
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
