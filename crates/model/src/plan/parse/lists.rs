//! Code lists and the attributes that use them.
//!
//! Not here: which codes a dimension uses (`dimension.rs`).
//!
//! Invariants:
//! 1. Only the list of an attribute, against which events are checked, has validity, other codes
//!    and reserved places
//!    (`tests/refusals.rs`, `each_fault_has_its_code_line_and_field`).
//! 2. Every list and attribute of a plan is used
//!    (`tests/refusals.rs`, `each_fault_has_its_code_line_and_field`).

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use super::fault::PlanFault;
use super::names;
use super::node::{TomlTable, TomlValue};
use crate::code::{CODES_MAX, Code, CodeList, CodeListError, TOTAL};
use crate::near::offered;
use crate::plan::content::{ATTRIBUTES, Attribute};
use crate::plan::keys;
use crate::plan::limits::{ALSO_MAX, FORMER_NAMES_MAX, RESERVED_MAX};
use crate::validity::{FormerName, Validity};

/// A code list as declared; `list` is `None` if it is at fault.
pub(super) struct Declared<'a> {
    id: &'a str,
    node: TomlValue<'a>,
    list: Option<Arc<CodeList>>,
    used: Cell<bool>,
    /// Whether it is the list of an attribute.
    of_attribute: Cell<bool>,
}

pub(super) struct CodeLists<'a> {
    declared: Vec<Declared<'a>>,
    /// Whether every declaration has a sound name, so that an unknown name can be reported.
    complete: bool,
}

impl<'a> CodeLists<'a> {
    pub(super) fn read(nodes: Option<Vec<TomlValue<'a>>>) -> Self {
        let mut lists = Self { declared: Vec::new(), complete: nodes.is_some() };
        for node in nodes.unwrap_or_default() {
            lists.complete &= lists.declare(&node).is_some();
        }
        lists
    }

    /// Reads a declaration; `None` if its identifier is at fault, so that references cannot be
    /// resolved.
    fn declare(&mut self, node: &TomlValue<'a>) -> Option<()> {
        let table = node.table()?;
        table.known(&keys::CODE_LIST.known());
        let node = table.need("id");
        let id = node.as_ref().and_then(names::sdmx_id);
        let version = table.need("version").and_then(|node| node.version());
        let name = table.need("name").and_then(|node| node.text());
        let content = content(&table);
        let (node, id) = (node?, id?);
        if self.declared.iter().any(|other| other.id == id) {
            node.refuse(PlanFault::Duplicate, format!("code list {id} is declared twice"));
            return None;
        }
        let list = version.zip(name).zip(content).and_then(|((version, name), content)| {
            let refuse = |error: CodeListError| {
                node.refuse(PlanFault::BadValue, error.to_string());
            };
            let list = CodeList::new(id.into(), version.into(), name, content.codes);
            let list = list.map_err(refuse).ok()?;
            if content.groups.is_empty() {
                return Some(list);
            }
            list.with_groups(content.groups, &content.group_of).map_err(refuse).ok()
        });
        let (list, used, of_attribute) = (list.map(Arc::new), Cell::new(false), Cell::new(false));
        self.declared.push(Declared { id, node, list, used, of_attribute });
        Some(())
    }

    /// As [`Self::find`], for the list of an attribute, against which events are checked.
    fn find_for_attribute(&self, node: &TomlValue) -> Result<Option<Arc<CodeList>>, Unresolved> {
        let found = self.find(node)?;
        let named = |declared: &&Declared| node.peek() == Some(declared.id);
        if let Some(declared) = self.declared.iter().find(named) {
            declared.of_attribute.set(true);
        }
        Ok(found)
    }

    /// Refuses validity, other codes and reserved places in lists against which no event is
    /// checked.
    pub(super) fn refuse_idle_validity(&self) {
        for declared in self.declared.iter().filter(|declared| !declared.of_attribute.get()) {
            let mut codes = declared.list.iter().flat_map(|list| list.codes());
            if codes.clone().any(Code::is_reserved) {
                let rule = "only the list of an attribute can have reserved places";
                declared.node.refuse(PlanFault::BadValue, rule);
            }
            if let Some(code) = codes.clone().find(|code| !code.also.is_empty()) {
                let rule = "only codes in the list of an attribute can have `also`, given for";
                declared.node.refuse(PlanFault::BadValue, format!("{rule} {}", code.id));
            }
            if let Some(code) = codes.find(|code| !code.validity.is_unlimited()) {
                let rule = "only codes in the list of an attribute can have a validity, given for";
                declared.node.refuse(PlanFault::BadValue, format!("{rule} {}", code.id));
            }
        }
    }

