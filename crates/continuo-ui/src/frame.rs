//! The page frame: head, skip link, top bar, navigation, main, live region and footer.

use maud::{DOCTYPE, Markup, html};

use crate::action::{Action, button};
use crate::assets::{ICON, STYLES};
use crate::paged::{PagedView, paged};
use crate::shape;
use crate::states::notice;
use crate::tag::Tone;
use crate::toast::{self, ToastView};
use crate::words::Lang;

/// The reader's choice of colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the computer says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The word used in the preference cookie and in `data-theme`.
    pub fn word(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// Reads the word; anything else is the computer's choice.
    pub fn read(word: &str) -> Theme {
        match word {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }
}

/// Height of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    /// 28 px.
    Compact,
    /// 36 px.
    #[default]
    Default,
    /// 48 px.
    Relaxed,
}

impl Density {
    /// The word used in the preference cookie and in `data-density`.
    pub fn word(self) -> &'static str {
        match self {
            Density::Compact => "compact",
            Density::Default => "default",
            Density::Relaxed => "relaxed",
        }
    }

    /// Reads the word; anything else is the default.
    pub fn read(word: &str) -> Density {
        match word {
            "compact" => Density::Compact,
            "relaxed" => Density::Relaxed,
            _ => Density::Default,
        }
    }
}

/// Who is signed in.
#[derive(Clone, Debug, Default)]
pub struct SignedIn {
    /// "M. Ortiz".
    pub name: String,
    /// Who that is beyond doubt, for scripts: two may bear one name.
    pub key: String,
    /// "care coordinator".
    pub role: String,
    /// Away until, or empty.
    pub away: String,
    /// How the screen locks and opens again; none where nothing locks.
    pub lock: Option<LockView>,
}

/// The cover of a locked screen.
#[derive(Clone, Debug, Default)]
pub struct LockView {
    /// Idle seconds until it locks.
    pub seconds: i64,
    /// The reader has a password to unlock with.
    pub password: bool,
    /// Label and address of the provider to unlock with.
    pub provider: Option<(String, String)>,
}

/// One entry of the navigation.
#[derive(Clone, Debug, Default)]
pub struct NavItem {
    /// "Worklist".
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// The exact number waiting there.
    pub count: Option<u64>,
    /// Shown in red: work nobody has.
    pub loud: bool,
    /// Second key after `g`.
    pub key: Option<char>,
}

impl NavItem {
    /// An entry without a count.
    pub fn new(label: &str, href: &str) -> NavItem {
        NavItem { label: label.to_owned(), href: href.to_owned(), ..NavItem::default() }
    }
}

/// What every page knows about its reader.
#[derive(Clone, Debug, Default)]
pub struct FrameView {
    /// Language of the interface.
    pub lang: Lang,
    /// Colors.
    pub theme: Theme,
    /// Row height.
    pub density: Density,
    /// Single keys on.
    pub keys: bool,
    /// Name of the clinic.
    pub site: String,
    /// Nobody on the sign-in page.
    pub user: Option<SignedIn>,
    /// Main navigation for this role.
    pub nav: Vec<NavItem>,
    /// Path of this page, to mark the navigation and to come back after a change of preferences.
    pub path: String,
    /// The path with its query: the same list under the same filters. Empty where it is the path.
    pub here: String,
    /// The day it is at the site, `2026-08-20`: what "tomorrow" is counted from while somebody types.
    pub today: String,
    /// Stands above everything on every page, for as long as it is so: an emergency access that is open.
    pub alarm: Option<(String, Action)>,
    /// Danger that the reader is told of because they are on call; nothing for those who never are.
    pub paged: Option<PagedView>,
    /// Token that every form posts as `csrf`.
    pub csrf: String,
    /// Result of the last action.
    pub toast: Option<ToastView>,
    /// Addresses of ES modules.
    pub scripts: Vec<String>,
    /// "Mon 08/17/2026 8:05 am by M. Ortiz", for prints.
    pub printed: String,
}

/// What a page says about itself.
#[derive(Clone, Debug, Default)]
pub struct PageHead {
    /// Title of the tab. A patient's page starts with the name.
    pub title: String,
    /// Something went wrong with a form: the title starts with "Error:".
    pub error: bool,
    /// Stands between top bar and main, above everything: the identity banner.
    pub banner: Option<Markup>,
}

