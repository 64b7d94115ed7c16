//! What a site says of its sources: what they are called, how often each must send, and which are not waited for.
//!
//! One setting with its earlier versions. A source of which nothing is said is watched by its own habit.

use continuo_fhir::{Instant, Json};
use continuo_store::conn::Conn;
use continuo_store::tables::{feed, setting};
use continuo_store::{Error, OrgId, Result as StoreResult, Rid};

use super::usual::{Counts, HOUR, Usual, learn};
use crate::access::Permission;
use crate::build::{list, object};
use crate::ctx::Ctx;
use crate::followup::calendar::Calendar;
use crate::problem::WorkError;
use crate::versioned;
use crate::work::Done;

pub(crate) const SETTING: &str = "feeds";

/// The least and the most hours that a site may give a source.
pub const SAFE_HOURS: (i64, i64) = (1, 336);
/// Hours of the night in which a source may rest, where a site says so.
const NIGHT: (u8, u8) = (20, 6);
/// Longest name.
const LONGEST: usize = 60;

/// How a source is watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Watch {
    /// By what it usually does.
    #[default]
    Learned,
    /// It must send at least every so many hours; nights and weekends may be left out.
    Every { hours: i64, quiet_nights: bool, quiet_weekends: bool },
    /// Its silence is normal.
    Off,
}

/// What a site says of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The source.
    pub source: String,
    /// What people call it; empty for the name it came with.
    pub name: String,
    /// How it is watched.
    pub watch: Watch,
}

impl Said {
    fn read(json: &Json) -> Option<Said> {
        let flag = |name: &str| json.get(name).and_then(Json::as_bool).unwrap_or(false);
        let hours = json.get("hours").and_then(Json::as_i64).unwrap_or(0);
        let watch = match json.str_at("watch") {
            Some("off") => Watch::Off,
            Some("every") if (SAFE_HOURS.0..=SAFE_HOURS.1).contains(&hours) => {
                Watch::Every { hours, quiet_nights: flag("quietNights"), quiet_weekends: flag("quietWeekends") }
            }
            _ => Watch::Learned,
        };
        let text = |name: &str| json.str_at(name).unwrap_or_default().to_owned();
        Some(Said { source: json.str_at("source")?.to_owned(), name: text("name"), watch })
    }

    fn write(&self) -> Json {
        let mut fields =
            vec![("source", Json::string(self.source.as_str())), ("name", Json::string(self.name.as_str()))];
        match self.watch {
            Watch::Learned => {}
            Watch::Off => fields.push(("watch", Json::string("off"))),
            Watch::Every { hours, quiet_nights, quiet_weekends } => fields.extend([
                ("watch", Json::string("every")),
                ("hours", Json::integer(hours)),
                ("quietNights", Json::Bool(quiet_nights)),
                ("quietWeekends", Json::Bool(quiet_weekends)),
            ]),
        }
        object(fields)
    }
}

/// What a site said, by source.
pub(super) fn said(conn: &mut Conn, org: OrgId) -> StoreResult<Vec<Said>> {
    let newest = versioned::newest(conn, org, SETTING)?;
    Ok(newest.as_ref().map(|json| json.items().iter().filter_map(Said::read).collect()).unwrap_or_default())
}

/// Until when the silence of a source is normal and what is usual of it; nothing for what is not waited for.
pub(super) fn until(
    watch: Watch,
    hours: &[Instant],
    first: Instant,
    last: Instant,
    calendar: &Calendar,
) -> Option<(Instant, String)> {
    match watch {
        Watch::Off => None,
        Watch::Every { hours, quiet_nights, quiet_weekends } => {
            let counts = Counts { quiet_weekends, quiet_hours: quiet_nights.then_some(NIGHT) };
            let until = counts.after(last, hours * HOUR, calendar);
            Some((until, format!("must send at least every {}{}", hours_in_words(hours), rests(&counts))))
        }
        Watch::Learned => {
            let usual = learn(hours, first, calendar)?;
            Some((usual.silent_after(last, calendar), words(&usual)))
        }
    }
}

