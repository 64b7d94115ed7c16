//! A resource as received, in words: its texts first, with the quoted words marked, then every fact it states.

use continuo_ui::banner::{BannerView, banner};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, definitions, page_head, panel};
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::{Markup, html};

/// A text of the resource, cut where the quoted words begin and end.
#[derive(Clone, Debug)]
pub struct Text {
    /// Which element.
    pub label: String,
    before: String,
    quoted: String,
    after: String,
}

impl Text {
    /// A text, with the bytes of the quoted words where known; a place that does not fit marks nothing.
    pub fn new(label: String, text: String, place: Option<(usize, usize)>) -> Text {
        let cut = place
            .filter(|(from, to)| from < to)
            .and_then(|(from, to)| Some((text.get(..from)?, text.get(from..to)?, text.get(to..)?)));
        match cut {
            Some((before, quoted, after)) => {
                Text { label, before: before.to_owned(), quoted: quoted.to_owned(), after: after.to_owned() }
            }
            None => Text { label, before: text, quoted: String::new(), after: String::new() },
        }
    }
}

/// The review of a document's words.
#[derive(Clone, Debug)]
pub enum ReviewOf {
    /// Its page.
    Open(String),
    /// Where one begins (posted).
    Begin(String),
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose; none for what belongs to nobody.
    pub banner: Option<BannerView>,
    /// "Result: INR".
    pub title: String,
    /// What it says in a few lines, each with its label.
    pub short: Vec<(String, String)>,
    /// Version and when received.
    pub about: String,
    /// Long texts.
    pub texts: Vec<Text>,
    /// Label and value.
    pub facts: Vec<(String, String)>,
    /// The chart.
    pub back: Option<String>,
    /// Where it is put right, for what was entered by hand here.
    pub correct: Option<String>,
    /// Where the loop of an open referral is closed.
    pub close: Option<String>,
    /// Its text for the EHR, where it is a call, a note or a finished review.
    pub copy: Option<String>,
    /// Address of the file it describes, and whether a browser draws it inside the page.
    pub file: Option<(String, bool)>,
    /// What a reader must know of it: how a recording's way to text stands.
    pub notice: String,
    /// The review of its words, or where one begins.
    pub review: Option<ReviewOf>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let name = view.banner.as_ref().map(|one| format!("{}: ", one.who.name())).unwrap_or_default();
    let head = PageHead {
        banner: view.banner.as_ref().map(|one| banner(frame.lang, one)),
        ..PageHead::titled(format!("{name}{}", view.title))
    };
    let short: Vec<_> = view.short.iter().map(|(label, value)| (label.as_str(), html! { (value) })).collect();
    let rows = view.facts.iter().map(|(label, value)| vec![Cell::text(label), Cell::text(value)]).collect();
    page(
        frame,
        &head,
        html! {
            (page_head(&view.title, &view.about, html! {
                @if let Some((href, _)) = &view.file { a.button.button-main href=(href) target="_blank" rel="noopener" { "Open the file in a new tab" } }
                @match &view.review {
                    Some(ReviewOf::Open(href)) => { a.button href=(href) { "Review of its words" } }
                    Some(ReviewOf::Begin(post)) => { form.inline method="post" action=(post) {
                        input type="hidden" name="csrf" value=(frame.csrf);
                        button.button type="submit" { "Review its words" @if let Some(one) = &view.banner { span.visually-hidden { ": " (one.who.named_and_born()) } } }
                    } }
                    None => {}
                }
                @if let Some(href) = &view.copy { a.button href=(href) { "Copy note for the EHR" } }
                @if let Some(href) = &view.close { a.button href=(href) { "Close the loop..." } }
                @if let Some(href) = &view.correct { a.button href=(href) { "Put right..." } }
                @if let Some(href) = &view.back { a.button href=(href) { "Chart" } }
            }))
            div.stack {
                @if !view.notice.is_empty() { p.lead { (view.notice) } }
                @if !view.short.is_empty() { (panel("narrow", &PanelHead::new("short", "In short"), html! {}, definitions(&short))) }
                @if let Some((href, true)) = &view.file { img.scan src=(href) alt="The document as received"; }
                @for (at, text) in view.texts.iter().enumerate() {
                    (panel("", &PanelHead::new(&format!("text-{at}"), text.label.as_str()), html! {}, html! {
                        p.prose.as-written { (text.before) @if !text.quoted.is_empty() { mark { (text.quoted) } } (text.after) }
                    }))
                }
                (table(&TableView::new("As received", &["Fact", "Value"], rows)))
            }
        },
    )
}
