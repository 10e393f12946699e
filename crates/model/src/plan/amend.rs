//! Applies an amendment to a plan.
//!
//! Not here: the amendment as data (module `amendment`) and its file (module
//! `plan::parse::amendment`); whether a step was released already (crate `ledger`, module
//! `succession`).
//!
//! Invariants:
//! 1. An amended plan has the same cells, bounds and shares as the plan before
//!    (`plan::amend::tests::an_amendment_moves_no_cell`), and the same prices
//!    (`ledger/tests/amendments.rs`: `an_amendment_changes_no_price`).
//! 2. Each refusal is one error, with its field and its rule
//!    (`plan::amend::tests::each_refusal_names_its_field_and_rule`).
//! 3. What renames a code can give it other codes, which events of any day can have
//!    (`plan::amend::tests::a_renamed_code_is_accepted_under_both_codes`).
//! 4. History is kept: a code keeps its former names, and a step before the amendment keeps its
//!    open cells (`plan::amend::tests::history_stays_readable`).

use std::sync::Arc;

use jiff::civil::Date;

use super::content::Plan;
use crate::amendment::{Added, AmendError, Amendment, Break, Closed, Renamed};
use crate::code::{Code, CodeList};
use crate::dataflow::Dataflow;
use crate::near::offered;
use crate::period::{Grain, Period};
use crate::validity::FormerName;

impl Plan {
    /// The plan with an amendment; nothing changes except code lists and breaks.
    ///
    /// Guarantee: a pure function; cells, positions, prices and streams are those of this plan.
    ///
    /// Errors: a day that is not the first of a step, lies outside the plan or before the last
    /// amendment; an unknown list, code or dataflow; a code that exists already; no reserved
    /// position left; a code that is closed already; an amendment that changes nothing.
    pub fn amended(&self, amendment: &Amendment) -> Result<Plan, AmendError> {
        self.check_from(amendment)?;
        let (plan, given) = (&self.statement.language, &amendment.language);
        if plan != given {
            return Err(AmendError::Language { plan: plan.clone(), given: given.clone() });
        }
        let Amendment { added, closed, renamed, breaks, sources, .. } = amendment;
        if amendment.lists().next().is_none() && breaks.is_empty() && sources.is_empty() {
            let rule =
                "it has no [[added]], [[closed]], [[renamed]], [[break]] or [[source]]; add one";
            return Err(AmendError::Nothing { field: "amendment".into(), rule });
        }
        let mut plan = self.clone();
        for (number, change) in closed.iter().enumerate() {
            plan.close(change, &format!("closed[{number}]"), amendment)?;
        }
        for (number, change) in renamed.iter().enumerate() {
            plan.rename(change, &format!("renamed[{number}]"), amendment)?;
        }
        for (number, change) in added.iter().enumerate() {
            plan.add(change, &format!("added[{number}]"), amendment)?;
        }
        for (number, source) in sources.iter().enumerate() {
            plan.replace_source(source, &format!("source[{number}]"), amendment)?;
        }
        for (number, change) in breaks.iter().enumerate() {
            let field = format!("break[{number}].dataflow");
            if plan.dataflow(&change.dataflow).is_none() {
                let (what, given) = ("dataflow".into(), change.dataflow.clone());
                let ids: Vec<&str> = plan.dataflows.iter().map(|flow| &*flow.id).collect();
                let known = offered(&given, &ids);
                return Err(AmendError::Unknown { field, what, given, known });
            }
            let mut earlier = self
                .amendments
                .iter()
                .filter(|other| other.from == amendment.from)
                .flat_map(|other| &other.breaks)
                .chain(&breaks[..number]);
            if earlier.any(|other| other.dataflow == change.dataflow) {
                let rule = "this dataflow already has a break on this day; remove one";
                return Err(AmendError::Nothing { field, rule });
            }
        }
        let mut changed: Vec<&str> = amendment.lists().collect();
        changed.sort_unstable();
        changed.dedup();
        for id in changed {
            let Some(list) = plan.code_list(id).map(|list| list.next_version()) else { continue };
            plan.replace_list(list);
        }
        plan.amendments.push(amendment.clone());
        plan.list_languages();
        Ok(plan)
    }

