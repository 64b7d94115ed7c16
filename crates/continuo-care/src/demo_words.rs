//! Words of the made-up morning: a few transcripts that wait for review and a dozen messages, taken in by the ordinary
//! use cases. All texts are our own; nobody in them is real.

use std::collections::BTreeMap;

use continuo_fhir::Json;

use crate::ctx::{Actor, Ctx};
use crate::inbox::act::{self, Received};
use crate::population::{Population, Story};
use crate::problem::WorkError;
use crate::scribe::intake::{self, Incoming};
use crate::scribe::source::SourceKind;

/// The call that the review page is shown with: for the person whose weight went up after a heart failure stay.
const CALL: &str = "[00:04] Nurse: Good morning, Mrs. Reyes, this is the nurse from the clinic. Is this a good time?\n\
[00:09] Patient: Yes, good morning.\n\
[00:15] Nurse: I am calling because you came home from the hospital. How are you doing?\n\
[00:21] Patient: I am tired. I stopped the furosemide Saturday, it makes me go all night.\n\
[00:31] Nurse: Any swelling?\n\
[00:33] Patient: Yes, my ankles, both of them, in the evening.\n\
[00:41] Nurse: Any chest pain or fever?\n\
[00:44] Patient: No, nothing like that.\n\
[00:52] Nurse: What was your blood pressure this morning?\n\
[00:56] Patient: My blood pressure was 150 over 90 on the home machine.\n\
[01:08] Daughter: She also gets short of breath on the stairs, maybe since Monday.\n\
[01:20] Patient: And I can't get a ride on Thursday, my daughter works.\n\
[01:29] Nurse: I'll call you Friday about the ride. And I will ask the doctor about the water pill today.\n\
[01:40] Patient: Thank you. I am allergic to penicillin, you know that.\n";

const VISIT: &str = "[doctor] Good to see you. How is the knee?\n\
[patient] Better, but I take ibuprofen 400 mg three times a day, and my stomach burns.\n\
[doctor] Any blood in the stool?\n[patient] No.\n\
[doctor] Let's stop the ibuprofen. I am going to order a basic metabolic panel and an x-ray of the knee.\n\
[patient] My mother had arthritis too. We are behind on the rent, so no expensive things please.\n\
[doctor] I will ask our social worker to call you tomorrow. I'll see you back in four weeks.\n";

const LETTER: &str = "Dear colleague,\n\nThank you for sending this pleasant patient for shortness of breath on exertion. \
Blood pressure 142/84, pulse 88. There is no edema.\n\nI have begun a new medicine and stopped another.\n\n\
Start taking:\n- Metoprolol 25 mg twice a day\n\nStop taking:\n- Ibuprofen\n\nResults pending:\n- Kidney function of this visit\n\n\
Follow-up appointments:\n- Echocardiogram in three months\n- Heart clinic in 6 weeks\n\nWith kind regards\n";

const MESSAGES: &[(&str, &str)] = &[
    ("en", "Could you please call me? I have a question about the form for my job."),
    ("en", "My new pills make me dizzy when I stand up, is that normal? It began three days ago."),
    ("en", "I need a refill of my blood pressure pills, there are four left."),
    ("en", "The van did not come yesterday, so I missed my visit. Can I get another one, and a ride that comes?"),
    ("en", "Thank you for the call last week, the walker arrived and it fits."),
    ("en", "We ran out of food stamps this month. Is there a pantry near Alder Street?"),
    ("en", "The insurance says they never got the papers for my oxygen. They want them by Friday."),
    (
        "en",
        "Dad fell in the bathroom on Sunday. He says nothing hurts, but he is walking slower. What should we look for?",
    ),
    ("es", "Buenos días. ¿Me pueden cambiar la cita del jueves? Ese día no tengo quien me lleve."),
    ("es", "Se me acabaron las tiras para medir el azúcar y la farmacia dice que falta la receta."),
    ("es", "Mi mamá no entiende cómo tomar la medicina nueva. ¿Alguien que hable español le puede explicar?"),
    ("es", "Quisiera hablar con una persona sobre la carta del seguro, no la entiendo."),
];

