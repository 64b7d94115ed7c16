//! The frame of a page for whoever asks: name, navigation by role, preferences, form token, what was just done.

use continuo_care::access::{Permission, emergency, opened, roles, unseen};
use continuo_care::{Ctx, StoreError, accounts};
use continuo_ui::action::Action;
use continuo_ui::frame::{Density, FrameView, LockView, NavItem, SignedIn, Theme};
use continuo_ui::words::Lang;

use super::{assets, paged, when};
use crate::request::Request;

/// A person's choices, as kept with the account: `theme=dark density=compact keys=off`.
///
/// No language among them: the pages of staff are written in English. What a patient gets is written in theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Colors.
    pub theme: Theme,
    /// Row height.
    pub density: Density,
    /// Single keys.
    pub keys: bool,
    /// A sound when danger waits for whoever is on call; silent until its reader turns it on.
    pub sound: bool,
}

impl Preferences {
    /// Reads what is kept; what is not understood is the default.
    pub fn read(text: &str) -> Preferences {
        let value = |name: &str| {
            text.split_whitespace()
                .filter_map(|pair| pair.split_once('='))
                .find(|(n, _)| *n == name)
                .map_or("", |(_, v)| v)
        };
        Preferences {
            theme: Theme::read(value("theme")),
            density: Density::read(value("density")),
            keys: value("keys") != "off",
            sound: value("sound") == "on",
        }
    }

    /// With what a form changes; the form names only what it changes.
    #[must_use]
    pub fn with<'a>(mut self, value: impl Fn(&str) -> Option<&'a str>) -> Preferences {
        if let Some(theme) = value("theme") {
            self.theme = Theme::read(theme);
        }
        if let Some(density) = value("density") {
            self.density = Density::read(density);
        }
        if let Some(keys) = value("keys") {
            self.keys = keys != "off";
        }
        if let Some(sound) = value("sound") {
            self.sound = sound == "on";
        }
        self
    }

    /// As kept.
    pub fn write(self) -> String {
        let word = |on: bool| if on { "on" } else { "off" };
        let (keys, sound) = (word(self.keys), word(self.sound));
        format!("theme={} density={} keys={keys} sound={sound}", self.theme.word(), self.density.word())
    }
}

/// The frame for a signed-in person.
pub fn of(ctx: &Ctx, request: &Request) -> Result<FrameView, StoreError> {
    let choices = Preferences::read(&ctx.preferences);
    let role = ctx.grant.roles().first().and_then(|id| roles().iter().find(|role| role.id == *id));
    let now = ctx.now();
    Ok(FrameView {
        lang: Lang::En,
        theme: choices.theme,
        density: choices.density,
        keys: choices.keys,
        site: ctx.site_name()?,
        user: Some(SignedIn {
            name: ctx.actor.name.clone(),
            key: ctx.actor.reference.clone(),
            role: role.map(|role| role.label.to_lowercase()).unwrap_or_default(),
            away: away(ctx)?,
            lock: (!ctx.session_key.is_empty()).then(|| LockView {
                seconds: accounts::IDLE / 1_000_000,
                password: ctx.keys.password,
                provider: super::account::provider_link(ctx.care(), ctx.keys.provider, super::account::UNLOCKED),
            }),
        }),
        nav: nav(ctx)?,
        path: request.path.clone(),
        here: request.here(),
        today: ctx.zone.day(now).to_string(),
        alarm: alarm(ctx)?,
        paged: paged::view(ctx)?,
        csrf: ctx.session_key.clone(),
        toast: super::done::toast(ctx, request)?,
        scripts: assets::script_addresses(),
        printed: format!("{} by {}", when::moment(now, &ctx.zone), ctx.actor.name),
    })
}

/// "away to Fri 08/28", while the reader is entered as away.
fn away(ctx: &Ctx) -> Result<String, StoreError> {
    let now = ctx.now();
    let absences = continuo_care::oncall::absences(ctx)?;
    let mine = absences.iter().find(|one| one.who == ctx.actor.reference && one.from <= now);
    let last = mine.map(|one| ctx.zone.day(one.until.plus_micros(-1)));
    Ok(last.map(|day| format!("away to {}", when::near(day, ctx.zone.day(now)))).unwrap_or_default())
}

