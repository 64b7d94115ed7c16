//! What can be entered for a person, and its questions. A new kind is one row here and one arm in the care crate.

mod fields;

use continuo_care::access::Permission;
use continuo_ui::field::Field;
use fields::{
    allergy, appointment, condition, consent, contact, coordinator, coverage, death, discharge, document, medicine,
    note, phone, referral, reminder, result, task,
};

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
