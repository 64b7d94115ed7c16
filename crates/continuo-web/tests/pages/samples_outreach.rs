//! Writing to several people, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::field::Choice;
use continuo_ui::frame::Theme;
use continuo_ui::tag::{TagView, Tone};
use continuo_web::pages::gaps::letters::{self, Letter};
use continuo_web::pages::gaps::outreach::{self, Line, Made, People, Person, Preview};

use super::parts::{ana, frame, s};

fn person(words: &str, about: &str) -> Person {
    Person {
        who: ana(),
        language: s("Spanish"),
        about: s(about),
        note: String::new(),
        state: None,
        words: s(words),
        lang: s("es"),
    }
}

fn people() -> People {
    People {
        letters: vec![person(
            "Estimado(a) Ana:\n\nLlame al 555-0142.",
            "HbA1c is overdue; Eye exam in diabetes is due",
        )],
        calls: vec![Person { note: s("after 5 pm"), ..person("Hola, Ana.", "HbA1c is overdue") }],
        left: vec![person("", "Asked for texts only, and this site sends none")],
    }
}

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    let preview = |people: People, send: &str| Preview {
        title: s("HbA1c is overdue"),
        back: s("/care-gaps/hba1c-overdue"),
        again: s("/care-gaps/hba1c-overdue/outreach"),
        send: s(send),
        picks: vec![s("1")],
        prefer: s("letter"),
        owners: vec![Choice::new("", "Whoever coordinates the person")],
        people,
    };
    let only_left = People { left: people().left, ..People::default() };
    let mut sent = people();
    sent.letters[0].state = Some(TagView::new(Tone::Waiting, "To print"));
    let made = Made {
        lead: s("HbA1c is overdue, Wed 08/19/2026, 9:20 am, by M. Ortiz"),
        letters_href: s("/outreach/1/letters"),
        mail: s("/outreach/1/mailed"),
        problem: String::new(),
        people: sent,
    };
    let letter = Letter {
        who: ana(),
        address: vec![s("2 Main St"), s("Juniper, WA 98000")],
        day: s("08/19/2026"),
        words: vec![s("Estimado(a) Ana:"), s("- un examen de los ojos")],
        lang: s("es"),
    };
    let line = Line {
        href: s("/outreach/1"),
        when: s("08/19/2026 9:20 am"),
        rule: s("HbA1c is overdue"),
        by: s("M. Ortiz"),
        counts: [12, 12, 3, 2],
    };
    vec![
        (
            s("outreach-preview"),
            outreach::preview(&at("/care-gaps/hba1c-overdue/outreach"), &preview(people(), "/send")),
        ),
        (s("outreach-nobody"), outreach::preview(&at("/care-gaps/hba1c-overdue/outreach"), &preview(only_left, ""))),
        (s("outreach-made"), outreach::made(&at("/outreach/1"), &made)),
        (s("outreach-list"), outreach::all(&at("/outreach"), &[line])),
        (s("outreach-list-empty"), outreach::all(&at("/outreach"), &[])),
        (s("outreach-letters"), letters::render(&at("/outreach/1/letters"), "/outreach/1", &[letter])),
    ]
}
