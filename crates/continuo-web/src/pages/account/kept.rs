//! A form sent into a locked session: kept on the lock page, and offered again after unlocking, without script.
//!
//! The lock page carries it in hidden fields: it came from this browser a moment ago and nothing of it is stored here.

use continuo_care::accounts::{self, Locked, Standing, provider};
use continuo_care::{Care, Ctx};
use continuo_ui::action::submit;
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::{Markup, html};

use super::serve::own_path;
use super::sign_in::{LockedView, Step, View, render};
use crate::app::App;
use crate::form::{Pairs, encode};
use crate::gate::COOKIE;
use crate::pages::frame;
use crate::reply::Reply;
use crate::request::Request;

/// What was sent, and where to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Path and query.
    pub to: String,
    /// The form's body as it was sent.
    pub body: String,
}

impl Kept {
    /// Reads it back from the form of the lock page.
    pub(super) fn of(form: &Pairs) -> Kept {
        let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
        Kept { to: text("kept_to"), body: text("kept") }
    }

    fn without_secrets(self) -> Kept {
        let (areas, names) = SECRET;
        if !areas.iter().any(|area| self.to.starts_with(area)) {
            return self;
        }
        let fields = Pairs::parse(self.body.as_bytes());
        let open = fields.iter().filter(|(name, _)| !names.contains(name));
        let body =
            open.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&");
        Kept { body, ..self }
    }
}

/// Where passwords are given, and the fields that hold them: they are written on no page.
const SECRET: ([&str; 2], [&str; 4]) = (["/account", "/admin/people"], ["password", "old", "new", "code"]);

/// The lock page over a form that was just sent.
pub(crate) fn lock_over(app: &App, request: &Request) -> Reply {
    let locked = match accounts::standing(&app.care, request.cookie(COOKIE).unwrap_or("")) {
        Ok(Standing::Locked(locked)) => locked,
        _ => return Reply::see("/sign-in"),
    };
    let sent = Kept { to: request.own_address(), body: String::from_utf8_lossy(&request.body).into_owned() };
    let kept = sent.without_secrets();
    let view = locked_view(app, &locked, "", "/", kept);
    Reply::page(render(&frame::outside(request), &view)).status(401)
}

/// The lock page: by password, by the provider, or by a press, as the account has it.
pub(super) fn locked_view(app: &App, locked: &Locked, error: &str, back: &str, kept: Kept) -> View {
    // Unlocking in a tab of its own leads nowhere else: the form waits in the first.
    let after = if kept.to.is_empty() { back } else { UNLOCKED };
    View {
        step: Step::Locked(LockedView { name: locked.name.clone(), password: locked.keys.password }),
        account: String::new(),
        error: error.to_owned(),
        back: back.to_owned(),
        demo: Vec::new(),
        single_sign_on: provider_link(&app.care, locked.keys.provider, after),
        kept,
    }
}

/// Where somebody who unlocked in a tab of its own is told to go back.
pub(crate) const UNLOCKED: &str = "/unlocked";

/// Label and address of the provider, where the account can be unlocked by it.
pub(crate) fn provider_link(care: &Care, linked: bool, back: &str) -> Option<(String, String)> {
    let label = provider::label(care).filter(|_| linked)?;
    Some((label.to_owned(), format!("/sign-in/provider?back={}", encode(own_path(Some(back))))))
}

/// The page of a tab in which somebody unlocked for another one.
pub(super) fn unlocked(frame: &FrameView) -> Markup {
    page(
        frame,
        &PageHead::titled("Unlocked"),
        html! {
            div.narrow.stack {
                h1 { "Unlocked" }
                p.prose { "Go back to the tab you came from and press Unlock there: what you entered is kept in it. This tab can be closed." }
                p { a href="/" { "Or begin here" } }
            }
        },
    )
}

/// The page after unlocking that sends the kept form on; nothing where none is kept, or it is not of this session.
pub(super) fn go_on(ctx: &Ctx, request: &Request, kept: &Kept) -> Option<Reply> {
    let to = own_path(Some(&kept.to));
    let fields = Pairs::parse(kept.body.as_bytes());
    let own = fields.get("csrf").is_some_and(|sent| accounts::same(sent.as_bytes(), ctx.session_key.as_bytes()));
    if to == "/" || !own {
        return None;
    }
    let frame = frame::of(ctx, request).ok()?;
    Some(Reply::page(offered(&frame, to, &fields)))
}

fn offered(frame: &FrameView, to: &str, fields: &Pairs) -> Markup {
    page(
        frame,
        &PageHead::titled("Unlocked"),
        html! {
            div.narrow.stack {
                h1 { "Unlocked" }
                p.prose { "What you entered is kept. It is not saved yet: the lock came first." }
                form method="post" action=(to) {
                    input type="hidden" name="csrf" value=(frame.csrf);
                    @for (name, value) in fields.iter().filter(|(name, _)| *name != "csrf") {
                        input type="hidden" name=(name) value=(value);
                    }
                    div.row { (submit("Save it now", None)) a.button.button-quiet href="/" { "Throw it away" } }
                }
            }
        },
    )
}
