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

/// Stands where the site has set no number to call back.
pub const NO_NUMBER: &str = "_____";

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
    /// Flags that stand: "Do not call at home: ask at the visit".
    pub flags: Vec<String>,
    /// "Try 3 of 3. The last two were mornings: it is 4:10 pm there."
    pub attempt: String,
    /// Numbers that may be called, to press where the page is open on a telephone: digits and words.
    pub dial: Vec<(String, String)>,
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
    /// What to ask first where somebody may be in danger; else empty.
    pub ask_first: Vec<String>,
    /// What may be left on a voicemail.
    pub voicemail: String,
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
        // Several checks of one name are given one by one.
        let given: Vec<&str> =
            self.given.iter().filter(|(name, _)| *name == one.name).map(|(_, value)| value.as_str()).collect();
        if !given.is_empty() {
            one.value = given.join(" ");
        }
        if let Some((_, error)) = self.errors.iter().find(|(name, _)| *name == one.name) {
            one.error.clone_from(error);
        }
        one
    }
}

/// What calls are mostly about: the value posted, and the words kept. A digit picks each; others are typed.
pub const TOPICS: [(&str, &str); 8] = [
    ("symptoms", "Symptoms"),
    ("medicines", "Medicines"),
    ("visits", "Visits"),
    ("results", "Results"),
    ("ride", "Ride"),
    ("coverage", "Coverage"),
    ("home", "Home and food"),
    ("caregiver", "Caregiver"),
];

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let (above, next) = first(view);
    let talk = Talk::of(view);
    let fields = above.iter().chain(&next).chain(talk.all()).cloned().collect();
    let form = FormView { fields, ..FormView::default() };
    let title = format!("{}: log call", view.banner.who.name());
    let head = PageHead { title, error: form.has_errors(), banner: Some(banner(frame.lang, &view.banner)) };
    page(
        frame,
        &head,
        html! {
            div.page-head { h1 { "Log call" } span.num.muted { "Call time " span data-call-clock { "0:00" } } @if !view.attempt.is_empty() { p.lead { (view.attempt) } } }
            (error_summary(frame.lang, &form))
            @if !view.warning.is_empty() { (notice(Tone::Critical, &view.warning, html! {})) }
            @for flag in &view.flags { (notice(Tone::Critical, flag, html! {})) }
            @if !view.dial.is_empty() { p.dial { @for (digits, words) in &view.dial { a.button href={ "tel:" (digits) } { "Dial " (words) } } } }
            div.columns-form {
                // Before the form in every reading order, and above it where there is one column.
                @if !view.ask_first.is_empty() {
                    div.columns-first { (panel("", &PanelHead::new("danger", "Danger: ask first"), html! {}, html! { ol.steps { @for ask in &view.ask_first { li { (ask) } } } })) }
                }
                form.form.call data-start method="post" action=(view.post) data-draft=(view.post) novalidate {
                    input type="hidden" name="csrf" value=(frame.csrf);
                    (each(frame, &above))
                    // What only a call in vain needs; it goes away where somebody was reached.
                    div.form.call-vain {
                        div.form-next { (each(frame, &next)) }
                        div.form-end {
                            (submit("Save call", None))
                            a.button.button-quiet href=(view.cancel) data-draft-end { "Cancel" }
                            span.about { "For " (view.banner.who.named_and_born()) }
                        }
                    }
                    h2 { "If someone answered" }
                    (talk.show(frame))
                    div.form-end {
                        (submit("Save call", None))
                        @if view.words { button.button type="submit" name="then" value="words" { "Save call and take in its words" } }
                        a.button.button-quiet href=(view.cancel) data-draft-end { "Cancel" }
                        span.about { "For " (view.banner.who.named_and_born()) }
                    }
                    @if view.words { p.fine.muted { "Paste, upload or dictate what was said; proposals from it wait for your review, tied to this call." } }
                }
                div.stack {
                    @if !view.say.is_empty() { (panel("", &PanelHead::new("say", "One sentence to say"), html! {}, html! { p.say { (view.say) } })) }
                    @if !view.voicemail.is_empty() {
                        (panel("", &PanelHead::new("voicemail", "If voicemail answers"), html! {}, html! {
                            p.say { (view.voicemail) }
                            @if view.voicemail.contains(NO_NUMBER) {
                                p.fine { "No call-back number is set here: say one that is answered, and have it set under Administration, Site." }
                            }
                            p.fine.muted { "Only where voicemail is allowed on that number. No reason, no name of a clinic, nothing of health." }
                        }))
                    }
                    (line_section(frame, Place { id: "open", title: "Open for this person", class: "" }, &view.open, html! {}))
                    @if !view.steps.is_empty() {
                        (panel("", &PanelHead::new("unreached", "If nobody can be reached"), html! {}, html! { ol.steps { @for step in &view.steps { li { (step) } } } }))
                    }
                }
            }
        },
    )
}

