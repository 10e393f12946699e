//! The pages as the server writes them: figures without scripts, cards of shared links, and what
//! search engines read.
//!
//! Not here: what scripts show in their place (`checks/browser/served.test.js`).

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use resvg::tiny_skia::Pixmap;
use serde_json::Value;
use tempfile::TempDir;
use tidegauge_figures::Reader;
use tower::ServiceExt;

use crate::words::Words;

use super::{LAST, embargo, get, read, read_at, routes, shared};
use testkit::edit;
use testkit::publisher::{self, Publisher};

const VIEW: &str = "flow=CROSSINGS&key=D.XX.FLOW.AIR.ENTRY";

/// The cells of every row of figures of a page.
fn rows(page: &str) -> Vec<Vec<String>> {
    let bodies = page.split("<tbody>").skip(1).filter_map(|rest| rest.split("</tbody>").next());
    bodies.flat_map(|body| body.split("<tr").skip(1)).map(cells).collect()
}

fn cells(row: &str) -> Vec<String> {
    let cells = row.split("</t").filter_map(|cell| cell.rsplit_once('>'));
    cells.map(|(_, text)| text.to_owned()).filter(|text| !text.is_empty()).collect()
}

fn bytes(reader: &Arc<Reader>, path: &str) -> Vec<u8> {
    let request = Request::get(path).header(header::HOST, "statistics.example.org");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let request = request.body(Body::empty()).unwrap();
        let response = routes(reader).oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
    })
}

/// A number as the pages write it.
fn shown(number: &Value) -> String {
    let x = number.as_f64().unwrap();
    let digits = format!("{:.0}", x.abs());
    let grouped = digits.len().checked_sub(3).filter(|place| *place > 0);
    let digits = grouped.map_or(digits.clone(), |place| {
        assert!(place <= 3, "one group is enough in these tests");
        format!("{},{}", &digits[..place], &digits[place..])
    });
    if x < 0.0 { format!("\u{2212}{digits}") } else { digits }
}

#[test]
fn the_table_has_the_figures_of_the_data() {
    for key in ["D.XX.FLOW.AIR.ENTRY", "W.XX.FLOW._T._T", "M.XX.FLOW.SEA+RAIL.EXIT"] {
        let page = get(&format!("/?flow=CROSSINGS&key={key}")).text;
        let path = format!("/v1/data/CROSSINGS/{key}?lastNObservations=24&format=json");
        let answer = get(&path).json();
        let mut expected = vec![];
        for series in answer["series"].as_array().unwrap() {
            for row in series["observations"].as_array().unwrap().iter().rev() {
                let [value, margin, low, high] = [1, 2, 3, 4].map(|place| shown(&row[place]));
                expected.push([value, format!("\u{b1} {margin}"), low, high]);
            }
        }
        let found: Vec<[String; 4]> = rows(&page)
            .into_iter()
            .map(|row| [1, 2, 3, 4].map(|place: usize| row[place].clone()))
            .collect();
        assert_eq!(found, expected, "{key}");
    }
    // The newest figure of a single series stands in a sentence as well.
    let page = get(&format!("/?{VIEW}")).text;
    let newest = &rows(&page)[0];
    assert_eq!(newest[0], "20 Feb 2024");
    assert!(page.contains(&format!("<span class=\"value\">{}</span>", newest[1])));
    assert!(page.contains("on 20 February 2024"));
    // An earlier state has the figures of that state.
    let state = get(&format!("/?{VIEW}&asOf=40")).text;
    assert!(state.contains(&state_of("40")));
    assert_ne!(rows(&state)[0], *newest);
    let german = get(&format!("/?{VIEW}&lang=de")).text;
    assert!(german.contains("<html lang=\"de\">") && german.contains("20. Februar 2024"));
}

