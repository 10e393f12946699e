//! Bad input: one clear error with its code, place and rule; nothing written; no pseudonym printed.
//!
//! Not here: broken plans one by one (`crates/model`), hostile requests (`crates/serve`).

#![cfg(test)]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use parquet::arrow::ArrowWriter;
use testkit::edit;
use testkit::program::{HEADER, NOW, PLAN, ROW, Workplace, files, keyed_pseudonym, run, succeed};
use testkit::text::replace_only;

/// A pseudonym that must never be printed.
const CANARY: &str = "syn1:5ec2e7cafe5ec2e7";

/// Name, bytes, expected code, and the place in the file that the error names.
type Case = (&'static str, Vec<u8>, &'static str, &'static str);

/// The good row, with the pseudonym that must never be printed.
fn good() -> String {
    replace_only(ROW, "syn1:00c0ffee", CANARY)
}

/// A file whose third line has another value in one column.
fn with(column: usize, value: &str) -> Vec<u8> {
    let good = good();
    let mut fields: Vec<&str> = good.split(',').collect();
    fields[column] = value;
    format!("{HEADER}\n{good}\n{}\n", fields.join(",")).into_bytes()
}

fn headers() -> Vec<Case> {
    let good = good();
    let text = |text: String| text.into_bytes();
    let wide = vec!["x"; 2000].join(",");
    let utf16: Vec<u8> = HEADER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let fewer = replace_only(HEADER, ",kind", "");
    vec![
        ("empty.csv", vec![], "empty-input", ": file"),
        ("missing.csv", text(format!("{fewer}\n")), "missing-column", ":1: kind"),
        ("more.csv", text(format!("{HEADER},address\n{good},x\n")), "unknown-column", ":1: header"),
        ("none.csv", text(format!("{good}\n")), "unknown-column", ":1: header"),
        ("twice.csv", text(format!("{HEADER},kind\n{good},x\n")), "duplicate-column", ":1: kind"),
        ("wide.csv", text(format!("{HEADER},{wide}\n")), "too-many-columns", ": file"),
        ("utf16.csv", utf16, "not-utf8", ":1: row"),
        ("events.xlsx", text("PK".into()), "unknown-format", ": file"),
    ]
}

fn rows() -> Vec<Case> {
    let good = good();
    let below_header = |rows: &str| format!("{HEADER}\n{rows}").into_bytes();
    let long = "x".repeat(200_000);
    let latin = [HEADER.as_bytes(), b"\n", &good.as_bytes()[..2], b"\xff\n"].concat();
    let open = format!("\"{good}\n{good}\n");
    vec![
        ("ragged.csv", below_header(&format!("{good}\n{good},more\n")), "row-width", ":3: row"),
        ("open.csv", below_header(&open), "csv-syntax", ":2: row"),
        ("return.csv", below_header(&format!("{good}\r{good}\n")), "csv-syntax", ":2: row"),
        ("long.csv", below_header(&format!("\"{long}")), "row-too-long", ":2: row"),
        ("latin.csv", latin, "not-utf8", ":2: row"),
        ("torn.csv", below_header(&format!("{good}\n{good}")), "truncated", ":3: row"),
        ("nul.csv", with(0, "e\0"), "control-character", ":3: event_id"),
        ("noid.csv", with(0, ""), "missing-value", ":3: event_id"),
        ("longid.csv", with(0, &"e".repeat(65)), "bad-event-id", ":3: event_id"),
        ("homoglyph.csv", with(1, "syn1:ааааaaaa"), "bad-pseudonym", ":3: pseudonym"),
        ("short.csv", with(1, "syn1:"), "bad-pseudonym", ":3: pseudonym"),
        ("real.csv", with(1, "8d1f5e0a77aa0b"), "token-class", ":3: pseudonym"),
        ("digits.csv", with(2, "２０24-01-02T08:00:00Z"), "bad-time", ":3: occurred_at"),
        ("zone.csv", with(2, "2024-01-02T08:00:00"), "bad-time", ":3: occurred_at"),
        ("day.csv", with(2, "2024-02-30T08:00:00Z"), "bad-time", ":3: occurred_at"),
        ("year.csv", with(2, "9999999-01-01T00:00:00Z"), "bad-time", ":3: occurred_at"),
        ("future.csv", with(2, "2024-06-01T08:00:00Z"), "future-time", ":3: occurred_at"),
        ("kind.csv", with(3, "SCORE"), "unknown-kind", ":3: kind"),
        ("formula.csv", with(4, "=HYPERLINK(1)"), "unknown-code", ":3: border_point"),
        ("closed.csv", with(4, "TUEN_MUN_FERRY_TERMINAL"), "closed-code", ":3: border_point"),
        ("case.csv", with(5, "resident"), "unknown-code", ":3: traveller_class"),
    ]
}

/// A line of JSON in which one key has another value, written as JSON.
fn json(key: &str, value: &str) -> String {
    let good = good();
    let pairs: Vec<String> = HEADER
        .split(',')
        .zip(good.split(','))
        .map(|(name, old)| match name == key {
            true => format!("\"{name}\":{value}"),
            false => format!("\"{name}\":\"{old}\""),
        })
        .collect();
    format!("{{{}}}\n", pairs.join(","))
}

fn objects() -> Vec<Case> {
    let text = |text: String| text.into_bytes();
    let good = json("", "");
    let deep = "[".repeat(60_000);
    let twice = json("kind", "\"ENTRY\",\"kind\":\"EXIT\"");
    let extra = json("kind", "\"ENTRY\",\"risk\":\"1\"");
    let fewer = replace_only(&json("kind", "\"ENTRY\""), "\"kind\":\"ENTRY\",", "");
    let trailing = format!("{} {{}}\n", good.trim_end());
    vec![
        ("empty.ndjson", vec![], "empty-input", ": file"),
        ("cut.ndjson", text(good[..40].to_owned() + "\n"), "json-syntax", ":1: row"),
        ("torn.ndjson", text(good.trim_end().to_owned()), "truncated", ":1: row"),
        ("array.ndjson", text("[]\n".into()), "not-an-object", ":1: row"),
        ("word.ndjson", text("null\n".into()), "not-an-object", ":1: row"),
        ("deep.ndjson", text(format!("{deep}\n")), "not-an-object", ":1: row"),
        ("deeper.ndjson", text(json("kind", &deep)), "wrong-type", ":1: kind"),
        ("nan.ndjson", text(json("kind", "NaN")), "json-syntax", ":1: row"),
        ("number.ndjson", text(json("event_id", "7")), "wrong-type", ":1: event_id"),
        ("null.ndjson", text(json("kind", "null")), "wrong-type", ":1: kind"),
        ("twice.ndjson", text(twice), "duplicate-key", ":1: kind"),
        ("extra.ndjson", text(extra), "unknown-key", ":1: row"),
        ("less.ndjson", text(fewer), "missing-key", ":1: kind"),
        ("long.ndjson", text(format!("{}\n", "x".repeat(70_000))), "row-too-long", ":1: row"),
        ("trailing.ndjson", text(trailing), "json-syntax", ":1: row"),
        ("empty.parquet", vec![], "parquet-footer", ": file"),
        ("text.parquet", text(good), "parquet-footer", ": file"),
    ]
}

/// A Parquet file of these columns.
fn table(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let rows = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, rows.schema(), None).expect("a writer");
    writer.write(&rows).expect("rows");
    writer.close().expect("a footer");
    bytes
}

