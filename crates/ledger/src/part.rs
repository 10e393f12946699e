//! The part of a dataflow that a charge pays for and a measurement belongs to.
//!
//! The words never change, like everything in an entry: a part is never renamed.
//!
//! Not here: which parts a dataflow has, and their cost (`price`).
//!
//! Invariants:
//! 1. Each part has exactly one word (`part::tests::a_part_has_one_word`).
//!
//! Format: `base`, `late`, `net`, `stream`, `turnover`. `residual-1-0-2` is the residual of a table
//! on level 1 of its first dimension, not divided by its second, and on level 2 of its third;
//! `base-1-0-2` is the base of that residual in a table of persons present, and `late-1-0-2` its
//! late counts of a step in a table of a flow. In a table of a balance its net changes are
//! `net-1-0-2` and its turnover is `turnover-1-0-2`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most dimensions of a table.
const DIMENSIONS_MAX: usize = 6;
/// The deepest level.
const LEVEL_MAX: u8 = 9;

/// The part of a dataflow for which a charge pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The stock at the beginning of a window, or of the plan if the stock goes on over the
    /// windows; measured once.
    Base,
    /// The same for a residual of a table of persons present or of a balance.
    ResidualBase(Levels),
    /// Late counts of a step: events that arrived since the vintage before. The charge of the
    /// stream pays for them.
    Late,
    /// The same for a residual of a table. The charge of the residual pays for them.
    ResidualLate(Levels),
    /// The net changes of presence of a balance, step by step over all windows.
    Net,
    /// The same for a residual of a table.
    ResidualNet(Levels),
    /// A residual of a table: what a marginal adds to all coarser ones, step by step or period by
    /// period.
    Residual(Levels),
    /// The steps of a window.
    Stream,
    /// The number of changes of presence of a balance, arrivals and departures together: the steps
    /// of a window.
    Turnover,
    /// The same for a residual of a table.
    ResidualTurnover(Levels),
}

/// One level for each dimension of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Levels {
    dimensions: u8,
    levels: [u8; DIMENSIONS_MAX],
}

impl Levels {
    /// The level of each dimension; `None` for no dimension, for more than [`DIMENSIONS_MAX`], and
    /// for a level above 9.
    pub fn new(given: &[usize]) -> Option<Self> {
        if !(1..=DIMENSIONS_MAX).contains(&given.len()) {
            return None;
        }
        let mut levels = [0; DIMENSIONS_MAX];
        for (level, &given) in levels.iter_mut().zip(given) {
            *level = u8::try_from(given).ok().filter(|&level| level <= LEVEL_MAX)?;
        }
        // Fits: at most DIMENSIONS_MAX.
        Some(Self { dimensions: given.len() as u8, levels })
    }

    /// The level of each dimension.
    pub fn to_vec(self) -> Vec<usize> {
        self.levels[..usize::from(self.dimensions)].iter().copied().map(usize::from).collect()
    }
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_vec().iter().try_for_each(|level| write!(f, "-{level}"))
    }
}

impl Part {
    /// Whether the part is a base, which is measured once before the first step.
    pub fn is_base(self) -> bool {
        matches!(self, Part::Base | Part::ResidualBase(_))
    }

    /// Whether the part measures the net changes of a balance.
    pub fn is_net(self) -> bool {
        matches!(self, Part::Net | Part::ResidualNet(_))
    }

    /// Whether the part measures the turnover of a balance.
    pub fn is_turnover(self) -> bool {
        matches!(self, Part::Turnover | Part::ResidualTurnover(_))
    }

    /// The part that measures the base of the level whose changes this part measures; `None` if
    /// this part has no levels.
    pub fn base(self) -> Option<Self> {
        match self {
            Part::Net | Part::Stream => Some(Part::Base),
            Part::Residual(levels) | Part::ResidualNet(levels) => Some(Part::ResidualBase(levels)),
            _ => None,
        }
    }

    /// The part whose charge pays for this one: for late counts the stream that they belong to, for
    /// every other part itself.
    pub fn paid_by(self) -> Self {
        match self {
            Part::Late => Part::Stream,
            Part::ResidualLate(levels) => Part::Residual(levels),
            paid => paid,
        }
    }

    /// The levels of the residual that this part measures; `None` if it measures cells.
    pub fn levels(self) -> Option<Levels> {
        match self {
            Part::Residual(levels)
            | Part::ResidualBase(levels)
            | Part::ResidualLate(levels)
            | Part::ResidualNet(levels)
            | Part::ResidualTurnover(levels) => Some(levels),
            Part::Base | Part::Late | Part::Net | Part::Stream | Part::Turnover => None,
        }
    }

    /// The part of the late counts of a stream; `None` if this part can have none.
    pub(crate) fn late(self) -> Option<Self> {
        match self {
            Part::Stream => Some(Part::Late),
            Part::Residual(levels) => Some(Part::ResidualLate(levels)),
            _ => None,
        }
    }

