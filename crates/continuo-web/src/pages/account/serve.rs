//! Handlers of signing in and out, unlocking and preferences.

use continuo_care::Ctx;
use continuo_care::access::roles;
use continuo_care::accounts::provider::{self, Entered, ProviderError};
use continuo_care::accounts::{self, Credentials, Locked, Origin, Secret, SignInError, SignedIn, Standing};

use super::kept::{self, Kept};
use super::sign_in::{DemoRole, Step, View, render};
use crate::app::App;
use crate::gate::COOKIE;
use crate::pages::frame::{self, Preferences};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};
use crate::tries::{self, Try};

pub(crate) const ROUTES: &[Route] = &[
    Route::get("/sign-in", Gate::Open, show),
    Route::post("/sign-in", Gate::Open, enter),
    Route::post("/sign-in/demo", Gate::Open, enter_demo),
    Route::get("/sign-in/provider", Gate::Open, go_to_provider).calling_out(),
    Route::get("/sign-in/provider/back", Gate::Open, back_from_provider).calling_out(),
    Route::get("/unlock", Gate::Open, locked),
    // It brings back the form that the lock kept, written as hidden fields.
    Route::post("/unlock", Gate::Open, unlock).body_limit(256 << 10),
    Route::get("/unlocked", Gate::SignedIn, unlocked),
    Route::get("/here", Gate::Open, here),
    Route::post("/lock", Gate::SignedIn, lock),
    Route::post("/sign-out", Gate::SignedIn, leave),
    Route::post("/preferences", Gate::SignedIn, choose),
];

fn show(app: &App, _: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(app, request, Step::Password, "", "")
}

fn enter(app: &App, _: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let value = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let _try = begin(app, request)?;
    let given = Credentials { login: value("account"), password: value("password"), code: value("code") };
    match accounts::sign_in(&app.care, &given, &origin(request)) {
        Ok(signed) => Ok(known(app, welcome(app, &signed.session, form.get("back")), &signed)),
        Err(SignInError::NeedsSecondFactor) => Ok(Reply::see("/sign-in/second-factor")),
        Err(SignInError::Store(error)) => Err(error.into()),
        Err(refused) => page(app, request, Step::Password, &given.login, &capital(&refused.to_string())),
    }
}

/// The cookie of a browser in which somebody has signed in by password: nobody else's wrong tries keep it waiting.
const BROWSER: &str = "continuo-browser";
/// How long it is known, in seconds.
const KNOWN: i64 = 365 * 24 * 60 * 60;

/// Where a try comes from.
pub(super) fn origin(request: &Request) -> Origin {
    let address = tries::address(request).map(|address| address.to_string()).unwrap_or_default();
    Origin { browser: request.cookie(BROWSER).unwrap_or_default().to_owned(), address }
}

/// Begins a try by password: of a browser that is known, or of an address.
pub(super) fn begin<'a>(app: &'a App, request: &Request) -> Result<Try<'a>, Problem> {
    let from = origin(request);
    if accounts::is_known(&app.care, &from)? {
        return app.tries.begin_known(&from.browser, now(app));
    }
    app.tries.begin(request, now(app))
}

/// The answer with the cookie by which this browser is known from now on.
pub(super) fn known(app: &App, reply: Reply, signed: &SignedIn) -> Reply {
    let Some(browser) = &signed.browser else { return reply };
    let secure = if app.secure_cookies { "; Secure" } else { "" };
    let secret = browser.expose();
    let cookie = format!("{BROWSER}={secret}; Path=/sign-in; Max-Age={KNOWN}; HttpOnly; SameSite=Lax{secure}");
    reply.header("set-cookie", cookie)
}

fn enter_demo(app: &App, _: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let wanted = form.get("account").and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    let offered = accounts::one_click(&app.care)?;
    let account = offered.into_iter().find(|account| account.id == wanted).ok_or_else(Problem::sign_in)?;
    match accounts::sign_in_one_click(&app.care, account.org, account.id) {
        Ok(secret) => Ok(welcome(app, &secret, form.get("back"))),
        Err(SignInError::Store(error)) => Err(error.into()),
        Err(_) => Err(Problem::sign_in()),
    }
}

/// The cookie of a browser in which somebody signed out.
const LEFT: &str = "continuo-left";
/// The cookie that binds a sign-in through the provider to this browser.
const TRY: &str = "continuo-try";

fn go_to_provider(app: &App, _: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let _try = app.tries.begin_call(request, now(app))?;
    // Where somebody left, or a screen is locked, an earlier sign-in at the provider opens nothing.
    let locked = matches!(accounts::standing(&app.care, request.cookie(COOKIE).unwrap_or(""))?, Standing::Locked(_));
    let anew = locked || request.cookie(LEFT).is_some();
    match provider::begin(&app.care, own_path(request.query.get("back")), anew) {
        Ok(begun) => Ok(Reply::see(&begun.address).header("set-cookie", try_cookie(app, begun.browser.expose(), 600))),
        Err(error) => refused(app, request, error),
    }
}

