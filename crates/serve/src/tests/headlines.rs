//! What a plan wants to be shown first: every headline and every view is a key that answers.
//!
//! Not here: which figures a plan may name (crate `model`), and the page that opens with a view
//! (`checks/browser`).

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{get, read, read_at};
use testkit::publisher::{self, Publisher};
use testkit::{edit, toml};

const HEADLINES: &str = "[[headline]]\ndataflow = \"CROSSINGS\"\nperiod = \"month\"\n\
    series = { DIRECTION = \"ENTRY\" }\ntitle = \"Arrivals\"\n\
    [[headline]]\ndataflow = \"PRESENT\"\nperiod = \"day\"\n";

#[test]
fn headlines_and_views_are_keys_that_answer() {
    let view = "{ marginal = [\"BORDER_POINT\", \"DIRECTION\"], period = \"week\" }";
    let text =
        edit(publisher::PLAN).append(HEADLINES).add("dataflow.CROSSINGS.view", toml(view)).text();
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), &text).release_until("2024-01-31");
    let reader = read(directory.path());
    let series = |dataflow: &str, key: &Value| {
        let path = format!("/v1/data/{dataflow}/{}", key.as_str().unwrap());
        let reply = read_at(&reader, &path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply.json()["series"].as_array().unwrap().len()
    };
    let headlines = read_at(&reader, "/v1/dataflows").json()["headlines"].clone();
    let first = json!({"dataflow": "CROSSINGS", "key": "M.XX.FLOW._T.ENTRY", "title": "Arrivals"});
    let second = json!({"dataflow": "PRESENT", "key": "D.XX.STOCK._T"});
    assert_eq!(headlines, json!([first, second]));
    for headline in headlines.as_array().unwrap() {
        assert_eq!(series(headline["dataflow"].as_str().unwrap(), &headline["key"]), 1);
    }
    let view = read_at(&reader, "/v1/dataflows/CROSSINGS").json()["view"]["key"].clone();
    assert_eq!(view, "W.XX.FLOW.AIR+SEA+RAIL.ENTRY+EXIT");
    assert_eq!(series("CROSSINGS", &view), 6);
    // Where the plan names nothing, the members are absent.
    assert_eq!(read_at(&reader, "/v1/dataflows/PRESENT").json()["view"], Value::Null);
    assert_eq!(get("/v1/dataflows").json()["headlines"], Value::Null);
}