fn each(frame: &FrameView, fields: &[Field]) -> Markup {
    html! { @for one in fields { (field(frame.lang, one)) } }
}

/// What every call needs, and the next try of one that nobody answered; its day and time stand side by side.
fn first(view: &View) -> (Vec<Field>, Vec<Field>) {
    let mut fields = vec![
        Field::new("outcome", "Outcome", Input::Radios(view.outcomes.clone())),
        Field::new("number", "Number", Input::Select(view.numbers.clone())),
    ];
    let next = [
        Field::date("next_try", "Next try, or call back on")
            .hint(if view.ask_first.is_empty() {
                "At another time of day than the last ones"
            } else {
                "Danger: in minutes, at any hour"
            })
            .value(&view.next_try)
            .echo(&view.next_try_words)
            .optional(),
        Field::new("next_time", "At", Input::Time).hint("Such as 2 pm; empty: 9 am").value(&view.next_time).optional(),
    ];
    if !view.about.is_empty() {
        fields.insert(1, Field::new("about", "About", Input::Checks(view.about.clone())).optional());
    }
    let fill = |fields: Vec<Field>| fields.into_iter().map(|one| view.fill(one)).collect();
    (fill(fields), fill(next.into()))
}

/// The questions about a conversation, in the order it goes: who it was, what about, what was said and promised.
struct Talk {
    who: Vec<Field>,
    promise: Vec<Field>,
    /// A second promise, folded away until it is made.
    another: Vec<Field>,
    /// What is seldom changed.
    rest: Vec<Field>,
}

impl Talk {
    fn of(view: &View) -> Talk {
        let keyed = |pairs: &[(&str, &str)], keys: &str| -> Vec<Choice> {
            pairs.iter().zip(keys.chars()).map(|((value, label), key)| Choice::new(*value, *label).key(key)).collect()
        };
        let identity = [("name", "Name"), ("birth-date", "Birth date"), ("address", "Address")];
        let interpreter = Field::text("interpreter", "Interpreter id")
            .hint("Or how you understood each other, such as: I speak Spanish. Never a child")
            .optional();
        let needs_interpreter = view.banner.language.ends_with("interpreter") || has_error(view, "interpreter");
        let mut who = vec![
            Field::new("identity", "Identity checked by", Input::Checks(keyed(&identity, "ida"))),
            Field::text("answered_by", "Who answered, if not the person")
                .hint("Name and relation, such as Elena, daughter")
                .optional(),
        ];
        let mut rest = vec![
            Field::radios("direction", "Direction", &[("out", "We called"), ("in", "They called")]).value("out"),
            Field::text("other_number", "Number, if it is not in the list").optional(),
            Field::new("minutes", "Minutes", Input::Amount("minutes".to_owned())).optional(),
        ];
        if needs_interpreter {
            who.insert(1, interpreter);
        } else {
            rest.insert(0, interpreter);
        }
        who.extend([
            Field::new("topic", "Topics", Input::Checks(keyed(&TOPICS, "12345678"))).optional(),
            Field::text("topics", "Other topics").hint("Several with a semicolon: school; hearing aid").optional(),
            Field::area("note", "What was said").optional().key('t'),
        ]);
        let promise = |name: &str, label: &str, key: Option<char>| {
            let words = Field::text(name, label).hint("Such as: I will call about the ride").optional();
            vec![Field { key, ..words }, Field::date(&format!("{name}_by"), "By").hint("Such as Friday").optional()]
        };
        let fill = |fields: Vec<Field>| fields.into_iter().map(|one| view.fill(one)).collect();
        Talk {
            who: fill(who),
            promise: fill(promise("promise", "Promise made", Some('p'))),
            another: fill(promise("promise_2", "Another promise", None)),
            rest: fill(rest),
        }
    }

    fn all(&self) -> impl Iterator<Item = &Field> {
        self.who.iter().chain(&self.promise).chain(&self.another).chain(&self.rest)
    }

    fn show(&self, frame: &FrameView) -> Markup {
        html! {
            (each(frame, &self.who))
            div.form-next { (each(frame, &self.promise)) }
            (folded("Another promise", "", &self.another, frame))
            (folded("More about the call", "direction, another number, minutes", &self.rest, frame))
        }
    }
}

/// Questions behind a line that opens; open where one of them is answered or wrong.
fn folded(title: &str, about: &str, fields: &[Field], frame: &FrameView) -> Markup {
    let usual = |one: &Field| one.value.is_empty() || (one.name == "direction" && one.value == "out");
    let open = fields.iter().any(|one| !usual(one) || !one.error.is_empty());
    html! {
        details.fold open[open] {
            summary { (title) @if !about.is_empty() { span.fine.muted { (about) } } }
            div.form { (each(frame, fields)) }
        }
    }
}

fn has_error(view: &View, name: &str) -> bool {
    view.errors.iter().any(|(field, _)| field == name)
}
