//! A code list: a closed, versioned list of codes with names.
//!
//! Not here: hierarchies of codes, validity over time, names in several languages.
//!
//! Invariants:
//! 1. Codes are non-empty and unique (`code::tests::a_code_list_refuses_a_repeated_code`).
//! 2. A code's position never changes within one version of the list: cells are numbered
//!    by position.

use std::collections::HashMap;

/// Codes of one list at most; a list is a partition that people read, not a register.
pub const CODES_MAX: usize = 4096;

/// One code: its SDMX identifier and its name for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// SDMX identifier, upper case.
    pub id: String,
    /// Name for people.
    pub name: String,
}

/// A closed, versioned list of codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeList {
    /// SDMX identifier, for instance `CL_BORDER_POINT`.
    pub id: String,
    /// Semantic version, for instance `1.0.0`.
    pub version: String,
    /// Name for people.
    pub name: String,
    codes: Vec<Code>,
    positions: HashMap<String, u16>,
}

/// Why a list of codes is not a code list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeListError {
    /// No codes at all.
    #[error("a code list needs at least 1 code")]
    Empty,
    /// The same code twice.
    #[error("code {0} is listed twice")]
    Repeated(String),
    /// More codes than [`CODES_MAX`].
    #[error("{0} codes exceed the limit of {CODES_MAX}")]
    TooMany(usize),
}

impl CodeList {
    /// A code list from its parts, in the order given.
    ///
    /// Errors: no code, a repeated code, more than [`CODES_MAX`] codes.
    pub fn new(
        id: String,
        version: String,
        name: String,
        codes: Vec<Code>,
    ) -> Result<Self, CodeListError> {
        if codes.is_empty() {
            return Err(CodeListError::Empty);
        }
        if codes.len() > CODES_MAX {
            return Err(CodeListError::TooMany(codes.len()));
        }
        let mut positions = HashMap::with_capacity(codes.len());
        for (position, code) in (0u16..).zip(&codes) {
            if positions.insert(code.id.clone(), position).is_some() {
                return Err(CodeListError::Repeated(code.id.clone()));
            }
        }
        Ok(Self { id, version, name, codes, positions })
    }

    /// The codes, in list order.
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// The position of a code in the list, if it is in the list.
    pub fn position(&self, code: &str) -> Option<u16> {
        self.positions.get(code).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(id: &str) -> Code {
        Code { id: id.into(), name: id.into() }
    }

    fn list(codes: Vec<Code>) -> Result<CodeList, CodeListError> {
        CodeList::new("CL_X".into(), "1.0.0".into(), "x".into(), codes)
    }

    #[test]
    fn a_code_list_refuses_a_repeated_code() {
        assert_eq!(
            list(vec![code("A"), code("B"), code("A")]),
            Err(CodeListError::Repeated("A".into()))
        );
    }

    #[test]
    fn a_code_list_refuses_to_be_empty() {
        assert_eq!(list(vec![]), Err(CodeListError::Empty));
    }

    #[test]
    fn positions_follow_the_list() {
        let list = list(vec![code("B"), code("A")]).unwrap();
        assert_eq!(list.position("A"), Some(1));
        assert_eq!(list.position("C"), None);
    }
}
