//! The forecast of a plan before any data, compared with the published margins.
//!
//! Not here: the prices (crate `ledger`), and the strategies (crate `privacy`).

#![cfg(test)]

use std::path::Path;

use testkit::plans::{TABLES, border_with_first_crossings};
use testkit::program::{PLAN, Workplace, run, succeed};
use testkit::{edit, toml};
use tidegauge_appraise::{Forecast, ForecastOptions, MarginForecast, MechanismForecast, forecast};
use tidegauge_model::Plan;

fn plan() -> Plan {
    Plan::parse(PLAN).expect("the ready-made plan")
}

/// A forecast without the parts that take time.
fn briefly(plan: &Plan) -> Forecast {
    forecast(plan, ForecastOptions::default()).expect("a forecast")
}

/// The figures of a key as CSV, as they are published: in whole numbers.
fn exported(store: &str, dataflow: &str, key: &str) -> String {
    succeed(&["export", store, "--dataflow", dataflow, "--key", key])
}

/// The margins of a day, week, month and quarter in the middle of the year. The store is empty, as
/// noise does not depend on data.
#[test]
fn the_margin_forecast_is_the_margin_published() {
    let place = Workplace::new();
    let store = place.synthetic("store", None);
    succeed(&[
        "release",
        &store,
        "--until",
        "2024-09-30",
        "--now",
        "2025-01-15T00:00:00Z",
        "--empty",
    ]);
    let forecast = briefly(&plan());
    let mut compared = 0;
    for outlook in &forecast.dataflows {
        let keys = match outlook.id.as_str() {
            "BORDER_FLOW" => ["...AIRPORT.ENTRY.RESIDENT"].as_slice(),
            "VISITORS_PRESENT" => &["...OTHER_VISITOR"],
            _ => &["...RESIDENT"],
        };
        for key in keys {
            let csv = exported(&store, &outlook.id, key);
            let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
            let columns = lines.next().expect("a header");
            let column =
                |name: &str| columns.iter().position(|column| *column == name).expect("known");
            let rows: Vec<Vec<&str>> = lines.collect();
            for MarginForecast { indicator, grain, margin, .. } in &outlook.margins {
                let (frequency, period) = match *grain {
                    "day" => ("D", "2024-07-02"),
                    "week" => ("W", "2024-W27"),
                    "month" => ("M", "2024-07"),
                    "quarter" => ("Q", "2024-Q3"),
                    _ => continue,
                };
                let wanted =
                    [("FREQ", frequency), ("INDICATOR", indicator), ("TIME_PERIOD", period)];
                let row = rows
                    .iter()
                    .find(|row| wanted.iter().all(|(name, code)| row[column(name)] == *code));
                let row = row.unwrap_or_else(|| panic!("{} {indicator} {period}", outlook.id));
                let published: f64 = row[column("MARGIN")].parse().expect("a number");
                assert_eq!(published, *margin, "{} {indicator} {period}", outlook.id);
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 4 + 3 * 4 + 4);
}

/// The same for tables: each forecast margin at its own grain, in the middle of the year, with and
/// without late counts.
#[test]
fn the_margin_forecast_of_a_table_is_the_margin_published() {
    let text = include_str!("../../../testdata/tables.toml");
    is_published(text);
    let late = edit(text)
        .add("dataflow.CROSSINGS.vintages", toml("[2, 5]"))
        .add("dataflow.BY_TYPE.vintages", toml("[3]"));
    is_published(&late.text());
}

/// The same for tables of balances: a day, a month and a quarter of every marginal and indicator,
/// within the plan's first window or at the end of it.
#[test]
fn the_margin_forecast_of_a_balance_is_the_margin_published() {
    let text = include_str!("../../../testdata/balance_table.toml");
    let place = Workplace::with_plan(text);
    let store = place.synthetic("store", None);
    succeed(&[
        "release",
        &store,
        "--until",
        "2024-03-31",
        "--now",
        "2025-01-15T00:00:00Z",
        "--empty",
    ]);
    let forecast = forecast(&Plan::parse(text).expect("a plan"), ForecastOptions::default())
        .expect("a forecast");
    let mut compared = 0;
    for (dataflow, marginal, key) in [
        ("PRESENT", "total", "_T._T"),
        ("PRESENT", "TRAVELLER_CLASS", "_T.FAR"),
        ("PRESENT", "BORDER_POINT/1 x TRAVELLER_CLASS", "AIR+LAND+SEA.FAR"),
        ("PRESENT", "BORDER_POINT", "NORTH_AIRPORT+FERRY+BRIDGE._T"),
        ("PRESENT", "BORDER_POINT x TRAVELLER_CLASS", "NORTH_AIRPORT+FERRY+BRIDGE.FAR"),
        ("BY_CLASS", "total", "_T"),
        ("BY_CLASS", "TRAVELLER_CLASS", "FAR"),
    ] {
        let csv = exported(&store, dataflow, &format!("...{key}"));
        let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let columns = lines.next().expect("a header");
        let column = |name: &str| columns.iter().position(|column| *column == name).expect("known");
        let rows: Vec<Vec<&str>> = lines.collect();
        let outlook = forecast.dataflows.iter().find(|outlook| outlook.id == dataflow);
        let margins = outlook.expect("known").margins.iter();
        for forecast in margins.filter(|m| m.of.as_deref() == Some(marginal)) {
            let (frequency, period) = match forecast.grain {
                "day" => ("D", "2024-02-15"),
                "month" => ("M", "2024-02"),
                "quarter" => ("Q", "2024-Q1"),
                _ => continue,
            };
            let wanted =
                [("FREQ", frequency), ("INDICATOR", forecast.indicator), ("TIME_PERIOD", period)];
            let is_wanted =
                |row: &&Vec<&str>| wanted.iter().all(|(name, code)| row[column(name)] == *code);
            let margin = |row: &Vec<&str>| row[column("MARGIN")].parse::<f64>().expect("a number");
            let published = rows.iter().filter(is_wanted).map(margin).fold(0.0, f64::max);
            assert_eq!(published, forecast.margin, "{dataflow} {marginal} {wanted:?}");
            compared += 1;
        }
    }
    assert_eq!(compared, 7 * 3 * 3);
}

fn is_published(text: &str) {
    let place = Workplace::with_plan(text);
    let store = place.synthetic("store", None);
    succeed(&[
        "release",
        &store,
        "--until",
        "2024-10-10",
        "--now",
        "2025-01-15T00:00:00Z",
        "--empty",
    ]);
    let forecast = briefly(&Plan::parse(text).expect("a plan"));
    let mut compared = 0;
    // The last border point and group have the most siblings, so they are the least certain, except
    // for figures measured once a month: there it can be the first, with the fewest siblings.
    for (dataflow, marginal, grain, key, period) in [
        ("CROSSINGS", "total", "day", "D..FLOW._T._T._T", "2024-07-02"),
        ("CROSSINGS", "DIRECTION", "week", "W..FLOW._T.EXIT._T", "2024-W27"),
        ("CROSSINGS", "BORDER_POINT/1 x DIRECTION", "day", "D..FLOW.LAND.EXIT._T", "2024-07-02"),
        ("CROSSINGS", "BORDER_POINT x DIRECTION", "month", "M..FLOW.PASS.EXIT._T", "2024-07"),
        (
            "CROSSINGS",
            "BORDER_POINT x DIRECTION x TRAVELLER_CLASS",
            "quarter",
            "Q..FLOW.NORTH_AIRPORT+PASS.EXIT.FAR",
            "2024-Q3",
        ),
        ("BY_TYPE", "BORDER_POINT/1", "week", "W..FLOW.LAND._T", "2024-W27"),
        ("BY_TYPE", "BORDER_POINT", "month", "M..FLOW.PASS._T", "2024-07"),
        ("BY_TYPE", "BORDER_POINT/1 x TRAVELLER_CLASS", "quarter", "Q..FLOW.LAND.FAR", "2024-Q3"),
    ] {
        let csv = exported(&store, dataflow, key);
        let columns: Vec<&str> = csv.lines().next().expect("a header").split(',').collect();
        let margin_column = columns.iter().position(|column| *column == "MARGIN").expect("known");
        let rows = csv.lines().filter(|line| line.contains(&format!(",{period},")));
        let margin = |row: &str| row.split(',').nth(margin_column).expect("a field").parse::<f64>();
        let published = rows.map(|row| margin(row).expect("a number")).fold(0.0, f64::max);
        let outlook = forecast.dataflows.iter().find(|outlook| outlook.id == dataflow);
        let margins = &outlook.expect("known").margins;
        let found = margins.iter().find(|m| m.of.as_deref() == Some(marginal) && m.grain == grain);
        assert_eq!(published, found.expect("forecast").margin, "{marginal} {grain}");
        compared += 1;
    }
    assert_eq!(compared, 8);
}

/// A figure has one margin when it is first published and another one after the last vintage of its
/// steps; a week is first published with the late counts that its earlier days have by then. The
/// strategy of nodes also improves with later steps.
#[test]
fn the_first_count_has_the_margin_forecast() {
    let nodes = toml("{ calendar = { day = 2, week = 1 } }");
    for (strategy, margins) in [("calendar_blt".into(), true), (nodes, false)] {
        let plan = edit(TABLES).add("dataflow.CROSSINGS.vintages", toml("[3, 30]"));
        let plan = plan.change("privacy.window", "quarter").change("privacy.windows", 8);
        let plan = plan.set("dataflow.CROSSINGS.strategy", strategy);
        let plan = if margins { plan } else { plan.remove("dataflow.CROSSINGS.margins") };
        let text = plan.text();
        let place = Workplace::with_plan(&text);
        let store = place.synthetic("store", None);
        let margin = |(key, period): (&str, &str), until: &str| {
            let late = "2025-01-15T00:00:00Z";
            succeed(&["release", &store, "--until", until, "--now", late, "--empty"]);
            let csv = exported(&store, "CROSSINGS", key);
            let columns: Vec<&str> = csv.lines().next().expect("a header").split(',').collect();
            let place = columns.iter().position(|column| *column == "MARGIN").expect("known");
            let row = csv.lines().find(|line| line.contains(&format!(",{period},")));
            let row: Vec<&str> = row.expect("published").split(',').collect();
            row[place].parse::<f64>().expect("a number")
        };
        let forecast = briefly(&Plan::parse(&text).expect("a plan"));
        let shown = forecast.to_string();
        assert!(shown.contains("    late events are counted after 3 and 30 days\n"), "{shown}");
        assert!(shown.contains("margin of error   first count   first window"), "{shown}");
        let of = |grain: &str| {
            let named = forecast.dataflows[0].margins.iter();
            let is_meant = |found: &&MarginForecast| {
                let total = [None, Some("BORDER_POINT x DIRECTION")];
                found.grain == grain && total.contains(&found.of.as_deref())
            };
            let found = named.clone().find(is_meant).expect("forecast");
            (found.first_count.expect("vintages"), found.margin)
        };
        let (series, class) = ("PASS.EXIT", if margins { "_T" } else { "NEAR" });
        let key = |frequency: &str| format!("{frequency}..FLOW.{series}.{class}");
        let (day, week) = ((&*key("D"), "2024-02-15"), (&*key("W"), "2024-W07"));
        let at_first = margin(day, "2024-02-15");
        let week_at_first = margin(week, "2024-02-18");
        let in_end = [margin(day, "2024-03-31"), margin(week, "2024-03-31")];
        assert_eq!((at_first, in_end[0]), of("day"), "{margins}");
        assert_eq!((week_at_first, in_end[1]), of("week"), "{margins}");
        assert!(at_first < in_end[0] || !margins, "{at_first} {in_end:?}");
    }
}

/// A flow of first contributions names the flow of all of them. No other dataflow has a margin of a
/// first count where none has vintages, in the text and in JSON.
#[test]
fn a_flow_of_first_contributions_names_the_other() {
    let text = border_with_first_crossings().text();
    let forecast = briefly(&Plan::parse(&text).expect("a plan"));
    let shown = forecast.to_string();
    assert!(shown.contains("  FIRST_CROSSINGS: flow, first of BORDER_FLOW, 120 cells"), "{shown}");
    assert_eq!((shown.matches("first of ").count(), shown.matches("first count").count()), (1, 0));
    let json = serde_json::to_string(&forecast).expect("JSON");
    assert!(json.contains("\"firstOf\":\"BORDER_FLOW\"") && !json.contains("first_count"));
}

#[test]
fn alternatives_cost_what_they_say() {
    let plan = plan();
    let options = ForecastOptions { alternatives: true, streams: false };
    let forecast = forecast(&plan, options).expect("a forecast");
    let flow = &forecast.dataflows[0];
    let margin_with = |change: &str| {
        let found = flow.alternatives.iter().find(|a| a.change.starts_with(change));
        found.unwrap_or_else(|| panic!("{change}")).margins[0].unrounded
    };
    let now = flow.margins[0].unrounded;
    // Margins change with the square root of the share.
    assert!((margin_with("half the share") / now - 2f64.sqrt()).abs() < 1e-4);
    assert!(margin_with("half the bound") < now && margin_with("double the bound") > now);
    let without = flow.alternatives.iter().find(|a| a.change.starts_with("without BORDER_POINT"));
    let without = without.expect("one dimension fewer");
    let total = without.instead_of.as_ref().expect("the figures that it replaces");
    assert!((total[0].unrounded / now - 4.0).abs() < 1e-9, "sixteen border points");
    assert!(flow.alternatives.iter().any(|a| a.change == "steps of a month"));
}

/// The table in `docs/src/explanation/accuracy.md` has the ratios for one and four contributions a
/// year, 1.011 and 1.016. Here the bound is computed with less effort, and the ready-made plan has
/// 2024 instead of 2026, monthly caps, and a level that goes on over five years in two cells.
#[test]
fn the_ratios_are_those_of_the_table_of_targets() {
    let ratios = |plan: &Plan| -> Vec<(String, f64)> {
        let options = ForecastOptions { alternatives: false, streams: true };
        let dataflows = forecast(plan, options).expect("a forecast").dataflows.into_iter();
        let parts = dataflows
            .flat_map(|dataflow| dataflow.parts.into_iter().map(move |p| (dataflow.id.clone(), p)));
        let named_ratio = |(id, part): (String, MechanismForecast)| {
            let ratio = part.least?.ratio.expect("few steps");
            Some((format!("{id} {}", part.part), ratio))
        };
        parts.filter_map(named_ratio).collect()
    };
    let plan = plan();
    let ready_made = ratios(&plan);
    let names: Vec<&str> = ready_made.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "BORDER_FLOW stream",
        "VISITORS_PRESENT net",
        "VISITORS_PRESENT turnover",
        "AT_BOUND stream",
    ];
    assert_eq!(names, expected);
    let limits = [1.09, 1.30, 1.06, 1.015];
    for ((name, ratio), limit) in ready_made.iter().zip(limits) {
        assert!((1.0..limit).contains(ratio), "{name}: {ratio}");
    }
    let mut four = plan;
    four.dataflows[0].bound.window = 4;
    four.dataflows[0].bound.month = None;
    let (_, ratio) = &ratios(&four)[0];
    assert!((1.016..1.03).contains(ratio), "{ratio}");
}

#[test]
fn the_forecast_is_json_too() {
    let place = Workplace::new();
    let path = place.text("plan.toml");
    let json = ["plan", "show", &path, "--format", "json", "--alternatives"];
    let brief: serde_json::Value = serde_json::from_str(&succeed(&json)).expect("JSON");
    let least = &brief["dataflows"][1]["parts"][1];
    assert!(least["sigma"].is_f64() && least.get("least").is_none(), "only with --streams");
    let json = succeed(&[&json[..], &["--streams"]].concat());
    let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(read["id"], "BORDER");
    assert_eq!(read["dataflows"][1]["parts"][1]["part"], "net");
    let ratio = &read["dataflows"][1]["parts"][1]["least"]["ratio"];
    assert!(ratio.as_f64().is_some_and(|ratio| ratio >= 1.0), "{ratio}");
    assert!(read["dataflows"][1]["parts"][0].get("least").is_none(), "a base is one count");
    assert_eq!(read["epsilon"].as_array().map(Vec::len), Some(3));
    assert_eq!(read["lifetimeEpsilon"].as_array().map(Vec::len), Some(3));
    let headline = &read["headline"][0];
    assert_eq!((&headline["dataflow"], &headline["of"]), (&"BORDER_FLOW".into(), &"total".into()));
    let margin = &read["dataflows"][0]["margins"][0];
    for member in ["indicator", "grain", "margin", "reliable", "first", "later", "unrounded"] {
        assert!(!margin[member].is_null() && !headline[member].is_null(), "{member}");
    }
    assert!(read["dataflows"][0]["alternatives"].as_array().is_some_and(|a| a.len() >= 6));
    let refused = run(&["plan", "show", &path, "--format", "xml"]);
    assert_eq!(refused.status.code(), Some(2));
}

/// A plan that begins in December: its first window is a month, and later windows, which are whole
/// years, have the margins of a plan that begins in January.
#[test]
fn later_windows_are_shown_beside_the_first() {
    let starting = |start: &str| {
        let text = edit(PLAN).change("statement.start", start);
        let text = text.change("privacy.windows", 3);
        briefly(&Plan::parse(&text.text()).unwrap_or_else(|errors| panic!("{errors}")))
    };
    let (december, january) = (starting("2025-12-01"), starting("2026-01-01"));
    let margins = |forecast: &Forecast, position: usize| {
        let margins = forecast.dataflows[position].margins.iter().cloned();
        margins.collect::<Vec<MarginForecast>>()
    };
    for (short, whole) in margins(&december, 0).iter().zip(margins(&january, 0)) {
        let (first, later) = (whole.first.expect("whole"), short.later.expect("later windows"));
        assert!((later / first - 1.0).abs() < 1e-9, "{} {later} {first}", short.grain);
        if short.grain == "day" {
            assert!(short.first.expect("a day") < first / 2.0);
        }
        // A month is all that the first window has of its quarter and year.
        assert_eq!(short.first.is_none(), ["quarter", "year"].contains(&short.grain));
    }
    // A level that goes on is less certain in every later window.
    for level in margins(&january, 1).iter().filter(|margin| margin.indicator == "STOCK") {
        assert!(level.later.expect("later") > level.first.expect("first"), "{}", level.grain);
    }
}

/// A headline has the margin of its marginal, and comes before everything else.
#[test]
fn headlines_of_a_plan_are_shown_first() {
    let headlines = "[[headline]]\ndataflow = \"AT_BOUND\"\nperiod = \"month\"\n\
         series = { TRAVELLER_CLASS = \"FAR\" }\n\
         [[headline]]\ndataflow = \"CROSSINGS\"\nperiod = \"week\"\ntitle = \"Arrivals\"\n\
         series = { DIRECTION = \"ENTRY\" }\n";
    let text = edit(include_str!("../../../testdata/tables.toml")).append(headlines).text();
    let forecast = briefly(&Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}")));
    let titles: Vec<&str> = forecast.read_first.iter().map(|first| &*first.title).collect();
    assert_eq!(titles, ["AT_BOUND FAR", "Arrivals"], "in the order of the plan");
    let margin_of = |id: &str, of: Option<&str>, grain: &str| {
        let outlook = forecast.dataflows.iter().find(|outlook| outlook.id == id).expect(id);
        let mut margins = outlook.margins.iter();
        let found = margins.find(|margin| margin.of.as_deref() == of && margin.grain == grain);
        let found = found.expect(grain);
        (found.first, found.later)
    };
    let shown: Vec<_> =
        forecast.read_first.iter().map(|first| (first.figure.first, first.figure.later)).collect();
    let direction = margin_of("CROSSINGS", Some("DIRECTION"), "week");
    assert_eq!(shown, [margin_of("AT_BOUND", None, "month"), direction]);
    let place = Workplace::with_plan(&text);
    let path = place.text("plan.toml");
    let printed = succeed(&["plan", "show", &path]);
    let first = printed.find("What readers see first").expect("headlines");
    assert!(first < printed.find("\nHeadline figures").expect("figures"), "{printed}");
    let json = succeed(&["plan", "show", &path, "--format", "json"]);
    let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(read["readFirst"][1]["codes"], serde_json::json!(["ENTRY"]));
    assert_eq!(read["readFirst"][1]["grain"], "week");
    let without = serde_json::to_string(&briefly(&plan())).expect("JSON");
    assert!(!without.contains("readFirst"), "a plan without them is as before");
}

#[test]
fn the_headline_total_of_cells_adds_up_their_noise() {
    let forecast = briefly(&plan());
    let flow = &forecast.dataflows[0];
    let headline = |of: &str| {
        let mut found = forecast.headline.iter().filter(|headline| headline.dataflow == flow.id);
        let found = found.find(|headline| headline.figure.of.as_deref() == Some(of));
        found.expect(of).figure.unrounded
    };
    let cell = flow.margins[0].unrounded;
    assert!((headline("total") / cell - (flow.cells as f64).sqrt()).abs() < 1e-9);
    assert!((headline("BORDER_POINT") / cell - 6f64.sqrt()).abs() < 1e-9, "six cells each");
}

#[test]
fn totals_much_coarser_than_cells_are_warned_of() {
    let place = Workplace::new();
    let checked = run(&["plan", "check", &place.text("plan.toml")]);
    let warned = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(checked.status.success(), "{warned}");
    let expected = "BORDER_FLOW: FLOW by the day: the total is known within 155 persons, but a \
                    single cell within 16: it adds up the noise of 96 cells; if totals or groups \
                    are read, name them as marginals\n";
    let inexact: Vec<&str> =
        warned.lines().filter(|line| line.starts_with("warning[inexact-total]: ")).collect();
    let [one] = inexact[..] else { panic!("{warned}") };
    assert!(one.ends_with(expected.trim_end()), "{warned}");
    let tables = include_str!("../../../testdata/tables.toml");
    let table = briefly(&Plan::parse(tables).expect("a plan"));
    assert_eq!(table.warnings(), [], "marginals are measured for what they are");
}

/// Every plan in `plans/` and each of their earlier forms is valid, its charges together fit its
/// budget, and it grants the wishes that it names.
#[test]
fn every_ready_made_plan_has_its_price() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut seen = 0;
    let present = std::fs::read_dir(root.join("plans")).expect("the plans");
    let earlier = std::fs::read_dir(root.join("testdata/plans")).expect("their earlier forms");
    for entry in present.chain(earlier) {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|ending| ending != "toml") {
            continue;
        }
        let path = path.display().to_string();
        let text = std::fs::read_to_string(&path).expect("a plan");
        let plan = Plan::parse(&text).unwrap_or_else(|e| panic!("{e}"));
        let window = plan.window_of(plan.first_step());
        let mut total = num_rational::BigRational::from_integer(0.into());
        for position in 0..plan.dataflows.len() {
            for price in tidegauge_ledger::prices(&plan, position, window).expect("a price") {
                total += price.rho.as_ratio();
            }
        }
        assert!(total <= plan.privacy.rho, "{path}: {total}");
        assert!(succeed(&["plan", "diagram", &path]).starts_with("stateDiagram-v2\n"));
        let missed = briefly(&plan).warnings();
        let missed = missed.iter().filter(|warning| warning.code == "wish-missed");
        assert_eq!(missed.count(), 0, "{path}");
        seen += 1;
    }
    assert!(seen >= 8);
}
