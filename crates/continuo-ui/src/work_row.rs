//! The worklist row: one per person, with all that is open for them, worst first.
//!
//! Scan order: when, who and how to reach them, what and why, state (interface.md, section 3). The rows of one list
//! stand in one form, so that several can be chosen and assigned together without script.

use maud::{Markup, Render, html};

use crate::tag::{DueView, TagView, due, tag};
use crate::who::Who;

/// One open piece of work.
#[derive(Clone, Debug)]
pub struct WorkItemView {
    /// Identifies it in the bulk form.
    pub id: String,
    /// "Call after discharge (heart failure)".
    pub what: String,
    /// "try 2 of 3".
    pub why: String,
    /// Address of the task or suggestion.
    pub href: String,
    /// When; left out where it is the row's own.
    pub due: Option<DueView>,
    /// To do, Doing, Waiting for ..., Suggested.
    pub state: TagView,
}

/// Something one key does to a row.
#[derive(Clone, Debug)]
pub struct RowAction {
    /// "Log call".
    pub label: String,
    /// Where the form or page of it is.
    pub href: String,
    /// Its key.
    pub key: char,
    /// Done with the one press: the list's form is posted there.
    pub at_once: bool,
}

/// All open work for one person.
#[derive(Clone, Debug)]
pub struct WorkRowView {
    /// The person's id, opaque: names the row.
    pub id: String,
    /// Who.
    pub who: Who,
    /// The most urgent due label.
    pub due: DueView,
    /// Why it stands in this band: "critical result".
    pub band_why: String,
    /// "Spanish, interpreter · after 5 pm · open to call now".
    pub reach: String,
    /// A flag in red, such as "Do not call", or a near-name warning.
    pub flag: String,
    /// Worst first.
    pub items: Vec<WorkItemView>,
    /// Address that shows the preview beside the list.
    pub peek: String,
    /// The row the reader is on.
    pub current: bool,
    /// Keys and buttons.
    pub actions: Vec<RowAction>,
}

/// A band of rows with the same kind of urgency.
#[derive(Clone, Debug)]
pub struct BandView {
    /// "Danger now".
    pub title: String,
    /// Why these stand first.
    pub why: String,
    /// The people.
    pub rows: Vec<WorkRowView>,
}

/// The list's heading line, hidden from screen readers, which read each row's own words.
pub fn head() -> Markup {
    html! {
        div.work-head aria-hidden="true" { span {} span { "When" } span { "Patient" } span { "What and why" } }
    }
}

/// A band: its heading with count, then its rows, drawn straight into the page: a long band is half a megabyte.
impl Render for BandView {
    fn render_to(&self, page: &mut String) {
        let heading = html! {
            div.work-band { h2 { (self.title) " " span.num { (self.rows.len()) } } span { (self.why) } }
        };
        page.push_str("<div class=\"work-group\">");
        heading.render_to(page);
        for one in &self.rows {
            row(one).render_to(page);
        }
        page.push_str("</div>");
    }
}

/// One person.
pub fn row(view: &WorkRowView) -> Markup {
    // Said once for each button: made once, since a list has a thousand of them.
    let about = html! { (view.who.named_and_born()) };
    let ids = view.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>().join(" ");
    html! {
        article.work-row id={ "row-" (view.id) } data-row tabindex="-1" aria-current=[view.current.then_some("true")]
            aria-labelledby={ "name-" (view.id) } {
            div.work-pick {
                input type="checkbox" name="pick" value=(ids) data-key="x" aria-label={ "Select " (about) };
            }
            div.work-when {
                (due(&view.due))
                @if !view.band_why.is_empty() { span.fine { (view.band_why) } }
            }
            div.work-who {
                h3 id={ "name-" (view.id) } {
                    a href=(view.who.href) { (view.who.name()) } " " span.num.nowrap { (view.who.age_sex) }
                }
                p.num { span.nowrap { (view.who.born) } @for part in view.reach.split(" · ").filter(|part| !part.is_empty()) { " · " span.nowrap { (part) } } }
                @if !view.flag.is_empty() { p.flag.flag-line { (view.flag) } }
            }
            div.work-items {
                @for item in &view.items { (item_line(item)) }
                div.work-keys { (keys(view, &about)) }
            }
        }
    }
}

fn item_line(item: &WorkItemView) -> Markup {
    html! {
        div.work-item {
            p.work-what {
                a href=(item.href) data-open { (item.what) }
                @if !item.why.is_empty() { " " span.why { (item.why) } }
            }
            @if let Some(when) = &item.due { (due(when)) } @else { span {} }
            span.work-state { (tag(&item.state)) }
        }
    }
}

fn keys(view: &WorkRowView, about: &Markup) -> Markup {
    html! {
        a class="button button-small" href=(view.peek) data-key=" " data-peek aria-keyshortcuts="Space" {
            "Preview" span.visually-hidden { " " (about) } kbd aria-hidden="true" { "Space" }
        }
        @for action in &view.actions {
            @if action.at_once {
                button class="button button-small" type="submit" formaction=(action.href) data-key=(action.key) aria-keyshortcuts=(action.key) {
                    (action.label) span.visually-hidden { " " (about) } kbd aria-hidden="true" { (action.key) }
                }
            } @else { a class="button button-small" href=(action.href) data-key=(action.key) aria-keyshortcuts=(action.key) {
                (action.label) span.visually-hidden { " " (about) } kbd aria-hidden="true" { (action.key) }
            } }
        }
    }
}

/// A choice of the bulk bar.
#[derive(Clone, Debug)]
pub struct BulkChoice {
    /// Value of the `do` field.
    pub value: String,
    /// "Assign...".
    pub label: String,
}

/// The bar under the list that acts on what is selected.
pub fn bulk(choices: &[BulkChoice]) -> Markup {
    html! {
        div.bulk role="group" aria-label="Selected people" {
            span.num data-picked { "Selected:" }
            @for choice in choices { button.button type="submit" name="do" value=(choice.value) { (choice.label) } }
        }
    }
}
