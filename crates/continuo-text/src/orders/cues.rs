//! Words of ordering, of only talking, and how they bear on a thing named after them.

use std::sync::LazyLock;

use super::Ready;
use crate::lexicon::Kind;
use crate::pattern::Patterns;
use crate::regimen::course::{self, Course};
use crate::token::{Kind as TokenKind, Tokens};

/// What a cue says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Cue {
    /// A verb of ordering.
    Act,
    /// Intent: going to, will, let's.
    Intent,
    /// Keep on, refill, change.
    Change,
    /// Stay on what is taken already.
    Keep,
    /// Only perhaps, or only if.
    Maybe,
    /// Stop it.
    Stop,
    /// Asked, reviewed, tried before.
    Talk,
    /// Not wanted.
    Declined,
    /// The plan begins.
    Plan,
}

const ALL: &[(Cue, &str)] = &[
    (
        Cue::Act,
        "order|ordering|ordered; prescribe|prescribing|prescription; start|starting|begin; send|sending|refer; get; give|giving; check|checking|recheck; recommend|suggest|advise; repeat; do; obtain; arrange|organise|organize|schedule|set up; place|put you on; put; take; try; use|using; add; draw; run; apply; swab; book; need|needs; call in; write; offer; treat; have you; screen; test; buy; pick up; proceed; perform",
    ),
    (
        Cue::Intent,
        "gon na; gonna; going to be?; wan na; wanna; want; will; ill; well; ll; lets; would like; id like; should; can; could; recommend; i would; my plan; plan is; need to; order; we are; have to; please; hey dragon; i suggest; i advise; think we",
    ),
    (
        Cue::Change,
        "refill|refills; increase|increasing|up; decrease|decreasing|lower|reduce; switch|change; resume|restart; renew",
    ),
    (Cue::Keep, "continue|continuing|continued; keep|keeping; stay|remain on; stick with; maintain; leave|leaving"),
    (
        Cue::Maybe,
        "might|may; possibly|potentially|potential; if that|this|it|they|things|your|you|we|youre|not; unless; could do|get|consider; consider|considering; talk about; in case; down the road; eventually; depending; we could; such as",
    ),
    (
        Cue::Stop,
        "stop|stopping|discontinue|hold|avoid; get you off; come off; quit; cut out; no more; stay away from; not take; hold off on",
    ),
    (
        Cue::Talk,
        "i take; i took; i had; i was; are you taking|on; do you take|use|have|know; have you; did you; were you; has been taking; been taking|using|on; was on; tried; took; takes; taking; taken; used to; show me; reviewed|review; looking at; looked at; look at; results; shows|showed|show; came back; last year|time|month|week|visit; history of; allergic to; i see; we saw; you had; i had; you have had; previously; already; was; were; did; back in; how is|are; you said; told; since you; when you; your ~1 was; in the past; had an|a; reported; are normal|fine|good; is normal|fine|good; looks; looked; on exam; yesterday; ago; heard of; allergy to; what about|medications|medicine; any",
    ),
    (
        Cue::Declined,
        "dont|not|nt ~1 want|need|think ~3; no need; not going to; wont ~3; declined|refused|decline; rather not; instead of; hold off; dont; not necessary; do nt",
    ),
    (
        Cue::Plan,
        "assessment|impression; plan; my plan; first problem; for your first; next steps; so what i; what i think; in summary; based on; so i think; diagnosis; what we are gon; what i am gon; so for your; going forward; at this point; sounds like; i suspect; what id like; so in terms of; treatment",
    ),
];

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let mut set = Patterns::new();
    for (cue, lines) in ALL {
        set.add_all(lines, *cue as u32);
    }
    set
});

/// A cue at tokens `from..to`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) cue: Cue,
    pub(super) from: usize,
    pub(super) to: usize,
}

