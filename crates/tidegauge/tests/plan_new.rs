//! `plan new`: six made-up offices that have a plan by flags, a store and a release; what a sample
//! gives; and what is refused.
//!
//! Not here: the rules of plans (crate `model`), and the solver of wishes (`tests/wishes.rs`).

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use testkit::program::{Workplace, refused, run, succeed, tidegauge};

const OFFICE: [&str; 16] = [
    "--agency",
    "EX",
    "--title",
    "Statistics",
    "--controller",
    "Example Statistics Office",
    "--legal-basis",
    "Example Official Statistics Act",
    "--contact",
    "statistics@example.org",
    "--area",
    "EE",
    "--time-zone",
    "Europe/Tallinn",
    "--start",
    "2024-01-01",
];

/// Offices: a kind, further flags, and the number of dimensions beside the kind of event.
const OFFICES: [(&str, &[&str], usize); 6] = [
    ("border", &["--dimension", "border_point=codes:NORTH,SOUTH", "--dimension", "citizenship"], 2),
    ("stays", &["--dimension", "citizenship", "--dimension", "sex"], 2),
    ("returns", &["--dimension", "citizenship", "--dimension", "age_band@70"], 2),
    ("asylum", &["--dimension", "sex", "--dimension", "age_band"], 2),
    ("log", &["--events", "codes:RECEIVED,CHECKED,DECIDED"], 0),
    ("own", &["--events", "codes:ARRIVAL,DEPARTURE", "--step", "day", "--dimension", "sex"], 1),
];

#[test]
fn weeks_begin_on_a_monday_and_may_need_a_window_more() {
    let place = Workplace::new();
    let plan = place.text("new.toml");
    let weekly = |start: &'static str| {
        let mut call = plan_new("border", &plan, &["--step", "week", "--expires", "2028-12-31"]);
        let place = call.iter().position(|word| *word == "2024-01-01").expect("the start");
        call[place] = start;
        run(&call)
    };
    let refused = weekly("2027-01-01");
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("such as 2027-01-04"), "{refused:?}");
    let made = weekly("2027-01-04");
    assert!(made.status.success() && made.stderr.is_empty(), "{made:?}");
    let checked = run(&["plan", "check", &plan]);
    assert!(checked.status.success() && checked.stderr.is_empty(), "{checked:?}");
}

/// Half the width of an interval that a right figure leaves once in 1.7 million times, in margins
/// of 95 %: 5 / 1.96.
const SURE: f64 = 2.551;

fn plan_new<'a>(kind: &'a str, out: &'a str, flags: &[&'a str]) -> Vec<&'a str> {
    let start: [&str; 6] = ["plan", "new", "--kind", kind, "--out", out];
    [&start[..], &OFFICE[..], flags].concat()
}

/// The events of January that were made, by the names of transitions.
fn made_in_january(truth: &str) -> BTreeMap<String, f64> {
    let mut made = BTreeMap::new();
    for line in truth.lines().skip(1).filter(|line| line.starts_with("2024-01-")) {
        let fields: Vec<&str> = line.split(',').collect();
        let events: f64 = fields[3].parse().expect("a count");
        if !fields[2].is_empty() {
            *made.entry(fields[2].to_owned()).or_default() += events;
        }
    }
    made
}

