//! The intake over HTTP: who may deliver, what is refused and how, and that a broken or hostile
//! source delays nobody.
//!
//! What counts as failure: a row that is taken without a valid signature; an answer with a value of
//! a row; memory or time that one source takes from the others.
//! Nondeterminism: none but the order of concurrent requests.

#![cfg(test)]

mod delivering;

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use base64::Engine as _;
use jiff::Timestamp;
use serde_json::json;
use testkit::program::{Workplace, keyed_pseudonym, succeed};
use tidegauge_delivery::{
    ContentFormat, DELIVERY_LABEL, Delivery, Encoding, Head, OnBadRow, RECEIPT_LABEL,
    delivery_path, digest_of, sign, signature, source_path,
};

use crate::delivering::{
    HEADER, Intake, START, ask, digest_text, key, row, seconds, signed, source, store_of,
    two_sources,
};

const TIME: &str = "2024-01-18T10:00:00Z";

fn body() -> Vec<u8> {
    format!("{HEADER}{}", row("e1", "person-1", TIME)).into_bytes()
}

#[test]
fn nobody_else_delivers() {
    let (_place, store) = store_of(&two_sources());
    let intake = Intake::start(&store, START, 1);
    let (body, now) = (body(), seconds(START));
    let delivery = intake.delivery("one", &body);
    let send = |head: &Head, body: &[u8]| ask(&intake.host, head, body).problem();
    let signed_by =
        |id: &str, number: u8, created: i64| delivery.sign(id, created, &key(number)).unwrap();
    let unauthorised = (401, "signature".to_owned());
    // Another's key, an unknown key, no signature.
    assert_eq!(send(&signed_by("k1", 2, now), &body), unauthorised);
    assert_eq!(send(&signed_by("k9", 1, now), &body), unauthorised);
    let mut bare = Head::request("PUT", &delivery_path("LAND", "one"));
    bare.add("content-digest", &digest_text(&body)).unwrap();
    assert_eq!(send(&bare, &body), unauthorised);
    // The key of another source at this address.
    let mut head = Head::request("PUT", &delivery_path("LAND", "one"));
    for (name, value) in signed(&delivery).headers().filter(|(name, _)| !name.starts_with("sig")) {
        head.add(name, value).unwrap();
    }
    sign(&mut head, DELIVERY_LABEL, "AIR/k2", now, &key(2)).unwrap();
    assert_eq!(send(&head, &body), unauthorised);
    // Another store, another key of pseudonyms, another body.
    let other = Delivery { store: "00ff".into(), ..delivery.clone() };
    assert_eq!(send(&signed(&other), &body), (403, "other-store".into()));
    let other = Delivery { pseudonym_key: Some("fedcba9876543210".into()), ..delivery.clone() };
    assert_eq!(send(&signed(&other), &body), (403, "pseudonym-key".into()));
    let mut changed = body.clone();
    changed[HEADER.len()] = b'f';
    assert_eq!(send(&signed(&delivery), &changed), (400, "content-digest".into()));
    // Questions about others.
    let path = source_path("LAND");
    assert_eq!(intake.get(&path).problem(), unauthorised);
    assert_eq!(intake.question("AIR", &path, now).problem(), unauthorised);
    // Nothing was taken by any of them.
    let path = delivery_path("LAND", "one");
    assert_eq!(intake.question("LAND", &path, now).problem(), (404, "unknown-delivery".into()));
    intake.send(&delivery, &body).ok();
    assert_eq!(intake.question("LAND", &path, now).ok()["rows"]["taken"], 1);
}

