//! What language models and speech services were asked and what it cost: without words. One call held against its text
//! again, for those who may read the record.

use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, definitions, page_head, panel};
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tag::{TagView, tag};
use continuo_ui::transcript::visible;
use continuo_ui::{Markup, html};

/// One call.
#[derive(Clone, Debug)]
pub struct Row {
    /// "08/19/2026 9:02 am".
    pub at: String,
    /// "Reading for a review".
    pub purpose: String,
    /// Model and version of what it was asked.
    pub model: String,
    /// Version of the question.
    pub version: String,
    /// Answered, failed, waits, kept here.
    pub state: TagView,
    /// Why there is no answer.
    pub why: String,
    /// Tokens read and written.
    pub tokens: String,
    /// "1.2 s".
    pub took: String,
    /// Page of its replay; empty where there is none, or not for this reader.
    pub replay: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// "12 calls, 40,100 tokens read, 2,300 written".
    pub lead: String,
    /// Newest first.
    pub rows: Vec<Row>,
}

/// The log.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let columns = ["Time", "Purpose", "Model", "Asked as", "Outcome", "Tokens in, out", "Took", "Words"];
    let rows = view.rows.iter().map(cells).collect();
    page(
        frame,
        &PageHead::titled("Language models: oversight"),
        html! {
            (page_head("Language models", &view.lead, html! { a.button href="/oversight" { "Oversight" } }))
            @if view.rows.is_empty() { div.panel { (empty_page(&frame.csrf, &EmptyView::new("No model was asked.", "The built-in engine reads alone, unless a site configures a service."))) } }
            @else { (table(&TableView::new("Calls, newest first", &columns, rows))) }
        },
    )
}

fn cells(row: &Row) -> Vec<Cell> {
    let replay = html! { @if !row.replay.is_empty() { a href=(row.replay) { "Open" span.visually-hidden { " the call of " (row.at) } } } };
    vec![
        Cell::text(&row.at),
        Cell::text(&row.purpose),
        Cell::text(visible(&row.model)),
        Cell::text(&row.version),
        Cell::of(html! { (tag(&row.state)) @if !row.why.is_empty() { " " span.fine { (visible(&row.why)) } } }),
        Cell::number(&row.tokens),
        Cell::number(&row.took),
        Cell::of(replay),
    ]
}

/// One call held against its text again.
#[derive(Clone, Debug)]
pub struct ReplayView {
    /// Time, purpose, model, version.
    pub about: Vec<(String, String)>,
    /// What the same answer comes to now: a sentence.
    pub outcome: String,
    /// Statements that stand on words, with what differs.
    pub found: Vec<String>,
    /// Where the words are.
    pub href: String,
    /// What every text is sent with; empty where this build does not know the version.
    pub instructions: String,
    /// What was sent, without identity.
    pub sent: String,
    /// What came back.
    pub answer: String,
}

/// The replay.
pub fn replay(frame: &FrameView, view: &ReplayView) -> Markup {
    let about: Vec<(&str, Markup)> =
        view.about.iter().map(|(label, text)| (label.as_str(), html! { (visible(text)) })).collect();
    page(
        frame,
        &PageHead::titled("Replay of a model call"),
        html! {
            (page_head("Replay of a model call", "The logged answer, held against the same text again. Nothing is sent.", html! {
                @if !view.href.is_empty() { a.button href=(view.href) { "Where it belongs" } }
            }))
            div.stack {
                (panel("", &PanelHead::new("about", "The call"), html! {}, definitions(&about)))
                (panel("", &PanelHead::new("outcome", "Outcome"), html! {}, html! {
                    p { (visible(&view.outcome)) }
                    ul.lines { @for one in &view.found { li { (visible(one)) } } }
                }))
                @if !view.instructions.is_empty() { (panel("", &PanelHead::new("instructions", "Instructions").about("the same for every text"), html! {}, html! { p.prose { (view.instructions) } })) }
                (panel("", &PanelHead::new("sent", "Sent").about("names, numbers and addresses hidden"), html! {}, html! { pre { (visible(&view.sent)) } }))
                (panel("", &PanelHead::new("answer", "Came back").about("as received"), html! {}, html! { @if view.answer.is_empty() { p.muted { "Nothing came back that could be kept." } } @else { pre { (visible(&view.answer)) } } }))
            }
        },
    )
}
