//! Emergency access: asked for, in sight, reviewed; with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::action::Action;
use continuo_ui::field::Field;
use continuo_ui::form::FormView;
use continuo_ui::frame::{FrameView, Theme};
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{TagView, Tone};
use continuo_web::pages::emergency::{ask, review};

use super::parts::{ana, banner, frame, s};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    let end = || Action::post("End it now", "/patients/1/emergency/end");
    let alarm = (s("Emergency access is open until 1:15 pm. What you read is recorded and reviewed."), end());
    let open = FrameView { alarm: Some(alarm), ..at("/patients/1/emergency") };
    let form = || FormView {
        action: s("/patients/1/emergency"),
        fields: vec![
            Field::radios(
                "ground",
                "Why",
                &[("medical", "Medical emergency"), ("danger", "Danger to the person or to others")],
            ),
            Field::area("reason", "What happened, in a sentence"),
        ],
        submit: s("Open the record for 4 hours"),
        about: s("For REYES, Ana Maria 02/12/1960"),
        cancel: s("/patients/1"),
        ..FormView::default()
    };
    let view = |until: &str| ask::View { banner: banner(), open_until: s(until), end: end(), form: form() };
    let row = |id: &str, state: TagView, reviewed: bool| review::Row {
        id: s(id),
        by: s("Kim Young"),
        who: (id != "3").then(ana),
        when: s("Wed 08/19/2026 9:15 am to 1:15 pm"),
        reason: s(
            "Medical emergency, and the person cannot be asked. Found unresponsive at home, the crew asks for medicines.",
        ),
        state,
        finding: if reviewed { s("In order; the crew's report is on file") } else { String::new() },
        reads: if reviewed { vec![s("read chart 2 times")] } else { Vec::new() },
        own: id == "3" && !reviewed,
        form: (!reviewed && id != "3").then(|| FormView {
            action: format!("/emergency/{id}/review"),
            fields: vec![
                Field::select(
                    &format!("outcome-{id}"),
                    "Finding",
                    &[("appropriate", "In order"), ("follow-up", "To follow up")],
                ),
                Field::area(&format!("finding-{id}"), "In words"),
            ],
            submit: s("Save the review"),
            ..FormView::default()
        }),
    };
    let tabs = || {
        vec![
            TabView { count: Some(2), loud: true, ..TabView::new("To review", "/emergency", true) },
            TabView::new("All", "/emergency?tab=all", false),
        ]
    };
    vec![
        (s("emergency-ask"), ask::render(&at("/patients/1/emergency"), &view(""))),
        (s("emergency-open"), ask::render(&open, &view("1:15 pm"))),
        (
            s("emergency-review"),
            review::render(
                &at("/emergency"),
                &review::View {
                    tabs: tabs(),
                    rows: vec![
                        row("1", TagView::new(Tone::Critical, "Open now"), false),
                        row("2", TagView::new(Tone::Done, "Reviewed"), true),
                        row("3", TagView::new(Tone::Caution, "To review"), false),
                    ],
                    older: s("/emergency?before=3"),
                },
            ),
        ),
        (
            s("emergency-review-empty"),
            review::render(&at("/emergency"), &review::View { tabs: tabs(), rows: Vec::new(), older: String::new() }),
        ),
    ]
}
