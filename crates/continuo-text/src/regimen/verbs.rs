//! The words by which a course is told (`course`, `denial`), normalized: English, and Spanish without accents.
//!
//! A word may be of several classes; it is looked up once for all of them.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

use crate::pattern::Fnv;

/// One or more classes of words, a bit each.
#[derive(Clone, Copy)]
pub(super) struct Class(u32);

impl Class {
    /// Words of either.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a word is of the class.
    pub(super) fn has(self, word: &str) -> bool {
        WORDS.get(word).is_some_and(|of| of & self.0 != 0)
    }
}

static WORDS: LazyLock<HashMap<&'static str, u32, BuildHasherDefault<Fnv>>> = LazyLock::new(|| {
    let mut all = HashMap::default();
    for (class, words) in TABLE {
        for word in words.split_whitespace() {
            *all.entry(word).or_insert(0) |= class.0;
        }
    }
    all
});

/// Stopping.
pub(super) const STOPS: Class = Class(1 << 0);
/// It came to its end: for who takes it the same as stopped, from who orders it no word to stop.
pub(super) const ENDS: Class = Class(1 << 1);
/// Taking.
pub(super) const TAKES: Class = Class(1 << 2);
/// What somebody who takes a medicine must be able to do.
pub(super) const GETS: Class = Class(1 << 3);
/// Of those, what comes before the first dose.
pub(super) const BEGINS: Class = Class(1 << 4);
/// Missing a dose; denied, it is taken well.
pub(super) const LAPSES: Class = Class(1 << 5);
/// Beginning, going on and changing over: the verb nearest to a medicine is the one that counts.
pub(super) const STARTS: Class = Class(1 << 6);
/// What was named before.
pub(super) const IT: Class = Class(1 << 7);
/// Words between a verb and its object.
pub(super) const SMALL: Class = Class(1 << 8);
/// Words after which a verb's object was that, or none.
pub(super) const AFTER_OBJECT: Class = Class(1 << 9);
/// All of them.
pub(super) const ALL: Class = Class(1 << 10);
/// Verbs of "off".
pub(super) const LEAVES: Class = Class(1 << 11);
/// "Been off".
pub(super) const BEEN: Class = Class(1 << 12);
/// Words between a verb and its "off".
pub(super) const BETWEEN: Class = Class(1 << 13);
/// None of them, under a denial.
pub(super) const NOTHING: Class = Class(1 << 14);
/// Words between a verb and a medicine that make its object another thing, or less of it.
pub(super) const OTHER_OBJECT: Class = Class(1 << 15);
/// Who stops a medicine, and what may stand between them and the verb.
pub(super) const STOPPERS: Class = Class(1 << 16);
/// Not all the time, or not so much.
pub(super) const SELDOM: Class = Class(1 << 17);
/// Words of somebody who has not done it yet.
pub(super) const WANTS: Class = Class(1 << 18);
/// Words of weighing.
pub(super) const WEIGHS: Class = Class(1 << 19);
/// Words that deny what follows them.
pub(super) const DENIES: Class = Class(1 << 20);
/// Words that say of what follows that it had better not be: they deny stopping, and nothing else.
pub(super) const WARNS: Class = Class(1 << 21);
/// Words between a denial and its verb: auxiliaries, who does it, verbs of wanting, meaning and saying, and how.
pub(super) const CARRIES: Class = Class(1 << 22);

