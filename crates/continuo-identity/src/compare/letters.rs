//! Likeness of words by their letters.

/// How two unequal words are alike, from closest to not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    /// One letter put in, left out, exchanged or swapped with its neighbor, in words of four letters or more.
    OneSlip,
    /// Two slips in words of seven letters or more, or one in a word of three, or one cut short.
    Loose,
    None,
}

/// Compares two folded words that are not equal.
pub(crate) fn likeness(a: &[u8], b: &[u8]) -> Likeness {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < 3 || short.first() != long.first() && letters_apart(short, long) > 3 {
        return Likeness::None;
    }
    if long.starts_with(short) && short.len() >= 4 && long.len() - short.len() <= 4 {
        return if long.len() - short.len() == 1 { Likeness::OneSlip } else { Likeness::Loose };
    }
    if long.len() - short.len() > 2 || letters_apart(short, long) > 4 {
        return Likeness::None;
    }
    match distance(short, long) {
        1 if short.len() >= 4 || long.len() >= 5 => Likeness::OneSlip,
        1 => Likeness::Loose,
        2 if short.len() >= 6 => Likeness::Loose,
        _ => Likeness::None,
    }
}

/// How many letters stand in one word and not in the other: a quick bound before counting slips.
fn letters_apart(a: &[u8], b: &[u8]) -> u32 {
    let set = |word: &[u8]| word.iter().fold(0u32, |set, byte| set | 1 << (byte & 31));
    (set(a) ^ set(b)).count_ones()
}

/// Slips between two words (optimal string alignment); words are at most 23 bytes.
pub(crate) fn distance(a: &[u8], b: &[u8]) -> u8 {
    const WIDTH: usize = 32;
    let b = b.get(..b.len().min(WIDTH - 1)).unwrap_or_default();
    let mut before = [0u8; WIDTH];
    let mut row = [0u8; WIDTH];
    for (at, cell) in row.iter_mut().enumerate() {
        *cell = at as u8;
    }
    let mut last = 0;
    for (i, x) in a.iter().enumerate() {
        let mut next = [0u8; WIDTH];
        next[0] = i as u8 + 1;
        let mut previous = 0;
        for (j, y) in b.iter().enumerate() {
            let mut best = (row[j] + u8::from(x != y)).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *x == previous && last == *y {
                best = best.min(before[j - 1] + 1);
            }
            next[j + 1] = best;
            previous = *y;
        }
        last = *x;
        before = row;
        row = next;
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        for (a, b, expect) in [
            ("robert", "robret", 1),
            ("robert", "robrt", 1),
            ("robert", "rovert", 1),
            ("smith", "jones", 5),
            ("", "ab", 2),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), expect, "{a} {b}");
        }
    }

    #[test]
    fn grades() {
        let check = |a: &str, b: &str| likeness(a.as_bytes(), b.as_bytes());
        assert_eq!(check("jeffrey", "jeffry"), Likeness::OneSlip);
        assert_eq!(check("christopher", "christofer"), Likeness::Loose);
        assert_eq!(check("alexander", "alexand"), Likeness::Loose);
        assert_eq!(check("maria", "carlos"), Likeness::None);
        assert_eq!(check("al", "ann"), Likeness::None);
    }
}
