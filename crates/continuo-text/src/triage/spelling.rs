//! Repairs what thumbs type: short forms, and one slip in a word that triage knows.
//!
//! Only the folded form changes; spans still point at what was typed.

use std::sync::LazyLock;

use super::knowledge::KNOWLEDGE;
use crate::token::{Kind, Tokens};

/// Short forms and sound spellings that one slip does not explain.
const SHORT: &[(&str, &str)] = &[
    ("u", "you"),
    ("ur", "your"),
    ("n", "and"),
    ("r", "are"),
    ("pls", "please"),
    ("plz", "please"),
    ("cuz", "because"),
    ("bc", "because"),
    ("w", "with"),
    ("wk", "week"),
    ("wks", "weeks"),
    ("hrs", "hours"),
    ("hr", "hr"),
    ("creat", "creat"),
    ("mins", "minutes"),
    ("enuff", "enough"),
    ("enuf", "enough"),
    ("werking", "working"),
    ("workin", "working"),
    ("talkin", "talking"),
    ("goin", "going"),
    ("bleedin", "bleeding"),
    ("breathin", "breathing"),
    ("throwin", "throwing"),
    ("puttin", "putting"),
    ("feelin", "feeling"),
    ("gettin", "getting"),
    ("hurtin", "hurting"),
    ("wheezin", "wheezing"),
    ("shakin", "shaking"),
    ("swellin", "swelling"),
    ("havin", "having"),
    ("comin", "coming"),
    ("itchin", "itching"),
    ("runnin", "running"),
    ("passin", "passing"),
    ("fallin", "falling"),
    ("tryin", "trying"),
    ("breth", "breath"),
    ("brethe", "breathe"),
    ("breeth", "breathe"),
    ("breaf", "breath"),
    ("brth", "breath"),
    ("cnt", "cant"),
    ("carnt", "cant"),
    ("kant", "cant"),
    ("stummick", "stomach"),
    ("stomache", "stomach"),
    ("stumach", "stomach"),
    ("belley", "belly"),
    ("hed", "head"),
    ("hart", "heart"),
    ("hert", "heart"),
    ("chist", "chest"),
    ("chets", "chest"),
    ("cheast", "chest"),
    ("throte", "throat"),
    ("thrut", "throat"),
    ("tung", "tongue"),
    ("tounge", "tongue"),
    ("toung", "tongue"),
    ("toungue", "tongue"),
    ("stompin", "stomping"),
    ("sittin", "sitting"),
    ("blu", "blue"),
    ("drupping", "drooping"),
    ("drupy", "droopy"),
    ("pane", "pain"),
    ("payn", "pain"),
    ("nees", "knees"),
    ("sik", "sick"),
    ("pasd", "passed"),
    ("past out", "passed out"),
    ("cudnt", "couldnt"),
    ("wud", "would"),
    ("prolly", "probably"),
    ("sez", "says"),
    ("skared", "scared"),
    ("tyred", "tired"),
    ("thro", "throw"),
    ("thrown", "thrown"),
    ("urin", "urine"),
    ("bowl", "bowl"),
    ("nurs", "nurse"),
    ("bebby", "baby"),
    ("blod", "blood"),
    ("blud", "blood"),
    ("bludd", "blood"),
    ("bleading", "bleeding"),
    ("dizy", "dizzy"),
    ("dizzie", "dizzy"),
    ("dizzyness", "dizziness"),
    ("siezure", "seizure"),
    ("seezure", "seizure"),
    ("seizur", "seizure"),
    ("sezure", "seizure"),
    ("suger", "sugar"),
    ("shuger", "sugar"),
    ("insalin", "insulin"),
    ("inslin", "insulin"),
    ("insuline", "insulin"),
    ("numbnes", "numbness"),
    ("nummb", "numb"),
    ("num", "numb"),
    ("swolen", "swollen"),
    ("swole", "swollen"),
    ("swoll", "swollen"),
    ("swelled", "swollen"),
    ("diarhea", "diarrhea"),
    ("diarea", "diarrhea"),
    ("vommit", "vomit"),
    ("vomitting", "vomiting"),
    ("vomting", "vomiting"),
    ("trowing", "throwing"),
    ("pregnet", "pregnant"),
    ("pregnat", "pregnant"),
    ("preggo", "pregnant"),
    ("fel", "fell"),
    ("faynted", "fainted"),
    ("feinted", "fainted"),
    ("collapes", "collapsed"),
    ("unconshus", "unconscious"),
    ("strok", "stroke"),
    ("slurd", "slurred"),
    ("slurrd", "slurred"),
    ("drooppy", "droopy"),
    ("aint", "isnt"),
    ("wana", "want"),
    ("wanna", "want"),
    ("gona", "going"),
    ("gonna", "going"),
    ("gotta", "got"),
    ("cancle", "cancel"),
    ("appoinment", "appointment"),
    ("apointment", "appointment"),
    ("appt", "appointment"),
    ("apt", "appointment"),
    ("refil", "refill"),
    ("refils", "refills"),
    ("perscription", "prescription"),
    ("prescripshun", "prescription"),
    ("scrip", "prescription"),
    ("presure", "pressure"),
    ("preasure", "pressure"),
    ("calor", "calor"),
    ("medz", "meds"),
    ("pilz", "pills"),
    ("tmrw", "tomorrow"),
    ("tomorow", "tomorrow"),
    ("tmw", "tomorrow"),
    ("2day", "today"),
    ("2nite", "tonight"),
    ("tonite", "tonight"),
    ("nite", "night"),
    ("sumone", "someone"),
    ("somthing", "something"),
    ("sumthing", "something"),
    ("alot", "lot"),
    ("rite", "right"),
    ("lefft", "left"),
    ("hospitle", "hospital"),
    ("docter", "doctor"),
    ("nurce", "nurse"),
    ("alergic", "allergic"),
    ("alergy", "allergy"),
    ("hivs", "hives"),
    ("suicidle", "suicidal"),
    ("suicidel", "suicidal"),
    ("sucide", "suicide"),
    ("suiside", "suicide"),
    ("kil", "kill"),
    ("dyin", "dying"),
    ("ded", "dead"),
    ("ashma", "asthma"),
    ("asma", "asma"),
    ("inhalr", "inhaler"),
    ("inhailer", "inhaler"),
    ("diabetis", "diabetes"),
    ("kidny", "kidney"),
    ("fevr", "fever"),
    ("feaver", "fever"),
    ("feever", "fever"),
    ("headach", "headache"),
    ("hedache", "headache"),
    ("migrane", "migraine"),
    ("hed", "head"),
    ("stiches", "stitches"),
    ("stichs", "stitches"),
    ("wownd", "wound"),
    ("puss", "pus"),
    ("babby", "baby"),
    ("preg", "pregnant"),
    ("contractshuns", "contractions"),
    ("contracsions", "contractions"),
    ("q", "que"),
    ("xq", "porque"),
    ("dr", "doctor"),
    ("sob", "sob"),
    ("labor", "labor"),
    ("thru", "through"),
    ("luv", "love"),
    ("ther", "there"),
    ("cof", "cough"),
    ("coff", "cough"),
    ("nauseus", "nauseous"),
    ("skwezing", "squeezing"),
    ("presher", "pressure"),
    ("tite", "tight"),
    ("tightnes", "tightness"),
    ("elefant", "elephant"),
    ("respirer", "respirar"),
    ("respira", "respira"),
    ("calentua", "calentura"),
    ("dolo", "dolor"),
    ("pechos", "pecho"),
    ("envenenado", "envenenado"),
    ("desmallo", "desmayo"),
    ("desmaye", "desmaye"),
    ("vometo", "vomito"),
    ("bomito", "vomito"),
    ("hinchaso", "hinchado"),
    ("inchado", "hinchado"),
    ("inchada", "hinchada"),
    ("inchazon", "hinchazon"),
    ("savana", "sabana"),
    ("ayi", "alli"),
    ("aser", "hacer"),
    ("suisidio", "suicidio"),
    ("convulcion", "convulsion"),
    ("convulcionando", "convulsionando"),
];

