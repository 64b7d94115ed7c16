//! A person's name: which words are given, middle and family, and what is no name at all.

use super::name::{Name, hash32};
use super::text::words;
use crate::compare::letters::distance;

/// The most words kept of each part.
const PART_LIMIT: usize = 4;

/// A name taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonName {
    /// The first given name; none when it was missing or a placeholder.
    pub given: Option<Name>,
    pub middle: Vec<Name>,
    /// Every surname in order: two for many people, one for most.
    pub family: Vec<Name>,
    pub generation: Generation,
    /// "Baby Boy": named by the ward, not yet by the parents.
    pub is_newborn: bool,
    /// Twin A is 1, twin B is 2; zero when not said.
    pub birth_order: u8,
    /// What numbers stand in the name ("Ward 7", "Bench-12"), as one hash; zero for none.
    pub numbers: u32,
    /// What stands as a suffix and is neither generation nor degree, as one hash; zero for none.
    pub ending: u32,
}

/// Junior, senior, the third. A first and a senior are the same place in line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    #[default]
    Unsaid,
    Senior,
    Junior,
    Third,
    Fourth,
    Fifth,
}

impl Generation {
    /// Reads a word of a field for suffixes, where a bare number and further words can mean nothing else.
    fn read_suffix(word: &str) -> Option<Self> {
        Self::read(word).or(match word {
            "1" | "elder" | "padre" => Some(Self::Senior),
            "2" | "younger" | "hijo" | "filho" => Some(Self::Junior),
            "3" | "neto" => Some(Self::Third),
            "4" => Some(Self::Fourth),
            "5" => Some(Self::Fifth),
            _ => None,
        })
    }

    /// Reads a suffix word.
    pub fn read(word: &str) -> Option<Self> {
        Some(match word {
            "sr" | "senior" | "i" | "1st" => Self::Senior,
            "jr" | "junior" | "jnr" | "ii" | "2nd" => Self::Junior,
            "iii" | "3rd" => Self::Third,
            "iv" | "4th" => Self::Fourth,
            "v" | "5th" => Self::Fifth,
            _ => return None,
        })
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Unsaid => "no suffix",
            Self::Senior => "Sr",
            Self::Junior => "Jr",
            Self::Third => "III",
            Self::Fourth => "IV",
            Self::Fifth => "V",
        }
    }
}

/// Takes a name apart. The parts may stand in the wrong fields: "SMITH JR, JOHN A" in one field is read as well.
pub fn person_name(given: &str, middle: &str, family: &str, suffix: &str) -> PersonName {
    let (given, family) = comma_order(given, family);
    let mut name = PersonName::default();
    let mut given_words = words(given);
    let mut family_words = words(family);
    let mut endings = Vec::new();
    for word in words(suffix) {
        match Generation::read_suffix(&word) {
            Some(read) => name.generation = read,
            None if is_degree(&word) || matches!(word.as_str(), "the" | "el" | "o") => {}
            None => endings.push(word),
        }
    }
    name.ending = hash_of(endings);
    drop_titles(&mut given_words);
    drop_titles(&mut family_words);
    take_suffixes(&mut family_words, &mut name.generation);
    if given_words.len() > 1 {
        take_suffixes(&mut given_words, &mut name.generation);
    }
    take_newborn(&mut given_words, &mut name);
    let is_doe = family_words.first().is_some_and(|word| word == "doe" || is_placeholder(word));
    given_words.retain(|word| {
        let is_doe_given = is_doe && matches!(word.as_str(), "john" | "jane");
        !is_doe_given && !is_placeholder(word)
    });
    family_words.retain(|word| {
        let is_stand_in = word == "doe" && given_words.is_empty();
        !is_stand_in && !is_placeholder(word)
    });
    if family_words.is_empty() && given_words.len() == 1 {
        split_han(&mut given_words, &mut family_words);
    } else if family_words.is_empty() && given_words.len() > 1 {
        // A whole name in the given field: the last word is the surname.
        family_words.extend(given_words.pop());
    }
    name.numbers = numbers_in(given_words.iter().chain(&words(middle)).chain(&family_words));
    let mut given_words = given_words.into_iter();
    name.given = given_words.next().map(|word| Name::given(&word));
    let rest = given_words.chain(words(middle).into_iter().filter(|word| !is_placeholder(word)));
    name.middle = rest.take(PART_LIMIT).map(|word| Name::given(&word)).collect();
    name.family = surnames(&family_words);
    name
}