#[test]
fn many_series_have_their_newest_figures_only() {
    let all = "AIR+SEA+RAIL+_T.ENTRY+EXIT+_T";
    let page = get(&format!("/?flow=CROSSINGS&key=D.XX.FLOW.{all}")).text;
    let rows = rows(&page);
    assert_eq!(rows.len(), 12);
    assert!(rows.iter().all(|row| row[1] == "20 Feb 2024" && row.len() == 7), "{rows:?}");
}

#[test]
fn the_front_page_lists_headlines() {
    let text = edit(publisher::PLAN)
        .append(
            "[[headline]]\ndataflow = \"CROSSINGS\"\nperiod = \"month\"\n\
             series = { DIRECTION = \"ENTRY\" }\ntitle = \"Arrivals <b>\"\n",
        )
        .text();
    let directory = TempDir::new().unwrap();
    Publisher::create(directory.path(), &text).release_until("2024-01-31");
    let reader = read(directory.path());
    let page = read_at(&reader, "/").text;
    let answer = read_at(&reader, "/v1/data/CROSSINGS/M.XX.FLOW._T.ENTRY.json").json();
    let newest = answer["series"][0]["observations"].as_array().unwrap().last().unwrap();
    assert!(page.contains("Arrivals &lt;b&gt;</a></h2>") && !page.contains("Arrivals <b>"));
    let figure = |place: usize| (newest[place].as_f64().unwrap() as i64).to_string();
    let plain = page.replace(',', "");
    assert!(plain.contains(&format!("<span class=\"value\">{}</span>", figure(1))), "{page}");
    assert!(plain.contains(&format!("<span class=\"margin\">\u{b1} {}</span>", figure(2))));
    assert!(page.contains("in January 2024"));
    // A plan without headlines shows one series of each dataflow, and every statistic is linked.
    let plain = get("/").text;
    assert_eq!(plain.matches("<span class=\"margin\">").count(), 3);
    for flow in ["CROSSINGS", "PRESENT", "AT_BOUND"] {
        assert!(plain.contains(&format!("href=\"./?flow={flow}\"")), "{flow}");
    }
}

#[test]
fn hostile_addresses_are_escaped() {
    for query in [
        "flow=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "flow=CROSSINGS&key=D.XX.FLOW.%3Cscript%3E.%27%22",
        "flow=CROSSINGS&key=D.XX.FLOW.AIR.ENTRY.%3Cscript%3E",
        "flow=CROSSINGS&start=%3Cscript%3E",
        "flow=CROSSINGS&asOf=%22%3Cscript%3E&key=%00%ff",
    ] {
        let reply = get(&format!("/?{query}"));
        assert_eq!(reply.status, 404, "{query}");
        assert_eq!(reply.text.matches("<script").count(), 1, "{query}");
        assert!(reply.text.contains("<meta name=\"robots\" content=\"noindex\">"), "{query}");
        assert!(!reply.text.contains("rel=\"canonical\"") && reply.text.contains("Not found"));
        let card = get(&format!("/card.png?{query}"));
        assert!(card.status == 404 || card.status == 400, "{query}");
        assert!(card.json()["code"].is_string());
    }
    for view in ["", "&view=map"] {
        let view =
            format!("/?{VIEW}{view}&shows=%22%3E%3Cscript%3E&lang=%22%3Cscript%3E&at=%3Cu%3E");
        let reply = get(&view);
        assert_eq!((reply.status.as_u16(), reply.text.matches("<script").count()), (200, 1));
        assert!(!reply.text.contains("<u>"), "{view}");
    }
    // A host is text as well.
    let asked = Request::get("/").header(header::HOST, "a\"b");
    let reply = super::request(&shared().1, asked.body(Body::empty()).unwrap());
    assert!(reply.status == 400 || !reply.text.contains("a\"b"));
}