/// A figure of January with its margin.
fn figure(store: &str, dimensions: usize, code: &str) -> (f64, f64) {
    let key = format!("M.EE.FLOW.{}{code}", "_T.".repeat(dimensions));
    let csv = succeed(&["export", store, "--dataflow", "EVENTS", "--key", &key]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let mut rows = reader.deserialize::<BTreeMap<String, String>>();
    let row = rows.next().expect("a row").expect("fields");
    assert_eq!(row["TIME_PERIOD"], "2024-01");
    let number = |name: &str| row[name].parse().expect("a number");
    (number("OBS_VALUE"), number("MARGIN"))
}

#[test]
fn six_made_up_offices_have_a_plan_at_once() {
    for (kind, flags, dimensions) in OFFICES {
        let place = Workplace::new();
        let [plan, events, truth, store] =
            ["new.toml", "events.csv", "truth.csv", "store"].map(|name| place.text(name));
        let report = succeed(&plan_new(kind, &plan, flags));
        assert!(report.contains("wishes are granted by a plan"), "{kind}: {report}");
        assert!(report.contains("5 windows, lifetime total"), "{kind}: {report}");
        let checked = run(&["plan", "check", &plan]);
        assert!(checked.status.success() && checked.stderr.is_empty(), "{kind}: {checked:?}");
        // What is changed later is fitted anew.
        succeed(&["plan", "fit", &plan, "--out", &place.text("fitted.toml")]);
        // Far fewer than one person in a hundred has two events of one kind in a step.
        let simulate = ["simulate", "plan", &plan, "--out", &events, "--truth", &truth];
        let rarely = ["--late", "0", "--length", "300", "--to", "2024-01-31"];
        succeed(&[&simulate[..], &rarely[..]].concat());
        succeed(&["init", &store, "--plan", &plan, "--synthetic"]);
        succeed(&["ingest", &store, &events]);
        succeed(&["release", &store, "--until", "2024-01"]);
        let made = made_in_january(&fs::read_to_string(&truth).expect("the counts"));
        let text = fs::read_to_string(&plan).expect("the plan");
        let mut compared = 0;
        for (code, count) in &made {
            // Only what readers see first.
            if !text.contains(&format!("= \"{code}\" }}\nperiod")) {
                continue;
            }
            let (value, margin) = figure(&store, dimensions, code);
            assert!(margin > 0.0, "{kind} {code}: {margin}");
            assert!((value - count).abs() <= SURE * margin, "{kind} {code}: {value} {count}");
            compared += 1;
        }
        assert!(compared >= 2, "{kind}: {made:?}");
    }
}

/// Late events count where the description says so; a rule of plans that the numbers break is named
/// with the key.
#[test]
fn late_events_count_where_the_description_says_so() {
    let place = Workplace::new();
    let [plan, log] = ["new.toml", "log.toml"].map(|name| place.text(name));
    succeed(&plan_new("border", &plan, &["--vintages", "7,90", "--dimension", "sex"]));
    let text = fs::read_to_string(&plan).expect("the plan");
    let lines = ["vintages = [7, 90]", "events_steps = 90"];
    assert!(lines.iter().all(|line| text.contains(line)), "{text}");
    let shown = succeed(&["plan", "show", &plan]);
    assert!(shown.contains("late events are counted after 7 and 90 days"), "{shown}");
    let steps = ["--events", "codes:RECEIVED,DECIDED", "--vintages", "1,3"];
    succeed(&plan_new("log", &log, &steps));
    let text = fs::read_to_string(&log).expect("the plan");
    assert_eq!(text.matches("vintages = [1, 3]").count(), 2, "{text}");
    for (vintages, rule) in [("7,7", "each greater"), ("x", "each greater"), ("300", "1 to 254")] {
        let flags = ["--force", "--vintages", vintages, "--dimension", "sex"];
        let output = run(&plan_new("border", &plan, &flags));
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains("vintages") && error.contains(rule), "{error}");
    }
}

/// The weights that were found, the smallest beside the largest, are no start for the next fit.
#[test]
fn a_new_plan_can_be_fitted_again() {
    let place = Workplace::new();
    let [plan, fitted] = ["new.toml", "fitted.toml"].map(|name| place.text(name));
    for (kind, dimension) in [("border", "sex=codes:M,F"), ("stays", "citizenship=codes:EE,LV")] {
        succeed(&plan_new(kind, &plan, &["--force", "--dimension", dimension]));
        let report = succeed(&["plan", "fit", &plan, "--out", &fitted]);
        assert!(report.contains("wishes are granted by a plan"), "{kind}: {report}");
    }
}