fn words(usual: &Usual) -> String {
    let hours = (usual.pause + HOUR - 1) / HOUR;
    if usual.learned {
        format!("usually sends at least every {}{}", hours_in_words(hours), rests(&usual.counts))
    } else {
        format!("is new here and is given {}{}", hours_in_words(hours), rests(&usual.counts))
    }
}

fn rests(counts: &Counts) -> String {
    let hour = |hour: u8| match hour {
        0 => "midnight".to_owned(),
        12 => "noon".to_owned(),
        1..=11 => format!("{hour} am"),
        _ => format!("{} pm", hour - 12),
    };
    let days = if counts.quiet_weekends { " on business days" } else { "" };
    match counts.quiet_hours {
        Some((from, to)) => format!("{days} between {} and {}", hour(to), hour(from)),
        None => days.to_owned(),
    }
}

fn hours_in_words(hours: i64) -> String {
    match hours {
        1 => "hour".to_owned(),
        2..=47 => format!("{hours} hours"),
        _ if hours % 24 == 0 => format!("{} days", hours / 24),
        _ => format!("{} days and {} hours", hours / 24, hours % 24),
    }
}

/// Says how a source is watched and what it is called, with the reason.
pub fn set(ctx: &Ctx, new: Said, reason: &str) -> Done<()> {
    ctx.require(Permission::AdminPolicy)?;
    let reason = versioned::reason(reason)?;
    if let Watch::Every { hours, .. } = new.watch
        && !(SAFE_HOURS.0..=SAFE_HOURS.1).contains(&hours)
    {
        let text = format!("a whole number of hours from {} to {}", SAFE_HOURS.0, SAFE_HOURS.1);
        return Err(WorkError::field("hours", text));
    }
    let new = Said { name: new.name.trim().chars().take(LONGEST).collect(), ..new };
    let by = ctx.actor.reference.clone();
    let known = ctx.read(|r| feed::all(r.conn(), ctx.org))?;
    if !known.iter().any(|one| one.source == new.source) {
        return Err(WorkError::NotFound("this source".to_owned()));
    }
    Ok(ctx.write("set how a source is watched", move |tx| {
        tx.commit_id();
        let (org, at) = (tx.org(), tx.now());
        tx.audit("change setting", Rid(0), SETTING, &reason);
        let conn = tx.conn()?;
        let mut all = said(conn, org)?;
        all.retain(|one| one.source != new.source);
        all.push(new);
        all.sort_by(|a, b| a.source.cmp(&b.source));
        let json = list(all.iter().map(Said::write).collect::<Vec<_>>());
        let text = String::from_utf8(json.to_bytes()).map_err(|error| Error::Invalid(error.to_string()))?;
        setting::set_with_reason(conn, org, SETTING, at, &by, &text, &reason)?;
        feed::work_out_again(conn, org)
    })?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_fhir::Zone;

    #[test]
    fn what_a_site_says_comes_back() {
        let every = Watch::Every { hours: 12, quiet_nights: true, quiet_weekends: false };
        for watch in [Watch::Learned, Watch::Off, every] {
            let said = Said { source: "mercy".to_owned(), name: "Mercy".to_owned(), watch };
            assert_eq!(Said::read(&said.write()), Some(said));
        }
    }

    #[test]
    fn a_time_set_here_leaves_out_the_nights_it_says() {
        let calendar = Calendar::us(Zone::utc(), 2026..=2026);
        let at = |text: &str| Instant::parse(text).unwrap();
        let last = at("2026-08-18T18:00:00Z");
        let every = |quiet_nights| Watch::Every { hours: 6, quiet_nights, quiet_weekends: false };
        let (until, words) = super::until(every(false), &[], last, last, &calendar).unwrap();
        assert_eq!((until, words.as_str()), (at("2026-08-19T00:00:00Z"), "must send at least every 6 hours"));
        let (until, words) = super::until(every(true), &[], last, last, &calendar).unwrap();
        assert_eq!(until, at("2026-08-19T10:00:00Z"));
        assert_eq!(words, "must send at least every 6 hours between 6 am and 8 pm");
        assert_eq!(super::until(Watch::Off, &[], last, last, &calendar), None);
    }
}
