//! Administration of one account, API tokens and the second factor, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::action::Action;
use continuo_ui::field::Field;
use continuo_ui::form::FormView;
use continuo_ui::frame::{FrameView, Theme};
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{TagView, Tone};
use continuo_web::pages::account::factor;
use continuo_web::pages::admin::{detail, tokens_view};

use super::parts::{frame, s};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    let out = FrameView { user: None, nav: Vec::new(), ..at("/sign-in") };
    let tabs =
        || vec![TabView::new("People", "/admin/people", true), TabView::new("API tokens", "/admin/tokens", false)];
    let form =
        |field: Field| FormView { action: s("/admin"), fields: vec![field], submit: s("Save"), ..FormView::default() };
    let account = detail::View {
        tabs: tabs(),
        title: s("Maria Ortiz"),
        lead: s("Account m.ortiz"),
        states: vec![
            TagView::new(Tone::Done, "Active"),
            TagView::new(Tone::Caution, "Waits until 9:20 am after wrong passwords"),
        ],
        notice: Some((Tone::Done, s("Saved."))),
        actions: vec![Action::post("Let them try again now", "/admin/people/1/unlock")],
        lines: Some((s("Sessions"), Vec::new(), s("Not signed in anywhere."))),
        forms: vec![
            (s("roles"), s("Name, roles and teams"), form(Field::checks("roles", "Roles", &[("nurse", "Nurse")]))),
            (
                s("password"),
                s("Password"),
                form(Field::text("password", "New first password").error("The password needs at least 12 characters")),
            ),
        ],
    };
    let row = |label: &str, state: Tone, word: &str| tokens_view::Row {
        label: s(label),
        state: (state, s(word)),
        may: s("person-read, sees part2"),
        made: s("08/01/2026"),
        by: s("by Kim Young"),
        wider: if state == Tone::Caution { s("record-read, sees part2") } else { String::new() },
        until: s("10/30/2026"),
        take: (state == Tone::Critical).then(|| Action::post("Answer for it", "/admin/tokens/take").about(label)),
        confirm: (state == Tone::Caution).then(|| Action::post("Confirm", "/admin/tokens/confirm").about(label)),
        withdraw: (word == "Valid").then(|| Action::post("Withdraw", "/admin/tokens/withdraw").about(label)),
    };
    let tokens = tokens_view::View {
        title: (s("API tokens"), s("A program signs in with a token.")),
        tabs: tabs(),
        secret: s("cst_made_up"),
        waits: true,
        rows: vec![
            row("Night feed", Tone::Caution, "Waits for a second person"),
            row("Mercy feed", Tone::Done, "Valid"),
            row("Lab feed", Tone::Critical, "Stopped: its maker left or may do less now"),
            row("Old feed", Tone::Waiting, "Withdrawn"),
        ],
        form: Some(form(Field::text("label", "What it is for"))),
    };
    let key = |error: &str| factor::View { account: s("m.ortiz"), key: s("ABCD EFGH IJKL"), error: s(error) };
    vec![
        (s("admin-account"), detail::render(&at("/admin/people/1"), &account)),
        (s("admin-tokens"), tokens_view::render(&at("/admin/tokens"), &tokens)),
        (
            s("admin-tokens-empty"),
            tokens_view::render(
                &at("/admin/tokens"),
                &tokens_view::View { secret: String::new(), waits: false, rows: Vec::new(), ..tokens.clone() },
            ),
        ),
        (
            s("openings-tokens"),
            tokens_view::render(
                &at("/openings/tokens"),
                &tokens_view::View { secret: String::new(), waits: false, form: None, ..tokens },
            ),
        ),
        (s("second-factor"), factor::render(&out, &key(""))),
        (s("second-factor-error"), factor::render(&out, &key("The name, password or code is not right."))),
    ]
}
