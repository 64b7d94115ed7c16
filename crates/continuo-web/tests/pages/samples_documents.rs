//! The document inbox, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::field::Field;
use continuo_ui::form::FormView;
use continuo_ui::frame::Theme;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::Tone;
use continuo_web::pages::documents::inbox;

use super::parts::{ana, frame, late, s, today, who};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    vec![
        (s("documents"), inbox::render(&at("/documents"), &view(Some(opened())))),
        (
            s("documents-error"),
            inbox::render(
                &at("/documents"),
                &inbox::View {
                    opened: Some(inbox::Opened { person_error: s("Choose whose it is"), ..opened() }),
                    ..view(None)
                },
            ),
        ),
        (
            s("documents-empty"),
            inbox::render(
                &at("/documents"),
                &inbox::View { waiting: Vec::new(), notice: Some((Tone::Done, s("2 added."))), ..view(None) },
            ),
        ),
        (
            s("documents-settled"),
            inbox::render(
                &at("/documents"),
                &inbox::View {
                    settled: Some(vec![
                        inbox::Settled {
                            what: s("PDF from fax, 240 kB"),
                            how: s("Filed"),
                            href: s("/source/DocumentReference/1"),
                            by: s("M. Ortiz, 08/19 9:02 am"),
                        },
                        inbox::Settled {
                            what: s("Image from upload, 80 kB"),
                            how: s("Closed: advertising"),
                            href: String::new(),
                            by: s("K. Young, 08/19 8:40 am"),
                        },
                    ]),
                    ..view(None)
                },
            ),
        ),
    ]
}

fn view(opened: Option<inbox::Opened>) -> inbox::View {
    inbox::View {
        tabs: vec![
            TabView { count: Some(2), ..TabView::new("Waiting", "/documents", true) },
            TabView::new("Settled", "/documents?tab=settled", false),
        ],
        waiting: vec![
            inbox::Waiting {
                id: s("1"),
                what: s("PDF from fax, 240 kB, came 08/18 8:10 am"),
                due: late("read 5 h late"),
                taken_by: s("K. Young, nurse reads it"),
                current: opened.is_some(),
            },
            inbox::Waiting {
                id: s("2"),
                what: s("Image from upload, 80 kB, came 08/19 9:00 am"),
                due: today("read today 2:00 pm"),
                taken_by: String::new(),
                current: false,
            },
        ],
        cut: String::new(),
        settled: None,
        opened,
        notice: None,
    }
}

fn opened() -> inbox::Opened {
    let candidate = |id: &str, who, matched: &str| inbox::Candidate {
        id: s(id),
        who,
        facts: s("MRN 0041-7 · (555) 555-0142 · M. Ortiz"),
        matched: s(matched),
    };
    inbox::Opened {
        what: s("PDF from fax, 240 kB"),
        name: s("fax-0007.pdf"),
        file: s("/documents/1/file"),
        is_image: true,
        read_by: s("K. Young, nurse"),
        asked: s("reyes"),
        exact: vec![candidate("1", ana(), "")],
        near: vec![candidate("2", who("Reyez", "Anna", "61 F", "02/02/1965"), "sounds alike")],
        chosen: s("1"),
        person_error: String::new(),
        form: FormView {
            action: s("/documents/1"),
            fields: vec![
                Field::select("kind", "What it is", &[("discharge", "Discharge summary"), ("lab", "Lab report")]),
                Field::date("date", "Date on the document"),
                Field::checks("act", "Task", &[("yes", "Somebody must act on it")]).optional(),
            ],
            submit: s("File"),
            ..FormView::default()
        },
        close: FormView {
            action: s("/documents/1/close"),
            fields: vec![Field::text("reason", "Reason")],
            submit: s("Close it"),
            ..FormView::default()
        },
    }
}
