//! What can be entered for a person, and its questions. A new kind is one row here and one arm in the care crate.

use continuo_care::access::Permission;
use continuo_care::entry::TEST_NAMES;
use continuo_care::entry::papers::DOCUMENT_KINDS;
use continuo_ui::field::{Field, Input};

/// A kind of entry.
#[derive(Clone, Copy)]
pub struct Kind {
    /// In the address: `/patients/ID/add/appointment`.
    pub slug: &'static str,
    /// "Appointment", in menus.
    pub label: &'static str,
    /// Title of the page.
    pub title: &'static str,
    /// Text of the button.
    pub submit: &'static str,
    /// What happens then.
    pub lead: &'static str,
    /// The permission it asks for.
    pub needs: Permission,
    /// Several are often entered one after another.
    pub several: bool,
    /// The questions.
    pub fields: fn() -> Vec<Field>,
}

/// Every kind, in the order of the menu.
pub const KINDS: [Kind; 17] = [
    Kind {
        slug: "reminder",
        label: "Quick reminder",
        title: "Add a reminder",
        submit: "Save reminder",
        lead: "Comes back on your list on that day.",
        needs: Permission::WorkAct,
        several: false,
        fields: reminder,
    },
    Kind {
        slug: "task",
        label: "Task",
        title: "Add a task",
        submit: "Save task",
        lead: "Goes to the person or team you choose, with a date.",
        needs: Permission::WorkAct,
        several: true,
        fields: task,
    },
    Kind {
        slug: "note",
        label: "Note",
        title: "Add a note",
        submit: "Save note",
        lead: "Kept with your name; can be copied for the EHR.",
        needs: Permission::RecordWrite,
        several: false,
        fields: note,
    },
    Kind {
        slug: "appointment",
        label: "Appointment",
        title: "Add an appointment",
        submit: "Save appointment",
        lead: "",
        needs: Permission::PersonWrite,
        several: true,
        fields: appointment,
    },
    Kind {
        slug: "discharge",
        label: "Discharge",
        title: "Add a discharge",
        submit: "Save discharge",
        lead: "The call after discharge is due from this day on.",
        needs: Permission::RecordWrite,
        several: false,
        fields: discharge,
    },
    Kind {
        slug: "referral",
        label: "Referral",
        title: "Add a referral",
        submit: "Save referral",
        lead: "Stays open until a report is back and read.",
        needs: Permission::RecordWrite,
        several: false,
        fields: referral,
    },
    Kind {
        slug: "condition",
        label: "Condition",
        title: "Add a condition",
        submit: "Save condition",
        lead: "",
        needs: Permission::RecordWrite,
        several: true,
        fields: condition,
    },
    Kind {
        slug: "medicine",
        label: "Medicine",
        title: "Add a medicine",
        submit: "Save medicine",
        lead: "As the person takes it, not only as written.",
        needs: Permission::RecordWrite,
        several: true,
        fields: medicine,
    },
    Kind {
        slug: "allergy",
        label: "Allergy",
        title: "Add an allergy",
        submit: "Save allergy",
        lead: "Or record that none are known, with who said so.",
        needs: Permission::RecordWrite,
        several: true,
        fields: allergy,
    },
    Kind {
        slug: "result",
        label: "Result",
        title: "Add a result",
        submit: "Save result",
        lead: "",
        needs: Permission::RecordWrite,
        several: true,
        fields: result,
    },
    Kind {
        slug: "contact",
        label: "Contact person",
        title: "Add a contact person",
        submit: "Save contact",
        lead: "Whom you may speak with, about what, and until when.",
        needs: Permission::PersonWrite,
        several: true,
        fields: contact,
    },
    Kind {
        slug: "coordinator",
        label: "Coordinator and tier",
        title: "Coordinator, program and tier",
        submit: "Save",
        lead: "Whose caseload this person is on, and how often somebody speaks with them.",
        needs: Permission::RecordWrite,
        several: false,
        fields: coordinator,
    },
    Kind {
        slug: "phone",
        label: "Phone or address",
        title: "Change how to reach",
        submit: "Save",
        lead: "Each number says what is allowed on it. Unsafe blocks every channel.",
        needs: Permission::PersonWrite,
        several: true,
        fields: phone,
    },
    Kind {
        slug: "coverage",
        label: "Coverage",
        title: "Add coverage",
        submit: "Save coverage",
        lead: "An end date opens a renewal task in time.",
        needs: Permission::PersonWrite,
        several: true,
        fields: coverage,
    },
    Kind {
        slug: "consent",
        label: "Consent",
        title: "Record a consent",
        submit: "Save consent",
        lead: "The newest answer to a question counts; it replaces the one before.",
        needs: Permission::RecordWrite,
        several: false,
        fields: consent,
    },
    Kind {
        slug: "document",
        label: "Document",
        title: "Add a document",
        submit: "Save document",
        lead: "The text of a letter or fax. Scans go through the document inbox.",
        needs: Permission::RecordWrite,
        several: true,
        fields: document,
    },
    Kind {
        slug: "death",
        label: "Death",
        title: "Record a death",
        submit: "Save",
        lead: "Ends reminders, calls, letters and suggestions at once, and leaves one task: what was closed, condolences, equipment, appointments. It can be taken back.",
        needs: Permission::PersonWrite,
        several: false,
        fields: death,
    },
];

