//! The text of a new plan, with a comment that explains each key.
//!
//! Not here: shares, weights and strategies, which the planner writes into this text.
//!
//! Invariants:
//! 1. What an office says is quoted as TOML, so that no word of it becomes a key
//!    (`tests::a_quotation_mark_stays_text`).

use std::fmt::Write as _;

use tidegauge_model::Grain;
use tidegauge_model::plan::{ATTRIBUTES_OF_EVENTS, CLOSED_ATTRIBUTES};

use super::description::{Description, Dimension};
use super::kind::{Kind, Shape, Stock};
use super::lists::{ListOfCodes, ListedCode};
use super::words::{self, About, Name, UNKNOWN, quoted};

/// The last column after which a comment may still begin below the others.
const COLUMN: usize = 40;
/// Most headlines of the kinds of events.
const HEADLINES_MAX: usize = 4;
/// Places of a list, or of each of its groups, kept for codes that nobody foresees.
const RESERVED: u32 = 1;

/// A text in which comments that end lines, each after a tab, begin below each other. No value has
/// a tab: in a string of TOML it is written `\\t`.
fn aligned(text: &str) -> String {
    let width = text.lines().filter_map(|line| line.split_once('\t'));
    let width = width.map(|(code, _)| code.chars().count()).filter(|width| *width <= COLUMN).max();
    let width = width.unwrap_or(0);
    let mut aligned = String::new();
    for line in text.lines() {
        match line.split_once('\t') {
            Some((code, comment)) => {
                let _ = writeln!(aligned, "{code:width$}  {comment}");
            }
            None => aligned = aligned + line + "\n",
        }
    }
    aligned
}