#[test]
fn a_shared_link_has_a_card() {
    let page = get(&format!("/?lang=de&codes=name&{VIEW}")).text;
    let content = |property: &str| content(&page, property).unwrap();
    let site = "http://statistics.example.org/";
    assert_eq!(content("og:url"), format!("{site}?{VIEW}"));
    assert_eq!(content("og:image"), format!("{site}card.png?{VIEW}&lang=de"));
    assert_eq!(
        (content("og:image:width"), content("og:image:height")),
        ("1200".into(), "630".into())
    );
    assert!(content("og:title").contains("Airport"));
    let newest = &rows(&page)[0];
    for words in [&newest[1], &newest[2], "20. Februar 2024"] {
        assert!(content("og:description").contains(words), "{words}");
    }
    assert_eq!(content("twitter:card"), "summary_large_image");
    assert_eq!(page.matches("rel=\"canonical\"").count(), 1);
    let canonical = format!("rel=\"canonical\" href=\"./?{}\"", VIEW.replace('&', "&amp;"));
    assert!(page.contains(&canonical));
    for language in crate::assets::LANGUAGES {
        assert!(page.contains(&format!("hreflang=\"{language}\" href=\"./?flow=CROSSINGS")));
    }
    assert_eq!(page.matches("<title>").count(), 1);
    // The picture that it names is there.
    let picture = get(content("og:image").strip_prefix(site.trim_end_matches('/')).unwrap());
    assert_eq!(
        (picture.status.as_u16(), &picture.headers["content-type"]),
        (200, &"image/png".parse().unwrap())
    );
}

/// What the head of a page says of this property or under this name.
fn content(page: &str, property: &str) -> Option<String> {
    let rest = page.split(&format!("\"{property}\" content=\"")).nth(1)?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}

/// That a page shows an earlier state.
fn state_of(size: &str) -> String {
    Words::of("en").fill("vintage-shown", &[("size", size)])
}

