//! Small plans drawn from a seed, with every feature that decides what one person can change:
//! measures, units, strategies, vintages, corrections, tables, dimensions that stand apart,
//! filters, bounds of windows and months, persons who are forgotten, events that are kept only for
//! a while, sources that deliver, and an amendment on the way.
//!
//! They are small so that a whole life of three windows and more is released in a moment.
//!
//! Not here: persons (`crowd`), and what is done with a plan (`random`).
//!
//! Invariants:
//! 1. A seed means the same plan (`random::tests::a_seed_means_the_same_search`).
//! 2. What comes out is a plan whose every window has a price; what no plan may say is drawn again
//!    (`small_plan::tests::every_feature_is_drawn`).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use tidegauge_ledger::prices;
use tidegauge_model::plan::LifeCycle;
use tidegauge_model::{Amendment, Plan};
use tidegauge_simulate::Draw;

/// A plan, and the amendment of a code that it may have.
pub(super) struct SmallPlan {
    pub text: String,
    pub plan: Plan,
    /// An amendment in force from the first day of the second window, and its text.
    pub amendment: Option<(String, Amendment)>,
    /// The features that were drawn.
    pub features: BTreeSet<&'static str>,
}

/// Steps and windows: the grain of a step, of a window, the first day, and the first days of the
/// windows after the first, up to the day after the longest life.
struct SmallCalendar {
    step: &'static str,
    window: &'static str,
    start: &'static str,
    turns: &'static [&'static str],
    /// The most windows of a plan.
    windows_max: usize,
    /// The greatest age of a vintage.
    late_max: u32,
}

const MONTHS: SmallCalendar = SmallCalendar {
    step: "month",
    window: "quarter",
    start: "2024-01-01",
    turns: &["2024-04-01", "2024-07-01", "2024-10-01", "2025-01-01", "2025-04-01"],
    windows_max: 5,
    late_max: 3,
};
const DAYS: SmallCalendar = SmallCalendar {
    step: "day",
    window: "month",
    start: "2023-01-26",
    turns: &["2023-02-01", "2023-03-01"],
    windows_max: 2,
    late_max: 5,
};

const WEEKS: SmallCalendar = SmallCalendar {
    step: "week",
    window: "month",
    start: "2024-01-01",
    // A week belongs to the month of its Thursday.
    turns: &["2024-01-29", "2024-03-04", "2024-04-01", "2024-04-29", "2024-06-03"],
    windows_max: 4,
    late_max: 3,
};
const HOURS: SmallCalendar = SmallCalendar {
    step: "hour",
    window: "month",
    start: "2024-01-31",
    turns: &["2024-02-01", "2024-02-02"],
    windows_max: 2,
    late_max: 5,
};

/// A life cycle, and sets of its statuses in which persons are present.
struct SmallCycle {
    model: &'static str,
    present: &'static [&'static str],
}

const CYCLES: [SmallCycle; 4] = [
    SmallCycle { model: "border", present: &["\"PRESENT\""] },
    SmallCycle {
        model: "stay",
        present: &["\"AUTHORISED\", \"LAPSED\", \"REVOKED\"", "\"LAPSED\""],
    },
    SmallCycle { model: "asylum", present: &["\"PENDING\", \"APPEALED\"", "\"PENDING\""] },
    SmallCycle {
        model: "return",
        present: &["\"ORDERED\", \"OVERDUE\", \"SUSPENDED\"", "\"OVERDUE\""],
    },
];

const POINTS: &str = r#"
[[attribute]]
name = "border_point"
code_list = "CL_BORDER_POINT"

[[code_list]]
id = "CL_BORDER_POINT"
version = "1.0.0"
name = "Border point"
groups = [{ id = "AIR", name = "Air" }, { id = "SEA", name = "Sea" }]
codes = [
    { id = "A", name = "A", group = "AIR" },
    { id = "B", name = "B", group = "AIR" },
    { id = "C", name = "C", group = "SEA" },
]
"#;