#[test]
fn an_old_signature_is_refused() {
    let place = Workplace::with_plan(two_sources());
    let (store, plan) = (place.text("store"), place.text("plan.toml"));
    succeed(&["init", &store, "--plan", &plan, "--real"]);
    let intake = Intake::start_with(&store, &[]);
    // A real person's pseudonym is keyed; the time is one of the plan.
    let pseudonym = keyed_pseudonym(1);
    let body =
        format!("{HEADER}{}", row("e1", "person-1", TIME).replace("syn1:person-1", &pseudonym));
    let delivery = intake.delivery("one", body.as_bytes());
    let send = |created: i64| {
        let head = delivery.sign("k1", created, &key(1)).unwrap();
        ask(&intake.host, &head, body.as_bytes())
    };
    let (now, unauthorised) = (Timestamp::now().as_second(), (401, "signature".to_owned()));
    assert_eq!(send(now - 32 * 86_400).problem(), unauthorised);
    assert_eq!(send(now + 400).problem(), unauthorised);
    let path = source_path("LAND");
    assert_eq!(intake.question("LAND", &path, now - 400).problem(), unauthorised);
    let expired = with_expiry(&signed_at(&delivery, now - 100), now - 50);
    assert_eq!(ask(&intake.host, &expired, body.as_bytes()).problem(), unauthorised);
    let lasting = with_expiry(&signed_at(&delivery, now - 100), now + 50);
    assert_eq!(ask(&intake.host, &lasting, body.as_bytes()).status, 200);
    assert_eq!(send(now - 30 * 86_400).status, 200);
    assert_eq!(intake.question("LAND", &path, now).status, 200);
}

fn signed_at(delivery: &Delivery, created: i64) -> Head {
    delivery.sign("k1", created, &key(1)).unwrap()
}

/// A message signed again, with a time after which its source does not stand by it.
fn with_expiry(head: &Head, expires: i64) -> Head {
    let input = head.get("signature-input").unwrap().strip_prefix("delivery=").unwrap();
    let parameters = input.replace(";keyid=", &format!(";expires={expires};keyid="));
    let covered = parameters[1..].split_once(')').unwrap().0.to_owned();
    let tidegauge_delivery::Line::Request { method, path } = &head.line else { panic!() };
    let mut base = String::new();
    for name in covered.split(' ') {
        let value = match name.trim_matches('"') {
            "@method" => method,
            "@path" => path,
            header => head.get(header).unwrap(),
        };
        base += &format!("{name}: {value}\n");
    }
    base += &format!("\"@signature-params\": {parameters}");
    let signature = ed25519_dalek::Signer::sign(&key(1), base.as_bytes());
    let signature = base64::engine::general_purpose::STANDARD.encode(signature.to_bytes());
    let mut signed = Head::request(method, path);
    for (name, value) in head.headers().filter(|(name, _)| !name.starts_with("sig")) {
        signed.add(name, value).unwrap();
    }
    signed.add("signature-input", &format!("delivery={parameters}")).unwrap();
    signed.add("signature", &format!("delivery=:{signature}:")).unwrap();
    signed
}

#[test]
fn a_copy_has_the_same_receipt_and_may_declare_more() {
    let (_place, store) = store_of(&two_sources());
    let intake = Intake::start(&store, START, 1);
    let (body, until) = (body(), Some("2024-01-18T11:00:00Z".parse().unwrap()));
    let delivery = intake.delivery("one", &body);
    let first = intake.send(&delivery, &body).ok();
    assert_eq!(intake.completeness("LAND")["complete_until"], json!(null));
    let copy = Delivery { complete_until: until, ..delivery };
    assert_eq!(intake.send(&copy, &body).ok(), first);
    assert_eq!(intake.completeness("LAND")["complete_until"], "2024-01-18T11:00:00Z");
}

