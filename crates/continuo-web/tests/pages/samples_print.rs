//! Printed sheets, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::frame::Theme;
use continuo_ui::section::Section;
use continuo_ui::states::EmptyView;
use continuo_web::pages::print;

use super::parts::{ana, frame, lines, s};
use super::people::chart;

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    vec![
        (
            s("print-summary"),
            print::summary::render(
                &at("/patients/1/print"),
                &print::summary::View {
                    partial: true,
                    who: ana(),
                    about: s(
                        "MRN 0041-7 · Spanish, interpreter · Penicillin: anaphylaxis +2 · Code status: not recorded",
                    ),
                    sections: vec![
                        (s("Next"), lines(&[("Call after discharge", "2 days late", "M. Ortiz")], "")),
                        (s("Medicines"), chart().medicines),
                        (s("Consents"), Section::Empty(EmptyView::new("Not asked.", ""))),
                    ],
                },
            ),
        ),
        (
            s("print-huddle"),
            print::huddle::render(
                &at("/print/huddle"),
                &print::huddle::View {
                    team: s("Team North"),
                    day: s("Wed 08/19/2026"),
                    rows: vec![print::huddle::Row {
                        who: ana(),
                        when: s("now"),
                        what: vec![s("Weight up 5.1 lb in 5 days"), s("Call after discharge, 2 days late")],
                        owner: s("M. Ortiz"),
                    }],
                },
            ),
        ),
        (
            s("print-end-of-day"),
            print::end_of_day::render(
                &at("/print/end-of-day"),
                &print::end_of_day::View {
                    about: s("M. Ortiz, Wed 08/19/2026"),
                    closed: vec![s("LEE, Sung-min 07/30/1955: visit confirmed")],
                    waiting: vec![s("DIAZ, Rosa 11/19/1943: transport, County Ride since 08/11")],
                    urgent: vec![s("HAMPTON, Loretta 05/15/1965: read and answer an urgent message, 24 min late")],
                    tomorrow: vec![s("REYES, Ana Maria 02/12/1960: call after 5 pm")],
                    uncovered: Vec::new(),
                },
            ),
        ),
    ]
}