/// Takes the words in. The morning's own limits hold: nobody gets more than two of them.
pub fn seed(ctx: &Ctx, population: &Population) -> Result<usize, WorkError> {
    let mut taken = 0;
    let mut given = Given::default();
    if let Some(item) = population.morning().items.iter().find(|item| item.story == Story::WeightGain) {
        words(
            &of_staff(ctx, population, item.person),
            &item.patient,
            SourceKind::Call,
            "Call after the hospital stay",
            CALL,
        )?;
        given.note(population, item.person);
        taken += 1;
    }
    let mut quiet = quiet(population);
    let others = [
        (SourceKind::Visit, "Visit for the knee", VISIT),
        (SourceKind::Document, "Letter of the heart clinic", LETTER),
    ];
    for (kind, title, text) in others {
        let Some((number, id)) = given.next(population, &mut quiet, None) else { break };
        words(&of_staff(ctx, population, number), &id, kind, title, text)?;
        taken += 1;
    }
    for (n, (language, text)) in MESSAGES.iter().enumerate() {
        let Some((number, id)) = given.next(population, &mut quiet, Some(*language == "es")) else { continue };
        let received = Received {
            person: format!("Patient/{id}"),
            at: Some(ctx.now().plus_seconds(-60 * (20 + 7 * n as i64))),
            words: (*text).to_owned(),
            ..Received::default()
        };
        act::receive(&of_staff(ctx, population, number), received)?;
        taken += 1;
    }
    Ok(taken)
}

fn words(ctx: &Ctx, patient: &str, kind: SourceKind, title: &str, text: &str) -> Result<(), WorkError> {
    let incoming = Incoming {
        person: format!("Patient/{patient}"),
        kind,
        title: title.to_owned(),
        name: "words.txt".to_owned(),
        media_type: "text/plain".to_owned(),
        bytes: text.as_bytes().to_vec(),
        ..Incoming::default()
    };
    intake::take(ctx, incoming)?;
    Ok(())
}

/// The coordinator of a person acts, so that what waits is theirs.
pub(crate) fn of_staff(ctx: &Ctx, population: &Population, number: u32) -> Ctx {
    let staff = population.coordinator(number);
    let mut acting = ctx.clone();
    acting.actor =
        Actor { reference: staff.reference(), name: format!("{} {}", staff.given, staff.family), account: 0 };
    acting
}

/// How many each coordinator has been given.
#[derive(Default)]
struct Given(BTreeMap<String, usize>);

impl Given {
    /// More would push a small clinic's only coordinator past what a morning holds (safety.md rule 2).
    const MOST: usize = 2;

    fn note(&mut self, population: &Population, number: u32) {
        *self.0.entry(population.coordinator(number).reference()).or_default() += 1;
    }

    /// The next of these people, in this language if one is asked for, whose coordinator can take another.
    fn next(
        &mut self,
        population: &Population,
        people: &mut Vec<Quiet>,
        spanish: Option<bool>,
    ) -> Option<(u32, String)> {
        let at = people.iter().position(|(number, _, speaks)| {
            let has = self.0.get(&population.coordinator(*number).reference()).copied().unwrap_or(0);
            has < Self::MOST && spanish.is_none_or(|wanted| wanted == *speaks)
        })?;
        let (number, id, _) = people.remove(at);
        self.note(population, number);
        Some((number, id))
    }
}

/// Number, id, whether they speak Spanish.
type Quiet = (u32, String, bool);

/// Living people without a story this morning.
fn quiet(population: &Population) -> Vec<Quiet> {
    const WANTED: usize = 80;
    let told: std::collections::BTreeSet<u32> = population.morning().items.iter().map(|item| item.person).collect();
    let mut out = Vec::new();
    for number in (0..population.settings().patients).filter(|number| !told.contains(number)).step_by(3) {
        let person = population.person(number);
        let Some(patient) = person.records.first().and_then(|record| record.resources.first()) else { continue };
        let dead = patient.get("deceasedDateTime").is_some() || patient.get("deceasedBoolean").is_some();
        let Some(id) = patient.str_at("id").filter(|_| !dead) else { continue };
        let language = patient.at("communication.0.language.coding.0.code").and_then(Json::as_str).unwrap_or("en");
        out.push((number, id.to_owned(), language.starts_with("es")));
        if out.len() >= WANTED {
            break;
        }
    }
    out
}
