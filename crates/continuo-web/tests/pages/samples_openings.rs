//! What is open to whom, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::action::Action;
use continuo_ui::field::Field;
use continuo_ui::form::FormView;
use continuo_ui::frame::Theme;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{TagView, Tone};
use continuo_web::pages::emergency::openings::{Row, View, render};

use super::parts::{ana, frame, s};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let row = |id: &str, reviewed: bool| Row {
        id: s(id),
        title: s("Written by Kim Young, Wed 08/19/2026 9:15 am"),
        who: (id != "2").then(ana),
        opens: s("Substance use treatment (42 CFR Part 2)"),
        until: s("until Thu 08/19/2027 9:15 am"),
        consent: s("Consent/8f1"),
        href: s("/source/Consent/8f1"),
        state: if reviewed { TagView::new(Tone::Done, "Reviewed") } else { TagView::new(Tone::Caution, "To review") },
        finding: if reviewed { s("Signed form seen") } else { String::new() },
        note: if id == "3" { s("You wrote this: somebody else reviews it.") } else { String::new() },
        action: (id == "3").then(|| Action::open("Emergency access", "/patients/1/emergency").about("Patient/1")),
        form: (!reviewed && id != "3").then(|| FormView {
            action: format!("/openings/{id}/review"),
            fields: vec![Field::area(&format!("finding-{id}"), "What you found")],
            submit: s("Mark reviewed"),
            ..FormView::default()
        }),
    };
    let view = |rows: Vec<Row>| View {
        title: s("What is open to whom"),
        lead: s("Consents that open closed records are looked at by somebody else."),
        tabs: vec![
            TabView { count: Some(1), loud: true, ..TabView::new("Consents to review", "/openings", true) },
            TabView::new("All consents", "/openings?tab=all", false),
            TabView::new("Open now", "/openings?tab=now", false),
        ],
        rows,
        nothing: s("A consent that opens closed records stands here as soon as it is written."),
    };
    let frame = frame(theme, "/openings");
    vec![
        (s("openings"), render(&frame, &view(vec![row("1", false), row("2", true), row("3", false)]))),
        (s("openings-empty"), render(&frame, &view(Vec::new()))),
    ]
}