fn strings<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| quoted(word.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

/// The plan of a description with this budget of a year for so many years, without shares.
pub(super) fn written(description: &Description, rho: &str, windows: u32) -> String {
    let shape = description.kind.shape();
    let events = events(description, &shape);
    let mut text = statement(description, rho, windows);
    text += &life_cycle(description, &shape, &events);
    for dimension in &description.dimensions {
        let attribute = quoted(&dimension.attribute);
        let _ = write!(
            text,
            "\n[[attribute]]\t# a column of the events\nname = {attribute}\n\
             code_list = {}\n",
            quoted(&list_id(&dimension.attribute))
        );
    }
    for dimension in &description.dimensions {
        let name = words::of_attribute(&dimension.attribute);
        text += &code_list(&dimension.attribute, &name, &dimension.list, true);
    }
    text += &code_list(shape.dimension.0, &shape.name.into(), &events, false);
    text += &event_figures(description, &shape);
    text += &at_bound(description);
    if let Some(stock) = shape.stock {
        text += &stock_figures(description, stock);
    }
    if description.kind == Kind::Log {
        text += &sequences(description, &shape);
    }
    aligned(&(text + &headlines(description, &shape, &events)))
}

fn events(description: &Description, shape: &Shape) -> ListOfCodes {
    if shape.codes.is_empty() {
        return description.events.clone();
    }
    let code = |&(id, name): &(&str, words::Words)| ListedCode {
        id: id.to_owned(),
        name: name.into(),
        group: None,
    };
    ListOfCodes {
        codes: shape.codes.iter().map(code).collect(),
        groups: vec![],
        source: "of the life cycle".into(),
    }
}

fn list_id(attribute: &str) -> String {
    format!("CL_{}", attribute.to_uppercase())
}

fn statement(description: &Description, rho: &str, windows: u32) -> String {
    let Description { id, agency, title, controller, legal_basis, contact, .. } = description;
    let Description { area, time_zone, start, expires, .. } = description;
    let [id, agency, title, controller] = [id, agency, title, controller].map(|t| quoted(t));
    let [legal_basis, contact, area] = [legal_basis, contact, area].map(|t| quoted(t));
    let [time_zone, start, expires] = [time_zone, start, expires].map(|t| quoted(t));
    let rho = quoted(rho);
    let language = match &*description.language {
        "en" => String::new(),
        other => format!("language = {}\t# of every text without one\n", quoted(other)),
    };
    let purpose = Name::from(words::PURPOSE).lines("purpose");
    let steps = match description.step {
        Grain::Month => 12,
        Grain::Week => 26,
        _ => 60,
    };
    // What a vintage still counts must be kept until then.
    let steps = description.vintages.iter().fold(steps, |most: u32, &after| most.max(after));
    format!(
        "# Started with `tidegauge plan new`, which finds shares and weights from the wishes.
# Change what you like, and run `tidegauge plan fit` and `tidegauge plan check` again.

[statement]\t# what the public is told, before the first release
id = {id}
agency = {agency}\t# the agency's id in SDMX
{language}title = {title}
{purpose}controller = {controller}\t# who is responsible for the data
legal_basis = {legal_basis}\t# the law on which the statistics rest
contact = {contact}\t# where readers can ask
reference_area = {area}\t# the country of the figures
start = {start}\t# the first day that is counted
expires = {expires}\t# the last day
time_zone = {time_zone}\t# days begin at midnight here
release_delay_hours = 6\t# how long a step stays open after its end

[privacy]
window = \"year\"\t# what the budget is for: all that is measured in a calendar year
rho = {rho}\t# the budget of one person for that (zCDP)
windows = {windows}\t# so many years; the lifetime total is that many times rho

[retention]
events_steps = {steps}\t# for so many steps an event is taken and kept after its own
persons_windows = 2\t# who has no event for so many whole years is forgotten

[life_cycle]
"
    )
}

/// The calendar years from the first day to the last, at least one.
pub(super) fn windows(start: &str, expires: &str) -> u32 {
    let year = |day: &str| day.get(..4).and_then(|year| year.parse::<u32>().ok());
    let years = year(expires).zip(year(start));
    years.and_then(|(last, first)| last.checked_sub(first)).map_or(1, |years| years + 1)
}

fn life_cycle(description: &Description, shape: &Shape, events: &ListOfCodes) -> String {
    if let Some(model) = shape.model {
        return format!("model = {}\t# a ready-made life cycle\n", quoted(model));
    }
    let codes = strings(events.codes.iter().map(|code| &code.id));
    let mut text = format!(
        "id = {}\t# each event leads to a status of its own name\n\
         statuses = {codes}\nkinds = {codes}\ntransitions = [\n",
        quoted(&description.id)
    );
    for ListedCode { id, .. } in &events.codes {
        let _ = writeln!(text, "    {{ kind = \"{id}\", from = [\"*\"], to = \"{id}\" }},");
    }
    text + "]\n"
}

/// The code list of an attribute, or of the kind of event; that of an attribute has a code for what
/// is unknown, and places for codes that may come.
fn code_list(of: &str, name: &Name, list: &ListOfCodes, is_attribute: bool) -> String {
    let mut text = format!(
        "\n[[code_list]]\t# {}\nid = {}\nversion = \"1.0.0\"\n{}",
        list.source,
        quoted(&list_id(of)),
        name.lines("name")
    );
    if !list.groups.is_empty() {
        text += "groups = [\n";
        for (id, name) in &list.groups {
            let _ = writeln!(text, "    {{ id = {}, name = {} }},", quoted(id), name.value());
        }
        text += "]\n";
    }
    if is_attribute && !CLOSED_ATTRIBUTES.contains(&of) {
        let places = reserved(list);
        let _ = writeln!(text, "reserved = {places}\t# for codes that nobody foresees");
    }
    text += "codes = [\n";
    let needs_unknown = is_attribute && list.groups.is_empty();
    let has_unknown = list.codes.iter().any(|code| code.id == "UNK");
    for ListedCode { id, name, group } in &list.codes {
        let _ = write!(text, "    {{ id = {}, name = {}", quoted(id), name.value());
        if let Some(group) = group {
            let _ = write!(text, ", group = {}", quoted(group));
        }
        text += " },\n";
    }
    if needs_unknown && !has_unknown {
        let _ = writeln!(text, "    {{ id = \"UNK\", name = {} }},", Name::from(UNKNOWN).value());
    }
    text + "]\n"
}

/// The places kept for codes to come: of a list with groups in each group of several codes.
fn reserved(list: &ListOfCodes) -> String {
    if list.groups.is_empty() {
        return RESERVED.to_string();
    }
    let codes = |id: &str| list.codes.iter().filter(|c| c.group.as_deref() == Some(id)).count();
    let groups = list.groups.iter().filter(|(id, _)| codes(id) > 1);
    let places: Vec<String> = groups.map(|(id, _)| format!("{id} = {RESERVED}")).collect();
    format!("{{ {} }}", places.join(", "))
}

/// The period in which figures of a dimension are read.
fn coarse(step: Grain) -> &'static str {
    match step {
        Grain::Week => "week",
        _ => "month",
    }
}

