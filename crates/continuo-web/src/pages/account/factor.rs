//! Setting up the second factor at the first sign-in: the password again, the key for the app, and a code made with it.

use continuo_care::Ctx;
use continuo_care::accounts::{self, Credentials, SignInError};
use continuo_ui::action::submit;
use continuo_ui::field::{Field, Input, field};
use continuo_ui::form::{FormView, error_summary};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::shape;
use continuo_ui::{Markup, html};

use super::serve::{begin, known, origin, welcome};
use crate::app::App;
use crate::pages::frame;
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(crate) const ROUTES: &[Route] =
    &[Route::get("/sign-in/second-factor", Gate::Open, ask), Route::post("/sign-in/second-factor", Gate::Open, enroll)];

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Name typed before.
    pub account: String,
    /// The key in groups of four, to type into the app.
    pub key: String,
    /// What was wrong, without saying whether the account exists.
    pub error: String,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let form = FormView {
        fields: vec![
            Field::text("account", "Account name").value(&view.account).autocomplete("username"),
            Field::new("password", "Password", Input::Line("password")).autocomplete("current-password"),
            Field::text("code", "Code").hint("The six digits the app shows now").autocomplete("one-time-code"),
        ],
        problems: if view.error.is_empty() { Vec::new() } else { vec![view.error.clone()] },
        ..FormView::default()
    };
    page(
        frame,
        &PageHead { error: !view.error.is_empty(), ..PageHead::titled("Set up a second factor") },
        html! {
            div.sign-in.stack {
                section.panel aria-labelledby="factor-title" {
                    p.brand { (shape::mark()) "Continuo" }
                    h1 #factor-title { "Set up a second factor" }
                    ol.steps {
                        li { "Open an authenticator app on your phone and choose to add an account by typing a key." }
                        li { "Type this key: " code { (view.key) } }
                        li { "Enter your password again and the code the app shows." }
                    }
                    p.muted { "Keep the key to yourself. If the phone is lost, an administrator lets you set up a new one." }
                    (error_summary(frame.lang, &form))
                    form.form method="post" action="/sign-in/second-factor" {
                        input type="hidden" name="csrf" value=(frame.csrf);
                        input type="hidden" name="key" value=(view.key);
                        @for one in &form.fields { (field(frame.lang, one)) }
                        div.row { (submit("Set up and sign in", None)) a.button href="/sign-in" { "Back" } }
                    }
                }
            }
        },
    )
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of every handler")]
fn ask(app: &App, _: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let view = View { account: String::new(), key: spaced(&accounts::new_key(&app.care)), error: String::new() };
    Ok(show(request, &view))
}

/// A key in groups of four, as people type it.
fn spaced(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn show(request: &Request, view: &View) -> Reply {
    let status = if view.error.is_empty() { 200 } else { 422 };
    Reply::page(render(&frame::outside(request), view)).status(status)
}

fn enroll(app: &App, _: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let value = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let _try = begin(app, request)?;
    let given = Credentials { login: value("account"), password: value("password"), code: value("code") };
    match accounts::enroll(&app.care, &given, &value("key"), &origin(request)) {
        Ok(signed) => Ok(known(app, welcome(app, &signed.session, None), &signed)),
        Err(SignInError::Store(error)) => Err(error.into()),
        Err(refused) => {
            let error = capital(&refused.to_string());
            Ok(show(request, &View { account: given.login, key: value("key"), error }))
        }
    }
}
