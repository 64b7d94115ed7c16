//! The cue words of assertion: what negates, doubts, dates or gives a finding to someone else.
//!
//! In the manner of NegEx (Chapman 2001) and ConText (Harkema 2009): a cue has a kind and a
//! direction, pseudo cues protect longer wording, and stop words end its reach.

use std::sync::LazyLock;

use crate::pattern::Patterns;

/// What a cue does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Cue {
    NegatePre,
    NegatePost,
    /// Wording that looks like a cue and is none.
    Pseudo,
    /// Ends the reach of any cue before it.
    Stop,
    /// Ends the reach of a cue about the past.
    StopPast,
    UncertainPre,
    UncertainPost,
    PastPre,
    PastPost,
    /// A heading whose whole section is about the past.
    PastHeading,
    /// A heading whose section is not.
    OtherHeading,
    HypotheticPre,
    HypotheticPost,
    ConditionPre,
    /// Stands after what it limits: "on standing", "only when I climb".
    ConditionPost,
    OtherPerson,
    /// People met, whose illness is theirs: "contact with", "exposed to".
    Contact,
    OtherPersonHeading,
    Patient,
}

const ALL: &[(Cue, &str)] = &[
    (
        Cue::NegatePre,
        "no; not; without; denies|denied|deny|denying; never; none; nor; neither; negative for|of; neg for; absence of; absent
         free of; free from; no evidence ~2 of|for; no sign|signs of; no history of; ruled out; rules out; fails to reveal; failed to reveal
         rather than; lack of; lacks; lacking; cannot see; unremarkable for; resolved; no longer; not have; didnt|dont|doesnt|isnt|arent|wasnt|werent|hasnt|havent|hadnt
         cant see; w / o; w / out; ( - ); nothing ~6 to indicate|suggest|support; no new; no suspicious; no further; not had; not having; not been having; not any; non; dismiss*; deni*
         sin; niega|niego; nunca; ningun|ninguna; no tiene|tengo|hay|ha; ya no; nada de; jamas; tampoco; ni; not feel; not demonstrate; never had|has|have|been|experienced|felt|noticed|developed; failed|fails to show|demonstrate|identify|find|detect; inconsistent with; low suspicion for; low likelihood of; unlikely; unlikely to be",
    ),
    (
        Cue::NegatePost,
        "was|were|is|are|been|being? negative; negative; was|were|is|are|been? ruled out; was|is|are|were absent; absent; not seen|identified|present|detected|noted|appreciated|found|demonstrated|visualized|evident
         was|is|are|were|be not; was|were|has|have|had|is|are? been? resolved; have resolved; appears|seems|seemed|appear ~2 have ~1 resolved; are denied; is denied; denied; unlikely; was|is|were|are excluded; has|have been excluded; : no|none|denies|negative; no|none; was|is|were negative
         resolved; none; nil; quit; free; went away; gone now; has gone; is gone; isnt there; didnt happen; - none|no|neg|negative",
    ),
    (
        Cue::Pseudo,
        "no increase; no change; no interval change; no significant change; no suspicious change; not only; not certain whether|if; not necessarily; not sure; gram negative; no further|other
         not rule out; not ruled out; not be ruled out; without difficulty; without any? further; not drain; not cause|caused; no cause; no reason; no doubt; no matter; no problem; not limited to; no relief of; no specific diagnosis for; not terribly; no one; not feel like; no improvement
         history of present illness; history and physical; history taking; history provided|given|obtained; poor history; family history unknown; history , physical; no small airways present
         no reformats; not mentioned; no particular; not well; not controlled; not good; not getting better; not improving; not gotten better; not gone; not went away; never goes away; wont go away; doesnt go away; isnt going away; not going away; not stopping; wont stop; not responding
         not surprisingly|unexpectedly|unreasonably; without any? warning|provocation|trigger; not all of?; not every; not deny|doubt|denying; doesnt|didnt|cannot deny; never|not been? free of; cannot be ruled|excluded out?; could not be ruled|excluded out?; not yet? been? ruled|excluded out?; is|are|was|were? not relieved|helped|improved|better|cleared|gone|severe|bad|terrible|constant|radiating|worse|worsening|associated|related|responsive|affected|aggravated|exertional|pleuritic|positional|controlled|certain|on ; is|are|was|were not in|at|from the|my|her|his
         no more than; not enough; no mejora; no se quita; no se me quita; no puedo; not able; cant; no podia; no puede; not taking; not eating; not drinking; not breathing; no respira; not working; not helping; dont know; not been able; havent|hasnt|hadnt|didnt|doesnt|dont|never|not stop|stopped|stops|quit|quits|stopping|quitting; not let up; no para|deja de; no ha parado|dejado de; free fluid|air|water|clinic|ride*; sugar free",
    ),
    (
        Cue::Stop,
        "but; however; although; though; except; other than; aside from; apart from; besides; which; still; yet; otherwise; presents|presented|presenting; who; whom; positive for; secondary to; , its; , it is; ( + ); he|she|they|patient|pt|i developed|woke|felt|began|started|experienced|noticed|got; confirms|confirmed; due to; because; as there is; since
         cause of; source of; reason for; etiology for|of; origin of; trigger event for; as a result of; now has; is|are|was|were|has|have|had|can|could|should|will|reveals|revealed|showed|shows|demonstrates|noted|found|complains|reports|reported|states; # ); # :; ; pero; aunque; sino; porque; so; then; positive; therefore; until",
    ),
    (Cue::StopPast, "presents|presented|presenting; who presents; complains|complaining; admitted; now; today; currently; comes in; came in; brought in; here with; here for; developed; is on; which is; with chief complaint; reports|reported; denies; underwent"),
    (
        Cue::UncertainPre,
        "possible|possibly; probable|probably; likely; may; might; could be; suspect*; questionable; question of; concern for|of; concerning for; rule out; r / o; ? ; evaluate for; suggest*; suspicious for; consistent with; compatible with; cannot exclude; cannot rule out; not sure if; think|thinks i|he|she; maybe; differential; versus|vs; worried about; presumed; presumably; apparent; looks like; seems like; appears to be|have; wonder*; equivocal for; possibility of; could ~1 be; it could be; unclear|uncertain if|whether; not certain if|whether|that; indeterminate for; cannot be sure; quizas|quiza; tal vez; puede ser; posible; creo que; parece; unclear if|whether",
    ),
    (Cue::UncertainPost, "? ; cannot|not be excluded|ruled; has|have|had not been? ruled|excluded; not yet ruled|excluded; on ~1 differential; is possible|likely|suspected|probable; not excluded; was suspected; be considered; versus|vs"),
    (
        Cue::PastPre,
        "history of; histories of; history is significant; history significant; history positive; history is positive; h / o; hx of?; s / p; status post; previous|previously; prior; past; remote; remotely; former|formerly; significant for; known; know; had a|an; used to; history includes|included; pmh; psh; last year|spring|summer|fall|winter|month; years ago; months ago; back in #; in # ; as a child|kid|teenager; childhood; sequela*; redemonstrated; antecedente* de?; hace anos; extensive history; old; healed
         hospitalized|admitted|treated ~3 last|years|months ~2 for|with; childhood; tuve|tuvo; cuando era ~2;
         diagnosed with ~6 in #; has a|had longstanding|long; chronic|chronically; medical problems including; was a; quit; unchanged; remains",
    ),
    (Cue::PastPost, "during|with ~2 first|second|third|last|previous|prior pregnancy|child|baby|delivery; in|since ~1 adolescence|childhood|infancy|college|kindergarten|school; in ~1 first|second|third|fourth|fifth|sixth|seventh|eighth grade; in high|middle|grade|elementary school; outgrew|outgrown; by|at|until age #; when i|he|she was|were # ; when i|he|she was|were a|little; de nino|nina|joven; cuando era; which|that has|have not recurred; none since; history; in the past; in # ; years ago; months ago; # years|months ago; last year; as a child|kid|teenager; in childhood; status post; previously; has been known; hace # anos|meses; el ano pasado; back in #; years back; s / p; repair in"),
    (
        Cue::PastHeading,
        "past medical history; past surgical history; past history; medical history; surgical history; social history; past psychiatric history; psychiatric history; personal history; clinical history; patient history; pmh; psh; family history; family medical history; allergies; allergy; comorbidities; referring diagnosis; known allergies; ob history; obstetric history; gynecologic history; immunizations; habits; substance use",
    ),
    (
        Cue::OtherHeading,
        "history of present illness; hpi; present illness; reason for admission|visit|consultation|exam|examination; chief complaint; review of systems; ros; physical exam*; examination; assessment; plan; impression; findings; medications|meds; current medications; hospital course; ed course; laboratory data?; labs; vital signs; vitals; admitting|discharge|final|preoperative|postoperative|admission diagnosis|diagnoses; indication*; technique; comparison; conclusion*; recommendation*; disposition; procedure*; discharge instructions; follow up; general; heent; neck; lungs; chest; cardiovascular; heart; abdomen; extremities; neurologic*; skin; two dimensional echocardiology; examination performed; cardiac; constitutional; respiratory; gastrointestinal; musculoskeletal; psychiatric; results",
    ),
    (
        Cue::HypotheticPre,
        "should any|there; risk|risks|complications ~4 including|include|are; scared|afraid|fear|terrified i|ill|that|of|im; any future; possible|potential future; go|head|return ~4 er|ed|hospital|room|clinic ~1 for; if; call ~4 for; call also; call ~6 if; return if|for; watch for; can|could|might|may cause|give_you; side effects? are|include|like; watch for; monitor for; in case; should you|he|she|they; in the event of; at risk for|of; risk of|for; prevent*; prophylaxis; to avoid; precautions; as needed for; prn for?; come back if|for; let us know if; advised to call; instructed to call; go to ~3 if; any of the following; worried that|about; afraid of|that; what if; what do i do if; would; when ever; educated about|on; counsel* on|about; signs of; screening for; screen for; look out for; evaluation of|for; vaccine for; si; en caso de; por si",
    ),
    (Cue::HypotheticPost, "prophylaxis; precautions; prevention; screening; vaccine; management"),
    (
        Cue::ConditionPost,
        "only|just if|when|with|on|after|during|upon; only comes|happens|occurs|hurts ~2 if|when|with; comes on if|when|with; if i|he|she|they|you
         on|upon ~1 standing|walking|climbing|bending|reaching|exertion|lying|sitting|swallowing|chewing|coughing|inspiration|turning|lifting|effort; upon rising; with standing|walking|climbing|stairs|exercise|cold|bending|chewing|swallowing|coughing|lifting|breathing|urination|eating; with deep breaths|breathing|inspiration; al caminar|subir|respirar|orinar|comer|agacharme",
    ),
    (Cue::ConditionPre, "allergies|allergy|intolerance|intolerances|intolerant to?|: ; causes; makes|made|gives|gave him|her|them; when; whenever; with activity|exertion|movement; after; during; only when|with; while; cuando; on exertion; at rest"),
    (
        Cue::OtherPerson,
        "family history of?; maternal; paternal; roomate; fam hx; fhx; family hx; runs in the family; donor",
    ),
    (Cue::Contact, "contact|contacts with; exposure|exposed to; down with; going around"),
    (Cue::OtherPersonHeading, "family history; family medical history; fh; fhx"),
    (Cue::Patient, "personal history; patient|pt; i; my own; he|she has; she; myself; yo; patients"),
];