    /// The list that a value names; `Ok(None)` if the list is declared but at fault.
    ///
    /// Errors: the plan declares no such list.
    pub(super) fn find(&self, node: &TomlValue) -> Result<Option<Arc<CodeList>>, Unresolved> {
        let id = node.sdmx_id().ok_or(Unresolved)?;
        let Some(declared) = self.declared.iter().find(|declared| declared.id == id) else {
            if self.complete {
                let ids: Vec<&str> = self.declared.iter().map(|declared| declared.id).collect();
                let rule = format!("no code list {id} in the plan; {}", offered(id, &ids));
                node.refuse(PlanFault::UnknownReference, rule);
            }
            return Err(Unresolved);
        };
        declared.used.set(true);
        Ok(declared.list.clone())
    }

    pub(super) fn refuse_unused(&self) {
        for declared in self.declared.iter().filter(|declared| !declared.used.get()) {
            let rule = format!("nothing uses code list {}", declared.id);
            declared.node.refuse(PlanFault::Unused, rule);
        }
    }
}

/// A reference that could not be resolved; its fault has been reported.
pub(super) struct Unresolved;

/// The codes of a list and the groups that they form.
struct Content {
    groups: Vec<Member>,
    codes: Vec<Code>,
    /// The position of the group of each code; empty without groups.
    group_of: Vec<usize>,
}

fn content(table: &TomlTable) -> Option<Content> {
    let mut seen = HashMap::new();
    let groups = match table.may("groups") {
        Some(node) => members(&node, Members::Groups, &mut seen),
        None => Some(vec![]),
    };
    let node = table.need("codes")?;
    let grouped = groups.as_ref().is_none_or(|groups| !groups.is_empty());
    let what = if grouped { Members::Grouped } else { Members::Plain };
    let codes = members(&node, what, &mut seen);
    let (groups, mut codes) = (groups?, codes?);
    if let Some(node) = table.may("reserved") {
        reserve(&node, &groups, &mut codes)?;
    }
    let group_of = codes.iter().filter_map(|(_, group)| *group).collect::<Vec<_>>();
    let codes: Vec<Code> = codes.into_iter().map(|(code, _)| code).collect();
    if !groups.is_empty() && group_of.len() != codes.len() {
        let rule = "if a list has groups, each code must be in one";
        node.refuse(PlanFault::BadValue, rule);
        return None;
    }
    Some(Content { groups, codes, group_of })
}

/// Adds reserved places after the codes of the list, or of each group that has any.
fn reserve(node: &TomlValue, groups: &[Member], codes: &mut Vec<Member>) -> Option<()> {
    if groups.is_empty() {
        let places = node.integer(1..=RESERVED_MAX)?;
        codes.extend((0..places).map(|_| (Code::reserved(), None)));
        return Some(());
    }
    for (id, node) in node.table()?.entries() {
        let group = groups.iter().position(|(group, _)| group.id == id);
        let last = codes.iter().rposition(|(_, of)| of.is_some() && *of == group);
        let Some(last) = last else {
            let with_codes = codes.iter().filter_map(|(_, group)| *group);
            let mut known: Vec<&str> = with_codes.map(|group| &*groups[group].0.id).collect();
            known.dedup();
            let rule = format!("no group with codes has this identifier; {}", offered(id, &known));
            node.refuse(PlanFault::UnknownReference, rule);
            return None;
        };
        let places = (0..node.integer(1..=RESERVED_MAX)?).map(|_| (Code::reserved(), group));
        codes.splice(last + 1..last + 1, places);
    }
    Some(())
}

/// A code or a group, with the position of the group to which it belongs.
type Member = (Code, Option<usize>);

/// The identifiers read so far, each with its position if it is a group.
type KnownIds<'a> = HashMap<&'a str, Option<usize>>;

