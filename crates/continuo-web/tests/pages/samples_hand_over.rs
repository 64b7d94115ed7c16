//! A caseload that changes hands, and a referral that ends, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::frame::Theme;
use continuo_ui::section::LineView;
use continuo_web::pages::work::hand_caseload::{Part, View, render};

use super::parts::{frame, late, s};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let send = FormView {
        action: s("/caseload/hand-over/send"),
        fields: vec![Field::area("words", "What they should know").optional()],
        hidden: vec![(s("from"), s("Practitioner/ortiz")), (s("seen"), s("9f8e"))],
        submit: s("Hand over 84 people"),
        cancel: s("/caseload"),
        ..FormView::default()
    };
    let people =
        vec![Choice::new("Practitioner/lee", "S. Lee, nurse"), Choice::new("Practitioner/okafor", "A. Okafor, nurse")];
    let choose = FormView {
        action: s("/caseload/hand-over"),
        fields: vec![Field::new("to", "To whom", Input::Checks(people))],
        submit: s("Look again"),
        cancel: s("/caseload"),
        ..FormView::default()
    };
    let part = |id: &str, title: &str, lines: Vec<LineView>| Part { id: s(id), title: s(title), lines };
    let gets = vec![
        LineView::new("S. Lee, nurse", "").note("42 people, 61 tasks, 4 promises, 3 urgent"),
        LineView::new("A. Okafor, nurse", "").note("42 people, 58 tasks, 2 promises"),
    ];
    let urgent = vec![
        LineView::new("REYES, Ana Maria 02/12/1960: Call after discharge", "")
            .link("/tasks/1")
            .note("to S. Lee, nurse")
            .due(late("2 days late")),
    ];
    let stays = vec![
        LineView::new("LEE, Sung-min 07/30/1955", "1 task")
            .link("/patients/2")
            .note("Goes to you: S. Lee may not see what this is about. It can go to N. Berg"),
    ];
    let view = View {
        title: s("Hand over a caseload"),
        lead: s("Nothing is sent yet."),
        parts: vec![
            part("gets", "Who gets what", gets),
            part("urgent", "Urgent first (1)", urgent),
            part("stays", "Not to the receivers (1)", stays),
        ],
        people: vec![part(
            "to-0",
            "To S. Lee, nurse",
            vec![LineView::new("REYES, Ana Maria 02/12/1960", "1 task").link("/patients/1")],
        )],
        forms: vec![send, choose],
    };
    let empty = View {
        title: s("Caseloads handed over"),
        lead: s("Nothing waits, and nothing was handed over lately."),
        parts: Vec::new(),
        people: Vec::new(),
        forms: Vec::new(),
    };
    vec![
        (s("caseload-hand-over"), render(&frame(theme, "/caseload/hand-over"), &view)),
        (s("caseload-handed-empty"), render(&frame(theme, "/caseload/handed"), &empty)),
    ]
}
