//! Amendments through the real program: with next to no noise the figures equal a naive count
//! across the amendment, however the files are split; refusals change nothing; a kill leaves the
//! old plan or the new one in force.
//!
//! Not here: the rules (crate `model`), tampering (crate `ledger`), formats (crate `figures`).
//! Nondeterminism: the moment of a kill. The assertions must hold for every outcome.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use testkit::plans::{SHORT, TABLES};
use testkit::program::{HEADER, NOW, Workplace, files, releases, run, succeed, tidegauge};
use testkit::text::{replace_each, replace_only};
use testkit::{PlanText, edit, toml};

const SEED: &str = "a3e4a3e4a3e4a3e4a3e4a3e4a3e4a3e4a3e4a3e4a3e4a3e4a3e4a3e4a3e4a3e4";
/// In the middle of a week and of the plan's first window.
const FROM: &str = "2024-01-25";
/// A clock on the day before.
const BEFORE: &str = "2024-01-24T10:00:00Z";
const LIST: &str = "list = \"CL_BORDER_POINT\"\n";

/// A plan with two reserved points and a stock by point.
fn plan(rho: &str) -> PlanText {
    let by_point = "[{ id = \"BORDER_POINT\", from = \"border_point\" }, \
                    { id = \"TRAVELLER_CLASS\", from = \"traveller_class\", \
                    code_list = \"CL_VISITOR_CLASS\" }]";
    edit(SHORT)
        .set("privacy.rho", rho)
        .add("code_list.CL_BORDER_POINT.reserved", 2)
        .change("dataflow.VISITORS_PRESENT.dimensions", toml(by_point))
}

/// One point opens, one closes, one is renamed, and the flow has a break in series.
fn amendment() -> String {
    format!(
        "from = \"{FROM}\"\nnote = \"Huanggang opens, Lo Wu closes\"\n\
         [[added]]\n{LIST}code = \"HUANGGANG\"\nname = \"Huanggang\"\n\
         [[closed]]\n{LIST}code = \"LO_WU\"\n\
         [[renamed]]\n{LIST}code = \"AIRPORT\"\nname = \"International Airport\"\n\
         [[break]]\ndataflow = \"BORDER_FLOW\"\nnote = \"Gates count\"\n"
    )
}

/// (day of January, person, whether it is an entry, point, class), in order of time: nobody crosses
/// twice a day or more than six times a window.
fn crossings() -> Vec<(usize, usize, bool, &'static str, &'static str)> {
    let mut crossings = Vec::new();
    for person in 0..80 {
        let mut day = 18 + person % 9;
        for turn in 0..5 {
            if day > 31 {
                break;
            }
            let other = if day < 25 { "LO_WU" } else { "HUANGGANG" };
            let point = if (person + turn) % 3 == 0 { "AIRPORT" } else { other };
            let class = if person % 4 == 0 { "RESIDENT" } else { "VISITOR" };
            crossings.push((day, person, turn % 2 == 0, point, class));
            day += 1 + (person * 5 + turn) % 4;
        }
    }
    crossings.sort_unstable();
    crossings
}

/// A file of the crossings on the days that are included.
fn csv(includes: impl Fn(usize) -> bool) -> String {
    let mut csv = format!("{HEADER}\n");
    for (day, person, enters, point, class) in crossings() {
        if includes(day) {
            let kind = if enters { "ENTRY" } else { "EXIT" };
            let id = format!("e{day}p{person}");
            let at = format!("2024-01-{day:02}T12:00:00+08:00");
            writeln!(csv, "{id},syn1:person{person:03},{at},{kind},{point},{class}").expect("text");
        }
    }
    csv
}

fn ingest(place: &Workplace, store: &str, now: &str, rows: String) {
    let file = place.write("events.csv", rows);
    succeed(&["ingest", store, &file, "--now", now]);
}

/// A store amended on 24 January, with the crossings in one file for each range of days.
fn amended(place: &Workplace, name: &str, splits: &[std::ops::Range<usize>]) -> String {
    let store = place.synthetic(name, Some(SEED));
    let (before, after): (Vec<_>, Vec<_>) = splits.iter().partition(|days| days.end <= 25);
    for days in before {
        // Events of the day of the amendment come later.
        ingest(place, &store, "2024-01-24T23:00:00+08:00", csv(|day| days.contains(&day)));
    }
    let file = place.write("amendment.toml", amendment());
    let output = succeed(&["plan", "amend", &store, &file, "--now", BEFORE]);
    assert!(output.contains("amended from 2024-01-25"), "{output}");
    succeed(&["release", &store, "--until", "2024-01-23", "--now", BEFORE, "--empty"]);
    for days in after {
        ingest(place, &store, NOW, csv(|day| days.contains(&day)));
    }
    succeed(&["release", &store, "--until", "2024-02-02", "--now", NOW, "--empty"]);
    succeed(&["ledger", "verify", &store]);
    store
}