impl Cue {
    fn from_tag(tag: u32) -> Option<Self> {
        ALL.iter().map(|(cue, _)| *cue).find(|cue| *cue as u32 == tag)
    }
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let mut set = Patterns::new();
    for (cue, lines) in ALL {
        set.add_all(lines, *cue as u32);
    }
    for people in crate::people::patterns() {
        set.add_all(&people, Cue::OtherPerson as u32);
    }
    set
});

/// A cue found in the text: tokens `from..to`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) cue: Cue,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// All cues of a text, those inside a pseudo cue left out.
pub(super) fn find(tokens: &crate::token::Tokens) -> Vec<Found> {
    let hits = PATTERNS.find(tokens);
    let pseudo: Vec<_> = hits.iter().filter(|h| h.tag == Cue::Pseudo as u32).collect();
    // no pseudo cue is longer; those that begin earlier end before
    const LONGEST: usize = 16;
    hits.iter()
        .filter(|h| {
            let near = pseudo.partition_point(|p| p.from + LONGEST < h.from);
            h.tag != Cue::Pseudo as u32
                && !pseudo
                    .iter()
                    .skip(near)
                    .take_while(|p| p.from <= h.from)
                    .any(|p| h.to <= p.to && p.to - p.from > h.to - h.from)
        })
        .filter_map(|h| Some(Found { cue: Cue::from_tag(h.tag)?, from: h.from, to: h.to }))
        .collect()
}
