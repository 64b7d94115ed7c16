//! The table of follow-up rules, most important first. A rule is one row here, one file beside this and one in knowledge.

mod abnormal_result;
mod authorization_ending;
mod coverage_ending;
mod critical_result;
mod death_unconfirmed;
mod dialysis;
mod discharge_contact;
mod emergency_follow_up;
mod fax_unanswered;
mod home_service_not_started;
mod missed_critical_visit;
mod pending_at_discharge;
mod promise_due;
mod proxy_review;
mod psychiatric_follow_up;
mod quality_measure;
mod red_flag_message;
mod referral_report;
mod referral_unanswered;
mod results;
mod self_harm_screen;
mod task_overdue;
mod tier_contact;
mod unanswered_message;
mod unreturned_call;
mod urgent_referral;
mod visit_not_rebooked;
mod visits;
mod weight_gain;

use super::case::Case;

/// One rule: its file in knowledge and its logic.
pub struct Rule {
    /// The id, the file's name without `.md`.
    pub id: &'static str,
    /// The file's text.
    pub file: &'static str,
    /// The logic.
    pub run: fn(&mut Case<'_, '_>),
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

macro_rules! rule {
    ($id:literal, $module:ident) => {
        Rule {
            id: $id,
            file: include_str!(concat!("../../../../../knowledge/follow-up/", $id, ".md")),
            run: $module::run,
        }
    };
}

/// The rule that asks who may say what came of a safety contact ([`super::Site::licensed`]).
pub const ASKS_WHO_IS_LICENSED: &str = "self-harm-screen";

/// All rules in order of importance.
pub const RULES: &[Rule] = &[
    rule!("self-harm-screen", self_harm_screen),
    rule!("red-flag-message", red_flag_message),
    rule!("critical-result", critical_result),
    rule!("weight-gain", weight_gain),
    rule!("death-unconfirmed", death_unconfirmed),
    rule!("discharge-contact", discharge_contact),
    rule!("psychiatric-follow-up", psychiatric_follow_up),
    rule!("urgent-referral", urgent_referral),
    rule!("unreturned-call", unreturned_call),
    rule!("missed-critical-visit", missed_critical_visit),
    rule!("pending-at-discharge", pending_at_discharge),
    rule!("home-service-not-started", home_service_not_started),
    rule!("promise-due", promise_due),
    rule!("abnormal-result", abnormal_result),
    rule!("unanswered-message", unanswered_message),
    rule!("emergency-follow-up", emergency_follow_up),
    rule!("tier-contact", tier_contact),
    rule!("authorization-ending", authorization_ending),
    rule!("coverage-ending", coverage_ending),
    rule!("visit-not-rebooked", visit_not_rebooked),
    rule!("referral-unanswered", referral_unanswered),
    rule!("referral-report", referral_report),
    rule!("proxy-review", proxy_review),
    rule!("quality-measure", quality_measure),
    rule!("task-overdue", task_overdue),
    rule!("fax-unanswered", fax_unanswered),
];

/// A due time counted in business days, in words.
fn by_business_day(days: i64) -> String {
    match days {
        0 => "the same day".to_owned(),
        1 => "by the end of the next business day".to_owned(),
        days => format!("within {days} business days"),
    }
}
