//! The inbox and one message, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::frame::Theme;
use continuo_ui::tag::{DueView, TagView, Tone};
use continuo_web::pages::messages;

use super::parts::{ana, banner, frame, s};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    let row = |words: &str, lang: Option<&str>| messages::inbox::Row {
        who: ana(),
        href: s("/messages/m"),
        band: Some(TagView::new(Tone::Critical, "Danger now")),
        due: DueView::new(Tone::Critical, "10 minutes late", "08/19/2026 9:10 am", "2026-08-19"),
        came: s("08/19/2026 8:40 am"),
        words: s(words),
        lang: lang.map(s),
        why: s("says: chest pain"),
        owner: s("Any nurse"),
        proposed: words.is_empty(),
    };
    let inbox = messages::inbox::View {
        lead: s("3 wait: 1 urgent, 1 past their limit."),
        rows: vec![row("I have chest pain", None), row("¿Me pueden dar otra cita?", Some("es")), row("", None)],
        limits: s("Limits here: emergencies within 30 minutes."),
        limits_href: Some(s("/admin/message-limits")),
    };
    let empty = messages::inbox::View { rows: Vec::new(), limits_href: None, ..inbox.clone() };
    vec![
        (s("messages"), messages::inbox::render(&at("/messages"), &inbox)),
        (s("messages-empty"), messages::inbox::render(&at("/messages"), &empty)),
        (s("message"), messages::message::render(&at("/messages/m"), &message())),
        (
            s("message-done"),
            messages::message::render(
                &at("/messages/m"),
                &messages::message::View {
                    post: String::new(),
                    alarm: None,
                    due: None,
                    problem: s("Say why it is not urgent"),
                    ..message()
                },
            ),
        ),
    ]
}

fn message() -> messages::message::View {
    messages::message::View {
        banner: banner(),
        title: s("08/19/2026 8:40 am, from the person"),
        words: vec![(s("The bill is wrong. I have "), false), (s("chest pain"), true), (s(" <b>now</b>"), false)],
        lang: None,
        urgency: TagView::new(Tone::Critical, "Emergency"),
        found: vec![(s("Words of danger"), s("chest pain"))],
        due: Some(DueView::new(Tone::Critical, "10 minutes late", "", "")),
        owner: s("Any nurse"),
        alarm: Some(s("May be an emergency: call now.")),
        moved_down: String::new(),
        replies: vec![(s("Kept, not sent: to be written or read on a call"), s("We are calling you."))],
        post: s("/messages/m"),
        call: s("/patients/17/call"),
        owners: vec![Choice::new("role:nurse", "Any nurse")],
        proposed: s("role:nurse"),
        outcomes: vec![s("answered by call")],
        raised: s("M. Ortiz: short of breath on the phone"),
        raise: vec![Choice::new("emergency", "Emergency: read now")],
        may_move_down: true,
        reply: FormView {
            action: s("/messages/m/reply"),
            fields: vec![Field::new("reply", "Reply", Input::Area(5))],
            ..FormView::default()
        },
        can_send: true,
        templates: vec![(s("call reminder"), s("/messages/m?template=call-reminder"))],
        reply_note: s("in English"),
        problem: String::new(),
    }
}
