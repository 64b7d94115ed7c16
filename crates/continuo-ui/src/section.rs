//! Sections of a person's page: lines, an honest emptiness, or a failure that stays in its own box.

use maud::{Markup, html};

use crate::evidence::{EvidenceView, QuoteView, evidence, quote};
use crate::frame::FrameView;
use crate::panel::{PanelHead, panel};
use crate::states::{EmptyView, empty_inside, section_failure};
use crate::tag::{DueView, TagView, due, tag};

/// One line of a section.
#[derive(Clone, Debug, Default)]
pub struct LineView {
    /// When it is due.
    pub due: Option<DueView>,
    /// The text, first to be read.
    pub text: String,
    /// Where the text leads.
    pub href: String,
    /// Said after the text, muted.
    pub note: String,
    /// Status.
    pub tag: Option<TagView>,
    /// At the end of the line: age, source, date.
    pub end: String,
    /// Where the end leads: the source document.
    pub end_href: String,
    /// Why this is here.
    pub evidence: Option<EvidenceView>,
    /// Words it comes from.
    pub quote: Option<QuoteView>,
}

impl LineView {
    /// Text with something at the end of the line.
    pub fn new(text: impl Into<String>, end: impl Into<String>) -> LineView {
        LineView { text: text.into(), end: end.into(), ..LineView::default() }
    }

    /// With an address.
    pub fn link(mut self, href: impl Into<String>) -> LineView {
        self.href = href.into();
        self
    }

    /// With a note.
    pub fn note(mut self, note: impl Into<String>) -> LineView {
        self.note = note.into();
        self
    }

    /// With a status.
    pub fn tag(mut self, tag: TagView) -> LineView {
        self.tag = Some(tag);
        self
    }

    /// With a due label.
    pub fn due(mut self, due: DueView) -> LineView {
        self.due = Some(due);
        self
    }
}

/// The inside of a line.
pub fn line(frame: &FrameView, view: &LineView) -> Markup {
    html! {
        @if let Some(when) = &view.due { (due(when)) }
        span.grow {
            // Five office visits are five links: their dates belong to their names.
            @if view.href.is_empty() { (view.text) } @else { a href=(view.href) { (view.text) @if said_in_link(view) { span.visually-hidden { ", " (view.end) } } } }
            @if !view.note.is_empty() { " " span.muted { (view.note) } }
            @if let Some(words) = &view.quote { (quote(words)) }
        }
        @if let Some(why) = &view.evidence { (evidence(frame.lang, why)) }
        @if let Some(status) = &view.tag { (tag(status)) }
        @if !view.end.is_empty() {
            span.end.num.fine aria-hidden=[said_in_link(view).then_some("true")] { @if view.end_href.is_empty() { (view.end) } @else { a href=(view.end_href) { (view.end) } } }
        }
    }
}

fn said_in_link(view: &LineView) -> bool {
    !view.href.is_empty() && !view.end.is_empty() && view.end_href.is_empty()
}

/// What a section holds.
#[derive(Clone, Debug)]
pub enum Section<T> {
    /// Things, with a note on where they come from and how old they are.
    Shown(Vec<T>, String),
    /// Nothing, and why: not asked, not received, none known (who, when).
    Empty(EmptyView),
    /// Could not be loaded: one sentence.
    Failed(String),
    /// Not open to the reader's role: nothing is drawn, since any sentence here would be read as a finding.
    Closed,
}

impl<T> Section<T> {
    /// Things, or the empty state where there are none.
    pub fn of(items: Vec<T>, about: impl Into<String>, otherwise: EmptyView) -> Section<T> {
        if items.is_empty() { Section::Empty(otherwise) } else { Section::Shown(items, about.into()) }
    }
}

impl<T> Section<T> {
    /// Closed where the reader's role does not open it.
    pub fn open_if(self, open: bool) -> Section<T> {
        if open { self } else { Section::Closed }
    }

    /// Each thing changed.
    pub fn each(self, change: impl Fn(T) -> T) -> Section<T> {
        match self {
            Section::Shown(items, about) => Section::Shown(items.into_iter().map(change).collect(), about),
            other => other,
        }
    }
}

/// Where a section stands and what it is called.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Element id.
    pub id: &'a str,
    /// Heading.
    pub title: &'a str,
    /// Place in the grid.
    pub class: &'a str,
}

/// A section whose things are drawn by `draw`, all of them inside one body.
pub fn section<T>(
    frame: &FrameView,
    place: Place<'_>,
    content: &Section<T>,
    actions: Markup,
    draw: impl FnOnce(&[T]) -> Markup,
) -> Markup {
    let head = PanelHead::new(place.id, place.title);
    match content {
        Section::Shown(items, about) => panel(place.class, &head.about(about.as_str()), actions, draw(items)),
        Section::Empty(view) => panel(place.class, &head, actions, empty_inside(&frame.csrf, view)),
        Section::Failed(sentence) => section_failure(frame.lang, place.id, place.title, sentence, &frame.path),
        Section::Closed => html! {},
    }
}

/// A section of lines.
pub fn line_section(frame: &FrameView, place: Place<'_>, content: &Section<LineView>, actions: Markup) -> Markup {
    section(frame, place, content, actions, |lines| {
        html! { ul.lines { @for one in lines { li { (line(frame, one)) } } } }
    })
}
