//! Wording that looks like a danger and is not: events told with a date, and words that mean something else beside others.
//!
//! The second opinion reads such words as it reads denied ones. A present sign anywhere near keeps an
//! event with a date: "fainted last month and again today" counts.

use std::sync::LazyLock;

use crate::pattern::{Hit, Patterns};
use crate::token::{Kind, Tokens};

/// Signals, and wording inside which their words mean something else.
pub(super) const ALIKE: &str = include_str!("../../../../knowledge/triage/alike.txt");

/// What happened, and is over when told with a date and no present sign.
const EVENTS: &[&str] = &[
    "chest_pain",
    "chest_word",
    "radiating",
    "jaw_pain",
    "breath_severe",
    "breath_plain",
    "syncope",
    "syncope_near",
    "seizure",
    "stroke_word",
    "face_droop",
    "speech",
    "one_side",
    "culture_positive",
    "clot_risk",
    "vomit_blood",
    "stool_blood",
    "cough_blood",
    "dehydrated",
    "palpitations",
    "thunderclap",
    "hives",
    "anaphylaxis_airway",
    "lip_swelling",
    "stomach_severe",
    "bleed_uncontrolled",
    "vision_loss",
    "septic",
    "choking",
    "heat_severe",
    "heat_danger",
    "low_danger",
    "head_danger",
    "acute_words",
    "today_signs",
    "eye_splash",
    "head_hit",
    "self_harm",
];

/// What someone already dealt with, and all is well: no date is needed then.
const SETTLED: &[&str] = &[
    "syncope",
    "chest_pain",
    "chest_word",
    "stroke_word",
    "seizure",
    "stomach_severe",
    "stomach_pain",
    "homicidal",
    "head_hit",
    "flank",
    "fever",
    "fever_any",
    "breath_plain",
    "breath_severe",
    "vomit_blood",
    "stool_blood",
    "bleed_uncontrolled",
    "septic",
    "palpitations",
    "acute_words",
    "post_op_severe",
];

const DATED: u32 = 1;
const PRESENT: u32 = 2;
const WELL: u32 = 3;
const PAST_VERB: u32 = 4;
const PRESENT_VERB: u32 = 5;
const HANDLED: u32 = 6;
const ALL_WELL: u32 = 7;
const NOT_OVER: u32 = 8;
/// Headings of `ALIKE` by place.
const FIRST: u32 = 100;

pub(super) const CUES: &[(u32, &str)] = &[
    (
        HANDLED,
        "ambulance came|took; put|placed ~1 a|the|in pacemaker|stent|stents; theyve|they_already|ya_le|ya_la|ya_lo|ya_me put|stented|fixed|operated|pusieron|operaron|atendieron|dieron; stented him|her|it; sent him|her|me|us home; de alta; discharged; hes|shes|is in|at ~1 rehab|hospital; turned out ~1 to_be|it_was; fue nada; no fue nada; got away from; kept me|him|her ~1 overnight; en su casa; home since; operaron ~2 de emergencia; at the hospital",
    ),
    (
        ALL_WELL,
        "doing|feeling|is|are|im|hes|shes|were ~2 great|fine|good|well|ok|okay|better; all better|fine|good|tests; salio ~1 bien; esta ~1 bien; gracias a dios; eating; been gone; doing great; safe now; with family; recovering",
    ),
    (
        NOT_OVER,
        "again; worse; worsening; keeps; cant|cannot|couldnt; wont; came|comes|coming|come back; otra vez; de nuevo; peor*; sigue|sigo|siguen; no puede|puedo; but|pero ~1 now|ahora|today|hoy|tonight|this; still ~2 hurts|hurting|pain|bleeding|dizzy|confused|short|weak; since ~2 then|yesterday|last_night; desde ayer|anoche; just now; right now; minutes|minutos|hours|horas ago; an hour ago; hace ~2 minutos|horas; but ~3 feel|feels|has|have|hurts; i ~3 too",
    ),
    (
        DATED,
        "last january|february|march|april|may|june|july|august|september|october|november|december|thanksgiving|christmas|easter|halloween|spring|summer|winter|fall|autumn|year|month; in january|february|march|april|june|july|august|september|october|november|december; # years|year|months ago; # months|years since; hace ~0 como|unos|casi|mas_de ~1 # anos|meses; two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|few|several|many|couple|couple_of years|months ago; a|one year ago; hace # anos|meses; hace dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|veinte|unos|varios|muchos anos|meses; hace un ano; el ano|mes|verano|invierno|otono pasado; la navidad|primavera pasada; en enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre; cuando tuve|tuvo ~6 en @year; in|since|en|back_in|del|de @year; @year ~2 records|record|chart|admission|hospitalization|stay|surgery|hospital|expediente; records|chart|notes|copies ~4 from when i|he|she|they",
    ),
    (
        PRESENT,
        "again; still; now; today; tonight; this morning|afternoon|evening|week|weekend; yesterday; last night|week; since; ongoing; worse; worsening; same ~0 as|thing|feeling; just like; feels like; felt like; come|came|comes|coming|back back; came|comes|coming back; return*; # minutes|minute|hours|hour|days|day|weeks|week|mins|min ago; an hour ago; all of a sudden; suddenly; right now; just started|happened; keeps; started|starting; lately; recently; recurring; new; cant; couldnt; otra vez; ahora; ahorita; hoy; desde; todavia; aun; sigue|sigo|siguen; ayer; anoche; esta manana|noche|tarde|semana; de nuevo; igual que; volvio|volvieron|regreso; de repente; empezo|empeze|empece|empieza; peor; cada vez; until; hasta",
    ),
    (
        WELL,
        "never ~2 happened ~1 again; hasnt|havent happened again|since; not happened again|since; no ~3 since; fine|good|great|well|healthy|stable since; do|doing|feel|feeling|is|are|am|im|hes|shes ~1 great|fine|good|well|better|healthy|ok|okay|perfect ~1 now|today; all good|better|fine|clear now; should|do|can|could|may|must|would i|he|she|we still; still ~1 need|needs|have_to|has_to|take|takes|taking|see|follow|avoid|avoiding; ahora ~3 bien|mejor; ya ~2 bien|perfectamente|mejor; no ~3 pasado otra vez|nuevo; no ha vuelto; thanks|thank|grateful ~2 again|today; today|hoy ~3 visit|appointment|cita; new insurance|doctor|provider|phone|number|address|job",
    ),
    (
        PAST_VERB,
        "had; was; were; went; told; passed; fainted; fell; got; took; said; came; did; gave; happened; fixed; saw; called; stayed; saved; collapsed; stopped; tuvo; tuve; fue; fui; dio; dieron; desmayo; desmaye; pusieron; llevaron; estuvo; estuve; paso; atendieron; atendio; salvaron; internaron; operaron; hospitaliz*",
    ),
    (
        PRESENT_VERB,
        "is; are; am; im; hes; shes; theyre; has; having; feel; feels; feeling; hurt; hurts; hurting; getting; gets; keeps; cant; wont; es; esta; estoy; estan; tengo; tiene; siente; siento; duele; duelen; veo; ve",
    ),
];