const CLASSES: &str = r#"
[[attribute]]
name = "traveller_class"
code_list = "CL_CLASS"

[[code_list]]
id = "CL_CLASS"
version = "1.0.0"
name = "Class"
codes = [{ id = "X", name = "X" }, { id = "Y", name = "Y" }]
"#;

impl SmallPlan {
    /// The plan of a seed.
    pub(super) fn drawn(seed: u64) -> Self {
        let mut draw = Draw::new(seed);
        loop {
            let mut writer = PlanWriter::new(&mut draw);
            writer.write();
            let PlanWriter { text, amendment, features, .. } = writer;
            let Ok(plan) = Plan::parse(&text) else { continue };
            let amendment =
                amendment.and_then(|text| Some((text.clone(), Amendment::parse(&text).ok()?)));
            if has_prices(&plan) {
                return Self { text, plan, amendment, features };
            }
        }
    }
}

impl SmallPlan {
    /// The plan after its amendment, whose codes events can have from then on.
    pub(super) fn amended_plan(&self) -> Plan {
        let amended = self.amendment.as_ref().map(|(_, amendment)| self.plan.amended(amendment));
        amended.and_then(Result::ok).unwrap_or_else(|| self.plan.clone())
    }
}

/// Whether every window of a plan has its prices.
fn has_prices(plan: &Plan) -> bool {
    let first = plan.window_of(plan.first_step());
    let windows = std::iter::successors(Some(first), |window| Some(window.next()));
    windows
        .take(plan.privacy.windows as usize)
        .all(|window| (0..plan.dataflows.len()).all(|flow| prices(plan, flow, window).is_ok()))
}

struct PlanWriter<'d> {
    draw: &'d mut Draw,
    calendar: &'static SmallCalendar,
    text: String,
    amendment: Option<String>,
    features: BTreeSet<&'static str>,
    corrections: bool,
}

impl<'d> PlanWriter<'d> {
    fn new(draw: &'d mut Draw) -> Self {
        let calendar = match draw.below(8) {
            0..4 => &MONTHS,
            4..6 => &DAYS,
            6 => &WEEKS,
            _ => &HOURS,
        };
        let corrections = draw.below(2) == 0;
        Self {
            draw,
            calendar,
            text: String::new(),
            amendment: None,
            features: BTreeSet::new(),
            corrections,
        }
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        // No list here is long.
        choices[self.draw.below(choices.len() as u32) as usize]
    }

    /// True once in so many draws.
    fn once_in(&mut self, many: u32) -> bool {
        self.draw.below(many) == 0
    }

