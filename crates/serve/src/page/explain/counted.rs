//! What a plan counts: each statistic of it in plain sentences, with its code lists
//! (`web/planflow.js`).
//!
//! Not here: its figures, and the rules that all statistics share ([`super::rules`]).

use num_rational::BigRational;
use tidegauge_figures::{dimensions, grains};
use tidegauge_model::method::MethodNote;
use tidegauge_model::{Dataflow, Measure, Only, Rate, StatisticalUnit};

use super::document::{Block, Facts, Part, paragraph};
use super::speaker::{Speaker, said};
use crate::describe::decimal_up;
use crate::page::length::{count_of, decimal_text, ratio};
use crate::page::locale::{Joint, decimal, listed, period, share};
use crate::page::structure::{Dimension, TOTAL};

/// What every statistic has, besides the dimensions of the plan.
const GENERAL: [&str; 3] = ["FREQ", "REF_AREA", "INDICATOR"];

impl Speaker<'_> {
    /// Every statistic of the plan.
    pub(super) fn counted(&self) -> Vec<Block> {
        let flows = self.plan.dataflows.iter().map(|dataflow| self.flow(dataflow));
        let rates = self.plan.rates.iter().map(|rate| self.rate(rate));
        flows.chain(rates).map(Block::Article).collect()
    }

    fn flow(&self, dataflow: &Dataflow) -> Part {
        let dimensions = self.dimensions(dataflow);
        let breaks = self.plan.breaks_of(&dataflow.id).map(|(_, from, change)| {
            let from = period(self.words, &from.to_string(), "D", false);
            self.words.fill("meta-break", &[("from", &from), ("note", &change.note)])
        });
        let breaks: Vec<String> = breaks.collect();
        let facts = Facts::of(
            self.words,
            [
                ("flow-what", paragraph(self.what(dataflow, &dimensions))),
                ("flow-unit", paragraph(self.unit(dataflow))),
                ("flow-periods", paragraph(self.periods(dataflow))),
                ("flow-dimensions", self.divided(&dimensions)),
                ("flow-measured", self.measured(dataflow)),
                ("flow-bound", paragraph(self.bound(dataflow))),
                ("flow-cost", paragraph(self.flow_cost(dataflow))),
                ("flow-late", paragraph(self.late_words(dataflow))),
                ("flow-breaks", paragraph(breaks.join("; "))),
            ],
        );
        let method = self.method_facts(&dataflow.method);
        let facts = Facts(facts.0.into_iter().chain(method.0).collect());
        let description = Block::Paragraph(dataflow.description.to_string());
        let blocks = vec![description, Block::Facts(facts)];
        Part { title: dataflow.name.to_string(), blocks }
    }

    fn rate(&self, rate: &Rate) -> Part {
        let names = rate.dataflows().into_iter();
        let names: Vec<&str> = names.map(|at| &*self.plan.dataflows[at].name).collect();
        let facts = Facts::of(
            self.words,
            [
                ("flow-what", paragraph(self.words.say("what-rate").to_owned())),
                ("flow-of", paragraph(names.join(" / "))),
                ("flow-cost", paragraph(self.words.say("cost-none").to_owned())),
            ],
        );
        let blocks = vec![Block::Paragraph(rate.description.to_string()), Block::Facts(facts)];
        Part { title: rate.name.to_string(), blocks }
    }

    /// The dimensions of the plan, with their codes as readers see them.
    fn dimensions(&self, dataflow: &Dataflow) -> Vec<Dimension> {
        // Only its unit, which stands in for a dimension in the keys of its series.
        if dataflow.structure.dimensions().is_empty() {
            return vec![];
        }
        let described = serde_json::to_value(dimensions(self.plan, dataflow));
        let all: Vec<Dimension> = described.and_then(serde_json::from_value).unwrap_or_default();
        all.into_iter().filter(|dimension| !GENERAL.contains(&&*dimension.id)).collect()
    }

    fn what(&self, dataflow: &Dataflow, dimensions: &[Dimension]) -> String {
        let statuses = dataflow.present().or(dataflow.spell()).unwrap_or_default().iter();
        let quoted = statuses.map(|&status| {
            let name = self.of_cycle("status", &self.plan.life_cycle.statuses[status]);
            self.words.fill("quoted", &[("text", &name)])
        });
        let statuses = listed(self.words, &quoted.collect::<Vec<_>>(), Joint::Or);
        let bounded = match &dataflow.measure {
            Measure::AtBound { of } => self.plan.dataflows.get(*of).map(|flow| &*flow.name),
            _ => None,
        };
        let name = format!("what-{}", dataflow.measure.word());
        let what = self.words.fill(
            &name,
            &[
                ("flow", bounded.unwrap_or_default()),
                ("window", self.window()),
                ("statuses", &statuses),
            ],
        );
        let only = self.only(dataflow, dimensions);
        if only.is_empty() {
            return what;
        }
        let label = self.words.say("flow-only");
        let only = self.words.fill("labelled", &[("label", label), ("words", &only)]);
        format!("{what} {only}.")
    }

    /// The kinds of events or the transitions that are counted, if not all.
    fn only(&self, dataflow: &Dataflow, dimensions: &[Dimension]) -> String {
        let cycle = &self.plan.life_cycle;
        let (known, positions) = match &dataflow.only {
            Some(Only::Kinds(kinds)) => (&cycle.kinds, &kinds[..]),
            Some(Only::Transitions(names)) => (&cycle.names, &names[..]),
            None => return String::new(),
        };
        let name = |&position: &usize| {
            let id = &known[position];
            let codes = dimensions.iter().flat_map(|dimension| &dimension.codes);
            let code = codes.into_iter().find(|code| code.id == *id);
            code.map_or_else(|| self.of_cycle("event", id), |code| code.name.clone())
        };
        listed(self.words, &positions.iter().map(name).collect::<Vec<_>>(), Joint::And)
    }

    fn unit(&self, dataflow: &Dataflow) -> String {
        let (name, is_of_persons) = match dataflow.unit {
            StatisticalUnit::Events => ("unit-words-EVENTS", false),
            StatisticalUnit::Persons => ("unit-words-PERSONS", true),
        };
        let unit = self.words.say(name);
        match is_of_persons && matches!(dataflow.measure, Measure::Flow) {
            true => format!("{unit} {}", self.once(dataflow)),
            false => unit.to_owned(),
        }
    }

    /// Once in what one person counts.
    fn once(&self, dataflow: &Dataflow) -> String {
        let mut once = vec![self.word(dataflow.step.word()).to_owned()];
        match dataflow.marginals.is_empty() {
            true => once.push(self.words.say("cell").to_owned()),
            false => {
                let apart = dataflow.structure.apart();
                once.extend(apart.map(|(_, dimension)| self.in_sentence(&dimension.name)));
            }
        }
        let list = listed(self.words, &once, Joint::And);
        self.words.fill("once", &[("list", &list)])
    }

    /// A name inside a sentence: its first letter is small, unless the language writes nouns with
    /// capitals or the name begins with an abbreviation.
    fn in_sentence(&self, name: &str) -> String {
        let mut letters = name.chars();
        let first = letters.next();
        let is_short = first.zip(letters.clone().next());
        let is_short = is_short.is_some_and(|(a, b)| a.is_uppercase() && b.is_uppercase());
        match first {
            Some(first) if self.words.language != "de" && !is_short => {
                first.to_lowercase().chain(letters).collect()
            }
            _ => name.to_owned(),
        }
    }

    fn periods(&self, dataflow: &Dataflow) -> String {
        let grain = |frequency: &str| said(self.words, &format!("grains-{frequency}")).to_owned();
        let grains = grains(dataflow.step).into_iter().map(|it| grain(it.frequency()));
        let grains = listed(self.words, &grains.collect::<Vec<_>>(), Joint::And);
        let mut letters = grains.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        let grains: String = first.chain(letters).collect();
        let step = self.word(dataflow.step.word());
        self.words.fill("periods-words", &[("step", step), ("grains", &grains)])
    }

    // ------------------------------------------------------------ code lists

    /// The dimensions, each with its codes, those of a group under it.
    fn divided(&self, dimensions: &[Dimension]) -> Vec<Block> {
        if dimensions.is_empty() {
            return paragraph(self.words.say("dimensions-none").to_owned());
        }
        let codes = |dimension: &Dimension| {
            let mut rows = vec![Block::Paragraph(self.how_many(dimension))];
            add_codes(dimension, None, 0, &mut rows);
            rows
        };
        dimensions.iter().flat_map(codes).collect()
    }

    fn how_many(&self, dimension: &Dimension) -> String {
        let codes = || dimension.codes.iter().filter(|code| code.id != TOTAL);
        let is_group = |id: &str| codes().any(|code| code.parent.as_deref() == Some(id));
        let groups = codes().filter(|code| is_group(&code.id)).count();
        let single = codes().count() - groups;
        let number = |n: usize| decimal(self.words, n as f64, 0);
        let (name, single_words, group_words) = (&*dimension.name, number(single), number(groups));
        match groups {
            0 => self.words.count(
                "dimension-codes",
                single as f64,
                &[("name", name), ("count", &single_words)],
            ),
            _ => self.words.count(
                "dimension-groups",
                groups as f64,
                &[("name", name), ("n", &single_words), ("count", &group_words)],
            ),
        }
    }

    // ------------------------------------------------------------ what is measured

    /// Which combinations of codes are published, and from which length of period on.
    fn measured(&self, dataflow: &Dataflow) -> Vec<Block> {
        let dimensions = dataflow.structure.dimensions();
        if dataflow.marginals.is_empty() {
            let all = || paragraph(self.words.say("measured-all").to_owned());
            return if dimensions.len() > 1 { all() } else { vec![] };
        }
        let name = |(place, &level): (usize, &usize)| {
            let dimension = &dimensions[place];
            match level {
                0 => None,
                level if level == dimension.code_list.depth() => Some(dimension.name.to_string()),
                _ => Some(self.words.fill("measured-groups", &[("name", &dimension.name)])),
            }
        };
        let rows: Vec<String> = dataflow
            .marginals
            .iter()
            .map(|marginal| {
                let names: Vec<String> =
                    marginal.levels.iter().enumerate().filter_map(name).collect();
                let names = match names.is_empty() {
                    true => self.words.say("measured-total").to_owned(),
                    false => names.join(" \u{d7} "),
                };
                let grains = format!("grains-{}", marginal.grain.frequency());
                let grains = said(self.words, &grains);
                self.words.fill("measured-from", &[("grains", grains), ("names", &names)])
            })
            .collect();
        let apart: Vec<String> =
            dataflow.structure.apart().map(|(_, dimension)| dimension.name.to_string()).collect();
        let number = decimal(self.words, rows.len() as f64, 0);
        let mut blocks = vec![
            Block::Paragraph(self.words.say("measured-some").to_owned()),
            Block::Paragraph(self.words.fill("measured-these", &[("n", &number)])),
            Block::List(rows),
        ];
        if !apart.is_empty() {
            let names = listed(self.words, &apart, Joint::And);
            blocks.push(Block::Paragraph(self.words.fill("apart-words", &[("names", &names)])));
        }
        blocks
    }

    // ------------------------------------------------------------ what it costs, what comes late

    fn bound(&self, dataflow: &Dataflow) -> String {
        let number = |n: u32| decimal(self.words, f64::from(n), 0);
        let name = if dataflow.bound.month.is_some() { "bound-both" } else { "bound-window" };
        let month = dataflow.bound.month.map_or(String::new(), number);
        let places =
            [("n", &*number(dataflow.bound.window)), ("month", &month), ("window", self.window())];
        let bound = self.words.fill(name, &places);
        let Some(of) = dataflow.first_of.and_then(|of| self.plan.dataflows.get(of)) else {
            return bound;
        };
        let flow = self.words.fill("quoted", &[("text", &of.name)]);
        self.words.fill("bound-first", &[("bound", &bound), ("flow", &flow)])
    }

    fn flow_cost(&self, dataflow: &Dataflow) -> String {
        let rho: BigRational = &self.plan.privacy.rho * &dataflow.share;
        let rho = decimal_text(self.words, &decimal_up(&rho));
        let share = share(self.words, ratio(&dataflow.share));
        let places = [("rho", &*rho), ("window", self.window()), ("share", &share)];
        self.words.fill("cost-words", &places)
    }

    /// When a later measurement changes the figures of a period.
    pub(super) fn late_words(&self, dataflow: &Dataflow) -> String {
        let step = self.word(dataflow.step.word());
        if dataflow.present().is_some() {
            return self.words.say("late-present").to_owned();
        }
        let places = [("step", step), ("window", self.window())];
        let refined = match dataflow.is_refined() {
            true => format!("{} ", self.words.fill("late-refined", &places)),
            false => String::new(),
        };
        let after = dataflow.vintages.iter();
        let after: Vec<String> =
            after.map(|&steps| count_of(self.words, steps, dataflow.step.word())).collect();
        let after = listed(self.words, &after, Joint::And);
        let when = match after.is_empty() {
            true => self.words.fill("late-once", &places),
            false => self.words.fill("late-vintages", &[("step", step), ("after", &after)]),
        };
        refined + &when
    }

    /// What the plan says of its method, each text with its name.
    pub(super) fn method_facts(&self, notes: &[MethodNote]) -> Facts {
        let fact = |note: &MethodNote| {
            let name = said(self.words, &format!("method-{}", note.concept.key));
            (name.to_owned(), paragraph(note.text.to_string()))
        };
        Facts(notes.iter().map(fact).collect())
    }
}

/// The codes of a dimension in a group, or those without one, each with its own under it.
fn add_codes(dimension: &Dimension, group: Option<&str>, depth: usize, rows: &mut Vec<Block>) {
    let codes = || dimension.codes.iter().filter(|code| code.id != TOTAL);
    for code in codes() {
        let known = code.parent.as_deref().filter(|id| codes().any(|other| other.id == *id));
        // A group lies no deeper than a list has codes, whatever its parents say.
        if known == group && depth <= dimension.codes.len() {
            let (id, name) = (code.id.clone(), code.name.clone());
            rows.push(Block::Code { depth, id, name });
            if codes().any(|other| other.parent.as_deref() == Some(&code.id)) {
                add_codes(dimension, Some(&code.id), depth + 1, rows);
            }
        }
    }
}
