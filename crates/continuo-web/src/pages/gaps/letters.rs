//! The letters of an outreach for printing: one a page, large type, in the language of each person.

use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::who::Who;
use continuo_ui::{Markup, html};

/// One letter.
#[derive(Clone, Debug)]
pub struct Letter {
    /// To whom.
    pub who: Who,
    /// Where it goes, line by line.
    pub address: Vec<String>,
    /// "November 29, 2026" in its language.
    pub day: String,
    /// The words, paragraph by paragraph.
    pub words: Vec<String>,
    /// Language of the words.
    pub lang: String,
}

const LEAD: &str = "One page a letter. Addresses are read anew; who died or was marked unsafe since is left out.";

/// The sheets.
pub fn render(frame: &FrameView, back: &str, letters: &[Letter]) -> Markup {
    page(
        frame,
        &PageHead::titled("Letters to print"),
        html! {
            div.no-print {
                (page_head(&format!("Letters to print ({})", letters.len()), LEAD, html! {
                    button.button.button-main type="button" data-print hidden { "Print" }
                    a.button href=(back) { "Back to the outreach" }
                }))
            }
            @if letters.is_empty() {
                div.panel { (empty_page(&frame.csrf, &EmptyView::new("No letter waits.", "All are mailed or held back."))) }
            }
            @for letter in letters {
                article.sheet.sheet-patient.letter lang=(letter.lang) {
                    p.letter-from { strong { (frame.site) } br; (letter.day) }
                    p.letter-to { (letter.who.given) " " (letter.who.family) @for line in &letter.address { br; (line) } }
                    @for paragraph in &letter.words { p.letter-words { (paragraph) } }
                    p.fine { (letter.who.named_and_born()) }
                }
            }
        },
    )
}
