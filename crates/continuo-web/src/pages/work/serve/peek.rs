//! The preview of one person: how to reach them, what is open and why, one sentence to begin with.

use continuo_care::access::Permission;
use continuo_care::people::PersonHeader;
use continuo_care::problem::WorkError;
use continuo_care::{Ctx, after_visit, suggestions, why, worklist};
use continuo_ui::action::Action;
use continuo_ui::evidence::body;
use continuo_ui::html;
use continuo_ui::peek::{PeekPart, PeekView};
use continuo_ui::tag::{due, tag};
use continuo_ui::words::Lang;

use crate::pages::work::log_call::NO_NUMBER;
use crate::pages::{person, proof, when};
use crate::problem::Problem;

/// Findings whose evidence is opened in the preview.
const PROOFS: usize = 3;

/// The preview, read anew each time it is opened.
pub(super) fn view(ctx: &Ctx, header: &PersonHeader, close: &str) -> Result<PeekView, Problem> {
    let now = ctx.now();
    let items = worklist::of_person(ctx, header.patient)?;
    let reach = [
        format!("MRN {} · {}", header.mrn, person::language(header)),
        if header.phone.is_empty() {
            "no number on file".to_owned()
        } else {
            format!("{}: {}", header.phone, header.reach)
        },
    ];
    let mut parts = vec![
        PeekPart { title: "One sentence to begin with".to_owned(), body: html! { p.say { (sentence(ctx, header)) } } },
        PeekPart {
            title: format!("Open ({})", items.len()),
            body: html! { ul.lines { @for item in &items { li {
                span.grow { a href=(super::worklist::item_href(item)) { (item.what) } @if !item.why.is_empty() { " " span.muted { (item.why) } } }
                (due(&when::due(item.due, now, &ctx.zone))) (tag(&super::worklist::state(item)))
            } } } },
        },
    ];
    parts.extend(proofs(ctx, header, &items)?);
    let (patient, back) = (&header.id, crate::form::encode(close));
    Ok(PeekView {
        who: person::who(header, ctx.zone.day(now)),
        reach: reach.to_vec(),
        actions: vec![
            Action::open("Log call", format!("/patients/{patient}/call?back={back}")).main(),
            Action::open("Chart", format!("/patients/{patient}")),
            Action::open("Why on the list", format!("/patients/{patient}/why")).quiet(),
        ],
        parts,
        read_at: format!("Read at {}", when::clock_at(now, &ctx.zone)),
        close: close.to_owned(),
    })
}

fn proofs(ctx: &Ctx, header: &PersonHeader, items: &[worklist::Item]) -> Result<Vec<PeekPart>, Problem> {
    // Evidence quotes the record.
    if !ctx.grant.allows(Permission::RecordRead) {
        return Ok(Vec::new());
    }
    let rules = items.iter().map(|item| item.rule.as_str()).filter(|rule| !rule.is_empty()).collect();
    let reports = why::of_rules(ctx, &header.id, &rules)?;
    let suggested = suggestions::of_person(ctx, &header.id)?;
    let mut parts = Vec::new();
    for (at, item) in items.iter().take(PROOFS).enumerate() {
        let id = format!("peek-{at}");
        let suggestion = suggested.iter().find(|one| item.suggestion && one.id == item.id);
        let finding = proof::behind(&reports, item);
        let view = match (suggestion, finding) {
            (Some(one), _) => proof::of_suggestion(&id, one),
            (None, Some(finding)) => proof::of_finding(&id, finding),
            (None, None) => continue,
        };
        parts.push(PeekPart { title: item.what.clone(), body: body(Lang::En, &view) });
    }
    Ok(parts)
}

/// A beginning that names nobody's health before the birth date is checked.
pub(super) fn sentence(ctx: &Ctx, header: &PersonHeader) -> String {
    let first =
        if header.use_name.is_empty() { header.given.split(' ').next().unwrap_or_default() } else { &header.use_name };
    let site = ctx.site_name().unwrap_or_default();
    let me = ctx.actor.name.split(' ').next().unwrap_or_default();
    if header.language.starts_with("es") {
        format!(
            "Hola, ¿hablo con {first} {}? Soy {me}, de {site}. Para empezar, ¿me confirma su fecha de nacimiento?",
            header.family
        )
    } else {
        format!(
            "Hello, am I speaking with {first} {}? This is {me} from {site}. Before we begin, may I have your birth date?",
            header.family
        )
    }
}

/// The beginning where they call: it asks who they are and says nobody's name before.
pub(super) fn answer(ctx: &Ctx, header: &PersonHeader) -> String {
    let site = ctx.site_name().unwrap_or_default();
    let me = ctx.actor.name.split(' ').next().unwrap_or_default();
    if header.language.starts_with("es") {
        format!("Gracias por llamar a {site}, habla {me}. ¿Me da su nombre completo y su fecha de nacimiento?")
    } else {
        format!("Thank you for calling {site}, this is {me}. May I have your full name and birth date?")
    }
}

/// What may be left on a voicemail: who called and that they may call back, on the number the site set; no reason, no clinic,
/// nothing of health.
pub(super) fn voicemail(ctx: &Ctx, header: &PersonHeader) -> Result<String, Problem> {
    let number = after_visit::phone(ctx).map_err(WorkError::from)?;
    let first =
        if header.use_name.is_empty() { header.given.split(' ').next().unwrap_or_default() } else { &header.use_name };
    let me = ctx.actor.name.split(' ').next().unwrap_or_default();
    let number = if number.trim().is_empty() { NO_NUMBER } else { number.trim() };
    Ok(if header.language.starts_with("es") {
        format!("Este mensaje es para {first}. Soy {me}. Por favor, llámeme al {number}. Gracias.")
    } else {
        format!("This message is for {first}. This is {me}. Please call me back at {number}. Thank you.")
    })
}
