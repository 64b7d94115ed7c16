//! What comes next: tests and studies, referrals, coming back, and what was promised to the person.

use continuo_fhir::letters::head;
use continuo_text::orders::{self, Order, OrderKind, Said};
use continuo_text::span::Span;
use continuo_text::transcript::Speaker;

use super::heard::{Heard, Turn};
use super::{Certainty, Kind, Known, Proposal, reporter};
use crate::scribe::source::Role;
use crate::scribe::when::{self, Toward};

pub(super) fn find(heard: &Heard<'_>, _: &Known) -> Vec<Proposal> {
    let mut out = ordered(heard);
    let ordered: Vec<Span> = out.iter().filter_map(|one| one.quotes.first()).map(|quote| quote.span).collect();
    // "We'll get a metabolic panel today" is the order itself and no second thing to keep.
    let promises = promises(heard).into_iter().filter(|one| {
        let gets = GETS.iter().any(|verb| one.what.to_lowercase().contains(verb));
        !gets || !one.quotes.iter().any(|quote| ordered.iter().any(|span| span.overlaps(quote.span)))
    });
    out.extend(promises);
    out
}

fn ordered(heard: &Heard<'_>) -> Vec<Proposal> {
    let said: Vec<Said<'_>> = heard
        .turns
        .iter()
        .enumerate()
        .map(|(number, turn)| Said {
            number: number as i64,
            speaker: match turn.said.role {
                Role::Clinician => Speaker::Doctor,
                Role::Patient | Role::Relative(_) => Speaker::Patient,
                Role::Unknown => Speaker::Unknown,
            },
            text: turn.text,
        })
        .collect();
    orders::find(&said).iter().filter_map(|order| of_order(heard, order)).collect()
}

fn of_order(heard: &Heard<'_>, order: &Order) -> Option<Proposal> {
    let place = order.places.first()?;
    let turn = heard.turns.get(place.sentence)?;
    let lower = order.description.to_lowercase();
    let refers = ["refer", "specialist", "consult"].iter().any(|word| lower.contains(word))
        || SERVICES.iter().any(|service| lower.contains(service));
    let kind = match order.kind {
        // Medicines have their own reading, which knows what the person takes.
        OrderKind::Medication => return None,
        OrderKind::Lab | OrderKind::Imaging => Kind::Order,
        OrderKind::Referral => Kind::Referral,
        OrderKind::FollowUp if refers => Kind::Referral,
        OrderKind::FollowUp => Kind::FollowUp,
    };
    let mut one = Proposal::of(kind, order.description.clone());
    for place in &order.places {
        let turn = heard.turns.get(place.sentence)?;
        let (from, to) = turn.tokens.within(place.span);
        one.quotes.push(heard.quote(turn, from, to));
        one.said.push(place.span.of(turn.text).to_owned());
    }
    if let Some((_, place)) = &order.reason
        && let Some(turn) = heard.turns.get(place.sentence)
    {
        let (from, to) = turn.tokens.within(place.span);
        let quote = heard.quote(turn, from, to);
        if !one.quotes.iter().any(|kept| kept.span.overlaps(quote.span)) {
            one.quotes.push(quote);
        }
    }
    one.assertion = reporter(&turn.said.role, heard.kind);
    one.certainty = match turn.said.role {
        Role::Clinician => Certainty::ClearlySaid,
        Role::Unknown => Certainty::Probably,
        // The person tells what somebody ordered.
        _ => Certainty::Check,
    };
    one.coding = order
        .concept
        .and_then(|concept| continuo_text::lexicon::lexicon().code(concept))
        .filter(|_| kind == Kind::Order)
        .map(|(code, system)| (code.to_owned(), system.to_owned()));
    let reason = order.reason.as_ref().map(|(reason, _)| reason.clone()).unwrap_or_default();
    if !reason.is_empty() {
        one.what = format!("{} for {reason}", one.what);
    }
    Some(match kind {
        Kind::Order => one
            .value("what", order.description.clone())
            .value("reason", reason)
            .value("category", if order.kind == OrderKind::Lab { "laboratory" } else { "imaging" }),
        Kind::Referral => {
            let missing = if reason.is_empty() { "as said in the visit".to_owned() } else { reason };
            one.value("what", order.description.clone()).value("reason", missing)
        }
        _ => {
            let (from, to) = turn.tokens.within(place.span);
            let due = when::find(&turn.tokens, from, to, heard.visit, Toward::Future);
            one.value("what", format!("Arrange: {}", order.description))
                .value("date", due.map(|day| day.date.to_string()).unwrap_or_default())
        }
    })
}