const TABLE: &[(Class, &str)] = &[
    (
        STOPS,
        "quito dejara dejemos stop stops stopping stopped quit quits quitting discontinue discontinued discontinuing hold holding \
         held pause pausing paused suspend suspended dejar deje dejo dejes dejado dejando dejaron dejamos \
         suspender suspenda suspendi suspendio suspendido suspendieron suspendimos pare parar pararon \
         quitaron quitar",
    ),
    (ENDS, "acabo acabaron terminaron finished finish finishing expired termine terminar"),
    (
        TAKES,
        "take takes taking taken took use uses using used on bought tomo toma tome tomar tomado tomando \
         tomaba uso usa usar",
    ),
    (
        GETS,
        "afford tolerate stand handle stomach swallow fill filled find cover covered pay picked pick get got \
         gotten have had start started begun began begin pagar pagarla pagarlo aguante aguantaba tolero \
         tolere surti surtido compre comprado comprarla comprarlo recogi tengo empece empezado cubre",
    ),
    (
        BEGINS,
        "fill filled picked pick got gotten start started begun began begin bought surti surtido compre \
         comprado recogi empece empezado",
    ),
    (LAPSES, "miss missed missing skip skipped skipping forget forgot forgetting olvida olvide olvido salto salte"),
    (
        STARTS,
        "restart restarted resume resumed start starting started begin began switch switched switching add \
         added adding continue keep put try give empezar empiece siga sigue",
    ),
    (IT, "it that them those this these lo la los las"),
    (
        SMALL,
        "the my your his her their our that this those these a an any some all both of with uh um like just \
         old daily morning evening nightly baby more el la los las mi mis su sus de con tu no or either even \
         on off up out in taking using it prescription new me",
    ),
    (
        AFTER_OBJECT,
        "because cause cuz when last in on about since ago now anymore after before altogether completely \
         entirely myself and but so years a around back cold for right at too then long already like \
         yesterday today again once until from hace porque cuando y pero ya el desde or either by some one \
         two three yet any all if unless with without",
    ),
    (ALL, "all everything every both each rest todo todos todas"),
    (
        LEAVES,
        "take took taken taking come came coming get got getting go went wean weaned weaning taper tapered \
         tapering stay pull pulled lay leave",
    ),
    (BEEN, "be been am im had have has are youre is hes shes"),
    (BETWEEN, "me you him her them us it slowly all right"),
    (NOTHING, "anything nothing none any nada ninguna ninguno other else otra otro otras"),
    (
        OTHER_OBJECT,
        "and but because so when if since until before after while i you he she we they im dose doses half \
         much many extra second for to pero porque cuando si y is are was dosis",
    ),
    (
        STOPPERS,
        "which who and but or then doctor since finally recently got get have had ya y que also pharmacy \
         hospital cardiologist nurse up until till yeah yes no well oh actually kinda",
    ),
    (
        SELDOM,
        "than much often every lot regularly regular consistently always enough everyday siempre seguido \
         diario",
    ),
    (WANTS, "want wanted wanna like love wish trying tried wonder wondering should can quiero quisiera"),
    (WEIGHS, "might maybe could consider considering thinking eventually hope hoping"),
    (
        DENIES,
        "not nt never no dont doesnt didnt wont wouldnt shouldnt couldnt cant cannot isnt arent aint wasnt \
         werent havent hasnt hadnt mustnt neednt neither nor nobody without nunca jamas ni sin tampoco",
    ),
    (
        WARNS,
        "dangerous risky unsafe afraid scared nervous hesitant reluctant refuse refused against avoid \
         peligroso miedo",
    ),
    (
        CARRIES,
        "under circumstances circumstance do does did be been being is are was were have has had will would can could should may might must ll \
         gonna gon na going to able about supposed allowed i im ive id ill you youre youve youll he hes she \
         shes we weve they theyre theyve me him her us them anybody anyone patient want wants wanted wanna \
         need needs needed like intend plan plans planning think thinking recommend recommending suggest \
         suggesting advise advising told tell telling said say saying ask asked asking let make made mean try \
         tried trying decide decided feel dare comfortable happy keen fan favor ready safe wise good great \
         idea time point reason reasons cause thing sure certain right too soon early of with for in a an any \
         the that at necessary just simply really actually ever even yet suddenly abruptly quite necessarily \
         totally completely entirely yourself myself now currently still already all quiero quiere quiera \
         vamos voy va vaya vayas que debe deben puede puedo podemos hay ha hemos han se le lo la usted \
         recomiendo necesita es momento de razon bueno por longer",
    ),
];

/// What a medicine is taken with or without.
pub(super) const FOOD: &[&str] = &[
    "food",
    "meals",
    "milk",
    "grapefruit",
    "juice",
    "alcohol",
    "coffee",
    "dairy",
    "breakfast",
    "lunch",
    "dinner",
    "supper",
    "eating",
    "anything",
    "water",
    "comida",
    "alimentos",
    "leche",
    "cafe",
];
