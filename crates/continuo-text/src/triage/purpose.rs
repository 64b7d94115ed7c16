//! What a message asks for and who owns the first action.
//!
//! Clinical danger comes first; the rest is decided by ordered reading: the most specific purpose that stands wins,
//! others are kept where they are separate requests.

use super::labels::{Intent, RedFlag, Route, Urgency};
use super::second::Opinion;
use super::{Found, Signals};
use crate::pattern::Hit;
use crate::token::{Kind, Tokens};

/// The answer of this file.
pub(super) struct Purpose {
    pub(super) urgency: Urgency,
    pub(super) route: Route,
    pub(super) intents: Vec<Intent>,
    pub(super) deciding: Vec<Hit>,
    /// The danger that the second opinion sees where it raised the clock.
    pub(super) flag: Option<RedFlag>,
}

/// Flags that belong to the mind.
const MIND: &[RedFlag] = &[
    RedFlag::SuicidalIdeation,
    RedFlag::HomicidalIdeation,
    RedFlag::Psychosis,
    RedFlag::SelfHarm,
    RedFlag::Withdrawal,
];
/// Flags about being unsafe with others or with weapons.
const UNSAFE: &[RedFlag] =
    &[RedFlag::DomesticViolence, RedFlag::ElderAbuse, RedFlag::ChildSafety, RedFlag::FirearmAccess];

/// The second opinion raises to this clock from these chances on (chosen by cross-validation over writing rounds).
const EMERGENCY_FROM: f32 = 0.4;
/// Where the rules already found what needs a look today, the opinion must be surer.
const EMERGENCY_OVER_TODAY_FROM: f32 = 0.5;
const SAME_DAY_FROM: f32 = 0.5;
/// A message of fewer words than this, none of which tells of a danger, leaves little to learn from: what it does not
/// resemble decides as much as what it does. There the opinion must be surer (chosen as the others).
const SHORT: usize = 12;
/// Surer of an emergency that it can give no name.
const EMERGENCY_UNNAMED_FROM: f32 = 0.7;
/// And of one that is looked at today.
const EMERGENCY_TODAY_QUIET_FROM: f32 = 0.4;
/// An emergency this likely is looked at today, however likely today is by itself.
const EMERGENCY_TODAY_FROM: f32 = 0.2;
/// So is a message one part of which alone reads as an emergency this likely.
const PART_TODAY_FROM: f32 = 0.5;
/// And names the likeliest danger of what it raised from this chance on.
const FLAG_FROM: f32 = 0.3;
/// And chooses the owner over what the rules say of a message for today from this chance on.
const OWNER_FROM: f32 = 0.5;
/// A nurse named with a smaller chance than this gives way to who usually owns what is likeliest asked.
const NURSE_FROM: f32 = 0.7;
/// Wording for today that names no danger counts where the opinion holds it likelier than this.
const UNNAMED_FROM: f32 = 0.3;
/// What may need someone today this likely is nothing for the office alone.
const OFFICE_BELOW: f32 = 0.3;
/// A message of fewer words than this is read by the rules alone.
const WORDS_FROM: usize = 4;

/// Answers for one message.
pub(super) fn find(tokens: &Tokens, signals: &Signals, found: &Found, opinion: &Opinion) -> Purpose {
    let words = (0..tokens.len()).filter(|i| matches!(tokens.kind(*i), Kind::Word | Kind::Number)).count();
    let [emergency, same_day, ..] = opinion.urgency;
    let by_rules = match found.urgency {
        Some(Urgency::Emergency) => {
            let mut out = urgent(signals, found, Urgency::Emergency);
            out.flag = if found.flags.is_empty() { named(signals, opinion) } else { None };
            return out;
        }
        Some(Urgency::SameDay)
            if !found.flags.is_empty() || words < WORDS_FROM || emergency + same_day >= UNNAMED_FROM =>
        {
            urgent(signals, found, Urgency::SameDay)
        }
        _ => match plain(tokens, signals, words) {
            Some(known) => return known,
            None => calm(tokens, signals, words),
        },
    };
    if words < WORDS_FROM {
        return by_rules;
    }
    let today = by_rules.urgency == Urgency::SameDay;
    let is_quiet = words < SHORT && !signals.tell_of_danger();
    let limit = if today {
        EMERGENCY_OVER_TODAY_FROM
    } else if is_quiet && named(signals, opinion).is_none() {
        EMERGENCY_UNNAMED_FROM
    } else {
        EMERGENCY_FROM
    };
    if emergency >= limit {
        return raised(signals, opinion, Urgency::Emergency, by_rules);
    }
    if today {
        let sure = opinion.route.1 >= OWNER_FROM;
        return if sure {
            Purpose { route: owner(opinion), intents: opinion.intents.clone(), ..by_rules }
        } else {
            by_rules
        };
    }
    let today_from = if is_quiet { EMERGENCY_TODAY_QUIET_FROM } else { EMERGENCY_TODAY_FROM };
    if emergency + same_day >= SAME_DAY_FROM || emergency >= today_from || opinion.loudest >= PART_TODAY_FROM {
        return raised(signals, opinion, Urgency::SameDay, by_rules);
    }
    let [_, _, routine, admin] = opinion.urgency;
    let urgency =
        if admin > routine && emergency + same_day < OFFICE_BELOW { Urgency::Admin } else { Urgency::Routine };
    Purpose { urgency, route: owner(opinion), intents: opinion.intents.clone(), ..by_rules }
}

