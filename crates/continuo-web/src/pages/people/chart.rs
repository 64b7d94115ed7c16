//! The chart: who, what is next, what changed since the reader last looked, and the record in short.
//!
//! Each section fails alone and says so. Nothing says a bare "none": empty sections say not asked, not received or
//! none known, with who and when (safety.md, 17).

use continuo_ui::action::Press;
use continuo_ui::action::{Action, buttons};
use continuo_ui::banner::{BannerView, banner};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::menu::{MenuItem, keyed};
use continuo_ui::result_line::{ResultView, result_line};
use continuo_ui::section::{LineView, Place, Section, line_section, section};
use continuo_ui::states::notice;
use continuo_ui::suggestion::{SuggestionView, suggestion};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::Tone;
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Who.
    pub banner: BannerView,
    /// Summary, Timeline, Tasks, ...
    pub tabs: Vec<TabView>,
    /// Log call, add, print, why on the list.
    pub actions: Vec<Action>,
    /// Everything that can be entered by hand.
    pub add: Vec<MenuItem>,
    /// At most one message about the page: read more than five minutes ago, also open with someone else.
    pub notice: Option<(Tone, String)>,
    /// Flags that stand, above everything.
    pub flags: Vec<LineView>,
    /// What is next, worst first.
    pub next: Section<LineView>,
    /// Open suggestions, at most three.
    pub suggestions: Vec<SuggestionView>,
    /// "3 of 7".
    pub suggestions_shown: String,
    /// "Mon 08/17".
    pub since: String,
    /// What is new since.
    pub changed: Section<LineView>,
    /// Conditions.
    pub problems: Section<LineView>,
    /// Medicines.
    pub medicines: Section<LineView>,
    /// Results and vital signs.
    pub results: Section<ResultView>,
    /// Allergies in full.
    pub allergies: Section<LineView>,
    /// Who takes part in the care.
    pub team: Section<LineView>,
    /// What matters to the person; needs.
    pub goals: Section<LineView>,
    /// What was promised to them and by whom.
    pub promises: Section<LineView>,
    /// Insurance with end dates.
    pub coverage: Section<LineView>,
    /// Referrals, those open first.
    pub referrals: Section<LineView>,
    /// Visits: next, last, missed.
    pub visits: Section<LineView>,
    /// What the person allowed.
    pub consents: Section<LineView>,
    /// Documents.
    pub documents: Section<LineView>,
    /// How to reach them: each number with what is allowed on it.
    pub reach: Section<LineView>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let head = PageHead {
        banner: Some(banner(frame.lang, &view.banner)),
        ..PageHead::titled(format!("{}: chart", view.banner.who.named_and_born()))
    };
    let about = view.banner.who.named_and_born();
    page(
        frame,
        &head,
        html! {
            h1.visually-hidden { "Chart of " (about) }
            div.chart-head {
                (tabs("Parts of the chart", &view.tabs))
                div.actions {
                    @let (first, rest) = view.actions.split_at(view.actions.len().min(1));
                    (buttons(&frame.csrf, first)) (keyed(&frame.csrf, "Add", Some('+'), &about, &view.add)) (buttons(&frame.csrf, rest))
                }
            }
            @if let Some((tone, text)) = &view.notice { (notice(*tone, text, html! {})) }
            @for flag in &view.flags {
                (notice(Tone::Critical, &flag.text, html! { @if !flag.href.is_empty() { a.button.button-quiet.button-small href=(flag.href) { "Flag" span.visually-hidden { ": " (flag.text) } } } }))
            }
            @let narrow = matches!(view.problems, Section::Closed);
            div.chart-top {
                (lines(frame, "next", "Next", &view.next))
                (lines(frame, "since", &format!("Since you last looked ({})", view.since), &view.changed))
            }
            @if !view.suggestions.is_empty() { (suggested(frame, view)) }
            div.chart-body.chart-body-part[narrow] {
                div.stack {
                    (adding(frame, view, "problems", "Problems", &view.problems, ("Add", "condition")))
                    (adding(frame, view, "medicines", "Medicines", &view.medicines, ("Add", "medicine")))
                    (adding(frame, view, "allergies", "Allergies", &view.allergies, ("Add", "allergy")))
                    (lines(frame, "goals", "Needs and goals", &view.goals))
                }
                div.stack {
                    (section(frame, Place { id: "results", title: "Results", class: "" }, &view.results, add_link(view, "Add", "result"), |all| html! { ul.results { @for one in all { (result_line(one)) } } }))
                    (adding(frame, view, "visits", "Visits", &view.visits, ("Add", "appointment")))
                }
                div.stack {
                    (lines(frame, "promises", "Promises", &view.promises))
                    (adding(frame, view, "referrals", "Referrals", &view.referrals, ("Add", "referral")))
                    (adding(frame, view, "reach", "How to reach", &view.reach, ("Add or change", "phone")))
                    (line_section(frame, Place { id: "team", title: "Care team", class: "" }, &view.team, html! { (add_link(view, "Coordinator", "coordinator")) (add_link(view, "Add", "contact")) }))
                    (adding(frame, view, "coverage", "Coverage", &view.coverage, ("Add", "coverage")))
                    (adding(frame, view, "consents", "Consents", &view.consents, ("Add", "consent")))
                    (adding(frame, view, "documents", "Documents", &view.documents, ("Add", "document")))
                }
            }
        },
    )
}

fn lines(frame: &FrameView, id: &str, title: &str, content: &Section<LineView>) -> Markup {
    line_section(frame, Place { id, title, class: "" }, content, html! {})
}

/// A section with the way to enter what belongs in it: the words of the link, and the kind of entry.
fn adding(
    frame: &FrameView,
    view: &View,
    id: &str,
    title: &str,
    content: &Section<LineView>,
    (words, kind): (&str, &str),
) -> Markup {
    line_section(frame, Place { id, title, class: "" }, content, add_link(view, words, kind))
}

/// The link to one of the entries of the menu; nothing where the reader may not enter it.
fn add_link(view: &View, words: &str, kind: &str) -> Markup {
    let wanted = format!("/add/{kind}");
    let found = view.add.iter().find_map(|item| match &item.press {
        Press::Open(href) if href.ends_with(&wanted) => Some((item.label.to_lowercase(), href)),
        _ => None,
    });
    html! {
        @if let Some((what, href)) = found {
            a.button.button-quiet.button-small href=(href) { (words) span.visually-hidden { ": " (what) " of " (view.banner.who.named_and_born()) } }
        }
    }
}

fn suggested(frame: &FrameView, view: &View) -> Markup {
    html! {
        section.chart-suggested.stack-tight aria-labelledby="suggested-title" {
            div.row { h2 #suggested-title { "Suggested" } span.muted { (view.suggestions_shown) } }
            div.columns { @for one in &view.suggestions { (suggestion(frame.lang, &frame.csrf, one)) } }
        }
    }
}
