//! Log a call. A call without an answer takes three keys from the list: `c`, `n`, Enter.
//!
//! The questions about a conversation stand below and are only asked where someone answered.

use continuo_ui::action::submit;
use continuo_ui::banner::{BannerView, banner};
use continuo_ui::field::{Choice, Field, Input, field};
use continuo_ui::form::{FormView, error_summary};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, panel};
use continuo_ui::section::{LineView, Place, Section, line_section};
use continuo_ui::states::notice;
use continuo_ui::tag::Tone;
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose.
    pub banner: BannerView,
    /// Where it posts.
    pub post: String,
    /// Where Cancel leads.
    pub cancel: String,
    /// "Do not call the home number" and the like; the gravest one.
    pub warning: String,
    /// "Try 3 of 3. The last two were mornings: it is 4:10 pm there."
    pub attempt: String,
    /// Numbers: value posted and what is allowed on each.
    pub numbers: Vec<Choice>,
    /// Outcomes, each with the key that picks it.
    pub outcomes: Vec<Choice>,
    /// What this call can close or move on.
    pub about: Vec<Choice>,
    /// What is open, to have at hand.
    pub open: Section<LineView>,
    /// One sentence to say.
    pub say: String,
    /// What to do when the person cannot be reached, after so many tries; empty before the first.
    pub steps: Vec<String>,
    /// When the next try is proposed if nobody answers: the day.
    pub next_try: String,
    /// The time of day, another than the last ones.
    pub next_time: String,
    /// The same in words.
    pub next_try_words: String,
    /// Answers given before, by field name, after an error.
    pub given: Vec<(String, String)>,
    /// Who may write into the record can go on to take in what was said.
    pub words: bool,
    /// Errors by field name.
    pub errors: Vec<(String, String)>,
}

impl View {
    fn fill(&self, mut one: Field) -> Field {
        if let Some((_, value)) = self.given.iter().find(|(name, _)| *name == one.name) {
            one.value.clone_from(value);
        }
        if let Some((_, error)) = self.errors.iter().find(|(name, _)| *name == one.name) {
            one.error.clone_from(error);
        }
        one
    }
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let (above, next) = first(view);
    let form =
        FormView { fields: above.into_iter().chain(next).chain(conversation(view)).collect(), ..FormView::default() };
    let title = format!("{}: log call", view.banner.who.name());
    let head = PageHead { title, error: form.has_errors(), banner: Some(banner(frame.lang, &view.banner)) };
    page(
        frame,
        &head,
        html! {
            div.page-head { h1 { "Log call" } span.num.muted { "Call time " span data-call-clock { "0:00" } } @if !view.attempt.is_empty() { p.lead { (view.attempt) } } }
            (error_summary(frame.lang, &form))
            @if !view.warning.is_empty() { (notice(Tone::Critical, &view.warning, html! {})) }
            div.columns-form {
                form.form method="post" action=(view.post) data-draft=(view.post) novalidate {
                    input type="hidden" name="csrf" value=(frame.csrf);
                    @let (above, next) = first(view);
                    @for one in above { (field(frame.lang, &one)) }
                    div.form-next { @for one in next { (field(frame.lang, &one)) } }
                    div.form-end {
                        (submit("Save call", None))
                        a.button.button-quiet href=(view.cancel) { "Cancel" }
                        span.about { "For " (view.banner.who.named_and_born()) }
                    }
                    h2 { "If someone answered" }
                    @for one in conversation(view) { (field(frame.lang, &one)) }
                    div.form-end {
                        (submit("Save call", None))
                        @if view.words { button.button type="submit" name="then" value="words" { "Save call and take in its words" } }
                    }
                    @if view.words { p.fine.muted { "Paste, upload or dictate what was said; proposals from it wait for your review, tied to this call." } }
                }
                div.stack {
                    @if !view.steps.is_empty() {
                        (panel("", &PanelHead::new("unreached", "If nobody can be reached"), html! {}, html! { ol { @for step in &view.steps { li { (step) } } } }))
                    }
                    @if !view.say.is_empty() { (panel("", &PanelHead::new("say", "One sentence to say"), html! {}, html! { p.say { (view.say) } })) }
                    (line_section(frame, Place { id: "open", title: "Open for this person", class: "" }, &view.open, html! {}))
                }
            }
        },
    )
}

/// What a call nobody answered needs; the day and the time of the next try stand side by side.
fn first(view: &View) -> (Vec<Field>, Vec<Field>) {
    let mut fields = vec![
        Field::new("outcome", "Outcome", Input::Radios(view.outcomes.clone())),
        Field::new("number", "Number", Input::Select(view.numbers.clone())),
    ];
    let next = [
        Field::date("next_try", "Next try, or call back on")
            .hint("At another time of day than the last ones")
            .value(&view.next_try)
            .echo(&view.next_try_words)
            .optional(),
        Field::new("next_time", "At", Input::Time)
            .hint("Such as 2:00 pm; empty means 9:00 am")
            .value(&view.next_time)
            .optional(),
    ];
    if !view.about.is_empty() {
        fields.insert(1, Field::new("about", "About", Input::Checks(view.about.clone())).optional());
    }
    let fill = |fields: Vec<Field>| fields.into_iter().map(|one| view.fill(one)).collect();
    (fill(fields), fill(next.into()))
}

fn conversation(view: &View) -> Vec<Field> {
    let fields = [
        Field::radios("direction", "Direction", &[("out", "We called"), ("in", "They called")]).value("out"),
        Field::text("other_number", "Number, if it is not in the list").optional(),
        Field::text("answered_by", "Who answered").hint("Name and relation, such as Elena, daughter").optional(),
        Field::checks(
            "identity",
            "Identity checked by",
            &[("name", "Name"), ("birth-date", "Birth date"), ("address", "Address")],
        )
        .optional(),
        Field::text("interpreter", "Interpreter id")
            .hint("Needed where the person needs one; or how you understood each other. Never a child")
            .optional(),
        Field::text("topics", "Topics").hint("Several with a semicolon: ride; medicines").optional(),
        Field::area("note", "What was said").optional(),
        Field::text("promise", "Promise made").hint("Such as: I will call Friday about the ride").optional(),
        Field::date("promise_by", "Promised by").optional(),
        Field::text("promise_2", "Another promise").optional(),
        Field::date("promise_2_by", "That one by").optional(),
        Field::new("minutes", "Minutes", Input::Amount("minutes".to_owned())).optional(),
    ];
    fields.into_iter().map(|one| view.fill(one)).collect()
}
