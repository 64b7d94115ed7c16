//! Actions: what a person can press. Links open, forms change; each prints its key.

use maud::{Markup, html};

/// How an action looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// The one thing to do here.
    Main,
    /// An ordinary button.
    #[default]
    Plain,
    /// A button without a border, among text.
    Quiet,
}

/// What happens on pressing.
#[derive(Clone, Debug)]
pub enum Press {
    /// Opens an address.
    Open(String),
    /// Posts to an address with these fields.
    Post(String, Vec<(String, String)>),
}

/// Something to press.
#[derive(Clone, Debug)]
pub struct Action {
    /// Verb first: "Log call".
    pub label: String,
    /// What it does.
    pub press: Press,
    /// The single key that presses it.
    pub key: Option<char>,
    /// How it looks.
    pub look: Look,
    /// Added for screen readers: "for REYES, Ana 02/12/1960".
    pub about: String,
}

impl Action {
    /// Opens an address.
    pub fn open(label: impl Into<String>, href: impl Into<String>) -> Action {
        Action {
            label: label.into(),
            press: Press::Open(href.into()),
            key: None,
            look: Look::Plain,
            about: String::new(),
        }
    }

    /// Posts to an address.
    pub fn post(label: impl Into<String>, href: impl Into<String>) -> Action {
        Action { press: Press::Post(href.into(), Vec::new()), ..Action::open(label, "") }
    }

    /// With a hidden field; meant for posts.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Action {
        if let Press::Post(_, fields) = &mut self.press {
            fields.push((name.into(), value.into()));
        }
        self
    }

    /// With a key.
    pub fn key(mut self, key: char) -> Action {
        self.key = Some(key);
        self
    }

    /// With a look.
    pub fn look(mut self, look: Look) -> Action {
        self.look = look;
        self
    }

    /// As the main action of the page.
    pub fn main(self) -> Action {
        self.look(Look::Main)
    }

    /// Borderless.
    pub fn quiet(self) -> Action {
        self.look(Look::Quiet)
    }

    /// With words for screen readers that say whom it is about.
    pub fn about(mut self, about: impl Into<String>) -> Action {
        self.about = about.into();
        self
    }
}

fn class(look: Look) -> &'static str {
    match look {
        Look::Main => "button button-main",
        Look::Plain => "button",
        Look::Quiet => "button button-quiet",
    }
}

fn face(action: &Action) -> Markup {
    html! {
        (action.label)
        @if !action.about.is_empty() { span.visually-hidden { " " (action.about) } }
        @if let Some(key) = action.key { kbd aria-hidden="true" { (key) } }
    }
}

/// The button or link.
pub fn button(csrf: &str, action: &Action) -> Markup {
    let key = action.key.map(String::from);
    match &action.press {
        Press::Open(href) => html! {
            a class=(class(action.look)) href=(href) data-key=[key.as_ref()] aria-keyshortcuts=[key.as_ref()] { (face(action)) }
        },
        Press::Post(href, fields) => html! {
            form.inline method="post" action=(href) {
                input type="hidden" name="csrf" value=(csrf);
                @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                button type="submit" class=(class(action.look)) data-key=[key.as_ref()] aria-keyshortcuts=[key.as_ref()] { (face(action)) }
            }
        },
    }
}

/// A row of buttons.
pub fn buttons(csrf: &str, actions: &[Action]) -> Markup {
    html! {
        @if !actions.is_empty() { div.actions { @for action in actions { (button(csrf, action)) } } }
    }
}

/// A submit button inside a form that the caller opened.
pub fn submit(label: &str, key: Option<char>) -> Markup {
    let key = key.map(String::from);
    html! {
        button.button.button-main type="submit" data-key=[key.as_ref()] aria-keyshortcuts=[key.as_ref()] {
            (label) @if let Some(key) = &key { kbd aria-hidden="true" { (key) } }
        }
    }
}
