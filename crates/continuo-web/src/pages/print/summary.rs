//! Patient summary on paper. Read again from the record when it is opened.

use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::print::{SheetView, sheet};
use continuo_ui::section::{LineView, Section};
use continuo_ui::who::Who;
use continuo_ui::{Markup, html};

/// The sheet.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose.
    pub who: Who,
    /// "MRN 0041-7 · Spanish, interpreter · Penicillin: anaphylaxis +2 · Code status: not recorded".
    pub about: String,
    /// Titled sections in order; tags are printed as words.
    pub sections: Vec<(String, Section<LineView>)>,
    /// Clinical parts are left out, since the reader's role does not open them.
    pub partial: bool,
}

/// The sheet.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let head =
        SheetView { title: "Patient summary".to_owned(), who: Some(view.who.clone()), about: view.about.clone() };
    page(
        frame,
        &PageHead::titled(format!("{}: summary", view.who.named_and_born())),
        html! {
            (super::huddle::print_button("Chart", &view.who.href))
            (sheet(frame, &head, html! {
                @for (title, content) in &view.sections { @if !matches!(content, Section::Closed) { section { h2 { (title) } (body(content)) } } }
                @if view.partial { p { "Clinical parts are not open to the role that printed this sheet." } }
            }))
        },
    )
}

fn body(content: &Section<LineView>) -> Markup {
    match content {
        Section::Shown(lines, about) => html! {
            @if !about.is_empty() { p.fine { (about) } }
            table.sheet-lines { tbody { @for line in lines { tr {
                th scope="row" { (line.text) }
                td { (line.note) @if let Some(tag) = &line.tag { " [" (tag.word) "]" } @if let Some(due) = &line.due { " " (due.word) " (" (due.absolute) ")" } }
                td { (line.end) }
            } } } }
        },
        Section::Empty(view) => html! { p { (view.what) " " (view.why) } },
        Section::Failed(sentence) => html! { p { strong { "Could not load. " } (sentence) } },
        Section::Closed => html! {},
    }
}