/// Surnames with their particles: "de la Cruz" is Cruz, "Mac Donald" is MacDonald, "van der Berg" is one word.
pub fn surnames(family: &[String]) -> Vec<Name> {
    let mut names = Vec::new();
    let mut prefix = String::new();
    for (at, word) in family.iter().enumerate() {
        let is_last = at + 1 == family.len();
        match word.as_str() {
            "de" | "del" | "la" | "las" | "los" | "y" | "e" | "da" | "das" | "dos" | "di" | "al" | "el" | "bin"
            | "ibn" | "bint" | "ben" | "dela"
                if !is_last => {}
            "mc" | "mac" | "o" | "van" | "von" | "der" | "den" | "ter" | "ten" | "st" | "saint" | "san" | "santa"
            | "le" | "fitz"
                if !is_last =>
            {
                prefix.push_str(word);
            }
            _ => {
                prefix.push_str(word);
                names.push(Name::new(&prefix));
                prefix.clear();
            }
        }
    }
    names.truncate(PART_LIMIT);
    names
}

/// "Smith, John" in either field gives both parts.
fn comma_order<'a>(given: &'a str, family: &'a str) -> (&'a str, &'a str) {
    let whole = match (given.trim().is_empty(), family.trim().is_empty()) {
        (true, false) => family,
        (false, true) => given,
        _ => return (given, family),
    };
    match whole.split_once(',') {
        Some((family, given)) if !family.trim().is_empty() && Generation::read(given.trim()).is_none() => {
            (given, family)
        }
        _ => (given, family),
    }
}

fn drop_titles(words: &mut Vec<String>) {
    while words.len() > 1
        && matches!(words[0].as_str(), "mr" | "mrs" | "ms" | "miss" | "mx" | "dr" | "prof" | "rev" | "sra")
    {
        words.remove(0);
    }
}

/// Takes "Jr" and degrees off the end; a name that is only that keeps it.
fn take_suffixes(words: &mut Vec<String>, generation: &mut Generation) {
    while words.len() > 1 {
        let last = words.last().map(String::as_str).unwrap_or_default();
        // One letter at the end of a name is an initial sooner than a number.
        if let Some(read) = Generation::read(last).filter(|_| last.len() > 1) {
            if *generation == Generation::Unsaid {
                *generation = read;
            }
        } else if !is_degree(last) {
            return;
        }
        words.pop();
    }
}

fn is_degree(word: &str) -> bool {
    matches!(
        word,
        "md" | "phd" | "rn" | "esq" | "dds" | "dvm" | "pa" | "np" | "do" | "jd" | "mba" | "ma" | "ba" | "bs" | "ms"
    )
}

/// The numbers at the ends of words: "Bench12", "Ward 7". A digit inside a word is a slip of the finger.
fn numbers_in<'w>(words: impl Iterator<Item = &'w String>) -> u32 {
    let number = |word: &String| {
        let digits = word.trim_start_matches(|c: char| !c.is_ascii_digit());
        let digits = if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits } else { "" };
        let digits = digits.trim_start_matches('0');
        (!digits.is_empty()).then(|| digits.to_owned())
    };
    hash_of(words.filter_map(number).collect())
}

/// One number for several words, whatever their order; zero for none.
fn hash_of(mut words: Vec<String>) -> u32 {
    words.sort_unstable();
    if words.is_empty() { 0 } else { hash32(words.join(" ").as_bytes()).max(1) }
}

