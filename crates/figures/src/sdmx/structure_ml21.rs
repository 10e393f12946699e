//! SDMX-ML 2.1 structure messages.
//!
//! Not here: the list of artefacts ([`super::artefact`]).
//!
//! Invariants:
//! 1. Every message is valid by the official schema (`checks/clients/`).
//! 2. Names may have any text: it is escaped (`sdmx::structure_ml21::tests::names_are_escaped`).
//!
//! Format: `tests/golden/structure.xml`.

use std::io::Write;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::artefact::{Artefact, ArtefactBody, Artefacts, Component};
use super::kind::{SdmxRest, StructureKind};
use super::region::Region;
use crate::formats::message::sender;
use crate::structure::concept::{Attachment, CodeText};
use tidegauge_model::Text;

const SCHEMAS: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1";

/// The representation of a component, which replaces that of its concept.
const LOCAL: &str = "structure:LocalRepresentation";

/// XML written into memory, which cannot fail.
struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn event(&mut self, event: Event<'_>) {
        // Writing to a vector cannot fail.
        let _ = self.0.write_event(event);
    }

    fn start<'a>(name: &'a str, attributes: &[(&'a str, &'a str)]) -> BytesStart<'a> {
        BytesStart::new(name).with_attributes(attributes.iter().copied())
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Start(Self::start(name, attributes)));
    }

    fn close(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Empty(Self::start(name, attributes)));
    }

    fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        self.event(Event::Text(BytesText::new(text)));
        self.close(name);
    }

    /// A text in each of its languages.
    fn texts(&mut self, name: &str, text: &Text) {
        for (language, text) in text.all() {
            self.text(name, &[("xml:lang", language.tag())], text);
        }
    }
}

/// The groups of a message, in the order of the schema.
const GROUPS: [(StructureKind, &str); 6] = [
    (StructureKind::AgencyScheme, "OrganisationSchemes"),
    (StructureKind::Dataflow, "Dataflows"),
    (StructureKind::CodeList, "Codelists"),
    (StructureKind::ConceptScheme, "Concepts"),
    (StructureKind::DataStructure, "DataStructures"),
    (StructureKind::Constraint, "Constraints"),
];

/// The message with the artefacts at these places; those in `stubs` have no contents.
pub(crate) fn message(
    artefacts: &Artefacts,
    places: &[usize],
    stubs: &[usize],
    prepared: &str,
) -> String {
    let mut xml = Xml(Writer::new(Vec::new()));
    xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    let schemas = ["message", "structure", "common"]
        .map(|name| (format!("xmlns:{name}"), format!("{SCHEMAS}/{name}")));
    let attributes = schemas.each_ref().map(|(name, address)| (&**name, &**address));
    xml.open("message:Structure", &attributes);
    xml.open("message:Header", &[]);
    xml.text("message:ID", &[], "STRUCTURE");
    xml.text("message:Test", &[], "false");
    xml.text("message:Prepared", &[], prepared);
    xml.empty("message:Sender", &[("id", sender(&artefacts.agency))]);
    xml.close("message:Header");
    xml.open("message:Structures", &[]);
    for (kind, group) in GROUPS {
        let mut here = places.iter().filter(|&&place| artefacts.all[place].kind == kind).peekable();
        if here.peek().is_none() {
            continue;
        }
        let group = format!("structure:{group}");
        xml.open(&group, &[]);
        for &place in here {
            push(&mut xml, artefacts, &artefacts.all[place], stubs.contains(&place));
        }
        xml.close(&group);
    }
    xml.close("message:Structures");
    xml.close("message:Structure");
    let mut bytes = xml.0.into_inner();
    let _ = bytes.write_all(b"\n");
    String::from_utf8(bytes).unwrap_or_default()
}

fn push(xml: &mut Xml, artefacts: &Artefacts, artefact: &Artefact, is_stub: bool) {
    let element = match artefact.kind {
        StructureKind::AgencyScheme => "structure:AgencyScheme",
        StructureKind::CodeList => "structure:Codelist",
        StructureKind::ConceptScheme => "structure:ConceptScheme",
        StructureKind::Constraint => "structure:ContentConstraint",
        StructureKind::DataStructure => "structure:DataStructure",
        StructureKind::Dataflow => "structure:Dataflow",
    };
    let urn = artefact.urn(SdmxRest::V1_5, None);
    let mut attributes = vec![
        ("id", &*artefact.id),
        ("urn", &*urn),
        ("agencyID", &*artefact.agency),
        ("version", &*artefact.version),
        ("isExternalReference", if is_stub { "true" } else { "false" }),
    ];
    match &artefact.body {
        ArtefactBody::Codes(_, true) if !is_stub => attributes.push(("isPartial", "true")),
        ArtefactBody::Constraint(..) => attributes.push(("type", "Actual")),
        // By the schema, the agencies of a scheme may change.
        _ if artefact.kind == StructureKind::AgencyScheme => {}
        // A constraint grows with the releases; everything else stays as it is.
        _ => attributes.push(("isFinal", "true")),
    }
    xml.open(element, &attributes);
    if let ArtefactBody::Constraint(_, region) = &artefact.body {
        metrics(xml, region);
    }
    xml.texts("common:Name", &artefact.name);
    if let Some(description) = &artefact.description {
        xml.texts("common:Description", description);
    }
    if !is_stub {
        push_body(xml, artefacts, artefact);
    }
    xml.close(element);
}