fn strings(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

/// The good columns, one of them replaced.
fn columns(replace: &str, with: Option<ArrayRef>) -> Vec<(&'static str, ArrayRef)> {
    let time = TimestampMicrosecondArray::from(vec![1_704_153_600_000_000; 2]).with_timezone("UTC");
    let mut columns: Vec<(&'static str, ArrayRef)> = vec![
        ("event_id", strings(&[Some("e1"), Some("e2")])),
        ("pseudonym", strings(&[Some(CANARY), Some(CANARY)])),
        ("occurred_at", Arc::new(time)),
        ("kind", strings(&[Some("ENTRY"), Some("EXIT")])),
        ("border_point", strings(&[Some("LO_WU"), Some("LO_WU")])),
        ("traveller_class", strings(&[Some("RESIDENT"), Some("RESIDENT")])),
    ];
    columns.retain(|(name, _)| *name != replace || with.is_some());
    for (name, column) in &mut columns {
        if *name == replace
            && let Some(with) = &with
        {
            *column = Arc::clone(with);
        }
    }
    columns
}

fn tables() -> Vec<Case> {
    let whole = table(columns("", None));
    let half = whole[..whole.len() / 2].to_vec();
    let mut encrypted = whole.clone();
    let end = encrypted.len();
    encrypted[end - 4..].copy_from_slice(b"PARE");
    let mut long_footer = whole.clone();
    long_footer[end - 8..end - 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut extra = columns("", None);
    extra.push(("passport", strings(&[Some("x"), Some("y")])));
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let naive: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![1_704_153_600_000_000; 2]));
    let late = TimestampMicrosecondArray::from(vec![1_704_153_600_000_000, 4_000_000_000_000_000])
        .with_timezone("UTC");
    let null = strings(&[Some("ENTRY"), None]);
    let unknown = strings(&[Some("LO_WU"), Some("ELSEWHERE")]);
    let mut torn_page = whole.clone();
    for byte in &mut torn_page[4..120] {
        *byte ^= 0x5a;
    }
    vec![
        ("half.parquet", half, "parquet-footer", ": file"),
        ("pare.parquet", encrypted, "parquet-footer", ": file"),
        ("footer.parquet", long_footer, "parquet-footer", ": file"),
        ("page.parquet", torn_page, "parquet-page", ":1: group of rows"),
        ("extra.parquet", table(extra), "unknown-column", ":1: header"),
        ("missing.parquet", table(columns("kind", None)), "missing-column", ":1: kind"),
        ("number.parquet", table(columns("event_id", Some(numbers))), "wrong-type", ":1: event_id"),
        (
            "nozone.parquet",
            table(columns("occurred_at", Some(naive))),
            "bad-time",
            ":1: occurred_at",
        ),
        (
            "late.parquet",
            table(columns("occurred_at", Some(Arc::new(late)))),
            "future-time",
            ":2: occurred_at",
        ),
        ("null.parquet", table(columns("kind", Some(null))), "missing-value", ":2: kind"),
        (
            "code.parquet",
            table(columns("border_point", Some(unknown))),
            "unknown-code",
            ":2: border_point",
        ),
    ]
}

