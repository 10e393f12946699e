//! Feeds and the release calendar.
//!
//! Not here: when a step is due (crate `model`).

use std::sync::atomic::Ordering;

use quick_xml::Reader as XmlReader;
use quick_xml::events::Event;
use tempfile::TempDir;
use testkit::publisher::{self, Publisher};

use super::{LAST, embargo, get, read_at};

/// The texts of an element in an XML document, in order; the document must be well formed.
fn texts(document: &str, element: &str) -> Vec<String> {
    let (mut reader, mut is_in, mut texts) = (XmlReader::from_str(document), false, vec![]);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event().expect("XML") {
            Event::Start(start) => {
                is_in = start.name().as_ref() == element;
                if is_in {
                    texts.push(String::new());
                }
            }
            Event::Text(text) if is_in => {
                texts.last_mut().unwrap().push_str(&text);
            }
            Event::End(_) => is_in = false,
            Event::Eof => return texts,
            _ => {}
        }
    }
}

#[test]
fn the_feed_is_atom_and_json() {
    let atom = get("/v1/releases.atom");
    assert_eq!(atom.headers["content-type"], "application/atom+xml; charset=utf-8");
    let titles = texts(&atom.text, "title");
    // The feed's own title, and the newest fifty steps.
    assert_eq!(titles.len(), 51);
    assert!(titles[1].ends_with(LAST), "{titles:?}");
    let ids = texts(&atom.text, "id");
    let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), 51);
    assert!(ids.iter().all(|id| id.len() == 45 && id.starts_with("urn:uuid:")), "{ids:?}");
    assert_eq!(texts(&atom.text, "updated").len(), 51);
    let feed = get("/v1/releases.json").json();
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    let items = feed["items"].as_array().unwrap();
    assert_eq!(items.len(), 50);
    for (item, (title, id)) in items.iter().zip(titles[1..].iter().zip(&ids[1..])) {
        assert_eq!(
            (item["title"].as_str().unwrap(), item["id"].as_str().unwrap()),
            (&**title, &**id)
        );
    }
    // The link leads to a dataflow that there is.
    let flow = items[0]["url"].as_str().unwrap().strip_prefix("../?flow=").unwrap();
    assert_eq!(get(&format!("/v1/dataflows/{flow}")).status, 200);
}

#[test]
fn the_calendar_has_the_next_releases() {
    let calendar = get("/v1/calendar.ics");
    assert_eq!(calendar.headers["content-type"], "text/calendar; charset=utf-8");
    let events: Vec<&str> = calendar.text.split("BEGIN:VEVENT").skip(1).collect();
    assert_eq!(events.len(), 100);
    let plan = publisher::plan();
    let last = tidegauge_model::Period::parse(LAST).unwrap();
    let due = plan.due(last.next()).strftime("%Y%m%dT%H%M%SZ").to_string();
    assert!(events[0].contains(&format!("DTSTART:{due}\r\n")), "{}", events[0]);
    assert!(calendar.text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
    assert!(calendar.text.ends_with("END:VCALENDAR\r\n"));
}

#[test]
fn an_embargo_holds_for_feeds() {
    let directory = TempDir::new().unwrap();
    let plan = publisher::with_embargo(publisher::PLAN, "09:30");
    let mut writer = Publisher::create(directory.path(), &plan);
    writer.release_until("2024-01-19");
    writer.at = "2024-01-21T02:00:00Z";
    writer.release_until("2024-01-20");
    let (reader, clock) = embargo::reader(directory.path(), "2024-01-21T02:00:00Z");
    let newest = || {
        reader.refresh();
        let feed = read_at(&reader, "/v1/releases.json").json();
        feed["items"][0]["title"].as_str().unwrap().to_owned()
    };
    let first = || {
        let text = read_at(&reader, "/v1/calendar.ics").text;
        text.lines().find(|line| line.starts_with("DTSTART")).unwrap().to_owned()
    };
    assert!(newest().ends_with("2024-01-19"));
    assert_eq!(first(), "DTSTART:20240121T093000Z");
    clock.store(embargo::at("2024-01-21T09:30:00Z").as_second(), Ordering::SeqCst);
    assert!(newest().ends_with("2024-01-20"));
    assert_eq!(first(), "DTSTART:20240122T093000Z");
}
