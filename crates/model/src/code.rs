//! A code list: a closed, versioned list of codes with names, and the groups that they form.
//!
//! Groups nest: a country lies in a region, a region in the world. All codes are equally deep, so
//! each level of groups is a partition of the codes; the codes of a group are consecutive.
//!
//! A code can be valid from a day or up to a day, and its former names are kept. Events can name it
//! by other codes too, as where a source renames a code. A list can reserve positions for codes
//! that are not known yet (module `amendment`).
//!
//! Not here: what validity means (module `validity`), how a reserved
//! position is taken (module `plan::amend`).
//!
//! Invariants:
//! 1. Codes are non-empty and unique, groups and the other codes of events included
//!    (`code::tests::a_code_list_refuses_a_repeated_code`).
//! 2. A code's position never changes: cells are numbered by position, in every version of the list
//!    (`plan::amend::tests::an_amendment_moves_no_cell`).
//! 3. Each level of groups contains every code exactly once
//!    (`code::tests::each_level_of_groups_has_every_code_once`).
//! 4. Readers know a code by one identifier only; the others are for events
//!    (`code::tests::events_can_name_a_code_by_others`).

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::text::Text;
use crate::validity::{FormerName, Validity};

/// Most codes of one list; a list is a classification that people read, not a register.
pub const CODES_MAX: usize = 4096;

/// One code: its SDMX identifier and its name for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// SDMX identifier, upper case.
    pub id: String,
    /// Name for people, as it is now.
    pub name: Text,
    /// The days on which events can have it.
    pub validity: Validity,
    /// Its former names, the oldest first.
    pub former: Vec<FormerName>,
    /// Other codes under which events name it.
    pub also: Vec<String>,
}

impl Code {
    /// A code that is always valid and has no former name.
    pub fn new(id: &str, name: Text) -> Self {
        let id = id.to_owned();
        Self { id, name, validity: Validity::default(), former: Vec::new(), also: Vec::new() }
    }

    /// A reserved position that no code has taken yet.
    pub(crate) fn reserved() -> Self {
        Self::new("", Text::english(""))
    }

    /// Whether this is a reserved position that no code has taken yet. No event can have it, and
    /// readers do not see it.
    pub fn is_reserved(&self) -> bool {
        self.id.is_empty()
    }
}

/// A group of consecutive codes of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeGroup {
    /// Identifier and name.
    pub code: Code,
    /// 1 for the coarsest groups, and one more for each level below.
    pub level: usize,
    /// Position in [`CodeList::groups`] of the group that contains it.
    pub parent: Option<usize>,
    /// Positions of its codes.
    pub codes: Range<u16>,
}

/// The code that stands for the total of every list.
pub const TOTAL: &str = "_T";

/// Most levels of groups of one list.
pub const LEVELS_MAX: usize = 6;