fn push_body(xml: &mut Xml, artefacts: &Artefacts, artefact: &Artefact) {
    match &artefact.body {
        ArtefactBody::Agencies(all) => {
            for agency in all {
                item(xml, artefact, "structure:Agency", agency, None);
            }
        }
        ArtefactBody::Codes(codes, _) => {
            for code in codes {
                item(xml, artefact, "structure:Code", code, None);
            }
        }
        ArtefactBody::Concepts(all) => {
            for (concept, data_type) in all {
                item(xml, artefact, "structure:Concept", concept, *data_type);
            }
        }
        ArtefactBody::Constraint(dataflow, region) => {
            xml.open("structure:ConstraintAttachment", &[]);
            xml.open("structure:Dataflow", &[]);
            reference(xml, &artefacts.all[*dataflow]);
            xml.close("structure:Dataflow");
            xml.close("structure:ConstraintAttachment");
            push_region(xml, region);
        }
        ArtefactBody::Dataflow(structure) => {
            xml.open("structure:Structure", &[]);
            reference(xml, &artefacts.all[*structure]);
            xml.close("structure:Structure");
        }
        ArtefactBody::Structure { dimensions, attributes, concepts } => {
            push_structure(xml, artefacts, dimensions, attributes, *concepts);
        }
    }
}

fn item(xml: &mut Xml, scheme: &Artefact, element: &str, item: &CodeText, data_type: Option<&str>) {
    let urn = scheme.urn(SdmxRest::V1_5, Some(&item.id));
    xml.open(element, &[("id", &item.id), ("urn", &urn)]);
    let notes = item.notes();
    if !notes.is_empty() {
        xml.open("common:Annotations", &[]);
        for (kind, text) in &notes {
            xml.open("common:Annotation", &[]);
            xml.text("common:AnnotationTitle", &[], text);
            xml.text("common:AnnotationType", &[], kind);
            xml.close("common:Annotation");
        }
        xml.close("common:Annotations");
    }
    xml.texts("common:Name", &item.name);
    if let Some(parent) = &item.parent {
        xml.open("structure:Parent", &[]);
        xml.empty("Ref", &[("id", parent)]);
        xml.close("structure:Parent");
    }
    if let Some(data_type) = data_type {
        format(xml, "structure:CoreRepresentation", data_type);
    }
    xml.close(element);
}

fn metrics(xml: &mut Xml, region: &Region) {
    xml.open("common:Annotations", &[]);
    for (id, count) in region.metrics() {
        xml.open("common:Annotation", &[("id", id)]);
        xml.text("common:AnnotationTitle", &[], &count.to_string());
        xml.text("common:AnnotationType", &[], "sdmx_metrics");
        xml.close("common:Annotation");
    }
    xml.close("common:Annotations");
}

fn push_region(xml: &mut Xml, region: &Region) {
    xml.open("structure:CubeRegion", &[("include", "true")]);
    for dimension in &region.dimensions {
        xml.open("common:KeyValue", &[("id", &dimension.id)]);
        for code in &dimension.codes {
            xml.text("common:Value", &[], &code.id);
        }
        xml.close("common:KeyValue");
    }
    if let Some((first, last)) = region.time_range() {
        xml.open("common:KeyValue", &[("id", "TIME_PERIOD")]);
        xml.open("common:TimeRange", &[]);
        let inclusive = [("isInclusive", "true")];
        xml.text("common:StartPeriod", &inclusive, &first);
        xml.text("common:EndPeriod", &inclusive, &last);
        xml.close("common:TimeRange");
        xml.close("common:KeyValue");
    }
    xml.close("structure:CubeRegion");
}

