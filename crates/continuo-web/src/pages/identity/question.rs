//! "Same person?": one pair side by side, what differs lit, the machine's reasons, and three answers.

use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// One record of the pair.
#[derive(Clone, Debug)]
pub struct Side {
    /// Who it says it is.
    pub who: Who,
    /// "alder regional, received 08/16/2026 7:02 am".
    pub source: String,
    /// "1 of 3 records of this person", or empty.
    pub others: String,
    /// What it holds, newest first.
    pub history: Vec<String>,
    /// Version shown, checked when answered.
    pub version: i64,
}

/// One fact of both.
#[derive(Clone, Debug)]
pub struct Row {
    /// "Birth date".
    pub label: String,
    /// Of the first.
    pub a: String,
    /// Of the second.
    pub b: String,
    /// Not the same.
    pub differs: bool,
}

/// A reason.
#[derive(Clone, Debug)]
pub struct Reason {
    /// In words.
    pub text: String,
    /// "speaks for", "speaks against", "a household shares this".
    pub says: &'static str,
}

/// A pair opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Opaque id.
    pub id: String,
    /// "Alike, but not surely one person".
    pub why_asked: String,
    /// One sentence of the machine.
    pub summary: String,
    /// Objections by name.
    pub vetoes: Vec<String>,
    /// Strongest first.
    pub reasons: Vec<Reason>,
    /// Both records.
    pub sides: [Side; 2],
    /// Facts beside each other.
    pub rows: Vec<Row>,
    /// Earlier answers in words.
    pub answers: Vec<String>,
    /// One record in two versions rather than two records.
    pub is_one_record: bool,
    /// Linking needs words.
    pub words_needed: bool,
    /// What is wrong with the answer just given.
    pub error: String,
}

/// A line of the queue.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Opaque id.
    pub id: String,
    /// Both names and birth dates.
    pub label: String,
    /// "2 differences".
    pub about: String,
    /// Opened.
    pub current: bool,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Likeliest first.
    pub waiting: Vec<Waiting>,
    /// The one opened.
    pub opened: Option<Opened>,
    /// Before and after the opened one.
    pub before: Option<String>,
    /// See `before`.
    pub after: Option<String>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let error = view.opened.as_ref().is_some_and(|one| !one.error.is_empty());
    let title = format!("Same person? ({})", view.waiting.len());
    page(
        frame,
        &PageHead { error, ..PageHead::titled(title.as_str()) },
        html! {
            (page_head(&title, "Records of different sources that may be one person. Nothing is joined in doubt, and every answer can be taken back.", html! {}))
            @match &view.opened {
                None => { div.panel { (empty_page(&frame.csrf, &EmptyView::new("Nothing to compare.", "Records that may be one person appear here until somebody compares them."))) } }
                Some(one) => { div.columns-wide-left { div.stack { (opened(frame, view, one)) } (queue(view)) } }
            }
        },
    )
}

fn queue(view: &View) -> Markup {
    html! {
        div.stack {
            (panel("", &PanelHead::new("waiting", format!("Waiting ({})", view.waiting.len())).about("likeliest first"), html! {}, html! {
                @if view.waiting.is_empty() { p.muted { "No other pair waits." } }
                ul.lines { @for one in &view.waiting { li { span.grow {
                    a href={ "/same-person/" (one.id) } aria-current=[one.current.then_some("true")] { (one.label) }
                    br; span.fine.muted { (one.about) }
                } } } }
            }))
        }
    }
}