/// Everyday words one slip away from wording of danger.
static LEAVE: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut words: Vec<&str> = include_str!("../../../../knowledge/lexicon/everyday-words.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .collect();
    words.sort_unstable();
    words
});

/// Words that only Spanish uses; there only long words are repaired, for want of a list of its everyday words.
const SPANISH: &[&str] = &[
    "el", "la", "los", "que", "mi", "mis", "tengo", "tiene", "desde", "por", "para", "una", "con", "necesito",
    "quiero", "esta", "y", "del", "se", "puedo",
];

/// Repairs the words of a message in place.
pub(super) fn repair(text: &str, tokens: &mut Tokens) {
    let limit = tokens.len().min(20_000);
    let spanish = (0..limit.min(200)).filter(|i| SPANISH.contains(&tokens.norm(*i))).count() >= 2;
    let shortest = if spanish { 7 } else { 4 };
    for index in 0..limit {
        if tokens.kind(index) != Kind::Word {
            continue;
        }
        let word = tokens.norm(index);
        if let Some((_, right)) = SHORT.iter().find(|(wrong, _)| *wrong == word) {
            let right = (*right).to_owned();
            tokens.set_norm(index, &right);
            continue;
        }
        if word.len() < shortest
            || is_capitalized(text, tokens, index)
            || KNOWLEDGE.patterns.knows(word)
            || KNOWLEDGE.patterns.knows_prefix_of(word)
            || LEAVE.binary_search(&word).is_ok()
            || !word.is_ascii()
        {
            continue;
        }
        if let Some(right) = KNOWLEDGE.patterns.one_slip_away(word) {
            let right = right.to_owned();
            tokens.set_norm(index, &right);
        }
    }
}

/// A capital inside a sentence is a name, not a slip.
fn is_capitalized(text: &str, tokens: &Tokens, index: usize) -> bool {
    let inside = index > 0 && tokens.kind(index - 1) != Kind::Break;
    inside && tokens.span(index, index + 1).of(text).chars().next().is_some_and(char::is_uppercase)
}