    fn add(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn write(&mut self) {
        let SmallCalendar { step, window, start, turns, windows_max, .. } = *self.calendar;
        let least = windows_max.min(3);
        let windows = least + self.draw.below((windows_max - least) as u32 + 1) as usize;
        let cycle = &CYCLES[self.draw.below(CYCLES.len() as u32) as usize];
        let end = turns[windows - 1];
        self.add(&format!(
            "[statement]\nid = \"SMALL\"\nagency = \"TG\"\ntitle = \"A small plan\"\n\
             purpose = \"An audit with persons who do not exist\"\ncontroller = \"None\"\n\
             legal_basis = \"None\"\ncontact = \"none@example.org\"\nreference_area = \"XX\"\n\
             start = \"{start}\"\nexpires = \"{}\"\ntime_zone = \"Etc/UTC\"\n\n\
             [privacy]\nwindow = \"{window}\"\nrho = \"1\"\nwindows = {windows}\n\n\
             [life_cycle]\nmodel = \"{}\"\ncorrections = {}\n",
            day_before(end),
            cycle.model,
            self.corrections,
        ));
        self.features.extend([step, cycle.model]);
        if self.corrections {
            self.features.insert("corrections");
        }
        if !self.once_in(3) {
            let forgets = 1 + self.draw.below(2);
            let keeps = self.one_of(&[1, 3]) * self.calendar.late_max;
            self.add(&format!(
                "\n[retention]\nevents_steps = {keeps}\npersons_windows = {forgets}\n"
            ));
            self.features.extend(["retention", "persons_windows"]);
        }
        if self.once_in(3) {
            self.write_sources();
        }
        self.write_points();
        let flows = 1 + self.draw.below(3);
        let kinds: Vec<&str> = (0..flows).map(|_| self.any_measure()).collect();
        let bounded = kinds[0] == "flow" && self.once_in(2);
        let share = format!("1/{}", flows + u32::from(bounded));
        for (number, kind) in kinds.iter().enumerate() {
            self.write_dataflow(number, kind, cycle, &share);
        }
        if bounded {
            self.features.insert("at_bound");
            self.add(&format!(
                "\n[[dataflow]]\nid = \"CUT\"\nname = \"Cut\"\ndescription = \"Cut.\"\n\
                 measure = \"at_bound\"\nof = \"FLOW_0\"\nunit = \"PERSONS\"\nstep = \"{step}\"\n\
                 share = \"{share}\"\nstrategy = \"identity\"\n\
                 dimensions = [{{ id = \"CLASS\", from = \"traveller_class\" }}]\n"
            ));
        }
        self.write_lists(cycle.model);
    }

    /// Two sources, which deliver from the start on.
    fn write_sources(&mut self) {
        self.features.insert("sources");
        self.add("\n[intake]\nlongest_wait_minutes = 60\npseudonym_key = \"5f1c0b7a9d3e2468\"\n");
        for (id, letter) in [("ONE", 'A'), ("TWO", 'B')] {
            self.add(&format!(
                "\n[[source]]\nid = \"{id}\"\nname = \"{id}\"\nfrom = \"{}\"\n\
                 complete_every = \"day\"\ncomplete_within_minutes = 30\n\
                 [[source.key]]\nid = \"k\"\npublic = \"{letter}{}=\"\n",
                self.calendar.start,
                "A".repeat(42),
            ));
        }
    }

    /// The border points; maybe a place for one more, which an amendment opens.
    fn write_points(&mut self) {
        self.add(POINTS);
        if self.once_in(3) {
            self.add("reserved = { AIR = 1 }\n");
            self.features.insert("amendment");
            self.amendment = Some(format!(
                "from = \"{}\"\nnote = \"A new point.\"\n[[added]]\nlist = \"CL_BORDER_POINT\"\n\
                 group = \"AIR\"\ncode = \"D\"\nname = \"D\"\n",
                self.calendar.turns[0]
            ));
        }
    }

    /// The lists that dimensions use: kinds, statuses and transitions of the life cycle, bands and
    /// ages; and the second attribute.
    fn write_lists(&mut self, model: &str) {
        let Some(cycle) = LifeCycle::ready_made(model) else { return };
        let lists: [(&str, Vec<&str>); 5] = [
            ("CL_KIND", cycle.kinds.iter().map(String::as_str).collect()),
            ("CL_STATUS", cycle.statuses.iter().map(String::as_str).collect()),
            ("CL_TRANSITION", cycle.names.iter().map(String::as_str).collect()),
            ("CL_BAND", vec!["SHORT", "LONG"]),
            ("CL_AGE", vec!["M0", "LATER"]),
        ];
        if self.text.contains("\"traveller_class\"") {
            self.add(CLASSES);
        }
        for (id, codes) in lists {
            if !self.text.contains(&format!("code_list = \"{id}\"")) {
                continue;
            }
            let codes: Vec<String> = codes
                .iter()
                .map(|code| format!("{{ id = \"{code}\", name = \"{code}\" }}"))
                .collect();
            self.add(&format!(
                "\n[[code_list]]\nid = \"{id}\"\nversion = \"1.0.0\"\nname = \"{id}\"\n\
                 codes = [{}]\n",
                codes.join(", ")
            ));
        }
    }

    fn any_measure(&mut self) -> &'static str {
        self.one_of(&[
            "flow",
            "flow",
            "flow",
            "flow",
            "stock",
            "stock",
            "balance",
            "duration",
            "transition",
            "cohort",
        ])
    }

