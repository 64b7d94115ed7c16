//! Made-up people and work for the gallery. Nobody here is real.
//! Over 600 lines because it is one table of sample values, a component each.

use crate::action::{Action, Press};
use crate::banner::{AllergyView, BannerView};
use crate::board::{CardView, ColumnView};
use crate::dialog::ConfirmView;
use crate::evidence::{EvidenceView, FactView, QuoteView, body};
use crate::field::{Choice, Field, Input};
use crate::filter::{FilterBarView, FilterView, SavedView};
use crate::form::FormView;
use crate::menu::MenuItem;
use crate::multiple::MultipleView;
use crate::peek::{PeekPart, PeekView};
use crate::result_line::{ResultView, SparkView};
use crate::stat::StatView;
use crate::suggestion::{ReasonView, SuggestionView};
use crate::table::{Cell, TableView};
use crate::tabs::TabView;
use crate::tag::{DueView, TagView, Tone};
use crate::timeline::{EventView, LaneView, SpanView, TimelineView};
use crate::toast::{RecentView, ToastView};
use crate::who::Who;
use crate::words::Lang;
use crate::work_row::{BandView, RowAction, WorkItemView, WorkRowView};

fn s(text: &str) -> String {
    text.to_owned()
}

fn who(family: &str, given: &str, age_sex: &str, born: &str) -> Who {
    Who { family: s(family), given: s(given), age_sex: s(age_sex), born: s(born), href: s("/dev/gallery#banner") }
}

pub(super) fn ana() -> Who {
    who("Reyes", "Ana Maria", "66 F", "02/12/1960")
}

pub(super) fn banner() -> BannerView {
    BannerView {
        who: ana(),
        name_to_use: s("Annie, she/her"),
        record_number: s("0041-7"),
        language: s("Spanish, interpreter"),
        allergies: AllergyView::Listed(s("Penicillin: anaphylaxis"), 2),
        code_status: s("Not recorded"),
        more: [
            ("Owner", "M. Ortiz (fallback: RN pool)"),
            ("Primary care", "Dr. Patel"),
            ("Daughter", "Elena (visits, medicines; until 12/31/2026)"),
            ("Reach", "texts after 5 pm, no voicemail"),
        ]
        .iter()
        .map(|(label, text)| (s(label), s(text)))
        .collect(),
        alert: None,
        died: false,
    }
}

pub(super) fn tags() -> Vec<TagView> {
    vec![
        TagView::new(Tone::Critical, "Overdue"),
        TagView::new(Tone::Caution, "Due today"),
        TagView::new(Tone::Active, "Doing"),
        TagView::new(Tone::Done, "Done"),
        TagView::new(Tone::Waiting, "Waiting for County Ride"),
        TagView::new(Tone::Suggested, "Suggested"),
    ]
}

pub(super) fn dues() -> Vec<DueView> {
    vec![
        DueView::new(Tone::Critical, "2 days late", "Thu 08/20/2026", "2026-08-20"),
        DueView::new(Tone::Caution, "today 2:00 pm", "Sat 08/22/2026, 2:00 pm", "2026-08-22T14:00"),
        DueView::new(Tone::Waiting, "Fri 08/28", "Fri 08/28/2026", "2026-08-28"),
    ]
}

pub(super) fn menu_items() -> Vec<MenuItem> {
    vec![
        MenuItem { label: s("Scheduled"), press: Press::Post(s("/dev"), vec![(s("to"), s("scheduled"))]) },
        MenuItem { label: s("Closed, with a reason..."), press: Press::Open(s("/dev")) },
    ]
}

pub(super) fn tabs() -> Vec<TabView> {
    vec![
        TabView { count: Some(32), note: s("2 snoozed"), ..TabView::new("Mine", "?tab=mine", true) },
        TabView { count: Some(118), ..TabView::new("Team", "?tab=team", false) },
        TabView { count: Some(7), loud: true, ..TabView::new("Nobody has this", "?tab=nobody", false) },
        TabView { count: Some(214), ..TabView::new("Backlog", "?tab=backlog", false) },
    ]
}

