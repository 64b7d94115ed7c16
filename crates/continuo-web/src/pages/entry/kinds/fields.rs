//! The questions of each kind of entry.

use continuo_care::entry::TEST_NAMES;
use continuo_care::entry::papers::DOCUMENT_KINDS;
use continuo_ui::field::{Field, Input};

/// What allergies usually do.
const REACTIONS: [&str; 8] = [
    "Rash",
    "Hives",
    "Swelling",
    "Swelling of the throat",
    "Anaphylaxis",
    "Wheezing",
    "Nausea or vomiting",
    "Not known",
];

/// Who usually may hear about a person.
const RELATIONS: [&str; 12] = [
    "Wife", "Husband", "Partner", "Daughter", "Son", "Mother", "Father", "Sister", "Brother", "Friend", "Neighbor",
    "Guardian",
];

/// Programs by the names clinics give them.
const PROGRAMS: [&str; 5] = [
    "Transitional care",
    "Chronic care management",
    "Behavioral health integration",
    "Maternal health",
    "Community health integration",
];

/// Kinds of coverage by the names people use.
const PLANS: [&str; 6] = [
    "Medicaid",
    "Medicare",
    "Medicare Part B",
    "Medicare Advantage",
    "Children's Health Insurance Program",
    "Private plan",
];

/// Who usually tells what is entered.
const SOURCES: [&str; 6] =
    ["The person", "Caregiver", "Pharmacy", "Discharge papers", "Clinic record", "Pill bottles seen"];

const DATE_HINT: &str = "Any usual order: 8/20, 20 Aug, 2026-08-20, tomorrow";

pub(super) fn reminder() -> Vec<Field> {
    vec![
        Field::text("what", "Remind me to").hint("Such as: call her Tuesday about the ride"),
        Field::date("date", "On").hint(DATE_HINT),
        Field::new("repeats", "Comes again every", Input::Amount("days".to_owned())).hint("Empty: once").optional(),
    ]
}

pub(super) fn task() -> Vec<Field> {
    vec![
        Field::text("what", "What"),
        Field::date("date", "Due").hint(DATE_HINT),
        Field::text("owner", "Who").hint("A person, role or team; empty means you").optional(),
        Field::select(
            "priority",
            "Priority",
            &[("routine", "Routine"), ("urgent", "Urgent"), ("asap", "As soon as possible"), ("stat", "Now")],
        ),
        Field::area("steps", "Steps, one a line").optional(),
        Field::new("repeats", "Comes again every", Input::Amount("days".to_owned())).hint("Empty: once").optional(),
        Field::area("note", "Note").optional(),
    ]
}

pub(super) fn note() -> Vec<Field> {
    vec![
        Field::text("title", "About").hint("Never anything private in this line").optional(),
        Field::area("text", "Note"),
    ]
}

pub(super) fn appointment() -> Vec<Field> {
    vec![
        Field::text("with", "With whom"),
        Field::date("date", "Date").hint(DATE_HINT),
        Field::new("time", "Time", Input::Time).hint("Such as 9:20 am"),
        Field::new("minutes", "Length", Input::Amount("minutes".to_owned())).value("30"),
        Field::text("reason", "Reason").optional(),
        Field::select("referral", "For the referral", &[("", "None")])
            .hint("Then the visit is watched until its report is back")
            .optional(),
        Field::checks("needs", "Needs", &[("interpreter", "Interpreter"), ("ride", "Ride"), ("fasting", "Fasting")])
            .optional(),
    ]
}

