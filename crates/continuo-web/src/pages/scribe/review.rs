//! The review: words on the left, proposals on the right, quotes lit on both sides. "Accept all" does not exist.

use continuo_ui::banner::{BannerView, banner};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, panel};
use continuo_ui::states::{EmptyView, empty_inside, notice};
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::transcript::{ProposalView, TurnView, proposal, transcript, visible};
use continuo_ui::{Markup, html};

/// Something not said.
#[derive(Clone, Debug)]
pub struct UnsaidView {
    /// Suggestion id.
    pub id: String,
    /// "Weight today?"
    pub ask: String,
    /// Why it is asked.
    pub why: String,
    /// Entries that give the reason: words and address.
    pub because: Vec<(String, String)>,
    /// Decided: asked for, or marked not asked.
    pub decided: Option<TagView>,
    /// Where the answers are posted; empty where nothing can be decided.
    pub post: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose.
    pub banner: BannerView,
    /// "Transcript of a call".
    pub title: String,
    /// "08/19/2026, taken in 2 hours ago".
    pub about: String,
    /// The call or task the words are of: words and address.
    pub of: Option<(String, String)>,
    /// "6 proposed, 2 accepted, 0 rejected".
    pub progress: String,
    /// Whether a language model took part, failed or is off.
    pub read_by: String,
    /// What a reader must know of the reading.
    pub notices: Vec<String>,
    /// The words.
    pub turns: Vec<TurnView>,
    /// Language of the words, where it is not the page's.
    pub received: String,
    /// "call.txt, 12 kB".
    pub received_about: String,
    /// Proposals in order.
    pub proposals: Vec<ProposalView>,
    /// What was not said.
    pub unsaid: Vec<UnsaidView>,
    /// Where the note is written, and the way to finish; empty when finished.
    pub note: String,
    /// Where the physician is told at once, and who they are; nothing where there is nobody to tell.
    pub tell: Option<(String, String)>,
    /// "Dr. Patel was told 08/19/2026 2:00 pm, before the review": words and the address of the message.
    pub told: Option<(String, String)>,
    /// Page with the text for the EHR, when there is a note.
    pub copy: String,
    /// The chart, which opens beside: an open review keeps its person.
    pub chart: String,
    /// All is done.
    pub finished: bool,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let head = PageHead {
        title: format!("{}: review", view.banner.who.name()),
        error: false,
        banner: Some(banner(frame.lang, &view.banner)),
    };
    let nothing = EmptyView::new(
        "Nothing was found to propose.",
        "The words are kept. Write what matters by hand, from the chart.",
    );
    page(
        frame,
        &head,
        html! {
            div.page-head {
                h1 { "Review: " (view.title) }
                strong.nowrap { (view.progress) }
                div.actions {
                    a.button.button-quiet href=(view.chart) target="_blank" rel="noopener" { "Chart" span.visually-hidden { " (opens beside this page)" } }
                    @if view.finished { (tag(&TagView::new(Tone::Done, "Finished"))) }
                    @if !view.copy.is_empty() { a.button href=(view.copy) { "Copy note for the EHR" } }
                    @if let Some((href, physician)) = &view.tell { a.button href=(href) { "Tell " (physician) " now" } }
                    @if !view.note.is_empty() { a.button.button-main href=(view.note) data-key="n" aria-keyshortcuts="n" { "Note and finish" kbd aria-hidden="true" { "n" } } }
                }
            }
            p.muted.under-head { (view.about) @if let Some((words, href)) = &view.of { ", " a href=(href) { (words) } } @if !view.read_by.is_empty() { ". " (visible(&view.read_by)) } }
            @if let Some((words, href)) = &view.told { p.muted.under-head { (words) " " a href=(href) { "What was sent" } } }
            @for one in &view.notices { (notice(Tone::Caution, one, html! {})) }
            div.review-words {
                (panel("", &PanelHead::new("words", "Words").about(view.received_about.as_str()), html! { a.button.button-quiet href=(view.received) { "As received" } }, html! {
                    @if view.turns.is_empty() { p.muted { "No words could be read. Open what was received." } } @else { (transcript(&view.turns)) }
                }))
                div.stack {
                    h2.visually-hidden { "Proposed" }
                    @if view.proposals.is_empty() { div.panel { div.panel-body { (empty_inside(&frame.csrf, &nothing)) } } }
                    div.proposals { @for one in &view.proposals { (proposal(&frame.csrf, one)) } }
                    @if !view.unsaid.is_empty() { (unsaid(frame, view)) }
                }
            }
        },
    )
}

fn unsaid(frame: &FrameView, view: &View) -> Markup {
    let about = view.banner.who.named_and_born();
    panel(
        "",
        &PanelHead::new("unsaid", "Not said but matters").about("from the record; asked, never filled in"),
        html! {},
        html! {
            ul.lines { @for one in &view.unsaid { li data-row tabindex="-1" {
                span.grow {
                    strong { (one.ask) } " " span.muted { (one.why) "." }
                    @for (at, (words, href)) in one.because.iter().enumerate() { " " a.fine href=(href) { (words) span.visually-hidden { " " (at + 1) " of: " (one.ask) } } }
                }
                @match &one.decided {
                    Some(decided) => (tag(decided)),
                    None => @if !one.post.is_empty() {
                        form.inline method="post" action=(one.post) {
                            input type="hidden" name="csrf" value=(frame.csrf);
                            button.button type="submit" name="do" value="ask" { "Ask" span.visually-hidden { ": " (one.ask) ", " (about) } }
                            button class="button button-quiet" type="submit" name="do" value="not-asked" { "Mark not asked" span.visually-hidden { ": " (one.ask) ", " (about) } }
                        }
                    },
                }
            } } }
        },
    )
}