/// The marginals of a dimension: its groups, if it has any, and its codes.
fn levels(dimension: &Dimension) -> Vec<String> {
    let id = dimension.attribute.to_uppercase();
    let groups = (!dimension.list.groups.is_empty()).then(|| format!("{id}/1"));
    groups.into_iter().chain([id]).collect()
}

fn dimension_line(attribute: &str) -> String {
    format!("    {{ id = \"{}\", from = \"{attribute}\" }},\n", attribute.to_uppercase())
}

fn wish(dataflow: &str, of: &[&str], indicator: Option<&str>, period: &str, margin: u32) -> String {
    let mut text = format!("\n[[wish]]\ndataflow = \"{dataflow}\"\n");
    if !of.is_empty() {
        let _ = writeln!(text, "marginal = {}", strings(of));
    }
    if let Some(indicator) = indicator {
        let _ = writeln!(text, "indicator = \"{indicator}\"");
    }
    let _ = write!(text, "period = \"{period}\"\nmargin = {margin}\t# persons\n");
    text
}

fn head(id: &str, about: About, measure: &str, step: Grain) -> String {
    format!(
        "\n[[dataflow]]\nid = \"{id}\"\n{}{}{measure}\nunit = \"PERSONS\"\nstep = \"{}\"\n",
        Name::from(about.name).lines("name"),
        Name::from(about.description).lines("description"),
        step.word()
    )
}

/// The vintages of a dataflow, if there are any.
fn vintages(description: &Description) -> String {
    let Description { vintages, step, .. } = description;
    if vintages.is_empty() {
        return String::new();
    }
    let step = step.word();
    format!("vintages = {vintages:?}\t# a {step} is counted again after so many {step}s\n")
}

fn event_figures(description: &Description, shape: &Shape) -> String {
    let (id, from) = shape.dimension;
    let (step, coarse) = (description.step.word(), coarse(description.step));
    let mut text = head("EVENTS", words::EVENTS, "measure = \"flow\"", description.step);
    let _ = write!(
        text,
        "bound = {}\t# of one person at most so many count in a year\n\
         {}apart = [\"{id}\"]\t# two kinds of events in one step both count\n\
         marginals = [\t# what is read\n    \
         {{ of = [\"{id}\"], grain = \"{step}\" }},\n",
        description.bound,
        vintages(description)
    );
    let mut wishes = wish("EVENTS", &[id], None, step, description.margin);
    for dimension in &description.dimensions {
        for level in levels(dimension) {
            let _ = writeln!(text, "    {{ of = [\"{level}\", \"{id}\"], grain = \"{coarse}\" }},");
            wishes += &wish("EVENTS", &[&level, id], None, coarse, dimension.margin);
        }
    }
    text += "]\ndimensions = [\n";
    for dimension in &description.dimensions {
        text += &dimension_line(&dimension.attribute);
    }
    let list = list_id(id);
    let _ =
        writeln!(text, "    {{ id = \"{id}\", from = \"{from}\", code_list = \"{list}\" }},\n]");
    text + &wishes
}

fn at_bound(description: &Description) -> String {
    let measure = "measure = \"at_bound\"\t# so that readers know what the bound cuts\n\
                   of = \"EVENTS\"";
    let text = head("AT_BOUND", words::AT_BOUND, measure, description.step);
    let margin = description.margin.saturating_mul(8);
    text + "dimensions = []\n"
        + &wish("AT_BOUND", &[], None, "year_or_step", margin)
            .replace("year_or_step", if description.step == Grain::Week { "week" } else { "year" })
}