pub(super) fn filters() -> FilterBarView {
    let filter = |name: &str, label: &str, all: &str, some: &str| FilterView {
        name: s(name),
        label: s(label),
        choices: vec![Choice::new("", all), Choice::new("today", some)],
        chosen: String::new(),
    };
    FilterBarView {
        action: s("/dev/gallery"),
        keep: vec![(s("tab"), s("mine"))],
        filters: vec![filter("due", "Due", "Any time", "Today"), filter("kind", "Kind", "All kinds", "Calls")],
        saved: vec![SavedView { label: s("Spanish speakers, after 5 pm"), href: s("?lang=es") }],
        save: s("/dev/save"),
    }
}

fn item(id: &str, what: &str, why: &str, due: Option<DueView>, state: TagView) -> WorkItemView {
    WorkItemView { id: s(id), what: s(what), why: s(why), href: s("/dev/gallery"), due, state }
}

pub(super) fn bands() -> Vec<BandView> {
    let actions = vec![
        RowAction { label: s("Log call"), href: s("/dev/call"), key: 'c', at_once: false },
        RowAction { label: s("Done"), href: s("/dev/done"), key: 'd', at_once: false },
        RowAction { label: s("Assign"), href: s("/dev/assign"), key: 'a', at_once: false },
        RowAction { label: s("Snooze"), href: s("/dev/snooze"), key: 's', at_once: false },
    ];
    let row = |id: &str, who: Who, due: DueView, why: &str, reach: &str, items: Vec<WorkItemView>| WorkRowView {
        id: s(id),
        who,
        due,
        band_why: s(why),
        reach: s(reach),
        flag: String::new(),
        items,
        peek: format!("?peek={id}"),
        current: false,
        actions: actions.clone(),
    };
    vec![
        BandView {
            title: s("Danger now"),
            why: s("read these first"),
            rows: vec![WorkRowView {
                current: true,
                ..row(
                    "1",
                    ana(),
                    DueView::new(Tone::Critical, "now", "", ""),
                    "weight gain after a stay",
                    "Spanish, interpreter · after 5 pm · (555) 0142",
                    vec![
                        item(
                            "t1",
                            "Weight up 5.1 lb in 5 days",
                            "home from a stay for heart failure on 08/16",
                            None,
                            TagView::new(Tone::Waiting, "To do"),
                        ),
                        item(
                            "t2",
                            "Call after discharge",
                            "try 2 of 3, voicemail left",
                            Some(DueView::new(Tone::Critical, "2 days late", "Tue 08/18/2026", "2026-08-18")),
                            TagView::new(Tone::Active, "Doing"),
                        ),
                        item(
                            "t3",
                            "Ask about the water pill",
                            "“stopped it Saturday”",
                            None,
                            TagView::new(Tone::Suggested, "Suggested"),
                        ),
                    ],
                )
            }],
        },
        BandView {
            title: s("Today"),
            why: s("by clock"),
            rows: vec![
                row(
                    "2",
                    who("Lee", "Sung-min", "71 M", "07/30/1955"),
                    DueView::new(Tone::Caution, "today 2:00 pm", "", ""),
                    "",
                    "Korean · open to call now",
                    vec![item(
                        "t4",
                        "Confirm cardiology visit",
                        "Thu 08/20, Dr. Cho",
                        None,
                        TagView::new(Tone::Active, "Doing"),
                    )],
                ),
                row(
                    "3",
                    who("Okafor", "Chidi", "54 M", "03/03/1972"),
                    DueView::new(Tone::Caution, "today", "", ""),
                    "",
                    "English",
                    vec![item(
                        "t5",
                        "HbA1c 9.4 %, no visit planned",
                        "resulted 08/17",
                        None,
                        TagView::new(Tone::Suggested, "Suggested"),
                    )],
                ),
                WorkRowView {
                    flag: s("Do not call this number"),
                    ..row(
                        "4",
                        who("", "Sukarno", "82 F", "11/19/1943"),
                        DueView::new(Tone::Waiting, "Fri 08/28", "", ""),
                        "",
                        "English, mail only",
                        vec![item(
                            "t6",
                            "Transport for dialysis",
                            "asked 08/11",
                            None,
                            TagView::new(Tone::Waiting, "Waiting for County Ride"),
                        )],
                    )
                },
            ],
        },
    ]
}

