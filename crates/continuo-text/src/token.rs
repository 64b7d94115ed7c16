//! Words, numbers and sentence ends with their place in the text.
//!
//! Every engine of this crate reads this one form. Matching uses the folded form (lower case, no
//! accents, no apostrophes: `can't` is `cant`, `día` is `dia`); spans point into the original.

use crate::span::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Letters, or letters followed by digits (`a1c`).
    Word,
    /// Digits with decimal point or thousands commas.
    Number,
    /// End of a sentence or of a line.
    Break,
    /// A comma.
    Comma,
    /// Any other visible sign.
    Mark,
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    start: u32,
    end: u32,
    norm_start: u32,
    norm_end: u32,
    /// What it is.
    pub kind: Kind,
    /// A question mark that ends a sentence, or an accented yes ("sí" is not "si").
    marked: bool,
}

impl Token {
    /// Its place in the original text.
    pub fn span(&self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }
}

/// The tokens of one text.
#[derive(Debug, Default)]
pub struct Tokens {
    items: Vec<Token>,
    norm: String,
}

/// Words whose `'s` is a verb.
const CONTRACTED: &[&str] = &[
    "it",
    "he",
    "she",
    "that",
    "what",
    "who",
    "there",
    "here",
    "where",
    "how",
    "let",
    "when",
    "everything",
    "everyone",
];

/// Words whose full stop does not end a sentence.
const ABBREVIATIONS: &[&str] = &[
    "dr", "mr", "mrs", "ms", "st", "pt", "pts", "vs", "approx", "no", "dept", "jr", "sr", "fig", "resp", "inc", "prof",
    "sra", "srta",
];

impl Tokens {
    /// Reads `text`; takes time and space in proportion to its length, whatever it holds.
    pub fn new(text: &str) -> Self {
        Reader {
            text,
            out: Self {
                items: Vec::with_capacity(text.len().min(1 << 22) / 5 + 4),
                norm: String::with_capacity(text.len()),
            },
        }
        .run()
    }

    /// All tokens in order.
    pub fn items(&self) -> &[Token] {
        &self.items
    }

    /// Number of tokens.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The folded form of token `index`, empty when there is no such token.
    pub fn norm(&self, index: usize) -> &str {
        self.items.get(index).and_then(|t| self.norm.get(t.norm_start as usize..t.norm_end as usize)).unwrap_or("")
    }

    /// The kind of token `index`; beyond the end everything is a break.
    pub fn kind(&self, index: usize) -> Kind {
        self.items.get(index).map_or(Kind::Break, |t| t.kind)
    }

    /// Whether a question mark ends a sentence here.
    pub fn asks(&self, index: usize) -> bool {
        self.items.get(index).is_some_and(|t| t.marked && t.kind == Kind::Break)
    }

    /// Whether this is Spanish "sí" written with its accent: yes, and no if.
    pub fn is_accented_yes(&self, index: usize) -> bool {
        self.items.get(index).is_some_and(|t| t.marked && t.kind == Kind::Word)
    }

    /// The span that tokens `from..to` cover.
    pub fn span(&self, from: usize, to: usize) -> Span {
        match (self.items.get(from), to.checked_sub(1).and_then(|last| self.items.get(last))) {
            (Some(a), Some(b)) => Span::new(a.start as usize, b.end as usize),
            _ => Span::default(),
        }
    }

    /// First and one-past-last token that touch `span`.
    pub fn within(&self, span: Span) -> (usize, usize) {
        let from = self.items.partition_point(|t| t.end as usize <= span.start);
        let to = self.items.partition_point(|t| (t.start as usize) < span.end);
        (from, to.max(from))
    }

    /// Sentences as token ranges, the closing break left out.
    pub fn sentences(&self) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        let mut from = 0;
        for (i, t) in self.items.iter().enumerate() {
            if t.kind == Kind::Break {
                if i > from {
                    out.push((from, i));
                }
                from = i + 1;
            }
        }
        if from < self.items.len() {
            out.push((from, self.items.len()));
        }
        out
    }

    /// Reads tokens `from..to` as one number (said in words): the first carries it, the rest are stepped over.
    pub(crate) fn set_number(&mut self, from: usize, to: usize, value: &str) {
        for index in from..to {
            self.set_norm(index, if index == from { value } else { "" });
            if let Some(t) = self.items.get_mut(index) {
                t.kind = if index == from { Kind::Number } else { Kind::Mark };
            }
        }
    }

    /// Replaces the folded form of a word, keeping its place (spelling repair).
    pub fn set_norm(&mut self, index: usize, word: &str) {
        let start = self.norm.len() as u32;
        self.norm.push_str(word);
        if let Some(t) = self.items.get_mut(index) {
            t.norm_start = start;
            t.norm_end = self.norm.len() as u32;
        }
    }
}

