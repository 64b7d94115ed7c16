//! Several tasks at once: what stays, before and after, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::frame::Theme;
use continuo_ui::section::LineView;
use continuo_web::pages::work::bulk::{View, render};

use super::parts::{frame, s};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = || frame(theme, "/worklist/bulk");
    let kinds = vec![Choice::new("rebook-visit", "Book again (2)"), Choice::new("reminder", "Reminder (1)")];
    let form = FormView {
        action: s("/worklist/bulk/apply"),
        fields: vec![
            Field::new("kind", "Kind of work", Input::Select(kinds))
                .hint("One kind is finished at a time")
                .value("rebook-visit"),
            Field::area("words", "Words").optional(),
        ],
        submit: s("Mark 2 of 5 done"),
        cancel: s("/worklist"),
        ..FormView::default()
    };
    let kept = vec![
        LineView::new("REYES, Ana 02/12/1960: Call after discharge", "")
            .link("/tasks/1")
            .note("Its outcome is asked for: finish it by itself."),
        LineView::new("LEE, Sung-min 07/30/1955: Stopped the water pill?", "")
            .link("/suggestions/2")
            .note("A suggestion: it is decided by itself."),
    ];
    let before = View {
        title: s("Done: 2 tasks"),
        lead: s("2 tasks will be marked done. What stays is listed below with its reason."),
        form: Some(form),
        kept_title: s("2 stay as they are"),
        kept,
        back: s("/worklist"),
    };
    let after = View {
        title: s("What stays"),
        lead: s("The others are done. What stays is listed with its reason."),
        form: None,
        ..before.clone()
    };
    vec![(s("bulk"), render(&at(), &before)), (s("bulk-stayed"), render(&at(), &after))]
}