fn opened(frame: &FrameView, view: &View, one: &Opened) -> Markup {
    let actions = html! {
        @if let Some(id) = &view.before { a.button href={ "/same-person/" (id) } data-key="[" aria-keyshortcuts="[" { "Previous" kbd aria-hidden="true" { "[" } } }
        @if let Some(id) = &view.after { a.button href={ "/same-person/" (id) } data-key="]" aria-keyshortcuts="]" { "Next" kbd aria-hidden="true" { "]" } } }
    };
    html! {
        (panel("", &PanelHead::new("pair", one.why_asked.as_str()), actions, html! {
            div.stack-tight {
                p.prose { (one.summary) }
                @if !one.vetoes.is_empty() { p { (tag(&TagView::new(Tone::Caution, "Speaks against it"))) " " (one.vetoes.join("; ")) } }
            }
        }))
        (table(&comparison(one)))
        (answer(frame, one))
        (panel("", &PanelHead::new("reasons", "What the machine weighed"), html! {}, html! {
            @if one.reasons.is_empty() { p.muted { "Nothing was compared: a source says so, or the record changed." } }
            ul.lines { @for reason in &one.reasons { li {
                span.grow { (reason.text) }
                span.fine { (reason.says) }
            } } }
        }))
        @if !one.answers.is_empty() {
            (panel("", &PanelHead::new("answers", "Decided before"), html! {}, html! { ul.lines { @for text in &one.answers { li { (text) } } } }))
        }
    }
}

fn comparison(one: &Opened) -> TableView {
    let shown = |text: &str, differs: bool| {
        Cell::of(html! {
            @if text.is_empty() { span.muted { "not said" } }
            @else if differs { mark { (text) span.visually-hidden { " (differs)" } } }
            @else { (text) }
        })
    };
    let mut rows: Vec<Vec<Cell>> = one
        .rows
        .iter()
        .map(|row| vec![Cell::text(&row.label), shown(&row.a, row.differs), shown(&row.b, row.differs)])
        .collect();
    let [a, b] = &one.sides;
    rows.push(vec![Cell::text("Source"), Cell::text(&a.source), Cell::text(&b.source)]);
    if !a.others.is_empty() || !b.others.is_empty() {
        rows.push(vec![Cell::text("Linked already"), shown(&a.others, false), shown(&b.others, false)]);
    }
    let history = |side: &Side| Cell::of(html! { ul.plain { @for line in &side.history { li { (line) } } } });
    rows.push(vec![Cell::text("Holds"), history(a), history(b)]);
    let heads = if one.is_one_record {
        ["Fact".to_owned(), "Before".to_owned(), "Now".to_owned()]
    } else {
        ["Fact".to_owned(), a.who.named_and_born(), b.who.named_and_born()]
    };
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    TableView::new("Both records; what differs is marked", &heads, rows)
}

fn answer(frame: &FrameView, one: &Opened) -> Markup {
    let [a, b] = &one.sides;
    let (link, apart) = if one.is_one_record {
        ("Still the same person", "Became another person")
    } else {
        ("Link: one person", "Keep apart for good")
    };
    let about = format!(": {} and {}", a.who.named_and_born(), b.who.named_and_born());
    panel(
        "",
        &PanelHead::new("answer", "Your answer"),
        html! {},
        html! {
            form.stack-tight method="post" action={ "/same-person/" (one.id) } {
                input type="hidden" name="csrf" value=(frame.csrf);
                input type="hidden" name="a" value=(a.version);
                input type="hidden" name="b" value=(b.version);
                p { (who::link(&a.who)) " and " (who::link(&b.who)) }
                @if !one.error.is_empty() { p.error #why-error role="alert" { (one.error) } }
                label for="why" { @if one.words_needed { "Why (needed to link: something speaks against it)" } @else { "Why (if it helps the next reader)" } }
                textarea #why name="why" rows="2" aria-describedby=[(!one.error.is_empty()).then_some("why-error")] {}
                div.row {
                    button.button.button-main type="submit" name="do" value="link" data-key="y" aria-keyshortcuts="y" { (link) span.visually-hidden { (about) } kbd aria-hidden="true" { "y" } }
                    button.button type="submit" name="do" value="apart" data-key="r" aria-keyshortcuts="r" { (apart) span.visually-hidden { (about) } kbd aria-hidden="true" { "r" } }
                    button.button.button-quiet type="submit" name="do" value="later" data-key="s" aria-keyshortcuts="s" { "Decide later" kbd aria-hidden="true" { "s" } }
                }
                p.fine.muted { "Later brings it back in a week. Each answer can be undone from Recent actions." }
            }
        },
    )
}
