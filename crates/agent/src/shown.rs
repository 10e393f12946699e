//! Texts of somebody else, such as names of files, as they can be shown on a terminal and kept in a
//! log.
//!
//! Not here: what is shown.
//!
//! Invariants:
//! 1. No character that controls a terminal, ends a line or turns the direction of writing is
//!    passed on (`shown::tests::nothing_controls_a_terminal`).

/// Invisible characters that end lines or change the direction of writing.
const TURNING: [(char, char); 5] = [
    ('\u{061C}', '\u{061C}'),
    ('\u{200E}', '\u{200F}'),
    ('\u{2028}', '\u{202E}'),
    ('\u{2066}', '\u{2069}'),
    ('\u{FEFF}', '\u{FEFF}'),
];

/// A text on one line; what cannot be shown is escaped, as `\u{1b}`.
pub(crate) fn shown(text: &str) -> String {
    escaped(text, |_| false)
}

/// The same for several lines.
pub(crate) fn shown_lines(text: &str) -> String {
    escaped(text, |c| c == '\n')
}

fn escaped(text: &str, stays: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = TURNING.iter().any(|&(first, last)| (first..=last).contains(&c));
        match (c.is_control() || turns) && !stays(c) {
            true => shown.extend(c.escape_unicode()),
            false => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_controls_a_terminal() {
        assert_eq!(
            shown("a\u{1b}[2J\r\nb\u{202e}\u{9b}ö"),
            "a\\u{1b}[2J\\u{d}\\u{a}b\\u{202e}\\u{9b}ö"
        );
        assert_eq!(shown_lines("a\nb\u{7}"), "a\nb\\u{7}");
    }
}