#[test]
fn wishes_that_cannot_be_granted_are_missed_by_a_factor() {
    let place = Workplace::new();
    let plan = place.text("new.toml");
    let flags = ["--margin", "2", "--dimension", "citizenship"];
    let report = succeed(&plan_new("border", &plan, &flags));
    assert!(report.contains("missed by"), "{report}");
    let total = report.lines().find(|line| line.contains("by DIRECTION, day")).expect("a wish");
    assert!(!total.trim_end().ends_with('-'), "{total}");
    succeed(&["plan", "check", &plan]);
}

#[test]
fn a_sample_gives_names_and_codes_only() {
    let place = Workplace::new();
    let few = "pseudonym,kind,sex,border_point\np1,ENTRY,F,South\np2,EXIT,M,North\n";
    let many = "pseudonym,kind,sex,border_point\n\
                p9,EXIT,M,North\np8,EXIT,M,North\np7,EXIT,M,North\np6,ENTRY,F,South\n";
    let mut plans = Vec::new();
    for (name, sample) in [("few", few), ("many", many)] {
        place.write("sample.csv", sample);
        let [sample, plan] = [place.text("sample.csv"), place.text(&format!("{name}.toml"))];
        let output = run(&plan_new("border", &plan, &["--sample", &sample]));
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("takes names of columns and codes only"), "{said}");
        assert!(said.contains("columns not read, since no plan has them: 1;"), "{said}");
        plans.push(fs::read_to_string(&plan).expect("the plan"));
    }
    assert_eq!(plans[0], plans[1]);
    assert!(plans[0].contains("id = \"NORTH\", name = \"North\""), "{}", plans[0]);
    assert!(!plans[0].contains("p1") && !plans[0].contains("pseudonym"));
}

#[test]
fn airports_are_a_list_of_border_points() {
    let place = Workplace::new();
    let plan = place.text("new.toml");
    let flags = ["--dimension", "border_point=airports@60"];
    succeed(&plan_new("border", &plan, &flags));
    let text = fs::read_to_string(&plan).expect("the plan");
    assert!(text.contains("{ id = \"TLL\", name = \"Tallinn Airport\" }"), "{text}");
    let checked = run(&["plan", "check", &plan]);
    assert!(checked.status.success() && checked.stderr.is_empty(), "{checked:?}");
}

/// A pseudo-terminal for the program, by `script` of util-linux, which every Debian has.
#[cfg(target_os = "linux")]
/// What `plan new` says in a terminal, and whether it succeeds. The input ends after the answers.
fn in_a_terminal(flags: &str, answers: &[&str]) -> (bool, String) {
    let program = tidegauge(&[]).get_program().to_string_lossy().into_owned();
    let command = format!("{program} plan new {flags}");
    let mut asked = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script of util-linux");
    let text: String = answers.iter().map(|answer| format!("{answer}\n")).collect();
    asked.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("answers");
    let output = asked.wait_with_output().expect("an end");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn in_a_terminal_it_asks_for_what_is_missing() {
    let place = Workplace::new();
    let plan = place.text("new.toml");
    // An empty line takes the default; what must not be empty, or breaks a rule, is asked again.
    let answers = [
        "ARRIVALS",
        "",
        "EX",
        "",
        "Arrivals",
        "Office",
        "Act",
        "a@example.org",
        "EE",
        "Tallinn",
        "Europe/Tallinn",
        "2024-01-01",
        "2025-12-31",
        "",
        "28,7",
        "7",
        "50",
        "codes:ARRIVAL=Arrival,RETURN=Return home",
        "bogus",
        "border_point=codes:Köln",
        "sex",
        "",
    ];
    let (is_made, said) = in_a_terminal(&format!("--kind own --step day --out {plan}"), &answers);
    assert!(is_made, "{said}");
    assert!(said.contains("Id of the plan [OWN]: ") && said.contains("2 windows"), "{said}");
    assert_eq!(said.matches("Id of the agency: ").count(), 2, "{said}");
    assert_eq!(said.matches("must be a time zone").count(), 1, "{said}");
    assert_eq!(said.matches("By what").count(), 4, "{said}");
    let text = fs::read_to_string(&plan).expect("the plan");
    assert!(text.contains("{ id = \"RETURN\", name = \"Return home\" }"), "{text}");
    assert!(text.contains("name = \"sex\""), "{text}");
    assert!(text.contains("vintages = [7]"), "{text}");
}

#[test]
fn answers_before_an_error_are_shown_as_flags() {
    let place = Workplace::new();
    let nowhere = place.text("nowhere/plan.toml");
    let refused = run(&plan_new("border", &nowhere, &[]));
    let rule = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(2) && rule.contains("make it first"), "{rule}");
    let (is_made, said) =
        in_a_terminal("--kind border --rho 1/10", &["MINE", "EX", "de", "It's ours"]);
    assert!(!is_made, "{said}");
    assert!(said.contains("plan new: --controller: the input ended"), "{said}");
    let flags =
        r"plan new --kind border --id MINE --agency EX --language de --title 'It'\''s ours'";
    assert!(said.contains(&format!("{flags} --rho 1/10")), "{said}");
}

