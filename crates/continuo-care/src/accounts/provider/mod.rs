//! Sign-in through the site's OpenID Connect provider: authorization code with PKCE, discovery, keys, ID token.
//!
//! A try lives ten minutes in the store, is bound to the browser that began it and is used once. Who comes back is known
//! by issuer and subject, which an administrator linked to an account ([`link`]); nobody is let in by a name or mail
//! address. Roles follow the provider's groups where the site mapped them. A second factor that the provider states is
//! not asked for again. All calls go through the door (`crate::outbound`).

mod token;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use continuo_fhir::Json;
use continuo_store::tables::{account, provider};
use continuo_store::{OrgId, WriteContext};
use sha2::{Digest, Sha256};

use super::SignInError;
use super::secret::Secret;
use super::session::{Standing, Verdict, open};
use crate::access::{Grant, Permission};
use crate::ctx::{Care, Ctx};
use crate::outbound::address::escape;
use crate::outbound::settings::SignInSettings;
use crate::outbound::{Call, OutboundError, Purpose};
use crate::problem::WorkError;
use crate::setup;

pub use token::{Claims, Expected, TokenError, read as read_token};

/// A try ends after ten minutes.
const LIFE: i64 = 10 * 60_000_000;
/// Discovery documents, key sets and token answers are small.
const LARGEST: usize = 256 << 10;

/// Why nobody was let in. The sentences are for the person; causes go to the log.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The site has no provider.
    #[error("this site does not sign in through a provider")]
    Off,
    /// It could not be asked.
    #[error("your organization's sign-in could not be reached; use your password here, or try again")]
    Unreachable(#[from] OutboundError),
    /// Its answer is not right.
    #[error("your organization's sign-in answered in a way that is not right; try again, or tell your administrator")]
    Wrong(&'static str),
    /// The token is not right.
    #[error("your organization's sign-in answered in a way that is not right; try again, or tell your administrator")]
    Token(#[from] TokenError),
    /// The try is unknown, too old, used, or of another browser.
    #[error("this sign-in is too old or was begun elsewhere; begin again")]
    Stale,
    /// The provider says no.
    #[error("your organization's sign-in did not let you in")]
    Refused,
    /// Nobody here is this subject.
    #[error("no account here is linked to you yet; give your administrator this code: {0}")]
    NotLinked(String),
    /// No group of theirs gives a role here.
    #[error("your organization gives you no role here; ask your administrator")]
    NoRole,
    /// A second factor is needed and was not stated.
    #[error(
        "your role needs a second factor, and your organization did not say that you used one; use your password and code here"
    )]
    NeedsSecondFactor,
    /// The account is closed.
    #[error("this account is closed")]
    Closed,
    /// The screen is locked, and the provider let an earlier sign-in through.
    #[error("your organization's sign-in did not ask again who you are; sign out there, then try again")]
    NotAnew,
    /// The store could not answer.
    #[error(transparent)]
    Store(#[from] continuo_store::Error),
}

/// Where a try goes.
pub struct Begun {
    /// Address of the provider to send the browser to.
    pub address: String,
    /// Secret for the browser's cookie.
    pub browser: Secret,
}

/// The words on the button, when the site has a provider.
pub fn label(care: &Care) -> Option<&str> {
    care.outside.services.sign_in.as_ref().map(|settings| settings.label.as_str())
}

/// Begins a sign-in. With `anew` the provider is asked to let nobody through on an earlier sign-in of its own: whoever
/// sits at a locked screen, or where somebody signed out, shows who they are.
pub fn begin(care: &Arc<Care>, back: &str, anew: bool) -> Result<Begun, ProviderError> {
    let settings = care.outside.services.sign_in.as_ref().ok_or(ProviderError::Off)?;
    let found = discover(care, settings)?;
    let endpoint = found.str_at("authorization_endpoint").ok_or(ProviderError::Wrong("authorization_endpoint"))?;
    let fresh = || Secret::new("", care.entropy.as_ref());
    let (state, browser, nonce, verifier) = (fresh(), fresh(), fresh(), fresh());
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose().as_bytes()));
    let joint = if endpoint.contains('?') { '&' } else { '?' };
    let address = format!(
        "{endpoint}{joint}response_type=code&scope=openid%20profile%20email&client_id={}&redirect_uri={}&state={}\
         &nonce={}&code_challenge={challenge}&code_challenge_method=S256{}",
        escape(&settings.client),
        escape(&settings.redirect),
        state.expose(),
        nonce.expose(),
        if anew { "&prompt=login&max_age=0" } else { "" },
    );
    let row = provider::Try {
        hash: Secret::hash(state.expose()),
        browser: Secret::hash(browser.expose()),
        nonce: nonce.expose().to_owned(),
        verifier: verifier.expose().to_owned(),
        back: back.to_owned(),
        expires: care.store.clock().now().micros() + LIFE,
    };
    care.store.write(&WriteContext::new(setup::FIRST, "system/sign-in", "begin sign in"), move |tx| {
        let now = tx.now();
        provider::begin(tx.conn()?, &row, now)
    })?;
    Ok(Begun { address, browser })
}