#[test]
fn what_a_body_expands_to_is_bounded() {
    let (_place, store) = store_of(&two_sources());
    let intake = Intake::start(&store, START, 1);
    let same = format!("{HEADER}{}", row("e1", "person-1", TIME).repeat(100_000));
    for bytes in [same.clone(), format!("{HEADER}{}", "\n".repeat(50_000_000))] {
        let body = zstd::encode_all(bytes.as_bytes(), 1).unwrap();
        let delivery = Delivery { encoding: Some(Encoding::Zstd), ..intake.delivery("far", &body) };
        assert_eq!(intake.send(&delivery, &body).problem(), (413, "too-large".into()));
    }
    // A stream that breaks off is not a fault of a row.
    let mut body = zstd::encode_all(&same.as_bytes()[..500_000], 1).unwrap();
    body.truncate(body.len() - 9);
    let delivery = Delivery { encoding: Some(Encoding::Zstd), ..intake.delivery("cut", &body) };
    assert_eq!(intake.send(&delivery, &body).problem(), (400, "damaged".into()));
    // What was refused is for the operator, and not public.
    let status = succeed(&["status", &store]);
    assert!(status.contains("refused since the start: 1 damaged, 2 too-large"), "{status}");
    assert!(!intake.get_public("/metrics").body.contains("deliver"));
}

#[test]
fn a_receipt_is_signed_by_the_store() {
    let (place, store) = store_of(&two_sources());
    let intake = Intake::start(&store, START, 1);
    let reply = intake.send(&intake.delivery("one", &body()), &body());
    let receipt = reply.ok();
    assert_eq!(receipt["digest"], digest_text(&body()));
    assert_eq!(receipt["store"], intake.store);
    let mut head = Head::answer(200);
    for name in ["content-digest", "signature-input", "signature"] {
        head.add(name, reply.header(name).expect(name)).unwrap();
    }
    assert_eq!(reply.header("content-digest"), Some(&*digest_text(reply.body.as_bytes())));
    let seed = std::fs::read(place.path("store/private/signing.key")).unwrap();
    let public = ed25519_dalek::SigningKey::from_bytes(&seed.try_into().unwrap()).verifying_key();
    let claim = signature(&head, RECEIPT_LABEL).unwrap();
    claim.verify(&public.to_bytes()).unwrap();
    assert!(claim.covers("content-digest") && claim.covers("@status"));
    // What a source has declared is signed as well, and never goes back.
    intake.declare("LAND", "c1", "2024-01-18T11:00:00Z").ok();
    intake.declare("LAND", "c2", "2024-01-18T10:00:00Z").ok();
    let declared = intake.completeness("LAND");
    assert_eq!(declared["complete_until"], "2024-01-18T11:00:00Z");
    assert_eq!(declared["next_step_ends"], "2024-01-18T16:00:00Z");
    assert_eq!(intake.completeness("AIR")["complete_until"], json!(null));
}

#[test]
fn each_refusal_has_its_status() {
    let (_place, store) = store_of(&two_sources());
    let intake = Intake::start(&store, START, 1);
    let body = body();
    let good = intake.delivery("one", &body);
    let send = |delivery: &Delivery, body: &[u8]| intake.send(delivery, body).problem();
    let cases: [(Delivery, Vec<u8>, (u16, &str)); 4] = [
        (Delivery { format: None, ..good.clone() }, body.clone(), (400, "missing-header")),
        (
            Delivery {
                complete_until: Some("2024-01-18T13:00:00Z".parse().unwrap()),
                ..good.clone()
            },
            body.clone(),
            (400, "bad-header"),
        ),
        (
            Delivery { encoding: Some(Encoding::Gzip), ..good.clone() },
            body.clone(),
            (400, "damaged"),
        ),
        (intake.delivery("empty", b""), vec![], (400, "missing-header")),
    ];
    for (delivery, body, (status, code)) in cases {
        assert_eq!(send(&delivery, &body), (status, code.to_owned()));
    }
    let get = |path: &str| intake.get(path).problem();
    assert_eq!(get("/intake/v1/nothing"), (404, "unknown-address".into()));
    assert_eq!(get("/intake/v1/plan?x=1"), (400, "unknown-parameter".into()));
    let post = ask(&intake.host, &Head::request("POST", "/intake/v1/plan"), b"");
    assert_eq!(
        (post.problem(), post.header("allow")),
        ((405, "method".into()), Some("GET, HEAD, PUT"))
    );
    // Too long, and of no known length: neither is read.
    let mut stream = TcpStream::connect(&intake.host).unwrap();
    let head = signed(&good);
    let mut bytes = head.to_file(b"");
    bytes.truncate(bytes.len() - 2);
    let long =
        [&bytes[..], b"Host: x\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n"].concat();
    stream.write_all(&long).unwrap();
    let reply = delivering::talk(ReadOnly(stream), "x", &head, b"");
    assert_eq!(reply.problem(), (413, "too-large".into()));
    let chunked =
        [&bytes[..], b"Host: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"]
            .concat();
    let mut stream = TcpStream::connect(&intake.host).unwrap();
    stream.write_all(&chunked).unwrap();
    let reply = delivering::talk(ReadOnly(stream), "x", &head, b"");
    assert_eq!(reply.problem(), (411, "missing-header".into()));
}