pub(super) fn find(tokens: &Tokens) -> Vec<Found> {
    PATTERNS
        .find(tokens)
        .into_iter()
        .filter_map(|h| {
            Some(Found { cue: ALL.iter().map(|(c, _)| *c).find(|c| *c as u32 == h.tag)?, from: h.from, to: h.to })
        })
        .collect()
}

/// How a thing is ordered.
pub(super) struct Strength {
    pub(super) stops: bool,
}

/// Whether entity `number` of sentence `index` is ordered there.
pub(super) fn ordered(ready: &[Ready], index: usize, number: usize, in_plan: bool) -> Option<Strength> {
    let sentence = ready.get(index)?;
    let entity = sentence.entities.get(number)?;
    let window = 16;
    let start = clause_start(sentence, entity.from, window);
    // cues stand in order of place: a window, or a run-on text would be read once for every thing named in it
    let first = sentence.cues.partition_point(|c| c.from < start);
    let near: Vec<&Found> = sentence
        .cues
        .get(first..)
        .unwrap_or(&[])
        .iter()
        .take_while(|c| c.from < entity.from)
        .filter(|c| c.to <= entity.from)
        .collect();
    let last = |cue: Cue| near.iter().rev().find(|c| c.cue == cue).map(|c| c.to);
    let (act, intent, change, stop, talk) =
        (last(Cue::Act), last(Cue::Intent), last(Cue::Change), last(Cue::Stop), last(Cue::Talk));
    let declined = last(Cue::Declined);
    let is_medicine = matches!(entity.term.kind, Kind::Medicine | Kind::MedicineClass);
    if ends_as_question(sentence, entity.to) && !in_plan {
        return None;
    }
    // a command spoken to the assistant counts wherever it stands
    let command = near.iter().any(|c| c.cue == Cue::Act && sentence.tokens.norm(c.from).starts_with("order"))
        && near.iter().any(|c| sentence.tokens.norm(c.from) == "hey" || sentence.tokens.norm(c.from) == "dragon");
    if command {
        return Some(Strength { stops: false });
    }
    if !in_plan {
        // before the plan only a full statement of ordering counts
        let strong = intent.is_some()
            && near.iter().any(|c| {
                c.cue == Cue::Act
                    && matches!(
                        sentence.tokens.norm(c.from),
                        "order" | "ordering" | "prescribe" | "prescribing" | "refer" | "send"
                    )
            })
            && talk.is_none();
        return strong.then_some(Strength { stops: false });
    }
    if declined.is_some_and(|d| act.is_none_or(|a| d > a) && d + 6 >= entity.from) && stop.is_none() {
        return None;
    }
    // "stop it and switch you to losartan" stops something else, "if you are sick, stop the metformin" nothing yet
    let other = |stop: usize| {
        near.iter().any(|c| {
            matches!(c.cue, Cue::Act | Cue::Change)
                && c.from > stop
                && !matches!(sentence.tokens.norm(c.from), "do" | "need" | "needs" | "get")
        })
    };
    if let Some(stop) = stop
        && is_medicine
        && stop + 8 >= entity.from
        && talk.is_none_or(|t| t < stop)
        && !other(stop)
    {
        if last(Cue::Maybe).is_some_and(|m| m <= stop && m + 12 >= stop) || !stops_it(sentence, number, start, stop) {
            return None;
        }
        return Some(Strength { stops: true });
    }
    let verb = [act, change].into_iter().flatten().max();
    let verb_at = verb?;
    if talk.is_some_and(|t| t >= verb_at) {
        return None;
    }
    // staying on a medicine is no new order; "continue ... but increase" is
    if last(Cue::Keep).is_some_and(|k| change.is_none_or(|c| c < k) && act.is_none_or(|a| a < k)) {
        return None;
    }
    if last(Cue::Maybe).is_some_and(|m| m + 12 >= entity.from) {
        return None;
    }
    let wanted = intent.is_some() || change.is_some() || is_imperative(sentence, start, &near);
    (wanted && verb_at + 14 >= entity.from).then_some(Strength { stops: false })
}

