//! How easy a text is to read: Flesch-Kincaid grade for English, the INFLESZ (Szigriszt-Pazos) score for Spanish.
//!
//! Scores pick what to rewrite; people decide whether it is clear. Syllables are counted by rule of thumb, so a score may
//! be off by half a grade on a short text. Drug names inflate both.

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sentences, at least 1 when there is a word.
    pub sentences: usize,
    /// Words.
    pub words: usize,
    /// Syllables.
    pub syllables: usize,
}

/// Flesch-Kincaid grade: 0.39 (words / sentences) + 11.8 (syllables / words) - 15.59. Nothing without words.
pub fn grade(text: &str) -> Option<f64> {
    let counts = count(text, english_syllables);
    let (per_sentence, per_word) = rates(counts)?;
    Some(0.39 * per_sentence + 11.8 * per_word - 15.59)
}

/// INFLESZ score of a Spanish text: 206.835 - 62.3 (syllables / words) - words / sentences (Barrio Cantalejo, An Sist
/// Sanit Navar 2008;31:135-152). 55-65 normal, above 65 fairly easy. Nothing without words.
pub fn inflesz(text: &str) -> Option<f64> {
    let counts = count(text, spanish_syllables);
    let (per_sentence, per_word) = rates(counts)?;
    Some(206.835 - 62.3 * per_word - per_sentence)
}

fn rates(counts: Counts) -> Option<(f64, f64)> {
    (counts.words > 0).then(|| {
        let words = counts.words as f64;
        (words / counts.sentences.max(1) as f64, counts.syllables as f64 / words)
    })
}

/// Counts sentences, words and syllables. A sentence ends at `.`, `!`, `?` before a space or the end, or at a blank line;
/// the point in `Dr.` and in `3.5` ends none.
pub fn count(text: &str, syllables: fn(&str) -> usize) -> Counts {
    let mut counts = Counts::default();
    let mut open = false;
    for paragraph in text.split("\n\n") {
        for token in paragraph.split_whitespace() {
            let word = token.trim_matches(|c: char| !c.is_alphanumeric());
            if word.is_empty() {
                continue;
            }
            counts.words += 1;
            counts.syllables += syllables(word).max(1);
            open = true;
            let title = matches!(word.to_lowercase().as_str(), "dr" | "dra" | "mr" | "mrs" | "ms" | "sr" | "sra");
            if !title && token.trim_end_matches(['"', '\'', ')', '”', '»']).ends_with(['.', '!', '?', ':']) {
                counts.sentences += 1;
                open = false;
            }
        }
        if open {
            counts.sentences += 1;
            open = false;
        }
    }
    counts
}

/// Groups of vowels, less a silent final `e`, and `-ed`, `-es` where they are not spoken. A number counts as one.
fn english_syllables(word: &str) -> usize {
    let word: String = word.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let letters: Vec<char> = word.chars().collect();
    let mut groups = 0;
    let mut before = false;
    for &letter in &letters {
        let is = vowel(letter);
        groups += usize::from(is && !before);
        before = is;
    }
    let consonant_at =
        |back: usize| letters.len().checked_sub(back).and_then(|at| letters.get(at)).is_some_and(|c| !vowel(*c));
    let silent_e = word.ends_with('e') && consonant_at(2) && !(word.ends_with("le") && consonant_at(3));
    let silent_ed = word.ends_with("ed") && !word.ends_with("ted") && !word.ends_with("ded") && consonant_at(3);
    let silent_es = word.ends_with("es")
        && !(word.ends_with("les") && consonant_at(4))
        && consonant_at(3)
        && !["ses", "zes", "xes", "ches", "shes", "ges", "ces"].iter().any(|end| word.ends_with(end));
    groups.saturating_sub(usize::from(silent_e || silent_ed || silent_es)).max(1)
}

/// Spanish: vowels, less one for each diphthong (a weak unaccented vowel beside another vowel).
fn spanish_syllables(word: &str) -> usize {
    let letters: Vec<char> = word.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let strong = |c: char| matches!(c, 'a' | 'e' | 'o' | 'á' | 'é' | 'ó' | 'í' | 'ú');
    let weak = |c: char| matches!(c, 'i' | 'u' | 'ü' | 'y');
    let mut groups = 0;
    let mut before: Option<char> = None;
    for (at, &letter) in letters.iter().enumerate() {
        let next = letters.get(at + 1).copied();
        // The silent u of que, gui.
        let silent = letter == 'u' && matches!(before, Some('q' | 'g')) && matches!(next, Some('e' | 'i' | 'é' | 'í'));
        // y is a vowel at the end of a word only.
        let vowel = !silent && (strong(letter) || (weak(letter) && (letter != 'y' || next.is_none())));
        if vowel {
            let joined = before.is_some_and(|last| {
                (weak(last) && last != 'y' && (strong(letter) || weak(letter)) && !matches!(letter, 'í' | 'ú'))
                    || (strong(last) && weak(letter) && !matches!(last, 'í' | 'ú'))
            });
            groups += usize::from(!joined);
        }
        before = if silent { None } else { Some(letter) };
    }
    groups.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_words_are_counted() {
        for (word, expected) in [
            ("cat", 1),
            ("water", 2),
            ("medicine", 3),
            ("called", 1),
            ("wanted", 2),
            ("little", 2),
            ("times", 1),
            ("visit", 2),
            ("ankles", 2),
            ("hospital", 3),
            ("20", 1),
            ("pages", 2),
            ("we", 1),
            ("appointment", 3),
        ] {
            assert_eq!(english_syllables(word), expected, "{word}");
        }
    }

    #[test]
    fn spanish_words_are_counted() {
        for (word, expected) in [
            ("cita", 2),
            ("medicina", 4),
            ("médico", 3),
            ("llámenos", 3),
            ("que", 1),
            ("guía", 2),
            ("día", 2),
            ("ciudad", 2),
            ("bueno", 2),
            ("hoy", 1),
            ("mensaje", 3),
            ("cambiamos", 3),
            ("usted", 2),
            ("teléfono", 4),
            ("seguro", 3),
        ] {
            assert_eq!(spanish_syllables(word), expected, "{word}");
        }
    }

    #[test]
    fn plain_sentences_score_as_plain() {
        assert!(grade("Check your ankles for swelling each morning. Call us if they get big.").unwrap() < 4.0);
        assert!(grade("Please be advised that noncompliance with the prescribed pharmacological regimen necessitates reevaluation.").unwrap() > 12.0);
        assert!(inflesz("Llámenos si le falta el aire. Podemos ayudar.").unwrap() > 70.0);
        assert!(inflesz("Se le comunica la imprescindible reprogramación de los procedimientos administrativos correspondientes.").unwrap() < 30.0);
        assert_eq!((grade(""), inflesz(" . ")), (None, None));
    }

    #[test]
    fn titles_and_decimals_end_no_sentence() {
        let counts = count("You see Dr. Cho at 3.5 miles. Bring your list.", english_syllables);
        assert_eq!((counts.sentences, counts.words), (2, 10));
    }
}
