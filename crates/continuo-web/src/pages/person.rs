//! A person as every page about them shows it: identity, banner, how to reach.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::assess::header::asks_first;
use continuo_care::chart::{self, Names};
use continuo_care::people::{self, PersonHeader};
use continuo_care::staff::Owner;
use continuo_fhir::{Date, Instant};
use continuo_ui::banner::{AllergyView, BannerView};
use continuo_ui::field::Choice;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::Tone;
use continuo_ui::who::Who;

use super::when;
use crate::problem::Problem;

pub(crate) use continuo_care::languages::{LANGUAGES, language_name};

/// Identity in one line.
pub fn who(header: &PersonHeader, today: Date) -> Who {
    let birth = Date::parse(&header.birth);
    Who {
        family: header.family.clone(),
        given: header.given.clone(),
        age_sex: [birth.and_then(|birth| age(birth, today)).unwrap_or_default(), header.sex.clone()]
            .join(" ")
            .trim()
            .to_owned(),
        born: birth.map_or_else(|| "birth date not known".to_owned(), when::day),
        href: format!("/patients/{}", header.id),
    }
}

/// "66"; under two years "14 mo", under a month "12 d", since a dose hangs on it.
pub(super) fn age(birth: Date, today: Date) -> Option<String> {
    let years = birth.years_until(today);
    let days = birth.days_until(today);
    let (Some(month), Some(day)) = (birth.month(), birth.day()) else {
        return (0..130).contains(&years).then(|| years.to_string());
    };
    match years {
        2..130 => Some(years.to_string()),
        0 | 1 if (0..31).contains(&days) => Some(format!("{days} d")),
        0 | 1 if days >= 0 => {
            let whole = (i32::from(today.year()) - i32::from(birth.year())) * 12
                + i32::from(today.month().unwrap_or(1))
                - i32::from(month);
            let months = whole - i32::from(today.day().unwrap_or(1) < day);
            Some(format!("{} mo", months.max(1)))
        }
        _ => None,
    }
}

/// The banner of every page about a person.
pub fn banner(header: &PersonHeader, names: &Names, today: Date) -> BannerView {
    let allergies = match allergies(header, names).as_str() {
        "" | "Not asked" => AllergyView::NotAsked("Not asked".to_owned()),
        text if text.starts_with("No known") => AllergyView::NoneKnown(text.to_owned()),
        text => match text.rsplit_once(" +").and_then(|(first, more)| Some((first, more.parse().ok()?))) {
            Some((first, more)) => AllergyView::Listed(first.to_owned(), more),
            None => AllergyView::Listed(text.to_owned(), 0),
        },
    };
    let pronouns = [header.use_name.as_str(), header.pronouns.as_str()].into_iter().filter(|text| !text.is_empty());
    BannerView {
        who: who(header, today),
        name_to_use: pronouns.collect::<Vec<_>>().join(", "),
        record_number: if header.mrn.is_empty() { "not given".to_owned() } else { header.mrn.clone() },
        language: language(header),
        allergies,
        code_status: header.code_status.clone(),
        more: more(header, names),
        alert: alert(header),
        died: header.deceased,
    }
}

/// Allergies in one line. Who said that none are known is named, and the day written as the site writes days.
pub fn allergies(header: &PersonHeader, names: &Names) -> String {
    let text = header.allergies.as_str();
    let said = text.strip_suffix(')').and_then(|text| text.rsplit_once(" (")).and_then(|(none, said)| {
        let (who, day) = said.rsplit_once(", ")?;
        let day = Date::parse(day).map_or_else(|| day.to_owned(), when::day);
        // A reference without a name says nothing to anybody.
        let who =
            Some(names.of(who)).filter(|who| !who.contains('/')).map(|who| format!("{who}, ")).unwrap_or_default();
        Some(format!("{none} ({who}{day})"))
    });
    said.filter(|_| text.starts_with("No known")).unwrap_or_else(|| text.to_owned())
}

/// The banner of a person by id, for pages that load nothing else of the record.
pub fn banner_of(ctx: &Ctx, patient: &str) -> Result<(PersonHeader, BannerView), Problem> {
    let (header, names) = chart::banner(ctx, patient)?;
    let mut view = banner(&header, &names, today(ctx));
    add_sources(&mut view, chart::sources(ctx, &header.id)?);
    flag_near_name(ctx, &header, &mut view);
    Ok((header, view))
}

/// The banner of a chart that is loaded.
pub fn banner_of_chart(ctx: &Ctx, chart: &chart::Chart) -> BannerView {
    let mut view = banner(&chart.header, &chart.names, today(ctx));
    add_sources(&mut view, chart.sources);
    flag_near_name(ctx, &chart.header, &mut view);
    view
}

/// Says whose similar name the reader opened lately, likely still in another tab (safety.md rule 9). What stands in the
/// banner already is graver; a look-up that fails takes no page with it.
fn flag_near_name(ctx: &Ctx, header: &PersonHeader, view: &mut BannerView) {
    if view.alert.is_some() {
        return;
    }
    match people::alike::opened_lately(ctx, header) {
        Ok(Some((other, at))) => {
            let other = who(&other, today(ctx)).named_and_born();
            let text = format!("Similar name: you opened {other} at {}", when::clock_at(at, &ctx.zone));
            view.alert = Some((Tone::Caution, text));
        }
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "names alike could not be looked up"),
    }
}

