//! One message: the words as received with those that decided lit, its clock and owner, a reply, and the ways to end it.

use continuo_ui::action::{Action, button};
use continuo_ui::banner::{BannerView, banner};
use continuo_ui::field::Choice;
use continuo_ui::form::{FormView, error_summary, fields};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, panel};
use continuo_ui::states::notice;
use continuo_ui::tag::{DueView, TagView, Tone, due, tag};
use continuo_ui::transcript::visible;
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose.
    pub banner: BannerView,
    /// "Message of 08/19/2026 7:40 am from the person".
    pub title: String,
    /// The words, cut where those that decided begin and end; lit or not.
    pub words: Vec<(String, bool)>,
    /// Language of the words, where it is not the page's.
    pub lang: Option<String>,
    /// "Emergency", "Urgent", "Routine", "Paper work".
    pub urgency: TagView,
    /// What triage found: label and text.
    pub found: Vec<(String, String)>,
    /// The clock.
    pub due: Option<DueView>,
    /// Who has it, or is proposed.
    pub owner: String,
    /// Loud sentence, if one must stand above everything.
    pub alarm: Option<String>,
    /// Why it was moved down.
    pub moved_down: String,
    /// Replies: status and words.
    pub replies: Vec<(String, String)>,
    /// Base address of the forms; empty where nothing is open.
    pub post: String,
    /// Where a call about it is logged.
    pub call: String,
    /// To whom it can be given.
    pub owners: Vec<Choice>,
    /// The owner proposed.
    pub proposed: String,
    /// Outcomes of its task.
    pub outcomes: Vec<String>,
    /// Who raised it and why.
    pub raised: String,
    /// It may be raised: urgencies offered, empty where it stands as high as can be.
    pub raise: Vec<Choice>,
    /// It may be moved down.
    pub may_move_down: bool,
    /// The reply form, and templates: name and address.
    pub reply: FormView,
    /// A channel leads back to where it came from.
    pub can_send: bool,
    /// Templates in the language of the message.
    pub templates: Vec<(String, String)>,
    /// Said about templates and channels.
    pub reply_note: String,
    /// What is wrong with another form.
    pub problem: String,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let problems = FormView {
        problems: if view.problem.is_empty() { Vec::new() } else { vec![view.problem.clone()] },
        ..view.reply.clone()
    };
    let head = PageHead {
        title: format!("{}: message", view.banner.who.name()),
        error: problems.has_errors(),
        banner: Some(banner(frame.lang, &view.banner)),
    };
    page(
        frame,
        &head,
        html! {
            div.page-head {
                h1 { "Message" }
                p.lead { (view.title) }
                div.actions {
                    (tag(&view.urgency))
                    @if let Some(when) = &view.due { (due(when)) }
                }
            }
            (error_summary(frame.lang, &problems))
            @if let Some(alarm) = &view.alarm { (notice(Tone::Critical, alarm, html! { @if !view.post.is_empty() { a.button href=(view.call) { "Log call" } } })) }
            div.columns-wide-left {
                div.stack {
                    (words(view))
                    (reply(frame, view))
                }
                div.stack {
                    (about(view))
                    @if !view.post.is_empty() { (acts(frame, view)) }
                }
            }
        },
    )
}

fn words(view: &View) -> Markup {
    panel(
        "",
        &PanelHead::new("words", "As received"),
        html! {},
        html! {
            p.message-words lang=[view.lang.as_ref()] {
                @for (text, lit) in &view.words { @if *lit { mark { (visible(text)) } } @else { (visible(text)) } }
            }
        },
    )
}

fn about(view: &View) -> Markup {
    panel(
        "",
        &PanelHead::new("about", "What triage says").about("it reorders; a person reads"),
        html! {},
        html! {
            dl.definition {
                @for (label, text) in &view.found { dt { (label) } dd { (text) } }
                dt { "Has it" } dd { (view.owner) }
                @if !view.raised.is_empty() { dt { "Raised" } dd { (visible(&view.raised)) } }
                @if !view.moved_down.is_empty() { dt { "Moved down" } dd { (view.moved_down) } }
            }
        },
    )
}