/// A closed, versioned list of codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeList {
    /// SDMX identifier, for instance `CL_BORDER_POINT`.
    pub id: String,
    /// Semantic version, for instance `1.0.0`.
    pub version: String,
    /// Name for people.
    pub name: Text,
    codes: Vec<Code>,
    groups: Vec<CodeGroup>,
    positions: HashMap<String, u16>,
    /// The positions of codes by the other codes under which events name them.
    also: HashMap<String, u16>,
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
    /// A code with another number of groups above it than the first code.
    #[error("{0} is in another number of groups than the first code")]
    Shallow(String),
    /// A group whose codes are not consecutive, or that has none.
    #[error("the codes of group {0} are not consecutive in the list")]
    Scattered(String),
    /// More levels of groups than [`LEVELS_MAX`].
    #[error("more than {LEVELS_MAX} levels of groups")]
    TooDeep,
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
        name: Text,
        codes: Vec<Code>,
    ) -> Result<Self, CodeListError> {
        if codes.is_empty() {
            return Err(CodeListError::Empty);
        }
        if codes.len() > CODES_MAX {
            return Err(CodeListError::TooMany(codes.len()));
        }
        let mut positions = HashMap::with_capacity(codes.len());
        for (position, code) in (0u16..).zip(&codes).filter(|(_, code)| !code.is_reserved()) {
            if positions.insert(code.id.clone(), position).is_some() {
                return Err(CodeListError::Repeated(code.id.clone()));
            }
        }
        let mut also = HashMap::new();
        for (position, code) in (0u16..).zip(&codes) {
            for other in &code.also {
                if positions.contains_key(other) || also.insert(other.clone(), position).is_some() {
                    return Err(CodeListError::Repeated(other.clone()));
                }
            }
        }
        Ok(Self { id, version, name, codes, groups: Vec::new(), positions, also })
    }

    /// The list with groups. Each group is given with the position of the group that contains it,
    /// which must come before it; `group_of` is the position of the group of each code.
    ///
    /// Errors: codes that lie unequally deep, scattered or empty groups, repeated identifiers.
    ///
    /// Panics if `group_of` does not have exactly one valid position for each code.
    pub fn with_groups(
        mut self,
        groups: Vec<(Code, Option<usize>)>,
        group_of: &[usize],
    ) -> Result<Self, CodeListError> {
        assert_eq!(group_of.len(), self.codes.len(), "one group for each code");
        let mut levels: Vec<usize> = Vec::with_capacity(groups.len());
        let mut ranges: Vec<Option<Range<u16>>> = vec![None; groups.len()];
        let mut seen = HashSet::new();
        for (code, parent) in &groups {
            if self.position_of_event(&code.id).is_some() || !seen.insert(&code.id) {
                return Err(CodeListError::Repeated(code.id.clone()));
            }
            levels.push(parent.map_or(1, |parent| levels[parent] + 1));
        }
        let depth = group_of.first().map_or(0, |&group| levels[group]);
        if levels.iter().any(|&level| level > LEVELS_MAX) {
            return Err(CodeListError::TooDeep);
        }
        for ((position, code), &group) in (0u16..).zip(&self.codes).zip(group_of) {
            if levels[group] != depth {
                return Err(CodeListError::Shallow(code.id.clone()));
            }
            let mut at = Some(group);
            while let Some(group) = at {
                let range = ranges[group].get_or_insert(position..position);
                if range.end != position {
                    return Err(CodeListError::Scattered(groups[group].0.id.clone()));
                }
                range.end += 1;
                at = groups[group].1;
            }
        }
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by_key(|&at| (levels[at], ranges[at].as_ref().map_or(0, |range| range.start)));
        for &at in &order {
            let (code, parent) = &groups[at];
            let parent = parent.and_then(|parent| order.iter().position(|&other| other == parent));
            let scattered = || CodeListError::Scattered(code.id.clone());
            let codes = ranges[at].clone().ok_or_else(scattered)?;
            self.groups.push(CodeGroup { code: code.clone(), level: levels[at], parent, codes });
        }
        Ok(self)
    }

    /// The groups, coarsest first, those of a level in the order of their codes.
    pub fn groups(&self) -> &[CodeGroup] {
        &self.groups
    }

    /// The number of members of a level: 1 on level 0, which is the total; the number of codes on
    /// the last level.
    pub fn members(&self, level: usize) -> usize {
        match level {
            0 => 1,
            level if level == self.depth() => self.codes.len(),
            level => self.groups.iter().filter(|group| group.level == level).count(),
        }
    }

    /// The number of levels below the total: those of groups, and that of the codes.
    pub fn depth(&self) -> usize {
        self.groups.last().map_or(1, |group| group.level + 1)
    }

    /// The tree of the list: `children()[l][c]` is the number of members of level l + 1 that lie in
    /// member c of level l. Level 0 is the total, the last level the codes.
    pub fn children(&self) -> Vec<Vec<usize>> {
        let ends = |level: usize| -> Vec<u16> {
            if level == 0 || level == self.depth() {
                let all = self.codes.len() as u16;
                return if level == 0 { vec![all] } else { (1..=all).collect() };
            }
            let groups = self.groups.iter().filter(|group| group.level == level);
            groups.map(|group| group.codes.end).collect()
        };
        let within = |level: usize| {
            let (coarse, fine) = (ends(level), ends(level + 1));
            let upto = |end: &u16| fine.partition_point(|fine_end| fine_end <= end);
            let mut before = 0;
            let count = |end: &u16| upto(end) - std::mem::replace(&mut before, upto(end));
            coarse.iter().map(count).collect()
        };
        (0..self.depth()).map(within).collect()
    }

    /// All positions of the list, in order: its codes, and the reserved positions.
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// The codes that readers see, with their positions, in list order; no reserved positions.
    pub fn named(&self) -> impl Iterator<Item = (u16, &Code)> + Clone {
        (0u16..).zip(&self.codes).filter(|(_, code)| !code.is_reserved())
    }

    /// Whether a code, a group or the total has this identifier, or events name a code by it.
    pub fn knows(&self, id: &str) -> bool {
        id == TOTAL
            || self.position_of_event(id).is_some()
            || self.groups.iter().any(|group| group.code.id == id)
    }

    /// Its texts: its name, and the names of its codes and groups, former ones included.
    pub(crate) fn texts_mut(&mut self) -> impl Iterator<Item = &mut Text> {
        let groups = self.groups.iter_mut().map(|group| &mut group.code);
        let members = self.codes.iter_mut().chain(groups).flat_map(|code| {
            let former = code.former.iter_mut().map(|former| &mut former.name);
            [&mut code.name].into_iter().chain(former)
        });
        [&mut self.name].into_iter().chain(members)
    }

    /// The list with another code at a position, with the same version.
    pub(crate) fn with_code(&self, position: u16, code: Code) -> Self {
        let mut list = self.clone();
        let place = &mut list.codes[usize::from(position)];
        list.positions.remove(&place.id);
        list.positions.insert(code.id.clone(), position);
        list.also.extend(code.also.iter().map(|other| (other.clone(), position)));
        *place = code;
        list
    }

    /// The list with the next version: the second number increases by one, the third becomes 0.
    pub(crate) fn next_version(&self) -> Self {
        let mut numbers = self.version.split('.').map(|part| part.parse::<u64>().unwrap_or(0));
        let (major, minor) = (numbers.next().unwrap_or(1), numbers.next().unwrap_or(0));
        Self { version: format!("{major}.{}.0", minor + 1), ..self.clone() }
    }

    /// The code with this identifier, if it is in the list.
    pub fn find(&self, code: &str) -> Option<&Code> {
        self.position(code).map(|position| &self.codes[usize::from(position)])
    }

    /// The position of a code in the list, if it is in the list.
    pub fn position(&self, code: &str) -> Option<u16> {
        self.positions.get(code).copied()
    }

    /// The position of the code that an event names, by its identifier or by another code.
    pub fn position_of_event(&self, code: &str) -> Option<u16> {
        self.position(code).or_else(|| self.also.get(code).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(id: &str) -> Code {
        Code::new(id, Text::english(id))
    }

    fn also(id: &str, others: &[&str]) -> Code {
        Code { also: others.iter().map(|&other| other.to_owned()).collect(), ..code(id) }
    }

    fn list(codes: Vec<Code>) -> Result<CodeList, CodeListError> {
        CodeList::new("CL_X".into(), "1.0.0".into(), Text::english("x"), codes)
    }

    #[test]
    fn a_code_list_refuses_a_repeated_code() {
        assert_eq!(
            list(vec![code("A"), code("B"), code("A")]),
            Err(CodeListError::Repeated("A".into()))
        );
        for other in ["A", "B", "C"] {
            let codes = vec![also("A", &["C"]), also("B", &[other])];
            assert_eq!(list(codes), Err(CodeListError::Repeated(other.into())), "{other}");
        }
        let plain = list(vec![also("A", &["C"])]).unwrap();
        let repeated = Err(CodeListError::Repeated("C".into()));
        assert_eq!(plain.with_groups(vec![(code("C"), None)], &[0]), repeated);
    }

    #[test]
    fn events_can_name_a_code_by_others() {
        let list = list(vec![code("A"), also("B", &["B_NEW", "B_OLD"])]).unwrap();
        assert_eq!(["B", "B_NEW", "B_OLD"].map(|id| list.position_of_event(id)), [Some(1); 3]);
        assert_eq!(["B_NEW", "C"].map(|id| list.position(id)), [None; 2]);
        assert_eq!(list.position_of_event("C"), None);
        assert!(list.knows("B_NEW") && list.find("B_NEW").is_none());
    }

    #[test]
    fn a_code_list_refuses_to_be_empty() {
        assert_eq!(list(vec![]), Err(CodeListError::Empty));
    }

    /// Two regions, one of them with two parts, and six countries.
    fn nested() -> CodeList {
        let codes = ["A", "B", "C", "D", "E", "F"].map(code).to_vec();
        let groups = vec![
            (code("WEST"), None),
            (code("EAST"), None),
            (code("EAST_NEAR"), Some(1)),
            (code("WEST_ALL"), Some(0)),
            (code("EAST_FAR"), Some(1)),
        ];
        list(codes).unwrap().with_groups(groups, &[3, 3, 2, 4, 4, 4]).unwrap()
    }

    #[test]
    fn each_level_of_groups_has_every_code_once() {
        let list = nested();
        for level in 1..list.depth() {
            let groups = list.groups().iter().filter(|group| group.level == level);
            let codes: Vec<u16> = groups.flat_map(|group| group.codes.clone()).collect();
            assert_eq!(codes, [0, 1, 2, 3, 4, 5], "{level}");
        }
        let ids: Vec<&str> = list.groups().iter().map(|group| group.code.id.as_str()).collect();
        assert_eq!(ids, ["WEST", "EAST", "WEST_ALL", "EAST_NEAR", "EAST_FAR"]);
        assert_eq!(list.groups()[4].parent, Some(1));
        assert_eq!(list.children(), [vec![2], vec![1, 2], vec![2, 1, 3]]);
        assert_eq!(self::list(vec![code("A"), code("B")]).unwrap().children(), [[2]]);
        assert_eq!([0, 1, 2, 3].map(|level| list.members(level)), [1, 2, 3, 6]);
    }

    #[test]
    fn groups_that_are_not_a_partition_are_refused() {
        let plain = || list(["A", "B", "C"].map(code).to_vec()).unwrap();
        let two = || vec![(code("X"), None), (code("Y"), None)];
        let scattered = |id: &str| Err(CodeListError::Scattered(id.into()));
        assert_eq!(plain().with_groups(two(), &[0, 1, 0]), scattered("X"));
        assert_eq!(plain().with_groups(two(), &[0, 0, 0]), scattered("Y"));
        let uneven = vec![(code("X"), None), (code("Y"), Some(0)), (code("Z"), None)];
        let shallow = Err(CodeListError::Shallow("C".into()));
        assert_eq!(plain().with_groups(uneven, &[1, 1, 2]), shallow);
        let repeated = Err(CodeListError::Repeated("A".into()));
        assert_eq!(plain().with_groups(vec![(code("A"), None)], &[0, 0, 0]), repeated);
        let mut deep = vec![(code("L0"), None)];
        deep.extend((1..7).map(|level| (code(&format!("L{level}")), Some(level - 1))));
        assert_eq!(plain().with_groups(deep, &[6, 6, 6]), Err(CodeListError::TooDeep));
    }

    #[test]
    fn positions_follow_the_list() {
        let list = list(vec![code("B"), code("A")]).unwrap();
        assert_eq!(list.position("A"), Some(1));
        assert_eq!(list.position("C"), None);
    }
}
