//! Dialogs and confirm steps.
//!
//! A confirm step is kept for what cannot come back (merging, releasing outside, deleting an account); it names the
//! patient. A dialog is native and has a page of the same content behind its link, for readers without script.

use maud::{Markup, html};

use crate::who::{self, Who};
use crate::words::Lang;

/// A question before something that cannot be undone.
#[derive(Clone, Debug)]
pub struct ConfirmView {
    /// "Release the record to Mercy Hospital?"
    pub question: String,
    /// Whom it touches.
    pub who: Option<Who>,
    /// What happens, in sentences.
    pub consequence: String,
    /// Verb first: "Release record".
    pub button: String,
    /// Where it posts, with `confirm=yes`.
    pub post: String,
    /// Where Cancel leads.
    pub cancel: String,
    /// Fields carried along.
    pub hidden: Vec<(String, String)>,
}

/// The step.
pub fn confirm(lang: Lang, csrf: &str, view: &ConfirmView) -> Markup {
    html! {
        form.confirm method="post" action=(view.post) {
            h2 { (view.question) }
            @if let Some(person) = &view.who { p { (who::line(person)) } }
            p { (view.consequence) }
            input type="hidden" name="csrf" value=(csrf);
            input type="hidden" name="confirm" value="yes";
            @for (name, value) in &view.hidden { input type="hidden" name=(name) value=(value); }
            div.row {
                button.button.button-main type="submit" { (view.button) }
                a.button.button-quiet href=(view.cancel) { (lang.words().cancel) }
            }
        }
    }
}

/// A native dialog, and the link that opens it: with script in place, without script as a page.
pub fn dialog(lang: Lang, id: &str, title: &str, open: &str, href: &str, body: Markup) -> Markup {
    html! {
        a.button href=(href) data-dialog=(id) { (open) }
        dialog id=(id) aria-labelledby={ (id) "-title" } {
            h2 id={ (id) "-title" } { (title) }
            (body)
            form.row-end method="dialog" { button.button.button-quiet type="submit" { (lang.words().close) } }
        }
    }
}