fn reply(frame: &FrameView, view: &View) -> Markup {
    panel(
        "",
        &PanelHead::new("reply", "Reply").about(view.reply_note.as_str()),
        html! {},
        html! {
            @for (status, text) in &view.replies { p.fine { strong { (status) ": " } span.note-text { (visible(text)) } } }
            @if !view.reply.action.is_empty() {
                @if !view.templates.is_empty() { p.fine { "Start from: " @for (n, (name, href)) in view.templates.iter().enumerate() { @if n > 0 { " · " } a href=(href) data-key=[(n == 0).then_some("m")] { (name) @if n == 0 { " " kbd aria-hidden="true" { "m" } } } } } }
                form.form method="post" action=(view.reply.action) novalidate {
                    (fields(frame.lang, &frame.csrf, &view.reply))
                    div.form-end {
                        @if view.can_send {
                            button class="button button-main" type="submit" name="do" value="send" { "Send reply" }
                            button.button type="submit" name="do" value="keep" { "Keep it, I call or write" }
                        } @else {
                            button class="button button-main" type="submit" { "Keep reply" }
                        }
                        span.about { "For " (view.banner.who.named_and_born()) }
                    }
                }
            }
        },
    )
}

fn acts(frame: &FrameView, view: &View) -> Markup {
    let about = view.banner.who.named_and_born();
    let csrf = html! { input type="hidden" name="csrf" value=(frame.csrf); };
    html! {
        (panel("", &PanelHead::new("acts", "Do"), html! {}, html! {
            div.stack {
                div.row {
                    a.button.button-main href=(view.call) data-key="c" aria-keyshortcuts="c" { "Log call" kbd aria-hidden="true" { "c" } }
                    (button(&frame.csrf, &Action::post("I am reading it", format!("{}/start", view.post)).about(&about)))
                }
                form.stack-tight method="post" action={ (view.post) "/assign" } {
                    (csrf)
                    label for="to" data-key="a" { "Give it to " kbd aria-hidden="true" { "a" } }
                    select #to name="to" { @for one in &view.owners { option value=(one.value) selected[one.value == view.proposed] { (one.label) } } }
                    button.button type="submit" { "Assign" span.visually-hidden { ": " (about) } }
                }
                form.stack-tight method="post" action={ (view.post) "/done" } {
                    (csrf)
                    label for="outcome" data-key="d" { "How it ended " kbd aria-hidden="true" { "d" } }
                    select #outcome name="outcome" { @for one in &view.outcomes { option value=(one) { (one) } } }
                    label for="done-words" { "In words" span.muted { " (optional)" } }
                    textarea #done-words name="words" rows="2" {}
                    button.button type="submit" { "Done" span.visually-hidden { ": " (about) } }
                }
                @if !view.raise.is_empty() {
                    form.stack-tight method="post" action={ (view.post) "/raise" } {
                        (csrf)
                        label for="urgency" { "More urgent than triage says" }
                        select #urgency name="urgency" { @for one in &view.raise { option value=(one.value) { (one.label) } } }
                        label for="raise-words" { "Because" span.muted { " (optional)" } }
                        textarea #raise-words name="words" rows="2" {}
                        button.button type="submit" { "Raise" span.visually-hidden { ": " (about) } }
                    }
                }
                @if view.may_move_down {
                    form.stack-tight method="post" action={ (view.post) "/not-urgent" } {
                        (csrf)
                        label for="reason" { "Not urgent because" }
                        textarea #reason name="reason" rows="2" required {}
                        button.button type="submit" { "Move down" span.visually-hidden { ": " (about) } }
                        p.fine.muted { "It stays in the list with the ordinary time limit; the reason is kept with your name." }
                    }
                }
            }
        }))
    }
}
