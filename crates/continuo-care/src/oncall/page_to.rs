//! Where whoever is on call is told by the site's channel: a number or address each, set by themselves or by whoever
//! keeps the roster.

use std::collections::BTreeMap;

use continuo_fhir::Json;
use continuo_store::Reader;

use crate::access::Permission;
use crate::build::{list, object};
use crate::ctx::Ctx;
use crate::outbound::settings::PagingKind;
use crate::problem::WorkError;
use crate::versioned;
use crate::work::Done;

/// Name of the setting.
pub(crate) const SETTING: &str = "page-to";
const LONGEST: usize = 100;

/// Where each person is told: reference to number or address.
pub type PageTo = BTreeMap<String, String>;

fn parse(json: &Json) -> PageTo {
    let pair = |one: &Json| Some((one.str_at("who")?.to_owned(), one.str_at("to")?.to_owned()));
    json.items().iter().filter_map(pair).collect()
}

pub(super) fn read(r: &mut Reader<'_>, ctx: &Ctx) -> continuo_store::Result<PageTo> {
    Ok(versioned::newest(r.conn(), ctx.org, SETTING)?.map(|json| parse(&json)).unwrap_or_default())
}

/// Everybody's, for those who keep the roster; else one's own.
pub fn load(ctx: &Ctx) -> Result<PageTo, WorkError> {
    ctx.require(Permission::WorkRead)?;
    let mut all = ctx.read(|r| read(r, ctx))?;
    if !ctx.grant.allows(Permission::OnCall) {
        all.retain(|who, _| *who == ctx.actor.reference);
    }
    Ok(all)
}

/// A number as the channel takes it, or why it is none.
fn checked(kind: PagingKind, to: &str) -> Result<String, String> {
    let to = to.trim();
    if to.is_empty() {
        return Ok(String::new());
    }
    if to.chars().count() > LONGEST || to.chars().any(char::is_control) {
        return Err("give a number or an address".to_owned());
    }
    if kind != PagingKind::Sms {
        return Ok(to.to_owned());
    }
    let digits: String = to.chars().filter(char::is_ascii_digit).collect();
    match (to.starts_with('+'), digits.len()) {
        (true, 8..=15) => Ok(format!("+{digits}")),
        // A number of the North American plan without its country.
        (false, 10) => Ok(format!("+1{digits}")),
        (false, 11) if digits.starts_with('1') => Ok(format!("+{digits}")),
        _ => Err("give a telephone number with its area code; from elsewhere with + and the country".to_owned()),
    }
}

/// Sets where somebody is told; nothing ends it.
pub fn set(ctx: &Ctx, who: &str, to: &str) -> Done<()> {
    ctx.require(Permission::WorkAct)?;
    let who = if who.is_empty() { ctx.actor.reference.clone() } else { who.to_owned() };
    if who != ctx.actor.reference {
        ctx.require(Permission::OnCall)?;
        let works = ctx.read(|r| continuo_store::tables::account::active_of(r.conn(), ctx.org, &[&who]))?;
        if works.is_empty() {
            return Err(WorkError::field("who", "choose a person who works here"));
        }
    }
    let Some(channel) = &ctx.care().outside.services.paging else {
        return Err(WorkError::Not("this site has no channel that could tell you: nothing would ring".to_owned()));
    };
    let to = checked(channel.kind, to).map_err(|text| WorkError::field("to", text))?;
    versioned::change(ctx, "set where on call is told", SETTING, move |json| {
        let mut all = json.map(|json| parse(&json)).unwrap_or_default();
        if to.is_empty() {
            all.remove(&who);
        } else {
            all.insert(who, to);
        }
        Ok(list(all.iter().map(|(who, to)| object([("who", Json::string(&**who)), ("to", Json::string(&**to))]))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_taken_as_the_channel_needs_it() {
        let sms = |to: &str| checked(PagingKind::Sms, to);
        assert_eq!(sms("(303) 555-0175").as_deref(), Ok("+13035550175"));
        assert_eq!(sms("+44 20 7946 0018").as_deref(), Ok("+442079460018"));
        assert_eq!(sms("").as_deref(), Ok(""));
        assert!(sms("555-0175").is_err() && sms("ana@clinic.example").is_err());
        assert_eq!(checked(PagingKind::Webhook, "k.young@clinic.example").as_deref(), Ok("k.young@clinic.example"));
        assert!(checked(PagingKind::Webhook, "a\nb").is_err());
    }
}