/// The rows of an export, by column.
fn rows(store: &str, flow: &str, key: &str) -> Vec<BTreeMap<String, String>> {
    let text = succeed(&["export", store, "--dataflow", flow, "--key", key]);
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let columns = lines.next().expect("a header");
    let row = |line: Vec<&str>| {
        let pairs = columns.iter().zip(line);
        pairs.map(|(name, field)| ((*name).to_owned(), field.to_owned())).collect()
    };
    lines.map(row).collect()
}

/// Whether a published period contains a day of January.
fn covers(period: &str, day: usize) -> bool {
    match period.split_once("-W") {
        // The first Monday of 2024 was the first of January.
        Some((_, week)) => (day - 1) / 7 + 1 == week.parse::<usize>().expect("a week"),
        None => format!("2024-01-{day:02}").starts_with(period),
    }
}

#[test]
fn with_next_to_no_noise_figures_equal_a_naive_count_across_an_amendment() {
    let place = Workplace::with_plan(plan("1000000000").text());
    let store = amended(&place, "store", &[18..25, 25..32]);
    let all = crossings();
    let selects = |key_code: &str, code: &str| key_code == code || key_code == "_T";
    let points = "AIRPORT+LO_WU+HUANGGANG+_T";
    let (mut compared, mut break_marks) = (0, BTreeMap::new());
    for row in rows(&store, "BORDER_FLOW", &format!("D+W..FLOW.{points}.ENTRY+EXIT+_T.VISITOR+_T"))
    {
        let period = &*row["TIME_PERIOD"];
        let meant = all.iter().filter(|(day, _, enters, point, class)| {
            covers(period, *day)
                && selects(&row["BORDER_POINT"], point)
                && selects(&row["DIRECTION"], if *enters { "ENTRY" } else { "EXIT" })
                && selects(&row["TRAVELLER_CLASS"], class)
        });
        let (value, truth): (f64, usize) =
            (row["OBS_VALUE"].parse().expect("a number"), meant.count());
        assert!((value - truth as f64).abs() < 0.5, "{row:?}: {truth}");
        let status = &*row["OBS_STATUS"];
        if period.len() == 10 && row["BORDER_POINT"] != "_T" {
            let closed = match &*row["BORDER_POINT"] {
                "LO_WU" => period >= FROM,
                "HUANGGANG" => period < FROM,
                _ => false,
            };
            assert_eq!(status == "M", closed && period != FROM, "{row:?}");
            assert_eq!(row["MARGIN"] == "0.000", closed, "{row:?}");
        }
        if status == "B" {
            *break_marks.entry(period.to_owned()).or_insert(0) += 1;
        }
        compared += 1;
    }
    assert!(compared > 400, "{compared}");
    // Every series of the day and of the week is marked.
    let break_marks: Vec<(&str, i32)> =
        break_marks.iter().map(|(period, n)| (&**period, *n)).collect();
    assert_eq!(break_marks, [("2024-01-25", 24), ("2024-W04", 24)]);
    let mut levels = 0;
    for row in rows(&store, "VISITORS_PRESENT", &format!("D..STOCK.{points}.VISITOR")) {
        let period = &*row["TIME_PERIOD"];
        let until: usize =
            if period.starts_with("2024-01") { period[8..].parse().expect("a day") } else { 31 };
        let mut inside: BTreeMap<usize, &str> = BTreeMap::new();
        for (day, person, enters, point, class) in &all {
            match (*class, *enters) {
                ("VISITOR", true) if *day <= until => drop(inside.insert(*person, point)),
                ("VISITOR", false) if *day <= until => drop(inside.remove(person)),
                _ => {}
            }
        }
        let truth = inside.values().filter(|point| selects(&row["BORDER_POINT"], point)).count();
        let value: f64 = row["OBS_VALUE"].parse().expect("a number");
        assert!((value - truth as f64).abs() < 0.5, "{row:?}: {truth}");
        let closed = row["BORDER_POINT"] == "HUANGGANG" && period < FROM;
        assert_eq!(row["OBS_STATUS"] == "M", closed, "{row:?}");
        levels += truth;
    }
    assert!(levels > 500, "{levels}");
}

