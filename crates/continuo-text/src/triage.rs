//! Messages: how soon, who, what for, which dangers, and the words that decided.
//!
//! Wording (`knowledge/triage/signals-*.txt`) and numbers (`readings`) raise signals; `context` drops those that are denied,
//! past, imagined or figures of speech; `rules.txt` turns the rest into red flags with a clock; `purpose` finds what is
//! asked and who owns it. Nothing lowers an urgency that a standing danger raised; wording for
//! today that names no danger counts unless the learnt second opinion is sure that it can wait. A person still reads every
//! message.

mod alike;
mod context;
mod joints;
mod knowledge;
mod labels;
mod purpose;
mod readings;
mod said;
pub mod second;
mod spelling;

pub use labels::{Intent, RedFlag, Route, Urgency, danger_words};

use crate::pattern::Hit;
use crate::span::Span;
use crate::token::Tokens;
use continuo_fhir::letters::head;
use knowledge::KNOWLEDGE;

/// What triage says of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Triage {
    /// How soon someone must act.
    pub urgency: Urgency,
    /// Who owns the first action.
    pub route: Route,
    /// What is asked, most important first.
    pub intents: Vec<Intent>,
    /// Dangers that stand, sorted by name.
    pub red_flags: Vec<RedFlag>,
    /// The one of them that the second opinion names and no words of the text do: a guess, shown as one.
    pub guessed: Option<RedFlag>,
    /// The words that decided, in order of place.
    pub because: Vec<Span>,
    /// The names of all signals that stand (`knowledge/triage`), for those who ask why.
    pub signals: Vec<&'static str>,
}

/// Signals that stand in one message.
struct Signals {
    places: Vec<Vec<Hit>>,
    /// Tokens whose words mean something else or tell what is long over.
    other: Vec<(usize, usize)>,
}

impl Signals {
    fn has(&self, name: &str) -> bool {
        KNOWLEDGE.signal(name).is_some_and(|s| self.stands(s))
    }

    fn stands(&self, signal: u32) -> bool {
        self.places.get(signal as usize).is_some_and(|p| !p.is_empty())
    }

    fn of(&self, name: &str) -> &[Hit] {
        KNOWLEDGE.signal(name).and_then(|s| self.places.get(s as usize)).map_or(&[], Vec::as_slice)
    }

    /// The names of the signals that stand.
    fn names(&self) -> Vec<&'static str> {
        (0..KNOWLEDGE.len() as u32)
            .filter(|s| self.stands(*s))
            .map(|s| KNOWLEDGE.name(s))
            .filter(|name| !name.ends_with("_topic"))
            .collect()
    }

    /// The names of the signals that stand in tokens `from..to`.
    fn names_within(&self, from: usize, to: usize) -> Vec<&'static str> {
        let mut names = self.names();
        names.retain(|name| self.of(name).iter().any(|h| (from..to).contains(&h.from)));
        names
    }

    /// Whether some wording tells of a danger.
    fn tell_of_danger(&self) -> bool {
        (0..KNOWLEDGE.len() as u32).any(|signal| self.stands(signal) && KNOWLEDGE.tells_of_danger(signal))
    }

    /// How many places of the text show the signal.
    fn count(&self, name: &str) -> usize {
        self.of(name).len()
    }
}

