//! The table of keys beside the parser, the ready-made plans and the page that readers have.
//!
//! Not here: the rules of values (`tests/refusals.rs` and its neighbours).

use std::fs;
use std::path::{Path, PathBuf};

use testkit::plans::{STAYS, TABLES};
use testkit::publisher::PLAN as SAMPLE;
use testkit::text::replace_first;
use testkit::{edit, toml};
use toml::de::{DeTable, DeValue};

use super::*;
use crate::amendment::Amendment;
use crate::method::METHOD_CONCEPTS;
use crate::period::Grain;
use crate::plan::{Plan, PlanError, PlanFault};

const BALANCE: &str = include_str!("../../../../../testdata/balance_table.toml");
const STAY: &str = include_str!("../../../models/stay.toml");
/// No key takes a date of TOML.
const WRONG: &str = "1979-05-27";

/// A TOML table in a sound plan or amendment.
struct Place {
    table: &'static KeyTable,
    form: Option<&'static str>,
    text: String,
    path: &'static str,
}

impl Place {
    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The faults at a key, or inside of its value, if the text has them.
    fn faults_at(&self, key: &str, text: &str) -> Vec<PlanFault> {
        let field = self.path_of(key).replace(".[", "[");
        let is_there = |error: &PlanError| {
            let rest = error.field.strip_prefix(&field);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let errors = if self.is_of_amendment() {
            Amendment::parse(text).err()
        } else {
            Plan::parse(text).err()
        };
        let errors = errors.iter().flat_map(|errors| errors.errors());
        errors.filter(|error| is_there(error)).map(|error| error.fault).collect()
    }

    fn is_of_amendment(&self) -> bool {
        self.text.starts_with("from")
    }

    fn has(&self, key: &Key) -> bool {
        key.only.is_empty() || self.form.is_none_or(|form| key.only.contains(&form))
    }

    /// The faults at a key with a value that no key takes.
    fn with_wrong(&self, key: &str) -> Vec<PlanFault> {
        let (plan, path) = (edit(&self.text), self.path_of(key));
        let plan = if plan.has(&path) { plan.remove(&path) } else { plan };
        self.faults_at(key, &plan.add(&path, toml(WRONG)).text())
    }
}

/// The sample plan, with every table that it can have besides.
fn sample() -> String {
    let names = "[{ until = \"2023-11-30\", name = \"Airfield\" }]";
    edit(SAMPLE)
        .add("code_list.CL_BORDER_POINT.codes.AIR.names", toml(names))
        .add("dataflow.CROSSINGS.only", toml("{ kind = [\"ENTRY\", \"EXIT\"] }"))
        .add("dataflow.CROSSINGS.method", toml("{ coverage = \"All points\" }"))
        .add("dataflow.CROSSINGS.view", toml("{ period = \"day\" }"))
        .append(
            "[retention]\nevents_steps = 9\n[method]\ncoverage = \"All points\"\n\
             [intake]\nlongest_wait_minutes = 60\npseudonym_key = \"5f1c0b7a9d3e2468\"\n\
             [[rate]]\nid = \"RATE\"\nname = \"Rate\"\ndescription = \"Entries of crossings\"\n\
             numerator = { dataflow = \"CROSSINGS\", codes = { DIRECTION = [\"ENTRY\"] } }\n\
             denominator = { dataflow = \"CROSSINGS\" }\n\
             [[wish]]\ndataflow = \"CROSSINGS\"\nperiod = \"month\"\nmargin = 10\n\
             [[headline]]\ndataflow = \"CROSSINGS\"\nperiod = \"day\"\n\
             [[source]]\nid = \"LAND\"\nname = \"Land border police\"\nfrom = \"2023-11-15\"\n\
             complete_every = \"day\"\ncomplete_within_minutes = 30\n[[source.key]]\nid = \"k\"\n\
             public = \"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n",
        )
        .text()
}

const AMENDED: &str = "from = \"2025-01-01\"\nnote = \"A point opens\"\n\
    [[added]]\nlist = \"CL_BORDER_POINT\"\ncode = \"BRIDGE\"\nname = \"Bridge\"\n\
    [[closed]]\nlist = \"CL_BORDER_POINT\"\ncode = \"SEA\"\n\
    [[renamed]]\nlist = \"CL_BORDER_POINT\"\ncode = \"AIR\"\nname = \"International airport\"\n\
    [[break]]\ndataflow = \"CROSSINGS\"\nnote = \"Gates count\"\n\
    [[source]]\nid = \"LAND\"\nname = \"Land border police\"\nfrom = \"2023-11-15\"\n\
    complete_every = \"day\"\ncomplete_within_minutes = 30\n[[source.key]]\nid = \"k\"\n\
    public = \"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n";

type TablePlace = (&'static KeyTable, Option<&'static str>, &'static str);

/// Tables of the sample plan: each with its form and its path.
const OF_SAMPLE: &[TablePlace] = &[
    (&PLAN, None, ""),
    (&STATEMENT, None, "statement"),
    (&PRIVACY, None, "privacy"),
    (&RETENTION, None, "retention"),
    (&METHOD, None, "method"),
    (&METHOD, None, "dataflow.[0].method"),
    (&LIFE_CYCLE_READY, None, "life_cycle"),
    (&ATTRIBUTE, None, "attribute.[0]"),
    (&CODE_LIST, None, "code_list.[0]"),
    (&CODE, Some(""), "code_list.[0].codes.[0]"),
    (&FORMER_NAME, None, "code_list.[0].codes.[0].names.[0]"),
    (&DATAFLOW, Some("flow"), "dataflow.[0]"),
    (&DATAFLOW, Some("stock"), "dataflow.[1]"),
    (&DATAFLOW, Some("at_bound"), "dataflow.[2]"),
    (&DIMENSION, None, "dataflow.[0].dimensions.[0]"),
    (&STRATEGY, None, "dataflow.[0].strategy"),
    (&CALENDAR, None, "dataflow.[0].strategy.calendar"),
    (&ONLY, None, "dataflow.[0].only"),
    (&VIEW, None, "dataflow.[0].view"),
    (&RATE, None, "rate.[0]"),
    (&SIDE, None, "rate.[0].numerator"),
    (&SIDE, None, "rate.[0].denominator"),
    (&WISH, None, "wish.[0]"),
    (&HEADLINE, None, "headline.[0]"),
    (&INTAKE, None, "intake"),
    (&SOURCE, None, "source.[0]"),
    (&SOURCE_KEY, None, "source.[0].key.[0]"),
];

/// Tables of the plan of stays: each with its form and its path.
const OF_STAYS: &[TablePlace] = &[
    (&ONLY, None, "dataflow.[0].only"),
    (&DATAFLOW, Some("balance"), "dataflow.[3]"),
    (&DATAFLOW, Some("duration"), "dataflow.[4]"),
    (&DATAFLOW, Some("transition"), "dataflow.[5]"),
    (&DATAFLOW, Some("cohort"), "dataflow.[6]"),
];

/// Tables of the plan with a life cycle of its own: each with its form and its path.
const OF_OWN: &[TablePlace] = &[
    (&LIFE_CYCLE_OWN, None, "life_cycle"),
    (&TRANSITION, None, "life_cycle.transitions.[0]"),
    (&TIMER, None, "life_cycle.timers.[0]"),
];

/// Tables of the plan of tables of balances: each with its form and its path.
const OF_BALANCE: &[TablePlace] = &[
    (&GROUP, None, "code_list.[0].groups.[1]"),
    (&CODE, Some(GROUPED), "code_list.[0].codes.[0]"),
    (&DATAFLOW, Some("balance"), "dataflow.[0]"),
    (&MARGINAL, None, "dataflow.[0].marginals.[0]"),
    (&RESIDUAL, Some("balance"), "dataflow.[1].residuals.[1]"),
];

/// Tables of the plan of tables: each with its form and its path.
const OF_TABLES: &[TablePlace] =
    &[(&DATAFLOW, Some("flow"), "dataflow.[0]"), (&MARGINAL, None, "dataflow.[0].margins.[0]")];

/// Tables of the amendment: each with its form and its path.
const OF_AMENDMENT: &[TablePlace] = &[
    (&AMENDMENT, None, ""),
    (&ADDED, None, "added.[0]"),
    (&CLOSED, None, "closed.[0]"),
    (&RENAMED, None, "renamed.[0]"),
    (&BREAK, None, "break.[0]"),
    (&SOURCE, None, "source.[0]"),
    (&SOURCE_KEY, None, "source.[0].key.[0]"),
];

/// Places of every table.
fn places() -> Vec<Place> {
    let residuals = "[{ of = [], weight = 2 }, { of = [\"TRAVELLER_CLASS\"], weight = 1 }]";
    let lapses = toml("{ transition = [\"LAPSE\"] }");
    let own = replace_first(STAYS, "model = \"stay\"", &format!("id = \"OWN\"\n{STAY}"));
    [
        (sample(), OF_SAMPLE),
        (edit(STAYS).add("dataflow.TRANSITIONS.only", lapses).text(), OF_STAYS),
        (own, OF_OWN),
        (edit(BALANCE).add("dataflow.BY_CLASS.residuals", toml(residuals)).text(), OF_BALANCE),
        (TABLES.to_owned(), OF_TABLES),
        (AMENDED.to_owned(), OF_AMENDMENT),
    ]
    .into_iter()
    .flat_map(|(text, places)| {
        let place = move |&(table, form, path)| Place { table, form, text: text.clone(), path };
        places.iter().map(place)
    })
    .collect()
}

#[test]
fn places_are_sound_and_of_every_table() {
    let places = places();
    for place in &places {
        let error = match place.is_of_amendment() {
            true => Amendment::parse(&place.text).err(),
            false => Plan::parse(&place.text).err(),
        };
        assert_eq!(error, None, "{}", place.path);
    }
    for table in PLAN_TABLES.iter().chain(&AMENDMENT_TABLES) {
        let found = places.iter().any(|place| std::ptr::eq(place.table, *table));
        assert!(found, "{}: no plan here has it", table.title);
    }
    for measure in MEASURES {
        let found = places.iter().any(|p| p.table.title == "Dataflows" && p.form == Some(measure));
        assert!(found, "no plan here has the measure {measure}");
    }
}

#[test]
fn every_key_is_read() {
    let mut read = Vec::new();
    for place in places() {
        for key in place.table.keys {
            let faults = place.with_wrong(key.name);
            let path = place.path_of(key.name);
            let is_unknown = faults.contains(&PlanFault::UnknownKey);
            assert_eq!(is_unknown, !place.has(key), "{path} of {}", place.table.title);
            if !is_unknown && !faults.is_empty() {
                read.push((place.table.title, key.name));
            }
        }
        assert_eq!(place.with_wrong("no_such_key"), [PlanFault::UnknownKey]);
    }
    for table in PLAN_TABLES.iter().chain(&AMENDMENT_TABLES) {
        for key in table.keys {
            let name = (table.title, key.name);
            assert!(read.contains(&name), "{name:?}: the parser takes any value for it");
        }
    }
}

#[test]
fn required_keys_are_those_that_the_parser_needs() {
    for place in places() {
        for key in place.table.keys {
            let path = place.path_of(key.name);
            let text = edit(&place.text);
            let is_given = text.has(&path);
            let text = if is_given { text.remove(&path).text() } else { place.text.clone() };
            let missed = |fault| matches!(fault, PlanFault::MissingKey | PlanFault::PurposeMissing);
            let is_missed = place.faults_at(key.name, &text).into_iter().any(missed);
            match key.need {
                Need::Always => assert_eq!(is_missed, place.has(key), "{path} is required"),
                Need::Otherwise(_) => assert!(!is_missed, "{path} is not required"),
                Need::When(_) => {}
            }
        }
    }
}

#[test]
fn examples_are_toml_with_their_key() {
    for table in PLAN_TABLES.iter().chain(&AMENDMENT_TABLES) {
        for key in table.keys {
            let document = DeTable::parse(key.example).expect(key.example);
            let names: Vec<&str> =
                document.get_ref().keys().map(|key| key.get_ref().as_ref()).collect();
            let inner = key.example.starts_with("[[") && key.example.contains('.');
            let expected = if inner { "source" } else { key.name };
            assert_eq!(names, [expected], "{}: {}", table.title, key.example);
            assert!(key.example.lines().count() == 1 && !key.example.contains('`'));
            assert!(key.means.ends_with('.') && !key.value.kind.is_empty(), "{}", key.name);
            assert!(key.only.is_empty() || !table.forms.is_empty(), "{}", key.name);
        }
    }
}

#[test]
fn keys_of_method_and_calendar_are_those_of_the_parser() {
    assert_eq!(METHOD.known().0, METHOD_CONCEPTS.map(|concept| concept.key));
    assert_eq!(CALENDAR.known().0, Grain::ALL.map(Grain::word));
}

/// Panics if a table has a key that no table of keys at this path has.
fn walk(tables: &[&KeyTable], path: &str, table: &DeTable) {
    let here: Vec<&KeyTable> =
        tables.iter().copied().filter(|table| table.paths.contains(&path)).collect();
    if here.is_empty() {
        // The plan itself names the keys: languages, dimensions, groups.
        return;
    }
    for (name, value) in table {
        let name = name.get_ref().as_ref();
        let is_key = here.iter().any(|table| table.keys.iter().any(|key| key.name == name));
        assert!(is_key, "{path}: {name}");
        let inner = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        match value.get_ref() {
            DeValue::Table(table) => walk(tables, &inner, table),
            DeValue::Array(values) => {
                let tables_in = values.iter().filter_map(|value| value.get_ref().as_table());
                tables_in.for_each(|table| walk(tables, &inner, table));
            }
            _ => {}
        }
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn plans_have_only_keys_of_the_table() {
    let mut plans = 0;
    for folder in ["plans", "testdata", "testdata/plans"] {
        for entry in fs::read_dir(workspace().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                let text = fs::read_to_string(&path).expect("a plan");
                walk(&PLAN_TABLES, "", DeTable::parse(&text).expect("TOML").get_ref());
                plans += 1;
            }
        }
    }
    assert!(plans > 10, "{plans} plans are read");
}

#[test]
fn near_keys_are_named() {
    let near = |key: &str| DATAFLOW.known_with(Some("flow")).near(key);
    assert_eq!(near("dimension"), ["dimensions"]);
    assert_eq!(near("bound_mnth"), ["bound_month"]);
    assert_eq!(near("margin"), ["margins", "marginals"]);
    assert_eq!(near("x"), Vec::<&str>::new());
    assert_eq!(near(&"share".repeat(20)), Vec::<&str>::new());
    let errors = Plan::parse(&edit(SAMPLE).add("privacy.window_", 5).text()).unwrap_err();
    let rule = "unknown key; the keys here are window, rho, windows, rho_of_events; did you mean \
                window or windows?";
    assert_eq!(errors.errors()[0].rule, rule);
}

#[test]
fn the_page_is_the_table() {
    let path = workspace().join("docs/src/reference/plan.md");
    let page = reference();
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(&path, &page).expect("writable");
    }
    assert_eq!(fs::read_to_string(&path).expect("the page"), page, "run the test with UPDATE=1");
}
