//! Handlers of the list of openings.

use continuo_care::Ctx;
use continuo_care::access::{Permission, opened, unseen};
use continuo_care::followup::finding::Consequence;
use continuo_fhir::Instant;
use continuo_ui::action::Action;
use continuo_ui::field::{Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{TagView, Tone};

use super::openings::{Row, View, render};
use super::serve::errors_of;
use crate::app::App;
use crate::form::Pairs;
use crate::pages::entry::{Errors, filled};
use crate::pages::{done, frame, person, proof, review, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// Routes of this list.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/openings", Gate::May(Permission::AuditRead), list),
    Route::post("/openings/{id}/review", Gate::May(Permission::AuditRead), decide),
    Route::get("/consents", Gate::May(Permission::ConsentOpen), to_confirm),
    // Whoever writes such consents and whoever reviews them may be the second person; the care crate asks which.
    Route::post("/consents/{id}/confirm", Gate::SignedIn, confirm),
];

/// Consents that open nothing until somebody else than their writer confirms them.
fn to_confirm(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let waiting = opened::waiting(ctx)?;
    let rows = waiting.iter().map(|one| consent(ctx, one, "", &Pairs::default(), &Errors::new()));
    let view = View {
        title: "Consents to confirm".to_owned(),
        lead: "Whoever wrote these does not see what they open. Look at the form the person gave, then confirm."
            .to_owned(),
        tabs: review::parts::tabs(ctx, "/consents")?,
        rows: rows.collect(),
        nothing: "A consent that opens what its writer does not see stands here until a second person confirms it."
            .to_owned(),
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn confirm(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let id: i64 = request.param("id").parse().map_err(|_| Problem::not_found())?;
    opened::confirm(ctx, id)?;
    done::said(ctx, if ctx.grant.allows(Permission::ConsentOpen) { "/consents" } else { "/openings" })
}

fn list(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let tab = request.query.get("tab").unwrap_or("review");
    page(ctx, request, tab, &Pairs::default(), &Errors::new())
}

fn decide(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let given = request.form()?;
    let id: i64 = request.param("id").parse().map_err(|_| Problem::not_found())?;
    match opened::review(ctx, id, given.text(&format!("finding-{id}")).unwrap_or_default()) {
        Ok(()) => done::said(ctx, "/openings"),
        Err(error) => page(ctx, request, "review", &given, &errors_of(error)?),
    }
}

fn page(ctx: &Ctx, request: &Request, tab: &str, given: &Pairs, errors: &Errors) -> Result<Reply, Problem> {
    let waits = opened::unreviewed(ctx)?.unwrap_or(0);
    let (danger, hidden) = unseen::count(ctx)?.unwrap_or_default();
    let rows = match tab {
        "unseen" => unseen::list(ctx)?.iter().enumerate().map(|(at, one)| waits_unseen(ctx, at, one)).collect(),
        "closed" => opened::closed_people(ctx)?.iter().enumerate().map(|(at, one)| closed(ctx, at, one)).collect(),
        "now" => opened::running(ctx)?.iter().enumerate().map(|(at, one)| running(ctx, at, one)).collect(),
        _ => {
            let listed = opened::consents(ctx, tab != "all")?;
            listed.iter().map(|one| consent(ctx, one, request.param("id"), given, errors)).collect()
        }
    };
    let view = View {
        title: "What is open to whom".to_owned(),
        lead: "Consents that open closed records are looked at by somebody else than whoever wrote them.".to_owned(),
        tabs: vec![
            TabView {
                count: Some(waits),
                loud: waits > 0,
                ..TabView::new("Consents to review", "/openings", !["all", "now", "unseen", "closed"].contains(&tab))
            },
            TabView::new("All consents", "/openings?tab=all", tab == "all"),
            TabView::new("Open now", "/openings?tab=now", tab == "now"),
            TabView {
                count: Some(hidden),
                loud: danger > 0,
                ..TabView::new("Work nobody may see", "/openings?tab=unseen", tab == "unseen")
            },
            TabView::new("Closed people", "/openings?tab=closed", tab == "closed"),
            TabView::new("API tokens", "/openings/tokens", false),
            TabView::new("Emergency access", "/emergency", false),
        ],
        rows,
        nothing: match tab {
            "unseen" => "Work that rests on records which nobody here may read would stand here. There is none.",
            "closed" => {
                "Nobody's own entry carries a label. One that does is gone for everybody who does not see the label."
            }
            "now" => "No consent and no emergency access opens a closed record now.",
            _ => "A consent that opens closed records appears here as soon as it is written.",
        }
        .to_owned(),
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

/// "until Tue 11/30/2027" where a whole day is the last, else with the time.
fn until(ctx: &Ctx, at: Option<Instant>) -> String {
    let Some(at) = at else { return "without an end".to_owned() };
    let last = ctx.zone.day(at.plus_micros(-1));
    if last.high(&ctx.zone) == at {
        return format!("until {}", when::weekday_and_day(last));
    }
    format!("until {}", when::moment(at, &ctx.zone))
}

fn consent(ctx: &Ctx, one: &opened::Listed, of: &str, given: &Pairs, errors: &Errors) -> Row {
    let id = one.row.id.to_string();
    let end = (one.row.until != i64::MAX).then(|| Instant::from_micros(one.row.until));
    let (empty, none) = (Pairs::default(), Errors::new());
    let own: Errors = errors.iter().map(|(name, text)| (format!("{name}-{id}"), text.clone())).collect();
    let fields = vec![Field::new(&format!("finding-{id}"), "What you found", Input::Area(1))];
    let mine = of == id;
    // Nobody confirms or reviews what they wrote themselves.
    let own_words = one.row.actor == ctx.actor.reference;
    let fields = filled(ctx, fields, if mine { given } else { &empty }, if mine { &own } else { &none });
    Row {
        title: format!("Written by {}, {}", one.by, when::moment(Instant::from_micros(one.row.at), &ctx.zone)),
        who: one.person.as_ref().map(|header| person::who(header, person::today(ctx))),
        opens: one.labels.join("; "),
        until: until(ctx, end),
        consent: one.consent.clone(),
        href: if one.consent.is_empty() || !ctx.grant.allows(Permission::RecordRead) {
            String::new()
        } else {
            proof::source_href(&one.consent)
        },
        state: match &one.row.review {
            _ if one.row.waits && one.row.ended => TagView::new(Tone::Done, "Over before anybody confirmed it"),
            _ if one.row.waits => TagView::new(Tone::Caution, "Waits for a second person"),
            Some(_) => TagView::new(Tone::Done, "Reviewed"),
            None => TagView::new(Tone::Caution, "To review"),
        },
        finding: one.row.review.clone().unwrap_or_default(),
        note: match (own_words, one.row.waits) {
            (true, true) if !one.row.ended => "You wrote this: somebody else confirms it.".to_owned(),
            (true, false) if one.row.review.is_none() => "You wrote this: somebody else reviews it.".to_owned(),
            _ => String::new(),
        },
        action: None,
        form: if one.row.waits {
            (!own_words && !one.row.ended).then(|| FormView {
                action: format!("/consents/{id}/confirm"),
                submit: "Confirm: I have seen the consent".to_owned(),
                ..FormView::default()
            })
        } else {
            (!own_words && one.row.review.is_none()).then(|| FormView {
                action: format!("/openings/{id}/review"),
                fields,
                submit: "Mark reviewed".to_owned(),
                ..FormView::default()
            })
        },
        id,
    }
}

/// What it is about stays closed; what can be done is said.
fn waits_unseen(ctx: &Ctx, at: usize, one: &unseen::Unseen) -> Row {
    let state = match one.consequence {
        Consequence::Danger => TagView::new(Tone::Critical, "Danger now"),
        Consequence::High => TagView::new(Tone::Caution, "Waiting does harm"),
        Consequence::Normal => TagView::new(Tone::Waiting, "Waits"),
    };
    // Who was shown it, not who looked: only an answer says that.
    let paged = match (one.consequence, one.answered) {
        (Consequence::Danger, true) => " Shown to whoever is on call at the top of every page.",
        (Consequence::Danger, false) => " Nobody is on call for it: shown to the supervisors at the top of every page.",
        _ => "",
    };
    let opened = one
        .opened
        .as_ref()
        .map(|(by, until)| format!("{by} opened it by emergency access, until {}.", when::moment(*until, &ctx.zone)));
    Row {
        id: (at + 1).to_string(),
        title: format!("Waits since {}", when::moment(one.since, &ctx.zone)),
        who: one.person.as_ref().map(|header| person::who(header, person::today(ctx))),
        opens: String::new(),
        until: String::new(),
        consent: String::new(),
        href: String::new(),
        state,
        finding: opened.unwrap_or_else(|| format!(
            "It rests on records that nobody here may read ({}). Ask the person for a consent, or tell a clinician: in a medical emergency the chart opens through Emergency access.{paged}",
            one.labels.join("; ")
        )),
        note: String::new(),
        action: None,
        form: None,
    }
}

fn closed(ctx: &Ctx, at: usize, one: &opened::Closed) -> Row {
    let path = format!("/patients/{}/emergency", one.patient.trim_start_matches("Patient/"));
    let opens = ctx.grant.allows(Permission::BreakGlass);
    let action = opens.then(|| Action::open("Emergency access", &path).about(&one.patient));
    Row {
        id: (at + 1).to_string(),
        title: format!("Written by {}, {}", one.by, when::moment(one.at, &ctx.zone)),
        who: one.person.as_ref().map(|header| person::who(header, person::today(ctx))),
        opens: String::new(),
        until: String::new(),
        consent: String::new(),
        href: String::new(),
        state: TagView::new(Tone::Caution, "Closed"),
        finding: format!("{} is closed by: {}.", one.patient, one.labels.join("; ")),
        note: match action {
            Some(_) => String::new(),
            None => format!("Whoever may use emergency access opens it at {path}"),
        },
        action,
        form: None,
    }
}

fn running(ctx: &Ctx, at: usize, one: &opened::Running) -> Row {
    Row {
        id: (at + 1).to_string(),
        title: format!("To {}", one.to),
        who: one.person.as_ref().map(|header| person::who(header, person::today(ctx))),
        opens: one.labels.join("; "),
        until: until(ctx, one.until),
        consent: String::new(),
        href: String::new(),
        state: TagView::new(Tone::Active, "Open"),
        finding: String::new(),
        note: String::new(),
        action: None,
        form: None,
    }
}
