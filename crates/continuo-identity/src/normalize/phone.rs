//! Telephone numbers.

/// The number's digits without trunk prefix and extension; `None` for what is no number or stands for none.
pub fn read(text: &str) -> Option<u64> {
    let text = text.get(..text.len().min(60)).unwrap_or_default();
    let text = text.split(['x', 'X', 'e', 'E', ';', ',']).next().unwrap_or_default();
    let mut digits: String = text.chars().filter(char::is_ascii_digit).collect();
    for prefix in ["001", "011", "1"] {
        if digits.len() == 10 + prefix.len() && digits.starts_with(prefix) {
            digits.drain(..prefix.len());
            break;
        }
    }
    if !(7..=15).contains(&digits.len()) || is_placeholder(&digits) {
        return None;
    }
    digits.parse().ok()
}

fn is_placeholder(digits: &str) -> bool {
    let all_same = |text: &str| text.bytes().all(|byte| text.bytes().next() == Some(byte));
    let tail = digits.get(digits.len() - 7..).unwrap_or_default();
    all_same(tail)
        || matches!(digits, "1234567890" | "0123456789" | "1234567")
        || digits.bytes().take(3).all(|b| b == b'0')
}

/// Whether two numbers differ by one slip of the finger: one digit, or two neighbors exchanged.
pub fn is_slip(a: u64, b: u64) -> bool {
    let mut differing = [(0, 0); 2];
    let mut count = 0;
    let (mut x, mut y) = (a, b);
    let mut place = 0;
    let mut places = [0; 2];
    while x > 0 || y > 0 {
        if x % 10 != y % 10 {
            if count == 2 {
                return false;
            }
            differing[count] = (x % 10, y % 10);
            places[count] = place;
            count += 1;
        }
        x /= 10;
        y /= 10;
        place += 1;
    }
    count == 1
        || count == 2
            && places[1] == places[0] + 1
            && differing[0].0 == differing[1].1
            && differing[0].1 == differing[1].0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_written_six_ways() {
        for text in
            ["5025551234", "(502) 555-1234", "502.555.1234", "+1 502 555 1234", "1-502-555-1234", "502-555-1234 x12"]
        {
            assert_eq!(read(text), Some(5025551234), "{text}");
        }
    }

    #[test]
    fn placeholders_are_missing() {
        for text in
            ["", "none", "0000000000", "9999999999", "555-555-5555", "1234567890", "123", "5025555555555555555555"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn slips() {
        assert!(is_slip(5025551234, 5025551235) && is_slip(5025551234, 5025551243) && is_slip(123, 23));
        assert!(!is_slip(5025551234, 5025551234) && !is_slip(5025551234, 5025559999));
    }
}
