//! Forms: one column, errors summed up on top with links, one main button, a way out.

use maud::{Markup, html};

use crate::action::submit;
use crate::field::{Field, field};
use crate::words::Lang;

/// A form made of fields in order.
#[derive(Clone, Debug, Default)]
pub struct FormView {
    /// Where it posts.
    pub action: String,
    /// Fields posted without being shown.
    pub hidden: Vec<(String, String)>,
    /// Questions.
    pub fields: Vec<Field>,
    /// "Save appointment".
    pub submit: String,
    /// "Save appointment and add another": posts `then=another`; empty where one is enough.
    pub again: String,
    /// Repeats whom it is for, beside the button.
    pub about: String,
    /// Where Cancel leads.
    pub cancel: String,
    /// Problems that belong to no single field.
    pub problems: Vec<String>,
}

impl FormView {
    /// Something is wrong with an answer.
    pub fn has_errors(&self) -> bool {
        !self.problems.is_empty() || self.fields.iter().any(|field| !field.error.is_empty())
    }
}

/// The summary of what is wrong; the script moves the focus to it.
pub fn error_summary(lang: Lang, view: &FormView) -> Markup {
    html! {
        @if view.has_errors() {
            div.error-summary #problems role="alert" tabindex="-1" data-focus {
                h2 { (lang.words().problem_heading) }
                ul {
                    @for problem in &view.problems { li { (problem) } }
                    @for field in &view.fields { @if !field.error.is_empty() { li { a href={ "#" (field.id()) } { (field.error) } } } }
                }
            }
        }
    }
}

/// The whole form with its summary.
pub fn form(lang: Lang, csrf: &str, view: &FormView) -> Markup {
    html! {
        (error_summary(lang, view))
        form.form method="post" action=(view.action) data-draft=(view.action) novalidate {
            (fields(lang, csrf, view))
            (end(lang, view))
        }
    }
}

/// Hidden and visible fields, for a form the caller opens.
pub fn fields(lang: Lang, csrf: &str, view: &FormView) -> Markup {
    html! {
        input type="hidden" name="csrf" value=(csrf);
        @for (name, value) in &view.hidden { input type="hidden" name=(name) value=(value); }
        @for one in &view.fields { (field(lang, one)) }
    }
}

/// The buttons.
pub fn end(lang: Lang, view: &FormView) -> Markup {
    html! {
        div.form-end {
            (submit(&view.submit, None))
            @if !view.again.is_empty() { button.button type="submit" name="then" value="another" { (view.again) } }
            @if !view.cancel.is_empty() { a.button.button-quiet href=(view.cancel) data-draft-end { (lang.words().cancel) } }
            @if !view.about.is_empty() { span.about { (view.about) } }
        }
    }
}
