//! The parts of Review: suggestions, words, records in doubt, what could not be filed. The same tabs on each page.

use continuo_care::access::{Permission, opened};
use continuo_care::{Ctx, scribe, suggestions};
use continuo_ui::tabs::TabView;

use crate::problem::Problem;

/// Most that is counted.
const MOST: i64 = 500;

/// The tabs; `current` is the address of the page that shows them.
pub(in crate::pages) fn tabs(ctx: &Ctx, current: &str) -> Result<Vec<TabView>, Problem> {
    let tab = |label: &str, href: &str, count: usize| TabView {
        count: Some(count as u64),
        ..TabView::new(label, href, href == current)
    };
    let mut all = vec![
        tab("Suggestions", "/review", suggestions::review(ctx, MOST)?.len()),
        tab("Words", "/review/words", scribe::review::open(ctx, MOST)?.len()),
    ];
    if ctx.grant.allows(Permission::IdentityDecide) {
        all.push(tab("Same person?", "/same-person", continuo_care::identity::queue::count(ctx)?));
    }
    // Shown while one waits: most days none does.
    if ctx.grant.allows(Permission::ConsentOpen) {
        let waits = opened::waiting_count(ctx)?.unwrap_or(0);
        if waits > 0 || current == "/consents" {
            all.push(tab("Consents to confirm", "/consents", usize::try_from(waits).unwrap_or(0)));
        }
    }
    if ctx.grant.allows(Permission::Import) {
        all.push(tab(
            "Could not file",
            "/could-not-file",
            usize::try_from(continuo_care::kept::count(ctx)?).unwrap_or(0),
        ));
    }
    Ok(all)
}
