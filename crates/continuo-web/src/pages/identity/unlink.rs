//! Taking a record out of a person: what rests on it and opens again, before anything is done.

use continuo_ui::banner::{BannerView, banner};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::{Markup, html};

/// One thing that rests on the record.
#[derive(Clone, Debug)]
pub struct Item {
    /// "Task".
    pub kind: String,
    /// In words; "Private item" where closed.
    pub what: String,
    /// "completed 08/18".
    pub state: String,
    /// By whom.
    pub by: String,
    /// "opens again", "goes back with the record", "somebody checks it".
    pub then: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// The person as joined now.
    pub banner: BannerView,
    /// Name and birth date of the record that leaves.
    pub leaves: String,
    /// Its source.
    pub source: String,
    /// Where the form goes.
    pub action: String,
    /// Back.
    pub cancel: String,
    /// What rests on it.
    pub items: Vec<Item>,
    /// What is wrong with the answer.
    pub error: String,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let about = view.banner.who.named_and_born();
    let head = PageHead {
        title: format!("{about}: unlink {}", view.source),
        error: !view.error.is_empty(),
        banner: Some(banner(frame.lang, &view.banner)),
    };
    let rows: Vec<Vec<Cell>> = view
        .items
        .iter()
        .map(|item| [&item.kind, &item.what, &item.state, &item.by, &item.then].into_iter().map(Cell::text).collect())
        .collect();
    let title = format!("Unlink the record of {}", view.source);
    page(
        frame,
        &head,
        html! {
            (page_head(&title, &format!("{} becomes a person of their own again. The other records stay together.", view.leaves), html! {}))
            div.stack {
                @if rows.is_empty() {
                    (panel("", &PanelHead::new("rests", "Nothing rests on it"), html! {}, html! { p.muted { "No suggestion, decision, task or message was made on this record while it was linked." } }))
                } @else {
                    (table(&TableView::new(&format!("What rests on this record ({})", rows.len()), &["What", "In words", "State", "By", "Then"], rows)))
                }
                (panel("", &PanelHead::new("confirm", "Unlink"), html! {}, html! {
                    form.stack-tight method="post" action=(view.action) {
                        input type="hidden" name="csrf" value=(frame.csrf);
                        p { "Taken out of: " strong { (about) } ". Leaves: " strong { (view.leaves) } " (" (view.source) ")." }
                        @if !view.error.is_empty() { p.error #why-error role="alert" { (view.error) } }
                        label for="why" { "Why this is another person" }
                        textarea #why name="why" rows="2" required aria-describedby=[(!view.error.is_empty()).then_some("why-error")] {}
                        div.row {
                            button.button.button-main type="submit" { "Unlink" span.visually-hidden { ": " (view.leaves) } }
                            a.button.button-quiet href=(view.cancel) { "Cancel" }
                        }
                        p.fine.muted { "The machine does not link the two again. You can take this back from Recent actions." }
                    }
                }))
            }
        },
    )
}
