//! Numbers and times of the day as text, appended without an allocation for each.
//!
//! Not here: which columns an event has.

/// The beginning of every synthetic pseudonym.
pub(crate) const SYNTHETIC: &[u8] = b"syn1:";

/// Appends a number.
pub(crate) fn push_number(text: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    text.extend(&digits[first..]);
}

/// Appends the time of day as `08:30:00`.
pub(crate) fn push_time(text: &mut Vec<u8>, second: u32) {
    for (place, part) in [second / 3600, second / 60 % 60, second % 60].into_iter().enumerate() {
        if place > 0 {
            text.push(b':');
        }
        text.extend([b'0' + (part / 10) as u8, b'0' + (part % 10) as u8]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_print_as_text() {
        let mut text = Vec::new();
        push_number(&mut text, 1_203_004);
        text.push(b' ');
        push_time(&mut text, 8 * 3600 + 30 * 60 + 9);
        push_number(&mut text, 0);
        assert_eq!(text, b"1203004 08:30:090");
    }
}