/// The frame for somebody who has not signed in.
pub fn outside(request: &Request) -> FrameView {
    FrameView { path: request.path.clone(), scripts: assets::script_addresses(), ..FrameView::default() }
}

const CARE_GAPS: &str = "/care-gaps";

/// Entries of the navigation with the permission each asks for.
const NAV: &[(&str, &str, char, Permission)] = &[
    ("Worklist", "/worklist", 'w', Permission::WorkRead),
    ("My caseload", "/caseload", 'c', Permission::WorkRead),
    ("Patients", "/patients", 'p', Permission::PersonRead),
    ("Review", "/review", 'v', Permission::SuggestionDecide),
    ("Messages", "/messages", 'm', Permission::RecordRead),
    ("Documents", DOCUMENTS, 'd', Permission::Import),
    ("Registries", "/registries", 'r', Permission::RecordRead),
    ("Care gaps", CARE_GAPS, 'k', Permission::WorkRead),
    ("Same person?", SAME_PERSON, 'i', Permission::IdentityDecide),
    ("Could not file", COULD_NOT_FILE, 'f', Permission::Import),
    ("Measures", "/measures", 'q', Permission::RecordRead),
    ("Oversight", "/oversight", 'o', Permission::OversightRead),
    ("Audit", "/audit", 'u', Permission::AuditRead),
    ("Emergency access", EMERGENCY, 'e', Permission::AuditRead),
    ("Openings", OPENINGS, 'n', Permission::AuditRead),
    ("Administration", "/admin/people", 'a', Permission::AdminPeople),
];

fn nav(ctx: &Ctx) -> Result<Vec<NavItem>, StoreError> {
    let shown = NAV.iter().filter(|(_, href, _, needs)| {
        // Whoever reviews finds these as parts of Review; the row stays short enough for one line.
        let in_review = [SAME_PERSON, COULD_NOT_FILE].contains(href) && ctx.grant.allows(Permission::SuggestionDecide);
        // Who does not open the record does not see what waits to enter it, either.
        ctx.grant.allows(*needs)
            && !in_review
            && (![DOCUMENTS, CARE_GAPS].contains(href) || ctx.grant.allows(Permission::RecordRead))
    });
    let hidden = unseen::count(ctx)?;
    let danger = hidden.is_some_and(|(danger, _)| danger > 0);
    // Only what is shown is counted: every page waits for this.
    let counted = |href: &str| match href {
        DOCUMENTS => continuo_care::documents::count(ctx),
        SAME_PERSON => continuo_care::identity::queue::waiting_count(ctx),
        // What nobody here may see waits for this reader as well as consents to review.
        OPENINGS => {
            let unseen = hidden.map_or(0, |(_, all)| all);
            Ok(opened::unreviewed(ctx)?.map(|waits| waits + unseen))
        }
        EMERGENCY => emergency::unreviewed(ctx),
        _ => Ok(None),
    };
    shown
        .map(|(label, href, key, _)| {
            Ok(NavItem {
                key: Some(*key),
                count: counted(href)?.filter(|count| *count > 0),
                loud: *href == EMERGENCY || (*href == OPENINGS && danger),
                ..NavItem::new(label, href)
            })
        })
        .collect()
}

const SAME_PERSON: &str = "/same-person";
const COULD_NOT_FILE: &str = "/could-not-file";
const DOCUMENTS: &str = "/documents";
const EMERGENCY: &str = "/emergency";
const OPENINGS: &str = "/openings";

/// The strip that stands on every page while an emergency access of the reader is open.
fn alarm(ctx: &Ctx) -> Result<Option<(String, Action)>, StoreError> {
    let open = emergency::active(ctx)?;
    Ok(open.first().map(|(patient, until)| {
        let text = format!(
            "Emergency access is open until {}. What you read is recorded and reviewed.",
            when::clock_at(*until, &ctx.zone)
        );
        (text, Action::post("End it now", format!("/patients/{patient}/emergency/end")))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_come_back_and_nonsense_is_the_default() {
        let chosen = Preferences { theme: Theme::Dark, density: Density::Compact, keys: false, sound: true };
        assert_eq!(Preferences::read(&chosen.write()), chosen);
        let default = Preferences { theme: Theme::System, density: Density::Default, keys: true, sound: false };
        assert_eq!(Preferences::read("theme=pink =x density"), default);
    }
}