/// The texts of a page without its elements.
fn words(page: &str) -> String {
    let texts = page.split('<').map(|piece| piece.split_once('>').map_or("", |(_, text)| text));
    let joined = texts.collect::<Vec<_>>().join(" ");
    joined.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_view_of_one_period_has_the_figures_of_that_period() {
    let key = "flow=CROSSINGS&key=D.XX.FLOW._T._T";
    let page = |rest: &str| {
        let reply = get(&format!("/?{key}{rest}"));
        assert_eq!(reply.status, 200, "{rest}");
        reply.text
    };
    let figure = |page: &str| {
        let value = page.split("<span class=\"value\">").nth(1).unwrap();
        value.split('<').next().unwrap().to_owned()
    };
    let plain = page("");
    let all = rows(&plain);
    assert_ne!(all[0][1], all[5][1]);
    // The fifth period before the newest.
    let at = "at=2024-02-15";
    for view in ["map", "ranking", "lifecycle", "distribution", "survival"] {
        for range in ["", "&last=all", "&start=2024-02-01&end=2024-02-18", "&end=2024-02-15"] {
            let rest = format!("&view={view}&{at}{range}");
            let shown = page(&rest);
            assert_eq!(figure(&shown), all[5][1], "{rest}");
            assert_eq!(rows(&shown)[0], all[5], "{rest}");
            for property in ["description", "og:description", "og:image:alt"] {
                let said = content(&shown, property).unwrap();
                assert!(said.contains(&all[5][1]) && said.contains("15 February"), "{said}");
            }
            let picture = content(&shown, "og:image").unwrap();
            assert!(picture.contains(at), "{picture}");
        }
    }
    let card = |rest: &str| bytes(&shared().1, &format!("/card.png?{key}{rest}"));
    assert_eq!(card("&view=map"), card("&view=map&at=2024-02-20"));
    assert_ne!(card("&view=map"), card(&format!("&view=map&{at}")));
    // Others have the newest figure, whatever the address says.
    assert_eq!(figure(&page(&format!("&{at}"))), all[0][1]);
    // A period without figures has words in their place, and no picture.
    for rest in [
        "&at=1999-01-01",
        "&at=x",
        "&at=2024-02",
        "&at=2024-02-15&end=2024-02-14",
        "&at=2024-02-15&start=2024-02-16",
        "&at=2023-11-20",
    ] {
        let reply = page(&format!("&view=map{rest}"));
        let named = rest.strip_prefix("&at=").unwrap().split('&').next().unwrap();
        let said = words(&reply);
        let expected = Words::of("en").fill("period-none", &[("period", named)]);
        assert!(said.contains(&expected), "{rest}: {said}");
        assert!(rows(&reply).is_empty() && !reply.contains("<span class=\"value\">"), "{rest}");
        assert_eq!(content(&reply, "og:image"), None, "{rest}");
        assert_eq!(get(&format!("/card.png?{key}&view=map{rest}")).status, 404, "{rest}");
    }
    // With everything that is released, an old period has its figures.
    assert!(!rows(&page("&view=map&at=2023-11-20&last=all")).is_empty());
    // Of many series each has its own figure of the period.
    let many = "flow=CROSSINGS&key=D.XX.FLOW.AIR+SEA+RAIL+_T.ENTRY+EXIT+_T";
    let many = get(&format!("/?{many}&view=map&{at}")).text;
    assert_eq!(rows(&many).len(), 12);
    assert!(rows(&many).iter().all(|row| row[1] == "15 Feb 2024"));
}

#[test]
fn what_scripts_do_not_find_is_not_found() {
    let flow = "flow=CROSSINGS";
    for (query, expected) in [
        ("view=zzz", "The address contains view=zzz, which has no meaning here."),
        ("by=NOPE", "contains by=NOPE, which"),
        ("by=BORDER_POINT/9", "contains by=BORDER_POINT/9, which"),
        ("top=some", "contains top=some, which"),
        ("compare=month", "contains compare=month, which"),
        ("region=mars", "contains region=mars, which"),
        ("codes=long", "contains codes=long, which"),
        ("sort=A", "contains sort=A, which"),
        ("rows=NOPE", "puts \u{201c}NOPE\u{201d} in the rows of the table"),
        ("rows=NOPE.DIRECTION.MORE", "puts \u{201c}NOPE\u{201d} and \u{201c}MORE\u{201d} in the"),
        ("rows=A.B", "DIRECTION and TIME_PERIOD."),
        ("rows=.", "contains rows=., which"),
        ("key=D.XX.FLOW.A+B", "has no code \u{201c}A\u{201d} or \u{201c}B\u{201d}."),
    ] {
        let reply = get(&format!("/?{flow}&{query}"));
        assert_eq!(reply.status, 404, "{query}");
        assert!(words(&reply.text).contains(expected), "{query}: {}", words(&reply.text));
        assert!(rows(&reply.text).is_empty(), "{query}");
        for path in ["card.png", "embed"] {
            let other = get(&format!("/{path}?{flow}&{query}"));
            assert_eq!(other.status, 404, "{path} {query}");
        }
        let card = get(&format!("/card.png?{flow}&{query}")).json();
        assert!(card["detail"].as_str().unwrap().contains(expected), "{query}: {card}");
        let embedded = get(&format!("/embed?{flow}&{query}")).text;
        assert!(words(&embedded).contains(expected), "{query}");
    }
    for query in [
        "view=ranking",
        "by=BORDER_POINT",
        "rows=DIRECTION.TIME_PERIOD",
        "sort=up.ENTRY",
        "view=&by=&rows=",
        "top=all&compare=year&region=asia",
        "since=40",
    ] {
        assert_eq!(get(&format!("/?{flow}&{query}")).status, 200, "{query}");
    }
}

#[test]
fn wrong_dates_and_states_are_named_as_the_address_names_them() {
    for (query, expected) in [
        ("start=2024-02-30", "The address contains start=2024-02-30, which is not a valid date."),
        ("start=9999-12-31", "contains start=9999-12-31, which is not a valid date."),
        ("end=2024-13-01", "contains end=2024-13-01, which is not a valid date."),
        ("start=2024-02-30&lang=de", "start=2024-02-30; das ist kein g\u{fc}ltiges Datum."),
        ("asOf=99999999", "contains asOf=99999999, but the ledger has only "),
        ("since=9999999999999999", "contains since=9999999999999999, but the ledger has only "),
        ("asOf=99999999&lang=de", "das Register hat aber nur "),
    ] {
        let reply = get(&format!("/?{VIEW}&{query}"));
        assert_eq!(reply.status, 404, "{query}");
        let said = words(&reply.text);
        assert!(said.contains(expected), "{query}: {said}");
        for wrong in ["startPeriod", "parameter", "the state of the", "Stand des"] {
            assert!(!said.contains(wrong), "{query}: {wrong}");
        }
        assert!(rows(&reply.text).is_empty(), "{query}");
        let card = get(&format!("/card.png?{VIEW}&{query}"));
        assert_eq!(card.status, 404, "{query}");
        assert!(card.json()["detail"].as_str().unwrap().contains(expected), "{query}");
    }
    // Why there are no figures is said in the language of the page.
    let key = "flow=CROSSINGS&key=D.XX.FLOW.AIR+SEA.ENTRY";
    let range = |lang: &str| get(&format!("/?{key}&start=2030-01-01&lang={lang}")).text;
    assert!(words(&range("de")).contains("In diesem Zeitraum"), "{}", words(&range("de")));
}

#[test]
fn the_plan_can_be_read_without_scripts() {
    let reply = get("/plan?lang=de");
    assert_eq!(reply.status, 200);
    let (page, said) = (&reply.text, words(&reply.text));
    let statement = read_at(&shared().1, "/v1/dataflows").json()["store"].clone();
    assert!(
        page.contains(&format!("<title>Plan \u{2013} {}</title>", text_of(&statement, "title")))
    );
    for message in ["plan", "plan-lead", "plan-toml", "plan-noscript", "part-counted"] {
        let message = Words::of("de").say(message);
        assert!(said.contains(message), "{message}: {said}");
    }
    assert!(!page.contains(">plan<") && !page.contains("aria-label=\"plan-contents\""));
    for name in ["title", "purpose", "controller", "legalBasis", "agency"] {
        assert!(said.contains(&text_of(&statement, name)), "{name}: {said}");
    }
    let flows = read_at(&shared().1, "/v1/dataflows").json()["dataflows"].clone();
    for flow in flows.as_array().unwrap() {
        assert!(said.contains(&text_of(flow, "description")), "{flow}");
        let link = format!("href=\"./?flow={}&amp;lang=de\"", text_of(flow, "id"));
        assert!(page.contains(&link), "{link}");
    }
    let plan = format!("id=\"toml\" href=\"{}\"", text_of(&statement, "plan"));
    assert!(page.contains(&plan), "{plan}");
    assert!(page.contains("rel=\"canonical\" href=\"./plan\""));
    // Plan and ledger can be read in other languages without scripts.
    for path in ["plan", "ledger"] {
        let page = get(&format!("/{path}")).text;
        assert_eq!(page.matches("<title>").count(), 1);
        for language in crate::assets::LANGUAGES {
            assert!(page.contains(&format!("<a href=\"?lang={language}\" lang=")), "{path}");
            let place = format!("hreflang=\"{language}\" href=\"./{path}?lang={language}\"");
            assert!(page.contains(&place), "{place}");
        }
    }
}

fn text_of(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

#[test]
fn an_embedded_view_has_figures_without_scripts() {
    let whole = get(&format!("/?{VIEW}&lang=de"));
    let embedded = get(&format!("/embed?{VIEW}&lang=de"));
    assert_eq!(embedded.status, 200);
    let (newest, said) = (&rows(&whole.text)[0], words(&embedded.text));
    for part in [&newest[1], &newest[2], "20. Februar 2024", "Quelle:"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let link = format!("href=\"./?{}&amp;lang=de\"", VIEW.replace('&', "&amp;"));
    assert!(embedded.text.contains(&link), "{}", embedded.text);
    assert_eq!(embedded.text.matches("<h1").count(), 1);
    assert!(!embedded.text.contains("<h1 id=\"title\"></h1>"));
    // That the data are synthetic is said on every page.
    for path in ["/", "/plan", "/ledger", "/embed"] {
        let page = get(path).text;
        let tag = page.split("<aside").find(|rest| rest.contains("id=\"synthetic\"")).unwrap();
        assert!(!tag.split('>').next().unwrap().contains("hidden"), "{path}");
        assert!(words(&page).contains(Words::of("en").say("synthetic")), "{path}");
    }
    assert!(embedded.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().ends_with('*'));
    // It changes with its figures, as the whole view does.
    let state = get(&format!("/embed?{VIEW}&asOf=40"));
    assert!(words(&state.text).contains(&state_of("40")));
    assert_ne!(state.headers[header::ETAG], embedded.headers[header::ETAG]);
    // Without a statistic it is that of the first one.
    assert!(words(&get("/embed").text).contains("95% confidence"));
}

#[test]
fn a_card_is_a_picture_with_text() {
    let picture = |query: &str| {
        let png = bytes(&shared().1, &format!("/card.png?{query}"));
        assert!(png.len() < 100_000, "{query}: {}", png.len());
        let picture = Pixmap::decode_png(&png).unwrap();
        assert_eq!((picture.width(), picture.height()), (1200, 630), "{query}");
        picture
    };
    // Dark pixels within a part of the picture.
    let ink = |picture: &Pixmap, [left, top, right, bottom]: [u32; 4]| {
        let all = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
        let dark = all.filter(|&(x, y)| picture.pixel(x, y).is_some_and(|pixel| pixel.red() < 120));
        dark.count()
    };
    let one = picture(VIEW);
    let [title, figure, chart, foot] =
        [[60, 90, 1140, 150], [60, 180, 600, 270], [60, 320, 1140, 515], [60, 570, 700, 610]];
    for part in [title, figure, chart, foot] {
        assert!(ink(&one, part) > 300, "{part:?}: {}", ink(&one, part));
    }
    assert_ne!(one, picture("flow=CROSSINGS&key=D.XX.FLOW.AIR.EXIT"));
    assert_ne!(one, picture(&format!("{VIEW}&lang=de")));
    for query in ["", "flow=PRESENT", "flow=CROSSINGS&key=D.XX.FLOW.AIR+SEA.ENTRY+EXIT"] {
        assert!(ink(&picture(query), title) > 300, "{query}");
    }
    // The answer is kept, and asked for again it is not sent.
    let first = get(&format!("/card.png?{VIEW}"));
    let again = Request::get(format!("/card.png?{VIEW}"))
        .header(header::IF_NONE_MATCH, first.headers[header::ETAG].clone());
    let again = super::request(&shared().1, again.body(Body::empty()).unwrap());
    assert_eq!((again.status.as_u16(), again.bytes), (304, 0));
}

#[test]
fn an_embargo_holds_for_pages() {
    let directory = TempDir::new().unwrap();
    let plan = publisher::with_embargo(publisher::PLAN, "09:30");
    let mut writer = Publisher::create(directory.path(), &plan);
    writer.release_until("2024-01-19");
    writer.at = "2024-01-21T02:00:00Z";
    writer.release_until("2024-01-20");
    let (reader, clock) = embargo::reader(directory.path(), "2024-01-21T02:00:00Z");
    let night = read_at(&reader, &format!("/?{VIEW}"));
    let (front, card) = (read_at(&reader, "/"), bytes(&reader, &format!("/card.png?{VIEW}")));
    let listed = rows(&night.text);
    assert!(listed[0][0] == "19 Jan 2024" && listed[0].len() == 6, "{:?}", listed[0]);
    let until = "figures up to 20 January 2024, until 21 Jan 2024, 09:30 UTC";
    assert!(night.text.contains(until), "{}", night.text);
    assert!(!night.text.contains("on 20 January"));
    let asked = read_at(&reader, &format!("/?{VIEW}&start=2024-01-20"));
    assert!(rows(&asked.text).is_empty() && asked.text.contains(until));
    assert!(!front.text.contains("20 January"));
    assert!(night.text.contains("on 19 January 2024"));
    clock.store(embargo::at("2024-01-21T09:30:00Z").as_second(), Ordering::SeqCst);
    reader.refresh();
    let day = read_at(&reader, &format!("/?{VIEW}"));
    assert!(rows(&day.text)[0].len() == 6 && rows(&day.text)[1] == listed[0]);
    assert!(read_at(&reader, "/").text.contains("20 January"));
    assert_ne!(night.headers[header::ETAG], day.headers[header::ETAG]);
    assert_ne!(card, bytes(&reader, &format!("/card.png?{VIEW}")));
    // Before anything is public there are words, and no picture.
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), &plan);
    writer.at = "2023-11-16T02:00:00Z";
    writer.release_until("2023-11-15");
    let (first, _) = embargo::reader(directory.path(), "2023-11-16T03:00:00Z");
    for path in ["/", "/?flow=CROSSINGS"] {
        let page = read_at(&first, path);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.contains("under embargo until 16 Nov 2023, 09:30 UTC"), "{path}");
        assert!(!page.text.contains("class=\"value\">") && !page.text.contains("og:image"));
        assert_eq!(read_at(&first, &format!("/card.png{}", &path[1..])).status, 404);
    }
}

