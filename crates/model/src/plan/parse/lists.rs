//! Code lists and the attributes that use them.
//!
//! Not here: which codes a dimension takes (`dataflow.rs`).
//!
//! Invariants:
//! 1. Every list and attribute of a plan is used
//!    (`tests/refusals.rs`, `each_fault_has_its_code_line_and_field`).

use std::cell::Cell;
use std::collections::HashSet;
use std::sync::Arc;

use super::fault::PlanFault;
use super::names;
use super::node::Node;
use crate::code::{CODES_MAX, Code, CodeList};
use crate::plan::{ATTRIBUTES, Attribute};

/// The code that means total in every list.
const TOTAL: &str = "_T";

/// A code list as declared; `list` is `None` where it is at fault.
pub(super) struct Declared<'a> {
    id: &'a str,
    node: Node<'a>,
    list: Option<Arc<CodeList>>,
    used: Cell<bool>,
}

pub(super) struct CodeLists<'a> {
    declared: Vec<Declared<'a>>,
    /// Whether every declaration is known by its name, so that a missing one can be told.
    complete: bool,
}

impl<'a> CodeLists<'a> {
    pub(super) fn read(nodes: Option<Vec<Node<'a>>>) -> Self {
        let mut lists = Self { declared: Vec::new(), complete: nodes.is_some() };
        for node in nodes.unwrap_or_default() {
            lists.complete &= lists.declare(&node).is_some();
        }
        lists
    }

    /// `None` where the identifier is at fault, so that what refers to it may mean another list.
    fn declare(&mut self, node: &Node<'a>) -> Option<()> {
        let table = node.table()?;
        table.known(&["id", "version", "name", "codes"]);
        let node = table.need("id");
        let id = node.as_ref().and_then(names::identifier);
        let version = table.need("version").and_then(|node| node.version());
        let name = table.need("name").and_then(|node| node.text());
        let codes = table.need("codes").and_then(|node| codes(&node));
        let (node, id) = (node?, id?);
        if self.declared.iter().any(|other| other.id == id) {
            node.refuse(PlanFault::Duplicate, format!("code list {id} is declared twice"));
            return None;
        }
        let list = version.zip(name).zip(codes).and_then(|((version, name), codes)| {
            CodeList::new(id.into(), version.into(), name.into(), codes).ok()
        });
        self.declared.push(Declared { id, node, list: list.map(Arc::new), used: Cell::new(false) });
        Some(())
    }

    /// The list that a node names, and whether the plan declares it at all. A list that is
    /// declared and at fault gives `Ok(None)`.
    pub(super) fn find(&self, node: &Node) -> Result<Option<Arc<CodeList>>, Unresolved> {
        let id = node.identifier().ok_or(Unresolved)?;
        let Some(declared) = self.declared.iter().find(|declared| declared.id == id) else {
            if self.complete {
                node.refuse(PlanFault::UnknownReference, format!("no code list {id} in the plan"));
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

/// A reference that leads nowhere; its fault is told.
pub(super) struct Unresolved;

fn codes(node: &Node) -> Option<Vec<Code>> {
    let nodes = node.array(CODES_MAX)?;
    if nodes.is_empty() {
        node.refuse(PlanFault::BadValue, "a code list needs at least 1 code");
        return None;
    }
    let given = nodes.len();
    let mut seen = HashSet::new();
    let codes: Vec<Code> = nodes.iter().filter_map(|node| code(node, &mut seen)).collect();
    (codes.len() == given).then_some(codes)
}

fn code<'a>(node: &Node<'a>, seen: &mut HashSet<&'a str>) -> Option<Code> {
    let table = node.table()?;
    table.known(&["id", "name"]);
    let name = table.need("name").and_then(|node| node.text());
    let node = table.need("id")?;
    let id = node.code()?;
    if id == TOTAL {
        node.refuse(PlanFault::Reserved, "code _T means the total of every list");
        return None;
    }
    if !seen.insert(id) {
        node.refuse(PlanFault::Duplicate, format!("code {id} is listed twice"));
        return None;
    }
    Some(Code { id: id.into(), name: name?.into() })
}

/// An attribute as declared; `list` is `None` where its list is at fault.
pub(super) struct DeclaredAttribute<'a> {
    name: &'static str,
    node: Node<'a>,
    list: Option<Arc<CodeList>>,
    used: Cell<bool>,
}

pub(super) struct Attributes<'a> {
    declared: Vec<DeclaredAttribute<'a>>,
    /// Whether every declaration is known by its name, so that a missing one can be told.
    complete: bool,
    /// Whether every code list was found, so that an unused one can be told.
    pub(super) resolved: bool,
}

impl<'a> Attributes<'a> {
    pub(super) fn read(nodes: Option<Vec<Node<'a>>>, lists: &CodeLists) -> Self {
        let mut attributes =
            Self { declared: Vec::new(), complete: nodes.is_some(), resolved: nodes.is_some() };
        for node in nodes.unwrap_or_default() {
            attributes.complete &= attributes.declare(&node, lists).is_some();
        }
        attributes
    }

    /// `None` where the name is at fault, so that what refers to it may mean another attribute.
    fn declare(&mut self, node: &Node<'a>, lists: &CodeLists) -> Option<()> {
        let table = node.table()?;
        table.known(&["name", "code_list"]);
        let list = table.need("code_list").ok_or(Unresolved).and_then(|node| lists.find(&node));
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

    /// The position and code list of the attribute that a node names.
    pub(super) fn find(&self, node: &Node) -> Result<(usize, Option<Arc<CodeList>>), Unresolved> {
        let name = names::attribute(node).ok_or(Unresolved)?;
        let Some(position) = self.declared.iter().position(|declared| declared.name == name) else {
            if self.complete {
                let rule = format!("attribute {name} is not declared in the plan");
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
