//! Tells whoever is on call by the site's channel, where one is configured: a text message or a webhook for each turn of
//! the chain ([`super::paging`]), once, through the outbox.
//!
//! What leaves says that something urgent waits, since when, and when the next is told: nobody's name, no number of a
//! record, no word of what it is. A page that cannot be sent after its tries stays in sight on the on-call page, and the
//! next in the chain is told at once.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use continuo_fhir::date::Time;
use continuo_fhir::letters::hex;
use continuo_fhir::{Instant, Json};
pub use continuo_store::outbox::State as PageState;
use continuo_store::outbox::{self, Effect, State};
use sha2::{Digest, Sha256};

use super::page_to;
use super::paging::{EFFECT, everybody};
use crate::access::Permission;
use crate::build::object;
use crate::ctx::Ctx;
use crate::followup::calendar::{DAY, MINUTE};
use crate::outbound::address::escape;
use crate::outbound::settings::{PagingKind, PagingSettings};
use crate::outbound::{Call, Purpose};
use crate::problem::WorkError;
use crate::work::Done;

/// Tries before the next is told instead.
const TRIES: i64 = 4;
/// Between the first tries; danger does not wait for a long backoff.
const PAUSE: i64 = 15_000_000;
/// Pages of one round.
const MOST: i64 = 16;
/// Pages shown.
const SHOWN: i64 = 20;
const LARGEST_ANSWER: usize = 1 << 16;
/// Tests an hour: one person's, and everybody's together. A test costs money and a call of the hour's budget, which
/// belongs to danger.
const TESTS: (usize, usize) = (5, 30);
/// What the payload of a test says instead of a piece of work.
const TEST: &str = "test";

/// What a page says.
fn payload(work: &str, who: &str, opened: i64, then: Option<i64>) -> Json {
    object([
        ("work", Json::string(work)),
        ("who", Json::string(who)),
        ("opened", Json::integer(opened)),
        ("then", Json::integer(then.unwrap_or(0))),
    ])
}

/// The work and the person of a page.
pub(super) fn whom(page: &Effect) -> Option<(String, String)> {
    let json = Json::parse(&page.payload).ok()?;
    Some((json.str_at("work")?.to_owned(), json.str_at("who")?.to_owned()))
}

/// Makes pages for those whose turn has come, and sends what is due. Says whether there may be more at once.
pub fn round(ctx: &Ctx) -> continuo_store::Result<bool> {
    let Some(settings) = &ctx.care().outside.services.paging else { return Ok(false) };
    let now = ctx.now().micros();
    // Looking costs nothing; making and leasing are commits.
    let (new, waits) = ctx.read(|r| {
        let told = page_to::read(r, ctx)?;
        let known = outbox::effects_of_kind(r.conn(), ctx.org, EFFECT, now - 7 * DAY, 1_000)?;
        let waits = known.iter().any(|page| page.due <= now && matches!(page.state, State::Waiting | State::Leased));
        let due = if told.is_empty() { Vec::new() } else { everybody(r, ctx)? };
        let new: Vec<(String, Json)> = due
            .into_iter()
            .filter(|one| told.contains_key(&one.who))
            .map(|one| {
                let key = format!("{}/{}/{}/{}", one.work, one.opened, one.round, one.who);
                (key, payload(&one.work, &one.who, one.opened, one.then))
            })
            .filter(|(key, _)| !known.iter().any(|page| page.key == *key))
            .collect();
        Ok((new, waits))
    })?;
    if new.is_empty() && !waits {
        return Ok(false);
    }
    let until = now + 2 * MINUTE;
    let due = ctx.write("page on call", move |tx| {
        // Telling is the product's own doing: nobody takes it back.
        tx.commit_id();
        let at = tx.now();
        for (key, payload) in &new {
            tx.add_effect(EFFECT, key, &payload.to_bytes(), at)?;
        }
        tx.lease_effects(EFFECT, "pager", until, MOST)
    })?;
    let due = due.value;
    let more = due.len() as i64 == MOST;
    for effect in due {
        one(ctx, settings, &effect)?;
    }
    Ok(more)
}

fn one(ctx: &Ctx, settings: &PagingSettings, effect: &Effect) -> continuo_store::Result<()> {
    let json = Json::parse(&effect.payload).unwrap_or(Json::Null);
    let who = json.str_at("who").unwrap_or_default().to_owned();
    let work = json.str_at("work").unwrap_or_default().to_owned();
    let (to, still) = ctx.read(|r| {
        let to = page_to::read(r, ctx)?.get(&who).cloned();
        // Begun, acknowledged or given to somebody else since: nobody is woken for it.
        let still = work == TEST || everybody(r, ctx)?.iter().any(|one| one.work == work && one.who == who);
        Ok((to, still))
    })?;
    let sent = match to {
        Some(to) if still => {
            let text = text(ctx, &json)?;
            Some(ctx.care().outside.door.send(&call(settings, &to, &text, effect)).map(drop))
        }
        _ => None,
    };
    let (id, attempts) = (effect.id, effect.attempts);
    ctx.write("settle page", move |tx| {
        tx.commit_id();
        match sent {
            None | Some(Ok(())) => tx.finish_effect(id),
            Some(Err(error)) => {
                let again = (attempts + 1 < TRIES).then(|| tx.now() + PAUSE * (attempts + 1));
                tx.fail_effect(id, &error.to_string(), again)
            }
        }
    })?;
    Ok(())
}