/// The likeliest owner. Most messages learnt from went to a nurse, so words never seen lean there.
fn owner(opinion: &Opinion) -> Route {
    let (route, chance) = opinion.route;
    let usual = opinion.intents.first().and_then(|first| ORDER.iter().find(|(_, intent, ..)| intent == first));
    match usual {
        Some((_, intent, _, usual))
            if route == Route::Nurse
                && chance < NURSE_FROM
                && !matches!(intent, Intent::MedicationQuestion | Intent::DischargeFollowup) =>
        {
            *usual
        }
        _ => route,
    }
}

/// A message that the second opinion holds more urgent than the rules do.
fn raised(signals: &Signals, opinion: &Opinion, urgency: Urgency, by_rules: Purpose) -> Purpose {
    let route =
        if urgency == Urgency::Emergency && opinion.route.0 != Route::Provider { Route::Nurse } else { owner(opinion) };
    Purpose {
        urgency,
        route,
        intents: opinion.intents.clone(),
        deciding: by_rules.deciding,
        flag: named(signals, opinion),
    }
}

/// The likeliest danger, where it is likely; what is named after an age needs that age in the words.
fn named(signals: &Signals, opinion: &Opinion) -> Option<RedFlag> {
    let of_age = opinion.flag.0 != RedFlag::InfantFever || signals.has("infant_age") && !signals.has("older_child");
    (of_age && opinion.flag.1 >= FLAG_FROM).then_some(opinion.flag.0)
}

