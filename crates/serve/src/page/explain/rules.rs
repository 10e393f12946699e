//! The rules that all statistics of a plan share, in plain sentences: releases, bounds, cost, what
//! is not counted, what comes late, states and events, method, amendments (`web/planrules.js`,
//! `web/odds.js`).
//!
//! Not here: what each statistic counts ([`super::counted`]).

use num_rational::BigRational;
use num_traits::{Signed, Zero};
use tidegauge_model::plan::life_cycle::{Arrow, Due};
use tidegauge_model::{Amendment, Source, StatisticalUnit};
use tidegauge_privacy::display::{right_guesses, right_guesses_up};

use super::document::{Block, Facts, paragraph};
use super::speaker::{Speaker, said};
use crate::describe::{decimal_up, epsilon_texts};
use crate::page::length::{count_of, decimal_text, minutes, ratio};
use crate::page::locale::{Joint, decimal, listed, share};

/// From this limit on, a budget is said to promise next to nothing.
const NEARLY_CERTAIN: f64 = 99.0;

impl Speaker<'_> {
    fn say(&self, name: &'static str) -> String {
        self.words.say(name).to_owned()
    }

    fn places(&self) -> [(&'static str, &'static str); 2] {
        [("step", self.step()), ("window", self.window())]
    }

    // ------------------------------------------------------------ releases

    pub(super) fn releases(&self) -> Vec<Block> {
        let statement = &self.plan.statement;
        let (words, step) = (self.words, self.step());
        let n = self.plan.dataflows.len();
        let (n_words, delay) = (decimal(words, n as f64, 0), statement.release_delay_minutes);
        let name = if n == 1 { "release-step-one" } else { "release-step" };
        let mut sentences = vec![words.fill(name, &[("step", step), ("n", &n_words)])];
        sentences.push(match delay {
            0 => words.fill("release-prompt", &[("step", step)]),
            _ => {
                let delay = minutes(words, delay);
                words.fill("release-delay", &[("step", step), ("delay", &delay)])
            }
        });
        if let Some(intake) = &self.plan.intake {
            let wait = minutes(words, intake.longest_wait_minutes);
            sentences.push(words.fill("release-sources", &[("step", step), ("wait", &wait)]));
        }
        sentences.push(match &statement.embargo {
            Some(hour) => {
                let hour = hour.strftime("%H:%M").to_string();
                let places = [("hour", &*hour), ("zone", &*statement.time_zone)];
                words.fill("release-embargo", &places)
            }
            None => self.say("release-open"),
        });
        sentences.push(self.say("release-once"));
        let last = self.day(statement.expires);
        sentences.push(words.fill("release-last", &[("last", &last)]));
        let sources: Vec<String> = self.plan.sources.iter().map(|each| self.source(each)).collect();
        let mut blocks = vec![Block::List(sentences)];
        blocks.extend((!sources.is_empty()).then_some(Block::List(sources)));
        blocks
    }

    fn source(&self, source: &Source) -> String {
        let from = source.days.from.map(|day| self.day(day));
        let name = if from.is_some() { "release-source-days" } else { "release-source" };
        let places = [
            ("name", &*source.name),
            ("from", from.as_deref().unwrap_or_default()),
            ("every", self.word(source.complete_every.word())),
            ("within", &*minutes(self.words, source.complete_within_minutes)),
        ];
        self.words.fill(name, &places)
    }

    // ------------------------------------------------------------ bounds and cost

    pub(super) fn person(&self) -> Vec<Block> {
        let words = self.words;
        let has_months = self.plan.dataflows.iter().any(|flow| flow.bound.month.is_some());
        let mut heads = vec![self.say("col-flow"), words.fill("col-window", &self.places())];
        heads.extend(has_months.then(|| self.say("col-month")));
        let mut rows = vec![heads];
        for flow in &self.plan.dataflows {
            let mut row = vec![flow.name.to_string(), flow.bound.window.to_string()];
            let month = || flow.bound.month.map_or(self.say("none"), |month| month.to_string());
            row.extend(has_months.then(month));
            rows.push(row);
        }
        vec![Block::Paragraph(self.say("person-lead")), Block::Table(rows)]
    }

    fn windows(&self) -> String {
        let privacy = &self.plan.privacy;
        count_of(self.words, privacy.windows, privacy.window.word())
    }

    fn lifetime(&self) -> String {
        decimal_text(self.words, &decimal_up(&self.plan.privacy.lifetime()))
    }

    pub(super) fn cost(&self) -> Vec<Block> {
        let words = self.words;
        let budget = self.plan.privacy.rho.to_string();
        let epsilon: Vec<String> = epsilon_texts(&self.plan.privacy.rho)
            .into_iter()
            .map(|(epsilon, delta)| {
                let (epsilon, delta) = (decimal_text(words, &epsilon), power(delta));
                words.fill("epsilon-at", &[("epsilon", &epsilon), ("delta", &delta)])
            })
            .collect();
        let epsilon = listed(words, &epsilon, Joint::Or);
        let (life, windows) = (self.lifetime(), self.windows());
        let places = [
            ("step", self.step()),
            ("window", self.window()),
            ("budget", &*budget),
            ("life", &life),
            ("windows", &windows),
            ("epsilon", &epsilon),
        ];
        let lead = words.fill("cost-lead", &places);
        let lead = format!("{lead} {}", words.fill("cost-epsilon", &places));
        let mut blocks = self.odds();
        blocks.push(Block::Paragraph(self.say("privacy-limit")));
        blocks.push(Block::Paragraph(lead));
        blocks.push(Block::Table(self.cost_rows(&budget)));
        blocks
    }

    /// The cost of each statistic, what is left of the budget of a window, and the budgets.
    fn cost_rows(&self, budget: &str) -> Vec<Vec<String>> {
        let words = self.words;
        let privacy = &self.plan.privacy;
        let rho = words.fill("col-rho", &self.places());
        let mut rows = vec![vec![self.say("col-flow"), rho, self.say("col-share")]];
        let mut left = BigRational::from_integer(1.into());
        for flow in &self.plan.dataflows {
            left -= &flow.share;
            let rho = decimal_text(words, &decimal_up(&(&privacy.rho * &flow.share)));
            rows.push(vec![flow.name.to_string(), rho, share(words, ratio(&flow.share))]);
        }
        if left.is_positive() && !left.is_zero() {
            rows.push(vec![self.say("row-left"), String::new(), share(words, ratio(&left))]);
        }
        let window = words.fill("row-window", &[("window", self.window())]);
        rows.push(vec![window, budget.to_owned(), share(words, 1.0)]);
        let life = words.fill("row-life", &[("windows", &self.windows())]);
        rows.push(vec![life, self.lifetime(), String::new()]);
        rows
    }

    /// What a reader can learn about one person, for one window and for the life of the plan.
    fn odds(&self) -> Vec<Block> {
        let words = self.words;
        let privacy = &self.plan.privacy;
        let (rho, most, window) = (ratio(&privacy.rho), privacy.windows, privacy.window.word());
        let mut shown = vec![1, most.min(2), most];
        shown.dedup();
        let row = |&count: &u32| {
            let span = match count {
                1 => said(words, &format!("odds-one-{window}")).to_owned(),
                count if count == most => words.fill("odds-all", &[("windows", &self.windows())]),
                count => count_of(words, count, window),
            };
            let odds = self.odds_words(rho * f64::from(count));
            let most = words.fill("odds-most", &[("odds", &odds)]);
            format!("{span}: {most}")
        };
        let odds = self.odds_words(rho);
        let one = words.fill(&format!("odds-{window}"), &[("odds", &odds)]);
        let mut blocks = vec![
            Block::Paragraph(self.say("odds-caption")),
            Block::List(shown.iter().map(row).collect()),
            Block::Paragraph(format!("{one} {}", self.moved())),
        ];
        if most > 1 {
            let life = rho * f64::from(most);
            let is_open = right_guesses(life) >= NEARLY_CERTAIN;
            let name = if is_open { "odds-life-open" } else { "odds-life" };
            let (windows, life) = (self.windows(), self.odds_words(life));
            let places = [("windows", &*windows), ("window", self.window()), ("life", &life)];
            blocks.push(Block::Paragraph(words.fill(name, &places)));
        }
        blocks
    }

    /// What the limit is for what a person did within one window.
    fn moved(&self) -> String {
        let (words, count) = (self.words, self.plan.windows_moved());
        let privacy = &self.plan.privacy;
        let odds = self.odds_words(ratio(&privacy.rho) * f64::from(count));
        let windows = count_of(words, count, privacy.window.word());
        let name = if count == 1 { "odds-moved-one" } else { "odds-moved" };
        words.fill(name, &[("window", self.window()), ("windows", &windows), ("odds", &odds)])
    }

    /// The limit in per cent: whole where that is below 100, else with as many decimals as keep it
    /// below.
    fn odds_words(&self, rho: f64) -> String {
        match right_guesses_up(rho) {
            Some((up, digits)) => decimal(self.words, up, digits),
            None => self.say("odds-almost"),
        }
    }

    // ------------------------------------------------------------ what is missing

    pub(super) fn cut(&self) -> Vec<Block> {
        let words = self.words;
        let flows = &self.plan.dataflows;
        let measured = flows.iter().filter(|flow| self.plan.at_bound_of(flow).is_some());
        let measured: Vec<String> = measured.map(|flow| flow.name.to_string()).collect();
        let mut sentences = vec![match measured.is_empty() {
            true => self.say("cut-bound-none"),
            false => words.fill("cut-bound", &[("flows", &listed(words, &measured, Joint::And))]),
        }];
        if flows.iter().any(|flow| flow.unit == StatisticalUnit::Persons) {
            sentences.push(words.fill("cut-once", &self.places()));
        }
        sentences.extend([self.say("cut-cycle"), self.say("cut-codes")]);
        let statement = &self.plan.statement;
        let (start, end) = (self.day(statement.start), self.day(statement.expires));
        sentences.push(words.fill("cut-start", &[("start", &start), ("end", &end)]));
        sentences.push(self.say("cut-small"));
        vec![Block::List(sentences)]
    }

    pub(super) fn late(&self) -> Vec<Block> {
        let words = self.words;
        // Statistics of which the same is said stand together.
        let mut said: Vec<(String, Vec<String>)> = Vec::new();
        for flow in &self.plan.dataflows {
            let late = self.late_words(flow);
            match said.iter_mut().find(|(other, _)| *other == late) {
                Some((_, names)) => names.push(flow.name.to_string()),
                None => said.push((late, vec![flow.name.to_string()])),
            }
        }
        let is_one = said.len() == 1;
        let facts = said.into_iter().map(|(late, names)| {
            let names = if is_one { self.say("late-every") } else { names.join(", ") };
            (names, paragraph(late))
        });
        let retention = &self.plan.retention;
        let step = self.plan.step().word();
        let mut sentences = vec![match retention.events_steps {
            Some(steps) => {
                let steps = count_of(words, steps, step);
                words.fill("late-retention", &[("step", self.step()), ("steps", &steps)])
            }
            None => self.say("late-forever"),
        }];
        if let Some(windows) = retention.persons_windows {
            let windows = count_of(words, windows, self.plan.privacy.window.word());
            sentences.push(words.fill("late-forgotten", &[("windows", &windows)]));
        }
        if self.plan.life_cycle.corrections {
            sentences.push(self.say("late-corrections"));
        }
        let facts = Facts(facts.collect());
        vec![Block::Facts(facts), Block::List(sentences)]
    }

    // ------------------------------------------------------------ states and events

    pub(super) fn cycle(&self) -> Vec<Block> {
        let cycle = &self.plan.life_cycle;
        let heads = ["col-from", "col-event", "col-to"].map(|name| self.say(name));
        let mut rows = vec![heads.to_vec()];
        for from in 0..cycle.statuses.len() {
            let mut add = |event: String, arrow: Arrow| {
                let status = |at: usize| self.of_cycle("status", &cycle.statuses[at]);
                rows.push(vec![status(from), event, status(arrow.to)]);
            };
            for (position, kind) in cycle.kinds.iter().enumerate() {
                if let Some(arrow) = cycle.arrow(from, position) {
                    let (name, kind_words) =
                        (&cycle.names[arrow.name], self.of_cycle("event", kind));
                    let name_words = self.of_cycle("event", name);
                    let places = [("kind", &*kind_words), ("name", &*name_words)];
                    let event = match kind == name {
                        true => name_words.clone(),
                        false => self.words.fill("cycle-named", &places),
                    };
                    add(event, arrow);
                }
            }
            if let Some(timer) = cycle.timer(from) {
                let name = self.of_cycle("event", &cycle.names[timer.arrow.name]);
                let event = match timer.due {
                    Due::Until => self.words.fill("cycle-until", &[("name", &name)]),
                    Due::AfterDays(days) => {
                        let days = count_of(self.words, days, "day");
                        self.words.fill("cycle-after", &[("name", &name), ("days", &days)])
                    }
                };
                add(event, timer.arrow);
            }
        }
        let lead = self.say("cycle-lead");
        let lead = match self.words.find(&format!("cycle-{}", cycle.model)) {
            Some(model) => format!("{model} {lead}"),
            None => lead,
        };
        let title = self.say("cycle-table");
        vec![Block::Paragraph(lead), Block::Paragraph(title), Block::Table(rows)]
    }

    // ------------------------------------------------------------ method and amendments

    pub(super) fn method(&self) -> Vec<Block> {
        let facts = self.method_facts(&self.plan.method);
        if facts.0.is_empty() { vec![] } else { vec![Block::Facts(facts)] }
    }

    pub(super) fn amendments(&self) -> Vec<Block> {
        let mut blocks = vec![Block::Paragraph(self.say("amendments-lead"))];
        let amendments = &self.plan.amendments;
        for (number, amendment) in amendments.iter().enumerate() {
            let from = self.day(amendment.from);
            let from = self.words.fill("amendment-from", &[("from", &from)]);
            let entry = self.entries.get(number).map(|entry| {
                let entry = decimal(self.words, *entry as f64, 0);
                format!(" ({})", self.words.fill("amendment-entry", &[("entry", &entry)]))
            });
            let entry = entry.unwrap_or_default();
            blocks.push(Block::Paragraph(format!("{from}: {}{entry}", amendment.note)));
            blocks.push(Block::List(self.changes(amendment)));
        }
        if amendments.is_empty() {
            blocks.push(Block::Paragraph(self.say("amendments-none")));
        }
        blocks
    }

    fn changes(&self, amendment: &Amendment) -> Vec<String> {
        let fill = |name: &str, places: &[(&str, &str)]| self.words.fill(name, places);
        let Amendment { added, closed, renamed, breaks, sources, .. } = amendment;
        let added = added.iter().map(|change| {
            let places =
                [("code", &*change.code), ("list", &*change.list), ("name", &*change.name)];
            fill("amendment-added", &places)
        });
        let closed = closed.iter().map(|change| {
            fill("amendment-closed", &[("code", &change.code), ("list", &change.list)])
        });
        let renamed = renamed.iter().map(|change| {
            let places =
                [("code", &*change.code), ("list", &*change.list), ("name", &*change.name)];
            fill("amendment-renamed", &places)
        });
        let breaks = breaks.iter().map(|change| {
            let flow = self.plan.dataflow(&change.dataflow);
            let flow = flow.map_or(&*change.dataflow, |(_, flow)| &*flow.name);
            fill("amendment-break", &[("flow", flow), ("note", &change.note)])
        });
        let sources =
            sources.iter().map(|source| fill("amendment-source", &[("name", &source.name)]));
        added.chain(closed).chain(renamed).chain(breaks).chain(sources).collect()
    }
}

/// A small number as a power of ten: `1e-6`.
fn power(delta: &str) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = delta.strip_prefix("1e-").filter(|digits| digits.len() == 1);
    let digit = digit.and_then(|digit| digit.parse::<usize>().ok());
    digit.map_or_else(|| delta.to_owned(), |digit| format!("10\u{207b}{}", RAISED[digit]))
}