struct Set {
    patterns: Patterns,
    /// The signals of each heading of `ALIKE`, in order.
    signals: Vec<Vec<&'static str>>,
}

static SET: LazyLock<Set> = LazyLock::new(|| {
    let years = (1960..=2039).map(|y: u32| y.to_string()).collect::<Vec<_>>().join("|");
    let mut patterns = Patterns::new();
    for (tag, lines) in CUES {
        patterns.add_all(&lines.replace("@year", &years), *tag);
    }
    let mut signals: Vec<Vec<&'static str>> = Vec::new();
    for line in ALIKE.lines().map(str::trim).filter(|l| !l.is_empty()) {
        match line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            Some(names) => signals.push(names.split_whitespace().collect()),
            // what stands before the first heading is a comment
            None => {
                if let Some(heading) = (signals.len() as u32).checked_sub(1) {
                    patterns.add_all(line, FIRST + heading);
                }
            }
        }
    }
    Set { patterns, signals }
});

/// The look-alikes of one message.
pub(super) struct Alike<'a> {
    tokens: &'a Tokens,
    hits: Vec<Hit>,
}

/// Tokens to either side in which a present sign keeps an event.
const REACH: usize = 150;
/// Longer messages tell of more than one thing.
const SHORT: usize = 90;

impl<'a> Alike<'a> {
    pub(super) fn new(tokens: &'a Tokens) -> Self {
        Self { tokens, hits: SET.patterns.find(tokens) }
    }

    /// Whether the words of this signal mean something else here, or tell what is long over.
    pub(super) fn is(&self, name: &str, hit: Hit) -> bool {
        self.is_other_meaning(name, hit) || self.is_over(name, hit)
    }

    /// Whether the second opinion reads these words as denied, too: not where they may still ask for help today.
    pub(super) fn is_silent(&self, name: &str, hit: Hit) -> bool {
        matches!(name, "overdose" | "homicidal" | "speech" | "suicide_active" | "suicide_passive")
            || self.is_over(name, hit)
            || self.is_of_an_animal(hit)
    }

    /// "My dog had a seizure": nobody's sign at all.
    fn is_of_an_animal(&self, hit: Hit) -> bool {
        const ANIMALS: &[&str] =
            &["dog", "cat", "puppy", "kitten", "pet", "horse", "perro", "perra", "perrito", "gato", "gata"];
        let mut over = self.near(hit.from).iter().filter(|h| h.tag >= FIRST && h.from < hit.to && hit.from < h.to);
        over.any(|h| ANIMALS.contains(&self.tokens.norm(h.from)))
    }

    fn is_over(&self, name: &str, hit: Hit) -> bool {
        EVENTS.contains(&name) && self.is_history(hit) || SETTLED.contains(&name) && self.is_settled(hit)
    }

