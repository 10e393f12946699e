//! The OpenAPI 3.1 description of our own addresses.
//!
//! Not here: the SDMX roots, which the standard describes, and the ledger, which C2SP describes.
//!
//! Invariants:
//! 1. Every address in it answers, and every parameter in it exists
//!    (`openapi::tests::every_parameter_exists`,
//!    `tests::formats::every_described_address_answers`).
//!
//! Format: `tests/golden/openapi.json`.

use serde_json::{Value, json};

use tidegauge_figures::Format;

/// The answers of an address: this one, none because nothing changed, a refusal.
fn ok(description: &str, content: Value) -> Value {
    json!({"200": {"description": description, "content": content},
        "304": {"description": "Unchanged since the answer with this ETag"},
        "default": {"$ref": "#/components/responses/refused"}})
}

/// An address that is read.
fn get(id: &str, summary: &str, parameters: Value, responses: Value) -> Value {
    json!({"get": {"operationId": id, "summary": summary, "parameters": parameters,
        "responses": responses}})
}

/// The addresses of feeds and of the release calendar.
fn feeds() -> [(&'static str, Value); 3] {
    let feed = |id, summary, name, media_type: &str| {
        get(id, summary, json!([]), ok(name, json!({media_type: {}})))
    };
    let newest = "What became public, the newest first";
    [
        ("/v1/releases.atom", feed("releasesAtom", newest, "Atom", "application/atom+xml")),
        ("/v1/releases.json", feed("releases", newest, "JSON Feed", "application/feed+json")),
        ("/v1/calendar.ics", feed("calendar", "The next releases", "iCalendar", "text/calendar")),
    ]
}

/// The address of pictures.
fn card() -> Value {
    let of_query = [
        ("flow", "A dataflow or a rate; without any, the headlines"),
        ("key", "The key of its series; without any, those with which it opens"),
        ("start", "The first day"),
        ("end", "The last day"),
        ("asOf", "As published at this size of the ledger"),
        ("lang", "The language, in place of the Accept-Language header"),
    ];
    let parameters = of_query.map(|(name, description)| {
        json!({"name": name, "in": "query", "schema": {"type": "string"},
            "description": description})
    });
    let picture = ok("A picture of 1200 by 630", json!({"image/png": {}}));
    let summary = "The newest figures as a picture, for links that are shared";
    get("card", summary, json!(parameters), picture)
}

/// What is derived from published figures.
const DERIVED: &str = "\
    Quartiles of durations, the share that lasts longer than each band (ID.LONGER), survival \
    of cohorts, their stock by age (ID.WAITING), what provisional figures will be in the end \
    (ID.NOWCAST) and how often that held (ID.NOWCAST_HELD), what a bound cuts (ID.CUT), \
    between which counts a cell lies that two bounds tell together (ID.RANGE), rates of \
    transitions, and the plan's rates by their id, each with its interval";

/// The description.
pub(crate) fn document(base_path: &str) -> Value {
    let site = if base_path.is_empty() { "/" } else { base_path };
    let json_of = |schema: Value| json!({"application/json": {"schema": schema}});
    let object = json!({"type": "object"});
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"},
        "description": "A dataflow, such as BORDER_FLOW"});
    let calendar = json!({"name": "calendar", "in": "query", "allowEmptyValue": true,
        "schema": {"type": "string"}, "description": "Also check that no release is overdue"});
    let text = |description: &str| {
        json!({"200": {"description": description, "content": {"text/plain": {
            "schema": {"type": "string"}}}},
            "default": {"$ref": "#/components/responses/refused"}})
    };
    let mut checked = text("Every check is ok");
    checked["503"] = checked["200"].clone();
    checked["503"]["description"] = "A check fails, and its line says why".into();
    let mut document = json!({
        "openapi": "3.1.1",
        "servers": [{"url": site}],
        "info": {
            "title": "Tidegauge", "version": env!("CARGO_PKG_VERSION"),
            "summary": "Differentially private statistics with margins and a public ledger",
            "description": "Aggregates only: there is no address for a person, and no query over \
                events. The same figures are at /sdmx/2.1 (SDMX-REST 1.5) and /sdmx/3.0 (2.2). \
                Names and descriptions come in the languages of the plan, by Accept-Language or \
                by lang= in any address below /v1; without a text in that language, in the \
                plan's own. No figure depends on it.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            "/v1/dataflows": get("dataflows", "All dataflows and their released periods, and the \
                figures to show first", json!([]), ok("The list", json_of(list()))),
            "/v1/dataflows/{id}": get("structure", "Dimensions, codes, attributes, price, formats, \
                and the view to begin with", json!([id]), ok("The structure", json_of(view()))),
            "/v1/data/{id}/{key}": get("data", "Figures, each with its margin, and if the plan \
                names its sources with those that were silent", data(&id),
                ok("The figures", figures())),
            "/v1/derived/{id}/{key}": get("derived", DERIVED, data(&id),
                ok("Columns and rows", table())),
            "/v1/revisions/{id}/{key}": get("revisions", "By how much each later vintage changed \
                its step, and the mean absolute revision by vintage, each with its margin",
                data(&id), ok("Columns and rows", table())),
            "/v1/privacy": get("privacy", "Budget spent, ledger, checkpoint", json!([]),
                ok("The account", json_of(object))),
            "/livez": get("livez", "Whether the process runs", json!([]), text("It runs")),
            "/readyz": get("readyz", "Whether everything served verifies, a line for each check",
                json!([calendar]), checked),
        },
        "components": {
            "schemas": {"Error": {
                "type": "object", "required": ["code", "rule"],
                "properties": {"code": {"type": "string"}, "rule": {"type": "string"}},
            }},
            "responses": {"refused": {
                "description": "An error: a code for programs and a rule for people",
                "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Error"}}},
            }},
        },
    });
    for (address, described) in feeds() {
        document["paths"][address] = described;
    }
    document["paths"]["/card.png"] = card();
    document
}

