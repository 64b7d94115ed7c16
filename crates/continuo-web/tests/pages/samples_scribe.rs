//! Words, their review, the note and the text for the EHR, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::frame::Theme;
use continuo_ui::suggestion::ReasonView;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{DueView, TagView, Tone};
use continuo_ui::transcript::{PieceView, ProposalView, TurnView};
use continuo_web::pages::scribe;

use super::parts::{ana, banner, frame, s};

fn piece(text: &str, of: &[usize]) -> PieceView {
    PieceView { text: s(text), of: of.to_vec(), begins: of.iter().map(|n| (*n, 0)).collect() }
}

fn turn(time: &str, who: &str, pieces: Vec<PieceView>) -> TurnView {
    TurnView { time: s(time), who: s(who), note: String::new(), pieces, lang: None }
}

fn proposal(number: usize, kind: &str, what: &str) -> ProposalView {
    ProposalView {
        number,
        kind: s(kind),
        what: s(what),
        edited: String::new(),
        assertion: s("patient reports"),
        certainty: s("clearly said"),
        grave: None,
        differs: None,
        quotes: vec![(s("02:14 Patient"), s("I stopped the water pill Saturday"))],
        moved: false,
        post: format!("/review/r/items/{number}"),
        edit: format!("/review/r/items/{number}/edit"),
        reasons: vec![ReasonView { code: s("wrong-data"), label: s("Wrong data") }],
        words_needed: number == 1,
        decided: None,
        about: ana().named_and_born(),
    }
}

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    vec![
        (s("words-review"), scribe::review::render(&at("/review/r"), &review())),
        (
            s("words-review-empty"),
            scribe::review::render(
                &at("/review/r"),
                &scribe::review::View {
                    turns: Vec::new(),
                    proposals: Vec::new(),
                    unsaid: Vec::new(),
                    notices: vec![s("This file is not text.")],
                    note: String::new(),
                    copy: s("/notes/Composition/c"),
                    finished: true,
                    ..review()
                },
            ),
        ),
        (
            s("words-told"),
            scribe::review::render(
                &at("/review/r"),
                &scribe::review::View {
                    tell: None,
                    told: Some((
                        s("Dr. Patel was told 08/19/2026 2:00 pm, before the review."),
                        s("/source/Communication/c2"),
                    )),
                    ..review()
                },
            ),
        ),
        (
            s("words-tell"),
            scribe::tell::render(
                &at("/review/r/tell"),
                &scribe::tell::View {
                    banner: banner(),
                    physician: s("Dr. Patel"),
                    form: FormView {
                        action: s("/review/r/tell"),
                        fields: vec![
                            Field::new("text", "What they are told", Input::Area(10)).value("Letter of 08/19."),
                        ],
                        submit: s("Send to Dr. Patel"),
                        ..FormView::default()
                    },
                },
            ),
        ),
        (s("words-note"), scribe::note::render(&at("/review/r/note"), &note())),
        (
            s("words-new"),
            scribe::new_words::render(
                &at("/patients/17/words"),
                &scribe::new_words::View {
                    of: "Of the call Wed 08/19 2:00 pm".to_owned(),
                    banner: banner(),
                    form: FormView {
                        action: s("/patients/17/words"),
                        fields: vec![
                            Field::new(
                                "kind",
                                "What it is",
                                Input::Radios(vec![Choice::new("call", "Transcript of a call")]),
                            ),
                            Field::new("text", "Words", Input::Area(14)).optional(),
                        ],
                        submit: s("Take in and review"),
                        ..FormView::default()
                    },
                    file_error: s("This is larger than 20 MB"),
                    recordings: false,
                },
            ),
        ),
        (
            s("words-list"),
            scribe::list::render(
                &at("/review/words"),
                &scribe::list::View {
                    tabs: vec![
                        TabView::new("Suggestions", "/review", false),
                        TabView::new("Words", "/review/words", true),
                    ],
                    rows: vec![scribe::list::Row {
                        who: ana(),
                        what: s("Review: transcript of a call"),
                        href: s("/review/r"),
                        waiting: s("4 of 6"),
                        due: DueView::new(Tone::Caution, "today 5:00 pm", "", ""),
                        owner: s("Maria Ortiz"),
                    }],
                },
            ),
        ),
        (
            s("words-copy"),
            scribe::copy::render(
                &at("/notes/Composition/c"),
                &scribe::copy::View {
                    banner: banner(),
                    title: s("Note: visit with Dr. Cho"),
                    text: s("Visit 08/19/2026\nSUBJECTIVE\n- Ankle swelling."),
                    post: s("/notes/Composition/c"),
                },
            ),
        ),
    ]
}