    fn write_dataflow(
        &mut self,
        number: usize,
        kind: &'static str,
        cycle: &SmallCycle,
        share: &str,
    ) {
        let step = self.calendar.step;
        self.features.insert(kind);
        let counts = !matches!(kind, "stock" | "balance");
        let events = counts && kind != "transition" && self.once_in(4);
        if events {
            self.features.insert("events");
        }
        let unit = if events { "EVENTS" } else { "PERSONS" };
        let is_level = matches!(kind, "stock" | "balance");
        // Of an odd bound of a level, no stay may take the last change.
        let bound = self.one_of(if is_level { &[2, 3, 3, 4, 5] } else { &[2, 3, 4, 5, 6] });
        let mut text = format!(
            "\n[[dataflow]]\nid = \"FLOW_{number}\"\nname = \"{kind}\"\ndescription = \"{kind}.\"\n\
             measure = \"{kind}\"\nunit = \"{unit}\"\nstep = \"{step}\"\nbound = {bound}\n\
             share = \"{share}\"\n"
        );
        if matches!(kind, "stock" | "balance" | "duration" | "cohort") {
            let present = self.one_of(cycle.present);
            let _ = writeln!(text, "statuses = [{present}]");
        }
        text.push_str(match kind {
            "stock" => "base_share = \"1/4\"\n",
            "balance" => "base_share = \"1/4\"\nnet_share = \"1/2\"\n",
            "duration" => "bands = [\"32 d\"]\n",
            _ => "",
        });
        let table = !events && self.once_in(3);
        if kind != "balance" {
            let strategy = self.any_strategy(kind, table);
            let _ = writeln!(text, "strategy = {strategy}");
        }
        if counts && self.once_in(2) {
            let first = 1 + self.draw.below(self.calendar.late_max - 1);
            let _ = match self.once_in(2) {
                true => writeln!(text, "vintages = [{first}, {}]", self.calendar.late_max),
                false => writeln!(text, "vintages = [{}]", self.calendar.late_max),
            };
            self.features.insert("vintages");
        }
        if kind == "flow" && !events && step == "day" && self.once_in(2) {
            let _ = writeln!(text, "bound_month = {}", 1 + self.draw.below(bound));
            self.features.insert("bound_month");
        }
        if counts && self.once_in(5) {
            let only = LifeCycle::ready_made(cycle.model).map(|cycle| cycle.kinds[0].clone());
            let _ = writeln!(text, "only = {{ kind = [\"{}\"] }}", only.unwrap_or_default());
            self.features.insert("only");
        }
        self.write_dimensions(&mut text, kind, table);
        self.add(&text);
    }

    fn any_strategy(&mut self, kind: &str, table: bool) -> String {
        let SmallCalendar { step, window, .. } = *self.calendar;
        let calendar = format!("{{ calendar = {{ {step} = 2, {window} = 1 }} }}");
        let (name, strategy) = match (kind, self.draw.below(4)) {
            ("stock", 0 | 1) => ("blt", "\"blt\"".into()),
            ("stock", _) | (_, 0) if !table => ("calendar", calendar),
            (_, 1) => ("calendar_blt", "\"calendar_blt\"".into()),
            ("stock", _) => ("blt", "\"blt\"".into()),
            (_, _) => ("identity", "\"identity\"".into()),
        };
        self.features.insert(name);
        strategy
    }