const SERVICES: &[&str] = &[
    "cardiolog",
    "nephrolog",
    "neurolog",
    "rheumatolog",
    "dermatolog",
    "gastroenterolog",
    "orthoped",
    "psychiatr",
    "urolog",
    "pulmonolog",
    "endocrinolog",
    "physical therapy",
    "occupational therapy",
    "heart doctor",
    "kidney doctor",
    "surgeon",
    "counseling",
    "dietitian",
    "podiatr",
    "ophthalmolog",
    "eye doctor",
    "oncolog",
];

/// Ways to begin a promise; the verb follows within a few words.
const LEADS: &[&str] = &[
    "i'll ",
    "i will ",
    "we'll ",
    "we will ",
    "i'm going to ",
    "i am going to ",
    "we're going to ",
    "let me ",
    "voy a ",
    "le voy a ",
    "vamos a ",
    "le vamos a ",
    "i promise to ",
    "i can ",
    "yo le ",
    "le hablo ",
    "le llamo ",
    "la llamo ",
    "lo llamo ",
    "le mando ",
    "le aviso ",
    "le marco ",
];
/// Leads that offer as often as they promise, or only say what happens: they need a day.
const LOOSE: &[&str] =
    &["i can ", "yo le ", "le hablo ", "le llamo ", "la llamo ", "lo llamo ", "le mando ", "le aviso ", "le marco "];
const VERBS: &[&str] = &[
    "call",
    "send",
    "mail",
    "email",
    "fax",
    "ask",
    "check",
    "find",
    "schedule",
    "book",
    "arrange",
    "set",
    "talk",
    "look",
    "get",
    "reach",
    "message",
    "order",
    "bring",
    "let",
    "follow",
    "remind",
    "text",
    "add",
    "request",
    "write",
    "sign",
    "see",
    "come",
    "hablar",
    "hablo",
    "llamo",
    "mando",
    "aviso",
    "marco",
    "pedir",
    "pedirle",
    "llamar",
    "llamarle",
    "mandar",
    "mandarle",
    "enviar",
    "enviarle",
    "preguntar",
    "buscar",
    "conseguir",
    "avisar",
    "avisarle",
];
/// Verbs of a promise that an order beside it keeps.
const GETS: &[&str] = &[" get ", " order ", " check ", " do ", " schedule ", " send you for "];
/// Of these, what is done at once after "let me", and what is only said in passing after "I'll": they need a day.
const AT_ONCE: &[&str] = &["look", "check", "see", "get", "come", "find", "set"];
/// "I'll have our social worker call you", "I'll be back on Thursday": somebody else does it, or it is a visit.
const HAS: &[&str] = &["have", "be"];
/// "Let me check your ears" is no promise: the body is at hand.
const NOW: &[&str] = &[
    "ears",
    "throat",
    "heart",
    "lungs",
    "belly",
    "eyes",
    "pulse",
    "reflexes",
    "listen",
    "look at your",
    "take a look",
    "examine",
    "start you on",
    "right now",
    "chart",
    "incision",
    "wound",
];

fn promises(heard: &Heard<'_>) -> Vec<Proposal> {
    let mut out: Vec<Proposal> = Vec::new();
    for turn in heard
        .turns
        .iter()
        .filter(|turn| turn.said.role == Role::Clinician && heard.kind != crate::scribe::source::SourceKind::Document)
    {
        for sentence in turn.sentences.iter().filter(|sentence| !sentence.question) {
            let inside = turn.tokens.span(sentence.from, sentence.to);
            for one in promise(heard, turn, (sentence.from, sentence.to), inside) {
                if out.len() < super::MOST && !out.iter().any(|kept| kept.what == one.what) {
                    out.push(one);
                }
            }
        }
    }
    out
}

