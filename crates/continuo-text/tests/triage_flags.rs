//! Every danger that triage can name is named in English and in Spanish, from own sentences, and never left for later.

use continuo_text::triage::{RedFlag, Triage, Urgency, triage};

const SAID: &[(&str, &str, &str)] = &[
    (
        "acute_food_need",
        "there is nothing to eat in the house today and the kids are hungry",
        "hoy no tenemos nada que comer en la casa",
    ),
    (
        "allergic_reaction",
        "broke out in hives after the amoxicillin, breathing fine",
        "me salieron ronchas por la amoxicilina, respiro bien",
    ),
    (
        "altered_mental_status",
        "my dad is confused since this morning and does not know where he is",
        "mi papa esta confundido desde la manana, no sabe donde esta",
    ),
    (
        "anaphylaxis",
        "peanut cookie ten minutes ago and his throat is closing, hives all over",
        "comio cacahuate y se le cierra la garganta, tiene ronchas por todos lados",
    ),
    (
        "burn",
        "I spilled boiling water on my hand and it blistered",
        "me queme la mano con agua hirviendo y salieron ampollas",
    ),
    (
        "carbon_monoxide",
        "the carbon monoxide alarm is going off and we all have headaches",
        "suena la alarma de monoxido de carbono y nos duele la cabeza a todos",
    ),
    (
        "cauda_equina",
        "my back pain is worse and now I am numb between my legs and wet myself",
        "dolor de espalda y tengo dormida la entrepierna, no controlo la orina",
    ),
    (
        "chest_pain",
        "crushing pain in my chest for an hour",
        "tengo un dolor muy fuerte en el pecho desde hace una hora",
    ),
    (
        "child_safety",
        "my nephew says his stepdad hits him with a belt",
        "mi sobrino dice que su padrastro le pega con el cinto",
    ),
    ("choking", "he is choking on a piece of meat and cannot cough", "se esta atragantando con un pedazo de carne"),
    ("critical_lab", "lab calling with a critical potassium of 6.8", "del laboratorio, potasio critico de 6.8"),
    ("critical_med_gap", "I ran out of my insulin yesterday", "se me acabo la insulina ayer"),
    (
        "dehydration",
        "she is dehydrated, no tears and no wet diaper since last night",
        "esta deshidratada, no tiene lagrimas ni moja el panal desde anoche",
    ),
    ("dka_signs", "type 1, sugar 420 and throwing up", "soy diabetico, el azucar en 420 y estoy vomitando"),
    ("domestic_violence", "my husband hits me and I am scared of him", "mi esposo me pega y le tengo miedo"),
    (
        "dvt_signs",
        "one calf is swollen and hot and sore after the flight",
        "tengo una pantorrilla hinchada y caliente despues del viaje",
    ),
    ("dyspnea", "I cannot catch my breath", "no puedo respirar"),
    ("elder_abuse", "her caregiver is hitting my grandmother", "la cuidadora le pega a mi abuela"),
    ("eye_emergency", "got bleach in my eye just now", "me cayo cloro en el ojo"),
    (
        "firearm_access",
        "he is suicidal and has a loaded gun in the house",
        "quiere matarse y tiene una pistola cargada en la casa",
    ),
    ("flank_pain_fever", "pain in my side over the kidney and fever of 102", "me duele el rinon y tengo fiebre de 39"),
    ("gi_bleed", "I am vomiting blood", "estoy vomitando sangre"),
    (
        "head_injury",
        "grandpa hit his head this morning and he takes warfarin",
        "mi abuelo se pego en la cabeza y toma warfarina",
    ),
    (
        "heat_exposure",
        "he worked in the sun all day and is hot, dry and confused",
        "trabajo todo el dia en el sol y esta confundido y muy caliente",
    ),
    (
        "hf_decompensation",
        "heart failure, up five pounds since yesterday and my legs are swollen",
        "tengo insuficiencia cardiaca, subi cinco libras y tengo las piernas hinchadas",
    ),
    ("homicidal_ideation", "I am going to kill my neighbor tonight", "voy a matar a mi vecino"),
    (
        "hypertensive_emergency",
        "blood pressure 215/125 and a pounding headache",
        "la presion en 215/125 y me duele mucho la cabeza",
    ),
    ("infant_fever", "my 5 week old has a fever of 101", "mi bebe de 5 semanas tiene fiebre de 38.5"),
    (
        "limb_ischemia",
        "my foot is cold, white and numb all of a sudden",
        "de repente tengo el pie frio, palido y dormido",
    ),
    (
        "med_error",
        "I took my blood pressure pill twice by mistake",
        "me tome dos veces la pastilla de la presion por error",
    ),
    ("missed_dialysis", "my ride never came and I missed dialysis", "no vino el transporte y perdi la dialisis"),
    ("neutropenic_fever", "on chemo and I have a fever of 101.5", "estoy en quimioterapia y tengo fiebre de 38.6"),
    ("overdose", "she took the whole bottle of pills", "se tomo todo el frasco de pastillas"),
    (
        "oxygen_supply",
        "my oxygen tank is almost empty and nobody delivers until tomorrow",
        "se me esta acabando el tanque de oxigeno",
    ),
    (
        "palpitations",
        "my heart is racing and skipping since this morning",
        "siento palpitaciones, el corazon me brinca desde la manana",
    ),
    ("poisoning", "my toddler drank bleach", "mi nino se tomo el cloro"),
    (
        "post_op_complication",
        "three days after surgery the incision opened and is draining",
        "a los tres dias de la cirugia se me abrio la herida",
    ),
    (
        "power_dependent_equipment",
        "the power is out and my mother is on a ventilator",
        "se fue la luz y mi mama usa ventilador para respirar",
    ),
    (
        "pregnancy_warning",
        "34 weeks pregnant and the baby has not moved since last night",
        "tengo 34 semanas de embarazo y el bebe no se mueve desde anoche",
    ),
    ("psychosis", "my son hears voices telling him things", "mi hijo oye voces"),
    ("seizure", "my daughter is having a seizure right now", "mi hija esta convulsionando"),
    ("self_harm", "my daughter has been cutting herself", "mi hija se esta cortando los brazos"),
    (
        "sepsis_signs",
        "fever of 103, shaking chills, mottled skin and he is confused",
        "fiebre de 40, escalofrios, la piel morada y esta confundido",
    ),
    ("severe_abdominal_pain", "the worst stomach pain of my life", "un dolor de estomago insoportable"),
    (
        "severe_bleeding",
        "the cut will not stop bleeding, soaked three towels",
        "no para de sangrar, ya moje tres toallas en una hora",
    ),
    ("severe_headache", "sudden worst headache of my life", "de repente el peor dolor de cabeza de mi vida"),
    (
        "severe_hypertension",
        "my blood pressure is 188/104 and I feel fine",
        "la presion me salio 188/104 y me siento bien",
    ),
    ("severe_hypoglycemia", "his sugar is 38 and he will not wake up", "tiene el azucar en 38 y no despierta"),
    (
        "stroke_signs",
        "her face is drooping and her speech is slurred",
        "se le cayo la cara de un lado y no puede hablar bien",
    ),
    ("suicidal_ideation", "I want to kill myself", "quiero matarme"),
    ("syncope", "I passed out in the shower today", "me desmaye en el bano hoy"),
    (
        "testicular_torsion",
        "my son has sudden severe pain in one testicle",
        "mi hijo tiene un dolor fuerte de repente en un testiculo",
    ),
    ("unsheltered", "I have nowhere to sleep tonight", "no tengo donde dormir esta noche"),
    (
        "urinary_retention",
        "I have not been able to pee since last night and my belly is tight",
        "no puedo orinar desde anoche y tengo la panza dura",
    ),
    ("vision_loss", "I suddenly cannot see out of my right eye", "de repente no veo con el ojo derecho"),
    (
        "withdrawal",
        "I quit drinking two days ago and I am shaking and sweating",
        "deje de tomar alcohol hace dos dias y estoy temblando y sudando",
    ),
    ("wound_infection", "the cut on my leg is red, hot and full of pus", "la herida esta roja, caliente y con pus"),
];

