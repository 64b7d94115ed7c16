//! Help: the keys, and who to ask.

use continuo_ui::action::{Action, button};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::{Markup, html};

/// Keys and what they do, in the order of use. Those that go to a page come from the navigation.
pub const KEYS: [(&str, &str); 20] = [
    ("j / k", "next and previous person or card"),
    ("Enter", "open"),
    ("Space", "preview beside the list"),
    ("c", "log a call"),
    ("n", "on a chart: write a note"),
    ("m", "on a chart: enter a message received"),
    ("+", "on a chart: add; then the first letter, as + m for a medicine"),
    ("d", "done"),
    ("a", "assign"),
    ("s", "snooze"),
    ("x", "select for several at once"),
    ("y / e / r", "in Review: accept, edit, dismiss"),
    ("r n v w x b", "in Log call: reached, no answer, voicemail, wrong number, refused, call back"),
    ("i d a, 1-8, t, p", "in Log call: identity checked by, topics, what was said, promise"),
    ("t", "on the worklist: they are calling"),
    ("u", "undo the last action"),
    ("/", "search"),
    ("[ / ]", "previous and next patient of the list"),
    ("?", "this page"),
    ("Esc", "close what floats"),
];

/// Shapes and colors with their meaning; the word changes, the shape does not.
const TAGS: [(Tone, &str, &str); 6] = [
    (Tone::Critical, "Late", "somebody may come to harm, or a time has passed"),
    (Tone::Caution, "Today", "due today, or worth a second look"),
    (Tone::Active, "Doing", "somebody has begun"),
    (Tone::Done, "Done", "finished, or as it is meant to be"),
    (Tone::Waiting, "To do", "waits, and nothing is wrong yet"),
    (Tone::Suggested, "Suggested", "a machine proposed it; you decide"),
];

/// The page of keys.
pub fn render_keys(frame: &FrameView) -> Markup {
    let row = |key: &str, does: &str| vec![Cell::of(html! { span.key { (key) } }), Cell::text(does)];
    let places =
        frame.nav.iter().filter_map(|item| Some(row(&format!("g {}", item.key?), &format!("go to {}", item.label))));
    let rows = KEYS.iter().map(|(key, does)| row(key, does)).chain(places).collect();
    let (label, value) = if frame.keys { ("Turn single keys off", "off") } else { ("Turn single keys on", "on") };
    let switch = Action::post(label, "/preferences").with("keys", value).with("back", "/help/keys");
    page(
        frame,
        &PageHead::titled("Keys"),
        html! {
            (page_head("Keys", "Single keys work outside text fields. Every button prints its key.", button(&frame.csrf, &switch)))
            div.narrow { (table(&TableView::new("Keys", &["Key", "Does"], rows))) }
        },
    )
}

/// The page of help.
pub fn render_help(frame: &FrameView, contact: &str) -> Markup {
    page(
        frame,
        &PageHead::titled("Help"),
        html! {
            (page_head("Help", "", html! {}))
            div.prose {
                p { "The worklist shows one row per person, worst first. Open a row to see why it is there; every claim leads to the words, result or rule it stands on." }
                p { "Whatever you do can be undone: with the button that appears, or all day from " a href="/recent" { "Recent actions" } "." }
                p { "Violet with a star means a machine proposed it. Nothing it proposes is sent or filed until a person decides." }
                p { a href="/help/keys" { "Keys" } " lists what can be done without the mouse." }
                h2 { "What the tags mean" }
                dl.definition {
                    @for (tone, word, means) in TAGS { dt { (tag(&TagView::new(tone, word))) } dd { (means) } }
                }
                h2 { "If you are not sure" }
                p { "Why on the list, on each person's page, names every rule, what it found and what it could not know." }
                p { "Take something back rather than leave it wrong: nothing is lost, and who changed what stays readable." }
                @if !contact.is_empty() { p { "Something wrong? " (contact) } }
            }
        },
    )
}
