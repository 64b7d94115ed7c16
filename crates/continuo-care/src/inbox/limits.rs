//! How long a message may wait to be read and answered, by urgency: the site's setting.

use continuo_fhir::{Instant, Json};
use continuo_store::conn::Conn;
use continuo_store::tables::setting;
use continuo_store::{OrgId, Result};

use crate::access::Permission;
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::work::Done;

pub(crate) const SETTING: &str = "message-limits";

/// The limits of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageLimits {
    /// Minutes for an emergency.
    pub emergency_minutes: i64,
    /// Business days for an ordinary message; 0 is the same day.
    pub routine_days: i64,
    /// Business days for paper work.
    pub admin_days: i64,
}

impl Default for MessageLimits {
    fn default() -> Self {
        Self { emergency_minutes: 30, routine_days: 1, admin_days: 2 }
    }
}

impl MessageLimits {
    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.trim_matches('"').split_whitespace().map(|word| word.parse::<i64>().ok());
        let limits =
            Self { emergency_minutes: numbers.next()??, routine_days: numbers.next()??, admin_days: numbers.next()?? };
        limits.is_sane().then_some(limits)
    }

    /// Whether a person could mean them: an emergency waits at most an hour, the rest at most five business days.
    pub fn is_sane(self) -> bool {
        (5..=60).contains(&self.emergency_minutes)
            && (0..=5).contains(&self.routine_days)
            && (self.routine_days..=5).contains(&self.admin_days)
    }
}

/// The limits of an organization; the shipped ones where none were set.
pub fn of(conn: &mut Conn, org: OrgId) -> Result<MessageLimits> {
    let found = setting::newest(conn, org, SETTING)?;
    Ok(found.and_then(|one| MessageLimits::read(&one.value)).unwrap_or_default())
}

/// The limits, for the page.
pub fn get(ctx: &Ctx) -> std::result::Result<MessageLimits, WorkError> {
    Ok(ctx.read(|r| of(r.conn(), ctx.org))?)
}

/// The limits that were in force at a moment, for explaining what was found then.
pub(crate) fn at(conn: &mut Conn, org: OrgId, moment: Instant) -> Result<MessageLimits> {
    let found = setting::at(conn, org, SETTING, moment.micros())?;
    Ok(found.and_then(|one| MessageLimits::read(&one.value)).unwrap_or_default())
}

/// Sets the limits with the reason; everybody whose messages wait is looked at again in the background.
pub fn set(ctx: &Ctx, limits: MessageLimits, reason: &str) -> Done<()> {
    ctx.require(Permission::AdminPolicy)?;
    if !limits.is_sane() {
        return Err(WorkError::field(
            "emergency_minutes",
            "an emergency waits 5 to 60 minutes, other messages at most 5 business days, paper work no less than other messages",
        ));
    }
    let reason = crate::versioned::reason(reason)?;
    let value = format!("{} {} {}", limits.emergency_minutes, limits.routine_days, limits.admin_days);
    crate::versioned::change_for_engine(ctx, "set message limits", SETTING, &Json::string(value), &reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_could_mean_is_refused() {
        assert!(MessageLimits::default().is_sane());
        assert_eq!(MessageLimits::read("15 1 3").map(|limits| limits.admin_days), Some(3));
        for wrong in ["", "x", "600 1 2", "30 9 9", "30 2 1"] {
            assert_eq!(MessageLimits::read(wrong), None, "{wrong}");
        }
    }
}
