//! Samples of the worklist, the look beside it and the referral board.

use crate::action::Action;
use crate::board::{CardView, ColumnView};
use crate::evidence::body;
use crate::peek::{PeekPart, PeekView};
use crate::tag::{DueView, TagView, Tone};
use crate::who::Who;
use crate::words::Lang;
use crate::work_row::{BandView, RowAction, WorkItemView, WorkRowView};

use super::machine::evidence;
use super::{ana, menu_items, s, who};

fn item(id: &str, what: &str, why: &str, due: Option<DueView>, state: TagView) -> WorkItemView {
    WorkItemView { id: s(id), what: s(what), why: s(why), href: s("/dev/gallery"), due, state }
}

pub(in crate::gallery) fn bands() -> Vec<BandView> {
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

pub(in crate::gallery) fn peek() -> PeekView {
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

pub(in crate::gallery) fn board() -> Vec<ColumnView> {
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
