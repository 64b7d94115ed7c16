//! When wording of danger does not count: denied, long past, only imagined, a figure of speech, someone's death told.
//!
//! Messages are short and run on, so the reach of a denial is shorter here than in clinical notes.

use std::sync::LazyLock;

use crate::pattern::{Hit, Patterns};
use crate::token::{Kind, Tokens};

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Cue {
    No,
    Past,
    Imagined,
    Figure,
    But,
    StillNow,
    Named,
}

pub(super) const CUES: &[(Cue, &str)] = &[
    (
        Cue::No,
        "no; not; without; denies|denied|denying|deny; never; none; nor; neither; negative for; w / o; wo; dont|doesnt|didnt|havent|hasnt|isnt|arent|wasnt|aint|hadnt have|had|having|feel|get|any?|been ; havent ~1 had; hasnt ~1 had; sin; niega|niego; ni; nunca; ningun|ninguna; no tiene|tengo|hay|he|ha|me|le|se|siento; not having|had|been; free of; neg for; zero; dont; doesnt; didnt; isnt; havent; hasnt; wasnt; arent; rather than; instead of; not any; no signs? of; tampoco",
    ),
    (
        Cue::Past,
        "hace muchos|varios|unos|como|tantos ~1 anos; cuando tenia; hace bastante|mucho tiempo; de joven|nino|nina|chico|chica; # years back; in 19*; in 20*; back in; last year|spring|summer|winter|fall|january|february|march|april|may|june|july|august|september|october|november|december; years|year|months ago; years back; ago when; when i was; when he was; when she was; as a kid|child|teenager; history of; hx of?; used to; h / o; in|of|since|back_in 00|01|02|03|04|05|06|07|08|09; in the past; in my|his|her twenties|thirties|20s|30s|40s; in the fall|spring|winter; hace # anos|meses; hace anos; el ano pasado; cuando era; en 19*; en 20*; long ago; back then; in high|grade|middle school; in college; in the army|navy|service; as a teen; years before; all good now; previous; prior; during that|my|the; from # years; last month; anniversary; since the ~2 last year; s / p; status post; survivor; survived; a while back; last time; one time; previously; childhood; since my ~3 in",
    ),
    (
        Cue::Imagined,
        "if ~2 makes|make me|him|her|them|us; should|if ~0 the power; if i|he|she|we|they|it|you ever; if i|he|she|we|they start|starts|get|gets|got|felt|began|started|developed|noticed|have|has|had|feel|feels|develop|develops|notice|forget|miss|were|run|need; if my|his|her|the|our|a ~4 gets|starts|goes|drops|falls|hits|has; if it|they turned|turns|turn|got|gets|went|goes|became|becomes|swells|spreads|hurts|happened|happens; if something|anything happened|happens|goes; , say i|he|she|we|they; suppose|supposing|imagine i|he|she|we|they; if i|he|she|we|they ever; if i|he|she|they were to; si me|le|nos ~1 llegara|llegase|diera|pasara|llega; si algo ~2 pasa|pasara; what would happen if; what happens if; what if; in case; ever forget; what are ~2 signs|symptoms; signs|symptoms of; how do|would|will i|we know; when should|do i|we; what should i|we do if; what do i|we do if; what to do if; should i worry about; si me|tengo|le|alguna|se|llego|llega; que hago si; en caso de; do i need to worry|watch; watch for; look out for; could it cause|lead; can it|this|that cause; will it|this cause; cause|causes|prevent|prevents; risk of|for; worried about getting; afraid of getting; read that; read about; heard that; saw on; commercial; side effects? include|list|say|says; pamphlet; leaflet; brochure; class|classes|training|course|screening|vaccine for|on|about|in; for a school|project|class; just curious; for my records; hypothetical*; would i|it|he|she; can i get; to prevent; hasnt happened; so i dont; chances of; tips; policy on",
    ),
    (
        Cue::Figure,
        "could|ready|about|gonna|wanna|want|would ~2 strangle|throttle|murder|kill the|whoever|your|this|that ~3 caterer|phone|tree|website|portal|printer|computer|machine|contractor|plumber|hold|music|insurance|system|fax|app|alarm|thermostat; strangle|throttle|murder the ~2 caterer|printer|website|portal|contractor|plumber|fax|computer; bleeding me|us dry; hasta el cuello de|en; dying of suspense|curiosity|embarrassment|boredom|laughter; muero|muriendo|morir de risa|pena|ganas|verguenza|curiosidad; breaking|rompiendo|rompe ~1 head|cabeza ~3 paper|papel|papeles|tramite; put ~2 out to pasture; about|almost|nearly|practically had ~1 stroke|heart_attack|coronary|aneurysm|seizure ~0 when|after ~2 told|said|heard|read|opened|realized|found; suspense|wait|waiting|portal|paperwork|insurance|hold_music|website|app|phone_tree|copay|deductible|premium|football|election|robocalls ~2 giving|gave|gives|give me|us ~1 heart_attack|stroke|ulcer|aneurysm|coronary; espera|factura|cuenta|precio|tramite|papeleo ~3 da|dando|dio|dar ~1 infarto|ataque|soponcio; dying ~1 lol|haha|hahaha|lmao|jaja|jajaja; car|cars|truck|van|carro|camioneta ~2 in_the|at_the|en_el shop|mechanic|mechanics|garage|dealer|taller|mecanico; a limp; makes|made|making me want|wanna to? ~4 window|bridge|hair|scream|die; heart_attack|stroke waiting to happen; bill|statement|invoice|price|copay|charge ~2 gave|gives|giving me ~1 chest|heart|palpitations|stroke|anxiety; chest pains? lol; casi|por_poco me|nos da|dio ~3 infarto|ataque|algo|patatus|soponcio; me mata ~1 espera|burocracia|papeleo|precio; muero de ~1 pena|risa|verguenza|aburrimiento; hasta el cuello; me lleva el tren|diablo; room|lobby|office|clinic|building|hallway ~4 cold|freezing|frigid; died|dying of boredom; bored to tears; this is killing me people|folks|guys; end of my rope ~2 with; blood was|is boiling; wild goose; took my breath away; heart of gold; a shot in; jumped out of my skin; took|takes|taking all of? my|his|her|our meds|medicines|medications|medicine|medication; flu|covid|tetanus|shingles|pneumonia|rsv|mmr|hpv|measles|hepatitis|rabies|vaccine ~1 shot|shots|vaccine|vaccines|booster|boosters|clinic|test; roll* ~3 eyes; dying to|for; kills ~1 my eyes; want to die lol; die lol; hold music; to die for; scared ~3 to death; bored to death; worried to death; worked to death; sick to death; kill* ~3 two birds; killing time; killing it; nearly|almost|about killed me|us; bill|hold|wait|traffic|commute|paperwork|portal|website|music|price|prices|heels|suspense ~5 killing|kills|killed|kill; is murder; murder on; bloody murder; heart attack when ~6 bill|price|saw|cost|charge|statement|opened; bill|price|invoice|statement|cost|total|charge ~6 heart attack|stroke|chest; almost|nearly|about|practically|could|near fainted|faint|passed|pass|died|collapsed|collapse out? when|at|over|seeing|reading|opening|from|after ~6 bill|bills|price|prices|cost|costs|invoice|statement|charge|charges|copay|premium|deductible|total|fee|fees|estimate|amount; gave me a heart attack|stroke; have|having a stroke|heart|cow|fit|aneurysm over|about|if|when; heart skipped a beat; heart sank; heart goes out; broke my heart; breaks my heart; heartbroken; heart melted; stroke of; different strokes; pain in the neck|butt|rear|ass; a headache ~3 dealing|trying|with ~3 insurance|portal|phone|billing; headache ~0 with|dealing|trying; big headache; bleeding me|us; bleed* ~2 money|dry; drowning in; choked up; breathe easier|easy|again|a_sigh; sigh of relief; waste my breath; hold|holding my breath; out of my mind; losing my mind; lose my mind; going crazy|insane; drive* me crazy|nuts|insane|up; head ~1 spinning ~4 paperwork|forms|options|numbers|insurance; head is about to explode; make* my head explode; blood boil*; blind sided; blindsided; love is blind; cold feet; shot in the dark; over my dead body; dead tired; dead serious; drop dead gorgeous; could kill for; kill for; kill|killing me with; kill me when; kill me if; going to kill me if|when; sick of; sick and tired; burning question; burn bridges; burned by; fever pitch; cabin fever; baby fever; spring fever; rash decision; numb to; shaking my head; im|so|still shook; cough up; weak spot; tight schedule|budget|ship; money ~2 tight; sore subject|spot|loser; elephant in the room; pulling my hair; nerve wracking; give me a break; break a leg; costs? an arm and a leg; arm and a leg; hung up; hit ~2 head on; banging my head; bang my head; head against ~2 wall; running a marathon; bit my head off; my knee jerk; heads up; shoot me ~3 email|message|text; shoot an|over|you|me; jump through hoops; jump on ~2 call; jumped ~2 gun; stick to ~2 guns; top gun; gun shy; blew ~2 mind; muero de; me muero por; muerta|muerto de; me mata; casi me da ~3 infarto|ataque; de infarto; me rompe la cabeza; quebradero* de cabeza; un dolor de cabeza ~2 esto|el|la; ojo de la cara; crazy busy; hot mess; dark humor; ghosted; blown away; on fire lately; suffocating ~3 paperwork|bills|debt; choke on|at ~3 bill|price|cost; jaw dropped; my jaw hit; hurts my wallet; painless; pain free; ache to; lifesaver; saved my life; literally dead; makes|make me sick; death trap; of worry; im dead; lol dead; dead from laughing; laughed; died laughing; died of embarrassment; if looks could",
    ),
    (
        Cue::Named,
        "medicina|medicinas|medicamento|medicamentos|pastilla|pastillas|tratamiento ~2 para|de ~1 convulsiones|ataques|epilepsia|asma|derrame; seizure|seizures|epilepsy|stroke|asthma|migraine|chest_pain|heart_attack|heart|suicide|overdose|fall|fever|diabetes|allergy|anaphylaxis|pneumonia|dialysis|breathing|psychosis|burn|sepsis ~1 clinic|unit|center|program|group|class|classes|rehab|admission|hospitalization|plan|diary|log|medicine|medicines|medication|medications|med|meds|pills|drug|drugs|doctor|specialist|survivor|survivors|prevention|screening|hotline|awareness|walk|foundation|study|test|tests|alarm|alert|dog|precautions|paperwork|form|visit|appointment|appt|machine|treatment|treatments|history; last ~1 seizure|attack|episode|fall|flare|stroke|hospitalization ~2 19*|20*; seizure free; pain free; symptom free; fever free; free of ~2 seizures; billed|billing|charged|charge|bill|claim|invoice|statement|notes|records|report|copy|copies ~5 fainted|fall|infection|pneumonia|surgery|seizure|stroke|heart_attack|broke|cirugia|operacion; life after ~2 heart_attack|stroke; since|after|before|following|tras|despues_de my|the|his|her|dads|moms|el|mi|su heart_attack|stroke|infarto|derrame|bypass; bill|billed|statement|charge|charged|claim|invoice|copay|factura|cobro ~6 when|day|night|time|cuando|dia i|he|she|you|we|me|le ~1 had|checked|dio|tuve|tuvo ~3 chest|heart_attack|seizure|stroke|breathing|bleeding|pecho|infarto|asthma; bill|billed|statement|charge|charged|claim|invoice|copay|factura|cobro ~6 when|day|night|time|cuando i|he|she|me|se ~1 fainted|fell|passed|desmayo|desmaye; signed|school|needs|need|forms? ~2 seizure|asthma|allergy|diabetes action? plan; after his|her|my|dads|moms heart_attack|stroke; from when ~3 fainted|fell|passed|broke|had|was; ambulance|visit|bill|er ~3 when ~2 fainted|fell|collapsed|broke",
    ),
    (
        Cue::But,
        "but; however; except; though; although; yet; still; now; today; pero; aunque; ahora; hoy; sino; then; because; so; since; and now; plus; also; just; only; started; woke; solo",
    ),
    (
        Cue::StillNow,
        "again; still; back; now; today; tonight; this morning; since; ongoing; worse; same as; like before; otra vez; ahora; hoy; desde; just like; feels like; this is; minutes|hours|hour|mins ago; all of a sudden",
    ),
];

