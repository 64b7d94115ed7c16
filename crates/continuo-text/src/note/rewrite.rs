//! Puts what was said into the third person, drops hesitations, writes plain numbers as digits. Facts stay as said.

use super::pieces::Piece;
use crate::number_words;
use crate::token::{Kind, Tokens};
use crate::transcript::Speaker;
use continuo_fhir::letters::capital;

/// How the patient is spoken of.
pub(super) struct Who {
    subject: &'static str,
    possessive: &'static str,
    object: &'static str,
}

impl Who {
    /// "She" or "he" only where the conversation says so in the clinician's words; else "the patient".
    pub(super) fn find(_dialogue: &str, pieces: &[Piece<'_>]) -> Self {
        for piece in pieces.iter().filter(|p| p.speaker != Speaker::Patient).take(40) {
            let tokens = Tokens::new(piece.text);
            let old = (0..tokens.len()).any(|i| matches!(tokens.norm(i), "old" | "pleasant" | "gentleman" | "lady"));
            if !old {
                continue;
            }
            for i in 0..tokens.len() {
                match tokens.norm(i) {
                    "female" | "woman" | "lady" | "girl" => {
                        return Self { subject: "she", possessive: "her", object: "her" };
                    }
                    "male" | "man" | "gentleman" | "boy" => {
                        return Self { subject: "he", possessive: "his", object: "him" };
                    }
                    _ => {}
                }
            }
        }
        Self { subject: "the patient", possessive: "the patient's", object: "the patient" }
    }

    /// The subject at a sentence's start.
    pub(super) fn subject_capital(&self) -> &'static str {
        match self.subject {
            "she" => "She",
            "he" => "He",
            _ => "The patient",
        }
    }
}

fn is_hesitation(word: &str, next: &str) -> bool {
    matches!(
        word,
        "uh" | "um"
            | "hmm"
            | "hm"
            | "mm"
            | "ah"
            | "oh"
            | "mhm"
            | "hmmm"
            | "yeah"
            | "okay"
            | "ok"
            | "alright"
            | "kinda"
            | "yep"
            | "huh"
            | "er"
            | "gosh"
            | "wow"
    ) || word == "you" && next == "know"
}

/// Words that open a turn and say nothing: "so", "well", "all right"; "no" only before a full answer.
fn is_opener(word: &str, next: &str) -> bool {
    match word {
        "all" => next == "right",
        "no" => matches!(next, "i" | "it" | "," | ""),
        _ => matches!(
            word,
            "so" | "and" | "but" | "well" | "now" | "then" | "because" | "also" | "like" | "right" | "yes"
        ),
    }
}

/// The piece as a sentence of the note; nothing when no words are left.
pub(super) fn sentence(piece: &Piece<'_>, who: &Who) -> Option<String> {
    let tokens = Tokens::new(piece.text);
    let source = |i: usize| tokens.span(i, i + 1).of(piece.text);
    let doctor = piece.speaker != Speaker::Patient;
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let (word, next) = (tokens.norm(at), tokens.norm(at + 1));
        if matches!(tokens.kind(at), Kind::Mark | Kind::Break) {
            if matches!(word, "/" | "%" | "-") && !out.is_empty() {
                out.push(source(at).to_owned());
            }
            at += 1;
            continue;
        }
        if tokens.kind(at) == Kind::Comma {
            if out.last().is_some_and(|w| w != ",") {
                out.push(",".to_owned());
            }
            at += 1;
            continue;
        }
        // "one oh one": a nought, and no hesitation
        if let Some(spoken) = long_number(&tokens, at) {
            // what left its hundred out stays as it was said, with its nought
            let words = tokens.span(spoken.from, spoken.to).of(piece.text);
            out.push(if spoken.elided { words.to_owned() } else { spoken.value.clone() });
            at = spoken.to;
            continue;
        }
        if is_hesitation(word, next) {
            at += if word == "you" { 2 } else { 1 };
            continue;
        }
        if out.is_empty() && is_opener(word, next) {
            at += if word == "all" { 2 } else { 1 };
            continue;
        }
        // said twice in a row
        let counts = number_words::english(word).is_some();
        if word == next && tokens.kind(at) == Kind::Word && !counts {
            at += 1;
            continue;
        }
        if let Some((number, used)) = number(&tokens, at) {
            out.push(number);
            at += used;
            continue;
        }
        let (words, used) = phrase(&tokens, at, who, doctor).unwrap_or_else(|| (source(at).to_owned(), 1));
        if !words.is_empty() {
            out.push(words);
        }
        at += used;
    }
    while out.last().is_some_and(|w| w == "," || matches!(w.as_str(), "and" | "so" | "but" | "or" | "then" | "because"))
    {
        out.pop();
    }
    if out.len() < 3 {
        return None;
    }
    let mut text = String::new();
    for word in out {
        let tight = matches!(word.as_str(), "," | "%") || word.starts_with('\'');
        if !text.is_empty() && !tight {
            text.push(' ');
        }
        text.push_str(&word);
    }
    text = capital(&text);
    text.push('.');
    Some(text)
}