fn urgent(signals: &Signals, found: &Found, urgency: Urgency) -> Purpose {
    let emergency = urgency == Urgency::Emergency;
    let top = |flag: RedFlag| found.flags.iter().any(|(f, u)| *f == flag && *u <= urgency);
    let physical = found.flags.iter().any(|(f, _)| !MIND.contains(f) && !UNSAFE.contains(f));
    let mut route = Route::Nurse;
    let mut intents = Vec::new();
    if MIND.iter().any(|f| top(*f)) {
        intents.push(Intent::BehavioralHealth);
    } else if UNSAFE.iter().any(|f| top(*f)) {
        intents.push(Intent::Safety);
        if !emergency {
            route = Route::SocialWorker;
        }
    } else if top(RedFlag::CriticalLab) {
        intents.push(Intent::Results);
        route = Route::Provider;
    } else if top(RedFlag::MedError) {
        intents.push(Intent::MedicationQuestion);
        if !signals.has("med_double") {
            route = Route::Pharmacist;
        }
    } else if top(RedFlag::Overdose) {
        intents.push(Intent::MedicationQuestion);
    } else if top(RedFlag::PowerDependentEquipment) && !emergency {
        intents.push(Intent::Utilities);
        route = Route::SocialWorker;
    } else if top(RedFlag::OxygenSupply) {
        intents.push(Intent::Dme);
        if !emergency {
            route = Route::CareCoordinator;
        }
    } else if top(RedFlag::MissedDialysis) && !emergency && (signals.has("i_transport") || !signals.has("i_symptom")) {
        intents.push(Intent::Transport);
        route = Route::CareCoordinator;
    } else if top(RedFlag::AcuteFoodNeed) && !emergency {
        intents.push(Intent::Food);
        route = Route::SocialWorker;
    } else if top(RedFlag::Unsheltered) && !emergency {
        intents.push(Intent::Housing);
        route = Route::SocialWorker;
    } else if top(RedFlag::CriticalMedGap)
        && !emergency
        && !found.flags.iter().any(|(f, _)| !matches!(f, RedFlag::CriticalMedGap))
    {
        if signals.has("i_discharge_followup") {
            return Purpose {
                urgency,
                route,
                intents: vec![Intent::DischargeFollowup],
                deciding: Vec::new(),
                flag: None,
            };
        }
        route = Route::Pharmacist;
        if signals.has("i_authorization") {
            intents.push(Intent::Authorization);
            route = Route::CareCoordinator;
        }
        intents.push(Intent::Refill);
    } else if top(RedFlag::SevereHypertension) && !emergency {
        intents.push(Intent::DeviceReading);
    } else if !physical && signals.has("i_discharge_followup") && !emergency {
        intents.push(Intent::DischargeFollowup);
    } else if !physical
        && !emergency
        && (signals.has("sugar_lowish") || signals.has("sugar_high") || signals.has("bp_low"))
        && signals.count("i_symptom") == 0
    {
        intents.push(Intent::DeviceReading);
    } else {
        intents.push(Intent::Symptom);
    }
    // a separate request beside the danger is kept; what merely colors the danger is not
    for (signal, intent) in [
        ("i_complaint", Intent::Complaint),
        ("i_records", Intent::Records),
        ("i_billing", Intent::Billing),
        ("move_visit", Intent::Appointment),
        ("refill_word", Intent::Refill),
    ] {
        let own = match intent {
            Intent::Records => signals.of("i_records").iter().any(|h| h.to - h.from >= 2),
            Intent::Billing => signals.count("i_billing") > 0,
            // moving a visit or renewing a medicine that runs on is asked beside the symptom, not instead of it
            Intent::Appointment => intents == [Intent::Symptom] && signals.has("i_appointment"),
            Intent::Refill => intents == [Intent::Symptom] && signals.has("i_refill") && signals.has("med_word"),
            Intent::Complaint => {
                signals.has("complaint_strong") || signals.of("i_complaint").iter().any(|h| h.to - h.from >= 2)
            }
            _ => true,
        };
        if own && signals.has(signal) && !intents.contains(&intent) && !intents.contains(&Intent::Results) {
            intents.push(intent);
        }
    }
    Purpose { urgency, route, intents, deciding: Vec::new(), flag: None }
}