/// The kind of that name.
pub fn find(slug: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.slug == slug)
}

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

fn reminder() -> Vec<Field> {
    vec![
        Field::text("what", "Remind me to").hint("Such as: call her Tuesday about the ride"),
        Field::date("date", "On").hint(DATE_HINT),
        Field::new("repeats", "Comes again every", Input::Amount("days".to_owned())).hint("Empty: once").optional(),
    ]
}

fn task() -> Vec<Field> {
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

fn note() -> Vec<Field> {
    vec![
        Field::text("title", "About").hint("Never anything private in this line").optional(),
        Field::area("text", "Note"),
    ]
}

fn appointment() -> Vec<Field> {
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

fn discharge() -> Vec<Field> {
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

fn referral() -> Vec<Field> {
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

fn condition() -> Vec<Field> {
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

fn medicine() -> Vec<Field> {
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

fn allergy() -> Vec<Field> {
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

fn result() -> Vec<Field> {
    vec![
        Field::combo("what", "What", &TEST_NAMES).hint("Such as weight, HbA1c, blood pressure"),
        Field::text("value", "Value"),
        Field::text("unit", "Unit").hint("Needed with a number, such as lb, %, mmol/L").optional(),
        Field::date("date", "Measured").hint(DATE_HINT),
        Field::text("by", "By whom").hint("Lab, or measured at home").optional(),
    ]
}

fn contact() -> Vec<Field> {
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

fn coordinator() -> Vec<Field> {
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

fn phone() -> Vec<Field> {
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

fn coverage() -> Vec<Field> {
    vec![
        Field::combo("plan", "Plan", &PLANS).hint("Such as Medicaid, Medicare Part B"),
        Field::text("number", "Member number").optional(),
        Field::date("from", "From").optional(),
        Field::date("until", "Ends").hint("Leave empty where no end is known").optional(),
        Field::text("confirmed", "Confirmed by").optional(),
    ]
}

fn consent() -> Vec<Field> {
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

fn death() -> Vec<Field> {
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

fn document() -> Vec<Field> {
    vec![
        Field::text("title", "Title"),
        Field::select("kind", "Kind", &DOCUMENT_KINDS),
        Field::date("date", "Dated").hint(DATE_HINT),
        Field::text("from", "From").optional(),
        Field::select("referral", "Answers the referral", &[("", "None")]).optional(),
        Field::area("text", "Text"),
    ]
}