/// Pronouns, verbs and turns of speech, with the tokens they take.
fn phrase(tokens: &Tokens, at: usize, who: &Who, doctor: bool) -> Option<(String, usize)> {
    let n = |i: usize| tokens.norm(at + i);
    let s = who.subject;
    let own = |text: &str, used: usize| Some((text.to_owned(), used));
    match (n(0), n(1), n(2)) {
        (
            "do" | "does" | "did" | "is" | "was" | "are" | "have" | "has" | "had" | "ca" | "wo" | "would" | "could"
            | "should",
            "nt",
            _,
        ) => {
            let verb = match n(0) {
                "ca" => "cannot",
                "wo" => "will not",
                "do" => {
                    if doctor {
                        "do not"
                    } else {
                        "does not"
                    }
                }
                "does" => "does not",
                "did" => "did not",
                "is" => "is not",
                "was" => "was not",
                "are" => "are not",
                "have" | "has" => "has not",
                "had" => "had not",
                "would" => "would not",
                "could" => "could not",
                _ => "should not",
            };
            return own(verb, 2);
        }
        ("nt", ..) => return own("not", 1),
        ("gon" | "wan", "na", _) => return own(if n(0) == "gon" { "going to" } else { "want to" }, 2),
        ("gonna", ..) => return own("going to", 1),
        ("wanna", ..) => return own("want to", 1),
        ("milligrams" | "milligram", ..) => return own("mg", 1),
        _ => {}
    }
    if doctor {
        return match (n(0), n(1), n(2)) {
            ("im", "gon", "na") | ("im", "going", "to") if n(3) == "go" && n(4) == "ahead" && n(5) == "and" => {
                own("we will", 6)
            }
            ("im", "gon", "na") | ("im", "going", "to") => own("we will", 3),
            ("i", "wan", "na") if n(3) == "go" && n(4) == "ahead" && n(5) == "and" => own("we will", 6),
            ("i", "wan", "na") => own("we will", 3),
            ("i", "want", "you") if n(3) == "to" => Some((format!("{s} should"), 4)),
            ("i", "would", "like") if n(3) == "you" && n(4) == "to" => Some((format!("{s} should"), 5)),
            ("id", "like", "you") if n(3) == "to" => Some((format!("{s} should"), 4)),
            ("were", "gon", "na") | ("were", "going", "to") if n(3) == "go" && n(4) == "ahead" && n(5) == "and" => {
                own("we will", 6)
            }
            ("were", "gon", "na") | ("were", "going", "to") => own("we will", 3),
            ("lets", "go", "ahead") if n(3) == "and" => own("we will", 4),
            ("lets", ..) => own("we will", 1),
            ("well", v, _) if v == "go" && n(2) == "ahead" && n(3) == "and" => own("we will", 4),
            ("well", "do" | "get" | "have" | "check" | "start" | "see" | "order", _) => own("we will", 1),
            ("ill", ..) => own("I will", 1),
            ("youre", ..) => Some((format!("{s} is"), 1)),
            ("youve", ..) => Some((format!("{s} has"), 1)),
            ("you", "are", _) => Some((format!("{s} is"), 2)),
            ("you", "have", _) => Some((format!("{s} has"), 2)),
            ("you", "were", _) => Some((format!("{s} was"), 2)),
            ("you", "havent", _) => Some((format!("{s} has not"), 2)),
            ("you", "dont", _) => Some((format!("{s} does not"), 2)),
            // "if you need it", but "can you take it"
            ("you", verb, _)
                if third(verb).is_some()
                    && !matches!(
                        tokens.norm(at.wrapping_sub(1)),
                        "can"
                            | "could"
                            | "would"
                            | "should"
                            | "will"
                            | "do"
                            | "did"
                            | "does"
                            | "let"
                            | "make"
                            | "help"
                            | "have"
                            | "want"
                            | "may"
                            | "might"
                            | "must"
                            | "to"
                            | "before"
                            | "like"
                            | "see"
                    ) =>
            {
                Some((format!("{s} {}", third(verb).unwrap_or(verb)), 2))
            }
            ("you", "do", "nt") => Some((format!("{s} does not"), 3)),
            ("you", ..) => Some(((if at == 0 || is_subject(n(1)) { s } else { who.object }).to_owned(), 1)),
            ("your", ..) => own(if at == 0 { "the" } else { who.possessive }, 1),
            _ => None,
        };
    }
    match (n(0), n(1), n(2)) {
        ("im", ..) => Some((format!("{s} is"), 1)),
        ("ive", ..) => Some((format!("{s} has"), 1)),
        ("id", ..) => Some((format!("{s} would"), 1)),
        ("ill", ..) => Some((format!("{s} will"), 1)),
        ("i", "am", _) => Some((format!("{s} is"), 2)),
        ("i", "have", _) => Some((format!("{s} has"), 2)),
        ("i", "do", "nt") => Some((format!("{s} does not"), 3)),
        ("i", "dont", _) => Some((format!("{s} does not"), 2)),
        ("i", "havent", _) => Some((format!("{s} has not"), 2)),
        ("i", verb, _) if third(verb).is_some() => Some((format!("{s} {}", third(verb).unwrap_or(verb)), 2)),
        ("i", ..) => Some((s.to_owned(), 1)),
        ("my", ..) => own(who.possessive, 1),
        ("me", ..) => own(who.object, 1),
        ("myself", ..) => Some((format!("{}self", who.object), 1))
            .filter(|_| who.object == "her" || who.object == "him")
            .or_else(|| own("themselves", 1)),
        _ => None,
    }
}

