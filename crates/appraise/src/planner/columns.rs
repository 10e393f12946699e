//! Text in aligned columns: words on the left, numbers on the right.
//!
//! Not here: which numbers they are (`text`).
//!
//! Invariants:
//! 1. Every cell of a column ends at the same place, and no line ends in spaces
//!    (`tests::columns_are_aligned`).

use std::fmt::{self, Display, Formatter};

/// The space between two columns.
const GAP: usize = 3;

/// Rows of cells; the first cell of each row is on the left.
#[derive(Default)]
pub(super) struct Columns {
    /// The number of spaces before each row.
    indent: usize,
    rows: Vec<Vec<String>>,
}

impl Columns {
    /// No rows yet, all of them to be indented by so many spaces.
    pub(super) fn indented(indent: usize) -> Self {
        Self { indent, rows: Vec::new() }
    }

    pub(super) fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }
}

impl Display for Columns {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths = vec![0; columns];
        // A row of one cell is a heading, which may be longer than the column.
        for row in self.rows.iter().filter(|row| row.len() > 1) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for row in &self.rows {
            let mut line = " ".repeat(self.indent);
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                match column {
                    0 => line.push_str(&format!("{cell:<width$}")),
                    _ => line.push_str(&format!("{cell:>width$}", width = width + GAP)),
                }
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut columns = Columns::indented(2);
        columns.row(["", "day", "month"]);
        columns.row(["a heading that is longer than its column"]);
        columns.row(["total", "1", "12"]);
        columns.row(["by CLASS", "1,234"]);
        let expected = [
            "               day   month",
            "  a heading that is longer than its column",
            "  total          1      12",
            "  by CLASS   1,234",
            "",
        ];
        let expected = expected.join("\n");
        assert_eq!(columns.to_string(), expected);
    }
}