/// Red flags that a stronger finding already says.
const SAID_BY: &[(RedFlag, &[RedFlag])] = &[
    (RedFlag::Anaphylaxis, &[RedFlag::AllergicReaction, RedFlag::Dyspnea, RedFlag::Syncope]),
    (
        RedFlag::HypertensiveEmergency,
        &[
            RedFlag::SevereHypertension,
            RedFlag::ChestPain,
            RedFlag::AlteredMentalStatus,
            RedFlag::SevereHeadache,
            RedFlag::CriticalMedGap,
            RedFlag::Dyspnea,
            RedFlag::EyeEmergency,
            RedFlag::VisionLoss,
        ],
    ),
    (
        RedFlag::SevereHypoglycemia,
        &[RedFlag::AlteredMentalStatus, RedFlag::Syncope, RedFlag::Choking, RedFlag::StrokeSigns],
    ),
    (
        RedFlag::Overdose,
        &[
            RedFlag::Dyspnea,
            RedFlag::AlteredMentalStatus,
            RedFlag::Syncope,
            RedFlag::MedError,
            RedFlag::Poisoning,
            RedFlag::Palpitations,
        ],
    ),
    (
        RedFlag::Poisoning,
        &[RedFlag::AlteredMentalStatus, RedFlag::MedError, RedFlag::Seizure, RedFlag::Choking, RedFlag::Overdose],
    ),
    (RedFlag::HeadInjury, &[RedFlag::AlteredMentalStatus, RedFlag::Syncope]),
    (RedFlag::StrokeSigns, &[RedFlag::AlteredMentalStatus, RedFlag::Dyspnea]),
    (RedFlag::ChestPain, &[RedFlag::StrokeSigns]),
    (RedFlag::EyeEmergency, &[RedFlag::PostOpComplication]),
    (RedFlag::Seizure, &[RedFlag::AlteredMentalStatus, RedFlag::Syncope]),
    (RedFlag::CarbonMonoxide, &[RedFlag::AlteredMentalStatus, RedFlag::Syncope, RedFlag::PowerDependentEquipment]),
    (RedFlag::InfantFever, &[RedFlag::AlteredMentalStatus, RedFlag::SepsisSigns, RedFlag::Dehydration]),
    (
        RedFlag::DkaSigns,
        &[
            RedFlag::AlteredMentalStatus,
            RedFlag::Dehydration,
            RedFlag::SevereAbdominalPain,
            RedFlag::Dyspnea,
            RedFlag::CriticalLab,
        ],
    ),
    (
        RedFlag::HeatExposure,
        &[RedFlag::AlteredMentalStatus, RedFlag::Syncope, RedFlag::StrokeSigns, RedFlag::SepsisSigns],
    ),
    (
        RedFlag::Withdrawal,
        &[RedFlag::AlteredMentalStatus, RedFlag::Psychosis, RedFlag::CriticalMedGap, RedFlag::Palpitations],
    ),
    (RedFlag::Choking, &[RedFlag::Dyspnea, RedFlag::StrokeSigns]),
    (RedFlag::SuicidalIdeation, &[RedFlag::Overdose, RedFlag::AlteredMentalStatus]),
    (RedFlag::DomesticViolence, &[RedFlag::HomicidalIdeation, RedFlag::Choking]),
    (RedFlag::ChildSafety, &[RedFlag::DomesticViolence]),
    (RedFlag::ElderAbuse, &[RedFlag::DomesticViolence]),
    (
        RedFlag::MissedDialysis,
        &[RedFlag::Dyspnea, RedFlag::HfDecompensation, RedFlag::Palpitations, RedFlag::Anaphylaxis],
    ),
    (RedFlag::SepsisSigns, &[RedFlag::UrinaryRetention, RedFlag::FlankPainFever, RedFlag::Dyspnea]),
    (RedFlag::HfDecompensation, &[RedFlag::Dyspnea]),
    (RedFlag::DvtSigns, &[RedFlag::HfDecompensation]),
    (RedFlag::PostOpComplication, &[RedFlag::UrinaryRetention, RedFlag::WoundInfection, RedFlag::SevereAbdominalPain]),
    (RedFlag::UrinaryRetention, &[RedFlag::Dehydration]),
    (RedFlag::Burn, &[RedFlag::WoundInfection, RedFlag::ChestPain]),
    (
        RedFlag::PregnancyWarning,
        &[RedFlag::SevereHeadache, RedFlag::SevereHypertension, RedFlag::SevereAbdominalPain, RedFlag::SevereBleeding],
    ),
    (RedFlag::GiBleed, &[RedFlag::Syncope]),
    (RedFlag::TesticularTorsion, &[RedFlag::SevereAbdominalPain]),
    (RedFlag::CaudaEquina, &[RedFlag::UrinaryRetention, RedFlag::LimbIschemia]),
    (RedFlag::LimbIschemia, &[RedFlag::DvtSigns]),
    (RedFlag::HomicidalIdeation, &[RedFlag::FirearmAccess]),
    (RedFlag::Psychosis, &[RedFlag::HomicidalIdeation]),
    (RedFlag::OxygenSupply, &[RedFlag::PowerDependentEquipment, RedFlag::Dyspnea]),
    (RedFlag::SevereBleeding, &[RedFlag::PostOpComplication]),
    (RedFlag::SevereHeadache, &[RedFlag::SevereBleeding]),
];

