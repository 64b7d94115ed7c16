//! The door: who is asking, may they use this route, and does a change come from our own page.

use std::sync::Arc;

use continuo_care::accounts::{self, Standing};
use continuo_care::{Ctx, StoreError};

use crate::app::App;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};
use crate::security;

/// The session cookie.
pub const COOKIE: &str = "continuo";

/// Somebody who came through the door and has yet to show that a change comes from our own page.
pub(crate) struct Entered {
    ctx: Ctx,
    /// A change in a browser's session: the form token must fit.
    needs_form_token: bool,
}

/// Who is asking, and may they use this route at all. Needs the head of the request only, so that nobody's body is read
/// before it is known whether it is wanted.
pub(crate) fn enter(app: &App, route: &Route, head: &Request) -> Result<Entered, Problem> {
    let changes = !matches!(head.method.as_str(), "GET" | "HEAD");
    if changes && !matches!(route.gate, Gate::Api) && !security::is_same_origin(head) {
        return Err(foreign());
    }
    let in_session = |ctx: Ctx| Entered { ctx, needs_form_token: changes };
    match route.gate {
        Gate::Open => Ok(Entered {
            ctx: match standing(app, head)? {
                Standing::Open(ctx) => *ctx,
                Standing::Locked(_) | Standing::Nobody => Ctx::nobody(Arc::clone(&app.care)),
            },
            needs_form_token: false,
        }),
        Gate::Api => match bearer(head) {
            Some(token) => {
                let ctx = accounts::ctx_of_token(&app.care, token)?.ok_or_else(|| {
                    Problem::status(401, "login", "The token is not known, has expired or was withdrawn.")
                })?;
                Ok(Entered { ctx, needs_form_token: false })
            }
            None => {
                let ctx = signed_in(app, head)?;
                if changes && !security::is_same_origin(head) {
                    return Err(foreign());
                }
                Ok(in_session(ctx))
            }
        },
        Gate::SignedIn => signed_in(app, head).map(in_session),
        Gate::May(permission) => {
            let ctx = signed_in(app, head)?;
            ctx.require(permission)?;
            Ok(in_session(ctx))
        }
    }
}

/// Runs the handler for somebody who came through the door.
pub(crate) fn pass(app: &App, route: &Route, entered: &Entered, request: &Request) -> Result<Reply, Problem> {
    if entered.needs_form_token {
        check_token(&entered.ctx, request)?;
    }
    (route.handler)(app, &entered.ctx, request)
}

fn standing(app: &App, request: &Request) -> Result<Standing, StoreError> {
    accounts::standing(&app.care, request.cookie(COOKIE).unwrap_or(""))
}

fn signed_in(app: &App, request: &Request) -> Result<Ctx, Problem> {
    match standing(app, request)? {
        Standing::Nobody => Err(Problem::sign_in()),
        Standing::Locked(_) => Err(Problem::status(401, "login", "Please unlock.").at("locked")),
        Standing::Open(ctx) if ctx.must_change && !OWN.contains(&request.path.as_str()) => {
            Err(Problem::forbidden("Choose a password of your own first.").at(FIRST_PASSWORD))
        }
        Standing::Open(ctx) => Ok(*ctx),
    }
}

/// Where a problem says that somebody still signs in with the password they were given.
pub(crate) const FIRST_PASSWORD: &str = "first-password";

/// What is open to somebody who has yet to choose a password of their own.
const OWN: [&str; 6] = ["/account", "/account/password", "/sign-out", "/lock", "/preferences", "/unlocked"];

/// A change needs the token of this session, in the form or in a header (for scripts), beside our own origin.
fn check_token(ctx: &Ctx, request: &Request) -> Result<(), Problem> {
    let sent = match request.header("x-csrf") {
        Some(token) => Some(token.to_owned()),
        None => request.form().ok().and_then(|form| form.get("csrf").map(str::to_owned)),
    };
    let right = sent.is_some_and(|sent| accounts::same(sent.as_bytes(), ctx.session_key.as_bytes()));
    if right { Ok(()) } else { Err(foreign()) }
}

fn foreign() -> Problem {
    Problem::forbidden("This form is out of date or was not sent from here. Go back, reload the page and try again.")
        .because("origin or form token does not fit")
}

/// The token of `Authorization: Bearer ..` (RFC 6750 section 2.1).
fn bearer(request: &Request) -> Option<&str> {
    let (scheme, token) = request.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