#[test]
fn each_bad_file_is_refused_by_name_and_leaves_nothing() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let good = place.write("good.csv", format!("{HEADER}\n{ROW}\n"));
    let before = files(Path::new(&store).join("private/journal").as_path());
    let cases = [headers(), rows(), objects(), tables()].concat();
    assert!(cases.len() >= 50);
    for (name, bytes, code, at) in cases {
        let file = place.write(name, bytes);
        let output = run(&["ingest", &store, &good, &file, "--now", NOW]);
        let error = String::from_utf8_lossy(&output.stderr);
        let expected = format!("error[{code}]: {file}{at}: ");
        assert!(error.starts_with(&expected), "{name}: wanted {expected}, got {error}");
        // A fault that ends the file is one line; a bad row is followed by the number of bad rows.
        let mut lines = error.trim_end().lines().skip(1);
        let total = "error[bad-rows]: 1 row is refused; nothing was taken";
        assert!(lines.next().is_none_or(|line| line.starts_with(total)), "{name}: {error}");
        assert_eq!(lines.count(), 0, "{name}: {error}");
        assert_eq!(output.status.code(), Some(2), "{name}: {error}");
        assert!(!error.contains(CANARY) && !error.contains("5ec2e7"), "{name}: {error}");
        assert!(output.stdout.is_empty(), "{name}");
        assert_eq!(files(Path::new(&store).join("private/journal").as_path()), before, "{name}");
    }
    succeed(&["ingest", &store, &good, "--now", NOW]);
}