/// What came back with the browser.
#[derive(Clone, Copy, Debug, Default)]
pub struct Returned<'a> {
    /// `state`.
    pub state: &'a str,
    /// `code`; empty when refused.
    pub code: &'a str,
    /// `iss` (RFC 9207); empty when the provider sends none.
    pub issuer: &'a str,
    /// Our own cookie.
    pub browser: &'a str,
    /// The cookie of the session that this browser has, if any.
    pub session: &'a str,
}

/// How a sign-in ended, and where to go.
pub enum Entered {
    /// A new session: its secret.
    New(Secret, String),
    /// The session that this browser has is open again, with all that was typed in it.
    Unlocked(String),
}

/// Ends a sign-in.
pub fn finish(care: &Arc<Care>, returned: &Returned<'_>) -> Result<Entered, ProviderError> {
    let settings = care.outside.services.sign_in.as_ref().ok_or(ProviderError::Off)?;
    let hash = Secret::hash(returned.state);
    let context = WriteContext::new(setup::FIRST, "system/sign-in", "end sign in");
    let found = care.store.write(&context, move |tx| provider::take(tx.conn()?, &hash))?.value;
    let now = care.store.clock().now().micros();
    let tried = found.filter(|tried| tried.expires > now).ok_or(ProviderError::Stale)?;
    if !super::same(Secret::hash(returned.browser).as_bytes(), tried.browser.as_bytes()) {
        return Err(ProviderError::Stale);
    }
    if !returned.issuer.is_empty() && returned.issuer != settings.issuer {
        return Err(ProviderError::Wrong("iss"));
    }
    if returned.code.is_empty() {
        return Err(ProviderError::Refused);
    }
    let document = discover(care, settings)?;
    let address = |name: &'static str| document.str_at(name).ok_or(ProviderError::Wrong(name));
    let token = redeem(care, settings, address("token_endpoint")?, returned.code, &tried.verifier)?;
    let keys = ask(care, address("jwks_uri")?)?;
    let expected =
        Expected { issuer: &settings.issuer, client: &settings.client, nonce: &tried.nonce, now: now / 1_000_000 };
    let claims = token::read(&token, &keys, &settings.groups_claim, &expected)?;
    // A provider that says when somebody signed in says so truly: a screen is not unlocked by a sign-in of this morning.
    let begun = tried.expires / 1_000_000 - LIFE / 1_000_000;
    let anew = claims.authenticated.is_none_or(|at| at >= begun - SLACK);
    let locked = match super::standing(care, returned.session)? {
        Standing::Locked(_) if anew => returned.session,
        Standing::Locked(_) => return Err(ProviderError::NotAnew),
        _ => "",
    };
    Ok(match let_in(care, settings, &claims, locked)? {
        Some(secret) => Entered::New(secret, tried.back),
        None => Entered::Unlocked(tried.back),
    })
}

/// Clocks of the provider and of this machine may differ by so many seconds.
const SLACK: i64 = 60;

