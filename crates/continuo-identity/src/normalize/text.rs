//! Folding: any spelling of a text to plain lower-case words.
//!
//! Accents, case, full-width forms and punctuation go; Cyrillic, Greek, Arabic, Hebrew, kana and hangul are written
//! in Latin letters, so that a name typed in either script meets. Other scripts (Han) stay as they are.

use super::generated::fold_table::FOLD;

/// The most characters of one field that are looked at; names in life are far shorter, floods are not.
pub const FIELD_LIMIT: usize = 240;

/// The words of a text, folded. Apostrophes join (O'Brien), every other mark parts.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars().take(FIELD_LIMIT) {
        if is_joined(c) {
            continue;
        }
        let before = word.len();
        fold_into(c, &mut word);
        if word.len() == before && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Appends the folded form of one character; nothing when it is no letter or digit.
fn fold_into(c: char, out: &mut String) {
    if c.is_ascii() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        }
        return;
    }
    let code = c as u32;
    if (0xAC00..=0xD7A3).contains(&code) {
        romanize_hangul(code - 0xAC00, out);
        return;
    }
    if let Ok(short) = u16::try_from(code)
        && let Ok(at) = FOLD.binary_search_by_key(&short, |row| row.0)
    {
        if let Some((_, plain)) = FOLD.get(at) {
            out.push_str(plain);
        }
        return;
    }
    if c.is_alphanumeric() {
        out.extend(c.to_lowercase());
    }
}

/// Apostrophes of every make, combining marks, and joiners that sit inside a word.
fn is_joined(c: char) -> bool {
    matches!(c, '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{2BC}' | '\u{B4}' | '\u{200C}' | '\u{200D}' | '\u{640}')
        || matches!(c as u32, 0x300..=0x36F | 0x5B0..=0x5C7 | 0x610..=0x61A | 0x64B..=0x65F | 0x1AB0..=0x1AFF | 0x20D0..=0x20FF)
}

/// Revised Romanization by letters, without sound changes across syllables.
fn romanize_hangul(index: u32, out: &mut String) {
    const LEAD: [&str; 19] =
        ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"];
    const VOWEL: [&str; 21] = [
        "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu",
        "eu", "ui", "i",
    ];
    const TAIL: [&str; 28] = [
        "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng",
        "t", "t", "k", "t", "p", "t",
    ];
    let parts = [(&LEAD[..], index / 588), (&VOWEL[..], index % 588 / 28), (&TAIL[..], index % 28)];
    for (table, at) in parts {
        out.push_str(table.get(at as usize).copied().unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    fn check(text: &str, expect: &[&str]) {
        assert_eq!(words(text), expect, "{text}");
    }

    #[test]
    fn case_accents_and_marks_go() {
        check("JOSÉ", &["jose"]);
        check("Jose\u{301}", &["jose"]);
        check("O'Brien", &["obrien"]);
        check("O’BRIEN-Smith", &["obrien", "smith"]);
        check("Nguyễn Thị", &["nguyen", "thi"]);
        check("Müller  Weiß", &["muller", "weiss"]);
        check("ＪＯＨＮ", &["john"]);
        check("  ", &[]);
    }

    #[test]
    fn other_scripts_are_written_in_latin_letters() {
        check("Дмитрий", &["dmitrii"]);
        check("Γιώργος", &["giorgos"]);
        check("김민준", &["gimminjun"]);
        check("さくら", &["sakura"]);
        check("王小明", &["王小明"]);
        check("محمد", &["mhmd"]);
    }

    #[test]
    fn a_flood_is_cut() {
        assert_eq!(words(&"x".repeat(10_000)).concat().len(), super::FIELD_LIMIT);
    }
}
