//! The hand-over of one person on one sheet, in the I-PASS order: every sentence leads to its entries; the receiver
//! answers in their own words.

use continuo_ui::action::submit;
use continuo_ui::field::field;
use continuo_ui::form::{FormView, error_summary, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::print::{SheetView, sheet};
use continuo_ui::who::Who;
use continuo_ui::{Markup, html};

/// One sentence with where it comes from.
#[derive(Clone, Debug)]
pub struct Line {
    /// The words.
    pub text: String,
    /// Addresses of its entries; empty where it says that nothing is recorded.
    pub sources: Vec<String>,
}

/// What waits for somebody.
#[derive(Clone, Debug)]
pub struct WaitingView {
    /// "Call after discharge".
    pub what: String,
    /// "M. Ortiz to Lee".
    pub who: String,
    /// "goes back to the sender today 4:00 pm".
    pub until: String,
}

/// The receiver's answer: accept in their own words, or give back with a reason.
#[derive(Clone, Debug)]
pub struct AnswerView {
    /// Accepts.
    pub accept: FormView,
    /// Gives back.
    pub give_back: FormView,
}

/// The sheet.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose.
    pub who: Who,
    /// Record number, language, allergies, code status.
    pub about: String,
    /// Illness severity, patient summary, action list, situation and contingencies, in order.
    pub parts: Vec<(&'static str, Vec<Line>)>,
    /// What the receiver should confirm, and what was said so far: who, when, words.
    pub synthesis: (Vec<Line>, Vec<(String, String, String)>),
    /// Handed over and not accepted.
    pub waiting: Vec<WaitingView>,
    /// When something waits for the reader.
    pub answer: Option<AnswerView>,
    /// When the reader has work to hand over.
    pub give: Option<FormView>,
}

/// The sheet.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let head = SheetView { title: "Hand-over".to_owned(), who: Some(view.who.clone()), about: view.about.clone() };
    let wrong = view.give.iter().chain(view.answer.iter().flat_map(|one| [&one.accept, &one.give_back]));
    let error = wrong.clone().any(FormView::has_errors);
    page(
        frame,
        &PageHead { error, ..PageHead::titled(format!("{}: hand-over", view.who.named_and_born())) },
        html! {
            @if let Some(answer) = &view.answer { (answer_panel(frame, view, answer)) }
            @if let Some(give) = &view.give { (give_panel(frame, give)) }
            (super::huddle::print_button("Chart", &view.who.href))
            (sheet(frame, &head, html! {
                @for (title, lines) in &view.parts { section { h2 { (title) } (list(lines)) } }
                section {
                    h2 { "Synthesis by receiver" }
                    (list(&view.synthesis.0))
                    // What the sender says is no read-back: until it is accepted there is none.
                    @if view.synthesis.1.is_empty() || !view.waiting.is_empty() { p { "Nobody has read this back yet." } }
                    p.write-space {}
                }
                @if !view.synthesis.1.is_empty() { section {
                    h2 { "Said about this work" }
                    @for (who, when, words) in &view.synthesis.1 { p { "“" (words) "” " span.fine { (who) ", " (when) } } }
                } }
                @if !view.waiting.is_empty() { section {
                    h2 { "Handed over, not accepted yet" }
                    ul { @for one in &view.waiting { li { (one.what) ": " (one.who) ", " (one.until) } } }
                } }
            }))
        },
    )
}

fn list(lines: &[Line]) -> Markup {
    html! {
        @if lines.is_empty() { p { "Nothing." } } @else {
            ul { @for line in lines { li { (labeled(&line.text)) (sources(&line.text, &line.sources)) } } }
        }
    }
}

/// What a sentence counts up, "Medicines:", stands out, so that the eye finds it.
fn labeled(text: &str) -> Markup {
    match text
        .split_once(": ")
        .filter(|(label, _)| label.len() < 24 && label.chars().all(|c| c.is_alphabetic() || c == ' '))
    {
        // Each thing ends with its day in brackets; a semicolon elsewhere belongs to somebody's words.
        Some((label, rest)) if rest.matches("); ").count() > 1 => html! {
            strong { (label) ":" }
            ul.counted { @for one in rest.trim_end_matches('.').replace("); ", ")\n").lines() { li { (one) } } }
        },
        Some((label, rest)) => html! { strong { (label) ":" } " " (rest) },
        None => html! { (text) },
    }
}

/// Links to the entries, numbered; on paper they stay numbers without a meaning and are left out.
fn sources(of: &str, all: &[String]) -> Markup {
    html! { @if !all.is_empty() { span.no-print.fine {
        @for (index, href) in all.iter().enumerate() { " " a.cite href=(href) { span.visually-hidden { "source " } (index + 1) span.visually-hidden { " of: " (of.split(": ").next().unwrap_or(of)) } } }
    } } }
}

fn answer_panel(frame: &FrameView, view: &View, answer: &AnswerView) -> Markup {
    html! {
        section.panel.no-print.stack.pad aria-labelledby="answer-title" {
            h2 #answer-title { "This was handed to you" }
            ul { @for one in view.waiting.iter() { li { (one.what) ": " (one.who) ", " (one.until) } } }
            (form(frame.lang, &frame.csrf, &answer.accept))
            details {
                summary { "Give it back" }
                (error_summary(frame.lang, &answer.give_back))
                form.form method="post" action=(answer.give_back.action) {
                    input type="hidden" name="csrf" value=(frame.csrf);
                    @for one in &answer.give_back.fields { (field(frame.lang, one)) }
                    div.row { (submit(&answer.give_back.submit, None)) }
                }
            }
        }
    }
}

fn give_panel(frame: &FrameView, give: &FormView) -> Markup {
    html! {
        section.panel.no-print.stack.pad aria-labelledby="give-title" {
            h2 #give-title { "Hand over your open work for this person" }
            (form(frame.lang, &frame.csrf, give))
        }
    }
}