#[test]
fn a_bad_plan_makes_no_store_and_reports_every_error() {
    let place = Workplace::new();
    let text = edit(PLAN)
        .change("privacy.rho", "-1")
        .change("privacy.windows", 0)
        .change("attribute.border_point.name", "home_address");
    let plan = place.write("bad.toml", text.text());
    for arguments in [
        vec!["plan", "check", &plan],
        vec!["init", &place.text("store"), "--plan", &plan, "--synthetic"],
    ] {
        let output = run(&arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        for needed in ["privacy.rho", "privacy.windows", "attribute[0].name"] {
            assert!(error.contains(needed), "{needed}: {error}");
        }
        assert!(error.lines().all(|line| line.starts_with("error[")), "{error}");
    }
    assert!(!place.path("store").exists());
}

#[test]
fn policy_is_refused_with_exit_3() {
    let place = Workplace::new();
    let plan = place.text("plan.toml");
    let rich = place.write("rich.toml", edit(PLAN).change("privacy.rho", "1000000").text());
    let (real, seed) = (place.text("real"), "ab".repeat(32));
    let refused = |arguments: &[&str], code: &str| {
        let output = run(arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{error}");
        assert!(error.starts_with(&format!("error[{code}]: ")), "{error}");
    };
    refused(&["init", &real, "--plan", &rich, "--real"], "rho-above-ceiling");
    refused(&["init", &real, "--plan", &plan, "--real", "--noise-seed", &seed], "seed-forbidden");
    assert!(!place.path("real").exists());
    succeed(&["init", &real, "--plan", &plan, "--real"]);
    let file = place.write("events.csv", format!("{HEADER}\n{ROW}\n"));
    refused(&["ingest", &real, &file, "--now", NOW], "now-forbidden");
    let with = |pseudonym: &str| {
        let rows = replace_only(ROW, "syn1:00c0ffee", pseudonym);
        place.write("real.csv", format!("{HEADER}\n{rows}\n"))
    };
    for (pseudonym, code) in [
        ("syn1:00c0ffee", "token-class"),
        ("P1234567", "pseudonym-form"),
        (&format!("hk1:{}", "A".repeat(42)), "pseudonym-form"),
        (&format!("hk1:{}=", "A".repeat(42)), "pseudonym-form"),
        (&format!("hk1:{}B", "A".repeat(42)), "pseudonym-form"),
    ] {
        let output = run(&["ingest", &real, &with(pseudonym)]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.starts_with(&format!("error[{code}]: ")), "{pseudonym}: {error}");
    }
    succeed(&["ingest", &real, &with(&keyed_pseudonym(7))]);
    use std::os::unix::fs::PermissionsExt;
    let key = place.path("real/private/pseudonym.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("mode");
    refused(&["ingest", &real, &file], "key-permissions");
}

#[test]
fn a_directory_that_is_taken_or_not_a_store_is_refused() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    let plan = place.text("plan.toml");
    let again = run(&["init", &store, "--plan", &plan, "--synthetic"]);
    assert!(String::from_utf8_lossy(&again.stderr).starts_with("error[directory-taken]: "));
    let none = run(&["release", &place.text("nowhere")]);
    assert!(String::from_utf8_lossy(&none.stderr).starts_with("error[not-a-store]: "));
    let until = run(&["release", &store, "--until", "2024-13", "--now", NOW]);
    assert!(String::from_utf8_lossy(&until.stderr).starts_with("error[bad-value]: --until"));
    assert_eq!([again, none, until].map(|output| output.status.code()), [Some(2); 3]);
}
