//! Medication directions (SIG) as prescribers type them: dose range, unit, route, frequency, as needed, duration.
//!
//! Directions are short and glued together by systems ("1 tabs po tidprnas needed"), so they have their own reader
//! (`words`); then one pass per field looks for the first statement of it. Several steps (a taper) answer with the
//! first step and say so. What the text does not say stays empty: a missing route is not guessed from "take".

mod dose;
mod frequency;
mod words;

use crate::span::Span;
use words::{Word, read};

/// What one direction says.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Sig {
    /// Lowest and highest amount per dose.
    pub dose: Option<(f64, f64)>,
    /// `tab cap puff spray drop ml mg units vial`, where the text says it.
    pub unit: Option<&'static str>,
    /// `PO SL SC INH NEB NAS OPH TOP SWISH` and, beyond the scored ones, `IM IV PR VAG OTIC TD`.
    pub route: Option<&'static str>,
    /// How often.
    pub frequency: Option<Frequency>,
    /// Only when needed.
    pub as_needed: bool,
    /// What it is needed for, as written.
    pub reason: Option<Span>,
    /// How long, in days.
    pub duration_days: Option<f64>,
    /// There are later steps with other amounts.
    pub is_taper: bool,
    /// The words each field rests on: dose, route, frequency, as needed, duration.
    pub spans: Vec<(&'static str, Span)>,
}

/// How often a dose is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Frequency {
    /// Times per day, lowest and highest.
    PerDay(f64, f64),
    /// Times per week.
    PerWeek(f64, f64),
    /// Times per month.
    PerMonth(f64, f64),
    /// Every so many hours, shortest and longest.
    EveryHours(f64, f64),
    /// Every so many minutes, shortest and longest: nitroglycerin under the tongue.
    EveryMinutes(f64, f64),
}

impl Frequency {
    /// The short form of data files: `2/d`, `q8h`, `q4-6h`, `q5m`, `1/w`.
    pub fn code(self) -> String {
        let range = |a: f64, b: f64| if a == b { format!("{a}") } else { format!("{a}-{b}") };
        match self {
            Self::PerDay(a, b) => format!("{}/d", range(a, b)),
            Self::PerWeek(a, b) => format!("{}/w", range(a, b)),
            Self::PerMonth(a, b) => format!("{}/m", range(a, b)),
            Self::EveryHours(a, b) => format!("q{}h", range(a, b)),
            Self::EveryMinutes(a, b) => format!("q{}m", range(a, b)),
        }
    }
}

/// Reads one direction.
pub fn parse(text: &str) -> Sig {
    let mut buffer = String::with_capacity(text.len().min(4096) + 8);
    let words = read(text, &mut buffer);
    let mut out = Sig::default();
    let mut first_step = words.len();
    if let Some(found) = dose::find(&words) {
        out.dose = Some((found.low, dose::may_grow(&words, &found).unwrap_or(found.high)));
        out.unit = found.unit;
        out.spans.push(("dose", span(&words, found.from, found.to)));
        if found.low == found.high
            && let Some(next) = dose::other_step(&words, &found)
        {
            out.is_taper = true;
            first_step = next;
        }
        out.is_taper |= changes_frequency(&words, found.to);
    }
    if let Some((route, at)) = route(&words) {
        out.route = Some(route);
        out.spans.push(("route", span(&words, at, at + 1)));
    }
    // "2 tabs in the morning and 1 at night": how often is asked of the first step, where it says so
    let first = words.get(..first_step).and_then(frequency::find);
    if let Some((frequency, from, to)) = first.or_else(|| frequency::find(&words)) {
        out.frequency = Some(frequency);
        out.spans.push(("frequency", span(&words, from, to)));
    }
    if let Some((from, to)) = as_needed(&words) {
        out.as_needed = true;
        out.spans.push(("as_needed", span(&words, from, to)));
        out.reason = reason(&words, to);
    }
    if let Some((days, from, to)) = duration(&words) {
        out.duration_days = Some(days);
        out.spans.push(("duration", span(&words, from, to)));
    }
    out
}

fn span(words: &[Word<'_>], from: usize, to: usize) -> Span {
    match (words.get(from), to.checked_sub(1).and_then(|i| words.get(i))) {
        (Some(a), Some(b)) => a.span.join(b.span),
        _ => Span::default(),
    }
}

fn text_at<'a>(words: &[Word<'a>], at: usize) -> &'a str {
    words.get(at).map_or("", |w| w.text)
}

