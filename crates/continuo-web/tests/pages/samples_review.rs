//! Suggestions, documents and kept inputs to review, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::field::Field;
use continuo_ui::form::FormView;
use continuo_ui::frame::Theme;
use continuo_ui::suggestion::SuggestionView;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{TagView, Tone};
use continuo_web::pages::review;

use super::parts::{frame, s, suggestion};

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
                    tabs: vec![
                        TabView { count: Some(12), ..TabView::new("Waiting", "/could-not-file", true) },
                        TabView::new("Put aside", "/could-not-file?state=aside", false),
                    ],
                    rows: vec![
                        kept(),
                        review::could_not_file::Kept {
                            id: s("2"),
                            settled: s("M. Ortiz, 08/19/2026 9:10 am: a test message"),
                            state: TagView::new(Tone::Waiting, "Put aside"),
                            ..kept()
                        },
                    ],
                    opened: Some(review::could_not_file::Opened {
                        kept: kept(),
                        problems: vec![s("birth_date: `13/32/1960` is no date of the form in the mapping")],
                        received: s("MRN,Last,First,DOB\n0041-7,REYES,ANA,13/32/1960"),
                        mend: Some(FormView {
                            action: s("/could-not-file/1/retry"),
                            fields: vec![
                                Field::text("cell-0", "MRN").value("0041-7"),
                                Field::text("cell-1", "DOB")
                                    .hint("Birth date, as MM/DD/YYYY")
                                    .value("13/32/1960")
                                    .error("`13/32/1960` is no date"),
                            ],
                            submit: s("Try again with this"),
                            cancel: s("/could-not-file"),
                            ..FormView::default()
                        }),
                        aside: Some(FormView {
                            action: s("/could-not-file/1/dismiss"),
                            fields: vec![Field::text("why", "Reason")],
                            submit: s("Put aside"),
                            ..FormView::default()
                        }),
                    }),
                    missing: vec![
                        review::could_not_file::MissingRow {
                            what: "2 people".to_owned(),
                            from: "4 Condition, 213 Observation".to_owned(),
                            sources: "mercy".to_owned(),
                            loud: true,
                        },
                        review::could_not_file::MissingRow {
                            what: "1 Encounter".to_owned(),
                            from: "1 Observation".to_owned(),
                            sources: "mercy".to_owned(),
                            loud: false,
                        },
                    ],
                    cut: String::new(),
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
        settled: String::new(),
    }
}