fn back_from_provider(app: &App, _: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let _try = app.tries.begin_call(request, now(app))?;
    let given = |name: &str| request.query.get(name).unwrap_or_default();
    let returned = provider::Returned {
        state: given("state"),
        code: given("code"),
        issuer: given("iss"),
        browser: request.cookie(TRY).unwrap_or_default(),
        session: request.cookie(COOKIE).unwrap_or_default(),
    };
    let reply = match provider::finish(&app.care, &returned) {
        Ok(Entered::New(secret, back)) => welcome(app, &secret, Some(&back)),
        Ok(Entered::Unlocked(back)) => Reply::see(own_path(Some(&back))),
        Err(error) => return refused(app, request, error),
    };
    Ok(reply.header("set-cookie", try_cookie(app, "", 0)))
}

/// The sign-in page with the reason; what went wrong in detail goes to the log, which holds no names.
fn refused(app: &App, request: &Request, error: ProviderError) -> Result<Reply, Problem> {
    match error {
        ProviderError::Store(error) => return Err(error.into()),
        ProviderError::Off => return Err(Problem::not_found()),
        ProviderError::Token(cause) => tracing::warn!(%cause, "a sign-in token was refused"),
        ProviderError::Wrong(what) => tracing::warn!(what, "the sign-in provider's answer is not right"),
        _ => {}
    }
    page(app, request, Step::Password, "", &capital(&error.to_string()))
}

fn try_cookie(app: &App, value: &str, seconds: i64) -> String {
    let secure = if app.secure_cookies { "; Secure" } else { "" };
    // Lax, since the browser comes back from another site by a link.
    format!("{TRY}={value}; Path=/sign-in/provider; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

fn locked(app: &App, _: &Ctx, request: &Request) -> Result<Reply, Problem> {
    match accounts::standing(&app.care, request.cookie(COOKIE).unwrap_or(""))? {
        Standing::Locked(locked) => Ok(locked_page(app, request, &locked, "")),
        Standing::Open(_) => Ok(Reply::see(own_path(request.query.get("back")))),
        Standing::Nobody => Ok(Reply::see("/sign-in")),
    }
}

fn locked_page(app: &App, request: &Request, locked: &Locked, error: &str) -> Reply {
    let form = request.form().unwrap_or_default();
    let back = form.get("back").or_else(|| request.query.get("back"));
    let view = kept::locked_view(app, locked, error, own_path(back), Kept::of(&form));
    let status = if error.is_empty() { 200 } else { 422 };
    Reply::page(render(&frame::outside(request), &view)).status(status)
}

/// Locks the screen by hand.
fn lock(app: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    accounts::lock(&app.care, ctx, request.cookie(COOKIE).unwrap_or(""))?;
    if by_script(request) {
        return Ok(Reply::empty(204));
    }
    let back = request.form()?.get("back").map(str::to_owned);
    Ok(Reply::see(&format!("/unlock?back={}", crate::form::encode(own_path(back.as_deref())))))
}

/// Whether the lock's own script asks, which shows the page itself.
fn by_script(request: &Request) -> bool {
    request.header("x-lock").is_some()
}

/// Whether the page that asks was made for somebody else than who is signed in here now: it opens for nobody, whatever
/// they unlock.
fn is_of_another(request: &Request, standing: &Standing) -> bool {
    let Some(page) = request.header("x-who") else { return false };
    match standing {
        Standing::Open(ctx) => ctx.actor.reference != page,
        Standing::Locked(locked) => locked.who != page,
        Standing::Nobody => false,
    }
}

/// How the session of this browser stands, for the script that covers a locked page.
fn here(app: &App, _: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let standing = accounts::standing(&app.care, request.cookie(COOKIE).unwrap_or(""))?;
    if is_of_another(request, &standing) {
        return Ok(Reply::empty(409));
    }
    Ok(Reply::empty(match standing {
        Standing::Open(_) => 204,
        Standing::Locked(_) => 423,
        Standing::Nobody => 401,
    }))
}

fn unlocked(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    Ok(Reply::page(kept::unlocked(&frame::of(ctx, request)?)))
}

fn unlock(app: &App, _: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let cookie = request.cookie(COOKIE).unwrap_or("");
    let before = accounts::standing(&app.care, cookie)?;
    if is_of_another(request, &before) {
        return Ok(Reply::empty(409));
    }
    let _try = match &before {
        Standing::Nobody => app.tries.begin(request, now(app))?,
        Standing::Locked(_) | Standing::Open(_) => app.tries.begin_known(cookie, now(app))?,
    };
    let opened = match &before {
        // Unlocked in another tab meanwhile.
        Standing::Open(_) => Ok(()),
        Standing::Nobody if by_script(request) => return Ok(Reply::empty(401)),
        Standing::Nobody => return Ok(Reply::see("/sign-in")),
        Standing::Locked(_) => accounts::unlock(&app.care, cookie, form.get("password").unwrap_or("")),
    };
    match opened {
        Ok(()) if by_script(request) => Ok(Reply::empty(204)),
        Ok(()) => {
            let kept = Kept::of(&form);
            let again = match accounts::standing(&app.care, cookie)? {
                accounts::Standing::Open(ctx) => kept::go_on(&ctx, request, &kept),
                _ => None,
            };
            Ok(again.unwrap_or_else(|| Reply::see(own_path(form.get("back")))))
        }
        Err(SignInError::Store(error)) => Err(error.into()),
        Err(refused) => {
            let Standing::Locked(locked) = &before else { return Ok(Reply::see("/sign-in")) };
            let sentence = still_locked(&refused, locked);
            if by_script(request) {
                return Ok(Reply::with(422, "text/plain; charset=utf-8", sentence.into_bytes()));
            }
            Ok(locked_page(app, request, locked, &sentence))
        }
    }
}

/// Why a screen stays locked: whoever sits at it knows whose it is, and needs no name.
fn still_locked(refused: &SignInError, locked: &Locked) -> String {
    match refused {
        SignInError::Wrong if locked.keys.password => {
            "The password is not right. After five wrong tries this screen waits a while.".to_owned()
        }
        SignInError::Wrong => "Still locked: sign in once more first.".to_owned(),
        other => capital(&other.to_string()),
    }
}

pub(super) fn now(app: &App) -> i64 {
    app.care.store.clock().now().micros()
}

fn leave(app: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    accounts::sign_out(&app.care, ctx, request.cookie(COOKIE).unwrap_or(""))?;
    // The provider may still know them: the next to sign in here by it is asked who they are.
    let secure = if app.secure_cookies { "; Secure" } else { "" };
    let left = format!("{LEFT}=1; Path=/sign-in; Max-Age=43200; HttpOnly; SameSite=Lax{secure}");
    Ok(Reply::see("/sign-in").header("set-cookie", cookie(app, "", 0)).header("set-cookie", left))
}

fn choose(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let before = Preferences::read(&ctx.preferences);
    let chosen = before.with(|name| form.get(name));
    if chosen != before {
        accounts::set_preferences(ctx, &chosen.write())?;
    }
    Ok(Reply::see(own_path(form.get("back"))))
}

fn page(app: &App, request: &Request, step: Step, account: &str, error: &str) -> Result<Reply, Problem> {
    let offered = if matches!(step, Step::Password) { accounts::one_click(&app.care)? } else { Vec::new() };
    let demo = offered
        .into_iter()
        .map(|account| {
            let role = account.roles.split_whitespace().next().and_then(|id| roles().iter().find(|role| role.id == id));
            DemoRole {
                account: account.id.to_string(),
                name: account.name,
                role: role.map(|role| role.label.clone()).unwrap_or_default(),
                sees: role.map(|role| sees(&role.id).to_owned()).unwrap_or_default(),
            }
        })
        .collect();
    let form = request.form().unwrap_or_default();
    let back = form.get("back").or_else(|| request.query.get("back")).unwrap_or("/").to_owned();
    let single_sign_on = provider::label(&app.care).map(|label| {
        (label.to_owned(), format!("/sign-in/provider?back={}", crate::form::encode(own_path(Some(&back)))))
    });
    let view = View {
        step,
        account: account.to_owned(),
        error: error.to_owned(),
        back,
        demo,
        single_sign_on,
        kept: Kept::of(&form),
    };
    let status = if view.error.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::outside(request), &view)).status(status))
}