fn review() -> scribe::review::View {
    scribe::review::View {
        tell: Some((s("/review/r/tell"), s("Dr. Patel"))),
        told: None,
        chart: s("/patients/17"),
        of: Some(("of this call".to_owned(), "/source/Communication/c1".to_owned())),
        banner: banner(),
        title: s("call of 08/19"),
        about: s("Transcript of a call, 08/19/2026"),
        progress: s("3 proposed, 1 accepted, 0 rejected"),
        read_by: s("Read by the built-in engine and by the language model m-1."),
        notices: vec![s("The speakers are not named.")],
        turns: vec![
            turn(
                "02:14",
                "Patient",
                vec![
                    piece("I stopped the ", &[]),
                    piece("water pill Saturday", &[1, 2]),
                    piece(", it makes me go all night.", &[]),
                ],
            ),
            turn("02:31", "Nurse", vec![piece("<b>Any swelling?</b>", &[])]),
        ],
        received: s("/review/r/received"),
        received_about: s("call.txt, 312 bytes"),
        proposals: vec![
            ProposalView {
                grave: Some(TagView::new(Tone::Caution, "Matters")),
                ..proposal(1, "Medication", "furosemide: not taking since 08/15")
            },
            ProposalView {
                moved: true,
                assertion: s("found by the language model m-1; the number differs"),
                differs: Some(TagView::new(Tone::Caution, "Differs from the words")),
                ..proposal(2, "Symptom", "swelling")
            },
            ProposalView {
                decided: Some(TagView::new(Tone::Done, "Accepted with changes 9:04 am")),
                edited: s("transport, Thursday"),
                ..proposal(3, "Need", "Transportation")
            },
        ],
        unsaid: vec![
            scribe::review::UnsaidView {
                id: s("u1"),
                ask: s("Weight today?"),
                why: s("Heart failure is on the list and no weight was said"),
                because: vec![(s("source"), s("/source/Condition/hf"))],
                decided: None,
                post: s("/review/r/unsaid/u1"),
            },
            scribe::review::UnsaidView {
                id: s("u2"),
                ask: s("Any falls?"),
                why: s("Seventy-five or older"),
                because: Vec::new(),
                decided: Some(TagView::new(Tone::Waiting, "Marked not asked")),
                post: String::new(),
            },
        ],
        note: s("/review/r/note"),
        copy: String::new(),
        finished: false,
    }
}

fn note() -> scribe::note::View {
    let statement = |number: usize, doubted: bool| scribe::note::StatementView {
        number,
        text: s("She stopped the water pill on Saturday."),
        proposed: if doubted { s("She stopped it.") } else { String::new() },
        origin: TagView::new(Tone::Suggested, "From the words"),
        quotes: vec![(s("02:14 Patient"), s("I stopped the water pill"))],
        doubted,
    };
    scribe::note::View {
        banner: banner(),
        title: s("Call of 08/19"),
        post: s("/review/r/note"),
        back: s("/review/r"),
        sections: vec![
            scribe::note::SectionView {
                word: s("subjective"),
                heading: s("Subjective"),
                statements: vec![statement(0, false), statement(1, true)],
                added: String::new(),
            },
            scribe::note::SectionView {
                word: s("plan"),
                heading: s("Assessment and plan"),
                statements: Vec::new(),
                added: s("Call Friday"),
            },
        ],
        waiting: 2,
        physician: s("Dr. Patel"),
        tell: true,
        told: String::new(),
        error: s("2 still to decide"),
    }
}
