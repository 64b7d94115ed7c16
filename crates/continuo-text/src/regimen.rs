//! What becomes of each medicine of a conversation: taken, stopped, never taken, somebody else's, to start, to change.
//!
//! People name a medicine and say the rest in the next breath ("I quit that in the winter"), or only answer ("the
//! glipizide?" "right"). Each mention is judged with its clause, what the same speaker says next and what the other one
//! answers (`mention`); what was said later about the same medicine counts more. Nothing is taken that nobody said so.

pub mod course;
mod denial;
mod mention;
mod verbs;
pub(crate) mod words;

use crate::entities::{self, Entity};
use crate::lexicon::Kind;
use crate::orders::{Place, Said};
use crate::token::Tokens;
use crate::transcript::Speaker;

/// What was said to become of a medicine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Taken now.
    Taken,
    /// Taken before, or stopped by now.
    Stopped,
    /// Never taken.
    Never,
    /// Somebody else takes it.
    OfOther,
    /// Weighed, or left for later.
    Considered,
    /// Named, and nothing said of it.
    Named,
    /// The clinician has it begin.
    ToStart,
    /// Taken, and the clinician changes how.
    Changed,
    /// The clinician has it stop, or says to stay away from it.
    ToStop,
    /// The clinician has it left off for a time.
    ToPause,
}

/// One medicine.
#[derive(Clone, Debug)]
pub struct Regimen {
    /// The lexicon's concept.
    pub concept: &'static str,
    /// What becomes of it.
    pub standing: Standing,
    /// Where it is named, in order.
    pub places: Vec<Place>,
    /// Index into `places`: the mention that decided.
    pub decided: usize,
    /// Somebody said that it is taken, whatever came of it.
    pub taken: bool,
    /// Somebody said that it was stopped, whatever came of it.
    pub stopped: bool,
}

/// A sentence of somebody.
struct Line<'a> {
    /// Index into what was said.
    said: usize,
    speaker: Speaker,
    tokens: &'a Tokens,
    from: usize,
    to: usize,
    asks: bool,
    /// Medicines named in it.
    medicines: usize,
    /// Share of the conversation before it.
    share: f64,
}

