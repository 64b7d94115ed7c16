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

/// Lets a request through to its handler, or says why not.
pub(crate) fn pass(app: &App, route: &Route, request: &Request) -> Result<Reply, Problem> {
    let changes = !matches!(request.method.as_str(), "GET" | "HEAD");
    let ctx = match route.gate {
        Gate::Open => {
            if changes && !security::is_same_origin(request) {
                return Err(foreign());
            }
            match standing(app, request)? {
                Standing::Open(ctx) => *ctx,
                Standing::Locked(_) | Standing::Nobody => Ctx::nobody(Arc::clone(&app.care)),
            }
        }
        Gate::Api => match bearer(request) {
            Some(token) => accounts::ctx_of_token(&app.care, token)?.ok_or_else(|| {
                Problem::status(401, "login", "The token is not known, has expired or was withdrawn.")
            })?,
            None => signed_in(app, request, changes)?,
        },
        Gate::SignedIn => signed_in(app, request, changes)?,
        Gate::May(permission) => {
            let ctx = signed_in(app, request, changes)?;
            ctx.require(permission)?;
            ctx
        }
    };
    (route.handler)(app, &ctx, request)
}

fn standing(app: &App, request: &Request) -> Result<Standing, StoreError> {
    accounts::standing(&app.care, request.cookie(COOKIE).unwrap_or(""))
}

fn signed_in(app: &App, request: &Request, changes: bool) -> Result<Ctx, Problem> {
    match standing(app, request)? {
        Standing::Nobody => Err(Problem::sign_in()),
        Standing::Locked(_) => Err(Problem::status(401, "login", "Please unlock.").at("locked")),
        Standing::Open(ctx) => {
            if changes {
                check_token(&ctx, request)?;
            }
            Ok(*ctx)
        }
    }
}

/// A change needs our own origin and the token of this session, in the form or in a header (for scripts).
fn check_token(ctx: &Ctx, request: &Request) -> Result<(), Problem> {
    if !security::is_same_origin(request) {
        return Err(foreign());
    }
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