fn is_subject(next: &str) -> bool {
    !matches!(
        next,
        "" | ","
            | "on"
            | "to"
            | "for"
            | "with"
            | "in"
            | "back"
            | "at"
            | "and"
            | "up"
            | "about"
            | "today"
            | "again"
            | "some"
            | "a"
            | "the"
            | "an"
            | "off"
    )
}

fn third(verb: &str) -> Option<&'static str> {
    Some(match verb {
        "take" => "takes",
        "feel" => "feels",
        "get" => "gets",
        "think" => "thinks",
        "want" => "wants",
        "need" => "needs",
        "use" => "uses",
        "work" => "works",
        "try" => "tries",
        "notice" => "notices",
        "go" => "goes",
        "see" => "sees",
        "live" => "lives",
        "drink" => "drinks",
        "smoke" => "smokes",
        "eat" => "eats",
        "like" => "likes",
        "know" => "knows",
        "do" => "does",
        "sleep" => "sleeps",
        "walk" => "walks",
        "run" => "runs",
        "wake" => "wakes",
        "climb" => "climbs",
        "stand" => "stands",
        "sit" => "sits",
        "bend" => "bends",
        "lift" => "lifts",
        "cough" => "coughs",
        "breathe" => "breathes",
        "wheeze" => "wheezes",
        "swallow" => "swallows",
        "urinate" => "urinates",
        "check" => "checks",
        "measure" => "measures",
        "exercise" => "exercises",
        "cook" => "cooks",
        "come" => "comes",
        "say" => "says",
        "call" => "calls",
        "move" => "moves",
        "turn" => "turns",
        "drive" => "drives",
        "remember" => "remembers",
        "believe" => "believes",
        "worry" => "worries",
        "stay" => "stays",
        "keep" => "keeps",
        "give" => "gives",
        "watch" => "watches",
        "wear" => "wears",
        "miss" => "misses",
        "forget" => "forgets",
        "bleed" => "bleeds",
        "vomit" => "vomits",
        "faint" => "faints",
        "fall" => "falls",
        "lie" => "lies",
        "love" => "loves",
        "enjoy" => "enjoys",
        "hope" => "hopes",
        "help" => "helps",
        "stretch" => "stretches",
        "push" => "pushes",
        "carry" => "carries",
        "snore" => "snores",
        "qualify" => "qualifies",
        "coach" => "coaches",
        "develop" => "develops",
        "start" => "starts",
        "stop" => "stops",
        "change" => "changes",
        "experience" => "experiences",
        "lose" => "loses",
        "gain" => "gains",
        _ => return None,
    })
}

