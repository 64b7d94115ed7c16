//! How the silence of a source is said, on whatever page it matters.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::feeds::{self, Silent};
use continuo_fhir::Instant;
use continuo_ui::action::Action;
use continuo_ui::section::{LineView, Section};
use continuo_ui::states::EmptyView;
use continuo_ui::tag::{TagView, Tone};

use crate::pages::person;
use crate::problem::Problem;

/// "Nothing from Alder Regional since Fri 08/14 10:00 am; it usually sends at least every 3 hours."
pub(in crate::pages) fn sentence(ctx: &Ctx, one: &Silent) -> String {
    format!("Nothing from {} since {}; it {}.", one.name, person::day_and_clock(ctx, one.since), one.usual)
}

/// " It sends visits and results, lately of 1,240 people."
pub(in crate::pages) fn brings(one: &Silent) -> String {
    match (one.brings.as_str(), one.people) {
        ("", _) => String::new(),
        (what, 0) => format!(" It sends {what}."),
        (what, 1) => format!(" It sends {what}, lately of 1 person."),
        (what, people) => format!(" It sends {what}, lately of {people} people."),
    }
}

/// A banner of lists, while something is silent: which source, since when, and where to look into it.
pub(in crate::pages) fn banner(ctx: &Ctx) -> Result<Option<(Tone, String, Option<Action>)>, Problem> {
    // What is known and planned is told on charts and papers, where it matters, and shouts no longer.
    let silent: Vec<Silent> = feeds::silent(ctx)?.into_iter().filter(|one| one.duty.closed.is_empty()).collect();
    let text = match silent.as_slice() {
        [] => return Ok(None),
        [one] => format!("{}{}", sentence(ctx, one), brings(one)),
        [first, rest @ ..] => {
            let names: Vec<&str> = rest.iter().map(|one| one.name.as_str()).collect();
            format!("{} Silent, too: {}.", sentence(ctx, first), names.join(", "))
        }
    };
    let whose = match silent.iter().filter(|one| one.is_nobodys()).count() {
        0 => "Somebody looks into it.",
        _ => "Nobody looks into it yet.",
    };
    let text = format!("{text} Silence is not normal: what happened there since is not known. {whose}");
    let action = ctx.grant.allows(Permission::OversightRead).then(|| Action::open("See feeds", "/feeds"));
    Ok(Some((Tone::Caution, text, action)))
}

/// One line for papers and sections: "Not known since Fri 08/14 10:00 am from Alder Regional", with when it last sent
/// something about the person, if it ever did.
pub(in crate::pages) fn lines(ctx: &Ctx, silent: &[Silent], last: &[Option<Instant>]) -> Vec<String> {
    let line = |(at, one): (usize, &Silent)| {
        let about = match last.get(at).copied().flatten() {
            Some(at) => format!(", which last sent something about this person {}", person::day_and_clock(ctx, at)),
            None => String::new(),
        };
        format!("Not known since {} from {}{about}", person::day_and_clock(ctx, one.since), one.name)
    };
    silent.iter().enumerate().map(line).collect()
}

/// A section whose things a silent source may have sent: it says first since when they are not known.
pub(in crate::pages) fn told(lines: &[String], section: Section<LineView>) -> Section<LineView> {
    if lines.is_empty() {
        return section;
    }
    match section {
        Section::Shown(items, about) => {
            let line = |text: &String| LineView::new(text, "").tag(TagView::new(Tone::Caution, "Feed silent"));
            Section::Shown(lines.iter().map(line).chain(items).collect(), about)
        }
        Section::Empty(view) => {
            let text = format!("{}.", lines.join(". "));
            Section::Empty(EmptyView {
                what: text,
                why: format!("{} {}", view.what, view.why).trim().to_owned(),
                ..view
            })
        }
        other @ (Section::Failed(_) | Section::Closed) => other,
    }
}