/// The parameters of figures: name, schema, description.
fn parameters() -> [(&'static str, Value, &'static str); 10] {
    let period = json!({"type": "string", "examples": ["2024", "2024-Q1", "2024-01", "2024-W03",
        "2024-01-15"]});
    let count = json!({"type": "integer", "minimum": 1});
    let state = json!({"type": "string", "examples": ["1200", "2024-01-31T12:00:00Z"]});
    let names: Vec<&str> = Format::ALL.into_iter().map(Format::name).collect();
    [
        ("startPeriod", period.clone(), "The first period, included"),
        ("endPeriod", period, "The last period, included to its end"),
        (
            "firstNObservations",
            count.clone(),
            "At most so many observations of each series, from its beginning",
        ),
        ("lastNObservations", count, "At most so many observations of each series, up to its end"),
        ("asOf", state.clone(), "As published at this size of the ledger or at this instant"),
        ("updatedAfter", state, "Only observations published by a later entry"),
        (
            "decimals",
            json!({"enum": ["3"]}),
            "Figures with three decimals; without it whole numbers where every margin of the \
                dataflow is at least 1",
        ),
        (
            "includeHistory",
            json!({"enum": ["true", "false"]}),
            "Every vintage of each figure, oldest first",
        ),
        ("format", json!({"enum": names}), "The format, in place of the Accept header"),
        (
            "lang",
            json!({"type": "string", "examples": ["de"]}),
            "The language of names, a BCP 47 tag, in place of the Accept-Language header",
        ),
    ]
}

fn data(id: &Value) -> Value {
    let key = json!({"name": "key", "in": "path", "required": true, "schema": {"type": "string"},
        "examples": {"one": {"value": "D.HK.FLOW.AIRPORT.ENTRY._T"}, "all": {"value": "all"},
            "file": {"value": "D..FLOW.AIRPORT...parquet"}},
        "description": "A part for each dimension, joined by dots: codes joined by plus, or \
            nothing for every code except the total; a dimension left out at the end is its total. \
            May end in a dot and the name of a format."});
    let of_query = parameters().map(|(name, schema, description)| {
        json!({"name": name, "in": "query", "schema": schema, "description": description})
    });
    [id.clone(), key].into_iter().chain(of_query).collect()
}

