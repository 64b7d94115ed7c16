//! Huddle list on paper: one line per patient, with space to write. Also the downtime sheet of a morning.

use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::print::{SheetView, sheet};
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// One patient on the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who.
    pub who: Who,
    /// "2 days late (Tue 08/18)".
    pub when: String,
    /// What is open, worst first.
    pub what: Vec<String>,
    /// Owner.
    pub owner: String,
}

/// The sheet.
#[derive(Clone, Debug)]
pub struct View {
    /// "Team North".
    pub team: String,
    /// "Mon 08/17/2026".
    pub day: String,
    /// Worst first.
    pub rows: Vec<Row>,
}

/// The sheet.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let head = SheetView {
        title: "Huddle list".to_owned(),
        who: None,
        about: format!("{}, {}, {} people", view.team, view.day, view.rows.len()),
    };
    page(
        frame,
        &PageHead::titled("Huddle list"),
        html! {
            (print_button("Worklist", "/worklist"))
            (sheet(frame, &head, html! {
                div.sheet-scroll role="group" aria-label="Huddle list, table" tabindex="0" { table.huddle {
                    thead { tr { th scope="col" { "Patient" } th scope="col" { "When" } th scope="col" { "What" } th scope="col" { "Owner" } th scope="col" { "Notes" } } }
                    tbody { @for row in &view.rows { tr {
                        th scope="row" { (who::line(&row.who)) }
                        td.nowrap { (row.when) }
                        td { ul { @for one in &row.what { li { (one) } } } }
                        td.nowrap { (row.owner) }
                        td.write-space {}
                    } } }
                } }
            }))
        },
    )
}

/// Shown only with script; the browser's own printing works without it.
pub(super) fn print_button(back: &str, href: &str) -> Markup {
    html! { p.no-print.row { button.button.button-main type="button" data-print hidden { "Print" } a.button href=(href) { (back) } span.muted { "The sheet below is what is printed." } } }
}