#[test]
fn an_etag_changes_with_the_figures() {
    let directory = TempDir::new().unwrap();
    let mut writer = Publisher::create(directory.path(), publisher::PLAN);
    let reader = read(directory.path());
    let tag = |path: &str| read_at(&reader, path).headers[header::ETAG].clone();
    let paths = ["/".to_owned(), format!("/?{VIEW}")];
    let empty = read_at(&reader, "/").text;
    assert!(empty.contains("Nothing has been released yet. The first release is that of 15 Nov"));
    let before = paths.each_ref().map(|path| tag(path));
    assert_eq!(before, paths.each_ref().map(|path| tag(path)));
    writer.release_until("2024-01-10");
    reader.refresh();
    let after = paths.each_ref().map(|path| tag(path));
    assert!(before.iter().zip(&after).all(|(before, after)| before != after));
    // Another language is another page.
    assert_ne!(after[0], tag("/?lang=de"));
}

#[test]
fn search_engines_find_every_statistic() {
    let reply = get("/sitemap.xml");
    let site = "http://statistics.example.org/";
    let places: Vec<&str> = reply.text.split("<loc>").skip(1).collect();
    let flows = ["?flow=CROSSINGS", "?flow=PRESENT", "?flow=AT_BOUND"];
    assert_eq!(places.len(), 3 + flows.len(), "front page, dataflows, plan, ledger");
    for path in [""].into_iter().chain(flows).chain(["plan", "ledger"]) {
        let place = places.iter().find(|place| place.starts_with(&format!("{site}{path}<")));
        assert!(place.unwrap().contains("<lastmod>2024-01-01T00:00:00Z</lastmod>"), "{path}");
        assert_eq!(get(&format!("/{path}")).status, 200);
    }
    let robots = get("/robots.txt").text;
    assert!(robots.contains("Allow: /\n") && robots.ends_with(&format!("{site}sitemap.xml\n")));
    assert_eq!(LAST, "2024-02-20");
}
