//! Whole numbers said in one word, English or Spanish. How they combine is up to the reader.

/// "zero" to "nineteen".
pub(crate) fn under_twenty(word: &str) -> Option<u32> {
    const WORDS: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    WORDS.iter().position(|w| *w == word).map(|n| n as u32)
}

/// "twenty" to "ninety".
pub(crate) fn tens(word: &str) -> Option<u32> {
    const WORDS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    WORDS.iter().position(|w| *w == word).map(|n| (n as u32 + 2) * 10)
}

const SPANISH: &[(&str, u32)] = &[
    ("cero", 0),
    ("dos", 2),
    ("tres", 3),
    ("cuatro", 4),
    ("cinco", 5),
    ("seis", 6),
    ("siete", 7),
    ("ocho", 8),
    ("nueve", 9),
    ("diez", 10),
    ("doce", 12),
    ("trece", 13),
    ("catorce", 14),
    ("quince", 15),
    ("dieciseis", 16),
    ("diecisiete", 17),
    ("dieciocho", 18),
    ("diecinueve", 19),
    ("veintiuno", 21),
    ("veintidos", 22),
    ("veintitres", 23),
    ("veinticuatro", 24),
    ("veinticinco", 25),
    ("veintiseis", 26),
    ("veintisiete", 27),
    ("veintiocho", 28),
    ("veintinueve", 29),
];
const SPANISH_TENS: &[(&str, u32)] = &[
    ("veinte", 20),
    ("treinta", 30),
    ("cuarenta", 40),
    ("cincuenta", 50),
    ("sesenta", 60),
    ("setenta", 70),
    ("ochenta", 80),
    ("noventa", 90),
];

/// "dos" to "veintinueve". "Uno" alone is an article, and "once" an English word.
pub(crate) fn spanish_small(word: &str) -> Option<u32> {
    of(SPANISH, word)
}

/// "veinte" to "noventa".
pub(crate) fn spanish_tens(word: &str) -> Option<u32> {
    of(SPANISH_TENS, word)
}

fn of(table: &[(&str, u32)], word: &str) -> Option<u32> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

/// "zero" to "nineteen" and the tens.
pub(crate) fn english(word: &str) -> Option<u32> {
    under_twenty(word).or_else(|| tens(word))
}

/// A number below a hundred in one word of either language, for a place where "una" counts.
pub fn whole(word: &str) -> Option<u32> {
    match word {
        "un" | "una" | "uno" => Some(1),
        _ => english(word).or_else(|| spanish_small(word)).or_else(|| spanish_tens(word)),
    }
}
