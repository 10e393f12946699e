//! The metrics of a server that answers requests.
//!
//! Not here: the answers.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower::ServiceExt;

use super::shared;

#[test]
fn metrics_have_no_label_that_a_request_chooses() {
    let service = super::routes(&shared().1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let read = |path: &str| {
        let request = Request::get(path).header("host", "x").body(Body::empty()).unwrap();
        runtime.block_on(async {
            let response = service.clone().oneshot(request).await.unwrap();
            let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            String::from_utf8(bytes.to_vec()).unwrap()
        })
    };
    let names = |text: String| -> Vec<String> {
        text.lines().map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
    };
    let before = names(read("/metrics"));
    assert!(before.iter().any(|name| name == "tidegauge_answers_total{status=\"4xx\"}"));
    for path in ["/v1/data/CANARY/all", "/v1/data/CROSSINGS/all?asOf=CANARY", "/CANARY"] {
        read(path);
    }
    let text = read("/metrics");
    assert!(!text.contains("CANARY"), "{text}");
    assert!(text.contains("tidegauge_answers_total{status=\"4xx\"} 3"), "{text}");
    assert_eq!(names(text), before);
}
