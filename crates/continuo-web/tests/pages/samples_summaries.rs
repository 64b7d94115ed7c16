//! Hand-over and after-visit sheets, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::advice::{AdviceView, Level};
use continuo_ui::field::Field;
use continuo_ui::form::FormView;
use continuo_ui::frame::Theme;
use continuo_ui::words::Lang;
use continuo_web::pages::print::{after_visit, hand_over};

use super::parts::{ana, frame, s};

fn line(text: &str, sources: &[&str]) -> hand_over::Line {
    hand_over::Line { text: s(text), sources: sources.iter().map(|one| s(one)).collect() }
}

fn form(action: &str, field: Field, submit: &str) -> FormView {
    FormView { action: s(action), fields: vec![field], submit: s(submit), ..FormView::default() }
}

fn sheet(answer: Option<hand_over::AnswerView>, give: Option<FormView>) -> hand_over::View {
    hand_over::View {
        who: ana(),
        about: s("MRN 0041-7 · Spanish, interpreter · Penicillin: anaphylaxis · Code status: not recorded"),
        parts: vec![
            ("Illness severity", vec![line("Watch closely: weight up 5.1 lb in 5 days.", &["/source/Observation/1"])]),
            ("Patient summary", vec![line("Active problems: heart failure.", &["/source/Condition/1"])]),
            (
                "Action list",
                vec![line("Call after discharge (M. Ortiz; LATE, was due 2026-08-17).", &["/source/Task/1"])],
            ),
            ("Situation and what to do if", vec![line("No result is recorded.", &[])]),
        ],
        synthesis: (
            vec![line("Receiver confirms who acts on 1 item late.", &["/source/Task/1"])],
            vec![(s("Lee, Jun"), s("today 2:00 pm"), s("Heart failure, weight up; I call her first."))],
        ),
        waiting: vec![hand_over::WaitingView {
            what: s("Call after discharge"),
            who: s("M. Ortiz to J. Lee"),
            until: s("goes back to the sender today 4:00 pm"),
        }],
        answer,
        give,
    }
}

fn after(language: Lang, heading: &'static str, text: &str) -> after_visit::View {
    let advice = |level: Level, when: &str| AdviceView { level, when: s(when), phone: String::new() };
    after_visit::View {
        who: ana(),
        language,
        printed: String::new(),
        other: (s("/patients/1/after-visit?lang=es"), s("Español")),
        visits: vec![(s("/a"), s("08/20/2026: Visit"), true), (s("/b"), s("07/02/2026: Visit"), false)],
        parts: vec![(
            heading,
            vec![after_visit::Line { text: s(text), sources: vec![s("/source/MedicationRequest/1")], quotes: false }],
        )],
        help: vec![
            advice(Level::CallUs, "You gain 3 pounds in 1 day."),
            advice(Level::Emergency, "You cannot breathe."),
        ],
        notes: vec![s("The clinic's phone number is not set.")],
    }
}

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    let path = "/patients/1/hand-over";
    let synthesis = || Field::area("synthesis", "What you understood, and what you do first");
    let answer = |field: Field| hand_over::AnswerView {
        accept: form("/patients/1/hand-over/accept", field, "Accept hand-over"),
        give_back: form("/patients/1/hand-over/give-back", Field::text("reason", "Why"), "Give back"),
    };
    let give =
        form("/patients/1/hand-over", Field::select("to", "To whom", &[("", "Choose"), ("a", "J. Lee")]), "Hand over");
    vec![
        (s("hand-over-to-me"), hand_over::render(&at(path), &sheet(Some(answer(synthesis())), None))),
        (
            s("hand-over-error"),
            hand_over::render(
                &at(path),
                &sheet(Some(answer(synthesis().error("Say in your own words what you understood."))), None),
            ),
        ),
        (
            s("after-visit-en"),
            after_visit::render(
                &at("/patients/1/after-visit"),
                &after(
                    Lang::En,
                    "Changes to your medicines",
                    "Changed: furosemide. Take 1 tablet by mouth each morning.",
                ),
            ),
        ),
        (
            s("after-visit-es"),
            after_visit::render(
                &at("/patients/1/after-visit"),
                &after(
                    Lang::Es,
                    "Cambios en sus medicinas",
                    "Cambio: furosemide. Tome 1 tableta por la boca cada mañana.",
                ),
            ),
        ),
        (s("hand-over-give"), hand_over::render(&at(path), &sheet(None, Some(give)))),
    ]
}
