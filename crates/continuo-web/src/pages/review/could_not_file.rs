//! Could not file: what came in and could not be taken, kept as received, to mend and try again.

use continuo_ui::action::{Action, button};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::states::{EmptyView, PagesView, empty_page, pages};
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tag::{TagView, tag};
use continuo_ui::{Markup, html};

/// One input kept aside.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Opaque id.
    pub id: String,
    /// "Mercy feed, message 4 of 12".
    pub what: String,
    /// "08/19/2026 7:02 am".
    pub when: String,
    /// Why, naming the place.
    pub reason: String,
    /// Open, mended, given up with reason.
    pub state: TagView,
}

/// One input opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Which.
    pub kept: Kept,
    /// The content as received, or its readable part.
    pub content: String,
    /// Problems, one a line.
    pub problems: Vec<String>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// How many wait.
    pub total: u64,
    /// Newest first.
    pub rows: Vec<Kept>,
    /// The one opened.
    pub opened: Option<Opened>,
    /// Where the list is cut.
    pub pages: Option<PagesView>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let rows = view.rows.iter().map(|one| cells(frame, one)).collect();
    let kept = TableView::new("Kept as received", &["What", "When", "Why it could not be filed", "State", "Do"], rows);
    page(
        frame,
        &PageHead::titled(format!("Could not file ({})", view.total)),
        html! {
            (page_head(&format!("Could not file ({})", view.total), "Nothing is lost: what could not be taken is kept as it came.", html! {}))
            @if let Some(one) = &view.opened { (opened(frame, one)) }
            @if view.rows.is_empty() { div.panel { (empty_page(&frame.csrf, &EmptyView::new("Everything was filed.", "What cannot be understood stands here with the reason."))) } }
            @else { (table(&kept)) }
            @if let Some(cut) = &view.pages { (pages(frame.lang, cut)) }
        },
    )
}

fn cells(frame: &FrameView, one: &Kept) -> Vec<Cell> {
    let retry = Action::post("Try again", format!("/could-not-file/{}/retry", one.id)).about(&one.what);
    vec![
        Cell::link(&one.what, &format!("/could-not-file/{}", one.id)),
        Cell::text(&one.when),
        Cell::text(&one.reason),
        Cell::of(tag(&one.state)),
        Cell::of(button(&frame.csrf, &retry)),
    ]
}

fn opened(frame: &FrameView, view: &Opened) -> Markup {
    html! {
        section.panel aria-labelledby="opened-title" {
            header { h2 #opened-title { (view.kept.what) } span.about { (view.kept.when) } }
            div.panel-body.stack-tight {
                ul { @for problem in &view.problems { li { (problem) } } }
                form.stack-tight method="post" action={ "/could-not-file/" (view.kept.id) "/retry" } {
                    input type="hidden" name="csrf" value=(frame.csrf);
                    label for="content" { "Content as received. Mend it here; the original stays." }
                    textarea #content name="content" rows="12" spellcheck="false" { (view.content) }
                    div.row {
                        button.button.button-main type="submit" { "Try again with this" }
                        a.button.button-quiet href="/could-not-file" { "Close" }
                    }
                }
            }
        }
    }
}
