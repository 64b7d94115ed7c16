//! Orders and next steps said in a visit: medicines, laboratory tests, imaging, follow-up.
//!
//! What is ordered stands near words of doing ("I'm going to order", "let's continue"); what was only asked about,
//! reviewed, tried before or declined does not. Each order names its words, its reason and the sentences it rests on.

mod cues;
mod describe;
mod reason;

use crate::entities::{self, Entity};
use crate::lexicon::Kind;
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
}

impl OrderKind {
    /// The name in data files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Medication => "medication",
            Self::Lab => "lab",
            Self::Imaging => "imaging",
            Self::FollowUp => "followup",
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
    let mut out: Vec<Order> = Vec::new();
    for (index, sentence) in ready.iter().enumerate() {
        let Some(source) = said.get(index) else { continue };
        for (number, entity) in sentence.entities.iter().enumerate() {
            let kind = match entity.term.kind {
                Kind::Medicine | Kind::MedicineClass => OrderKind::Medication,
                Kind::Lab => OrderKind::Lab,
                Kind::Imaging => OrderKind::Imaging,
                Kind::Problem | Kind::Symptom => continue,
            };
            let Some(strength) = cues::ordered(&ready, index, number, index >= plan) else { continue };
            let (description, span) = describe::entity(source.text, sentence, number, kind, strength.stops);
            let place = Place { sentence: index, span };
            let reason = reason::find(said, &ready, index, entity, plan);
            push(
                &mut out,
                Order { kind, description, places: vec![place], reason, concept: Some(entity.term.concept) },
            );
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
        o.kind == order.kind && if order.kind == OrderKind::FollowUp { true } else { o.concept == order.concept }
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