pub(super) fn quote() -> QuoteView {
    QuoteView {
        words: s("I stopped the water pill Saturday, it makes me go all night."),
        from: s("Call of 08/19/2026, 02:14, patient"),
        href: s("/dev/gallery"),
        lang: None,
    }
}

pub(super) fn evidence(id: &str) -> EvidenceView {
    EvidenceView {
        id: s(id),
        handle: String::new(),
        rule: s("HbA1c is overdue"),
        rule_href: s("/dev/gallery"),
        says: s("Adults with diabetes have an HbA1c every 6 months."),
        facts: vec![
            FactView { what: s("HbA1c 6.8 %"), when: s("12/28/2025, Quest"), href: s("/dev/gallery") },
            FactView { what: s("Diabetes type 2"), when: s("since 2019"), href: s("/dev/gallery") },
        ],
        quotes: vec![quote()],
        would_change: vec![s("A result after 06/28/2026 closes it.")],
        source: s("ADA Standards of Care, section 6"),
    }
}

pub(super) fn peek() -> PeekView {
    PeekView {
        who: ana(),
        reach: vec![
            s("MRN 0041-7 · Spanish, interpreter"),
            s("(555) 0142 mobile · call yes, voicemail no, text after 5 pm"),
        ],
        actions: vec![Action::open("Log call", "/dev/call").key('c').main(), Action::open("Chart", "/dev/chart")],
        parts: vec![
            PeekPart {
                title: s("One sentence to say"),
                body: maud::html! { p.say { "Hello Mrs. Reyes, this is Maria from Northside. You weighed 172 pounds today. How is your breathing?" } },
            },
            PeekPart { title: s("Evidence"), body: body(Lang::En, &evidence("in-peek")) },
        ],
        read_at: s("Read at 9:02 am"),
        close: s("/dev/gallery"),
    }
}

pub(super) fn suggestions() -> Vec<SuggestionView> {
    let open = SuggestionView {
        id: s("s1"),
        who: ana(),
        what: s("Plan a visit for HbA1c 9.4 %"),
        why: s("The result came on 08/17 and no visit is planned with primary care."),
        certainty: String::new(),
        evidence: evidence("evidence-s1"),
        made: s("Rule abnormal-result 1.0, 08/19/2026 7:02 am"),
        post: s("/dev/decide"),
        edit: s("/dev/edit"),
        reasons: [
            ("not-relevant", "Not relevant"),
            ("already-done", "Already done"),
            ("wrong-data", "Wrong data"),
            ("declined", "Patient declined"),
            ("other", "Other"),
        ]
        .iter()
        .map(|(code, label)| ReasonView { code: s(code), label: s(label) })
        .collect(),
        words_needed: false,
        decided: None,
    };
    let decided = SuggestionView {
        id: s("s2"),
        what: s("Furosemide: not taking since 08/17"),
        certainty: s("clearly said"),
        evidence: evidence("evidence-s2"),
        decided: Some(TagView::new(Tone::Done, "Accepted by M. Ortiz 9:04 am")),
        ..open.clone()
    };
    let serious = SuggestionView {
        id: s("s3"),
        what: s("Answer item 9 of the PHQ-9 today"),
        words_needed: true,
        evidence: evidence("evidence-s3"),
        ..open.clone()
    };
    vec![open, decided, serious]
}

pub(super) fn spark(values: &[f64], band: (f64, f64), says: &str) -> SparkView {
    let points = values.iter().enumerate().map(|(i, value)| (i as f64 * 30.0, *value)).collect();
    SparkView { points, band: Some((Some(band.0), Some(band.1))), says: s(says) }
}