/// Folds a letter: lower case, accents off. Letters beyond Latin stay as they are.
pub fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    match c {
        'á' | 'à' | 'ä' | 'â' | 'ã' | 'Á' | 'À' | 'Ä' | 'Â' | 'Ã' => 'a',
        'é' | 'è' | 'ë' | 'ê' | 'É' | 'È' | 'Ë' | 'Ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' | 'Í' | 'Ì' | 'Ï' | 'Î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' | 'Ó' | 'Ò' | 'Ö' | 'Ô' | 'Õ' => 'o',
        'ú' | 'ù' | 'ü' | 'û' | 'Ú' | 'Ù' | 'Ü' | 'Û' => 'u',
        'ñ' | 'Ñ' => 'n',
        'ç' | 'Ç' => 'c',
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// Folds a whole string, for comparing terms.
pub fn fold_str(text: &str) -> String {
    text.chars().filter(|c| !is_apostrophe(*c)).map(fold).collect()
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '`' | '\u{b4}')
}

struct Reader<'a> {
    text: &'a str,
    out: Tokens,
}

impl Reader<'_> {
    fn run(mut self) -> Tokens {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while at < bytes.len() && at < u32::MAX as usize - 8 {
            let Some(c) = self.text.get(at..).and_then(|rest| rest.chars().next()) else {
                at += 1;
                continue;
            };
            at = if c.is_alphabetic() {
                self.word(at)
            } else if c.is_ascii_digit() {
                self.number(at)
            } else {
                self.sign(at, c)
            };
        }
        self.out
    }

    fn push(&mut self, start: usize, end: usize, norm_start: usize, kind: Kind) {
        let norm_end = self.out.norm.len() as u32;
        self.out.items.push(Token {
            start: start as u32,
            end: end as u32,
            norm_start: norm_start as u32,
            norm_end,
            kind,
            marked: false,
        });
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..).and_then(|rest| rest.chars().next())
    }

    fn word(&mut self, start: usize) -> usize {
        let norm_start = self.out.norm.len();
        let mut at = start;
        let mut letters = 0;
        let mut apostrophe = None;
        while let Some(c) = self.char_at(at) {
            if c.is_alphanumeric() {
                self.out.norm.push(fold(c));
                letters += 1;
                at += c.len_utf8();
            } else if is_apostrophe(c) && self.char_at(at + c.len_utf8()).is_some_and(char::is_alphabetic) {
                apostrophe = Some(self.out.norm.len());
                at += c.len_utf8();
            } else if c == '.' && letters == 1 && self.initials_go_on(at + 1) {
                // p.o., b.i.d., a.m.: read as one word.
                at += 1;
                letters = 0;
            } else {
                break;
            }
        }
        // the power's -> power; it's and he's stay verbs
        if let Some(cut) = apostrophe
            && self.out.norm.get(cut..) == Some("s")
            && !self.out.norm.get(norm_start..cut).is_some_and(|base| CONTRACTED.contains(&base))
        {
            self.out.norm.truncate(cut);
        }
        self.push(start, at, norm_start, Kind::Word);
        self.mark(matches!(self.text.get(start..at), Some("sí" | "Sí" | "SÍ")));
        at
    }

    /// After `x.`: a single letter that is itself followed by a stop.
    fn initials_go_on(&self, at: usize) -> bool {
        let mut rest = self.text.get(at..).unwrap_or("").chars();
        rest.next().is_some_and(char::is_alphabetic) && rest.next() == Some('.')
    }

    fn number(&mut self, start: usize) -> usize {
        let norm_start = self.out.norm.len();
        let bytes = self.text.as_bytes();
        let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
        let mut at = start;
        let mut dotted = false;
        while at < bytes.len() {
            if digit(at) {
                self.out.norm.push(char::from(bytes[at]));
            } else if bytes[at] == b'.' && !dotted && digit(at + 1) {
                dotted = true;
                self.out.norm.push('.');
            } else if bytes[at] == b',' && !dotted && digit(at + 1) && digit(at + 2) && digit(at + 3) && !digit(at + 4)
            {
                // a thousands comma is part of the number
            } else {
                break;
            }
            at += 1;
        }
        self.push(start, at, norm_start, Kind::Number);
        at
    }

    fn sign(&mut self, at: usize, c: char) -> usize {
        let end = at + c.len_utf8();
        let norm_start = self.out.norm.len();
        match c {
            '\n' | '\r' => {
                if self.out.items.last().is_none_or(|t| t.kind != Kind::Break) {
                    self.push(at, end, norm_start, Kind::Break);
                }
            }
            // "?UTI": doubt before a word, and no end of a sentence
            '?' if self.char_at(end).is_some_and(char::is_alphabetic) && self.is_at_start(at) => {
                self.out.norm.push('?');
                self.push(at, end, norm_start, Kind::Mark);
            }
            '!' | '?' | '\u{2026}' => {
                self.push(at, end, norm_start, Kind::Break);
                self.mark(c == '?');
            }
            '.' => {
                if self.ends_sentence(end) {
                    self.push(at, end, norm_start, Kind::Break);
                }
            }
            ',' => {
                self.out.norm.push(',');
                self.push(at, end, norm_start, Kind::Comma);
            }
            '-' if self.between_letters(at, end) => {}
            _ if c.is_whitespace() || c.is_control() || is_apostrophe(c) || matches!(c, '\u{bf}' | '\u{a1}') => {}
            _ => {
                self.out.norm.push(c);
                self.push(at, end, norm_start, Kind::Mark);
            }
        }
        end
    }

    fn mark(&mut self, marked: bool) {
        if let Some(last) = self.out.items.last_mut() {
            last.marked = marked;
        }
    }

    /// Nothing, white space or a bracket stands before.
    fn is_at_start(&self, at: usize) -> bool {
        self.text.get(..at).and_then(|before| before.chars().next_back()).is_none_or(|c| c.is_whitespace() || c == '(')
    }

    fn between_letters(&self, at: usize, end: usize) -> bool {
        self.out.items.last().is_some_and(|t| t.end as usize == at && t.kind == Kind::Word)
            && self.char_at(end).is_some_and(char::is_alphabetic)
    }

    fn ends_sentence(&self, after: usize) -> bool {
        let rest = self.text.get(after..).unwrap_or("");
        let mut chars = rest.chars();
        match chars.next() {
            None | Some('\n' | '\r' | '"' | ')') => return true,
            Some(c) if !c.is_whitespace() => {
                return c.is_uppercase() && self.out.items.last().is_some_and(|t| t.end - t.start > 2);
            }
            Some(_) => {}
        }
        let Some(index) = self.out.items.len().checked_sub(1) else { return false };
        let last = self.out.norm(index);
        // "no. 5" is a number, "No. It is my usual migraine" an answer
        let numbered = chars.clone().find(|c| !c.is_whitespace()).is_some_and(|c| c.is_ascii_digit());
        if ABBREVIATIONS.contains(&last) && (last != "no" || numbered) {
            return false;
        }
        // a dotted short form (p.o., a.m.) or an initial ends a sentence only before a capital
        let short =
            self.out.items.get(index).is_some_and(|t| t.kind == Kind::Word && t.span().of(self.text).contains('.'))
                || last.len() == 1;
        !short || chars.find(|c| !c.is_whitespace()).is_none_or(char::is_uppercase)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let t = Tokens::new(text);
        (0..t.len()).map(|i| if t.kind(i) == Kind::Break { "|".to_owned() } else { t.norm(i).to_owned() }).collect()
    }

    #[test]
    fn words_numbers_and_breaks() {
        assert_eq!(
            words("I can't breathe. BP 104/60, 2.5mg p.o. b.i.d. daily"),
            ["i", "cant", "breathe", "|", "bp", "104", "/", "60", ",", "2.5", "mg", "po", "bid", "daily"]
        );
        assert_eq!(
            words("Dr. Smith saw light-headed Pt. today.\nA1c 1,200"),
            ["dr", "smith", "saw", "light", "headed", "pt", "today", "|", "a1c", "1200"]
        );
        assert_eq!(words("¿Qué día? ¡Sí!"), ["que", "dia", "|", "si", "|"]);
        assert_eq!(words("No. It hurts. See no. 5"), ["no", "|", "it", "hurts", "|", "see", "no", "5"]);
    }

    #[test]
    fn spans_hold_the_words() {
        let text = "El niño can\u{2019}t eat; 3.5 lb";
        let t = Tokens::new(text);
        let got: Vec<&str> = t.items().iter().map(|x| x.span().of(text)).collect();
        assert_eq!(got, ["El", "niño", "can\u{2019}t", "eat", ";", "3.5", "lb"]);
    }

    #[test]
    fn odd_input_is_read_without_harm() {
        for text in ["", "\0\u{1}\u{7f}", "....", "'''", "1.2.3.4,5", "\u{feff}日本語 text", "a.b.c.d", "<b>x</b>"] {
            let t = Tokens::new(text);
            for item in t.items() {
                assert!(!item.span().of(text).is_empty());
            }
        }
    }
}
