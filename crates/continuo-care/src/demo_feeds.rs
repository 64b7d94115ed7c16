//! The made-up clinic's feeds as they would have been heard by now: the clinic's own system without a pause, the hospital
//! hourly, the county's agency with a file each business day, and a laboratory that fell silent last week.

use continuo_fhir::Instant;

use crate::ctx::Ctx;
use crate::feeds::heard_at;

/// Weeks heard before now.
const WEEKS: i64 = 4;
/// The laboratory that fell silent; it sends results only.
const LABORATORY: &str = "crossroads-laboratory";
/// Days since then, at least.
const SILENT_FOR: i64 = 3;
const MINUTE: i64 = 60_000_000;

/// Notes the hours in which each source was heard, and works out what is silent.
pub fn seed(ctx: &Ctx) -> continuo_store::Result<()> {
    let calendar = ctx.calendar()?;
    let now = ctx.now();
    let today = calendar.day(now);
    let mut silent_day = calendar.plus_days(today, -SILENT_FOR);
    while !calendar.is_business_day(silent_day) {
        silent_day = calendar.plus_days(silent_day, -1);
    }
    let silent = calendar.moment(silent_day, 10, 2);
    let heard = |hears: &dyn Fn(bool, u8, Instant) -> bool| -> Vec<Instant> {
        (0..WEEKS * 7)
            .rev()
            .map(|back| calendar.plus_days(today, -back))
            .flat_map(|day| (0..24u8).map(move |hour| (day, hour)))
            .map(|(day, hour)| (calendar.is_business_day(day), hour, calendar.moment(day, hour, 2)))
            .filter(|(business, hour, at)| at.plus_micros(MINUTE) < now && hears(*business, *hour, *at))
            .map(|(.., at)| at)
            .collect()
    };
    heard_at(ctx, "juniper-family-health", heard(&|_, _, _| true))?;
    heard_at(ctx, "alder-regional", heard(&|_, _, _| true))?;
    heard_at(ctx, "county-behavioral-health", heard(&|business, hour, _| business && hour == 5))?;
    heard_at(ctx, LABORATORY, heard(&|business, hour, at| business && (7..19).contains(&hour) && at <= silent))?;
    crate::feeds::round(ctx)
}
