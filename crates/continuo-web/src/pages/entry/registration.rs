//! Questions for registering a person. Few are required; what is not answered stays "not asked".

use continuo_ui::field::{Field, Input};

use crate::pages::person::LANGUAGES;

/// The questions.
pub fn fields() -> Vec<Field> {
    let languages: Vec<_> = [("", "Not asked")].into_iter().chain(LANGUAGES).chain([("other", "Another")]).collect();
    vec![
        Field::text("family", "Family name or names").hint("Leave empty for a person with a single name").optional(),
        Field::text("given", "Given names, or the single name"),
        Field::text("preferred", "Name to use, and pronouns").optional(),
        Field::text("former", "Former name").optional(),
        Field::date("birth_date", "Birth date").hint("Any usual order; a year alone is fine"),
        Field::select(
            "gender",
            "Administrative gender",
            &[("unknown", "Not asked"), ("female", "Female"), ("male", "Male"), ("other", "Other")],
        ),
        Field::select(
            "sex_for_clinical_use",
            "Sex for clinical use",
            &[
                ("", "Not asked"),
                ("female", "Female"),
                ("male", "Male"),
                ("specified", "See comment"),
                ("unknown", "Not known"),
            ],
        )
        .optional(),
        Field::new("phone", "Phone", Input::Line("tel")).optional(),
        Field::checks(
            "allow",
            "Allowed on this number",
            &[("call", "Call"), ("voicemail", "Voicemail"), ("text", "Text"), ("none", "None of these")],
        )
        .hint("Nothing ticked: not asked")
        .optional(),
        Field::text("address", "Address").hint("Street, city, state, ZIP; or where they stay").optional(),
        Field::select("language", "Language", &languages).optional(),
        Field::checks("interpreter", "Interpreter", &[("needed", "Needed")]).optional(),
        Field::text("record_number", "Record number").hint("Empty: we make one").optional(),
        Field::text("plan_number", "Plan or Medicaid number").optional(),
    ]
}