#[test]
fn the_words_of_the_program_are_in_every_language() {
    let place = Workplace::new();
    let plan = place.text("new.toml");
    for (kind, flags, _) in OFFICES {
        let in_german = ["--language", "de", "--title", "Statistik", "--force"];
        let mut call = plan_new(kind, &plan, flags);
        let title = call.iter().position(|word| *word == "--title").expect("a title");
        call.drain(title..title + 2);
        succeed(&[&call[..], &in_german[..]].concat());
        let text = fs::read_to_string(&plan).expect("the plan");
        assert!(text.contains("language = \"de\""), "{kind}");
        let texts = |language| {
            let keys = [format!(".{language} = "), format!(" {language} = ")];
            keys.iter().map(|key| text.matches(key).count()).sum::<usize>()
        };
        let all = ["en", "de", "fr", "es"].map(texts);
        assert!(all[0] >= 8 && all[1..] == [all[0]; 3], "{kind}: {all:?}");
        let said = succeed(&["plan", "explain", &plan, "--lang", "de"]);
        for english in ["Events", "Persons", "Unknown", "Official statistics"] {
            assert!(!said.contains(english), "{kind}: {english}: {said}");
        }
    }
}

#[test]
fn a_file_is_kept_and_missing_flags_are_named_at_once() {
    let place = Workplace::new();
    let plan = place.write("new.toml", "mine");
    let output = run(&plan_new("border", &plan, &[]));
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&plan).expect("the file"), "mine");
    succeed(&plan_new("border", &plan, &["--force"]));
    assert_ne!(fs::read_to_string(&plan).expect("the file"), "mine");
    let output = run(&["plan", "new"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said.lines().count(), 1, "{said}");
    for flag in ["--kind", "--agency", "--title", "--area", "--time-zone", "--start"] {
        assert!(said.contains(flag), "{said}");
    }
}

#[test]
fn what_no_plan_may_have_is_refused() {
    let place = Workplace::new();
    let plan = place.text("new.toml");
    for wrong in ["passport=codes:A", "nuts=codes:A", "sex=elsewhere", "sex=sample", "sex@none"] {
        let output = run(&plan_new("border", &plan, &["--dimension", wrong]));
        assert_eq!(output.status.code(), Some(2), "{wrong}: {output:?}");
        assert!(fs::metadata(&plan).is_err(), "{wrong}");
    }
    for endless in [["--sample", "/dev/zero"], ["--dimension", "sex=file:/dev/zero"]] {
        refused(&plan_new("border", &plan, &endless), 2, "file-size");
    }
}