/// Deaths and illness of relatives that are told, not reported.
pub(super) const TOLD: &str = "died of|from; passed away ~2 from|of; lost my ~3 to; runs in ~2 family; family history; murio de|del; had a ~3 at #; in my family; death anniversary; is how my|his|her|our ~3 began|started|begins";

/// Tokens to either side in which a cue can matter.
const REACH: usize = 150;

struct Cues {
    patterns: Patterns,
}

static CUE_SET: LazyLock<Cues> = LazyLock::new(|| {
    let mut patterns = Patterns::new();
    for (cue, lines) in CUES {
        patterns.add_all(lines, *cue as u32);
    }
    patterns.add_all(TOLD, 100);
    Cues { patterns }
});

/// The cues of one message.
pub(super) struct Context<'a> {
    tokens: &'a Tokens,
    hits: Vec<Hit>,
}

impl<'a> Context<'a> {
    pub(super) fn new(tokens: &'a Tokens) -> Self {
        Self { tokens, hits: CUE_SET.patterns.find(tokens) }
    }

    /// Whether the wording at `hit` counts. `own` wording carries its own negation.
    pub(super) fn counts(&self, hit: Hit, own: bool) -> bool {
        !(self.is_figure(hit)
            || self.is_told(hit)
            || self.is_past(hit)
            || self.is_imagined(hit)
            || !own && self.is_denied(hit)
            || own && (self.is_denied_own(hit) || self.is_denied_in_a_row(hit)))
    }

