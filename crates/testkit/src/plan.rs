//! A plan's text edited by key: comments, order and layout of everything else stay as they are.
//!
//! A path names a key by the tables above it, with dots. An element of a list is named by its `id`,
//! else by its `name`, else by its position in brackets.
//!
//! Not here: the meaning of a plan, and texts that are not TOML ([`crate::text`]).
//!
//! Invariants:
//! 1. An edit that would change nothing fails (`plan::tests::an_edit_of_nothing_fails`).
//! 2. Nothing but the key that is named changes
//!    (`plan::tests::everything_else_stays_as_it_is`).
//!
//! Format: `privacy.rho`, `dataflow.BORDER_FLOW.bound`, `code_list.CL_POINT.codes.LO_WU.valid_to`,
//! `dataflow.[0].share`.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr as _;

pub use toml_edit::Value;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, TableLike};

/// The text of a plan under edit.
#[derive(Clone, Debug)]
pub struct PlanText {
    document: DocumentMut,
}

/// Takes the text of a plan for editing.
///
/// Panics: the text is not TOML.
#[must_use]
pub fn edit(text: &str) -> PlanText {
    let document = DocumentMut::from_str(text);
    PlanText { document: document.unwrap_or_else(|error| panic!("{error}")) }
}

/// A value as a plan writes it: `[2, 5]`, `{ calendar = { day = 1 } }`.
///
/// Panics: the text is not a TOML value.
#[must_use]
pub fn toml(text: &str) -> Value {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

impl PlanText {
    /// Gives an existing key another value: a text, a number, or a value from [`toml`].
    ///
    /// Panics: the key does not exist, or already has this value.
    #[must_use]
    pub fn change(self, path: &str, value: impl Into<Value>) -> Self {
        let before = self.text();
        let changed = self.set(path, value);
        assert_ne!(changed.text(), before, "{path} already has this value");
        changed
    }

    /// Gives an existing key a value, which may be the one that it has: for values that a test
    /// draws, or takes as a parameter.
    ///
    /// Panics: the key does not exist.
    #[must_use]
    pub fn set(mut self, path: &str, value: impl Into<Value>) -> Self {
        let (table, key) = self.table_of(path);
        let item = table.get_mut(key).unwrap_or_else(|| panic!("{path}: the key does not exist"));
        let mut value: Value = value.into();
        if let Some(old) = item.as_value() {
            value.decor_mut().clone_from(old.decor());
        }
        *item = Item::Value(value);
        self
    }

    /// Adds a key with a value to an existing table.
    ///
    /// Panics: the key already exists.
    #[must_use]
    pub fn add(mut self, path: &str, value: impl Into<Value>) -> Self {
        let (table, key) = self.table_of(path);
        assert!(!table.contains_key(key), "{path}: the key already exists");
        table.insert(key, Item::Value(value.into()));
        self
    }

    /// Removes a key, or an element of a list.
    ///
    /// Panics: it does not exist.
    #[must_use]
    pub fn remove(mut self, path: &str) -> Self {
        let (target, key) = self.parent(path);
        match target {
            PathTarget::Table(table) => {
                assert!(table.remove(key).is_some(), "{path}: the key does not exist");
            }
            PathTarget::Tables(tables) => {
                let position = position(path, key, &names_of_tables(tables));
                tables.remove(position);
            }
            PathTarget::Values(values) => {
                let position = position(path, key, &names_of_values(values));
                values.remove(position);
            }
        }
        self
    }

    /// Adds a table at the end of the plan, such as `[retention]` or `[[rate]]` and what follows.
    ///
    /// Panics: the text is no longer TOML.
    #[must_use]
    pub fn append(self, tables: &str) -> Self {
        edit(&format!("{}\n{tables}", self.text()))
    }

    /// The value of a key, as the plan writes it.
    ///
    /// Panics: the key does not exist, or is a table.
    #[must_use]
    pub fn value(&self, path: &str) -> String {
        let mut plan = self.clone();
        let (table, key) = plan.table_of(path);
        let value = table.get(key).and_then(Item::as_value);
        let value = value.unwrap_or_else(|| panic!("{path}: no value"));
        value.clone().decorated("", "").to_string()
    }

    /// Whether a key exists.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        let mut plan = self.clone();
        let (table, key) = plan.table_of(path);
        table.contains_key(key)
    }

    /// The names of the elements of a list, in order.
    ///
    /// Panics: the path does not lead to a list, or an element has neither `id` nor `name`.
    #[must_use]
    pub fn elements(&self, path: &str) -> Vec<String> {
        let mut plan = self.clone();
        let (parent, key) = plan.parent(path);
        let names = match parent.inside(path, key) {
            PathTarget::Tables(tables) => names_of_tables(tables),
            PathTarget::Values(values) => names_of_values(values),
            PathTarget::Table(_) => panic!("{path} is not a list"),
        };
        let name = |name: Option<String>| name.unwrap_or_else(|| panic!("{path}: no name"));
        names.into_iter().map(name).collect()
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        self.document.to_string()
    }

    /// The table or list that contains the last key of a path, and that key.
    fn parent<'t>(&mut self, path: &'t str) -> (PathTarget<'_>, &'t str) {
        let mut keys: Vec<&str> = path.split('.').collect();
        let last = keys.pop().unwrap_or(path);
        let document = PathTarget::Table(self.document.as_table_mut());
        let parent = keys.into_iter().fold(document, |target, key| target.inside(path, key));
        (parent, last)
    }

    fn table_of<'t>(&mut self, path: &'t str) -> (&mut dyn TableLike, &'t str) {
        match self.parent(path) {
            (PathTarget::Table(table), key) => (table, key),
            _ => panic!("{path}: an element of a list is not a key"),
        }
    }
}