#[test]
fn any_split_of_the_files_makes_the_same_bytes() {
    let place = Workplace::with_plan(plan("2").text());
    let two = amended(&place, "two", &[18..25, 25..32]);
    let many = amended(&place, "many", &[22..25, 18..20, 20..22, 30..32, 25..30]);
    let (two, many) = (releases(&two), releases(&many));
    assert!(two.len() > 40 && two == many);
}

/// The answers of a server with this clock to requests for these paths.
fn served(store: &str, now: &str, paths: &[&str]) -> Vec<String> {
    let mut server = tidegauge(&["serve", store, "--public", "127.0.0.1:0", "--now", now])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(server.stdout.take().expect("output")).lines();
    let host = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("http://")?.1.trim_end_matches('/').to_owned()))
        .expect("an address");
    let get = |path: &&str| {
        let mut stream = TcpStream::connect(&host).expect("a connection");
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        text
    };
    let answers = paths.iter().map(get).collect();
    server.kill().expect("a signal");
    server.wait().expect("an end");
    answers
}

#[test]
fn an_amendment_is_served_with_the_embargoed_period_before_it() {
    let place = Workplace::with_plan(plan("2").add("statement.embargo", "09:30").text());
    let store = place.synthetic("store", Some(SEED));
    ingest(&place, &store, "2024-01-24T00:00:00+08:00", csv(|day| day < 24));
    succeed(&[
        "release",
        &store,
        "--until",
        "2024-01-22",
        "--now",
        "2024-01-23T12:00:00+08:00",
        "--empty",
    ]);
    // In the night the day is released, and then the plan is amended.
    let night = "2024-01-24T07:00:00+08:00";
    succeed(&["release", &store, "--until", "2024-01-23", "--now", night, "--empty"]);
    let file = place.write("amendment.toml", amendment());
    succeed(&["plan", "amend", &store, &file, "--now", "2024-01-24T07:10:00+08:00"]);
    let report = succeed(&["ledger", "verify", &store]);
    assert!(report.contains("amendment from 2024-01-25"), "{report}");
    let paths = [
        "/v1/dataflows/BORDER_FLOW",
        "/v1/dataflows",
        "/v1/data/BORDER_FLOW/D..FLOW.HUANGGANG.ENTRY.VISITOR?format=csv",
        "/v1/data/BORDER_FLOW/D..FLOW.AIRPORT.ENTRY.VISITOR?format=csv&startPeriod=2024-01-22",
        "/sdmx/3.0/structure/codelist/TG/CL_BORDER_POINT/1.0.0",
    ];
    let before = served(&store, "2024-01-24T09:29:00+08:00", &paths);
    assert!(before[0].contains("LO_WU") && before[4].starts_with("HTTP/1.1 200"), "{before:?}");
    for text in before.iter().filter(|text| !text.starts_with("HTTP/1.1 404")) {
        assert!(!text.contains("HUANGGANG"), "{text}");
        assert!(!text.contains("International") && !text.contains("\"amendments\""), "{text}");
    }
    assert!(before[2].starts_with("HTTP/1.1 404"), "{}", before[2]);
    assert!(before[3].contains(",2024-01-23,,,,,Q,,PER,0,0,E,"), "{}", before[3]);
    let after = served(&store, "2024-01-24T09:30:00+08:00", &paths);
    assert!(after[0].contains("HUANGGANG") && after[0].contains("International Airport"));
    assert!(after[1].contains("\"amendments\""));
    // Open from the amendment's day on, which is not released yet: a structural zero until then.
    assert!(after[2].contains(",2024-01-23,0,0,0,0,M,"), "{}", after[2]);
    assert!(!after[3].contains(",E,"), "{}", after[3]);
    // The earlier version of the list is still served.
    assert!(after[4].contains("LO_WU") && !after[4].contains("HUANGGANG"), "{}", after[4]);
    // Events at the new point are counted, and the ledger verifies.
    ingest(&place, &store, NOW, csv(|day| day >= 24));
    succeed(&["release", &store, "--until", "2024-02-02", "--now", NOW, "--empty"]);
    succeed(&["ledger", "verify", &store]);
    let days = rows(&store, "BORDER_FLOW", "D..FLOW.HUANGGANG.ENTRY.VISITOR");
    let open = days.iter().filter(|row| row["OBS_STATUS"] != "M").count();
    assert_eq!((days.len(), open), (16, 9), "from the 25th on: {days:?}");
}