/// "Baby Boy B", "BB Jane", "Newborn Girl": no given name, perhaps a birth order.
fn take_newborn(given: &mut Vec<String>, name: &mut PersonName) {
    // "BB1 Jane" is "BB 1 Jane".
    let (first, number) = given.first().map_or(("", ""), |word| {
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
        (bare, word.get(bare.len()..).unwrap_or_default())
    });
    let second = given.get(1).map(String::as_str).unwrap_or_default();
    let is_place = |word: &str| word.len() == 1 || birth_order(word) != 0;
    let is_ward_name = matches!(first, "babyboy" | "babygirl" | "newborn" | "infant" | "bb" | "bg" | "baby" | "nb")
        || (matches!(first, "boy" | "girl" | "male" | "female") && (second.is_empty() || is_place(second)))
        || (matches!(first, "twin" | "triplet") && (is_place(second) || !number.is_empty()));
    let is_misspelt = (matches!(second, "boy" | "girl") && distance(first.as_bytes(), b"baby") <= 1)
        || (first == "baby" && !second.is_empty());
    if !is_ward_name && !is_misspelt {
        return;
    }
    name.is_newborn = true;
    let last = given.last().map(String::as_str).unwrap_or_default();
    name.birth_order = match birth_order(last) {
        0 => birth_order(number),
        order => order,
    };
    given.clear();
}

fn birth_order(word: &str) -> u8 {
    match word {
        "a" | "1" | "one" | "first" => 1,
        "b" | "2" | "two" | "second" => 2,
        "c" | "3" | "three" | "third" => 3,
        "d" | "4" | "four" | "fourth" => 4,
        _ => 0,
    }
}

/// Words that stand for "no name known".
fn is_placeholder(word: &str) -> bool {
    matches!(
        word,
        "unknown"
            | "unk"
            | "unknow"
            | "none"
            | "na"
            | "nfn"
            | "nln"
            | "nmn"
            | "fnu"
            | "lnu"
            | "anonymous"
            | "patient"
            | "test"
            | "null"
            | "nil"
            | "noname"
            | "xxx"
            | "xx"
            | "refused"
            | "unidentified"
    )
}

/// A Chinese name in one field: the first character is the surname.
fn split_han(given: &mut [String], family: &mut Vec<String>) {
    let Some(whole) = given.first_mut() else { return };
    let count = whole.chars().count();
    if !(2..=4).contains(&count) || !whole.chars().all(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c)) {
        return;
    }
    let cut = whole.chars().next().map_or(0, char::len_utf8);
    let rest = whole.split_off(cut);
    family.push(std::mem::replace(whole, rest));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// given / middle / family, words joined by blanks.
    fn check(fields: [&str; 4], expect: &str) {
        let name = person_name(fields[0], fields[1], fields[2], fields[3]);
        let join = |names: &[Name]| names.iter().map(Name::text).collect::<Vec<_>>().join(" ");
        let given = name.given.map(|given| given.text()).unwrap_or_default();
        let mut text = format!("{given}/{}/{}", join(&name.middle), join(&name.family));
        if name.generation != Generation::Unsaid {
            text.push(' ');
            text.push_str(name.generation.label());
        }
        if name.is_newborn {
            text.push_str(&format!(" newborn {}", name.birth_order));
        }
        assert_eq!(text, expect, "{fields:?}");
    }

    #[test]
    fn parts_are_found_where_they_stand() {
        check(["Mary Ann", "", "Smith", ""], "mary/ann/smith");
        check(["", "", "SMITH JR, JOHN A", ""], "john/a/smith Jr");
        check(["Dr. José", "", "García López", ""], "jose//garcia lopez");
        check(["John", "Q", "Smith III", ""], "john/q/smith III");
        check(["John", "", "Smith", "Jr."], "john//smith Jr");
        check(["Ana", "", "de la Cruz", ""], "ana//cruz");
        check(["Ian", "", "Mac Donald", ""], "ian//macdonald");
        check(["王小明", "", "", ""], "小明//王");
        check(["Suharto", "", "", ""], "suharto//");
        check(["", "", "Le", ""], "//le");
    }

    #[test]
    fn placeholders_are_no_names() {
        check(["Unknown", "", "Doe", ""], "//");
        check(["John", "", "Doe", ""], "//");
        check(["Mary", "", "Doe", ""], "mary//doe");
        check(["Baby Boy", "", "Jones", ""], "//jones newborn 0");
        check(["BABYGIRL B", "", "Jones", ""], "//jones newborn 2");
        check(["Bab Boy", "", "Jones", ""], "//jones newborn 0");
        check(["Twin A", "", "Jones", ""], "//jones newborn 1");
    }

    #[test]
    fn a_junior_by_given_name_keeps_it() {
        check(["Junior", "", "Reyes", ""], "junior//reyes");
        check(["", "", "Senior", ""], "//senior");
    }
}