    fn check_from(&self, amendment: &Amendment) -> Result<(), AmendError> {
        let (given, step) = (amendment.from, amendment.first_step(self.step()));
        let refuse = |rule: String| Err(AmendError::From { rule, given });
        if step.first() != given {
            let word = self.step().word();
            return refuse(format!("the first day of a step of a {word} is needed"));
        }
        if !self.allows(step) {
            let (start, expires) = (self.statement.start, self.statement.expires);
            return refuse(format!("a day of the plan from {start} to {expires} is needed"));
        }
        match self.amendments.last() {
            Some(last) if given < last.from => refuse(format!(
                "a day not before {} is needed, where the last amendment begins",
                last.from
            )),
            _ => Ok(()),
        }
    }

    /// Replaces the list with the same identifier everywhere in the plan.
    fn replace_list(&mut self, list: CodeList) {
        let list = Arc::new(list);
        for attribute in &mut self.attributes {
            if attribute.code_list.id == list.id {
                attribute.code_list = Arc::clone(&list);
            }
        }
        for dataflow in &mut self.dataflows {
            dataflow.structure.replace_list(&list);
        }
    }

    /// The code list that an entry of an amendment names.
    fn named_list(&self, id: &str, field: &str) -> Result<&CodeList, AmendError> {
        let unknown = || {
            let mut ids: Vec<&str> = Vec::new();
            for list in self.code_lists() {
                if !ids.contains(&&*list.id) {
                    ids.push(&list.id);
                }
            }
            let (field, what) = (format!("{field}.list"), "code list".into());
            AmendError::Unknown { field, what, given: id.to_owned(), known: offered(id, &ids) }
        };
        self.code_list(id).map(Arc::as_ref).ok_or_else(unknown)
    }

    /// As [`Self::named_list`], for a list against which events are checked.
    fn attribute_list(&self, id: &str, field: &str) -> Result<&CodeList, AmendError> {
        let list = self.named_list(id, field)?;
        if self.attributes.iter().any(|attribute| attribute.code_list.id == id) {
            return Ok(list);
        }
        let field = format!("{field}.list");
        Err(AmendError::NotOfAttribute { field, list: id.to_owned() })
    }

    fn close(&mut self, change: &Closed, field: &str, by: &Amendment) -> Result<(), AmendError> {
        let list = self.attribute_list(&change.list, field)?;
        let (at, mut code) = valid_code(list, &change.code, field, by)?;
        code.validity.to = Some(by.day_before());
        let list = list.with_code(at, code);
        self.replace_list(list);
        Ok(())
    }

    fn rename(&mut self, change: &Renamed, field: &str, by: &Amendment) -> Result<(), AmendError> {
        let list = match change.also.is_empty() {
            true => self.named_list(&change.list, field)?,
            false => self.attribute_list(&change.list, field)?,
        };
        let (at, mut code) = valid_code(list, &change.code, field, by)?;
        if code.name.as_str() != change.name.as_str() {
            let until = by.day_before();
            if let Some(last) = code.former.last()
                && last.until >= until
            {
                let first = last.until.tomorrow().unwrap_or(last.until);
                let rule = format!(
                    "a day later than {first} is needed, the first day of the name of {}",
                    code.id
                );
                return Err(AmendError::From { rule, given: by.from });
            }
            let name = std::mem::replace(&mut code.name, change.name.clone());
            code.former.push(FormerName { until, name });
        } else if code.name != change.name {
            // The name stays; it only gets others beside it.
            code.name = change.name.clone();
        } else if change.also.is_empty() {
            let rule = "the code has this name already; remove the entry";
            return Err(AmendError::Nothing { field: format!("{field}.name"), rule });
        }
        for (number, other) in change.also.iter().enumerate() {
            if list.knows(other) || change.also[..number].contains(other) {
                return Err(AmendError::CodeExists {
                    field: format!("{field}.also[{number}]"),
                    list: change.list.clone(),
                    code: other.clone(),
                });
            }
        }
        code.also.extend_from_slice(&change.also);
        let list = list.with_code(at, code);
        self.replace_list(list);
        Ok(())
    }