/// All medicines named, in order of their first mention.
pub fn find(said: &[Said<'_>]) -> Vec<Regimen> {
    let tokens: Vec<Tokens> = said.iter().map(|one| Tokens::new(one.text)).collect();
    let named: Vec<Vec<Entity>> = tokens.iter().map(entities::find).collect();
    let read: Vec<(&Tokens, &[Entity])> = tokens.iter().zip(named.iter().map(Vec::as_slice)).collect();
    find_in(said, &read)
}

/// The same where the tokens and entities of each part are known.
pub(crate) fn find_in(said: &[Said<'_>], read: &[(&Tokens, &[Entity])]) -> Vec<Regimen> {
    let read: Vec<(&Tokens, Vec<&Entity>)> = read
        .iter()
        .map(|(tokens, named)| (*tokens, named.iter().filter(|e| e.term.kind == Kind::Medicine).collect()))
        .collect();
    let lines = lines(said, &read);
    let mut out: Vec<Told> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((_, medicines)) = read.get(line.said) else { continue };
        let first = medicines.partition_point(|e| e.from < line.from);
        let here: Vec<&Entity> = medicines.iter().skip(first).take_while(|e| e.from < line.to).copied().collect();
        for (number, entity) in here.iter().enumerate() {
            let standing = mention::judge(&lines, at, &here, number);
            let place = Place { sentence: line.said, span: entity.span };
            let taken =
                matches!(standing, Some(Standing::Taken | Standing::Stopped)) && line.speaker == Speaker::Patient;
            let stops = taken && mention::told_to_stop(&lines, at);
            match out.iter_mut().find(|told| told.regimen.concept == entity.term.concept) {
                Some(told) => {
                    told.add(standing, place);
                    told.stop_if(stops);
                }
                None => {
                    let mut told = Told::new(entity.term.concept);
                    told.add(standing, place);
                    told.stop_if(stops);
                    out.push(told);
                }
            }
        }
    }
    out.into_iter().map(Told::settle).collect()
}

/// The sentences of everything said.
fn lines<'a>(said: &[Said<'_>], read: &[(&'a Tokens, Vec<&Entity>)]) -> Vec<Line<'a>> {
    let total: usize = read.iter().map(|(tokens, _)| tokens.len()).sum();
    let mut before = 0;
    let mut out = Vec::new();
    for (index, (one, (tokens, named))) in said.iter().zip(read).enumerate() {
        for (from, to) in tokens.sentences() {
            let end = tokens.span(from, to).end;
            let asks = tokens.asks(to) || one.text.get(end..).unwrap_or("").trim_start().starts_with('?');
            let share = (before + from) as f64 / total.max(1) as f64;
            let first = named.partition_point(|e| e.from < from);
            let medicines = named.iter().skip(first).take_while(|e| e.from < to).count();
            out.push(Line { said: index, speaker: one.speaker, tokens, from, to, asks, medicines, share });
        }
        before += tokens.len();
    }
    out
}

/// What has been said of one medicine so far: by those who take it, and by those who order it.
struct Told {
    regimen: Regimen,
    current: Option<(Standing, usize)>,
    plan: Option<(Standing, usize)>,
}

impl Told {
    fn new(concept: &'static str) -> Self {
        let regimen = Regimen {
            concept,
            standing: Standing::Named,
            places: Vec::new(),
            decided: 0,
            taken: false,
            stopped: false,
        };
        Self { regimen, current: None, plan: None }
    }

    fn add(&mut self, standing: Option<Standing>, place: Place) {
        let at = self.regimen.places.len();
        self.regimen.places.push(place);
        let Some(standing) = standing else { return };
        match standing {
            // "keep the metformin" after it was changed changes nothing
            Standing::Taken if self.current.is_none_or(|(known, _)| known != Standing::Taken) => {
                self.current = Some((Standing::Taken, at));
                self.regimen.taken = true;
            }
            Standing::Taken | Standing::Named => {}
            Standing::Stopped | Standing::Never | Standing::OfOther => {
                self.current = Some((standing, at));
                self.regimen.stopped |= standing == Standing::Stopped;
            }
            Standing::Considered => {
                if self.plan.is_none() {
                    self.plan = Some((standing, at));
                }
            }
            Standing::ToStart | Standing::Changed | Standing::ToStop | Standing::ToPause => {
                self.plan = Some((standing, at));
            }
        }
    }

    /// The clinician answers the last mention with a stop.
    fn stop_if(&mut self, stops: bool) {
        if stops {
            self.plan = Some((Standing::ToStop, self.regimen.places.len().saturating_sub(1)));
            self.current = self.current.filter(|(standing, _)| *standing == Standing::Taken);
            self.regimen.taken = true;
        }
    }

    fn settle(mut self) -> Regimen {
        let taken = self.current.is_some_and(|(standing, _)| standing == Standing::Taken);
        let (standing, decided) = match (self.plan, self.current) {
            (Some((Standing::ToStart, at)), _) if taken => (Standing::Changed, at),
            (Some((plan @ (Standing::ToStart | Standing::Changed), at)), _) => (plan, at),
            (
                Some((Standing::ToStop | Standing::ToPause, _)),
                Some((standing @ (Standing::Stopped | Standing::Never | Standing::OfOther), at)),
            ) => (standing, at),
            (Some((plan @ (Standing::ToStop | Standing::ToPause), at)), _) => (plan, at),
            (_, Some(current)) => current,
            (Some(plan), None) => plan,
            (None, None) => (Standing::Named, 0),
        };
        self.regimen.standing = standing;
        self.regimen.decided = decided;
        self.regimen
    }
}

#[cfg(test)]
mod tests;
