//! Patient search, posted, so that no name stands in an address.

use continuo_care::access::Permission;
use continuo_care::people::{self, Hit, PersonHeader};
use continuo_care::{Ctx, staff};
use continuo_fhir::Date;
use continuo_ui::tag::{TagView, Tone};

use crate::app::App;
use crate::pages::people::search::{Hit as HitView, View, render};
use crate::pages::{frame, person, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/patients", Gate::May(Permission::PersonRead), start),
    Route::post("/patients", Gate::May(Permission::PersonRead), search),
];

/// People opened last that stand on the page before anything is asked.
const RECENT: usize = 8;

fn start(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let recent = people::opened_last(ctx, RECENT)?.into_iter().map(|(header, at)| {
        let facts = format!("{} · opened {}", header.phone, when::moment_near(at, ctx.now(), &ctx.zone));
        HitView {
            who: person::who(&header, person::today(ctx)),
            flag: flag(&header),
            record_number: header.mrn,
            matched: String::new(),
            facts: facts.trim_start_matches(" · ").to_owned(),
        }
    });
    let view = View { may_register: may_register(ctx), recent: recent.collect(), ..View::default() };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn may_register(ctx: &Ctx) -> bool {
    ctx.grant.allows(Permission::PersonWrite)
}

fn search(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let asked = form.text("q").unwrap_or_default().to_owned();
    let (words, birth) = take_date(&asked, person::today(ctx));
    let found = people::search(ctx, &words, birth)?;
    let owners = staff::owners(ctx).unwrap_or_default();
    let shown = |hits: &[Hit]| hits.iter().map(|hit| hit_view(ctx, hit, &owners)).collect::<Vec<_>>();
    let view = View {
        more: if found.total > found.exact.len() {
            format!("first {} of {}: add a birth date", found.exact.len(), found.total)
        } else {
            String::new()
        },
        exact: shown(&found.exact),
        near: shown(&found.near),
        recent: Vec::new(),
        may_register: may_register(ctx),
        asked,
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

pub(crate) fn hit_view(ctx: &Ctx, hit: &Hit, owners: &[staff::Owner]) -> HitView {
    let header = &hit.header;
    let owner = if header.owner.is_empty() { String::new() } else { staff::name_of(owners, &header.owner) };
    let facts = [header.phone.clone(), person::language_name(&header.language).to_owned(), owner];
    HitView {
        who: person::who(header, person::today(ctx)),
        record_number: header.mrn.clone(),
        matched: hit.matched.join(", "),
        facts: facts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · "),
        flag: flag(header),
    }
}

fn flag(header: &PersonHeader) -> Option<TagView> {
    match (header.deceased, header.in_hospital) {
        (true, _) => Some(TagView::new(Tone::Waiting, "Has died")),
        (_, true) => Some(TagView::new(Tone::Caution, "In hospital")),
        _ => None,
    }
}

/// A full birth date standing among the words is taken out of them.
pub(crate) fn take_date(asked: &str, today: Date) -> (String, Option<Date>) {
    let words: Vec<&str> = asked.split_whitespace().collect();
    // "Feb 12 1960", "12 February, 1960": three words with a month's name; else one word of numbers.
    for window in words.windows(3) {
        let text = window.join(" ").replace(',', " ");
        let letters = window.iter().filter(|word| word.chars().any(char::is_alphabetic)).count();
        let year = window.iter().any(|word| word.len() == 4 && word.chars().all(|c| c.is_ascii_digit()));
        if letters == 1
            && year
            && let Some(date) = when::read_date(text.trim(), today)
        {
            let left = words.iter().filter(|word| !window.contains(word)).copied().collect::<Vec<_>>().join(" ");
            return (left, Some(date));
        }
    }
    let is_date = |word: &&str| {
        word.matches(['/', '-', '.']).count() == 2 && word.chars().all(|c| c.is_ascii_digit() || "/-.".contains(c))
    };
    let Some(word) = asked.split_whitespace().find(is_date) else { return (asked.to_owned(), None) };
    match when::read_date(&word.replace('.', "/"), today) {
        Some(date) => (asked.replacen(word, "", 1), Some(date)),
        None => (asked.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birth_date_among_the_words_is_found() {
        let today = Date::new(2026, 8, 20).expect("a day of the calendar");
        let born = Date::new(1960, 2, 12);
        assert_eq!(take_date("reyes 2/12/1960", today), ("reyes ".to_owned(), born));
        assert_eq!(take_date("1960-02-12 ana", today), (" ana".to_owned(), born));
        assert_eq!(take_date("reyes Feb 12 1960", today), ("reyes".to_owned(), born));
        assert_eq!(take_date("12 February, 1960 ana", today), ("ana".to_owned(), born));
        assert_eq!(take_date("2.12.1960", today), (String::new(), born));
        assert_eq!(take_date("ana maria reyes", today), ("ana maria reyes".to_owned(), None));
        assert_eq!(take_date("0041-7", today), ("0041-7".to_owned(), None));
    }
}