    fn add(&mut self, change: &Added, field: &str, by: &Amendment) -> Result<(), AmendError> {
        let list = self.attribute_list(&change.list, field)?;
        if list.knows(&change.code) {
            return Err(AmendError::CodeExists {
                field: format!("{field}.code"),
                list: change.list.clone(),
                code: change.code.clone(),
            });
        }
        let places = range_for_added(list, change.group.as_deref(), field)?;
        let is_free = |at: &u16| list.codes()[usize::from(*at)].is_reserved();
        let Some(at) = places.clone().find(is_free) else {
            let place = change.group.as_ref().unwrap_or(&change.list).clone();
            return Err(AmendError::NoPlace { field: format!("{field}.code"), place, reserved: 0 });
        };
        let mut code = Code::new(&change.code, change.name.clone());
        code.validity.from = Some(by.from);
        let list = list.with_code(at, code);
        self.replace_list(list);
        Ok(())
    }

    /// The number of amendments that changed a code list of this dataflow; each makes a new version
    /// of its structure.
    pub fn changes_of(&self, dataflow: &Dataflow) -> usize {
        let has = |id: &str| {
            dataflow.structure.dimensions().iter().any(|dimension| dimension.code_list.id == id)
        };
        self.amendments.iter().filter(|amendment| amendment.lists().any(has)).count()
    }

    /// The breaks of a dataflow, each with the number of its amendment, from 0, and its day.
    pub fn breaks_of(&self, dataflow: &str) -> impl Iterator<Item = (usize, Date, &Break)> {
        let amendments = self.amendments.iter().enumerate();
        amendments.flat_map(move |(number, amendment)| {
            let breaks = amendment.breaks.iter().filter(move |change| change.dataflow == dataflow);
            breaks.map(move |change| (number, amendment.from, change))
        })
    }

    /// Whether a break of a dataflow begins in this period.
    pub fn has_break(&self, dataflow: &str, period: Period) -> bool {
        self.breaks_of(dataflow).any(|(_, from, _)| {
            let start = Period::containing(self.step(), from).start();
            period.start() <= start && start < period.end()
        })
    }
}

/// The position of a code, and the code, which must be valid on the day of an amendment and on the
/// day before.
fn valid_code(
    list: &CodeList,
    id: &str,
    field: &str,
    by: &Amendment,
) -> Result<(u16, Code), AmendError> {
    let field = format!("{field}.code");
    let Some(at) = list.position(id) else {
        let what = format!("code of {}", list.id);
        let ids: Vec<&str> = list.named().map(|(_, code)| &*code.id).collect();
        let known = offered(id, &ids);
        return Err(AmendError::Unknown { field, what, given: id.to_owned(), known });
    };
    let code = list.codes()[usize::from(at)].clone();
    let is_valid = |on: &Date| code.validity.overlaps(Period::containing(Grain::Day, *on));
    match [by.day_before(), by.from].into_iter().find(|on| !is_valid(on)) {
        None => Ok((at, code)),
        Some(on) => {
            let (list, code) = (list.id.clone(), id.to_owned());
            Err(AmendError::CodeClosed { field, list, code, on })
        }
    }
}

