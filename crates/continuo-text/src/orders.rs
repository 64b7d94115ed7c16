//! Orders and next steps said in a visit: medicines, laboratory tests, imaging, follow-up.
//!
//! What is ordered stands near words of doing ("I'm going to order", "let's continue"); what was only asked about,
//! reviewed, tried before or declined does not. Each order names its words, its reason and the sentences it rests on.

mod cues;
mod describe;
mod reason;
mod referral;

use crate::entities::{self, Entity};
use crate::lexicon::Kind;
use crate::regimen::{self, Regimen, Standing};
use crate::span::Span;
use crate::token::Tokens;
use crate::transcript::Speaker;

/// One sentence or turn of a visit.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// Its number in the source.
    pub number: i64,
    /// Who says it.
    pub speaker: Speaker,
    /// The words.
    pub text: &'a str,
}

/// What kind of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrderKind {
    /// Medicine started, changed, continued or stopped.
    Medication,
    /// Laboratory test.
    Lab,
    /// Imaging or another study.
    Imaging,
    /// When to come back, and to whom.
    FollowUp,
    /// Somebody else to see.
    Referral,
}

impl OrderKind {
    /// The name in data files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Medication => "medication",
            Self::Lab => "lab",
            Self::Imaging => "imaging",
            Self::FollowUp => "followup",
            Self::Referral => "referral",
        }
    }
}

/// Words of one sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index into the sentences given.
    pub sentence: usize,
    /// The words in that sentence's text.
    pub span: Span,
}

/// One order.
#[derive(Clone, Debug)]
pub struct Order {
    /// What kind.
    pub kind: OrderKind,
    /// What is ordered, in the words said.
    pub description: String,
    /// Where those words stand, first to last.
    pub places: Vec<Place>,
    /// Why, in the words said.
    pub reason: Option<(String, Place)>,
    /// The lexicon's concept, for medicines and tests.
    pub concept: Option<&'static str>,
}