    /// "prior" of an authorization says nothing about when.
    pub(super) fn is_authorized(&self, hit: Hit) -> bool {
        !(self.is_figure(hit) || self.is_told(hit) || self.is_imagined(hit) || self.is_denied_own(hit))
            && self
                .cues(Cue::Past, hit.from)
                .any(|p| self.tokens.norm(p.from) == "prior" && self.tokens.norm(p.to).starts_with("auth"))
    }

    /// The cues near a token: a sentence reaches 120 tokens at most, so long texts stay cheap.
    fn cues(&self, cue: Cue, at: usize) -> impl Iterator<Item = &Hit> {
        self.near(at).iter().filter(move |h| h.tag == cue as u32)
    }

    fn near(&self, at: usize) -> &[Hit] {
        let first = self.hits.partition_point(|h| h.from + REACH < at);
        let end = self.hits.partition_point(|h| h.from <= at + REACH);
        self.hits.get(first..end).unwrap_or(&[])
    }

    fn sentence(&self, at: usize) -> (usize, usize) {
        let low = at.saturating_sub(120);
        let start = (low..at).rev().find(|i| self.tokens.kind(*i) == Kind::Break).map_or(low, |i| i + 1);
        let high = (at + 120).min(self.tokens.len());
        let end = (at..high).find(|i| self.tokens.kind(*i) == Kind::Break).unwrap_or(high);
        (start, end)
    }