/// A message is read so far, in bytes: ten pages. Whoever sends more must not keep the others waiting for theirs; what
/// stands beyond is for a person's eyes and for plainer matchers.
pub const READ: usize = 20_000;

/// The part of a message that is read.
pub fn part_read(text: &str) -> &str {
    head(text, READ)
}

/// Triages one message. `lang` may name its language (`en`, `es`); the wording of both is always looked for,
/// because people mix them.
pub fn triage(text: &str, lang: Option<&str>) -> Triage {
    let _ = lang;
    triage_with(part_read(text), second::Model::shipped())
}

/// Reads a message: its repaired tokens and the signals that stand in it.
fn read(text: &str) -> (Tokens, Signals) {
    let mut tokens = Tokens::new(text);
    spelling::repair(text, &mut tokens);
    said::in_digits(&mut tokens);
    let context = context::Context::new(&tokens);
    let alike = alike::Alike::new(&tokens);
    let mut signals = Signals { places: vec![Vec::new(); KNOWLEDGE.len()], other: Vec::new() };
    for hit in KNOWLEDGE.patterns.find(&tokens) {
        let name = KNOWLEDGE.name(hit.tag);
        if alike.is(name, hit) {
            if alike.is_silent(name, hit) {
                signals.other.push((hit.from, hit.to));
            }
            continue;
        }
        let counts = is_about_purpose(name)
            || (context.counts(hit, KNOWLEDGE.is_own(hit.tag))
                || matches!(name, "critical_med" | "med_out") && context.is_authorized(hit))
                && (name == "critical_med" || !context.is_named(hit));
        if counts && let Some(places) = signals.places.get_mut(hit.tag as usize) {
            places.push(hit);
        }
    }
    for reading in readings::find(&tokens) {
        if let Some(signal) = KNOWLEDGE.signal(reading.signal)
            && let Some(places) = signals.places.get_mut(signal as usize)
        {
            let hit = Hit { from: reading.from, to: reading.to, tag: signal };
            if context.counts(hit, true) {
                places.push(hit);
            }
        }
    }
    // a thermometer that reads no fever answers the word "temperature"
    let normal = signals.of("temp_normal").to_vec();
    if let Some(places) = KNOWLEDGE.signal("fever").and_then(|s| signals.places.get_mut(s as usize)) {
        places.retain(|f| !normal.iter().any(|n| f.from < n.to && n.from < f.to));
    }
    share(&mut signals, "fever", "fever_any");
    add_topical(&mut signals);
    drop((context, alike));
    (tokens, signals)
}

/// Triages with a given second opinion.
fn triage_with(text: &str, model: &second::Model) -> Triage {
    let (tokens, signals) = read(text);
    let names = signals.names();
    let opinion = model.opinion(&tokens, &signals);
    let mut found = judge(&signals);
    say_once(&mut found.flags);
    let purpose = purpose::find(&tokens, &signals, &found, &opinion);
    let mut deciding = if found.deciding.is_empty() { purpose.deciding } else { found.deciding };
    deciding.sort_unstable_by_key(|h| (h.from, h.to));
    let mut because: Vec<Span> = Vec::new();
    for span in deciding.iter().map(|h| tokens.span(h.from, h.to)) {
        match because.last_mut() {
            Some(last) if last.overlaps(span) => *last = last.join(span),
            _ => because.push(span),
        }
    }
    let mut red_flags: Vec<RedFlag> = found.flags.iter().map(|(flag, _)| *flag).collect();
    let guessed = purpose.flag.filter(|flag| !red_flags.contains(flag));
    red_flags.extend(guessed);
    red_flags.sort_unstable_by_key(|f| f.name());
    Triage {
        signals: names,
        urgency: purpose.urgency,
        route: purpose.route,
        intents: purpose.intents,
        red_flags,
        guessed,
        because,
    }
}

impl Triage {
    /// The dangers that words of the text name.
    pub fn named(&self) -> impl Iterator<Item = RedFlag> {
        self.red_flags.iter().copied().filter(|flag| self.guessed != Some(*flag))
    }
}

