//! On-call hours, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::action::Action;
use continuo_ui::field::Field;
use continuo_ui::form::FormView;
use continuo_ui::frame::Theme;
use continuo_web::pages::oncall::board;

use super::parts::{frame, s};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    let row = |title: &str, who: &str, next: &str| board::NowRow {
        title: s(title),
        what: s("a result that needs a plan now"),
        who: s(who),
        next: s(next),
        until: s("today 5:00 pm"),
        minutes: s("60 minutes"),
    };
    let line = |text: &str, note: &str| board::Line {
        text: s(text),
        note: s(note),
        remove: Some(Action::post("Remove", "/on-call/shifts/0/remove").about(note).quiet()),
    };
    let week = |id: &str, title: &str, gaps: Vec<String>| board::Week {
        id: s(id),
        title: s(title),
        shifts: vec![line("Mon, Tue, Wed 8:00 am to 5:00 pm", "K. Young, nurse, then P. Lee, physician")],
        gaps,
    };
    let form = |id: &str, title: &str, field: &str| {
        let view = FormView {
            action: s("/on-call/shifts"),
            fields: vec![Field::text(field, "From")],
            submit: s("Add"),
            ..FormView::default()
        };
        (s(id), s(title), view)
    };
    let full = board::View {
        now: vec![
            row("Suicide and self-harm", "K. Young, nurse", "P. Lee, physician"),
            row("Critical results", "", ""),
        ],
        gaps: vec![s("Critical results, today 3:00 pm to Mon 8:00 am")],
        weeks: vec![
            week("safety", "Suicide and self-harm", Vec::new()),
            week("critical-result", "Critical results", vec![s("Sat 5:00 pm to Mon 8:00 am")]),
        ],
        told: board::ToldView {
            words: s("Text message, and the line at the top of every page."),
            silent: false,
            lines: vec![line("K. Young", "+13035550175"), line("Told: K. Young", "today 2:05 pm, sent")],
            test: Some(continuo_ui::action::Action::post("Send me a test", "/on-call/told/test")),
        },
        covers: vec![line("Thu 5:00 pm to Fri 8:00 am", "P. Lee, every route")],
        away: vec![line("M. Ortiz: Mon 08/24 to Fri 08/28", "covered by K. Young")],
        forms: vec![
            form("add-away", "Enter an absence", "away_from"),
            form("add-shift", "Add a weekly shift", "shift_from"),
        ],
    };
    let silent = board::ToldView { words: s("Nothing rings."), silent: true, ..board::ToldView::default() };
    let empty = board::View {
        told: silent,
        covers: Vec::new(),
        away: Vec::new(),
        forms: Vec::new(),
        gaps: Vec::new(),
        ..full.clone()
    };
    vec![
        (s("on-call"), board::render(&at("/on-call"), &full)),
        (s("on-call-read-only"), board::render(&at("/on-call"), &empty)),
    ]
}