/// Which members a list contains.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Members {
    Grouped,
    Groups,
    Plain,
}

/// Reads codes or groups, each with the group to which it belongs.
fn members<'a>(
    node: &TomlValue<'a>,
    what: Members,
    seen: &mut KnownIds<'a>,
) -> Option<Vec<Member>> {
    let nodes = node.array(CODES_MAX)?;
    if nodes.is_empty() {
        node.refuse(PlanFault::BadValue, "a list needs at least 1 code");
        return None;
    }
    let given = nodes.len();
    let member = |(place, node): (usize, &TomlValue<'a>)| {
        let place = (what == Members::Groups).then_some(place);
        member(node, what, place, seen)
    };
    let members: Vec<_> = nodes.iter().enumerate().filter_map(member).collect();
    (members.len() == given).then_some(members)
}

/// Reads one code, or the group at this position.
fn member<'a>(
    node: &TomlValue<'a>,
    what: Members,
    place: Option<usize>,
    seen: &mut KnownIds<'a>,
) -> Option<Member> {
    let table = node.table()?;
    table.known(&match what {
        Members::Grouped => keys::CODE.known_with(Some(keys::GROUPED)),
        Members::Groups => keys::GROUP.known(),
        Members::Plain => keys::CODE.known_with(Some("")),
    });
    let name = table.need("name").and_then(|node| node.text());
    let over_time =
        if what == Members::Groups { Some(Default::default()) } else { over_time(&table) };
    let group = if what == Members::Plain { None } else { table.may("group") };
    let group = group.map(|node| {
        let id = node.sdmx_id()?;
        let position = seen.get(id).copied().flatten();
        if position.is_none() {
            let mut known: Vec<(usize, &str)> =
                seen.iter().filter_map(|(id, place)| Some(((*place)?, *id))).collect();
            known.sort_unstable();
            let known: Vec<&str> = known.into_iter().map(|(_, id)| id).collect();
            let rule =
                format!("no group {id} comes before it in the list; {}", offered(id, &known));
            node.refuse(PlanFault::UnknownReference, rule);
        }
        position
    });
    let id = new_code(&table.need("id")?, place, seen)?;
    let also = match table.may("also").filter(|_| what != Members::Groups) {
        Some(node) => also(&node, seen),
        None => Some(vec![]),
    };
    let (validity, former) = over_time?;
    let code = Code { validity, former, also: also?, ..Code::new(id, name?) };
    match group {
        None => Some((code, None)),
        Some(position) => Some((code, Some(position?))),
    }
}

/// A code that nothing before it in the list has; `place` is its position if it is a group.
fn new_code<'a>(
    node: &TomlValue<'a>,
    place: Option<usize>,
    seen: &mut KnownIds<'a>,
) -> Option<&'a str> {
    let id = node.sdmx_id()?;
    if id == TOTAL {
        node.refuse(PlanFault::Reserved, "code _T stands for the total of every list");
        return None;
    }
    if seen.contains_key(id) {
        node.refuse(PlanFault::Duplicate, format!("code {id} is listed twice"));
        return None;
    }
    seen.insert(id, place);
    Some(id)
}

/// The other codes under which events name a code.
fn also<'a>(node: &TomlValue<'a>, seen: &mut KnownIds<'a>) -> Option<Vec<String>> {
    let nodes = node.array(ALSO_MAX)?;
    let codes = nodes.iter().map(|node| new_code(node, None, seen).map(str::to_owned));
    codes.collect::<Vec<Option<String>>>().into_iter().collect()
}

/// The validity and the former names of a code.
fn over_time(table: &TomlTable) -> Option<(Validity, Vec<FormerName>)> {
    let day = |key| table.may(key).map_or(Some(None), |node| node.date().map(Some));
    let (from, to) = (day("valid_from"), day("valid_to"));
    let names = table.may("names").map_or(Some(vec![]), |node| former_names(&node));
    let (from, to) = (from?, to?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        table.refuse("valid_to", PlanFault::BadValue, "a code must be valid for at least 1 day");
        return None;
    }
    Some((Validity { from, to }, names?))
}