/// Words about what is asked count even when denied or imagined: "no refills left" is about refills.
fn is_about_purpose(name: &str) -> bool {
    name.starts_with("i_") && name != "i_symptom"
        || name.starts_with("m_")
        || name.starts_with("r_")
        || name.ends_with("_word")
            && !matches!(name, "stroke_word" | "poison_word" | "swollen_word" | "withdrawal_word" | "chest_word")
        || matches!(
            name,
            "form_new"
                | "overdue"
                | "move_visit"
                | "clinic_bill"
                | "results_explain"
                | "asks_test"
                | "food_need"
                | "complaint_strong"
        )
}

/// Copies the places of one signal to another.
fn share(signals: &mut Signals, from: &str, to: &str) {
    let places = signals.of(from).to_vec();
    if let Some(slot) = KNOWLEDGE.signal(to).and_then(|s| signals.places.get_mut(s as usize)) {
        slot.extend(places);
    }
}

/// General wording counts where its topic stands near.
fn add_topical(signals: &mut Signals) {
    const NEAR: usize = 60;
    for topical in &KNOWLEDGE.topical {
        let places = |s: u32| signals.places.get(s as usize).map_or(&[][..], Vec::as_slice);
        let topics = places(topical.topic);
        let counting: Vec<Hit> = places(topical.wording)
            .iter()
            .filter(|hit| {
                let next = topics.partition_point(|t| t.from < hit.from);
                [next.checked_sub(1), Some(next)]
                    .into_iter()
                    .flatten()
                    .filter_map(|i| topics.get(i))
                    .any(|t| t.from.abs_diff(hit.from) <= NEAR)
            })
            .copied()
            .collect();
        if let Some(slot) = signals.places.get_mut(topical.signal as usize) {
            slot.extend(counting);
            slot.sort_by_key(|h| h.from);
        }
        if let Some(slot) = signals.places.get_mut(topical.wording as usize) {
            slot.clear();
        }
    }
}

/// What the rules found.
struct Found {
    /// The most urgent level that a rule raised.
    urgency: Option<Urgency>,
    flags: Vec<(RedFlag, Urgency)>,
    deciding: Vec<Hit>,
}

fn judge(signals: &Signals) -> Found {
    let mut out = Found { urgency: None, flags: Vec::new(), deciding: Vec::new() };
    let mut fired = Vec::new();
    for rule in &KNOWLEDGE.rules {
        if !rule.all.iter().all(|s| signals.stands(*s))
            || rule.none.iter().any(|s| signals.stands(*s))
            || !meet(signals, &rule.all, rule.near)
        {
            continue;
        }
        out.urgency = Some(out.urgency.map_or(rule.urgency, |u| u.min(rule.urgency)));
        fired.push(rule);
        if let Some(flag) = rule.flag {
            match out.flags.iter_mut().find(|(f, _)| *f == flag) {
                Some((_, urgency)) => *urgency = rule.urgency.min(*urgency),
                None => out.flags.push((flag, rule.urgency)),
            }
        }
    }
    for rule in fired {
        if Some(rule.urgency) == out.urgency {
            out.deciding.extend(rule.all.iter().filter_map(|s| signals.places.get(*s as usize)?.first()));
        }
    }
    out
}

/// Whether the signals of one rule stand within `near` tokens of the first of them.
fn meet(signals: &Signals, all: &[u32], near: usize) -> bool {
    let Some((first, rest)) = all.split_first() else { return false };
    let places = |s: &u32| signals.places.get(*s as usize).map_or(&[][..], Vec::as_slice);
    rest.is_empty()
        || places(first).iter().take(200).any(|a| {
            rest.iter().all(|s| {
                let list = places(s);
                let next = list.partition_point(|b| b.from < a.from);
                [next.checked_sub(1), Some(next)]
                    .into_iter()
                    .flatten()
                    .filter_map(|i| list.get(i))
                    .any(|b| b.from.abs_diff(a.from) <= near)
            })
        })
}

fn say_once(flags: &mut Vec<(RedFlag, Urgency)>) {
    let all = flags.clone();
    // a flag is dropped only for one that is at least as urgent, so the highest level always keeps its reason
    flags.retain(|(flag, urgency)| {
        !SAID_BY
            .iter()
            .any(|(strong, weak)| weak.contains(flag) && all.iter().any(|(f, u)| f == strong && u <= urgency))
    });
}

#[cfg(test)]
mod tests;