/// What a demo role is good for seeing.
fn sees(role: &str) -> &'static str {
    match role {
        "care-coordinator" => "a morning's worklist",
        "nurse" => "calls after discharge, red flags",
        "supervisor" => "what nobody has, oversight",
        "administrator" => "people, policies",
        "privacy-officer" => "the audit",
        "front-desk" => "finding and registering people",
        _ => "",
    }
}

pub(super) fn welcome(app: &App, secret: &Secret, back: Option<&str>) -> Reply {
    Reply::see(own_path(back)).header("set-cookie", cookie(app, secret.expose(), accounts::LONGEST / 1_000_000))
}

fn cookie(app: &App, value: &str, seconds: i64) -> String {
    let secure = if app.secure_cookies { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// A path on this server, so that a link cannot send somebody elsewhere after signing in. Browsers drop tabs and line
/// ends and read a backslash as a slash, so that `/<tab>/host` would name another server.
pub(crate) fn own_path(path: Option<&str>) -> &str {
    let elsewhere = |path: &str| path.contains("//") || path.contains(|c: char| c == '\\' || c.is_control());
    path.filter(|path| path.starts_with('/') && !elsewhere(path)).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn only_a_path_on_this_server_is_followed() {
        for good in ["/", "/worklist?tab=mine&q=a%2F%2Fb", "/person/1#notes"] {
            assert_eq!(own_path(Some(good)), good);
        }
        for bad in ["", "x", "//h", "/\t/h", "/\\h", "/\r\nx", "/a//h", "/\u{85}/h", "https://h"] {
            assert_eq!(own_path(Some(bad)), "/", "{bad:?}");
        }
    }
}
