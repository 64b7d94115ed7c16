//! A danger said outright is named, in both languages, and the words that only look like it name nothing.

use continuo_text::triage::{Urgency, triage};

/// Flag, the latest clock, words that say it, words that look like it.
const SAID: &[(&str, Urgency, &[&str], &[&str])] = &[
    (
        "stroke_signs",
        Urgency::Emergency,
        &[
            "I think I'm having a stroke",
            "my wife is having a stroke, what do I do",
            "could this be a stroke?",
            "creo que me está dando un derrame",
            "creo que a mi mama le dio una embolia",
        ],
        &[
            "my dad had a stroke in 2010",
            "it was a stroke of luck that I got the appointment",
            "I am having a stroke about this bill",
            "I am worried about having a stroke someday, can I talk with someone about my blood pressure?",
            "mi abuelo tuvo un derrame hace 10 años",
        ],
    ),
    (
        "pregnancy_warning",
        Urgency::Emergency,
        &[
            "no siento que el bebe se mueva desde ayer",
            "ya no siento moverse a mi bebé",
            "siento que el bebe se mueve menos",
            "I don't feel the baby moving since yesterday",
        ],
        &["no siento que el bebe coma bien, tiene 5 meses"],
    ),
    (
        "self_harm",
        Urgency::SameDay,
        &[
            "my son 15 told me he cuts himself",
            "my student says they cut themselves",
            "found out my granddaughter cuts herself when she is stressed",
            "mi hija de 14 me dijo que se corta",
            "mi hijo se hace cortes en los brazos",
        ],
        &[
            "my son cut himself shaving",
            "he always cuts himself shaving because of the blood thinner",
            "my husband cut himself on a can, does he need a tetanus shot",
            "mi hijo se corta el pelo solo",
            "se corta la llamada cada vez que llamo",
        ],
    ),
    (
        "suicidal_ideation",
        Urgency::SameDay,
        &[
            "nobody will miss me when I'm gone",
            "no one is going to miss me if I'm not here",
            "I want to disappear and nobody to find me",
            "nadie me va a extrañar si no estoy",
            "a nadie le voy a hacer falta",
            "quiero desaparecer y que nadie me encuentre",
        ],
        &[
            "quiero desaparecer esta mancha",
            "extraño a mi mamá",
            "I want this wart to disappear",
            "nobody will miss the old fax machine when it's gone",
        ],
    ),
    (
        "med_error",
        Urgency::SameDay,
        &[
            "I took 3 xarelto by mistake",
            "took 3 rivaroxaban tablets today instead of one",
            "me tomé 3 xarelto por error",
            "mi papá se tomó 3 apixaban hoy por equivocación",
        ],
        &["I have 3 pills of xarelto left, need a refill", "I took my xarelto at 8 pm, can I move it to the morning?"],
    ),
    (
        "severe_bleeding",
        Urgency::Emergency,
        &[
            "I took two of my warfarin pills this morning and now my gums are bleeding",
            "me tomé dos warfarinas por error y me sangran las encías",
            "doubled my eliquis yesterday and I have blood in my urine",
        ],
        &[
            "my gums bleed a little when I floss, I take warfarin",
            "took two of my warfarin pills by mistake yesterday, no bleeding",
        ],
    ),
];

#[test]
fn a_danger_said_outright_is_named_and_its_look_alike_is_not() {
    let mut wrong: Vec<&str> = Vec::new();
    for (flag, clock, said, alike) in SAID {
        let named = |text: &str| {
            let found = triage(text, None);
            (found.red_flags.iter().any(|f| f.name() == *flag), found.urgency)
        };
        wrong.extend(said.iter().copied().filter(|t| !matches!(named(t), (true, found) if found <= *clock)));
        wrong.extend(alike.iter().copied().filter(|t| named(t).0));
    }
    assert!(wrong.is_empty(), "read otherwise: {wrong:#?}");
}