    fn write_dimensions(&mut self, text: &mut String, kind: &'static str, table: bool) {
        let at = match kind {
            "duration" | "cohort" => ", at = \"start\"",
            _ => "",
        };
        let point = format!("{{ id = \"POINT\", from = \"border_point\"{at} }}");
        let class = format!("{{ id = \"CLASS\", from = \"traveller_class\"{at} }}");
        let other = |id: &str, from: &str| {
            let list = format!("CL_{}", if id == "BEFORE" { "STATUS" } else { id });
            format!("{{ id = \"{id}\", from = \"{from}\", code_list = \"{list}\" }}")
        };
        let last = match kind {
            "flow" if self.once_in(2) => Some(("KIND", other("KIND", "kind"))),
            "flow" => Some(("TRANSITION", other("TRANSITION", "transition"))),
            "duration" => Some(("BAND", other("BAND", "band"))),
            "transition" => Some(("BEFORE", other("BEFORE", "before"))),
            "cohort" => Some(("AGE", other("AGE", "age"))),
            _ => None,
        };
        let (mut ids, mut dimensions) = (vec!["POINT"], vec![point]);
        if self.once_in(2) {
            ids.push("CLASS");
            dimensions.push(class);
        }
        if let Some((id, dimension)) = last {
            ids.push(id);
            dimensions.push(dimension);
        }
        let _ = writeln!(text, "dimensions = [{}]", dimensions.join(", "));
        if table {
            self.features.insert("table");
            self.write_marginals(text, &ids, matches!(kind, "stock" | "balance"));
        }
    }

    /// The marginals of a table with these dimensions, with weights of their own or of residuals.
    fn write_marginals(&mut self, text: &mut String, ids: &[&'static str], present: bool) {
        let SmallCalendar { step, window, .. } = *self.calendar;
        let of = |names: &str, grain: &str, weight: u32| {
            let grain = if present { String::new() } else { format!(", grain = \"{grain}\"") };
            let weight = if weight == 1 { String::new() } else { format!(", weight = {weight}") };
            format!("{{ of = [{names}]{grain}{weight} }}")
        };
        let by_residuals = self.once_in(3);
        let weight = if by_residuals { 1 } else { 1 + self.draw.below(3) };
        let fine = if self.once_in(2) { window } else { step };
        let mut marginals =
            vec![of("", step, 1), of("\"POINT/1\"", step, weight), of("\"POINT\"", fine, 1)];
        if by_residuals {
            let weights = ["", "\"POINT/1\"", "\"POINT\""]
                .map(|names| format!("{{ of = [{names}], weight = {} }}", 1 + self.draw.below(4)));
            let _ = writeln!(text, "residuals = [{}]", weights.join(", "));
            self.features.insert("residuals");
        } else {
            let last = ids.last().filter(|_| ids.len() > 1 && !present && self.once_in(2));
            let crossed = ids.get(1).filter(|id| last != Some(*id) && self.once_in(2));
            let crossed = crossed.map(|id| of(&format!("\"POINT\", \"{id}\""), fine, weight));
            marginals.extend(crossed);
            if let Some(id) = last {
                let _ = writeln!(text, "apart = [\"{id}\"]");
                self.features.insert("apart");
            }
        }
        let _ = writeln!(text, "marginals = [{}]", marginals.join(", "));
        if weight > 1 {
            self.features.insert("weights");
        }
    }
}

/// The day before the first day of a month.
fn day_before(first: &str) -> String {
    let day: Option<jiff::civil::Date> = first.parse().ok();
    day.and_then(|day| day.yesterday().ok()).map(|day| day.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_is_drawn() {
        let all: BTreeSet<&str> = [
            "amendment",
            "apart",
            "asylum",
            "at_bound",
            "balance",
            "blt",
            "border",
            "bound_month",
            "calendar",
            "calendar_blt",
            "cohort",
            "corrections",
            "day",
            "duration",
            "events",
            "flow",
            "hour",
            "identity",
            "month",
            "only",
            "persons_windows",
            "residuals",
            "retention",
            "return",
            "sources",
            "stay",
            "stock",
            "table",
            "transition",
            "vintages",
            "week",
            "weights",
        ]
        .into();
        let mut drawn = BTreeSet::new();
        for seed in 0..120 {
            let small = SmallPlan::drawn(seed);
            assert!(small.plan.privacy.windows >= 2, "{}", small.text);
            drawn.extend(small.features);
        }
        assert_eq!(drawn, all);
    }
}