    /// Someone else took care of it, it went well, and nothing says that it goes on. Both are told after it, and nothing
    /// in its own sentence says that it is new: "the knee is doing great. This morning I passed out".
    fn is_settled(&self, hit: Hit) -> bool {
        let has = |tag: u32| self.hits.iter().any(|h| h.tag == tag);
        let (from, to) = self.sentence(hit.from);
        let told_after = |tag: u32| self.hits.iter().any(|h| h.tag == tag && h.from >= from);
        let is_new = self.hits.iter().any(|h| h.tag == PRESENT && h.from >= from && h.from < to);
        self.tokens.len() <= SHORT && told_after(HANDLED) && told_after(ALL_WELL) && !is_new && !has(NOT_OVER)
    }

    fn is_other_meaning(&self, name: &str, hit: Hit) -> bool {
        // "name own with topic" is wording of the same signal
        let name = name.split_whitespace().next().unwrap_or(name);
        let means = |tag: u32| {
            tag.checked_sub(FIRST)
                .and_then(|place| SET.signals.get(place as usize))
                .is_some_and(|signals| signals.contains(&name))
        };
        self.near(hit.from).iter().any(|h| h.from < hit.to && hit.from < h.to && means(h.tag))
    }

    fn near(&self, at: usize) -> &[Hit] {
        let first = self.hits.partition_point(|h| h.from + REACH < at);
        let end = self.hits.partition_point(|h| h.from <= at + REACH);
        self.hits.get(first..end).unwrap_or(&[])
    }

    fn sentence(&self, at: usize) -> (usize, usize) {
        let low = at.saturating_sub(60);
        let start = (low..at).rev().find(|i| self.tokens.kind(*i) == Kind::Break).map_or(low, |i| i + 1);
        let high = (at + 60).min(self.tokens.len());
        let end = (at..high).find(|i| self.tokens.kind(*i) == Kind::Break).unwrap_or(high);
        (start, end)
    }

    /// The part of the sentence that one comma, "and" or "but" parts from the rest.
    fn clause(&self, hit: Hit) -> (usize, usize) {
        let (start, end) = self.sentence(hit.from);
        let parts = |i: &usize| {
            self.tokens.kind(*i) == Kind::Comma
                || matches!(
                    self.tokens.norm(*i),
                    "and"
                        | "but"
                        | "y"
                        | "pero"
                        | "e"
                        | "so"
                        | "because"
                        | "with"
                        | "con"
                        | ";"
                        | ":"
                        | "-"
                        | "("
                        | ")"
                        | "\u{2014}"
                )
        };
        let from = (start..hit.from).rev().find(parts).map_or(start, |i| i + 1);
        (from, (hit.to..end).find(parts).unwrap_or(end))
    }

    fn words(&self, from: usize, to: usize) -> usize {
        (from..to).filter(|i| matches!(self.tokens.kind(*i), Kind::Word | Kind::Number)).count()
    }

    /// An event with a date and a past verb of its own, and no present sign anywhere near.
    fn is_history(&self, hit: Hit) -> bool {
        let near = self.near(hit.from);
        let of = |tag: u32, from: usize, to: usize| {
            near.iter().filter(move |h| h.tag == tag && h.from >= from && h.to <= to)
        };
        let unless_well = |tag: u32, from: usize, to: usize| {
            of(tag, from, to).any(|h| !of(WELL, 0, usize::MAX).any(|w| w.from < h.to && h.from < w.to))
        };
        let (from, to) = self.clause(hit);
        if unless_well(PRESENT, 0, usize::MAX) || unless_well(PRESENT_VERB, from, to) {
            return false;
        }
        let told =
            |v: &Hit| v.to <= hit.from && self.words(v.to, hit.from) <= 6 && of(DATED, v.to, hit.from).next().is_none();
        let verb_before = of(PAST_VERB, from, hit.from).any(told);
        let verb_in = of(PAST_VERB, hit.from, hit.to).next().is_some();
        if !verb_before && !verb_in {
            return false;
        }
        let after = of(DATED, hit.to, to).any(|d| {
            self.words(hit.to, d.from) <= 6
                && !(hit.to..d.from).any(|i| {
                    matches!(
                        self.tokens.norm(i),
                        "after" | "since" | "following" | "post" | "from" | "tras" | "despues"
                    )
                })
        });
        let ahead = of(DATED, from, hit.from).any(|d| {
            d.from <= from + 1
                && (verb_before && self.words(d.to, hit.from) <= 6
                    || verb_in && self.words(d.to, hit.from) <= 2 && of(PAST_VERB, d.to, hit.from).next().is_none())
        });
        let named = of(DATED, from, hit.from).any(|d| {
            (d.from..d.to).any(|i| matches!(self.tokens.norm(i), "records" | "record" | "chart" | "copies" | "notes"))
        });
        after || ahead || named || self.goes_on(hit, from)
    }

    /// What is told next of something with a date: "it turned out a clot", "they called it a faint".
    fn goes_on(&self, hit: Hit, from: usize) -> bool {
        let (start, _) = self.sentence(hit.from);
        let opening = if from == start { start.saturating_sub(2) } else { from.saturating_sub(2) };
        let (first, _) = self.sentence(opening);
        matches!(self.tokens.norm(from), "it" | "they" | "turned" | "doctors" | "fue" | "era")
            && self.near(hit.from).iter().any(|h| h.tag == DATED && h.from >= first && h.to <= from)
    }
}
