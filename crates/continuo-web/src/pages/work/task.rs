//! One task: what, for whom, by when and from which rule, who has it, what was tried, and what to press.

use continuo_ui::action::{Action, button, buttons, submit};
use continuo_ui::banner::{BannerView, banner};
use continuo_ui::evidence::{EvidenceView, body};
use continuo_ui::field::{Field, field};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, definitions, panel};
use continuo_ui::section::{LineView, Place, Section, line, line_section};
use continuo_ui::tag::{DueView, TagView, due, tag};
use continuo_ui::{Markup, html};

use super::about::{AboutView, about};

/// A step of the task's checklist.
#[derive(Clone, Debug)]
pub struct Step {
    /// Posted.
    pub id: String,
    /// "Medicines compared".
    pub text: String,
    /// Who did it and when; empty while open.
    pub done: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Task id.
    pub id: String,
    /// Whose.
    pub banner: BannerView,
    /// "Call after discharge".
    pub title: String,
    /// One sentence.
    pub why: String,
    /// To do, Doing, Waiting for ...
    pub state: TagView,
    /// When.
    pub due: Option<DueView>,
    /// "2 business days after discharge on 08/16, site policy transitions 1".
    pub due_from: String,
    /// "M. Ortiz, accepted 08/17".
    pub owner: String,
    /// "RN pool, from 08/20 2:00 pm".
    pub fallback: String,
    /// Rule and facts.
    pub evidence: Option<EvidenceView>,
    /// What in the record settles it, each leading there; empty while nothing does.
    pub settled: Vec<LineView>,
    /// The message, note or document it is about.
    pub about: Option<AboutView>,
    /// Steps.
    pub steps: Vec<Step>,
    /// What a death closed, to be reviewed; empty for every other task.
    pub closed: Vec<LineView>,
    /// "No answer, voicemail left", with who and when; newest first.
    pub attempts: Section<LineView>,
    /// Status changes and hand-offs, newest first.
    pub history: Section<LineView>,
    /// What people wrote.
    pub comments: Section<LineView>,
    /// Log call, Done, Assign, Snooze: each with its key.
    pub actions: Vec<Action>,
    /// Place in the list it was opened from.
    pub neighbors: Vec<Action>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let title = format!("{}: {}", view.banner.who.name(), view.title);
    let head = PageHead { banner: Some(banner(frame.lang, &view.banner)), ..PageHead::titled(title) };
    page(
        frame,
        &head,
        html! {
            div.page-head {
                h1 { (view.title) }
                (tag(&view.state))
                @if let Some(when) = &view.due { span.due-open { (due(when)) } }
                div.actions { (buttons(&frame.csrf, &view.neighbors)) }
            }
            div.columns-wide-left {
                div.stack {
                    (panel("", &PanelHead::new("next", "Next"), html! {}, html! {
                        div.stack-tight { p.prose { (view.why) } (buttons(&frame.csrf, &view.actions)) }
                    }))
                    @if !view.settled.is_empty() {
                        (panel("", &PanelHead::new("settled", "What the record says now").about("open it, then finish the task or leave it open"), html! {}, html! {
                            ul.lines { @for one in &view.settled { li { (line(frame, one)) } } }
                        }))
                    }
                    @if let Some(one) = &view.about { (about(one)) }
                    @if !view.closed.is_empty() {
                        (panel("", &PanelHead::new("closed", "Closed because of the death").about("open a task to open it again"), html! {}, html! {
                            ul.lines { @for one in &view.closed { li { (line(frame, one)) } } }
                        }))
                    }
                    @if !view.steps.is_empty() { (steps(frame, view)) }
                    (line_section(frame, Place { id: "attempts", title: "Tried so far", class: "" }, &view.attempts, html! {}))
                    (comments(frame, view))
                }
                div.stack {
                    (panel("", &PanelHead::new("who", "Who and when"), html! {}, who_and_when(view)))
                    @if let Some(why) = &view.evidence { (panel("", &PanelHead::new("why", "Why this is here"), html! {}, html! { div.stack-tight { (body(frame.lang, why)) } })) }
                    (line_section(frame, Place { id: "history", title: "History", class: "" }, &view.history, html! {}))
                }
            }
        },
    )
}

fn who_and_when(view: &View) -> Markup {
    definitions(&[
        ("Owner", html! { (view.owner) }),
        ("Fallback", html! { (view.fallback) }),
        ("Due", html! { @if let Some(when) = &view.due { (when.absolute) } @else { "no date" } }),
        ("Due because", html! { (view.due_from) }),
    ])
}

fn steps(frame: &FrameView, view: &View) -> Markup {
    panel(
        "",
        &PanelHead::new("steps", "Steps"),
        html! {},
        html! {
            ul.lines {
                @for step in &view.steps {
                    li {
                        span.grow { (step.text) }
                        @if step.done.is_empty() { (button(&frame.csrf, &Action::post("Mark done", format!("/tasks/{}/step", view.id)).with("step", &step.id).about(&step.text))) }
                        @else { span.end.fine { (step.done) } }
                    }
                }
            }
        },
    )
}

fn comments(frame: &FrameView, view: &View) -> Markup {
    html! {
        (line_section(frame, Place { id: "comments", title: "Comments", class: "" }, &view.comments, html! {}))
        form.form method="post" action={ "/tasks/" (view.id) "/comment" } data-draft={ "comment " (view.id) } {
            input type="hidden" name="csrf" value=(frame.csrf);
            (field(frame.lang, &Field::area("comment", "Add a comment")))
            div { (submit("Save comment", None)) }
        }
    }
}
