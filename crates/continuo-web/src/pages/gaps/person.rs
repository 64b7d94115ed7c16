//! One person's care gaps: where they stand with every rule that is about them, what it rests on, what can be done.

use continuo_ui::action::{Action, buttons};
use continuo_ui::banner::{BannerView, banner};
use continuo_ui::evidence::{EvidenceView, evidence};
use continuo_ui::field::Choice;
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::states::{EmptyView, empty_page, notice};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::{Markup, html};

/// One gap.
#[derive(Clone, Debug)]
pub struct Gap {
    /// Rule id, unique on the page.
    pub id: String,
    /// "HbA1c is overdue".
    pub title: String,
    /// Where the person stands.
    pub state: TagView,
    /// In a sentence.
    pub says: String,
    /// What it rests on.
    pub evidence: EvidenceView,
    /// Make a task.
    pub actions: Vec<Action>,
    /// Where it is set aside; empty where it cannot be.
    pub aside: String,
}

/// The gaps of one state.
#[derive(Clone, Debug)]
pub struct Group {
    /// "To do".
    pub title: String,
    /// Gaps.
    pub gaps: Vec<Gap>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Who.
    pub banner: BannerView,
    /// Parts of the chart.
    pub tabs: Vec<TabView>,
    /// What went wrong with a form.
    pub problem: String,
    /// To do, in work, cannot be assessed, set aside, done.
    pub groups: Vec<Group>,
    /// Reasons for setting aside.
    pub reasons: Vec<Choice>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let about = view.banner.who.named_and_born();
    let head =
        PageHead { banner: Some(banner(frame.lang, &view.banner)), ..PageHead::titled(format!("{about}: care gaps")) };
    page(
        frame,
        &head,
        html! {
            h1.visually-hidden { "Care gaps of " (about) }
            (tabs("Parts of the chart", &view.tabs))
            @if !view.problem.is_empty() { (notice(Tone::Caution, &view.problem, html! {})) }
            div.stack {
            p.muted { (super::NOT_HERE) }
            @if view.groups.is_empty() {
                div.panel { (empty_page(&frame.csrf, &EmptyView::new("No rule is about this person.", "Every rule that is on was looked at."))) }
            }
            @for group in &view.groups {
                section.panel aria-labelledby={ "g-" (slug(&group.title)) } {
                    header { h2 id={ "g-" (slug(&group.title)) } { (group.title) } span.muted.num { (group.gaps.len()) } }
                    div.panel-body { ul.lines.gap-lines { @for gap in &group.gaps { li { (line(frame, view, gap, &about)) } } } }
                }
            }
            }
        },
    )
}

fn slug(title: &str) -> String {
    title.to_lowercase().replace(' ', "-")
}

fn line(frame: &FrameView, view: &View, gap: &Gap, about: &str) -> Markup {
    html! {
        span.grow { strong { (gap.title) } " " span.muted { (gap.says) } }
        (evidence(frame.lang, &gap.evidence))
        (tag(&gap.state))
        (buttons(&frame.csrf, &gap.actions))
        @if !gap.aside.is_empty() { (aside(frame, view, gap, about)) }
    }
}

fn aside(frame: &FrameView, view: &View, gap: &Gap, about: &str) -> Markup {
    html! {
        details.menu data-menu {
            summary.button.button-quiet.caret { "Not right..." span.visually-hidden { " " (gap.title) " for " (about) } }
            form.menu-list.stack-tight method="post" action=(gap.aside) aria-label={ "Not right: " (gap.title) } {
                input type="hidden" name="csrf" value=(frame.csrf);
                div.field {
                    label for={ "reason-" (gap.id) } { "Why" }
                    select id={ "reason-" (gap.id) } name="reason" {
                        @for choice in &view.reasons { option value=(choice.value) { (choice.label) } }
                    }
                }
                div.field {
                    label for={ "words-" (gap.id) } { "In words" }
                    input id={ "words-" (gap.id) } type="text" name="words";
                }
                button.button type="submit" { "Set aside" }
            }
        }
    }
}
