//! Who is one person, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::frame::Theme;
use continuo_web::pages::identity::{question, sources, unlink};

use super::parts::{banner, chart_tabs, frame, s, who};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    let nobody = question::View { waiting: Vec::new(), opened: None, before: None, after: None };
    vec![
        (s("same-person"), question::render(&at("/same-person"), &pair(""))),
        (
            s("same-person-error"),
            question::render(&at("/same-person"), &pair("Say in a sentence why they are one person")),
        ),
        (s("same-person-empty"), question::render(&at("/same-person"), &nobody)),
        (s("sources"), sources::render(&at("/patients/1/sources"), &records())),
        (s("unlink"), unlink::render(&at("/patients/2/unlink"), &leaving(true))),
        (s("unlink-nothing"), unlink::render(&at("/patients/2/unlink"), &leaving(false))),
    ]
}

fn pair(error: &str) -> question::View {
    let side = |given: &str, source: &str| question::Side {
        who: who("Reyes", given, "66", "02/12/1960"),
        source: s(source),
        others: String::new(),
        history: vec![s("12 entries"), s("2026-08-16 Emergency visit")],
        version: 1,
    };
    let row =
        |label: &str, a: &str, b: &str, differs: bool| question::Row { label: s(label), a: s(a), b: s(b), differs };
    question::View {
        waiting: vec![
            question::Waiting {
                id: s("1-2"),
                label: s("Reyes, Ana Maria 02/12/1960 / Reyes, Anna 02/12/1960"),
                about: s("1 difference"),
                current: true,
            },
            question::Waiting {
                id: s("3-4"),
                label: s("Lee, Jason 03/14/1980 / Lee, Justin 03/14/1980"),
                about: s("1 difference"),
                current: false,
            },
        ],
        opened: Some(question::Opened {
            id: s("1-2"),
            why_asked: s("Alike, but not surely one person"),
            summary: s("A person must decide: 4 to 1 that they are one"),
            vetoes: vec![s("no birth date to tell generations apart")],
            reasons: vec![
                question::Reason { text: s("Same phone"), says: "speaks for" },
                question::Reason { text: s("Given names alike (ana and anna)"), says: "speaks against" },
            ],
            sides: [
                side("Ana Maria", "Juniper, version 3 received 08/16/2026"),
                side("Anna", "Alder, version 1 received 08/17/2026"),
            ],
            rows: vec![
                row("Given names", "Ana Maria", "Anna", true),
                row("Birth date", "02/12/1960", "02/12/1960", false),
                row("E-mail", "", "ana@example.org", false),
            ],
            answers: vec![s("08/10/2026 9:00 am put off by M. Ortiz: ask her on Thursday")],
            is_one_record: false,
            words_needed: true,
            error: s(error),
        }),
        before: None,
        after: Some(s("3-4")),
    }
}

fn records() -> sources::View {
    let record = |source: &str, named: &str, main: bool| sources::Record {
        source: s(source),
        named: s(named),
        href: s("/source/Patient/1"),
        since: s("08/16/2026 7:02 am"),
        why: s("One person: 50 thousand to 1 that they are one"),
        by: s("by Continuo, comparing"),
        entries: 12,
        main,
        unlink: s("/patients/2/unlink"),
    };
    sources::View {
        banner: banner(),
        tabs: chart_tabs("Sources"),
        records: vec![
            record("Juniper family health", "Reyes, Ana Maria 02/12/1960", true),
            record("Alder regional", "Reyes, Anna 02/12/1960", false),
        ],
    }
}

fn leaving(rests: bool) -> unlink::View {
    let item = unlink::Item {
        kind: s("Task"),
        what: s("Call after discharge"),
        state: s("completed 08/18/2026"),
        by: s("M. Ortiz"),
        then: s("opens again"),
    };
    unlink::View {
        banner: banner(),
        leaves: s("Reyes, Anna 02/12/1960"),
        source: s("Alder regional"),
        action: s("/patients/2/unlink"),
        cancel: s("/patients/1/sources"),
        items: if rests { vec![item] } else { Vec::new() },
        error: if rests { s("Say why this is another person") } else { String::new() },
    }
}