    fn words_between(&self, from: usize, to: usize) -> usize {
        (from..to).filter(|i| matches!(self.tokens.kind(*i), Kind::Word | Kind::Number)).count()
    }

    fn stops(&self, from: usize, to: usize) -> bool {
        self.cues(Cue::But, from).any(|b| from <= b.from && b.to <= to)
            || (from..to).any(|i| matches!(self.tokens.norm(i), ";" | ":" | ")" | "-" | "\u{2014}"))
    }

    fn is_denied(&self, hit: Hit) -> bool {
        let (start, end) = self.sentence(hit.from);
        let before = self.cues(Cue::No, hit.from).any(|no| {
            if no.from > hit.from && no.to < hit.to {
                // stepped over inside the wording: "sore no chest pain"
                return true;
            }
            if no.from < start || no.to > hit.from || self.stops(no.to, hit.from) || self.is_without_someone(*no) {
                return false;
            }
            let strong = matches!(self.tokens.norm(no.from), "denies" | "denied" | "denying" | "niega" | "neither");
            let joined = (no.to..end.min(hit.to + 8))
                .any(|i| matches!(self.tokens.norm(i), "or" | "nor" | "ni" | "o" | "and" | "/"));
            let comma = (no.to..hit.from).any(|i| self.tokens.kind(i) == Kind::Comma);
            let far = self.words_between(no.to, hit.from);
            match (strong, comma) {
                (true, _) => far <= 14,
                (false, true) => joined && far <= 9 && !self.has_predicate(no.to, hit.from),
                (false, false) => far <= if joined { 8 } else { 3 },
            }
        });
        let next = hit.to;
        let after = matches!(self.tokens.norm(next), "no" | "none" | "denied" | "negative" | "resolved" | "gone")
            && (matches!(self.tokens.norm(next.saturating_sub(1)), ":")
                || self.sentence(next).1 <= next + 1
                || matches!(self.tokens.norm(next), "denied" | "negative" | "gone" | "resolved"));
        let question = self.tokens.kind(next) == Kind::Break
            && matches!(self.tokens.norm(next + 1), "no" | "nope" | "none")
            && self.tokens.kind(next + 2) != Kind::Word;
        before || after || question
    }