fn names(found: &Triage, flag: RedFlag) -> bool {
    found.red_flags.contains(&flag)
}

#[test]
fn each_danger_has_its_sentences() {
    for flag in RedFlag::ALL {
        assert!(SAID.iter().any(|(name, ..)| *name == flag.name()), "{} has no sentence", flag.name());
    }
}

#[test]
fn each_danger_is_named_in_both_languages_by_words_that_are_shown() {
    let mut silent = Vec::new();
    for (name, english, spanish) in SAID {
        let flag = RedFlag::from_name(name).expect("a known danger");
        for text in [english, spanish] {
            let found = triage(text, None);
            if !names(&found, flag) || found.guessed == Some(flag) || found.because.is_empty() {
                silent.push(format!("{name}: {text}: {:?} {:?} {:?}", found.urgency, found.red_flags, found.signals));
            }
        }
    }
    assert!(silent.is_empty(), "not named:\n{}", silent.join("\n"));
}

#[test]
fn no_danger_that_is_there_is_left_for_later() {
    for (name, english, spanish) in SAID {
        for text in [english, spanish] {
            for around in
                ["", "No rush at all. Also please send my bill. ", "Gracias por todo, y una pregunta de mi cita. "]
            {
                let found = triage(&format!("{around}{text}"), None);
                assert!(found.urgency <= Urgency::SameDay, "{name}: {around}{text}: {:?}", found.urgency);
            }
        }
    }
}