/// The range of positions in which an added code takes the first reserved one.
fn range_for_added(
    list: &CodeList,
    group: Option<&str>,
    field: &str,
) -> Result<std::ops::Range<u16>, AmendError> {
    let field = format!("{field}.group");
    let finest = list.depth() - 1;
    let groups = || list.groups().iter().filter(|group| group.level == finest);
    let refuse = |rule: String| AmendError::Group { field: field.clone(), rule };
    match (group, list.groups().is_empty()) {
        // Fits: a list has at most CODES_MAX codes.
        (None, true) => Ok(0..list.codes().len() as u16),
        (Some(_), true) => Err(refuse(format!("{} has no groups; leave the key out", list.id))),
        (None, false) => Err(refuse(format!("{} has groups; name the one of the code", list.id))),
        (Some(given), false) => {
            let found = groups().find(|group| group.code.id == given);
            found.map(|group| group.codes.clone()).ok_or_else(|| {
                let known: Vec<&str> = groups().map(|group| &*group.code.id).collect();
                refuse(format!("no group {given}; name one of {}", known.join(", ")))
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use testkit::text::replace_only;
    use testkit::{edit, toml};

    use super::*;

    const BORDER: &str = include_str!("../../../../testdata/plans/border.toml");

    /// The border plan with two reserved points.
    fn plan() -> Plan {
        let text = edit(BORDER).add("code_list.CL_BORDER_POINT.reserved", 2).text();
        Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn amendment(text: &str) -> Amendment {
        Amendment::parse(text).unwrap_or_else(|errors| panic!("{errors}"))
    }

    const ALL: &str = "from = \"2025-03-01\"\nnote = \"n\"\n\
        [[added]]\nlist = \"CL_BORDER_POINT\"\ncode = \"HUANGGANG\"\nname = \"Huanggang\"\n\
        [[closed]]\nlist = \"CL_BORDER_POINT\"\ncode = \"LO_WU\"\n\
        [[renamed]]\nlist = \"CL_BORDER_POINT\"\ncode = \"AIRPORT\"\nname = \"Airport East\"\n\
        [[break]]\ndataflow = \"BORDER_FLOW\"\nnote = \"b\"\n";

    #[test]
    fn an_amendment_moves_no_cell() {
        let plan = plan();
        let amended = plan.amended(&amendment(ALL)).unwrap();
        let cells = |plan: &Plan| -> Vec<usize> {
            plan.dataflows.iter().map(|flow| flow.structure.cells()).collect()
        };
        assert_eq!(cells(&plan), cells(&amended));
        let before = plan.code_list("CL_BORDER_POINT").unwrap();
        let after = amended.code_list("CL_BORDER_POINT").unwrap();
        assert_eq!(before.children(), after.children());
        for code in before.codes().iter().filter(|code| !code.is_reserved()) {
            assert_eq!(before.position(&code.id), after.position(&code.id), "{}", code.id);
        }
        assert!(before.position("HUANGGANG").is_none() && before.position("").is_none());
        let first = before.codes().iter().position(Code::is_reserved).unwrap();
        assert_eq!(after.position("HUANGGANG").map(usize::from), Some(first));
        let mut same = amended.clone();
        same.attributes.clone_from(&plan.attributes);
        same.dataflows.clone_from(&plan.dataflows);
        same.amendments.clear();
        assert_eq!(same, plan, "nothing else has changed");
    }

    #[test]
    fn history_stays_readable() {
        let plan = plan().amended(&amendment(ALL)).unwrap();
        let list = plan.code_list("CL_BORDER_POINT").unwrap();
        assert_eq!(list.version, "1.1.0");
        let airport = list.find("AIRPORT").unwrap();
        assert_eq!((&*airport.name, &*airport.former[0].name), ("Airport East", "Airport"));
        assert_eq!(airport.former[0].until.to_string(), "2025-02-28");
        let days = |code: &str| list.find(code).unwrap().validity;
        assert_eq!(days("LO_WU").to.unwrap().to_string(), "2025-02-28");
        assert_eq!(days("HUANGGANG").from.unwrap().to_string(), "2025-03-01");
        let (_, flow) = plan.dataflow("BORDER_FLOW").unwrap();
        assert_eq!(plan.changes_of(flow), 1);
        for (period, has) in [
            ("2025-02-28", false),
            ("2025-03-01", true),
            ("2025-03-02", false),
            ("2025-W09", true),
            ("2025-W10", false),
            ("2025-03", true),
            ("2025-Q1", true),
            ("2025", true),
            ("2026", false),
        ] {
            let period = Period::parse_sdmx(period).unwrap();
            assert_eq!(plan.has_break("BORDER_FLOW", period), has, "{period}");
            assert!(!plan.has_break("VISITORS_PRESENT", period));
        }
    }

    #[test]
    fn a_renamed_code_is_accepted_under_both_codes() {
        let plan = plan();
        let with = |also: &str| {
            let name = "name = \"Airport East\"\n";
            amendment(&replace_only(ALL, name, &format!("{name}also = {also}\n")))
        };
        for (also, count) in [("\"AIRPORT_EAST\"", 1), ("[\"AIRPORT_EAST\", \"AIRPORT_E\"]", 2)] {
            let amended = plan.amended(&with(also)).unwrap();
            let list = &amended.attributes[0].code_list;
            assert_eq!(list.position_of_event("AIRPORT_EAST"), list.position("AIRPORT"));
            assert_eq!(list.find("AIRPORT").unwrap().also.len(), count);
            assert!(plan.attributes[0].code_list.position_of_event("AIRPORT_EAST").is_none());
            // Nothing can take the code later.
            let later = "from = \"2025-04-01\"\nnote = \"n\"\n[[added]]\nlist = \
                         \"CL_BORDER_POINT\"\ncode = \"AIRPORT_EAST\"\nname = \"x\"\n";
            assert_eq!(amended.amended(&amendment(later)).unwrap_err().code(), "code-exists");
        }
        // Without another name it only gets another code.
        let same = amendment(
            "from = \"2025-03-01\"\nnote = \"n\"\n[[renamed]]\nlist = \"CL_BORDER_POINT\"\ncode = \
             \"AIRPORT\"\nname = \"Airport\"\nalso = \"HKG\"\n",
        );
        let amended = plan.amended(&same).unwrap();
        let airport = amended.attributes[0].code_list.find("AIRPORT").unwrap();
        assert_eq!((airport.former.len(), &airport.also[..]), (0, &["HKG".to_owned()][..]));
    }

    #[test]
    fn each_refusal_names_its_field_and_rule() {
        let added = |list: &str, code: &str| {
            format!("[[added]]\nlist = \"{list}\"\ncode = \"{code}\"\nname = \"x\"\n")
        };
        let closed =
            |list: &str, code: &str| format!("[[closed]]\nlist = \"{list}\"\ncode = \"{code}\"\n");
        let renamed = |code: &str, name: &str| {
            let list = "CL_BORDER_POINT";
            format!("[[renamed]]\nlist = \"{list}\"\ncode = \"{code}\"\nname = \"{name}\"\n")
        };
        let also = |code: &str| renamed("LO_WU", "Lo Wu") + &format!("also = [\"{code}\"]\n");
        let also_of_direction = "[[renamed]]\nlist = \"CL_DIRECTION\"\ncode = \"ENTRY\"\n\
                                 name = \"x\"\nalso = \"IN\"\n";
        let border = "CL_BORDER_POINT";
        let broken = "[[break]]\ndataflow = \"BORDER_FLOW\"\nnote = \"b\"\n";
        let many: String = (0..9).map(|n| added(border, &format!("NEW_{n}"))).collect();
        let day = "2025-03-01";
        let cases = [
            (day, String::new(), "nothing-changes", "amendment: "),
            ("2023-12-31", broken.into(), "amendment-from", "from: a day of the plan"),
            ("2029-01-01", broken.into(), "amendment-from", "from: a day of the plan"),
            (day, added("CL_NONE", "X"), "unknown-reference", "added[0].list: "),
            (day, added("CL_DIRECTION", "X"), "not-of-attribute", "added[0].list: "),
            (day, added(border, "LO_WU"), "code-exists", "added[0].code: "),
            (day, added(border, "_T"), "code-exists", "added[0].code: "),
            (day, many, "no-reserved-place", ".code: CL_BORDER_POINT has 0 reserved places"),
            (day, closed(border, "NOWHERE"), "unknown-reference", "closed[0].code: "),
            (day, closed(border, "HUNG_HOM"), "closed-code", "not valid on 2025-02-28"),
            (day, closed("CL_DIRECTION", "ENTRY"), "not-of-attribute", "closed[0].list: "),
            (day, closed(border, "LO_WU").repeat(2), "closed-code", "not valid on 2025-03-01"),
            (day, closed(border, "LO_WU") + &renamed("LO_WU", "x"), "closed-code", "renamed[0]"),
            (day, added(border, "X") + &renamed("X", "x"), "unknown-reference", "renamed[0].code"),
            (day, renamed("LO_WU", "Lo Wu"), "nothing-changes", "renamed[0].name: "),
            (day, also("LO_WU"), "code-exists", "renamed[0].also[0]: "),
            (day, also("LOK_MA_CHAU"), "code-exists", "renamed[0].also[0]: "),
            (day, also("_T"), "code-exists", "renamed[0].also[0]: "),
            (day, also("NEW\", \"NEW"), "code-exists", "renamed[0].also[1]: "),
            (day, also_of_direction.into(), "not-of-attribute", "renamed[0].list: "),
            (day, renamed("NOWHERE", "x"), "unknown-reference", "renamed[0].code: "),
            (day, renamed("HUNG_HOM", "x"), "closed-code", "renamed[0].code: "),
            (
                day,
                renamed("LO_WU", "x") + &renamed("LO_WU", "y"),
                "amendment-from",
                "from: a day later",
            ),
            (
                day,
                replace_only(broken, "BORDER_FLOW", "X"),
                "unknown-reference",
                "break[0].dataflow: ",
            ),
            (day, broken.repeat(2), "nothing-changes", "break[1].dataflow: "),
        ];
        for (from, text, code, rule) in cases {
            let text = format!("from = \"{from}\"\nnote = \"n\"\n{text}");
            let refused = plan().amended(&amendment(&text)).expect_err(&text);
            assert_eq!(refused.code(), code, "{text}{refused}");
            assert!(refused.to_string().contains(rule), "{text}{refused}");
        }
        let once = plan().amended(&amendment(ALL)).unwrap();
        let earlier = replace_only(ALL, "2025-03-01", "2025-02-28");
        let refused = once.amended(&amendment(&earlier)).unwrap_err();
        assert_eq!(refused.code(), "amendment-from", "{refused}");
    }

    #[test]
    fn an_added_code_takes_the_place_of_its_group() {
        let groups = "[{ id = \"SOUTH\", name = \"s\" }, { id = \"NORTH\", name = \"n\" }]";
        let ungrouped = edit(BORDER)
            .add("code_list.CL_BORDER_POINT.reserved", toml("{ NORTH = 2 }"))
            .add("code_list.CL_BORDER_POINT.groups", toml(groups));
        let points = ungrouped.elements("code_list.CL_BORDER_POINT.codes");
        let first_of_north = points.iter().position(|point| point == "LO_WU").unwrap();
        let grouped = points.iter().enumerate().fold(ungrouped, |plan, (position, point)| {
            let group = if position < first_of_north { "SOUTH" } else { "NORTH" };
            plan.add(&format!("code_list.CL_BORDER_POINT.codes.{point}.group"), group)
        });
        let grouped = grouped.text();
        let plan = Plan::parse(&grouped).unwrap_or_else(|errors| panic!("{errors}"));
        let list = plan.code_list("CL_BORDER_POINT").unwrap();
        assert_eq!(list.codes().iter().filter(|code| code.is_reserved()).count(), 2);
        let with = |group: &str| {
            let group = if group.is_empty() { "" } else { &format!("group = \"{group}\"\n") };
            amendment(&replace_only(ALL, "[[added]]\n", &format!("[[added]]\n{group}")))
        };
        let amended = plan.amended(&with("NORTH")).unwrap();
        let list = amended.code_list("CL_BORDER_POINT").unwrap();
        let north = list.groups().iter().find(|group| group.code.id == "NORTH").unwrap();
        assert!(north.codes.contains(&list.position("HUANGGANG").unwrap()));
        let refusal = |group: &str| plan.amended(&with(group)).unwrap_err().code();
        assert_eq!(["", "EAST", "SOUTH"].map(refusal), ["group", "group", "no-reserved-place"]);
    }
}