/// What is said. Nothing in it comes from a record.
fn text(ctx: &Ctx, json: &Json) -> continuo_store::Result<String> {
    let site = ctx.site_name()?;
    let clock = |at: i64| clock(ctx.zone.civil(Instant::from_micros(at)).1);
    let at = |name: &str| json.get(name).and_then(Json::as_i64).unwrap_or(0);
    if json.str_at("work") == Some(TEST) {
        return Ok(format!(
            "{site}: this is a test from Continuo. You would be told here when something urgent waits."
        ));
    }
    let mut text =
        format!("{site}: something urgent waits for you in Continuo since {}. Sign in to see it.", clock(at("opened")));
    if at("then") > 0 {
        text.push_str(&format!(" Say there that you have it, or others are told at {}.", clock(at("then"))));
    }
    Ok(text)
}

/// "2:05 pm".
fn clock(time: Time) -> String {
    let half = if time.hour() < 12 { "am" } else { "pm" };
    format!("{}:{:02} {half}", (time.hour() + 11) % 12 + 1, time.minute().unwrap_or(0))
}

/// The same page has the same name at every try, and the name tells nothing.
fn name(effect: &Effect) -> String {
    let hash = Sha256::digest(format!("{}/{}", effect.org.0, effect.key));
    hex(&hash[..16])
}

fn call(settings: &PagingSettings, to: &str, text: &str, effect: &Effect) -> Call {
    let id = name(effect);
    let key = settings.key.expose();
    let (media, body) = match settings.kind {
        PagingKind::Webhook => {
            let body = object([("id", Json::string(&*id)), ("to", Json::string(to)), ("text", Json::string(text))]);
            ("application/json", body.to_bytes())
        }
        PagingKind::Sms => {
            let form = [("To", to), ("From", settings.from.as_str()), ("Body", text)];
            let pairs: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
            ("application/x-www-form-urlencoded", pairs.join("&").into_bytes())
        }
    };
    let mut headers = vec![("content-type", media.to_owned()), ("idempotency-key", id)];
    if !settings.key.is_empty() {
        headers.push((
            "authorization",
            if settings.account.is_empty() {
                format!("Bearer {key}")
            } else {
                format!("Basic {}", BASE64.encode(format!("{}:{key}", settings.account)))
            },
        ));
    }
    Call {
        purpose: Purpose::Paging,
        url: settings.url.clone(),
        headers,
        body: Some(body),
        largest: LARGEST_ANSWER,
        tokens: 0,
        // A webhook knows the page by its name; a text message that came twice is better than none.
        repeatable: true,
    }
}

/// Asks for a page to oneself, to see that it arrives.
pub fn test(ctx: &Ctx) -> Done<()> {
    ctx.require(Permission::WorkAct)?;
    if !page_to::load(ctx)?.contains_key(&ctx.actor.reference) {
        return Err(WorkError::field("to", "say first where you are told"));
    }
    let who = ctx.actor.reference.clone();
    let since = ctx.now().micros() - 60 * MINUTE;
    let tests: Vec<String> = ctx
        .read(|r| outbox::effects_of_kind(r.conn(), ctx.org, EFFECT, since, 1_000))?
        .iter()
        .filter_map(whom)
        .filter_map(|(work, who)| (work == TEST).then_some(who))
        .collect();
    if tests.len() >= TESTS.1 || tests.iter().filter(|one| **one == who).count() >= TESTS.0 {
        return Err(WorkError::Not("enough was tested for an hour: the channel is kept free for danger".to_owned()));
    }
    Ok(ctx.write("test page", move |tx| {
        tx.commit_id();
        let at = tx.now();
        let payload = payload(TEST, &who, at, None);
        tx.add_effect(EFFECT, &format!("{TEST}/{at}/{who}"), &payload.to_bytes(), at)?;
        Ok(())
    })?)
}

/// A page as the on-call page lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Who.
    pub who: String,
    /// When it was due, or is tried next.
    pub at: Instant,
    /// Where it stands.
    pub state: State,
    /// What went wrong last, in words; empty where nothing did.
    pub error: String,
    /// Somebody tried the channel.
    pub is_test: bool,
}

/// The newest pages, for those who keep the roster; else one's own.
pub fn told(ctx: &Ctx) -> Result<Vec<Told>, WorkError> {
    ctx.require(Permission::WorkRead)?;
    let since = ctx.now().micros() - 7 * DAY;
    let pages = ctx.read(|r| outbox::effects_of_kind(r.conn(), ctx.org, EFFECT, since, 1_000))?;
    let all = ctx.grant.allows(Permission::OnCall);
    let told = pages.iter().filter_map(|page| {
        let (work, who) = whom(page)?;
        (all || who == ctx.actor.reference).then(|| Told {
            who,
            at: Instant::from_micros(page.due),
            state: page.state,
            error: page.error.clone().unwrap_or_default(),
            is_test: work == TEST,
        })
    });
    Ok(told.take(usize::try_from(SHOWN).unwrap_or(20)).collect())
}