/// Opens a session for whom the token names; nothing where the locked one of this browser is theirs and opens again.
fn let_in(
    care: &Arc<Care>,
    settings: &SignInSettings,
    claims: &Claims,
    locked: &str,
) -> Result<Option<Secret>, ProviderError> {
    let roles = mapped(settings, &claims.groups);
    if !settings.roles.is_empty() && roles.is_empty() {
        return Err(ProviderError::NoRole);
    }
    let linked = care.store.read(|r| provider::linked(r.conn(), &settings.issuer, &claims.subject))?;
    let (org, id) = match linked {
        Some(linked) => linked,
        None if settings.create_accounts && !roles.is_empty() => create(care, settings, claims, &roles)?,
        None => return Err(ProviderError::NotLinked(claims.subject.clone())),
    };
    let found = care.store.read(|r| account::account_by_id(r.conn(), org, id))?;
    let who = found.filter(|who| who.active).ok_or(ProviderError::Closed)?;
    if !roles.is_empty() && who.roles != roles {
        let roles = roles.clone();
        let context = WriteContext::new(org, &who.reference, "roles from the provider");
        care.store.write(&context, move |tx| {
            tx.commit_id();
            let conn = tx.conn()?;
            let Some(mut row) = account::account_by_id(conn, org, id)? else { return Ok(()) };
            row.roles = roles;
            account::put_account(conn, &row).map(|_| ())
        })?;
    }
    let stated = claims.methods.iter().any(|method| settings.second_factor.contains(method));
    // Whoever has the session came past the second factor when it began.
    if !locked.is_empty() && super::session::unlock_by_provider(care, &who, locked)? {
        return Ok(None);
    }
    let opened = open(care, &who, move |current| {
        let grant = Grant::of_roles(current.roles.split_whitespace());
        let needs = current.totp.is_some() || grant.needs_second_factor();
        match (current.active, needs && !stated) {
            (false, _) => Verdict::Refused,
            (true, true) => Verdict::NeedsSecondFactor,
            (true, false) => Verdict::Right(0),
        }
    });
    opened.map(Some).map_err(|error| match error {
        SignInError::NeedsSecondFactor => ProviderError::NeedsSecondFactor,
        SignInError::Store(error) => ProviderError::Store(error),
        SignInError::Wrong | SignInError::Wait => ProviderError::Closed,
    })
}

/// The roles of somebody's groups, in the table's order.
fn mapped(settings: &SignInSettings, groups: &[String]) -> String {
    let mut roles: Vec<&str> =
        settings.roles.iter().filter(|(group, _)| groups.contains(group)).map(|(_, role)| role.as_str()).collect();
    roles.sort_unstable();
    roles.dedup();
    roles.join(" ")
}

/// Makes an account for somebody unknown, where the site allows it. It has no password: only the provider opens it.
fn create(care: &Care, settings: &SignInSettings, claims: &Claims, roles: &str) -> Result<(OrgId, i64), ProviderError> {
    let org = setup::FIRST;
    let id = care.store.ids().next().to_string();
    let row = account::Account {
        org,
        id: 0,
        login: format!("provider-{id}"),
        name: if claims.name.is_empty() { "Name not given".to_owned() } else { claims.name.clone() },
        reference: format!("Practitioner/{id}"),
        roles: roles.to_owned(),
        password: String::new(),
        totp: None,
        totp_step: 0,
        failed: 0,
        locked_until: 0,
        active: true,
        one_click: false,
        preferences: String::new(),
        must_change: false,
        first_until: 0,
    };
    let (issuer, subject) = (settings.issuer.clone(), claims.subject.clone());
    let context = WriteContext::new(org, "system/sign-in", "make account from the provider");
    let made = care.store.write(&context, move |tx| {
        tx.commit_id();
        let now = tx.now();
        let conn = tx.conn()?;
        // Two windows at once must not make two accounts.
        if let Some(linked) = provider::linked(conn, &issuer, &subject)? {
            return Ok(linked);
        }
        let account = account::put_account(conn, &row)?;
        provider::link(conn, org, account, (&issuer, &subject), "system/sign-in", now)?;
        Ok((org, account))
    })?;
    Ok(made.value)
}

/// Links a subject of an issuer to an account: for administrators only.
pub fn link(ctx: &Ctx, login: &str, issuer: &str, subject: &str) -> Result<(), WorkError> {
    ctx.require(Permission::AdminPeople)?;
    if issuer.trim().is_empty() || subject.trim().is_empty() {
        return Err(WorkError::field("subject", "say the issuer and the code that the sign-in page shows"));
    }
    let login = login.trim().to_lowercase();
    let (issuer, subject) = (issuer.trim(), subject.trim());
    let found = ctx.read(|r| account::account_by_login(r.conn(), &login))?;
    let who =
        found.filter(|who| who.org == ctx.org).ok_or_else(|| WorkError::NotFound(format!("account `{login}`")))?;
    // Neither another organization's link, nor silently that of a colleague.
    if let Some((org, id)) = ctx.read(|r| provider::linked(r.conn(), issuer, subject))?
        && (org, id) != (who.org, who.id)
    {
        let theirs = if org == ctx.org { ctx.read(|r| account::account_by_id(r.conn(), org, id))? } else { None };
        let text = match theirs {
            Some(theirs) => format!("this code is linked to {}: take the link away there first", theirs.name),
            None => "this code belongs to an account elsewhere".to_owned(),
        };
        return Err(WorkError::field("subject", text));
    }
    let (issuer, subject, by) = (issuer.to_owned(), subject.to_owned(), ctx.actor.reference.clone());
    ctx.write("link account to the provider", move |tx| {
        tx.commit_id();
        let now = tx.now();
        provider::link(tx.conn()?, who.org, who.id, (&issuer, &subject), &by, now)
    })?;
    Ok(())
}