/// A stream whose request was sent by hand.
struct ReadOnly(TcpStream);

impl std::io::Read for ReadOnly {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for ReadOnly {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn faults_have_places_and_no_values() {
    let (_place, store) = store_of(&two_sources());
    let intake = Intake::start(&store, START, 1);
    let rows = [
        row("e1", "person-1", TIME),
        row("e2", "person-2", "yesterday-canary"),
        row("e3", "person-3", TIME).replace("LO_WU", "CANARY_POINT"),
        row("e4", "person-4", TIME).replace("syn1:person-4", "DOC123CANARY"),
    ];
    let body = format!("{HEADER}{}", rows.concat()).into_bytes();
    let refused = intake.send(&intake.delivery("bad", &body), &body);
    assert_eq!(refused.problem(), (422, "bad-rows".into()));
    let problem = refused.json();
    assert_eq!(problem["refused"], 3);
    let places: Vec<_> = problem["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| (fault["row"].as_u64().unwrap(), fault["column"].as_str().unwrap()))
        .collect();
    assert_eq!(places, [(3, "occurred_at"), (4, "border_point"), (5, "pseudonym")]);
    let skip = Delivery { on_bad_row: OnBadRow::Skip, ..intake.delivery("bad", &body) };
    let taken = intake.send(&skip, &body);
    assert_eq!(taken.ok()["rows"], json!({ "taken": 1, "refused": 3 }));
    assert_eq!(taken.json()["faults"], problem["faults"]);
    for text in [&refused.body, &taken.body] {
        let text = text.to_lowercase();
        assert!(!text.contains("canary") && !text.contains("yesterday"), "{text}");
    }
}

#[test]
fn every_format_and_encoding_is_taken() {
    let (_place, store) = store_of(&two_sources());
    let intake = Intake::start(&store, START, 1);
    let csv = body();
    let ndjson = format!(
        "{{\"event_id\":\"e1\",\"pseudonym\":\"syn1:person-1\",\"occurred_at\":\"{TIME}\",\
         \"kind\":\"ENTRY\",\"border_point\":\"LO_WU\",\"traveller_class\":\"VISITOR\"}}\n"
    );
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
    let (plain, packed) = (csv.clone(), ndjson.as_bytes());
    let cases = [
        (ContentFormat::Csv, None, plain.clone()),
        (ContentFormat::Csv, Some(Encoding::Gzip), gzip(&plain)),
        (ContentFormat::Csv, Some(Encoding::Zstd), zstd(&plain)),
        (ContentFormat::Ndjson, None, packed.to_vec()),
        (ContentFormat::Ndjson, Some(Encoding::Gzip), gzip(packed)),
        (ContentFormat::Ndjson, Some(Encoding::Zstd), zstd(packed)),
    ];
    for (number, (format, encoding, body)) in cases.into_iter().enumerate() {
        let delivery = Delivery {
            format: Some(format),
            encoding,
            ..intake.delivery(&format!("n{number}"), &body)
        };
        assert_eq!(intake.send(&delivery, &body).ok()["rows"]["taken"], 1, "{delivery:?}");
    }
    // A bomb: 2 GiB of one row's first field, and of lines.
    for (number, bomb) in [vec![b'a'; 1 << 20], b"a,b\n".repeat(1 << 18)].iter().enumerate() {
        let mut encoder = zstd::stream::write::Encoder::new(vec![], 1).unwrap();
        for _ in 0..1200 {
            encoder.write_all(bomb).unwrap();
        }
        let body = encoder.finish().unwrap();
        let delivery = Delivery {
            encoding: Some(Encoding::Zstd),
            ..intake.delivery(&format!("bomb{number}"), &body)
        };
        assert_eq!(intake.send(&delivery, &body).status, 422);
    }
}

#[test]
fn a_hostile_source_delays_nobody() {
    let (_place, store) = store_of(&two_sources());
    let intake = Intake::start(&store, START, 1);
    // LAND begins many large deliveries and never ends them.
    let begun: Vec<TcpStream> = (0..20)
        .map(|n| {
            let mut delivery = intake.delivery(&format!("slow{n}"), &body());
            delivery.digest = digest_of(&[n]);
            let mut bytes = signed(&delivery).to_file(b"");
            bytes.truncate(bytes.len() - 2);
            let rest = b"Host: x\r\nContent-Length: 60000000\r\n\r\nevent_id,";
            let mut stream = TcpStream::connect(&intake.host).unwrap();
            stream.write_all(&[&bytes[..], rest].concat()).unwrap();
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    // Its own next delivery has to wait; another source's does not.
    let own = intake.send_rows("next", &row("e1", "person-1", TIME));
    assert_eq!(own.problem(), (429, "source-busy".into()));
    assert!(own.header("retry-after").is_some());
    let begin = Instant::now();
    let body = body();
    let air = Delivery { source: "AIR".into(), ..intake.delivery("one", &body) };
    intake.send(&air, &body).ok();
    assert!(begin.elapsed() < Duration::from_secs(10));
    drop(begun);
    let recovered = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        intake.send_rows("next", &row("e1", "person-1", TIME)).status == 200
    });
    assert!(recovered, "what a broken delivery held is free again");
}

#[test]
fn a_key_is_rotated_by_an_amendment() {
    let (place, store) = store_of(&two_sources());
    let intake = Intake::start(&store, START, 1);
    let body = body();
    let delivery = intake.delivery("one", &body);
    let new_key = delivery.sign("k9", seconds(START), &key(9)).unwrap();
    assert_eq!(ask(&intake.host, &new_key, &body).problem(), (401, "signature".into()));
    let land = source("LAND", 1, 30);
    let added = source("LAND", 9, 30);
    let second = added.split_once("[[source.key]]").unwrap().1;
    let text =
        format!("from = \"2024-01-19\"\nnote = \"A second key\"\n{land}[[source.key]]{second}");
    let amendment = place.write("amendment.toml", text);
    succeed(&["plan", "amend", &store, &amendment]);
    assert_eq!(ask(&intake.host, &new_key, &body).status, 200);
    // The old key is still valid.
    intake.send_rows("two", &row("e2", "person-2", TIME)).ok();
}

#[test]
fn the_plan_is_described_for_everybody() {
    let (_place, store) = store_of(&two_sources());
    let intake = Intake::start(&store, START, 1);
    let plan = intake.get("/intake/v1/plan").ok();
    assert_eq!(plan["pseudonym_key"], delivering::PSEUDONYM_KEY);
    assert_eq!(plan["synthetic"], true);
    let schema = intake.get("/intake/v1/plan/schema.json").ok();
    assert_eq!(schema["properties"]["border_point"]["enum"], json!(["AIRPORT", "LO_WU"]));
    let template = intake.get("/intake/v1/plan/template.csv");
    assert_eq!(template.body, HEADER);
    // Nothing of the intake is at the public address, and nothing public at the intake.
    assert_eq!(intake.get_public("/intake/v1/plan").status, 404);
    assert_eq!(intake.get("/v1/dataflows").status, 404);
}
