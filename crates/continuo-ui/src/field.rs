//! Fields: label above, hint before the input, error tied to it. Nothing already known is asked again.

use maud::{Markup, html};

use crate::shape;
use crate::tag::Tone;
use crate::words::Lang;

/// One of several answers.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Posted.
    pub value: String,
    /// Shown.
    pub label: String,
    /// A line under it.
    pub hint: String,
    /// Key that picks it.
    pub key: Option<char>,
}

impl Choice {
    /// A plain choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice { value: value.into(), label: label.into(), ..Choice::default() }
    }

    /// With a key.
    pub fn key(mut self, key: char) -> Choice {
        self.key = Some(key);
        self
    }

    /// With a line under it.
    pub fn hint(mut self, hint: &str) -> Choice {
        hint.clone_into(&mut self.hint);
        self
    }
}

/// What is entered and how.
#[derive(Clone, Debug)]
pub enum Input {
    /// One line; the string is the HTML input type.
    Line(&'static str),
    /// Several lines.
    Area(u8),
    /// A date, typed in any usual order and echoed back.
    Date,
    /// A time of day.
    Time,
    /// A number with its unit.
    Amount(String),
    /// One of many, in a list.
    Select(Vec<Choice>),
    /// One of few, all in view.
    Radios(Vec<Choice>),
    /// Any number of a few.
    Checks(Vec<Choice>),
    /// Typed, with known answers offered.
    Combo(Vec<String>),
}

/// One question of a form.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name posted; the id is `f-NAME`.
    pub name: String,
    /// Label.
    pub label: String,
    /// Line before the input.
    pub hint: String,
    /// What is wrong with the answer.
    pub error: String,
    /// What was entered; several checks are separated by spaces.
    pub value: String,
    /// For dates: how the value was understood, "Thursday, August 20, 2026".
    pub echo: String,
    /// May be left empty.
    pub optional: bool,
    /// Value of the `autocomplete` attribute.
    pub autocomplete: &'static str,
    /// Key that moves the focus here.
    pub key: Option<char>,
    /// Input.
    pub input: Input,
}

impl Field {
    /// A field of any kind.
    pub fn new(name: &str, label: &str, input: Input) -> Field {
        Field {
            name: name.to_owned(),
            label: label.to_owned(),
            hint: String::new(),
            error: String::new(),
            value: String::new(),
            echo: String::new(),
            optional: false,
            autocomplete: "off",
            key: None,
            input,
        }
    }

    /// One line of text.
    pub fn text(name: &str, label: &str) -> Field {
        Field::new(name, label, Input::Line("text"))
    }

    /// Several lines of text.
    pub fn area(name: &str, label: &str) -> Field {
        Field::new(name, label, Input::Area(4))
    }

    /// A date.
    pub fn date(name: &str, label: &str) -> Field {
        Field::new(name, label, Input::Date)
    }

    /// One of many.
    pub fn select(name: &str, label: &str, choices: &[(&str, &str)]) -> Field {
        Field::new(name, label, Input::Select(pairs(choices)))
    }

    /// One of few.
    pub fn radios(name: &str, label: &str, choices: &[(&str, &str)]) -> Field {
        Field::new(name, label, Input::Radios(pairs(choices)))
    }

    /// Typed, with usual answers offered.
    pub fn combo(name: &str, label: &str, known: &[&str]) -> Field {
        Field::new(name, label, Input::Combo(known.iter().map(|one| (*one).to_owned()).collect()))
    }

    /// Some of a few.
    pub fn checks(name: &str, label: &str, choices: &[(&str, &str)]) -> Field {
        Field::new(name, label, Input::Checks(pairs(choices)))
    }

    /// With a hint.
    pub fn hint(mut self, hint: &str) -> Field {
        hint.clone_into(&mut self.hint);
        self
    }

    /// With a value.
    pub fn value(mut self, value: &str) -> Field {
        value.clone_into(&mut self.value);
        self
    }

    /// With an error.
    pub fn error(mut self, error: &str) -> Field {
        error.clone_into(&mut self.error);
        self
    }

    /// With the date in words.
    pub fn echo(mut self, echo: &str) -> Field {
        echo.clone_into(&mut self.echo);
        self
    }

    /// May be left empty.
    pub fn optional(mut self) -> Field {
        self.optional = true;
        self
    }

    /// With a key that moves the focus here.
    pub fn key(mut self, key: char) -> Field {
        self.key = Some(key);
        self
    }

    /// With an `autocomplete` purpose.
    pub fn autocomplete(mut self, purpose: &'static str) -> Field {
        self.autocomplete = purpose;
        self
    }

    /// The id of the input, which error summaries link to.
    pub fn id(&self) -> String {
        format!("f-{}", self.name)
    }
}

fn pairs(choices: &[(&str, &str)]) -> Vec<Choice> {
    choices.iter().map(|(value, label)| Choice::new(*value, *label)).collect()
}

/// The field.
pub fn field(lang: Lang, view: &Field) -> Markup {
    match &view.input {
        Input::Radios(choices) => group(lang, view, choices, "radio"),
        Input::Checks(choices) => group(lang, view, choices, "checkbox"),
        _ => single(lang, view),
    }
}

