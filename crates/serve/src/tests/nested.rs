//! Codes, groups and totals of the tables of stocks and of balances, whose fixtures have the same
//! two dimensions: border points in groups, and classes.
//!
//! Not here: the laws of either table (`stock_table`, `balance_table`).

use super::{Figures, replaced};

pub(super) const POINTS: [&str; 6] =
    ["NORTH_AIRPORT", "SOUTH_AIRPORT", "WEST_AIRPORT", "HARBOUR", "FERRY", "BRIDGE"];
pub(super) const CLASSES: [&str; 3] = ["RESIDENT", "NEAR", "FAR"];

/// The positions of the codes that a code, a group or the total stands for.
pub(super) fn members(codes: &[&str], code: &str) -> Vec<usize> {
    match code {
        "AIR" => vec![0, 1, 2],
        "SEA" => vec![3, 4],
        "LAND" => vec![5],
        _ => (0..codes.len()).filter(|&at| code == "_T" || codes[at] == code).collect(),
    }
}

/// Checks that codes add up to every group and total, in every period and for every indicator.
/// Returns the number of sums.
pub(super) fn codes_add_up(all: &Figures) -> usize {
    let value = |key: &str, period: &str| all[&(key.to_owned(), period.to_owned())].0;
    let mut compared = 0;
    for ((key, period), figure) in all {
        let codes: Vec<&str> = key.split('.').collect();
        let parts: [(usize, &str, &[&str]); 6] = [
            (3, "AIR", &POINTS[..3]),
            (3, "SEA", &POINTS[3..5]),
            (3, "LAND", &POINTS[5..]),
            (3, "_T", if codes.len() == 5 { &["AIR", "SEA", "LAND"] } else { &CLASSES }),
            (3, "_T", if codes.len() == 5 { &POINTS } else { &CLASSES }),
            (codes.len() - 1, "_T", &CLASSES),
        ];
        for (place, whole, parts) in parts {
            if codes[place] == whole {
                let sum: i64 =
                    parts.iter().map(|code| value(&replaced(key, place, code), period)).sum();
                assert_eq!(figure.0, sum, "{key} {period} over {parts:?}");
                compared += 1;
            }
        }
    }
    compared
}