/// The public files of a store, which opening it does not touch.
fn public_files(store: &str) -> Vec<(String, Vec<u8>)> {
    files(&Path::new(store).join("public"))
}

#[test]
fn each_refusal_leaves_the_store_as_it_is() {
    let place = Workplace::with_plan(plan("2").text());
    let store = place.synthetic("store", None);
    succeed(&["release", &store, "--until", "2024-01-20", "--now", BEFORE, "--empty"]);
    let before = public_files(&store);
    let entry = |kind: &str, rest: &str| format!("[[{kind}]]\n{LIST}{rest}");
    let added = |code: &str| entry("added", &format!("code = \"{code}\"\nname = \"x\"\n"));
    let flow_break = "[[break]]\ndataflow = \"BORDER_FLOW\"\nnote = \"b\"\n".to_owned();
    let cases = [
        (FROM, String::new(), 2, "nothing-changes"),
        (FROM, "[[add]]\n".into(), 2, "unknown-key"),
        ("2024-01-20", flow_break.clone(), 3, "amendment-early"),
        ("2024-03-01", flow_break.clone(), 2, "amendment-from"),
        ("2024-01-24", entry("closed", "code = \"LO_WU\"\n"), 3, "amendment-late"),
        (FROM, replace_only(&added("X"), "CL_BORDER_POINT", "CL_X"), 2, "unknown-reference"),
        (FROM, added("LO_WU"), 2, "code-exists"),
        (FROM, added("A") + &added("B") + &added("C"), 2, "no-reserved-place"),
        (FROM, entry("closed", "code = \"LO_WU\"\n").repeat(2), 2, "closed-code"),
        (FROM, replace_only(&flow_break, "BORDER_FLOW", "NONE"), 2, "unknown-reference"),
    ];
    for (from, text, exit, code) in &cases {
        let text = format!("from = \"{from}\"\nnote = \"n\"\n{text}");
        let file = place.write("bad.toml", text);
        for more in [&["--dry-run"][..], &[]] {
            let arguments = [&["plan", "amend", &store, &file, "--now", BEFORE], more].concat();
            let output = run(&arguments);
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(*exit), "{code}: {error}");
            assert!(error.starts_with(&format!("error[{code}]: ")), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
        assert!(public_files(&store) == before, "{code}");
    }
    // A dry run of a valid amendment prints its changes, and changes nothing either.
    let file = place.write("amendment.toml", amendment());
    let output = succeed(&["plan", "amend", &store, &file, "--dry-run", "--now", BEFORE]);
    for line in
        ["would be amended", "added: CL_BORDER_POINT HUANGGANG", "closed: ", "\"Airport\" to"]
    {
        assert!(output.contains(line), "{line}: {output}");
    }
    assert!(public_files(&store) == before);
    // Before the amendment the code of the new point is unknown.
    let row = replace_each(&csv(|day| day == 25), "2024-01-25", "2024-01-22");
    let events = place.write("events.csv", row);
    let output = run(&["ingest", &store, &events, "--now", NOW]);
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error[unknown-code]: "));
    succeed(&["plan", "amend", &store, &file, "--now", BEFORE]);
    let output = run(&["ingest", &store, &events, "--now", NOW]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.starts_with("error[closed-code]: "), "the point is not open yet: {error}");
    let output = run(&["plan", "amend", &store, &file, "--now", BEFORE]);
    assert_eq!(output.status.code(), Some(2), "the same amendment again changes nothing");
}

/// A table that is measured by the month too gets no new code within a month.
#[test]
fn a_code_begins_with_a_period_of_its_table() {
    let reserved = edit(TABLES).add("code_list.CL_BORDER_POINT.reserved", toml("{ SEA = 2 }"));
    let place = Workplace::with_plan(reserved.text());
    let store = place.synthetic("store", None);
    succeed(&["release", &store, "--until", "2024-01-20", "--now", BEFORE, "--empty"]);
    let amend = |from: &str, group: &str| {
        let text = format!(
            "from = \"{from}\"\nnote = \"n\"\n[[added]]\n{LIST}\
             code = \"NEW_PIER\"\nname = \"New pier\"\n{group}"
        );
        let file = place.write("amendment.toml", text);
        run(&["plan", "amend", &store, &file, "--now", BEFORE])
    };
    let before = public_files(&store);
    let refused = amend("2024-01-25", "group = \"SEA\"\n");
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{error}");
    assert!(error.starts_with("error[amendment-from]: "), "{error}");
    assert!(error.contains("CROSSINGS is measured in longer periods"), "{error}");
    assert!(error.contains("began on 2024-01-01") && error.contains("given 2024-01-25"), "{error}");
    assert!(public_files(&store) == before);
    let output = amend("2024-02-01", "group = \"SEA\"\n");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_plan_costs_the_same_after_an_amendment() {
    let place = Workplace::new();
    let plan = place.write("plan.toml", plan("2").text());
    let store = place.synthetic("store", None);
    let file = place.write("amendment.toml", amendment());
    let show = |plan: &str| succeed(&["plan", "show", plan]);
    assert_eq!(show(&store), show(&plan));
    succeed(&["plan", "amend", &store, &file, "--now", BEFORE]);
    // Only the numbers of reserved cells change: two points are reserved, then one.
    let without_reserved = |flow: usize, stock: usize, text: String| {
        let flow = format!("BORDER_FLOW: flow, 16 cells ({flow} of them reserved)");
        let stock = format!("VISITORS_PRESENT: stock, 4 cells ({stock} of them reserved)");
        assert!(text.contains(&flow) && text.contains(&stock), "{text}");
        assert_eq!(text.matches("of them reserved").count(), 2, "{text}");
        replace_only(&replace_only(&text, &flow, ""), &stock, "")
    };
    assert_eq!(without_reserved(4, 1, show(&store)), without_reserved(8, 2, show(&plan)));
    let json: serde_json::Value =
        serde_json::from_str(&succeed(&["plan", "show", &store, "--format", "json"]))
            .expect("JSON");
    let counts = |flow: &serde_json::Value| (flow["cells"].clone(), flow["reserved"].clone());
    let counts: Vec<_> = json["dataflows"].as_array().expect("a list").iter().map(counts).collect();
    assert_eq!(counts, [(16.into(), 4.into()), (4.into(), 1.into()), (2.into(), 0.into())]);
}

#[test]
fn a_killed_amendment_is_in_force_whole_or_not_at_all() {
    let place = Workplace::with_plan(plan("2").text());
    let store = place.synthetic("store", None);
    let (mut struck, mut outcomes) = (0, BTreeSet::new());
    for kill in 0..14u64 {
        let text = format!(
            "from = \"2024-02-{:02}\"\nnote = \"turn {kill}\"\n[[renamed]]\nlist = \
             \"CL_TRAVELLER_CLASS\"\ncode = \"VISITOR\"\nname = \"Visitors {kill}\"\n",
            kill + 1
        );
        let file = place.write("amendment.toml", text);
        let arguments = ["plan", "amend", &store, &file, "--now", BEFORE];
        let mut command = tidegauge(&arguments);
        let mut process =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        sleep(Duration::from_millis(2 + 11 * kill % 83));
        struck += u64::from(process.try_wait().expect("a process").is_none());
        process.kill().expect("a signal");
        process.wait().expect("an end");
        // Readers of the public directory see the old plan or the new one.
        let report = succeed(&["ledger", "verify", &store]);
        let seen = report.matches("amendment from").count() as u64;
        assert!(seen == kill || seen == kill + 1, "{report}");
        // A second run finds the amendment in force, or puts it in force.
        let again = run(&arguments);
        let error = String::from_utf8_lossy(&again.stderr).into_owned();
        let was_in_force = error.starts_with("error[nothing-changes]: ");
        assert!(again.status.success() || was_in_force, "{error}");
        outcomes.insert(was_in_force);
        let report = succeed(&["ledger", "verify", &store]);
        assert_eq!(report.matches("amendment from").count() as u64, kill + 1, "{report}");
    }
    assert!(struck > 0, "no kill struck a running amendment");
    assert!(!outcomes.is_empty());
    succeed(&["release", &store, "--until", "2024-01-20", "--now", NOW, "--empty"]);
    succeed(&["ledger", "verify", &store]);
}