    /// Parses the word of a part.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "base" => Some(Part::Base),
            "late" => Some(Part::Late),
            "net" => Some(Part::Net),
            "stream" => Some(Part::Stream),
            "turnover" => Some(Part::Turnover),
            _ => {
                let level = |digit: &str| match digit.as_bytes() {
                    [digit @ b'0'..=b'9'] => Some(usize::from(digit - b'0')),
                    _ => None,
                };
                let (kind, digits) = word.split_once('-')?;
                let levels: Vec<usize> = digits.split('-').map(level).collect::<Option<_>>()?;
                let levels = Levels::new(&levels)?;
                match kind {
                    "base" => Some(Part::ResidualBase(levels)),
                    "late" => Some(Part::ResidualLate(levels)),
                    "net" => Some(Part::ResidualNet(levels)),
                    "residual" => Some(Part::Residual(levels)),
                    "turnover" => Some(Part::ResidualTurnover(levels)),
                    _ => None,
                }
            }
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Base => f.write_str("base"),
            Part::Late => f.write_str("late"),
            Part::Net => f.write_str("net"),
            Part::Residual(levels) => write!(f, "residual{levels}"),
            Part::ResidualBase(levels) => write!(f, "base{levels}"),
            Part::ResidualLate(levels) => write!(f, "late{levels}"),
            Part::ResidualNet(levels) => write!(f, "net{levels}"),
            Part::ResidualTurnover(levels) => write!(f, "turnover{levels}"),
            Part::Stream => f.write_str("stream"),
            Part::Turnover => f.write_str("turnover"),
        }
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Part::parse(&word).ok_or_else(|| serde::de::Error::custom("not the word of a part"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_one_word() {
        let residual = |levels: &[usize]| Part::Residual(Levels::new(levels).unwrap());
        let table = [
            (Part::Base, "base"),
            (Part::Net, "net"),
            (Part::Stream, "stream"),
            (Part::Turnover, "turnover"),
            (residual(&[0]), "residual-0"),
            (residual(&[1, 0, 9, 0, 0, 2]), "residual-1-0-9-0-0-2"),
            (Part::ResidualBase(Levels::new(&[2, 0]).unwrap()), "base-2-0"),
            (Part::ResidualBase(Levels::new(&[0]).unwrap()), "base-0"),
            (Part::Late, "late"),
            (Part::ResidualLate(Levels::new(&[0, 3]).unwrap()), "late-0-3"),
            (Part::ResidualNet(Levels::new(&[0]).unwrap()), "net-0"),
            (Part::ResidualTurnover(Levels::new(&[1, 2]).unwrap()), "turnover-1-2"),
        ];
        for (part, word) in table {
            assert_eq!((part.to_string().as_str(), Part::parse(word)), (word, Some(part)));
            let json = serde_json::to_string(&part).unwrap();
            assert_eq!(json, format!("\"{word}\""));
            assert_eq!(serde_json::from_str::<Part>(&json).unwrap(), part);
        }
        for bad in
            ["", "Base", "residual", "residual-", "residual-10", "residual-+1", "residual-1-"]
                .into_iter()
                .chain([
                    "residual-0-0-0-0-0-0-0",
                    "base-",
                    "base-10",
                    "late-",
                    "net-",
                    "turnover-1-10",
                    "stream-0",
                    "base-0-0-0-0-0-0-0",
                ])
        {
            assert_eq!(Part::parse(bad), None, "{bad}");
        }
        assert_eq!((Levels::new(&[]), Levels::new(&[10])), (None, None));
    }

    #[test]
    fn the_stream_pays_for_its_late_counts() {
        let levels = Levels::new(&[1, 0]).unwrap();
        for stream in [Part::Stream, Part::Residual(levels)] {
            assert_eq!(stream.late().map(Part::paid_by), Some(stream));
            assert_eq!(stream.paid_by(), stream);
        }
        for other in [
            Part::Base,
            Part::ResidualBase(levels),
            Part::Net,
            Part::ResidualNet(levels),
            Part::Turnover,
            Part::ResidualTurnover(levels),
        ] {
            assert_eq!((other.late(), other.paid_by()), (None, other));
        }
    }

    #[test]
    fn a_level_has_the_base_of_its_residual() {
        let levels = Levels::new(&[1, 0]).unwrap();
        for (part, base) in [
            (Part::Stream, Some(Part::Base)),
            (Part::Net, Some(Part::Base)),
            (Part::Residual(levels), Some(Part::ResidualBase(levels))),
            (Part::ResidualNet(levels), Some(Part::ResidualBase(levels))),
            (Part::Turnover, None),
            (Part::ResidualTurnover(levels), None),
            (Part::Base, None),
        ] {
            assert_eq!(part.base(), base, "{part}");
        }
    }
}