/// A number of several words that cannot be several numbers: with a nought in it ("one oh one"), in hundreds, or over another
/// ("one thirty eight over eighty two").
fn long_number(tokens: &Tokens, at: usize) -> Option<crate::spoken::Spoken> {
    let found = crate::spoken::at(tokens, at)?;
    let has = |words: &[&str]| (found.from..found.to).any(|i| words.contains(&tokens.norm(i)));
    let over = tokens.norm(found.to) == "over" && crate::spoken::at(tokens, found.to + 1).is_some()
        || at > 0
            && tokens.norm(at - 1) == "over"
            && at >= 2
            && !matches!(tokens.norm(at - 2), "all" | "start" | "well");
    (found.to > at + 1 && (has(&["oh", "o"]) && found.elided || has(&["hundred", "thousand"]))
        || over && found.value.len() > 1)
        .then_some(found)
}

/// Number words before a unit as digits: "twenty five milligrams", "zero point four milligrams", "six weeks".
fn number(tokens: &Tokens, at: usize) -> Option<(String, usize)> {
    let mut value = 0u32;
    let mut used = 0;
    let mut decimal: Option<u32> = None;
    loop {
        let word = tokens.norm(at + used);
        if let Some(tens) = number_words::tens(word) {
            if used > 0 {
                return None;
            }
            value = tens;
        } else if let Some(ones) = number_words::under_twenty(word) {
            match used {
                0 => value = ones,
                1 if value >= 20 && value.is_multiple_of(10) && value < 100 && (1..10).contains(&ones) => value += ones,
                _ => return None,
            }
        } else if word == "hundred" && used == 1 && value < 10 && value > 0 {
            value *= 100;
        } else if word == "point" && used > 0 {
            decimal = Some(number_words::under_twenty(tokens.norm(at + used + 1))?);
            used += 2;
            break;
        } else {
            break;
        }
        used += 1;
    }
    if used == 0 || !is_unit(tokens.norm(at + used)) {
        return None;
    }
    Some((decimal.map_or_else(|| value.to_string(), |d| format!("{value}.{d}")), used))
}

fn is_unit(word: &str) -> bool {
    matches!(
        word,
        "milligrams"
            | "milligram"
            | "mg"
            | "weeks"
            | "week"
            | "days"
            | "day"
            | "months"
            | "month"
            | "years"
            | "year"
            | "hours"
            | "hour"
            | "percent"
            | "units"
            | "times"
            | "minutes"
            | "pounds"
            | "puffs"
            | "tablets"
            | "degrees"
            | "micrograms"
    )
}