fn stock_figures(description: &Description, stock: Stock) -> String {
    let Stock { id, name, statuses } = stock;
    let measure = format!("measure = \"balance\"\nstatuses = {}", strings(statuses));
    let about = About { name, description: words::STOCK };
    let mut text = head(id, about, &measure, description.step);
    let of_person =
        |dimension: &&Dimension| !ATTRIBUTES_OF_EVENTS.contains(&dimension.attribute.as_str());
    let by = description.dimensions.iter().find(of_person);
    let step = description.step.word();
    let total = description.margin.saturating_mul(2);
    let bound = description.bound + description.bound % 2;
    let _ = writeln!(text, "bound = {bound}\t# a beginning and an end each count");
    let mut wishes = wish(id, &[], Some("STOCK"), step, total);
    wishes += &wish(id, &[], Some("ARRIVALS"), coarse(description.step), total);
    // Without a dimension there is one figure, which is no table.
    text += if by.is_some() { "marginals = [\n    { of = [] },\n" } else { "" };
    if let Some(dimension) = by {
        for level in levels(dimension) {
            let _ = writeln!(text, "    {{ of = [\"{level}\"] }},");
            let margin = dimension.margin.max(total);
            wishes += &wish(id, &[&level], Some("STOCK"), step, margin);
        }
    }
    text += if by.is_some() { "]\n" } else { "" };
    let by = by.map(|dimension| format!("\n{}", dimension_line(&dimension.attribute)));
    text + &format!("dimensions = [{}]\n", by.unwrap_or_default()) + &wishes
}

/// Which event follows which.
fn sequences(description: &Description, shape: &Shape) -> String {
    let measure = "measure = \"transition\"";
    let mut text = head("FOLLOWS", words::FOLLOWS, measure, description.step);
    let list = list_id(shape.dimension.0);
    let coarse = coarse(description.step);
    let _ = write!(
        text,
        "bound = {}\t# of one person at most so many pairs count in a year\n\
         {}apart = [\"BEFORE\", \"AFTER\"]\t# two pairs of steps in one step both count\n\
         marginals = [\n    {{ of = [\"BEFORE\", \"AFTER\"], grain = \"{coarse}\" }},\n]\n\
         dimensions = [\n    \
         {{ id = \"BEFORE\", from = \"before\", code_list = \"{list}\" }},\n    \
         {{ id = \"AFTER\", from = \"after\", code_list = \"{list}\" }},\n]\n",
        description.bound.min(16),
        vintages(description)
    );
    let margin = description.margin.saturating_mul(2);
    text + &wish("FOLLOWS", &["BEFORE", "AFTER"], None, coarse, margin)
}

fn headlines(description: &Description, shape: &Shape, events: &ListOfCodes) -> String {
    let step = description.step.word();
    let mut text = String::from("\n# What readers see first.\n");
    for ListedCode { id, name, .. } in events.codes.iter().take(HEADLINES_MAX) {
        let _ = write!(
            text,
            "[[headline]]\ndataflow = \"EVENTS\"\nseries = {{ {} = \"{id}\" }}\n\
             period = \"{step}\"\n{}\n",
            shape.dimension.0,
            name.lines("title")
        );
    }
    if let Some(Stock { id, name, .. }) = shape.stock {
        let _ = write!(
            text,
            "[[headline]]\ndataflow = \"{id}\"\nindicator = \"STOCK\"\nperiod = \"{step}\"\n\
             {}",
            Name::from(name).lines("title")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_aligned_and_no_value_is_cut() {
        let text = format!("id = {}\t# the id\nx = 1\t# one\n", quoted("a\tb"));
        let aligned = aligned(&text);
        let places: Vec<_> = aligned.lines().map(|line| line.find('#')).collect();
        assert_eq!(places[0], places[1], "{aligned}");
        let document: toml_edit::DocumentMut = aligned.parse().expect("TOML");
        assert_eq!(document["id"].as_str(), Some("a\tb"));
    }

    #[test]
    fn a_quotation_mark_stays_text() {
        let text = format!("title = {}", quoted("A \"b\"\nid = 1"));
        let document: toml_edit::DocumentMut = text.parse().expect("TOML");
        assert_eq!(document["title"].as_str(), Some("A \"b\"\nid = 1"));
        assert!(document.get("id").is_none());
    }
}