impl PageHead {
    /// A page without a patient.
    pub fn titled(title: impl Into<String>) -> PageHead {
        PageHead { title: title.into(), ..PageHead::default() }
    }
}

/// The whole document around `body`, which holds the page's one `h1`.
pub fn page(frame: &FrameView, head: &PageHead, body: Markup) -> Markup {
    let words = frame.lang.words();
    html! {
        (DOCTYPE)
        html lang=(frame.lang.tag()) data-theme=[(frame.theme != Theme::System).then(|| frame.theme.word())]
            data-density=(frame.density.word()) data-audience="staff" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="same-origin";
                title { @if head.error { (words.error_prefix) " " } (head.title) " · Continuo" }
                link rel="icon" type="image/svg+xml" href=(ICON.href());
                @for style in &STYLES { link rel="stylesheet" href=(style.href()); }
                @for script in &frame.scripts { script type="module" src=(script) {} }
            }
            body data-keys=[frame.keys.then_some("on")] data-today=[Some(&frame.today).filter(|day| !day.is_empty())]
                data-who=[frame.user.as_ref().map(|user| &user.key)] {
                a.skip href="#main" { (words.skip) }
                (top(frame))
                @if let Some((text, action)) = &frame.alarm { aside.alarm aria-label=(text) { (notice(Tone::Critical, text, button(&frame.csrf, action))) } }
                @if let Some(view) = &frame.paged { (paged(&frame.csrf, view)) }
                @if let Some(banner) = &head.banner { (banner) }
                main #main tabindex="-1" { (body) }
                (foot(frame))
                div.toasts #live role="status" aria-live="polite" {
                    @if let Some(view) = &frame.toast { (toast::toast(frame.lang, &frame.csrf, view)) }
                }
                @if let Some(user) = &frame.user { @if let Some(lock) = &user.lock { (cover(frame, user, lock)) } }
            }
        }
    }
}

/// What covers a locked page; script shows it. Without script the server's own page does the same.
fn cover(frame: &FrameView, user: &SignedIn, lock: &LockView) -> Markup {
    let words = frame.lang.words();
    let how = match (lock.password, &lock.provider) {
        (true, _) => words.lock_password,
        (false, Some(_)) => words.lock_provider,
        (false, None) => words.lock_press,
    };
    html! {
        dialog.lock data-lock=(lock.seconds) data-token=(frame.csrf) aria-labelledby="lock-title" {
            p.brand { (shape::mark()) "Continuo" }
            h2 #lock-title { (words.locked) }
            p.muted { (user.name) ". " (words.lock_kept) " " (how) }
            form.form method="post" action="/unlock" {
                input type="hidden" name="csrf" value=(frame.csrf);
                input type="hidden" name="back" value=(frame.path);
                @if lock.password {
                    div.field {
                        label for="lock-password" { (words.password) }
                        input #lock-password type="password" name="password" autocomplete="current-password";
                    }
                }
                p.error role="alert" data-lock-said="" {}
                div.row {
                    @if let Some((label, href)) = &lock.provider { a.button href=(href) target="_blank" rel="noopener" { (label) } }
                    button.button.button-main type="submit" { (words.unlock) }
                    a.button.button-quiet href="/sign-in" { (words.somebody_else) }
                }
            }
        }
    }
}

fn top(frame: &FrameView) -> Markup {
    let words = frame.lang.words();
    html! {
        header.top {
            a.brand href="/" { (shape::mark()) "Continuo" }
            @if !frame.site.is_empty() { span.site { (frame.site) } }
            @if !frame.nav.is_empty() {
                nav.nav aria-label=(words.main_menu) {
                    ul { @for item in &frame.nav { li { (nav_item(frame, item)) } } }
                }
            }
            @if let Some(user) = &frame.user {
                form.top-search role="search" method="post" action="/patients" {
                    input type="hidden" name="csrf" value=(frame.csrf);
                    label.visually-hidden for="top-search" { (words.search_label) }
                    input #top-search type="search" name="q" autocomplete="off" placeholder=(words.search) data-key="/" aria-keyshortcuts="/";
                    kbd aria-hidden="true" { "/" }
                    button.button type="submit" { (words.search) }
                }
                (reader_menu(frame, user))
            }
        }
    }
}