fn label_words(lang: Lang, view: &Field) -> Markup {
    html! { (view.label) @if view.optional { " " span.optional { "(" (lang.words().optional) ")" } } }
}

fn before(view: &Field, id: &str) -> Markup {
    html! {
        @if !view.hint.is_empty() { p.hint id={ (id) "-hint" } { (view.hint) } }
        @if !view.error.is_empty() { p.problem id={ (id) "-error" } { (shape::of(Tone::Critical)) (view.error) } }
    }
}

fn described(view: &Field, id: &str) -> Option<String> {
    let mut ids = Vec::new();
    if !view.hint.is_empty() {
        ids.push(format!("{id}-hint"));
    }
    if !view.error.is_empty() {
        ids.push(format!("{id}-error"));
    }
    if matches!(view.input, Input::Date) {
        ids.push(format!("{id}-echo"));
    }
    (!ids.is_empty()).then(|| ids.join(" "))
}

fn single(lang: Lang, view: &Field) -> Markup {
    let id = view.id();
    html! {
        div.field.field-bad[!view.error.is_empty()] {
            label for=(id) { (label_words(lang, view)) @if let Some(key) = view.key { " " kbd aria-hidden="true" { (key) } } }
            (before(view, &id))
            (input(view, &id))
        }
    }
}

fn input(view: &Field, id: &str) -> Markup {
    let described = described(view, id);
    let bad = (!view.error.is_empty()).then_some("true");
    let required = !view.optional;
    let key = view.key.map(String::from);
    let (name, value, complete) = (view.name.as_str(), view.value.as_str(), view.autocomplete);
    match &view.input {
        Input::Area(rows) => html! {
            textarea id=(id) name=(name) rows=(rows) data-key=[key.as_ref()] aria-keyshortcuts=[key.as_ref()] aria-describedby=[described] aria-invalid=[bad] required[required] { (value) }
        },
        Input::Select(choices) => html! {
            select id=(id) name=(name) aria-describedby=[described] aria-invalid=[bad] required[required] {
                @for choice in choices { option value=(choice.value) selected[choice.value == value] { (choice.label) } }
            }
        },
        Input::Date => html! {
            div.unit {
                input.short id=(id) name=(name) type="text" inputmode="numeric" value=(value) autocomplete=(complete) aria-describedby=[described] aria-invalid=[bad] required[required] data-date;
                p.echo id={ (id) "-echo" } data-echo { (view.echo) }
            }
        },
        Input::Time => html! {
            input.short id=(id) name=(name) type="text" value=(value) autocomplete="off" aria-describedby=[described] aria-invalid=[bad] required[required];
        },
        Input::Amount(unit) => html! {
            span.unit { input.short id=(id) name=(name) type="text" inputmode="decimal" value=(value) autocomplete="off" aria-describedby=[described] aria-invalid=[bad] required[required]; span { (unit) } }
        },
        Input::Combo(known) => html! {
            input id=(id) name=(name) type="text" list={ (id) "-known" } value=(value) autocomplete="off" aria-describedby=[described] aria-invalid=[bad] required[required];
            datalist id={ (id) "-known" } { @for one in known { option value=(one) {} } }
        },
        Input::Line(kind) => html! {
            input id=(id) name=(name) type=(kind) value=(value) data-key=[key.as_ref()] aria-keyshortcuts=[key.as_ref()] autocomplete=(complete) aria-describedby=[described] aria-invalid=[bad] required[required];
        },
        Input::Radios(_) | Input::Checks(_) => html! {},
    }
}

fn group(lang: Lang, view: &Field, choices: &[Choice], kind: &str) -> Markup {
    let id = view.id();
    let keyed = choices.iter().any(|choice| choice.key.is_some());
    let across = keyed || choices.iter().all(|choice| choice.hint.is_empty() && choice.label.chars().count() < 18);
    html! {
        fieldset.field.field-bad[!view.error.is_empty()] aria-describedby=[described(view, &id)] {
            legend { (label_words(lang, view)) }
            (before(view, &id))
            div.choices-across[across].choices[!across] {
                @for (i, choice) in choices.iter().enumerate() {
                    // The first input carries the id that an error summary links to.
                    @let own = if i == 0 { id.clone() } else { format!("{id}-{i}") };
                    @let key = choice.key.map(String::from);
                    label.choice.choice-key[keyed] for=(own) {
                        input id=(own) type=(kind) name=(view.name) value=(choice.value) data-key=[key.as_ref()]
                            checked[is_chosen(&view.value, &choice.value, kind)];
                        span { (choice.label) @if !choice.hint.is_empty() { span.hint.fine { (choice.hint) } } }
                        @if let Some(key) = &key { kbd aria-hidden="true" { (key) } }
                    }
                }
            }
        }
    }
}

fn is_chosen(value: &str, choice: &str, kind: &str) -> bool {
    if kind == "radio" { value == choice } else { value.split(' ').any(|one| one == choice) }
}