    /// "better off without him": a person is missed, nothing is denied.
    fn is_without_someone(&self, no: Hit) -> bool {
        matches!(self.tokens.norm(no.from), "without" | "sin")
            && matches!(
                self.tokens.norm(no.to),
                "me" | "him"
                    | "her"
                    | "us"
                    | "them"
                    | "you"
                    | "mi"
                    | "el"
                    | "ella"
                    | "ellos"
                    | "a"
                    | "power"
                    | "oxygen"
                    | "insulin"
            )
    }

    /// An illness that only names something: a clinic, a plan, a class, an old bill.
    pub(super) fn is_named(&self, hit: Hit) -> bool {
        self.cues(Cue::Named, hit.from).any(|n| n.from < hit.to && hit.from < n.to)
    }

    /// A verb of one's own between the denial and the finding starts a new clause.
    fn has_predicate(&self, from: usize, to: usize) -> bool {
        (from..to).any(|i| {
            matches!(
                self.tokens.norm(i),
                "is" | "are"
                    | "was"
                    | "has"
                    | "have"
                    | "had"
                    | "im"
                    | "i"
                    | "hes"
                    | "shes"
                    | "my"
                    | "his"
                    | "her"
                    | "feels"
                    | "feel"
                    | "got"
                    | "tengo"
                    | "tiene"
                    | "me"
                    | "le"
                    | "duele"
            )
        })
    }

    /// "vision is crisp, no flashes, no curtain": two denials inside say that the words are a list of what is not there.
    fn is_denied_in_a_row(&self, hit: Hit) -> bool {
        (hit.from + 1..hit.to).filter(|i| matches!(self.tokens.norm(*i), "no" | "sin" | "ni")).count() >= 2
    }

    /// "no trouble breathing", "not confused": the denial stands right before wording that has its own.
    fn is_denied_own(&self, hit: Hit) -> bool {
        let first = self.tokens.norm(hit.from);
        if matches!(
            first,
            "no" | "not"
                | "cant"
                | "cannot"
                | "couldnt"
                | "wont"
                | "unable"
                | "havent"
                | "hasnt"
                | "dont"
                | "doesnt"
                | "isnt"
                | "without"
                | "sin"
                | "nothing"
                | "ya"
                | "out"
                | "ran"
        ) {
            return false;
        }
        let mut at = hit.from;
        for _ in 0..4 {
            let Some(previous) = at.checked_sub(1) else { return false };
            match self.tokens.norm(previous) {
                "no" | "not" | "denies" | "without" | "sin" | "never" | "ni" | "nor" | "denied" | "isnt" | "arent"
                | "havent" | "hasnt" | "didnt" | "dont" | "doesnt" | "wasnt" => {
                    return !self.stops(previous + 1, hit.from);
                }
                "or" | "any" | "and" | "of" | "having" | "had" | "have" | "signs" | "trouble" | "new" | "la" | "de"
                | "thoughts" | "intent" | "plan" | "to" | "plans" | "actually" | "been" | "be" | "seem" | "feel"
                | "getting" | "confused" | "at" | "all" | "thinking" | "thought" | "about" | "pienso" | "piensa"
                | "en" | "quiero" | "pensado" => at = previous,
                _ => return self.is_listed_denial(hit),
            }
        }
        self.is_listed_denial(hit)
    }

    fn is_listed_denial(&self, hit: Hit) -> bool {
        let (start, _) = self.sentence(hit.from);
        self.cues(Cue::No, hit.from).any(|no| {
            no.from >= start
                && no.to <= hit.from
                && matches!(self.tokens.norm(no.from), "denies" | "denied" | "niega" | "no" | "without" | "sin")
                && !self.stops(no.to, hit.from)
                && self.words_between(no.to, hit.from) <= 7
                && (no.to..hit.from).any(|i| matches!(self.tokens.norm(i), "or" | "nor" | "ni" | "and"))
                && !self.has_predicate(no.to, hit.from)
        })
    }

