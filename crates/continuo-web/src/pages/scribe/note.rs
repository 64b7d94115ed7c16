//! The note of a review: each statement with its words, to change, leave out or add to, and the way to finish.

use continuo_ui::banner::{BannerView, banner};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::notice;
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::transcript::visible;
use continuo_ui::{Markup, html};

/// One statement.
#[derive(Clone, Debug)]
pub struct StatementView {
    /// Its number.
    pub number: usize,
    /// The words now.
    pub text: String,
    /// What the machine wrote, where it was changed.
    pub proposed: String,
    /// "From the words", "Accepted", "Not asked".
    pub origin: TagView,
    /// Quotes: "02:14 Patient" and the words.
    pub quotes: Vec<(String, String)>,
    /// It rests on words that were rejected.
    pub doubted: bool,
}

/// One section.
#[derive(Clone, Debug)]
pub struct SectionView {
    /// Word posted.
    pub word: String,
    /// Heading.
    pub heading: String,
    /// Its statements.
    pub statements: Vec<StatementView>,
    /// Own words added.
    pub added: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose.
    pub banner: BannerView,
    /// Title.
    pub title: String,
    /// Where it posts.
    pub post: String,
    /// Back to the review.
    pub back: String,
    /// Sections in order.
    pub sections: Vec<SectionView>,
    /// How many proposals are undecided.
    pub waiting: usize,
    /// The physician who would be told; empty when the record names none.
    pub physician: String,
    /// Tell them by default.
    pub tell: bool,
    /// "Dr. Patel was told 08/19/2026 2:00 pm, before the review"; empty where nobody was.
    pub told: String,
    /// What is wrong.
    pub error: String,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let head = PageHead {
        title: format!("{}: note", view.banner.who.name()),
        error: !view.error.is_empty(),
        banner: Some(banner(frame.lang, &view.banner)),
    };
    page(
        frame,
        &head,
        html! {
            (page_head("Note", &view.title, html! { a.button href=(view.back) { "Back to the review" } }))
            @if !view.error.is_empty() {
                div.error-summary #problems role="alert" tabindex="-1" data-focus { h2 { "There is a problem" } ul { li { a href="#leave-open" { (view.error) } } } }
            }
            p.muted { "Every statement shows the words it rests on. Change it, or empty it to leave it out; what was written first stays beside it." }
            form.stack method="post" action=(view.post) {
                input type="hidden" name="csrf" value=(frame.csrf);
                @for one in &view.sections { (section(one)) }
                (closing(view))
            }
        },
    )
}

fn section(view: &SectionView) -> Markup {
    panel(
        "",
        &PanelHead::new(&format!("section-{}", view.word), view.heading.as_str()),
        html! {},
        html! {
            @for one in &view.statements { (statement(one)) }
            @if view.statements.is_empty() { p.muted { "Nothing was said that belongs here." } }
            div.statement {
                label for={ "added-" (view.word) } { "Add to " (view.heading.to_lowercase()) span.muted { " (one statement a line, in your words)" } }
                textarea id={ "added-" (view.word) } name={ "added-" (view.word) } rows="2" { (view.added) }
            }
        },
    )
}

fn statement(view: &StatementView) -> Markup {
    let id = format!("s-{}", view.number);
    let rows = view.text.len() / 90 + 1;
    html! {
        div.statement {
            label.visually-hidden for=(id) { "Statement " (view.number + 1) }
            textarea id=(id) name=(id) rows=(rows) { (visible(&view.text)) }
            div.row {
                (tag(&view.origin))
                @if view.doubted { (tag(&TagView::new(Tone::Caution, "Rests on words you rejected: left out"))) }
            }
            @if !view.proposed.is_empty() { p.fine.muted { "Was: " (visible(&view.proposed)) } }
            @if !view.quotes.is_empty() {
                ul.quotes { @for (from, words) in &view.quotes { li.fine { @if !from.is_empty() { (visible(from)) " " } q { (visible(words)) } } } }
            }
        }
    }
}

fn closing(view: &View) -> Markup {
    html! {
        section.panel aria-labelledby="closing-title" {
            header { h2 #closing-title { "Finish" } }
            div.panel-body.stack-tight {
                @if view.waiting > 0 {
                    (notice(Tone::Caution, &format!("{} still to decide.", view.waiting), html! {}))
                    label.choice for="leave-open" { input #leave-open type="checkbox" name="leave_open" value="yes"; span { "Leave them undecided; it is recorded that nobody decided" } }
                }
                @if view.physician.is_empty() { p.muted { "The record names no primary-care physician to tell." } }
                @else {
                    @if !view.told.is_empty() { p.muted { (view.told) } }
                    label.choice for="tell" { input #tell type="checkbox" name="tell" value="yes" checked[view.tell]; span { "Send the plan with a short summary to " (view.physician) } }
                }
                div.form-end {
                    button class="button button-main" type="submit" name="do" value="finish" { "Finish review" }
                    button.button type="submit" name="do" value="save" { "Keep note, finish later" }
                    span.about { "For " (view.banner.who.named_and_born()) }
                }
            }
        }
    }
}
