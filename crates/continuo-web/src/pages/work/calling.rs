//! They are calling: four digits of a number, and everyone who shares it, with one sentence to say.

use continuo_ui::action::{Action, buttons, submit};
use continuo_ui::field::{Field, Input, field};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::section::{LineView, line};
use continuo_ui::states::{EmptyView, empty_page, notice};
use continuo_ui::tag::Tone;
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// Someone whose number ends so, or who answers it.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub who: Who,
    /// "(555) 555-0142, mobile; daughter Elena answers".
    pub number: String,
    /// What may be said on it; "Do not discuss health on this number".
    pub may_say: String,
    /// "Last contact 08/17, reached".
    pub last: String,
    /// What is open.
    pub open: Vec<LineView>,
    /// One sentence to say.
    pub say: String,
    /// Log call, open chart.
    pub actions: Vec<Action>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Digits typed; empty before.
    pub digits: String,
    /// What was wrong with them.
    pub error: String,
    /// Everyone found.
    pub callers: Vec<Caller>,
    /// The reader may register a person.
    pub may_register: bool,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let input = Field::new("digits", "Last four digits of the number, or more", Input::Line("tel"))
        .value(&view.digits)
        .error(&view.error);
    let head = PageHead { error: !view.error.is_empty(), ..PageHead::titled("They are calling") };
    page(
        frame,
        &head,
        html! {
            (page_head("They are calling", "", html! {}))
            form.form method="post" action="/calling" novalidate data-start[view.callers.is_empty()] {
                input type="hidden" name="csrf" value=(frame.csrf);
                (field(frame.lang, &input))
                div { (submit("Find", None)) }
            }
            @if !view.digits.is_empty() && view.error.is_empty() { (found(frame, view)) }
        },
    )
}

fn found(frame: &FrameView, view: &View) -> Markup {
    html! {
        div.stack.after {
            @if view.callers.is_empty() {
                (empty_page(&frame.csrf, &EmptyView { action: view.may_register.then(|| Action::open("Register a person", "/patients/new")), ..EmptyView::new("Nobody has a number that ends like this.", "They may call from another one: ask for name and birth date.") }))
            }
            @if view.callers.len() > 1 {
                (notice(Tone::Caution, &format!("{} people share these digits. Ask for name and birth date before you speak about anyone.", view.callers.len()), html! {}))
            }
            div.columns { @for one in &view.callers { (caller(frame, one)) } }
        }
    }
}

fn caller(frame: &FrameView, view: &Caller) -> Markup {
    html! {
        article.panel data-row tabindex="-1" {
            header { h2 { (who::link(&view.who)) } }
            div.panel-body.stack-tight {
                p { (view.number) }
                @if !view.may_say.is_empty() { p { strong { (view.may_say) } } }
                p.muted { (view.last) }
                @if !view.say.is_empty() { p.say { (view.say) } }
                @if !view.open.is_empty() { ul.lines { @for one in &view.open { li { (line(frame, one)) } } } }
                (buttons(&frame.csrf, &view.actions))
            }
        }
    }
}