/// Whether a word of stopping that ends at `stop` stops the medicine: not "don't stop it", "stop it if", "hold on".
fn stops_it(sentence: &Ready, number: usize, start: usize, stop: usize) -> bool {
    const LONG: usize = 18;
    let Some(entity) = sentence.entities.get(number) else { return false };
    let tokens = &sentence.tokens;
    let most = tokens.len().min(entity.to + LONG);
    let end = (entity.to..most).find(|i| tokens.kind(*i) == TokenKind::Break).unwrap_or(most);
    let next = sentence.entities.get(number + 1).filter(|e| e.term.kind == Kind::Medicine).map_or(end, |e| e.from);
    let said = course::course(&course::Place {
        tokens,
        sentence: (start, end),
        clause: (start, next.min(end)),
        head: entity.from,
        to: entity.to,
        patient: false,
    });
    match said {
        Some(Course::On | Course::Thought) => false,
        Some(Course::Off { .. } | Course::Paused) => true,
        None => !stop.checked_sub(1).is_some_and(|verb| course::is_idiom(tokens, verb)),
    }
}

/// A study named without a verb in the plan: "Chest x-ray in six weeks", or, after an order, "and an ultrasound of the kidneys".
pub(super) fn bare(sentence: &Ready, number: usize, goes_on: bool) -> bool {
    let Some(entity) = sentence.entities.get(number) else { return false };
    let tokens = &sentence.tokens;
    const LONG: usize = 26;
    let most = tokens.len().min(entity.to + LONG);
    let end = (entity.to..most).find(|i| tokens.kind(*i) == TokenKind::Break).unwrap_or(most);
    let start = (entity.from.saturating_sub(6)..entity.from)
        .rev()
        .find(|i| tokens.kind(*i) == TokenKind::Break)
        .map_or(entity.from.saturating_sub(6), |i| i + 1);
    let first = (start..entity.from).find(|i| {
        !matches!(
            tokens.norm(*i),
            "and" | "also" | "plus" | "a" | "an" | "the" | "okay" | "so" | "repeat" | "then" | "some"
        ) && tokens.kind(*i) == TokenKind::Word
    });
    let cues = sentence.cues.get(sentence.cues.partition_point(|c| c.from < start)..).unwrap_or(&[]);
    let said_elsewhere = cues
        .iter()
        .take_while(|c| c.from < end)
        .any(|c| matches!(c.cue, Cue::Talk | Cue::Maybe | Cue::Declined | Cue::Stop));
    if first.is_some() || said_elsewhere || tokens.asks(end) || end - entity.to > 24 {
        return false;
    }
    let dated = (entity.to..end.min(entity.to + 4))
        .any(|i| matches!(tokens.norm(i), "today" | "tomorrow" | "now" | "in" | "next" | "before" | "every" | "on"));
    let opens = matches!(tokens.norm(start), "and" | "also" | "plus");
    dated || goes_on && opens
}

/// The clause begins after a sentence end or a turn word, at most `window` tokens back.
fn clause_start(sentence: &Ready, at: usize, window: usize) -> usize {
    let low = at.saturating_sub(window);
    (low..at)
        .rev()
        .find(|i| {
            sentence.tokens.kind(*i) == TokenKind::Break
                || matches!(sentence.tokens.norm(*i), "okay" | "alright" | "now" | "because")
        })
        .map_or(low, |i| i + 1)
}

fn is_imperative(sentence: &Ready, start: usize, near: &[&Found]) -> bool {
    near.iter().any(|c| c.cue == Cue::Act && c.from <= start + 2) || sentence.tokens.norm(start) == "just"
}

fn ends_as_question(sentence: &Ready, at: usize) -> bool {
    (at..sentence.tokens.len().min(at + 12))
        .any(|i| sentence.tokens.kind(i) == TokenKind::Break && i + 1 >= sentence.tokens.len())
        && sentence.cues.iter().take_while(|c| c.from <= 3).any(|c| c.cue == Cue::Talk)
}
