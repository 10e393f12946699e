//! Texts of plans and amendments in several languages: which are taken, and that they change
//! nothing else.
//!
//! Not here: the lookup of one text (module `text`), how readers get them (crate `serve`).

#![cfg(test)]

use testkit::{edit, toml};
use tidegauge_model::{Amendment, Language, Plan};

/// Plans with groups, rates, headlines, sources, former names and a text on method, all of whose
/// texts are on one line.
fn plans() -> Vec<(&'static str, String)> {
    let border = include_str!("../../../testdata/plans/border.toml");
    let note = "[method]\ncoverage = \"All of them.\"\n";
    let border = &edit(border).append(note).text();
    let sources = testkit::plans::with_sources(border, &[("LAND", "Land border police")]);
    let returns = include_str!("../../../testdata/plans/returns.toml").to_owned();
    let asylum = include_str!("../../../testdata/plans/asylum.toml").to_owned();
    vec![("border", sources), ("returns", returns), ("asylum", asylum)]
}

fn parsed(text: &str) -> Plan {
    Plan::parse(text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap()
}

/// The text with each text for people that it has on one line also in German, where it is `#` and
/// the English one.
fn in_two(text: &str) -> String {
    let keys = [
        "title",
        "purpose",
        "controller",
        "legal_basis",
        "name",
        "description",
        "note",
        "coverage",
    ];
    let is_end = |before: &str| before.is_empty() || before.ends_with([' ', '{', ',']);
    let mut text = text.to_owned();
    for key in keys {
        let start = format!("{key} = \"");
        let mut done = String::new();
        while let Some(at) = text.find(&start) {
            let (before, rest) = text.split_at(at);
            let value = &rest[start.len()..];
            let end = value.find('"').unwrap();
            let words = &value[..end];
            let line = before.rsplit('\n').next().unwrap_or("");
            // The name of an attribute is a word of the program.
            let of_attribute = before.trim_end().ends_with("[[attribute]]");
            let is_ours = is_end(line) && !of_attribute && !line.trim_start().starts_with('#');
            let table = match is_ours {
                true => format!("{key} = {{ en = \"{words}\", de = \"#{words}\" }}"),
                false => rest[..start.len() + end + 1].to_owned(),
            };
            done.push_str(before);
            done.push_str(&table);
            text = value[end + 1..].to_owned();
        }
        text = done + &text;
    }
    text
}

#[test]
fn texts_change_nothing_else() {
    let (english, german) = (language("en"), language("de"));
    for (name, text) in plans() {
        let (plain, both) = (parsed(&text), parsed(&in_two(&text)));
        assert_ne!(plain, both, "{name}");
        assert_eq!(plain.languages(), std::slice::from_ref(&english), "{name}");
        assert_eq!(both.languages(), [english.clone(), german.clone()], "{name}");
        assert_eq!(both.in_language(&english), both, "{name}");
        let in_german = both.in_language(&german);
        assert_eq!(in_german.statement.language, english, "{name}: what the plan states stays");
        assert_eq!(in_german.language(), &german, "{name}");
        assert_eq!(in_german.in_language(&english), both, "{name}: back again");
        for (flow, other) in plain.dataflows.iter().zip(&in_german.dataflows) {
            assert_eq!((&flow.id, flow.bound, &flow.share), (&other.id, other.bound, &other.share));
            assert_eq!(flow.structure.cells(), other.structure.cells());
        }
    }
}

#[test]
fn every_text_is_translated() {
    for (name, text) in plans() {
        let german = parsed(&in_two(&text)).in_language(&language("de"));
        // Every text that `Debug` shows as its own begins with the sign of the German ones.
        let shown = format!("{german:?}");
        for (at, start) in shown.match_indices("Text { text: \"") {
            let words = &shown[at + start.len()..];
            assert!(
                words.starts_with('#') || words.starts_with('"'),
                "{name}: {}",
                &words[..words.len().min(60)]
            );
        }
        assert!(shown.matches("Text { text: \"#").count() > 30, "{name}");
    }
}

#[test]
fn a_plan_is_in_the_language_that_it_states() {
    let border = include_str!("../../../testdata/plans/border.toml");
    let german = edit(border).add("statement.language", "de").text();
    let plan = parsed(&german);
    assert_eq!(plan.languages(), [language("de")]);
    assert_eq!(plan.statement.title.language().tag(), "de");
    let text = edit(&german)
        .change("statement.title", toml("{ de = \"Grenze\", \"en-GB\" = \"Border\" }"))
        .text();
    let plan = parsed(&text);
    assert_eq!(plan.languages(), ["de", "en-GB"].map(language));
    assert_eq!(plan.statement.title, "Grenze");
    assert_eq!(plan.in_language(&language("en-GB")).statement.title, "Border");
    assert_eq!(plan.in_language(&language("en")).statement.title, "Grenze");
}

#[test]
fn each_fault_of_a_text_has_its_place_and_rule() {
    let border = include_str!("../../../testdata/plans/border.toml");
    let title = |given: &str| edit(border).change("statement.title", toml(given)).text();
    let purpose = |given: &str| edit(border).change("statement.purpose", toml(given)).text();
    let code = "code_list.CL_BORDER_POINT.codes.LO_WU.name";
    let code = |given: &str| edit(border).change(code, toml(given)).text();
    let many: String = (b'a'..=b'z')
        .flat_map(|a| [(a, b'a'), (a, b'b')])
        .map(|(a, b)| format!("{}{} = \"t\", ", char::from(a), char::from(b)))
        .collect();
    let point = border_point_field();
    let table = [
        (title("{ de = \"Grenze\" }"), "missing-key", "statement.title.en".to_owned()),
        (title("{}"), "missing-key", "statement.title.en".into()),
        (title("{ en = \"a\", EN = \"b\" }"), "bad-value", "statement.title.EN".into()),
        (title("{ en = \"a\", de_AT = \"b\" }"), "bad-value", "statement.title.de_AT".into()),
        (title("{ en = \"a\", und = \"b\" }"), "bad-value", "statement.title.und".into()),
        (title("{ en = \"a\", \"\" = \"b\" }"), "bad-value", "statement.title.\"\"".into()),
        (title("{ en = \"a\", de = \" \" }"), "bad-value", "statement.title.de".into()),
        (title("{ en = \"\", de = \"b\" }"), "bad-value", "statement.title.en".into()),
        (title("{ en = \"a\", de = \"b\\nc\" }"), "bad-value", "statement.title.de".into()),
        (title("{ en = \"a\", de = \"b\\u0007\" }"), "bad-value", "statement.title.de".into()),
        (title("{ en = \"a\", de = 5 }"), "wrong-type", "statement.title.de".into()),
        (title("{ en = { de = \"a\" } }"), "wrong-type", "statement.title.en".into()),
        (title("5"), "wrong-type", "statement.title".into()),
        (title(&format!("{{ {many} }}")), "plan-too-large", "statement.title".into()),
        (purpose("{ de = \"Zweck\" }"), "missing-key", "statement.purpose.en".into()),
        (code("{ de = \"Lo Wu\" }"), "missing-key", format!("{point}.name.en")),
        (
            edit(border).add("statement.language", "Deutsch").text(),
            "bad-value",
            "statement.language".into(),
        ),
        (
            edit(border).add("statement.language", 5).text(),
            "wrong-type",
            "statement.language".into(),
        ),
    ];
    for (text, code, field) in table {
        let errors = Plan::parse(&text).expect_err(&field);
        let [error] = errors.errors() else { panic!("{field}: {errors}") };
        assert_eq!((error.code(), error.field.as_str()), (code, &*field), "{errors}");
        assert!(error.line > 1, "{errors}");
    }
}

#[test]
fn a_text_may_have_a_line_for_each_language() {
    let border = include_str!("../../../testdata/plans/border.toml");
    let line = border.lines().find(|line| line.starts_with("title = ")).unwrap();
    let lines = |tag: &str| border.replace(line, &format!("title.{tag} = \"A\"\ntitle.de = \"B\""));
    let plan = parsed(&lines("en"));
    assert_eq!((&*plan.statement.title, plan.languages().len()), ("A", 2));
    let errors = Plan::parse(&lines("fr")).unwrap_err();
    let [error] = errors.errors() else { panic!("{errors}") };
    let place = border.lines().position(|other| other == line).unwrap() + 1;
    assert_eq!((error.field.as_str(), error.line), ("statement.title.en", place), "{errors}");
}

/// The plans that come with the program have no text in some of their languages only, but for
/// proper names.
#[test]
fn the_ready_made_plans_are_in_four_languages() {
    for text in [
        include_str!("../../../plans/border.toml"),
        include_str!("../../../plans/asylum.toml"),
        include_str!("../../../plans/returns.toml"),
        include_str!("../../../plans/exit-metrics.toml"),
    ] {
        let plan = parsed(text);
        assert_eq!(plan.languages(), ["en", "de", "es", "fr"].map(language));
        let headlines = plan.headlines.iter().filter_map(|headline| headline.title.as_ref());
        let flows = plan.dataflows.iter().flat_map(|flow| [&flow.name, &flow.description]);
        let rates = plan.rates.iter().flat_map(|rate| [&rate.name, &rate.description]);
        let lists = plan.dataflows.iter().flat_map(|flow| flow.structure.dimensions());
        let lists = lists.map(|dimension| &dimension.code_list.name);
        for text in headlines.chain(flows).chain(rates).chain(lists) {
            assert_eq!(text.all().count(), 4, "{text}");
        }
    }
}

/// The field of the code LO_WU of the plan.
fn border_point_field() -> String {
    let plan = parsed(include_str!("../../../testdata/plans/border.toml"));
    let list = plan.code_list("CL_BORDER_POINT").unwrap();
    let lists = include_str!("../../../testdata/plans/border.toml").match_indices("[[code_list]]");
    let own = include_str!("../../../testdata/plans/border.toml").find("id = \"CL_BORDER_POINT\"");
    let place = lists.filter(|(at, _)| *at < own.unwrap()).count() - 1;
    format!("code_list[{place}].codes[{}]", list.position("LO_WU").unwrap())
}

const AMENDMENT: &str = "from = \"2025-03-01\"\nnote = \"Huanggang opens\"\n\
    [[added]]\nlist = \"CL_BORDER_POINT\"\ncode = \"HUANGGANG\"\nname = \"Huanggang\"\n\
    [[renamed]]\nlist = \"CL_BORDER_POINT\"\ncode = \"AIRPORT\"\nname = \"Airport East\"\n\
    [[break]]\ndataflow = \"BORDER_FLOW\"\nnote = \"Gates count\"\n";

#[test]
fn an_amendment_takes_the_same_forms() {
    let border = include_str!("../../../testdata/plans/border.toml");
    let text = edit(border).add("code_list.CL_BORDER_POINT.reserved", 2).text();
    let amended = |plan: &str, amendment: &str| {
        let amendment = Amendment::parse(amendment).unwrap_or_else(|errors| panic!("{errors}"));
        parsed(plan).amended(&amendment)
    };
    let name = |plan: &Plan, code: &str| {
        plan.code_list("CL_BORDER_POINT").unwrap().find(code).unwrap().name.to_string()
    };
    let plain = amended(&text, AMENDMENT).unwrap();
    assert_eq!(plain.languages(), [language("en")]);
    let both = amended(&text, &in_two(AMENDMENT)).unwrap();
    assert_eq!(name(&both, "HUANGGANG"), "Huanggang");
    let german = both.in_language(&language("de"));
    assert_eq!(
        [name(&german, "HUANGGANG"), name(&german, "AIRPORT")],
        ["#Huanggang", "#Airport East"]
    );
    assert_eq!(german.amendments[0].note, "#Huanggang opens");
    assert_eq!(german.amendments[0].breaks[0].note, "#Gates count");
    // Another language than the plan's.
    let in_german = format!("language = \"de\"\n{AMENDMENT}");
    let error = amended(&text, &in_german).unwrap_err();
    assert_eq!(error.code(), "language");
    let of_german = edit(&text).add("statement.language", "de").text();
    assert!(amended(&of_german, &in_german).is_ok());
    assert_eq!(amended(&of_german, AMENDMENT).unwrap_err().code(), "language");
    let errors =
        Amendment::parse(&AMENDMENT.replace("\"Huanggang\"", "{ de = \"H\" }")).unwrap_err();
    assert_eq!(errors.errors()[0].field, "added[0].name.en");
}

#[test]
fn an_amendment_can_only_translate() {
    let border = include_str!("../../../testdata/plans/border.toml");
    let text = "from = \"2025-03-01\"\nnote = \"Names in German\"\n\
        [[renamed]]\nlist = \"CL_BORDER_POINT\"\ncode = \"AIRPORT\"\n\
        name = { en = \"Airport\", de = \"Flughafen\" }\n";
    let amended = parsed(border).amended(&Amendment::parse(text).unwrap()).unwrap();
    let airport = |plan: &Plan| plan.code_list("CL_BORDER_POINT").unwrap().find("AIRPORT").cloned();
    let (english, german) = (airport(&amended), airport(&amended.in_language(&language("de"))));
    assert_eq!(english.unwrap().name, "Airport");
    let german = german.unwrap();
    assert_eq!((german.name.as_str(), german.former.len()), ("Flughafen", 0));
}
