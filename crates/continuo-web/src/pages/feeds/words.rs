//! How the silence of a source is said, on whatever page it matters.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::feeds::{self, Silent};
use continuo_fhir::Instant;
use continuo_ui::action::Action;
use continuo_ui::section::{LineView, Section};
use continuo_ui::states::EmptyView;
use continuo_ui::tag::{TagView, Tone};

use crate::pages::{person, when};
use crate::problem::Problem;

/// "Fri 08/14 10:00 am".
pub(in crate::pages) fn since(ctx: &Ctx, at: Instant) -> String {
    format!("{} {}", when::near(ctx.zone.day(at), person::today(ctx)), when::clock_at(at, &ctx.zone))
}

/// "Nothing from Alder Regional since Fri 08/14 10:00 am; it usually sends at least every 3 hours."
pub(in crate::pages) fn sentence(ctx: &Ctx, one: &Silent) -> String {
    format!("Nothing from {} since {}; it {}.", one.name, since(ctx, one.since), one.usual)
}

/// A banner of lists, while something is silent: which source, since when, and where to look into it.
pub(in crate::pages) fn banner(ctx: &Ctx) -> Result<Option<(Tone, String, Option<Action>)>, Problem> {
    let silent = feeds::silent(ctx)?;
    let text = match silent.as_slice() {
        [] => return Ok(None),
        [one] => sentence(ctx, one),
        [first, rest @ ..] => {
            let names: Vec<&str> = rest.iter().map(|one| one.name.as_str()).collect();
            format!("{} Silent, too: {}.", sentence(ctx, first), names.join(", "))
        }
    };
    let text = format!("{text} Silence is not normal: what happened there since is not known.");
    let action = ctx.grant.allows(Permission::OversightRead).then(|| Action::open("See feeds", "/feeds"));
    Ok(Some((Tone::Caution, text, action)))
}

/// One line for papers and sections: "Not known since Fri 08/14 10:00 am from Alder Regional".
pub(in crate::pages) fn lines(ctx: &Ctx, silent: &[Silent]) -> Vec<String> {
    silent.iter().map(|one| format!("Not known since {} from {}", since(ctx, one.since), one.name)).collect()
}

/// A section whose things a silent source may have sent: it says first since when they are not known.
pub(in crate::pages) fn told(ctx: &Ctx, silent: &[Silent], section: Section<LineView>) -> Section<LineView> {
    let lines = lines(ctx, silent);
    if lines.is_empty() {
        return section;
    }
    match section {
        Section::Shown(items, about) => {
            let line = |text| LineView::new(text, "").tag(TagView::new(Tone::Caution, "Feed silent"));
            Section::Shown(lines.into_iter().map(line).chain(items).collect(), about)
        }
        Section::Empty(view) => {
            let text = format!("{}.", lines.join(". "));
            Section::Empty(EmptyView {
                what: text,
                why: format!("{} {}", view.what, view.why).trim().to_owned(),
                ..view
            })
        }
        Section::Failed(sentence) => Section::Failed(sentence),
    }
}