/// A purpose, the clock and owner it has by itself.
type Row = (&'static str, Intent, Urgency, Route);

/// Most specific first.
const ORDER: &[Row] = &[
    ("i_interpreter", Intent::Interpreter, Urgency::Routine, Route::CareCoordinator),
    ("i_consent_privacy", Intent::ConsentPrivacy, Urgency::Admin, Route::CareCoordinator),
    ("i_caregiver_support", Intent::CaregiverSupport, Urgency::Routine, Route::CareCoordinator),
    ("i_form_letter", Intent::FormLetter, Urgency::Routine, Route::Provider),
    ("i_authorization", Intent::Authorization, Urgency::Admin, Route::CareCoordinator),
    ("i_discharge_followup", Intent::DischargeFollowup, Urgency::Routine, Route::CareCoordinator),
    ("i_financial", Intent::Financial, Urgency::Routine, Route::SocialWorker),
    ("i_utilities", Intent::Utilities, Urgency::Routine, Route::SocialWorker),
    ("i_housing", Intent::Housing, Urgency::Routine, Route::SocialWorker),
    ("i_food", Intent::Food, Urgency::Routine, Route::SocialWorker),
    ("i_contact_update", Intent::ContactUpdate, Urgency::Admin, Route::CareCoordinator),
    ("i_records", Intent::Records, Urgency::Admin, Route::CareCoordinator),
    ("i_billing", Intent::Billing, Urgency::Admin, Route::Billing),
    ("i_transport", Intent::Transport, Urgency::Routine, Route::CareCoordinator),
    ("i_refill", Intent::Refill, Urgency::Routine, Route::Pharmacist),
    ("i_referral", Intent::Referral, Urgency::Routine, Route::Provider),
    ("i_behavioral_health", Intent::BehavioralHealth, Urgency::Routine, Route::Nurse),
    ("i_results", Intent::Results, Urgency::Routine, Route::Provider),
    ("i_device_reading", Intent::DeviceReading, Urgency::Routine, Route::Nurse),
    ("i_dme", Intent::Dme, Urgency::Routine, Route::CareCoordinator),
    ("i_medication_question", Intent::MedicationQuestion, Urgency::Routine, Route::Pharmacist),
    ("i_symptom", Intent::Symptom, Urgency::Routine, Route::Nurse),
    ("i_complaint", Intent::Complaint, Urgency::Admin, Route::CareCoordinator),
    ("i_appointment", Intent::Appointment, Urgency::Admin, Route::Scheduler),
    ("i_thanks", Intent::Thanks, Urgency::Admin, Route::CareCoordinator),
    ("i_safety", Intent::Safety, Urgency::SameDay, Route::SocialWorker),
];

/// Replies that a reminder asks for.
const REPLIES: &[&str] = &[
    "c",
    "r",
    "y",
    "yes",
    "no",
    "n",
    "si",
    "1",
    "2",
    "3",
    "9",
    "confirm",
    "confirmed",
    "confirmo",
    "and",
    "are",
    "ok confirm",
    "reschedule",
    "cancel",
];

/// Replies, wishes to leave and notes for information, whose form says what they are.
fn plain(tokens: &Tokens, signals: &Signals, words: usize) -> Option<Purpose> {
    if is_nod(tokens, words) {
        return Some(Purpose {
            urgency: Urgency::Admin,
            route: Route::CareCoordinator,
            intents: vec![Intent::Thanks],
            deciding: vec![Hit { from: 0, to: tokens.len().min(1), tag: 0 }],
            flag: None,
        });
    }
    if words <= 1 && REPLIES.contains(&tokens.norm(0)) {
        return Some(Purpose {
            urgency: Urgency::Admin,
            route: Route::Scheduler,
            intents: vec![Intent::Appointment],
            deciding: vec![Hit { from: 0, to: tokens.len().min(1), tag: 0 }],
            flag: None,
        });
    }
    let leaving = signals
        .of("i_opt_out")
        .iter()
        .find(|h| h.to - h.from > 1 || words <= 3 || tokens.norm(h.from) == "unsubscribe");
    if let Some(hit) = leaving {
        return Some(Purpose {
            urgency: Urgency::Admin,
            route: Route::CareCoordinator,
            intents: vec![Intent::OptOut],
            deciding: vec![*hit],
            flag: None,
        });
    }
    if signals.has("fyi_word") && signals.count("i_symptom") == 0 {
        return Some(Purpose {
            urgency: Urgency::Admin,
            route: Route::CareCoordinator,
            intents: vec![Intent::Thanks],
            deciding: signals.of("fyi_word").to_vec(),
            flag: None,
        });
    }
    None
}

/// What the wording asks for.
fn calm(tokens: &Tokens, signals: &Signals, words: usize) -> Purpose {
    let Some(row) =
        ORDER.iter().find(|(signal, intent, ..)| signals.has(signal) && is_meant(*intent, tokens, signals, words))
    else {
        // nothing known: a nurse reads it, because what is not understood is not harmless
        return Purpose {
            urgency: Urgency::Routine,
            route: Route::Nurse,
            intents: vec![Intent::Symptom],
            deciding: Vec::new(),
            flag: None,
        };
    };
    let (signal, intent, mut urgency, mut route) = *row;
    let mut intents = vec![intent];
    match intent {
        Intent::FormLetter if signals.has("i_form_again") && !signals.has("form_new") => {
            (urgency, route) = (Urgency::Admin, Route::CareCoordinator);
        }
        Intent::ContactUpdate if signals.has("i_insurance_change") => route = Route::Billing,
        Intent::Referral if signals.has("r_again") => route = Route::CareCoordinator,
        Intent::MedicationQuestion => route = medication_route(signals),
        Intent::Symptom if asks_for_test(tokens) || signals.has("asks_test") => route = Route::Provider,
        Intent::Appointment if signals.has("overdue") => urgency = Urgency::Routine,
        Intent::Transport if signals.has("i_appointment") && signals.has("move_visit") => {
            (urgency, route) = (Urgency::Admin, Route::Scheduler);
            intents = vec![Intent::Appointment, Intent::Transport];
        }
        _ => {}
    }
    for (second, name) in
        [("i_complaint", Intent::Complaint), ("i_transport", Intent::Transport), ("i_refill", Intent::Refill)]
    {
        let fits = match name {
            Intent::Complaint => intent == Intent::Billing,
            Intent::Refill => intent == Intent::Authorization && signals.has("med_word"),
            _ => false,
        };
        if fits && signals.has(second) && !intents.contains(&name) {
            intents.push(name);
        }
    }
    Purpose { urgency, route, intents, deciding: signals.of(signal).to_vec(), flag: None }
}

/// "ok" or a friendly sign and nothing else.
fn is_nod(tokens: &Tokens, words: usize) -> bool {
    const SIGNS: &[&str] = &["\u{1f44d}", "\u{1f64f}", "\u{2764}", "\u{1f60a}", "\u{1f642}", "\u{1f600}"];
    match words {
        0 => (0..tokens.len()).any(|i| SIGNS.contains(&tokens.norm(i))),
        1 | 2 => matches!(tokens.norm(0), "ok" | "okay" | "k" | "kk" | "cool" | "great" | "perfect" | "vale" | "bueno"),
        _ => false,
    }
}

/// Ambiguous wording counts for a purpose only with what makes it so.
fn is_meant(intent: Intent, tokens: &Tokens, signals: &Signals, words: usize) -> bool {
    let clinical = signals.count("i_symptom") > 0;
    match intent {
        Intent::Thanks => words <= 30,
        Intent::Food => {
            signals.has("food_need")
                || !clinical
                    && (!signals.has("i_medication_question")
                        || signals.count("i_food") > 1
                        || !signals.has("med_word"))
        }
        Intent::Records => {
            let explained = signals.has("results_explain") && signals.has("i_results") && !signals.has("i_portal");
            let seen = signals.has("i_appointment") && !signals.has("i_portal") && signals.count("i_records") == 0;
            !explained && !seen
        }
        Intent::Results => signals.has("i_results_want") || !clinical,
        Intent::Billing => !signals.has("i_symptom") || signals.count("i_billing") > signals.count("i_symptom"),
        Intent::DeviceReading => {
            (0..tokens.len()).any(|i| tokens.kind(i) == Kind::Number) && signals.count("i_symptom") <= 2
        }
        Intent::Dme => !clinical || signals.count("i_dme") >= signals.count("i_symptom"),
        Intent::Transport => !(signals.has("i_symptom") && signals.count("i_transport") < signals.count("i_symptom")),
        Intent::MedicationQuestion
            if clinical
                && !signals.has("m_change")
                && !signals.has("m_side_strong")
                && !signals.has("med_changed")
                && !signals.has("m_interact_strong") =>
        {
            false
        }
        Intent::MedicationQuestion => signals.has("med_word") || signals.count("i_medication_question") > 1,
        Intent::Refill => signals.has("refill_word") || signals.has("med_word"),
        Intent::Referral => {
            signals.has("referral_word")
                || !clinical && !signals.has("i_appointment") && !signals.has("i_behavioral_health")
        }
        Intent::BehavioralHealth => !signals.has("med_word") || signals.count("i_behavioral_health") > 1,
        Intent::Utilities => !signals.has("i_billing") || !signals.has("clinic_bill"),
        _ => true,
    }
}

fn medication_route(signals: &Signals) -> Route {
    if signals.has("m_change") && !signals.has("m_interact_strong") {
        return Route::Provider;
    }
    if signals.has("m_interact") && !signals.has("m_side_strong") {
        return Route::Pharmacist;
    }
    if signals.has("m_side") || signals.has("i_symptom") {
        return Route::Nurse;
    }
    Route::Pharmacist
}

/// "Should I be checked for ...?" is a question to the clinician.
fn asks_for_test(tokens: &Tokens) -> bool {
    const ASK: &[&str] = &["checked", "tested", "test", "screened", "evaluated", "mri", "xray", "scan", "study"];
    (0..tokens.len().min(400)).any(|i| {
        ASK.contains(&tokens.norm(i))
            && (i.saturating_sub(4)..i)
                .any(|j| matches!(tokens.norm(j), "should" | "need" | "get" | "be" | "order" | "want"))
    })
}