    fn is_past(&self, hit: Hit) -> bool {
        let (start, end) = self.sentence(hit.from);
        // a comma or a "but now" parts what was from what is
        let present = (start..hit.to + 2).rev().find(|i| self.is_present(*i));
        let left = (start..hit.from)
            .rev()
            .find(|i| {
                self.tokens.kind(*i) == Kind::Comma && !self.opens_in_the_past(start, *i)
                    || self.cues(Cue::But, hit.from).any(|b| b.from == *i)
                    || matches!(self.tokens.norm(*i), "and" | "y" | "plus") && present.is_some_and(|p| p > *i)
            })
            .map_or(start, |i| i + 1);
        let right = (hit.to..end)
            .find(|i| self.tokens.kind(*i) == Kind::Comma || self.cues(Cue::But, hit.from).any(|b| b.from == *i))
            .unwrap_or(end);
        let past = self.cues(Cue::Past, hit.from).any(|p| {
            p.from >= left
                && p.to <= right
                && !self.closes(*p, left, hit)
                && (p.from >= hit.from && p.to <= hit.to && self.tokens.norm(p.from) == "used"
                    || p.to <= hit.from && self.words_between(p.to, hit.from) <= 8
                    || p.from >= hit.to && self.words_between(hit.to, p.from) <= 6)
        });
        past && !self.cues(Cue::StillNow, hit.from).any(|n| {
            n.from >= left
                    && n.to <= right
                    && !(n.from >= hit.from && n.to <= hit.to)
                    // "back in college" tells when, it brings nothing back
                    && !self.cues(Cue::Past, hit.from).any(|p| p.from <= n.from && n.to <= p.to)
        })
    }

    /// "Years ago, when I was sixteen, ...": a comma after nothing but a time does not part it from what it dates.
    fn opens_in_the_past(&self, start: usize, comma: usize) -> bool {
        let dated: Vec<&Hit> = self.cues(Cue::Past, start).filter(|p| p.from >= start && p.to <= comma).collect();
        let others = (start..comma).filter(|i| {
            matches!(self.tokens.kind(*i), Kind::Word | Kind::Number)
                && !dated.iter().any(|p| (p.from..p.to).contains(i))
        });
        !dated.is_empty() && others.count() <= 2
    }

    /// "and my chest hurts": a word by which a clause of its own tells what is.
    fn is_present(&self, at: usize) -> bool {
        matches!(
            self.tokens.norm(at),
            "is" | "are"
                | "am"
                | "im"
                | "hurts"
                | "hurting"
                | "aches"
                | "feels"
                | "feel"
                | "has"
                | "have"
                | "having"
                | "cant"
                | "keeps"
                | "wont"
                | "esta"
                | "duele"
                | "tengo"
                | "tiene"
                | "siento"
                | "siente"
        )
    }

    /// "had a stent put in last month chest pain": the date ends what was told before, the hit begins anew.
    fn closes(&self, date: Hit, left: usize, hit: Hit) -> bool {
        let dated = self.tokens.norm(date.from) == "last" || self.tokens.norm(date.to.saturating_sub(1)) == "ago";
        dated && hit.to > hit.from + 1 && date.to == hit.from && self.words_between(left, date.from) >= 3
    }

    fn is_imagined(&self, hit: Hit) -> bool {
        let (start, end) = self.sentence(hit.from);
        self.cues(Cue::Imagined, hit.from).any(|c| {
            let before = c.from >= start
                && (c.to <= hit.from + 1 || c.from < hit.from && c.to <= hit.to)
                && !(c.to..hit.from).any(|i| self.tokens.kind(i) == Kind::Comma)
                && self.words_between(c.to.min(hit.from), hit.from) <= 8
                && !self.stops(c.to.min(hit.from), hit.from);
            // "not sure if I ...": something happened
            let before = before
                && !(c.from.saturating_sub(3)..c.from).any(|i| {
                    matches!(
                        self.tokens.norm(i),
                        "know" | "sure" | "idk" | "unsure" | "wondering" | "wonder" | "tell" | "certain"
                    )
                });
            let after = c.from >= hit.to
                && c.from <= end + 3
                && matches!(
                    self.tokens.norm(c.from),
                    "hasnt" | "just" | "hypothetical" | "hypothetically" | "class" | "classes" | "training" | "vaccine"
                );
            before || after
        })
    }

    fn is_figure(&self, hit: Hit) -> bool {
        self.cues(Cue::Figure, hit.from).any(|f| f.from < hit.to && hit.from < f.to)
    }

    fn is_told(&self, hit: Hit) -> bool {
        let (start, end) = self.sentence(hit.from);
        self.near(hit.from).iter().any(|h| {
            h.tag == 100
                && h.from >= start
                && h.to <= end
                && self.words_between(h.to.min(hit.from), hit.from.max(h.to)) <= 6
        })
    }
}