pub(super) fn discharge() -> Vec<Field> {
    vec![
        Field::text("facility", "From"),
        Field::select(
            "stay",
            "Kind of stay",
            &[
                ("inpatient", "Hospital stay"),
                ("observation", "Observation"),
                ("emergency", "Emergency visit"),
                ("psychiatric", "Psychiatric stay"),
                ("rehab", "Rehabilitation"),
                ("snf", "Skilled nursing"),
            ],
        ),
        Field::date("admitted", "Admitted").hint(DATE_HINT).optional(),
        Field::date("date", "Discharged").hint(DATE_HINT),
        Field::text("reason", "Main reason").optional(),
        Field::select(
            "to",
            "Went to",
            &[
                ("home", "Home"),
                ("assisted", "Assisted living"),
                ("snf", "Skilled nursing"),
                ("rehab", "Rehabilitation"),
                ("hospice", "Hospice care"),
                ("against-advice", "Left against medical advice"),
                ("died", "Died in the stay"),
                ("other", "Elsewhere"),
                ("unknown", "Not known"),
            ],
        ),
        Field::checks(
            "pending",
            "Still open",
            &[
                ("results", "Results pending"),
                ("home-health", "Home health"),
                ("oxygen", "Oxygen"),
                ("equipment", "Equipment"),
            ],
        )
        .optional(),
    ]
}

pub(super) fn referral() -> Vec<Field> {
    vec![
        Field::text("what", "To what").hint("Such as cardiology, food pantry"),
        Field::text("to", "To whom").optional(),
        Field::select(
            "priority",
            "How soon",
            &[("routine", "Routine"), ("urgent", "Urgent"), ("asap", "As soon as possible"), ("stat", "Now")],
        ),
        Field::text("reason", "Reason"),
        Field::text("authorization", "Authorization number").optional(),
    ]
}

pub(super) fn condition() -> Vec<Field> {
    vec![
        Field::text("what", "Condition").hint("The words used; a code if you know it"),
        Field::date("since", "Since").hint("A year alone is fine").optional(),
        Field::select(
            "status",
            "Now",
            &[
                ("active", "Active"),
                ("recurrence", "Came back"),
                ("remission", "In remission"),
                ("resolved", "Resolved"),
            ],
        ),
        Field::select(
            "certainty",
            "Certainty",
            &[("confirmed", "Confirmed"), ("provisional", "Provisional"), ("unconfirmed", "Said, not confirmed")],
        ),
        Field::combo("said_by", "Said by", &SOURCES).optional(),
    ]
}

pub(super) fn medicine() -> Vec<Field> {
    vec![
        Field::text("what", "Medicine").hint("Name and strength, such as furosemide 40 mg"),
        Field::text("directions", "Directions").hint("As said, such as 1 tablet each morning").optional(),
        Field::select(
            "status",
            "Takes it",
            &[
                ("active", "Yes"),
                ("on-hold", "Paused"),
                ("stopped", "Stopped"),
                ("not-taken", "Not taking it"),
                ("intended", "To start"),
                ("unknown", "Not known"),
            ],
        ),
        Field::date("since", "Since").optional(),
        Field::combo("said_by", "Said by", &SOURCES).optional(),
    ]
}

pub(super) fn allergy() -> Vec<Field> {
    vec![
        Field::radios("known", "Known", &[("yes", "An allergy"), ("none", "None known")]).value("yes"),
        Field::text("what", "To what").hint("Empty where none are known"),
        Field::combo("reaction", "Reaction", &REACTIONS).optional(),
        Field::select(
            "severity",
            "How bad",
            &[("", "Not known"), ("mild", "Mild"), ("moderate", "Moderate"), ("severe", "Severe")],
        )
        .optional(),
        Field::combo("said_by", "Said by", &SOURCES),
    ]
}

pub(super) fn result() -> Vec<Field> {
    vec![
        Field::combo("what", "What", &TEST_NAMES).hint("Such as weight, HbA1c, blood pressure"),
        Field::text("value", "Value"),
        Field::text("unit", "Unit").hint("Needed with a number, such as lb, %, mmol/L").optional(),
        Field::date("date", "Measured").hint(DATE_HINT),
        Field::text("by", "By whom").hint("Lab, or measured at home").optional(),
    ]
}

pub(super) fn contact() -> Vec<Field> {
    vec![
        Field::text("name", "Name"),
        Field::combo("relation", "Relation", &RELATIONS).hint("Such as daughter, neighbor, guardian"),
        Field::new("phone", "Phone", Input::Line("tel")).optional(),
        Field::checks(
            "topics",
            "May discuss",
            &[
                ("visits", "Visits"),
                ("medicines", "Medicines"),
                ("results", "Results"),
                ("billing", "Billing"),
                ("everything", "Everything"),
            ],
        )
        .optional(),
        Field::checks(
            "proxy",
            "Acts for the person",
            &[("proxy", "Health-care proxy"), ("guardian", "Guardian"), ("portal", "Portal access")],
        )
        .optional(),
        Field::text("proof", "Proof seen")
            .hint("Needed where they act for the person: what you saw, such as the signed form")
            .optional(),
        Field::date("until", "Until").optional(),
    ]
}

