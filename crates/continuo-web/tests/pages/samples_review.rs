//! Suggestions, documents and kept inputs to review, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::frame::Theme;
use continuo_ui::suggestion::SuggestionView;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{TagView, Tone};
use continuo_web::pages::review;

use super::parts::{frame, late, s, suggestion, today};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    vec![
        (
            s("review"),
            review::suggestions::render(
                &at("/review"),
                &review::suggestions::View {
                    tabs: vec![
                        TabView { count: Some(2), ..TabView::new("Open", "/review", true) },
                        TabView::new("Decided", "/review?state=decided", false),
                    ],
                    summary: s("2 open, 4 decided today"),
                    cards: vec![
                        suggestion("s1"),
                        SuggestionView {
                            words_needed: true,
                            what: s("Call about item 9 of the PHQ-9"),
                            ..suggestion("s2")
                        },
                        SuggestionView {
                            decided: Some(TagView::new(Tone::Done, "Accepted by M. Ortiz 9:04 am")),
                            ..suggestion("s3")
                        },
                    ],
                    pages: None,
                },
            ),
        ),
        (
            s("review-empty"),
            review::suggestions::render(
                &at("/review"),
                &review::suggestions::View { tabs: Vec::new(), summary: String::new(), cards: Vec::new(), pages: None },
            ),
        ),
        (
            s("could-not-file"),
            review::could_not_file::render(
                &at("/could-not-file"),
                &review::could_not_file::View {
                    total: 12,
                    rows: vec![kept()],
                    opened: Some(review::could_not_file::Opened {
                        kept: kept(),
                        content: s("PID|1||0041-7||REYES^ANA||19601332|F"),
                        problems: vec![s("PID-7: `19601332` is not a date")],
                    }),
                    pages: None,
                },
            ),
        ),
        (
            s("inbox"),
            review::inbox::render(
                &at("/inbox"),
                &review::inbox::View {
                    upload: true,
                    waiting: vec![
                        review::inbox::Waiting {
                            id: s("1"),
                            what: s("Fax from (555) 555-0199, 3 pages"),
                            due: late("5 h, limit 4 h"),
                            taken_by: s("K. Young reads it"),
                            current: true,
                        },
                        review::inbox::Waiting {
                            id: s("2"),
                            what: s("Scan, 1 page"),
                            due: today("by 2:00 pm"),
                            taken_by: String::new(),
                            current: false,
                        },
                    ],
                    opened: Some(review::inbox::Opened {
                        what: s("Fax from (555) 555-0199, 3 pages"),
                        file: s("/inbox/1/file"),
                        is_image: false,
                        form: FormView {
                            action: s("/inbox/1"),
                            fields: vec![
                                Field::text("person", "Whose").hint("Name and birth date, or record number"),
                                Field::select(
                                    "kind",
                                    "Kind",
                                    &[("discharge", "Discharge summary"), ("consult", "Consult report")],
                                ),
                                Field::date("date", "Dated"),
                                Field::new(
                                    "task",
                                    "Make a task",
                                    Input::Checks(vec![Choice::new("read", "Someone must act on it")]),
                                )
                                .optional(),
                            ],
                            submit: s("File"),
                            ..FormView::default()
                        },
                    }),
                },
            ),
        ),
    ]
}

fn kept() -> review::could_not_file::Kept {
    review::could_not_file::Kept {
        id: s("1"),
        what: s("Mercy feed, message 4 of 12"),
        when: s("08/19/2026 7:02 am"),
        reason: s("PID-7: `19601332` is not a date"),
        state: TagView::new(Tone::Caution, "Open"),
    }
}