fn nav_item(frame: &FrameView, item: &NavItem) -> Markup {
    // An area with several pages, such as /admin, is marked on all of them.
    let area = item.href.rsplit_once('/').map(|(area, _)| area).filter(|area| !area.is_empty()).unwrap_or(&item.href);
    let here = frame.path == item.href || (item.href.len() > 1 && frame.path.starts_with(&format!("{area}/")));
    let key = item.key.map(|key| format!("g {key}"));
    html! {
        a href=(item.href) aria-current=[here.then_some("page")] title=[key.as_ref().filter(|_| frame.keys)] data-key=[key.as_ref()] {
            (item.label)
            @if let Some(count) = item.count {
                span.count.count-loud[item.loud && count > 0] { (count) }
            }
        }
    }
}

fn reader_menu(frame: &FrameView, user: &SignedIn) -> Markup {
    let words = frame.lang.words();
    let themes =
        [(Theme::System, words.theme_system), (Theme::Light, words.theme_light), (Theme::Dark, words.theme_dark)];
    let rows = [
        (Density::Compact, words.rows_compact),
        (Density::Default, words.rows_default),
        (Density::Relaxed, words.rows_relaxed),
    ];
    html! {
        details.menu.who-menu data-menu {
            summary aria-label={ (words.settings) " " (user.name) } {
                span.initials aria-hidden="true" { (initials(&user.name)) }
                span.who-name.caret { (user.name) " " span.role { (user.role) @if !user.away.is_empty() { ", " (user.away) } } }
            }
            div.menu-list {
                form method="post" action="/preferences" {
                    input type="hidden" name="csrf" value=(frame.csrf);
                    input type="hidden" name="back" value=(if frame.here.is_empty() { &frame.path } else { &frame.here });
                    h2 { (words.theme) }
                    @for (theme, label) in themes {
                        button type="submit" name="theme" value=(theme.word()) aria-pressed=(pressed(theme == frame.theme)) { (label) }
                    }
                    h2 { (words.rows) }
                    @for (density, label) in rows {
                        button type="submit" name="density" value=(density.word()) aria-pressed=(pressed(density == frame.density)) { (label) }
                    }
                    hr;
                    button type="submit" name="keys" value=(if frame.keys { "off" } else { "on" }) {
                        (if frame.keys { words.keys_off } else { words.keys_on })
                    }
                    @if let Some(view) = &frame.paged {
                        button type="submit" name="sound" value=(if view.sound { "off" } else { "on" }) {
                            (if view.sound { words.sound_off } else { words.sound_on })
                        }
                    }
                }
                a href="/recent" { (words.recent) }
                // Hours on call are for those who have a worklist.
                @if frame.nav.iter().any(|item| item.href == "/worklist") { a href="/on-call" { (words.on_call) } }
                a href="/account" { (words.account) }
                a href="/help/keys" data-key="?" { (words.keys_help) kbd aria-hidden="true" { "?" } }
                hr;
                @if user.lock.is_some() {
                    form method="post" action="/lock" data-lock-now="" {
                        input type="hidden" name="csrf" value=(frame.csrf);
                        input type="hidden" name="back" value=(frame.path);
                        button type="submit" { (words.lock_now) }
                    }
                }
                form method="post" action="/sign-out" {
                    input type="hidden" name="csrf" value=(frame.csrf);
                    button type="submit" { (words.sign_out) }
                }
            }
        }
    }
}

fn foot(frame: &FrameView) -> Markup {
    let words = frame.lang.words();
    html! {
        footer.foot {
            @if frame.user.is_some() {
                a href="/help" { (words.help) }
                a href="/help/keys" { (words.keys_help) }
                a href="/recent" { (words.recent) }
                span { (words.may_not_include) "." }
            } @else {
                span { "Continuo" }
            }
        }
    }
}

fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|part| part.chars().next()).take(2).flat_map(char::to_uppercase).collect()
}

pub(crate) fn pressed(on: bool) -> &'static str {
    if on { "true" } else { "false" }
}
