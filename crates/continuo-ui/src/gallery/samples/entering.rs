//! Samples of forms, of what asks before it acts, and of what was just done.

use crate::dialog::ConfirmView;
use crate::field::{Choice, Field, Input};
use crate::form::FormView;
use crate::toast::{RecentView, ToastView};

use super::{ana, s};

pub(in crate::gallery) fn form() -> FormView {
    FormView {
        action: s("/dev/form"),
        hidden: Vec::new(),
        fields: vec![
            Field::text("with", "With whom").value("Dr. Cho, cardiology"),
            Field::date("date", "Date")
                .hint("Any usual order, such as 8/20 or 20 Aug")
                .value("8/20")
                .echo("Thursday, August 20, 2026"),
            Field::new("length", "Length", Input::Amount(s("minutes")))
                .value("abc")
                .error("Enter the length as a number, such as 30"),
            Field::new(
                "outcome",
                "Outcome",
                Input::Radios(vec![
                    Choice::new("reached", "Reached").key('1'),
                    Choice::new("no-answer", "No answer").key('2'),
                    Choice::new("voicemail", "Voicemail left").key('3'),
                ]),
            ),
            Field::checks("topics", "Topics", &[("medicines", "Medicines"), ("visits", "Visits"), ("ride", "Ride")])
                .value("visits ride")
                .optional(),
            Field::select("language", "Interpreter", &[("", "Not needed"), ("es", "Spanish")]),
            Field::new("place", "Place", Input::Combo(vec![s("Northside Cardiology"), s("Mercy Hospital")])),
            Field::area("note", "Note").optional().key('t'),
        ],
        submit: s("Save appointment"),
        again: s("Save appointment and add another"),
        about: s("For REYES, Ana Maria 02/12/1960"),
        cancel: s("/dev/gallery"),
        problems: Vec::new(),
    }
}

pub(in crate::gallery) fn confirm() -> ConfirmView {
    ConfirmView {
        question: s("Release the record to Mercy Hospital?"),
        who: Some(ana()),
        consequence: s("Mercy receives problems, medicines and results of 12 months. This cannot be taken back."),
        button: s("Release record"),
        post: s("/dev/release"),
        cancel: s("/dev/gallery"),
        hidden: Vec::new(),
    }
}

pub(in crate::gallery) fn toast() -> ToastView {
    ToastView { text: s("Visit confirmed: LEE, Sung-min 07/30/1955"), undo: Some(s("0190")), back: s("/dev/gallery") }
}

pub(in crate::gallery) fn recents() -> Vec<RecentView> {
    vec![
        RecentView {
            at: s("9:04 am"),
            text: s("Visit confirmed: LEE, Sung-min 07/30/1955"),
            href: s("/dev/gallery"),
            undo: Some(s("0190")),
            why_not: String::new(),
        },
        RecentView {
            at: s("8:51 am"),
            text: s("Call logged, no answer: REYES, Ana Maria 02/12/1960"),
            href: String::new(),
            undo: None,
            why_not: s("changed since by K. Young"),
        },
    ]
}