impl Order {
    /// Numbers of the sentences it rests on, in order.
    pub fn provenance(&self, said: &[Said<'_>]) -> Vec<i64> {
        let mut out: Vec<i64> = self
            .places
            .iter()
            .chain(self.reason.iter().map(|(_, p)| p))
            .filter_map(|p| said.get(p.sentence))
            .map(|s| s.number)
            .collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// A sentence made ready: its tokens, entities and cues.
struct Ready {
    tokens: Tokens,
    entities: Vec<Entity>,
    cues: Vec<cues::Found>,
}

impl Ready {
    /// "My mom said I should get an MRI": a patient's words about oneself, also where tags may be swapped.
    fn is_of_oneself(&self, from: usize, to: usize) -> bool {
        const NEAR: usize = 12;
        let has = |words: &[&str]| {
            (from.saturating_sub(NEAR)..self.tokens.len().min(to + NEAR)).any(|i| words.contains(&self.tokens.norm(i)))
        };
        has(&["i", "my", "me", "im", "ive"]) && !has(&["you", "your", "youre", "youve", "lets", "were"])
    }

    /// Whether the sentence around these tokens asks what has been ("did you get the genetic testing?").
    fn asks_what_was(&self, from: usize, to: usize) -> bool {
        const LONG: usize = 40;
        let end = self.tokens.len().min(to + LONG);
        let asks = (to..end)
            .find(|i| self.tokens.kind(*i) == crate::token::Kind::Break)
            .is_some_and(|end| self.tokens.asks(end));
        let start = (from.saturating_sub(LONG)..from)
            .rev()
            .find(|i| self.tokens.kind(*i) == crate::token::Kind::Break)
            .map_or(from.saturating_sub(LONG), |i| i + 1);
        let was = (start..from.min(start + 3))
            .any(|i| matches!(self.tokens.norm(i), "did" | "have" | "has" | "had" | "were" | "was" | "when"));
        asks && was
    }
}

/// All orders of a visit, in order of place.
pub fn find(said: &[Said<'_>]) -> Vec<Order> {
    let ready: Vec<Ready> = said
        .iter()
        .map(|s| {
            let tokens = Tokens::new(s.text);
            let entities = entities::find(&tokens);
            let cues = cues::find(&tokens);
            Ready { tokens, entities, cues }
        })
        .collect();
    let plan = plan_start(&ready);
    let read: Vec<(&Tokens, &[Entity])> = ready.iter().map(|r| (&r.tokens, r.entities.as_slice())).collect();
    let regimens = regimen::find_in(said, &read);
    let mut out: Vec<Order> = Vec::new();
    // the last sentence that ordered something: "and an ultrasound of the kidneys" goes on from it
    let mut ordering: Option<usize> = None;
    for (index, sentence) in ready.iter().enumerate() {
        let Some(source) = said.get(index) else { continue };
        for (number, entity) in sentence.entities.iter().enumerate() {
            let Some(kind) = kind(entity.term.kind) else { continue };
            let told = regimens.iter().find(|r| r.concept == entity.term.concept);
            let Some(strength) = cues::ordered(&ready, index, number, index >= plan)
                .filter(|_| told.is_none_or(|r| !is_no_order(r, index, entity.span)))
                .or_else(|| told.and_then(|r| by_regimen(r, index, entity.span)))
                .or_else(|| {
                    let goes_on = ordering.is_some_and(|last| last + 1 >= index);
                    let study = matches!(kind, OrderKind::Lab | OrderKind::Imaging) && index >= plan;
                    (study && cues::bare(sentence, number, goes_on)).then_some(cues::Strength { stops: false })
                })
            else {
                continue;
            };
            let own = source.speaker == Speaker::Patient && sentence.is_of_oneself(entity.from, entity.to);
            if own || sentence.asks_what_was(entity.from, entity.to) {
                continue;
            }
            ordering = Some(index);
            let (description, span) = describe::entity(source.text, sentence, number, kind, strength.stops);
            let place = Place { sentence: index, span };
            let reason = reason::find(said, &ready, index, entity, plan);
            push(
                &mut out,
                Order { kind, description, places: vec![place], reason, concept: Some(entity.term.concept) },
            );
        }
        if source.speaker != Speaker::Patient {
            for (description, span) in referral::find(source.text, &sentence.tokens, index >= plan) {
                let places = vec![Place { sentence: index, span }];
                push(&mut out, Order { kind: OrderKind::Referral, description, places, reason: None, concept: None });
            }
        }
        for (description, span, from) in describe::follow_up(source.text, sentence, index >= plan) {
            let reason = reason::follow_up(said, &ready, index, from);
            push(
                &mut out,
                Order {
                    kind: OrderKind::FollowUp,
                    description,
                    places: vec![Place { sentence: index, span }],
                    reason,
                    concept: None,
                },
            );
        }
    }
    drop_general(&mut out);
    out
}

/// Whether this very mention says that it is somebody else's, or never taken, whatever verb stands near.
fn is_no_order(regimen: &Regimen, index: usize, span: Span) -> bool {
    let here = regimen.places.get(regimen.decided).is_some_and(|p| p.sentence == index && p.span == span);
    here && matches!(regimen.standing, Standing::OfOther | Standing::Never)
}

/// An order that only the conversation as a whole says: "naproxen, five hundred milligrams, twice a day" in the plan.
fn by_regimen(regimen: &Regimen, index: usize, span: Span) -> Option<cues::Strength> {
    let place = regimen.places.get(regimen.decided)?;
    let here = place.sentence == index && place.span == span;
    let ordered = matches!(regimen.standing, Standing::ToStart | Standing::Changed)
        || regimen.standing == Standing::ToStop && regimen.taken;
    (here && ordered).then_some(cues::Strength { stops: regimen.standing == Standing::ToStop })
}

/// What kind of order naming such a thing can make.
fn kind(kind: Kind) -> Option<OrderKind> {
    match kind {
        Kind::Medicine | Kind::MedicineClass => Some(OrderKind::Medication),
        Kind::Lab => Some(OrderKind::Lab),
        Kind::Imaging => Some(OrderKind::Imaging),
        _ => None,
    }
}

/// "some blood work", "an anti-inflammatory" are left out where the thing itself is ordered close by.
fn drop_general(orders: &mut Vec<Order>) {
    let general = |o: &Order| {
        matches!(
            o.concept,
            Some(
                "blood test"
                    | "antibiotic"
                    | "steroid"
                    | "nonsteroidal anti-inflammatory"
                    | "painkiller"
                    | "antihistamine"
                    | "inhaler"
                    | "emollient"
                    | "muscle relaxant"
                    | "diuretic"
                    | "blood thinner"
                    | "beta blocker"
                    | "nasal spray"
                    | "eye drops"
                    | "laxative"
                    | "antacid"
                    | "statin"
                    | "antidepressant"
            )
        )
    };
    let places: Vec<(OrderKind, bool, usize)> =
        orders.iter().map(|o| (o.kind, general(o), o.places.first().map_or(0, |p| p.sentence))).collect();
    let mut index = 0;
    orders.retain(|o| {
        let here = index;
        index += 1;
        let at = places.get(here).map_or(0, |p| p.2);
        !general(o)
            || !places.iter().enumerate().any(|(i, (kind, is_general, sentence))| {
                i != here && *kind == o.kind && !is_general && sentence.abs_diff(at) <= 3
            })
    });
}

/// Where the plan begins: the first sentence after 35 % of the visit that speaks of assessment, plan or ordering,
/// or 45 % of the way.
fn plan_start(ready: &[Ready]) -> usize {
    let total: usize = ready.iter().map(|r| r.tokens.len()).sum();
    let mut before = 0;
    for (index, sentence) in ready.iter().enumerate() {
        let share = if total == 0 { 0.0 } else { before as f64 / total as f64 };
        if share > 0.3 && sentence.cues.iter().any(|c| c.cue == cues::Cue::Plan) || share > 0.45 {
            return index;
        }
        before += sentence.tokens.len();
    }
    0
}

/// Keeps one order a thing; a later, fuller saying of it replaces the words.
fn push(out: &mut Vec<Order>, order: Order) {
    let same = |o: &Order| {
        o.kind == order.kind
            && match order.kind {
                OrderKind::FollowUp => true,
                OrderKind::Referral => o.description.split(' ').take(2).eq(order.description.split(' ').take(2)),
                _ => o.concept == order.concept,
            }
    };
    if let Some(known) = out.iter_mut().find(|o| same(o)) {
        if order.description.split_whitespace().count() > known.description.split_whitespace().count() {
            known.description = order.description;
            known.places = order.places;
            known.reason = order.reason.or(known.reason.take());
            return;
        }
        if known.reason.is_none() {
            known.reason = order.reason;
        }
        return;
    }
    out.push(order);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(lines: &[&str]) -> Vec<(OrderKind, String, Option<String>)> {
        let said: Vec<Said<'_>> = lines
            .iter()
            .enumerate()
            .map(|(i, text)| Said { number: i as i64, speaker: Speaker::Doctor, text })
            .collect();
        find(&said).into_iter().map(|o| (o.kind, o.description, o.reason.map(|r| r.0))).collect()
    }

    #[test]
    fn what_is_ordered_is_found_with_its_reason() {
        let got = orders(&[
            "so it's the big toe again, it came on the night before last and i could hardly get a sock on it.",
            "have you taken any ibuprofen?",
            "no, tylenol did nothing.",
            "for your gout, i'm going to start you on colchicine 0.6 milligrams twice a day for a week.",
            "let's also check a uric acid.",
            "i'll see you back in two weeks.",
        ]);
        let kinds: Vec<OrderKind> = got.iter().map(|o| o.0).collect();
        assert_eq!(kinds, [OrderKind::Medication, OrderKind::Lab, OrderKind::FollowUp], "{got:?}");
        assert!(got[0].1.starts_with("colchicine 0.6 milligrams twice a day"), "{got:?}");
        assert_eq!(got[0].2.as_deref(), Some("gout"));
        assert!(got[2].1.contains("two weeks"), "{got:?}");
    }

    #[test]
    fn what_replaces_is_not_stopped_and_a_condition_orders_nothing() {
        let talk = "how have you been since we last met, and how is the new place, tell me a little.";
        let got = orders(&[
            talk,
            "this swelling is from amlodipine, i'd like to stop it and switch you to losartan 50 milligrams.",
        ]);
        assert!(got.iter().all(|o| o.1 != "stop losartan 50 milligrams"), "{got:?}");
        let got = orders(&[talk, "if you're sick and can't drink, stop the metformin until you're better."]);
        assert!(got.is_empty(), "{got:?}");
    }

    #[test]
    fn a_plan_in_keywords_and_referrals_are_orders() {
        let talk = "how have you been since we last met, and how is the new place, tell me a little about your week.";
        let got = orders(&[
            talk,
            "okay, i'm going to order a potassium level.",
            "and an ultrasound of the kidneys.",
            "chest x-ray in six weeks.",
            "i'm referring you to the kidney doctor.",
        ]);
        let kinds: Vec<OrderKind> = got.iter().map(|o| o.0).collect();
        assert_eq!(kinds, [OrderKind::Lab, OrderKind::Imaging, OrderKind::Imaging, OrderKind::Referral], "{got:?}");
    }

    #[test]
    fn a_transcript_in_one_line_is_read_in_proportion_to_its_length() {
        // a megabyte: read again for every thing named in it, this would take minutes
        let line = "i have chest pain and we will start lisinopril twenty milligrams ".repeat(16_000);
        assert_eq!(orders(&[&line]).len(), 1);
    }

    #[test]
    fn what_is_only_talked_about_is_no_order() {
        assert_eq!(
            orders(&[
                "i reviewed your chest x-ray and it looks fine.",
                "you took prednisone last year, right?",
                "your a1c was seven."
            ])
            .len(),
            0
        );
        assert_eq!(orders(&[]).len(), 0);
    }
}
