//! Patient search. Posted, so that names never stand in an address; inexact hits stand apart and Enter never opens one.

use continuo_ui::action::{Action, buttons, submit};
use continuo_ui::field::{Field, Input, field};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::tag::{TagView, tag};
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// Someone found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Who.
    pub who: Who,
    /// Record number.
    pub record_number: String,
    /// Why this one: "former name Lopez", "daughter Elena has this number". Empty for the plain match.
    pub matched: String,
    /// "Oak Street, Springfield · (555) 555-0142 · M. Ortiz".
    pub facts: String,
    /// Deceased, in hospital, look-alike.
    pub flag: Option<TagView>,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// What was asked; empty before.
    pub asked: String,
    /// Exact hits.
    pub exact: Vec<Hit>,
    /// Hits by likeness.
    pub near: Vec<Hit>,
    /// "First 50 of 212: add a birth date."
    pub more: String,
    /// People opened last, shown before anything is asked.
    pub recent: Vec<Hit>,
    /// The reader may register a person.
    pub may_register: bool,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let actions: Vec<Action> =
        register(view).into_iter().chain([Action::open("They are calling", "/calling")]).collect();
    page(
        frame,
        &PageHead::titled("Patients"),
        html! {
            (page_head("Patients", "", buttons(&frame.csrf, &actions)))
            form.form.search-form method="post" action="/patients" novalidate data-start[view.exact.is_empty() && view.near.is_empty()] {
                input type="hidden" name="csrf" value=(frame.csrf);
                (field(frame.lang, &Field::new("q", "Search", Input::Line("search")).hint("Name (former and preferred too), birth date, record number, phone, caregiver, plan or Medicaid number, referral number").value(&view.asked)))
                div { (submit("Search", None)) }
            }
            div.stack {
                @if view.asked.is_empty() { (hits("recent", "Opened lately", &view.recent, "")) } @else { (found(frame, view)) }
            }
        },
    )
}

fn register(view: &View) -> Option<Action> {
    view.may_register.then(|| Action::open("Register a person", "/patients/new"))
}

fn found(frame: &FrameView, view: &View) -> Markup {
    html! {
        @if view.exact.is_empty() && view.near.is_empty() {
            (empty_page(&frame.csrf, &EmptyView { action: register(view), ..EmptyView::new("Nobody found.", "Try fewer letters, the birth date alone, or a phone number. People you may not see are not counted here.") }))
        }
        (hits("exact", "Found", &view.exact, &view.more))
        (hits("near", "Close, not the same: check the birth date", &view.near, ""))
    }
}

fn hits(id: &str, title: &str, list: &[Hit], about: &str) -> Markup {
    html! {
        @if !list.is_empty() {
            (panel("", &PanelHead::new(id, format!("{title} ({})", list.len())).about(about), html! {}, html! {
                // The only exact hit has the focus: Enter opens it. Of several, and of those close by, none has.
                ul.lines { @for one in list { li data-row[id != "near"] data-only[id == "exact" && list.len() == 1] tabindex="-1" { (hit(one)) } } }
            }))
        }
    }
}

fn hit(view: &Hit) -> Markup {
    html! {
        span.grow {
            (who::link(&view.who)) " " span.muted.num { "MRN " (view.record_number) }
            @if !view.matched.is_empty() { " " mark { (view.matched) } }
            br; span.fine.muted { (view.facts) }
        }
        @if let Some(flag) = &view.flag { (tag(flag)) }
    }
}
