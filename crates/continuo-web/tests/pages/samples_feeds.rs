//! Feeds, with made-up values.

use continuo_ui::Markup;
use continuo_ui::field::Field;
use continuo_ui::form::FormView;
use continuo_ui::frame::Theme;
use continuo_ui::tag::{TagView, Tone};
use continuo_web::pages::admin::{detail, list};

use super::parts::{frame, s};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let row = |title: &str, tone: Tone, word: &str, taken: &str| list::Row {
        title: s(title),
        href: s("/feeds/one?source=alder"),
        state: Some(TagView::new(tone, word)),
        cells: vec![s("Fri 08/14 10:02 am"), s("usually sends at least every hour on business days"), s(taken)],
        switch: None,
    };
    let all = list::View {
        tabs: Vec::new(),
        title: s("Feeds"),
        lead: s("What sends records here."),
        first: Vec::new(),
        warning: s("Crossroads Laboratory is silent longer than is normal."),
        columns: ["Last heard", "Usual", "Who looks into it"].map(s).to_vec(),
        rows: vec![
            row("Crossroads Laboratory", Tone::Critical, "Silent, nobody looks into it", ""),
            row("Alder Regional", Tone::Done, "Sends as usual", ""),
        ],
        form: None,
    };
    let one = detail::View {
        tabs: Vec::new(),
        title: s("Crossroads Laboratory"),
        lead: s("Last heard Fri 08/14/2026, 10:02 am."),
        states: vec![TagView::new(Tone::Critical, "Silent, nobody looks into it")],
        notice: Some((Tone::Critical, s("Nothing from Crossroads Laboratory since Fri 08/14 10:02 am."))),
        actions: Vec::new(),
        lines: Some((s("Times it was silent"), vec![s("Fri 08/14/2026, 10:02 am until now")], String::new())),
        forms: vec![(
            s("take"),
            s("Look into it"),
            FormView {
                action: s("/feeds/take"),
                fields: vec![Field::text("note", "What is known").optional()],
                submit: s("I am looking into it"),
                ..FormView::default()
            },
        )],
    };
    vec![
        (s("feeds"), list::render(&frame(theme, "/feeds"), &all)),
        (s("feed"), detail::render(&frame(theme, "/feeds/one"), &one)),
    ]
}