fn text_member(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

/// The list of dataflows, of which only the headlines, the sources, the rules and the
/// method are described.
fn list() -> Value {
    json!({"type": "object", "properties": {"intake": intake(), "retention": retention(),
        "lifeCycle": plan_cycle(), "store": {"type": "object", "properties": {"method": method()}},
        "headlines": {"type": "array",
        "description": "The figures to show first, in this order, if the plan names some",
        "items": {"type": "object", "required": ["dataflow", "key"], "properties": {
            "dataflow": text_member("Its dataflow"), "key": text_member("The key of its series"),
            "title": text_member("Its title, if the plan gives one")}}}}})
}

/// Texts on method and quality.
fn method() -> Value {
    let text = json!({"type": "object", "required": ["id", "sims", "text"], "properties": {
        "id": text_member("The key in the plan"),
        "sims": text_member("The number of the concept in SIMS 2.0"),
        "text": text_member("The text")}});
    json!({"type": "array", "description": "What the plan says of method and quality, if it says \
        anything", "items": text})
}

/// How long private data is kept.
fn retention() -> Value {
    let count = |description: &str| json!({"type": "integer", "description": description});
    json!({"type": "object", "description": "How long private data is kept; a member that is \
        absent means for ever", "properties": {
            "eventsSteps": count("Steps after its own for which an event is taken and kept"),
            "personsWindows": count("Whole windows without an event after which a person is \
                forgotten")}})
}

/// The life cycle of the plan.
fn plan_cycle() -> Value {
    let transition = json!({"type": "object", "required": ["from", "to", "name"], "properties": {
        "from": text_member("The status before"), "to": text_member("The status after"),
        "name": text_member("The name under which it is counted"),
        "kind": text_member("The kind of the event; none for a timer"),
        "afterDays": {"type": "integer", "description": "For a timer, the days that pass first; \
            none if it is due after the date of an event"}}});
    json!({"type": "object", "required": ["model", "statuses", "corrections", "transitions"],
        "properties": {"model": text_member("The name of the model"),
            "statuses": {"type": "array", "description": "The first is that of a person who was \
                never seen", "items": text_member("A status")},
            "corrections": {"type": "boolean", "description": "Whether events can be corrected"},
            "transitions": {"type": "array", "items": transition}}})
}

/// The sources of a plan.
fn intake() -> Value {
    let minutes = |description: &str| json!({"type": "integer", "description": description});
    let days = json!({"from": text_member("The first day"), "to": text_member("The last day")});
    let mut key = json!({"type": "object", "required": ["id", "public"], "properties": days});
    key["properties"]["id"] = text_member("Its identifier within the source");
    key["properties"]["public"] = text_member("The public key, Ed25519, in base64");
    let mut source = json!({"type": "object", "required": ["id", "name", "completeEvery",
        "completeWithinMinutes", "keys"], "properties": days});
    for (name, member) in [
        ("id", text_member("Its identifier")),
        ("name", text_member("Its name")),
        ("completeEvery", text_member("The period at whose end it declares completeness")),
        ("completeWithinMinutes", minutes("After the end of such a period")),
        ("keys", json!({"type": "array", "items": key})),
    ] {
        source["properties"][name] = member;
    }
    json!({"type": "object", "description": "The agencies that deliver events, and how long a step \
        waits for them, if the plan names its sources",
        "required": ["longestWaitMinutes", "pseudonymKey", "sources"], "properties": {
            "longestWaitMinutes": minutes("After a step is due"),
            "pseudonymKey": text_member("The id of the key under which agencies make pseudonyms"),
            "sources": {"type": "array", "items": source}}})
}

/// The structure of a dataflow, of which only the view, what is counted and measured again, the
/// roles of dimensions, the beginnings, the silent sources and the life cycle are described.
fn view() -> Value {
    json!({"type": "object", "properties": {"boundOf": text_member("The dataflow whose bound it \
        counts persons at, if it counts any"),
        "firstOf": text_member("The dataflow of which it counts only the first contributions of \
            each person"),
        "statuses": {"type": "array", "description": "The statuses in which persons are counted, \
            or whose spells are", "items": text_member("A status")},
        "method": method(),
        "vintages": {"type": "array", "description": "After how many steps a step is measured \
            again, to count the events that arrived since", "items": {"type": "integer"}},
        "refined": {"type": "boolean", "description": "Whether later steps of a window refine the \
            figures of earlier ones"},
        "view": {"type": "object",
        "description": "What to show if a reader asks for nothing else, if the plan says so",
        "required": ["key"], "properties": {"key": text_member("The key of its series")}},
        "roles": {"type": "object", "description": "For a duration or a cohort, the dimensions \
            whose codes come from the spell", "properties": {
                "age": text_member("Calendar months since it began"),
                "band": text_member("In which its length lies"),
                "transition": text_member("By which it began or ended")}},
        "beginnings": {"type": "array", "description": "The transitions by which a cohort begins",
            "items": {"type": "string"}},
        "silent": {"type": "array", "description": "The newest steps whose newest vintage lacks \
            events of sources that had not declared them complete, the newest first",
            "items": {"type": "object", "required": ["step", "sources"], "properties": {
                "step": text_member("The step"), "sources": {"type": "array",
                    "items": text_member("The id of a source")}}}},
        "lifeCycle": life_cycle()}})
}

/// The life cycle, as a dataflow counts it.
fn life_cycle() -> Value {
    fn statuses(description: &str) -> Value {
        json!({"type": "array", "items": {"type": "string"}, "description": description})
    }
    json!({"type": "object", "description": "The statuses and transitions of the plan, for a \
        dataflow that counts transitions or persons present",
        "required": ["model", "statuses", "transitions"], "properties": {
            "model": text_member("The name of the life cycle"),
            "statuses": statuses("In order; every person begins in the first"),
            "present": statuses("In which persons are counted as present"),
            "dimension": text_member("Whose codes are transitions, or kinds of events"),
            "transitions": {"type": "array", "items": {"type": "object",
                "required": ["id", "from", "to", "counted"], "properties": {
                    "id": text_member("Its name"), "kind": text_member("The kind of the event; \
                        none for a transition by a timer"),
                    "from": text_member("The status before"),
                    "to": text_member("The status after"),
                    "counted": {"type": "boolean", "description": "Whether it is counted here"},
                    "code": text_member("Its code in the dimension")}}}}})
}

fn figures() -> Value {
    let schema = |format: Format| match format {
        Format::Json | Format::JsonStat | Format::SdmxJson20 => json!({"type": "object"}),
        Format::Parquet | Format::Xlsx => json!({"type": "string", "contentEncoding": "binary"}),
        _ => json!({"type": "string"}),
    };
    let content =
        |format: Format| (format.media_type().to_owned(), json!({"schema": schema(format)}));
    Value::Object(Format::ALL.into_iter().map(content).collect())
}

fn table() -> Value {
    json!({"application/json": {"schema": {"type": "object",
            "required": ["dataflow", "asOf", "columns", "rows"]}},
        "text/csv": {"schema": {"type": "string"}}})
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegauge_figures::parse_parameters;

    #[test]
    fn every_parameter_exists() {
        for (name, schema, _) in parameters() {
            let example = &schema["examples"][0];
            let value = match (example.as_str(), schema["enum"][0].as_str()) {
                (Some(text), _) | (_, Some(text)) => text.to_owned(),
                _ => schema["minimum"].to_string(),
            };
            assert!(parse_parameters(Some(&format!("{name}={value}"))).is_ok(), "{name}={value}");
        }
    }
}