/// What one sentence promises. "I'll send it today and call you tomorrow" are two things to keep.
fn promise(heard: &Heard<'_>, turn: &Turn<'_>, (from, to): (usize, usize), inside: Span) -> Vec<Proposal> {
    const LONGEST: usize = 240;
    let words = inside.of(turn.text);
    // Lower case letter by letter keeps the offsets of ASCII text; other text is compared as it is.
    let lower = words.to_ascii_lowercase().replace('\u{2019}', "'");
    let whole = |(at, _): &(usize, usize)| {
        *at == 0 || lower.as_bytes().get(at - 1).is_none_or(|before| !before.is_ascii_alphanumeric())
    };
    let leads = LEADS.iter().filter_map(|lead| lower.find(lead).map(|at| (at, at + lead.len())));
    let Some(lead) = leads.filter(whole).min() else { return Vec::new() };
    let (Some(name), Some(after)) = (lower.get(lead.0..lead.1), lower.get(lead.1..)) else { return Vec::new() };
    // "I'll not call" and "I'll never ask" promise nothing
    let early: Vec<&str> = after
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(8)
        .take_while(|word| !matches!(*word, "not" | "never" | "no" | "nunca"))
        .collect();
    let verb = early.iter().take(3).find(|word| VERBS.contains(word)).copied();
    let verb = verb.or_else(|| {
        let has = early.first().is_some_and(|word| HAS.contains(word));
        early.iter().find(|word| has && (VERBS.contains(word) || **word == "back")).copied()
    });
    // "yo le hablo", "le mando": the verb stands in the lead itself
    let verb = verb.or_else(|| name.split_whitespace().find(|word| VERBS.contains(word)));
    let Some(verb) = verb else { return Vec::new() };
    if NOW.iter().any(|now| after.contains(now)) {
        return Vec::new();
    }
    let needs_day = LOOSE.contains(&name)
        || matches!(verb, "see" | "come" | "back")
        || name == "let me " && AT_ONCE.contains(&verb);
    // The offsets of `lower` are those of `words` unless a curly apostrophe shortened it before the lead.
    let Some(shift) = words.len().checked_sub(lower.len()) else { return Vec::new() };
    let start = (lead.0 + if shift == 0 { 0 } else { shift.min(lead.0) }).min(words.len());
    let start = head(words, start).len();
    let said = words.get(start..).unwrap_or(words).trim();
    let mut out = Vec::new();
    for part in parts(said) {
        let said = head(part, LONGEST).trim();
        let Some(at) = words.find(said).map(|at| inside.start + at) else { continue };
        // the day that belongs to these words, else one said before them ("Friday I'll call you")
        let (low, high) = turn.tokens.within(Span::new(at, at + said.len()));
        let due = when::find(&turn.tokens, low, high.min(to), heard.visit, Toward::Future)
            .or_else(|| when::find(&turn.tokens, from, low, heard.visit, Toward::Future).filter(|_| out.is_empty()));
        if needs_day && due.is_none() {
            continue;
        }
        let mut one = Proposal::of(Kind::Promise, said);
        let place = turn.said.span.start + at;
        one.quotes.push(heard.quote_at(Span::new(place, place + said.len()), turn.said));
        one.said.push(said.to_owned());
        one.assertion =
            if due.is_some() { "said by staff".to_owned() } else { "said by staff, no day was said".to_owned() };
        one.certainty = if due.is_some() { Certainty::ClearlySaid } else { Certainty::Probably };
        out.push(one.value("what", said).value("date", due.map(|day| day.date.to_string()).unwrap_or_default()));
    }
    out
}

/// The promises of one sentence: "and" with a verb of its own and a day of its own begins another.
fn parts(said: &str) -> Vec<&str> {
    const DAYS: &[&str] = &[
        "today",
        "tonight",
        "tomorrow",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "week",
        "morning",
        "afternoon",
        "days",
    ];
    let has_day = |part: &str| {
        let lower = part.to_ascii_lowercase();
        lower.split(|c: char| !c.is_alphanumeric()).any(|word| DAYS.contains(&word))
    };
    let cut = said.match_indices(" and ").find(|(at, and)| {
        let (first, rest) = (said.get(..*at).unwrap_or(""), said.get(at + and.len()..).unwrap_or(""));
        let verb = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        VERBS.contains(&verb) && has_day(first) && has_day(rest)
    });
    match cut {
        Some((at, and)) => [said.get(..at), said.get(at + and.len()..)].into_iter().flatten().map(str::trim).collect(),
        None => vec![said],
    }
}