pub(super) fn results() -> Vec<ResultView> {
    let line = |name: &str,
                value: &str,
                unit: &str,
                reading: &str,
                arrow: Option<i8>,
                range: &str,
                age: &str,
                spark: SparkView| ResultView {
        name: s(name),
        href: s("/dev/gallery"),
        value: s(value),
        unit: s(unit),
        reading: s(reading),
        arrow,
        range: s(range),
        age: s(age),
        date: s("08/16/2026"),
        spark,
    };
    vec![
        line(
            "HbA1c",
            "7.9",
            "%",
            "above goal",
            Some(1),
            "her goal under 7.5",
            "8 months",
            spark(
                &[6.9, 7.1, 7.4, 7.9],
                (4.0, 7.5),
                "HbA1c over 12 months, 6.9 to 7.9 %, last 7.9, expected range shaded",
            ),
        ),
        line(
            "eGFR",
            "52",
            "mL/min",
            "low",
            Some(-1),
            "range 60 and above",
            "2 months",
            spark(&[66.0, 61.0, 58.0, 52.0], (60.0, 90.0), "eGFR over 12 months, 66 to 52, last 52"),
        ),
        line(
            "Potassium",
            "6.4",
            "mmol/L",
            "Critical high",
            Some(2),
            "range 3.5-5.1 (Quest)",
            "today",
            spark(&[4.1, 4.4, 4.2, 6.4], (3.5, 5.1), "Potassium over 12 months, 4.1 to 6.4 mmol/L, last 6.4"),
        ),
        line(
            "Sodium",
            "139",
            "mmol/L",
            "in range",
            Some(0),
            "range 135-145 (Quest)",
            "3 days",
            SparkView { points: Vec::new(), band: None, says: s("one value") },
        ),
    ]
}

pub(super) fn multiples() -> Vec<MultipleView> {
    let one = |title: &str, last: &str, spark: SparkView| MultipleView {
        title: s(title),
        last: s(last),
        spark,
        ends: (s("Aug 2025"), s("Aug 2026")),
    };
    vec![
        one(
            "Weight",
            "172.2 lb",
            spark(
                &[167.0, 167.4, 166.9, 167.5, 167.1, 172.2],
                (160.0, 168.0),
                "Weight over 12 months, 166.9 to 172.2 lb, last 172.2",
            ),
        ),
        one(
            "Systolic",
            "148 mmHg",
            spark(&[132.0, 138.0, 141.0, 148.0], (90.0, 140.0), "Systolic pressure, 132 to 148 mmHg, last 148"),
        ),
        one(
            "Potassium",
            "4.1 mmol/L",
            spark(&[4.1, 4.4, 4.2, 4.1], (3.5, 5.1), "Potassium, 4.1 to 4.4 mmol/L, last 4.1"),
        ),
    ]
}

pub(super) fn timeline() -> TimelineView {
    let span = |from: f64, to: Option<f64>, label: &str, when: &str| SpanView {
        from,
        to,
        label: s(label),
        when: s(when),
        href: s("/dev/gallery"),
    };
    let event = |at: f64, letter: char, label: &str, when: &str| EventView {
        at,
        letter,
        label: s(label),
        when: s(when),
        href: s("/dev/gallery"),
    };
    TimelineView {
        span: (0.0, 190.0),
        ticks: ["Mar", "Apr", "May", "Jun", "Jul", "Aug"]
            .iter()
            .enumerate()
            .map(|(i, word)| (f64::from(i as u32) * 31.0, s(word)))
            .collect(),
        today: 175.0,
        lanes: vec![
            LaneView::Spans(
                s("Stays"),
                vec![span(165.0, Some(170.0), "Mercy, heart failure", "08/12/2026 to 08/16/2026")],
            ),
            LaneView::Events(
                s("Visits"),
                vec![
                    event(20.0, 'v', "Visit, Dr. Patel", "03/20/2026"),
                    event(120.0, 'v', "Visit, Dr. Cho", "07/02/2026"),
                ],
            ),
            LaneView::Spans(
                s("Conditions"),
                vec![span(0.0, None, "Heart failure", "since 2021"), span(0.0, None, "Diabetes type 2", "since 2019")],
            ),
            LaneView::Spans(
                s("Medicines"),
                vec![
                    span(0.0, Some(170.0), "furosemide 40 mg", "until 08/16/2026"),
                    span(170.0, None, "furosemide 80 mg", "since 08/16/2026"),
                ],
            ),
            LaneView::Values(
                s("Weight, lb"),
                vec![(10.0, 167.0), (50.0, 167.4), (90.0, 166.9), (130.0, 167.5), (160.0, 167.1), (174.0, 172.2)],
                Some((Some(160.0), Some(168.0))),
                s("Weight 166.9 to 172.2 lb, last 172.2"),
            ),
            LaneView::Events(
                s("Contact"),
                vec![
                    event(30.0, 'm', "Message about refill", "04/01/2026"),
                    event(150.0, 'c', "Call, reached", "08/01/2026"),
                    event(172.0, 'x', "Call, no answer", "08/18/2026"),
                ],
            ),
        ],
        letters: vec![('v', s("visit")), ('c', s("call"))],
        says: s("March to August 2026: one stay for heart failure in August, two visits, weight up 5 lb since"),
    }
}