fn former_names(node: &TomlValue) -> Option<Vec<FormerName>> {
    let nodes = node.array(FORMER_NAMES_MAX)?;
    let mut names: Vec<FormerName> = Vec::new();
    for node in &nodes {
        let table = node.table()?;
        table.known(&keys::FORMER_NAME.known());
        let name = table.need("name").and_then(|node| node.text());
        let until_node = table.need("until");
        let until = until_node.as_ref().and_then(TomlValue::date);
        let (name, until) = (name?, until?);
        if let (Some(node), Some(last)) = (&until_node, names.last())
            && last.until >= until
        {
            let rule = format!("former names must be in order of time, after {}", last.until);
            node.refuse(PlanFault::BadValue, rule);
            return None;
        }
        names.push(FormerName { until, name });
    }
    Some(names)
}

/// An attribute as declared; `list` is `None` if its list is at fault.
pub(super) struct DeclaredAttribute<'a> {
    name: &'static str,
    node: TomlValue<'a>,
    list: Option<Arc<CodeList>>,
    used: Cell<bool>,
}

pub(super) struct Attributes<'a> {
    declared: Vec<DeclaredAttribute<'a>>,
    /// Whether every declaration has a sound name, so that an unknown name can be reported.
    complete: bool,
    /// Whether every code list was found, so that an unused one can be reported.
    pub(super) resolved: bool,
}

impl<'a> Attributes<'a> {
    pub(super) fn read(nodes: Option<Vec<TomlValue<'a>>>, lists: &CodeLists) -> Self {
        let mut attributes =
            Self { declared: Vec::new(), complete: nodes.is_some(), resolved: nodes.is_some() };
        for node in nodes.unwrap_or_default() {
            attributes.complete &= attributes.declare(&node, lists).is_some();
        }
        attributes
    }

    /// Reads a declaration; `None` if its name is at fault, so that references cannot be resolved.
    fn declare(&mut self, node: &TomlValue<'a>, lists: &CodeLists) -> Option<()> {
        let table = node.table()?;
        table.known(&keys::ATTRIBUTE.known());
        let list = table
            .need("code_list")
            .ok_or(Unresolved)
            .and_then(|node| lists.find_for_attribute(&node));
        self.resolved &= list.is_ok();
        let node = table.need("name")?;
        let name = names::attribute(&node)?;
        if self.declared.iter().any(|other| other.name == name) {
            node.refuse(PlanFault::Duplicate, format!("attribute {name} is declared twice"));
            return None;
        }
        let (list, used) = (list.ok().flatten(), Cell::new(false));
        self.declared.push(DeclaredAttribute { name, node, list, used });
        Some(())
    }

    /// The position and the code list of the attribute that a value names.
    pub(super) fn find(
        &self,
        node: &TomlValue,
    ) -> Result<(usize, Option<Arc<CodeList>>), Unresolved> {
        let name = names::attribute(node).ok_or(Unresolved)?;
        let Some(position) = self.declared.iter().position(|declared| declared.name == name) else {
            if self.complete {
                let names: Vec<&str> = self.declared.iter().map(|declared| declared.name).collect();
                let rule = format!(
                    "attribute {name} is not declared in the plan; {}",
                    offered(name, &names)
                );
                node.refuse(PlanFault::UnknownAttribute, rule);
            }
            return Err(Unresolved);
        };
        let declared = &self.declared[position];
        declared.used.set(true);
        Ok((position, declared.list.clone()))
    }

    pub(super) fn refuse_unused(&self) {
        for declared in self.declared.iter().filter(|declared| !declared.used.get()) {
            let rule = format!("no dimension is from attribute {}", declared.name);
            declared.node.refuse(PlanFault::Unused, rule);
        }
    }

    /// The name of the attribute at a position; there are at most as many as in the closed list.
    pub(super) fn name(&self, position: usize) -> &'static str {
        self.declared[position].name
    }

    pub(super) fn checked(self) -> Option<Vec<Attribute>> {
        let attribute = |declared: DeclaredAttribute| {
            Some(Attribute { name: declared.name, code_list: declared.list? })
        };
        self.declared.into_iter().map(attribute).collect()
    }
}

/// Attributes of a plan at most.
pub(super) const ATTRIBUTES_MAX: usize = ATTRIBUTES.len();