fn push_structure(
    xml: &mut Xml,
    artefacts: &Artefacts,
    dimensions: &[Component],
    attributes: &[Component],
    concepts: usize,
) {
    let scheme = &artefacts.all[concepts];
    xml.open("structure:DataStructureComponents", &[]);
    xml.open("structure:DimensionList", &[("id", "DimensionDescriptor")]);
    for (position, dimension) in (1..).zip(dimensions) {
        let position = position.to_string();
        let id = &dimension.concept.id;
        xml.open("structure:Dimension", &[("id", id), ("position", &position)]);
        represented(xml, artefacts, scheme, dimension, None);
        xml.close("structure:Dimension");
    }
    let position = (dimensions.len() + 1).to_string();
    let time = [("id", "TIME_PERIOD"), ("position", &*position)];
    xml.open("structure:TimeDimension", &time);
    identity(xml, scheme, "TIME_PERIOD");
    format(xml, LOCAL, "ObservationalTimePeriod");
    xml.close("structure:TimeDimension");
    xml.close("structure:DimensionList");
    xml.open("structure:AttributeList", &[("id", "AttributeDescriptor")]);
    for attribute in attributes {
        let id = &attribute.concept.id;
        let status = if attribute.concept.may_miss { "Conditional" } else { "Mandatory" };
        xml.open("structure:Attribute", &[("id", id), ("assignmentStatus", status)]);
        represented(xml, artefacts, scheme, attribute, attribute.concept.data_type);
        relationship(xml, dimensions, attribute.concept.attachment);
        xml.close("structure:Attribute");
    }
    xml.close("structure:AttributeList");
    xml.open("structure:MeasureList", &[("id", "MeasureDescriptor")]);
    xml.open("structure:PrimaryMeasure", &[("id", "OBS_VALUE")]);
    identity(xml, scheme, "OBS_VALUE");
    format(xml, LOCAL, "Decimal");
    xml.close("structure:PrimaryMeasure");
    xml.close("structure:MeasureList");
    xml.close("structure:DataStructureComponents");
}

fn relationship(xml: &mut Xml, dimensions: &[Component], attachment: Option<Attachment>) {
    xml.open("structure:AttributeRelationship", &[]);
    match attachment {
        Some(Attachment::DataSet) => xml.empty("structure:None", &[]),
        Some(Attachment::Series) => {
            for dimension in dimensions {
                xml.open("structure:Dimension", &[]);
                xml.empty("Ref", &[("id", &dimension.concept.id)]);
                xml.close("structure:Dimension");
            }
        }
        Some(Attachment::Observation) | None => {
            xml.open("structure:PrimaryMeasure", &[]);
            xml.empty("Ref", &[("id", "OBS_VALUE")]);
            xml.close("structure:PrimaryMeasure");
        }
    }
    xml.close("structure:AttributeRelationship");
}

fn represented(
    xml: &mut Xml,
    artefacts: &Artefacts,
    scheme: &Artefact,
    component: &Component,
    data_type: Option<&str>,
) {
    identity(xml, scheme, &component.concept.id);
    match component.codes {
        Some(list) => {
            xml.open(LOCAL, &[]);
            xml.open("structure:Enumeration", &[]);
            reference(xml, &artefacts.all[list]);
            xml.close("structure:Enumeration");
            xml.close(LOCAL);
        }
        None => format(xml, LOCAL, data_type.unwrap_or("String")),
    }
}

fn format(xml: &mut Xml, element: &str, data_type: &str) {
    xml.open(element, &[]);
    xml.empty("structure:TextFormat", &[("textType", data_type)]);
    xml.close(element);
}

fn identity(xml: &mut Xml, scheme: &Artefact, id: &str) {
    xml.open("structure:ConceptIdentity", &[]);
    xml.empty(
        "Ref",
        &[
            ("id", id),
            ("maintainableParentID", &scheme.id),
            ("maintainableParentVersion", &scheme.version),
            ("agencyID", &scheme.agency),
            ("package", "conceptscheme"),
            ("class", "Concept"),
        ],
    );
    xml.close("structure:ConceptIdentity");
}

fn reference(xml: &mut Xml, artefact: &Artefact) {
    let (package, class) = artefact.kind.place(SdmxRest::V1_5);
    xml.empty(
        "Ref",
        &[
            ("id", &artefact.id),
            ("version", &artefact.version),
            ("agencyID", &artefact.agency),
            ("package", package),
            ("class", class),
        ],
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::publisher;

    #[test]
    fn names_are_escaped() {
        let mut artefacts = Artefacts::of(&publisher::plan());
        let flow = artefacts.all.iter().position(|a| a.kind == StructureKind::Dataflow).unwrap();
        artefacts.all[flow].name = Text::english("a < b & \"c\"</common:Name>");
        let text = message(&artefacts, &[flow], &[], "2024-01-01T00:00:00Z");
        assert!(text.contains("a &lt; b &amp; "), "{text}");
        assert_eq!(text.matches("</common:Name>").count(), 1, "{text}");
    }
}
