//! Sign in: name and password, then a code where one is set; in the demo, one press per role.
//!
//! The same page unlocks after the idle lock; an open call's draft stays in the tab.

use continuo_ui::action::submit;
use continuo_ui::field::{Field, Input, field};
use continuo_ui::form::{FormView, error_summary};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::shape;
use continuo_ui::{Markup, html};

use super::kept::Kept;

/// One demo account.
#[derive(Clone, Debug)]
pub struct DemoRole {
    /// Account posted.
    pub account: String,
    /// "Maria Ortiz".
    pub name: String,
    /// "Care coordinator".
    pub role: String,
    /// "A morning's worklist, 32 people".
    pub sees: String,
}

/// Which step of signing in.
#[derive(Clone, Debug)]
pub enum Step {
    /// Name, password and, where one is set up, a code.
    Password,
    /// After fifteen idle minutes, or locked by hand.
    Locked(LockedView),
}

/// Whose session is locked, and what opens it again.
#[derive(Clone, Debug, Default)]
pub struct LockedView {
    /// Their name; empty when it is not known any more.
    pub name: String,
    /// They have a password.
    pub password: bool,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Step.
    pub step: Step,
    /// Name typed before.
    pub account: String,
    /// What was wrong, without saying whether the account exists.
    pub error: String,
    /// Where to go afterwards.
    pub back: String,
    /// Demo accounts; empty outside the demo.
    pub demo: Vec<DemoRole>,
    /// Label and address of single sign-on.
    pub single_sign_on: Option<(String, String)>,
    /// What was sent when the session was locked; empty elsewhere.
    pub kept: Kept,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let (title, button) = match &view.step {
        Step::Password => ("Sign in", "Sign in"),
        Step::Locked(_) => ("Locked", "Unlock"),
    };
    let head = PageHead { error: !view.error.is_empty(), ..PageHead::titled(title) };
    let form = FormView { fields: fields(view), problems: general(view), ..FormView::default() };
    page(
        frame,
        &head,
        html! {
            @if !view.demo.is_empty() { (demo(frame, view)) }
            div.sign-in.stack {
                section.panel aria-labelledby="sign-in-title" {
                    p.brand { (shape::mark()) "Continuo" }
                    h1 #sign-in-title { (title) }
                    p.muted { (lead(view, &frame.site)) }
                    (error_summary(frame.lang, &form))
                    form.form method="post" action=(action(view)) data-start[view.demo.is_empty()] {
                        input type="hidden" name="csrf" value=(frame.csrf);
                        input type="hidden" name="back" value=(view.back);
                        @if !view.kept.to.is_empty() {
                            input type="hidden" name="kept_to" value=(view.kept.to);
                            input type="hidden" name="kept" value=(view.kept.body);
                        }
                        @for one in &form.fields { (field(frame.lang, one)) }
                        (buttons(view, button))
                    }
                }
            }
        },
    )
}

fn buttons(view: &View, button: &str) -> Markup {
    let locked = matches!(view.step, Step::Locked(_));
    // What was sent stays on this page: the provider is met in a tab of its own.
    let apart = locked && !view.kept.to.is_empty();
    html! {
        div.row {
            (submit(button, None))
            @if let Some((label, href)) = &view.single_sign_on {
                a.button href=(href) target=[apart.then_some("_blank")] rel=[apart.then_some("noopener")] { (label) }
            }
            @if locked { a.button.button-quiet href="/sign-in" { "Somebody else" } }
        }
    }
}

fn lead(view: &View, site: &str) -> String {
    let Step::Locked(locked) = &view.step else { return site.to_owned() };
    let whose = if locked.name.is_empty() {
        "Your work is kept.".to_owned()
    } else {
        format!("{}, your work is kept.", locked.name)
    };
    let how = match (locked.password, view.single_sign_on.is_some(), view.kept.to.is_empty()) {
        (true, ..) => "Enter your password to go on.",
        (false, true, true) => "Sign in once more to go on.",
        (false, true, false) => "Sign in once more in the tab that opens, then come back here and press Unlock.",
        (false, false, _) => "Press Unlock to go on.",
    };
    format!("{whose} {how}")
}

fn action(view: &View) -> &'static str {
    match view.step {
        Step::Password => "/sign-in",
        Step::Locked(_) => "/unlock",
    }
}

fn general(view: &View) -> Vec<String> {
    if view.error.is_empty() { Vec::new() } else { vec![view.error.clone()] }
}

fn fields(view: &View) -> Vec<Field> {
    let password = Field::new("password", "Password", Input::Line("password")).autocomplete("current-password");
    match &view.step {
        Step::Password => {
            let code = Field::text("code", "Code").hint("Six digits of your authenticator app, if you have one set up");
            vec![
                Field::text("account", "Account name").value(&view.account).autocomplete("username"),
                password,
                code.autocomplete("one-time-code").optional(),
            ]
        }
        Step::Locked(locked) if locked.password => vec![password],
        Step::Locked(_) => Vec::new(),
    }
}

fn demo(frame: &FrameView, view: &View) -> Markup {
    html! {
        section.narrow.stack-tight.demo-choice aria-labelledby="demo-title" {
            h2 #demo-title { "Who are you this morning?" }
            p.muted { "A made-up clinic with made-up people. One press signs you in." }
            form.demo-roles method="post" action="/sign-in/demo" {
                input type="hidden" name="csrf" value=(frame.csrf);
                @for role in &view.demo {
                    button.button type="submit" name="account" value=(role.account) {
                        span { (role.name) } small { (role.role) } @if !role.sees.is_empty() { small { (role.sees) } }
                    }
                }
            }
        }
    }
}