pub(super) fn coordinator() -> Vec<Field> {
    vec![
        Field::select("owner", "Coordinator", &[]).optional(),
        Field::combo("programme", "Program", &PROGRAMS).optional(),
        Field::select(
            "tier",
            "Tier",
            &[("", "No tier"), ("tier-high", "High"), ("tier-medium", "Medium"), ("tier-low", "Low")],
        )
        .hint("How often a check-in is due in each tier stands on the rule's page")
        .optional(),
    ]
}

pub(super) fn phone() -> Vec<Field> {
    vec![
        Field::new("phone", "Phone", Input::Line("tel")).optional(),
        Field::text("address", "Address").optional(),
        Field::select(
            "use",
            "Kind",
            &[("mobile", "Mobile"), ("home", "Home"), ("work", "Work"), ("temp", "For now"), ("old", "No longer used")],
        ),
        Field::checks(
            "allow",
            "Allowed",
            &[
                ("call", "Call"),
                ("voicemail", "Voicemail"),
                ("text", "Text"),
                ("mail", "Mail"),
                ("none", "None of these"),
            ],
        )
        .hint("Nothing ticked: not asked")
        .optional(),
        Field::text("say", "What may be said").hint("Such as: name of the clinic, nothing about health").optional(),
        Field::text("hours", "Safe hours").hint("Such as after 5 pm").optional(),
        Field::text("answers", "Who else answers").optional(),
        Field::checks("unsafe", "Safety", &[("unsafe", "Unsafe: never use it")]).optional(),
    ]
}

pub(super) fn coverage() -> Vec<Field> {
    vec![
        Field::combo("plan", "Plan", &PLANS).hint("Such as Medicaid, Medicare Part B"),
        Field::text("number", "Member number").optional(),
        Field::date("from", "From").optional(),
        Field::date("until", "Ends").hint("Leave empty where no end is known").optional(),
        Field::text("confirmed", "Confirmed by").optional(),
    ]
}

pub(super) fn consent() -> Vec<Field> {
    vec![
        Field::select(
            "scope",
            "To what",
            &[
                ("share", "Share the record with others who treat"),
                ("part2", "Share substance-use treatment records"),
                ("texts", "Receive texts"),
                ("calls", "Receive calls"),
                ("programme", "Take part in a program"),
            ],
        ),
        Field::radios("answer", "Answer", &[("permit", "Agreed"), ("deny", "Declined, or takes back what was agreed")]),
        Field::text("with", "With whom or what").optional(),
        Field::radios("how", "How", &[("written", "In writing"), ("spoken", "Spoken")]),
        Field::date("date", "On").hint(DATE_HINT),
        Field::date("until", "Until").optional(),
    ]
}

pub(super) fn death() -> Vec<Field> {
    vec![
        Field::radios(
            "answer",
            "What is true",
            &[("died", "The person has died"), ("alive", "Lives: a death was recorded in error")],
        )
        .value("died"),
        Field::date("date", "Died on")
            .hint("As well as it is known: a month or a year is fine; empty where nobody said")
            .optional(),
        Field::text("said_by", "Said by").hint("Such as: the daughter on the phone, St. Mary Hospital"),
        Field::area("note", "What else was said").hint("Who speaks for the family, what they ask for").optional(),
    ]
}

pub(super) fn document() -> Vec<Field> {
    vec![
        Field::text("title", "Title"),
        Field::select("kind", "Kind", &DOCUMENT_KINDS),
        Field::date("date", "Dated").hint(DATE_HINT),
        Field::text("from", "From").optional(),
        Field::select("referral", "Answers the referral", &[("", "None")]).optional(),
        Field::area("text", "Text"),
    ]
}