/// Takes the link of a subject away, and ends the account's sessions: whoever came in by it is not meant to be in.
pub fn unlink(ctx: &Ctx, id: i64, issuer: &str, subject: &str) -> Result<(), WorkError> {
    let known = links(ctx, id)?;
    if !known.iter().any(|(by, code)| by == issuer && code == subject) {
        return Err(WorkError::NotFound("this link".to_owned()));
    }
    let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
    ctx.write("take the provider's link away", move |tx| {
        let org = tx.org();
        tx.commit_id();
        let conn = tx.conn()?;
        provider::unlink(conn, org, id, (&issuer, &subject))?;
        continuo_store::tables::session::end_sessions_of(conn, org, id)
    })?;
    Ok(())
}

/// The issuer that the site signs in with; nothing where sign-in through a provider is off.
pub fn issuer(ctx: &Ctx) -> Option<&str> {
    ctx.care().outside.services.sign_in.as_ref().map(|settings| settings.issuer.as_str())
}

/// The subjects linked to an account: issuer and code.
pub fn links(ctx: &Ctx, account: i64) -> Result<Vec<(String, String)>, WorkError> {
    ctx.require(Permission::AdminPeople)?;
    Ok(ctx.read(|r| provider::links(r.conn(), ctx.org, account))?)
}

/// The provider's own description, which must name the issuer exactly (OpenID Connect Discovery section 4.3).
fn discover(care: &Care, settings: &SignInSettings) -> Result<Json, ProviderError> {
    let issuer = settings.issuer.trim_end_matches('/');
    let document = ask(care, &format!("{issuer}/.well-known/openid-configuration"))?;
    if document.str_at("issuer") != Some(settings.issuer.as_str()) {
        return Err(ProviderError::Wrong("issuer"));
    }
    Ok(document)
}

fn ask(care: &Care, url: &str) -> Result<Json, ProviderError> {
    let call = Call {
        purpose: Purpose::SignIn,
        url: url.to_owned(),
        headers: vec![("accept", "application/json".to_owned())],
        body: None,
        largest: LARGEST,
        tokens: 0,
        repeatable: true,
    };
    let answer = care.outside.door.send(&call)?;
    Json::parse(&answer.body).map_err(|_| ProviderError::Wrong("JSON"))
}

/// Exchanges the code, once, for the ID token.
fn redeem(
    care: &Care,
    settings: &SignInSettings,
    url: &str,
    code: &str,
    verifier: &str,
) -> Result<String, ProviderError> {
    let mut form = format!(
        "grant_type=authorization_code&code={}&redirect_uri={}&code_verifier={}",
        escape(code),
        escape(&settings.redirect),
        escape(verifier)
    );
    let mut headers = vec![
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ("accept", "application/json".to_owned()),
    ];
    if settings.secret.is_empty() {
        form.push_str(&format!("&client_id={}", escape(&settings.client)));
    } else {
        // RFC 6749 section 2.3.1: both are form-encoded before they are joined.
        let pair = format!("{}:{}", escape(&settings.client), escape(settings.secret.expose()));
        headers.push(("authorization", format!("Basic {}", STANDARD.encode(pair))));
    }
    let call = Call {
        purpose: Purpose::SignIn,
        url: url.to_owned(),
        headers,
        body: Some(form.into_bytes()),
        largest: LARGEST,
        tokens: 0,
        repeatable: false,
    };
    let answer = match care.outside.door.send(&call) {
        Err(OutboundError::Status(400 | 401 | 403)) => return Err(ProviderError::Refused),
        other => other?,
    };
    let json = Json::parse(&answer.body).map_err(|_| ProviderError::Wrong("JSON"))?;
    json.str_at("id_token").map(str::to_owned).ok_or(ProviderError::Wrong("id_token"))
}

fn base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests;
