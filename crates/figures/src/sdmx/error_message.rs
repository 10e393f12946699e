//! Error messages of SDMX-ML 2.1 and SDMX-JSON 2.0.
//!
//! Not here: which error has which HTTP status (crate `serve`).
//!
//! Invariants:
//! 1. A message has the standard's code for its status, and text that no character can break
//!    (`sdmx::error_message::tests::messages_are_escaped`).
//!
//! Format: `<message:Error ...><message:ErrorMessage code="100"><common:Text xml:lang="en">
//! unknown-code: dimension ...</common:Text></message:ErrorMessage></message:Error>`.

use quick_xml::escape::escape;
use serde_json::json;

/// The code of the SDMX guidelines for web services for an HTTP status.
fn standard_code(status: u16) -> u16 {
    match status {
        204 | 404 => 100,
        413 => 130,
        400 | 414 => 140,
        422 => 150,
        501 => 501,
        503 => 503,
        500 => 500,
        // Codes from 1000 on are a service's own.
        other => 1000 + other,
    }
}

/// An SDMX-ML 2.1 error message.
pub fn sdmx_error_ml21(status: u16, code: &str, rule: &str) -> String {
    let text = format!("{code}: {rule}");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><message:Error \
         xmlns:message=\"http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message\" \
         xmlns:common=\"http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common\">\
         <message:ErrorMessage code=\"{}\"><common:Text xml:lang=\"en\">{}</common:Text>\
         </message:ErrorMessage></message:Error>",
        standard_code(status),
        escape(&text),
    )
}

/// An SDMX-JSON 2.0 message that contains only errors.
pub fn sdmx_error_json20(status: u16, code: &str, rule: &str) -> String {
    let schema = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/\
        schemas/2.0.0/sdmx-json-data-schema.json";
    let meta = json!({"schema": schema, "id": "ERROR", "test": false,
        "prepared": "1970-01-01T00:00:00Z", "contentLanguages": ["en"], "sender": {"id": "TG"}});
    let error = json!({"code": standard_code(status), "title": code, "detail": rule});
    json!({"meta": meta, "errors": [error]}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_escaped() {
        let rule = "no code `<\"&'>` in it";
        let xml = sdmx_error_ml21(404, "unknown-code", rule);
        assert!(xml.contains("code=\"100\"") && !xml.contains("`<\""), "{xml}");
        let mut reader = quick_xml::Reader::from_str(&xml);
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
        let json: serde_json::Value =
            serde_json::from_str(&sdmx_error_json20(501, "not-offered", rule)).unwrap();
        assert_eq!(
            (&json["errors"][0]["code"], &json["errors"][0]["detail"]),
            (&501.into(), &rule.into())
        );
    }
}