/// Says how many sources know the person, where it is more than one.
pub fn add_sources(view: &mut BannerView, sources: usize) {
    if sources > 1 {
        view.more.push(("Records".to_owned(), format!("{sources} sources")));
    }
}

/// The day it is at the site.
pub fn today(ctx: &Ctx) -> Date {
    ctx.zone.day(ctx.now())
}

/// "Fri 08/14 10:00 am", always with its day.
pub fn day_and_clock(ctx: &Ctx, at: Instant) -> String {
    format!("{} {}", when::near(ctx.zone.day(at), today(ctx)), when::clock_at(at, &ctx.zone))
}

fn more(header: &PersonHeader, names: &Names) -> Vec<(String, String)> {
    let tier = match header.tier.as_str() {
        "tier-high" => "high",
        "tier-medium" => "medium",
        "tier-low" => "low",
        _ => "",
    };
    let owner = if header.owner.is_empty() { "nobody yet" } else { names.of(&header.owner) };
    let phone = if header.phone.is_empty() { "no number on file".to_owned() } else { header.phone.clone() };
    let reach = [phone.as_str(), header.reach.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
    // "Unsafe" blocks every channel: a number beside it would read as the one that may be used.
    let reach = if header.unsafe_ { "unsafe: see How to reach".to_owned() } else { reach.join(" · ") };
    [("Owner", owner.to_owned()), ("Program", header.programme.clone()), ("Tier", tier.to_owned()), ("Reach", reach)]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(label, text)| (label.to_owned(), text))
        .collect()
}

fn alert(header: &PersonHeader) -> Option<(Tone, String)> {
    if header.deceased {
        return Some((Tone::Waiting, "Has died. Messages and reminders have stopped.".to_owned()));
    }
    if header.unsafe_ {
        return Some((Tone::Critical, "Unsafe to contact: no calls, texts or mail.".to_owned()));
    }
    if asks_first(&header.reach) {
        return Some((Tone::Critical, crate::problem::capital(&format!("{}.", header.reach))));
    }
    header.in_hospital.then(|| (Tone::Caution, "In hospital now".to_owned()))
}

/// The line under the name on paper: number, language, allergies and code status.
pub fn on_paper(header: &PersonHeader, names: &Names) -> String {
    format!(
        "MRN {} · {} · Allergies: {} · Code status: {}",
        header.mrn,
        language(header),
        allergies(header, names),
        header.code_status
    )
}

/// "Spanish, interpreter", or that nobody asked.
pub fn language(header: &PersonHeader) -> String {
    let name = language_name(&header.language);
    if header.interpreter { format!("{name}, interpreter") } else { name.to_owned() }
}

/// Somebody to whom work can be given; whoever is away shows until when and who covers, before it is sent.
pub fn owner_choice(ctx: &Ctx, owner: &Owner) -> Choice {
    let away = owner.away.as_ref().map(|(until, fallback)| {
        let last = ctx.zone.day(until.plus_micros(-1));
        format!(" (away to {}, {fallback} covers)", when::near(last, today(ctx)))
    });
    Choice::new(&owner.reference, format!("{}{}", owner.label, away.unwrap_or_default()))
}

/// The parts of a person's pages that the reader may open; each asks for what its route asks for.
pub fn tabs(ctx: &Ctx, patient: &str, current: &str) -> Vec<TabView> {
    const PERSON: &[Permission] = &[Permission::PersonRead];
    const RECORD: &[Permission] = &[Permission::RecordRead];
    const WORK: &[Permission] = &[Permission::WorkRead];
    const BOTH: &[Permission] = &[Permission::RecordRead, Permission::WorkRead];
    const PARTS: [(&str, &str, &[Permission]); 10] = [
        ("Summary", "", PERSON),
        ("Timeline", "/timeline", RECORD),
        ("Tasks", "/tasks", WORK),
        ("Referrals", "/referrals", RECORD),
        ("Contacts", "/contacts", RECORD),
        ("Documents", "/documents", RECORD),
        ("Care gaps", "/care-gaps", BOTH),
        ("Sources", "/sources", PERSON),
        ("Why on the list", "/why", BOTH),
        ("Measures", "/measures", RECORD),
    ];
    PARTS
        .iter()
        .filter(|(.., needs)| needs.iter().all(|needs| ctx.grant.allows(*needs)))
        .map(|(label, path, _)| TabView::new(label, format!("/patients/{patient}{path}"), *label == current))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_of_the_youngest_is_told_in_months_and_days() {
        let today = Date::parse("2026-08-19").expect("a date");
        let on = |birth: &str| age(Date::parse(birth).expect("a date"), today);
        assert_eq!(on("1960-08-20").as_deref(), Some("65"));
        assert_eq!(on("1960").as_deref(), Some("66"));
        assert_eq!(on("2024-08-20").as_deref(), Some("23 mo"));
        assert_eq!(on("2026-06-20").as_deref(), Some("1 mo"));
        assert_eq!(on("2026-08-07").as_deref(), Some("12 d"));
        assert_eq!(on("2026-09-01"), None);
    }
}
