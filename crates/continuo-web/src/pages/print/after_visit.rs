//! The after-visit sheet for the patient: 14 pt, English or Spanish, most urgent advice first.

use continuo_ui::advice::{AdviceView, advice};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::print::{SheetView, sheet};
use continuo_ui::states::notice;
use continuo_ui::tag::Tone;
use continuo_ui::who::Who;
use continuo_ui::words::Lang;
use continuo_ui::{Markup, html};

/// One line with its entries.
#[derive(Clone, Debug)]
pub struct Line {
    /// The words.
    pub text: String,
    /// Addresses of its entries, for staff; not printed.
    pub sources: Vec<String>,
    /// Holds words in another language than the sheet's.
    pub quotes: bool,
}

/// The sheet.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose.
    pub who: Who,
    /// Language of the sheet.
    pub language: Lang,
    /// When and by whom, in the sheet's language; empty where it is the page's.
    pub printed: String,
    /// Address of the same sheet in the other language, and its name.
    pub other: (String, String),
    /// Visits it could be about: address, words, whether it is this one.
    pub visits: Vec<(String, String, bool)>,
    /// Headings with lines.
    pub parts: Vec<(&'static str, Vec<Line>)>,
    /// When to ask for help.
    pub help: Vec<AdviceView>,
    /// What staff should know before handing it out.
    pub notes: Vec<String>,
}

/// The sheet.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let spanish = view.language == Lang::Es;
    let title = if spanish { "Después de su cita" } else { "After your visit" };
    let head = SheetView { title: title.to_owned(), who: Some(view.who.clone()), about: String::new() };
    let printed = if view.printed.is_empty() { frame.printed.clone() } else { view.printed.clone() };
    let own = FrameView { lang: view.language, printed, ..frame.clone() };
    page(
        frame,
        &PageHead::titled(format!("{}: after-visit sheet", view.who.named_and_born())),
        html! {
            section.no-print.stack-tight aria-label="Before you print" {
                div.row {
                    button.button.button-main type="button" data-print hidden { "Print" }
                    a.button href=(view.who.href) { "Chart" }
                    a.button href=(view.other.0) { (view.other.1) }
                    @if view.visits.len() > 1 { details { summary { "Another visit" } ul { @for (href, words, current) in &view.visits {
                        li { @if *current { strong { (words) } } @else { a href=(href) { (words) } } }
                    } } } }
                }
                @for note in &view.notes { (notice(Tone::Caution, note, html! {})) }
            }
            div.sheet-patient lang=(view.language.tag()) {
                (sheet(&own, &head, html! {
                    @for (title, lines) in &view.parts { @if !lines.is_empty() { section {
                        h2 { (title) }
                        ul { @for line in lines { li { (line.text) (sources(&line.text, &line.sources)) } } }
                    } } }
                    section {
                        h2 { (if spanish { "Cuándo pedir ayuda" } else { "When to get help" }) }
                        (advice(view.language, &view.help))
                    }
                }))
            }
        },
    )
}

fn sources(of: &str, all: &[String]) -> Markup {
    html! { @if !all.is_empty() { span.no-print.fine lang="en" {
        @for (index, href) in all.iter().enumerate() { " " a.cite href=(href) { span.visually-hidden { "source " } (index + 1) span.visually-hidden { " of: " (of.split(". ").next().unwrap_or(of)) } } }
    } } }
}