/// "1 cap at bedtime for 3 days, then twice a day": the amount stays, how often changes.
fn changes_frequency(words: &[Word<'_>], from: usize) -> bool {
    (from..words.len()).any(|at| {
        matches!(text_at(words, at), "then" | "luego" | "despues")
            && words
                .get(at + 1..(at + 8).min(words.len()))
                .and_then(frequency::find)
                .is_some_and(|(_, start, _)| start < 5)
            && words.get(..at).and_then(frequency::find).is_some()
    })
}

/// The route: specific sites win over "by mouth", because inhaled medicine is also taken by mouth.
fn route(words: &[Word<'_>]) -> Option<(&'static str, usize)> {
    let mut best: Option<(u8, &'static str, usize)> = None;
    for (at, word) in words.iter().enumerate() {
        let found: Option<(u8, &'static str)> = match word.text {
            "nebulizer" | "nebulization" | "neb" | "nebs" | "nebulized" | "svn" | "nebulizador" => Some((9, "NEB")),
            "inhale" | "inhalation" | "inhalations" | "inh" | "inhaled" | "inhaler" | "inhal" | "inhalar"
            | "inhalado" => Some((8, "INH")),
            "puff" | "puffs" => Some((3, "INH")),
            "nostril" | "nostrils" | "nasal" | "nasally" | "intranasal" | "intranasally" | "nose" | "nares"
            | "nare" | "sinus" | "nasal." => Some((8, "NAS")),
            "eye" | "eyes" | "ophthalmic" | "ou" | "od" | "os" | "ophth" | "eyelid" | "eyelids" | "ojo" | "ojos"
            | "oph" => Some((7, "OPH")),
            "ear" | "ears" | "otic" => Some((7, "OTIC")),
            // "on the tongue" is swallowed; under it is not
            "tongue"
                if (at.saturating_sub(2)..at).any(|i| matches!(text_at(words, i), "on" | "onto"))
                    && !(at.saturating_sub(2)..at).any(|i| text_at(words, i) == "under") =>
            {
                Some((7, "PO"))
            }
            "sublingual" | "sublingually" | "sl" | "tongue" | "buccal" | "buccally" | "lengua" => Some((8, "SL")),
            "cheek" | "cheeks" => Some((5, "PO")),
            "skin" if text_at(words, at.saturating_sub(2)) == "under" => Some((8, "SC")),
            "piel" if (at.saturating_sub(3)..at).any(|i| text_at(words, i) == "debajo") => Some((8, "SC")),
            "skin" | "piel" if words.iter().any(|w| matches!(w.text, "inject" | "inyecte" | "inyectar")) => {
                Some((8, "SC"))
            }
            "muscle" if matches!(text_at(words, at.saturating_sub(1)), "the" | "into" | "a") => Some((8, "IM")),
            "subq" | "subcutaneous" | "subcutaneously" | "sc" | "sq" | "subcut" | "subc" | "subcu" | "subcutanea" => {
                Some((8, "SC"))
            }
            "intramuscular" | "intramuscularly" | "im" => Some((8, "IM")),
            "intravenous" | "intravenously" | "iv" => Some((8, "IV")),
            "rectally" | "rectal" | "rectum" | "pr" => Some((8, "PR")),
            "vaginally" | "vaginal" | "vagina" | "intravaginally" | "pv" => Some((8, "VAG")),
            "swish" => Some((9, "SWISH")),
            "transdermal" | "transdermally" => Some((6, "TOP")),
            "topically" | "topical" | "skin" | "scalp" | "nails" | "area" | "areas" | "topico" | "piel" | "top"
            | "face" | "rash" => Some((6, "TOP")),
            "apply" | "aplique" | "aplicar" | "massage" | "rub" | "patch" | "patches" | "parche" | "parches" => {
                Some((2, "TOP"))
            }
            "po" | "oral" | "orally" | "oralmente" | "vo" | "p.o" | "bymouth" => Some((5, "PO")),
            "mouth" | "boca" if at > 0 && !matches!(text_at(words, at.saturating_sub(1)), "rinse" | "your" | "the") => {
                Some((5, "PO"))
            }
            "mouth" | "moth" | "mouht" if text_at(words, at.saturating_sub(1)) == "by" => Some((5, "PO")),
            _ => None,
        };
        if let Some((weight, name)) = found
            && best.is_none_or(|(w, ..)| weight > w)
        {
            best = Some((weight, name, at));
        }
    }
    best.filter(|(_, name, _)| *name != "OTIC").map(|(_, name, at)| (name, at))
}

/// Where the words stand that make it "as needed", the words of need and what follows them.
fn as_needed(words: &[Word<'_>]) -> Option<(usize, usize)> {
    (0..words.len())
        .find_map(|at| match (text_at(words, at), text_at(words, at + 1), text_at(words, at + 2)) {
            ("prn", ..) => Some((at, at + 1)),
            // "may increase to 2 if needed" is about the increase
            ("if", "needed" | "necessary", _) if grows_before(words, at) => None,
            ("as" | "if" | "when", "needed" | "need" | "necessary" | "required", _) => Some((at, at + 2)),
            ("segun" | "si", "necesario" | "necesite", _) | ("si", "hay" | "tiene" | "siente", _) => Some((at, at + 2)),
            ("segn" | "segun" | "cuando" | "si", "se" | "lo" | "sea", "necesite" | "necesario" | "necesita") => {
                Some((at, at + 3))
            }
            ("needed", "for", _) if at > 0 => Some((at, at + 1)),
            _ => None,
        })
        .or_else(|| on_event(words))
}

fn grows_before(words: &[Word<'_>], at: usize) -> bool {
    (at.saturating_sub(6)..at).any(|i| matches!(text_at(words, i), "increase" | "incr" | "repeat"))
}

/// Given only when something happens: "at first sign of gout flare", "after each loose stool", "if SBP > 170",
/// "extra tablet for weight gain". A hold rule ("hold if SBP < 100") is none.
fn on_event(words: &[Word<'_>]) -> Option<(usize, usize)> {
    const ENDS: usize = 5;
    let of = |from: usize| (from..from + 3).find(|i| text_at(words, *i) == "of").map_or(from, |i| i + 1);
    (0..words.len()).find_map(|at| match (text_at(words, at), text_at(words, at + 1)) {
        ("at" | "with" | "for", "onset") => Some((at, of(at + 2))),
        ("at" | "with", "first") if matches!(text_at(words, at + 2), "sign" | "signs" | "symptom" | "symptoms") => {
            Some((at, of(at + 3)))
        }
        ("after", "each" | "every" | "first")
            if (at + 2..at + ENDS).any(|i| matches!(text_at(words, i), "stool" | "stools" | "bm" | "diarrhea")) =>
        {
            Some((at, at + 2))
        }
        ("if", next)
            if is_condition(next)
                && !(at.saturating_sub(6)..at).any(|i| {
                    matches!(
                        text_at(words, i),
                        "hold" | "stop" | "call" | "notify" | "skip" | "increase" | "repeat" | "not" | "discontinue"
                    )
                }) =>
        {
            Some((at, at + 1))
        }
        ("for", "weight" | "wt") if text_at(words, at + 2) == "gain" => Some((at, at + 1)),
        _ => None,
    })
}

/// What a direction waits for after "if": a measure or a complaint.
fn is_condition(word: &str) -> bool {
    matches!(
        word,
        "sbp"
            | "dbp"
            | "bp"
            | "systolic"
            | "glucose"
            | "bg"
            | "bs"
            | "sugar"
            | "temp"
            | "temperature"
            | "fever"
            | "pain"
            | "nausea"
            | "nauseated"
            | "vomiting"
            | "anxious"
            | "anxiety"
            | "agitated"
            | "constipated"
            | "constipation"
            | "diarrhea"
            | "headache"
            | "itching"
            | "itchy"
            | "cough"
            | "wheezing"
            | "swelling"
            | "dizzy"
            | "weight"
            | "wt"
            | "chest"
            | "heartburn"
            | "insomnia"
            | "dolor"
            | "fiebre"
            | "nauseas"
    )
}

/// The words after "as needed for", up to what is about something else.
fn reason(words: &[Word<'_>], from: usize) -> Option<Span> {
    let mut at = from;
    while matches!(text_at(words, at), "as" | "needed" | "prn" | "for" | "if" | "-" | "para" | ":" | "the") {
        at += 1;
    }
    // "weight gain > 3 lb": a number that bounds the reason belongs to it
    let bounds = |i: usize| i > at && matches!(text_at(words, i - 1), ">" | "<" | "=" | "over" | "above" | "below");
    let end = (at..words.len())
        .find(|i| {
            words.get(*i).is_some_and(|w| w.number.is_some()) && !bounds(*i)
                || ends_reason(text_at(words, *i))
                || *i == at && matches!(text_at(words, *i), "with" | "w" | "at" | "by" | "in" | "after" | "before")
                || text_at(words, *i) == "for" && matches!(text_at(words, i + 1), "up" | "a" | "the")
                || text_at(words, *i) == "for" && words.get(i + 1).is_some_and(|w| w.number.is_some())
        })
        .unwrap_or(words.len());
    (end > at).then(|| span(words, at, end))
}

fn ends_reason(word: &str) -> bool {
    matches!(
        word,
        "." | ";"
            | "maximum"
            | "max"
            | "mdd"
            | "nte"
            | "instr"
            | "do"
            | "not"
            | "no"
            | "take"
            | "may"
            | "x"
            | "up"
            | "q"
            | "every"
            | "call"
            | "until"
            | "then"
            | "hold"
            | "repeat"
            | "daily"
            | "bid"
            | "tid"
            | "qid"
            | "po"
            | "w"
    )
}

/// `for 10 days`, `x 2 weeks`, `30 days` at the end; not `starting three days before` or `every 7 days`.
fn duration(words: &[Word<'_>]) -> Option<(f64, usize, usize)> {
    for at in 0..words.len() {
        let Some(number) = words.get(at).and_then(|w| w.number) else { continue };
        let mut unit = at + 1;
        let mut value = number;
        // "for 7 to 10 days": the longer; "3 three days": said twice
        if matches!(text_at(words, unit), "to" | "-" | "or") && words.get(unit + 1).and_then(|w| w.number).is_some() {
            value = words.get(unit + 1).and_then(|w| w.number).unwrap_or(number);
            unit += 2;
        } else if words.get(unit).and_then(|w| w.number) == Some(number) {
            unit += 1;
        }
        let days = match text_at(words, unit) {
            "day" | "days" | "d" | "dias" | "dia" | "ds" | "da" | "nights" | "noches" => value,
            "week" | "weeks" | "wk" | "wks" | "semanas" | "semana" => value * 7.0,
            "month" | "months" | "mes" | "meses" => value * 30.0,
            _ => continue,
        };
        let before = text_at(words, at.saturating_sub(1));
        let before = if at == 0 { "" } else { before };
        let after = text_at(words, unit + 1);
        let two_before = text_at(words, at.wrapping_sub(2));
        let daily = matches!(before, "day" | "week")
            && matches!(two_before, "a" | "per" | "each" | "every" | "/" | "times" | "one" | "q");
        let not_length = matches!(
            before,
            "every"
                | "q"
                | "starting"
                | "start"
                | "per"
                | "/"
                | "last"
                | "cada"
                | "on"
                | "stop"
                | "-"
                | "within"
                | "in"
                | "after"
        ) || matches!(before, "day" | "days") && !daily
            || matches!(after, "prior" | "before" | "after" | "apart" | "later" | "ago" | "old" | "off")
            || matches!(two_before, "starting" | "begin" | "beginning" | "stop" | "off")
            || before == "each";
        if !not_length && value > 0.0 && days <= 1000.0 && !is_per(words, unit) {
            return Some((days, at, unit + 1));
        }
    }
    None
}

/// `2 times / day`: the day belongs to the frequency.
fn is_per(words: &[Word<'_>], unit: usize) -> bool {
    matches!(text_at(words, unit.saturating_sub(1)), "/" | "a" | "per" | "each" | "every" | "x")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(text: &str) -> String {
        let s = parse(text);
        let dose = s.dose.map_or(String::new(), |(a, b)| if a == b { format!("{a}") } else { format!("{a}-{b}") });
        format!(
            "{dose} {} {} {} {} {}",
            s.unit.unwrap_or("_"),
            s.route.unwrap_or("_"),
            s.frequency.map_or("_".into(), Frequency::code),
            s.as_needed,
            s.duration_days.map_or("_".into(), |d| d.to_string())
        )
    }

    #[test]
    fn plain_directions() {
        assert_eq!(short("Take 2 tablets by mouth twice daily for 7 days"), "2 tab PO 2/d false 7");
        assert_eq!(short("inject 12 units subcutaneously every evening"), "12 units SC 1/d false _");
        assert_eq!(short("1-2 sprays in each nostril daily as needed for congestion"), "1-2 spray NAS 1/d true _");
        assert_eq!(short("one half tablet every other day"), "0.5 tab _ q48h false _");
        assert_eq!(short("70 mg po once a week"), "70 mg PO 1/w false _");
    }

    #[test]
    fn the_most_of_a_day_is_no_dose() {
        for (text, expect) in [
            ("lispro per sliding scale: 2 units; 4 units; 6 units, max 30 units/day", "2-6 units"),
            (
                "inject per sliding scale subq: 151-200 2 units, 201-250 4 units, maximum daily dose 40 units",
                "2-4 units",
            ),
            ("sliding scale 3 units or 5 units, not to exceed 30 units a day", "3-5 units"),
            ("per sliding scale, no more than 24 units per day", " _"),
            ("sliding scale: 2 units, 4 units. 30 units max", "2-4 units"),
            ("max 8 tablets/day, take 2 tablets po q6h prn", "2 tab"),
            ("take 1 tablet q4h prn, maximum dose of 6 tablets a day", "1 tab"),
            ("escala movil sliding scale 2 unidades, 4 unidades, maximo 30 unidades al dia", "2-4 units"),
            ("no mas de 8 tabletas al dia; tome 2 tabletas", "2 tab"),
            ("no tome mas de 8 tabletas al dia; tome 2 tabletas", "2 tab"),
            ("take 2 tabs max: 8 tabs/day", "2 tab"),
            ("sliding scale: 2 units; 4 units; 10 units", "2-10 units"),
        ] {
            assert!(short(text).starts_with(expect), "{text}: {}", short(text));
        }
    }

    #[test]
    fn glued_directions() {
        assert_eq!(short("1 caps po qidx7 daysprncough"), "1 cap PO 4/d true 7");
        assert_eq!(short("2tabs poq6hrprn"), "2 tab PO q6h true _");
    }

    #[test]
    fn a_count_says_more_than_the_strength_beside_it() {
        assert_eq!(short("warfarin 5 mg tabs: take 2 tabs by mouth daily"), "2 tab PO 1/d false _");
        assert_eq!(short("vitamin d 50,000 units 1 cap po weekly"), "1 cap PO 1/w false _");
        assert_eq!(short("buprenorphine 10 mcg/h patch, apply 1 to skin every 7 days"), "1 _ TOP 1/w false _");
        assert_eq!(short("cefdinir 300 mg cap po bid"), "300 mg PO 2/d false _");
        assert_eq!(short("lispro per sliding scale subq ac: 2 units; 4 units; 6 units"), "2-6 units SC 3/d false _");
    }

    #[test]
    fn days_left_out_minutes_and_what_it_waits_for() {
        assert_eq!(short("1 tab po daily except Sunday"), "1 tab PO 6/w false _");
        assert_eq!(short("500 mg po MWF"), "500 mg PO 3/w false _");
        assert_eq!(short("1 tab sl q5min prn chest pain"), "1 tab SL q5m true _");
        assert_eq!(short("50 mg po at onset of headache"), "50 mg PO _ true _");
        assert_eq!(short("1 tab po bid, hold if sbp < 100"), "1 tab PO 2/d false _");
        assert_eq!(short("1 tab at bedtime, may increase to 2 tabs if needed"), "1-2 tab _ 1/d false _");
        assert!(parse("1 cap qhs x 3 days, then 1 cap bid").is_taper);
        assert!(parse("2 tabs in the morning and 1 tab at night").is_taper);
    }

    #[test]
    fn nothing_is_made_up() {
        assert_eq!(short("use as directed"), " _ _ _ false _");
        assert_eq!(short(""), " _ _ _ false _");
        assert_eq!(short("\u{0}\u{1}////----"), " _ _ _ false _");
    }

    #[test]
    fn spans_hold_their_words() {
        let text = "Take 1 TABLET by mouth every 8 hours as needed for back pain";
        let sig = parse(text);
        assert_eq!(sig.reason.map(|s| s.of(text)), Some("back pain"));
        let words: Vec<&str> = sig.spans.iter().map(|(_, s)| s.of(text)).collect();
        assert_eq!(words, ["1 TABLET", "mouth", "every 8 hours", "as needed"]);
    }
}