pub(super) fn stats() -> Vec<StatView> {
    vec![
        StatView {
            label: s("Called within 2 business days"),
            value: s("31 of 36"),
            target: s("target 95 %"),
            reading: Some(TagView::new(Tone::Caution, "Below target")),
            not_assessable: s("not assessable: 4"),
        },
        StatView {
            label: s("Referrals closed with a report"),
            value: s("41"),
            target: s("since 07/01/2026"),
            reading: None,
            not_assessable: String::new(),
        },
    ]
}

pub(super) fn small_table() -> TableView {
    TableView::new(
        "Next visits",
        &["Visit", "When", "Days"],
        vec![
            vec![Cell::text("Cardiology, Dr. Cho"), Cell::text("Thu 08/20/2026 9:20 am"), Cell::number("3")],
            vec![Cell::text("Primary care, Dr. Patel"), Cell::text("Mon 08/31/2026 2:00 pm"), Cell::number("14")],
        ],
    )
}

pub(super) fn board() -> Vec<ColumnView> {
    let card = |id: &str, who: Who, what: &str, waiting: DueView, next: &str| CardView {
        id: s(id),
        who,
        what: s(what),
        waiting,
        contact: s("last contact 08/12, left a message"),
        next: vec![Action::open(next, "/dev").about("for this referral")],
        moves: menu_items(),
    };
    let column = |title: &str, count: u64, stuck: bool, cards: Vec<CardView>| ColumnView {
        title: s(title),
        count,
        stuck,
        cards,
        empty: s("Nothing here today."),
    };
    vec![
        column(
            "Stuck",
            6,
            true,
            vec![card(
                "1",
                who("Diaz", "Rosa", "82 F", "11/19/1943"),
                "Nephrology",
                DueView::new(Tone::Critical, "9 days, no answer", "", ""),
                "Call",
            )],
        ),
        column(
            "Sent",
            8,
            false,
            vec![card(
                "2",
                who("Lee", "Sung-min", "71 M", "07/30/1955"),
                "Sleep clinic",
                DueView::new(Tone::Waiting, "3 of 7 days", "", ""),
                "Ask",
            )],
        ),
        column("Scheduled", 0, false, Vec::new()),
    ]
}

pub(super) fn form() -> FormView {
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
            Field::area("note", "Note").optional(),
        ],
        submit: s("Save appointment"),
        about: s("For REYES, Ana Maria 02/12/1960"),
        cancel: s("/dev/gallery"),
        problems: Vec::new(),
    }
}

pub(super) fn confirm() -> ConfirmView {
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

pub(super) fn toast() -> ToastView {
    ToastView { text: s("Visit confirmed: LEE, Sung-min 07/30/1955"), undo: Some(s("0190")), back: s("/dev/gallery") }
}

pub(super) fn recents() -> Vec<RecentView> {
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