impl Display for PlanText {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.document.fmt(f)
    }
}

/// The table or list that a part of a path leads to.
enum PathTarget<'d> {
    Table(&'d mut dyn TableLike),
    Tables(&'d mut ArrayOfTables),
    Values(&'d mut Array),
}

impl<'d> PathTarget<'d> {
    fn of_item(item: &'d mut Item) -> Option<Self> {
        match item {
            Item::Table(table) => Some(Self::Table(table)),
            Item::ArrayOfTables(tables) => Some(Self::Tables(tables)),
            Item::Value(value) => Self::of_value(value),
            Item::None => None,
        }
    }

    fn of_value(value: &'d mut Value) -> Option<Self> {
        match value {
            Value::InlineTable(table) => Some(Self::Table(table)),
            Value::Array(values) => Some(Self::Values(values)),
            _ => None,
        }
    }

    fn inside(self, path: &str, key: &str) -> Self {
        let inside = match self {
            Self::Table(table) => table.get_mut(key).and_then(Self::of_item),
            Self::Tables(tables) => {
                let position = position(path, key, &names_of_tables(tables));
                tables.get_mut(position).map(|table| Self::Table(table))
            }
            Self::Values(values) => {
                let position = position(path, key, &names_of_values(values));
                values.get_mut(position).and_then(Self::of_value)
            }
        };
        inside.unwrap_or_else(|| {
            panic!("{path}: {key} does not exist, or is neither a table nor a list")
        })
    }
}

/// The name of an element that is a table.
fn name_of(table: &dyn TableLike) -> Option<&str> {
    let name = |key: &str| table.get(key).and_then(Item::as_str);
    name("id").or_else(|| name("name"))
}

fn names_of_tables(tables: &ArrayOfTables) -> Vec<Option<String>> {
    tables.iter().map(|table| name_of(table).map(str::to_owned)).collect()
}

fn names_of_values(values: &Array) -> Vec<Option<String>> {
    let name = |value: &Value| match value {
        Value::InlineTable(table) => name_of(table).map(str::to_owned),
        value => value.as_str().map(str::to_owned),
    };
    values.iter().map(name).collect()
}

/// The position of an element that a path names.
fn position(path: &str, key: &str, names: &[Option<String>]) -> usize {
    let in_brackets = key.strip_prefix('[').and_then(|key| key.strip_suffix(']'));
    let found = match in_brackets {
        Some(position) => position.parse().ok().filter(|position| *position < names.len()),
        None => names.iter().position(|name| name.as_deref() == Some(key)),
    };
    found.unwrap_or_else(|| panic!("{path}: there is no element {key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# A plan.\n[privacy]\nrho = \"1\"   # the budget\nwindows = 5\n\n\
        [[list]]\nid = \"L\"\ncodes = [\n    { id = \"A\", name = \"a\" },\n    \
        { id = \"B\", name = \"b\" },\n]\n\n[[list]]\nname = \"M\"\ncodes = [\"x\", \"y\"]\n";

    #[test]
    fn everything_else_stays_as_it_is() {
        let expect = |edited: PlanText, from: &str, to: &str| {
            assert_eq!(TEXT.matches(from).count(), 1, "{from}");
            assert_eq!(edited.text(), TEXT.replace(from, to));
        };
        expect(edit(TEXT).change("privacy.rho", "2"), "rho = \"1\" ", "rho = \"2\" ");
        expect(edit(TEXT).set("privacy.windows", 5), "5", "5");
        expect(edit(TEXT).add("privacy.more", toml("[1, 2]")), "= 5\n", "= 5\nmore = [1, 2]\n");
        expect(edit(TEXT).remove("privacy.windows"), "windows = 5\n", "");
        expect(edit(TEXT).change("list.L.codes.B.name", "c"), "\"b\"", "\"c\"");
        expect(edit(TEXT).remove("list.M.codes.y"), ", \"y\"", "");
        expect(edit(TEXT).change("list.[1].name", "N"), "\"M\"", "\"N\"");
        expect(
            edit(TEXT).remove("list.[1]"),
            "\n[[list]]\nname = \"M\"\ncodes = [\"x\", \"y\"]\n",
            "",
        );
        expect(edit(TEXT).append("[end]\n"), "\"y\"]\n", "\"y\"]\n\n[end]\n");
    }

    #[test]
    fn an_edit_of_nothing_fails() {
        let fails = |edit_of_text: fn(PlanText) -> PlanText| {
            std::panic::catch_unwind(|| edit_of_text(edit(TEXT))).is_err()
        };
        assert!(fails(|plan| plan.change("privacy.windows", 5)), "it already has this value");
        assert!(fails(|plan| plan.change("privacy.bound", 5)), "the key does not exist");
        assert!(fails(|plan| plan.set("privacy.bound", 5)), "the key does not exist");
        assert!(fails(|plan| plan.set("list.N.name", 5)), "the element does not exist");
        assert!(fails(|plan| plan.set("list.[2].name", 5)), "the element does not exist");
        assert!(fails(|plan| plan.add("privacy.rho", 5)), "the key already exists");
        assert!(fails(|plan| plan.remove("privacy.bound")), "the key does not exist");
        assert!(fails(|plan| plan.remove("list.L.codes.C")), "the element does not exist");
        assert!(fails(|plan| plan.change("privacy.rho", toml("one"))), "the value is not TOML");
        assert!(fails(|_| edit("rho = ")), "the text is not TOML");
    }
}
